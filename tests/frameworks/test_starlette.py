"""Starlette: routes in lists, by calls, and endpoints that are classes."""

from __future__ import annotations

import pytest
from frameworks.handlers_in import handlers, titles

HEAD = """\
from functools import partial
from starlette.applications import Starlette
from starlette.endpoints import HTTPEndpoint, WebSocketEndpoint
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route, Router, WebSocketRoute
from pydantic import BaseModel
class Order(BaseModel): ...
def home(request): ...
async def socket(ws): ...
class Orders(HTTPEndpoint):
    def get(self, request): ...
    async def post(self, request: Request) -> Response: ...
class Chat(WebSocketEndpoint):
    async def on_receive(self, ws, data): ...
"""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("app = Starlette(routes=[Route('/x', home)])", ["GET /x home"]),
        ("routes = [Mount('/v1', routes=[Route('/x', endpoint=home, methods=['post', 'GET'])])]", ["GET,POST /x home"]),
        ("Route('/x', Orders)", ["GET /x Orders.get", "POST /x Orders.post"]),
        ("Route('/x', partial(home, 1))", ["GET /x home"]),
        ("WebSocketRoute('/x', socket)", ["WEBSOCKET /x socket"]),
        ("WebSocketRoute('/x', Chat)", ["WEBSOCKET /x Chat.on_receive"]),
        ("app = Starlette()\napp.add_route('/x', home)", ["GET /x home"]),
        ("app = Starlette()\napp.add_websocket_route('/x', socket)", ["WEBSOCKET /x socket"]),
        ("app = Starlette()\n@app.route('/x')\ndef f(request): ...", ["GET /x f"]),
        ("app = Starlette()\n@app.route('/x')\nclass F(Orders): ...", ["GET /x Orders.get", "POST /x Orders.post"]),
        ("app = Starlette()\n@app.route('/x')\nclass F(HTTPEndpoint):\n    def get(self, r): ...\n"
         "@app.route('/y')\nclass F(HTTPEndpoint):\n    def post(self, r): ...", ["GET /x F.get", "POST /y F.post"]),
        ("app = Starlette()\n@app.websocket_route('/x')\nclass F(Chat): ...", ["WEBSOCKET /x Chat.on_receive"]),
        ("class Mine(Router): ...\nr = Mine()\n@r.post('/x')\ndef f(request): ...", ["POST /x f"]),
        ("class Mine(Router): ...\nr = Mine()\n@r.websocket('/x')\ndef f(ws): ...", ["WEBSOCKET /x f"]),
        ("class MyRoute(Route): ...\nMyRoute('/x', home)", ["GET /x home"]),
        ("def add(path, f): return Route(path, f)\nadd('/x', home)\nother.add('/y', home)", ["GET /x home"]),
        ("from starlette.routing import Route as R\nR('/x', home)", ["GET /x home"]),
        ("def setup(app): app.add_route('/x', home)", ["GET /x home"]),
        ("class B:\n    def make(self) -> Starlette: ...\nclass A(B):\n    def make(self):\n        app = super().make()\n"
         "        app.add_route(PATH, home)", ["GET PATH home"]),
        ("def make():\n    app = super().make()\n    app.add_route(PATH, home)", []),
        ("class A:\n    def make(self):\n        return self.add()\n    def add(self):\n        app = super().make()\n"
         "        app.add_route(PATH, home)", []),
        ("again = home\nRoute('/x', again)", ["GET /x home"]),
        ("a = b\nb = a\nRoute('/x', a)", ["GET /x a"]),
        ("Route('/x', make(home))\ndef make(f):\n    def g(request): return f(request)\n    return g", ["GET /x home"]),
        ("Route('/x', make(home))\ndef make(f):\n    def g(*args): return run(f, *args)\n    return g", ["GET /x home"]),
        ("Route('/x', make(home))\ndef make(f):\n    @wraps(f)\n    def g(request): ...\n    return g", ["GET /x home"]),
        ("Route('/x', make(home))\ndef make(f):\n    def g(request): return run(f, request)\n    return g", ["GET /x home"]),
        ("Route('/x', make(home))\ndef make(service):\n    def g(request): return service.get()\n    return g",
         ["GET /x make.<locals>.g"]),
        ("Route('/x', nowhere)", ["GET /x nowhere"]),
        ("Route('/x', make('literal'))", ["GET /x make('literal')"]),
        ("Starlette().add_route('/x', home)", ["GET /x home"]),
        ("app = Starlette()\napp.router.add_route('/x', home)", ["GET /x home"]),
        ("class Mine(Starlette):\n    def setup(self):\n        self.add_route('/x', home)\n        self.router.add_route('/y', home)",
         ["GET /x home", "GET /y home"]),
        ("class Other:\n    def setup(self): self.add_route(PATH, home)\ndef setup(self): self.add_route(PATH, home)", []),
        ("PATH = '/x'\nBOTH = ('GET', 'PUT')\nRoute(PATH, home, methods=BOTH)", ["GET,PUT /x home"]),
        ("def make():\n    return home\n    return 1\nRoute('/x', make())", ["GET /x make()"]),
        ("Route('/x', make())\ndef make():\n    def f(request): ...\n    return f", ["GET /x make.<locals>.f"]),
    ],
)  # fmt: skip
def test_a_route_is_found(text: str, expected: list[str]) -> None:
    """However it is registered."""
    assert titles(HEAD + text) == [f"Starlette: {title}" for title in expected]


@pytest.mark.parametrize(
    "text",
    [
        "Route('/x')",
        "store = dict()\nstore.add_route('/x', home)",
        "store.add_route(PATH, home)",
        "FlightRoute('/x', home)",
        "class Flight: ...\nclass FlightRoute(Flight): ...\nFlightRoute('/x', home)",
        "store = dict()\n@store.route('/x')\ndef f(): ...",
        "@home\ndef f(): ...",
    ],
)
def test_what_only_looks_like_a_route_is_none(text: str) -> None:
    """Other classes, other objects."""
    assert titles(HEAD + text) == []


def test_a_result_is_a_response_whatever_makes_it() -> None:
    """Starlette takes nothing else; what is declared is believed."""
    text = (
        HEAD
        + "def f(request): return make()\ndef g(request) -> dict: ...\nRoute('/f', f)\nRoute('/g', g)\nRoute('/n', nope)"
    )

    assert [(h.qualname, h.output.kind, h.kind) for h in handlers(text)] == [
        ("f", "response", "http"),
        ("g", "raw", "http"),
        ("nope", "unknown", "http"),
    ]


def test_a_response_that_is_registered_answers_by_itself() -> None:
    """It is an application of its own; so is another object, of which nothing more is known than its class."""
    text = "from starlette.responses import RedirectResponse\nclass Own:\n    async def __call__(self, *args): ...\n"
    text += "app = Starlette(routes=[Route('/', RedirectResponse('/app')), Route('/own', Own()), Route('/json', JSONResponse({'a': 1}))])"
    found = handlers(HEAD + text)

    assert [(h.title, h.output.kind) for h in found] == [
        ("ANY /own Own", "unknown"),
        ("GET / RedirectResponse('/app')", "response"),
        ("GET /json JSONResponse({'a': 1})", "unknown"),
    ]


def test_an_object_that_answers_goes_by_the_name_of_its_class() -> None:
    """Wherever it is made; by all verbs, if none is said."""
    own = "class Graph:\n    class Own:\n        async def __call__(self, *args): ...\ngraph = Graph.Own()\n"
    text = "from shop.graph import Graph, graph\nroutes = [Route('/a', Graph.Own()), Route('/b', graph, methods=['POST'])]\n"
    found = handlers(HEAD + text, {"shop.graph": own})

    assert [(h.name, h.methods) for h in found] == [
        ("shop.graph.Graph.Own", ("ANY",)),
        ("shop.graph.Graph.Own", ("POST",)),
    ]


def test_a_schema_that_an_endpoint_makes_of_the_body_is_an_input() -> None:
    """A websocket has none."""
    text = """
async def place(request):
    order = Order(**await request.json())
    return Response()
async def again(request):
    data = await request.json()
    if data: return Response(Order(**data))
    return Response(Order(**data))
async def talk(socket): Order(**await request.json())
routes = [Route('/x', place, methods=['POST']), Route('/z', again, methods=['PUT']), WebSocketRoute('/y', talk)]
"""
    found = handlers(HEAD + text)
    assert [[slot.kind for slot in handler.inputs] for handler in found] == [["schema"], ["schema"], []]
