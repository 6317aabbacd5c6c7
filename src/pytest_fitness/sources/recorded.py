"""Coverage that is written down: ``fitness-coverage.toml`` in rootdir, a line a scope, to be committed."""

from __future__ import annotations

import os
from pathlib import Path

from pytest_fitness.errors import CoverageDataError, FitnessError
from pytest_fitness.model import Recorded

FILE = "fitness-coverage.toml"
HEAD = "# Coverage that must not fall. Written by `pytest --fitness-record-coverage`.\n"


def read(rootdir: Path) -> dict[str, Recorded]:
    """Return what is written down, by scope; nothing where there is no file.

    Raises:
        CoverageDataError: the file is not what was written.
    """
    import tomllib  # here and below: other processes that read code do without

    file = rootdir / FILE
    try:
        document = tomllib.loads(file.read_text(encoding="utf-8"))
        return {scope: _checked(Recorded(**values)) for scope, values in document.items()}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, TypeError) as error:
        raise CoverageDataError(
            f"{FILE} cannot be read: {error}; mend it, or remove it and run `pytest --fitness-record-coverage`"
        ) from None


def write(rootdir: Path, records: dict[str, Recorded]) -> None:
    """Write *records*, sorted, whole, and only if something is different."""
    import json

    lines = [
        f"{json.dumps(scope)} = {{ {', '.join(f'{key} = {json.dumps(value)}' for key, value in record._asdict().items())} }}\n"
        for scope, record in sorted(records.items())
    ]
    text = HEAD + "".join(lines)
    file = rootdir / FILE
    if not file.exists() or file.read_text(encoding="utf-8") != text:
        write_whole(file, text)


def write_whole(file: Path, text: str) -> None:
    """Write *text* to *file* so that neither a killed run nor a full disk leaves half of it.

    Raises:
        FitnessError: it cannot be written.
    """
    unfinished = file.with_name(f"{file.name}.tmp")
    try:
        unfinished.write_bytes(text.encode("utf-8"))
        os.replace(unfinished, file)
    except OSError as error:
        raise FitnessError(f"{file.name} cannot be written: {error.strerror}") from None


def _checked(record: Recorded) -> Recorded:
    numbers = (record.covered, record.possible)
    if not all(type(n) is int for n in numbers) or not 0 <= record.covered <= record.possible:
        raise ValueError(f"{record.covered!r} of {record.possible!r} is no coverage")
    if type(record.branches) is not bool or type(record.origin) is not str:
        raise ValueError("`branches` is true or false, and `origin` a text")
    return record
