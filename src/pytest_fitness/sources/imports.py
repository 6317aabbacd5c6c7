"""The import graph of a tree: grimp for the plain files, the syntax tree for files in which grimp would miss something."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import replace
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from pytest_fitness.model import (
    Import,
    ImportGraph,
    ImportKind,
    Location,
    Row,
    Unread,
    implicit_parents,
    row,
    unhindered,
)
from pytest_fitness.names import is_under
from pytest_fitness.sources.answers import Answer, Answers, Question
from pytest_fitness.sources.environment import is_installed_elsewhere, third_party
from pytest_fitness.sources.grimp_scan import Scanner, version
from pytest_fitness.sources.known import Known
from pytest_fitness.sources.newer_syntax import parse
from pytest_fitness.sources.other_roots import OtherRoots, other_root
from pytest_fitness.sources.permissions import may_permit
from pytest_fitness.sources.processes import AHEAD, Ready, Work, by_turns, taken
from pytest_fitness.sources.snapshot import SETTLED, Facts, Place, Snapshot, compare, own_code, settled
from pytest_fitness.sources.statements import read_imports
from pytest_fitness.sources.symbols import Statements
from pytest_fitness.sources.texts_alone import decoded, precise_rows, read_text
from pytest_fitness.sources.tree import Source, Tree, from_outlines, neighbours, outlines, unread

if TYPE_CHECKING:
    import ast

    from pytest_fitness.sources.calls import Missed
    from pytest_fitness.sources.gate import Gate
    from pytest_fitness.sources.kinds import Kinds

ROUNDS = 16
"""Files that stand together cost alike, so they are dealt out in so many rounds for all parts to take as long."""

Found = tuple[dict[str, Facts], list[str]]
"""Facts by module, and the modules that may be imported by another name than they are judged by."""

EXPORTS = re.compile(r"\b__all__\s*(?::[^=\n]+)?\+?=\s*[\[(]([^\])]*)")


class Imports:
    """Reads the imports of *tree*, once for plain questions and once more for each set of precise packages.

    Args:
        tree: the files.
        cache: a directory to remember facts in; None to remember nothing.
        begun: when the first file may have been read, in nanoseconds; now, unless somebody has read some before.
        declared: distributions that the project depends on.
        ready: processes that are ready to help.
    """

    def __init__(
        self,
        tree: Tree,
        cache: Path | None = None,
        begun: int = 0,
        declared: Sequence[str] = (),
        ready: Ready | None = None,
    ) -> None:
        self.tree = tree
        self.ready = ready or Ready()
        self.cache = cache
        self.declared = declared
        self._graphs: dict[frozenset[str], ImportGraph] = {}
        self._statements: dict[str, Statements] = {}
        self._beside: dict[str, list[Source]] = {}
        self._other_roots: OtherRoots | None = None
        self._walked: dict[str, list[Source]] = {}
        self._scanner = Scanner(tree)
        self._settled_before = (begun or time.time_ns()) - SETTLED

    def graph(self, precise: frozenset[str]) -> ImportGraph:
        """Return the import graph with the third-party packages in *precise* down to the imported name."""
        if precise not in self._graphs:
            with unhindered():
                self._graphs[precise] = self._build(precise)
        return self._graphs[precise]

    def detail(self, each: Import) -> Import:
        """Return *each* with its kind."""
        if each.kind != "module" or each.importer not in self.tree.sources:
            return each
        question = (each.imported, each.location.line)
        source = self.tree.sources[each.importer]
        name, (kind,) = self._answered(each.importer, question, lambda: self._kinds.of(source, each))
        return each._replace(imported=name, kind=cast("ImportKind", kind))

    @cached_property
    def _kinds(self) -> Kinds:
        from pytest_fitness.sources.kinds import Kinds  # for what is asked, and not remembered

        return Kinds(self._known(frozenset()))

    def symbols(self, each: Import) -> Sequence[str]:
        """Return the dotted names that the statement of *each* imports."""
        if each.importer not in self.tree.sources or each.kind in ("implicit", "dynamic", "attribute"):
            return ()
        named, added = self.statement(each.importer, each.location.line)[1], self._added_for(each.importer)
        return tuple(dict.fromkeys(self._real_name(added, name) if added else name for name in named))

    def statement(self, module: str, line: int) -> tuple[str, Sequence[str]]:
        """Return what *line* of *module* is within, and the dotted names that it imports."""

        def answer() -> tuple[str, tuple[str, ...]]:
            if module not in self._statements:
                self._statements[module] = Statements(self.tree.sources[module])
            return self._statements[module].at(line)

        return self._answered(module, ("", line), answer)

    def _answered(self, module: str, question: Question, answer: Callable[[], Answer]) -> Answer:
        """What is remembered, or is worked out now; that is remembered if it is of the text whose digest is known."""
        digest = self._facts[module].digest if "_facts" in self.__dict__ else self.tree.sources[module].digest
        source = self.tree.sources[module]
        return self._answers.get(module, digest, question, answer, lambda: not digest or source.has_digest(digest))

    def remember(self) -> None:
        """Keep, for the next run, what was asked of single files."""
        if "_answers" in self.__dict__:
            self._answers.save()

    @cached_property
    def _answers(self) -> Answers:
        return Answers(self.cache, (self._key, self._surroundings))

    def uses(self, module: str, of: frozenset[str]) -> Sequence[Import]:
        """Return the attributes of modules in *of* that *module* uses, by their full names."""
        known = replace(self._known(frozenset(), self._added_for(module)), watched=of)
        try:
            return read_imports(self.tree.sources[module], known).uses
        except SyntaxError:
            return ()

    def modules_with_permissions(self) -> list[str]:
        """Return the judged modules in which there may be permissions: those that are remembered, where imports were read."""
        if "_facts" in self.__dict__:
            return sorted(name for name in self.tree.sources if self._facts[name].permits)
        found: list[str] = []
        for name, source in sorted(self.tree.sources.items()):
            if may_permit(source):
                found.append(name)
            source.forget()
        return found

    # -- building --------------------------------------------------------------------------------------------------

    def _build(self, precise: frozenset[str]) -> ImportGraph:
        facts = self._facts
        rows: dict[str, Sequence[Row]] = {name: found.rows for name, found in facts.items()}
        wanted = precise | self._added.keys()
        if wanted:
            for source in self._all_sources:
                name = source.module.name
                if not wanted.isdisjoint(r[0].partition(".")[0] for r in rows[name]):
                    added = self._added_for(name)
                    try:
                        read = [row(i) for i in read_imports(source, self._known(precise, added)).imports]
                    except SyntaxError:  # newer than this interpreter's
                        found = [(added.get(r[0], r[0]), *r[1:]) for r in rows[name]]
                        rows[name] = [precise_row for r in found for precise_row in precise_rows(r, precise)]
                        continue
                    rows[name] = [*read, *implicit_parents(name, read, self._packages)]
        paths = {source.module.name: source.module.path for source in self._all_sources}
        return ImportGraph(
            rows,
            paths,
            unread={
                n: Unread(n, Location(paths[n], f.unread[0], f.unread[1]), f.unread[2])
                for n, f in facts.items()
                if f.unread
            },
            computed={n: [Location(paths[n], *place) for place in f.computed] for n, f in facts.items() if f.computed},
            packages=self._packages,
        )

    @cached_property
    def _added(self) -> dict[str, str]:
        """By top-level name, the judged module that is imported by it, as the code adds directories to the path."""
        paths = {path for found in self._facts.values() for path in found.adds}
        if not paths:  # as in most codebases, which can do without the module
            return {}
        from pytest_fitness.sources.changed_path import ChangedPath

        changed = ChangedPath(self.tree.packages, self._modules, self.tree.namespaces, paths)
        names = {r[0] for found in self._facts.values() for r in found.rows}
        tops = changed.last_names & {name.partition(".")[0] for name in names} - self._beside.keys()
        named = ((top, changed.name_of(top)) for top in sorted(tops))
        return {top: name for top, name in named if name and not self._is_third_party(top)}

    def _added_for(self, module: str) -> dict[str, str]:
        """The same for one module, which is no other name of itself."""
        return {top: name for top, name in self._added.items() if name != module} if self._added else {}

    def _is_third_party(self, top: str) -> bool:
        return is_installed_elsewhere(top, self.tree) or third_party(top, self.declared)[0] == "declared"

    @cached_property
    def _facts(self) -> dict[str, Facts]:
        """Facts of every module, remembered ones where the content is the same."""
        snapshot = Snapshot(self.cache, self._key)
        surroundings, tops, remembered = snapshot.load()
        self._beside = {top: self._neighbours(top) for top in tops if self._is_beside(top)}
        if surroundings != self._surroundings or remembered.keys() != {s.module.name for s in self._all_sources}:
            return self._read_all(snapshot)
        changed, touched = compare(self._all_sources, remembered, self._settled_before)
        if not changed:
            if touched:
                self._save(snapshot, {**remembered, **touched})
            return remembered
        remembered.update(touched)
        if not changed.isdisjoint(self._packages):
            changed |= {name for name, facts in remembered.items() if facts.open}
        stale = [s for s in self._all_sources if s.module.name in changed]
        facts = {**remembered, **self._read(stale)}
        if self._beside_of(facts) - self._beside.keys():
            return self._read_all(snapshot)
        facts = self._without_unused(facts)
        self._save(snapshot, facts)
        return facts

    @property
    def _surroundings(self) -> list[tuple[str, str, bool]]:
        """What facts depend on beside the judged packages, whose names are part of the key."""
        modules = (s.module for sources in self._beside.values() for s in sources)
        return sorted((m.name, m.path, m.is_package) for m in modules)

    def _save(self, snapshot: Snapshot, facts: dict[str, Facts]) -> None:
        if self.cache:
            snapshot.save(self._surroundings, self._tops(found.rows for found in facts.values()), facts)

    def _read_all(self, snapshot: Snapshot) -> dict[str, Facts]:
        self._beside = {}
        self._forget_names()
        facts = self._read(list(self.tree.sources.values()))
        while new := self._beside_of(facts) - self._beside.keys():
            self._beside = self._find_beside({*self._beside, *new})
            self._forget_names()
            facts |= self._read([s for s in self._all_sources if s.module.name not in facts or self._names_beside(s)])
        facts = self._without_unused({s.module.name: facts[s.module.name] for s in self._all_sources})
        self._save(snapshot, facts)
        return facts

    def _names_beside(self, source: Source) -> bool:
        """Whether the text of *source* has the name of anything beside the judged packages in it."""
        return any(top in decoded(source) for top in self._beside)

    def _forget_names(self) -> None:
        """What is beside the judged packages has changed, and so have the names of all modules."""
        for name in ("_modules", "_gate", "_packages"):
            self.__dict__.pop(name, None)

    @cached_property
    def _key(self) -> object:
        modules = [(s.module.name, s.module.path, s.module.is_package) for s in self.tree.sources.values()]
        places = [sorted(_python_names(root)) for root in self.tree.roots]
        return (
            version(),
            own_code("names.py", "model/graph.py", "model/contents.py", "sources/*.py"),
            self.tree.packages,
            modules,
            sorted(self.tree.aliases.items()),
            places,
        )

    def _read(self, sources: Sequence[Source]) -> dict[str, Facts]:
        """Facts about *sources*, none of which may be imported by another name than it is judged by."""
        parts = [self._read_here(sources)] if self.tree.rootdir is None else self._read_shared(sources)
        facts = {name: found for read, _ in parts for name, found in read.items()}
        suspect = {name for _, names in parts for name in names}
        for source in sources if suspect else ():
            if source.module.name in suspect:
                self._roots.refuse(source.module.path, facts[source.module.name].rows)
        return facts

    def _read_shared(self, sources: Sequence[Source]) -> list[Found]:
        """Facts about *sources*, from as many processes as are worth it."""

        def argument(parts: Sequence[Sequence[Source]]) -> tuple[Any, ...]:
            names = [[source.module.name for source in part] for part in parts]
            return (self.tree.outline(), self.cache is not None, names)

        def back(answered: tuple[dict[str, Any], list[str], list[str]]) -> Found:
            found, suspect, unparsed = answered
            here, more = self._read_here([by_name[name] for name in unparsed])
            return {name: Facts(*each) for name, each in found.items()} | here, [*suspect, *more]

        by_name = {source.module.name: source for source in sources}
        dealt = [source for n in range(ROUNDS) for source in sources[n::ROUNDS]]
        beside = [(top, outlines(found)) for top, found in self._beside.items()]
        work = Work(f"{__name__}:{reader.__name__}", argument, (beside, self._settled_before), self._read_here, back)
        return by_turns(dealt, work, AHEAD, self.ready)

    def share(
        self,
        parts: Sequence[Sequence[str]],
        turns: int | Sequence[int],
        beside: list[tuple[str, Any]],
        settled_before: int,
    ) -> tuple[list[int], tuple[dict[str, Any], list[str], list[str]]]:
        """Read those of some *parts*, which are names of modules, whose turn it is, for another process that has found what is *beside* the judged packages.

        What cannot be parsed is left to that process.
        """
        self._settled_before = settled_before
        self._beside = {top: from_outlines(found) for top, found in beside}
        by_name = {source.module.name: source for source in self._all_sources}
        numbers: list[int] = []
        unparsed: list[str] = []
        read: dict[str, Any] = {}
        suspect: list[str] = []
        for number in taken(turns):
            found, names = self._read_here([by_name[name] for name in parts[number]], unparsed)
            read.update((name, tuple(each)) for name, each in found.items())
            suspect += names
            numbers.append(number)
        return numbers, (read, suspect, unparsed)

    def _read_here(self, sources: Sequence[Source], unparsed: list[str] | None = None) -> Found:
        """Facts about *sources*, but for those that cannot be parsed, where there is a list for them."""
        known = self._known(frozenset())
        facts: dict[str, Facts] = {}
        plain = self._scanner.scan(sources)
        for source in sources:
            name = source.module.name
            try:
                facts[name] = self._read_one(source, plain.get(name), known, is_left=unparsed is not None)
            except SyntaxError:
                assert unparsed is not None
                unparsed.append(name)
            source.forget()
        return facts, [name for name, each in facts.items() if self._roots.suspects(each.rows)]

    @property
    def _roots(self) -> OtherRoots:
        """Knows the names of everything that there is at the time."""
        if self._other_roots is None or self._other_roots.beside != self._beside.keys():
            self._other_roots = OtherRoots(self.tree, self._modules, frozenset(self._beside))
        return self._other_roots

    def _read_one(self, source: Source, plain: Sequence[Row] | None, known: Known, *, is_left: bool = False) -> Facts:
        digest, stamp = (source.digest, settled(source.stamp, self._settled_before)) if self.cache else (b"", None)
        missed = None if plain is None else self._missed(source, plain)
        if plain is not None:
            plain = [found for found in plain if found[0] != source.module.name]
        if plain is not None and missed is not None:
            rows, permits = self._with_implicit(source, [*plain, *missed.rows]), may_permit(source)
            return Facts(digest, rows, missed.computed, stamp=stamp, permits=permits, adds=_adds(source, rows))
        failure: tuple[int, str, str] | None = None
        tree: ast.Module | None = None
        try:
            tree = parse(source)
            reading = read_imports(source, known, tree)
        except SyntaxError as error:
            if is_left:
                raise
            if plain is None:
                problem = unread(source, error)
                failure = (problem.location.line, problem.location.text, problem.reason)
            reading = read_text(source, plain or [], known, self._gate, self._is_beside)
        rows = self._with_implicit(source, [row(i) for i in reading.imports])
        computed: list[Place] = [(place.line, place.text) for place in reading.computed]
        is_open = self._gate.has_star(decoded(source))
        return Facts(digest, rows, computed, failure, is_open, stamp, may_permit(source), _adds(source, rows, tree))

    def _with_implicit(self, source: Source, rows: Sequence[Row]) -> list[Row]:
        return [*rows, *implicit_parents(source.module.name, rows, self._packages)]

    def _missed(self, source: Source, plain: Sequence[Row]) -> Missed | None:
        if self.tree.aliases or (
            self._beside and not self._beside.keys().isdisjoint(r[0].partition(".")[0] for r in plain)
        ):
            return None
        return self._gate.missed(source, plain)

    @cached_property
    def _gate(self) -> Gate:
        from pytest_fitness.sources.gate import Gate  # many expressions, and nothing to do where all is remembered

        return Gate(self._modules, self.tree.packages, self.tree.namespaces)

    @cached_property
    def _packages(self) -> frozenset[str]:
        return frozenset(s.module.name for s in self._all_sources if s.module.is_package)

    def _known(self, precise: frozenset[str], added: Mapping[str, str] | None = None) -> Known:
        roots = (*self.tree.packages, *self._beside, *(added or ()))
        return Known(self._modules, roots, partial(self._real_name, added or {}), self._exports, precise)

    def _real_name(self, added: Mapping[str, str], name: str) -> str:
        top, dot, below = name.partition(".")
        return self.tree.real_name(f"{added[top]}{dot}{below}" if top in added else name)

    @cached_property
    def _modules(self) -> frozenset[str]:
        return frozenset(s.module.name for s in self._all_sources) | self.tree.namespaces

    @property
    def _all_sources(self) -> list[Source]:
        return [*self.tree.sources.values(), *(s for sources in self._beside.values() for s in sources)]

    # -- code beside the judged packages -----------------------------------------------------------------------------

    def _find_beside(self, wanted: Set[str]) -> dict[str, list[Source]]:
        """Code next to the judged packages that they import, by top-level name: not judged, but paths lead through it."""
        found: dict[str, list[Source]] = {}
        judged = {s.filename: name for name, s in self.tree.sources.items() if s.filename}
        queue = sorted(wanted)
        for top in queue:
            found[top] = self._neighbours(top)
            for source in found[top]:
                if source.filename in judged:
                    raise other_root(source.module.path, source.module.name, judged[source.filename])
                for name, _ in self._gate.stated_tops(decoded(source)):
                    if name not in queue and self._is_beside(name):
                        queue.append(name)
        return found

    def _wanted_beside(self, rows: Mapping[str, Sequence[Row]]) -> set[str]:
        """Top-level names that *rows* import and that lie beside the judged packages."""
        return {top for top in self._tops(rows.values()) if self._is_beside(top)}

    def _beside_of(self, facts: Mapping[str, Facts]) -> set[str]:
        """Names of the code beside the judged packages that imports lead to."""
        found: set[str] = set()
        new = self._wanted_beside({name: facts[name].rows for name in self.tree.sources})
        while new:
            found |= new
            names = (s.module.name for top in new for s in self._beside.get(top, ()))
            new = self._wanted_beside({name: facts[name].rows for name in names}) - found
        return found

    def _without_unused(self, facts: dict[str, Facts]) -> dict[str, Facts]:
        """Let go of code beside the judged packages that was only mentioned, or is not imported any more."""
        unused = self._beside.keys() - self._beside_of(facts) if self._beside else ()
        gone = {s.module.name for top in unused for s in self._beside.pop(top)}
        if gone:
            self._forget_names()
        return {name: found for name, found in facts.items() if name not in gone} if gone else facts

    def _is_beside(self, top: str) -> bool:
        return top in self._neighbouring and not is_installed_elsewhere(top, self.tree) and bool(self._neighbours(top))

    def _neighbours(self, top: str) -> list[Source]:
        if top not in self._walked:
            self._walked[top] = neighbours(self.tree, top)
        return self._walked[top]

    @cached_property
    def _neighbouring(self) -> set[str]:
        """Names next to the judged packages that could be imported, whatever they are."""
        names = {name for root in self.tree.roots for name in _python_names(root)}
        return {name for name in names if not any(is_under(package, name) for package in self.tree.packages)}

    def _tops(self, rows: Iterable[Sequence[Row]]) -> set[str]:
        """Top-level names that are imported, if there is anything by that name next to the judged packages."""
        if not self._neighbouring:
            return set()
        return {name.partition(".")[0] for name in {r[0] for found in rows for r in found}} & self._neighbouring

    def _exports(self, package: str) -> tuple[str, ...]:
        """Submodules that the literal ``__all__`` of *package* names: a star import imports them."""
        source = self.tree.sources.get(package)
        if source is None or not source.module.is_package or "__all__" not in source.text:
            return ()
        texts = [t for listed in EXPORTS.findall(source.text) for t in re.findall(r"[\"'](\w+)[\"']", listed)]
        return tuple(f"{package}.{t}" for t in texts if f"{package}.{t}" in self._modules)


def _adds(source: Source, rows: Sequence[Row], tree: ast.Module | None = None) -> Sequence[tuple[str, ...]]:
    """The directories that a module adds to ``sys.path``, which it has to import ``sys`` for."""
    if "sys" not in {r[0] for r in rows}:  # in a third of the time that it takes to ask each
        return ()
    from pytest_fitness.sources.changed_path import additions

    return additions(source, tree)


def reader(outline: tuple[Any, ...], remembers: bool, parts: list[list[str]]) -> Callable[..., object]:  # noqa: FBT001
    """Return what reads some modules of a codebase for another process."""
    return partial(Imports(Tree.from_outline(outline), Path() if remembers else None).share, parts)


def _python_names(root: Path) -> Iterator[str]:
    """Names in *root* that could be imported from it."""
    for entry in os.scandir(root):
        if entry.name.isidentifier() or (entry.name.endswith(".py") and entry.name[:-3].isidentifier()):
            yield entry.name.removesuffix(".py")
