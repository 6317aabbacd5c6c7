"""The examples: the shop is green, the drifted shop reports exactly its seeded violations."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[1] / "examples"
ENTRY = re.compile(r"^(?:E {9})?  (src/\S+:\d+: .*)$", re.MULTILINE)

SEEDED = {
    'src/shop/api/v1/orders.py:32: POST /v1/orders/import import_orders must not take raw dict as "payload"',
    "src/shop/api/v1/orders.py:38: GET /v1/orders/{number}/summary summary must declare its result: it returns a dict",
    "src/shop/api/v1/orders.py:44: GET /v1/orders/{number}/raw raw must not return raw Any",
    "src/shop/api/v1/products.py:31: GET /v1/products/{sku}/row get_row must not return the ORM class "
    "shop.infrastructure.tables.ProductRow",
    "src/shop/core/audit.py:3: shop.core.audit must not import shop.api.v1.events: domain reaches it from "
    "shop.domain.products",
    "src/shop/domain/orders.py:43: shop.domain.orders must not import shop.api.v1.events, inside a function",
    "src/shop/domain/refunds.py:28: shop.domain.refunds must not import fastapi, dynamically",
    "src/shop/domain/refunds.py:3: domain is covered to 76.7 %, not 80 % (4 lines short)",
    "src/shop/domain/refunds.py:5: shop.domain.refunds must not import sqlalchemy",
    "src/shop/infrastructure/database.py:12: shop.infrastructure.database must not import shop.domain.products, "
    "for type checking",
    "src/shop/infrastructure/stores.py:8: shop.infrastructure.stores must not import shop.domain.errors",
}


def run(example: str, *args: str) -> subprocess.CompletedProcess[str]:
    """Run the tests of an example as its owner would, in CI, where pytest cuts nothing."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("COVERAGE_")} | {"CI": "true"}
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *args]
    return subprocess.run(command, cwd=EXAMPLES / example, env=environment, capture_output=True, text=True, check=False)


def test_the_shop_is_green() -> None:
    """All rules judged, no violation."""
    result = run("shop")

    assert result.returncode == 0, result.stdout
    assert (
        "fitness: 19 rules judged, 0 violations (6 handlers, 3 GET handlers, 4 schemas, 1 handler, 6 routes, 4 errors"
        in result.stdout
    )
    assert "22 passed" in result.stdout


def test_the_drifted_shop_reports_exactly_what_was_seeded() -> None:
    """A missing, an extra, or a moved line fails."""
    result = run("drifted")

    assert result.returncode == 1
    assert set(ENTRY.findall(result.stdout)) == SEEDED
    assert "4 failed, 6 passed" in result.stdout


@pytest.mark.parametrize(("example", "rules"), [("shop", 14), ("drifted", 4)])
def test_every_rule_of_an_example_can_fail(example: str, rules: int) -> None:
    """Green ones and red ones: everything that is planted is found."""
    result = run(example, "--fitness-prove")

    killed = re.search(r"fitness: (\d+) of (\d+) plants killed", result.stdout)
    assert killed is not None, result.stdout
    assert killed[1] == killed[2]
    assert (
        len(re.findall(r"^  \S+ +(?:tests/\S+|pyproject.toml:\d+) +(\d+)/\1\b", result.stdout, re.MULTILINE)) == rules
    )


def test_what_is_wrong_with_the_drifted_shop_can_be_frozen(tmp_path: Path) -> None:
    """But for its coverage; from then on it is green, and one more of it is red."""
    shutil.copytree(EXAMPLES / "drifted", tmp_path / "drifted", ignore=shutil.ignore_patterns("__pycache__"))

    def in_copy(*args: str) -> str:
        environment = {k: v for k, v in os.environ.items() if not k.startswith("COVERAGE_") and k != "CI"}
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-p",
            "no:cacheprovider",
            "--deselect=tests/test_architecture.py::test_coverage",
            *args,
        ]
        where = tmp_path / "drifted"
        return subprocess.run(command, cwd=where, env=environment, capture_output=True, text=True, check=False).stdout

    assert "9 passed, 1 deselected" in in_copy("--fitness-freeze")
    assert "fitness: 3 rules, 0 new violations, 10 known" in in_copy()
    file = tmp_path / "drifted/src/shop/infrastructure/stores.py"
    file.write_text("from shop.api.v1 import events\n" + file.read_text())
    assert "1 new violation, 10 known" in in_copy()


def test_the_demo_tells_green_from_red() -> None:
    """What ``make demo`` runs."""
    result = subprocess.run(
        [sys.executable, str(EXAMPLES / "demo.py")],
        env={k: v for k, v in os.environ.items() if not k.startswith("COVERAGE_")},
        capture_output=True,
        text=True,
        check=False,
    )

    assert result.returncode == 0, result.stdout + result.stderr
    assert result.stdout.endswith("shop: green\ndrifted: red in 4 fitness tests, as it should be\n")


def test_the_two_examples_differ_only_where_one_has_drifted() -> None:
    """Tests, rules and configuration are the same."""
    for file in ["pyproject.toml", "tests/test_architecture.py", "tests/test_api.py", "src/shop/main.py"]:
        assert (EXAMPLES / "shop" / file).read_text() == (EXAMPLES / "drifted" / file).read_text()
