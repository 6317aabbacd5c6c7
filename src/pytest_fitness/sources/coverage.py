"""Coverage of the running session, or of others, in coverage.py's own numbers.

The numbers are taken in a process of their own (`coverage_numbers`): creating a second `coverage.Coverage` in a process
that is being measured can switch its saving off, and a live tracer makes the analysis slow.
"""

from __future__ import annotations

import glob
import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from pytest_fitness.errors import CoverageDataError, NotJudgedError
from pytest_fitness.model import CoverageReport, FileCoverage
from pytest_fitness.sources.coverage_files import Kind, kind_of, read_report
from pytest_fitness.sources.tree import Tree

if TYPE_CHECKING:
    from coverage import Coverage

NUMBERS = Path(__file__).with_name("coverage_numbers.py")
"""Run with ``-P``: beside it lies our own ``coverage.py``."""
TICK = 0.05
"""Seconds by which the time of a new file may lie before the time of day."""

STARTERS = ("COVERAGE_PROCESS_START", "COVERAGE_PROCESS_CONFIG")


@dataclass(frozen=True, slots=True)
class Run:
    """What is known of the session.

    Attributes:
        directory: where pytest was started; coverage.py resolves its configuration and relative paths there.
        start: when, in seconds since the epoch; older data are of an earlier run.
        partial: why not every test ran, or an empty string.
        failed: how many tests failed.
        config_file: coverage.py's configuration, where it is not for coverage.py to find.
        contexts: whether to ask which tests ran each line.
    """

    directory: Path
    start: float
    partial: str
    failed: int
    config_file: str | bool = True
    contexts: bool = False


def is_measuring() -> bool:
    """Whether ``coverage run``, or coverage's start-up hook, measures this process."""
    return _current() is not None


def from_pytest_cov(tree: Tree, run: Run, config_file: str, *, appended: bool = False) -> CoverageReport:
    """Read what pytest-cov has combined and saved by the time its run loop returns; *appended* to older data, maybe."""
    question = {"config_file": config_file, "start": run.start, "check_stale": appended}
    return _report(tree, run, question, "pytest --cov")


def from_live(tree: Tree, run: Run) -> CoverageReport:
    """Read what is measured so far in this process and in finished subprocesses, without disturbing the measuring."""
    from coverage import CoverageData
    from coverage.exceptions import CoverageException

    live = _current()
    assert live is not None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # coverage.py will say it again when it is its turn
        data = live.get_data()  # flushes; save() would rename the file of a parallel run
    with tempfile.TemporaryDirectory() as directory:
        copy = CoverageData(basename=os.path.join(directory, "copy"))
        copy.update(data)
        own = os.path.abspath(data.data_filename())
        base = Path(os.path.abspath(data.base_filename()))
        for shard in sorted(base.parent.glob(f"{glob.escape(base.name)}.*")):
            fresh = shard.stat().st_mtime >= run.start - TICK
            if str(shard) != own and fresh and is_data(shard):
                part = CoverageData(basename=str(shard))
                part.read()
                try:
                    copy.update(part)
                except CoverageException as error:
                    raise CoverageDataError(f"{shard.name} cannot be added to what is measured: {error}") from None
                finally:
                    part.close(force=True)
        copy.write()
        copy.close(force=True)
        options = {name: live.get_option(name) for name in ("run:omit", "run:include")}  # of the command line, too
        question = {"config_file": _config_file(live), "data_file": copy.data_filename(), "options": options}
        return _report(tree, run, question, "coverage run")


def from_files(tree: Tree, run: Run, patterns: Sequence[str]) -> CoverageReport:
    """Read data files, or one report, that other runs have left. They stay as they are.

    Raises:
        CoverageDataError: a pattern matches nothing, the files cannot be added up, or are of other code than this.
    """
    files: list[Path] = []
    for pattern in patterns:
        names = glob.glob(pattern, root_dir=run.directory, recursive=True, include_hidden=True)
        found = [f for name in sorted(names) if (f := run.directory / name).is_file() and not name.endswith("-journal")]
        if not found:
            raise CoverageDataError(f"--fitness-coverage={pattern}: there is no such file")
        files += [f for f in found if f not in files]
    kinds: dict[Path, Kind] = {file: kind_of(file) for file in files}
    origin = ", ".join(os.path.relpath(f, run.directory) for f in files[:3]) + (", ..." if len(files) > 3 else "")
    strange = [file for file, kind in kinds.items() if kind == "data" and not is_data(file)]
    if strange:
        raise CoverageDataError(f"{strange[0]} is a database, but not one of coverage.py's")
    if set(kinds.values()) == {"data"}:
        question = {"config_file": run.config_file, "combine": [str(f) for f in files], "check_stale": True}
        return _report(tree, run, question, origin)
    if len(files) > 1:
        raise CoverageDataError(
            f"{origin}: only data files (.coverage) can be added up exactly; give those, or one report"
        )
    return _from_report(tree, run, read_report(files[0], kinds[files[0]]), origin)


def _from_report(tree: Tree, run: Run, numbers: Mapping[str, FileCoverage], origin: str) -> CoverageReport:
    if run.contexts:
        raise CoverageDataError(f"{origin}: which test ran which line is told by data files (.coverage) only")
    by_file = _by_file(tree)
    places = [run.directory, *tree.roots]
    found: dict[str, FileCoverage] = {}
    for path, each in numbers.items():
        real = next((r for p in places if (r := os.path.realpath(p / path)) in by_file), os.path.realpath(path))
        found[real] = each
    _refuse_elsewhere(by_file, list(found), origin)
    if not any(path in by_file for path in found):
        raise CoverageDataError(f"{origin} has none of the files that are judged")
    question = {
        "config_file": run.config_file,
        "files": sorted(by_file),
        "directory": str(run.directory),
        "branches": any(each.branches for each in numbers.values()),
    }
    now = _ask(question, run.directory)
    if "error" in now:
        raise CoverageDataError(f"{origin}: {now['error']}")
    stale = [p for p, n in now["files"].items() if p in found and _lines(found[p]) != {*n["missing"], *n["executed"]}]
    _refuse_stale(by_file, stale, origin)
    silent = {by_file[path]: _file(each) for path, each in now["files"].items() if path not in found}
    files = silent | {by_file[path]: each for path, each in found.items() if path in by_file and path in now["files"]}
    unparsed = frozenset(by_file[path] for path in now["unparsed"])
    has_branches = bool(question["branches"])
    return CoverageReport(files, run.partial, run.failed, origin, unparsed, has_branches, "a report")


def _lines(each: FileCoverage) -> set[int]:
    return {*each.missing, *each.executed}


def _current() -> Coverage | None:
    module = sys.modules.get("coverage")
    return module.Coverage.current() if module is not None else None


def _config_file(live: Coverage) -> str | bool:
    """The configuration file of a running Coverage. Not public; where it is gone, coverage looks for its file itself."""
    return getattr(getattr(live, "config", None), "config_file", None) or True


def _by_file(tree: Tree) -> dict[str, str]:
    return {os.path.realpath(s.filename): name for name, s in tree.sources.items() if s.filename}


def _report(tree: Tree, run: Run, options: Mapping[str, object], origin: str) -> CoverageReport:
    by_file = _by_file(tree)
    asked = {"files": sorted(by_file), "directory": str(run.directory), "contexts": run.contexts}
    answer = _ask({**options, **asked}, run.directory)
    if "error" in answer or not answer["measured"]:
        reason = answer.get("error") or "no data was collected"
        if run.partial:
            raise NotJudgedError(f"{origin}: {reason}, and {run.partial}")
        raise CoverageDataError(f"{origin}: {reason}")
    _refuse_elsewhere(by_file, answer["measured"], origin)
    _refuse_stale(by_file, answer["stale"], origin)
    files = {by_file[path]: _file(numbers) for path, numbers in answer["files"].items() if path in by_file}
    unparsed = frozenset(by_file[path] for path in answer["unparsed"])
    way = "data files" if "combine" in options else origin
    return CoverageReport(files, run.partial, run.failed, origin, unparsed, bool(answer["branches"]), way)


def is_data(file: Path) -> bool:
    """Whether *file* is a data file of coverage.py's. To ask coverage.py would make it one."""
    try:
        with closing(sqlite3.connect(f"file:{quote(str(file))}?mode=ro", uri=True)) as database:
            return bool(database.execute("select 1 from sqlite_master where name = 'coverage_schema'").fetchall())
    except sqlite3.Error:
        return False


def _refuse_stale(by_file: Mapping[str, str], stale: Sequence[str], origin: str) -> None:
    names = sorted(by_file[path] for path in stale if path in by_file)
    if names:
        shown = ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
        raise CoverageDataError(
            f"{origin} is older than the code: {shown} changed since; measure once more. Where nothing "
            'has changed, code runs in greenlets: set `concurrency = ["greenlet", "thread"]` in [tool.coverage.run]'
        )


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
        return {"error": (done.stderr or done.stdout).strip().rpartition("\n")[2]}
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
        executed=tuple(numbers["executed"]),
        contexts={int(line): tuple(names) for line, names in numbers.get("contexts", {}).items()},
    )
