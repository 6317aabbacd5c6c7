"""The ``public-interface`` rule."""

from __future__ import annotations

import pytest

from pytest_fitness import EmptySelectionError, RuleError
from pytest_fitness.rules import PublicInterface
from pytest_fitness.testing import codebase

SHOP = {
    "shop.billing": "from .tables import Invoice, _Row\nfrom . import events\nRATE = 19\ndef pay(): ...\nimport os as _os",
    "shop.billing.tables": "",
    "shop.billing.events": "",
    "shop.billing.deep.er": "",
    "shop.api": "",
    "shop.jobs": "",
}
RULE = PublicInterface(of="billing")


def found(texts: dict[str, str], rule: PublicInterface = RULE) -> list[str]:
    """Return the violations of *rule* in SHOP with *texts*, as a terminal shows them."""
    return [str(v) for v in codebase(SHOP | texts).violations(rule)]


@pytest.mark.parametrize(
    "text",
    [
        "import shop.billing",
        "from shop import billing",
        "from shop.billing import Invoice, RATE, pay",
        "from shop.billing import *",
        "from shop.billing import events",
        "import shop.billing.events",
    ],
)
def test_what_is_exported_is_public(text: str) -> None:
    """Imported or defined in ``__init__`` without an underscore, submodules among it."""
    assert found({"shop.api": text}) == []


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("from shop.billing.tables import Invoice", "tables"),
        ("import shop.billing.tables as t", "tables"),
        ("from shop.billing import tables", "tables"),
        ("from shop.billing.deep.er import x", "deep.er"),
        ("from shop.billing import _Row", "_Row"),
        ("from shop.billing import Missing", "Missing"),
        ("import shop.billing\nshop.billing.tables.x", "tables"),
    ],
)
def test_what_is_not_exported_is_private(text: str, name: str) -> None:
    """Submodules, names with an underscore, names that are not there."""
    (violation,) = found({"shop.api": text})

    assert f"shop.api must not import shop.billing.{name}" in violation
    assert violation.endswith(": shop.billing does not export it")


def test_a_list_of_names_is_the_interface() -> None:
    """``__all__`` says it, in one part or in several."""
    init = "from .tables import Invoice, _Row\nfrom . import tables\n__all__ = ['_Row']\n__all__ += ['tables']\n"

    assert found({"shop.billing": init, "shop.api": "from shop.billing import _Row\nimport shop.billing.tables"}) == []
    assert len(found({"shop.billing": init, "shop.api": "from shop.billing import Invoice"})) == 1


def test_a_starred_module_adds_its_public_names() -> None:
    """Those of its own stars as well, in circles too."""
    texts = {
        "shop.billing": "from .tables import *\nfrom os.path import *",
        "shop.billing.tables": "from shop.billing.events import *\ndef a(): ...",
        "shop.billing.events": "from shop.billing.tables import *\nclass B: ...",
    }

    assert found(texts | {"shop.api": "from shop.billing import a, B"}) == []
    assert len(found(texts | {"shop.api": "from shop.billing import c"})) == 1


def test_submodules_and_friends_can_be_named() -> None:
    """Further interface, and who needs none."""
    texts = {"shop.api": "import shop.billing.tables", "shop.jobs": "import shop.billing.deep.er"}
    rule = PublicInterface(of="billing", also="billing.tables", friends="jobs")

    assert found(texts, rule) == []


def test_single_imports_and_kinds_can_be_left_out() -> None:
    """With a reason, and no other import with them."""
    texts = {"shop.api": "import shop.billing.tables", "shop.jobs": "def f():\n    import shop.billing.tables"}
    rule = PublicInterface(of="billing", except_kinds="function", ignore="api -> billing.tables: until SHOP-5")

    assert found(texts, rule) == []
    assert [v.partition(": ")[2] for v in found(texts)] == [
        "shop.api must not import shop.billing.tables: shop.billing does not export it",
        "shop.jobs must not import shop.billing.tables, inside a function: shop.billing does not export it",
    ]


@pytest.mark.parametrize(
    ("rule", "error", "message"),
    [
        (PublicInterface(of="biling"), EmptySelectionError, "no module matches 'biling'; did you mean 'billing'"),
        (PublicInterface(of="api"), EmptySelectionError, "no package matches 'api'"),
        (PublicInterface(of="billing.deep"), RuleError, "shop.billing.deep has no __init__"),
        (PublicInterface(of="billing", also="x"), EmptySelectionError, "no module matches 'x'"),
        (PublicInterface(of="billing", friends="x"), EmptySelectionError, "no module matches 'x'"),
    ],
)
def test_what_says_nothing_is_an_error(rule: PublicInterface, error: type[Exception], message: str) -> None:
    """A rule that is always green."""
    with pytest.raises(error) as raised:
        found({}, rule)
    assert message in str(raised.value)
