"""Django Ninja: operations declared as in FastAPI, with the request first and the result in ``response=``."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from pytest_fitness.frameworks._reading import is_success
from pytest_fitness.frameworks.fastapi import MARKERS, Routes
from pytest_fitness.model.contents import Contents, last_name
from pytest_fitness.model.syntax import Endpoint, Function, Part, Scope

ROUTERS = ("NinjaAPI", "Router", "NinjaExtraAPI")
CONTROLLER_VERBS = {f"http_{verb}": verb for verb in ("get", "post", "put", "patch", "delete")} | {
    "http_generic": "api_route"
}


class Ninja:
    """The adapter."""

    name = "Django Ninja"
    hints: tuple[str, ...] = ("ninja",)
    registrations: tuple[str, ...] = ("ninja",)
    knowledge: Mapping[tuple[str, str], str] = {
        **{(package, name): "router:ninja" for package in ("ninja", "ninja_extra") for name in ROUTERS},
        **{("ninja", name): f"marker:{role}" for name, role in MARKERS.items()},
        **{("ninja", f"{name}Ex"): f"marker:{role}" for name, role in MARKERS.items()},
        **{("ninja_extra", name): "verb:ninja" for name in CONTROLLER_VERBS},
        ("ninja", "File"): "marker:file",
        ("ninja", "UploadedFile"): "file",
        ("ninja", "Status"): "response",
    }

    def discover(self, contents: Contents) -> Iterator[Endpoint]:
        """Yield the operations of one module."""
        yield from _Operations(contents).each()


class _Operations(Routes):
    framework = Ninja.name
    router = "router:ninja"
    trusting = False

    def _decorated(self, decorator: ast.expr, function: Function, scope: Scope) -> Iterator[Endpoint]:
        yield from super()._decorated(decorator, function, scope)
        if isinstance(decorator, ast.Call) and last_name(decorator.func) in CONTROLLER_VERBS:
            made = self.names.resolve(decorator.func, scope)
            if made is not None and self.names.known(made.name) == "verb:ninja":
                yield self._endpoint(decorator, CONTROLLER_VERBS[last_name(decorator.func)], function, scope, scope)

    def _inputs(self, function: Function, scope: Scope, path: str) -> Iterator[Part]:
        """Schemas are the body, whatever has a marker is what it says; the first parameter is the request."""
        arguments = [*function.args.posonlyargs, *function.args.args]
        in_class = isinstance(scope.node, ast.ClassDef)
        request = {a.arg for a in arguments[: 2 if in_class else 1]}
        yield from (part for part in super()._inputs(function, scope, path) if part.name not in request)

    def _output(self, call: ast.Call, function: Function, scope: Scope, calling: Scope) -> Part:
        """``response=`` over the annotation: one schema, or one by status."""
        keywords, _ = self._keywords(call, calling)
        response = keywords.get("response")
        pairs = self._by_status(response, calling) if response is not None else None
        if pairs is not None:
            members = [value for status, value in pairs if is_success(status)]
            response = members[0] if members else pairs[0][1] if pairs else None
            for member in members[1:]:
                response = ast.copy_location(ast.BinOp(response, ast.BitOr(), member), member)  # type: ignore[arg-type]
        if response is None:
            return super()._output(call, function, scope, calling)
        if isinstance(response, ast.Constant) and response.value is None:
            return Part("return", None, scope, function, scope, "none", "None")
        return Part("return", response, calling, response, calling)

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
