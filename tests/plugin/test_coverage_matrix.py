"""Ways to run tests under coverage: verdict, exit code, JUnit and number are coverage.py's own, in each of them.

The suite runs a few of them with the interpreter and the core at hand. ``make test-matrix`` sets ``FITNESS_MATRIX`` and runs all,
with every core, under each Python that `FITNESS_PYTHONS` names.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

WHOLE = bool(os.environ.get("FITNESS_MATRIX"))
PYTHONS = os.environ.get("FITNESS_PYTHONS", sys.executable).split(os.pathsep) if WHOLE else [sys.executable]
CORES = ["ctrace", "pytrace", "sysmon"] if WHOLE else ["ctrace"]

FILES = {
    "src/shop/__init__.py": "",
    "src/shop/api/__init__.py": "",
    "src/shop/api/routes.py": "from shop.domain.order import total\n\n\ndef show(x):\n    if x:\n        return total([1])\n    return 0\n",
    "src/shop/domain/__init__.py": "",
    "src/shop/domain/order.py": "def total(prices):\n    if not prices:\n        return 0\n    return sum(prices)\n\n\ndef rebate(x):\n    return x\n",
    "src/shop/domain/tax.py": "RATE = 19\n\n\ndef tax(price):\n    return price * RATE\n",
    "src/shop/loose/never.py": "def never():\n    return 1\n",
    "tests/test_a.py": "from shop.api.routes import show\n\n\ndef test_show():\n    assert show(1) == 1\n",
    "tests/test_b.py": "def test_total():\n    from shop.domain.order import total\n\n    assert total([]) == 0\n",
    "tests/test_architecture.py": (
        "from pytest_fitness.rules import CoverageFloor\n\n\n"
        "def test_domain(codebase):\n    found = codebase.violations(CoverageFloor(100, inside='domain'))\n"
        "    print('SAID', found[0].details[0])\n    assert found == []\n\n\n"
        "def test_overall(codebase):\n    assert codebase.violations(CoverageFloor(20)) == []\n"
    ),
}


@dataclass(frozen=True)
class Way:
    """One way to run the tests.

    Attributes:
        command: after the interpreter.
        config: of coverage, in ``.coveragerc``; ``{root}`` is the project's directory.
        environment: further variables.
        pytest: of pytest's own configuration.
        needs: a plugin that has to be installed.
        judged: whether coverage is measured; otherwise floors are skipped.
        listed: whether `coverage json` has to be told the files: without a source, it knows none that nobody imports.
        error: what every floor fails with, instead of a verdict.
    """

    command: str
    config: str = ""
    environment: tuple[tuple[str, str], ...] = ()
    pytest: str = ""
    needs: str = ""
    judged: bool = True
    listed: bool = False
    error: str = ""


COV = "-m pytest --cov=shop --cov-report="
RUN = "-m coverage run --source=shop"
PATHS = "[run]\nsource = shop\n[paths]\nsource =\n    src\n    /ci/src\n"
START = (("COVERAGE_PROCESS_START", "{root}/.coveragerc"),)
SUBPROCESS = "[run]\nsource = shop\npatch = subprocess\n"

FAST = {
    "cov": Way(COV),
    "cov -n2": Way(f"{COV} -n2"),
    "cov branch": Way(f"{COV} --cov-branch"),
    "coverage run": Way(f"{RUN} -m pytest -p no:cov"),
    "coverage run -n2, patched": Way("-m coverage run -m pytest -p no:cov -n2", SUBPROCESS),
    "coverage run -n2": Way(f"{RUN} -m pytest -p no:cov -n2", error="set `patch = subprocess` in"),
    "nothing": Way("-m pytest", judged=False),
}
OTHERS = {
    "cov bare": Way("-m pytest --cov --cov-report=", "[run]\nsource = shop\n"),
    "cov bare, no source": Way("-m pytest --cov --cov-report=", listed=True),
    "cov path": Way("-m pytest --cov=src --cov-report="),
    "cov omit": Way(COV, "[run]\nomit = */tax.py\n"),
    "cov report omit": Way(COV, "[report]\nomit = */tax.py\n"),
    "cov exclude_also": Way(COV, "[report]\nexclude_also = return 0\n"),
    "cov relative_files": Way(COV, "[run]\nrelative_files = true\n"),
    "cov paths": Way(COV, PATHS),
    "cov context": Way(f"{COV} --cov-context=test"),
    "cov append": Way(f"{COV} --cov-append"),
    "cov fail-under": Way(f"{COV} --cov-fail-under=1"),
    "cov patched": Way(COV, SUBPROCESS),
    "cov parallel": Way(COV, "[run]\nparallel = true\n"),
    "cov -n0": Way(f"{COV} -n0"),
    "cov no xdist": Way(f"{COV} -p no:xdist"),
    "cov loadfile": Way(f"{COV} -n2 --dist loadfile"),
    "cov loadscope": Way(f"{COV} -n2 --dist loadscope"),
    "cov loadgroup": Way(f"{COV} -n2 --dist loadgroup"),
    "cov worksteal": Way(f"{COV} -n2 --dist worksteal"),
    "cov each": Way(f"{COV} --dist each --tx 2*popen"),
    "cov -n2 branch": Way(f"{COV} -n2 --cov-branch"),
    "cov -n2 paths": Way(f"{COV} -n2", PATHS),
    "cov -n2 relative": Way(f"{COV} -n2", "[run]\nrelative_files = true\n"),
    "cov -n2 context": Way(f"{COV} -n2 --cov-context=test"),
    "cov -n2 patched": Way(f"{COV} -n2", SUBPROCESS),
    "cov random": Way(f"{COV} -p randomly", needs="pytest_randomly"),
    "cov reruns": Way(f"{COV} --reruns 1", needs="pytest_rerunfailures"),
    "cov split": Way(f"{COV} --splits 1 --group 1", needs="pytest_split"),
    "cov errors": Way(COV, pytest="filterwarnings = ['error']\n"),
    "cov importlib": Way(f"{COV} --import-mode=importlib"),
    "cov strict": Way(f"{COV} --strict-markers --strict-config"),
    "cov deselect": Way(COV, pytest="addopts = \"-m 'not slow'\"\nmarkers = ['slow']\n"),
    "cov from below": Way(f"{COV} --rootdir={{root}} -c {{root}}/pyproject.toml {{root}}/tests"),
    "run branch": Way(f"{RUN} --branch -m pytest -p no:cov"),
    "run config": Way("-m coverage run -m pytest -p no:cov", "[run]\nsource = shop\n"),
    "run no source": Way("-m coverage run -m pytest -p no:cov", listed=True),
    "run parallel": Way(f"{RUN} -p -m pytest -p no:cov"),
    "run context": Way(
        "-m coverage run -m pytest -p no:cov", "[run]\nsource = shop\ndynamic_context = test_function\n"
    ),
    "run relative": Way("-m coverage run -m pytest -p no:cov", "[run]\nsource = shop\nrelative_files = true\n"),
    "run paths": Way("-m coverage run -m pytest -p no:cov", PATHS),
    "run omit": Way(f"{RUN} --omit=*/tax.py -m pytest -p no:cov"),
    "run exclude_also": Way(f"{RUN} -m pytest -p no:cov", "[report]\nexclude_also = return 0\n"),
    "run with pytest-cov idle": Way(f"{RUN} -m pytest"),
    "run patched": Way("-m coverage run -m pytest -p no:cov", SUBPROCESS),
    "started": Way("-m pytest -p no:cov", "[run]\nsource = shop\n", START),
    "started -n2": Way("-m pytest -p no:cov -n2", "[run]\nsource = shop\nparallel = true\n", START),
    "no-cov": Way(f"{COV} --no-cov", judged=False),
}
WAYS = {**FAST, **(OTHERS if WHOLE else {})}


def cells() -> Iterator[object]:
    """Yield every way with every interpreter and every core."""
    for name in WAYS:
        for python in PYTHONS:
            for core in CORES:
                version = Path(python).parent.parent.name if WHOLE else "here"
                yield pytest.param(name, python, core, id=f"{name}-{version}-{core}")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project of two layers, with a module that nobody imports and a directory without ``__init__``."""
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(("name", "python", "core"), list(cells()))
def test_the_verdict_is_the_one_of_coverages_numbers(root: Path, name: str, python: str, core: str) -> None:
    """One floor that fails and one that holds, an ordinary FAILED line, exit code 1, one JUnit case each."""
    way = WAYS[name]
    (root / "pyproject.toml").write_text(
        f"[tool.pytest.ini_options]\npythonpath = ['src']\ntestpaths = ['tests']\n{way.pytest}"
        "[tool.pytest-fitness]\npackages = ['shop']\n"
    )
    (root / ".coveragerc").write_text(way.config.format(root=root))
    environment = _environment(python, core, root) | {k: v.format(root=root) for k, v in way.environment}
    if way.needs and _run(python, ["-c", f"import {way.needs}"], root, environment).returncode:
        pytest.skip(f"{way.needs} is not installed")

    result = _run(python, [*way.command.format(root=root).split(), "--junitxml=junit.xml", "-rA"], root, environment)

    if "sysmon" in result.stderr or "no-sysmon" in result.stdout:
        pytest.skip("this Python, or this way of measuring, has no sysmon core")
    cases = {each.attrib["name"]: [child.tag for child in each] for each in _junit(root)}
    assert cases.keys() >= {"test_show", "test_total", "test_domain", "test_overall"}
    verdict = {
        name: next((t for t in tags if t in ("failure", "skipped", "error")), "passed") for name, tags in cases.items()
    }
    if not way.judged:
        assert (verdict["test_domain"], verdict["test_overall"], result.returncode) == ("skipped", "skipped", 0)
        return
    assert result.returncode == 1, result.stdout
    if way.error:
        assert (verdict["test_domain"], verdict["test_overall"]) == ("failure", "failure")
        assert way.error in result.stdout
        return
    assert (verdict["test_domain"], verdict["test_overall"]) == ("failure", "passed"), result.stdout
    assert "FAILED tests/test_architecture.py::test_domain" in result.stdout
    assert "150%" not in result.stdout
    said = next(line for line in result.stdout.splitlines() if line.startswith("SAID domain"))
    assert said.split()[2] == f"{_truth(root, python, environment, listed=way.listed):.1f}", said


def _junit(root: Path) -> Iterator[ET.Element]:
    return ET.parse(root / "junit.xml").iter("testcase")  # noqa: S314 - pytest has just written it


def _truth(root: Path, python: str, environment: dict[str, str], *, listed: bool) -> float:
    """What ``coverage json`` says of the domain."""
    if list(root.glob(".coverage.*")):
        _run(python, ["-m", "coverage", "combine", "--append", "-q"], root, environment)
    files = [str(f) for f in root.glob("src/shop/domain/*.py")] if listed else ["--include=*/shop/domain/*"]
    done = _run(python, ["-m", "coverage", "json", "-q", "-o", "truth.json", *files], root, environment)
    assert done.returncode == 0, done.stdout + done.stderr
    percent: float = json.loads((root / "truth.json").read_text())["totals"]["percent_covered"]
    return percent


def _environment(python: str, core: str, root: Path) -> dict[str, str]:
    ours = ("COV", "CI", "PYTEST", "FITNESS", "BUILD_NUMBER")
    kept = {k: v for k, v in os.environ.items() if not k.startswith(ours)}
    return {**kept, "COVERAGE_CORE": core, "HOME": str(root), "PATH": f"{Path(python).parent}:{kept['PATH']}"}


def _run(python: str, command: list[str], root: Path, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [python, *command], cwd=root, env=environment, capture_output=True, text=True, check=False, timeout=120
    )
