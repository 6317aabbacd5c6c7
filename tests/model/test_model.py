"""Values: locations, violations, the graph, the codebase."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import pytest

from pytest_fitness import Codebase, Location, NotJudgedError, RuleError, SettingsError, Violation
from pytest_fitness.model import Handler, Import, ImportGraph, Search, Slot, implicit_parents, row, unhindered
from pytest_fitness.rules import Layers
from pytest_fitness.testing import codebase


def edge(importer: str, imported: str, line: int = 1) -> Import:
    """Return an import."""
    return Import(importer, imported, Location(f"{importer}.py", line))


def test_a_violation_begins_with_a_place_to_click() -> None:
    """Path and line, then the sentence."""
    violation = Violation("layers", "a", "a must not import b", Location("src/a.py", 3))

    assert str(violation) == "src/a.py:3: a must not import b"


def test_a_handler_has_a_title() -> None:
    """Method, path, function."""
    where = Location("a.py", 1)
    handler = Handler("FastAPI", "a", "f", where, ("GET", "HEAD"), "/x", (), Slot("return", "none", "None", where))

    assert handler.title == "GET,HEAD /x f"


def test_the_shortest_chain_is_shown() -> None:
    """Breadth first; among equals the first by name."""
    graph = ImportGraph.of(
        [edge("a", "m"), edge("m", "n"), edge("n", "b"), edge("a", "z"), edge("z", "n"), edge("a", "n")]
    )

    (breach,) = graph.breaches(Search(frozenset("a"), frozenset("b")))

    assert [i.importer for i in breach.chain] == ["a", "n"]
    assert breach.origins == ("a",)


def cuts(*pairs: str, sources: str = "a", targets: str = "z") -> list[str]:
    """Return the offending imports of a graph that is written as ``"ab"`` for a imports b."""
    graph = ImportGraph.of([edge(pair[0], pair[1], line) for line, pair in enumerate(pairs, start=1)])
    return [
        b.offending.importer + b.offending.imported
        for b in graph.breaches(Search(frozenset(sources), frozenset(targets)))
    ]


@pytest.mark.parametrize(
    ("pairs", "sources", "targets", "expected"),
    [
        (["az"], "a", "z", ["az"]),
        (["am", "mz"], "a", "z", ["mz"]),
        (["am", "bm", "cm", "mz"], "abc", "z", ["mz"]),
        (["am", "mx", "my", "mz"], "a", "xyz", ["am"]),
        (["am", "mn", "nx", "ny", "nz"], "a", "xyz", ["mn"]),
        (["am", "bm", "mx", "my", "mz"], "ab", "xyz", ["am", "bm"]),
        (["am", "an", "mz", "nz"], "a", "z", ["mz", "nz"]),
        (["az", "am", "mz"], "a", "z", ["az", "mz"]),
        (["am", "mn", "nm", "nz"], "a", "z", ["nz"]),
        (["ab", "bm", "mz"], "ab", "z", ["mz"]),
        (["am", "mb", "bz"], "ab", "z", ["bz"]),
        # the first path found, a-c-e-z, has to give way for two paths to fit
        (["ac", "ad", "ce", "cf", "de", "ez", "fg", "gz"], "a", "z", ["ez", "gz"]),
        (["am", "mn"], "a", "z", []),
    ],
)
def test_the_fewest_imports_that_cut_all_paths_are_reported(
    pairs: list[str], sources: str, targets: str, expected: list[str]
) -> None:
    """Not one per importer, and not one per imported module; among equals the ones nearest to the targets."""
    assert cuts(*pairs, sources=sources, targets=targets) == expected


def test_the_chain_leads_through_the_offending_import_to_the_end() -> None:
    """So that the text shows where from and where to."""
    graph = ImportGraph.of([edge("a", "b"), edge("b", "c"), edge("c", "n"), edge("n", "y", 2), edge("n", "x", 1)])

    (breach,) = graph.breaches(Search(frozenset("a"), frozenset("xy")))

    assert [i.importer + i.imported for i in breach.chain] == ["ab", "bc", "cn", "nx"]
    assert (breach.offending.importer, breach.cut) == ("c", 2)


def test_the_chain_goes_on_behind_the_offending_import() -> None:
    """Over neutral modules, never back into the scope."""
    pairs = ["ab", "ba", "bm", "bn", "mn", "mx", "ny", "nm"]
    graph = ImportGraph.of([edge(pair[0], pair[1], line) for line, pair in enumerate(pairs)])

    (breach,) = graph.breaches(Search(frozenset("a"), frozenset("xy")))

    assert [i.importer + i.imported for i in breach.chain] == ["ab", "bm", "mx"]
    assert breach.cut == 0


def test_every_statement_of_an_offending_pair_is_reported() -> None:
    """One import written twice has to be cut twice."""
    graph = ImportGraph.of([edge("a", "m", 3), edge("a", "m", 5), edge("m", "x", 1), edge("m", "y", 7)])

    assert [b.offending.location.line for b in graph.breaches(Search(frozenset("a"), frozenset("xy")))] == [3, 5]


def test_origins_are_all_that_reach_the_last_import() -> None:
    """Also through longer ways, and never through what cannot be reached."""
    edges = [edge("a1", "m"), edge("a2", "o"), edge("o", "m"), edge("m", "o"), edge("m", "b"), edge("x", "m")]

    (breach,) = ImportGraph.of(edges).breaches(Search(frozenset({"a1", "a2"}), frozenset("b")))

    assert breach.origins == ("a1", "a2")


def test_a_barrier_is_not_passed() -> None:
    """What is reached through it is somebody else's violation."""
    graph = ImportGraph.of([edge("a", "m"), edge("m", "b")])

    assert graph.breaches(Search(frozenset("a"), frozenset("b"), barrier=frozenset("m"))) == []


def test_the_chain_of_many_thousand_modules_is_found() -> None:
    """No recursion."""
    graph = ImportGraph.of([edge(f"m{n}", f"m{n + 1}") for n in range(20_000)])

    (breach,) = graph.breaches(Search(frozenset({"m0"}), frozenset({"m20000"})))

    assert len(breach.chain) == 20_000


def test_implicit_parents_leave_out_what_ran_before() -> None:
    """The importer's own packages, packages without ``__init__``, and what is imported anyway."""
    rows = [row(edge("a.b.c", "a.x.y.z")), row(edge("a.b.c", "a.x.y")), row(edge("a.b.c", "n.p.q"))]

    found = [(imported, kind) for imported, _, _, kind in implicit_parents("a.b.c", rows, {"a", "a.x", "a.x.y", "n"})]

    assert found == [("a.x", "implicit"), ("n", "implicit")]


def test_a_codebase_has_a_short_representation() -> None:
    """It is printed at the top of every failure."""
    assert repr(codebase({"shop": "", "shop.api": ""})) == "<Codebase shop: 2 modules>"
    assert repr(codebase({"shop": ""})) == "<Codebase shop: 1 module>"


def test_an_evaluation_says_what_was_judged_and_where_the_rule_is() -> None:
    """Numbers for the summary, a line for the failure text."""
    shop = codebase({"shop.api": "", "shop.domain": "", "shop.domain.x": ""})

    shop.violations(Layers("api", "domain"))

    (evaluation,) = shop.evaluations
    assert (evaluation.rule, evaluation.judged, evaluation.violations) == ("layers", 3, [])
    assert evaluation.place.partition(":")[0].endswith("tests/model/test_model.py")


def test_a_custom_rule_is_any_value_with_a_name_that_finds() -> None:
    """No base class, no registration."""

    @dataclass(frozen=True)
    class NoShouting:
        name: ClassVar[str] = "no-shouting"

        def find(self, codebase: Codebase) -> Iterator[Violation]:
            codebase.note("looked")
            codebase.note("looked")
            for module in codebase.modules.values():
                if module.name.isupper():
                    yield Violation(self.name, module.name, f"{module.name} must not shout", Location(module.path, 1))

    shop = codebase({"B": "", "A": "", "c": ""})

    assert [str(v) for v in shop.violations(NoShouting())] == ["A.py:1: A must not shout", "B.py:1: B must not shout"]
    assert shop.evaluations[-1].notes == ["looked"]


def test_errors_come_without_our_own_frames() -> None:
    """The user sees the line of the test, not ours."""

    class Undecided:
        name: ClassVar[str] = "undecided"

        def find(self, codebase: Codebase) -> Iterator[Violation]:  # noqa: ARG002
            raise NotJudgedError("no idea")

    with pytest.raises(NotJudgedError) as error:
        codebase({"a": ""}).violations(Undecided())
    assert [entry.name for entry in error.traceback][1:] == ["violations"]


def test_a_class_is_no_rule() -> None:
    """A rule is made of it."""
    with pytest.raises(RuleError, match=r"Layers is a class; a rule is made of it: Layers\(\.\.\.\)"):
        codebase({"a": ""}).violations(Layers)  # type: ignore[arg-type]


def test_a_layer_is_not_called_like_a_module() -> None:
    """The two could not be told apart."""
    with pytest.raises(SettingsError, match=r"the layer 'shop\.api' is called like a module"):
        codebase({"shop.api": "", "shop.x": ""}, layers={"shop.api": ("x",)})


def test_many_objects_that_stay_are_not_looked_through_for_garbage(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever was on before is on again."""
    monkeypatch.setattr("pytest_fitness.model.codebase.MANY", 100)
    before = gc.get_freeze_count()
    try:
        with unhindered():
            kept = [[n] for n in range(10_000)]
        assert gc.get_freeze_count() > before
        assert gc.isenabled()
        assert len(kept) == 10_000
    finally:
        gc.unfreeze()


@pytest.mark.parametrize("rule", ["layers", [1]])
def test_what_is_no_rule_is_refused(rule: object) -> None:
    """In words."""
    with pytest.raises(RuleError, match="one rule is wanted, such as"):
        codebase({"shop": ""}).violations(rule)  # type: ignore[arg-type]
