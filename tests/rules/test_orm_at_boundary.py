"""Rows at the boundary, by themselves and inside of schemas."""

from __future__ import annotations

import pytest
from frameworks.handlers_in import handlers
from rules.handlers_of import said, shop

from pytest_fitness.rules import OrmAtBoundary

RULE = OrmAtBoundary("api")


@pytest.mark.parametrize(
    "text",
    [
        "@router.get('/')\ndef f() -> Order: ...",
        "@router.get('/')\ndef f() -> dict: ...",
        "@router.get('/')\ndef f(): return {}",
        "@router.post('/', response_model=Order)\ndef f() -> Row: ...",
    ],
)
def test_everything_else_is_allowed(text: str) -> None:
    """Raw data are for other rules."""
    assert said(RULE, text) == []


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("@router.get('/')\ndef f() -> Row: ...", "return the ORM class shop.api.Row"),
        ("@router.post('/')\ndef f(a: list[Row]) -> None: ...", "take the ORM class shop.api.Row"),
        ("@router.get('/')\ndef f(): return Row()", "return rows of shop.api.Row"),
        ("class Page(BaseModel):\n    items: list[Row]\n@router.get('/')\ndef f() -> Page: ...",
         "return shop.api.Page, which has rows of shop.api.Row in it"),
        ("class Inner(BaseModel):\n    row: Row\nclass Page(BaseModel):\n    items: list[Inner]\n"
         "@router.get('/')\ndef f() -> Page: ...",
         "return shop.api.Page, which has rows of shop.api.Row in it"),
    ],
)  # fmt: skip
def test_a_row_is_found_however_deep(text: str, what: str) -> None:
    """In fields of fields, and without a declaration."""
    (message,) = said(RULE, text)

    assert message.endswith(f"f must not {what}")


def test_what_is_unknown_is_noted() -> None:
    """It may be a row."""
    code = shop("from nowhere import X\n@router.post('/')\ndef f(a: X) -> X: ...")

    assert code.violations(RULE) == []
    assert len(code.evaluations[-1].notes) == 2


def test_the_signature_is_shown_and_the_annotation_underlined() -> None:
    """So that nobody has to look for it."""
    (violation,) = shop("@router.post('/')\ndef f(number: int, row: Row = None) -> None: ...").violations(RULE)

    assert violation.details == (
        "def f(number: int, row: Row = None) -> None",
        "                        ^^^",
    )


def test_a_file_that_cannot_be_parsed_fails() -> None:
    """By name."""
    assert "cannot be parsed" in said(RULE, "@router.get('/')\ndef f() -> None: ...", {"shop.api.x": "def (:"})[0]


@pytest.mark.parametrize(
    "body",
    [
        "return db.get(Row, 1)",
        "row = db.query(Row).first()\n    return row",
        "return db.execute(select(Row)).scalars().all()",
        "statement = select(Row).where(1)\n    return db.scalars(statement).one()",
        "statement = select(Row)\n    statement = statement.where(1)\n    return db.scalars(statement).all()",
        "return find()",
        "row: Row = service.find()\n    return row",
        "return me",
        "return [Row()]",
        "return {'row': Row()}",
        "return [r for r in rows] if 0 else [Row() for _ in range(3)]",
        "for row in db.scalars(select(Row)):\n        return row",
        "return Row.query.get_or_404(1)",
        "return get_object_or_404(Row, pk=1)",
        "return get_object_or_404(select(Row).limit(1), pk=1)",
    ],
)
def test_rows_of_an_undeclared_result_are_found_by_the_query(body: str) -> None:
    """Which names the class."""
    before = "from django.shortcuts import get_object_or_404\ndef find() -> Row: ...\n"
    text = f"{before}@router.get('/')\ndef f(db: Session, me: Annotated[Row, Depends(find)]):\n    {body}"
    if "if 0" in body:
        text = text.replace("[r for r in rows] if 0 else ", "")

    assert said(RULE, text) == ["GET / f must not return rows of shop.api.Row"]


@pytest.mark.parametrize(
    "body",
    [
        "return db.scalar(select(func.count()).select_from(Row))",
        "return db.scalars(select(Row.number)).all()",
        "return service.get(1)",
        "return {}",
        "return other.all()",
        "query = query.where(1)\n    query = query.order_by(2)\n    return query.all()",
    ],
)
def test_what_is_no_row_is_none(body: str) -> None:
    """Counts, columns; what cannot be told is noted."""
    assert said(RULE, f"@router.get('/')\ndef f(db: Session):\n    {body}") == []


def test_an_undeclared_result_that_may_be_a_row_is_noted() -> None:
    """Somebody should declare it."""
    code = shop("@router.get('/')\ndef f(): return service.find()")

    assert code.violations(RULE) == []
    assert "is unknown: nothing declared: it returns" in code.evaluations[-1].notes[0]


def test_schemas_that_contain_each_other_both_leak() -> None:
    """Whichever is looked at first."""
    text = """
class A(BaseModel):
    b: "B"
    row: Row
class B(BaseModel):
    a: "A | None"
@router.get("/a")
def a() -> A: ...
@router.get("/b")
def b() -> B: ...
"""
    assert len(said(RULE, text)) == 2
    assert len(said(RULE, text.replace("def a() -> A", "def a() -> B").replace("def b() -> B", "def b() -> A"))) == 2


def test_a_callable_about_rows_is_no_row() -> None:
    """What it takes crosses nothing here."""
    text = "from typing import Callable, TypeVar\nT = TypeVar('T')\nWrap = Callable[[T], T]\n"
    text += "@router.post('/')\ndef f(w: Wrap[Row]) -> None: ...\n"
    text += "Plain = Callable\n@router.put('/')\ndef g(w: Plain[[Row], Row]) -> None: ...\n"
    assert said(OrmAtBoundary("api"), text) == []


def test_a_method_of_the_project_is_not_the_one_of_rest_framework() -> None:
    """``get_object`` of a view of Flask gives what it returns."""
    text = """
from flask import Flask
from flask.views import MethodView
from marshmallow import Schema
from sqlalchemy.orm import DeclarativeBase
class Base(DeclarativeBase): ...
class Order(Base): ...
class Out(Schema): ...
app = Flask(__name__)
class Orders(MethodView):
    model = Order
    def get_object(self): return Out().dump(self.model)
    def get(self): return self.get_object()
app.add_url_rule('/x', view_func=Orders.as_view('x'))
"""
    assert [h.output.kind for h in handlers(text)] == ["schema"]


def test_rows_in_a_response_pass_what_is_declared() -> None:
    """A response is sent as it is, whatever the model says."""
    text = "@router.get('/', response_model=Order)\ndef f(db: Session):\n    return JSONResponse(jsonable_encoder(db.get(Row, 1)))"

    assert said(RULE, text) == ["GET / f must not put rows into a response: jsonable_encoder(db.get(Row, 1))"]


@pytest.mark.parametrize(
    "body",
    [
        "for x in [x]: return x",
        "while x:\n        for x in [x]: return x",
        "while x:\n        x = [x][0]\n    return x",
    ],
)
def test_a_name_that_is_made_of_itself_is_looked_at_once(body: str) -> None:
    """It is no circle without an end."""
    text = f"@router.get('/')\ndef f(db: Db):\n    x = db.get(Row, 1)\n    {body}"

    assert said(RULE, text) == ["GET / f must not return rows of shop.api.Row"]


@pytest.mark.parametrize(
    ("head", "call"),
    [
        ("*more, raw=True", "db, False"),
        ("raw=True, /, **more", "db, raw=False"),
    ],
)
def test_what_is_given_to_others_decides_nothing(head: str, call: str) -> None:
    """More arguments than parameters, and the names of parameters that have none."""
    text = f"def show(db: Session, {head}):\n    if raw: return db.get(Row, 1)\n    return dict(a=1)\n"

    assert said(RULE, f"{text}@router.get('/')\ndef f(db: Db): return show({call})") == [
        "GET / f must not return rows of shop.api.Row"
    ]
