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
