"""The ``boundary-schemas`` rule."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Literal, get_args

from pytest_fitness.errors import EmptySelectionError, RuleError
from pytest_fitness.model import Codebase, Handler, Handlers, Slot, Violation

Unknown = Literal["list", "fail"]


@dataclass(frozen=True, slots=True)
class BoundarySchemas:
    """
    What crosses the API boundary is declared as a schema: no raw dicts, no ``Any``, no ORM rows, nothing undeclared.

    Handlers are read from the source; the application is not imported. Request bodies and results count; path and query
    parameters and dependencies do not. ``response_model`` decides over the return annotation. Allowed are schemas
    (Pydantic, SQLModel without a table, dataclasses, TypedDict, NamedTuple, msgspec, attrs), scalars, maps of scalars,
    files, responses, and nothing. What cannot be resolved is listed as unknown and is never called good.

    Why:
        An undeclared body is not validated and is missing from the OpenAPI document. An ORM row at the boundary makes
        every column public and ties the API to the table.

    Violates::

        # shop/api/v1/orders.py
        @router.post("/orders")
        def create_order(payload: dict): ...

    Instead::

        # shop/api/v1/orders.py
        @router.post("/orders")
        def create_order(payload: OrderIn) -> OrderOut: ...

    Options:
        inside: where the handlers are: a layer, a name, or a pattern.
        unknown: ``"list"`` shows what cannot be resolved in the summary, ``"fail"`` makes each a violation.
        allow_empty: why there may be no handler; shown in the summary.
        because: the reason, shown on failure.

    versionadded: 0.1.0
    """

    name: ClassVar[str] = "boundary-schemas"

    inside: str
    unknown: Unknown = "list"
    allow_empty: str = ""
    because: str = ""

    def __post_init__(self) -> None:
        if not isinstance(self.inside, str) or not self.inside:
            raise RuleError(f"`inside` takes one name; got {self.inside!r}")
        if self.unknown not in get_args(Unknown):
            raise RuleError(f"`unknown` takes 'list' or 'fail'; got {self.unknown!r}")
        if not isinstance(self.allow_empty, str):
            raise RuleError(f"`allow_empty` takes the reason as a text; got {self.allow_empty!r}")

    def find(self, codebase: Codebase) -> Iterator[Violation]:
        """Yield one violation per undeclared body or result, and one per file that cannot be parsed."""
        handlers = codebase.handlers(codebase.select(self.inside))
        for unread in handlers.unread:
            yield Violation(
                rule=self.name,
                subject=unread.module,
                message=f"{unread.module} cannot be parsed, so its handlers are not analysed: {unread.reason}",
                location=unread.location,
                fix="run the tests with a Python that can, mend the file, or `exclude` it in [tool.pytest-fitness]",
                because=self.because,
            )
        self._refuse_empty(codebase, handlers)
        for handler in handlers.found:
            for slot in (*handler.inputs, handler.output):
                if slot.kind == "unknown" and self.unknown == "list":
                    codebase.note(f"{slot.location}: {_where(slot)} of {handler.title} is unknown: {slot.detail}")
                elif slot.kind in ("orm", "raw", "unknown"):
                    yield self._violation(handler, slot)

    def _refuse_empty(self, codebase: Codebase, handlers: Handlers) -> None:
        count = len(handlers.found)
        if count:
            codebase.note_count(f"{count} handler{'s' * (count != 1)}")
        if count or handlers.unread:
            return
        looked_for = f"looked for {', '.join(handlers.frameworks)}: functions decorated like @router.get(...)"
        if not self.allow_empty:
            raise EmptySelectionError("handler", self.inside, hint=f"{looked_for}, and add_api_route calls")
        codebase.note(f"allowed to be empty ({self.allow_empty}): no handler in {self.inside}")

    def _violation(self, handler: Handler, slot: Slot) -> Violation:
        return Violation(
            rule=self.name,
            subject=f"{handler.module}.{handler.qualname}",
            message=f"{handler.title} {_complaint(slot)}",
            location=slot.location,
            target=slot.name,
            fix=_fix(handler, slot),
            because=self.because,
        )


def _where(slot: Slot) -> str:
    return "the result" if slot.name == "return" else f'body parameter "{slot.name}"'


def _complaint(slot: Slot) -> str:
    is_result = slot.name == "return"
    if slot.detail.startswith("nothing declared"):
        return "must declare its result" + slot.detail[16:] if is_result else f'must declare the type of "{slot.name}"'
    what = {"orm": f"the ORM class {slot.detail}", "raw": f"raw {slot.text}"}.get(slot.kind, f"unknown {slot.text}")
    return f"must not return {what}" if is_result else f'must not take {what} as "{slot.name}"'


def _fix(handler: Handler, slot: Slot) -> str:
    stem = "".join(part.title() for part in handler.qualname.rpartition(".")[2].split("_"))
    if slot.kind == "unknown":
        return 'annotate it with a class that can be found from here, or leave `unknown` at "list"'
    if slot.name == "return":
        return f"declare it: class {stem}Out(BaseModel): ...  and  -> {stem}Out  or  response_model={stem}Out"
    return f"class {stem}In(BaseModel): ...  and  {slot.name}: {stem}In"
