"""The ``boundary-schemas`` rule."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Literal

from pytest_fitness.model import NOTHING_DECLARED, Codebase, Conduct, Handler, Plant, Reach, Slot, Violation
from pytest_fitness.rules import _options
from pytest_fitness.rules._handler_plants import Variant, planted_handlers, planted_slot
from pytest_fitness.rules._handlers import check, conduct_of, judged, reach_of, underlined

Unknown = Literal["list", "fail"]
Level = Literal["default", "strict", "deep"]


@dataclass(frozen=True, slots=True)
class BoundarySchemas:
    """
    What crosses the API boundary is declared as a schema: no raw dicts, no ``Any``, no ORM rows, nothing undeclared.

    Handlers are read from the source; the application is not imported. Request bodies and results count; path and query
    parameters and dependencies do not. ``response_model`` decides over the return annotation. Allowed are schemas
    (Pydantic, SQLModel without a table, dataclasses, TypedDict, NamedTuple, msgspec, attrs, serializers, marshmallow), scalars,
    maps of scalars, files, responses, and nothing. What cannot be resolved is listed as unknown and is never called good.

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
        level: ``"default"`` as above; ``"strict"``: also maps of scalars, and bodies that a handler reads from the request as they
            come; ``"deep"``: also fields of schemas that hold raw data.
        unknown: ``"list"`` shows what cannot be resolved in the summary, ``"fail"`` makes each a violation.
        exclude: handlers that are not judged, each with the reason: by name, pattern, or route (``"GET /health"``).
        allow_empty: why there may be no handler; shown in the summary.
        because: the reason, shown on failure.

    versionadded: 0.1.0
    """

    name: ClassVar[str] = "boundary-schemas"

    inside: str
    level: Level = "default"
    unknown: Unknown = "list"
    exclude: Mapping[str, str] = field(default_factory=dict)
    allow_empty: str = ""
    because: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "exclude", check(self))
        _options.choice("level", self.level, Level)
        _options.choice("unknown", self.unknown, Unknown)

    def find(self, codebase: Codebase) -> Iterator[Violation]:
        """Yield one violation per undeclared body or result, and one per file that cannot be parsed."""
        found = judged(self, codebase)
        yield from found.unread
        for handler in found.handlers:
            slots = [*handler.inputs, handler.output]
            if self.level != "default":
                slots += conduct_of(codebase, handler).raw_requests
            for slot in slots:
                is_result = slot is handler.output and slot.detail.startswith(NOTHING_DECLARED)
                is_free = is_result and handler.kind == "task"  # which nobody may want
                if is_free and slot.kind not in ("orm", "unknown"):
                    continue
                if slot.kind == "unknown" and (self.unknown == "list" or is_free):
                    codebase.note(f"{slot.location}: {_where(slot)} of {handler.title} is unknown: {slot.detail}")
                elif slot.kind in ("orm", "raw", "unknown") or (slot.kind == "scalar-map" and self.level != "default"):
                    yield self._violation(handler, slot, _complaint(slot))
                elif self.level == "deep":
                    for each in slot.raw_fields:
                        complaint = f"must not let raw data through in {each}"
                        yield self._violation(handler, slot, complaint, field=each.partition(":")[0])

    def reach(self, codebase: Codebase) -> Reach:
        """Return what is judged, for the architecture coverage."""
        return reach_of(self, codebase)

    def plants(self, codebase: Codebase) -> Iterator[Plant]:
        """Yield handlers that take or return what is no schema."""
        variants = [
            Variant("that returns a dict", output=planted_slot("return", "raw", "dict")),
            Variant("that declares no result", output=planted_slot("return", "raw", "", "nothing declared")),
            Variant("that returns a row", output=planted_slot("return", "orm", "Row", "an ORM class")),
            Variant("that takes a dict", inputs=(planted_slot("data", "raw", "dict"),)),
        ]
        if self.unknown == "fail":
            variants.append(
                Variant("that returns nobody knows what", output=planted_slot("return", "unknown", "Something"))
            )
        if self.level != "default":
            read = Conduct(raw_requests=(planted_slot("request", "raw", "await request.json()", "read as it comes"),))
            variants.append(Variant("that reads the request as it comes", conduct=read))
            variants.append(
                Variant("that returns a map", output=planted_slot("return", "scalar-map", "dict[str, str]"))
            )
        if self.level == "deep":
            fields = planted_slot("return", "schema", "Out", raw_fields=("Out.extra: dict",))
            variants.append(Variant("that returns a schema with a dict in it", output=fields))
        yield from planted_handlers(self, codebase, variants)

    def _violation(self, handler: Handler, slot: Slot, complaint: str, field: str = "") -> Violation:
        return Violation(
            rule=self.name,
            subject=handler.name,
            message=f"{handler.title} {complaint}",
            location=slot.location,
            target=slot.name,
            details=underlined(slot),
            fix=_fix(handler, slot),
            because=self.because,
            kind=slot.kind,
            within=field,
        )


def _where(slot: Slot) -> str:
    return "the result" if slot.name == "return" else f'body parameter "{slot.name}"'


def _complaint(slot: Slot) -> str:
    is_result = slot.name == "return"
    if slot.detail.startswith(NOTHING_DECLARED):
        return (
            "must declare its result" + slot.detail.removeprefix(NOTHING_DECLARED)
            if is_result
            else f'must declare the type of "{slot.name}"'
        )
    if slot.detail == "read as it comes":
        return f"must not read {slot.text} as it comes"
    what = {
        "orm": slot.detail if "which has rows" in slot.detail else f"the ORM class {slot.detail}",
        "raw": f"raw {slot.text}",
        "scalar-map": f"the untyped map {slot.text}",
    }.get(slot.kind, f"unknown {slot.text}")
    return f"must not return {what}" if is_result else f'must not take {what} as "{slot.name}"'


def _read(handler: Handler, text: str) -> str:
    """How what is read as it comes is given to a schema."""
    last = text.rpartition(".")[2]
    if last.startswith("get_") or (handler.is_async and last in ("json", "body", "form", "read")):
        how = f"{'await ' * handler.is_async}{text}()"
        return f"_json({how})" if last in ("body", "read", "get_data") else f"({how})"
    return f"_json({text})" if last == "body" else f"({text})"


def _fix(handler: Handler, slot: Slot) -> str:
    stem = "".join(part.title() for part in handler.qualname.rpartition(".")[2].split("_"))
    if slot.kind == "unknown":
        return 'annotate it with a class that can be found from here, or leave `unknown` at "list"'
    if slot.kind in ("schema", "none", "scalar"):
        return "declare what is in it, field by field"
    if handler.framework == "Django REST framework":
        return f"class {stem}Serializer(serializers.Serializer): ...  and use it for {_where(slot)}"
    if slot.name == "return":
        option = {"FastAPI": "response_model", "Django Ninja": "response"}.get(handler.framework, "")
        how = f"-> {stem}Out" + (f"  or  {option}={stem}Out" if option else "")
        return f"declare it: class {stem}Out(BaseModel): ...  and  {how}"
    if slot.detail == "read as it comes":
        return f"class {stem}In(BaseModel): ...  and  {stem}In.model_validate{_read(handler, slot.text)}"
    return f"class {stem}In(BaseModel): ...  and  {slot.name}: {stem}In"
