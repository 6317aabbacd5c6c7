"""The files of known violations, as they are and as they were, and what git knows of renamed modules."""

from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from pytest_fitness.errors import BaselineError, NotJudgedError
from pytest_fitness.names import parents
from pytest_fitness.sources.history import git, merge_base
from pytest_fitness.sources.recorded import write_whole
from pytest_fitness.sources.tree import Tree

DIRECTORY = "fitness-baseline"
SUFFIX = ".toml"
RENAMES = ("-M", "-B", "-l0", "--diff-filter=R")
NO_DIRECTORY = f"{DIRECTORY} is a file; it is the directory of known violations, a file a rule"


class KnownFiles(NamedTuple):
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
            if not name.endswith(SUFFIX) or not (directory / name).is_file():
                raise BaselineError(f"{DIRECTORY}/{name} is no file of known violations: these are called RULE{SUFFIX}")
        return [name.removesuffix(SUFFIX) for name in names]

    def text(self, rule: str) -> str | None:
        """Return what is written down; None where there is no file.

        Raises:
            BaselineError: it cannot be read.
        """
        try:
            return (self.rootdir / self.path(rule)).read_text(encoding="utf-8-sig")
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
        file.unlink()
        if not any(file.parent.iterdir()):
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

    def is_new_since(self, commit: str, rule: str, class_name: str) -> bool:
        """Whether a rule is named in the files of the project now, and was not at *commit*; of one that is named nowhere, it is not."""
        patterns = ("-e", rf"\b{class_name}\b", "-e", rf"^ *rule *= *[\"']{rule}[\"']")
        files = (":/*.py", ":/*.toml")
        found: list[bool] = []
        for where in (["--untracked"], [commit]):
            try:
                found.append(bool(git(self.rootdir, "grep", "-l", "-P", *patterns, *where, "--", *files).strip()))
            except NotJudgedError:  # nothing found, or no git
                found.append(False)
        return found[0] and not found[1]

    # -- renamed modules -------------------------------------------------------------------------------------------

    def renames(self, rule: str, base: str) -> Renames:
        """Return what tells the present name of a module, or of what is in one, that was renamed since.

        Args:
            rule: since the file of this rule was first committed.
            base: or since this commit, if there is one.

        Raises:
            NotJudgedError: git cannot tell.
        """
        what = "renamed files"
        shallow = git(self.rootdir, "rev-parse", "--is-shallow-repository", what=what).strip() == "true"
        commits = git(self.rootdir, "log", "--format=%H", "--", self.path(rule), what=what).split()
        found: list[tuple[str, str]] = []
        for first in dict.fromkeys(filter(None, (base, commits[-1] if commits else ""))):
            found += self._renamed_in_commits(first, what)
        for commit in dict.fromkeys(filter(None, (base, *commits[:1], "HEAD"))):
            found += self._renamed_since(commit, what)
        return Renames(found, {*self.tree.sources, *self.tree.namespaces}, is_partial=shallow)

    def _renamed_in_commits(self, first: str, what: str) -> list[tuple[str, str]]:
        """Old module names with new ones, commit by commit."""
        options = ("--reverse", *RENAMES, "--format=", "--name-status", "-z", "--no-ext-diff")
        fields = git(self.rootdir, "log", *options, f"{first}..HEAD", "--", ":/*.py", what=what).split("\0")
        return self._pairs(fields)

    def _renamed_since(self, commit: str, what: str) -> list[tuple[str, str]]:
        """The same since *commit*, at one go. What is not committed counts; git's index and objects stay as they are."""
        top = Path(git(self.rootdir, "rev-parse", "--show-toplevel", what=what).strip())
        with tempfile.TemporaryDirectory() as scratch:
            directory = Path(git(top, "rev-parse", "--absolute-git-dir", what=what).strip())
            index, objects = Path(scratch, "index"), Path(scratch, "objects")
            objects.mkdir()
            with suppress(FileNotFoundError):  # nothing was ever checked out
                shutil.copy(directory / "index", index)
            stored = top / git(top, "rev-parse", "--git-path", "objects", what=what).strip()
            given = {
                "GIT_INDEX_FILE": str(index),
                "GIT_OBJECT_DIRECTORY": str(objects),
                "GIT_ALTERNATE_OBJECT_DIRECTORIES": json.dumps(str(stored)),  # quoted, as a path may have a colon in it
            }
            git(top, "add", "--all", "--ignore-errors", "--", "*.py", given=given, what=what)
            options = ("--cached", *RENAMES, "--name-status", "-z", "--no-ext-diff")
            fields = git(top, "diff", *options, commit, "--", "*.py", given=given, what=what).split("\0")
        return self._pairs(fields)

    def _pairs(self, fields: Sequence[str]) -> list[tuple[str, str]]:
        top = Path(git(self.rootdir, "rev-parse", "--show-toplevel").strip())
        files = [field for field in fields if field.strip() and not re.fullmatch(r"\s*R\d+", field)]
        pairs = ((self._module_name(top / old), self._module_name(top / new)) for old, new in batched(files))
        return [(old, new) for old, new in pairs if old and new and old != new]

    def _module_name(self, file: Path) -> str:
        """The name of the module that was in *file*; empty for one that was nowhere below a source root."""
        file = Path(os.path.realpath(file))
        for root in (root.resolve() for root in self.tree.roots):
            if file.is_relative_to(root):
                parts = file.relative_to(root).with_suffix("").parts
                return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        return ""


def batched(items: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield items two by two."""
    yield from zip(items[::2], items[1::2], strict=False)


class Renames:
    """Present names of modules, and of packages whose modules went the same way.

    Args:
        pairs: old names of modules with new ones, in the order in which they were given.
        present: names of modules and packages that are there now.
        is_partial: whether there may be more that git does not know.
    """

    def __init__(self, pairs: Sequence[tuple[str, str]], present: Iterable[str], *, is_partial: bool = False) -> None:
        self.present = frozenset(present)
        self.is_partial = is_partial
        self._modules: dict[str, str] = {}
        for old, new in pairs:
            for name in [name for name, now in self._modules.items() if now == old]:
                self._modules[name] = new
            self._modules[old] = new
        self._modules = {old: new for old, new in self._modules.items() if new in self.present and old != new}
        ways: dict[str, Counter[str]] = {}
        for old, new in self._modules.items():
            for above, above_new in zip(parents(old), parents(new), strict=False):
                if old[len(above) :] != new[len(above_new) :] or above == above_new:
                    break
                ways.setdefault(above, Counter())[above_new] += 1
        self._packages = {old: counted.most_common(1)[0][0] for old, counted in ways.items()}

    def present_name(self, name: str) -> str:
        """Return the present name of *name*, a dotted name or several with spaces between them."""
        return " ".join(self._one(word) for word in name.split(" "))

    def _one(self, name: str) -> str:
        for old in (name, *parents(name)):
            if old in self._modules:  # also where there is something of that name now: a package, or what is left of it
                return self._modules[old] + name[len(old) :]
            if old in self.present:
                break
            if old in self._packages:
                return self._packages[old] + name[len(old) :]
        return name
