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
    """An import that lets a module of the scope reach a forbidden one, on a shortest chain that leads there.

    Attributes:
        chain: imports in order of execution, from the scope into the forbidden modules.
        origins: every module of the scope from which the offending import is reached.
        cut: the position of the offending import in *chain*.
    """

    chain: tuple[Import, ...]
    origins: tuple[str, ...]
    cut: int = 0

    @property
    def offending(self) -> Import:
        """The import to cut."""
        return self.chain[self.cut]


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
        for each in sorted(self.imports, key=_explicit_first):
            self.outgoing.setdefault(each.importer, []).append(each)
        self.imports = ()
        self.names = frozenset(self.outgoing) | {i.imported for i in self}

    def __iter__(self) -> Iterator[Import]:
        for imports in self.outgoing.values():
            yield from imports

    def breaches(self, search: Search) -> list[Breach]:
        """Return the imports to cut, in the order of importer and line.

        These are all imports that lead from the sources straight into the targets, and, for the paths through other
        modules, the fewest imports that cut all of them: where thirty sources import one module that imports a target,
        that is the one import in that module; where one source imports a module that imports thirty targets, it is the
        one import in that source. Among equals, the ones nearest to the targets.
        """
        reached = self._reach(search)
        found = [
            Breach((each,), (module,)) for module in sorted(search.sources) for each in self._entering(module, search)
        ]
        for offending in self._cut(search, reached):
            before, rest = self._chain(offending.importer, reached), self._way(offending.imported, search)
            origins = self._origins(offending.importer, reached, search.sources)
            found.append(Breach((*before, offending, *rest), origins, cut=len(before)))
        return sorted(found, key=lambda b: (b.offending.importer, b.offending.location.line, b.offending.imported))

    def _entering(self, module: str, search: Search) -> list[Import]:
        """The imports of *module* that lead straight into the targets."""
        return without_followers([i for i in self.outgoing.get(module, ()) if i.imported in search.targets])

    def _cut(self, search: Search, reached: Mapping[str, Import | None]) -> Iterator[Import]:
        """The fewest imports that cut all paths through neutral modules.

        A statement that imports several targets is one way in, so the ways into the targets are counted by line.
        """
        between = {m for m in reached if m not in search.sources}
        edges: dict[str, set[str]] = {}
        entering: dict[str, list[Import]] = {}
        for module in reached:
            edges[module] = {i.imported for i in self.outgoing.get(module, ())} & between
            for each in self._entering(module, search) if module in between else ():
                entering.setdefault(f"{module}:{each.location.line}", []).append(each)
                edges[module].add(f"{module}:{each.location.line}")
        for importer, imported in minimum_cut(edges, search.sources, entering.keys()):
            if imported in entering:
                yield from entering[imported]
            else:
                yield from without_followers([i for i in self.outgoing[importer] if i.imported == imported])

    def _way(self, module: str, search: Search) -> tuple[Import, ...]:
        """A shortest way on from a neutral *module* into the targets; empty where it is a target itself."""
        if module in search.targets:
            return ()
        closed = search.sources | search.barrier
        reached: dict[str, Import | None] = {module: None}
        queue = [module]
        for name in queue:
            for each in self.outgoing.get(name, ()):
                if each.imported in search.targets:
                    return (*self._chain(name, reached), each)
                if each.imported not in reached and each.imported not in closed:
                    reached[each.imported] = each
                    queue.append(each.imported)
        return ()  # pragma: no cover - an import that is worth cutting leads to a target

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


def _explicit_first(each: Import) -> tuple[str, int, int, str]:
    """Where two chains are equally short, the one that can be read in the source is shown."""
    return (each.importer, STRENGTH.get(each.kind, 0), each.location.line, each.imported)


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


def minimum_cut(edges: Mapping[str, Set[str]], sources: Set[str], targets: Set[str]) -> list[tuple[str, str]]:
    """Return the fewest edges whose removal leaves no path from *sources* to *targets*; of several sets the last one.

    Every edge counts once (Ford and Fulkerson: as many edges as there are paths without a common edge). Paths are found
    breadth first, in the order of names, so that the result is always the same.
    """
    used: set[tuple[str, str]] = set()
    ordered = {name: sorted(edges[name]) for name in sorted(edges)}
    incoming: dict[str, list[str]] = {}
    for name, nexts in ordered.items():
        for following in nexts:
            incoming.setdefault(following, []).append(name)
    while path := _free_path(ordered, incoming, used, sources, targets):
        for step in path:
            if (step[1], step[0]) in used:
                used.remove((step[1], step[0]))  # the new path takes over what the old one used the other way round
            else:
                used.add(step)
    before = _leading_to(targets, incoming, ordered, used)
    return [(a, b) for a, b in sorted(used) if a not in before and b in before]


def _free_path(
    ordered: Mapping[str, list[str]],
    incoming: Mapping[str, list[str]],
    used: Set[tuple[str, str]],
    sources: Set[str],
    targets: Set[str],
) -> list[tuple[str, str]]:
    """A shortest path along unused edges, or back along used ones; empty where there is none."""
    came_from = {name: "" for name in ordered if name in sources}
    queue = list(came_from)
    for name in queue:
        free = (n for n in ordered.get(name, ()) if (name, n) not in used)
        undone = (n for n in incoming.get(name, ()) if (n, name) in used)
        for following in (*free, *undone):
            if following in came_from:
                continue
            came_from[following] = name
            if following in targets:
                path = [(name, following)]
                while came_from[path[0][0]]:
                    path.insert(0, (came_from[path[0][0]], path[0][0]))
                return path
            queue.append(following)
    return []


def _leading_to(
    targets: Set[str],
    incoming: Mapping[str, list[str]],
    ordered: Mapping[str, list[str]],
    used: Set[tuple[str, str]],
) -> set[str]:
    """Names from which the targets could still be reached if the used edges were gone, or turned round."""
    found = set(targets)
    queue = sorted(targets)
    for name in queue:
        free = (n for n in incoming.get(name, ()) if (n, name) not in used)
        undone = (n for n in ordered.get(name, ()) if (name, n) in used)
        for before in (*free, *undone):
            if before not in found:
                found.add(before)
                queue.append(before)
    return found
