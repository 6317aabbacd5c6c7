"""The ``covered-by-own-tests`` rule."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from pytest_fitness.errors import CoverageDataError, NotJudgedError
from pytest_fitness.model import Codebase, CoverageReport, FileCoverage, Plant, Violation
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
class CoveredByOwnTests:
    """
    A part of the code is covered by tests of its own, rather than by the luck of end-to-end tests.

    Only lines inside of functions count, since all others run when the module is imported; and of these, the ones that ran
    while a test below *tests* was running. For that, coverage has to note the test: ``pytest --cov --cov-context=test``.

    Why:
        A domain that only the API tests run is covered and untested: nothing looks at what it returns.

    Violates::

        # shop/domain/tax.py is run by tests/api/test_orders.py alone

    Instead::

        # tests/domain/test_tax.py
        def test_tax_is_rounded_per_line(): ...

    Options:
        inside: a layer, a name, or a pattern.
        tests: a directory or file, relative to rootdir: ``"tests/domain"``; or several.
        at_least: a percentage above 0, up to 100, of the lines inside of functions.
        because: the reason, shown on failure.

    versionadded: 0.3.0
    """

    name: ClassVar[str] = "covered-by-own-tests"

    inside: str
    tests: str | tuple[str, ...] | list[str]
    at_least: float
    because: str = ""

    def __post_init__(self) -> None:
        _options.text("inside", self.inside)
        _options.names("tests", self.tests)
        percentage("`at_least`", self.at_least)
        _options.because(self.because)

    def find(self, codebase: Codebase) -> Iterator[Violation]:
        """Yield one violation if too little is covered by the tests named.

        Raises:
            NotJudgedError: nothing was measured, or only a part of the tests ran.
            CoverageDataError: coverage did not note which test ran what, or no test below *tests* ran anything.
        """
        modules = scope_of(codebase, self.inside)
        report = codebase.coverage(contexts=True)
        every = measured_files(codebase, self.inside, modules, report)
        wanted = tuple(_prefix(test) for test in _options.names("tests", self.tests))
        self._require_contexts(report, wanted)
        files = {module: _run_by(each, wanted, codebase.function_lines(module.name)) for module, each in every.items()}
        total = Total.of(files.values())
        if not total.statements:
            raise CoverageDataError(
                f"{self.inside} has no function with a line that coverage counts, so there is nothing to test"
            )
        if total.percent >= self.at_least:
            return
        shown = rounded(total.percent, self.at_least)
        if report.partial:
            raise NotJudgedError(f"{self.inside} is at {shown} % by its own tests, but {report.partial}")
        ran = sum(len({*f.executed} & codebase.function_lines(module.name)) for module, f in every.items())
        luck = ran - sum(len(f.executed) for f in files.values())
        yield Violation(
            rule=self.name,
            subject=self.inside,
            message=f"{self.inside} is covered by its own tests to {shown} %, not {self.at_least:g} %"
            f" ({total.covered} of {total.possible} lines, {total.short_of(self.at_least)} short)",
            location=first_missing(files),
            details=(*worst(files), f"run by other tests: {luck} lines", f"data: {report.origin}"),
            fix=f"test it in {' or '.join(_options.names('tests', self.tests))}",
            because=self.because,
            can_be_known=False,
        )

    def plants(self, codebase: Codebase) -> Iterator[Plant]:
        """Yield, for each module, lines in functions that no test runs."""
        report = codebase.coverage(contexts=True)
        every = measured_files(codebase, self.inside, scope_of(codebase, self.inside), report)
        wanted = tuple(_prefix(test) for test in _options.names("tests", self.tests))
        files = {module: _run_by(each, wanted, codebase.function_lines(module.name)) for module, each in every.items()}
        lines = more_lines(files, self.at_least)
        for module, each in every.items():
            yield with_uncovered(codebase, self.inside, (module, each), lines)

    def _require_contexts(self, report: CoverageReport, wanted: tuple[str, ...]) -> None:
        contexts = {c for each in report.files.values() for names in each.contexts.values() for c in names} - {""}
        if not contexts:
            raise CoverageDataError(
                "coverage did not note which test ran which line; use `pytest --cov --cov-context=test`"
            )
        if not any(context.startswith(wanted) for context in contexts) and not report.partial:
            some = ", ".join(sorted(contexts)[:3])
            raise CoverageDataError(f"no test in {self.tests!r} ran any line of the codebase; tests that did: {some}")


def _prefix(path: str) -> str:
    """As contexts begin: ``tests/domain/`` for a directory, ``tests/test_a.py`` for a file."""
    path = path.strip().removeprefix("./").rstrip("/")
    return path if path.endswith(".py") or "::" in path else f"{path}/"


def _run_by(each: FileCoverage, wanted: tuple[str, ...], inside: frozenset[int]) -> FileCoverage:
    """Only the lines in functions, and only those covered that a test has run."""
    by_tests = {line for line, names in each.contexts.items() if any(name.startswith(wanted) for name in names)}
    lines = {*each.executed, *each.missing} & inside
    missing = tuple(sorted(lines - by_tests))
    executed = tuple(sorted(lines & by_tests))
    return each._replace(statements=len(lines), missing=missing, executed=executed, branches=0, missing_branches=0)
