"""Times import rules against import-linter, grimp alone, and other architecture tests: whole processes, side by side.

    python benchmarks/speed.py [--only django] [--rounds 3] [--json build/speed.json]

Tools go into an environment of their own, code is downloaded or made up, all below ``build/speed``. All tools judge the same
rules, which hold: pairs of parts of the code without a path between them. As tangled code has such pairs only in its
corners, and some tools read only what a rule names, the Python ones also judge pairs of whole top-level parts, one of which
does not import the other itself (``direct``). Every round runs everything once, so that a machine that is slower for a
while is slower for all. Printed and written: the best wall time, peak memory, and ratios, each the middle one of the
rounds'. ``cold`` is without any cache of the tool, ``warm`` with an unchanged tree, ``edited`` after one file got a new line.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import time
import zipfile
from collections import defaultdict
from collections.abc import Callable, Mapping
from pathlib import Path

from pytest_fitness import sources
from pytest_fitness.model import Codebase, Search

ROOT = Path(__file__).parents[1]
BUILD = ROOT / "build" / "speed"
PEERS = ["pytest-archon==0.0.7", "PyTestArch==5.1.0", "ArchUnitPython==1.8.1", "tach==0.35.3"]
REMEMBER_NOTHING = ("pytest-archon", "PyTestArch", "ArchUnitPython")
REAL = {"django": "Django==5.2.19", "sympy": "sympy==1.14.0", "homeassistant": "homeassistant==2024.3.3"}
LAYERS = {
    "django": ["contrib", "forms", "utils"],
    "sympy": ["plotting", "solvers", "core"],
    "homeassistant": ["components", "helpers", "util"],
    "made": ["p000", "p001"],
}
"""Broken in real packages, as layers are when somebody first writes them down."""

SYNTHETIC = [1_000, 4_000, 16_000]
RULES = [1, 20, 100]
SLOW_PEERS_UP_TO = 2_000  # files; beyond that they take minutes

ENVIRONMENT = {k: v for k, v in os.environ.items() if k not in ("PYTHONDONTWRITEBYTECODE", "CI")}

LAUNCHER = """
import os, subprocess, sys, time
start = time.perf_counter()
process = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
_, status, usage = os.wait4(process.pid, 0)
print([time.perf_counter() - start, usage.ru_maxrss, os.waitstatus_to_exitcode(status)])
"""
"""A small process that starts the measured one: memory of the one that starts it would count as its own."""

Pairs = list[tuple[str, str]]
Result = dict[str, object]
Key = tuple[str, str, int]
"""Tool, state, number of rules."""


def environment(name: str, *packages: object) -> Path:
    """Make an environment with *packages*; return its ``bin``. Peers bring plugins that slow down every pytest run."""
    bin_ = BUILD / name / "bin"
    if not (bin_ / "pytest").exists():
        subprocess.run([sys.executable, "-m", "venv", BUILD / name], check=True)
        pip = [bin_ / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, *packages], check=True)
    return bin_


def real_code(package: str) -> Path:
    """Download *package*; return the directory that it is in."""
    target = BUILD / package
    if not target.exists():
        wheels = BUILD / "wheels"
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:"]
        subprocess.run([*pip, "--dest", wheels, REAL[package]], check=True)
        wheel = next(w for w in wheels.glob("*.whl") if w.name.lower().startswith(package))
        zipfile.ZipFile(wheel).extractall(target)
    return target


def made_up_code(count: int) -> Path:
    """Write a package of *count* modules in packages of fifty, each of which imports ten modules before it."""
    target = BUILD / f"synthetic{count}"
    if not target.exists():
        chance = random.Random(count)  # noqa: S311 - the same tree every time
        names = [f"p{n // 50:03}.m{n:05}" for n in range(count)]
        for n, name in enumerate(names):
            file = target / "made" / f"{name.replace('.', '/')}.py"
            file.parent.mkdir(parents=True, exist_ok=True)
            (file.parent / "__init__.py").touch()
            # parts with an even and with an odd number know nothing of each other: rules between them hold
            before = [names[i] for i in chance.sample(range(n), min(n, 30)) if (i // 50 - n // 50) % 2 == 0][:10]
            lines = [f"from made.{b.partition('.')[0]} import {b.partition('.')[2]}" for b in before]
            body = "\n".join(f"def f{i}(x: int) -> int:\n    return x + {i}\n" for i in range(20))
            file.write_text("\n".join(lines) + "\n\n" + body)
        (target / "made" / "__init__.py").touch()
    return target


def kept_pairs(codebase: Codebase, count: int) -> Pairs:
    """Return pairs of parts of the code of which the first does not reach the second."""
    (package,) = codebase.packages
    chance = random.Random(7)  # noqa: S311 - the same rules every time
    parts = sorted(n for n in {".".join(m.split(".")[:3]) for m in codebase.modules} if n.count(".") == 2)
    parts += sorted({".".join(m.split(".")[:2]) for m in codebase.modules} - {package})
    graph, found = codebase.imports(), dict[tuple[str, str], None]()
    for _ in range(200_000):
        one, other = chance.sample(parts, 2)
        if one.startswith(other) or other.startswith(one):
            continue
        search = Search(*(frozenset(m.name for m in codebase.modules_of(n)) for n in (one, other)))
        if not graph.on_the_way(search):
            found[(one, other)] = None
        if len(found) == count:
            break
    return list(found)


def direct_pairs(codebase: Codebase, count: int) -> Pairs:
    """Return pairs of top-level parts of the code of which the first does not itself import the second."""
    (package,) = codebase.packages
    tops = sorted({".".join(m.split(".")[:2]) for m in codebase.modules} - {package})
    taken = {tuple(".".join(m.split(".")[:2]) for m in (i.importer, i.imported)) for i in codebase.imports()}
    free = [(a, b) for a in tops for b in tops if a != b and (a, b) not in taken]
    return random.Random(7).sample(free, count) if len(free) > count else free  # noqa: S311 - the same every time


class Bench:
    """One tree and the runs on it."""

    def __init__(self, bin_: Path, peers: Path, code: Path, package: str) -> None:
        self.bin = bin_
        self.peers_bin = peers
        self.code = code
        self.package = package
        self.codebase = sources.read(sources.Project(code, packages=(package,), roots=(".",)))
        self.pairs = kept_pairs(self.codebase, max(RULES))
        self.direct = direct_pairs(self.codebase, 20)
        self.seconds: defaultdict[Key, list[float]] = defaultdict(list)
        self.others: dict[Key, tuple[int, int]] = {}

    def run(
        self, tool: str, state: str, rules: int, command: list[str], before: Callable[[], None] | None = None
    ) -> None:
        """Run *command* once; note how long that takes, its peak memory, and how it ends."""
        if before is not None:
            before()
        launched = subprocess.run(
            [sys.executable, "-S", "-c", LAUNCHER, *command],
            cwd=self.code,
            env=ENVIRONMENT,
            capture_output=True,
            check=True,
        )
        seconds, kilobytes, code = json.loads(launched.stdout.splitlines()[-1])
        key = (tool, state, rules)
        self.seconds[key].append(seconds)
        self.others[key] = (max(kilobytes, self.others.get(key, (0, 0))[0]), code)

    def round(self) -> None:
        """Run everything once."""
        self.grimp()
        self.layers()
        for rules in RULES:
            self.ours(rules)
            self.lint_imports(rules)
        self.tach()
        if len(self.codebase.modules) < SLOW_PEERS_UP_TO:
            self.peers(self.pairs[:20])
            self.ours_direct()
            self.peers(self.direct, "direct, cold", ", only_direct_imports=True")

    def results(self) -> list[Result]:
        """Return what was measured so far, and print it."""
        files = len(self.codebase.modules)
        found: list[Result] = []
        for (tool, state, rules), seconds in self.seconds.items():
            kilobytes, code = self.others[tool, state, rules]
            found.append(
                {"package": self.package, "files": files, "tool": tool, "state": state, "rules": rules,
                 "seconds": round(min(seconds), 3), "rounds": [round(each, 3) for each in seconds],
                 "megabytes": round(kilobytes / 1024), "exit": code, "ms_per_file": round(min(seconds) / files * 1000, 3)}
            )  # fmt: skip
            print(
                f"{self.code.name:15} {files:6} files  {tool:15} {state:12} {rules:4} rules {min(seconds):8.2f} s"
                f" {kilobytes / 1024:6.0f} MB  exit {code}"
            )
        return found

    # -- ours --------------------------------------------------------------------------------------------------------

    def ours(self, rules: int) -> None:
        """Our contracts: cold, warm, after an edit; and in a run with four workers."""
        command = self.contracts(self.pairs[:rules])
        alone = [*command, "-p", "no:xdist"]
        self.run("pytest-fitness", "cold", rules, alone, self.forget)
        self.run("pytest-fitness", "warm", rules, alone)
        if rules == 1:
            self.run("pytest-fitness", "edited", rules, alone, self.edit)
            self.run("pytest-fitness", "-n 4", rules, [*command, "-n", "4"])
            self.run(
                "pytest alone",
                "",
                0,
                [
                    str(self.bin / "python"),
                    "-m",
                    "pytest",
                    "-q",
                    "-p",
                    "no:xdist",
                    "-p",
                    "no:fitness",
                    "pyproject.toml",
                ],
            )

    def ours_direct(self) -> None:
        """Our contracts on direct imports: cold, and warm."""
        command = [*self.contracts(self.direct, "transitive = false\n"), "-p", "no:xdist"]
        self.run("pytest-fitness", "direct, cold", len(self.direct), command, self.forget)
        self.run("pytest-fitness", "direct, warm", len(self.direct), command)

    def contracts(self, pairs: Pairs, options: str = "") -> list[str]:
        """Write a contract a pair; return the command that judges them."""
        contracts = "".join(
            f"[tool.pytest-fitness.contracts.c{n}]\nrule = 'forbidden-imports'\nof = ['{b}']\ninside = '{a}'\n{options}"
            for n, (a, b) in enumerate(pairs)
        )
        (self.code / "pyproject.toml").write_text(
            f"[tool.pytest.ini_options]\n[tool.pytest-fitness]\npackages = ['{self.package}']\nsource = ['.']\n{contracts}"
        )
        return [str(self.bin / "python"), "-m", "pytest", "-q", "pyproject.toml"]

    def layers(self) -> None:
        """One layers rule, ours and import-linter's."""
        names = LAYERS[self.package]
        (self.code / "pyproject.toml").write_text(
            f"[tool.pytest.ini_options]\n[tool.pytest-fitness]\npackages = ['{self.package}']\nsource = ['.']\n"
            f"[tool.pytest-fitness.contracts.l]\nrule = 'layers'\nlayers = {names}\n"
        )
        full = "\n".join(f"    {self.package}.{name}" for name in names)
        (self.code / ".importlinter").write_text(
            f"[importlinter]\nroot_package = {self.package}\n[importlinter:contract:l]\nname = l\ntype = layers\nlayers =\n{full}\n"
        )
        ours = [str(self.bin / "python"), "-m", "pytest", "-q", "pyproject.toml", "-p", "no:xdist"]
        for tool, command in {"pytest-fitness": ours, "lint-imports": [str(self.bin / "lint-imports")]}.items():
            self.run(tool, "layers, cold", 1, command, self.forget)
            self.run(tool, "layers, warm", 1, command)

    def forget(self) -> None:
        """Remove what all tools remember."""
        for name in (".pytest_cache", ".import_linter_cache"):
            shutil.rmtree(self.code / name, ignore_errors=True)

    def edit(self) -> None:
        """Add a line to one file."""
        source = next(s for s in self.codebase.modules.values() if not s.is_package)
        with (self.code / source.path).open("a") as file:
            file.write(f"# {time.time_ns()}\n")

    # -- others ------------------------------------------------------------------------------------------------------

    def lint_imports(self, rules: int) -> None:
        """import-linter's command."""
        contracts = "".join(
            f"[importlinter:contract:c{n}]\nname = c{n}\ntype = forbidden\nsource_modules = {a}\nforbidden_modules = {b}\n"
            for n, (a, b) in enumerate(self.pairs[:rules])
        )
        (self.code / ".importlinter").write_text(f"[importlinter]\nroot_package = {self.package}\n{contracts}")
        cache = self.code / ".import_linter_cache"
        command = [str(self.bin / "lint-imports")]
        self.run("lint-imports", "cold", rules, command, lambda: shutil.rmtree(cache, ignore_errors=True))
        self.run("lint-imports", "warm", rules, command)
        if rules == 1:
            self.run("lint-imports", "edited", rules, command, self.edit)

    def grimp(self) -> None:
        """The graph alone."""
        script = f"import grimp; grimp.build_graph({self.package!r}, cache_dir=None)"
        self.run("grimp", "cold", 0, [str(self.bin / "python"), "-c", script])

    def tach(self) -> None:
        """Its command, with every part of the code as a module that may import everything but one other."""
        parts = sorted({name for pair in self.pairs[:20] for name in pair})
        outer = [p for p in parts if not any(p != o and p.startswith(f"{o}.") for o in parts)]
        modules = "".join(
            f"[[modules]]\npath = '{p}'\ncannot_depend_on = [{', '.join(repr(b) for a, b in self.pairs[:20] if a == p and b in outer)}]\n"
            for p in outer
        )
        (self.code / "tach.toml").write_text(f"source_roots = ['.']\n{modules}")
        self.run("tach", "cold", 20, [str(self.peers_bin / "tach"), "check"])

    def peers(self, pairs: Pairs, state: str = "cold", archon: str = "") -> None:
        """Architecture tests in Python, with an option for pytest-archon, which follows imports where others do not."""
        tests = {
            "pytest-archon": "from pytest_archon import archrule\n"
            + "".join(
                f"def test_{n}():\n    archrule('r{n}').match('{a}', '{a}.*').should_not_import('{b}', '{b}.*').check('{self.package}'{archon})\n"
                for n, (a, b) in enumerate(pairs)
            ),
            "PyTestArch": "import pytest\nfrom pytestarch import Rule, get_evaluable_architecture\n"
            "@pytest.fixture(scope='session')\ndef code():\n"
            f"    return get_evaluable_architecture({str(self.code)!r}, {str(self.code / self.package)!r})\n"
            + "".join(
                f"def test_{n}(code):\n    Rule().modules_that().are_named('{self.code.name}.{a}').should_not()"
                f".import_modules_that().are_named('{self.code.name}.{b}').assert_applies(code)\n"
                for n, (a, b) in enumerate(pairs)
            ),
            "ArchUnitPython": "from archunitpython import assert_passes, project_files\n"
            + "".join(
                f"def test_{n}():\n    assert_passes(project_files({str(self.code)!r}).in_path('**/{_path(a)}/**').should_not()"
                f".depend_on_files().in_path('**/{_path(b)}/**'))\n"
                for n, (a, b) in enumerate(pairs)
            ),
        }
        for tool, text in tests.items():
            (self.code / f"test_{tool.replace('-', '_')}.py").write_text(text)
            options = [
                "-q",
                "-p",
                "no:cacheprovider",
                "-p",
                "no:xdist",
                "-p",
                "no:fitness",
                "-c",
                os.devnull,
                "--rootdir",
                ".",
            ]
            self.run(
                tool,
                state,
                len(pairs),
                [str(self.peers_bin / "python"), "-m", "pytest", *options, f"test_{tool.replace('-', '_')}.py"],
            )


def _path(name: str) -> str:
    return name.replace(".", "/")


def ratios(package: str, files: int, seconds: Mapping[Key, list[float]]) -> dict[str, float]:
    """Return our times over those of others, round by round, the middle one of each."""
    found: dict[str, float] = {}

    def add(what: str, ours: list[float], theirs: list[float]) -> None:
        pairs = zip(ours, theirs, strict=True)
        found[f"{package} {files}: {what}"] = round(statistics.median(our / their for our, their in pairs), 2)

    for (tool, state, rules), theirs in seconds.items():
        states = {state: state}
        if tool in REMEMBER_NOTHING:  # then each of their runs is like that, and most of ours are on code as it was
            states[state.replace("cold", "warm")] = state.replace("cold", "unchanged code")
        for own_state, shown in states.items():
            ours = seconds.get(("pytest-fitness", own_state, rules))
            if tool != "pytest-fitness" and ours:
                add(f"pytest-fitness / {tool}, {shown}, {rules} rules", ours, theirs)
        one = seconds.get(("pytest-fitness", state, 1))
        if tool == "pytest-fitness" and rules == max(RULES) and one:
            add(f"{rules} rules / 1 rule, {state}", theirs, one)
    return found


def main() -> None:
    """Run everything that is asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", action="append", help="django, sympy, homeassistant, or a number of made-up modules")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", type=Path, default=BUILD.parent / "speed.json")
    arguments = parser.parse_args()
    bin_ = environment("venv", "--editable", ROOT, "pytest-xdist")
    peers = environment("peers", "pytest", *PEERS)
    results: list[Result] = []
    found: dict[str, float] = {}
    for name in arguments.only or [*REAL, *map(str, SYNTHETIC)]:
        code, package = (made_up_code(int(name)), "made") if name.isdigit() else (real_code(name), name)
        bench = Bench(bin_, peers, code, package)
        for _ in range(arguments.rounds):
            bench.round()
        results += bench.results()
        found |= ratios(package, len(bench.codebase.modules), bench.seconds)
    machine = {"cores": os.cpu_count(), "python": sys.version.split()[0]}
    arguments.json.parent.mkdir(exist_ok=True)
    arguments.json.write_text(json.dumps({"machine": machine, "results": results, "ratios": found}, indent=1))
    print(*(f"{value:6.2f}  {what}" for what, value in found.items()), sep="\n")


if __name__ == "__main__":
    main()
