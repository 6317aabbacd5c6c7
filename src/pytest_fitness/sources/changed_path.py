"""Modules by the names that they have where the code itself adds directories to ``sys.path``."""

from __future__ import annotations

import contextlib
import re
from functools import cached_property
from operator import eq

from pytest_fitness.model import Module
from pytest_fitness.sources.tree import Tree

ADDS = re.compile(r"\bsys\.path(?:\.(?:append|insert|extend)\(|\s*\+?=|\[)[^\n]*")
"""A line on which a directory is added."""

WORD = re.compile(r"[A-Za-z_]\w*")
TEXT = re.compile(r"""["']([^"']*)["']""")
UP = re.compile(r"\bdirname\b|\.parent\b")
UP_BY = re.compile(r"\.parents\[(\d+)\]")
FROM_HERE = "__file__"
NAMES = 3
"""How many names in a row may stand for a directory."""

TESTS = re.compile(r"(?:^|\.)(?:tests?|conftest|test_\w+|\w+_test)(?:\.|$)")
"""Modules of tests, which add directories for themselves alone."""


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
        paths, packages = self._added
        parts = package.split(".")[::-1]
        return package in packages or any(all(map(eq, parts, path)) for path in paths)

    @cached_property
    def _added(self) -> tuple[set[tuple[str, ...]], set[str]]:
        """The directories that are added, each from its last part upwards, and packages that are found from where a file is."""
        paths, packages = set[tuple[str, ...]](), set[str]()
        for name, source in self.tree.sources.items():
            with contextlib.suppress(SyntaxError):
                text = source.text if "sys.path" in source.text and not TESTS.search(name) else ""
                for line in ADDS.findall(text):
                    written = _spelled_out(line, text)
                    parts = [part for each in TEXT.findall(written) for part in re.split(r"[/\\]", each)]
                    if names := [part for part in parts if part.strip(".")]:
                        paths.add(tuple(names[::-1]))
                    elif FROM_HERE in written:
                        above = len(UP.findall(written)) + sum(int(each) + 1 for each in UP_BY.findall(written))
                        packages.add(_above(source.module, above + parts.count("..")))
        return paths, packages


def _spelled_out(line: str, text: str) -> str:
    """What is written on a line, and what its names are given: ``HERE = os.path.dirname(__file__)``."""
    known, todo = set[str](), [line]
    for each in todo:
        for name in set(WORD.findall(each)) - known if len(todo) <= NAMES else ():
            known.add(name)
            given = re.search(rf"^[ \t]*{name}[ \t]*=(?!=)([^\n]*)", text, re.MULTILINE)
            todo += [given[1]] if given is not None else []
    return "\n".join(todo)


def _above(module: Module, directories: int) -> str:
    """The package whose directory is so many above a file; an empty text for one that is in none."""
    parts = module.name.split(".")
    return ".".join(parts[: max(len(parts) + module.is_package - directories, 0)])
