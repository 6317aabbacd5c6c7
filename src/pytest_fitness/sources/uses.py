"""Submodules that a module uses through a package: ``app.infra.db`` after ``import app``, told from the text."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence, Set
from functools import cached_property
from typing import TYPE_CHECKING
from unicodedata import normalize

from pytest_fitness.model import Row
from pytest_fitness.names import is_under, parents
from pytest_fitness.sources.circumstances import is_alone, without_blocks
from pytest_fitness.sources.code_only import without_any_text, without_texts
from pytest_fitness.sources.tree import Source

if TYPE_CHECKING:
    from pytest_fitness.sources.gate import Gate

IMPORT = re.compile(
    r"\s*(?P<keyword>)(?:lazy\s+)?(?:from\b[\s.\w]*?\bimport\b[ \t]*(?:\([^)]*\)|[^\n;]*)|import\b[^\n;]*)"
)
"""An import statement in code without comments, texts and lines that go on behind a backslash."""

SIMPLE_IMPORT = re.compile(r"import\s|from\s+[\w.]+\s+import\b")
STAR = re.compile(r"import\s*\*")
FOLLOWED_BY = re.compile(r"(?:[ \t]*(?:(?P<bound>=(?!=))|(?P<noted>:))|[\s)]*\.\s*(?P<attribute>[^\W\d]\w*))?")
ATTRIBUTES = re.compile(r"(?:\s*\.\s*[^\W\d]\w*)+")
ALIAS = re.compile(r"\s+as\s+(\w+)")
MODULE_OF_FROM = re.compile(r"[ \t]+import\b")
OPERATOR = re.compile(r"(?:[=\\]|\b(?:or|and|else|not|await))\Z")
"""Before the last part of an expression that may have a package for its value, on the line above."""

NEAR = 200
"""Characters before a name in which what comes before it is looked for; where there are but blanks, a use is assumed."""


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
        return frozenset(row[0] for row in self.rows if is_alone(self.source.lines, row[1]))

    def found(self, *, is_star: bool) -> Sequence[Row] | None:
        """Return an import for each submodule that is used and not imported by name; None where only a syntax tree can tell."""
        text = self.source.text
        if is_star and STAR.search(text):
            return None
        is_ascii = text.isascii()
        if not is_ascii:
            text = _as_names(text)
        submodules: dict[str, set[str]] = {}
        for _, name, package in self.bound:
            submodules.setdefault(_as_names(name), set()).update(self.gate.submodules[package])
        if not any(_may_be_used(text, *each) for each in _with_aliases(submodules, text).items()):
            return ()
        code = without_texts(text)
        if code is None:
            return None
        joined = code.replace("\\\n", " ")
        used = [name for name, below in _with_aliases(submodules, joined).items() if _is_used(joined, name, below)]
        if not used:
            return ()
        return self._told(code, used) if is_ascii and joined == code else None

    def _module(self, package: str, rest: str) -> tuple[str, str]:
        """The module that attributes of a package lead to, and the full name."""
        full = f"{package}{''.join(rest.split())}"
        return next((n for n in (full, *parents(full)) if n in self.gate.modules), ""), full

    # -- as exactly as a syntax tree ---------------------------------------------------------------------------------

    def _told(self, code: str, used: Sequence[str]) -> Sequence[Row] | None:
        """The same, where each name is bound once and for all, and followed by an attribute wherever else it stands."""
        bare = without_any_text(self.source.text)
        outside = without_blocks(bare)
        if outside is None:
            return None
        found: dict[str, Row] = {}
        for name in used:
            if not len(places(code, name)) == len(places(bare, name)) == len(places(outside, name)):
                return None  # in an f-string, or for type checkers
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
        if len(packages) != 1 or not all(is_alone(self.source.lines, line) for line in lines):
            return None
        (package,) = packages
        imports: list[int] = []
        found: list[tuple[str, int]] = []
        for position in places(code, name):
            end = position + len(name)
            before = code[max(0, position - NEAR) : position]
            rest = ATTRIBUTES.match(code, end)
            if before.rstrip()[-1:] in (".", ""):
                if position and (before[-1] != "." or before.endswith("..")):
                    return None  # a line that goes on, or `...`
            elif statement := import_around(code, position):
                if ALIAS.match(code, end):
                    return None
                if not MODULE_OF_FROM.match(code, rest.end() if rest else end):
                    imports.append(code.count("\n", 0, statement.start("keyword")) + 1)
            elif rest is None or "\n" in rest[0]:
                return None
            else:
                module, full = self._module(package, rest[0])
                if full in self.gate.submodules:
                    return None  # it is handed on
                if module and module not in self.stated | {package} and not is_under(self.source.module.name, module):
                    found.append((module, code.count("\n", 0, position) + 1))
        return found if sorted(imports) == sorted(lines) else None


def _as_names(text: str) -> str:
    """*text* as Python sees names in it."""
    return text if text.isascii() else normalize("NFKC", text)


def places(code: str, name: str) -> list[int]:
    """Where *name* stands, and not as a part of another."""
    found: list[int] = []
    position = code.find(name)
    while position >= 0:
        end = position + len(name)
        before, after = code[position - 1 : position], code[end : end + 1]
        if not (before.isalnum() or before == "_" or after.isalnum() or after == "_"):
            found.append(position)
        position = code.find(name, end)
    return found


def _with_aliases(submodules: Mapping[str, Set[str]], code: str) -> dict[str, set[str]]:
    """*submodules* under other names as well, rather too many."""
    found = {name: set(below) for name, below in submodules.items()}
    for name, below in submodules.items():
        for position in places(code, name):
            if alias := ALIAS.match(code, position + len(name)):
                found[alias[1]] = found.get(alias[1], set()) | below
    return found


def _may_be_used(text: str, name: str, below: Set[str]) -> bool:
    """A first look at a text as it is: whether *name*, of a package with the submodules *below*, may be used in it."""
    uses = (n for n in places(text, name) if _is_use(text, n, name, below))
    return any(not _is_simple_import(text, n) for n in uses)


def _is_used(code: str, name: str, below: Set[str]) -> bool:
    """The same of code without comments, texts, and lines that go on behind a backslash."""
    return any(_is_use(code, n, name, below) and not import_around(code, n) for n in places(code, name))


def _is_use(code: str, position: int, name: str, below: Set[str]) -> bool:
    """Whether a name is followed by a dot and a submodule, or stands for itself; only what surely does neither is none."""
    match = FOLLOWED_BY.match(code, position + len(name))
    assert match is not None
    if match["attribute"] is not None and match["attribute"] not in below:
        return False
    before = code[max(0, position - NEAR) : position]
    earlier = before.rstrip(" \t")
    if (earlier.endswith(".") and not earlier.endswith("...")) or earlier.endswith(("def", "class")) or match["bound"]:
        return False
    if not match["noted"]:
        return True
    last = earlier[-1:] if len(before) == NEAR or earlier else "\n"
    return last not in ("\n", "(", ",", "*") or (
        last == "\n" and ("#" in code or OPERATOR.search(before.rstrip()) is not None or not before.strip())
    )


def _is_simple_import(text: str, position: int) -> bool:
    """Whether there is a simple import statement on the line, and nothing else."""
    start, end = text.rfind("\n", 0, position) + 1, text.find("\n", position)
    line = text[start : end if end >= 0 else None]
    return SIMPLE_IMPORT.match(line) is not None and ";" not in line and "#" not in line


def import_around(code: str, position: int) -> re.Match[str] | None:
    """The import statement around *position*: one that begins on the line, or with the last ``import`` before it."""
    for place in (position, code.rfind("import", 0, position)):
        start = max(code.rfind(separator, 0, place) for separator in "\n;:") + 1
        match = IMPORT.match(code, start) if place >= 0 else None
        if match is not None and match.end() > position:
            return match
    return None
