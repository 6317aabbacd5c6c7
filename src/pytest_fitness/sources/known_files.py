"""The files of known violations, as they are and as they were, and what git knows of renamed modules."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from pytest_fitness.errors import BaselineError, NotJudgedError
from pytest_fitness.names import parents
from pytest_fitness.sources.history import git, merge_base
from pytest_fitness.sources.recorded import write_whole
from pytest_fitness.sources.tree import Tree

DIRECTORY = "fitness-baseline"
SUFFIX = ".toml"
NO_DIRECTORY = f"{DIRECTORY} is a file; it is the directory of known violations, a file a rule"


@dataclass(frozen=True, slots=True)
class KnownFiles:
    """The directory ``fitness-baseline`` in *rootdir*, a file a rule."""

    rootdir: Path
    tree: Tree

    def path(self, rule: str) -> str:
        """Return the path of a rule's file, relative to rootdir."""
        return f"{DIRECTORY}/{rule}{SUFFIX}"

    def rules(self) -> list[str]:
        """Return the rules that have a file.

        Raises:
            BaselineError: there is something else in the directory.
        """
        directory = self.rootdir / DIRECTORY
        if not directory.exists():
            return []
        if not directory.is_dir():
            raise BaselineError(NO_DIRECTORY)
        names = sorted(entry.name for entry in directory.iterdir() if not entry.name.startswith("."))
        for name in names:
            if not name.endswith(SUFFIX):
                raise BaselineError(f"{DIRECTORY}/{name} is no file of known violations: these are called RULE{SUFFIX}")
        return [name.removesuffix(SUFFIX) for name in names]

    def text(self, rule: str) -> str | None:
        """Return what is written down; None where there is no file.

        Raises:
            BaselineError: it cannot be read.
        """
        try:
            return (self.rootdir / self.path(rule)).read_text(encoding="utf-8")
        except FileNotFoundError:
            return None
        except NotADirectoryError:
            raise BaselineError(NO_DIRECTORY) from None
        except (OSError, UnicodeDecodeError) as error:
            raise BaselineError(f"{self.path(rule)} cannot be read: {error}") from None

    def write(self, rule: str, text: str) -> None:
        """Write the file of a rule, whole."""
        file = self.rootdir / self.path(rule)
        file.parent.mkdir(exist_ok=True)
        write_whole(file, text)

    def remove(self, rule: str) -> None:
        """Remove the file of a rule that has nothing in it any more, and the directory with the last one."""
        file = self.rootdir / self.path(rule)
        file.unlink(missing_ok=True)
        if file.parent.is_dir() and not any(file.parent.iterdir()):
            file.parent.rmdir()

    # -- as it was -------------------------------------------------------------------------------------------------

    def base(self, ref: str) -> str:
        """Return the commit at which HEAD left *ref*; raise `NotJudgedError` where git cannot tell."""
        return merge_base(self.rootdir, ref, f"known violations as of {ref}")

    def text_at(self, commit: str, rule: str) -> str | None:
        """Return the file of a rule as it was at *commit*; None where there was none."""
        try:
            return git(self.rootdir, "show", f"{commit}:./{self.path(rule)}")
        except NotJudgedError:
            return None

    def rules_at(self, commit: str) -> list[str]:
        """Return the rules that had a file at *commit*."""
        listed = git(self.rootdir, "ls-tree", "--name-only", commit, f"{DIRECTORY}/").split("\n")
        return sorted(Path(name).stem for name in listed if name.endswith(SUFFIX))

    def is_mentioned_at(self, commit: str, words: Iterable[str]) -> bool:
        """Whether one of *words* was in any Python, TOML or INI file at *commit*."""
        patterns = [argument for word in words for argument in ("-e", word)]
        files = ("*.py", "*.toml", "*.ini", "*.cfg")
        try:
            return bool(git(self.rootdir, "grep", "-l", "-w", "-F", *patterns, commit, "--", *files).strip())
        except NotJudgedError:  # nothing found, or no git
            return False

    # -- renamed modules -------------------------------------------------------------------------------------------

    def renames(self, rule: str, base: str) -> Callable[[str], str]:
        """Return what tells the present name of a module, or of what is in one, that was renamed since.

        Args:
            rule: since the file of this rule was last committed.
            base: or since this commit, if there is one.

        Raises:
            NotJudgedError: git cannot tell.
        """
        what = "renamed files"
        last = git(self.rootdir, "log", "-1", "--format=%H", "--", self.path(rule), what=what).strip()
        found: dict[str, str] = {}
        for commit in dict.fromkeys(filter(None, (base, last or "HEAD"))):
            found = self._renamed_since(commit, what) | found
        return Renames(found, {*self.tree.sources, *self.tree.namespaces}).present_name

    def _renamed_since(self, commit: str, what: str) -> dict[str, str]:
        """Old module names with new ones. What is not committed counts; the index and the objects of git stay as they are."""
        top = Path(git(self.rootdir, "rev-parse", "--show-toplevel", what=what).strip())
        with tempfile.TemporaryDirectory() as scratch:
            directory = Path(git(top, "rev-parse", "--absolute-git-dir", what=what).strip())
            index, objects = Path(scratch, "index"), Path(scratch, "objects")
            objects.mkdir()
            if (directory / "index").exists():
                shutil.copy(directory / "index", index)
            stored = top / git(top, "rev-parse", "--git-path", "objects", what=what).strip()
            given = {
                "GIT_INDEX_FILE": str(index),
                "GIT_OBJECT_DIRECTORY": str(objects),
                "GIT_ALTERNATE_OBJECT_DIRECTORIES": str(stored),
            }
            git(top, "add", "--all", "--ignore-errors", "--", "*.py", given=given, what=what)
            options = ("--cached", "-M", "-l0", "--diff-filter=R", "--name-status", "-z", "--no-ext-diff")
            fields = git(top, "diff", *options, commit, "--", "*.py", given=given, what=what).split("\0")
        names = {os.path.realpath(s.filename): name for name, s in self.tree.sources.items()}
        pairs = zip(fields[1::3], fields[2::3], strict=False)
        found = {self._module_name(top / old): names.get(str(top / new), "") for old, new in pairs}
        return {old: new for old, new in found.items() if old and new}

    def _module_name(self, file: Path) -> str:
        """The name of the module that was in *file*; empty for one that was nowhere below a source root."""
        for root in (root.resolve() for root in self.tree.roots):
            if file.is_relative_to(root):
                parts = file.relative_to(root).with_suffix("").parts
                return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        return ""


class Renames:
    """Present names of modules, and of packages whose modules went the same way.

    Args:
        modules: old names of modules with new ones.
        present: names of modules and packages that are there now.
    """

    def __init__(self, modules: Mapping[str, str], present: Iterable[str]) -> None:
        self._present = frozenset(present)
        self._modules = {old: new for old, new in modules.items() if old not in self._present}
        ways: dict[str, Counter[str]] = {}
        for old, new in modules.items():
            for above, above_new in zip(parents(old), parents(new), strict=False):
                if old[len(above) :] != new[len(above_new) :] or above == above_new:
                    break
                ways.setdefault(above, Counter())[above_new] += 1
        self._packages = {
            old: counted.most_common(1)[0][0] for old, counted in ways.items() if old not in self._present
        }

    def present_name(self, name: str) -> str:
        """Return the present name of *name*, a dotted name or several with spaces between them."""
        return " ".join(self._one(word) for word in name.split(" "))

    def _one(self, name: str) -> str:
        if name in self._present:
            return name
        for old in (name, *parents(name)):
            if old in self._present:
                break
            if new := self._packages.get(old) or self._modules.get(old):
                return new + name[len(old) :]
        return name
