"""Litestar: route handlers, controllers, DTOs."""

from __future__ import annotations

import pytest
from frameworks.handlers_in import handlers, slots, titles

HEAD = """\
from collections.abc import AsyncGenerator
from typing import Annotated, TypeVar
from typing import Any
from litestar import HTTPRouteHandler, Controller, Litestar, Response, get, post, route, websocket, websocket_listener
from litestar.dto import DataclassDTO
from litestar.response import Template
from sqlalchemy.orm import DeclarativeBase
import dataclasses
class Base(DeclarativeBase): ...
class Row(Base): ...
@dataclasses.dataclass
class Order: ...
class RowDTO(DataclassDTO[Order]): ...
"""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("@get('/x')\nasync def f() -> str: ...", ["GET /x f"]),
        ("@get(['/x', '/y'])\nasync def f() -> str: ...", ["GET /x f"]),
        ("class C(Controller):\n    path = '/'\n    @get('/x')\n    async def f(self) -> str: ...", ["GET /x C.f"]),
        ("PATHS = ['/x', '/y']\n@get(PATHS)\nasync def f() -> str: ...", ["GET /x f"]),
        ("@cache\n@get('/x')\nasync def f() -> str: ...", ["GET /x f"]),
        ("@get()\nasync def f() -> str: ...", ["GET f"]),
        ("@get([])\nasync def f() -> str: ...", ["GET f"]),
        ("@HTTPRouteHandler('/x', http_method='DELETE')\nasync def f() -> None: ...", ["DELETE /x f"]),
        ("HTTPRouteHandler('/x', http_method=['POST'])(f)\nasync def f() -> str: ...", ["POST /x f"]),
        ("@route('/x', http_method=['PUT', 'POST'])\nasync def f() -> str: ...", ["POST,PUT /x f"]),
        ("class C(Controller):\n    path = '/c'\n    @post('/x')\n    async def f(self, data: Order) -> None: ...",
         ["POST /c/x C.f"]),
        ("@websocket('/x')\nasync def f(socket): ...", ["WEBSOCKET /x f"]),
        ("from litestar import get as http_get\n@http_get('/x')\nasync def f() -> str: ...", ["GET /x f"]),
        ("fetch = get\n@fetch('/x')\nasync def f() -> str: ...", ["GET /x f"]),
        ("class MyGet(get): ...\n@MyGet('/x')\nasync def f() -> str: ...", ["GET /x f"]),
        ("async def f() -> str: ...\nr = get('/x')(f)\ns = other('/x')(f)", ["GET /x f"]),
        ("home = get('/')\n@home\nasync def f() -> str: ...", ["GET / f"]),
        ("def get(x): ...\n@get('/x')\ndef f(): ...", []),
        ("class C(Controller):\n    @post('/x')\n    async def post(self) -> str: ...\n    @get('/y')\n    async def get(self) -> str: ...",
         ["POST /x C.post", "GET /y C.get"]),
        ("@get('/x')\nasync def get() -> str: ...", ["GET /x get"]),
        ("@nowhere.get('/x')\ndef f(): ...", []),
    ],
)  # fmt: skip
def test_a_handler_is_found(text: str, expected: list[str]) -> None:
    """By what the decorator is, not by what it is called."""
    assert [t for t in titles(HEAD + text) if "Litestar" in t] == [f"Litestar: {title}" for title in expected]


@pytest.mark.parametrize(
    ("text", "inputs", "output"),
    [
        ("@post('/')\nasync def f(data: Order, n: int) -> Order: ...", ["data: schema"], "schema"),
        ("@post('/')\nasync def f(data: dict[str, Any]) -> Response[dict[str, Any]]: ...", ["data: raw"], "raw"),
        ("@post('/')\nasync def f(data) -> Response[Order]: ...", ["data: raw"], "schema"),
        ("@post('/')\nasync def f() -> Template: ...", [], "response"),
        ("from litestar.response import File\n@post('/')\nasync def f() -> File: ...", [], "file"),
        ("@post('/')\nasync def f(data: Row) -> Row: ...", ["data: orm"], "orm"),
        ("@post('/', dto=RowDTO)\nasync def f(data: Row) -> Row: ...", ["data: schema"], "schema"),
        ("@post('/', dto=RowDTO, return_dto=None)\nasync def f(data: Row) -> Row: ...", ["data: schema"], "orm"),
        ("@post('/', return_dto=RowDTO)\nasync def f(data: Row) -> None: ...", ["data: orm"], "none"),
        ("@post('/', dto=RowDTO)\nasync def f(): ...", [], "none"),
        ("class C(Controller):\n    dto = RowDTO\n    @post('/')\n    async def f(self, data: Row) -> Row: ...",
         ["data: schema"], "schema"),
        ("class C(Controller):\n    dto: type\n    @post('/')\n    async def f(self, data: Row) -> Row: ...",
         ["data: orm"], "orm"),
        ("@websocket('/')\nasync def f(socket) -> dict: ...", [], "none"),
        ("@websocket_listener('/')\nasync def f(data: dict) -> dict: ...", ["data: raw"], "raw"),
        ("from litestar import websocket_stream\n@websocket_stream('/')\nasync def f() -> AsyncGenerator[dict, None]: ...", [], "raw"),
        ("from litestar.plugins.sqlalchemy import SQLAlchemyDTO\nD = SQLAlchemyDTO[Row]\n@post('/', dto=D)\n"
         "async def f(data: Row) -> Row: ...", ["data: schema"], "schema"),
        ("from litestar.plugins.sqlalchemy import SQLAlchemyDTO\n@post('/', dto=SQLAlchemyDTO[Row])\nasync def f(data: Row) -> Row: ...",
         ["data: schema"], "schema"),
        ("T = TypeVar('T')\nForm = Annotated[T, Body()]\n@post('/')\nasync def f(data: Form[Order]) -> Form[dict]: ...",
         ["data: schema"], "raw"),
        ("Form = Order\n@post('/')\nasync def f(data: Form[dict]) -> Form[Order]: ...", ["data: raw"], "schema"),
        ("Form = Annotated[Order, Body()]\n@post('/')\nasync def f(data: Form[Order]) -> Form: ...", ["data: schema"], "schema"),
    ],
)  # fmt: skip
def test_what_crosses(text: str, inputs: list[str], output: str) -> None:
    """``data``, the annotation, and the DTO over both."""
    assert slots(HEAD + text) == [(inputs, output)]


def test_pages_and_listeners_are_known() -> None:
    """Also those that are classes; a page is what is in it."""
    text = """
from litestar import get
from litestar.handlers import WebsocketListener
from litestar.pagination import OffsetPagination
from litestar.response import Response
from litestar.security.jwt import OAuth2Login
from msgspec import Struct
from advanced_alchemy.service import OffsetPagination as Page
class S(Struct): ...
@get("/a")
async def a() -> OffsetPagination[S]: ...
@get("/b")
async def b() -> Page[S]: ...
@get("/c")
async def c() -> Response[OAuth2Login]: ...
class L(WebsocketListener):
    path = "/l"
    async def on_receive(self, data: S) -> S: ...
    def on_accept(self, socket): ...
"""
    found = {h.title: ([s.kind for s in h.inputs], h.output.kind) for h in handlers(text)}

    assert found == {
        "GET /a a": ([], "schema"),
        "GET /b b": ([], "schema"),
        "GET /c c": ([], "schema"),
        "WEBSOCKET /l L.on_receive": (["schema"], "schema"),
    }


@pytest.mark.parametrize(
    ("mounted", "expected"),
    [
        ("Litestar(route_handlers=[f, C])", ["/x", "/c/x"]),
        ("Litestar([f, C], path='/api')", ["/api/x", "/api/c/x"]),
        ("Router('/v1', route_handlers=[f, C])", ["/v1/x", "/v1/c/x"]),
        ("one = Router(path='/v1', route_handlers=[f])\nLitestar(path='/api', route_handlers=[one, C])", ["/api/v1/x", "/api/c/x"]),
        ("Litestar(route_handlers=[Router(path='/v1', route_handlers=[f, C])])", ["/v1/x", "/v1/c/x"]),
        ("ALL = [f]\nMORE = [*ALL, C]\nRouter(path=PREFIX, route_handlers=MORE)", ["/v2/x", "/v2/c/x"]),
        ("one = Router(path='/v1', route_handlers=[])\none.register(f)\napp = Litestar([one])\napp.register(C)", ["/v1/x", "/c/x"]),
        ("def make(): return Litestar(route_handlers=[api.f, api.C], path='/api')", ["/api/x", "/api/c/x"]),
        # what cannot be told
        ("Router('/v1', route_handlers=[f])\nRouter('/v2', route_handlers=[f, C])", ["/x", "/v2/c/x"]),
        ("Router(nowhere(), route_handlers=[f])\nLitestar([*nowhere, nowhere, nowhere()], path='/a')", ["/x", "/c/x"]),
        ("one = Router(nowhere(), route_handlers=[f])\nLitestar([one, C], path='/a')", ["/x", "/a/c/x"]),
        ("ALL = ALL\nRouter('/v1', route_handlers=ALL)\nnowhere.register(f)\nRouter('/v1').register()", ["/x", "/c/x"]),
        ("one = Router('/v1', route_handlers=[f])\none.register(one)", ["/v1/x", "/c/x"]),
    ],
)  # fmt: skip
def test_routers_put_their_paths_before_those_of_what_is_in_them(mounted: str, expected: list[str]) -> None:
    """In whatever module, by lists that have names, one in another, or later."""
    text = f"{HEAD}@get('/x')\nasync def f() -> str: ...\nclass C(Controller):\n    path = '/c'\n    @get('/x')\n    async def g(self) -> str: ..."
    there = f"from litestar import Litestar, Router\nfrom shop import api\nfrom shop.api import C, f\nPREFIX = '/v2'\n{mounted}"

    tested = "from litestar import Litestar\nfrom shop.api import f\nLitestar(route_handlers=[f], path='/tested')"

    assert [handler.path for handler in handlers(text, {"shop.app": there, "shop.test_app": tested})] == expected
