"""The ``layers`` rule."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from pytest_fitness.errors import RuleError
from pytest_fitness.model import Codebase, Search, Violation
from pytest_fitness.rules._chains import Wording, violations


@dataclass(frozen=True, slots=True, init=False)
class Layers:
    """
    Each layer imports only the layers below it; they are listed from the top down.

    A layer is a package with everything below it, or a module. What belongs to no layer is neutral, but a path through
    neutral modules counts: `domain` that imports `util` that imports `api` breaks the rule, at the import in `util`.

    Why:
        Code that the domain imports cannot change without the domain. When infrastructure knows about HTTP, it can be
        neither replaced nor tested without HTTP.

    Violates::

        # shop/infrastructure/db.py, with Layers("api", "domain", "infrastructure")
        from shop.api import schemas

    Instead::

        # shop/api/routes.py
        from shop.infrastructure import db

    Options:
        layers: two names or more, highest first: a layer of ``[tool.pytest-fitness.layers]``, a full name
            (``"shop.api"``), a name below a top-level package (``"api"``) or a pattern (``"*.api"``).
        because: the reason, shown on failure.

    versionadded: 0.1.0
    """

    name: ClassVar[str] = "layers"

    layers: tuple[str, ...]
    because: str

    def __init__(self, *layers: str, because: str = "") -> None:
        if not all(isinstance(layer, str) and layer for layer in layers):
            raise RuleError(f"Layers takes names, one argument each, from the top down; got {layers!r}")
        if len(layers) < 2 or len(set(layers)) < len(layers):
            raise RuleError(f"Layers needs at least two different layers; got {layers!r}")
        object.__setattr__(self, "layers", layers)
        object.__setattr__(self, "because", because)

    def find(self, codebase: Codebase) -> Iterator[Violation]:
        """Yield one violation per import that leads from a layer to a higher one."""
        own = {layer: frozenset(m.name for m in codebase.select(layer)) for layer in self.layers}
        _refuse_overlap(own)
        graph = codebase.imports()
        names = {layer: codebase.named(layer, graph) | own[layer] for layer in self.layers}
        for position, lower in enumerate(self.layers[1:], start=1):
            higher = frozenset[str]().union(*(names[layer] for layer in self.layers[:position]))
            beneath = frozenset[str]().union(*(names[layer] for layer in self.layers[position + 1 :]))
            search = Search(sources=own[lower], targets=higher, barrier=beneath)
            yield from violations(codebase, graph, search, Wording(self.name, lower, self.because))


def _refuse_overlap(own: dict[str, frozenset[str]]) -> None:
    """A module in two layers would be above and below itself."""
    taken: dict[str, str] = {}
    for layer, modules in own.items():
        for module in sorted(modules):
            if module in taken:
                raise RuleError(f"module {module} is in two layers, {taken[module]!r} and {layer!r}")
            taken[module] = layer
