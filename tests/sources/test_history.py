"""Which lines have changed, by git."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from pytest_fitness import NotJudgedError, sources
from pytest_fitness.sources.history import changed_lines


def git(root: Path, *arguments: str) -> str:
    """Run git as somebody."""
    who = ["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "init.defaultBranch=main"]
    return subprocess.run(["git", *who, *arguments], cwd=root, check=True, capture_output=True, text=True).stdout


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Two commits on main, and a branch that left at the first."""
    root = tmp_path / "repository"
    root.mkdir()
    git(root, "init")
    (root / "a.py").write_text("".join(f"x{n} = {n}\n" for n in range(1, 10)))
    (root / "b.py").write_text("b = 1\n")
    git(root, "add", ".")
    git(root, "commit", "-m", "one")
    git(root, "checkout", "-b", "branch")
    git(root, "checkout", "main")
    (root / "b.py").write_text("b = 2\n")
    git(root, "commit", "-am", "two")
    git(root, "checkout", "branch")
    return root


def test_what_the_branch_has_changed_counts(repository: Path) -> None:
    """Committed or not, tracked or not, renamed or not; what main has changed since does not."""
    text = (repository / "a.py").read_text().replace("x2 = 2", "x2 = 22").replace("x8 = 8\n", "")
    (repository / "a.py").write_text(text)
    git(repository, "commit", "-am", "three")
    (repository / "a.py").write_text(text + "y = 1\nz = 1\n")
    git(repository, "mv", "a.py", "c d.py")
    (repository / "ä.py").write_text("new = 1\n\nnewer = 1")
    (repository / "notes.txt").write_text("text")

    found = changed_lines(repository, "main")

    assert found == {str(repository / "c d.py"): {2, 9, 10}, str(repository / "ä.py"): {1, 2, 3}}
    assert changed_lines(repository, "branch~1").keys() >= {str(repository / "c d.py")}


def test_nothing_that_looks_like_a_header_is_taken_for_one(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lines of code, attributes that call Python binary, options of the user's, a hook's environment."""
    text = (repository / "a.py").read_text()
    (repository / "a.py").write_text(
        'x1 = """\n++ b/x\n-- y\n@@ -1 +1 @@\n"""\n' + text.partition("\n")[2] + "more = 1\n\\\nx = 1"
    )
    (repository / ".gitattributes").write_text("*.py binary\n")
    git(repository, "config", "diff.interHunkContext", "10")
    (repository / "below").mkdir()
    monkeypatch.setenv("GIT_DIR", str(repository / ".git"))

    assert changed_lines(repository / "below", "main") == {str(repository / "a.py"): {*range(1, 6), 14, 15, 16}}


def test_a_carriage_return_within_a_line_is_no_end_of_it(repository: Path) -> None:
    """As git counts; what comes after it is not mistaken."""
    (repository / "a.py").write_bytes((repository / "a.py").read_bytes() + b"# a\rb\r\n# c\n")
    (repository / "b.py").write_text("b = 3\n")

    assert changed_lines(repository, "main") == {str(repository / "a.py"): {10, 11}, str(repository / "b.py"): {1}}


def test_a_statement_that_goes_on_counts_where_it_begins(repository: Path) -> None:
    """There coverage counts it."""
    (repository / "shop").mkdir()
    (repository / "shop/__init__.py").write_text(
        "x = max(\n    1,\n    2,\n)\n\n\ndef f(\n    a,\n):\n    return (\n        a\n    )\n"
    )
    git(repository, "add", "shop")
    git(repository, "commit", "-m", "shop")
    git(repository, "branch", "base")
    text = (repository / "shop/__init__.py").read_text()
    (repository / "shop/__init__.py").write_text(
        text.replace("    2,", "    3,").replace("    a,\n", "    a=1,\n").replace("        a\n", "        -a\n")
    )

    found = sources.read(sources.Project(repository, packages=("shop",))).changed_lines("base")

    assert found == {"shop": {1, 3, 7, 8, 10, 11}}


def test_a_codebase_knows_its_changed_lines(repository: Path) -> None:
    """By module; files that are none of it are left out."""
    (repository / "shop").mkdir()
    (repository / "shop/__init__.py").write_text("x = 1\n")

    assert sources.read(sources.Project(repository, packages=("shop",))).changed_lines("main") == {"shop": {1}}


def test_where_git_cannot_tell_nothing_is_judged(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A commit that is not there, a shallow clone, no repository, no git."""
    with pytest.raises(NotJudgedError, match="there is no such commit here, or no common one; `git fetch` it"):
        changed_lines(repository, "origin/main")
    git(repository, "commit", "--allow-empty", "-m", "three")
    git(tmp_path, "clone", "--depth", "1", "--branch", "branch", f"file://{repository}", "shallow")
    with pytest.raises(NotJudgedError, match="this clone is shallow; fetch more history"):
        changed_lines(tmp_path / "shallow", "main")
    (tmp_path / "none").mkdir()
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    with pytest.raises(NotJudgedError, match="git says 'fatal: not a git repository"):
        changed_lines(tmp_path / "none", "main")
    monkeypatch.setenv("PATH", str(tmp_path / "none"))
    with pytest.raises(NotJudgedError, match="there is no git"):
        changed_lines(repository, "main")
