"""Imports an application and writes what its frameworks then know of its handlers. Runs in the application's own environment.

    python benchmarks/truth.py CODE OUT SPEC

CODE is the directory that the packages are in, OUT the JSON file to write, SPEC a JSON text: ``packages``, ``start`` (Python that makes
what importing alone does not make), ``settings`` (of Django). Nothing is asked of pytest-fitness here: what a framework has registered
is noted as it registers it, and types are looked at as objects.
"""

from __future__ import annotations

import collections.abc
import contextlib
import dataclasses
import functools
import gc
import importlib
import inspect
import json
import os
import pkgutil
import signal
import sys
import types
import typing
import warnings
from pathlib import Path

SECONDS = 30
"""A module may take to be imported; some wait for a database."""

LEFT_OUT = (".tests", "__main__", ".migrations", "alembic", ".testing", ".conftest")
GENERIC = ("list", "retrieve", "create", "update", "partial_update", "destroy", "get", "post", "put", "patch", "delete")
VERBS = GENERIC[6:]
WRAPPED = 2
"""Wrappers around each other that do not say what they wrap."""

ROWS: list[dict[str, object]] = []
UNREAD: list[str] = []


# -- what things are -----------------------------------------------------------------------------------------------------


def kinds_of(hint: object, depth: int = 0) -> set[str]:
    """Return what a type is made of, in the words of the rule ``BoundarySchemas``."""
    if hint is None or hint is type(None):
        return {"none"}
    if hint in (typing.Any, object) or isinstance(hint, typing.TypeVar) or depth > 8:
        return {"raw"}
    inner = getattr(hint, "__supertype__", None) or (
        getattr(hint, "__value__", None) if type(hint).__name__ == "TypeAliasType" else None
    )
    if inner is not None:
        return kinds_of(inner, depth + 1)
    made, of = typing.get_origin(hint), typing.get_args(hint)
    if made is typing.Annotated:
        return kinds_of(of[0], depth + 1)
    if made is typing.Literal:
        return {"scalar"}
    if made in (typing.Union, types.UnionType):
        return set().union(*(kinds_of(each, depth + 1) for each in of))
    if isinstance(made, type) and issubclass(made, collections.abc.Mapping):
        return {_in_map(kind) for kind in (kinds_of(of[1], depth + 1) if len(of) > 1 else {"raw"})}
    if isinstance(made, type) and issubclass(made, collections.abc.Iterable):
        return set().union(*(kinds_of(each, depth + 1) for each in of if each is not Ellipsis))
    return _kinds_of_class(made or hint, depth)


def _in_map(kind: str) -> str:
    """What a dict is whose values are of a kind: one of dicts says nothing of its keys."""
    return "scalar-map" if kind == "scalar" else kind


def _kinds_of_class(found: object, depth: int) -> set[str]:
    if not isinstance(found, type):
        return {"unknown"}
    names = [f"{each.__module__}.{each.__name__}" for each in found.__mro__]
    if hasattr(found, "__table__"):
        return {"orm"}
    root = getattr(found, "model_fields", {}).get("root") if "pydantic.root_model.RootModel" in names else None
    if root is not None:
        return {
            kind if kind in ("raw", "orm", "unknown") else "schema" for kind in kinds_of(root.annotation, depth + 1)
        }
    is_model = any(name.startswith("pydantic") and name.endswith(".BaseModel") for name in names)
    is_dict = typing.is_typeddict(found) or type(found).__name__ == "_TypedDictMeta"
    if is_model or is_dict or dataclasses.is_dataclass(found) or any("msgspec.Struct" in name for name in names):
        return {"schema"}
    if hasattr(found, "__attrs_attrs__") or (issubclass(found, tuple) and hasattr(found, "_fields")):
        return {"schema"}
    if any("UploadFile" in name or "UploadedFile" in name for name in names):
        return {"file"}
    if any(".responses." in name or "litestar.response" in name for name in names):
        return {"response"}
    return {"raw"} if issubclass(found, (dict, list, tuple, set, frozenset)) else {"scalar"}


def unwrapped(function: typing.Any) -> typing.Any:
    """Return what is behind decorators that say so."""
    while isinstance(function, functools.partial) or hasattr(function, "__wrapped__"):
        function = function.func if isinstance(function, functools.partial) else function.__wrapped__
    return getattr(function, "__func__", function)


def kept_in(function: typing.Any, depth: int = 0) -> typing.Iterator[typing.Any]:
    """Yield the functions that a wrapper keeps which does not say what it wraps, and those that they keep."""
    for cell in getattr(function, "__closure__", None) or ():
        with contextlib.suppress(ValueError):  # it is empty
            if inspect.isfunction(cell.cell_contents) or inspect.ismethod(cell.cell_contents):
                kept = unwrapped(cell.cell_contents)
                yield kept
                yield from kept_in(kept, depth + 1) if depth < WRAPPED else ()


def objects_of(kind: type) -> list[typing.Any]:
    """Return all objects of a class; asked for their type alone, as some are made when they are asked for anything else."""
    return [each for each in gc.get_objects() if issubclass(type(each), kind)]


def note(framework: str, function: typing.Any, methods: typing.Iterable[str], path: str, **more: object) -> None:
    """Keep one handler: ``names`` are those under which it may be listed, its own first."""
    inner = unwrapped(function)
    every = [inner, *kept_in(inner)]
    # an object that answers goes by the name of its class
    own = [f"{getattr(e, '__module__', '')}.{getattr(e, '__qualname__', type(e).__qualname__)}" for e in every]
    names = [*more.pop("names", ()), *own]  # type: ignore[misc]
    ROWS.append({"framework": framework, "names": names, "methods": sorted(methods), "path": str(path), **more})


# -- what frameworks register --------------------------------------------------------------------------------------------


def after(owner: typing.Any, name: str, noting: typing.Callable[..., None]) -> None:
    """Have *noting* called with the arguments of a method, after it."""
    old = getattr(owner, name)

    @functools.wraps(old)
    def method(self: object, *args: object, **options: object) -> object:
        result = old(self, *args, **options)
        noting(self, *args, **options)
        return result

    setattr(owner, name, method)


def watch_fastapi() -> None:
    """FastAPI and Starlette: each route is an object."""
    from fastapi import routing

    def kinds(field: typing.Any) -> list[str]:
        told = (
            field.field_info if hasattr(field.field_info, "annotation") else field
        )  # of Pydantic 1, the field itself knows
        return sorted(kinds_of(getattr(told, "annotation" if told is not field else "outer_type_")))

    def made(route: typing.Any, *_: object, **__: object) -> None:
        dependant, answer = getattr(route, "dependant", None), getattr(route, "response_field", None)
        body = {each.name: kinds(each) for each in dependant.body_params} if dependant is not None else {}
        responder = getattr(route, "response_class", None)
        responder = getattr(responder, "value", responder)
        is_json = not isinstance(responder, type) or "JSON" in responder.__name__ or responder.__name__ == "Response"
        more: dict[str, object] = {}
        if type(route).__name__ != "APIWebSocketRoute":
            parts = ("query_params", "path_params", "header_params", "cookie_params", "dependencies")
            others = [getattr(each, "name", None) for part in parts for each in getattr(dependant, part, ())]
            output = kinds(answer) if answer is not None else []
            more = {"inputs": body, "others": others, "output": output, "is_json": is_json}
        note("FastAPI", route.endpoint, getattr(route, "methods", None) or ["WEBSOCKET"], route.path, **more)

    after(routing.APIRoute, "__init__", made)
    after(routing.APIWebSocketRoute, "__init__", made)


def watch_starlette() -> None:
    """Starlette alone."""
    from starlette import routing

    def made(route: typing.Any, *_: object, **__: object) -> None:
        if not type(route).__module__.startswith("starlette"):
            return
        endpoint = route.endpoint
        verbs = [verb for verb in VERBS if hasattr(endpoint, verb)] if inspect.isclass(endpoint) else []
        for verb in verbs if isinstance(route, routing.Route) else ():  # of a class, each method by its verb
            name = f"{endpoint.__module__}.{endpoint.__qualname__}.{verb}"
            note("Starlette", getattr(endpoint, verb), [verb.upper()], route.path, names=[name])
        if not verbs:
            other = ["ANY"] if isinstance(route, routing.Route) else ["WEBSOCKET"]
            note("Starlette", endpoint, getattr(route, "methods", None) or other, route.path)

    after(routing.Route, "__init__", made)
    after(routing.WebSocketRoute, "__init__", made)


def watch_flask() -> None:
    """Flask: of a class, each method by its verb; of Flask-Classful, the object is kept in the view."""
    import flask

    def added(
        _: object, rule: str, _endpoint: object = None, view: typing.Any = None, *__: object, **options: typing.Any
    ) -> None:
        view = view or options.get("view_func")
        if view is None:
            return
        kept = getattr(view, "view_class", None)
        methods = options.get("methods") or getattr(view, "methods", None) or ["GET"]
        if kept is None:
            names = [f"{o.__module__}.{o.__qualname__}.{unwrapped(view).__name__}" for o in _owner(view)]
            note("Flask", view, methods, rule, names=names)
            return
        for verb in {verb.lower() for verb in methods} & set(VERBS):
            method = getattr(kept, verb, None) or kept.dispatch_request
            own = f"{kept.__module__}.{kept.__qualname__}"
            note("Flask", method, [verb.upper()], rule, names=[f"{own}.{verb}", f"{own}.dispatch_request"])

    for owner in {*flask.Flask.__mro__, *flask.Blueprint.__mro__}:
        if "add_url_rule" in vars(owner) and owner.__name__ in ("App", "Blueprint", "Flask"):
            after(owner, "add_url_rule", added)


def _owner(view: typing.Any) -> list[type]:
    """The class of the object that a view of Flask-Classful calls."""
    while view is not None:
        names = getattr(getattr(view, "__code__", None), "co_freevars", ())
        for name, cell in zip(names, getattr(view, "__closure__", None) or (), strict=False):
            if name == "i" and not inspect.isclass(cell.cell_contents):
                return [type(cell.cell_contents)]
        view = getattr(view, "__wrapped__", None)
    return []


def watch_aiohttp() -> None:
    """aiohttp: every route goes by the router of an application, or a table of routes."""
    from aiohttp import web

    def added(_: object, method: str, path: str, handler: typing.Any, *__: object, **___: object) -> None:
        if inspect.isclass(handler):
            verbs = [verb for verb in VERBS if hasattr(handler, verb)]
            for verb in verbs:
                name = f"{handler.__module__}.{handler.__qualname__}.{verb}"
                note("aiohttp", getattr(handler, verb), [verb.upper()], path, names=[name])
        else:
            note("aiohttp", handler, [method], path)

    after(web.UrlDispatcher, "add_route", added)


def watch_ninja() -> None:
    """Django Ninja: each operation knows its parameters, and a response by status."""
    from ninja.operation import Operation

    def made(operation: typing.Any, *_: object, **__: object) -> None:
        sources = {each.name: (type(each.source).__name__, each.annotation) for each in operation.signature.params}
        body = {
            name: sorted(kinds_of(hint)) for name, (kind, hint) in sources.items() if kind in ("Body", "Form", "File")
        }
        models = operation.response_models
        good = [models[status] for status in models if status is Ellipsis or 200 <= status < 300]
        told = [each for each in good if each is None or inspect.isclass(each)]
        hints = [None if each is None else each.model_fields["response"].annotation for each in told]
        output = sorted(set().union(*(kinds_of(hint) for hint in hints))) if len(told) == len(good) else []
        more: dict[str, object] = {"inputs": body, "others": list(sources), "output": output, "is_json": True}
        note("Django Ninja", operation.view_func, operation.methods, operation.path, **more)

    after(Operation, "__init__", made)  # that of the asynchronous ones calls it


def of_aiohttp() -> None:
    """Routes in tables that no application was given here."""
    from aiohttp import web

    for table in objects_of(web.RouteTableDef):
        for route in table:
            if isinstance(route, web.RouteDef) and not inspect.isclass(route.handler):
                note("aiohttp", route.handler, [route.method], route.path)


def of_litestar() -> None:
    """Litestar: handlers are objects."""
    from litestar.handlers.base import BaseRouteHandler

    for each in objects_of(BaseRouteHandler):
        with contextlib.suppress(NameError, AttributeError):  # one that decorates nothing has no function
            function = getattr(each.fn, "value", each.fn)
            hints = typing.get_type_hints(unwrapped(function), include_extras=True)
            data = {"data": sorted(kinds_of(hints["data"]))} if "data" in hints else {}
            methods = getattr(each, "http_methods", None) or ["WEBSOCKET"]
            output = sorted(kinds_of(hints["return"])) if "return" in hints else []
            note("Litestar", function, map(str, methods), "", inputs=data, output=output, is_json=True)


def of_celery() -> None:
    """Celery: all tasks that an application knows, but for Celery's own."""
    from celery import Celery

    for app in objects_of(Celery):
        with contextlib.suppress(Exception):
            for name, task in app.tasks.items():
                if not name.startswith("celery."):
                    note("Celery", task.run, ["TASK"], "")


def of_django() -> None:
    """REST framework: what the patterns of URLs lead to."""
    from django.urls import get_resolver

    todo = [(get_resolver(), "")]
    for resolver, before in todo:
        for pattern in resolver.url_patterns:
            path = f"{before}{pattern.pattern}"
            if hasattr(pattern, "url_patterns"):
                todo.append((pattern, path))
            else:
                _of_callback(pattern.callback, path)


def _of_callback(callback: typing.Any, path: str) -> None:
    from rest_framework.views import APIView

    view = getattr(callback, "cls", None) or getattr(callback, "view_class", None)
    if not inspect.isclass(view) or not issubclass(view, APIView):
        return
    if view.__qualname__.endswith("WrappedAPIView"):  # of a function, whose name it has
        verbs = [verb.upper() for verb in view.http_method_names if verb != "options"]
        note("Django REST framework", callback, verbs, path, names=[f"{view.__module__}.{view.__name__}"])
        return
    actions = getattr(callback, "actions", None) or {v: v for v in VERBS if hasattr(view, v)}
    for verb, action in actions.items():
        if verb not in view.http_method_names:
            continue
        method = getattr(view, action)
        same = [each for each in GENERIC if each in (action, *_handed(view, action))]
        also = ["update"] if "partial_update" in same and hasattr(view, "update") else []
        asked = [getattr(view, each) for each in (*same, *also)]
        # what a base has says where it is written, and whose it is
        modules = dict.fromkeys((view.__module__, *(unwrapped(each).__module__ for each in (method, *asked))))
        names = [f"{m}.{view.__qualname__}.{each}" for m in modules for each in dict.fromkeys((action, *same))]
        more = {}
        if all(unwrapped(each).__module__.startswith("rest_framework.") for each in (method, *asked)):
            more = _of_serializer(view, action, verb)
        note("Django REST framework", method, [verb.upper()], path, names=names, **more)


def _handed(view: type, action: str) -> list[str]:
    """The actions of REST framework that it calls itself for a verb."""
    known = {"get": ["list", "retrieve"], "post": ["create"], "put": ["update"], "delete": ["destroy"]}
    return [each for each in [*known.get(action, ()), "partial_update" * (action == "patch")] if hasattr(view, each)]


def _of_serializer(view: typing.Any, action: str, verb: str) -> dict[str, object]:
    """What REST framework's own action gives, if the view says so when it is asked without a user."""
    if action in ("destroy", "delete"):
        return {"output": ["none"], "is_json": True}
    from django.contrib.auth.models import AnonymousUser
    from rest_framework.test import APIRequestFactory

    try:
        asked = view()
        asked.request = asked.initialize_request(getattr(APIRequestFactory(), verb)("/"))
        asked.request.user, asked.action, asked.kwargs, asked.format_kwarg = AnonymousUser(), action, {}, None
        made = asked.get_serializer_class()
    except Exception:  # noqa: BLE001 - whatever it needs beside
        return {}
    return {"output": ["schema"], "class": f"{made.__module__}.{made.__qualname__}", "is_json": True}


# -- all together --------------------------------------------------------------------------------------------------------


def import_all(packages: typing.Iterable[str]) -> None:
    """Import every module of some packages; those that cannot be imported are noted."""

    def too_long(*_: object) -> None:
        raise TimeoutError

    signal.signal(signal.SIGALRM, too_long)
    for package in packages:
        found = importlib.import_module(package)
        paths = getattr(found, "__path__", ())
        for module in pkgutil.walk_packages(paths, f"{package}.", onerror=UNREAD.append):
            if any(part in module.name for part in LEFT_OUT):
                continue
            signal.alarm(SECONDS)
            try:
                importlib.import_module(module.name)
            except BaseException as error:  # noqa: BLE001 - scripts end the process, and much else
                UNREAD.append(f"{module.name}: {error!r}"[:200])
            finally:
                signal.alarm(0)


def main() -> None:
    """Watch, import, ask, write."""
    warnings.simplefilter("ignore")
    code, out, text = sys.argv[1:4]
    spec, sys.argv = json.loads(text), sys.argv[:1]
    sys.path[:0] = [code, *(str(Path(code, more)) for more in spec.get("path", ()))]
    for watch in (watch_starlette, watch_fastapi, watch_flask, watch_aiohttp):
        with contextlib.suppress(ImportError, AttributeError):
            watch()
    if spec.get("settings"):
        exec(spec.get("start", ""), {"__name__": "start"})  # noqa: S102 - our own line
        os.environ["DJANGO_SETTINGS_MODULE"] = spec["settings"]
        import django

        with contextlib.suppress(Exception):  # it is not there, or cannot be imported before what is set up
            watch_ninja()
        django.setup()
        with contextlib.suppress(ImportError):
            of_django()
    else:
        import_all(spec["packages"] if spec.get("imports", True) else ())
        exec(spec.get("start", ""), {"__name__": "start"})  # noqa: S102 - our own line
    for ask in (of_aiohttp, of_litestar, of_celery):
        with contextlib.suppress(ImportError):
            ask()
    for row in ROWS:  # what is imported as `orders` and judged as `shop.orders`
        names = typing.cast("list[str]", row["names"])
        above = [m for m in spec.get("path", ()) for name in names if Path(code, m, name.partition(".")[0]).exists()]
        names += [f"{each}.{name}" for name in names for each in above[:1]]
    Path(out).write_text(json.dumps({"rows": ROWS, "unread": UNREAD}))
    sys.stdout.flush()
    os._exit(0)  # some leave threads behind


if __name__ == "__main__":
    main()
