"""Options that several rules take, checked when the rule is made."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, get_args

from pytest_fitness.errors import RuleError
from pytest_fitness.model import ImportKind
from pytest_fitness.names import did_you_mean, matches

KINDS: Final[tuple[str, ...]] = get_args(ImportKind)

DEEPEST = 3
"""Through how many functions calls are followed at most."""

ANY_NAME = ("no_such_module", "no_such_module.at_all")

Names = str | tuple[str, ...] | list[str]
"""One name, or several."""


def names(option: str, value: Names, *, at_least: int = 1) -> tuple[str, ...]:
    """Return *value* as a tuple; raise `RuleError` where it is no names, or too few of them."""
    found = (value,) if isinstance(value, str) else tuple(value)
    if not all(isinstance(name, str) and name.strip() for name in found):
        raise RuleError(f"`{option}` takes names; got {value!r}")
    if len(found) < at_least:
        several = "one name" if at_least == 1 else f"{at_least} different names"
        raise RuleError(f"`{option}` needs at least {several}; got {value!r}")
    if len(set(found)) < len(found):
        raise RuleError(f"`{option}` has a name twice; got {value!r}")
    return found


def reasons(option: str, value: Mapping[str, str]) -> dict[str, str]:
    """Return names with a reason each; raise `RuleError` where there is none."""
    if not isinstance(value, Mapping):
        raise RuleError(f"`{option}` takes names with a reason each, {{'name': 'reason'}}; got {value!r}")
    for name, reason in value.items():
        if not isinstance(reason, str) or not reason.strip():
            raise RuleError(f"`{option}`: {name!r} needs a reason")
    return dict(value)


def text(option: str, value: str) -> None:
    """Raise `RuleError` where *value* is no single name."""
    if not isinstance(value, str) or not value:
        raise RuleError(f"`{option}` takes one name; got {value!r}")


def flag(option: str, value: object) -> None:
    """Raise `RuleError` where *value* is neither true nor false: the text ``"false"`` would count as true."""
    if not isinstance(value, bool):
        raise RuleError(f"`{option}` is true or false; got {value!r}")


def number(option: str, value: object) -> None:
    """Raise `RuleError` where *value* is no number of things."""
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise RuleError(f"`{option}` takes a whole number, 0 or more; got {value!r}")


def depth(value: object) -> None:
    """Raise `RuleError` where *value* is no number of functions that are followed."""
    number("depth", value)
    if not isinstance(value, int) or value > DEEPEST:
        raise RuleError(f"`depth` is at most {DEEPEST}; got {value!r}")


def choice(option: str, value: object, among: object) -> None:
    """Raise `RuleError` where *value* is none of the texts of the literal type *among*."""
    if value not in get_args(among):
        raise RuleError(f"`{option}` takes {' or '.join(map(repr, get_args(among)))}; got {value!r}")


def because(value: object) -> None:
    """Raise `RuleError` where *value* is no text."""
    if not isinstance(value, str):
        raise RuleError(f"`because` takes the reason as a text; got {value!r}")


def exemptions(except_kinds: Names, ignore: Names) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the kinds and the ignores as tuples; raise `RuleError` where one of them is none."""
    kinds = names("except_kinds", except_kinds, at_least=0)
    for kind in kinds:
        if kind not in KINDS:
            near = did_you_mean(kind, KINDS)
            hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(KINDS)}"
            raise RuleError(f"unknown kind of import {kind!r} in `except_kinds`; {hint}")
    ignores = names("ignore", ignore, at_least=0)
    edges = [parse_ignore(entry)[:2] for entry in ignores]
    for edge in edges:
        if edges.count(edge) > 1:
            raise RuleError(f"`ignore` has {' -> '.join(edge)!r} twice")
    if set(kinds) >= set(KINDS):
        raise RuleError("`except_kinds` leaves no kind of import to judge")
    return kinds, ignores


def parse_ignore(entry: str) -> tuple[str, str, str]:
    """Split ``"importer -> imported: reason"``."""
    edge, colon, reason = entry.partition(":")
    importer, arrow, imported = (part.strip() for part in edge.partition("->"))
    if not (importer and arrow and imported and colon and reason.strip()):
        raise RuleError(f"`ignore` takes 'importer -> imported: reason'; got {entry!r}")
    if allows_anything(importer) and allows_anything(imported):
        raise RuleError(f"`ignore` leaves out every import with {edge.strip()!r}; a rule can be removed instead")
    return importer, imported, reason.strip()


def allows_anything(pattern: str) -> bool:
    """Whether *pattern* matches names that nobody has thought of."""
    return any(matches(name, pattern) for name in ANY_NAME)
