"""Kinds of nodes in a syntax tree, and which names a function binds by itself."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Set
from dataclasses import dataclass, field

SCOPES = (
    ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef,
    ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp,
)  # fmt: skip

LEAVES = frozenset({ast.Name, ast.Constant, ast.Load, ast.Store, ast.alias, ast.Pass})
"""Most nodes of a tree, and nothing to see in any of them."""


BLOCKS = (ast.Try, ast.TryStar, ast.With, ast.AsyncWith, ast.For, ast.AsyncFor, ast.While, ast.Match)

STATEMENTS = (ast.stmt, ast.ExceptHandler, ast.match_case)
PLAIN_NODES = frozenset(  # only what is below them is of interest
    {
        ast.Expr, ast.Return, ast.keyword, ast.BinOp, ast.BoolOp, ast.Compare, ast.Dict, ast.List, ast.Tuple, ast.Set,
        ast.Subscript, ast.JoinedStr, ast.FormattedValue, ast.arguments, ast.arg, ast.UnaryOp, ast.Starred, ast.IfExp,
    }
)  # fmt: skip

CONTEXTS = frozenset({ast.Load, ast.Store, ast.Del})

Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


@dataclass
class Scope:
    """Names bound in a function or at module level; the value is a dotted name, or None for anything else.

    What a function binds by itself is worked out when a name is first looked up: most functions are never asked.
    """

    function: Function | None = None
    bound: dict[str, str | None] = field(default_factory=dict)
    local: frozenset[str] | None = None

    def get(self, name: str, rebound: Callable[[], Set[str]]) -> tuple[bool, str | None]:
        """Whether *name* is bound here, and to what; only names in *rebound* may be bound to something else."""
        if name in self.bound:
            return True, self.bound[name]
        if self.function is None or name not in rebound():
            return False, None
        if self.local is None:
            self.local = frozenset(_local_names(self.function))
        return name in self.local, None


def _local_names(node: Function) -> Iterator[str]:
    """Names that the function itself binds to something other than a module."""
    arguments = node.args
    every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
    yield from (a.arg for a in every if a)
    if isinstance(node, ast.Lambda):
        return
    shared = shared_names(node)
    for each in _own_nodes(node):
        if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store) and each.id not in shared:
            yield each.id


def shared_names(node: Function) -> set[str]:
    """Names that a function declares ``global`` or ``nonlocal``."""
    return {n for s in _own_nodes(node) if isinstance(s, ast.Global | ast.Nonlocal) for n in s.names}


def _own_nodes(node: ast.AST) -> list[ast.AST]:
    """Everything in a function's body but the bodies of functions and classes inside it."""
    found = [node]
    for each in found:
        if each is node or not isinstance(each, SCOPES):
            found += _children(each)
    return found[1:]


def every_node(tree: ast.AST) -> list[ast.AST]:
    """Return *tree* and all nodes below it: `ast.walk` in less time, without the marks for reading and writing."""
    found = [tree]
    for each in found:
        found += _children(each)
    return found


def _children(node: ast.AST) -> list[ast.AST]:
    children: list[ast.AST] = []
    for value in node.__dict__.values():
        if isinstance(value, list):
            children += [each for each in value if isinstance(each, ast.AST)]
        elif isinstance(value, ast.AST) and type(value) not in CONTEXTS:
            children.append(value)
    return children
