"""Fitness tests run after all others: coverage can be judged only when nothing is measured any more.

Every pytest run loads this module; what only runs with fitness tests need is in `judging`.
"""

from __future__ import annotations

import sys
import time
import warnings
from collections.abc import Generator, Sequence

import pytest

from pytest_fitness.plugin.collection import collected_key, elsewhere_key, has_settings, linter_path
from pytest_fitness.plugin.fixtures import codebase

OWN_FIXTURE = getattr(codebase, "_get_wrapped_function", lambda: None)()
"""The function behind the fixture; its shape is not public and pinned by a test."""

LAST_FAILED = ("lfplugin-collwrapper", "lfplugin-collskip")
"""Plugins of `--lf` that leave out what has not failed while a file is collected."""

WRITING = ("--fitness-freeze", "--fitness-shrink")

settings_error = pytest.StashKey[str]()
"""What is wrong with the settings, found while contracts were collected."""


def is_held_back(item: pytest.Item) -> bool:
    """Whether *item* is a contract, or a test whose fixtures lead to our ``codebase``, not to one of its own."""
    if "codebase" not in getattr(item, "fixturenames", ()):
        return False
    # which definition a name leads to is not public; where pytest no longer says so, the name alone decides
    definitions = getattr(getattr(item, "_fixtureinfo", None), "name2fixturedefs", {}).get("codebase", ())
    return all(
        getattr(d, "func", None) in (None, OWN_FIXTURE) or "codebase" in getattr(d, "argnames", ())  # wraps ours
        for d in definitions[-1:]
    )


class HeldBack:
    """Takes fitness tests out of the run and runs them when it is over, as the ordinary items that they are.

    Attributes:
        start: when the session began, in seconds since the epoch.
        deselected: how many tests were left out, fitness tests not counted.
        deselected_here: how many fitness tests were left out.
        still_to_come: how many fitness tests are still to be judged.
        collection_errors: how many files could not be collected.
        failed: how many tests had failed when judging began; None before that.
        is_alone: whether this process has run no other tests.
        from_workers: node ids that the workers of pytest-xdist have held back, in their order.
        crashed_workers: how many of them ended without a word.
        unmeasured_workers: how many of them no `coverage run` has measured.
    """

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.start = time.time()
        self.deselected = 0
        self.deselected_here = 0
        self.still_to_come = 0
        self.collection_errors = 0
        self.failed: int | None = None
        self.is_alone = False
        self.from_workers: dict[str, None] = {}
        self.crashed_workers = 0
        self.unmeasured_workers = 0
        self.is_collecting_again = False
        self.ids: dict[int, str] = {}

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> Generator[None]:
        """Mark fitness tests, and check the settings while an error still is a usage error.

        The controller of pytest-xdist, which collects them once more, takes what it is given: the workers have selected.
        """
        if self.is_collecting_again:
            every = [item for item in items if item.nodeid in self.from_workers]
            items.clear()  # nobody else may select, shuffle or count again
            yield
            items[:] = every
            return
        self.ids = {id(item): item.nodeid for item in items}  # pytest-xdist renames them with `--dist loadgroup`
        held_back = [item for item in items if is_held_back(item)]
        for item in held_back:
            item.add_marker("fitness")
        before = self.deselected_here
        if settings_error in self.config.stash:
            raise pytest.UsageError(self.config.stash[settings_error])
        if held_back and not is_xdist_worker(self.config):
            from pytest_fitness.plugin.project import check_settings

            check_settings(self.config)
        yield
        kept = {id(item) for item in items}
        gone = sum(id(item) not in kept for item in held_back)
        self.deselected_here = max(self.deselected_here, before + gone)  # not everybody says what is left out

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """A worker of pytest-xdist hands over fitness tests when everybody has selected, and before it says what it has."""
        if is_xdist_worker(self.config):
            handed_over = [self.ids.get(id(item), item.nodeid) for item in session.items if is_held_back(item)]
            session.items[:] = [item for item in session.items if not is_held_back(item)]
            counts = (self.deselected, self.deselected_here)
            files = (sorted(self.config.stash.get(key, ())) for key in (collected_key, elsewhere_key))
            self.config.workeroutput["fitness-held-back"] = (handed_over, *counts, *files)  # type: ignore[attr-defined]

    def pytest_deselected(self, items: Sequence[pytest.Item]) -> None:
        """Count tests that do not run."""
        held_back = sum(is_held_back(item) for item in items)
        self.deselected += len(items) - held_back
        self.deselected_here += held_back

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Count files that could not be collected, and those that were skipped with fitness tests in them."""
        self.collection_errors += report.failed
        if report.skipped:
            file = self.config.rootpath / report.nodeid.partition("::")[0]
            self.deselected_here += file.is_file() and b"codebase" in file.read_bytes()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtestloop(self, session: pytest.Session) -> Generator[None, object, object]:
        """Run the other tests, then the fitness tests. An interrupted run judges nothing."""
        if session.config.option.collectonly or is_xdist_worker(self.config):
            return (yield)
        if self.config.pluginmanager.hasplugin("dsession"):
            result = yield
            held_back = self._collect_again(session) if self.from_workers else []
        else:
            every = session.items
            held_back = [item for item in every if is_held_back(item)]
            session.items = [item for item in every if not is_held_back(item)]
            self.is_alone = not session.items
            try:
                result = yield
            finally:
                session.items = every
        self._require_something(held_back)
        self._require_collected()
        if held_back:
            from pytest_fitness.plugin.judging import judge

            self.failed = session.testsfailed
            judge(session, held_back)
        return result

    def _require_something(self, held_back: Sequence[pytest.Item]) -> None:
        """Options that are about fitness tests do nothing without one."""
        for option in WRITING:
            if not held_back and self.config.getoption(option) not in (None, False):
                raise pytest.UsageError(f"{option}: no fitness test is selected, so there is nothing to write down")

    def _require_collected(self) -> None:
        """Contracts to which the arguments lead, and that pytest has not come to, are no green run."""
        config = self.config
        is_told = any(str(argument).startswith("--ignore") for argument in config.invocation_params.args)
        if is_told or self.crashed_workers or getattr(config.option, "lf", False):
            return
        if linter_path in config.stash or has_settings(config.rootpath):
            from pytest_fitness.plugin.header import lost

            for name in lost(config):
                raise pytest.UsageError(
                    f"the contracts in {name} were not collected: pytest does not come to it (norecursedirs, collect_ignore, "
                    f"`--ignore` in addopts, or a directory whose name begins with a dot); add {name} to `testpaths`, or to "
                    "the arguments"
                )

    # -- pytest-xdist ----------------------------------------------------------------------------------------------

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self) -> None:
        """A worker hands over what it has judged, and says whether it was measured."""
        if is_xdist_worker(self.config):
            reports = sys.modules.get("pytest_fitness.plugin.reports")
            output = getattr(self.config, "workeroutput", {})
            by_cov = self.config.pluginmanager.hasplugin("_cov") and not self.config.getoption("no_cov")
            output["fitness-measured"] = bool(by_cov) or _saves_coverage()
            output["fitness"] = [e.brief for e in reports.evaluations(self.config)] if reports else []

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: object) -> None:
        """The controller learns what was held back; a worker that crashed has handed over nothing."""
        output = getattr(node, "workeroutput", None) or {}
        if "fitness-held-back" not in output:
            self.crashed_workers += 1
            return
        handed_over, deselected, deselected_here, *files = output["fitness-held-back"]
        for key, names in zip((collected_key, elsewhere_key), files, strict=True):
            self.config.stash.setdefault(key, set()).update(names)
        self.from_workers.update(dict.fromkeys(handed_over))
        self.deselected = max(self.deselected, deselected)
        self.deselected_here = max(self.deselected_here, deselected_here)
        self.unmeasured_workers += not output.get("fitness-measured")
        judged = output.get("fitness")
        if judged:
            from pytest_fitness.plugin.project import register_reports
            from pytest_fitness.plugin.reports import workers_key

            register_reports(self.config)
            self.config.stash.setdefault(workers_key, []).extend(tuple(brief) for brief in judged)

    def _collect_again(self, session: pytest.Session) -> list[pytest.Item]:
        """Collect what the workers have held back, in their order; what cannot be collected here is a failing test."""
        from pytest_fitness.plugin.judging import LostItem

        option = self.config.option
        before, option.verbose = option.verbose, -1  # no second "collected 4 items"
        counted = session.testscollected
        self.is_collecting_again = True
        files = dict.fromkeys(str(self.config.rootpath / nodeid.partition("::")[0]) for nodeid in self.from_workers)
        manager = self.config.pluginmanager
        selecting = {name: plugin for name in LAST_FAILED if (plugin := manager.unregister(name=name))}
        try:
            found = {item.nodeid: item for item in session.perform_collect(list(files))}
        except (pytest.UsageError, session.Failed):  # a file that is gone, or that fails here only
            found = {}
        finally:
            self.is_collecting_again = False
            for name, plugin in selecting.items():
                manager.register(plugin, name)
            option.verbose = before
            session.testscollected = counted + len(self.from_workers)
        return [
            found.get(nodeid) or LostItem.from_parent(session, name=nodeid, nodeid=nodeid)
            for nodeid in self.from_workers
        ]


def _saves_coverage() -> bool:
    """Whether coverage.py measures this process; if so, what it has so far is on disk now, not when the process ends."""
    module = sys.modules.get("coverage")
    live = module.Coverage.current() if module is not None else None
    if live is not None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # they would fail somebody's test
            live.get_data()
    return live is not None


def is_xdist_worker(config: pytest.Config) -> bool:
    """Whether this process is a worker of pytest-xdist, which runs what it is told to."""
    return hasattr(config, "workerinput")
