"""One small file a framework: how its handlers are found. What crosses them is classified elsewhere."""

from __future__ import annotations

from collections.abc import Sequence

from pytest_fitness.model.syntax import Adapter


def builtin() -> Sequence[Adapter]:
    """Return the adapters that come with pytest-fitness."""
    from pytest_fitness.frameworks.fastapi import FastAPI

    return (FastAPI(),)
