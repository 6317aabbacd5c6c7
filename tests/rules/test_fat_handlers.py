"""Handlers that do the work themselves."""

from __future__ import annotations

import pytest
from rules.handlers_of import said, shop

from pytest_fitness import EmptySelectionError, RuleError
from pytest_fitness.rules import FatHandlers

RULE = FatHandlers("api")


def one(body: str, rule: FatHandlers = RULE, parameters: str = "db: Db, a: AsyncSession") -> list[str]:
    """Return what is said of a handler with that body, without its beginning."""
    found = said(rule, f"@router.post('/')\nasync def f({parameters}) -> None:\n    {body}")
    return [message.removeprefix("POST / f must not do so much: ") for message in found]


@pytest.mark.parametrize(
    "body",
    [
        '"""Documentation."""',
        "return orders.place(1)",
        "if not x:\n        raise HTTPException(404)\n    return x",
        "if not x:\n        log(1)\n        return None\n    elif y:\n        raise E\n    return x",
        "if x:\n        y = 1\n    else:\n        y = 2",
        "if x:\n        y = 1\n    elif z:\n        y = 2\n    else:\n        y = 3",
        "return [x for x in orders]",
        "if x:\n        log(1)\n        count(1)\n        raise E\n    if y:\n        z = 1",
        "x = await service.list(db)",
        "await asyncio.sleep(1)",
        "db.close()",
        "time.sleep(1)",
        "x = {}.get('a')",
        "x.get('a')",
    ],
)
def test_a_handler_that_translates_is_fine(body: str) -> None:
    """Guards, one branch, comprehensions."""
    assert one(body) == []


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("x = 1\n    " * 13, "13 statements of at most 12"),
        ("def inner():\n        " + "x = 1\n        " * 12, "13 statements of at most 12"),
        ("try:\n        x = 1\n    except E:\n        " + "x = 1\n        " * 10, "13 statements of at most 12"),
        ("db.add(1)", "1 database call"),
        ("db.query(1).first()\n    db.commit()", "2 database calls"),
        ("statement = select(Row)\n    db.execute(statement)", "1 database call"),
        ("row = db.get(Row, 1)\n    db.delete(row)\n    db.commit()", "3 database calls"),
        ("if x:\n        log(1)\n        y = 1\n        raise E\n    if z:\n        y = 1", "2 branches of at most 1"),
        ("await a.execute(select(1))", "1 database call"),
        ("a.add(Row())\n    await a.commit()", "2 database calls"),
        ("with SessionLocal() as s:\n        s.get(Row, 1)", "1 database call"),
        ("async with async_sessionmaker()() as s:\n        x = select(1)", "1 database call"),
        ("conn.execute('SELECT 1')", "1 database call"),
        ("conn.execute(f'delete from {x}')", "1 database call"),
        ("conn.execute(text('insert into x'))", "1 database call"),
        ("Order2.objects.filter(a=1).first()", "1 database call"),
        ("Order2.objects.create(a=1)", "1 database call"),
        ("Order2.objects.filter(a=1).update(a=2)", "1 database call"),
        ("Row.get(1)", "1 database call"),
        ("Row.query.filter(1)", "1 database call"),
        ("Row.create(a=1)", "1 database call"),
        ("r = Row()\n    r.save()", "1 database call"),
        ("flaskdb.session.add(1)", "1 database call"),
        ("requests.get('x')", "1 outbound call"),
        ("async with httpx.AsyncClient() as c:\n        await c.get('x')", "2 outbound calls"),
        ("open('x')", "1 outbound call"),
        ("Path('x').read_text()", "1 outbound call"),
        ("for x in y:\n        z(x)", "1 loop"),
        ("while True:\n        pass", "1 loop"),
        ("if x:\n        y = 1\n    if z:\n        y = 2", "2 branches of at most 1"),
        ("match x:\n        case 1:\n            y = 1\n    if z:\n        y = 1", "2 branches of at most 1"),
        ("for x in y:\n        db.add(x)", "1 database call, 1 loop"),
    ],
)
def test_a_handler_that_works_is_fat(body: str, reason: str) -> None:
    """Each reason by itself, and several."""
    before = "from django.db.models import Model\nfrom flask_sqlalchemy import SQLAlchemy\nflaskdb = SQLAlchemy()\n"
    before += "class Order2(Model): ...\n"
    text = f"{before}@router.post('/')\nasync def f(db: Db, a: AsyncSession) -> None:\n    {body}"

    assert said(RULE, text) == [f"POST / f must not do so much: {reason}"]


def test_what_functions_of_the_project_do_is_theirs() -> None:
    """That is what they are for."""
    text = "def place(db: Session): db.add(1)\n@router.post('/')\ndef f(db: Db) -> None:\n    place(db)"

    assert said(RULE, text) == []


def test_the_numbers_are_options() -> None:
    """Every one."""
    loose = FatHandlers("api", max_statements=30, max_branches=2, max_loops=1, max_queries=1, max_outbound=1)

    assert one("for x in y:\n        db.add(x)\n    requests.get('x')\n    if 1: a = 1\n    if 2: a = 2", loose) == []
    assert one("db.add(1)\n    db.add(2)", loose) == ["2 database calls of at most 1"]


def test_the_places_are_shown_and_not_too_many_of_them() -> None:
    """With a place to click."""
    (violation,) = shop("@router.post('/')\ndef f(db: Db) -> None:\n" + "    db.add(1)\n" * 10).violations(RULE)

    assert violation.location.line == 21
    assert violation.details[0] == "shop/api.py:22   db.add(...)"
    assert violation.details[-1] == "and 2 more"


def test_tasks_are_not_judged() -> None:
    """The work has to be done somewhere."""
    text = "from celery import shared_task\n@shared_task\ndef f(a: int):\n    for x in y: pass\n"

    with pytest.raises(EmptySelectionError, match=r"no handler matches 'api'; 1 of other kinds are there"):
        said(RULE, text)


@pytest.mark.parametrize("value", [-1, True, "3"])
def test_numbers_that_make_no_sense_are_refused(value: object) -> None:
    """At construction."""
    with pytest.raises(RuleError, match="`max_loops` takes a whole number"):
        FatHandlers("api", max_loops=value)  # type: ignore[arg-type]


def test_queries_of_flask_sqlalchemy_are_database_calls() -> None:
    """Whatever they begin with."""
    head = "from flask import Flask\nfrom flask_sqlalchemy import SQLAlchemy\napp, db = Flask(__name__), SQLAlchemy()\n"
    head += "class Token(db.Model): ...\n"
    for call in ("filter_by(a=1).first()", "filter_by(a=1).first_or_404()", "get_or_404(1)", "paginate(1)", "join(x)"):
        found = said(RULE, "", {"shop.api": f"{head}@app.route('/a')\ndef a(): return str(Token.query.{call})\n"})
        assert [message.rpartition(": ")[2] for message in found] == ["1 database call"], call


def test_each_way_to_be_fat_counts() -> None:
    """So that one more of them is new where the handler is known."""
    (violation,) = shop("@router.post('/')\ndef f(db: Db) -> None:\n    for x in db.query(Row): ...\n").violations(RULE)

    assert violation.weight == 2
