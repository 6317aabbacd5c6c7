"""Questions on the command line that are no test run: lists, pages, and whether an import would be allowed."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from contextlib import suppress

import pytest

from pytest_fitness.errors import FitnessError
from pytest_fitness.model.asking import Answer, ask
from pytest_fitness.plugin.header import uncollected_contracts
from pytest_fitness.plugin.held_back import is_held_back
from pytest_fitness.plugin.project import check_settings, project_codebase, project_settings


class ImportQuestion:
    """`--fitness-can-import`: runs the fitness tests alone, says nothing of them, and answers."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        asked: list[str] = config.getoption("fitness_can_import") or []
        self.importer, self.imported = asked
        self.problems: dict[str, str] = {}
        option = config.option
        option.maxfail, option.continue_on_collection_errors, option.collectonly = 0, True, False
        if uncollected_contracts(config):
            config.args.append(str(config.rootpath / "pyproject.toml"))

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Nothing else has a say, and a red rule does not keep the next one from being judged."""
        items[:] = [item for item in items if is_held_back(item)]
        with suppress(FitnessError):  # every test will say so
            project_codebase(self.config).is_asked = True

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note tests that could not judge."""
        if report.failed or report.skipped:
            self._note(report)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Note files whose rules are unknown."""
        if report.failed:
            self._note(report)

    def _note(self, report: pytest.TestReport | pytest.CollectReport) -> None:
        lines = (str(report.longrepr[2]) if isinstance(report.longrepr, tuple) else report.longreprtext).strip()
        last = lines.splitlines()[-1] if lines else "it did not pass"
        is_linter = lines.partition("\n")[0].endswith('" is broken') and last.startswith("rule ")
        self.problems[report.nodeid] = (
            "this contract of import-linter is broken, and cannot be asked" if is_linter else last
        )

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Print the answer; the exit code is 0 for yes, 1 for no, 4 where it is unknown."""
        problems = [f"{nodeid}: {why}" for nodeid, why in self.problems.items()]
        try:
            codebase = project_codebase(self.config)
            answer = ask(codebase, codebase.evaluations, self.importer, self.imported)
        except FitnessError as error:
            _print([json.dumps({"version": 1, "error": str(error)})] if self._is_json else [f"ERROR: {error}"])
            session.exitstatus = pytest.ExitCode.USAGE_ERROR
            return
        if not answer.judged:
            problems.append("no rule was judged, so nothing could object")
        if partial := codebase.partial_run:
            problems.append(partial)
        _print([_as_json(answer, problems)] if self._is_json else _as_text(answer, problems))
        if answer.objections:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED
        else:
            session.exitstatus = pytest.ExitCode.USAGE_ERROR if problems else pytest.ExitCode.OK

    @property
    def _is_json(self) -> bool:
        return bool(self.config.getoption("fitness_json"))


def _print(lines: Iterable[str]) -> None:
    """Print while pytest captures nothing: before and after a run."""
    sys.stdout.write("\n".join([*lines, ""]))


def _as_text(answer: Answer, problems: list[str]) -> list[str]:
    there = ", and does already" if answer.is_there else ""
    rules = f"{answer.judged} rule{'s' * (answer.judged != 1)}"
    if answer.allowed and problems:
        lines = [
            f"unknown: no rule of those judged forbids that {answer.importer} imports {answer.imported} ({rules} judged)"
        ]
    elif answer.allowed:
        lines = [f"yes: {answer.importer} may import {answer.imported}{there} ({rules} judged)"]
    else:
        lines = [f"no: {answer.importer} must not import {answer.imported}{there} ({rules} judged)", ""]
    for objection in answer.objections:
        lines.append(f"  {objection.rule} ({objection.place}): {objection.violation.message}")
        if objection.violation.because:
            lines.append(f"      because {objection.violation.because}")
    if answer.objections:
        way = (
            f"the shortest legal way: {' -> '.join(answer.way)}"
            if answer.way
            else "there is no legal way as the code is"
        )
        lines += ["", way]
    return lines + [f"not taken into account: {problem}" for problem in problems]


def _as_json(answer: Answer, problems: list[str]) -> str:
    document = {
        "version": 1,
        "importer": answer.importer,
        "imported": answer.imported,
        "allowed": False if answer.objections else None if problems else True,
        "is_there": answer.is_there,
        "judged": answer.judged,
        "objections": [
            {
                "rule": o.rule,
                "place": o.place,
                "message": o.violation.message,
                "because": o.violation.because,
            }
            for o in answer.objections
        ],
        "way": list(answer.way),
        "problems": problems,
    }
    return json.dumps(document, indent=2)


def answer_without_a_run(config: pytest.Config) -> int | None:
    """Print what needs no test run; None where nothing of that kind is asked for."""
    from pytest_fitness.plugin import rule_list

    try:
        if config.getoption("fitness_rules"):
            check_settings(config)
            _print(rule_list.listing(config))
        else:
            check_settings(config)
            _print([rule_list.page(config, project_settings(config), str(config.getoption("fitness_explain")))])
    except (pytest.UsageError, FitnessError) as error:
        sys.stderr.write(f"ERROR: {error}\n")
        return int(pytest.ExitCode.USAGE_ERROR)
    return int(pytest.ExitCode.OK)
