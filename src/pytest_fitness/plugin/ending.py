"""How pytest ends that has run nothing but fitness tests: at once, where nothing in the process has anything left to do.

pytest and Python look through everything that is alive four times, and then take it apart. That is a sixth of a run on a
small project, and more on a large one. `gc.freeze` leaves all circles of objects as they are. Who keeps a file open in one
relies on the end, though: what was written may be on disk only then. So nothing is frozen where such an object is alive.
"""

from __future__ import annotations

import gc
import io
import os
import stat
import sys
from collections.abc import Collection
from itertools import compress
from operator import attrgetter
from types import GeneratorType

PROGRAMS = ("pytest", "py.test", "pytest.__main__")
AROUND: dict[type, str] = {io.TextIOWrapper: "buffer", io.BufferedWriter: "raw", io.BufferedRandom: "raw"}
"""Files around others, and the attribute that holds these."""

IN_MEMORY = (io.StringIO, io.BytesIO, io.BufferedReader)
FILES = (*AROUND, *IN_MEMORY, io.FileIO)
OF_PYTEST = ("_pytest.", "pluggy.")
EQUALITY = attrgetter("__eq__", "__hash__")


def freeze_what_is_left() -> None:
    """Freeze everything alive, where pytest is the whole program and nothing would be lost by that."""
    if is_pytest_itself() and not is_something_left_to_do():
        gc.freeze()


def is_pytest_itself() -> bool:
    """Whether the process ends with pytest, rather than that another program has called it."""
    main = sys.modules["__main__"]
    spec = getattr(main, "__spec__", None)
    name = spec.name if spec else os.path.basename(str(getattr(main, "__file__", "")))
    return name in PROGRAMS


def is_something_left_to_do() -> bool:
    """Whether something alive, and not frozen, does something when it goes, as Python tells by ``__del__``."""
    alive = gc.get_objects()
    try:
        types = list(map(type, alive))
        kinds = set(types)
        if any(EQUALITY(meta) != EQUALITY(type) for meta in set(map(type, kinds))):
            return True  # one of two classes that are not the same may stand for both
        database = getattr(sys.modules.get("_sqlite3"), "Connection", None)  # tidies up without saying so
        telling = {kind for kind in kinds if kind is database or any("__del__" in vars(b) for b in kind.__mro__)}
        found = list(compress(alive, map(telling.__contains__, types)))
        standard = _standard()
        settled = standard | {
            id(part) for one in found if _is_of_pytest(one) for part in (one, getattr(one, "buffer", None))
        }
        return any(_matters(one, standard) for one in found if id(one) not in settled)
    except Exception:  # noqa: BLE001 - objects of others, which may do anything
        return True


def _matters(one: object, standard: Collection[int]) -> bool:
    """Whether *one*, which has a ``__del__``, may do anything by it."""
    if type(one) is GeneratorType:
        frame = None if one.gi_running else one.gi_frame
        return frame is not None and not str(frame.f_globals.get("__name__")).startswith(OF_PYTEST)
    if type(one) is io.FileIO:
        return not one.closed and one.writable() and not _is_nowhere(one.fileno())
    if type(one) in AROUND:
        inner = getattr(one, AROUND[type(one)])
        return type(inner) not in FILES or id(inner) in standard  # otherwise, it is looked at by itself
    return type(one) not in IN_MEMORY


def _is_of_pytest(one: object) -> bool:
    return str(type(one).__module__).startswith(OF_PYTEST)


def _standard() -> set[int]:
    """The standard streams and what they are made of: Python itself writes out what they hold."""
    streams = [sys.__stdin__, sys.__stdout__, sys.__stderr__]
    buffers = [getattr(stream, "buffer", None) for stream in streams]
    return {id(each) for each in (*streams, *buffers, *(getattr(buffer, "raw", None) for buffer in buffers))} - {
        id(None)
    }


def _is_nowhere(descriptor: int) -> bool:
    """Whether what is written is for nobody."""
    try:
        status = os.fstat(descriptor)
    except OSError:  # somebody has closed it
        return True
    return stat.S_ISCHR(status.st_mode) and status.st_rdev == os.stat(os.devnull).st_rdev
