"""What statements put into lists and dicts, or give one after the other, in loops as well."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator

from pytest_fitness.frameworks._given import names_in
from pytest_fitness.model.contents import last_name, taken_by, walked
from pytest_fitness.model.straight import bound_by
from pytest_fitness.model.syntax import Entity, Function

GROWING = ("append", "extend", "add", "update")
"""Methods that put something into a list, or a set."""

DICTS = ("dict", "OrderedDict")
"""What makes a dict."""


class Grown(ast.ListComp):
    """What loops put into a list, or dict, as if it were a comprehension that makes one each turn.

    Names in it may be those of what is made on the way.
    """


def grown(body: Iterable[ast.AST], entity: Entity) -> Iterator[tuple[ast.expr, ast.expr]]:
    """Yield what statements put into a list, or a dict: where its name stands, and the list, or dict, of what is put in."""
    puts = put_into_dict if is_dict(entity.node) else put_into_list

    def put(node: ast.AST) -> tuple[ast.expr, ast.expr] | None:
        found = puts(node)
        return found if found is not None and last_name(found[0]) == entity.last else None

    return put_by(body, put)


def is_dict(node: ast.AST | None) -> bool:
    """Return whether an expression makes a dict."""
    return isinstance(node, ast.Dict | ast.DictComp) or (isinstance(node, ast.Call) and last_name(node.func) in DICTS)


def put_into_list(node: ast.AST) -> tuple[ast.expr, ast.expr] | None:
    """Return the list that a statement puts something into, and the list of what that is; None for anything else."""
    if isinstance(node, ast.AugAssign):
        return (node.target, node.value) if isinstance(node.op, ast.Add) else None
    into, values = _method_called(node)
    if into is None:
        return None
    if into.attr == "insert" and len(values) == 2:
        return into.value, ast.List(values[1:], ast.Load())
    if into.attr not in GROWING or len(values) != 1:
        return None
    return into.value, values[0] if into.attr in ("extend", "update") else ast.List(values, ast.Load())


def put_into_dict(node: ast.AST) -> tuple[ast.expr, ast.expr] | None:
    """Return the dict that a statement puts something into, and the dict of what that is; None for anything else."""
    if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Subscript):
        return node.targets[0].value, ast.Dict([node.targets[0].slice], [node.value])
    if isinstance(node, ast.AugAssign):
        return (node.target, node.value) if isinstance(node.op, ast.BitOr) else None
    into, values = _method_called(node)
    if into is None:
        return None
    if into.attr == "setdefault" and len(values) == 2:
        return into.value, ast.Dict([values[0]], values[1:])
    return (into.value, values[0]) if into.attr == "update" and len(values) == 1 else None


def _method_called(node: ast.AST) -> tuple[ast.Attribute | None, list[ast.expr]]:
    """The method that a statement calls and does nothing else, and what it is given; nothing where that is given by name."""
    called = node.value if isinstance(node, ast.Expr) else None
    if not isinstance(called, ast.Call) or not isinstance(called.func, ast.Attribute) or called.keywords:
        return None, []
    return called.func, called.args


def yielded(function: Function) -> list[ast.expr] | None:
    """Return the lists of what a generator gives, one after the other; None where it does so in a way that is not followed."""

    def put(node: ast.AST) -> tuple[ast.expr, ast.expr] | None:
        value = node.value if isinstance(node, ast.Expr) else None
        if isinstance(value, ast.YieldFrom):
            return value, value.value
        return (value, ast.List([value.value], ast.Load())) if isinstance(value, ast.Yield) and value.value else None

    found = list(put_by(function.body, put))
    every = {id(node) for node in walked(function) if isinstance(node, ast.Yield | ast.YieldFrom)}
    return [value for _, value in found] if every == {id(place) for place, _ in found} else None


def put_by(
    body: Iterable[ast.AST], put: Callable[[ast.AST], tuple[ast.expr, ast.expr] | None]
) -> Iterator[tuple[ast.expr, ast.expr]]:
    """Yield what statements put somewhere, one after the other, each as a list, and where; in a loop by its turns."""
    for node in body:
        if (found := put(node)) is not None:
            yield found
        elif isinstance(node, ast.If | ast.Try | ast.With | ast.While | ast.ExceptHandler):
            yield from put_by(ast.iter_child_nodes(node), put)
        elif isinstance(node, ast.For | ast.AsyncFor):
            inner = list(put_by([*node.body, *node.orelse], put))
            taken = [ast.comprehension(target, values, [], 0) for target, values in _taken(node)] if inner else []
            yield from ((place, ast.copy_location(_of_turns(value, taken), value)) for place, value in inner)


def _taken(loop: ast.For | ast.AsyncFor) -> Iterator[tuple[ast.expr, ast.expr]]:
    """What a loop gives values to, and what it goes over: nothing that can be told, where its variables get other values as well."""
    every = list(taken_by(loop))
    targets = {id(node) for target, _ in every for node in ast.walk(target)}
    stored = {name for node in ast.walk(loop) if id(node) not in targets for name in bound_by(node)}
    for target, values in every:
        yield target, values if names_in(target).isdisjoint(stored) else ast.Name("", ast.Load())


def _of_turns(grown: ast.expr, taken: list[ast.comprehension]) -> ast.expr:
    """What a loop puts somewhere, turn by turn."""
    if isinstance(grown, Grown):  # by a loop inside of this one
        return Grown(grown.elt, [*taken, *grown.generators])
    return Grown(grown, taken)
