"""Submodules that a module uses through a package: ``app.infra.db`` after ``import app``, told from the text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from functools import cached_property
from typing import TYPE_CHECKING
from unicodedata import normalize

from pytest_fitness.model import Row
from pytest_fitness.names import is_under, parents
from pytest_fitness.sources.code_only import without_any_text, without_texts
from pytest_fitness.sources.tree import Source

if TYPE_CHECKING:
    from pytest_fitness.sources.gate import Gate

IMPORT = re.compile(r"\s*(?:lazy\s+)?(?:from\b[\s.\w]*?\bimport\b[ \t]*(?:\([^)]*\)|[^\n;]*)|import\b[^\n;]*)")
"""An import statement in code without comments, texts and lines that go on behind a backslash."""

STAR = re.compile(r"import\s*\*")
ATTRIBUTE = re.compile(r"\.\s*(\w+)")
LATER_ATTRIBUTE = re.compile(r"\.(?:[\s\\]++|#[^\n]*+\n)*+(\w+)")
"""Between a dot and an attribute there may be a comment, or a backslash. Nothing is given back, or a line of ``#`` takes for ever."""

FOLLOWED_BY = re.compile(r"(?:[ \t]*(?:(?P<bound>=(?!=))|(?P<noted>:))|[\s)]*\.\s*(?P<attribute>\w+))?")
ATTRIBUTES = re.compile(r"(?:\s*\.\s*\w+)+")
MODULE_OF_FROM = re.compile(r"[ \t]+import\b")
ALIASED = re.compile(r"as\s+(\w+)")
LONGEST = 200
"""Characters of a name, and of the blanks around it."""

UNINDENTED = ("import ", "from ")


class Uses:
    """What one file may use through names that are bound to packages.

    Args:
        gate: knows all modules.
        source: the file.
        rows: the imports that grimp found in it.
        bound: by row, names that it binds to packages with submodules, and the package.
    """

    def __init__(self, gate: Gate, source: Source, rows: Sequence[Row], bound: Sequence[tuple[Row, str, str]]) -> None:
        self.gate = gate
        self.source = source
        self.rows = rows
        self.bound = bound

    @cached_property
    def stated(self) -> frozenset[str]:
        """What is imported by name in statements that nothing is around."""
        lines = self.source.lines
        return frozenset(row[0] for row in self.rows if lines[row[1] - 1].startswith(UNINDENTED))

    def found(self, *, is_star: bool) -> Sequence[Row] | None:
        """Return an import for each submodule that is used and not imported by name; None where only a syntax tree can tell."""
        text = self.source.text
        if is_star and STAR.search(text):
            return None
        is_ascii = text.isascii()
        text = text if is_ascii else normalize("NFKC", text)  # as Python does with names
        is_late = ("\\" in text and ".\\" in text) or _has_gap(text)
        words = set((LATER_ATTRIBUTE if is_late else ATTRIBUTE).findall(text))
        has_getattr = "getattr" in text  # then any text may be an attribute
        used: dict[str, set[str]] = {}
        for _, name, package in self.bound:
            below = self.gate.submodules[package]
            if below := set(below) if has_getattr else below & words:
                used[name] = used.get(name, set()) | below
        if not used or not (is_late or _are_used(text, _with_aliases(used, text), is_raw=True)):
            return ()
        code = without_texts(text)
        on_one_line = code.replace("\\\n", " ")
        named = _with_aliases(used, on_one_line)
        used = {n: named[n] for n in named if _are_used(on_one_line, {n: named[n]}, is_stated=self._is_stated)}
        is_plain = is_ascii and not (is_late or has_getattr or "TYPE_CHECKING" in text or "\\\n" in code)
        return self._told(code, used) if is_plain or not used else None

    def _is_stated(self, name: str, rest: str) -> bool:
        """Whether *name* with *rest*, the attributes behind it, is in a module that is stated, and no package that is handed on."""
        packages = {package for _, bound, package in self.bound if bound == name}
        if len(packages) != 1:
            return False
        module, full = self._module(packages.pop(), rest)
        return module in self.stated and full not in self.gate.submodules

    def _module(self, package: str, rest: str) -> tuple[str, str]:
        """The module that attributes of a package lead to, and the full name."""
        full = f"{package}{''.join(rest.split())}"
        return next((n for n in (full, *parents(full)) if n in self.gate.modules), ""), full

    # -- as exactly as a syntax tree ---------------------------------------------------------------------------------

    def _told(self, code: str, used: Mapping[str, Set[str]]) -> Sequence[Row] | None:
        """The same, where each name is bound once and for all, and followed by an attribute wherever else it stands."""
        bare = without_any_text(self.source.text)
        found: dict[str, Row] = {}
        if _with_aliases(used, code).keys() != used.keys():
            return None
        for name in used:
            if len(list(_places(code, name))) != len(list(_places(bare, name))):
                return None  # in an f-string
            uses = self._told_of(bare, name)
            if uses is None:
                return None
            for imported, line in uses:
                found.setdefault(imported, (imported, line, self.source.line(line), "attribute"))
        return sorted(found.values(), key=lambda row: row[1])

    def _told_of(self, code: str, name: str) -> list[tuple[str, int]] | None:
        """The modules that *name* leads to, and the lines."""
        packages = {package for _, bound, package in self.bound if bound == name}
        lines = {row[1] for row, bound, _ in self.bound if bound == name}
        if len(packages) != 1 or not all(self.source.lines[line - 1].startswith(UNINDENTED) for line in lines):
            return None
        (package,) = packages
        imports = 0
        found: list[tuple[str, int]] = []
        for position in _places(code, name):
            before = code[max(0, position - LONGEST) : position]
            rest = ATTRIBUTES.match(code, position + len(name))
            if before.rstrip().endswith("."):
                if before[-1] != "." or before.endswith(".."):
                    return None  # a line that goes on, or `...`
            elif _is_imported(code, position):
                imports += not (MODULE_OF_FROM.match(code, rest.end() if rest else position + len(name)))
            elif rest is None or "\n" in rest[0]:
                return None
            else:
                module, full = self._module(package, rest[0])
                if full in self.gate.submodules:
                    return None  # it is handed on
                if module not in self.stated | {package} and not is_under(self.source.module.name, module):
                    found.append((module, code.count("\n", 0, position) + 1))
        return found if imports == len(lines) else None


def _places(code: str, name: str) -> Iterator[int]:
    """Where *name* stands, and not as a part of another."""
    position = code.find(name)
    while position >= 0:
        end = position + len(name)
        before, after = code[position - 1 : position], code[end : end + 1]
        if not (before.isalnum() or before == "_" or after.isalnum() or after == "_"):
            yield position
        position = code.find(name, end)


def _are_used(
    code: str,
    used: Mapping[str, Set[str]],
    *,
    is_raw: bool = False,
    is_stated: Callable[[str, str], bool] = lambda *_: False,
) -> bool:
    """Whether any of the names is followed by a dot and one of its words, or handed on as it is.

    Args:
        code: text; without comments, texts, and lines that go on behind a backslash, unless it *is_raw*.
        used: by name, the words that matter.
        is_raw: whether imports are left out by a first look at their line only.
        is_stated: whether a name with these attributes is no news.
    """
    return any(
        not (_imports(code, position) if is_raw else _is_imported(code, position))
        and not ((rest := ATTRIBUTES.match(code, position + len(name))) and is_stated(name, rest[0]))
        for name, words in used.items()
        for position in _places(code, name)
        if _is_use(code, position, position + len(name), words)
    )


def _is_use(code: str, start: int, end: int, words: Set[str]) -> bool:
    """Whether a name is followed by a dot and one of *words*, or stands alone; also in an import."""
    match = FOLLOWED_BY.match(code, end)
    assert match is not None
    if match["attribute"] is not None and match["attribute"] not in words:
        return False
    earlier = code[max(0, start - 50) : start].rstrip(" \t")  # a sentence may end on the line above
    is_attribute = earlier.endswith(".") and not earlier.endswith("...")
    is_defined = earlier.endswith(("def", "class"))
    is_bound = match["bound"] or (match["noted"] and earlier[-1:] in ("", "\n", "(", ",", "*"))
    return not (is_attribute or is_defined or is_bound)


def _with_aliases(used: Mapping[str, Set[str]], code: str) -> dict[str, set[str]]:
    """*used* under other names as well, rather too many."""
    found = {name: set(words) for name, words in used.items()}
    ends = tuple(name.rpartition(".")[2] for name in used)
    for match in ALIASED.finditer(code):
        before = code[max(0, match.start() - LONGEST) : match.start()].rstrip()
        if before.endswith(ends) and code[match.start() - 1].isspace():
            for name, words in used.items():
                if before.endswith(name.rpartition(".")[2]):
                    found[match[1]] = found.get(match[1], set()) | words
    return found


def _has_gap(text: str) -> bool:
    """Whether there is a comment between a dot and what it is followed by, or something that looks like it."""
    return any(part.rstrip(" \t").endswith(".") for part in text.split("#")[:-1])


def _imports(text: str, position: int) -> bool:
    """Whether there is a simple import statement on the line, and nothing else."""
    start, end = text.rfind("\n", 0, position) + 1, text.find("\n", position)
    line = text[start : end if end >= 0 else None]
    return line.startswith(UNINDENTED) and ";" not in line and "#" not in line


def _is_imported(code: str, position: int) -> bool:
    """Whether *position* is in an import statement: one that begins on the line, or with the last ``import`` before it."""
    for place in (position, code.rfind("import", 0, position)):
        start = max(code.rfind(separator, 0, place) for separator in "\n;:") + 1
        match = IMPORT.match(code, start) if place >= 0 else None
        if match is not None and match.end() > position:
            return True
    return False
