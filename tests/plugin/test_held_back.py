"""Why a run is partial, and where its coverage comes from: asked directly, since runs with coverage run apart."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from pytest_fitness import CoverageDataError, NotJudgedError
from pytest_fitness.model import CoverageReport
from pytest_fitness.plugin import project
from pytest_fitness.plugin.held_back import HeldBack
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

    assert partial(held_back(pytester, "tests")) == "only tests was run, not all of ."
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
    plugin.pytest_collectreport(SimpleNamespace(failed=True))  # type: ignore[arg-type]
    plugin.pytest_collectreport(SimpleNamespace(failed=False))  # type: ignore[arg-type]

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

    def from_pytest_cov(_tree: object, _run: object, config_file: str) -> CoverageReport:
        seen.append(config_file)
        return CoverageReport({})

    monkeypatch.setattr(coverage, "from_pytest_cov", from_pytest_cov)
    monkeypatch.setattr(coverage, "is_measuring", lambda: True)
    judging.config.pluginmanager.register(object(), "_cov")
    judging.config.option.no_cov = False
    judging.config.option.cov_config = "rc"

    read_coverage(judging, NOTHING)
    assert seen == ["rc"]


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


def test_a_worker_of_xdist_cannot_tell(judging: HeldBack) -> None:
    """It has only its share."""
    judging.config.workerinput = {}  # type: ignore[attr-defined]

    with pytest.raises(NotJudgedError, match="not judged under pytest-xdist yet"):
        read_coverage(judging, NOTHING)


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
    """A worker that crashed has handed over nothing."""
    worker, controller = held_back(pytester), held_back(pytester)
    worker.config.workerinput, worker.config.workeroutput = {}, {}  # type: ignore[attr-defined]

    worker.pytest_sessionfinish()
    controller.pytest_sessionfinish()
    for output in ({"fitness": [["layers", 1, [], ["note"]]]}, {"fitness": [["cycles", 0, [], []]]}, None, {}):
        controller.pytest_testnodedown(SimpleNamespace(workeroutput=output))

    assert worker.config.workeroutput == {"fitness": []}  # type: ignore[attr-defined]
    assert controller.config.stash[workers_key] == [("layers", 1, [], ["note"]), ("cycles", 0, [], [])]


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
