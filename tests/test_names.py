"""Names and patterns."""

from __future__ import annotations

import pytest

from pytest_fitness.names import NameIndex, did_you_mean, is_exactly, is_under, matches


@pytest.mark.parametrize(
    ("name", "pattern", "expected"),
    [
        ("shop.api", "shop.api", True),
        ("shop.api.v1", "shop.api", True),
        ("shop.apis", "shop.api", False),
        ("shop.api", "shop.*", True),
        ("shop", "shop.*", False),
        ("shop.api.v1.orders", "shop.*.v1", True),
        ("shop.api.x.v1", "shop.*.v1", False),
        ("shop.api.x.v1", "shop.**.v1", True),
        ("shop.v1", "shop.**.v1", True),
        ("shop.api.models", "**.models", True),
        ("models", "**.models", True),
        ("shop.api_v1", "shop.api_*", True),
        ("shop.api.v1", "shop.a*i", True),
        ("shopping", "shop*", True),
        ("anything.at.all", "**", True),
        ("a+b", "a+b", True),
    ],
)
def test_patterns_match_whole_parts_and_everything_below(name: str, pattern: str, expected: bool) -> None:
    """``*`` stays within one part, ``**`` does not."""
    assert matches(name, pattern) is expected


def test_a_name_is_under_itself_and_its_packages() -> None:
    """And not under names that merely begin alike."""
    assert is_under("a.b", "a.b")
    assert is_under("a.b.c", "a.b")
    assert not is_under("a.bc", "a.b")


@pytest.mark.parametrize(
    ("name", "candidates", "expected"),
    [
        ("domian", ["domain", "api"], ["domain"]),
        ("domian", ["domain", "domain.order"], ["domain"]),
        ("infra", ["company.billing.infra2"], ["company.billing.infra2"]),
        ("zzz", ["domain"], []),
        ("abcd", ["abce", "abcf", "abcg"], ["abcg", "abcf"]),
    ],
)
def test_suggestions_are_few_and_near(name: str, candidates: list[str], expected: list[str]) -> None:
    """At most two, none that the first one implies."""
    assert did_you_mean(name, candidates) == expected


def test_a_pattern_stands_for_names_themselves() -> None:
    """What lies below a name is not meant; with two stars at the end, it is."""
    assert [n for n in ("a", "a.b", "a.b.c") if is_exactly(n, "a.*")] == ["a.b"]
    assert [n for n in ("a", "a.b", "a.b.c") if is_exactly(n, "a.**")] == ["a", "a.b", "a.b.c"]
    assert is_exactly("a.b", "a.b")
    assert not is_exactly("a.b.c", "a.b")


def test_an_index_selects_as_a_look_at_every_name_would() -> None:
    """Names that sort between a package and what is below it are no trap."""
    names = ["a", "a.b", "a.b.c", "a-b", "a.b-c", "ab", "a.bc.b", "z"]
    index = NameIndex(names)

    for pattern in ("a", "a.b", "ab", "x", "a.*", "**.b", "*"):
        expected = {n for n in names if (matches(n, pattern) if "*" in pattern else is_under(n, pattern))}
        assert index.select(pattern) == expected
