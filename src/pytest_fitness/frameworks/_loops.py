"""What the variables of a loop stand for, turn by turn, where the loop goes over something that is written down."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from itertools import islice
from typing import Any, NamedTuple

from pytest_fitness.frameworks._behind import derived_from
from pytest_fitness.frameworks._filled import DICTS, Grown, yielded
from pytest_fitness.frameworks._given import Given, home_of, inlined, names_in, substituted, without
from pytest_fitness.frameworks._handed_on import MANY, UNREAD, by_callers, classes_derived_from, is_turn, made_of
from pytest_fitness.frameworks._listed import COPIES, VIEWS, is_only_gone_over, own_nodes, written
from pytest_fitness.frameworks._reading import class_around, function_of, is_parameter
from pytest_fitness.frameworks._records import as_record
from pytest_fitness.frameworks._uses import arguments_of, stays, uses_of
from pytest_fitness.model.contents import (
    FUNCTIONS,
    Apart,
    Contents,
    is_property,
    last_name,
    own_returns,
    taken_by,
    view_of,
    walked,
)
from pytest_fitness.model.straight import bound_by
from pytest_fitness.model.syntax import Function, Names, Scope

DEEP = 5
"""Longest chain of names and functions behind which a list is looked for."""

PLAIN = ("property", "staticmethod", "classmethod", "abstractmethod", "override")
"""Decorators that leave what a function returns as it is."""

SEVERAL = ("zip", "chain")
"""Functions that go over several lists."""

EMPTY = ("list", "tuple", "set")
"""What makes a list with nothing in it, which something is put into."""

Turn = tuple[dict[str, Given], frozenset[str]]
"""What the variables of loops stand for, and those of which it cannot be told."""

Elements = list[Given] | None


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
        is_changed = any(not is_turn(binding) for name in bound for binding in place.symbols.get(name, ()))
        if is_changed or _is_stored_otherwise(bound, place, contents):
            found = [(given, hidden | bound) for given, hidden in found]
        else:
            every = (turn for known in found for turn in _turns_of((target, values), known, place, contents, ()))
            found = list(islice(every, MANY + 1))
        if len(found) > MANY:
            return [({}, frozenset(name for each, _ in wanted for name in names_in(each)))]
    return found


def pairs_of(table: ast.expr, scope: Scope, contents: Contents) -> list[tuple[ast.expr, Given]]:
    """Return the keys and values of a dict; none where there may be others."""
    rows = _elements(table, scope, contents, _Way(by_pairs=True)) or []
    pairs = [(row.value.elts, row.scope) for row in rows if isinstance(row.value, ast.Tuple)]
    return [(key, Given(value, home)) for (key, value), home in pairs] if len(pairs) == len(rows) else []


def picked(pairs: Sequence[tuple[ast.expr, Given]], wanted: ast.expr) -> list[Given]:
    """Return the value of a key of a dict or, where it is not known which that is, all that there are."""
    if not isinstance(wanted, ast.Constant) or not all(isinstance(key, ast.Constant) for key, _ in pairs):
        return [value for _, value in pairs]
    return [value for key, value in pairs if isinstance(key, ast.Constant) and key.value == wanted.value]


def _turns_of(
    loop: tuple[ast.expr, ast.expr], known: Turn, place: Scope, contents: Contents, opened: tuple[int, ...]
) -> list[Turn]:
    """The turns of one loop, by its target and values, in one turn of those around it."""
    target, values = loop
    given, hidden = known
    bound = names_in(target)
    is_hidden = bool(names_in(values) & hidden)
    home = home_of(values, given, place)
    elements = None if is_hidden else _elements(substituted(values, given), home, contents, _Way(opened))
    rows = [_bound(target, element) for element in elements or ()]
    told: list[Turn] = [({**given, **row}, (hidden - bound) | (bound - row.keys())) for row in rows if row is not None]
    unread: Turn = (given, hidden | bound)  # as of a list that is empty as it is written: it is filled elsewhere
    return [*told, unread] if None in rows or not told else told


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
    if isinstance(target, Apart):
        several = (_bound(each, element) for each in target.elts)
        return next((one for one in several if one is not None), None)
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


class _Way(NamedTuple):
    """How something that a loop goes over was come to.

    Attributes:
        opened: the functions and lists that are looked into meanwhile.
        told: of the function that is looked into, what it is given.
        by_pairs: whether the keys and values of a dict are wanted, as rows.
    """

    opened: tuple[int, ...] = ()
    told: _Told | None = None
    by_pairs: bool = False

    def into(self, what: ast.AST) -> _Way:
        """Return the way into a function or a list."""
        return self._replace(opened=(*self.opened, id(what)))


def _elements(values: ast.expr, scope: Scope, contents: Contents, way: _Way) -> Elements:
    """What a loop goes over; None where that cannot be read."""
    if len(way.opened) > DEEP:
        return None
    told = way.told
    if told is not None and scope.node is told.function:
        if isinstance(values, ast.Name) and values.id in told.given:
            return _elements(*told.given[values.id], contents, way._replace(told=None))
        values, scope = inlined(values, told.given, scope, contents.names)
    if isinstance(values, ast.Tuple | ast.List | ast.Set):
        return None if way.by_pairs else _joined([_unpacked(each, scope, contents, way) for each in values.elts])
    if isinstance(values, ast.Dict):
        return _in_dict(values, scope, contents, way)
    if isinstance(values, ast.BinOp) and isinstance(values.op, ast.BitOr if way.by_pairs else ast.Add):
        return _joined([_elements(side, scope, contents, way) for side in (values.left, values.right)])
    if isinstance(values, ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp):
        return _comprehended(values, scope, contents, way)
    if isinstance(values, ast.Call):
        return _called_elements(values, scope, contents, way)
    if isinstance(values, ast.Subscript):
        rows = _elements(values.value, scope, contents, way._replace(by_pairs=True))
        pairs = [(row.value.elts, row.scope) for row in rows or () if isinstance(row.value, ast.Tuple)]
        found = picked([(key, Given(value, home)) for (key, value), home in pairs], values.slice)
        is_whole = rows is not None and len(pairs) == len(rows)
        return _joined([*(_elements(*each, contents, way) for each in found), *([] if is_whole else [None])])
    return _named_elements(values, scope, contents, way) if isinstance(values, ast.Name | ast.Attribute) else None


def _in_dict(values: ast.Dict, scope: Scope, contents: Contents, way: _Way) -> Elements:
    """The keys of a dict as it is written, or rows of these and their values."""
    parts: list[Elements] = []
    for key, value in zip(values.keys, values.values, strict=True):
        if key is None:
            parts.append(_elements(value, scope, contents, way))
        else:
            parts.append([Given(ast.Tuple([key, value], ast.Load()) if way.by_pairs else key, scope)])
    return _joined(parts)


def _named_elements(values: ast.Name | ast.Attribute, scope: Scope, contents: Contents, way: _Way) -> Elements:
    """What is in a list by its name: one that is written down, what a property returns, what callers give."""
    rest = scope.node.args.vararg if isinstance(scope.node, FUNCTIONS) else None
    if is_parameter(values, scope) or (rest is not None and rest.arg == last_name(values)):
        return _given_elements(values, scope, contents, way)
    asked = function_of(contents.names.resolve(values, scope))
    if asked is not None:
        return _returned_elements(asked, contents, way, Given(values, scope)) if is_property(asked[0]) else None
    lists = written(values, scope, contents)
    return _joined([_kept(each, scope, contents, way) for each in lists]) if lists is not None else None


def _kept(each: Given, scope: Scope, contents: Contents, way: _Way) -> Elements:
    """What is in a list that is looked at in a place, or was put into it by a function that is called elsewhere."""
    found = _elements(*each, contents, way.into(each.value))
    if found is None or not isinstance(each.scope.node, FUNCTIONS) or each.scope.node is scope.node:
        return found
    return [one for element in found for one in by_callers(element, contents, way.opened)]


def _comprehended(
    values: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp, scope: Scope, contents: Contents, way: _Way
) -> Elements:
    """What a comprehension makes, turn by turn."""
    pair = [values.key, values.value] if isinstance(values, ast.DictComp) else []
    element = values.elt if not isinstance(values, ast.DictComp) else ast.Tuple(pair, ast.Load())
    outer = scope
    if isinstance(values, Grown):
        bound = {name for loop in values.generators for name in names_in(loop.target)}
        element, scope = inlined(element, made_of(element, bound, scope, contents.names), scope, contents.names)
    elif isinstance(scope.node, ast.ClassDef) and scope.parent is not None:
        # the body of a class is not seen from a comprehension in it, but for what that goes over first
        scope = scope.parent
    found: list[Turn] = [({}, frozenset())]
    for n, loop in enumerate(values.generators):
        place, over = scope if n else outer, (loop.target, loop.iter)
        every = (t for known in found for t in _turns_of(over, known, place, contents, way.opened))
        found = list(islice(every, MANY + 1))
        if len(found) > MANY:
            return None
    parts: list[Elements] = []
    for given, hidden in found:
        made = inlined(element, given, without(scope, hidden) if hidden else scope, contents.names)
        if isinstance(values, Grown):
            parts.append(_elements(*made, contents, way))
        elif way.by_pairs is not bool(pair):
            parts.append([Given(made[0].elts[0], made[1])] if pair else None)
        else:
            parts.append(_unpacked(*made, contents, way))
    return _joined(parts)


def _unpacked(element: ast.expr, scope: Scope, contents: Contents, way: _Way) -> Elements:
    if isinstance(element, ast.Starred):
        return _elements(element.value, scope, contents, way)
    return [Given(as_record(element, scope, contents), scope)]


def _joined(parts: Sequence[Elements]) -> Elements:
    """All that is in some lists, with something that cannot be read where one of them cannot; None where none can."""
    found = [each for part in parts for each in part or ()]
    if None not in parts:
        return found
    return [*found, Given(UNREAD, found[0].scope)] if found else None


def _called_elements(call: ast.Call, scope: Scope, contents: Contents, way: _Way) -> Elements:
    """What ``TABLE.items()``, ``enumerate(TABLE)`` and the like go over."""
    name = last_name(call.func)
    if isinstance(call.func, ast.Attribute) and name in VIEWS and not call.args and not way.by_pairs:
        pairs = _elements(call.func.value, scope, contents, way._replace(by_pairs=True))
        return [_view(name, *pair) for pair in pairs] if pairs is not None else None
    meant = contents.names.resolve(call.func, scope)
    is_builtin = meant is None or (meant.kind == "external" and meant.last == name)
    is_builtin = is_builtin and (isinstance(call.func, ast.Name) or meant is not None)
    if is_builtin and way.by_pairs and name in DICTS:
        return _in_made_dict(call, scope, contents, way)
    if is_builtin and not call.args and not call.keywords and name in (*EMPTY, *DICTS):
        return []
    if name == "__subclasses__" and isinstance(call.func, ast.Attribute):
        base = contents.names.resolve(call.func.value, scope)
        return classes_derived_from(base, contents) if base is not None and base.kind == "class" else None
    answering = function_of(meant)
    if answering is not None:
        return _returned_elements(answering, contents, way, Given(call, scope))
    if is_builtin and name in SEVERAL and not way.by_pairs and not call.keywords:
        several = [_elements(each, scope, contents, way) for each in call.args]
        return _zipped(several, scope, contents.names) if name == "zip" else _joined(several)
    if is_builtin and len(call.args) == 1 and name in COPIES and not way.by_pairs:
        elements = _elements(call.args[0], scope, contents, way)
        if elements is None or name != "enumerate":
            return elements
        return [
            Given(ast.Tuple([ast.Constant(n), value], ast.Load()), where) for n, (value, where) in enumerate(elements)
        ]
    return None


def _zipped(several: Sequence[Elements], scope: Scope, names: Names) -> Elements:
    """The rows of ``zip(PATHS, VIEWS)``; None where one of these cannot be read."""
    lists = [each for each in several if each is not None and all(one.value is not UNREAD for one in each)]
    if len(lists) < len(several):
        return None
    rows: list[Given] = []
    for parts in zip(*lists, strict=False):
        given = {f"{n}": part for n, part in enumerate(parts)}
        row = ast.Tuple([ast.Name(name, ast.Load()) for name in given], ast.Load())
        rows.append(Given(*inlined(row, given, scope, names)))
    return rows


def _in_made_dict(call: ast.Call, scope: Scope, contents: Contents, way: _Way) -> Elements:
    """The rows of ``dict(TABLE, home=show)`` and ``dict([("home", show)])``."""
    keys = [ast.Constant(k.arg) if k.arg is not None else None for k in call.keywords]
    named = _in_dict(ast.Dict(list(keys), [k.value for k in call.keywords]), scope, contents, way)
    first = call.args[0] if call.args else ast.Dict([], [])
    rows = _elements(first, scope, contents, way)
    if rows is None:
        rows = _elements(first, scope, contents, way._replace(by_pairs=False))
    return _joined([rows, named])


def _returned_elements(answering: tuple[Function, Scope], contents: Contents, way: _Way, asked: Given) -> Elements:
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
    if id(function) in way.opened or may_be_replaced(function.name, contents):
        return None
    parts: list[Elements] = []
    for one, where in every.values():
        if not is_plain(one, where):
            return None
        inside = contents.names.function_scope(one, where)
        told = _told(call, asked.scope, (one, where), inside, contents.names) if call is not None else None
        given = yielded(one) if any(isinstance(n, ast.Yield | ast.YieldFrom) for n in walked(one)) else own_returns(one)
        if given is None:
            return None
        parts += [_elements(value, inside, contents, way.into(function)._replace(told=told)) for value in given]
    return _joined(parts)


def _told(call: ast.Call, at: Scope, answering: tuple[Function, Scope], inside: Scope, names: Names) -> _Told:
    """What a call gives for the parameters that stay what they are, and what the function makes of them under other names."""
    function, home = answering
    of = names.resolve(call.func.value, at) if isinstance(call.func, ast.Attribute) else None
    is_method = isinstance(home.node, ast.ClassDef) and (of is None or of.kind != "class")
    given = arguments_of(call, function, at, home, is_method=is_method)
    lists = ast.List | ast.Set | ast.Dict | ast.ListComp | ast.SetComp | ast.DictComp
    given = {
        name: value
        for name, value in given.items()
        if stays(name, function, inside) and (not isinstance(value.value, lists) or is_only_gone_over(function, name))
    }
    returned = ast.Tuple([*own_returns(function), *(yielded(function) or ())], ast.Load())
    grown = [node for node in ast.walk(function) if isinstance(node, ast.Call | ast.AugAssign)]
    made = made_of(ast.Tuple([returned, *grown], ast.Load()), given.keys(), inside, names)  # type: ignore[list-item]
    return _Told(function, {**{n: Given(*inlined(v.value, given, inside, names)) for n, v in made.items()}, **given})


def _is_exact(asked: ast.expr, scope: Scope) -> bool:
    """Whether a method is the one that is resolved: of a class that is looked at for itself, or the one that it overrides."""
    of = asked.value if isinstance(asked, ast.Attribute) else None
    if isinstance(of, ast.Call):
        return last_name(of.func) == "super"
    return of is not None and last_name(of) in ("self", "cls") and bool(view_of(scope))


def is_plain(function: Function, home: Scope) -> bool:
    """Return whether nothing but what a function returns is what those get who call it, each time anew; nor is there another one."""
    known = all(last_name(each) in PLAIN for each in function.decorator_list)
    is_one = len(home.symbols.get(function.name, ())) == 1
    return isinstance(function, ast.FunctionDef) and known and is_one


def may_be_replaced(name: str, contents: Contents) -> bool:
    """Return whether something is set under a name, ``Base.routes = more``, or may be by its name in a text."""
    for there in (contents, *contents.elsewhere(name)):
        if any(isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store) for node in there.named(name)):
            return True
        if re.search(rf"[\"']{re.escape(name)}[\"']", there.text):
            return True
    return False


def _view(name: str, pair: ast.expr, scope: Scope) -> Given:
    """What ``items()``, ``values()`` or ``keys()`` gives of one row of a dict."""
    parts = pair.elts if isinstance(pair, ast.Tuple) else []
    is_whole = name == "items" or len(parts) != 2
    return Given(pair if is_whole else parts[name == "values"], scope)


def _given_elements(values: ast.Name | ast.Attribute, scope: Scope, contents: Contents, way: _Way) -> Elements:
    """What the callers of a function give it to go over."""
    function = scope.node
    assert isinstance(function, FUNCTIONS)
    name = last_name(values)
    if id(function) in way.opened:
        return []  # it hands on what its other callers give
    if not stays(name, function, scope):
        return None
    used, complete = uses_of(function, scope, contents)
    given = [(use.given.get(name), use.contents) for use in used]
    into = way.into(function)._replace(told=None)
    parts = [_elements(*each, there, into) if each is not None else None for each, there in given]
    is_all = complete and None not in parts
    return [*(each for part in parts for each in part or ()), *([] if is_all else [Given(UNREAD, scope)])]
