"""Comments that permit a violation on their line: ``# fitness: allow[rule-name] reason``."""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Iterator

from pytest_fitness.model import Permission
from pytest_fitness.sources.tree import Source

MARK = b"itness:"
COMMENT = (
    r"(?i)#\s*fitness:\s*(?:allow|ignore|disable|noqa)\b\s*(?:(?<=allow)\[(?P<rules>[^\]]*)\])?[\s:-]*(?P<reason>[^#]*)"
)
"""Words that others use are seen as well, so as to say that they permit nothing."""


def permissions(source: Source) -> Iterator[Permission]:
    """Yield the permissions in *source*, which is only looked at closely where it has the word."""
    try:
        text = source.text if may_permit(source) else ""
    except SyntaxError:
        return  # nothing in it is judged, and each rule says so
    found = [(line, match) for line, comment in _comments(text) if (match := re.search(COMMENT, comment))]
    if not found:
        return
    from pytest_fitness.sources.symbols import statement_starts  # most codebases have none

    starts = statement_starts(source)
    for line, match in found:
        rules = tuple(name.strip() for name in (match["rules"] or "").split(",") if name.strip())
        lines = frozenset({line, starts.get(line, line)})
        yield Permission(source.module.path, line, lines, rules, match["reason"].strip())


def may_permit(source: Source) -> bool:
    """Whether the word is in the file at all."""
    try:
        return MARK in source.data
    except OSError:
        return False


def _comments(text: str) -> list[tuple[int, str]]:
    """Comments by line; of a text that cannot be taken apart, whatever looks like one of ours."""
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(text).readline))
    except (tokenize.TokenError, SyntaxError):
        lines = enumerate(text.splitlines(), start=1)
        return [(n, line[line.index("#") :]) for n, line in lines if re.search(COMMENT, line)]
    return [(token.start[0], token.string) for token in tokens if token.type == tokenize.COMMENT]
