"""Facts about every file, remembered between runs by the content of the files.

One file a set of modules, so that switching between two branches keeps both. Written whole and moved into place, so that
neither a killed run nor two runs at once leave half of one; what is damaged, or from another version of anything that
has a say in the facts, is not used. A file counts as unchanged if its content is the same, whatever its times are: they
are new after every checkout. Where size, times and inode are the same, too, it need not be read to know that.
"""

from __future__ import annotations

import contextlib
import marshal
import os
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple

from pytest_fitness.model import Row
from pytest_fitness.sources.tree import Source, Stamp

KEPT = 4
"""How many snapshots are kept, by last use."""

FORGOTTEN_AFTER = 3600
"""Seconds after which a file that was never moved into place belongs to a run that was killed."""

SETTLED = 2_000_000_000
"""Nanoseconds after which a file cannot change any more within the same tick of its file system's clock."""

Place = tuple[int, str]
"""Line, source text."""


class Facts(NamedTuple):
    """What is known of one module; plain types all the way down.

    Attributes:
        digest: of the content that this was read from.
        rows: its imports, with the packages that Python runs on the way.
        computed: calls that import something only known at run time.
        unread: line, text and reason, where the file could not be read.
        open: whether a package's ``__all__``, which is in another file, has a say in this: star imports.
        stamp: size, times and inode of the file when it was read; None where it may have changed since without a trace.
        permits: whether there may be permissions in it.
        adds: the directories that it adds to the path of imports.
    """

    digest: bytes
    rows: Sequence[Row]
    computed: Sequence[Place] = ()
    unread: tuple[int, str, str] | None = None
    open: bool = False
    stamp: Stamp | None = None
    permits: bool = False
    adds: Sequence[tuple[str, ...]] = ()


def settled(stamp: Stamp | None, before: int) -> Stamp | None:
    """Return the stamp of a file that has been left alone for so long that another change would show in it.

    Args:
        stamp: of the file.
        before: nanoseconds; a file that was changed later may change again without a trace.
    """
    return stamp if stamp and max(stamp[1:3]) < before else None


def compare(
    sources: Iterable[Source], remembered: Mapping[str, Facts], before: int
) -> tuple[set[str], dict[str, Facts]]:
    """Return the names of the modules that have changed, and facts about files that were written again with the same content."""
    changed: set[str] = set()
    touched: dict[str, Facts] = {}
    for source in sources:
        name = source.module.name
        facts = remembered[name]
        if facts.stamp and facts.stamp == source.stamp:
            continue
        if facts.digest != source.digest:
            changed.add(name)
        elif stamp := settled(source.stamp, before):
            touched[name] = facts._replace(stamp=stamp)
    return changed, touched


def own_code(*patterns: str) -> str:
    """Return a digest of the code that reads, by patterns below our package: what an older version has found is not remembered."""
    package = Path(__file__).parents[1]
    files = [file for pattern in patterns for file in sorted(package.glob(pattern))]
    return blake2b(b"".join(file.read_bytes() for file in files), digest_size=16).hexdigest()


class Store:
    """A file below pytest's cache directory, for facts that depend on *key*.

    Args:
        directory: where such files are kept; None to remember nothing.
        kind: the beginning of its name.
        key: whatever the facts depend on that is known before they are: names of modules, versions.
    """

    def __init__(self, directory: Path | None, kind: str, key: object) -> None:
        shape = (key, sys.version, marshal.version)
        name = blake2b(repr(shape).encode("utf-8", "backslashreplace"), digest_size=16).hexdigest()
        self.kind = kind
        self.file = directory / f"{kind}-{name}.bin" if directory else None

    def load(self) -> memoryview | None:
        """Return what `save` was given; None where there is no sound file."""
        if self.file is None:
            return None
        try:
            data = self.file.read_bytes()
            digest, content = data[:16], memoryview(data)[16:]
            if blake2b(content, digest_size=16).digest() != digest:
                return None
            os.utime(self.file)
        except OSError:
            return None
        return content

    def save(self, content: bytes) -> None:
        """Remember *content*, where there is a directory. Where that cannot be done, the next run is slower, and that is all."""
        import tempfile

        assert self.file is not None
        with contextlib.suppress(OSError):
            handle, unfinished = tempfile.mkstemp(dir=self.file.parent, prefix=f"{self.kind}-", suffix=".tmp")
            try:
                with open(handle, "wb") as file:
                    file.write(blake2b(content, digest_size=16).digest())
                    file.write(content)
                os.replace(unfinished, self.file)
            except OSError:
                os.unlink(unfinished)
                raise
            self._tidy(self.file.parent)

    def _tidy(self, directory: Path) -> None:
        used = sorted(directory.glob(f"{self.kind}-*.bin"), key=lambda f: f.stat().st_mtime, reverse=True)
        every = directory.glob(f"{self.kind}-*.tmp")
        dead = [f for f in every if f.stat().st_mtime < time.time() - FORGOTTEN_AFTER]
        for file in (*used[KEPT:], *dead):
            file.unlink(missing_ok=True)


def has_any(directory: Path) -> bool:
    """Whether anything is remembered, of imports or of handlers."""
    return any(directory.glob("*-*.bin"))


class Snapshot:
    """The remembered facts of one set of modules.

    Args:
        directory: where snapshots are kept; None to remember nothing.
        key: whatever else the facts depend on: names of modules, versions.
    """

    def __init__(self, directory: Path | None, key: object) -> None:
        self.store = Store(directory, "imports", (key, Facts._fields))

    def load(self) -> tuple[object, list[str], dict[str, Facts]]:
        """Return what `save` was given; nothing where there is no sound file."""
        content = self.store.load()
        if content is None:
            return None, [], {}
        surroundings, tops, facts = marshal.loads(content)  # noqa: S302 - our own file, by its digest
        return surroundings, tops, {name: Facts(*found) for name, found in facts.items()}

    def save(self, surroundings: list[tuple[str, str, bool]], tops: Iterable[str], facts: dict[str, Facts]) -> None:
        """Remember facts.

        Args:
            surroundings: the code beside the judged packages that was taken into account; plain types.
            tops: top-level names next to the judged packages that are imported, of whatever kind they were taken for.
            facts: by module.
        """
        if self.store.file is not None:
            plain = {name: tuple(found) for name, found in facts.items()}
            self.store.save(marshal.dumps((surroundings, sorted(tops), plain)))
