"""Contracts in ``pyproject.toml`` as test items."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from traceback import format_exception

import pytest

from pytest_fitness.errors import FitnessError, SettingsError
from pytest_fitness.plugin.collection import note_collected, wants_import_linter
from pytest_fitness.plugin.held_back import is_xdist_worker, settings_error
from pytest_fitness.plugin.project import project_codebase, project_settings
from pytest_fitness.report import text
from pytest_fitness.settings import Contract


class ContractFile(pytest.File):
    """``pyproject.toml`` as a collector; its items are ``pyproject.toml::NAME``."""

    def collect(self) -> Iterator[pytest.Item]:
        """Yield one item a contract."""
        note_collected(self)
        try:
            contracts = project_settings(self.config).contracts
        except SettingsError as error:
            # in a worker of pytest-xdist a usage error would end the worker rather than the run
            if not is_xdist_worker(self.config):  # pragma: no branch - workers are not measured
                self.config.stash[settings_error] = str(error)
            raise self.CollectError(str(error)) from None
        for contract in contracts:
            yield ContractItem.from_parent(self, name=contract.name, contract=contract)
        if wants_import_linter(self.config):
            from pytest_fitness.plugin.linter import items

            yield from items(self, [contract.name for contract in contracts])


class ContractItem(pytest.Item):
    """One contract. It counts as a test that takes ``codebase``."""

    def __init__(self, *, contract: Contract, **kwargs: object) -> None:
        super().__init__(**kwargs)  # type: ignore[arg-type]  # pytest's own, handed through
        self.contract = contract
        self.fixturenames = ["codebase"]

    def runtest(self) -> None:
        """Judge the rule; raise `ContractBrokenError` with the whole text."""
        codebase = project_codebase(self.config)
        found = codebase.violations(
            self.contract.rule, place=f"{self.path.name}:{self.contract.line}", contract=self.contract.name
        )
        if found:
            raise ContractBrokenError(text.full(codebase.evaluations[-1]))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: object = None) -> str:  # noqa: ARG002 - pytest's signature
        """Return the text alone: a traceback through our own code would tell nobody anything."""
        if isinstance(excinfo.value, ContractBrokenError | FitnessError | pytest.fail.Exception):
            return str(excinfo.value)
        return "".join(format_exception(excinfo.value, limit=-5))

    def reportinfo(self) -> tuple[Path, int, str]:
        """The contract's table is where a click should lead."""
        return self.path, self.contract.line - 1, self.name


class ContractBrokenError(Exception):
    """A contract has violations; the message is the whole text."""
