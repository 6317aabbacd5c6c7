"""What drf-spectacular and drf-yasg are told about the methods of a view."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from pytest_fitness.frameworks._constants import is_no_content
from pytest_fitness.frameworks._reading import called, function_of, is_success, option, original_name, text
from pytest_fitness.model.contents import last_name
from pytest_fitness.model.syntax import Function, Names, Part, Scope

DOCUMENTED = {
    "extend_schema": ("request", "responses", "parameters"),
    "swagger_auto_schema": ("request_body", "responses", "query_serializer"),
}


class Documented(NamedTuple):
    """What is said of the body, of the result and of the query; None where nothing is."""

    body: Part | None = None
    result: Part | None = None
    query: Part | None = None


Written = tuple[ast.expr, Scope]
"""An expression, and where it is written."""


def documented(decorators: Iterable[Written], names: Names) -> Documented:
    """Return what ``@extend_schema(request=..., responses=...)`` names; the first that says any of it counts."""
    for each in decorators:
        decorator, scope = _meant(*each, names)
        keywords = DOCUMENTED.get(_documents(decorator, scope, names), ())
        said = [option(decorator, keyword) for keyword in keywords]
        if any(each is not None for each in said):
            body, result, query = said
            inside = query.elts if isinstance(query, ast.List | ast.Tuple) else [query]  # among plain parameters
            said_so = _part("return", result, scope, names)
            queries = (_part("request.query_params", each, scope, names) for each in inside)
            return Documented(
                _part("request.data", body, scope, names),
                said_so,
                next((part for part in queries if part is not None), None),
            )
    return Documented()


def made_or_said(made: Part | None, said: Part | None, names: Names) -> Part | None:
    """Return what is made, where that is nothing, or serializers that can be read; otherwise what is documented."""
    if made is None or said is None:
        return made or said
    if made.annotation is None:
        return made if made.kind == "none" and said.kind != "none" else said
    every = (names.resolve(each, scope) for each, scope in ((made.annotation, made.scope), *made.alternatives))
    return made if all(each is not None and each.kind == "class" for each in every) else said


def _documents(decorator: ast.expr, scope: Scope, names: Names) -> str:
    """The decorator that says it, which one of the project may hand all that it is given on to."""
    name = original_name(called(decorator), scope, names, DOCUMENTED)
    if name in DOCUMENTED or not isinstance(decorator, ast.Call):
        return name
    function, where = function_of(names.resolve(decorator.func, scope)) or (None, scope)
    if function is None or not where.owned or function.args.kwarg is None:
        return name
    calls = [node for node in ast.walk(function) if isinstance(node, ast.Call)]
    handed_on = (call for call in calls if last_name(call.func) in DOCUMENTED)
    is_all = (call for call in handed_on if any(_is_rest(keyword, function) for keyword in call.keywords))
    return next((last_name(call.func) for call in is_all), name)


def _is_rest(keyword: ast.keyword, function: Function) -> bool:
    rest = function.args.kwarg
    return keyword.arg is None and rest is not None and last_name(keyword.value) == rest.arg


def _meant(decorator: ast.expr, scope: Scope, names: Names) -> Written:
    """What a decorator with a name is: ``placed = extend_schema(responses=Order)``."""
    made = names.resolve(decorator, scope) if isinstance(decorator, ast.Name | ast.Attribute) else None
    is_one = made is not None and isinstance(made.node, ast.Call) and made.scope is not None and made.scope.owned
    return (made.node, made.scope) if is_one else (decorator, scope)  # type: ignore[union-attr,return-value]


def on_the_class(view: ast.AST | None, scope: Scope, names: Names, *actions: str) -> Iterator[Written]:
    """Yield what ``@extend_schema_view(create=extend_schema(...))`` says of an action, and ``@extend_schema(...)`` of all.

    An action may have several names. ``@method_decorator(swagger_auto_schema(...), name="create")`` says it of one as well.
    """
    for written in view.decorator_list if isinstance(view, ast.ClassDef) else ():
        decorator, where = _meant(written, scope, names)
        name = last_name(called(decorator))
        if name == "extend_schema_view":
            said = (option(decorator, action) for action in actions)
            yield from ((each, where) for each in said if each is not None)
        elif name == "method_decorator" and text(option(decorator, "name", position=1)) in actions:
            given = option(decorator, "decorator", position=0)
            inner = given.elts if isinstance(given, ast.List | ast.Tuple) else [given] if given is not None else []
            yield from ((each, where) for each in inner)
        elif name in DOCUMENTED:
            yield decorator, where


def _part(name: str, expression: ast.expr | None, scope: Scope, names: Names) -> Part | None:
    named = names.resolve(expression, scope) if isinstance(expression, ast.Name | ast.Attribute) else None
    if named is not None and isinstance(named.node, ast.Dict) and named.scope is not None:  # responses=RESPONSES
        expression, scope = named.node, named.scope
    if isinstance(expression, ast.Dict):  # {200: Out, 404: Problem}
        pairs = [(k, v) for k, v in zip(expression.keys, expression.values, strict=True) if k is not None]
        good = [pair for pair in pairs if is_success(pair[0])] or pairs[:1]
        # of several answers, the one with something in it
        told = [pair for pair in good if not is_no_content(pair[0], scope, names)]
        status, expression = next(iter(told or good), (None, None))
        expression = _inline(expression, scope, names)
        if isinstance(expression, ast.Constant) and expression.value is None:
            detail = "204" if is_no_content(status, scope, names) else "nothing"
            return Part(name, None, scope, expression, scope, "none", detail)
        fields = option(expression, "fields", position=1) if isinstance(expression, ast.Call) else None
        is_nothing = isinstance(fields, ast.Dict) and not fields.keys  # inline_serializer("NoContent", {})
        is_described = isinstance(expression, ast.Call) and last_name(expression.func) == "OpenApiResponse"
        is_empty = (is_described or is_nothing) and is_no_content(status, scope, names)
        if expression is not None and is_empty and (is_nothing or not _of_response(expression)):
            return Part(name, None, scope, expression, scope, "none", "204")
    expression = _inline(expression, scope, names)
    if isinstance(expression, ast.Call) and last_name(expression.func) == "inline_serializer":
        return Part(name, None, scope, expression, scope, "schema", "inline_serializer")
    if isinstance(expression, ast.Call) and last_name(expression.func) in ("OpenApiResponse", "OpenApiRequest"):
        return _part(name, _of_response(expression), scope, names)
    if isinstance(expression, ast.Call) and last_name(expression.func) == "Response":  # of drf-yasg
        return _part(name, option(expression, "schema", position=1), scope, names)
    if isinstance(expression, ast.Call) and last_name(expression.func) == "PolymorphicProxySerializer":
        return _one_of(name, option(expression, "serializers"), scope, names)
    if isinstance(expression, ast.Call):  # Out(many=True); ListSerializer(child=Out())
        child = option(expression, "child")
        expression = called(child) if child is not None else expression.func
    if not isinstance(expression, ast.Name | ast.Attribute):
        return None
    made = names.resolve(expression, scope)
    is_unread = made is not None and made.kind == "external" and made.last.endswith("Serializer")  # and is unknown
    is_one = is_unread or "schema" in names.kinds(expression, scope)
    return Part(name, expression, scope, expression, scope) if is_one else None


def _inline(expression: ast.expr | None, scope: Scope, names: Names) -> ast.expr | None:
    """What a name is that stands for ``inline_serializer(...)``; anything else as it is."""
    made = names.resolve(expression, scope) if isinstance(expression, ast.Name | ast.Attribute) else None
    is_one = made is not None and isinstance(made.node, ast.Call) and last_name(made.node.func) == "inline_serializer"
    return made.node if is_one and made is not None and isinstance(made.node, ast.Call) else expression


def _of_response(documented: ast.expr) -> ast.expr | None:
    return option(documented, "response", "request", position=0)


def _one_of(name: str, given: ast.expr | None, scope: Scope, names: Names) -> Part | None:
    """What is one of several, in a list or by a key."""
    each = given.values if isinstance(given, ast.Dict) else getattr(given, "elts", [])
    parts = [_part(name, one, scope, names) for one in each]
    known = [(part.annotation, part.scope) for part in parts if part is not None and part.annotation is not None]
    if given is None or not known or len(known) < len(parts):
        return None
    return Part(name, *known[0], given, scope, alternatives=tuple(known[1:]))
