"""What a rule finds."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Location:
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

    def __str__(self) -> str:
        return f"{self.location}: {self.message}"

    @property
    def key(self) -> tuple[str, str, str]:
        """Identity across edits: rule, subject, target. Never prose, never a line number."""
        return (self.rule, self.subject, self.target)

    @property
    def sort_key(self) -> tuple[str, int, int, str]:
        """File order, then message: the order in which violations are listed."""
        return (self.location.path, self.location.line, self.location.column, self.message)
