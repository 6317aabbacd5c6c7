"""The routes of a running FastAPI or Starlette application, as the framework itself sees them."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from pytest_fitness.errors import RuleError
from pytest_fitness.model import NOTHING_DECLARED, Handler, Location, Slot
from pytest_fitness.runtime.kinds import kind_of

DEPTH = 20
"""How many layers of middleware are looked through."""

OF_THE_FRAMEWORK = ("fastapi", "starlette")
"""Packages whose own routes, such as the documentation, are left out."""


@dataclass(frozen=True)
class Route:
    """One route.

    Attributes:
        path: with the prefixes of all routers and mounts.
        methods: ``GET`` and so on, without ``HEAD`` beside ``GET``; ``WEBSOCKET``.
        endpoint: the function, without wrappers.
        context: FastAPI's own view of the route.
    """

    path: str
    methods: tuple[str, ...]
    endpoint: Callable[..., object]
    context: Any  # fastapi.routing.RouteContext, or a route

    @property
    def name(self) -> str:
        """Of the function, or of the class of what answers."""
        return getattr(self.endpoint, "__qualname__", type(self.endpoint).__name__)

    @property
    def module(self) -> str:
        """Where it is defined."""
        return str(getattr(self.endpoint, "__module__", None) or type(self.endpoint).__module__)

    @property
    def title(self) -> str:
        """``GET /orders``."""
        return f"{','.join(self.methods)} {self.path}"

    @property
    def location(self) -> Location:
        """Where the function is defined, by an absolute path."""
        code = getattr(self.endpoint, "__code__", None)
        return Location(code.co_filename, code.co_firstlineno) if code is not None else Location("?", 1)

    @property
    def dependencies(self) -> list[Any]:
        """Everything that the route depends on, directly or through other dependencies."""
        found: list[Any] = []
        todo = [self._dependant]
        for dependant in todo:
            todo += getattr(dependant, "dependencies", [])
            found.append(getattr(dependant, "call", None))
        return [each for each in found[1:] if each is not None]

    @property
    def _dependant(self) -> Any:
        """FastAPI's dependency tree; of websockets in included routers some versions know only the original one."""
        found = getattr(self.context, "dependant", None)
        original = getattr(getattr(self.context, "original_route", None), "dependant", None)
        return found if getattr(found, "call", None) is not None else original

    @property
    def takes_json(self) -> bool:
        """Whether the body is JSON, and no form."""
        parameters = getattr(self._dependant, "body_params", [])
        names = [type(getattr(each, "field_info", None)).__name__ for each in parameters]
        return bool(names) and not {"Form", "File"} & set(names)

    @property
    def numbers(self) -> list[str]:
        """Names of the parameters in the path that are numbers."""
        parameters = getattr(self._dependant, "path_params", [])
        return [
            p.name for p in parameters if getattr(getattr(p, "field_info", None), "annotation", None) in (int, float)
        ]

    @property
    def body(self) -> list[tuple[str, object]]:
        """Names and types of what the body is made of, the parameters of dependencies included."""
        found: dict[str, object] = {}
        todo = [self._dependant]
        for dependant in todo:
            todo += getattr(dependant, "dependencies", [])
            for parameter in getattr(dependant, "body_params", []):
                info = getattr(parameter, "field_info", None)
                found[parameter.name] = getattr(info, "annotation", None) or getattr(parameter, "type_", Any)
        return list(found.items())


LIFESPAN = (
    "what is added when it starts (its lifespan) has to be added before: hand over an application that has been started"
)


def routes(app: object) -> list[Handler]:
    """Return the routes of *app*, each a handler with the types that the framework uses, sorted by place.

    Give them to a parametrised test, one item a route::

        @pytest.mark.parametrize("route", routes(app), ids=str)
        def test_route(codebase, route):
            assert codebase.with_handlers(route).violations(BoundarySchemas("api")) == []

    Args:
        app: an application, a function that makes one, or ``"package.module:name"`` of either.

    Raises:
        RuleError: *app* has no routes that can be listed, or none at all: a test without items would be green.
    """
    found = [_handler(route) for route in live_routes(app) if route.methods != ("MOUNT",)]
    if not found:
        raise RuleError(f"{app!r} has no routes yet; {LIFESPAN}")
    return sorted(found, key=lambda h: (h.location, h.methods, h.path))


def live_routes(app: object) -> list[Route]:
    """Return the routes of *app*; those that come with the framework are left out.

    What is mounted and cannot be looked into is one route, of method ``MOUNT``.
    """
    application = inner(load(app))
    found = getattr(application, "routes", None)
    if found is None:
        raise RuleError(f"{application!r} has no `routes`; a FastAPI or Starlette application is wanted")
    return [r for r in _walk(found, "", {id(application)}) if r.module.partition(".")[0] not in OF_THE_FRAMEWORK]


def load(app: object) -> Any:
    """Return the application that *app* is, makes, or names.

    Raises:
        RuleError: there is no such thing.
    """
    if isinstance(app, str):
        module, colon, name = app.partition(":")
        if not colon:
            raise RuleError(f"{app!r} names a module; write 'package.module:app'")
        try:
            found: object = import_module(module)
            for part in name.split("."):
                found = getattr(found, part)
        except (ImportError, AttributeError, ValueError) as error:
            raise RuleError(f"{app!r} names no application: {error}") from error
        app = found
    is_app = not isinstance(app, type) and any(hasattr(inner(app), name) for name in ("routes", "url_map"))
    return app() if not is_app and callable(app) and not _needs_arguments(app) else app


def inner(app: Any) -> Any:
    """Return the application inside of middleware that is wrapped around it."""
    layers = 0
    while not hasattr(app, "routes") and not hasattr(app, "url_map") and hasattr(app, "app") and layers < DEPTH:
        app, layers = app.app, layers + 1
    return app


def _needs_arguments(app: Callable[..., object]) -> bool:
    try:
        parameters = inspect.signature(app).parameters.values()
    except (TypeError, ValueError):
        return False
    kinds = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    return any(p.default is p.empty and p.kind not in kinds for p in parameters)


def _walk(found: Iterable[object], prefix: str, seen: set[int]) -> Iterator[Route]:
    for context in _contexts(found):
        original = getattr(context, "original_route", context)
        endpoint = getattr(context, "endpoint", None) or getattr(original, "endpoint", None)
        own = (
            getattr(context, "path", None) or (getattr(original, "path", None) if endpoint is not None else None) or ""
        )
        path = prefix + own
        if endpoint is not None:
            yield Route(path, _methods(context, endpoint), _unwrapped(endpoint), context)
            continue
        mounted = inner(getattr(context, "app", None))
        routes = getattr(context, "routes", None) or getattr(mounted, "routes", None)
        if routes is None or (not routes and mounted is not None):
            yield Route(path, ("MOUNT",), mounted, context)
        elif id(mounted) not in seen:  # or it is mounted in itself
            yield from _walk(routes, path, seen | {id(mounted)})


def _methods(context: Any, endpoint: Any) -> tuple[str, ...]:
    methods = getattr(context, "methods", None)
    if methods is None and "WebSocket" in type(getattr(context, "original_route", context)).__name__:
        return ("WEBSOCKET",)
    if inspect.isclass(endpoint):  # an HTTPEndpoint
        methods = [name.upper() for name in ("get", "post", "put", "patch", "delete") if hasattr(endpoint, name)]
    return tuple(sorted(set(methods or ["GET"]) - {"HEAD"})) or ("HEAD",)


def _contexts(found: Iterable[object]) -> Iterable[Any]:
    """FastAPI 0.137 keeps included routers as one route each; what is in them it says through `iter_route_contexts`."""
    try:
        from fastapi import routing
    except ImportError:
        return found
    walk: Callable[[object], Iterable[Any]] | None = getattr(routing, "iter_route_contexts", None)
    return walk(found) if walk is not None else found


def _unwrapped(endpoint: Any) -> Any:
    while hasattr(endpoint, "func"):  # functools.partial
        endpoint = endpoint.func
    return inspect.unwrap(endpoint)


def _handler(route: Route) -> Handler:
    model = getattr(route.context, "response_model", None)
    is_socket = route.methods == ("WEBSOCKET",)
    if is_socket:
        output = Slot("return", "none", "None", route.location)
    elif model is not None:
        kind, detail = kind_of(model)
        output = Slot("return", kind, _shown(model), route.location, detail)
    else:
        output = _undeclared(route)
    inputs = [(name, annotation, *kind_of(annotation)) for name, annotation in route.body]
    return Handler(
        framework="FastAPI" if hasattr(route.context, "dependant") else "Starlette",
        module=route.module,
        qualname=route.name,
        location=route.location,
        methods=route.methods,
        path=route.path,
        inputs=tuple(Slot(name, kind, _shown(each), route.location, detail) for name, each, kind, detail in inputs),
        output=output,
        kind="websocket" if is_socket else "http",
        is_async=inspect.iscoroutinefunction(route.endpoint),
    )


def _undeclared(route: Route) -> Slot:
    """Without a model: an annotation that is a response or nothing, or nothing declared at all."""
    try:
        returns = inspect.get_annotations(route.endpoint, eval_str=True).get("return", inspect.Signature.empty)
    except Exception:  # noqa: BLE001 - whatever is in the annotations of somebody's code
        returns = inspect.Signature.empty
    status = getattr(route.context, "status_code", None)
    if status == 204 or (returns is inspect.Signature.empty and not hasattr(route.context, "dependant")):
        return Slot("return", "none", "nothing", route.location, "nothing")
    if returns is inspect.Signature.empty:
        return Slot("return", "raw", NOTHING_DECLARED, route.location, NOTHING_DECLARED)
    kind, detail = kind_of(returns)
    return Slot("return", kind, _shown(returns), route.location, detail)


def _shown(annotation: object) -> str:
    return annotation.__name__ if isinstance(annotation, type) else str(annotation).replace("typing.", "")
