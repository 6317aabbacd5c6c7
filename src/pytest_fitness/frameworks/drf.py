"""Django REST framework: API views, view sets, and functions with ``@api_view``.

What crosses is in serializers: those that a method makes, the class's ``serializer_class``, or what drf-spectacular or drf-yasg
is told. Actions that a view set inherits from REST framework itself are handlers without a function of their own.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence

from pytest_fitness.frameworks._reading import (
    HTTP_METHODS,
    METHOD_HINT,
    ModuleReader,
    called,
    is_as_view,
    is_parameter,
    kinds_of_class,
    listed,
    methods_of,
    option,
    qualname,
    response_result,
    text,
)
from pytest_fitness.model.contents import Contents, Found, last_name
from pytest_fitness.model.syntax import Endpoint, Entity, Function, Names, Part, Scope

LIST, CREATE, RETRIEVE, DESTROY = (
    (("list", "GET"),),
    (("create", "POST"),),
    (("retrieve", "GET"),),
    (("destroy", "DELETE"),),
)
UPDATE = (("update", "PUT"), ("partial_update", "PATCH"))
GET, POST, PUT, PATCH, DELETE = ((verb, verb.upper()) for verb in ("get", "post", "put", "patch", "delete"))
INHERITED: Mapping[str, tuple[tuple[str, str], ...]] = {
    "ListModelMixin": LIST,
    "CreateModelMixin": CREATE,
    "RetrieveModelMixin": RETRIEVE,
    "UpdateModelMixin": UPDATE,
    "DestroyModelMixin": DESTROY,
    "ModelViewSet": (*LIST, *CREATE, *RETRIEVE, *UPDATE, *DESTROY),
    "ReadOnlyModelViewSet": (*LIST, *RETRIEVE),
    "CreateAPIView": (POST,),
    "ListAPIView": (GET,),
    "RetrieveAPIView": (GET,),
    "DestroyAPIView": (DELETE,),
    "UpdateAPIView": (PUT, PATCH),
    "ListCreateAPIView": (GET, POST),
    "RetrieveUpdateAPIView": (GET, PUT, PATCH),
    "RetrieveDestroyAPIView": (GET, DELETE),
    "RetrieveUpdateDestroyAPIView": (GET, PUT, PATCH, DELETE),
    "ObtainAuthToken": (POST,),
}
PLAIN = ("APIView", "GenericAPIView", "ViewSet", "GenericViewSet", "ViewSetMixin")
ACTIONS = {name: verb for pairs in INHERITED.values() for name, verb in pairs if name not in HTTP_METHODS}
VIEW_SET_BASES = frozenset("ViewSet GenericViewSet ViewSetMixin ModelViewSet ReadOnlyModelViewSet".split())
DOCUMENTED = {"extend_schema": ("request", "responses"), "swagger_auto_schema": ("request_body", "responses")}
CONCRETE = ("queryset", "get_queryset", "model", "get_serializer_class", "get_object")
"""What a view set says that is no mere base class for others."""

WRITES = ("POST", "PUT", "PATCH")


class RestFramework:
    """The adapter."""

    name = "Django REST framework"
    hints: tuple[str, ...] = (
        r"\.as_view\(\{",
        "rest_framework",
        METHOD_HINT,
        "View",
        "APIView",
        "api_view",
        "serializer_class",
    )
    registrations: tuple[str, ...] = (r"\.as_view\(\{",)
    knowledge: Mapping[tuple[str, str], str] = {
        **{("rest_framework", name): "view:drf" for name in (*INHERITED, *PLAIN)},
        ("rest_framework", "Response"): "response",
        ("rest_framework", "Request"): "special",
        ("django", "HttpRequest"): "special",
        **{("django", f"{kind}Response"): "response" for kind in ("Http", "Json", "File", "StreamingHttp")},
        ("django", "HttpResponseRedirect"): "response",
        ("django", "render"): "response",
        ("django", "redirect"): "response",
    }

    def discover(self, contents: Contents) -> Iterator[Endpoint]:
        """Yield the handlers of one module."""
        yield from _Views(contents).each()


class _Views(ModuleReader):
    framework = RestFramework.name

    def each(self) -> Iterator[Endpoint]:
        for found in self.contents.functions:
            for decorator in found.function.decorator_list:
                if last_name(called(decorator)) == "api_view" and found.owner is None:
                    verbs = listed(option(decorator, "http_method_names", position=0)) or ["GET"]
                    yield self._method(found, verbs)
        for entity in self.contents.classes:
            if "view:drf" in kinds_of_class(self.names, entity):
                yield from self._class(entity)
        for call, where in self.contents.calls if self.contents.mentions(*RestFramework.registrations) else ():
            if is_as_view(call) and call.args and isinstance(call.args[0], ast.Dict):
                yield from self._routed(call, call.args[0], where)

    def _routed(self, call: ast.Call, actions: ast.Dict, where: Scope) -> Iterator[Endpoint]:
        """``OrderViewSet.as_view({"post": "cancel"})``: actions that have a name of their own."""
        assert isinstance(call.func, ast.Attribute)
        entity = self.names.resolve(call.func.value, where)
        if entity is None or entity.kind != "class" or "view:drf" not in kinds_of_class(self.names, entity):
            return
        for verb, action in zip(actions.keys, actions.values, strict=True):
            if verb is not None and text(action) not in ACTIONS:
                for found in methods_of(entity, self.names, [text(action)]):
                    if not _verbs(found.function, is_set=True):
                        yield self._method(found, [text(verb).upper()], call)

    def _class(self, entity: Entity) -> Iterator[Endpoint]:
        assert isinstance(entity.node, ast.ClassDef)
        is_set = any(base.last in VIEW_SET_BASES for base in self.names.bases(entity))
        mixins = [
            b for b in self.names.bases(entity)[1:] if _is_owned(b) and "view:drf" not in kinds_of_class(self.names, b)
        ]
        for each in [entity, *mixins]:
            for statement in each.node.body if isinstance(each.node, ast.ClassDef) else ():
                if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
                    verbs = _verbs(statement, is_set=is_set)
                    if verbs:
                        yield self._method(Found(statement, self.names.class_scope(each), each), verbs)
        yield from self._inherited(entity)

    def _method(self, found: Found, verbs: Sequence[str], node: ast.AST | None = None) -> Endpoint:
        takes, gives = _Serializers(found, self.names).parts()
        inputs = [takes] if takes is not None and set(verbs) & set(WRITES) else []
        return self.endpoint(
            found, node or found.function, verbs, inputs=inputs, output=gives or response_result(found)
        )

    def _inherited(self, entity: Entity) -> Iterator[Endpoint]:
        """Actions whose code is REST framework's, of a class that says what it serializes."""
        node, scope = entity.node, entity.scope
        assert isinstance(node, ast.ClassDef)
        assert scope is not None
        bases = self.names.bases(entity)
        pairs = dict(p for b in bases if self.names.known(b.name) == "view:drf" for p in INHERITED.get(b.last, ()))
        pairs |= {f.name: v[0] for b in bases for f, v in _actions_of_others(b) if v}
        allowed = self.names.member(entity, "http_method_names")
        only = listed(allowed.node) if allowed is not None and isinstance(allowed.node, ast.List | ast.Tuple) else []
        serializer, where = serializer_of(entity, self.names)
        said = (self.names.member(entity, name) for name in CONCRETE)
        if serializer is None and all(found is None or found.kind == "external" for found in said):
            return  # a base class for others
        for action, verb in pairs.items():
            written = any(_is_owned(b) and isinstance(b.node, ast.ClassDef) and _defines(b.node, action) for b in bases)
            if written or (only and verb not in only):
                continue
            output = Part("return", serializer, where, node, scope)
            if verb == "DELETE":
                output = Part("return", None, where, node, scope, "none")
            elif serializer is None:
                output = Part("return", None, where, node, scope, "unknown", f"{node.name} has no `serializer_class`")
            inputs = (Part("request.data", serializer, where, node, scope),)
            yield Endpoint(
                framework=self.framework,
                function=None,
                scope=scope,
                registered_in=self.module.module,
                qualname=qualname(f"{node.name}.{action}", scope),
                node=node,
                methods=(verb,),
                path="",
                inputs=inputs if verb in WRITES and serializer is not None else (),
                output=output,
            )


class _Serializers:
    """The serializers of one method of a view, or of a function."""

    def __init__(self, found: Found, names: Names) -> None:
        self.found = found
        self.names = names
        self.inside = names.function_scope(found.function, found.scope)

    def parts(self) -> tuple[Part | None, Part | None]:
        """Return what the request and the response are made of; what is documented decides over what is made."""
        takes, gives = self._made()
        request, response = self._documented()
        return request or takes, response or gives

    def _documented(self) -> tuple[Part | None, Part | None]:
        """What ``@extend_schema(request=..., responses=...)`` says, on the method or for it on the class."""
        for decorator in (*self.found.function.decorator_list, *self._on_the_class()):
            keywords = DOCUMENTED.get(last_name(called(decorator)))
            if keywords:
                request, responses = (option(decorator, keyword) for keyword in keywords)
                return self._part("request.data", request), self._part("return", responses)
        return None, None

    def _on_the_class(self) -> Iterator[ast.expr]:
        """``@extend_schema_view(create=extend_schema(...))``."""
        owner = self.found.owner.node if self.found.owner is not None else None
        for decorator in owner.decorator_list if isinstance(owner, ast.ClassDef) else ():
            if last_name(called(decorator)) == "extend_schema_view":
                said = option(decorator, self.found.function.name)
                if said is not None:
                    yield said

    def _part(self, name: str, expression: ast.expr | None) -> Part | None:
        if isinstance(expression, ast.Dict):  # {200: Out, 404: Problem}
            expression = expression.values[0] if expression.values else None
        if isinstance(expression, ast.Call) and last_name(expression.func) == "inline_serializer":
            return Part(name, None, self.found.scope, expression, self.found.scope, "schema", "inline_serializer")
        if isinstance(expression, ast.Call):  # Out(many=True); OpenApiResponse(response=Out)
            expression = option(expression, "response") or expression.func
        if not isinstance(expression, ast.Name | ast.Attribute) or "schema" not in self.names.kinds(
            expression, self.found.scope
        ):
            return None
        return Part(name, expression, self.found.scope, expression, self.found.scope)

    def _made(self) -> tuple[Part | None, Part | None]:
        """The serializers that the function makes: with ``data=`` for the request, otherwise for the response."""
        takes: Part | None = None
        gives: Part | None = None
        for node in ast.walk(self.found.function):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name | ast.Attribute):
                continue
            made, where = self._serializer(node.func)
            if made is None:
                continue
            if option(node, "data") is not None:
                takes = takes or Part("request.data", made, where, node, self.found.scope)
            else:
                gives = gives or Part("return", made, where, node, self.found.scope)
        if takes is None and gives is None and self._delegates():
            assert self.found.owner is not None
            serializer, where = serializer_of(self.found.owner, self.names)
            if serializer is not None:
                takes = Part("request.data", serializer, where, self.found.function, self.found.scope)
        return takes, gives or (takes and Part("return", takes.annotation, takes.scope, takes.node, takes.home))

    def _delegates(self) -> bool:
        """Whether an action hands over to the one that it overrides, which takes and gives what the class says."""
        name = self.found.function.name
        return (
            self.found.owner is not None
            and name in ACTIONS
            and name != "destroy"
            and any(
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr == name
                and isinstance(node.func.value, ast.Call)
                and last_name(node.func.value.func) == "super"
                for node in ast.walk(self.found.function)
            )
        )

    def _serializer(self, function: ast.expr) -> tuple[ast.expr | None, Scope]:
        if last_name(function) in ("get_serializer", "serializer_class") and self.found.owner is not None:
            return serializer_of(self.found.owner, self.names)
        is_local = isinstance(function, ast.Name) and is_parameter(function, self.inside)
        if not is_local and "schema" in self.names.kinds(function, self.inside):
            return function, self.inside
        return None, self.inside


def serializer_of(entity: Entity, names: Names) -> tuple[ast.expr | None, Scope]:
    """Return the ``serializer_class`` of a view, or what ``get_serializer_class`` returns, and where that is written."""
    scope = entity.scope
    assert scope is not None
    chosen = names.member(entity, "get_serializer_class")
    if chosen is not None and isinstance(chosen.node, ast.FunctionDef) and chosen.scope is not None:
        returned = [n.value for n in ast.walk(chosen.node) if isinstance(n, ast.Return)]
        classes = [
            r for r in returned if isinstance(r, ast.Name | ast.Attribute) and last_name(r) != "serializer_class"
        ]
        if classes:
            union: ast.expr = classes[0]
            for each in classes[1:]:
                union = ast.copy_location(ast.BinOp(union, ast.BitOr(), each), each)
            return union, names.function_scope(chosen.node, chosen.scope)
    found = names.member(entity, "serializer_class")
    if found is None or found.scope is None:
        return None, scope
    if found.kind == "value":
        return (found.node if isinstance(found.node, ast.expr) else None), found.scope
    return ast.Name("serializer_class"), names.class_scope(entity)


def _verbs(function: Function, *, is_set: bool) -> list[str]:
    """The methods that a function of a view answers; none where it is a helper."""
    for decorator in function.decorator_list:
        if last_name(called(decorator)) in ("action", "detail_route", "list_route"):
            return listed(option(decorator, "methods")) or ["GET"]
        if (
            isinstance(decorator, ast.Attribute)
            and decorator.attr in HTTP_METHODS
            and last_name(decorator.value) == "mapping"
        ):
            return [decorator.attr.upper()]
    if function.name in HTTP_METHODS and not is_set:
        return [function.name.upper()]
    return [ACTIONS[function.name]] if is_set and function.name in ACTIONS else []


def _is_owned(entity: Entity) -> bool:
    return entity.scope is not None and entity.scope.owned


def _actions_of_others(entity: Entity) -> Iterator[tuple[Function, list[str]]]:
    """The actions of a view set that comes with an installed package."""
    if isinstance(entity.node, ast.ClassDef) and not _is_owned(entity):
        for statement in entity.node.body:
            if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
                yield statement, _verbs(statement, is_set=True)


def _defines(node: ast.ClassDef, name: str) -> bool:
    return any(isinstance(s, ast.FunctionDef | ast.AsyncFunctionDef) and s.name == name for s in node.body)
