"""Functions that are registered rather than decorated: by name, in a loop, by way of a function.

What registers them may be called for several: ``for path, f in TABLE: app.add_url_rule(path, view_func=f)``, or
``def register(path, f): app.add_api_route(path, f)``. Each turn and each caller counts as a call of its own. Where one cannot be
read, the call is given as it is written, for a handler of which nothing is known.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple, TypeVar

from pytest_fitness.frameworks._behind import made_not_wrapped
from pytest_fitness.frameworks._loops import turns
from pytest_fitness.frameworks._reading import innermost, is_as_view, is_parameter
from pytest_fitness.frameworks._substitution import substituted
from pytest_fitness.frameworks._uses import uses
from pytest_fitness.model.contents import FUNCTIONS, Contents, last_name
from pytest_fitness.model.syntax import Names, Scope

DEEP = 3
"""Longest chain of functions that hand on what they were given to register."""

BY_NAME = ("add_api_route", "add_url_rule")
"""Methods that register whatever they are called on, since nothing else has any of that name."""


Node = TypeVar("Node", bound=ast.expr)


class Registration(NamedTuple):
    """A call that registers something.

    Attributes:
        call: as it is written or, of one that stands for several, as it is for one of them.
        target: what is registered.
        scope: where names in *target* are looked up.
        calling: where names in the other arguments are looked up.
        module: that registers it, by itself or by calling a function that does.
    """

    call: ast.Call
    target: ast.expr
    scope: Scope
    calling: Scope
    module: str


def registrations(call: ast.Call, target: ast.expr, scope: Scope, contents: Contents) -> list[Registration]:
    """Return the registrations that a call which registers *target* stands for: itself, or one for each turn and caller."""
    return _followed(Registration(call, target, scope, scope, scope.module), contents, 0)


def _followed(registered: Registration, contents: Contents, depth: int) -> list[Registration]:
    call, target, scope = registered[:3]
    if depth >= DEEP or _is_made(target, scope, contents.names):
        return [registered]
    if is_parameter(innermost(target), scope):
        return _by_callers(registered, contents, depth)
    found: list[Registration] = []
    for given, where in turns(call, scope, contents):
        if not given:
            found.append(registered)
            continue
        made = substituted(call, given) if where.path == scope.path else _moved(call, given, call)
        told = _with_names(registered, given, where, contents.names)
        turn = Registration(made, substituted(target, given), where, told, registered.module)
        may_be_given = is_parameter(innermost(turn.target), where)
        found += _followed(turn, contents, depth + 1) if may_be_given else [turn]
    return found


def _with_names(registered: Registration, given: Mapping[str, ast.expr], where: Scope, names: Names) -> Scope:
    """The scope of a call into which something was put that is written elsewhere, whose names mean what they mean there."""
    calling = registered.calling
    used = (node for value in given.values() for node in ast.walk(value) if isinstance(node, ast.Name))
    known = {node.id: names.resolve(node, where) for node in used}
    for node in ast.walk(registered.call):  # what a name means here and there cannot be told apart
        if isinstance(node, ast.Name) and node.id in known and node.id not in given:
            if names.resolve(node, calling) != known[node.id]:
                known[node.id] = None
    resolved = {**calling.resolved, **known}
    return replace(calling, module=where.module, path=where.path, is_package=where.is_package, resolved=resolved)


def _moved(call: ast.Call, given: Mapping[str, ast.expr], at: ast.AST) -> ast.Call:
    """A call with what it is given, as if all of it were written in another place."""
    put = {id(value) for value in given.values()}
    made: ast.Call = substituted(call, given)
    arguments = [each if id(each) in put else _placed(each, at) for each in made.args]
    keywords = [k if id(k.value) in put else ast.keyword(k.arg, _placed(k.value, at)) for k in made.keywords]
    if isinstance(made.func, ast.Call):
        return _placed(ast.Call(_moved(made.func, given, at), arguments, keywords), at)
    return _placed(ast.Call(_placed(made.func, at), arguments, keywords), at)


def _placed(node: Node, at: ast.AST) -> Node:
    return ast.copy_location(copy.copy(node), at)


def _is_made(target: ast.expr, scope: Scope, names: Names) -> bool:
    """Whether a handler is made by a function that was only told something, as by ``make(service)``."""
    return isinstance(target, ast.Call) and not is_as_view(target) and bool(made_not_wrapped(target, scope, names))


def _by_callers(registered: Registration, contents: Contents, depth: int) -> list[Registration]:
    """What the callers of the function around a call give it to register; the call itself where there may be more."""
    call, target, scope = registered[:3]
    function = scope.node
    assert isinstance(function, FUNCTIONS)
    inner = innermost(target)
    assert isinstance(inner, ast.Name)
    if _overrides(call.func, function.name):
        return []  # calls of it are registrations by themselves
    found: list[Registration] = []
    used, complete = uses(function, scope, contents)
    for use in used:
        given = use.given.get(inner.id)
        if given is None or (isinstance(given, ast.Constant) and given.value is None):
            continue  # it is left out
        told = _with_names(registered, use.given, use.scope, contents.names)
        made = _moved(call, use.given, use.call)
        found += _followed(
            Registration(made, substituted(target, use.given), use.scope, told, use.scope.module),
            use.contents,
            depth + 1,
        )
    return found if complete else [*found, registered]


def _overrides(called: ast.expr, name: str) -> bool:
    """Whether a method hands what it was given to the one of the same name that it overrides."""
    if not isinstance(called, ast.Attribute) or called.attr != name:
        return False
    is_super = isinstance(called.value, ast.Call) and last_name(called.value.func) == "super"
    return is_super or name in BY_NAME
