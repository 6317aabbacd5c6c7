"""What a rule finds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

Key = tuple[str, str, str, str]
"""Kind, subject, target, and what it is within."""


class Location(NamedTuple):
    """A place in a source file.

    Attributes:
        path: relative to pytest's rootdir, with forward slashes.
        line: 1-based.
        text: the source line, without indentation and line end; empty where nothing is worth showing.
        column: 0-based offset into *text* of the part to underline, or -1.
        width: length of that part in characters.
    """

    path: str
    line: int
    text: str = ""
    column: int = -1
    width: int = 0

    def __str__(self) -> str:
        return f"{self.path}:{self.line}"


@dataclass(frozen=True, slots=True)
class Violation:
    """One thing that a rule forbids, found in the code.

    ``str(violation)`` starts with ``path:line:``, relative to rootdir, so that terminals and editors make it a link.

    Attributes:
        rule: the rule's name, such as ``"layers"``.
        subject: who breaks it: a module, a handler, a layer. Without line numbers.
        message: the sentence after the location: lower case, no full stop.
        location: where to look first.
        target: what it must not touch, or an empty string.
        trail: the import chain, one location per hop, in the order of execution; empty where there is none.
        details: further lines to show, already formatted.
        fix: what would mend it.
        because: the owner's reason, as given to the rule.
        kind: what sort of violation of its rule this is: the kind of an import, what a handler returns.
        within: qualified name of the function or class that the place is in, where *subject* does not say it.
        weight: how many there are in one: names that one statement imports.
        can_be_known: whether it may be written down as known: what says how much is wrong in all would hide what is new.
    """

    rule: str
    subject: str
    message: str
    location: Location
    target: str = ""
    trail: tuple[Location, ...] = ()
    details: tuple[str, ...] = ()
    fix: str = ""
    because: str = ""
    kind: str = ""
    within: str = ""
    weight: int = 1
    can_be_known: bool = True

    def __str__(self) -> str:
        return f"{self.location}: {self.message}"

    @property
    def key(self) -> Key:
        """Identity across edits, beside the rule: kind, subject, target, within. Never prose, never a line number."""
        return (self.kind, self.subject, self.target, self.within)

    @property
    def sort_key(self) -> tuple[str, int, int, str]:
        """File order, then message: the order in which violations are listed."""
        return (self.location.path, self.location.line, self.location.column, self.message)
