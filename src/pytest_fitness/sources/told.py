"""What a call tells a function to do by constants, such as ``find(number, create=False)``, and which statements do not run then."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from pytest_fitness.model.contents import DEFINED, last_name, parameters
from pytest_fitness.model.straight import bound_by
from pytest_fitness.model.syntax import Entity, Function, Scope
from pytest_fitness.sources.as_written import dead_blocks
from pytest_fitness.sources.bindings import own_nodes
from pytest_fitness.sources.bodies import SPREAD, given_by
from pytest_fitness.sources.scopes import Scopes

TELLING = (bool, str, type(None))
"""What tells a function what to do, rather than with how much of something."""

HARMLESS = {
    "builtins": ("staticmethod", "classmethod"),
    "functools": ("cache", "lru_cache"),
    "contextlib": ("contextmanager", "asynccontextmanager"),
    "abc": ("abstractmethod",),
    "typing": ("final", "override"),
    "typing_extensions": ("final", "override"),
}
"""Decorators by their module: their functions are given what the callers give."""

OTHER = "\0"
"""Stands for all texts that no condition asks for: there may be many."""


class Asked:
    """What a function asks its parameters.

    Attributes:
        by_conditions: parameters that conditions ask for, each with the texts that it is compared with.
        handed_on: parameters that it gives to others as they are.
    """

    def __init__(self, function: Function) -> None:
        named = {argument.arg for argument, _ in parameters(function, in_class=False)}
        nodes = list(own_nodes(function)) if named else []
        tests = [node for each in nodes if isinstance(each, ast.If) for node in ast.walk(each.test)]
        calls = [each for each in nodes if isinstance(each, ast.Call)]
        given = (each for call in calls for each in (*call.args, *(k.value for k in call.keywords)))
        asked = named & {each.id for each in tests if isinstance(each, ast.Name)}
        handed = named & {each.id for each in given if isinstance(each, ast.Name)}
        changed = set(_bound(function)) if asked or handed else set()
        self.by_conditions = {name: set(_compared(name, tests)) for name in asked - changed}
        self.handed_on = handed - changed


def _compared(name: str, tests: list[ast.AST]) -> Iterator[object]:
    for each in tests:
        sides = [each.left, *each.comparators] if isinstance(each, ast.Compare) else []
        if any(isinstance(side, ast.Name) and side.id == name for side in sides):
            yield from (side.value for side in sides if isinstance(side, ast.Constant))


def _bound(function: Function) -> Iterator[str | None]:
    """Names that something in a function gives another meaning, in whichever way, in functions inside of it as well."""
    for node in (each for statement in function.body for each in ast.walk(statement)):
        if isinstance(node, ast.Global | ast.Nonlocal):
            yield from node.names
        elif isinstance(node, ast.alias):
            yield (node.asname or node.name).partition(".")[0]
        elif isinstance(node, DEFINED):
            yield node.name
        else:
            yield from bound_by(node)


class Calling(NamedTuple):
    """A call, where it stands, and what the function around it is told itself."""

    call: ast.Call
    inside: Scope
    own: Mapping[str, object]


def may_tell(calling: Calling, function: Function) -> bool:
    """Return whether a constant is given to a function, or is the default of a parameter, at all: most calls tell nothing."""
    call, arguments = calling.call, function.args
    written = (*call.args, *(k.value for k in call.keywords), *arguments.defaults, *arguments.kw_defaults)
    return any(
        isinstance(each, ast.Constant) or (isinstance(each, ast.Name) and each.id in calling.own) for each in written
    )


def told(calling: Calling, callee: Entity, asked: Asked, names: Scopes) -> dict[str, object]:
    """Return the constants by which a call tells a function what to do; nothing where that is not for sure."""
    call, own = calling.call, calling.own
    function, home = callee.node, callee.scope
    assert isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
    assert home is not None
    wanted = asked.by_conditions.keys() | asked.handed_on
    if not wanted or not all(_is_harmless(each, home, names) for each in function.decorator_list):
        return {}
    if not _is_sure(calling, function, home, names):
        return {}
    given = given_by(call, function, home, calling.inside)
    # another class, or branch, may have a default of its own
    is_one = not isinstance(home.node, ast.ClassDef) and len(home.symbols.get(function.name, ())) == 1
    defaults = parameters(function, in_class=False) if is_one and SPREAD not in given else ()
    values = {argument.arg: default for argument, default in defaults} | {n: value for n, (value, _) in given.items()}
    found: dict[str, object] = {}
    for name in sorted(wanted & values.keys()):
        value = values[name]
        is_own = isinstance(value, ast.Name) and value.id in own
        if isinstance(value, ast.Constant) or is_own:
            told_it = own[value.id] if isinstance(value, ast.Name) else value.value  # type: ignore[union-attr]
            compared = asked.by_conditions.get(name)
            if isinstance(told_it, str) and compared is not None:
                found[name] = told_it if told_it in compared or not told_it else OTHER
            elif isinstance(told_it, TELLING) and not isinstance(told_it, str):
                found[name] = told_it
    return found


def _is_harmless(decorator: ast.expr, home: Scope, names: Scopes) -> bool:
    entity = names.resolve(decorator.func if isinstance(decorator, ast.Call) else decorator, home)
    module, _, last = entity.name.rpartition(".") if entity is not None and not entity.is_own else ("", "", "")
    return last in HARMLESS.get(module, ())


def _is_sure(calling: Calling, function: Function, home: Scope, names: Scopes) -> bool:
    """Whether the first argument is for the first parameter behind ``self``, or the first of all where there is none."""
    decorators = {last_name(each) for each in function.decorator_list}
    if not isinstance(home.node, ast.ClassDef) or "staticmethod" in decorators:
        return True
    first = next((each.arg for each in (*function.args.posonlyargs, *function.args.args)), "")
    is_self = first in ("self", "cls") and _is_bound(calling.call, calling.inside, names)
    return "classmethod" in decorators or is_self


def _is_bound(call: ast.Call, inside: Scope, names: Scopes) -> bool:
    """Whether a method is called on an object: ``repo.find()``, and not ``Repo.find(repo)``."""
    of = call.func.value if isinstance(call.func, ast.Attribute) else call.func
    entity = names.resolve(of, inside) if isinstance(of, ast.Name | ast.Attribute) else None
    return isinstance(of, ast.Call) or last_name(of) == "self" or (entity is not None and entity.kind == "value")


def dead_nodes(function: Function, values: Mapping[str, object]) -> set[int]:
    """Return what does not run in a function that is told *values*, by the ids of the nodes."""

    def holds(test: ast.expr) -> bool | None:
        if isinstance(test, ast.Name):
            return bool(values[test.id]) if test.id in values else None
        if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
            inner = holds(test.operand)
            return None if inner is None else not inner
        if isinstance(test, ast.BoolOp):
            parts = [holds(each) for each in test.values]
            is_all = isinstance(test.op, ast.And)
            return not is_all if (not is_all) in parts else None if None in parts else is_all
        if isinstance(test, ast.Compare) and len(test.ops) == 1 and isinstance(test.left, ast.Name):
            right = test.comparators[0]
            if test.left.id in values and isinstance(right, ast.Constant) and isinstance(right.value, TELLING):
                return _compares(test.ops[0], values[test.left.id], right.value)
        return None

    dead = (node for block in dead_blocks(function.body, holds) for each in block for node in ast.walk(each))
    return {id(node) for node in dead}


def _compares(operator: ast.cmpop, left: object, right: object) -> bool | None:
    if isinstance(operator, ast.Eq | ast.NotEq):
        return (left == right) is isinstance(operator, ast.Eq)
    if isinstance(operator, ast.Is | ast.IsNot) and right is None:
        return (left is None) is isinstance(operator, ast.Is)
    return None
