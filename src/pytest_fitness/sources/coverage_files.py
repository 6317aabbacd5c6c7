"""Coverage reports that somebody else has written: coverage.py's JSON and XML (Cobertura), and lcov.

All numbers are the integers that the report gives; from lcov the summary records are taken, since coverage.py writes fewer
``BRDA`` records than there are branches.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal
from xml.etree import ElementTree as ET

from pytest_fitness.errors import CoverageDataError
from pytest_fitness.model import FileCoverage

Kind = Literal["data", "json", "xml", "lcov"]

CONDITIONS = re.compile(r"\((\d+)/(\d+)\)")
BEGINNINGS: Sequence[tuple[bytes, Kind]] = ((b"SQLite format 3", "data"), (b"{", "json"), (b"<", "xml"))
LCOV = (b"TN:", b"SF:")


def kind_of(file: Path) -> Kind:
    """Return what *file* is, told from how it begins.

    Raises:
        CoverageDataError: it cannot be read, or is none of these.
    """
    try:
        with file.open("rb") as opened:
            beginning = opened.read(64).lstrip(b"\xef\xbb\xbf \t\r\n")
    except OSError as error:
        raise CoverageDataError(f"{file} cannot be read: {error.strerror}") from None
    for start, kind in BEGINNINGS:
        if beginning.startswith(start):
            return kind
    if beginning.startswith(LCOV):
        return "lcov"
    raise CoverageDataError(f"{file} is neither coverage.py's data nor a JSON, XML or lcov report")


def read_report(file: Path, kind: Kind) -> dict[str, FileCoverage]:
    """Return the numbers in a report, by path as the report gives it; of XML, by path and source joined.

    Raises:
        CoverageDataError: it is cut off, or not of its kind.
    """
    try:
        text = file.read_text(encoding="utf-8-sig")
        return dict({"json": _json, "xml": _xml, "lcov": _lcov}[kind](text))
    except (ValueError, KeyError, TypeError, AttributeError, ET.ParseError) as error:
        raise CoverageDataError(f"{file} is no {kind} report of coverage: {type(error).__name__}: {error}") from None


def _json(text: str) -> Iterator[tuple[str, FileCoverage]]:
    for name, each in json.loads(text)["files"].items():
        summary: Mapping[str, Any] = each["summary"]
        yield (
            name,
            FileCoverage(
                statements=int(summary["num_statements"]),
                missing=tuple(each["missing_lines"]),
                branches=int(summary.get("num_branches", 0)),
                missing_branches=int(summary.get("missing_branches", 0)),
                measured=bool(each["executed_lines"]),
                executed=tuple(each["executed_lines"]),
            ),
        )


def _xml(text: str) -> Iterator[tuple[str, FileCoverage]]:
    root = ET.fromstring(text)  # noqa: S314 - the user's own report
    sources = [source.text or "" for source in root.iter("source")]
    names = [each.attrib["filename"] for each in root.iter("class")]
    if len(set(names)) < len(names):
        again = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"two files are called {again} below different sources; take JSON, or the data file")
    for each in root.iter("class"):
        lines = [(int(line.attrib["number"]), int(line.attrib["hits"]), line) for line in each.iter("line")]
        conditions = [CONDITIONS.search(line.attrib.get("condition-coverage", "")) for *_, line in lines]
        taken = [(int(m[1]), int(m[2])) for m in conditions if m]
        found = FileCoverage(
            statements=len(lines),
            missing=tuple(number for number, hits, _ in lines if not hits),
            branches=sum(possible for _, possible in taken),
            missing_branches=sum(possible - covered for covered, possible in taken),
            measured=any(hits for _, hits, _ in lines),
            executed=tuple(number for number, hits, _ in lines if hits),
        )
        for source in sources or [""]:
            yield f"{source.rstrip('/')}/{each.attrib['filename']}" if source else each.attrib["filename"], found


def _lcov(text: str) -> Iterator[tuple[str, FileCoverage]]:
    for record in text.split("end_of_record"):
        parts = (line.partition(":") for line in record.splitlines() if ":" in line)
        entries = [(key, value) for key, _, value in parts]
        single = dict(entries)
        if "SF" not in single:
            continue
        hits = {
            int(line): int(count) for key, value in entries if key == "DA" for line, count in [value.split(",")[:2]]
        }
        yield (
            single["SF"],
            FileCoverage(
                statements=int(single.get("LF", len(hits))),
                missing=tuple(line for line, count in hits.items() if not count),
                branches=int(single.get("BRF", 0)),
                missing_branches=int(single.get("BRF", 0)) - int(single.get("BRH", 0)),
                measured=any(hits.values()),
                executed=tuple(line for line, count in hits.items() if count),
            ),
        )
