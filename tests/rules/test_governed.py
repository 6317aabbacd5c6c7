"""The ``governed`` rule."""

from __future__ import annotations

import re

import pytest

from pytest_fitness import Codebase, NotJudgedError, RuleError
from pytest_fitness.model.reach import architecture_coverage
from pytest_fitness.prove import Prover
from pytest_fitness.rules import (
    AllowedImports,
    BlockingAsyncHandlers,
    BoundarySchemas,
    CoverageFloor,
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
    SchemaPlacement,
    WritingReads,
)
from pytest_fitness.testing import codebase

SHOP = {
    "shop.api": "from shop import domain\n",
    "shop.api.routes": "from shop.tools import print_all\n",
    "shop.domain": "from shop import infra\n",
    "shop.infra": "",
    "shop.tools": "",
    "shop.tools.one": "from shop.tools import two\n",
    "shop.tools.two": "",
}


@pytest.fixture
def shop() -> Codebase:
    """Seven modules, of which three are tools."""
    return codebase(SHOP)


def test_what_no_rule_is_about_is_listed(shop: Codebase) -> None:
    """Packages as a whole, imports as a share, and what each rule judges."""
    shop.violations(Layers("api", "domain", "infra"))

    (violation,) = shop.violations(Governed(80))

    assert violation.message == "rules judge 57.1 % of modules and 50.0 % of imports, not 80 %"
    assert violation.details == ("no rule is about:", "  shop.tools", "judged by:", "  layers: 4 modules, 2 imports")
    assert str(violation.location) == "shop/tools/__init__.py:1"
    assert not violation.can_be_known
    assert shop.evaluations[-1].counts == ["57 % of modules and 50 % of imports judged"]


def test_one_of_both_may_be_asked_for(shop: Codebase) -> None:
    """Modules or imports."""
    shop.violations(Layers("api", "domain", "infra"))

    assert shop.violations(Governed(57, of="modules")) == []
    assert shop.evaluations[-1].notes == ["no rule is about shop.tools"]
    assert [v.message for v in shop.violations(Governed(51, of="imports"))] == [
        "rules judge 50.0 % of imports, not 51 %"
    ]


def test_only_some_rules_may_count(shop: Codebase) -> None:
    """One that is not judged in this run is an error."""
    shop.violations(Layers("api", "domain", "infra"))
    shop.violations(AllowedImports(inside="tools", only=()))
    shop.violations(AllowedImports(inside="api", only=("domain", "tools")))

    assert shop.violations(Governed(100)) == []
    assert len(shop.violations(Governed(80, by="layers"))) == 1
    with pytest.raises(RuleError, match="`by` names 'protected', but no rule of that name was judged in this run"):
        shop.violations(Governed(80, by="protected"))


@pytest.mark.parametrize(
    ("rule", "modules", "imports"),
    [
        (ForbiddenImports(of="infra", inside="api"), 2, 0),
        (AllowedImports(inside="api", only=("domain", "tools")), 2, 2),
        (Protected(of="infra", only_by="domain"), 1, 1),
        (PublicInterface(of="tools", friends="api"), 3, 1),
        (Independence(of=("infra", "tools")), 4, 0),
        (Cycles(inside="tools", of="modules"), 0, 0),
        (Layers("one", "two", containers=("tools",)), 2, 1),
        (CoverageFloor(50), 0, 0),
        (BoundarySchemas("api", allow_empty="none"), 0, 0),
    ],
    ids=lambda rule: getattr(rule, "name", str(rule)),
)
def test_each_rule_says_what_it_judges(rule: Layers, modules: int, imports: int) -> None:
    """Scopes and pairs; rules about tests nothing."""
    shop = codebase(SHOP, missing={})
    shop.violations(rule)

    found = architecture_coverage(shop, shop.evaluations)

    assert (len(found.judged_modules), len(found.judged_edges)) == (modules, imports)


@pytest.mark.parametrize(
    "rule",
    [
        BoundarySchemas("api"),
        OrmAtBoundary("api"),
        RawResponses("api"),
        FatHandlers("api"),
        BlockingAsyncHandlers("api"),
        WritingReads("api"),
        SchemaPlacement("api", hidden_from="domain"),
    ],
    ids=lambda rule: rule.name,
)
def test_handlers_count_where_they_are(rule: BoundarySchemas) -> None:
    """Modules with handlers, not the whole scope."""
    routes = "from fastapi import APIRouter\nr = APIRouter()\n@r.get('/')\nasync def f() -> int: ...\n"
    shop = codebase({"shop.api.a": routes, "shop.api.b": "", "shop.domain": ""})
    shop.violations(rule)

    assert architecture_coverage(shop, shop.evaluations).judged_modules == {"shop.api.a"}


def test_of_nothing_everything_is_judged() -> None:
    """No modules and no imports are no reason to fail."""
    empty = architecture_coverage(codebase({"shop": ""}), [])
    shop = codebase({"shop": ""})

    assert (empty.percent_of_imports, empty.percent_of_modules) == (100.0, 0.0)
    assert type(empty)(frozenset(), frozenset(), frozenset(), frozenset(), {}).percent_of_modules == 100.0
    assert [str(v.location) for v in shop.violations(Governed(10))] == ["shop.py:1"]


def test_imports_may_be_missing_where_all_modules_are_judged(shop: Codebase) -> None:
    """Then the place is that of the rule; and no more than a dozen are listed."""
    for name in ("api", "domain", "infra", "tools"):
        shop.violations(ForbiddenImports(of="json", inside=name, allow_empty="x"))
    (violation,) = shop.violations(Governed(10, of="imports"), place="test.py:3")
    many = codebase({f"shop.m{n}": "" for n in range(20)})

    assert str(violation.location) == "test.py:3"
    many.violations(ForbiddenImports(of="json", inside="m0", allow_empty="x"))
    (violation,) = many.violations(Governed(10, of="modules"))
    assert violation.details[13] == "  and 7 more"


def test_a_part_of_a_run_cannot_tell(shop: Codebase, monkeypatch: pytest.MonkeyPatch) -> None:
    """Unless it reaches the share all the same."""
    monkeypatch.setattr(type(shop), "partial_run", "-k left out some tests")
    shop.violations(Layers("api", "domain", "infra"))

    assert shop.violations(Governed(50)) == []
    with pytest.raises(NotJudgedError, match="of imports, but -k left out some tests"):
        shop.violations(Governed(80, by=("layers", "cycles")))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"at_least": 0}, "`at_least` takes a percentage"),
        ({"at_least": 50, "of": "lines"}, "`of` takes 'modules' or 'imports' or 'both'"),
        ({"at_least": 50, "by": [3]}, "`by` takes names"),
        ({"at_least": 50, "because": 3}, "`because` takes"),
    ],
)
def test_options_are_checked(options: dict[str, object], message: str) -> None:
    """When the rule is made."""
    with pytest.raises(RuleError, match=re.escape(message)):
        Governed(**options)  # type: ignore[arg-type]


def test_it_proves_itself_where_something_could_be_outside(shop: Codebase) -> None:
    """A rule about everything leaves nothing to plant."""
    shop.violations(Layers("api", "domain", "infra"))
    shop.violations(Governed(40))
    prover = Prover(shop.evaluations, {})
    assert [prover.proof(e).killed for e in prover.evaluations][1] == 1
    shop.violations(AllowedImports(inside="shop", only=()))
    shop.violations(Governed(90))
    prover = Prover(shop.evaluations, {})

    assert prover.proof(prover.evaluations[-1]).unproved == "there is nothing that could be planted here"
