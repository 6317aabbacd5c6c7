"""What is in files: by grimp where they are plain, by the syntax tree where grimp would miss something; in several processes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from functools import partial
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar

from pytest_fitness.model import Import, Row, implicit_parents, row
from pytest_fitness.sources.gate import Gate
from pytest_fitness.sources.grimp_scan import Scanner
from pytest_fitness.sources.known import Known
from pytest_fitness.sources.neighbours import Files, Neighbours, others
from pytest_fitness.sources.other_roots import OtherRoots, other_root
from pytest_fitness.sources.permissions import may_permit
from pytest_fitness.sources.processes import AHEAD, Ready, Work, by_turns, taken
from pytest_fitness.sources.snapshot import Facts, Place, settled
from pytest_fitness.sources.statements import read_imports
from pytest_fitness.sources.texts_alone import decoded, precise_rows, read_text
from pytest_fitness.sources.tree import Source, Tree, from_outlines, outlines, unread

if TYPE_CHECKING:
    from pytest_fitness.sources.calls import Missed

Result = TypeVar("Result")

NOTHING_ADDED: Mapping[str, str] = {}

NAMES_AHEAD = 40
"""Files whose names are read in the time in which another process can be started."""

ROUNDS = 16
"""Files that stand together cost alike, so they are dealt out in so many rounds, for each part to be a mixture."""

Found = tuple[dict[str, Facts], list[str]]
"""Facts by module, and the modules that may be imported by another name than they are judged by."""

Named = tuple[bytes, Sequence[Row]]
"""A digest of what was read, and the imports in it."""

EXPORTS = re.compile(r"\b__all__\s*(?::[^=\n]+)?\+?=\s*[\[(]([^\])]*)")


class Names(NamedTuple):
    """Which names are looked for.

    Attributes:
        precise: top-level third-party packages.
        added: by top-level name, the judged module that is imported by it.
    """

    precise: frozenset[str]
    added: Mapping[str, str]


class Sharing(NamedTuple, Generic[Result]):
    """What several processes do with files.

    Attributes:
        helper: makes, in another process, what does it there.
        more: what that takes beside files; plain values.
        here: does it in this process.
        back: turns what another has found into what *here* would have.
    """

    helper: Callable[..., Callable[..., object]]
    more: tuple[Any, ...]
    here: Callable[[Sequence[Source]], Result]
    back: Callable[[Any], Result]


class FileReader:
    """Reads files.

    Args:
        files: all that there are, whichever are read.
        neighbours: what lies next to the judged ones.
        settled_before: nanoseconds; a file that was changed later may change again without a trace. None where nothing
            will be remembered.
        ready: processes that are ready to help.
    """

    def __init__(
        self, files: Files, neighbours: Neighbours, settled_before: int | None, ready: Ready | None = None
    ) -> None:
        self.files = files
        self.neighbours = neighbours
        self.settled_before = settled_before
        self.ready = ready or Ready()
        self._scanner = Scanner(files.tree)
        self._roots = OtherRoots(files.tree, files.modules, frozenset(files.beside))
        self._gate = Gate(files.modules, files.tree.packages, files.tree.namespaces)

    def read(self, sources: Sequence[Source]) -> dict[str, Facts]:
        """Return facts about *sources*, from as many processes as are worth it.

        Raises:
            SettingsError: one is imported by another name than it is judged by.
        """
        tree = self.files.tree
        parts = [self._read_here(sources)] if tree.rootdir is None else self._facts_by_turns(sources)
        facts = {name: found for read, _ in parts for name, found in read.items()}
        suspect = {name for _, names in parts for name in names}
        for module in (source.module for source in sources if source.module.name in suspect):
            self._roots.refuse(module.path, facts[module.name].rows)
        self._scanner = Scanner(tree)  # the old one holds the names and texts of all imports
        return {source.module.name: facts[source.module.name] for source in sources}  # none may be lost

    def uses(self, source: Source, of: frozenset[str], added: Mapping[str, str], *, is_valid: bool) -> Sequence[Import]:
        """Return the attributes of modules in *of* that *source* uses, by their full names."""
        try:
            return read_imports(source, self.known(added=added)._replace(watched=of), is_valid=is_valid).uses
        except SyntaxError:
            return ()

    def named(
        self, sources: Sequence[Source], facts: Mapping[str, Facts], precise: frozenset[str], added: Mapping[str, str]
    ) -> dict[str, Named]:
        """Return the imports of *sources* again, of which *facts* are known, those of packages in *precise* down to the imported name."""

        def back(answered: tuple[dict[str, Named], list[str]]) -> dict[str, Named]:
            found, unparsed = answered
            return found | here([by_name[name] for name in unparsed])

        def here(sources: Sequence[Source]) -> dict[str, Named]:
            unparsed: list[str] = []
            found = self._named_here(sources, names, unparsed)
            for name in unparsed:  # newer than this interpreter's
                tops = others(added, name)
                rows = [(tops.get(r[0], r[0]), *r[1:]) for r in facts[name].rows]
                precisely = [precise_row for r in rows for precise_row in precise_rows(r, precise)]
                found[name] = (by_name[name].last_digest, precisely)
            return found

        by_name = {source.module.name: source for source in sources}
        names = Names(precise, added)
        if self.files.tree.rootdir is None:
            return here(sources)
        sharing = Sharing(names_helper, (list(precise), dict(added)), here, back)
        return {name: found for part in self._by_turns(sources, sharing, NAMES_AHEAD) for name, found in part.items()}

    def _named_here(self, sources: Sequence[Source], names: Names, unparsed: list[str]) -> dict[str, Named]:
        """The same, without those that cannot be parsed."""
        found: dict[str, Named] = {}
        for source in sources:
            name = source.module.name
            try:
                read = read_imports(source, self.known(names.precise, others(names.added, name))).imports
                found[name] = (source.last_digest, self._with_implicit(source, list(map(row, read))))
            except SyntaxError:
                unparsed.append(name)
            source.forget()
        return found

    def beside(self, wanted: Set[str]) -> dict[str, list[Source]]:
        """Return the code next to the judged packages by the top-level names *wanted*, and what that may import in turn.

        Raises:
            SettingsError: some of it is judged, by another name.
        """
        found: dict[str, list[Source]] = {}
        judged = {s.filename: name for name, s in self.files.tree.sources.items() if s.filename}
        queue = sorted(wanted)
        for top in queue:
            found[top] = self.neighbours.sources(top)
            for source in found[top]:
                if source.filename in judged:
                    raise other_root(source.module.path, source.module.name, judged[source.filename])
                for name, _ in self._gate.stated_tops(decoded(source)):
                    if name not in queue and self.neighbours.has(name):
                        queue.append(name)
        return found

    def mentions_neighbours(self, source: Source) -> bool:
        """Whether the text of *source* has the name of anything beside the judged packages in it."""
        return any(top in decoded(source) for top in self.files.beside)

    def known(self, precise: frozenset[str] = frozenset(), added: Mapping[str, str] = NOTHING_ADDED) -> Known:
        """Return what the reader of one file needs to know of the others.

        Args:
            precise: top-level third-party packages whose submodules are wanted when used as attributes.
            added: by top-level name, the judged module that is imported by it.
        """
        roots = (*self.files.tree.packages, *self.files.beside, *added)
        real_name = partial(self.files.real_name, added)
        return Known(self.files.modules, self._gate.submodules, roots, real_name, self._exports, precise)

    # -- sharing -----------------------------------------------------------------------------------------------------

    def _by_turns(self, sources: Sequence[Source], sharing: Sharing[Result], ahead: int) -> list[Result]:
        def argument(parts: Sequence[Sequence[Source]]) -> tuple[Any, ...]:
            names = [[source.module.name for source in part] for part in parts]
            beside = [(top, outlines(found)) for top, found in self.files.beside.items()]
            return (self.files.tree.outline(), beside, names, *sharing.more)

        dealt = [source for n in range(ROUNDS) for source in sources[n::ROUNDS]]
        work = Work(f"{__name__}:{sharing.helper.__name__}", argument, sharing.here, sharing.back)
        return by_turns(dealt, work, ahead, self.ready)

    def _facts_by_turns(self, sources: Sequence[Source]) -> list[Found]:
        def back(answered: tuple[dict[str, Any], list[str], list[str]]) -> Found:
            found, suspect, unparsed = answered
            here, more = self._read_here([by_name[name] for name in unparsed])
            return {name: Facts(*each) for name, each in found.items()} | here, [*suspect, *more]

        by_name = {source.module.name: source for source in sources}
        return self._by_turns(sources, Sharing(helper, (self.settled_before,), self._read_here, back), AHEAD)

    def _taken(self, parts: Sequence[Sequence[str]], turns: int | Sequence[int]) -> Iterator[tuple[int, list[Source]]]:
        by_name = {source.module.name: source for source in self.files.sources}
        for number in taken(turns):
            yield number, [by_name[name] for name in parts[number]]

    def share(
        self, parts: Sequence[Sequence[str]], turns: int | Sequence[int]
    ) -> tuple[list[int], tuple[dict[str, Any], list[str], list[str]]]:
        """Read those of some *parts*, which are names of modules, whose turn it is, for another process.

        Returns:
            The numbers of the parts; facts by module; modules that may be imported by another name than they are judged by;
            modules that cannot be parsed. The asking process looks at both: only there it is known for sure what is installed,
            and how deeply nested code may be.
        """
        numbers: list[int] = []
        unparsed: list[str] = []
        read: dict[str, Any] = {}
        suspect: list[str] = []
        for number, sources in self._taken(parts, turns):
            found, names = self._read_here(sources, unparsed)
            read.update((name, tuple(each)) for name, each in found.items())
            suspect += names
            numbers.append(number)
        return numbers, (read, suspect, unparsed)

    def share_names(
        self, parts: Sequence[Sequence[str]], names: Names, turns: int | Sequence[int]
    ) -> tuple[list[int], tuple[dict[str, Named], list[str]]]:
        """The same of what `named` returns."""
        numbers: list[int] = []
        unparsed: list[str] = []
        found: dict[str, Named] = {}
        for number, sources in self._taken(parts, turns):
            found |= self._named_here(sources, names, unparsed)
            numbers.append(number)
        return numbers, (found, unparsed)

    # -- reading -----------------------------------------------------------------------------------------------------

    def _read_here(self, sources: Sequence[Source], unparsed: list[str] | None = None) -> Found:
        """Facts about *sources*, but for those that cannot be parsed, where there is a list for them."""
        known = self.known()
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

    def _read_one(self, source: Source, plain: Sequence[Row] | None, known: Known, *, is_left: bool = False) -> Facts:
        remembers = self.settled_before is not None
        digest, stamp = (source.digest, settled(source.stamp, self.settled_before or 0)) if remembers else (b"", None)
        missed = None if plain is None else self._missed(source, plain)
        if plain is not None:
            plain = [found for found in plain if found[0] != source.module.name]
        if plain is not None and missed is not None:
            rows, permits = self._with_implicit(source, [*plain, *missed.rows]), may_permit(source)
            adds = _adds(source, rows)
            return Facts(digest, rows, missed.computed, stamp=stamp, permits=permits, adds=adds, calls=missed.calls)
        failure: tuple[int, str, str] | None = None
        try:
            names = self._gate.names(source, plain or [])
            reading = read_imports(source, known, is_valid=plain is not None, names=names)
        except SyntaxError as error:
            if is_left:
                raise
            if plain is None:
                problem = unread(source, error)
                failure = (problem.location.line, problem.location.text, problem.reason)
            reading = read_text(source, plain or [], known, self._gate, self.neighbours.has)
        rows = self._with_implicit(source, [row(i) for i in reading.imports])
        computed: list[Place] = [(place.line, place.text) for place in reading.computed]
        is_open = self._gate.has_star(decoded(source))
        return Facts(digest, rows, computed, failure, is_open, stamp, may_permit(source), _adds(source, rows))

    def _with_implicit(self, source: Source, rows: Sequence[Row]) -> list[Row]:
        return [*rows, *implicit_parents(source.module.name, rows, self.files.packages)]

    def _missed(self, source: Source, plain: Sequence[Row]) -> Missed | None:
        if self.files.tree.aliases or (
            self.files.beside and not self.files.beside.keys().isdisjoint(r[0].partition(".")[0] for r in plain)
        ):
            return None
        return self._gate.missed(source, plain)

    def _exports(self, package: str) -> tuple[str, ...]:
        """Submodules that the literal ``__all__`` of *package* names: a star import imports them."""
        source = self.files.tree.sources.get(package)
        if source is None or not source.module.is_package or "__all__" not in source.text:
            return ()
        texts = [t for listed in EXPORTS.findall(source.text) for t in re.findall(r"[\"'](\w+)[\"']", listed)]
        return tuple(f"{package}.{t}" for t in texts if f"{package}.{t}" in self.files.modules)


def _adds(source: Source, rows: Sequence[Row]) -> Sequence[tuple[str, ...]]:
    """The directories that a module adds to ``sys.path``, which it has to import ``sys`` for."""
    if "sys" not in {r[0] for r in rows}:  # in a third of the time that it takes to ask each
        return ()
    from pytest_fitness.sources.added_directories import additions

    return additions(source)


def helper(
    outline: tuple[Any, ...], beside: list[tuple[str, Any]], parts: list[list[str]], settled_before: int | None
) -> Callable[..., object]:
    """Return what reads some modules of a codebase for another process."""
    return partial(_reader(outline, beside, settled_before).share, parts)


def names_helper(
    outline: tuple[Any, ...], beside: list[tuple[str, Any]], parts: list[list[str]], *names: Any
) -> Callable[..., object]:
    """Return what reads the names in some modules of a codebase for another process."""
    precise, added = names
    return partial(_reader(outline, beside, None).share_names, parts, Names(frozenset(precise), added))


def _reader(outline: tuple[Any, ...], beside: list[tuple[str, Any]], settled_before: int | None) -> FileReader:
    tree = Tree.from_outline(outline)
    files = Files(tree, {top: from_outlines(found) for top, found in beside})
    return FileReader(files, Neighbours(tree), settled_before)
