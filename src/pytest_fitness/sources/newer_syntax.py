"""Syntax newer than the running interpreter's, read all the same as far as imports are concerned."""

from __future__ import annotations

import ast
import re

from pytest_fitness.sources.tree import Source

NEWER_SYNTAX = (
    (re.compile(r"^(\s*except\*?\s+)([^\s(:][^:()\n]*,[^:()\n]*?)(\s*:)", re.MULTILINE), r"\1(\2)\3"),  # PEP 758
    (re.compile(r"^(\s*)lazy\s+(import|from)\b", re.MULTILINE), r"\1\2"),  # PEP 810
    (re.compile(r"^(\s*)type\s+(\w+)\s*(?:\[[^\]\n]*\])?\s*=", re.MULTILINE), r"\1\2 ="),  # PEP 695
    (re.compile(r"^(\s*(?:async\s+)?(?:def|class)\s+\w+)\[[^\n(:]*\](?=[(:])", re.MULTILINE), r"\1"),
)
"""Python 3.12 to 3.15 in the words of 3.11, as far as imports are concerned."""


def parse(source: Source) -> ast.Module:
    """Parse *source*; syntax newer than the interpreter's is put into older words first, on the same lines.

    Raises:
        SyntaxError: the file cannot be parsed by this interpreter.
    """
    try:
        return source.parse()
    except SyntaxError:
        older = source.text
        for newer, words in NEWER_SYNTAX:
            older = newer.sub(words, older)
        if older == source.text:
            raise
        return Source(source.module, data=older.encode()).parse()
