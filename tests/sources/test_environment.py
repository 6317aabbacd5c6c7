"""What is installed beside the codebase."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from pytest_fitness import EmptySelectionError, StaleCopyError
from pytest_fitness.rules import ForbiddenImports
from pytest_fitness.sources import Project, read
from pytest_fitness.sources.environment import third_party


def make(root: Path, files: dict[str, str]) -> None:
    """Write *files* below *root*."""
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def test_a_stale_copy_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests would run against other code than the code that is judged."""
    make(tmp_path, {"src/shop_a/__init__.py": "", "src/shop_a/api.py": "new", "site/shop_a/__init__.py": ""})
    make(tmp_path, {"site/shop_a/api.py": "old"})
    monkeypatch.syspath_prepend(tmp_path / "site")

    with pytest.raises(StaleCopyError, match=r"`import shop_a` would load .*site/shop_a, but .* and api\.py differs"):
        read(Project(tmp_path))


def test_an_identical_copy_is_accepted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An installed wheel of the same source is the same code."""
    make(tmp_path, {"src/shop_b/__init__.py": "x = 1", "site/shop_b/__init__.py": "x = 1"})
    monkeypatch.syspath_prepend(tmp_path / "site")

    assert read(Project(tmp_path)).packages == ("shop_b",)


def test_the_tree_itself_on_the_path_is_fine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The normal case: editable, ``pythonpath``, or run from the directory."""
    make(tmp_path, {"src/shop_c/__init__.py": "", "src/shop_c/sub/x.py": "", "site/shop_c/other.py": ""})
    monkeypatch.syspath_prepend(tmp_path / "site")
    monkeypatch.syspath_prepend(tmp_path / "src")

    assert len(read(Project(tmp_path)).modules) == 2
    assert len(read(Project(tmp_path, packages=("shop_c.sub",))).modules) == 1


def test_a_package_that_cannot_be_looked_up_is_read_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reading needs no import."""
    make(tmp_path, {"src/shop_d/__init__.py": ""})
    broken = type(sys)("shop_d")
    broken.__spec__ = None
    monkeypatch.setitem(sys.modules, "shop_d", broken)

    assert read(Project(tmp_path)).packages == ("shop_d",)


@pytest.mark.parametrize(
    "name",
    ["json", "sys", "os.path", "sqlalchemy", "sqlalchemy.orm", "sqlalchemy.orm.Session", "fastapi.routing.APIRoute",
     "grimp._rustgrimp", "grimp._rustgrimp.Graph", "typing_extensions.TypedDict", "xml.etree.ElementTree"],
)  # fmt: skip
def test_installed_names_exist(name: str) -> None:
    """Modules, submodules, names in them, compiled ones."""
    assert third_party(name)[0]


@pytest.mark.parametrize(
    "name", ["jsn", "sqlalchemy.omr", "sqlalchemy.orm.Sesssion", "sqlalchemy.orm.Session.add", "typing_extensions.Nope"]
)
def test_other_names_do_not(name: str) -> None:
    """Nor do names that are too deep to be modules."""
    assert not third_party(name)[0]


def test_a_declared_dependency_exists_without_being_installed() -> None:
    """By the distribution's name as far as it is the module's; submodules cannot be checked."""
    assert third_party("some_driver", ["some-driver"])[0]
    assert not third_party("some_driver.deep", ["some-driver"])[0]


def test_a_module_may_be_called_otherwise_than_its_distribution() -> None:
    """With other capitals, or by a name that is well known; the distribution's name would never be imported."""
    declared = ["SomeDriver9", "beautifulsoup4"]

    assert third_party("SomeDriver9", declared)[0]
    assert third_party("somedriver9", declared)[0]
    assert third_party("bs4", declared)[0]
    assert not third_party("beautifulsoup4", declared)[0]


def test_a_module_beside_the_judged_package_exists(tmp_path: Path) -> None:
    """In the same source root, imported by nobody."""
    make(
        tmp_path,
        {"src/shop_e/__init__.py": "", "src/beside_e/deep/x.py": "", "src/single_e.py": "", "src/empty_e/a.txt": ""},
    )
    codebase = read(Project(tmp_path, packages=("shop_e",)))

    for name in ("beside_e", "beside_e.deep.x", "single_e"):
        assert codebase.violations(ForbiddenImports(of=name, inside="shop_e")) == []
    with pytest.raises(EmptySelectionError, match="no module matches 'empty_e'"):
        codebase.violations(ForbiddenImports(of="empty_e", inside="shop_e"))


def test_a_module_that_cannot_be_looked_up_does_not_exist(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the import system says, it is not an error of ours."""
    broken = type(sys)("broken_module")
    broken.__spec__ = None
    monkeypatch.setitem(sys.modules, "broken_module", broken)

    assert not third_party("broken_module")[0]


def test_a_path_entry_that_is_gone_is_skipped(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """``sys.path`` often has some."""
    monkeypatch.syspath_prepend(tmp_path / "gone")

    assert "json" in third_party("nothing_of_that_name")[1]


def test_a_directory_on_the_path_is_a_package_only_with_python_in_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """``infrastructure/main.tf`` in the root directory is none."""
    make(tmp_path, {"infrastructure_x/main.tf": "", "namespace_x/deep/a.py": ""})
    monkeypatch.syspath_prepend(tmp_path)

    assert not third_party("infrastructure_x")[0]
    assert third_party("namespace_x")[0]


def test_a_distribution_that_is_installed_is_not_its_module() -> None:
    """``import-linter`` is imported as ``importlinter``."""
    assert not third_party("import_linter", ["other", "import-linter"])[0]
    assert third_party("importlinter", ["import-linter"])[0]
