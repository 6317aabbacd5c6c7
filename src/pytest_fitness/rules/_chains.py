"""From a forbidden chain of imports to a violation: what all import rules share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from pytest_fitness.model import Breach, Codebase, Import, ImportGraph, Search, Unread, Violation

KIND_WORDS = {
    "module": "",
    "function": " inside a function",
    "conditional": " conditionally",
    "type-checking": " for type checking",
    "dynamic": " dynamically",
    "attribute": " by using it as an attribute of its package",
    "implicit": " implicitly, on the way to a submodule",
}


def violations(
    codebase: Codebase,
    graph: ImportGraph,
    search: Search,
    *,
    rule: str,
    scope: str,
    because: str,
    label: Callable[[str], str] = str,
) -> Iterator[Violation]:
    """Yield one violation per import that enters the targets, and one per unread file that may hide such an import.

    Args:
        codebase: what is judged.
        graph: its imports.
        search: who must not reach what.
        rule: the rule's name.
        scope: what the user calls the sources, such as ``"domain"``.
        because: the owner's reason.
        label: what to call an imported name; names with one label on one line are one violation.
    """
    seen: set[tuple[str, int, str]] = set()
    for breach in graph.breaches(search):
        last = breach.last
        name = label(last.imported)
        if (last.importer, last.location.line, name) not in seen:
            seen.add((last.importer, last.location.line, name))
            yield _violation(codebase, breach, name, rule, scope, because)
    for unread in graph.unread_within(search):
        yield _unread(unread, rule, because)
    for place in graph.computed_within(search):
        codebase.note(f"{place}: imports a name computed at run time, which cannot be judged")


def _violation(codebase: Codebase, breach: Breach, name: str, rule: str, scope: str, because: str) -> Violation:
    chain = tuple(codebase.detail(each) for each in breach.chain)
    last = chain[-1]
    direct = len(chain) == 1
    message = f"{last.importer} must not import {name}{_how(last)}"
    if not direct:
        message += f": {scope} reaches it from {_origins(breach.origins)}"
    return Violation(
        rule=rule,
        subject=last.importer,
        message=message,
        location=last.location,
        target=name,
        trail=() if direct else tuple(each.location for each in chain),
        fix=_fix(chain, name, scope),
        because=because,
    )


def _how(each: Import) -> str:
    words = KIND_WORDS[each.kind]
    return f",{words}" if words else ""


def _origins(origins: Iterable[str]) -> str:
    first, *others = origins
    return first if not others else f"{first} and {len(others)} more module{'s' * (len(others) != 1)}"


def _fix(chain: tuple[Import, ...], name: str, scope: str) -> str:
    last = chain[-1]
    if len(chain) == 1:
        return f"move what is needed of {name} to where {scope} may import it, or pass it in as an argument"
    return f"cut this import ({last.location}), or the first one of the chain ({chain[0].location})"


def _unread(unread: Unread, rule: str, because: str) -> Violation:
    return Violation(
        rule=rule,
        subject=unread.module,
        message=f"{unread.module} cannot be read, so its imports are unknown: {unread.reason}",
        location=unread.location,
        fix="mend the file, or leave it out: `exclude` in [tool.pytest-fitness]",
        because=because,
    )
