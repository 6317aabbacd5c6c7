"""Coverage that is written down."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_fitness import CoverageDataError, FitnessError
from pytest_fitness.model import Recorded
from pytest_fitness.sources import recorded

RECORDS = {
    "overall": Recorded(8, 10, branches=False, origin="pytest --cov"),
    'a "b"': Recorded(0, 0, branches=True, origin="x"),
}


def test_what_is_written_is_read(tmp_path: Path) -> None:
    """A line a scope, in order, and nothing is written that is there already."""
    assert recorded.read(tmp_path) == {}
    recorded.write(tmp_path, RECORDS)
    file = tmp_path / "fitness-coverage.toml"

    assert recorded.read(tmp_path) == RECORDS
    assert file.read_text().splitlines()[1:] == [
        '"a \\"b\\"" = { covered = 0, possible = 0, branches = true, origin = "x" }',
        '"overall" = { covered = 8, possible = 10, branches = false, origin = "pytest --cov" }',
    ]
    file.chmod(0o444)
    before = file.stat()
    recorded.write(tmp_path, RECORDS)
    assert file.stat() == before


@pytest.mark.parametrize(
    "text",
    [
        "<<<<<<< HEAD\n",
        "overall = 5\n",
        "overall = { covered = 1 }\n",
        "overall = { x = 1 }\n",
        "overall = { covered = -4, possible = 0, branches = true, origin = 'x' }",
        "overall = { covered = '4', possible = 5, branches = true, origin = 'x' }",
        "overall = { covered = 4, possible = 5, branches = 0, origin = 'x' }",
    ],
)
def test_a_file_that_is_damaged_is_an_error(tmp_path: Path, text: str) -> None:
    """Marks of a merge, say: it is never taken for empty."""
    (tmp_path / "fitness-coverage.toml").write_text(text)

    with pytest.raises(CoverageDataError, match=r"fitness-coverage\.toml cannot be read"):
        recorded.read(tmp_path)


def test_a_place_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    """And leaves what was there."""
    (tmp_path / "fitness-coverage.toml.tmp").mkdir()

    with pytest.raises(FitnessError, match=r"fitness-coverage\.toml cannot be written: Is a directory"):
        recorded.write(tmp_path, RECORDS)
