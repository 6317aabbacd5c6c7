"""A process of fitness tests alone ends at once, unless somebody relies on its end."""

from __future__ import annotations

import gc
import io
import os
import sys
from collections.abc import Generator
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType

import pytest
from small_project import Project

from pytest_fitness.plugin.ending import freeze_what_is_left, is_pytest_itself, is_something_left_to_do
from pytest_fitness.plugin.options import unfreeze_at_exit
from pytest_fitness.plugin.project import FROZEN

PASS = "def test_a(codebase):\n    assert codebase.violations(Layers('api', 'domain')) == []\n"

KEPT = """
import atexit, os, zipfile
from pytest_fitness.model import codebase

codebase.MANY = -1  # freeze as with much code

class Kept:
    def __init__(self):
        self.itself = self
        self.thing = make()

{}

def pytest_addoption(pluginmanager):
    global everything
    everything = pluginmanager

def keep():
    everything.kept = Kept()

{}
"""

WHEN = {
    **{
        each: f"def pytest_{each}():\n    keep()"
        for each in ("configure", "runtest_setup", "sessionfinish", "unconfigure")
    },
    "cleanup": "def pytest_configure(config):\n    config.add_cleanup(keep)",
    "atexit": "atexit.register(keep)",
}

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


class Meta(type):
    """Two of its classes are equal, and cannot be told apart by their hash, which they do not have."""

    __hash__ = None  # type: ignore[assignment]

    def __eq__(cls, other: object) -> bool:
        """Whatever it is."""
        return True


class Named(type):
    """Its classes are equal by name."""

    def __eq__(cls, other: object) -> bool:
        """As is their hash."""
        return isinstance(other, Named) and cls.__name__ == other.__name__

    def __hash__(cls) -> int:
        """By name."""
        return hash(cls.__name__)


class Equal(Closes, metaclass=Meta):
    """Of a class like that."""


class Silent(type):
    """Its classes say nothing of themselves."""

    @property
    def __module__(cls) -> str:  # type: ignore[override]
        """Nothing."""
        raise ValueError


class Evasive(metaclass=Silent):
    """Cannot be looked at."""

    def __del__(self) -> None:
        """Do something."""


class Duck:
    """Can be written to."""

    closed = False
    readable = seekable = lambda _: False
    writable = lambda _: True  # noqa: E731
    flush = close = lambda _: None

    def write(self, text: bytes) -> int:
        """Take everything."""
        return len(text)


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
@pytest.mark.parametrize("when", WHEN.values(), ids=WHEN)
def test_what_is_written_only_at_the_end_is_written(project: Project, make: str, when: str) -> None:
    """A plugin that never closes its file gets away with it, as it does without us."""
    project.write({"conftest.py": KEPT.format(make, when)})
    project.fitness(PASS)

    project.run_apart("-m", "fitness").assert_outcomes(passed=1, deselected=1)

    assert b"all of it" in (project.pytester.path / "out").read_bytes()


@pytest.mark.usefixtures("settled")
def test_what_comes_after_the_end_of_the_run_is_looked_at() -> None:
    """All stays frozen where that has nothing left to do."""
    unfreeze_at_exit()
    assert gc.get_freeze_count() > FROZEN

    late = Closes()
    unfreeze_at_exit()

    assert gc.get_freeze_count() == 0
    assert late


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
    read, closed = tmp_path / "read", tmp_path / "closed"
    read.write_text("text")
    over, running = numbers(), (is_something_left_to_do() for _ in "1")
    assert list(over) == [1, 2]
    with closed.open("w") as shut:
        pass
    with read.open() as reading, Path(os.devnull).open("w") as device:
        kept = [io.StringIO(), io.BytesIO(), shut, reading, device, sys.__stdout__, over]

        assert list(running) == [False]
    assert kept


@pytest.mark.usefixtures("settled")
@pytest.mark.parametrize("make", [Closes, AlsoCloses, Equal], ids=["itself", "base", "odd class"])
def test_an_object_that_does_something_when_it_goes(make: type[Closes]) -> None:
    """It may be anything."""
    kept = make()
    before = gc.get_freeze_count()
    assert is_something_left_to_do()
    freeze_what_is_left()
    assert gc.get_freeze_count() == before
    del kept
    assert not is_something_left_to_do()


@pytest.mark.usefixtures("settled")
def test_an_object_that_cannot_be_looked_at() -> None:
    """Nobody can tell, so it counts."""
    kept = Evasive()
    assert is_something_left_to_do()
    del kept


@pytest.mark.usefixtures("settled")
@pytest.mark.parametrize("meta", [Meta, Named])
def test_classes_that_cannot_be_told_apart_are_waited_for(meta: type[type]) -> None:
    """One of them may have something to do."""
    kept = meta("Odd", (), {})()
    assert is_something_left_to_do()
    del kept
    assert not is_something_left_to_do()


@pytest.mark.usefixtures("settled")
def test_a_file_around_something_else() -> None:
    """What is in it is written where nobody looks."""
    wrapper = io.TextIOWrapper(Duck())  # type: ignore[type-var]
    assert is_something_left_to_do()
    wrapper.detach()
    assert is_something_left_to_do()  # nor can it be asked any more
    del wrapper
    assert not is_something_left_to_do()


@pytest.mark.usefixtures("settled")
def test_a_second_file_around_a_standard_stream() -> None:
    """Python writes out what its own one holds, no other."""
    assert sys.__stdout__ is not None
    second = io.TextIOWrapper(sys.__stdout__.buffer)
    assert is_something_left_to_do()
    second.detach()


@pytest.mark.usefixtures("settled")
def test_a_database_tidies_up() -> None:
    """Though, before Python 3.13, it has no ``__del__``."""
    sqlite3 = pytest.importorskip("sqlite3")
    kept = sqlite3.connect(":memory:")
    assert is_something_left_to_do()
    kept.close()


def test_pytest_is_the_program(monkeypatch: pytest.MonkeyPatch) -> None:
    """As a module or a script; not where a program calls it, which goes on."""
    module, script, program = (ModuleType("__main__") for _ in range(3))
    module.__spec__ = ModuleSpec("pytest.__main__", None)
    script.__file__ = "/venv/bin/pytest"
    program.__file__ = "/shop/manage.py"
    for main, expected in ((module, True), (script, True), (program, False), (ModuleType("__main__"), False)):
        monkeypatch.setitem(sys.modules, "__main__", main)
        assert is_pytest_itself() is expected


def test_a_program_that_calls_pytest_goes_on(project: Project) -> None:
    """What it writes afterwards, and leaves to its end, is written."""
    project.fitness(PASS)
    project.write(
        {
            "program.py": "import pytest\n\ndef report():\n    global out\n    out = open('out', 'w')\n    out.write('all of it')\n\n"
            "code = pytest.main(['-m', 'fitness', '-p', 'no:cacheprovider'])\nreport()\n"
        }
    )

    project.pytester.run(sys.executable, "program.py")

    assert (project.pytester.path / "out").read_text() == "all of it"


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
@pytest.mark.skipif(not hasattr(os, "openpty"), reason="there are no terminals here")
def test_a_terminal_is_looked_at_by_somebody() -> None:
    """A device, and not the one that leads nowhere."""
    reading, writing = os.openpty()
    with os.fdopen(reading), os.fdopen(writing, "w"):
        assert is_something_left_to_do()


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
