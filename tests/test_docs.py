"""Everything that the documentation shows is run."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from pytest_fitness.rules import CATALOGUE
from pytest_fitness.settings import load

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def blocks(language: str) -> list[tuple[str, str]]:
    """Return the fenced code blocks of a language on all pages, each with where it stands."""
    found: list[tuple[str, str]] = []
    for page in PAGES:
        text = page.read_text()
        for match in re.finditer(rf"^( *)```{language}\n(.*?)^ *```", text, flags=re.DOTALL | re.MULTILINE):
            line = text.count("\n", 0, match.start()) + 1
            code = "\n".join(row.removeprefix(match[1]) for row in match[2].splitlines())
            found.append((f"{page.name}:{line}", code))
    return found


def rule_pages() -> ModuleType:
    """Import the script that writes the pages of the rules."""
    spec = importlib.util.spec_from_file_location("rule_pages", ROOT / "docs/rule_pages.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_python_examples_pass_in_the_shop(tmp_path: Path) -> None:
    """Each block is a test file of the example application."""
    shop = tmp_path / "shop"
    shutil.copytree(ROOT / "examples/shop", shop, ignore=shutil.ignore_patterns("__pycache__", ".*"))
    examples = blocks("python")
    for number, (_, code) in enumerate(examples):
        (shop / f"tests/test_block_{number}.py").write_text(code)
    environment = {k: v for k, v in os.environ.items() if not k.startswith("COVERAGE_") and k != "CI"}

    result = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider"],
        cwd=shop,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert len(examples) >= 3
    assert result.returncode == 0, result.stdout
    assert all(f"tests/test_block_{n}.py" in result.stdout for n in range(len(examples)))


@pytest.mark.parametrize("block", [pytest.param(code, id=place) for place, code in blocks("toml")])
def test_the_toml_examples_are_valid(tmp_path: Path, block: str) -> None:
    """Keys, rules and options."""
    (tmp_path / "pyproject.toml").write_text(block)

    settings = load(tmp_path)

    assert settings.packages or "[tool.pytest.ini_options]" in block


def test_the_red_text_in_the_readme_is_what_the_drifted_example_prints() -> None:
    """Line by line."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("COVERAGE_") and k != "CI"}
    result = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "tests/test_architecture.py::test_layers"],
        cwd=ROOT / "examples/drifted",
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    (_, shown) = blocks("text")[0]
    assert [line for line in shown.splitlines() if line not in result.stdout.splitlines()] == []


@pytest.mark.parametrize("name", CATALOGUE)
def test_the_page_of_a_rule_is_its_docstring(name: str) -> None:
    """``make pages`` writes it."""
    assert (ROOT / f"docs/rules/{name}.md").read_text() == rule_pages().page(name)


@pytest.mark.parametrize("name", CATALOGUE)
def test_every_option_has_a_line_of_its_own(name: str) -> None:
    """And what follows the options is prose."""
    options = rule_pages().page(name).partition("## Options\n\n")[2]

    assert options.startswith("- **")
    assert "- **because**" in options
    assert not any(line.startswith(" ") for line in options.splitlines())


def test_the_index_lists_all_rules() -> None:
    """``make pages`` writes it too."""
    assert (ROOT / "docs/rules/index.md").read_text() == rule_pages().index()


def test_links_between_pages_lead_somewhere() -> None:
    """No page is missing."""
    for page in [*PAGES, ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md"]:
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text()):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_the_readme_counts_what_the_suite_counts() -> None:
    """Numbers in prose go stale unless somebody counts."""
    from test_constructs import CAUGHT

    numbers = [re.findall(r"(\d+) ways", (ROOT / name).read_text()) for name in ("README.md", "CHANGELOG.md")]

    assert numbers == [[str(len(CAUGHT))], [str(len(CAUGHT))]]
