"""Handlers that are remembered between runs, for as long as they would be found again."""

from __future__ import annotations

import os
import pickle
import sys
import time
from pathlib import Path

import pytest

from pytest_fitness.errors import FitnessError
from pytest_fitness.frameworks import builtin
from pytest_fitness.model.contents import Frameworks
from pytest_fitness.model.syntax import Declaration
from pytest_fitness.rules import BoundarySchemas, FatHandlers
from pytest_fitness.sources import Project, read, remembered
from pytest_fitness.sources.syntax import Finder
from pytest_fitness.sources.tree import read_tree

API = """\
from fastapi import APIRouter
from app.schemas import Order
router = APIRouter()
@router.post("/")
def place(order: Order) -> None:
    for line in order: ...
"""
SCHEMAS = "from pydantic import BaseModel\nclass Order(BaseModel): ...\n"


@pytest.fixture(name="root")
def root_(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a project whose files have been left alone for long."""
    (tmp_path / "app").mkdir()
    (tmp_path / "cache").mkdir()
    for name, text in {"__init__": "", "api": API, "schemas": SCHEMAS}.items():
        write(tmp_path, name, text)
    monkeypatch.syspath_prepend(tmp_path)
    return tmp_path


def write(root: Path, name: str, text: str) -> None:
    (root / "app" / f"{name}.py").write_text(text)


def judge(root: Path, monkeypatch: pytest.MonkeyPatch, frameworks: Frameworks | None = None) -> tuple[list[str], int]:
    """Return what two rules say, and how often handlers were looked for."""
    looked: list[object] = []
    look = Finder._look_through

    def counted(self: Finder, names: list[str], scope: frozenset[str]) -> object:
        looked.append(names)
        return look(self, names, scope)

    monkeypatch.setattr(Finder, "_look_through", counted)
    project = Project(root, packages=("app",))
    codebase = read(project, frameworks=frameworks or Frameworks(builtin()), cache=root / "cache")
    said = [str(v) for rule in (BoundarySchemas("app"), FatHandlers("app")) for v in codebase.violations(rule)]
    monkeypatch.setattr(Finder, "_look_through", look)
    return said, len(looked)


def test_what_has_not_changed_is_not_looked_at_again(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the times of the files are; and the verdict is the same."""
    first = judge(root, monkeypatch)
    assert (len(first[0]), first[1]) == (1, 1)
    assert judge(root, monkeypatch) == (first[0], 0)

    for file in (root / "app").iterdir():
        if file.suffix == ".py":
            os.utime(file, (1, 1))
    assert judge(root, monkeypatch) == (first[0], 0)


def test_files_that_have_been_left_alone_are_not_even_read(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Size, times and inode are the same."""
    monkeypatch.setattr(time, "time_ns", lambda real=time.time_ns: real() + 10_000_000_000)
    first = judge(root, monkeypatch)
    monkeypatch.setattr("pytest_fitness.sources.tree.Source.digest", property(lambda _: pytest.fail("read")))

    assert judge(root, monkeypatch) == (first[0], 0)


@pytest.mark.parametrize("name", ["schemas", "api", "__init__", "new"])
def test_any_file_may_change_what_a_handler_is(root: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Names lead anywhere."""
    judge(root, monkeypatch)
    changed = {"schemas": "Order = dict", "api": API.replace(": Order", ": dict")}
    write(root, name, changed.get(name, "x = 1"))

    said, looked = judge(root, monkeypatch)

    assert (len(said), looked) == (2 if name in changed else 1, 1)


def test_a_module_that_is_installed_later_counts(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It was looked for in vain; later it is another version."""
    write(root, "schemas", "from somewhere_else import Base\nclass Order(Base): ...")
    judge(root, monkeypatch)
    assert judge(root, monkeypatch)[1] == 0
    elsewhere = root / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.syspath_prepend(elsewhere)
    (elsewhere / "somewhere_else.py").write_text("class Base(dict): ...")

    assert judge(root, monkeypatch)[1] == 1
    assert judge(root, monkeypatch)[1] == 0
    (elsewhere / "somewhere_else.py").write_text("from pydantic import BaseModel as Base")
    assert judge(root, monkeypatch)[1] == 1


def test_what_the_settings_say_counts(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Other settings, other handlers."""
    judge(root, monkeypatch)
    declared = Frameworks(builtin(), [Declaration("orm_bases", "app.schemas.Order", "orm")])

    said, looked = judge(root, monkeypatch, declared)

    assert (len(said), looked) == (2, 1)


class Nothing:
    """An adapter that finds nothing."""

    name = "nothing"
    hints = ("router",)
    registrations = ()
    knowledge: dict[tuple[str, str], str] = {}  # noqa: RUF012 - as somebody would write it

    def discover(self, _: object) -> list[object]:
        return []


def test_another_adapter_counts_and_one_without_a_file_is_not_remembered(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody could tell whether it has changed."""
    judge(root, monkeypatch)
    other = Frameworks((Nothing(), *builtin()))  # type: ignore[arg-type]
    assert judge(root, monkeypatch, other)[1] == 1
    assert judge(root, monkeypatch, other)[1] == 0
    monkeypatch.delattr(sys.modules[__name__], "__file__")
    assert judge(root, monkeypatch, other)[1] == 1
    assert judge(root, monkeypatch, other)[1] == 1


def test_what_was_remembered_without_conduct_is_looked_at_for_it(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that asked only what crosses."""
    project = Project(root, packages=("app",))
    codebase = read(project, frameworks=Frameworks(builtin()), cache=root / "cache")
    codebase.violations(BoundarySchemas("app"))

    said, looked = judge(root, monkeypatch)

    assert (len(said), looked) == (1, 1)


def test_a_damaged_file_is_not_believed(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor is one that holds something else."""
    judge(root, monkeypatch)
    (file,) = (root / "cache").glob("handlers-*.bin")
    file.write_bytes(file.read_bytes()[:-3])

    assert judge(root, monkeypatch)[1] == 1
    with pytest.raises(pickle.UnpicklingError, match="is no value"):
        remembered._Values(__import__("io").BytesIO(pickle.dumps(os.system))).load()


def test_a_handler_that_is_not_found_again_is_an_error_and_forgotten(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The code has changed between two questions; the next run begins anew."""
    first = judge(root, monkeypatch)
    for cache in (root / "cache", None):
        finder = Finder(read_tree(Project(root, packages=("app",))), Frameworks(builtin()), cache)
        (handler,) = finder.handlers(["app", "app.api", "app.schemas"]).found
        with pytest.raises(FitnessError, match=r"app/api\.py:5: other is not found again"):
            finder.conduct(handler._replace(qualname="other"))
        assert finder.handlers(["app", "app.api", "app.schemas"]).found == (handler,)
    assert list((root / "cache").glob("handlers-*.bin")) != []
    assert judge(root, monkeypatch)[0] == first[0]
