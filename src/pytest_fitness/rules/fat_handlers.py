"""The ``fat-handlers`` rule."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from pytest_fitness.model import Codebase, Conduct, Effect, Handler, Location, Plant, Reach, Violation
from pytest_fitness.rules import _options
from pytest_fitness.rules._handler_plants import Variant, planted_handlers
from pytest_fitness.rules._handlers import check, conduct_of, judged, places, reach_of

STATEMENTS = frozenset(
    f"{package}{name}"
    for package in ("", "sa.", "sqlalchemy.")
    for name in "select insert update delete exists text".split()
)
"""Functions that make a statement, which a session sends."""


@dataclass(frozen=True, slots=True)
class FatHandlers:
    """
    A handler translates: it takes a request, calls the domain, and returns a response. It does not do the work.

    Fat is a handler with too many statements, that talks to the database or to the world outside by itself, or that has loops, or
    more branches than one. A guard is no branch: ``if ...: raise`` or ``return``, with one statement before it, or two that only call. Background tasks are not judged: the work has
    to be done somewhere.

    Why:
        Logic in a handler can be tested only through HTTP, and cannot be used by the next handler, a task, or a script.

    Violates::

        # shop/api/orders.py
        @router.post("/orders")
        def create_order(payload: OrderIn, session: SessionDep) -> OrderOut:
            for line in payload.lines:
                stock = session.get(Stock, line.product)
                if stock.count < line.count:
                    raise HTTPException(409)
                stock.count -= line.count
            ...

    Instead::

        # shop/api/orders.py
        @router.post("/orders")
        def create_order(payload: OrderIn, orders: OrdersDep) -> OrderOut:
            return OrderOut.model_validate(orders.place(payload))

    Options:
        inside: where the handlers are: a layer, a name, or a pattern.
        max_statements: how many there may be, those in blocks and inner functions included, the docstring not; 12 by default.
        max_branches: ``if`` (with its ``elif`` and ``else``) and ``match`` that are no guards; 1 by default.
        max_loops: ``for`` and ``while``; comprehensions are none. 0 by default.
        max_queries: lines with calls of the database, or with SQL; 0 by default.
        max_outbound: lines with calls of other hosts, files and processes; 0 by default.
        exclude: handlers that are not judged, each with the reason: by name, pattern, or route (``"GET /health"``).
        allow_empty: why there may be no handler; shown in the summary.
        because: the reason, shown on failure.

    versionadded: 0.4.0
    """

    name: ClassVar[str] = "fat-handlers"

    inside: str
    max_statements: int = 12
    max_branches: int = 1
    max_loops: int = 0
    max_queries: int = 0
    max_outbound: int = 0
    exclude: Mapping[str, str] = field(default_factory=dict)
    allow_empty: str = ""
    because: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "exclude", check(self))
        for option in ("max_statements", "max_branches", "max_loops", "max_queries", "max_outbound"):
            _options.number(option, getattr(self, option))

    def find(self, codebase: Codebase) -> Iterator[Violation]:
        """Yield one violation per fat handler, and one per file that cannot be parsed."""
        found = judged(self, codebase, only=lambda handler: handler.kind != "task")
        yield from found.unread
        for handler in found.handlers:
            reasons, lines = self._reasons(conduct_of(codebase, handler))
            if reasons:
                yield self._violation(handler, reasons, lines)

    def reach(self, codebase: Codebase) -> Reach:
        """Return what is judged, for the architecture coverage."""
        return reach_of(self, codebase)

    def plants(self, codebase: Codebase) -> Iterator[Plant]:
        """Yield handlers that are fat by any measure."""
        queries = tuple(Effect("query", "session.execute", (line,)) for line in self._lines(10))
        requests = tuple(Effect("outbound", "httpx.get", (line,)) for line in self._lines(5))
        variants = [
            Variant("with ten database calls", conduct=Conduct(effects=queries)),
            Variant("with sixty statements", conduct=Conduct(statements=60)),
            Variant("with five loops", conduct=Conduct(loops=tuple(self._lines(5)))),
            Variant("with ten branches", conduct=Conduct(branches=tuple(self._lines(10)))),
            Variant("with five outbound calls", conduct=Conduct(effects=requests)),
        ]
        yield from planted_handlers(self, codebase, variants, lambda handler: handler.kind != "task")

    @staticmethod
    def _lines(count: int) -> list[Location]:
        return [Location("", -n) for n in range(count)]

    def _reasons(self, conduct: Conduct) -> tuple[list[str], list[str]]:
        """What there is too much of, and where."""
        queries = _direct(conduct, "query", "write")
        database = {e.trail[0].line for e in queries}
        sent = [e for e in queries if e.call not in STATEMENTS]
        queries = sent or queries  # a statement is made, and sent: that is one
        outbound = [e for e in _direct(conduct, "outbound", "blocking") if e.call not in ("time.sleep", "sleep")]
        outbound = [e for e in outbound if e.trail[0].line not in database]
        reasons: list[str] = []
        lines: list[str] = []
        if conduct.statements > self.max_statements:
            reasons.append(f"{conduct.statements} statements of at most {self.max_statements}")
        for noun, effects, limit in (
            ("database call", queries, self.max_queries),
            ("outbound call", outbound, self.max_outbound),
        ):
            if len(effects) > limit:
                reasons.append(_count(len(effects), noun, limit))
                lines += places([e.trail[0] for e in effects], [f"{e.call}(...)" for e in effects])
        loops = ("loop", conduct.loops, self.max_loops)
        for noun, locations, limit in (loops, ("branch", conduct.branches, self.max_branches)):
            if len(locations) > limit:
                reasons.append(_count(len(locations), noun, limit))
                lines += places(locations)
        return reasons, lines

    def _violation(self, handler: Handler, reasons: Sequence[str], lines: Sequence[str]) -> Violation:
        return Violation(
            rule=self.name,
            subject=handler.name,
            message=f"{handler.title} must not do so much: {', '.join(reasons)}",
            location=handler.location,
            details=tuple(lines),
            fix="move the work to the domain; leave the handler to translate between HTTP and it",
            because=self.because,
            weight=len(reasons),
        )


def _direct(conduct: Conduct, *kinds: str) -> list[Effect]:
    """Effects of the handler itself, one a line."""
    found = {e.trail[0].line: e for e in reversed(conduct.effects) if len(e.trail) == 1 and e.kind in kinds}
    return [found[line] for line in sorted(found)]


def _count(number: int, noun: str, limit: int) -> str:
    plural = {"branch": "branches"}.get(noun, f"{noun}s")
    text = f"{number} {noun if number == 1 else plural}"
    return f"{text} of at most {limit}" if limit else text
