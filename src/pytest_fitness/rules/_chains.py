"""From a forbidden chain of imports to a violation: what all import rules share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from pytest_fitness.model import Breach, Codebase, Import, ImportGraph, Search, Unread, Violation
from pytest_fitness.rules._exemptions import Exemptions

KIND_WORDS = {
    "module": "",
    "function": " inside a function",
    "conditional": " conditionally",
    "type-checking": " for type checking",
    "dynamic": " dynamically",
    "attribute": " by using it as an attribute of its package",
    "implicit": " implicitly, on the way to a submodule",
}


class Wording(NamedTuple):
    """How one rule words its violations.

    Attributes:
        rule: the rule's name.
        scope: what the user calls the importing side, such as ``"domain"``.
        because: the owner's reason.
        label: what to call an imported name; names with one label on one line are one violation.
        why: a clause for the end of the message.
    """

    rule: str
    scope: str
    because: str
    label: Callable[[str], str] = str
    why: str = ""


def violations(
    codebase: Codebase, graph: ImportGraph, search: Search, wording: Wording, exemptions: Exemptions
) -> Iterator[Violation]:
    """Yield one violation per import that enters the targets, and one per unread file that may hide such an import."""
    graph = exemptions.apply(graph, search)
    seen: set[tuple[str, int, str]] = set()
    for breach in graph.breaches(search):
        each = breach.offending
        identity = (each.importer, each.location.line, wording.label(each.imported))
        if identity not in seen:
            seen.add(identity)
            yield _violation(codebase, breach, wording)
    yield from blind_spots(codebase, graph, search, wording)


def blind_spots(codebase: Codebase, graph: ImportGraph, search: Search, wording: Wording) -> Iterator[Violation]:
    """Yield one violation per unread file that may hide an import; note imports of names that only exist at run time."""
    for unread in graph.unread_within(search):
        yield unread_violation(unread, wording)
    for place in graph.computed_within(search):
        codebase.note(f"{place}: imports a name computed at run time, which cannot be judged")


def _violation(codebase: Codebase, breach: Breach, wording: Wording) -> Violation:
    chain = tuple(codebase.detail(each) for each in breach.chain)
    offending, last = chain[breach.cut], chain[-1]
    name, target = wording.label(offending.imported), wording.label(last.imported)
    message = f"{offending.importer} must not import {name}{how(offending)}"
    if offending is not last:
        message += f": it leads to {target}"
    if breach.cut:
        message += f": {wording.scope} reaches it from {_origins(breach.origins)}"
    if wording.why:
        message += f": {wording.why}"
    return Violation(
        rule=wording.rule,
        subject=offending.importer,
        message=message,
        location=offending.location,
        target=name,
        trail=tuple(each.location for each in chain) if len(chain) > 1 else (),
        fix=f"move what is needed of {name} to where {wording.scope} may import it, or pass it in as an argument"
        if len(chain) == 1
        else f"cut this import ({offending.location}) or another one of the chain",
        because=wording.because,
        kind=offending.kind,
    )


def how(each: Import) -> str:
    """Return the kind of an import in words, with a comma before them; nothing for an ordinary one."""
    words = KIND_WORDS[each.kind]
    return f",{words}" if words else ""


def _origins(origins: Iterable[str]) -> str:
    first, *others = origins
    return first if not others else f"{first} and {len(others)} more module{'s' * (len(others) != 1)}"


def unread_violation(unread: Unread, wording: Wording) -> Violation:
    """Return the violation that a file is which cannot be read."""
    return Violation(
        rule=wording.rule,
        subject=unread.module,
        message=f"{unread.module} cannot be read, so its imports are unknown: {unread.reason}",
        location=unread.location,
        fix="mend the file, or leave it out: `exclude` in [tool.pytest-fitness]",
        because=wording.because,
        can_be_known=False,
    )
