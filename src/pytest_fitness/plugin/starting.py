"""`--fitness-init`: what could be written down today, shown, or written."""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from pytest_fitness import sources
from pytest_fitness.errors import FitnessError, SettingsError
from pytest_fitness.model import Codebase, Evaluation
from pytest_fitness.plugin.frameworks import frameworks
from pytest_fitness.plugin.project import project_settings
from pytest_fitness.proposals import Proposal, Proposer, module_text
from pytest_fitness.prove import Prover

FILE = "test_architecture.py"


def start(config: pytest.Config) -> int:
    """Print what would be written, or write it; return the exit code."""
    try:
        for line in _Start(config).lines():
            sys.stdout.write(f"{line}\n")
    except FitnessError as error:
        sys.stderr.write(f"ERROR: {error}\n")
        return int(pytest.ExitCode.USAGE_ERROR)
    return int(pytest.ExitCode.OK)


class _Start:
    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.writes = bool(config.getoption("fitness_write"))
        self.settings = project_settings(config)
        self.packages, self.source = self._where()
        self.codebase = self._codebase()

    def _where(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Packages and source roots: as configured, or as found."""
        if self.settings.packages:
            return self.settings.packages, self.settings.source
        pythonpath = [Path(p) for p in self.config.getini("pythonpath")]
        return sources.find_packages(self.config.rootpath, pythonpath)

    def _codebase(self) -> Codebase:
        project = sources.Project(
            self.config.rootpath,
            packages=self.packages,
            roots=self.source,
            exclude=self.settings.exclude,
            pythonpath=[Path(p) for p in self.config.getini("pythonpath")],
            declared=self.settings.declared,
        )
        return sources.read(project, layers=self.settings.layers, frameworks=frameworks(self.config, self.settings))

    def lines(self) -> Iterator[str]:
        """Yield what is found, what would be written or is, and what does not hold."""
        proposer = Proposer(self.codebase, _prove)
        proposals = proposer.proposals()
        names = sorted({handler.framework for handler in proposer.handlers.found})
        handlers = f": {_count(len(proposer.handlers.found), 'handler')} of {', '.join(names)}" if names else ""
        yield f"fitness: {_count(len(self.codebase.modules), 'module')} of {', '.join(self.packages)}{handlers}"
        yield from self._configuration()
        yield from self._tests(proposals)
        yield from _not_today(proposals)
        yield from self._coverage()
        if not self.writes:
            yield "\nnothing was written; `pytest --fitness-init --fitness-write` does"

    def _configuration(self) -> Iterator[str]:
        if self.settings.packages:
            return
        listed = ", ".join(f'"{name}"' for name in self.packages)
        roots = ", ".join(f'"{root}"' for root in self.source)
        lines = f"packages = [{listed}]\n" + (f"source = [{roots}]\n" if roots else "")
        file = self.config.rootpath / "pyproject.toml"
        before = _read(file)
        newline = "\r\n" if "\r\n" in before else "\n"
        table = re.search(r"^[ \t]*\[tool\.pytest-fitness\][^\n]*\n", before, re.MULTILINE)
        if table:
            text = before[: table.end()] + lines.replace("\n", newline) + before[table.end() :]
        else:
            gap = newline * (2 - before.endswith("\n")) if before else ""
            text = f"{before}{gap}[tool.pytest-fitness]{newline}{lines.replace(chr(10), newline)}"
        if not _has_packages(text, self.packages):
            yield f"\n# pyproject.toml has a table [tool.pytest-fitness] that only you can add this to:\n\n{lines}".rstrip()
            return
        yield from self._written(file, text, f"[tool.pytest-fitness]\n{lines}", "added")

    def _tests(self, proposals: list[Proposal]) -> Iterator[str]:
        if not any(proposal.holds for proposal in proposals):
            yield "\nno rule was found that holds and can be proved"
            return
        text = module_text(proposals)
        file = self._test_directory() / FILE
        if file.exists():
            shown = file.relative_to(self.config.rootpath).as_posix()
            yield f"\n{shown} is there already, and stays as it is; this would be in it:\n\n{text}"
            return
        yield from self._written(file, text, text, "new")

    def _test_directory(self) -> Path:
        rootdir = self.config.rootpath
        judged = {self.config.rootpath / module.path.partition("/")[0] for module in self.codebase.modules.values()}
        given = [rootdir / path for path in self.config.getini("testpaths") if not set(path) & set("*?[")]
        candidates = [*given, rootdir / "tests", rootdir / "test"]
        found = next((path for path in candidates if path.is_dir() and path not in judged), rootdir / "tests")
        if found.exists() and not found.is_dir():
            raise SettingsError("there is a file called 'tests' where the directory for tests would be")
        return found

    def _written(self, file: Path, text: str, shown: str, how: str) -> Iterator[str]:
        name = file.relative_to(self.config.rootpath).as_posix()
        yield f"\n# {name} ({how})\n\n{shown}".rstrip()
        if self.writes:
            file.parent.mkdir(parents=True, exist_ok=True)
            sources.write_whole(file, text)
            yield f"\n{name} was written"

    def _coverage(self) -> Iterator[str]:
        try:
            floor = tomllib.loads(_read(self.config.rootpath / "pyproject.toml"))["tool"]["coverage"]["report"][
                "fail_under"
            ]
        except (KeyError, TypeError):
            return
        yield f"\ncoverage: fail_under = {floor} is CoverageFloor({floor}); with `inside=` a layer has a floor of its own"


def _read(file: Path) -> str:
    """The text with its line ends as they are; empty where there is no file."""
    return file.read_bytes().decode("utf-8") if file.is_file() else ""


def _has_packages(text: str, packages: tuple[str, ...]) -> bool:
    """Whether a text is TOML that says what it should."""
    try:
        return bool(list(packages) == tomllib.loads(text)["tool"]["pytest-fitness"]["packages"])
    except (tomllib.TOMLDecodeError, KeyError, TypeError):
        return False


def _prove(evaluation: Evaluation) -> tuple[int, list[str]]:
    proof = Prover([evaluation], {}).proof(evaluation)
    return len(proof.outcomes), [outcome.what for outcome in proof.survivors]


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'s' * (number != 1)}"


def _not_today(proposals: list[Proposal]) -> Iterator[str]:
    broken = [proposal for proposal in proposals if proposal.violations]
    unproved = [proposal for proposal in proposals if not proposal.violations and not proposal.holds]
    if broken:
        yield "\ndoes not hold today; it is not written, and where you write it down, `pytest --fitness-freeze` lets only new violations fail:"
        width = max(len(proposal.code) for proposal in broken)
        for proposal in broken:
            count = f"{_count(proposal.violations, 'violation')} to freeze"
            yield f"  {proposal.code:<{width}}  {count}"
    if unproved:
        yield "\nholds, but would not notice everything that it should:"
        for proposal in unproved:
            survivor = f"{proposal.survivors[0]}" if proposal.survivors else "nothing could be planted"
            yield f"  {proposal.code}: {survivor}"
