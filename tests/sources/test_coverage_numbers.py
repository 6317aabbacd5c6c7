"""The script that asks coverage.py: its answers, in this process."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest
from coverage import CoverageData

from pytest_fitness import CoverageDataError
from pytest_fitness.sources import Project, coverage, coverage_numbers
from pytest_fitness.sources.tree import read_tree


def data_file(root: Path, lines: dict[str, list[int]]) -> str:
    """Write coverage data for files below *root*."""
    data = CoverageData(basename=str(root / "data"))
    data.add_lines({str(root / name): numbers for name, numbers in lines.items()})
    data.write()
    data.close(force=True)
    return str(root / "data")


def ask(root: Path, file: str, *names: str, **more: object) -> dict[str, object]:
    """Put one question."""
    question = {
        "config_file": False,
        "data_file": file,
        "files": [str((root / name).resolve()) for name in names],
        "start": 0,
        "directory": str(root),
        **more,
    }
    return coverage_numbers.answer(question)


def test_measured_and_never_imported_files_are_counted(tmp_path: Path) -> None:
    """The latter with everything missing."""
    (tmp_path / "a.py").write_text("x = 1\ny = 2\n")
    (tmp_path / "b.py").write_text("x = 1\n")

    answer = ask(tmp_path, data_file(tmp_path, {"a.py": [1]}), "a.py", "b.py")

    assert answer["files"] == {
        str(tmp_path / "a.py"): {
            "statements": 2,
            "missing": [2],
            "executed": [1],
            "branches": 0,
            "missing_branches": 0,
            "measured": True,
        },
        str(tmp_path / "b.py"): {
            "statements": 1,
            "missing": [1],
            "executed": [],
            "branches": 0,
            "missing_branches": 0,
            "measured": False,
        },
    }
    assert answer["unparsed"] == []


@pytest.mark.parametrize(
    "config", ["", "[run]\nomit = */b.py\n", "[report]\nomit = */b.py\n", "[run]\ninclude = */a.py\n"]
)
@pytest.mark.parametrize("branches", [True, False])
def test_the_numbers_are_those_of_the_json_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, config: str, branches: bool
) -> None:
    """What is not public is compared with what is; where it is gone, the report is taken."""
    for name in ("a", "b", "c"):
        (tmp_path / f"{name}.py").write_text("def f(x):\n    if x:\n        return 1\n    return 2\n\n\nf(1)\n")
    (tmp_path / "rc").write_text(config)
    data = CoverageData(basename=str(tmp_path / "data"))
    lines = {str(tmp_path / name): [(-1, 1), (1, 7), (7, -1), (-1, 2), (2, 3), (3, -1)] for name in ("a.py", "b.py")}
    if branches:
        data.add_arcs(lines)
    else:
        data.add_lines({name: [1, 2, 3, 7] for name in lines})
    data.write()
    data.close(force=True)
    question = {"config_file": str(tmp_path / "rc")}

    fast = ask(tmp_path, str(tmp_path / "data"), "a.py", "b.py", "c.py", **question)
    assert any(numbers["missing"] == [4] for numbers in fast["files"].values())  # type: ignore[attr-defined]

    monkeypatch.delattr("coverage.report_core.get_analysis_to_report")
    assert ask(tmp_path, str(tmp_path / "data"), "a.py", "b.py", "c.py", **question) == fast


@pytest.mark.filterwarnings("ignore")  # as the script does for itself
def test_what_is_all_omitted_is_empty_in_the_report_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the report has to be taken."""
    monkeypatch.delattr("coverage.report_core.get_analysis_to_report")
    test_files_that_are_all_omitted_give_no_numbers(tmp_path)


@pytest.mark.filterwarnings("ignore")  # as the script does for itself
def test_omitted_files_are_told_from_unparsable_ones(tmp_path: Path) -> None:
    """The first are the user's decision, the second a hole."""
    (tmp_path / "rc").write_text("[run]\nomit = */b.py\n")
    for name, text in {"a.py": "x = 1\n", "b.py": "x = 1\n", "c.py": "def (:\n"}.items():
        (tmp_path / name).write_text(text)

    answer = ask(tmp_path, data_file(tmp_path, {"a.py": [1]}), "a.py", "b.py", "c.py", config_file=str(tmp_path / "rc"))

    assert answer["files"].keys() == {str(tmp_path / "a.py")}  # type: ignore[attr-defined]
    assert answer["unparsed"] == [str(tmp_path / "c.py")]


def test_files_that_are_all_omitted_give_no_numbers(tmp_path: Path) -> None:
    """coverage.py calls that an error; here it is an empty answer."""
    (tmp_path / "rc").write_text("[report]\nomit = *\n")
    (tmp_path / "a.py").write_text("x = 1\n")

    answer = ask(tmp_path, data_file(tmp_path, {"a.py": [1]}), "a.py", config_file=str(tmp_path / "rc"))

    measured = [str(tmp_path / "a.py")]
    assert answer == {"files": {}, "measured": measured, "unparsed": [], "stale": [], "branches": False}


def test_data_of_several_runs_are_combined_and_stay(tmp_path: Path) -> None:
    """With the contexts of each line, where that is asked for."""
    (tmp_path / "a.py").write_text("x = 1\ny = 2\n")
    shards = []
    for number in (1, 2):
        (tmp_path / str(number)).mkdir()
        data = CoverageData(basename=str(tmp_path / str(number) / "data"))
        data.set_context(f"test_{number}")
        data.add_lines({str(tmp_path / "a.py"): [number]})
        data.write()
        data.close(force=True)
        shards.append(str(tmp_path / str(number) / "data"))

    answer = ask(tmp_path, "", "a.py", combine=shards, contexts=True, options={"run:omit": None})

    (numbers,) = answer["files"].values()  # type: ignore[attr-defined]
    assert (numbers["missing"], numbers["executed"]) == ([], [1, 2])
    assert numbers["contexts"] == {"1": ["test_1"], "2": ["test_2"]}
    assert all(Path(shard).exists() for shard in shards)


@pytest.mark.parametrize(
    ("text", "lines"), [("x = 1\n", [2]), ("\nx = 1\n", [1]), ("# a\nx = 1\n", [1, 2]), ("", [2]), ("x = 1", [])]
)
def test_a_line_that_is_none_shows_that_the_file_has_changed(tmp_path: Path, text: str, lines: list[int]) -> None:
    """Beyond the end, blank, or a comment."""
    (tmp_path / "a.py").write_text(text)
    (tmp_path / "b.py").write_text("x = 1\n")
    file = data_file(tmp_path, {"a.py": lines, "b.py": [1]})

    stale = ask(tmp_path, file, "a.py", "b.py", check_stale=True)["stale"]

    assert stale == ([str(tmp_path / "a.py")] if lines else [])
    (tmp_path / "a.py").write_text("# nothing but a comment")
    assert ask(tmp_path, data_file(tmp_path, {"a.py": [1]}), "a.py", check_stale=True)["stale"] == []
    assert ask(tmp_path, file, "a.py", "b.py")["stale"] == []


@pytest.mark.parametrize("branches", [True, False])
def test_statements_are_counted_without_any_run(tmp_path: Path, branches: bool) -> None:
    """For files that a report leaves out."""
    (tmp_path / "a.py").write_text("def f(x):\n    if x:\n        return 1\n")

    question = {
        "config_file": False,
        "files": [str(tmp_path / "a.py")],
        "directory": str(tmp_path),
        "branches": branches,
    }
    (numbers,) = coverage_numbers.statements(question)["files"].values()

    assert (numbers["statements"], numbers["missing"], numbers["branches"]) == (3, [1, 2, 3], 2 * branches)
    assert not numbers["measured"]


@pytest.mark.filterwarnings("ignore")  # as the script does for itself
@pytest.mark.parametrize("quote", ['"""', "'''"])
def test_a_text_over_several_lines_may_look_like_a_comment(tmp_path: Path, quote: str) -> None:
    """A formatted one runs line by line."""
    (tmp_path / "a.py").write_text(f"x = 1\ny = f{quote}\n# {{x}}\n\n# {{x}}\n{quote}\n\n")

    assert ask(tmp_path, data_file(tmp_path, {"a.py": [1, 2, 3, 5]}), "a.py", check_stale=True)["stale"] == []
    assert ask(tmp_path, data_file(tmp_path, {"a.py": [7]}), "a.py", check_stale=True)["stale"] != []
    (tmp_path / "a.py").write_text("def (\n")
    assert ask(tmp_path, data_file(tmp_path, {"a.py": [2]}), "a.py", check_stale=True)["stale"] != []


@pytest.mark.filterwarnings("ignore")  # as the script does for itself
def test_a_file_that_is_omitted_need_not_be_python(tmp_path: Path) -> None:
    """Templates, say."""
    (tmp_path / "a.py").write_text("x = 1\n")
    (tmp_path / "t.py").write_text("def {{name}}\n")
    (tmp_path / "rc").write_text("[run]\nomit = */t.py\n")
    file = data_file(tmp_path, {"a.py": [1]})

    assert ask(tmp_path, file, "a.py", "t.py", config_file=str(tmp_path / "rc"))["unparsed"] == []
    assert ask(tmp_path, file, "a.py", "t.py")["unparsed"] == [str(tmp_path / "t.py")]


def test_old_or_missing_data_are_no_data(tmp_path: Path) -> None:
    """By the time that the session began."""
    file = data_file(tmp_path, {"a.py": [1]})

    assert ask(tmp_path, file, start=9e12) == {"error": "no data was collected"}
    assert ask(tmp_path, str(tmp_path / "gone")) == {"error": "no data was collected"}


def test_the_script_reads_and_writes_json(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From standard input to standard output."""
    out = io.StringIO()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "stdin", io.StringIO(json.dumps({"config_file": False, "start": 9e12, "directory": "."})))
    monkeypatch.setattr(sys, "stdout", out)

    coverage_numbers.main()

    assert json.loads(out.getvalue()) == {"error": "no data was collected"}

    out.truncate(0)
    out.seek(0)
    question = {"config_file": False, "files": [], "directory": ".", "branches": False}
    monkeypatch.setattr(sys, "stdin", io.StringIO(json.dumps(question)))
    coverage_numbers.main()
    assert json.loads(out.getvalue()) == {"files": {}, "unparsed": []}


def test_a_script_that_fails_is_an_error_with_its_words(tmp_path: Path) -> None:
    """Such as a configuration that coverage.py refuses."""
    (tmp_path / "app").mkdir()
    (tmp_path / "app/__init__.py").touch()
    (tmp_path / "rc").write_text("[run]\nnonsense\n")
    tree = read_tree(Project(tmp_path, packages=("app",)))

    with pytest.raises(CoverageDataError, match=r"(?s)pytest --cov: .*nonsense"):
        coverage.from_pytest_cov(tree, coverage.Run(tmp_path, 0.0, "", 0), str(tmp_path / "rc"))
