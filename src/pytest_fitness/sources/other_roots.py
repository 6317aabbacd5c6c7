"""Files that are imported by another name than the one that they are judged by."""

from __future__ import annotations

import re
from collections.abc import Iterable, Set
from dataclasses import dataclass, field
from functools import cached_property

from pytest_fitness.errors import SettingsError
from pytest_fitness.model import Row
from pytest_fitness.names import is_under, parents
from pytest_fitness.sources.environment import is_installed_elsewhere
from pytest_fitness.sources.texts_alone import NAMED, decoded
from pytest_fitness.sources.tree import Tree

RARE = 10
"""A name under which so many times fewer files import than under that of the judged package is the name of something else."""


@dataclass
class OtherRoots:
    """Knows by which names files are judged.

    Attributes:
        tree: the files.
        modules: the names of all, and of namespace packages.
        beside: top-level names of the code beside the judged packages.
    """

    tree: Tree
    modules: Set[str]
    beside: Set[str]
    _usual: dict[str, bool] = field(default_factory=dict)
    _harmless_names: set[str] = field(default_factory=set)
    _harmless_imports: set[tuple[str, str]] = field(default_factory=set)

    def suspects(self, rows: Iterable[Row]) -> list[Row]:
        """Return the imports that `refuse` has to look at: very few."""
        names, imports = self._harmless_names, self._harmless_imports
        return [
            row
            for row in rows
            if row[0] not in names and (row[0], row[2]) not in imports and not self._is_harmless(row[0], row[2])
        ]

    def refuse(self, path: str, rows: Iterable[Row]) -> None:
        """``import app.x`` of a file that is judged as ``backend.app.x`` would look like a third-party import.

        Raises:
            SettingsError: the source root is wrong, so nothing would be found.
        """
        for imported, line, text, _ in self.suspects(rows):
            match = NAMED.search(text)
            name = match[1] if match else imported
            above = [p for package in self.tree.packages for p in (package, *parents(package))]
            judged = [n for p in above if (n := f"{p}.{name}") in self.modules and "." in name]
            judged += [n for n in [name.partition(".")[2]] if "." in n and n in self.modules]
            if judged and not is_installed_elsewhere(top := name.partition(".")[0], self.tree) and self._is_usual(top):
                raise other_root(f"{path}:{line}", name, judged[0])

    def _is_usual(self, top: str) -> bool:
        """Whether modules are imported as *top* so often that it is another name of a judged package, not a third-party one."""
        if top not in self._usual:
            ours = re.compile(
                rf"^\s*(?:from|import)\s+(?:{'|'.join(map(re.escape, self.tree.packages))})\b", re.MULTILINE
            )
            theirs = re.compile(rf"^\s*(?:from|import)\s+{re.escape(top)}\b", re.MULTILINE)
            texts = [decoded(source) for source in self.tree.sources.values()]
            by_name = sum(1 for text in texts if ours.search(text))
            self._usual[top] = RARE * sum(1 for text in texts if theirs.search(text)) >= by_name
        return self._usual[top]

    def _is_harmless(self, imported: str, text: str) -> bool:
        """Whether no part of the name can be another judged package; the texts of most imports need not be looked at."""
        top = imported.partition(".")[0]
        if top in self._harmless:
            self._harmless_names.add(imported)
        elif top not in self._second_parts and not any(below in text for below in self._below):
            self._harmless_imports.add((imported, text))
        else:
            return False
        return True

    @cached_property
    def _below(self) -> tuple[str, ...]:
        """How a judged package looks as part of another."""
        return tuple(f".{package}" for package in self.tree.packages)

    @cached_property
    def _harmless(self) -> frozenset[str]:
        """Top-level names by which files are judged, or read."""
        return frozenset(package for package in self.tree.packages if "." not in package) | self.beside

    @cached_property
    def _second_parts(self) -> frozenset[str]:
        """First parts of names below a judged package, or below a package above one."""
        above = {p for package in self.tree.packages for p in (package, *parents(package))}
        return frozenset(n[len(p) + 1 :].partition(".")[0] for p in above for n in self.modules if is_under(n, p))


def other_root(place: str, name: str, judged: str) -> SettingsError:
    """Say that *place* imports as *name* what is judged as *judged*."""
    return SettingsError(
        f"{place} imports {name}, a file that is judged as {judged}; set `packages` and `source` in [tool.pytest-fitness] "
        "so that modules have the names by which they are imported"
    )
