"""Contracts of import-linter as test items."""

from __future__ import annotations

import pytest
from small_project import Project

from pytest_fitness.sources.contracts import ImportLinter

INI = """\
[importlinter]
root_package = shop

[importlinter:contract:one]
name = domain is low
type = layers
layers =
    shop.api
    shop.domain

[importlinter:contract:two]
name = domain is high
type = layers
layers =
    shop.domain
    shop.api

[importlinter:contract:three]
name = domain is low
type = independence
modules =
    shop.domain.order
    shop.domain.tax
ignore_imports = shop.domain.order -> shop.api.x
unmatched_ignore_imports_alerting = warn
"""

TOML = """
[tool.importlinter]
root_package = "shop"

[[tool.importlinter.contracts]]
name = "in toml"
type = "independence"
modules = ["shop.domain.order", "shop.domain.tax"]

[tool.pytest-fitness.contracts.flow]
rule = "layers"
layers = ["api", "domain"]
"""

ON = ("-o", "fitness_import_linter=true")


def test_each_contract_is_an_item(project: Project) -> None:
    """With the text and the place of the contract, collected wherever testpaths lead."""
    project.write({".importlinter": INI})

    result = project.run(*ON, "-v", "-rf")

    result.assert_outcomes(passed=3, failed=1)
    result.stdout.fnmatch_lines(
        [
            ".importlinter::domain is low PASSED*",
            ".importlinter::domain is high FAILED*",
            ".importlinter::domain is low (2) PASSED*",
            '"domain is high" is broken',
            "*shop.api.routes -> shop.domain.order (l.1)",
            "*src/shop/api/routes.py:1   from shop.domain.order import total",
            "rule     .importlinter:11",
            "fitness: 3 rules judged, 1 violation",
            "*domain is low (2): *shop.domain.order -> shop.api.x*",
        ]
    )


def test_nothing_is_collected_unless_asked_for(project: Project) -> None:
    """A team may run import-linter itself."""
    project.write({".importlinter": INI})

    project.run("tests").assert_outcomes(passed=1)
    project.run("tests", ".importlinter").stdout.no_fnmatch_line("*passed*")


def test_both_kinds_may_be_in_one_file(project: Project) -> None:
    """Ours first; without contracts of ours as well."""
    project.configure(TOML)
    project.run(*ON).assert_outcomes(passed=3)
    project.run("tests", "pyproject.toml").assert_outcomes(passed=2)
    project.write(
        {
            "pyproject.toml": "[tool.pytest.ini_options]\npythonpath = ['src']\n"
            + TOML.partition("[tool.pytest-fitness")[0]
        }
    )
    project.run(*ON, "pyproject.toml").assert_outcomes(passed=1)


def test_a_file_that_does_not_count_has_no_contracts(project: Project) -> None:
    """import-linter reads one file only."""
    project.configure(TOML)
    project.write({".importlinter": INI, "setup.cfg": "[x]\n"})

    project.run(*ON, "pyproject.toml", ".importlinter").assert_outcomes(passed=3, failed=1)
    project.run(*ON, "setup.cfg").assert_outcomes()


def test_no_file_no_contracts(project: Project) -> None:
    """The option alone would judge nothing: a renamed file must not switch the contracts off."""
    result = project.run(*ON)

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    message = "there are no contracts of import-linter in setup.cfg or .importlinter or pyproject.toml in *"
    result.stderr.fnmatch_lines([f"ERROR: fitness_import_linter: {message}"])


def test_the_file_may_be_elsewhere(project: Project) -> None:
    """Below rootdir, where `lint-imports --config` would be run."""
    project.write({"conf/linter.ini": INI})
    file = ("-o", "fitness_import_linter_file=conf/linter.ini")

    result = project.run(*file, "conf/linter.ini")
    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines(
        ["*src/shop/api/routes.py:1   from shop.domain.order import total", "rule     conf/linter.ini:11"]
    )

    result = project.run("-o", "fitness_import_linter_file=conf/lintr.ini")
    result.stderr.fnmatch_lines(
        ["ERROR: fitness_import_linter: there are no contracts of import-linter in conf/lintr.ini in *"]
    )


def test_a_run_that_leaves_them_out_says_so(project: Project) -> None:
    """As it does of contracts of ours; both may be in one file."""
    project.write({".importlinter": INI, "tests/test_x.py": "def test_x(): ..."})
    message = "fitness: 3 contracts in .importlinter not collected in this run (add .importlinter to the arguments)*"

    project.run(*ON, "tests").stdout.fnmatch_lines([message])
    project.run(*ON, ".importlinter").stdout.no_fnmatch_line(message)
    project.run(*ON).stdout.no_fnmatch_line(message)


def test_they_are_not_proved_and_that_is_said(project: Project) -> None:
    """With other rules or alone."""
    project.write({".importlinter": INI})
    message = "fitness: contracts of import-linter are not proved"

    project.run(*ON, "--fitness-prove", ".importlinter").stdout.fnmatch_lines([message])
    project.fitness("def test_l(codebase):\n    assert codebase.violations(Layers('api', 'domain')) == []\n")
    project.run(*ON, "--fitness-prove").stdout.fnmatch_lines(["fitness: * plants killed", message])


def test_what_a_contract_does_not_check_is_shown(project: Project) -> None:
    """It is kept, as import-linter says; so are headings that are no contracts."""
    idle = "[importlinter:contract:idle]\nname = idle\ntype = independence\nmodules = shop.none.*\n"
    project.write({".importlinter": f"{INI}{idle}[importliner:contract:lost]\nname = lost\n"})

    result = project.run(*ON, ".importlinter")

    result.stdout.fnmatch_lines(
        [
            "*[[]importliner:contract:lost] is no contract for import-linter",
            "*idle: `modules`: no module matches shop.none.[*]",
        ]
    )


def test_contracts_of_both_kinds_have_names_of_their_own(project: Project) -> None:
    """In one file."""
    toml = (
        "\n[tool.pytest-fitness.contracts.same]\nrule = 'cycles'\n[tool.importlinter]\nroot_package = 'shop'\n"
        "[[tool.importlinter.contracts]]\nname = 'same'\ntype = 'acyclic_siblings'\nancestors = ['shop']\n"
    )
    project.configure(toml)

    result = project.run(*ON, "-v", "pyproject.toml")

    result.stdout.fnmatch_lines(["pyproject.toml::same PASSED*", "pyproject.toml::same (2) PASSED*"])


def test_what_cannot_be_judged_fails_by_name(project: Project) -> None:
    """Alone, without a traceback through our code."""
    project.write({".importlinter": INI.replace("    shop.domain.tax\n", "    shop.domain.gone\n")})

    result = project.run(*ON, "-rf")

    result.assert_outcomes(passed=2, failed=2)
    result.stdout.fnmatch_lines(
        [
            "import-linter cannot judge 'domain is low': Module 'shop.domain.gone' does not exist.",
            "",
            "rule*importlinter:18",
        ]
    )
    result.stdout.no_fnmatch_line("*Traceback*")


def test_an_unexpected_error_keeps_its_traceback(project: Project) -> None:
    """It is a defect of ours."""
    project.write({".importlinter": INI})

    def fail(*_: object) -> None:
        raise ValueError("oops")

    project.monkeypatch.setattr(ImportLinter, "check", fail)

    result = project.run(*ON)

    result.stdout.fnmatch_lines(["*ValueError: oops*"])


@pytest.mark.parametrize("text", ["[importlinter\n", "[importlinter]\nroot_package = shop\n"])
def test_a_file_that_says_nothing_is_a_collection_error(project: Project, text: str) -> None:
    """Not a green run."""
    project.write({".importlinter": text})

    result = project.run(*ON)

    assert result.ret == pytest.ExitCode.INTERRUPTED
    result.stdout.fnmatch_lines(["*.importlinter*"])


def test_they_run_under_xdist(project: Project) -> None:
    """In the controller."""
    project.write({".importlinter": INI})

    project.run_apart(*ON, "-n2").assert_outcomes(passed=3, failed=1)


def test_a_file_that_pytest_does_not_come_to_is_no_green_run(project: Project) -> None:
    """A directory with a dot is not walked into; in a run with workers neither."""
    project.write({".config/linter.ini": INI})
    file = ("-o", "fitness_import_linter_file=.config/linter.ini", "-o", "testpaths=")
    message = "ERROR: the contracts in .config/linter.ini were not collected: pytest does not come to it *"

    project.run(*file).stderr.fnmatch_lines([message])
    project.run_apart(*file, "-n", "1").stderr.fnmatch_lines([message])
    project.run(*file, ".config/linter.ini").assert_outcomes(passed=2, failed=1)
    project.run("-o", "fitness_import_linter_file=.config/linter.ini").assert_outcomes(passed=3, failed=1)


def test_a_file_is_below_rootdir(project: Project) -> None:
    """Or it is no part of the project."""
    project.write({".importlinter": INI})
    outside = project.pytester.path.parent / "outside.ini"
    outside.write_text(INI)

    for name in ("../outside.ini", str(outside)):
        result = project.run("-o", f"fitness_import_linter_file={name}")
        result.stderr.fnmatch_lines(["ERROR: fitness_import_linter_file: * is not below rootdir, *"])


def test_a_file_may_be_a_link(project: Project) -> None:
    """To a place that is not walked into."""
    outside = project.pytester.path.parent / "linked.ini"
    outside.write_text(INI)
    (project.pytester.path / ".importlinter").symlink_to(outside)

    result = project.run(*ON, "-o", "testpaths=")
    result.assert_outcomes(passed=3, failed=1)
    result.stdout.no_fnmatch_line("*not collected*")


def test_a_question_says_that_they_cannot_be_asked(project: Project) -> None:
    """Rather than a line of what they have found."""
    project.write({".importlinter": INI})

    result = project.run(*ON, "--fitness-can-import", "shop.domain.order", "shop.api.routes", ".importlinter")

    result.stdout.fnmatch_lines(
        [
            "unknown: no rule of those judged forbids that shop.domain.order imports shop.api.routes (0 rules judged)",
            "not taken into account: .importlinter::domain is high: this contract of import-linter is broken, and cannot be asked",
        ]
    )
