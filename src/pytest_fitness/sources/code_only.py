"""The text of a file without what is no code: comments and texts."""

from __future__ import annotations

import re

NOT_CODE = re.compile(
    r"""\#[^\n]*
    |\"\"\"(?:[^\\"]++|\\.|"(?!""))*+\"\"\"
    |\'\'\'(?:[^\\']++|\\.|'(?!''))*+\'\'\'
    |"(?:[^\\"\n]++|\\.)*+"
    |'(?:[^\\'\n]++|\\.)*+'""",
    re.DOTALL | re.VERBOSE,
)
"""Comments and texts; in one go, since either may look like the other. Nothing is given back, or what does not end takes for ever."""

QUOTES = ("'", '"')
BLANKS = str.maketrans(dict.fromkeys(QUOTES, " "))
PREFIXES = ("f", "t", "fr", "tr")
OUTSIDE = re.compile(r"\{\{|\{")
INSIDE = re.compile(r"""[{}]|\"\"\"[^"]*\"\"\"|'''[^']*'''|"[^"]*"|'[^']*'|["']""")
"""What tells in an f-string, outside and inside of its fields."""


def without_texts(text: str, unless: re.Pattern[str] | None = None, *, line_end: str = "\n") -> str | None:
    """Leave out comments and texts, but for the code in f-strings and t-strings; line ends stay, as *line_end* in texts.

    None where one has another with the same quotes in it, or a line end in a field, as newer Python allows: then where texts
    begin and end is not known. With *unless*, such code is left out as well, and it is None where that is in any.
    """
    is_known = True

    def shown(match: re.Match[str]) -> str:
        nonlocal is_known
        found = match[0]
        if found[0] == "#":
            return ""
        ends = line_end * found.count("\n")
        if "{" not in found or not text[max(0, match.start() - 2) : match.start()].lower().endswith(PREFIXES):
            return f" 0 {ends}"
        fields = _fields(found.strip(found[0]))
        is_known = is_known and fields is not None and not (unless is not None and unless.search(fields))
        return f" {fields if unless is None else 0} {ends}"

    code = NOT_CODE.sub(shown, text)
    return code if is_known and not any(quote in code for quote in QUOTES) else None


def _fields(text: str) -> str | None:
    """The code in an f-string, and texts in it without their quotes, on one line; None where a field does not end."""
    fields: list[str] = []
    depth = start = position = 0
    while match := (INSIDE if depth else OUTSIDE).search(text, position):
        position = match.end()
        if match[0] == "{":
            start = start if depth else position
            depth += 1
        elif match[0] == "}":
            depth -= 1
            if not depth:
                fields.append(text[start : match.start()])
        elif match[0] in QUOTES:
            return None
    return None if depth else " ".join(fields).translate(BLANKS).replace("\n", " ")


def without_any_text(text: str) -> str:
    """Leave out comments and texts, whatever is in them; line ends stay."""
    return NOT_CODE.sub(lambda match: "" if match[0][0] == "#" else " 0 " + "\n" * match[0].count("\n"), text)
