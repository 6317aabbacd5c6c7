"""Pure values: no files, no pytest."""

from pytest_fitness.model.code import (
    Bindings,
    CoverageReport,
    FileCoverage,
    Handler,
    Handlers,
    Import,
    ImportKind,
    Module,
    Recorded,
    Slot,
    SlotKind,
    Unread,
)
from pytest_fitness.model.codebase import Brief, Codebase, Evaluation, Rule, Sources, unhindered
from pytest_fitness.model.graph import Breach, ImportGraph, Row, Search, implicit_parents, row
from pytest_fitness.model.violation import Location, Violation

__all__ = [
    "Bindings",
    "Breach",
    "Brief",
    "Codebase",
    "CoverageReport",
    "Evaluation",
    "FileCoverage",
    "Handler",
    "Handlers",
    "Import",
    "ImportGraph",
    "ImportKind",
    "Location",
    "Module",
    "Recorded",
    "Row",
    "Rule",
    "Search",
    "Slot",
    "SlotKind",
    "Sources",
    "Unread",
    "Violation",
    "implicit_parents",
    "row",
    "unhindered",
]
