"""Rules prove that they can fail, and weak ones are found out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import ClassVar

import pytest
from rules.test_changed_lines_coverage import shop as changed
from rules.test_covered_by_own_tests import CONTEXTS
from rules.test_covered_by_own_tests import shop as own_tests
from rules.test_recorded_coverage import shop as recorded
from rules.test_recorded_coverage import was

from pytest_fitness import Codebase, Plant, Violation
from pytest_fitness.errors import FitnessError, NotJudgedError
from pytest_fitness.model import CoverageReport, FileCoverage, Rule, Search, planted_import
from pytest_fitness.prove import Proof, Prover, matrix
from pytest_fitness.rules import (
    AllowedImports,
    BlockingAsyncHandlers,
    BoundarySchemas,
    ChangedLinesCoverage,
    CoverageFloor,
    CoveredByOwnTests,
    Cycles,
    FatHandlers,
    ForbiddenImports,
    Governed,
    Independence,
    Layers,
    OrmAtBoundary,
    Protected,
    PublicInterface,
    RawResponses,
    RecordedCoverage,
    SchemaPlacement,
    WritingReads,
)
from pytest_fitness.sources import from_texts
from pytest_fitness.testing import codebase

NOTHING = Search(frozenset(), frozenset())

ROUTES = (
    "from fastapi import APIRouter\nfrom shop.schemas import Out\nrouter = APIRouter()\n\n\n"
    "@router.get('/x')\nasync def show(number: int) -> Out:\n    return Out()\n"
)
SHOP = {
    "shop.api": "",
    "shop.api.routes": ROUTES,
    "shop.api.v1": "",
    "shop.api.v1.more": ROUTES.replace("show", "more"),
    "shop.domain": "",
    "shop.domain.order": "from shop.infra import db\n",
    "shop.domain.tax": "",
    "shop.infra": "",
    "shop.infra.db": "import sqlalchemy\n",
    "shop.schemas": "from pydantic import BaseModel\n\n\nclass Out(BaseModel):\n    number: int = 0\n",
    "shop.util": "",
}


def proofs(shop: Codebase, *rules: Rule, survivors: dict[str, str] | None = None) -> list[Proof]:
    """Judge *rules* and let each prove itself."""
    for number, rule in enumerate(rules):
        shop.violations(rule, place=f"test.py:{number}")
    prover = Prover(shop.evaluations, survivors or {})
    return [prover.proof(evaluation) for evaluation in prover.evaluations]


def survivors(shop: Codebase, *rules: Rule) -> list[str]:
    """What the first of *rules* does not find."""
    return [outcome.what for outcome in proofs(shop, *rules)[0].survivors]


@pytest.mark.parametrize(
    "rule",
    [
        Layers("api", "domain", "infra"),
        Layers("api", "domain | schemas", "infra", closed="domain | schemas".split(" | ", maxsplit=1)[0]),
        Layers("api", "domain", "infra", exhaustive=True, neutral={"schemas": "s", "util": "u"}),
        Layers("routes", "v1", containers=("api",)),
        Layers("*.api", "*.infra"),
        Layers("api", "domain", "infra", ignore=("infra.db -> api.routes: until SHOP-1",)),
        ForbiddenImports(of=("sqlalchemy", "fastapi.routing"), inside="domain", allow_empty="not there"),
        ForbiddenImports(of="third party", inside="domain", transitive=False),
        ForbiddenImports(of=("api", "domain.tax"), inside="domain"),
        ForbiddenImports(of="*.api", inside="domain"),
        AllowedImports(inside="domain", only=("infra",)),
        AllowedImports(inside="domain", only=("api", "infra", "schemas", "util")),
        Protected(of="infra", only_by="domain"),
        PublicInterface(of="infra"),
        PublicInterface(of="infra", also="infra.db"),
        Independence(of=("api", "util", "schemas"), transitive=False),
        Cycles(),
        Cycles(of="modules"),
        BoundarySchemas("api"),
        BoundarySchemas("shop", level="deep", unknown="fail"),
        OrmAtBoundary("api"),
        RawResponses("api"),
        FatHandlers("api", max_queries=2, max_loops=1),
        BlockingAsyncHandlers("api"),
        WritingReads("api"),
        SchemaPlacement("api", homes="schemas", hidden_from="domain"),
        SchemaPlacement("api", hidden_from=("domain", "schemas")),
        ForbiddenImports(of=("domain", "api"), inside="domain"),
        PublicInterface(of=("infra", "util")),
        Cycles(except_kinds=("attribute",)),
        CoverageFloor(60),
        CoverageFloor(50, each=True, inside="domain"),
    ],
    ids=lambda rule: f"{rule.name}",
)
def test_a_sound_rule_finds_everything(rule: Rule) -> None:
    """Whatever it forbids, in each way to write it."""
    texts = {**SHOP, "shop.domain.tax": "a = 1\nb = 2\n"} if rule.name == "coverage-floor" else dict(SHOP)
    if getattr(rule, "ignore", ()):
        texts["shop.infra.db"] += "from shop.api import routes\n"
    shop = codebase(texts, missing=dict.fromkeys(texts, ()) if rule.name == "coverage-floor" else None)

    (proof,) = [p for p in proofs(shop, rule) if p.rule == rule.name]

    assert [(o.what, o.why) for o in proof.survivors] == []
    assert proof.killed == len(proof.outcomes) > 0
    assert not proof.unproved


@pytest.mark.parametrize(
    ("rule", "survivor"),
    [
        (
            Layers("api", "domain", except_kinds=("function",)),
            "shop.domain imports shop.api, inside a function",
        ),
        (
            Layers("api", "domain", ignore=("domain.* -> api.*: legacy",)),
            "shop.domain.early imports shop.api.routes",
        ),
        (Layers("api.v1", "domain"), "shop.domain imports shop.api.routes"),
        (
            Layers(
                "api", "domain", exhaustive=True, neutral={"fitness_*": "x", "infra": "i", "schemas": "s", "util": "u"}
            ),
            "the module shop.fitness_planted",
        ),
        (
            ForbiddenImports(of="sqlalchemy", inside="domain", ignore=("domain.* -> sqlalchemy: x",), transitive=False),
            "shop.domain.order imports sqlalchemy",
        ),
        (BoundarySchemas("api.v1"), "a handler in shop.api.routes that returns a dict"),
        (
            BoundarySchemas("api", exclude={"shop.api.v1.*": "old"}),
            "a handler in shop.api.v1.more that returns a dict",
        ),
        (RawResponses("api", errors=False), "a handler in shop.api.routes that answers an error with a dict"),
        (PublicInterface(of="infra", ignore=("** -> shop.infra.db: x",)), "shop.api imports shop.infra.db"),
    ],
    ids=str,
)
def test_a_weak_rule_is_found_out(rule: Rule, survivor: str) -> None:
    """By name of what it would not notice."""
    shop = codebase(
        {
            **SHOP,
            "shop.domain.late": "def f():\n    from shop.api import routes\n    import sqlalchemy\n",
            "shop.domain.early": "import sqlalchemy\nfrom shop.api import routes\n",
            "shop.fitness_x": "",
            "shop.util": "from shop.infra import db\n",
        }
    )

    assert survivor in survivors(shop, rule)


def test_packages_beside_each_other_are_proved() -> None:
    """A way through a third module belongs to neither."""
    two = {"billing": "", "billing.a": "", "orders": "from billing import a\n", "orders.a": ""}
    rules = (Layers("orders", "billing"), ForbiddenImports(of="orders", inside="billing"))

    for rule in rules:
        assert survivors(codebase(two), rule) == []
    assert survivors(codebase({**two, "orders": ""}), Independence(of=("billing", "orders"))) == []


@pytest.mark.parametrize(
    ("rule", "survivor"),
    [
        (Layers("api", "domain", "infra.db"), "shop.infra.cache imports shop.api"),
        (FatHandlers("api", max_statements=1000), "a handler in shop.api.routes with sixty statements"),
        (WritingReads("api", depth=0), "a handler in shop.api.routes of GET that writes, 2 functions away"),
        (BlockingAsyncHandlers("api", depth=0), "a handler in shop.api.routes that waits, 3 functions away"),
    ],
    ids=str,
)
def test_options_that_let_too_much_through_are_found_out(rule: Rule, survivor: str) -> None:
    """Whatever they are called."""
    assert survivor in survivors(codebase({**SHOP, "shop.infra.cache": ""}), rule)


def test_branches_are_planted_where_they_count() -> None:
    """As many as it takes."""
    files = {"shop.a": FileCoverage(4, (), branches=4, missing_branches=1), "shop.b": FileCoverage(1, ())}
    shop = from_texts(dict.fromkeys(files, "x = 1\n"), coverage=CoverageReport(files, branches=True))

    (proof,) = proofs(shop, CoverageFloor(50, metric="branch"))

    assert (proof.killed, proof.survivors) == (2, [])


def test_lines_that_have_changed_are_planted() -> None:
    """In each module, whatever has changed."""
    shop = changed({"shop.tax": {1, 5}})

    assert proofs(shop, ChangedLinesCoverage(at_least=40, against="main"))[0].killed == 2


def test_lines_that_only_other_tests_run_are_planted() -> None:
    """In functions."""
    shop = own_tests(CONTEXTS)
    rule = CoveredByOwnTests(inside="tax", tests="tests/domain", at_least=50)

    assert proofs(shop, rule)[0].killed == 1


def test_what_falls_below_what_is_written_down_is_planted() -> None:
    """Of nothing, nothing can be lost."""
    rule = RecordedCoverage(inside="tax")

    assert proofs(recorded(was(5, 10)), rule)[0].killed == 1
    assert proofs(recorded(was(0, 10)), rule)[0].unproved == "there is nothing that could be planted here"


def test_given_handlers_are_kept_beside_the_planted_one(shop: Codebase) -> None:
    """As those of a running application."""
    (handler, _) = shop.handlers(list(shop.modules.values())).found

    assert proofs(shop.with_handlers(handler), BoundarySchemas("api"))[0].survivors == []


def test_modules_one_inside_the_other_cannot_be_in_a_circle_with_anything() -> None:
    """There are no two apart."""
    (proof,) = proofs(codebase({"shop": "", "shop.a": ""}), Cycles(of="modules"))

    assert proof.unproved == "there is nothing that could be planted here"


def test_rules_that_refuse_to_judge_have_not_found_what_lies_beyond() -> None:
    """A rule of the same name, elsewhere."""

    @dataclass(frozen=True)
    class Refusing:
        name: ClassVar[str] = "boundary-schemas"

        def find(self, codebase: Codebase) -> Iterable[Violation]:
            if codebase.is_supposed:
                raise FitnessError("no")
            return []

    found = survivors(codebase(SHOP), BoundarySchemas("api.v1"), Refusing())

    assert "a handler in shop.api.routes that returns a dict" in found


def test_a_list_for_a_part_of_a_layer_is_too_little() -> None:
    """Where a rule knows the layer."""
    rule = AllowedImports(inside="domain.order", only=("infra",))

    found = survivors(codebase(SHOP), rule, Layers("api", "domain", "infra"))

    assert "shop.domain.tax imports fitness_planted" in found


def test_what_options_leave_out_is_said() -> None:
    """Nothing of it is planted."""
    rule = ForbiddenImports(of=("nowhere", "sqlalchemy"), inside="domain", transitive=False, allow_empty="goes")

    (proof,) = proofs(codebase({**SHOP, "shop.domain.tax": "import json\n"}), rule)

    assert not any("nowhere" in o.what for o in proof.outcomes)
    (line,) = matrix([proof])
    assert line.endswith(
        "left out: paths through other modules (transitive=False), left out: what is nowhere (allow_empty)"
    )


def test_handlers_of_another_kind_are_no_concern(shop: Codebase) -> None:
    """Tasks, for a rule about HTTP; POST, for a rule about GET."""
    shop = codebase(
        {
            **SHOP,
            "shop.tasks": "from celery import shared_task\n@shared_task\ndef work() -> None: ...\n",
            "shop.web": ROUTES.replace("router.get", "router.post"),
        }
    )

    assert [o for o in survivors(shop, WritingReads("api")) if "shop.web" in o] == []
    assert [o for o in survivors(shop, FatHandlers("api")) if "shop.tasks" in o] == []


def test_names_that_friends_hand_on_are_planted_a_few_times() -> None:
    """To look for them takes long."""
    friends = {f"shop.domain.f{n}": "from shop.infra.db import Row\n" for n in range(6)}

    (proof,) = proofs(codebase({**SHOP, **friends}), Protected(of="infra", only_by="domain"))

    assert sum(".Row" in o.what for o in proof.outcomes) == 3
    assert proof.survivors == []


def test_a_part_of_a_layer_is_too_little(shop: Codebase) -> None:
    """Where another rule knows the layer; a second rule for the rest is as good."""
    narrow = ForbiddenImports(of="sqlalchemy", inside="domain.order", transitive=False)
    layers = Layers("api", "domain", "infra")

    assert survivors(codebase(SHOP), narrow) == []
    assert "shop.domain.tax imports sqlalchemy" in survivors(codebase(SHOP), narrow, layers)
    rest = ForbiddenImports(of="sqlalchemy", inside="domain", transitive=False, ignore=())
    found = proofs(codebase(SHOP), narrow, layers, rest)[0]
    assert found.survivors == []
    assert "found by test.py:2" in {o.why for o in found.outcomes}


def test_a_floor_of_a_part_of_a_layer_is_too_little() -> None:
    """Of the settings, too; a floor for everything is as good."""
    shop = codebase(
        {**SHOP, "shop.domain.order": "a = 1\n", "shop.domain.tax": "b = 2\n"},
        missing=dict.fromkeys(SHOP, ()),
        layers={"core": ("domain",)},
    )

    (proof,) = proofs(shop, CoverageFloor(50, inside="domain.order"))

    found = [o.what.partition(" lines in ")[2] for o in proof.survivors]
    assert found == ["shop.domain that no test runs", "shop.domain.tax that no test runs"]
    shop.evaluations.clear()
    assert proofs(shop, CoverageFloor(50, inside="domain.order"), CoverageFloor(50))[0].survivors == []


@pytest.fixture
def shop() -> Codebase:
    """A shop."""
    return codebase(SHOP)


@pytest.mark.parametrize("text", ["from shop.api import routes\n", "from shop.util import x\n"])
def test_a_rule_that_is_red_already_is_judged_by_the_chain(text: str) -> None:
    """Not by the pair of packages: the planted import is found, whatever is there."""
    shop = codebase({**SHOP, "shop.domain.tax": text, "shop.util": "from shop.api import routes\nx = 1\n"})

    (proof,) = proofs(shop, Layers("api", "domain", "infra"))

    assert len(shop.evaluations[0].violations) == 1
    assert proof.survivors == []


def test_a_red_handler_rule_is_judged_by_the_plant(shop: Codebase) -> None:
    """Its subject is the planted handler."""
    red = codebase({**SHOP, "shop.api.routes": ROUTES.replace("-> Out", "-> dict")})

    assert proofs(red, BoundarySchemas("api"))[0].survivors == []


def test_what_may_survive_says_why(shop: Codebase) -> None:
    """A pattern in the settings, with a reason."""
    given = {"layers: nothing": "never", "layers: *, inside a function": "wanted so"}
    rule = Layers("api", "domain", except_kinds=("function",))
    shop = codebase({**SHOP, "shop.domain.late": "def f():\n    from shop.api import routes\n"})
    shop.violations(rule)
    prover = Prover(shop.evaluations, given)

    proof = prover.proof(prover.evaluations[0])

    assert proof.survivors == []
    assert {o.accepted for o in proof.outcomes} == {"", "wanted so"}
    assert prover.used_survivors == {"layers: *, inside a function"}
    (line,) = matrix([proof])
    assert line.endswith("1 may survive")


def test_the_same_rule_twice_is_proved_once(shop: Codebase) -> None:
    """As in the items of a parametrised test."""
    rule = Cycles()
    shop.violations(rule, place="a:1")
    shop.violations(Cycles(), place="a:1")
    shop.violations(Cycles(of="modules"), place="a:1")

    assert len(Prover(shop.evaluations, {}).evaluations) == 2


@dataclass(frozen=True)
class Short:
    """A rule of somebody's."""

    name: ClassVar[str] = "short"
    length: int
    blind: bool = False
    problem: type[Exception] | None = None
    late: bool = False

    def find(self, codebase: Codebase) -> Iterable[Violation]:
        if self.problem is not None and (codebase.is_supposed or not self.late):
            raise self.problem("cannot")
        for each in codebase.imports():
            if len(each.imported) > self.length and not self.blind:
                yield Violation(self.name, each.importer, "long", each.location, target=each.imported)

    def plants(self, codebase: Codebase) -> Iterator[Plant]:
        each = planted_import(codebase, "shop.domain.tax", "x" * (self.length + 1))
        yield Plant("a long name", codebase.with_imports(each), location=each.location)


@dataclass(frozen=True)
class Plain:
    """A rule that plants nothing."""

    name: ClassVar[str] = "plain"

    def find(self, codebase: Codebase) -> Iterable[Violation]:
        return [
            Violation(self.name, b.offending.importer, "", b.offending.location)
            for b in codebase.imports().breaches(NOTHING)
        ]


def test_rules_of_somebody_take_part(shop: Codebase) -> None:
    """By `plants`; one without is said to be unproved."""
    good, blind, plain = proofs(shop, Short(99), Short(99, blind=True), Plain())

    assert (good.killed, good.survivors) == (1, [])
    assert [o.what for o in blind.survivors] == ["a long name"]
    assert plain.unproved == "it has no `plants`, so nothing shows that it can fail"
    assert [line.split()[-1] for line in matrix([good, blind])] == ["1/1", "survived"]
    assert matrix([plain])[0].endswith("unproved: it has no `plants`, so nothing shows that it can fail")


def test_a_rule_that_refuses_to_judge_a_plant_has_not_found_it(shop: Codebase) -> None:
    """An error would be red as well, but says nothing of the plant; a run that cannot tell is no proof."""
    (refusing,) = proofs(shop, Short(99, problem=FitnessError, late=True))
    (unable,) = [p for p in proofs(shop, Short(98, problem=NotJudgedError, late=True)) if p.place == "test.py:0"][-1:]

    assert refusing.survivors[0].why == "the rule refuses to judge: cannot"
    assert unable.unproved == "not judged: cannot"


def test_where_nothing_can_be_planted_nothing_is_proved() -> None:
    """All names are allowed."""
    shop = codebase({"shop.a": "", "shop.b": ""})

    (proof,) = proofs(shop, Governed(50, of="imports"))

    assert proof.unproved == "there is nothing that could be planted here"


def test_many_alike_that_cannot_be_tried_at_once_are_tried_alone(shop: Codebase) -> None:
    """Where a rule refuses to judge all of them together."""

    @dataclass(frozen=True)
    class Few:
        name: ClassVar[str] = "few"

        def find(self, codebase: Codebase) -> Iterable[Violation]:
            planted = [i for i in codebase.imports() if i.location.line <= 0]
            if len(planted) > 1:
                raise FitnessError("too many")
            return [Violation(self.name, i.importer, "bad", i.location) for i in planted]

        def plants(self, codebase: Codebase) -> Iterator[Plant]:
            for name in ("shop.domain.tax", "shop.domain.order"):
                each = planted_import(codebase, name, "shop.api")
                yield Plant(name, codebase.with_imports(each), each.location, alike=each)

    (proof,) = proofs(shop, Few())

    assert proof.killed == 2


def test_a_plant_says_where_it_is() -> None:
    """By location, names or path; an old violation is none of it."""
    shop = codebase(SHOP)

    @dataclass(frozen=True)
    class Old:
        name: ClassVar[str] = "old"

        def find(self, codebase: Codebase) -> Iterable[Violation]:
            return [Violation(self.name, "shop.api", "bad", codebase.place("shop.api"))]

        def plants(self, codebase: Codebase) -> Iterator[Plant]:
            yield Plant("named", codebase, names=("shop.api",))
            yield Plant("nowhere", codebase)
            yield Plant("elsewhere", codebase, names=("shop.api",), path="shop/other.py")
            yield Plant("beyond", codebase, names=("nobody",), beyond=True)

    (proof, _) = proofs(shop, Old(), Short(99, problem=FitnessError, late=True))[:2]

    assert [o.what for o in proof.survivors] == ["named", "nowhere", "elsewhere", "beyond"]
    assert proof.survivors[3].why == "it lies beside what the rule looks at"
