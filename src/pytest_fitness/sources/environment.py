"""What is installed beside the codebase, found without importing any of it."""

from __future__ import annotations

import importlib.util
import os
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from importlib.machinery import BuiltinImporter, FrozenImporter, ModuleSpec, PathFinder
from pathlib import Path
from typing import Literal

from pytest_fitness.errors import StaleCopyError
from pytest_fitness.sources.tree import Tree


def refuse_stale_copy(tree: Tree) -> None:
    """Check that Python would import the code that is judged.

    A copy elsewhere on ``sys.path`` is accepted where it is the same, file by file.

    Raises:
        StaleCopyError: the tests run against other code than the code that is judged.
    """
    for package, directory in tree.directories.items():
        places = list(_import_places(package))
        if not places or any(place.exists() and os.path.samefile(place, directory) for place in places):
            continue
        files = [(Path(source.filename), source) for source in tree.sources.values() if source.filename]
        judged = {file.relative_to(directory): source for file, source in files if file.is_relative_to(directory)}
        for name, source in judged.items():
            copies = [place / name for place in places]
            if not any(copy.is_file() and copy.read_bytes() == source.data for copy in copies):
                raise StaleCopyError(
                    f"`import {package}` would load {places[0]}, but the code that is judged is {directory}, "
                    f"and {name.as_posix()} differs; install the project in editable mode (pip install -e .), "
                    "or put its directory first on `pythonpath` in the pytest configuration"
                )


_places: list[str] | None = None
"""The path of another process for which this one looks."""


def look_in(path: list[str] | None) -> None:
    """Look for what is installed in *path*, of another process, rather than where this one imports from."""
    global _places  # noqa: PLW0603 - a helper is told once
    _places = path


def import_path() -> list[str]:
    """Return the path on which this process finds what is installed; entries that are no texts are none for Python, either."""
    return [str(entry) for entry in sys.path if isinstance(entry, str)]


def find_top_level(name: str) -> ModuleSpec | None:
    """Return where ``import name`` would load from; None where nobody knows. Nothing is imported."""
    if _places is not None:
        return BuiltinImporter.find_spec(name) or FrozenImporter.find_spec(name) or PathFinder.find_spec(name, _places)
    try:
        return importlib.util.find_spec(name)
    except (ImportError, ValueError):  # a loaded module without a spec
        return None


def is_installed_elsewhere(name: str, tree: Tree) -> bool:
    """Whether ``import name``, a top-level name, would load something that does not lie below the judged source roots."""
    spec = find_top_level(name)
    if spec is None:
        return False
    places = [Path(p) for p in spec.submodule_search_locations or ([spec.origin] if spec.origin else [])]
    roots = {*tree.roots, *(directory.parent for directory in tree.directories.values())}
    judged = tree.directories.values()
    return not any(p.parent in roots or any(p.is_relative_to(directory) for directory in judged) for p in places)


def _import_places(package: str) -> Iterator[Path]:
    """Directories that ``import package`` would load from; nothing is imported, so only top-level names are asked for."""
    top, _, below = package.partition(".")
    spec = find_top_level(top)
    locations = spec.submodule_search_locations if spec else None
    for location in locations or ():
        yield Path(location, *below.split(".")) if below else Path(location)


OTHER_NAMES = {
    "beautifulsoup4": "bs4",
    "gitpython": "git",
    "grpcio": "grpc",
    "mysqlclient": "MySQLdb",
    "opencv_python": "cv2",
    "pillow": "PIL",
    "psycopg2_binary": "psycopg2",
    "pycryptodome": "Crypto",
    "pyjwt": "jwt",
    "pymupdf": "fitz",
    "pyserial": "serial",
    "python_dateutil": "dateutil",
    "python_dotenv": "dotenv",
    "python_jose": "jose",
    "python_multipart": "multipart",
    "pyyaml": "yaml",
    "pyzmq": "zmq",
    "scikit_image": "skimage",
    "scikit_learn": "sklearn",
}
"""Distributions, in lower case, whose module is called otherwise; those that are installed say so themselves."""

Known = Literal["installed", "declared", ""]


def third_party(name: str, declared: Iterable[str] = ()) -> tuple[Known, Sequence[str]]:
    """Tell whether module *name* is there, and which names are.

    Args:
        name: dotted; the last parts may name something in a module.
        declared: distribution names that the project depends on.

    Returns:
        Whether *name* is installed or in the standard library, or only declared, or neither; and known top-level names,
        for suggestions.
    """
    top, _, below = name.partition(".")
    written = {d.replace("-", "_") for d in declared}
    importable = {OTHER_NAMES.get(d.lower(), n) for d in written for n in (d, d.lower())}
    known = [*sys.stdlib_module_names, *_installed(), *sorted(importable)]
    if not all(part.isidentifier() for part in name.split(".")):
        return "", known
    spec = find_top_level(top)
    if spec is None:
        is_declared = not below and top in importable and not _is_installed_as(declared, top)
        return ("declared" if is_declared else "", known)
    places = [Path(p) for p in spec.submodule_search_locations or ()]
    if spec.origin is None and not _holds_python(places):
        return "", known  # any directory on the path could be imported; that does not make it a package
    if top in sys.stdlib_module_names and top in sys.modules and below:
        return "installed" if _has(sys.modules[top], below) else "", [
            *known,
            *(f"{top}.{name}" for name in dir(sys.modules[top])),
        ]
    if not below or _holds(places or [Path(spec.origin or "")], below.split(".")):
        return "installed", known
    return "", [*known, *(f"{top}.{name}" for name in _submodules(places))]


def is_module(root: Path, name: str) -> bool:
    """Whether ``import name`` finds a module, or a package with Python in it, in the directory *root*."""
    place = root.joinpath(*name.split("."))
    return place.with_name(f"{place.name}.py").is_file() or _holds_python([place])


def _is_installed_as(declared: Iterable[str], name: str) -> bool:
    """Whether the distribution of that name is installed: then its modules are, and *name* is none of them."""
    from importlib.metadata import distributions

    installed = {str(each.metadata["Name"]).replace("-", "_").lower() for each in distributions()}
    return name in installed & {each.replace("-", "_").lower() for each in declared}


def _has(module: object, below: str) -> bool:
    """Whether a standard library module, loaded by pytest anyway, has a name or a submodule."""
    for part in below.split("."):
        if not hasattr(module, part):
            return False
        module = getattr(module, part)
    return True


def _holds_python(places: Sequence[Path]) -> bool:
    return any(next(place.rglob("*.py"), None) is not None for place in places if place.is_dir())


def _holds(places: Sequence[Path], parts: Sequence[str]) -> bool:
    """Whether the dotted *parts* lead to a submodule, or to a name that the module's text mentions."""
    if not parts:
        return True
    directories = [p for p in places if p.is_dir()]
    below = [e for d in directories for e in d.iterdir() if e.name.partition(".")[0] == parts[0]]
    if below:
        return _holds(below, parts[1:])
    files = [d / "__init__.py" for d in directories] or list(places)
    return len(parts) == 1 and any(_mentions(file, parts[0]) for file in files)


def _mentions(file: Path, word: str) -> bool:
    """Built-in and compiled modules have no text to look at: there the benefit of the doubt."""
    if file.suffix not in (".py", ".pyi"):
        return True
    return file.is_file() and re.search(rf"\b{re.escape(word)}\b", file.read_text("utf-8", "replace")) is not None


def _submodules(places: Sequence[Path]) -> set[str]:
    return {e.name.partition(".")[0] for place in places if place.is_dir() for e in place.iterdir()}


def _installed() -> Iterator[str]:
    """Top-level names in the directories of ``sys.path``."""
    for place in sys.path:
        if os.path.isdir(place):
            names = {entry.name.partition(".")[0] for entry in os.scandir(place)}
            yield from (name for name in names if name.isidentifier())
