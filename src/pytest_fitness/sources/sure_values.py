"""What names are for sure: constants of the project, and conditions that hold."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Mapping

from pytest_fitness.model.contents import last_name, parameters
from pytest_fitness.model.syntax import Function, Scope
from pytest_fitness.sources.as_written import is_empty_list, is_text
from pytest_fitness.sources.bodies import SPREAD
from pytest_fitness.sources.scopes import Scopes

ALWAYS = ("has_app_context", "has_request_context")
"""What is so wherever anything crosses."""

CHAIN = 3
"""How many names of constants are looked through."""

CONSTANTS = (ast.Constant, ast.Tuple, ast.Dict)


def constants(
    node: ast.Name | ast.Attribute, scope: Scope, names: Scopes, depth: int = 0, *, is_kept: bool = False
) -> list[tuple[ast.expr, Scope]]:
    """Return what a name in capitals stands for, such as ``NO_CONTENT = ("", 204)``; nothing where that may be anything else.

    With *is_kept*, a dict or list of any name as well, in which other things may be later.
    """
    named = names.resolve(node, scope) if is_kept or last_name(node).isupper() else None
    if named is None or named.scope is None or named.kind != "value":
        return []
    bindings = named.scope.symbols.get(named.last, ())
    source = names.tree.sources.get(named.scope.module)
    other = rf"^\s*(?:global|nonlocal)\b.*\b{named.last}\b|\b(?:self|cls)\.{named.last}\s*=[^=]"
    if source is None or re.search(other, source.text, re.MULTILINE):
        return []  # a function gives it another value
    values: list[tuple[ast.expr, Scope]]
    nodes = [b.node for b in bindings if isinstance(b.node, ast.expr)]
    is_one = last_name(node).isupper()
    whole = CONSTANTS if is_one else ast.Dict
    some = [n for n in nodes if isinstance(n, whole) or (is_text(n) if is_one else is_empty_list(n))]
    values = [(node, named.scope) for node in some]
    again = nodes[0] if len(bindings) == len(nodes) == 1 and depth < CHAIN else None
    if isinstance(again, ast.Name | ast.Attribute):  # VERSION = COMMIT
        return constants(again, named.scope, names, depth + 1)
    return values if len(values) == len(bindings) else []


def sure(
    function: Function, inside: Scope, given: Mapping[str, tuple[ast.expr, Scope]] | None, names: Scopes
) -> Callable[[ast.expr], bool | None]:
    """Return what tells whether a condition in a function holds; None where that cannot be told.

    Args:
        function: the function.
        inside: the scope inside of it.
        given: what it is called with, by parameter; None where that is not to count.
        names: resolves names.
    """
    values = parameter_values(function, inside, given, names) if given is not None else {}

    def known(node: ast.expr) -> list[object]:
        if isinstance(node, ast.Name) and node.id in inside.symbols:
            return values.get(node.id, [])
        return _value(node, inside, names)

    def holds(test: ast.expr) -> bool | None:
        if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
            inner = holds(test.operand)
            return None if inner is None else not inner
        if isinstance(test, ast.Compare) and isinstance(test.ops[0], ast.Eq | ast.NotEq) and len(test.ops) == 1:
            sides = (test.left, test.comparators[0])
            is_given = any(isinstance(each, ast.Name) and values.get(each.id) for each in sides)
            left, right = map(known, sides) if is_given else ([], [])
            return (left == right) is isinstance(test.ops[0], ast.Eq) if left and right else None
        if isinstance(test, ast.Call) and last_name(test.func) in ALWAYS:
            made_by = names.resolve(test.func, inside)
            return True if made_by is None or not made_by.is_own else None
        found = values.get(test.id, []) if isinstance(test, ast.Name) else []
        return bool(found[0]) if found else None

    return holds


def parameter_values(
    function: Function, inside: Scope, given: Mapping[str, tuple[ast.expr, Scope]], names: Scopes
) -> dict[str, list[object]]:
    """Return the constant that each parameter is, in a list, if it stays that; nothing in it where that cannot be told."""
    values: dict[str, list[object]] = {}
    for argument, default in parameters(function, in_class=False):
        is_known = argument.arg in given or SPREAD not in given
        value, where = given.get(argument.arg, (default, inside))
        if is_known and len(inside.symbols.get(argument.arg, ())) == 1:
            values[argument.arg] = _value(value, where, names)
    return values


def _value(node: ast.expr | None, scope: Scope, names: Scopes) -> list[object]:
    """The value of a constant, or of the name of one, in a list; nothing where that cannot be told."""
    is_own = isinstance(node, ast.Attribute) and last_name(node.value) in ("self", "cls")  # which others may override
    if isinstance(node, ast.Name | ast.Attribute) and not is_own:
        found = constants(node, scope, names)
        node = found[0][0] if len(found) == 1 else None
    return [node.value] if isinstance(node, ast.Constant) else []
