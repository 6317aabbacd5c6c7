"""Dotted names and patterns: ``*`` stands for one part of a name, ``**`` for any number of parts."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from functools import lru_cache


def is_under(name: str, package: str) -> bool:
    """Whether *name* is *package* or lies below it: ``shop.api.v1`` is under ``shop.api``, ``shop.apis`` is not."""
    return name == package or name.startswith(f"{package}.")


def parents(name: str) -> Iterator[str]:
    """Yield the packages above *name*, nearest first: ``a.b.c`` gives ``a.b`` and ``a``."""
    while "." in name:
        name = name.rpartition(".")[0]
        yield name


def has_wildcard(pattern: str) -> bool:
    """Whether *pattern* is more than a plain name."""
    return "*" in pattern


@lru_cache(maxsize=512)
def pattern_regex(pattern: str) -> re.Pattern[str]:
    """Compile *pattern* to an expression for the matched name *and everything below it*."""
    regex = ""
    for part in pattern.split("."):
        if part == "**":
            regex += r"(?:\.[^.]+)*"
        else:
            regex += r"\." + re.escape(part).replace(r"\*", "[^.]*")
    return re.compile(rf"{regex}(?:\..+)?")


def matches(name: str, pattern: str) -> bool:
    """Whether *name*, or a package above it, matches *pattern*."""
    return pattern_regex(pattern).fullmatch(f".{name}") is not None


def is_exactly(name: str, pattern: str) -> bool:
    """Whether *name* itself matches *pattern*; what lies below it does not."""
    if not has_wildcard(pattern):
        return name == pattern
    regex = pattern_regex(pattern)
    # a name matches with everything below it; it is meant itself if no package above it matches
    if not pattern.endswith("**"):
        return regex.fullmatch(f".{name}") is not None and not any(regex.fullmatch(f".{p}") for p in parents(name))
    return regex.fullmatch(f".{name}") is not None


def did_you_mean(name: str, candidates: Iterable[str]) -> list[str]:
    """Return at most two candidates that *name* may be a misspelling of, best first."""
    import difflib

    unique = sorted(set(candidates) - {name})
    close = difflib.get_close_matches(name, unique, n=2, cutoff=0.6)
    last = name.rpartition(".")[2]
    by_last = [c for c in unique if difflib.SequenceMatcher(None, c.rpartition(".")[2], last).ratio() > 0.8]
    found = close or by_last
    return [n for n in found[:2] if n == found[0] or not is_under(n, found[0])]


class NameIndex:
    """Dotted names, to be selected by package or pattern in less time than it takes to look at all of them."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = sorted(names, key=_in_order)
        self._places = [_in_order(name) for name in self._names]
        self._selected: dict[str, frozenset[str]] = {}

    def select(self, pattern: str) -> frozenset[str]:
        """Return the names that *pattern*, a dotted name or a pattern, stands for, with everything below them."""
        if pattern not in self._selected:
            found = self._matching(pattern) if has_wildcard(pattern) else self._under(pattern)
            self._selected[pattern] = frozenset(found)
        return self._selected[pattern]

    def _under(self, package: str) -> Iterator[str]:
        start = _in_order(package)
        first = bisect_left(self._places, start)
        if self._places[first : first + 1] == [start]:
            yield self._names[first]
        yield from self._names[bisect_left(self._places, f"{start}\0") : bisect_left(self._places, f"{start}\1")]

    def _matching(self, pattern: str) -> Iterator[str]:
        matches_pattern = pattern_regex(pattern).fullmatch
        return (name for name in self._names if matches_pattern(f".{name}"))


def _in_order(name: str) -> str:
    """A text by which what lies below a package comes straight after it."""
    return name.replace(".", "\0")
