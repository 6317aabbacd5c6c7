"""Lists and dicts as they are written, behind the names that they have: where nothing is done to them that cannot be read."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import NamedTuple

from pytest_fitness.frameworks._behind import derived_from
from pytest_fitness.frameworks._given import Given, names_in
from pytest_fitness.frameworks._reading import class_around, function_of
from pytest_fitness.frameworks._uses import arguments_of, changes
from pytest_fitness.model.contents import DEFINED, FUNCTIONS, Contents, last_name, own_returns, taken_by, walked
from pytest_fitness.model.syntax import Entity, Function, Scope

COPIES = ("list", "tuple", "sorted", "reversed", "enumerate")
VIEWS = ("items", "values", "keys")
GROWING = ("append", "extend", "add")
"""Methods that put something into a list, or a set."""

CHANGING = ("append", "extend", "insert", "remove", "pop", "clear", "sort", "reverse")
"""Methods that change a list."""


def written(node: ast.expr, scope: Scope, contents: Contents) -> list[Given] | None:
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
    same = [b for bindings in entity.scope.symbols.values() for b in bindings if b.node is entity.node]
    if len(entity.scope.symbols.get(entity.last, ())) > 1 or len(same) > 1:  # ROUTES = KEPT = []
        return None
    if entity.scope.node is not None:  # nothing but the function around knows of it
        if not isinstance(entity.scope.node, FUNCTIONS) or not _is_only_read_in(entity.scope.node, entity.last):
            return None
        grown = list(_grown(entity.scope.node.body, entity.last))
    elif _is_read_everywhere(entity, contents):
        near = [contents, *contents.elsewhere(entity.last)]
        homes = (there for there in near if there.scope.module == entity.scope.module)
        grown = [each for there in homes for each in _grown(there.body, entity.last)]
    else:
        return None
    return [Given(entity.node, entity.scope), *(Given(value, entity.scope) for _, value in grown)]


class Grown(ast.ListComp):
    """What loops put into a list, turn by turn, as if it were a comprehension; names may be those of what they make on the way."""


def _grown(body: Iterable[ast.AST], name: str) -> Iterator[tuple[ast.expr, ast.expr]]:
    """What statements put into a list: where its name stands, and the list of what is put in."""

    def put(node: ast.AST) -> tuple[ast.expr, ast.expr] | None:
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and len(node.value.args) == 1:
            method, (value,) = node.value.func, node.value.args
            if isinstance(method, ast.Attribute) and method.attr in GROWING and _is_named(method.value, name):
                return method.value, value if method.attr == "extend" else ast.List([value], ast.Load())
        elif isinstance(node, ast.AugAssign) and isinstance(node.op, ast.Add) and _is_named(node.target, name):
            return node.target, node.value
        return None

    return _put(body, put)


def yielded(function: Function) -> list[ast.expr] | None:
    """Return the lists of what a generator gives, one after the other; None where it does so in a way that is not followed."""

    def put(node: ast.AST) -> tuple[ast.expr, ast.expr] | None:
        value = node.value if isinstance(node, ast.Expr) else None
        if isinstance(value, ast.YieldFrom):
            return value, value.value
        return (value, ast.List([value.value], ast.Load())) if isinstance(value, ast.Yield) and value.value else None

    found = list(_put(function.body, put))
    every = {id(node) for node in walked(function) if isinstance(node, ast.Yield | ast.YieldFrom)}
    return [value for _, value in found] if every == {id(place) for place, _ in found} else None


def _put(
    body: Iterable[ast.AST], put: Callable[[ast.AST], tuple[ast.expr, ast.expr] | None]
) -> Iterator[tuple[ast.expr, ast.expr]]:
    """What statements put somewhere, one after the other, each as a list, and where; in a loop by its turns."""
    for node in body:
        if (found := put(node)) is not None:
            yield found
        elif isinstance(node, ast.If | ast.Try | ast.With | ast.While | ast.ExceptHandler):
            yield from _put(ast.iter_child_nodes(node), put)
        elif isinstance(node, ast.For | ast.AsyncFor):
            inner = list(_put([*node.body, *node.orelse], put))
            taken = [ast.comprehension(target, values, [], 0) for target, values in _taken(node)] if inner else []
            yield from ((place, ast.copy_location(_of_turns(value, taken), value)) for place, value in inner)


def _taken(loop: ast.For | ast.AsyncFor) -> Iterator[tuple[ast.expr, ast.expr]]:
    """What a loop gives values to, and what it goes over: nothing that can be told, where its variables get other values as well."""
    every = list(taken_by(loop))
    targets = {id(node) for target, _ in every for node in ast.walk(target)}
    stored = {name for node in ast.walk(loop) if id(node) not in targets for name in bound_by(node)}
    for target, values in every:
        yield target, values if names_in(target).isdisjoint(stored) else ast.Name("", ast.Load())


def _of_turns(grown: ast.expr, taken: list[ast.comprehension]) -> ast.expr:
    """What a loop puts somewhere, turn by turn."""
    if isinstance(grown, Grown):  # by a loop inside of this one
        return Grown(grown.elt, [*taken, *grown.generators])
    return Grown(ast.Starred(grown, ast.Load()), taken)


def _is_named(node: ast.expr, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def _is_read_everywhere(entity: Entity, contents: Contents) -> bool:
    """Whether a list is only read, in the module that has it and in those that may import it from there, or from one of them."""
    assert entity.scope is not None
    home = entity.scope.module
    sources = {home.rpartition(".")[2]}
    left = [contents, *contents.elsewhere(entity.last)]
    while left:
        near = [t for t in left if t is contents or t.scope.module == home or any(name in t.text for name in sources)]
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
    body = contents.body if scope.node is None else ast.iter_child_nodes(scope.node)
    grown = {id(node) for node, _ in _grown(body, name)}
    stored = sum(name in bound_by(node) for node in own_nodes(scope, contents) if id(node) not in grown)
    return stored > len(scope.symbols.get(name, ()))


def own_nodes(scope: Scope, contents: Contents) -> Iterator[ast.AST]:
    """What is in a function, or module, functions and classes inside of it left out."""
    todo: list[ast.AST] = list(contents.body if scope.node is None else ast.iter_child_nodes(scope.node))
    for node in todo:
        yield node
        if not isinstance(node, (*DEFINED, ast.Lambda)):
            todo += ast.iter_child_nodes(node)


def bound_by(node: ast.AST) -> tuple[str | None, ...]:
    """The names to which a node gives a value."""
    if isinstance(node, ast.Name):
        return (node.id,) if isinstance(node.ctx, ast.Store) else ()
    if isinstance(node, ast.MatchAs | ast.MatchStar | ast.ExceptHandler):
        return (node.name,)
    return (node.rest,) if isinstance(node, ast.MatchMapping) else ()


class _Statements(NamedTuple):
    """What a module does to names: the nodes that only read, or look something up, and those that are changed in place.

    And the names that are said to be elsewhere.
    """

    reading: frozenset[int]
    looking_up: frozenset[int]
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
            frozenset(id(table) for node in nodes if (table := looked_up_in(node)) is not None),
            frozenset(id(node.target) for node in nodes if isinstance(node, ast.AugAssign)),
            frozenset(name for node in nodes if isinstance(node, ast.Global | ast.Nonlocal) for name in node.names),
        )
    found: _Statements = contents.memo[("statements",)]
    return found


def looked_up_in(node: ast.AST) -> ast.expr | None:
    """Return the table in which something is looked up, ``TABLE[key]``, ``TABLE.get(key)``, ``key in TABLE``; else None."""
    if isinstance(node, ast.Subscript):
        return node.value if isinstance(node.ctx, ast.Load) else None
    if isinstance(node, ast.Compare):
        return node.comparators[0] if isinstance(node.ops[0], ast.In | ast.NotIn) else None
    called = node.func if isinstance(node, ast.Call) else None
    return called.value if isinstance(called, ast.Attribute) and called.attr == "get" else None


def _is_table(node: ast.AST | None) -> bool:
    """Whether a dict has things in it to which nothing can be done where they are looked up, such as functions."""
    return isinstance(node, ast.Dict) and all(
        isinstance(each, ast.Name | ast.Attribute | ast.Lambda | ast.Call) for each in node.values
    )


def _is_only_read(entity: Entity, contents: Contents) -> bool:
    """Whether a module does nothing to a list of its own, or of another one, but go over it, or put it into others."""
    name = entity.last
    done = _statements(contents)
    reading = done.reading | done.looking_up if _is_table(entity.node) else done.reading
    assert entity.scope is not None
    is_here = entity.scope.module == contents.scope.module
    others = [alias.asname for alias in contents.imports if alias.name == name]
    suspects: list[ast.expr] = []
    for other in {each for each in others if each not in (None, name)}:  # from shop.routes import ROUTES as V1_ROUTES
        is_read = all(id(node) in reading for node in contents.named(other)) and not any(
            True for _ in contents.elsewhere(other)
        )
        suspects += [] if is_read else [ast.Name(other, ast.Load())]
    stored = 0
    grown = {id(node) for node, _ in _grown(contents.body, name)} if is_here else set()
    for node in contents.named(name):
        if id(node) in grown:
            continue
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and id(node) not in done.changing:
            stored += 1
        elif id(node) not in reading:
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


def _is_only_read_in(function: Function, name: str) -> bool:
    """Whether a function does nothing to a list of its own but go over it, or put it into others."""
    harmless = {id(each) for node in ast.walk(function) for each in _harmless(node)}
    harmless |= {id(value) for value in own_returns(function)}
    harmless |= {id(node) for node, _ in _grown(function.body, name)}
    named = [n for n in ast.walk(function) if isinstance(n, ast.Name) and n.id == name]
    named = [n for n in named if id(n) not in harmless]
    return len(named) == 1 and isinstance(named[0].ctx, ast.Store)


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
    elif isinstance(node, ast.Call) and last_name(node.func) in ("len", "extend", *COPIES):
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
    is_table = _is_table(entity.node)
    if not all(
        _is_only_defined(name, there, is_table=is_table) for there in chain([contents], contents.elsewhere(name))
    ):
        return None
    found = [Given(entity.node, inside)]
    for each in derived_from(owner, contents) if isinstance(node, ast.Attribute) else ():
        own = contents.names.class_scope(each)
        for binding in own.symbols.get(name, ()):
            if not isinstance(binding.node, ast.expr):
                return None
            found.append(Given(binding.node, own))
    return found


def _is_only_defined(name: str, contents: Contents, *, is_table: bool) -> bool:
    """Whether a module gives an attribute a value in classes, and does nothing else to any of the name but go over it."""
    done = _statements(contents)
    reading = done.reading | done.looking_up if is_table else done.reading
    for node in contents.named(name):
        is_definition = isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and id(node) not in done.changing
        if not is_definition and id(node) not in reading:
            return False
    return re.search(rf"[\"']{re.escape(name)}[\"']", contents.text) is None
