"""Of which kind an import is, from no more of its file than it takes to tell."""

from __future__ import annotations

import re

from pytest_fitness.model import Import
from pytest_fitness.names import is_under
from pytest_fitness.sources.code_only import NOT_CODE
from pytest_fitness.sources.known import Known
from pytest_fitness.sources.statements import read_imports
from pytest_fitness.sources.tree import Source

PLAIN_STATEMENT = ("import ", "from ")
BEGINNING = re.compile(r"(?!(?:else|elif|except|finally)\b)[^\W\d]")
"""Of the first line of a statement that nothing is around; one behind decorators is as good."""

TYPE_CHECKING = "TYPE_CHECKING"
TEST = re.compile(rf"[ \t]*(?:el)?if[ \t]+(?:not[ \t]+)?{TYPE_CHECKING}[ \t]*:")
FROM_IMPORT = re.compile(r"from[ \t]+[\w.]+[ \t]+import[ \t]*(?:\([^()]*\)|[^\n(;\\]*)")
OTHER_NAME = re.compile(r"\s+as\b")


class Kinds:
    """The imports of single files with their kinds; what was read of a whole file is kept.

    Args:
        known: the other modules.
    """

    def __init__(self, known: Known) -> None:
        self.known = known
        self._whole: dict[str, list[Import]] = {}

    def of(self, source: Source, each: Import) -> tuple[str, tuple[str]]:
        """Return the name of an import as the syntax tree has it, and its kind; as they are where the tree says nothing."""
        line = each.location.line
        try:
            if line > len(source.lines) or not source.lines[line - 1].startswith(PLAIN_STATEMENT):
                found = self._in_excerpt(source, each) or self._in_whole(source, each)
                return found or (each.imported, (each.kind,))
        except SyntaxError:
            pass
        return each.imported, (each.kind,)  # as it is not indented, nothing can be around it

    def _in_excerpt(self, source: Source, each: Import) -> tuple[str, tuple[str]] | None:
        excerpt = statement_around(source, each.location.line)
        try:
            imports = read_imports(excerpt, self.known, only_statements=True).imports if excerpt else []
        except SyntaxError:
            return None
        return _found(imports, each)

    def _in_whole(self, source: Source, each: Import) -> tuple[str, tuple[str]] | None:
        name = source.module.name
        if name not in self._whole:
            self._whole[name] = read_imports(source, self.known, only_statements=True).imports
        return _found(self._whole[name], each)


def _found(imports: list[Import], each: Import) -> tuple[str, tuple[str]] | None:
    found = (i for i in imports if i.location.line == each.location.line and is_under(i.imported, each.imported))
    return next(((i.imported, (i.kind,)) for i in found), None)


def statement_around(source: Source, line: int) -> Source | None:
    """Return the statement at module level that has *line* in it, on the same lines, where it can be told by itself.

    None where its first line would be in a text or go on from the line above, or where a name that is bound elsewhere may say
    that it is for type checkers. It has a syntax error where anything in it begins or ends elsewhere, as a bracket does.
    """
    lines = source.lines
    first = next((n for n in range(min(line, len(lines)) - 1, -1, -1) if BEGINNING.match(lines[n])), None)
    if first is None or (first and lines[first - 1].endswith("\\")):
        return None
    last = next((n for n in range(line, len(lines)) if BEGINNING.match(lines[n]) or lines[n][:1] == "@"), len(lines))
    text = "\n".join(lines[first:last])
    if not _has_one_name(source.text):
        return None
    start = len("\n".join(lines[:first]))
    for match in NOT_CODE.finditer(source.text):
        if match.end() > start:
            if match.start() < start:
                return None
            break
    return Source(source.module, data=("\n" * first + text + "\n").encode())


def _has_one_name(text: str) -> bool:
    """Whether what tells that something is for type checkers is imported, and asked, by its own name and no other."""
    position = text.find(TYPE_CHECKING)
    while position >= 0:
        end = position + len(TYPE_CHECKING)
        asked = TEST.match(text, text.rfind("\n", 0, position) + 1)
        if asked is None or asked.end() < end:
            imported = FROM_IMPORT.match(text, text.rfind("\nfrom", 0, position) + 1)
            if imported is None or imported.end() < end or OTHER_NAME.match(text, end):
                return False
        position = text.find(TYPE_CHECKING, end)
    return True
