"""What git says has changed."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Mapping
from pathlib import Path

from pytest_fitness.errors import NotJudgedError

HUNK = re.compile(r"^@@ -\S+ \+(\d+)(?:,(\d+))? @@")


def changed_lines(rootdir: Path, against: str) -> Mapping[str, frozenset[int]]:
    """Return the numbers of the lines that are new or different since the branch left *against*, by real path.

    What is not committed counts, files that git does not track yet among it.

    Raises:
        NotJudgedError: there is no git, no repository, or not enough history.
    """
    top = Path(_git(rootdir, "rev-parse", "--show-toplevel").strip())
    try:
        _git(rootdir, "rev-parse", "--verify", "--quiet", f"{against}^{{commit}}")
        base = _git(rootdir, "merge-base", against, "HEAD").strip()
    except NotJudgedError:
        shallow = _git(rootdir, "rev-parse", "--is-shallow-repository").strip() == "true"
        why = "this clone is shallow" if shallow else "there is no such commit here, or no common one"
        hint = (
            "fetch more history (actions/checkout: `fetch-depth: 0`)" if shallow else "`git fetch` it, or name another"
        )
        raise NotJudgedError(f"the lines changed since {against} cannot be told: {why}; {hint}") from None
    options = ("-U0", "--no-color", "--no-ext-diff", "--find-renames", "--diff-filter=ACMR", "--no-prefix")
    found: dict[str, set[int]] = {}
    path = ""
    for line in _git(top, "-c", "core.quotePath=off", "diff", *options, base, "--").split("\n"):
        if line.startswith("+++ "):
            path = str((top / line[4:].rstrip("\t").strip('"')).resolve())
        elif (match := HUNK.match(line)) and path:
            start, count = int(match[1]), int(match[2] or 1)
            found.setdefault(path, set()).update(range(start, start + count))
    for name in _git(top, "ls-files", "--others", "--exclude-standard", "-z", "*.py").split("\0"):
        file = top / name
        if name and file.is_file():
            count = len(file.read_bytes().splitlines())
            found[str(file.resolve())] = set(range(1, count + 1))
    return {path: frozenset(lines) for path, lines in found.items()}


def _git(directory: Path, *arguments: str) -> str:
    try:
        done = subprocess.run(  # noqa: S603 - git, with our own arguments
            ["git", *arguments],  # noqa: S607 - wherever it is
            cwd=directory,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
        )
    except OSError:
        raise NotJudgedError("the changed lines cannot be told: there is no git") from None
    if done.returncode:
        raise NotJudgedError(f"the changed lines cannot be told: git says {done.stderr.strip()!r}")
    return done.stdout
