"""The ``coverage-floor`` rule."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from pytest_fitness.errors import NotJudgedError
from pytest_fitness.model import Codebase, CoverageReport, FileCoverage, Module, Plant, Violation
from pytest_fitness.rules import _options
from pytest_fitness.rules._coverage import (
    Metric,
    Total,
    details,
    first_missing,
    fix,
    measured_files,
    metric,
    more_lines,
    percentage,
    rounded,
    scope_of,
    with_uncovered,
)
from pytest_fitness.rules._plants import part_around


@dataclass(frozen=True, slots=True)
class CoverageFloor:
    """
    The tests of this run cover at least so much of a part of the code.

    The number is coverage.py's own: lines, and branches where branches are measured; compared without rounding. Modules
    that no test imports count as 0 %. Tests that use ``codebase`` run after all others, so the run is complete by then.

    Why:
        Domain logic is where a wrong answer costs most and where a test costs least. One total for the whole project
        lets well-tested glue code hide an untested domain.

    Violates::

        # 71.4 % of shop.domain is covered
        assert codebase.violations(CoverageFloor(80, inside="domain")) == []

    Instead::

        # a test for shop/domain/tax.py, the file with the most missing lines
        def test_tax_is_rounded_per_line(): ...

    Options:
        percent: the floor, from 0 (excluded) to 100.
        inside: a layer, a name, or a pattern; without it, all packages of the codebase.
        metric: ``"line"``, ``"branch"`` or ``"both"``; what coverage itself reports by default: lines, and branches where
            they are measured.
        each: whether every module has to reach the floor by itself. Modules without a statement do.
        exclude: modules that do not count, each with the reason: ``{"domain.legacy": "goes in June"}``; names or patterns.
        because: the reason, shown on failure.

    versionadded: 0.1.0
    """

    name: ClassVar[str] = "coverage-floor"

    percent: float
    inside: str | None = None
    metric: Metric | None = None
    each: bool = False
    exclude: Mapping[str, str] = field(default_factory=dict)
    because: str = ""

    def __post_init__(self) -> None:
        percentage("CoverageFloor", self.percent)
        if self.inside is not None:
            _options.text("inside", self.inside)
        metric(self.metric)
        _options.flag("each", self.each)
        _options.reasons("exclude", self.exclude)
        _options.because(self.because)

    def find(self, codebase: Codebase) -> Iterator[Violation]:
        """Yield one violation if the scope is below the floor; with `each`, one a module.

        Raises:
            NotJudgedError: nothing was measured, or only a part of the tests ran and they do not reach the floor.
            CoverageDataError: coverage was on but cannot answer.
        """
        scope = self.inside or "overall"
        modules = scope_of(codebase, self.inside, self.exclude)
        report = codebase.coverage()
        files = measured_files(codebase, scope, modules, report, self.metric)
        parts = {module.name: {module: each} for module, each in files.items()} if self.each else {scope: files}
        low = {
            name: part for name, part in parts.items() if Total.of(part.values(), self.metric).percent < self.percent
        }
        if low and report.partial:
            name, part = next(iter(low.items()))
            total = Total.of(part.values(), self.metric)
            raise NotJudgedError(f"{name} is at {total.percent:.1f} %, below {self.percent:g} %, but {report.partial}")
        for name, part in low.items():
            yield self._violation(name, part, report)

    def plants(self, codebase: Codebase) -> Iterator[Plant]:
        """Yield, for each module, lines that no test runs, enough to break the floor; also beside a scope that is a part of a layer."""
        scope = self.inside or "overall"
        modules = scope_of(codebase, self.inside, self.exclude)
        report = codebase.coverage()
        files = measured_files(codebase, scope, modules, report, self.metric)
        for module, each in files.items():
            own = {module: each} if self.each else files
            lines = more_lines(own, self.percent, self.metric)
            yield with_uncovered(codebase, module.name if self.each else scope, (module, each), lines, self.metric)
        judged = frozenset(module.name for module in modules)
        every = {codebase.modules[name]: each for name, each in report.files.items() if name in codebase.modules}
        for module, each in every.items():
            if self.inside and module.name in part_around(codebase, judged) - judged:
                lines = more_lines(every, self.percent, self.metric)
                plant = with_uncovered(codebase, scope, (module, each), lines, self.metric)
                yield plant._replace(names=(), beyond=True)

    def _violation(self, scope: str, files: dict[Module, FileCoverage], report: CoverageReport) -> Violation:
        total = Total.of(files.values(), self.metric)
        return Violation(
            rule=self.name,
            subject=scope,
            message=f"{scope} is covered to {rounded(total.percent, self.percent)} %, not {self.percent:g} %"
            f" ({total.short_of(self.percent)} short)",
            location=first_missing(files),
            details=tuple(details(scope, total, files, report, self.percent)),
            fix=fix(files, total, self.percent),
            because=self.because,
            can_be_known=False,
        )
