"""The ``orm-at-boundary`` rule."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from pytest_fitness.model import Codebase, Conduct, Handler, Plant, Reach, Violation
from pytest_fitness.rules._handler_plants import Variant, planted_handlers, planted_slot
from pytest_fitness.rules._handlers import check, judged, reach_of, underlined

FIX = "a schema with the fields that the API is meant to have"


@dataclass(frozen=True, slots=True)
class OrmAtBoundary:
    """
    No ORM row crosses the API boundary, neither by itself nor inside of a schema.

    A part of `BoundarySchemas` by itself, for code that has more raw dicts than it can mend at once. Rows in the fields of a
    schema count, however deep they are, as do rows among type arguments (``Page[Order]``), rows that a handler without a
    declared result returns, and rows that it puts into a response by hand (``jsonify(rows)``), which `RawResponses` tells as well.

    Why:
        Every column that somebody adds becomes part of the API, passwords among them, and a lazy relation is loaded
        while the response is written.

    Violates::

        # shop/api/orders.py
        class OrderPage(BaseModel):
            items: list[OrderRow]


        @router.get("/orders")
        def list_orders() -> OrderPage: ...

    Instead::

        # shop/api/orders.py
        class OrderPage(BaseModel):
            items: list[OrderOut]


        @router.get("/orders")
        def list_orders() -> OrderPage: ...

    Options:
        inside: where the handlers are: a layer, a name, or a pattern.
        exclude: handlers that are not judged, each with the reason: by name, pattern, or route (``"GET /health"``).
        allow_empty: why there may be no handler; shown in the summary.
        because: the reason, shown on failure.

    versionadded: 0.4.0
    """

    name: ClassVar[str] = "orm-at-boundary"

    inside: str
    exclude: Mapping[str, str] = field(default_factory=dict)
    allow_empty: str = ""
    because: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "exclude", check(self))

    def find(self, codebase: Codebase) -> Iterator[Violation]:
        """Yield one violation per parameter or result that is a row or has one inside, and one per file that cannot be parsed."""
        found = judged(self, codebase)
        yield from found.unread
        for handler in found.handlers:
            for slot in (*handler.inputs, handler.output):
                if slot.kind == "unknown" or slot.detail.startswith("nothing declared: it returns `"):
                    where = "the result" if slot.name == "return" else f'"{slot.name}"'
                    codebase.note(f"{slot.location}: {where} of {handler.title} is unknown: {slot.detail}")
                if slot.kind == "orm":
                    what = slot.detail.removeprefix("nothing declared: it returns ")
                    is_class = what == slot.detail and "which has rows" not in what
                    verb = "return" if slot.name == "return" else "take"
                    yield Violation(
                        rule=self.name,
                        subject=handler.name,
                        message=f"{handler.title} must not {verb} {'the ORM class ' * is_class}{what}",
                        location=slot.location,
                        target=slot.name,
                        details=underlined(slot),
                        fix=FIX,
                        because=self.because,
                    )
            yield from self._in_responses(handler, codebase)

    def _in_responses(self, handler: Handler, codebase: Codebase) -> Iterator[Violation]:
        for slot in codebase.conduct(handler).raw_responses:
            if slot.kind == "orm":
                yield Violation(
                    rule=self.name,
                    subject=handler.name,
                    message=f"{handler.title} must not put rows into a response: {slot.text}",
                    location=slot.location,
                    target=slot.name,
                    fix=FIX,
                    because=self.because,
                )

    def reach(self, codebase: Codebase) -> Reach:
        """Return what is judged, for the architecture coverage."""
        return reach_of(self, codebase)

    def plants(self, codebase: Codebase) -> Iterator[Plant]:
        """Yield handlers that take or return rows."""
        response = planted_slot("return", "response", "jsonify(rows)")
        made = Conduct(raw_responses=(planted_slot("return", "orm", "rows", ""),))
        variants = [
            Variant("that returns a row", output=planted_slot("return", "orm", "Row", "an ORM class")),
            Variant("that makes a response of rows", output=response, conduct=made),
            Variant("that takes a row", inputs=(planted_slot("data", "orm", "Row", "an ORM class"),)),
        ]
        yield from planted_handlers(self, codebase, variants)
