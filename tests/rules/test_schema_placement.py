"""Where schemas live, and who knows them."""

from __future__ import annotations

import pytest

from pytest_fitness import EmptySelectionError, RuleError
from pytest_fitness.rules import SchemaPlacement
from pytest_fitness.testing import codebase

TEXTS = {
    "shop.api.routes": """\
from fastapi import APIRouter
from shop.api.schemas import OrderIn, OrderOut
router = APIRouter()
@router.post('/')
def f(data: list[OrderIn]) -> OrderOut | None: ...
""",
    "shop.api.schemas": "from pydantic import BaseModel\nclass OrderIn(BaseModel): ...\nclass OrderOut(BaseModel): ...",
    "shop.domain.orders": "import json",
}


def said(rule: SchemaPlacement, **texts: str) -> list[str]:
    """Return the violations; a double underscore in a name is a dot."""
    shop = codebase(TEXTS | {name.replace("__", "."): text for name, text in texts.items()})
    return [str(violation) for violation in shop.violations(rule)]


def test_schemas_at_home_are_fine() -> None:
    """All in their place, and nobody below knows them."""
    assert said(SchemaPlacement("api.routes", homes=("**.schemas",), hidden_from=("domain",))) == []


def test_a_schema_elsewhere_is_misplaced() -> None:
    """Named with a handler that speaks it; classes that are no schemas of handlers may be anywhere."""
    found = said(SchemaPlacement("api.routes", homes=("domain",)))

    assert found == [
        "shop/api/schemas.py:2: shop.api.schemas.OrderIn must not be defined in shop.api.schemas: POST / f speaks it",
        "shop/api/schemas.py:3: shop.api.schemas.OrderOut must not be defined in shop.api.schemas: POST / f speaks it",
    ]


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("from shop.api.schemas import OrderIn", "shop.api.schemas.OrderIn"),
        ("from shop.api.schemas import OrderIn as In", "shop.api.schemas.OrderIn"),
        ("from shop.api.schemas import OrderIn; from shop.api.handed import OrderIn", "shop.api.schemas.OrderIn"),
        ("import shop.api.schemas", "shop.api.schemas"),
        ("from shop.api import schemas", "shop.api.schemas"),
        ("from shop.api.schemas import *", "shop.api.schemas"),
        ("from shop.api.handed import OrderIn", "shop.api.schemas.OrderIn"),
        ("def f():\n    from shop.api.schemas import OrderIn", "shop.api.schemas.OrderIn"),
    ],
)
def test_a_layer_below_does_not_know_them(text: str, known: str) -> None:
    """By name, by module, and through modules that hand them on."""
    handed = "from shop.api.more import OrderIn"
    more = "from shop.api.schemas import OrderIn"
    rule = SchemaPlacement("api.routes", hidden_from=("domain",))

    (message,) = said(rule, shop__domain__orders=text, shop__api__handed=handed, shop__api__more=more)

    assert message.endswith(f"shop.domain.orders must not import {known}, a schema of api.routes")


@pytest.mark.parametrize(
    "text",
    [
        "from shop.api.schemas import VERSION",
        "from shop.api.routes import router",
        "from shop.api import other",
        "from shop.api.handed import missing",
        "import pydantic",
    ],
)
def test_what_is_no_schema_may_be_imported(text: str) -> None:
    """Other rules are about layers."""
    more = {"shop__api__other": "", "shop__api__handed": "from shop.api.handed import missing"}

    assert said(SchemaPlacement("api.routes", hidden_from=("domain",)), shop__domain__orders=text, **more) == []


def test_a_hidden_layer_with_schemas_of_its_own_is_judged_all_the_same() -> None:
    """It may not know those of others."""
    text = "from pydantic import BaseModel\nfrom shop.api.schemas import OrderIn\nclass Own(BaseModel): ..."
    routes = (
        TEXTS["shop.api.routes"].replace("-> OrderOut", "-> Own | OrderOut") + "from shop.domain.orders import Own\n"
    )

    (message,) = said(
        SchemaPlacement("api.routes", hidden_from=("domain",)), shop__domain__orders=text, shop__api__routes=routes
    )

    assert "shop.domain.orders must not import shop.api.schemas.OrderIn" in message


def test_names_that_mean_nothing_are_errors() -> None:
    """On all sides."""
    for rule in (
        SchemaPlacement("api.routes", homes=("**.shcemas",)),
        SchemaPlacement("api.routes", hidden_from=("x",)),
    ):
        with pytest.raises(EmptySelectionError):
            said(rule)
    with pytest.raises(RuleError, match="give one of them"):
        SchemaPlacement("api.routes")
