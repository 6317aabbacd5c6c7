"""Names rather than modules: what a statement imports, what a module binds."""

from __future__ import annotations

import ast
import re
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager

from pytest_fitness.model import Bindings
from pytest_fitness.model.contents import statements_of
from pytest_fitness.sources.bindings import SCOPES
from pytest_fitness.sources.newer_syntax import parse
from pytest_fitness.sources.statements import absolute
from pytest_fitness.sources.texts import text_of
from pytest_fitness.sources.tree import Source

ALL = "__all__"
DEFINITION = re.compile(r"\s*(?:async\s+def|def|class)\s+(\w+)")


class Statements:
    """What each line of a file is within, and which names its import statement imports."""

    def __init__(self, source: Source) -> None:
        self._within: list[tuple[int, int, str]] = []
        self._names: dict[int, tuple[str, ...]] = {}
        self._source = source
        try:
            self._walk(cached_tree(source), "")
        except SyntaxError:
            self._within = list(_indented(source))

    def at(self, line: int) -> tuple[str, tuple[str, ...]]:
        """Return the qualified name of the function or class around *line*, and the dotted names imported there."""
        around = [(first, name) for first, last, name in self._within if first <= line <= last]
        return max(around, default=(0, ""))[1], self._names.get(line, ())

    def _walk(self, node: ast.AST, within: str) -> None:
        for child in statements_of(node):
            if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                name = f"{within}.{child.name}" if within else child.name
                self._within.append((child.lineno, child.end_lineno or child.lineno, name))
                self._walk(child, name)
                continue
            if isinstance(child, ast.Import):
                names = [alias.name for alias in child.names]
            elif isinstance(child, ast.ImportFrom):
                base = absolute(self._source, child.module, child.level)
                names = [f"{base}.{alias.name}" for alias in child.names]
            else:
                self._walk(child, within)
                continue
            self._names[child.lineno] = (*self._names.get(child.lineno, ()), *names)


def _indented(source: Source) -> Iterator[tuple[int, int, str]]:
    """Functions and classes of a file that cannot be parsed, told by the indentation."""
    try:
        lines = source.lines
    except SyntaxError:  # no text at all
        return
    open_: list[tuple[int, int, str]] = []
    for number, line in enumerate([*lines, "end"], start=1):
        if not line.strip() or line.lstrip().startswith((")", "#")):
            continue
        depth = len(line) - len(line.lstrip())
        while open_ and open_[-1][0] >= depth:
            _, first, name = open_.pop()
            yield first, number - 1, name
        if match := DEFINITION.match(line):
            above = f"{open_[-1][2]}." if open_ else ""
            open_.append((depth, number + 1, above + match[1]))


def cached_tree(source: Source) -> ast.Module:
    """Return the syntax tree of *source*, newer syntax put into older words; kept where that is not needed.

    Raises:
        SyntaxError: the file cannot be parsed by this interpreter.
    """
    try:
        return source.tree
    except SyntaxError:
        return parse(source)


@contextmanager
def passing_tree(source: Source) -> Generator[None]:
    """Let go of the syntax tree of *source* that is made meanwhile; one that was there before stays."""
    was_there = "tree" in source.__dict__
    try:
        yield
    finally:
        if not was_there:
            source.__dict__.pop("tree", None)


def _tree(source: Source) -> ast.Module:
    try:
        return cached_tree(source)
    except SyntaxError:
        return ast.Module([], [])


def module_bindings(source: Source) -> Bindings:
    """Return what the module binds at module level; nothing where the file cannot be parsed."""
    imported: dict[str, str] = {}
    starred: list[str] = []
    defined: set[str] = set()
    assigned: dict[str, ast.expr] = {}
    listed: list[ast.expr] = []
    for node in _module_level(_tree(source)):
        if isinstance(node, ast.Import):
            imported.update(
                (a.asname or a.name.partition(".")[0], a.name if a.asname else a.name.partition(".")[0])
                for a in node.names
            )
        elif isinstance(node, ast.ImportFrom):
            base = absolute(source, node.module, node.level)
            starred += [base for a in node.names if a.name == "*"]
            imported.update((a.asname or a.name, f"{base}.{a.name}") for a in node.names if a.name != "*")
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            defined.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            defined.add(node.id)
        elif isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            assigned.update((t.id, node.value) for t in targets if isinstance(t, ast.Name))
        listed += _added_to_all(node)
    for name, value in assigned.items():
        if dotted := _dotted(value, imported):
            imported[name] = dotted  # Session = db.Session hands it on as an import does
    texts = [text for each in listed if (text := text_of(each)) is not None]
    others = [
        dotted for each in listed if isinstance(each, ast.Attribute) and (dotted := _dotted(each.value, imported))
    ]
    can_be_read = any(isinstance(each, ast.List | ast.Tuple) for each in listed) or texts or others
    return Bindings(
        imported,
        tuple(starred),
        frozenset(defined),
        tuple(texts) if can_be_read else None,
        tuple(others),
    )


def _module_level(tree: ast.Module) -> Iterator[ast.AST]:
    """Every node that is in no function or class; those themselves among them."""
    todo: list[ast.AST] = [tree]
    for node in todo:
        yield node
        if not isinstance(node, SCOPES):
            todo += ast.iter_child_nodes(node)


def _dotted(node: ast.expr, imported: Mapping[str, str]) -> str:
    """The dotted name that a name or attribute stands for through imports; empty for anything else."""
    if isinstance(node, ast.Attribute):
        base = _dotted(node.value, imported)
        return f"{base}.{node.attr}" if base else ""
    return imported.get(node.id, "") if isinstance(node, ast.Name) else ""


def _added_to_all(node: ast.AST) -> Iterator[ast.expr]:
    """What a statement puts into ``__all__``: texts, the ``__all__`` of other modules, and the lists that hold them."""
    if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        if node.value is not None and any(isinstance(t, ast.Name) and t.id == ALL for t in targets):
            yield from _parts(node.value)
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and len(node.args) == 1:
        is_all = isinstance(node.func.value, ast.Name) and node.func.value.id == ALL
        if is_all and node.func.attr in ("extend", "append"):
            yield from _parts(node.args[0])


def _parts(node: ast.expr) -> Iterator[ast.expr]:
    yield node
    if isinstance(node, ast.List | ast.Tuple):
        for item in node.elts:
            yield from _parts(item)
    elif isinstance(node, ast.BinOp):
        yield from _parts(node.left)
        yield from _parts(node.right)
    elif isinstance(node, ast.Starred):
        yield from _parts(node.value)


def statement_starts(source: Source) -> dict[int, int]:
    """Return, for each line that a statement goes on over, the line where it begins: that is the one coverage counts."""
    found: dict[int, int] = {}
    for node in ast.walk(_tree(source)):
        if isinstance(node, ast.stmt):
            body = getattr(node, "body", None)
            if isinstance(node, ast.Match):
                end = node.subject.end_lineno or node.lineno
            else:
                end = body[0].lineno - 1 if isinstance(body, list) and body else node.end_lineno or node.lineno
            found.update(dict.fromkeys(range(node.lineno + 1, end + 1), node.lineno))
    return found


def function_lines(source: Source) -> frozenset[int]:
    """Return the lines inside of functions: all others run when the module is imported."""
    found: set[int] = set()
    for node in ast.walk(_tree(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            found.update(range(node.body[0].lineno, (node.end_lineno or node.lineno) + 1))
    return frozenset(found)
