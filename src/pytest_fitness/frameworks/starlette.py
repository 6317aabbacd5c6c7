"""Starlette: ``Route("/x", endpoint)`` in lists, ``add_route``, and endpoints that are classes.

Nothing says what the body is, and results are responses: what there is to see is in the functions themselves.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from pytest_fitness.frameworks._behind import endpoints_behind
from pytest_fitness.frameworks._constants import constant
from pytest_fitness.frameworks._fastapi_names import ROUTER_DECORATOR
from pytest_fitness.frameworks._flask_schemas import read_by_hand
from pytest_fitness.frameworks._module_reader import DECORATES, ModuleReader, decorated_classes
from pytest_fitness.frameworks._reading import (
    BARE_DECORATOR,
    HTTP_METHODS,
    called,
    kinds_of_class,
    listed,
    no_result,
    option,
    original,
    qualname,
    response_result,
    spreads,
    text,
)
from pytest_fitness.model.contents import Contents, Found, last_name
from pytest_fitness.model.syntax import Endpoint, Entity, Scope

if TYPE_CHECKING:
    from pytest_fitness.frameworks._registered import Registration

ROUTES = {"Route": "route", "WebSocketRoute": "websocket"}
ADDERS = {
    "add_route": "route",
    "add_websocket_route": "websocket",
    "route": "route",
    "websocket_route": "websocket",
    "websocket": "websocket",
}
CALLS = (*(rf"{name}\b" for name in ROUTES), "add_route", "add_websocket_route")


class Starlette:
    """The adapter."""

    name = "Starlette"
    hints: tuple[str, ...] = ("starlette", *ROUTES, *ADDERS, DECORATES, ROUTER_DECORATOR, BARE_DECORATOR)
    registrations: tuple[str, ...] = (*CALLS, DECORATES)
    knowledge: Mapping[tuple[str, str], str] = {
        **{("starlette", name): f"starlette:{kind}" for name, kind in ROUTES.items()},
        ("starlette_dispatch", "RouteGroup"): "router:starlette",
        **{("starlette", name): "router:starlette" for name in ("Starlette", "Router", "Starlette().router")},
    }

    def discover(self, contents: Contents) -> Iterator[Endpoint]:
        """Yield the routes of one module."""
        yield from _Routes(contents).each()


class _Routes(ModuleReader):
    framework = Starlette.name

    def each(self) -> Iterator[Endpoint]:
        for call, where in self.calls(self._may_be) if self.contents.mentions(*CALLS) else ():
            kind = self._kind(call, where)
            target = option(call, "endpoint", "route", position=1) or spreads(call)
            for each in self.registrations(call, target, where) if kind and target is not None else ():
                yield from self._registered(each, kind)
        for call, target, where in decorated_classes(self.contents, self._decorating):
            for each in self.registrations(call, target, where):
                yield from self._registered(each, ADDERS.get(last_name(call.func), "route"))
        for decorator, scope, found, target in self.decorated(self._decorating):
            name = last_name(called(decorator))
            kind = ADDERS.get(name, "route")
            assert isinstance(decorator, ast.Call)
            # a verb: of a router of the project's own, derived from Starlette's
            verb = name if name in HTTP_METHODS else ""
            if found is None:
                methods = self._methods(decorator, kind, verb, scope)
                yield self.missing(target, decorator, scope, methods, self._path(decorator, scope))
            else:
                yield self._route(found, verb, decorator, kind, scope)

    def _decorating(self, decorator: ast.expr, scope: Scope) -> bool:
        function = called(decorator)
        is_one = last_name(function) in ADDERS or last_name(function) in HTTP_METHODS
        if not is_one or not isinstance(decorator, ast.Call) or not isinstance(function, ast.Attribute):
            return False
        return "router:starlette" in self.kinds(function.value, scope)

    def _may_be(self, call: ast.Call) -> bool:
        """Whether a call has the name of one that registers, or of one that is imported by another name."""
        name = last_name(call.func)
        return name.endswith("Route") or name in ADDERS or name in self.module.symbols

    def _kind(self, call: ast.Call, scope: Scope) -> str:
        """Whether a call registers a route, or a websocket."""
        if isinstance(call.func, ast.Attribute) and call.func.attr in ("add_route", "add_websocket_route"):
            return ADDERS[call.func.attr] if self._is_router(call, call.func.value, scope) else ""
        made = original(call.func, scope, self.names)
        kinds = kinds_of_class(self.names, made) if made is not None else []
        return next((k.removeprefix("starlette:") for k in kinds if k.startswith("starlette:")), "")

    def _is_router(self, call: ast.Call, router: ast.expr, scope: Scope) -> bool:
        """Whether a route is added to a router, or to something that cannot be followed, in a module that has to do with Starlette."""
        kinds = self.kinds(router, scope)
        path = option(call, "path", position=0)
        is_path = isinstance(path, ast.Constant) and str(path.value).startswith("/")
        imported = self.contents.imported_anywhere
        return "router:starlette" in kinds or (
            is_path and not any(kinds) and "starlette" in imported and not imported & {"aiohttp", "fastapi"}
        )

    def _registered(self, registered: Registration, kind: str) -> Iterator[Endpoint]:
        call, target, where, calling, *_ = registered
        behind = endpoints_behind(target, where, self.contents, kind)
        # an object is an application of its own, and no handler
        behind = [each for each in behind if each[0].function.name != "__call__"]
        for found, method in behind:
            yield self._route(found, method, call, kind, calling)
        if not behind:
            methods = self._methods(call, kind, "", calling)
            unknown = self.missing(target, call, calling, methods, self._path(call, calling))
            own = self.names.instance_class(Entity("value", "", target, None, where))
            if own is not None and own.is_own and own.scope is not None and own.node is not None and kind == "route":
                verbs = tuple(methods) if option(call, "methods") is not None else ("ANY",)  # unless it says so
                there = unknown._replace(scope=own.scope, node=own.node, qualname=qualname(own.last, own.scope))
                unknown = there._replace(methods=verbs)
            made = self.names.resolve(target.func, where) if isinstance(target, ast.Call) else None
            # a page has something in it that no schema has seen, and answers by itself
            if made is not None and "JSON" not in made.last and "response" in kinds_of_class(self.names, made):
                unknown = unknown._replace(output=unknown.output._replace(kind="response", detail=made.last))
            yield unknown

    def _route(self, found: Found, method: str, call: ast.Call, kind: str, calling: Scope) -> Endpoint:
        return self.endpoint(
            found,
            call,
            self._methods(call, kind, method, calling),
            path=self._path(call, calling),
            inputs=read_by_hand(found, self.names, self.contents.memo) if kind == "route" else (),
            output=response_result(found) if kind == "route" else no_result(found),
            kind="http" if kind == "route" else "websocket",
        )

    def _path(self, call: ast.Call, where: Scope) -> str:
        return text(constant(option(call, "path", position=0), where, self.names))

    def _methods(self, call: ast.Call, kind: str, method: str, where: Scope) -> list[str]:
        if kind == "websocket":
            return ["WEBSOCKET"]
        return [method.upper()] if method else listed(constant(option(call, "methods"), where, self.names)) or ["GET"]
