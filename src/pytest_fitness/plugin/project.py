"""The project under test: its settings and its codebase, each made once a session."""

from __future__ import annotations

import gc
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pytest_fitness import settings
from pytest_fitness.errors import SettingsError
from pytest_fitness.plugin import assertion, reports
from pytest_fitness.plugin.held_back import HeldBack

if TYPE_CHECKING:
    from pytest_fitness.baseline import Accepted
    from pytest_fitness.model import Codebase, CoverageReport
    from pytest_fitness.settings import Settings
    from pytest_fitness.sources.known_files import KnownFiles
    from pytest_fitness.sources.tree import Tree

settings_key = pytest.StashKey["Settings"]()
coverage_key = pytest.StashKey["dict[bool, CoverageReport]"]()
codebase_key = pytest.StashKey["Codebase"]()

FROZEN = gc.get_freeze_count()
"""What Python (3.12), or somebody else, has frozen."""

UPDATES = ("--fitness-update-openapi",)
"""Options by which rules write what they compare with."""


def project_settings(config: pytest.Config) -> Settings:
    """Return the settings; raise `SettingsError`."""
    if settings_key not in config.stash:
        from pytest_fitness.plugin.custom_rules import custom_rules

        config.stash[settings_key] = settings.load(config.rootpath, custom_rules(config))
    return config.stash[settings_key]


def check_settings(config: pytest.Config) -> None:
    """Turn wrong settings into a usage error: one screen, before any test runs."""
    try:
        project_settings(config)
    except SettingsError as error:
        raise pytest.UsageError(str(error)) from None


def project_codebase(config: pytest.Config) -> Codebase:
    """Return the codebase; raise `FitnessError` where it cannot be found or is not the one that runs."""
    if codebase_key not in config.stash:
        from pytest_fitness import sources
        from pytest_fitness.plugin.frameworks import frameworks

        options = project_settings(config)
        project = sources.Project(
            config.rootpath,
            packages=options.packages,
            roots=options.source,
            exclude=options.exclude,
            pythonpath=[Path(p) for p in config.getini("pythonpath")],
            declared=options.declared,
        )
        config.stash[codebase_key] = sources.read(
            project,
            layers=options.layers,
            frameworks=frameworks(config, options),
            run=sources.Run(
                lambda tree, contexts: _coverage(config, tree, contexts=contexts),
                record=bool(config.getoption("fitness_record_coverage")),
                updates=frozenset(UPDATES if config.getoption("fitness_update_openapi") else ()),
                acceptance=lambda files: accepted(config, files),
                partial=lambda: partial_run(config),
            ),
            cache=cache_directory(config),
        )
        register_reports(config)
    return config.stash[codebase_key]


def partial_run(config: pytest.Config) -> str:
    """Say why not every rule may be judged in this run; an empty string where all are."""
    from pytest_fitness.plugin.header import uncollected_contracts
    from pytest_fitness.plugin.judging import partial

    held_back = config.pluginmanager.get_plugin("fitness-held-back")
    assert isinstance(held_back, HeldBack)
    if reason := partial(held_back):
        return reason
    if held_back.still_to_come:
        return f"{held_back.still_to_come} fitness tests are still to be judged"
    if held_back.deselected_here:
        return f"{held_back.deselected_here} fitness tests, or files of them, were left out"
    for argument in config.invocation_params.args:  # those of every run are in the configuration
        if str(argument).startswith("--ignore"):
            return f"{argument} leaves out files"
    return "contracts in pyproject.toml are not collected" if uncollected_contracts(config) else ""


def accepted(config: pytest.Config, files: KnownFiles) -> Accepted:
    """Return what sorts out what rules find in this session."""
    from pytest_fitness.baseline import Accepted

    ref = config.getoption("fitness_baseline_ref")
    named: list[str] | None = config.getoption("fitness_freeze")
    contracts = {contract.name: contract.rule.name for contract in project_settings(config).contracts}
    return Accepted(
        files,
        project_settings(config).waivers,
        freeze=None if named is None else [contracts.get(name, name) for name in named],
        ref=str(config.getini("fitness_baseline_ref")) if ref is None else ref,
    )


def cache_directory(config: pytest.Config) -> Path | None:
    """Return the directory for what is remembered between runs; None where nothing is to be."""
    cache = getattr(config, "cache", None)  # not there with `-p no:cacheprovider`
    if cache is None or config.getoption("fitness_no_cache"):
        return None
    try:
        return Path(cache.mkdir("fitness"))
    except OSError:  # a checkout that may not be written to
        return None


def register_reports(config: pytest.Config) -> None:
    """Register the hooks that only a run with something judged needs."""
    if not config.pluginmanager.has_plugin("fitness-reports"):
        if gc.get_freeze_count() > FROZEN:  # by a run before this one in the same process
            gc.unfreeze()
            gc.collect()
        config.pluginmanager.register(reports, "fitness-reports")
        config.pluginmanager.register(assertion, "fitness-assertion")


def is_strict(config: pytest.Config) -> bool:
    """Whether what cannot be judged fails instead of being skipped."""
    configured = config.getini("fitness_strict")
    return bool(os.environ.get("CI")) if configured is None else bool(configured)


def _coverage(config: pytest.Config, tree: Tree, *, contexts: bool) -> CoverageReport:
    """Return the coverage of this run, worked out once, and once more if somebody asks for contexts."""
    reports = config.stash.setdefault(coverage_key, {})
    if contexts not in reports:
        from pytest_fitness.plugin.judging import read_coverage

        held_back = config.pluginmanager.get_plugin("fitness-held-back")
        assert isinstance(held_back, HeldBack)
        reports[contexts] = read_coverage(held_back, tree, contexts=contexts)
    return reports[contexts]
