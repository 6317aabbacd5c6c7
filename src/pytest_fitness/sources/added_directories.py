"""Which directories the code itself adds to ``sys.path``."""

from __future__ import annotations

import ast
import contextlib
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, cast

from pytest_fitness.model import Module
from pytest_fitness.names import is_under
from pytest_fitness.sources.changed_path import FROM_HERE, Addition, ChangedPath
from pytest_fitness.sources.marked_lines import MarkedLines
from pytest_fitness.sources.tree import Source, Tree

if TYPE_CHECKING:
    from pytest_fitness.sources.excerpt import Excerpt

PATH = "sys.path"
GAP = r"(?:[\s\\)]|#[^\n]*\n)*"
"""What may stand between two parts of an expression, or behind one in brackets."""

CHANGED = re.compile(rf"sys\b{GAP}\.{GAP}path\b")
GIVEN = rf"{{name}}(?<!\w{{name}})\b(?:{GAP}=(?!=)|[ \t\\]*:)"
"""Wherever a name may be given a value in a statement, and elsewhere; it begins with the name, which makes it fast."""

ADDING = ("append", "insert", "extend")

WORD = re.compile(r"[A-Za-z_]\w*")
TEXT = re.compile(r"""["']([^"']*)["']""")
UP = re.compile(r"\bdirname\b|\.parent\b")
UP_BY = re.compile(r"\.parents\[(\d+)\]")
SCRIPT = re.compile(r"""^if\s+__name__\s*==\s*["']__main__["']""", re.MULTILINE)
NAMES = 3
"""How many names in a row may stand for a directory."""

TESTS = re.compile(r"(?:^|\.)(?:tests?|conftest|test_\w+|\w+_test)(?:\.|$)")
"""Modules of tests, which add directories for themselves alone."""


class PathOfTree(ChangedPath):
    """The same of a codebase whose texts are read when somebody asks; modules beside a script are found by what is beside it as well."""

    def __init__(self, tree: Tree) -> None:
        added = (each for source in tree.sources.values() for each in additions(source))
        super().__init__(tree.packages, tree.sources.keys() | tree.namespaces, tree.namespaces, added)
        self.tree = tree
        self._only_below: dict[str, bool] = {}

    def name_of(self, name: str) -> str | None:
        """Return the same; what is beside a script has that name only for those beside it, or all that use it have to be."""
        found = super().name_of(name)
        top = name.partition(".")[0]
        beside = [package for package in self._above.get(top, ()) if package in self._scripts] if found is None else []
        if len(beside) == 1 and self._is_imported_below(beside[0], top):
            return self._only(name, beside)
        return found

    @cached_property
    def _scripts(self) -> frozenset[str]:
        """The packages with a module that is run as a script, whose directory Python adds: ``if __name__ == "__main__":``."""
        return frozenset(
            _above(source.module, 1)
            for source in self.tree.sources.values()
            if not TESTS.search(source.module.name) and SCRIPT.search(_text(source))
        )

    def _is_imported_below(self, package: str, top: str) -> bool:
        """Whether nothing but what is in a package imports a top-level name, of which many names may be asked for."""
        if top not in self._only_below:
            imports = re.compile(rf"^[ \t]*(?:from|import)[ \t]+{re.escape(top)}\b", re.MULTILINE)
            elsewhere = (source for name, source in self.tree.sources.items() if not is_under(name, package))
            texts = (_text(source) for source in elsewhere)
            self._only_below[top] = not any(top in text and imports.search(text) for text in texts)
        return self._only_below[top]


def _text(source: Source) -> str:
    with contextlib.suppress(SyntaxError):
        return source.text
    return ""


def additions(source: Source) -> Sequence[Addition]:
    """Return the directories that a module adds to the path as it is imported; none of those that tests add for themselves."""
    found: dict[Addition, None] = {}
    with contextlib.suppress(SyntaxError, OSError):
        if PATH.encode() not in source.data or TESTS.search(source.module.name):  # as most
            return ()
        from pytest_fitness.sources.bindings import every_node  # what is remembered is not read
        from pytest_fitness.sources.excerpt import Excerpt

        lines = MarkedLines(source.text)
        lines.mark_matches(CHANGED)
        excerpt = Excerpt(source, lines, is_valid=True)
        for added in _added(every_node(excerpt.tree, lambda statement: not lines.any_within(statement))):
            written = _spelled_out(added, excerpt)
            parts = [part for each in TEXT.findall(written) for part in re.split(r"[/\\]", each) if "{" not in part]
            if names := [part for part in parts if part.strip(".")]:
                found[tuple(names[::-1])] = None
            elif FROM_HERE in written:
                above = len(UP.findall(written)) + sum(int(each) + 1 for each in UP_BY.findall(written))
                found[FROM_HERE, _above(source.module, above + parts.count(".."))] = None
    return list(found)


def _added(nodes: Iterable[ast.AST]) -> Iterator[ast.expr]:
    """What is put into ``sys.path``, by a method or by an assignment, each directory of a list by itself."""
    for node in nodes:
        values: list[ast.expr] = []
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ADDING:
            if _is_path(node.func.value):
                values = [*node.args, *(keyword.value for keyword in node.keywords)]
        elif isinstance(node, ast.AugAssign | ast.Assign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            parts = (each.value if isinstance(each, ast.Subscript) else each for each in targets)
            values = [node.value] if any(map(_is_path, parts)) else []
        for each in values:
            yield from each.elts if isinstance(each, ast.List | ast.Tuple) else [each]


def _is_path(node: ast.expr) -> bool:
    return isinstance(node, ast.Attribute) and node.attr == "path" and ast.unparse(node) == PATH


def _spelled_out(added: ast.expr, excerpt: Excerpt) -> str:
    """What is written, and what its names are given: ``HERE = os.path.dirname(__file__)``."""
    from pytest_fitness.sources.bindings import every_node

    known, written, todo = set[str](), list[str](), [added]
    for each in todo:
        written.append(ast.unparse(each))
        nodes = every_node(each) if len(todo) <= NAMES else []
        names = {
            n.attr if isinstance(n, ast.Attribute) else n.id for n in nodes if isinstance(n, ast.Attribute | ast.Name)
        }
        new = [name for name in dict.fromkeys(WORD.findall(written[-1])) if name in names - known]
        known.update(new)
        todo += [value for name in new for value in islice(_given(name, excerpt), 1)]
    return "\n".join(written)


def _given(name: str, excerpt: Excerpt) -> Iterator[ast.expr]:
    """What a name is given in statements that begin with it."""
    from pytest_fitness.sources.bindings import every_node

    lines = MarkedLines(excerpt.source.text)
    expression = re.compile(GIVEN.format(name=name))
    if lines.mark_matches(expression):
        excerpt.lines.mark_matches(expression)
        excerpt.grows()
        for node in every_node(excerpt.tree, lambda statement: not lines.any_within(statement)):
            if isinstance(node, ast.Assign | ast.AnnAssign) and not _is_nothing(node.value):
                target = node.targets[0] if isinstance(node, ast.Assign) else node.target
                if isinstance(target, ast.Name) and target.id == name:
                    yield cast("ast.expr", node.value)


def _is_nothing(value: ast.expr | None) -> bool:
    """Whether nothing is given, or only until something is."""
    return value is None or (isinstance(value, ast.Constant) and not isinstance(value.value, str))


def _above(module: Module, directories: int) -> str:
    """The package whose directory is so many above a file; an empty text for one that is in none."""
    parts = module.name.split(".")
    return ".".join(parts[: max(len(parts) + module.is_package - directories, 0)])
