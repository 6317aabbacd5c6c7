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
from rich.errors import MarkupError
from rich.text import Text

from pytest_fitness import FitnessError, settings, sources
from pytest_fitness.model import Rule, Violation
from pytest_fitness.rules import ForbiddenImports, Independence, Layers

BUILD = Path(__file__).parents[1] / "build" / "contracts"
BIN = Path(sys.executable).parent
READ = re.compile(r"(?:\.py|\.toml|\.cfg|\.ini|(?:^|/)\.importlinter)\Z")
HEADING = re.compile(r"^\[(?:tool\.)?importlinter[\]:]", re.MULTILINE)
VERDICT = re.compile(r"^(?P<name>.+) (?P<verdict>KEPT|BROKEN)(?: \(\d+ [^()]*\))?\s*$", re.MULTILINE)
IMPORT = re.compile(r"\(l\.")
HOP = re.compile(r"([\w.]+) -> ([\w.]+) \(l\.")
PLACE = re.compile(r"^\s{4}(?P<path>[^\s:]+\.py):(?P<line>\d+)\s{3}(?P<text>.*)$", re.MULTILINE)
SAID = "as the contract says"
SECONDS = 300
AGAIN = 4
"""How often `lint-imports` is asked again where texts differ: of chains that are equally short it takes any."""

ALONE = """
import os, sys
sys.path.insert(0, os.getcwd())
from importlinter import configuration
from importlinter.application import use_cases
configuration.configure()
use_cases._validate_contract_ids = lambda source: None
use_cases._select_contracts = lambda sources, _: [(s, s.user_options.contracts_options[int(sys.argv[2])]) for s in sources]
sys.exit(not use_cases.lint_imports(config_filename=sys.argv[1], cache_dir=None))
"""
"""`lint-imports` for one contract, which need not have an id."""


class Judged(NamedTuple):
    """What one side says of one contract."""

    verdict: str
    text: str


@dataclass
class Place:
    """A file with contracts, where it lies, and where packages are looked for from there."""

    name: str
    directory: Path
    file: str
    roots: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return self.name


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
    """Return *count* commits that changed Python files, more of them near today: contracts name modules that were not always there."""
    commits = git(repository, "log", "--first-parent", "--format=%H", "--", "*.py").split()[1:]
    chosen = (int((len(commits) - 1) * (number / count) ** 2) for number in range(count))
    return list(dict.fromkeys(commits[each] for each in chosen)) if commits else []


# -- both sides ----------------------------------------------------------------------------------------------------------


def options_of(directory: Path, file: str) -> Any:
    """What import-linter reads in a file with contracts; None where it cannot."""
    os.chdir(directory)
    try:
        return use_cases.read_user_options(file)
    except Exception:  # noqa: BLE001 - both sides say so
        return None


def packages_of(options: Any) -> list[str]:
    """The root packages."""
    session = options.session_options if options is not None else {}
    return listed(session.get("root_packages")) or listed(session.get("root_package"))


def places(directory: Path, packages: list[str]) -> list[str]:
    """Directories that packages are looked for in: this one, ``src``, or else some other directory that has them in it."""
    found = [".", "src"] if (directory / "src").is_dir() and not (directory / "src/importlinter").is_dir() else ["."]
    for name in packages:
        path = name.replace(".", "/")
        if not any(
            (directory / place / path).is_dir() or (directory / place / f"{path}.py").is_file() for place in found
        ):
            hits = (hit for deep in ("*", "*/*", "*/*/*") for hit in sorted(directory.glob(f"{deep}/{path}")))
            below = next((hit for hit in hits if any(hit.rglob("*.py"))), None)
            found += [str(below.relative_to(directory))[: -len(path) - 1]] if below else []
    return list(dict.fromkeys(found))


def run(command: list[str], directory: Path, roots: list[str]) -> str:
    """Run in *directory*; return what is printed."""
    path = os.pathsep.join(str(directory / root) for root in roots)
    environment = {**os.environ, "COLUMNS": "2000", "PYTHONPATH": path, "NO_COLOR": "1"}
    environment.pop("FORCE_COLOR", None)
    try:
        done = subprocess.run(
            command, cwd=directory, env=environment, capture_output=True, timeout=SECONDS, check=False,
            encoding="utf-8", errors="replace",
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return "it takes too long"
    return done.stdout or done.stderr


def theirs(directory: Path, file: str, roots: list[str]) -> tuple[dict[str, Judged], str]:
    """Return what `lint-imports` says of each contract, and all that it says."""
    said = run([str(BIN / "lint-imports"), "--no-cache", "--config", file], directory, roots)
    return read(said), said


def theirs_alone(
    directory: Path, file: str, roots: list[str], contracts: list[Any]
) -> tuple[dict[str, Judged], dict[str, str]]:
    """Return the same of contracts that are judged one at a time, and why some are refused."""
    found, refused = dict[str, Judged](), dict[str, str]()
    for number, contract in enumerate(contracts):
        said = alone(directory, file, roots, number)
        name = printed(contract)
        judged = read(said).get(name)
        if judged is not None:
            found[name] = judged
        else:
            refused[name] = next((line for line in reversed(said.splitlines()) if line.strip()), "nothing")
    return found, refused


def alone(directory: Path, file: str, roots: list[str], number: int) -> str:
    """Return what `lint-imports` says of one contract, the first of which has the number 0."""
    return run([str(BIN / "python"), "-c", ALONE, file, str(number)], directory, roots)


def printed(contract: Mapping[str, Any] | str) -> str:
    """The name of a contract as it is printed: what is in square brackets may be lost."""
    name = contract if isinstance(contract, str) else str(contract.get("name", ""))
    try:
        return Text.from_markup(name.strip()).plain.strip()
    except MarkupError:
        return name.strip()


def read(said: str) -> dict[str, Judged]:
    """Read what `lint-imports` prints."""
    summary, _, broken = said.partition("\nBroken contracts\n")
    texts = dict[str, list[str]]()
    name = ""
    for line, following in pairwise([*broken.splitlines(), ""]):
        if set(following) == {"-"} and line.strip():
            name = line.strip()
        elif name and set(line) != {"-"}:
            texts.setdefault(name, []).append(line)
    verdicts = {m["name"].strip(): m["verdict"] for m in VERDICT.finditer(summary)}
    return {name: Judged(verdict, "\n".join(texts.get(name, []))) for name, verdict in verdicts.items()}


def ours(directory: Path, file: str, roots: list[str]) -> tuple[dict[str, Judged], str]:
    """Return what a run of pytest says of each contract, and all that it says."""
    ini = directory / "pytest-of-contracts.ini"
    ini.write_text(f"[pytest]\nfitness_import_linter = true\nfitness_import_linter_file = {file}\n")
    with tempfile.TemporaryDirectory() as scratch:
        report = Path(scratch) / "report.xml"
        command = [
            str(BIN / "python"),
            "-m",
            "pytest",
            "-q",
            "-c",
            ini.name,
            "--rootdir",
            ".",
            "-p",
            "no:cacheprovider",
        ]
        options = ["-p", "no:xdist", "--noconftest", "-o", "junit_family=xunit2", "--junitxml", str(report), file]
        said = run([*command, *options], directory, roots)
        found: dict[str, Judged] = {}
        for case in ET.parse(report).iter("testcase") if report.exists() else ():  # noqa: S314 - pytest has written it
            problem = case.find("failure") if case.find("failure") is not None else case.find("error")
            text = (problem.text or "") if problem is not None else ""
            verdict = "KEPT" if problem is None else "BROKEN" if text.startswith('"') else "REFUSED"
            found[printed(case.get("name", ""))] = Judged(verdict, text)
    ini.unlink()
    return found, said


# -- our own rules -------------------------------------------------------------------------------------------------------


def listed(value: object) -> list[str]:
    """A list of names, whatever the file has."""
    if isinstance(value, str):
        return [line.strip() for line in value.splitlines() if line.strip()]
    return [str(each) for each in value if str(each).strip()] if isinstance(value, list | tuple) else []


def rules(options: Mapping[str, Any], kinds: tuple[str, ...]) -> list[Rule]:
    """Say a contract in our rules; nothing where they have no words for it."""
    said = json.dumps(options, default=str)
    strange = {"closed_layers", "exhaustive", "containers", "as_packages", "tags"} & options.keys()
    if "*" in said or strange or options.get("unmatched_ignore_imports_alerting"):
        return []
    ignore = tuple(f"{each}: {SAID}" for each in listed(options.get("ignore_imports")))
    kind = options.get("type")
    if kind == "layers":
        layers = listed(options["layers"])
        optional = {name: SAID for each in layers for name in re.findall(r"\(([\w.]+)\)", each)}
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
            ForbiddenImports(
                of=of, inside=each, transitive=not is_direct, allow_empty=SAID, except_kinds=kinds, ignore=ignore
            )
            for each in listed(options["source_modules"])
        ]
    return []


def compare_rules(place: Place, options: Any, by_name: Mapping[str, Judged], count: Count) -> None:
    """Judge by our own rules what they can say."""
    is_typed = str(options.session_options.get("exclude_type_checking_imports", "")).lower() == "true"
    kinds = ("type-checking",) if is_typed else ()
    packages = tuple(packages_of(options))
    try:
        declared = settings.load(place.directory).declared
        codebase = sources.read(sources.Project(place.directory, packages, tuple(place.roots), declared=declared))
    except FitnessError as error:
        count.numbers["rules: cannot be read"] += 1
        print(f"  {place}: our rules cannot read it: {str(error).splitlines()[0]}")
        return
    for contract in options.contracts_options:
        judged = by_name.get(printed(contract))
        if judged is None or not rules(contract, ()):
            continue
        try:
            found = [v for rule in rules(contract, kinds) for v in codebase.violations(rule)]
        except FitnessError as error:
            count.numbers["rules: refused"] += 1
            print(f"  {place}, {contract.get('name')}: {str(error).splitlines()[0]}")
            continue
        count.numbers["rules: contracts"] += 1
        compare_violations(f"{place}, {contract['name']}", judged, found, count)


def compare_violations(where: str, judged: Judged, found: list[Violation], count: Count) -> None:
    """Compare a verdict, and the chains that `lint-imports` names."""
    edges = {(v.subject, v.target) for v in found} | {(v.subject, v.target.rpartition(".")[0]) for v in found}
    tops = {(a, b.partition(".")[0]) for a, b in edges}
    if judged.verdict == "BROKEN" and not found:
        count.problem("rules: NOT FOUND", where)
    elif judged.verdict == "KEPT" and found:
        count.numbers["rules: more found"] += 1
        print(f"  {where}: ours alone: {'; '.join(f'{v.location} {v.kind}' for v in found[:4])}")
    for chain in chains(judged.text):
        count.numbers["rules: chains"] += 1
        if not chain & (edges | tops):
            count.problem("rules: CHAIN LOST", f"{where}: {sorted(chain)}")


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


def compare(place: Place, count: Count) -> None:
    """Compare what both sides say of one file with contracts."""
    directory, file = place.directory, place.file
    options = options_of(directory, file)
    place.roots = places(directory, packages_of(options))
    their, said = theirs(directory, file, place.roots)
    own, own_said = ours(directory, file, place.roots)
    if not their:
        contracts = options.contracts_options if options is not None else []
        their, refused = theirs_alone(directory, file, place.roots, contracts)
        print(f"  {place}: lint-imports gives up; one at a time it judges {len(their)} and refuses {len(refused)}")
        for name, reason in refused.items():
            count.numbers["contracts refused"] += 1
            is_here = not reason.startswith("No module named")  # of a custom contract, for which nothing is installed
            if is_here and own.get(name, Judged("REFUSED", "")).verdict != "REFUSED":
                count.problem("JUDGED BY US ALONE", f"{place}, {name}: {reason}")
        if not their and not own:
            print(f"  neither judges any: {said.strip().splitlines()[-1:]} | {own_said.strip().splitlines()[-1:]}")
    for name, judged in their.items():
        mine = own.get(name, Judged("nothing", ""))
        count.numbers[f"contracts {judged.verdict}"] += 1
        if mine.verdict != judged.verdict:
            count.problem("VERDICT", f"{place}, {name}: {judged.verdict}, ours {mine.verdict} {mine.text[:200]!r}")
        else:
            compare_places(place, judged.text, mine.text, count, name)
            if lost := missing(judged.text, mine.text):
                kind = asked_again(place, name, judged.text, mine.text)
                if kind == "TEXT":
                    count.problem(kind, f"{place}, {name}: {lost[:3]}")
                else:
                    count.numbers[kind] += 1
    if their and options is not None:
        compare_rules(place, options, their, count)


def missing(their: str, own: str) -> list[str]:
    """Return the lines of a text that another one has not."""
    lines = {line.strip() for line in own.splitlines()}
    return [line for line in their.splitlines() if line.strip() and line.strip() not in lines]


def asked_again(place: Place, name: str, their: str, own: str) -> str:
    """Say what a difference is: `lint-imports` may have our text when it is asked again, or another one each time."""
    contracts = [printed(contract) for contract in options_of(place.directory, place.file).contracts_options]
    number = contracts.index(name)
    said = (read(alone(place.directory, place.file, place.roots, number)).get(name) for _ in range(AGAIN))
    again = [judged.text for judged in said if judged is not None]
    if any(not missing(text, own) for text in again):
        return "texts that another run of lint-imports has"
    differs = any(set(HOP.findall(text)) != set(HOP.findall(their)) for text in again)
    without_imports = [line.strip() for line in their.splitlines() if not IMPORT.search(line)]
    is_about_the_same = not missing("\n".join(without_imports), own)
    return "texts that lint-imports has otherwise each time" if differs and is_about_the_same else "TEXT"


def compare_places(place: Place, their: str, own: str, count: Count, name: str) -> None:
    """Look the places of ours up."""
    count.numbers["imports named"] += len(HOP.findall(their))
    for match in PLACE.finditer(own):
        count.numbers["places"] += 1
        file = place.directory / match["path"]
        text = file.read_text(encoding="utf-8", errors="replace").splitlines() if file.is_file() else []
        number = int(match["line"])
        if number > len(text) or text[number - 1].strip() != match["text"].strip():
            count.problem("PLACE", f"{place}, {name}: {match[0].strip()}")


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
        name = here.parent.name if here.name in (".git", "git", "repo") else here.name
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
                compare(Place(f"{name} {commit[:10]} {file}", (target / file).parent, Path(file).name), count)
        if not contracts:
            print("  it has no contracts")
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
