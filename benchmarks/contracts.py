"""Holds the contracts that projects have for import-linter against `lint-imports`, today and on the projects' own past.

    python benchmarks/contracts.py REPOSITORY [REPOSITORY ...] [--past 10] [--json build/contracts.json]

A repository is a directory with a git history, with or without a work tree; only what is committed is read, into
``build/contracts``. For every file with contracts in it, of the newest commit and of commits of the past with the contracts of
today: is the verdict on each contract the one of `lint-imports`, are all lines of its text in ours, is each import that it
names on a line of its file? Contracts that our own rules can say as well (layers, forbidden and independence, without
patterns) are judged by these, too: is the verdict the same, and of each chain of `lint-imports`, is an import among ours?
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple
from xml.etree import ElementTree as ET

from importlinter import configuration
from importlinter.application import use_cases

from pytest_fitness import FitnessError, sources
from pytest_fitness.model import Rule
from pytest_fitness.rules import ForbiddenImports, Independence, Layers

BUILD = Path(__file__).parents[1] / "build" / "contracts"
BIN = Path(sys.executable).parent
READ = re.compile(r"(?:\.py|\.toml|\.cfg|\.ini|(?:^|/)\.importlinter)\Z")
HEADING = re.compile(r"^\[(?:tool\.)?importlinter[\]:]", re.MULTILINE)
VERDICT = re.compile(r"^(?P<name>.+) (?P<verdict>KEPT|BROKEN)(?: \(\d+ warnings?\))?\s*$", re.MULTILINE)
HOP = re.compile(r"([\w.]+) -> ([\w.]+) \(l\.")
PLACE = re.compile(r"^\s{4}(?P<path>[^\s:]+\.py):(?P<line>\d+)\s{3}(?P<text>.*)$", re.MULTILINE)
SECONDS = 300


class Judged(NamedTuple):
    """What one side says of one contract."""

    verdict: str
    text: str


@dataclass
class Count:
    """What was compared, and what differs."""

    numbers: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)

    def problem(self, kind: str, text: str) -> None:
        """Note a difference."""
        self.numbers[kind] += 1
        self.problems.append(f"{kind}: {text}")
        print(f"  {kind}: {text}")


# -- what is committed ---------------------------------------------------------------------------------------------------


def git(repository: Path, *arguments: str) -> str:
    """Return what git says."""
    command = ["git", "-C", str(repository), *arguments]
    return subprocess.run(command, capture_output=True, check=True, encoding="utf-8", errors="replace").stdout


def write_out(repository: Path, commit: str, target: Path) -> list[str]:
    """Write Python and configuration files of *commit* into *target*; return the names of those with contracts."""
    rows = [row.split("\t") for row in git(repository, "ls-tree", "-r", "-z", commit).split("\0") if row]
    wanted = {path: about.split() for about, path in rows if READ.search(path)}
    blobs = {path: about[2] for path, about in wanted.items() if about[1] == "blob" and about[0] != "120000"}
    command = ["git", "-C", str(repository), "cat-file", "--batch"]
    asked = "\n".join(blobs.values()).encode()
    data = subprocess.run(command, input=asked, capture_output=True, check=True).stdout
    position, found = 0, list[str]()
    for path in blobs:
        head, _, _ = data[position : position + 200].partition(b"\n")
        position += len(head) + 1
        if head.endswith(b"missing"):
            continue
        size = int(head.split()[2])
        file = target / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data[position : position + size])
        if not path.endswith(".py") and HEADING.search(file.read_text(encoding="utf-8", errors="replace")):
            found.append(path)
        position += size + 1
    return found


def past(repository: Path, count: int) -> list[str]:
    """Return *count* commits that changed Python files, from the newest to the oldest, as far apart."""
    commits = git(repository, "log", "--first-parent", "--format=%H", "--", "*.py").split()
    step = max(1, len(commits) // count) if count else 1
    return commits[step : step * count + 1 : step]


# -- both sides ----------------------------------------------------------------------------------------------------------


def places(directory: Path) -> list[str]:
    """Directories that packages are looked for in."""
    return [str(directory), *([str(directory / "src")] if (directory / "src").is_dir() else [])]


def run(command: list[str], directory: Path) -> str:
    """Run in *directory*; return what is printed."""
    environment = {**os.environ, "COLUMNS": "2000", "PYTHONPATH": os.pathsep.join(places(directory)), "NO_COLOR": "1"}
    environment.pop("FORCE_COLOR", None)
    try:
        done = subprocess.run(
            command, cwd=directory, env=environment, capture_output=True, timeout=SECONDS, check=False,
            encoding="utf-8", errors="replace",
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return "it takes too long"
    return done.stdout or done.stderr


def theirs(directory: Path, file: str) -> tuple[dict[str, Judged], str]:
    """Return what `lint-imports` says of each contract, and all that it says."""
    said = run([str(BIN / "lint-imports"), "--no-cache", "--config", file], directory)
    summary, _, broken = said.partition("\nBroken contracts\n")
    texts = dict[str, list[str]]()
    lines = broken.splitlines()
    name = ""
    for line, following in pairwise([*lines, ""]):
        if set(following) == {"-"} and line.strip():
            name = line.strip()
        elif name and set(line) != {"-"}:
            texts.setdefault(name, []).append(line)
    return {
        m["name"].strip(): Judged(m["verdict"], "\n".join(texts.get(m["name"].strip(), [])))
        for m in VERDICT.finditer(summary)
    }, said


def ours(directory: Path, file: str) -> tuple[dict[str, Judged], str]:
    """Return the same of a run of pytest."""
    settings = directory / "pytest-of-contracts.ini"
    settings.write_text(f"[pytest]\nfitness_import_linter = true\nfitness_import_linter_file = {file}\n")
    with tempfile.TemporaryDirectory() as scratch:
        report = Path(scratch) / "report.xml"
        command = [
            str(BIN / "python"),
            "-m",
            "pytest",
            "-q",
            "-c",
            settings.name,
            "--rootdir",
            ".",
            "-p",
            "no:cacheprovider",
        ]
        options = ["-p", "no:xdist", "-o", "junit_family=xunit2", "--junitxml", str(report), file]
        said = run([*command, *options], directory)
        found: dict[str, Judged] = {}
        for case in ET.parse(report).iter("testcase") if report.exists() else ():  # noqa: S314 - pytest has written it
            problem = case.find("failure") if case.find("failure") is not None else case.find("error")
            text = (problem.text or "") if problem is not None else ""
            verdict = "KEPT" if problem is None else "BROKEN" if text.startswith('"') else "REFUSED"
            found[case.get("name", "")] = Judged(verdict, text)
    settings.unlink()
    return found, said


# -- our own rules -------------------------------------------------------------------------------------------------------


def listed(value: object) -> list[str]:
    """A list of names, whatever the file has."""
    if isinstance(value, str):
        return [line.strip() for line in value.splitlines() if line.strip()]
    return [str(each) for each in value] if isinstance(value, list | tuple) else []


def rules(options: Mapping[str, Any], kinds: tuple[str, ...]) -> list[Rule]:
    """Say a contract in our rules; nothing where they have no words for it."""
    said = json.dumps(options, default=str)
    strange = {"closed_layers", "exhaustive", "containers", "as_packages", "tags"} & options.keys()
    if "*" in said or strange or options.get("unmatched_ignore_imports_alerting"):
        return []
    ignore = tuple(f"{each}: as the contract says" for each in listed(options.get("ignore_imports")))
    kind = options.get("type")
    if kind == "layers":
        layers = listed(options["layers"])
        optional = {name: "as the contract says" for each in layers for name in re.findall(r"\(([\w.]+)\)", each)}
        return [
            Layers(
                *(re.sub(r"[()]", "", each) for each in layers), optional=optional, except_kinds=kinds, ignore=ignore
            )
        ]
    if kind == "independence":
        return [Independence(of=tuple(listed(options["modules"])), except_kinds=kinds, ignore=ignore)]
    if kind == "forbidden" and not ignore:
        is_direct = str(options.get("allow_indirect_imports", "")).lower() == "true"
        of = tuple(listed(options["forbidden_modules"]))
        return [
            ForbiddenImports(of=of, inside=each, transitive=not is_direct, except_kinds=kinds, ignore=ignore)
            for each in listed(options["source_modules"])
        ]
    return []


def compare_rules(directory: Path, file: str, by_name: Mapping[str, Judged], count: Count, where: str) -> None:
    """Judge by our own rules what they can say."""
    os.chdir(directory)
    try:
        options = use_cases.read_user_options(file)
    except Exception:  # noqa: BLE001 - both sides have said so before
        return
    session = options.session_options
    packages = listed(session.get("root_packages")) or listed(session.get("root_package"))
    roots = tuple(
        p for p in (".", "src") if any((directory / p / name.partition(".")[0]).is_dir() for name in packages)
    )
    is_typed = str(session.get("exclude_type_checking_imports", "")).lower() == "true"
    try:
        codebase = sources.read(sources.Project(directory, packages=tuple(packages), roots=roots or (".",)))
    except FitnessError as error:
        count.numbers["rules: cannot be read"] += 1
        print(f"  {where}: our rules cannot read it: {str(error).splitlines()[0]}")
        return
    for contract in options.contracts_options:
        judged = by_name.get(str(contract.get("name", "")).strip())
        if judged is None:
            continue
        try:
            found = [
                v for rule in rules(contract, ("type-checking",) if is_typed else ()) for v in codebase.violations(rule)
            ]
            if not rules(contract, ()):
                continue
        except FitnessError as error:
            count.numbers["rules: refused"] += 1
            print(f"  {where}, {contract.get('name')}: {str(error).splitlines()[0]}")
            continue
        count.numbers["rules: contracts"] += 1
        edges = {(v.subject, v.target) for v in found} | {(v.subject, v.target.rpartition(".")[0]) for v in found}
        tops = {(a, b.partition(".")[0]) for a, b in edges}
        if judged.verdict == "BROKEN" and not found:
            count.problem("rules: NOT FOUND", f"{where}, {contract['name']}")
        elif judged.verdict == "KEPT" and found:
            count.numbers["rules: more found"] += 1
            print(
                f"  {where}, {contract['name']}: ours alone: {'; '.join(f'{v.location} {v.kind}' for v in found[:4])}"
            )
        for chain in chains(judged.text):
            count.numbers["rules: chains"] += 1
            if not chain & (edges | tops):
                count.problem("rules: CHAIN LOST", f"{where}, {contract['name']}: {sorted(chain)}")


def chains(text: str) -> Iterator[set[tuple[str, str]]]:
    """Yield the imports of each chain in a text of `lint-imports`."""
    chain: set[tuple[str, str]] = set()
    for line in text.splitlines():
        if line.lstrip().startswith("-") and chain:
            yield chain
            chain = set()
        chain |= set(HOP.findall(line))
    if chain:
        yield chain


# -- comparing -----------------------------------------------------------------------------------------------------------


def compare(directory: Path, file: str, count: Count, where: str) -> None:
    """Compare what both sides say of one file with contracts."""
    their_verdicts, said = theirs(directory, file)
    our_verdicts, own_said = ours(directory, file)
    if not their_verdicts:
        reason = next((line for line in reversed(said.splitlines()) if line.strip()), "nothing")
        refused = [name for name, judged in our_verdicts.items() if judged.verdict == "REFUSED"]
        count.numbers["lint-imports gives up"] += 1
        if not refused and our_verdicts:
            count.problem("JUDGED BY US ALONE", f"{where}: {reason} | {sorted(our_verdicts)[:3]}")
        elif not our_verdicts:
            print(f"  {where}: neither judges: {reason} | {own_said.strip().splitlines()[-1:]}")
        return
    for name, judged in their_verdicts.items():
        own = our_verdicts.get(name)
        count.numbers[f"contracts {judged.verdict}"] += 1
        if own is None or own.verdict != judged.verdict:
            count.problem(
                "VERDICT", f"{where}, {name}: {judged.verdict}, ours {own and own.verdict} {own and own.text[:200]!r}"
            )
            continue
        compare_texts(directory, judged.text, own.text, count, f"{where}, {name}")
    compare_rules(directory, file, their_verdicts, count, where)


def compare_texts(directory: Path, their: str, own: str, count: Count, where: str) -> None:
    """Compare the imports that two texts name, and look the places of ours up."""
    lines = {line.strip() for line in own.splitlines()}
    missing = [line for line in their.splitlines() if line.strip() and line.strip() not in lines]
    count.numbers["imports named"] += len(HOP.findall(their))
    if missing:
        count.problem("TEXT", f"{where}: {missing[:3]}")
    for match in PLACE.finditer(own):
        count.numbers["places"] += 1
        file = directory / match["path"]
        text = file.read_text(encoding="utf-8", errors="replace").splitlines() if file.is_file() else []
        number = int(match["line"])
        if number > len(text) or text[number - 1].strip() != match["text"].strip():
            count.problem("PLACE", f"{where}: {match[0].strip()}")


def main() -> None:
    """Compare and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("repositories", nargs="+", type=Path)
    parser.add_argument("--past", type=int, default=0, help="so many commits of each past")
    parser.add_argument("--json", type=Path, default=BUILD.parent / "contracts.json")
    arguments = parser.parse_args()
    configuration.configure()
    total, report = Counter[str](), dict[str, object]()
    for repository in arguments.repositories:
        count, here = Count(), repository.resolve()
        name = here.parent.name if here.name in (".git", "git") else here.name
        print(f"{name}")
        contracts: dict[str, str] = {}
        for number, commit in enumerate(["HEAD", *past(here, arguments.past)]):
            target = BUILD / name
            shutil.rmtree(target, ignore_errors=True)
            found = write_out(here, commit, target)
            contracts = contracts or {f: (target / f).read_text(encoding="utf-8", errors="replace") for f in found}
            for file, text in contracts.items():
                if number and not (target / file).parent.is_dir():
                    continue
                (target / file).write_text(text, encoding="utf-8")
                compare((target / file).parent, Path(file).name, count, f"{name} {commit[:10]} {file}")
        os.chdir(BUILD.parent)
        shutil.rmtree(BUILD / name, ignore_errors=True)
        print(f"  {dict(count.numbers)}")
        total += count.numbers
        report[name] = {"numbers": count.numbers, "problems": count.problems}
        arguments.json.parent.mkdir(exist_ok=True, parents=True)
        arguments.json.write_text(json.dumps(report, indent=1))
    print(*(f"{value:6}  {what}" for what, value in sorted(total.items())), sep="\n")
    sys.exit(any(what.split(": ")[-1].isupper() for what in total))


if __name__ == "__main__":
    main()
