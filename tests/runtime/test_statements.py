"""Statements that are sent to the database."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import ForeignKey, create_engine, select, text
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship

from pytest_fitness import RuleError
from pytest_fitness.runtime import Statements, statements
from pytest_fitness.runtime.counting import normalised


class Base(DeclarativeBase):
    pass


class Order(Base):
    __tablename__ = "orders"
    number: Mapped[int] = mapped_column(primary_key=True)
    lines: Mapped[list[Line]] = relationship()


class Line(Base):
    __tablename__ = "lines"
    number: Mapped[int] = mapped_column(primary_key=True)
    order: Mapped[int] = mapped_column(ForeignKey(Order.number))


@pytest.fixture(name="engine")
def engine_() -> Any:
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add_all([Order(number=n, lines=[Line(number=n)]) for n in range(10)])
        session.commit()
    return engine


def totals(engine: Any, limit: int) -> int:
    """Count lines, one query an order."""
    with Session(engine) as session:
        return sum(len(order.lines) for order in session.scalars(select(Order).limit(limit)))


def test_statements_are_counted(engine: Any) -> None:
    """Those of the library's own housekeeping are not."""
    with statements(engine, max_queries=6) as found:
        assert totals(engine, 5) == 5

    assert len(found) == 6
    (count, statement, place) = found.repeated[0]
    assert (count, statement.startswith("SELECT lines.number"), place.startswith(__file__)) == (5, True, True)
    totals(engine, 1)
    assert len(found) == 6


def test_too_many_are_an_error_that_shows_the_worst(engine: Any) -> None:
    """How often, where, and what."""
    with pytest.raises(AssertionError, match=r"6 statements, 3 allowed\n  5 x .*test_statements\.py:\d+  SELECT lines"):
        with statements(engine, max_queries=3):
            totals(engine, 5)
    with pytest.raises(AssertionError, match="the same statement 5 times, 2 allowed"):
        with statements(engine, max_repeats=2):
            totals(engine, 5)


def test_one_statement_a_row_is_found_by_comparing(engine: Any) -> None:
    """The same number for one row and for ten, or somebody asks in a loop."""
    with statements(engine) as few:
        totals(engine, 1)
    with statements(engine) as many:
        totals(engine, 10)

    few.check_same_as(few)
    with pytest.raises(AssertionError, match="2 statements for few rows, 11 for more: some are sent for each row"):
        few.check_same_as(many)


def test_statements_that_differ_are_listed_all_the_same() -> None:
    """None of them twice."""
    found = Statements(["SELECT 1", "SELECT a"], ["x.py:1", "x.py:2"])

    with pytest.raises(AssertionError, match=r"2 statements, 1 allowed\n      x\.py:1  SELECT \?"):
        found.check(max_queries=1)
    found.check(max_repeats=1)
    Statements().check(max_queries=0, max_repeats=0)
    Statements().check()
    with pytest.raises(AssertionError, match="no statement was sent: is this the database"):
        Statements().check(max_queries=5)
    with pytest.raises(AssertionError, match="no statement was sent: is this the database"):
        found.check_same_as(Statements())
    with pytest.raises(AssertionError, match="the same statement 1 times, 0 allowed"):
        found.check(max_repeats=0)


def test_recording_ends_where_the_code_fails(engine: Any) -> None:
    """And the error is the code's own."""
    with pytest.raises(ZeroDivisionError), statements(engine, max_queries=0) as found:
        _ = 1 / 0
    totals(engine, 1)

    assert len(found) == 0


def test_an_async_engine_is_listened_to_as_well() -> None:
    """Through the sync engine in it."""
    pytest.importorskip("aiosqlite")
    pytest.importorskip("greenlet")
    from sqlalchemy.ext.asyncio import create_async_engine

    async def run() -> int:
        engine = create_async_engine("sqlite+aiosqlite://")
        with statements(engine) as found:
            async with engine.connect() as connection:
                await connection.execute(text("SELECT 1"))
        await engine.dispose()
        return len(found)

    assert asyncio.run(run()) == 1


class Connection:
    """What of Django's connection is used."""

    wrapper: Callable[..., object] | None = None

    @contextmanager
    def execute_wrapper(self, wrapper: Callable[..., object]) -> Iterator[None]:
        self.wrapper = wrapper
        yield
        self.wrapper = None

    def execute(self, sql: str) -> object:
        assert self.wrapper is not None
        return self.wrapper(lambda sql, params, many, context: sql, sql, (), False, {})


def test_a_connection_of_django_is_listened_to() -> None:
    """By its own wrapper; transactions are no statements."""
    connection = Connection()

    with statements(connection) as found:
        assert connection.execute("SELECT 1") == "SELECT 1"
        connection.execute("SAVEPOINT x")

        connection.execute("/* a */ -- b\n (SELECT 2) UNION SELECT 3")

    assert found.texts == ["SELECT 1", "/* a */ -- b\n (SELECT 2) UNION SELECT 3"]
    assert connection.wrapper is None


def test_what_is_no_database_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """With what would be one."""
    with pytest.raises(RuleError, match="takes an engine of SQLAlchemy"), statements("sqlite://"):
        pass
    monkeypatch.setitem(__import__("sys").modules, "sqlalchemy", None)
    with pytest.raises(RuleError, match="SQLAlchemy is not installed"), statements(object()):
        pass


def test_values_do_not_make_statements_different() -> None:
    """Nor do the lengths of lists, nor line breaks."""
    one = normalised("SELECT *\n  FROM x WHERE a = 'it''s' AND b IN (?, ?, ?) AND c = %(c)s AND d=12")
    other = normalised("SELECT * FROM x WHERE a = 'b' AND b IN (?) AND c = :c AND d=$1")

    rows = normalised("INSERT INTO x VALUES ('a', 1), ('b', 2), ('c', 3)")
    assert rows == normalised("INSERT INTO x VALUES (?, ?)") == "INSERT INTO x VALUES (?)"
    assert one == other == "SELECT * FROM x WHERE a = ? AND b IN (?) AND c = ? AND d=?"


def test_code_of_libraries_alone_has_no_place() -> None:
    """As in a greenlet, where nobody is above."""
    namespace: dict[str, Any] = {"statements": statements, "Connection": Connection}
    code = compile(
        "from pytest_fitness.runtime.counting import _place\nplace = _place()", "/site-packages/x.py", "exec"
    )
    exec(code, namespace)  # noqa: S102 - a place of our own

    assert namespace["place"].startswith(__file__)


def test_generated_code_is_no_place() -> None:
    """The nearest file is."""
    engine = create_engine("sqlite://")
    names = {"engine": engine, "text": text}
    with statements(engine) as sent:
        exec("with engine.connect() as c: c.execute(text('select 1'))", names)  # noqa: S102 - that is what it is about

    assert sent.places[0].partition(":")[0] == __file__
