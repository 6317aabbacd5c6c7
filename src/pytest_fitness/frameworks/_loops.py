"""What the variables of a loop stand for, turn by turn, where the loop goes over something that is written down."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence, Set
from itertools import islice
from typing import Any, NamedTuple

from pytest_fitness.frameworks._behind import derived_from
from pytest_fitness.frameworks._given import Given, home_of, inlined, names_in, substituted, without
from pytest_fitness.frameworks._listed import COPIES, VIEWS, Grown, bound_by, own_nodes, written, yielded
from pytest_fitness.frameworks._reading import class_around, function_of, is_parameter
from pytest_fitness.frameworks._records import as_record
from pytest_fitness.frameworks._uses import arguments_of, stays, uses_of
from pytest_fitness.model.contents import (
    FUNCTIONS,
    Contents,
    is_property,
    last_name,
    own_returns,
    taken_by,
    view_of,
    walked,
)
from pytest_fitness.model.syntax import Binding, Function, Names, Scope

DEEP = 5
"""Longest chain of names and functions behind which a list is looked for."""

MANY = 2_000
"""Most turns of a loop that are followed."""

PLAIN = ("property", "staticmethod", "classmethod", "abstractmethod", "override")
"""Decorators that leave what a function returns as it is."""

EMPTY = ("list", "tuple", "set")
"""What makes a list with nothing in it, which something is put into."""

Turn = tuple[dict[str, Given], frozenset[str]]
"""What the variables of loops stand for, and those of which it cannot be told."""

Elements = list[Given] | None

UNREAD = ast.Name("", ast.Load())
"""Stands for what a loop goes over beside all that can be read: what other callers of a function give it."""


def turns(call: ast.Call, place: Scope, contents: Contents) -> list[Turn]:
    """Return what the variables of the loops around a call stand for, turn by turn; one turn, where there are none."""
    nothing: list[Turn] = [({}, frozenset())]
    used = names_in(call)
    if place.module != contents.scope.module or used.isdisjoint(contents.loop_names):
        return nothing
    around = [each for loop in contents.loops if _is_around(loop, call, place) for each in taken_by(loop)]
    wanted: list[tuple[ast.expr, ast.expr]] = []
    for target, values in reversed(around):
        if names_in(target) & used:
            wanted.append((target, values))
            used |= names_in(values)
    found = nothing
    for target, values in reversed(wanted):
        bound = names_in(target)
        is_changed = any(not _is_turn(binding) for name in bound for binding in place.symbols.get(name, ()))
        if is_changed or _is_stored_otherwise(bound, place, contents):
            found = [(given, hidden | bound) for given, hidden in found]
        else:
            every = (turn for known in found for turn in _turns_of((target, values), known, place, contents, ()))
            found = list(islice(every, MANY + 1))
        if len(found) > MANY:
            return [({}, frozenset(name for each, _ in wanted for name in names_in(each)))]
    return found


def _turns_of(
    loop: tuple[ast.expr, ast.expr], known: Turn, place: Scope, contents: Contents, opened: tuple[int, ...]
) -> list[Turn]:
    """The turns of one loop, by its target and values, in one turn of those around it."""
    target, values = loop
    given, hidden = known
    bound = names_in(target)
    is_hidden = bool(names_in(values) & hidden)
    home = home_of(values, given, place)
    elements = None if is_hidden else _elements(substituted(values, given), home, contents, opened)
    rows = [_bound(target, element) for element in elements or ()]
    told: list[Turn] = [({**given, **row}, hidden - bound) for row in rows if row is not None]
    unread: Turn = (given, hidden | bound)  # as of a list that is empty as it is written: it is filled elsewhere
    return [*told, unread] if None in rows or not told else told


def _is_turn(binding: Binding) -> bool:
    """Whether a name is given what a loop goes over, which the symbols say as ``values[0]``, or do not say."""
    node = binding.node
    if node is None:
        return binding.kind == "value" and binding.annotation is None
    return (
        isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant) and not hasattr(node.slice, "lineno")
    )


def _is_stored_otherwise(names: set[str], place: Scope, contents: Contents) -> bool:
    """Whether something else than a loop gives one of some names a value."""
    targets = {id(each) for loop in contents.loops for target, _ in taken_by(loop) for each in ast.walk(target)}
    nodes = (node for node in own_nodes(place, contents) if id(node) not in targets)
    return any(not names.isdisjoint(bound_by(node)) for node in nodes)


def _is_around(loop: ast.AST, call: ast.Call, scope: Scope) -> bool:
    """Whether a call is in a loop, and both in the same function."""
    start, end = _span(call)
    first, last = _span(loop)
    outer = _span(scope.node) if scope.node is not None else (first, last)
    return outer[0] <= first <= start and end <= last <= outer[1]


def _span(node: Any) -> tuple[tuple[int, int], tuple[int, int]]:
    return (node.lineno, node.col_offset), (node.end_lineno, node.end_col_offset)


def _bound(target: ast.expr, element: Given) -> dict[str, Given] | None:
    """What the names of a loop's target stand for when it is given *element*; None where that cannot be told."""
    value, scope = element
    if value is UNREAD:
        return None
    if isinstance(target, ast.Name):
        return {target.id: element}
    if not isinstance(target, ast.Tuple | ast.List) or not isinstance(value, ast.Tuple | ast.List):
        return None
    if len(target.elts) != len(value.elts) or any(isinstance(part, ast.Starred) for part in value.elts):
        return None
    found: dict[str, Given] = {}
    for each, part in zip(target.elts, value.elts, strict=True):
        inner = _bound(each, Given(part, scope))
        if inner is None:
            return None
        found |= inner
    return found


class _Told(NamedTuple):
    """What a function is given where it is called."""

    function: Function
    given: dict[str, Given]


def _elements(
    values: ast.expr, scope: Scope, contents: Contents, opened: tuple[int, ...], told: _Told | None = None
) -> Elements:
    """What a loop goes over; None where that cannot be read. *opened* are the functions that are looked into meanwhile."""
    if len(opened) > DEEP:
        return None
    if told is not None and scope.node is told.function:
        if isinstance(values, ast.Name) and values.id in told.given:
            return _elements(*told.given[values.id], contents, opened)
        values, scope = inlined(values, told.given, scope, contents.names)
    if isinstance(values, ast.Tuple | ast.List | ast.Set):
        return _joined([_unpacked(each, scope, contents, opened) for each in values.elts])
    if isinstance(values, ast.Dict):
        keys = [Given(key, scope) for key in values.keys if key is not None]
        return keys if len(keys) == len(values.keys) else None
    if isinstance(values, ast.BinOp) and isinstance(values.op, ast.Add):
        return _joined([_elements(side, scope, contents, opened, told) for side in (values.left, values.right)])
    if isinstance(values, ast.ListComp | ast.SetComp | ast.GeneratorExp):
        return _comprehended(values, scope, contents, opened)
    if isinstance(values, ast.Call):
        return _called_elements(values, scope, contents, opened)
    if not isinstance(values, ast.Name | ast.Attribute):
        return None
    if is_parameter(values, scope):
        return _given_elements(values, scope, contents, opened)
    asked = function_of(contents.names.resolve(values, scope))
    if asked is not None:
        return _returned_elements(asked, contents, opened, Given(values, scope)) if is_property(asked[0]) else None
    lists = written(values, scope, contents)
    if lists is None:
        return None
    return _joined([_elements(*each, contents, (*opened, id(each.value)), told) for each in lists])


def _comprehended(
    values: ast.ListComp | ast.SetComp | ast.GeneratorExp, scope: Scope, contents: Contents, opened: tuple[int, ...]
) -> Elements:
    """What a comprehension makes, turn by turn."""
    element = values.elt
    if isinstance(values, Grown):
        bound = {name for loop in values.generators for name in names_in(loop.target)}
        element, scope = inlined(element, _made_of(bound, scope, contents.names), scope, contents.names)
    found: list[Turn] = [({}, frozenset())]
    for loop in values.generators:
        every = (t for known in found for t in _turns_of((loop.target, loop.iter), known, scope, contents, opened))
        found = list(islice(every, MANY + 1))
        if len(found) > MANY:
            return None
    parts: list[Elements] = []
    for given, hidden in found:
        inside = without(scope, hidden) if hidden else scope
        parts.append(_unpacked(*inlined(element, given, inside, contents.names), contents, opened))
    return _joined(parts)


def _unpacked(element: ast.expr, scope: Scope, contents: Contents, opened: tuple[int, ...]) -> Elements:
    if isinstance(element, ast.Starred):
        return _elements(element.value, scope, contents, opened)
    return [Given(as_record(element, scope, contents), scope)]


def _joined(parts: Sequence[Elements]) -> Elements:
    """All that is in some lists, with something that cannot be read where one of them cannot; None where none can."""
    found = [each for part in parts for each in part or ()]
    if None not in parts:
        return found
    return [*found, Given(UNREAD, found[0].scope)] if found else None


def _called_elements(call: ast.Call, scope: Scope, contents: Contents, opened: tuple[int, ...]) -> Elements:
    """What ``TABLE.items()``, ``enumerate(TABLE)`` and the like go over."""
    name = last_name(call.func)
    if isinstance(call.func, ast.Attribute) and name in VIEWS and not call.args:
        table = call.func.value
        tables = [Given(table, scope)] if isinstance(table, ast.Dict) else written(table, scope, contents)
        found: list[Given] = []
        for each, where in tables or ():
            if not isinstance(each, ast.Dict) or None in each.keys:
                return None
            found += (Given(_view(name, *pair), where) for pair in zip(each.keys, each.values, strict=True))
        return found or None
    if isinstance(call.func, ast.Name) and not call.args and not call.keywords and name in EMPTY:
        return []
    answering = function_of(contents.names.resolve(call.func, scope))
    if answering is not None:
        return _returned_elements(answering, contents, opened, Given(call, scope))
    if isinstance(call.func, ast.Name) and len(call.args) == 1 and name in COPIES:
        elements = _elements(call.args[0], scope, contents, opened)
        if elements is None or name != "enumerate":
            return elements
        return [
            Given(ast.Tuple([ast.Constant(n), value], ast.Load()), where) for n, (value, where) in enumerate(elements)
        ]
    return None


def _returned_elements(
    answering: tuple[Function, Scope], contents: Contents, opened: tuple[int, ...], asked: Given
) -> Elements:
    """What is in the lists that a function returns or, of a method, the same method of the classes derived from its own.

    *asked* is the call, or the attribute of a property.
    """
    function, home = answering
    owner = class_around(home)
    every = {id(function): answering}
    call = asked.value if isinstance(asked.value, ast.Call) else None
    is_exact = _is_exact(call.func if call is not None else asked.value, asked.scope)
    for each in derived_from(owner, contents) if owner is not None and not is_exact else ():
        own = function_of(contents.names.member(each, function.name))
        if own is None:
            return None
        every.setdefault(id(own[0]), own)
    if -id(function) in opened or _may_be_replaced(function.name, contents):
        return None
    parts: list[Elements] = []
    for one, where in every.values():
        if not _is_plain(one, where):
            return None
        inside = contents.names.function_scope(one, where)
        told = _told(call, asked.scope, (one, where), inside, contents.names) if call is not None else None
        given = yielded(one) if any(isinstance(n, ast.Yield | ast.YieldFrom) for n in walked(one)) else own_returns(one)
        if given is None:
            return None
        parts += [_elements(value, inside, contents, (*opened, -id(function)), told) for value in given]
    return _joined(parts)


def _told(call: ast.Call, at: Scope, answering: tuple[Function, Scope], inside: Scope, names: Names) -> _Told:
    """What a call gives for the parameters that stay what they are, and what the function makes of them under other names."""
    function, home = answering
    of = names.resolve(call.func.value, at) if isinstance(call.func, ast.Attribute) else None
    is_method = isinstance(home.node, ast.ClassDef) and (of is None or of.kind != "class")
    given = arguments_of(call, function, at, home, is_method=is_method)
    given = {name: value for name, value in given.items() if stays(name, function, inside)}
    made_of = _made_of(given.keys(), inside, names)
    return _Told(function, {**{n: Given(*inlined(v.value, given, inside, names)) for n, v in made_of.items()}, **given})


def _made_of(wanted: Set[str], scope: Scope, names: Names) -> dict[str, Given]:
    """What is kept under one name each, and is made of something else that has a name."""
    found: dict[str, Given] = {}
    for name, bindings in scope.symbols.items():
        node = bindings[0].node
        is_one = len(bindings) == 1 and bindings[0].kind == "value" and not _is_turn(bindings[0])
        if is_one and name not in wanted and isinstance(node, ast.expr) and names_in(node) & {*wanted, *found}:
            found[name] = Given(*inlined(node, found, scope, names))
    return found


def _is_exact(asked: ast.expr, scope: Scope) -> bool:
    """Whether a method is the one that is resolved: of a class that is looked at for itself, or the one that it overrides."""
    of = asked.value if isinstance(asked, ast.Attribute) else None
    if isinstance(of, ast.Call):
        return last_name(of.func) == "super"
    return of is not None and last_name(of) in ("self", "cls") and bool(view_of(scope))


def _is_plain(function: Function, home: Scope) -> bool:
    """Whether nothing but what a function returns is what those get who call it, each time anew; nor is there another one."""
    known = all(last_name(each) in PLAIN for each in function.decorator_list)
    is_one = len(home.symbols.get(function.name, ())) == 1
    return isinstance(function, ast.FunctionDef) and known and is_one


def _may_be_replaced(name: str, contents: Contents) -> bool:
    """Whether something is set under a name, ``Base.routes = more``, or may be by its name in a text."""
    for there in (contents, *contents.elsewhere(name)):
        if any(isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store) for node in there.named(name)):
            return True
        if re.search(rf"[\"']{re.escape(name)}[\"']", there.text):
            return True
    return False


def _view(name: str, key: ast.expr | None, value: ast.expr) -> ast.expr:
    assert key is not None
    if name == "items":
        return ast.Tuple([key, value], ast.Load())
    return value if name == "values" else key


def _given_elements(
    values: ast.Name | ast.Attribute, scope: Scope, contents: Contents, opened: tuple[int, ...]
) -> Elements:
    """What the callers of a function give it to go over."""
    function = scope.node
    assert isinstance(function, FUNCTIONS)
    name = last_name(values)
    if id(function) in opened:
        return []  # it hands on what its other callers give
    if not stays(name, function, scope):
        return None
    used, complete = uses_of(function, scope, contents)
    given = [(use.given.get(name), use.contents) for use in used]
    parts = [_elements(*each, there, (*opened, id(function))) if each is not None else None for each, there in given]
    is_all = complete and None not in parts
    return [*(each for part in parts for each in part or ()), *([] if is_all else [Given(UNREAD, scope)])]
