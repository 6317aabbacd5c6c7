"""The import graph of a tree, from facts that are remembered where files are as they were, and read where they are not."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, cast

from pytest_fitness.model import (
    Import,
    ImportGraph,
    ImportKind,
    Location,
    Module,
    Row,
    Unread,
    row,
    unhindered,
)
from pytest_fitness.sources.answers import Answer, Answers, Question
from pytest_fitness.sources.environment import is_installed_elsewhere, third_party
from pytest_fitness.sources.grimp_scan import version
from pytest_fitness.sources.neighbours import Files, Neighbours, others, python_names
from pytest_fitness.sources.permissions import may_permit
from pytest_fitness.sources.snapshot import SETTLED, Facts, Outline, Snapshot, compare, concerned, own_code
from pytest_fitness.sources.tree import Source, Tree, unread

if TYPE_CHECKING:
    from pytest_fitness.sources.file_reader import FileReader
    from pytest_fitness.sources.kinds import Kinds
    from pytest_fitness.sources.processes import Ready
    from pytest_fitness.sources.symbols import Statements


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
        self.ready = ready
        self.cache = cache
        self.declared = declared
        self._graphs: dict[frozenset[str], ImportGraph] = {}
        self._statements: dict[str, Statements] = {}
        self._files = Files(tree, {})
        self._neighbours = Neighbours(tree)
        self._last_reader: FileReader | None = None
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
        name, (kind,) = self._answered(source, question, lambda: self._kinds.of(source, each))
        return each._replace(imported=name, kind=cast("ImportKind", kind))

    @cached_property
    def _kinds(self) -> Kinds:
        from pytest_fitness.sources.kinds import Kinds  # for what is asked, and not remembered

        return Kinds(self._reader.known())

    def symbols(self, each: Import) -> Sequence[str]:
        """Return the dotted names that the statement of *each* imports."""
        if each.importer not in self.tree.sources or each.kind in ("implicit", "dynamic", "attribute"):
            return ()
        named, added = self.statement(each.importer, each.location.line)[1], self._added_for(each.importer)
        return tuple(dict.fromkeys(self._files.real_name(added, name) if added else name for name in named))

    def statement(self, module: str, line: int) -> tuple[str, Sequence[str]]:
        """Return what *line* of *module* is within, and the dotted names that it imports."""
        source = self.tree.sources[module]
        return self._answered(source, ("", line), lambda: self._statements_of(source).at(line))

    def _statements_of(self, source: Source) -> Statements:
        """What is known of each line; the syntax tree, which is much larger, is let go of."""
        from pytest_fitness.sources.symbols import Statements, passing_tree

        name = source.module.name
        if name not in self._statements:
            with passing_tree(source):
                self._statements[name] = Statements(source)
        return self._statements[name]

    def _answered(self, source: Source, question: Question, answer: Callable[[], Answer]) -> Answer:
        """What is remembered, or is worked out now; that is remembered if it is of the text whose digest is known."""
        module = source.module.name
        digest = self._facts[module].digest if "_facts" in self.__dict__ else source.digest
        return self._answers.get(module, digest, question, answer, lambda: digest in (b"", source.last_digest))

    def remember(self) -> None:
        """Keep, for the next run, what was asked of single files."""
        if "_answers" in self.__dict__:
            self._answers.save()

    @cached_property
    def _answers(self) -> Answers:
        return Answers(self.cache, (self._key, outline(self.tree), self._files.surroundings))

    def uses(self, module: str, of: frozenset[str]) -> Sequence[Import]:
        """Return the attributes of modules in *of* that *module* uses, by their full names."""
        source, added = self.tree.sources[module], self._added_for(module)

        def answer() -> list[Row]:
            is_valid = not self._facts[module].unread
            return [row(each) for each in self._reader.uses(source, of, added, is_valid=is_valid)]

        found = self._answered(source, ("uses", tuple(sorted(of)), tuple(sorted(added.items()))), answer)
        return [Import(module, r[0], Location(source.module.path, r[1], r[2]), r[3]) for r in found]

    def unparsed(self, module: str) -> Unread | None:
        """Return why the syntax of *module* cannot be read by this interpreter; None where it can."""
        source = self.tree.sources[module]

        def answer() -> tuple[int, str, str] | None:
            from pytest_fitness.sources.symbols import cached_tree, passing_tree

            try:
                with passing_tree(source):
                    cached_tree(source)
                    self._statements_of(source)  # which is what is asked for next
            except SyntaxError as error:
                problem = unread(source, error)
                return (problem.location.line, problem.location.text, problem.reason)
            return None

        found = self._answered(source, ("syntax",), answer)
        return _unread(source.module, found) if found else None

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
            sources = self._files.sources
            tops = ((s, {r[0].partition(".")[0] for r in rows[s.module.name]}) for s in sources)
            rows |= self._precise_rows([source for source, found in tops if not wanted.isdisjoint(found)], precise)
        paths = {source.module.name: source.module.path for source in self._files.sources}
        return ImportGraph(
            rows,
            paths,
            unread={
                s.module.name: _unread(s.module, f) for s in self._files.sources if (f := facts[s.module.name].unread)
            },
            computed={n: [Location(paths[n], *place) for place in f.computed] for n, f in facts.items() if f.computed},
            packages=self._files.packages,
        )

    def _precise_rows(self, sources: Sequence[Source], precise: frozenset[str]) -> dict[str, Sequence[Row]]:
        """The imports of *sources*, those of packages in *precise* down to the imported name."""

        def question(source: Source) -> Question:
            return ("names", tuple(sorted(precise)), tuple(sorted(self._added_for(source.module.name).items())))

        facts, rows = self._facts, dict[str, Sequence[Row]]()
        asked = {s.module.name: question(s) for s in sources if not facts[s.module.name].open}  # or others have a say
        for name, each in asked.items():
            answers = self._answers.known(name, facts[name].digest)
            if each in answers:
                rows[name] = answers[each]
        unknown = [source for source in sources if source.module.name not in rows]
        read = self._reader.named(unknown, facts, precise, self._added) if unknown else {}
        for name, (digest, found) in read.items():
            rows[name] = found
            if name in asked and facts[name].digest in (b"", digest):  # or it was edited during the run
                self._answers.keep(name, facts[name].digest, asked[name], found)
        return rows

    @cached_property
    def _added(self) -> dict[str, str]:
        """By top-level name, the judged module that is imported by it, as the code adds directories to the path."""
        paths = {path for found in self._facts.values() for path in found.adds}
        if not paths:  # as in most codebases, which can do without the module
            return {}
        from pytest_fitness.sources.changed_path import ChangedPath

        changed = ChangedPath(self.tree.packages, self._files.modules, self.tree.namespaces, paths)
        if not changed.last_names:
            return {}
        names = {r[0] for found in self._facts.values() for r in found.rows}
        tops = changed.last_names & {name.partition(".")[0] for name in names} - self._files.beside.keys()
        named = ((top, changed.name_of(top)) for top in sorted(tops))
        return {top: name for top, name in named if name and not self._is_third_party(top)}

    def _added_for(self, module: str) -> dict[str, str]:
        """The same for one module, which is no other name of itself."""
        return others(self._added, module)

    def _is_third_party(self, top: str) -> bool:
        return is_installed_elsewhere(top, self.tree) or third_party(top, self.declared)[0] == "declared"

    @cached_property
    def _facts(self) -> dict[str, Facts]:
        """Facts of every module, remembered ones where the content is the same."""
        modules = outline(self.tree)
        snapshot = Snapshot(self.cache, self._key, modules)
        remembered = snapshot.load()
        if remembered is None:
            return self._read_all(snapshot)
        tops = (top for top in remembered.tops if self._neighbours.has(top))
        self._files = Files(self.tree, {top: self._neighbours.sources(top) for top in tops})
        if remembered.surroundings != self._files.surroundings:
            return self._read_all(snapshot)
        known, sources = remembered.facts, self._files.sources
        moved = set[str]()
        if remembered.modules != modules:
            found = None if self.tree.aliases else concerned(sources, known, remembered.modules, modules)
            if found is None:
                return self._read_all(snapshot)
            moved = found
        changed, touched = compare([s for s in sources if s.module.name not in moved], known, self._settled_before)
        if not changed and not touched and remembered.modules == modules:
            return known
        if not changed.isdisjoint(self._files.packages):
            changed |= {name for name, facts in known.items() if facts.open}
        changed |= moved
        read = self._reader.read([s for s in sources if s.module.name in changed]) if changed else {}
        facts = {name: read.get(name) or touched.get(name) or known[name] for name in (s.module.name for s in sources)}
        if self._beside_of(facts) - self._files.beside.keys():
            return self._read_all(snapshot)
        facts = self._without_unused(facts)
        self._save(snapshot, facts)
        return facts

    @property
    def _reader(self) -> FileReader:
        """Reads the files that there are at the time."""
        if self._last_reader is None or self._last_reader.files is not self._files:
            from pytest_fitness.sources.file_reader import FileReader  # much, and not needed where all is remembered

            before = self._settled_before if self.cache else None
            self._last_reader = FileReader(self._files, self._neighbours, before, self.ready)
        return self._last_reader

    def _save(self, snapshot: Snapshot, facts: dict[str, Facts]) -> None:
        if self.cache:
            tops = self._neighbours.tops(found.rows for found in facts.values())
            snapshot.save(self._files.surroundings, tops, facts)

    def _read_all(self, snapshot: Snapshot) -> dict[str, Facts]:
        self._files = Files(self.tree, {})
        facts = self._reader.read(self._files.sources)
        while new := self._beside_of(facts) - self._files.beside.keys():
            self._files = Files(self.tree, self._reader.beside({*self._files.beside, *new}))
            sources = self._files.sources
            facts |= self._reader.read(
                [s for s in sources if s.module.name not in facts or self._reader.mentions_neighbours(s)]
            )
        facts = self._without_unused({s.module.name: facts[s.module.name] for s in self._files.sources})
        self._save(snapshot, facts)
        return facts

    @cached_property
    def _key(self) -> object:
        """What facts depend on beside the files and the set of them."""
        places = [sorted(python_names(root)) for root in self.tree.roots]
        return (
            version(),
            own_code("names.py", "model/graph.py", "model/contents.py", "sources/*.py"),
            self.tree.packages,
            sorted(self.tree.aliases.items()),
            places,
        )

    def _beside_of(self, facts: Mapping[str, Facts]) -> set[str]:
        """Names of the code beside the judged packages that imports lead to."""
        found: set[str] = set()
        new = self._neighbours.wanted(facts[name].rows for name in self.tree.sources)
        while new:
            found |= new
            names = (s.module.name for top in new for s in self._files.beside.get(top, ()))
            new = self._neighbours.wanted(facts[name].rows for name in names) - found
        return found

    def _without_unused(self, facts: dict[str, Facts]) -> dict[str, Facts]:
        """Let go of code beside the judged packages that was only mentioned, or is not imported any more."""
        beside = self._files.beside
        used = self._beside_of(facts) if beside else set[str]()
        if beside.keys() <= used:
            return facts
        self._files = Files(self.tree, {top: found for top, found in beside.items() if top in used})
        return {source.module.name: facts[source.module.name] for source in self._files.sources}


def _unread(module: Module, found: tuple[int, str, str]) -> Unread:
    line, text, reason = found
    return Unread(module.name, Location(module.path, line, text), reason)


def outline(tree: Tree) -> list[Outline]:
    """Return the judged modules as they are remembered."""
    return [(s.module.name, s.module.path, s.module.is_package) for s in tree.sources.values()]
