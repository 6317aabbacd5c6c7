"""Violations as text."""

from __future__ import annotations

from pytest_fitness.model import Evaluation, Location, Violation
from pytest_fitness.report import text

HERE = Location("src/shop/domain/pricing.py", 2, "from shop.domain import helpers")
THERE = Location("src/shop/infra/db.py", 12, "from shop.api import orders")


def test_one_violation_is_its_own_headline() -> None:
    """The verdict comes first."""
    assert text.headline([Violation("layers", "a", "a must not import b", HERE)]) == '"layers": a must not import b'


def test_several_are_counted() -> None:
    """The number comes first."""
    violation = Violation("layers", "a", "a must not import b", HERE)

    assert text.headline([violation, violation]) == '"layers": 2 violations, first: a must not import b'


def test_a_chain_reads_as_a_chain() -> None:
    """Every hop with its place and its line, the last one marked."""
    violation = Violation(
        "layers", "b", "b must not import c", THERE, trail=(HERE, HERE, THERE), fix="cut it", because="ADR 3"
    )

    assert (
        "\n".join(text.lines([violation], "pyproject.toml:41"))
        == """
  src/shop/infra/db.py:12: b must not import c
      src/shop/domain/pricing.py:2      from shop.domain import helpers
      -> src/shop/domain/pricing.py:2   from shop.domain import helpers
        -> src/shop/infra/db.py:12      from shop.api import orders   <-- breaks here
      fix: cut it

because  ADR 3
rule     pyproject.toml:41"""
    )


def test_the_offending_part_is_underlined() -> None:
    """By column and width."""
    where = Location("a.py", 1, "def f(x: dict):", 9, 4)

    assert text.lines([Violation("r", "f", "m", where)])[2:4] == ["      def f(x: dict):", "               ^^^^"]


def test_long_lines_are_cut() -> None:
    """And not underlined beyond the cut."""
    where = Location("a.py", 1, "x" * 200, 150, 4)

    assert text.lines([Violation("r", "f", "m", where)])[2:] == [f"      {'x' * 97}...", ""]


def test_details_replace_the_source_line() -> None:
    """Where a rule has a table to show."""
    violation = Violation("coverage-floor", "domain", "low", HERE, details=("71 %", "", "tax.py"))

    assert text.lines([violation]) == ["", f"  {HERE}: low", "      71 %", "", "      tax.py", ""]


def test_the_full_text_has_both() -> None:
    """Headline, then lines."""
    evaluation = Evaluation("r", [Violation("r", "f", "m", Location("a.py", 1))], place="t.py:3")

    assert text.full(evaluation) == '"r": m\n\n  a.py:1: m\n\nrule     t.py:3'


def test_the_summary_counts_and_shows_notes_once() -> None:
    """What a green run should not hide."""
    green = Evaluation("schemas", notes=["x is unknown"], counts=["3 handlers"])

    assert text.summary([green.brief, green.brief]) == [
        "fitness: 2 rules judged, 0 violations (3 handlers)",
        "  schemas: x is unknown",
    ]
    assert text.summary([Evaluation("r", [Violation("r", "f", "m", HERE)]).brief]) == [
        "fitness: 1 rule judged, 1 violation"
    ]
