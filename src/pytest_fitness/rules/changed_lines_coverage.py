"""The ``changed-lines-coverage`` rule."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from pytest_fitness.errors import NotJudgedError
from pytest_fitness.model import Codebase, FileCoverage, Plant, Violation
from pytest_fitness.rules import _options
from pytest_fitness.rules._coverage import (
    Total,
    first_missing,
    measured_files,
    more_lines,
    percentage,
    rounded,
    scope_of,
    with_uncovered,
    worst,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedLinesCoverage:
    """
    The tests cover at least so much of the lines that a branch adds or changes.

    Lines are those that git shows as new since the branch left *against*, what is not committed among them; of these, the
    statements that coverage counts. Files that git ignores, or keeps in a submodule, it does not show. A branch that
    changes none of them is fine, and the summary says so.

    Why:
        The floor of a legacy codebase is low for years. New code need not wait for that.

    Violates::

        # 12 of 20 changed lines ran, with ChangedLinesCoverage(at_least=90, against="origin/main")

    Instead::

        # tests for what is new, in the same pull request

    Options:
        at_least: a percentage above 0, up to 100.
        against: the branch, tag or commit to compare with.
        inside: a layer, a name, or a pattern; without it, all packages of the codebase.
        because: the reason, shown on failure.

    Without git, or in a shallow clone that lacks the commit, the rule is not judged: skipped with the reason, or failed
    in CI.

    versionadded: 0.3.0
    """

    name: ClassVar[str] = "changed-lines-coverage"

    at_least: float
    against: str
    inside: str | None = None
    because: str = ""

    def __post_init__(self) -> None:
        percentage("`at_least`", self.at_least)
        _options.text("against", self.against)
        if self.inside is not None:
            _options.text("inside", self.inside)
        _options.because(self.because)

    def find(self, codebase: Codebase) -> Iterator[Violation]:
        """Yield one violation if too few of the changed lines ran.

        Raises:
            NotJudgedError: nothing was measured, git cannot tell, or only a part of the tests ran.
            CoverageDataError: coverage was on but cannot answer.
        """
        modules = scope_of(codebase, self.inside)
        report = codebase.coverage()
        every = measured_files(codebase, self.inside or "overall", modules, report)
        changed = codebase.changed_lines(self.against)
        files = {
            module: _within(each, changed[module.name]) for module, each in every.items() if module.name in changed
        }
        total = Total.of(files.values())
        if not total.statements:
            codebase.note(f"no line that coverage counts has changed since {self.against}")
            return
        codebase.note_count(f"{total.statements} changed line{'s' * (total.statements != 1)}")
        if total.percent >= self.at_least:
            return
        shown = rounded(total.percent, self.at_least)
        if report.partial:
            raise NotJudgedError(f"the changed lines are at {shown} %, below {self.at_least:g} %, but {report.partial}")
        yield Violation(
            rule=self.name,
            subject=self.inside or "overall",
            message=f"the lines changed since {self.against} are covered to {shown} %, not {self.at_least:g} %"
            f" ({total.covered} of {total.possible}, {total.short_of(self.at_least)} short)",
            location=first_missing(files),
            details=(*worst(files), f"data: {report.origin}"),
            fix="test what is new: the lines above",
            because=self.because,
            can_be_known=False,
        )

    def plants(self, codebase: Codebase) -> Iterator[Plant]:
        """Yield, for each module, new lines that no test runs."""
        scope = self.inside or "overall"
        every = measured_files(codebase, scope, scope_of(codebase, self.inside), codebase.coverage())
        changed = codebase.changed_lines(self.against)
        files = {m: _within(each, changed[m.name]) for m, each in every.items() if m.name in changed}
        lines = more_lines(files, self.at_least)
        for module, each in every.items():
            yield with_uncovered(codebase, scope, (module, each), lines)


def _within(each: FileCoverage, lines: frozenset[int]) -> FileCoverage:
    missing = tuple(line for line in each.missing if line in lines)
    executed = tuple(line for line in each.executed if line in lines)
    return each._replace(
        statements=len(missing) + len(executed),
        missing=missing,
        executed=executed,
        branches=0,
        missing_branches=0,
    )
