"""What the readers of most frameworks have in common: one module, and the endpoints made of it."""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from pytest_fitness.frameworks._behind import functions_behind, returns_that, wrapped
from pytest_fitness.frameworks._given import shown
from pytest_fitness.frameworks._reading import called, is_parameter, kinds_of_object, qualname
from pytest_fitness.model.code import HandlerKind
from pytest_fitness.model.contents import Contents, Found, last_name, own_returns
from pytest_fitness.model.syntax import Endpoint, Part, Scope

if TYPE_CHECKING:  # what most modules have no need of is imported late
    from pytest_fitness.frameworks._registered import Registration

DECORATES = r"\)\("
"""What is found in any module that applies a decorator by a call: ``app.get("/x")(f)``."""

NAMING = (ast.Name, ast.Attribute, ast.Lambda, ast.Call)
"""What may stand for a function; ``app.task("name")`` is given none."""


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


def applied(decorator: ast.expr, target: ast.expr) -> ast.Call:
    """Return the call that a decorator is."""
    return ast.copy_location(ast.Call(decorator, [target], []), decorator)


def decorated_classes(
    contents: Contents, is_one: Callable[[ast.expr, Scope], object]
) -> Iterator[tuple[ast.Call, ast.Name, Scope]]:
    """Yield the decorators of classes that register them, each with the class, and where its name is looked up."""
    from pytest_fitness.frameworks._uses import as_of

    for entity in contents.classes:
        node = entity.node
        assert isinstance(node, ast.ClassDef)
        scope = entity.scope or contents.scope
        for decorator in node.decorator_list:
            if isinstance(decorator, ast.Call) and is_one(decorator, scope):
                yield decorator, ast.copy_location(ast.Name(node.name), node), as_of(node, scope)


def _before(found: Found, decorator: ast.expr) -> Scope:
    """The scope as it is above a function that is called like its decorator: ``@delete("/{number}") async def delete(...)``."""
    return found.scope_above if last_name(called(decorator)) == found.function.name else found.scope


def _applies(call: ast.Call, bare: Callable[[ast.Call], bool] | None) -> bool:
    """Whether a call may be one that decorates: ``app.get("/x")(f)`` or, where *bare* says so, ``app.task(f)``."""
    if len(call.args) != 1 or isinstance(call.args[0], ast.Starred):
        return False
    return isinstance(call.func, ast.Call) or (bare is not None and bare(call))


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
        self.registered_in = self.module.module
        self.wrapper: Found | None = None
        """What answers with something else than the function that it is wrapped around, and that `decorated` yields."""

    def kinds(self, expression: ast.expr, scope: Scope) -> Sequence[str]:
        """Return what is known of the class of an object, and of its bases; of a name, asked once for all frameworks."""
        if not isinstance(expression, ast.Name):
            return kinds_of_object(self.names, expression, scope)
        key = ("kinds", expression.id, id(scope))
        known = self.contents.memo
        if key not in known:  # the scope is kept, or another one could come to have its id
            known[key] = (scope, kinds_of_object(self.names, expression, scope))
        kinds: Sequence[str] = known[key][1]
        return kinds

    def is_own(self, name: str, scope: Scope) -> bool:
        """Whether a name is one of the project's, told without a look at what is installed."""
        around: Scope | None = scope
        while around is not None:
            for binding in reversed(around.symbols.get(name, ())):
                top = binding.target[0].partition(".")[0] if binding.target else ""
                return binding.kind not in ("from", "module") or top == self.module.module.partition(".")[0]
            around = around.parent
        return bool(scope.stars or self.module.stars)

    def meant(self, decorator: ast.expr, scope: Scope) -> tuple[ast.expr, Scope]:
        """Return the decorator behind another name for it, and where it is written.

        ``route = bp.route``; ``home = app.get("/")``; ``def api(path): return bp.route("/api" + path)``.
        """
        function = called(decorator)
        is_own = isinstance(function, ast.Name) and self.is_own(function.id, scope)
        entity = self.names.resolve(function, scope) if is_own else None
        if entity is None or entity.scope is None or not entity.scope.owned:
            return decorator, scope
        node = entity.node
        if isinstance(node, ast.Attribute):
            if isinstance(decorator, ast.Call):
                node = ast.copy_location(ast.Call(node, decorator.args, decorator.keywords), decorator)
            return node, entity.scope
        if isinstance(node, ast.Call) and not isinstance(decorator, ast.Call):
            return node, entity.scope
        if (
            isinstance(node, ast.Call)
            and isinstance(decorator, ast.Call)
            and last_name(node.func) == "partial"
            and node.args
        ):
            keywords = [*node.keywords, *decorator.keywords]
            made = ast.Call(node.args[0], [*node.args[1:], *decorator.args], keywords)
            return ast.copy_location(made, decorator), entity.scope
        if isinstance(node, ast.FunctionDef) and isinstance(decorator, ast.Call):
            from pytest_fitness.frameworks._given import substituted
            from pytest_fitness.frameworks._uses import arguments_of

            for value in own_returns(node):
                if isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute):
                    made = substituted(value, arguments_of(decorator, node, scope))
                    return ast.copy_location(copy.copy(made), decorator), self.names.function_scope(node, entity.scope)
        return decorator, scope

    def decorated(
        self,
        is_one: Callable[[ast.expr, Scope], object],
        *,
        is_sure: Callable[[ast.expr, Scope], object] | None = None,
        once: bool = False,
        bare: Callable[[ast.Call], bool] | None = None,
    ) -> Iterator[Decorated]:
        """Yield what has a decorator; ``app.get("/x")(f)`` decorates as well.

        Args:
            is_one: whether an expression is a decorator that is asked for.
            is_sure: the same of one that is called, where that differs.
            once: whether only the first of several above a function counts.
            bare: what calls such as ``app.task(f)``, with no other call in them, may decorate as well.
        """
        for found in self.contents.functions:
            for decorator in found.function.decorator_list:
                scope = _before(found, decorator)
                if is_one(decorator, scope):
                    inner = wrapped(found)
                    if inner is None:
                        yield Decorated(decorator, scope, found, decorator)
                    else:  # whatever it is wrapped around is what answers
                        self.wrapper = None if returns_that(found) else found
                        yield from self._applied(applied(decorator, inner), scope)
                        self.wrapper = None
                    if once:
                        break
        for call, where in self.calls(lambda call: _applies(call, bare)) if bare or ")(" in self.contents.text else ():
            if isinstance(call.func, ast.Call):
                if (is_sure or is_one)(call.func, where):
                    yield from self._applied(call, where)
            elif isinstance(call.args[0], NAMING) and id(call) not in self._decorators and is_one(call.func, where):
                yield from (each for each in self._applied(call, where) if self._may_be_function(each))

    def _may_be_function(self, each: Decorated) -> bool:
        """Whether what a call is given is a function, or may be one that cannot be found, rather than a name or a number."""
        target, scope = each.target, each.scope
        if isinstance(target, ast.Call):
            made_by = (
                self.names.resolve(target.func, scope) if isinstance(target.func, ast.Name | ast.Attribute) else None
            )
            return each.found is not None and made_by is not None and made_by.kind == "class"
        if each.found is not None or not isinstance(target, ast.Name) or is_parameter(target, scope):
            return each.found is not None
        entity = self.names.resolve(target, scope)
        return entity is None or entity.kind in ("unknown", "external")

    def registrations(self, call: ast.Call, target: ast.expr, scope: Scope) -> Iterator[Registration]:
        """Yield the registrations that a call stands for; an endpoint that is made meanwhile is registered where it says."""
        from pytest_fitness.frameworks._registered import registrations

        for each in registrations(call, target, scope, self.contents):
            self.registered_in = each.place.module
            yield each
        self.registered_in = self.module.module

    def calls(
        self, may_be: Callable[[ast.Call], bool], but: Callable[[ast.Call, Scope], bool] | None = None
    ) -> Iterator[tuple[ast.Call, Scope]]:
        """Yield the calls that may be what is asked for, turn by turn where a loop gives what is called, or spread into them.

        Those are left out that *but* is true of.
        """
        from pytest_fitness.frameworks._expanded import expanded

        for call, where in self.contents.calls:
            if may_be(call) and (but is None or not but(call, where)):
                yield from expanded(call, where, self.contents)

    @cached_property
    def _decorators(self) -> frozenset[int]:
        """The calls that make a decorator which is then called."""
        return frozenset(id(call.func) for call, _ in self.contents.calls)

    def _applied(self, call: ast.Call, where: Scope) -> Iterator[Decorated]:
        """What a decorator that is called decorates."""
        for each in self.registrations(call, call.args[0], where):
            behind = functions_behind(each.target, each.scope, self.contents, ())
            one = Decorated(each.call.func, each.calling, None, each.target)
            yield from (one._replace(found=found) for found, _ in behind)
            if not behind:
                yield one

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
            registered_in=self.registered_in,
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
        written = shown(target)
        meant = self.names.resolve(target, scope)
        why = "answers in a way of its own" if meant is not None and meant.kind == "class" else "is not in the source"
        output = Part("return", None, scope, node, scope, "unknown", f"`{written}` {why}")
        kind = "websocket" if "WEBSOCKET" in methods else kind
        return Endpoint(
            self.framework, None, scope, self.registered_in, written, node, tuple(methods), path, (), output, kind
        )
