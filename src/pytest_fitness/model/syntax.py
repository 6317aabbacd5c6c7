"""Names, scopes and what they stand for: the language in which framework adapters talk about source code."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, NamedTuple, Protocol

from pytest_fitness.model.code import HandlerKind

Function = ast.FunctionDef | ast.AsyncFunctionDef

EntityKind = Literal["module", "class", "function", "value", "external", "unknown"]


@dataclass(slots=True)
class Binding:
    """One way in which a name gets its meaning in a scope.

    Attributes:
        kind: ``module`` (*target* is its name), ``from`` (*target* is ``(module, name)``), ``class``, ``function`` or
            ``value`` (*node* is the definition or the assigned expression).
        in_branch: whether it may not come to it, so that an earlier one of the same name may count.
    """

    kind: Literal["module", "from", "class", "function", "value"]
    target: tuple[str, ...] = ()
    node: ast.AST | None = None
    annotation: ast.expr | None = None
    in_branch: bool = False


@dataclass(slots=True)
class Scope:
    """The names of a module, class or function.

    Attributes:
        module: full name of the module.
        path: of the module, as shown to users.
        is_package: whether the module is an ``__init__``.
        parent: the scope around this one; None for a module.
        node: the class or function; None for a module.
        owned: whether the module belongs to the codebase rather than to an installed package.
        resolved: what names were found to stand for here; left to whoever resolves them.
        in_branch: whether what is entered now is in a branch; see `Binding`.
        seen_as: of a class, the one derived from it whose object ``self`` is; None where it is its own, as far as is known.
    """

    module: str
    path: str
    is_package: bool = False
    parent: Scope | None = None
    node: ast.AST | None = None
    owned: bool = True
    symbols: dict[str, list[Binding]] = field(default_factory=dict)
    stars: list[str] = field(default_factory=list)
    resolved: dict[str, Entity | None] = field(default_factory=dict)
    in_branch: bool = False
    seen_as: Entity | None = None

    def where(self, name: str, bindings: Sequence[Binding]) -> Scope:
        """Return the same scope where *name* means no more than *bindings*: what it means above a definition, or in a branch."""
        return replace(self, symbols={**self.symbols, name: list(bindings)}, resolved={})

    def above(self, name: str, definition: ast.AST) -> Scope:
        """Return the same scope where *name* means what it does above one of its definitions."""
        bindings = self.symbols.get(name, [])
        at = next((n for n, binding in enumerate(bindings) if binding.node is definition), len(bindings))
        return self.where(name, bindings[:at])

    @property
    def enclosing_class(self) -> Scope | None:
        """The nearest class scope, this one included."""
        scope: Scope | None = self
        while scope is not None and not isinstance(scope.node, ast.ClassDef):
            scope = scope.parent
        return scope


class Entity(NamedTuple):
    """What an expression stands for.

    Attributes:
        kind: ``external`` for names whose source was not found or not needed.
        name: full dotted name.
        node: the definition, or the expression of a value.
        annotation: of a value.
        scope: where the definition stands.
    """

    kind: EntityKind
    name: str
    node: ast.AST | None = None
    annotation: ast.expr | None = None
    scope: Scope | None = None

    @property
    def last(self) -> str:
        """The last part of the name."""
        return self.name.rpartition(".")[2]

    @property
    def is_own(self) -> bool:
        """Whether it is the project that defines it."""
        return self.scope is not None and self.scope.owned


class Declaration(NamedTuple):
    """What the settings say of a name: ``schema_bases = ["shop.lib.Payload"]``.

    Attributes:
        option: the key in the settings.
        name: full dotted name.
        kind: what it stands for, as in the knowledge tables.
        file: of the settings.
        line: in *file*.
    """

    option: str
    name: str
    kind: str
    file: str = ""
    line: int = 0


class Names(Protocol):
    """Resolves names without importing anything."""

    def resolve(self, expression: ast.expr, scope: Scope) -> Entity | None:
        """Return what a name or attribute expression stands for."""
        ...

    def instance_class(self, entity: Entity) -> Entity | None:
        """Return the class of the object that a value is, by its annotation or the call that made it."""
        ...

    def bases(self, entity: Entity) -> Sequence[Entity]:
        """Return a class and all its bases, nearest first, external ones included."""
        ...

    def member(self, entity: Entity, name: str) -> Entity | None:
        """Return a class attribute, or an attribute that a method sets on ``self``."""
        ...

    def known(self, name: str) -> str:
        """Return what the knowledge tables say of an external name, or an empty string."""
        ...

    def kinds(self, annotation: ast.expr, scope: Scope) -> Sequence[str]:
        """Return the kinds of everything that an annotation mentions."""
        ...

    def function_scope(self, function: Function, parent: Scope) -> Scope:
        """Return the scope inside *function*."""
        ...

    def class_scope(self, entity: Entity) -> Scope:
        """Return the scope inside a class."""
        ...

    def seen(self, scope: Scope, view: Entity) -> Scope:
        """Return the inside of a class, or of a function in one, as it is for an object of the derived class *view*."""
        ...


BY_DECORATOR = "what its decorator makes of it"
"""The detail of a result that a decorator makes something else of."""


class Part(NamedTuple):
    """A parameter or a result as an adapter finds it: the core classifies *annotation* in *scope*.

    Attributes:
        name: of the parameter; ``"return"`` for the result.
        annotation: the declared type; None where nothing is declared.
        scope: where names in the annotation are looked up.
        node: to point at.
        home: a scope of the file that *node* is in.
        kind: set where the framework alone decides, such as ``"response"`` for ``response_class=FileResponse``.
        detail: words for *kind*.
        text_is_response: whether an undeclared text is a response by itself, as in Flask, and not a result to declare; what a schema
            dumps is of that schema then, though the annotation only says that it is a dict.
        alternatives: further types that it may have instead, each with the scope in which names in it are looked up.
        wrapped: what a decorator makes of it, whatever it is, a ``"page"`` or ``"json"``; what a schema describes is of that schema
            still.
        is_optional: whether a result need not be declared, as that of a task: it is what is returned then.
        unless: kinds of what is returned that count more than what is declared: ``"response"`` where that is handed on as it is,
            ``"raw"`` where what is declared is no more than documentation.
    """

    name: str
    annotation: ast.expr | None
    scope: Scope
    node: ast.AST
    home: Scope
    kind: str = ""
    detail: str = ""
    text_is_response: bool = False
    alternatives: tuple[tuple[ast.expr, Scope], ...] = ()
    wrapped: str = ""
    unless: tuple[str, ...] = ()
    is_optional: bool = False


class Endpoint(NamedTuple):
    """A handler as an adapter finds it.

    Attributes:
        function: the handler's definition; None where it cannot be found in the source.
        scope: the scope in which the function is defined.
        registered_in: the module that registers it.
        qualname: of the function, without the module.
        node: where it is registered.
        output: the result.
        kind: of what calls it.
        view: the class whose object registers it, where that inherits the method which does; empty for all others.
    """

    framework: str
    function: Function | None
    scope: Scope
    registered_in: str
    qualname: str
    node: ast.AST
    methods: tuple[str, ...]
    path: str
    inputs: tuple[Part, ...]
    output: Part
    kind: HandlerKind = "http"
    view: str = ""
