"""Litestar: route handlers made by decorators, on functions and on the methods of controllers.

The body is the parameter ``data``. A DTO decides what crosses, whatever the annotation is.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from pytest_fitness.frameworks._constants import constant, joined
from pytest_fitness.frameworks._litestar_paths import prefix_of
from pytest_fitness.frameworks._module_reader import DECORATES, ModuleReader
from pytest_fitness.frameworks._reading import (
    BARE_DECORATOR,
    called,
    declared_result,
    kinds_of_class,
    listed,
    methods_of,
    no_result,
    option,
    original,
    text,
)
from pytest_fitness.model.contents import Contents, Found
from pytest_fitness.model.syntax import Endpoint, Part, Scope

VERBS = ("get", "post", "put", "patch", "delete", "head", "route", "HTTPRouteHandler")
SOCKETS = ("websocket", "websocket_listener", "websocket_stream")
RESPONSES = ("Response", "Template", "Redirect", "ServerSentEvent", "HTMXTemplate", "ASGIResponse")
DTOS = "AbstractDTO DataclassDTO MsgspecDTO PydanticDTO AttrsDTO SQLAlchemyDTO TypedDictDTO DTOData".split()


PAGES = ("OffsetPagination", "ClassicPagination", "CursorPagination")
LISTENERS = ("WebsocketListener", "WebSocketListener")


def _knowledge() -> dict[tuple[str, str], str]:
    table = {("litestar", name): "verb:litestar" for name in (*VERBS, *SOCKETS)}
    table |= {("litestar", name): "response" for name in RESPONSES}
    table |= {("litestar", name): "file" for name in ("UploadFile", "File", "Stream")}
    table |= {("litestar", "Request"): "special", ("litestar", "OAuth2Login"): "schema"}
    table |= {(package, name): "transparent" for package in ("litestar", "advanced_alchemy") for name in PAGES}
    table |= {("litestar", name): "listener:litestar" for name in LISTENERS}
    table |= {(package, name): "schema" for package in ("litestar", "advanced_alchemy") for name in DTOS}
    return table | {("litestar", name): "router:elsewhere" for name in ("Router", "Litestar")}


class Litestar:
    """The adapter."""

    name = "Litestar"
    hints: tuple[str, ...] = ("litestar", BARE_DECORATOR)
    registrations: tuple[str, ...] = (DECORATES,)
    knowledge: Mapping[tuple[str, str], str] = _knowledge()

    def discover(self, contents: Contents) -> Iterator[Endpoint]:
        """Yield the route handlers of one module."""
        yield from _Handlers(contents).each()


class _Handlers(ModuleReader):
    framework = Litestar.name

    def each(self) -> Iterator[Endpoint]:
        for written, around, found, target in self.decorated(self._verb, once=True):
            verb = self._verb(written, around)
            decorator, scope = self.meant(written, around)
            if found is None:
                assert isinstance(decorator, ast.Call)
                path = text(option(decorator, "path", position=0))
                yield self.missing(target, decorator, scope, [verb.upper()], path)
            else:
                yield self._route(found, decorator, verb)

        for entity in self.contents.classes:
            if "listener:litestar" in kinds_of_class(self.names, entity):
                for _, found in methods_of(entity, self.names, ("on_receive",)):
                    yield self._route(found._replace(owner=entity), found.function, "websocket_listener")  # type: ignore[arg-type]

    def _verb(self, decorator: ast.expr, scope: Scope) -> str:
        """What a decorator is of Litestar's, or is derived from; an empty text for any other."""
        decorator, scope = self.meant(decorator, scope)
        made = original(called(decorator), scope, self.names)
        bases = self.names.bases(made) if made is not None else []
        return next((base.last for base in bases if self.names.known(base.name) == "verb:litestar"), "")

    def _route(self, found: Found, decorator: ast.expr, verb: str) -> Endpoint:
        is_socket = verb in SOCKETS
        methods = ["WEBSOCKET"] if is_socket else [verb.upper()]
        if verb in ("route", "HTTPRouteHandler"):
            methods = listed(option(decorator, "http_method")) or ["GET"]
        path = constant(option(decorator, "path", position=0), found.scope, self.names)
        first = next(iter(path.elts), None) if isinstance(path, ast.Tuple) else path
        return self.endpoint(
            found,
            decorator,
            methods,
            path=joined(self._prefix(found), text(first)),
            inputs=self._inputs(found, decorator),
            output=no_result(found) if verb == "websocket" else self._output(found, decorator),
            kind="websocket" if is_socket else "http",
        )

    def _prefix(self, found: Found) -> str:
        """The ``path`` of the controller, and of the routers around."""
        path = self.names.member(found.owner, "path") if found.owner is not None else None
        own = str(path.node.value) if path is not None and isinstance(path.node, ast.Constant) else ""
        handler = found.owner.node if found.owner is not None else found.function
        return joined(prefix_of(handler, self.contents), own)

    def _inputs(self, found: Found, decorator: ast.expr) -> Iterator[Part]:
        for argument, _ in found.parameters:
            if argument.arg == "data":
                node = argument.annotation or argument
                dto = self._dto(found, decorator, "dto")
                annotation, where = dto or (argument.annotation, found.scope)
                yield Part("data", annotation, where, node, found.scope)

    def _output(self, found: Found, decorator: ast.expr) -> Part:
        part = declared_result(found)
        dto = self._dto(found, decorator, "return_dto", "dto")
        if dto is None or part.annotation is None:
            return part
        if set(self.names.kinds(part.annotation, part.scope)) <= {"none", "response"}:
            return part
        return Part("return", *dto, part.node, part.home)

    def _dto(self, found: Found, decorator: ast.expr, *keywords: str) -> tuple[ast.expr, Scope] | None:
        """The first of *keywords* that is given, here or in the controller, and where; ``None`` switches it off."""
        for keyword in keywords:
            given, where = option(decorator, keyword), found.scope
            if given is None and found.owner is not None:
                member = self.names.member(found.owner, keyword)
                if member is not None and member.scope is not None and isinstance(member.node, ast.expr):
                    given, where = member.node, member.scope
            if isinstance(given, ast.Constant) and given.value is None:
                return None
            if given is not None:
                return self._class_of(given, where)
        return None

    def _class_of(self, dto: ast.expr, scope: Scope) -> tuple[ast.expr, Scope]:
        """The DTO behind ``UserDTO = SQLAlchemyDTO[User]``: what crosses is made of the row, and is no row."""
        entity = self.names.resolve(dto, scope)
        if entity is not None and entity.scope is not None and isinstance(entity.node, ast.Subscript):
            dto, scope = entity.node, entity.scope
        return (dto.value if isinstance(dto, ast.Subscript) else dto), scope
