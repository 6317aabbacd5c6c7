"""The ``cycles`` rule."""

from __future__ import annotations

import pytest

from pytest_fitness import EmptySelectionError, RuleError
from pytest_fitness.model.cycles import shortest_cycle, tangles
from pytest_fitness.rules import Cycles
from pytest_fitness.testing import codebase


def found(texts: dict[str, str], **options: object) -> list[str]:
    """Return the violations of a rule with *options*, as a terminal shows them."""
    return [str(v) for v in codebase(texts).violations(Cycles(**options))]  # type: ignore[arg-type]


BACK = {
    "shop.orders.model": "from shop.billing import invoice",
    "shop.billing.invoice": "",
    "shop.billing.tax": "\nfrom shop.orders import model",
}


def test_packages_are_compared_with_their_siblings() -> None:
    """Whatever modules of theirs import each other."""
    assert found(BACK) == ["shop/billing/tax.py:2: shop.billing imports itself through shop.orders"]


def test_modules_are_compared_where_that_is_asked_for() -> None:
    """BACK is no circle of modules, and a circle within a package is none of packages."""
    within = {"shop.a.x": "import shop.a.y", "shop.a.y": "import shop.a.x", "shop.b": ""}

    assert found(BACK, of="modules") == []
    assert found(within, of="modules") == ["shop/a/x.py:1: shop.a.x imports itself through shop.a.y"]
    assert found(within) == ["shop/a/x.py:1: shop.a.x imports itself through shop.a.y"]  # siblings in shop.a
    assert found(within, inside="a", of="modules") != []


def test_a_package_and_what_it_holds_are_one() -> None:
    """``__init__`` that gathers names from below, and submodules that use the package."""
    texts = {"shop.a": "from shop.a import x", "shop.a.x": "import shop.a", "shop.b": ""}

    assert found(texts) == []
    assert found(texts, of="modules") == ["shop/a/__init__.py:1: shop.a imports itself through shop.a.x"]


def test_the_shortest_cycle_of_a_tangle_is_shown_import_by_import() -> None:
    """One violation a tangle, which says how large it is."""
    texts = {f"shop.m{n}": f"import shop.m{(n + 1) % 5}" for n in range(5)}
    texts["shop.m3"] = "import shop.m4\nimport shop.m1"
    (violation,) = codebase(texts).violations(Cycles())

    assert violation.message == "shop.m1 imports itself through shop.m2 -> shop.m3, and 2 more are in the same tangle"
    assert [str(hop) for hop in violation.trail] == ["shop/m1.py:1", "shop/m2.py:1", "shop/m3.py:2"]
    assert violation.key == ("cycle", "shop.m0", "shop.m1 shop.m2 shop.m3 shop.m4", "")


def test_two_tangles_are_two_violations() -> None:
    """Each is mended by itself."""
    pairs = {f"shop.{a}": f"import shop.{b}" for a, b in ("ab", "ba", "xy", "yx", "zx")}

    assert [v.split(": ", 1)[1] for v in found(pairs)] == [
        "shop.a imports itself through shop.b",
        "shop.x imports itself through shop.y",
    ]


def test_one_more_is_said_in_the_singular() -> None:
    """Three in a tangle of which two are shown."""
    texts = {"shop.a": "import shop.b, shop.c", "shop.b": "import shop.a", "shop.c": "import shop.a"}

    assert found(texts) == ["shop/a.py:1: shop.a imports itself through shop.b, and 1 more is in the same tangle"]


def test_kinds_can_be_left_out_and_are_said() -> None:
    """An import inside a function is how circles are usually hidden."""
    texts = {"shop.a": "import shop.b", "shop.b": "def f():\n    import shop.a\n"}
    (violation,) = codebase(texts).violations(Cycles())

    assert violation.details == ("shop/b.py:2, inside a function",)
    assert found(texts, except_kinds=("function",)) == []
    assert len(found(texts, except_kinds=("type-checking",))) == 1


def test_an_ignored_import_closes_no_circle() -> None:
    """And one that is not there is an error."""
    assert found(BACK, ignore="shop.billing.tax -> shop.orders.model: until SHOP-7") == []
    with pytest.raises(EmptySelectionError, match=r"no import matches 'shop\.billing\.tax -> shop\.orders'"):
        found(BACK, ignore="shop.billing.tax -> shop.orders: until SHOP-7")


def test_a_file_that_cannot_be_read_may_close_a_circle() -> None:
    """So it is a violation of its own."""
    (text,) = found({"shop.a": "import shop.b", "shop.b": "def (:"})

    assert text.startswith("shop/b.py:1: shop.b cannot be read, so its imports are unknown")


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"of": "module"}, RuleError, "`of` is 'packages' or 'modules'; got 'module'"),
        ({"inside": ""}, RuleError, "`inside` takes one name"),
        ({"inside": "bx"}, EmptySelectionError, "no module matches 'bx'"),
        ({"inside": "b"}, RuleError, "'b' is one module"),
        ({"except_kinds": "functions"}, RuleError, "did you mean 'function'?"),
    ],
)
def test_what_says_nothing_is_an_error(options: dict[str, object], error: type[Exception], message: str) -> None:
    """A rule that is always green."""
    with pytest.raises(error) as raised:
        found({"shop.a": "", "shop.b": ""}, **options)
    assert message in str(raised.value)


def test_tangles_do_not_recurse_and_are_found_in_linear_time() -> None:
    """A ring of many names, with chords."""
    count = 20_000
    ring = {f"{n:05}": {f"{(n + 1) % count:05}", "outside"} for n in range(count)}

    assert [len(tangle) for tangle in tangles(ring)] == [count]
    ring["00007"].add("00005")
    assert len(tangles(ring)) == 1
    assert len(shortest_cycle({n: ring[n] for n in ("00005", "00006", "00007")}, {"00005", "00006", "00007"})) == 3


def test_no_tangle_no_cycle() -> None:
    """A set of names that do not reach one another has none."""
    assert shortest_cycle({"a": {"b"}, "b": set()}, {"a", "b"}) == []
    assert tangles({"a": {"b"}, "b": {"c", "a"}, "c": {"d"}, "d": set()}) == [["a", "b"]]


def test_exemptions_matter_within_circles_alone() -> None:
    """An ignore of an import that is in none is of no use; one that opens the circle is."""
    texts = {"shop": "", "shop.a": "import shop.b", "shop.b": "import shop.a\nimport shop.c", "shop.c": ""}
    for of in ("packages", "modules"):
        judged = codebase(texts)
        assert judged.violations(Cycles(of=of, ignore="shop.b -> shop.a: until SHOP-3")) == []
        with pytest.raises(EmptySelectionError, match="no import that this rule objects to"):
            judged.violations(Cycles(of=of, ignore="shop.b -> shop.c: not in the circle"))
        assert judged.violations(Cycles(of=of, except_kinds="module")) == []
        assert judged.evaluations[-1].notes == ["`except_kinds` leaves out 2 imports of these kinds: module"]


def test_a_package_of_one_module_has_a_name() -> None:
    """Where the rule names none."""
    with pytest.raises(RuleError, match="'shop' is one module: there is nothing that could be a circle"):
        codebase({"shop": ""}).violations(Cycles())
