"""The record of what was judged."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pytest_fitness.model.acceptance import Verdict
from pytest_fitness.model.violation import Violation

if TYPE_CHECKING:
    from pytest_fitness.model.codebase import Codebase, Rule

SHOWN = 3
"""How many handlers that could not be looked into are named."""

Brief = tuple[str, int, list[str], list[str]]
"""Rule, number of violations, counts and notes of an evaluation."""


@dataclass(eq=False, repr=False, match_args=False)
class Evaluation:
    """The record of one rule looked at once.

    Attributes:
        rule: the rule's name.
        violations: the very list that the test received.
        judged: how many modules the rule selected.
        place: ``path:line`` where the rule is written, or an empty string.
        notes: what a green result should not hide, such as ``allow_empty`` reasons and unknown slots.
        counts: further numbers of what was judged, such as ``"14 handlers"``.
        contract: the name of the contract in the settings that the rule is from; empty for a rule in a test.
        verdict: everything that was found, sorted out: `violations` is what is new of it.
        value: the rule itself.
        codebase: what it was judged on.
        unseen: handlers, each with its place, whose code is somewhere else.
    """

    rule: str
    violations: list[Violation] = field(default_factory=list)
    judged: int = 0
    place: str = ""
    notes: list[str] = field(default_factory=list)
    counts: list[str] = field(default_factory=list)
    contract: str = ""
    verdict: Verdict = field(default_factory=Verdict)
    value: Rule | None = None
    codebase: Codebase | None = None
    unseen: dict[str, None] = field(default_factory=dict)

    def say_unseen(self) -> None:
        """Note which handlers could not be looked into, in one line where there are many."""
        if len(self.unseen) > SHOWN:
            first = next(iter(self.unseen))
            self.notes.append(
                f"{len(self.unseen)} handlers are not judged, as their code is not in the source: {first}, ..."
            )
        else:
            self.notes += [f"{each} is not judged, as its code is not in the source" for each in self.unseen]

    @property
    def found(self) -> list[Violation]:
        """Everything that the rule found, accepted or not."""
        return [*self.verdict.new, *self.verdict.known, *(violation for violation, _ in self.verdict.waived)]

    @property
    def brief(self) -> Brief:
        """What the summary needs, in plain types that can be sent from one process to another."""
        return (self.rule, len(self.violations), list(self.counts), list(self.notes))
