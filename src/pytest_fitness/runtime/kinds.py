"""What a type is at an API boundary, looked at as the object that it is."""

from __future__ import annotations

import dataclasses
import datetime as dt
import decimal
import enum
import pathlib
import types
import uuid
from collections.abc import Iterator, Mapping
from typing import (
    Annotated,
    Any,
    Literal,
    NotRequired,
    Required,
    TypeVar,
    Union,
    get_args,
    get_origin,
    get_type_hints,
    is_typeddict,
)

from pytest_fitness.model import SlotKind
from pytest_fitness.model.code import WORST_FIRST

SCALARS = (str, int, float, bool, bytes, complex, enum.Enum, uuid.UUID, decimal.Decimal, pathlib.PurePath)
TIMES = (dt.date, dt.time, dt.timedelta)
LOOKED_THROUGH = (Annotated, Required, NotRequired)
BUILT_IN = ("builtins", "types", "collections", "collections.abc")
RAW: tuple[object, ...] = (Any, object, dict, list, tuple, set, frozenset)


def kind_of(annotation: object) -> tuple[SlotKind, str]:
    """Return the worst kind of what *annotation* mentions, containers looked through, and what it was found in."""
    return min(
        _kinds(annotation, set()), key=lambda found: WORST_FIRST.index(found[0]), default=("raw", str(annotation))
    )


def _kinds(annotation: object, seen: set[int]) -> Iterator[tuple[SlotKind, str]]:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if annotation is None or annotation is types.NoneType:
        yield "none", "None"
    elif isinstance(annotation, TypeVar):
        yield from _kinds(annotation.__bound__ or Any, seen)
    elif hasattr(annotation, "__value__"):  # type X = ..., since Python 3.12
        yield from _kinds(getattr(annotation, "__value__", None), seen)
    elif origin is not None and not arguments and origin is not annotation:  # Dict, List
        yield from _kinds(origin, seen)
    elif origin is not None:
        yield from _generic(annotation, origin, arguments, seen)
    elif annotation in RAW:
        yield "raw", _shown(annotation)
    elif isinstance(annotation, type):
        yield from _class(annotation, seen)
    else:
        yield "unknown", _shown(annotation)


def _generic(
    annotation: object, origin: object, arguments: tuple[Any, ...], seen: set[int]
) -> Iterator[tuple[SlotKind, str]]:
    shown = _shown(annotation)
    if origin is Literal:
        yield "scalar", shown
    elif origin in LOOKED_THROUGH:
        yield from _kinds(arguments[0], seen)
    elif isinstance(origin, type) and issubclass(origin, Mapping):
        for kind, detail in _kinds(arguments[-1], seen):
            if kind in ("scalar", "none"):
                yield "scalar-map", shown
            else:
                yield kind, detail
    elif origin is Union or getattr(origin, "__module__", "") in BUILT_IN:
        for argument in arguments:
            if argument is not ...:
                yield from _kinds(argument, seen)
    elif isinstance(origin, type):
        yield from _class(origin, seen)
    else:
        yield "unknown", shown


def _shown(annotation: object) -> str:
    return annotation.__name__ if isinstance(annotation, type) else str(annotation)


def _class(cls: type, seen: set[int]) -> Iterator[tuple[SlotKind, str]]:
    """A class; of a schema also the rows in its fields, each class looked at once."""
    bases = {f"{base.__module__.partition('.')[0]}.{base.__name__}" for base in cls.__mro__}
    if hasattr(cls, "__table__") or hasattr(cls, "__mapper__") or "django.Model" in bases:
        yield "orm", cls.__name__
    elif "starlette.Response" in bases:
        yield "response", cls.__name__
    elif "starlette.UploadFile" in bases or "fastapi.UploadFile" in bases:
        yield "file", cls.__name__
    elif _is_schema(cls, bases):
        yield "schema", cls.__name__
        if id(cls) not in seen:
            seen.add(id(cls))
            for name, annotation in _fields(cls):
                for kind, detail in _kinds(annotation, seen):
                    if kind == "orm":
                        yield kind, f"{cls.__name__}.{name}: {detail}"
    elif issubclass(cls, (*SCALARS, *TIMES)):
        yield "scalar", cls.__name__
    else:
        yield "unknown", cls.__name__


def _fields(cls: type) -> Iterator[tuple[str, object]]:
    fields = getattr(cls, "model_fields", None)
    if fields is not None:
        yield from ((name, getattr(field, "annotation", None)) for name, field in fields.items())
        return
    try:
        yield from get_type_hints(cls).items()
    except Exception:  # noqa: BLE001 - whatever is in the annotations of somebody's code
        return


def _is_schema(cls: type, bases: set[str]) -> bool:
    return bool(
        bases & {"pydantic.BaseModel", "msgspec.Struct", "marshmallow.Schema"}
        or dataclasses.is_dataclass(cls)
        or is_typeddict(cls)
        or (issubclass(cls, dict) and hasattr(cls, "__required_keys__"))  # of typing_extensions
        or hasattr(cls, "__attrs_attrs__")
        or (issubclass(cls, tuple) and hasattr(cls, "_fields"))
    )
