"""What the installed, unused plugin costs a plain pytest run: with it and without it, in turns, in one process tree.

Prints the medians of user and system time, which a busy machine disturbs less than the clock, and their ratio.
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
    medians = {way: statistics.median(values) for way, values in times.items()}
    differences = [b - a for a, b in zip(times["without"], times["with"], strict=True)]
    for way, median in medians.items():
        print(f"{way:8} {median * 1000:7.1f} ms of processor time, median of {ROUNDS}")
    extra = statistics.median(differences)
    print(f"extra    {extra * 1000:7.1f} ms, median of the differences: {extra / medians['without']:.1%}")


if __name__ == "__main__":
    main()
