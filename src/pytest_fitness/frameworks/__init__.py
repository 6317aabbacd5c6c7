"""One small file a framework: how its handlers are found. What crosses them is classified elsewhere.

The vocabulary for adapters of your own is in `pytest_fitness.model.syntax`.
"""

from __future__ import annotations

from collections.abc import Sequence

from pytest_fitness.model.contents import Adapter


def builtin() -> Sequence[Adapter]:
    """Return the adapters that come with pytest-fitness; where two find the same handler, the first counts."""
    from pytest_fitness.frameworks.aiohttp import Aiohttp
    from pytest_fitness.frameworks.django_ninja import Ninja
    from pytest_fitness.frameworks.drf import RestFramework
    from pytest_fitness.frameworks.fastapi import FastAPI
    from pytest_fitness.frameworks.faststream import FastStream
    from pytest_fitness.frameworks.flask import Flask
    from pytest_fitness.frameworks.litestar import Litestar
    from pytest_fitness.frameworks.starlette import Starlette
    from pytest_fitness.frameworks.tasks import Tasks

    return (FastAPI(), Ninja(), Starlette(), Flask(), RestFramework(), Litestar(), Aiohttp(), Tasks(), FastStream())
