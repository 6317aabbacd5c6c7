"""The only code that touches files, grimp and coverage."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from pytest_fitness.errors import FitnessError, NotJudgedError
from pytest_fitness.model import (
    Acceptance,
    Bindings,
    Codebase,
    Conduct,
    CoverageReport,
    Handler,
    Handlers,
    Import,
    ImportGraph,
    Module,
    Permission,
    Recorded,
    Unread,
    unhindered,
)
from pytest_fitness.sources import recorded
from pytest_fitness.sources.environment import Known, is_module, refuse_stale_copy, third_party
from pytest_fitness.sources.recorded import write_whole
from pytest_fitness.sources.snapshot import has_any
from pytest_fitness.sources.tree import Project, Source, Tree, find_packages, read_tree

if TYPE_CHECKING:
    from pytest_fitness.model.contents import Frameworks
    from pytest_fitness.sources.imports import Imports
    from pytest_fitness.sources.known_files import KnownFiles
    from pytest_fitness.sources.processes import Ready
    from pytest_fitness.sources.syntax import Finder

__all__ = ["Project", "Run", "find_packages", "from_texts", "read", "write_whole"]


class Run(NamedTuple):
    """What a codebase is told of the run.

    Attributes:
        coverage: takes the files, and whether the contexts of each line are wanted.
        record: whether coverage is written down for rules that compare with what was.
        updates: options by which other files that rules compare with are written.
        partial: says why not every rule may be judged in this run.
        acceptance: makes what sorts out what rules find, given the files of known violations.
    """

    coverage: Callable[[Tree, bool], CoverageReport]
    record: bool = False
    updates: frozenset[str] = frozenset()
    acceptance: Callable[[KnownFiles], Acceptance] | None = None
    partial: Callable[[], str] = str


class _Reader:
    """Answers what a codebase asks, each question when it is first asked."""

    def __init__(
        self,
        tree: Tree,
        declared: Iterable[str],
        frameworks: Frameworks | Callable[[], Frameworks] | None,
        run: Run,
        cache: Path | None,
    ) -> None:
        self.tree = tree
        self.ready: Ready | None = None
        self.declared = tuple(declared)
        self.frameworks = frameworks
        self.cache = cache
        self.run = run
        self._permissions: dict[str, list[Permission]] = {}
        self._bindings: dict[str, Bindings] = {}
        self._begun = time.time_ns()

    @cached_property
    def imports(self) -> Imports:
        from pytest_fitness.sources.imports import Imports  # other processes that look for handlers do without

        return Imports(self.tree, self.cache, self._begun, self.declared, self.ready)

    def graph(self, precise: frozenset[str]) -> ImportGraph:
        return self.imports.graph(precise)

    def detail(self, each: Import) -> Import:
        return self.imports.detail(each)

    def symbols(self, each: Import) -> Sequence[str]:
        return self.imports.symbols(each)

    def bindings(self, module: str) -> Bindings:
        from pytest_fitness.sources.symbols import module_bindings  # here and below: rules about imports do without

        if module not in self._bindings:
            self._bindings[module] = module_bindings(self.tree.sources[module])
        return self._bindings[module]

    def unparsed(self, module: str) -> Unread | None:
        return self.imports.unparsed(module)

    def uses(self, module: str, of: frozenset[str]) -> Sequence[Import]:
        return self.imports.uses(module, of)

    def statement(self, module: str, line: int) -> tuple[str, Sequence[str]]:
        return self.imports.statement(module, line)

    def remember(self) -> None:
        if "imports" in self.__dict__:
            self.imports.remember()

    def permissions(self, module: str | None) -> Sequence[Permission]:
        if module is not None:
            if module not in self.tree.sources:
                return ()
            if module not in self._permissions:
                from pytest_fitness.sources.permissions import permissions

                self._permissions[module] = list(permissions(self.tree.sources[module]))
            return self._permissions[module]
        return [found for name in self.imports.modules_with_permissions() for found in self.permissions(name)]

    def third_party(self, name: str) -> tuple[Known, Sequence[str]]:
        known, others = third_party(name, self.declared)
        is_beside = not known and any(is_module(root, name) for root in self.tree.roots)
        return "installed" if is_beside else known, others

    @cached_property
    def finder(self) -> Finder:
        from pytest_fitness.model.contents import Frameworks
        from pytest_fitness.sources.syntax import Finder

        known = self.frameworks() if callable(self.frameworks) else self.frameworks
        return Finder(self.tree, known or Frameworks(), self.cache, self.ready)

    def handlers(self, modules: Sequence[Module]) -> Handlers:
        return self.finder.handlers([m.name for m in modules])

    def conduct(self, handler: Handler) -> Conduct:
        return self.finder.conduct(handler)

    def coverage(self, *, contexts: bool) -> CoverageReport:
        return self.run.coverage(self.tree, contexts)

    def changed_lines(self, against: str) -> Mapping[str, frozenset[int]]:
        if self.tree.rootdir is None:
            raise NotJudgedError("a codebase in memory has no history")
        from pytest_fitness.sources.history import changed_lines
        from pytest_fitness.sources.symbols import statement_starts

        lines = changed_lines(self.tree.rootdir, against)
        files = ((name, os.path.realpath(s.filename)) for name, s in self.tree.sources.items() if s.filename)
        found = {name: lines[path] for name, path in files if path in lines}
        starts = {name: statement_starts(self.tree.sources[name]) for name in found}
        return {name: changed | {starts[name].get(line, line) for line in changed} for name, changed in found.items()}

    def function_lines(self, module: str) -> frozenset[int]:
        from pytest_fitness.sources.symbols import function_lines

        return function_lines(self.tree.sources[module])

    def recorded(self, scope: str) -> Recorded | None:
        return recorded.read(self.tree.rootdir).get(scope) if self.tree.rootdir else None

    @property
    def is_recording(self) -> bool:
        return self.run.record

    @property
    def updates(self) -> frozenset[str]:
        return self.run.updates

    @property
    def partial_run(self) -> str:
        return self.run.partial()

    def read_text(self, path: str) -> str | None:
        file = self.tree.rootdir / path if self.tree.rootdir else None
        try:
            return file.read_text(encoding="utf-8") if file is not None and file.is_file() else None
        except UnicodeDecodeError as error:
            raise FitnessError(f"{path} cannot be read: it is not UTF-8 at byte {error.start}") from None

    def write_text(self, path: str, text: str) -> None:
        if self.tree.rootdir:  # pragma: no branch - nobody is asked to write for a codebase in memory
            if not (self.tree.rootdir / path).parent.is_dir():
                raise FitnessError(f"{path} cannot be written: there is no such directory")
            recorded.write_whole(self.tree.rootdir / path, text)

    def record(self, scope: str, found: Recorded) -> None:
        if self.tree.rootdir:  # pragma: no branch - nobody is asked to record a codebase in memory
            recorded.write(self.tree.rootdir, {**recorded.read(self.tree.rootdir), scope: found})


def read(
    project: Project,
    *,
    layers: Mapping[str, tuple[str, ...]] | None = None,
    frameworks: Frameworks | Callable[[], Frameworks] | None = None,
    run: Run | None = None,
    cache: Path | None = None,
) -> Codebase:
    """Find the code of *project*. The files themselves are read when a rule asks for what is in them.

    Args:
        project: where the code is.
        layers: names for parts of the code.
        frameworks: those whose handlers are looked for, or what returns them when a rule asks for handlers.
        run: what is to be known of it; without it there is no coverage.
        cache: a directory to remember facts about files in, by their content.

    Raises:
        SettingsError: the packages cannot be found.
        EmptySelectionError: an ``exclude`` entry or a layer matches nothing.
        StaleCopyError: Python would import other code than this.
    """
    ready = None
    if cache is None or not has_any(cache):
        from pytest_fitness.sources.processes import Ready

        ready = Ready()
    with unhindered():
        tree = read_tree(project, ready.expect if ready else None)
    refuse_stale_copy(tree)
    modules = [s.module for s in tree.sources.values()]
    run = run or Run(_no_coverage)
    reader = _Reader(tree, project.declared, frameworks, run, cache)
    reader.ready = ready
    codebase = Codebase(tree.packages, modules, reader, layers, str(project.rootdir))
    if run.acceptance:
        from pytest_fitness.sources.known_files import KnownFiles

        codebase.acceptance = run.acceptance(KnownFiles(project.rootdir, tree))
    return codebase


def from_texts(
    texts: Mapping[str, str],
    *,
    layers: Mapping[str, tuple[str, ...]] | None = None,
    frameworks: Frameworks | None = None,
    coverage: CoverageReport | None = None,
) -> Codebase:
    """Build a codebase from module names and source texts, without a disk. A module with submodules is a package."""
    tree = Tree(tuple(dict.fromkeys(name.partition(".")[0] for name in texts)))
    for name, text in texts.items():
        is_package = any(other.startswith(f"{name}.") for other in texts)
        path = name.replace(".", "/") + ("/__init__.py" if is_package else ".py")
        tree.sources[name] = Source(Module(name, path, is_package), data=text.encode())
    parts = (name.split(".") for name in texts)
    above = {".".join(p[:n]) for p in parts for n in range(1, len(p))}
    tree.namespaces = above - tree.sources.keys()
    modules = [s.module for s in tree.sources.values()]

    def given(tree: Tree, contexts: bool) -> CoverageReport:  # noqa: FBT001 - its shape is given
        return _no_coverage(tree, contexts) if coverage is None else coverage

    return Codebase(tree.packages, modules, _Reader(tree, (), frameworks, Run(given), None), layers)


def _no_coverage(_tree: Tree, _contexts: bool) -> CoverageReport:  # noqa: FBT001 - its shape is given
    raise NotJudgedError("there is no coverage data for this codebase")
