"""The ``allowed-imports`` rule."""

from __future__ import annotations

import pytest

from pytest_fitness import EmptySelectionError, RuleError
from pytest_fitness.rules import AllowedImports
from pytest_fitness.testing import codebase

SHOP = {"shop.domain.order": "", "shop.shared.money": "", "shop.shared.time": "", "shop.infra.db": ""}


def found(text: str, *only: str, **options: object) -> list[str]:
    """Return what is found with *text* in the domain."""
    rule = AllowedImports(inside="domain", only=only, **options)  # type: ignore[arg-type]
    return [str(v) for v in codebase(SHOP | {"shop.domain.order": text}).violations(rule)]


@pytest.mark.parametrize(
    ("text", "only"),
    [
        ("import shop.shared.money, decimal\nfrom shop.domain import order", ("shared",)),
        ("import shop.shared.money", ("shop.shared.money",)),
        ("import shop.shared.money", ("shop.shared.*",)),
        ("import pytest", ("pytest",)),
        ("from grimp.application import scanning", ("grimp.application",)),
        ("import grimp.application as a", ("*.application", "shared")),
        ("", ("pytest",)),
    ],
)
def test_what_is_listed_is_allowed(text: str, only: tuple[str, ...]) -> None:
    """With itself and the standard library."""
    assert found(text, *only) == []


@pytest.mark.parametrize(
    ("text", "only", "name"),
    [
        ("import shop.infra.db", ("shared",), "shop.infra.db"),
        ("import shop.shared.time", ("shop.shared.money",), "shop.shared.time"),
        ("import requests", ("shared",), "requests"),
        ("from grimp.domain import analysis", ("grimp.application",), "grimp.domain.analysis"),
        ("import requests", (), "requests"),
    ],
)
def test_what_is_not_listed_is_a_violation(text: str, only: tuple[str, ...], name: str) -> None:
    """Own code and third-party code."""
    assert found(text, *only) == [
        f"shop/domain/order.py:1: shop.domain.order must not import {name}: domain may import only what is listed"
    ]


def test_the_package_around_an_allowed_module_is_run_on_the_way() -> None:
    """That is not an import of it."""
    texts = SHOP | {"shop": "", "shop.shared": "", "shop.domain.order": "import shop.shared.money"}

    assert codebase(texts).violations(AllowedImports(inside="domain", only="shop.shared.money")) == []


def test_the_standard_library_can_be_left_out() -> None:
    """Then what is needed of it is named."""
    assert len(found("import socket\nimport decimal", "decimal", standard_library=False)) == 1


def test_single_imports_and_kinds_can_be_left_out() -> None:
    """With a reason, and the message says the kind."""
    text = "import requests\ndef f():\n    import httpx\n"

    assert len(found(text, "shared")) == 2
    assert found(text, "shared", except_kinds="function", ignore="shop.domain.order -> requests: until SHOP-3") == []


def test_a_name_that_is_nowhere_is_an_error() -> None:
    """It would allow nothing."""
    with pytest.raises(EmptySelectionError, match="no module matches 'pydanticc'"):
        found("", "pydanticc")
    with pytest.raises(EmptySelectionError, match=r"no module matches 'shop\.shred'"):
        found("", "shop.shred")
    with pytest.raises(RuleError, match="`standard_library` is true or false"):
        found("", "shared", standard_library="yes")


def test_exemptions_do_not_bring_back_the_package_around_what_is_allowed() -> None:
    """It runs on the way to the allowed module, whatever else is ignored."""
    texts = {"shop.shared": "", "shop.shared.x": "", "shop.domain": "from shop.shared import x\nimport requests"}
    rule = AllowedImports(inside="domain", only="shop.shared.x", ignore="domain -> requests: until SHOP-5")

    assert codebase({"shop": "", **texts}).violations(rule) == []
