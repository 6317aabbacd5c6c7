"""The ``openapi-compatibility`` rule."""

from __future__ import annotations

import datetime as dt
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Literal, get_args

from pytest_fitness.errors import EmptySelectionError, NotJudgedError, RuleError
from pytest_fitness.model import Codebase, Location, Plant, Violation
from pytest_fitness.runtime.listing import load
from pytest_fitness.runtime.openapi import Change, changes, damages, operations

METHODS = frozenset({"get", "put", "post", "delete", "options", "head", "patch", "trace"})
SAMPLED = 50
"""So many operations are taken away at most to prove that it is seen."""

UPDATE = "--fitness-update-openapi"
Warnings = Literal["list", "fail"]


@dataclass(frozen=True, slots=True)
class OpenApiCompatibility:
    """
    The API can still do what the committed OpenAPI document says: no client breaks.

    Today's document is compared with the snapshot. For requests it breaks a client to ask for more or to take less, for responses to
    give less or something else. Titles, descriptions, names of components and of path parameters do not count, so that another
    version of the framework is no change. What only adds is listed, and belongs into the next snapshot:
    ``pytest --fitness-update-openapi`` writes it, never where ``CI`` is set.

    Not looked at: default values, styles of parameters, headers, links, webhooks, definitions of security schemes, answers that are no
    success, and keywords such as ``multipleOf``, ``not`` and ``patternProperties``.

    What is removed may be removed if the snapshot says that it is deprecated, and the day of its ``x-sunset``, or of `sunset`, is past.

    Why:
        Clients are written by others, and are not in this pipeline.

    Violates::

        # shop/api/orders.py
        class OrderOut(BaseModel):
            number: int  # and no `total` any more

    Instead::

        # shop/api/orders.py
        class OrderOut(BaseModel):
            number: int
            total: int = Field(deprecated=True, json_schema_extra={"x-sunset": "2027-06-30"})

    Options:
        app: the application, a function that makes it, ``"package.module:name"`` of either, or the document itself.
        snapshot: the committed document, relative to rootdir.
        sunset: operations that may be removed, each with the day: ``{"GET /v1/orders": "2027-06-30"}``.
        warnings: ``"list"`` shows changes that break only careless clients in the summary, ``"fail"`` makes each a violation.
        because: the reason, shown on failure.

    versionadded: 0.4.0
    """

    name: ClassVar[str] = "openapi-compatibility"

    app: object
    snapshot: str = "openapi.json"
    sunset: Mapping[str, str] = field(default_factory=dict)
    warnings: Warnings = "list"
    because: str = ""

    def __post_init__(self) -> None:
        if not isinstance(self.snapshot, str) or not self.snapshot.endswith(".json"):
            raise RuleError(f"`snapshot` takes a path that ends in .json; got {self.snapshot!r}")
        if self.warnings not in get_args(Warnings):
            raise RuleError(f"`warnings` takes 'list' or 'fail'; got {self.warnings!r}")
        for operation, day in self.sunset.items():
            if _day(day) is None:
                raise RuleError(f"`sunset`: {operation!r} needs a day such as '2027-06-30'; got {day!r}")

    def find(self, codebase: Codebase) -> Iterator[Violation]:
        """Yield one violation per change that breaks a client."""
        today = document_of(self.app)
        if not today.get("paths"):
            raise EmptySelectionError("operation", self.snapshot, hint="the document of the application has no paths")
        if codebase.is_updating(UPDATE):
            self._update(codebase, today)
            return
        text = codebase.read_text(self.snapshot)
        if text is None:
            raise NotJudgedError(f"there is no {self.snapshot}; `pytest {UPDATE}` writes it, and it is to be committed")
        before = _parsed(self.snapshot, text)
        found = changes(before, today)
        lines = text.splitlines()
        promised = [f"{method.upper()} {path}" for path, method, _ in operations(before)]
        for operation in self.sunset:
            if operation not in promised:
                raise EmptySelectionError("operation", operation, promised, "it is in `sunset`")
            if not any(change.where == operation and change.kind == "operation-removed" for change in found):
                codebase.note(f"{operation!r} in `sunset` is still there")
        harmless = 0
        for change in found:
            if change.breaks and not self._is_due(change):
                yield self._violation(change, lines)
            elif change.kind.endswith("-added") and not change.breaks and "enum" not in change.kind:
                harmless += 1
            elif self.warnings == "fail" and not change.breaks:
                yield self._violation(change, lines)
            else:
                codebase.note(f"{change.where}: {change.kind}: {change.what}")
        if harmless:
            codebase.note(f"{harmless} additions that {self.snapshot} does not have; `pytest {UPDATE}` writes them")
        codebase.note_count(f"{sum(len(item) for item in today['paths'].values())} operations")

    def plants(self, codebase: Codebase) -> Iterator[Plant]:
        """Yield documents from which one of the operations is gone that the snapshot has."""
        today = document_of(self.app)
        text = codebase.read_text(self.snapshot)
        promised = _parsed(self.snapshot, text)["paths"] if text is not None else {}
        there = [
            (p, m) for p, item in today["paths"].items() for m in item if m in METHODS and m in promised.get(p, {})
        ]
        step = max(-(-len(there) // SAMPLED), 1)
        for path, method in there[::step]:
            item = {name: value for name, value in today["paths"][path].items() if name != method}
            operation = f"{method.upper()} {path}"
            rule = replace(self, app={**today, "paths": {**today["paths"], path: item}})
            yield Plant(f"{operation} is gone", codebase, names=(operation,), rule=rule)

    def _update(self, codebase: Codebase, document: Mapping[str, Any]) -> None:
        if os.environ.get("CI"):
            raise RuleError(
                f"{UPDATE} does not write where CI is set; write the snapshot on your machine and commit it"
            )
        codebase.write_text(self.snapshot, json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False) + "\n")
        codebase.note(f"{self.snapshot} was written")

    def _is_due(self, change: Change) -> bool:
        """Whether what is gone was deprecated, and its day has come."""
        given = self.sunset.get(change.where, "") if change.kind == "operation-removed" else ""
        day = _day(change.sunset or given)
        return change.deprecated and day is not None and day <= dt.datetime.now(tz=dt.UTC).date()

    def _violation(self, change: Change, lines: list[str]) -> Violation:
        path = change.where.partition(" ")[2]
        line = next((n for n, text in enumerate(lines, start=1) if f'"{path}"' in text), 1)
        until = f", before {change.sunset}" if change.sunset else ""
        deprecated = f" (deprecated{until or ', without a day'})" if change.deprecated else ""
        verb = "must not" if change.breaks else "should not"
        return Violation(
            rule=self.name,
            subject=change.where,
            message=f"{change.where} {verb} break its clients: {change.kind}: {change.what}{deprecated}",
            location=Location(self.snapshot, line),
            target=f"{change.kind} {change.what}",
            fix="keep it, and mark it as deprecated with the day when it goes (`x-sunset`); or make a new version of the path",
            because=self.because,
        )


def document_of(app: object) -> Mapping[str, Any]:
    """Return the OpenAPI document of *app*: FastAPI's, Litestar's, Django Ninja's, or the document itself.

    Raises:
        RuleError: there is none.
    """
    found = app if isinstance(app, Mapping) else load(app)
    for name in ("openapi", "get_openapi_schema"):
        make = getattr(found, name, None)
        if callable(make):
            found = make()
            break
    schema = getattr(found, "openapi_schema", None)
    if schema is not None:
        found = schema.to_schema()
    if not isinstance(found, Mapping):
        raise RuleError(f"{app!r} has no OpenAPI document; give it as a dict")
    return json.loads(json.dumps(found, default=str))  # type: ignore[no-any-return]  # an object, as it was


def _parsed(file: str, text: str) -> Mapping[str, Any]:
    try:
        document = json.loads(text)
    except ValueError as error:
        hint = "it has conflict markers; " if "<<<<<<<" in text else ""
        raise RuleError(f"{file}: not valid JSON: {error}; {hint}`pytest {UPDATE}` writes it anew") from None
    if not isinstance(document, dict) or not document.get("paths"):
        raise RuleError(f"{file} is no OpenAPI document: it has no paths; `pytest {UPDATE}` writes it anew")
    problem = next(damages(document), "")
    if problem:
        raise RuleError(f"{file} is damaged: {problem}; `pytest {UPDATE}` writes it anew")
    return document


def _day(text: object) -> dt.date | None:
    try:
        return dt.date.fromisoformat(str(text))
    except ValueError:
        return None
