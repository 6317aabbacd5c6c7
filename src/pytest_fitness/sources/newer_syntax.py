"""Syntax newer than the running interpreter's, read all the same as far as names, calls and imports are concerned."""

from __future__ import annotations

import ast
import re

from pytest_fitness.sources.tree import Source

NEWER_SYNTAX = (
    (re.compile(r"^(\s*except\*?\s+)([^\s(:][^:()\n]*,[^:()\n]*?)(\s*:)", re.MULTILINE), r"\1(\2)\3"),  # PEP 758
    (re.compile(r"^(\s*)lazy\s+(import|from)\b", re.MULTILINE), r"\1\2"),  # PEP 810
    (re.compile(r"^(\s*)type\s+(\w+)(\s*)=", re.MULTILINE), r"\1\2\3="),  # PEP 695
)
"""Python 3.12 to 3.15 in the words of 3.11, as far as imports are concerned."""

WITH_PARAMETERS = re.compile(r"^[ \t]*(?:(?:async[ \t]+)?(?:def|class)|type)[ \t]+\w+[ \t]*\[", re.MULTILINE)
TOKEN = re.compile(r"""#[^\n]*|"(?:[^\\"\n]|\\.)*"|'(?:[^\\'\n]|\\.)*'|[\[\]]""")
"""What may be between brackets and is none, or has one in it."""


def parse(source: Source) -> ast.Module:
    """Parse *source*; syntax newer than the interpreter's is put into older words first, on the same lines.

    Raises:
        SyntaxError: the file cannot be parsed by this interpreter.
    """
    try:
        return source.parse()
    except SyntaxError:
        older = _without_type_parameters(source.text)
        for newer, words in NEWER_SYNTAX:
            older = newer.sub(words, older)
        from pytest_fitness.sources.older_strings import in_older_words  # for few files

        older = in_older_words(older)
        if older == source.text:
            raise
        return Source(source.module, data=older.encode()).parse()


def _without_type_parameters(text: str) -> str:
    """Leave out ``[T: int]`` behind the name of a class, a function or a type, on as many lines as it takes (PEP 695)."""
    parts: list[str] = []
    done = 0
    for match in WITH_PARAMETERS.finditer(text):
        depth, end = 1, match.end()
        while depth and (token := TOKEN.search(text, end)) is not None:
            depth += {"[": 1, "]": -1}.get(token[0], 0)
            end = token.end()
        if not depth:
            parts += [text[done : match.end() - 1], "\\\n" * text.count("\n", match.end(), end)]
            done = end
    return "".join(parts) + text[done:]
