"""Fitness tests run after all others: coverage can be judged only when nothing is measured any more.

Every pytest run loads this module; what only runs with fitness tests need is in `judging`.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Generator, Sequence

import pytest

from pytest_fitness.plugin.fixtures import codebase

OWN_FIXTURE = getattr(codebase, "_get_wrapped_function", lambda: None)()
"""The function behind the fixture; its shape is not public and pinned by a test."""

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
        collection_errors: how many files could not be collected.
        failed: how many tests had failed when judging began; None before that.
    """

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.start = time.time()
        self.deselected = 0
        self.collection_errors = 0
        self.failed: int | None = None

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Mark fitness tests, and check the settings while an error still is a usage error."""
        held_back = [item for item in items if is_held_back(item)]
        for item in held_back:
            item.add_marker("fitness")
        if settings_error in self.config.stash:
            raise pytest.UsageError(self.config.stash[settings_error])
        if held_back and not is_xdist_worker(self.config):
            from pytest_fitness.plugin.project import check_settings

            check_settings(self.config)

    def pytest_deselected(self, items: Sequence[pytest.Item]) -> None:
        """Count tests that do not run."""
        self.deselected += sum(not is_held_back(item) for item in items)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Count files that could not be collected."""
        self.collection_errors += report.failed

    @pytest.hookimpl(wrapper=True)
    def pytest_runtestloop(self, session: pytest.Session) -> Generator[None, object, object]:
        """Run the other tests, then the fitness tests. An interrupted run judges nothing."""
        every = session.items
        held_back = [item for item in every if is_held_back(item)]
        if not held_back or session.config.option.collectonly or is_xdist_worker(self.config):
            return (yield)
        session.items = [item for item in every if not is_held_back(item)]
        try:
            result = yield
        finally:
            session.items = every
        from pytest_fitness.plugin.judging import judge

        self.failed = session.testsfailed
        judge(session, held_back)
        return result

    # -- pytest-xdist ----------------------------------------------------------------------------------------------

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self) -> None:
        """A worker hands over what it has judged."""
        if is_xdist_worker(self.config):
            reports = sys.modules.get("pytest_fitness.plugin.reports")
            output = getattr(self.config, "workeroutput", {})
            output["fitness"] = [e.brief for e in reports.evaluations(self.config)] if reports else []

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: object) -> None:
        """The controller collects it for the summary; a worker that crashed has handed over nothing."""
        judged = (getattr(node, "workeroutput", None) or {}).get("fitness")
        if judged:
            from pytest_fitness.plugin.project import register_reports
            from pytest_fitness.plugin.reports import workers_key

            register_reports(self.config)
            self.config.stash.setdefault(workers_key, []).extend(tuple(brief) for brief in judged)


def is_xdist_worker(config: pytest.Config) -> bool:
    """Whether this process is a worker of pytest-xdist, which runs what it is told to."""
    return hasattr(config, "workerinput")
