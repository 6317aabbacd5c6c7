"""Explain a failing ``assert codebase.violations(rule) == []``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pytest_fitness.model import Evaluation


def pytest_assertrepr_compare(config: pytest.Config, op: str, left: object, right: object) -> list[str] | None:
    """Return the full text for a list of violations compared with ``[]``; None for everything else."""
    if op != "==" or type(left) is not list or not left or type(right) is not list or right:
        return None
    evaluation = _evaluation(config, left)
    if evaluation is None:
        return None
    from pytest_fitness.report import text

    return [text.headline(left), *text.lines(left, evaluation.place)]


def _evaluation(config: pytest.Config, violations: list[object]) -> Evaluation | None:
    """The evaluation that gave this very list; None for lists that are not ours."""
    from pytest_fitness.plugin.reports import evaluations

    return next((e for e in evaluations(config) if e.violations is violations), None)
