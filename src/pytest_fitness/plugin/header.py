"""Contracts that a run does not collect: the lines of the header that tell of them, and those that are lost."""

from __future__ import annotations

import os
import tomllib

import pytest

from pytest_fitness.plugin.collection import collected_key, linter_path


def uncollected(config: pytest.Config) -> list[str]:
    """Return a line for each file with contracts that are not collected."""
    found = {"pyproject.toml": uncollected_contracts(config)}
    linter = config.stash.get(linter_path, None)
    if linter is not None and not _collects(config, str(linter)):
        from pytest_fitness.plugin.linter import linter_file

        file = linter_file(config)
        name = linter.relative_to(config.rootpath).as_posix()
        found[name] = found.get(name, 0) + len(file.contracts if file is not None else ())
    here = config.invocation_params.dir
    return [
        f"fitness: {count} contract{'s' * (count != 1)} in {name} not collected in this run "
        f"(add {os.path.relpath(config.rootpath / name, here)} to the arguments)"
        for name, count in found.items()
        if count
    ]


def lost(config: pytest.Config) -> list[str]:
    """Return the files with contracts to which the arguments lead, and that were not collected all the same."""
    linter = config.stash.get(linter_path, None)
    collected = config.stash.get(collected_key, set())
    found = ["pyproject.toml"] if "pyproject.toml" not in collected and _contracts_in(config) else []
    found += [linter.relative_to(config.rootpath).as_posix()] if linter is not None else []
    return [name for name in dict.fromkeys(found) if name not in collected and _collects(config, name)]


def uncollected_contracts(config: pytest.Config) -> int:
    """How many contracts there are that this run does not collect, as far as can be told without checking them."""
    return 0 if _collects(config, "pyproject.toml") else _contracts_in(config)


def _contracts_in(config: pytest.Config) -> int:
    try:
        document = tomllib.loads((config.rootpath / "pyproject.toml").read_text(encoding="utf-8"))
        return len(document["tool"]["pytest-fitness"]["contracts"])
    except (OSError, ValueError, KeyError, TypeError):
        return 0


def _collects(config: pytest.Config, name: str) -> bool:
    """Whether the arguments of this run, or testpaths, lead to the file *name* in rootdir."""
    file = config.rootpath.resolve() / name  # which may be a link to somewhere else
    given = [(config.invocation_params.dir / arg.partition("::")[0]).resolve() for arg in config.args]
    return any(path in (file, file.resolve()) or path in file.parents for path in given)
