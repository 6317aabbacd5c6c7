"""The pytest plugin: hooks and fixtures by name, nothing else. Everything heavy is imported when it is first used."""

from pytest_fitness.plugin.assertion import pytest_assertrepr_compare
from pytest_fitness.plugin.collection import pytest_collect_file
from pytest_fitness.plugin.fixtures import codebase
from pytest_fitness.plugin.options import pytest_addoption, pytest_configure, pytest_report_header
from pytest_fitness.plugin.reports import (
    pytest_runtest_call,
    pytest_runtest_makereport,
    pytest_terminal_summary,
)

__all__ = [
    "codebase",
    "pytest_addoption",
    "pytest_assertrepr_compare",
    "pytest_collect_file",
    "pytest_configure",
    "pytest_report_header",
    "pytest_runtest_call",
    "pytest_runtest_makereport",
    "pytest_terminal_summary",
]
