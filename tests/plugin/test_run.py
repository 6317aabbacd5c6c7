"""How fitness tests run: after the others, once, without disturbing anybody."""

from __future__ import annotations

import gc
import sys
import weakref

import pytest
from small_project import Project

PASS = "def test_a(codebase):\n    assert codebase.violations(Layers('api', 'domain')) == []\n"


def names(result: pytest.RunResult) -> list[str]:
    """Return the tests of a verbose run in the order in which they ran."""
    return [
        line.split("::")[-1].split(" ")[0] for line in result.stdout.lines if " PASSED" in line or " FAILED" in line
    ]


def test_they_run_after_the_others(project: Project) -> None:
    """Whatever their place in the alphabet; tests of theirs that do not use ``codebase`` stay where they are."""
    project.fitness(PASS + "def test_plain(): ...\n", "test_aaa.py")

    result = project.run("-v")

    result.assert_outcomes(passed=3)
    assert names(result) == ["test_plain", "test_show", "test_a"]
    result.stdout.fnmatch_lines(["*::test_a PASSED*[[]100%]"])


def test_a_fixture_that_leads_to_codebase_is_enough(project: Project) -> None:
    """The closure counts, parameters and classes too."""
    project.fitness(
        "import pytest\n@pytest.fixture\ndef rules(codebase):\n    return codebase.violations(Layers('api', 'domain'))\n"
        "class TestRules:\n    def setup_method(self):\n        self.ready = True\n"
        "    @pytest.mark.parametrize('n', [1, 2])\n    def test_a(self, rules, n):\n        assert self.ready and rules == []\n",
        "test_aaa.py",
    )

    result = project.run("-v")

    assert names(result) == ["test_show", "test_a[1]", "test_a[2]"]


def test_they_are_marked(project: Project) -> None:
    """``-m fitness`` selects them, ``-m "not fitness"`` leaves them out, strict markers know the name."""
    project.fitness(PASS)

    project.run("-m", "fitness", "--strict-markers").assert_outcomes(passed=1, deselected=1)
    project.run("-m", "not fitness").assert_outcomes(passed=1, deselected=1)


def test_collect_only_lists_them(project: Project) -> None:
    """And runs nothing."""
    project.fitness(PASS)

    result = project.run("--collect-only", "-q")

    result.stdout.fnmatch_lines(
        ["tests/test_fitness.py::test_a", "tests/test_unit.py::test_show", "2 tests collected*"]
    )


def test_a_run_that_stops_judges_nothing(project: Project) -> None:
    """``-x`` and a failed test, before or among the fitness tests."""
    project.fitness(PASS + "def test_b(codebase):\n    assert 0\ndef test_c(codebase): ...\n")
    assert names(project.run("-v", "-x")) == ["test_show", "test_a", "test_b"]

    project.write({"tests/test_unit.py": "def test_red():\n    assert 0\n"})
    assert names(project.run("-v", "-x")) == ["test_red"]
    assert names(project.run("-v", "--maxfail=2")) == ["test_red", "test_a", "test_b"]


def test_a_fitness_test_can_stop_the_run(project: Project) -> None:
    """``session.shouldstop`` is heard."""
    project.fitness(PASS + "def test_b(codebase): ...\n")
    project.write(
        {"conftest.py": "def pytest_runtest_logfinish(nodeid):\n    if 'test_a' in nodeid:\n        S.shouldstop = 'enough'\n"
         "def pytest_sessionstart(session):\n    global S\n    S = session\n"}
    )  # fmt: skip

    assert names(project.run("-v")) == ["test_show", "test_a"]


def test_somebody_elses_autouse_fixture_is_not_started_again(project: Project) -> None:
    """A session database is down by then and stays down; fixtures of the test's own module are its own."""
    project.write(
        {
            "tests/conftest.py": (
                "import pytest\n@pytest.fixture(autouse=True, scope='session')\ndef database():\n"
                "    print('database up')\n    yield\n    print('database down')\n"
                "@pytest.fixture\ndef wanted():\n    print('wanted')\n"
            )
        }
    )
    project.fitness(
        "import pytest\n@pytest.fixture(autouse=True)\ndef own():\n    print('mine')\n"
        "@pytest.mark.usefixtures('wanted')\ndef test_a(codebase): ...\n"
    )

    text = project.run("-s").stdout.str()

    assert text.count("database up") == text.count("database down") == text.count("mine") == text.count("wanted") == 1


@pytest.mark.parametrize("leave", ["os.chdir('/')", "os.chdir(gone); os.rmdir(gone)"])
def test_they_run_where_pytest_was_started(project: Project, leave: str) -> None:
    """Wherever the tests have left the process."""
    project.fitness("import os\ndef test_a(codebase):\n    assert os.path.exists('pyproject.toml')\n")
    project.write(
        {"tests/test_unit.py": f"import os\ndef test_leave(tmp_path):\n    gone = str(tmp_path)\n    {leave}\n"}
    )

    project.run_apart().assert_outcomes(passed=2)


def test_they_run_under_xdist(project: Project) -> None:
    """In the controller, after the workers."""
    project.fitness(PASS)

    project.run_apart("-n2").assert_outcomes(passed=2)


def test_only_fitness_tests_is_a_run_too(project: Project) -> None:
    """Nothing else has to be there."""
    project.fitness(PASS)

    project.run("tests/test_fitness.py").assert_outcomes(passed=1)


def test_doctest_items_are_no_fitness_tests(project: Project) -> None:
    """Items without fixtures, or without a function, are left as they are."""
    project.write({"src/shop/domain/tax.py": '"""\n>>> 1 + 1\n2\n"""\n'})
    project.configure("addopts = ['--doctest-modules']\n")

    project.run("src", "tests").assert_outcomes(passed=2)


def test_a_custom_item_with_fixturenames_can_ask_for_codebase(project: Project) -> None:
    """It has no function to read the arguments of, so nothing is taken from it."""
    project.write(
        {
            "tests/conftest.py": (
                "import pytest\nclass Item(pytest.Item):\n    fixturenames = ['codebase']\n    def runtest(self): ...\n"
                "class File(pytest.File):\n    def collect(self):\n        yield Item.from_parent(self, name='x')\n"
                "def pytest_collect_file(parent, file_path):\n"
                "    if file_path.suffix == '.txt':\n        return File.from_parent(parent, path=file_path)\n"
            ),
            "tests/rules.txt": "",
        }
    )

    project.run().assert_outcomes(passed=2)


HEAVY = ("grimp", "importlinter", "coverage", "rich", "tomllib_", "pytest_fitness.model", "pytest_fitness.sources",
         "pytest_fitness.rules", "pytest_fitness.settings", "pytest_fitness.report", "subprocess_")  # fmt: skip


def test_an_unused_plugin_imports_nothing_heavy(project: Project) -> None:
    """Asked of the modules that are loaded at the end of a run."""
    code = (
        "import sys\ndef pytest_unconfigure():\n"
        f"    loaded = [m for m in {HEAVY!r} if m in sys.modules]\n    print('LOADED', loaded)\n"
    )
    project.write({"conftest.py": code})

    result = project.run_apart("-p", "no:cov", "-p", "no:xdist")

    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["LOADED []"])


def test_a_run_with_codebase_imports_no_import_linter_and_no_coverage(project: Project) -> None:
    """Each only where it is used."""
    project.fitness(PASS)
    project.write({"conftest.py": "import sys\ndef pytest_unconfigure():\n    print('LOADED', [m for m in "
                   "('importlinter', 'coverage', 'rich', 'click') if m in sys.modules])\n"})  # fmt: skip

    project.run_apart("-p", "no:cov").stdout.fnmatch_lines(["LOADED []"])


def test_python_itself_loads_what_the_plugin_consists_of(project: Project) -> None:
    """Rather than pytest, which would read all the sources, and rewrite them in a new environment; asserts of the project's own are explained."""
    project.fitness(PASS)
    code = (
        "import sys\nfrom importlib.machinery import SourceFileLoader as Plain\ndef pytest_unconfigure():\n"
        "    ours = {n: type(m.__spec__.loader) for n, m in sys.modules.items() if n.startswith('pytest_fitness.')}\n"
        "    print('LOADED', 'pytest_fitness.model.graph' in ours, sorted(n for n, loader in ours.items() if loader is not Plain))\n"
    )
    project.write({"conftest.py": code, "tests/test_wrong.py": "def test_wrong():\n    one = 1\n    assert one == 2\n"})

    result = project.run_apart("-p", "no:cov", "-p", "no:xdist")

    rewritten = "['pytest_fitness.plugin', 'pytest_fitness.plugin.loading']"  # before that can be said
    result.stdout.fnmatch_lines(["E * assert 1 == 2", f"LOADED True {rewritten.replace('[', '[[]')}"])


def test_this_interpreter_is_supported() -> None:
    """As the classifiers say."""
    assert sys.version_info >= (3, 11)


def test_a_fixture_of_that_name_of_somebody_elses_is_left_alone(project: Project) -> None:
    """Order, autouse fixtures and settings of such a project are none of our business."""
    project.write(
        {
            "tests/conftest.py": (
                "import pytest\n@pytest.fixture(autouse=True)\ndef env(monkeypatch):\n    monkeypatch.setenv('X', '1')\n"
                "@pytest.fixture\ndef codebase(tmp_path):\n    return tmp_path\n"
            ),
            "tests/test_a.py": (
                "import os, pytest\ndef test_a(codebase):\n    assert os.environ['X'] == '1'\n"
                "@pytest.mark.parametrize('codebase', [1, 2])\ndef test_b(codebase):\n    assert os.environ['X'] == '1'\n"
            ),
        }
    )
    project.configure("[tool.pytest-fitness]\nnonsense = 1\n")

    result = project.run("-v")

    result.assert_outcomes(passed=4)
    assert names(result) == ["test_a", "test_b[1]", "test_b[2]", "test_show"]


def test_a_fixture_that_wraps_ours_is_ours(project: Project) -> None:
    """A conftest may hand out a codebase of its own that it made of ours."""
    project.write(
        {"tests/conftest.py": "import pytest\n@pytest.fixture\ndef codebase(codebase):\n    return codebase\n"}
    )
    project.fitness(PASS, "test_aaa.py")

    assert names(project.run("-v")) == ["test_show", "test_a"]


def test_the_fixture_is_recognised_by_its_function() -> None:
    """Pytest does not say in public which definition a name leads to; this is the shape that is relied on."""
    from pytest_fitness.plugin.held_back import OWN_FIXTURE

    assert OWN_FIXTURE is not None
    assert OWN_FIXTURE.__name__ == "codebase"


def test_a_test_that_forgets_to_assert_is_mentioned(project: Project) -> None:
    """It passes; the summary says that there are violations."""
    project.fitness("def test_a(codebase):\n    codebase.violations(Layers('api', 'domain'))\n")
    project.write({"src/shop/domain/tax.py": "import shop.api\n"})

    project.run().stdout.fnmatch_lines(
        [
            "fitness: 1 rule judged, 1 violation",
            "  layers: tests/test_fitness.py::test_a passed although there are violations*",
        ]
    )


def test_the_summary_is_there_under_xdist_too(project: Project) -> None:
    """What was judged, with everything that a green run should not hide."""
    project.fitness(
        PASS
        + "def test_b(codebase):\n    rule = ForbiddenImports(of='oracledbx', inside='domain', allow_empty='some day')\n"
        "    assert codebase.violations(rule) == []\n"
    )

    result = project.run_apart("-n2")

    result.stdout.fnmatch_lines(["fitness: 2 rules judged, 0 violations", "*allowed to be empty (some day)*"])


def test_an_object_with_its_own_idea_of_equality_is_left_alone(project: Project) -> None:
    """Its ``!=`` is not ours to call."""
    project.write(
        {"tests/test_a.py": "class X:\n    def __eq__(self, other): return False\n    def __ne__(self, other): raise ValueError\n"
         "def test_a():\n    assert [1] == X()\n"}
    )  # fmt: skip

    result = project.run()

    result.assert_outcomes(passed=1, failed=1)
    result.stdout.no_fnmatch_line("*ValueError*")


# -- what is remembered ------------------------------------------------------------------------------------------------


def test_facts_are_remembered_below_pytests_cache(project: Project) -> None:
    """Unless that is switched off, in one of two ways."""
    project.fitness("def test_a(codebase):\n    assert codebase.violations(Layers('api', 'domain')) == []\n")
    remembered = project.pytester.path / ".pytest_cache/d/fitness"

    project.run_apart("--fitness-no-cache").assert_outcomes(passed=2)
    project.run_apart("-p", "no:cacheprovider").assert_outcomes(passed=2)
    assert not remembered.exists()
    project.run_apart().assert_outcomes(passed=2)
    assert len(list(remembered.iterdir())) == 1
    project.write({"src/shop/domain/tax.py": "import shop.api\n"})
    project.run_apart().assert_outcomes(passed=1, failed=1)


def test_a_cache_that_cannot_be_made_is_done_without(project: Project) -> None:
    """A file where the directory should be."""
    project.fitness("def test_a(codebase):\n    assert codebase.violations(Layers('api', 'domain')) == []\n")
    project.write({".pytest_cache/d": "in the way", "cache/README.md": ""})

    result = project.pytester.runpytest_inprocess("-W", "ignore::pytest.PytestCacheWarning")

    result.assert_outcomes(passed=2)


LEAK = """
from pytest_fitness.model import codebase
codebase.MANY = -1  # freeze as with much code

class Leak:
    def __init__(self):
        self.itself = self
    def __del__(self):
        raise ValueError("left behind")

kept = [Leak()]

def pytest_sessionfinish():
    kept.clear()
"""


def test_what_other_tests_leave_behind_is_looked_for_as_without_us(project: Project) -> None:
    """What was there while code was read is frozen no longer than that."""
    project.write({"conftest.py": LEAK})
    project.fitness(PASS)

    result = project.run_apart("-W", "error::pytest.PytestUnraisableExceptionWarning")

    assert "ValueError: left behind" in str(result.stdout) + str(result.stderr)
    assert result.ret != 0


def test_what_a_run_before_has_frozen_is_looked_through(project: Project) -> None:
    """In the same process; otherwise it would stay for ever."""
    project.fitness(PASS)

    def left_behind() -> weakref.ref[type]:
        kind = type("Kept", (), {})  # a class is a circle
        gc.freeze()
        return weakref.ref(kind)

    kept = left_behind()
    try:
        project.run().assert_outcomes(passed=2)
        assert kept() is None
        assert gc.get_freeze_count() == 0
    finally:
        gc.unfreeze()
