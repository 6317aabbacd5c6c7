"""What the coverage rules share: sums, checks and words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from pytest_fitness.errors import CoverageDataError, EmptySelectionError, RuleError
from pytest_fitness.model import FAR_BELOW, Codebase, CoverageReport, FileCoverage, Location, Module, Plant, uncovered

BAR_WIDTH = 20
WORST_FILES = 5

Metric = Literal["line", "branch", "both"]


@dataclass(frozen=True, slots=True)
class Total:
    """Sums of coverage.py's integers; the percentage is coverage.py's own expression, hence equal to the last bit."""

    statements: int
    missing: int
    branches: int
    missing_branches: int

    @classmethod
    def of(cls, files: Iterable[FileCoverage], metric: Metric | None = None) -> Total:
        """Add up *files*; of one metric, only its numbers."""
        each = list(files)
        lines, branches = metric != "branch", metric != "line"
        return cls(
            sum(f.statements for f in each) if lines else 0,
            sum(len(f.missing) for f in each) if lines else 0,
            sum(f.branches for f in each) if branches else 0,
            sum(f.missing_branches for f in each) if branches else 0,
        )

    @property
    def possible(self) -> int:
        """All lines and branches."""
        return self.statements + self.branches

    @property
    def covered(self) -> int:
        """Those that ran."""
        return self.possible - self.missing - self.missing_branches

    @property
    def percent(self) -> float:
        """What is covered; 100 where there is nothing to cover."""
        return 100.0 if self.possible == 0 else (100.0 * self.covered) / self.possible

    def units_short(self, floor: float) -> int:
        """How many more lines or branches must be covered."""
        short = 0
        while 100.0 * (self.covered + short) / self.possible < floor:
            short += 1
        return short

    @property
    def nouns(self) -> tuple[str, str]:
        """What is counted, one and several."""
        if not self.statements and self.branches:
            return "branch", "branches"
        return ("line or branch", "lines or branches") if self.branches else ("line", "lines")

    def short_of(self, floor: float) -> str:
        """How many, in words."""
        short = self.units_short(floor)
        noun, plural = self.nouns
        return f"{short} {noun if short == 1 else plural}"


def percentage(what: str, value: object) -> None:
    """Raise `RuleError` where *value* is no percentage."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= 100:
        raise RuleError(f"{what} takes a percentage above 0 and up to 100; got {value!r}")
    if value < 1:
        raise RuleError(
            f"{what} takes a percentage: {value!r} is less than one in a hundred; did you mean {value * 100:g}?"
        )


def metric(value: object) -> None:
    """Raise `RuleError` where *value* is no metric."""
    if value not in (None, *get_args(Metric)):
        raise RuleError(f"`metric` is {', '.join(map(repr, get_args(Metric)))}; got {value!r}")


def scope_of(codebase: Codebase, inside: str | None, exclude: Mapping[str, str] | None = None) -> list[Module]:
    """Return the modules of a scope, less what is excluded, with a note that says so.

    Raises:
        EmptySelectionError: the scope, or an excluded name, matches nothing.
        RuleError: nothing is left.
    """
    scope = inside or "overall"
    names = [inside] if inside is not None else codebase.packages
    modules = [module for name in names for module in codebase.select(name)]
    for name, reason in (exclude or {}).items():
        gone = {module.name for module in codebase.select(name)}
        if gone.isdisjoint(module.name for module in modules):
            raise EmptySelectionError("module", name, (m.name for m in modules), f"it is an `exclude` entry of {scope}")
        codebase.note(f"{scope} without {name}: {reason}")
        modules = [module for module in modules if module.name not in gone]
    if not modules:
        raise RuleError(f"`exclude` leaves nothing of {scope}")
    return modules


def measured_files(
    codebase: Codebase, scope: str, modules: Sequence[Module], report: CoverageReport, metric: Metric | None = None
) -> dict[Module, FileCoverage]:
    """Return what coverage says of *modules*, with a note of the ones that its configuration leaves out.

    Raises:
        CoverageDataError: it leaves them out, wholly or in part unreadable: that is not 100 %.
    """
    files = {module: report.files[module.name] for module in modules if module.name in report.files}
    if not files:
        raise CoverageDataError(
            f"coverage leaves out all {len(modules)} modules of {scope}: see `omit` and `include` of its configuration"
        )
    if not any(each.statements for each in files.values()):
        raise CoverageDataError(f"{scope} has no statement that coverage counts, so a floor says nothing about it")
    if metric in ("branch", "both") and not has_branches(report):
        raise CoverageDataError(
            "branches were not measured; use `--cov-branch`, or `branch = true` in [tool.coverage.run]"
        )
    if metric == "branch" and not any(each.branches for each in files.values()):
        raise CoverageDataError(f"{scope} has no branch that coverage counts, so a floor says nothing about it")
    omitted = [m.name for m in modules if m.name not in report.files and m.name not in report.unparsed]
    if omitted:
        shown = ", ".join(omitted[:3]) + (f" and {len(omitted) - 3} more" if len(omitted) > 3 else "")
        codebase.note(f"{scope} without what coverage's configuration leaves out: {shown}")
    broken = [m.path for m in modules if m.name in report.unparsed]
    if broken:
        raise CoverageDataError(f"coverage cannot read {', '.join(broken)}; mend or exclude it")
    return files


def has_branches(report: CoverageReport) -> bool:
    """Whether branches were measured."""
    return report.branches or any(each.branches for each in report.files.values())


def details(
    scope: str, total: Total, files: dict[Module, FileCoverage], report: CoverageReport, floor: float
) -> Iterator[str]:
    """Yield the number with a bar, the worst files, and what may have lowered the number."""
    yield (
        f"{scope}  {rounded(total.percent, floor)} %  {_bar(total.percent)}  need {floor:g} %"
        f"  ({total.covered} of {total.possible} {total.nouns[1].replace(' or ', ' and ')})"
    )
    yield ""
    yield from worst(files)
    unmeasured = [module.path for module, each in files.items() if not each.measured and _missed(each)]
    if unmeasured:
        shown = ", ".join(sorted(unmeasured)[:3]) + (", ..." if len(unmeasured) > 3 else "")
        count = f"{len(unmeasured)} file{'s' * (len(unmeasured) != 1)}"
        yield f"at 0 %: {count} that no test imports, or that coverage itself does not list (no __init__.py): {shown}"
    if report.failed:
        yield f"{report.failed} test{'s' * (report.failed != 1)} failed in this run, which may lower the number"
    yield f"data: {report.origin}"


def worst(files: dict[Module, FileCoverage]) -> Iterator[str]:
    """Yield a line a file, the one with the most to cover first."""
    by_missed = sorted(files.items(), key=lambda item: (-_missed(item[1]), item[0].path))
    shown = [(module, each) for module, each in by_missed if _missed(each)][:WORST_FILES]
    places = [str(_location(module, each)) for module, each in shown]
    width = max(map(len, places), default=0)
    for place, (_, each) in zip(places, shown, strict=True):
        yield f"{place:<{width}}  {Total.of([each]).percent:5.1f} %  missing {ranges(each.missing)}{_note(each)}"
    rest = sum(1 for _, each in by_missed if _missed(each)) - len(shown)
    if rest:
        yield f"and {rest} more file{'s' * (rest != 1)} with missing lines"


def rounded(percent: float, floor: float) -> str:
    """One decimal, or as many as it takes to look as far below the floor as it is."""
    texts = (f"{percent:.{digits}f}" for digits in range(1, 17))
    return next((text for text in texts if float(text) < floor), repr(percent))


def _bar(percent: float) -> str:
    full = int(percent * BAR_WIDTH / 100)
    return f"[{'#' * full}{'.' * (BAR_WIDTH - full)}]"


def _missed(each: FileCoverage) -> int:
    return len(each.missing) + each.missing_branches


def _note(each: FileCoverage) -> str:
    return "" if each.measured else "  (never imported, or outside of what is measured)"


def _location(module: Module, each: FileCoverage) -> Location:
    return Location(module.path, each.missing[0] if each.missing else 1)


def first_missing(files: dict[Module, FileCoverage]) -> Location:
    """Return the first missing line of the file that misses most."""
    module, each = min(files.items(), key=lambda item: (-_missed(item[1]), item[0].path))
    return _location(module, each)


def ranges(lines: Sequence[int]) -> str:
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


def fix(files: dict[Module, FileCoverage], total: Total, floor: float) -> str:
    """The fewest files whose complete testing reaches the floor."""
    needed = total.units_short(floor)
    chosen: list[str] = []
    for module, each in sorted(files.items(), key=lambda item: (-_missed(item[1]), item[0].path)):
        if needed > 0:
            chosen.append(module.path)
            needed -= _missed(each)
    more = f" and {len(chosen) - 3} more files" if len(chosen) > 3 else ""
    return f"testing {' and '.join(chosen[:3])}{more} would be enough"


def more_lines(files: Mapping[Module, FileCoverage], floor: float, metric: Metric | None = None) -> tuple[int, ...]:
    """Return as many invented lines as it takes, uncovered, to be below *floor*, and more than any file misses."""
    total = Total.of(files.values(), metric)
    count = int(100 * total.covered / floor) - total.possible + 1
    most = max((_missed(each) for each in files.values()), default=0)
    return tuple(range(FAR_BELOW, FAR_BELOW + max(count, most + 1)))


def with_uncovered(
    codebase: Codebase,
    scope: str,
    file: tuple[Module, FileCoverage],
    lines: tuple[int, ...],
    metric: Metric | None = None,
) -> Plant:
    """Return *lines*, or branches, that no test runs as a plant; they count as changed, and as inside of functions."""
    module, each = file
    without = uncovered(each, lines)
    if metric == "branch":
        count = len(lines)
        without = each._replace(branches=each.branches + count, missing_branches=each.missing_branches + count)
    planted = codebase.with_coverage({module.name: without}, {module.name: frozenset(lines)})
    what = f"{len(lines)} lines in {module.name} that no test runs"
    return Plant(what, planted, names=(scope,), path=module.path)
