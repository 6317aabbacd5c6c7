"""What rules ask of single files is answered the same when it is remembered."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_fitness.model import Codebase, Location, Violation
from pytest_fitness.rules import ForbiddenImports, Protected
from pytest_fitness.sources import Project, imports, read
from pytest_fitness.sources.tree import Source

FILES = {
    "app/__init__.py": "",
    "app/a.py": "def f():\n    import app.b\n",
    "app/b.py": "class Shown: ...\n",
    "app/c.py": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from app.b import Shown\nfrom app.b import Shown\n",
}
MORE = {
    "app/out.py": "import json as j\nfrom json import decoder\nx = j.encoder, decoder.JSONDecoder\n",
    "app/star.py": "from app.shown import *\nimport json\n",
    "app/shown/__init__.py": "__all__ = ['one']\n",
    "app/shown/one.py": "",
    "app/shown/two.py": "import app.b\n",
}
RULES = (
    ForbiddenImports(of="app.b", inside="app.c", except_kinds=["type-checking"]),
    ForbiddenImports(of="app.b", inside="app.a"),
    Protected(of="app.b", only_by="app.z"),
)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A small package."""
    (tmp_path / "app").mkdir()
    (tmp_path / "cache").mkdir()
    for name, text in {**FILES, "app/z.py": ""}.items():
        (tmp_path / name).write_text(text)
    return tmp_path


class Judged:
    """What rules find in *root*, with the names and surroundings of the lines, and the files that were parsed for it."""

    def __init__(self, root: Path, monkeypatch: pytest.MonkeyPatch, *, cached: bool = True) -> None:
        self.parsed: list[str] = []
        parse = Source.parse  # of a whole file, or of a part

        def noting(source: Source) -> object:
            self.parsed.append(source.module.name)
            return parse(source)

        with monkeypatch.context() as patch:
            patch.setattr(Source, "parse", noting)
            project = Project(root, packages=("app",), roots=(".",))
            codebase = read(project, cache=root / "cache" if cached else None)
            self.found: list[Violation] = [v for rule in RULES for v in codebase.violations(rule)]
            self.within = [codebase.statement(v.location) for v in self.found if v.location is not None]
            codebase._sources.remember()


def agree(root: Path, monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Check that remembering changes nothing; return what was parsed."""
    cached, plain = Judged(root, monkeypatch), Judged(root, monkeypatch, cached=False)
    assert (cached.found, cached.within) == (plain.found, plain.within)
    assert {v.kind for v in cached.found} >= {"module", "function"}
    return set(cached.parsed)


def test_an_unchanged_file_is_not_parsed_again(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """For kinds of imports, names that a statement imports, what a line is within."""
    assert agree(root, monkeypatch) == {"app.a", "app.c"}
    assert agree(root, monkeypatch) == set()


def test_a_changed_file_is_asked_again(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the same line is of another kind, and within something else."""
    agree(root, monkeypatch)
    (root / "app/a.py").write_text("class F:\n    import app.b\n\ndef g():\n    import app.b\n")
    assert agree(root, monkeypatch) == {"app.a"}
    (root / "app/c.py").write_text("import json\nif json:\n    from app.b import Shown\nfrom app.b import Shown\n")
    assert agree(root, monkeypatch) == {"app.c"}
    assert agree(root, monkeypatch) == set()


def test_other_modules_and_other_versions_are_asked_again(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """``from app.b import x`` may be a module or not."""
    agree(root, monkeypatch)
    (root / "app/d.py").write_text("")
    assert agree(root, monkeypatch) == {"app.a", "app.c"}
    monkeypatch.setattr(imports, "own_code", lambda *_: "0.0")
    assert agree(root, monkeypatch) == {"app.a", "app.c"}


def test_a_damaged_file_is_rebuilt(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By its digest."""
    agree(root, monkeypatch)
    (file,) = (root / "cache").glob("answers-*.bin")
    file.write_bytes(file.read_bytes()[:-1])
    assert agree(root, monkeypatch) == {"app.a", "app.c"}
    assert agree(root, monkeypatch) == set()


def test_nothing_new_is_not_written(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second run leaves the file alone; one without a directory has none."""
    agree(root, monkeypatch)
    with monkeypatch.context() as patch:
        patch.setattr("pytest_fitness.sources.answers.marshal", None)
        patch.setattr("pytest_fitness.sources.answers.Store.load", lambda _: None)
        with pytest.raises(AttributeError):
            Judged(root, monkeypatch)
        Judged(root, monkeypatch, cached=False)


@pytest.mark.parametrize("vanishes", [True, False])
def test_answers_of_a_file_that_is_edited_meanwhile_are_not_kept(root: Path, vanishes: bool) -> None:
    """When it is put back, it has the content that the answers are not of."""

    def new(cache: Path | None) -> Codebase:
        return read(Project(root, packages=("app",), roots=(".",)), cache=cache)

    file, text = root / "app/c.py", FILES["app/c.py"]
    file.write_text("if 1:\n    from app.b import Shown\n")
    codebase = new(root / "cache")
    codebase.imports()
    if vanishes:
        file.unlink()
    else:
        file.write_text("if TYPE_CHECKING:\n    from app.b import Shown\n")
    codebase.violations(RULES[0])
    file.write_text("if 1:\n    from app.b import Shown\n")
    assert len(new(root / "cache").violations(RULES[0])) == len(new(None).violations(RULES[0])) == 1
    file.write_text(text)


def new_codebase(root: Path, *, cached: bool) -> Codebase:
    """What is in *root* by now."""
    return read(Project(root, packages=("app",), roots=(".",)), cache=root / "cache" if cached else None)


def rows(codebase: Codebase, *precise: str) -> set[tuple[str, str, int]]:
    """All imports, those of some packages down to the names."""
    found = {(i.importer, i.imported, i.location.line) for i in codebase.imports(precise)}
    codebase._sources.remember()
    return found


def test_names_of_third_party_packages_are_remembered(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """For each set of packages by itself; where another file has a say in an import, it is looked at again."""
    (root / "app/shown").mkdir()
    for name, text in MORE.items():
        (root / name).write_text(text)
    first = rows(new_codebase(root, cached=True), "json")
    assert {("app.out", "json.encoder", 3), ("app.out", "json.decoder.JSONDecoder", 3)} <= first

    with monkeypatch.context() as patch:
        patch.setattr(
            "pytest_fitness.sources.file_reader.FileReader.named",
            lambda _, sources, *others: {source.module.name: (b"", []) for source in sources},
        )
        again = rows(new_codebase(root, cached=True), "json")
        others = new_codebase(root, cached=True).imports(["json", "typing"])
    assert again == {each for each in first if each[0] != "app.star"}
    assert not others.imports_of("app.out")

    (root / "app/shown/__init__.py").write_text("__all__ = ['two']\n")
    (root / "app/out.py").write_text("import json.scanner\n")
    for precise in (("json",), ("json", "typing")):
        assert rows(new_codebase(root, cached=True), *precise) == rows(new_codebase(root, cached=False), *precise)
    assert ("app.star", "app.shown.two", 1) in rows(new_codebase(root, cached=True), "json")


def test_what_files_use_and_whether_they_can_be_parsed_is_remembered(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Until they are changed."""
    (root / "app/d.py").write_text("from app import b\nx = b.Shown\n")
    (root / "app/e.py").write_text("def (:\n")

    def asked() -> tuple[object, ...]:
        codebase = new_codebase(root, cached=True)
        codebase.imports()
        uses = [(u.importer, u.imported, u.location, u.kind) for u in codebase.uses("app.d", {"app.b"})]
        found = (uses, codebase.uses("app.d", {"app.a"}), codebase.unparsed("app.d"), codebase.unparsed("app.e"))
        codebase._sources.remember()
        return found

    first = asked()
    with monkeypatch.context() as patch:
        patch.setattr("pytest_fitness.sources.file_reader.FileReader.uses", lambda *_: pytest.fail("read again"))
        patch.setattr("pytest_fitness.sources.symbols.cached_tree", lambda *_: pytest.fail("parsed again"))
        assert asked() == first
    assert first[0] == [("app.d", "app.b.Shown", Location("app/d.py", 2, "x = b.Shown"), "attribute")]
    assert first[1:3] == ([], None)
    assert first[3] == new_codebase(root, cached=False).unparsed("app.e") is not None

    (root / "app/d.py").write_text("def (:\n")
    (root / "app/e.py").write_text("")
    uses, _, of_d, of_e = asked()
    assert (uses, of_e) == ([], None)
    assert of_d is not None


def test_what_a_module_binds_is_looked_at_once(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many ask for a name of it."""
    seen: list[Source] = []
    monkeypatch.setattr("pytest_fitness.sources.symbols.module_bindings", seen.append)
    codebase = new_codebase(root, cached=True)

    for _ in range(2):
        codebase.bindings("app.c")

    assert [source.module.name for source in seen] == ["app.c"]


def test_syntax_trees_are_not_kept(root: Path) -> None:
    """They are large: of thousands of files they take a gigabyte. One that somebody else has asked for stays."""
    codebase = new_codebase(root, cached=True)
    sources = codebase._sources.tree.sources  # type: ignore[attr-defined]
    kept = sources["app.b"].tree

    assert codebase.unparsed("app.c") is codebase.unparsed("app.b") is None
    assert codebase.statement(Location("app/a.py", 2))[0] == "f"

    assert [name for name, source in sources.items() if "tree" in source.__dict__] == ["app.b"]
    assert sources["app.b"].tree is kept
