"""Which files are the codebase: roots, packages, modules. Nothing is imported, every ``.py`` is accounted for."""

from __future__ import annotations

import ast
import io
import os
import tokenize
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from fnmatch import fnmatchcase
from functools import cached_property
from hashlib import blake2b
from operator import attrgetter
from pathlib import Path
from typing import Any, NamedTuple

from pytest_fitness.errors import EmptySelectionError, SettingsError
from pytest_fitness.model import Location, Module, Unread
from pytest_fitness.names import did_you_mean, is_under, matches
from pytest_fitness.sources.source_roots import source_roots

NOT_PRODUCT_CODE = frozenset(
    "benchmark benchmarks build conftest demo dist doc docs env example examples migrations node_modules noxfile scripts "
    "setup site test tests testing tools venv".split()
)
"""Directories and files beside a package that are not taken for the package when nothing is configured."""


MOST_OF = 0.7
"""A package with more of the files than this is what the project is about."""

HAS_STAMPS = os.name == "posix"
"""Elsewhere the time of the last change to a file, which nobody can set, is not to be had."""

Stamp = tuple[int, int, int, int]

BY_NAME = attrgetter("name")


class Source:
    """The text and syntax tree of one module, read at most once, on demand.

    Attributes:
        module: the module.
        filename: where it is on disk; empty for a codebase in memory.
        stamp: size, times of change in nanoseconds, and inode, which tell that a file is still the same; None where they
            do not.
    """

    def __init__(
        self, module: Module, file: str | Path = "", data: bytes | None = None, stamp: Stamp | None = None
    ) -> None:
        self.module = module
        self.filename = str(file)
        self.stamp = stamp
        self._data = data
        self._text: str | None = None
        self._hashed: tuple[bytes, bytes] | None = None

    @property
    def data(self) -> bytes:
        """The bytes of the file."""
        if self._data is None:
            with open(self.filename, "rb", buffering=0) as file:  # it is read in one go
                self._data = file.readall()
        return self._data

    @cached_property
    def digest(self) -> bytes:
        """What tells one content from another; of nothing where the file cannot be read."""
        try:
            return blake2b(self.data, digest_size=16).digest()
        except OSError:
            return b""

    @property
    def last_digest(self) -> bytes:
        """The same of the content that was read last, which may be another one by now."""
        try:
            data = self.data
        except OSError:
            return b""
        if self._hashed is None or self._hashed[0] is not data:
            self._hashed = (data, blake2b(data, digest_size=16).digest())
        return self._hashed[1]

    @property
    def is_read(self) -> bool:
        """Whether the content is at hand."""
        return self._data is not None

    def forget(self) -> None:
        """Let go of the text, where it can be read again."""
        if self.filename:
            self._data = self._text = self._hashed = None
            self.__dict__.pop("lines", None)

    @property
    def text(self) -> str:
        """The decoded text, by BOM and coding cookie as Python does it.

        Raises:
            SyntaxError: unknown encoding, or bytes that do not fit it.
        """
        if self._text is None:
            try:
                encoding = _encoding(self.data)
                text = self.data.decode(encoding)
            except UnicodeDecodeError as error:
                line = self.data.count(b"\n", 0, error.start) + 1
                raise SyntaxError(f"not valid {error.encoding}", (self.module.path, line, 0, None)) from None
            except (UnicodeError, LookupError, OSError) as error:  # no text encoding; not readable
                raise SyntaxError(str(error), (self.module.path, 1, 0, None)) from None
            self._text = text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text
        return self._text

    def parse(self) -> ast.Module:
        """Return a new syntax tree. Trees are large: they slow everything down for as long as they are kept.

        Raises:
            SyntaxError: not Python, or newer Python than the running interpreter's.
        """
        import warnings

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # invalid escapes in the judged code are not our business
            try:
                return ast.parse(self.text, self.module.path)
            except (ValueError, RecursionError, MemoryError) as error:  # null bytes; nesting too deep
                raise SyntaxError(str(error) or type(error).__name__, (self.module.path, 1, 0, None)) from None

    @cached_property
    def tree(self) -> ast.Module:
        """The syntax tree, kept: for names that are looked up across modules."""
        return self.parse()

    @cached_property
    def lines(self) -> list[str]:
        """The lines of the text, without line ends."""
        return self.text.split("\n")

    def line(self, number: int) -> str:
        """Return line *number* (1-based) without indentation, or an empty string."""
        return self.lines[number - 1].strip() if 0 < number <= len(self.lines) else ""


def _encoding(data: bytes) -> str:
    """The encoding by BOM and cookie; most files have neither, which is quickly seen."""
    if not data.startswith(b"\xef\xbb\xbf") and b"coding" not in data[:1000]:
        return "utf-8"
    return tokenize.detect_encoding(io.BytesIO(data).readline)[0]


def unread(source: Source, error: SyntaxError) -> Unread:
    """Say why the syntax of *source* could not be read."""
    import sys

    line = error.lineno or 1
    reason = f"{error.msg} (read by Python {sys.version_info.major}.{sys.version_info.minor})"
    return Unread(source.module.name, Location(source.module.path, line, (error.text or "").strip()), reason)


class Tree:
    """The files that are judged.

    Args:
        packages: full names of the top-level packages, as configured or found.
        rootdir: paths are relative to it; None for a codebase in memory.
        roots: directories in which packages are looked for.

    Attributes:
        sources: every module by full name.
        directories: where each package is, for the packages that are directories.
        namespaces: packages without an ``__init__.py``.
        aliases: package names that are symbolic links, with the name of the package that they lead to.
    """

    def __init__(self, packages: tuple[str, ...], rootdir: Path | None = None, roots: tuple[Path, ...] = ()) -> None:
        self.packages = packages
        self.rootdir = rootdir
        self.roots = roots
        self.sources: dict[str, Source] = {}
        self.directories: dict[str, Path] = {}
        self.namespaces: set[str] = set()
        self.aliases: dict[str, str] = {}

    def real_name(self, name: str) -> str:
        """Return *name* with symbolic links followed."""
        for alias, real in self.aliases.items():
            if is_under(name, alias):
                return self.real_name(real + name[len(alias) :])
        return name

    def outline(self) -> tuple[object, ...]:
        """Return plain values from which `from_outline` makes the same tree, of files that are read anew."""
        directories = {name: str(path) for name, path in self.directories.items()}
        roots = [str(root) for root in self.roots]
        return (
            self.packages,
            str(self.rootdir),
            roots,
            outlines(self.sources.values()),
            directories,
            list(self.namespaces),
            self.aliases,
        )

    @classmethod
    def from_outline(cls, outline: tuple[Any, ...]) -> Tree:
        """Return the tree that `outline` was called on."""
        packages, rootdir, roots, sources, directories, namespaces, aliases = outline
        tree = cls(packages, Path(rootdir), tuple(map(Path, roots)))
        tree.sources = {source.module.name: source for source in from_outlines(sources)}
        tree.directories = {name: Path(path) for name, path in directories.items()}
        tree.namespaces, tree.aliases = set(namespaces), aliases
        return tree


def outlines(sources: Iterable[Source]) -> list[tuple[object, ...]]:
    """Return what `from_outlines` makes the same sources from; plain values."""
    return [(s.module.name, s.module.path, s.module.is_package, s.filename, s.stamp) for s in sources]


def from_outlines(found: Iterable[tuple[Any, ...]]) -> list[Source]:
    """Return the sources of some `outlines`."""
    return [Source(Module(*module), filename, stamp=stamp) for *module, filename, stamp in found]


class Project(NamedTuple):
    """Where the code is.

    Attributes:
        rootdir: pytest's rootdir; paths are reported relative to it.
        packages: dotted names; empty to find the one package that there is.
        roots: directories that packages are looked for in, relative to *rootdir*; empty for *pythonpath*, ``src`` and
            *rootdir* itself.
        exclude: dotted names or patterns, or path patterns relative to *rootdir* (with a slash or ``.py``).
        pythonpath: pytest's ``pythonpath``.
        declared: distributions that the project depends on.
    """

    rootdir: Path
    packages: Sequence[str] = ()
    roots: Sequence[str] = ()
    exclude: Sequence[str] = ()
    pythonpath: Sequence[Path] = ()
    declared: Sequence[str] = ()


def read_tree(project: Project, note: Callable[[int], None] | None = None) -> Tree:
    """Find the packages of *project* and list their modules.

    *note* is told how many there are already.

    Raises:
        SettingsError: no package, several packages, or a root that is not there.
        EmptySelectionError: an ``exclude`` entry matches nothing.
    """
    existing = list(source_roots(project.rootdir, project.roots, project.pythonpath, project.packages))
    names = tuple(project.packages) or _only_package(project.rootdir, existing)
    _refuse_odd_names(names)
    tree = Tree(names, project.rootdir, tuple(existing))
    for name in names:
        if project.roots:
            _refuse_two_copies(name, existing)
        _add_package(tree, name, existing, project.rootdir, note)
    above = set[str]()
    for name in tree.sources:
        while (name := name.rpartition(".")[0]) and name not in above:
            above.add(name)
    tree.namespaces = {p for p in above - tree.sources.keys() if any(is_under(p, name) for name in names)}
    _apply_exclude(tree, project.exclude)
    return tree


def _refuse_odd_names(names: Sequence[str]) -> None:
    for name in names:
        if not all(part.isidentifier() for part in name.split(".")):
            raise SettingsError(f"{name!r} is not the name of a package; directories go into `source`")
        if names.count(name) > 1 or any(is_under(name, other) for other in names if other != name):
            raise SettingsError(f"package {name!r} is listed twice, by itself or with a package above it")


def _only_package(rootdir: Path, roots: Sequence[Path]) -> tuple[str]:
    how = (
        '; set it in pyproject.toml:\n\n    [tool.pytest-fitness]\n    packages = ["NAME"]\n    source = ["DIRECTORY"]'
    )
    for root in roots:
        found = list(_packages_in(root))
        if len(found) == 1:
            return (found[0],)
        if found:
            where = root.relative_to(rootdir).as_posix() if root.is_relative_to(rootdir) else str(root)
            raise SettingsError(f"{len(found)} packages in {where!r}: {', '.join(found)}; say which one is judged{how}")
    raise SettingsError(f"found no package in {', '.join(map(str, roots))}{how}")


def find_packages(rootdir: Path, pythonpath: Sequence[Path]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the packages of a project that says nothing of them, and the source root where it is not one that is tried anyway.

    Of several packages in one place, the one with most of the files is meant, or all where none has.

    Raises:
        SettingsError: there is none.
    """
    usual = list(source_roots(rootdir, (), pythonpath))
    below = [p for p in sorted(rootdir.iterdir()) if p.is_dir() and not p.name.startswith(".")]
    others = [p for p in below if p.name not in NOT_PRODUCT_CODE and not (p / "__init__.py").is_file()]
    deeper = [p for other in others for p in (other / "src", other) if p.is_dir()]
    for roots, regular in (((*usual, *deeper), True), (usual, False)):
        for root in roots:
            names = [n for n in _packages_in(root) if not regular or (root / n / "__init__.py").is_file()]
            found = {name: sum(1 for _ in root.joinpath(name).rglob("*.py")) for name in names}
            if found:
                biggest = max(found, key=lambda name: found[name])
                chosen = (biggest,) if found[biggest] > MOST_OF * sum(found.values()) else tuple(found)
                return chosen, () if root in usual else (root.relative_to(rootdir).as_posix(),)
    modules = [p.stem for root in usual for p in sorted(root.glob("*.py")) if _is_product(p.stem)]
    if modules:
        return tuple(dict.fromkeys(modules)), ()
    raise SettingsError(
        f"found no package in {rootdir}: a directory with Python files, or one with such directories in it"
    )


def _is_product(stem: str) -> bool:
    return stem.isidentifier() and stem not in NOT_PRODUCT_CODE and not stem.startswith(("test_", "__"))


def _packages_in(root: Path) -> Iterator[str]:
    """Regular packages; where there are none, directories without ``__init__.py`` that hold Python files."""
    directories = [
        p for p in sorted(root.iterdir()) if p.is_dir() and p.name.isidentifier() and p.name not in NOT_PRODUCT_CODE
    ]
    regular = [p.name for p in directories if (p / "__init__.py").is_file()]
    yield from regular or (p.name for p in directories if any(p.rglob("*.py")))


def _refuse_two_copies(name: str, roots: Sequence[Path]) -> None:
    """Of a package in two of the configured roots, Python would import the first one and never the other."""
    files = [root.joinpath(*name.split("."), "__init__.py") for root in roots]
    found = [file.parent for file in dict.fromkeys(f.resolve() for f in files if f.is_file())]
    if len(found) > 1:
        places = " and ".join(map(str, found))
        raise SettingsError(f"package {name!r} is in {places}; name one of them in `source`, or give it no __init__.py")


def _add_package(
    tree: Tree, name: str, roots: Sequence[Path], rootdir: Path, note: Callable[[int], None] | None = None
) -> None:
    relative = Path(*name.split("."))
    directories = [root / relative for root in roots if (root / relative).is_dir()]
    regular = [d for d in directories if (d / "__init__.py").is_file()]
    files = [root / relative.with_suffix(".py") for root in roots if (root / relative.with_suffix(".py")).is_file()]
    is_module = bool(files) and not regular  # `config.py` beside `config/`: the module is what Python imports
    if is_module:
        tree.sources[name] = Source(Module(name, _relative(files[0], rootdir)), files[0])
        directories = [directory for directory in directories if any(directory.rglob("*.py"))]
    for directory in regular[:1] or directories:
        before = len(tree.sources)
        tree.directories.setdefault(name, directory)
        _Walk(tree, rootdir, note).directory(directory, name)
        if len(tree.sources) == before and not is_module:
            raise SettingsError(f"package {name!r}: no Python file in {directory}")
    if not directories and not is_module:
        near = did_you_mean(name, (n for root in roots for n in _packages_in(root)))
        hint = f"; did you mean {near[0]!r}?" if near else ""
        raise SettingsError(f"package {name!r} is not in {', '.join(map(str, roots))}{hint}")


class _Walk:
    """One walk over a package directory that never enters the same real directory twice."""

    def __init__(self, tree: Tree, rootdir: Path, note: Callable[[int], None] | None) -> None:
        self.tree = tree
        self.rootdir = rootdir
        self.note = note
        self.seen: dict[str, str] = {}
        self.links: list[tuple[Path, str]] = []

    def directory(self, top: Path, name: str) -> None:
        """Add everything below *top*: real directories first, so that links become aliases of them."""
        self._enter(str(top), name, _relative(top, self.rootdir))
        identities = {_identity(path): known for path, known in self.seen.items()} if self.links else {}
        while self.links:
            path, linked = self.links.pop(0)
            known = identities.get(_identity(path))
            if known is None:
                before = set(self.seen)
                self._enter(str(path), linked, _relative(path, self.rootdir))
                identities |= {_identity(new): self.seen[new] for new in self.seen.keys() - before}
            else:
                self.tree.aliases[linked] = known

    def _enter(self, directory: str, name: str, shown: str) -> None:
        directories: list[os.DirEntry[str]] = []
        files: list[os.DirEntry[str]] = []
        try:
            with os.scandir(directory) as found:
                for entry in found:
                    file = entry.name
                    if file.endswith(".py") and not file.startswith(".") and entry.is_file():
                        files.append(entry)
                    elif file == "pyvenv.cfg" and self.seen:
                        return  # an environment that somebody has made inside of a package
                    elif entry.is_dir() and not file.startswith(".") and file != "__pycache__":
                        directories.append(entry)
        except OSError as error:
            raise SettingsError(f"directory {directory} cannot be read: {error.strerror}") from None
        directories.sort(key=BY_NAME)
        if files:
            files.sort(key=BY_NAME)
            packages = {entry.name for entry in directories}
            for entry in files:
                self._add(entry, name, shown, packages)
            if self.note:
                self.note(len(self.tree.sources))
        self.seen[directory] = name
        for entry in directories:
            below = printable(entry.name)
            if not entry.is_symlink():
                self._enter(entry.path, f"{name}.{below}", f"{shown}/{below}")
            elif (path := Path(entry.path)).resolve().is_relative_to(self.rootdir.resolve()) or any(path.glob("*.py")):
                self.links.append((path, f"{name}.{below}"))

    def _add(self, entry: os.DirEntry[str], package: str, shown: str, packages: Set[str]) -> None:
        file = printable(entry.name)
        is_package = file == "__init__.py"
        stem = file[:-3]
        name = package if is_package else f"{package}.{stem}"
        if "." in stem or (stem in packages and os.path.isfile(os.path.join(entry.path[:-3], "__init__.py"))):
            name = f"{package}.{file}"  # a.b.py, or x.py beside x/: never imported so, judged all the same
        if name in self.tree.sources:
            there = self.tree.sources[name].filename
            raise SettingsError(f"module {name!r} is found twice: {there} and {entry.path}; set `source` to one root")
        path = f"{shown}/{file}" if shown != "." else file
        self.tree.sources[name] = Source(Module(name, path, is_package), entry.path, stamp=_stamp(entry))


def _stamp(entry: os.DirEntry[str]) -> Stamp | None:
    if not HAS_STAMPS:
        return None
    status = entry.stat()
    return (status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino)


def _identity(directory: str | Path) -> tuple[int, int]:
    status = os.stat(directory)
    return status.st_dev, status.st_ino


def _relative(file: Path, rootdir: Path) -> str:
    relative = file.relative_to(rootdir) if file.is_relative_to(rootdir) else Path(os.path.relpath(file, rootdir))
    return printable(relative.as_posix())


def printable(name: str) -> str:
    """Return *name* as it can be printed and sent: file names may hold bytes that are no text."""
    return name if name.isascii() else os.fsencode(name).decode("utf-8", "backslashreplace")


def neighbours(tree: Tree, name: str) -> list[Source]:
    """Return the modules of top-level package *name* that lies beside the judged packages, and is what would be imported."""
    own = [root for root in tree.roots if root.name not in ("site-packages", "dist-packages")]
    roots = [root for root in own if (root / name).is_dir() or (root / f"{name}.py").is_file()]
    assert tree.rootdir is not None
    beside = Tree((name,), tree.rootdir, tree.roots)
    try:
        _add_package(beside, name, roots[:1], tree.rootdir)
    except SettingsError:  # a directory without Python files
        return []
    return list(beside.sources.values())


def _apply_exclude(tree: Tree, exclude: Sequence[str]) -> None:
    for pattern in exclude:
        gone = [name for name, source in tree.sources.items() if _excluded(source.module, pattern, tree.packages)]
        if not gone:
            paths = [s.module.path for s in tree.sources.values()]
            raise EmptySelectionError("file", pattern, [*_all_names(tree.sources), *paths], "it is an `exclude` entry")
        for name in gone:
            del tree.sources[name]
    if not tree.sources:
        raise SettingsError(f"`exclude` leaves nothing of {', '.join(tree.packages)}")


def _excluded(module: Module, pattern: str, packages: Iterable[str]) -> bool:
    if "/" in pattern or pattern.endswith(".py"):
        return fnmatchcase(module.path, pattern) or module.path.startswith(pattern.rstrip("/*") + "/")
    return any(matches(module.name, p) for p in (pattern, *(f"{package}.{pattern}" for package in packages)))


def _all_names(sources: Mapping[str, Source]) -> Iterator[str]:
    for name in sources:
        parts = name.split(".")
        yield from (".".join(parts[:n]) for n in range(1, len(parts) + 1))
        yield from (".".join(parts[1:n]) for n in range(2, len(parts) + 1))
