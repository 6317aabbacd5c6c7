"""The ``public-interface`` rule."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Literal

from pytest_fitness.errors import EmptySelectionError, RuleError
from pytest_fitness.model import Codebase, Import, ImportGraph, Plant, Reach, Search, Violation
from pytest_fitness.names import is_under
from pytest_fitness.rules import _options
from pytest_fitness.rules._chains import Wording, blind_spots, how, unread_violation
from pytest_fitness.rules._exemptions import Exemptions
from pytest_fitness.rules._plants import PLANTED, edge, ways


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicInterface:
    """
    Others import from a package only what it exports.

    A package exports what ``__all__`` in its ``__init__`` lists; without ``__all__``, what its ``__init__`` imports or
    defines under a name without a leading underscore. Its submodules are its own affair, unless they are exported.

    Why:
        A package with an interface can be rebuilt behind it. Once others reach into its submodules, every file in it is
        interface.

    Violates::

        # shop/api/routes.py, with PublicInterface(of="billing")
        from shop.billing.tables import InvoiceRow

    Instead::

        # shop/api/routes.py
        from shop.billing import Invoice

    Options:
        of: the packages, or a pattern that stands for several (``"modules.*"``). Each has an ``__init__``.
        also: submodules that are interface as well, by full name or by name below a package: ``("billing.events",)``.
        friends: who may import everything: names, layers, or patterns.
        except_kinds: kinds of imports that do not count, as in ``Layers``.
        ignore: imports that are accepted, ``"importer -> imported: reason"``, as in ``Layers``.
        because: the reason, shown on failure.

    Attributes of the package that are used without being imported (``shop.billing.tables`` after ``import shop.billing``)
    are seen where they are submodules.

    versionadded: 0.2.0
    """

    name: ClassVar[str] = "public-interface"

    of: str | tuple[str, ...] | list[str]
    also: str | tuple[str, ...] | list[str] = ()
    friends: str | tuple[str, ...] | list[str] = ()
    except_kinds: str | tuple[str, ...] | list[str] = ()
    ignore: str | tuple[str, ...] | list[str] = ()
    because: str = ""

    def __post_init__(self) -> None:
        _options.names("of", self.of)
        _options.names("also", self.also, at_least=0)
        _options.names("friends", self.friends, at_least=0)
        _options.exemptions(self.except_kinds, self.ignore)
        _options.because(self.because)

    def find(self, codebase: Codebase) -> Iterator[Violation]:
        """Yield one violation per import, by somebody else, of something that is not exported."""
        expanded = (name for each in _options.names("of", self.of) for name in codebase.expand(each))
        packages = [n for n in dict.fromkeys(expanded) if n not in codebase.modules or codebase.modules[n].is_package]
        if not packages:
            raise EmptySelectionError("package", str(self.of), (), "a module without submodules has nothing to hide")
        graph = codebase.imports()
        also = self._selected(codebase, graph, "also")
        friends = self._selected(codebase, graph, "friends")
        exemptions = Exemptions(codebase, *_options.exemptions(self.except_kinds, self.ignore))
        for package in packages:
            own = {m.name for m in codebase.select(package)} | codebase.named(package, graph)
            others = frozenset(codebase.modules.keys() - own - friends)
            if not others:
                raise RuleError(f"everything is either in {package} or in `friends`: there is nobody else to judge")
            if own <= also:
                raise RuleError(f"`also` makes all of {package} interface: there is nothing left to hide")
            yield from self._judge(codebase, package, Search(others, own - also, transitive=False), exemptions)
        exemptions.check()

    def reach(self, codebase: Codebase) -> Reach:
        """Return what is judged, for the architecture coverage."""
        of = _options.names("of", self.of)
        owns = [frozenset(m.name for m in codebase.select(name)) for each in of for name in codebase.expand(each)]
        modules = frozenset[str]().union(*owns)
        return Reach(modules, tuple((codebase.modules.keys() - own, own) for own in owns))

    def plants(self, codebase: Codebase) -> Iterator[Plant]:
        """Yield imports of a private name and of each submodule that is not exported."""
        graph = codebase.imports()
        also, friends = (self._selected(codebase, graph, option) for option in ("also", "friends"))
        _, ignore = _options.exemptions(self.except_kinds, self.ignore)
        for each in _options.names("of", self.of):
            for package in (name for name in codebase.expand(each) if name in codebase.modules):
                own = {m.name for m in codebase.select(package)}
                others = codebase.modules.keys() - own - friends
                hidden = {
                    n for n in own - also - {package} if not _is_exported(codebase, package, n[len(package) + 1 :])
                }
                if hidden:
                    yield from ways(codebase, others, hidden, transitive=False, ignore=ignore)
                if codebase.modules[package].is_package:
                    yield edge(codebase, min(others), package, symbols=(f"{package}._{PLANTED}",))

    def _selected(self, codebase: Codebase, graph: ImportGraph, option: Literal["also", "friends"]) -> set[str]:
        names = _options.names(option, getattr(self, option), at_least=0)
        modules = {m.name for each in names for m in codebase.select(each)}
        return modules.union(*(codebase.named(each, graph) for each in names))

    def _judge(self, codebase: Codebase, package: str, search: Search, exemptions: Exemptions) -> Iterator[Violation]:
        if package not in codebase.modules:
            raise RuleError(f"{package} has no __init__, so it exports nothing; give it one, or leave it out of `of`")
        graph = codebase.imports()
        seen: set[tuple[str, int, str]] = set()
        for module in sorted(search.sources):
            if graph.successors(module).isdisjoint(search.targets) or module in graph.unread:
                continue
            if problem := codebase.unparsed(module):
                yield unread_violation(problem, Wording(self.name, "", self.because))
                continue
            kept = {(r[0], r[1]) for r in exemptions.rows(graph, module, search.targets)}
            for each in graph.imports_of(module):
                if each.imported not in search.targets or each.kind == "implicit":
                    continue
                for name in (
                    self._reached(codebase, each, package) if (each.imported, each.location.line) in kept else ()
                ):
                    identity = (module, each.location.line, name)
                    if identity not in seen and not _is_exported(codebase, package, name):
                        seen.add(identity)
                        yield self._violation(codebase.detail(each), package, name)
        yield from blind_spots(codebase, graph, search, Wording(self.name, "", self.because))

    @staticmethod
    def _reached(codebase: Codebase, each: Import, package: str) -> list[str]:
        """Names below *package* that an import reaches for, as the statement has them; none where it takes the whole."""
        below = [s for s in codebase.symbols(each) if s != package and is_under(s, each.imported)]
        return [s[len(package) + 1 :] for s in below or [each.imported] if s != package]

    def _violation(self, each: Import, package: str, name: str) -> Violation:
        return Violation(
            rule=self.name,
            subject=each.importer,
            message=f"{each.importer} must not import {package}.{name}{how(each)}: {package} does not export it",
            location=each.location,
            target=f"{package}.{name}",
            fix=f"export what is needed in {package}, or name the submodule in `also`",
            because=self.because,
            kind=each.kind,
        )


def _is_exported(codebase: Codebase, package: str, name: str) -> bool:
    """Whether others may import *name* from *package*: what lies in a submodule, if it is the module that is exported."""
    first, _, below = name.partition(".")
    if name == "*" or first not in exports(codebase, package):
        return name == "*"
    if not below:
        return True
    bound = codebase.bindings(package)
    meant = bound.imported.get(first, f"{package}.{first}" if first not in bound.defined else "")
    return meant == f"{package}.{first}"


def exports(codebase: Codebase, package: str, seen: frozenset[str] = frozenset()) -> frozenset[str]:
    """Return the names that *package* offers to others."""
    bound = codebase.bindings(package)
    names = {*bound.imported, *bound.defined} if bound.exported is None else {*bound.exported}
    for other in bound.starred if bound.exported is None else bound.exported_from:
        if other in codebase.modules and other not in seen:
            names |= exports(codebase, other, seen | {package})
    return frozenset(names if bound.exported is not None else (n for n in names if not n.startswith("_")))
