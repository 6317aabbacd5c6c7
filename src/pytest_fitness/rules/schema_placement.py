"""The ``schema-placement`` rule."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from pytest_fitness.errors import RuleError
from pytest_fitness.model import Class, Codebase, Import, Location, Plant, Reach, Violation
from pytest_fitness.rules import _options
from pytest_fitness.rules._handler_plants import Variant, planted_handlers, planted_slot
from pytest_fitness.rules._handlers import check, judged, reach_of
from pytest_fitness.rules._plants import edge

HANDED_ON = 10
"""How many modules a name is followed through that hand it on."""


@dataclass(frozen=True, slots=True)
class SchemaPlacement:
    """
    The schemas of the API live where schemas of the API are looked for, and the layers below do not know them.

    The schemas that the handlers take and return are judged, not every schema that there is: configuration and events may have
    schemas of their own, elsewhere.

    Why:
        A domain that takes ``OrderIn`` changes whenever the API does, and a schema in the file of its handler is found by nobody and
        written again.

    Violates::

        # shop/domain/orders.py
        from shop.api.schemas import OrderIn


        def place(order: OrderIn): ...

    Instead::

        # shop/domain/orders.py
        def place(product: ProductId, count: int): ...

    Options:
        inside: where the handlers are: a layer, a name, or a pattern.
        homes: where their schemas may be defined, such as ``"**.schemas"``.
        hidden_from: layers that do not import them.
        exclude: handlers whose schemas are not judged, each with the reason.
        allow_empty: why there may be no handler; shown in the summary.
        because: the reason, shown on failure.

    versionadded: 0.4.0
    """

    name: ClassVar[str] = "schema-placement"

    inside: str
    homes: str | tuple[str, ...] = ()
    hidden_from: str | tuple[str, ...] = ()
    exclude: Mapping[str, str] = field(default_factory=dict)
    allow_empty: str = ""
    because: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "exclude", check(self))
        object.__setattr__(self, "homes", _options.names("homes", self.homes, at_least=0))
        object.__setattr__(self, "hidden_from", _options.names("hidden_from", self.hidden_from, at_least=0))
        if not self.homes and not self.hidden_from:
            raise RuleError("`homes` says where schemas may be, `hidden_from` who may not know them; give one of them")

    def find(self, codebase: Codebase) -> Iterator[Violation]:
        """Yield one violation per schema in the wrong place, one per import, and one per file that cannot be parsed."""
        homes = {module.name for home in self.homes for module in codebase.select(home)}
        strangers = [module.name for layer in self.hidden_from for module in codebase.select(layer)]
        found = judged(self, codebase)
        yield from found.unread
        used: dict[Class, str] = {}
        for handler in found.handlers:
            for slot in (*handler.inputs, handler.output):
                used.update((c, handler.title) for c in slot.classes if c.kind == "schema" and c not in used)
        codebase.note_count(f"{len(used)} schema{'s' * (len(used) != 1)}")
        if self.homes:
            for each, user in used.items():
                if each.module not in homes:
                    yield self._misplaced(each, user)
        if strangers:
            yield from self._known_below(codebase, strangers, used)

    def reach(self, codebase: Codebase) -> Reach:
        """Return what is judged, for the architecture coverage."""
        return reach_of(self, codebase)

    def plants(self, codebase: Codebase) -> Iterator[Plant]:
        """Yield a schema in each place where it should not be, and imports of schemas by those who should not know them."""
        homes = {module.name for home in self.homes for module in codebase.select(home)}
        strangers = {module.name for layer in self.hidden_from for module in codebase.select(layer)}
        scope = [module.name for module in codebase.select(self.inside)]
        elsewhere = sorted(codebase.modules.keys() - homes) if homes else []
        for module in elsewhere[:1] + [m for m in scope if m in elsewhere[1:]]:
            name = f"{module}.FitnessPlanted"
            schema = Class(name, module, "schema", Location(codebase.modules[module].path, 0))
            output = planted_slot("return", "schema", "FitnessPlanted")._replace(classes=(schema,))
            spoken = Variant(f"speaks a schema of {module}", output=output)
            yield from (plant._replace(names=(name,)) for plant in [*planted_handlers(self, codebase, [spoken])][:1])
        known = sorted(
            {
                c.name: c
                for h in judged(self, codebase).handlers
                for s in (*h.inputs, h.output)
                for c in s.classes
                if c.kind == "schema"
            }.items()
        )[:1]
        for module in sorted(strangers) if known else ():
            name, schema = known[0]
            if schema.module != module:
                yield edge(codebase, module, schema.module, symbols=(name,))

    def _misplaced(self, each: Class, user: str) -> Violation:
        return Violation(
            rule=self.name,
            subject=each.name,
            message=f"{each.name} must not be defined in {each.module}: {user} speaks it",
            location=each.location,
            target=each.module,
            fix=f"move it to one of {', '.join(self.homes)}",
            because=self.because,
            kind="misplaced",
        )

    def _known_below(
        self, codebase: Codebase, strangers: Sequence[str], used: Mapping[Class, str]
    ) -> Iterator[Violation]:
        graph = codebase.imports()
        by_name = {each.name: each for each in used}
        modules = {each.module for each in used}
        for module in sorted(set(strangers)):
            reported: set[tuple[int, str]] = set()
            for each in graph.imports_of(module):
                for known in _schemas_in(codebase, each, by_name, modules - {module}):
                    if (each.location.line, known) not in reported:
                        reported.add((each.location.line, known))
                        yield Violation(
                            rule=self.name,
                            subject=module,
                            message=f"{module} must not import {known}, a schema of {self.inside}",
                            location=each.location,
                            target=known,
                            fix="take what is needed of it as arguments, or a class of its own",
                            because=self.because,
                            kind=each.kind,
                        )


def _schemas_in(codebase: Codebase, each: Import, schemas: Mapping[str, Class], modules: set[str]) -> Iterator[str]:
    """The schemas that an import gives: by name, through modules that hand them on, or all of a module at once."""
    if not codebase.is_internal(each.imported) or each.kind == "implicit":
        return
    symbols = [_origin(codebase, symbol) for symbol in codebase.symbols(each)]
    named = [symbol for symbol in symbols if symbol in schemas]
    if named:
        yield from named
    elif each.imported in modules and (not symbols or each.imported in symbols or f"{each.imported}.*" in symbols):
        yield each.imported


def _origin(codebase: Codebase, name: str) -> str:
    """Where a name comes from that modules hand on."""
    for _ in range(HANDED_ON):
        module, _, last = name.rpartition(".")
        if module not in codebase.modules or name in codebase.modules:
            return name
        further = codebase.bindings(module).imported.get(last)
        if further is None:
            return name
        name = further
    return name
