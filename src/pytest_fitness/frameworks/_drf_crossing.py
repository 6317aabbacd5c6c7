"""What goes in and out of a method of a view of Django REST framework."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field

from pytest_fitness.frameworks._drf_body import Choice
from pytest_fitness.model.syntax import Part


@dataclass(frozen=True)
class Passed:
    """What a helper is called with.

    By parameter what it may be, and which serializers, as they are written where it is called; by the id of a call, what it makes.
    """

    values: Mapping[str, list[ast.expr]] = field(default_factory=dict)
    classes: Mapping[str, list[Choice]] = field(default_factory=dict)
    made: Mapping[int, list[Choice]] = field(default_factory=dict)


@dataclass
class Crossing:
    """What a method takes and gives, as far as it is told.

    Attributes:
        takes: of the body.
        asks: of the query.
        gives: the result.
        reads_body: whether what it takes was in the body for sure.
        others: responses without a serializer that are given as well, each by what makes it.
    """

    takes: Part | None = None
    asks: Part | None = None
    gives: Part | None = None
    reads_body: bool = False
    others: list[Choice] = field(default_factory=list)

    def take(self, other: Crossing) -> None:
        """Take and ask what another method does, unless it is known."""
        if self.takes is None:
            self.takes, self.reads_body = other.takes, other.reads_body
        self.asks = self.asks or other.asks

    def give(self, other: Part | None) -> None:
        """Give what another method gives as well; what cannot be told goes before all else."""
        before = self.gives
        if before is None or other is None:
            self.gives = before or other
        elif before.annotation is None:
            self.gives = before if before.kind == "unknown" else other
        elif other.annotation is None:
            self.gives = other if other.kind == "unknown" else before
        else:
            known = {id(before.annotation), *(id(expression) for expression, _ in before.alternatives)}
            more = [(other.annotation, other.scope), *other.alternatives]
            new = tuple(each for each in more if id(each[0]) not in known)
            self.gives = before._replace(alternatives=(*before.alternatives, *new))
