"""Which files need more than grimp: told from the text, in a fraction of the time that a syntax tree takes.

A wrong yes costs the time to read one file, a wrong no would cost soundness.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cached_property

from pytest_fitness.model import Row
from pytest_fitness.names import is_under, parents
from pytest_fitness.sources.statements import IMPORTERS, absolute
from pytest_fitness.sources.tree import Source

CALL_WORDS = ("importlib", "__import__", "pkgutil", "runpy", "resolve_name", "run_module")
"""No text without one of these imports by a call, but for `RARER_CALLS`; a plain search is much faster than an expression."""

RARER_CALLS = {
    "import_": re.compile(r"import_(?:module|string|from_string)\b"),
    "locate": re.compile(r"locate\b"),
    "exec": re.compile(r"exec\s*\("),
    "eval": re.compile(r"eval\s*\("),
}
"""By a word that is in the text, what has to follow; each expression begins with the word, which makes it fast."""

GAP = r"(?:[ \t]|\\\n)+"
STATEMENT = re.compile(rf"\bfrom{GAP}(?P<base>[.\w]+){GAP}import\b|\bimport{GAP}(?P<names>(?:[\w., \t]|\\\n)+)")
WHOLE_STATEMENT = re.compile(
    rf"^[ \t]*(?:lazy\s+)?(?:from{GAP}[.\w]+{GAP}import{GAP}(?:\([^)]*\)|[^\n(;]*$)|import{GAP}[\w., \t]*$)",
    re.MULTILINE,
)
LINE_STARTS = re.compile(r"\n[ \t]*(?:from|import)[ \t\\]")
ON_ONE_LINE = re.compile(r"[;:][ \t]*(?:import|from)[ \t\\]")
STAR = re.compile(r"import\s*\*")
ATTRIBUTE = re.compile(r"\.\s*(\w+)")
TEXT = re.compile(r"[\"'](\w+)[\"']")
FOLLOWED_BY = re.compile(r"[\s\\)]*\.\s*(\w+)")
FROM = re.compile(r"(?:lazy\s+)?from\s*(\.*)\s*([\w.]*)\s*import\b")
PLAIN = re.compile(r"(?:lazy\s+)?import\b")
NOT_CODE = re.compile(
    r"([a-zA-Z]{0,2})(?:\"\"\"(?:\\.|[^\\])*?\"\"\"|'''(?:\\.|[^\\])*?'''|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*')|\#[^\n]*",
    re.DOTALL,
)
STATEMENTS = ("import ", "from ")
ALONE = re.compile(r"[(\[]?\s*\Z")

assert all(any(word in name for word in (*CALL_WORDS, *RARER_CALLS)) for name in IMPORTERS)


@dataclass
class Gate:
    """Knows the names of all modules.

    Attributes:
        modules: every module and namespace package.
        roots: the judged packages and the code beside them.
        namespaces: packages without an ``__init__``.
    """

    modules: Set[str]
    roots: Sequence[str]
    namespaces: Set[str]

    @cached_property
    def submodules(self) -> Mapping[str, Set[str]]:
        """By package, the last names of what is directly below it."""
        below: dict[str, set[str]] = {}
        for name in self.modules:
            while "." in name:
                name, _, last = name.rpartition(".")  # noqa: PLW2901 - upwards, until somebody was here
                if last in below.setdefault(name, set()):
                    break
                below[name].add(last)
        return below

    def needs_closer_look(self, source: Source, rows: Sequence[Row]) -> bool:
        """Whether grimp, which found *rows*, may have dropped an import of *source*."""
        text = source.text
        if _calls(text) or self._uses_submodules(source, text, rows) or self._leads_nowhere(source, rows):
            return True
        lines = len({row[1] for row in rows})
        if not any("," in row[2] and PLAIN.match(row[2]) for row in rows):
            if text.count("import") == lines:
                return False  # all there is
            starts = len(LINE_STARTS.findall(text)) + text.startswith(("import", "from"))
            if starts == lines and not ON_ONE_LINE.search(text):
                return False
        return any(name not in self.modules for name in self.stated(source, text))

    def _leads_nowhere(self, source: Source, rows: Sequence[Row]) -> bool:
        """Whether a statement names an internal module that does not exist: grimp gives the package above it."""
        tops = {root.partition(".")[0] for root in self.roots}
        for imported, _, text, _ in rows:
            if imported.partition(".")[0] not in tops:
                continue
            match = FROM.match(text)
            if match is None:
                if f"{imported}." in text:
                    return True
            elif absolute(source, match[2] or None, len(match[1])) not in self.modules:
                return True
        return False

    def stated(self, source: Source, text: str) -> Iterator[str]:
        """Internal modules, and packages above them, that import statements name in the text: rather too many."""
        for match in STATEMENT.finditer(text):
            base = match["base"]
            if base:
                level = len(base) - len(base.lstrip("."))
                names = [absolute(source, base[level:] or None, level)]
            else:
                names = [part.split()[0] for part in match["names"].replace("\\", " ").split(",") if part.strip()]
            yield from (n for n in names if any(is_under(n, p) or is_under(p, n) for p in self.roots))

    @staticmethod
    def stated_tops(text: str) -> Iterator[str]:
        """Top-level names that import statements name in the text."""
        for match in STATEMENT.finditer(text):
            names = [match["base"]] if match["base"] else match["names"].replace("\\", " ").split(",")
            yield from (part.split()[0].partition(".")[0] for part in names if part.strip())

    def _uses_submodules(self, source: Source, text: str, rows: Sequence[Row]) -> bool:
        """Whether ``app.infra.db`` may be used through a name that is bound to ``app`` or ``app.infra``."""
        bound = dict(self._bound(source, rows))
        if not bound:
            return False
        if STAR.search(text):
            return True
        words = set(ATTRIBUTE.findall(text))
        if "getattr" in text:
            words.update(TEXT.findall(text))
        used = {name: self.submodules[package] & words for name, package in bound.items()}
        used = {name: words for name, words in used.items() if words}
        if not used:
            return False
        used |= {a: words for name, words in used.items() for a in _aliases(name, text)}
        if not any(_is_used(text, name, words) for name, words in used.items()):
            return False
        code = NOT_CODE.sub(_formatted_only, WHOLE_STATEMENT.sub("", text))
        return any(_is_used(code, name, words) for name, words in used.items())

    def _bound(self, source: Source, rows: Sequence[Row]) -> Iterator[tuple[str, str]]:
        """Names in the code that stand for a package with submodules, and the package."""
        submodules = self.submodules
        for imported, _, text, _ in rows:
            if PLAIN.match(text):
                alias = re.search(r"\bas\s+(\w+)\s*(?:#.*|;.*)?$", text) if "," not in text else None
                if alias:
                    if imported in submodules:
                        yield alias[1], imported
                    continue
                for package in (imported, *parents(imported)):
                    if package in submodules:
                        yield package, package
                        if " as " in text:
                            yield package.rpartition(".")[2], package
            elif imported in submodules:
                match = FROM.match(text)
                last = imported.rpartition(".")[2]
                if match is None or absolute(source, match[2] or None, len(match[1])) != imported:
                    yield last, imported
                elif "*" in text:
                    yield "*", imported
                else:  # what is imported from a package is no module, or grimp would have said so
                    spaces = (n for n in submodules[imported] if f"{imported}.{n}" in self.namespaces)
                    yield from ((n, f"{imported}.{n}") for n in spaces)


def _calls(text: str) -> bool:
    if any(word in text for word in CALL_WORDS):
        return True
    for word, meant in RARER_CALLS.items():
        for match in meant.finditer(text) if word in text else ():
            before = text[max(0, match.start() - 4) : match.start()]
            if not before[-1:].isalnum() and before[-1:] not in ("_", ".") and before != "def ":
                return True
            if before.endswith(".") and "builtins" in text:
                return True
    return False


def _formatted_only(match: re.Match[str]) -> str:
    """Leave out comments and texts, but for f-strings: there is code in them."""
    return match[0] if "f" in (match[1] or "").lower() else '""'


def _aliases(name: str, text: str) -> list[str]:
    return re.findall(rf"{re.escape(name)}\s+as\s+(\w+)", text) if " as " in text else []


def _is_used(code: str, name: str, words: Set[str]) -> bool:
    """Whether *name* is followed by a dot and one of *words*, or handed on under another name."""
    position = code.find(name)
    while position >= 0:
        end = position + len(name)
        before = code[position - 1 : position]
        if not (before.isalnum() or before in ("_", ".")) and not (
            code[end : end + 1].isalnum() or code[end : end + 1] == "_"
        ):
            match = FOLLOWED_BY.match(code, end)
            if match:
                if match[1] in words and not code.startswith(STATEMENTS, code.rfind("\n", 0, position) + 1):
                    return True
            elif _is_handed_on(code, position, end):
                return True
        position = code.find(name, end)
    return False


def _is_handed_on(code: str, start: int, end: int) -> bool:
    """``m = app``, ``def f(m=app)``, ``getattr(app, ...)``, or one line of an assignment over several."""
    line_start, line_end = code.rfind("\n", 0, start) + 1, code.find("\n", end)
    if code.startswith(STATEMENTS, line_start):
        return False
    line, rest = code[line_start:start], code[end : line_end if line_end >= 0 else len(code)]
    if "=" in line or "getattr(" in line:
        return True
    if ALONE.match(line) is None or rest.strip(" \t,)]\\"):
        return False
    return code.rfind("import (", 0, start) <= code.rfind(")", 0, start)  # not one of the names of an import statement
