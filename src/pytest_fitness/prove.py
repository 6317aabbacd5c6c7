"""Rules prove that they can fail: what they forbid is planted, and has to be found."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase

from pytest_fitness.errors import FitnessError, NotJudgedError
from pytest_fitness.model import Codebase, Evaluation, Import, Plant, Rule, Violation, unhindered


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one plant.

    Attributes:
        what: the plant in words.
        killed: whether the rule has found it.
        why: who found it if it was another rule, or why nobody did.
        accepted: the reason in the settings why it may survive; empty where there is none.
    """

    what: str
    killed: bool
    why: str = ""
    accepted: str = ""

    @property
    def survived(self) -> bool:
        """Whether this is a gap that nobody has accepted."""
        return not self.killed and not self.accepted


@dataclass
class Proof:
    """The plants of one evaluated rule.

    Attributes:
        rule: its name.
        place: ``path:line`` where it is written.
        outcomes: one a plant.
        unproved: why there is nothing to say; empty where there is.
        left_out: what the rule's own options say it is not about.
    """

    rule: str
    place: str
    outcomes: list[Outcome] = field(default_factory=list)
    unproved: str = ""
    left_out: list[str] = field(default_factory=list)

    @property
    def survivors(self) -> list[Outcome]:
        """The plants that nobody has found."""
        return [outcome for outcome in self.outcomes if outcome.survived]

    @property
    def killed(self) -> int:
        """How many were found."""
        return sum(outcome.killed for outcome in self.outcomes)


class Prover:
    """Proves the rules of a run.

    Args:
        evaluations: all that was judged.
        survivors: patterns for ``"rule: plant"`` that may survive, each with the reason.
    """

    def __init__(self, evaluations: Sequence[Evaluation], survivors: Mapping[str, str]) -> None:
        self.survivors = survivors
        self.used_survivors: set[str] = set()
        self.evaluations: list[Evaluation] = []
        for each in evaluations:
            if each.codebase is not None and not any(_same(each, other) for other in self.evaluations):
                self.evaluations.append(each)
        self.parts = self._parts()

    def _parts(self) -> dict[str, frozenset[str]]:
        """Names for parts of the code: layers of the settings, and of rules."""
        found: dict[str, frozenset[str]] = {}
        for each in self.evaluations:
            assert each.codebase is not None
            for name in each.codebase.layers:
                found[name] = frozenset(m.name for m in each.codebase.modules_of(name))
            found |= getattr(each.value, "parts", lambda _: {})(each.codebase)
        return {name: modules for name, modules in found.items() if modules}

    def proof(self, evaluation: Evaluation) -> Proof:
        """Plant everything that the evaluated rule says it forbids, and see."""
        proof = Proof(evaluation.rule, evaluation.place, left_out=_left_out(evaluation.value))
        codebase, plants = evaluation.codebase, getattr(evaluation.value, "plants", None)
        if codebase is None or plants is None:
            proof.unproved = "it has no `plants`, so nothing shows that it can fail"
            return proof
        supposed = codebase.with_imports()
        supposed.parts = self.parts
        supposed.evaluations = self.evaluations
        try:
            with unhindered():
                every = list(plants(supposed))
                proof.outcomes = [self._accept(evaluation, each) for each in self._tried(evaluation, every)]
        except NotJudgedError as error:
            proof.unproved = f"not judged: {error}"
        if not proof.outcomes and not proof.unproved:
            proof.unproved = "there is nothing that could be planted here"
        return proof

    def _accept(self, evaluation: Evaluation, outcome: Outcome) -> Outcome:
        if outcome.killed:
            return outcome
        title = f"{evaluation.rule}: {outcome.what}"
        for pattern, reason in self.survivors.items():
            if fnmatchcase(title, pattern):
                self.used_survivors.add(pattern)
                return replace(outcome, accepted=reason)
        return outcome

    def _tried(self, evaluation: Evaluation, plants: Sequence[Plant]) -> Iterator[Outcome]:
        """Each alone, in otherwise unchanged code; of many alike, only those that are not found when all are there."""
        alike = [plant for plant in plants if plant.alike]
        found = self._found_together(evaluation, alike) if alike else frozenset()
        for plant in plants:
            yield Outcome(plant.what, killed=True) if id(plant) in found else self._try(evaluation, plant)

    def _found_together(self, evaluation: Evaluation, plants: Sequence[Plant]) -> frozenset[int]:
        planted: dict[int, Import] = {}
        for number, plant in enumerate(plants):
            assert plant.alike is not None
            planted[id(plant)] = plant.alike._replace(location=plant.alike.location._replace(line=-number))
        assert evaluation.codebase is not None
        codebase = evaluation.codebase.with_imports(*planted.values())
        try:
            new = self._new(evaluation, codebase, evaluation.value)
        except FitnessError:
            return frozenset()
        places = {place for violation in new for place in (violation.location, *violation.trail)}
        return frozenset(key for key, each in planted.items() if each.location in places)

    def _try(self, evaluation: Evaluation, plant: Plant) -> Outcome:
        try:
            if self._finds(evaluation, plant, plant.rule or evaluation.value):
                return Outcome(plant.what, killed=True)
        except NotJudgedError:
            raise
        except FitnessError as error:
            return Outcome(plant.what, killed=False, why=f"the rule refuses to judge: {error}")
        if plant.beyond:
            for other in self.evaluations:
                if other is not evaluation and other.rule == evaluation.rule and self._other_finds(other, plant):
                    return Outcome(plant.what, killed=True, why=f"found by {other.place}")
        return Outcome(plant.what, killed=False, why=self._why(evaluation, plant))

    def _other_finds(self, other: Evaluation, plant: Plant) -> bool:
        try:
            return self._finds(other, plant, other.value)
        except FitnessError:
            return False

    def _finds(self, evaluation: Evaluation, plant: Plant, rule: Rule | None) -> bool:
        return any(_is_about(violation, plant, evaluation) for violation in self._new(evaluation, plant.codebase, rule))

    def _why(self, evaluation: Evaluation, plant: Plant) -> str:
        if plant.beyond:
            return "it lies beside what the rule looks at"
        rule = plant.rule or evaluation.value
        if rule is not None and any(_is_about(v, plant, evaluation) for v in rule.find(plant.codebase)):
            return "a waiver, or what is known, swallows it"
        return ""

    @staticmethod
    def _new(evaluation: Evaluation, codebase: Codebase, rule: Rule | None) -> list[Violation]:
        """What a rule finds, and nothing swallows."""
        assert rule is not None
        found = sorted(rule.find(codebase), key=lambda v: v.sort_key)
        acceptance = codebase.acceptance
        return found if acceptance is None else acceptance.judge(codebase, evaluation, found).new


def _left_out(rule: object) -> list[str]:
    """What options of a rule take out of it, so that nothing of that kind is planted."""
    found = ["paths through other modules (transitive=False)"] if getattr(rule, "transitive", True) is False else []
    if getattr(rule, "allow_empty", ""):
        found.append("what is nowhere (allow_empty)")
    return found


def _same(one: Evaluation, other: Evaluation) -> bool:
    """Whether the same rule was judged again, in another item of one parametrised test for example."""
    return one.place == other.place and type(one.value) is type(other.value) and one.value == other.value


def _is_about(violation: Violation, plant: Plant, evaluation: Evaluation) -> bool:
    """Whether a violation names the plant, and is none that was there before."""
    if plant.location is not None:
        return plant.location in (violation.location, *violation.trail)
    names = {violation.subject, *violation.target.split()}
    if not plant.names and not plant.path:
        return False  # a plant that says nothing of where it is
    if not names.issuperset(plant.names):
        return False
    if plant.path and violation.location.path != plant.path:
        return False
    said = (violation.location, violation.message, violation.details)
    return not any((v.location, v.message, v.details) == said for v in evaluation.found)


def matrix(proofs: Iterable[Proof]) -> list[str]:
    """Return the kill matrix: a line a rule and place, however often it was judged there."""
    groups: dict[tuple[str, str], list[Proof]] = {}
    for proof in proofs:
        groups.setdefault((proof.rule, proof.place), []).append(proof)
    counts = {
        at: f"{sum(p.killed for p in group)}/{sum(len(p.outcomes) for p in group)}" for at, group in groups.items()
    }
    rules, places = (max((len(at[n]) for at in groups), default=0) for n in (0, 1))
    width = max(map(len, counts.values()), default=0)
    return [
        f"{rule:<{rules}}  {place:<{places}}  {counts[rule, place]:>{width}}  {_notes(group)}".rstrip()
        for (rule, place), group in groups.items()
    ]


def _notes(proofs: Sequence[Proof]) -> str:
    survived = sum(len(proof.survivors) for proof in proofs)
    accepted = sum(bool(outcome.accepted) for proof in proofs for outcome in proof.outcomes)
    left_out = dict.fromkeys(f"left out: {text}" for proof in proofs for text in proof.left_out)
    notes = [f"{survived} survived"] * bool(survived) + [f"{accepted} may survive"] * bool(accepted)
    return ", ".join(
        [*notes, *left_out, *dict.fromkeys(f"unproved: {proof.unproved}" for proof in proofs if proof.unproved)]
    )
