"""Reports of coverage that others have written: the integers that they give."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_fitness import CoverageDataError
from pytest_fitness.model import FileCoverage
from pytest_fitness.sources.coverage_files import kind_of, read_report

JSON = """{"files": {"shop/a.py": {"executed_lines": [1, 2], "missing_lines": [4],
 "summary": {"num_statements": 3, "num_branches": 4, "missing_branches": 1}}}}"""
XML = """<?xml version="1.0" ?>
<coverage><sources><source>/ci/src</source></sources><packages><package><classes>
<class filename="shop/a.py"><methods/><lines>
<line number="1" hits="1"/><line number="2" hits="3" branch="true" condition-coverage="75% (3/4)"/><line number="4" hits="0"/>
</lines></class></classes></package></packages></coverage>"""
LCOV = "TN:\nSF:shop/a.py\nDA:1,1\nDA:2,3,hash\nDA:4,0\nLF:3\nLH:2\nBRDA:2,0,0,1\nBRF:4\nBRH:3\nend_of_record\nTN:\n"
NUMBERS = FileCoverage(3, (4,), branches=4, missing_branches=1, measured=True, executed=(1, 2))


@pytest.mark.parametrize(
    ("kind", "text", "path"),
    [("json", JSON, "shop/a.py"), ("xml", XML, "/ci/src/shop/a.py"), ("lcov", LCOV, "shop/a.py")],
)
def test_the_integers_are_those_of_the_report(tmp_path: Path, kind: str, text: str, path: str) -> None:
    """Whichever way they are written; from lcov, of the summary records."""
    (tmp_path / "report").write_text(text)

    assert kind_of(tmp_path / "report") == kind
    assert read_report(tmp_path / "report", kind_of(tmp_path / "report")) == {path: NUMBERS}


def test_what_is_not_given_is_not_there(tmp_path: Path) -> None:
    """No branches, no sources, no summary."""
    (tmp_path / "a.xml").write_text('<coverage><class filename="a.py"><line number="1" hits="0"/></class></coverage>')
    (tmp_path / "a.info").write_text("SF:a.py\nDA:1,0\nend_of_record")
    (tmp_path / "a.json").write_text(
        '{"files": {"a.py": {"executed_lines": [], "missing_lines": [1], "summary": {"num_statements": 1}}}}'
    )
    for kind, name in {"xml": "a.xml", "lcov": "a.info", "json": "a.json"}.items():
        assert read_report(tmp_path / name, kind) == {"a.py": FileCoverage(1, (1,), measured=False)}  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("kind", "text"), [("json", "{"), ("json", "[]"), ("xml", "<coverage"), ("lcov", "SF:a\nDA:x,1")]
)
def test_a_report_that_is_cut_off_is_an_error(tmp_path: Path, kind: str, text: str) -> None:
    """With the file's name."""
    (tmp_path / "report").write_text(text)

    with pytest.raises(CoverageDataError, match=f"report is no {kind} report of coverage"):
        read_report(tmp_path / "report", kind)  # type: ignore[arg-type]


def test_two_files_of_one_name_below_two_sources_cannot_be_told_apart(tmp_path: Path) -> None:
    """Only XML is written like that."""
    one = '<class filename="models.py"><lines/></class>'
    (tmp_path / "a.xml").write_text(f"<coverage><source>/a</source><source>/b</source>{one}{one}</coverage>")

    with pytest.raises(CoverageDataError, match=r"two files are called models\.py below different sources; take JSON"):
        read_report(tmp_path / "a.xml", "xml")


def test_a_path_may_have_blanks(tmp_path: Path) -> None:
    """In lcov, too."""
    (tmp_path / "a.info").write_text("SF:my shop/a.py\nDA:1,1\nend_of_record\n")

    assert read_report(tmp_path / "a.info", "lcov").keys() == {"my shop/a.py"}


def test_a_file_that_is_something_else_is_an_error(tmp_path: Path) -> None:
    """Or not there."""
    (tmp_path / "report").write_text("hello")

    with pytest.raises(CoverageDataError, match=r"is neither coverage\.py's data nor a JSON, XML or lcov report"):
        kind_of(tmp_path / "report")
    with pytest.raises(CoverageDataError, match="cannot be read: No such file"):
        kind_of(tmp_path / "none")
