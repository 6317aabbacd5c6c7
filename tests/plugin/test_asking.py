"""Questions on the command line: rules, their pages, and whether an import would be allowed."""

from __future__ import annotations

import json

import pytest
from small_project import Project

from pytest_fitness.errors import EmptySelectionError
from pytest_fitness.model import Codebase
from pytest_fitness.model.asking import ask
from pytest_fitness.rules import CoverageFloor, Cycles, ForbiddenImports, Layers, Protected
from pytest_fitness.testing import codebase

LAYERS = "def test_layers(codebase):\n    assert codebase.violations(Layers('api', 'domain', because='ADR 1')) == []\n"
CUSTOM = (
    "class Own:\n    '''Says nothing.'''\n    name = 'own-rule'\n    def __init__(self, length: int = 3): ...\n"
    "    def find(self, codebase): return []\n"
    "def pytest_fitness_rules(config): return [Own]\n"
)


def test_all_rules_are_listed(project: Project) -> None:
    """Ours, those for tests, those of a ``conftest.py``, and packs."""
    project.write({"conftest.py": CUSTOM})

    result = project.run("--fitness-rules")

    assert result.ret == 0
    result.stdout.fnmatch_lines(
        [
            "cycles *Packages, or modules, do not import each other in a circle.",
            "error-envelope *[[]for a running application, in tests]",
            "own-rule *Says nothing.*[[]from conftest]",
            "onion *",
        ]
    )


@pytest.mark.parametrize(
    "asked",
    [
        "layers",
        "Layers",
        "house",
        "pyproject.toml::house",
        '"layers": 2 violations, first: x',
        'FAILED pyproject.toml::house - "layers": 1 violation',
        "layers (tests/test_a.py:5)",
        "FAILED fitness::prove layers (tests/test_a.py:5) - Failed",
    ],
)
def test_a_page_is_found_by_any_name(project: Project, asked: str) -> None:
    """Of the rule, its class, a contract, a line of a failure."""
    project.configure("\n[tool.pytest-fitness.contracts.house]\nrule = 'layers'\nlayers = ['api', 'domain']\n")

    result = project.run("--fitness-explain", asked)

    assert result.ret == 0
    result.stdout.fnmatch_lines(["layers  (pytest_fitness.rules.Layers)", "=*", "Each layer imports only*"])
    if asked.endswith("house"):
        result.stdout.fnmatch_lines(["The contract 'house' in pyproject.toml:", "*Layers(layers=('api', 'domain')*"])


def test_packs_have_pages(project: Project) -> None:
    """They are listed with the rules."""
    project.run("--fitness-explain", "onion").stdout.fnmatch_lines(
        ["onion  (pytest_fitness.packs.onion)", "Return the rules*"]
    )


def test_a_rule_of_a_conftest_has_a_page_and_makes_contracts(project: Project) -> None:
    """As one of ours."""
    project.write({"conftest.py": CUSTOM})
    project.configure("\n[tool.pytest-fitness.contracts.own]\nrule = 'own-rule'\nlength = 4\n")

    project.run("--fitness-explain", "own-rule").stdout.fnmatch_lines(["own-rule  (conftest.Own)", "Says nothing."])
    project.run("pyproject.toml").assert_outcomes(passed=1)


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ("LAYERS", "*did you mean 'layers'?"),
        ("layer", "*called 'layer'; did you mean 'layers'?"),
        ("zzz", "*called 'zzz'; `pytest --fitness-rules`*"),
    ],
)
def test_a_page_that_is_nowhere_is_an_error(project: Project, asked: str, message: str) -> None:
    """With the nearest name."""
    result = project.run("--fitness-explain", asked)

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([message])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("def pytest_fitness_rules(config): return 5\n", "*returned 5; it returns a list of rules"),
        ("def pytest_fitness_rules(config): return [3]\n", "*returned 3; a rule is a class with `name` and `find`"),
        (
            "class Own:\n    name = 'layers'\n    def find(self, c): ...\ndef pytest_fitness_rules(config): return [Own]\n",
            "*there is another rule called 'layers' than Own",
        ),
    ],
)
def test_what_is_no_rule_is_an_error(project: Project, text: str, message: str) -> None:
    """Also for a list."""
    project.write({"conftest.py": text})

    for arguments in (("--fitness-rules",), ("--fitness-explain", "layers")):
        result = project.run(*arguments)

        assert result.ret == pytest.ExitCode.USAGE_ERROR
        result.stderr.fnmatch_lines([message])


def test_an_import_that_is_allowed(project: Project) -> None:
    """Nothing else is printed, and the exit code is 0."""
    project.fitness(LAYERS)

    result = project.run("--fitness-can-import", "api.routes", "domain.order")

    assert result.ret == 0
    assert result.outlines == ["yes: shop.api.routes may import shop.domain.order, and does already (1 rule judged)"]


def test_an_import_that_is_not(project: Project) -> None:
    """The rule, its reason, the way round; in JSON as well."""
    project.fitness(LAYERS)

    result = project.run("--fitness-can-import", "shop.domain.tax", "api")

    assert result.ret == 1
    assert result.outlines == [
        "no: shop.domain.tax must not import shop.api (1 rule judged)",
        "",
        "  layers (tests/test_fitness.py:4): shop.domain.tax must not import shop.api",
        "      because ADR 1",
        "",
        "there is no legal way as the code is",
    ]
    result = project.run("--fitness-can-import", "domain.tax", "api", "--fitness-json")
    assert result.ret == 1
    assert json.loads(str(result.stdout)) == {
        "version": 1,
        "importer": "shop.domain.tax",
        "imported": "shop.api",
        "allowed": False,
        "is_there": False,
        "judged": 1,
        "objections": [
            {
                "rule": "layers",
                "place": "tests/test_fitness.py:4",
                "message": "shop.domain.tax must not import shop.api",
                "because": "ADR 1",
            }
        ],
        "way": [],
        "problems": [],
    }


@pytest.mark.parametrize("json_option", [(), ("--fitness-json",)])
def test_a_module_that_is_nowhere_is_an_error(project: Project, json_option: tuple[str, ...]) -> None:
    """With the nearest name."""
    project.fitness(LAYERS)

    result = project.run("--fitness-can-import", "domain.tacks", "api", *json_option)

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stdout.fnmatch_lines(["*no module matches 'domain.tacks'; did you mean *"])


def test_what_could_not_be_judged_leaves_the_answer_open(project: Project) -> None:
    """Files that cannot be collected, and tests that fail for other reasons; violations are none of it."""
    project.fitness(LAYERS + "def test_bad(codebase):\n    codebase.nothing\n")
    project.write({"tests/test_broken.py": "import nothing_at_all\n", "src/shop/domain/tax.py": "import shop.api\n"})

    result = project.run("--fitness-can-import", "api.routes", "domain.order")

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stdout.fnmatch_lines(
        [
            "unknown: no rule of those judged forbids that shop.api.routes imports shop.domain.order*",
            "not taken into account: tests/test_broken.py: *",
            "*test_bad: *AttributeError*",
        ]
    )
    result = project.run("--fitness-can-import", "api.routes", "domain.order", "--fitness-json")
    assert json.loads(str(result.stdout))["allowed"] is None
    result = project.run("--fitness-can-import", "domain.order", "api.routes")
    assert result.ret == 1


@pytest.mark.parametrize("arguments", [(), ("-x",), ("tests",), ("--cov",)])
def test_every_rule_has_a_say(project: Project, arguments: tuple[str, ...]) -> None:
    """Behind a red one in the same test, after it, in contracts that the run would not collect, and beside coverage."""
    project.fitness(
        "def test_a(codebase):\n    assert codebase.violations(ForbiddenImports(of='shop.api', inside='domain')) == []\n"
        "    assert codebase.violations(CoverageFloor(90)) == []\n"
        "    assert codebase.violations(Cycles()) == []\n"
    )
    project.configure("\n[tool.pytest-fitness.contracts.house]\nrule = 'layers'\nlayers = ['api', 'domain.order']\n")
    project.write({"src/shop/domain/tax.py": "import shop.api\n"})
    project.run_apart("--cov=shop", "-q")
    before = (project.pytester.path / ".coverage").read_bytes()

    result = project.run_apart("--fitness-can-import", "domain.order", "api.routes", *arguments)

    assert result.ret == 1, str(result.stdout)
    result.stdout.fnmatch_lines(["  forbidden-imports *", "  layers (pyproject.toml:*"])
    assert (project.pytester.path / ".coverage").read_bytes() == before
    result = project.run_apart("--fitness-can-import", "api.routes", "domain.order", *arguments)
    assert (result.ret, result.outlines[0][:4]) == (0, "yes:")


def test_contracts_are_asked_though_the_run_does_not_collect_them(project: Project) -> None:
    """And a rule without a reason says none."""
    project.configure("\n[tool.pytest-fitness.contracts.house]\nrule = 'layers'\nlayers = ['api', 'domain']\n")

    result = project.run("--fitness-can-import", "domain.order", "api.routes")

    assert result.ret == 1
    result.stdout.fnmatch_lines(["  layers (pyproject.toml:*"])
    result.stdout.no_fnmatch_line("*because*")


def test_a_part_of_the_rules_gives_no_yes(project: Project) -> None:
    """Others might object."""
    project.fitness(LAYERS + "def test_c(codebase):\n    assert codebase.violations(Cycles()) == []\n")

    result = project.run("--fitness-can-import", "api.routes", "domain.order", "-k", "test_c")

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stdout.fnmatch_lines(["unknown: *", "not taken into account: *left out*"])


def test_wrong_settings_are_an_error_of_the_question(project: Project) -> None:
    """As of any run."""
    project.fitness(LAYERS)
    project.configure("\n[tool.pytest-fitness]\npackages = ['shopp']\n")

    result = project.run("--fitness-can-import", "api.routes", "domain.order")

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stdout.fnmatch_lines(["ERROR: package 'shopp' is not in *"])


def test_without_rules_there_is_no_answer(project: Project) -> None:
    """Nothing could object."""
    result = project.run("--fitness-can-import", "api.routes", "domain.order")

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stdout.fnmatch_lines(["unknown: *", "not taken into account: no rule was judged, so nothing could object"])


# -- the answer itself -----------------------------------------------------------------------------------------------


@pytest.fixture
def shop() -> Codebase:
    """A shop with a facade before its database."""
    return codebase(
        {
            "shop.api": "",
            "shop.api.routes": "from shop.domain import orders\n",
            "shop.domain": "",
            "shop.domain.orders": "from shop import repository\n",
            "shop.repository": "from shop import db\n",
            "shop.db": "import sqlalchemy\n",
        }
    )


def test_the_way_is_the_shortest_on_which_only_the_first_import_is_new(shop: Codebase) -> None:
    """Through whoever may."""
    shop.violations(Protected(of="db", only_by="repository"))
    shop.violations(Layers("api", "domain", "repository", closed="domain"))

    answer = ask(shop, shop.evaluations, "api.routes", "shop.db")

    assert not answer.allowed
    assert [o.rule for o in answer.objections] == ["protected"]
    assert answer.way == ("shop.api.routes", "shop.domain.orders", "shop.repository", "shop.db")


def test_a_circle_is_an_objection(shop: Codebase) -> None:
    """One that is not there yet."""
    shop.violations(Cycles())
    shop.violations(Cycles())

    answer = ask(shop, shop.evaluations, "shop.db", "api.routes")

    assert [o.violation.kind for o in answer.objections] == ["cycle"]
    assert answer.judged == 1
    assert ask(shop, shop.evaluations, "api", "shop.db").allowed


def test_what_breaks_a_rule_today_hides_nothing_and_is_no_way() -> None:
    """A path that is broken already would be found instead of the new one."""
    shop = codebase(
        {
            "shop.api": "",
            "shop.api.routes": "",
            "shop.main": "from shop.api import routes\n",
            "shop.domain": "",
            "shop.domain.orders": "from shop.core import log\n",
            "shop.domain.tax": "from shop.api import routes\n",
            "shop.core": "",
            "shop.core.log": "from shop.api import routes\n",
        }
    )
    shop.violations(Layers("api", "domain"))
    shop.violations(
        ForbiddenImports(of="core", inside="domain", transitive=False, ignore=("domain.orders -> core.log: x",))
    )

    assert not ask(shop, shop.evaluations, "core.log", "main").allowed
    assert ask(shop, shop.evaluations, "core.log", "api.routes").way == ()
    assert ask(shop, shop.evaluations, "domain.tax", "core.log").way == ()


def test_a_test_with_several_rules_goes_on_where_a_question_is_asked(shop: Codebase) -> None:
    """All of them are judged, and none is red; what cannot be judged has no say."""
    shop.is_asked = True

    assert shop.violations(Layers("domain", "api")) == []
    assert shop.violations(CoverageFloor(80)) == []
    assert [e.rule for e in shop.evaluations] == ["layers"]
    assert len(shop.evaluations[0].violations) == 1


def test_third_party_modules_may_be_asked_for(shop: Codebase) -> None:
    """If they are there at all."""
    shop.violations(ForbiddenImports(of="sqlalchemy", inside="domain", transitive=False))

    answer = ask(shop, shop.evaluations, "domain.orders", "sqlalchemy")

    assert (answer.allowed, answer.is_there) == (False, False)
    assert answer.way == ("shop.domain.orders", "shop.db", "sqlalchemy")
    for name in ("no_such_package", "shop.nothing", "shop.*"):
        with pytest.raises(EmptySelectionError):
            ask(shop, shop.evaluations, "domain.orders", name)


def test_a_rule_that_refuses_to_judge_has_no_say(shop: Codebase) -> None:
    """With the import, what it needs may be missing."""
    shop.violations(ForbiddenImports(of="sqlalchemy", inside="domain", transitive=False))

    class Refusing:
        name = "refusing"

        def find(self, codebase: Codebase) -> list[object]:
            if codebase.is_supposed:
                raise EmptySelectionError("module", "x")
            return []

    shop.violations(Refusing())  # type: ignore[arg-type]

    assert ask(shop, shop.evaluations, "api", "shop.db").allowed


def test_ways_are_not_tried_for_ever(monkeypatch: pytest.MonkeyPatch, shop: Codebase) -> None:
    """After so many there is none."""
    monkeypatch.setattr("pytest_fitness.model.asking.TRIED", 1)
    shop.violations(Layers("api", "domain", "repository", "db"))

    assert ask(shop, shop.evaluations, "domain.orders", "api.routes").way == ()
    shop.violations(Protected(of="db", only_by="repository"))
    shop.violations(Protected(of="repository", only_by="domain"))
    assert ask(shop, shop.evaluations, "api.routes", "shop.db").way == ()
