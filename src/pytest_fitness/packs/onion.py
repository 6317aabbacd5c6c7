"""Onion architecture."""

from __future__ import annotations

from collections.abc import Sequence

from pytest_fitness.errors import RuleError
from pytest_fitness.model import Rule
from pytest_fitness.rules import AllowedImports, Layers


def onion(
    *,
    outer: str | Sequence[str],
    application: str,
    domain: str,
    domain_may_import: Sequence[str] = (),
    because: str = "",
) -> tuple[Rule, ...]:
    """Return the rules of an onion: everything points inwards, and the core knows nothing but the standard library.

    Args:
        outer: the outermost ring, one part or several, which do not know each other: user interface, infrastructure.
        application: the services in the middle.
        domain: the core.
        domain_may_import: third-party modules, or parts of the codebase, that the core may import all the same.
        because: the reason, shown on failure.

    Raises:
        RuleError: a part is named twice, or *outer* is empty.
    """
    parts = (outer,) if isinstance(outer, str) else tuple(outer)
    if not parts:
        raise RuleError("`outer` needs at least one name")
    return (
        Layers(" | ".join(parts), application, domain, because=because),
        AllowedImports(inside=domain, only=tuple(domain_may_import), because=because),
    )
