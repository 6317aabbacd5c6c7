"""``pyproject.toml`` as a file of tests, where it has settings of ours."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

linter_path = pytest.StashKey[Path]()
"""Where import-linter's contracts are, if they are to be tests."""


collected_key = pytest.StashKey[set[str]]()
"""Which files with contracts were collected, by their names relative to rootdir."""

elsewhere_key = pytest.StashKey[set[str]]()
"""Files with settings of ours that this run does not read, since they are not in rootdir."""


looked_key = pytest.StashKey[set[Path]]()
"""Directories in which such a file was looked for."""


def note_collected(collector: pytest.File) -> None:
    """Remember that the contracts of a file are collected."""
    name = collector.path.relative_to(collector.config.rootpath).as_posix()
    collector.config.stash.setdefault(collected_key, set()).add(name)


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
    note_elsewhere(parent.config, file_path.parent)
    return None


def note_elsewhere(config: pytest.Config, directory: Path) -> None:
    """Remember a directory whose ``pyproject.toml`` has a table of ours, where that is not the one of this run."""
    seen = config.stash.setdefault(looked_key, set())
    if directory in seen:  # as of most files
        return
    seen.add(directory)
    if directory != config.rootpath and directory.is_relative_to(config.rootpath):
        try:
            text = (directory / "pyproject.toml").read_bytes()
        except OSError:
            return
        if b"tool.pytest-fitness" in text:
            name = (directory / "pyproject.toml").relative_to(config.rootpath).as_posix()
            config.stash.setdefault(elsewhere_key, set()).add(name)


def elsewhere(config: pytest.Config) -> list[str]:
    """Return a line for each file with settings of ours that this run does not read, as far as it has seen them."""
    for argument in config.args:
        path = Path(os.path.abspath(config.invocation_params.dir / argument.partition("::")[0]))
        for directory in (path, *path.parents):
            note_elsewhere(config, directory)
    return [
        f"fitness: {name} has settings of its own, which this run does not read, since its rootdir is {config.rootpath} "
        f"(run pytest in {name.rpartition('/')[0]})"
        for name in sorted(config.stash.get(elsewhere_key, ()))
    ]


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
