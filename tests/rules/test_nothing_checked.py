"""Ways to write a rule that would check nothing: each is an error, or says in the summary what it leaves out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from pytest_fitness import FitnessError
from pytest_fitness.model import Codebase
from pytest_fitness.packs import hexagonal, onion
from pytest_fitness.rules import (
    AllowedImports,
    BlockingAsyncHandlers,
    BoundarySchemas,
    CoverageFloor,
    Cycles,
    FatHandlers,
    ForbiddenImports,
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

TEXTS = {
    "shop": "",
    "shop.api.routes": "import shop.domain.order",
    "shop.domain.order": "import shop.infra.db\nimport requests",
    "shop.infra.db": "",
    "shop.modules.billing.api": "",
    "shop.modules.billing.db": "",
    "shop.modules.orders.api": "",
    "shop.modules.orders.db": "",
    "shop.util": "",
}
NAMED = {"web": ("api",), "core": ("domain", "util")}
WHY = {"db": "some day"}
ALL_BUT_MODULE = ("function", "conditional", "type-checking", "dynamic", "attribute", "implicit")

# what does not exist: said to a name in whatever position
NAMES = {
    "typo": "domian",
    "upper case": "Domain",
    "dot at the end": "domain.",
    "dot at the beginning": ".domain",
    "path": "shop/domain",
    "file": "domain.py",
    "file by path": "shop/domain/order.py",
    "other root": "src.shop.domain",
    "colon": "shop.domain:order",
    "wildcard": "domai",
    "pattern": "*.domian",
    "deep pattern": "**.domian",
    "partial name": "dom",
    "class": "domain.order.Order",
    "question mark": "domai?",
    "regular expression": "domain.+",
    "space inside": "do main",
    "list in a string": "domain, infra",
    "hyphen": "shop-domain",
}
POSITIONS: dict[str, Callable[[str], Any]] = {
    "upper layer": lambda name: Layers(name, "infra"),
    "lower layer": lambda name: Layers("api", name),
    "sibling": lambda name: Layers(f"api | {name}", "infra"),
    "inside of forbidden": lambda name: ForbiddenImports(of="requests", inside=name),
    "of forbidden": lambda name: ForbiddenImports(of=name, inside="api"),
    "inside of allowed": lambda name: AllowedImports(inside=name, only="infra"),
    "only": lambda name: AllowedImports(inside="api", only=("domain", name)),
    "of protected": lambda name: Protected(of=name, only_by="api"),
    "only_by": lambda name: Protected(of="infra", only_by=name),
    "of public": lambda name: PublicInterface(of=name),
    "also": lambda name: PublicInterface(of="shop.domain", also=name),
    "friends": lambda name: PublicInterface(of="shop.domain", friends=name),
    "of independent": lambda name: Independence(of=("api", name)),
    "inside of cycles": lambda name: Cycles(inside=name),
    "inside of schemas": lambda name: BoundarySchemas(inside=name),
    "inside of rows": lambda name: OrmAtBoundary(inside=name),
    "inside of responses": lambda name: RawResponses(inside=name),
    "inside of fat": lambda name: FatHandlers(inside=name),
    "inside of blocking": lambda name: BlockingAsyncHandlers(inside=name),
    "inside of reads": lambda name: WritingReads(inside=name),
    "inside of placement": lambda name: SchemaPlacement(inside=name, homes="api"),
    "homes": lambda name: SchemaPlacement(inside="api", homes=("api", name)),
    "hidden_from": lambda name: SchemaPlacement(inside="api", hidden_from=name),
    "inside of a floor": lambda name: CoverageFloor(80, inside=name),
    "container": lambda name: Layers("api", "db", containers=name),
}

RULES: dict[str, tuple[Callable[[], Any], str]] = {
    "one layer": (lambda: Layers("api"), "at least two"),
    "no layer": (lambda: Layers(*()), "at least two"),
    "empty layer": (lambda: Layers("api", ""), "takes names"),
    "a layer twice": (lambda: Layers("api", "api"), "two different"),
    "a layer twice under two names": (lambda: Layers("api", "shop.api"), "is in two layers"),
    "a layer twice by its name in the settings": (lambda: Layers("api", "web"), "is in two layers"),
    "a layer around another": (lambda: Layers("shop", "domain"), "is in two layers"),
    "layers as one list": (lambda: Layers(["api", "domain"]), "one argument each"),  # type: ignore[arg-type]
    "layers as one text": (lambda: Layers("api, domain"), "at least two"),
    "a sibling without a name": (lambda: Layers("api |", "infra"), "name missing"),
    "two separators": (lambda: Layers("api | domain : util", "infra"), "not by both"),
    "full names in containers": (
        lambda: Layers("modules.orders.api", "db", containers="modules.*"),
        "no module matches",
    ),
    "a module as container": (lambda: Layers("api", "db", containers="util"), "no module matches"),
    "no container": (lambda: Layers("api", "db", containers="modules.*.*.*"), "no module matches"),
    "an empty container": (lambda: Layers("api", "db", containers=""), "takes names"),
    "optional typo": (lambda: Layers("api", "domain", optional={"apis": "why"}), "none of the layers"),
    "optional without a reason": (lambda: Layers("api", "dmain", optional={"dmain": " "}), "needs a reason"),
    "optional as a list": (lambda: Layers("api", "dmain", optional=["dmain"]), "with a reason each"),  # type: ignore[arg-type]
    "all optional": (lambda: Layers("p", "q", optional={"p": "why", "q": "why"}), "nothing to compare"),
    "one left of the optional": (lambda: Layers("api", "q", optional={"q": "why"}), "nothing to compare"),
    "optional in every container": (
        lambda: Layers("p", "q", containers="modules.*", optional={"p": "why", "q": "why"}),
        "nothing to compare",
    ),
    "optional and missing": (
        lambda: Layers("api", "infra", "evnts", optional={"evnts": "why"}),
        "'evnts' is not there",
    ),
    "closed typo": (lambda: Layers("api", "domain", "infra", closed="doman"), "none of the layers"),
    "closed at the top": (lambda: Layers("api", "domain", "infra", closed="api"), "no layer above"),
    "closed at the bottom": (lambda: Layers("api", "domain", "infra", closed="infra"), "no layer below"),
    "neutral typo": (lambda: _exhaustive({"utl": "why"}), "no module matches 'utl'"),
    "neutral in a layer": (lambda: _exhaustive({"api": "why"}), "no module outside the layers"),
    "neutral without a reason": (lambda: _exhaustive({"util": ""}), "needs a reason"),
    "neutral without exhaustive": (lambda: Layers("api", "infra", neutral={"util": "why"}), "is not set"),
    "neutral in no container": (
        lambda: Layers("api", "db", containers="modules.*", exhaustive=True, neutral={"utl": "why"}),
        "no module outside the layers",
    ),
    "exhaustive as text": (lambda: Layers("api", "infra", exhaustive="no"), "true or false"),  # type: ignore[arg-type]
    "transitive as text": (lambda: ForbiddenImports(of="requests", inside="api", transitive="yes"), "true or"),  # type: ignore[arg-type]
    "transitive as number": (lambda: Independence(of="modules.*", transitive=0), "true or false"),  # type: ignore[arg-type]
    "standard_library as text": (lambda: AllowedImports(inside="api", only=(), standard_library="no"), "true or"),  # type: ignore[arg-type]
    "because as list": (lambda: Layers("api", "infra", because=["why"]), "as a text"),  # type: ignore[arg-type]
    "kind typo": (lambda: Layers("infra", "domain", except_kinds="typechecking"), "did you mean 'type-checking'"),
    "all kinds": (lambda: Layers("infra", "domain", except_kinds=("module", *ALL_BUT_MODULE)), "no kind of import"),
    "the ordinary kind": (
        lambda: Layers("infra", "domain", except_kinds="module"),
        "leaves out 1 import of these kinds",
    ),
    "ignore all": (lambda: Layers("infra", "domain", ignore="** -> **: legacy"), "leaves out every import"),
    "ignore all by stars": (lambda: Layers("infra", "domain", ignore="* -> *: legacy"), "leaves out every import"),
    "ignore all within": (lambda: Layers("infra", "domain", ignore="shop.** -> **: old"), "leaves out every import"),
    "ignore a part within": (lambda: Layers("infra", "domain", ignore="domain.* -> **: old"), "leaves out 1 import"),
    "ignore twice": (lambda: Layers("infra", "domain", ignore=("a -> b: x", "a -> b: y")), "'a -> b' twice"),
    "ignore in cycles": (lambda: Cycles(ignore="shop.domain.order -> shop.infra.db: old"), "no import that this rule"),
    "neutral everything": (lambda: _exhaustive({"**": "why"}), "leaves out everything"),
    "neutral every package": (
        lambda: Layers("api", "domain", exhaustive=True, neutral={"shop": "why"}),
        "leaves out everything",
    ),
    "optional in one container": (
        lambda: Layers("api", "tables", "db", containers="modules.*", optional={"tables": "some"}),
        "'tables' is not there",
    ),
    "also everything": (lambda: PublicInterface(of="shop.domain", also="domain"), "nothing left to hide"),
    "ignore on a broad side": (lambda: Layers("infra", "domain", ignore="** -> infra.db: old"), "leaves out 1 import"),
    "ignore nothing": (
        lambda: Layers("api", "domain", ignore="shop.util -> shop.api.routes: old"),
        "no import matches",
    ),
    "ignore what is allowed": (
        lambda: Layers("api", "domain", ignore="api.routes -> domain.order: old"),
        "no import that this rule objects to",
    ),
    "ignore importer typo": (lambda: _db_ignored("domain.ordr -> infra.db: old"), "no import matches"),
    "ignore imported typo": (lambda: _db_ignored("domain.order -> infra.bd: old"), "no import matches"),
    "ignore a package by its name": (lambda: _db_ignored("domain -> infra: old"), "no import matches"),
    "ignore without a reason": (lambda: _db_ignored("domain.order -> infra.db"), "importer -> imported: reason"),
    "ignore with an empty reason": (lambda: _db_ignored("domain.order -> infra.db: "), "importer -> imported: reason"),
    "ignore with another arrow": (lambda: _db_ignored("domain.order => infra.db: old"), "importer -> imported: reason"),
    "ignore the wrong way round": (lambda: _db_ignored("infra.db -> domain.order: old"), "no import matches"),
    "ignore by path": (lambda: _db_ignored("shop/domain/order.py -> shop/infra/db.py: old"), "no import matches"),
    "third party typo": (lambda: ForbiddenImports(of="reqests", inside="domain"), "did you mean 'requests'"),
    "third party name typo": (lambda: ForbiddenImports(of="pytest.fixtur", inside="domain"), "no module matches"),
    "third party pattern typo": (lambda: ForbiddenImports(of="reqests*", inside="domain"), "no module matches"),
    "distribution, not module": (lambda: ForbiddenImports(of="pytest-cov", inside="domain"), "no module matches"),
    "standard library typo": (lambda: ForbiddenImports(of="os.pth", inside="domain"), "no module matches"),
    "one good, one bad": (lambda: ForbiddenImports(of=("requests", "reqests"), inside="api"), "no module matches"),
    "third party by another name": (lambda: ForbiddenImports(of="third-party", inside="domain"), "no module matches"),
    "allowed to be empty": (
        lambda: ForbiddenImports(of="nowhere", inside="domain", allow_empty="not yet"),
        "allowed to be empty (not yet)",
    ),
    "allowed without a reason": (lambda: ForbiddenImports(of="x", inside="api", allow_empty=True), "as a text"),  # type: ignore[arg-type]
    "nothing forbidden": (lambda: ForbiddenImports(of=(), inside="domain"), "at least one name"),
    "forbidden to itself": (lambda: ForbiddenImports(of="domain", inside="shop.domain"), "nothing left to forbid"),
    "forbidden below itself": (lambda: ForbiddenImports(of="domain", inside="domain.order"), "nothing left to forbid"),
    "everything allowed": (lambda: AllowedImports(inside="domain", only="**"), "allows everything"),
    "every package allowed": (lambda: AllowedImports(inside="domain", only=("infra", "*")), "allows everything"),
    "an allowed name twice": (lambda: AllowedImports(inside="domain", only=("infra", "infra")), "twice"),
    "protected from nobody": (lambda: Protected(of="infra", only_by="shop"), "nobody to protect from"),
    "protected third party": (lambda: Protected(of="requests", only_by="domain"), "no module matches"),
    "protected for nobody": (lambda: Protected(of="infra", only_by=()), "at least one name"),
    "public to nobody": (lambda: PublicInterface(of="shop"), "nobody else to judge"),
    "public to friends alone": (lambda: PublicInterface(of="shop.api", friends="shop"), "nobody else to judge"),
    "public module": (lambda: PublicInterface(of="util"), "nothing to hide"),
    "public without an interface": (lambda: PublicInterface(of="modules.*"), "no __init__"),
    "independent of nothing": (lambda: Independence(of="modules.orders"), "nothing to be independent of"),
    "independent of itself": (lambda: Independence(of=("modules", "modules.orders")), "independent of itself"),
    "half of the patterns": (lambda: Independence(of=("modules.*", "modles.*")), "no module matches"),
    "cycles of one module": (lambda: Cycles(inside="util"), "is one module"),
    "cycles of something else": (lambda: Cycles(of="classes"), "'packages' or 'modules'"),  # type: ignore[arg-type]
    "cycles without a scope": (lambda: Cycles(inside=""), "takes one name"),
    "no handlers": (lambda: BoundarySchemas(inside="domain"), "no handler"),
    "unknown mode": (lambda: BoundarySchemas(inside="api", unknown="warn"), "'list' or 'fail'"),  # type: ignore[arg-type]
    "a floor of nothing": (lambda: CoverageFloor(0), "above 0"),
    "a floor as a share": (lambda: CoverageFloor(80, inside=""), "takes one name"),
    "a floor as text": (lambda: CoverageFloor("80"), "percentage"),  # type: ignore[arg-type]
    "a floor without data": (lambda: CoverageFloor(80, inside="domain"), "no coverage data"),
    "a class for a rule": (lambda: Layers, "is a class"),
    "onion ring typo": (lambda: onion(domain="domian", application="api", outer="infra")[0], "no module matches"),
    "hexagonal typo": (lambda: hexagonal(core="domain", ports="util", adapters="infr")[0], "no module matches"),
}


def _exhaustive(neutral: dict[str, str]) -> Layers:
    return Layers("api", "domain | modules", "infra", exhaustive=True, neutral={"util": "helpers", **neutral})


def _db_ignored(ignore: str) -> Layers:
    return Layers("infra", "domain", ignore=ignore)


def shop() -> Codebase:
    """Return a codebase in which the domain imports infrastructure, and nothing else is remarkable."""
    return codebase(TEXTS, layers=NAMED)


@pytest.mark.parametrize("position", POSITIONS)
@pytest.mark.parametrize("mistake", NAMES)
def test_a_name_that_is_not_there_is_an_error_wherever_it_stands(position: str, mistake: str) -> None:
    """The error repeats the name, or what is left of it where it was taken apart."""
    with pytest.raises(FitnessError) as caught:
        shop().violations(POSITIONS[position](NAMES[mistake]))

    assert any(part.strip() in str(caught.value) for part in NAMES[mistake].split(":"))


@pytest.mark.parametrize("case", RULES)
def test_a_rule_that_would_check_nothing_is_an_error_or_says_so(case: str) -> None:
    """Green without a word is what must not happen."""
    rule, expected = RULES[case]
    judged = shop()
    try:
        judged.violations(rule())
        said = " ".join(judged.evaluations[-1].notes)
    except FitnessError as error:
        said = str(error)

    assert expected in said
