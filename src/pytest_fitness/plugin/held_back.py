"""Fitness tests run after all others: coverage can be judged only when nothing is measured any more."""

from __future__ import annotations

import os
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pytest_fitness.plugin.collection import ContractItem, error_key

if TYPE_CHECKING:
    from pytest_fitness.model import CoverageReport
    from pytest_fitness.sources.tree import Tree


def is_held_back(item: pytest.Item) -> bool:
    """Whether *item* is a contract, or a test whose fixtures lead to ``codebase``."""
    return isinstance(item, ContractItem) or "codebase" in getattr(item, "fixturenames", ())


class HeldBack:
    """Takes fitness tests out of the run and runs them when it is over, as the ordinary items that they are."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.start = time.time()
        self.deselected = 0
        self.collection_errors = 0
        self.failed_before = 0
        self.judging = False
        self._report: CoverageReport | None = None

    # -- collecting ------------------------------------------------------------------------------------------------

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Mark fitness tests, and check the settings while an error still is a usage error."""
        held_back = [item for item in items if is_held_back(item)]
        for item in held_back:
            item.add_marker("fitness")
        if (held_back or error_key in self.config.stash) and not _is_xdist_worker(self.config):
            from pytest_fitness.errors import SettingsError
            from pytest_fitness.plugin.project import project_settings

            try:
                project_settings(self.config)
            except SettingsError as error:
                raise pytest.UsageError(str(error)) from None

    def pytest_deselected(self, items: Sequence[pytest.Item]) -> None:
        """Count tests that do not run."""
        self.deselected += sum(not is_held_back(item) for item in items)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Count files that could not be collected."""
        self.collection_errors += report.failed

    # -- running ---------------------------------------------------------------------------------------------------

    @pytest.hookimpl(wrapper=True)
    def pytest_runtestloop(self, session: pytest.Session) -> Generator[None, object, object]:
        """Run the other tests, then the fitness tests. An interrupted run judges nothing."""
        if session.config.option.collectonly or _is_xdist_worker(self.config) or _is_xdist_controller(self.config):
            return (yield)
        every = session.items
        held_back = [item for item in every if is_held_back(item)]
        session.items = [item for item in every if not is_held_back(item)]
        try:
            result = yield
        finally:
            session.items = every
        self._judge(session, held_back)
        return result

    def _judge(self, session: pytest.Session, items: list[pytest.Item]) -> None:
        self.judging = True
        self.failed_before = session.testsfailed
        followers: list[pytest.Item | None] = [*items[1:], None]
        for item, following in zip(items, followers, strict=False):
            drop_foreign_autouse(item)
            with _working_directory(self.config.invocation_params.dir):
                item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            if session.shouldfail:
                raise session.Failed(session.shouldfail)
            if session.shouldstop:
                raise session.Interrupted(session.shouldstop)

    # -- coverage --------------------------------------------------------------------------------------------------

    def coverage(self, tree: Tree) -> CoverageReport:
        """Return the coverage of this run, read once.

        Raises:
            NotJudgedError: nothing was measured.
            CoverageDataError: something was, but it cannot answer.
        """
        if self._report is None:
            self._report = self._read_coverage(tree)
        return self._report

    def _read_coverage(self, tree: Tree) -> CoverageReport:
        from pytest_fitness.errors import CoverageDataError, NotJudgedError
        from pytest_fitness.sources import coverage

        if _is_xdist_worker(self.config):
            raise NotJudgedError("coverage floors are not judged under pytest-xdist yet; run without -n")
        if not self.judging:
            raise CoverageDataError(
                "coverage was asked for while tests still run; take `codebase` as an argument of the test"
            )
        partial = self._partial()
        run = coverage.Run(self.config.invocation_params.dir, self.start, partial, self.failed_before)
        if self.config.pluginmanager.hasplugin("_cov") and not self.config.getoption("no_cov"):
            return coverage.from_pytest_cov(tree, run, str(self.config.getoption("cov_config")))
        if coverage.is_measuring():
            return coverage.from_live(tree, run)
        raise NotJudgedError("coverage was not measured in this run; use `pytest --cov` or `coverage run -m pytest`")

    def _partial(self) -> str:
        """Why not every test ran, or an empty string. A standing ``-m``, ``--deselect`` or ``--ignore`` is the full run."""
        option = self.config.option
        if self.collection_errors:
            return f"{self.collection_errors} file(s) could not be collected"
        cache = getattr(self.config, "cache", None)
        if getattr(option, "lf", False) and cache is not None and cache.get("cache/lastfailed", {}):
            return "--lf left out tests that passed before"
        if self.deselected:
            for name, flag in {"keyword": "-k", "stepwise": "--stepwise"}.items():
                if getattr(option, name, None):
                    return f"{flag} left out some tests"
            if not (getattr(option, "markexpr", "") or getattr(option, "deselect", None)):
                return f"a plugin left out {self.deselected} tests"
        return self._narrower()

    def _narrower(self) -> str:
        """Whether the command line names less than ``testpaths``, or than rootdir where there is none."""
        config = self.config
        if config.args_source is not config.ArgsSource.ARGS:
            return ""
        if any("::" in arg for arg in config.args if not arg.startswith("pyproject.toml::")):
            return "single tests were named on the command line"
        given = [(config.invocation_params.dir / arg).resolve() for arg in config.args]
        wanted = [(config.rootpath / path).resolve() for path in config.getini("testpaths")] or [config.rootpath]
        for path in wanted:
            if path.name != "pyproject.toml" and not any(path == g or g in path.parents for g in given):
                return f"only {', '.join(config.args)} was run, not all of {_shown(wanted, config.rootpath)}"
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
    import inspect

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


def _is_xdist_worker(config: pytest.Config) -> bool:
    return hasattr(config, "workerinput")


def _is_xdist_controller(config: pytest.Config) -> bool:
    return config.pluginmanager.hasplugin("dsession")
