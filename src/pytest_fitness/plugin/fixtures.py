"""The fixture that tests ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pytest_fitness.model import Codebase


@pytest.fixture(scope="session")
def codebase(request: pytest.FixtureRequest) -> Codebase:
    """The source code of this project: ``assert codebase.violations(rule) == []``."""
    from pytest_fitness.errors import FitnessError
    from pytest_fitness.plugin.project import project_codebase

    try:
        return project_codebase(request.config)
    except FitnessError as error:
        problem = str(error)
    pytest.fail(problem, pytrace=False)  # outside of the handler, or pytest would show both
