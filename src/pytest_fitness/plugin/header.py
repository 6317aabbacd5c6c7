"""The line of the header that tells of contracts which a run does not collect."""

from __future__ import annotations

import tomllib

import pytest


def uncollected(config: pytest.Config) -> str | None:
    """Return the line; None where there are no contracts, or where they are collected."""
    count = uncollected_contracts(config)
    if not count:
        return None
    return (
        f"fitness: {count} contract{'s' * (count != 1)} in pyproject.toml not collected in this run "
        "(add pyproject.toml to the arguments or to testpaths)"
    )


def uncollected_contracts(config: pytest.Config) -> int:
    """How many contracts there are that this run does not collect, as far as can be told without checking them."""
    try:
        document = tomllib.loads((config.rootpath / "pyproject.toml").read_text(encoding="utf-8"))
        count = len(document["tool"]["pytest-fitness"]["contracts"])
    except (OSError, ValueError, KeyError, TypeError):
        return 0
    return 0 if count and _collects(config, "pyproject.toml") else count


def _collects(config: pytest.Config, name: str) -> bool:
    """Whether the arguments of this run, or testpaths, lead to the file *name* in rootdir."""
    file = config.rootpath / name
    given = [(config.invocation_params.dir / arg.partition("::")[0]).resolve() for arg in config.args]
    return any(path == file.resolve() or path in file.resolve().parents for path in given)
