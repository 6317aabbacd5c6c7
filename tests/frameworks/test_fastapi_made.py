"""Routers, handlers and schemas of FastAPI that something else in the project makes, or hands on."""

from __future__ import annotations

import pytest
from frameworks.test_fastapi import handlers, output, titles


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("def mount(app: Any):\n    @app.get('/x')\n    def f(): ...", ["GET /x mount.<locals>.f"]),
        ("def mount(app: object):\n    @app.get('/x')\n    def f(): ...", ["GET /x mount.<locals>.f"]),
        ("def mount(app: str):\n    @app.get('/x')\n    def f(): ...", []),
        ("class W:\n    app: t.Any\n    def go(self):\n        @self.app.get('/x')\n        def f(): ...", ["GET /x W.go.<locals>.f"]),
        ("from fastapi.routing import APIRoute\nroute = APIRoute('/x', endpoint=None)", []),
        ("class C:\n    def __call__(self, o: Order): ...\nrouter.add_api_route('/x', C(), methods=['POST'])", ["POST /x C.__call__"]),
        ("class Up(APIRouter):\n    def __init__(self): self.add_api_route('/x', self.make())\n    def make(self): raise NotImplementedError\n"
         "class V(Up):\n    def make(self):\n        def found(): ...\n        return found", ["GET /x V.make.<locals>.found"]),
        ("class Up(APIRouter):\n    def __init__(self): self.add_api_route('/x', self.make())\n    def make(self): raise NotImplementedError\n"
         "class V(Up):\n    def make(self):\n        def found(*args): return self.other(*args)\n        return found",
         ["GET /x V.make.<locals>.found"]),
        ("def make(f, model):\n    async def endpoint(request: Request, data=Depends(model)): return await f(data)\n    return endpoint\n"
         "def find(a: int): ...\nrouter.add_api_route('/x', make(find, Order))", ["GET /x make.<locals>.endpoint"]),
    ],
)  # fmt: skip
def test_what_is_found(text: str, expected: list[str]) -> None:
    """An application of any type, objects that are called, methods of derived classes that make a handler."""
    assert titles(text) == expected


def test_a_method_that_registers_may_have_the_name_of_another_one() -> None:
    """In another module, which registers other handlers."""
    text = """
class {0}(APIRouter):
    def __init__(self): self._add('/x', self.find)
    def _add(self, path, endpoint): super().add_api_route(path, endpoint)
    def find(self): ...
"""
    other = {"shop.other": f"from fastapi import APIRouter{text.format('Two')}"}

    assert titles(text.format("One"), other) == ["GET /x One.find"]


@pytest.mark.parametrize(
    "made",
    ["def get(path): return router.get(path, response_model=Order)", "get = partial(router.get, response_model=Order)"],
)
def test_options_that_are_said_elsewhere_mean_what_they_mean_there(made: str) -> None:
    """A row, though a schema has the same name where the handler is."""
    makers = (
        "from functools import partial\nfrom fastapi import APIRouter\nfrom sqlalchemy.orm import DeclarativeBase\n"
    )
    makers += f"class Base(DeclarativeBase): ...\nclass Order(Base): ...\nrouter = APIRouter()\n{made}\n"
    text = "from shop.makers import get\n@get('/x')\ndef f(): return 1\n@get('/y', tags=Order)\ndef g(): ..."

    assert [(h.output.kind, h.output.detail) for h in handlers(text, {"shop.makers": makers})][:1] == [
        ("orm", "shop.makers.Order")
    ]
    assert [h.output.kind for h in handlers(text, {"shop.makers": makers})] == ["orm", "unknown"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("from functools import partial\nget = partial(router.get, response_model=Order)\n@get('/x')\ndef f(): ...", "schema"),
        ("from functools import partial\nget = partial(router.get, response_model=Row)\n@get('/x', response_model=Order)\ndef f(): ...", "schema"),
        ("def get(path, **more): return router.get(path, response_model=Order, **more)\n@get('/x')\ndef f(): ...", "schema"),
        ("def get(path, model=None): return router.get(path, response_model=model)\n@get('/x')\ndef f(): ...", "none"),
        ("def get(path, model=None): return router.get(path, response_model=model)\n@get('/x', Row)\ndef f(): return Order()", "orm"),
        ("def get(path, model=Row): return router.get(path, response_model=model)\n@get('/x')\ndef f(): return Order()", "orm"),
        ("def get(path, model): return router.get(path, response_model=list[model])\n@get('/x', model=Row)\ndef f(): ...", "orm"),
        ("def get(path, model): return router.get(path, response_model=model)\n@get('/x', **mystery)\ndef f(): ...", "unknown"),
        ("def get(path): return routers[0](path)\n@get('/x')\ndef f(): ...", ""),
        ("class CSV(Response):\n    media_type = 'text/csv'\n@router.get('/x', response_class=CSV)\ndef f(): return rows()", "response"),
        ("class Fast(Response):\n    media_type = 'application/json'\n@router.get('/x', response_class=Fast)\ndef f(): return {}", "raw"),
        ("class Fast(Response): ...\n@router.get('/x', response_class=Fast)\ndef f(): return {}", "raw"),
    ],
)  # fmt: skip
def test_options_of_a_route_may_be_said_elsewhere(text: str, expected: str) -> None:
    """In a partial, in a function that makes the decorator, by the class of a response."""
    assert [handler.output.kind for handler in handlers(text)] == [expected] * bool(expected)


@pytest.mark.parametrize(
    ("annotation", "before", "expected"),
    [
        ("Made", "def make(model) -> Type[BaseModel]: return create_model('X')\nMade = make(Row)", "schema"),
        ("Made", "def make(model): return create_model('X')\nMade = make(Row)", "schema"),
        ("Made", "def make(model): return again(model)\ndef again(model): return make(model)\nMade = make(Row)", "unknown"),
        ("Made", "def make(model):\n    if model: return create_model('X')\n    return model\nMade = make(Row)", "unknown"),
        ("Made", "def make(model) -> type[Row]: ...\nMade = make(1)", "orm"),
        ("Made", "Made = type('Made', (Order,), {})", "schema"),
        ("Made", "Made = type('Made', (Row,), {})", "orm"),
        ("Made", "Made = type('Made', (nowhere,), {})", "unknown"),
        ("Made", "Made = type(Order)", "unknown"),
        ("Made", "class Made(make(Row)): ...\ndef make(model) -> Type[BaseModel]: ...", "schema"),
        ("Made", "class Made(make(Row)): ...\ndef make(model): ...", "unknown"),
        ("Made", "class H:\n    @property\n    def model(self) -> Type[Order]: ...\nh = H()\nMade = h.model", "schema"),
        ("Made", "class H:\n    def model(self) -> Type[Order]: ...\nh = H()\nMade = h.model", "unknown"),
        ("Found[Order]", "T = TypeVar('T')\nFound = list[T]", "schema"),
        ("Found[Row]", "T = TypeVar('T')\nFound = list[T]", "orm"),
        ("Found[int]", "T = TypeVar('T')\nFound = list[T]", "scalar"),
        ("Found[Row, Order]", "T, S = TypeVar('T'), TypeVar('S')\nFound = TypeAliasType('Found', S, type_params=(T, S))", "schema"),
        ("Found[Row, Order]", "T, S = TypeVar('T'), TypeVar('S')\nFound = TypeAliasType('Found', Order, type_params=(T, S))", "schema"),
        ("Found[Order]", "Found = TypeAliasType('Found', list)", "raw"),
        ("Found[Order]", "Found = list[nowhere]", "unknown"),
    ],
)  # fmt: skip
def test_classes_that_are_made(annotation: str, before: str, expected: str) -> None:
    """By a function, by ``type``, as a property; aliases with parameters, some of which are in nothing."""
    assert output(annotation, before) == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("return S.remove(1)", "none"),
        ("return S().drop(1)", "none"),
        ("return S.clear()", "none"),
        ("return S().hook()", "raw"),
        ("return S().stub()", "raw"),
        ("return S().cached()", "raw"),
        ("put = load()\n    return put(1)", "response"),
        ("put, look = both()\n    return put(1)", "response"),
        ("put, look = both()\n    return look(1)", "raw"),
        ("return both()[0](1)", "response"),
        ("return both()['a'](1)", "raw"),
        ("put, *rest = both()\n    return put(1)", "raw"),
        ("put, look = either()\n    return put(1)", "raw"),
        ("put, look = both()\n    put, look = both()\n    return put(1)", "raw"),
        ("put = load()\n    put = load()\n    return put(1)", "raw"),
        ("put = nowhere()\n    return put(1)", "raw"),
        ("put = 1\n    return put(1)", "raw"),
        ("return TABLE[x](1)", "raw"),
        ("return S.one(1)", "orm"),
    ],
)
def test_what_others_return(body: str, expected: str) -> None:
    """Methods that return nothing, functions that are handed back, rows of a service."""
    text = f"""
def place(n): return JSONResponse(n)
def find(n): return {{}}
def load(): return place
def both(): return place, find
def either():
    if x: return place, find
    return find, place
class S:
    @staticmethod
    def remove(n): log(n)
    @classmethod
    def clear(cls): log(1)
    def drop(self, n): log(n)
    def hook(self): raise NotImplementedError
    def stub(self): ...
    @cache
    def cached(self): log(1)
    @staticmethod
    def one(n): return session.query(Row).filter(Row.id == n).first()
@router.get('/')
def f():
    {body}
"""

    assert [handler.output.kind for handler in handlers(text)] == [expected]


def test_a_router_of_the_project_may_put_in_what_is_no_body() -> None:
    """Settings and services, where it registers routes itself; FastAPI refuses the latter elsewhere, so that they are shown."""
    text = """
from pydantic_settings import BaseSettings
class Db: ...
class Settings(BaseSettings): ...
class Own:
    @classmethod
    def __get_validators__(cls): ...
class Injecting(APIRouter):
    def add_api_route(self, path, endpoint, **more): super().add_api_route(path, injected(endpoint), **more)
own = Injecting()
def f(db: Db, settings: Settings, own: Own, row: Row, order: Order, any: nowhere.Thing): ...
@own.post('/a')
def a(db: Db, settings: Settings, own: Own, row: Row, order: Order, any: nowhere.Thing, raw=Body()): ...
@router.post('/b')
def b(db: Db, settings: Settings): ...
"""
    first, second = handlers(text)

    assert [slot.name for slot in first.inputs] == ["own", "row", "order", "any", "raw"]
    assert [slot.name for slot in second.inputs] == ["db", "settings"]


FACTORY = """
def crud(schema, out, prefix='/'):
    made = APIRouter()
    @made.post('/x', response_model=out)
    def place(order: schema) -> None: ...
    @made.get('/x')
    def find() -> list[out]: ...
    return made
"""


@pytest.mark.parametrize(
    ("calls", "expected"),
    [
        ("crud(Order, Order)", ["Order", "Order", "Order"]),
        ("crud(Order, out=Line)\ncrud(Line, Order)\ncrud(Order, Order)", ["Order|Line", "Line|Order", "Line|Order"]),
        ("crud(Order, Row)", ["Order", "Row", "Row"]),
        ("crud(Order)", ["Order", "", ""]),
        ("crud(Order, Order)\nmap(crud, MANY)", ["", "", ""]),
        ("", ["", "", ""]),
    ],
)
def test_a_factory_of_routers_is_given_classes(calls: str, expected: list[str]) -> None:
    """Where all that call it are known; where they are not, its classes are unknown."""
    place, find = handlers(f"class Line(BaseModel): ...\n{FACTORY}{calls}")
    parts = [place.inputs[0], place.output, find.output]

    assert ["|".join(c.name.rpartition(".")[2] for c in part.classes) for part in parts] == expected
    assert [part.kind == "unknown" for part in parts] == [name == "" for name in expected]


def test_a_parameter_that_becomes_something_else() -> None:
    """Nothing is known of it any more by what it was given."""
    text = "def crud(schema):\n    schema = found(schema)\n    @router.post('/x')\n    def place(order: schema): ...\ncrud(Order)"
    (place,) = handlers(text)

    assert (place.inputs[0].kind, place.inputs[0].classes) == ("unknown", ())


def test_a_parameter_that_says_what_it_is_is_that() -> None:
    """An annotation goes before what is given."""
    (place,) = handlers(
        "def crud(schema: int):\n    @router.post('/x')\n    def place(order: schema): ...\ncrud(Order)"
    )

    assert place.inputs[0].kind == "unknown"


def test_methods_of_a_router_of_the_project_make_routes() -> None:
    """With their own options, and with what they are given; other methods make none."""
    text = """
class Env(BaseModel, Generic[T]): data: T
class Own(APIRouter):
    def save(self, path, model): return self.api_route(path, methods=['PUT'], response_model=Env[model])
    def place(self, path, **more): return super().post(path, response_model=Order, **more)
    def noted(self, path): return path
    def other(self, path): return other.get(path)
own = Own(prefix='/v')
@own.save('/a', Order)
def a(): ...
@own.place('/b', status_code=201)
def b(order: Order): ...
@own.noted('/c')
@own.other('/c')
def c(): ...
class Plain:
    def save(self, path): return self.api_route(path)
@Plain().save('/d')
def d(): ...
"""
    found = handlers(f"T = TypeVar('T')\n{text}")

    assert [(h.title, [c.name.rpartition(".")[2] for c in h.output.classes]) for h in found] == [
        ("PUT /v/a a", ["Env", "Order"]),
        ("POST /v/b b", ["Order"]),
    ]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("return await asyncio.to_thread(answer, 1)", "response"),
        ("return await run_in_threadpool(answer, 1)", "response"),
        ("return await loop.run_in_executor(None, answer, 1)", "response"),
        ("return await asyncio.to_thread(lambda: answer(1))", "raw"),
        ("return await asyncio.to_thread(found)", "raw"),
    ],
)
def test_what_is_called_in_a_thread_is_what_it_returns(body: str, expected: str) -> None:
    """Not what calls it there."""
    text = (
        f"def answer(n): return JSONResponse(n)\ndef found(): return {{}}\n@router.get('/')\nasync def f():\n    {body}"
    )

    assert [handler.output.kind for handler in handlers(text)] == [expected]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("app.get('/x')(make('x'))", ["GET /x make.<locals>.answer response"]),
        ("app.get('/x')(make(FOLDER / 'x'))", ["GET /x make.<locals>.answer response"]),
        ("app.get('/x')(make(PATH))", ["GET /x make.<locals>.answer response"]),
        ("app.get('/x')(make(path=f'{1}'))", ["GET /x make.<locals>.answer response"]),
        ("def g() -> Order: ...\napp.get('/x')(make(g))", ["GET /x g schema"]),
        ("def g() -> Order: ...\napp.get('/x')(make(path=g))", ["GET /x make(path=g) unknown"]),
    ],
)
def test_a_handler_may_be_made_of_a_text(text: str, expected: list[str]) -> None:
    """Which it hands on, but is not wrapped around."""
    made = "PATH = 'x'\ndef make(path):\n    def answer(): return FileResponse(path)\n    return answer\n"
    found = handlers(f"from fastapi.responses import FileResponse\n{made}{text}")

    assert [f"{h.title} {h.output.kind}" for h in found] == expected


def test_a_service_may_return_something_though_it_says_nothing() -> None:
    """What it returns is what is sent."""
    text = "class S:\n    def place(self) -> None: return {'a': 1}\n    def drop(self) -> None: ...\n"
    text += "@router.post('/')\ndef f(s: S = Depends()): return s.place()\n@router.delete('/')\ndef g(s: S = Depends()): return s.drop()"

    assert [h.output.kind for h in handlers(text)] == ["raw", "none"]


def test_controllers_of_pynest_say_what_comes_first() -> None:
    """Before every path in them; other functions of that name make no routes."""
    text = """
from nest.core import Controller, Get, Post
from nowhere import Put
@Controller('orders', tag='x')
class Orders:
    @Get('/{number}', response_model=Order)
    def find(self, number: int): ...
    @Post('/')
    def place(self, order: Order): return {}
    @Put('/')
    def change(self): ...
    def other(self): ...
class Lines:
    @Get('/lines')
    def every(self) -> list[Order]: ...
@Controller(prefix=None)
class Others:
    @Get('/others')
    def every(self) -> list[Order]: ...
"""
    found = handlers(text)

    assert [(h.title, [s.kind for s in h.inputs], h.output.kind) for h in found] == [
        ("GET /orders/{number} Orders.find", [], "schema"),
        ("POST /orders/ Orders.place", ["schema"], "raw"),
        ("GET /lines Lines.every", [], "schema"),
        ("GET /others Others.every", [], "schema"),
    ]


@pytest.mark.parametrize(
    ("register", "expected"),
    [
        ("def register(at: Plugin):\n    router.add_api_route('/x', at.find)\nregister(Proxy())", ["GET /x Proxy.find"]),
        ("def register(at):\n    router.add_api_route('/x', at.find)\nregister(at=Proxy())", ["GET /x Proxy.find"]),
        ("def register(at: Plugin):\n    router.add_api_route('/x', at.find)", ["GET /x Plugin.find"]),
        ("def register(at: Plugin):\n    router.add_api_route('/x', at.find)\nlater(register)", ["GET /x Plugin.find"]),
        ("def register(at):\n    router.add_api_route('/x', at.find)\nlater(register)", ["GET /x at.find"]),
        ("def register(at: Plugin):\n    router.add_api_route('/x', at.find)\nregister(Proxy())\nlater(register)",
         ["GET /x Plugin.find", "GET /x Proxy.find"]),
    ],
)  # fmt: skip
def test_an_object_that_is_given_answers_by_its_own_methods(register: str, expected: list[str]) -> None:
    """Not by those of the protocol that it is said to be, if all callers are known."""
    text = (
        f"class Plugin(Protocol):\n    def find(self): ...\nclass Proxy(Plugin):\n    def find(self): ...\n{register}"
    )

    assert sorted(titles(text)) == expected


def test_a_local_name_means_nothing_in_the_annotation_of_a_parameter() -> None:
    """It is written around the function, in which the name may stand for the parameter."""
    text = """
OrderT = Order
def make(schema: type[OrderT]):
    if not TYPE_CHECKING:
        OrderT = schema
    @router.post('/x')
    def f(data: OrderT) -> OrderT: ...
"""

    (found,) = handlers(text)

    assert [slot.kind for slot in (*found.inputs, found.output)] == ["schema", "schema"]
