"""What a test item adds to its report, and the lines at the end of the run."""

from __future__ import annotations

import gc
from collections.abc import Generator
from typing import TYPE_CHECKING

import pytest

from pytest_fitness.errors import NotJudgedError

if TYPE_CHECKING:
    from pytest_fitness.model import Brief, Evaluation

workers_key: pytest.StashKey[list[Brief]] = pytest.StashKey()
"""What the workers of pytest-xdist have judged."""

NOT_JUDGED = "not judged: "
UNPROVED = "unproved: "

first_key = pytest.StashKey[int]()


def evaluations(config: pytest.Config) -> list[Evaluation]:
    """Return what was judged so far in this session."""
    from pytest_fitness.plugin.project import codebase_key

    codebase = config.stash.get(codebase_key, None)
    return codebase.evaluations if codebase is not None else []


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Turn "this run cannot tell" into a skip with the reason, or into a failure where that is asked for."""
    item.stash[first_key] = len(evaluations(item.config))
    try:
        return (yield)
    except NotJudgedError as error:
        reason = f"{NOT_JUDGED}{error}"
    from pytest_fitness.plugin.project import is_strict

    if is_strict(item.config):
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Add the full text where pytest cut it, and where the assertion was not ``== []``."""
    report = yield
    if (
        report.skipped
        and isinstance(report.longrepr, tuple)
        and any(words in report.longrepr[2] for words in (NOT_JUDGED, UNPROVED))
    ):
        path, line, _ = item.location  # of the test; the skip was raised here
        report.longrepr = (path, (line or 0) + 1, report.longrepr[2])
    if report.when == "call":
        for evaluation in evaluations(item.config)[item.stash.get(first_key, 0) :]:
            if evaluation.violations and report.failed:
                _add_section(report, evaluation)
            elif evaluation.violations and report.passed:
                evaluation.notes.append(f"{item.nodeid} passed although there are violations; end it in `== []`")
    return report


def _add_section(report: pytest.TestReport, evaluation: Evaluation) -> None:
    from pytest_fitness.report import text

    shown = report.longreprtext
    if not all(line.strip() in shown for line in text.lines(evaluation.violations, evaluation.place)):
        report.sections.append((f"all violations of {evaluation.rule}", text.full(evaluation)))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say in one line what was judged, and in further lines what a green run should not hide."""
    judged = [e.brief for e in evaluations(config)] + config.stash.get(workers_key, [])
    if judged and config.get_verbosity() > -2:
        from pytest_fitness.report import text

        lines = text.summary(judged, *_accepted(config))
        if config.getoption("fitness_prove"):
            from pytest_fitness.plugin.proving import report

            lines += report(config)
        for line in lines:
            terminalreporter.write_line(line)


def _accepted(config: pytest.Config) -> tuple[str, list[str]]:
    """What is known in a few words, and further lines."""
    from pytest_fitness.baseline import Accepted
    from pytest_fitness.plugin.known import summary
    from pytest_fitness.plugin.project import codebase_key

    codebase = config.stash.get(codebase_key, None)
    if codebase is None or not isinstance(codebase.acceptance, Accepted):
        return "", []
    return summary(codebase.acceptance, show=bool(config.getoption("fitness_show_known")), partial=codebase.partial_run)


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    """Let go of the codebase before pytest collects garbage: it is large, and nobody asks any more.

    What was frozen while code was read is looked at again: it is everything that was alive then. After all others, who
    may leave something open in this very hook.
    """
    from pytest_fitness.plugin.project import codebase_key

    if codebase_key in config.stash:
        del config.stash[codebase_key]
    gc.unfreeze()
    if getattr(config.pluginmanager.get_plugin("fitness-held-back"), "is_alone", False):
        from pytest_fitness.plugin.ending import freeze_what_is_left

        freeze_what_is_left()
