"""The import graph of a tree: grimp for the plain files, the syntax tree for files in which grimp would miss something."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cached_property

from pytest_fitness.model import Import, ImportGraph, Location, Unread, implicit_parents
from pytest_fitness.names import is_under, parents
from pytest_fitness.sources.grimp_scan import can_scan, scan
from pytest_fitness.sources.statements import IMPORTERS, Known, Reading, absolute, read_imports
from pytest_fitness.sources.tree import Source, Tree, unread

IMPORT_CALL = re.compile(rf"\b(?:{'|'.join(sorted(IMPORTERS))}|(?:exec|eval)\s*\()")
GAP = r"(?:[ \t]|\\\n)+"
STATEMENT = re.compile(rf"\bfrom{GAP}(?P<base>[.\w]+){GAP}import\b|\bimport{GAP}(?P<names>(?:[\w., \t]|\\\n)+)")
PLAIN_IMPORT = re.compile(r"(?:^|[;:])\s*(?:lazy\s+)?import\b")
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
        if each.kind != "module" or each.importer in self._closely_read:
            return each
        if each.importer not in self._details:
            self._details[each.importer] = self._read_closely(self.tree.sources[each.importer])
        found = (i for i in self._details[each.importer] if i.location.line == each.location.line)
        return next((i for i in found if is_under(i.imported, each.imported)), each)

    def _read_closely(self, source: Source) -> list[Import]:
        try:
            return read_imports(source, self._known(frozenset())).imports
        except SyntaxError:
            return []

    # -- building --------------------------------------------------------------------------------------------------

    def _build(self, precise: frozenset[str]) -> ImportGraph:
        known = self._known(precise)
        imports: list[Import] = []
        missing: dict[str, Unread] = {}
        computed: dict[str, list[Location]] = {}
        for name, source in self.tree.sources.items():
            plain = self._plain.get(name)
            if plain is not None and not self._closer(source, plain, precise):
                imports += plain
                continue
            try:
                reading = read_imports(source, known)
            except SyntaxError as error:
                if plain is None:
                    missing[name] = unread(source, error)
                reading = Reading(list(self._from_text(source, plain or [], known)))
            imports += reading.imports
            if reading.computed:
                computed[name] = reading.computed
        packages = {name for name, source in self.tree.sources.items() if source.module.is_package}
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
        return Known(self._modules, self.tree.packages, self.tree.real_name, self._exports, precise)

    @cached_property
    def _modules(self) -> frozenset[str]:
        return frozenset(self.tree.sources) | self.tree.namespaces

    def _exports(self, package: str) -> tuple[str, ...]:
        """Submodules that the literal ``__all__`` of *package* names: a star import imports them."""
        source = self.tree.sources.get(package)
        if source is None or not source.module.is_package or "__all__" not in source.text:
            return ()
        texts = re.findall(r"[\"'](\w+)[\"']", source.text)
        return tuple(f"{package}.{t}" for t in texts if f"{package}.{t}" in self._modules)

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
        if packages and ("import *" in text or any(self._uses_submodule(package, text) for package in packages)):
            return True
        return any(name not in self._modules for name in self._stated(source, text))

    def _uses_submodule(self, package: str, text: str) -> bool:
        """Whether *text* has a submodule of *package* as an attribute of a name that an import may bind to *package*."""
        last = package.rpartition(".")[2]
        names = {last, *re.findall(rf"\b{re.escape(last)}{GAP}as{GAP}(\w+)", text)}
        uses = re.compile(rf"(?<![\w.])(?<!from )(?<!import )(?:{'|'.join(map(re.escape, names))})\s*\.\s*(\w+)")
        return not self._submodules[package].isdisjoint(uses.findall(text))

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
        """Internal modules that import statements name, found in the text: too many rather than too few."""
        for match in STATEMENT.finditer(text):
            base = match["base"]
            if base:
                level = len(base) - len(base.lstrip("."))
                names = [absolute(source, base[level:] or None, level)]
            else:
                names = [part.split()[0] for part in match["names"].replace("\\", " ").split(",") if part.strip()]
            yield from (n for n in names if any(is_under(n, package) for package in self.tree.packages))

    def _from_text(self, source: Source, plain: list[Import], known: Known) -> Iterator[Import]:
        """For syntax newer than this interpreter's: what grimp found, and what the text shows beyond that."""
        yield from plain
        try:
            text = source.text
        except SyntaxError:
            return
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
