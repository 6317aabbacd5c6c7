"""Known violations when all rules are judged: what is written down, and what fails because it should not be there any more."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from pytest_fitness.baseline import SHRINK, Accepted, Entry, Ledger, describe, render
from pytest_fitness.errors import FitnessError
from pytest_fitness.model import Codebase
from pytest_fitness.names import did_you_mean
from pytest_fitness.plugin.contracts import ContractItem
from pytest_fitness.plugin.header import uncollected_contracts
from pytest_fitness.plugin.held_back import HeldBack
from pytest_fitness.plugin.project import is_strict, partial_run
from pytest_fitness.plugin.reports import workers_key
from pytest_fitness.rules import CATALOGUE

SHOWN = 20


class RunProblemItem(pytest.Item):
    """What is wrong with known violations, waivers or permissions, as a test that fails."""

    def __init__(self, *, text: str, **kwargs: object) -> None:
        super().__init__(**kwargs)  # type: ignore[arg-type]  # pytest's own, handed through
        self.text = text
        self.add_marker("fitness")

    def runtest(self) -> None:
        """Fail with the text."""
        pytest.fail(self.text, pytrace=False)

    def reportinfo(self) -> tuple[Path, None, str]:
        """There is no line to go to but in the text."""
        return self.config.rootpath / "pyproject.toml", None, self.name


class Outcomes:
    """Remembers which of the judged tests did not pass, as a plugin of pytest."""

    def __init__(self) -> None:
        self.not_passed: set[str] = set()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note whatever is not a pass."""
        if not report.passed:
            self.not_passed.add(report.nodeid)


class AfterJudging:
    """Everything that can be said only when all rules are judged.

    Args:
        held_back: what is known of the run.
        codebase: the codebase, all of whose evaluations are done.
        items: the tests that were judged.
        outcomes: which of them did not pass.
    """

    def __init__(
        self,
        held_back: HeldBack,
        codebase: Codebase,
        items: Sequence[pytest.Item],
        outcomes: Outcomes,
    ) -> None:
        self.held_back = held_back
        self.config = held_back.config
        self.codebase = codebase
        assert isinstance(codebase.acceptance, Accepted)
        self.accepted = codebase.acceptance
        judged_elsewhere = {brief[0] for brief in self.config.stash.get(workers_key, [])}
        self.judged = {e.rule for e in codebase.evaluations} | judged_elsewhere
        self.partial = partial_run(self.config)
        self.doubts: dict[str, str] = dict.fromkeys(
            judged_elsewhere, "it was judged by a worker of pytest-xdist as well"
        )
        self.unsure = ""
        for item in (item for item in items if item.nodeid in outcomes.not_passed):
            self._doubt(item)
        for evaluation in codebase.evaluations:
            if any(not violation.can_be_known for violation in evaluation.verdict.new):
                self.doubts[evaluation.rule] = "not everything could be read, or what was found cannot be known"
        for rule, ledger in self.accepted.ledgers.items():
            if ledger.doubt:
                self.doubts[rule] = ledger.doubt

    def _doubt(self, item: pytest.Item) -> None:
        """A test that did not pass may not have come to all of its rules."""
        why = f"{item.nodeid} did not pass, so not all that is in it may have been judged"
        if isinstance(item, ContractItem):
            if item.contract.name not in {e.contract for e in self.codebase.evaluations}:
                self.doubts[item.contract.rule.name] = why
            return
        named = self._rules_named_in(item)
        self.doubts.update(dict.fromkeys(named, why))
        self.unsure = self.unsure or ("" if named else why)

    def _rules_named_in(self, item: pytest.Item) -> set[str]:
        """The rules that a test makes itself; none where they may come from elsewhere."""
        code = getattr(getattr(item, "function", None), "__code__", None)
        if code is None or set(getattr(item, "fixturenames", ())) - {"codebase", "request"}:
            return set()
        classes = {class_name: rule for rule, class_name in CATALOGUE.items()}
        known = {type(e.value).__name__: e.rule for e in self.codebase.evaluations} | classes
        return {known[name] for name in code.co_names if name in known}

    def incomplete(self, rule: str) -> str:
        """Say why not all of *rule* may have been judged; an empty string where it was."""
        return self.partial or self.unsure or self.doubts.get(rule, "")

    # -- writing ---------------------------------------------------------------------------------------------------

    def write(self) -> Iterator[str]:
        """Freeze or shrink, where that is asked for; yield a line for each file, and for each that cannot be looked into."""
        for rule, ledger in self.accepted.ledgers.items():
            why = self.incomplete(rule)
            if ledger.frozen is not None:
                entries = ledger.written_down(whole=not why)
                yield self._write(rule, ledger, entries, f" ({why}: the rest is kept as it was)" if why else "")
            elif not ledger.work.entries:
                continue
            elif self.config.getoption("fitness_shrink"):
                if why:
                    yield f"{ledger.file} is not shrunk: {why}"
                elif ledger.mended() or ledger.moved():
                    yield self._write(rule, ledger, ledger.remaining(), "")
                else:
                    yield f"{ledger.file} is as small as it can be"
            elif why and (not self.partial or uncollected_contracts(self.config)):
                yield f"{ledger.file} is not looked through for what is mended: {why}"

    def _write(self, rule: str, ledger: Ledger, entries: Sequence[Entry], hint: str) -> str:
        count = sum(entry.count for entry in entries)
        if entries:
            self.accepted.files.write(rule, render(rule, entries))
            return f"{ledger.file} has {count} known violation{'s' * (count != 1)} now{hint}"
        if ledger.work.entries:
            self.accepted.files.remove(rule)
            return f"{ledger.file} is gone: nothing is left of it"
        return f"{rule}: nothing to freeze"

    # -- problems --------------------------------------------------------------------------------------------------

    def problems(self) -> Iterator[tuple[str, str]]:
        """Yield name and text of each problem; of what a part of a run cannot tell, none."""
        if self.accepted.lost_base and is_strict(self.config):
            fix = "fix: fetch that history (actions/checkout: `fetch-depth: 0`), or correct `fitness_baseline_ref`"
            yield f"known since {self.accepted.ref}", f"{self.accepted.lost_base}\n{fix}"
        for rule in self.accepted.freeze or ():
            if rule not in self.judged:
                near = did_you_mean(rule, self.judged)
                hint = f"did you mean {near[0]!r}?" if near else f"judged were {', '.join(sorted(self.judged))}"
                if (self.config.invocation_params.dir / rule).exists():
                    hint = "paths come before the option"
                yield f"freeze {rule}", f"no rule called {rule!r} was judged, so nothing is frozen; {hint}"
        if not self.config.getoption("fitness_shrink"):
            for rule, ledger in self.accepted.ledgers.items():
                mended = ledger.mended() if ledger.frozen is None else []
                if mended and not self.incomplete(rule):
                    yield f"known {rule}", _mended_text(rule, ledger, [describe(entry) for entry in mended])
        if not self.partial:
            yield from self._strangers()
            yield from self._waivers()
            yield from self._permissions()

    def _is_sure(self, name: str) -> bool:
        """Whether all that a rule or contract, or one that nobody has heard of, could find has been found."""
        rules = {e.rule for e in self.codebase.evaluations if name in (e.rule, e.contract)} or {name}
        return not any(self.incomplete(rule) for rule in rules)

    def _strangers(self) -> Iterator[tuple[str, str]]:
        try:
            written = self.accepted.files.rules()
        except FitnessError as error:
            yield "known violations", str(error)
            return
        for rule in written:
            if rule not in self.judged and self._is_sure(rule):
                near = did_you_mean(rule, self.judged)
                hint = f"did you mean {near[0]!r}? " if near else ""
                file = self.accepted.files.path(rule)
                text = f"{file}: no rule called {rule!r} was judged; {hint}Remove the file if the rule is gone"
                yield f"known {rule}", text

    def _waivers(self) -> Iterator[tuple[str, str]]:
        for waiver in self.accepted.waivers:
            if waiver not in self.accepted.used_waivers and self._is_sure(waiver.rule):
                names = self.judged | {e.contract for e in self.codebase.evaluations} - {""}
                near = did_you_mean(waiver.rule, names) if waiver.rule not in names else []
                why = (
                    f"no rule or contract is called {waiver.rule!r}" if waiver.rule not in names else "nothing is found"
                )
                hint = f"; did you mean {near[0]!r}?" if near else "; remove it, or mend it"
                text = f"{waiver.place}: the waiver of {waiver.owner} for {waiver.what!r} is of no use: {why}{hint}"
                yield f"waiver {waiver.what}", text

    def _permissions(self) -> Iterator[tuple[str, str]]:
        for each in self.codebase.permissions():
            name = f"permission {each.place}"
            if not each.reason or not each.rules:
                lack = "a reason behind the bracket" if each.rules else "`allow[rule-name] reason` behind it"
                yield name, f"{each.place}: `# fitness:` needs {lack}, and permits nothing without"
                continue
            for rule in each.rules:
                if (each.place, rule) not in self.accepted.used_permissions and self._is_sure(rule):
                    near = did_you_mean(rule, self.judged) if rule not in self.judged else []
                    hint = f"did you mean {near[0]!r}?" if near else "remove it"
                    text = f"{each.place}: `# fitness: allow[{rule}]` is of no use: {rule!r} finds nothing here; {hint}"
                    yield f"{name} {rule}", text


def _mended_text(rule: str, ledger: Ledger, lines: Sequence[str]) -> str:
    count = f"{len(lines)} known violations are" if len(lines) > 1 else "1 known violation is"
    more = [f"  and {len(lines) - SHOWN} more"] if len(lines) > SHOWN else []
    shown = [f"  {line}" for line in lines[:SHOWN]]
    fix = f"fix: `{SHRINK}` takes out what is mended; commit {ledger.file}"
    return "\n".join([f'"{rule}": {count} mended, and must leave {ledger.file}', "", *shown, *more, "", fix])


def summary(accepted: Accepted, *, show: bool, partial: str = "") -> tuple[str, list[str]]:
    """Return what is known in a few words, or nothing, and lines to show below; of a *partial* run without the difference."""
    parts = []
    if accepted.known or any(ledger.work.entries for ledger in accepted.ledgers.values()):
        delta = None if partial else accepted.delta()
        since = f" ({delta:+d} since {accepted.ref.rpartition('/')[2]})" if delta is not None else ""
        parts.append(f"{accepted.count} known{since}")
    if accepted.waived:
        parts.append(f"{len(accepted.waived)} waived")
    lines = list(accepted.notes)
    if show:
        lines += [f"known: {violation}" for violation in accepted.known.values()]
        lines += [f"waived: {violation} ({by.reason}, {by.place})" for violation, by in accepted.waived.values()]
    return ", ".join(parts), lines
