"""What helpers have read is what one process would have read, and whatever goes wrong with them changes nothing."""

from __future__ import annotations

import marshal
import os
import pickle
import selectors
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from importlib.machinery import PathFinder
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from pytest_fitness.errors import SettingsError
from pytest_fitness.frameworks import builtin
from pytest_fitness.frameworks.declared import Declared
from pytest_fitness.model import Conduct, Handlers, Row
from pytest_fitness.model.contents import Adapter, Contents, Frameworks
from pytest_fitness.model.syntax import Declaration, Endpoint
from pytest_fitness.sources import Project, environment, file_reader, imports, processes, read, syntax
from pytest_fitness.sources.file_reader import FileReader
from pytest_fitness.sources.imports import Imports
from pytest_fitness.sources.processes import (
    Helper,
    Ready,
    Turns,
    Work,
    by_turns,
    dwindling,
    first_to_answer,
    shares,
    taken,
)
from pytest_fitness.sources.remembered import load_values
from pytest_fitness.sources.snapshot import Facts
from pytest_fitness.sources.syntax import Finder, looker
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
    monkeypatch.setattr(file_reader, "AHEAD", 1)
    monkeypatch.setattr(file_reader, "NAMES_AHEAD", 1)
    monkeypatch.setattr(syntax, "AHEAD", 1)
    monkeypatch.setattr(processes, "LEAST", 1)
    monkeypatch.setattr(processes, "CAN_HAND_ON", False)  # so each has its parts, however quick the others are
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
    """Note of every question whether it was answered."""
    answered: list[bool] = []
    answer = Helper.answer

    def noted(helper: Helper) -> tuple[object] | None:
        found = answer(helper)
        answered.append(found is not None)
        return found

    monkeypatch.setattr(Helper, "answer", noted)
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
    monkeypatch.setattr(file_reader, "AHEAD", 100)
    monkeypatch.setattr(processes, "CAN_HAND_ON", False)  # so each has its parts
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


@pytest.mark.parametrize("processors", [1, 3])
def test_of_several_errors_the_first_one_is_raised(
    root: Path, monkeypatch: pytest.MonkeyPatch, processors: int
) -> None:
    """In the order of files, whoever has read them."""
    for name in "nozs":
        (root / f"app/{name}.py").write_text("import space.deep\n")
    share(monkeypatch, processors)
    with pytest.raises(SettingsError, match=r"app/n\.py:1 imports space\.deep"):
        facts(root)


def test_a_file_that_nobody_has_read_is_not_passed_over(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is not there could not break a rule."""
    read_all = processes.by_turns

    def losing(items: Sequence[Any], *others: Any) -> list[Any]:
        return read_all([source for source in items if source.module.name != "app.c"], *others)

    monkeypatch.setattr(file_reader, "by_turns", losing)
    with pytest.raises(KeyError, match=r"app\.c"):
        facts(root)


def test_what_a_helper_reads(root: Path) -> None:
    """Seen from within."""
    tree = tree_of(root)
    argument: Any = (tree.outline(), [], [["app.bad"], ["app.e"], ["app.c", "app.d"]], 0)
    argument = marshal.loads(marshal.dumps(argument))  # noqa: S302 - as it is sent

    answered: Any = file_reader.helper(*argument)([0, 2])
    numbers, (found, suspect, unparsed) = answered

    assert numbers == [0, 2]
    assert found.keys() == {"app.c", "app.d"}
    assert unparsed == ["app.bad"]
    assert not suspect
    assert Facts(*found["app.c"]).rows == Imports(tree)._facts["app.c"].rows
    assert Facts(*found["app.c"]).digest == tree.sources["app.c"].digest


NAMING = {
    "app/n1.py": "import json.decoder as d\nd.JSONDecoder()\n",
    "app/n2.py": "from json import *\nfrom app.c import x\n",
    "app/n3.py": "from json import loads\ntype X = 1\n",
    "app/n4.py": "from json import dumps\ntry:\n    pass\nexcept A, B:\n    pass\n",
    "app/tool.py": "import sys, tool\nsys.path.append('app')\n",
    "app/n5.py": "import json, tool\ntool.x\n",
}


def names(root: Path, *, cached: bool = True) -> dict[str, list[Row]]:
    """All imports, those of ``json`` down to the names."""
    (root / "cache").mkdir(exist_ok=True)
    found = Imports(tree_of(root), root / "cache" if cached else None)
    rows = {name: sorted(each) for name, each in found.graph(frozenset({"json"})).rows.items()}
    found.remember()
    return rows


@pytest.mark.parametrize("cached", [True, False])
def test_helpers_read_the_names_that_one_process_would(
    root: Path, monkeypatch: pytest.MonkeyPatch, cached: bool
) -> None:
    """Also of files that are too new, that import by names of directories, or in which other files have a say."""
    for name, text in NAMING.items():
        (root / name).write_text(text)
    Imports(tree_of(root), root / "cache" if cached else None).graph(frozenset())
    answered = noting(monkeypatch)

    shared = names(root, cached=cached)

    assert answered.count(True) == len(answered) >= 2
    assert names(root, cached=cached) == shared
    monkeypatch.setattr(processes, "processors", lambda: 1)
    assert names(root, cached=False) == shared
    imported = {name: {r[0] for r in rows} for name, rows in shared.items()}
    assert "json.decoder.JSONDecoder" in imported["app.n1"]
    assert {"json.*", "app.c"} <= imported["app.n2"]
    assert "json.loads" in imported["app.n3"]
    assert "json.dumps" in imported["app.n4"]
    assert {"json", "app.tool"} <= imported["app.n5"]
    assert "app.tool" not in imported["app.tool"]


def test_names_in_what_was_edited_meanwhile_are_not_remembered(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are those of another text."""
    named = FileReader.named
    file = root / "app/n1.py"

    def edited(*given: Any) -> Any:
        file.write_text("from json import dumps\n")
        return named(*given)

    file.write_text("from json import loads\n")
    with monkeypatch.context() as patch:
        patch.setattr(FileReader, "named", edited)
        assert "json.dumps" in {r[0] for r in names(root)["app.n1"]}
    file.write_text("from json import loads\n")

    assert "json.loads" in {r[0] for r in names(root)["app.n1"]}


def test_which_names_a_helper_reads(root: Path) -> None:
    """Seen from within."""
    tree = tree_of(root)
    parts = [["app.bad"], ["app.e"], ["app.latin", "app.d"]]
    argument: Any = (tree.outline(), [], parts, ["json"], {"tool": "app.tool"})
    argument = marshal.loads(marshal.dumps(argument))  # noqa: S302 - as it is sent

    answered: Any = file_reader.names_helper(*argument)([0, 2])
    numbers, (found, unparsed) = answered

    assert numbers == [0, 2]
    assert found.keys() == {"app.latin", "app.d"}
    assert unparsed == ["app.bad"]
    digest, rows = found["app.latin"]
    assert digest == tree.sources["app.latin"].digest
    assert [r[0] for r in rows] == ["json"]


HANDLERS = {
    "app/__init__.py": "",
    "app/bad.py": "from fastapi import (\n",
    "app/late.py": "from fastapi import APIRouter\nfrom app.more import extra\nAPIRouter().add_api_route('/late', extra)\n",
    "app/more.py": (
        "from fastapi import APIRouter, Depends\nfrom app.schemas import Order, Row\nrouter = APIRouter(prefix='/more')\n"
        "@router.get('/rows')\ndef rows(limit: int = 3) -> list[Row]:\n    for n in range(limit):\n        print(n)\n"
        "    return []\n"
        "@router.post('/orders')\nasync def place(order: Order):\n    return {'order': order}\n"
        "def extra(raw: dict) -> Order:\n    return Order()\n"
    ),
    "app/own.py": "from lib import handles\n@handles('orders')\ndef own(order: dict) -> None: ...\n",
    "app/schemas.py": (
        "from pydantic import BaseModel\nfrom sqlalchemy.orm import DeclarativeBase\nfrom lib import Line\n"
        "class Order(BaseModel):\n    lines: list[Line]\n    extra: dict[str, object]\n"
        "class Base(DeclarativeBase): ...\nclass Row(Base):\n    __tablename__ = 'rows'\n"
    ),
    "app/z.py": "",
    "lib.py": "from pydantic import BaseModel\nclass Line(BaseModel): ...\ndef handles(topic): ...\n",
}


class Mine:
    """An adapter that another process cannot import."""

    name = "Mine"
    hints: tuple[str, ...] = ("mine",)
    registrations: tuple[str, ...] = ("mine",)
    knowledge: Mapping[tuple[str, str], str] = {}

    def discover(self, contents: Contents) -> Iterator[Endpoint]:
        """Yield nothing."""
        assert contents.mentions("mine")
        yield from ()


def finder(root: Path, *adapters: Adapter) -> Finder:
    """Return what looks for handlers, with decorators of the project."""
    declared = Declaration("handler_decorators", "lib.handles", "handler-decorator", "pyproject.toml", 1)
    frameworks = Frameworks((*adapters, Declared(["lib.handles"]), *builtin()), (declared,))
    return Finder(tree_of(root), frameworks, root / "cache")


def handlers_of(finder: Finder) -> tuple[Handlers, list[tuple[str, Conduct]]]:
    """Return the handlers, and what they do."""
    found = finder.handlers(list(finder.tree.sources))
    return found, [(handler.qualname, finder.conduct(handler)) for handler in found.found]


@pytest.fixture(name="handling")
def handling_(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with handlers, looked through by three processes."""
    (tmp_path / "cache").mkdir()
    for name, text in HANDLERS.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.chdir(tmp_path)
    share(monkeypatch)
    return tmp_path


def test_helpers_find_the_handlers_that_one_process_would(handling: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With what crosses them, what they do, and which files cannot be read."""
    answered = noting(monkeypatch)
    found, conducts = handlers_of(finder(handling))

    assert answered == [True] * 4  # once for the handlers, once for what they do
    assert [h.qualname for h in found.found] == ["rows", "place", "extra", "own"]
    assert [unread.module for unread in found.unread] == ["app.bad"]
    assert any(conduct.loops for _, conduct in conducts)
    remembered = finder(handling)
    assert handlers_of(remembered) == (found, conducts)
    assert "resolver" not in remembered.__dict__
    share(monkeypatch, processors=1)
    for file in (handling / "cache").iterdir():
        file.unlink()
    assert handlers_of(finder(handling)) == (found, conducts)
    assert len(answered) == 4


def test_a_helper_that_finds_other_packages_is_not_believed(handling: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What only a hook of this process can find is found here."""
    found = handlers_of(finder(handling))
    for file in (handling / "cache").iterdir():
        file.unlink()
    (handling / "elsewhere").mkdir()
    (handling / "lib.py").rename(handling / "elsewhere/lib.py")

    class Hook:
        def find_spec(self, name: str, *_: object) -> object:
            return PathFinder.find_spec(name, [str(handling / "elsewhere")]) if name == "lib" else None

    monkeypatch.setattr(sys, "meta_path", [*sys.meta_path, Hook()])
    answered = noting(monkeypatch)
    assert handlers_of(finder(handling)) == found
    assert answered == [True, True, False, False]  # nor asked again


def test_adapters_that_cannot_be_imported_elsewhere_are_asked_here(
    handling: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those of a ``conftest.py``."""
    answered = noting(monkeypatch)
    found, _ = handlers_of(finder(handling, Mine()))
    assert len(found.found) == 4
    assert not answered


def test_a_declaration_that_is_wrong_is_an_error_here(handling: Path) -> None:
    """Of the process that the user sees."""
    declared = Declaration("schema_bases", "app.schemas.Odrer", "schema", "pyproject.toml", 7)
    wrong = Finder(tree_of(handling), Frameworks(builtin(), (declared,)), None)
    with pytest.raises(SettingsError, match=r"did you mean 'app\.schemas\.Order'"):
        wrong.handlers(["app.more"])


def test_what_a_helper_finds(handling: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Seen from within, with the path of another process."""
    mine = finder(handling)
    names = list(mine.tree.sources)
    monkeypatch.setattr(environment, "_places", None)  # and again at the end
    for path in (sys.path, [entry for entry in sys.path if Path(entry).resolve() != handling]):
        answer = looker(path, mine.tree.outline(), pickle.dumps(mine.frameworks), ["app.more"])
        for _ in range(2):
            (handlers, failed, conducts), places, digests = load_values(answer(names, False))

            assert [h.qualname for h in handlers.values()] == ["rows", "place"]
            assert (failed, conducts) == ([], {})
            assert digests["app.schemas"] == mine.tree.sources["app.schemas"].digest
            assert (places["lib"] is not None) == (path is sys.path)
        assert load_values(answer(names, True))[0][2].keys() == set(handlers.values())


def test_when_others_help(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is enough to do and somebody to do it; each item has one place."""
    monkeypatch.setattr(processes, "processors", lambda: 16)
    assert [len(part) for part in shares(range(599), 300)] == [599]
    assert [len(part) for part in shares(range(600), 300)] == [450, 150]
    parts = shares(range(9_000), 300)
    assert [len(part) for part in parts] == [2475, 2175, 2175, 2175]
    assert [n for part in parts for n in part] == list(range(9_000))
    for name, value in (("executable", ""), ("executable", "/usr/bin/blender"), ("frozen", True)):
        with monkeypatch.context() as patch:
            patch.setattr(sys, name, value, raising=False)
            assert shares(range(9_000), 300) == [range(9_000)]
    monkeypatch.setattr(processes, "processors", lambda: 1)
    assert shares(range(9_000), 300) == [range(9_000)]


def test_there_is_a_processor() -> None:
    """At least the one that this runs on."""
    assert processes.processors() >= 1


def test_nobody_works_on_when_the_run_is_stopped(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C ends the helpers, too, and leaves no file of theirs."""
    started: list[subprocess.Popen[bytes]] = []
    make = Helper.__init__

    def noted(helper: Helper, *arguments: Any) -> None:
        make(helper, *arguments)
        assert helper._process is not None
        started.append(helper._process)

    def here(*_: object) -> dict[str, Facts]:
        raise KeyboardInterrupt

    monkeypatch.setattr(Helper, "__init__", noted)
    monkeypatch.setattr(FileReader, "_read_here", here)
    monkeypatch.setattr("tempfile.tempdir", str(root / "cache"))
    with pytest.raises(KeyboardInterrupt):
        Imports(tree_of(root)).graph(frozenset())

    assert len(started) == 2
    assert all(process.returncode is not None for process in started)
    assert list((root / "cache").iterdir()) == []


@pytest.mark.parametrize("place", ["here", "back"])
def test_an_exception_leaves_no_answer_for_the_next_question(
    handling: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    """A time limit that strikes in the middle, say: each question has its own answer afterwards."""
    mine = finder(handling)
    patched: Any = (Finder, "look_through") if place == "here" else (syntax, "load_values")
    with monkeypatch.context() as patch:

        def interrupted(*_: object, **__: object) -> None:
            raise TimeoutError

        patch.setattr(patched[0], patched[1], interrupted)
        with pytest.raises(TimeoutError):
            mine.handlers(["app.more"])
    assert [helper._process for helper in mine._team._helpers] == [None, None]
    assert [h.qualname for h in mine.handlers(["app.own"]).found] == ["own"]
    assert [h.qualname for h in mine.handlers(["app.more"]).found] == ["rows", "place", "extra"]


def test_a_file_that_is_edited_while_helpers_read(handling: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is remembered under its new content is what is found in it."""
    mine = finder(handling)
    look = Finder.look_through

    def edited(*arguments: Any, **options: Any) -> object:
        monkeypatch.setattr(Finder, "look_through", look)
        for helper in mine._team._helpers:
            assert helper._process is not None
            assert helper._process.stdout is not None
            helper._process.stdout.peek(1)  # type: ignore[attr-defined]  # so it has read its files
        text = HANDLERS["app/own.py"] + "@handles('more')\ndef other(order: dict) -> None: ...\n"
        (handling / "app/own.py").write_text(text)
        return look(*arguments, **options)

    monkeypatch.setattr(Finder, "look_through", edited)
    found = mine.handlers(list(mine.tree.sources)).found
    assert {h.qualname for h in found} >= {"own", "other"}
    assert finder(handling).handlers(list(mine.tree.sources)).found == found


def test_what_is_nested_more_deeply_than_a_helper_can_read_is_read_here(
    handling: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever has raised the limit meanwhile has raised it here."""
    text = f"from fastapi import APIRouter\n@APIRouter().get('/')\ndef deep() -> None:\n    q{'.a()' * 1600}\n"
    (handling / "app/z.py").write_text(text)
    before = sys.getrecursionlimit()
    monkeypatch.setattr(sys, "getrecursionlimit", lambda: before)
    sys.setrecursionlimit(20_000)
    try:
        found = finder(handling).handlers(["app.z"])
    finally:
        sys.setrecursionlimit(before)
    assert [h.qualname for h in found.found] == ["deep"]
    assert not found.unread


def test_functions_that_call_each_other_return_the_same_in_any_order(
    handling: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither is decided for good while the other is being looked at."""
    (handling / "app/db.py").write_text(
        "from sqlalchemy.orm import Session\ndef a(again=False):\n    if not again:\n        return Session()\n    return b()\n"
        "def b():\n    return a()\n"
    )
    texts = [f"from fastapi import APIRouter\nfrom app.db import a, b\n@APIRouter().get('/')\ndef h() -> None:\n    {c}().add(1)\n"
             for c in "ab"]  # fmt: skip
    for (one, other), processors in ((texts, 1), (texts[::-1], 1), (texts, 3)):
        share(monkeypatch, processors)
        (handling / "app/x.py").write_text(one)
        (handling / "app/y.py").write_text(other)
        mine = finder(handling)
        found = mine.handlers(["app.x", "app.y"]).found
        assert [[e.kind for e in mine.conduct(h).effects] for h in found] == [["write"], ["write"]]


def test_a_fork_of_the_run_leaves_helpers_alone(handling: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It would wait for ever for what belongs to its parent."""
    mine = finder(handling)
    mine.handlers(["app.more"])
    with monkeypatch.context() as patch:
        patch.setattr(os, "getpid", lambda: -1)
        processes_ = [helper._process for helper in mine._team._helpers]
        mine._team.stop()
    for process in processes_:
        assert process is not None
        os.kill(process.pid, signal.SIGKILL)
        assert os.waitpid(process.pid, 0)[0] == process.pid


class Text(str):
    """As some libraries put on the path."""

    __slots__ = ()


def test_odd_entries_of_the_path_do_no_harm(handling: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Python looks past those that are no texts."""
    monkeypatch.setattr(sys, "path", [*sys.path, handling, Text(handling / "app")])
    answered = noting(monkeypatch)
    assert len(finder(handling).handlers(["app.more"]).found) == 3
    assert Imports(tree_of(handling)).graph(frozenset()).rows
    assert answered
    assert all(answered)


def test_what_cannot_be_sent_is_done_here(handling: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Names of a kind of their own, from whoever configures the run."""
    mine = finder(handling)
    mine.handlers(["app.more"])
    helpers = mine._team._helpers
    assert len(mine.handlers([Text("app.more"), "app.late"]).found) == 3
    assert [helper._process for helper in helpers] == [None, None]
    answered = noting(monkeypatch)
    tree = read_tree(Project(handling, packages=(Text("app"),), roots=(".",)))
    assert Imports(tree).graph(frozenset()).rows
    assert answered
    assert not any(answered)


def test_helpers_end_with_whoever_has_asked_them(handling: Path) -> None:
    """They wait for more questions until then."""
    mine = finder(handling)
    mine.handlers(["app.more"])
    processes_ = [helper._process for helper in mine._team._helpers]
    assert [process is not None and process.poll() for process in processes_] == [None, None]
    del mine
    assert all(process is not None and process.returncode is not None for process in processes_)


def test_a_helper_that_dies_between_two_questions(handling: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What it should have answered is answered here, now and later."""
    mine = finder(handling)
    mine.handlers(["app.more"])
    for helper in mine._team._helpers:
        assert helper._process is not None
        helper._process.kill()
        helper._process.wait()
    answered = noting(monkeypatch)
    found = handlers_of(mine)
    assert answered
    assert not any(answered)
    share(monkeypatch, processors=1)
    for file in (handling / "cache").iterdir():
        file.unlink()
    assert handlers_of(finder(handling)) == found


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
        helper = Helper()
        helper.begin("time:sleep", (0,), ())
        helper.ask(())
        assert helper.answer() is None
        helper.stop()
    assert [command[1 : command.index("-c")] for command in options] == [["-I", "-S", "-B", "-Xutf8"], ["-I", "-S"]]


def test_helpers_get_ready_while_files_are_found(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nothing is remembered, and there will be enough to do."""
    monkeypatch.setattr(processes, "AHEAD", 1)
    made: list[Helper] = []
    start = Helper.__init__

    def noted(helper: Helper, *arguments: Any) -> None:
        made.append(helper)
        start(helper, *arguments)

    monkeypatch.setattr(Helper, "__init__", noted)
    answered = noting(monkeypatch)
    project = Project(root, packages=("app",), roots=(".",))
    code = read(project, cache=root / "cache")
    ready = len(made)
    rows = code.imports().rows

    assert ready == 2
    assert answered.count(True) == len(answered) >= 2
    share(monkeypatch, processors=1)
    assert {n: sorted(found) for n, found in rows.items()} == {
        n: sorted(found) for n, found in Imports(tree_of(root)).graph(frozenset()).rows.items()
    }
    share(monkeypatch)
    made.clear()
    read(project, cache=root / "cache")
    assert not made  # as it is remembered now
    for file in (root / "cache").iterdir():
        file.unlink()
    (root / "cache/handlers-1.bin").touch()
    read(project, cache=root / "cache")
    assert not made  # by a run that has asked for handlers only


def test_how_many_get_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    """As many as there will be for so many files; a fork of the run leaves them alone."""
    monkeypatch.setattr(processes, "processors", lambda: 16)
    monkeypatch.setattr(subprocess, "Popen", lambda *_, **__: None)
    ready = Ready()
    for files, expected in ((1, 0), (599, 0), (600, 1), (650, 1), (900, 2), (1200, 3), (9000, 3)):
        ready.expect(files)
        assert len(ready._helpers) == expected
    first, second = ready._helpers[:2]
    assert ready.take() is first
    with monkeypatch.context() as patch:
        patch.setattr(os, "getpid", lambda: -1)
        assert ready.take() is not second


HELD_BACK = """
import os, time
from pytest_fitness.sources.processes import taken
def answer(turns):
    deadline = time.monotonic() + 60
    while not os.path.exists(FLAG) and time.monotonic() < deadline:
        time.sleep(0.01)
    WHAT
"""
"""What a helper does that waits until this process has taken something."""

TAKES_ALL = "numbers = list(taken(turns)); return numbers, [PARTS[n] for n in numbers]"
TAKES_ONE_AND_DIES = "os.read(turns, 1); os._exit(1)"
NEVER_COMES = "time.sleep(60); os._exit(1)"
THE_LAST_COMES = f"""if os.getpid() != int(open(FLAG + '.last').read()):
        {NEVER_COMES}
    {TAKES_ALL}"""


class Turn:
    """What came of work on a hundred numbers in three processes, of which the others do *what* is said.

    Attributes:
        mine: the numbers that this process was asked for.
        found: all that were done.
        answered: for each of the others that was asked, whether it has answered.
        helpers: the others, and their processes.
    """

    def __init__(
        self, monkeypatch: pytest.MonkeyPatch, what: str, flag: Path, *, waits: int = 2, ready: Ready | None = None
    ) -> None:
        monkeypatch.setattr(processes, "processors", lambda: 3)
        monkeypatch.setattr(processes, "LEAST", 1)
        self.answered = noting(monkeypatch)
        self.mine: list[int] = []
        self.helpers: list[tuple[Helper, Any]] = []
        self.flag, self.waits = flag, waits
        begin = Helper.begin

        def begun(helper: Helper, *arguments: Any) -> None:
            self.helpers.append((helper, helper._process))
            if helper._process is not None:
                flag.with_name(f"{flag.name}.last").write_text(str(helper._process.pid))
            begin(helper, *arguments)

        def argument(parts: Sequence[Sequence[int]]) -> tuple[str]:
            code = HELD_BACK.replace("WHAT", what).replace("PARTS", repr([list(part) for part in parts]))
            return (f"(lambda names: exec({code.replace('FLAG', repr(str(flag)))!r}, names) or names['answer'])({{}})",)

        monkeypatch.setattr(Helper, "begin", begun)
        work = Work("builtins:eval", argument, self._here, lambda found: [n for part in found for n in part])
        self.found = sorted(n for found in by_turns(range(100), work, 1, ready or Ready()) for n in found)
        assert len(self.helpers) == 2
        assert all(helper._process is None for helper, _ in self.helpers)

    def _here(self, part: Sequence[int]) -> Sequence[int]:
        """Do a part when the others have answered, or are no more."""
        self.flag.touch()
        self.mine.extend(part)
        with selectors.DefaultSelector() as selector:
            for _, process in self.helpers if self.waits else ():
                if not process.stdout.closed:
                    selector.register(process.stdout, selectors.EVENT_READ)
            while len(selector.get_map()) > 2 - self.waits:
                for key, _ in selector.select():
                    selector.unregister(key.fileobj)
        self.waits = 0
        return part


FIRST = list(range(25))
"""The first part of a hundred for three."""


def test_who_is_quick_takes_more(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """All the rest, where this process is held up."""
    turn = Turn(monkeypatch, TAKES_ALL, tmp_path / "flag")
    assert turn.found == list(range(100))
    assert set(turn.answered) == {True}  # or one of them has left nothing for the other
    assert turn.mine == FIRST


def test_parts_are_given_where_there_are_no_pipes(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """To each process the same ones every time."""
    monkeypatch.setattr(processes, "CAN_HAND_ON", False)
    turn = Turn(monkeypatch, TAKES_ALL, tmp_path / "flag", waits=0)
    assert turn.found == list(range(100))
    assert turn.answered == [True, True]
    assert len(FIRST) < len(turn.mine) < 60


def test_what_a_process_has_taken_with_it_is_done_here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """It is nobody's turn any more."""
    turn = Turn(monkeypatch, TAKES_ONE_AND_DIES, tmp_path / "flag")
    assert sorted(turn.mine) == turn.found == list(range(100))
    assert turn.answered == [False, False]


def test_nobody_waits_for_those_that_come_too_late(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Everything is done already: by this process, or with another one."""
    turn = Turn(monkeypatch, NEVER_COMES, tmp_path / "flag", waits=0)
    assert turn.mine == turn.found == list(range(100))
    assert turn.answered == []
    turn = Turn(monkeypatch, THE_LAST_COMES, tmp_path / "flag", waits=1)
    assert turn.mine == FIRST
    assert turn.found == list(range(100))
    assert turn.answered == [True]


@pytest.mark.parametrize("trouble", ["none", "no pipe", "a standard stream is closed", "a fork"])
def test_processes_that_are_ready_have_turns(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, trouble: str) -> None:
    """Of their own, which nobody has used before, and which are given back; without those each has parts of its own."""
    ready = Ready()
    monkeypatch.setattr(processes, "processors", lambda: 3)
    with monkeypatch.context() as patch:
        if trouble == "no pipe":
            patch.setattr(processes, "Turns", lambda: os.open("", 0))  # an OSError
        elif trouble != "none":
            patch.setattr(processes, "STANDARD_STREAMS", 1000 if "standard" in trouble else 3)
        ready.expect(3 * processes.AHEAD)
    turns, first = ready._turns, [(helper, helper._process) for helper in ready._helpers]
    assert len(first) == 2
    assert (turns is not None) == (trouble in ("none", "a fork"))
    if trouble == "a fork":
        for helper, _ in first:
            helper.owner = -1
    turn = Turn(monkeypatch, TAKES_ALL, tmp_path / "flag", waits=2 * (turns is not None), ready=ready)
    assert turn.found == list(range(100))
    assert set(turn.answered) == {True}
    assert (turn.mine == FIRST) == (turns is not None)
    assert (turn.helpers == first) == (trouble != "a fork")
    assert (ready._helpers, ready._turns) == ([], None)
    if turns is not None and trouble == "none":
        with pytest.raises(OSError, match="Bad file descriptor"):
            os.fstat(turns.end)
    for _, process in first if trouble == "a fork" else ():
        assert process is not None
        os.kill(process.pid, signal.SIGKILL)  # it belongs to the process that this one plays to be a fork of
        os.waitpid(process.pid, 0)


def test_one_that_is_no_more_has_nothing_to_wait_for() -> None:
    """It is as good as one that has answered."""
    helpers = Helper(), Helper()
    helpers[1].stop()
    assert first_to_answer(helpers) is helpers[1]
    helpers[0].stop()


def test_who_takes_too_often_does_not_wait() -> None:
    """Another process would wait for ever."""
    turns = Turns()
    turns.give(3, takers=2)
    os.set_blocking(turns.end, False)  # an error instead
    assert [list(taken(turns.end)) for _ in range(4)] == [[0, 1, 2], [], [], []]


def test_turns_let_go_of_their_pipe() -> None:
    """When nobody takes any; also where a fork has closed it before."""
    turns = Turns()
    ends = turns.end, turns._beginning
    os.close(turns._beginning)
    del turns
    for end in ends:
        with pytest.raises(OSError, match="Bad file descriptor"):
            os.fstat(end)


def test_an_exception_between_two_processes_leaves_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C while they are started."""
    monkeypatch.setattr(processes, "processors", lambda: 3)
    started: list[Helper] = []
    start = Helper.__init__

    def noted(helper: Helper, *arguments: Any) -> None:
        if started:
            raise KeyboardInterrupt
        start(helper, *arguments)
        started.append(helper)

    monkeypatch.setattr(Helper, "__init__", noted)
    with pytest.raises(KeyboardInterrupt):
        by_turns(range(100), Work[int, None]("", lambda _: (), lambda _: None, lambda _: None), 1, Ready())
    assert [helper._process for helper in started] == [None]


def test_parts_dwindle() -> None:
    """Large ones first, in order; so that there are few, and all end together."""
    for items, count in ((range(1), 2), (range(885), 2), (range(6_725), 2), (range(6_725), 4), (range(100_000), 4)):
        parts = dwindling(items, count)
        assert [n for part in parts for n in part] == list(items)
        sizes = [len(part) for part in parts]
        assert sizes == sorted(sizes, reverse=True)
        assert max(sizes) <= max(len(items) / count, 20)
        assert len(parts) < processes.NO_MORE
    assert dwindling(range(7), 1) == [range(7)]
