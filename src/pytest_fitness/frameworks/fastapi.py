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
    "HTMLResponse PlainTextResponse RedirectResponse StreamingResponse FileResponse EventSourceResponse".split()
)


def _knowledge() -> dict[tuple[str, str], str]:
    table = {("fastapi", name): "router" for name in ("FastAPI", "APIRouter")}
    table |= {("fastapi", name): f"marker:{role}" for name, role in MARKERS.items()}
    table |= {("fastapi", "File"): "marker:file"}
    table |= {("fastapi", name): "marker:dependency" for name in ("Depends", "Security")}
    table |= {("fastapi", "UploadFile"): "file", ("starlette", "UploadFile"): "file"}
    table |= {("dishka", "FromDishka"): "dependency", ("dependency_injector", "Provide"): "marker:dependency"}
    for package in ("fastapi", "starlette", "sse_starlette"):
        table |= {(package, name): "response" for name in RESPONSES}
        table |= {(package, name): "special" for name in SPECIAL}
    return table


class FastAPI:
    """The adapter."""

    name = "FastAPI"
    hints: tuple[str, ...] = ("fastapi", "outer", "add_api_route", *(f".{verb}(" for verb in sorted(VERBS)))
    registrations: tuple[str, ...] = ("add_api_route", "add_api_websocket_route", "add_route", ")(")
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
            elif isinstance(statement, ast.stmt) and _blocks(statement):
                for block in _blocks(statement):
                    yield from self.visit(block, scope)
            else:
                for node in ast.walk(statement):
                    if isinstance(node, ast.Call):
                        yield from self._registered(node, scope)

    def _decorated(self, decorator: ast.expr, function: Function, scope: Scope) -> Iterator[Endpoint]:
        if not isinstance(decorator, ast.Call):
            return
        verb = _route_verb(decorator.func)
        if verb and self._may_be_router(decorator):
            yield self._endpoint(decorator, verb, function, scope)
            return
        for argument in decorator.args:  # @protected(router.get, "/x")
            verb = _route_verb(argument)
            if verb and isinstance(argument, ast.Attribute) and self._is_router(argument.value, scope):
                rest = [a for a in decorator.args if a is not argument]
                call = ast.copy_location(ast.Call(argument, rest, decorator.keywords), decorator)
                yield self._endpoint(call, verb, function, scope)

    def _registered(self, call: ast.Call, scope: Scope) -> Iterator[Endpoint]:
        """``router.add_api_route("/x", f)`` and ``router.post("/x")(f)``."""
        if isinstance(call.func, ast.Attribute) and call.func.attr in ADDERS:
            keywords = {k.arg: k.value for k in call.keywords}
            target = call.args[1] if len(call.args) > 1 else keywords.get("endpoint") or keywords.get("route")
            sure = self._is_router(call.func.value, scope)
            if target is not None and (sure or call.func.attr == "add_api_route"):
                yield self._elsewhere(call, ADDERS[call.func.attr], target, scope)
        elif isinstance(call.func, ast.Call) and len(call.args) == 1:
            verb, made = _route_verb(call.func.func), call.func
            if verb and isinstance(made.func, ast.Attribute) and self._is_router(made.func.value, scope):
                yield self._elsewhere(made, verb, call.args[0], scope)

    def _elsewhere(self, call: ast.Call, verb: str, target: ast.expr, scope: Scope) -> Endpoint:
        """An endpoint whose function is named rather than decorated."""
        found = self.names.resolve(target, scope)
        if found is not None and isinstance(found.node, ast.FunctionDef | ast.AsyncFunctionDef) and found.scope:
            return self._endpoint(call, verb, found.node, found.scope)
        text = ast.unparse(target)
        unknown = Part("return", None, scope, call, "unknown", f"`{text}` is not in the source")
        return Endpoint(
            "FastAPI", None, scope, self.module.module, text, call, _methods(call, verb), _path(call), (), unknown
        )

    def _is_router(self, expression: ast.expr, scope: Scope) -> bool:
        entity = self.names.resolve(expression, scope)
        if entity is None or entity.kind != "value":
            return False
        made_by = self.names.instance_class(entity)
        return made_by is not None and any(
            self.names.known(base.name) == "router" for base in self.names.bases(made_by)
        )

    def _may_be_router(self, call: ast.Call) -> bool:
        """A decorator called ``x.get("/path")`` is a route, unless its path says otherwise.

        Routers come out of factories and registries that cannot always be followed. A decorator that is taken for a
        route by mistake is seen; a route that is overlooked is not.
        """
        path = _path_node(call)
        return path is None or not isinstance(path, ast.Constant) or str(path.value)[:1] in ("", "/")

    # -- describing --------------------------------------------------------------------------------------------------

    def _endpoint(self, call: ast.Call, verb: str, function: Function, scope: Scope) -> Endpoint:
        path = self._prefix(call, scope) + _path(call)
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
            output=Part("return", None, scope, function, "none") if is_socket else self._output(call, function, scope),
        )

    def _prefix(self, call: ast.Call, scope: Scope) -> str:
        """What ``APIRouter(prefix="/orders")`` puts before every path; prefixes of ``include_router`` are not followed."""
        router = self.names.resolve(call.func.value, scope) if isinstance(call.func, ast.Attribute) else None
        made = router.node if router is not None else None
        prefixes = [k.value for k in made.keywords if k.arg == "prefix"] if isinstance(made, ast.Call) else []
        return str(prefixes[0].value) if prefixes and isinstance(prefixes[0], ast.Constant) else ""

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
            if role or annotation is not None:
                yield Part(argument.arg, annotation, where, argument.annotation or argument)

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
        elif isinstance(annotation, ast.Name | ast.Attribute):
            entity = self.names.resolve(annotation, scope)
            if entity is not None and isinstance(entity.node, ast.Subscript) and entity.scope is not None:
                inner, where, role = self._unwrapped(entity.node, entity.scope, depth + 1)
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

    def _output(self, call: ast.Call, function: Function, scope: Scope) -> Part:
        """``response_model`` over the annotation; a response class that is not JSON, or 204, over both."""
        keywords = {k.arg: k.value for k in call.keywords}
        model = keywords.get("response_model")
        if model is not None and not (isinstance(model, ast.Constant) and model.value is None):
            return Part("return", model, scope, model)
        status = keywords.get("status_code")
        if status is not None and ("204" in ast.unparse(status) or "NO_CONTENT" in ast.unparse(status)):
            return Part("return", None, scope, function, "none", "204")
        response = keywords.get("response_class")
        if response is not None:
            entity = self.names.resolve(response, scope)
            bases = self.names.bases(entity) if entity is not None else ()
            if any(base.last in NOT_JSON for base in bases):
                return Part("return", None, scope, function, "response", ast.unparse(response))
        if function.returns is None:
            return Part("return", None, scope, function)
        annotation, where, _ = self._unwrapped(function.returns, scope, 0)
        return Part("return", annotation, where, function.returns)


def _qualname(function: Function, scope: Scope) -> str:
    """As in ``__qualname__``."""
    name = function.name
    around: Scope | None = scope
    while around is not None and isinstance(around.node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
        name = f"{around.node.name}{'.' if isinstance(around.node, ast.ClassDef) else '.<locals>.'}{name}"
        around = around.parent
    return name


def _blocks(statement: ast.stmt) -> list[Sequence[ast.AST]]:
    blocks = [getattr(statement, name, None) or [] for name in ("body", "orelse", "finalbody")]
    blocks += [handler.body for handler in getattr(statement, "handlers", [])]
    blocks += [case.body for case in getattr(statement, "cases", [])]
    return [block for block in blocks if isinstance(block, list) and block]


def _route_verb(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) and function.attr in ROUTE_DECORATORS else ""


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
