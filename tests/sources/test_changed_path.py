"""Imports by names that modules have only where the code itself adds directories to the path."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_fitness.sources import Project
from pytest_fitness.sources.added_directories import PathOfTree, additions
from pytest_fitness.sources.imports import Imports
from pytest_fitness.sources.snapshot import Facts
from pytest_fitness.sources.tree import Tree, read_tree

ADDS = "import os, sys\nsys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(__file__)), 'infra'))\n"
FILES = {
    "shop/__init__.py": "",
    "shop/infra/__init__.py": "",
    "shop/infra/db.py": "session = 1",
    "shop/infra/sql/__init__.py": "",
    "shop/infra/sql/rows.py": "",
    "shop/infra/json.py": "",
    "shop/web/__init__.py": "",
    "shop/web/start.py": ADDS,
}


def tree_of(root: Path, files: dict[str, str]) -> Tree:
    """Write *files* beside the others, and read the tree."""
    for name, text in (FILES | files).items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return read_tree(Project(root, packages=("shop",), roots=(".",)))


def imported(
    tree: Tree, cache: Path | None = None, precise: frozenset[str] = frozenset()
) -> list[tuple[str, str, int]]:
    """What ``shop.web.main`` imports: names, kinds, and lines."""
    graph = Imports(tree, cache).graph(precise)
    return sorted((i.imported, i.kind, i.location.line) for i in graph if i.importer == "shop.web.main")


@pytest.mark.parametrize(
    ("line", "name", "kind"),
    [
        ("import db", "shop.infra.db", "module"),
        ("import db as d", "shop.infra.db", "module"),
        ("from db import session", "shop.infra.db", "module"),
        ("from sql import rows", "shop.infra.sql.rows", "module"),
        ("import importlib; importlib.import_module('db')", "shop.infra.db", "dynamic"),
        ("if 1:\n    import db", "shop.infra.db", "conditional"),
        ("import json", "json", "module"),
        ("import other", "other", "module"),
    ],
)
def test_a_module_is_found_by_its_other_name(tmp_path: Path, line: str, name: str, kind: str) -> None:
    """But what Python has by that name is that: a file of ours would have to hide the standard library."""
    found = imported(tree_of(tmp_path, {"shop/web/main.py": f"{line}\n"}))

    assert [each[:2] for each in found if each[1] != "implicit" and each[0] != "importlib"] == [(name, kind)]


def test_a_submodule_that_is_used_through_its_package_counts(tmp_path: Path) -> None:
    """As by its full name."""
    found = imported(tree_of(tmp_path, {"shop/web/main.py": "import sql\nx = sql.rows.x\n"}))

    assert ("shop.infra.sql.rows", "attribute", 2) in found


def test_third_party_details_are_found_in_the_same_file(tmp_path: Path) -> None:
    """Both need the syntax tree."""
    files = {"shop/web/main.py": "import db\nfrom sqlalchemy.orm import Session\n"}

    found = imported(tree_of(tmp_path, files), precise=frozenset({"sqlalchemy"}))

    assert {each[0] for each in found} >= {"shop.infra.db", "sqlalchemy.orm.Session"}


@pytest.mark.parametrize(
    "start",
    [
        "",
        "import sys\nsys.path.insert(0, 'elsewhere')\n",
        "import sys\nsys.path.remove('shop/infra')\n",
        "import sys\n# never sys.path.append('infra')\n",
        "import os, sys\nprint(sys.path[0], 'infra', os.environ['infra'])\n",
        "import sys\nSEEN = []\nSEEN.append(('infra', sys.path))\n",
        "import sys\nHINT = \"sys.path.append('infra')\"\n",
        "import other\nother.path.append('infra')\nsys.paths = 'infra'\n",
    ],
)
def test_nothing_else_than_what_is_added_is_meant(tmp_path: Path, start: str) -> None:
    """A module of that name may well come from elsewhere."""
    found = imported(tree_of(tmp_path, {"shop/web/main.py": "import db\n", "shop/web/start.py": start}))

    assert found == [("db", "module", 1)]


def test_directories_that_tests_add_are_theirs(tmp_path: Path) -> None:
    """The application runs without them."""
    files = {"shop/web/main.py": "import db\n", "shop/web/start.py": "", "shop/web/test_start.py": ADDS}

    assert imported(tree_of(tmp_path, files)) == [("db", "module", 1)]


def test_of_two_modules_of_the_name_neither_is_taken(tmp_path: Path) -> None:
    """Nobody can tell which one is first on the path."""
    more = "import sys\nsys.path.append('shop/data')\n"
    files = {"shop/web/main.py": "import db\n", "shop/data/__init__.py": more, "shop/data/db.py": ""}

    assert imported(tree_of(tmp_path, files)) == [("db", "module", 1)]


def test_it_holds_where_the_facts_are_remembered(tmp_path: Path) -> None:
    """Also where the module that adds the directory changes, and nothing else."""
    cache = tmp_path / "cache"
    cache.mkdir()
    tree = tree_of(tmp_path / "code", {"shop/web/main.py": "import db\n"})
    first, second = imported(tree, cache), imported(tree, cache)
    tree = tree_of(tmp_path / "code", {"shop/web/main.py": "import db\n", "shop/web/start.py": ""})
    without = imported(tree, cache)

    assert first == second
    assert "shop.infra.db" in {each[0] for each in first}
    assert without == [("db", "module", 1)]


def test_it_holds_for_files_that_cannot_be_parsed(tmp_path: Path) -> None:
    """There, the whole name comes from what the text shows."""
    tree = tree_of(tmp_path, {"shop/web/main.py": "import db\ndef (:\n"})
    imports = Imports(tree)
    facts = {name: Facts(b"", ()) for name in tree.sources}
    facts["shop.web.start"] = Facts(b"", (), adds=[("infra",)])
    facts["shop.web.main"] = Facts(b"", [("db", 1, "import db", "module")])
    imports.__dict__["_facts"] = facts

    assert imports.graph(frozenset()).rows["shop.web.main"] == [("shop.infra.db", 1, "import db", "module")]


@pytest.mark.parametrize(
    "statement", ["sys.path.extend([\n    'shop/infra',\n])", "sys.path = ['shop/infra']", "sys.path[:0] = ['infra']"]
)
def test_directories_are_added_in_several_ways(tmp_path: Path, statement: str) -> None:
    """Over some lines, too."""
    files = {"shop/web/main.py": "import db\n", "shop/web/start.py": f"import sys\n{statement}\n"}

    assert "shop.infra.db" in {each[0] for each in imported(tree_of(tmp_path, files))}


@pytest.mark.parametrize(
    "statements",
    [
        "PLACE: str = 'infra'\nsys.path.append(PLACE)",
        "PLACE: str | None = None\nPLACE: str\ndef f():\n    PLACE = 'infra'\n    sys.path.append(PLACE)",
        "PLACE = (\n    'infra')\nsys.path.append(PLACE)",
        "(PLACE) = 'infra'\nsys.path.append(f'{PLACE}')",
        "PLACE \\\n= 'infra'\nsys . path.append(PLACE)  # sys.path",
        "class Places:\n    PLACE = 'infra'\nsys.path.append(Places.PLACE)",
        "(sys\n  # comment\n  .path.append('infra'))  # sys.path",
        "HERE = 'shop'\nsys.path.append(os.path.join(HERE, PLACE))\nPLACE = 'infra'\nMYPLACE = HERE = 'other'",
        "sys.path.append(os.path.join('shop', get('HERE', PLACE='', there=0)))\nHERE = PLACE = there = '?'\nsys.path.append('infra')",
    ],
)
def test_a_directory_is_what_its_name_is_given(tmp_path: Path, statements: str) -> None:
    """The first time that it is given anything, wherever that is in the file; names in texts and of arguments are others."""
    dull = "def f():\n    pass\n\n\n" * 3
    files = {"shop/web/main.py": "import db\n", "shop/web/start.py": f"import os, sys\n{dull}{statements}\n{dull}"}

    tree = tree_of(tmp_path, files)

    assert "shop.infra.db" in {each[0] for each in imported(tree)}
    assert additions(tree.sources["shop.web.start"])[-1][0] == "infra"


def test_a_module_with_the_name_of_a_library_is_no_other_name_of_itself(tmp_path: Path) -> None:
    """Nor is one with the name of a library that the project depends on, installed or not."""
    files = {"shop/infra/kafka.py": "import kafka\n", "shop/web/main.py": "import kafka\n"}
    tree = tree_of(tmp_path, files)
    graph, declared = Imports(tree).graph(frozenset()), Imports(tree, declared=["kafka"]).graph(frozenset())

    assert [r[0] for r in graph.rows["shop.infra.kafka"]] == ["kafka"]
    assert "shop.infra.kafka" in {r[0] for r in graph.rows["shop.web.main"]}
    assert [r[0] for r in declared.rows["shop.web.main"]] == ["kafka"]


def test_what_is_imported_from_such_a_module_has_its_full_name(tmp_path: Path) -> None:
    """Rules about what a package exports ask for it."""
    imports = Imports(tree_of(tmp_path, {"shop/web/main.py": "from sql import _hidden\nimport db\nx = db.session\n"}))
    graph = imports.graph(frozenset())

    symbols = {name for each in graph if each.importer == "shop.web.main" for name in imports.symbols(each)}
    used = imports.uses("shop.web.main", frozenset({"shop.infra.db"}))

    assert symbols == {"shop.infra.sql._hidden", "shop.infra.db"}
    assert [each.imported for each in used] == ["shop.infra.db.session"]


SCRIPT = "if __name__ == '__main__':\n    run()\n"


@pytest.mark.parametrize(
    ("files", "found"),
    [
        ({"shop/infra/run.py": SCRIPT, "shop/infra/other.py": "import db\n"}, "shop.infra.db"),
        ({"shop/infra/run.py": SCRIPT, "shop/web/main.py": "import db\n", "shop/infra/other.py": "import db\n"}, None),
        ({"shop/infra/run.py": f"def f():\n    {SCRIPT}", "shop/infra/other.py": "import db\n"}, None),
        ({"shop/infra/test_run.py": SCRIPT, "shop/infra/other.py": "import db\n"}, None),
        ({"shop/web/run.py": SCRIPT, "shop/infra/other.py": "import db\n"}, None),
    ],
)
def test_a_script_finds_what_is_beside_it(tmp_path: Path, files: dict[str, str], found: str | None) -> None:
    """By a name that only those beside it use: for all others it is something else."""
    (tmp_path / "shop/infra").mkdir(parents=True)
    (tmp_path / "shop/infra/odd.py").write_bytes(b"# coding: nowhere\n")

    path = PathOfTree(tree_of(tmp_path, {"shop/web/start.py": "", **files}))

    assert [path.name_of("db"), path.name_of("db")] == [found, found]
