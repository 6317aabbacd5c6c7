"""Routes of a running application, and the types that FastAPI itself uses."""

from __future__ import annotations

import dataclasses
import enum
import functools
import typing
from collections.abc import Mapping
from types import SimpleNamespace
from typing import (  # noqa: UP035 - as some write it
    Annotated,
    Any,
    Callable,
    ClassVar,
    Generic,
    Literal,
    NamedTuple,
    Required,
    TypedDict,
    TypeVar,
)

import pytest
import typing_extensions
from fastapi import APIRouter, Body, Depends, FastAPI, File, Form, UploadFile, WebSocket
from fastapi.responses import PlainTextResponse, Response
from pydantic import BaseModel
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from starlette.applications import Starlette
from starlette.endpoints import HTTPEndpoint
from starlette.middleware.cors import CORSMiddleware
from starlette.routing import Mount, Route

from pytest_fitness import EmptySelectionError, RuleError
from pytest_fitness.model import Handler
from pytest_fitness.rules import BoundarySchemas, FatHandlers
from pytest_fitness.runtime import routes
from pytest_fitness.runtime import routes as lazily_loaded
from pytest_fitness.runtime.kinds import kind_of
from pytest_fitness.runtime.listing import live_routes
from pytest_fitness.testing import codebase

T = TypeVar("T")


class Base(DeclarativeBase):
    pass


class Row(Base):
    __tablename__ = "rows"
    number: Mapped[int] = mapped_column(primary_key=True)


class Order(BaseModel):
    number: int = 0


class Page(BaseModel, Generic[T]):
    items: list[T]


class Leak(BaseModel, arbitrary_types_allowed=True):
    row: Row
    again: Leak | None = None


class Typed(TypedDict):
    a: int


class Pair(NamedTuple):
    a: int


@dataclasses.dataclass
class Data:
    a: int


@dataclasses.dataclass
class Box(Generic[T]):
    a: T


class Alias:
    __value__ = Order | None
    """As ``type Alias = ...`` has it since Python 3.12."""


@dataclasses.dataclass
class DataPage:
    items: list[Row]


@dataclasses.dataclass
class Unclear:
    a: nowhere  # type: ignore[name-defined]  # noqa: F821


class OtherTyped(typing_extensions.TypedDict):
    a: int


class Colour(enum.Enum):
    RED = 1


def of(app: object) -> dict[str, Handler]:
    """Return the routes by title."""
    return {handler.title.rpartition(" ")[0]: handler for handler in routes(app)}


@pytest.mark.parametrize(
    ("annotation", "kind"),
    [
        (None, "none"),
        (Order, "schema"),
        (Order | None, "schema"),
        (list[Order], "schema"),
        (Page[Order], "schema"),
        (Annotated[Order, 1], "schema"),
        (dict[str, Order], "schema"),
        (Typed, "schema"),
        (Pair, "schema"),
        (Data, "schema"),
        (Row, "orm"),
        (list[Row], "orm"),
        (Leak, "orm"),
        (dict, "raw"),
        (Any, "raw"),
        (list, "raw"),
        (dict[str, Any], "raw"),
        (tuple[Any, ...], "raw"),
        (T, "raw"),
        (dict[str, int], "scalar-map"),
        (Mapping[str, str | None], "scalar-map"),
        (int, "scalar"),
        (Colour, "scalar"),
        (Literal["a"], "scalar"),
        (UploadFile, "file"),
        (Response, "response"),
        (object(), "unknown"),
        (Box[int], "schema"),
        (vars(typing)["Dict"], "raw"),
        (vars(typing)["List"], "raw"),
        (tuple[()], "raw"),
        (Required[int], "scalar"),
        (type[int], "scalar"),
        (Callable[[], int], "unknown"),
        (ClassVar[int], "unknown"),
        (DataPage, "orm"),
        (Unclear, "schema"),
        (OtherTyped, "schema"),
        (Alias(), "schema"),
        (type("Mystery", (), {}), "unknown"),
    ],
)
def test_a_type_is_what_it_is(annotation: object, kind: str) -> None:
    """Containers looked through, fields of models for rows."""
    assert kind_of(annotation)[0] == kind


def guard(user: Annotated[dict[str, int], Body()]) -> int:
    return len(user)


def application() -> FastAPI:
    """Return an application with routers in routers, a mount, and every kind of route."""
    app = FastAPI()
    inner = APIRouter(prefix="/inner")
    outer = APIRouter(prefix="/outer")

    @inner.post("/orders")
    def create(data: Order, n: int, g: Annotated[int, Depends(guard)]) -> Order: ...

    @inner.get("/nothing")
    def nothing(): ...  # type: ignore[no-untyped-def]

    @inner.delete("/gone", status_code=204)
    def gone(): ...  # type: ignore[no-untyped-def]

    @inner.get("/text")
    def text() -> PlainTextResponse: ...

    @inner.get("/strange", response_model=None)
    def strange() -> nowhere: ...  # type: ignore[name-defined]  # noqa: F821

    @inner.post("/files")
    def files(
        file: UploadFile, name: Annotated[str, Form()], data: Annotated[bytes, File()]
    ) -> list[dict[str, int]]: ...

    @inner.websocket("/socket")
    async def socket(ws: WebSocket) -> None: ...

    outer.include_router(inner)
    app.include_router(outer)
    other = FastAPI()

    @other.get("/mounted")
    async def mounted() -> dict[str, Any]: ...

    app.mount("/sub", other)
    app.mount("/static", _plain)  # type: ignore[arg-type]  # it is only looked at
    app.add_route("/plain", _plain)
    app.add_api_route("/partial", functools.partial(_with, 1))
    return app


def _plain(request: object) -> Response:
    return Response()


def _with(a: int) -> Order: ...


def test_routes_are_found_wherever_they_are() -> None:
    """In routers of routers, in mounted applications; with the prefixes that they have there."""
    found = of(application)

    assert sorted(found) == [
        "DELETE /outer/inner/gone",
        "GET /outer/inner/nothing",
        "GET /outer/inner/strange",
        "GET /outer/inner/text",
        "GET /partial",
        "GET /plain",
        "GET /sub/mounted",
        "POST /outer/inner/files",
        "POST /outer/inner/orders",
        "WEBSOCKET /outer/inner/socket",
    ]
    assert found["GET /sub/mounted"].is_async
    assert found["GET /plain"].framework == "Starlette"


def test_models_are_those_that_fastapi_uses() -> None:
    """The bodies of dependencies included."""
    found = of(application())
    inputs = {title: [(slot.name, slot.kind) for slot in handler.inputs] for title, handler in found.items()}
    outputs = {title.rpartition("/")[2]: handler.output.kind for title, handler in found.items()}

    assert inputs["POST /outer/inner/orders"] == [("data", "schema"), ("user", "scalar-map")]
    assert inputs["POST /outer/inner/files"] == [("file", "file"), ("name", "scalar"), ("data", "scalar")]
    assert outputs == {
        "orders": "schema",
        "nothing": "raw",
        "gone": "none",
        "text": "response",
        "strange": "raw",
        "files": "scalar-map",
        "socket": "none",
        "mounted": "raw",
        "plain": "response",
        "partial": "schema",
    }


def test_a_route_is_judged_by_the_rules_for_handlers() -> None:
    """By those that look at what crosses; what a function does is in the source."""
    shop = codebase({__name__: ""})
    found = of(application())

    assert shop.with_handlers(found["POST /outer/inner/orders"]).violations(BoundarySchemas(__name__)) == []
    (violation,) = shop.with_handlers(found["GET /sub/mounted"]).violations(BoundarySchemas(__name__))
    assert str(violation).startswith(f"{__name__.replace('.', '/')}.py:")
    assert violation.message == "GET /sub/mounted application.<locals>.mounted must not return raw dict[str, Any]"
    with pytest.raises(RuleError, match="is read from the source"):
        shop.with_handlers(found["GET /sub/mounted"]).violations(FatHandlers(__name__))
    with pytest.raises(EmptySelectionError, match="looked for the running application"):
        codebase({"shop": ""}).with_handlers(found["GET /partial"]).violations(BoundarySchemas("shop"))
    assert [e.rule for e in shop.evaluations] == ["boundary-schemas"] * 2


def test_what_is_declared_nowhere_is_read_in_the_source() -> None:
    """But for what the source cannot tell either, or tells twice; a schema is that of another route."""
    text = """
from fastapi import FastAPI
from fastapi.responses import FileResponse, JSONResponse
from pydantic import BaseModel
from elsewhere import made

class Order(BaseModel):
    number: int

app = FastAPI()

@app.get("/file")
def file():
    return FileResponse("a.pdf")

@app.get("/answer")
async def answer():
    return JSONResponse({})

@app.get("/fields")
def fields():
    return {"number": 1}

@app.get("/unclear")
def unclear():
    return made()

@app.get("/nothing")
def nothing():
    print()

def order():
    return {"number": 1}

app.get("/declared", response_model=Order)(order)
app.get("/undeclared")(order)
app.get("/only", response_model=Order)(lambda: {"number": 1})
"""
    namespace = {"__name__": "shop"}
    exec(text.replace("from elsewhere", "from math").replace("made", "sin"), namespace)  # noqa: S102 - our own
    code = codebase({"shop": text})

    messages = {
        route.path: [v.message for v in code.with_handlers(route).violations(BoundarySchemas("shop"))]
        for route in routes(namespace["app"])
    }

    assert messages == {
        "/file": [],
        "/answer": [],
        "/fields": ["GET /fields fields must declare its result: it returns a dict"],
        "/unclear": ["GET /unclear unclear must declare its result: it returns `made(...)`"],
        "/nothing": [],
        "/declared": [],
        "/undeclared": ["GET /undeclared order must declare its result"],
        "/only": [],
    }


def test_an_application_is_given_in_several_ways() -> None:
    """Itself, a function, or a name."""
    name = f"{__name__}:application"

    assert len(routes(name)) == len(routes(application)) == len(routes(application()))
    assert routes(Starlette(routes=[Mount("/a", routes=[Route("/b", _with)])]))[0].title == "GET /a/b _with"


@pytest.mark.parametrize(
    ("app", "message"),
    [
        ("nowhere.at_all:app", "names no application: No module named 'nowhere'"),
        (f"{__name__}:missing", "names no application"),
        ("fastapi", "names a module; write"),
        (3, "3 has no `routes`"),
    ],
)
def test_what_is_no_application_is_refused(app: object, message: str) -> None:
    """With what was given."""
    with pytest.raises(RuleError, match=message):
        routes(app)


def test_fastapi_before_it_kept_included_routers_together(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without `iter_route_contexts` the list of routes is flat; without FastAPI it is Starlette's."""
    app = FastAPI()
    app.get("/x")(_with)
    monkeypatch.delattr("fastapi.routing.iter_route_contexts", raising=False)
    assert [handler.path for handler in routes(app)] == ["/x"]
    monkeypatch.setitem(__import__("sys").modules, "fastapi", None)
    assert [handler.path for handler in routes(app)] == ["/x"]


def test_a_handler_is_shown_by_its_title() -> None:
    """As the id of a test."""
    assert str(routes(application)[0]).startswith(("GET ", "POST ", "DELETE ", "WEBSOCKET "))


def test_a_function_without_a_signature_is_called() -> None:
    """Some built-in ones have none."""
    with pytest.raises(TypeError):
        routes(min)


def test_names_are_loaded_when_they_are_used() -> None:
    """And unknown ones are errors."""
    import pytest_fitness.runtime as live

    assert lazily_loaded is live.routes
    assert dir(live) == live.__all__
    with pytest.raises(AttributeError, match="no attribute 'Nope'"):
        _ = live.Nope


def test_mounted_applications_are_looked_into_through_middleware() -> None:
    """What cannot be looked into is one route, which is not given to tests; one in itself comes to an end."""
    sub = FastAPI()
    sub.get("/x")(_with)
    app = FastAPI()
    app.mount("/wrapped", CORSMiddleware(sub))
    app.mount("/static", _plain)  # type: ignore[arg-type]  # it is only looked at
    app.mount("/self", app)

    assert [handler.path for handler in routes(app)] == ["/wrapped/x"]
    assert {route.title for route in live_routes(app)} == {"GET /wrapped/x", "MOUNT /static"}


def test_endpoints_that_are_objects_have_names() -> None:
    """And classes have the methods that they define."""

    class Answer:
        async def __call__(self, *_: object) -> None: ...

    class Page(HTTPEndpoint):
        def get(self) -> None: ...
        def delete(self) -> None: ...

    found = live_routes(Starlette(routes=[Route("/a", Answer()), Route("/b", Page)]))

    assert [(route.title, route.name.rpartition(".")[2]) for route in found] == [
        ("GET /a", "Answer"),
        ("DELETE,GET /b", "Page"),
    ]


def test_what_needs_arguments_is_no_factory() -> None:
    """It is taken for the application, and refused as one."""
    for app in (lambda scope, receive, send: None, int.__add__):
        with pytest.raises(RuleError, match="has no `routes`"):
            routes(app)


def test_websockets_of_versions_that_know_only_the_original_route(monkeypatch: pytest.MonkeyPatch) -> None:
    """FastAPI 0.139 says nothing of them in an included router."""
    monkeypatch.delattr("fastapi.routing.iter_route_contexts", raising=False)
    original = SimpleNamespace(path="/socket", endpoint=_with, dependant=SimpleNamespace(call=_with, dependencies=[]))
    context = SimpleNamespace(path="", endpoint=None, methods=None, original_route=original)

    (route,) = live_routes(SimpleNamespace(routes=[context], app=None))

    assert (route.title, route.dependencies) == ("GET /socket", [])


def test_an_application_without_routes_is_an_error() -> None:
    """A parametrised test without items would be skipped, and green."""
    with pytest.raises(RuleError, match="has no routes yet; what is added when it starts"):
        routes(FastAPI(docs_url=None, redoc_url=None, openapi_url=None))


def test_a_class_is_no_application() -> None:
    """An object of it has no routes yet."""
    with pytest.raises(RuleError, match="has no routes yet"):
        routes(FastAPI)
