"""What is registered out of a table in which it is looked up by something that only the running code knows."""

from __future__ import annotations

import ast

from pytest_fitness.frameworks._behind import derived_from, is_nothing
from pytest_fitness.frameworks._given import Given, inlined
from pytest_fitness.frameworks._listed import looked_up_in
from pytest_fitness.frameworks._loops import is_plain, pairs_of, picked
from pytest_fitness.frameworks._reading import class_around, function_of
from pytest_fitness.frameworks._uses import arguments_of, stays
from pytest_fitness.model.contents import Contents, own_returns
from pytest_fitness.model.syntax import Scope

DEEP = 4
"""Longest chain of names and functions behind which a table is looked for."""


def out_of_table(target: ast.expr, scope: Scope, contents: Contents, depth: int = 0) -> list[Given]:
    """Return all that *target* may be, where it is looked up in a dict as it is written; nothing where it is something else.

    As in ``HANDLERS[name]``, ``HANDLERS.get(name, missing)``, or what a function returns that looks it up; also behind a name.
    """
    if depth > DEEP:
        return []
    if isinstance(target, ast.Name):
        known = contents.names.resolve(target, scope)
        value = known.node if known is not None and known.kind == "value" else None
        if known is None or known.scope is None or not isinstance(value, ast.Call | ast.Subscript):
            return []
        is_one = len(known.scope.symbols.get(known.last, ())) == 1
        return out_of_table(value, known.scope, contents, depth + 1) if is_one else []
    if not isinstance(target, ast.Call | ast.Subscript):
        return []
    table = looked_up_in(target)
    key, *default = [target.slice] if isinstance(target, ast.Subscript) else target.args[:2] or [target]
    if table is not None:
        found = picked(pairs_of(table, scope, contents), key)
        return [*found, *(Given(each, scope) for each in default if not is_nothing(each))] if found else []
    return _returned(target, scope, contents, depth) if isinstance(target, ast.Call) else []


def _returned(call: ast.Call, scope: Scope, contents: Contents, depth: int) -> list[Given]:
    """All that a function returns, where it looks something up and returns nothing but that, or functions by their names."""
    names = contents.names
    definition = function_of(names.resolve(call.func, scope))
    if definition is None or not definition[1].owned or not is_plain(*definition):
        return []
    owner = class_around(definition[1])
    overriding = (names.member(each, definition[0].name) for each in derived_from(owner, contents)) if owner else ()
    if any(each is None or each.node is not definition[0] for each in overriding):
        return []
    inside = names.function_scope(*definition)
    given = arguments_of(call, definition[0], scope, definition[1], is_method=owner is not None)
    given = {name: value for name, value in given.items() if stays(name, definition[0], inside)}
    parts: list[list[Given]] = []
    is_lookup = False
    for value in own_returns(definition[0]):
        if is_nothing(value):
            continue
        meant = Given(*inlined(value, given, inside, names))
        looked_up = out_of_table(*meant, contents, depth + 1)
        if not looked_up and function_of(names.resolve(*meant)) is None:
            return []
        is_lookup = is_lookup or bool(looked_up)
        parts.append(looked_up or [meant])
    return [each for part in parts for each in part] if is_lookup else []
