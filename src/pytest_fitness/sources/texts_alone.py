"""Imports as the text shows them, for files whose syntax is newer than this interpreter's."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence, Set
from typing import TYPE_CHECKING

from pytest_fitness.model import Import, Location, Row
from pytest_fitness.names import is_under
from pytest_fitness.sources.importers import IMPORTERS
from pytest_fitness.sources.known import Known, Reading
from pytest_fitness.sources.tree import Source

if TYPE_CHECKING:
    from pytest_fitness.sources.gate import Gate

NAMED = re.compile(r"\b(?:from|import)\s+(\w[.\w]*)")


def decoded(source: Source) -> str:
    """Return the text, or nothing of a file that cannot be decoded."""
    try:
        return source.text
    except SyntaxError:
        return ""


def read_text(
    source: Source, plain: Sequence[Row], known: Known, gate: Gate, is_beside: Callable[[str], bool]
) -> Reading:
    """Return what grimp found, and what the text shows beyond that: rather too much.

    Args:
        source: the file.
        plain: what grimp found, if it could read the file.
        known: the other modules.
        gate: finds import statements.
        is_beside: whether a top-level name lies beside the judged packages.
    """
    text = decoded(source)
    words = "|".join(sorted(IMPORTERS))
    calls = re.finditer(rf"\b(?:{words}|importlib|pkgutil|runpy|(?:exec|eval)\s*\()", text)
    named = re.finditer(rf"\b(?:{words})\(\s*[\"']([\w.]+)[\"']", text)
    own = source.module
    imports = [Import(own.name, r[0], Location(own.path, r[1], r[2]), r[3]) for r in plain]
    found = [*gate.stated(source, text)]
    found += [(top, place) for top, place in gate.stated_tops(text) if is_beside(top)]
    found += [(match[1], match.start(1)) for match in named]
    found += [(m[0], m.start()) for p in known.roots for m in re.finditer(rf"\b{re.escape(p)}(?:\.\w+)+", text)]
    stated = {r[0] for r in plain}
    for name, position in found:
        target = known.nearest(known.real_name(name)) if known.internal(name) else name
        place = _place(source, text, position)
        if not (place.text.startswith("#") or not target or target in stated or is_under(own.name, target)):
            stated.add(target)
            imports.append(Import(own.name, target, place, "dynamic"))
    return Reading(imports, [_place(source, text, match.start()) for match in calls])


def _place(source: Source, text: str, offset: int) -> Location:
    line = text.count("\n", 0, offset) + 1
    return Location(source.module.path, line, source.line(line))


def precise_rows(found: Row, precise: Set[str]) -> Iterator[Row]:
    """Yield the names that the text of an import of a package in *precise* shows; rather too many."""
    imported, _, text, _ = found
    yield found
    if imported.partition(".")[0] in precise:
        base = NAMED.search(text)
        names = [base[1]] if base else []
        names += re.findall(rf"\b{re.escape(imported)}(?:\.\w+)+", text)
        names += [f"{names[0]}.{word}" for word in re.findall(r"\w+", text.partition("import")[2])] if names else []
        yield from ((name, *found[1:]) for name in dict.fromkeys(names) if is_under(name, imported))
