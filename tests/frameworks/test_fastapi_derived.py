"""Routes that a base class registers for the classes that are derived from it: each has its own path, methods and types."""

from __future__ import annotations

import sys

import pytest
from frameworks.test_fastapi import handlers, titles

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
                "GET /lines/y Lines.__init__.<locals>.show Line",
                "GET /orders/y Orders.__init__.<locals>.show Order",
                "POST /lines/x Lines.place Line|Line",
                "POST /orders/x Orders.place Order|Order",
            ],
        ),
        (
            "U = TypeVar('U')\nclass Mid(Up[list[U]], ABC): ...\nclass Orders(Mid[Order]): ...",
            ["GET /up/y Orders.__init__.<locals>.show Order", "POST /up/x Orders.place Order|Order"],
        ),
        (
            "U = TypeVar('U')\nclass Mid(Up[U], ABC): ...\nclass Orders(Mid[Order]): ...",
            ["GET /up/y Orders.__init__.<locals>.show Order", "POST /up/x Orders.place Order|Order"],
        ),
        (
            "class Mid(Up[T]): ...\nclass Orders(Mid): ...",
            ["GET /up/y Orders.__init__.<locals>.show T", "POST /up/x Orders.place T|T"],
        ),
        (
            "class Orders(Up[Order]):\n    def place(self, it: Line) -> int: ...",
            ["GET /up/y Orders.__init__.<locals>.show Order", "POST /up/x Up.place T|T", "POST /up/x Orders.place Line|int"],
        ),
        (
            "class Orders(Up[Order]):\n    def __init__(self): super().__init__()\nclass Other(Up[Line]):\n    def __init__(self): ...\n"
            "class More(Up[Line]):\n    def __init__(self): self.__init__()",
            ["GET /up/y Orders.__init__.<locals>.show Order", "POST /up/x Orders.place Order|Order"],
        ),
        (
            "class Orders(Up[Order]):\n    def __init__(self): Up.__init__(self)",
            ["GET /up/y Orders.__init__.<locals>.show Order", "POST /up/x Orders.place Order|Order"],
        ),
        (
            "class Orders(Up[Order]): ...\nbase: Up = Up()",
            [
                "GET /up/y Up.__init__.<locals>.show T",
                "GET /up/y Orders.__init__.<locals>.show Order",
                "POST /up/x Up.place T|T",
                "POST /up/x Orders.place Order|Order",
            ],
        ),
        (
            "class Orders(Up[Order]): ...\ndef f(it: Up) -> Up: ...",
            ["GET /up/y Orders.__init__.<locals>.show Order", "POST /up/x Orders.place Order|Order"],
        ),
        ("class Up(Up[Order]): ...", ["GET /up/y Up.__init__.<locals>.show T", "POST /up/x Up.place T|T"]),
        ("class Orders(Nothing[Order], Up): ...", ["GET /up/y Orders.__init__.<locals>.show T", "POST /up/x Orders.place T|T"]),
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
    assert titles(f"{text}class More(Orders): ...") == ["GET /x More.place"]


def test_a_route_belongs_to_the_module_of_the_class_that_inherits_it() -> None:
    """Not to the one of the base, which may be part of a library."""
    base = f"from fastapi import APIRouter\nfrom typing import Generic, TypeVar\nfrom pydantic import BaseModel\n{UP}"
    text = "from lib.up import Up, T\nclass Orders(Up[Order]): ...\nclass Lines(Up[T]): ..."
    others = {"lib.up": base, "lib": "", "shop.other": "from lib.up import Up\nclass Two(Up[int]): ..."}

    assert [h for h in shown(text, others) if "Lines" not in h] == [
        "GET /up/y Orders.__init__.<locals>.show Order",
        "POST /up/x Orders.place Order|Order",
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
    assert [each for each in found if "/y" in each] == ["GET /y Up.find Order", "GET /y Two.find Line"]


@pytest.mark.skipif(sys.version_info < (3, 12), reason="type parameters need Python 3.12")
def test_type_parameters_are_filled() -> None:
    """As variables are."""
    text = """
class Up[T]:
    def add(self, router): router.add_api_route('/x', self.place, methods=['POST'])
    def place(self, it: T) -> list[T]: ...
class Orders(Up[Order]): ...
"""
    assert shown(text) == ["POST /x Orders.place Order|Order"]
