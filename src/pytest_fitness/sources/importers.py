"""What imports beside statements, and the lines on which that can be."""

from __future__ import annotations

import re
from functools import cached_property

from pytest_fitness.sources.known import Known
from pytest_fitness.sources.marked_lines import MarkedLines

IMPORT_FUNCTIONS = frozenset({"import_module", "__import__"})
OTHER_IMPORTERS = frozenset({"resolve_name", "run_module", "import_string", "import_from_string", "locate"})
IMPORTERS = IMPORT_FUNCTIONS | OTHER_IMPORTERS
"""Last names of functions that import the module, or the module of the object, named by their first argument.

The first two are taken for what they are called wherever they come from, the others if they were imported.
"""

IMPORTING_PACKAGES = ("importlib.", "pkgutil.", "runpy.")
"""Whatever else these are given a module's name for, they import it or its package."""

METADATA = "importlib.metadata."
"""But these take the name of a distribution, and import nothing."""

EVALUATORS = frozenset({"exec", "eval"})

NAMES = sorted(OTHER_IMPORTERS | EVALUATORS)
"""Where none of these is, nor ``import`` in any word, nor a name that stands for a module, nothing is imported."""

METHOD = re.compile(rf"\.(?:[\s\\]|#[^\n]*\n)*(?:{'|'.join(sorted(OTHER_IMPORTERS))})\b")


class ImportingLines(MarkedLines):
    """The lines of *text* on which something can be imported; more are marked with every name that turns out to matter."""

    def __init__(self, text: str, known: Known) -> None:
        super().__init__(text, ("import",), NAMES)
        self.known = known

    def mark_name(self, name: str, dotted: str) -> None:
        """Mark those on which *name*, that stands for *dotted*, can be used to import something, or is handed on for that."""
        known = self.known
        named = known.real_name(dotted)
        if (
            self._has_methods
            or named in known.watched
            or f"{dotted}.".startswith(IMPORTING_PACKAGES)
            or not IMPORTERS.isdisjoint(dotted.split("."))
            or dotted.partition(".")[0] in known.precise
        ):
            self.mark(name, is_name=True)
        elif below := known.below.get(named):  # of others, an attribute is no module
            self.mark_uses(name, dotted, lambda attribute: attribute in below or attribute == "TYPE_CHECKING")

    @cached_property
    def _has_methods(self) -> bool:
        """Whether a function that imports may be called by an attribute, of whatever stands for its module."""
        return not self.found.isdisjoint(OTHER_IMPORTERS) and METHOD.search(self.text) is not None
