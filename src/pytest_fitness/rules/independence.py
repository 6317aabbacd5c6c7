"""The ``independence`` rule."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from pytest_fitness.errors import RuleError
from pytest_fitness.model import Codebase, Plant, Reach, Search, Violation
from pytest_fitness.names import is_under
from pytest_fitness.rules import _options
from pytest_fitness.rules._chains import Wording, violations
from pytest_fitness.rules._exemptions import Exemptions
from pytest_fitness.rules._plants import ways


@dataclass(frozen=True, slots=True, kw_only=True)
class Independence:
    """
    Several parts of the code do not import one another, directly or through others.

    Why:
        Modules that know nothing of each other can be understood, changed and extracted one at a time. One import is
        enough to end that.

    Violates::

        # shop/modules/billing/invoice.py, with Independence(of="modules.*")
        from shop.modules.orders.model import Order

    Instead::

        # shop/modules/billing/invoice.py
        from shop.shared.events import OrderPlaced

    Options:
        of: the parts: names, layers, or a pattern that stands for several (``"modules.*"``: each package or module
            directly below ``shop.modules``). There must be at least two.
        transitive: whether a path through modules that belong to no part counts too. It does by default.
        except_kinds: kinds of imports that do not count, as in ``Layers``.
        ignore: imports that are accepted, ``"importer -> imported: reason"``, as in ``Layers``.
        because: the reason, shown on failure.

    versionadded: 0.2.0
    """

    name: ClassVar[str] = "independence"

    of: str | tuple[str, ...] | list[str]
    transitive: bool = True
    except_kinds: str | tuple[str, ...] | list[str] = ()
    ignore: str | tuple[str, ...] | list[str] = ()
    because: str = ""

    def __post_init__(self) -> None:
        _options.names("of", self.of)
        _options.flag("transitive", self.transitive)
        _options.exemptions(self.except_kinds, self.ignore)
        _options.because(self.because)

    def find(self, codebase: Codebase) -> Iterator[Violation]:
        """Yield one violation per import that leads from one part to another."""
        parts = self._parts(codebase)
        if len(parts) < 2:
            raise RuleError(f"`of` stands for {', '.join(parts)} alone: there is nothing to be independent of")
        for part in parts:
            inner = [other for other in parts if other != part and is_under(other, part)]
            if inner:
                raise RuleError(f"{inner[0]} lies in {part}: a part cannot be independent of itself")
        graph = codebase.imports()
        exemptions = Exemptions(codebase, *_options.exemptions(self.except_kinds, self.ignore))
        own = {part: frozenset(m.name for m in codebase.select(part)) for part in parts}
        names = {part: codebase.named(part, graph) | own[part] for part in parts}
        every = frozenset[str]().union(*names.values())
        for part in parts:
            search = Search(own[part], every - names[part], transitive=self.transitive)
            yield from violations(codebase, graph, search, Wording(self.name, part, self.because), exemptions)
        exemptions.check()

    def reach(self, codebase: Codebase) -> Reach:
        """Return what is judged, for the architecture coverage."""
        own = [frozenset(m.name for m in codebase.select(part)) for part in self._parts(codebase)]
        return Reach(frozenset[str]().union(*own), tuple((a, b) for a in own for b in own if a is not b))

    def plants(self, codebase: Codebase) -> Iterator[Plant]:
        """Yield imports from each part to each other one."""
        own = {p: frozenset(m.name for m in codebase.select(p)) for p in self._parts(codebase)}
        _, ignore = _options.exemptions(self.except_kinds, self.ignore)
        for part, modules in own.items():
            for other, targets in own.items():
                if other != part:
                    yield from ways(codebase, modules, targets, transitive=self.transitive, ignore=ignore)

    def _parts(self, codebase: Codebase) -> list[str]:
        return list(dict.fromkeys(name for each in _options.names("of", self.of) for name in codebase.expand(each)))
