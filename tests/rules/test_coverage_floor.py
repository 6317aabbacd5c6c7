"""The ``coverage-floor`` rule, on given numbers."""

from __future__ import annotations

import pytest

from pytest_fitness import CoverageDataError, EmptySelectionError, NotJudgedError, RuleError
from pytest_fitness.model import CoverageReport, FileCoverage
from pytest_fitness.rules import CoverageFloor
from pytest_fitness.sources import from_texts
from pytest_fitness.testing import codebase

TEN = "\n".join(f"x{n} = {n}" for n in range(10))
SHOP = {"shop.api.routes": TEN, "shop.domain.order": TEN, "shop.domain.tax": TEN}


def found(rule: CoverageFloor, missing: dict[str, tuple[int, ...]]) -> list[str]:
    """Return the violations of *rule* where the lines in *missing* are missing."""
    return [str(v) for v in codebase(SHOP, missing=missing).violations(rule)]


def report(**options: object) -> CoverageReport:
    """Return a report in which tax.py misses six of ten lines."""
    files = {name: FileCoverage(10, ()) for name in SHOP} | {"shop.domain.tax": FileCoverage(10, (1, 2, 3, 4, 5, 6))}
    return CoverageReport(files, **options)  # type: ignore[arg-type]


def test_a_scope_at_the_floor_is_green() -> None:
    """At is enough."""
    assert found(CoverageFloor(80, inside="domain"), {"shop.domain.tax": (1, 2, 3, 4)}) == []


def test_a_scope_below_the_floor_is_one_violation_at_the_worst_file() -> None:
    """Verdict, number and what is short come first."""
    assert found(CoverageFloor(80, inside="domain"), {"shop.domain.tax": (3, 4, 5, 9, 10)}) == [
        "shop/domain/tax.py:3: domain is covered to 75.0 %, not 80 % (1 line short)"
    ]


def test_overall_is_every_package() -> None:
    """Without a scope, all modules count."""
    assert found(CoverageFloor(60), {"shop.api.routes": tuple(range(1, 11))}) == []
    assert found(CoverageFloor(70), {"shop.api.routes": tuple(range(1, 11))}) == [
        "shop/api/routes.py:1: overall is covered to 66.7 %, not 70 % (1 line short)"
    ]


def test_a_percentage_is_never_rounded_up_to_the_floor() -> None:
    """79.97 % is not 80 %, and does not read like it."""
    files = {"shop.domain.order": FileCoverage(10_000, tuple(range(1, 2004)))}
    shop = from_texts({"shop.domain.order": ""}, coverage=CoverageReport(files))

    (violation,) = shop.violations(CoverageFloor(80, inside="domain"))

    assert violation.message == "domain is covered to 79.97 %, not 80 % (3 lines short)"


def test_branches_count_where_they_are_measured() -> None:
    """The number is coverage.py's: lines and branches together."""
    files = {"shop.domain.order": FileCoverage(6, (), branches=4, missing_branches=3)}
    shop = from_texts({"shop.domain.order": ""}, coverage=CoverageReport(files))

    (violation,) = shop.violations(CoverageFloor(80, inside="domain"))

    assert violation.message == "domain is covered to 70.0 %, not 80 % (1 line or branch short)"
    assert "shop/domain/order.py:1   70.0 %  missing branches only" in violation.details


def test_the_details_show_where_to_begin() -> None:
    """A bar, the worst files with line ranges, what nobody imports, failed tests, and the cheapest fix."""
    files = {f"shop.domain.m{n}": FileCoverage(10, (1, 3, 4, 5)) for n in range(6)}
    files["shop.domain.old"] = FileCoverage(10, tuple(range(1, 11)), measured=False)
    files["shop.domain.wide"] = FileCoverage(20, tuple(range(1, 20, 2)))
    shop = from_texts(dict.fromkeys(files, ""), coverage=CoverageReport(files, failed=2, origin="a test"))

    (violation,) = shop.violations(CoverageFloor(70, inside="domain"))

    assert violation.details == (
        "domain  51.1 %  [##########..........]  need 70 %  (46 of 90 lines)",
        "",
        "shop/domain/old.py:1     0.0 %  missing 1-10  (never imported, or outside of what is measured)",
        "shop/domain/wide.py:1   50.0 %  missing 1, 3, 5, 7, 9, 11, 13, 15, ...",
        "shop/domain/m0.py:1     60.0 %  missing 1, 3-5",
        "shop/domain/m1.py:1     60.0 %  missing 1, 3-5",
        "shop/domain/m2.py:1     60.0 %  missing 1, 3-5",
        "and 3 more files with missing lines",
        "at 0 %: 1 file that no test imports, or that coverage itself does not list (no __init__.py): shop/domain/old.py",
        "2 tests failed in this run, which may lower the number",
        "data: a test",
    )
    assert violation.fix == "testing shop/domain/old.py and shop/domain/wide.py would be enough"


def test_a_partial_run_at_the_floor_is_green() -> None:
    """More tests can only add to what is covered."""
    shop = from_texts(SHOP, coverage=report(partial="-k left out some tests"))

    assert shop.violations(CoverageFloor(70, inside="domain")) == []


def test_a_partial_run_below_the_floor_is_not_judged() -> None:
    """The tests that did not run might have covered the rest."""
    shop = from_texts(SHOP, coverage=report(partial="-k left out some tests"))

    with pytest.raises(NotJudgedError, match=r"domain is at 70\.0 %, below 80 %, but -k left out some tests"):
        shop.violations(CoverageFloor(80, inside="domain"))
    assert shop.evaluations == []


def test_without_data_nothing_is_judged() -> None:
    """No coverage is not full coverage."""
    with pytest.raises(NotJudgedError):
        codebase(SHOP).violations(CoverageFloor(1))


def test_a_scope_that_coverage_leaves_out_is_an_error() -> None:
    """``omit`` must not turn a floor into a rule that always holds."""
    shop = from_texts(SHOP, coverage=CoverageReport({"shop.api.routes": FileCoverage(10, ())}))

    with pytest.raises(CoverageDataError, match="coverage leaves out all 2 modules of domain"):
        shop.violations(CoverageFloor(1, inside="domain"))


def test_a_scope_without_statements_is_an_error() -> None:
    """Nothing of nothing is no percentage."""
    shop = from_texts(
        {"shop.domain": "", "shop.api": "x = 1"}, coverage=CoverageReport({"shop.domain": FileCoverage(0, ())})
    )

    with pytest.raises(CoverageDataError, match="no statement"):
        shop.violations(CoverageFloor(1, inside="domain"))


def test_a_file_that_coverage_cannot_parse_is_an_error() -> None:
    """It would silently leave the sum."""
    shop = from_texts(SHOP, coverage=report(unparsed=frozenset({"shop.domain.tax"})))

    with pytest.raises(CoverageDataError, match=r"coverage cannot read shop/domain/tax\.py"):
        shop.violations(CoverageFloor(1, inside="domain"))


def test_a_misspelt_scope_is_an_error() -> None:
    """As in every rule."""
    with pytest.raises(EmptySelectionError, match="did you mean 'domain'"):
        found(CoverageFloor(1, inside="domian"), {})


@pytest.mark.parametrize("percent", [0, -1, 101, True, "80", None])
def test_floors_that_make_no_sense_are_refused(percent: float) -> None:
    """Zero would always hold."""
    with pytest.raises(RuleError, match="CoverageFloor takes a percentage"):
        CoverageFloor(percent)


def test_a_scope_is_one_name() -> None:
    """Not a list, and not nothing."""
    for inside in ("", ["domain"]):
        with pytest.raises(RuleError, match="`inside` takes one name"):
            CoverageFloor(80, inside=inside)  # type: ignore[arg-type]


BRANCHES = {
    "shop.domain.order": FileCoverage(10, (1, 2), branches=10, missing_branches=5),
    "shop.domain.tax": FileCoverage(10, (), branches=0),
    "shop.domain.empty": FileCoverage(0, ()),
}


def floor(percent: float, **options: object) -> list[str]:
    """Return the violations of a floor under the domain, where branches are measured."""
    judged = from_texts(dict.fromkeys(BRANCHES, ""), coverage=CoverageReport(BRANCHES))
    return [v.message for v in judged.violations(CoverageFloor(percent, inside="domain", **options))]  # type: ignore[arg-type]


def test_lines_and_branches_may_be_judged_apart() -> None:
    """By default as coverage.py reports: together."""
    assert floor(91) == ["domain is covered to 76.7 %, not 91 % (5 lines or branches short)"]
    assert floor(91, metric="both") == floor(91)
    assert floor(91, metric="line") == ["domain is covered to 90.0 %, not 91 % (1 line short)"]
    assert floor(51, metric="branch") == ["domain is covered to 50.0 %, not 51 % (1 branch short)"]
    assert floor(50, metric="branch") == floor(90, metric="line") == []


def test_branches_that_were_not_measured_are_not_covered() -> None:
    """The error says what to set."""
    with pytest.raises(CoverageDataError, match="branches were not measured; use `--cov-branch`"):
        codebase(SHOP, missing={}).violations(CoverageFloor(80, metric="branch"))


def test_a_scope_without_branches_has_no_coverage_of_branches() -> None:
    """Where others have some; where nobody has any, the scope is what the error is about all the same."""
    judged = from_texts(dict.fromkeys(BRANCHES, ""), coverage=CoverageReport(BRANCHES))
    with pytest.raises(CoverageDataError, match=r"domain\.tax has no branch that coverage counts"):
        judged.violations(CoverageFloor(80, inside="domain.tax", metric="branch"))
    judged = from_texts({"shop.tax": ""}, coverage=CoverageReport({"shop.tax": FileCoverage(1, ())}, branches=True))
    with pytest.raises(CoverageDataError, match="tax has no branch that coverage counts"):
        judged.violations(CoverageFloor(80, inside="tax", metric="branch"))


def test_what_the_configuration_leaves_out_is_noted() -> None:
    """By the names of the first ones."""
    files = {"shop.domain.order": FileCoverage(1, ())}
    for names in (["a"], ["a", "b", "c", "d"]):
        texts = {"shop.domain.order": "", **{f"shop.domain.{name}": "" for name in names}}
        judged = from_texts(texts, coverage=CoverageReport(files))
        assert judged.violations(CoverageFloor(80, inside="domain")) == []
        more = " and 1 more" if len(names) > 3 else ""
        shown = ", ".join(f"shop.domain.{name}" for name in names[:3]) + more
        assert judged.evaluations[-1].notes == [f"domain without what coverage's configuration leaves out: {shown}"]


def test_a_share_is_no_percentage() -> None:
    """0.8 is not 80 %."""
    with pytest.raises(RuleError, match=r"0\.8 is less than one in a hundred; did you mean 80\?"):
        CoverageFloor(0.8)


def test_each_module_may_have_to_reach_it() -> None:
    """One violation a module; one without a statement does."""
    assert floor(66, each=True) == ["shop.domain.order is covered to 65.0 %, not 66 % (1 line or branch short)"]
    assert floor(65, each=True) == []
    with pytest.raises(NotJudgedError, match=r"shop\.domain\.tax is at 40\.0 %, below 80 %, but -k"):
        from_texts(SHOP, coverage=report(partial="-k")).violations(CoverageFloor(80, each=True))


def test_modules_can_be_left_out_with_a_reason() -> None:
    """Which the summary shows; one that is not there, or leaves nothing, is an error."""
    judged = from_texts(SHOP, coverage=report())
    assert judged.violations(CoverageFloor(100, exclude={"domain.tax": "goes in June"})) == []
    assert judged.evaluations[-1].notes == ["overall without domain.tax: goes in June"]
    for exclude, error in {"domain.txa": EmptySelectionError, "api": EmptySelectionError, "domain": RuleError}.items():
        with pytest.raises(error):
            judged.violations(CoverageFloor(100, inside="domain", exclude={exclude: "why"}))
    with pytest.raises(RuleError, match="needs a reason"):
        CoverageFloor(100, exclude={"domain": ""})
    with pytest.raises(RuleError, match="`metric` is 'line', 'branch', 'both'"):
        CoverageFloor(100, metric="lines")  # type: ignore[arg-type]
