"""What drf-spectacular and drf-yasg are told about the methods of a view."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from pytest_fitness.frameworks._reading import called, is_success, option, original_name
from pytest_fitness.model.contents import last_name
from pytest_fitness.model.syntax import Names, Part, Scope

DOCUMENTED = {
    "extend_schema": ("request", "responses", "parameters"),
    "swagger_auto_schema": ("request_body", "responses", "query_serializer"),
}


class Documented(NamedTuple):
    """What is said of the body, of the result and of the query; None where nothing is."""

    body: Part | None = None
    result: Part | None = None
    query: Part | None = None


def documented(decorators: Iterable[ast.expr], scope: Scope, names: Names) -> Documented:
    """Return what ``@extend_schema(request=..., responses=...)`` names; the first that says any of it counts."""
    for decorator in decorators:
        keywords = DOCUMENTED.get(original_name(called(decorator), scope, names, DOCUMENTED), ())
        said = [option(decorator, keyword) for keyword in keywords]
        if any(each is not None for each in said):
            body, result, query = said
            inside = query.elts if isinstance(query, ast.List | ast.Tuple) else [query]  # among plain parameters
            queries = (_part("request.query_params", each, scope, names) for each in inside)
            return Documented(
                _part("request.data", body, scope, names),
                _part("return", result, scope, names),
                next((part for part in queries if part is not None), None),
            )
    return Documented()


def on_the_class(view: ast.AST | None, action: str) -> Iterator[ast.expr]:
    """Yield what ``@extend_schema_view(create=extend_schema(...))`` says of an action, and ``@extend_schema(...)`` of all."""
    for decorator in view.decorator_list if isinstance(view, ast.ClassDef) else ():
        name = last_name(called(decorator))
        if name == "extend_schema_view":
            said = option(decorator, action)
            if said is not None:
                yield said
        elif name in DOCUMENTED:
            yield decorator


def _part(name: str, expression: ast.expr | None, scope: Scope, names: Names) -> Part | None:
    if isinstance(expression, ast.Dict):  # {200: Out, 404: Problem}
        pairs = [(k, v) for k, v in zip(expression.keys, expression.values, strict=True) if k is not None]
        expression = next((v for k, v in pairs if is_success(k)), pairs[0][1] if pairs else None)
        if isinstance(expression, ast.Constant) and expression.value is None:
            return Part(name, None, scope, expression, scope, "none", "nothing")
    made = names.resolve(expression, scope) if isinstance(expression, ast.Name | ast.Attribute) else None
    if made is not None and isinstance(made.node, ast.Call) and last_name(made.node.func) == "inline_serializer":
        expression = made.node  # STATUS = inline_serializer(...)
    if isinstance(expression, ast.Call) and last_name(expression.func) == "inline_serializer":
        return Part(name, None, scope, expression, scope, "schema", "inline_serializer")
    if isinstance(expression, ast.Call) and last_name(expression.func) in ("OpenApiResponse", "OpenApiRequest"):
        return _part(name, option(expression, "response", "request", position=0), scope, names)
    if isinstance(expression, ast.Call) and last_name(expression.func) == "PolymorphicProxySerializer":
        return _one_of(name, option(expression, "serializers"), scope, names)
    if isinstance(expression, ast.Call):  # Out(many=True); ListSerializer(child=Out())
        child = option(expression, "child")
        expression = called(child) if child is not None else expression.func
    if not isinstance(expression, ast.Name | ast.Attribute) or "schema" not in names.kinds(expression, scope):
        return None
    return Part(name, expression, scope, expression, scope)


def _one_of(name: str, given: ast.expr | None, scope: Scope, names: Names) -> Part | None:
    """What is one of several, in a list or by a key."""
    each = given.values if isinstance(given, ast.Dict) else getattr(given, "elts", [])
    parts = [_part(name, one, scope, names) for one in each]
    known = [(part.annotation, part.scope) for part in parts if part is not None and part.annotation is not None]
    if given is None or not known or len(known) < len(parts):
        return None
    return Part(name, *known[0], given, scope, alternatives=tuple(known[1:]))
