"""Which lines of a text are worth looking at: in most files very few."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from unicodedata import normalize


class MarkedLines:
    """Lines of *text* on which certain words stand; more words can be added.

    Args:
        text: the source text.
        words: the first words.
    """

    def __init__(self, text: str, words: Iterable[str]) -> None:
        self.text = text if text.isascii() else normalize("NFKC", text)  # as Python does with names
        self.marked = bytearray(text.count("\n") + 2)
        self.words: set[str] = set()
        for word in words:
            self.mark(word)

    def mark(self, word: str) -> None:
        """Mark every line with *word* on it, as a part of another word too."""
        if word in self.words:
            return
        self.words.add(word)
        line, before, position = 1, 0, self.text.find(word)
        while position >= 0:
            line += self.text.count("\n", before, position)
            self.marked[line] = 1
            before, position = position, self.text.find(word, position + len(word))

    def any_within(self, node: ast.stmt | ast.Lambda) -> bool:
        """Whether a line of *node*, decorators included, is marked."""
        decorators = getattr(node, "decorator_list", ())
        start = min([node.lineno, *(d.lineno for d in decorators)]) if decorators else node.lineno
        return self.marked.find(1, start, (node.end_lineno or node.lineno) + 1) >= 0
