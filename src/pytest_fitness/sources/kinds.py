"""Of which kind an import is, from no more of its file than it takes to tell."""

from __future__ import annotations

import re

from pytest_fitness.model import Import
from pytest_fitness.names import is_under
from pytest_fitness.sources.circumstances import has_one_name, is_alone
from pytest_fitness.sources.code_only import NOT_CODE, without_texts
from pytest_fitness.sources.known import Known
from pytest_fitness.sources.statements import read_imports
from pytest_fitness.sources.tree import Source

BEGINNING = re.compile(r"(?!(?:else|elif|except|finally)\b)[^\W\d]")
"""Of the first line of a statement that nothing is around; one behind decorators is as good."""


class Kinds:
    """The imports of single files with their kinds; what was read is kept.

    Args:
        known: the other modules.
    """

    def __init__(self, known: Known) -> None:
        self.known = known
        self._read: dict[tuple[str, int], list[Import]] = {}
        self._is_clear: dict[str, bool] = {}

    def of(self, source: Source, each: Import) -> tuple[str, tuple[str]]:
        """Return the name of an import as the syntax tree has it, and its kind; as they are where the tree says nothing."""
        try:
            if not is_alone(source.lines, each.location.line):
                found = self._in_excerpt(source, each) or _found(self._imports(source), each)
                return found or (each.imported, (each.kind,))
        except SyntaxError:
            pass
        return each.imported, (each.kind,)

    def _in_excerpt(self, source: Source, each: Import) -> tuple[str, tuple[str]] | None:
        name = source.module.name
        if name not in self._is_clear:
            self._is_clear[name] = has_one_name(source.text) and without_texts(source.text) is not None
        first = first_line_around(source, each.location.line) if self._is_clear[name] else None
        try:
            return None if first is None else _found(self._imports(source, first), each)
        except SyntaxError:
            return None

    def _imports(self, source: Source, first: int = 0) -> list[Import]:
        """The imports of a file, or of the statement that begins on line *first*."""
        key = (source.module.name, first)
        if key not in self._read:
            part = statement_at(source, first) if first else source
            self._read[key] = read_imports(part, self.known, only_statements=True, is_valid=not first).imports
        return self._read[key]


def _found(imports: list[Import], each: Import) -> tuple[str, tuple[str]] | None:
    found = (i for i in imports if i.location.line == each.location.line and is_under(i.imported, each.imported))
    return next(((i.imported, (i.kind,)) for i in found), None)


def first_line_around(source: Source, line: int) -> int | None:
    """Return where the statement at module level begins that *line* is in; None where that is in a text, or goes on from above."""
    lines = source.lines
    first = next((n for n in range(min(line, len(lines)), 0, -1) if BEGINNING.match(lines[n - 1])), None)
    if first is None or (first > 1 and lines[first - 2].endswith("\\")):
        return None
    start = len("\n".join(lines[: first - 1]))
    ends = next((match for match in NOT_CODE.finditer(source.text) if match.end() > start), None)
    return None if ends is not None and ends.start() < start else first


def statement_at(source: Source, first: int) -> Source:
    """Return the statement at module level that begins on line *first*, on the same lines.

    It has a syntax error where anything in it begins or ends elsewhere, as a bracket does.
    """
    lines = source.lines
    others = (n for n in range(first, len(lines)) if BEGINNING.match(lines[n]) or lines[n][:1] == "@")
    text = "\n".join(lines[first - 1 : next(others, len(lines))])
    return Source(source.module, data=("\n" * (first - 1) + text + "\n").encode())
