"""How much of the code rules say anything about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from typing import TYPE_CHECKING, NamedTuple

from pytest_fitness.model.graph import ImportGraph

if TYPE_CHECKING:
    from pytest_fitness.model.codebase import Codebase
    from pytest_fitness.model.evaluation import Evaluation

Edge = tuple[str, str]
"""Importer and imported module, both of the codebase."""


class Reach(NamedTuple):
    """What one rule judges.

    Attributes:
        modules: those that the rule decides about.
        pairs: sets of importers and of imported modules: imports from one to the other may be forbidden by the rule, or are what it
            allows.
    """

    modules: Set[str]
    pairs: tuple[tuple[Set[str], Set[str]], ...] = ()


class ArchitectureCoverage(NamedTuple):
    """How much of a codebase is judged by at least one rule.

    Attributes:
        modules: all of them.
        edges: imports of modules by modules, each pair once.
        judged_modules: those of *modules* that are judged.
        judged_edges: those of *edges*.
        by: for each rule, how many modules and imports it judges.
    """

    modules: Set[str]
    edges: Set[Edge]
    judged_modules: Set[str]
    judged_edges: Set[Edge]
    by: Mapping[str, tuple[int, int]]

    @property
    def percent_of_modules(self) -> float:
        """Share of modules; 100 where there are none."""
        return 100.0 * len(self.judged_modules) / len(self.modules) if self.modules else 100.0

    @property
    def percent_of_imports(self) -> float:
        """Share of imports; 100 where there are none."""
        return 100.0 * len(self.judged_edges) / len(self.edges) if self.edges else 100.0

    def ungoverned(self) -> list[str]:
        """Return the modules that no rule judges; of a package of which nothing is judged, only its name."""
        free = self.modules - self.judged_modules
        packages = {
            ".".join(parts[:n]) for name in self.modules for parts in [name.split(".")] for n in range(1, len(parts))
        }
        judged_above = {
            ".".join(p[:n]) for m in self.judged_modules for p in [m.split(".")] for n in range(1, len(p) + 1)
        }
        found: set[str] = set()
        for name in free:
            parts = name.split(".")
            above = (".".join(parts[:n]) for n in range(1, len(parts)))
            found.add(next((p for p in above if p in packages and p not in judged_above), name))
        return sorted(found)


def architecture_coverage(codebase: Codebase, evaluations: Iterable[Evaluation]) -> ArchitectureCoverage:
    """Return how much of *codebase* the rules of *evaluations* judge, as far as they say so.

    Rules about coverage by tests judge no architecture, and count for nothing here.
    """
    modules = frozenset(codebase.modules)
    edges = _edges(codebase.imports(), modules)
    judged_modules: set[str] = set()
    judged_edges: set[Edge] = set()
    by: dict[str, tuple[int, int]] = {}
    for evaluation in evaluations:
        reach = getattr(evaluation.value, "reach", None)
        if reach is None:
            continue
        found: Reach = reach(codebase)
        own = {edge for edge in edges if any(edge[0] in a and edge[1] in b for a, b in found.pairs)}
        judged_modules |= found.modules
        judged_edges |= own
        before = by.get(evaluation.rule, (0, 0))
        by[evaluation.rule] = (max(before[0], len(found.modules)), max(before[1], len(own)))
    return ArchitectureCoverage(modules, edges, judged_modules & modules, judged_edges, by)


def _edges(graph: ImportGraph, modules: Set[str]) -> set[Edge]:
    return {
        (importer, found[0])
        for importer in modules
        for found in graph.rows.get(importer, ())
        if found[3] != "implicit" and found[0] in modules and found[0] != importer
    }
