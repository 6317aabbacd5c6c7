"""What a legacy codebase goes through: first rules, known violations, twenty edits, and proofs, on real applications.

    python benchmarks/adoption.py [--only prefect] [--json build/adoption.json]

Packages are downloaded below ``build/adoption``. For each: does ``--fitness-init --fitness-write`` work, is what it writes green, and
proved? Where a rule about layers does not hold, its violations are frozen, and twenty edits follow, each from the same state, each with
the verdict that it should have.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path

BUILD = Path(__file__).parents[1] / "build" / "adoption"
PACKAGES = {
    "fief": "fief-server==0.29.2",
    "prefect": "prefect==3.4.0",
    "zenml": "zenml==0.83.0",
    "litellm": "litellm==1.70.0",
    "jupyterhub": "jupyterhub==5.3.0",
    "wagtail": "wagtail==7.0",
    "datasette": "datasette==0.65.1",
    "mlflow": "mlflow-skinny==2.22.0",
    "langflow": "langflow-base==0.4.0",
    "celery": "celery==5.5.3",
}
BROKEN = {
    "fief": ("apps", "services", "repositories", "models"),
    "prefect": ("server", "client", "utilities"),
    "mlflow": ("server", "tracking", "store", "entities"),
}
"""Layers that somebody might wish for, and that are broken."""

PYPROJECT = "[tool.pytest.ini_options]\ntestpaths = ['tests']\n"
TEST = "from pytest_fitness.rules import Layers\n\n\ndef test_layers(codebase):\n    assert codebase.violations({rule}) == []\n"


@dataclass
class Result:
    """What came out of one package."""

    name: str
    modules: int = 0
    proposed: list[str] = field(default_factory=list)
    not_today: int = 0
    init_works: bool = False
    green: bool = False
    proved: str = ""
    seconds: dict[str, float] = field(default_factory=dict)
    known: int = 0
    edits: dict[str, str] = field(default_factory=dict)

    @property
    def is_good(self) -> bool:
        """Whether everything is as it should be."""
        return self.init_works and self.green and all(verdict == "ok" for verdict in self.edits.values())


class Application:
    """A package in a project directory of its own."""

    def __init__(self, name: str, requirement: str) -> None:
        self.name = name
        self.directory = BUILD / name
        if not (self.directory / "src").is_dir():
            wheels = BUILD / "wheels"
            command = [
                sys.executable,
                "-m",
                "pip",
                "download",
                "-q",
                "--no-deps",
                "--ignore-requires-python",
                "--only-binary=:all:",
                "-d",
                str(wheels / name),
                requirement,
            ]
            subprocess.run(command, check=True)
            (file,) = (wheels / name).iterdir()
            with zipfile.ZipFile(file) as wheel:
                wheel.extractall(self.directory / "src")
        for entry in (self.directory / "src").glob("*.dist-info"):
            shutil.rmtree(entry)
        shutil.rmtree(self.directory / "tests", ignore_errors=True)
        shutil.rmtree(self.directory / "fitness-baseline", ignore_errors=True)
        shutil.rmtree(self.directory / ".git", ignore_errors=True)
        self.write("pyproject.toml", PYPROJECT)

    def write(self, path: str, text: str) -> None:
        """Write a file."""
        file = self.directory / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")

    def read(self, path: str) -> str:
        """Read a file."""
        return (self.directory / path).read_text(encoding="utf-8")

    def pytest(self, *arguments: str) -> tuple[int, str]:
        """Run pytest; return its exit code and what it prints."""
        environment = {k: v for k, v in os.environ.items() if k not in ("CI", "PYTHONDONTWRITEBYTECODE")}
        command = [sys.executable, "-m", "pytest", "-q", *arguments]
        done = subprocess.run(command, cwd=self.directory, env=environment, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout + done.stderr

    def git(self, *arguments: str) -> None:
        """Run git."""
        given = ["-c", "user.name=n", "-c", "user.email=e", "-c", "init.defaultBranch=main", "-c", "gc.auto=0"]
        subprocess.run(["git", *given, *arguments], cwd=self.directory, capture_output=True, check=True)

    def reset(self) -> None:
        """Go back to the last commit."""
        self.git("checkout", "-q", "-f", "main")
        self.git("reset", "-q", "--hard", "start")
        subprocess.run(["git", "branch", "-q", "-D", "branch"], cwd=self.directory, capture_output=True, check=False)
        self.git("clean", "-qfd")


def first_rules(name: str, requirement: str) -> Result:
    """Propose, write, judge, prove."""
    app = Application(name, requirement)
    result = Result(name)
    start = time.perf_counter()
    code, text = app.pytest("--fitness-init", "--fitness-write")
    result.seconds["init"] = round(time.perf_counter() - start, 2)
    result.init_works = code == 0 and "Traceback" not in text
    match = re.search(r"fitness: (\d+) modules", text)
    result.modules = int(match[1]) if match else 0
    result.not_today = len(re.findall(r"violations? to freeze", text))
    if not (app.directory / "tests/test_architecture.py").exists():
        result.green = "no rule was found" in text
        return result
    written = app.read("tests/test_architecture.py")
    found = re.findall(r"violations\((.+)\) == \[\]|    rule = (.+)", written)
    result.proposed = [a if a != "rule" else "" for a, _ in found] + [b for _, b in found]
    result.proposed = [each for each in result.proposed if each]
    start = time.perf_counter()
    code, text = app.pytest("--fitness-prove")
    result.seconds["prove"] = round(time.perf_counter() - start, 2)
    result.green = code == 0
    match = re.search(r"fitness: (\d+ of \d+) plants killed", text)
    result.proved = match[1] if match else ""
    return result


def edits(name: str, requirement: str, layers: tuple[str, ...], result: Result) -> None:
    """Freeze what is broken, and edit."""
    app = Application(name, requirement)
    package = next(p.name for p in (app.directory / "src").iterdir() if (p / "__init__.py").exists())
    rule = f"Layers({', '.join(map(repr, layers))})"
    app.write("tests/test_fitness.py", TEST.format(rule=rule))
    app.write("tests/test_unit.py", "def test_unit():\n    pass\n")
    app.write(".gitignore", "__pycache__\n.pytest_cache\n")
    app.write("pyproject.toml", PYPROJECT + f"\n[tool.pytest-fitness]\npackages = ['{package}']\n")
    app.git("init", "-q")
    app.pytest("--fitness-freeze")
    app.git("add", "-A")
    app.git("commit", "-q", "-m", "start")
    app.git("branch", "-M", "main")
    app.git("tag", "start")
    entries = re.findall(r'subject = "([^"]+)", target = "([^"]+)", within = "([^"]*)", count = (\d+)', app.read(STORE))
    result.known = sum(int(count) for *_, count in entries)
    for title, (edit, wanted) in _edits(app, package, entries).items():
        app.reset()
        arguments = edit() or ()
        code, text = app.pytest(*arguments)
        verdict = wanted(code, text)
        result.edits[title] = "ok" if verdict else f"WRONG: exit {code}: {text[-600:]}"
    app.reset()


STORE = "fitness-baseline/layers.toml"
Wanted = Callable[[int, str], bool]


def _green(code: int, text: str) -> bool:
    return code == 0 and "mended" not in text


def _mended(code: int, text: str) -> bool:
    return code == 1 and "mended, and must leave" in text and " 0 new violations" in text


def _new(count: int) -> Wanted:
    def wanted(code: int, text: str) -> bool:
        return code == 1 and bool(re.search(rf"\b{count} new violations?\b", text)) if count else code == 1

    return wanted


def _error(words: str) -> Wanted:
    return lambda code, text: code == 1 and words in text and "Traceback" not in text


def _edits(
    app: Application, package: str, entries: list[tuple[str, str, str, str]]
) -> dict[str, tuple[Callable[[], tuple[str, ...] | None], Wanted]]:
    """Title, what is done (and with which arguments pytest is run), and the verdict that it should have."""
    tops = [f"{package}.{layer}" for layer in BROKEN[app.name]]
    direct = [
        e
        for e in entries
        if e[2] == "" and e[3] == "1" and all(any(f"{name}.".startswith(f"{t}.") for t in tops) for name in e[:2])
    ]
    subject, target = direct[0][:2]
    path = _path(app, subject)
    clean_module = f"{package}/{subject.split('.')[1]}/fitness_added.py"
    fixable = next(
        (
            e
            for e in direct
            if re.search(rf"^from {re.escape(e[1])} import [^(\n]+$", app.read(_path(app, e[0])), re.MULTILINE)
        ),
        None,
    )

    def prepend(text: str) -> None:
        before = app.read(path)
        app.write(path, text + before if "from __future__" not in before else before + text)

    def fix() -> None:
        assert fixable is not None
        file = _path(app, fixable[0])
        wanted = re.compile(rf"^from {re.escape(fixable[1])} import [^(\n]+$", re.MULTILINE)
        app.write(file, wanted.sub("pass", app.read(file)))

    def add() -> None:
        app.write(f"src/{clean_module}", f"import {target}\n")

    def rename_file() -> None:
        file = app.directory / path
        file.rename(file.with_name(f"renamed_{file.name}"))

    def rename_package() -> None:
        top = app.directory / "src" / package / subject.split(".")[1]
        top.rename(top.with_name(f"{top.name}_moved"))
        old, new = f"{package}.{top.name}", f"{package}.{top.name}_moved"
        for file in (app.directory / "src").rglob("*.py"):
            text = file.read_text(encoding="utf-8", errors="surrogateescape")
            if old in text:
                file.write_text(re.sub(rf"\b{re.escape(old)}\b", new, text), encoding="utf-8", errors="surrogateescape")
        app.write(
            "tests/test_fitness.py", app.read("tests/test_fitness.py").replace(f"'{top.name}'", f"'{top.name}_moved'")
        )

    def store(change: Callable[[str], str]) -> Callable[[], None]:
        return lambda: app.write(STORE, change(app.read(STORE)))

    def branch() -> tuple[str, ...]:
        app.git("checkout", "-q", "-b", "branch")
        add()
        app.pytest("--fitness-freeze")
        app.git("add", "-A")
        app.git("commit", "-q", "-m", "branch")
        return ("--fitness-baseline-ref=main",)

    def then(*steps: Callable[[], object], arguments: tuple[str, ...] = ()) -> Callable[[], tuple[str, ...]]:
        def run() -> tuple[str, ...]:
            for step in steps:
                step()
            return arguments

        return run

    def shrunk() -> None:
        fix()
        app.pytest("--fitness-shrink")

    found: dict[str, tuple[Callable[[], tuple[str, ...] | None], Wanted]] = {
        "nothing": (then(), _green),
        "move lines": (then(lambda: prepend("\n\n\nFITNESS = 1\n")), _green),
        "rename a file": (then(rename_file), _green),
        "rename a file, committed": (
            then(rename_file, lambda: app.git("add", "-A"), lambda: app.git("commit", "-qm", "x"), lambda: None),
            _green,
        ),
        "rename a package": (then(rename_package), _green),
        "reword the reason": (
            then(
                lambda: app.write(
                    "tests/test_fitness.py",
                    app.read("tests/test_fitness.py").replace(")) ==", ", because='reworded')) =="),
                )
            ),
            _green,
        ),
        "reorder the store": (then(store(_reordered)), _green),
        "reword the store": (then(store(lambda text: text.replace("must not import", "should not know"))), _green),
        "add one on a known edge": (then(lambda: prepend(f"\nimport {target}\n")), _new(0)),
        "add one in a function on a known edge": (
            then(lambda: prepend(f"\n\ndef fitness():\n    import {target}\n")),
            _new(0),
        ),
        "add one elsewhere": (then(add), _new(1)),
        "corrupt store": (then(store(lambda text: text[: len(text) // 2])), _error("not valid TOML")),
        "empty store": (then(store(lambda _: "")), _error("of such files is unknown")),
        "conflict markers": (
            then(store(lambda text: "<<<<<<< HEAD\n" + text)),
            _error("merge conflict is not resolved"),
        ),
        "a store of no rule": (
            then(lambda: app.write("fitness-baseline/layer.toml", "version = 1\nknown = []\n")),
            _error("no rule called 'layer'"),
        ),
        "xdist": (then(arguments=("-n", "2")), _green),
        "a branch that edits the store": (branch, _new(1)),
    }
    if fixable:
        found |= {
            "fix one": (then(fix), _mended),
            "fix one and shrink": (then(shrunk), _green),
            "swap one for another": (then(fix, add), _new(1)),
            "fix one, -k": (then(fix, arguments=("-k", "layers")), _green),
            "fix one, one file": (then(fix, arguments=("tests/test_fitness.py",)), _green),
            "fix one, --lf after a failure": (
                then(
                    lambda: app.write("tests/test_unit.py", "def test_unit():\n    assert 0\n"),
                    app.pytest,
                    fix,
                    arguments=("--lf",),
                ),
                lambda code, text: code == 1 and "mended" not in text,
            ),
            "fix one, -x after a failure": (
                then(
                    lambda: app.write("tests/test_unit.py", "def test_unit():\n    assert 0\n"), fix, arguments=("-x",)
                ),
                lambda code, text: code == 1 and "mended" not in text,
            ),
            "fix one, xdist": (then(fix, arguments=("-n", "2")), _mended),
        }
    return found


def _path(app: Application, module: str) -> str:
    base = "src/" + module.replace(".", "/")
    return f"{base}/__init__.py" if (app.directory / base).is_dir() else f"{base}.py"


def _reordered(text: str) -> str:
    lines = text.splitlines(keepends=True)
    entries = [line for line in lines if line.startswith("  {")]
    first = lines.index(entries[0])
    return "".join([*lines[:first], *reversed(entries), *lines[first + len(entries) :]])


def main() -> int:
    """Run everything, print a line a package and what is wrong, and write JSON."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("--only", action="append", choices=PACKAGES)
    parser.add_argument("--json", type=Path, default=BUILD.parent / "adoption.json")
    options = parser.parse_args()
    BUILD.mkdir(parents=True, exist_ok=True)
    results: list[Result] = []
    for name in options.only or PACKAGES:
        result = first_rules(name, PACKAGES[name])
        if name in BROKEN:
            edits(name, PACKAGES[name], BROKEN[name], result)
        results.append(result)
        print(
            f"{name:<11} {result.modules:>5} modules  init {'ok' if result.init_works else 'FAILED'}  "
            f"{'green' if result.green else 'NOT GREEN'}  proved {result.proved or '-':<12} "
            f"{len(result.proposed)} rules, {result.not_today} not today  {result.seconds}"
        )
        for each in result.proposed:
            print(f"    {each}")
        if result.edits:
            right = sum(verdict == "ok" for verdict in result.edits.values())
            print(f"    {result.known} known; edits: {right} of {len(result.edits)} as they should be")
            for title, verdict in result.edits.items():
                if verdict != "ok":
                    print(f"    {title}: {verdict}")
    options.json.write_text(json.dumps([asdict(result) for result in results], indent=2) + "\n", encoding="utf-8")
    return 0 if all(result.is_good for result in results) else 1


if __name__ == "__main__":
    sys.exit(main())
