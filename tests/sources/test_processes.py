"""What helpers have read is what one process would have read, and whatever goes wrong with them changes nothing."""

from __future__ import annotations

import io
import marshal
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from pytest_fitness.errors import SettingsError
from pytest_fitness.sources import Project, imports, processes
from pytest_fitness.sources.imports import Imports
from pytest_fitness.sources.processes import Helper, shares, spread
from pytest_fitness.sources.snapshot import Facts
from pytest_fitness.sources.tree import Tree, read_tree

FILES = {
    "app/__init__.py": "",
    "app/all.py": "from app import *\nimport app.space.deep\napp.space.deep.x\n",
    "app/bad.py": "import app.c\ndef (:\n",
    "app/c.py": "import importlib\nimportlib.import_module('app.d')\nimportlib.import_module(name)\n",
    "app/d.py": "from lib import tool  # fitness: allow[layers] for now\n",
    "app/e.py": "import app.linked.f\n",
    "app/space/deep.py": "from ..c import x\n",
    "app/space/f.py": "\ufeffimport app\n",
    "app/latin.py": "# coding: latin-1\nimport json  # \xe9\n",
    "lib/__init__.py": "",
    "lib/tool.py": "import app.c\n",
    "ast.py": "raise SystemExit('a module of the project, not of the standard library')\n",
}


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with every sort of file, read by three processes."""
    (tmp_path / "cache").mkdir()
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="latin-1" if "latin" in name else "utf-8")
    os.symlink(tmp_path / "app/space", tmp_path / "app/linked")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(imports, "SETTLED", 0)
    share(monkeypatch)
    return tmp_path


def share(monkeypatch: pytest.MonkeyPatch, processors: int = 3) -> None:
    """Share even the little that there is."""
    monkeypatch.setattr(processes, "AHEAD", 1)
    monkeypatch.setattr(processes, "ENOUGH", 1)
    monkeypatch.setattr(processes, "processors", lambda: processors)


def tree_of(root: Path) -> Tree:
    """Read the tree of the package ``app``."""
    return read_tree(Project(root, packages=("app",), roots=(".",)))


def facts(root: Path, *, cached: bool = True) -> dict[str, Facts]:
    """Read the imports, and everything that is remembered of them."""
    (root / "cache").mkdir(exist_ok=True)
    for file in (root / "cache").iterdir():
        file.unlink()
    found = Imports(tree_of(root), root / "cache" if cached else None)._facts
    return {name: each._replace(rows=sorted(each.rows)) for name, each in found.items()}


def noting(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Note of every helper whether it has answered."""
    answered: list[bool] = []
    result = Helper.result

    def noted(helper: Helper) -> tuple[object] | None:
        found = result(helper)
        answered.append(found is not None)
        return found

    monkeypatch.setattr(Helper, "result", noted)
    return answered


@pytest.mark.parametrize("cached", [True, False])
def test_helpers_read_what_one_process_would(root: Path, monkeypatch: pytest.MonkeyPatch, cached: bool) -> None:
    """Imports, digests, stamps, files that cannot be read, code beside the package, links, names known at run time only."""
    answered = noting(monkeypatch)
    shared = facts(root, cached=cached)

    assert answered.count(True) == len(answered) >= 2
    share(monkeypatch, processors=1)
    assert shared == facts(root, cached=cached)
    assert {"lib.tool", "app.latin", "app.bad"} <= shared.keys()
    assert shared["app.d"].permits
    assert shared["app.c"].computed
    assert not shared["app.latin"].unread
    assert shared["app.bad"].unread


def test_helpers_agree_on_real_code(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Several hundred files that others have written."""
    place = Path(pytest.__file__).parents[1]
    project = Project(place, packages=("sqlalchemy", "_pytest"), roots=(".",))
    monkeypatch.setattr(processes, "processors", lambda: 2)
    monkeypatch.setattr(processes, "AHEAD", 100)
    monkeypatch.setattr(processes, "ENOUGH", 50)
    answered = noting(monkeypatch)
    shared = Imports(read_tree(project), tmp_path).graph(frozenset())
    assert answered == [True]
    monkeypatch.setattr(processes, "processors", lambda: 1)
    alone = Imports(read_tree(project)).graph(frozenset())
    assert {n: sorted(rows) for n, rows in shared.rows.items()} == {n: sorted(rows) for n, rows in alone.rows.items()}
    assert shared.computed == alone.computed


@pytest.mark.parametrize("trouble", ["missing", "fails", "says nothing", "another", "not ours"])
def test_a_helper_in_trouble_changes_nothing(root: Path, monkeypatch: pytest.MonkeyPatch, trouble: str) -> None:
    """It cannot be started, ends with an error, gives no answer, is another Python, or finds no code of ours."""
    python = root / "python-of-old"
    if trouble in ("fails", "says nothing"):
        python.write_text(f"#!/bin/sh\nexit {int(trouble == 'fails')}\n")
        python.chmod(0o755)
    if trouble == "another":
        monkeypatch.setattr(sys, "version", "1.5.2")
    elif trouble == "not ours":
        monkeypatch.setattr(processes, "PACKAGES", ("nothing_like_it",))
    else:
        monkeypatch.setattr(sys, "executable", str(python))
    answered = noting(monkeypatch)

    shared = facts(root)

    assert answered
    assert not any(answered)
    monkeypatch.undo()
    monkeypatch.setattr(imports, "SETTLED", 0)
    assert shared == facts(root)


def test_an_error_in_the_share_of_a_helper_is_raised(root: Path) -> None:
    """By the process that the user sees."""
    (root / "app/z.py").write_text("import space.deep\n")
    with pytest.raises(SettingsError, match=r"app/z\.py:1 imports space\.deep"):
        facts(root)


def test_what_a_helper_does(root: Path) -> None:
    """Seen from within."""
    tree = tree_of(root)
    output = io.BytesIO()
    argument: Any = (tree.outline(), True, [], 0, ["app.c", "app.d"])
    argument = marshal.loads(marshal.dumps(argument))  # noqa: S302 - as it is sent

    processes.answer("pytest_fitness.sources.imports:read_share", argument, output)

    found = marshal.loads(output.getvalue())  # noqa: S302
    assert found.keys() == {"app.c", "app.d"}
    assert Facts(*found["app.c"]).rows == Imports(tree)._facts["app.c"].rows
    assert Facts(*found["app.c"]).digest == tree.sources["app.c"].digest


def test_when_others_help(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is enough to do and somebody to do it; each item has one place."""
    monkeypatch.setattr(processes, "AHEAD", 300)
    monkeypatch.setattr(processes, "ENOUGH", 300)
    monkeypatch.setattr(processes, "processors", lambda: 16)
    assert [len(part) for part in shares(range(599))] == [599]
    assert [len(part) for part in shares(range(600))] == [450, 150]
    parts = shares(range(9_000))
    assert [len(part) for part in parts] == [2475, 2175, 2175, 2175]
    assert sorted(n for part in parts for n in part) == list(range(9_000))
    for name, value in (("executable", ""), ("executable", "/usr/bin/blender"), ("frozen", True)):
        with monkeypatch.context() as patch:
            patch.setattr(sys, name, value, raising=False)
            assert shares(range(9_000)) == [range(9_000)]
    monkeypatch.setattr(processes, "processors", lambda: 1)
    assert shares(range(9_000)) == [range(9_000)]


def test_there_is_a_processor() -> None:
    """At least the one that this runs on."""
    assert processes.processors() >= 1


def test_nobody_works_on_when_the_run_is_stopped(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C ends the helpers, too."""
    share(monkeypatch)
    started: list[Helper] = []
    make = Helper.__init__

    def noted(helper: Helper, function: str, argument: object) -> None:
        make(helper, function, argument)
        started.append(helper)

    def here(_: Sequence[int]) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(Helper, "__init__", noted)
    with pytest.raises(KeyboardInterrupt):
        spread(range(3), here, ("time:sleep", lambda _: 60), int)

    assert len(started) == 2
    assert all(helper._process is not None and helper._process.returncode not in (0, None) for helper in started)


def test_a_helper_runs_with_the_options_of_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether byte code is written, and what text is."""
    options: list[list[str]] = []

    def refuse(command: list[str], **_: object) -> None:
        options.append(command)
        raise OSError("no more processes")

    flags = SimpleNamespace(**{name: getattr(sys.flags, name) for name in dir(sys.flags) if name.islower()})
    monkeypatch.setattr(subprocess, "Popen", refuse)
    monkeypatch.setattr(sys, "flags", flags)
    for on in (1, 0):
        monkeypatch.setattr(sys, "dont_write_bytecode", bool(on))
        flags.utf8_mode = on
        helper = Helper("time:sleep", 0)
        assert helper.result() is None
        helper.stop()
    assert [command[1:-2] for command in options] == [["-I", "-S", "-B", "-Xutf8"], ["-I", "-S"]]
