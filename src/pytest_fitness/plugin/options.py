"""Options, and what is registered at start."""

from __future__ import annotations

import atexit
import gc
import os
import sys
from collections.abc import Generator

import pytest

from pytest_fitness.plugin.collection import elsewhere, has_settings, linter_path, wants_import_linter
from pytest_fitness.plugin.held_back import HeldBack

MARKER = "fitness: put on every test that uses `codebase` and on every contract; they run after the other tests"
IMPORT_LINTER = "collect import-linter's own contracts (.importlinter, setup.cfg, pyproject.toml) as tests"
COVERAGE = "judge coverage by these data files or this report, from other runs (glob; may be given several times)"
RECORD = "write down the coverage that `RecordedCoverage` rules find, in fitness-coverage.toml"
UPDATE_OPENAPI = "write today's OpenAPI document where `OpenApiCompatibility` rules expect one (never where CI is set)"
FREEZE = (
    "write down today's violations of these rules, or of all that run, in fitness-baseline/ (never where CI is set)"
)
SHRINK = "take out of fitness-baseline/ what is mended, and write down the new names of what was renamed"
BASELINE_REF = "known violations count only as far as they were known where the branch left this one: origin/main"
SHOW_KNOWN = "list known and waived violations at the end"
PROVE = "let every rule that is judged prove that it can fail: what it forbids is planted, and must be found"
PROVE_REPORT = "write what was planted and found to this file, as JSON"
EXPLAIN = "print the page of a rule, by its name, or that of a contract"
RULES = "list all rules"
CAN_IMPORT = "say whether one module may import another, which rule forbids it, and what the legal way is"
JSON = "answer in JSON"
INIT = "propose packages, layers and rules from the code as it is; with --fitness-write they are written"
WRITE = "write what --fitness-init proposes; files that are there stay as they are"
LINTER_FILE = "their file, relative to rootdir, where it is none of those"
NO_CACHE = "read all code anew, rather than remember what unchanged files import"
STRICT = "fail, rather than skip, a rule that this run cannot judge (default: where the CI environment variable is set)"


header_key = pytest.StashKey[list[str]]()
"""What the header has said."""


def unfreeze_at_exit() -> None:
    """Let Python end as it always does where something was left to do since the end of the run, when all was frozen."""
    project = sys.modules.get("pytest_fitness.plugin.project")
    if project is not None and gc.get_freeze_count() > project.FROZEN:
        from pytest_fitness.plugin.ending import is_something_left_to_do

        if is_something_left_to_do():
            gc.unfreeze()


atexit.register(unfreeze_at_exit)  # as early as can be: what others register runs before it


def pytest_addhooks(pluginmanager: pytest.PytestPluginManager) -> None:
    """Make our own hooks known."""
    from pytest_fitness.plugin import hookspecs

    pluginmanager.add_hookspecs(hookspecs)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Register the options."""
    group = parser.getgroup("fitness")
    group.addoption("--fitness-no-cache", action="store_true", help=NO_CACHE)
    group.addoption("--fitness-coverage", action="append", default=[], metavar="PATH", help=COVERAGE)
    group.addoption("--fitness-record-coverage", action="store_true", help=RECORD)
    group.addoption("--fitness-update-openapi", action="store_true", help=UPDATE_OPENAPI)
    group.addoption("--fitness-freeze", nargs="*", default=None, metavar="RULE", help=FREEZE)
    group.addoption("--fitness-shrink", action="store_true", help=SHRINK)
    group.addoption("--fitness-baseline-ref", default=None, metavar="REF", help=BASELINE_REF)
    group.addoption("--fitness-prove", action="store_true", help=PROVE)
    group.addoption("--fitness-prove-report", default=None, metavar="PATH", help=PROVE_REPORT)
    group.addoption("--fitness-explain", default=None, metavar="RULE", help=EXPLAIN)
    group.addoption("--fitness-rules", action="store_true", help=RULES)
    group.addoption("--fitness-can-import", nargs=2, default=None, metavar=("A", "B"), help=CAN_IMPORT)
    group.addoption("--fitness-json", action="store_true", help=JSON)
    group.addoption("--fitness-init", action="store_true", help=INIT)
    group.addoption("--fitness-write", action="store_true", help=WRITE)
    group.addoption("--fitness-show-known", action="store_true", help=SHOW_KNOWN)
    parser.addini("fitness_baseline_ref", BASELINE_REF, type="string", default="")
    parser.addini("fitness_import_linter", IMPORT_LINTER, type="bool", default=False)
    parser.addini("fitness_import_linter_file", LINTER_FILE, type="string", default="")
    parser.addini("fitness_strict", STRICT, type="bool", default=None)


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Register the marker and the plugin that holds fitness tests back.

    The order is the mechanism: registered here, our run-loop wrapper lies outside pytest-cov's, which came earlier, and
    inside the terminal reporter's, which comes later.
    """
    config.addinivalue_line("markers", MARKER)
    if os.environ.get("CI"):
        for option in ("--fitness-freeze", "--fitness-shrink"):
            if config.getoption(option) not in (None, False):
                raise pytest.UsageError(
                    f"{option} does not write where CI is set; run it on your machine and commit the files"
                )
    config.pluginmanager.register(HeldBack(config), "fitness-held-back")
    if config.getoption("fitness_can_import"):
        from pytest_fitness.plugin.asking import ImportQuestion

        config.pluginmanager.set_blocked("terminalreporter")  # the answer is all that is printed
        config.pluginmanager.register(ImportQuestion(config), "fitness-question")
    files: list[str] = []
    is_whole = config.args_source is config.ArgsSource.TESTPATHS
    if is_whole and has_settings(config.rootpath):
        from pytest_fitness.plugin.header import uncollected_contracts

        files += ["pyproject.toml"] if uncollected_contracts(config) else []
    if wants_import_linter(config):
        from pytest_fitness.plugin.linter import require_file

        found = require_file(config)
        config.stash[linter_path] = config.rootpath / found.name
        files.append(found.name)
    if is_whole:  # contracts are part of the whole, wherever the tests are
        config.args += [name for name in dict.fromkeys(files) if name not in config.args]


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None, object, object]:
    """A question is no run of the tests: pytest-cov, which begins here, would overwrite the data of the last one."""
    options = early_config.known_args_namespace
    if getattr(options, "fitness_can_import", None) and hasattr(options, "no_cov"):
        options.no_cov = True
    return (yield)


def pytest_cmdline_main(config: pytest.Config) -> int | None:
    """Answer what needs no test run."""
    if config.getoption("fitness_init"):
        from pytest_fitness.plugin.starting import start

        return start(config)
    if not config.getoption("fitness_rules") and config.getoption("fitness_explain") is None:
        return None
    from pytest_fitness.plugin.asking import answer_without_a_run

    return answer_without_a_run(config)


def pytest_report_header(config: pytest.Config) -> list[str]:
    """Say so where contracts exist that this run does not collect."""
    lines = elsewhere(config)
    if has_settings(config.rootpath) or wants_import_linter(config):
        from pytest_fitness.plugin.header import uncollected

        lines += uncollected(config)
    config.stash[header_key] = lines if config.get_verbosity() >= 0 else []
    return lines


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say it at the end of a quiet run, which has no header, and what was seen only meanwhile."""
    said = config.stash.get(header_key, [])
    for line in pytest_report_header(config):
        if line not in said:
            terminalreporter.write_line(line)
