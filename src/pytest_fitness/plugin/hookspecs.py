"""Hooks of pytest-fitness, for plugins and for ``conftest.py``. They are called when a rule first asks for what they give."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pytest_fitness.model import Rule
    from pytest_fitness.model.contents import Adapter


@pytest.hookspec
def pytest_fitness_adapters(config: pytest.Config) -> Sequence[Adapter]:  # type: ignore[empty-body]
    """Return adapters for frameworks that pytest-fitness does not know.

    An adapter discovers handlers and says which parameters and which result cross the boundary; what these are, it does
    not judge. Where two adapters find the same handler, those from this hook are believed first.

    Args:
        config: pytest's.

    Returns:
        objects with the attributes and the method of `pytest_fitness.model.contents.Adapter`.
    """


@pytest.hookspec
def pytest_fitness_rules(config: pytest.Config) -> Sequence[type[Rule]]:  # type: ignore[empty-body]
    """Return rules that contracts in the settings can name, and that `--fitness-rules` and `--fitness-explain` know.

    Rules that only tests use need not be returned.

    Args:
        config: pytest's.

    Returns:
        classes with a `name` of their own and a method `find`; their parameters are the options of a contract.
    """
