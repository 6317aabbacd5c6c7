"""FastAPI: routes declared by decorators and calls on applications and routers.

Parameter roles follow FastAPI's own rules: dependencies and special parameters do not cross the boundary; names in the
path template are path parameters; scalars are query parameters; everything else is the body.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence

from pytest_fitness.model.syntax import Endpoint, Entity, Function, Names, Part, Scope

VERBS = frozenset({"get", "post", "put", "delete", "patch", "head", "options", "trace"})
ROUTE_DECORATORS = VERBS | {"api_route", "websocket", "websocket_route", "route"}
ADDERS = {
    "add_api_route": "api_route",
    "add_api_websocket_route": "websocket",
    "add_websocket_route": "websocket",
    "add_route": "route",
}
MARKERS = {"Query": "query", "Path": "path", "Header": "header", "Cookie": "cookie", "Body": "body", "Form": "body"}
SPECIAL = "Request WebSocket HTTPConnection BackgroundTasks SecurityScopes".split()
RESPONSES = (
    "Response JSONResponse HTMLResponse PlainTextResponse RedirectResponse StreamingResponse FileResponse ORJSONResponse "
    "UJSONResponse EventSourceResponse TemplateResponse _TemplateResponse"
).split()
NOT_JSON = frozenset(
    "Response HTMLResponse PlainTextResponse RedirectResponse StreamingResponse FileResponse EventSourceResponse".split()
)


OTHER_FRAMEWORKS = (
    ("flask", "Flask"), ("flask", "Blueprint"), ("quart", "Quart"), ("aiohttp", "RouteTableDef"), ("bottle", "Bottle"),
    ("sanic", "Sanic"), ("litestar", "Router"), ("slack_bolt", "App"), ("slack_bolt", "AsyncApp"), ("ninja", "Router"),
    ("ninja", "NinjaAPI"),
)  # fmt: skip


def _knowledge() -> dict[tuple[str, str], str]:
    table = {("fastapi", name): "router" for name in ("FastAPI", "APIRouter")}
    table |= {("fastapi", name): f"marker:{role}" for name, role in MARKERS.items()}
    table |= {("fastapi", "File"): "marker:file"}
    table |= {("fastapi", name): "marker:dependency" for name in ("Depends", "Security")}
    table |= {("fastapi", "UploadFile"): "file", ("starlette", "UploadFile"): "file"}
    table |= {("fastapi", "APIRoute"): "route", ("fastapi", "APIWebSocketRoute"): "websocket-route"}
    table |= dict.fromkeys(OTHER_FRAMEWORKS, "elsewhere")
    table |= {("dishka", "FromDishka"): "dependency", ("dependency_injector", "Provide"): "marker:dependency"}
    for package in ("fastapi", "starlette", "sse_starlette"):
        table |= {(package, name): "response" for name in RESPONSES}
        table |= {(package, name): "special" for name in SPECIAL}
    return table


class FastAPI:
    """The adapter."""

    name = "FastAPI"
    hints: tuple[str, ...] = (
        "fastapi",
        "APIRoute",
        *sorted(ADDERS),
        *(f".{verb}" for verb in sorted(ROUTE_DECORATORS)),
    )
    registrations: tuple[str, ...] = ("APIRoute", *sorted(ADDERS), ")(")
    knowledge: Mapping[tuple[str, str], str] = _knowledge()

    def discover(self, body: Sequence[ast.stmt], scope: Scope, names: Names) -> Iterator[Endpoint]:
        """Yield the routes of one module."""
        yield from _Module(scope, names).visit(body, scope)


class _Module:
    def __init__(self, module: Scope, names: Names) -> None:
        self.module = module
        self.names = names

    # -- finding -----------------------------------------------------------------------------------------------------

    def visit(self, body: Sequence[ast.AST], scope: Scope) -> Iterator[Endpoint]:
        for statement in body:
            if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
                for decorator in statement.decorator_list:
                    yield from self._decorated(decorator, statement, scope)
                yield from self.visit(statement.body, self.names.function_scope(statement, scope))
            elif isinstance(statement, ast.ClassDef):
                entity = Entity("class", f"{scope.module}.{statement.name}", statement, scope=scope)
                yield from self.visit(statement.body, self.names.class_scope(entity))
            else:
                for block in _blocks(statement):
                    yield from self.visit(block, scope)
                for node in _expressions(statement):
                    if isinstance(node, ast.Call):
                        yield from self._registered(node, scope)

    def _decorated(self, decorator: ast.expr, function: Function, scope: Scope) -> Iterator[Endpoint]:
        if not isinstance(decorator, ast.Call):
            return
        verb, router, where = self._route_function(decorator.func, scope)
        if verb and self._may_be_route(router, where, decorator):
            yield self._endpoint(decorator, verb, function, scope, scope)
            return
        for argument in decorator.args:  # @protected(router.get, "/x")
            verb, router, where = self._route_function(argument, scope)
            if verb and self._is_router(router, where):
                rest = [a for a in decorator.args if a is not argument]
                call = ast.copy_location(ast.Call(argument, rest, decorator.keywords), decorator)
                yield self._endpoint(call, verb, function, scope, scope)

    def _registered(self, call: ast.Call, scope: Scope) -> Iterator[Endpoint]:
        """``router.add_api_route("/x", f)`` and ``router.post("/x")(f)``."""
        keywords = {k.arg: k.value for k in call.keywords}
        target = call.args[1] if len(call.args) > 1 else keywords.get("endpoint") or keywords.get("route")
        if isinstance(call.func, ast.Attribute) and call.func.attr in ADDERS:
            sure = self._is_router(call.func.value, scope)
            if target is not None and (sure or call.func.attr == "add_api_route"):
                yield from self._elsewhere(call, ADDERS[call.func.attr], target, scope)
        elif isinstance(call.func, ast.Call) and len(call.args) == 1:  # router.post("/x")(f)
            verb, router, where = self._route_function(call.func.func, scope)
            if verb and self._may_be_route(router, where, call.func) and _is_path(_path_node(call.func)):
                yield from self._elsewhere(call.func, verb, call.args[0], scope)
        elif target is not None and isinstance(call.func, ast.Name | ast.Attribute):  # APIRoute("/x", f)
            made = self.names.resolve(call.func, scope)
            kind = self.names.known(made.name) if made is not None else ""
            if kind in ("route", "websocket-route"):
                yield from self._elsewhere(call, "api_route" if kind == "route" else "websocket", target, scope)

    def _elsewhere(self, call: ast.Call, verb: str, target: ast.expr, scope: Scope) -> Iterator[Endpoint]:
        """An endpoint whose function is named rather than decorated."""
        found = self._function(target, scope)
        if found is not None and isinstance(found.node, ast.FunctionDef | ast.AsyncFunctionDef) and found.scope:
            yield self._endpoint(call, verb, found.node, found.scope, scope)
            return
        path = _path_node(call)
        if _is_parameter(target, scope) and path is not None and _is_parameter(path, scope):
            return  # a method that hands its own arguments on: its callers register routes
        text = ast.unparse(target)
        unknown = Part("return", None, scope, call, scope, "unknown", f"`{text}` is not in the source")
        methods = _methods(call, verb)
        yield Endpoint("FastAPI", None, scope, self.module.module, text, call, methods, _path(call), (), unknown)

    def _function(self, target: ast.expr, scope: Scope) -> Entity | None:
        """What *target* names; of ``f = router.post("/x")(f)`` the function, not the assignment."""
        around: Scope | None = scope if isinstance(target, ast.Name) else None
        while around is not None and isinstance(target, ast.Name):
            for binding in reversed(around.symbols.get(target.id, ())):
                if binding.kind == "function":
                    return Entity("function", f"{around.module}.{target.id}", binding.node, scope=around)
            around = around.parent
        return self.names.resolve(target, scope)

    def _route_function(self, function: ast.expr, scope: Scope, depth: int = 0) -> tuple[str, ast.expr, Scope]:
        """The verb, the router's expression and its scope, of ``router.get``, an alias of it, or a function around it."""
        if isinstance(function, ast.Attribute) and function.attr in ROUTE_DECORATORS:
            return function.attr, function.value, scope
        if isinstance(function, ast.Name) and depth < 5:
            entity = self.names.resolve(function, scope)
            if entity is not None and entity.kind == "value" and isinstance(entity.node, ast.expr) and entity.scope:
                return self._route_function(entity.node, entity.scope, depth + 1)
            if entity is not None and isinstance(entity.node, ast.FunctionDef) and entity.scope is not None:
                inside = self.names.function_scope(entity.node, entity.scope)
                for node in ast.walk(entity.node):
                    if isinstance(node, ast.Return) and isinstance(node.value, ast.Call):
                        verb, router, where = self._route_function(node.value.func, inside, depth + 1)
                        if verb and self._is_router(router, where):
                            return verb, router, where
        return "", function, scope

    def _is_router(self, expression: ast.expr, scope: Scope) -> bool:
        return self._router(expression, scope) is True

    def _router(self, expression: ast.expr, scope: Scope) -> bool | None:
        """Whether *expression* is a router or an application of FastAPI; None where that cannot be told."""
        entity = self.names.resolve(expression, scope)
        made_by = self.names.instance_class(entity) if entity is not None and entity.kind == "value" else None
        if made_by is None:
            return None
        bases = self.names.bases(made_by)
        kinds = [self.names.known(base.name) for base in bases]
        if "router" in kinds:
            return True
        unresolved = any(
            b.kind == "unknown" or (b.kind == "external" and not k) for b, k in zip(bases, kinds, strict=True)
        )
        return None if unresolved and "elsewhere" not in kinds else False

    def _may_be_route(self, router: ast.expr, scope: Scope, call: ast.Call) -> bool:
        """A call ``x.get("/path")`` makes a route, unless x is known to be something else.

        Routers come out of factories and registries that cannot always be followed. What is taken for a route by mistake
        is seen; a route that is overlooked is not.
        """
        known = self._router(router, scope)
        path = _path_node(call)
        return _is_path(path) or not isinstance(path, ast.Constant) if known is None else known

    # -- describing --------------------------------------------------------------------------------------------------

    def _endpoint(self, call: ast.Call, verb: str, function: Function, scope: Scope, calling: Scope) -> Endpoint:
        """Describe a route: the function's annotations mean what they mean in *scope*, the call's options in *calling*."""
        path = self._prefix(call, calling) + _path(call)
        is_socket = "websocket" in verb
        return Endpoint(
            framework="FastAPI",
            function=function,
            scope=scope,
            registered_in=self.module.module,
            qualname=_qualname(function, scope),
            node=call,
            methods=_methods(call, verb),
            path=path,
            inputs=() if is_socket else tuple(self._inputs(function, scope, path)),
            output=Part("return", None, scope, function, scope, "none")
            if is_socket
            else self._output(call, function, scope, calling),
        )

    def _prefix(self, call: ast.Call, scope: Scope) -> str:
        """What ``APIRouter(prefix="/orders")`` puts before every path; prefixes of ``include_router`` are not followed."""
        prefix = self._router_option(call, scope, "prefix")
        return str(prefix.value) if isinstance(prefix, ast.Constant) else ""

    def _inputs(self, function: Function, scope: Scope, path: str) -> Iterator[Part]:
        in_path = set(re.findall(r"\{(\w+)(?::\w+)?\}", path))
        for argument, default in _parameters(function, in_class=isinstance(scope.node, ast.ClassDef)):
            if argument.annotation is None and default is None:
                continue  # a query parameter of type Any
            annotation, where, role = self._unwrapped(argument.annotation, scope, 0)
            role = self._marker(default, scope, 0) or role
            kinds = set(self.names.kinds(annotation, where)) if annotation is not None else set()
            if role in ("dependency", "query", "path", "header", "cookie") or kinds & {"special", "dependency"}:
                continue
            if not role and (argument.arg in in_path or "response" in kinds or kinds <= {"scalar", "none"}):
                continue
            if role or (annotation is not None and not self._is_anything(annotation, where)):
                yield Part(argument.arg, annotation, where, argument.annotation or argument, scope)

    def _is_anything(self, annotation: ast.expr, scope: Scope) -> bool:
        """Without a marker, a parameter of type ``Any`` or ``object`` is a query parameter."""
        entity = self.names.resolve(annotation, scope)
        return entity is not None and entity.name in ("typing.Any", "typing_extensions.Any", "builtins.object")

    def _unwrapped(self, annotation: ast.expr | None, scope: Scope, depth: int) -> tuple[ast.expr | None, Scope, str]:
        """Look through ``Annotated`` and aliases of it: the type, where it is written, and the marker's role."""
        if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
            try:
                annotation = ast.parse(annotation.value.strip(), mode="eval").body
            except SyntaxError:
                return annotation, scope, ""
        if depth > 8 or annotation is None:
            return annotation, scope, ""
        if isinstance(annotation, ast.Subscript):
            head = self.names.resolve(annotation.value, scope)
            if head is not None and head.last == "Annotated" and isinstance(annotation.slice, ast.Tuple):
                inner, where, role = self._unwrapped(annotation.slice.elts[0], scope, depth + 1)
                for extra in annotation.slice.elts[1:]:
                    role = self._marker(extra, scope, 0) or role
                return inner, where, role
        alias = annotation.value if isinstance(annotation, ast.Subscript) else annotation
        entity = self.names.resolve(alias, scope)
        if (
            entity is not None
            and entity.kind == "value"
            and isinstance(entity.node, ast.expr)
            and entity.scope is not None
        ):
            inner, where, role = self._unwrapped(_aliased(entity.node), entity.scope, depth + 1)
            if role and isinstance(annotation, ast.Subscript):
                return annotation.slice, scope, role  # Payload[Order], with Payload = Annotated[T, Body()]
            return (inner, where, role) if role else (annotation, scope, "")
        return annotation, scope, ""

    def _marker(self, expression: ast.expr | None, scope: Scope, depth: int) -> str:
        """The role that ``Depends(...)``, ``Body(...)`` and so on give to a parameter."""
        if expression is None or depth > 6:
            return ""
        called = isinstance(expression, ast.Call)
        name = expression.func if isinstance(expression, ast.Call) else expression
        entity = self.names.resolve(name, scope)
        if entity is None:
            return ""
        if entity.kind == "value" and isinstance(entity.node, ast.expr) and entity.scope is not None:
            return self._marker(entity.node, entity.scope, depth + 1)
        if entity.kind == "function" and called and entity.scope is not None and entity.node is not None:
            returned = (n.value for n in ast.walk(entity.node) if isinstance(n, ast.Return))
            return next((role for value in returned if (role := self._marker(value, entity.scope, depth + 1))), "")
        known = (self.names.known(base.name) for base in self.names.bases(entity))
        return next((kind.partition(":")[2] for kind in known if kind.startswith("marker:")), "")

    def _output(self, call: ast.Call, function: Function, scope: Scope, calling: Scope) -> Part:
        """``response_model`` over the annotation; a response class that is not JSON, or 204, over both."""
        keywords, complete = self._keywords(call, calling)
        model = keywords.get("response_model")
        if model is not None and not (isinstance(model, ast.Constant) and model.value is None):
            return Part("return", model, calling, model, calling)
        if not complete and model is None:
            return Part("return", None, scope, function, scope, "unknown", "options of the route that cannot be read")
        status = keywords.get("status_code")
        if status is not None and ("204" in ast.unparse(status) or "NO_CONTENT" in ast.unparse(status)):
            return Part("return", None, scope, function, scope, "none", "204")
        response = keywords.get("response_class") or self._router_option(call, calling, "default_response_class")
        if response is not None:
            entity = self.names.resolve(response, calling)
            bases = self.names.bases(entity) if entity is not None else ()
            if any(base.last in NOT_JSON for base in bases):
                return Part("return", None, scope, function, scope, "response", ast.unparse(response))
        if function.returns is None:
            return Part("return", None, scope, function, scope)
        annotation, where, _ = self._unwrapped(function.returns, scope, 0)
        return Part("return", annotation, where, function.returns, scope)

    def _keywords(self, call: ast.Call, scope: Scope) -> tuple[dict[str, ast.expr], bool]:
        """The options of a route, those in ``**OPTIONS`` included, and whether all of them could be read."""
        found: dict[str, ast.expr] = {}
        complete = True
        for keyword in call.keywords:
            if keyword.arg:
                found[keyword.arg] = keyword.value
                continue
            entity = self.names.resolve(keyword.value, scope)
            value = entity.node if entity is not None else keyword.value
            if isinstance(value, ast.Dict):
                pairs = zip(value.keys, value.values, strict=True)
                found.update({str(k.value): v for k, v in pairs if isinstance(k, ast.Constant)})
            elif isinstance(value, ast.Call) and ast.unparse(value.func) == "dict":
                found.update({k.arg: k.value for k in value.keywords if k.arg})
            else:
                complete = False
        return found, complete

    def _router_option(self, call: ast.Call, scope: Scope, option: str) -> ast.expr | None:
        """What the router was made with, as in ``APIRouter(prefix="/orders")``."""
        router = self.names.resolve(call.func.value, scope) if isinstance(call.func, ast.Attribute) else None
        made = router.node if router is not None else None
        return next((k.value for k in made.keywords if k.arg == option), None) if isinstance(made, ast.Call) else None


def _aliased(node: ast.expr) -> ast.expr:
    """``TypeAliasType("X", Annotated[...])`` is an alias too."""
    is_call = isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] == "TypeAliasType"
    return node.args[1] if is_call and isinstance(node, ast.Call) and len(node.args) > 1 else node


def _is_path(path: ast.expr | None) -> bool:
    return path is None or (isinstance(path, ast.Constant) and str(path.value)[:1] in ("", "/"))


def _is_parameter(expression: ast.expr, scope: Scope) -> bool:
    function = scope.node
    if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef) or not isinstance(expression, ast.Name):
        return False
    return any(argument.arg == expression.id for argument, _ in _parameters(function, in_class=False))


def _expressions(statement: ast.AST) -> Iterator[ast.AST]:
    """The nodes of a statement without those of the blocks in it."""
    for child in ast.iter_child_nodes(statement):
        if not isinstance(child, ast.stmt | ast.ExceptHandler | ast.match_case):
            yield from ast.walk(child)


def _qualname(function: Function, scope: Scope) -> str:
    """As in ``__qualname__``."""
    name = function.name
    around: Scope | None = scope
    while around is not None and isinstance(around.node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
        name = f"{around.node.name}{'.' if isinstance(around.node, ast.ClassDef) else '.<locals>.'}{name}"
        around = around.parent
    return name


def _blocks(statement: ast.AST) -> list[Sequence[ast.AST]]:
    blocks = [getattr(statement, name, None) or [] for name in ("body", "orelse", "finalbody")]
    blocks += [handler.body for handler in getattr(statement, "handlers", [])]
    blocks += [case.body for case in getattr(statement, "cases", [])]
    return [block for block in blocks if isinstance(block, list) and block]


def _path_node(call: ast.Call) -> ast.expr | None:
    return call.args[0] if call.args else next((k.value for k in call.keywords if k.arg == "path"), None)


def _path(call: ast.Call) -> str:
    node = _path_node(call)
    if isinstance(node, ast.Constant):
        return str(node.value)
    return ast.unparse(node) if node is not None else ""


def _methods(call: ast.Call, verb: str) -> tuple[str, ...]:
    if "websocket" in verb:
        return ("WEBSOCKET",)
    if verb not in ("api_route", "route"):
        return (verb.upper(),)
    listed = next((k.value for k in call.keywords if k.arg == "methods"), None)
    if not isinstance(listed, ast.List | ast.Tuple | ast.Set):
        return ("GET",)
    return tuple(sorted(str(item.value).upper() for item in listed.elts if isinstance(item, ast.Constant)))


def _parameters(function: Function, *, in_class: bool) -> Iterator[tuple[ast.arg, ast.expr | None]]:
    arguments = function.args
    positional = [*arguments.posonlyargs, *arguments.args]
    defaults: list[ast.expr | None] = [None] * (len(positional) - len(arguments.defaults))
    pairs = list(zip(positional, [*defaults, *arguments.defaults], strict=True))
    if in_class and pairs and pairs[0][0].arg in ("self", "cls"):
        del pairs[0]
    yield from pairs
    yield from zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
