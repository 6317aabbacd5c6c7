"""We obey ourselves: the house of the design, said with our own rules."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from pytest_fitness import Codebase
from pytest_fitness.rules import CATALOGUE, CoverageFloor, Cycles, ForbiddenImports, Layers

ROOT = Path(__file__).parents[1]
BECAUSE = "data flow one way: settings, codebase, rule, violations, report"


@pytest.mark.parametrize("top", ["plugin", "testing"])
@pytest.mark.parametrize("middle", ["rules", "sources", "frameworks", "runtime", "report"])
def test_data_flow_one_way(codebase: Codebase, top: str, middle: str) -> None:
    """Nothing below knows what is above it."""
    assert codebase.violations(Layers(top, middle, "model", "errors", "names", because=BECAUSE)) == []


@pytest.mark.parametrize("own", ["rules", "sources", "frameworks", "runtime", "report"])
def test_siblings_do_not_know_each_other(codebase: Codebase, own: str) -> None:
    """They meet in values of the model."""
    siblings = tuple(s for s in ("rules", "sources", "frameworks", "runtime", "report") if s != own)
    rule = ForbiddenImports(of=(*siblings, "settings", "plugin", "testing"), inside=own, because=BECAUSE)

    assert codebase.violations(rule) == []


@pytest.mark.parametrize("name", CATALOGUE)
def test_rules_stand_alone(codebase: Codebase, name: str) -> None:
    """A rule can be read, and removed, by itself."""
    own = name.replace("-", "_")
    others = tuple(f"rules.{other.replace('-', '_')}" for other in CATALOGUE if other != name)

    assert codebase.violations(ForbiddenImports(of=others, inside=f"rules.{own}")) == []


@pytest.mark.parametrize(
    "inside", ["settings", "rules", "sources", "frameworks", "runtime", "report", "model", "errors", "testing"]
)
def test_only_the_plugin_knows_pytest(codebase: Codebase, inside: str) -> None:
    """So that everything else can be tested, and used, without it."""
    assert codebase.violations(ForbiddenImports(of=("pytest", "_pytest", "pluggy"), inside=inside)) == []


@pytest.mark.parametrize(
    "inside", ["plugin", "settings", "rules", "frameworks", "runtime", "report", "model", "errors", "testing"]
)
def test_only_sources_read_the_world(codebase: Codebase, inside: str) -> None:
    """grimp, import-linter and coverage are spoken to in one place."""
    rule = ForbiddenImports(of=("grimp", "importlinter", "coverage"), inside=inside, transitive=False)

    assert codebase.violations(rule) == []


def test_the_model_touches_nothing(codebase: Codebase) -> None:
    """Values, no files, no processes."""
    rule = ForbiddenImports(of=("os", "subprocess", "tempfile", "io", "tomllib", "json"), inside="model")

    assert codebase.violations(rule) == []


@pytest.mark.parametrize("module", ["grimp", "importlinter", "coverage"])
def test_each_tool_is_spoken_to_in_one_module(codebase: Codebase, module: str) -> None:
    """Their undocumented shapes are pinned there and nowhere else."""
    inside = {
        "grimp": ("sources.grimp_scan", "sources.contracts"),  # import-linter judges grimp's graphs
        "importlinter": ("sources.contracts",),
        "coverage": ("sources.coverage", "sources.coverage_numbers"),
    }[module]

    importers = {i.importer for i in codebase.imports() if i.imported.partition(".")[0] == module}
    assert importers
    assert importers <= {m.name for name in inside for m in codebase.select(name)}


def test_nothing_imports_in_a_circle(codebase: Codebase) -> None:
    """As far as Python would run into it."""
    kinds = ("type-checking", "function")
    assert codebase.violations(Cycles(except_kinds=kinds)) == []
    assert codebase.violations(Cycles(of="modules", except_kinds=kinds)) == []


@pytest.mark.parametrize(("floor", "inside"), [(98, "rules"), (98, "model"), (95, None)])
def test_coverage_is_high(codebase: Codebase, floor: float, inside: str | None) -> None:
    """`coverage report` asks for 100 % later: what only fitness tests run is not measured yet when they are judged."""
    assert codebase.violations(CoverageFloor(floor, inside=inside)) == []


def test_import_linter_says_the_same() -> None:
    """Its exhaustive contract knows every room of the house."""
    command = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    result = subprocess.run(
        [sys.executable, "-c", command, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert "1 kept, 0 broken" in result.stdout, result.stdout + result.stderr


def test_no_function_is_long_and_no_file_is_long() -> None:
    """Numbers to look at: what grows beyond them should be split."""
    import ast

    for file in (ROOT / "src").rglob("*.py"):
        text = file.read_text()
        assert len(text.splitlines()) <= 500, file
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef):
                first = node.body[1] if ast.get_docstring(node) and len(node.body) > 1 else node.body[0]
                assert (node.end_lineno or 0) - first.lineno < 45, (file.name, node.name)
