"""What a call tells a function to do by constants, such as ``find(number, create=False)``, and which statements do not run then."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from pytest_fitness.model.contents import last_name, parameters
from pytest_fitness.model.syntax import Entity, Function, Scope
from pytest_fitness.sources.as_written import dead_blocks
from pytest_fitness.sources.bindings import own_nodes
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

NAMED = (ast.ExceptHandler, ast.MatchAs, ast.MatchStar, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
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


def _bound(function: Function) -> Iterator[str]:
    """Names that something in a function gives another meaning, in whichever way, in functions inside of it as well."""
    for statement in function.body:
        for node in ast.walk(statement):
            if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
                yield node.id
            elif isinstance(node, ast.Global | ast.Nonlocal):
                yield from node.names
            elif isinstance(node, ast.alias):
                yield (node.asname or node.name).partition(".")[0]
            elif isinstance(node, ast.MatchMapping):
                yield node.rest or ""
            elif isinstance(node, NAMED):
                yield node.name or ""


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
    given = _arguments(calling, function, home, names)
    if given is None:
        return {}
    is_spread = any(isinstance(each, ast.Starred) for each in call.args) or any(k.arg is None for k in call.keywords)
    # another class, or branch, may have a default of its own
    is_one = not is_spread and not isinstance(home.node, ast.ClassDef) and len(home.symbols.get(function.name, ())) == 1
    values: dict[str, ast.expr | None] = {a.arg: d for a, d in parameters(function, in_class=False)} if is_one else {}
    values |= given
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


def _arguments(calling: Calling, function: Function, home: Scope, names: Scopes) -> dict[str, ast.expr | None] | None:
    """What is written for each parameter; None where it is not for sure which is which."""
    call = calling.call
    positional = [each.arg for each in (*function.args.posonlyargs, *function.args.args)]
    if isinstance(home.node, ast.ClassDef):
        decorators = {last_name(each) for each in function.decorator_list}
        is_bound = "classmethod" in decorators or (
            "staticmethod" not in decorators and _is_bound(call, calling.inside, names)
        )
        if not is_bound and "staticmethod" not in decorators:
            return None
        positional = positional[1:] if is_bound else positional
    stars = [at for at, each in enumerate(call.args) if isinstance(each, ast.Starred)]
    given: dict[str, ast.expr | None] = dict(zip(positional, call.args[: stars[0] if stars else None], strict=False))
    by_name = {each.arg for each in (*function.args.args, *function.args.kwonlyargs)}
    return given | {k.arg: k.value for k in call.keywords if k.arg in by_name}


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
