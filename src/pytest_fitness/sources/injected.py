"""What decorators of the project put into the parameters of a function: ``more["order"] = Order.find(more.pop("number"))``."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from pytest_fitness.model.contents import FUNCTIONS, class_seen, functions_inside, last_name, parameters
from pytest_fitness.model.syntax import Entity, Function, Scope
from pytest_fitness.sources.scopes import Scopes

AROUND_METHODS = ("decorators", "method_decorators")
"""Attributes of views of Flask, and of Flask-RESTful."""


def injected(name: str, scope: Scope, names: Scopes) -> tuple[ast.expr, Scope] | None:
    """Return what a parameter without a type is given by a decorator of the project, and where that is written.

    Args:
        name: of the parameter.
        scope: the inside of the function.
        names: resolves names.
    """
    function, around = scope.node, scope.parent
    if not isinstance(function, FUNCTIONS) or around is None:
        return None
    own = {argument.arg for argument, _ in parameters(function, in_class=False) if argument.annotation is None}
    decorators = [(each, around) for each in function.decorator_list] if name in own else []
    for decorator, where in (*decorators, *(_of_class(scope, names) if name in own else ())):
        made = names.resolve(decorator.func if isinstance(decorator, ast.Call) else decorator, where)
        if made is not None and isinstance(made.node, FUNCTIONS) and made.scope is not None and made.scope.owned:
            for wrapper in functions_inside(made.node, made.scope, names):
                for key, value in _put(wrapper.function):
                    if key == name:
                        return value, names.function_scope(wrapper.function, wrapper.scope)
    return None


def _of_class(scope: Scope, names: Scopes) -> Iterator[tuple[ast.expr, Scope]]:
    """The decorators that a class puts around all of its methods: ``method_decorators = [login]`` of Flask-RESTful."""
    view = class_seen(scope)
    for entity in (names.member(view, each) for each in AROUND_METHODS if view is not None):
        if entity is not None and entity.scope is not None and isinstance(entity.node, ast.List | ast.Tuple):
            yield from ((each, entity.scope) for each in entity.node.elts)


def class_injected(node: ast.expr, scope: Scope, names: Scopes) -> Entity | None:
    """Return the class of the object that such a parameter is; None for anything else."""
    given = injected(node.id, scope, names) if isinstance(node, ast.Name) else None
    return names.instance_class(Entity("value", "", given[0], None, given[1])) if given is not None else None


def _put(wrapper: Function) -> Iterator[tuple[str, ast.expr]]:
    """What is put into ``**more``, or given by name, by the name."""
    rest = wrapper.args.kwarg.arg if wrapper.args.kwarg is not None else ""
    for node in ast.walk(wrapper):
        target = node.targets[0] if isinstance(node, ast.Assign) else None
        if (
            isinstance(node, ast.Assign)
            and isinstance(target, ast.Subscript)
            and isinstance(target.slice, ast.Constant)
        ):
            if rest and last_name(target.value) == rest:
                yield str(target.slice.value), node.value
        elif isinstance(node, ast.Call) and any(
            k.arg is None and last_name(k.value) == rest for k in node.keywords if rest
        ):
            yield from ((k.arg, k.value) for k in node.keywords if k.arg is not None)
