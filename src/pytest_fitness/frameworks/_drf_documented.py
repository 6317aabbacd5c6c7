"""What drf-spectacular and drf-yasg are told about the methods of a view."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from pytest_fitness.frameworks._reading import called, is_success, option, original_name
from pytest_fitness.model.contents import last_name
from pytest_fitness.model.syntax import Names, Part, Scope

DOCUMENTED = {"extend_schema": ("request", "responses"), "swagger_auto_schema": ("request_body", "responses")}


def documented(decorators: Iterable[ast.expr], scope: Scope, names: Names) -> tuple[Part | None, Part | None]:
    """Return the request and the response that ``@extend_schema(request=..., responses=...)`` names; the first that says one counts."""
    for decorator in decorators:
        keywords = DOCUMENTED.get(original_name(called(decorator), scope, names, DOCUMENTED))
        request, responses = (option(decorator, keyword) for keyword in keywords) if keywords else (None, None)
        if request is not None or responses is not None:
            return _part("request.data", request, scope, names), _part("return", responses, scope, names)
    return None, None


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
    if isinstance(expression, ast.Call) and last_name(expression.func) == "inline_serializer":
        return Part(name, None, scope, expression, scope, "schema", "inline_serializer")
    if isinstance(expression, ast.Call) and last_name(expression.func) == "OpenApiResponse":
        return _part(name, option(expression, "response", position=0), scope, names)
    if isinstance(expression, ast.Call):  # Out(many=True); ListSerializer(child=Out())
        child = option(expression, "child")
        expression = called(child) if child is not None else expression.func
    if not isinstance(expression, ast.Name | ast.Attribute) or "schema" not in names.kinds(expression, scope):
        return None
    return Part(name, expression, scope, expression, scope)
