"""Cycles in a graph: strongly connected components in linear time, and a shortest cycle in each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set


def tangles(edges: Mapping[str, Set[str]]) -> list[list[str]]:
    """Return the sets of names that all reach one another, two names or more, each set sorted.

    Tarjan's algorithm without recursion: linear in names and edges.
    """
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    on_stack: set[str] = set()
    found: list[list[str]] = []
    for start in sorted(edges):
        if start in index:
            continue
        work: list[tuple[str, Iterator[str]]] = [(start, iter(sorted(edges[start])))]
        index[start] = low[start] = len(index)
        stack.append(start)
        on_stack.add(start)
        while work:
            name, following = work[-1]
            step = next((n for n in following if n in edges and (n not in index or n in on_stack)), None)
            if step is None:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[name])
                if low[name] == index[name]:
                    component = [stack.pop()]
                    while component[-1] != name:
                        component.append(stack.pop())
                    on_stack.difference_update(component)
                    if len(component) > 1:
                        found.append(sorted(component))
            elif step in index:
                low[name] = min(low[name], index[step])
            else:
                index[step] = low[step] = len(index)
                stack.append(step)
                on_stack.add(step)
                work.append((step, iter(sorted(edges[step]))))
    return sorted(found)


def shortest_cycle(edges: Mapping[str, Set[str]], tangle: Set[str]) -> list[str]:
    """Return the names along a shortest cycle within *tangle*; of several, the first one in alphabetical order."""
    best: list[str] = []
    for start in sorted(tangle):
        way = _way_back(edges, tangle, start, len(best) - 1 if best else len(tangle))
        if way:
            best = way
        if len(best) == 2:
            break
    return best


def _way_back(edges: Mapping[str, Set[str]], tangle: Set[str], start: str, at_most: int) -> list[str]:
    """The names along a shortest way from *start* back to it, at most so many; nothing where all are longer."""
    came_from = {start: ""}
    ring = [start]
    for _ in range(at_most):
        following: list[str] = []
        for name in ring:
            if start in edges[name]:
                way = [name]
                while came_from[way[0]]:
                    way.insert(0, came_from[way[0]])
                return way
            for step in sorted(edges[name] & tangle):
                if step not in came_from:
                    came_from[step] = name
                    following.append(step)
        ring = following
    return []
