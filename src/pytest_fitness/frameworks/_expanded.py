"""A call that stands for several: for each turn of a loop that is spread into it, or for each caller of the function around it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from pytest_fitness.frameworks._given import Given, is_same, moved, names_in, substituted, with_names
from pytest_fitness.frameworks._loops import turns
from pytest_fitness.frameworks._reading import is_parameter, spreads
from pytest_fitness.frameworks._registered import of_turn
from pytest_fitness.frameworks._uses import stays, uses_of
from pytest_fitness.model.contents import FUNCTIONS, Contents, last_name, parameters
from pytest_fitness.model.syntax import Names, Scope

VIEWS = ("endpoint", "view_func", "handler", "route", "resource", "view", "path_operation")
"""What the argument that is registered is called, by one method or another."""


def expanded(call: ast.Call, scope: Scope, contents: Contents) -> Iterator[tuple[ast.Call, Scope]]:
    """Yield a call turn by turn, where a loop gives what is called, or what is spread into it: ``app.add_url_rule(*row)``.

    Caller by caller, where a function hands on all that it is given: ``def add(path, *args): app.add_url_rule(path, *args)``.
    """
    spread = spreads(call)
    if spread is not None and _takes_rest(call, scope):
        yield from _by_rest(call, scope, contents)
        return
    wanted = _names_of_callee(call.func) | (names_in(spread) if spread is not None else set())
    if wanted.isdisjoint(contents.loop_names):
        yield call, scope
        return
    named = [each for each in (*call.args, *(k.value for k in call.keywords)) if isinstance(each, ast.Name)]
    parts = {each.id: Given(part, scope) for each in named if (part := of_turn(each, scope, contents)) is not None}
    whole = substituted(call, parts)
    for given, _ in turns(whole, scope, contents):
        if given:
            yield substituted(whole, given), with_names(scope, whole, given, scope, contents.names)
        else:
            yield call, scope


def _takes_rest(call: ast.Call, scope: Scope) -> bool:
    """Whether what a call registers is among what the function around it was given beside its parameters, and spreads.

    Not where a method hands all of it to the one that it overrides: that is called where it is.
    """
    arguments = scope.node.args if isinstance(scope.node, FUNCTIONS) else None
    is_method = scope.parent is not None and isinstance(scope.parent.node, ast.ClassDef)
    if arguments is None or (is_method and last_name(call.func) == getattr(scope.node, "name", "")):
        return False
    starred = [each.value for each in call.args if isinstance(each, ast.Starred)]
    if arguments.vararg is not None and any(last_name(each) == arguments.vararg.arg for each in starred):
        return True
    options = [k.value for k in call.keywords if k.arg is None]
    if arguments.kwarg is None or not any(last_name(each) == arguments.kwarg.arg for each in options):
        return False
    named = [*call.args[1:], *(k.value for k in call.keywords if k.arg in VIEWS)]
    return not any(is_parameter(ast.Name(name, ast.Load()), scope) for each in named for name in names_in(each))


def _by_rest(call: ast.Call, scope: Scope, contents: Contents) -> Iterator[tuple[ast.Call, Scope]]:
    """A call with what each caller of the function around it gives; as it is written, where there may be more."""
    function = scope.node
    assert isinstance(function, FUNCTIONS)
    used, complete = uses_of(function, scope, contents)
    known = {argument.arg for argument, _ in parameters(function, in_class=False)}
    by_name = re.compile(rf"[\"']{re.escape(function.name)}[\"']")  # getattr(self, "add")("/orders", f)
    complete = complete and not any(by_name.search(t.text) for t in (contents, *contents.elsewhere(function.name)))
    found: list[tuple[ast.Call, Scope]] = []
    for use in used:
        fixed = {name: value for name, value in use.given.items() if stays(name, function, scope, value.value)}
        made = moved(call, fixed, use.call)
        left = (known - fixed.keys()) & {name for each in (*call.args, *call.keywords) for name in names_in(each)}
        if left or spreads(made) is not None:
            complete = False
        else:
            found.append((made, _with_names_of(call, scope, fixed, use.scope, contents.names)))
    yield from found
    if not complete:
        yield call, scope


def _with_names_of(call: ast.Call, scope: Scope, given: Mapping[str, Given], place: Scope, names: Names) -> Scope:
    """The scope of a caller, for a call into which all that it gives was put: what else there is in that means what it means in *scope*."""
    put = {name for value in given.values() for name in names_in(value.value)}
    left = {name: names.resolve(ast.Name(name, ast.Load()), scope) for name in names_in(call) - given.keys()}
    other = {n for n in put & left.keys() if not is_same(names.resolve(ast.Name(n, ast.Load()), place), left[n])}
    return replace(place, resolved={**place.resolved, **left, **dict.fromkeys(other)})


def _names_of_callee(named: ast.expr) -> set[str]:
    """The names that what is called is: ``v`` of ``v("/x")(f)``, and of ``getattr(app, v)("/x")(f)``, but no path."""
    while isinstance(named, ast.Call | ast.Attribute):
        if isinstance(named, ast.Call) and last_name(named.func) == "getattr":
            return names_in(named)
        named = named.func if isinstance(named, ast.Call) else named.value
    return names_in(named)
