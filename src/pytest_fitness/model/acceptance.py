"""What is accepted of what a rule finds: known violations, waivers, and permissions on the line itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple, Protocol

from pytest_fitness.model.violation import Key, Violation

if TYPE_CHECKING:
    from pytest_fitness.model.codebase import Codebase
    from pytest_fitness.model.evaluation import Evaluation


class Waiver(NamedTuple):
    """Violations that somebody answers for until a day.

    Attributes:
        rule: the name of a rule or of a contract.
        what: a subject, ``"shop.infra.db"``, or subject and target, ``"shop.infra.db -> shop.api.*"``; names or patterns.
        reason: why.
        owner: who.
        until: the last day on which it counts.
        place: ``path:line`` where it is written.
    """

    rule: str
    what: str
    reason: str
    owner: str
    until: dt.date
    place: str


class Permission(NamedTuple):
    """A comment ``# fitness: allow[rule-name] reason``.

    Attributes:
        path: relative to rootdir.
        line: where it stands.
        lines: the lines that it is for: its own, and the first one of its statement.
        rules: names of rules.
        reason: why; empty where there is none.
    """

    path: str
    line: int
    lines: frozenset[int]
    rules: tuple[str, ...]
    reason: str

    @property
    def place(self) -> str:
        """``path:line``."""
        return f"{self.path}:{self.line}"


class Verdict:
    """What was found, sorted out; each in file order.

    Args:
        new: what fails.

    Attributes:
        known: what was written down before.
        waived: what a waiver or a permission is for, with what that is.
        present: how many there are of each key that may be known, and a sentence.
    """

    def __init__(self, new: list[Violation] | None = None) -> None:
        self.new = [] if new is None else new
        self.known: list[Violation] = []
        self.waived: list[tuple[Violation, Waiver | Permission]] = []
        self.present: dict[Key, tuple[int, str]] = {}


class Acceptance(Protocol):
    """Sorts out what a rule has found; answered by `pytest_fitness.baseline`."""

    def sort_out(self, codebase: Codebase, evaluation: Evaluation, found: Sequence[Violation]) -> Verdict:
        """Return what is new, known and waived of *found*, and remember what was of use.

        Raises:
            BaselineError: the file of known violations cannot be read.
        """
        ...

    def judge(self, codebase: Codebase, evaluation: Evaluation, found: Sequence[Violation]) -> Verdict:
        """Return the same, and remember nothing."""
        ...
