"""Routes of FastAPI that the project's own functions and methods make: their options, and the classes that they are given."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from pytest_fitness.frameworks._fastapi_names import ROUTE_DECORATORS
from pytest_fitness.frameworks._reading import function_of, is_parameter
from pytest_fitness.model.contents import Contents, Found, last_name, own_returns, parameters
from pytest_fitness.model.syntax import Endpoint, Entity, Names, Part, Scope

LOOKED_THROUGH = ("list", "List", "Optional", "Sequence")


def with_options(decorator: ast.Call, scope: Scope, names: Names) -> tuple[ast.Call, Scope]:
    """Return a decorator with the options that ``partial(router.get, response_model=Order)`` gives it, or a function that calls one.

    The scope is the one in which names of both places mean what they mean there.
    """
    made = names.resolve(decorator.func, scope) if isinstance(decorator.func, ast.Name) else None
    if made is None or made.scope is None or not isinstance(made.node, ast.Call | ast.FunctionDef):
        return decorator, scope
    from pytest_fitness.frameworks._given import Given, home_of, substituted, with_names
    from pytest_fitness.frameworks._uses import arguments_of

    calls: list[ast.expr] = [made.node] if isinstance(made.node, ast.Call) else []
    inside, arguments, own = made.scope, dict[str, Given](), set[str]()
    if isinstance(made.node, ast.FunctionDef):
        calls = list(own_returns(made.node))
        inside = names.function_scope(made.node, made.scope)
        arguments = arguments_of(decorator, made.node, scope, made.scope)
        own = {argument.arg for argument, _ in parameters(made.node, in_class=False)} - arguments.keys()
    said = {keyword.arg for keyword in decorator.keywords}
    given = {
        k.arg: Given(substituted(k.value, arguments), home_of(k.value, arguments, inside))
        for call in calls
        if isinstance(call, ast.Call)
        for k in call.keywords
        if k.arg and k.arg not in said and last_name(k.value) not in own
    }
    told = with_names(scope, decorator, given, scope, names) if given else scope
    keywords = [*decorator.keywords, *(ast.keyword(name, each.value) for name, each in given.items())]
    return ast.copy_location(ast.Call(decorator.func, decorator.args, keywords), decorator), told


def by_own_method(decorator: ast.Call, scope: Scope, names: Names) -> tuple[ast.Call, Scope] | None:
    """Return ``router.post("/x", response_model=Order)`` for ``router.save("/x", Order)``, a method of a router of the project.

    The scope is the one in which names of both places mean what they mean there. None for any other decorator.
    """
    definition = (
        function_of(names.resolve(decorator.func, scope)) if isinstance(decorator.func, ast.Attribute) else None
    )
    if definition is None or not definition[1].owned or not isinstance(definition[1].node, ast.ClassDef):
        return None
    from pytest_fitness.frameworks._given import substituted, with_names
    from pytest_fitness.frameworks._uses import arguments_of

    assert isinstance(decorator.func, ast.Attribute)
    for value in own_returns(definition[0]):
        of = value.func.value if isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute) else None
        if of is None or not isinstance(value, ast.Call) or last_name(value.func) not in ROUTE_DECORATORS:
            continue
        if last_name(of) == "self" or (isinstance(of, ast.Call) and last_name(of.func) == "super"):
            given = arguments_of(decorator, definition[0], scope, definition[1], is_method=True)
            inside = names.function_scope(*definition)
            made = substituted(value, given)
            verb = ast.copy_location(ast.Attribute(decorator.func.value, last_name(value.func), ast.Load()), decorator)
            told = with_names(replace(inside, node=scope.node), value, given, scope, names)
            return ast.copy_location(ast.Call(verb, made.args, made.keywords), decorator), told
    return None


def as_made(found: Found, target: ast.expr, scope: Scope, names: Names) -> Found | None:
    """Return a handler that ``endpoint(search, Order)`` makes, in a scope in which parameters are the classes that they are given.

    None for one that is made, or returned, in a branch which is not taken for what is given: ``if issubclass(model, Query):``.
    """
    from pytest_fitness.frameworks._uses import arguments_of, stays

    maker = function_of(names.resolve(target.func, scope)) if isinstance(target, ast.Call) else None
    if maker is None or not isinstance(target, ast.Call) or found.scope.node is not maker[0]:
        return found
    given = _Given({}, {}, set(), found.scope, names)
    for name, each in arguments_of(target, maker[0], scope, maker[1]).items():
        meant = names.resolve(each.value, each.scope) if isinstance(each.value, ast.Name | ast.Attribute) else None
        if not stays(name, maker[0], found.scope):
            continue
        if isinstance(each.value, ast.Constant):
            given.constants[name] = each.value.value
        elif meant is not None and meant.kind in ("class", "external"):
            given.classes[name] = meant
        elif meant is not None and (base := _base_said(meant, names)) is not None:
            given.classes[name] = base
            given.bases.add(name)
    dead = {id(node) for statement in given.dead(maker[0].body) for node in ast.walk(statement)}
    returned = [node for node in ast.walk(maker[0]) if isinstance(node, ast.Return) and node.value is not None]
    own = [node for node in returned if isinstance(node.value, ast.Name) and node.value.id == found.function.name]
    if id(found.function) in dead or (own and all(id(node) in dead for node in own)):
        return None
    if not given.classes:
        return found
    return found._replace(scope=replace(found.scope, resolved={**found.scope.resolved, **given.classes}))


def _base_said(value: Entity, names: Names) -> Entity | None:
    """The class that an annotation says something is, or is derived from: ``model: type[Order] | None``."""
    said = [n for n in ast.walk(value.annotation) if isinstance(n, ast.Subscript)] if value.annotation else []
    of = said[0].slice if len(said) == 1 and last_name(said[0].value) in ("type", "Type") else None
    found = names.resolve(of, value.scope) if isinstance(of, ast.Name | ast.Attribute) and value.scope else None
    return found if found is not None and found.kind in ("class", "external") else None


class _Given(NamedTuple):
    """What the parameters of a function that makes handlers are given: constants, and classes, some of which others are derived from."""

    constants: dict[str, object]
    classes: dict[str, Entity | None]
    bases: set[str]
    scope: Scope
    names: Names

    def dead(self, body: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
        """Yield the statements that do not run."""
        for at, each in enumerate(body):
            if isinstance(each, ast.If):
                is_so = self.holds(each.test)
                yield from each.body if is_so is False else each.orelse if is_so else []
                yield from (*self.dead(each.body), *self.dead(each.orelse))
                taken = each.body if is_so else each.orelse if is_so is False else []
                if taken and isinstance(taken[-1], ast.Return | ast.Raise):
                    yield from body[at + 1 :]

    def holds(self, test: ast.expr) -> bool | None:
        """Whether a condition is true; None where that cannot be told."""
        if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
            inner = self.holds(test.operand)
            return None if inner is None else not inner
        if isinstance(test, ast.Name):
            return bool(self.constants[test.id]) if test.id in self.constants else None
        name = last_name(test.func) if isinstance(test, ast.Call) else ""
        given = (
            self.classes.get(last_name(test.args[0])) if isinstance(test, ast.Call) and len(test.args) == 2 else None
        )
        if given is None or not isinstance(test, ast.Call) or name not in ("isinstance", "issubclass"):
            return None
        asked = test.args[1]
        wanted = self.names.resolve(asked, self.scope) if isinstance(asked, ast.Name | ast.Attribute) else None
        if wanted is None or wanted.kind == "unknown":
            return None
        if wanted.name == "builtins.object":
            return True
        if name == "isinstance":  # of a class itself
            return wanted.last == "type" or (None if "." in wanted.name.removeprefix("builtins.") else False)
        is_derived = self._is_derived(given, wanted)
        return None if last_name(test.args[0]) in self.bases and not is_derived else is_derived

    def _is_derived(self, given: Entity, wanted: Entity) -> bool | None:
        bases = self.names.bases(given)
        if any(base.name == wanted.name for base in bases):
            return True
        unread = (base for base in bases if base.node is None and not base.name.startswith("builtins."))
        # an abstract class may have any others for its own
        own = self.names.bases(wanted) if wanted.is_own else []
        is_abstract = any(base.name == "abc.ABC" or getattr(base.node, "keywords", []) for base in own)
        is_plain = (wanted.is_own and not is_abstract) or wanted.name.startswith("builtins.")
        is_plain = is_plain or self.names.known(wanted.name) in ("schema", "orm")
        return False if is_plain and all(self.names.known(base.name) for base in unread) else None


def as_called(endpoint: Endpoint, contents: Contents) -> Endpoint:
    """Return a route with the classes that the function around its handler is given, where all that call it are known."""
    inputs = tuple(_given(part, contents) for part in endpoint.inputs)
    return endpoint._replace(inputs=inputs, output=_given(endpoint.output, contents))


def _given(part: Part, contents: Contents) -> Part:
    name = part.annotation
    if isinstance(name, ast.Subscript) and last_name(name.value) in LOOKED_THROUGH:
        name = name.slice
    if part.kind or not isinstance(name, ast.Name):
        return part
    made = contents.names.resolve(name, part.scope)
    if made is None or made.kind != "value" or made.scope is None or not is_parameter(name, made.scope):
        return part
    classes = list(_classes(name.id, made.scope, contents))
    return (
        part._replace(annotation=classes[0][0], scope=classes[0][1], alternatives=tuple(classes[1:]))
        if classes
        else part
    )


def _classes(name: str, inside: Scope, contents: Contents) -> Iterator[tuple[ast.expr, Scope]]:
    """What a parameter without an annotation is given, each class once; nothing where somebody may give something else."""
    from pytest_fitness.frameworks._uses import stays, uses_of

    assert isinstance(inside.node, ast.FunctionDef | ast.AsyncFunctionDef)
    is_said = any(a.arg == name and a.annotation is not None for a, _ in parameters(inside.node, in_class=False))
    if is_said or not stays(name, inside.node, inside):
        return
    used, complete = uses_of(inside.node, inside, contents)
    if not complete or not all(name in use.given for use in used):
        return
    known: set[str] = set()
    for given in (use.given[name] for use in used):
        if ast.dump(given.value) not in known:
            known.add(ast.dump(given.value))
            yield given.value, given.scope
