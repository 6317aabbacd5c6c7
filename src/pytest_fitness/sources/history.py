"""What git says has changed."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

from pytest_fitness.errors import NotJudgedError

HUNK = r"^@@ -\d+(?:,(\d+))? \+(\d+)(?:,(\d+))? @@"

ELSEWHERE = ("GIT_DIR", "GIT_WORK_TREE", "GIT_COMMON_DIR", "GIT_INDEX_FILE", "GIT_PREFIX")
"""Git sets these in hooks, for the place that it was called in."""


def changed_lines(rootdir: Path, against: str) -> Mapping[str, frozenset[int]]:
    """Return the numbers of the lines that are new or different since the branch left *against*, by real path.

    What is not committed counts, files that git does not track yet among it.

    Raises:
        NotJudgedError: there is no git, no repository, or not enough history.
    """
    top = Path(git(rootdir, "rev-parse", "--show-toplevel").strip())
    base = merge_base(rootdir, against, f"the lines changed since {against}")
    options = (
        "-U0",
        "--inter-hunk-context=0",
        "--text",
        "--no-color",
        "--no-ext-diff",
        "--no-prefix",
        "--find-renames",
    )
    found: dict[str, set[int]] = {}
    path = ""
    within = 0  # so many lines of a hunk are still to come, whatever they look like
    for line in git(top, "-c", "core.quotePath=off", "diff", *options, "--diff-filter=ACMRT", base, "--").split("\n"):
        if within:
            within -= not line.startswith("\\")
        elif line.startswith("+++ "):
            path = str((top / line[4:].rstrip("\t").strip('"')).resolve())
        elif (match := re.match(HUNK, line)) and path:
            start, count = int(match[2]), int(match[3] or 1)
            within = int(match[1] or 1) + count
            found.setdefault(path, set()).update(range(start, start + count))
    for name in git(top, "ls-files", "--others", "--exclude-standard", "-z", "*.py").split("\0"):
        file = top / name
        if name and file.is_file():
            count = len(file.read_bytes().splitlines())
            found[str(file.resolve())] = set(range(1, count + 1))
    return {path: frozenset(lines) for path, lines in found.items()}


def merge_base(rootdir: Path, against: str, what: str) -> str:
    """Return the commit at which HEAD left *against*.

    Raises:
        NotJudgedError: there is no git, no repository, or not enough history to tell *what*.
    """
    git(rootdir, "rev-parse", "--show-toplevel", what=what)
    try:
        git(rootdir, "rev-parse", "--verify", "--quiet", f"{against}^{{commit}}")
        return git(rootdir, "merge-base", against, "HEAD").strip()
    except NotJudgedError:
        shallow = git(rootdir, "rev-parse", "--is-shallow-repository").strip() == "true"
        why = "this clone is shallow" if shallow else "there is no such commit here, or no common one"
        hint = (
            "fetch more history (actions/checkout: `fetch-depth: 0`)" if shallow else "`git fetch` it, or name another"
        )
        raise NotJudgedError(f"{what} cannot be told: {why}; {hint}") from None


def git(
    directory: Path, *arguments: str, given: Mapping[str, str] | None = None, what: str = "the changed lines"
) -> str:
    """Return what git says.

    Args:
        directory: where it is called.
        arguments: its arguments.
        given: variables of its environment.
        what: what cannot be told without it, for the message.

    Raises:
        NotJudgedError: there is no git, or it fails.
    """
    import subprocess

    environment = {name: value for name, value in os.environ.items() if name not in ELSEWHERE} | dict(given or {})
    try:
        done = subprocess.run(  # noqa: S603 - git, with our own arguments
            ["git", *arguments],  # noqa: S607 - wherever it is
            cwd=directory,
            env=environment,
            capture_output=True,
            check=False,
        )
    except OSError:
        raise NotJudgedError(f"{what} cannot be told: there is no git") from None
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip()
        raise NotJudgedError(f"{what} cannot be told: git says {said!r}")
    return done.stdout.decode("utf-8", "replace")  # line ends as they are: the counts of a hunk are by newlines
