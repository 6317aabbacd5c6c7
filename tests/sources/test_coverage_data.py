"""Coverage that other runs have left, read in this process; real runs are in ``tests/plugin``."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
import warnings
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace

import pytest
from coverage import CoverageData

from pytest_fitness import CoverageDataError, NotJudgedError, sources
from pytest_fitness.model import CoverageReport
from pytest_fitness.rules import RecordedCoverage
from pytest_fitness.sources import Project, coverage
from pytest_fitness.sources.tree import read_tree

FILES = {
    "src/app/__init__.py": "",
    "src/app/a.py": "def f(x):\n    if x:\n        return 1\n    return 2\n",
    "src/app/b.py": "x = 1\n",
    "run.py": "import sys\nsys.path.insert(0, 'src')\nimport app.a\napp.a.f(1)\n",
    ".coveragerc": "[run]\nbranch = true\nsource = src\n",
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A package, of which one module has been run, with the data and every report of it."""
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    for command in (["run", "run.py"], ["json", "-q"], ["xml", "-q"], ["lcov", "-q"]):
        subprocess.run([sys.executable, "-m", "coverage", *command], cwd=tmp_path, check=True)
    return tmp_path


def read(root: Path, *patterns: str, partial: str = "") -> CoverageReport:
    """Read the files that match *patterns*."""
    tree = read_tree(Project(root, packages=("app",)))
    return coverage.from_files(tree, coverage.Run(root, 0.0, partial, 0), patterns)


@pytest.mark.parametrize("file", [".coverage", "coverage.json", "coverage.xml", "coverage.lcov", "*/../.coverage"])
def test_the_numbers_are_the_same_from_every_file(root: Path, file: str) -> None:
    """Branches and modules that nobody imported among them."""
    report = read(root, file)

    a, b = report.files["app.a"], report.files["app.b"]
    assert (a.statements, a.missing, a.executed, a.branches, a.missing_branches) == (4, (4,), (1, 2, 3), 2, 1)
    assert (b.statements, b.missing, b.measured) == (1, (1,), False)
    assert (report.partial, report.failed, report.unparsed) == ("", 0, frozenset())


def test_files_that_a_report_leaves_out_are_counted(root: Path) -> None:
    """A module that is new, and one that coverage cannot parse."""
    (root / "src/app/c.py").write_text("x = 1\ny = 2\n")
    (root / "src/app/d.py").write_text("def (:\n")

    report = read(root, "coverage.json")

    assert report.files["app.c"].missing == (1, 2)
    assert report.unparsed == {"app.d"}


def test_coverage_is_written_down_where_that_is_asked_for(root: Path) -> None:
    """And read where it is."""
    project = Project(root, packages=("app",))
    report = read(root, ".coverage")
    rule = RecordedCoverage(inside="a")
    for record in (False, True, False):
        judged = sources.read(project, run=sources.Run(lambda *_: report, record=record))
        if not record and not (root / "fitness-coverage.toml").exists():
            with pytest.raises(CoverageDataError, match="no coverage of a is written down"):
                judged.violations(rule)
        else:
            assert judged.violations(rule) == []
    assert "a = { covered = 4, possible = 6" in (root / "fitness-coverage.toml").read_text().replace('"', "")


def test_files_that_only_look_like_data_are_left_alone(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """coverage.py would make them its own: empty ones, texts, databases of others. Real shards are added up."""
    tree = read_tree(Project(root, packages=("app",)))
    with closing(sqlite3.connect(root / ".coverage.mydb")) as database:
        database.execute("create table mine (x)")
    (root / ".coverage.lock").touch()
    (root / ".coverage.notes").write_text("x" * 5000)
    shutil.copy(root / ".coverage", root / ".coverage.shard")
    before = {file: file.read_bytes() for file in root.glob(".coverage.*")}
    live = SimpleNamespace(
        get_data=lambda: warnings.warn("never imported", stacklevel=1) or CoverageData(str(root / ".coverage")),
        get_option=lambda _: None,
        config=SimpleNamespace(config_file=str(root / ".coveragerc")),
    )
    monkeypatch.setattr(coverage, "_current", lambda: live)

    assert coverage.from_live(tree, coverage.Run(root, 0.0, "", 0)).files["app.a"].executed == (1, 2, 3)
    assert {file: file.read_bytes() for file in root.glob(".coverage.*")} == before
    with pytest.raises(CoverageDataError, match=r"\.coverage\.mydb is a database, but not one of coverage\.py's"):
        read(root, ".coverage.mydb")

    other = CoverageData(str(root / ".coverage.other"))
    other.add_lines({str(root / "src/app/a.py"): [1]})
    other.write()
    other.close(force=True)
    with pytest.raises(CoverageDataError, match=r"\.coverage\.other cannot be added to what is measured: "):
        coverage.from_live(tree, coverage.Run(root, 0.0, "", 0))


def test_reports_know_no_contexts_and_may_be_of_other_code(root: Path) -> None:
    """Each says so."""
    tree = read_tree(Project(root, packages=("app",)))
    with pytest.raises(CoverageDataError, match=r"coverage\.json: which test ran which line is told by data files"):
        coverage.from_files(tree, coverage.Run(root, 0.0, "", 0, contexts=True), ["coverage.json"])
    (root / "other.json").write_text('{"files": {}}')
    with pytest.raises(CoverageDataError, match=r"other\.json has none of the files that are judged"):
        read(root, "other.json")


def test_what_does_not_serve_is_an_error(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No such file, several reports, older than the code, of other code, a configuration that coverage refuses."""
    with pytest.raises(CoverageDataError, match=r"--fitness-coverage=x\*: there is no such file"):
        read(root, "x*")
    with pytest.raises(CoverageDataError, match=r"coverage\.json, coverage\.xml: only data files"):
        read(root, "coverage.json", "coverage.[jx]*")
    (root / "src/app/a.py").write_text("# new\n" + FILES["src/app/a.py"])
    for file in (".coverage", "coverage.json"):
        with pytest.raises(CoverageDataError, match=rf"{file} is older than the code: app\.a changed since"):
            read(root, file)
    (root / "src/app/a.py").write_text(FILES["src/app/a.py"])
    (root / ".coveragerc").write_text("[run]\nnonsense\n")
    with pytest.raises(CoverageDataError, match=r"(?s)coverage\.json: .*nonsense"):
        read(root, "coverage.json")
    with pytest.raises(NotJudgedError, match="and -k left out some tests"):
        read(root, ".coverage", partial="-k left out some tests")
    monkeypatch.setattr(coverage, "_ask", lambda *_: {"files": {}, "measured": [], "unparsed": [], "stale": []})
    with pytest.raises(CoverageDataError, match="no data was collected"):
        read(root, ".coverage")


def test_many_stale_files_are_counted(root: Path) -> None:
    """The first five by name."""
    names = [f"m{n}" for n in range(7)]
    for name in names:
        (root / f"src/app/{name}.py").write_text("x = 1\n")
    (root / "run.py").write_text(
        "import sys\nsys.path.insert(0, 'src')\n" + "\n".join(f"import app.{n}" for n in names)
    )
    subprocess.run([sys.executable, "-m", "coverage", "run", "run.py"], cwd=root, check=True)
    for name in names:
        (root / f"src/app/{name}.py").write_text("\nx = 1\n")

    with pytest.raises(
        CoverageDataError, match=r"app\.m0, app\.m1, app\.m2, app\.m3, app\.m4 and 2 more changed since"
    ):
        read(root, ".coverage")
