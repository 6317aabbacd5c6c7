"""The ``public-interface`` rule."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from pytest_fitness.errors import EmptySelectionError, RuleError
from pytest_fitness.model import Codebase, Import, Violation
from pytest_fitness.names import is_under
from pytest_fitness.rules import _options
from pytest_fitness.rules._chains import how
from pytest_fitness.rules._exemptions import Exemptions


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
        packages = [name for each in _options.names("of", self.of) for name in codebase.expand(each)]
        packages = [name for name in packages if name not in codebase.modules or codebase.modules[name].is_package]
        if not packages:
            raise EmptySelectionError("package", str(self.of), (), "a module without submodules has nothing to hide")
        also = {m.name for each in _options.names("also", self.also, at_least=0) for m in codebase.select(each)}
        friends = {
            m.name for each in _options.names("friends", self.friends, at_least=0) for m in codebase.select(each)
        }
        exemptions = Exemptions(codebase, *_options.exemptions(self.except_kinds, self.ignore))
        for package in packages:
            own = {m.name for m in codebase.select(package)}
            others = sorted(codebase.modules.keys() - own - friends)
            if not others:
                raise RuleError(f"everything is either in {package} or in `friends`: there is nobody else to judge")
            yield from self._judge(codebase, package, own - also, others, exemptions)
        exemptions.check()

    def _judge(
        self, codebase: Codebase, package: str, hidden: set[str], others: list[str], exemptions: Exemptions
    ) -> Iterator[Violation]:
        if package not in codebase.modules:
            raise RuleError(f"{package} has no __init__, so it exports nothing; give it one, or leave it out of `of`")
        graph = codebase.imports()
        exported: frozenset[str] | None = None
        for module in others:
            if graph.successors(module).isdisjoint(hidden):
                continue
            kept = {(r[0], r[1]) for r in exemptions.rows(graph, module, hidden)}
            for each in graph.imports_of(module):
                if (
                    each.imported not in hidden
                    or each.kind == "implicit"
                    or (each.imported, each.location.line) not in kept
                ):
                    continue
                exported = exports(codebase, package) if exported is None else exported
                for name in self._reached(codebase, each, package):
                    if name.partition(".")[0] not in exported:
                        yield self._violation(codebase.detail(each), package, name)

    @staticmethod
    def _reached(codebase: Codebase, each: Import, package: str) -> list[str]:
        """Names below *package* that an import reaches for; none where it imports the package as a whole."""
        if each.imported != package:
            return [each.imported[len(package) + 1 :]]
        below = (s[len(package) + 1 :] for s in codebase.symbols(each) if s != package and is_under(s, package))
        return [name for name in below if name != "*" and f"{package}.{name}" not in codebase.modules]

    def _violation(self, each: Import, package: str, name: str) -> Violation:
        return Violation(
            rule=self.name,
            subject=each.importer,
            message=f"{each.importer} must not import {package}.{name}{how(each)}: {package} does not export it",
            location=each.location,
            target=f"{package}.{name}",
            fix=f"export what is needed in {package}, or name the submodule in `also`",
            because=self.because,
        )


def exports(codebase: Codebase, package: str, seen: frozenset[str] = frozenset()) -> frozenset[str]:
    """Return the names that *package* offers to others."""
    bound = codebase.bindings(package)
    if bound.exported is not None:
        return frozenset(bound.exported)
    names = {*bound.imported, *bound.defined}
    for starred in bound.starred:
        if starred in codebase.modules and starred not in seen:
            names |= exports(codebase, starred, seen | {package})
    return frozenset(name for name in names if not name.startswith("_"))
