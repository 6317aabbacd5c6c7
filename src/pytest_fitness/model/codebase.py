"""The codebase that a rule looks at, and the shape of a rule."""

from __future__ import annotations

import copy
import gc
import sys
from collections.abc import Generator, Iterable, Mapping, Sequence, Set
from contextlib import contextmanager
from functools import cached_property
from pathlib import PurePath
from typing import ClassVar, Protocol

from pytest_fitness.errors import (
    CoverageDataError,
    EmptySelectionError,
    FitnessError,
    NotJudgedError,
    RuleError,
    SettingsError,
)
from pytest_fitness.model.acceptance import Acceptance, Permission, Verdict
from pytest_fitness.model.code import (
    NOTHING_DECLARED,
    Bindings,
    Conduct,
    CoverageReport,
    FileCoverage,
    Handler,
    Handlers,
    Import,
    Module,
    Recorded,
    Unread,
    shown_results,
)
from pytest_fitness.model.evaluation import Evaluation
from pytest_fitness.model.graph import ImportGraph
from pytest_fitness.model.sources import Sources
from pytest_fitness.model.violation import Location, Violation
from pytest_fitness.names import NameIndex, has_wildcard, is_exactly, is_under

MANY = 20_000
"""So many new objects take longer to look through for garbage than they are worth."""


class Rule(Protocol):
    """Anything with a name that finds violations in a codebase.

    A rule is a value: a frozen dataclass. `find` raises `FitnessError` where it cannot judge, and `EmptySelectionError`
    where it would look at nothing.
    """

    name: ClassVar[str]

    def find(self, codebase: Codebase) -> Iterable[Violation]:
        """Yield what breaks this rule, in any order."""
        ...


class Codebase:
    """The source code that is judged. Get it from the ``codebase`` fixture, or from `pytest_fitness.testing.codebase`.

    Attributes:
        packages: full names of the top-level packages.
        modules: every module by full name, in alphabetical order.
        layers: names of layers from the settings, each with the names or patterns that it stands for.
        evaluations: what was judged so far, oldest first.
        acceptance: what is accepted of what rules find; None where everything is new.
        is_asked: whether rules are judged to answer a question, so that a test with several goes on after a broken one.
        is_supposed: whether this is not the code as it is, but a question.
        parts: what the layers of all rules are called, with their modules, where it is known.
    """

    def __init__(
        self,
        packages: Sequence[str],
        modules: Iterable[Module],
        sources: Sources,
        layers: Mapping[str, tuple[str, ...]] | None = None,
        rootdir: str = "",
    ) -> None:
        self.packages = tuple(packages)
        self.modules = {m.name: m for m in sorted(modules, key=lambda m: m.name)}
        self.layers = dict(layers or {})
        self.evaluations: list[Evaluation] = []
        self.acceptance: Acceptance | None = None
        self.is_asked = False
        self.is_supposed = False
        self.parts: Mapping[str, frozenset[str]] = {}
        self._index = NameIndex(self.modules)
        self._known_patterns: dict[str, tuple[str, ...]] = {}
        self._sources = sources
        self._rootdir = rootdir
        self._given: tuple[Handler, ...] | None = None
        self._current = Evaluation("")
        for layer in self.layers:
            if layer in self.modules:
                raise SettingsError(f"the layer {layer!r} is called like a module; rules could not tell them apart")
            self._patterns(layer)

    def __repr__(self) -> str:
        count = len(self.modules)
        return f"<Codebase {', '.join(self.packages)}: {count} module{'s' * (count != 1)}>"

    # -- judging ---------------------------------------------------------------------------------------------------

    def violations(self, rule: Rule, *, place: str = "", contract: str = "") -> list[Violation]:
        """Return what *rule* finds, in file order; an empty list means that the rule was checked and holds.

        What is known, waived or permitted on its own line is left out, and counted in the summary.

        Args:
            rule: any rule.
            place: where the rule is written; by default the calling line.
            contract: the name of the contract that it is from.

        Raises:
            EmptySelectionError: a name in the rule selects nothing.
            NotJudgedError: this run cannot tell.
            FitnessError: the code, the coverage data or the known violations cannot be judged.
        """
        __tracebackhide__ = True
        if isinstance(rule, type):
            raise RuleError(f"{rule.__name__} is a class; a rule is made of it: {rule.__name__}(...)")
        if not hasattr(rule, "find") or not hasattr(rule, "name"):  # texts have a `find`, too
            raise RuleError(f"one rule is wanted, such as `Layers(...)`; got {rule!r}")
        where = place or _caller(self._rootdir)
        current = self._current = Evaluation(rule.name, place=where, contract=contract, value=rule, codebase=self)
        try:
            with unhindered():
                found = sorted(rule.find(self), key=lambda v: v.sort_key)
                current.say_unseen()
                current.verdict = self.acceptance.sort_out(self, current, found) if self.acceptance else Verdict(found)
                current.violations = current.verdict.new
        except FitnessError as error:
            if self.is_asked and isinstance(error, NotJudgedError | CoverageDataError):
                return []  # nothing that could object to an import
            raise error.with_traceback(None) from None
        self.evaluations.append(current)
        self._sources.remember()
        if self.is_asked:
            return []
        return current.violations

    def note(self, text: str) -> None:
        """Record something about the rule that is being judged that a green result should not hide."""
        if text not in self._current.notes:
            self._current.notes.append(text)

    def note_unseen(self, text: str) -> None:
        """Record a handler, with its place, whose code is somewhere else, as that of an action which a view inherits."""
        self._current.unseen[text] = None

    def note_count(self, text: str) -> None:
        """Record how much of something the rule judged, such as ``"14 handlers"``."""
        self._current.counts.append(text)

    # -- selecting -------------------------------------------------------------------------------------------------

    def select(self, name: str) -> list[Module]:
        """Return the modules that *name* stands for, everything below them included.

        Args:
            name: a layer from the settings, a full name (``"shop.api"``), a name under a top-level package (``"api"``),
                or a pattern (``"shop.*.models"``, ``"**.routes"``).

        Raises:
            EmptySelectionError: nothing matches.
        """
        found = self.modules_of(name)
        if not found:
            raise EmptySelectionError("module", name, self._known_names(), self._hint())
        self._current.judged += len(found)
        return found

    def patterns(self, name: str) -> Sequence[str]:
        """Return the full names and patterns that *name* stands for; none where it stands for nothing here."""
        if name not in self._known_patterns:
            self._known_patterns[name] = tuple(self._patterns(name))
        return self._known_patterns[name]

    def named(self, name: str, graph: ImportGraph) -> frozenset[str]:
        """Return the names in *graph* that *name* stands for, packages without a file of their own among them."""
        found = frozenset[str]().union(*(graph.index.select(pattern) for pattern in self.patterns(name)))
        return found - self.third_party(graph)

    def third_party(self, graph: ImportGraph) -> frozenset[str]:
        """Return the names in *graph* that do not lie in the codebase."""
        return graph.outside(self.packages)

    def is_internal(self, name: str) -> bool:
        """Whether *name* lies in the codebase, there or not."""
        return name in self.modules or any(is_under(name, package) for package in self.packages)

    def modules_of(self, name: str) -> list[Module]:
        """Return the modules that *name* stands for; none where it stands for nothing here."""
        found = frozenset[str]().union(*(self._index.select(pattern) for pattern in self.patterns(name)))
        return [self.modules[n] for n in sorted(found)]

    def _patterns(self, name: str) -> list[str]:
        """Full names or patterns for *name*, each of which matches at least one module."""
        if name not in self.layers:
            return self._full_names(name)
        patterns: list[str] = []
        for part in self.layers[name]:
            full = self._full_names(part)
            if not full:
                raise EmptySelectionError("module", part, self._known_names(), f"it is part of the layer {name!r}")
            patterns += full
        return patterns

    def _full_names(self, name: str) -> list[str]:
        spelt_out = [name, *(f"{package}.{name}" for package in self.packages)]
        found = [full for full in spelt_out if self._index.select(full)]
        return [name] if name in found and not has_wildcard(name) else found

    def _known_names(self) -> list[str]:
        full = {name for module in self.modules for name in (module, *_above(module, self.packages))}
        return [*self.layers, *full, *(n.partition(".")[2] for n in full if "." in n)]

    def _hint(self) -> str:
        tops = sorted({".".join(n.split(".")[:2]) for n in self.modules})
        shown = ", ".join(tops[:8]) + (", ..." if len(tops) > 8 else "")
        return f"the codebase holds {shown}"

    # -- asking ----------------------------------------------------------------------------------------------------

    def imports(self, precise: Iterable[str] = ()) -> ImportGraph:
        """Return the import graph, third-party packages included by their top-level name.

        Args:
            precise: top-level third-party packages of which the imported submodules and names matter.
        """
        return self._sources.graph(frozenset(precise))

    def detail(self, each: Import) -> Import:
        """Return *each* with its kind; parses the one file that it is in."""
        return self._sources.detail(each)

    def symbols(self, each: Import) -> Sequence[str]:
        """Return the dotted names that the statement of *each* imports; parses the one file that it is in."""
        return self._sources.symbols(each)

    def bindings(self, module: str) -> Bindings:
        """Return what *module* imports and defines at module level; parses its file."""
        return self._sources.bindings(module)

    def unparsed(self, module: str) -> Unread | None:
        """Say why the names that *module* imports and binds cannot be told; None where they can. Parses its file."""
        return self._sources.unparsed(module)

    def uses(self, module: str, of: Iterable[str]) -> Sequence[Import]:
        """Return what *module* uses of the modules in *of* as attributes, by full name; parses its file."""
        return self._sources.uses(module, frozenset(of))

    def statement(self, location: Location) -> tuple[str, Sequence[str]]:
        """Return the qualified name of what a place is within, and the names its statement imports; parses its file."""
        module = self._by_path.get(location.path)
        return self._sources.statement(module, location.line) if module else ("", ())

    def permissions(self, path: str | None = None) -> Sequence[Permission]:
        """Return the comments ``# fitness: allow[rule] reason`` in the file *path*, or in all files."""
        if path is None:
            return self._sources.permissions(None)
        module = self._by_path.get(path)
        return self._sources.permissions(module) if module else ()

    @cached_property
    def _by_path(self) -> dict[str, str]:
        return {module.path: name for name, module in self.modules.items()}

    def expand(self, pattern: str) -> list[str]:
        """Return the modules and packages that *pattern* stands for by themselves, without what is below them.

        Raises:
            EmptySelectionError: nothing matches.
        """
        parts = self.layers.get(pattern, (pattern,))
        full = [full for part in parts for full in (part, *(f"{package}.{part}" for package in self.packages))]
        found = [name for name in self._every_name if any(is_exactly(name, f) for f in full)]
        if not found:
            raise EmptySelectionError("module", pattern, self._known_names(), self._hint())
        return found

    @cached_property
    def _every_name(self) -> list[str]:
        """Modules, and packages above them that have no file."""
        above = {name for module in self.modules for name in _above(module, self.packages)}
        return sorted(self.modules.keys() | above)

    def place(self, name: str) -> Location:
        """Return the beginning of a module, or of the first module in a package without a file."""
        module = self.modules.get(name) or self.modules_of(name)[0]
        return Location(module.path, 1)

    def require_module(self, name: str, imported: Set[str]) -> None:
        """Check that *name*, which selects nothing here, is a third-party or standard library module all the same.

        Args:
            name: a dotted name.
            imported: names that are imported from outside the codebase, for suggestions.

        Raises:
            EmptySelectionError: nothing of that name is installed or declared, so a rule about it would check nothing.
        """
        internal = self.is_internal(name)
        known_as, others = ("", ()) if internal or has_wildcard(name) else self._sources.third_party(name)
        tops = {each.partition(".")[0] for each in imported}
        if known_as == "declared" and name.lower() in {top.lower() for top in tops}:
            raise EmptySelectionError("module", name, tops, "that is how it is imported")
        if known_as == "declared":
            self.note(f"{name!r} is declared, but not installed: taken for the name of a module")
        if not known_as:
            import difflib

            # of thousands of installed packages, something is always a little like it
            near = difflib.get_close_matches(name, {*imported, *others}, cutoff=0.8)
            known = [*self._known_names(), *near]
            hint = "" if internal else "it is neither imported, nor installed, nor a declared dependency"
            raise EmptySelectionError("module", name, known, hint)

    def handlers(self, modules: Sequence[Module]) -> Handlers:
        """Return the request handlers in *modules*."""
        if self._given is None:
            try:
                with unhindered():
                    return self._sources.handlers(modules)
            except RecursionError:
                raise FitnessError(
                    "the code is nested too deeply for Python's own recursion limit to be read"
                ) from None
        names = {module.name for module in modules}
        return Handlers(tuple(h for h in self._given if h.module in names), (), ("the running application",))

    def conduct(self, handler: Handler) -> Conduct:
        """Return what the body of a handler does that `handlers` has returned."""
        if self._given is not None:
            raise RuleError(f"what {handler.title} does is read from the source; judge `codebase` itself")
        return self._sources.conduct(handler)

    def with_handlers(self, *handlers: Handler) -> Codebase:
        """Return the same code with other handlers, such as those that `pytest_fitness.runtime.routes` returns.

        Of a result that is declared nowhere, as far as they know, the source may tell more: ``return FileResponse(...)``.
        What is judged on it counts in the summary as if it was judged here.
        """
        other = copy.copy(self)
        modules = {h.module for h in handlers if h.output.detail == NOTHING_DECLARED} & self.modules.keys()
        read = shown_results(self.handlers([self.modules[name] for name in modules]).found if modules else ())
        other.__dict__["_given"] = tuple(
            h.shown_by(read).moved(self.modules[h.module].path) if h.module in self.modules else h for h in handlers
        )
        return other

    # -- supposing ---------------------------------------------------------------------------------------------------

    def with_imports(
        self,
        *added: Import,
        symbols: Mapping[Location, tuple[str, ...]] | None = None,
        removed: Iterable[tuple[str, str, int]] = (),
    ) -> Codebase:
        """Return the same code with other imports; `pytest_fitness.model.planted_import` makes one.

        Args:
            added: imports that are not there.
            symbols: what their statements import, by location, where it is more than the module.
            removed: importer, imported name and line of imports to do without.
        """
        return self._supposing(added=added, symbols_of=symbols or {}, removed=frozenset(removed))

    def with_conduct(self, conducts: Mapping[Handler, Conduct]) -> Codebase:
        """Return the same code with further handlers, given what they do."""
        if self._given is not None:
            other = self._supposing()
            other._given = (*self._given, *conducts)  # noqa: SLF001 - of a codebase
            return other
        return self._supposing(handlers_added=conducts)

    def with_coverage(
        self, files: Mapping[str, FileCoverage], lines: Mapping[str, frozenset[int]] | None = None
    ) -> Codebase:
        """Return the same code with other coverage.

        Args:
            files: coverage by module.
            lines: by module, lines that count as changed and as inside of functions.
        """
        return self._supposing(files=files, lines=lines or {})

    def with_modules(self, *added: Module) -> Codebase:
        """Return the same code with further modules, which have nothing in them."""
        other = self._supposing()
        other.modules = {m.name: m for m in sorted([*self.modules.values(), *added], key=lambda m: m.name)}
        other._index = NameIndex(other.modules)  # noqa: SLF001 - of a codebase
        other._known_patterns = {}  # noqa: SLF001
        return other

    def _supposing(self, **differences: object) -> Codebase:
        """A codebase for questions, which remembers nothing of what is judged on it."""
        from pytest_fitness.model.altered import altered

        other = copy.copy(self)
        other._sources = altered(self._sources, **differences) if differences else self._sources  # noqa: SLF001
        other._current = Evaluation("")  # noqa: SLF001
        other.__dict__.pop("_by_path", None)
        other.__dict__.pop("_every_name", None)
        other.evaluations = []
        other.is_supposed = True
        return other

    # -- what live rules need ----------------------------------------------------------------------------------------

    @property
    def rule_location(self) -> Location:
        """The line on which the rule that is being judged is written."""
        path, _, line = self._current.place.rpartition(":")
        return Location(path or self._current.place, int(line) if line.isdigit() else 1)

    def relative(self, location: Location) -> Location:
        """Return *location*, whose path is absolute, relative to rootdir where it lies there."""
        path = PurePath(location.path)
        if self._rootdir and path.is_relative_to(self._rootdir):
            return location._replace(path=path.relative_to(self._rootdir).as_posix())
        return location

    def is_updating(self, option: str) -> bool:
        """Whether this run was asked by *option* to write a file that rules compare with."""
        return option in self._sources.updates

    @property
    def partial_run(self) -> str:
        """Why not every rule may be judged in this run; an empty string where all are."""
        return self._sources.partial_run

    def read_text(self, path: str) -> str | None:
        """Return the text of a file in rootdir; None where there is none."""
        return self._sources.read_text(path)

    def write_text(self, path: str, text: str) -> None:
        """Write a file in rootdir: only where this run was asked to, see `is_updating`."""
        self._sources.write_text(path, text)

    def coverage(self, *, contexts: bool = False) -> CoverageReport:
        """Return the coverage of this run, by module; with *contexts*, also which tests ran each line."""
        return self._sources.coverage(contexts=contexts)

    def changed_lines(self, against: str) -> Mapping[str, frozenset[int]]:
        """Return the lines that are new or different since the branch left *against*, by module.

        Raises:
            NotJudgedError: there is no git, or not enough history.
        """
        return self._sources.changed_lines(against)

    def function_lines(self, module: str) -> frozenset[int]:
        """Return the lines of *module* that are inside of functions; all others run when it is imported."""
        return self._sources.function_lines(module)

    def recorded(self, scope: str) -> Recorded | None:
        """Return the coverage of *scope* that is written down; None where there is none."""
        return self._sources.recorded(scope)

    @property
    def is_recording(self) -> bool:
        """Whether this run was asked to write coverage down."""
        return self._sources.is_recording

    def record(self, scope: str, found: Recorded) -> None:
        """Write down *found*: only where this run was asked to, see `is_recording`."""
        self._sources.record(scope, found)


def _above(module: str, packages: Sequence[str]) -> Iterable[str]:
    parts = module.split(".")
    names = (".".join(parts[:n]) for n in range(1, len(parts)))
    return (name for name in names if any(is_under(name, package) for package in packages))


def _caller(rootdir: str) -> str:
    """``path:line`` of the test that called `Codebase.violations`, relative to *rootdir* if it lies there."""
    frame = sys._getframe(2)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - documented all the same
    path = PurePath(frame.f_code.co_filename)
    shown = path.relative_to(rootdir) if rootdir and path.is_relative_to(rootdir) else path
    return f"{shown.as_posix()}:{frame.f_lineno}"


@contextmanager
def unhindered() -> Generator[None]:
    """Leave the garbage collector off while many small objects are made that all stay; it need not look at them later, either: all that is alive is frozen."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:  # pragma: no branch - or somebody else has reasons
            if gc.get_count()[0] > MANY:
                gc.freeze()
            gc.enable()
