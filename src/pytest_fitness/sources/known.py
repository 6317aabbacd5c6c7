"""What the reader of one module is told of the others, and what it answers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Set
from dataclasses import dataclass, field
from typing import NamedTuple

from pytest_fitness.model import Import, Location
from pytest_fitness.names import is_under, parents


class Known(NamedTuple):
    """What the reader of one module needs to know of the others.

    Attributes:
        modules: every module and namespace package of the codebase.
        below: by package, the last names of what is directly below it: the `submodules` of *modules*.
        roots: the top-level packages.
        real_name: follows symbolic links in a name.
        exports: the submodules that a package's literal ``__all__`` names, for star imports.
        precise: top-level third-party packages whose submodules are wanted when used as attributes.
        watched: modules of which every attribute that is used is wanted.
    """

    modules: frozenset[str]
    below: Mapping[str, Set[str]]
    roots: tuple[str, ...]
    real_name: Callable[[str], str] = str
    exports: Callable[[str], Iterable[str]] = lambda _: ()
    precise: frozenset[str] = frozenset()
    watched: frozenset[str] = frozenset()

    def internal(self, name: str) -> bool:
        """Whether *name* lies in the codebase, there or not."""
        return any(is_under(name, root) for root in self.roots)

    def nearest(self, name: str) -> str:
        """Return *name* or the nearest package above it that exists."""
        return next((n for n in (name, *parents(name)) if n in self.modules), "")


def submodules(modules: Iterable[str]) -> dict[str, set[str]]:
    """Return, by package, the last names of what is directly below it."""
    below: dict[str, set[str]] = {}
    for name in modules:
        while "." in name:
            name, _, last = name.rpartition(".")  # noqa: PLW2901 - upwards, until somebody was here
            if last in below.setdefault(name, set()):
                break
            below[name].add(last)
    return below


@dataclass(frozen=True, slots=True)
class Reading:
    """What one module imports.

    Attributes:
        imports: in the order of lines.
        computed: calls that import something only known at run time.
        uses: attributes of watched modules, as if they were imported by their full names.
    """

    imports: list[Import]
    computed: list[Location] = field(default_factory=list)
    uses: list[Import] = field(default_factory=list)
