"""Starlette: ``Route("/x", endpoint)`` in lists, ``add_route``, and endpoints that are classes.

Nothing says what the body is, and results are responses: what there is to see is in the functions themselves.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from pytest_fitness.frameworks._reading import (
    HTTP_METHODS,
    ModuleReader,
    called,
    functions_behind,
    is_a,
    kinds_of_class,
    listed,
    no_result,
    option,
    original,
    registrations,
    response_result,
    text,
)
from pytest_fitness.model.contents import Contents, Found, last_name
from pytest_fitness.model.syntax import Endpoint, Scope

ROUTES = {"Route": "route", "WebSocketRoute": "websocket"}
ADDERS = {
    "add_route": "route",
    "add_websocket_route": "websocket",
    "route": "route",
    "websocket_route": "websocket",
    "websocket": "websocket",
}


class Starlette:
    """The adapter."""

    name = "Starlette"
    hints: tuple[str, ...] = ("starlette", *ROUTES, *ADDERS)
    registrations: tuple[str, ...] = (*(rf"{name}\b" for name in ROUTES), "add_route", "add_websocket_route")
    knowledge: Mapping[tuple[str, str], str] = {
        **{("starlette", name): f"starlette:{kind}" for name, kind in ROUTES.items()},
        **{("starlette", name): "router:starlette" for name in ("Starlette", "Router")},
    }

    def discover(self, contents: Contents) -> Iterator[Endpoint]:
        """Yield the routes of one module."""
        yield from _Routes(contents).each()


class _Routes(ModuleReader):
    framework = Starlette.name

    def each(self) -> Iterator[Endpoint]:
        for call, where in self.contents.calls if self.contents.mentions(*Starlette.registrations) else ():
            kind = self._kind(call, where)
            target = option(call, "endpoint", "route", position=1)
            if kind and target is not None:
                for made, given, there in registrations(call, target, where, self.contents):
                    yield from self._registered(made, kind, given, there)
        for found in self.contents.functions:
            for decorator in found.function.decorator_list:
                name = last_name(called(decorator))
                kind = ADDERS.get(name, "route" if name in HTTP_METHODS else "")
                if kind and isinstance(decorator, ast.Call) and isinstance(decorator.func, ast.Attribute):
                    if is_a(self.names, decorator.func.value, found.scope, "router:starlette"):
                        # a verb: of a router of the project's own, derived from Starlette's
                        yield self._route(found, name if name in HTTP_METHODS else "", decorator, kind)

    def _kind(self, call: ast.Call, scope: Scope) -> str:
        """Whether a call registers a route, or a websocket."""
        if isinstance(call.func, ast.Attribute) and call.func.attr in ("add_route", "add_websocket_route"):
            return ADDERS[call.func.attr] if is_a(self.names, call.func.value, scope, "router:starlette") else ""
        if isinstance(call.func, ast.Name | ast.Attribute):
            made = original(call.func, scope, self.names)
            kinds = kinds_of_class(self.names, made) if made is not None else []
            return next((k.removeprefix("starlette:") for k in kinds if k.startswith("starlette:")), "")
        return ""

    def _registered(self, call: ast.Call, kind: str, target: ast.expr, where: Scope) -> Iterator[Endpoint]:
        wanted = HTTP_METHODS if kind == "route" else ("on_receive",)
        behind = functions_behind(target, where, self.names, wanted)
        for found, method in behind:
            yield self._route(found, method, call, kind)
        if not behind:
            yield self.missing(target, call, where, _methods(call, kind, ""), text(option(call, "path", position=0)))

    def _route(self, found: Found, method: str, call: ast.Call, kind: str) -> Endpoint:
        return self.endpoint(
            found,
            call,
            _methods(call, kind, method),
            path=text(option(call, "path", position=0)),
            output=response_result(found) if kind == "route" else no_result(found),
            kind="http" if kind == "route" else "websocket",
        )


def _methods(call: ast.Call, kind: str, method: str) -> list[str]:
    if kind == "websocket":
        return ["WEBSOCKET"]
    return [method.upper()] if method else listed(option(call, "methods")) or ["GET"]
