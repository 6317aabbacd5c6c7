"""Options, and what is registered at start."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_fitness.plugin.collection import has_settings
from pytest_fitness.plugin.held_back import HeldBack

MARKER = "fitness: put on every test that uses `codebase` and on every contract; they run after the other tests"
STRICT = "fail, rather than skip, a rule that this run cannot judge (default: where the CI environment variable is set)"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Register ``fitness_strict``."""
    parser.addini("fitness_strict", STRICT, type="bool", default=None)


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Register the marker and the plugin that holds fitness tests back.

    The order is the mechanism: registered here, our run-loop wrapper lies outside pytest-cov's, which came earlier, and
    inside the terminal reporter's, which comes later.
    """
    config.addinivalue_line("markers", MARKER)
    config.pluginmanager.register(HeldBack(config), "fitness-held-back")


def pytest_report_header(config: pytest.Config) -> str | None:
    """Say so where contracts exist that this run does not collect."""
    if not has_settings(config.rootpath):
        return None
    count = _count_contracts(config.rootpath)
    if not count or _collects(config, "pyproject.toml"):
        return None
    return (
        f"fitness: {count} contract{'s' * (count != 1)} in pyproject.toml not collected in this run "
        "(add pyproject.toml to the arguments or to testpaths)"
    )


def _count_contracts(rootdir: Path) -> int:
    """How many contracts there are, as far as can be told without checking them."""
    import tomllib

    try:
        document = tomllib.loads((rootdir / "pyproject.toml").read_text(encoding="utf-8"))
        return len(document["tool"]["pytest-fitness"]["contracts"])
    except (OSError, ValueError, KeyError, TypeError):
        return 0


def _collects(config: pytest.Config, name: str) -> bool:
    """Whether the arguments of this run, or testpaths, lead to the file *name* in rootdir."""
    file = config.rootpath / name
    given = [(config.invocation_params.dir / arg.partition("::")[0]).resolve() for arg in config.args]
    return any(path == file.resolve() or path in file.resolve().parents for path in given)
