"""Sorting out what rules find: permissions and waivers first, then what is known."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, get_args

from pytest_fitness.baseline.entries import parse, shown
from pytest_fitness.baseline.ledger import Ledger, Version
from pytest_fitness.errors import BaselineError, FitnessError, NotJudgedError
from pytest_fitness.model import Import, ImportKind, Key, Location, Permission, Verdict, Violation, Waiver
from pytest_fitness.names import is_under, matches

if TYPE_CHECKING:
    from pytest_fitness.model import Codebase, Evaluation
    from pytest_fitness.sources.known_files import KnownFiles

NOTICE = dt.timedelta(days=14)
"""So long before its end a waiver is shown in the summary."""

IMPORT_KINDS = frozenset(get_args(ImportKind))
FOLLOWING = ("attribute", "implicit")
"""Kinds of imports that follow from other statements."""

EVERYTHING = ", everything"
"""Behind the kind of a star import, which is more than any list of names."""


class Accepted:
    """Sorts out what rules find, by permissions, waivers and known violations.

    Args:
        files: of known violations.
        waivers: from the settings.
        freeze: rules whose violations are to be written down; an empty list for all, None for none.
        ref: the branch that must not be left behind: the file as of the merge base counts as well.
        today: the day.
    """

    def __init__(
        self,
        files: KnownFiles,
        waivers: Sequence[Waiver] = (),
        *,
        freeze: Sequence[str] | None = None,
        ref: str = "",
        today: dt.date | None = None,
    ) -> None:
        self.files = files
        self.waivers = waivers
        self.ref = ref
        self.freeze = freeze
        self.today = today or dt.datetime.now().astimezone().date()
        self.ledgers: dict[str, Ledger] = {}
        self.used_waivers: set[Waiver] = set()
        self.used_permissions: set[tuple[str, str]] = set()
        self.known: dict[tuple[str, object], Violation] = {}
        self.waived: dict[tuple[str, object], tuple[Violation, Waiver | Permission]] = {}
        self.notes: dict[str, None] = {}
        self.lost_base = ""
        self._base: str | None = None

    # -- judging ---------------------------------------------------------------------------------------------------

    def sort_out(self, codebase: Codebase, evaluation: Evaluation, found: Sequence[Violation]) -> Verdict:
        """Return what is new, known and waived of *found*, and remember what was of use.

        Raises:
            BaselineError: the file of known violations cannot be read.
        """
        ledger = self._ledger(evaluation)
        verdict = self.judge(codebase, evaluation, found)
        self.used_waivers.update(waiver for v in found for waiver in self._waivers(codebase, evaluation, v))
        for _, by in verdict.waived:
            if isinstance(by, Waiver):
                self._notice(by)
            else:
                self.used_permissions.update((by.place, name) for name in _called(evaluation) if name in by.rules)
        if ledger.frozen is not None:
            verdict.new = [_placed(codebase, v) for v in verdict.new]
            groups = _grouped(verdict.new)
            self._follow_renames(evaluation.rule, ledger, {key: sum(v.weight for v in g) for key, g in groups.items()})
            for key, group in groups.items():
                ledger.frozen[key] = max(ledger.frozen.get(key, 0), sum(v.weight for v in group))
                ledger.says[key] = group[0].message
            verdict.known = [v for v in verdict.new if v.can_be_known]
            verdict.new = [v for v in verdict.new if not v.can_be_known]
        elif ledger.work.entries:
            for key, (total, says) in verdict.present.items():
                ledger.use(key, total, says, verdict.present)
            for old, new in ledger.moved():
                self.notes[f"{evaluation.rule}: known violations came along: {shown(old)} is {shown(new)} now"] = None
        self.known.update(((evaluation.rule, v.sort_key), v) for v in verdict.known)
        self.waived.update(((evaluation.rule, v.sort_key), (v, by)) for v, by in verdict.waived)
        return verdict

    def judge(
        self, codebase: Codebase, evaluation: Evaluation, found: Sequence[Violation], beside: Collection[Key] = ()
    ) -> Verdict:
        """Return the same as `sort_out`, and remember nothing: what is found is not frozen.

        Args:
            codebase: the codebase.
            evaluation: of the rule.
            found: its violations.
            beside: keys of what there is beside them, so that an entry with one of these keys has not moved.
        """
        ledger = self._ledger(evaluation)
        verdict = Verdict()
        rest: list[Violation] = []
        for violation in found:
            by = self._waiver(codebase, evaluation, violation) or self._permission(codebase, evaluation, violation)
            if by is None:
                rest.append(violation)
            elif isinstance(by, Waiver) and by.until < self.today:
                line = f"the waiver of {by.owner} ended on {by.until} ({by.place}): {by.reason}"
                rest.append(replace(violation, details=(*violation.details, line), can_be_known=False))
            else:
                verdict.waived.append((violation, by))
        if ledger.frozen is not None or not ledger.work.entries:
            verdict.new = rest
            return verdict
        rest = [_placed(codebase, v) for v in rest]
        totals = {key: sum(v.weight for v in group) for key, group in _grouped(rest).items()}
        self._follow_renames(evaluation.rule, ledger, totals)
        there = {*totals, *beside}
        known = {key for key, total in totals.items() if total <= ledger.allowed(key, there)}
        if not codebase.is_supposed:
            self._explain(evaluation.rule, ledger, {key: n for key, n in totals.items() if key not in known}, totals)
        for violation in rest:
            is_known = violation.can_be_known and violation.key in known
            (verdict.known if is_known else verdict.new).append(violation)
        verdict.present = {key: (totals[key], group[0].message) for key, group in _grouped(rest).items()}
        if any(violation.trail for violation in verdict.new) and not codebase.is_supposed:
            self._judge_without_known(codebase, evaluation, ledger, verdict)
        return verdict

    def _explain(self, rule: str, ledger: Ledger, new: Mapping[Key, int], totals: Mapping[Key, int]) -> None:
        """Say of what is new why it is not known, where there is something like it in the file."""
        for key, total in new.items():
            if allowed := ledger.allowed(key, totals):
                self.notes[f"{rule}: {shown(key)}: there are {total}, of which {allowed} are known"] = None
            if total <= ledger.written(key, totals):
                hint = "a branch cannot accept what it brings"
                self.notes[f"{ledger.file} has known violations that {self.ref} does not have: {hint}"] = None

    def _judge_without_known(
        self, codebase: Codebase, evaluation: Evaluation, ledger: Ledger, verdict: Verdict
    ) -> None:
        """Of a path through several modules, a rule names one import; with another change, it may name another one.

        So what is known is taken out of the code: what is found then is new, and nothing else.
        """
        gone: list[Import] = []
        for key in ledger.work.every_key():
            if key[0].removesuffix(EVERYTHING) in IMPORT_KINDS and (edges := _edges(codebase, key)):
                weight = sum(count for _, count in edges)
                if weight <= ledger.allowed(key, verdict.present):
                    gone += [each for each, _ in edges]
                    says = verdict.present.get(key, (0, f"{key[1]} must not import {key[2]}"))[1]
                    verdict.present[key] = (weight, says)
        if evaluation.value is None or not gone:
            return
        without = codebase.with_imports(removed=[(i.importer, i.imported, i.location.line) for i in gone])
        try:
            found = sorted(evaluation.value.find(without), key=lambda v: v.sort_key)
        except FitnessError:
            return  # nothing can be told this way
        left = self.judge(without, evaluation, found, verdict.present).new
        verdict.known += [v for v in verdict.new if v.can_be_known and v not in left]
        verdict.new = left

    def _waiver(self, codebase: Codebase, evaluation: Evaluation, violation: Violation) -> Waiver | None:
        """The waiver that is for *violation*, one that has not ended before one that has."""
        return max(self._waivers(codebase, evaluation, violation), key=lambda w: w.until, default=None)

    def _waivers(self, codebase: Codebase, evaluation: Evaluation, violation: Violation) -> list[Waiver]:
        """Every waiver that is for *violation*."""
        return [w for w in self.waivers if w.rule in _called(evaluation) and _is_for(codebase, w.what, violation)]

    def _notice(self, waiver: Waiver) -> None:
        if waiver.until - self.today <= NOTICE:
            left = (waiver.until - self.today).days
            when = "today" if not left else f"in {left} day{'s' * (left != 1)}"
            self.notes[f"{waiver.place}: the waiver of {waiver.owner} for {waiver.what!r} ends {when}"] = None

    @staticmethod
    def _permission(codebase: Codebase, evaluation: Evaluation, violation: Violation) -> Permission | None:
        names = _called(evaluation)
        for each in codebase.permissions(violation.location.path):
            if violation.location.line in each.lines and each.reason and not names.isdisjoint(each.rules):
                return each
        return None

    def _ledger(self, evaluation: Evaluation) -> Ledger:
        rule = evaluation.rule
        if rule not in self.ledgers:
            text = self.files.text(rule)
            file = self.files.path(rule)
            work = Version(parse(text, file, rule) if text is not None else {})
            ledger = Ledger(file, work, self._version_at_base(evaluation) if work.entries else None)
            if self.freeze is not None and (not self.freeze or rule in self.freeze):
                ledger.frozen = {}
            self.ledgers[rule] = ledger
        return self.ledgers[rule]

    @property
    def base(self) -> str:
        """The commit at which the branch began; empty where none is asked for, or git cannot tell."""
        if self._base is None:
            try:
                self._base = self.files.base(self.ref) if self.ref else ""
            except NotJudgedError as error:
                self._base = ""
                self.lost_base = f"{error}; the files of known violations count as they are"
                self.notes[self.lost_base] = None
        return self._base

    def _version_at_base(self, evaluation: Evaluation) -> Version | None:
        rule = evaluation.rule
        if not self.base:
            return None
        text = self.files.text_at(self.base, rule)
        if text is not None:
            try:
                return Version(parse(text, f"{self.files.path(rule)} as of {self.ref}", rule))
            except BaselineError as error:  # this branch may be the one that mends it
                self.notes[f"{error}; the file counts as it is"] = None
                return None
        if not self.files.is_new_since(self.base, rule, type(evaluation.value).__name__):
            return Version({})
        self.notes[f"{rule} is new since {self.ref}: its known violations count as this branch has them"] = None
        return None

    def _follow_renames(self, rule: str, ledger: Ledger, totals: Mapping[Key, int]) -> None:
        """Ask git where modules have gone, once, and only if there is something to be found by it."""
        if ledger.has_followed or all(total <= ledger.allowed(key) for key, total in totals.items()):
            return
        ledger.has_followed = True
        hint = "known violations in renamed modules are taken for new ones"
        try:
            renames = self.files.renames(rule, self.base)
        except NotJudgedError as error:
            self.notes[f"{rule}: {error}; {hint}"] = None
            return
        for version in filter(None, (ledger.work, ledger.base)):
            version.follow(renames.present_name)
        if renames.is_partial and any(
            renames.present_name(e.subject) == e.subject for e in ledger.work.entries.values()
        ):
            ledger.doubt = "this clone is shallow, so not all renamed files can be told"
            self.notes[f"{rule}: {ledger.doubt}; {hint}; fetch more history (actions/checkout: `fetch-depth: 0`)"] = (
                None
            )

    # -- when all rules are judged ------------------------------------------------------------------------------------

    def delta(self) -> int | None:
        """How many more known violations there are than at the base, of the rules that were judged; None without one."""
        if not self.base:
            return None
        before = 0
        for rule, ledger in self.ledgers.items():
            text = self.files.text_at(self.base, rule)
            try:
                entries = parse(text, f"{ledger.file} as of {self.ref}", rule) if text else {}
            except BaselineError:
                return None
            before += sum(entry.count for entry in entries.values())
        return self.count - before

    @property
    def count(self) -> int:
        """How many known violations were found."""
        return sum(violation.weight for violation in self.known.values())


def _called(evaluation: Evaluation) -> set[str]:
    """The names by which an evaluated rule is called: its own, and that of its contract."""
    return {evaluation.rule, evaluation.contract} - {""}


def _is_for(codebase: Codebase, what: str, violation: Violation) -> bool:
    subject, arrow, target = (part.strip() for part in what.partition("->"))
    if not _matches(codebase, violation.subject, subject):
        return False
    return not arrow or _matches(codebase, violation.target, target)


def _matches(codebase: Codebase, name: str, pattern: str) -> bool:
    return name == pattern or any(
        matches(name, p) for p in (pattern, *(f"{top}.{pattern}" for top in codebase.packages))
    )


def _placed(codebase: Codebase, violation: Violation) -> Violation:
    """Say of an import what it is within, and how many names it imports."""
    if violation.kind not in IMPORT_KINDS:
        return violation
    kind, within, weight = _kind_within_weight(codebase, violation.kind, violation.target, violation.location)
    return replace(violation, kind=kind, within=violation.within or within, weight=weight)


def _kind_within_weight(codebase: Codebase, kind: str, imported: str, place: Location) -> tuple[str, str, int]:
    """What tells an import from others of the same names: its kind, what it is within, and how many names it imports."""
    if kind in FOLLOWING:
        return kind, "", 1  # only the first one in a file is told
    within, symbols = codebase.statement(place)
    names = [symbol for symbol in symbols if is_under(symbol, imported)]
    is_open = any(name.endswith(".*") for name in names)
    return f"{kind}{EVERYTHING if is_open else ''}", within, max(len(names), 1)


def _edges(codebase: Codebase, key: Key) -> list[tuple[Import, int]]:
    """The imports that there are of a key, each with how many names it imports."""
    kind, importer, imported, within = key
    is_third_party = not codebase.is_internal(imported)
    found: list[tuple[Import, int]] = []
    for each in codebase.imports().imports_of(importer):
        if is_under(each.imported, imported) or (is_third_party and is_under(imported, each.imported)):
            own = _kind_within_weight(codebase, codebase.detail(each).kind, imported, each.location)
            if own[:2] == (kind, within):
                found.append((each, own[2]))
    return found


def _grouped(violations: Iterable[Violation]) -> dict[Key, list[Violation]]:
    groups: dict[Key, list[Violation]] = {}
    for violation in violations:
        if violation.can_be_known:
            groups.setdefault(violation.key, []).append(violation)
    return groups
