"""Rules of plugins and of ``conftest.py``."""

from __future__ import annotations

import pytest

from pytest_fitness.errors import SettingsError
from pytest_fitness.model import Rule
from pytest_fitness.rules import CATALOGUE


def custom_rules(config: pytest.Config) -> dict[str, type[Rule]]:
    """Return the rules of plugins and of ``conftest.py``, by name.

    Raises:
        SettingsError: one is no rule, or has the name of another one.
    """
    found: dict[str, type[Rule]] = {}
    for given in config.hook.pytest_fitness_rules(config=config):
        if not isinstance(given, list | tuple):
            raise SettingsError(f"pytest_fitness_rules returned {given!r}; it returns a list of rules")
        for cls in given:
            name = getattr(cls, "name", None)
            if not isinstance(cls, type) or not isinstance(name, str) or not callable(getattr(cls, "find", None)):
                raise SettingsError(f"pytest_fitness_rules returned {cls!r}; a rule is a class with `name` and `find`")
            if name in CATALOGUE or (name in found and found[name] is not cls):
                raise SettingsError(
                    f"pytest_fitness_rules: there is another rule called {name!r} than {cls.__qualname__}"
                )
            found[name] = cls
    return found
