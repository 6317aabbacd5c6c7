"""A small project to run pytest in."""

from __future__ import annotations

import os
import sys

import pytest

FILES = {
    "src/shop/__init__.py": "",
    "src/shop/api/__init__.py": "",
    "src/shop/api/routes.py": "from shop.domain.order import total\n\n\ndef show():\n    return total([1, 2])\n",
    "src/shop/domain/__init__.py": "",
    "src/shop/domain/order.py": (
        "def total(prices):\n    if not prices:\n        return 0\n    return sum(prices)\n\n\n"
        "def rebate(prices):\n    first = prices[0]\n    return first / 2\n"
    ),
    "src/shop/domain/tax.py": "RATE = 19\n\n\ndef tax(price):\n    return price * RATE / 100\n",
    "tests/test_unit.py": "from shop.api.routes import show\n\n\ndef test_show():\n    assert show() == 3\n",
}


class Project:
    """A project in a pytester directory, and runs of pytest in it."""

    def __init__(self, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
        self.pytester = pytester
        self.monkeypatch = monkeypatch
        self.write(
            {**FILES, "pyproject.toml": "[tool.pytest.ini_options]\npythonpath = ['src']\ntestpaths = ['tests']\n"}
        )
        monkeypatch.delenv("COVERAGE_PROCESS_START", raising=False)
        monkeypatch.delenv("CI", raising=False)
        monkeypatch.delenv("BUILD_NUMBER", raising=False)

    def write(self, files: dict[str, str]) -> None:
        """Write *files*."""
        for name, text in files.items():
            path = self.pytester.path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")

    def configure(self, text: str) -> None:
        """Add *text* to the configuration."""
        with (self.pytester.path / "pyproject.toml").open("a", encoding="utf-8") as file:
            file.write(text)

    def fitness(self, body: str, name: str = "test_fitness.py") -> None:
        """Write a test file with the rules imported."""
        imports = "from pytest_fitness.rules import *\n\n"
        self.write({f"tests/{name}": imports + body})

    def run(self, *args: str) -> pytest.RunResult:
        """Run pytest in this process; it must not ask for coverage."""
        return self.pytester.runpytest_inprocess("-p", "no:cacheprovider", *args)

    def run_apart(self, *args: str, module: str = "pytest") -> pytest.RunResult:
        """Run pytest in a process of its own, which nobody but itself measures."""
        for name in [n for n in os.environ if n.startswith("COVERAGE_") and n != "COVERAGE_PROCESS_START"]:
            self.monkeypatch.delenv(name)
        return self.pytester.run(sys.executable, "-m", *module.split(), *args)
