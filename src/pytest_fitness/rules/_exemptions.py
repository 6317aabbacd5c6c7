"""What a rule leaves out: kinds of imports, and single imports with a reason."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set

from pytest_fitness.errors import EmptySelectionError, RuleError
from pytest_fitness.model import Codebase, Import, ImportGraph, Row, Search, implicit_parents, row
from pytest_fitness.names import has_wildcard, is_exactly, is_under
from pytest_fitness.rules._options import parse_ignore


class Exemptions:
    """Takes imports out of a graph as far as a search would find them, and knows which ignores were of use.

    Args:
        codebase: the codebase.
        except_kinds: kinds of imports that do not count.
        ignore: imports that do not.
        implicit: whether packages that run on the way to what is left are put in again.
    """

    def __init__(
        self,
        codebase: Codebase,
        except_kinds: Sequence[str] = (),
        ignore: Sequence[str] = (),
        *,
        implicit: bool = True,
    ) -> None:
        self.implicit = implicit
        self.codebase = codebase
        self.kinds = frozenset(except_kinds)
        self.ignores = {entry: parse_ignore(entry) for entry in ignore}
        self.used: set[str] = set()
        self.left_out: dict[str, set[tuple[str, str, int, str]]] = {}

    def apply(self, graph: ImportGraph, search: Search) -> ImportGraph:
        """Return *graph* without what is left out; where *search* finds nothing anyway, the graph as it is."""
        on_the_way = graph.on_the_way(search) if self.kinds or self.ignores else frozenset[str]()
        if not on_the_way:
            return graph
        relevant = on_the_way | search.targets
        return graph.with_rows({m: self.rows(graph, m, relevant) for m in on_the_way})

    def apply_within(self, graph: ImportGraph, relevant: Mapping[str, Set[str]]) -> ImportGraph:
        """Return *graph* without what is left out among the imports of each module that lead to its relevant names."""
        return graph.with_rows({module: self.rows(graph, module, names) for module, names in relevant.items()})

    def rows(self, graph: ImportGraph, module: str, relevant: Set[str]) -> list[Row]:
        """Return what *module* imports, less what is left out; an ignore is of use for imports of *relevant* names."""
        explicit = [i for i in graph.imports_of(module) if i.kind != "implicit"]
        kept: list[Row] = []
        gone: list[Import] = []
        for each in explicit:
            if self._leaves_out(each, relevant):
                gone.append(each)
            else:
                kept.append(row(each))
        implicit = implicit_parents(module, kept, graph.packages) if self.implicit else ()
        path = graph.paths.get(module, "")
        if self.kinds and self.implicit and gone:
            self._count_implicit(gone, {r[0] for r in (*kept, *implicit)}, graph, relevant)
        return [
            *kept,
            *(r for r in implicit if not self._leaves_out(_import(module, path, r), relevant)),
        ]

    def covers(self, entry: str, importer: str, imported: str) -> bool:
        """Whether an ignore, names or patterns, is for that import."""
        importers, targets, _ = self.ignores[entry]
        return self._is(importers, importer) and self._is_imported(targets, imported)

    def check(self) -> None:
        """Raise `EmptySelectionError` for an ignore that was of no use; note how much the broad ones leave out.

        Raises:
            RuleError: an ignore leaves out all that there could be.
        """
        if self.codebase.is_supposed:
            return  # an ignore may be of use in the code as it is
        for entry, (importer, imported, _) in self.ignores.items():
            if has_wildcard(importer) and has_wildcard(imported):
                if all(self._is(importer, m) and self._is(imported, m) for m in self.codebase.modules):
                    raise RuleError(f"`ignore` leaves out every import with {entry!r}; a rule can be removed instead")
        for entry, (importer, imported, _) in self.ignores.items():
            if entry not in self.used:
                there = (
                    f"{i.importer} -> {i.imported}" for i in self.codebase.imports() if self._is(importer, i.importer)
                )
                edge = f"{importer} -> {imported}"
                fine = next((i for i in self.codebase.imports() if self.covers(entry, i.importer, i.imported)), None)
                if fine is not None:
                    what, hint = (
                        "import that this rule objects to",
                        f"the one in {fine.location} is allowed; remove it from `ignore`",
                    )
                    raise EmptySelectionError(what, edge, (), hint)
                hint = "no import that this rule objects to; remove it from `ignore`, or mend it"
                raise EmptySelectionError("import", edge, there, hint)
        for option, found in sorted(self.left_out.items()):
            kinds = ", ".join(sorted({kind for *_, kind in found} & self.kinds))
            what = f" of these kinds: {kinds}" if option == "except_kinds" else ""
            self.codebase.note(f"`{option}` leaves out {len(found)} import{'s' * (len(found) != 1)}{what}")

    def _leaves_out(self, each: Import, relevant: Set[str]) -> bool:
        if self.kinds and (kind := self.codebase.detail(each).kind) in self.kinds:
            if each.imported in relevant:
                self._count("except_kinds", each, kind)
            return True
        return self._ignores(each, relevant)

    def _ignores(self, each: Import, relevant: Set[str]) -> bool:
        if each.imported not in relevant:
            return False
        names: dict[str, str] = {}
        for entry, (importer, imported, _) in self.ignores.items():
            if not self._is(importer, each.importer):
                continue
            if self._is_imported(imported, each.imported):
                self.used.add(entry)
                if has_wildcard(importer) or has_wildcard(imported):
                    self._count(f"ignore: {entry}", each)
                return True
            names.update(dict.fromkeys(self._full(imported), entry))
        wanted = {name: entry for name, entry in names.items() if is_under(name, each.imported)}
        if not wanted:
            return False
        is_internal = self.codebase.is_internal(each.imported)
        found = [
            next((n for n in wanted if symbol == n or (not is_internal and is_under(symbol, n))), "")
            for symbol in self.codebase.symbols(each)
        ]
        self.used.update(wanted[name] for name in found if name)
        return bool(found) and all(found)

    def _count_implicit(self, gone: Sequence[Import], still: Set[str], graph: ImportGraph, relevant: Set[str]) -> None:
        """Packages above what is left out run on the way to it, and are left out with it."""
        for each in gone:
            if (kind := self.codebase.detail(each).kind) in self.kinds:
                for above in implicit_parents(each.importer, [row(each)], graph.packages):
                    if above[0] in relevant and above[0] not in still:
                        self._count("except_kinds", _import(each.importer, each.location.path, above), kind)

    def _count(self, option: str, each: Import, kind: str = "") -> None:
        self.left_out.setdefault(option, set()).add((each.importer, each.imported, each.location.line, kind))

    def _is(self, pattern: str, name: str) -> bool:
        return any(is_exactly(name, full) for full in self._full(pattern))

    def _is_imported(self, pattern: str, name: str) -> bool:
        is_third_party = not has_wildcard(pattern) and not self.codebase.is_internal(name) and is_under(name, pattern)
        return is_third_party or self._is(pattern, name)

    def _full(self, name: str) -> Iterator[str]:
        yield name
        yield from (f"{package}.{name}" for package in self.codebase.packages)


def _import(importer: str, path: str, found: Row) -> Import:
    from pytest_fitness.model import Location

    imported, line, text, kind = found
    return Import(importer, imported, Location(path, line, text), kind)
