"""The ``cycles`` rule."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Literal

from pytest_fitness.errors import RuleError
from pytest_fitness.model import Codebase, Import, ImportGraph, Plant, Violation, planted_import
from pytest_fitness.model.cycles import shortest_cycle, tangles
from pytest_fitness.names import is_under
from pytest_fitness.rules import _options
from pytest_fitness.rules._chains import how
from pytest_fitness.rules._exemptions import Exemptions
from pytest_fitness.rules._plants import KINDS, SAMPLED, sampled

Edges = dict[str, dict[str, Import]]
"""By name, the names that it imports, each with one import to show."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cycles:
    """
    Packages, or modules, do not import each other in a circle.

    Packages are compared with their siblings: in ``shop``, whether ``shop.orders`` and ``shop.billing`` import each other,
    whatever modules of theirs do it; and so in each package below. One violation is a set of names that all reach one
    another; its shortest cycle is shown, import by import.

    A circle that leads out of the part that is judged and back again is none of it; nor, between packages, is an import of
    the package around them: ``of="modules"`` sees it.

    Why:
        What imports in a circle is one lump, whatever the directories say: it is understood, tested and released
        together, and breaks on the order of imports.

    Violates::

        # shop/billing/invoice.py, where shop/orders/order.py imports shop.billing
        from shop.orders import order

    Instead::

        # shop/billing/invoice.py
        from shop.shared import events

    Options:
        inside: the part of the code that is judged: a layer, a name, or a pattern; the whole codebase by default.
        of: ``"packages"``, the default, or ``"modules"``, which finds circles within a package as well.
        except_kinds: kinds of imports that do not count, as in ``Layers``: ``("type-checking", "function")`` leaves the
            circles that Python would stumble over.
        ignore: imports that are accepted, ``"importer -> imported: reason"``, as in ``Layers``.
        because: the reason, shown on failure.

    versionadded: 0.2.0
    """

    name: ClassVar[str] = "cycles"

    inside: str | None = None
    of: Literal["packages", "modules"] = "packages"
    except_kinds: str | tuple[str, ...] | list[str] = ()
    ignore: str | tuple[str, ...] | list[str] = ()
    because: str = ""

    def __post_init__(self) -> None:
        if self.inside is not None:
            _options.text("inside", self.inside)
        if self.of not in ("packages", "modules"):
            raise RuleError(f"`of` is 'packages' or 'modules'; got {self.of!r}")
        _options.exemptions(self.except_kinds, self.ignore)
        _options.because(self.because)

    def find(self, codebase: Codebase) -> Iterator[Violation]:
        """Yield one violation per set of names that all reach one another."""
        scopes = [self.inside] if self.inside else codebase.packages
        scope = frozenset(m.name for name in scopes for m in codebase.select(name))
        if len(scope) < 2:
            raise RuleError(f"{', '.join(map(repr, scopes))} is one module: there is nothing that could be a circle")
        graph = codebase.imports()
        exemptions = Exemptions(codebase, *_options.exemptions(self.except_kinds, self.ignore))
        level = _between_modules if self.of == "modules" else _between_siblings
        edges = level(graph, scope)
        if self.except_kinds or self.ignore:
            edges = level(exemptions.apply_within(graph, self._tangled(edges, scope)), scope)
        following = {name: edges[name].keys() for name in edges}
        for tangle in tangles(following):
            cycle = shortest_cycle(following, frozenset(tangle))
            steps = [edges[name][after] for name, after in zip(cycle, [*cycle[1:], cycle[0]], strict=True)]
            yield self._violation(codebase, tangle, cycle, steps)
        for name in sorted(scope & graph.unread.keys()):
            unread = graph.unread[name]
            message = f"{name} cannot be read, so its imports are unknown: {unread.reason}"
            yield Violation(self.name, name, message, unread.location, because=self.because, can_be_known=False)
        exemptions.check()

    def plants(self, codebase: Codebase) -> Iterator[Plant]:
        """Yield, for imports that are in no circle, the import that closes one; both where there is none."""
        scopes = [self.inside] if self.inside else codebase.packages
        scope = frozenset(m.name for name in scopes for m in codebase.select(name))
        level = _between_modules if self.of == "modules" else _between_siblings
        graph = codebase.imports()
        if self.except_kinds or self.ignore:
            exemptions = Exemptions(codebase, *_options.exemptions(self.except_kinds, self.ignore))
            graph = exemptions.apply_within(graph, dict.fromkeys(scope, scope))
        edges = level(graph, scope)
        tangle = {n: i for i, names in enumerate(tangles({n: edges[n].keys() for n in edges})) for n in names}
        pairs = [
            (a, b, each)
            for a in sorted(edges)
            for b, each in sorted(edges[a].items())
            if a != b and (a not in tangle or tangle[a] != tangle.get(b))
        ]
        plants = [self._closing(codebase, (a, b), [(i.imported, i.importer, "module")]) for a, b, i in pairs]
        if pairs:
            a, b, each = pairs[0]
            kinds = [self._closing(codebase, (a, b), [(each.imported, each.importer, kind)]) for kind in KINDS[1:]]
            yield from (*kinds, *sampled(plants))
        elif modules := self._two_apart(scope):
            names = modules if self.of == "modules" else _siblings(*modules)
            a, b = modules
            yield self._closing(codebase, names, [(a, b, "module"), (b, a, "module")])

    @staticmethod
    def _two_apart(scope: frozenset[str]) -> tuple[str, str] | None:
        """Two modules neither of which holds the other."""
        names = sorted(scope)
        pairs = ((a, b) for a in names[:SAMPLED] for b in names if not is_under(a, b) and not is_under(b, a))
        return next(pairs, None)

    @staticmethod
    def _closing(codebase: Codebase, names: tuple[str, str], imports: list[tuple[str, str, str]]) -> Plant:
        planted = [planted_import(codebase, a, b, kind) for a, b, kind in imports]
        shown = [f"{each.importer} imports {each.imported}{how(each)}" for each in planted]
        return Plant(" and ".join(shown), codebase.with_imports(*planted), names=names)

    @staticmethod
    def _tangled(edges: Edges, scope: frozenset[str]) -> dict[str, set[str]]:
        """By module, the modules in the same tangles: exemptions matter among them alone."""
        found: dict[str, set[str]] = {}
        for tangle in tangles({name: edges[name].keys() for name in edges}):
            inside = {m for m in scope if any(is_under(m, name) for name in tangle)}
            for module in inside:
                found.setdefault(module, set()).update(inside)
        return found

    def _violation(self, codebase: Codebase, tangle: list[str], cycle: list[str], steps: list[Import]) -> Violation:
        steps = [codebase.detail(step) for step in steps]
        more = len(tangle) - len(cycle)
        message = f"{cycle[0]} imports itself through {' -> '.join(cycle[1:])}"
        if more:
            message += f", and {more} more {'are' if more > 1 else 'is'} in the same tangle"
        kinds = sorted({f"{step.location}{how(step)}" for step in steps if how(step)})
        return Violation(
            rule=self.name,
            subject=tangle[0],
            message=message,
            location=steps[0].location,
            target=" ".join(tangle[1:]),
            trail=tuple(step.location for step in steps),
            details=tuple(kinds),
            fix="cut one of these imports: move what both sides need to a third place, or pass it in as an argument",
            because=self.because,
            kind="cycle",
        )


def _between_modules(graph: ImportGraph, scope: frozenset[str]) -> Edges:
    edges: Edges = {name: {} for name in scope}
    for module in scope:
        for each in graph.imports_of(module):
            if each.imported in scope:
                edges[module].setdefault(each.imported, each)
    return edges


def _between_siblings(graph: ImportGraph, scope: frozenset[str]) -> Edges:
    """Each import counts once: between the siblings in the nearest package that holds both of its ends."""
    edges: Edges = {}
    for module in sorted(scope):
        for each in graph.imports_of(module):
            if each.imported in scope and not is_under(each.imported, module) and not is_under(module, each.imported):
                importer, imported = _siblings(module, each.imported)
                edges.setdefault(imported, {})
                edges.setdefault(importer, {}).setdefault(imported, each)
    return edges


def _siblings(one: str, other: str) -> tuple[str, str]:
    """The packages directly below the nearest one that holds both names, neither of which holds the other."""
    parts, others = one.split("."), other.split(".")
    depth = next(n for n, (a, b) in enumerate(zip(parts, others, strict=False)) if a != b)
    return ".".join(parts[: depth + 1]), ".".join(others[: depth + 1])
