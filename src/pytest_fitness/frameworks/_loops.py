"""What the variables of a loop stand for, turn by turn, where the loop goes over something that is written down."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from typing import Any

from pytest_fitness.frameworks._reading import is_parameter
from pytest_fitness.frameworks._uses import uses
from pytest_fitness.model.contents import FUNCTIONS, Contents, last_name
from pytest_fitness.model.syntax import Scope

DEEP = 5
"""Longest chain of names and functions behind which a list is looked for."""

MANY = 500
"""Most turns of a loop that are followed."""

CHANGED = (
    r"\b{name}\s*(?:\.(?:append|extend|insert|add|update|setdefault|pop|remove|clear)\b|\[[^\]\n]*\]\s*=[^=]|[+|]=)"
)
"""A list or dict that does not stay what it was written as."""


def turns(call: ast.Call, scope: Scope, contents: Contents) -> list[tuple[dict[str, ast.expr], Scope]]:
    """What the variables of the loops around a call stand for, turn by turn; of none, or of one that cannot be read, nothing."""
    turns: list[tuple[dict[str, ast.expr], Scope]] = [({}, scope)]
    used = {node.id for node in ast.walk(call) if isinstance(node, ast.Name)}
    for loop in contents.loops if scope.module == contents.scope.module else ():
        if not _is_around(loop, call, scope):
            continue
        for target, values in _bindings(loop):
            bound = {node.id for node in ast.walk(target) if isinstance(node, ast.Name)}
            if used.isdisjoint(bound):
                continue
            elements = _elements(values, scope, contents)
            rows = [(_bound(target, element), where) for element, where in elements or ()]
            if elements is None or len(rows) * len(turns) > MANY or any(row is None for row, _ in rows):
                return [({}, scope)]
            turns = [({**known, **(row or {})}, where) for known, _ in turns for row, where in rows]
    return turns


def _is_around(loop: ast.AST, call: ast.Call, scope: Scope) -> bool:
    """Whether a call is in a loop, and both in the same function."""
    start, end = _span(call)
    first, last = _span(loop)
    outer = _span(scope.node) if scope.node is not None else (first, last)
    return outer[0] <= first <= start and end <= last <= outer[1]


def _span(node: Any) -> tuple[tuple[int, int], tuple[int, int]]:
    return (node.lineno, node.col_offset), (node.end_lineno, node.end_col_offset)


def _bindings(loop: Any) -> list[tuple[ast.expr, ast.expr]]:
    return [(each.target, each.iter) for each in getattr(loop, "generators", [loop])]


def _bound(target: ast.expr, element: ast.expr) -> dict[str, ast.expr] | None:
    """What the names of a loop's target stand for when it is given *element*; None where that cannot be told."""
    if isinstance(target, ast.Name):
        return {target.id: element}
    if not isinstance(target, ast.Tuple | ast.List) or not isinstance(element, ast.Tuple | ast.List):
        return None
    if len(target.elts) != len(element.elts):
        return None
    found: dict[str, ast.expr] = {}
    for each, part in zip(target.elts, element.elts, strict=True):
        inner = _bound(each, part)
        if inner is None or isinstance(part, ast.Starred):
            return None
        found |= inner
    return found


def _elements(
    values: ast.expr, scope: Scope, contents: Contents, depth: int = 0
) -> list[tuple[ast.expr, Scope]] | None:
    """What a loop goes over, and where it is written; None where that cannot be read."""
    if depth > DEEP:
        return None
    if isinstance(values, ast.Tuple | ast.List | ast.Set):
        return _joined([_spread(each, scope, contents, depth) for each in values.elts])
    if isinstance(values, ast.Dict):
        return [(key, scope) for key in values.keys if key is not None] if None not in values.keys else None
    if isinstance(values, ast.BinOp) and isinstance(values.op, ast.Add):
        return _joined([_elements(side, scope, contents, depth + 1) for side in (values.left, values.right)])
    if isinstance(values, ast.Call):
        return _called_elements(values, scope, contents, depth)
    if not isinstance(values, ast.Name | ast.Attribute):
        return None
    if is_parameter(values, scope):
        return _given_elements(values, scope, contents, depth)
    where, node = _constant(values, scope, contents)
    return _elements(node, where, contents, depth + 1) if node is not None else None


def _spread(element: ast.expr, scope: Scope, contents: Contents, depth: int) -> list[tuple[ast.expr, Scope]] | None:
    if isinstance(element, ast.Starred):
        return _elements(element.value, scope, contents, depth + 1)
    return [(element, scope)]


def _joined(parts: Sequence[list[tuple[ast.expr, Scope]] | None]) -> list[tuple[ast.expr, Scope]] | None:
    return None if None in parts else [each for part in parts for each in part or ()]


def _called_elements(
    call: ast.Call, scope: Scope, contents: Contents, depth: int
) -> list[tuple[ast.expr, Scope]] | None:
    """What ``TABLE.items()``, ``enumerate(TABLE)`` and the like go over."""
    name = last_name(call.func)
    if isinstance(call.func, ast.Attribute) and name in ("items", "values", "keys") and not call.args:
        where, table = _constant(call.func.value, scope, contents)
        if not isinstance(table, ast.Dict) or None in table.keys:
            return None
        pairs = [(k, v) for k, v in zip(table.keys, table.values, strict=True) if k is not None]
        if name == "items":
            return [(ast.Tuple([key, value], ast.Load()), where) for key, value in pairs]
        return [(value if name == "values" else key, where) for key, value in pairs]
    if (
        isinstance(call.func, ast.Name)
        and len(call.args) == 1
        and name in ("list", "tuple", "sorted", "reversed", "enumerate")
    ):
        found = _elements(call.args[0], scope, contents, depth + 1)
        if found is None or name != "enumerate":
            return found
        return [(ast.Tuple([ast.Constant(n), each], ast.Load()), where) for n, (each, where) in enumerate(found)]
    return None


def _given_elements(
    values: ast.Name | ast.Attribute, scope: Scope, contents: Contents, depth: int
) -> list[tuple[ast.expr, Scope]] | None:
    """What the callers of a function give it to go over."""
    function = scope.node
    assert isinstance(function, FUNCTIONS)
    used, complete = uses(function, scope, contents)
    parts: list[list[tuple[ast.expr, Scope]] | None] = [None] if not complete else []
    for use in used:
        given = use.given.get(last_name(values))
        parts.append(_elements(given, use.scope, use.contents, depth + 1) if given is not None else None)
    return _joined(parts)


def _constant(node: ast.expr, scope: Scope, contents: Contents) -> tuple[Scope, ast.expr | None]:
    """A list or dict as it is written, behind a name that nothing else is done to; and where."""
    if not isinstance(node, ast.Name | ast.Attribute):
        return scope, node
    entity = contents.names.resolve(node, scope)
    if entity is None or entity.kind != "value" or entity.scope is None or not isinstance(entity.node, ast.expr):
        return scope, None
    name = entity.last
    changed = re.compile(CHANGED.format(name=re.escape(name)))
    texts = (contents.text, *(there.text for there in contents.elsewhere(name)))
    if len(entity.scope.symbols.get(name, ())) > 1 or any(changed.search(text) for text in texts):
        return scope, None
    return entity.scope, entity.node
