"""The import graph of a tree: grimp for the plain files, the syntax tree for files in which grimp would miss something."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cached_property

from pytest_fitness.errors import SettingsError
from pytest_fitness.model import Import, ImportGraph, Location, Unread, implicit_parents
from pytest_fitness.names import is_under, parents
from pytest_fitness.sources.environment import is_installed_elsewhere
from pytest_fitness.sources.grimp_scan import can_scan, scan
from pytest_fitness.sources.statements import IMPORTERS, Known, Reading, absolute, read_imports
from pytest_fitness.sources.tree import Source, Tree, neighbours, unread

IMPORT_CALL = re.compile(rf"\b(?:{'|'.join(sorted(IMPORTERS))}|importlib|pkgutil|runpy|(?:exec|eval)\s*\()")
GAP = r"(?:[ \t]|\\\n)+"
STATEMENT = re.compile(rf"\bfrom{GAP}(?P<base>[.\w]+){GAP}import\b|\bimport{GAP}(?P<names>(?:[\w., \t]|\\\n)+)")
STAR = re.compile(r"\bimport\s*\*")
EXPORTS = re.compile(r"\b__all__\s*(?::[^=\n]+)?\+?=\s*[\[(]([^\])]*)")
WHOLE_STATEMENT = re.compile(
    rf"^[ \t]*(?:lazy\s+)?(?:from{GAP}[.\w]+{GAP}import{GAP}(?:\([^)]*\)|[^\n(;]*$)|import{GAP}[\w., \t]*$)",
    re.MULTILINE,
)
PLAIN_IMPORT = re.compile(r"(?:^|[;:])\s*(?:lazy\s+)?import\b")
NAMED = re.compile(r"\b(?:from|import)\s+(\w[.\w]*)")
LITERAL_CALL = re.compile(rf"\b(?:{'|'.join(sorted(IMPORTERS))})\(\s*[\"']([\w.]+)[\"']")


class Imports:
    """Reads the imports of *tree*, once for plain questions and once more for each set of precise packages."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self._graphs: dict[frozenset[str], ImportGraph] = {}
        self._details: dict[str, list[Import]] = {}

    def graph(self, precise: frozenset[str]) -> ImportGraph:
        """Return the import graph with the third-party packages in *precise* down to the imported name."""
        if precise not in self._graphs:
            self._graphs[precise] = self._build(precise)
        return self._graphs[precise]

    def detail(self, each: Import) -> Import:
        """Return *each* with its kind."""
        if each.kind != "module" or each.importer in self._closely_read or each.importer not in self.tree.sources:
            return each
        if each.importer not in self._details:
            try:
                self._details[each.importer] = read_imports(
                    self.tree.sources[each.importer], self._known(frozenset())
                ).imports
            except SyntaxError:
                return each
        found = (i for i in self._details[each.importer] if i.location.line == each.location.line)
        return next((i for i in found if is_under(i.imported, each.imported)), each)

    # -- building --------------------------------------------------------------------------------------------------

    def _build(self, precise: frozenset[str]) -> ImportGraph:
        known = self._known(precise)
        imports: list[Import] = []
        missing: dict[str, Unread] = {}
        computed: dict[str, list[Location]] = {}
        for source in self._all_sources:
            name = source.module.name
            plain = self._plain.get(name)
            if plain is not None and not self._closer(source, plain, precise | self._beside.keys()):
                imports += plain
                continue
            try:
                reading = read_imports(source, known)
            except SyntaxError as error:
                if plain is None:
                    missing[name] = unread(source, error)
                calls = [self._place(source, m.start()) for m in IMPORT_CALL.finditer(_decoded(source))]
                reading = Reading(list(self._from_text(source, plain or [], known)), calls)
            imports += reading.imports
            if reading.computed:
                computed[name] = reading.computed
        self._refuse_other_root(imports)
        packages = {s.module.name for s in self._all_sources if s.module.is_package}
        imports += list(implicit_parents(imports, packages))
        return ImportGraph(imports, missing, computed)

    @cached_property
    def _plain(self) -> dict[str, list[Import]]:
        return scan(self.tree, [s for s in self.tree.sources.values() if can_scan(s, self.tree)])

    @cached_property
    def _closely_read(self) -> frozenset[str]:
        """Modules whose imports came from the syntax tree, with kinds."""
        plain = self._plain
        return frozenset(
            name
            for name, source in self.tree.sources.items()
            if name not in plain or self._closer(source, plain[name], frozenset())
        )

    def _known(self, precise: frozenset[str]) -> Known:
        roots = (*self.tree.packages, *self._beside)
        return Known(self._modules, roots, self.tree.real_name, self._exports, precise)

    @cached_property
    def _modules(self) -> frozenset[str]:
        return frozenset(s.module.name for s in self._all_sources) | self.tree.namespaces

    @property
    def _all_sources(self) -> list[Source]:
        return [*self.tree.sources.values(), *(s for sources in self._beside.values() for s in sources)]

    @cached_property
    def _beside(self) -> dict[str, list[Source]]:
        """Code next to the judged packages that they import, by top-level name: not judged, but paths lead through it."""
        found: dict[str, list[Source]] = {}
        judged = {s.file: name for name, s in self.tree.sources.items() if s.file is not None}
        queue = [i.imported for imports in self._plain.values() for i in imports]
        for imported in queue:
            top = imported.partition(".")[0]
            if top in found or any(is_under(package, top) for package in self.tree.packages):
                continue
            found[top] = [] if is_installed_elsewhere(top, self.tree) else neighbours(self.tree, top)
            for source in found[top]:
                if source.file in judged:
                    raise _other_root(source.module.path, source.module.name, judged[source.file])
                queue += self._text_imports(source)
        return {top: sources for top, sources in found.items() if sources}

    def _text_imports(self, source: Source) -> list[str]:
        matches = list(STATEMENT.finditer(_decoded(source)))
        names = [m["base"] or part for m in matches for part in (m["names"] or "").split(",")]
        return [words[0] for name in names if (words := name.split()) and not words[0].startswith(".")]

    def _refuse_other_root(self, imports: Iterable[Import]) -> None:
        """``import app.x`` of a file that is judged as ``backend.app.x`` would look like a third-party import.

        Raises:
            SettingsError: the source root is wrong, so nothing would be found.
        """
        for each in imports:
            if any(is_under(each.imported, root) for root in (*self.tree.packages, *self._beside)):
                continue
            match = NAMED.search(each.location.text)
            name = match[1] if match else each.imported
            above = [p for package in self.tree.packages for p in (package, *parents(package))]
            judged = [n for p in above if (n := f"{p}.{name}") in self._modules and "." in name]
            judged += [n for n in [name.partition(".")[2]] if "." in n and n in self._modules]
            if judged and not is_installed_elsewhere(name.partition(".")[0], self.tree):
                raise _other_root(str(each.location), name, judged[0])

    def _exports(self, package: str) -> tuple[str, ...]:
        """Submodules that the literal ``__all__`` of *package* names: a star import imports them."""
        source = self.tree.sources.get(package)
        if source is None or not source.module.is_package or "__all__" not in source.text:
            return ()
        texts = [t for listed in EXPORTS.findall(source.text) for t in re.findall(r"[\"'](\w+)[\"']", listed)]
        return tuple(f"{package}.{t}" for t in texts if f"{package}.{t}" in self._modules)

    @staticmethod
    def _place(source: Source, offset: int) -> Location:
        line = source.text.count("\n", 0, offset) + 1
        return Location(source.module.path, line, source.line(line))

    # -- which files need a closer look ------------------------------------------------------------------------------

    def _closer(self, source: Source, plain: Iterable[Import], precise: frozenset[str]) -> bool:
        """Whether grimp may have dropped an import of *source*. A wrong yes costs time, a wrong no would cost soundness."""
        text = source.text  # grimp was not asked for files that cannot be decoded
        if IMPORT_CALL.search(text) or self.tree.aliases:
            return True
        if any(i.imported.partition(".")[0] in precise for i in plain):
            return True
        named = {i.imported for i in plain}
        named.update(above for i in plain if PLAIN_IMPORT.search(i.location.text) for above in parents(i.imported))
        packages = named & self._submodules.keys()
        if packages and STAR.search(text):
            return True
        words = set(re.findall(r"\w+", WHOLE_STATEMENT.sub("", text))) if packages else set()
        if any(not words.isdisjoint(self._submodules[package]) for package in packages):
            return True
        return any(name not in self._modules for name in self._stated(source, text))

    @cached_property
    def _submodules(self) -> dict[str, set[str]]:
        """By package, the last names of what is directly below it."""
        below: dict[str, set[str]] = {}
        for name in self._modules:
            parts = name.split(".")
            for n in range(1, len(parts)):
                below.setdefault(".".join(parts[:n]), set()).add(parts[n])
        return below

    def _stated(self, source: Source, text: str) -> Iterator[str]:
        """Internal modules, and packages above them, that import statements name in the text: rather too many."""
        for match in STATEMENT.finditer(text):
            base = match["base"]
            if base:
                level = len(base) - len(base.lstrip("."))
                names = [absolute(source, base[level:] or None, level)]
            else:
                names = [part.split()[0] for part in match["names"].replace("\\", " ").split(",") if part.strip()]
            yield from (n for n in names if any(is_under(n, p) or is_under(p, n) for p in self.tree.packages))

    def _from_text(self, source: Source, plain: list[Import], known: Known) -> Iterator[Import]:
        """For syntax newer than this interpreter's: what grimp found, and what the text shows beyond that."""
        yield from plain
        text = _decoded(source)
        names = [*self._stated(source, text), *LITERAL_CALL.findall(text)]
        names += [n for p in known.roots for n in re.findall(rf"\b{re.escape(p)}(?:\.\w+)+", text)]
        stated = {i.imported for i in plain}
        for name in dict.fromkeys(names):
            target = known.nearest(known.real_name(name)) if known.internal(name) else name
            if target and target not in stated and not is_under(source.module.name, target):
                line = text[: text.index(name.rpartition(".")[2])].count("\n") + 1
                yield Import(
                    source.module.name, target, Location(source.module.path, line, source.line(line)), "dynamic"
                )


def _other_root(place: str, name: str, judged: str) -> SettingsError:
    return SettingsError(
        f"{place} imports {name}, a file that is judged as {judged}; set `packages` and `source` in [tool.pytest-fitness] "
        "so that modules have the names by which they are imported"
    )


def _decoded(source: Source) -> str:
    """The text, or nothing of a file that cannot be decoded."""
    try:
        return source.text
    except SyntaxError:
        return ""
