"""Violations as text for a terminal: verdict and number first, then where, why, how to mend it, and where the rule is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pytest_fitness.model import Brief, Evaluation, Location, Violation

BREAKS = "   <-- breaks here"
WIDTH = 100


def headline(violations: Sequence[Violation]) -> str:
    """Return the verdict in one line: ``"layers": 2 violations, first: shop.infra must not import shop.api``.

    The double quotes have a second use: pytest leaves ``AssertionError:`` out of its summary only where the message's
    repr is in single quotes, which they see to even where pytest itself has put single quotes in.
    """
    first = violations[0]
    count = f"{len(violations)} violations, first: " if len(violations) > 1 else ""
    return f'"{first.rule}": {count}{first.message}'


def lines(violations: Sequence[Violation], place: str = "") -> list[str]:
    """Return everything below the headline.

    Args:
        violations: at least one, all of one rule.
        place: ``path:line`` where the rule is written.
    """
    text: list[str] = []
    for violation in violations:
        text += ["", *_entry(violation)]
    text.append("")
    if violations[0].because:
        text.append(f"because  {violations[0].because}")
    if place:
        text.append(f"rule     {place}")
    return text


def full(evaluation: Evaluation) -> str:
    """Return headline and lines of one evaluated rule."""
    return "\n".join([headline(evaluation.violations), *lines(evaluation.violations, evaluation.place)])


def summary(evaluations: Sequence[Brief], accepted: str = "", lines: Sequence[str] = ()) -> list[str]:
    """Return what a run has judged: one line of numbers, then what a green result should not hide.

    Args:
        evaluations: what was judged.
        accepted: how much of what was found is known or waived, in words.
        lines: further lines about that.
    """
    count = sum(found for _, found, _, _ in evaluations)
    judged = dict.fromkeys(text for _, _, counts, _ in evaluations for text in counts)
    text = f"fitness: {_plural(len(evaluations), 'rule')} judged, {_plural(count, 'violation')}"
    if accepted:
        text = f"fitness: {_plural(len(evaluations), 'rule')}, {_plural(count, 'new violation')}, {accepted}"
    if judged:
        text += f" ({', '.join(judged)})"
    notes = dict.fromkeys(f"  {rule}: {note}" for rule, _, _, notes in evaluations for note in notes)
    return [text, *notes, *(f"  {line}" for line in lines)]


def _plural(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


def _entry(violation: Violation) -> Iterator[str]:
    yield f"  {violation}"
    if violation.trail:
        yield from _trail(violation.trail, violation.location)
    elif violation.location.text and not violation.details:
        yield from _source(violation.location)
    for line in violation.details:
        yield f"      {line}".rstrip()
    if violation.fix:
        yield f"      fix: {violation.fix}"


def _source(location: Location) -> Iterator[str]:
    yield f"      {_short(location.text)}"
    if location.column >= 0 and location.column + location.width <= WIDTH:
        yield f"      {' ' * location.column}{'^' * max(location.width, 1)}"


def _trail(trail: Sequence[Location], offending: Location) -> Iterator[str]:
    """Each hop one step further to the right, so that the chain reads as a chain."""
    starts = [f"{'  ' * (depth - 1)}-> {hop}" if depth else str(hop) for depth, hop in enumerate(trail)]
    width = max(map(len, starts))
    for start, hop in zip(starts, trail, strict=True):
        end = BREAKS if hop == offending else ""
        yield f"      {start:<{width}}   {_short(hop.text)}{end}"


def _short(text: str) -> str:
    return text if len(text) <= WIDTH else text[: WIDTH - 3] + "..."
