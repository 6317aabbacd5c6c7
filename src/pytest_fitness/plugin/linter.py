"""Contracts of import-linter as test items, one each, with the verdict that `lint-imports` would give."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from traceback import format_exception
from typing import TYPE_CHECKING

import pytest

from pytest_fitness import linter_settings
from pytest_fitness.errors import FitnessError
from pytest_fitness.plugin.collection import note_collected
from pytest_fitness.plugin.project import project_settings, register_reports
from pytest_fitness.plugin.reports import workers_key

if TYPE_CHECKING:
    from pytest_fitness.linter_settings import LinterContract, LinterFile
    from pytest_fitness.model import Brief
    from pytest_fitness.sources.contracts import ImportLinter

linter_key = pytest.StashKey["ImportLinter"]()


class LinterFileCollector(pytest.File):
    """``.importlinter`` or ``setup.cfg`` as a collector; its items are ``.importlinter::NAME``."""

    def collect(self) -> Iterator[pytest.Item]:
        """Yield one item a contract."""
        note_collected(self)
        yield from items(self)


def linter_file(config: pytest.Config) -> LinterFile | None:
    """Return the file that is configured, or that `lint-imports` would read in rootdir."""
    return linter_settings.find(config.rootpath, str(config.getini("fitness_import_linter_file")))


def require_file(config: pytest.Config) -> LinterFile:
    """Return that file; raise `pytest.UsageError` where there is none, since nothing would be judged."""
    configured = config.rootpath / str(config.getini("fitness_import_linter_file"))
    if not configured.resolve().is_relative_to(config.rootpath.resolve()):
        raise pytest.UsageError(f"fitness_import_linter_file: {configured} is not below rootdir, {config.rootpath}")
    found = linter_file(config)
    if found is None:
        name = config.getini("fitness_import_linter_file") or " or ".join(linter_settings.FILES)
        raise pytest.UsageError(
            f"fitness_import_linter: there are no contracts of import-linter in {name} in {config.rootpath}"
        )
    return found


def items(collector: pytest.File, taken_names: Iterable[str] = ()) -> Iterator[pytest.Item]:
    """Yield one item per contract of import-linter in the collector's file; *taken_names* are contracts of ours there."""
    found = linter_file(collector.config)
    if found is None or collector.config.rootpath / found.name != collector.path:
        return
    if found.problem:
        raise collector.CollectError(found.problem)
    taken = dict.fromkeys(taken_names, 1)
    for contract in found.contracts:
        taken[contract.name] = taken.get(contract.name, 0) + 1
        again = f" ({taken[contract.name]})" if taken[contract.name] > 1 else ""
        lost = [f"{heading} is no contract for import-linter" for heading in found.lost if contract.position == 0]
        yield LinterItem.from_parent(collector, name=f"{contract.name}{again}", contract=contract, notes=lost)


class LinterItem(pytest.Item):
    """One contract of import-linter. It counts as a test that takes ``codebase``."""

    def __init__(self, *, contract: LinterContract, notes: list[str], **kwargs: object) -> None:
        super().__init__(**kwargs)  # type: ignore[arg-type]  # pytest's own, handed through
        self.contract = contract
        self.notes = notes
        self.fixturenames = ["codebase"]

    def runtest(self) -> None:
        """Judge the contract; raise `LinterContractBrokenError` with the whole text."""
        file = self.path.relative_to(self.config.rootpath).as_posix()
        place = f"{file}:{self.contract.line}"
        try:
            verdict = import_linter(self.config, file).check(self.contract.position)
        except FitnessError as error:
            raise LinterContractBrokenError(f"{error}\n\nrule     {place}") from None
        register_reports(self.config)
        brief: Brief = (self.name, int(not verdict.kept), [], [*self.notes, *verdict.warnings])
        self.config.stash.setdefault(workers_key, []).append(brief)
        if not verdict.kept:
            raise LinterContractBrokenError(f'"{self.contract.name}" is broken\n\n{verdict.text}\n\nrule     {place}')

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: object = None) -> str:  # noqa: ARG002 - pytest's signature
        """Return the text alone: a traceback through our own code would tell nobody anything."""
        if isinstance(excinfo.value, LinterContractBrokenError):
            return str(excinfo.value)
        return "".join(format_exception(excinfo.value, limit=-5))

    def reportinfo(self) -> tuple[Path, int, str]:
        """The contract's section is where a click should lead."""
        return self.path, self.contract.line - 1, self.name


class LinterContractBrokenError(Exception):
    """A contract is broken, or cannot be judged; the message is the whole text."""


def import_linter(config: pytest.Config, file: str) -> ImportLinter:
    """Return import-linter for this session, which reads the code once."""
    if linter_key not in config.stash:
        from pytest_fitness.sources.contracts import ImportLinter

        configured = [config.rootpath / root for root in project_settings(config).source]
        places = dict.fromkeys([*configured, *(Path(p) for p in config.getini("pythonpath")), config.rootpath / "src"])
        config.stash[linter_key] = ImportLinter(config.rootpath, file, tuple(p for p in places if p.is_dir()))
    return config.stash[linter_key]
