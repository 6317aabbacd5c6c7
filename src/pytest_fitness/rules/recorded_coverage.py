"""The ``recorded-coverage`` rule."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from pytest_fitness.errors import CoverageDataError, NotJudgedError
from pytest_fitness.model import Codebase, Recorded, Violation
from pytest_fitness.rules import _options
from pytest_fitness.rules._coverage import Total, details, first_missing, fix, measured_files, rounded, scope_of

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
        files = measured_files(scope, modules, report)
        total = Total.of(files.values())
        now = Recorded(total.covered, total.possible, bool(total.branches), report.origin)
        before = codebase.recorded(scope)
        if report.partial:
            raise NotJudgedError(f"{scope} is at {total.percent:.1f} %, but {report.partial}")
        if codebase.record(scope, now):
            codebase.note(f"{scope} is written down at {total.percent:.1f} %")
            return
        if before is None:
            raise CoverageDataError(f"no coverage of {scope} is written down in fitness-coverage.toml; run `{RECORD}`")
        if (before.branches, before.origin) != (now.branches, now.origin):
            raise CoverageDataError(
                f"coverage of {scope} was written down by {_way(before)}, and is measured by {_way(now)}; "
                f"measure as before, or run `{RECORD}`"
            )
        floor = 100.0 if before.possible == 0 else 100.0 * before.covered / before.possible
        missed = before.possible - before.covered
        if total.percent >= floor or total.possible - total.covered <= missed:
            if total.percent > floor:
                codebase.note(
                    f"{scope} is at {total.percent:.1f} %, above the {floor:.1f} % that are written down: `{RECORD}`"
                )
            return
        more = total.possible - total.covered - missed
        yield Violation(
            rule=self.name,
            subject=scope,
            message=f"{scope} fell to {rounded(total.percent, floor)} %, from {floor:.1f} %"
            f" ({more} more {total.nouns[more > 1]} uncovered)",
            location=first_missing(files),
            details=tuple(details(scope, total, files, report, floor)),
            fix=fix(files, total, floor),
            because=self.because,
        )


def _way(record: Recorded) -> str:
    return f"{record.origin} {'with' if record.branches else 'without'} branches"
