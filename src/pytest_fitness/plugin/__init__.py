"""The pytest plugin: hooks and fixtures by name, nothing else.

Every pytest run loads what is named here, so it is little. `assertion` and `reports` are registered when a codebase is
made, and everything heavy is imported when it is first used.
"""

from pytest_fitness.plugin.loading import load_plainly

load_plainly()  # what follows, and all that it imports

from pytest_fitness.plugin.collection import pytest_collect_file  # noqa: E402
from pytest_fitness.plugin.fixtures import codebase  # noqa: E402
from pytest_fitness.plugin.options import (  # noqa: E402
    pytest_addhooks,
    pytest_addoption,
    pytest_cmdline_main,
    pytest_configure,
    pytest_load_initial_conftests,
    pytest_report_header,
    pytest_terminal_summary,
)

__all__ = [
    "codebase",
    "pytest_addhooks",
    "pytest_addoption",
    "pytest_cmdline_main",
    "pytest_collect_file",
    "pytest_configure",
    "pytest_load_initial_conftests",
    "pytest_report_header",
    "pytest_terminal_summary",
]
