"""Which lines of a text are worth looking at: in most files very few."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from unicodedata import normalize

DECORATED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


class MarkedLines:
    """Lines of *text* on which certain words stand; more words can be added.

    Args:
        text: the source text.
        words: the first words.
        names: and names, which are no parts of other words.
    """

    def __init__(self, text: str, words: Iterable[str] = (), names: Iterable[str] = ()) -> None:
        self.text = text if text.isascii() else normalize("NFKC", text)  # as Python does with names
        self.marked = bytearray(text.count("\n") + 2)
        self.words: set[str] = set()
        for word in words:
            self.mark(word)
        for name in names:
            self.mark(name, is_name=True)

    def mark(self, word: str, *, is_name: bool = False) -> None:
        """Mark every line with *word* on it, as a part of another word too, unless it *is_name*."""
        if word in self.words:
            return
        self.words.add(word)
        text = self.text
        line, before, position = 1, 0, text.find(word)
        while position >= 0:
            end = position + len(word)
            if not (is_name and (_goes_on(text[position - 1 : position]) or _goes_on(text[end : end + 1]))):
                line += text.count("\n", before, position)
                self.marked[line] = 1
                before = position
            position = text.find(word, end)

    def any_within(self, node: ast.stmt | ast.Lambda) -> bool:
        """Whether a line of *node*, decorators included, is marked."""
        start = node.lineno
        if isinstance(node, DECORATED):
            start = min([start, *(d.lineno for d in node.decorator_list)])
        return self.any_between(start, node.end_lineno or node.lineno)

    def any_between(self, first: int, last: int) -> bool:
        """Whether a line from *first* to *last* is marked."""
        return self.marked.find(1, first, last + 1) >= 0


def _goes_on(character: str) -> bool:
    """Whether a word goes on with *character*."""
    return character.isalnum() or character == "_"
