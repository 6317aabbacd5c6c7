"""The one place that talks to grimp: imports of many files at once, parsed in Rust.

grimp's public `build_graph` finds packages by ``sys.path`` and walks their directories itself: it leaves out directories
without ``__init__.py``, does not end on crossing symbolic links, and stops at the first file with a syntax error. So the
files are ours and only the scanning is grimp's, through a function that is not documented. The test suite pins its
shape.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from pytest_fitness.model import Row
from pytest_fitness.names import is_under
from pytest_fitness.sources.tree import Source, Tree

RELATIVE = r"from[ \t]*((?:\.[ \t]*)+)"
SPACE = r"[ \t]+"

HUGE = 50_000
"""Characters in a line that no person wrote."""

if TYPE_CHECKING:
    from grimp.application.ports.modulefinder import FoundPackage, ModuleFile
    from grimp.domain.valueobjects import DirectImport


def version() -> str:
    """The version of grimp that does the scanning."""
    from importlib.metadata import distribution

    grimp = distribution("grimp")
    # a parser of mails, which reads this otherwise, takes longer to load than the rest of it
    head = (grimp.read_text("METADATA") or "").partition("\n\n")[0]
    found = re.search(r"(?m)^Version: *(\S+)", head)
    return found[1] if found else grimp.version


def can_scan(source: Source, tree: Tree) -> bool:
    """Whether grimp, which derives the file from the module's name, would find this very file."""
    module = source.module
    for package, directory in tree.directories.items():
        if is_under(module.name, package):
            # of x.py and x/__init__.py grimp takes the wrong one
            is_beside = (
                os.path.isfile(f"{directory}.py") if module.name == package else f"{module.name}.py" in tree.sources
            )
            end = f"{os.sep}__init__.py" if module.is_package else ".py"
            expected = f"{directory}{module.name[len(package) :].replace('.', os.sep)}{end}"
            return source.filename == expected and not is_beside and not _would_crash(source)
    return False


def _would_crash(source: Source) -> bool:
    """Whether a relative import has more dots than there are packages, or a line is endless: grimp 3.19 dies of both."""
    depth = source.module.name.count(".") + source.module.is_package
    try:
        text = source.text
    except SyntaxError:
        return True
    if len(text) > HUGE and max(map(len, source.lines)) > HUGE:
        return True
    if "." * (depth + 1) not in text:
        return False  # or there are blanks between the dots: see `_scan`
    return any(len(re.sub(SPACE, "", dots)) > depth for dots in re.findall(RELATIVE, text))


class Scanner:
    """Scans files of *tree*."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        # most imports are those of another module as well: one object for all of them is compared and written faster
        self._names: dict[str, str] = {}
        self._texts: dict[str, str] = {}

    def scan(self, sources: Sequence[Source]) -> dict[str, list[Row]]:
        """Return the imports of *sources* by module, of themselves as well; what grimp cannot read, or would take for another, has no entry."""
        found = [source for source in sources if can_scan(source, self.tree)]
        return self._scan_halves(found) if found else {}

    def _scan_halves(self, sources: Sequence[Source]) -> dict[str, list[Row]]:
        """Where one of *sources* cannot be read, halve until it stands alone."""
        try:
            return self._scan(sources)
        except BaseException as error:
            # syntax and decoding errors; a panic in Rust is a BaseException that cannot be imported to be named here
            if not isinstance(error, ValueError) and type(error).__name__ not in (
                "SourceSyntaxError",
                "PanicException",
            ):
                raise
            half = len(sources) // 2
            return self._scan_halves(sources[:half]) | self._scan_halves(sources[half:]) if half else {}

    def _scan(self, sources: Sequence[Source]) -> dict[str, list[Row]]:
        from grimp.application.scanning import scan_imports

        found = scan_imports(
            [self._files[s.module.name] for s in sources],
            found_packages=self._packages,
            include_external_packages=True,
            exclude_type_checking_imports=False,
        )
        rows = {file.module.name: self._rows(imports) for file, imports in found.items()}
        # `from . . import x` above the top-level package comes back as an import of nothing
        return {name: imports for name, imports in rows.items() if not imports or imports[0][0]}

    @cached_property
    def _files(self) -> dict[str, ModuleFile]:
        """All modules, though few may be read: whether `from a import b` means a module is looked up among them."""
        from grimp.application.ports.modulefinder import ModuleFile
        from grimp.domain.valueobjects import Module

        return {name: ModuleFile(Module(name), 0.0) for name in self.tree.sources}

    @cached_property
    def _packages(self) -> set[FoundPackage]:
        from grimp.application.ports.modulefinder import FoundPackage

        return {
            FoundPackage(
                package,
                str(directory),
                frozenset(f for name, f in self._files.items() if f"{name}.".startswith(f"{package}.")),
                frozenset(n for n in self.tree.namespaces if f"{n}.".startswith(f"{package}.")),
            )
            for package, directory in self.tree.directories.items()
        }

    def _rows(self, found: Iterable[DirectImport]) -> list[Row]:
        names, texts = self._names, self._texts
        rows: list[Row] = []
        for each in found:
            imported, text = each.imported.name, each.line_contents
            text = texts.get(text) or texts.setdefault(text, text.lstrip("\ufeff").strip())
            rows.append((names.setdefault(imported, imported), each.line_number, text, "module"))
        rows.sort()
        return rows
