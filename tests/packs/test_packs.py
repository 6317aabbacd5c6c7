"""Packs of rules."""

from __future__ import annotations

import pytest

from pytest_fitness import Rule, RuleError
from pytest_fitness.packs import hexagonal, onion
from pytest_fitness.testing import codebase

ONION = onion(outer=("api", "infra"), application="services", domain="domain", because="it is an onion")
HEXAGON = hexagonal(core="core", ports="ports", adapters="adapters.*")


def found(texts: dict[str, str], rules: tuple[Rule, ...]) -> list[tuple[str, str]]:
    """Return rule and subject of everything that *rules* find."""
    shop = codebase(texts)
    return [(rule.name, v.subject) for rule in rules for v in shop.violations(rule)]


@pytest.mark.parametrize(
    ("module", "text", "expected"),
    [
        ("shop.api", "import shop.services, shop.domain, requests", []),
        ("shop.services", "import shop.domain, requests", []),
        ("shop.domain", "import decimal", []),
        ("shop.api", "import shop.infra", [("layers", "shop.api")]),
        ("shop.services", "import shop.infra", [("layers", "shop.services")]),
        ("shop.domain", "import shop.services", [("layers", "shop.domain"), ("allowed-imports", "shop.domain")]),
        ("shop.domain", "import requests", [("allowed-imports", "shop.domain")]),
    ],
)
def test_an_onion_points_inwards(module: str, text: str, expected: list[tuple[str, str]]) -> None:
    """And its core is pure."""
    texts = {"shop.api": "", "shop.infra": "", "shop.services": "", "shop.domain": ""}

    assert found(texts | {module: text}, ONION) == expected


def test_the_core_of_an_onion_may_import_what_is_named() -> None:
    """A schema library, say."""
    rules = onion(outer="api", application="services", domain="domain", domain_may_import=("pytest",))

    assert found({"shop.api": "", "shop.services": "", "shop.domain": "import pytest"}, rules) == []


def test_an_onion_has_an_outer_ring() -> None:
    """Nothing is nothing."""
    with pytest.raises(RuleError, match="`outer` needs"):
        onion(outer=(), application="services", domain="domain")


@pytest.mark.parametrize(
    ("module", "text", "expected"),
    [
        ("shop.adapters.http", "import shop.ports, shop.core", []),
        ("shop.core", "import shop.ports", []),
        ("shop.ports", "import shop.core", []),
        ("shop.adapters.http", "import shop.adapters.db", [("independence", "shop.adapters.http")]),
        ("shop.core", "import shop.adapters.db", [("layers", "shop.core")]),
        ("shop.ports", "import shop.adapters.db", [("layers", "shop.ports")]),
    ],
)
def test_a_hexagon_keeps_adapters_outside(module: str, text: str, expected: list[tuple[str, str]]) -> None:
    """And apart."""
    texts = {"shop.adapters.http": "", "shop.adapters.db": "", "shop.core": "", "shop.ports": ""}

    assert found(texts | {module: text}, HEXAGON) == expected
