"""The ``forbidden-imports`` rule."""

from __future__ import annotations

import pytest

from pytest_fitness import EmptySelectionError, RuleError
from pytest_fitness.rules import ForbiddenImports
from pytest_fitness.testing import codebase

SHOP = {"shop.api": "import fastapi", "shop.domain": "", "shop.infra": "import sqlalchemy.orm", "shop.infra.db": ""}


def found(texts: dict[str, str], *of: str, inside: str = "domain", transitive: bool = True) -> list[str]:
    """Return the violations in SHOP with *texts*."""
    rule = ForbiddenImports(of=of, inside=inside, transitive=transitive)
    return [str(v) for v in codebase(SHOP | texts).violations(rule)]


def test_modules_of_the_codebase_are_forbidden_with_all_below() -> None:
    """By short name, full name, or pattern."""
    texts = {"shop.domain": "from shop.infra import db"}
    expected = ["shop/domain.py:1: shop.domain must not import shop.infra.db"]

    assert found(texts, "infra") == found(texts, "shop.infra") == found(texts, "shop.*.db") == expected
    assert found(texts, "shop.infra.db") == expected


def test_third_party_packages_are_forbidden_with_all_below() -> None:
    """One statement is one entry, however many names it imports."""
    texts = {"shop.domain": "import json\nfrom sqlalchemy.orm import Session, relationship\n"}

    assert found(texts, "sqlalchemy") == ["shop/domain.py:2: shop.domain must not import sqlalchemy"]


@pytest.mark.parametrize(
    "source",
    ["import fastapi.routing", "from fastapi import routing", "from fastapi.routing import APIRoute",
     "import fastapi\nfastapi.routing.APIRoute", "import fastapi as f\nf.routing", "import fastapi.routing as r"],
)  # fmt: skip
def test_a_third_party_submodule_is_forbidden_in_every_spelling(source: str) -> None:
    """``fastapi.routing`` and nothing else of fastapi."""
    assert len(found({"shop.domain": source}, "fastapi.routing")) == 1


@pytest.mark.parametrize("source", ["import fastapi", "from fastapi import Depends", "import fastapi.responses"])
def test_other_parts_of_that_package_stay_allowed(source: str) -> None:
    """A submodule is not its package."""
    assert found({"shop.domain": source}, "fastapi.routing") == []


def test_names_in_a_third_party_package_can_be_forbidden() -> None:
    """Down to a class."""
    texts = {"shop.domain": "from fastapi import Depends, HTTPException"}

    assert found(texts, "fastapi.HTTPException") == [
        "shop/domain.py:1: shop.domain must not import fastapi.HTTPException"
    ]


def test_prefixes_are_whole_names() -> None:
    """``shop.infra`` is not ``shop.infrastructure``, ``sql`` is not ``sqlalchemy``."""
    texts = {"shop.domain": "import shop.infrastructure\nimport jsonschema", "shop.infrastructure": ""}

    assert found(texts, "infra", "json") == []


def test_paths_count_unless_told_otherwise() -> None:
    """Through any module outside the scope, other layers included."""
    texts = {"shop.domain": "import shop.infra"}

    assert found(texts, "sqlalchemy") == [
        "shop/infra/__init__.py:1: shop.infra must not import sqlalchemy: domain reaches it from shop.domain"
    ]
    assert found(texts, "sqlalchemy", transitive=False) == []


def test_a_package_may_forbid_a_part_of_itself_to_the_rest() -> None:
    """``shop`` must not import ``shop.infra``: everything but infra is judged."""
    texts = {"shop.main": "import shop.infra", "shop.infra.cache": "import shop.infra.db"}

    assert found(texts, "shop.infra", inside="shop") == ["shop/main.py:1: shop.main must not import shop.infra"]


def test_a_part_may_be_forbidden_the_rest_of_its_package() -> None:
    """``shop.infra.db`` must not import ``shop.infra``: itself it may."""
    texts = {"shop.infra.db": "import shop.infra.cache", "shop.infra.cache": ""}

    assert found(texts, "infra", inside="infra.db") == [
        "shop/infra/db.py:1: shop.infra.db must not import shop.infra.cache"
    ]


def test_a_name_that_is_internal_and_third_party_means_both() -> None:
    """Otherwise one of the two would be green for a wrong reason."""
    texts = {"shop.json": "", "shop.domain": "import json\nimport shop.json"}

    assert found(texts, "json") == [
        "shop/domain.py:1: shop.domain must not import json",
        "shop/domain.py:2: shop.domain must not import shop.json",
    ]


def test_a_third_party_pattern_matches_what_is_imported() -> None:
    """``sqlalchemy.*`` is everything below sqlalchemy."""
    assert len(found({"shop.domain": "import sqlalchemy.orm"}, "sqlalchemy.*")) == 1
    with pytest.raises(EmptySelectionError, match=r"no module matches 'django\.\*'"):
        found({}, "django.*")


def test_an_installed_package_that_nobody_imports_is_fine() -> None:
    """That is the state that the rule wants; standard library and submodules too."""
    assert found({}, "pydantic", "sqlite3", "os.path", "pydantic.fields", "pydantic.BaseModel", "xml.etree") == []


@pytest.mark.parametrize(
    ("of", "suggestion"),
    [
        ("sqlalchmy", "sqlalchemy"),
        ("sqlalchemy.omr", "sqlalchemy.orm"),
        ("fastapi.rooting", "fastapi.routing"),
        ("infar", "infra"),
        ("shop.infar", "shop.infra"),
        ("shop.infra.bd", "shop.infra.db"),
        ("pydantic.fieldz", "pydantic.fields"),
    ],
)
def test_a_forbidden_name_that_is_nowhere_is_an_error(of: str, suggestion: str) -> None:
    """Own, third-party, or deep in either: a typo never makes a rule that always holds."""
    with pytest.raises(EmptySelectionError) as error:
        found({}, of)

    assert suggestion in error.value.suggestions


def test_a_misspelt_scope_is_an_error() -> None:
    """Both sides are checked."""
    with pytest.raises(EmptySelectionError, match="no module matches 'domian'; did you mean 'domain'"):
        found({}, "infra", inside="domian")


def test_a_reason_allows_a_name_to_be_nowhere_and_is_shown() -> None:
    """The only way out is explicit."""
    shop = codebase(SHOP)
    rule = ForbiddenImports(of="djangoo", inside="domain", allow_empty="we may never need it")

    assert shop.violations(rule) == []
    (note,) = shop.evaluations[-1].notes
    assert note.startswith("allowed to be empty (we may never need it): no module matches 'djangoo'")


def test_nothing_left_to_forbid_is_an_error() -> None:
    """``domain`` must not import ``domain`` says nothing."""
    with pytest.raises(RuleError, match="nothing left to forbid"):
        found({}, "domain")


@pytest.mark.parametrize("of", [(), ("",), ("a", 1)])
def test_an_empty_list_is_refused(of: tuple[str, ...]) -> None:
    """At least one name, all of them names."""
    with pytest.raises(RuleError, match=r"`of` (needs at least one name|takes names)"):
        ForbiddenImports(of=of, inside="domain")


def test_what_is_found_nowhere_may_be_meant_to_stay_away() -> None:
    """The error says how; not of a module of the codebase, which is misspelt."""
    third_party = ForbiddenImports(of="djangoo", inside="domain")
    with pytest.raises(EmptySelectionError, match=r"say why in `allow_empty`$"):
        codebase(SHOP).violations(third_party)

    internal = ForbiddenImports(of="shop.infraa", inside="domain")
    with pytest.raises(EmptySelectionError) as error:
        codebase(SHOP).violations(internal)
    assert "allow_empty" not in str(error.value)


def test_nothing_is_suggested_for_a_package_that_is_like_none() -> None:
    """Of all that is installed, something is always a little like it: ``importlib``."""
    with pytest.raises(EmptySelectionError, match="no module matches 'impotrlab'; it is neither"):
        codebase({"shop.domain": "import importlib"}).violations(ForbiddenImports(of="impotrlab", inside="domain"))


def test_allow_empty_takes_a_reason_not_a_flag() -> None:
    """True is no reason."""
    with pytest.raises(RuleError, match="takes the reason"):
        ForbiddenImports(of="x", inside="domain", allow_empty=True)  # type: ignore[arg-type]


def test_the_reason_is_part_of_the_violation_and_not_of_its_key() -> None:
    """A reworded reason changes nothing that is kept."""
    shop = codebase(SHOP | {"shop.domain": "import shop.infra"})
    first, second = (
        shop.violations(ForbiddenImports(of="infra", inside="domain", because=text))[0] for text in ("a", "b")
    )

    assert (first.because, second.because) == ("a", "b")
    assert first.key == second.key == ("module", "shop.domain", "shop.infra", "")


def test_what_is_forbidden_may_not_import_the_rest_of_what_is_forbidden() -> None:
    """A pattern on both sides: no ``models`` of another part, from one's own ``models`` neither."""
    texts = {"shop.a.models": "import shop.b.models", "shop.a.x": "", "shop.b.models": ""}

    assert found(texts, "**.models", inside="a") == ["shop/a/models.py:1: shop.a.models must not import shop.b.models"]


def test_a_pattern_for_any_package_looks_into_third_party_packages_too() -> None:
    """Also where an internal module matches it."""
    texts = {"shop.orm": "", "shop.domain": "import sqlalchemy.orm"}

    assert found(texts, "**.orm") == ["shop/domain.py:1: shop.domain must not import sqlalchemy.orm"]


@pytest.mark.parametrize("inside", ["", ("domain",), ["domain"], None])
def test_a_scope_is_one_name(inside: object) -> None:
    """Not a list."""
    with pytest.raises(RuleError, match="`inside` takes one name"):
        ForbiddenImports(of="x", inside=inside)  # type: ignore[arg-type]


@pytest.mark.parametrize("of", ["SQLAlchemy", "sqlalchemy.", "sqlalchemy.orm.", "os.sytem", "time.slep", "sys."])
def test_a_name_that_nobody_can_import_is_an_error(of: str) -> None:
    """Names of distributions, trailing dots, typos in the standard library."""
    with pytest.raises(EmptySelectionError):
        found({}, of)


def test_any_third_party_is_everything_else() -> None:
    """Neither the codebase nor the standard library; also where nothing of it is imported yet."""
    rule = ForbiddenImports(of="third party", inside="domain")
    shop = {"shop.domain": "import json, shop.util", "shop.util": ""}

    assert codebase(shop).violations(rule) == []
    assert [v.target for v in codebase(shop | {"shop.util": "import requests"}).violations(rule)] == ["requests"]


def test_kinds_and_single_imports_can_be_left_out() -> None:
    """Third-party names with everything below them."""
    shop = codebase({"shop.domain": "from sqlalchemy.orm import Session\ndef f():\n    import requests\n"})
    of = ("sqlalchemy.orm", "requests")

    assert len(shop.violations(ForbiddenImports(of=of, inside="domain"))) == 2
    rule = ForbiddenImports(
        of=of, inside="domain", except_kinds="function", ignore="domain -> sqlalchemy: until SHOP-2"
    )
    assert shop.violations(rule) == []


@pytest.mark.parametrize(
    "statement",
    ["import shop.infra.db", "from shop.infra.db import x", "from shop.infra import db",
     "__import__('shop.infra', fromlist=['db'])"],
)  # fmt: skip
def test_a_package_that_runs_on_the_way_to_what_is_forbidden_is_no_second_entry(statement: str) -> None:
    """Its ``__init__`` imports the submodule too, but nobody would come by without the statement."""
    texts = {"shop.infra": "import shop.infra.db", "shop.infra.other": ""}
    direct = f"shop/domain.py:1: shop.domain must not import shop.infra.db{', dynamically' * ('__' in statement)}"

    assert found(texts | {"shop.domain": statement}, "infra.db") == [direct]
    assert found(texts | {"shop.domain": "import shop.util", "shop.util": statement}, "infra.db") == [
        direct.replace("domain", "util") + ": domain reaches it from shop.domain"
    ]
    assert found(texts | {"shop.domain": f"{statement}\nimport shop.infra.other"}, "infra.db") == [
        direct,
        "shop/infra/__init__.py:1: shop.infra must not import shop.infra.db: domain reaches it from shop.domain",
    ]


def test_a_star_import_may_bring_any_name() -> None:
    """Of the package that is starred, or of a submodule."""
    assert found({"shop.domain": "from fastapi import *"}, "fastapi.Depends") == [
        "shop/domain.py:1: shop.domain must not import fastapi.*"
    ]
    assert found({"shop.domain": "from sqlalchemy.orm import *"}, "sqlalchemy.orm.Session") != []
    assert found({"shop.domain": "from fastapi.routing import *"}, "fastapi.Depends", "fastapi.security") == []


def test_an_ignore_may_name_a_part_of_a_third_party_package() -> None:
    """Other parts of it still count."""
    rule = ForbiddenImports(of="sqlalchemy", inside="domain", ignore="domain -> sqlalchemy.orm: until SHOP-6")
    assert codebase(SHOP | {"shop.domain": "from sqlalchemy.orm import Session"}).violations(rule) == []
    assert (
        len(codebase(SHOP | {"shop.domain": "from sqlalchemy.orm import A\nimport sqlalchemy"}).violations(rule)) == 1
    )


def test_a_module_of_the_name_of_a_declared_distribution_is_noted() -> None:
    """Nobody can tell here what the modules of a distribution are called that is not installed."""
    judged = codebase(SHOP)
    judged._sources.declared = ("some-driver",)  # type: ignore[attr-defined]

    assert judged.violations(ForbiddenImports(of="some_driver", inside="domain")) == []
    assert judged.evaluations[-1].notes == [
        "'some_driver' is declared, but not installed: taken for the name of a module"
    ]


def test_a_declared_distribution_that_is_imported_with_other_capitals_is_not_meant() -> None:
    """The rule would never find it."""
    judged = codebase(SHOP | {"shop.domain": "import SomeDriver.core"})
    judged._sources.declared = ("SomeDriver",)  # type: ignore[attr-defined]

    with pytest.raises(EmptySelectionError, match="did you mean 'SomeDriver'"):
        judged.violations(ForbiddenImports(of="somedriver", inside="domain"))


def test_an_ignore_for_an_import_that_is_allowed_says_so() -> None:
    """It is there, and nothing is wrong with it."""
    judged = codebase(SHOP | {"shop.domain": "import json\nimport sqlalchemy"})
    rule = ForbiddenImports(of="sqlalchemy", inside="domain", ignore=["domain -> sqlalchemy: A", "domain -> json: B"])

    with pytest.raises(
        EmptySelectionError, match=r"objects to matches 'domain -> json'; the one in shop/domain.py:1 is"
    ):
        judged.violations(rule)


def test_packages_above_an_import_of_a_kind_that_is_left_out_are_counted() -> None:
    """They run on the way to it, unless something else leads there as well."""
    texts = {
        "shop.domain": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from shop.low.deep import x",
        "shop.low": "import shop.bad",
        "shop.low.deep": "",
        "shop.bad": "",
    }
    rule = ForbiddenImports(of="bad", inside="domain", except_kinds="type-checking")
    judged = codebase(texts)

    assert judged.violations(rule) == []
    assert judged.evaluations[-1].notes == ["`except_kinds` leaves out 1 import of these kinds: type-checking"]

    judged = codebase(texts | {"shop.domain": texts["shop.domain"] + "\nimport shop.low"})
    assert len(judged.violations(rule)) == 1
    assert judged.evaluations[-1].notes == []
