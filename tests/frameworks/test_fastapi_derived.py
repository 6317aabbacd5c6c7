"""Routes that a base class registers for the classes that are derived from it: each has its own path, methods and types."""

from __future__ import annotations

import sys

import pytest
from frameworks.test_fastapi import HEAD, handlers, titles

from pytest_fitness.model import Handler
from pytest_fitness.rules import OrmAtBoundary, WritingReads
from pytest_fitness.testing import codebase

UP = """
T = TypeVar('T')
class Line(BaseModel): ...
class Up(Generic[T]):
    prefix = '/up'
    def __init__(self):
        self.router = APIRouter(prefix=self.prefix)
        self.router.add_api_route('/x', self.place, methods=['POST'])
        @self.router.get('/y')
        def show() -> list[T]: ...
    def place(self, it: T) -> T: ...
"""


def shown(text: str, others: dict[str, str] | None = None) -> list[str]:
    """Return title, and what goes in and out, of each."""
    found = handlers(text, others)
    return [f"{h.title} {'|'.join(s.detail for s in (*h.inputs, h.output)).replace('shop.api.', '')}" for h in found]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "class Orders(Up[Order]): prefix = '/orders'\nclass Lines(Up['Line']): prefix = '/lines'",
            [
                "GET /lines/y Up.__init__.<locals>.show of Lines Line",
                "GET /orders/y Up.__init__.<locals>.show of Orders Order",
                "POST /lines/x Up.place of Lines Line|Line",
                "POST /orders/x Up.place of Orders Order|Order",
            ],
        ),
        (
            "U = TypeVar('U')\nclass Mid(Up[list[U]], ABC): ...\nclass Orders(Mid[Order]): ...",
            ["GET /up/y Up.__init__.<locals>.show of Orders Order", "POST /up/x Up.place of Orders Order|Order"],
        ),
        (
            "U = TypeVar('U')\nclass Mid(Up[U], ABC): ...\nclass Orders(Mid[Order]): ...",
            ["GET /up/y Up.__init__.<locals>.show of Orders Order", "POST /up/x Up.place of Orders Order|Order"],
        ),
        (
            "class Mid(Up[T]): ...\nclass Orders(Mid): ...",
            ["GET /up/y Up.__init__.<locals>.show of Orders T", "POST /up/x Up.place of Orders T|T"],
        ),
        (
            "class Orders(Up[Order]):\n    def place(self, it: Line) -> int: ...",
            ["GET /up/y Up.__init__.<locals>.show of Orders Order", "POST /up/x Up.place T|T", "POST /up/x Orders.place Line|int"],
        ),
        (
            "class Orders(Up[Order]):\n    def __init__(self): super().__init__()\nclass Other(Up[Line]):\n    def __init__(self): ...\n"
            "class More(Up[Line]):\n    def __init__(self): self.__init__()",
            ["GET /up/y Up.__init__.<locals>.show of Orders Order", "POST /up/x Up.place of Orders Order|Order"],
        ),
        (
            "class Orders(Up[Order]):\n    def __init__(self): Up.__init__(self)",
            ["GET /up/y Up.__init__.<locals>.show of Orders Order", "POST /up/x Up.place of Orders Order|Order"],
        ),
        (
            "class Orders(Up[Order]): ...\nbase: Up = Up()",
            [
                "GET /up/y Up.__init__.<locals>.show T",
                "GET /up/y Up.__init__.<locals>.show of Orders Order",
                "POST /up/x Up.place T|T",
                "POST /up/x Up.place of Orders Order|Order",
            ],
        ),
        (
            "class Orders(Up[Order]): ...\ndef f(it: Up) -> Up: ...",
            ["GET /up/y Up.__init__.<locals>.show of Orders Order", "POST /up/x Up.place of Orders Order|Order"],
        ),
        ("class Up(Up[Order]): ...", ["GET /up/y Up.__init__.<locals>.show T", "POST /up/x Up.place T|T"]),
        ("class Orders(Nothing[Order], Up): ...", ["GET /up/y Up.__init__.<locals>.show of Orders T", "POST /up/x Up.place of Orders T|T"]),
    ],
)  # fmt: skip
def test_each_class_has_its_own(text: str, expected: list[str]) -> None:
    """What stays open is unknown; a base of which there are no objects has only what no other one has."""
    found = shown(f"from abc import ABC\n{UP}{text}")

    assert sorted(found) == sorted(expected)


def test_what_a_base_leaves_to_others_is_no_handler() -> None:
    """It says so."""
    text = """
class Up:
    def add(self, router): router.add_api_route('/x', self.place)
    def place(self): raise NotImplementedError
class Orders(Up):
    def place(self): ...
"""
    assert titles(text) == ["GET /x Orders.place"]
    assert titles(f"{text}class More(Orders): ...") == ["GET /x Orders.place of More"]


def test_a_route_belongs_to_the_module_of_the_class_that_inherits_it() -> None:
    """Not to the one of the base, which may be part of a library."""
    base = f"from fastapi import APIRouter\nfrom typing import Generic, TypeVar\nfrom pydantic import BaseModel\n{UP}"
    text = "from lib.up import Up, T\nclass Orders(Up[Order]): ...\nclass Lines(Up[T]): ..."
    others = {"lib.up": base, "lib": "", "shop.other": "from lib.up import Up\nclass Two(Up[int]): ..."}

    assert [h for h in shown(text, others) if "Lines" not in h] == [
        "GET /up/y Up.__init__.<locals>.show of Orders Order",
        "POST /up/x Up.place of Orders Order|Order",
    ]


def test_what_several_classes_have_alike_is_one() -> None:
    """The same function at the same path, with the same types: there may be but one of the objects."""
    text = """
class Up:
    schema = Order
    def __init__(self, router):
        router.add_api_route('/x', self.place)
        router.add_api_route('/y', self.find, response_model=self.schema)
    def place(self, it: 'Order'): ...
    def find(self): ...
class One(Up): ...
class Two(Up): schema = Line
Up(router)
"""
    found = shown(f"class Line(BaseModel): ...\n{text}")

    assert [each for each in found if "/x" in each] == ["GET /x Up.place Order|nothing"]
    assert [each for each in found if "/y" in each] == ["GET /y Up.find Order", "GET /y Up.find of Two Line"]


@pytest.mark.skipif(sys.version_info < (3, 12), reason="type parameters need Python 3.12")
def test_type_parameters_are_filled() -> None:
    """As variables are."""
    text = """
class Up[T]:
    def add(self, router): router.add_api_route('/x', self.place, methods=['POST'])
    def place(self, it: T) -> list[T]: ...
class Orders(Up[Order]): ...
"""
    assert shown(text) == ["POST /x Up.place of Orders Order|Order"]


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_classes_that_differ_only_in_what_the_handler_calls_are_told_apart(order: tuple[int, int]) -> None:
    """Whichever is written first: a base's handler does what the methods of the derived class do."""
    up = """
class Good:
    def find(self) -> Response: ...
class Bad:
    def find(self): return {'a': 1}
class Up:
    def __init__(self):
        self.router = APIRouter()
        self.router.add_api_route('/x', self.get)
        self.router.add_api_route('/y', self.show)
        self.router.add_api_route('/z', self.same)
    def get(self): return self.make()
    def show(self): return self.service().find()
    def service(self): return self.made_by()
    def same(self): return self.nothing.special
"""
    classes = (
        "class A(Up):\n    def make(self) -> Response: ...\n    def made_by(self) -> Good: ...\n",
        "class B(Up):\n    def make(self): return {'a': 1}\n    def made_by(self) -> Bad: ...\n",
    )
    found = handlers("from fastapi.responses import Response\n" + up + "".join(classes[at] for at in order))

    assert sorted((h.view, h.qualname, h.output.kind) for h in found if "same" not in h.qualname) == [
        ("A", "Up.get", "response"),
        ("A", "Up.show", "response"),
        ("B", "Up.get", "raw"),
        ("B", "Up.show", "raw"),
    ]
    assert len([h for h in found if "same" in h.qualname]) == 1


def test_a_function_that_each_class_registers_has_what_each_declares() -> None:
    """Even if it is no method, so that only the option tells one from the other."""
    text = """
async def find(): ...
class Up:
    out = None
    def __init__(self):
        self.router = APIRouter()
        self.router.add_api_route('/', find, response_model=self.out)
class A(Up): out = Order
class B(Up): out = dict
"""
    assert sorted(shown(text)) == ["GET / find Order", "GET / find dict"]


@pytest.mark.parametrize(
    ("module", "made"),
    [
        ("from shop.up import Up as Crud", "Crud()"),
        ("import shop.up", "shop.up.Up()"),
        ("from shop.up import Up", "Up()"),
    ],
)
def test_objects_of_a_base_count_under_each_name(module: str, made: str) -> None:
    """As it is imported."""
    up = """
from fastapi import APIRouter
class Up:
    path = '/up'
    def __init__(self):
        self.router = APIRouter()
        self.router.add_api_route(self.path, self.get)
    def get(self): ...
"""
    base = made.removesuffix("()")
    text = f"{module}\nclass A({base}):\n    path = '/a'\n"

    assert titles(text, {"shop.up": up}) == ["GET /a Up.get of A"]
    assert sorted(titles(f"{text}a, b = A(), {made}", {"shop.up": up})) == ["GET /a Up.get of A"]
    assert {h.title for h in _everywhere(f"{text}a, b = A(), {made}", up)} == {"GET /a Up.get of A", "GET /up Up.get"}


def _everywhere(text: str, up: str) -> tuple[Handler, ...]:
    shop = codebase({"shop.api": f"{HEAD}{text}", "shop.up": up})
    return shop.handlers(list(shop.modules.values())).found


def test_a_method_that_may_raise_in_the_end_is_a_handler() -> None:
    """One that does nothing but raise is left to others."""
    text = """
class Up:
    def add(self, router): router.add_api_route('/x', self.place)
    def place(self, it: Order):
        if it: return it
        raise LookupError
class Orders(Up):
    def place(self): ...
"""
    assert sorted(titles(text)) == ["GET /x Orders.place", "GET /x Up.place"]


def test_a_class_inside_a_method_is_seen_as_itself() -> None:
    """The derived class has nothing to do with what ``self`` is there."""
    text = """
class Up:
    def register(self, app: FastAPI):
        class Api:
            @app.get('/x')
            def x(self) -> int: return self.make()
            def make(self): return {'a': 1}
class Orders(Up):
    def make(self) -> Response: ...
"""
    assert titles(text) == ["GET /x Up.register.<locals>.Api.x"]


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_what_a_handler_writes_is_told_for_each_class(order: tuple[int, int]) -> None:
    """Whichever is looked at first."""
    up = """
from sqlalchemy.orm import sessionmaker
SessionLocal = sessionmaker()
class Up:
    def __init__(self):
        self.router = APIRouter()
        self.router.add_api_route(self.path, self.get)
    def get(self) -> Order:
        self.touch()
"""
    writes = "with SessionLocal() as s:\n            s.add(1)"
    classes = (
        "class A(Up):\n    path = '/a'\n    def touch(self): ...\n",
        f"class B(Up):\n    path = '/b'\n    def touch(self):\n        {writes}\n",
    )
    shop = codebase({"shop.api": HEAD + up + "".join(classes[at] for at in order)})

    assert ["/b" in violation.message for violation in shop.violations(WritingReads("api"))] == [True]


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("return await Kept(x=1).save()", "orm"),
        ("a = Kept(x=1)\n    b = await a.create()\n    return b", "orm"),
        ("a = await Kept.get(1)\n    return await a.save()", "orm"),
        ("return Filed(x=1).save()", "orm"),
        ("return Filed(x=1).insert()", "raw"),
        ("return Peewee(x=1).save()", "raw"),
        ("return Own().save()", "raw"),
        ("return await nowhere.save()", "raw"),
    ],
)
def test_a_row_that_gives_itself_when_it_is_saved_is_a_row(body: str, kind: str) -> None:
    """By what the library says of its methods."""
    text = f"""
from fastapi import FastAPI
from beanie import Document
import mongoengine
import peewee
app = FastAPI()
class Kept(Document): ...
class Filed(mongoengine.Document): ...
class Peewee(peewee.Model): ...
class Own(Document):
    def save(self): return {{}}
@app.get('/')
async def f():
    {body}
"""
    (handler,) = handlers(text)

    assert handler.output.kind == kind


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("return JSONResponse(list(Order.select().where(1)))", "orm"),
        ("return JSONResponse(list(Order.select().where(1).dicts().iterator()))", "response"),
        ("return JSONResponse([r for r in Order.select().where(1).tuples()])", "response"),
        (
            "q = Order.select()\n    q = q.where(1).dicts().iterator()\n    return JSONResponse([r for r in q])",
            "response",
        ),
        ("order: Order = one()\n    return JSONResponse([order])", "orm"),
        ("order: Order = one()\n    return JSONResponse([order['number']])", "response"),
        ("tuples = [1]\n    return JSONResponse(list(Order.select().where(Order.id.in_(tuples))))", "orm"),
        ("return JSONResponse(session.execute(select(Order)).tuples().all())", "orm"),
        ("return JSONResponse(session.execute(select(Order)).mappings().all())", "orm"),
        ("return JSONResponse(KEPT['a'])", "orm"),
        ("more = KEPT\n    return JSONResponse(more['a'])", "orm"),
        ("kept: Table = {'a': Order.select().where(1)}\n    return JSONResponse(kept['a'])", "orm"),
        ("return JSONResponse({o.id: o for o in Order.select().where(1)}['a'])", "orm"),
        ("orders = {'all': Order.select().where(1)}\n    return JSONResponse(orders['all'])", "orm"),
        ("orders = Order.select().where(1)\n    return JSONResponse(orders[0])", "orm"),
    ],
)
def test_what_a_query_gives_as_dicts_is_no_row(body: str, kind: str) -> None:
    """Nor is what a row has under a name."""
    text = f"""
from fastapi import FastAPI
from fastapi.responses import JSONResponse
from sqlalchemy import select
import peewee
app = FastAPI()
class Order(peewee.Model): ...
Table = dict[str, Order]
KEPT = {{"a": Order.select().where(1)}}
@app.get('/')
def f():
    {body}
"""
    shop = codebase({"shop.api": text})
    found = shop.violations(OrmAtBoundary("api"))

    assert ["orm" if found else "response", *(v.message.count("must not put rows") for v in found)] == [
        kind,
        *[1] * bool(found),
    ]
