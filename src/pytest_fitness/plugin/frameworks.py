"""What is known of frameworks in this session: our adapters, those of others, and what the settings say."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import pytest

from pytest_fitness.errors import SettingsError

if TYPE_CHECKING:
    from pytest_fitness.model.contents import Adapter, Frameworks
    from pytest_fitness.settings import Settings

ATTRIBUTES = ("name", "hints", "registrations", "knowledge", "discover")


def frameworks(config: pytest.Config, settings: Settings) -> Callable[[], Frameworks]:
    """Return what returns the frameworks of this session: most rules have no need of our own adapters.

    Raises:
        SettingsError: an adapter lacks something.
    """
    given = [adapter for each in config.hook.pytest_fitness_adapters(config=config) for adapter in _checked(each)]

    def known() -> Frameworks:
        from pytest_fitness.frameworks import builtin
        from pytest_fitness.frameworks.declared import Declared
        from pytest_fitness.model.contents import Frameworks

        decorators = [d.name for d in settings.declarations if d.kind == "handler-decorator"]
        own = [Declared(decorators)] if decorators else []
        return Frameworks((*given, *own, *builtin()), settings.declarations)

    return known


def _checked(adapters: Sequence[Adapter]) -> Sequence[Adapter]:
    for adapter in adapters:
        lacking = [name for name in ATTRIBUTES if not hasattr(adapter, name)]
        if lacking or isinstance(adapter, type):
            shown = adapter.__name__ if isinstance(adapter, type) else type(adapter).__name__
            what = "is a class; return an instance" if isinstance(adapter, type) else f"lacks {', '.join(lacking)}"
            raise SettingsError(f"pytest_fitness_adapters returned {shown}, which {what}")
    return adapters
