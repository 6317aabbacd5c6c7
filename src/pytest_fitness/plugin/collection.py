"""Contracts in ``pyproject.toml`` as test items."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pytest_fitness.settings import Contract

error_key = pytest.StashKey[Exception]()


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Collect ``pyproject.toml`` of rootdir where it has settings of ours."""
    if file_path.name != "pyproject.toml" or file_path.parent != parent.config.rootpath:
        return None
    return ContractFile.from_parent(parent, path=file_path) if has_settings(file_path.parent) else None


def has_settings(rootdir: Path) -> bool:
    """Whether the project in *rootdir* has settings of ours, told from the bytes: most projects pay for no more."""
    try:
        return b"[tool.pytest-fitness" in (rootdir / "pyproject.toml").read_bytes()
    except OSError:
        return False


class ContractFile(pytest.File):
    """``pyproject.toml`` as a collector; its items are ``pyproject.toml::NAME``."""

    def collect(self) -> Iterator[pytest.Item]:
        """Yield one item a contract. Wrong settings are kept for later: raised here they could not be a usage error."""
        from pytest_fitness.errors import SettingsError
        from pytest_fitness.plugin.project import project_settings

        try:
            contracts = project_settings(self.config).contracts
        except SettingsError as error:
            self.config.stash[error_key] = error
            raise self.CollectError(str(error)) from None
        for contract in contracts:
            yield ContractItem.from_parent(self, name=contract.name, contract=contract)


class ContractItem(pytest.Item):
    """One contract."""

    def __init__(self, *, contract: Contract, **kwargs: object) -> None:
        super().__init__(**kwargs)  # type: ignore[arg-type]  # pytest's own, handed through
        self.contract = contract

    def runtest(self) -> None:
        """Judge the rule; raise `ContractBrokenError` with the whole text."""
        from pytest_fitness.plugin.project import project_codebase
        from pytest_fitness.report import text

        codebase = project_codebase(self.config)
        found = codebase.violations(self.contract.rule, place=f"{self.path.name}:{self.contract.line}")
        if found:
            raise ContractBrokenError(text.full(codebase.evaluations[-1]))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: object = None) -> str:  # noqa: ARG002 - pytest's signature
        """Return the text alone: a traceback through our own code would tell nobody anything."""
        from pytest_fitness.errors import FitnessError

        if isinstance(excinfo.value, ContractBrokenError | FitnessError):
            return str(excinfo.value)
        return str(super().repr_failure(excinfo))

    def reportinfo(self) -> tuple[Path, int, str]:
        """The contract's table is where a click should lead."""
        return self.path, self.contract.line - 1, self.name


class ContractBrokenError(Exception):
    """A contract has violations; the message is the whole text."""
