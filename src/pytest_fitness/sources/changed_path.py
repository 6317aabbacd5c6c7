"""Modules by the names that they have where the code itself adds directories to ``sys.path``."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable, Sequence, Set
from functools import cached_property
from operator import eq

from pytest_fitness.model import Module
from pytest_fitness.sources.tree import Source, Tree

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


Addition = tuple[str, ...]
"""A directory that is added: its last parts, from the last one upwards; or `FROM_HERE` and the package that it is."""


class ChangedPath:
    """Tells what ``import handlers`` may mean, where ``shop/web`` is added to the path: ``shop.web.handlers``.

    Args:
        packages: the judged packages.
        modules: the names of all modules and of namespace packages.
        namespaces: the latter.
        added: what the modules add.
    """

    def __init__(
        self, packages: Sequence[str], modules: Set[str], namespaces: Set[str], added: Iterable[Addition]
    ) -> None:
        self.packages = packages
        self.modules = modules
        self.namespaces = namespaces
        self.added = added

    @classmethod
    def of(cls, tree: Tree) -> ChangedPath:
        """Return what is known of *tree*, whose texts are only read when somebody asks."""
        added = (each for source in tree.sources.values() for each in additions(source))
        return cls(tree.packages, tree.sources.keys() | tree.namespaces, tree.namespaces, added)

    def name_of(self, name: str) -> str | None:
        """Return the full name of the one module that may be imported by a name that nothing else has; None where there is none."""
        top, _, below = name.partition(".")
        found = [f"{package}.{name}" for package in self._above.get(top, ()) if self._is_added(package)]
        known = [each for each in found if each in self.modules and not (below and each in self.namespaces)]
        return known[0] if len(known) == 1 and top not in self.packages else None

    @cached_property
    def _above(self) -> dict[str, list[str]]:
        """By last name of a module or package, the packages that have one."""
        above: dict[str, list[str]] = {}
        for full in self.modules:
            package, _, last = full.rpartition(".")
            if package:
                above.setdefault(last, []).append(package)
        return above

    def _is_added(self, package: str) -> bool:
        parts = package.split(".")[::-1]
        return any(
            package == path[-1] if path[0] == FROM_HERE else all(map(eq, parts, path)) for path in self._additions
        )

    @cached_property
    def _additions(self) -> frozenset[Addition]:
        return frozenset(self.added)


def additions(source: Source) -> Sequence[Addition]:
    """Return the directories that a module adds to the path as it is imported; none of those that tests add for themselves."""
    found: dict[Addition, None] = {}
    with contextlib.suppress(SyntaxError):
        text = source.text if "sys.path" in source.text and not TESTS.search(source.module.name) else ""
        for line in ADDS.findall(text):
            written = _spelled_out(line, text)
            parts = [part for each in TEXT.findall(written) for part in re.split(r"[/\\]", each)]
            if names := [part for part in parts if part.strip(".")]:
                found[tuple(names[::-1])] = None
            elif FROM_HERE in written:
                above = len(UP.findall(written)) + sum(int(each) + 1 for each in UP_BY.findall(written))
                found[FROM_HERE, _above(source.module, above + parts.count(".."))] = None
    return list(found)


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
