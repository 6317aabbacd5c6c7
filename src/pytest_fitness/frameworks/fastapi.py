"""FastAPI: routes declared by decorators and calls on applications and routers.

Parameter roles follow FastAPI's own rules: dependencies and special parameters do not cross the boundary; names in the
path template are path parameters; scalars are query parameters; everything else is the body.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property, partial

from pytest_fitness.frameworks._behind import endpoints_behind, is_nothing, wrapped
from pytest_fitness.frameworks._constants import constant, is_no_content, joined
from pytest_fitness.frameworks._fastapi_inputs import ANYTHING, Inputs, annotated_later, is_own_class
from pytest_fitness.frameworks._fastapi_makers import as_called, as_made, by_own_method, with_options
from pytest_fitness.frameworks._fastapi_names import (
    ADDERS,
    CLASSY,
    CONTROLLERS,
    ELSEWHERE,
    NOT_JSON,
    RESPONSES,
    ROUTE_DECORATORS,
    ROUTER,
    ROUTER_DECORATOR,
    knowledge,
)
from pytest_fitness.frameworks._given import shown
from pytest_fitness.frameworks._module_reader import applied, decorated_classes
from pytest_fitness.frameworks._mounted import Mounting, prefix_of
from pytest_fitness.frameworks._noted import verbs_noted
from pytest_fitness.frameworks._reading import (
    BARE_DECORATOR,
    called,
    is_registry_of_aiohttp,
    kinds_of_class,
    listed,
    option,
    options_of,
    qualname,
    speaks_flask,
    spreads,
    text,
    values_of,
)
from pytest_fitness.frameworks._roles import Roles
from pytest_fitness.model.contents import Contents, Found, last_name, own_returns
from pytest_fitness.model.syntax import Endpoint, Entity, Function, Part, Scope


class FastAPI:
    """The adapter."""

    name = "FastAPI"
    hints: tuple[str, ...] = (
        "fastapi",
        "APIRoute",
        "APIWebSocketRoute",
        *sorted(ADDERS),
        r"\)\(",
        "from nest",
        *(f"\\.{verb}\n" for verb in sorted(ROUTE_DECORATORS)),  # post = router.post
        ROUTER_DECORATOR,
        BARE_DECORATOR,
    )
    registrations: tuple[str, ...] = (r"API(?:WebSocket)?Route\b", *sorted(ADDERS), r"\)\(")
    knowledge: Mapping[tuple[str, str], str] = knowledge()

    def discover(self, contents: Contents) -> Iterator[Endpoint]:
        """Yield the routes of one module."""
        yield from Routes(contents).each()


class Routes:
    """The routes of one module, registered as FastAPI does it; other frameworks differ in few places.

    Attributes:
        framework: as shown to users.
        router: what is known of its routers.
        trusting: whether a router that cannot be followed is taken for one.
        calls: what is found in modules with calls that register.
        mounting: how routers are put together.
    """

    framework = "FastAPI"
    router = "router:fastapi"
    trusting = True
    calls = FastAPI.registrations
    mounting = Mounting("include_router", ("router", 0), ("prefix", -1), "prefix")

    def __init__(self, contents: Contents) -> None:
        self.contents = contents
        self.module = contents.scope
        self.names = contents.names
        self.roles = Roles(contents.names)
        self.inputs = Inputs(contents.names, self.roles)
        self._routers: dict[tuple[str, int], tuple[Scope, bool | None]] = {}

    # -- finding -----------------------------------------------------------------------------------------------------

    def each(self) -> Iterator[Endpoint]:
        """Yield the routes of the module."""
        for found, endpoint in self._by_decorators():
            inner = wrapped(found)
            if inner is None:
                yield endpoint
            else:  # whatever it is wrapped around is what answers
                assert isinstance(endpoint.node, ast.Call)
                call = applied(endpoint.node, inner)
                verb = "websocket" if endpoint.kind == "websocket" else "api_route"
                for each in self._registered_as(call, verb, inner, found.scope):
                    yield each._replace(methods=endpoint.methods)
        for call, target, scope in decorated_classes(self.contents, self._decorates_class):
            yield from self._registered_as(call, last_name(call.func), target, scope)
        if self.contents.mentions(*self.calls):
            yield from self._called()
        if self.contents.mentions("include_router") and self.contents.mentions(r"get_\w+_router\("):
            from pytest_fitness.frameworks._fastapi_users import routes

            yield from routes(self.contents, self.mounting, self.framework)

    def _by_decorators(self) -> Iterator[tuple[Found, Endpoint]]:
        """Routes that are registered where the function is defined, in a method for each class that inherits it."""
        for found in self.contents.functions:
            is_in_class = found.scope.enclosing_class is not None
            for decorator in found.function.decorator_list:
                endpoints = self._decorated(decorator, found.function, found.scope)
                if not is_in_class:  # as most
                    yield from ((found, endpoint) for endpoint in endpoints)
                elif any(True for _ in endpoints):
                    find = partial(self._decorated, decorator, found.function)
                    for scope, endpoint in self._by_classes(found.scope, find):
                        yield found._replace(scope=scope), endpoint

    def _decorates_class(self, decorator: ast.expr, scope: Scope) -> bool:
        """Whether it is one of Starlette's, for an endpoint that is a class: ``@router.websocket_route("/x")``."""
        function = decorator.func if isinstance(decorator, ast.Call) else None
        is_one = isinstance(function, ast.Attribute) and function.attr in ("route", "websocket_route")
        return is_one and self._is_router(function.value, scope)  # type: ignore[union-attr]

    def _by_classes(
        self, scope: Scope, find: Callable[[Scope], Iterable[Endpoint]]
    ) -> Iterable[tuple[Scope, Endpoint]]:
        if scope.enclosing_class is None:  # as most
            return ((scope, endpoint) for endpoint in find(scope))
        from pytest_fitness.frameworks._derived import by_classes

        return by_classes(scope, self.contents, find)

    def _called(self) -> Iterator[Endpoint]:
        """Routes that calls register, each turn of a loop by itself where it may be one."""
        from pytest_fitness.frameworks._expanded import expanded

        for written, around in self.contents.calls:
            is_applied = isinstance(written.func, ast.Call) and len(written.args) == 1
            if is_applied or last_name(written.func) in ADDERS:

                def find(scope: Scope, call: ast.Call = written) -> Iterator[Endpoint]:
                    for each, where in expanded(call, scope, self.contents):
                        yield from self._registered(each, where)

                yield from (endpoint for _, endpoint in self._by_classes(around, find))
            else:
                yield from self._registered(written, around)

    def _decorated(self, decorator: ast.expr, function: Function, scope: Scope) -> Iterator[Endpoint]:
        kept = self.names.resolve(decorator, scope) if isinstance(decorator, ast.Name) else None
        if kept is not None and kept.kind == "value" and isinstance(kept.node, ast.Call) and kept.scope is not None:
            # place = router.post("/orders"), and @place
            verb, router, where = self._route_function(kept.node.func, kept.scope)
            if verb and self._is_router(router, where):
                yield self._endpoint(kept.node, verb, function, scope, kept.scope)
        if not isinstance(decorator, ast.Call):
            return
        is_classy = self._is_classy and isinstance(decorator.func, ast.Name | ast.Attribute)
        made = self.names.resolve(decorator.func, scope) if is_classy else None
        if made is not None and self.names.known(made.name) == "verb:fastapi":
            found = self._endpoint(decorator, made.last.lower(), function, scope, scope)
            yield found._replace(path=joined(self._prefix_of_class(scope), found.path))
            return
        noted = verbs_noted(decorator, scope, self.contents, ADDERS) if self.trusting else []
        if noted:
            yield self._endpoint(decorator, "api_route", function, scope, scope)._replace(methods=tuple(noted))
            return
        verb, router, where = self._route_function(decorator.func, scope)
        if verb and self._may_be_route(router, where, decorator):
            call, calling = with_options(decorator, scope, self.names)
            endpoint = self._endpoint(call, verb, function, scope, calling)
            if self._is_registry(router, where):
                why = f"`{text(decorator.func)}` is a decorator of the project's own"
                unknown = Part("return", None, scope, function, scope, "unknown", why)
                endpoint = endpoint._replace(inputs=(), output=unknown)
            yield endpoint
            return
        own = by_own_method(decorator, scope, self.names) if not verb else None
        if own is not None and self._is_router(own[0].func.value, scope):  # type: ignore[attr-defined]
            yield self._endpoint(own[0], last_name(own[0].func), function, scope, own[1])
            return
        options = {k.value: k for k in decorator.keywords}
        for argument in (*decorator.args, *options):  # @protected(router.get, "/x"), @old("/x", method=router.get)
            verb, router, where = self._route_function(argument, scope)
            if verb and self._is_router(router, where):
                rest = [a for a in decorator.args if a is not argument]
                others = [k for k in decorator.keywords if k.value is not argument]
                call = ast.copy_location(ast.Call(argument, rest, others), decorator)
                yield self._endpoint(call, verb, function, scope, scope)

    @cached_property
    def _is_classy(self) -> bool:
        """Whether functions may be decorators of routes: of classy-fastapi, or of PyNest."""
        return not self.contents.imported.isdisjoint(CLASSY)

    def _prefix_of_class(self, scope: Scope) -> str:
        """``@Controller("orders")`` of PyNest, ``@api_controller("/orders")`` of ninja-extra, above the class."""
        decorators = scope.node.decorator_list if isinstance(scope.node, ast.ClassDef) else []
        above = (each for each in decorators if last_name(called(each)) in CONTROLLERS)
        prefix = next((option(each, "prefix", "prefix_or_class", position=0) for each in above), None)
        meant = constant(prefix, scope, self.names)
        is_said = isinstance(meant, ast.Constant) and isinstance(meant.value, str)
        return f"/{text(meant).strip('/')}" if is_said else ""

    def _registered(self, call: ast.Call, scope: Scope) -> Iterator[Endpoint]:
        """``router.add_api_route("/x", f)`` and ``router.post("/x")(f)``."""
        verb, target = self._registering(call, scope)
        if target is not None:
            yield from self._registered_as(call, verb, target, scope)

    def _registered_as(self, call: ast.Call, verb: str, target: ast.expr, scope: Scope) -> Iterator[Endpoint]:
        from pytest_fitness.frameworks._registered import registrations

        for each in registrations(call, target, scope, self.contents):
            options = each.call.func if isinstance(each.call.func, ast.Call) else each.call
            kind = "websocket" if "websocket" in verb else verb
            behind = endpoints_behind(each.target, each.scope, self.contents, kind)
            for one, method in behind:
                found = as_made(one, each.target, each.scope, self.names)
                if found is not None:
                    named = method if kind == "route" and method else verb
                    endpoint = self._endpoint(options, named, found.function, found.scope, each.calling)
                    yield endpoint._replace(registered_in=each.place.module)
            if not behind:
                missing = self._missing(options, verb, each.target, each.calling)
                yield missing._replace(registered_in=each.place.module)

    def _registering(self, call: ast.Call, scope: Scope) -> tuple[str, ast.expr | None]:
        """The verb and the handler of a call that registers a route."""
        keywords = {k.arg: k.value for k in call.keywords if not is_nothing(k.value)}
        target = call.args[1] if len(call.args) > 1 else keywords.get("endpoint") or keywords.get("route")
        if isinstance(call.func, ast.Attribute) and call.func.attr in ADDERS:
            if (
                isinstance(scope.node, ast.FunctionDef)
                and scope.node.name == call.func.attr
                and spreads(call) is not None
            ):
                return "", None  # a router of the project hands on what it is given: its callers say what that is
            sure = self._is_router(call.func.value, scope)
            target = target or spreads(call)
            return (ADDERS[call.func.attr], target) if sure or call.func.attr == "add_api_route" else ("", None)
        if isinstance(call.func, ast.Call) and len(call.args) == 1:  # router.post("/x")(f)
            verb, router, where = self._route_function(call.func.func, scope)
            likely = verb and self._may_be_route(router, where, call.func)
            may_be = _is_path(_path_node(call.func)) and not self._is_no_router(router, where)
            if likely and (self._is_router(router, where) or may_be):
                return verb, call.args[0]
        elif target is not None and isinstance(call.func, ast.Name | ast.Attribute):  # APIRoute("/x", f)
            made = self.names.resolve(call.func, scope)
            kinds = [self.names.known(made.name)] if made is not None else []
            if made is not None and is_own_class(made):
                kinds = kinds_of_class(self.names, made)
            kind = next((kind for kind in kinds if kind in ("route", "websocket-route")), "")
            if kind:
                return "api_route" if kind == "route" else "websocket", target
        return "", None

    def _missing(self, call: ast.Call, verb: str, target: ast.expr, scope: Scope) -> Endpoint:
        written = shown(target)
        unknown = Part("return", None, scope, call, scope, "unknown", f"`{written}` is not in the source")
        model = options_of(call, scope, self.names)[0].get("response_model")
        if model is not None and not is_nothing(model):
            unknown = Part("return", model, scope, model, scope)  # which is sent, whatever answers
        methods, path = self._methods(call, verb, scope), self._path(call, scope)
        return Endpoint(self.framework, None, scope, self.module.module, written, call, methods, path, (), unknown)

    def _route_function(self, function: ast.expr, scope: Scope, depth: int = 0) -> tuple[str, ast.expr, Scope]:
        """The verb, the router's expression and its scope, of ``router.get``, an alias of it, or a function around it."""
        if isinstance(function, ast.Attribute) and function.attr in ROUTE_DECORATORS:
            return function.attr, function.value, scope
        if isinstance(function, ast.Call) and last_name(function.func) == "getattr" and function.args:
            router = function.args[0]  # getattr(router, method)("/x")(f)
            return ("any", router, scope) if self._is_router(router, scope) else ("", function, scope)
        if isinstance(function, ast.Call) and last_name(function.func) == "partial" and function.args and depth < 5:
            return self._route_function(function.args[0], scope, depth + 1)
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
        if not isinstance(expression, ast.Name):
            return self._looked_at(expression, scope)
        key = (expression.id, id(scope))
        if key not in self._routers:  # the scope is kept, or another one could come to have its id
            self._routers[key] = (scope, self._looked_at(expression, scope))
        return self._routers[key][1]

    def _looked_at(self, expression: ast.expr, scope: Scope) -> bool | None:
        given = self.names.resolve(expression, scope) if isinstance(expression, ast.Attribute) else None
        if given is not None and given.kind == "external" and self.names.known(given.name) == self.router:
            return True  # app.router
        known = [self._makes_router(value) for value in values_of(expression, scope, self.names)]
        return True if True in known else None if None in known else False if known else None

    def _makes_router(self, value: Entity) -> bool | None:
        made_by = self.names.instance_class(value)
        if made_by is None or made_by.name in ANYTHING:
            return None
        bases = self.names.bases(made_by)
        kinds = [self.names.known(base.name) for base in bases]
        if self.router in kinds:
            return True
        unresolved = any(
            b.kind == "unknown" or (b.kind == "external" and not k) for b, k in zip(bases, kinds, strict=True)
        )
        return None if unresolved and not any(kind.startswith("router:") for kind in kinds) else False

    def _may_be_route(self, router: ast.expr, scope: Scope, call: ast.Call) -> bool:
        """A call ``x.get("/path")`` makes a route, unless x is known to be something else.

        Routers come out of factories and registries that cannot always be followed. What is taken for a route by mistake
        is seen; a route that is overlooked is not.
        """
        known = self._router(router, scope)
        if known is not None:
            return known
        path = _path_node(call)
        if isinstance(path, ast.Constant) and "<" in str(path.value):
            return False  # Flask and its like
        if last_name(call.func) == "route" and speaks_flask(self.contents):
            return False
        if path is None and not self._looks_like_router(router):
            return False  # @store.put(key=KEY)
        if not isinstance(path, ast.Constant) and self._is_no_router(router, scope):
            return False  # @mock.patch(TARGET)
        if scope.module != self.module.module and not self._is_trusted_there(call, scope.module):
            return False
        if is_registry_of_aiohttp(call, scope, self.contents):
            return False
        return self._is_trusted and (_is_path(path) or not isinstance(path, ast.Constant | ast.Lambda))

    def _is_trusted_there(self, call: ast.Call, module: str) -> bool:
        """Whether a router that cannot be followed may be FastAPI's in the module that has ``get = router.get``."""
        homes = (t for t in self.contents.elsewhere(last_name(call.func)) if t.scope.module == module)
        return all("fastapi" in there.imported or not there.imported & ELSEWHERE for there in homes)

    def _is_registry(self, router: ast.expr, scope: Scope) -> bool:
        """Whether a decorator is a method of a class of the project, called on the class: what becomes of a function is unknown."""
        entity = self.names.resolve(router, scope)
        return entity is not None and is_own_class(entity)

    def _looks_like_router(self, router: ast.expr) -> bool:
        return "fastapi" in self.contents.imported_anywhere or bool(ROUTER.search(last_name(router).lower()))

    def _is_no_router(self, router: ast.expr, scope: Scope) -> bool:
        """Whether something is a module of the standard library, or an object that replaces others in tests."""
        entity = self.names.resolve(router, scope)
        top = entity.name.partition(".")[0] if entity is not None else ""
        return top in sys.stdlib_module_names or "mock" in f"{last_name(router)}.{top}".lower()

    @cached_property
    def _is_trusted(self) -> bool:
        """Whether what looks like a route and cannot be followed is taken for one in this module."""
        tops = self.contents.imported
        return self.trusting and ("fastapi" in tops or not tops & ELSEWHERE)

    # -- describing --------------------------------------------------------------------------------------------------

    def _endpoint(self, call: ast.Call, verb: str, function: Function, scope: Scope, calling: Scope) -> Endpoint:
        """Describe a route: the function's annotations mean what they mean in *scope*, the call's options in *calling*."""
        path = joined(self._prefix(call, calling), self._path(call, calling), parts=self.mounting.parts)
        is_socket = "websocket" in verb
        made = Endpoint(
            framework=self.framework,
            function=function,
            scope=scope,
            registered_in=self.module.module,
            qualname=qualname(function.name, scope),
            node=call,
            methods=self._methods(call, verb, calling),
            path=path,
            inputs=() if is_socket else self.inputs.by_itself(self._inputs(function, scope, path, call), call, calling),
            output=Part("return", None, scope, function, scope, "none")
            if is_socket
            else self._output(call, function, scope, calling),
            kind="websocket" if is_socket else "http",
        )
        return as_called(made, self.contents)

    def _inputs(self, function: Function, scope: Scope, path: str, call: ast.AST) -> Iterator[Part]:
        yield from self.inputs.each(function, scope, path, annotated_later(function, scope, call, self.contents))

    def _prefix(self, call: ast.Call, scope: Scope) -> str:
        """What ``APIRouter(prefix="/orders")`` and ``include_router`` put before every path."""
        router = self.names.resolve(call.func.value, scope) if isinstance(call.func, ast.Attribute) else None
        return prefix_of(router, self.contents, self.mounting) if router is not None else ""

    def _path(self, call: ast.Call, scope: Scope) -> str:
        node = call.args[0] if call.args else options_of(call, scope, self.names)[0].get("path")
        return text(constant(node, scope, self.names))

    def _methods(self, call: ast.Call, verb: str, scope: Scope) -> tuple[str, ...]:
        if "websocket" in verb:
            return ("WEBSOCKET",)
        if verb == "any":
            return ("ANY",)
        if verb not in ("api_route", "route"):
            return (verb.upper(),)
        keywords, complete = options_of(call, scope, self.names)
        methods = listed(constant(keywords.get("methods"), scope, self.names))
        return tuple(methods) or ("GET" if complete else "ANY",)

    def _output(self, call: ast.Call, function: Function, scope: Scope, calling: Scope) -> Part:
        """``response_model`` over the annotation; a response class that is not JSON, or 204, over both."""
        keywords, complete = options_of(call, calling, self.names)
        model = keywords.get("response_model")
        if isinstance(model, ast.IfExp):  # Order if settings.validates else dict
            sides = [side for side in (model.body, model.orelse) if not is_nothing(side)]
            if len(sides) == 1:
                why = f"`{ast.unparse(sides[0])}`, or nothing declared, as `{ast.unparse(model.test)}` says"
                return Part("return", None, calling, model, calling, "unknown", why)
            model = model if sides else None
            if model is not None:
                return Part("return", sides[0], calling, model, calling, alternatives=((sides[1], calling),))
        if model is not None and not (isinstance(model, ast.Constant) and model.value is None):
            return Part("return", model, calling, model, calling)
        if not complete and model is None:
            return Part("return", None, scope, function, scope, "unknown", "options of the route that cannot be read")
        if is_no_content(keywords.get("status_code"), calling, self.names):
            return Part("return", None, scope, function, scope, "none", "204")
        response = keywords.get("response_class") or self._router_option(call, calling, "default_response_class")
        if response is not None:
            entity = self.names.resolve(response, calling)
            bases = self.names.bases(entity) if entity is not None else ()
            own = [base for base in bases if base.scope is not None and base.scope.owned]
            known = [base.last for base in bases if base.last in RESPONSES]
            # a class of the project that is derived from Response alone renders whatever it likes, JSON as a rule
            is_open = bool(own) and known[:1] == ["Response"] and not any(map(_is_no_json, own))
            if known[:1] and known[0] in NOT_JSON and not is_open:
                return Part("return", None, scope, function, scope, "response", ast.unparse(response))
        annotation, where, _ = self.roles.unwrapped(function.returns, scope)
        # response_model=None: whatever is returned is sent as it is, which is no promise of a schema
        is_open = model is not None and annotation is not None and "schema" in self.names.kinds(annotation, where)
        is_open = is_open and not self._makes_schemas(function, scope)
        if function.returns is None or is_open:
            return Part("return", None, scope, function, scope)
        return Part("return", annotation, where, function.returns, scope)

    def _makes_schemas(self, function: Function, scope: Scope) -> bool:
        """Whether a function returns nothing but schemas and responses that it makes in place."""
        inside = self.names.function_scope(function, scope)
        made = [value.func if isinstance(value, ast.Call) else None for value in own_returns(function)]
        return all(each is not None and {"schema", "response"} & {*self.names.kinds(each, inside)} for each in made)

    def _router_option(self, call: ast.Call, scope: Scope, option: str) -> ast.expr | None:
        """What the router was made with, as in ``APIRouter(prefix="/orders")``."""
        router = self.names.resolve(call.func.value, scope) if isinstance(call.func, ast.Attribute) else None
        made = router.node if router is not None else None
        return next((k.value for k in made.keywords if k.arg == option), None) if isinstance(made, ast.Call) else None


def _is_no_json(response: Entity) -> bool:
    """Whether a class of responses says that it is something else: ``media_type = "text/csv"``."""
    body = response.node.body if isinstance(response.node, ast.ClassDef) else []
    said = (each.value for each in body if isinstance(each, ast.Assign) and last_name(each.targets[0]) == "media_type")
    return any(isinstance(each, ast.Constant) and "json" not in str(each.value) for each in said)


def _is_path(path: ast.expr | None) -> bool:
    return path is None or (isinstance(path, ast.Constant) and str(path.value)[:1] in ("", "/"))


def _path_node(call: ast.Call) -> ast.expr | None:
    return call.args[0] if call.args else next((k.value for k in call.keywords if k.arg == "path"), None)
