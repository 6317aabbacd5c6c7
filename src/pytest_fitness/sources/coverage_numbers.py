"""A script: reads a question as JSON from standard input and answers with coverage.py's numbers, file by file.

It stands alone, so that it runs where only coverage.py can be imported, and runs in a process that nobody measures.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import warnings
from collections.abc import Mapping, Sequence
from typing import Any

import coverage
from coverage.exceptions import CoverageException, NoDataError

Numbers = dict[str, dict[str, Any]]


def answer(question: Mapping[str, Any]) -> dict[str, Any]:
    """Return ``files`` (numbers by real path), ``measured`` (paths in the data) and ``unparsed`` (paths).

    Args:
        question: ``config_file`` (a path, or true to look for it); ``data_file``, or nothing for the configured one;
            ``files`` (real paths that are asked for); ``start`` (data older than that are of an earlier run);
            ``directory`` (where the run was started).
    """
    location = {"data_file": question["data_file"]} if "data_file" in question else {}
    measurement = coverage.Coverage(config_file=question["config_file"], **location)
    measurement.set_option("run:parallel", False)
    file = str(location.get("data_file") or measurement.get_option("run:data_file"))
    if not os.path.exists(file) or os.stat(file).st_mtime < question["start"] - 1:
        return {"error": "no data was collected"}
    measurement.load()
    data = measurement.get_data()
    measured = [_real(path, question["directory"]) for path in data.measured_files()]
    found = _numbers(measurement, None, question["directory"])
    never_imported = [path for path in question["files"] if path not in measured]
    if never_imported:
        found = _numbers(measurement, never_imported, question["directory"]) | found
    silent = [path for path in question["files"] if path not in found]
    return {"files": found, "measured": measured, "unparsed": [p for p in silent if _cannot_parse(measurement, p)]}


def _numbers(measurement: coverage.Coverage, files: Sequence[str] | None, directory: str) -> Numbers:
    """The JSON report of *files*, or of everything measured; what the configuration omits is omitted."""
    filters: dict[str, Any] = {}
    if files is not None:
        omit = [*_option(measurement, "run:omit"), *_option(measurement, "report:omit")]
        filters = {"morfs": list(files), "omit": omit or None, "include": _option(measurement, "run:include") or None}
    with tempfile.TemporaryDirectory() as scratch:
        path = os.path.join(scratch, "report.json")
        try:
            measurement.json_report(outfile=path, ignore_errors=True, **filters)
        except NoDataError:
            return {}
        with open(path, encoding="utf-8") as report:
            document = json.load(report)
    return {
        _real(name, directory): {
            "statements": each["summary"]["num_statements"],
            "missing": each["missing_lines"],
            "branches": each["summary"].get("num_branches", 0),
            "missing_branches": each["summary"].get("missing_branches", 0),
            "measured": bool(each["executed_lines"]),
        }
        for name, each in document["files"].items()
    }


def _option(measurement: coverage.Coverage, name: str) -> list[str]:
    value = measurement.get_option(name)
    return list(value) if isinstance(value, list | tuple) else []


def _cannot_parse(measurement: coverage.Coverage, path: str) -> bool:
    try:
        measurement.analysis2(path)
    except CoverageException:
        return True
    return False


def _real(path: str, directory: str) -> str:
    return os.path.realpath(os.path.join(directory, path))


def main() -> None:
    """Answer one question."""
    warnings.simplefilter("ignore")
    json.dump(answer(json.load(sys.stdin)), sys.stdout)


if __name__ == "__main__":
    main()  # pragma: no cover - in a process that nobody measures
