"""What rules plant to prove that they can fail."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from pytest_fitness.model.code import FileCoverage, Import
from pytest_fitness.model.violation import Location

if TYPE_CHECKING:
    from pytest_fitness.model.codebase import Codebase, Rule

FAR_BELOW = 1_000_000
"""Lines of invented statements are below all others."""


class Plant(NamedTuple):
    """Something that a rule forbids, put into an otherwise unchanged codebase; the rule has to find it.

    Attributes:
        what: what was planted, in words: ``"shop.domain.order imports shop.api.routes"``.
        codebase: the codebase with the plant in it.
        location: a violation has found it if it is there, or its trail leads there.
        names: or if these are its subject and its targets.
        path: or if it begins in this file, and says something that was not found before.
        alike: the import that is all there is to the plant, where many of its sort may be tried at once.
        beyond: whether it lies outside of what the rule looks at, in code of the same sort; another rule of the same name may find
            it as well.
        rule: what to judge by, where the plant is in what the rule itself holds.
    """

    what: str
    codebase: Codebase
    location: Location | None = None
    names: tuple[str, ...] = ()
    path: str = ""
    alike: Import | None = None
    beyond: bool = False
    rule: Rule | None = None


def planted_import(codebase: Codebase, importer: str, imported: str, kind: str = "module", number: int = 0) -> Import:
    """Return an import that is not there: its line is 0 or, for the next ones in one module, below.

    Args:
        codebase: where the importer is.
        importer: full name of a module, or of one that is invented.
        imported: a module, or a third-party name.
        kind: an import kind.
        number: different for imports of one module that are planted together.
    """
    module = codebase.modules.get(importer)
    path = module.path if module else f"{importer.replace('.', '/')}.py"
    place = Location(path, -number, f"import {imported}")
    return Import(importer, imported, place, kind)  # type: ignore[arg-type]


def uncovered(each: FileCoverage, lines: Iterable[int]) -> FileCoverage:
    """Return the coverage of a file that has got *lines* which no test runs."""
    more = tuple(lines)
    return each._replace(statements=each.statements + len(more), missing=(*each.missing, *more))
