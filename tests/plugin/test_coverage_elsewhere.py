"""Coverage that other runs have measured, and rules about more than a number, in real runs."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from small_project import Project

FLOORS = """
def test_domain(codebase):
    assert codebase.violations(CoverageFloor({domain}, inside="domain")) == []
"""


@pytest.fixture
def measured(project: Project) -> Project:
    """A project whose tests have been run once, under coverage, with their data beside it."""
    project.write(
        {".coveragerc": "[run]\nsource = shop\nbranch = true\n[paths]\nsource =\n    src\n    /ci/build/src\n"}
    )
    project.run_apart("--cov=shop", "--cov-report=json", "--cov-report=xml", "--cov-report=lcov")
    project.fitness(FLOORS.format(domain=50))
    return project


def judge(project: Project, *files: str) -> pytest.RunResult:
    """Judge the floors by *files*, in a run that measures nothing."""
    return project.run_apart("tests/test_fitness.py", "-rA", *(f"--fitness-coverage={file}" for file in files))


@pytest.mark.parametrize(
    "file", [".coverage", "coverage.json", "coverage.xml", "coverage.lcov", ".cov*", "**/.coverage"]
)
def test_every_kind_of_file_gives_the_same_verdict(measured: Project, file: str) -> None:
    """With branches, and modules that nobody imported; a run of nothing but fitness tests is no partial one."""
    if file == ".cov*":
        (measured.pytester.path / ".coveragerc").rename(measured.pytester.path / "rc")
    result = judge(measured, file)

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*domain is covered to 41.7 %, not 50 % (1 line or branch short)*"])
    result.stdout.fnmatch_lines([f"*data: {'.coverage' if '*' in file else file}"])


def test_shards_of_other_machines_are_combined(measured: Project) -> None:
    """Their paths mapped by [paths]; the files stay as they are."""
    root = measured.pytester.path
    shards = root / "shards"
    shards.mkdir()
    data = (root / ".coverage").read_bytes()
    (root / ".coverage").rename(shards / ".coverage.linux")
    foreign = root / "ci/build"
    shutil.copytree(root / "src", foreign / "src")
    code = "import sys; sys.path.insert(0, 'src'); import shop.domain.tax as t; t.tax(1)"
    (foreign / "run.py").write_text(code)
    measured.run_apart(
        "--branch", "--source=shop", f"--data-file={shards}/.coverage.other", "run.py", module="coverage run"
    )
    subprocess.run(["sed", "-i", "s#    /ci/build/src#    */ci/build/src#", ".coveragerc"], cwd=root, check=True)
    before = {file: file.read_bytes() for file in shards.iterdir()}

    result = judge(measured, "shards/.coverage*")

    result.stdout.fnmatch_lines(["*data: shards/.coverage.linux*"])
    assert {file: file.read_bytes() for file in shards.iterdir()} == before
    assert data in before.values()


@pytest.mark.parametrize(
    ("files", "error"),
    [
        (["nowhere/.coverage*"], "--fitness-coverage=nowhere/.coverage*: there is no such file"),
        (["coverage.json", "coverage.xml"], "only data files (.coverage) can be added up exactly"),
        (["pyproject.toml"], "pyproject.toml is neither coverage.py's data nor a JSON, XML or lcov report"),
    ],
)
def test_files_that_do_not_serve_are_an_error(measured: Project, files: list[str], error: str) -> None:
    """Each with its reason."""
    result = judge(measured, *files)

    result.assert_outcomes(failed=1)
    assert error in result.stdout.str()


@pytest.mark.parametrize("file", [".coverage", "coverage.json", "coverage.xml", "coverage.lcov"])
def test_code_that_has_changed_since_is_an_error(measured: Project, file: str) -> None:
    """Told by the content: a file that is only touched is the same."""
    order = measured.pytester.path / "src/shop/domain/order.py"
    order.touch()
    judge(measured, file).stdout.fnmatch_lines(["*domain is covered to 41.7 %*"])
    order.write_text("# a comment\n" + order.read_text())

    result = judge(measured, file)

    result.stdout.fnmatch_lines(
        [f"*{file} is older than the code: shop.domain.order changed since; measure once more*"]
    )


@pytest.mark.parametrize("file", [".coverage", "coverage.json", "coverage.lcov"])
def test_data_of_code_elsewhere_are_an_error(measured: Project, file: str) -> None:
    """Which names the place to map the paths; a report of no code of ours at all is one, too."""
    root = measured.pytester.path
    elsewhere = root / "elsewhere"
    (root / "src").rename(elsewhere)
    shutil.copytree(elsewhere, root / "src")
    text = (root / "pyproject.toml").read_text().replace("'src'", "'elsewhere'")
    (root / "pyproject.toml").write_text(text)
    measured.run_apart(
        "--cov=elsewhere/shop", "--cov-report=json", "--cov-report=lcov", "tests/test_unit.py", "-p", "no:fitness"
    )
    (root / "pyproject.toml").write_text(text.replace("'elsewhere'", "'src'"))

    result = judge(measured, file)

    result.stdout.fnmatch_lines(
        [f"*{file} measured */elsewhere/shop/*, not */src/shop/*map the paths with*tool.coverage.paths*"]
    )


def test_a_configuration_that_coverage_refuses_is_an_error(measured: Project) -> None:
    """Also where only the statements of a report have to be counted."""
    measured.write({".coveragerc": "[run]\nnonsense\n"})

    assert "nonsense" in judge(measured, "coverage.json").stdout.str()


def test_appended_data_may_be_stale(measured: Project) -> None:
    """Data of this session are not asked for it."""
    order = measured.pytester.path / "src/shop/domain/order.py"
    order.write_text("# a comment\n" + order.read_text())

    appended = measured.run_apart("--cov=shop", "--cov-report=", "--cov-append")
    alone = measured.run_apart("--cov=shop", "--cov-report=")

    appended.stdout.fnmatch_lines(["*pytest --cov is older than the code: shop.domain.order changed since*"])
    alone.stdout.fnmatch_lines(["*domain is covered to *"])


def test_changed_lines_in_a_repository(project: Project) -> None:
    """What the branch adds, committed or not."""
    root = project.pytester.path
    who = ["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "init.defaultBranch=main"]
    for arguments in (["init"], ["add", "."], ["commit", "-m", "one"], ["checkout", "-b", "branch"]):
        subprocess.run(["git", *who, *arguments], cwd=root, check=True, capture_output=True)
    order = root / "src/shop/domain/order.py"
    order.write_text(order.read_text() + "\n\ndef more(x):\n    y = x\n    return y\n")
    project.fitness(
        "from pytest_fitness.rules import ChangedLinesCoverage\n"
        "def test_new(codebase):\n    assert codebase.violations(ChangedLinesCoverage(at_least=50, against='main')) == []\n"
        "def test_none(codebase):\n    assert codebase.violations(ChangedLinesCoverage(at_least=50, against='origin/x')) == []\n"
    )

    result = project.run_apart("--cov=shop", "--cov-report=", "-rs")

    result.assert_outcomes(passed=1, failed=1, skipped=1)
    result.stdout.fnmatch_lines(
        ["*order.py:* the lines changed since main are covered to 33.3 %, not 50 % (1 of 3, 1 line short)"]
    )
    result.stdout.fnmatch_lines(
        ["SKIPPED*not judged: the lines changed since origin/x cannot be told: there is no such commit*"]
    )


def test_coverage_is_written_down_and_may_not_fall(project: Project) -> None:
    """One command, one file, and then the same run as always."""
    project.fitness(
        "from pytest_fitness.rules import RecordedCoverage\n"
        "def test_domain(codebase):\n    assert codebase.violations(RecordedCoverage(inside='domain')) == []\n"
    )
    options = ("--cov=shop", "--cov-report=")
    project.run_apart(*options).stdout.fnmatch_lines(
        ["*no coverage of domain is written down in fitness-coverage.toml*"]
    )
    recorded = project.run_apart(*options, "--fitness-record-coverage")
    recorded.assert_outcomes(passed=2)
    recorded.stdout.fnmatch_lines(["*domain is written down at *"])
    project.run_apart(*options).assert_outcomes(passed=2)
    order = project.pytester.path / "src/shop/domain/order.py"
    order.write_text(order.read_text() + "\n\ndef more(x):\n    y = x\n    z = y\n    return z\n")

    result = project.run_apart(*options)

    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["*domain fell to *, from * % (3 more lines uncovered)*"])


def test_lines_that_run_by_luck_are_told_from_tested_ones(project: Project) -> None:
    """By the contexts that pytest-cov notes."""
    project.fitness(
        "from pytest_fitness.rules import CoveredByOwnTests\n"
        "def test_own(codebase):\n"
        "    assert codebase.violations(CoveredByOwnTests(inside='domain', tests='tests/domain', at_least=60)) == []\n"
    )
    project.write(
        {
            "tests/domain/test_tax.py": "from shop.domain.tax import tax\n\n\ndef test_tax():\n    assert tax(100) == 19\n"
        }
    )

    result = project.run_apart("--cov=shop", "--cov-report=", "--cov-context=test")
    blind = project.run_apart("--cov=shop", "--cov-report=")

    result.stdout.fnmatch_lines(["*domain is covered by its own tests to * %, not 60 % (1 of 6 lines, 3 lines short)"])
    blind.stdout.fnmatch_lines(
        ["*coverage did not note which test ran which line; use `pytest --cov --cov-context=test`*"]
    )


def test_the_path_of_a_report_may_be_given_in_full(measured: Project, tmp_path: Path) -> None:
    """From wherever it was stored."""
    shutil.copy(measured.pytester.path / "coverage.json", tmp_path / "artifact.json")

    judge(measured, str(tmp_path / "artifact.json")).stdout.fnmatch_lines(["*domain is covered to 41.7 %*"])
