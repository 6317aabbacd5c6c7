"""Contracts in ``pyproject.toml`` as test items."""

from __future__ import annotations

import pytest
from small_project import Project

CONTRACTS = """
[tool.pytest-fitness]
packages = ["shop"]

[tool.pytest-fitness.contracts.layers]
rule = "layers"
layers = ["api", "domain"]
because = "ADR 3"

[tool.pytest-fitness.contracts."no sql"]
rule = "forbidden-imports"
of = ["sqlalchemy"]
inside = "domain"
"""


@pytest.fixture
def contracts(project: Project) -> Project:
    """A project with two contracts, collected by ``testpaths``."""
    text = "[tool.pytest.ini_options]\npythonpath = ['src']\ntestpaths = ['tests', 'pyproject.toml']\n"
    project.write({"pyproject.toml": text + CONTRACTS})
    return project


def test_each_contract_is_an_item_with_a_node_id(contracts: Project) -> None:
    """By testpaths, by argument, by node id, by -k."""
    result = contracts.run("--collect-only", "-q")
    result.stdout.fnmatch_lines(["tests/test_unit.py::test_show", "pyproject.toml::layers", "pyproject.toml::no sql"])

    contracts.run().assert_outcomes(passed=3)
    contracts.run("pyproject.toml").assert_outcomes(passed=2)
    contracts.run("pyproject.toml::layers").assert_outcomes(passed=1)
    contracts.run("-k", "sql").assert_outcomes(passed=1, deselected=2)
    contracts.run("-m", "fitness").assert_outcomes(passed=2, deselected=1)


def test_a_broken_contract_fails_with_the_whole_text(contracts: Project) -> None:
    """Location is the contract's table; no traceback."""
    contracts.write({"src/shop/domain/tax.py": "import shop.api\n"})

    result = contracts.run("--tb=short")

    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines(
        [
            '"layers": shop.domain.tax must not import shop.api',
            "  src/shop/domain/tax.py:1: shop.domain.tax must not import shop.api",
            "because  ADR 3",
            "rule     pyproject.toml:8",
            "FAILED pyproject.toml::layers*",
        ]
    )
    result.stdout.no_fnmatch_line("*Traceback*")


def test_a_broken_contract_is_one_junit_testcase(contracts: Project) -> None:
    """CI shows it like any test."""
    contracts.write({"src/shop/domain/tax.py": "import shop.api\n"})

    contracts.run("--junitxml=report.xml")

    text = (contracts.pytester.path / "report.xml").read_text()
    assert 'failures="1"' in text
    assert 'tests="3"' in text
    assert 'name="layers"' in text


def test_a_contract_that_selects_nothing_fails_without_a_traceback(contracts: Project) -> None:
    """With the same words as in a test."""
    contracts.configure("\n[tool.pytest-fitness.contracts.typo]\nrule = 'layers'\nlayers = ['api', 'domian']\n")

    result = contracts.run()

    result.assert_outcomes(passed=3, failed=1)
    result.stdout.fnmatch_lines(["no module matches 'domian'; did you mean 'domain'*"])
    result.stdout.no_fnmatch_line("*codebase.py*")


def test_an_error_of_ours_in_a_contract_shows_its_traceback(
    contracts: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is swallowed."""
    from pytest_fitness.rules import Layers

    def crash(self: object, codebase: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(Layers, "find", crash)

    contracts.run("pyproject.toml::layers").stdout.fnmatch_lines(["*ZeroDivisionError*"])


def test_the_header_tells_of_contracts_that_are_not_collected(contracts: Project) -> None:
    """So that nobody believes that they ran."""
    message = "fitness: 2 contracts in pyproject.toml not collected in this run*"

    contracts.run("tests").stdout.fnmatch_lines([message])
    contracts.run("tests/test_unit.py").stdout.fnmatch_lines([message])
    contracts.run().stdout.no_fnmatch_line("*not collected in this run*")
    contracts.run("pyproject.toml::layers").stdout.no_fnmatch_line("*not collected in this run*")
    contracts.run(".").stdout.no_fnmatch_line("*not collected in this run*")


def test_contracts_are_part_of_the_whole_wherever_the_tests_are(contracts: Project) -> None:
    """``testpaths`` need not name the file; paths on the command line do."""
    file = contracts.pytester.path / "pyproject.toml"
    file.write_text(file.read_text().replace("testpaths = ['tests', 'pyproject.toml']", "testpaths = ['tests']"))

    whole = contracts.run()
    whole.assert_outcomes(passed=3)
    whole.stdout.no_fnmatch_line("*not collected in this run*")
    contracts.run("tests").assert_outcomes(passed=1)


def test_a_quiet_run_without_a_header_tells_of_them_as_well(contracts: Project) -> None:
    """At its end, once."""
    message = "fitness: 2 contracts in pyproject.toml not collected in this run*"

    for quiet in ("-q", "-qq"):
        outcome = contracts.run(quiet, "tests")
        outcome.stdout.fnmatch_lines([message])
        assert str(outcome.stdout).count("not collected") == 1
    contracts.run("-q").stdout.no_fnmatch_line("*not collected in this run*")


def test_a_project_without_contracts_has_no_header(project: Project) -> None:
    """Nothing of ours is used, nothing of ours is said."""
    assert "fitness:" not in project.run("-v").stdout.str()
    project.configure("[tool.pytest-fitness]\npackages = ['shop']\n")
    assert "fitness:" not in project.run("-v").stdout.str()


def test_a_project_without_pyproject_has_nothing_to_collect(pytester: pytest.Pytester) -> None:
    """Nor a header."""
    pytester.makepyfile("def test_a(): ...")

    assert "fitness:" not in pytester.runpytest_inprocess("-v", "-p", "no:cacheprovider").stdout.str()


def test_the_pyproject_of_another_directory_is_left_alone(contracts: Project) -> None:
    """An example's settings are the example's."""
    contracts.write({"tests/example/pyproject.toml": "[tool.pytest-fitness]\nnonsense = 1\n"})

    contracts.run().assert_outcomes(passed=3)


def test_a_typo_in_the_settings_is_a_usage_error_of_one_screen(contracts: Project) -> None:
    """Before any test runs, with file, line, key, and the nearest valid one."""
    contracts.configure("becuase = 'x'\n")

    result = contracts.run()

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(
        ["ERROR: pyproject.toml:17: unknown option of 'forbidden-imports' 'becuase'; did you mean 'because'?"]
    )
    assert "INTERNALERROR" not in result.stdout.str() + result.stderr.str()
    assert len(result.stdout.lines) + len(result.stderr.lines) < 25


def test_a_typo_in_the_settings_stops_fitness_tests_too(project: Project) -> None:
    """Whoever uses ``codebase`` uses the settings."""
    project.fitness("def test_layers(codebase):\n    assert codebase.violations(Layers('api', 'domain')) == []\n")
    project.configure("[tool.pytest-fitness]\npackage = ['shop']\n")

    result = project.run()

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: pyproject.toml:*: unknown key 'package'; did you mean 'packages'?"])


def test_a_typo_in_the_settings_does_not_disturb_a_run_that_uses_nothing_of_ours(contracts: Project) -> None:
    """Unit tests go on."""
    contracts.configure("becuase = 'x'\n")
    contracts.run("tests").assert_outcomes(passed=1)
    contracts.write(
        {"pytest.ini": "[pytest]\npythonpath = src\n", "pyproject.toml": "[tool.pytest-fitness]\ncontracts = 3\n"}
    )
    contracts.run("tests").assert_outcomes(passed=1)


def test_contracts_run_after_the_tests_whatever_the_order(contracts: Project) -> None:
    """They are judged when everything else is done."""
    result = contracts.run("pyproject.toml", "tests", "-v")

    lines = [line.split(" ")[0] for line in result.stdout.lines if "PASSED" in line]
    assert lines == ["tests/test_unit.py::test_show", "pyproject.toml::layers", "pyproject.toml::no"]


def test_contracts_run_under_xdist(contracts: Project) -> None:
    """As ordinary items in the controller."""
    contracts.write({"src/shop/domain/tax.py": "import shop.api\n"})

    result = contracts.run_apart("-n2")

    result.assert_outcomes(passed=2, failed=1)


def test_wrong_settings_under_xdist_are_a_collection_error(contracts: Project) -> None:
    """A worker cannot end the run with a usage error; it must not crash either."""
    contracts.configure("becuase = 'x'\n")

    result = contracts.run_apart("-n2")

    assert result.ret != 0
    result.stdout.fnmatch_lines(["*pyproject.toml:17: unknown option of 'forbidden-imports' 'becuase'*"])
    result.stdout.no_fnmatch_line("*INTERNALERROR*")


def test_the_first_contract_may_be_one_that_cannot_be_judged(project: Project) -> None:
    """It is skipped as any other one, and fails with its reason alone where that is asked for."""
    floor = '[tool.pytest-fitness.contracts.floor]\nrule = "coverage-floor"\npercent = 60\n'
    project.configure(f'[tool.pytest-fitness]\npackages = ["shop"]\n{floor}')

    project.run_apart("pyproject.toml").assert_outcomes(skipped=1)
    strict = project.run_apart("-o", "fitness_strict=true", "pyproject.toml")
    strict.assert_outcomes(failed=1)
    strict.stdout.fnmatch_lines(["not judged: coverage was not measured in this run*"])
    strict.stdout.no_fnmatch_line("*outcomes.py*")


def test_contracts_that_pytest_does_not_come_to_are_no_green_run(contracts: Project) -> None:
    """Unless the command line says so."""
    contracts.write({"conftest.py": "collect_ignore = ['pyproject.toml']\n"})

    lost = contracts.run(".")
    assert lost.ret == pytest.ExitCode.USAGE_ERROR
    lost.stderr.fnmatch_lines(
        ["ERROR: the contracts in pyproject.toml were not collected: pytest does not come to it *"]
    )
    contracts.run("--ignore=pyproject.toml", ".").assert_outcomes(passed=1)
    contracts.run("tests").assert_outcomes(passed=1)


def test_settings_that_are_not_in_rootdir_are_spoken_of(project: Project) -> None:
    """They are read in a run of their own."""
    project.write(
        {
            "backend/pyproject.toml": CONTRACTS,
            "backend/tests/test_x.py": "def test_x(): ...\n",
            "other/pyproject.toml": "[project]\nname = 'x'\n",
        }
    )
    message = "fitness: backend/pyproject.toml has settings of its own, which this run does not read, since its rootdir is * (run pytest in backend)"

    for arguments in (["."], ["backend"], ["-q", "backend/tests"], ["-q", "."], ["backend/tests/test_x.py::test_x"]):
        result = project.run(*arguments)
        result.stdout.fnmatch_lines([message])
        assert str(result.stdout).count("settings of its own") == 1
    project.run("tests").stdout.no_fnmatch_line("*settings of its own*")


def test_settings_that_a_worker_has_seen_are_spoken_of(project: Project) -> None:
    """By the controller."""
    project.write({"backend/pyproject.toml": CONTRACTS, "backend/tests/test_x.py": "def test_x(): ...\n"})

    project.run_apart("-n", "1", "-q", ".").stdout.fnmatch_lines(
        ["fitness: backend/pyproject.toml has settings of its own*"]
    )
