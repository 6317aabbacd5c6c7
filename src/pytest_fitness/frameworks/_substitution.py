"""Expressions in which names are replaced by what they stand for."""

from __future__ import annotations

import ast
import copy
from collections.abc import Mapping
from typing import Any


def substituted(node: Any, given: Mapping[str, ast.expr]) -> Any:
    """Return a node with names replaced by what they stand for; what has none of them stays the same object."""
    if isinstance(node, ast.Name):
        return given.get(node.id, node)
    if isinstance(node, list):
        made = [substituted(each, given) for each in node]
        return made if any(new is not old for new, old in zip(made, node, strict=True)) else node
    if not isinstance(node, ast.AST):
        return node
    fields = ((name, value, substituted(value, given)) for name, value in ast.iter_fields(node))
    changed = {name: new for name, old, new in fields if new is not old}
    if not changed:
        return node
    result = copy.copy(node)
    for name, value in changed.items():
        setattr(result, name, value)
    if isinstance(result, ast.Call):
        result.keywords = [each for keyword in result.keywords for each in _spread(keyword)]
    return _picked(result) if isinstance(result, ast.Subscript | ast.Attribute) else result


def _spread(keyword: ast.keyword) -> list[ast.keyword]:
    """The options in a dict that is spread, as if they were written one by one."""
    table = keyword.value
    if keyword.arg is not None or not isinstance(table, ast.Dict):
        return [keyword]
    found: list[ast.keyword] = []
    for key, value in zip(table.keys, table.values, strict=True):
        if key is not None and not isinstance(key, ast.Constant):
            return [keyword]
        found += _spread(ast.keyword(str(key.value) if key is not None else None, value))
    return found


def _picked(node: ast.Subscript | ast.Attribute) -> ast.expr:
    """What ``row[1]``, ``row["view"]`` and ``row.view`` are, of a row as it is written."""
    if isinstance(node, ast.Attribute):
        keywords = node.value.keywords if isinstance(node.value, ast.Call) else []
        return next((k.value for k in keywords if k.arg == node.attr), node)
    key = node.slice.value if isinstance(node.slice, ast.Constant) else None
    if isinstance(node.value, ast.Tuple | ast.List) and isinstance(key, int) and key < len(node.value.elts):
        return node.value.elts[key]
    if isinstance(node.value, ast.Dict):
        pairs = zip(node.value.keys, node.value.values, strict=True)
        return next((v for k, v in pairs if isinstance(k, ast.Constant) and k.value == key), node)
    return node
