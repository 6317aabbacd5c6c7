"""A syntax tree without the functions and classes in which nothing is looked for: most of a file need not be parsed."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache, cached_property
from typing import NamedTuple

from pytest_fitness.sources.code_only import without_texts
from pytest_fitness.sources.marked_lines import MarkedLines
from pytest_fitness.sources.newer_syntax import parse
from pytest_fitness.sources.tree import Source

IN_TEXT = "\f"
"""Stands at the beginning of a line that begins within a text."""

START = re.compile(r"^( *)(?:(@)|(?:async +)?(?:def|class)\b)", re.MULTILINE)
HEAD = r"^[ ]{{{indent}}}(?:async +)?(?:def|class)\b"
END = r"\n(?=[ ]{{0,{indent}}}[^\s)\]}}])"
"""Before the next line that is indented no further and closes no bracket; nor is it blank, or begins within a text."""

BEHIND = re.compile(r"\\\n *(?:@|\\|(?:async|def|class)\b)|^ *\\$", re.MULTILINE)
"""Where a line that goes on from the one above looks as if it was indented in another way than it is."""

BRACKETS = ("()", "[]", "{}")
NEVER = re.compile(r"(?!)")
OFTEN = 5
"""Growing so often costs more than to parse all of a file."""


class Block(NamedTuple):
    """A function or a class, decorators included: its first and last line, and where it is in the code."""

    first: int
    last: int
    indent: int
    start: int
    end: int


class Excerpt:
    """Parses a file without the functions and classes that have nothing on any of their lines that is looked for.

    Args:
        source: the file.
        lines: those with anything on them that is looked for; more may be marked later.
        is_valid: whether its syntax is right, as far as is known; otherwise, all of it is parsed.

    Attributes:
        tree: with ``pass`` in the place of what was left out.
    """

    def __init__(self, source: Source, lines: MarkedLines, *, is_valid: bool) -> None:
        self.source = source
        self.lines = lines
        self._left_out: list[Block] = []
        self._times = 0
        self._blocks = list(self._found()) if is_valid else []
        self.tree = self._parse()

    def need(self, name: str) -> None:
        """Look for *name* as well, in what was left out."""
        self._needed.mark(name, is_name=True)

    def grows(self) -> bool:
        """Take in what is looked for by now; return whether there is anything of it that was left out."""
        if all(map(self._is_dull, self._left_out)):
            return False
        self._times += 1
        if self._times == OFTEN:
            self._blocks = []
        self.tree = self._parse()
        return True

    @cached_property
    def _needed(self) -> MarkedLines:
        return MarkedLines(self.source.text)

    def _is_dull(self, block: Block) -> bool:
        both = (self.lines, self._needed) if "_needed" in self.__dict__ else (self.lines,)
        return not any(lines.any_between(block.first, block.last) for lines in both)

    def _parse(self) -> ast.Module:
        lines = self.source.lines.copy()
        self._left_out = []
        last = 0
        for block in self._blocks:
            if block.first > last and self._is_dull(block) and self._is_whole(block):
                last = block.last
                lines[block.first - 1 : last] = [" " * block.indent + "pass", *[""] * (last - block.first)]
                self._left_out.append(block)
        if self._left_out:
            # comments, where the encoding is named, which may be another one
            first = self._code.split("\n", 2)[:2]
            lines[:2] = [line if code.strip(" ") else "" for line, code in zip(lines, first, strict=False)]
            try:
                return parse(Source(self.source.module, data="\n".join(lines).encode()))
            except (SyntaxError, UnicodeError):
                self._left_out = self._blocks = []
        return parse(self.source)

    @cached_property
    def _code(self) -> str:
        """The text without comments and texts, on the same lines; nothing where it is not sure which lines belong together."""
        text = self.source.text
        code = without_texts(text, NEVER, line_end=f"\n{IN_TEXT}") if IN_TEXT not in text else None
        return code if code is not None and "\t" not in code and not BEHIND.search(code) else ""

    def _found(self) -> Iterator[Block]:
        """Yield functions and classes, those inside of others as well, in the order of their first lines."""
        code = self._code
        line, counted, head = 1, 0, -1
        for match in START.finditer(code):
            start, indent = match.start(), len(match[1])
            if start <= head:  # it goes with the decorators before it
                continue
            defined = _expression(HEAD, indent).search(code, start) if match[2] else match
            if defined is None:
                return  # `@` was an operator
            head = defined.start()
            between = _expression(END, indent).finditer(code, start, head - 1)
            if any("@" not in code[each.end() : each.end() + indent + 1] for each in between):
                continue  # `@` was an operator, or the decorator goes on further left
            end = _end(code, defined.end(), indent)
            line, counted = line + code.count("\n", counted, start), start
            yield Block(line, line + code.count("\n", start, end), indent, start, end)

    def _is_whole(self, block: Block) -> bool:
        """Whether all brackets that are opened in *block* are closed in it: a line that goes on may be indented less."""
        code = self._code
        return all(len({code.count(each, block.start, block.end) for each in pair}) == 1 for pair in BRACKETS)


@cache
def _expression(pattern: str, indent: int) -> re.Pattern[str]:
    return re.compile(pattern.format(indent=indent), re.MULTILINE)


def _end(code: str, start: int, indent: int) -> int:
    """Where the block ends that is indented by *indent* spaces, and whose first line goes on at *start*."""
    for match in _expression(END, indent).finditer(code, start):
        if code[match.start() - 1] != "\\":
            return match.start()
    return len(code)
