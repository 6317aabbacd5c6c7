"""Modules by the names that they have where the code itself adds directories to ``sys.path``."""

from __future__ import annotations

import ast
import contextlib
import re
from collections.abc import Iterable, Iterator, Sequence, Set
from functools import cached_property
from operator import eq

from pytest_fitness.model import Module
from pytest_fitness.sources.newer_syntax import parse
from pytest_fitness.sources.tree import Source, Tree

PATH = "sys.path"
ADDING = ("append", "insert", "extend")

WORD = re.compile(r"[A-Za-z_]\w*")
TEXT = re.compile(r"""["']([^"']*)["']""")
UP = re.compile(r"\bdirname\b|\.parent\b")
UP_BY = re.compile(r"\.parents\[(\d+)\]")
FROM_HERE = "__file__"
SCRIPT = re.compile(r"""^if\s+__name__\s*==\s*["']__main__["']""", re.MULTILINE)
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
        """Return what is known of *tree*, whose texts are only read when somebody asks; scripts add the directories that they are in."""
        added = (each for source in tree.sources.values() for each in (*additions(source), *_of_script(source)))
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
    with contextlib.suppress(SyntaxError, OSError):
        if PATH.encode() not in source.data or TESTS.search(source.module.name):  # as most
            return ()
        for added in _added(parse(source)):
            written = _spelled_out(ast.unparse(added), source.text)
            parts = [part for each in TEXT.findall(written) for part in re.split(r"[/\\]", each)]
            if names := [part for part in parts if part.strip(".")]:
                found[tuple(names[::-1])] = None
            elif FROM_HERE in written:
                above = len(UP.findall(written)) + sum(int(each) + 1 for each in UP_BY.findall(written))
                found[FROM_HERE, _above(source.module, above + parts.count(".."))] = None
    return list(found)


def _of_script(source: Source) -> Iterator[Addition]:
    """The directory of a module that is run as a script, which Python adds: ``if __name__ == "__main__":``."""
    with contextlib.suppress(SyntaxError):
        if SCRIPT.search(source.text) and not TESTS.search(source.module.name):
            yield FROM_HERE, _above(source.module, 1)


def _added(tree: ast.Module) -> Iterator[ast.expr]:
    """What is put into ``sys.path``, by a method or by an assignment."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ADDING:
            yield from node.args if ast.unparse(node.func.value) == PATH else ()
        elif isinstance(node, ast.AugAssign | ast.Assign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            parts = (each.value if isinstance(each, ast.Subscript) else each for each in targets)
            if any(ast.unparse(each) == PATH for each in parts):
                yield node.value


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
