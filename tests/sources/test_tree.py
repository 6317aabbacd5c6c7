"""Which files are the codebase."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pytest_fitness import EmptySelectionError, SettingsError
from pytest_fitness.model import Module
from pytest_fitness.sources import Project
from pytest_fitness.sources import read as read_codebase
from pytest_fitness.sources.tree import Source, Tree, read_tree, unread


def make(root: Path, *files: str) -> None:
    """Create empty *files*."""
    for name in files:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


def read(root: Path, **options: object) -> Tree:
    """Read the tree of a project in *root*."""
    return read_tree(Project(root, **options))  # type: ignore[arg-type]


def test_the_only_package_below_src_is_found(tmp_path: Path) -> None:
    """Tests and documentation beside it are no packages."""
    make(tmp_path, "src/shop/__init__.py", "src/shop/api.py", "tests/__init__.py", "src/shop.egg-info/x.py")

    tree = read(tmp_path)

    assert tree.packages == ("shop",)
    assert {name: s.module.path for name, s in tree.sources.items()} == {
        "shop": "src/shop/__init__.py",
        "shop.api": "src/shop/api.py",
    }


def test_the_only_package_in_rootdir_is_found(tmp_path: Path) -> None:
    """Flat layout: regular packages win over plain directories."""
    make(tmp_path, "shop/__init__.py", "tests/test_x.py", "deploy/run.py", "docs/conf.py")

    assert read(tmp_path).packages == ("shop",)


def test_a_package_without_init_is_found(tmp_path: Path) -> None:
    """A directory with Python files, where there is no regular package."""
    make(tmp_path, "src/shop/api/routes.py")

    tree = read(tmp_path)

    assert tree.packages == ("shop",)
    assert tree.namespaces == {"shop", "shop.api"}


def test_pythonpath_comes_first(tmp_path: Path) -> None:
    """What the tests can import is what is meant."""
    make(tmp_path, "backend/shop/__init__.py", "tool/__init__.py")

    assert read(tmp_path, pythonpath=[tmp_path / "backend"]).packages == ("shop",)


def test_several_packages_are_an_error_that_says_how_to_choose(tmp_path: Path) -> None:
    """Guessing would judge the wrong one."""
    make(tmp_path, "src/shop/__init__.py", "src/billing/__init__.py")

    with pytest.raises(SettingsError, match=r"2 packages in 'src': billing, shop; say which one[\s\S]*packages = "):
        read(tmp_path)


def test_no_package_is_an_error(tmp_path: Path) -> None:
    """An empty codebase would be green."""
    with pytest.raises(SettingsError, match="found no package in"):
        read(tmp_path)


def test_several_packages_can_be_judged_together(tmp_path: Path) -> None:
    """In one root or in several, dotted ones and single modules among them."""
    make(tmp_path, "a/shop/__init__.py", "b/billing/__init__.py", "b/company/tools/x.py", "b/single.py")

    tree = read(tmp_path, packages=("shop", "billing", "company.tools", "single"), roots=("a", "b"))

    assert set(tree.sources) == {"shop", "billing", "company.tools.x", "single"}


def test_a_namespace_package_in_two_roots_is_read_whole(tmp_path: Path) -> None:
    """Both portions count."""
    make(tmp_path, "a/ns/one.py", "b/ns/two.py")

    assert set(read(tmp_path, packages=("ns",), roots=("a", "b")).sources) == {"ns.one", "ns.two"}


def test_a_module_in_two_roots_is_an_error(tmp_path: Path) -> None:
    """One of them would be judged, perhaps not the one that runs."""
    make(tmp_path, "a/ns/one.py", "b/ns/one.py")

    with pytest.raises(SettingsError, match=r"module 'ns\.one' is found twice"):
        read(tmp_path, packages=("ns",), roots=("a", "b"))


def test_a_misspelt_root_or_package_is_an_error(tmp_path: Path) -> None:
    """With the nearest directory."""
    make(tmp_path, "src/shop/__init__.py", "src/empty/readme.txt")

    with pytest.raises(SettingsError, match=r"source root 'scr' is not a directory in .*; did you mean 'src'\?"):
        read(tmp_path, roots=("scr",))
    with pytest.raises(SettingsError, match=r"source root 'zzz' is not a directory in .*zzz|source root 'zzz'"):
        read(tmp_path, roots=("zzz",))
    with pytest.raises(SettingsError, match=r"package 'shpo' is not in .*; did you mean 'shop'\?"):
        read(tmp_path, packages=("shpo",))
    with pytest.raises(SettingsError, match="package 'zzz' is not in"):
        read(tmp_path, packages=("zzz",))
    with pytest.raises(SettingsError, match="package 'empty': no Python file in"):
        read(tmp_path, packages=("empty",))


def test_a_module_beside_a_directory_of_other_files_is_the_module(tmp_path: Path) -> None:
    """As Python imports it."""
    make(tmp_path, "config.py", "config/static.json")

    tree = read(tmp_path, packages=("config",))

    assert [(each.module.name, each.module.path) for each in tree.sources.values()] == [("config", "config.py")]


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (("config.py", "config/dev.py"), {"config": "config.py", "config.dev": "config/dev.py"}),
        (("config.py", "config/.hidden/dev.py"), {"config": "config.py"}),
        (("config.py", "config/__init__.py"), {"config": "config/__init__.py"}),
    ],
)
def test_a_module_beside_a_directory_of_its_name_is_judged_unless_that_is_a_package(
    tmp_path: Path, files: tuple[str, ...], expected: dict[str, str]
) -> None:
    """A directory without an ``__init__.py`` comes second, as in Python; what is in it is judged all the same."""
    make(tmp_path, *files)

    tree = read(tmp_path, packages=("config",))

    assert {each.module.name: each.module.path for each in tree.sources.values()} == expected
    assert not tree.namespaces


@pytest.mark.parametrize(
    "pattern", ["shop.gen", "gen", "shop.*.deep", "**.deep", "src/shop/gen/*", "src/shop/gen/deep.py", "src/shop/gen/"]
)
def test_excluded_files_are_not_judged(tmp_path: Path, pattern: str) -> None:
    """By name, pattern or path."""
    make(tmp_path, "src/shop/__init__.py", "src/shop/gen/deep.py")

    assert set(read(tmp_path, exclude=(pattern,)).sources) == {"shop"}


def test_an_exclude_that_matches_nothing_is_an_error(tmp_path: Path) -> None:
    """A typo there would judge what nobody wanted judged; a stale entry would hide what comes next."""
    make(tmp_path, "src/shop/__init__.py", "src/shop/gen.py")

    with pytest.raises(
        EmptySelectionError, match=r"no file matches 'shop\.gne'; did you mean 'shop\.gen'.*`exclude` entry"
    ):
        read(tmp_path, exclude=("shop.gne",))


def test_excluding_everything_is_an_error(tmp_path: Path) -> None:
    """Nothing would be judged."""
    make(tmp_path, "src/shop/__init__.py")

    with pytest.raises(SettingsError, match="`exclude` leaves nothing of shop"):
        read(tmp_path, exclude=("shop",))


def test_hidden_directories_caches_and_environments_are_left_out(tmp_path: Path) -> None:
    """They hold no code of the project."""
    make(
        tmp_path, "shop/__init__.py", "shop/.git/x.py", "shop/__pycache__/x.py", "shop/env/pyvenv.cfg", "shop/env/y.py"
    )
    make(tmp_path, "shop/.hidden.py")

    assert set(read(tmp_path, packages=("shop",)).sources) == {"shop"}


def test_a_root_outside_rootdir_is_shown_relative_to_it(tmp_path: Path) -> None:
    """As in a repository with the configuration in a folder of its own."""
    make(tmp_path, "lib/shop/__init__.py", "lib/other/__init__.py", "conf/x")

    tree = read(tmp_path / "conf", packages=("shop",), roots=("../lib",))

    assert tree.sources["shop"].module.path == "../lib/shop/__init__.py"
    elsewhere = read(tmp_path / "conf", packages=("shop",), pythonpath=[tmp_path / "lib"])
    assert elsewhere.sources["shop"].module.path == "../lib/shop/__init__.py"
    with pytest.raises(SettingsError, match="2 packages in '/"):
        read(tmp_path / "conf", pythonpath=[tmp_path / "lib"])


def test_a_source_is_decoded_as_python_does_it() -> None:
    """BOM, cookie, line ends; anything else is refused with the line."""
    module = Module("m", "m.py")

    assert Source(module, data=b"\xef\xbb\xbfx = 1\r\ny = 2\rz = 3").text == "x = 1\ny = 2\nz = 3"
    assert Source(module, data="# coding: cp1252\nx = 'é'".encode("cp1252")).line(2) == "x = 'é'"
    assert Source(module, data=b"x").line(7) == ""
    with pytest.raises(SyntaxError, match="not valid utf-8") as error:
        _ = Source(module, data=b"x = 1\ny = 2\n# ok\nz = '\xe9'").text
    assert error.value.lineno == 4
    with pytest.raises(SyntaxError, match="unknown encoding"):
        _ = Source(module, data=b"# coding: klingon\n").text


def test_what_cannot_be_parsed_is_said_with_line_and_interpreter() -> None:
    """So that "needs a newer Python" can be told from "is broken"."""
    source = Source(Module("m", "m.py"), data=b"x = 1\ndef (:\n")

    with pytest.raises(SyntaxError) as error:
        _ = source.tree
    found = unread(source, error.value)

    assert (found.module, found.location.line, found.location.text) == ("m", 2, "def (:")
    assert "(read by Python 3." in found.reason


def test_null_bytes_and_deep_nesting_are_syntax_errors() -> None:
    """Whatever the parser raises, it is one file that cannot be read."""
    module = Module("m", "m.py")

    for data in (b"x = 1\x00", b"(" * 5000 + b")" * 5000):
        with pytest.raises(SyntaxError):
            _ = Source(module, data=data).tree


@pytest.mark.parametrize("name", ["src.shop/", "src/shop", "app.", ".app", "my-app", ""])
def test_a_package_has_a_name_not_a_path(tmp_path: Path, name: str) -> None:
    """A path would be found, and its modules would have names that nobody imports."""
    make(tmp_path, "src/shop/__init__.py")

    with pytest.raises(SettingsError, match="is not the name of a package"):
        read(tmp_path, packages=(name,))


def test_a_package_is_listed_once(tmp_path: Path) -> None:
    """By itself or with a package above it."""
    make(tmp_path, "src/shop/__init__.py", "src/shop/api/__init__.py")

    for names in (("shop", "shop"), ("shop", "shop.api")):
        with pytest.raises(SettingsError, match="is listed twice"):
            read(tmp_path, packages=names)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("import os\nfrom shop.domain import x", "api/orders.py:2: from shop.domain import x"),
        ("def f():\n    import shop", "api/orders.py:2: import shop"),
        ("import_module('shop.domain')", "api/orders.py:1: import_module('shop.domain')"),
        ("from ... import domain", "api/orders.py:1: from ..."),
        ("from .. import domain", "api/orders.py:1: from .."),
    ],
)
def test_a_package_is_no_source_root(tmp_path: Path, text: str, shown: str) -> None:
    """Where its modules are imported by its name."""
    make(tmp_path, "src/shop/__init__.py", "src/shop/api/__init__.py", "src/shop/api/orders.py")
    (tmp_path / "src/shop/api/orders.py").write_text(text)

    with pytest.raises(
        SettingsError, match=re.escape("source root 'src/shop' is a package itself, by whose name")
    ) as error:
        read(tmp_path, packages=("api",), roots=("src/shop",))
    assert f"(`{shown}" in str(error.value)


def test_a_package_in_a_source_root_of_the_same_name_is_what_is_imported(tmp_path: Path) -> None:
    """As in projects of Django with a stray ``__init__.py`` around them; what leads out of the root is none the less wrong."""
    make(tmp_path, "shop/__init__.py", "shop/shop/__init__.py", "shop/shop/settings.py", "shop/orders/__init__.py")
    (tmp_path / "shop/orders/__init__.py").write_text("from shop.settings import DEBUG")

    assert set(read(tmp_path, packages=("orders", "shop"), roots=("shop",)).sources) == {
        "orders",
        "shop",
        "shop.settings",
    }
    (tmp_path / "shop/orders/__init__.py").write_text("from .. import shop")
    with pytest.raises(SettingsError, match=r"`orders/__init__\.py:1: from \.\.`"):
        read(tmp_path, packages=("orders", "shop"), roots=("shop",))


def test_a_stray_init_file_in_a_source_root_is_no_harm(tmp_path: Path) -> None:
    """Where nothing is imported by the name that it gives; a single module is looked into as well."""
    make(tmp_path, "apps/__init__.py", "apps/shop/__init__.py", "apps/shop/deep/__init__.py", "apps/tool.py")
    (tmp_path / "apps/shop/deep/__init__.py").write_text(
        "from ..deep import x\nimport apps_of_others, shop\n'apps.shop'"
    )

    assert set(read(tmp_path, packages=("shop", "tool"), roots=("apps",)).sources) == {"shop", "shop.deep", "tool"}
    assert set(read(tmp_path, packages=("shop",), roots=("apps",)).sources) == {"shop", "shop.deep"}
    (tmp_path / "apps/tool.py").write_text("import apps.shop")
    with pytest.raises(SettingsError, match=r"`tool\.py:1: import apps\.shop`"):
        read(tmp_path, packages=("shop", "tool"), roots=("apps",))
    with pytest.raises(SettingsError, match=r"`tool\.py:1: import apps\.shop`"):
        read(tmp_path, roots=("apps",))
    (tmp_path / "apps/tool.py").unlink()
    assert set(read(tmp_path, roots=("apps",)).sources) == {"shop", "shop.deep"}


@pytest.mark.parametrize(
    ("root", "package"), [("", "backend"), ("", "src"), ("src/shop", "api")], ids=["monorepo", "src", "too-deep"]
)
def test_modules_are_judged_by_the_names_by_which_they_are_imported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, root: str, package: str
) -> None:
    """Otherwise every import would look like one of a third-party package, and every rule would hold."""
    monkeypatch.syspath_prepend(tmp_path)  # before the directory that `python -m` puts there
    top = {"backend": "backend/shop_x", "src": "src/shop_x", "api": "src/shop"}[package]
    make(tmp_path, f"{top}/api/db.py", f"{top}/api/x.py")
    name = "nothing_installed.api" if package == "api" else "shop_x.api"
    (tmp_path / top / "api/x.py").write_text(f"from {name}.db import y\n")
    codebase = read_codebase(Project(tmp_path, packages=(package,), roots=(root,) if root else (".",)))

    with pytest.raises(
        SettingsError, match=r"x\.py:1 imports .*, a file that is judged as .*; set `packages` and `source`"
    ):
        codebase.imports()


@pytest.mark.parametrize("packages", [("src",), ("backend.shop_y",)])
def test_a_file_is_not_judged_by_two_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, packages: tuple[str, ...]
) -> None:
    """By the one that is configured and, found beside it, by the one that it is imported by."""
    monkeypatch.syspath_prepend(tmp_path)  # before the directory that `python -m` puts there
    top = tmp_path / ("src/shop_y" if packages == ("src",) else "backend/shop_y")
    make(top, "api/db.py", "api/x.py", "__init__.py")
    (top / "api/x.py").write_text("from shop_y.api.db import y\n")
    codebase = read_codebase(Project(tmp_path, packages=packages, pythonpath=[tmp_path]))

    with pytest.raises(SettingsError, match=r"imports shop_y.*, a file that is judged as"):
        codebase.imports()


def test_names_that_are_no_text_are_shown_as_bytes(tmp_path: Path) -> None:
    """They are judged, and can be printed and sent."""
    make(tmp_path, "shop/__init__.py")
    with open(bytes(tmp_path / "shop") + b"/o\xff.py", "w") as file:
        file.write("import json\n")

    codebase = read_codebase(Project(tmp_path, packages=("shop",)))

    assert {(i.importer, i.location.path) for i in codebase.imports()} == {("shop.o\\xff", "shop/o\\xff.py")}


def test_a_name_with_two_dots_beside_a_directory_is_judged(tmp_path: Path) -> None:
    """``svc.v2.py`` beside ``svc/v2.py``."""
    make(tmp_path, "shop/__init__.py", "shop/svc.v2.py", "shop/svc/v2.py")

    assert len(read(tmp_path, packages=("shop",)).sources) == 3


def test_links_out_of_the_project_are_followed_only_to_python(tmp_path: Path) -> None:
    """Not into a whole file system."""
    make(tmp_path, "project/shop/__init__.py", "elsewhere/lib/x.txt", "elsewhere/code/x.py", "elsewhere/lib/deep/y.py")
    for name in ("lib", "code"):
        (tmp_path / "project/shop" / name).symlink_to(tmp_path / "elsewhere" / name)

    assert set(read(tmp_path / "project", packages=("shop",)).sources) == {"shop", "shop.code.x"}


def test_a_directory_that_cannot_be_read_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its modules would be missing in silence."""
    make(tmp_path, "shop/__init__.py")

    def refuse(path: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("os.scandir", refuse)

    with pytest.raises(SettingsError, match="shop cannot be read: Permission denied"):
        read(tmp_path, packages=("shop",))


def test_a_file_that_cannot_be_read_is_unread(tmp_path: Path) -> None:
    """As one with an encoding that is none."""
    make(tmp_path, "shop/__init__.py", "shop/a.py", "shop/b.py")
    (tmp_path / "shop/b.py").write_text("# coding: rot13\n")
    codebase = read_codebase(Project(tmp_path, packages=("shop",)))
    (tmp_path / "shop/a.py").unlink()

    assert codebase.imports().unread.keys() == {"shop.a", "shop.b"}


def test_endless_lines_are_not_given_to_grimp(tmp_path: Path) -> None:
    """It would take the whole process with it."""
    make(tmp_path, "shop/__init__.py")
    (tmp_path / "shop/data.py").write_text("x = '" + "a" * 60_000 + "'\nimport json\n")
    codebase = read_codebase(Project(tmp_path, packages=("shop",)))

    assert [i.imported for i in codebase.imports()] == ["json"]


def test_a_package_in_two_configured_roots_is_refused(tmp_path: Path) -> None:
    """Python would import the first one only; where nobody has configured roots, ``src`` comes first."""
    make(tmp_path, "src/shop/__init__.py", "libs/shop/__init__.py")

    with pytest.raises(SettingsError, match=r"package 'shop' is in .*src/shop and .*libs/shop"):
        read_tree(Project(tmp_path, packages=("shop",), roots=("src", "libs")))
    assert read_tree(Project(tmp_path, packages=("shop",))).sources["shop"].module.path == "src/shop/__init__.py"
