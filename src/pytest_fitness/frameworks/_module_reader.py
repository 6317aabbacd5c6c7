"""What the readers of most frameworks have in common: one module, and the endpoints made of it."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from pytest_fitness.frameworks._behind import functions_behind
from pytest_fitness.frameworks._reading import kinds_of_object, qualname
from pytest_fitness.frameworks._registered import registrations
from pytest_fitness.model.code import HandlerKind
from pytest_fitness.model.contents import Contents, Found
from pytest_fitness.model.syntax import Endpoint, Part, Scope

DECORATES = r"\)\("
"""What is found in any module that applies a decorator by a call: ``app.get("/x")(f)``."""


class Decorated(NamedTuple):
    """A decorator, and what it decorates.

    Attributes:
        decorator: as it is written, or as it is in one turn of a loop.
        scope: where names in it are looked up.
        found: the function; None where it cannot be found.
        target: what is decorated, as it is written.
    """

    decorator: ast.expr
    scope: Scope
    found: Found | None
    target: ast.expr


class ModuleReader:
    """What the readers of most frameworks have in common: one module, and the endpoints made of it.

    Attributes:
        framework: as shown to users.
    """

    framework = ""

    def __init__(self, contents: Contents) -> None:
        self.contents = contents
        self.module = contents.scope
        self.names = contents.names

    def kinds(self, expression: ast.expr, scope: Scope) -> Sequence[str]:
        """Return what is known of the class of an object, and of its bases; of a name, asked once for all frameworks."""
        if not isinstance(expression, ast.Name):
            return kinds_of_object(self.names, expression, scope)
        key = (expression.id, id(scope))
        known = self.contents.kinds_of_objects
        if key not in known:  # the scope is kept, or another one could come to have its id
            known[key] = (scope, kinds_of_object(self.names, expression, scope))
        return known[key][1]

    def decorated(
        self, is_one: Callable[[ast.expr, Scope], object], *, once: bool = False, bare: bool = False
    ) -> Iterator[Decorated]:
        """Yield what has a decorator; ``app.get("/x")(f)`` decorates as well.

        Args:
            is_one: whether an expression is a decorator that is asked for.
            once: whether only the first of several above a function counts.
            bare: whether ``app.task(f)`` decorates, too, with no call of its own.
        """
        for found in self.contents.functions:
            for decorator in found.function.decorator_list:
                if is_one(decorator, found.scope):
                    yield Decorated(decorator, found.scope, found, decorator)
                    if once:
                        break
        for call, where in self.contents.calls if bare or ")(" in self.contents.text else ():
            if len(call.args) != 1 or not (bare or isinstance(call.func, ast.Call)) or not is_one(call.func, where):
                continue
            for made, target, there, calling, _ in registrations(call, call.args[0], where, self.contents):
                behind = functions_behind(target, there, self.names, ())
                yield from (Decorated(made.func, calling, found, target) for found, _ in behind)
                if not behind:
                    yield Decorated(made.func, calling, None, target)

    def endpoint(  # noqa: PLR0913 - an endpoint has so many parts
        self,
        found: Found,
        node: ast.AST,
        methods: Sequence[str],
        *,
        path: str = "",
        inputs: Iterable[Part] = (),
        output: Part,
        kind: HandlerKind = "http",
    ) -> Endpoint:
        """Return an endpoint whose function is *found* and that *node* registers."""
        return Endpoint(
            framework=self.framework,
            function=found.function,
            scope=found.scope,
            registered_in=self.module.module,
            qualname=qualname(found.function.name, found.scope),
            node=node,
            methods=tuple(methods),
            path=path,
            inputs=tuple(inputs),
            output=output,
            kind=kind,
        )

    def missing(  # noqa: PLR0913, PLR0917 - see `endpoint`
        self,
        target: ast.expr,
        node: ast.expr,
        scope: Scope,
        methods: Sequence[str],
        path: str,
        kind: HandlerKind = "http",
    ) -> Endpoint:
        """Return an endpoint whose function cannot be found: what crosses it is unknown."""
        shown = ast.unparse(target)
        output = Part("return", None, scope, node, scope, "unknown", f"`{shown}` is not in the source")
        kind = "websocket" if "WEBSOCKET" in methods else kind
        return Endpoint(
            self.framework, None, scope, self.module.module, shown, node, tuple(methods), path, (), output, kind
        )
