"""Names rather than modules: what a statement imports, what a module binds."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from pytest_fitness.model import Bindings
from pytest_fitness.sources.bindings import SCOPES
from pytest_fitness.sources.statements import absolute
from pytest_fitness.sources.texts import text_of
from pytest_fitness.sources.tree import Source


def stated_symbols(source: Source, line: int) -> Sequence[str]:
    """Return the dotted names that import statements on *line* import; nothing where the file cannot be parsed."""
    try:
        tree = source.tree
    except SyntaxError:
        return ()
    found: list[str] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import) and node.lineno == line:
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.lineno == line:
            base = absolute(source, node.module, node.level)
            found += [f"{base}.{alias.name}" for alias in node.names]
    return tuple(dict.fromkeys(found))


def module_bindings(source: Source) -> Bindings:
    """Return what the module binds at module level; nothing where the file cannot be parsed."""
    try:
        tree = source.tree
    except SyntaxError:
        return Bindings({})
    imported: dict[str, str] = {}
    starred: list[str] = []
    defined: set[str] = set()
    exported: list[str] | None = None
    for node in _module_level(tree):
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
        listed = _listed(node)
        if listed is not None:
            exported = [*(exported or []), *listed]
    return Bindings(imported, tuple(starred), frozenset(defined), None if exported is None else tuple(exported))


def _module_level(tree: ast.Module) -> Iterator[ast.AST]:
    """Every node that is in no function or class; those themselves among them."""
    todo: list[ast.AST] = [tree]
    for node in todo:
        yield node
        if not isinstance(node, SCOPES):
            todo += ast.iter_child_nodes(node)


def _listed(node: ast.AST) -> list[str] | None:
    """The texts that a statement puts into ``__all__``; None for any other statement."""
    if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        if any(isinstance(t, ast.Name) and t.id == "__all__" for t in targets) and isinstance(
            node.value, ast.List | ast.Tuple
        ):
            return [text for item in node.value.elts if (text := text_of(item)) is not None]
    return None
