"""The ``layers`` rule."""

from __future__ import annotations

import pytest

from pytest_fitness import EmptySelectionError, RuleError
from pytest_fitness.rules import Layers
from pytest_fitness.testing import codebase

SHOP = {"shop.api": "", "shop.domain": "", "shop.infra": ""}
RULE = Layers("api", "domain", "infra")


def found(texts: dict[str, str], rule: Layers = RULE) -> list[str]:
    """Return the violations of *rule* in SHOP with *texts*, as a terminal shows them."""
    return [str(v) for v in codebase(SHOP | texts).violations(rule)]


def test_a_layer_may_import_the_layers_below() -> None:
    """Downwards is allowed, over a layer too."""
    assert found({"shop.api": "import shop.domain\nimport shop.infra", "shop.domain": "import shop.infra"}) == []


def test_a_layer_may_import_itself_and_what_is_in_no_layer() -> None:
    """Neutral modules and siblings are nobody's business here."""
    texts = {"shop.infra.a": "import shop.infra.b\nimport shop.util\nimport json", "shop.infra.b": "", "shop.util": ""}

    assert found(texts) == []


def test_a_neutral_module_may_import_any_layer() -> None:
    """Who belongs to no layer composes them."""
    assert found({"shop.main": "import shop.api\nimport shop.infra"}) == []


def test_upwards_is_a_violation_at_the_importing_line() -> None:
    """The line is the statement's, the text names both modules."""
    assert found({"shop.infra": "\nfrom shop import api"}) == ["shop/infra.py:2: shop.infra must not import shop.api"]


def test_a_package_init_belongs_to_its_layer() -> None:
    """``domain/__init__.py`` is domain, as importer and as imported."""
    texts = {"shop.domain": "import shop.api", "shop.domain.order": "", "shop.infra.db": "import shop.domain"}

    assert found(texts) == [
        "shop/domain/__init__.py:1: shop.domain must not import shop.api",
        "shop/infra/db.py:1: shop.infra.db must not import shop.domain",
    ]


def test_a_path_through_neutral_modules_is_one_violation_at_its_end() -> None:
    """Thirty importers of one bad module are one entry, which says how many."""
    texts = {f"shop.domain.m{n}": "import shop.util" for n in range(30)}
    texts |= {"shop.domain": "", "shop.util": "import shop.other", "shop.other": "\n\nimport shop.api"}

    (violation,) = codebase(SHOP | texts).violations(RULE)

    assert str(violation) == (
        "shop/other.py:3: shop.other must not import shop.api: domain reaches it from shop.domain.m0 and 29 more modules"
    )
    assert [str(hop) for hop in violation.trail] == ["shop/domain/m0.py:1", "shop/util.py:1", "shop/other.py:3"]
    assert violation.fix == "cut this import (shop/other.py:3) or another one of the chain"


def test_one_import_that_leads_to_many_is_one_violation_at_its_beginning() -> None:
    """A helper that composes everything is not to blame for who imports it."""
    texts = {f"shop.api.m{n}": "" for n in range(30)} | {"shop.api": "", "shop.domain": "\nimport shop.main"}
    texts |= {"shop.main": "\n".join(f"import shop.api.m{n}" for n in range(30))}

    (violation,) = codebase(SHOP | texts).violations(RULE)

    assert str(violation) == "shop/domain.py:2: shop.domain must not import shop.main: it leads to shop.api.m0"
    assert [str(hop) for hop in violation.trail] == ["shop/domain.py:2", "shop/main.py:1"]


def test_a_statement_with_several_names_is_one_way_in() -> None:
    """Nor do the packages on the way to a submodule count by themselves."""
    texts = {"shop.api.v1": "", "shop.api.v1.a": "", "shop.api.v1.b": "", "shop.domain": "import shop.util"}
    texts |= {"shop.api": "", "shop.util": "from shop.api.v1 import a, b"}

    assert [t.partition(": ")[0] for t in found(texts)] == ["shop/util.py:1", "shop/util.py:1"]


def test_a_path_through_a_layer_in_between_is_that_layers_violation() -> None:
    """``infra -> domain -> api`` is two violations, not three."""
    assert found({"shop.infra": "import shop.domain", "shop.domain": "import shop.api"}) == [
        "shop/domain.py:1: shop.domain must not import shop.api",
        "shop/infra.py:1: shop.infra must not import shop.domain",
    ]


def test_every_import_is_one_entry_in_file_order() -> None:
    """Two statements are two entries; the order never changes."""
    texts = {"shop.infra": "import shop.domain\nfrom shop import api, domain\n"}

    assert found(texts) == [
        "shop/infra.py:1: shop.infra must not import shop.domain",
        "shop/infra.py:2: shop.infra must not import shop.api",
        "shop/infra.py:2: shop.infra must not import shop.domain",
    ]


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("def f():\n import shop.api", ", inside a function"),
        ("try:\n import shop.api\nexcept: ...", ", conditionally"),
        ("from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n import shop.api", ", for type checking"),
        ("__import__('shop.api')", ", dynamically"),
        ("import shop\nshop.api", ", by using it as an attribute of its package"),
    ],
)
def test_the_kind_of_import_is_said(source: str, words: str) -> None:
    """Whoever mends it wants to know how it comes about."""
    (text,) = found({"shop.infra": source})

    assert text.endswith(f"shop.infra must not import shop.api{words}")


def test_an_import_on_the_way_to_a_submodule_is_said_to_be_one() -> None:
    """Python runs a package's ``__init__`` first; that counts."""
    texts = {"shop.infra": "import shop.kit.x", "shop.kit": "import shop.api", "shop.kit.x": ""}

    (violation,) = codebase(SHOP | texts).violations(RULE)

    assert str(violation).startswith("shop/kit/__init__.py:1: shop.kit must not import shop.api")
    assert [str(hop) for hop in violation.trail] == ["shop/infra.py:1", "shop/kit/__init__.py:1"]


def test_a_submodule_imported_below_a_higher_layer_is_one_entry() -> None:
    """``import shop.api.v1`` also runs ``shop/api/__init__.py``: one violation all the same."""
    texts = {"shop.infra": "import shop.api.v1", "shop.api.v1": ""}

    assert found(texts) == ["shop/infra.py:1: shop.infra must not import shop.api.v1"]


def test_layers_may_be_full_names_patterns_and_configured_names() -> None:
    """All ways to name a part of the code work."""
    texts = {"shop.a.api": "", "shop.b.api": "", "shop.a.store": "import shop.b.api", "shop.b.store": ""}
    shop = codebase(texts, layers={"storage": ("a.store", "shop.b.store")})

    assert [str(v) for v in shop.violations(Layers("*.api", "storage"))] == [
        "shop/a/store.py:1: shop.a.store must not import shop.b.api"
    ]


def test_one_short_name_stands_for_all_packages_that_have_it() -> None:
    """With two top-level packages, ``domain`` is both domains."""
    texts = {"a.domain": "", "a.infra": "", "b.domain": "", "b.infra": "import b.domain"}

    assert [str(v) for v in codebase(texts).violations(Layers("domain", "infra"))] == [
        "b/infra.py:1: b.infra must not import b.domain"
    ]


def test_a_misspelt_layer_is_an_error_with_a_suggestion() -> None:
    """A layer that matches nothing would check nothing."""
    with pytest.raises(EmptySelectionError, match=r"no module matches 'domian'; did you mean 'domain'\?"):
        found({}, Layers("api", "domian"))


def test_a_part_of_a_configured_layer_that_matches_nothing_is_an_error() -> None:
    """Even where the other parts do match, and the layer is not used."""
    with pytest.raises(EmptySelectionError, match=r"'stroe'; did you mean .*it is part of the layer 'storage'"):
        codebase({"shop.store": "", "shop.api": ""}, layers={"storage": ("store", "stroe")})


@pytest.mark.parametrize("names", [(), ("api",), ("api", "api"), ("api", ""), ("api", ["domain"])])
def test_layers_that_make_no_sense_are_refused(names: tuple[str, ...]) -> None:
    """Fewer than two, the same twice, or no names."""
    with pytest.raises(RuleError, match="Layers"):
        Layers(*names)


def test_a_module_in_two_layers_is_refused() -> None:
    """It would be above and below itself."""
    with pytest.raises(RuleError, match=r"module shop\.api\.v1 is in two layers, 'api' and 'api\.v1'"):
        found({"shop.api.v1": ""}, Layers("api", "api.v1"))


def test_a_file_that_cannot_be_read_fails_where_it_matters() -> None:
    """Its imports are unknown; in a module that no layer reaches they do not matter."""
    assert found({"shop.main": "def (:"}) == []
    assert found({"shop.api": "def (:"}) == []
    (text,) = found({"shop.infra": "import shop.util", "shop.util": "x = 1\ndef (:"})
    assert text.startswith("shop/util.py:2: shop.util cannot be read, so its imports are unknown: ")


def test_an_import_by_a_computed_name_is_noted() -> None:
    """It cannot be judged, and a green result does not hide that."""
    shop = codebase(SHOP | {"shop.infra": "import importlib\ndef f(x):\n    importlib.import_module(x)"})

    assert shop.violations(RULE) == []
    assert shop.evaluations[-1].notes == [
        "shop/infra.py:3: imports a name computed at run time, which cannot be judged"
    ]


# -- siblings, containers, optional, closed, exhaustive --------------------------------------------------------------


def test_independent_siblings_do_not_import_each_other() -> None:
    """``a | b`` is one layer of two that know nothing of each other; in ``a : b`` they may."""
    texts = {"shop.api": "import shop.jobs", "shop.jobs": "import shop.domain", "shop.domain": "import shop.infra"}

    assert found(texts, Layers("api | jobs", "domain", "infra")) == [
        "shop/api.py:1: shop.api must not import shop.jobs"
    ]
    assert found(texts, Layers("api : jobs", "domain", "infra")) == []
    assert found({"shop.jobs": "", "shop.domain": "import shop.jobs"}, Layers("api | jobs", "domain")) == [
        "shop/domain.py:1: shop.domain must not import shop.jobs"
    ]


def test_a_way_through_a_lower_layer_is_the_lower_layers_fault() -> None:
    """One entry, where the import is that has to go."""
    texts = {"shop.api": "import shop.domain", "shop.domain": "import shop.jobs", "shop.jobs": ""}

    assert found(texts, Layers("api | jobs", "domain")) == ["shop/domain.py:1: shop.domain must not import shop.jobs"]


MODULES = {"shop.m.a.api": "", "shop.m.a.db": "", "shop.m.b.api": "", "shop.m.b.db": "", "shop.top": ""}


def test_layers_repeat_in_containers() -> None:
    """In each by itself; between them is another rule's business."""
    rule = Layers("api", "db", containers="m.*")

    assert found(MODULES | {"shop.m.a.db": "import shop.m.a.api"}, rule) == [
        "shop/m/a/db.py:1: shop.m.a.db must not import shop.m.a.api"
    ]
    assert found(MODULES | {"shop.m.a.db": "import shop.m.b.api"}, rule) == []


def test_a_layer_has_to_be_in_every_container_unless_it_is_optional() -> None:
    """An optional one that is in none is said."""
    texts = SHOP | MODULES | {"shop.m.c.db": ""}
    with pytest.raises(EmptySelectionError, match=r"no module matches 'shop\.m\.c\.api'"):
        found(texts, Layers("api", "db", containers="m.*"))
    shop = codebase(texts)

    assert shop.violations(Layers("api", "db", "x", containers="m.*", optional={"api": "no", "x": "some day"})) == []
    missing, partly, alone = sorted(shop.evaluations[-1].notes, key=lambda note: "'x'" not in note)
    assert missing.startswith("optional layer 'x' is not there (some day): in shop.m.a, no module matches 'shop.m.a.x'")
    assert partly.startswith("optional layer 'api' is not in shop.m.c (no): no module matches 'shop.m.c.api'")
    assert alone == "nothing to compare in shop.m.c: fewer than two of the layers are there"


def test_an_optional_layer_may_be_missing() -> None:
    """With its reason in the summary."""
    shop = codebase(SHOP)

    assert shop.violations(Layers("api", "evnts", "domain", optional={"evnts": "not yet"})) == []
    assert "optional layer 'evnts' is not there (not yet)" in shop.evaluations[-1].notes[0]
    with pytest.raises(RuleError, match="fewer than two of the layers api, evnts are there: nothing"):
        shop.violations(Layers("api", "evnts", optional={"evnts": "not yet"}))


def test_a_closed_layer_is_not_skipped() -> None:
    """Neither directly nor through neutral modules; its own imports are its affair."""
    texts = {"shop.api": "import shop.infra", "shop.domain": "import shop.infra", "shop.jobs": "import shop.util"}
    texts["shop.util"] = "import shop.infra"
    rule = Layers("jobs", "api", "domain", "infra", closed="domain")

    assert found(texts, rule) == [
        "shop/api.py:1: shop.api must not import shop.infra: the layer domain is closed",
        "shop/util.py:1: shop.util must not import shop.infra: jobs reaches it from shop.jobs: the layer domain is closed",
    ]
    assert found({"shop.api": "import shop.domain"}, Layers("api", "domain", "infra", closed="domain")) == []


def test_of_two_closed_layers_the_nearest_counts() -> None:
    """One entry an import."""
    texts = {"shop.api": "import shop.infra\nimport shop.low", "shop.low": ""}
    rule = Layers("api", "domain", "infra", "low", closed=("domain", "infra"))

    assert [v.rpartition(": ")[2] for v in found(texts, rule)] == ["the layer domain is closed"] * 2


def test_exhaustive_layers_hold_everything() -> None:
    """The topmost package that is outside is named, once."""
    texts = {"shop": "", "shop.util.a": "", "shop.util.b": "", "shop.main": ""}
    rule = Layers("api", "domain", "infra", exhaustive=True)

    assert found(texts, rule) == [
        "shop/main.py:1: shop.main belongs to no layer",
        "shop/util/a.py:1: shop.util.a belongs to no layer",
        "shop/util/b.py:1: shop.util.b belongs to no layer",
    ]
    assert found(texts | {"shop.util": ""}, rule)[1:] == ["shop/util/__init__.py:1: shop.util belongs to no layer"]
    neutral = {"util": "used by all", "main": "puts it together"}
    assert found(texts, Layers("api", "domain", "infra", exhaustive=True, neutral=neutral)) == []


def test_exhaustive_containers_hold_nothing_else() -> None:
    """Each child of each container is a layer."""
    texts = MODULES | {"shop.m.a": "", "shop.m.a.other": ""}
    rule = Layers("api", "db", containers="m.*", exhaustive=True)

    assert found(texts, rule) == ["shop/m/a/other.py:1: shop.m.a.other belongs to no layer"]
    neutral = Layers("api", "db", containers="m.*", exhaustive=True, neutral={"other": "why not"})
    assert found(texts, neutral) == []


def test_kinds_can_be_left_out() -> None:
    """By default all count."""
    texts = {
        "shop.domain": "from typing import TYPE_CHECKING as TC\nif TC:\n    import shop.api\nelse:\n    import shop.api.x\n",
        "shop.api.x": "",
    }

    assert len(found(texts)) == 2
    assert found(texts, Layers("api", "domain", except_kinds="type-checking")) == [
        "shop/domain.py:5: shop.domain must not import shop.api.x, conditionally"
    ]
    assert found(texts, Layers("api", "domain", except_kinds=("type-checking", "conditional"))) == []


def test_what_follows_from_an_import_that_is_left_out_is_left_out() -> None:
    """The packages on the way to it; but not where another import leads there as well."""
    texts = {
        "shop.api": "",
        "shop.api.x.y": "",
        "shop.api.x": "",
        "shop.domain": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import shop.api.x.y\n",
    }
    rule = Layers("api", "domain", except_kinds="type-checking")

    assert found(texts, rule) == []
    texts["shop.domain"] += "def f():\n    import shop.api.x.y\n"
    assert [v.partition(": ")[0] for v in found(texts, rule)] == ["shop/domain.py:5"]


def test_a_use_at_run_time_counts_beside_an_import_for_types() -> None:
    """``app.x`` that somebody else has loaded."""
    texts = {
        "shop": "",
        "shop.api": "",
        "shop.domain": "from typing import TYPE_CHECKING\nimport shop\nif TYPE_CHECKING:\n    import shop.api\nshop.api.x\n",
    }

    assert [v.partition(": ")[0] for v in found(texts, Layers("api", "domain", except_kinds="type-checking"))] == [
        "shop/domain.py:5"
    ]


def test_single_imports_are_ignored_with_a_reason() -> None:
    """By name or pattern; a chain is cut where it is ignored."""
    texts = {"shop.domain": "import shop.util", "shop.util": "import shop.api"}

    for edge in ("shop.util -> shop.api", "util -> api", "shop.domain -> shop.util", "shop.* -> shop.api"):
        assert found(texts, Layers("api", "domain", ignore=f"{edge}: until SHOP-1")) == []


def test_an_ignore_may_name_what_is_imported() -> None:
    """Then everything else from there still counts, on the same line and on a new one."""
    texts = {"shop.api.schemas": "", "shop.domain": "from shop.api.schemas import Order"}
    rule = Layers("api", "domain", ignore="shop.domain -> shop.api.schemas.Order: until SHOP-1")

    assert found(texts, rule) == []
    assert len(found(texts | {"shop.domain": "from shop.api.schemas import Order, Line"}, rule)) == 1
    assert (
        len(
            found(
                texts | {"shop.domain": "from shop.api.schemas import Order\nfrom shop.api.schemas import Line"}, rule
            )
        )
        == 1
    )


@pytest.mark.parametrize(
    "edge",
    [
        "shop.domain -> shop.infra",
        "shop.domian -> shop.api",
        "shop.domain -> shop.util",
        "x.* -> shop.api",
        "shop.domain -> shop.api.Y",
    ],
)
def test_an_ignore_that_is_of_no_use_is_an_error(edge: str) -> None:
    """Gone, misspelt, or of imports that the rule has nothing against."""
    texts = {"shop.domain": "import shop.api\nimport shop.util", "shop.util": ""}
    with pytest.raises(EmptySelectionError, match="no import that this rule objects to"):
        found(texts, Layers("api", "domain", ignore=f"{edge}: until SHOP-1"))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"optional": {"api": ""}}, "`optional`: 'api' needs a reason"),
        ({"optional": {"apis": "why"}}, "`optional` names 'apis', which is none of the layers api, domain"),
        ({"optional": ["api"]}, "`optional` takes names with a reason each"),
        ({"closed": "domian"}, "`closed` names 'domian'"),
        ({"neutral": {"util": "why"}}, "`exhaustive` is not set"),
        ({"containers": ("",)}, "`containers` takes names"),
        ({"containers": ("a", "a")}, "`containers` has a name twice"),
        ({"except_kinds": "lazy"}, "unknown kind of import 'lazy'"),
        ({"except_kinds": "zzz"}, "there are module, function"),
        ({"ignore": "a -> b"}, "`ignore` takes 'importer -> imported: reason'"),
        ({"ignore": "a: b"}, "`ignore` takes"),
        (
            {
                "except_kinds": (
                    "module",
                    "function",
                    "conditional",
                    "type-checking",
                    "dynamic",
                    "attribute",
                    "implicit",
                )
            },
            "leaves no kind",
        ),
    ],
)
def test_options_that_make_no_sense_are_refused(options: dict[str, object], message: str) -> None:
    """When the rule is made."""
    with pytest.raises(RuleError) as raised:
        Layers("api", "domain", **options)  # type: ignore[arg-type]
    assert message in str(raised.value)


@pytest.mark.parametrize("layers", [("a | b : c", "d"), ("a |", "b"), ("a | a", "b")])
def test_odd_siblings_are_refused(layers: tuple[str, ...]) -> None:
    """Two separators, a missing name, a name twice."""
    with pytest.raises(RuleError):
        Layers(*layers)


def test_a_container_or_a_neutral_part_has_to_be_there() -> None:
    """And a neutral part has to be outside of the layers."""
    with pytest.raises(EmptySelectionError, match="no module matches 'mm"):
        found(MODULES, Layers("api", "db", containers="mm.*"))
    with pytest.raises(EmptySelectionError, match="no module matches 'utli'"):
        found({"shop.util": ""}, Layers("api", "domain", "infra", exhaustive=True, neutral={"utli": "why"}))
    with pytest.raises(EmptySelectionError, match="no module outside the layers matches 'api'"):
        found({"shop.util": ""}, Layers("api", "domain", "infra", exhaustive=True, neutral={"api": "why"}))


@pytest.mark.parametrize(
    "text",
    [
        "import importlib.metadata\nV = importlib.metadata.version('shop')\n",
        "from importlib import metadata as md\nV = md.version('shop.api')\n",
        "from importlib.metadata import version\nV = version('shop')\n",
    ],
)
def test_the_version_of_a_distribution_is_no_import(text: str) -> None:
    """What it is called like may be a package of ours."""
    shop = codebase({"shop": "from .api import x", "shop.api": "x = 1\n", "shop.domain": text})

    assert shop.violations(Layers("api", "domain")) == []
