"""May this module import that one?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pytest_fitness.errors import EmptySelectionError, FitnessError
from pytest_fitness.model.codebase import Codebase
from pytest_fitness.model.evaluation import Evaluation
from pytest_fitness.model.plant import planted_import
from pytest_fitness.model.violation import Violation
from pytest_fitness.names import has_wildcard, matches

TRIED = 200
"""So many ways round are tried at most."""


@dataclass(frozen=True, slots=True)
class Objection:
    """A rule that would be broken, where it is written, and what it would say."""

    rule: str
    place: str
    violation: Violation


@dataclass(frozen=True, slots=True)
class Answer:
    """What the rules of a run say of an import.

    Attributes:
        importer: full name.
        imported: full name.
        is_there: whether the code has the import already.
        objections: one a rule that forbids it.
        way: modules, from one to the other, where the importer may import the second one and all else is there; empty where there is
            no such way, or none is needed.
        judged: how many rules had a say.
    """

    importer: str
    imported: str
    is_there: bool
    objections: tuple[Objection, ...]
    way: tuple[str, ...]
    judged: int

    @property
    def allowed(self) -> bool:
        """Whether no rule objects."""
        return not self.objections


def ask(codebase: Codebase, evaluations: Sequence[Evaluation], importer: str, imported: str) -> Answer:
    """Say whether *importer* may import *imported*.

    Args:
        codebase: the code as it is.
        evaluations: what was judged on it: whose rules have a say.
        importer: a module of the codebase, by full name or by the name below a top-level package.
        imported: the same, or a third-party module.

    Raises:
        EmptySelectionError: there is no such module.
    """
    source = _module(codebase, importer)
    try:
        target = _module(codebase, imported)
    except EmptySelectionError:
        if codebase.is_internal(imported) or has_wildcard(imported):
            raise
        codebase.require_module(imported, codebase.third_party(codebase.imports()) | codebase.modules.keys())
        target = imported
    own = [e for e in evaluations if e.value is not None and e.codebase is codebase]
    own = [e for n, e in enumerate(own) if not any(e.value == before.value for before in own[:n])]
    objections = tuple(_objections(codebase, own, source, target))
    graph = codebase.imports()
    return Answer(
        source,
        target,
        target in graph.successors(source),
        objections,
        _way_round(codebase, own, source, target) if objections else (),
        len(own),
    )


def _module(codebase: Codebase, name: str) -> str:
    names = (name, *(f"{package}.{name}" for package in codebase.packages))
    found = next((n for n in names if n in codebase.modules), None)
    if found is None:
        raise EmptySelectionError("module", name, [*codebase.modules, *(n.partition(".")[2] for n in codebase.modules)])
    return found


def _objections(codebase: Codebase, evaluations: Iterable[Evaluation], source: str, target: str) -> list[Objection]:
    """What the rules say of an import, with everything that breaks them today thought away: it would hide what follows from it."""
    planted = planted_import(codebase, source, target)
    found: list[Objection] = []
    for each in evaluations:
        assert each.value is not None
        supposed = codebase.with_imports(planted, removed=_breaking(each))
        try:
            violations = sorted(each.value.find(supposed), key=lambda v: v.sort_key)
        except FitnessError:
            continue  # it could be judged without the import, and says nothing of it
        by_place = [v for v in violations if v.kind != "cycle" and planted.location in (v.location, *v.trail)]
        closes = [v for v in violations if v.kind == "cycle" and {source, target} <= _names(codebase, v)]
        before = {(v.subject, v.target) for v in each.found}
        closes = [v for v in closes if (v.subject, v.target) not in before]
        if by_place or closes:
            found.append(Objection(each.rule, each.place, (by_place or closes)[0]))
    return found


def _breaking(evaluation: Evaluation) -> set[tuple[str, str, int]]:
    """The imports that break a rule today."""
    return {(v.subject, v.target, v.location.line) for v in evaluation.found if v.kind != "cycle" and v.target}


def _names(codebase: Codebase, violation: Violation) -> set[str]:
    """The modules of a circle of modules or packages."""
    parts = (violation.subject, *violation.target.split())
    return {module.name for part in parts for module in codebase.modules_of(part)}


def _way_round(codebase: Codebase, evaluations: Sequence[Evaluation], source: str, target: str) -> tuple[str, ...]:
    """The shortest way on which only the first import is new, or none: through whoever imports the target already, and may."""
    precise = () if codebase.is_internal(target) else (target.partition(".")[0],)
    broken = {edge[:2] for each in evaluations for edge in _breaking(each)}
    importers: dict[str, set[str]] = {}
    for each in codebase.imports(precise):
        if each.kind != "implicit" and (each.importer, each.imported) not in broken:
            importers.setdefault(each.imported, set()).add(each.importer)
    following = {target: ""}
    queue = [target]
    tried = 0
    for name in queue:
        for before in sorted(importers.get(name, set()) & codebase.modules.keys()):
            if before in following or before == source or _is_ignored(codebase, evaluations, before, name):
                continue
            following[before] = name
            queue.append(before)
            tried += 1
            if tried > TRIED:
                return ()
            if not _objections(codebase, evaluations, source, before):
                way = [source, before]
                while following[way[-1]]:
                    way.append(following[way[-1]])
                return tuple(way)
    return ()


def _is_ignored(codebase: Codebase, evaluations: Iterable[Evaluation], importer: str, imported: str) -> bool:
    """Whether a rule ignores an import that is there: it is no way for others."""
    edges = [
        entry.partition(":")[0].partition("->") for e in evaluations for entry in getattr(e.value, "ignore", ()) or ()
    ]
    tops = ("", *(f"{package}." for package in codebase.packages))
    return any(
        any(matches(importer, top + a.strip()) for top in tops)
        and any(matches(imported, top + b.strip()) for top in tops)
        for a, _, b in edges
    )
