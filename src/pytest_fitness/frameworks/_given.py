"""Expressions in which names are replaced by what they were given, each with where that is written."""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from pytest_fitness.model.syntax import Entity, Names, Scope

MARK = "\N{PRIME}"
"""Behind a name that stands for something elsewhere; no name in a source has it."""


class Given(NamedTuple):
    """What a name was given, and where that is written."""

    value: ast.expr
    scope: Scope


Givens = Mapping[str, Given]


def names_in(node: ast.AST) -> set[str]:
    """Return the names in an expression."""
    return {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}


def shown(node: ast.expr) -> str:
    """Return an expression as it was written, before anything was put into it."""
    return ast.unparse(node).replace(MARK, "")


def home_of(node: ast.AST, given: Givens, scope: Scope) -> Scope:
    """Return where an expression is written after it was substituted: where the first of its names was given, or *scope*."""
    return next((given[name].scope for name in sorted(names_in(node)) if name in given), scope)


def substituted(node: Any, given: Givens) -> Any:
    """Return a node with names replaced by what they stand for; what has none of them stays the same object."""
    if isinstance(node, ast.Name):
        return given[node.id].value if node.id in given else node
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
        result.args = [each for argument in result.args for each in _unpacked(argument)]
        result.keywords = [each for keyword in result.keywords for each in _spread(keyword)]
        return attribute_of(result) or _got(result)
    return _picked(result) if isinstance(result, ast.Subscript | ast.Attribute) else result


def with_names(calling: Scope, call: ast.Call, given: Givens, place: Scope, names: Names) -> Scope:
    """Return the scope of a call into which something was put that is written elsewhere: its names mean what they mean there.

    Args:
        calling: the scope of the call so far.
        call: as it was before.
        given: what was put into it.
        place: where the call counts as being written.
        names: resolves names.
    """
    known = {
        node.id: names.resolve(node, value.scope)
        for value in given.values()
        for node in ast.walk(value.value)
        if isinstance(node, ast.Name)
    }
    for node in ast.walk(call):  # what a name means here and there cannot be told apart
        if isinstance(node, ast.Name) and node.id in known and node.id not in given:
            if not is_same(names.resolve(node, calling), known[node.id]):
                known[node.id] = None
    resolved = {**calling.resolved, **known}
    return replace(calling, module=place.module, path=place.path, is_package=place.is_package, resolved=resolved)


def inlined(node: Any, given: Givens, scope: Scope, names: Names) -> tuple[Any, Scope]:
    """Return a node with names replaced by what they were given, and the scope in which all that is in it means what it did.

    What comes from elsewhere, and would mean something else in *scope*, has a mark behind its name.
    """
    known = dict(scope.resolved)
    put: dict[str, Given] = {}
    for name in sorted(names_in(node) & given.keys()):
        value, home = given[name]
        renamed: dict[str, Given] = {}
        for each in sorted(names_in(value)) if home is not scope else ():
            meant = names.resolve(ast.Name(each, ast.Load()), home)
            is_own = home.node is not scope.node and each in scope.symbols
            if is_own or not is_same(meant, names.resolve(ast.Name(each, ast.Load()), scope)):
                marked = f"{each}{MARK}"
                # or it would be that of another one, or of an earlier time
                while marked in known and not is_same(known[marked], meant):
                    marked += MARK
                known[marked] = meant
                renamed[each] = Given(ast.copy_location(ast.Name(marked, ast.Load()), value), scope)
        put[name] = Given(substituted(value, renamed), scope)
    return substituted(node, put), replace(scope, resolved=known) if put else scope


def is_same(one: Entity | None, other: Entity | None) -> bool:
    """Return whether two names mean the same; scopes, which may have one another in them, are not compared."""
    if one is None or other is None:
        return one is other
    homes = [each.scope.node if each.scope is not None else None for each in (one, other)]
    return one[:2] == other[:2] and one.node is other.node and homes[0] is homes[1]


def without(scope: Scope, hidden: Iterable[str]) -> Scope:
    """Return a scope in which some names cannot be resolved, whatever they mean around it."""
    return replace(scope, resolved={**scope.resolved, **dict.fromkeys(hidden)})


def moved(call: ast.Call, given: Givens, at: ast.AST) -> ast.Call:
    """Return a call with what it is given, as if all of it were written in another place."""
    put = {id(each.value) for each in given.values()}
    made = substituted(call, given)
    arguments = [each if id(each) in put else _placed(each, at) for each in made.args]
    keywords = [k if id(k.value) in put else ast.keyword(k.arg, _placed(k.value, at)) for k in made.keywords]
    named = moved(made.func, given, at) if isinstance(made.func, ast.Call) else _placed(made.func, at)
    return ast.copy_location(ast.Call(named, arguments, keywords), at)


def _placed(node: Any, at: ast.AST) -> Any:
    return ast.copy_location(copy.copy(node), at)


def attribute_of(call: ast.Call) -> ast.Attribute | None:
    """Return ``app.get`` for ``getattr(app, "get")``; None for any other call."""
    name = (
        call.args[1] if isinstance(call.func, ast.Name) and call.func.id == "getattr" and len(call.args) > 1 else None
    )
    if not isinstance(name, ast.Constant):
        return None
    return ast.copy_location(ast.Attribute(call.args[0], str(name.value), ast.Load()), call)


def _got(call: ast.Call) -> ast.expr:
    """What ``row.get("view", home)`` is, of a row as it is written; any other call as it is."""
    of = call.func.value if isinstance(call.func, ast.Attribute) and call.func.attr == "get" else None
    if not isinstance(of, ast.Dict) or not call.args or not all(isinstance(key, ast.Constant) for key in of.keys):
        return call
    key = ast.copy_location(ast.Subscript(of, call.args[0], ast.Load()), call)
    value = _picked(key) if isinstance(call.args[0], ast.Constant) else call
    return value if value is not key else (call.args[1:] or [ast.Constant(None)])[0]


def _unpacked(argument: ast.expr) -> list[ast.expr]:
    """The arguments in a row that is spread, as if they were written one by one."""
    if isinstance(argument, ast.Starred) and isinstance(argument.value, ast.Tuple | ast.List):
        return [each for item in argument.value.elts for each in _unpacked(item)]
    return [argument]


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
        is_spread = any(isinstance(each, ast.Starred) for each in node.value.elts)
        return node if is_spread else node.value.elts[key]
    if isinstance(node.value, ast.Dict):
        pairs = zip(node.value.keys, node.value.values, strict=True)
        return next((v for k, v in pairs if isinstance(k, ast.Constant) and k.value == key), node)
    return node
