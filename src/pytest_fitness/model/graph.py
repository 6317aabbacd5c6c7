"""The import graph, and the search for imports that lead where they must not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from functools import cached_property

from pytest_fitness.model.code import Import, Unread
from pytest_fitness.model.violation import Location
from pytest_fitness.names import is_under, parents

STRENGTH = {"attribute": 1, "implicit": 2}
"""Kinds that follow from another import, and are not listed where that import is; all other kinds are 0."""


@dataclass(frozen=True, slots=True)
class Breach:
    """The import through which forbidden modules are reached, at the end of a shortest chain that leads there.

    Attributes:
        chain: imports in order of execution; the last one is the one that breaks in.
        origins: every module of the scope from which the last import is reached.
    """

    chain: tuple[Import, ...]
    origins: tuple[str, ...]

    @property
    def last(self) -> Import:
        """The import that enters the forbidden modules."""
        return self.chain[-1]


@dataclass(frozen=True, slots=True)
class Search:
    """One question to the graph: who in *sources* reaches *targets*, without passing through *barrier*?"""

    sources: Set[str]
    targets: Set[str]
    barrier: Set[str] = frozenset()
    transitive: bool = True


@dataclass
class ImportGraph:
    """Who imports whom.

    Args:
        imports: every import, in any order; third-party names are allowed as *imported*.
        unread: modules of which the imports could not be read.
        computed: by module, calls that import something only known at run time.
    """

    imports: Iterable[Import]
    unread: Mapping[str, Unread] = field(default_factory=dict)
    computed: Mapping[str, Sequence[Location]] = field(default_factory=dict)
    outgoing: dict[str, list[Import]] = field(init=False, repr=False)
    names: frozenset[str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self.outgoing = {}
        for each in sorted(self.imports, key=lambda i: (i.importer, i.location.line, i.imported, i.kind)):
            self.outgoing.setdefault(each.importer, []).append(each)
        self.imports = ()
        self.names = frozenset(self.outgoing) | {i.imported for i in self}

    def __iter__(self) -> Iterator[Import]:
        for imports in self.outgoing.values():
            yield from imports

    def breaches(self, search: Search) -> list[Breach]:
        """Return one breach for each import that enters the targets, in the order of importer and line."""
        reached = self._reach(search)
        found: list[Breach] = []
        for module in sorted(reached):
            entering = [i for i in self.outgoing.get(module, ()) if i.imported in search.targets]
            for last in without_followers(entering):
                chain = (*self._chain(module, reached), last)
                found.append(Breach(chain, self._origins(module, reached, search.sources)))
        return found

    def unread_within(self, search: Search) -> list[Unread]:
        """Return the unread modules on which the answer to *search* depends."""
        reached = self._reach(search) if self.unread else {}
        return [unread for module, unread in sorted(self.unread.items()) if module in reached]

    def computed_within(self, search: Search) -> list[Location]:
        """Return the calls whose imports the answer to *search* cannot take into account."""
        reached = self._reach(search) if self.computed else {}
        return [place for module, places in sorted(self.computed.items()) if module in reached for place in places]

    def _reach(self, search: Search) -> dict[str, Import | None]:
        """Breadth first from the sources; the value is the import by which a module was first reached."""
        closed = search.sources | search.targets | search.barrier
        reached: dict[str, Import | None] = dict.fromkeys(sorted(search.sources))
        queue = list(reached) if search.transitive else []
        for module in queue:
            for each in self.outgoing.get(module, ()):
                if each.imported not in reached and each.imported not in closed:
                    reached[each.imported] = each
                    queue.append(each.imported)
        return reached

    @staticmethod
    def _chain(module: str, reached: Mapping[str, Import | None]) -> tuple[Import, ...]:
        chain: list[Import] = []
        while (step := reached[module]) is not None:
            chain.append(step)
            module = step.importer
        return tuple(reversed(chain))

    def _origins(self, module: str, reached: Mapping[str, Import | None], sources: Set[str]) -> tuple[str, ...]:
        if module in sources:
            return (module,)
        incoming = self._incoming
        seen = {module}
        queue = [module]
        for name in queue:
            for importer in incoming.get(name, ()):
                if importer in reached and importer not in seen:
                    seen.add(importer)
                    if importer not in sources:
                        queue.append(importer)
        return tuple(sorted(seen & set(sources)))

    @cached_property
    def _incoming(self) -> dict[str, set[str]]:
        incoming: dict[str, set[str]] = {}
        for each in self:
            incoming.setdefault(each.imported, set()).add(each.importer)
        return incoming


def without_followers(imports: list[Import]) -> list[Import]:
    """Drop imports that follow from a stronger one in the same list of one importer's imports."""
    kept: list[Import] = []
    for each in sorted(imports, key=lambda i: STRENGTH.get(i.kind, 0)):
        follows = each.kind in STRENGTH and any(
            k.kind != each.kind and (is_under(each.imported, k.imported) or is_under(k.imported, each.imported))
            for k in kept
        )
        if not follows:
            kept.append(each)
    return kept


def implicit_parents(imports: Iterable[Import], packages: Set[str]) -> Iterator[Import]:
    """Yield the imports of package ``__init__`` modules that Python makes on the way to a submodule.

    ``import app.util.x`` in ``app.domain.svc`` runs ``app/util/__init__.py`` first. Packages that hold the importer are
    left out: they ran before it.

    Args:
        imports: explicit imports.
        packages: names of packages that have an ``__init__.py``.
    """
    known = {(i.importer, i.imported) for i in imports}
    for each in imports:
        for package in parents(each.imported):
            pair = (each.importer, package)
            if package in packages and pair not in known and not is_under(each.importer, package):
                known.add(pair)
                yield Import(each.importer, package, each.location, "implicit")
