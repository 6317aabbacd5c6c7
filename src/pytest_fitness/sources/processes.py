"""Work on many files that other processes take a part of, where there are processors for them.

A helper is another Python that runs one function of ours on plain values: not a fork, which is unsafe beside the threads that
a test run may have, and not `multiprocessing`, which would import the main module again. It sees the standard library and the
directories that our own packages come from, in this order, and nothing of the project. Whatever goes wrong with one, its part
is done here, so that an error is raised where it would be without helpers.
"""

from __future__ import annotations

import contextlib
import importlib.util
import io
import marshal
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO, Any, TypeVar

T = TypeVar("T")
Result = TypeVar("Result")

ENOUGH = 300
"""Items that are worth another process."""

AHEAD = 300
"""Items that this process has done before another one begins, which has to be started, and told what there is."""

MOST = 4
"""Processes, this one included: reading does not get much faster with more."""

PACKAGES = ("pytest_fitness", "grimp")
"""What a helper may import beside the standard library."""

START = """
import gc, marshal, os, sys
gc.disable()  # nothing is let go of before the end
version, path, *call = marshal.loads(sys.stdin.buffer.read())
if version != sys.version:
    sys.exit("another Python, which may see another language")
sys.path += path
from pytest_fitness.sources.processes import answer
answer(*call, sys.stdout.buffer)
os._exit(0)
"""


def spread(
    items: Sequence[T],
    here: Callable[[Sequence[T]], Result],
    there: tuple[str, Callable[[Sequence[T]], Any]],
    back: Callable[[Any], Result],
) -> list[Result]:
    """Return what *here* makes of the items, in as many parts as there are processes to work on them.

    Args:
        items: what there is to do.
        here: does some of it in this process.
        there: module and name of the function that does the same in another, and what makes its argument; plain values.
        back: turns what it returns, plain values as well, into what *here* would have returned.
    """
    function, argument = there
    own, *others = shares(items)
    helpers = [Helper(function, argument(share)) for share in others]
    try:
        results = [here(own)]
        for helper, share in zip(helpers, others, strict=True):
            answered = helper.result()
            results.append(here(share) if answered is None else back(answered[0]))
    finally:
        for helper in helpers:
            helper.stop()
    return results


def shares(items: Sequence[T]) -> list[Sequence[T]]:
    """Return *items* in parts: the first one, which is larger, for this process, since it need not be started."""
    count = min(processors(), MOST, (len(items) - AHEAD) // ENOUGH + 1)
    if count < 2 or not _can_be_started():
        return [items]
    rest = items[AHEAD:]
    return [[*items[:AHEAD], *rest[::count]], *(rest[n::count] for n in range(1, count))]


def processors() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1  # pragma: no cover - not on Linux


def _can_be_started() -> bool:
    """Whether ``sys.executable`` is Python, and no application that Python is part of."""
    return "python" in Path(sys.executable or "").name.lower() and not getattr(sys, "frozen", False)


class Helper:
    """Another Python at work on one call.

    Args:
        function: ``module:name`` of the function to call.
        argument: its argument; plain values.
    """

    def __init__(self, function: str, argument: Any) -> None:
        options = [
            "-I",
            "-S",
            *(["-B"] if sys.dont_write_bytecode else []),
            *(["-Xutf8"] if sys.flags.utf8_mode else []),
        ]
        self._output: IO[bytes] = io.BytesIO()
        self._process: subprocess.Popen[bytes] | None = None
        with contextlib.suppress(OSError), tempfile.TemporaryFile() as given:  # a pipe wants both ends at once
            marshal.dump((sys.version, _path(), function, argument), given)
            given.seek(0)
            self._output = tempfile.TemporaryFile()  # noqa: SIM115 - closed by `stop`
            self._process = subprocess.Popen(  # noqa: S603 - our own code
                [sys.executable, *options, "-c", START], stdin=given, stdout=self._output, stderr=subprocess.DEVNULL
            )

    def result(self) -> tuple[Any] | None:
        """Wait for the answer; None where there is none."""
        if self._process is None or self._process.wait() != 0:
            return None
        self._output.seek(0)
        try:
            return (marshal.loads(self._output.read()),)  # noqa: S302 - what our own code has just written
        except EOFError:  # or whatever it was that was started
            return None

    def stop(self) -> None:
        """Let go of the process, whatever it is doing."""
        if self._process is not None and self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        self._output.close()


def answer(function: str, argument: Any, output: IO[bytes]) -> None:
    """Do what a helper is asked for; runs in the helper, as the last thing that it does."""
    module, _, name = function.partition(":")
    marshal.dump(getattr(importlib.import_module(module), name)(argument), output)
    output.flush()


def _path() -> list[str]:
    """The directories in which our own packages are."""
    found = (importlib.util.find_spec(name) for name in PACKAGES)
    return list(dict.fromkeys(os.path.dirname(os.path.dirname(spec.origin)) for spec in found if spec and spec.origin))
