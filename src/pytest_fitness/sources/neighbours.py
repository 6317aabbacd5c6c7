"""Code beside the judged packages: not judged, but paths lead through what they import of it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path

from pytest_fitness.model import Row
from pytest_fitness.names import is_under
from pytest_fitness.sources.environment import is_installed_elsewhere
from pytest_fitness.sources.tree import Source, Tree, neighbours


class Files:
    """The judged files, and those beside them that paths lead through.

    Args:
        tree: the judged ones.
        beside: the others, by top-level name.
    """

    def __init__(self, tree: Tree, beside: Mapping[str, Sequence[Source]]) -> None:
        self.tree = tree
        self.beside = beside
        self.sources = [*tree.sources.values(), *(source for found in beside.values() for source in found)]

    @cached_property
    def modules(self) -> frozenset[str]:
        """The names of all, and of namespace packages."""
        return frozenset(source.module.name for source in self.sources) | self.tree.namespaces

    @cached_property
    def packages(self) -> frozenset[str]:
        """The names of those that are packages."""
        return frozenset(source.module.name for source in self.sources if source.module.is_package)

    def real_name(self, added: Mapping[str, str], name: str) -> str:
        """Return the name by which *name* is judged; *added* has the judged modules that are imported by another top-level name."""
        top, dot, below = name.partition(".")
        return self.tree.real_name(f"{added[top]}{dot}{below}" if top in added else name)

    @property
    def surroundings(self) -> list[tuple[str, str, bool]]:
        """What facts depend on beside the judged packages, in plain types."""
        modules = (source.module for found in self.beside.values() for source in found)
        return sorted((m.name, m.path, m.is_package) for m in modules)


class Neighbours:
    """Knows what lies next to the judged packages, whether they import it or not."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self._walked: dict[str, list[Source]] = {}

    def has(self, top: str) -> bool:
        """Whether there is code by that top-level name which would be imported."""
        return top in self._names and not is_installed_elsewhere(top, self.tree) and bool(self.sources(top))

    def sources(self, top: str) -> list[Source]:
        """Return its modules."""
        if top not in self._walked:
            self._walked[top] = neighbours(self.tree, top)
        return self._walked[top]

    def tops(self, rows: Iterable[Sequence[Row]]) -> set[str]:
        """Return the top-level names that are imported, if there is anything by that name next to the judged packages."""
        if not self._names:
            return set()
        return {name.partition(".")[0] for name in {r[0] for found in rows for r in found}} & self._names

    def wanted(self, rows: Iterable[Sequence[Row]]) -> set[str]:
        """Return the top-level names of the code that *rows* import."""
        return {top for top in self.tops(rows) if self.has(top)}

    @cached_property
    def _names(self) -> set[str]:
        """Names next to the judged packages that could be imported, whatever they are."""
        names = {name for root in self.tree.roots for name in python_names(root)}
        return {name for name in names if not any(is_under(package, name) for package in self.tree.packages)}


def others(added: Mapping[str, str], module: str) -> dict[str, str]:
    """What *added* has of other modules: one with the name of a library is no other name of itself."""
    return {top: name for top, name in added.items() if name != module}


def python_names(root: Path) -> Iterator[str]:
    """Yield the names in *root* that could be imported from it."""
    for entry in os.scandir(root):
        if entry.name.isidentifier() or (entry.name.endswith(".py") and entry.name[:-3].isidentifier()):
            yield entry.name.removesuffix(".py")
