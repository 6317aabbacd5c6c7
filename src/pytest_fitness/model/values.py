"""Frozen values that are read back from a file by the ten thousand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


def quickly_restored(cls: type[T]) -> type[T]:
    """Give a frozen dataclass with slots a way to be unpickled that does not look up its fields each time."""
    slots: tuple[str, ...] = cls.__slots__  # type: ignore[attr-defined]  # which a dataclass with slots has
    setters = tuple(getattr(cls, name).__set__ for name in slots)

    def restore(self: T, state: Sequence[object]) -> None:
        for setter, value in zip(setters, state):  # noqa: B905 - a file that is not ours is not read at all
            setter(self, value)

    cls.__setstate__ = restore  # type: ignore[attr-defined]
    return cls
