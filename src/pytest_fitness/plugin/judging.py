"""Running the tests that were held back, and what they need to know of the run."""

from __future__ import annotations

import inspect
import os
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from pytest_fitness.baseline import Accepted
from pytest_fitness.errors import CoverageDataError, NotJudgedError
from pytest_fitness.model import CoverageReport
from pytest_fitness.plugin.contracts import ContractItem
from pytest_fitness.plugin.held_back import WRITING, HeldBack
from pytest_fitness.plugin.known import AfterJudging, Outcomes, RunProblemItem
from pytest_fitness.plugin.project import codebase_key, register_reports
from pytest_fitness.sources.tree import Tree


def judge(session: pytest.Session, items: list[pytest.Item]) -> None:
    """Run *items* through pytest's own protocol, in their order, and then what follows from all of them."""
    outcomes = Outcomes()
    register_reports(session.config)  # before the first of them: what cannot be judged is skipped from here on
    session.config.pluginmanager.register(outcomes)
    try:
        run(session, sorted(items, key=_judges_the_others))
    except (session.Failed, session.Interrupted):
        _say_that_nothing_is_written(session.config)
        raise
    finally:
        session.config.pluginmanager.unregister(outcomes)
    codebase = session.config.stash.get(codebase_key, None)
    if codebase is None or not isinstance(codebase.acceptance, Accepted):
        return  # nothing could be judged, and every test has said so
    held_back = session.config.pluginmanager.get_plugin("fitness-held-back")
    assert isinstance(held_back, HeldBack)
    after = AfterJudging(held_back, codebase, items, outcomes)
    codebase.acceptance.notes.update(dict.fromkeys(after.write()))
    problems = [
        RunProblemItem.from_parent(session, name=name, nodeid=f"fitness::{name}", text=text)
        for name, text in after.problems()
    ]
    _run_more(session, problems)
    if session.config.getoption("fitness_prove"):
        from pytest_fitness.plugin.proving import proofs

        _run_more(session, proofs(session, codebase.evaluations, "" if after.unsure else after.partial))


def _judges_the_others(item: pytest.Item) -> bool:
    """Whether a rule looks at what others have judged, and so comes last."""
    if isinstance(item, ContractItem):
        return item.contract.rule.name == "governed"
    function = getattr(item, "function", None)
    names = getattr(getattr(function, "__code__", None), "co_names", ())
    used = [getattr(function, "__globals__", {}).get(name) for name in names]
    given = getattr(getattr(item, "callspec", None), "params", {}).values()
    every = [one for each in (*used, *given) for one in (each if isinstance(each, list | tuple) else [each])]
    return any(getattr(one, "name", "") == "governed" for one in every)


def _say_that_nothing_is_written(config: pytest.Config) -> None:
    codebase = config.stash.get(codebase_key, None)
    for option in WRITING:
        if config.getoption(option) not in (None, False) and codebase and isinstance(codebase.acceptance, Accepted):
            codebase.acceptance.notes[f"{option}: the run has stopped early, so nothing is written down"] = None


def _run_more(session: pytest.Session, items: Sequence[pytest.Item]) -> None:
    session.testscollected += len(items)  # the share that is done is shown
    run(session, items)


def run(session: pytest.Session, items: Sequence[pytest.Item]) -> None:
    """Run *items* in their order; stop where pytest would stop."""
    held_back = session.config.pluginmanager.get_plugin("fitness-held-back")
    assert isinstance(held_back, HeldBack)
    for position, item in enumerate(items, start=1):
        following = items[position] if position < len(items) else None
        held_back.still_to_come = len(items) - position
        drop_foreign_autouse(item)
        with _working_directory(session.config.invocation_params.dir):
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        if session.shouldfail:
            raise session.Failed(session.shouldfail)
        if session.shouldstop:
            raise session.Interrupted(session.shouldstop)


class LostItem(pytest.Item):
    """A test that a worker of pytest-xdist has handed over and that the controller cannot find."""

    def runtest(self) -> None:
        """Fail: a lost test is no passed test."""
        pytest.fail("a worker of pytest-xdist collected this test, but here it cannot be collected", pytrace=False)

    def reportinfo(self) -> tuple[Path, None, str]:
        """The file that it was in."""
        return self.config.rootpath / self.name.partition("::")[0], None, self.name


def read_coverage(held_back: HeldBack, tree: Tree, *, contexts: bool = False) -> CoverageReport:
    """Return the coverage of this run, or of the files that `--fitness-coverage` names; with the *contexts* of each line.

    Raises:
        NotJudgedError: nothing was measured.
        CoverageDataError: something was, but it cannot answer.
    """
    from pytest_fitness.sources import coverage

    config = held_back.config
    by_cov = config.pluginmanager.hasplugin("_cov")
    config_file: str | bool = str(config.getoption("cov_config")) if by_cov else True
    run = coverage.Run(config.invocation_params.dir, held_back.start, "", 0, config_file, contexts)
    patterns = config.getoption("fitness_coverage")
    if patterns:
        return coverage.from_files(tree, run, patterns)
    if held_back.failed is None:
        raise CoverageDataError(
            "coverage was asked for while tests still run; take `codebase` as an argument of the test"
        )
    run = replace(run, partial=partial(held_back), failed=held_back.failed)
    if by_cov and not config.getoption("no_cov"):
        return coverage.from_pytest_cov(tree, run, str(config_file), appended=bool(config.getoption("cov_append")))
    if coverage.is_measuring() and held_back.unmeasured_workers:
        raise CoverageDataError(
            "`coverage run` measures the controller of pytest-xdist, and not its workers; set `patch = subprocess` in "
            "[tool.coverage.run], or use `pytest --cov`"
        )
    if coverage.is_measuring():
        return coverage.from_live(tree, run)
    raise NotJudgedError("coverage was not measured in this run; use `pytest --cov` or `coverage run -m pytest`")


def partial(held_back: HeldBack) -> str:
    """Say why not every test ran; an empty string after a full run.

    A standing ``-m``, ``--deselect`` or ``--ignore`` is the full run, or no floor could ever fail there.
    """
    config, option = held_back.config, held_back.config.option
    if held_back.crashed_workers:
        return f"{held_back.crashed_workers} worker(s) of pytest-xdist crashed"
    if held_back.collection_errors:
        return f"{held_back.collection_errors} file(s) could not be collected"
    cache = getattr(config, "cache", None)
    failed = cache.get("cache/lastfailed", {}) if getattr(option, "lf", False) and cache is not None else {}
    if any(not nodeid.startswith("fitness::") for nodeid in failed):  # which are tests of a run, and nothing to collect
        return "--lf left out tests that passed before"
    if held_back.deselected:
        for name, flag in {"keyword": "-k", "stepwise": "--stepwise"}.items():
            if getattr(option, name, None):
                return f"{flag} left out some tests"
        if not (getattr(option, "markexpr", "") or getattr(option, "deselect", None)):
            return f"a plugin left out {held_back.deselected} tests"
    return _narrower(config)


def _narrower(config: pytest.Config) -> str:
    """Whether the command line names less than ``testpaths``, or than rootdir where there is none."""
    if config.args_source is config.ArgsSource.TESTPATHS:
        return ""
    if any("::" in arg for arg in config.args if not arg.startswith("pyproject.toml::")):
        return "single tests were named on the command line"
    given = [(config.invocation_params.dir / arg).resolve() for arg in config.args]
    wanted = [(config.rootpath / path).resolve() for path in config.getini("testpaths")] or [config.rootpath]
    for path in wanted:
        if path.name != "pyproject.toml" and not any(path == g or g in path.parents for g in given):
            hint = "" if config.getini("testpaths") else "; if these are all, set `testpaths`"
            return f"only {', '.join(config.args)} was run, not all of {_shown(wanted, config.rootpath)}{hint}"
    return ""


def drop_foreign_autouse(item: pytest.Item) -> None:
    """Keep a judged test from starting somebody's session database: autouse fixtures from elsewhere are not for it.

    What the test asks for stays, directly and through ``usefixtures`` and parameters, and so do autouse fixtures of its
    own class and module, ``setup_method`` and its like among them.
    """
    names = getattr(item, "fixturenames", None)
    function = getattr(item, "function", None)
    if names is None or function is None:
        return
    own = set(inspect.signature(function).parameters)
    own.update(name for mark in item.iter_markers("usefixtures") for name in mark.args)
    own.update(getattr(getattr(item, "callspec", None), "params", {}))
    homes = [home for home in (getattr(item, "cls", None), getattr(item, "module", None)) if home is not None]
    names[:] = [n for n in names if n in own or n.startswith("_xunit") or any(hasattr(home, n) for home in homes)]


@contextmanager
def _working_directory(path: Path) -> Generator[None]:
    """Judge from where pytest was started, wherever the tests have left the process."""
    try:
        before: str | None = os.getcwd()
    except OSError:  # it was deleted
        before = None
    os.chdir(path)
    try:
        yield
    finally:
        if before is not None and os.path.isdir(before):
            os.chdir(before)


def _shown(paths: Sequence[Path], rootdir: Path) -> str:
    return ", ".join(str(p.relative_to(rootdir)) if p.is_relative_to(rootdir) else str(p) for p in paths)
