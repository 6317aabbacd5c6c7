"""The ``recorded-coverage`` rule."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from pytest_fitness.errors import CoverageDataError, NotJudgedError, RuleError
from pytest_fitness.model import Codebase, CoverageReport, Plant, Recorded, Violation
from pytest_fitness.rules import _options
from pytest_fitness.rules._coverage import (
    Total,
    details,
    first_missing,
    fix,
    has_branches,
    measured_files,
    more_lines,
    rounded,
    scope_of,
    with_uncovered,
)

RECORD = "pytest --fitness-record-coverage"


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedCoverage:
    """
    Coverage of a part of the code does not fall below what is written down.

    What is written down is in ``fitness-coverage.toml``, a line a scope, to be committed; the same run as always, with
    ``--fitness-record-coverage``, writes it. The rule fails if the percentage fell *and* more is uncovered than before:
    code that goes, well tested as it was, breaks nothing.

    Why:
        Where a floor of 80 % is far away, the way there is not to lose what there is.

    Violates::

        # 412 of 500 lines were covered when it was written down, 413 of 520 are now

    Instead::

        # tests for the new lines; then pytest --cov --fitness-record-coverage, and commit the file

    Options:
        inside: a layer, a name, or a pattern; without it, all packages of the codebase.
        because: the reason, shown on failure.

    Numbers of another way of measuring (with branches or without, ``--cov`` or ``coverage run``) are not compared: the rule
    fails and says so. A scope that nobody has written down fails, too.

    versionadded: 0.3.0
    """

    name: ClassVar[str] = "recorded-coverage"

    inside: str | None = None
    because: str = ""

    def __post_init__(self) -> None:
        if self.inside is not None:
            _options.text("inside", self.inside)
            if self.inside == "overall":
                raise RuleError("`inside` cannot be 'overall': that is what is written down for the whole codebase")
        _options.because(self.because)

    def find(self, codebase: Codebase) -> Iterator[Violation]:
        """Yield one violation if less is covered than what is written down.

        Raises:
            NotJudgedError: nothing was measured, or only a part of the tests ran.
            CoverageDataError: coverage cannot answer, or there is nothing to compare with.
        """
        scope = self.inside or "overall"
        modules = scope_of(codebase, self.inside)
        report = codebase.coverage()
        files = measured_files(codebase, scope, modules, report)
        total = Total.of(files.values())
        if report.partial:
            raise NotJudgedError(f"{scope} is at {total.percent:.1f} %, but {report.partial}")
        before = codebase.recorded(scope)
        now = Recorded(total.covered, total.possible, has_branches(report), report.way or report.origin)
        if codebase.is_recording:
            self._record(codebase, scope, before, now, report)
            return
        before = _comparable(scope, before, now)
        floor, more = _percent(before), _missed(now) - _missed(before)
        if total.percent < floor and more > 0:
            yield Violation(
                rule=self.name,
                subject=scope,
                message=f"{scope} fell to {rounded(total.percent, floor)} %, from {floor:.1f} %"
                f" ({more} more {total.nouns[more > 1]} uncovered)",
                location=first_missing(files),
                details=tuple(details(scope, total, files, report, floor)),
                fix=fix(files, total, floor),
                because=self.because,
                can_be_known=False,
            )
        elif total.percent < floor:
            codebase.note(
                f"{scope} fell to {total.percent:.1f} %, from {floor:.1f} %, though no more of it is uncovered: "
                "well-tested code is gone"
            )
        elif total.percent > floor:
            codebase.note(
                f"{scope} is at {total.percent:.1f} %, above the {floor:.1f} % that are written down: `{RECORD}`"
            )

    def plants(self, codebase: Codebase) -> Iterator[Plant]:
        """Yield, for each module, lines that no test runs."""
        scope = self.inside or "overall"
        files = measured_files(codebase, scope, scope_of(codebase, self.inside), codebase.coverage())
        before = codebase.recorded(scope)
        lines = more_lines(files, _percent(before)) if before and before.covered else ()
        for module, each in files.items() if lines else ():
            yield with_uncovered(codebase, scope, (module, each), lines)

    @staticmethod
    def _record(codebase: Codebase, scope: str, before: Recorded | None, now: Recorded, report: CoverageReport) -> None:
        if report.failed:
            raise CoverageDataError(
                f"{report.failed} tests failed in this run, so its coverage of {scope} is not written down"
            )
        codebase.record(scope, now)
        down = f", down from {_percent(before):.1f} %" if before and _percent(now) < _percent(before) else ""
        codebase.note(f"{scope} is written down at {_percent(now):.1f} %{down}")


def _comparable(scope: str, before: Recorded | None, now: Recorded) -> Recorded:
    """Return *before*; raise `CoverageDataError` where there is none, or one that was measured in another way."""
    if before is None:
        raise CoverageDataError(f"no coverage of {scope} is written down in fitness-coverage.toml; run `{RECORD}`")
    if (before.branches, before.origin) != (now.branches, now.origin):
        raise CoverageDataError(
            f"coverage of {scope} was written down by {_way(before)}, and is measured by {_way(now)}; "
            f"measure as before, or run `{RECORD}`"
        )
    return before


def _percent(record: Recorded) -> float:
    return 100.0 if record.possible == 0 else 100.0 * record.covered / record.possible


def _missed(record: Recorded) -> int:
    return record.possible - record.covered


def _way(record: Recorded) -> str:
    return f"{record.origin} {'with' if record.branches else 'without'} branches"
