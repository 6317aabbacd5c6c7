"""The order in which Python looks through a class and its bases."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from pytest_fitness.model.syntax import Entity

Key = tuple[str, int]


def linear(entity: Entity, bases_of: Callable[[Entity], list[Entity]]) -> list[Entity]:
    """Return a class and all its bases by C3, as in ``__mro__``; as they come, where Python would refuse the class."""
    known: dict[Key, list[Entity]] = {}

    def order(each: Entity) -> list[Entity]:
        key = _key(each)
        if key not in known:
            known[key] = [each]  # meanwhile: what is its own base, as far as can be told
            direct = bases_of(each)
            known[key] = [each, *_merged([*map(order, direct), direct], key)]
        return known[key]

    return order(entity)


def _merged(rows: Sequence[Sequence[Entity]], but: Key) -> list[Entity]:
    """What is in some rows, each once, in an order that is that of every row."""
    left = [[each for each in row if _key(each) != but] for row in rows]
    found: list[Entity] = []
    while left := [row for row in left if row]:
        behind = {_key(each) for row in left for each in row[1:]}
        first = next((row[0] for row in left if _key(row[0]) not in behind), left[0][0])
        found.append(first)
        left = [[each for each in row if _key(each) != _key(first)] for row in left]
    return found


def _key(entity: Entity) -> Key:
    return entity.name, id(entity.node)
