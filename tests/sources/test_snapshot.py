"""Facts that are remembered by content: the same as without remembering, whatever happens to the files."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from pytest_fitness import SettingsError
from pytest_fitness.model import Row
from pytest_fitness.sources import Project, imports, snapshot, tree
from pytest_fitness.sources.file_reader import FileReader
from pytest_fitness.sources.imports import Imports
from pytest_fitness.sources.snapshot import Facts, Snapshot
from pytest_fitness.sources.tree import Source, read_tree

FILES = {
    "app/__init__.py": "",
    "app/a.py": "import app.b, json\nfrom app import *\n",
    "app/b.py": "import importlib\nimportlib.import_module('app.c')\nimportlib.import_module(name)\n",
    "app/c.py": "x = 1\n",
    "app/bad.py": "import app.c\ndef (:\n",
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A small package."""
    (tmp_path / "cache").mkdir()
    for name, text in FILES.items():
        write(tmp_path / name, text)
    return tmp_path


def write(path: Path, text: str) -> None:
    """Write *text*, in a directory that is made where there is none."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


class Read:
    """One reading of the project in *root*: its rows, and which files were read for it."""

    def __init__(self, root: Path, monkeypatch: pytest.MonkeyPatch, *, cached: bool = True) -> None:
        self.read: set[str] = set()
        reader = FileReader._read_one

        def noting(own: FileReader, source: Source, *others: Any, **options: Any) -> Facts:
            self.read.add(source.module.name)
            return reader(own, source, *others, **options)

        with monkeypatch.context() as patch:
            patch.setattr(FileReader, "_read_one", noting)
            project = Project(root, packages=("app",), roots=(".",))
            graph = Imports(read_tree(project), root / "cache" if cached else None).graph(frozenset())
        self.rows: dict[str, list[Row]] = {name: sorted(rows) for name, rows in graph.rows.items() if rows}
        self.rest = (graph.unread, graph.computed)


def agree(root: Path, monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Check that remembering changes nothing; return what was read."""
    cached, plain = Read(root, monkeypatch), Read(root, monkeypatch, cached=False)
    assert (cached.rows, cached.rest) == (plain.rows, plain.rest)
    return cached.read


def test_an_unchanged_tree_is_not_read_again(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fresh times, as after a checkout, change nothing."""
    assert agree(root, monkeypatch) == {"app", "app.a", "app.b", "app.c", "app.bad"}
    for file in root.rglob("*.py"):
        os.utime(file, (1, 1))
    assert agree(root, monkeypatch) == set()


def test_a_changed_file_is_read_again_and_so_is_what_depends_on_it(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Star imports depend on more than their own text; the same size and time hide nothing."""
    agree(root, monkeypatch)
    status = (root / "app/c.py").stat()
    write(root / "app/c.py", "x = 2\n")
    os.utime(root / "app/c.py", ns=(status.st_atime_ns, status.st_mtime_ns))
    assert agree(root, monkeypatch) == {"app.c"}
    write(root / "app/__init__.py", "__all__ = ['c']\n")
    assert agree(root, monkeypatch) == {"app", "app.a"}
    assert ("app.c", 2, "from app import *", "module") in Read(root, monkeypatch).rows["app.a"]


def test_a_file_that_nobody_has_touched_is_not_even_opened(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Size, times and inode say so, once the file has been left alone for a while; a time that was set back does not."""
    agree(root, monkeypatch)
    assert all(facts.stamp is None for facts in remembered(root).values())  # written a moment ago
    monkeypatch.setattr(imports, "SETTLED", 0)
    agree(root, monkeypatch)
    assert all(facts.stamp for facts in remembered(root).values())
    with monkeypatch.context() as patch:
        patch.setattr(Source, "data", None)
        Read(root, monkeypatch)

    for _ in range(2):
        write(root / "app/c.py", (root / "app/c.py").read_text())
        assert agree(root, monkeypatch) == set()
        with monkeypatch.context() as patch:
            patch.setattr(Source, "data", None)  # the new times are remembered
            Read(root, monkeypatch)
    status = (root / "app/c.py").stat()
    write(root / "app/c.py", "x = 2\n")
    os.utime(root / "app/c.py", ns=(status.st_atime_ns, status.st_mtime_ns))
    assert agree(root, monkeypatch) == {"app.c"}


def test_without_stamps_the_content_decides(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As on systems that do not say when a file was last changed."""
    monkeypatch.setattr(tree, "HAS_STAMPS", False)
    monkeypatch.setattr(imports, "SETTLED", 0)
    agree(root, monkeypatch)
    assert agree(root, monkeypatch) == set()
    write(root / "app/c.py", "x = 2\n")
    assert agree(root, monkeypatch) == {"app.c"}


def remembered(root: Path) -> dict[str, Facts]:
    """Return the facts in the one snapshot that there is."""
    (file,) = (root / "cache").glob("imports-*.bin")
    snapshot = Snapshot(root / "cache", "", [])
    snapshot.store.file = file
    found = snapshot.load()
    assert found
    return found.facts


def test_a_switch_to_another_set_of_modules_and_back(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two branches, each remembered; a module that becomes a package is another set."""
    agree(root, monkeypatch)
    write(root / "app/d.py", "import app.a")
    assert "app.d" in agree(root, monkeypatch)
    (root / "app/d.py").unlink()
    assert agree(root, monkeypatch) == set()
    (root / "app/c.py").unlink()
    write(root / "app/c/__init__.py", "x = 1\n")
    assert "app.a" in agree(root, monkeypatch)


STANDING = {"app/__init__.py": "", "app/c.py": "x = 1\n", "app/sub/other.py": "import app.c\n"}
COME_AND_GONE = [
    ("from app import new\n", {}),
    ("import app.sub.new\n", {}),
    ("from .sub import new, other\n", {}),
    ("import app\napp.new.x\n", {}),
    ("import app\ngetattr(app, 'n' 'ew').x\n", {}),
    ("from app import empty\ngetattr(empty, 'n' 'ew').x\n", {"app/empty/__init__.py": ""}),
    ("__import__('app.n' 'ew')\n", {}),
    ("exec('from app im' 'port n\\x65w')\n", {}),
    ("import importlib\nimportlib.import_module(f'app.ne{name}')\n", {}),
    ("import importlib\nimportlib.import_module(f'app.sub.ne{name}')\n", {}),
    ("from app import *\n", {"app/__init__.py": "__all__ = ['new']\n"}),
    ("from app.empty import *\n", {"app/empty/__init__.py": "__all__ = ['new']\n"}),
    ("from app.empty import \\\n    *\n", {"app/empty/__init__.py": "__all__ = ['new']\n"}),
    ("from app import \uff4eew\n", {}),
    ("# coding: utf-7\nfrom app import +AG4-ew\n", {}),
    ("from app import new\ndef (:\n", {}),
    ("import app.new.below\n", {"app/new/below.py": ""}),
]


@pytest.mark.parametrize(("text", "more"), COME_AND_GONE)
@pytest.mark.parametrize("place", ["new.py", "new/__init__.py", "sub/new.py", "sub/new/deep.py", "empty/new.py"])
def test_a_module_that_has_come_or_gone_is_looked_for(
    root: Path, monkeypatch: pytest.MonkeyPatch, text: str, more: dict[str, str], place: str
) -> None:
    """Whoever may import it is read again, in whatever way it is named; of the others, nobody."""
    for name in FILES:
        (root / name).unlink()
    for name, content in {**STANDING, "app/a.py": text, **more}.items():
        write(root / name, content)
    agree(root, monkeypatch)
    write(root / "app" / place, "")
    assert agree(root, monkeypatch).isdisjoint({"app.c", "app.sub.other"})
    for file in (root / "cache").iterdir():
        file.unlink()
    agree(root, monkeypatch)
    (root / "app" / place).unlink()
    assert agree(root, monkeypatch).isdisjoint({"app.c", "app.sub.other"})


def test_a_module_that_becomes_a_package_imports_from_somewhere_else(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of the same text, and in which its own name is not."""
    write(root / "app/mod.py", "from . import c\nfrom .b import x\n")
    agree(root, monkeypatch)
    (root / "app/mod").mkdir()
    (root / "app/mod.py").rename(root / "app/mod/__init__.py")
    assert "app.mod" in agree(root, monkeypatch)
    for file in (root / "cache").iterdir():
        file.unlink()
    agree(root, monkeypatch)
    (root / "app/mod/__init__.py").rename(root / "app/mod.py")
    assert "app.mod" in agree(root, monkeypatch)


def test_what_has_changed_as_well_is_read(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beside what may import a new module, and what has only been written again."""
    agree(root, monkeypatch)
    write(root / "app/new.py", "")
    write(root / "app/c.py", "import json\n")
    os.utime(root / "app/a.py", (1, 1))

    assert "app.c" in agree(root, monkeypatch)
    assert agree(root, monkeypatch) == set()


@pytest.mark.parametrize("names", [[f"n{n}" for n in range(30)], ["\xe4"]])
def test_names_that_are_too_many_or_odd_are_not_looked_for(
    root: Path, monkeypatch: pytest.MonkeyPatch, names: list[str]
) -> None:
    """Everything is read, as it is where symbolic links give modules other names."""
    agree(root, monkeypatch)
    for name in names:
        write(root / f"app/{name}.py", "")
    assert "app.c" in agree(root, monkeypatch)
    (root / "app/link").symlink_to(root / "app/sub", target_is_directory=True)
    write(root / "app/sub/m.py", "")
    agree(root, monkeypatch)
    write(root / "app/sub/new.py", "")
    assert "app.c" in agree(root, monkeypatch)


def test_a_file_that_cannot_be_read_may_name_anything(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is read again, as often as it takes."""
    write(root / "app/odd.py", "# coding: unknown\n")
    agree(root, monkeypatch)
    write(root / "app/c.py", "x = '\udcff'\n".encode("utf-8", "surrogatepass").decode("latin-1"))
    write(root / "app/new.py", "")
    assert {"app.odd", "app.new", "app.c"} <= agree(root, monkeypatch)
    write(root / "app/newer.py", "")
    vanished = root / "app/c.py"
    data = vanished.read_bytes()
    tree = read_tree(Project(root, packages=("app",), roots=(".",)))
    vanished.unlink()
    found = Imports(tree, root / "cache").graph(frozenset()).unread
    vanished.write_bytes(data)
    assert "app.c" in found


@pytest.mark.parametrize("damage", [b"", b"x" * 500])
def test_a_damaged_file_of_other_modules_is_of_no_use(
    root: Path, monkeypatch: pytest.MonkeyPatch, damage: bytes
) -> None:
    """Nor is one that another run has just removed."""
    agree(root, monkeypatch)
    (file,) = (root / "cache").glob("imports-*.bin")
    file.write_bytes(damage)
    (root / "cache" / f"{file.stem[:-4]}gone.bin").symlink_to(root / "nowhere")
    write(root / "app/new.py", "")

    assert "app.c" in agree(root, monkeypatch)


def test_only_the_last_few_are_kept(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By use, with what a killed run has left."""
    monkeypatch.setattr(snapshot, "KEPT", 2)
    left = root / "cache/imports-killed.tmp"
    young = root / "cache/imports-young.tmp"
    write(left, "half")
    write(young, "another run's")
    os.utime(left, (1, 1))
    for n in range(4):
        write(root / f"app/n{n}.py", "")
        agree(root, monkeypatch)

    assert len(list((root / "cache").glob("imports-*.bin"))) == 2
    assert not left.exists()
    assert young.exists()


@pytest.mark.parametrize("damage", [b"", b"x" * 16, b"x" * 500, None])
def test_a_damaged_file_is_rebuilt(root: Path, monkeypatch: pytest.MonkeyPatch, damage: bytes | None) -> None:
    """Cut off, overwritten, or with one bit wrong."""
    agree(root, monkeypatch)
    (file,) = (root / "cache").glob("imports-*.bin")
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(bytes(data) if damage is None else damage)

    assert agree(root, monkeypatch) == {"app", "app.a", "app.b", "app.c", "app.bad"}
    assert agree(root, monkeypatch) == set()


def test_another_version_has_another_file(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of grimp and of our own code; of Python as well."""
    agree(root, monkeypatch)
    for version in ("version", "own_code"):
        monkeypatch.setattr(imports, version, lambda *_: "0.0")
        assert agree(root, monkeypatch) != set()


def test_a_directory_that_cannot_be_written_is_no_problem(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The next run is slower, and nothing is left lying about."""

    def refuse(*_: object) -> None:
        raise OSError("read-only")

    monkeypatch.setattr(os, "replace", refuse)
    agree(root, monkeypatch)
    assert list((root / "cache").iterdir()) == []
    Snapshot(root / "none", "key", []).save([], [], {})
    Snapshot(None, "key", []).save([], [], {})
    assert Snapshot(None, "key", []).load() is None


def test_a_file_that_vanishes_or_cannot_be_read_has_no_digest(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is unread, and read again in the next run."""
    tree = read_tree(Project(root, packages=("app",), roots=(".",)))
    (root / "app/c.py").unlink()

    graph = Imports(tree, root / "cache").graph(frozenset())

    assert graph.unread.keys() == {"app.bad", "app.c"}
    write(root / "app/c.py", "x = 1\n")
    assert "app.c" in agree(root, monkeypatch)


def test_code_beside_the_package_is_remembered_and_found_when_it_is_first_imported(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its files count like the others; a first import of it makes everything be read anew."""
    write(root / "helpers.py", "import app.c\nimport further\n")
    write(root / "further.py", "")
    assert "app.c" in agree(root, monkeypatch)
    write(root / "app/c.py", "import helpers\n")
    assert "app.a" in agree(root, monkeypatch)
    assert Read(root, monkeypatch).rows["helpers"] == [
        ("app", 1, "import app.c", "implicit"),
        ("app.c", 1, "import app.c", "module"),
        ("further", 2, "import further", "module"),
    ]
    assert agree(root, monkeypatch) == set()
    write(root / "helpers.py", "")
    assert agree(root, monkeypatch) >= {"helpers"}


def test_a_changed_file_is_read_in_the_light_of_all_modules(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """``from app import b`` means the module ``app.b``, also where ``app.b`` itself need not be read."""
    agree(root, monkeypatch)
    write(root / "app/c.py", "from app import b\n")

    assert agree(root, monkeypatch) == {"app.c"}
    assert Read(root, monkeypatch).rows["app.c"][0] == ("app.b", 1, "from app import b", "module")


def test_code_beside_the_package_that_only_a_call_leads_to(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is found in the first run, in a later one, and let go of when nobody leads there any more."""
    write(root / "helpers.py", "import importlib\nimportlib.import_module('further')\n")
    write(root / "further.py", "import app.c\n")
    write(root / "app/c.py", "import importlib\nimportlib.import_module('helpers')\n")
    assert agree(root, monkeypatch) >= {"helpers", "further"}
    assert agree(root, monkeypatch) == set()
    write(root / "app/c.py", "x = 1\n")
    assert "helpers" not in Read(root, monkeypatch).rows
    assert agree(root, monkeypatch) == set()
    write(root / "app/c.py", "__import__('helpers')\n")
    assert agree(root, monkeypatch) >= {"helpers", "further"}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"helper/data.txt": ""}, {"helper/x.py": "import app.b"}),
        ({"helper/a/__init__.py": "from .b import x", "helper/b.py": ""}, {"helper/a.py": "from .b import x"}),
        ({"helper.py": "import app.b"}, {"helper/__init__.py": "import app.b", "helper/x.py": ""}),
        ({"helper.py": ""}, {}),
    ],
)
def test_code_beside_the_package_that_changes_its_shape(
    root: Path, monkeypatch: pytest.MonkeyPatch, before: dict[str, str], after: dict[str, str]
) -> None:
    """A directory that gets Python files, a package that becomes a module, a module that becomes a package, or goes."""
    write(root / "app/a.py", "import helper.a, helper.x\n")
    for name, text in before.items():
        write(root / name, text)
    agree(root, monkeypatch)
    for name in before:
        if not name.endswith("b.py"):
            (root / name).unlink()
    for name, text in after.items():
        write(root / name, text)
    agree(root, monkeypatch)


def test_what_is_refused_is_not_remembered(root: Path) -> None:
    """One file by two names stays an error."""
    write(root / "x/lib/b.py", "")
    write(root / "x/lib/d.py", "import lib.b\n")
    project = Project(root, packages=("x.lib",), roots=(".",))
    for _ in range(2):
        with pytest.raises(SettingsError, match="is judged as"):
            Imports(read_tree(project), root / "cache").graph(frozenset())


def test_a_file_that_code_beside_the_package_imports_by_another_name_is_refused(root: Path) -> None:
    """Through a helper that nobody judges."""
    write(root / "x/lib/b.py", "")
    write(root / "x/lib/d.py", "import helper\n")
    write(root / "helper.py", "import lib.b\n")
    project = Project(root, packages=("x.lib",), roots=(".", "x"))

    with pytest.raises(SettingsError, match=r"x/lib/b\.py imports lib\.b, a file that is judged as x\.lib\.b"):
        Imports(read_tree(project)).graph(frozenset())
