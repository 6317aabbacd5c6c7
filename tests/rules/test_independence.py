"""The ``independence`` rule."""

from __future__ import annotations

import pytest

from pytest_fitness import EmptySelectionError, RuleError
from pytest_fitness.rules import Independence
from pytest_fitness.testing import codebase

SHOP = {"shop.modules.orders.api": "", "shop.modules.billing.api": "", "shop.modules.stock": "", "shop.shared": ""}
RULE = Independence(of="modules.*")


def found(texts: dict[str, str], rule: Independence = RULE) -> list[str]:
    """Return the violations of *rule* in SHOP with *texts*, as a terminal shows them."""
    return [str(v) for v in codebase(SHOP | texts).violations(rule)]


def test_parts_may_import_themselves_and_what_is_shared() -> None:
    """Nobody owns what is beside them."""
    assert found({"shop.modules.orders.db": "import shop.shared, shop.modules.orders.api"}) == []


def test_an_import_of_another_part_is_a_violation() -> None:
    """In either direction, once each."""
    assert found(
        {
            "shop.modules.orders.api": "import shop.modules.stock",
            "shop.modules.stock": "\nimport shop.modules.orders.api",
        }
    ) == [
        "shop/modules/orders/api.py:1: shop.modules.orders.api must not import shop.modules.stock",
        "shop/modules/stock.py:2: shop.modules.stock must not import shop.modules.orders.api",
    ]


def test_a_path_through_shared_code_counts_unless_it_is_left_out() -> None:
    """A facade for everything makes everything depend on everything."""
    texts = {"shop.modules.stock": "import shop.shared", "shop.shared": "import shop.modules.orders.api"}

    assert found(texts) == [
        "shop/shared.py:1: shop.shared must not import shop.modules.orders.api: shop.modules.stock reaches it from "
        "shop.modules.stock"
    ]
    assert found(texts, Independence(of="modules.*", transitive=False)) == []


def test_parts_may_be_named_one_by_one() -> None:
    """Names, patterns and layers together."""
    shop = codebase(SHOP | {"shop.shared": "import shop.modules.stock"}, layers={"parts": ("modules.*",)})

    assert len(shop.violations(Independence(of=("parts", "shared")))) == 1
    assert shop.violations(Independence(of="parts")) == []


@pytest.mark.parametrize(
    ("of", "error", "message"),
    [
        ("modules.ordres", EmptySelectionError, "no module matches 'modules.ordres'; did you mean 'modules.orders'"),
        ("module.*", EmptySelectionError, "no module matches 'module.*'"),
        ("modules.stock", RuleError, "stands for shop.modules.stock alone"),
        (("modules", "modules.stock"), RuleError, "shop.modules.stock lies in shop.modules"),
    ],
)
def test_what_says_nothing_is_an_error(of: str, error: type[Exception], message: str) -> None:
    """A rule that is always green."""
    with pytest.raises(error) as raised:
        found({}, Independence(of=of))
    assert message in str(raised.value)
