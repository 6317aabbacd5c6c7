"""What a contract of import-linter does not check: it is kept where there is nothing to be broken, and says no word of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from typing import Any, Protocol

SELECTIONS = (
    "source_modules",
    "forbidden_modules",
    "modules",
    "containers",
    "ancestors",
    "protected_modules",
    "allowed_importers",
    "packages_with_private_modules",
)
"""Options that take modules, or patterns for them."""

NAME = re.compile(r"\w+(?:\.\w+)*")
LAYER = re.compile(r"[\w.]+")
IMPORTED = ("forbidden_modules",)
"""Those among them that may be third-party packages."""


class Graph(Protocol):
    """What is asked of grimp's graph."""

    @property
    def modules(self) -> AbstractSet[str]:
        """The names of all modules."""
        ...

    def find_matching_modules(self, expression: str, /) -> Iterable[str]:
        """Return the names that match."""
        ...


def notes(options: Mapping[str, Any], graph: Graph, is_there: Callable[[str], bool]) -> Iterator[str]:
    """Yield a line for each part of a contract that selects nothing.

    Args:
        options: of the contract, as they are written.
        graph: of the code.
        is_there: whether a module can be imported at all.
    """
    for option in SELECTIONS:
        if option not in options:
            continue
        values = listed(options[option])
        if not values:
            yield f"`{option}` is empty"
        for value in values:
            if "*" in value and not graph.find_matching_modules(value):
                yield f"`{option}`: no module matches {value}"
            elif option in IMPORTED and NAME.fullmatch(value) and value not in graph.modules and not is_there(value):
                yield f"`{option}`: nothing imports {value}, and nothing of that name is installed"
    if len(_matching(options.get("modules", ()), graph)) == 1:
        yield "`modules` is one module: it is independent of itself"
    if "layers" in options:
        yield from _layers(options, graph)


def listed(value: object) -> list[str]:
    """Return the values of an option, of which there may be one, or one a line."""
    if isinstance(value, str):
        return [line.strip() for line in value.splitlines() if line.strip()]
    return [str(each) for each in value] if isinstance(value, list | tuple) else []


def _matching(value: object, graph: Graph) -> set[str]:
    names: set[str] = set()
    for each in listed(value):
        names.update(graph.find_matching_modules(each) if "*" in each else [each])
    return names


def _layers(options: Mapping[str, Any], graph: Graph) -> Iterator[str]:
    lines = listed(options["layers"])
    if not lines:
        yield "`layers` is empty"
    tails = [tail for line in lines for tail in LAYER.findall(line)]
    prefixes = (
        [f"{name}." for name in _matching(options.get("containers", ()), graph)] if "containers" in options else [""]
    )
    there = [f"{prefix}{tail}" for prefix in prefixes for tail in tails if f"{prefix}{tail}" in graph.modules]
    if lines and prefixes and len(there) < 2:
        yield f"of the layers there is {there[0] if there else 'none'}"
