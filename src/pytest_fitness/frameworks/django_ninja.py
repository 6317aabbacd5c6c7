"""Django Ninja: operations declared as in FastAPI, with the request first and the result in ``response=``."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from pytest_fitness.frameworks._reading import text
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
        if isinstance(response, ast.Dict):
            members = [
                v for k, v in zip(response.keys, response.values, strict=True) if k is not None and _is_success(k)
            ]
            response = members[0] if members else response.values[0] if response.values else None
            for member in members[1:]:
                response = ast.copy_location(ast.BinOp(response, ast.BitOr(), member), member)  # type: ignore[arg-type]
        if response is None:
            return super()._output(call, function, scope, calling)
        if isinstance(response, ast.Constant) and response.value is None:
            return Part("return", None, scope, function, scope, "none", "None")
        return Part("return", response, calling, response, calling)


def _is_success(status: ast.expr) -> bool:
    """Errors have schemas, too; what matters is what a handler returns when all goes well."""
    return not text(status).removeprefix("HTTPStatus.").startswith(("4", "5"))
