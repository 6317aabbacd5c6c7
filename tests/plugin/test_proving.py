"""`--fitness-prove`: proofs as tests."""

from __future__ import annotations

import json

import pytest
from small_project import Project

LAYERS = "def test_layers(codebase):\n    assert codebase.violations(Layers('api', 'domain'{0})) == []\n"


def test_a_proof_is_a_test_a_rule(project: Project) -> None:
    """After the others, with the matrix in the summary and in a file."""
    project.fitness(LAYERS.format("") + "    assert codebase.violations(Cycles()) == []\n")

    result = project.run("--fitness-prove", "--fitness-prove-report=out/prove.json", "-v")

    result.assert_outcomes(passed=4)
    result.stdout.fnmatch_lines(
        [
            "fitness::prove layers (tests/test_fitness.py:4) PASSED *",
            "fitness::prove cycles (tests/test_fitness.py:5) PASSED *[[]100%]",
            "fitness: 15 of 15 plants killed",
            "  layers  tests/test_fitness.py:4  10/10",
            "  cycles  tests/test_fitness.py:5    5/5",
        ]
    )
    document = json.loads((project.pytester.path / "out/prove.json").read_text())
    assert document["version"] == 1
    assert [len(proof["outcomes"]) for proof in document["proofs"]] == [10, 5]


def test_a_survivor_fails_by_name(project: Project) -> None:
    """With the way to accept it; accepted, it is counted."""
    project.write({"src/shop/domain/late.py": "def f():\n    from shop.api import routes\n"})
    project.fitness(LAYERS.format(", except_kinds=('function',)"))

    result = project.run("--fitness-prove")

    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines(
        [
            '"layers" would not notice: shop.domain imports shop.api, inside a function',
            "1 of 11 plants survived:",
            "  shop.domain imports shop.api, inside a function",
            'fix: *[[]tool.pytest-fitness.survivors]: "layers: shop.domain imports shop.api, inside a function" = "..."',
            "rule     tests/test_fitness.py:4",
            "  layers  tests/test_fitness.py:4  10/11  1 survived",
        ]
    )
    project.configure("[tool.pytest-fitness.survivors]\n'layers: *, inside a function' = 'wanted so'\n")
    project.run("--fitness-prove").assert_outcomes(passed=4)


def test_many_survivors_are_not_all_shown(project: Project) -> None:
    """Twenty, and how many more."""
    project.fitness(
        "from pytest_fitness import Plant\nclass Blind:\n    name = 'blind'\n    def find(self, codebase): return []\n"
        "    def plants(self, codebase):\n        for n in range(25):\n"
        "            yield Plant(f'plant {n}', codebase, names=('nobody',))\n"
        "def test_blind(codebase):\n    assert codebase.violations(Blind()) == []\n"
    )

    result = project.run("--fitness-prove")

    result.stdout.fnmatch_lines(["25 of 25 plants survived:", "  plant 19", "  and 5 more"])


def test_what_is_accepted_for_nothing_fails(project: Project) -> None:
    """Where all rules were judged."""
    project.fitness(LAYERS.format(""))
    project.configure("[tool.pytest-fitness.survivors]\n'layers: *, inside a function' = 'wanted so'\n")

    result = project.run("--fitness-prove")

    result.assert_outcomes(passed=3, failed=1)
    result.stdout.fnmatch_lines(["[[]tool.pytest-fitness.survivors] has what no plant needs*", "  'layers: *'"])
    project.run("--fitness-prove", "-k", "layers").assert_outcomes(passed=2, deselected=1)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("'layers: x' = ''", "*survivor 'layers: x' needs a reason"),
        ("'layers' = 'x'", "*a survivor is written as 'rule: what is planted'*"),
        ("'*: x' = 'x'", "*a survivor is written as*"),
        ("'layers: ' = 'x'", "*a survivor is written as*"),
    ],
)
def test_a_mistake_in_what_is_accepted_is_named(project: Project, line: str, message: str) -> None:
    """With its line."""
    project.fitness(LAYERS.format(""))
    project.configure(f"[tool.pytest-fitness.survivors]\n{line}\n")

    project.run().stderr.fnmatch_lines([message])


def test_a_rule_without_plants_is_skipped_with_the_reason(project: Project) -> None:
    """And the same place twice is two proofs."""
    project.fitness(
        "import pytest\nclass Own:\n    name = 'own'\n    def __init__(self, n): self.n = n\n"
        "    def find(self, codebase): return []\n"
        "@pytest.mark.parametrize('n', [1, 2])\n"
        "def test_own(codebase, n):\n    assert codebase.violations(Own(n)) == []\n"
    )

    result = project.run("--fitness-prove", "-rs")

    result.assert_outcomes(passed=3, skipped=2)
    result.stdout.fnmatch_lines(
        ["  own  *unproved: it has no `plants`*", "SKIPPED * tests/test_fitness.py:10: unproved: it has no `plants`*"]
    )


def test_plants_that_cannot_be_made_fail_with_the_end_of_the_traceback(project: Project) -> None:
    """It is the rule's own mistake."""
    project.fitness(
        "class Odd:\n    name = 'odd'\n    def find(self, codebase): return []\n"
        "    def plants(self, codebase):\n        raise ValueError('no seed')\n"
        "def test_odd(codebase):\n    assert codebase.violations(Odd()) == []\n"
    )

    result = project.run("--fitness-prove")

    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines(["ValueError: no seed"])
    result.stdout.no_fnmatch_line("*pluggy/*")


def test_a_module_in_no_layer_is_planted(project: Project) -> None:
    """Where the rule is exhaustive."""
    project.fitness(LAYERS.format(", exhaustive=True"))

    project.run("--fitness-prove").stdout.fnmatch_lines(["fitness: 11 of 11 plants killed"])


def test_governed_comes_last_however_it_is_written(project: Project) -> None:
    """By name, as a parameter, from a list; inside of a test it is judged when it is asked."""
    project.fitness(
        "import pytest\nLAST = Governed(20, of='modules')\nMANY = [LAST]\n"
        "@pytest.mark.parametrize('rule', [LAST, Layers('api', 'domain')])\n"
        "def test_a(codebase, rule):\n    assert codebase.violations(rule) == []\n"
        "def test_b(codebase):\n    assert codebase.violations(LAST) == []\n"
        "def test_c(codebase):\n    assert [codebase.violations(r) for r in MANY] == [[]]\n"
        "def test_d(codebase):\n    assert codebase.violations(Governed(20, of='modules')) == []\n"
    )

    result = project.run("-v")

    result.assert_outcomes(passed=6)
    result.stdout.fnmatch_lines(
        ["*test_a[[]rule1] PASSED*", "*test_a[[]rule0] PASSED*", "*test_b*", "*test_c*", "*test_d*"]
    )


def test_governed_before_others_is_not_judged(project: Project) -> None:
    """Where that could not be told."""
    project.fitness(
        "def made(): return Governed(90, of='modules')\n"
        "def test_a(codebase):\n    assert codebase.violations(made()) == []\n"
        "def test_b(codebase):\n    assert codebase.violations(Layers('api', 'domain')) == []\n"
    )

    result = project.run("-rs")

    result.assert_outcomes(passed=2, skipped=1)
    result.stdout.fnmatch_lines(["SKIPPED *but 1 fitness tests are still to be judged"])


def test_a_contract_with_governed_comes_last(project: Project) -> None:
    """Whatever its place in the file."""
    project.configure(
        "\n[tool.pytest-fitness.contracts.all]\nrule = 'governed'\nat_least = 50\nof = 'modules'\n"
        "[tool.pytest-fitness.contracts.house]\nrule = 'layers'\nlayers = ['api', 'domain']\n"
    )

    project.run("tests", "pyproject.toml").assert_outcomes(passed=3)


def test_waivers_and_known_violations_swallow_no_plant(project: Project) -> None:
    """A known import is found when it is planted again; what a waiver is too broad for survives."""
    project.write({"src/shop/domain/tax.py": "from shop.api import routes\n"})
    project.fitness(LAYERS.format(""))
    project.run("--fitness-freeze").assert_outcomes(passed=2)
    result = project.run("--fitness-prove")
    result.assert_outcomes(passed=3)
    result.stdout.no_fnmatch_line("*of which*")
    (project.pytester.path / "fitness-baseline/layers.toml").unlink()
    project.configure(
        "[[tool.pytest-fitness.waivers]]\nrule = 'layers'\nwhat = 'domain -> api'\nreason = 'x'\nowner = 'o'\n"
        "until = 2999-01-01\n"
    )

    result = project.run("--fitness-prove")

    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines(["  shop.domain.tax imports shop.api (a waiver, or what is known, swallows it)"])


def test_handed_over_by_workers_rules_are_proved_once(project: Project) -> None:
    """In the controller of pytest-xdist."""
    project.fitness(LAYERS.format(""))

    result = project.run_apart("-n", "2", "-p", "no:cacheprovider", "--fitness-prove")

    result.assert_outcomes(passed=3)
    result.stdout.fnmatch_lines(["fitness: 10 of 10 plants killed"])


def test_without_a_rule_nothing_is_proved(project: Project) -> None:
    """A run that judged nothing has no matrix."""
    project.fitness("def test_a(codebase):\n    codebase.modules\n")

    result = project.run("--fitness-prove", "--fitness-prove-report=prove.json")

    result.assert_outcomes(passed=2)
    result.stdout.no_fnmatch_line("*plants*")
    assert not (project.pytester.path / "prove.json").exists()
