"""What is in a file of known violations: a line each."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from pytest_fitness.errors import BaselineError
from pytest_fitness.model import Key

VERSION = 1
FREEZE = "pytest --fitness-freeze"
SHRINK = "pytest --fitness-shrink"
CONFLICT = ("<<<<<<< ", "||||||| ", "=======", ">>>>>>> ")


class Entry(NamedTuple):
    """A line of a file: a key, how many of it there are, and a sentence for people."""

    kind: str
    subject: str
    target: str
    within: str
    count: int = 1  # type: ignore[assignment]  # pyright: ignore[reportIncompatibleMethodOverride] - nobody counts in it
    says: str = ""

    @property
    def key(self) -> Key:
        """What it is found by."""
        return (self.kind, self.subject, self.target, self.within)


def parse(text: str, file: str, rule: str) -> dict[Key, Entry]:
    """Return the entries of a file by key.

    Args:
        text: of the file.
        file: its path, for messages.
        rule: whose it is.

    Raises:
        BaselineError: it is not what was written. It is never taken for empty.
    """
    for number, line in enumerate(text.splitlines(), start=1):
        if line.startswith(CONFLICT):
            raise BaselineError(
                f"{file}:{number}: a merge conflict is not resolved: {line.strip()!r}; keep the lines of both sides, "
                f"then run `{SHRINK}`"
            )
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BaselineError(f"{file}: not valid TOML: {error}; mend it, or restore it from git") from None
    version = document.pop("version", None)
    if version != VERSION:
        raise BaselineError(
            f"{file}: version {version!r} of such files is unknown, this is {VERSION}; was it written by another "
            "version of pytest-fitness?"
        )
    written = document.pop("known", None)
    if document or not isinstance(written, list):
        what = f"unknown key {next(iter(document))!r}" if document else "there is no list `known`"
        raise BaselineError(f"{file}: {what}; mend it, or restore it from git")
    entries: dict[Key, Entry] = {}
    for position, item in enumerate(written, start=1):
        try:
            entry = Entry(**item)
        except TypeError:
            entry = Entry("", "", "", "", 0)
        texts = all(isinstance(value, str) for value in (*entry.key, entry.says))
        if not texts or type(entry.count) is not int or entry.count < 1 or not entry.subject:
            raise BaselineError(f"{file}: entry {position} of {rule!r} is no known violation: {item!r}")
        before = entries.get(entry.key)
        if before is None or before.count < entry.count:  # twice after a merge: the same, not one more
            entries[entry.key] = entry
    return entries


def render(rule: str, entries: Iterable[Entry]) -> str:
    """Return the text of a file."""
    lines = [
        "  { "
        + ", ".join(f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in _fields(entry))
        + " },"
        for entry in sorted(entries)
    ]
    return "\n".join(
        [
            f'# Known violations of "{rule}", a line each, by key and count; what `says` is for people alone.',
            f"# `{FREEZE} {rule}` writes this file, `{SHRINK}` takes out what is mended. CI never writes it.",
            f"version = {VERSION}",
            "known = [",
            *lines,
            "]",
            "",
        ]
    )


def _fields(entry: Entry) -> Iterator[tuple[str, str | int]]:
    for name in ("kind", "subject", "target", "within", "count", "says"):
        value: str | int = getattr(entry, name)
        yield name, value.replace("\x7f", "?") if isinstance(value, str) else value


def shown(key: Key) -> str:
    """Return a key as people read it."""
    kind, subject, target, within = key
    arrow = f" -> {target}" if target else ""
    return f"{subject}{arrow}{f' in {within}' if within else ''}{f' ({kind})' if kind else ''}"


def describe(entry: Entry) -> str:
    """Return an entry of `Ledger.mended` in one line, with how many of how many are mended."""
    times = f", {entry.says}" if " of " in entry.says and entry.kind != "cycle" else ""
    return f"{shown(entry.key)}{times}"
