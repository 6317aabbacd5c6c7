"""What calls import, told from the text: third-party modules that they name, and what is only known at run time."""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from string import ascii_letters, digits
from typing import NamedTuple

from pytest_fitness.model import Row
from pytest_fitness.sources.circumstances import TYPE_CHECKING, is_alone
from pytest_fitness.sources.code_only import QUOTES, without_texts
from pytest_fitness.sources.importers import EVALUATORS, IMPORT_FUNCTIONS, IMPORTERS
from pytest_fitness.sources.snapshot import Place
from pytest_fitness.sources.tree import Source
from pytest_fitness.sources.uses import ALIAS, NEAR, import_around, places

NAMES = tuple(sorted({*IMPORTERS, *EVALUATORS, "importlib"}))
USUAL = ("importlib.import_module", "import importlib\n", "from importlib import import_module\n")
"""Where else importlib is, a syntax tree tells more."""

UNUSUAL = ("pkgutil", "runpy", "\f", *(f"{name}{quote}" for name in NAMES for quote in QUOTES))
"""What imports in too many ways, lines that end where they do not seem to, and what `getattr` may ask for."""

CONTINUED = re.compile(r"\b(?:from|import)\b[^\n]*\\\n")
GOES_ON = "\f\n"
"""Stands for the end of a line that goes on on the next one: blank, as within brackets, and found nowhere else."""

IN_FIELDS = re.compile(rf"{'|'.join(NAMES)}|:=|\bfor\b")
"""What may import, or give a name a text, in an f-string."""

PIECES = re.compile(r",[\s(]*0\s+0")
"""An argument that is put together of texts: a name that `getattr` asks for would not be seen in them."""

IMPORT_MODULE = re.compile(r"\.import_module(?!\w)")
DEFINITION = re.compile(r"(?<!\w)(?:def|class)\Z")
AS = re.compile(r"(?<!\w)as\Z")
CASE = re.compile(r"\s*case\b")
FROM = re.compile(r"(?:lazy\s+)?from\b[\s.\w]*?\bimport\b")
IMPORTLIB = re.compile(r"\s*(?:import\s+importlib|from\s+importlib\s+import\s+import_module)")
GIVEN = re.compile(
    r"[ \t]*\(\s*(?:(?P<literal>0)|(?P<name>[^\W\d]\w*)(?P<attribute>(?:\s*\.\s*[^\W\d]\w*)*))\s*(?P<more>[,)])"
)
LITERAL = re.compile(r"""\(\s*(?:"(?P<double>\w[\w.]*)"|'(?P<single>\w[\w.]*)')\s*[,)]""")
OWN_NAMES = ("__name__", "__package__")
FOR = re.compile(r"(?<!\w)for\Z")
IN = re.compile(r"in\b")
LOOPED = re.compile(r"\s+in\s+[^\W\d][\w.]*(?:\([\w., ]*\))?\s*(?::|\]|\)|\}|if\b)")
"""Over something that has a name, or is what a call gives."""

TEXT = re.compile(r"[\s(]*(?:[a-zA-Z]{1,2}\s)?\s*0")
"""How what is assigned begins where it is a text, or a number."""

IN_VALUE = re.compile(r"[\[({\])}]|(?<!\f)\n|(?<![=!<>:])=(?!=)")
CHAIN = f"{ascii_letters}{digits}_."
LONG = 1_000
"""Characters on a line that nobody has written."""


class Missed(NamedTuple):
    """What a file imports beside what grimp finds.

    Attributes:
        rows: modules that calls name, and submodules that are used through a package.
        computed: calls of which nobody can tell what they import.
        calls: whether there may be calls that import at all.
    """

    rows: Sequence[Row] = ()
    computed: Sequence[Place] = ()
    calls: bool = False


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
        self._texts: dict[str, bool] = {}

    def takes(self, start: int, name: str) -> bool:
        """Note what happens to a name that imports; False where only a syntax tree can tell."""
        end, before = start + len(name), self._before(start)
        if before is None or AS.search(before):
            return False
        statement = import_around(self.code, start)
        if statement is not None:
            return self._states(start, name, statement)
        if name == "importlib":
            return IMPORT_MODULE.match(self.code, end) is not None and self._begins(start)
        is_attribute = _is_behind_a_dot(before)
        if name in EVALUATORS and is_attribute:
            return "builtins" not in self.source.text
        if DEFINITION.search(before) or name not in (*IMPORT_FUNCTIONS, *EVALUATORS, *self._stated):
            self._others.add(name)
            return name not in self._stated and not is_attribute
        return (name in IMPORT_FUNCTIONS or not is_attribute) and self._calls(start, name)

    def _states(self, start: int, name: str, statement: re.Match[str]) -> bool:
        """An import of one of the names, or of something from a module that is called so."""
        if name == "importlib":
            return IMPORTLIB.fullmatch(statement[0]) is not None
        head = FROM.match(self.code, statement.start("keyword"))
        if ALIAS.match(self.code, start + len(name)) or (head is not None and "\n" in head[0]):
            return False
        if name in IMPORT_FUNCTIONS:
            return True
        self._stated.add(name)
        line = self.code.count("\n", 0, statement.start("keyword")) + 1
        return (
            head is not None and head.end() <= start and is_alone(self.source.lines, line) and name not in self._others
        )

    def _calls(self, start: int, name: str) -> bool:
        given = GIVEN.match(self.code, start + len(name))
        begin = self.code.rfind("\n", 0, start) + 1
        chain = self.code[max(begin, start - NEAR) : start]
        if (
            given is None
            or CASE.match(self.code, begin)
            or not self._begins(start - len(chain) + len(chain.rstrip(CHAIN)))
        ):
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
        return before is not None and not _is_behind_a_dot(before) and self.code[start] not in ".0123456789"

    def _before(self, start: int) -> str | None:
        """What is before *start*, with nothing blank behind it; None where that is too far away."""
        before = self.code[max(0, start - NEAR) : start].rstrip()
        return before if before or start <= NEAR else None

    def _is_literal(self, start: int, name: str, line: int, given: re.Match[str]) -> bool:
        """Take a call that says what it imports, where that is on one line and no module of the codebase."""
        text, begin = self.source.lines[line - 1], self.code.rfind("\n", 0, start) + 1
        end = self.code.find("\n", start)
        here, there = places(text[:LONG], name), places(self.code[begin : end if end >= 0 else None][:LONG], name)
        is_simple = name in ("import_module", *self._stated) or (name == "__import__" and given["more"] == ")")
        if len(here) != len(there) or not is_simple or TYPE_CHECKING in self.source.text or len(text) > LONG:
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
        if name not in self._texts:
            self._texts[name] = any(self._is_text(start, start + len(name)) for start in places(self.code, name))
        return self._texts[name]

    def _is_text(self, start: int, end: int) -> bool:
        """Whether a name may be given a text where it stands: by an assignment, or by a loop over some."""
        before, behind = self._before(start), self.code[end : end + NEAR]
        after = behind.lstrip(f"{GOES_ON} \t)")
        if before is None or (not after and end + NEAR < len(self.code)):
            return True
        if _is_behind_a_dot(before):
            return False
        on_line = self.code[self.code.rfind("\n", 0, start) + 1 : start].rstrip(" \t")
        if after.startswith(":=") or (after.startswith("=") and ")" in behind[: len(behind) - len(after)]):
            return True
        if after.startswith("=") and not after.startswith("=="):
            return not on_line.endswith(("(", ",")) and self._may_be(self.code.find("=", end) + 1)
        if after.startswith(":"):
            return on_line.rstrip(" \t(").endswith((";", ":")) or not on_line.strip(" \t(")
        is_looped = IN.match(after) is not None and FOR.search(before.rstrip(f"{GOES_ON} \t(")) is not None
        return is_looped and LOOPED.match(behind) is None

    def _may_be(self, start: int) -> bool:
        """Whether what is assigned from *start* on may be a text: it begins so, or there is another target before it."""
        if TEXT.match(self.code, start, start + LONG):
            return True
        depth = 0
        for match in IN_VALUE.finditer(self.code, start, start + LONG):
            if match[0] == "=" and not depth:
                return True
            if match[0] == "\n" and not depth:
                return False
            depth += (match[0] in "([{") - (match[0] in ")]}")
        return start + LONG < len(self.code)


def _is_behind_a_dot(before: str) -> bool:
    """Whether *before* ends with the dot of an attribute; that of ``...`` is none."""
    return before.endswith(".") and not before.endswith("...")


def told(source: Source, tops: Set[str]) -> Missed | None:
    """Return what the calls in *source* import, as a syntax tree has it; None where only that can tell.

    Args:
        source: the file.
        tops: first parts of the names of all modules of the codebase.
    """
    text = source.text
    is_usual = sum(map(text.count, USUAL)) == text.count("importlib") and text.isascii()
    if not is_usual or any(each in text for each in UNUSUAL):
        return None
    code = without_texts(text, unless=IN_FIELDS)
    if code is None or "...." in code:  # an attribute of `...`
        return None
    if "\\\n" in code:
        if CONTINUED.search(code):
            return None
        code = code.replace("\\\n", GOES_ON)
    if "getattr" in code and PIECES.search(code):
        return None
    calls = Calls(source, code, tops)
    found = sorted((place, name) for name in NAMES if name in text for place in places(code, name))
    is_told = all(calls.takes(*each) for each in found)
    return Missed(list(dict.fromkeys(calls.rows)), calls.computed, calls=True) if is_told else None
