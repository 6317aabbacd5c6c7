"""Which lines of a text are worth looking at: in most files very few."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Iterator
from unicodedata import normalize

DECORATED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
ATTRIBUTE = re.compile(r"[ \t]*\.[ \t]*([^\W\d]\w*)")


class MarkedLines:
    """Lines of *text* on which certain words stand; more words can be added.

    Args:
        text: the source text.
        words: the first words.
        names: and names, which are no parts of other words.

    Attributes:
        words: those that are looked for.
        found: those that are there.
    """

    def __init__(self, text: str, words: Iterable[str] = (), names: Iterable[str] = ()) -> None:
        self.text = text if text.isascii() else normalize("NFKC", text)  # as Python does with names
        self.marked = bytearray(text.count("\n") + 2)
        self.words: set[str] = set()
        self.found: set[str] = set()
        self._uses: set[tuple[str, str]] = set()
        for word in words:
            self.mark(word)
        for name in names:
            self.mark(name, is_name=True)

    def mark(self, word: str, *, is_name: bool = False) -> None:
        """Mark every line with *word* on it, as a part of another word too, unless it *is_name*."""
        if word not in self.words:
            self.words.add(word)
            for line, _ in self._places(word, is_name=is_name):
                self.marked[line] = 1
                self.found.add(word)

    def mark_uses(self, name: str, package: str, is_wanted: Callable[[str], bool]) -> None:
        """Mark every line on which *name*, that stands for *package*, is followed by an attribute that is wanted, or by none."""
        if name in self.words or (name, package) in self._uses:
            return
        self._uses.add((name, package))
        for line, end in self._places(name, is_name=True):
            attribute = ATTRIBUTE.match(self.text, end)
            # behind what is no letter for `\w`, the attribute may go on
            is_whole = attribute is not None and self.text[attribute.end() : attribute.end() + 1].isascii()
            if attribute is None or not is_whole or is_wanted(attribute[1]):
                self.marked[line] = 1

    def mark_matches(self, expression: re.Pattern[str]) -> bool:
        """Mark every line on which a match of *expression* begins; return whether there is any."""
        line, before, found = 1, 0, False
        for match in expression.finditer(self.text):
            line, before, found = line + self.text.count("\n", before, match.start()), match.start(), True
            self.marked[line] = 1
        return found

    def _places(self, word: str, *, is_name: bool) -> Iterator[tuple[int, int]]:
        """Yield the line of each *word* in the text, and the position behind it."""
        text = self.text
        line, before, position = 1, 0, text.find(word)
        while position >= 0:
            end = position + len(word)
            if not (is_name and (_goes_on(text[position - 1 : position]) or _goes_on(text[end : end + 1]))):
                line += text.count("\n", before, position)
                before = position
                yield line, end
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
