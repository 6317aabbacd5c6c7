"""The import graph, and the search for imports that lead where they must not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from functools import cached_property
from typing import NamedTuple

from pytest_fitness.model.code import Import, ImportKind, Unread
from pytest_fitness.model.violation import Location
from pytest_fitness.names import NameIndex, is_under, parents

STRENGTH = {"attribute": 1, "implicit": 2}
"""Kinds that follow from another import, and are not listed where that import is; all other kinds are 0."""

Row = tuple[str, int, str, ImportKind]
"""Imported name, line, source text, kind."""

_NOTHING: frozenset[str] = frozenset()


class Breach(NamedTuple):
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


class Search(NamedTuple):
    """One question to the graph: who in *sources* reaches *targets*, without passing through *barrier*?"""

    sources: Set[str]
    targets: Set[str]
    barrier: Set[str] = frozenset()
    transitive: bool = True


class ImportGraph:
    """Who imports whom.

    Rows are kept as they come from the reader; an `Import` is made of one when somebody looks at it.

    Args:
        rows: the imports of each module, as tuples of imported name, line, source text and kind.
        paths: the file of each importing module.
        unread: modules of which the imports could not be read.
        computed: by module, calls that import something only known at run time.
        packages: names of packages that have an ``__init__``.
    """

    def __init__(
        self,
        rows: Mapping[str, Sequence[Row]],
        paths: Mapping[str, str],
        *,
        unread: Mapping[str, Unread] | None = None,
        computed: Mapping[str, Sequence[Location]] | None = None,
        packages: Set[str] = frozenset(),
    ) -> None:
        self.rows = rows
        self.paths = paths
        self.unread = dict(unread or {})
        self.computed = dict(computed or {})
        self.packages = packages
        self._successors = {name: {row[0] for row in found} for name, found in rows.items()}
        self._imports: dict[str, list[Import]] = {}
        self._outside: dict[tuple[str, ...], frozenset[str]] = {}
        self._last_reached: tuple[Search, Set[str]] | None = None

    @classmethod
    def of(cls, imports: Iterable[Import], unread: Mapping[str, Unread] | None = None) -> ImportGraph:
        """Make a graph of single imports, in any order."""
        rows: dict[str, list[Row]] = {}
        paths: dict[str, str] = {}
        for each in imports:
            rows.setdefault(each.importer, []).append(row(each))
            paths[each.importer] = each.location.path
        return cls(rows, paths, unread=unread)

    def __iter__(self) -> Iterator[Import]:
        for name in self.rows:
            yield from self.imports_of(name)

    @cached_property
    def names(self) -> frozenset[str]:
        """Every name that imports or is imported."""
        return frozenset(self.rows).union(*self._successors.values())

    @cached_property
    def index(self) -> NameIndex:
        """The names, to select from."""
        return NameIndex(self.names)

    def outside(self, packages: tuple[str, ...]) -> frozenset[str]:
        """Return the names that are not below *packages*."""
        if packages not in self._outside:
            inside = (self.index.select(package) for package in packages)
            self._outside[packages] = self.names.difference(*inside)
        return self._outside[packages]

    def imports_of(self, module: str) -> list[Import]:
        """Return the imports of *module*, the ones that can be read in the source first."""
        if module not in self._imports:
            path = self.paths.get(module, "")
            found = (Import(module, r[0], Location(path, r[1], r[2]), r[3]) for r in self.rows.get(module, ()))
            self._imports[module] = sorted(found, key=_explicit_first)
        return self._imports[module]

    def successors(self, module: str) -> Set[str]:
        """Return the names that *module* imports."""
        return self._successors.get(module, frozenset())

    def with_rows(self, rows: Mapping[str, Sequence[Row]], paths: Mapping[str, str] | None = None) -> ImportGraph:
        """Return a graph in which the modules in *rows* import only that; *paths* are those of modules without imports."""
        changed = ImportGraph(rows, {**self.paths, **paths} if paths else self.paths)
        changed.rows = {**self.rows, **rows}
        changed._successors = {**self._successors, **changed._successors}
        changed.unread, changed.computed, changed.packages = self.unread, self.computed, self.packages
        return changed

    # -- searching -------------------------------------------------------------------------------------------------

    def breaches(self, search: Search) -> list[Breach]:
        """Return the imports to cut, in the order of importer and line.

        These are all imports that lead from the sources straight into the targets, and, for the paths through other
        modules, the fewest imports that cut all of them: where thirty sources import one module that imports a target,
        that is the one import in that module; where one source imports a module that imports thirty targets, it is the
        one import in that source. Among equals, the ones nearest to the targets.
        """
        leading = self.on_the_way(search)
        if not leading:
            return []
        direct = sorted(leading & search.sources)
        found = [Breach((each,), (module,)) for module in direct for each in self._entering(module, search)]
        reached = self._reach(search, leading)
        for offending in self._cut(search, reached, leading):
            before, rest = self._chain(offending.importer, reached), self._way(offending.imported, search)
            origins = self._origins(offending.importer, search, leading)
            found.append(Breach((*before, offending, *rest), origins, cut=len(before)))
        return sorted(found, key=lambda b: (b.offending.importer, b.offending.location.line, b.offending.imported))

    def on_the_way(self, search: Search) -> Set[str]:
        """Return the modules, sources among them, on some path from the sources to the targets; targets not included."""
        reached = self.reachable(search)
        targets = search.targets
        following = self._successors
        leading = {name for name in reached if not following.get(name, _NOTHING).isdisjoint(targets)}
        if leading and search.transitive:
            imported_by = self._predecessors
            queue = leading - search.sources
            while queue:
                before = set[str]().union(*(imported_by.get(name, _NOTHING) for name in queue)) & reached
                queue = before - leading - search.sources
                leading |= before
        return leading

    def reachable(self, search: Search) -> Set[str]:
        """Return the sources and the neutral modules that they reach."""
        last = self._last_reached
        if last is not None and last[0] is search:
            return last[1]  # the same question follows for what could not be read, and what is computed
        reached = set(search.sources)
        following = self._successors
        new: Set[str] = search.sources if search.transitive else frozenset()
        while new:
            found = set[str]().union(*(following.get(name, _NOTHING) for name in new))
            new = found - reached - search.targets - search.barrier
            reached |= new
        self._last_reached = search, reached
        return reached

    def _entering(self, module: str, search: Search) -> list[Import]:
        """The imports of *module* that lead straight into the targets."""
        return without_followers([i for i in self.imports_of(module) if i.imported in search.targets])

    def _cut(self, search: Search, reached: Mapping[str, Import | None], leading: Set[str]) -> Iterator[Import]:
        """The fewest imports that cut all paths through neutral modules.

        A statement that imports several targets is one way in, so the ways into the targets are counted by line.
        """
        between = {m for m in reached if m not in search.sources}
        edges: dict[str, set[str]] = {}
        entering: dict[str, list[Import]] = {}
        for module in (m for m in reached if m in leading):
            straight = () if self._successors[module].isdisjoint(search.targets) else self._entering(module, search)
            edges[module] = self._successors[module] & between
            if straight:
                edges[module] -= self._run_on_the_way(module, straight)
            for each in straight if module in between else ():
                entering.setdefault(f"{module}:{each.location.line}", []).append(each)
                edges[module].add(f"{module}:{each.location.line}")
        for importer, imported in minimum_cut(edges, search.sources, entering.keys()):
            if imported in entering:
                yield from entering[imported]
            else:
                yield from without_followers([i for i in self.imports_of(importer) if i.imported == imported])

    def _run_on_the_way(self, module: str, straight: Sequence[Import]) -> set[str]:
        """Packages that *module* imports only on the way to what the statements of *straight* import."""
        lines = {i.location.line for i in straight}
        others = [i.imported for i in self.imports_of(module) if i.kind != "implicit" and i.location.line not in lines]
        above = {package for i in straight for package in parents(i.imported)}
        return {package for package in above if not any(is_under(name, package) for name in others)}

    def _way(self, module: str, search: Search) -> tuple[Import, ...]:
        """A shortest way on from a neutral *module* into the targets; empty where it is a target itself."""
        if module in search.targets:
            return ()
        closed = search.sources | search.barrier
        reached: dict[str, Import | None] = {module: None}
        queue = [module]
        for name in queue:
            for each in self.imports_of(name):
                if each.imported in search.targets:
                    return (*self._chain(name, reached), each)
                if each.imported not in reached and each.imported not in closed:
                    reached[each.imported] = each
                    queue.append(each.imported)
        return ()  # pragma: no cover - an import that is worth cutting leads to a target

    def unread_within(self, search: Search) -> list[Unread]:
        """Return the unread modules on which the answer to *search* depends."""
        reached = self.reachable(search) if self.unread else frozenset[str]()
        return [unread for module, unread in sorted(self.unread.items()) if module in reached]

    def computed_within(self, search: Search) -> list[Location]:
        """Return the calls whose imports the answer to *search* cannot take into account."""
        reached = self.reachable(search) if self.computed else frozenset[str]()
        return [place for module, places in sorted(self.computed.items()) if module in reached for place in places]

    def _reach(self, search: Search, leading: Set[str]) -> dict[str, Import | None]:
        """Breadth first from the sources; the value is the import by which a module was first reached."""
        reached: dict[str, Import | None] = dict.fromkeys(sorted(search.sources & leading))
        inner = leading - search.sources
        queue = list(reached) if search.transitive else []
        for module in queue:
            if self._successors[module].isdisjoint(inner):
                continue
            for each in self.imports_of(module):
                if each.imported in inner and each.imported not in reached:
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

    def _origins(self, module: str, search: Search, leading: Set[str]) -> tuple[str, ...]:
        """Every source from which a neutral *module* is reached."""
        if module in search.sources:
            return (module,)
        seen = {module}
        new = {module}
        while new:
            before = set[str]().union(*(self._predecessors.get(name, _NOTHING) for name in new)) & leading
            new = before - seen - search.sources
            seen |= before
        return tuple(sorted(seen & search.sources))

    @cached_property
    def _predecessors(self) -> dict[str, list[str]]:
        incoming: defaultdict[str, list[str]] = defaultdict(list)
        for importer, imported in self._successors.items():
            for name in imported:
                incoming[name].append(importer)
        return dict(incoming)


def row(each: Import) -> Row:
    """Return *each* as `ImportGraph` keeps it."""
    return (each.imported, each.location.line, each.location.text, each.kind)


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


def implicit_parents(importer: str, rows: Iterable[Row], packages: Set[str]) -> Iterator[Row]:
    """Yield the imports of package ``__init__`` modules that Python makes on the way to a submodule.

    ``import app.util.x`` in ``app.domain.svc`` runs ``app/util/__init__.py`` first. Packages that hold the importer are
    left out: they ran before it.

    Args:
        importer: the importing module.
        rows: its explicit imports.
        packages: names of packages that have an ``__init__.py``.
    """
    rows = list(rows)
    known = {r[0] for r in rows}
    own = {importer, *parents(importer)}
    for imported, line, text, _ in rows:
        package = imported
        while "." in package:
            package = package[: package.rindex(".")]
            if package in own:
                break  # and so are all above it
            if package in packages and package not in known:
                known.add(package)
                yield (package, line, text, "implicit")


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
