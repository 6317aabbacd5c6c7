"""The ``writing-reads`` rule."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from pytest_fitness.model import Codebase, Conduct, Handler, Plant, Reach, Violation
from pytest_fitness.rules import _options
from pytest_fitness.rules._handler_plants import Variant, planted_effect, planted_handlers
from pytest_fitness.rules._handlers import check, conduct_of, judged, reach_of

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


FOLLOWED = 2
"""Through how many functions calls are followed."""


@dataclass(frozen=True, slots=True)
class WritingReads:
    """
    A handler for ``GET`` does not change anything in the database, neither by itself nor through the functions that it calls.

    One for several methods is judged where it asks for nothing, and so does the same for ``GET``.

    What is seen to write: ``add``, ``delete``, ``merge`` and ``commit`` of sessions, ``insert``, ``update`` and ``delete`` statements,
    SQL texts that begin like these, and the methods of Django's and other ORMs. Where a call says by a constant what a function of
    the project is to do, as in ``find(number, create=False)``, what stands behind ``if create:`` in there does not count.

    Why:
        ``GET`` is repeated by browsers, proxies and crawlers as they like (RFC 9110, section 9.2.1). And reads can be sent to a
        replica, and cached, only where they are nothing else.

    Violates::

        # shop/api/orders.py
        @router.get("/orders/{number}")
        def get_order(number: int, session: SessionDep) -> OrderOut:
            order = session.get(Order, number)
            session.add(Visit(order))
            session.commit()

    Instead::

        # shop/api/orders.py
        @router.post("/orders/{number}/visits", status_code=204)
        def visit_order(number: int, visits: VisitsDep) -> None: ...

    Options:
        inside: where the handlers are: a layer, a name, or a pattern.
        depth: through how many functions of the project calls are followed; at most 3.
        exclude: handlers that are not judged, each with the reason: by name, pattern, or route (``"GET /health"``).
        allow_empty: why there may be no handler for ``GET``; shown in the summary.
        because: the reason, shown on failure.

    versionadded: 0.4.0
    """

    name: ClassVar[str] = "writing-reads"

    inside: str
    depth: int = FOLLOWED
    exclude: Mapping[str, str] = field(default_factory=dict)
    allow_empty: str = ""
    because: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "exclude", check(self))
        _options.depth(self.depth)

    def find(self, codebase: Codebase) -> Iterator[Violation]:
        """Yield one violation per handler that writes, for the nearest write, and one per file that cannot be parsed."""

        def reads(handler: Handler) -> bool:
            if set(handler.methods) <= SAFE:
                return True
            return "GET" in handler.methods and not conduct_of(codebase, handler).has_conditions

        found = judged(self, codebase, what="GET handler", only=reads)
        yield from found.unread
        for handler in found.handlers:
            effects = [e for e in conduct_of(codebase, handler).effects if e.kind in ("write", "save")]
            if not set(handler.methods) <= SAFE:  # what it calls may ask for the method
                effects = [effect for effect in effects if len(effect.trail) == 1]
            for effect in effects[:1]:
                if len(effect.trail) <= self.depth + 1:
                    more = f", and {len(effects) - 1} more" if len(effects) > 1 else ""
                    yield Violation(
                        rule=self.name,
                        subject=handler.name,
                        message=f"{handler.title} must not write: {effect.call}{more}",
                        location=effect.trail[0],
                        target=effect.call,
                        trail=effect.trail if len(effect.trail) > 1 else (),
                        fix="answer to POST, or leave the writing to a task",
                        because=self.because,
                        weight=len(effects),
                    )

    def reach(self, codebase: Codebase) -> Reach:
        """Return what is judged, for the architecture coverage."""
        return reach_of(self, codebase)

    def plants(self, codebase: Codebase) -> Iterator[Plant]:
        """Yield handlers of GET that write, by themselves and in the functions that they call."""
        variants = [
            Variant(
                f"of GET that writes{f', {steps} functions away' if steps else ''}",
                conduct=Conduct(effects=(planted_effect("write", "session.commit", steps + 1),)),
                methods=("GET",),
            )
            for steps in range(FOLLOWED + 1)
        ]
        yield from planted_handlers(self, codebase, variants, lambda handler: "GET" in handler.methods)
