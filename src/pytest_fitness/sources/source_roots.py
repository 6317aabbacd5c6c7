"""Directories from which packages are imported."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from pytest_fitness.errors import SettingsError
from pytest_fitness.names import did_you_mean

RELATIVE = re.compile(rb"^[ \t]*from[ \t]+(\.\.+)", re.MULTILINE)


def source_roots(
    rootdir: Path, configured: Sequence[str], pythonpath: Sequence[Path], packages: Sequence[str] = ()
) -> Iterator[Path]:
    """Yield the source roots that are configured, or else those that are tried anyway.

    Raises:
        SettingsError: one is missing, or is a package by whose name *packages*, or all that is in it, are imported.
    """
    for each in configured:
        root = rootdir / each
        if not root.is_dir():
            near = did_you_mean(each, (p.name for p in rootdir.iterdir() if p.is_dir()))
            hint = f"; did you mean {near[0]!r}?" if near else ""
            raise SettingsError(f"source root {each!r} is not a directory in {rootdir}{hint}")
        if (root / "__init__.py").is_file() and (line := _imported_by_its_name(root.resolve(), packages)):
            raise SettingsError(
                f"source root {each!r} is a package itself, by whose name modules are imported (`{line}`); "
                "set `source` to the directory that holds it"
            )
        yield root
    if not configured:
        candidates = [*pythonpath, rootdir / "src", rootdir]
        yield from (root for root in dict.fromkeys(candidates) if root.is_dir())


def _imported_by_its_name(root: Path, packages: Sequence[str]) -> str:
    """A line of a package in *root* that shows that the root is above it when it is imported; an empty text if there is none.

    A stray ``__init__.py`` is no harm; imports by another name than the one that is judged would look like those of a third party.
    """
    plain = root.name.encode()  # which is looked for first, as that is far quicker
    name = re.escape(plain)
    by_call = rb"\b(?:import_\w+|__import__)\(\s*['\"]%s[.'\"].*" % name
    own = re.compile(rb"^[ \t]*(?:from|import)[ \t]+%s\b.*|%s" % (name, by_call), re.MULTILINE)
    is_inside = (root / root.name).is_dir() or (root / f"{root.name}.py").is_file()  # which is meant by that name
    places = [root / package.replace(".", "/") for package in packages]
    single = [file for place in places if (file := place.with_suffix(".py")).is_file()]
    for place in places or [root]:
        for file in (*place.rglob("*.py"), *single):
            data = file.read_bytes()
            beyond = _beyond(data, len(file.relative_to(root).parts) - 1)
            found = beyond or (own.search(data) if not is_inside and plain in data else None)
            if found is not None:
                line = data.count(b"\n", 0, found.start()) + 1
                return f"{file.relative_to(root).as_posix()}:{line}: {found[0].decode(errors='replace').strip()}"
    return ""


def _beyond(data: bytes, depth: int) -> re.Match[bytes] | None:
    """A relative import in a file *depth* directories below the root that leads out of it."""
    return next((each for each in RELATIVE.finditer(data) if len(each[1]) > depth), None)
