"""The rules. Each is a frozen dataclass in a file of its own; its docstring is its page."""

from __future__ import annotations

import sys
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

from pytest_fitness.errors import hide

if TYPE_CHECKING:
    from pytest_fitness.model import Rule
    from pytest_fitness.rules.allowed_imports import AllowedImports
    from pytest_fitness.rules.blocking_async_handlers import BlockingAsyncHandlers
    from pytest_fitness.rules.boundary_schemas import BoundarySchemas
    from pytest_fitness.rules.changed_lines_coverage import ChangedLinesCoverage
    from pytest_fitness.rules.coverage_floor import CoverageFloor
    from pytest_fitness.rules.covered_by_own_tests import CoveredByOwnTests
    from pytest_fitness.rules.cycles import Cycles
    from pytest_fitness.rules.fat_handlers import FatHandlers
    from pytest_fitness.rules.forbidden_imports import ForbiddenImports
    from pytest_fitness.rules.governed import Governed
    from pytest_fitness.rules.independence import Independence
    from pytest_fitness.rules.layers import Layers
    from pytest_fitness.rules.orm_at_boundary import OrmAtBoundary
    from pytest_fitness.rules.protected import Protected
    from pytest_fitness.rules.public_interface import PublicInterface
    from pytest_fitness.rules.raw_responses import RawResponses
    from pytest_fitness.rules.recorded_coverage import RecordedCoverage
    from pytest_fitness.rules.schema_placement import SchemaPlacement
    from pytest_fitness.rules.writing_reads import WritingReads

CATALOGUE = {
    "allowed-imports": "AllowedImports",
    "blocking-async-handlers": "BlockingAsyncHandlers",
    "boundary-schemas": "BoundarySchemas",
    "changed-lines-coverage": "ChangedLinesCoverage",
    "coverage-floor": "CoverageFloor",
    "covered-by-own-tests": "CoveredByOwnTests",
    "cycles": "Cycles",
    "fat-handlers": "FatHandlers",
    "forbidden-imports": "ForbiddenImports",
    "governed": "Governed",
    "independence": "Independence",
    "layers": "Layers",
    "orm-at-boundary": "OrmAtBoundary",
    "protected": "Protected",
    "public-interface": "PublicInterface",
    "raw-responses": "RawResponses",
    "recorded-coverage": "RecordedCoverage",
    "schema-placement": "SchemaPlacement",
    "writing-reads": "WritingReads",
}
"""Class names by rule name. The module of a rule has the rule's name with underscores."""

__all__ = [
    "AllowedImports",
    "BlockingAsyncHandlers",
    "BoundarySchemas",
    "ChangedLinesCoverage",
    "CoverageFloor",
    "CoveredByOwnTests",
    "Cycles",
    "FatHandlers",
    "ForbiddenImports",
    "Governed",
    "Independence",
    "Layers",
    "OrmAtBoundary",
    "Protected",
    "PublicInterface",
    "RawResponses",
    "RecordedCoverage",
    "SchemaPlacement",
    "WritingReads",
]


@cache
def rule_class(name: str) -> type[Rule]:
    """Return the class of the rule called *name*, such as ``"forbidden-imports"``; KeyError where there is none."""
    class_name = CATALOGUE[name]
    module = import_module(f"{__name__}.{name.replace('-', '_')}")
    for each in (module, *(found for other, found in sys.modules.items() if other.startswith(f"{__name__}._"))):
        hide(each)
    found: type[Rule] = getattr(module, class_name)
    return found


def __getattr__(name: str) -> object:
    for rule, class_name in CATALOGUE.items():
        if class_name == name:
            return rule_class(rule)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
