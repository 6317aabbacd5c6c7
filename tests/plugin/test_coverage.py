"""Coverage floors in real runs: same session, real data, coverage.py's own numbers."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from small_project import Project

FLOORS = """
def test_domain(codebase):
    assert codebase.violations(CoverageFloor({domain}, inside="domain")) == []

def test_overall(codebase):
    assert codebase.violations(CoverageFloor({overall})) == []
"""


@pytest.fixture
def floors(project: Project) -> Project:
    """A project whose domain floor fails and whose overall floor holds."""
    project.fitness(FLOORS.format(domain=80, overall=40))
    return project


def truth(project: Project, include: str) -> float:
    """Return what ``coverage json`` says of the data that the run left behind."""
    project.run_apart("json", "-q", "-o", "truth.json", f"--include={include}", module="coverage")
    document = json.loads((project.pytester.path / "truth.json").read_text())
    percent: float = document["totals"]["percent_covered"]
    return percent


@pytest.mark.parametrize("options", [["--cov=shop"], ["--cov=src"], ["--cov=shop", "--cov-branch"]], ids=" ".join)
def test_floors_are_judged_under_pytest_cov(floors: Project, options: list[str]) -> None:
    """One fails with exit code 1 and an ordinary FAILED line, the other passes."""
    result = floors.run_apart(*options, "--cov-report=", "-rf")

    result.assert_outcomes(passed=2, failed=1)
    assert result.ret == 1
    result.stdout.fnmatch_lines(['FAILED tests/test_fitness.py::test_domain - assert "coverage-floor"*'])
    result.stdout.fnmatch_lines(
        ["*src/shop/domain/tax.py:1* 0.0 %  missing 1, 4-5  (never imported, or outside of what is measured)"]
    )


@pytest.mark.parametrize("options", [[], ["--branch"], ["--source=shop"], ["--parallel-mode"]], ids=" ".join)
def test_floors_are_judged_under_coverage_run(floors: Project, options: list[str]) -> None:
    """Without pytest-cov, from what is measured so far in this process."""
    result = floors.run_apart(*options, "-m", "pytest", "-p", "no:cov", module="coverage run")

    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines(["*domain is covered to *", "*data: coverage run*"])


@pytest.mark.parametrize("options", [["--cov=shop"], ["--cov=shop", "--cov-branch"]], ids=" ".join)
def test_the_number_is_coverages_own(project: Project, options: list[str]) -> None:
    """To the last digit: a floor at the number holds, the next float above does not."""
    import math

    project.run_apart(*options, "--cov-report=")
    number = truth(project, "src/shop/domain/*")
    project.fitness(FLOORS.format(domain=repr(number), overall=repr(math.nextafter(truth(project, "*"), 101))))

    result = project.run_apart(*options, "--cov-report=")

    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines(["FAILED tests/test_fitness.py::test_overall*"])


def test_floors_are_judged_where_coverage_starts_by_itself(floors: Project) -> None:
    """``COVERAGE_PROCESS_START``: a start-up hook measures every process."""
    floors.write({".coveragerc": "[run]\nsource = shop\n"})
    floors.monkeypatch.setenv("COVERAGE_PROCESS_START", str(floors.pytester.path / ".coveragerc"))

    result = floors.run_apart("-p", "no:cov")

    if "not measured" in result.stdout.str() or result.parseoutcomes().get("skipped"):
        pytest.skip("this coverage.py has no start-up hook")
    result.assert_outcomes(passed=2, failed=1)
    assert list(floors.pytester.path.glob(".coverage*")), "our own analysis must not switch off its saving"


def test_measuring_in_subprocesses_counts(project: Project) -> None:
    """Shards that finished subprocesses left are part of the data."""
    project.write(
        {
            ".coveragerc": "[run]\nsource = shop\npatch = subprocess\n",
            "tests/test_unit.py": (
                "import os, subprocess, sys\n\n\ndef test_show():\n"
                "    env = os.environ | {'PYTHONPATH': 'src'}\n"
                "    code = 'from shop.domain.tax import tax; tax(1)'\n"
                "    subprocess.run([sys.executable, '-c', code], env=env, check=True)\n"
            ),
        }
    )
    project.fitness(
        "def test_tax(codebase):\n    assert codebase.violations(CoverageFloor(100, inside='domain.tax')) == []\n"
    )

    for arguments in ({"module": "coverage run -m pytest -p no:cov"}, {"module": "pytest --cov=shop --cov-report="}):
        project.run_apart("-p", "no:cacheprovider", **arguments).assert_outcomes(passed=2)


def test_old_data_are_not_taken_for_this_runs(project: Project) -> None:
    """Neither a data file of yesterday nor its shards."""
    project.fitness(
        "def test_tax(codebase):\n    assert codebase.violations(CoverageFloor(100, inside='domain.tax')) == []\n"
    )
    code = "import sys; sys.path.insert(0, 'src'); from shop.domain.tax import tax; tax(1)"
    (project.pytester.path / "old.py").write_text(code)
    project.run_apart("-p", "old.py", module="coverage run")
    for shard in project.pytester.path.glob(".coverage.*"):
        os.utime(shard, (1, 1))

    result = project.run_apart("-m", "pytest", "-p", "no:cov", module="coverage run")

    result.assert_outcomes(passed=1, failed=1)


# -- what cannot be judged ---------------------------------------------------------------------------------------------


def test_without_coverage_floors_are_skipped_with_the_reason(floors: Project) -> None:
    """On a developer's machine."""
    result = floors.run_apart("-rs")

    result.assert_outcomes(passed=1, skipped=2)
    result.stdout.fnmatch_lines(
        ["SKIPPED *tests/test_fitness.py:4: not judged: coverage was not measured in this run; use `pytest --cov`*"]
    )


@pytest.mark.parametrize("way", ["CI", "strict"])
def test_without_coverage_floors_fail_where_that_is_asked_for(floors: Project, way: str) -> None:
    """In CI, nobody reads skips."""
    if way == "CI":
        floors.monkeypatch.setenv("CI", "true")
    else:
        floors.configure("fitness_strict = true\n")

    result = floors.run_apart()

    result.assert_outcomes(passed=1, failed=2)
    result.stdout.fnmatch_lines(["not judged: coverage was not measured in this run*"])


def test_strictness_can_be_switched_off_in_ci(floors: Project) -> None:
    """The setting wins over the environment."""
    floors.monkeypatch.setenv("CI", "true")
    floors.configure("fitness_strict = false\n")

    floors.run_apart().assert_outcomes(passed=1, skipped=2)


def test_no_cov_is_no_coverage(floors: Project) -> None:
    """pytest-cov switched off by its own option."""
    floors.run_apart("--cov=shop", "--no-cov").assert_outcomes(passed=1, skipped=2)


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (["-k", "fitness or show"], "-k left out some tests"),
        (
            ["tests/test_fitness.py", "tests/test_unit.py"],
            "only tests/test_fitness.py, tests/test_unit.py was run*",
        ),
        (
            ["tests/test_fitness.py", "tests/test_unit.py::test_show"],
            "single tests were named on the command line",
        ),
    ],
)
def test_a_partial_run_below_the_floor_is_not_judged(floors: Project, options: list[str], reason: str) -> None:
    """At the floor it passes: more tests could only add."""
    floors.write({"tests/test_more.py": "def test_other(): ...\n"})

    result = floors.run_apart("--cov=shop", "--cov-report=", "-rs", *options)

    assert {"passed": 2, "skipped": 1}.items() <= result.parseoutcomes().items()
    result.stdout.fnmatch_lines([f"SKIPPED*not judged: domain is at *, below 80 %, but {reason}"])


@pytest.mark.parametrize(
    "options", [[], ["tests"], ["."], ["-k", "test"], ["-m", "not slow"], ["--deselect", "tests/test_unit.py::test_other"], ["tests", "-p", "no:randomly"]]
)  # fmt: skip
def test_a_full_run_is_judged(floors: Project, options: list[str]) -> None:
    """A standing ``-m`` or ``--deselect`` counts as the full run."""
    floors.write({"tests/test_more.py": "import pytest\n@pytest.mark.slow\ndef test_slow(): ...\n"})
    floors.configure("markers = ['slow']\n")

    result = floors.run_apart("--cov=shop", "--cov-report=", *options)

    assert result.parseoutcomes()["failed"] == 1


def test_what_another_plugin_leaves_out_makes_a_run_partial(floors: Project) -> None:
    """Sharding, test selection by changes, and so on."""
    floors.write(
        {
            "conftest.py": (
                "def pytest_collection_modifyitems(config, items):\n"
                "    config.hook.pytest_deselected(items=[i for i in items if i.name == 'test_other'])\n"
                "    items[:] = [i for i in items if i.name != 'test_other']\n"
            ),
            "tests/test_more.py": "def test_other(): ...\n",
        }
    )

    result = floors.run_apart("--cov=shop", "--cov-report=", "-rs")

    result.stdout.fnmatch_lines(["*below 80 %, but a plugin left out 1 tests"])


def test_a_file_that_cannot_be_collected_makes_a_run_partial(floors: Project) -> None:
    """Its tests might have covered the rest."""
    floors.write({"tests/test_broken.py": "import nothing_of_that_name\n"})

    result = floors.run_apart("--cov=shop", "--cov-report=", "-rs", "--continue-on-collection-errors")

    result.stdout.fnmatch_lines(["*below 80 %, but 1 file(s) could not be collected"])


def test_last_failed_is_partial_and_heals_itself(floors: Project) -> None:
    """A floor that failed is selected alone, skipped, and judged again by the next full run."""
    floors.run_apart("--cov=shop", "--cov-report=").assert_outcomes(passed=2, failed=1)
    floors.run_apart("--cov=shop", "--cov-report=", "--lf").assert_outcomes(skipped=1)
    floors.run_apart("--cov=shop", "--cov-report=", "--lf").assert_outcomes(passed=2, failed=1)


def test_failed_tests_are_mentioned(floors: Project) -> None:
    """They may be why the number is low."""
    floors.write({"tests/test_red.py": "def test_red():\n    assert 0\n"})

    floors.run_apart("--cov=shop", "--cov-report=", "-vv").stdout.fnmatch_lines(
        ["*1 test failed in this run, which may*"]
    )


def test_coverage_of_something_else_is_an_error(floors: Project) -> None:
    """Coverage is on, but nothing of the scope is in its data: never 100 %, never a quiet 0 %."""
    floors.write({".coveragerc": "[run]\nomit = */domain/*\n"})

    result = floors.run_apart("--cov=shop", "--cov-report=", "--cov-config=.coveragerc")

    result.stdout.fnmatch_lines(["*CoverageDataError: coverage leaves out all 3 modules of domain*"])


def test_no_data_at_all_is_an_error_in_a_full_run(floors: Project) -> None:
    """And not judged in a partial one."""
    floors.write({"tests/test_unit.py": "def test_nothing(): ...\n"})

    full = floors.run_apart("--cov=nothing_of_that_name", "--cov-report=")
    partial = floors.run_apart("--cov=nothing_of_that_name", "--cov-report=", "tests/test_fitness.py", "-rs")

    full.stdout.fnmatch_lines(["*CoverageDataError: pytest --cov: no data was collected*"])
    partial.stdout.fnmatch_lines(["SKIPPED*not judged: pytest --cov: no data was collected, and only tests/test_fit*"])


def test_a_broken_coverage_configuration_is_an_error(floors: Project) -> None:
    """With coverage's own words."""
    floors.write({"tests/test_unit.py": "def test_x():\n    open('.coverage', 'w').write('x')\n"})
    floors.write({"conftest.py": "def pytest_sessionfinish(): ...\n", "bad.ini": "[run]\nnonsense\n"})

    result = floors.run_apart("--cov=shop", "--cov-report=", "-p", "no:cacheprovider")

    assert result.ret == 1


def test_a_copy_elsewhere_that_was_measured_is_an_error(floors: Project) -> None:
    """The same code, installed: its data say nothing about the files here."""
    site = floors.pytester.path / "site"
    for file in (floors.pytester.path / "src").rglob("*.py"):
        copy = site / file.relative_to(floors.pytester.path / "src")
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text(file.read_text())
    text = (floors.pytester.path / "pyproject.toml").read_text()
    (floors.pytester.path / "pyproject.toml").write_text(text.replace("'src'", "'site'"))
    floors.configure("[tool.pytest-fitness]\npackages = ['shop']\nsource = ['src']\n")

    result = floors.run_apart("--cov=site/shop", "--cov-report=")

    result.stdout.fnmatch_lines(["*CoverageDataError: pytest --cov measured */site/shop/*, not */src/shop/*"])


def test_a_file_that_coverage_cannot_parse_is_an_error(floors: Project) -> None:
    """It must not leave the sum in silence."""
    floors.write({"src/shop/domain/new.py": "def (:\n"})

    result = floors.run_apart("--cov=shop", "--cov-report=")

    result.stdout.fnmatch_lines(["*CoverageDataError: coverage cannot read src/shop/domain/new.py*"])


def test_asking_while_tests_run_is_an_error(project: Project) -> None:
    """A fixture that is fetched by name is not seen at collection."""
    project.fitness(
        "def test_hidden(request):\n    codebase = request.getfixturevalue('codebase')\n"
        "    codebase.violations(CoverageFloor(1))\n"
    )

    result = project.run_apart("--cov=shop", "--cov-report=")

    result.stdout.fnmatch_lines(
        ["*CoverageDataError: coverage was asked for while tests still run; take `codebase` as*"]
    )


def test_floors_under_xdist_are_judged_on_all_workers(floors: Project) -> None:
    """By the controller, when pytest-cov has combined the data."""
    alone = floors.run_apart("--cov=shop", "--cov-report=")
    result = floors.run_apart("-n2", "--cov=shop", "--cov-report=")

    assert result.parseoutcomes() == alone.parseoutcomes()
    headlines = [[line for line in r.stdout.lines if line.startswith("E  ")][:1] for r in (alone, result)]
    assert headlines[0] == headlines[1] != []


# -- the user's own measuring ------------------------------------------------------------------------------------------


def test_the_users_coverage_report_is_what_it_is_without_us(floors: Project) -> None:
    """The same numbers, judged or not."""
    reports = []
    for options in ([], ["-p", "no:fitness", "--deselect", "tests/test_fitness.py"]):
        result = floors.run_apart("--cov=shop", "--cov-report=term-missing", *options)
        reports.append([line for line in result.stdout.lines if line.startswith(("src/", "TOTAL"))])

    assert reports[0] == reports[1]
    assert len(reports[0]) > 4


def test_reading_a_live_measurement_gives_our_own_numbers() -> None:
    """In this very process, if it is measured: names.py is covered by now."""
    from pytest_fitness.sources import Project as Place
    from pytest_fitness.sources import coverage
    from pytest_fitness.sources.tree import read_tree

    if not coverage.is_measuring():
        pytest.skip("this run is not measured by `coverage run`")
    root = Path(__file__).parents[2]
    tree = read_tree(Place(root, packages=("pytest_fitness",), roots=("src",)))

    report = coverage.from_live(tree, coverage.Run(root, 0.0, "", 0))

    assert report.files["pytest_fitness.names"].measured
    assert report.files["pytest_fitness.names"].statements > 10
    assert report.origin == "coverage run"
