"""The ``changed-lines-coverage`` rule."""

from __future__ import annotations

import pytest

from pytest_fitness import EmptySelectionError, NotJudgedError, RuleError
from pytest_fitness.model import Codebase, CoverageReport, FileCoverage
from pytest_fitness.rules import ChangedLinesCoverage
from pytest_fitness.sources import from_texts

RULE = ChangedLinesCoverage(at_least=75, against="main")
TAX = FileCoverage(8, (5, 6, 7, 8), branches=9, missing_branches=9, executed=(1, 2, 3, 4))


def shop(lines: dict[str, set[int]], **options: object) -> Codebase:
    """Return a codebase in which *lines* have changed."""
    files = {"shop.tax": TAX, "shop.api": FileCoverage(1, (), executed=(1,))}
    judged = from_texts(dict.fromkeys(files, ""), coverage=CoverageReport(files, **options))  # type: ignore[arg-type]
    judged._sources.changed_lines = lambda _: {n: frozenset(found) for n, found in lines.items()}  # type: ignore[method-assign,assignment]
    return judged


def test_lines_that_ran_are_enough_of_the_changed_ones() -> None:
    """Blank lines and comments do not count; the summary says how many did."""
    judged = shop({"shop.tax": {2, 3, 4, 5, 99}})

    assert judged.violations(RULE) == []
    assert judged.evaluations[-1].counts == ["4 changed lines"]


def test_too_few_of_them_are_one_violation() -> None:
    """At the first of them; branches do not count."""
    (violation,) = shop({"shop.tax": {4, 5, 7}, "shop.api": {1}}).violations(RULE)

    assert str(violation) == (
        "shop/tax.py:5: the lines changed since main are covered to 50.0 %, not 75 % (2 of 4, 1 line short)"
    )
    assert violation.details[0] == "shop/tax.py:5   33.3 %  missing 5, 7"


def test_a_branch_that_changes_nothing_is_fine_and_said() -> None:
    """In the scope, that is."""
    judged = shop({"shop.tax": {5}})

    assert judged.violations(ChangedLinesCoverage(at_least=75, against="main", inside="api")) == []
    assert judged.evaluations[-1].notes == ["no line that coverage counts has changed since main"]


def test_a_part_of_the_tests_cannot_tell() -> None:
    """Unless it is enough."""
    with pytest.raises(NotJudgedError, match=r"at 0\.0 %, below 75 %, but -k left out some tests"):
        shop({"shop.tax": {5}}, partial="-k left out some tests").violations(RULE)
    assert shop({"shop.tax": {1}}, partial="-k left out some tests").violations(RULE) == []


def test_a_codebase_in_memory_has_no_history() -> None:
    """And options are checked."""
    judged = from_texts({"shop.tax": ""}, coverage=CoverageReport({"shop.tax": TAX}))
    with pytest.raises(NotJudgedError, match="no history"):
        judged.violations(RULE)
    with pytest.raises(EmptySelectionError):
        judged.violations(ChangedLinesCoverage(at_least=75, against="main", inside="nowhere"))
    for options in (
        {"at_least": 0, "against": "x"},
        {"at_least": 5, "against": ""},
        {"at_least": 5, "against": "x", "inside": ""},
    ):
        with pytest.raises(RuleError):
            ChangedLinesCoverage(**options)  # type: ignore[arg-type]
