"""aiohttp: ``web.get("/x", handler)``, ``app.router.add_get``, route tables, and class-based views.

A handler takes the request and returns a response; what else there is to see is in the function itself.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from pytest_fitness.frameworks._behind import functions_behind
from pytest_fitness.frameworks._constants import constant
from pytest_fitness.frameworks._fastapi_names import ELSEWHERE, ROUTER_DECORATOR
from pytest_fitness.frameworks._flask_schemas import read_by_hand
from pytest_fitness.frameworks._flask_written import written_as
from pytest_fitness.frameworks._module_reader import DECORATES, ModuleReader
from pytest_fitness.frameworks._reading import (
    BARE_DECORATOR,
    HTTP_METHODS,
    METHOD_HINTS,
    OTHER_SERVERS,
    called,
    class_around,
    is_registry_of_aiohttp,
    is_success,
    kinds_of_class,
    listed,
    methods_of,
    no_result,
    option,
    response_result,
    spreads,
    text,
    unquoted,
)
from pytest_fitness.model.contents import Contents, Found, last_name, own_returns
from pytest_fitness.model.syntax import Endpoint, Entity, Part, Scope

if TYPE_CHECKING:
    from pytest_fitness.frameworks._registered import Registration

VERBS = ("get", "post", "put", "patch", "delete", "head", "options", "view", "route")
RESPONSES = (
    "Response StreamResponse FileResponse WebSocketResponse json_response HTTPFound HTTPOk HTTPNoContent".split()
)
TAKES = ("request_schema", "json_schema", "form_schema", "querystring_schema")
GIVES = "response_schema"
"""Of aiohttp-apispec."""

READS = re.compile(r"^(?!.*path).*(?:pars|valid|read|load)")
"""How functions are called that read a request by a schema, more of it than its path."""

NOT_BODY = ("special", "dependency", "response")


CALLS = (
    rf"\b(?:web|aiohttp)\.(?:{'|'.join(VERBS)}|RouteDef)\(",
    r"add_(?:route|get|post|put|patch|delete|head|options|view)\b",
    r"aiohttp\.web import",
)


VERBS_OF_VIEWS = frozenset(HTTP_METHODS[:5])


def _calls_by_verb(node: ast.ClassDef) -> bool:
    """Whether there is ``getattr(self, request.method.lower())``, or the same for each of some verbs, which are registered."""
    nodes = list(ast.walk(node))
    turns = (each for each in nodes if isinstance(each, ast.For) and isinstance(each.target, ast.Name))
    verbs = {last_name(turn.target) for turn in turns if len(VERBS_OF_VIEWS & _texts(turn.iter)) > 1}
    registers = any(isinstance(each, ast.Call) and last_name(each.func) == "add_route" for each in nodes)
    for call in nodes:
        if isinstance(call, ast.Call) and last_name(call.func) == "getattr" and len(call.args) > 1:
            parts = list(ast.walk(call.args[1]))
            is_asked = any(isinstance(each, ast.Attribute) and each.attr == "method" for each in parts)
            is_turn = registers and any(isinstance(each, ast.Name) and each.id in verbs for each in parts)
            if last_name(call.args[0]) == "self" and (is_asked or is_turn):
                return True
    return False


def _texts(node: ast.expr) -> set[str]:
    items = node.elts if isinstance(node, ast.Tuple | ast.List | ast.Set) else []
    return {text(item).lower() for item in items}


HINTS = ("aiohttp", *METHOD_HINTS, DECORATES, rf"add_(?:route|{'|'.join(VERBS)})")
"""What is seen in a module that has to do with aiohttp, or may have; decorators may be those of any framework."""


class Aiohttp:
    """The adapter."""

    name = "aiohttp"
    hints: tuple[str, ...] = (*HINTS, ROUTER_DECORATOR, BARE_DECORATOR)
    registrations: tuple[str, ...] = (*CALLS, DECORATES)
    knowledge: Mapping[tuple[str, str], str] = {
        **{("aiohttp", name): "verb:aiohttp" for name in (*VERBS, "RouteDef")},
        ("aiohttp", "RouteTableDef"): "router:aiohttp",
        ("aiohttp", "UrlDispatcher"): "router:aiohttp",
        ("aiohttp", "Application"): "router:elsewhere",
        ("aiohttp", "View"): "view:aiohttp",
        ("aiohttp", "AbstractView"): "view:aiohttp",
        ("aiohttp_pydantic", "PydanticView"): "view:aiohttp",
        ("aiohttp", "Request"): "special",
        ("aiohttp", "FileField"): "file",
        **{("aiohttp", name): "response" for name in RESPONSES},
        ("aiohttp_jinja2", "render_template"): "response",
    }

    def discover(self, contents: Contents) -> Iterator[Endpoint]:
        """Yield the routes of one module."""
        is_others = not contents.imported.isdisjoint(("fastapi", *ELSEWHERE))  # whose decorators look alike
        if not is_others or contents.mentions(*HINTS):
            yield from _Routes(contents).each()


class _Routes(ModuleReader):
    framework = Aiohttp.name

    def each(self) -> Iterator[Endpoint]:
        for written, around, found, handler in self.decorated(self._is_table):
            decorator, scope = self.meant(written, around)
            name = last_name(called(decorator))
            if found is None:
                yield self.missing(handler, decorator, scope, *self._methods_and_path(decorator, name, scope))
            else:
                yield self._route(found, decorator, name, scope)
        for entity in self.contents.classes:
            yield from self._view(entity)
        for call, where in self.calls(_may_be) if self.contents.mentions(*CALLS) else ():
            verb = self._verb(call, where)
            target = option(call, "handler", position=2 if verb == "route" else 1)
            resource = self._resource(call, where) if not verb and last_name(call.func) == "add_route" else None
            if resource is not None:
                verb, target = "resource", option(call, "handler", position=1)
            target = target or spreads(call)
            for each in self.registrations(call, target, where) if verb and target is not None else ():
                yield from self._registered(each, verb if resource is None else text(each.call.args[0]).lower())

    def _view(self, entity: Entity) -> Iterator[Endpoint]:
        """The methods of a class-based view, aiohttp's or one of the project's own making."""
        assert isinstance(entity.node, ast.ClassDef)
        where = entity.scope or self.module
        is_own = "view:aiohttp" not in kinds_of_class(self.names, entity)
        if is_own and not (self.names.class_scope(entity).symbols.keys() & VERBS_OF_VIEWS and self._dispatches(entity)):
            return
        routes = [d for d in entity.node.decorator_list if self._is_table(d, where)]
        for name, found in methods_of(entity, self.names, HTTP_METHODS):
            mixed_in = found.owner is None or not self._is_view(found.owner)
            if mixed_in or (found.owner is not None and found.owner.node is entity.node):
                route = self._route(found, routes[0] if routes else found.function, name, where)
                yield route._replace(path=self._own_path(entity)) if is_own else route

    def _is_view(self, entity: Entity) -> bool:
        return "view:aiohttp" in kinds_of_class(self.names, entity) or self._dispatches(entity)

    @cached_property
    def _is_elsewhere(self) -> bool:
        return any(True for _ in self.contents.elsewhere("aiohttp"))

    def _dispatches(self, entity: Entity) -> bool:
        """Whether a class calls its methods by the verb of the request: ``getattr(self, request.method.lower())``."""
        imported = self.contents.imported_anywhere
        if "aiohttp" not in imported and (imported & OTHER_SERVERS or not self._is_elsewhere):
            return False
        key = ("dispatches", id(entity.node))
        if key not in self.contents.memo:
            own = (b.node for b in self.names.bases(entity) if b.scope is not None and b.scope.owned)
            self.contents.memo[key] = any(_calls_by_verb(node) for node in own if isinstance(node, ast.ClassDef))
        found: bool = self.contents.memo[key]
        return found

    def _is_own_method(self, target: ast.expr, scope: Scope) -> bool:
        """Whether a view of the project's own making registers what ``getattr(self, verb)`` is."""
        around = class_around(scope.enclosing_class) if scope.enclosing_class is not None else None
        if around is None:
            return False
        parts = list(ast.walk(target))
        names = {each.id for each in parts if isinstance(each, ast.Name)}
        parts += [b.node for name in names for b in scope.symbols.get(name, ()) if b.node is not None]
        by_name = (
            each for each in parts if isinstance(each, ast.Call) and last_name(each.func) == "getattr" and each.args
        )
        # in one turn of a loop over the verbs it is self.get
        turned = (e.value for e in parts if isinstance(e, ast.Attribute) and e.attr in HTTP_METHODS)
        of_self = [last_name(each) == "self" for each in (*(call.args[0] for call in by_name), *turned)]
        return any(of_self) and self._dispatches(around)

    def _own_path(self, entity: Entity) -> str:
        """The path that a view of the project's own making says: ``url = "/orders"``."""
        own = (b for b in self.names.bases(entity) if isinstance(b.node, ast.ClassDef))
        symbols = [bindings for base in own for bindings in self.names.class_scope(base).symbols.values()]
        said = (
            text(binding.node) for bindings in symbols for binding in bindings if isinstance(binding.node, ast.Constant)
        )
        return next((path for path in said if path.startswith("/")), "")

    def _is_table(self, decorator: ast.expr, scope: Scope) -> bool:
        decorator, scope = self.meant(decorator, scope)
        function = called(decorator)
        if not isinstance(decorator, ast.Call) or not isinstance(function, ast.Attribute) or function.attr not in VERBS:
            return False
        kinds = self.kinds(function.value, scope)
        if "router:aiohttp" in kinds:
            return True
        # a table that cannot be followed, where nothing but aiohttp has such a decorator
        path = option(decorator, "path", position=1 if function.attr == "route" else 0)
        is_path = isinstance(path, ast.Constant) and str(path.value).startswith("/")
        if not is_path or any(kinds):
            return False
        imported = self.contents.imported_anywhere
        is_here = "aiohttp" in imported and not imported & OTHER_SERVERS
        return is_here or is_registry_of_aiohttp(decorator, scope, self.contents)

    def _verb(self, call: ast.Call, scope: Scope) -> str:
        """The verb of a call that registers a route."""
        function = call.func
        if isinstance(function, ast.Name):  # add = app.router.add_route
            entity = self.names.resolve(function, scope)
            if entity is not None and isinstance(entity.node, ast.Attribute) and entity.scope is not None:
                function, scope = entity.node, entity.scope
        if not isinstance(function, ast.Attribute | ast.Name):
            return ""  # for name, f in PAIRS: f(request), with lambdas in it
        name = last_name(function)
        if name in VERBS or name == "RouteDef":
            made = self.names.resolve(function, scope)
            # `request.query.get` is no function of the module
            is_one = made is not None and "()" not in made.name and self.names.known(made.name) == "verb:aiohttp"
            return {"RouteDef": "route"}.get(name, name) if is_one else ""
        verb = name.removeprefix("add_")
        if name.startswith("add_") and verb in VERBS and isinstance(function, ast.Attribute):
            router = function.value
            kinds = self.kinds(router, scope)
            return verb if "router:aiohttp" in kinds or (last_name(router) == "router" and not any(kinds)) else ""
        return ""

    def _resource(self, call: ast.Call, scope: Scope) -> ast.Call | None:
        """What ``add_route`` is called on in ``app.router.add_resource("/x").add_route("GET", handler)``, or by a variable."""
        made: ast.AST | None = call.func.value if isinstance(call.func, ast.Attribute) else None
        if isinstance(made, ast.Name):
            entity = self.names.resolve(made, scope)
            made = entity.node if entity is not None else None
        is_one = isinstance(made, ast.Call) and last_name(made.func) == "add_resource" and len(call.args) > 1
        return made if is_one and isinstance(made, ast.Call) else None

    def _registered(self, registered: Registration, verb: str) -> Iterator[Endpoint]:
        call, target, where, calling, *_ = registered
        entity = self.names.resolve(target, where)
        if entity is not None and "view:aiohttp" in kinds_of_class(self.names, entity):
            return  # which is found by itself
        behind = functions_behind(target, where, self.contents, HTTP_METHODS)
        for found, method in behind:
            yield self._route(found, call, verb, calling, method)
        if not behind and not self._is_own_method(target, calling):  # which are found by themselves
            yield self.missing(target, call, calling, *self._methods_and_path(call, verb, calling))

    def _methods_and_path(self, node: ast.AST, verb: str, where: Scope) -> tuple[list[str], str]:
        if not isinstance(node, ast.Call):
            return [verb.upper()], ""
        is_route = verb not in ("route", "view") and last_name(node.func) == "add_route"
        resource = (self._resource(node, where) if is_route else None) or node
        given = option(resource, "path", position=1 if verb == "route" else 0)
        path = text(constant(given, where, self.names))
        if verb == "route":
            return listed(constant(option(node, "method", position=0), where, self.names)) or ["ANY"], path
        return ["ANY" if verb == "view" else verb.upper()], path

    def _route(self, found: Found, node: ast.AST, verb: str, where: Scope, method: str = "") -> Endpoint:
        methods, path = self._methods_and_path(node, verb, where)
        methods = [method.upper()] if method else methods
        output = no_result(found) if _is_empty(found) else self._said(found) or self._result(found)
        return self.endpoint(found, node, methods, path=path, inputs=self._inputs(found), output=output)

    def _result(self, found: Found) -> Part:
        """The response; ``-> None`` and ``-> Any`` say nothing of one."""
        returns = found.function.returns
        kinds = set(self.names.kinds(returns, found.scope)) if returns is not None else set[str]()
        is_any = kinds == {"raw"} and last_name(unquoted(returns)) == "Any" if returns is not None else False
        part = response_result(found)
        return (
            part._replace(annotation=None, kind="response", detail="a response")
            if kinds == {"none"} or is_any
            else part
        )

    def _read(self, found: Found) -> Iterator[Part]:
        """The schemas that a helper is given together with the request: ``await parse_body(Order, request)``."""
        inside = self.names.function_scope(found.function, found.scope)
        known: set[str] = set()
        for call in (node for node in ast.walk(found.function) if isinstance(node, ast.Call)):
            given = [*call.args, *(keyword.value for keyword in call.keywords)]
            is_read = READS.search(last_name(call.func)) and any(last_name(each) == "request" for each in given)
            for each in given if is_read else ():
                named = isinstance(each, ast.Name | ast.Attribute) and last_name(each) not in known
                if named and "schema" in self.names.kinds(each, inside):
                    known.add(last_name(each))
                    yield Part("request", each, inside, each, found.scope)

    def _said(self, found: Found) -> Part | None:
        """What a decorator says that the response is made of: ``@response_schema(Order(), 200)``; an error is none."""
        for decorator in found.function.decorator_list:
            for status, given in _responses(decorator):
                schema = given.func if isinstance(given, ast.Call) else given
                is_good = status is None or is_success(status)
                if schema is not None and is_good and "schema" in self.names.kinds(schema, found.scope):
                    return Part("return", schema, found.scope, schema, found.scope)
        return None

    def _inputs(self, found: Found) -> Iterator[Part]:
        """What decorators say that the body is, and parameters beside the request, which some of them fill from it."""
        for decorator in found.function.decorator_list:
            if last_name(called(decorator)) in TAKES:
                schema = option(decorator, "schema", position=0)
                schema = schema.func if isinstance(schema, ast.Call) else schema
                if schema is not None and text(option(decorator, "location", "locations")) in ("", "json", "form"):
                    yield Part(last_name(called(decorator)), schema, found.scope, schema, found.scope)
        read = list(self._read(found))
        yield from read
        known = {each for part in read for each in written_as(part)}
        yield from read_by_hand(found, self.names, self.contents.memo, known)
        for argument, _ in found.parameters:
            annotation = argument.annotation
            if annotation is None or argument.arg in ("request", "_request", "_"):
                continue
            kinds = set(self.names.kinds(annotation, found.scope))
            if kinds & {"schema", "raw", "orm"} and not kinds & set(NOT_BODY):
                yield Part(argument.arg, annotation, found.scope, annotation, found.scope)


def _responses(decorator: ast.expr) -> Iterator[tuple[ast.expr | None, ast.expr | None]]:
    """Statuses and schemas in ``@response_schema(Order(), 200)``, and in ``@docs(responses={200: {"schema": Order}})``."""
    name = last_name(called(decorator))
    if name == GIVES:
        yield option(decorator, "code", position=1), option(decorator, "schema", position=0)
    table = option(decorator, "responses") if name == "docs" else None
    for status, said in zip(table.keys, table.values, strict=True) if isinstance(table, ast.Dict) else ():
        pairs = zip(said.keys, said.values, strict=True) if isinstance(said, ast.Dict) else ()
        yield from ((status, value) for key, value in pairs if text(key) == "schema")


def _is_empty(found: Found) -> bool:
    """Whether a handler returns nothing but responses with nothing in them, errors left out."""
    returned = [value.value if isinstance(value, ast.Await) else value for value in own_returns(found.function)]
    good = [value for value in returned if not (isinstance(value, ast.Call) and _is_error(value))]
    if not good:
        raised = (node.exc for node in ast.walk(found.function) if isinstance(node, ast.Raise) and node.exc is not None)
        return not returned and any(last_name(called(each)) == "HTTPNoContent" for each in raised)
    return all(isinstance(value, ast.Call) and _has_nothing(value) for value in good)


def _has_nothing(call: ast.Call) -> bool:
    is_one = last_name(call.func) in ("Response", "HTTPNoContent", "json_response")
    return is_one and not call.args and {keyword.arg for keyword in call.keywords} <= {"status", "headers", "reason"}


def _is_error(call: ast.Call) -> bool:
    status = option(call, "status")
    return status is not None and not is_success(status)


def _may_be(call: ast.Call) -> bool:
    """Whether a call has the name of one that registers, or any other that is no attribute."""
    name = last_name(call.func).removeprefix("add_")
    return name in VERBS or name == "RouteDef" or isinstance(call.func, ast.Name)
