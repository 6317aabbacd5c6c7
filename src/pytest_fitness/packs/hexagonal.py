"""Hexagonal architecture: ports and adapters."""

from __future__ import annotations

from collections.abc import Sequence

from pytest_fitness.model import Rule
from pytest_fitness.rules import Independence, Layers


def hexagonal(*, core: str, ports: str, adapters: str | Sequence[str], because: str = "") -> tuple[Rule, ...]:
    """Return the rules of a hexagon: adapters know the ports, the core knows neither adapters nor each adapter another.

    Args:
        core: the application: what it is all about.
        ports: the interfaces in terms of the core that adapters implement or call. The core may use them, and they the
            core.
        adapters: the adapters: names, or a pattern such as ``"adapters.*"`` that stands for at least two.
        because: the reason, shown on failure.

    Raises:
        RuleError: a part is named twice.
    """
    names = (adapters,) if isinstance(adapters, str) else tuple(adapters)
    return (
        Layers(" : ".join(names), f"{ports} : {core}", because=because),
        Independence(of=names, because=because),
    )
