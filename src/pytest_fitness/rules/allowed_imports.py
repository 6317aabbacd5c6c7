"""The ``allowed-imports`` rule."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from pytest_fitness.errors import RuleError
from pytest_fitness.model import Codebase, ImportGraph, Plant, Reach, Search, Violation
from pytest_fitness.names import has_wildcard, is_under, matches, parents
from pytest_fitness.rules import _options
from pytest_fitness.rules._chains import Wording, violations
from pytest_fitness.rules._exemptions import Exemptions
from pytest_fitness.rules._plants import PLANTED, beyond, part_around, ways


@dataclass(frozen=True, slots=True, kw_only=True)
class AllowedImports:
    """
    A part of the code imports only what is on a list: other parts of the codebase, and third-party packages.

    Why:
        A list of what is forbidden is never complete: the next HTTP client is not on it. A list of what is allowed is.

    Violates::

        # shop/domain/order.py, with AllowedImports(inside="domain", only=("shop.shared", "pydantic"))
        import requests

    Instead::

        # shop/domain/order.py
        from pydantic import BaseModel

    Options:
        inside: the part of the code that the list is for: a layer, a name, or a pattern. It may import itself.
        only: what it may import: modules of the codebase, and third-party modules down to submodules and names
            (``"sqlalchemy.orm"``). A name that is nowhere to be found is an error.
        standard_library: whether the standard library is allowed as a whole. It is by default; otherwise name what is.
        except_kinds: kinds of imports that do not count, as in ``Layers``.
        ignore: imports that are accepted, ``"importer -> imported: reason"``, as in ``Layers``.
        because: the reason, shown on failure.

    Only direct imports are judged: what an allowed module imports is its own affair.

    versionadded: 0.2.0
    """

    name: ClassVar[str] = "allowed-imports"

    inside: str
    only: str | tuple[str, ...] | list[str]
    standard_library: bool = True
    except_kinds: str | tuple[str, ...] | list[str] = ()
    ignore: str | tuple[str, ...] | list[str] = ()
    because: str = ""

    def __post_init__(self) -> None:
        _options.text("inside", self.inside)
        _options.names("only", self.only, at_least=0)
        _options.exemptions(self.except_kinds, self.ignore)
        _options.flag("standard_library", self.standard_library)
        _options.because(self.because)
        for entry in _options.names("only", self.only, at_least=0):
            if _options.allows_anything(entry):
                raise RuleError(f"`only` allows everything with {entry!r}; a part of the code can do without this rule")

    def find(self, codebase: Codebase) -> Iterator[Violation]:
        """Yield one violation per import of something that is not on the list."""
        scope = frozenset(m.name for m in codebase.select(self.inside))
        only = _options.names("only", self.only, at_least=0)
        precise = {entry.partition(".")[0] for entry in only if "." in entry and not codebase.patterns(entry)}
        if any(has_wildcard(package) for package in precise):
            precise = set(codebase.third_party(codebase.imports()))
        graph = codebase.imports(precise)
        allowed = scope | codebase.named(self.inside, graph)
        for entry in only:
            allowed |= self._allowed(codebase, graph, entry)
        if self.standard_library:
            allowed |= {
                n for n in graph.names if n.partition(".")[0] in sys.stdlib_module_names
            } - codebase.modules.keys()
        # the package around an allowed module runs on the way to it, and may hold names that are used on the way
        on_the_way = {i.imported for m in scope for i in graph.imports_of(m) if i.kind == "implicit"} - allowed
        exemptions = Exemptions(codebase, *_options.exemptions(self.except_kinds, self.ignore), implicit=not on_the_way)
        clean = graph.with_rows(
            {m: [r for r in graph.rows.get(m, ()) if r[3] != "implicit"] for m in scope} if on_the_way else {}
        )
        search = Search(scope, (graph.names | codebase.modules.keys()) - allowed, transitive=False)
        wording = Wording(self.name, self.inside, self.because, why=f"{self.inside} may import only what is listed")
        yield from violations(codebase, clean, search, wording, exemptions)
        exemptions.check()

    def reach(self, codebase: Codebase) -> Reach:
        """Return what is judged, for the architecture coverage."""
        scope = frozenset(m.name for m in codebase.select(self.inside))
        return Reach(scope, ((scope, codebase.modules.keys()),))

    def plants(self, codebase: Codebase) -> Iterator[Plant]:
        """Yield imports of modules that are not on the list, own and third-party ones."""
        scope = frozenset(m.name for m in codebase.select(self.inside))
        graph = codebase.imports()
        only = _options.names("only", self.only, at_least=0)
        allowed = scope.union(*(self._allowed(codebase, graph, entry) for entry in only))
        above = {package for name in allowed for package in parents(name)}
        _, ignore = _options.exemptions(self.except_kinds, self.ignore)
        for targets in (codebase.modules.keys() - allowed - above, {PLANTED}):
            if targets:
                yield from ways(codebase, scope, targets, transitive=False, ignore=ignore)
        if around := part_around(codebase, scope) - scope:
            yield from beyond(ways(codebase, around, {PLANTED}, transitive=False))

    @staticmethod
    def _allowed(codebase: Codebase, graph: ImportGraph, entry: str) -> frozenset[str]:
        own = codebase.named(entry, graph) | {m.name for m in codebase.modules_of(entry)}
        third_party = codebase.third_party(graph)
        if not codebase.is_internal(entry):
            own |= {n for n in third_party if (matches(n, entry) if has_wildcard(entry) else is_under(n, entry))}
        if not own:
            codebase.require_module(entry, third_party)
        return frozenset(own)
