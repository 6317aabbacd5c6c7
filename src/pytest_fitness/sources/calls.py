"""What calls import, told from the text: third-party modules that they name, and what is only known at run time."""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from typing import NamedTuple

from pytest_fitness.model import Row
from pytest_fitness.sources.circumstances import TYPE_CHECKING
from pytest_fitness.sources.code_only import QUOTES, without_texts_that_have
from pytest_fitness.sources.snapshot import Place
from pytest_fitness.sources.statements import EVALUATORS, IMPORT_FUNCTIONS, IMPORTERS, IMPORTING_PACKAGES
from pytest_fitness.sources.tree import Source
from pytest_fitness.sources.uses import ALIAS, NEAR, import_around, places

PACKAGES = frozenset(package.rstrip(".") for package in IMPORTING_PACKAGES)
NAMES = tuple(sorted({*IMPORTERS, *EVALUATORS, "importlib"}))
OTHER_PACKAGES = tuple(PACKAGES - {"importlib"})
USUAL = ("importlib.import_module", "import importlib\n", "from importlib import")
"""Where else importlib is, a syntax tree tells more."""

IMPORTLIB = re.compile(
    r"\s*(?:import\s+importlib|from\s+importlib\s+import[\s(]+(?:(?:import_module|metadata)[\s,)]*)+)"
)
"""Statements after which nothing of importlib imports but ``import_module``."""

CONTINUED = re.compile(r"\b(?:from|import)\b[^\n]*\\\n")
FROM = re.compile(r"(?:lazy\s+)?from\b[\s.\w]*?\bimport\b")
CHAIN = re.compile(r"[\w.]*\Z")
GIVEN = re.compile(
    r"\s*\(\s*(?:(?P<literal>0)|(?P<name>[^\W\d]\w*)(?P<attribute>(?:\s*\.\s*[^\W\d]\w*)*))\s*(?P<more>[,)])"
)
LITERAL = re.compile(r"""\(\s*(?:"(?P<double>\w[\w.]*)"|'(?P<single>\w[\w.]*)')\s*[,)]""")
ASSIGNED = re.compile(r"\s*(?::[^=\n]*(?:[\[(]\n[^=]*)?)?:?=(?!=)(?P<value>[^\n]*)")
TEXT = re.compile(r"[\s(\\]*(?:\Z|(?:[a-zA-Z]{1,2}\s)?\s*0|.*[^=!<>]=(?!=))")
"""How what is assigned may begin where it is a text: with what stands for one, on the next line, behind another target."""

FOR = re.compile(r"(?<!\w)for\Z")
LOOPED = re.compile(r"\s+in\s+[\w.]+(?:\([\w., ]*\))?\s*(?::|\]|\)|\}|if\b)")
"""Over something that has a name, or is what a call gives."""

OWN_NAMES = ("__name__", "__package__")


class Missed(NamedTuple):
    """What a file imports beside what grimp finds.

    Attributes:
        rows: modules that calls name, and submodules that are used through a package.
        computed: calls of which nobody can tell what they import.
    """

    rows: Sequence[Row] = ()
    computed: Sequence[Place] = ()


NOTHING = Missed()


class Calls:
    """What the calls in one file import.

    Args:
        source: the file.
        code: its text without comments and texts.
        tops: first parts of the names of all modules of the codebase.
    """

    def __init__(self, source: Source, code: str, tops: Set[str]) -> None:
        self.source = source
        self.code = code
        self.tops = tops
        self.rows: list[Row] = []
        self.computed: list[Place] = []
        self._stated: set[str] = set()
        self._others: set[str] = set()  # names of the module's own, or of nothing that is known
        self._may_be: dict[str, bool] = {}

    def takes(self, start: int, name: str) -> bool:
        """Note what happens to a name that imports; False where only a syntax tree can tell."""
        statement = import_around(self.code, start)
        if statement is not None:
            return self._states(start, name, statement)
        if name == "importlib":
            return self.code.startswith(".import_module", start + len(name)) and self._begins(start)
        is_attribute = self.code[start - 1 : start] == "."
        if name in EVALUATORS and is_attribute:
            return "builtins" not in self.source.text
        is_definition = self.code.endswith("def ", 0, start)
        if is_definition or name not in (*IMPORT_FUNCTIONS, *EVALUATORS, *self._stated):
            self._others.add(name)
            return name not in self._stated and not is_attribute
        return (name in IMPORT_FUNCTIONS or not is_attribute) and self._calls(start, name)

    def _states(self, start: int, name: str, statement: re.Match[str]) -> bool:
        """An import of one of the names, or of something from a module that is called so."""
        if name == "importlib":
            return IMPORTLIB.fullmatch(statement[0]) is not None
        has_alias = ALIAS.match(self.code, start + len(name)) is not None
        if name in IMPORT_FUNCTIONS:
            return not has_alias
        self._stated.add(name)
        head = FROM.match(self.code, statement.start("keyword"))
        is_alone = self.code[: statement.start("keyword")][-1:] in ("", "\n")
        is_bound = head is not None and head.end() <= start and not has_alias
        return is_alone and is_bound and name not in self._others

    def _calls(self, start: int, name: str) -> bool:
        given = GIVEN.match(self.code, start + len(name))
        chain = CHAIN.search(self.code, self.code.rfind("\n", 0, start) + 1, start)
        assert chain is not None
        if given is None or not self._begins(chain.start()):
            return False
        line = self.code.count("\n", 0, start) + 1
        if given["literal"]:
            return self._is_literal(start, name, line, given)
        is_name = not given["attribute"]
        if is_name and (name in EVALUATORS or given["name"] in OWN_NAMES or self._may_be_text(given["name"])):
            return False
        if name == "__import__" and given["more"] == ",":
            return False  # a level may lead to the own package
        self.computed.append((line, self.source.line(line)))
        return True

    def _begins(self, start: int) -> bool:
        """Whether an expression begins at *start*, rather than going on behind a dot."""
        before = self._before(start)
        goes_on = before is None or (before.endswith(".") and not before.endswith("..."))
        return not goes_on and not self.code.startswith(".", start)

    def _before(self, start: int) -> str | None:
        """What is before *start*, with nothing blank behind it; None where that is too far away."""
        before = self.code[max(0, start - NEAR) : start].rstrip("\\\n\f \t")
        return before if before or start <= NEAR else None

    def _is_literal(self, start: int, name: str, line: int, given: re.Match[str]) -> bool:
        """Take a call that says what it imports, where that is on one line and no module of the codebase."""
        text, begin = self.source.lines[line - 1], self.code.rfind("\n", 0, start) + 1
        end = self.code.find("\n", start)
        here, there = places(text, name), places(self.code[begin : end if end >= 0 else None], name)
        is_simple = name in ("import_module", *self._stated) or (name == "__import__" and given["more"] == ")")
        if len(here) != len(there) or not is_simple or TYPE_CHECKING in self.source.text:
            return False
        number = there.index(start - begin)
        literal = LITERAL.match(text, here[number] + len(name))
        module = literal["double"] or literal["single"] if literal is not None else ""
        if not module or module.partition(".")[0] in self.tops:
            return False
        self.rows.append((module, line, self.source.line(line), "dynamic"))
        return True

    def _may_be_text(self, name: str) -> bool:
        """Whether *name* may stand for a text that is written down in the file."""
        if name not in self._may_be:
            self._may_be[name] = any(self._is_text(start, start + len(name)) for start in places(self.code, name))
        return self._may_be[name]

    def _is_text(self, start: int, end: int) -> bool:
        """Whether a name may be given a text where it stands: by an assignment, or by a loop over some."""
        if self.code[start - 1 : start] == ".":
            return False
        assigned = ASSIGNED.match(self.code, end)
        if assigned is not None and TEXT.match(assigned["value"]):
            return True
        before = self._before(start)
        return before is None or (FOR.search(before) is not None and not LOOPED.match(self.code, end))


def told(source: Source, tops: Set[str]) -> Missed | None:
    """Return what the calls in *source* import, as a syntax tree has it; None where only that can tell.

    Args:
        source: the file.
        tops: first parts of the names of all modules of the codebase.
    """
    text = source.text
    is_usual = sum(map(text.count, USUAL)) == text.count("importlib") and text.isascii()
    names = [name for name in NAMES if name in text]
    asked = (f"{name}{quote}" for name in names for quote in QUOTES)  # what `getattr` may ask for
    if not is_usual or any(each in text for each in (*asked, *OTHER_PACKAGES)):
        return None
    code = without_texts_that_have(text, (*names, ":="))
    if code is None or ("\\\n" in code and CONTINUED.search(code)):
        return None
    calls = Calls(source, code, tops)
    found = sorted((place, name) for name in names for place in places(code, name))
    is_told = all(calls.takes(*each) for each in found)
    return Missed(list(dict.fromkeys(calls.rows)), calls.computed) if is_told else None
