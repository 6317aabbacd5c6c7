"""``pyproject.toml`` as a file of tests, where it has settings of ours."""

from __future__ import annotations

from pathlib import Path

import pytest


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Collect the contracts of rootdir."""
    if file_path.name != "pyproject.toml" or file_path.parent != parent.config.rootpath:
        return None
    if not has_settings(file_path.parent):
        return None
    from pytest_fitness.plugin.contracts import ContractFile

    return ContractFile.from_parent(parent, path=file_path)


def has_settings(rootdir: Path) -> bool:
    """Whether the project in *rootdir* may have settings of ours, told from the bytes: most projects pay for no more.

    A misspelt table counts, and so does every way in which TOML can spell it.
    """
    try:
        return b"fitnes" in (rootdir / "pyproject.toml").read_bytes().lower()
    except OSError:
        return False
