"""F-strings as Python 3.12 has them (PEP 701) in the words of 3.11: with the quotes of the string, comments or line ends inside of the braces."""

from __future__ import annotations

import re

START = re.compile(r"""#[^\n]*|(?:\b(?P<prefix>[rbuftRBUFT]{1,2}))?(?P<quote>\"\"\"|'''|"|')""")
PIECE = re.compile(rf"{START.pattern}|[\[\]{{}}():]")
OTHER = {'"': "'", "'": '"'}


SHOWN = re.compile(r"\s*(?:(?<![=!<>])=\s*)?(?:![rsa])?\s*\Z")
"""How a value is to be shown: ``{order!r}``, ``{order=}``."""


class _UnendedError(ValueError):
    """A string without an end, or braces that do not fit."""


def in_older_words(text: str) -> str:
    """Return *text* with the f-strings that need Python 3.12 put so that 3.11 parses them, on the same lines.

    What is said in them is the same, as far as names and calls go; texts in the braces may be others.
    """
    parts: list[str] = []
    done, at = 0, 0
    try:
        while (match := START.search(text, at)) is not None:
            at = match.end()
            if match["quote"] is None:
                continue
            end, expressions = _string(text, match)
            at = end
            if expressions and any(_is_newer(text[a:b], match["quote"]) for a, b in expressions):
                parts += [text[done : match.start()], _rewritten(text, match, end, expressions)]
                done = end
    except (_UnendedError, RecursionError):
        pass
    return "".join(parts) + text[done:]


def _string(text: str, start: re.Match[str]) -> tuple[int, list[tuple[int, int]]]:
    """Where a string ends, and where the expressions in its braces are, of one that has any."""
    quote, at, prefix = start["quote"], start.end(), (start["prefix"] or "").lower()
    is_formatted = not {"f", "t"}.isdisjoint(prefix)
    expressions: list[tuple[int, int]] = []
    while at < len(text):
        if text.startswith(quote, at):
            return at + len(quote), expressions
        if text[at] == "\\":  # the brace of \N{DASH} is none, that of \{order} is one
            is_named = "r" not in prefix and text.startswith("N{", at + 1)
            at = text.find("}", at) + 1 if is_named else at + 1 + (not is_formatted or text[at + 1 : at + 2] != "{")
        elif is_formatted and text[at] == "{" and text[at + 1 : at + 2] != "{":
            end = _expression(text, at + 1)
            expressions.append((at + 1, end))
            at = _specification(text, end, quote, expressions)
        else:
            at += 2 if is_formatted and text.startswith(("{{", "}}"), at) else 1
    raise _UnendedError


def _expression(text: str, at: int) -> int:
    """Where the expression behind a brace ends: at the brace that closes it, or at what says how it is shown."""
    depth = 0
    while (match := PIECE.search(text, at)) is not None:
        at, found = match.end(), match[0]
        if match["quote"] is not None:
            at = _string(text, match)[0]
        elif found in "([{":
            depth += 1
        elif depth and found in ")]}":
            depth -= 1
        elif not depth and found in ("}", ":"):
            return match.start()
    raise _UnendedError


def _specification(text: str, at: int, quote: str, expressions: list[tuple[int, int]]) -> int:
    """The end of ``:>{width}`` and of the brace behind it; the expressions in it are noted."""
    while at < len(text) and text[at] != "}":
        if text.startswith(quote, at):
            raise _UnendedError
        if text[at] == "{":
            end = _expression(text, at + 1)
            expressions.append((at + 1, end))
            at = end
        at += 1
    return at + 1


def _is_newer(expression: str, quote: str) -> bool:
    """Whether an expression has something in it that an f-string of Python 3.11 may not have."""
    is_on_one_line = len(quote) == 1
    if quote in expression or "\\" in expression or "#" in expression or (is_on_one_line and "\n" in expression):
        return True
    at = 0
    while (match := START.search(expression, at)) is not None:
        at, inner = _string(expression, match)
        if any(_is_newer(expression[a:b], match["quote"]) for a, b in inner):
            return True
    return False


def _rewritten(text: str, start: re.Match[str], end: int, expressions: list[tuple[int, int]]) -> str:
    """The f-string with other quotes inside of its braces, on one line there, and the lines that this takes away behind it."""
    quote = start["quote"]
    parts: list[str] = []
    done = start.start()
    for first, last in sorted(expressions):
        parts += [text[done:first], _plain(text[first:last], OTHER[quote[0]])]
        done = last
    made = "".join([*parts, text[done:end]])
    return made + "\\\n" * (text.count("\n", start.start(), end) - made.count("\n"))


def _plain(expression: str, quote: str) -> str:
    """An expression on one line, with texts in some quotes; what they say is kept where it is simple."""
    parts: list[str] = []
    done, at = 0, 0
    while (match := START.search(expression, at)) is not None:
        parts.append(expression[done : match.start()])
        if match["quote"] is None:
            at = done = match.end()
            continue
        end, inner = _string(expression, match)
        at = done = end
        if inner:  # what is in the braces of an f-string in this one is kept, as a row
            told = (SHOWN.sub("", _plain(expression[a:b], quote)) for a, b in sorted(inner))
            parts.append(f"({' '.join(f'{each},' for each in told)})")
            continue
        said = expression[match.end() : done - len(match["quote"])]
        is_simple = said.isprintable() and not set(said) & {"\\", quote, "{", "#"}
        parts.append(f"{quote}{said if is_simple else ''}{quote}")
    return re.sub(r"\\?\n\s*", " ", "".join([*parts, expression[done:]]))
