"""What import rules plant to prove that they can fail."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from pytest_fitness.model import Codebase, Plant, planted_import
from pytest_fitness.names import has_wildcard
from pytest_fitness.rules._chains import KIND_WORDS
from pytest_fitness.rules._exemptions import Exemptions

KINDS = ("module", "function", "conditional", "type-checking", "dynamic")
"""Ways to write an import, each of which a rule should see."""

PLANTED = "fitness_planted"
"""What is invented is called so."""

BETWEEN = "fitness_between"
"""A module that is in no package."""

SAMPLED = 50
"""At most so many plants where each takes a judgement of its own."""


def edge(
    codebase: Codebase,
    importer: str,
    imported: str,
    kind: str = "module",
    symbols: tuple[str, ...] = (),
) -> Plant:
    """Return one import as a plant."""
    each = planted_import(codebase, importer, imported, kind)
    what = f"{importer} imports {', '.join(symbols) or imported}{','[: bool(KIND_WORDS[each.kind])]}{KIND_WORDS[each.kind]}"
    planted = codebase.with_imports(each, symbols={each.location: symbols} if symbols else None)
    return Plant(what, planted, each.location, alike=None if symbols else each)


def through(codebase: Codebase, importer: str, imported: str) -> Plant:
    """Return a way through an invented module that belongs to nobody."""
    first, second = planted_import(codebase, importer, BETWEEN), planted_import(codebase, BETWEEN, imported)
    what = f"{importer} imports {BETWEEN}, which imports {imported}"
    return Plant(what, codebase.with_imports(first, second), second.location)


def ways(
    codebase: Codebase,
    importers: Iterable[str],
    targets: Iterable[str],
    *,
    transitive: bool,
    ignore: Sequence[str] = (),
) -> Iterator[Plant]:
    """Yield imports from one side to the other: of each kind between two modules, from each importer, of each target, on a detour.

    Single imports that the rule ignores, each with its reason, are left out. Of what a pattern ignores, one is planted.
    """
    sources, wanted = sorted(importers), sorted(targets)
    ignores = Exemptions(codebase, ignore=ignore)
    patterns = [entry for entry, edge in ignores.ignores.items() if any(map(has_wildcard, edge[:2]))]
    exact = [entry for entry in ignores.ignores if entry not in patterns]
    pairs = [(a, wanted[0]) for a in sources] + [(sources[0], b) for b in wanted[1:]]
    pairs += [(sources[-1], wanted[-1])]
    for entry in patterns:
        pairs += list(islice(((a, b) for a in sources for b in wanted if ignores.covers(entry, a, b)), 1))
    pairs = [pair for pair in dict.fromkeys(pairs) if not any(ignores.covers(entry, *pair) for entry in exact)]
    for kind in KINDS if pairs else ():
        plant = edge(codebase, *pairs[0], kind)
        yield plant._replace(alike=None) if kind == "module" else plant
    for pair in pairs[1:]:
        yield edge(codebase, *pair)
    if transitive and pairs and pairs[0][1] != PLANTED:
        yield through(codebase, *pairs[0])


def beyond(plants: Iterable[Plant]) -> Iterator[Plant]:
    """Yield *plants* as what another rule of the same name may find as well."""
    yield from (plant._replace(beyond=True, alike=None) for plant in plants)


def part_around(codebase: Codebase, modules: frozenset[str]) -> frozenset[str]:
    """Return the smallest layer, of any rule or of the settings, that holds *modules* and more; nothing where there is none."""
    around = [part for part in codebase.parts.values() if modules < part]
    return min(around, key=len, default=frozenset())


def sampled(plants: Sequence[Plant]) -> Sequence[Plant]:
    """Return some of many, evenly spread."""
    step = -(-len(plants) // SAMPLED)
    return plants[:: max(step, 1)]
