"""The ``layers`` rule."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from pytest_fitness.errors import EmptySelectionError, RuleError
from pytest_fitness.model import Codebase, ImportGraph, Module, Plant, Reach, Search, Violation
from pytest_fitness.names import has_wildcard, is_under
from pytest_fitness.rules import _options
from pytest_fitness.rules._chains import Wording, violations
from pytest_fitness.rules._exemptions import Exemptions
from pytest_fitness.rules._plants import PLANTED, beyond, ways


@dataclass(frozen=True, slots=True)
class _Unit:
    """One name in one layer: what the user called it, and the modules and imported names that it stands for."""

    name: str
    level: int
    closed: bool
    independent: bool
    own: frozenset[str]
    names: frozenset[str]


@dataclass(frozen=True, slots=True, init=False)
class Layers:
    """
    Each layer imports only the layers below it; they are listed from the top down.

    A layer is a package with everything below it, or a module. What belongs to no layer is neutral, but a path through
    neutral modules counts: `domain` that imports `util` that imports `api` breaks the rule, at the import in `util`.

    Why:
        Code that the domain imports cannot change without the domain. When infrastructure knows about HTTP, it can be
        neither replaced nor tested without HTTP.

    Violates::

        # shop/infrastructure/db.py, with Layers("api", "domain", "infrastructure")
        from shop.api import schemas

    Instead::

        # shop/api/routes.py
        from shop.infrastructure import db

    Options:
        layers: two names or more, highest first: a layer of ``[tool.pytest-fitness.layers]``, a full name
            (``"shop.api"``), a name below a top-level package (``"api"``) or a pattern (``"*.api"``). Siblings in one
            layer are written in one string: ``"orders | billing"`` may not import each other, ``"orders : billing"`` may.
        containers: packages, or patterns for packages, each of which has these layers inside it; the names in *layers*
            are then looked for below each container: ``containers=("modules.*",)``.
        optional: layers that need not be there, each with the reason: ``{"events": "not every module has any"}``.
        closed: layers that may not be skipped: what is above a closed layer does not import what is below it.
        exhaustive: whether everything must belong to a layer: each module of the codebase, or each child of each container.
        neutral: what may belong to no layer although *exhaustive* is set, each with the reason.
        except_kinds: kinds of imports that do not count: ``"module"``, ``"function"``, ``"conditional"``,
            ``"type-checking"``, ``"dynamic"``, ``"attribute"``, ``"implicit"``.
        ignore: imports that are accepted, ``"importer -> imported: reason"``, with full names or patterns; the imported
            side may name what is imported, ``"shop.domain.order -> shop.api.schemas.Order: until SHOP-12"``: other
            names from there still count. One that matches nothing is an error.
        because: the reason, shown on failure.

    versionadded: 0.1.0
    """

    name: ClassVar[str] = "layers"

    layers: tuple[str, ...]
    containers: tuple[str, ...]
    optional: Mapping[str, str]
    closed: tuple[str, ...]
    exhaustive: bool
    neutral: Mapping[str, str]
    except_kinds: tuple[str, ...]
    ignore: tuple[str, ...]
    because: str

    def __init__(  # noqa: PLR0913 - options of a rule
        self,
        *layers: str,
        containers: str | tuple[str, ...] | list[str] = (),
        optional: Mapping[str, str] | None = None,
        closed: str | tuple[str, ...] | list[str] = (),
        exhaustive: bool = False,
        neutral: Mapping[str, str] | None = None,
        except_kinds: str | tuple[str, ...] | list[str] = (),
        ignore: str | tuple[str, ...] | list[str] = (),
        because: str = "",
    ) -> None:
        if not all(isinstance(layer, str) and layer for layer in layers):
            raise RuleError(f"Layers takes names, one argument each, from the top down; got {layers!r}")
        _options.flag("exhaustive", exhaustive)
        _options.because(because)
        kinds, ignores = _options.exemptions(except_kinds, ignore)
        checked: dict[str, object] = {
            "layers": layers,
            "containers": _options.names("containers", containers, at_least=0),
            "optional": _options.reasons("optional", optional or {}),
            "closed": _options.names("closed", closed, at_least=0),
            "exhaustive": exhaustive,
            "neutral": _options.reasons("neutral", neutral or {}),
            "except_kinds": kinds,
            "ignore": ignores,
            "because": because,
        }
        for field, value in checked.items():
            object.__setattr__(self, field, value)
        levels = {name: level for level, name, _ in self._parsed()}
        names = [name for _, name, _ in self._parsed()]
        if len(names) < 2 or len(set(names)) < len(names):
            raise RuleError(f"Layers needs at least two different layers; got {layers!r}")
        for option in ("optional", "closed"):
            for name in getattr(self, option):
                if name not in names:
                    raise RuleError(f"`{option}` names {name!r}, which is none of the layers {', '.join(names)}")
        for name in self.closed:
            if levels[name] in (0, len(layers) - 1):
                where = "above it that could skip it" if not levels[name] else "below it that could be reached past it"
                raise RuleError(f"`closed` names {name!r}, but there is no layer {where}")
        for name in self.neutral:
            if _options.allows_anything(name):
                raise RuleError(f"`neutral` leaves out everything with {name!r}, so that `exhaustive` says nothing")
        if self.neutral and not exhaustive:
            raise RuleError("`neutral` says what `exhaustive` leaves out, and `exhaustive` is not set")

    def find(self, codebase: Codebase) -> Iterator[Violation]:
        """Yield one violation per import that leads from a layer to a higher one, or past a closed one."""
        graph = codebase.imports()
        exemptions = Exemptions(codebase, self.except_kinds, self.ignore)
        missing: dict[str, dict[str, str]] = {}
        alone: list[str] = []
        neutral = dict.fromkeys(self.neutral, False)
        containers = self._containers(codebase)
        for container in containers or [""]:
            units = [u for parsed in self._parsed() if (u := self._unit(codebase, graph, container, parsed, missing))]
            if len(units) < 2:
                alone.append(container)
            _refuse_overlap(units)
            if self.exhaustive:
                yield from self._outside(codebase, container, units, neutral)
            for unit in units:
                yield from self._judge(codebase, graph, unit, units, exemptions)
        for name, problems in missing.items():
            place, problem = next(iter(problems.items()))
            where = "there" if len(problems) == len(containers or [""]) else f"in {', '.join(problems)}"
            shown = problem if len(problems) == 1 else f"in {place}, {problem}"
            codebase.note(f"optional layer {name!r} is not {where} ({self.optional[name]}): {shown}")
        self._refuse_nothing(codebase, alone, containers, neutral)
        exemptions.check()

    def reach(self, codebase: Codebase) -> Reach:
        """Return what is judged, for the architecture coverage."""
        graph = codebase.imports()
        modules: set[str] = set()
        pairs: list[tuple[frozenset[str], frozenset[str]]] = []
        for container in self._containers(codebase) or [""]:
            units = [u for parsed in self._parsed() if (u := self._unit(codebase, graph, container, parsed, {}))]
            modules |= frozenset[str]().union(*(unit.own for unit in units))
            pairs += [(unit.own, other.own) for unit in units for other in units if other is not unit]
        return Reach(modules, tuple(pairs))

    def plants(self, codebase: Codebase) -> Iterator[Plant]:
        """Yield imports from each layer to each that it must not import, and a module outside of all layers."""
        graph = codebase.imports()
        for container in self._containers(codebase) or [""]:
            units = [u for parsed in self._parsed() if (u := self._unit(codebase, graph, container, parsed, {}))]
            for unit in units:
                for other in _forbidden(unit, units):
                    yield from ways(codebase, unit.own, other.own, transitive=True, ignore=self.ignore)
                    if beside := self._beside(codebase, other, units):
                        yield from beyond(ways(codebase, sorted(unit.own)[:1], beside, transitive=False))
                    if beside := self._beside(codebase, unit, units):
                        yield from beyond(ways(codebase, beside, sorted(other.own)[:1], transitive=False))
            for package in [container] if container else codebase.packages if self.exhaustive else ():
                if self.exhaustive:
                    name = f"{package}.{PLANTED}"
                    module = Module(name, f"{name.replace('.', '/')}.py")
                    yield Plant(f"the module {name}", codebase.with_modules(module), names=(name,))

    def parts(self, codebase: Codebase) -> dict[str, frozenset[str]]:
        """Return the modules of each layer that has a name of its own."""
        names = () if self.containers else [name for _, name, _ in self._parsed()]
        return {name: frozenset(m.name for m in codebase.modules_of(name)) for name in names}

    def _beside(self, codebase: Codebase, unit: _Unit, units: Sequence[_Unit]) -> list[str]:
        """What lies beside a layer that is only a part of a part of the code: other layers would be told by name."""
        if self.containers or not unit.own or has_wildcard(unit.name) or unit.name in codebase.layers:
            return []
        tops = {".".join(name.split(".")[:2]) for name in unit.own}
        area = {name for top in tops for name in codebase.modules if is_under(name, top)} if len(tops) == 1 else set()
        taken = frozenset[str]().union(*(other.own for other in units))
        others = any(other is not unit and not other.own.isdisjoint(area) for other in units)
        return [] if others else sorted(area - taken - tops)

    def _containers(self, codebase: Codebase) -> list[str]:
        return list(dict.fromkeys(name for pattern in self.containers for name in codebase.expand(pattern)))

    def _refuse_nothing(
        self, codebase: Codebase, alone: Sequence[str], containers: Sequence[str], neutral: Mapping[str, bool]
    ) -> None:
        """Raise where nothing was compared, or a `neutral` entry was of no use; note where one container was not judged."""
        if len(alone) == len(containers or [""]):
            where = f" in {', '.join(alone)}" if containers else ""
            raise RuleError(
                f"fewer than two of the layers {', '.join(self.layers)} are there{where}: nothing to compare"
            )
        if alone:
            codebase.note(f"nothing to compare in {', '.join(alone)}: fewer than two of the layers are there")
        for name, was_used in neutral.items():
            if not was_used:
                if not containers:
                    codebase.select(name)
                what = "module outside the layers"
                raise EmptySelectionError(what, name, codebase.modules, "it is a `neutral` entry")

    def _parsed(self) -> Iterator[tuple[int, str, bool]]:
        """Level, name, and whether siblings are independent of it."""
        for level, layer in enumerate(self.layers):
            if "|" in layer and ":" in layer:
                raise RuleError(f"a layer separates its siblings by '|' or by ':', not by both; got {layer!r}")
            for name in layer.replace(":", "|").split("|"):
                if not name.strip():
                    raise RuleError(f"there is a name missing in the layer {layer!r}")
                yield level, name.strip(), "|" in layer

    def _unit(
        self,
        codebase: Codebase,
        graph: ImportGraph,
        container: str,
        parsed: tuple[int, str, bool],
        missing: dict[str, dict[str, str]],
    ) -> _Unit | None:
        level, name, independent = parsed
        full = f"{container}.{name}" if container else name
        try:
            own = frozenset(m.name for m in codebase.select(full))
        except EmptySelectionError as error:
            if name not in self.optional:
                raise
            missing.setdefault(name, {})[container] = str(error)
            return None
        return _Unit(name, level, name in self.closed, independent, own, codebase.named(full, graph) | own)

    def _judge(
        self, codebase: Codebase, graph: ImportGraph, unit: _Unit, units: Sequence[_Unit], exemptions: Exemptions
    ) -> Iterator[Violation]:
        others = [other for other in units if other is not unit]
        above = _above_or_beside(unit, others)
        wording = Wording(self.name, unit.name, self.because)
        if above:
            yield from violations(codebase, graph, _search(unit, above, others), wording, exemptions)
        for closed, below in _beyond_closed(unit, others):
            wording = Wording(self.name, unit.name, self.because, why=f"the layer {closed.name} is closed")
            yield from violations(codebase, graph, _search(unit, below, others), wording, exemptions)

    def _outside(
        self, codebase: Codebase, container: str, units: Sequence[_Unit], neutral: dict[str, bool]
    ) -> Iterator[Violation]:
        """What belongs to no layer, the topmost package of it only."""
        inside = frozenset[str]().union(*(unit.own for unit in units))
        every = {m.name for m in codebase.modules_of(container)} - {container} if container else codebase.modules.keys()
        free = {name for name in every - inside if not any(is_under(own, name) for own in inside)}
        for name in neutral:
            selected = {m.name for m in codebase.modules_of(f"{container}.{name}" if container else name)}
            if free and free <= selected and not container and name in codebase.packages:
                raise RuleError(f"`neutral` leaves out everything with {name!r}, so that `exhaustive` says nothing")
            neutral[name] |= bool(selected & free)  # not every container has it
            free -= selected
        for name in sorted(free):
            if not any(name != other and is_under(name, other) for other in free):
                yield Violation(
                    rule=self.name,
                    subject=name,
                    message=f"{name} belongs to no layer",
                    location=codebase.place(name),
                    fix="make it part of a layer, or name it in `neutral` with the reason",
                    because=self.because,
                    kind="outside",
                )


def _above_or_beside(unit: _Unit, others: Sequence[_Unit]) -> list[_Unit]:
    higher = [o for o in others if o.level < unit.level]
    return higher + [o for o in others if o.level == unit.level and o.independent]


def _beyond_closed(unit: _Unit, others: Sequence[_Unit]) -> Iterator[tuple[_Unit, list[_Unit]]]:
    """Closed layers, and what is below them, as far as no other closed layer is nearer."""
    for closed in (o for o in others if o.closed and o.level > unit.level):
        below = [o for o in others if o.level > closed.level]
        nearer = any(o.closed and unit.level < o.level < closed.level for o in others)
        if below and not nearer:  # what is beyond the nearest closed layer is beyond all of them
            yield closed, below


def _forbidden(unit: _Unit, units: Sequence[_Unit]) -> list[_Unit]:
    others = [other for other in units if other is not unit]
    return [*_above_or_beside(unit, others), *(o for _, below in _beyond_closed(unit, others) for o in below)]


def _search(unit: _Unit, targets: Sequence[_Unit], others: Sequence[_Unit]) -> Search:
    barrier = frozenset[str]().union(*(o.names for o in others if o not in targets))
    return Search(unit.own, frozenset[str]().union(*(t.names for t in targets)), barrier)


def _refuse_overlap(units: Sequence[_Unit]) -> None:
    """A module in two layers would be above and below itself."""
    taken: dict[str, str] = {}
    for unit in units:
        for module in sorted(unit.own):
            if module in taken:
                raise RuleError(f"module {module} is in two layers, {taken[module]!r} and {unit.name!r}")
            taken[module] = unit.name
