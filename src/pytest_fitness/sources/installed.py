"""The source of installed packages, which is read and never imported."""

from __future__ import annotations

from pathlib import Path

from pytest_fitness.model import Module
from pytest_fitness.sources.environment import find_top_level
from pytest_fitness.sources.tree import Source


def installed_source(name: str) -> Source | None:
    """The source of an installed module, found by path: asking for the spec of a submodule would import its parents."""
    top, _, below = name.partition(".")
    spec = find_top_level(top)
    if spec is None:
        return None
    places = [Path(place, *below.split(".") if below else ()) for place in spec.submodule_search_locations or ()]
    for place in places:
        for file in (place / "__init__.py", place.with_name(f"{place.name}.py") if below else place / "__init__.pyi"):
            if file.is_file():
                return Source(Module(name, str(file), file.name.startswith("__init__")), file)
    if not places and not below and spec.origin and spec.origin.endswith(".py"):
        return Source(Module(name, spec.origin), Path(spec.origin))
    return None
