"""aiohttp: routes by calls, tables and classes."""

from __future__ import annotations

import pytest
from frameworks.handlers_in import handlers, slots, titles

HEAD = """\
from aiohttp import web
from aiohttp.web import RouteTableDef, View
from pydantic import BaseModel
class Order(BaseModel): ...
routes = web.RouteTableDef()
app = web.Application()
async def f(request): ...
class Site:
    async def index(self, request): ...
site = Site()
def guard(handler): return handler
"""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("@routes.get('/x')\nasync def g(request): ...", ["GET /x g"]),
        ("app.add_routes([web.get('/x', f), web.post('/y', guard(f))])", ["GET /x f", "POST /y f"]),
        ("app.router.add_get('/x', f)", ["GET /x f"]),
        ("app.router.add_route('PUT', '/x', f)", ["PUT /x f"]),
        ("web.route('*', '/x', handler=f)", ["* /x f"]),
        ("app.router.add_get('/x', site.index)", ["GET /x Site.index"]),
        ("app.router.add_get('/x', Site().index)", ["GET /x Site.index"]),
        ("add = app.router.add_route\nadd('GET', '/x', f)", ["GET /x f"]),
        ("app.router.add_resource('/x').add_route('GET', f)", ["GET /x f"]),
        ("r = app.router.add_resource('/x')\nr.add_route('PUT', f)", ["PUT /x f"]),
        ("class Mixin:\n    async def get(self): ...\nclass V(Mixin, View): ...", ["GET Mixin.get"]),
        ("@routes.view('/x')\nasync def g(request): ...", ["ANY /x g"]),
        ("app.router.add_route(METHOD, '/x', f)", ["ANY /x f"]),
        ("class S:\n    def add(self, path, handler): app.router.add_get(path, handler)\n    def __init__(self):\n"
         "        self.add('/x', self.f)\n    async def f(self, request): ...", ["GET /x S.f"]),
        ("app.router.add_get('/x', nowhere)", ["GET /x nowhere"]),
        ("@routes.view('/x')\nclass V(web.View):\n    async def get(self): ...", ["GET /x V.get"]),
        ("class V(View):\n    async def post(self): ...\nweb.view('/x', V)", ["POST V.post"]),
        ("class B(View):\n    async def get(self): ...\nclass V(B):\n    async def put(self): ...", ["GET B.get", "PUT V.put"]),
        ("def add(given):\n    @given.get('/x')\n    async def g(request): ...", ["GET /x add.<locals>.g"]),
        ("def add(given):\n    @given.route('PUT', '/x')\n    async def g(request): ...", ["PUT /x add.<locals>.g"]),
        ("get = routes.get\n@get('/x')\nasync def g(request): ...", ["GET /x g"]),
        ("home = routes.get('/')\n@home\nasync def g(request): ...", ["GET / g"]),
        ("def api(path): return routes.get('/api' + path)\n@api('/x')\nasync def g(request): ...", ["GET /api/x g"]),
        ("from aiohttp_pydantic import PydanticView\nclass V(PydanticView):\n    async def post(self, pet: Order): ...\n"
         "app.router.add_view('/x', V)", ["POST V.post"]),
        ("class V(vendor.View):\n    async def post(self): ...\napp.router.add_view('/x', V)", ["POST /x V.post"]),
        ("class V(vendor.View): ...\napp.router.add_view('/x', V)", ["ANY /x V"]),
        ("web.RouteDef('PUT', '/x', f, {})", ["PUT /x f"]),
        ("def setup(router):\n    path = '/x'\n    app.router.add_get(path, f)", ["GET /x f"]),
        ("VERB, PATH = 'PUT', '/x'\napp.router.add_route(VERB, PATH, f)", ["PUT /x f"]),
    ],
)  # fmt: skip
def test_a_handler_is_found(text: str, expected: list[str]) -> None:
    """However it is registered."""
    assert sorted(titles(HEAD + text)) == sorted(f"aiohttp: {title}" for title in expected)


@pytest.mark.parametrize(
    "text",
    [
        "client.get('/x', f)",
        "async def g(request):\n    return request.query.get('order', '')",
        "table = dict()\ntable.add_get('/x', f)",
        "app.router.add_static('/x', f)",
        "(lambda: 1)('/x', f)",
        "@routes\nasync def g(request): ...",
        "get = routes.get\n@get\nasync def g(request): ...",
        "@nowhere.get(PATH)\nasync def g(request): ...",
        "@nowhere.get('name')\nasync def g(request): ...",
        "cache = dict()\n@cache.get('/x')\nasync def g(request): ...",
        "def api(path): return path\n@api('/x')\nasync def g(request): ...",
    ],
)
def test_what_only_looks_like_a_handler_is_none(text: str) -> None:
    """Clients, tables, functions that hand on."""
    assert titles(HEAD + text) == []


def test_what_crosses() -> None:
    """A response, and what decorators put in beside the request."""
    text = """
@routes.post('/a')
async def a(request, body: Order, number: int) -> web.Response: ...
@routes.post('/b')
async def b(_, body: dict): return make()
@routes.post('/c')
async def c(request: web.Request) -> dict: ...
"""
    assert slots(HEAD + text) == [(["body: schema"], "response"), (["body: raw"], "response"), ([], "raw")]


def test_what_a_decorator_says_of_the_body_crosses() -> None:
    """That of aiohttp-apispec, but for what is in the query."""
    head = "from aiohttp_apispec import request_schema\nfrom marshmallow import Schema\nclass In(Schema): ...\n"
    text = (
        "@routes.post('/a')\n@request_schema(In())\nasync def a(request): ...\n"
        "@routes.post('/b')\n@request_schema(schema=dict)\nasync def b(request): ...\n"
        "@routes.post('/c')\n@request_schema(In, location='query')\nasync def c(request): ...\n"
        "@routes.post('/d')\n@request_schema()\nasync def d(request): ..."
    )

    assert [inputs for inputs, _ in slots(HEAD + head + text)] == [
        ["request_schema: schema"],
        ["request_schema: raw"],
        [],
        [],
    ]


@pytest.mark.parametrize(
    "dispatches",
    [
        "async def handler(self, request):\n        return await getattr(self, request.method.lower(), None)(request)",
        "def register(self, app):\n        for verb in ('get', 'post'):\n            app.router.add_route(verb, self.url, getattr(self, verb))",
    ],
)
def test_view_classes_of_the_project_are_found(dispatches: str) -> None:
    """Which call their methods by the verb of the request, or register them by it."""
    text = f"""
class Endpoint:
    url = None
    limit = 1
    {dispatches}
class Mixin:
    async def delete(self, request): ...
class Orders(Mixin, Endpoint):
    url = "/orders"
    async def get(self, request) -> web.Response: ...
    async def post(self, request): ...
    def help(self): ...
class More(Orders):
    async def put(self, request): ...
def made():
    class Hidden:
        async def get(self, request): ...
def made_otherwise():
    class Hidden(Endpoint):
        async def get(self, request): ...
class Own(Endpoint):
    def add(self, app, given): app.router.add_get("/other", given.found)
class Client:
    async def get(self, url): ...
    def ask(self, method): return getattr(self, method)
class Odd:
    async def get(self, url): ...
    def ask(self):
        for verb in ('get', 'post'): getattr(self, verb)
        for verb in VERBS: getattr(self, verb)
        for a, b in VERBS: getattr(self, b)
        getattr(self.other, request.method)
        getattr(self)
"""

    assert titles(f"from aiohttp import web\n{text}") == [
        "aiohttp: DELETE /orders Mixin.delete",
        "aiohttp: GET /orders Orders.get",
        "aiohttp: POST /orders Orders.post",
        "aiohttp: PUT /orders More.put",
        "aiohttp: GET made_otherwise.<locals>.Hidden.get",
        "aiohttp: GET /other given.found",
    ]


def test_a_lambda_that_a_loop_calls_is_no_route() -> None:
    """In a module with a name like that of a method that adds routes."""
    text = "PAIRS = [('x', lambda g: (g[0], g[1]))]\ndef add_patch(request):\n    for name, f in PAIRS:\n        return f(request.GET)\n"

    assert titles(text) == []


def test_what_a_decorator_says_of_the_response_counts() -> None:
    """Of aiohttp-apispec; what is said of an error, or is no schema, does not."""
    text = """
from aiohttp_apispec import docs, querystring_schema, response_schema
@routes.get('/a')
@querystring_schema(Order())
@response_schema(Order(), 200, description='')
async def a(request): ...
@routes.get('/b')
@response_schema(Order)
async def b(request): ...
@routes.get('/c')
@response_schema(Order, 404)
@response_schema(code=200, schema=Site)
@response_schema()
async def c(request): ...
@routes.get('/d')
@docs(responses={404: {'schema': Site}, 200: {'description': 'x', 'schema': Order}})
async def d(request): ...
@routes.get('/e')
@docs(responses={200: Order, **more}, tags=['x'])
async def e(request): ...
@routes.delete('/f')
@response_schema(Order, 204)
async def f(request): return web.Response(status=204)
"""

    assert slots(HEAD + text) == [
        (["querystring_schema: schema"], "schema"),
        ([], "schema"),
        ([], "response"),
        ([], "schema"),
        ([], "response"),
        ([], "none"),
    ]


def test_a_response_with_nothing_in_it_is_none() -> None:
    """Errors left out; and what a helper reads by a schema is an input."""
    text = """
async def parse_body_as(model, request): ...
@routes.get('/a')
async def a(request) -> web.Response: return web.Response(status=200)
@routes.get('/b')
async def b(request): return web.HTTPNoContent()
@routes.get('/c')
async def c(request):
    if x: return web.json_response({'a': 1}, status=404)
    return web.json_response(status=204)
@routes.get('/d')
async def d(request): raise web.HTTPNoContent
@routes.get('/e')
async def e(request): raise web.HTTPNotFound()
@routes.get('/f')
async def f(request): return web.Response(text='x')
@routes.get('/g')
async def g(request):
    r = web.Response(status=200)
    await r.write(x)
    return r
@routes.post('/h')
async def h(request):
    order = await parse_body_as(Order, request)
    again = await parse_body_as(Order, request)
    site = await parse_body_as(Site, request)
    other = parse_body_as(Order, found)
    where = parse_path_parameters_as(View, request)
    return await answer(order)
"""

    assert slots(HEAD + text) == [
        ([], "none"),
        ([], "none"),
        ([], "none"),
        ([], "none"),
        ([], "response"),
        ([], "response"),
        ([], "response"),
        (["request: schema"], "response"),
    ]


def test_an_annotation_that_says_nothing_of_a_response() -> None:
    """Every handler of aiohttp returns a response."""
    text = """\
from typing import Any
@routes.get('/a')
async def a(request) -> None: return web.json_response({'a': 1})
@routes.get('/b')
async def b(request) -> Any: return web.json_response({'a': 1})
@routes.get('/c')
async def c(request) -> dict: return {}
@routes.get('/d')
async def d(request) -> web.Response: return web.json_response({})
"""

    assert [output for _, output in slots(HEAD + text)] == ["response", "response", "raw", "response"]


def test_a_handler_that_is_one_of_two_is_both() -> None:
    """Also where a name stands for it."""
    text = "def a(request) -> web.Response: ...\ndef b(request) -> web.Response: ...\ndef add(app, small):\n"
    text += "    show = a if small else b\n    app.add_routes([web.get('/x', show)])"

    assert titles(HEAD + text) == ["aiohttp: GET /x a", "aiohttp: GET /x b"]


def test_a_class_that_dispatches_beside_another_framework_is_none_of_aiohttp() -> None:
    """Where the module says that it is Flask's, or another's, and not aiohttp's."""
    text = """
class Mapper:
    def __call__(self, request): return getattr(self, request.method.lower())(request)
    def get(self, request): ...
"""

    assert titles(f"from flask import request\n{text}") == []
    assert titles(f"import aiohttp\nfrom flask import request\n{text}") == ["aiohttp: GET Mapper.get"]


def test_a_class_that_dispatches_is_none_of_aiohttp_where_nothing_is() -> None:
    """The word is nowhere in the code."""
    text = "class Mapper:\n    def go(self, request): getattr(self, request.method.lower())(request)\n    def get(self, request): ..."

    assert titles(text) == []
    assert titles(text, {"shop.other": "import aiohttp"}) == ["aiohttp: GET Mapper.get"]


def test_a_schema_that_a_handler_makes_of_the_body_is_an_input() -> None:
    """Once, also where a helper is given it together with the request."""
    text = """
def parse(schema, request): ...
@routes.post('/a')
async def a(request):
    data = await request.json()
    order = Order(**data)
    return make()
@routes.post('/b')
async def b(request):
    order = parse(Order, request)
    return make()
@routes.post('/c')
async def c(request): return make(number=request.query['number'])
"""
    assert [inputs for inputs, _ in slots(HEAD + text)] == [["request.json: schema"], ["request: schema"], []]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("return make(parse_path(Order, request))", []),
        ("return make(parse_query(Order, request))", ["request: schema"]),
        ("return make(parse_rest(Order, request))", ["request: schema"]),
        ("return make(parse_other(Order, request))", ["request: schema"]),
        ("return make(EITHER.validate_python(await request.json()))", []),
        ("return make(parse_both(Order, request))", ["request: schema"]),
        ("return make(await parse_query(list[Order], request))", ["request: schema"]),
        ("return make(await parse_query(Order | None, request))", ["request: schema"]),
        ("return make(await parse_query(list[int], request))", []),
        ("return make(TypeAdapter(Order).validate_python(await request.json()))", ["request.json: schema"]),
        ("return make(ORDERS.validate_json(await request.json()))", ["request.json: schema"]),
        ("return make(FAR.validate_json(await request.json()))", []),
        ("return make(TypeAdapter(Order).validate_python(number))", []),
        ("return make(nowhere.validate_python(await request.json()))", []),
        ("return make(TypeAdapter().validate_python(await request.json()))", []),
    ],
)
def test_what_reads_the_request_by_a_schema(body: str, expected: list[str]) -> None:
    """Parts of the path are no input."""
    text = f"""
from pydantic import TypeAdapter
from shop.far import FAR
ORDERS = TypeAdapter(list[Order])
def parse_path(schema, request):
    log(request.rel_url.path)
    return schema.model_validate(dict(request.match_info))
EITHER = TypeAdapter(dict)
if ORDERS: EITHER = TypeAdapter(Order)
def parse_rest(schema, request):
    request.match_info["number"]
    return schema.model_validate(request.stream.read())
def parse_other(schema, request): return schema.model_validate(body_of(request, request.match_info))
async def parse_query(schema, request): return schema.model_validate(dict(request.query))
def parse_both(schema, request): return schema.model_validate(dict(request.match_info, **request.json()))
@routes.post('/a')
async def a(request):
    {body}
"""
    far = {"shop.far": "from pydantic import TypeAdapter\nfrom shop.api import Order\nFAR = TypeAdapter(Order)"}

    assert [inputs for inputs, _ in slots(HEAD + text, far)] == [expected]


@pytest.mark.parametrize(
    ("imported", "expected"),
    [
        ("from aiohttp import web", [("aiohttp", "GET", "/x", "response")]),
        ("import aiohttp.web", [("aiohttp", "GET", "/x", "response")]),
        ("import aiohttp", [("FastAPI", "GET", "/x", "unknown")]),  # a client, perhaps
        ("import flask", [("FastAPI", "GET", "/x", "unknown")]),
        ("import aiohttp.web, fastapi", [("FastAPI", "GET", "/x", "unknown")]),
        ("import logging", [("FastAPI", "GET", "/x", "unknown")]),
    ],
)
def test_a_registry_is_of_the_framework_that_its_module_imports(
    imported: str, expected: list[tuple[str, str, str, str]]
) -> None:
    """Which the modules that use it have no need to do."""
    made = (
        f"{imported}\nclass Route:\n    @classmethod\n    def get(cls, path): return lambda f: kept.append((path, f))\n"
    )
    text = "from shop.web import Route\n@Route.get('/x')\nasync def show(request): return answer(request)\n"

    found = handlers(text, {"shop.web": made})

    assert [(h.framework, *h.methods, h.path, h.output.kind) for h in found] == expected


@pytest.mark.parametrize("path", ["", "PATH", "/x"])
def test_an_object_of_another_module_is_no_registry(path: str) -> None:
    """It may be a router, whatever its module imports beside."""
    made = "from aiohttp import web\nfrom company.web import make_router\nrouter = make_router()\n"
    said = path if path.isupper() else repr(path)
    text = f"from shop.web import router\n@router.get({said})\nasync def show(request): ...\n"

    assert [h.framework for h in handlers(text, {"shop.web": made})] == ["FastAPI"]
