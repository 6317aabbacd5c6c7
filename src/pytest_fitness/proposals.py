"""What a codebase could promise today: layers from its imports, and the rules that hold."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from pytest_fitness.errors import FitnessError
from pytest_fitness.model import Codebase, Evaluation, Handler, Rule
from pytest_fitness.model.cycles import tangles
from pytest_fitness.rules import (
    BlockingAsyncHandlers,
    BoundarySchemas,
    Cycles,
    FatHandlers,
    ForbiddenImports,
    Independence,
    Layers,
    OrmAtBoundary,
    RawResponses,
    WritingReads,
)

ROLES: Mapping[str, str] = {
    "api": "api apis web http rest graphql views routes routers routing endpoints handlers controllers presentation interface "
    "interfaces entrypoints server resources blueprints pages ui cli",
    "application": "services service application usecases use_cases workflows tasks jobs",
    "domain": "domain logic business entities core",
    "infrastructure": "infrastructure infra db database persistence repositories repository storage adapters dal orm clients gateways "
    "integrations crud stores store",
}
"""Names that parts of backends go by, from the top down."""

NO_LAYER = frozenset(
    "__main__ main app asgi wsgi manage conftest tests test testing migrations alembic version _version about settings config conf "
    "constants exceptions errors types typing utils util helpers common logging logger log celery_app".split()
)
"""Modules that everybody imports, or that import everybody: nobody would call them a layer."""

FEATURES = frozenset("apps bounded_contexts components contexts domains features modules plugins".split())
"""Packages whose packages are meant to know nothing of each other."""

FRAMEWORKS = (
    "fastapi", "starlette", "flask", "django", "rest_framework", "ninja", "litestar", "aiohttp", "sqlalchemy", "sqlmodel", "celery",
    "requests", "httpx", "boto3", "redis", "pymongo", "kafka",
)  # fmt: skip
"""What business rules can do without."""

WIDTH = 88
"""As long as lines of most projects are."""

TANGLED = 2
"""So many parts that import each other may still share a layer."""

MOST = 8
"""More layers than these nobody keeps in mind."""


@dataclass
class Proposal:
    """A rule that could be written down.

    Attributes:
        rule: the rule.
        code: its source.
        says: what it says, for the test's docstring.
        violations: how many there are today.
        plants: how many were planted to prove it; 0 where it was not tried.
        survivors: which of these it would not notice.
    """

    rule: Rule
    code: str
    says: str
    violations: int = 0
    plants: int = 0
    survivors: list[str] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        """Whether it is green, and was proved to be able to fail."""
        return not self.violations and self.plants > 0 and not self.survivors


Prove = Callable[[Evaluation], tuple[int, list[str]]]
"""Plants of an evaluated rule, and those that survive."""


class Proposer:
    """Looks at a codebase for what could be promised of it.

    Args:
        codebase: the codebase.
        prove: tries whether a rule can fail.
    """

    def __init__(self, codebase: Codebase, prove: Prove) -> None:
        self.codebase = codebase
        self.prove = prove
        self.children = _children(codebase)
        self.edges = _edges(codebase, self.children)
        self.handlers = codebase.handlers(list(codebase.modules.values()))

    def proposals(self) -> list[Proposal]:
        """Return the rules that hold and those that do not, in the order in which they should be read."""
        candidates = [*self._layers(), *self._cycles(), *self._pure_domain(), *self._features(), *self._boundary()]
        judged = (self._judged(candidate) for candidate in candidates)
        return [proposal for proposal in judged if proposal is not None]

    def _judged(self, proposal: Proposal) -> Proposal | None:
        """With the numbers; None for a rule that cannot be judged here."""
        violations = self._violations(proposal.rule)
        if violations is None:
            return None
        proposal.violations = violations
        if not violations:
            proposal.plants, proposal.survivors = self.prove(self.codebase.evaluations[-1])
        return proposal

    def _violations(self, rule: Rule) -> int | None:
        try:
            return len(self.codebase.violations(rule, place="fitness-init"))
        except FitnessError:
            return None

    # -- layers ----------------------------------------------------------------------------------------------------

    def _layers(self) -> Iterator[Proposal]:
        found = self._layers_that_hold()
        usual = self._layers_by_name()
        if not _is_as_usual(found):
            found = ()  # nobody would write it
        if found:
            yield _proposal("Layers", Layers(*found), found, "Each layer imports only the layers below it.")
        independent = tuple(layer.replace(" : ", " | ") for layer in usual)
        if len(usual) > 1 and independent != usual and self._violations(Layers(*independent)) == 0:
            usual = independent
        if len(usual) > 1 and not _says_as_much(found, usual):
            yield _proposal("Layers", Layers(*usual), usual, "Each layer imports only the layers below it.")

    def _layers_that_hold(self) -> tuple[str, ...]:
        """Layers by what imports what; parts that import each other share a layer, or are left out where there are many."""
        names = self._layer_names()
        while len(names) > 1:
            layers = _levels({name: self._reached(name, names) for name in names})
            is_lump = any(_is_lump(layer.split(" : ")) for layer in layers)
            if len(layers) > 1 and not is_lump and self._violations(Layers(*layers)) == 0:
                return layers
            names = [name for name in names if name != min(names, key=lambda n: (len(self.children[n]), n))]
        return ()

    def _layer_names(self) -> list[str]:
        linked = {name for name in self.children for other in self.children if self._links(name, other)}
        roles = {name for name in linked if _role(name)}
        names = [n for n in self.children if n in linked and n not in NO_LAYER]
        packages = [n for n in names if len(self.children[n]) > 1]
        known = [n for n in names if _role(n)]
        chosen = list(dict.fromkeys([*packages, *known])) if len(packages) + len(known) > 1 else names
        if 1 < len(roles) < len(chosen) / 2:
            chosen = sorted(roles)
        by_size = sorted(chosen, key=lambda n: (not _role(n), -len(self.children[n]), n))
        return sorted(by_size[:MOST])

    def _reached(self, name: str, names: Sequence[str]) -> frozenset[str]:
        """Which of *names* a part imports, directly or through parts that are none of them."""
        found: set[str] = set()
        todo = [name]
        for part in todo:
            below = {b for a, b in self.edges if a == part} - found - {name}
            found |= below
            todo += sorted(below - set(names))
        return frozenset(found & set(names))

    def _links(self, name: str, other: str) -> bool:
        return name != other and bool(self.edges.get((name, other), 0) + self.edges.get((other, name), 0))

    def _layers_by_name(self) -> tuple[str, ...]:
        """The usual order: what talks to the outside at the top, what stores at the bottom."""
        by_role = {role: sorted(n for n in self.children if _role(n) == role) for role in ROLES}
        return tuple(" : ".join(names) for names in by_role.values() if names)

    # -- the rest --------------------------------------------------------------------------------------------------

    def _cycles(self) -> Iterator[Proposal]:
        if len(self.children) > 1:
            yield Proposal(Cycles(), "Cycles()", "Packages do not import each other in a circle.")

    def _pure_domain(self) -> Iterator[Proposal]:
        used = {name.partition(".")[0] for name in self.codebase.third_party(self.codebase.imports())}
        wanted = [name for name in FRAMEWORKS if name in used]
        for domain in sorted(
            n for n in self.children if n in ("domain", "business", "logic") and len(self.children[n]) > 1
        ):
            free = tuple(n for n in wanted if self._violations(ForbiddenImports(of=n, inside=domain)) == 0)
            if free:
                rule = ForbiddenImports(of=free, inside=domain)
                code = f"ForbiddenImports(of={_tuple(free)}, inside={domain!r})".replace("'", '"')
                yield Proposal(rule, code, f"Nothing in {domain} imports {' or '.join(free)}.")

    def _features(self) -> Iterator[Proposal]:
        """Packages with several packages of the same build in them, which may be independent."""
        for name, modules in sorted(self.children.items()):
            top = name if name in self.codebase.packages else f"{self.codebase.packages[0]}.{name}"
            below = {m[len(top) + 1 :].partition(".")[0] for m in modules if m != top}
            packages = [n for n in below if sum(m.startswith(f"{top}.{n}.") for m in modules) > 1]
            rule = Independence(of=f"{name}.*")
            if len(packages) > 2 and name in FEATURES and self._violations(rule) == 0:
                says = f"The parts of {name} do not know each other."
                yield Proposal(rule, f'Independence(of="{name}.*")', says)

    def _boundary(self) -> Iterator[Proposal]:
        found = self.handlers.found
        if not found:
            return
        inside = self._place_of(found)
        yield self._about_handlers(BoundarySchemas(inside), "Handlers take and return schemas.")
        yield self._about_handlers(OrmAtBoundary(inside), "No database row leaves the application.")
        yield self._about_handlers(RawResponses(inside), "No response is made of a dict by hand.")
        yield self._about_handlers(FatHandlers(inside), "Handlers translate, and do no work of their own.")
        if any("GET" in handler.methods for handler in found):
            yield self._about_handlers(WritingReads(inside), "Reading changes nothing.")
        if any(handler.is_async for handler in found):
            yield self._about_handlers(
                BlockingAsyncHandlers(inside), "Asynchronous handlers do not hold up the others."
            )

    def _about_handlers(self, rule: Rule, says: str) -> Proposal:
        inside = getattr(rule, "inside", "")
        return Proposal(rule, f'{type(rule).__name__}("{inside}")', says)

    def _place_of(self, handlers: Sequence[Handler]) -> str:
        """The part of the code that has all handlers: a child of the package, or the package."""
        modules = {handler.module for handler in handlers}
        homes = [name for name, inside in self.children.items() if not modules.isdisjoint(inside)]
        tops = sorted({module.partition(".")[0] for module in modules})
        return homes[0] if len(homes) == 1 and modules <= self.children[homes[0]] else tops[0]


def _children(codebase: Codebase) -> dict[str, frozenset[str]]:
    """The parts directly below the top-level packages, by short name, with their modules; several packages are parts themselves."""
    package, *others = codebase.packages
    if others:
        return {name: frozenset(m.name for m in codebase.modules_of(name)) for name in codebase.packages}
    found: dict[str, set[str]] = {}
    for name in codebase.modules:
        if name != package:
            found.setdefault(name[len(package) + 1 :].partition(".")[0], set()).add(name)
    return {
        name: frozenset(modules) for name, modules in found.items() if name not in ("tests", "__main__", "conftest")
    }


def _edges(codebase: Codebase, children: Mapping[str, frozenset[str]]) -> dict[tuple[str, str], int]:
    """How many imports there are between each two parts."""
    home = {module: name for name, modules in children.items() for module in modules}
    found: dict[tuple[str, str], int] = {}
    for each in codebase.imports():
        a, b = home.get(each.importer), home.get(each.imported)
        if a and b and a != b and each.kind != "implicit":
            found[a, b] = found.get((a, b), 0) + 1
    return found


def _levels(following: Mapping[str, frozenset[str]]) -> tuple[str, ...]:
    """Layers from the top down: what imports each other in one, the rest as far down as what it imports allows."""
    group = {name: frozenset([name]) for name in following}
    for tangle in tangles(following):
        group |= dict.fromkeys(tangle, frozenset(tangle))
    depth: dict[frozenset[str], int] = {}

    def deep(members: frozenset[str]) -> int:
        if members not in depth:
            below = {group[b] for a in members for b in following[a]} - {members}
            depth[members] = 1 + max(map(deep, below), default=0)
        return depth[members]

    levels: dict[int, list[frozenset[str]]] = {}
    for members in set(group.values()):
        levels.setdefault(deep(members), []).append(members)
    return tuple(_layer(levels[n]) for n in sorted(levels, reverse=True))


def _layer(groups: Iterable[frozenset[str]]) -> str:
    every = sorted(groups, key=sorted)
    separator = " : " if any(len(members) > 1 for members in every) else " | "
    return separator.join(name for members in every for name in sorted(members))


def _is_as_usual(layers: Sequence[str]) -> bool:
    """Whether layers with usual names are in the usual order."""
    order = list(ROLES)
    ranks = [
        [order.index(_role(n)) for n in layer.replace("|", ":").replace(" ", "").split(":") if _role(n)]
        for layer in layers
    ]
    top = [rank for layer in ranks for rank in layer if rank == 0]
    first = next((n for n, layer in enumerate(ranks) if 0 in layer), 0)
    return not top or all(rank == 0 for layer in ranks[:first] for rank in layer)


def _is_lump(names: Sequence[str]) -> bool:
    """Whether parts that import each other are no layer, whatever they are called."""
    return len(names) > TANGLED or (len(names) > 1 and any(_role(name) for name in names))


def _says_as_much(layers: Sequence[str], other: Sequence[str]) -> bool:
    """Whether whatever *other* forbids is forbidden by *layers* as well."""
    level = {name.strip(): n for n, layer in enumerate(layers) for name in layer.replace("|", ":").split(":")}
    order = [[name.strip() for name in layer.replace("|", ":").split(":")] for layer in other]
    pairs = [(a, b) for n, upper in enumerate(order) for lower in order[n + 1 :] for a in upper for b in lower]
    return all(a in level and b in level and level[a] < level[b] for a, b in pairs)


def _role(name: str) -> str:
    return next((role for role, names in ROLES.items() if name.rpartition(".")[2] in names.split()), "")


def _proposal(name: str, rule: Rule, arguments: Sequence[str], says: str) -> Proposal:
    shown = ", ".join(f'"{argument}"' for argument in arguments)
    return Proposal(rule, f"{name}({shown})", says)


def _tuple(names: Sequence[str]) -> str:
    return f"({', '.join(map(repr, names))}{',' * (len(names) == 1)})"


def module_text(proposals: Sequence[Proposal]) -> str:
    """Return the text of a test module with the rules that hold."""
    kept = [proposal for proposal in proposals if proposal.holds]
    classes = sorted({type(proposal.rule).__name__ for proposal in kept})
    parts = [
        '"""How this code is meant to be built; `pytest --fitness-explain RULE` says more of a rule."""',
        "",
        "from pytest_fitness import Codebase",
        _fitting(
            f"from pytest_fitness.rules import {', '.join(classes)}", "from pytest_fitness.rules import (", classes
        ),
    ]
    taken: dict[str, int] = {}
    for proposal in kept:
        name = proposal.rule.name.replace("-", "_")
        taken[name] = taken.get(name, 0) + 1
        number = f"_{taken[name]}" if taken[name] > 1 else ""
        head = ["", "", f"def test_{name}{number}(codebase: Codebase) -> None:", f'    """{proposal.says}"""']
        line = f"    assert codebase.violations({proposal.code}) == []"
        if len(line) > WIDTH:
            cls, _, arguments = proposal.code.removesuffix(")").partition("(")
            rule = _fitting(f"    rule = {proposal.code}", f"    rule = {cls}(", [arguments], "    ")
            line = f"{rule}\n    assert codebase.violations(rule) == []"
        parts += [*head, line]
    return "\n".join([*parts, ""])


def _fitting(line: str, opening: str, items: Sequence[str], indent: str = "") -> str:
    """A line, or one line an item where it is too long."""
    if len(line) <= WIDTH:
        return line
    return "\n".join([opening, *(f"{indent}    {item}," for item in items), f"{indent})"])
