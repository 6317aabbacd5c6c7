"""What names stand for."""

from __future__ import annotations

from pytest_fitness.model.syntax import Entity
from pytest_fitness.sources.scopes import Scopes
from pytest_fitness.sources.tree import Tree


def test_what_is_remembered_of_a_name_is_not_taken_for_another_of_its_kind() -> None:
    """One that is unknown here may be of an installed package there."""
    scopes = Scopes(Tree(("app",)), {})
    for kind in ("unknown", "external", "unknown"):
        (entity,) = scopes.bases(Entity(kind, "lib.Thing"))
        assert entity.kind == kind
