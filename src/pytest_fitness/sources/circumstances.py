"""What is around a line, as far as the text tells: nothing, or ``if TYPE_CHECKING:``."""

from __future__ import annotations

import re
from collections.abc import Sequence
from unicodedata import normalize

UNINDENTED = ("import ", "from ")
TYPE_CHECKING = "TYPE_CHECKING"
TEST = re.compile(rf"[ \t]*(?:el)?if[ \t]+(?:not[ \t]+)?{TYPE_CHECKING}[ \t]*:")
FROM_IMPORT = re.compile(r"from[ \t]+[\w.]+[ \t]+import[ \t]*(?:\([^()]*\)|[^\n(;\\]*)")
GOES_ON = re.compile(r"\s*[,)]")
ENDS = re.compile(r"[ \t]*(?:[,#\n]|\Z)")
ANY_TEST = re.compile(rf"if\b.*{TYPE_CHECKING}")
BLOCK = re.compile(
    rf"^(?:el)?if[ \t]+(?:not[ \t]+)?{TYPE_CHECKING}[ \t]*:.*\n(?:(?:[^\w@\n].*|else\b.*|elif\b.*)?\n)*", re.MULTILINE
)
"""Everything below such a test that nothing is around, and below what else it leads to."""


def is_alone(lines: Sequence[str], number: int) -> bool:
    """Whether nothing is around the import statement that begins on line *number*."""
    is_unindented = number <= len(lines) and lines[number - 1].startswith(UNINDENTED)
    return is_unindented and not (number > 1 and lines[number - 2].endswith("\\"))


def has_one_name(text: str) -> bool:
    """Whether what tells that something is for type checkers is imported, and asked, by its own name and no other."""
    if not text.isascii() and normalize("NFKC", text).count(TYPE_CHECKING) != text.count(TYPE_CHECKING):
        return False
    position = text.find(TYPE_CHECKING)
    while position >= 0:
        end = position + len(TYPE_CHECKING)
        asked = TEST.match(text, text.rfind("\n", 0, position) + 1)
        if asked is None or asked.end() < end:
            imported = FROM_IMPORT.match(text, text.rfind("\nfrom", 0, position) + 1)
            if imported is None or imported.end() < end:
                return False
            if not (GOES_ON if imported[0].endswith(")") else ENDS).match(text, end):
                return False
        position = text.find(TYPE_CHECKING, end)
    return True


def without_blocks(code: str) -> str | None:
    """Leave out of *code*, which has no texts in it, what tests lead to; line ends stay. None where there may be more of it."""
    if TYPE_CHECKING not in code:
        return code
    rest = BLOCK.sub(lambda match: "\n" * match[0].count("\n"), f"{code}\n")
    return rest if has_one_name(code) and not ANY_TEST.search(rest) else None
