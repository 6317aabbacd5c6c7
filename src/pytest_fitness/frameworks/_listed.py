"""Lists and dicts as they are written, behind the names that they have: where nothing is done to them that cannot be read."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence, Set
from itertools import chain
from typing import NamedTuple

from pytest_fitness.frameworks._behind import derived_from
from pytest_fitness.frameworks._filled import (
    GROWING,
    Grown,
    grown,
    is_dict,
    put_by,
    put_into_dict,
    put_into_list,
)
from pytest_fitness.frameworks._given import Given, names_in
from pytest_fitness.frameworks._reading import class_around, function_of
from pytest_fitness.frameworks._uses import arguments_of, changes, spans
from pytest_fitness.model.contents import DEFINED, FUNCTIONS, Contents, last_name, own_returns
from pytest_fitness.model.straight import bound_by
from pytest_fitness.model.syntax import Entity, Function, Scope

COPIES = ("list", "tuple", "sorted", "reversed", "enumerate")
VIEWS = ("items", "values", "keys")
CHANGING = ("append", "extend", "insert", "remove", "pop", "clear", "sort", "reverse")
"""Methods that change a list."""

ALTERING = (*CHANGING, *GROWING, "setdefault", "popitem")
"""Methods that change a list, a set or a dict."""


def written(node: ast.Name | ast.Attribute, scope: Scope, contents: Contents) -> list[Given] | None:
    """Lists and dicts as they are written, behind a name that nothing else is done to; None where that cannot be told."""
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
    if entity.scope.node is None:
        return _written_everywhere(entity, contents)
    if isinstance(node, ast.Attribute):
        return _written_in_objects(entity, contents)
    function = entity.scope.node
    if not isinstance(function, FUNCTIONS) or not _is_only_read_in(function, entity):
        return None  # nothing but the function around knows of it
    put = grown(function.body, entity)
    return [Given(entity.node, entity.scope), *(Given(value, entity.scope) for _, value in put)]


def _written_everywhere(entity: Entity, contents: Contents) -> list[Given] | None:
    """A list of a module, and what is put into it anywhere; None where something else may be done to it.

    That is looked for in the module that has it, and in those that may import it from there, or from one of them.
    """
    assert entity.scope is not None
    assert isinstance(entity.node, ast.expr)
    found = [Given(entity.node, entity.scope)]
    seen: list[tuple[Contents, frozenset[int]]] = []
    home = entity.scope.module
    sources = {home.rpartition(".")[2]}
    left = [contents, *contents.elsewhere(entity.last)]
    while left:
        near = [t for t in left if t is contents or t.scope.module == home or any(name in t.text for name in sources)]
        for there in near:
            put = list(_grown_in(entity, there))
            found += (value for _, value in put)
            seen.append((there, frozenset(id(place) for place, _ in put)))
        left = [there for there in left if there not in near]
        again = (t for t in near if any(alias.name in (entity.last, "*") for alias in t.imports))
        more = {there.scope.module.rpartition(".")[2] for there in again}
        if more <= sources:
            break
        sources |= more
    is_table = all(_is_table(value) for value, _ in found)
    return found if all(_is_only_read(entity, *each, is_table=is_table) for each in seen) else None


def _grown_in(entity: Entity, contents: Contents) -> Iterator[tuple[ast.expr, Given]]:
    """What a module puts into a list, its own or another's, itself and in its functions: where its name stands, and what."""
    names = contents.names
    named = contents.named(entity.last)
    places = [(contents.body, contents.scope)]
    if len(named) > 1 or contents.scope.module != (entity.scope and entity.scope.module):
        near = [f for f in contents.functions if any(spans(f.function, node) for node in named)]
        places += [(f.function.body, names.function_scope(f.function, f.scope)) for f in near]
    for body, scope in places:
        for place, value in grown(body, entity):
            meant = names.resolve(place, scope)
            if meant is not None and meant.node is entity.node:
                yield place, Given(value, scope)


def _is_bound_otherwise(name: str, scope: Scope, contents: Contents) -> bool:
    """Whether a name gets a value in the function, or module, in a way that the symbols say nothing of."""
    body = contents.body if scope.node is None else ast.iter_child_nodes(scope.node)
    puts = (*put_by(body, put_into_list), *put_by(body, put_into_dict))
    put = {id(node) for node, _ in puts}
    stored = sum(name in bound_by(node) for node in own_nodes(scope, contents) if id(node) not in put)
    return stored > len(scope.symbols.get(name, ()))


def own_nodes(scope: Scope, contents: Contents) -> Iterator[ast.AST]:
    """What is in a function, or module, functions and classes inside of it left out."""
    todo: list[ast.AST] = list(contents.body if scope.node is None else ast.iter_child_nodes(scope.node))
    for node in todo:
        yield node
        if not isinstance(node, (*DEFINED, ast.Lambda)):
            todo += ast.iter_child_nodes(node)


class _Statements(NamedTuple):
    """What a module does to names: the nodes that only read, or look something up, and those that are changed in place.

    And of what something is assigned to, the value; the names that are said to be elsewhere.
    """

    reading: frozenset[int]
    looking_up: frozenset[int]
    changing: frozenset[int]
    given: dict[int, ast.expr]
    elsewhere: frozenset[str]


def _statements(contents: Contents) -> _Statements:
    """What is done to names in a module; looked for once."""
    if ("statements",) not in contents.memo:
        nodes = list(contents.nodes())
        read = {id(each) for node in nodes for each in _harmless(node)}
        in_rows = {id(each) for node in nodes for each in _in_rows(node)}
        read |= set(_looked_into(nodes))
        is_changed = any(_changes_turn(node, contents) for node in nodes)
        contents.memo[("statements",)] = _Statements(
            frozenset(read - in_rows if is_changed else read | in_rows),
            frozenset(id(table) for node in nodes if (table := looked_up_in(node)) is not None),
            frozenset(id(node.target) for node in nodes if isinstance(node, ast.AugAssign)),
            {target: value for node in nodes for target, value in _assigned(node)},
            frozenset(name for node in nodes if isinstance(node, ast.Global | ast.Nonlocal) for name in node.names),
        )
    found: _Statements = contents.memo[("statements",)]
    return found


def _looked_into(nodes: Sequence[ast.AST]) -> Iterator[int]:
    """The ids of tables of tables in which something is looked up at once, and left as it is: ``ROUTES[path]["view"]``."""
    parts = [node for node in nodes if isinstance(node, ast.Attribute | ast.Subscript)]
    changed = {id(n.value) for n in parts if not isinstance(n.ctx, ast.Load) or getattr(n, "attr", "") in ALTERING}
    for node in parts:
        inner = node.value if isinstance(node, ast.Subscript) and id(node) not in changed else None
        if isinstance(inner, ast.Subscript) and isinstance(node.ctx, ast.Load):
            yield id(inner.value)


def _assigned(node: ast.AST) -> Iterator[tuple[int, ast.expr]]:
    """What a statement gives a value to, by its id, and the value."""
    if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
        for target in [node.target] if isinstance(node, ast.AnnAssign) else node.targets:
            yield id(target), node.value


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
    if isinstance(node, Grown | ast.DictComp):
        return _is_table(node.elt if isinstance(node, Grown) else ast.Dict([node.key], [node.value]))
    if not isinstance(node, ast.Dict):
        return is_dict(node) and isinstance(node, ast.Call) and not node.args and not node.keywords
    return all(isinstance(each, ast.Name | ast.Attribute | ast.Lambda | ast.Call) for each in node.values)


def _is_only_read(entity: Entity, contents: Contents, put: frozenset[int], *, is_table: bool) -> bool:
    """Whether a module does nothing to a list of its own, or of another one, but go over it, put it into others, or more into it."""
    name = entity.last
    done = _statements(contents)
    reading = done.reading | done.looking_up if is_table else done.reading
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
    for node in contents.named(name):
        if id(node) in put:
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


def _is_only_read_in(function: Function, entity: Entity) -> bool:
    """Whether a function does nothing to a list of its own but go over it, or put it into others."""
    harmless = {id(each) for node in ast.walk(function) for each in _harmless(node)}
    harmless |= {id(value) for value in own_returns(function)}
    harmless |= {id(node) for node, _ in grown(function.body, entity)}
    named = [n for n in ast.walk(function) if isinstance(n, ast.Name) and n.id == entity.last]
    named = [n for n in named if id(n) not in harmless]
    return len(named) == 1 and isinstance(named[0].ctx, ast.Store)


def _harmless(node: ast.AST) -> Iterator[ast.AST]:
    """The parts of a loop, of a row, of a sum, in which a list is but read."""
    if isinstance(node, ast.For | ast.AsyncFor | ast.comprehension):
        yield from _gone_over(node.iter)
    elif isinstance(node, ast.Starred):
        yield node.value
    elif isinstance(node, ast.If | ast.While | ast.IfExp):
        yield node.test
    elif isinstance(node, ast.UnaryOp):
        yield node.operand
    elif isinstance(node, ast.Compare):
        yield from (node.left, *node.comparators)
    elif isinstance(node, ast.Dict):  # {**TABLE}
        yield from (value for key, value in zip(node.keys, node.values, strict=True) if key is None)
    elif isinstance(node, ast.BinOp):
        yield from (node.left, node.right)
    elif isinstance(node, ast.Call) and last_name(node.func) in ("len", "extend", *COPIES):
        yield from node.args


def _gone_over(values: ast.expr) -> Iterator[ast.AST]:
    """The lists that a loop goes over; one in a display, ``for each in (ROUTES, MORE)``, is given to what the loop does."""
    if isinstance(values, ast.Name | ast.Attribute | ast.Subscript):
        yield from (each for each in ast.walk(values) if not isinstance(each, ast.Call))
    elif isinstance(values, ast.BinOp):
        yield from (*_gone_over(values.left), *_gone_over(values.right))
    elif isinstance(values, ast.Call) and last_name(values.func) in (*VIEWS, *COPIES):
        of = values.func.value if isinstance(values.func, ast.Attribute) else None
        for each in (*([of] if of is not None else ()), *values.args):
            yield from _gone_over(each)


def is_only_gone_over(function: Function, name: str) -> bool:
    """Return whether a function does nothing to what it is given under a name but go over it."""
    harmless = {id(each) for node in ast.walk(function) for each in _harmless(node)}
    harmless |= {id(value) for value in own_returns(function)}
    named = (n for n in ast.walk(function) if isinstance(n, ast.Name) and n.id == name)
    return all(id(each) in harmless for each in named)


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


def _written_in_objects(entity: Entity, contents: Contents) -> list[Given] | None:
    """The lists that the objects of a class, and of those derived from it, have under one name, and what is put into them."""
    owner = class_around(entity.scope.parent) if entity.scope is not None and entity.scope.parent is not None else None
    name = entity.last
    of_derived = (
        (contents.names.member(each, name) for each in derived_from(owner, contents)) if owner is not None else ()
    )
    every = {id(each.node): each for each in (entity, *of_derived) if each is not None}
    found = [Given(each.node, each.scope) for each in every.values() if isinstance(each.node, ast.expr) and each.scope]
    if owner is None or len(found) < len(every):
        return None
    kin = {id(base.node) for each in (owner, *derived_from(owner, contents)) for base in contents.names.bases(each)}
    by_name = re.compile(rf"attr\([^\n]*[\"']{re.escape(name)}[\"']|__dict__[^\n]*\b{re.escape(name)}\b")
    is_looked_up = False
    for there in chain([contents], contents.elsewhere(name)):
        done = _statements(there)
        if by_name.search(there.text) or sum(id(value) in every for value in done.given.values()) > len(every):
            return None  # or it has another name: self.routes = kept = []
        for node, scope in _attributes(name, there):
            meant = there.names.resolve(node, scope)
            is_known = meant is not None and meant.node is not None
            is_other = is_known and meant is not None and id(meant.node) not in every
            if id(node) in done.reading or (is_other and not _is_of(kin, meant)):
                continue  # or it is of another class
            put = {id(place): value for place, value in grown(getattr(scope.node, "body", there.body), entity)}
            value = put.get(id(node), done.given.get(id(node)) if is_other else None)
            if is_known and value is not None:
                found.append(Given(value, scope))
            elif id(node) in done.looking_up:
                is_looked_up = True
            elif not is_known or id(done.given.get(id(node))) not in every:
                return None
    return None if is_looked_up and not all(_is_table(value) for value, _ in found) else found


def _is_of(kin: Set[int], attribute: Entity | None) -> bool:
    """Whether an attribute is one of some classes."""
    scope = attribute.scope if attribute is not None else None
    scope = scope.parent if scope is not None and isinstance(scope.node, FUNCTIONS) else scope
    return scope is not None and id(scope.node) in kin


def _attributes(name: str, contents: Contents) -> Iterator[tuple[ast.Attribute, Scope]]:
    """The attributes of a name in a module, and the functions that they are in."""
    named = [node for node in contents.named(name) if isinstance(node, ast.Attribute)]
    near = [f for f in contents.functions if any(spans(f.function, node) for node in named)]
    scopes = [contents.names.function_scope(f.function, f.scope) for f in near]
    within = {id(node): scope for scope in scopes for node in own_nodes(scope, contents)}
    yield from ((node, within.get(id(node), contents.scope)) for node in named)


def _is_only_defined(name: str, contents: Contents, *, is_table: bool) -> bool:
    """Whether a module gives an attribute a value in classes, and does nothing else to any of the name but go over it."""
    done = _statements(contents)
    reading = done.reading | done.looking_up if is_table else done.reading
    for node in contents.named(name):
        is_definition = isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and id(node) not in done.changing
        if not is_definition and id(node) not in reading:
            return False
    return re.search(rf"[\"']{re.escape(name)}[\"']", contents.text) is None
