"""The ``recorded-coverage`` rule."""

from __future__ import annotations

import pytest

from pytest_fitness import CoverageDataError, NotJudgedError, RuleError
from pytest_fitness.model import Codebase, CoverageReport, FileCoverage, Recorded
from pytest_fitness.rules import RecordedCoverage
from pytest_fitness.sources import Run, from_texts

RULE = RecordedCoverage(inside="tax")


def shop(before: Recorded | None, *, record: bool = False, **options: object) -> Codebase:
    """Return a codebase with six of ten lines covered, and *before* written down."""
    report = CoverageReport({"shop.tax": FileCoverage(10, (7, 8, 9, 10))}, **{"origin": "pytest --cov", **options})  # type: ignore[arg-type]
    judged = from_texts({"shop.tax": ""}, coverage=report)
    judged._sources.run = Run(lambda *_: report, record=record)  # type: ignore[attr-defined]
    judged._sources.recorded = {"tax": before}.get  # type: ignore[method-assign,assignment]
    judged._sources.record = lambda *_: None  # type: ignore[method-assign]
    return judged


def was(covered: int, possible: int, **options: object) -> Recorded:
    """Return what was written down, measured as it is now."""
    return Recorded(covered, possible, **{"branches": False, "origin": "pytest --cov", **options})  # type: ignore[arg-type]


@pytest.mark.parametrize(("covered", "possible"), [(6, 10), (3, 6), (96, 100), (0, 4)])
def test_the_same_or_more_is_fine(covered: int, possible: int) -> None:
    """So is less of it, if no more is uncovered: well-tested code that went."""
    assert shop(was(covered, possible)).violations(RULE) == []


def test_more_than_what_is_written_down_is_said() -> None:
    """With the command that writes it down."""
    judged = shop(was(5, 10))
    judged.violations(RULE)

    assert judged.evaluations[-1].notes == [
        "tax is at 60.0 %, above the 50.0 % that are written down: `pytest --fitness-record-coverage`"
    ]


def test_less_is_one_violation() -> None:
    """With what it was."""
    (violation,) = shop(was(7, 10)).violations(RULE)

    assert str(violation) == "shop/tax.py:7: tax fell to 60.0 %, from 70.0 % (1 more line uncovered)"


def test_an_empty_scope_was_covered_whole() -> None:
    """As coverage.py has it."""
    assert len(shop(was(0, 0)).violations(RULE)) == 1


def test_a_run_that_records_compares_with_nothing() -> None:
    """And says what it wrote."""
    judged = shop(None, record=True)

    assert judged.violations(RULE) == []
    assert judged.evaluations[-1].notes == ["tax is written down at 60.0 %"]


def test_a_record_that_falls_says_so_and_a_red_run_writes_none() -> None:
    """Whoever writes down less should know."""
    judged = shop(was(7, 10), record=True)
    judged.violations(RULE)
    assert judged.evaluations[-1].notes == ["tax is written down at 60.0 %, down from 70.0 %"]
    with pytest.raises(
        CoverageDataError, match="2 tests failed in this run, so its coverage of tax is not written down"
    ):
        shop(was(7, 10), record=True, failed=2).violations(RULE)
    assert shop(was(6, 10), failed=2).violations(RULE) == []


def test_well_tested_code_that_goes_is_noted() -> None:
    """The percentage fell, and nothing more is uncovered."""
    judged = shop(was(96, 100))
    judged.violations(RULE)

    (note,) = judged.evaluations[-1].notes
    assert note.startswith("tax fell to 60.0 %, from 96.0 %, though no more of it is uncovered")


def test_the_way_of_measuring_is_more_than_names_of_files() -> None:
    """Those are new in every run; and branches are measured where there are none."""
    assert shop(was(6, 10, origin="data files"), origin=".coverage.x.123", way="data files").violations(RULE) == []
    assert shop(was(6, 10, branches=True), branches=True).violations(RULE) == []


def test_what_cannot_be_compared_is_no_pass() -> None:
    """Nothing written down, another way of measuring, a part of the tests; also with the option to record."""
    with pytest.raises(
        CoverageDataError, match=r"no coverage of tax is written down in fitness-coverage\.toml; run `pytest"
    ):
        shop(None).violations(RULE)
    with pytest.raises(
        CoverageDataError, match="by coverage run without branches, and is measured by pytest --cov without"
    ):
        shop(was(1, 10, origin="coverage run")).violations(RULE)
    with pytest.raises(CoverageDataError, match="with branches, and is measured by pytest --cov without branches"):
        shop(was(1, 10, branches=True)).violations(RULE)
    with pytest.raises(NotJudgedError, match="but -k"):
        shop(was(1, 10), partial="-k", record=True).violations(RULE)
    for inside in ("", "overall"):
        with pytest.raises(RuleError):
            RecordedCoverage(inside=inside)
    judged = from_texts({"shop.tax": ""}, coverage=CoverageReport({"shop.tax": FileCoverage(1, ())}))
    with pytest.raises(CoverageDataError, match="no coverage of overall is written down"):
        judged.violations(RecordedCoverage())
