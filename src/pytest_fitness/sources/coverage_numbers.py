"""A script: reads a question as JSON from standard input and answers with coverage.py's numbers, file by file.

It stands alone, so that it runs where only coverage.py can be imported, and runs in a process that nobody measures.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import tokenize
import warnings
from collections.abc import Iterable, Mapping, Sequence
from contextlib import nullcontext
from typing import Any

import coverage
from coverage.exceptions import CoverageException, NoDataError

Numbers = dict[str, dict[str, Any]]

TICK = 0.05
"""Seconds by which the time of a new file may lie before the time of day."""

NO_CODE = (
    tokenize.COMMENT,
    tokenize.NL,
    tokenize.NEWLINE,
    tokenize.INDENT,
    tokenize.DEDENT,
    tokenize.ENCODING,
    tokenize.ENDMARKER,
)


def answer(question: Mapping[str, Any]) -> dict[str, Any]:
    """Return ``files`` (numbers by real path), ``measured`` (paths in the data), ``unparsed`` and ``stale`` (paths).

    Args:
        question: ``config_file`` (a path, or true to look for it); ``data_file``, or nothing for the configured one;
            ``combine`` (data files to add up, which stay as they are); ``files`` (real paths that are asked for);
            ``options`` (of coverage.py, set over its configuration); ``start`` (data older than that are of an earlier
            run; nothing where age does not matter); ``directory`` (where the run was started); ``contexts`` (whether to
            tell which contexts ran each line); ``check_stale`` (whether the files may have changed since).
    """
    directory = question["directory"]
    with tempfile.TemporaryDirectory() as scratch:
        given: str | None = os.path.join(scratch, "combined") if question.get("combine") else question.get("data_file")
        config = question["config_file"]
        measurement = coverage.Coverage(given, config_file=config) if given else coverage.Coverage(config_file=config)
        measurement.set_option("run:parallel", False)
        for name, value in question.get("options", {}).items():
            measurement.set_option(name, value)
        if question.get("combine"):
            measurement.combine(data_paths=question["combine"], strict=True, keep=True)
        else:
            file = str(given or measurement.get_option("run:data_file"))
            if not os.path.exists(file) or os.stat(file).st_mtime < question.get("start", 0) - TICK:
                return {"error": "no data was collected"}
            measurement.load()
        measured = {_real(path, directory): path for path in measurement.get_data().measured_files()}
        found = _numbers(measurement, None, directory, contexts=bool(question.get("contexts")))
        never_imported = [path for path in question["files"] if path not in measured]
        if never_imported:
            found = _numbers(measurement, never_imported, directory) | found
        silent = [path for path in question["files"] if path not in found]
        stale = []
        if question.get("check_stale"):
            data = measurement.get_data()
            known = (path for path in question["files"] if path in measured)
            with getattr(data, "keep_db_open", nullcontext)():
                stale = [path for path in known if _is_stale(path, data.lines(measured[path]) or ())]
        return {
            "files": found,
            "measured": list(measured),
            "unparsed": [path for path in silent if _cannot_parse(measurement, path)],
            "stale": stale,
            "branches": measurement.get_data().has_arcs(),
        }


def statements(question: Mapping[str, Any]) -> dict[str, Any]:
    """Return ``files``: what coverage counts in each of ``files``, as if nothing of them had run; and ``unparsed`` (paths).

    Args:
        question: ``config_file``, ``files`` and ``directory`` as for `answer`; ``branches`` (whether they are counted).
    """
    with tempfile.TemporaryDirectory() as scratch:
        measurement = coverage.Coverage(
            config_file=question["config_file"], data_file=os.path.join(scratch, "none"), branch=question["branches"]
        )
        measurement.set_option("run:parallel", False)
        data = measurement.get_data()
        if question["branches"]:
            data.add_arcs({os.path.join(scratch, "nothing.py"): []})
        else:
            data.add_lines({os.path.join(scratch, "nothing.py"): []})
        found = _numbers(measurement, question["files"], question["directory"])
        silent = [path for path in question["files"] if path not in found]
        return {"files": found, "unparsed": [path for path in silent if _cannot_parse(measurement, path)]}


def _numbers(
    measurement: coverage.Coverage, files: Sequence[str] | None, directory: str, *, contexts: bool = False
) -> Numbers:
    """Numbers of *files*, or of everything measured; what the configuration omits is omitted."""
    filters: dict[str, Any] = {}
    if files is not None:
        omit = [*_option(measurement, "run:omit"), *_option(measurement, "report:omit")]
        filters = {"morfs": list(files), "omit": omit or None, "include": _option(measurement, "run:include") or None}
    try:
        if not contexts:
            return _analysed(measurement, filters, directory)
    except (ImportError, AttributeError):
        pass  # another coverage.py than the ones that this was written for
    return _reported(measurement, filters, directory, contexts=contexts)


def _analysed(measurement: coverage.Coverage, filters: Mapping[str, Any], directory: str) -> Numbers:
    """What coverage.py's reports are made from, in half the time of one: JSON also has regions, and is written and read.

    Not public; pinned by a test that compares with the JSON report.
    """
    from coverage.report_core import get_analysis_to_report

    before = {name: measurement.get_option(name) for name in ("report:omit", "report:include", "report:ignore_errors")}
    given = {"report:omit": filters.get("omit"), "report:include": filters.get("include"), "report:ignore_errors": True}
    measurement._prepare_data_for_reporting()  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - see above
    try:
        for name, value in given.items():
            if value is not None:
                measurement.set_option(name, value)
        with measurement.get_data().keep_db_open():
            found = list(get_analysis_to_report(measurement, filters.get("morfs")))
    except NoDataError:
        return {}
    finally:
        for name, value in before.items():
            measurement.set_option(name, value)
    return {
        _real(reporter.filename, directory): {
            "statements": analysis.numbers.n_statements,
            "missing": sorted(analysis.missing),
            "executed": sorted(analysis.executed),
            "branches": analysis.numbers.n_branches,
            "missing_branches": analysis.numbers.n_missing_branches,
            "measured": bool(analysis.executed),
        }
        for reporter, analysis in found
    }


def _reported(measurement: coverage.Coverage, filters: Mapping[str, Any], directory: str, *, contexts: bool) -> Numbers:
    """The same from the JSON report, which is public, and has the contexts."""
    with tempfile.TemporaryDirectory() as scratch:
        path = os.path.join(scratch, "report.json")
        try:
            measurement.json_report(outfile=path, ignore_errors=True, show_contexts=contexts, **filters)
        except NoDataError:
            return {}
        with open(path, encoding="utf-8") as report:
            document = json.load(report)
    return {
        _real(name, directory): {
            "statements": each["summary"]["num_statements"],
            "missing": each["missing_lines"],
            "executed": each["executed_lines"],
            "branches": each["summary"].get("num_branches", 0),
            "missing_branches": each["summary"].get("missing_branches", 0),
            "measured": bool(each["executed_lines"]),
            **({"contexts": each.get("contexts", {})} if contexts else {}),
        }
        for name, each in document["files"].items()
    }


def _option(measurement: coverage.Coverage, name: str) -> list[str]:
    value = measurement.get_option(name)
    return list(value) if isinstance(value, list | tuple) else []


def _cannot_parse(measurement: coverage.Coverage, path: str) -> bool:
    omit = [*_option(measurement, "run:omit"), *_option(measurement, "report:omit")]
    include = _option(measurement, "run:include") or None
    try:
        with tempfile.TemporaryDirectory() as scratch:
            report = os.path.join(scratch, "report.json")
            measurement.json_report(
                morfs=[path], outfile=report, ignore_errors=False, omit=omit or None, include=include
            )
    except NoDataError:
        pass  # it is left out
    except CoverageException:
        return True
    return False


def _is_stale(path: str, lines: Iterable[int]) -> bool:
    """Whether a line was measured that is none: beyond the end, blank, or a comment. Tracers report no such lines.

    Of a file without any code they report the first.
    """
    with open(path, "rb") as file:
        text = file.read().splitlines()
    code = {number for number, line in enumerate(text, start=1) if line.strip()[:1] not in (b"", b"#")}
    if not code:
        return not {0, 1}.issuperset(lines)
    return not code.issuperset(lines) and not (code | _within_texts(path)).issuperset(lines)


def _within_texts(path: str) -> set[int]:
    """Lines inside of texts over several lines, which may look like comments: a formatted one runs line by line."""
    found: set[int] = set()
    try:
        with open(path, "rb") as file:
            for token in tokenize.tokenize(file.readline):
                if token.type not in NO_CODE:
                    found.update(range(token.start[0], token.end[0] + 1))
    except (SyntaxError, tokenize.TokenError):
        pass  # coverage.py will say so
    return found


def _real(path: str, directory: str) -> str:
    return os.path.realpath(os.path.join(directory, path))


def main() -> None:
    """Answer one question."""
    warnings.simplefilter("ignore")
    question = json.load(sys.stdin)
    sys.path.append(question["directory"])  # a plugin of coverage.py may be there
    json.dump(statements(question) if "branches" in question else answer(question), sys.stdout)


if __name__ == "__main__":
    main()  # pragma: no cover - in a process that nobody measures
