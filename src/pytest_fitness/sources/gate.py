"""Which files need more than grimp: told from the text, in a fraction of the time that a syntax tree takes.

A wrong yes costs the time to read one file, a wrong no would cost soundness.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cached_property
from unicodedata import normalize

from pytest_fitness.model import Row
from pytest_fitness.names import is_under
from pytest_fitness.sources.statements import IMPORTERS, IMPORTING_PACKAGES, absolute
from pytest_fitness.sources.tree import Source

CALL_WORDS = ("importlib", "__import__", "pkgutil", "runpy", "resolve_name", "run_module")
"""No text without one of these imports by a call, but for `RARER_CALLS`; a plain search is much faster than an expression."""

OTHER_CALL_WORDS = ("resolve_name", "run_module")
"""What remains of them where ``import`` is but in statements, and none of the packages is imported."""

RARER_CALLS = {
    "import_": re.compile(r"import_(?:module|string|from_string)\b"),
    "locate": re.compile(r"locate\b"),
    "exec": re.compile(r"exec\b"),
    "eval": re.compile(r"eval\b"),
}
"""By a word that is in the text, what has to follow; each expression begins with the word, which makes it fast."""

BUILTINS = ("exec", "eval")
SPACE = re.compile(r"[ \t\\\n]+")
GAP = r"(?:[ \t]|\\\n)+"
STATEMENT = re.compile(rf"\bfrom(?P<base>(?:[.\w \t]|\\\n)+?)\bimport\b|\bimport{GAP}(?P<names>(?:[\w., \t]|\\\n)+)")
IMPORTS = re.compile(
    r"[\n;:][ \t\f]*(?:lazy\s+)?(?:from\b[\s.\w]*?\bimport\b[ \t]*(?:\([^)]*\)|[^\n;]*)|import\b[^\n;]*)"
)
"""Import statements in code without comments, texts and lines that go on behind a backslash, where it begins with a line end."""

LINE_STARTS = re.compile(r"\n[ \t\f]*(?:from|import)\b")
ON_ONE_LINE = re.compile(r"[;:][ \t\f]*(?:import|from)\b")
STAR = re.compile(r"import\s*\*")
ATTRIBUTE = re.compile(r"\.\s*(\w+)")
LATER_ATTRIBUTE = re.compile(r"\.(?:[\s\\]|#[^\n]*)*(\w+)")
"""Between a dot and an attribute there may be a comment, or a backslash."""

FOLLOWED_BY = re.compile(r"(?:[ \t]*(?:(?P<bound>=(?!=))|(?P<noted>:))|[\s)]*\.\s*(?P<attribute>\w+))?")
FROM = re.compile(r"(?:lazy\s+)?from\s*(\.*)\s*([\w.]*)\s*import\b")
PLAIN = re.compile(r"(?:lazy\s+)?import\b")
BEGINNING = re.compile(r"(?:lazy\s+)?(?:from|import)\b")
ALIAS = re.compile(r"\bas\s+(\w+)\s*\Z")
NOT_CODE = re.compile(
    r"""\#[^\n]*
    |\"\"\"(?:[^\\"]+|\\.|"(?!""))*\"\"\"
    |\'\'\'(?:[^\\']+|\\.|'(?!''))*\'\'\'
    |"(?:[^\\"\n]+|\\.)*"
    |'(?:[^\\'\n]+|\\.)*'""",
    re.DOTALL | re.VERBOSE,
)
"""Comments and texts; in one go, since either may look like the other."""

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

    @cached_property
    def _spaces(self) -> Mapping[str, Sequence[tuple[str, str]]]:
        """By package, the last and the full names of the namespace packages directly below it."""
        below: dict[str, list[tuple[str, str]]] = {}
        for name in self.namespaces:
            package, _, last = name.rpartition(".")
            below.setdefault(package, []).append((last, name))
        return below

    def needs_closer_look(self, source: Source, rows: Sequence[Row]) -> bool:
        """Whether grimp, which found *rows*, may have dropped an import of *source*."""
        text = source.text
        own = [row for row in rows if f"{row[0]}.".startswith(self._own)]
        if any(";" in row[2] or "\\" in row[2] or not _begins(row[2]) for row in own):
            return True  # there is more to the line than one statement, or more lines to the statement
        lines = len({row[1] for row in rows})
        is_all = text.count("import") == lines  # the word is the one of the statements that grimp has found, everywhere
        if _calls(text, rows if is_all else None):
            return True
        if self._leads_nowhere(source, own) or self._uses_submodules(source, text, rows, own):
            return True
        if not any("," in row[2] and PLAIN.match(row[2]) for row in rows):
            if is_all:
                return False
            starts = len(LINE_STARTS.findall(text)) + text.startswith(("import", "from"))
            if starts == lines and not ON_ONE_LINE.search(text):
                return False
        return any(name not in self.modules for name, _ in self.stated(source, text))

    @cached_property
    def _own(self) -> tuple[str, ...]:
        """First parts of the names of all roots, each with a dot."""
        return tuple({f"{root.partition('.')[0]}." for root in self.roots})

    def _leads_nowhere(self, source: Source, rows: Sequence[Row]) -> bool:
        """Whether a statement names an internal module that does not exist: grimp gives the package above it."""
        for imported, _, text, _ in rows:
            if text.startswith("from ") and text.split(" ", 2)[1] in self.modules:
                continue
            match = FROM.match(text)
            if match is None:
                if f"{imported}." in text:
                    return True
            elif absolute(source, match[2] or None, len(match[1])) not in self.modules:
                return True
        return False

    def stated(self, source: Source, text: str) -> Iterator[tuple[str, int]]:
        """Internal modules, and packages above them, that import statements name in the text, and where: rather too many."""
        for match in STATEMENT.finditer(text):
            for name in _named(match):
                level = len(name) - len(name.lstrip("."))
                full = absolute(source, name[level:] or None, level)
                if any(is_under(full, root) or is_under(root, full) for root in self.roots):
                    yield full, match.start()

    @staticmethod
    def stated_tops(text: str) -> Iterator[tuple[str, int]]:
        """Top-level names that import statements name in the text, and where."""
        for match in STATEMENT.finditer(text):
            yield from ((name.partition(".")[0], match.start()) for name in _named(match))

    @staticmethod
    def has_star(text: str) -> bool:
        """Whether *text* may import all that another module exports."""
        return STAR.search(text) is not None

    def _uses_submodules(self, source: Source, text: str, rows: Sequence[Row], own: Sequence[Row]) -> bool:
        """Whether ``app.infra.db`` may be used through a name that is bound to ``app`` or ``app.infra``."""
        bound = dict(self._bound(source, own))
        if not bound:
            return False
        if any("*" in row[2] or "\\" in row[2] for row in rows) and self.has_star(text):
            return True
        text = text if text.isascii() else normalize("NFKC", text)  # as Python does with names
        is_late = ("\\" in text and ".\\" in text) or _has_gap(text)
        words = set((LATER_ATTRIBUTE if is_late else ATTRIBUTE).findall(text))
        if "getattr" in text:
            words.update(re.findall(r"\w+", text))
        used = {name: self.submodules[package] & words for name, package in bound.items()}
        used = {name: words for name, words in used.items() if words}
        if not used:
            return False
        if not is_late and not _may_be_used(text, used):
            return False
        code = _without_texts(text).replace("\\\n", " ")
        used |= {alias: words for name, words in used.items() for alias in _aliases(name, code)}
        code = IMPORTS.sub("\n", f"\n{code}")
        return any(_is_used(code, name, words) for name, words in used.items())

    def _bound(self, source: Source, rows: Sequence[Row]) -> Iterator[tuple[str, str]]:
        """Names in the code that stand for a package with submodules, and the package."""
        submodules = self.submodules
        for imported, _, line, _ in rows:
            if not line.startswith("from ") and PLAIN.match(line):
                text = line.partition("#")[0]
                alias = ALIAS.search(text) if "," not in text else None
                if alias:
                    if imported in submodules:
                        yield alias[1], imported
                    continue
                top = imported.partition(".")[0]
                if top in submodules:
                    yield top, top
                if " as " in text and imported in submodules:
                    yield imported.rpartition(".")[2], imported
            elif imported in submodules:
                text = line.partition("#")[0]
                match = FROM.match(text)
                last = imported.rpartition(".")[2]
                if match is None or absolute(source, match[2] or None, len(match[1])) != imported:
                    yield last, imported
                elif "*" in text:
                    yield "*", imported
                else:  # what is imported from a package is no module, or grimp would have said so
                    yield from self._spaces.get(imported, ())


def _named(match: re.Match[str]) -> list[str]:
    """The modules in a match of `STATEMENT`."""
    if match["base"]:
        return [SPACE.sub("", match["base"])]
    return [part.split()[0] for part in match["names"].replace("\\", " ").split(",") if part.strip()]


def _begins(line: str) -> bool:
    return line.startswith(("from ", "import ")) or BEGINNING.match(line) is not None


def _calls(text: str, rows: Sequence[Row] | None) -> bool:
    """Whether *text* may import by a call; with *rows*, there is no ``import`` but in statements that these are from."""
    if rows is not None and any(f"{row[0]}.".startswith(IMPORTING_PACKAGES) for row in rows):
        return True
    if any(word in text for word in (CALL_WORDS if rows is None else OTHER_CALL_WORDS)):
        return True
    for word, meant in RARER_CALLS.items():
        if (rows is not None and "import" in word) or word not in text:
            continue
        for match in meant.finditer(text):
            before = text[max(0, match.start() - 4) : match.start()]
            is_name = before[-1:].isalnum() or before[-1:] == "_" or before == "def "
            is_method = word in BUILTINS and before.endswith(".") and "builtins" not in text
            if not is_name and not is_method:
                return True
    return False


def _without_texts(text: str) -> str:
    """Leave out comments and texts, but for f-strings: there is code in them."""

    def shown(match: re.Match[str]) -> str:
        if match[0].startswith("#"):
            return ""
        return match[0] if "f" in text[max(0, match.start() - 2) : match.start()].lower() else '""'

    return NOT_CODE.sub(shown, text)


def _aliases(name: str, code: str) -> list[str]:
    """Other names for *name*, rather too many; an expression that begins with a plain word is fast."""
    return re.findall(rf"{re.escape(name.rpartition('.')[2])}\s+as\s+(\w+)", code)


def _has_gap(text: str) -> bool:
    """Whether there is a comment between a dot and what it is followed by, or something that looks like it."""
    return any(part.rstrip(" \t").endswith(".") for part in text.split("#")[:-1])


def _may_be_used(text: str, used: Mapping[str, Set[str]]) -> bool:
    """A first look at *text* as it is, comments and texts included: most files need no second one."""
    names = {**used} | {alias: words for name, words in used.items() for alias in _aliases(name, text)}
    return any(_is_used(text, name, words, is_raw=True) for name, words in names.items())


def _is_used(code: str, name: str, words: Set[str], *, is_raw: bool = False) -> bool:
    """Whether *name* is followed by a dot and one of *words*, or handed on as it is; in raw text not in an import."""
    position = code.find(name)
    while position >= 0:
        end = position + len(name)
        before, after = code[position - 1 : position], code[end : end + 1]
        if not (before.isalnum() or before == "_" or after.isalnum() or after == "_"):
            match = FOLLOWED_BY.match(code, end)
            assert match is not None
            earlier = code[max(0, position - 50) : position].rstrip(" \t")  # a sentence may end on the line above
            is_attribute = earlier.endswith(".") and not earlier.endswith("...")
            is_bound = match["bound"] or (match["noted"] and earlier[-1:] in ("", "\n", "(", ",", "*"))
            if not is_attribute and not is_bound and (match["attribute"] is None or match["attribute"] in words):
                if not (is_raw and _imports(code, position)):
                    return True
        position = code.find(name, end)
    return False


def _imports(text: str, position: int) -> bool:
    """Whether there is a simple import statement on the line, and nothing else."""
    start, end = text.rfind("\n", 0, position) + 1, text.find("\n", position)
    line = text[start : end if end >= 0 else None]
    return line.startswith(("import ", "from ")) and ";" not in line and "#" not in line
