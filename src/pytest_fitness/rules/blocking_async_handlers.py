"""The ``blocking-async-handlers`` rule."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from pytest_fitness.model import Codebase, Conduct, Effect, Handler, Location, Plant, Reach, Slot, Violation
from pytest_fitness.rules import _options
from pytest_fitness.rules._handler_plants import Variant, planted_effect, planted_handlers, planted_slot
from pytest_fitness.rules._handlers import check, conduct_of, judged, reach_of, underlined


@dataclass(frozen=True, slots=True)
class BlockingAsyncHandlers:
    """
    An ``async def`` handler does not wait in a way that holds up all the others: no sync database sessions, no blocking calls.

    A session parameter for code that may wait counts, whether by annotation or by what its dependency is declared to give, and so
    do calls of ``requests``, ``time.sleep``, ``subprocess``, ``open`` and their like, by the handler or by functions of the
    project that it calls. What is handed to a thread (``run_in_threadpool(f)``, ``asyncio.to_thread(f)``) is not called.

    Why:
        One process answers all requests in one event loop. While one handler waits for a database, nobody else is served; a plain
        ``def`` handler would run in a thread of its own.

    Violates::

        # shop/api/orders.py
        @router.get("/orders")
        async def list_orders(session: Annotated[Session, Depends(get_session)]) -> list[OrderOut]:
            rates = requests.get(RATES).json()

    Instead::

        # shop/api/orders.py
        @router.get("/orders")
        async def list_orders(session: Annotated[AsyncSession, Depends(get_session)]) -> list[OrderOut]:
            rates = (await client.get(RATES)).json()

    Options:
        inside: where the handlers are: a layer, a name, or a pattern.
        depth: through how many functions of the project calls are followed; at most 3.
        exclude: handlers that are not judged, each with the reason: by name, pattern, or route (``"GET /health"``).
        allow_empty: why there may be no async handler; shown in the summary.
        because: the reason, shown on failure.

    versionadded: 0.4.0
    """

    name: ClassVar[str] = "blocking-async-handlers"

    inside: str
    depth: int = 3
    exclude: Mapping[str, str] = field(default_factory=dict)
    allow_empty: str = ""
    because: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "exclude", check(self))
        _options.depth(self.depth)

    def find(self, codebase: Codebase) -> Iterator[Violation]:
        """Yield one violation per session parameter and per call that waits, or leads to what does, and one per file that cannot be parsed."""
        found = judged(self, codebase, what="async handler", only=lambda handler: handler.is_async)
        yield from found.unread
        for handler in found.handlers:
            conduct = conduct_of(codebase, handler)
            sessions = tuple(f"{slot.name}." for slot in conduct.sync_sessions)
            for slot in conduct.sync_sessions:
                yield self._session(handler, slot)
            waiting: dict[Location, list[Effect]] = {}
            for effect in conduct.effects:
                first, *others = effect.trail
                if effect.kind == "blocking" and len(others) <= self.depth:
                    if others or not effect.call.startswith(sessions or ("\0",)):
                        waiting.setdefault(first, []).append(effect)
            for effects in waiting.values():  # what one call leads to is one thing to mend
                yield self._call(handler, effects)

    def reach(self, codebase: Codebase) -> Reach:
        """Return what is judged, for the architecture coverage."""
        return reach_of(self, codebase)

    def plants(self, codebase: Codebase) -> Iterator[Plant]:
        """Yield asynchronous handlers that wait, by themselves and in the functions that they call."""
        session = Conduct(sync_sessions=(planted_slot("session", "unknown", "Session"),))
        variants = [
            Variant(
                "that waits for a call",
                conduct=Conduct(effects=(planted_effect("blocking", "time.sleep"),)),
                is_async=True,
            ),
            Variant("that takes a session which waits", conduct=session, is_async=True),
        ]
        for steps in range(2, _options.DEEPEST + 2):
            deep = Conduct(effects=(planted_effect("blocking", "time.sleep", steps),))
            variants.append(Variant(f"that waits, {steps - 1} functions away", conduct=deep, is_async=True))
        yield from planted_handlers(self, codebase, variants)

    def _session(self, handler: Handler, slot: Slot) -> Violation:
        return Violation(
            rule=self.name,
            subject=handler.name,
            message=f'{handler.title} must not wait for the database through "{slot.name}", a sync session',
            location=slot.location,
            target=slot.name,
            details=underlined(slot),
            fix="take an AsyncSession, or make the handler a plain `def`, which runs in a thread",
            because=self.because,
            kind="session",
        )

    def _call(self, handler: Handler, effects: list[Effect]) -> Violation:
        effect = effects[0]
        first = effect.trail[0]
        more = f", and {len(effects) - 1} more behind the same call" if len(effects) > 1 else ""
        return Violation(
            rule=self.name,
            subject=handler.name,
            message=f"{handler.title} must not wait for {effect.call}{more}",
            location=first,
            target=effect.call,
            trail=effect.trail if len(effect.trail) > 1 else (),
            fix="await something that does the same, hand it to a thread, or make the handler a plain `def`",
            because=self.because,
            kind="call",
            weight=len(effects),
        )
