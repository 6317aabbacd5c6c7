"""Modules by the names that they have where the code itself adds directories to ``sys.path``."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from functools import cached_property

from pytest_fitness.model import Module
from pytest_fitness.sources.tree import Tree

ADDS = re.compile(r"\bsys\.path(?:\.(?:append|insert|extend)\(|\s*\+?=|\[)[^\n]*")
"""A line on which a directory is added."""

WORD = re.compile(r"\w+")
FROM_HERE = "__file__"
UPWARDS = 3
"""A directory that is found from a file may be the one that it is in, or as many above."""


class ChangedPath:
    """Tells what ``import handlers`` may mean, where ``shop/web`` is added to the path: ``shop.web.handlers``."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree

    def name_of(self, name: str) -> str | None:
        """Return the full name of the one module that may be imported by a name that nothing else has; None where there is none."""
        top, _, below = name.partition(".")
        found = [f"{package}.{name}" for package in self._above.get(top, ()) if self._is_added(package)]
        known = [each for each in found if each in self.tree.sources or (not below and each in self.tree.namespaces)]
        return known[0] if len(known) == 1 and top not in self.tree.packages else None

    @cached_property
    def _above(self) -> dict[str, list[str]]:
        """By last name of a module or package, the packages that have one."""
        above: dict[str, list[str]] = {}
        for full in (*self.tree.sources, *self.tree.namespaces):
            package, _, last = full.rpartition(".")
            if package:
                above.setdefault(last, []).append(package)
        return above

    def _is_added(self, package: str) -> bool:
        words, packages = self._added
        return package in packages or package.rpartition(".")[2] in words

    @cached_property
    def _added(self) -> tuple[set[str], set[str]]:
        """The words on lines that add a directory, and the packages that are near a file that adds one by its own place."""
        words, packages = set[str](), set[str]()
        for source in self.tree.sources.values():
            with contextlib.suppress(SyntaxError):
                lines = ADDS.findall(source.text) if "sys.path" in source.text else []
                words.update(word for line in lines for word in WORD.findall(line))
                if lines and FROM_HERE in source.text:
                    packages.update(_around(source.module))
        return words - {"sys", "path", "os"}, packages


def _around(module: Module) -> Iterator[str]:
    """The package that a module is in, and those above."""
    package = module.name if module.is_package else module.name.rpartition(".")[0]
    for _ in range(UPWARDS):
        yield package
        package = package.rpartition(".")[0]
