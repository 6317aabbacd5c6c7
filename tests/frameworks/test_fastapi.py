"""FastAPI handlers in the source: found however they are registered, classified however they are typed."""

from __future__ import annotations

import sys

import pytest

from pytest_fitness.model import Handler
from pytest_fitness.testing import codebase

HEAD = """\
from __future__ import annotations
import typing as t
import typing_extensions as te
from typing import *
from typing_extensions import TypeAliasType
import dataclasses, datetime, enum, uuid
from collections import namedtuple
from fastapi_filter import FilterDepends
from fastapi import APIRouter, BackgroundTasks, Body, Depends, FastAPI, File, Form, Header, Query, Request, UploadFile
from fastapi import WebSocket
from dependency_injector.wiring import Provide
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response, StreamingResponse
from pydantic import BaseModel, EmailStr, RootModel, conint, conlist, create_model
from sqlalchemy import Column, Table
from sqlalchemy.orm import DeclarativeBase, declarative_base
from sqlmodel import SQLModel
import attrs, msgspec
router = APIRouter()
app = FastAPI()
class Order(BaseModel): ...
class Base(DeclarativeBase): ...
class Row(Base): ...
"""


def handlers(text: str, others: dict[str, str] | None = None) -> tuple[Handler, ...]:
    """Return the handlers of ``shop.api``, which consists of HEAD and *text*."""
    shop = codebase({"shop.api": HEAD + text} | (others or {}))
    return shop.handlers(shop.select("api")).found


def titles(text: str, others: dict[str, str] | None = None) -> list[str]:
    """Return the titles of the handlers."""
    return [handler.title for handler in handlers(text, others)]


def output(annotation: str, before: str = "") -> str:
    """Return the kind of a result of that type."""
    (handler,) = handlers(f"{before}\n@router.get('/')\ndef f() -> {annotation}: ...")
    return handler.output.kind


# -- discovery ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("@router.get('/x')\ndef f(): ...", "GET /x f"),
        ("@app.post('/x')\nasync def f(): ...", "POST /x f"),
        ("@router.put(path='/x')\ndef f(): ...", "PUT /x f"),
        ("@router.get(PATH)\ndef f(): ...", "GET PATH f"),
        ("@router.get()\ndef f(): ...", "GET f"),
        ("@router.api_route('/x', methods=['GET', 'post'])\ndef f(): ...", "GET,POST /x f"),
        ("@router.api_route('/x')\ndef f(): ...", "GET /x f"),
        ("@router.websocket('/x')\nasync def f(socket: WebSocket): ...", "WEBSOCKET /x f"),
        ("def f(): ...\nrouter.add_api_route('/x', f)", "GET /x f"),
        ("def f(): ...\nrouter.add_api_route('/x', endpoint=f, methods=['PATCH'])", "PATCH /x f"),
        ("def f(): ...\nrouter.post('/x')(f)", "POST /x f"),
        ("def f(): ...\nrouter.add_api_websocket_route('/x', f)", "WEBSOCKET /x f"),
        ("@guard(router.get, '/x')\ndef f(): ...", "GET /x f"),
        ("def make():\n    r = APIRouter()\n    @r.get('/x')\n    def f(): ...\n    return r", "GET /x make.<locals>.f"),
        ("class V:\n    @router.get('/x')\n    def f(self, data: dict): ...", "GET /x V.f"),
        ("class V:\n    def __init__(self):\n        self.r = APIRouter()\n        self.r.add_api_route('/x', self.f)\n"
         "    def f(self): ...", "GET /x V.f"),
        ("if 1:\n    @router.get('/x')\n    def f(): ...", "GET /x f"),
        ("try: ...\nexcept E:\n    @router.get('/x')\n    def f(): ...", "GET /x f"),
        ("match 1:\n    case 1:\n        @router.get('/x')\n        def f(): ...", "GET /x f"),
        ("v1 = APIRouter(prefix='/v1')\n@v1.get('/x')\ndef f(): ...", "GET /v1/x f"),
        ("def make():\n    return other\n    return APIRouter()\nmine = make()\ndef f(): ...\nmine.add_route('/x', f)",
         "GET /x f"),
        ("R = APIRouter\nmine = R()\ndef f(): ...\nmine.add_route('/x', f)", "GET /x f"),
        ("class R(APIRouter): ...\nmine = R()\ndef f(): ...\nmine.add_route('/x', f)", "GET /x f"),
        ("def make() -> APIRouter: ...\nmine = make()\ndef f(): ...\nmine.add_route('/x', f)", "GET /x f"),
        ("def cls() -> type[APIRouter]: ...\nR = cls()\nmine = R()\ndef f(): ...\nmine.add_route('/x', f)", "GET /x f"),
        ("def setup(app: FastAPI):\n    @app.get('/x')\n    def f(): ...", "GET /x setup.<locals>.f"),
        ("def setup(a: 'FastAPI', f):\n    def g(): ...\n    a.add_route('/x', g)", "GET /x setup.<locals>.g"),
        ("mine = router or APIRouter()\ndef f(): ...\nmine.add_route('/x', f)", "GET /x f"),
        ("router.add_api_route('/x', make_handler())", "GET /x make_handler()"),
        ("v1 = APIRouter(prefix='/orders')\n@v1.post(':search')\ndef f(): ...", "POST /orders:search f"),
        ("def setup(application):\n    application.post('/x')(create)\ndef create(): ...", "POST /x create"),
        ("post = router.post\n@post('/x')\ndef f(): ...", "POST /x f"),
        ("def api_post(path): return router.post(path)\n@api_post('/x')\ndef f(): ...", "POST /x f"),
        ("def f(): ...\nif router.get('/x')(f): pass", "GET /x f"),
        ("def f(): ...\nwith router.get('/x')(f): pass", "GET /x f"),
        ("def f(): ...\nR['a'].post('/x')(f)", "POST /x f"),
        ("from fastapi.routing import APIRoute\ndef f(): ...\nr = APIRouter(routes=[APIRoute('/x', f)])", "GET /x f"),
        ("from fastapi.routing import APIWebSocketRoute as W\ndef f(): ...\nr.routes.append(W('/x', endpoint=f))",
         "WEBSOCKET /x f"),
        ("def reg(): ...\nif 1:\n    reg = router.post('/x')(reg)", "POST /x reg"),
        ("def list(): ...\nrouter.get('/x')(list)", "GET /x list"),
        ("def f(): ...\ngetattr(router, METHOD)('/x')(f)", "ANY /x f"),
        ("def f(): ...\nadd = getattr(router, METHOD)\nadd(f'/{1}')(f)", "ANY f'/{1}' f"),
        ("def make():\n    def f(): ...\n    return f\nrouter.add_api_route('/x', make())", "GET /x make.<locals>.f"),
        ("def f(): ...\ng = f\nrouter.add_api_route('/x', g)", "GET /x f"),
        ("def add(path, f, **more): router.add_api_route(path, f, methods=['POST'], **more)\ndef h(): ...\nadd('/h', f=h)\n"
         "add('/i')\nadd()", "POST /h h"),
        ("def add(path, f): router.add_api_route(path, f)\ndef again(path, f): add(path, f)\ndef h(): ...\nagain('/h', h)",
         "GET /h h"),
        ("def get() -> dict: ...\ndef make(service):\n    def f(): ...\n    return f\nrouter.add_api_route('/x', make(get))",
         "GET /x make.<locals>.f"),
    ],
)  # fmt: skip
def test_a_handler_is_found_however_it_is_registered(text: str, expected: str) -> None:
    """Decorators, calls, classes, factories, wrappers."""
    assert titles(text) == [expected]


@pytest.mark.parametrize(
    "text",
    [
        "@cache\ndef f(): ...",
        "@cache.memo('x')\ndef f(): ...",
        "@store.get('key')\ndef f(): ...",
        "store.post('x')(f)",
        "class Cache: ...\ncache = Cache()\n@cache.get('/k')\ndef f(): ...",
        "from bottle import Bottle\nweb = Bottle()\n@web.route('/x')\ndef f(): ...",
        "class Mine(APIRouter):\n    def add_api_route(self, path, endpoint, **kw):\n"
        "        return super().add_api_route(path, endpoint, **kw)",
        "def api(path): return store.get\n@api('/x')\ndef f(): ...",
        "store = 1\ndef api(path): return store.get(path)\n@api('/x')\ndef f(): ...",
        "x = x\n@x('/x')\ndef f(): ...",
        "store.add_route('/x', f)",
        "guard(router.get)(f)",
        "getattr(store, METHOD)('/x')(f)",
        "@guard(store.get, '/x')\ndef f(): ...",
        "client = make()\nclient.get('/x')",
        "router.include_router(other)",
        "(a or b)(f)",
    ],
)
def test_what_only_looks_like_a_handler_is_none(text: str) -> None:
    """Caches, clients, other decorators."""
    assert titles(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "from fastapi.routing import APIRoute\nclass Own(APIRoute): ...\nFastAPI(routes=[Own('/x', f)])",
        "app.router.add_route('/x', f)",
        "class Own(FastAPI):\n    def setup(self): self.router.add_route(path='/x', endpoint=f)",
        "class Own(FastAPI):\n    def setup(self): self.add_route('/x', route=f)",
        "def setup(own: Union[None, FastAPI, APIRouter], at): own.get(at)(f)",
    ],
)
def test_routes_are_added_to_what_is_a_router(text: str) -> None:
    """Derived from one, in one, one of several."""
    assert titles(f"def f(): ...\n{text}") in (["GET /x f"], ["GET at f"])


def test_a_decorator_of_a_class_of_the_project_makes_nobody_knows_what() -> None:
    """Called on the class; FastAPI has instances."""
    text = "class Route:\n    @classmethod\n    def get(cls, path): ...\n@Route.get('/x')\ndef f(a: dict) -> Order: ..."
    (handler,) = handlers(text)

    assert (handler.title, handler.inputs, handler.output.kind) == ("GET /x f", (), "unknown")
    assert handler.output.detail == "`Route.get` is a decorator of the project's own"


def test_each_of_several_functions_that_are_made_in_branches_is_one() -> None:
    """Of one name."""
    text = (
        "def make(model):\n    if model:\n        def f(a: dict) -> Order: ...\n    elif not model:\n        def f() -> dict: ...\n"
        "    else:\n        f = load()\n    return f\nrouter.add_api_route('/x', make(SOME))"
    )

    assert [([s.kind for s in h.inputs], h.output.kind) for h in handlers(text)] == [
        (["raw"], "schema"),
        ([], "raw"),
        ([], "unknown"),
    ]


@pytest.mark.parametrize(
    ("route", "expected"),
    [
        ("@router.post(LOGIN)", "POST /login f"),
        ("@router.get('/{id}' + LOGIN)", "GET /{id}/login f"),
        ("@router.get(f'{LOGIN}/{{id}}')", "GET /login/{id} f"),
        ("@router.get(f'{LOGIN!r}')", "GET f'{LOGIN!r}' f"),
        ("@router.get(Paths.A)", "GET /a f"),
        ("@router.api_route('/x', methods=BOTH)", "GET,POST /x f"),
        ("@router.api_route('/x', methods=[*BOTH, 'PUT'])", "GET,POST,PUT /x f"),
        ("@router.api_route('/x', methods=[*some()])", "ANY /x f"),
        ("@APIRouter(prefix=LOGIN).get('/x')", "GET /x f"),
        ("@prefixed.get('/x')", "GET /login/x f"),
        ("@router.api_route(**dict(path='/x', methods=['PUT']))", "PUT /x f"),
        ("@router.api_route('/x', **mystery)", "ANY /x f"),
        ("@router.get(TWICE)", "GET TWICE f"),
        ("@router.get(ROUND)", "GET ROUND f"),
        ("@router.get(LOGIN + 1)", "GET LOGIN + 1 f"),
    ],
)
def test_paths_and_methods_may_be_written_elsewhere(route: str, expected: str) -> None:
    """Constants, and what is made of them."""
    before = (
        "LOGIN = '/login'\nBOTH = ['GET', 'POST']\nTWICE = '/a'\nTWICE = '/b'\nROUND = AGAIN\nAGAIN = ROUND\n"
        "class Paths:\n    A = '/a'\nprefixed = APIRouter(prefix=LOGIN)\n"
    )

    assert titles(f"{before}{route}\ndef f(): ...") == [expected]


def test_an_application_that_is_replaced_had_its_routes_before() -> None:
    """By something that is no application of FastAPI."""
    text = "class Guard:\n    def __init__(self, app): ...\nown = FastAPI()\n@own.get('/x')\ndef f(): ...\nown = Guard(own)"

    assert titles(text) == ["GET /x f"]


def test_what_a_decorator_of_the_projects_own_router_registers_is_found_where_it_decorates() -> None:
    """And not once more in it, with whatever can be told there."""
    text = (
        "class Own(APIRouter):\n    def wrap(self, verb, path, **kw):\n        def deco(f):\n"
        "            for p in others(path): self.add_api_route(p, endpoint=f, methods=[verb], **kw)\n        return deco\n"
        "    def get(self, path, **kw): return self.wrap('GET', path, **kw)\n"
        "    def custom(self, path):\n        def deco(f): self.add_api_route(path, f)\n        return deco\n"
        "own = Own()\n@own.get('/x')\ndef f(): ...\n@own.custom('/y')\ndef g(): ..."
    )

    assert sorted(titles(text)) == ["GET /x f", "GET /y g"]


def test_a_router_from_elsewhere_is_followed() -> None:
    """Through re-exports, star imports, relative imports and circles."""
    others = {
        "shop.web": "from shop.web.routers import *\nfrom . import routers",
        "shop.web.routers": "from fastapi import APIRouter\nfrom shop.web import thing\nv1 = APIRouter()",
    }
    text = "from shop.web import v1, routers\nimport shop.web.routers as r\n"
    text += "def f(): ...\nv1.post('/a')(f)\nrouters.v1.post('/b')(f)\nr.v1.post('/c')(f)\nimport shop\nshop.web.v1.post('/d')(f)"

    assert titles(text, others) == ["POST /a f", "POST /b f", "POST /c f", "POST /d f"]


@pytest.mark.parametrize(
    "text",
    [
        "mine: APIRouter = make()",
        "mine: APIRouter | None = make()",
        "mine: Annotated[APIRouter, 1] = make()",
        "mine: Optional['APIRouter'] = make()",
        "Mine = Annotated[APIRouter, 1]\nmine: Mine = make()",
        "class Generic(APIRouter): ...\nmine: Generic[int] = make()",
        "mine = router",
        "mine = APIRouter[int]()",
        "class Holder:\n    r = APIRouter()\nholder = Holder()\nmine = holder.r",
        "class Holder:\n    def __init__(self): self.a, self.r = 1, 2\n    def g(self):\n        self.r: APIRouter = x\n"
        "mine = Holder().r\nholder = Holder()\nmine = holder.r",
        "def cls():\n    return APIRouter\nasync def make() -> APIRouter: ...\nasync def go():\n    mine = await make()\n"
        "    mine.add_route('/x', f)\nmine = None",
        "async def cls() -> type[APIRouter]: ...\nR = cls()\nmine = R()",
        "with APIRouter() as mine: ...",
    ],
)
def test_a_router_is_known_by_its_annotation_or_by_what_made_it(text: str) -> None:
    """Aliases, unions, attributes, context managers."""
    assert titles(f"def f(): ...\n{text}\nmine.add_route('/x', f)") == ["GET /x f"]


@pytest.mark.parametrize(
    "text",
    [
        "mine: list[APIRouter] = make()",
        "mine: 3 = make()",
        "mine: nowhere.R = make()",
        "mine = make()",
        "def make(): ...\nmine = make()",
        "mine = 3",
        "mine = nowhere.router",
        "mine = mine.with_prefix()",
        "mine = yours\nyours = mine",
        "class Holder: ...\nholder = Holder()\nmine = holder.r",
        "holder = uuid.UUID('x')\nmine = holder.r",
        "mine = f.r",
        "with open('x') as (a, mine): ...",
        "mine, other = make()",
        "a, b = 1, 2, 3",
        "mine = lambda: 1",
        "x = (lambda: 1)()\nmine = x()",
        "mine = self.r",
        "class V(nowhere.Base):\n    def g(self):\n        self.r.add_route('/x', f)\nmine = 1",
    ],
)
def test_what_may_be_anything_is_no_router(text: str) -> None:
    """Only ``add_api_route`` and decorators are taken for routes on trust."""
    assert titles(f"def f(): ...\n{text}\nmine.add_route('/x', f)") == []


def test_models_of_an_instance_are_found() -> None:
    """``db = SQLAlchemy()``, ``class User(db.Model)``."""
    assert (
        output("User", "from flask_sqlalchemy import SQLAlchemy\ndb = SQLAlchemy()\nclass User(db.Model): ...") == "orm"
    )


def test_endless_chains_are_unknown() -> None:
    """Re-exports, stars and aliases are followed as far as real code goes."""
    chain = {f"shop.m{n}": f"from shop.m{n + 1} import X" for n in range(40)}
    stars = {f"shop.s{n}": f"from shop.s{n + 1} import *" for n in range(40)}
    text = f"""
from shop.m1 import X
from shop.s1 import S
a0 = Order
{"; ".join(f"a{n + 1} = a{n}" for n in range(60))}
b0 = APIRouter()
{"; ".join(f"b{n + 1} = b{n}" for n in range(60))}
@router.get('/a')
def a() -> X: ...
@router.get('/b')
def b() -> S: ...
@router.get('/c')
def c() -> a60: ...
@router.get('/d')
def d() -> Order{".x" * 40}: ...
class E(a60): ...
@router.get('/e')
def e() -> E: ...
b60.add_route('/x', a)
"""
    assert [h.output.kind for h in handlers(text, chain | stars)] == ["unknown"] * 5


def test_a_handler_made_in_an_installed_package_is_located_there() -> None:
    """Its path is not the project's, but it is a path."""
    text = "from starlette.status import __getattr__ as f\nrouter.add_api_route('/x', f)"
    (handler,) = handlers(text)

    assert handler.location.path.endswith("starlette/status.py")


@pytest.mark.skipif("sys.version_info < (3, 12)", reason="type statements and type parameters need Python 3.12")
def test_type_statements_and_parameters_are_read() -> None:
    """PEP 695."""
    assert output("X", "type X = Order | None") == "schema"
    (handler,) = handlers("@router.get('/')\ndef f[T: Order]() -> T: ...")
    assert handler.output.kind in ("schema", "unknown")


def test_a_handler_in_scope_that_is_registered_elsewhere_is_found() -> None:
    """``main.py`` adds the routes, the functions are in ``api``."""
    main = "from fastapi import FastAPI\nfrom shop import api\napp = FastAPI()\napp.add_api_route('/x', api.f)"

    (handler,) = handlers("def f(a: dict): ...", {"shop.main": main})

    assert (handler.module, handler.title, handler.inputs[0].kind) == ("shop.api", "GET /x f", "raw")


def test_handlers_elsewhere_are_not_in_scope() -> None:
    """Neither defined nor registered there."""
    main = HEAD + "@router.get('/x')\ndef f(): ...\nrouter.add_api_route('/y', f)"

    assert titles("", {"shop.main": main}) == []


def test_a_file_that_cannot_be_read_elsewhere_does_not_matter() -> None:
    """Out of scope it is no boundary; names from it are unknown."""
    text = "from shop.broken import T\n@router.get('/x')\ndef f() -> T: ..."
    (handler,) = handlers(text, {"shop.broken": "add_api_route\ndef (:", "shop.worse": "# coding: klingon"})

    assert handler.output.kind == "unknown"


# -- inputs ------------------------------------------------------------------------------------------------------------


def test_a_query_may_be_a_model() -> None:
    """So may headers and cookies."""
    text = (
        "def f(a: Annotated[Order, Query()], b: Order = Header(), c: int = Query(), d: Order = Depends()) -> None: ..."
    )
    (handler,) = handlers(f"{HEAD}@router.get('/')\n{text}")

    assert [(slot.name, slot.kind) for slot in handler.inputs] == [("a", "schema"), ("b", "schema")]


@pytest.mark.parametrize(
    "parameter",
    ["a", "a=3", "a: Any", "a: object", "a: Alias1", "a: Alias2", "a: Alias3", "a: Alias4[dict]", "a: int", "a: int = 3", "a: str | None = None", "a: dict = Depends(f)", "a: Annotated[dict, Depends(f)]",
     "a: Annotated[dict, Query()]", "a: dict = Header()", "a: Request", "a: BackgroundTasks", "a: HTMLResponse",
     "number: dict", "a: Current", "a: dict = given()", "a: dict = Provide[C.x]", "a: Optional[int]", "a: Annotated[dict, Given]", "a: dict = Mine(f)",
     "a: dict = CURRENT", "a: dict = CURRENT and None", "a: dict = GIVERS['a']", "a: Annotated['dict', Depends(f)]", "a: 'Annotated[dict, Depends(f)]'", "*, a: dict = Depends(f)",
     "a: dict = FilterDepends(dict)", "a: dict = cast(dict, Depends(f))", "a: dict = CAST", "a: dict = depends(dict)"],
)  # fmt: skip
def test_what_is_no_body_is_left_out(parameter: str) -> None:
    """Path, query, header, dependencies, special parameters."""
    before = (
        "Current = Annotated[dict, Depends(len)]\ndef given():\n    return Depends(len)\nGiven = Depends(len)\n"
        "class Mine(Depends): ...\nAlias1 = Current\nAlias2: TypeAlias = 'Annotated[dict, Depends(len)]'\n"
        "CAST = cast(dict, Depends(len))\ndef depends(t): return cast(t, Mine(len))\n"
        "CURRENT = Security(len) if len else Depends(f)\nGIVERS = {'b': 1, 'a': Depends(f)}\n"
        "Alias3 = TypeAliasType('Alias3', Annotated[dict, Depends(len)])\nT = TypeVar('T')\nAlias4 = Annotated[T, Depends(len)]\n"
    )
    (handler,) = handlers(f"{before}@router.post('/{{number}}')\ndef f({parameter}) -> None: ...")

    assert handler.inputs == ()


@pytest.mark.parametrize(
    ("parameter", "kind"),
    [
        ("a: Order", "schema"),
        ("a: list[Order]", "schema"),
        ("a: list[int]", "scalar"),
        ("a: Optional[list[int]]", "scalar"),
        ("a: Union[int, list[str]]", "scalar"),
        ("a: list[int] | None", "scalar"),
        ("a: Ids", "scalar"),
        ("a: Checked | None", "scalar"),
        ("a: Annotated[list[int], len]", "scalar"),
        ("a: Order = HERE['a']", "unknown"),
        ("a: dict = Depends(f) if f else Body()", "raw"),
        ("a: dict = BY['b']", "raw"),
        ("a: dict = BY[f]", "raw"),
        ("a: Order = nowhere", "unknown"),
        ("a: Order = Order()", "schema"),
        ("a: Order = DEFAULT", "schema"),
        ("a: Annotated[Order, Body()]", "schema"),
        ("a: Annotated[Order, len, f]", "schema"),
        ("a: Payload", "schema"),
        ("a: dict", "raw"),
        ("a: dict = Body()", "raw"),
        ("a = Body()", "raw"),
        ("a: Any = Body()", "raw"),
        ("a: object = Body()", "raw"),
        ("a: Generic1[Order]", "schema"),
        ("a: Generic1[Row]", "orm"),
        ("a: conlist(dict)", "raw"),
        ("a: Mapping[str, Any]", "raw"),
        ("a: list", "raw"),
        ("a: dict[str, int]", "scalar-map"),
        ("a: dict[str, Order]", "schema"),
        ("a: Row", "orm"),
        ("a: int = Body()", "scalar"),
        ("a: str = Form()", "scalar"),
        ("a: UploadFile", "file"),
        ("a: bytes = File()", "scalar"),
        ("a: Mystery", "unknown"),
        ("a: '?'", "unknown"),
    ],
)
def test_a_body_is_classified(parameter: str, kind: str) -> None:
    """By its annotation, through ``Annotated`` and aliases."""
    before = "T = TypeVar('T')\nGeneric1 = Annotated[T, Body()]\nPayload = Annotated[Order, Body()]\n"
    before += "Ids = list[int]\nChecked = Annotated[Ids, len]\nDEFAULT = Order()\n"
    before += "BY = {'a': Depends(f), 'b': Body(), **more}\n"
    text = f"{before}@router.post('/')\ndef f({parameter}) -> None: ..."
    (handler,) = handlers(text)

    assert [slot.kind for slot in handler.inputs] == [kind]


@pytest.mark.parametrize(
    ("around", "kinds"),
    [
        ("given: Depends", []),
        ("given=Depends(len)", []),
        ("given", ["unknown"]),
        ("*, other=1, given: Order", ["unknown"]),
    ],
)
def test_a_default_that_the_function_around_is_given_may_be_a_dependency(around: str, kinds: list[str]) -> None:
    """By the annotation, or the default, of that parameter; where neither says so, nobody knows."""
    text = f"def make({around}):\n    @router.post('/')\n    def f(a: Order = given) -> None: ..."
    (handler,) = handlers(text)

    assert [slot.kind for slot in handler.inputs] == kinds


# -- results -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("annotation", "kind"),
    [
        ("Order", "schema"),
        ("t.Optional[Order]", "schema"),
        ("Union[Order, None]", "schema"),
        ("'Order'", "schema"),
        ("list['Order']", "schema"),
        ("tuple[Order, ...]", "schema"),
        ("AsyncGenerator[Order, dict]", "schema"),
        ("Final[Order]", "schema"),
        ("Literal['a', 'b']", "scalar"),
        ("EmailStr", "scalar"),
        ("datetime.datetime", "scalar"),
        ("conint(gt=1)", "scalar"),
        ("create_model('X')", "schema"),
        ("mystery(1)", "unknown"),
        ("list[Any]", "raw"),
        ("Order | Any", "raw"),
        ("DefaultDict", "raw"),
        ("Callable[[], int]", "unknown"),
        ("JSONResponse", "response"),
        ("Order | JSONResponse", "response"),
        ("NoReturn", "none"),
        ("te.NoReturn", "none"),
        ("None", "none"),
        ("3", "unknown"),
        ("[1]", "unknown"),
        ("nowhere.Thing", "unknown"),
        ("nowhere[int]", "unknown"),
        ("router", "unknown"),
        ("t", "unknown"),
        ("...", "raw"),
        ("dict[str, dict]", "raw"),
        ("dict[str, dict[str, int]]", "scalar-map"),
        ("dict[str, Order | str]", "scalar-map"),
        ("dict[str, Order | None]", "schema"),
        ("dict[str, None]", "scalar-map"),
        ("dict[str, list[Order]]", "schema"),
        ("dict[str, UploadFile]", "file"),
        ("dict[str, Mystery]", "unknown"),
        ("dict[()]", "raw"),
        ("tuple[()]", "unknown"),
        ("Coroutine[Any, Any, Order]", "schema"),
        ("conlist(Row)", "orm"),
        ("1 + 1", "unknown"),
        ("dict[str, Row]", "orm"),
        ("list[" * 45 + "int" + "]" * 45, "unknown"),
    ],
)
def test_a_result_is_classified(annotation: str, kind: str) -> None:
    """By the worst of what its annotation mentions."""
    assert output(annotation) == kind


@pytest.mark.parametrize(
    ("definition", "kind"),
    [
        ("class X(Order): ...", "schema"),
        ("class M(Order): ...\nclass X(M): ...", "schema"),
        ("class X(SQLModel): ...", "schema"),
        ("class X(SQLModel, table=True): ...", "orm"),
        ("class B(SQLModel): ...\nclass R(B, table=True): ...\nclass X(B): ...", "schema"),
        ("class X(Row): ...", "orm"),
        ("B = declarative_base()\nclass X(B): ...", "orm"),
        ("class X: __tablename__ = 'x'", "orm"),
        ("class X: __table__: Table = make()", "orm"),
        ("@dataclasses.dataclass\nclass X: ...", "schema"),
        ("@dataclasses.dataclass(frozen=True)\nclass X: ...", "schema"),
        ("@attrs.define\nclass X: ...", "schema"),
        ("@other\nclass X: ...", "unknown"),
        ("class X(TypedDict): ...", "schema"),
        ("class X(NamedTuple): ...", "schema"),
        ("class X(msgspec.Struct): ...", "schema"),
        ("class X(enum.Enum): ...", "scalar"),
        ("class X(str, enum.Enum): ...", "scalar"),
        ("class X: ...", "unknown"),
        ("class X(nowhere.Base): ...", "unknown"),
        ("class Mixin(object): ...\nclass X(Mixin, nowhere.Base): ...", "unknown"),
        ("class X(str, nowhere.Base): ...", "unknown"),
        ("class X(RootModel[dict[str, Any]]): ...", "raw"),
        ("class X(RootModel): root: dict[str, Any]", "raw"),
        ("class X(RootModel[list[int]]): ...", "schema"),
        ("class X(BaseModel): rows: list[Row]", "orm"),
        ("class X(BaseModel):\n    _rows: list[Row]\n    model_config: Row = 1\n    data: dict", "schema"),
        ("class Page(BaseModel, Generic[T]): items: list[T]\nclass X(Page[Row]): ...", "orm"),
        ("class Page(BaseModel, Generic[T]): ...\nclass X(Page[int, Order]): ...", "schema"),
        ("class X(BaseModel): rows: list[Row] = Field(default=[], exclude=True)", "schema"),
        ("class X(BaseModel): rows: Annotated[list[Row], 'x', Field(exclude=True)]", "schema"),
        ("class X(BaseModel): rows: Annotated[list[Row], Field(exclude=False)] = Field(alias='x')", "orm"),
        ("class X(SQLModel): __tablename__: str = 'x'", "schema"),
        ("class X(SQLModel, table=True): __tablename__: str = 'x'", "orm"),
        # a variable that is in no field is what a schema is for, not what is in it
        ("class Ref(BaseModel, Generic[T]): id: int\nclass X(Ref[Row]): ...", "schema"),
        ("class Ref(BaseModel, Generic[T]): id: int\nclass X(BaseModel): of: Ref[Row]", "schema"),
        ("class Ref(BaseModel, Generic[T]): id: int\nX = Ref[Row]", "schema"),
        ("R = TypeVar('R', bound=Row)\nclass Ref(BaseModel, Generic[R]): id: int\nclass X(Ref): ...", "schema"),
        ("R = TypeVar('R', bound=Row)\nclass Ref(BaseModel, Generic[R]): of: R\nclass X(Ref): ...", "orm"),
        ("class Ref(BaseModel, Generic[T]): of: 'list[T]'\nX = Ref[Row]", "orm"),
        ("class Ref(BaseModel, Generic[T]):\n    @computed_field\n    def of(self) -> T: ...\nX = Ref[Row]", "orm"),
        ("class Ref(BaseModel, Generic[T]): of: T\nX = Ref[Order] | Ref[Row]", "orm"),
        ("class Ref(BaseModel, Generic[S, T]): of: T\nX = Ref[Row, int] | Ref[Order, Order]", "schema"),
        ("class Ref(BaseModel, Generic[S, T]): of: T\nX = Ref[Row, int] | Ref[Order, Row]", "orm"),
        ("class Root(BaseModel, Generic[T]): of: T\nclass Ref(Root[T], Generic[T]): ...\nX = Ref[Row]", "orm"),
        ("class Root(BaseModel, Generic[T]): of: T\nclass Ref(Root, Generic[T]): ...\nX = Ref[Row]", "orm"),
        (
            "class Ref(BaseModel):\n    def __class_getitem__(cls, of): return int\nclass X(BaseModel): of: Ref[Row]",
            "schema",
        ),
        ("class X(SQLModel, table=TABLE): ...", "orm"),
        ("class X(SQLModel, table=False): ...", "schema"),
        ("from pydantic import Json\nX = Json", "raw"),
        ("from pydantic import Json\nX = Json[Order]", "schema"),
        ("X = conlist(item_type=Row)", "unknown"),
        ("def list(): ...\nX = list[Order]", "schema"),
        ("class X(mystery()): ...", "unknown"),
        ("class X(len(3)): ...", "unknown"),
        ("class X(Generic[T]): ...", "unknown"),
        ("class X(X): ...", "unknown"),
        ("class A(B): ...\nclass B(A): ...\nX = A", "unknown"),
        ("X = Order", "schema"),
        ("X = list[Order]", "schema"),
        ("X: TypeAlias = Order | None", "schema"),
        ("X = NewType('X', int)", "scalar"),
        ("X = TypeAliasType('X', Order)", "schema"),
        ("X = TypeVar('X', bound=Order)", "schema"),
        ("X = TypeVar('X', Order, Row)", "orm"),
        ("X = TypeVar('X')", "unknown"),
        ("X = create_model('X')", "schema"),
        ("X = namedtuple('X', 'a b')", "schema"),
        ("X = conint(gt=3)", "scalar"),
        ("X = mystery()", "unknown"),
        ("X = X", "unknown"),
        ("X = Y\nY = X", "unknown"),
        ("X, Y = Order, Row", "schema"),
        ("X, Y = pair", "unknown"),
        ("X = RootModel[list[int]]", "schema"),
        ("T = TypeVar('T')\nclass Page(BaseModel, Generic[T]): ...\nX = Page[Order]", "schema"),
        ("class Page(BaseModel): ...\nX = Page[Row]", "orm"),
        ("class Page(BaseModel): ...\nX = Page[dict]", "raw"),
        ("MADE = {}\nX = MADE[Row]", "unknown"),
        ("def cast(of) -> type[Order]: ...\nX = cast(1)", "schema"),
        ("X = cast('type[Order]', made())", "schema"),
        ("X = cast(Any, made())", "unknown"),
        ("MADE = {k: make(k) for k in (1, 2)}\nX = list[MADE[Order]]", "unknown"),
        ("class Page(nowhere.Page): ...\nX = Page[Order]", "unknown"),
        ("class Page(nowhere.Page): ...\nX = Page[int]", "unknown"),
        ("class Outer:\n    class Inner(BaseModel): ...\nX = Outer.Inner", "schema"),
        ("class Outer: ...\nX = Outer.Inner", "unknown"),
        ("class Outer(nowhere.Base): ...\nX = Outer.Inner", "unknown"),
        ("class Outer(msgspec.Struct): ...\nX = Outer.Inner", "unknown"),
        ("X: int", "unknown"),
        ("from sys import X", "unknown"),
        ("from grimp._rustgrimp import Graph as X", "unknown"),
        ("from grimp.nothing import X", "unknown"),
        ("from without_spec import X", "unknown"),
        ("with open('x') as X: ...", "unknown"),
        ("try:\n    class X(BaseModel): ...\nexcept E: ...", "schema"),
        ("match 1:\n    case 1:\n        class X(BaseModel): ...", "schema"),
        ("def X(): ...", "unknown"),
        ("def base():\n    return 1\nB = base()\nclass X(B): ...", "unknown"),
        ("def base() -> Type[BaseModel]: ...\nB = base()\nclass X(B): ...", "schema"),
        ("B = nowhere[int]\nclass X(B): ...", "unknown"),
        ("B = 3\nclass X(B): ...", "unknown"),
        ("B = unbound()\nclass X(B): ...", "unknown"),
    ],
)
def test_a_class_is_classified_by_what_it_is_made_of(
    monkeypatch: pytest.MonkeyPatch, definition: str, kind: str
) -> None:
    """Bases over any number of levels, decorators, factories, aliases."""
    broken = type(sys)("without_spec")
    broken.__spec__ = None
    monkeypatch.setitem(sys.modules, "without_spec", broken)

    assert output("X", definition) == kind


def test_schemas_from_installed_packages_are_read_from_their_source() -> None:
    """Read, not imported: submodules, single files, what is not there."""
    text = """\
from starlette.datastructures import URL, Address
from grimp.domain.valueobjects import Module
import typing_extensions, nowhere_at_all, sqlalchemy.orm.session
@router.get('/a')
def a() -> Address: ...
@router.get('/b')
def b() -> Module: ...
@router.get('/c')
def c() -> URL: ...
@router.get('/d')
def d() -> nowhere_at_all.X: ...
@router.get('/e')
def e() -> typing_extensions.deprecated: ...
@router.get('/f')
def f() -> sqlalchemy.orm.session.Session: ...
"""
    assert [h.output.kind for h in handlers(text)] == ["schema", "schema", "unknown", "unknown", "unknown", "unknown"]


@pytest.mark.parametrize(
    ("decorator", "kind"),
    [
        ("response_model=Order", "schema"),
        ("response_model=list[Row]", "orm"),
        ("response_model=None", "raw"),
        ("status_code=204", "none"),
        ("status_code=EMPTY", "none"),
        ("status_code=CREATED", "raw"),
        ("status_code=CHANGING", "raw"),
        ("status_code=ROUND", "raw"),
        ("status_code=status.HTTP_204_NO_CONTENT", "none"),
        ("status_code=201", "raw"),
        ("response_class=HTMLResponse", "response"),
        ("response_class=JSONResponse", "raw"),
        ("response_class=mystery", "raw"),
        ("response_class=Response", "response"),
        ("**{'response_model': Order}", "schema"),
        ("**OPTIONS", "schema"),
        ("**MADE", "schema"),
        ("**mystery", "unknown"),
        ("**mystery, response_model=Order", "schema"),
    ],
)
def test_the_decorator_decides_over_the_annotation(decorator: str, kind: str) -> None:
    """As in FastAPI."""
    before = (
        "from fastapi import Response\nOPTIONS = {'response_model': Order}\nMADE = dict(response_model=Order)\n"
        "NOTHING = status.HTTP_204_NO_CONTENT\nEMPTY = NOTHING\nCREATED = 201\nCHANGING = 204\nCHANGING = 200\n"
        "ROUND = AND_ROUND\nAND_ROUND = ROUND\n"
    )
    (handler,) = handlers(f"{before}@router.get('/', {decorator})\ndef f() -> dict: ...")

    assert handler.output.kind == kind


def test_a_result_that_nothing_makes_sure_of_is_what_is_returned() -> None:
    """``response_model=None`` switches off what the annotation says."""
    text = (
        "@router.get('/a', response_model=None)\ndef a() -> Order: return {}\n"
        "@router.get('/b', response_model=None)\ndef b() -> Row: ...\n"
        "@router.get('/c', response_model=None)\ndef c() -> Order:\n    if x: return JSONResponse({})\n    return Order()\n"
    )

    assert [(h.output.kind, h.output.detail) for h in handlers(text)] == [
        ("raw", "nothing declared: it returns a dict"),
        ("orm", "shop.api.Row"),
        ("schema", "shop.api.Order"),
    ]


def test_the_router_may_decide_on_the_response_class() -> None:
    """For all of its routes."""
    text = "pages = APIRouter(default_response_class=HTMLResponse)\n@pages.get('/')\ndef f() -> Any: ..."

    assert [h.output.kind for h in handlers(text)] == ["response"]


@pytest.mark.parametrize(
    ("body", "kind", "detail"),
    [
        ("...", "none", "nothing"),
        ("return", "none", "None"),
        ("return None", "none", "None"),
        ("return JSONResponse({})", "response", "`JSONResponse(...)`"),
        ("return templates.TemplateResponse('x')", "response", "`templates.TemplateResponse(...)`"),
        ("x = RedirectResponse('/')\n    return x", "response", "`RedirectResponse(...)`"),
        ("return to_page()", "response", "`to_page(...)`"),
        ("return pages()", "response", "`pages(...)`"),
        ("yield {}", "raw", "nothing declared: it yields its result"),
        ("return again()", "raw", "nothing declared: it returns `again(...)`"),
        ("return await other(1)", "raw", "nothing declared: it returns `other(...)`"),
        ("return untyped()", "raw", "nothing declared: it returns `untyped(...)`"),
        ("return {}", "raw", "nothing declared: it returns a dict"),
        ("return {a: 1 for a in b}", "raw", "nothing declared: it returns a dict"),
        ("return order.model_dump()", "raw", "nothing declared: it returns a dict that a schema is dumped to"),
        (
            "return env.get_template('x').render()",
            "raw",
            "nothing declared: it returns `env.get_template('x').render(...)`",
        ),
        ("return caught()", "raw", "nothing declared: it returns a dict"),
        ("return log(1)", "none", "`log(...)`"),
        ("return texts()", "raw", "nothing declared: it returns `texts(...)`"),
        ("return Order()", "raw", "nothing declared: it returns `Order(...)`"),
        ("return JSONResponse({}) if x else 1", "raw", "nothing declared: it returns `1`"),
        ("x = JSONResponse({})\n    if y: x = {}\n    return x", "raw", "nothing declared: it returns a dict"),
        ("def x(): ...\n    return x", "raw", "nothing declared: it returns `x`"),
        ("x = x\n    return x", "raw", "nothing declared: it returns `x`"),
        ("if x: return JSONResponse({})\n    return {}", "raw", "nothing declared: it returns a dict"),
        ("return nobody", "raw", "nothing declared: it returns `nobody`"),
        ("for x in y: ...\n    return x", "raw", "nothing declared: it returns `x`"),
        ("def g(): return {}\n    return None", "none", "None"),
        ("return uuid.UUID('x')", "raw", "nothing declared: it returns `uuid.UUID(...)`"),
        ("return nowhere.x()", "raw", "nothing declared: it returns `nowhere.x(...)`"),
        (
            "x = either()\n    if isinstance(x, JSONResponse): return x\n    return None",
            "response",
            "JSONResponse",
        ),
        (
            "x = either()\n    if isinstance(x, (JSONResponse, Row)): return x",
            "orm",
            "nothing declared: it returns shop.api.Row",
        ),
        (
            "x = either()\n    if isinstance(x, JSONResponse):\n        x = {}\n        return x\n    return None",
            "raw",
            "nothing declared: it returns a dict",
        ),
        ("x = either()\n    if isinstance(x): return x", "orm", "nothing declared: it returns rows of shop.api.Row"),
        ("x = either()\n    if isinstance(x, int): return JSONResponse(x)", "response", "`JSONResponse(...)`"),
        ("return list(session.query(Row))", "orm", "nothing declared: it returns rows of shop.api.Row"),
        (
            "return sorted(session.query(Row).all(), key=len)",
            "orm",
            "nothing declared: it returns rows of shop.api.Row",
        ),
        ("return [x for x in session.query(Row)]", "orm", "nothing declared: it returns rows of shop.api.Row"),
        (
            "return [show(x) for x in session.query(Row)]",
            "raw",
            "nothing declared: it returns a list",
        ),
        ("return list()", "raw", "nothing declared: it returns a list"),
        ("return Response(status_code=204)", "none", "`Response(...)`"),
        ("return Response(None, status.HTTP_204_NO_CONTENT, headers={})", "none", "`Response(...)`"),
        ("return Response('x', status_code=204)", "response", "`Response(...)`"),
        ("return Response(status_code=204, background=task)", "none", "`Response(...)`"),
        ("return Response(status_code=200)", "none", "`Response(...)`"),
        ("return Response(status_code=404)", "response", "`Response(...)`"),
        ("return Response()", "response", "`Response(...)`"),
        ("return Order(status_code=204)", "raw", "nothing declared: it returns `Order(...)`"),
    ],
)
def test_an_undeclared_result_is_told_by_what_is_returned(body: str, kind: str, detail: str) -> None:
    """Only responses, or nothing, need no declaration."""
    before = "def either() -> Row | JSONResponse: ...\ndef to_page() -> HTMLResponse | None: ...\ndef other(x) -> Order: ...\ndef untyped(): ...\n"
    before += "def caught():\n    try: return JSONResponse({})\n    except E as e: return {'a': 1}, e.code\n"
    before += "def log(x): print(x)\n"
    before += "def texts(): return '' if x else JSONResponse({})\n"
    before += "def pages():\n    return to_page()\ndef again():\n    return again()\n"
    (handler,) = handlers(f"{before}@router.get('/')\nasync def f():\n    {body}")

    assert (handler.output.kind, handler.output.detail) == (kind, detail)


def test_a_function_that_is_not_in_the_source_has_an_unknown_result() -> None:
    """A closure, a partial, a method of something else."""
    (handler,) = handlers("router.add_api_route('/x', partial(f, 1))")

    assert handler.output.kind == "unknown"
    assert handler.output.detail == "`partial(f, 1)` is not in the source"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("def reg(f): router.add_api_route('/x', f)\ndef h() -> Order: ...\nreg(h)", ["GET /x h"]),
        (
            "def _reg(f): router.add_api_route('/x', f)\ndef h() -> Order: ...\n_reg(h)\nr = _reg\nr(h)",
            ["GET /x f", "GET /x h"],
        ),
        ("def _reg(f): router.add_api_route('/x', f)", ["GET /x f"]),
    ],
)
def test_a_function_that_registers_may_be_called_where_nobody_looks(text: str, expected: list[str]) -> None:
    """Then what it is given is unknown, besides what is known of it; unless every use of it is a call."""
    found = handlers(text)

    assert sorted(h.title for h in found) == expected
    assert {h.output.kind for h in found if h.qualname == "f"} <= {"unknown"}


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Out = Order\ndef _reg(f):\n    Out = dict\n    router.add_api_route('/x', f, response_model=Out)\n_reg(h)", "raw"),
        ("page = APIRouter(default_response_class=HTMLResponse)\ndef _reg(page: APIRouter, f): page.add_api_route('/x', f)\n"
         "_reg(app, h)", "raw"),
    ],
)  # fmt: skip
def test_what_a_function_that_registers_says_means_what_it_means_there(text: str, kind: str) -> None:
    """Its variables are its own, wherever it is called."""
    (handler,) = handlers(f"def h() -> dict: ...\n{text}")

    assert handler.output.kind == kind


def test_a_handler_registered_twice_is_two_routes_and_decorated_once_is_one() -> None:
    """The same function at two paths crosses the boundary twice."""
    text = "@router.get('/a')\n@router.get('/b')\ndef f(): ...\nrouter.add_api_route('/a', f)"

    assert titles(text) == ["GET /a f", "GET /a f", "GET /b f"]


def test_one_path_on_two_routers_is_two_routes() -> None:
    """Each with options of its own."""
    text = "v2 = APIRouter()\n@router.get('/x', response_model=Order)\n@v2.get('/x', response_model=dict)\ndef f(): ..."

    assert sorted(h.output.kind for h in handlers(text)) == ["raw", "schema"]


def test_the_options_of_a_route_mean_what_they_mean_where_it_is_registered() -> None:
    """Not in the module of the function; places are those of the file that is pointed at."""
    main = (
        HEAD
        + "Out = dict\nv1 = APIRouter(prefix='/v1')\nfrom shop import api\nv1.add_api_route('/{a}', api.f, response_model=Out)"
    )
    (handler,) = handlers("class Out(BaseModel): ...\ndef f(a: dict): return {}", {"shop.main": main})

    assert (handler.path, handler.inputs, handler.output.kind) == ("/v1/{a}", (), "raw")
    assert handler.output.location.path == "shop/main.py"
    assert handler.output.location.text.endswith("response_model=Out)")


def test_an_alias_from_another_file_is_pointed_at_where_it_is_used() -> None:
    """Whichever of the two files is longer."""
    text = "from shop.deps import Payload\n@router.post('/x')\ndef f(p: Payload) -> None: ..."
    (handler,) = handlers(
        text, {"shop.deps": "from typing import *\nfrom fastapi import Body\nPayload = Annotated[dict, Body()]"}
    )

    (slot,) = handler.inputs
    assert (slot.kind, slot.location.path, slot.location.text) == (
        "raw",
        "shop/api.py",
        "def f(p: Payload) -> None: ...",
    )


def test_recursive_aliases_end() -> None:
    """In time that does not grow with the number of branches."""
    json = "JSON = Union[Dict[str, 'JSON'], List['JSON'], Tuple['JSON', ...], Set['JSON'], str, int, None]\n"

    assert output("JSON", json) == "raw"
    assert output("Tree", "Tree = Union[Order, List['Tree']]\n") == "schema"


@pytest.mark.parametrize("alias", ["Optional[Id]", "Id | None", "Union[Id, None]"])
def test_an_alias_that_is_given_its_own_name_ends(alias: str) -> None:
    """The last of its meanings stands for itself."""
    (handler,) = handlers(f"Id = int\nId = {alias}\n@router.get('/')\ndef f(a: Id) -> None: ...")

    assert handler.output.kind == "none"


def test_large_unions_are_read_whole() -> None:
    """Hundreds of members."""
    members = "\n".join(f"class M{n}(BaseModel): ..." for n in range(200))

    assert output(" | ".join(f"M{n}" for n in range(200)), members) == "schema"


def test_a_module_that_says_nothing_of_fastapi_is_read() -> None:
    """The application comes from elsewhere, the verb is unusual."""
    others = {"shop.core": HEAD + "web = FastAPI()", "shop.api": "", "shop.api.h": ""}
    for decorator in ("@web.api_route('/x', methods=['POST'])", "@guard(web.get, '/x')", "@web.websocket('/x')"):
        text = f"from shop.core import web\n{decorator}\ndef f(data: dict) -> dict: ..."
        shop = codebase({**others, "shop.api.h": text})

        assert len(shop.handlers(shop.select("api")).found) == 1, decorator


def test_a_file_elsewhere_that_may_register_handlers_must_be_readable() -> None:
    """Otherwise handlers of this scope could be missing in silence."""
    shop = codebase({"shop.api": "def f(): ...", "shop.main": "app.add_api_route('/x', api.f)\ndef (:"})

    assert [u.module for u in shop.handlers(shop.select("api")).unread] == ["shop.main"]
    shop = codebase({"shop.api": "def f(): ...", "shop.main": "(a)(b)\ndef (:"})
    assert shop.handlers(shop.select("api")).unread == ()


@pytest.mark.parametrize(
    ("base", "kind"), [("Response", "raw"), ("JSONResponse", "raw"), ("HTMLResponse", "response"), ("Unknown", "raw")]
)
def test_a_response_class_of_the_project_is_what_it_is_derived_from(base: str, kind: str) -> None:
    """One that is derived from Response alone renders JSON as a rule."""
    text = f"from fastapi import Response\nclass Mine({base}): ...\n@router.get('/', response_class=Mine)\ndef f(): return {{}}"
    (handler,) = handlers(text)

    assert handler.output.kind == kind


def test_functions_that_return_what_each_other_does_are_asked_once() -> None:
    """There may be many such paths."""
    calls = " if x else ".join(["one(x)"] * 30)
    text = f"def one(x): return {calls.replace('one', 'two')}\ndef two(x):\n    if x: return {calls}\n    return Depends(x)\n"
    (handler,) = handlers(f"{text}@router.post('/x')\ndef f(a: Order = one(1), b: Order = two(1)): ...")

    assert [slot.name for slot in handler.inputs] == []


def test_star_imports_of_modules_that_import_each_other() -> None:
    """One of two stars does not know the name yet."""
    others = {
        "shop.schemas": "from shop.pages import *\nfrom shop.accounts import *",
        "shop.pages": "from pydantic import BaseModel\nclass PageIn(BaseModel): ...",
        "shop.accounts": "from shop.schemas import PageIn\nclass AccountIn(PageIn): ...",
    }
    text = "from fastapi import FastAPI\nfrom shop.schemas import AccountIn, PageIn\napp = FastAPI()\n"
    text += "@app.post('/')\ndef f(a: AccountIn) -> PageIn: ..."
    shop = codebase({"shop.api": text} | others)

    (handler,) = shop.handlers(shop.select("api")).found
    assert [slot.kind for slot in (*handler.inputs, handler.output)] == ["schema", "schema"]


def test_a_contract_is_no_route() -> None:
    """Of a package that is not installed."""
    assert handlers("import deal\n@deal.post(lambda result: result > 0)\ndef f(x: int): return x") == ()


def test_a_star_that_leads_nowhere() -> None:
    """Says so, if no other one knows the name."""
    text = "from fastapi import FastAPI\nfrom shop.schemas import *\napp = FastAPI()\n@app.post('/')\ndef f(a: Lost) -> None: ..."
    shop = codebase({"shop.api": text, "shop.schemas": "from shop.empty import Lost", "shop.empty": ""})

    (handler,) = shop.handlers(shop.select("api")).found
    assert [(slot.kind, slot.detail) for slot in handler.inputs] == [("unknown", "shop.empty.Lost")]


def test_a_decorator_may_note_a_route_for_somebody_who_registers_it() -> None:
    """The project's own, if anybody registers anything, and classy-fastapi's."""
    text = """
from classy_fastapi import Routable, get, route
def handler(**config):
    def register_handler(func):
        func.__handler_config = config
        return func
    return register_handler
def marked(path, methods):
    def mark(f):
        setattr(f, 'route', (path, methods))
        return f
    return mark
def counted(path, methods):
    def count(f):
        f.count = 1
        return wrapped(f)
    return count
def plain(path, methods): ...
class Orders:
    @handler(path='/orders', methods=['POST'], status_code=201)
    async def place(self, order: Order) -> Order: ...
    @marked('/orders/{number}', methods=['DELETE'])
    def delete(self, number: int): return Response(status_code=204)
    @handler(path='/orders')
    def without_methods(self): ...
    @handler(path='orders', methods=['GET'])
    def without_path(self): ...
    @counted('/orders', methods=['GET'])
    def counted(self): ...
    @plain('/orders', methods=['GET'])
    def plain(self): ...
    @nowhere('/orders', methods=['GET'])
    def nowhere(self): ...
    @handler
    def bare(self): ...
    @nowhere()('/orders', methods=['GET'])
    def deep(self): ...
class Lines(Routable):
    @get('/lines')
    def show(self, order: Order = Depends(f)) -> list[Order]: ...
    @route('/lines', methods=['PUT'])
    def put(self, order: Order) -> dict: ...
"""
    registers = "def register(router, found):\n    for f in found: router.add_api_route(f.path, f)"
    known = ["GET /lines Lines.show: [] schema", "PUT /lines Lines.put: ['order'] raw"]
    noted = ["DELETE /orders/{number} Orders.delete: [] none", "POST /orders Orders.place: ['order'] schema"]

    def found(others: dict[str, str]) -> list[str]:
        every = handlers(text, others)
        return [f"{h.title}: {[s.name for s in h.inputs]} {h.output.kind}" for h in every]

    assert sorted(found({})) == known
    assert sorted(found({"shop.main": registers})) == sorted([*noted, *known])


def test_the_response_that_a_handler_is_given_may_be_what_it_returns() -> None:
    """Unless the name means something else by then."""
    text = (
        "@router.get('/a')\ndef a(response: Response):\n    response.body = b''\n    return response\n"
        "@router.get('/b')\ndef b(response: Response):\n    response = {}\n    return response\n"
        "@router.get('/c')\ndef c(order: Order):\n    return order\n"
    )

    assert [h.output.kind for h in handlers(text)] == ["response", "raw", "raw"]


def test_a_model_may_depend_on_a_condition() -> None:
    """Either side counts; where one says nothing, that is unknown."""
    text = (
        "@router.get('/a', response_model=Order if x else dict[str, Any])\ndef a(): ...\n"
        "@router.get('/b', response_model=Order if x else None)\ndef b(): ...\n"
        "@router.get('/c', response_model=None if x else None)\ndef c(): ...\n"
    )

    found = [(h.output.kind, h.output.detail) for h in handlers(text)]

    assert [kind for kind, _ in found] == ["raw", "unknown", "none"]
    assert found[1][1] == "`Order`, or nothing declared, as `x` says"


def test_a_router_that_hands_on_what_it_is_given_registers_nothing_itself() -> None:
    """Its callers say what that is."""
    text = """
class Own(APIRouter):
    def add_api_route(self, path, *args, **kwargs):
        return super().add_api_route(path, *args, **kwargs)
own = Own()
@own.get('/x')
def x() -> Order: ...
"""

    assert [h.title for h in handlers(text)] == ["GET /x x"]


def test_a_function_that_calls_itself_returns_what_else_it_returns() -> None:
    """By a variable as well."""
    text = """
async def look_up(path, again=True):
    if again:
        found = await look_up('index', again=False)
        return found
    return FileResponse(path)
@router.get('/x')
async def x():
    found = await look_up('x')
    return found
"""

    assert [h.output.kind for h in handlers("from fastapi.responses import FileResponse\n" + text)] == ["response"]


@pytest.mark.parametrize(
    ("body", "row"),
    [
        ("s = select(Row).where(1)\n    r = await db.execute(s)\n    return r.scalars().all()", "Row"),
        ("r = await db.execute(select(Row))\n    return r.scalar_one_or_none()", "Row"),
        ("return (await db.scalars(select(Row).join(Other))).all()", "Row"),
        ("return db.query(Row).join(Other).filter(Other.x == 1).all()", "Row"),
        ("return Row.query.join(Other).all()", "Row"),
        ("return db.get(entity=Other, ident=1)", "Other"),
    ],
)
def test_rows_are_of_what_a_query_begins_with(body: str, row: str) -> None:
    """By way of variables, too."""
    text = (
        "from sqlalchemy import select\nfrom sqlalchemy.ext.asyncio import AsyncSession\nclass Other(Base): ...\n"
        f"@router.get('/x')\nasync def x(db: AsyncSession = Depends(make)):\n    {body}\n"
    )
    (found,) = handlers(text)

    assert found.output.detail == f"nothing declared: it returns rows of shop.api.{row}"


def test_a_class_that_a_function_is_given() -> None:
    """A factory of routers says by its annotation what the class derives from."""
    text = """\
T = TypeVar('T', bound=Order)
def make(model: type[Order], other: 'Type[T]', unsaid: T):
    @router.post('/a', response_model=model)
    def a(body: model): ...
    @router.post('/b')
    def b(body: other) -> unsaid: ...
"""
    first, second = handlers(f"from typing import Type, TypeVar\n{text}")

    assert [(s.kind, [c.name for c in s.classes]) for s in (first.inputs[0], first.output, second.inputs[0])] == [
        ("schema", ["shop.api.Order"])
    ] * 3
    assert second.output.kind == "unknown"


@pytest.mark.parametrize(
    ("annotation", "expected"),
    [
        ("type[Order] | type[Line] | None", ["schema", "Line", "Order"]),
        ("Optional[type[Order]]", ["schema", "Order"]),
        ("Union[Type[Order], 'type[Line]']", ["schema", "Line", "Order"]),
        ("Model", ["schema", "Line", "Order"]),
        ("Looped", ["unknown"]),
        ("type[Order] | type[Row]", ["orm", "Order", "Row"]),
        ("Order", ["unknown"]),
    ],
)
def test_a_function_may_be_given_one_of_several_classes(annotation: str, expected: list[str]) -> None:
    """Each of them counts."""
    text = f"""\
from typing import Optional, Type, Union
class Line(BaseModel): ...
Model = Union[Type[Order], Type[Line]]
Looped = Union[Type[Order], "Again"]
Looped = Again = Union[Looped, Again]
def make(model: {annotation}):
    @router.post('/a')
    def a() -> model: ...
"""
    (handler,) = handlers(text)

    assert [handler.output.kind, *sorted(c.name.rpartition(".")[2] for c in handler.output.classes)] == expected


def test_a_default_that_cannot_be_read_of_what_is_no_body() -> None:
    """A session, a row, a service: FastAPI would refuse them as a body, so the default is a dependency."""
    text = """\
class Service: ...
class Derived(Service, Generic[T]): ...
class Found(nowhere.Base): ...
def make(session, deps):
    @router.post('/a')
    def a(s: Session = session, row: Row = deps.user, x: Service = deps.x, y: Derived = session,
          o: Order = deps.order, f: Found = session, u: nowhere.Thing = session, own: Service = Depends): ...
"""
    (handler,) = handlers(f"from typing import Generic\nfrom sqlalchemy.orm import Session\n{text}")

    assert [f"{slot.name}: {slot.kind}" for slot in handler.inputs] == [
        "o: unknown",
        "f: unknown",
        "u: unknown",
    ]


def test_a_response_with_nothing_in_it_is_no_result() -> None:
    """Whatever its annotation says; text in it is a response."""
    text = """\
@router.delete('/a')
def a() -> Response: return Response(status_code=204)
@router.delete('/b')
def b() -> Response: return Response('x')
"""

    assert [handler.output.kind for handler in handlers(text)] == ["none", "response"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("def f(order): ...\nf.__annotations__['order'] = Order\nrouter.post('/')(f)", ["order: schema"]),
        ("def f(order): ...\nf.__annotations__['order'] = dict[str, Any]\nrouter.post('/')(f)", ["order: raw"]),
        ("def f(order): ...\nf.__annotations__['order'] = f'{kind}In'\nrouter.post('/')(f)", ["order: unknown"]),
        (
            "def f(order: Order): ...\nf.__annotations__['order'] = made()\nrouter.post('/')(f)",
            ["order: unknown", "order: schema"],
        ),
        ("@router.post('/')\ndef f(order: dict): ...\nf.__annotations__['order'] = Order", ["order: raw"]),
        (
            "def f(order: dict): ...\nrouter.post('/')(f)\nf.__annotations__['order'] = Order",
            ["order: unknown", "order: raw"],
        ),
        ("def f(order: dict): ...\nclient.f.__annotations__['order'] = Order\nrouter.post('/')(f)", ["order: raw"]),
        (
            "def f(order: dict): ...\ndef g():\n    def f(order): ...\n    f.__annotations__['order'] = Order\nrouter.post('/')(f)",
            ["order: raw"],
        ),
        ("def f(order): ...\nif X:\n    f.__annotations__['order'] = Order\nrouter.post('/')(f)", ["order: unknown"]),
        (
            "def f(order): ...\nf.__annotations__['order'] = dict\nf.__annotations__['order'] = Order\nrouter.post('/')(f)",
            ["order: unknown"],
        ),
        ("def f(order): ...\nf.__annotations__ = made()\nrouter.post('/')(f)", ["signature: unknown"]),
        (
            "def f(order: Order): ...\nf.__signature__ = made\nrouter.post('/')(f)",
            ["signature: unknown", "order: schema"],
        ),
        ("def f(order): ...\ng.__annotations__['order'] = Order\nf.__annotations__\nrouter.post('/')(f)", []),
        (
            "def make(kind):\n    def f(order): ...\n    f.__annotations__['order'] = kind\n    router.post('/')(f)",
            ["order: unknown"],
        ),
    ],
)
def test_annotations_that_the_code_gives_count(text: str, expected: list[str]) -> None:
    """Those that only the running code can tell are unknown, rather than none."""
    (handler,) = handlers(HEAD + text)

    assert [f"{s.name}: {s.kind}" for s in handler.inputs] == expected


def test_of_two_functions_with_one_name_none_has_the_annotations_of_the_other() -> None:
    """One that has none is unknown, and the other one as it is written."""
    text = (
        "def make(typed):\n    if typed:\n        def f(order): ...\n        f.__annotations__['order'] = Order\n"
        "    else:\n        def f(order: dict): ...\n    router.post('/')(f)"
    )
    found = handlers(HEAD + text)

    assert {tuple(s.kind for s in h.inputs) for h in found} == {("unknown",), ("unknown", "raw")}


def test_a_route_that_has_a_name_decorates() -> None:
    """It is kept before the function is there; what only looks like one is none."""
    assert [h.title for h in handlers(f"{HEAD}place = router.post('/a')\n@place\ndef f(): ...")] == ["POST /a f"]
    assert handlers(f"{HEAD}place = find('/a')\n@place\ndef f(): ...") == ()


def test_annotations_that_another_module_gives_count() -> None:
    """The one that has the function, which a router of this one registers."""
    more = "from shop.api import Order\ndef f(order): ...\nf.__annotations__['order'] = Order"
    (handler,) = handlers(f"{HEAD}from shop.more import f\nrouter.post('/')(f)", {"shop.more": more})

    assert [(s.name, s.kind) for s in handler.inputs] == [("order", "schema")]
