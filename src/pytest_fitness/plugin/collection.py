"""``pyproject.toml`` as a file of tests, where it has settings of ours."""

from __future__ import annotations

from pathlib import Path

import pytest

linter_path = pytest.StashKey[Path]()
"""Where import-linter's contracts are, if they are to be tests."""


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Collect the contracts of rootdir, import-linter's too where that is asked for."""
    linter = parent.config.stash.get(linter_path, None)
    if file_path.name != "pyproject.toml" and file_path != linter:
        return None  # as nearly all files
    rootdir = parent.config.rootpath
    if file_path == rootdir / "pyproject.toml" and has_settings(rootdir):
        from pytest_fitness.plugin.contracts import ContractFile

        return ContractFile.from_parent(parent, path=file_path)
    if file_path == linter:
        from pytest_fitness.plugin.linter import LinterFileCollector

        return LinterFileCollector.from_parent(parent, path=file_path)
    return None


def wants_import_linter(config: pytest.Config) -> bool:
    """Whether import-linter's contracts are to be tests."""
    return bool(config.getini("fitness_import_linter") or config.getini("fitness_import_linter_file"))


def has_settings(rootdir: Path) -> bool:
    """Whether the project in *rootdir* may have settings of ours, told from the bytes: most projects pay for no more.

    A misspelt table counts, and so does every way in which TOML can spell it.
    """
    try:
        return b"fitnes" in (rootdir / "pyproject.toml").read_bytes().lower()
    except OSError:
        return False
