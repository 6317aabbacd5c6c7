"""Frozen values that are written to a file, and read back, by the ten thousand."""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter
from typing import TypeVar

T = TypeVar("T")


def quickly_pickled(cls: type[T]) -> type[T]:
    """Give a frozen dataclass with slots ways to be pickled and unpickled that do not look up its fields each time."""
    slots: tuple[str, ...] = cls.__slots__  # type: ignore[attr-defined]  # which a dataclass with slots has
    setters = tuple(getattr(cls, name).__set__ for name in slots)
    parts = attrgetter(*slots)

    def restore(self: T, state: Sequence[object]) -> None:
        for setter, value in zip(setters, state):  # noqa: B905 - a file that is not ours is not read at all
            setter(self, value)

    def state(self: object) -> object:
        return parts(self)

    cls.__getstate__ = state  # type: ignore[method-assign]
    cls.__setstate__ = restore  # type: ignore[attr-defined]
    return cls
