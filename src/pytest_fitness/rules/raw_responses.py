"""The ``raw-responses`` rule."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from pytest_fitness.model import Codebase, Conduct, Plant, Reach, Violation
from pytest_fitness.rules import _options
from pytest_fitness.rules._handler_plants import Variant, planted_handlers, planted_slot
from pytest_fitness.rules._handlers import check, conduct_of, judged, reach_of


@dataclass(frozen=True, slots=True)
class RawResponses:
    """
    No handler puts a dict into a response by hand: ``JSONResponse({...})``, ``jsonify(...)``, ``Response({...})``.

    Such a response goes past `BoundarySchemas`, which has to take any response for what its author wants. Dicts, lists of dicts, rows
    of the database, and variables that hold them count; what a schema was dumped to does not. Where a decorator of the project makes the
    response (``return jsonify(view())``), what the view returns counts.

    Why:
        What is in it is in no schema: nothing validates it, the OpenAPI document does not know it, and no client can rely on it.

    Violates::

        # shop/api/orders.py
        @router.get("/orders/{number}")
        def get_order(number: int):
            return JSONResponse({"number": number, "total": 3})

    Instead::

        # shop/api/orders.py
        @router.get("/orders/{number}")
        def get_order(number: int) -> OrderOut:
            return OrderOut(number=number, total=3)

    Options:
        inside: where the handlers are: a layer, a name, or a pattern.
        errors: whether responses with a status of 400 or more count, as far as it is written there.
        exclude: handlers that are not judged, each with the reason: by name, pattern, or route (``"GET /health"``).
        allow_empty: why there may be no handler; shown in the summary.
        because: the reason, shown on failure.

    versionadded: 0.4.0
    """

    name: ClassVar[str] = "raw-responses"

    inside: str
    errors: bool = True
    exclude: Mapping[str, str] = field(default_factory=dict)
    allow_empty: str = ""
    because: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "exclude", check(self))
        _options.flag("errors", self.errors)

    def find(self, codebase: Codebase) -> Iterator[Violation]:
        """Yield one violation per response, and one per file that cannot be parsed."""
        found = judged(self, codebase)
        yield from found.unread
        for handler in found.handlers:
            for slot in conduct_of(codebase, handler).raw_responses:
                if self.errors or slot.detail < "400":
                    yield Violation(
                        rule=self.name,
                        subject=handler.name,
                        message=f"{handler.title} must not answer with {'rows' if slot.kind == 'orm' else 'a dict'} that no schema has seen",
                        location=slot.location,
                        target=slot.text if len(slot.text) <= 60 else f"{slot.text[:57]}...",
                        fix="return a schema; for an error, raise the exception that the central handler turns into one",
                        because=self.because,
                    )

    def reach(self, codebase: Codebase) -> Reach:
        """Return what is judged, for the architecture coverage."""
        return reach_of(self, codebase)

    def plants(self, codebase: Codebase) -> Iterator[Plant]:
        """Yield handlers that make their response of a dict."""
        fine = Conduct(raw_responses=(planted_slot("return", "raw", "JSONResponse({...})", "200"),))
        error = Conduct(raw_responses=(planted_slot("return", "raw", "JSONResponse({...}, 400)", "400"),))
        variants = [Variant("that answers with a dict", conduct=fine)]
        yield from planted_handlers(
            self, codebase, [*variants, Variant("that answers an error with a dict", conduct=error)]
        )
