"""Architecture, coverage and API boundaries as ordinary pytest tests.

The names below load on first use, so that a pytest run which uses none of them pays for none of them.
Rules live in `pytest_fitness.rules`, helpers for testing rules in `pytest_fitness.testing`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pytest_fitness.errors import (
        BaselineError,
        CoverageDataError,
        EmptySelectionError,
        FitnessError,
        NotJudgedError,
        RuleError,
        SettingsError,
        StaleCopyError,
    )
    from pytest_fitness.model import Codebase, Location, Plant, Rule, Violation

__version__ = "0.3.0"

__all__ = [
    "BaselineError",
    "Codebase",
    "CoverageDataError",
    "EmptySelectionError",
    "FitnessError",
    "Location",
    "NotJudgedError",
    "Plant",
    "Rule",
    "RuleError",
    "SettingsError",
    "StaleCopyError",
    "Violation",
    "__version__",
]


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from pytest_fitness import errors, model

    return getattr(errors if name.endswith("Error") else model, name)


def __dir__() -> list[str]:
    return __all__
