"""Every exception of pytest-fitness.

A *violation* is never an exception: rules return violations, and raise only when they cannot judge.

    FitnessError
    +-- RuleError               a rule was given options that make no sense
    +-- BaselineError           a file of known violations cannot be read
    +-- SettingsError           [tool.pytest-fitness] is wrong, or the packages cannot be found
    +-- EmptySelectionError     a name or pattern selects nothing
    +-- StaleCopyError          Python would import other code than the code that is judged
    +-- CoverageDataError       coverage was measured, but cannot answer
    +-- NotJudgedError          this run cannot tell; skipped by the plugin, or failed in CI
"""

from __future__ import annotations

from collections.abc import Iterable
from types import ModuleType


class FitnessError(Exception):
    """Base class: whatever pytest-fitness raises on purpose."""


class RuleError(FitnessError, ValueError):
    """A rule cannot mean anything with these options. Fix the call or the contract."""


class SettingsError(FitnessError):
    """The configuration is wrong. The message begins with the file and, where known, the line."""

    def __init__(self, message: str, *, file: str = "", line: int = 0) -> None:
        self.file = file
        self.line = line
        place = f"{file}:{line}: " if line else f"{file}: " if file else ""
        super().__init__(f"{place}{message}")


class EmptySelectionError(FitnessError):
    """A name or pattern selects nothing, so a rule that uses it would check nothing.

    Args:
        what: what was looked for, as a phrase: ``"module"``, ``"third-party package"``.
        name: the name or pattern as the user wrote it.
        candidates: names that exist; the nearest ones are suggested.
        hint: a closing sentence for cases where no name is near.
    """

    def __init__(self, what: str, name: str, candidates: Iterable[str] = (), hint: str = "") -> None:
        from pytest_fitness.names import did_you_mean

        self.name = name
        self.suggestions = did_you_mean(name, candidates)
        text = f"no {what} matches {name!r}"
        if self.suggestions:
            text += "; did you mean " + " or ".join(map(repr, self.suggestions)) + "?"
        super().__init__(f"{text}; {hint}" if hint else text)


class BaselineError(FitnessError):
    """A file of known violations is damaged, or nobody's. It is never taken for an empty one."""


class StaleCopyError(FitnessError):
    """The package that ``import`` would load differs from the source tree that is judged."""


class CoverageDataError(FitnessError):
    """Coverage was on, yet its data cannot answer the question. The message says what to set."""


class NotJudgedError(FitnessError):
    """This run cannot tell whether the rule holds.

    The plugin turns it into a skip with the reason, or into a failure where ``CI`` is set or ``fitness_strict`` is on.
    """


def hide(module: ModuleType) -> None:
    """Have pytest leave out the code of *module* where it shows an error that is raised on purpose: it would tell nobody anything."""
    module.__dict__["__tracebackhide__"] = _is_on_purpose


def _is_on_purpose(info: object) -> bool:
    return isinstance(getattr(info, "value", None), FitnessError)
