"""What the installed, unused plugin costs a plain pytest run: with it and without it, in turns, in one process tree.

Prints user and system time: the least of all runs, which a busy machine disturbs least, and the median. Run it with and
without ``PYTHONDONTWRITEBYTECODE=1``: without cached bytecode every run compiles the plugin anew.
"""

import os
import resource
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROUNDS = 40
WAYS = {"without": ["-p", "no:fitness"], "with": []}


def seconds(directory: str, options: list[str]) -> float:
    """Return the processor time of one run of one trivial test."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *options]
    subprocess.run(command, cwd=directory, stdout=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    """Measure and print."""
    os.environ.pop("PYTEST_ADDOPTS", None)
    times: dict[str, list[float]] = {way: [] for way in WAYS}
    with tempfile.TemporaryDirectory() as directory:
        Path(directory, "test_nothing.py").write_text("def test_nothing(): ...\n")
        for number in range(-2, ROUNDS):  # the first two rounds fill caches
            for way, options in WAYS.items():
                taken = seconds(directory, options)
                if number >= 0:
                    times[way].append(taken)
    for name, pick in {"least": min, "median": statistics.median}.items():
        without, with_plugin = pick(times["without"]), pick(times["with"])
        print(
            f"{name:6} of {ROUNDS}: {without * 1000:6.1f} ms without, {with_plugin * 1000:6.1f} ms with the plugin: "
            f"{with_plugin / without - 1:+.1%}"
        )


if __name__ == "__main__":
    main()
