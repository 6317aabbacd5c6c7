"""What the rules about handlers have in common: whom they judge, and how they show it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Protocol

from pytest_fitness.errors import EmptySelectionError, RuleError
from pytest_fitness.model import Codebase, Conduct, Handler, Handlers, Location, Reach, Slot, Unread, Violation
from pytest_fitness.names import matches
from pytest_fitness.rules import _options

TEACH = (
    "teach it others by `handler_decorators` or `router_classes` in [tool.pytest-fitness.frameworks], "
    "or by an adapter (docs/frameworks.md)"
)
SHOWN = 8
"""How many places are listed with one handler."""


class HandlerRule(Protocol):
    """The options that every rule about handlers has."""

    name: ClassVar[str]

    @property
    def inside(self) -> str:
        """The scope."""
        ...

    @property
    def exclude(self) -> Mapping[str, str]:
        """Handlers that are not judged, each with the reason."""
        ...

    @property
    def allow_empty(self) -> str:
        """Why there may be no handler."""
        ...

    @property
    def because(self) -> str:
        """The owner's reason."""
        ...


@dataclass
class Judged:
    """The handlers that a rule looks at.

    Attributes:
        handlers: all of them, less what is excluded.
        unread: one violation for each file that cannot be parsed.
    """

    handlers: list[Handler] = field(default_factory=list)
    unread: list[Violation] = field(default_factory=list)


def check(rule: HandlerRule) -> Mapping[str, str]:
    """Check the options that all have; return ``exclude``.

    Raises:
        RuleError: one of them makes no sense.
    """
    _options.text("inside", rule.inside)
    _options.because(rule.because)
    if not isinstance(rule.allow_empty, str):
        raise RuleError(f"`allow_empty` takes the reason as a text; got {rule.allow_empty!r}")
    return _options.reasons("exclude", rule.exclude)


def judged(
    rule: HandlerRule, codebase: Codebase, *, what: str = "handler", only: Callable[[Handler], bool] = lambda _: True
) -> Judged:
    """Return the handlers in the rule's scope, and what could not be read of it.

    Args:
        rule: gives the scope and the exclusions.
        codebase: the codebase.
        what: the handlers that are wanted, in one word or two.
        only: which those are.

    Raises:
        EmptySelectionError: there is none, or one that is excluded is not there.
    """
    handlers = codebase.handlers(codebase.select(rule.inside))
    found = Judged([h for h in handlers.found if only(h)], [_unread(rule, each) for each in handlers.unread])
    _refuse_empty(rule, codebase, handlers, found, what)
    for pattern, reason in rule.exclude.items():
        excluded = [h for h in found.handlers if _is_meant(h, pattern)]
        if not excluded:
            known = [name for h in handlers.found for name in (h.name, *_routes(h))]
            is_route = "*" in pattern and "/" in pattern
            hint = "; a route is written in full, without `*`" if is_route else ""
            raise EmptySelectionError(what, pattern, known, f"it is in `exclude`{hint}")
        names = {h.name for h in excluded}
        if len(names) > 1 and any(pattern in _routes(h) for h in excluded):
            raise RuleError(
                f"`exclude`: {pattern!r} is the route of {len(names)} handlers: {', '.join(sorted(names))}; name one"
            )
        found.handlers = [h for h in found.handlers if h not in excluded]
        codebase.note(f"{len(excluded)} left out by {pattern!r}: {reason}")
    if rule.exclude and not found.handlers and not rule.allow_empty:
        raise RuleError("`exclude` leaves out every handler there is, so nothing would be judged")
    return found


def _is_meant(handler: Handler, pattern: str) -> bool:
    """By full name, short name, pattern, path, or method and path; by that of the class, where a base has the function."""
    if handler.view and _is_meant(handler._replace(qualname=_as_of_view(handler), view=""), pattern):
        return True
    short = f"{handler.module.rpartition('.')[2]}.{handler.qualname}"
    return pattern in (*_routes(handler), handler.qualname, short) or matches(handler.name, pattern)


def _as_of_view(handler: Handler) -> str:
    """``Orders.list`` of ``Base.list``, which the class ``Orders`` has from its base."""
    before, mark, after = handler.qualname.partition(".")
    return f"{handler.view}{mark}{after}" if mark else before


def _routes(handler: Handler) -> tuple[str, str]:
    return handler.path, f"{','.join(handler.methods)} {handler.path}"


def _unread(rule: HandlerRule, each: Unread) -> Violation:
    return Violation(
        rule=rule.name,
        subject=each.module,
        message=f"{each.module} cannot be parsed, so its handlers are not analysed: {each.reason}",
        location=each.location,
        fix="run the tests with a Python that can, mend the file, or `exclude` it in [tool.pytest-fitness]",
        because=rule.because,
        can_be_known=False,
    )


def _refuse_empty(rule: HandlerRule, codebase: Codebase, handlers: Handlers, found: Judged, what: str) -> None:
    count = len(found.handlers)
    if count:
        codebase.note_count(f"{count} {what}{'s' * (count != 1)}")
    if count or found.unread:
        return
    if not rule.allow_empty:
        others = f"{len(handlers.found)} of other kinds are there; " if handlers.found else ""
        raise EmptySelectionError(
            what, rule.inside, hint=f"{others}looked for {', '.join(handlers.frameworks)}; {TEACH}"
        )
    codebase.note(f"allowed to be empty ({rule.allow_empty}): no {what} in {rule.inside}")


def reach_of(rule: HandlerRule, codebase: Codebase) -> Reach:
    """Return the modules in the scope of *rule* that have handlers."""
    handlers = codebase.handlers(codebase.select(rule.inside)).found
    return Reach(frozenset(handler.module for handler in handlers))


def conduct_of(codebase: Codebase, handler: Handler) -> Conduct:
    """Return what the body of a handler does; say so where it cannot be seen."""
    conduct = codebase.conduct(handler)
    if not conduct.is_seen:
        codebase.note_unseen(f"{handler.location}: {handler.title}")
    return conduct


def underlined(slot: Slot) -> tuple[str, ...]:
    """Return the handler's signature with the annotation underlined; nothing where it is not in the signature."""
    if not slot.signature:
        return ()
    return (slot.signature, " " * slot.column + "^" * max(slot.width, 1))


def places(locations: Sequence[Location], texts: Sequence[str] = ()) -> Iterator[str]:
    """Yield one line a place, and how many more there are."""
    shown = [texts[n] if texts else location.text for n, location in enumerate(locations)]
    width = max((len(str(location)) for location in locations[:SHOWN]), default=0)
    for location, text in list(zip(locations, shown, strict=True))[:SHOWN]:
        yield f"{location!s:<{width}}   {text}"
    if len(locations) > SHOWN:
        yield f"and {len(locations) - SHOWN} more"
