"""The import graph: grimp and the syntax tree agree, and grimp's shape is pinned."""

from __future__ import annotations

import importlib.metadata
import importlib.util
from pathlib import Path

import pytest

from pytest_fitness.errors import SettingsError
from pytest_fitness.model import Import, Location
from pytest_fitness.sources import Project, from_texts, read
from pytest_fitness.sources.file_reader import FileReader
from pytest_fitness.sources.grimp_scan import Scanner, can_scan, version
from pytest_fitness.sources.imports import Imports
from pytest_fitness.sources.known import Known, submodules
from pytest_fitness.sources.neighbours import Files, Neighbours
from pytest_fitness.sources.snapshot import Facts
from pytest_fitness.sources.statements import read_imports
from pytest_fitness.sources.symbols import module_bindings
from pytest_fitness.sources.tree import Tree, read_tree
from pytest_fitness.testing import codebase


def tree_of(root: Path, files: dict[str, str], **options: object) -> Tree:
    """Write *files* below *root* and read the tree."""
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return read_tree(Project(root, **options))  # type: ignore[arg-type]


def pairs(tree: Tree, precise: frozenset[str] = frozenset()) -> set[tuple[str, str, int, str]]:
    """Return the edges of the graph with line and kind."""
    return {(i.importer, i.imported, i.location.line, i.kind) for i in Imports(tree).graph(precise)}


@pytest.mark.parametrize(
    "package", ["starlette", "sqlalchemy", "grimp", "importlinter", "coverage", "_pytest", "fastapi"]
)
def test_grimp_and_the_syntax_tree_see_the_same_in_real_packages(package: str) -> None:
    """Files that grimp alone reads would give the same from their syntax tree: line by line."""
    spec = importlib.util.find_spec(package)
    assert spec is not None
    assert spec.origin is not None
    root = Path(spec.origin).parent.parent
    tree = read_tree(Project(root, packages=(package,), roots=(".",)))
    reader = FileReader(Files(tree, {}), Neighbours(tree), None)
    modules = frozenset(tree.sources) | tree.namespaces
    known = Known(modules, submodules(modules), tree.packages)

    def seen(found: list[Import]) -> set[tuple[str, int]]:
        return {
            (i.imported if known.internal(i.imported) else i.imported.partition(".")[0], i.location.line) for i in found
        }

    scanned = Scanner(tree).scan(list(tree.sources.values()))
    looked = {name: reader._missed(tree.sources[name], rows) for name, rows in scanned.items()}
    missed = {name: more for name, more in looked.items() if more is not None}
    assert len(missed) > len(tree.sources) / 2
    for name, more in missed.items():
        reading = read_imports(tree.sources[name], known)
        called = {(r[0].partition(".")[0], r[1]) for r in more.rows if r[3] == "dynamic"}
        stated = {r[:2] for r in scanned[name] if r[0] != name}
        assert seen([i for i in reading.imports if i.kind != "attribute"]) == stated | called, name
        used = {r[0] for r in more.rows if r[3] == "attribute"}
        assert {i.imported for i in reading.imports if i.kind == "attribute"} == used, name
        assert sorted((place.line, place.text) for place in reading.computed) == sorted(more.computed), name


def test_what_grimp_offers_is_still_there(tmp_path: Path) -> None:
    """The one undocumented function that is used: its arguments, its result, the files that it cannot read."""
    files = {
        "app/__init__.py": "",
        "app/a.py": "\nimport json, app.b\nfrom sqlalchemy.orm import Session\n",
        "app/b.py": "def (:",
        "app/c.py": "lazy import app.a",
    }
    tree = tree_of(tmp_path, files)
    (tmp_path / "app/d.py").write_bytes(b"'\xe9'")
    tree = read_tree(Project(tmp_path))

    found = Scanner(tree).scan(list(tree.sources.values()))

    assert {row[:3] for row in found["app.a"]} == {
        ("app.b", 2, "import json, app.b"),
        ("json", 2, "import json, app.b"),
        ("sqlalchemy", 3, "from sqlalchemy.orm import Session"),
    }
    assert [row[0] for row in found["app.c"]] == ["app.a"]
    assert found.keys() == {"app", "app.a", "app.c"}
    assert Scanner(tree).scan([]) == Scanner(tree).scan([tree.sources["app.b"]]) == {}


def test_grimp_is_asked_only_for_files_that_it_would_find(tmp_path: Path) -> None:
    """It derives the file from the module's name, and of x.py and x/__init__.py takes the wrong one."""
    files = {
        "app/__init__.py": "",
        "app/x.py": "import json",
        "app/x/__init__.py": "import os",
        "app/v.1.py": "",
        "single.py": "",
    }
    tree = tree_of(tmp_path, files, packages=("app", "single"))

    assert {n for n, s in tree.sources.items() if can_scan(s, tree)} == {"app"}
    assert Imports(tree).graph(frozenset()).successors("app.x") == {"os"}


def test_a_file_beside_a_package_of_its_name_is_not_taken_for_it(tmp_path: Path) -> None:
    """Python imports the package; grimp reads the file."""
    tree = tree_of(tmp_path, {"app.py": "import json", "app/__init__.py": "import app.b", "app/b.py": "import os"})

    assert {n for n, s in tree.sources.items() if can_scan(s, tree)} == {"app.b"}
    assert Imports(tree).graph(frozenset()).successors("app") == {"app.b"}


def test_an_interrupt_is_not_taken_for_an_unreadable_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A panic in Rust is a BaseException too, and only that is meant."""
    tree = tree_of(tmp_path, {"app/__init__.py": ""})

    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("grimp.application.scanning.scan_imports", interrupt)

    with pytest.raises(KeyboardInterrupt):
        Scanner(tree).scan(list(tree.sources.values()))


def test_third_party_names_are_whole_only_where_asked(tmp_path: Path) -> None:
    """Reading them costs a syntax tree."""
    tree = tree_of(
        tmp_path, {"app/__init__.py": "from sqlalchemy.orm import Session\nimport fastapi\nfastapi.routing.x"}
    )

    assert pairs(tree) == {("app", "sqlalchemy", 1, "module"), ("app", "fastapi", 2, "module")}
    assert pairs(tree, frozenset({"fastapi"})) == {
        ("app", "sqlalchemy.orm.Session", 1, "module"),
        ("app", "fastapi", 2, "module"),
        ("app", "fastapi.routing.x", 3, "attribute"),
    }


def test_a_graph_is_built_once(tmp_path: Path) -> None:
    """For each set of precise packages."""
    imports = Imports(tree_of(tmp_path, {"app/__init__.py": ""}))

    assert imports.graph(frozenset()) is imports.graph(frozenset())


def test_the_kind_of_an_import_that_grimp_found_is_read_on_demand(tmp_path: Path) -> None:
    """From the one file that it is in."""
    files = {
        "app/__init__.py": "",
        "app/a.py": "def f():\n    from app import b\n    import app.b as c\n",
        "app/b.py": "import json\n",
    }
    imports = Imports(tree_of(tmp_path, files))
    graph = imports.graph(frozenset())

    assert {i.kind for i in graph} == {"module"}
    assert {(i.location.line, imports.detail(i).kind) for i in graph} == {
        (2, "function"),
        (3, "function"),
        (1, "module"),
    }


def test_a_kind_that_cannot_be_read_stays_as_it_is(tmp_path: Path) -> None:
    """Newer syntax: grimp has the import, the interpreter has no syntax tree."""
    imports = Imports(tree_of(tmp_path, {"app/__init__.py": "", "app/a.py": "lazy import app.b", "app/b.py": ""}))
    (found,) = imports.graph(frozenset())

    assert imports.detail(found) == found


def test_dynamic_imports_lead_to_the_nearest_module_that_exists(tmp_path: Path) -> None:
    """The name may be that of a class; a prefix stands for everything that begins so."""
    text = """\
import importlib, pkgutil
pkgutil.resolve_name("app.b:Thing.method")
importlib.import_module("app.b_x" if 1 else "json")
importlib.import_module("app.b" + unknown)
importlib.import_module(f"app.{unknown}.x")
importlib.import_module(".b", "app")
importlib.import_module("..b", "app.deep.er")
importlib.import_module("....b", "app")
importlib.import_module(f"{__name__}.x")
importlib.import_module(__package__ + ".b")
importlib.import_module("%s.b" % unknown)
importlib.import_module(unknown)
importlib.import_module(".b", f"app{unknown}")
importlib.import_module()
__import__("app", None, None, ["b", "nothing", unknown])
exec(unknown)
exec("x = (")
exec(f"x = {unknown}")
exec(f"import app.{unknown}")
eval()
"""
    files = {"app/__init__.py": "", "app/a.py": text, "app/b.py": "", "app/b_two.py": "", "app/deep/er.py": ""}
    tree = tree_of(tmp_path, files)
    graph = Imports(tree).graph(frozenset())

    assert {(i.imported, i.location.line) for i in graph if i.kind == "dynamic"} == {
        ("app.b", 2), ("app", 3), ("json", 3), ("app.b", 4), ("app.b_two", 4), ("app", 5), ("app.b", 5), ("app.b_two", 5), ("app.deep", 5), ("app.b", 6), ("app.deep", 7),
        ("app.b", 10), ("app.b", 13), ("app", 15), ("app.b", 15),
    }  # fmt: skip
    assert [place.line for place in graph.computed["app.a"]] == [11, 12, 14, 15, 16, 19, 20]


def test_names_that_are_bound_to_something_else_are_no_modules(tmp_path: Path) -> None:
    """A parameter, a local variable, a global declared in a function."""
    text = """\
import app
import app as other
def shadowed(app, *args, **kwargs): return app.b.x
def local():
    app = 1
    def inner(): return other.b.y
    return app.b.x
def shared():
    global app
    app = app
    return lambda app: app.b
copy = app
def used(): return copy.c.z
def kept(x: int = 1) -> None: return None
"""
    tree = tree_of(tmp_path, {"app/__init__.py": "", "app/a.py": text, "app/b.py": "", "app/c.py": ""})

    assert {(i, line) for _, i, line, kind in pairs(tree) if kind == "attribute"} == {("app.b", 6), ("app.c", 13)}


def test_a_use_of_what_is_imported_anyway_adds_nothing(tmp_path: Path) -> None:
    """``import app.b`` and ``app.b.x`` are one import; of several uses the first one counts."""
    text = "import app.b\napp.b.x\napp.c.y\napp.c.z\n"
    tree = tree_of(tmp_path, {"app/__init__.py": "", "app/a.py": text, "app/b.py": "", "app/c.py": ""})

    assert {(i, line) for _, i, line, kind in pairs(tree) if kind == "attribute"} == {("app.c", 3)}


def test_a_use_through_a_package_above_the_judged_ones_is_seen(tmp_path: Path) -> None:
    """Grimp drops an import of what lies above the packages that it is given."""
    files = {"app/__init__.py": "", "app/a/__init__.py": "import app\napp.b.c.x", "app/b/c.py": ""}
    tree = tree_of(tmp_path, files, packages=("app.a", "app.b"))

    assert ("app.a", "app.b.c", 2, "attribute") in pairs(tree)


def test_relative_imports_above_the_top_are_ignored(tmp_path: Path) -> None:
    """They cannot run."""
    tree = tree_of(
        tmp_path, {"app/__init__.py": "from .... import x\nimport app.none", "app/a.py": "from . . import y"}
    )

    assert pairs(tree) == {("app", "app.none", 2, "module")}


def test_type_checking_blocks_are_told_from_the_rest(tmp_path: Path) -> None:
    """``and`` narrows, ``not`` and ``else`` turn round, and everything inside stays what it is."""
    text = """\
from typing import TYPE_CHECKING
import app.none
if TYPE_CHECKING and True:
    import one
    def f():
        import two
if not TYPE_CHECKING:
    import three
else:
    import four
if 1:
    import five
    def g():
        if 2:
            import six
"""
    tree = tree_of(tmp_path, {"app/__init__.py": text})

    assert {imported: kind for _, imported, _, kind in pairs(tree)} == {
        "typing.TYPE_CHECKING": "module", "app.none": "module", "one": "type-checking", "two": "type-checking", "three": "conditional",
        "four": "type-checking", "five": "conditional", "six": "function",
    }  # fmt: skip


def test_a_file_that_is_gone_keeps_the_kinds_that_grimp_gave(tmp_path: Path) -> None:
    """Kinds are read when they are shown, which may be later."""
    imports = Imports(tree_of(tmp_path, {"app/__init__.py": "", "app/a.py": "import json"}))
    (found,) = imports.graph(frozenset())
    imports.tree.sources["app.a"]._text = "def (:"

    assert imports.detail(found) == found


def test_deep_nesting_falls_back_to_what_grimp_found(tmp_path: Path) -> None:
    """An expression too deep for a walk does not end the run."""
    for depth in (700, 3000):  # too deep for our walk; too deep for the parser
        text = "import app.b\nimport app.none\nx = " + "+".join(["app.b.y"] * depth) + "\n"
        tree = tree_of(tmp_path, {"app/__init__.py": "", "app/a.py": text, "app/b.py": ""})

        assert {(imported, line) for _, imported, line, _ in pairs(tree)} >= {("app.b", 1)}


def test_what_a_file_uses_of_watched_modules(tmp_path: Path) -> None:
    """By full name and line; nothing of a file that cannot be parsed."""
    files = {
        "app/__init__.py": "",
        "app/a.py": "from app import b as c\nc.x.y; c",
        "app/bad.py": "def (:",
        "app/b.py": "",
    }
    imports = Imports(tree_of(tmp_path, files))

    assert [(i.imported, i.location.line) for i in imports.uses("app.a", frozenset({"app.b"}))] == [("app.b.x.y", 2)]
    assert not imports.uses("app.bad", frozenset({"app.b"}))


def test_an_unreadable_file_still_shows_what_its_text_shows(tmp_path: Path) -> None:
    """Besides being reported as unread."""
    files = {"app/__init__.py": "", "app/a.py": "import app.b\nimport other\ndef (:", "app/b.py": ""}
    graph = Imports(tree_of(tmp_path, files)).graph(frozenset())

    assert [(i.importer, i.imported) for i in graph] == [("app.a", "app.b")]
    assert graph.unread.keys() == {"app.a"}


def test_third_party_names_in_newer_syntax_come_from_the_text(tmp_path: Path) -> None:
    """Else a rule about a submodule would be green."""
    text = "lazy from sqlalchemy.orm import Session, x\nlazy import sqlalchemy.sql as q\nlazy import json\ndef (:\n"
    tree = tree_of(tmp_path, {"app/__init__.py": text.replace("def (:\n", "match = lazy = 1\nx = yield = 2\n")})
    imports = Imports(tree)
    plain = [
        ("sqlalchemy", 1, "lazy from sqlalchemy.orm import Session, x", "module"),
        ("json", 3, "lazy import json", "module"),
    ]
    imports.__dict__["_facts"] = {"app": Facts(b"", plain)}  # type: ignore[arg-type]

    names = [r[0] for r in imports.graph(frozenset({"sqlalchemy"})).rows["app"]]

    assert names == ["sqlalchemy", "sqlalchemy.orm", "sqlalchemy.orm.Session", "sqlalchemy.orm.x", "json"]


def test_a_kind_in_a_file_that_cannot_be_parsed_stays_as_it_is(tmp_path: Path) -> None:
    """And nobody can tell which names a statement imports."""
    tree = tree_of(
        tmp_path, {"app/__init__.py": "", "app/a.py": "if 1:\n    import app.b\n    def (:\n", "app/b.py": ""}
    )
    imports = Imports(tree)
    each = Import("app.a", "app.b", Location("app/a.py", 2))

    assert imports.detail(each) == each
    assert imports.symbols(each) == ()
    assert module_bindings(tree.sources["app.a"]).imported == {}


def test_names_of_which_some_are_only_known_at_run_time(tmp_path: Path) -> None:
    """What can be read counts, and the rest is noted; looking for a package of somebody else's imports nothing."""
    text = (
        "import importlib.util\nfor name in ('app.b', unknown):\n    importlib.import_module(name)\n"
        "importlib.util.find_spec('json')\n"
    )
    graph = Imports(tree_of(tmp_path, {"app/__init__.py": "", "app/a.py": text, "app/b.py": ""})).graph(frozenset())

    assert {(i.imported, i.location.line) for i in graph.imports_of("app.a") if i.kind == "dynamic"} == {("app.b", 3)}
    assert [place.line for place in graph.computed["app.a"]] == [3]


def test_a_third_party_package_called_like_a_part_of_ours_is_none_of_ours(tmp_path: Path) -> None:
    """Where nearly all files import by the name of the judged package; one that goes by another name is refused."""
    for name in ("ours/__init__.py", "ours/pyspark/__init__.py", "ours/pyspark/ml.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    for n in range(30):
        (tmp_path / f"ours/m{n}.py").write_text("import ours.pyspark\n")
    (tmp_path / "ours/a.py").write_text("import pyspark.ml\nfrom pyspark.ml import x\n")

    graph = read(Project(tmp_path, packages=("ours",))).imports()

    assert {i.imported for i in graph if i.importer == "ours.a"} == {"pyspark"}
    for n in range(30):
        (tmp_path / f"ours/m{n}.py").write_text("import pyspark.ml\n")
    with pytest.raises(SettingsError, match=r"imports pyspark\.ml, a file that is judged as ours\.pyspark\.ml"):
        read(Project(tmp_path, packages=("ours",))).imports()


def test_what_a_line_is_within_is_told_from_the_text_where_it_must_be() -> None:
    """By indentation, of a file that cannot be parsed; of one that is no text, nothing."""
    text = (
        "class A:\n    def f(self):\n        import x\n    # note\n    y = 1\n\n\ndef g(\n):\n    import z\nbroken(:\n"
    )
    shop = codebase({"shop.a": text, "shop.b": "async def f(): from shop import a\n"})

    within = [shop.statement(Location("shop/a.py", line))[0] for line in (3, 5, 10, 11)]

    assert within == ["A.f", "A", "g", ""]
    assert shop.statement(Location("shop/b.py", 1)) == ("f", ("shop.a",))
    assert shop.statement(Location("elsewhere.py", 1)) == ("", ())
    undecodable = from_texts({"shop.a": "x"})
    undecodable._sources.tree.sources["shop.a"]._data = b"\xff"  # type: ignore[attr-defined]
    assert undecodable.statement(Location("shop/a.py", 1)) == ("", ())


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("app/__init__.py", "import app\napp.pkg.x"),
        ("app/a.py", "import app.a\napp.pkg.x.f"),
        ("app/pkg/__init__.py", "import app.pkg as me\nme.x.f"),
        ("app/pkg/__init__.py", "from .. import pkg\npkg.x.f"),
    ],
)
def test_a_module_may_get_at_others_by_its_own_name(tmp_path: Path, name: str, text: str) -> None:
    """An import of itself is none, but it binds a name."""
    files = {"app/__init__.py": "", "app/a.py": "", "app/pkg/__init__.py": "", "app/pkg/x.py": "", name: text}
    tree = tree_of(tmp_path, files)
    module = next(source.module.name for source in tree.sources.values() if source.module.path == name)

    assert {i[1] for i in pairs(tree) if i[0] == module} - {"app.pkg", "app"} == {"app.pkg.x"}


def test_what_a_relative_import_means_depends_on_where_it_is(tmp_path: Path) -> None:
    """However it is written."""
    for statement in ("from.. import pkg", "from  .. import pkg", "lazy from .. import pkg"):
        files = {
            "app/__init__.py": "",
            "app/pkg/__init__.py": "",
            "app/pkg/x.py": "",
            "app/pkg/deep/__init__.py": "",
            "app/pkg/deep/q.py": statement,
            "app/sub/__init__.py": "",
            "app/sub/c.py": f"{statement}\npkg.x.f",
        }
        found = pairs(tree_of(tmp_path, files))
        assert ("app.sub.c", "app.pkg.x", 2, "attribute") in found


def test_attributes_of_a_package_above_the_judged_one_are_no_imports(tmp_path: Path) -> None:
    """Nobody knows what they are."""
    text = "import company.app\nimport company.billing\ncompany.app.x.f()\ncompany.billing.g()"
    files = {"company/app/__init__.py": "", "company/app/a.py": text, "company/app/x.py": ""}
    found = pairs(tree_of(tmp_path, files, packages=("company.app",)))

    assert {i[1] for i in found} == {"company.app", "company.app.x", "company.billing"}


def test_what_is_remembered_depends_on_the_version_of_grimp(monkeypatch: pytest.MonkeyPatch) -> None:
    """As it says itself, and as older installations say it, which have no such file."""
    assert version() == importlib.metadata.version("grimp")

    monkeypatch.setattr(importlib.metadata.Distribution, "version", "1.0")
    monkeypatch.setattr(importlib.metadata.PathDistribution, "read_text", lambda _self, _name: None)

    assert version() == "1.0"
