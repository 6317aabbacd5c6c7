"""Facts about every file, remembered between runs by the content of the files.

One file a set of modules, so that switching between two branches keeps both; of a set that is new, what another one has is taken
as far as the modules that have come and gone cannot matter. Written whole and moved into place, so that
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
from collections.abc import Collection, Iterable, Mapping, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple
from unicodedata import normalize

from pytest_fitness.model import Row
from pytest_fitness.names import parents
from pytest_fitness.sources.tree import Source, Stamp

KEPT = 4
"""How many snapshots are kept, by last use."""

FORGOTTEN_AFTER = 3600
"""Seconds after which a file that was never moved into place belongs to a run that was killed."""

PUT_TOGETHER = ("getattr",)
"""Words without which no name is put together of texts where nothing is imported by a call."""

SETTLED = 2_000_000_000
"""Nanoseconds after which a file cannot change any more within the same tick of its file system's clock."""

MANY = 20
"""So many names of modules that have come or gone are too many to look for in every file."""

HEAD = 1000
"""Bytes in which a file says how it is encoded, if it does."""

Place = tuple[int, str]
"""Line, source text."""

Outline = tuple[str, str, bool]
"""A module: name, path, and whether it is a package."""


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
        calls: whether there may be calls that import in it, of names that are put together of texts.
    """

    digest: bytes
    rows: Sequence[Row]
    computed: Sequence[Place] = ()
    unread: tuple[int, str, str] | None = None
    open: bool = False
    stamp: Stamp | None = None
    permits: bool = False
    adds: Sequence[tuple[str, ...]] = ()
    calls: bool = True


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


def concerned(
    sources: Iterable[Source], facts: Mapping[str, Facts], before: Collection[Outline], now: Collection[Outline]
) -> set[str] | None:
    """Return the modules that may import something else since modules have come and gone; None for all of them.

    Whoever imports one of those has its last name in its text, unless that is in the `__all__` of another file, put together of
    texts, or one of all names that begin alike (``import_module(f"shop.plugins.{name}")``).

    Args:
        sources: the files.
        facts: of those that were there before.
        before: the modules that were there then.
        now: those that are there.
    """
    new, gone = {*now} - {*before}, {*before} - {*now}
    moved = {name for name, _, _ in new | gone} | (_with_packages(before) ^ _with_packages(now))
    names = {name.rpartition(".")[2] for name in moved}
    if len(names) > MANY or not all(map(str.isascii, names)):
        return None
    words = [name.encode() for name in (*names, *PUT_TOGETHER)]
    others = (s for s in sources if s.module not in new)
    return {name for name, _, _ in new} | {s.module.name for s in others if _may_name(s, facts[s.module.name], words)}


def _with_packages(modules: Iterable[Outline]) -> set[str]:
    names = {name for name, _, _ in modules}
    return names.union(*map(parents, names))


def _may_name(source: Source, facts: Facts, words: Sequence[bytes]) -> bool:
    if facts.calls or any("*" in text for _, _, text, _ in facts.rows):
        return True
    try:
        data = source.data
        if not data.isascii() or b"coding" in data[:HEAD]:
            data = normalize("NFKC", source.text).encode()  # as Python sees names
    except (OSError, SyntaxError, UnicodeEncodeError):
        return True
    finally:
        source.forget()
    return any(word in data for word in words)


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
        key: whatever the facts depend on that is known before they are: versions, settings.
        variant: what else they depend on, of which another one may be of use.
    """

    def __init__(self, directory: Path | None, kind: str, key: object, variant: object = ()) -> None:
        self.kind = kind
        self._same = f"{kind}-{_digest((key, sys.version, marshal.version))}"
        self.file = directory / f"{self._same}-{_digest(variant)}.bin" if directory else None

    def load(self) -> memoryview | None:
        """Return what `save` was given; None where there is no sound file."""
        if self.file is None:
            return None
        content = _sound(self.file)
        if content is not None:
            with contextlib.suppress(OSError):
                os.utime(self.file)
        return content

    def load_another(self) -> memoryview | None:
        """Return what was saved last of another variant; None where there is none."""
        if self.file is None:
            return None
        return next((c for f in _by_use(self.file.parent.glob(f"{self._same}-*.bin")) if (c := _sound(f))), None)

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
        used = _by_use(directory.glob(f"{self.kind}-*.bin"))
        dead = [f for f in directory.glob(f"{self.kind}-*.tmp") if _last_use(f) < time.time() - FORGOTTEN_AFTER]
        for file in (*used[KEPT:], *dead):
            file.unlink(missing_ok=True)


def _digest(value: object) -> str:
    return blake2b(repr(value).encode("utf-8", "backslashreplace"), digest_size=16).hexdigest()


def _sound(file: Path) -> memoryview | None:
    """What is in a file that is as it was written."""
    try:
        data = file.read_bytes()
    except OSError:
        return None
    content = memoryview(data)[16:]
    return content if blake2b(content, digest_size=16).digest() == data[:16] else None


def _by_use(files: Iterable[Path]) -> list[Path]:
    """Files by the time of their last use, the last one first."""
    return sorted(files, key=_last_use, reverse=True)


def _last_use(file: Path) -> float:
    try:
        return file.stat().st_mtime
    except OSError:  # another run has removed it
        return 0.0


def has_any(directory: Path) -> bool:
    """Whether anything is remembered, of imports or of handlers."""
    return any(directory.glob("*-*.bin"))


class Remembered(NamedTuple):
    """What is remembered of one set of modules.

    Attributes:
        modules: the judged ones.
        surroundings: the code beside the judged packages that was taken into account.
        tops: top-level names next to the judged packages that are imported, of whatever kind they were taken for.
        facts: by module.
    """

    modules: list[Outline]
    surroundings: list[Outline]
    tops: list[str]
    facts: dict[str, Facts]


class Snapshot:
    """The remembered facts of one set of modules.

    Args:
        directory: where snapshots are kept; None to remember nothing.
        key: whatever else the facts depend on: versions, packages.
        modules: the judged ones.
    """

    def __init__(self, directory: Path | None, key: object, modules: list[Outline]) -> None:
        self.modules = modules
        self.store = Store(directory, "imports", (key, Facts._fields), modules)

    def load(self) -> Remembered | None:
        """Return what `save` was given for these modules, or else for others; None where there is no sound file."""
        content = self.store.load() or self.store.load_another()
        if content is None:
            return None
        modules, surroundings, tops, facts = marshal.loads(content)  # noqa: S302 - our own file, by its digest
        return Remembered(modules, surroundings, tops, {name: Facts(*found) for name, found in facts.items()})

    def save(self, surroundings: list[Outline], tops: Iterable[str], facts: Mapping[str, Facts]) -> None:
        """Remember facts, which are plain types, as everything is."""
        if self.store.file is not None:
            plain = {name: tuple(found) for name, found in facts.items()}
            self.store.save(marshal.dumps((self.modules, surroundings, sorted(tops), plain)))
