"""How this service is meant to be built."""

from pytest_fitness import Codebase
from pytest_fitness.rules import BoundarySchemas, CoverageFloor, Layers


def test_layers(codebase: Codebase) -> None:
    rule = Layers("api", "domain", "infrastructure", because="a lower layer is tested without the ones above (ADR 1)")
    assert codebase.violations(rule) == []


def test_coverage(codebase: Codebase) -> None:
    assert codebase.violations(CoverageFloor(80, inside="domain")) == []
    assert codebase.violations(CoverageFloor(60)) == []


def test_handlers_speak_schemas(codebase: Codebase) -> None:
    assert codebase.violations(BoundarySchemas(inside="api")) == []
