"""Coverage of the running session, in coverage.py's own numbers.

The numbers are taken in a process of their own (`coverage_numbers`): creating a second `coverage.Coverage` in a process
that is being measured can switch its saving off, and a live tracer makes the analysis slow.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pytest_fitness.errors import CoverageDataError, NotJudgedError
from pytest_fitness.model import CoverageReport, FileCoverage
from pytest_fitness.sources.tree import Tree

if TYPE_CHECKING:
    from coverage import Coverage

NUMBERS = Path(__file__).with_name("coverage_numbers.py")
"""Run with ``-P``: beside it lies our own ``coverage.py``."""
STARTERS = ("COVERAGE_PROCESS_START", "COVERAGE_PROCESS_CONFIG")


@dataclass(frozen=True, slots=True)
class Run:
    """What is known of the session.

    Attributes:
        directory: where pytest was started; coverage.py resolves its configuration and relative paths there.
        start: when, in seconds since the epoch; older data are of an earlier run.
        partial: why not every test ran, or an empty string.
        failed: how many tests failed.
    """

    directory: Path
    start: float
    partial: str
    failed: int


def is_measuring() -> bool:
    """Whether ``coverage run``, or coverage's start-up hook, measures this process."""
    return _current() is not None


def from_pytest_cov(tree: Tree, run: Run, config_file: str) -> CoverageReport:
    """Read what pytest-cov has combined and saved by the time its run loop returns."""
    return _report(tree, run, {"config_file": config_file}, "pytest --cov")


def from_live(tree: Tree, run: Run) -> CoverageReport:
    """Read what is measured so far in this process and in finished subprocesses, without disturbing the measuring."""
    from coverage import CoverageData

    live = _current()
    assert live is not None
    data = live.get_data()  # flushes; save() would rename the file of a parallel run
    with tempfile.TemporaryDirectory() as directory:
        copy = CoverageData(basename=os.path.join(directory, "copy"))
        copy.update(data)
        own = os.path.abspath(data.data_filename())
        base = Path(os.path.abspath(data.base_filename()))
        for shard in sorted(base.parent.glob(f"{base.name}.*")):
            fresh = shard.stat().st_mtime >= run.start - 1
            if str(shard) != own and fresh and not shard.name.endswith("-journal"):
                part = CoverageData(basename=str(shard))
                part.read()
                copy.update(part)
                part.close(force=True)
        copy.write()
        copy.close(force=True)
        options = {"config_file": _config_file(live), "data_file": copy.data_filename()}
        return _report(tree, run, options, "coverage run")


def _current() -> Coverage | None:
    module = sys.modules.get("coverage")
    return module.Coverage.current() if module is not None else None


def _config_file(live: Coverage) -> str | bool:
    """The configuration file of a running Coverage. Not public; where it is gone, coverage looks for its file itself."""
    return getattr(getattr(live, "config", None), "config_file", None) or True


def _report(tree: Tree, run: Run, options: Mapping[str, object], origin: str) -> CoverageReport:
    by_file = {os.path.realpath(s.file): name for name, s in tree.sources.items() if s.file is not None}
    question = {**options, "files": sorted(by_file), "start": run.start, "directory": str(run.directory)}
    answer = _ask(question, run.directory)
    if "error" in answer or not answer["measured"]:
        reason = answer.get("error") or "no data was collected"
        if run.partial:
            raise NotJudgedError(f"{origin}: {reason}, and {run.partial}")
        raise CoverageDataError(f"{origin}: {reason}")
    _refuse_elsewhere(by_file, answer["measured"], origin)
    files = {by_file[path]: _file(numbers) for path, numbers in answer["files"].items() if path in by_file}
    unparsed = frozenset(by_file[path] for path in answer["unparsed"])
    return CoverageReport(files, run.partial, run.failed, origin, unparsed)


def _ask(question: Mapping[str, object], directory: Path) -> dict[str, Any]:
    environment = {k: v for k, v in os.environ.items() if k not in STARTERS}
    done = subprocess.run(  # noqa: S603 - our own script
        [sys.executable, "-P", str(NUMBERS)],
        input=json.dumps(question),
        capture_output=True,
        text=True,
        env=environment,
        cwd=directory,
        check=False,
    )
    if done.returncode:
        return {"error": (done.stderr or done.stdout).strip()[-500:]}
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def _refuse_elsewhere(by_file: Mapping[str, str], measured: Sequence[str], origin: str) -> None:
    """Data about a copy of the code elsewhere would make everything here look never imported."""
    if any(path in by_file for path in measured):
        return
    for path, name in by_file.items():
        tail = "/" + name.replace(".", "/")
        for other in measured:
            if other.replace(os.sep, "/").removesuffix(".py").removesuffix("/__init__").endswith(tail):
                raise CoverageDataError(
                    f"{origin} measured {other}, not {path}; install the project in editable mode, or map the paths with "
                    "[tool.coverage.paths]"
                )


def _file(numbers: Mapping[str, Any]) -> FileCoverage:
    return FileCoverage(
        statements=numbers["statements"],
        missing=tuple(numbers["missing"]),
        branches=numbers["branches"],
        missing_branches=numbers["missing_branches"],
        measured=numbers["measured"],
    )
