"""The ``protected`` rule."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from pytest_fitness.errors import RuleError
from pytest_fitness.model import Codebase, Import, ImportGraph, Plant, Reach, Search, Violation
from pytest_fitness.rules import _options
from pytest_fitness.rules._chains import Wording, how, unread_violation, violations
from pytest_fitness.rules._exemptions import Exemptions
from pytest_fitness.rules._plants import edge, ways

HANDED_ON = 3
"""Names that friends hand on, of which so many are planted: to look for them takes long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Protected:
    """
    A part of the code is imported only by those that are named.

    A name that one of those hands on counts as well: where ``shop.repository`` may import ``shop.db`` and binds
    ``Session`` from it, ``from shop.repository import Session`` in ``shop.api`` breaks the rule.

    Why:
        What everybody may import, everybody comes to depend on. Credentials, generated clients and raw tables stay
        replaceable as long as one module stands before them.

    Violates::

        # shop/api/routes.py, with Protected(of="infra.payment", only_by="domain.billing")
        from shop.infra.payment import charge

    Instead::

        # shop/api/routes.py
        from shop.domain.billing import pay

    Options:
        of: what is protected: modules of the codebase, layers, or patterns. It may import itself.
        only_by: who may import it: names, layers, or patterns.
        except_kinds: kinds of imports that do not count, as in ``Layers``.
        ignore: imports that are accepted, ``"importer -> imported: reason"``, as in ``Layers``.
        because: the reason, shown on failure.

    versionadded: 0.2.0
    """

    name: ClassVar[str] = "protected"

    of: str | tuple[str, ...] | list[str]
    only_by: str | tuple[str, ...] | list[str]
    except_kinds: str | tuple[str, ...] | list[str] = ()
    ignore: str | tuple[str, ...] | list[str] = ()
    because: str = ""

    def __post_init__(self) -> None:
        _options.names("of", self.of)
        _options.names("only_by", self.only_by)
        _options.exemptions(self.except_kinds, self.ignore)
        _options.because(self.because)

    def find(self, codebase: Codebase) -> Iterator[Violation]:
        """Yield one violation per import of what is protected, or of a name from it, by anybody else."""
        graph = codebase.imports()
        own = frozenset(m.name for each in _options.names("of", self.of) for m in codebase.select(each))
        names = own.union(*(codebase.named(each, graph) for each in _options.names("of", self.of)))
        friends = frozenset(m.name for each in _options.names("only_by", self.only_by) for m in codebase.select(each))
        others = frozenset(codebase.modules) - own - friends
        if not others:
            raise RuleError("everything is either in `of` or in `only_by`: there is nobody to protect from")
        exemptions = Exemptions(codebase, *_options.exemptions(self.except_kinds, self.ignore))
        wording = Wording(self.name, "nobody else", self.because, why=f"it is for {_listed(self.only_by)}")
        yield from violations(codebase, graph, Search(others, names, transitive=False), wording, exemptions)
        through = exemptions.apply(graph, Search(others, friends - own, transitive=False))
        yield from self._handed_on(codebase, through, others, friends - own, own)
        exemptions.check()

    def reach(self, codebase: Codebase) -> Reach:
        """Return what is judged, for the architecture coverage."""
        own = frozenset(m.name for each in _options.names("of", self.of) for m in codebase.select(each))
        return Reach(own, ((codebase.modules.keys() - own, own),))

    def plants(self, codebase: Codebase) -> Iterator[Plant]:
        """Yield imports by everybody else, and one of a name that a friend hands on, where one does."""
        own = frozenset(m.name for each in _options.names("of", self.of) for m in codebase.select(each))
        friends = frozenset(m.name for each in _options.names("only_by", self.only_by) for m in codebase.select(each))
        others = frozenset(codebase.modules) - own - friends
        _, ignore = _options.exemptions(self.except_kinds, self.ignore)
        yield from ways(codebase, others, own, transitive=False, ignore=ignore)
        handing_on = 0
        for friend in sorted(friends) if others else ():
            handed_on = [
                n for n, origin in codebase.bindings(friend).imported.items() if origin.rpartition(".")[0] in own
            ]
            for name in sorted(handed_on)[: handing_on < HANDED_ON]:
                handing_on += 1
                yield edge(codebase, min(others), friend, symbols=(f"{friend}.{name}",))

    def _handed_on(
        self,
        codebase: Codebase,
        graph: ImportGraph,
        others: frozenset[str],
        friends: frozenset[str],
        own: frozenset[str],
    ) -> Iterator[Violation]:
        """Imports, and uses, of names that a friend has from what is protected."""
        wording = Wording(self.name, "nobody else", self.because)
        facades = {f for f in friends if not graph.successors(f).isdisjoint(own | friends)}
        passing_on = {m: graph.successors(m) & facades for m in sorted(others)}
        used = set[str]().union(*passing_on.values())
        for module in sorted(used | {m for m, through in passing_on.items() if through}):
            is_said = module in others and module in graph.unread
            if not is_said and (problem := codebase.unparsed(module)):
                yield unread_violation(problem, wording)
        seen: set[tuple[str, int, str]] = set()
        for module, through in passing_on.items():
            imports = [i for i in graph.imports_of(module) if i.imported in through]
            found = [(each, symbol) for each in imports for symbol in codebase.symbols(each)]
            found += [(each, each.imported) for each in codebase.uses(module, through)] if through else []
            for each, symbol in found:
                origin = _origin(codebase, symbol, own)
                identity = (module, each.location.line, origin)
                if origin and identity not in seen:
                    seen.add(identity)
                    yield self._violation(codebase.detail(each), symbol, origin)

    def _violation(self, each: Import, symbol: str, origin: str) -> Violation:
        return Violation(
            rule=self.name,
            subject=each.importer,
            message=f"{each.importer} must not import {symbol}{how(each)}: it is {origin}, handed on",
            location=each.location,
            target=origin,
            fix=f"give {each.importer} something of its own to call, or name it in `only_by`",
            because=self.because,
            kind=each.kind,
        )


def _origin(codebase: Codebase, symbol: str, own: frozenset[str]) -> str:
    """The protected name that *symbol* stands for; empty where it is something else."""
    todo = [symbol]
    for dotted in todo:
        module, _, last = dotted.rpartition(".")
        if dotted in own or module in own:
            return dotted
        if module in codebase.modules:
            bound = codebase.bindings(module)
            if last == "*":
                names = bound.imported if bound.exported is None else {*bound.exported} & bound.imported.keys()
                found = [bound.imported[name] for name in sorted(names)]
                found += [f"{starred}.*" for starred in bound.starred] if bound.exported is None else []
            elif last in bound.imported:
                found = [bound.imported[last]]
            else:
                found = [f"{starred}.{last}" for starred in bound.starred if last not in bound.defined]
            todo += [name for name in found if name not in todo]
    return ""


def _listed(names: str | tuple[str, ...] | list[str]) -> str:
    return ", ".join(_options.names("only_by", names))
