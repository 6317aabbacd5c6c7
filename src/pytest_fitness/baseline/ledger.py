"""What is known of one rule, and what of it was found."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from pytest_fitness.baseline.entries import Entry
from pytest_fitness.model import Key


class Version:
    """One version of a rule's file, and what it allows."""

    def __init__(self, entries: Mapping[Key, Entry]) -> None:
        self.entries = dict(entries)
        self._moved: dict[Key, list[Entry]] = {}

    def follow(self, present_name: Callable[[str], str]) -> None:
        """Find entries by the present names of what they are about, too."""
        for entry in self.entries.values():
            key = (entry.kind, present_name(entry.subject), present_name(entry.target), entry.within)
            if key != entry.key:
                self._moved.setdefault(key, []).append(entry)

    def every_key(self) -> list[Key]:
        """Return the keys of all entries, by old and by present names."""
        return [*self.entries, *self._moved]

    def matching(self, key: Key, found_keys: Collection[Key] = ()) -> list[Entry]:
        """Return the entries that allow a violation: its own, those that moved to it, a circle that it is a part of.

        Args:
            key: of the violation.
            found_keys: keys of everything that was found: an entry whose own key is among them has not moved.
        """
        found = [self.entries[key]] if key in self.entries else []
        found += [entry for entry in self._moved.get(key, []) if entry.key not in found_keys]
        if not found and key[0] == "cycle":
            candidates = [
                *self.entries.values(),
                *(Entry(*k, count=e.count, says=e.says) for k, m in self._moved.items() for e in m),
            ]
            found = [e for e in candidates if e.kind == "cycle" and _names(key) <= _names(e.key)][:1]
        return found

    def moved_from(self, keys: Collection[Key]) -> set[Key]:
        """Return the keys of entries that are found by one of *keys* now."""
        return {entry.key for key, entries in self._moved.items() if key in keys for entry in entries}

    def original(self, key: Key) -> Key:
        """Return the key in the file of an entry that moved to *key*."""
        return key if key in self.entries else self._moved[key][0].key


def _names(key: Key) -> set[str]:
    return {key[1], *key[2].split()}


class Ledger:
    """What is known of one rule, and what of it was found in this run.

    Args:
        file: the path of its file.
        work: the file as it is.
        base: as it was where the branch began; None where that does not count.

    Attributes:
        used: by key in the file, the present keys that were found, each with how many.
        says: by present key, the sentence.
        frozen: by present key, how many are to be written down; None where nothing is.
        has_followed: whether git was asked for renamed modules.
        doubt: why not all of them may be known; empty where they are.
    """

    def __init__(self, file: str, work: Version, base: Version | None = None) -> None:
        self.file = file
        self.work = work
        self.base = base
        self.used: dict[Key, dict[Key, int]] = {}
        self.says: dict[Key, str] = {}
        self.frozen: dict[Key, int] | None = None
        self.has_followed = False
        self.doubt = ""

    def written(self, key: Key, found_keys: Collection[Key] = ()) -> int:
        """How many violations of *key* the file has."""
        return sum(entry.count for entry in self.work.matching(key, found_keys))

    def allowed(self, key: Key, found_keys: Collection[Key] = ()) -> int:
        """How many violations of *key* are known: no more than where the branch began."""
        count = self.written(key, found_keys)
        if self.base is not None:
            count = min(count, sum(entry.count for entry in self.base.matching(key, found_keys)))
        return count

    def use(self, key: Key, total: int, says: str, found_keys: Collection[Key] = ()) -> None:
        """Remember that *total* violations of *key* were found."""
        self.says[key] = says
        for entry in self.work.matching(key, found_keys):
            found = self.used.setdefault(self.work.original(entry.key), {})
            count = min(total, entry.count)
            found[key] = max(found.get(key, 0), count)
            total -= count

    def mended(self) -> list[Entry]:
        """Return the entries of which there are fewer than the file says, or a smaller circle; *count* is how many less."""
        found: list[Entry] = []
        for key, entry in sorted(self.work.entries.items()):
            present = self.used.get(key, {})
            fewer = entry.count - sum(present.values())
            if fewer > 0:
                of = f" of {entry.count}" if entry.count > 1 else ""
                found.append(entry._replace(count=fewer, says=f"{fewer}{of}"))
            elif entry.kind == "cycle" and all(len(_names(k)) < len(_names(key)) for k in present):
                found.append(entry)
        return found

    def moved(self) -> list[tuple[Key, Key]]:
        """Return the keys in the file, with the present ones, of what is called something else now."""
        pairs = ((key, now) for key, present in self.used.items() for now in present if now != key)
        return sorted((key, now) for key, now in pairs if key[0] != "cycle" or len(_names(key)) == len(_names(now)))

    def remaining(self) -> list[Entry]:
        """Return what the file should say: only what was found, by its present name."""
        counts: dict[Key, int] = {}
        for present in self.used.values():
            for key, count in present.items():
                counts[key] = counts.get(key, 0) + count
        return [Entry(*key, count=count, says=self.says[key]) for key, count in counts.items()]

    def written_down(self, *, whole: bool) -> list[Entry]:
        """Return what is to be frozen; where not all of the rule was judged (not *whole*), beside what the file has."""
        found = {key: Entry(*key, count=n, says=self.says[key]) for key, n in (self.frozen or {}).items()}
        if not whole:
            moved = self.work.moved_from(found)
            for key, entry in self.work.entries.items():
                if key not in moved and (key not in found or found[key].count < entry.count):
                    found[key] = entry
        return list(found.values())
