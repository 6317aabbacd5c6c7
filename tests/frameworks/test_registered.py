"""Handlers that calls register, alike in all frameworks: in loops, by way of functions, objects, lambdas."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from frameworks.handlers_in import handlers, titles

from pytest_fitness.frameworks.fastapi import FastAPI
from pytest_fitness.model.contents import Contents
from pytest_fitness.model.syntax import Endpoint, Part
from pytest_fitness.testing import codebase

FASTAPI = """\
from fastapi import APIRouter
from functools import partial
from pydantic import BaseModel
router = APIRouter()
class Order(BaseModel): ...
def good(data: Order) -> Order: ...
def bad(data: dict) -> dict: ...
"""
FLASK = """\
from flask import Flask
from flask.views import MethodView
app = Flask(__name__)
def good(): return ''
def bad(): return {}
"""
AIOHTTP = """\
from aiohttp import web
app = web.Application()
routes = web.RouteTableDef()
async def good(request): ...
async def bad(request): ...
"""
STARLETTE = """\
from starlette.applications import Starlette
from starlette.routing import Route
app = Starlette()
async def good(request): ...
async def bad(request): ...
"""
CELERY = """\
from celery import Celery, shared_task
app = Celery()
def good(count: int): ...
def bad(data: dict): ...
"""
BOTH = ["GET /b bad", "GET /g good"]


def found(text: str, others: dict[str, str] | None = None) -> list[str]:
    """The titles of the handlers, sorted, without the framework."""
    return sorted(title.partition(": ")[2] for title in titles(text, others))


@pytest.mark.parametrize(
    "text",
    [
        FASTAPI + "for path, f in [('/g', good), ('/b', bad)]:\n    router.add_api_route(path, f)",
        FASTAPI + "for path, f in (('/g', good), ('/b', bad)):\n    router.get(path)(f)",
        FASTAPI + "TABLE = {'/g': good, '/b': bad}\nfor path, f in TABLE.items():\n    router.add_api_route(path, f)",
        FASTAPI + "TABLE = {good: '/g', bad: '/b'}\nfor f in TABLE:\n    router.add_api_route('/' + f.__name__[0], f)",
        FASTAPI + "for f in TABLE.keys():\n    router.add_api_route('/x', f)\nTABLE = {good: '/g', bad: '/b'}",
        FASTAPI + "for f in {'/g': good, '/b': bad}.values():\n    router.add_api_route('/x', f)",
        FASTAPI + "for n, (p, f) in enumerate([('/g', good), ('/b', bad)]):\n    router.add_api_route(p, f)",
        FASTAPI + "for row in [('/g', good), ('/b', bad)]:\n    router.add_api_route(row[0], row[1])",
        FASTAPI + "for row in [{'p': '/g', 'f': good}, {'p': '/b', 'f': bad}]:\n    router.add_api_route(row['p'], row['f'])",
        FASTAPI + "for row in [Row(p='/g', f=good), Row(p='/b', f=bad)]:\n    router.add_api_route(row.p, row.f)",
        FASTAPI + "MORE = [('/b', bad)]\nfor p, f in [('/g', good), *MORE]:\n    router.add_api_route(p, f)",
        FASTAPI + "MORE = [('/b', bad)]\nfor p, f in [('/g', good)] + MORE:\n    router.add_api_route(p, f)",
        FASTAPI + "def add(pairs):\n    for p, f in sorted(pairs):\n        router.add_api_route(p, f)\n"
        "add([('/g', good)])\nadd(pairs=[('/b', bad)])",
        FASTAPI + "class Routes:\n    def good(self): ...\n    def bad(self): ...\n    def add(self):\n"
        "        for name in ('good', 'bad'):\n            for _ in (1, 2): router.add_api_route('/' + name, getattr(self, name))",
        FASTAPI + "def add(path, f): router.add_api_route(path, f)\nfor path, f in [('/g', good), ('/b', bad)]:\n    add(path, f)",
        FASTAPI + "def add():\n    table = [good, bad]\n    for f in table: router.add_api_route('/x', f)",
        FLASK + "for rule, f in [('/g', good), ('/b', bad)]:\n    app.add_url_rule(rule, view_func=f)",
        FLASK + "for rule, f in [('/g', good), ('/b', bad)]:\n    app.route(rule)(f)",
        FLASK + "for name in ('good', 'bad'):\n    app.add_url_rule(f'/{name}', view_func=globals()[name])",
        AIOHTTP + "app.add_routes([web.get(p, f) for p, f in (('/g', good), ('/b', bad))])",
        AIOHTTP + "for p, f in (('/g', good), ('/b', bad)):\n    routes.get(p)(f)",
        STARLETTE + "app = Starlette(routes=[Route(p, f) for p, f in {'/g': good, '/b': bad}.items()])",
        STARLETTE + "for p, f in (('/g', good), ('/b', bad)):\n    app.route(p)(f)",
        CELERY + "for f in (good, bad):\n    app.task(f)",
        CELERY + "for f in (good, bad):\n    shared_task(bind=True)(f)",
    ],
)  # fmt: skip
def test_each_turn_of_a_loop_registers(text: str) -> None:
    """Over a list, a dict, what callers give; whatever registers."""
    names = [title.rpartition(" ")[2].rpartition(".")[2] for title in found(text)]

    assert sorted(names) == ["bad", "good"]


@pytest.mark.parametrize(
    "loop",
    [
        "for f in load():",
        "for f in OTHER:",  # has several values
        "for f in {**TABLE}:",
        "for f in {**TABLE}.values():",
        "for f, g in [good, bad]:",
        "for f, g in [(good, bad, 1)]:",
        "for f, *g in [(good, bad, 1)]:",
        "for f, g in [(*pair, bad)]:",
        "for f in [good] * 3:",
        "for f in [*load()] + load():",
        "for f in app.state.handlers:",
        "for f in zip([good], [bad]):",
        "for f in list(load()):",
        "for f in pairs[0]:",
        "for (f, g), h in [(good, bad)]:",
        "for f in load().items():",
        "for f in AGAIN:",
        "for f in range(600):",
        f"for f in [{'good, ' * 2001}]:",
    ],
)
def test_of_a_loop_that_cannot_be_read_nothing_is_known(loop: str) -> None:
    """It is one handler, of which nothing is known."""
    tables = "AGAIN = list(AGAIN)\nif DEBUG:\n    OTHER = [good]\nelse:\n    OTHER = []\n"
    (handler,) = handlers(f"{FASTAPI}{tables}{loop}\n    router.add_api_route('/x', f)")

    assert handler.output.kind == "unknown"


def test_variables_of_other_loops_are_no_matter() -> None:
    """Those of a loop before it, and of one in another function."""
    text = "for good in (1, 2): ...\ndef g():\n    for good in (1, 2):\n        def h():\n            router.add_api_route('/x', good)\n"

    assert found(f"{FASTAPI}{text}") == ["GET /x good"]


def test_a_list_that_is_written_elsewhere_is_followed_there() -> None:
    """Names in it mean what they mean there."""
    table = "from pydantic import BaseModel\nclass Order(BaseModel): ...\ndef h(): ...\nTABLE = [('/h', h, Order)]\n"
    text = (
        "from fastapi import APIRouter\nfrom shop.table import TABLE\nrouter = APIRouter()\nOrder = dict\n"
        "for path, f, model in TABLE:\n    router.add_api_route(path, f, response_model=model)\n"
    )
    (handler,) = handlers(text, {"shop.table": table})

    assert (handler.title, handler.output.kind) == ("GET /h h", "schema")
    assert (handler.output.location.path, handler.output.location.line) == ("shop/table.py", 4)


TABLED = """
from flask import Blueprint
from flask.views import MethodView
class Base(MethodView):
    def get(self): return self.shown()
class A(Base):
    def shown(self): return 'text'
class B(Base):
    def shown(self): return {}
bp = Blueprint('shop', __name__)
"""


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("view = of.as_view(of.__name__)", "known"),
        ("view = seen.get(of)\n        if view is None:\n            view = of.as_view('x')", "known"),
        ("view = None\n        view = of.as_view('x')\n        for d in around: view = d(view)", "known"),
        ("view = of.as_view('x')\n        if around: view = around[0]()", "unknown"),
        ("view = of.as_view('x')\n        if around: view = around[0]", "unknown"),
        ("view = of.as_view('x')\n        if around: view = seen.as_view('x')", "unknown"),
        ("rows.append(1)\n        view = of.as_view('x')", "unknown"),
        ("path.pop()\n        view = of.as_view('x')", "unknown"),
        ("rows[0] = around\n        view = of.as_view('x')", "unknown"),
        ("keep(rows)\n        view = of.as_view('x')", "unknown"),
    ],
)
def test_a_table_that_is_given_to_a_function_is_gone_over_there(body: str, expected: str) -> None:
    """Wherever the function is; one that changes the table, or what is in it, may register anything."""
    helper = f"def register(bp, rows, around=(), seen={{}}):\n    for path, of in rows:\n        {body}\n        bp.add_url_rule(path, view_func=view)"
    table = "from shop.api import A, B, bp\nfrom shop.helper import register\nROWS = [('/a', A), ('/b', B)]\nregister(bp, ROWS)"

    shown = {h.title: h.output.kind for h in handlers(TABLED, {"shop.helper": helper, "shop.table": table})}

    known = shown.get("GET /a Base.get of A") == "response" and shown.get("GET /b Base.get of B") == "raw"
    assert known is (expected == "known")
    assert ("unknown" in shown.values()) is (expected == "unknown")


@pytest.mark.parametrize("use", ["register(bp, load())", "register(bp, *ROWS)", "REGISTER = [register]"])
def test_what_else_a_function_may_be_given_is_unknown(use: str) -> None:
    """Beside all that can be read."""
    helper = "def register(bp, rows=()):\n    for path, of in rows:\n        bp.add_url_rule(path, view_func=of)"
    text = f"{FLASK}{helper}\nregister(app, [('/g', good)])\n{use}"

    assert sorted((h.title, h.output.kind) for h in handlers(text)) == [
        ("GET /g good", "none"),
        ("GET path of", "unknown"),
    ]


@pytest.mark.parametrize(
    "use", ["load(ROWS)", "print(x)(ROWS)", "def keep(*rows): ...\nkeep(ROWS)", "def keep(a): a.append(1)\nkeep(ROWS)"]
)
def test_a_list_that_is_given_to_what_may_change_it_cannot_be_read(use: str) -> None:
    """A function that is not in the source, or does more than go over it."""
    text = f"{FASTAPI}ROWS = [good]\n{use}\nfor f in ROWS:\n    router.add_api_route('/x', f)"

    assert [h.output.kind for h in handlers(text)] == ["unknown"]


def test_a_list_may_grow_elsewhere() -> None:
    """What is put into it is no function that could be found."""
    text = f"{FASTAPI}TABLE = [good]\nfor f in TABLE:\n    router.add_api_route('/x', f)"
    more = {"shop.more": "from shop.api import TABLE\nTABLE += [more]"}

    assert shown(text, more) == ["GET /x good schema/schema", "GET /x more unknown"]


ROUTES = """\
from flask import Flask
from fastapi import APIRouter
app = Flask(__name__)
router = APIRouter()
class Order(dict): ...
"""


@pytest.mark.parametrize(
    ("helper", "use", "expected"),
    [
        ("def add(rule, f): app.add_url_rule(rule, view_func=f)", "from shop.routes import add\nadd('/h', h)", "GET /h h"),
        ("def add(rule, f): app.add_url_rule(rule, view_func=f)", "from shop import routes\nroutes.add('/h', f=h)", "GET /h h"),
        ("def add(f): app.add_url_rule('/h', view_func=f)", "from shop.routes import add\n@add\ndef h(): ...", "GET /h h"),
        ("def route(rule):\n    def add(f):\n        app.add_url_rule(rule, view_func=f)\n    return add",
         "from shop.routes import route\n@route('/h')\ndef h(): ...", "GET /h h"),
        ("def route(rule):\n    def add(f):\n        app.add_url_rule(rule, view_func=f)\n    return add",
         "from shop.routes import route\nroute('/h')(h)", "GET /h h"),
        ("def post(path, **options):\n    def add(f):\n        return router.post(path, **options)(f)\n    return add",
         "from shop.routes import post\n@post('/h', response_model=dict)\ndef h(): ...", "POST /h h"),
        ("def add(path, f, **options): router.add_api_route(path, f, **options)",
         "from shop.routes import add\nadd('/h', h, methods=['PUT'])", "PUT /h h"),
        ("def add(path, f, **options): router.add_api_route(path, f, **options)",
         "from shop.routes import add\nOPTIONS = {'methods': ['PUT']}\nadd('/h', h, **OPTIONS)", "PUT /h h"),
        ("def add(path, f, **options): router.add_api_route(path, f, **options)",
         "from shop.routes import add\nadd('/h', h, **{METHODS: ['PUT']})", "GET /h h"),
        ("def add(path, f, **options): router.add_api_route(path, f, **options)",
         "from shop.routes import add\nadd('/h', h, **{'methods': ['PUT']})", "PUT /h h"),
        ("def add(f): app.add_url_rule('/h', view_func=f)",
         "from shop.routes import add\n@add('/x')\ndef g(): ...\nadd(h)", "GET /h h"),
        ("def add(path, f=None): router.add_api_route(path, f)",
         "from shop.routes import add\nadd('/x')\nadd('/h', h)", "GET /h h"),
        ("class Service:\n    def __init__(self):\n        self.app = Flask(__name__)\n"
         "    def add(self, rule, f): self.app.add_url_rule(rule, view_func=f)\nservice = Service()",
         "from shop.routes import service\nservice.add('/h', h)\nnames.add('x')", "GET /h h"),
        ("class Service:\n    def __init__(self):\n        self.app = Flask(__name__)\n    def route(self, rule):\n"
         "        def add(f):\n            self.app.add_url_rule(rule, view_func=f)\n        return add\nservice = Service()",
         "from shop.routes import service\n@service.route('/h')\ndef h(): ...", "GET /h h"),
        ("class Routes(APIRouter):\n    def add_api_route(self, path, endpoint):\n        super().add_api_route(path, endpoint)",
         "from shop.routes import Routes\nRoutes().add_api_route('/h', h)", "GET /h h"),
    ],
)  # fmt: skip
def test_a_function_that_registers_is_followed_wherever_it_is_used(helper: str, use: str, expected: str) -> None:
    """Called, or as a decorator, with or without arguments."""
    others = {"shop.routes": f"{ROUTES}{helper}\n", "shop.more": "add = 1\nadd.x"}

    assert found(f"def h(): ...\n{use}", others) == [expected]


@pytest.mark.parametrize(
    "use",
    [
        "",
        "from shop.routes import add\nlater(add)",
        "from shop.routes import add\nadd('/h', h)\nmap(add, all)",
        "from shop.routes import Service\ndef setup(service): service.add('/h', h)",
    ],
)
def test_what_a_function_may_register_besides_is_unknown(use: str) -> None:
    """Where it is used in another way, by something that cannot be followed, or not at all."""
    helper = "def add(rule, f): app.add_url_rule(rule, view_func=f)\n"
    if "Service" in use:
        helper = f"class Service:\n    {helper}"
    shop = codebase({"shop.routes": f"{ROUTES}{helper}", "shop.api": f"def h(): ...\n{use}"})
    kinds = [h.output.kind for h in shop.handlers(list(shop.modules.values())).found if h.qualname == "f"]

    assert kinds == ["unknown"]


def test_what_a_caller_gives_means_what_it_means_there() -> None:
    """A model by the name of another one, and where it is."""
    helper = "def add(path, f, model): router.add_api_route(path, f, response_model=model)"
    text = "from pydantic import BaseModel\nfrom shop.routes import add\nclass Order(BaseModel): ...\ndef h(): ...\n"
    (handler,) = handlers(f"{text}add('/h', h, Order)", {"shop.routes": f"{ROUTES}{helper}"})

    assert (handler.output.kind, handler.output.text) == ("schema", "Order")
    assert (handler.output.location.path, handler.output.location.line) == ("shop/api.py", 5)


def test_a_name_that_means_two_things_in_one_call_is_unknown() -> None:
    """One of the function that registers, one of its caller."""
    helper = "def add(path, f, model): router.add_api_route(path, f, response_model=dict[model, Order])"
    text = "from pydantic import BaseModel\nfrom shop.routes import add\nclass Order(BaseModel): ...\ndef h(): ...\n"
    (handler,) = handlers(f"{text}add('/h', h, Order)", {"shop.routes": f"{ROUTES}{helper}"})

    assert handler.output.kind == "unknown"


def test_a_name_that_means_the_same_to_both_is_known() -> None:
    """A model that the function that registers has, and its caller as well."""
    helper = "from shop.models import Order\ndef add(path, f, model): router.add_api_route(path, f, response_model=Order | model)"
    text = "from shop.models import Order\nfrom shop.routes import add\ndef h(): ...\nadd('/h', h, Order)"
    models = "from pydantic import BaseModel\nclass Order(BaseModel): ..."
    (handler,) = handlers(text, {"shop.routes": f"{ROUTES}{helper}", "shop.models": models})

    assert handler.output.kind == "schema"


def test_a_scope_is_that_of_whoever_calls() -> None:
    """The handler may be defined outside of it, as may be the function that registers it."""
    helper = "def add(rule, f): app.add_url_rule(rule, view_func=f)"
    use = "from shop.routes import add\nfrom shop.more import h\nadd('/h', h)"

    assert found(use, {"shop.routes": f"{ROUTES}{helper}", "shop.more": "def h(): ..."}) == ["GET /h h"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("router.add_api_route('/x', lambda: {})", "raw"),
        ("f = lambda: None\nrouter.add_api_route('/x', f)", "none"),
        ("router.add_api_route('/x', partial(lambda n: {}, 1))", "raw"),
        ("class H:\n    def __call__(self) -> Order: ...\nrouter.add_api_route('/x', H())", "schema"),
        ("class H:\n    def __call__(self) -> dict: ...\nh = H()\nrouter.add_api_route('/x', h)", "raw"),
        ("class H:\n    def __call__(self) -> dict: ...\ndef add(f): router.add_api_route('/x', H(f))\nadd(1)", "raw"),
        ("class H: ...\nrouter.add_api_route('/x', H())", "unknown"),
        ("class H:\n    def go(self) -> dict: ...\nrouter.add_api_route('/x', getattr(H(), 'go'))", "raw"),
        ("router.add_api_route('/x', getattr(H, name))", "unknown"),
        ("router.add_api_route('/x', getattr(H))", "unknown"),
    ],
)
def test_what_is_no_name_of_a_function_may_answer(text: str, expected: str) -> None:
    """Lambdas, objects, attributes."""
    (handler,) = handlers(f"{FASTAPI}{text}")

    assert handler.output.kind == expected


@pytest.mark.parametrize(
    "text",
    [
        f"{FLASK}class V(MethodView):\n    if DEBUG:\n        def get(self): ...\n    def _answer(self): ...\n    post = _answer",
        f"{AIOHTTP}class V(web.View):\n    try:\n        async def get(self): ...\n    finally: ...\n"
        "    async def _answer(self): ...\n    post = guard(_answer)",
    ],
)
def test_a_method_may_have_another_name_or_stand_in_a_block(text: str) -> None:
    """It is called by the name that it has in the class."""
    assert found(text) == ["GET V.get", "POST V._answer"]


def test_a_method_that_cannot_be_followed_leaves_that_of_the_base() -> None:
    """It may be that one."""
    text = f"{AIOHTTP}class M:\n    async def get(self): ...\nclass V(M, web.View):\n    get = guard(M.nowhere)"

    assert found(text) == ["GET M.get"]


def test_a_method_that_is_handed_on_may_register_anything() -> None:
    """Whoever gets it may call it."""
    text = (
        f"{FASTAPI}class A:\n    def add(self, p, f): router.add_api_route(p, f)\n    def all(self): map(self.add, load())\n"
        "A().add('/x', good)"
    )

    assert shown(text, {}) == ["GET /x good schema/schema", "GET p f unknown"]


def test_a_method_that_is_taken_away_is_none() -> None:
    """What a base answers, this class does not."""
    text = f"{AIOHTTP}class M:\n    async def get(self): ...\nclass V(M, web.View):\n    get = None"

    assert found(text) == []


@pytest.mark.parametrize(
    "text",
    [
        f"{FLASK}app.route('/x')(nowhere)",
        f"{AIOHTTP}routes.get('/x')(nowhere)",
        f"{STARLETTE}app.route('/x')(nowhere)",
        f"{CELERY}app.task(nowhere)",
        "from litestar import get\nget('/x')(nowhere)",
        "from faststream.kafka import KafkaBroker\nbroker = KafkaBroker()\nbroker.subscriber('x')(nowhere)",
        "from rest_framework.decorators import api_view\napi_view(['GET'])(nowhere)",
    ],
)
def test_what_is_decorated_by_a_call_and_not_found_is_unknown(text: str) -> None:
    """It is listed."""
    (handler,) = handlers(text)

    assert (handler.qualname, handler.output.kind) == ("nowhere", "unknown")


def test_a_decorator_may_be_applied_by_a_call() -> None:
    """In frameworks whose handlers are decorated as a rule."""
    drf = "from rest_framework.decorators import api_view\ndef f(request): ...\nv = api_view(['GET'])(f)"
    faststream = (
        "from faststream.kafka import KafkaBroker\nb = KafkaBroker()\nasync def f(m): ...\nb.subscriber('t')(f)"
    )

    assert found(drf) == ["GET f"]
    assert found(faststream) == ["MESSAGE t f"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("class A:\n    def good(self, data: dict): ...\n    def add(self): router.add_api_route('/x', good)", ["GET /x good"]),
        ("class A:\n    @property\n    def made(self):\n        def route(data: dict): ...\n        return route\n"
         "    def add(self): router.add_api_route('/x', self.made)", ["GET /x A.made.<locals>.route"]),
        ("class A:\n    @property\n    def made(self): return good\n    def add(self): router.add_api_route('/x', self.made)",
         ["GET /x self.made"]),
        ("class A:\n    @property\n    def made(self): raise NotImplementedError\n    def add(self): router.add_api_route('/x', self.made)\n"
         "class B(A):\n    @property\n    def made(self):\n        def route(data: dict): ...\n        return route",
         ["GET /x B.made.<locals>.route"]),
        ("class A:\n    def x(self): ...\n    def y(self): ...\n    def add(self): router.add_api_route('/x', self.x)\n"
         "class B(A):\n    def x(self): ...\nclass C(B):\n    def x(self): ...\nclass D(A):\n    def y(self): ...",
         ["GET /x A.x of D", "GET /x B.x", "GET /x C.x"]),
        ("def make():\n    def route(data: dict): ...\n    return route\ndef guard(f):\n    def inner(*args): return f(*args)\n"
         "    return inner\nrouter.add_api_route('/x', guard(make()))", ["GET /x make.<locals>.route"]),
        ("def guard(f):\n    def inner(*args): return f(*args)\n    return inner\nrouter.add_api_route('/x', guard(nowhere))",
         ["GET /x guard(nowhere)"]),
        ("router.add_api_route('/x', good if DEBUG else bad)", ["GET /x bad", "GET /x good"]),
        ("f = good\nif DEBUG:\n    f = bad\nrouter.add_api_route('/x', f)", ["GET /x bad", "GET /x good"]),
        ("f = f if DEBUG else f\nrouter.add_api_route('/x', f)", ["GET /x f"]),
        ("def deco(f):\n    @router.post('/x')\n    @wraps(f)\n    def inner(*args, **more): return f(*args, **more)\n    return inner\n"
         "@deco\ndef g(data: dict): ...", ["POST /x g"]),
        ("def deco(f):\n    @router.websocket('/x')\n    def inner(*args): return f(*args)\n    return inner\n@deco\ndef g(): ...",
         ["WEBSOCKET /x g"]),
        ("def deco(f):\n    @router.post('/x')\n    def inner(*args): return other(*args)\n    return inner",
         ["POST /x deco.<locals>.inner"]),
    ],
)  # fmt: skip
def test_the_function_behind_a_registration_is_found(text: str, expected: list[str]) -> None:
    """Not one that is called alike, nor one that is only around it; those that override it as well."""
    assert found(FASTAPI + text) == expected


def test_overriding_methods_are_found_in_other_modules() -> None:
    """In classes that are derived from the one that registers."""
    base = f"{FASTAPI}class A:\n    def x(self) -> Order: ...\n    def add(self): router.add_api_route('/x', self.x)"
    text = "from shop.base import A\nclass B(A):\n    def x(self) -> dict: ..."

    assert found(text, {"shop.base": base}) == ["GET /x B.x"]


def test_overriding_methods_answer_beside_those_of_the_base() -> None:
    """Where one does not know of which class there are objects."""
    base = "from aiohttp import web\nclass A:\n    def x(self, request): ...\n    def add(self): self.app.router.add_get('/x', self.x)\n"
    text = "from shop.base import A\nclass B(A):\n    def x(self, request): ...\nclass C(A): ..."
    shop = codebase({"shop.base": base, "shop.api": text})

    assert [h.title for h in shop.handlers(shop.select("shop")).found] == ["GET /x B.x", "GET /x A.x"]
    assert [h.title for h in shop.handlers(shop.select("api")).found] == ["GET /x B.x"]


@pytest.mark.parametrize(
    "text",
    [
        "from unittest import mock\n@mock.patch(f'{PKG}.load')\ndef test_it(load): ...",
        "@cache.get()\ndef f(): ...",
        "@store.put(key=KEY)\ndef f(): ...",
    ],
)
def test_a_decorator_with_the_name_of_a_verb_is_no_route(text: str) -> None:
    """Where its path cannot be read, and nothing else tells of a router."""
    assert found(text) == []


def test_a_router_is_known_by_its_name_where_its_path_cannot_be_read() -> None:
    """In a module that imports neither FastAPI nor anything else."""
    assert found("@orders_router.get(PATH)\ndef f(): ...") == ["GET PATH f"]


REG = "from shop.routes import Order, add\n"
ADD = "from pydantic import BaseModel\nclass Order(BaseModel): ...\ndef add(path, f): router.add_api_route(path, f)\n"


def shown(text: str, others: dict[str, str]) -> list[str]:
    """Every handler of the codebase: route, and what crosses."""
    shop = codebase({"shop.api": text} | others)
    found = shop.handlers(list(shop.modules.values())).found
    return sorted(f"{h.title} {'/'.join([*(slot.kind for slot in h.inputs), h.output.kind])}" for h in found)


def test_the_same_place_in_two_modules_is_two_registrations() -> None:
    """By a call, and by a decorator; of methods with one name as well."""
    routes = f"{ROUTES}{ADD}def route(path):\n    def deco(f): router.add_api_route(path, f)\n    return deco\n"
    good, bad = "def index(b: Order) -> Order: ...\nadd('/', index)", "def index(b: dict) -> dict: ...\nadd('/', index)"
    decorated = "from shop.routes import route\n@route('/x')\ndef show() -> {}: ..."
    others = {
        "shop.routes": routes,
        "shop.b": REG + bad,
        "shop.c": decorated.format("int"),
        "shop.d": decorated.format("dict"),
    }

    assert shown(REG + good, others) == [
        "GET / index raw/raw",
        "GET / index schema/schema",
        "GET /x show raw",
        "GET /x show scalar",
    ]


def test_what_registers_by_several_ways_is_one() -> None:
    """A decorator of the project that is called like Celery's."""
    makers = "from celery import Celery\napp = Celery()\ndef task(f): return app.task(f)\n"
    text = "from shop.makers import task\n@task\ndef f(data: dict): ..."

    assert shown(text, {"shop.makers": makers}) == ["TASK f raw/none"]


@pytest.mark.parametrize(
    ("plugin", "text", "expected"),
    [
        ("routes = []", "class B(A):\n    routes = [('/h', h)]", ["GET /h h raw"]),
        (
            "routes = [('/a', good)]",
            "class B(A):\n    routes = [('/h', h)]",
            ["GET /a good schema/schema", "GET /h h raw"],
        ),
        ("routes = []", "", ["GET p f unknown"]),
        ("routes = []", "class B(A):\n    def __init__(self): self.routes = [('/h', h)]", ["GET /h h raw"]),
        ("routes = []", "class B(A):\n    routes: list", ["GET p f unknown"]),
    ],
)
def test_a_list_in_a_class_is_that_of_the_classes_derived_from_it_as_well(
    plugin: str, text: str, expected: list[str]
) -> None:
    """An empty one is filled somewhere."""
    base = f"{FASTAPI}class A:\n    {plugin}\n    def add(self):\n        for p, f in self.routes: router.add_api_route(p, f)\n"

    assert shown(f"from shop.base import A\ndef h() -> dict: ...\n{text}", {"shop.base": base}) == expected


@pytest.mark.parametrize(
    ("before", "others"),
    [
        ("def fill(t): t.append(bad)\nfill(TABLE)", {}),
        ("def fill():\n    global TABLE\n    TABLE = [bad]", {}),
        ("if DEBUG:\n    TABLE = [bad]", {}),
        ("TABLE[0] = bad", {}),
        ("def fill(): return TABLE.append(bad)", {}),
        ("def fill(t=TABLE): t.append(bad)", {}),
        ("TABLE.append(bad, 1)", {}),
        ("print(TABLE.append(bad))", {}),
        ("TABLE -= [bad]", {}),
        ("for f in sort(TABLE): ...", {}),
        ("", {"shop.b": "from shop.api import TABLE as R\nR.append(1)"}),
        ("", {"shop.b": "from shop import api\nr = api.TABLE"}),
        ("", {"shop.b": "from shop import api\napi.TABLE *= [1]"}),
    ],
)
def test_a_list_to_which_something_is_done_cannot_be_read(before: str, others: dict[str, str]) -> None:
    """By another name, by another function, by another value."""
    text = f"{FASTAPI}TABLE = [good]\n{before}\ndef add():\n    for f in TABLE: router.add_api_route('/x', f)"

    assert shown(text, others) == ["GET /x f unknown"]


@pytest.mark.parametrize(
    "before",
    [
        "len(TABLE)",
        "MORE = [*TABLE, bad]",
        "MORE = TABLE + [bad]",
        "TABLE_2 = sorted(TABLE)",
        "other.TABLE = 1",
        "[x for x in TABLE]",
    ],
)
def test_a_list_that_is_only_read_elsewhere_can_be_read(before: str) -> None:
    """Or one of another thing with the same name."""
    text = f"{FASTAPI}TABLE = [good]\n{before}\nfor f in TABLE: router.add_api_route('/x', f)"

    assert shown(text, {"shop.b": "TABLE = []\nTABLE.append(1)\nimport x as TABLE_3"}) == ["GET /x good schema/schema"]


@pytest.mark.parametrize(
    ("use", "expected"),
    [
        ("from shop.routes import add as r\nr('/h', h)", ["GET /h h raw"]),
        ("from shop.routes import add\nmap(add, [h])", ["GET path f unknown"]),
        ("from shop import routes\nTABLE = {'x': routes.add}", ["GET path f unknown"]),
        ("from shop.routes import add\nadd(*ROW)", ["GET path f unknown"]),
        ("from shop.routes import add\nadd(**ROW)", ["GET path f unknown"]),
        ("from shop.routes import add\nfor row in [('/h', h)]: add(*row)", ["GET path f unknown"]),
        ("from shop.routes import add\nadd('/h', h)\n'add', add.__name__", ["GET /h h raw", "GET path f unknown"]),
        ("from shop.routes import add\n'''Calls add.'''\n__all__ = ['add']\nadd('/h', h)", ["GET /h h raw"]),
        ("def later():\n    from shop.routes import add\n    add('/h', h)\nadd = 1\nadd", ["GET /h h raw"]),
    ],
)
def test_every_use_of_a_function_that_registers_counts(use: str, expected: list[str]) -> None:
    """By another name; what is no call leaves what it gives unknown, a text does not."""
    routes = f"{ROUTES}def add(path, f): router.add_api_route(path, f)\n"

    assert shown(f"def h() -> dict: ...\n{use}", {"shop.routes": routes}) == expected


@pytest.mark.parametrize(
    "text",
    [
        "for row in [('/x', bad)]: router.add_api_route(*row)",
        "for row in [{'path': '/x', 'endpoint': bad}]: router.add_api_route(**row)",
        "for v in (router.get,): v('/x')(bad)",
        "for v in ('get',): getattr(router, v)('/x')(bad)",
        "def add(f):\n    for v in ('GET',): router.add_api_route('/x', f, methods=[v])\nadd(bad)",
        "def add(p, f=None):\n    if f is None: f = bad\n    router.add_api_route(p, f)\nadd('/x')",
        "class A:\n    def add(this, p, f): router.add_api_route(p, f)\nA().add('/x', bad)",
        "class A:\n    @staticmethod\n    def add(p, f): router.add_api_route(p, f)\nA.add('/x', bad)",
        "def deco(p):\n    def outer(f):\n        @wraps(f)\n        def w(*args, **more): return f(*args, **more)\n"
        "        router.add_api_route(p, w)\n        return w\n    return outer\n@deco('/x')\ndef h(data: dict) -> dict: ...",
        "one = partial(router.get, status_code=200)\n@one('/x')\ndef h(data: dict) -> dict: ...",
    ],
)  # fmt: skip
def test_what_is_registered_in_roundabout_ways_is_found(text: str) -> None:
    """Rows that are spread, verbs in loops, defaults in the body, wrappers in decorators."""
    (one,) = shown(FASTAPI + text, {})

    assert (one.split()[:2], one.split()[-1]) == (["GET", "/x"], "raw/raw")


@pytest.mark.parametrize(
    "text",
    [
        "router.add_api_route(*ROW)",
        "router.add_api_route(**ROW)",
        "for row in load(): router.add_api_route(*row)",
        "def add(*args): router.add_api_route(*args)",
        "good = bad\ndef add(path, good): router.add_api_route('/x', good)",
        "def add(path, f):\n    def inner(): router.add_api_route('/x', f)\ndef f() -> int: ...",
        "for p, good in zip(X, Y): router.add_api_route('/x', good)",
        "[router.add_api_route('/x', good) for p, good in zip(X, Y)]",
        "for row in [(*PRE, good)]: router.add_api_route('/x', row[1])",
        "for row in [{'a': good}]: router.add_api_route('/x', row['b'])",
        "for p, T in X:\n    for f in T: router.add_api_route('/x', f)\nT = [good]",
        "def add():\n    if T := load():\n        for f in T: router.add_api_route('/x', f)\nT = [good]",
    ],
)
def test_a_name_that_means_something_else_there_is_not_taken_for_it(text: str) -> None:
    """A parameter or a loop's variable is not the function of its name."""
    (one,) = shown(FASTAPI + text, {})

    assert one.endswith("unknown")


def test_rows_of_an_outer_loop_mean_what_they_mean_where_they_are_written() -> None:
    """Whatever the loop in it goes over."""
    text = f"{FASTAPI}from shop.table import T\ndef h() -> Order: ...\nfor f in T:\n    for m in ('PUT',): router.add_api_route('/h', f, methods=[m])"

    assert shown(text, {"shop.table": "def h() -> dict: ...\nT = [h]"}) == ["PUT /h h raw"]


def test_rows_in_rows_are_followed() -> None:
    """Of the loop around, not of a list of the same name."""
    text = (
        f"{FASTAPI}ms = [('GET', good)]\ndef add():\n    for p, ms in {{'/x': [('POST', bad)]}}.items():\n"
        "        for m, f in ms: router.add_api_route(p, f, methods=[m])"
    )

    assert shown(text, {}) == ["POST /x bad raw/raw"]


@pytest.mark.parametrize(
    ("helper", "use", "expected"),
    [
        ("def add(f, model=Out): router.add_api_route('/x', f, response_model=model)", "add(h)", "GET /x h raw"),
        ("def add(f, **kw):\n    kw['response_model'] = dict\n    router.add_api_route('/x', f, **kw)", "add(h)", "ANY /x h unknown"),
        ("def add(f, model):\n    model = list[model]\n    router.add_api_route('/x', f, response_model=model)", "add(h, Out)",
         "GET /x h unknown"),
        ("def add(**kw):\n    kw.setdefault('response_model', dict)\n    def deco(f): router.add_api_route('/x', f, **kw)\n    return deco",
         "add()(h)", "ANY /x h unknown"),
        ("def log(f):\n    def w(data: dict) -> dict: return f(data)\n    return w\ndef add(f): router.add_api_route('/x', log(f))",
         "add(h)", "GET /x log.<locals>.w raw/raw"),
    ],
)  # fmt: skip
def test_what_a_function_makes_of_what_it_is_given_counts(helper: str, use: str, expected: str) -> None:
    """Defaults are its own, options may change, a wrapper may have types."""
    routes = f"{ROUTES}Out = dict\n{helper}\n"
    text = f"from pydantic import BaseModel\nfrom shop.routes import add\nclass Out(BaseModel): ...\ndef h() -> Out: ...\n{use}"

    assert shown(text, {"shop.routes": routes}) == [expected]


@pytest.mark.parametrize("calls", ["r(t)\n    " * 20, "s(t)\n    " * 20])
def test_functions_that_call_each_other_are_followed_once(calls: str) -> None:
    """There would be no end to it."""
    text = (
        f"{FASTAPI}def r(t):\n    {calls}for f in t: router.add_api_route('/x', f)\ndef s(t):\n    {calls}r(t)\nr([good])\n"
        f"def a(f):\n    {'a(f); b(f); ' * 20}router.add_api_route('/y', f)\ndef b(f): {'a(f); ' * 20}\na(good)"
    )

    assert {one.split()[1] for one in shown(text, {})} == {"/x", "/y"}


def test_a_long_chain_of_functions_ends_in_something_unknown() -> None:
    """Whatever is given at its beginning."""
    chain = "".join(f"def r{n + 1}(f): r{n}(f)\n" for n in range(9))

    assert shown(f"{FASTAPI}def r0(f): router.add_api_route('/x', f)\n{chain}r9(good)", {}) == ["GET /x f unknown"]


@pytest.mark.parametrize(
    "text",
    [
        f"{FLASK}H = {{}}\nH.get('/a')(good)",
        f"{FLASK}registry().get('/a')(good)",
        "q.subscriber(1)(f)",
        f"{CELERY}def make(name): return app.task(name)",
        f"{CELERY}app.task('name')",
    ],
)
def test_what_is_called_like_a_decorator_is_none(text: str) -> None:
    """Tables of functions, names."""
    assert shown(text, {}) == []


@pytest.mark.parametrize(
    ("text", "others"),
    [
        ("from shop.flask import app\ndef a(): ...\napp.route('/x')(a)", {"shop.flask": "from flask import Flask\napp = Flask()"}),
        ("from shop.flask import V\nclass W(V):\n    def _a(self): ...\n    get = _a",
         {"shop.flask": "from flask.views import MethodView\nclass V(MethodView): ..."}),
        ("from shop.table import routes\nasync def a(request): ...\nroutes.get('/x')(a)",
         {"shop.table": "from aiohttp import web\nroutes = web.RouteTableDef()"}),
        ("from shop.bp import V, bp\n@bp.get('/<x>')\ndef f(): ...\nclass W(V):\n    def dispatch_request(self): ...",
         {"shop.bp": "from flask import Blueprint\nfrom flask.views import View\nclass V(View): ...\nbp = Blueprint()"}),
    ],
)  # fmt: skip
def test_modules_that_do_not_mention_the_framework_have_handlers(text: str, others: dict[str, str]) -> None:
    """Which come from a module that does."""
    assert shown(text, others)


def test_the_verb_of_a_resource_is_that_of_the_turn() -> None:
    """aiohttp: the verb is an argument."""
    text = f"{AIOHTTP}r = app.router.add_resource('/x')\nfor m, f in (('GET', good), ('POST', bad)): r.add_route(m, f)"

    assert found(text) == ["GET /x good", "POST /x bad"]


def test_an_action_that_is_made_of_an_installed_one_is_inherited_or_unknown() -> None:
    """Django REST framework: the code is not the project's."""
    head = "from rest_framework import generics, mixins, serializers, viewsets\nclass S(serializers.Serializer): ...\n"
    view_set = "class V(viewsets.ReadOnlyModelViewSet):\n    serializer_class = S\n    list = doc(viewsets.ReadOnlyModelViewSet.list)\n"
    view = "class W(generics.GenericAPIView):\n    get = mixins.ListModelMixin.list\n    post: object\n"

    assert shown(head + view_set + view, {}) == [
        "GET V.list schema",
        "GET V.retrieve schema",
        "GET mixins.ListModelMixin.list unknown",
    ]


def test_of_two_adapters_that_find_the_same_the_first_is_believed() -> None:
    """It is one handler."""

    class Own(FastAPI):
        """Finds what FastAPI's adapter finds."""

    shop = codebase({"shop.api": f"{FASTAPI}@router.get('/x')\ndef f() -> Order: ..."}, adapters=[Own()])

    assert [h.title for h in shop.handlers(shop.select("api")).found] == ["GET /x f"]


@pytest.mark.parametrize(
    "change",
    [
        "more = rows\n    more.append(bad)",
        "fill(rows)",
        "rows[0] = bad",
        "rows *= 2",
        "def fill(): rows.append(bad)",
    ],
)
def test_a_list_of_a_function_to_which_something_is_done_cannot_be_read(change: str) -> None:
    """By the function itself, or by what it hands it to."""
    text = f"def add():\n    rows = [good]\n    {change}\n    for f in rows: router.add_api_route('/x', f)"

    assert shown(FASTAPI + text, {}) == ["GET /x f unknown"]


@pytest.mark.parametrize(
    "others",
    [
        {"shop.b": "def more():\n    from shop.api import TABLE\n    TABLE.sort()"},
        {"shop.b": "def more():\n    from shop.api import TABLE as T\n    T.append(1)"},
        {"shop.b": "from shop.api import TABLE", "shop.c": "from shop.b import TABLE\nTABLE.sort()"},
    ],
)
def test_a_list_that_another_module_may_change_cannot_be_read(others: dict[str, str]) -> None:
    """Wherever it imports it, and from where."""
    assert shown(f"{FASTAPI}TABLE = [good]\nfor f in TABLE: router.add_api_route('/x', f)", others) == [
        "GET /x f unknown"
    ]


def test_a_list_that_others_import_and_only_read_can_be_read() -> None:
    """From where it is written, or from a module that has it from there."""
    others = {"shop.b": "from shop.api import TABLE", "shop.c": "from shop.b import TABLE\nfor x in TABLE: ..."}

    assert shown(f"{FASTAPI}TABLE = [good]\nfor f in TABLE: router.add_api_route('/x', f)", others) == [
        "GET /x good schema/schema"
    ]


@pytest.mark.parametrize(
    "change",
    [
        "class A:\n    rows = [good]\n    rows.append(bad)",
        "class A:\n    rows = [good]\n    rows += [bad]",
        "class A:\n    rows = [good]\n    def fill(self): self.rows: list = [bad]",
        "class A:\n    rows = [good]\nsetattr(A, 'rows', [bad])",
    ],
)
def test_a_list_of_a_class_to_which_something_is_done_cannot_be_read(change: str) -> None:
    """In the class, on the object, from outside."""
    text = f"{change}\nclass B(A):\n    def add(self):\n        for f in self.rows: router.add_api_route('/x', f)"

    assert shown(FASTAPI + text, {}) == ["GET /x f unknown"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("class W:\n    def add_api_route(self, path, *, handler): router.add_api_route(path, handler)\n"
         "W().add_api_route('/x', handler=bad)", ["GET /x bad raw/raw"]),
        ("class W:\n    def add_api_route(self, path, endpoint): router.add_api_route(path, endpoint)\n"
         "W().add_api_route('/x', bad)", ["GET /x bad raw/raw"]),
        ("def setup(log):\n    @router.post('/x')\n    def view(b: dict, **kw) -> dict:\n        log(**kw)\n        return {}\nsetup(good)",
         ["POST /x setup.<locals>.view raw/raw"]),
        ("def setup(log):\n    @router.get('/x')\n    def view(**kw):\n        log(**kw)\n        return {}\nsetup(good)",
         ["GET /x setup.<locals>.view raw"]),
        ("def deco(f):\n    @router.get('/x')\n    async def inner(*args): return await f(*args)\n    return inner\ndeco(bad)",
         ["GET /x bad raw/raw"]),
        ("router.add_api_route('/x', good if DEBUG else load())", ["GET /x good schema/schema", "GET /x load() unknown"]),
        ("g = good\nif DEBUG:\n    g = load()\nrouter.add_api_route('/x', g)",
         ["GET /x good schema/schema", "GET /x load() unknown"]),
        ("f = good\nf = log(f)\nf = log(f)\nrouter.add_api_route('/x', f)", ["GET /x good schema/schema"]),
        ("f = log(f)\nf = log(f)\nrouter.add_api_route('/x', f)", ["GET /x log(f) unknown"]),
        ("class A:\n    def start(self): self.add()\n    def add(self): router.add_api_route('/x', up(self))",
         ["GET /x up(self) unknown"]),
        ("if DEBUG:\n    def h() -> Order: ...\nelse:\n    def h() -> dict: ...\ndef setup(): router.add_api_route('/x', h)",
         ["GET /x h raw", "GET /x h schema"]),
        ("def h() -> Order: ...\nif DEBUG:\n    h = bad\nrouter.add_api_route('/x', h)",
         ["GET /x bad raw/raw", "GET /x h schema"]),
        ("def h() -> Order: ...\nif DEBUG:\n    h = load()\nrouter.add_api_route('/x', h)",
         ["GET /x h schema", "GET /x load() unknown"]),
        ("try:\n    from fast import h\nexcept ImportError:\n    def h() -> Order: ...\nrouter.add_api_route('/x', h)",
         ["GET /x h schema", "GET /x h unknown"]),
        ("def h() -> dict: ...\nwith lock:\n    def h() -> Order: ...\nrouter.add_api_route('/x', h)", ["GET /x h schema"]),
        ("def h() -> Order: ...\nif DEBUG:\n    h = log(h)\nrouter.add_api_route('/x', h)", ["GET /x h schema"]),
        ("def h() -> Order: ...\nshow = h if DEBUG else None\nrouter.add_api_route('/x', show)", ["GET /x h schema"]),
        ("h = None\nif DEBUG:\n    def h() -> Order: ...\nrouter.add_api_route('/x', h)", ["GET /x h schema"]),
        ("class C:\n    def h(self): ...\n    if X:\n        def h(self): ...\n    def setup(self): router.add_api_route('/x', h)",
         ["GET /x h unknown"]),
        ("def make(s):\n    if s: return load()\n    def h() -> Order: ...\n    return h\nrouter.add_api_route('/x', make(SOME))",
         ["GET /x load() unknown", "GET /x make.<locals>.h schema"]),
        ("def make(s):\n    if s: return s\n    def h() -> Order: ...\n    return h\nrouter.add_api_route('/x', make(bad))",
         ["GET /x bad raw/raw", "GET /x make.<locals>.h schema"]),
        ("def make(s):\n    if s: return make(s)\n    if s: return None\n    def h() -> Order: ...\n    return h\n"
         "router.add_api_route('/x', make(1))", ["GET /x make.<locals>.h schema"]),
        ("def add(rows): rows.append(bad)\ndef reg(rows):\n    rows.append(bad)\n    for f in rows: router.add_api_route('/x', f)\nreg([good])",
         ["GET /x f unknown"]),
        ("def reg(rows):\n    rows += [bad]\n    for f in rows: router.add_api_route('/x', f)\nreg([good])", ["GET /x f unknown"]),
        ("def reg(f, o):\n    o['response_model'] = None\n    router.add_api_route('/x', f, **o)\nreg(bad, {'response_model': Order})",
         ["ANY /x bad raw/unknown"]),
        ("def reg(p, f=good): router.add_api_route(p, f)\nreg('/a')\nreg(*row)", ["GET /a good schema/schema", "GET p f unknown"]),
        ("class R:\n    def add(self, p, f): router.add_api_route(p, f)\nR.add(R(), '/x', bad)", ["GET /x bad raw/raw"]),
        ("class R:\n    @classmethod\n    def add(cls, p, f): router.add_api_route(p, f)\nR.add('/x', bad)", ["GET /x bad raw/raw"]),
        ("class R:\n    def __init__(self, p, f): router.add_api_route(p, f)\nclass S(R):\n    def __init__(self): super().__init__('/s', good)",
         ["GET /s good schema/schema", "GET p f unknown"]),
        ("match x:\n    case {'a': rows}:\n        for f in rows: router.add_api_route('/x', f)\nrows = [good]", ["GET /x f unknown"]),
        ("for f in [good]:\n    match x:\n        case [f, *rest]: ...\n        case {'a': 1, **rest}: ...\n    router.add_api_route('/x', f)",
         ["GET /x f unknown"]),
        ("for f in [good]:\n    if f := load(): router.add_api_route('/x', f)", ["GET /x f unknown"]),
        ("def reg(p, f, methods=None): router.add_api_route(p, f, methods=methods)\nreg('/x', bad)", ["GET /x bad raw/raw"]),
        ("def make(n):\n    def reg(f): router.add_api_route('/x', f)\n    return {'reg': reg}\n", ["GET /x f unknown"]),
    ],
)  # fmt: skip
def test_nothing_is_lost_where_it_is_done_in_another_way(text: str, expected: list[str]) -> None:
    """What cannot be told is there, and unknown."""
    assert shown(FASTAPI + text, {}) == expected


def test_a_function_is_followed_under_any_name_that_it_is_imported_by() -> None:
    """Handed on by a package under another one, and imported from there."""
    api = f"{FASTAPI}def route(p):\n    def deco(f): router.add_api_route(p, f)\n    return deco\n@route('/a')\ndef a() -> Order: ...\n"
    shop = "from shop.api import route as endpoint"
    more = "from shop import endpoint\n@endpoint('/c')\ndef c() -> dict: ...\n"

    assert shown(api, {"shop": shop, "shop.more": more}) == ["GET /a a schema", "GET /c c raw"]


@pytest.mark.parametrize(
    "use",
    [
        "def plug(cb):\n    from shop.api import route\n    cb(route)",
        "def plug():\n    from shop.api import route as r\n    r('/x')(print)",
    ],
)
def test_a_function_that_is_imported_inside_of_another_may_be_used_in_any_way(use: str) -> None:
    """What it is given there is unknown."""
    api = f"{FASTAPI}def route(p):\n    def deco(f): router.add_api_route(p, f)\n    return deco\nroute('/a')(good)\n"

    assert shown(api, {"shop.more": use}) == ["GET /a good schema/schema", "GET p f unknown"]


def test_spread_arguments_of_something_unknown_may_be_ours() -> None:
    """However many there are."""
    api = f"{FASTAPI}class R:\n    def add(self, p, f): router.add_api_route(p, f)\nR().add('/a', good)\n"

    assert shown(api, {"shop.more": "def go(x): x.add(*row)"}) == ["GET /a good schema/schema", "GET p f unknown"]


@pytest.mark.parametrize(
    "text",
    [
        f"{FLASK}def login(user):\n    def deco(f):\n        def inner(client): return client.get('/me')\n        return inner\n    return deco\n"
        "@login('bob')\ndef test_me(client): return {}",
        f"{FLASK}def cached(key): return cache.get(key)\n@cached('/x')\ndef f(): ...",
        f"{CELERY}broker.task(o.name)\ntid = find()\napp.task(tid)\napp.task(every(5))",
        "from huey import RedisHuey\nhuey = RedisHuey()\ndef every(n):\n    def check(t): ...\n    return check\ntick = huey.periodic_task(every(5))",
        f"{STARLETTE}class A:\n    def get(self): ...\nfrom rest_framework.views import APIView\nclass V(APIView):\n    trace = True\n    options = {{}}",
    ],
)  # fmt: skip
def test_what_a_function_inside_returns_is_not_what_it_returns(text: str) -> None:
    """Nor is anything a task that is no function, or an action that is none."""
    assert shown(text, {}) == []


def test_an_object_as_an_endpoint_of_starlette_is_an_application() -> None:
    """What it answers is not known."""
    text = f"{STARLETTE}class A:\n    async def __call__(self, scope, receive, send) -> None: ...\nRoute('/x', A())"

    assert shown(text, {}) == ["ANY /x A unknown"]


def test_an_object_that_is_given_may_be_a_router_that_a_call_applies() -> None:
    """As one that decorates, whatever it is called; what replaces others in tests is none."""
    text = "def f() -> dict: ...\ndef setup(v1, mocked):\n    v1.get('/x')(f)\n    mocked.get('/y')(f)"

    assert shown(text, {}) == ["GET /x f raw"]


@pytest.mark.parametrize(
    ("decorator", "expected"),
    [("v1.get(PATH)", ["GET PATH f"]), ("mocked.get(PATH)", []), ("subprocess.get(PATH)", [])],
)
def test_an_object_that_is_given_may_be_a_router(decorator: str, expected: list[str]) -> None:
    """Unless it is known to be none, or called like what replaces others in tests."""
    assert found(f"import subprocess\ndef setup(v1):\n    @{decorator}\n    def f(): ...") == [
        each.replace(" f", " setup.<locals>.f") for each in expected
    ]


def test_an_undeclared_result_is_that_of_the_handler_wherever_it_is_pointed_at() -> None:
    """An adapter may point at the decorator."""

    class Own(FastAPI):
        """Says less than FastAPI's adapter."""

        def discover(self, contents: Contents) -> Iterator[Endpoint]:
            for endpoint in super().discover(contents):
                yield endpoint._replace(output=Part("return", None, endpoint.scope, endpoint.node, endpoint.scope))

    shop = codebase({"shop.api": f"{FASTAPI}@router.get('/x')\ndef f() -> Order: return {{}}"}, adapters=[Own()])

    assert [h.output.detail for h in shop.handlers(shop.select("api")).found] == ["nothing declared: it returns a dict"]


@pytest.mark.parametrize(
    ("registers", "expected"),
    [
        ("self.add_route(path, inner)\n            return f", ["GET /x x"]),
        ("self.add_route(path, f)\n            return f", ["GET /x x"]),
        ("self.add_route(path, answer)\n            return f", ["GET /x x", "GET path answer"]),
    ],
)
def test_what_a_router_of_the_project_makes_around_a_handler_is_none(registers: str, expected: list[str]) -> None:
    """It is found where it is decorated."""
    router = f"""
from starlette.routing import Router
from starlette.responses import JSONResponse
def answer(request): ...
class Own(Router):
    def get(self, path):
        def decorator(f):
            async def inner(request): return JSONResponse(await f(request))
            {registers}
        return decorator
own = Own()
"""
    shop = codebase({"shop.api": "from shop.own import own\n@own.get('/x')\ndef x(request): ...", "shop.own": router})

    assert sorted(h.title for part in ("api", "own") for h in shop.handlers(shop.select(part)).found) == expected


VIEWS = """
from flask import jsonify
class V:
    def get(self): return jsonify(1)
class W:
    def post(self): return {'a': 1}
"""


@pytest.mark.parametrize(
    ("looked_up", "expected"),
    [
        ("getattr(views, name)", ["GET /v V.get", "POST /w W.post"]),
        ("TABLE[name]", ["GET /v V.get", "POST /w W.post"]),
        ("getattr(views, other)", ["GET /v view", "GET /w view"]),
        ("views.V", ["GET /v V.get", "GET /w V.get"]),
    ],
)
def test_a_variable_in_which_a_loop_keeps_what_it_looks_up_is_what_it_looks_up(
    looked_up: str, expected: list[str]
) -> None:
    """By name, in a module or a table; also where a function is given the names."""
    before = (
        "from flask import Flask\nfrom shop import views\napp = Flask(__name__)\nTABLE = {'V': views.V, 'W': views.W}\n"
    )
    body = f"view = {looked_up}\n    app.add_url_rule(path, view_func=view.as_view(name))"
    loop = f"{before}for name, path in [('V', '/v'), ('W', '/w')]:\n    {body}"
    given = f"{before}def add(pairs):\n    for name, path in pairs:\n    {body.replace(chr(10), chr(10) + '    ')}\nadd([('V', '/v'), ('W', '/w')])"
    given = given.replace("in pairs:\n    view", "in pairs:\n        view")

    for text in (loop, given):
        shop = codebase({"shop.api": text, "shop.views": VIEWS})
        assert (
            sorted({h.title for part in ("api", "views") for h in shop.handlers(shop.select(part)).found}) == expected
        )


KEEPER = """
class Keeper:
    def __init__(self): self.kept, self.others = [], []
    def {decorates}(self, rule, **options):
        def decorator(f):
            {keeps}
            return f
        return decorator
    def register(self, blueprint):
        {loops}: blueprint.add_url_rule(rule, view_func=f)
        def later(f): blueprint.add_url_rule("/later", view_func=f)
"""


@pytest.mark.parametrize(
    ("decorates", "keeps", "loops", "expected"),
    [
        ("route", "self.kept.append((f, rule))", "for f, rule in self.kept", ["GET /x x"]),
        ("route", "self.kept.add((f, rule))", "for (f, rule) in reversed(self.kept)", ["GET /x x"]),
        ("route", "self.others.append((f, rule))", "for f, rule in self.kept", ["GET /x x", "GET rule f"]),
        (
            "route",
            "self.kept.append((f, rule))",
            "for f, rule in [*self.kept, (home, '/')]",
            ["GET / home", "GET /x x", "GET rule f"],
        ),
        ("get", "self.kept.append((f, rule))", "for f, rule in self.kept", ["GET /x x"]),
        ("route", "self.kept.append((f, rule)); return lambda: f", "for f, rule in self.kept", ["GET /x x"]),
        (
            "route",
            "self.kept.append((f, rule)); g = lambda: self.kept.extend(more)",
            "for f, rule in self.kept",
            ["GET /x x", "GET rule f"],
        ),
        ("route", "self.kept.append(rule); print(f)", "for f, rule in self.kept", ["GET /x x", "GET rule f"]),
        ("route", "kept.append((f, rule))", "for f, rule in kept", ["GET /x x", "GET rule f"]),
        ("mount", "self.kept.append((f, rule))", "for f, rule in self.kept", ["GET rule f"]),
        ("route", "self.kept.append((f, rule))", "for rule in self.kept", ["GET /x x", "GET rule f"]),
    ],
)
def test_what_a_loop_takes_from_its_decorator_is_found_where_it_is_decorated(
    decorates: str, keeps: str, loops: str, expected: list[str]
) -> None:
    """A class of the project that keeps what its ``route`` decorates, and gives all of it to a blueprint later."""
    keeper = KEEPER.format(decorates=decorates, keeps=keeps, loops=loops)
    api = f"from flask import request\nfrom shop.keeper import Keeper\napi = Keeper()\n@api.{decorates}('/x')\ndef x(): return ''"
    shop = codebase({"shop.api": api, "shop.keeper": keeper})

    found = sorted(h.title for part in ("api", "keeper") for h in shop.handlers(shop.select(part)).found)
    assert [title for title in found if "later" not in title] == expected


@pytest.mark.parametrize(
    ("used", "inner", "expected"),
    [
        ("@api.route('/x')\ndef x(): return ''", "return decorator", ["GET /x x"]),
        (
            "@api.route('/x')\ndef x(): return ''\napi.kept.append((y, '/y'))",
            "return decorator",
            ["GET /x x", "GET rule f"],
        ),
        ("endpoint = api.route\n@endpoint('/x')\ndef x(): return ''", "return decorator", ["GET /x x", "GET rule f"]),
        ("@api.route('/x')\ndef x(): return ''", "return decorator if rule else print", ["GET /x x", "GET rule f"]),
    ],
)
def test_what_a_loop_takes_from_a_decorator_is_unknown_where_not_all_uses_of_that_are_found(
    used: str, inner: str, expected: list[str]
) -> None:
    """By another name, or where it may return something else."""
    keeper = KEEPER.format(decorates="route", keeps="self.kept.append((f, rule))", loops="for f, rule in self.kept")
    keeper = keeper.replace("return decorator", inner)
    shop = codebase(
        {
            "shop.api": f"from flask import request\nfrom shop.keeper import Keeper\napi = Keeper()\n{used}",
            "shop.keeper": keeper,
        }
    )

    found = sorted(h.title for part in ("api", "keeper") for h in shop.handlers(shop.select(part)).found)
    assert [title for title in found if "later" not in title] == expected


@pytest.mark.parametrize("changes", ["row[0].append(bad)", "row[0][0] = bad", "row[0] += [bad]"])
def test_lists_in_a_table_that_a_loop_changes_cannot_be_read(changes: str) -> None:
    """By way of the row."""
    text = f"{FASTAPI}ROWS = [good]\nTABLE = [(ROWS, '/x')]\nfor row in TABLE: {changes}\n"
    loops = "for rows, path in TABLE:\n    for f in rows: router.add_api_route(path, f)"

    assert "unknown" in shown(text + loops, {})[-1]


@pytest.mark.parametrize(
    ("more", "others", "expected"),
    [
        ("", {}, ["/orders", "/lines"]),
        ("print(len(TABLE))", {}, ["/orders", "/lines"]),
        ("TABLE.append(1)", {}, ["", ""]),
        ("", {"shop.more": "from shop.app import TABLE\nTABLE.append(1)"}, ["", ""]),
    ],
)
def test_a_list_that_is_imported_by_another_name_is_read(
    more: str, others: dict[str, str], expected: list[str]
) -> None:
    """If nothing is done to it by that name, there or by those who may import it from there."""
    views = "from flask_restful import Resource\n" + "".join(
        f"class {name}(Resource):\n    def get(self): ...\n" for name in ("Orders", "Lines")
    )
    table = "ROUTES = [(Orders, '/orders'), (Lines, '/lines')]\n"
    app = f"from flask_restful import Api\nfrom shop.api import ROUTES as TABLE\napi = Api()\nfor row in TABLE: api.add_resource(*row)\n{more}"

    found = handlers(views + table, {"shop.app": app} | others)

    assert [handler.path for handler in found] == expected


INNER = "def decorate(f):\n        @shared_task(**options)\n        def run(*args, **more): return f(*args, **more)\n        return run\n"


@pytest.mark.parametrize(
    "decorator",
    [
        f"def task(f=None, **options):\n    {INNER}    if f is not None: return decorate(f)\n    return decorate",
        f"def task(*args, **options):\n    {INNER}    if args and callable(args[0]): return decorate(args[0])\n    return decorate",
        f"def task(f=None, /, **options):\n    {INNER}    return decorate(f) if f else decorate",
        "def task(f=None, **options):\n    if f is None: return partial(task, **options)\n    return shared_task(**options)(f)",
        "def task(f=None, **options):\n    return shared_task(**options)(f) if f else functools.partial(task, **options)",
    ],
)
@pytest.mark.parametrize(
    ("use", "expected"),
    [
        ("@task\ndef one(a: dict): ...", ["one"]),
        ("@task(name='x')\ndef one(a: dict): ...", ["one"]),
        ("@task\ndef one(a: dict): ...\n@task(name='x')\ndef two(a: dict): ...", ["one", "two"]),
        ("def one(a: dict): ...\ndef two(a: dict): ...\ntask(one)\ntask(name='x')(two)", ["one", "two"]),
        (
            "@task\ndef one(a: dict): ...\nclass Q:\n    def task(self, *a, **k): ...\n"
            "def two(q: Q):\n    q.task(three)\n    q.task(name='x')(three)",
            ["one"],
        ),
    ],
)
def test_a_decorator_may_be_used_with_arguments_and_without(decorator: str, use: str, expected: list[str]) -> None:
    """It decorates, or returns what does: one inside of it, or itself with the arguments that it has got."""
    text = f"from celery import shared_task\nimport functools\nfrom functools import partial\n{decorator}\n{use}"

    assert sorted(h.qualname for h in handlers(text)) == expected


@pytest.mark.parametrize("given", ["args[1]", "args[n]", "other", "args[0], 1", "args[0][0]"])
def test_what_a_decorator_hands_on_of_something_else_is_unknown(given: str) -> None:
    """Neither what it is given nor the first of all that it is given."""
    decorator = f"def task(*args, **options):\n    {INNER}    if args: return decorate({given})\n    return decorate"
    text = f"from celery import shared_task\n{decorator}\n@task\ndef one(a: dict): ..."

    assert [h.output.kind for h in handlers(text)] == ["unknown"]


@pytest.mark.parametrize(
    "row",
    [
        "Row = namedtuple('Row', 'path view')",
        "Row = namedtuple('Row', field_names=['path', 'view'])",
        "class Row(NamedTuple):\n    path: str\n    view: object",
        "@dataclass(frozen=True)\nclass Row:\n    path: str\n    view: object\n    more: int = 0",
        "@define\nclass Row:\n    path: str\n    view: object",
        "class Row:\n    def __init__(self, rule, view, more=()):\n        self.path: str = rule\n        self.view = view or none\n        self.more = list(more)",
    ],
)
@pytest.mark.parametrize("made", ["Row('/g', good), Row('/b', bad)", "Row('/g', good), Row('/b', view=bad)"])
@pytest.mark.parametrize(
    "use",
    [
        "app.add_url_rule(row.path, view_func=row.view)",
        "f = row.view\n    app.add_url_rule(row.path, view_func=guard(f))",
    ],
)
def test_rows_that_are_objects_have_what_they_are_made_of(row: str, made: str, use: str) -> None:
    """By the order of fields, or as ``__init__`` keeps it."""
    imports = "from attrs import define\nfrom collections import namedtuple\nfrom dataclasses import dataclass\nfrom typing import NamedTuple\n"

    assert found(f"{FLASK}{imports}{row}\nfor row in [{made}]:\n    {use}") == ["GET /b bad", "GET /g good"]


@pytest.mark.parametrize(
    "row",
    [
        "class Row:\n    path = view = None",
        "class Row(Other):\n    path: str\n    view: object",
        "@dataclass\nclass Row(Above):\n    view: object\n    path: str",
        "class Row:\n    def __init__(self, path, view):\n        self.path = made(path, 1)\n        self.view = view.of\n        self.a = self.b = view",
        "class Row:\n    def __init__(self, *given): self.path, self.view = given",
        "Row = namedtuple('Row', FIELDS)",
        "def Row(path, view): ...",
    ],
)
def test_of_other_objects_nothing_is_known(row: str) -> None:
    """Classes with fields of a base, or that do more with what they are given."""
    imports = "from collections import namedtuple\nfrom dataclasses import dataclass\n@dataclass\nclass Above:\n    path: str\n"
    text = f"{FLASK}{imports}{row}\nfor row in [Row('/g', good)]:\n    app.add_url_rule('/x', view_func=row.view)"

    assert [h.output.kind for h in handlers(text)] == ["unknown"]


def test_rules_of_ones_own_are_followed_through_what_registers_them() -> None:
    """Behind a choice of what to register, and what is put around it; at each path that a rule has."""
    text = """
class Rule:
    def __init__(self, routes, methods, view, renderer, kwargs=None):
        self.routes = self.as_list(routes)
        self.methods = self.as_list(methods)
        self.view = view
        self.renderer = renderer
        self.kwargs = kwargs or {}
def rendered(f, renderer):
    @functools.wraps(f)
    def inner(*args, **kwargs): return renderer(f(*args, **kwargs))
    return inner
def process(app, rules, prefix=''):
    for rule in rules:
        if callable(rule.view):
            view = rule.view
        else:
            view = constantly(rule.view)
        wrapped = rendered(view, rule.renderer)
        for url in rule.routes:
            app.add_url_rule(prefix + url, endpoint=url, view_func=wrapped, methods=rule.methods)
def make(app):
    process(app, [Rule('/g', 'post', good, json), Rule(['/b', '/c'], ['get', 'post'], bad, json)])
    process(app, [Rule('/d', 'get', {'a': 1}, json)], prefix='/api')
"""
    shown = [(h.title, h.output.kind) for h in handlers(FLASK + text)]

    assert any("constantly({'a': 1})" in title and kind == "unknown" for title, kind in shown)
    assert sorted(each for each in shown if each[1] != "unknown") == [
        ("GET,POST prefix + '/b' bad", "raw"),
        ("GET,POST prefix + '/c' bad", "raw"),
        ("POST prefix + url good", "none"),
    ]


@pytest.mark.parametrize(
    "reader",
    [
        "for row in rows: swap(row)",
        "for row in rows: row[1] = bad",
        "for each in (rows,): more(each)",
        "for each in [rows]: return each",
        "held = [r for r in (rows,)]\n    held[0].append(bad)",
        "return rows",
        "rows.sort()",
    ],
)
def test_a_function_that_may_change_a_table_is_no_reader(reader: str) -> None:
    """By what it does to rows, or hands on."""
    text = f"{FLASK}ROWS = [['/g', good]]\ndef read(rows):\n    {reader}\nread(ROWS)\nfor p, f in ROWS: app.add_url_rule(p, view_func=f)"

    assert [h.output.kind for h in handlers(text)] == ["unknown"]


@pytest.mark.parametrize(
    "reader",
    [
        "for row in rows: print(row[0], row[1])",
        "for path, f in enumerate(rows): print(path, f[0])",
        "for path, f in list(rows): check(path, f)",
        "names = [path for path, _ in rows]",
    ],
)
def test_a_function_that_goes_over_a_table_leaves_it_as_it_is(reader: str) -> None:
    """It looks at parts of rows."""
    text = f"{FLASK}ROWS = [['/g', good]]\ndef read(rows):\n    {reader}\nread(ROWS)\nread(rows=ROWS)\nfor p, f in ROWS: app.add_url_rule(p, view_func=f)"

    assert found(text) == ["GET /g good"]


@pytest.mark.parametrize(
    ("between", "expected"),
    [
        ("view = around(view)", "raw"),
        ("view = REG.get('x')", "unknown"),
        ("view = make()", "unknown"),
    ],
)
def test_what_is_made_of_a_view_outside_of_loops_is_looked_at(between: str, expected: str) -> None:
    """A function of the project that is put around it may answer itself; what is looked up is something else."""
    text = (
        f"{FLASK}class V(MethodView):\n    def get(self): return 'x'\n"
        "def around(view):\n    def inner(): return {}\n    return inner\n"
        f"view = V.as_view('v')\n{between}\napp.add_url_rule('/x', view_func=view)"
    )

    assert expected in [h.output.kind for h in handlers(text)]


def test_all_that_a_decorator_is_given_at_once_is_decorated() -> None:
    """By the function that it returns otherwise."""
    text = (
        "from celery import shared_task\ndef task(*fs, **options):\n"
        "    def decorate(f): return shared_task(**options)(f)\n"
        "    decorate(fs[0]); decorate(fs[1])\n    return decorate\n"
        "def one(a: dict): ...\ndef two(a: dict): ...\ntask(one, two)"
    )

    assert sorted(h.qualname for h in handlers(text)) == ["one", "two"]


def test_a_loop_may_choose_between_parts_of_a_row() -> None:
    """Each of them may be what is registered."""
    body = "    if row.get: f = row.get\n    else: f = row.other\n    app.add_url_rule(row.path, view_func=f)"
    text = f"{FLASK}for row in [Row(path='/x', get=good, other=bad)]:\n{body}"

    assert sorted(found(text)) == ["GET /x bad", "GET /x good"]


GUARD = "def guard(f):\n    def inner(): return {}\n    return inner\n"


@pytest.mark.parametrize(
    "text",
    [
        "class Rule:\n    def __init__(self, path, view):\n        self.path = path\n        self.view = guard(view)\n"
        "for r in [Rule('/x', good)]: app.add_url_rule(r.path, view_func=r.view)",
        "for row in [{'view': good}]:\n    view = row['view']\n    guarded = guard(view)\n    app.add_url_rule('/x', view_func=guarded)",
        "@dataclass\nclass Rule:\n    default: ClassVar[object] = None\n    view: object\n    old: object\n"
        "for r in [Rule(bad, good)]: app.add_url_rule('/x', view_func=r.view)",
        "@dataclass\nclass Rule:\n    view: object\n    def __post_init__(self): self.view = guard(self.view)\n"
        "for r in [Rule(good)]: app.add_url_rule('/x', view_func=r.view)",
        "class Rule:\n    def __init__(self, path, view, other):\n        self.path = path\n"
        "        self.view = view\n        if other: self.view = other\n"
        "for r in [Rule('/x', good, bad)]: app.add_url_rule(r.path, view_func=r.view)",
        "class Rule:\n    def __init__(self, path, view):\n        self.path = path\n        self.view = view\n"
        "RULES = [Rule('/x', good)]\nfor r in RULES: r.view = bad\n"
        "for r in RULES: app.add_url_rule(r.path, view_func=r.view)",
        "class Rule:\n    def __init__(self, path, view):\n        self.path = path\n        self.view = view\n"
        "    def replace(self): self.view = bad\nRULES = [Rule('/x', good)]\nfor r in RULES: r.replace()\n"
        "for r in RULES: app.add_url_rule(r.path, view_func=r.view)",
        "ROWS = [{'views': [good]}]\ndef read(rows):\n    for r in rows: r['views'][0] = bad\nread(ROWS)\n"
        "for r in ROWS: app.add_url_rule('/x', view_func=r['views'][0])",
        "class A:\n    def read(self, rows):\n        for r in rows: print(r[0])\nROWS = [('/x', good)]\n"
        "def use(a: A): a.read(ROWS)\nfor p, f in ROWS: app.add_url_rule(p, view_func=f)",
    ],
)
def test_of_what_is_not_registered_as_it_stands_in_a_table_that_is_not_said(text: str) -> None:
    """Something is put around it, or in its place."""
    imports = "from dataclasses import dataclass\nfrom typing import ClassVar\n"

    assert {h.output.kind for h in handlers(f"{FLASK}{imports}{GUARD}{text}")} <= {"raw", "unknown"}


def test_only_what_a_partial_keeps_is_given() -> None:
    """All else that the first call was given is gone."""
    text = (
        "def page(f=None, *, path='/', model=None):\n    if f is None: return partial(page, {})\n"
        "    router.add_api_route(path, f, response_model=model)\n    return f\n"
        "@page(path='/a', model=Order)\ndef one() -> dict: ..."
    )
    kept = {h.path: h.output.kind for h in handlers(FASTAPI + text.format("path=path"))}
    every = {h.path: h.output.kind for h in handlers(FASTAPI + text.format("path=path, model=model"))}
    moved = [h.output.kind for h in handlers(FASTAPI + text.format("path='/v1' + path, model=model"))]

    assert (kept, every, moved) == ({"/a": "raw"}, {"/a": "schema"}, ["unknown"])


def test_loops_in_loops_end() -> None:
    """With more turns than anybody writes, nothing is known."""
    many = ", ".join(["good"] * 1_500)
    text = (
        f"{FASTAPI}ONE = [{many}]\nTWO = [{many}]\nfor f in ONE:\n    for g in TWO: router.add_api_route(f'/{{g}}', f)"
    )

    assert [h.output.kind for h in handlers(text)] == ["unknown"]
