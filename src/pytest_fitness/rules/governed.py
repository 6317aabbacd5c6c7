"""The ``governed`` rule."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Literal

from pytest_fitness.errors import NotJudgedError, RuleError
from pytest_fitness.model import Codebase, Module, Plant, Violation
from pytest_fitness.model.reach import ArchitectureCoverage, architecture_coverage
from pytest_fitness.rules import _options
from pytest_fitness.rules._coverage import percentage, rounded

SHOWN = 12


@dataclass(frozen=True, slots=True)
class Governed:
    """
    So much of the code is judged by at least one rule, modules and the imports between them.

    A module is judged where a rule decides about it: it is in a layer, in the scope of a rule about imports, or has handlers that a
    rule looks at. An import of one module by another is judged where a rule would forbid it, or the other way round: from layer to
    layer, into what is protected, between what is independent. Rules about coverage by tests do not count, and neither does ``Cycles``,
    which is about everything and says nothing of where it belongs.

    Contracts and tests with this rule are judged after all others of the run, as far as that can be told; where others are still to
    come, it is not judged.

    Why:
        A new package that nobody put into a layer is green for ever, and grows.

    Violates::

        # shop/tools is in no layer, and no rule is about it; with Governed(90)

    Instead::

        Layers("api", "domain", "infrastructure | tools")

    Options:
        at_least: a percentage above 0, up to 100.
        of: ``"modules"``, ``"imports"``, or ``"both"``, the default: then each has to reach it.
        by: names of the rules that count, such as ``("layers", "protected")``; all by default.
        because: the reason, shown on failure.

    versionadded: 0.5.0
    """

    name: ClassVar[str] = "governed"

    at_least: float
    of: Literal["modules", "imports", "both"] = "both"
    by: str | tuple[str, ...] | list[str] = ()
    because: str = ""

    def __post_init__(self) -> None:
        percentage("`at_least`", self.at_least)
        _options.choice("of", self.of, Literal["modules", "imports", "both"])
        _options.names("by", self.by, at_least=0)
        _options.because(self.because)

    def find(self, codebase: Codebase) -> Iterator[Violation]:
        """Yield one violation if less is judged by the rules of this run.

        Raises:
            NotJudgedError: only some of the rules were judged in this run.
            RuleError: a rule in `by` was not judged.
        """
        coverage = self._coverage(codebase)
        codebase.note_count(
            f"{coverage.percent_of_modules:.0f} % of modules and {coverage.percent_of_imports:.0f} % of imports judged"
        )
        free = coverage.ungoverned()
        more = f" and {len(free) - SHOWN} more" if len(free) > SHOWN else ""
        if self._share(coverage) >= self.at_least:
            if free:
                codebase.note(f"no rule is about {', '.join(free[:SHOWN])}{more}")
            return
        if codebase.partial_run:
            raise NotJudgedError(f"{self._words(coverage)}, but {codebase.partial_run}")
        places = [*free[:SHOWN], *([more.strip()] if more else [])]
        by = [f"{rule}: {modules} modules, {imports} imports" for rule, (modules, imports) in coverage.by.items()]
        yield Violation(
            rule=self.name,
            subject="architecture",
            message=f"{self._words(coverage)}, not {self.at_least:g} %",
            location=codebase.place(free[0]) if free else codebase.rule_location,
            details=(
                "no rule is about:",
                *(f"  {each}" for each in places),
                "judged by:",
                *(f"  {each}" for each in by),
            ),
            fix="put what is missing into a layer, or write a rule that is about it",
            because=self.because,
            can_be_known=False,
        )

    def plants(self, codebase: Codebase) -> Iterator[Plant]:
        """Yield modules that no rule is about, enough of them; none where a rule is about everything that there may be."""
        if self.of == "imports":
            return
        coverage = self._coverage(codebase)
        count = int(100 * len(coverage.judged_modules) / self.at_least) - len(coverage.modules) + 1
        top = codebase.packages[0]
        added = [Module(f"{top}.fitness_planted_{n}", f"fitness_planted_{n}.py") for n in range(max(count, 1))]
        planted = codebase.with_modules(*added)
        planted.evaluations = codebase.evaluations
        if added[0].name not in self._coverage(planted).judged_modules:
            yield Plant(f"{len(added)} modules that no rule is about", planted, names=("architecture",))

    def _coverage(self, codebase: Codebase) -> ArchitectureCoverage:
        wanted = _options.names("by", self.by, at_least=0)
        judged = {each.rule for each in codebase.evaluations}
        missing = [name for name in wanted if name not in judged]
        if missing and not codebase.partial_run:
            raise RuleError(f"`by` names {missing[0]!r}, but no rule of that name was judged in this run")
        evaluations = [e for e in codebase.evaluations if not wanted or e.rule in wanted]
        return architecture_coverage(codebase, evaluations)

    def _share(self, coverage: ArchitectureCoverage) -> float:
        shares = {"modules": coverage.percent_of_modules, "imports": coverage.percent_of_imports}
        return min(shares.values()) if self.of == "both" else shares[self.of]

    def _words(self, coverage: ArchitectureCoverage) -> str:
        shares = {"modules": coverage.percent_of_modules, "imports": coverage.percent_of_imports}
        shown = [f"{rounded(shares[what], self.at_least)} % of {what}" for what in shares if self.of in (what, "both")]
        return f"rules judge {' and '.join(shown)}"
