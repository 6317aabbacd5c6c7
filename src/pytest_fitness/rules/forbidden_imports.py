"""The ``forbidden-imports`` rule."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from pytest_fitness.errors import EmptySelectionError, RuleError
from pytest_fitness.model import Codebase, ImportGraph, Plant, Reach, Search, Violation
from pytest_fitness.names import has_wildcard, is_under, matches
from pytest_fitness.rules import _options
from pytest_fitness.rules._chains import Wording, violations
from pytest_fitness.rules._exemptions import Exemptions
from pytest_fitness.rules._plants import PLANTED, beyond, part_around, ways

THIRD_PARTY = "third party"


@dataclass(frozen=True, slots=True, kw_only=True)
class ForbiddenImports:
    """
    A part of the code does not import certain modules, own or third-party, directly or through others.

    Why:
        A domain without the database and the web framework is tested in milliseconds and outlives both.

    Violates::

        # shop/domain/order.py, with ForbiddenImports(of=("sqlalchemy",), inside="domain")
        from sqlalchemy.orm import Session

    Instead::

        # shop/domain/order.py
        class Orders(Protocol):
            def add(self, order: Order) -> None: ...

    Options:
        of: what must not be imported: modules of the codebase (``"shop.infra"``, ``"infra"``, patterns, layers) and
            third-party modules down to submodules and names (``"sqlalchemy"``, ``"fastapi.routing"``). A name that is
            both means both. A name that is nowhere to be found is an error, not a rule that always holds.
            ``"third party"`` stands for everything that is neither in the codebase nor in the standard library.
        inside: the part of the code that must not: a layer, a name, or a pattern.
        transitive: whether a path through other modules counts too. It does by default.
        allow_empty: why a name in *of* may be found nowhere; shown in the summary.
        except_kinds: kinds of imports that do not count, as in ``Layers``.
        ignore: imports that are accepted, ``"importer -> imported: reason"``, as in ``Layers``.
        because: the reason, shown on failure.

    versionadded: 0.1.0
    """

    name: ClassVar[str] = "forbidden-imports"

    of: str | tuple[str, ...] | list[str]
    inside: str
    transitive: bool = True
    allow_empty: str = ""
    except_kinds: str | tuple[str, ...] | list[str] = ()
    ignore: str | tuple[str, ...] | list[str] = ()
    because: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "of", _options.names("of", self.of))
        _options.text("inside", self.inside)
        _options.flag("transitive", self.transitive)
        _options.exemptions(self.except_kinds, self.ignore)
        _options.because(self.because)
        if not isinstance(self.allow_empty, str):
            raise RuleError(f"`allow_empty` takes the reason as a text; got {self.allow_empty!r}")

    def find(self, codebase: Codebase) -> Iterator[Violation]:
        """Yield one violation per import that leads from the scope to a forbidden module."""
        scope = frozenset(m.name for m in codebase.select(self.inside))
        precise = {entry.partition(".")[0] for entry in self.of if self._needs_detail(codebase, entry)}
        if any(has_wildcard(package) for package in precise):
            precise |= set(codebase.third_party(codebase.imports()))
        graph = codebase.imports(precise)
        targets = frozenset(name for entry in self.of for name in self._targets(codebase, graph, entry))
        # what is forbidden itself may not import the rest of what is forbidden
        sides = [(scope - targets, targets), (scope & targets, targets - scope)]
        searches = [Search(sources=a, targets=b, transitive=self.transitive) for a, b in sides if a and b]
        if targets and not searches:
            raise RuleError(f"everything in `of` lies inside {self.inside!r}: there is nothing left to forbid")

        def label(name: str) -> str:
            """Third-party modules go by the name in `of`: ``from fastapi import A, B`` is one import of fastapi."""
            return name if codebase.is_internal(name) else next((e for e in self.of if is_under(name, e)), name)

        exemptions = Exemptions(codebase, *_options.exemptions(self.except_kinds, self.ignore))
        wording = Wording(self.name, self.inside, self.because, label)
        for search in searches:
            yield from violations(codebase, graph, search, wording, exemptions)
        exemptions.check()

    def reach(self, codebase: Codebase) -> Reach:
        """Return what is judged, for the architecture coverage."""
        scope = frozenset(m.name for m in codebase.select(self.inside))
        targets = frozenset(m.name for entry in self.of for m in codebase.modules_of(entry))
        return Reach(scope, ((scope, targets),))

    def plants(self, codebase: Codebase) -> Iterator[Plant]:
        """Yield imports of everything in `of`, from the scope and, where it is a part of a layer, from the rest of that."""
        scope = frozenset(m.name for m in codebase.select(self.inside))
        graph = codebase.imports()
        _, ignore = _options.exemptions(self.except_kinds, self.ignore)
        wanted = {
            entry: self._planted(codebase, graph, entry) for entry in self.of if self._is_there(codebase, graph, entry)
        }
        around = part_around(codebase, scope) - scope
        for targets in wanted.values():
            if importers := scope - targets:
                yield from ways(codebase, importers, targets, transitive=self.transitive, ignore=ignore)
                if around and around.isdisjoint(targets):
                    yield from beyond(ways(codebase, around, sorted(targets)[:1], transitive=False))

    def _is_there(self, codebase: Codebase, graph: ImportGraph, entry: str) -> bool:
        """Whether *entry* is more than a name: what is allowed to be nowhere proves nothing."""
        if entry == THIRD_PARTY or self._targets(codebase, graph, entry):
            return True
        try:
            codebase.require_module(entry, frozenset())
        except EmptySelectionError:
            return False
        return True

    def _planted(self, codebase: Codebase, graph: ImportGraph, entry: str) -> frozenset[str]:
        """What is imported to break the rule as far as *entry* goes."""
        if entry == THIRD_PARTY:
            return frozenset({PLANTED})
        own = frozenset(m.name for m in codebase.modules_of(entry))
        return own or frozenset(self._targets(codebase, graph, entry) if has_wildcard(entry) else {entry})

    @staticmethod
    def _needs_detail(codebase: Codebase, entry: str) -> bool:
        return "." in entry and not codebase.is_internal(entry)

    def _targets(self, codebase: Codebase, graph: ImportGraph, entry: str) -> set[str]:
        """Names in the graph, and modules, that *entry* stands for."""
        if entry == THIRD_PARTY:
            beside = {name.partition(".")[0] for name in graph.paths} | sys.stdlib_module_names
            return {n for n in codebase.third_party(graph) if n.partition(".")[0] not in beside}
        found = set(codebase.named(entry, graph)) | {m.name for m in codebase.modules_of(entry)}
        third_party = codebase.third_party(graph)
        if has_wildcard(entry):
            found |= {name for name in third_party if matches(name, entry)}
        elif not codebase.is_internal(entry):
            found |= {n for n in third_party if is_under(n, entry) or (n.endswith(".*") and is_under(entry, n[:-2]))}
        if not found:
            self._require(codebase, entry, third_party)
        return found

    def _require(self, codebase: Codebase, entry: str, third_party: frozenset[str]) -> None:
        try:
            codebase.require_module(entry, third_party)
        except EmptySelectionError as error:
            if not self.allow_empty:
                hint = "" if codebase.is_internal(entry) else "; if it is meant to stay away, say why in `allow_empty`"
                error.args = (f"{error}{hint}",)
                raise
            codebase.note(f"allowed to be empty ({self.allow_empty}): {error}")
