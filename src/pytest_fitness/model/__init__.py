"""Pure values: no files, no pytest."""

from pytest_fitness.model.acceptance import Acceptance, Permission, Verdict, Waiver
from pytest_fitness.model.code import (
    NOTHING_DECLARED,
    Bindings,
    Class,
    Conduct,
    CoverageReport,
    Effect,
    EffectKind,
    FileCoverage,
    Handler,
    HandlerKind,
    Handlers,
    Import,
    ImportKind,
    Module,
    Recorded,
    Slot,
    SlotKind,
    Unread,
)
from pytest_fitness.model.codebase import Codebase, Rule, unhindered
from pytest_fitness.model.evaluation import Brief, Evaluation
from pytest_fitness.model.graph import Breach, ImportGraph, Row, Search, implicit_parents, row
from pytest_fitness.model.plant import FAR_BELOW, Plant, planted_import, uncovered
from pytest_fitness.model.reach import Reach
from pytest_fitness.model.sources import Sources
from pytest_fitness.model.violation import Key, Location, Violation

__all__ = [
    "FAR_BELOW",
    "NOTHING_DECLARED",
    "Acceptance",
    "Bindings",
    "Breach",
    "Brief",
    "Class",
    "Codebase",
    "Conduct",
    "CoverageReport",
    "Effect",
    "EffectKind",
    "Evaluation",
    "FileCoverage",
    "Handler",
    "HandlerKind",
    "Handlers",
    "Import",
    "ImportGraph",
    "ImportKind",
    "Key",
    "Location",
    "Module",
    "Permission",
    "Plant",
    "Reach",
    "Recorded",
    "Row",
    "Rule",
    "Search",
    "Slot",
    "SlotKind",
    "Sources",
    "Unread",
    "Verdict",
    "Violation",
    "Waiver",
    "implicit_parents",
    "planted_import",
    "row",
    "uncovered",
    "unhindered",
]
