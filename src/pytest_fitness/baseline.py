"""Known violations: read, matched, written down, and taken out again; waivers and permissions beside them."""

from __future__ import annotations

import datetime as dt
import json
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, get_args

from pytest_fitness.errors import BaselineError, NotJudgedError
from pytest_fitness.model import ImportKind, Key, Permission, Verdict, Violation, Waiver
from pytest_fitness.names import is_under, matches

if TYPE_CHECKING:
    from pytest_fitness.model import Codebase, Evaluation
    from pytest_fitness.sources import KnownFiles

VERSION = 1
FREEZE = "pytest --fitness-freeze"
SHRINK = "pytest --fitness-shrink"
NOTICE = dt.timedelta(days=14)
"""So long before its end a waiver is shown in the summary."""

CONFLICT = ("<<<<<<< ", "=======", ">>>>>>> ")
IMPORT_KINDS = frozenset(get_args(ImportKind))


@dataclass(frozen=True, slots=True, order=True)
class Entry:
    """A line of a file: a key, how many of it there are, and a sentence for people."""

    kind: str
    subject: str
    target: str
    within: str
    count: int = 1
    says: str = ""

    @property
    def key(self) -> Key:
        """What it is found by."""
        return (self.kind, self.subject, self.target, self.within)


def parse(text: str, file: str, rule: str) -> dict[Key, Entry]:
    """Return the entries of a file by key.

    Args:
        text: of the file.
        file: its path, for messages.
        rule: whose it is.

    Raises:
        BaselineError: it is not what was written. It is never taken for empty.
    """
    for number, line in enumerate(text.splitlines(), start=1):
        if line.startswith(CONFLICT):
            raise BaselineError(
                f"{file}:{number}: a merge conflict is not resolved: {line.strip()!r}; keep the lines of both sides, "
                f"then run `{SHRINK}`"
            )
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BaselineError(f"{file}: not valid TOML: {error}; mend it, or restore it from git") from None
    version = document.pop("version", None)
    if version != VERSION:
        raise BaselineError(
            f"{file}: version {version!r} of such files is unknown, this is {VERSION}; was it written by another "
            "version of pytest-fitness?"
        )
    written = document.pop("known", None)
    if document or not isinstance(written, list):
        what = f"unknown key {next(iter(document))!r}" if document else "there is no list `known`"
        raise BaselineError(f"{file}: {what}; mend it, or restore it from git")
    entries: dict[Key, Entry] = {}
    for position, item in enumerate(written, start=1):
        try:
            entry = Entry(**item)
        except TypeError:
            entry = Entry("", "", "", "", 0)
        texts = all(isinstance(value, str) for value in (*entry.key, entry.says))
        if not texts or type(entry.count) is not int or entry.count < 1 or not entry.subject:
            raise BaselineError(f"{file}: entry {position} of {rule!r} is no known violation: {item!r}")
        before = entries.get(entry.key)
        if before is None or before.count < entry.count:  # twice after a merge: the same, not one more
            entries[entry.key] = entry
    return entries


def render(rule: str, entries: Iterable[Entry]) -> str:
    """Return the text of a file."""
    lines = [
        "  { "
        + ", ".join(f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in _fields(entry))
        + " },"
        for entry in sorted(entries)
    ]
    return "\n".join(
        [
            f'# Known violations of "{rule}", a line each, by key and count; what `says` is for people alone.',
            f"# `{FREEZE} {rule}` writes this file, `{SHRINK}` takes out what is mended. CI never writes it.",
            f"version = {VERSION}",
            "known = [",
            *lines,
            "]",
            "",
        ]
    )


def _fields(entry: Entry) -> Iterator[tuple[str, str | int]]:
    for name in ("kind", "subject", "target", "within", "count", "says"):
        value: str | int = getattr(entry, name)
        yield name, value.replace("\x7f", "?") if isinstance(value, str) else value


class _Version:
    """One version of a rule's file, and what it allows."""

    def __init__(self, entries: Mapping[Key, Entry]) -> None:
        self.entries = dict(entries)
        self._moved: dict[Key, list[Entry]] = {}

    def follow(self, present_name: Callable[[str], str]) -> None:
        """Find entries by the present names of what they are about, too."""
        for entry in self.entries.values():
            key = (entry.kind, present_name(entry.subject), present_name(entry.target), entry.within)
            if key != entry.key:
                self._moved.setdefault(key, []).append(entry)

    def matching(self, key: Key) -> list[Entry]:
        """Return the entries that allow a violation: its own, those that moved to it, a circle that it is a part of."""
        found = [self.entries[key]] if key in self.entries else []
        found += self._moved.get(key, [])
        if not found and key[0] == "cycle":
            candidates = [
                *self.entries.values(),
                *(Entry(*k, count=e.count, says=e.says) for k, m in self._moved.items() for e in m),
            ]
            found = [e for e in candidates if e.kind == "cycle" and _names(key) <= _names(e.key)][:1]
        return found

    def original(self, key: Key) -> Key:
        """Return the key in the file of an entry that moved to *key*."""
        return key if key in self.entries else self._moved[key][0].key


def _names(key: Key) -> set[str]:
    return {key[1], *key[2].split()}


@dataclass
class Ledger:
    """What is known of one rule, and what of it was found in this run.

    Attributes:
        file: the path of its file.
        work: the file as it is.
        base: as it was where the branch began; None where that does not count.
        used: by key in the file, the present keys that were found, each with how many.
        says: by present key, the sentence.
        frozen: by present key, how many are to be written down; None where nothing is.
        has_followed: whether git was asked for renamed modules.
    """

    file: str
    work: _Version
    base: _Version | None = None
    used: dict[Key, dict[Key, int]] = field(default_factory=dict)
    says: dict[Key, str] = field(default_factory=dict)
    frozen: dict[Key, int] | None = None
    has_followed: bool = False

    def written(self, key: Key) -> int:
        """How many violations of *key* the file has."""
        return sum(entry.count for entry in self.work.matching(key))

    def allowed(self, key: Key) -> int:
        """How many violations of *key* are known: no more than where the branch began."""
        count = self.written(key)
        if self.base is not None:
            count = min(count, sum(entry.count for entry in self.base.matching(key)))
        return count

    def use(self, key: Key, total: int, says: str) -> None:
        """Remember that *total* violations of *key* were found."""
        self.says[key] = says
        for entry in self.work.matching(key):
            found = self.used.setdefault(self.work.original(entry.key), {})
            count = min(total, entry.count)
            found[key] = max(found.get(key, 0), count)
            total -= count

    def mended(self) -> list[Entry]:
        """Return the entries of which there are fewer than the file says, or a smaller circle; *count* is how many less."""
        found: list[Entry] = []
        for key, entry in sorted(self.work.entries.items()):
            present = self.used.get(key, {})
            fewer = entry.count - sum(present.values())
            if fewer > 0:
                found.append(replace(entry, count=fewer))
            elif entry.kind == "cycle" and all(len(_names(k)) < len(_names(key)) for k in present):
                found.append(entry)
        return found

    def moved(self) -> list[tuple[Key, Key]]:
        """Return the keys in the file, with the present ones, of what is called something else now."""
        pairs = ((key, now) for key, present in self.used.items() for now in present if now != key)
        return sorted((key, now) for key, now in pairs if key[0] != "cycle" or len(_names(key)) == len(_names(now)))

    def remaining(self) -> list[Entry]:
        """Return what the file should say: only what was found, by its present name."""
        counts: dict[Key, int] = {}
        for present in self.used.values():
            for key, count in present.items():
                counts[key] = counts.get(key, 0) + count
        return [Entry(*key, count=count, says=self.says[key]) for key, count in counts.items()]

    def written_down(self, *, whole: bool) -> list[Entry]:
        """Return what is to be frozen; where not all of the rule was judged (not *whole*), beside what the file has."""
        found = {key: Entry(*key, count=n, says=self.says[key]) for key, n in (self.frozen or {}).items()}
        if not whole:
            for key, entry in self.work.entries.items():
                if key not in found or found[key].count < entry.count:
                    found[key] = entry
        return list(found.values())


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
        self._base: str | None = None

    # -- judging ---------------------------------------------------------------------------------------------------

    def sort_out(self, codebase: Codebase, evaluation: Evaluation, found: Sequence[Violation]) -> Verdict:
        """Return what is new, known and waived of *found*, and remember what was of use.

        Raises:
            BaselineError: the file of known violations cannot be read.
        """
        ledger = self._ledger(evaluation)
        verdict = self.judge(codebase, evaluation, found)
        for _, by in verdict.waived:
            if isinstance(by, Waiver):
                self.used_waivers.add(by)
                self._notice(by)
            else:
                self.used_permissions.add((by.place, evaluation.rule))
        if ledger.frozen is not None:
            verdict.new = [_placed(codebase, v) for v in verdict.new]
            for key, group in _grouped(verdict.new).items():
                ledger.frozen[key] = max(ledger.frozen.get(key, 0), sum(v.weight for v in group))
                ledger.says[key] = group[0].message
            verdict.known = [v for v in verdict.new if v.can_be_known]
            verdict.new = [v for v in verdict.new if not v.can_be_known]
        elif ledger.work.entries:
            for key, group in _grouped([*verdict.known, *verdict.new]).items():
                ledger.use(key, sum(v.weight for v in group), group[0].message)
            for old, new in ledger.moved():
                self.notes[f"{evaluation.rule}: known violations came along: {_shown(old)} is {_shown(new)} now"] = None
        self.known.update(((evaluation.rule, v.sort_key), v) for v in verdict.known)
        self.waived.update(((evaluation.rule, v.sort_key), (v, by)) for v, by in verdict.waived)
        return verdict

    def judge(self, codebase: Codebase, evaluation: Evaluation, found: Sequence[Violation]) -> Verdict:
        """Return the same as `sort_out`, and remember nothing: what is found is not frozen."""
        ledger = self._ledger(evaluation)
        verdict = Verdict()
        rest: list[Violation] = []
        for violation in found:
            by = self._waiver(codebase, evaluation, violation) or self._permission(codebase, evaluation, violation)
            if by is None:
                rest.append(violation)
            elif isinstance(by, Waiver) and by.until < self.today:
                self.used_waivers.add(by)
                line = f"the waiver of {by.owner} ended on {by.until} ({by.place}): {by.reason}"
                rest.append(replace(violation, details=(*violation.details, line)))
            else:
                verdict.waived.append((violation, by))
        if ledger.frozen is not None or not ledger.work.entries:
            verdict.new = rest
            return verdict
        rest = [_placed(codebase, v) for v in rest]
        totals = {key: sum(v.weight for v in group) for key, group in _grouped(rest).items()}
        self._follow_renames(evaluation.rule, ledger, totals)
        known = {key for key, total in totals.items() if total <= ledger.allowed(key)}
        if any(key not in known and total <= ledger.written(key) for key, total in totals.items()):
            hint = "a branch cannot accept what it brings"
            self.notes[f"{ledger.file} has known violations that {self.ref} does not have: {hint}"] = None
        for violation in rest:
            is_known = violation.can_be_known and violation.key in known
            (verdict.known if is_known else verdict.new).append(violation)
        return verdict

    def _waiver(self, codebase: Codebase, evaluation: Evaluation, violation: Violation) -> Waiver | None:
        """The waiver that is for *violation*, one that has not ended before one that has."""
        found = [
            waiver
            for waiver in self.waivers
            if waiver.rule in (evaluation.rule, evaluation.contract) and _is_for(codebase, waiver.what, violation)
        ]
        return max(found, key=lambda w: w.until, default=None)

    def _notice(self, waiver: Waiver) -> None:
        if waiver.until - self.today <= NOTICE:
            left = (waiver.until - self.today).days
            when = "today" if not left else f"in {left} day{'s' * (left != 1)}"
            self.notes[f"{waiver.place}: the waiver of {waiver.owner} for {waiver.what!r} ends {when}"] = None

    @staticmethod
    def _permission(codebase: Codebase, evaluation: Evaluation, violation: Violation) -> Permission | None:
        names = {evaluation.rule, evaluation.contract} - {""}
        for each in codebase.permissions(violation.location.path):
            if violation.location.line in each.lines and each.reason and not names.isdisjoint(each.rules):
                return each
        return None

    def _ledger(self, evaluation: Evaluation) -> Ledger:
        rule = evaluation.rule
        if rule not in self.ledgers:
            text = self.files.text(rule)
            file = self.files.path(rule)
            work = _Version(parse(text, file, rule) if text is not None else {})
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
                self.notes[f"{error}; the files of known violations count as they are"] = None
        return self._base

    def _version_at_base(self, evaluation: Evaluation) -> _Version | None:
        rule = evaluation.rule
        if not self.base:
            return None
        text = self.files.text_at(self.base, rule)
        if text is not None:
            return _Version(parse(text, f"{self.files.path(rule)} as of {self.ref}", rule))
        if self.files.is_mentioned_at(self.base, (rule, type(evaluation.value).__name__)):
            return _Version({})
        self.notes[f"{rule} is new since {self.ref}: its known violations count as this branch has them"] = None
        return None

    def _follow_renames(self, rule: str, ledger: Ledger, totals: Mapping[Key, int]) -> None:
        """Ask git where modules have gone, once, and only if there is something to be found by it."""
        if ledger.has_followed or all(total <= ledger.allowed(key) for key, total in totals.items()):
            return
        ledger.has_followed = True
        try:
            present_name = self.files.renames(rule, self.base)
        except NotJudgedError as error:
            self.notes[f"{rule}: {error}; known violations in renamed modules are taken for new ones"] = None
            return
        for version in filter(None, (ledger.work, ledger.base)):
            version.follow(present_name)

    # -- when all rules are judged ------------------------------------------------------------------------------------

    def delta(self) -> int | None:
        """How many more known violations there are than at the base, of the rules that were judged; None without one."""
        if not self.base:
            return None
        before = 0
        for rule, ledger in self.ledgers.items():
            text = self.files.text_at(self.base, rule)
            entries = parse(text, f"{ledger.file} as of {self.ref}", rule) if text else {}
            before += sum(entry.count for entry in entries.values())
        return self.count - before

    @property
    def count(self) -> int:
        """How many known violations were found."""
        return sum(violation.weight for violation in self.known.values())


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
    within, symbols = codebase.statement(violation.location)
    weight = sum(is_under(symbol, violation.target) for symbol in symbols)
    return replace(violation, within=violation.within or within, weight=max(weight, 1))


def _grouped(violations: Iterable[Violation]) -> dict[Key, list[Violation]]:
    groups: dict[Key, list[Violation]] = {}
    for violation in violations:
        if violation.can_be_known:
            groups.setdefault(violation.key, []).append(violation)
    return groups


def _shown(key: Key) -> str:
    kind, subject, target, within = key
    arrow = f" -> {target}" if target else ""
    return f"{subject}{arrow}{f' in {within}' if within else ''}{f' ({kind})' if kind else ''}"


def describe(entry: Entry) -> str:
    """Return an entry in one line, with how many there are."""
    times = f", {entry.count} times" if entry.count > 1 else ""
    return f"{_shown(entry.key)}{times}"
