"""Facts about source code: read, never executed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Literal, NamedTuple

from pytest_fitness.model.violation import Location

ImportKind = Literal["module", "function", "conditional", "type-checking", "dynamic", "attribute", "implicit"]
"""How an import comes about.

``module``: a statement at module level. ``function``: inside a function. ``conditional``: at module level inside
``if``, ``try``, ``with``, ``for`` or ``match``. ``type-checking``: only for type checkers. ``dynamic``: by a call such as
``importlib.import_module``. ``attribute``: use of a submodule through its package, as in ``import app; app.infra.db``.
``implicit``: the ``__init__`` of a package that Python runs on the way to a submodule.
"""


class Module(NamedTuple):
    """One ``.py`` file of the codebase. *path* is relative to rootdir, with forward slashes."""

    name: str
    path: str
    is_package: bool = False


class Import(NamedTuple):
    """One import of one module by another; *imported* is a module, a package, or a third-party dotted name."""

    importer: str
    imported: str
    location: Location
    kind: ImportKind = "module"


class Bindings(NamedTuple):
    """What a module binds at module level.

    Attributes:
        imported: dotted name by name in the module: ``{"Session": "shop.infra.db.Session"}``, also by way of
            ``Session = db.Session``.
        starred: modules of which everything is imported.
        defined: functions, classes and variables.
        exported: what ``__all__`` lists; None where there is none that can be read.
        exported_from: modules whose ``__all__`` is a part of it.
    """

    imported: Mapping[str, str]
    starred: tuple[str, ...] = ()
    defined: frozenset[str] = frozenset()
    exported: tuple[str, ...] | None = None
    exported_from: tuple[str, ...] = ()


class Unread(NamedTuple):
    """A file, or a part of it, that could not be read, and why."""

    module: str
    location: Location
    reason: str


SlotKind = Literal["schema", "orm", "raw", "scalar", "scalar-map", "file", "response", "none", "unknown"]
"""What crosses a boundary in one place; see `pytest_fitness.rules.BoundarySchemas` for what each kind means."""

WORST_FIRST: tuple[SlotKind, ...] = (
    "orm", "raw", "unknown", "scalar-map", "file", "scalar", "response", "schema", "none",
)  # fmt: skip
"""Which kind says most about something that is of several."""


NOTHING_DECLARED = "nothing declared"
"""How the detail of a raw result begins that is neither annotated nor has a model."""


class Class(NamedTuple):
    """A class of the codebase that crosses a boundary. *name* is its full name; *kind* is what it is."""

    name: str
    module: str
    kind: SlotKind
    location: Location


class Slot(NamedTuple):
    """One thing that crosses a boundary: the request body in a parameter, or the response.

    Attributes:
        name: the parameter's name; ``"return"`` for the response.
        kind: the worst kind found in the annotation.
        text: the annotation as written, or what was found instead of one.
        location: of the annotation, or of the handler where there is none.
        detail: more exactly what was found: ``"dict"``, ``"no annotation"``, the class's full name.
        classes: the classes of the codebase that the annotation mentions.
        raw_fields: fields of these that hold raw data, as ``"OrderIn.extra: dict"``.
        signature: the handler's signature in one line, the annotation at *column*, *width* characters wide; empty where
            the annotation is not in it.
    """

    name: str
    kind: SlotKind
    text: str
    location: Location
    detail: str = ""
    classes: tuple[Class, ...] = ()
    raw_fields: tuple[str, ...] = ()
    signature: str = ""
    column: int = 0
    width: int = 0


HandlerKind = Literal["http", "websocket", "task", "message"]


class Handler(NamedTuple):
    """A function that answers requests, runs a task, or takes messages.

    Attributes:
        framework: as its adapter is called.
        module: where the function is defined.
        qualname: of the function, without the module.
        methods: ``GET`` and so on; ``WEBSOCKET``, ``TASK``, ``MESSAGE``.
        path: the route as far as it can be read; the topic of a message; empty for a task.
        inputs: bodies, forms, and queries that are a schema: no single parameters of path and query, no dependencies.
        output: the result.
        view: of a function that a base class has, the class whose objects register it.
    """

    framework: str
    module: str
    qualname: str
    location: Location
    methods: tuple[str, ...]
    path: str
    inputs: tuple[Slot, ...]
    output: Slot
    kind: HandlerKind = "http"
    is_async: bool = False
    view: str = ""

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """``POST /orders create_order``, ``GET /orders Base.list of Orders``."""
        of = f"of {self.view}" if self.view else ""
        return " ".join(filter(None, (",".join(self.methods), self.path, self.qualname, of)))

    @property
    def name(self) -> str:
        """``shop.api.orders.create_order``."""
        return f"{self.module}.{self.qualname}"

    def shown_by(self, results: Mapping[str, Slot]) -> Handler:
        """Return the same handler with the result that its source shows, by name, where it declares none."""
        is_open = self.output.detail == NOTHING_DECLARED
        return self._replace(output=results.get(self.name, self.output)) if is_open else self

    def moved(self, path: str) -> Handler:
        """Return the same handler in the file *path*."""
        inputs = tuple(slot._replace(location=slot.location._replace(path=path)) for slot in self.inputs)
        output = self.output._replace(location=self.output.location._replace(path=path))
        return self._replace(location=self.location._replace(path=path), inputs=inputs, output=output)


def shown_results(handlers: Iterable[Handler]) -> dict[str, Slot]:
    """Return what handlers return that declare nothing, by name; left out where that is not known, or of two kinds."""
    found: dict[str, dict[str, Slot]] = {}
    for each in handlers:
        found.setdefault(each.name, {})[each.output.kind] = each.output
    kinds = ("response", "file", "none", "orm", "raw")  # a schema is from what is declared, and so of another route
    slots = {name: next(iter(by_kind.values())) for name, by_kind in found.items() if len(by_kind) == 1}
    return {name: slot for name, slot in slots.items() if slot.kind in kinds}


EffectKind = Literal["query", "write", "save", "outbound", "blocking"]
"""What a call does: asks the database, changes it, has a serializer change it, leaves the process (HTTP, files, processes), holds up
the event loop."""


class Effect(NamedTuple):
    """A call with an effect. *trail* leads to it: calls of functions of the codebase, and the call itself last."""

    kind: EffectKind
    call: str
    trail: tuple[Location, ...]


class Conduct(NamedTuple):
    """What the body of a handler does.

    Attributes:
        statements: how many there are, those of functions inside of it included, its docstring not.
        loops: ``for`` and ``while``.
        branches: ``if`` and ``match`` that are no guards: a guard only raises or returns.
        effects: calls, those in functions of the codebase that it calls included.
        raw_requests: where the body of the request is read as it comes and given to no schema.
        raw_responses: where a response is made of a dict or a list that no schema has seen.
        sync_sessions: parameters that are database sessions for code that may wait.
        is_seen: whether the function is in the source at all.
        has_conditions: whether it asks for anything, and may do something else for each method of the request.
    """

    statements: int = 0
    loops: tuple[Location, ...] = ()
    branches: tuple[Location, ...] = ()
    effects: tuple[Effect, ...] = ()
    raw_requests: tuple[Slot, ...] = ()
    raw_responses: tuple[Slot, ...] = ()
    sync_sessions: tuple[Slot, ...] = ()
    is_seen: bool = True
    has_conditions: bool = False


class Handlers(NamedTuple):
    """The handlers of some modules, the files that could not be read, and the frameworks that were looked for."""

    found: tuple[Handler, ...]
    unread: tuple[Unread, ...]
    frameworks: tuple[str, ...]


NO_CONTEXTS: Mapping[int, tuple[str, ...]] = MappingProxyType({})


class FileCoverage(NamedTuple):
    """One file, as coverage.py counts it.

    Attributes:
        statements: how many there are.
        missing: numbers of the lines that did not run.
        branches: how many there are; 0 where they were not measured.
        missing_branches: how many were not taken.
        measured: whether anything of it ran.
        executed: numbers of the lines that ran.
        contexts: by line, the tests that ran it; empty unless asked for.
    """

    statements: int
    missing: tuple[int, ...]
    branches: int = 0
    missing_branches: int = 0
    measured: bool = True
    executed: tuple[int, ...] = ()
    contexts: Mapping[int, tuple[str, ...]] = NO_CONTEXTS


class Recorded(NamedTuple):
    """Coverage of a scope as it was written down.

    Attributes:
        covered: lines, and branches where they were measured, that ran.
        possible: all of them.
        branches: whether branches are in the numbers.
        origin: how they were measured; numbers of two ways of measuring are not compared.
    """

    covered: int
    possible: int
    branches: bool
    origin: str


class CoverageReport(NamedTuple):
    """Coverage of one run.

    Attributes:
        files: by module name; modules that were never imported are in it with everything missing.
        partial: why not all tests ran, or an empty string after a full run.
        failed: how many ordinary tests failed in this run.
        origin: where the numbers come from, in words.
        unparsed: modules that coverage cannot parse.
        branches: whether branches were measured.
        way: how the numbers were measured, in words that are the same in every run.
    """

    files: dict[str, FileCoverage]
    partial: str = ""
    failed: int = 0
    origin: str = ""
    unparsed: frozenset[str] = frozenset()
    branches: bool = False
    way: str = ""
