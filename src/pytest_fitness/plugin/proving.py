"""Proofs as tests: one item a rule, which fails where a plant survives."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from traceback import format_exception

import pytest

from pytest_fitness import prove
from pytest_fitness.model import Evaluation
from pytest_fitness.plugin.collection import linter_path
from pytest_fitness.plugin.known import RunProblemItem
from pytest_fitness.plugin.project import project_settings
from pytest_fitness.plugin.reports import UNPROVED

SHOWN = 20

proofs_key = pytest.StashKey[list[prove.Proof]]()
"""What was proved in this session."""


class ProofItem(pytest.Item):
    """The proof of one evaluated rule."""

    def __init__(self, *, prover: prove.Prover, evaluation: Evaluation, **kwargs: object) -> None:
        super().__init__(**kwargs)  # type: ignore[arg-type]  # pytest's own, handed through
        self.prover = prover
        self.evaluation = evaluation
        self.add_marker("fitness")

    def runtest(self) -> None:
        """Plant, and fail where something survives."""
        proof = self.prover.proof(self.evaluation)
        self.config.stash.setdefault(proofs_key, []).append(proof)
        if proof.survivors:
            pytest.fail(_text(proof), pytrace=False)
        if proof.unproved:
            pytest.skip(f"{UNPROVED}{proof.unproved}")

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: object = None) -> str:  # noqa: ARG002 - pytest's signature
        """Return the text, or the end of a traceback: most of it is not the rule's."""
        if isinstance(excinfo.value, pytest.fail.Exception):
            return str(excinfo.value)
        return "".join(format_exception(excinfo.value, limit=-3))

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Where the rule is written."""
        path, _, line = self.evaluation.place.rpartition(":")
        return (
            self.config.rootpath / (path or "pyproject.toml"),
            int(line) - 1 if line.isdigit() else None,
            f"proof of {self.evaluation.rule}",
        )


def proofs(session: pytest.Session, evaluations: Sequence[Evaluation], partial: str) -> list[pytest.Item]:
    """Return an item for each rule that was judged, and one for what the settings accept for nothing.

    Args:
        session: the session.
        evaluations: everything that was judged.
        partial: why not every rule may have been judged.
    """
    survivors = project_settings(session.config).survivors
    prover = prove.Prover(evaluations, survivors)
    names: dict[str, int] = {}
    items: list[pytest.Item] = []
    for evaluation in prover.evaluations:
        name = f"prove {evaluation.rule} ({evaluation.place})"
        names[name] = names.get(name, 0) + 1
        name += f" {names[name]}" if names[name] > 1 else ""
        nodeid = f"fitness::{name}"
        items.append(ProofItem.from_parent(session, name=name, nodeid=nodeid, prover=prover, evaluation=evaluation))
    if survivors and not partial:
        items.append(
            UnusedSurvivors.from_parent(session, name="survivors", nodeid="fitness::survivors", prover=prover, text="")
        )
    return items


class UnusedSurvivors(RunProblemItem):
    """What the settings accept and nothing needs, known only when all proofs are made."""

    def __init__(self, *, prover: prove.Prover, **kwargs: object) -> None:
        super().__init__(**kwargs)  # type: ignore[arg-type]  # pytest's own, handed through
        self.prover = prover

    def runtest(self) -> None:
        """Fail for a pattern of no use."""
        unused = [pattern for pattern in self.prover.survivors if pattern not in self.prover.used_survivors]
        if unused:
            lines = "\n".join(f"  {pattern!r}" for pattern in unused)
            pytest.fail(
                f"[tool.pytest-fitness.survivors] has what no plant needs; remove it, or mend it:\n{lines}",
                pytrace=False,
            )


def _text(proof: prove.Proof) -> str:
    count = len(proof.survivors)
    headline = f'"{proof.rule}" would not notice: {proof.survivors[0].what}'
    more = [f"  and {count - SHOWN} more"] if count > SHOWN else []
    lines = [f"  {o.what}{f' ({o.why})' if o.why else ''}" for o in proof.survivors[:SHOWN]]
    fix = (
        "fix: widen the rule, or narrow what it leaves out; or accept it with a reason in "
        f'[tool.pytest-fitness.survivors]: "{proof.rule}: {proof.survivors[0].what}" = "..."'
    )
    place = f"rule     {proof.place}"
    summary = f"{count} of {len(proof.outcomes)} plants survived:"
    return "\n".join([headline, "", summary, *lines, *more, "", fix, place])


def report(config: pytest.Config) -> list[str]:
    """Return the kill matrix, and write it to a file where that is asked for."""
    made = config.stash.get(proofs_key, [])
    path = config.getoption("fitness_prove_report")
    if path and made:
        document = {"version": 1, "proofs": [asdict(proof) for proof in made]}
        file = config.invocation_params.dir / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    unproved = ["fitness: contracts of import-linter are not proved"] if linter_path in config.stash else []
    if not made:
        return unproved
    plants = sum(len(proof.outcomes) for proof in made)
    killed = sum(proof.killed for proof in made)
    return [f"fitness: {killed} of {plants} plants killed", *(f"  {line}" for line in prove.matrix(made)), *unproved]
