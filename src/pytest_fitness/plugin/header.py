"""The lines of the header that tell of contracts which a run does not collect."""

from __future__ import annotations

import tomllib

import pytest

from pytest_fitness.plugin.collection import linter_path


def uncollected(config: pytest.Config) -> list[str]:
    """Return a line for each file with contracts that are not collected."""
    found = {"pyproject.toml": uncollected_contracts(config)}
    linter = config.stash.get(linter_path, None)
    if linter is not None and not _collects(config, str(linter)):
        from pytest_fitness.plugin.linter import linter_file

        file = linter_file(config)
        name = linter.relative_to(config.rootpath).as_posix()
        found[name] = found.get(name, 0) + len(file.contracts if file is not None else ())
    return [
        f"fitness: {count} contract{'s' * (count != 1)} in {name} not collected in this run "
        f"(add {name} to the arguments)"
        for name, count in found.items()
        if count
    ]


def uncollected_contracts(config: pytest.Config) -> int:
    """How many contracts there are that this run does not collect, as far as can be told without checking them."""
    if _collects(config, "pyproject.toml"):
        return 0
    try:
        document = tomllib.loads((config.rootpath / "pyproject.toml").read_text(encoding="utf-8"))
        return len(document["tool"]["pytest-fitness"]["contracts"])
    except (OSError, ValueError, KeyError, TypeError):
        return 0


def _collects(config: pytest.Config, name: str) -> bool:
    """Whether the arguments of this run, or testpaths, lead to the file *name* in rootdir."""
    file = config.rootpath / name
    given = [(config.invocation_params.dir / arg.partition("::")[0]).resolve() for arg in config.args]
    return any(path == file.resolve() or path in file.resolve().parents for path in given)
