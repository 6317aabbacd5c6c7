"""Why a run is partial, and where its coverage comes from: asked directly, since runs with coverage run apart."""

from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from small_project import Project

from pytest_fitness import CoverageDataError, NotJudgedError
from pytest_fitness.model import CoverageReport
from pytest_fitness.plugin import project
from pytest_fitness.plugin.collection import collected_key, elsewhere_key
from pytest_fitness.plugin.held_back import HeldBack, _saves_coverage
from pytest_fitness.plugin.judging import partial, read_coverage
from pytest_fitness.plugin.reports import workers_key
from pytest_fitness.sources import coverage
from pytest_fitness.sources.tree import Tree

NOTHING = Tree(())


@pytest.fixture
def root(pytester: pytest.Pytester) -> Path:
    """A project with two directories of tests."""
    pytester.makeini("[pytest]\ntestpaths = tests more pyproject.toml\n")
    for name in ("tests", "more"):
        pytester.mkdir(name)
    return pytester.path


def held_back(pytester: pytest.Pytester, *args: str) -> HeldBack:
    """Return the plugin of a configuration."""
    plugin = pytester.parseconfigure(*args).pluginmanager.get_plugin("fitness-held-back")
    assert isinstance(plugin, HeldBack)
    return plugin


@pytest.mark.usefixtures("root")
@pytest.mark.parametrize(
    "args", [[], ["tests", "more"], ["."], ["tests", "more", "pyproject.toml::x"], ["--lf"], ["-k", "x"]]
)
def test_a_run_of_everything_is_complete(pytester: pytest.Pytester, args: list[str]) -> None:
    """By default, by naming all, by naming more; options that left nothing out."""
    assert partial(held_back(pytester, *args)) == ""


@pytest.mark.usefixtures("root")
@pytest.mark.parametrize(
    ("args", "reason"),
    [
        (["tests"], "only tests was run, not all of tests, more, pyproject.toml"),
        (["tests", "more/test_x.py::test_x"], "single tests were named on the command line"),
    ],
)
def test_a_narrower_command_line_is_partial(pytester: pytest.Pytester, args: list[str], reason: str) -> None:
    """Less than ``testpaths``."""
    pytester.makepyfile(**{"more/test_x": "def test_x(): ..."})

    assert partial(held_back(pytester, *args)) == reason


def test_without_testpaths_everything_is_rootdir(
    pytester: pytest.Pytester, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """And a directory elsewhere is shown whole."""
    pytester.makeini("[pytest]\n")
    pytester.mkdir("tests")
    elsewhere = tmp_path_factory.mktemp("elsewhere")

    assert (
        partial(held_back(pytester, "tests")) == "only tests was run, not all of .; if these are all, set `testpaths`"
    )
    pytester.makeini(f"[pytest]\ntestpaths = {elsewhere}\n")
    assert partial(held_back(pytester, "tests")) == f"only tests was run, not all of {elsewhere}"


@pytest.mark.usefixtures("root")
@pytest.mark.parametrize(
    ("args", "reason"),
    [
        (["-k", "x"], "-k left out some tests"),
        (["--stepwise"], "--stepwise left out some tests"),
        ([], "a plugin left out 3 tests"),
        (["-m", "x"], ""),
        (["--deselect", "x"], ""),
    ],
)
def test_what_was_left_out_counts_by_who_did_it(pytester: pytest.Pytester, args: list[str], reason: str) -> None:
    """``-m`` and ``--deselect`` are policy, not a shortcut."""
    plugin = held_back(pytester, *args)
    plugin.pytest_deselected([SimpleNamespace()] * 3)  # type: ignore[list-item]

    assert partial(plugin) == reason


@pytest.mark.usefixtures("root")
def test_failed_tests_of_last_time_are_partial(pytester: pytest.Pytester) -> None:
    """With ``--lf``, as long as there are any."""
    plugin = held_back(pytester, "--lf")
    assert plugin.config.cache is not None
    plugin.config.cache.set("cache/lastfailed", {"x": True})

    assert partial(plugin) == "--lf left out tests that passed before"


@pytest.mark.usefixtures("root")
def test_files_that_could_not_be_collected_are_partial(pytester: pytest.Pytester) -> None:
    """Counted as they are reported."""
    plugin = held_back(pytester)
    plugin.pytest_collectreport(SimpleNamespace(failed=True, skipped=False))  # type: ignore[arg-type]
    plugin.pytest_collectreport(SimpleNamespace(failed=False, skipped=False))  # type: ignore[arg-type]

    assert partial(plugin) == "1 file(s) could not be collected"


# -- where coverage comes from ---------------------------------------------------------------------------------------------


@pytest.fixture
def judging(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> HeldBack:
    """A plugin in the judging phase, in a process that nobody measures."""
    monkeypatch.setattr(coverage, "is_measuring", lambda: False)
    plugin = held_back(pytester)
    plugin.failed = 0
    return plugin


def test_pytest_cov_comes_first(judging: HeldBack, monkeypatch: pytest.MonkeyPatch) -> None:
    """With its own configuration file."""
    seen: list[object] = []

    def from_pytest_cov(_tree: object, _run: object, config_file: str, *, appended: bool) -> CoverageReport:
        seen.append((config_file, appended))
        return CoverageReport({})

    monkeypatch.setattr(coverage, "from_pytest_cov", from_pytest_cov)
    monkeypatch.setattr(coverage, "is_measuring", lambda: True)
    judging.config.pluginmanager.register(object(), "_cov")
    judging.config.option.no_cov = False
    judging.config.option.cov_config, judging.config.option.cov_append = "rc", True

    read_coverage(judging, NOTHING)
    assert seen == [("rc", True)]


def test_a_running_measurement_comes_second(judging: HeldBack, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where pytest-cov is installed and switched off."""
    report = CoverageReport({})
    monkeypatch.setattr(coverage, "from_live", lambda *_: report)
    monkeypatch.setattr(coverage, "is_measuring", lambda: True)
    judging.config.pluginmanager.register(object(), "_cov")
    judging.config.option.no_cov = True

    assert read_coverage(judging, NOTHING) is report


def test_nothing_comes_last(judging: HeldBack) -> None:
    """And is not judged."""
    with pytest.raises(NotJudgedError, match="coverage was not measured in this run"):
        read_coverage(judging, NOTHING)


def test_coverage_run_does_not_see_workers(judging: HeldBack, monkeypatch: pytest.MonkeyPatch) -> None:
    """A number of the controller alone would be wrong."""
    judging.unmeasured_workers = 1
    monkeypatch.setattr(coverage, "is_measuring", lambda: True)

    with pytest.raises(CoverageDataError, match="measures the controller of pytest-xdist, and not its workers"):
        read_coverage(judging, NOTHING)


def test_files_come_before_everything(judging: HeldBack, monkeypatch: pytest.MonkeyPatch) -> None:
    """At any time."""
    report = CoverageReport({})
    monkeypatch.setattr(coverage, "from_files", lambda *arguments: arguments[2] == ["x"] and report)
    judging.config.option.fitness_coverage = ["x"]
    judging.failed = None

    assert read_coverage(judging, NOTHING) is report


@pytest.mark.parametrize("live", [SimpleNamespace(get_data=list), None])
def test_a_worker_says_whether_it_is_measured(monkeypatch: pytest.MonkeyPatch, live: object) -> None:
    """And puts on disk what it has."""
    monkeypatch.setitem(sys.modules, "coverage", SimpleNamespace(Coverage=SimpleNamespace(current=lambda: live)))
    assert _saves_coverage() == (live is not None)
    monkeypatch.delitem(sys.modules, "coverage")
    assert not _saves_coverage()


def test_before_the_end_nobody_can_tell(judging: HeldBack) -> None:
    """Every number would be too low."""
    judging.failed = None

    with pytest.raises(CoverageDataError, match="while tests still run"):
        read_coverage(judging, NOTHING)


def test_a_copy_elsewhere_is_told_from_nothing() -> None:
    """Data of the same module at another path."""
    with pytest.raises(CoverageDataError, match=r"x measured /site/shop/api\.py, not /src/shop/api\.py"):
        coverage._refuse_elsewhere({"/src/shop/api.py": "shop.api"}, ["/site/shop/domain.py", "/site/shop/api.py"], "x")
    coverage._refuse_elsewhere({"/src/shop/api.py": "shop.api"}, ["/site/other.py"], "x")


def test_no_data_in_a_partial_run_is_not_judged(tmp_path: Path) -> None:
    """In a full run it is an error."""
    run = coverage.Run(tmp_path, 9e12, "-k left out some tests", 0)

    with pytest.raises(NotJudgedError, match="no data was collected, and -k left out some tests"):
        coverage.from_pytest_cov(NOTHING, run, "")
    with pytest.raises(CoverageDataError, match="pytest --cov: no data was collected"):
        coverage.from_pytest_cov(NOTHING, coverage.Run(tmp_path, 9e12, "", 0), "")


@pytest.mark.parametrize(
    ("ini", "ci", "strict"), [("", "", False), ("", "1", True), ("false", "1", False), ("true", "", True)]
)
def test_strictness_is_configured_or_follows_ci(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, ini: str, ci: str, strict: bool
) -> None:
    """The setting wins."""
    pytester.makeini(f"[pytest]\nfitness_strict = {ini}\n" if ini else "[pytest]\n")
    monkeypatch.setenv("CI", ci)

    assert project.is_strict(pytester.parseconfigure()) is strict


def test_what_is_not_judged_is_skipped_or_fails(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a run of this very process."""
    pytester.mkpydir("shop")
    pytester.makepyfile(
        "from pytest_fitness import NotJudgedError\ndef test_a(codebase):\n    raise NotJudgedError('no idea')\n"
        "def test_b():\n    raise ValueError\n"
    )
    monkeypatch.delenv("CI", raising=False)
    result = pytester.runpytest_inprocess("-p", "no:cacheprovider", "-rs")
    result.assert_outcomes(skipped=1, failed=1)
    result.stdout.fnmatch_lines(["SKIPPED [[]1] test_*.py:2: not judged: no idea"])
    monkeypatch.setenv("CI", "true")
    result = pytester.runpytest_inprocess("-p", "no:cacheprovider")
    result.assert_outcomes(failed=2)
    result.stdout.fnmatch_lines(["not judged: no idea"])


@pytest.mark.usefixtures("root")
def test_a_worker_hands_over_and_the_controller_collects(pytester: pytest.Pytester) -> None:
    """A worker that crashed has handed over nothing, and the run is partial."""
    worker, controller = held_back(pytester), held_back(pytester)
    worker.config.workerinput, worker.config.workeroutput = {}, {}  # type: ignore[attr-defined]
    items = [
        SimpleNamespace(nodeid=name, fixturenames=names, add_marker=str)
        for name, names in {"t::a": ["codebase"], "t::b": [], "t::c": ["codebase"]}.items()
    ]
    hook = worker.pytest_collection_modifyitems(items)  # type: ignore[arg-type]
    next(hook)
    items[2].nodeid = "t::c@group"
    assert list(hook) == []
    worker.pytest_collection_finish(SimpleNamespace(items=items))  # type: ignore[arg-type]
    worker.pytest_deselected([])
    worker.pytest_sessionfinish()
    controller.pytest_sessionfinish()

    assert [item.nodeid for item in items] == ["t::b"]
    output = worker.config.workeroutput  # type: ignore[attr-defined]
    assert isinstance(output.pop("fitness-measured"), bool)
    assert output == {"fitness": [], "fitness-held-back": (["t::a", "t::c"], 0, 0, [], [])}

    for output in (
        {"fitness": [["layers", 1, [], ["note"]]], "fitness-held-back": (["t::a"], 2, 0, ["x.ini"], [])},
        {"fitness": [], "fitness-held-back": (["t::a", "t::c"], 1, 0, [], ["a/pyproject.toml"])},
    ):
        controller.pytest_testnodedown(SimpleNamespace(workeroutput=output))

    assert controller.config.stash[workers_key] == [("layers", 1, [], ["note"])]
    assert list(controller.from_workers) == ["t::a", "t::c"]
    assert controller.config.stash[collected_key] == {"x.ini"}
    assert controller.config.stash[elsewhere_key] == {"a/pyproject.toml"}
    assert controller.deselected == 2
    assert partial(controller).startswith("a plugin left out 2 tests")
    assert controller.unmeasured_workers == 2
    controller.pytest_testnodedown(SimpleNamespace())
    assert partial(controller) == "1 worker(s) of pytest-xdist crashed"


def test_the_controller_collects_once_more(project: Project) -> None:
    """In this very process: the order of the workers, their selection, nothing else."""
    project.fitness(
        "def test_a(codebase):\n    assert codebase.violations(Layers('api', 'domain')) == []\n"
        "def test_b(codebase):\n    assert codebase.violations(Layers('domain', 'api')) == []\n"
        "def test_c(codebase): ...\n"
    )

    result = project.run("-n2", "-k", "not test_c", "-rf")

    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines(["fitness: 2 rules judged, 1 violation", "FAILED tests/test_fitness.py::test_b - *"])
    result.stdout.no_fnmatch_line("*collected*")


@pytest.mark.parametrize("workers", [(), ("-n1",)])
def test_what_failed_last_is_collected_by_the_controller_too(project: Project, workers: tuple[str, ...]) -> None:
    """`--lf` leaves out what passed; with pytest-xdist that is for the workers to say."""
    project.configure(
        "[tool.pytest-fitness.contracts.good]\nrule = 'layers'\nlayers = ['api', 'domain']\n"
        "[tool.pytest-fitness.contracts.bad]\nrule = 'layers'\nlayers = ['domain', 'api']\n"
    )
    project.fitness(
        "class TestIt:\n    def test_a(self, codebase):\n        assert codebase.violations(Layers('domain', 'api')) == []\n"
        "    def test_b(self, codebase): ...\n"
    )
    run = project.pytester.runpytest_inprocess
    run(*workers, "tests", "pyproject.toml").assert_outcomes(passed=3, failed=2)

    result = run(*workers, "--lf", "-rf", "tests", "pyproject.toml")

    assert "cannot be collected" not in str(result.stdout)
    result.stdout.fnmatch_lines(["FAILED tests/test_fitness.py::TestIt::test_a*", "FAILED pyproject.toml::bad*"])
    assert result.parseoutcomes()["failed"] == 2


@pytest.mark.parametrize("lost", ["raise ImportError", "pytest_plugins = 'none'", "del test_a"])
def test_a_test_that_the_controller_cannot_collect_fails(project: Project, lost: str) -> None:
    """What a worker could collect and the controller cannot is a failed test, not a lost one."""
    project.write(
        {
            "tests/test_lost.py": "import os\ndef test_a(codebase): ...\n"
            f"if 'PYTEST_XDIST_WORKER' not in os.environ:\n    {lost}\n"
        }
    )
    project.monkeypatch.delenv("PYTEST_XDIST_WORKER", raising=False)

    result = project.run_apart("-n2", "-rf")

    assert result.ret == 1
    result.stdout.fnmatch_lines(["*test_lost.py::test_a*", "*here it cannot be collected*"])


def test_a_lost_test_says_where_it_was(project: Project) -> None:
    """The same in this very process."""
    project.write(
        {
            "tests/test_lost.py": "import os\ndef test_a(codebase): ...\n"
            "if 'PYTEST_XDIST_WORKER' not in os.environ:\n    del test_a\n"
        }
    )
    project.monkeypatch.delenv("PYTEST_XDIST_WORKER", raising=False)

    result = project.run("-n1", "-rf")

    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["FAILED tests/test_lost.py::test_a - *worker of pytest-xdist collec*"])


def test_a_file_that_a_test_deletes_loses_no_test_in_silence(project: Project) -> None:
    """Its fitness tests cannot be collected any more, so they fail."""
    project.write(
        {"tests/test_gone.py": "import os\ndef test_a(codebase): ...\ndef test_b():\n    os.remove(__file__)\n"}
    )

    project.run("-n1").assert_outcomes(passed=2, failed=1)


def test_workers_import_nothing_of_it(project: Project) -> None:
    """The code is read once, by the controller."""
    project.fitness("def test_a(codebase):\n    assert codebase.violations(Layers('api', 'domain')) == []\n")
    project.configure("[tool.pytest-fitness.contracts.flow]\nrule = 'layers'\nlayers = ['api', 'domain']\n")
    project.write(
        {
            "conftest.py": "import sys\ndef pytest_sessionfinish(session):\n"
            "    if hasattr(session.config, 'workerinput'):\n"
            "        heavy = [m for m in sys.modules if m.startswith(('grimp', 'importlinter', 'pytest_fitness.sources'))]\n"
            "        assert heavy == [], heavy\n"
        }
    )

    result = project.run_apart("-n2", "tests", "pyproject.toml")

    result.assert_outcomes(passed=3)
    assert result.ret == 0


@pytest.mark.usefixtures("root")
def test_the_working_directory_may_be_gone(pytester: pytest.Pytester) -> None:
    """A test may delete it and leave the process in it."""
    pytester.makepyfile(
        **{
            "tests/test_a": "import os\ndef test_a(tmp_path):\n    os.chdir(tmp_path)\n    os.rmdir(tmp_path)\n",
            "tests/test_b": "def test_b(codebase): ...\n",
            "src/shop/__init__": "",
        }
    )

    pytester.runpytest_inprocess("-p", "no:cacheprovider", "tests").assert_outcomes(passed=2)
