"""Django Ninja: operations declared as in FastAPI, with the request first and the result in ``response=``."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from functools import cached_property

from pytest_fitness.frameworks._constants import joined
from pytest_fitness.frameworks._fastapi_names import MARKERS, ROUTER, ROUTER_DECORATOR
from pytest_fitness.frameworks._mounted import Mounting
from pytest_fitness.frameworks._reading import (
    BARE_DECORATOR,
    called,
    is_parameter,
    is_success,
    kinds_of_class,
    option,
    options_of,
)
from pytest_fitness.frameworks.fastapi import Routes
from pytest_fitness.model.contents import Contents, last_name, parameters
from pytest_fitness.model.syntax import Endpoint, Function, Part, Scope

ROUTERS = ("NinjaAPI", "Router", "NinjaExtraAPI")
CONTROLLER_VERBS = {f"http_{verb}": verb for verb in ("get", "post", "put", "patch", "delete")} | {
    "http_generic": "api_route"
}


ROUTE_VERBS = {f"route.{verb}": verb for verb in ("get", "post", "put", "patch", "delete")} | {
    "route.generic": "api_route"
}
"""Of ninja-extra's ``route``, which is an object."""

EXTRA_VERBS = CONTROLLER_VERBS | {name.partition(".")[2]: verb for name, verb in ROUTE_VERBS.items()}
"""By the last name of either."""


class Ninja:
    """The adapter."""

    name = "Django Ninja"
    # a router may come from another module
    hints: tuple[str, ...] = ("ninja", ROUTER_DECORATOR, BARE_DECORATOR, "add_api_operation")
    registrations: tuple[str, ...] = ("ninja", "add_api_operation")
    knowledge: Mapping[tuple[str, str], str] = {
        **{(package, name): "router:ninja" for package in ("ninja", "ninja_extra") for name in ROUTERS},
        **{("ninja", name): f"marker:{role}" for name, role in MARKERS.items()},
        **{("ninja", f"{name}Ex"): f"marker:{role}" for name, role in MARKERS.items()},
        **{("ninja_extra", name): "verb:ninja" for name in (*CONTROLLER_VERBS, *ROUTE_VERBS)},
        ("ninja_extra", "route"): "route:ninja",
        **{
            ("ninja_extra", f"Model{kind}Controller{end}"): "models:ninja"
            for kind in ("", "Async")
            for end in ("Base", "")
        },
        **{("ninja_crud", name): "models:ninja" for name in ("APIViewSet", "ModelViewSet")},
        **{("ninja", name): "transparent" for name in ("PatchDict", "SSE", "JSONL")},
        ("ninja", "File"): "marker:file",
        ("ninja", "UploadedFile"): "file",
    }

    def discover(self, contents: Contents) -> Iterator[Endpoint]:
        """Yield the operations of one module."""
        if "fastapi" not in contents.imported or "ninja" in contents.text:
            yield from _Operations(contents).each()


class _Operations(Routes):
    framework = Ninja.name
    router = "router:ninja"
    trusting = False
    calls = (*Routes.calls, "add_api_operation")
    mounting = Mounting("add_router", ("router", 1), ("prefix", 0), "", parts=True)

    @cached_property
    def _is_trusted(self) -> bool:
        """Whether a router that cannot be followed is taken for one: ``def register(router): @router.get("/orders")``."""
        tops = self.contents.imported_anywhere
        return not tops.isdisjoint(("ninja", "ninja_extra")) and "fastapi" not in tops

    def _may_be_route(self, router: ast.expr, scope: Scope, call: ast.Call) -> bool:
        """Only what a function is given, or what is called like a router: anything else may have such methods."""
        made = self.names.resolve(router, scope)
        is_given = made is not None and made.scope is not None and is_parameter(router, made.scope)
        may_be = self._is_router(router, scope) or is_given or bool(ROUTER.search(last_name(router).lower()))
        return may_be and super()._may_be_route(router, scope, call)

    def each(self) -> Iterator[Endpoint]:
        """Yield the operations of the module, and controllers that make operations of a model by themselves."""
        yield from super().each()
        for entity in self.contents.classes:
            if entity.scope is not None and "models:ninja" in kinds_of_class(self.names, entity):
                assert isinstance(entity.node, ast.ClassDef)
                shown = f"the operations of {entity.last}"
                part = Part(
                    "return", None, entity.scope, entity.node, entity.scope, "unknown", f"{shown} are made of a model"
                )
                yield Endpoint(
                    self.framework,
                    None,
                    entity.scope,
                    self.module.module,
                    entity.last,
                    entity.node,
                    ("ANY",),
                    "",
                    (),
                    part,
                )

    def _decorated(self, decorator: ast.expr, function: Function, scope: Scope) -> Iterator[Endpoint]:
        is_named = isinstance(decorator, ast.Call) and isinstance(decorator.func, ast.Name | ast.Attribute)
        made = self.names.resolve(decorator.func, scope) if is_named else None  # type: ignore[attr-defined]
        if made is not None and self.names.known(made.name) == "verb:ninja":
            assert isinstance(decorator, ast.Call)
            found = self._endpoint(decorator, EXTRA_VERBS[made.last], function, scope, scope)
            yield found._replace(path=joined(self._prefix_of_class(scope), found.path))
            return
        yield from super()._decorated(decorator, function, scope)
        methods, path = (option(decorator, name, position=at) for at, name in enumerate(("methods", "path")))
        operation = called(decorator) if last_name(called(decorator)) == "api_operation" else None
        if isinstance(operation, ast.Attribute) and methods is not None and path is not None:  # (["GET", "POST"], "/x")
            assert isinstance(decorator, ast.Call)
            if self._is_router(operation.value, scope):
                yield self._endpoint(_as_route(decorator, methods, path), "api_route", function, scope, scope)

    def _registered(self, call: ast.Call, scope: Scope) -> Iterator[Endpoint]:
        if isinstance(call.func, ast.Attribute) and call.func.attr == "add_api_operation" and len(call.args) > 2:
            if self._is_router(call.func.value, scope):  # ("/x", ["GET"], f)
                made = _as_route(call, call.args[1], call.args[0])
                yield from self._registered_as(made, "api_route", call.args[2], scope)
        else:
            yield from super()._registered(call, scope)

    def _inputs(self, function: Function, scope: Scope, path: str, call: ast.AST) -> Iterator[Part]:
        """Schemas are the body, whatever has a marker is what it says; the first parameter is the request."""
        arguments = [*function.args.posonlyargs, *function.args.args]
        in_class = isinstance(scope.node, ast.ClassDef)
        # in a controller there need not be a request
        request = (
            {a.arg for a in arguments[:2] if a.arg in ("self", "request")}
            if in_class
            else {a.arg for a in arguments[:1]}
        )
        for part in super()._inputs(function, scope, path, call):
            if part.name not in request and not self._is_query(part, function, scope):
                yield part

    def _is_query(self, part: Part, function: Function, scope: Scope) -> bool:
        """Without a marker, a dict is taken from the query."""
        if part.annotation is None:  # or it stands for all parameters
            return False
        in_class = isinstance(scope.node, ast.ClassDef)
        arguments = {a.arg: (a, d) for a, d in parameters(function, in_class=in_class)}
        argument, default = arguments[part.name]
        if self.roles.marker(default, scope) or self.roles.unwrapped(argument.annotation, scope)[2]:
            return False
        head = part.annotation.value if isinstance(part.annotation, ast.Subscript) else part.annotation
        meant = self.names.resolve(head, part.scope)
        return meant is not None and meant.name in ("builtins.dict", "typing.Dict")

    def _output(self, call: ast.Call, function: Function, scope: Scope, calling: Scope) -> Part:
        """``response=`` over the annotation: one schema, or one by status."""
        keywords, _ = options_of(call, calling, self.names)
        response = keywords.get("response")
        pairs = self._by_status(response, calling) if response is not None else None
        if pairs is not None:
            members = [value for status, value in pairs if is_success(self._statuses(status, calling))]
            response = members[0] if members else pairs[0][1] if pairs else None
            for member in members[1:]:
                response = ast.copy_location(ast.BinOp(response, ast.BitOr(), member), member)  # type: ignore[arg-type]
        if response is None:
            return super()._output(call, function, scope, calling)
        if isinstance(response, ast.Constant) and response.value is None:
            return Part("return", None, scope, function, scope, "none", "None")
        # a response that is ready is handed on as it is
        return Part("return", response, calling, response, calling, unless=("response", "file"))

    def _statuses(self, status: ast.expr, scope: Scope) -> ast.expr:
        """The statuses behind a name: ``BROKEN = frozenset({400, 409})``."""
        name = status.args[0] if isinstance(status, ast.Call) and status.args else status  # frozenset(BROKEN)
        entity = self.names.resolve(name, scope)
        is_own = entity is not None and entity.is_own
        return entity.node if entity is not None and is_own and isinstance(entity.node, ast.expr) else status

    def _by_status(self, response: ast.expr, scope: Scope, depth: int = 0) -> list[tuple[ast.expr, ast.expr]] | None:
        """Statuses and schemas of a dict, of one that has a name, or of several put together; None for anything else."""
        if isinstance(response, ast.Name | ast.Attribute):
            entity = self.names.resolve(response, scope) if depth < 5 else None
            if entity is None or not isinstance(entity.node, ast.Dict | ast.BinOp):
                return None
            return self._by_status(entity.node, entity.scope or scope, depth + 1)
        if isinstance(response, ast.BinOp):
            sides = [self._by_status(side, scope, depth + 1) for side in (response.left, response.right)]
            return [pair for side in sides for pair in side or ()] if None not in sides else None
        if not isinstance(response, ast.Dict):
            return None
        found: list[tuple[ast.expr, ast.expr]] = []
        for status, value in zip(response.keys, response.values, strict=True):
            more = [(status, value)] if status is not None else self._by_status(value, scope, depth + 1)
            if more is None:
                return None  # there may be anything in it
            found += more
        return found


def _as_route(call: ast.Call, methods: ast.expr, path: ast.expr) -> ast.Call:
    """A call that takes methods and path in another order, as one of ``api_route``."""
    return ast.copy_location(ast.Call(call.func, [path], [ast.keyword("methods", methods), *call.keywords]), call)
