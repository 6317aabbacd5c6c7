"""Functions that another function hands back: ``place = load()``, ``place, cancel = load()``."""

from __future__ import annotations

import ast

from pytest_fitness.model.contents import FUNCTIONS, class_seen, last_name, own_returns
from pytest_fitness.model.syntax import Entity, Scope
from pytest_fitness.sources.as_written import part_of
from pytest_fitness.sources.bindings import own_nodes
from pytest_fitness.sources.bodies import is_super
from pytest_fitness.sources.scopes import Scopes
from pytest_fitness.sources.symbol_table import PART


def handed_back(node: ast.expr, scope: Scope, names: Scopes) -> Entity | None:
    """Return the function that a local name is, or one of the parts of a result; None where that cannot be told."""
    meant = names.resolve(node, scope) if isinstance(node, ast.Name) else None
    if meant is not None and isinstance(meant.node, ast.Attribute) and meant.scope is not None:  # find = service.find
        of = names.resolve(meant.node, meant.scope)
        return of if of is not None and isinstance(of.node, FUNCTIONS) else None
    call, part = _given(node, scope)
    made_by = names.resolve(call.func, scope) if call is not None else None
    if made_by is None or not isinstance(made_by.node, FUNCTIONS) or made_by.scope is None:
        return None
    inside = names.function_scope(made_by.node, made_by.scope)
    values = [part_of(value, part) if part is not None else value for value in own_returns(made_by.node)]
    found = [names.resolve(value, inside) for value in values]
    first = found[0] if found else None
    is_one = first is not None and all(each is not None and each.node is first.node for each in found)
    return first if is_one and first is not None and isinstance(first.node, FUNCTIONS) else None


def as_seen(home: Scope, called: ast.expr, scope: Scope, names: Scopes) -> Scope:
    """Return the class around a method as it is in the one whose object it is called on.

    As in ``self.show()`` and ``super().show()``, or ``shown = Shown(); shown.show()``.
    """
    of = called.value if isinstance(called, ast.Attribute) else None
    is_own = of is not None and (last_name(of) == "self" or (isinstance(of, ast.Call) and is_super(of)))
    view = class_seen(scope) if is_own else _made_here(of, scope, names)
    if view is None or not isinstance(home.node, ast.ClassDef) or view.node is home.node:
        return home
    return names.seen(home, view)


def _made_here(of: ast.expr | None, scope: Scope, names: Scopes) -> Entity | None:
    """The class of which something is an object that is made where its name is bound; None where it may be of a derived one."""
    bindings = scope.symbols.get(of.id, ()) if isinstance(of, ast.Name) else ()
    call = bindings[0].node if len(bindings) == 1 and bindings[0].target != PART else of
    if not isinstance(call, ast.Call) or (call is not of and not _is_assigned(call, scope)):
        return None
    made = names.resolve(call.func, scope)
    maker = names.member(made, "__new__") if made is not None and made.kind == "class" else None
    return made if made is not None and made.kind == "class" and (maker is None or not maker.is_own) else None


def _is_assigned(value: ast.expr, scope: Scope) -> bool:
    """Whether a value is given to a name as it is, rather than by a ``with``."""
    nodes = own_nodes(scope.node) if isinstance(scope.node, FUNCTIONS) else ()
    return any(isinstance(node, ast.Assign | ast.AnnAssign) and node.value is value for node in nodes)


def is_seen(scope: Scope) -> bool:
    """Return whether a method is looked at as the one of a class that is derived from its own, of which there are objects."""
    view, around = class_seen(scope), scope.enclosing_class
    return view is not None and around is not None and view.node is not around.node


def either(node: ast.expr, scope: Scope) -> list[ast.expr]:
    """Return the functions of which one is called: ``{"json": as_json, "csv": as_csv}[kind]()``; nothing for any other call."""
    node = _only(node, scope)
    if isinstance(node, ast.IfExp):
        found: list[ast.expr] = [node.body, node.orelse]
    elif isinstance(node, ast.Subscript):
        table = _only(node.value, scope)
        found = table.values if isinstance(table, ast.Dict) and all(table.keys) else []
    else:
        return []
    return found if all(isinstance(each, ast.Name | ast.Attribute) for each in found) else []


def hands_on(decorator: ast.expr, scope: Scope, names: Scopes) -> bool:
    """Return whether a decorator of the project gives what the function in it gives: ``return f(*args)``, and nothing else."""
    made = names.resolve(decorator.func if isinstance(decorator, ast.Call) else decorator, scope)
    taking, wrapper = None, made.node if made is not None and made.is_own else None
    for _ in range(1 + isinstance(decorator, ast.Call)):  # a function that makes the decorator is around it
        if not isinstance(wrapper, FUNCTIONS) or wrapper.decorator_list:
            return False
        inner = {each.name: each for each in wrapper.body if isinstance(each, FUNCTIONS)}
        stored = {n.id for n in ast.walk(wrapper) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
        given = {argument.arg for argument in wrapper.args.args[:1]}
        made_there = [inner.get(last_name(value)) for value in own_returns(wrapper)]
        taking, wrapper = wrapper, made_there[0] if len(made_there) == 1 else None
        if wrapper is None or not stored.isdisjoint({wrapper.name, *given}):
            return False
    assert isinstance(wrapper, FUNCTIONS)
    assert isinstance(taking, FUNCTIONS)
    is_plain = all(
        last_name(each.func if isinstance(each, ast.Call) else each) == "wraps" for each in wrapper.decorator_list
    )
    is_stream = any(isinstance(node, ast.Yield | ast.YieldFrom) for node in own_nodes(wrapper))
    calls = [value.value if isinstance(value, ast.Await) else value for value in own_returns(wrapper)]
    called = {each.func.id if isinstance(each, ast.Call) and isinstance(each.func, ast.Name) else "" for each in calls}
    return is_plain and not is_stream and bool(calls) and called == {each.arg for each in taking.args.args[:1]}


def _only(node: ast.expr, scope: Scope) -> ast.expr:
    """What a local name is given, where that is one thing; anything else as it is."""
    bindings = (
        scope.symbols.get(node.id, ()) if isinstance(node, ast.Name) and isinstance(scope.node, FUNCTIONS) else ()
    )
    value = bindings[0].node if len(bindings) == 1 and bindings[0].target != PART else None
    return value if isinstance(value, ast.IfExp | ast.Subscript | ast.Dict) else node


def _given(node: ast.expr, scope: Scope) -> tuple[ast.Call | None, int | None]:
    """The call that gives something, and which part of its result that is; None for all of it."""
    if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Call) and isinstance(node.slice, ast.Constant):
        return node.value, node.slice.value if isinstance(node.slice.value, int) else None
    if not isinstance(node, ast.Name) or not isinstance(scope.node, FUNCTIONS):
        return None, None
    bindings = scope.symbols.get(node.id, ())
    if any(binding.target != PART for binding in bindings):
        only = bindings[0].node if len(bindings) == 1 else None
        return only if isinstance(only, ast.Call) else None, None
    found: list[tuple[ast.Call, int]] = []
    for each in own_nodes(scope.node):
        target = each.targets[0] if isinstance(each, ast.Assign) else None
        if isinstance(each, ast.Assign) and isinstance(target, ast.Tuple) and isinstance(each.value, ast.Call):
            named = [item.id if isinstance(item, ast.Name) else "*" for item in target.elts]
            if node.id in named and not any(isinstance(item, ast.Starred) for item in target.elts):
                found.append((each.value, named.index(node.id)))
    return found[0] if len(found) == 1 else (None, None)
