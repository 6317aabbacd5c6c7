"""Handlers that calls register, alike in all frameworks: in loops, by way of functions, objects, lambdas."""

from __future__ import annotations

import pytest
from frameworks.handlers_in import handlers, titles

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
        FLASK + "for rule, f in [('/g', good), ('/b', bad)]:\n    app.add_url_rule(rule, view_func=f)",
        FLASK + "for rule, f in [('/g', good), ('/b', bad)]:\n    app.route(rule)(f)",
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
        "for f in TABLE:",  # grows
        "for f in OTHER:",  # has several values
        "for f in [good, *load()]:",
        "for f in {**TABLE}:",
        "for f in {**TABLE}.values():",
        "for f, g in [good, bad]:",
        "for f, g in [(good, bad, 1)]:",
        "for f, *g in [(good, bad, 1)]:",
        "for f, g in [(*pair, bad)]:",
        "for f in [good] * 3:",
        "for f in [good] + load():",
        "for f in app.state.handlers:",
        "for f in zip([good], [bad]):",
        "for f in list(load()):",
        "for f in pairs[0]:",
        "for f in AGAIN:",
        "for f in [good for _ in load()]:",
        "for f in range(600):",
        f"for f in [{'good, ' * 501}]:",
    ],
)
def test_of_a_loop_that_cannot_be_read_nothing_is_known(loop: str) -> None:
    """It is one handler, of which nothing is known."""
    tables = (
        "AGAIN = list(AGAIN)\nTABLE = [good]\nTABLE.append(bad)\nif DEBUG:\n    OTHER = [good]\nelse:\n    OTHER = []\n"
    )
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


def test_a_list_that_grows_elsewhere_cannot_be_read() -> None:
    """Somebody may add to it."""
    text = f"{FASTAPI}TABLE = [good]\nfor f in TABLE:\n    router.add_api_route('/x', f)"
    (handler,) = handlers(text, {"shop.more": "from shop.api import TABLE\nTABLE += [1]"})

    assert handler.output.kind == "unknown"


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
         "from shop.routes import add\nOPTIONS = {'methods': ['PUT']}\nadd('/h', h, **OPTIONS)", "GET /h h"),
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
         ["GET /x A.x", "GET /x B.x", "GET /x C.x"]),
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
