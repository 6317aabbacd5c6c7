"""What the variables of a loop stand for, turn by turn, where the loop goes over something that is written down."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from itertools import chain, islice
from typing import Any, NamedTuple

from pytest_fitness.frameworks._behind import derived_from
from pytest_fitness.frameworks._given import Given, home_of, names_in, substituted
from pytest_fitness.frameworks._reading import class_around, function_of, is_parameter
from pytest_fitness.frameworks._records import as_record
from pytest_fitness.frameworks._uses import arguments_of, changes, stays, uses_of
from pytest_fitness.model.contents import DEFINED, FUNCTIONS, Contents, last_name
from pytest_fitness.model.syntax import Binding, Entity, Scope

DEEP = 5
"""Longest chain of names and functions behind which a list is looked for."""

MANY = 2_000
"""Most turns of a loop that are followed."""

COPIES = ("list", "tuple", "sorted", "reversed", "enumerate")
VIEWS = ("items", "values", "keys")
CHANGING = ("append", "extend", "insert", "remove", "pop", "clear", "sort", "reverse")
"""Methods that change a list."""

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
    around = [each for loop in contents.loops if _is_around(loop, call, place) for each in _bindings(loop)]
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
            every = (turn for known in found for turn in _turns_of(target, values, known, place, contents))
            found = list(islice(every, MANY + 1))
        if len(found) > MANY:
            return [({}, frozenset(name for each, _ in wanted for name in names_in(each)))]
    return found


def _turns_of(target: ast.expr, values: ast.expr, known: Turn, place: Scope, contents: Contents) -> list[Turn]:
    """The turns of one loop in one turn of those around it."""
    given, hidden = known
    bound = names_in(target)
    is_hidden = bool(names_in(values) & hidden)
    elements = None if is_hidden else _elements(substituted(values, given), home_of(values, given, place), contents, ())
    rows = [_bound(target, element) for element in elements or ()]
    unread: Turn = (given, hidden | bound)
    if not rows or any(
        row is None and element.value is not UNREAD for row, element in zip(rows, elements or (), strict=True)
    ):
        return [unread]  # one that is empty as it is written is filled elsewhere
    told: list[Turn] = [({**given, **row}, hidden - bound) for row in rows if row is not None]
    return [*told, unread] if None in rows else told


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
    targets = {id(each) for loop in contents.loops for target, _ in _bindings(loop) for each in ast.walk(target)}
    nodes = (node for node in _own_nodes(place, contents) if id(node) not in targets)
    return any(not names.isdisjoint(_bound_by(node)) for node in nodes)


def _is_around(loop: ast.AST, call: ast.Call, scope: Scope) -> bool:
    """Whether a call is in a loop, and both in the same function."""
    start, end = _span(call)
    first, last = _span(loop)
    outer = _span(scope.node) if scope.node is not None else (first, last)
    return outer[0] <= first <= start and end <= last <= outer[1]


def _span(node: Any) -> tuple[tuple[int, int], tuple[int, int]]:
    return (node.lineno, node.col_offset), (node.end_lineno, node.end_col_offset)


def _bindings(loop: Any) -> list[tuple[ast.expr, ast.expr]]:
    return [(each.target, each.iter) for each in getattr(loop, "generators", [loop])]


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


def _elements(values: ast.expr, scope: Scope, contents: Contents, opened: tuple[int, ...]) -> Elements:
    """What a loop goes over; None where that cannot be read. *opened* are the functions that are looked into meanwhile."""
    if len(opened) > DEEP:
        return None
    if isinstance(values, ast.Tuple | ast.List | ast.Set):
        return _joined([_unpacked(each, scope, contents, opened) for each in values.elts])
    if isinstance(values, ast.Dict):
        keys = [Given(key, scope) for key in values.keys if key is not None]
        return keys if len(keys) == len(values.keys) else None
    if isinstance(values, ast.BinOp) and isinstance(values.op, ast.Add):
        return _joined([_elements(side, scope, contents, opened) for side in (values.left, values.right)])
    if isinstance(values, ast.Call):
        return _called_elements(values, scope, contents, opened)
    if not isinstance(values, ast.Name | ast.Attribute):
        return None
    if is_parameter(values, scope):
        return _given_elements(values, scope, contents, opened)
    written = _written(values, scope, contents)
    if written is None:
        return None
    return _joined([_elements(each.value, each.scope, contents, (*opened, id(each.value))) for each in written])


def _unpacked(element: ast.expr, scope: Scope, contents: Contents, opened: tuple[int, ...]) -> Elements:
    if isinstance(element, ast.Starred):
        return _elements(element.value, scope, contents, opened)
    return [Given(as_record(element, scope, contents), scope)]


def _joined(parts: Sequence[Elements]) -> Elements:
    return None if None in parts else [each for part in parts for each in part or ()]


def _called_elements(call: ast.Call, scope: Scope, contents: Contents, opened: tuple[int, ...]) -> Elements:
    """What ``TABLE.items()``, ``enumerate(TABLE)`` and the like go over."""
    name = last_name(call.func)
    if isinstance(call.func, ast.Attribute) and name in VIEWS and not call.args:
        table = call.func.value
        written = [Given(table, scope)] if isinstance(table, ast.Dict) else _written(table, scope, contents)
        found: list[Given] = []
        for each, where in written or ():
            if not isinstance(each, ast.Dict) or None in each.keys:
                return None
            found += (Given(_view(name, *pair), where) for pair in zip(each.keys, each.values, strict=True))
        return found or None
    if isinstance(call.func, ast.Name) and len(call.args) == 1 and name in COPIES:
        elements = _elements(call.args[0], scope, contents, opened)
        if elements is None or name != "enumerate":
            return elements
        return [
            Given(ast.Tuple([ast.Constant(n), value], ast.Load()), where) for n, (value, where) in enumerate(elements)
        ]
    return None


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


def _written(node: ast.expr, scope: Scope, contents: Contents) -> list[Given] | None:
    """Lists and dicts as they are written, behind a name that nothing else is done to; None where that cannot be told."""
    if not isinstance(node, ast.Name | ast.Attribute):
        return None
    if isinstance(node, ast.Name) and _is_bound_otherwise(node.id, scope, contents):
        return None
    entity = contents.names.resolve(node, scope)
    if entity is None or entity.kind != "value" or entity.scope is None or not isinstance(entity.node, ast.expr):
        return None
    if isinstance(entity.scope.node, ast.ClassDef):
        return _written_in_classes(entity, entity.scope, node, contents)
    if len(entity.scope.symbols.get(entity.last, ())) > 1:
        return None
    if entity.scope.node is not None:  # nothing but the function around knows of it
        return [Given(entity.node, entity.scope)] if _is_only_read_in(entity.scope.node, entity.last) else None
    return [Given(entity.node, entity.scope)] if _is_read_everywhere(entity, contents) else None


def _is_read_everywhere(entity: Entity, contents: Contents) -> bool:
    """Whether a list is only read, in the module that has it and in those that may import it from there, or from one of them."""
    assert entity.scope is not None
    sources = {entity.scope.module.rpartition(".")[2]}
    left = [contents, *contents.elsewhere(entity.last)]
    while left:
        near = [there for there in left if there is contents or any(name in there.text for name in sources)]
        if not all(_is_only_read(entity, there) for there in near):
            return False
        left = [there for there in left if there not in near]
        again = (t for t in near if any(alias.name in (entity.last, "*") for alias in t.imports))
        more = {there.scope.module.rpartition(".")[2] for there in again}
        if more <= sources:
            break
        sources |= more
    return True


def _is_bound_otherwise(name: str, scope: Scope, contents: Contents) -> bool:
    """Whether a name gets a value in the function, or module, in a way that the symbols say nothing of."""
    stored = sum(name in _bound_by(node) for node in _own_nodes(scope, contents))
    return stored > len(scope.symbols.get(name, ()))


def _own_nodes(scope: Scope, contents: Contents) -> Iterator[ast.AST]:
    """What is in a function, or module, functions and classes inside of it left out."""
    todo: list[ast.AST] = list(contents.body if scope.node is None else ast.iter_child_nodes(scope.node))
    for node in todo:
        yield node
        if not isinstance(node, (*DEFINED, ast.Lambda)):
            todo += ast.iter_child_nodes(node)


def _bound_by(node: ast.AST) -> tuple[str | None, ...]:
    """The names to which a node gives a value."""
    if isinstance(node, ast.Name):
        return (node.id,) if isinstance(node.ctx, ast.Store) else ()
    if isinstance(node, ast.MatchAs | ast.MatchStar | ast.ExceptHandler):
        return (node.name,)
    return (node.rest,) if isinstance(node, ast.MatchMapping) else ()


class _Statements(NamedTuple):
    """What a module does to names: the nodes that only read, and those that are changed in place; what is said to be elsewhere."""

    reading: frozenset[int]
    changing: frozenset[int]
    elsewhere: frozenset[str]


def _statements(contents: Contents) -> _Statements:
    """What is done to names in a module; looked for once."""
    if ("statements",) not in contents.memo:
        nodes = list(contents.nodes())
        read = {id(each) for node in nodes for each in _harmless(node)}
        in_rows = {id(each) for node in nodes for each in _in_rows(node)}
        is_changed = any(_changes_turn(node, contents) for node in nodes)
        contents.memo[("statements",)] = _Statements(
            frozenset(read - in_rows if is_changed else read | in_rows),
            frozenset(id(node.target) for node in nodes if isinstance(node, ast.AugAssign)),
            frozenset(name for node in nodes if isinstance(node, ast.Global | ast.Nonlocal) for name in node.names),
        )
    found: _Statements = contents.memo[("statements",)]
    return found


def _is_only_read(entity: Entity, contents: Contents) -> bool:
    """Whether a module does nothing to a list of its own, or of another one, but go over it, or put it into others."""
    name = entity.last
    done = _statements(contents)
    assert entity.scope is not None
    is_here = entity.scope.module == contents.scope.module
    others = [alias.asname for alias in contents.imports if alias.name == name]
    suspects: list[ast.expr] = []
    for other in {each for each in others if each not in (None, name)}:  # from shop.routes import ROUTES as V1_ROUTES
        is_read = all(id(node) in done.reading for node in contents.named(other)) and not any(
            True for _ in contents.elsewhere(other)
        )
        suspects += [] if is_read else [ast.Name(other, ast.Load())]
    stored = 0
    for node in contents.named(name):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and id(node) not in done.changing:
            stored += 1
        elif id(node) not in done.reading:
            suspects.append(node)
    found = [contents.names.resolve(node, contents.scope) for node in suspects]
    meant = [node for node, each in zip(suspects, found, strict=True) if each is not None and each.node is entity.node]
    if name in done.elsewhere or not all(_is_given_to_reader(node, contents) for node in meant):
        return False
    is_local = any(each is None or each.kind == "unknown" for each in found)  # it may be imported inside of a function
    return not (others and is_local) and (not is_here or stored == 1)


def _is_given_to_reader(node: ast.expr, contents: Contents) -> bool:
    """Whether a list is an argument of a function that does nothing but go over it, and changes nothing that is in it."""
    calls = [
        each for each in contents.calls if any(node is a for a in (*each[0].args, *(k.value for k in each[0].keywords)))
    ]
    call, scope = calls[0] if calls else (None, contents.scope)
    definition = function_of(contents.names.resolve(call.func, scope)) if call is not None else None
    if call is None or definition is None:
        return False
    function, home = definition
    if isinstance(home.node, ast.ClassDef):  # another class may do something else instead
        return False
    given = arguments_of(call, function, scope, home)
    name = next((each for each, value in given.items() if value.value is node), None)
    if name is None:
        return False
    loops = [loop for loop in ast.walk(function) if isinstance(loop, ast.For | ast.AsyncFor | ast.comprehension)]
    gone_over = {id(_same(loop.iter)) for loop in loops}
    named = (n for n in ast.walk(function) if isinstance(n, ast.Name) and n.id == name)
    return all(id(each) in gone_over for each in named) and not any(
        _may_change(loop.target, function) for loop in loops if last_name(_same(loop.iter)) == name
    )


def _same(iterated: ast.expr) -> ast.expr:
    """What a loop goes over, behind ``enumerate(rows)`` and the like."""
    while isinstance(iterated, ast.Call) and last_name(iterated.func) in (*VIEWS, *COPIES):
        iterated = iterated.args[0] if iterated.args else getattr(iterated.func, "value", iterated.func)
    return iterated


def _may_change(target: ast.expr, function: ast.AST) -> bool:
    """Whether something may be done to the rows that a loop takes: one that is taken apart at once is left alone."""
    nodes = list(ast.walk(function))
    if any(changes(node, name) for node in nodes for name in names_in(target)):
        return True
    if not isinstance(target, ast.Name):
        return False
    parts = [n for n in nodes if isinstance(n, ast.Attribute | ast.Subscript)]
    called = {id(node.func) for node in nodes if isinstance(node, ast.Call)}
    further = {id(part.value) for part in parts}  # row["views"].append(view)
    read = [part for part in parts if isinstance(part.ctx, ast.Load) and id(part) not in called | further]
    loaded = (n for n in nodes if isinstance(n, ast.Name) and n.id == target.id and isinstance(n.ctx, ast.Load))
    return not {id(part.value) for part in read}.issuperset(map(id, loaded))


def _is_only_read_in(function: ast.AST, name: str) -> bool:
    """Whether a function does nothing to a list of its own but go over it, or put it into others."""
    harmless = {id(each) for node in ast.walk(function) for each in _harmless(node)}
    named = [n for n in ast.walk(function) if isinstance(n, ast.Name) and n.id == name]
    stored = [n for n in named if isinstance(n.ctx, ast.Store)]
    return len(stored) == 1 and all(id(n) in harmless for n in named if n is not stored[0])


def _harmless(node: ast.AST) -> Iterator[ast.AST]:
    """The parts of a loop, of a row, of a sum, in which a list is but read."""
    if isinstance(node, ast.For | ast.AsyncFor | ast.comprehension):
        calls = [each for each in ast.walk(node.iter) if isinstance(each, ast.Call)]
        if all(last_name(call.func) in (*VIEWS, *COPIES) for call in calls):
            yield from ast.walk(node.iter)
    elif isinstance(node, ast.Starred):
        yield node.value
    elif isinstance(node, ast.BinOp):
        yield from (node.left, node.right)
    elif isinstance(node, ast.Call) and last_name(node.func) in ("len", *COPIES):
        yield from node.args


def _in_rows(node: ast.AST) -> Iterator[ast.AST]:
    """The parts of the rows of a table, which loops give to variables: ``[(ORDERS, "/orders"), (LINES, "/lines")]``."""
    if isinstance(node, ast.List | ast.Tuple):
        rows = (each for each in node.elts if isinstance(each, ast.Tuple))
        yield from (part for row in rows for part in row.elts if isinstance(part, ast.Name))


def _changes_turn(node: ast.AST, contents: Contents) -> bool:
    """Whether something is done to what a loop has given to a variable, which may be a list: ``routes.append(more)``."""
    if isinstance(node, ast.AugAssign):
        return last_name(node.target) in contents.loop_names
    if not isinstance(node, ast.Attribute | ast.Subscript):
        return False
    is_change = node.attr in CHANGING if isinstance(node, ast.Attribute) else not isinstance(node.ctx, ast.Load)
    changed = node.value
    while is_change and isinstance(changed, ast.Subscript):  # row[0].append(more)
        changed = changed.value
    return is_change and isinstance(changed, ast.Name) and changed.id in contents.loop_names


def _written_in_classes(
    entity: Entity, inside: Scope, node: ast.Name | ast.Attribute, contents: Contents
) -> list[Given] | None:
    """The lists that a class, and those that are derived from it, have under one name."""
    owner = class_around(inside)
    assert owner is not None
    assert isinstance(entity.node, ast.expr)
    name = entity.last
    if not all(_is_only_defined(name, there) for there in chain([contents], contents.elsewhere(name))):
        return None
    found = [Given(entity.node, inside)]
    for each in derived_from(owner, contents) if isinstance(node, ast.Attribute) else ():
        own = contents.names.class_scope(each)
        for binding in own.symbols.get(name, ()):
            if not isinstance(binding.node, ast.expr):
                return None
            found.append(Given(binding.node, own))
    return found


def _is_only_defined(name: str, contents: Contents) -> bool:
    """Whether a module gives an attribute a value in classes, and does nothing else to any of the name but go over it."""
    done = _statements(contents)
    for node in contents.named(name):
        is_definition = isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and id(node) not in done.changing
        if not is_definition and id(node) not in done.reading:
            return False
    return re.search(rf"[\"']{re.escape(name)}[\"']", contents.text) is None
