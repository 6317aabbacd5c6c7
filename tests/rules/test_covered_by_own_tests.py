"""The ``covered-by-own-tests`` rule."""

from __future__ import annotations

import pytest

from pytest_fitness import CoverageDataError, NotJudgedError, RuleError
from pytest_fitness.model import Codebase, CoverageReport, FileCoverage
from pytest_fitness.rules import CoveredByOwnTests
from pytest_fitness.sources import from_texts

OWN, OTHER = "tests/domain/test_tax.py::test_a|run", "tests/domain_api/test_x.py::test_b|run"
CONTEXTS = {1: ("", OWN), 2: (OWN,), 3: (OTHER,), 4: (OWN, OTHER), 5: (OWN,)}
TEXT = "def tax(x):\n    y = x\n    z = y\n    a = z\n    b = a\n    return b\n"


def shop(contexts: dict[int, tuple[str, ...]], **options: object) -> Codebase:
    """Return a codebase in which tests have run lines 1 to 5 of 6."""
    files = {"shop.tax": FileCoverage(6, (6,), branches=3, executed=tuple(contexts), contexts=contexts)}
    return from_texts({"shop.tax": TEXT}, coverage=CoverageReport(files, origin="pytest --cov", **options))  # type: ignore[arg-type]


def rule(at_least: float, tests: str | tuple[str, ...] = "tests/domain") -> CoveredByOwnTests:
    """Return the rule for the tax module."""
    return CoveredByOwnTests(inside="tax", tests=tests, at_least=at_least)


@pytest.mark.parametrize(
    "tests", ["tests/domain", "./tests/domain/", "tests/domain/test_tax.py", ("tests/none", "tests/domain")]
)
def test_lines_that_own_tests_ran_are_enough(tests: str | tuple[str, ...]) -> None:
    """Three of five: the line that runs on import does not count, in whichever test; the ones that others or nobody ran do."""
    assert shop(CONTEXTS).violations(rule(60, tests)) == []


def test_too_few_of_them_are_one_violation() -> None:
    """A directory whose name only begins the same is another."""
    (violation,) = shop(CONTEXTS).violations(rule(61))

    assert str(violation) == (
        "shop/tax.py:3: tax is covered by its own tests to 60.0 %, not 61 % (3 of 5 lines, 1 line short)"
    )
    assert violation.details[-2:] == ("run by other tests: 1 lines", "data: pytest --cov")
    assert violation.fix == "test it in tests/domain"


def test_without_contexts_nothing_can_be_told() -> None:
    """And with a directory in which no test ran anything, nothing would be."""
    with pytest.raises(CoverageDataError, match="--cov-context=test"):
        shop({1: ("",), 2: ()}).violations(rule(60))
    with pytest.raises(
        CoverageDataError, match="no test in 'tests/domian' ran any line of the codebase; tests that did: tests/"
    ):
        shop(CONTEXTS).violations(rule(60, "tests/domian"))


def test_a_scope_without_functions_has_nothing_to_test() -> None:
    """Never 100 %."""
    files = {"shop.tax": FileCoverage(2, (), executed=(1, 2), contexts={1: (OWN,), 2: (OWN,)})}
    judged = from_texts({"shop.tax": "x = 1\ny = 2\n"}, coverage=CoverageReport(files))

    with pytest.raises(CoverageDataError, match="tax has no function with a line that coverage counts"):
        judged.violations(rule(60))


def test_a_part_of_the_tests_cannot_tell() -> None:
    """Unless it is enough."""
    with pytest.raises(NotJudgedError, match=r"tax is at 60\.0 % by its own tests, but -k"):
        shop(CONTEXTS, partial="-k").violations(rule(70))
    with pytest.raises(NotJudgedError):
        shop({3: (OTHER,)}, partial="-k").violations(rule(70))
    assert shop(CONTEXTS, partial="-k").violations(rule(60)) == []


def test_options_are_checked() -> None:
    """When the rule is made."""
    for options in ({"inside": ""}, {"tests": ()}, {"at_least": 101}):
        with pytest.raises(RuleError):
            CoveredByOwnTests(**{"inside": "a", "tests": "b", "at_least": 1, **options})  # type: ignore[arg-type]
