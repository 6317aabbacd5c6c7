"""A process of fitness tests alone ends at once, unless somebody relies on its end."""

from __future__ import annotations

import gc
import io
import os
import sys
from collections.abc import Generator
from pathlib import Path

import pytest
from small_project import Project

from pytest_fitness.plugin.ending import is_settled, is_something_left_to_do

PASS = "def test_a(codebase):\n    assert codebase.violations(Layers('api', 'domain')) == []\n"

KEPT = """
import os, zipfile
from pytest_fitness.model import codebase

codebase.MANY = -1  # freeze as with much code

class Kept:
    def __init__(self):
        self.itself = self
        self.thing = make()

{}

def pytest_{}(config):
    config.pluginmanager.register(Kept())
"""

COUNT = """
import atexit, gc

@atexit.register
def count():
    with open("count", "w") as file: file.write(str(gc.get_freeze_count()))
"""


@pytest.fixture
def settled() -> Generator[None]:
    """Only what is made from now on is looked at."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


class Closes:
    """Does something when it goes."""

    def __del__(self) -> None:
        """For example, this."""


class AlsoCloses(Closes):
    """By its base."""


def numbers() -> Generator[int]:
    """Yield two numbers."""
    yield 1
    yield 2


@pytest.mark.parametrize(
    "make",
    [
        "def make():\n    file = open('out', 'w')\n    file.write('all of it')\n    return file",
        "def make():\n    file = zipfile.ZipFile('out', 'w')\n    file.writestr('name', 'all of it')\n    return file",
        "class Late:\n    def __del__(self, write=os.write, file=os.open('out', os.O_CREAT | os.O_WRONLY)):\n"
        "        write(file, b'all of it')\n\nmake = Late",
    ],
    ids=["file", "zip", "object"],
)
@pytest.mark.parametrize("when", ["configure", "unconfigure"])
def test_what_is_written_only_at_the_end_is_written(project: Project, make: str, when: str) -> None:
    """A plugin that never closes its file gets away with it, as it does without us."""
    project.write({"conftest.py": KEPT.format(make, when)})
    project.fitness(PASS)

    project.run_apart("-m", "fitness").assert_outcomes(passed=1, deselected=1)

    assert b"all of it" in (project.pytester.path / "out").read_bytes()


@pytest.mark.parametrize("options", [["-m", "fitness"], ["-m", "fitness", "-s"], []])
def test_only_a_run_of_fitness_tests_ends_so(project: Project, options: list[str]) -> None:
    """Other tests may have left something behind."""
    project.write({"conftest.py": COUNT})
    project.fitness(PASS)

    project.run_apart(*options)

    frozen = int((project.pytester.path / "count").read_text())
    assert (frozen > 1_000) == bool(options)  # Python 3.12 starts with some


@pytest.mark.usefixtures("settled")
def test_nothing_is_left_to_do(tmp_path: Path) -> None:
    """Memory, files that nobody reads afterwards, and what is over."""
    read, closed, nameless = tmp_path / "read", tmp_path / "closed", tmp_path / "nameless"
    read.write_text("text")
    over, running = numbers(), (is_something_left_to_do() for _ in "1")
    assert list(over) == [1, 2]
    with closed.open("w") as shut:
        pass
    with read.open() as reading, Path(os.devnull).open("w") as device, nameless.open("w") as gone:
        nameless.unlink()
        kept = [io.StringIO(), io.BytesIO(), shut, reading, device, gone, sys.__stdout__, over]

        assert list(running) == [False]
    assert kept


@pytest.mark.usefixtures("settled")
@pytest.mark.parametrize("make", [Closes, AlsoCloses], ids=["itself", "base"])
def test_an_object_that_does_something_when_it_goes(make: type[Closes]) -> None:
    """It may be anything."""
    kept = make()
    assert is_something_left_to_do()
    assert not is_settled()
    del kept
    assert not is_something_left_to_do()


@pytest.mark.usefixtures("settled")
@pytest.mark.parametrize("mode", ["w", "wb", "a", "r+"])
def test_a_file_that_is_open(tmp_path: Path, mode: str) -> None:
    """However it is written to."""
    (tmp_path / "out").touch()
    with (tmp_path / "out").open(mode):
        assert is_something_left_to_do()
    assert not is_something_left_to_do()


@pytest.mark.usefixtures("settled")
def test_a_file_that_was_closed_below_it(tmp_path: Path) -> None:
    """Nothing can be written any more."""
    descriptor = os.open(tmp_path / "out", os.O_CREAT | os.O_WRONLY)
    kept = io.FileIO(descriptor, "w", closefd=False)
    assert is_something_left_to_do()
    os.close(descriptor)
    assert not is_something_left_to_do()
    assert not kept.closed


@pytest.mark.usefixtures("settled")
def test_a_pipe_is_read_by_somebody() -> None:
    """It has no name, either, but another end."""
    reading, writing = os.pipe()
    with os.fdopen(reading), os.fdopen(writing, "w"):
        assert is_something_left_to_do()


@pytest.mark.usefixtures("settled")
def test_a_generator_that_waits() -> None:
    """It may have something to do at its end."""
    waiting = numbers()
    assert next(waiting) == 1
    assert is_something_left_to_do()
    waiting.close()
    assert not is_something_left_to_do()


@pytest.mark.usefixtures("settled")
def test_what_was_looked_at_is_not_looked_at_again() -> None:
    """It stays as it is."""
    before = gc.get_freeze_count()
    kept = [[n] for n in range(1_000)]
    assert is_settled()
    assert gc.get_freeze_count() >= before + len(kept)
    assert len(gc.get_objects()) < len(kept)
