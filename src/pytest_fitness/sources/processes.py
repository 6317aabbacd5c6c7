"""Work on many files that other processes take a part of, where there are processors for them.

A helper is another Python that answers one sort of question about its part, in plain values: not a fork, which is unsafe beside
the threads that a test run may have, and not `multiprocessing`, which would import the main module again. It sees the
standard library and the directories that our own packages come from, in this order, and nothing of the project. Whatever goes
wrong with one, its part is done here, so that an error is raised where it would be without helpers.
"""

from __future__ import annotations

import contextlib
import importlib.util
import marshal
import os
import sys
import weakref
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar

if TYPE_CHECKING:
    import subprocess

T = TypeVar("T")
Result = TypeVar("Result")

MOST = 4
"""Processes, this one included: reading does not get much faster with more."""

AHEAD = 300
"""Files whose imports are read in the time in which another process can be started."""

NEEDED = (f"{__package__}.file_reader", "grimp.application.scanning")
"""What a helper that reads imports needs, in the order in which it needs it."""

PACKAGES = ("pytest_fitness", "grimp")
"""What a helper may import beside the standard library."""

SIZE = 8
"""Bytes before each message, that say how long it is."""

CAN_HAND_ON = os.name == "posix"

STANDARD_STREAMS = 3

NO_MORE = 255
"""Who takes this turn has taken the last one."""

SPREAD = 1.3
"""Each part is this much smaller than a fair share of what is left would be, so that all are done at about the same time."""

LEAST = 20
"""Files in a part: fewer would cost more to begin than to wait for."""

SMALLEST = 80
"""No part but the last one is smaller than all files divided by this."""

START = """
import gc, marshal, os, select, sys
gc.disable()  # nothing is let go of before the end
sys.path += sys.argv[1:]
for module in {modules}:  # what it will need, while there is no question yet
    if os.name == "posix" and select.select([sys.stdin], [], [], 0)[0]:
        break
    __import__(module)
receive = lambda: marshal.loads(sys.stdin.buffer.read(int.from_bytes(sys.stdin.buffer.read({size}) or os._exit(0), "big")))
file = receive()
with open(file, "rb") as opened:
    version, limit, module, name, argument, question = marshal.loads(opened.read())
os.unlink(file)  # nobody else may be left to do it
if version != sys.version:
    sys.exit("another Python, which may see another language")
sys.setrecursionlimit(limit)
answer = getattr(__import__(module, fromlist=[name]), name)(*argument)
while True:
    data = marshal.dumps(answer(*question))
    sys.stdout.buffer.write(len(data).to_bytes({size}, "big") + data)
    sys.stdout.flush()
    question = receive()  # or ends without tidying up, which takes long
"""


class Turns:
    """Numbers of parts of some work, each of which is for the process that takes it: who is quick takes more of them.

    They are bytes in a pipe, of which one read takes one.

    Raises:
        OSError: there is no room for a pipe, or only in the place of a standard stream, which is another one in other processes.
    """

    def __init__(self) -> None:
        ends = os.pipe()
        self._close, self._close_beginning = (weakref.finalize(self, _close, end) for end in ends)
        if min(ends) < STANDARD_STREAMS:
            self.close()
            raise OSError("a standard stream is closed")
        self.end, self._beginning = ends

    def give(self, count: int, takers: int) -> None:
        """Let *takers* processes, this one included, take the numbers below *count*, once and for all."""
        os.write(self._beginning, bytes([*range(count), *[NO_MORE] * takers]))
        self._close_beginning()

    def close(self) -> None:
        """Let go of the pipe."""
        self._close()
        self._close_beginning()


def taken(turns: int | Iterable[int]) -> Iterator[int]:
    """Yield the numbers that this process takes, from the end of the pipe of `Turns`; where there is none, they are given."""
    if not isinstance(turns, int):
        yield from turns
        return
    while (number := os.read(turns, 1)) and number[0] != NO_MORE:
        yield number[0]


class Ready:
    """Processes that are started before it is known what they will be asked: that takes as long as it takes to find the files."""

    def __init__(self) -> None:
        self._helpers: list[Helper] = []
        self._stop = weakref.finalize(self, _stop, self._helpers)
        self._enough = 2 * AHEAD
        self._turns: Turns | None = None

    def expect(self, files: int) -> None:
        """Start as many as there will be to read the imports of so many *files* at least."""
        if files >= self._enough:
            self._enough = files + AHEAD
            if not self._helpers:
                self._turns = _turns()
            while len(self._helpers) + 1 < crew(files, AHEAD):
                self._helpers.append(Helper(NEEDED, self._turns))

    def take(self) -> Helper:
        """Return one that is ready, or a new one."""
        helper = self._helpers.pop(0) if self._helpers else Helper()
        if helper.owner == os.getpid():
            return helper
        helper.stop()
        return Helper()

    def take_all(self, count: int, into: list[Helper]) -> Turns | None:
        """Put *count* of them *into* a list, new ones where there are not enough; return their turns."""
        if any(helper.owner != os.getpid() for helper in self._helpers):
            _stop(self._helpers)
            self._helpers.clear()
        turns, self._turns = self._turns if self._helpers else _turns(), None
        while len(into) < count:
            into.append(self._helpers.pop(0) if self._helpers else Helper((), turns))
        return turns


def _turns() -> Turns | None:
    """Turns, where a process can hand on the end of a pipe, and has room for one."""
    with contextlib.suppress(OSError):
        return Turns() if CAN_HAND_ON else None
    return None


def _close(end: int) -> None:
    with contextlib.suppress(OSError):  # a fork of the run may have closed everything
        os.close(end)


class Team(Generic[T]):
    """Processes that share the work on some items, this one included. The others wait for questions until it is let go of.

    Args:
        items: what there is to work on; what stands together stays together.
        function: ``module:name`` of the function that is called in each of the others, and returns what answers questions.
        argument: makes its arguments of a part of the items; plain values.
        ahead: how many items this process has done before another one begins, which has to be started, and told what
            there is; with fewer than so many for it, it is not worth it.
        ready: processes that are started already.
    """

    def __init__(
        self,
        items: Sequence[T],
        function: str,
        argument: Callable[[Sequence[T]], tuple[Any, ...]],
        ahead: int,
        ready: Ready | None = None,
    ) -> None:
        self._own, *self._others = shares(items, ahead)
        self._function = function
        self._argument: Callable[[Sequence[T]], tuple[Any, ...]] | None = argument
        self._ready = ready or Ready()
        self._helpers: list[Helper] = []
        self.stop = weakref.finalize(self, _stop, self._helpers)

    def ask(
        self,
        question: tuple[Any, ...],
        here: Callable[[Sequence[T]], Result],
        back: Callable[[Any], Result | None],
    ) -> list[Result]:
        """Return the answers about all items, in as many parts as there are processes.

        Args:
            question: for the others; plain values.
            here: answers it in this process.
            back: turns what another answers, plain values as well, into what *here* would have; None where that is no good.
        """
        argument, self._argument = self._argument, None  # it may hold whoever holds this
        try:
            for helper in self._helpers:
                helper.ask(question)
            if argument is not None:
                for share in self._others:
                    self._helpers.append(self._ready.take())
                    self._helpers[-1].begin(self._function, argument(share), question)
            results = [here(self._own)]
            for helper, share in zip(self._helpers, self._others, strict=True):
                answered = helper.answer()
                result = back(answered[0]) if answered is not None else None
                if result is None:
                    helper.stop()  # its next answer would be no better
                    result = here(share)
                results.append(result)
        except BaseException:
            _stop(self._helpers)  # an answer that nobody has read would be taken for the one to the next question
            raise
        return results


class Work(NamedTuple, Generic[T, Result]):
    """What there is to do with some items.

    Attributes:
        function: ``module:name`` of the function that is called in each of the other processes. What it returns is asked with the
            turns to take, and answers with the numbers of the parts that it has taken, and with what it has found.
        argument: makes its arguments of all parts of the items; plain values.
        here: finds it in this process, in one part.
        back: turns what another has found, plain values as well, into what *here* would have.
    """

    function: str
    argument: Callable[[Sequence[Sequence[T]]], tuple[Any, ...]]
    here: Callable[[Sequence[T]], Result]
    back: Callable[[Any], Result]


def by_turns(items: Sequence[T], work: Work[T, Result], ahead: int, ready: Ready) -> list[Result]:
    """Return the results about all *items*, from processes that take part after part of them until none is left.

    Args:
        items: what there is to work on, well mixed: each part of it should take as long as its length says.
        work: what is to be done.
        ahead: how many items this process has done before another one is ready.
        ready: processes that are started already.
    """
    count = crew(len(items), ahead)
    if count == 1:
        return [work.here(items)]
    parts = dwindling(items, count)
    left = dict(enumerate(parts))
    results: list[Result] = []
    helpers: list[Helper] = []
    turns: Turns | None = None
    try:
        turns = ready.take_all(count - 1, helpers)
        if turns is not None:
            turns.give(len(parts), count)
        argument = work.argument(parts)
        for n, helper in enumerate(helpers):
            given = list(range(n + 1, len(parts), count)) if turns is None else turns.end
            helper.begin(work.function, argument, (given,))
        own = range(0, len(parts), count) if turns is None else turns.end
        results += [work.here(left.pop(number)) for number in taken(own)]
        waiting = list(helpers)
        while waiting and left:  # who has not begun yet will find nothing to take
            waiting.remove(helper := first_to_answer(waiting) if turns is not None else waiting[0])
            if (answered := helper.answer()) is not None:
                numbers, found = answered[0]
                results.append(work.back(found))
                for number in numbers:
                    del left[number]
    finally:
        _stop(helpers)
        if turns is not None:
            turns.close()
    return [*results, *map(work.here, left.values())]


def first_to_answer(helpers: Sequence[Helper]) -> Helper:
    """Wait until one of *helpers* has begun to answer, or has ended; return it."""
    import selectors

    with selectors.DefaultSelector() as selector:
        for helper in helpers:
            if helper.answers is None:
                return helper
            selector.register(helper.answers, selectors.EVENT_READ, helper)
        found: Helper = selector.select()[0][0].data
        return found


def crew(files: int, ahead: int) -> int:
    """Return how many processes work on so many *files*, this one included."""
    count = min(processors(), MOST, files // ahead)
    return count if count > 1 and _can_be_started() else 1


def dwindling(items: Sequence[T], count: int) -> list[Sequence[T]]:
    """Return *items* in parts for *count* processes, large ones first."""
    least = max(LEAST, len(items) // SMALLEST)
    parts: list[Sequence[T]] = []
    while len(items):
        size = max(least, int(len(items) / (SPREAD * count)))
        parts.append(items[:size])
        items = items[size:]
    return parts


def shares(items: Sequence[T], ahead: int) -> list[Sequence[T]]:
    """Return *items* in parts of what stands together, the first for this process: the largest, as others have to be started."""
    count = crew(len(items), ahead)
    each = (len(items) - ahead) // count
    return [items[: len(items) - each * (count - 1)], *(items[-each * n :][:each] for n in range(count - 1, 0, -1))]


def processors() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1  # pragma: no cover - not on Linux


def _can_be_started() -> bool:
    """Whether ``sys.executable`` is Python, and no application that Python is part of."""
    return "python" in Path(sys.executable or "").name.lower() and not getattr(sys, "frozen", False)


class Helper:
    """Another Python, that gets ready to be told what it is for.

    Args:
        modules: what it will need, but can do without.
        turns: what it may be asked to take.
    """

    def __init__(self, modules: Sequence[str] = (), turns: Turns | None = None) -> None:
        import subprocess  # the others need it not

        options = ["-I", "-S", *(["-B"] * sys.dont_write_bytecode), *(["-Xutf8"] * sys.flags.utf8_mode)]
        self._file = ""
        self._process: subprocess.Popen[bytes] | None = None
        self.owner = os.getpid()
        with contextlib.suppress(Exception):  # no processes here
            self._process = subprocess.Popen(  # noqa: S603 - our own code
                [sys.executable, *options, "-c", START.format(modules=tuple(modules), size=SIZE), *_path()],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                pass_fds=[] if turns is None else [turns.end],
                env={**os.environ, "RAYON_NUM_THREADS": "1"},  # grimp's: there are as many processes as processors
            )

    def begin(self, function: str, argument: tuple[Any, ...], question: tuple[Any, ...]) -> None:
        """Say what it is for.

        Args:
            function: ``module:name`` of what is called first, and returns a function that answers questions.
            argument: its arguments; plain values.
            question: the first one.
        """
        import tempfile

        module, _, name = function.partition(":")
        with contextlib.suppress(Exception):  # no place for the file, no plain values
            handle, self._file = tempfile.mkstemp(prefix="pytest-fitness-")
            with open(handle, "wb") as file:  # a pipe would make this process wait for the other
                marshal.dump((sys.version, sys.getrecursionlimit(), module, name, argument, question), file)
            self._send(self._file)
            return
        self.stop()

    def ask(self, question: tuple[Any, ...]) -> None:
        """Ask another question, when the one before is answered."""
        try:
            self._send(question)
        except (OSError, ValueError):  # it has ended, or these are no plain values; nobody may wait for an answer
            self.stop()

    def _send(self, message: Any) -> None:
        if self._process is not None and self._process.stdin is not None:
            data = marshal.dumps(message)
            self._process.stdin.write(len(data).to_bytes(SIZE, "big") + data)
            self._process.stdin.flush()

    def answer(self) -> tuple[Any] | None:
        """Wait for the answer; None where there is none."""
        if self.answers is None:
            return None
        size = self.answers.read(SIZE)
        data = self.answers.read(int.from_bytes(size, "big")) if len(size) == SIZE else b""
        self._forget_file()
        try:
            return (marshal.loads(data),)  # noqa: S302 - what our own code has just written
        except (EOFError, ValueError, TypeError):  # it has ended, or was something else
            self.stop()
            return None

    @property
    def answers(self) -> IO[bytes] | None:
        """Where its answers come from; None where it is no more."""
        return self._process.stdout if self._process is not None else None

    def stop(self) -> None:
        """Let go of the process, whatever it is doing."""
        self._forget_file()
        process, self._process = self._process, None
        if process is not None and os.getpid() != self.owner:
            process.returncode = 0  # a fork of the run does not own it, and would wait for ever
            for stream in filter(None, (process.stdin, process.stdout)):
                stream.close()
        elif process is not None:
            process.kill()
            process.communicate()

    def _forget_file(self) -> None:
        with contextlib.suppress(OSError):
            os.unlink(self._file)


def _stop(helpers: Iterable[Helper]) -> None:
    for helper in helpers:
        helper.stop()


def _path() -> list[str]:
    """The directories in which our own packages are."""
    found = (importlib.util.find_spec(name) for name in PACKAGES)
    return list(dict.fromkeys(os.path.dirname(os.path.dirname(spec.origin)) for spec in found if spec and spec.origin))
