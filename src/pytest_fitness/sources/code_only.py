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

FIELD = re.compile(r"\{[^{}]*\}")
"""Code in an f-string, where it has no braces itself."""

BRACE = re.compile(r"[{}]")


def without_texts(text: str) -> str:
    """Leave out comments and texts, but for the code in f-strings and t-strings; line ends stay.

    Where one has braces that do not match, there is a text in its code that ends with the same quotes, as newer Python allows:
    then where texts begin and end is not known, and *text* is returned as it is.
    """
    is_known = True

    def shown(match: re.Match[str]) -> str:
        nonlocal is_known
        if match[0].startswith("#"):
            return ""
        ends = "\n" * match[0].count("\n")
        before = text[max(0, match.start() - 2) : match.start()].lower()
        if not before.endswith(("f", "t", "fr", "tr")):
            return f'""{ends}'
        is_known = is_known and match[0].count("{") == match[0].count("}")
        inside = match[0].replace("{{", "").replace("}}", "")
        is_all = BRACE.search(FIELD.sub("", inside)) is None
        return f'"{" ".join(FIELD.findall(inside))}"{ends}' if is_all else match[0]

    code = NOT_CODE.sub(shown, text)
    return code if is_known else text


def without_any_text(text: str) -> str:
    """Leave out comments and texts, whatever is in them; line ends stay."""
    return NOT_CODE.sub(lambda match: '""' + "\n" * match[0].count("\n") if match[0][0] != "#" else "", text)
