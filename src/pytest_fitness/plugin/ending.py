"""How a process ends that has run nothing but fitness tests: at once, where nothing in it has anything left to do.

pytest and Python look through everything that is alive four times, and then take it apart. That is a sixth of a run on a
small project, and more on a large one. Who has left a file open relies on it: what he has written may be on disk only then.
"""

from __future__ import annotations

import gc
import io
import os
import stat
import sys
from itertools import compress
from types import GeneratorType

PLAIN_FILES = (io.StringIO, io.BytesIO, io.TextIOWrapper, io.BufferedReader, io.BufferedWriter, io.BufferedRandom)
"""What is in them is in memory only, or in a file around which they are, which is found by itself."""

OF_PYTEST = ("_pytest.", "pluggy.")


def is_settled() -> bool:
    """Leave everything as it is from now on, and say so; not where something would be lost by that."""
    if is_something_left_to_do():
        return False
    gc.freeze()
    return True


def is_something_left_to_do() -> bool:
    """Whether something does something when it goes, of all that was not settled before; Python tells by ``__del__``."""
    alive = gc.get_objects()
    kinds = {kind for kind in set(map(type, alive)) if any("__del__" in vars(base) for base in kind.__mro__)}
    return any(map(_matters, compress(alive, map(kinds.__contains__, map(type, alive)))))


def _matters(one: object) -> bool:
    if isinstance(one, GeneratorType):
        if one.gi_running or one.gi_frame is None:
            return False
        return not str(one.gi_frame.f_globals.get("__name__")).startswith(OF_PYTEST)
    if type(one) is io.FileIO:
        return not (one.closed or not one.writable() or _is_standard(one)) and _is_kept(one.fileno())
    return type(one) not in PLAIN_FILES and not str(type(one).__module__).startswith(OF_PYTEST)


def _is_standard(file: io.FileIO) -> bool:
    """Whether Python itself writes to the end what was written to *file*."""
    buffers = [getattr(stream, "buffer", None) for stream in (sys.__stdout__, sys.__stderr__)]
    return any(file is getattr(buffer, "raw", buffer) for buffer in buffers)  # unbuffered, it is the file


def _is_kept(descriptor: int) -> bool:
    """Whether somebody will read what is written: not on a device, nor in a file without a name, as pytest captures output in."""
    try:
        status = os.fstat(descriptor)
    except OSError:  # somebody has closed it
        return False
    return not stat.S_ISCHR(status.st_mode) and status.st_nlink > 0
