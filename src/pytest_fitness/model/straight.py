"""What a statement beside another one makes of what that one did."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from itertools import pairwise

from pytest_fitness.model.contents import FUNCTIONS, last_name


def replaced(use: ast.Name, block: Sequence[ast.stmt]) -> Iterator[int]:
    """Yield the values, by their ids, that a later statement beside them replaces, above a use: ``row = find(); row = dump(row)``."""
    values = [(at, value) for at, each in enumerate(block) if (value := given_by(each, use.id)) is not None]
    if values and use.lineno > (block[values[-1][0]].end_lineno or 0):
        for (first, value), (second, _) in pairwise(values):
            between = (node for statement in block[first + 1 : second] for node in ast.walk(statement))
            if not any(isinstance(node, ast.Break | ast.Continue) for node in between):
                yield id(value)
    for statement in block:
        for inner in blocks_of(statement):
            if not _may_end(statement, inner) and not isinstance(statement, FUNCTIONS):
                yield from replaced(use, inner)


def left_behind(use: ast.Name, block: Sequence[ast.stmt], *, in_loop: bool = False) -> Iterator[int]:
    """Yield the values, by their ids, given in branches that end without the use: ``if not found: answer = {}; return answer, 404``."""
    for statement in block:
        # what is behind these runs if something fails between two of their statements
        may_go_on = isinstance(statement, ast.Try | ast.TryStar | ast.With | ast.AsyncWith)
        is_loop = in_loop or isinstance(statement, ast.For | ast.AsyncFor | ast.While)
        for inner in blocks_of(statement) if not isinstance(statement, FUNCTIONS) else ():
            is_there = any(contains(each, use) for each in inner)
            if may_go_on and (is_loop or not is_there):
                continue
            is_left = isinstance(statement, ast.If) and not is_there and bool(inner)
            if is_left and isinstance(inner[-1], ast.Return | ast.Raise) and not _jumps(inner):
                yield from (id(value) for each in inner if (value := given_by(each, use.id)) is not None)
            yield from left_behind(use, inner, in_loop=is_loop)


def _jumps(block: Sequence[ast.stmt]) -> bool:
    return any(isinstance(node, ast.Break | ast.Continue) for each in block for node in ast.walk(each))


def contains(statement: ast.stmt | ast.expr, use: ast.Name) -> bool:
    """Return whether a name stands in a statement."""
    start = (statement.lineno, statement.col_offset)
    end = (statement.end_lineno or statement.lineno, statement.end_col_offset or 0)
    return start <= (use.lineno, use.col_offset) < end


def _may_end(statement: ast.stmt, inner: Sequence[ast.stmt]) -> bool:
    """Whether what is behind a block runs even if the block ends between two of its statements."""
    items = statement.items if isinstance(statement, ast.With | ast.AsyncWith) else []
    calls = (each.context_expr for each in items)
    is_suppressed = any(isinstance(call, ast.Call) and last_name(call.func) == "suppress" for call in calls)
    return is_suppressed or (isinstance(statement, ast.Try | ast.TryStar) and inner is statement.body)


def given_by(statement: ast.stmt, name: str) -> ast.expr | None:
    """Return the value that a statement gives to a name."""
    if isinstance(statement, ast.Assign | ast.AnnAssign):
        targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
        if any(isinstance(target, ast.Name) and target.id == name for target in targets):
            return statement.value
    return None


def blocks_of(statement: ast.stmt) -> Iterator[Sequence[ast.stmt]]:
    """Yield the blocks of a statement."""
    for name in ("body", "orelse", "finalbody"):
        yield getattr(statement, name, [])
    for name in ("handlers", "cases"):
        yield from (each.body for each in getattr(statement, name, []))


def bound_by(node: ast.AST) -> tuple[str | None, ...]:
    """Return the names to which a node gives a value."""
    if isinstance(node, ast.Name):
        return (node.id,) if isinstance(node.ctx, ast.Store) else ()
    if isinstance(node, ast.MatchAs | ast.MatchStar | ast.ExceptHandler):
        return (node.name,)
    return (node.rest,) if isinstance(node, ast.MatchMapping) else ()
