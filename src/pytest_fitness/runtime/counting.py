"""Statements that a piece of code sends to the database: how many, and which again and again."""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any

from pytest_fitness.errors import RuleError

COUNTED = re.compile(
    r"\s*(?:/\*.*?\*/\s*|--[^\n]*\n\s*)*[(\s]*(select|insert|update|delete|with|merge|replace|values)\b",
    re.IGNORECASE | re.DOTALL,
)
NONE_SENT = "no statement was sent: is this the database that the code uses? (`max_queries=0` says that none is wanted)"

SHOWN = 5
"""How many statements a failure lists."""

LIBRARIES = ("site-packages", "dist-packages", "/lib/python", "pytest_fitness")


@dataclass
class Statements:
    """The statements sent, oldest first.

    Attributes:
        texts: as they were sent.
        places: ``path:line`` of the code that sent each, as far as it is not a library's.
    """

    texts: list[str] = field(default_factory=list)
    places: list[str] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.texts)

    @property
    def repeated(self) -> list[tuple[int, str, str]]:
        """How often, which statement without its values, and a place; the most frequent first, those sent once left out."""
        places = dict(zip(reversed([normalised(text) for text in self.texts]), reversed(self.places), strict=True))
        counts = Counter(normalised(text) for text in self.texts)
        return [(count, text, places[text]) for text, count in counts.most_common() if count > 1]

    def check(self, *, max_queries: int | None = None, max_repeats: int | None = None) -> None:
        """Raise `AssertionError` where there are more statements, or more of the same, than allowed."""
        __tracebackhide__ = True
        if not self.texts and (max_queries or max_repeats):
            raise AssertionError(NONE_SENT)
        if max_queries is not None and len(self) > max_queries:
            raise AssertionError(self._explain(f"{len(self)} statements, {max_queries} allowed"))
        worst = self.repeated[0][0] if self.repeated else min(len(self), 1)
        if max_repeats is not None and worst > max_repeats:
            raise AssertionError(self._explain(f"the same statement {worst} times, {max_repeats} allowed"))

    def check_same_as(self, others: Statements) -> None:
        """Raise `AssertionError` where *others*, sent for more rows, are more: one statement a row is one too many."""
        __tracebackhide__ = True
        if not self.texts or not others.texts:
            raise AssertionError(NONE_SENT)
        if len(others) > len(self):
            text = f"{len(self)} statements for few rows, {len(others)} for more: some are sent for each row"
            raise AssertionError(others._explain(text))

    def _explain(self, verdict: str) -> str:
        lines = [f"{count} x {place}  {text[:120]}" for count, text, place in self.repeated[:SHOWN]]
        more = [f"    {place}  {normalised(text)[:120]}" for text, place in zip(self.texts, self.places, strict=True)]
        return "\n  ".join([verdict, *(lines or more[:SHOWN])])


@contextmanager
def statements(
    database: object, *, max_queries: int | None = None, max_repeats: int | None = None
) -> Generator[Statements]:
    """Record what is sent to *database* meanwhile, and check it at the end.

    Args:
        database: an engine of SQLAlchemy, sync or async, or a connection of Django.
        max_queries: how many statements there may be.
        max_repeats: how many of them may be the same but for their values.

    Yields:
        the statements so far; all of them afterwards.

    Raises:
        AssertionError: there were more.
        RuleError: *database* is something else.
    """
    __tracebackhide__ = True
    found = Statements()
    with ExitStack() as stack:
        stack.callback(_listen(database, found, stack))
        yield found
    found.check(max_queries=max_queries, max_repeats=max_repeats)


def normalised(statement: str) -> str:
    """Return a statement without its values and line breaks, lists of any length alike."""
    text = re.sub(r"\s+", " ", statement).strip()
    text = re.sub(r"'(?:[^']|'')*'|%\(\w+\)s|%s|:\w+|\$\d+|\b\d+\b", "?", text)
    text = re.sub(r"\(\s*\?(?:\s*,\s*\?)*\s*\)", "(?)", text)
    return re.sub(r"\(\?\)(?:\s*,\s*\(\?\))+", "(?)", text)


def _listen(database: Any, found: Statements, stack: ExitStack) -> Callable[[], None]:
    """Begin to record; return what ends it."""
    if hasattr(database, "execute_wrapper"):  # Django

        def wrapper(execute: Callable[..., object], sql: str, *arguments: object) -> object:
            _record(found, sql)
            return execute(sql, *arguments)

        stack.enter_context(database.execute_wrapper(wrapper))
        return lambda: None
    engine = getattr(database, "sync_engine", database)
    try:
        from sqlalchemy import event
        from sqlalchemy.engine import Engine  # not beside `event` before SQLAlchemy 2.0
    except ImportError:
        raise RuleError(f"statements of {database!r} cannot be recorded: SQLAlchemy is not installed") from None
    if not isinstance(engine, Engine):
        raise RuleError(f"`database` takes an engine of SQLAlchemy or a connection of Django; got {database!r}")

    def record(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        _record(found, statement)

    event.listen(engine, "before_cursor_execute", record)
    return lambda: event.remove(engine, "before_cursor_execute", record)


def _record(found: Statements, statement: str) -> None:
    if COUNTED.match(statement):
        found.texts.append(statement)
        found.places.append(_place())


def _place() -> str:
    """The nearest caller that is no library; async code that runs in a greenlet is not among the callers."""
    frame = sys._getframe(1)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - documented all the same
    while frame is not None:
        path = frame.f_code.co_filename
        if not path.startswith("<") and not any(part in path for part in LIBRARIES):
            return f"{path}:{frame.f_lineno}"
        frame = frame.f_back  # type: ignore[assignment]  # None at the end
    return "?"
