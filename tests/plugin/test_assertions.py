"""What a test with ``codebase`` looks like, green and red."""

from __future__ import annotations

from small_project import Project

LAYERS = """
def test_layers(codebase):
    assert codebase.violations(Layers("api", "domain", because="ADR 3")) == []
"""


def broken(project: Project) -> None:
    """Make the domain import the API, twice."""
    project.write({"src/shop/domain/tax.py": "from shop import api\nfrom shop.api import routes\n"})


def test_a_rule_that_holds_is_a_passed_test(project: Project) -> None:
    """And the run says what was judged."""
    project.fitness(LAYERS)

    result = project.run()

    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(["fitness: 1 rule judged, 0 violations"])


def test_a_broken_rule_is_a_failed_test_that_says_where(project: Project) -> None:
    """Verdict and number first, then every import with its line, why, and where the rule is."""
    project.fitness(LAYERS)
    broken(project)

    result = project.run("-vv")

    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(
        [
            "codebase = <Codebase shop: 6 modules>",
            '>       assert codebase.violations(Layers("api", "domain", because="ADR 3")) == []',
            'E       assert "layers": 2 violations, first: shop.domain.tax must not import shop.api',
            "E           src/shop/domain/tax.py:1: shop.domain.tax must not import shop.api",
            "E               from shop import api",
            "E               fix: move what is needed of shop.api to where domain may import it, or pass it in as an argument",
            "E           src/shop/domain/tax.py:2: shop.domain.tax must not import shop.api.routes",
            "E         because  ADR 3",
            "E         rule     tests/test_fitness.py:5",
            "fitness: 1 rule judged, 2 violations",
        ],
        consecutive=False,
    )
    result.stdout.no_fnmatch_line("*all violations*")


def test_what_pytest_cuts_is_added_as_a_section(project: Project) -> None:
    """Outside CI, pytest shows eight lines of an explanation."""
    project.fitness(LAYERS)
    broken(project)

    result = project.run()

    result.stdout.fnmatch_lines(
        [
            "*Full output truncated*",
            "*all violations of layers*",
            "*tax.py:2: *",
            "rule     tests/test_fitness.py:5",
        ]
    )


def test_other_ways_to_assert_show_the_same(project: Project) -> None:
    """``not`` and ``len`` have no explanation of their own."""
    project.fitness(
        "def test_not(codebase):\n    assert not codebase.violations(Layers('api', 'domain'))\n"
        "def test_len(codebase):\n    assert len(codebase.violations(Layers('api', 'domain'))) == 0\n"
    )
    broken(project)

    result = project.run()

    result.assert_outcomes(passed=1, failed=2)
    assert result.stdout.str().count("- all violations of layers -") == 2


def test_the_violations_of_one_test_are_not_shown_at_another(project: Project) -> None:
    """Nor those of a rule that holds."""
    project.fitness(
        LAYERS
        + "def test_other(codebase):\n    codebase.violations(Layers('shop.api', 'domain.order'))\n    assert 0\n"
    )
    broken(project)

    assert project.run().stdout.str().count("- all violations of layers -") == 1


def test_other_comparisons_are_left_to_pytest(project: Project) -> None:
    """Lists that are not ours, and lists compared with something else."""
    project.fitness("def test_a(codebase):\n    assert [1] == []\ndef test_b(codebase):\n    assert [1] == [2]\n")

    result = project.run()

    result.assert_outcomes(passed=1, failed=2)
    result.stdout.fnmatch_lines(["*Left contains one more item: 1*", "*At index 0 diff: 1 != 2*"])


def test_a_list_that_a_test_has_made_of_violations_is_left_to_pytest(project: Project) -> None:
    """The section says what they are."""
    project.fitness("def test_a(codebase):\n    assert codebase.violations(Layers('api', 'domain'))[:1] == []\n")
    broken(project)

    project.run().stdout.fnmatch_lines(["*all violations of layers*"])


def test_a_misspelt_name_fails_the_test_with_a_suggestion(project: Project) -> None:
    """In the user's line, without our frames."""
    project.fitness("def test_layers(codebase):\n    assert codebase.violations(Layers('api', 'domian')) == []\n")

    result = project.run()

    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(
        ["E * pytest_fitness.errors.EmptySelectionError: no module matches 'domian'; did you mean 'domain'*"]
    )
    result.stdout.no_fnmatch_line("*model/codebase.py*")


def test_without_the_plugin_fitness_tests_error(project: Project) -> None:
    """They never pass by not running."""
    project.fitness(LAYERS)

    result = project.run("-p", "no:fitness")

    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["*fixture 'codebase' not found*"])


def test_code_that_cannot_be_found_is_an_error_of_one_screen(project: Project) -> None:
    """Several packages, and how to choose."""
    project.fitness(LAYERS)
    project.write({"src/billing/__init__.py": ""})

    result = project.run()

    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(
        ["2 packages in 'src': billing, shop; say which one is judged; set it in pyproject.toml:"]
    )
    result.stdout.no_fnmatch_line("*Traceback*")
    result.stdout.no_fnmatch_line("*def codebase*")


def test_very_quiet_runs_stay_quiet(project: Project) -> None:
    """``-qq`` shows no summary line."""
    project.fitness(LAYERS)

    assert "fitness:" in project.run("-q").stdout.str()
    assert "fitness:" not in project.run("-qq").stdout.str()


def test_notes_are_shown_in_the_summary(project: Project) -> None:
    """An explicit exception stays visible."""
    project.fitness(
        "def test_a(codebase):\n    rule = ForbiddenImports(of='oracledbx', inside='domain', allow_empty='some day')\n"
        "    assert codebase.violations(rule) == []\n"
    )

    project.run().stdout.fnmatch_lines(["fitness: 1 rule judged, 0 violations", "*allowed to be empty (some day)*"])


def test_the_package_is_never_imported(project: Project) -> None:
    """The code under judgement is read, not executed."""
    project.fitness(LAYERS)
    project.write({"src/shop/domain/__init__.py": "raise SystemExit('executed')", "tests/test_unit.py": ""})

    project.run().assert_outcomes(passed=1)
