"""The same code with some differences: what plants are put into, and what is taken out of to see what is left."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast

from pytest_fitness.model.code import Conduct, CoverageReport, FileCoverage, Handler, Handlers, Import, Module
from pytest_fitness.model.graph import ImportGraph, Row, implicit_parents, row
from pytest_fitness.model.sources import Sources
from pytest_fitness.model.violation import Location
from pytest_fitness.names import is_under


@dataclass
class Altered:
    """Answers as the sources do, but for the differences.

    Attributes:
        sources: those that know the code as it is.
        added: imports that are there as well.
        symbols_of: what the statement of an added import imports, where it is not the module.
        removed: importer, imported name and line of imports that are not there.
        handlers_added: handlers that are there as well, with what they do.
        files: coverage of modules, instead of what was measured.
        lines: lines that have changed, and that are inside of functions, by module.
    """

    sources: Sources
    added: Sequence[Import] = ()
    symbols_of: Mapping[Location, tuple[str, ...]] = field(default_factory=dict)
    removed: frozenset[tuple[str, str, int]] = frozenset()
    handlers_added: Mapping[Handler, Conduct] = field(default_factory=dict)
    files: Mapping[str, FileCoverage] = field(default_factory=dict)
    lines: Mapping[str, frozenset[int]] = field(default_factory=dict)

    def __getattr__(self, name: str) -> object:
        return getattr(self.sources, name)

    def graph(self, precise: frozenset[str]) -> ImportGraph:
        """Return the graph with the added imports, without the removed ones."""
        graph = self.sources.graph(precise)
        gone: dict[str, set[tuple[str, int]]] = {}
        for importer, imported, line in self.removed:
            gone.setdefault(importer, set()).add((imported, line))
        rows: dict[str, list[Row]] = {}
        for importer in dict.fromkeys([*gone, *(each.importer for each in self.added)]):
            lost = gone.get(importer, set())
            there = (r for r in graph.rows.get(importer, ()) if r[3] != "implicit")
            kept = [r for r in there if not any(r[1] == n and is_under(r[0], name) for name, n in lost)]
            kept += [row(each) for each in self.added if each.importer == importer]
            rows[importer] = [*kept, *implicit_parents(importer, kept, graph.packages)]
        return graph.with_rows(rows, {each.importer: each.location.path for each in self.added})

    def detail(self, each: Import) -> Import:
        """Return a planted import as it is."""
        return each if each.location.line <= 0 else self.sources.detail(each)

    def symbols(self, each: Import) -> Sequence[str]:
        """Return what a planted import imports."""
        if each.location.line > 0:
            return self.sources.symbols(each)
        return self.symbols_of.get(each.location, (each.imported,))

    def statement(self, module: str, line: int) -> tuple[str, Sequence[str]]:
        """Return nothing of a line that is not there."""
        return self.sources.statement(module, line) if line > 0 else ("", ())

    def handlers(self, modules: Sequence[Module]) -> Handlers:
        """Return the handlers, and the added ones."""
        found = self.sources.handlers(modules)
        names = {module.name for module in modules}
        return found._replace(found=(*found.found, *(h for h in self.handlers_added if h.module in names)))

    def conduct(self, handler: Handler) -> Conduct:
        """Return what a handler does."""
        added = self.handlers_added.get(handler)
        return added if added is not None else self.sources.conduct(handler)

    def coverage(self, *, contexts: bool) -> CoverageReport:
        """Return the coverage, with other numbers for some modules."""
        report = self.sources.coverage(contexts=contexts)
        return report._replace(files={**report.files, **self.files})

    def changed_lines(self, against: str) -> Mapping[str, frozenset[int]]:
        """Return the changed lines, and the ones that are said to be."""
        return _united(self.sources.changed_lines(against), self.lines)

    def function_lines(self, module: str) -> frozenset[int]:
        """Return the lines inside of functions, and the ones that are said to be."""
        return self.sources.function_lines(module) | self.lines.get(module, frozenset())


def _united(one: Mapping[str, frozenset[int]], other: Mapping[str, frozenset[int]]) -> dict[str, frozenset[int]]:
    empty: frozenset[int] = frozenset()
    return {name: one.get(name, empty) | other.get(name, empty) for name in {*one, *other}}


def altered(sources: Sources, **differences: object) -> Sources:
    """Return *sources* with differences, as `Altered` takes them."""
    return cast("Sources", Altered(sources, **differences))  # type: ignore[arg-type]
