"""The functions behind what is registered: named, made by a function, methods of a class or an object, lambdas."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from pytest_fitness.frameworks._reading import (
    class_around,
    function_of,
    innermost,
    is_as_view,
    methods_of,
    named_function,
)
from pytest_fitness.model.contents import Found, last_name, parameters
from pytest_fitness.model.syntax import Entity, Function, Names, Scope


def functions_behind(target: ast.expr, scope: Scope, names: Names, wanted: Iterable[str]) -> list[tuple[Found, str]]:
    """Return the functions that answer for a registered *target*: itself, or methods of a class, each with its name.

    The name is empty for a function; nothing is returned where *target* cannot be found.
    """
    if isinstance(target, ast.Call) and not is_as_view(target):
        made = made_not_wrapped(target, scope, names)
        if made:
            return [(found, "") for found in made]
    inner = innermost(target)
    if isinstance(inner, ast.Lambda):
        return [(Found(_as_function(inner), scope), "")]
    entity = named_function(inner, scope, names)
    definition = function_of(entity)
    if definition is not None:
        function, where = definition
        return [(Found(function, where, class_around(where)), "")]
    if entity is not None and isinstance(entity.node, ast.Lambda) and entity.scope is not None:
        return [(Found(_as_function(entity.node), entity.scope), "")]
    if entity is not None and isinstance(entity.node, ast.ClassDef):
        return [(found, name) for name, found in methods_of(entity, names, wanted)]
    made = list(functions_made(target, entity, scope, names)) or _called_object(target, entity, scope, names)
    return [(found, "") for found in made]


def _as_function(node: ast.Lambda) -> Function:
    """A lambda as a function that returns what it does."""
    body: list[ast.stmt] = [ast.copy_location(ast.Return(node.body), node.body)]
    made = ast.FunctionDef(name="<lambda>", args=node.args, body=body, decorator_list=[], returns=None)
    return ast.copy_location(made, node)


def _called_object(target: ast.expr, entity: Entity | None, scope: Scope, names: Names) -> list[Found]:
    """The ``__call__`` of an object."""
    value = Entity("value", "", target, None, scope) if isinstance(target, ast.Call) else entity
    made_by = names.instance_class(value) if value is not None and value.kind == "value" else None
    return [found for _, found in methods_of(made_by, names, ("__call__",))] if made_by is not None else []


def functions_made(target: ast.expr, entity: Entity | None, scope: Scope, names: Names) -> Iterator[Found]:
    """Yield the inner functions that a function returns: ``add_api_route("/x", make_handler())``, or a variable of that."""
    call, where = target, scope
    if entity is not None and entity.kind == "value" and entity.scope is not None:
        call, where = entity.node if isinstance(entity.node, ast.expr) else target, entity.scope
    definition = function_of(names.resolve(call.func, where)) if isinstance(call, ast.Call) else None
    if definition is None or not definition[1].owned:
        return
    inside = names.function_scope(*definition)
    for node in ast.walk(definition[0]):
        if isinstance(node, ast.Return) and isinstance(node.value, ast.Name):
            made = function_of(names.resolve(node.value, inside))
            if made is not None and made[1] is inside:
                yield Found(*made)


def made_not_wrapped(target: ast.expr, scope: Scope, names: Names) -> list[Found]:
    """The functions made by one that was only told something: ``make(service)``."""
    return [found for found in functions_made(target, None, scope, names) if not _is_wrapper(found)]


def _is_wrapper(found: Found) -> bool:
    """Whether an inner function calls, or hands on, what the function around it was given, or takes whatever that takes."""
    maker = found.scope.node
    assert isinstance(maker, ast.FunctionDef | ast.AsyncFunctionDef)
    given = {argument.arg for argument, _ in parameters(maker, in_class=False)}
    function = found.function
    if function.args.vararg is not None or function.args.kwarg is not None:
        return True
    wraps = (node.id for each in function.decorator_list for node in ast.walk(each) if isinstance(node, ast.Name))
    calls = [node for node in ast.walk(function) if isinstance(node, ast.Call)]
    used = [last_name(each) for call in calls for each in (call.func, *call.args) if isinstance(each, ast.Name)]
    return not given.isdisjoint([*wraps, *used])
