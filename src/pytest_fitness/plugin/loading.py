"""How the rest of the plugin is loaded: by Python itself.

pytest takes every module of a plugin for one with asserts that are to be explained: it reads the source as well, to see
whether the rewritten code that it keeps is still of that, and in a new environment it rewrites all of it first. Here that
would be a fifth of what this plugin adds to a run of unchanged code, and there is no assert in it that a user should see.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType

BELOW = f"{__name__.partition('.')[0]}."


class Plainly:
    """Finds the modules of this package, as Python does, before others look for them."""

    @staticmethod
    def find_spec(name: str, path: Sequence[str] | None = None, target: ModuleType | None = None) -> ModuleSpec | None:
        """Return where a module of this package is; of others nothing is said."""
        return PathFinder.find_spec(name, path, target) if name.startswith(BELOW) else None


def load_plainly() -> None:
    """Have it so from here on."""
    sys.meta_path.insert(0, Plainly)
