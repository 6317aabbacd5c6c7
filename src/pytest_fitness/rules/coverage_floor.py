"""The ``coverage-floor`` rule."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

from pytest_fitness.errors import CoverageDataError, NotJudgedError, RuleError
from pytest_fitness.model import Codebase, CoverageReport, FileCoverage, Location, Module, Violation

BAR_WIDTH = 20
WORST_FILES = 5


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
        because: the reason, shown on failure.

    versionadded: 0.1.0
    """

    name: ClassVar[str] = "coverage-floor"

    percent: float
    inside: str | None = None
    because: str = ""

    def __post_init__(self) -> None:
        if isinstance(self.percent, bool) or not isinstance(self.percent, int | float) or not 0 < self.percent <= 100:
            raise RuleError(f"CoverageFloor takes a percentage above 0 and up to 100; got {self.percent!r}")
        if self.inside is not None and (not isinstance(self.inside, str) or not self.inside):
            raise RuleError(f"`inside` takes one name; got {self.inside!r}")

    def find(self, codebase: Codebase) -> Iterator[Violation]:
        """Yield one violation if the scope is below the floor.

        Raises:
            NotJudgedError: nothing was measured, or only a part of the tests ran and they do not reach the floor.
            CoverageDataError: coverage was on but cannot answer.
        """
        scope = self.inside or "overall"
        names = [self.inside] if self.inside is not None else codebase.packages
        modules = [module for name in names for module in codebase.select(name)]
        report = codebase.coverage()
        files = {module: report.files[module.name] for module in modules if module.name in report.files}
        _refuse_missing(scope, modules, files, report)
        total = _Total.of(files.values())
        if total.percent >= self.percent:
            return
        if report.partial:
            raise NotJudgedError(f"{scope} is at {total.percent:.1f} %, below {self.percent:g} %, but {report.partial}")
        yield Violation(
            rule=self.name,
            subject=scope,
            message=f"{scope} is covered to {_rounded(total.percent, self.percent)} %, not {self.percent:g} %"
            f" ({total.short_of(self.percent)} short)",
            location=_first_missing(files),
            details=tuple(self._details(scope, total, files, report)),
            fix=_fix(files, total, self.percent),
            because=self.because,
        )

    def _details(
        self, scope: str, total: _Total, files: dict[Module, FileCoverage], report: CoverageReport
    ) -> Iterator[str]:
        yield (
            f"{scope}  {_rounded(total.percent, self.percent)} %  {_bar(total.percent)}  need {self.percent:g} %"
            f"  ({total.covered} of {total.possible} {'lines and branches' if total.branches else 'lines'})"
        )
        yield ""
        worst = sorted(files.items(), key=lambda item: (-_missed(item[1]), item[0].path))
        shown = [(module, each) for module, each in worst if _missed(each)][:WORST_FILES]
        places = [str(_location(module, each)) for module, each in shown]
        width = max(map(len, places))
        for place, (_, each) in zip(places, shown, strict=True):
            yield f"{place:<{width}}  {_Total.of([each]).percent:5.1f} %  missing {_ranges(each.missing)}{_note(each)}"
        rest = sum(1 for _, each in worst if _missed(each)) - len(shown)
        if rest:
            yield f"and {rest} more file{'s' * (rest != 1)} with missing lines"
        if report.failed:
            yield f"{report.failed} test{'s' * (report.failed != 1)} failed in this run, which may lower the number"
        yield f"data: {report.origin}"


@dataclass(frozen=True, slots=True)
class _Total:
    """Sums of coverage.py's integers; the percentage is coverage.py's own expression, hence equal to the last bit."""

    statements: int
    missing: int
    branches: int
    missing_branches: int

    @classmethod
    def of(cls, files: Iterable[FileCoverage]) -> _Total:
        each = list(files)
        return cls(
            sum(f.statements for f in each),
            sum(len(f.missing) for f in each),
            sum(f.branches for f in each),
            sum(f.missing_branches for f in each),
        )

    @property
    def possible(self) -> int:
        return self.statements + self.branches

    @property
    def covered(self) -> int:
        return self.possible - self.missing - self.missing_branches

    @property
    def percent(self) -> float:
        return 100.0 if self.possible == 0 else (100.0 * self.covered) / self.possible

    def units_short(self, floor: float) -> int:
        """How many more lines or branches must be covered."""
        short = 0
        while 100.0 * (self.covered + short) / self.possible < floor:
            short += 1
        return short

    def short_of(self, floor: float) -> str:
        short = self.units_short(floor)
        noun = "line or branch" if self.branches else "line"
        plural = "lines or branches" if self.branches else "lines"
        return f"{short} {noun if short == 1 else plural}"


def _refuse_missing(
    scope: str, modules: Sequence[Module], files: dict[Module, FileCoverage], report: CoverageReport
) -> None:
    """A scope that coverage leaves out, wholly or in part unreadable, is not covered by 100 %."""
    if not files:
        raise CoverageDataError(
            f"coverage leaves out all {len(modules)} modules of {scope}: see `omit` and `include` of its configuration"
        )
    if not any(each.statements for each in files.values()):
        raise CoverageDataError(f"{scope} has no statement that coverage counts, so a floor says nothing about it")
    broken = [m.path for m in modules if m.name in report.unparsed]
    if broken:
        raise CoverageDataError(f"coverage cannot read {', '.join(broken)}; mend or exclude it")


def _rounded(percent: float, floor: float) -> str:
    """One decimal, or as many as it takes to look as far below the floor as it is."""
    texts = (f"{percent:.{digits}f}" for digits in range(1, 17))
    return next((text for text in texts if float(text) < floor), repr(percent))


def _bar(percent: float) -> str:
    full = int(percent * BAR_WIDTH / 100)
    return f"[{'#' * full}{'.' * (BAR_WIDTH - full)}]"


def _missed(each: FileCoverage) -> int:
    return len(each.missing) + each.missing_branches


def _note(each: FileCoverage) -> str:
    return "" if each.measured else "  (no test imports it)"


def _location(module: Module, each: FileCoverage) -> Location:
    return Location(module.path, each.missing[0] if each.missing else 1)


def _first_missing(files: dict[Module, FileCoverage]) -> Location:
    module, each = min(files.items(), key=lambda item: (-_missed(item[1]), item[0].path))
    return _location(module, each)


def _ranges(lines: Sequence[int]) -> str:
    """``(18, 19, 20, 52)`` as ``18-20, 52``."""
    if not lines:
        return "branches only"
    spans: list[list[int]] = []
    for line in lines:
        if spans and line == spans[-1][1] + 1:
            spans[-1][1] = line
        else:
            spans.append([line, line])
    texts = [str(a) if a == b else f"{a}-{b}" for a, b in spans]
    return ", ".join(texts[:8]) + (", ..." if len(texts) > 8 else "")


def _fix(files: dict[Module, FileCoverage], total: _Total, floor: float) -> str:
    """The fewest files whose complete testing reaches the floor."""
    needed = total.units_short(floor)
    chosen: list[str] = []
    for module, each in sorted(files.items(), key=lambda item: (-_missed(item[1]), item[0].path)):
        if needed > 0:
            chosen.append(module.path)
            needed -= _missed(each)
    more = f" and {len(chosen) - 3} more files" if len(chosen) > 3 else ""
    return f"testing {' and '.join(chosen[:3])}{more} would be enough"
