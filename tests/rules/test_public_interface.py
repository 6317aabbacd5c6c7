"""The ``public-interface`` rule."""

from __future__ import annotations

import pytest

from pytest_fitness import EmptySelectionError, RuleError
from pytest_fitness.model import Location, Unread
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


BILLING = {"shop.billing": "from shop.billing.render import render", "shop.billing.render": "", "shop.billing.rows": ""}


@pytest.mark.parametrize(
    "statement",
    [
        "from shop.billing.render import Row",
        "from shop.billing.render import render, _secret",
        "from shop.billing.render import *",
        "import shop.billing.rows",
        "from shop.billing.rows_pb2 import Row",
        "import importlib\nimportlib.import_module('shop.billing.rows')",
        "from shop.billing.rows import Row\ntype X = int",
    ],
)
def test_a_function_that_is_called_like_its_module_does_not_open_the_module(statement: str) -> None:
    """Nor is a module without a file open, or hidden by syntax that is newer."""
    assert judged({**BILLING, "shop.api": statement}) != []


@pytest.mark.parametrize(
    ("init", "statement"),
    [
        ("from shop.billing.render import render", "from shop.billing import render"),
        ("from shop.billing import render", "from shop.billing.render import Row"),
        ("__all__ = ['render']", "from shop.billing.render import Row"),
        ("import shop.billing.rows as r\n__all__ = ['X', *r.__all__]", "from shop.billing import Y, X"),
        ("import shop.billing.rows as r\n__all__ = ['X'] + r.__all__", "from shop.billing import Y"),
        ("__all__ = []\n__all__.extend(['Y'])\n__all__.append('X')", "from shop.billing import X, Y"),
        ("__all__ = sorted(globals())\nX = 1", "from shop.billing import X"),
        ("X = []\nX.append(1)\n__all__ = ['X', 'Y']\n__all__.remove('Y')", "from shop.billing import X"),
        ("from shop.billing.render import render\ntype X = int", "from shop.billing import render"),
        ("X = 1", "from shop.billing import *"),
    ],
)
def test_what_a_package_exports_in_other_ways(init: str, statement: str) -> None:
    """A submodule that is bound as itself; ``__all__`` in parts."""
    texts = {**BILLING, "shop.billing": init, "shop.billing.rows": "__all__ = ['Y']\nY = 1", "shop.api": statement}

    assert judged(texts) == []


def test_what_is_not_in_the_parts_of_all_is_not_exported() -> None:
    """Whatever else is bound; and an importer that cannot be parsed fails by name."""
    init = "import shop.billing.rows as r\n__all__ = ['X'] + r.__all__\nHidden = 1"
    texts = {**BILLING, "shop.billing": init, "shop.api": "from shop.billing import Hidden, Hidden"}

    assert judged(texts) == [
        "shop/api.py:1: shop.api must not import shop.billing.Hidden: shop.billing does not export it"
    ]
    (problem,) = judged({**BILLING, "shop.api": "from shop.billing import x\ndef (:"})
    assert problem.startswith("shop/api.py:2: shop.api cannot be read")
    (problem,) = judged({**BILLING, "shop.api": "def (:"})
    assert problem.startswith("shop/api.py:1: shop.api cannot be read")


def test_an_importer_whose_names_cannot_be_told_fails_by_name() -> None:
    """Where its imports can be read all the same, in syntax that is newer still."""
    shop = codebase({"shop": "", **BILLING, "shop.api": "from shop.billing import render"})
    problem = Unread("shop.api", Location("shop/api.py", 7), "too new")
    shop._sources.unparsed = lambda module: problem if module == "shop.api" else None  # type: ignore[method-assign]

    (text,) = map(str, shop.violations(PublicInterface(of="billing")))

    assert text == "shop/api.py:7: shop.api cannot be read, so its imports are unknown: too new"


def judged(texts: dict[str, str]) -> list[str]:
    """Return what others import from the billing package in *texts* without being offered it."""
    return [str(v) for v in codebase({"shop": "", "shop.api": "", **texts}).violations(PublicInterface(of="billing"))]
