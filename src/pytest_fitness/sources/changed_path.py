"""Modules by the names that they have where the code itself adds directories to ``sys.path``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set
from functools import cached_property
from operator import eq

Addition = tuple[str, ...]
"""A directory that is added: its last parts, from the last one upwards; or `FROM_HERE` and the package that it is."""

FROM_HERE = "__file__"


class ChangedPath:
    """Tells what ``import handlers`` may mean, where ``shop/web`` is added to the path: ``shop.web.handlers``.

    Args:
        packages: the judged packages.
        modules: the names of all modules and of namespace packages.
        namespaces: the latter.
        added: what the modules add.
    """

    def __init__(
        self, packages: Sequence[str], modules: Set[str], namespaces: Set[str], added: Iterable[Addition]
    ) -> None:
        self.packages = packages
        self.modules = modules
        self.namespaces = namespaces
        self.added = added

    def name_of(self, name: str) -> str | None:
        """Return the full name of the one module that may be imported by a name that nothing else has; None where there is none."""
        return self._only(
            name, [package for package in self._above.get(name.partition(".")[0], ()) if self._is_added(package)]
        )

    @cached_property
    def last_names(self) -> Set[str]:
        """What `name_of` may know: for any other name it returns None."""
        parts = [name.rpartition(".") for name in self.modules]
        added = {package for package in {package for package, _, _ in parts} if package and self._is_added(package)}
        return {last for package, _, last in parts if package in added}

    def _only(self, name: str, packages: Sequence[str]) -> str | None:
        """The one module of that name in some packages."""
        top, _, below = name.partition(".")
        found = [f"{package}.{name}" for package in packages]
        known = [each for each in found if each in self.modules and not (below and each in self.namespaces)]
        return known[0] if len(known) == 1 and top not in self.packages else None

    @cached_property
    def _above(self) -> dict[str, list[str]]:
        """By last name of a module or package, the packages that have one."""
        above: dict[str, list[str]] = {}
        for full in self.modules:
            package, _, last = full.rpartition(".")
            if package:
                above.setdefault(last, []).append(package)
        return above

    def _is_added(self, package: str) -> bool:
        parts = package.split(".")[::-1]
        return any(
            package == path[-1] if path[0] == FROM_HERE else all(map(eq, parts, path)) for path in self._additions
        )

    @cached_property
    def _additions(self) -> frozenset[Addition]:
        return frozenset(self.added)
