"""Which files need more than grimp: told from the text, in a fraction of the time that a syntax tree takes.

A wrong yes costs the time to read one file, a wrong no would cost soundness.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple
from unicodedata import normalize

from pytest_fitness.model import Row
from pytest_fitness.names import is_under
from pytest_fitness.sources.calls import NOTHING, Missed, told
from pytest_fitness.sources.code_only import without_texts
from pytest_fitness.sources.importers import IMPORTERS, IMPORTING_PACKAGES, METADATA
from pytest_fitness.sources.known import submodules
from pytest_fitness.sources.statements import absolute
from pytest_fitness.sources.tree import Source
from pytest_fitness.sources.uses import STAR, Uses

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
LINE_STARTS = re.compile(r"\n[ \t\f]*(?:from|import)\b")
ON_ONE_LINE = [re.compile(rf"{before}[ \t\f]*(?:import|from)\b") for before in ";:"]
FROM = re.compile(r"(?:lazy\s+)?from\s*(\.*)([\w.]*)\s*import\b")
GOES_ON = re.compile(r"from\s+[.\w]+\s+import(?:\s+\w+(?:\s+as\s+\w+)?\s*,)++\s*\\\Z")
"""The first line of a statement that has more names on the next one, as in brackets."""

GAP_IN_NAME = re.compile(r"\s\.|\.\s")
PLAIN = re.compile(r"(?:lazy\s+)?import\b")
BEGINNING = re.compile(r"(?:lazy\s+)?(?:from|import)\b")
ALIAS = re.compile(r"\bas\s+(\w+)\s*\Z")

assert all(any(word in name for word in (*CALL_WORDS, *RARER_CALLS)) for name in IMPORTERS)


class Trait(NamedTuple):
    """What one import has to say, wherever it stands; a relative one, wherever in its package.

    Attributes:
        is_odd: grimp may have dropped something of it.
        is_importer: it is of a package whose functions import.
        is_star: it may be of all that a module exports.
        is_list: it may be of several modules.
        bound: names in the code that stand for a package with submodules, and the package.
    """

    is_odd: bool = False
    is_importer: bool = False
    is_star: bool = False
    is_list: bool = False
    bound: Sequence[tuple[str, str]] = ()


PLAIN_TRAIT = Trait()
"""That of most imports."""


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
    _traits: dict[tuple[str, ...], Trait] = field(default_factory=dict, repr=False)

    @cached_property
    def tops(self) -> Set[str]:
        """First parts of the names of all modules."""
        return {name.partition(".")[0] for name in self.modules}

    @cached_property
    def submodules(self) -> Mapping[str, Set[str]]:
        """By package, the last names of what is directly below it."""
        return submodules(self.modules)

    @cached_property
    def _spaces(self) -> Mapping[str, Sequence[tuple[str, str]]]:
        """By package, the last and the full names of the namespace packages directly below it."""
        below: dict[str, list[tuple[str, str]]] = {}
        for name in self.namespaces:
            package, _, last = name.rpartition(".")
            below.setdefault(package, []).append((last, name))
        return below

    def missed(self, source: Source, rows: Sequence[Row]) -> Missed | None:
        """Return what *source* imports beside *rows*, which grimp found; None where only a syntax tree can tell."""
        traits = self._traits_of(source, rows)
        if any(trait.is_odd for _, trait in traits):
            return None
        text = source.text
        lines = len({row[1] for row in rows})
        is_all = text.count("import") == lines  # the word is the one of the statements that grimp has found, everywhere
        names = text if text.isascii() else normalize("NFKC", text)  # as Python sees them
        calls: Missed | None = NOTHING
        is_importer = is_all and any(trait.is_importer for _, trait in traits) and not _is_metadata(names)
        if is_importer or _calls(names, is_all=is_all):
            calls = told(source, self.tops)
        is_list = any(trait.is_list for _, trait in traits)
        if calls is None or self._states_more(source, text, lines, is_all=is_all, is_list=is_list):
            return None
        bound = [(row, name, package) for row, trait in traits for name, package in trait.bound]
        if not bound:
            return calls
        uses = Uses(self, source, rows, bound).found(is_star=any(t.is_star for _, t in traits))
        return None if uses is None else calls._replace(rows=[*calls.rows, *uses])

    def names(self, source: Source, rows: Sequence[Row]) -> set[tuple[str, str]]:
        """Return names that may stand for packages with submodules in *source*, and the packages; others may as well."""
        return {bound for _, trait in self._traits_of(source, rows) for bound in trait.bound if bound[0] != "*"}

    def _states_more(self, source: Source, text: str, lines: int, *, is_all: bool, is_list: bool) -> bool:
        """Whether there may be statements of which grimp has found a part, or nothing."""
        if not is_list:
            if is_all:
                return False
            starts = len(LINE_STARTS.findall(text)) + text.startswith(("import", "from"))
            if starts == lines and not any(expression.search(text) for expression in ON_ONE_LINE):
                return False
        return any(name not in self.modules for name, _ in self.stated(source, text))

    def _traits_of(self, source: Source, rows: Sequence[Row]) -> list[tuple[Row, Trait]]:
        """Those of *rows* that have anything to say, and what."""
        package = source.module.name if source.module.is_package else source.module.name.rpartition(".")[0]
        traits = self._traits
        telling: list[tuple[Row, Trait]] = []
        for row in rows:
            imported, _, text, _ = row
            is_absolute = text.startswith("import ") or (text.startswith("from ") and text[5:6].isidentifier())
            key = (imported, text) if is_absolute else (imported, text, package)
            trait = traits.get(key)
            if trait is None:
                trait = traits[key] = self._trait(source, imported, text)
            if trait is not PLAIN_TRAIT:
                telling.append((row, trait))
        return telling

    def _trait(self, source: Source, imported: str, text: str) -> Trait:
        is_own = f"{imported}.".startswith(self._own)
        # there is more to the line than one statement, or more lines to the statement
        is_whole = "\\" not in text or GOES_ON.match(text) is not None
        is_odd = is_own and (
            ";" in text or not is_whole or not _begins(text) or self._leads_nowhere(source, imported, text)
        )
        trait = Trait(
            is_odd,
            f"{imported}.".startswith(IMPORTING_PACKAGES),
            "*" in text or "\\" in text,
            "," in text and PLAIN.match(text) is not None,
            tuple(self._bound(source, imported, text)) if is_own and not is_odd else (),
        )
        return trait if any(trait) else PLAIN_TRAIT

    @cached_property
    def _own(self) -> tuple[str, ...]:
        """First parts of the names of all roots, each with a dot."""
        return tuple({f"{root.partition('.')[0]}." for root in self.roots})

    def _leads_nowhere(self, source: Source, imported: str, text: str) -> bool:
        """Whether a statement names an internal module that does not exist: grimp gives the package above it."""
        beginning = text.split(" ", 3)
        if beginning[0] == "from" and beginning[1] in self.modules and beginning[2:3] == ["import"]:
            return False
        match = FROM.match(text)
        if match is None:  # or there are blanks in the name, and what is behind them was not seen
            return (
                not PLAIN.match(text)
                or GAP_IN_NAME.search(text.partition("#")[0]) is not None
                or f"{imported}." in text
            )
        return absolute(source, match[2] or None, len(match[1])) not in self.modules

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

    def _bound(self, source: Source, imported: str, text: str) -> Iterator[tuple[str, str]]:
        """Names in the code that stand for a package with submodules, and the package."""
        submodules = self.submodules
        code = text.partition("#")[0]
        if not text.startswith("from ") and PLAIN.match(text):
            alias = ALIAS.search(code) if "," not in code else None
            if alias:
                if imported in submodules:
                    yield alias[1], imported
                return
            top = imported.partition(".")[0]
            if top in submodules:
                yield top, top
            if " as " in code and imported in submodules:
                yield imported.rpartition(".")[2], imported
        elif imported in submodules:
            match = FROM.match(code)
            last = imported.rpartition(".")[2]
            if match is None or absolute(source, match[2] or None, len(match[1])) != imported:
                yield last, imported
            elif "*" in code:
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


def _calls(text: str, *, is_all: bool) -> bool:
    """Whether *text* may import by a call; *is_all*: there is no ``import`` in it but in statements that grimp has found."""
    words = [word for word in (OTHER_CALL_WORDS if is_all else CALL_WORDS) if word in text]
    if words and (words != ["importlib"] or not _is_metadata(text)):
        return True
    there = [word for word in RARER_CALLS if not (is_all and "import" in word) and word in text]
    there = [word for word in there if _is_called(text, word)]
    if there and "getattr" not in text:
        code = without_texts(text)
        there = [word for word in there if code is None or _is_called(code, word)]
    return bool(there)


def _is_metadata(text: str) -> bool:
    """Whether there is nothing of importlib but what reads about distributions."""
    others = any(package.rstrip(".") in text for package in IMPORTING_PACKAGES if package != "importlib.")
    return not others and text.count("importlib") == text.count(METADATA.rstrip("."))


def _is_called(code: str, word: str) -> bool:
    """Whether there may be a call of one of `RARER_CALLS` in *code*."""
    for match in RARER_CALLS[word].finditer(code):
        before = code[max(0, match.start() - 4) : match.start()]
        is_name = before[-1:].isalnum() or before[-1:] == "_" or before == "def "
        is_method = word in BUILTINS and before.endswith(".") and "builtins" not in code
        if not is_name and not is_method:
            return True
    return False
