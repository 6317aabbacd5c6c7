"""What functions of the project hand on: once for each of their callers, by the names that it has on the way."""

from __future__ import annotations

import ast
from collections.abc import Set
from itertools import islice

from pytest_fitness.frameworks._behind import derived_from
from pytest_fitness.frameworks._given import Given, inlined, names_in
from pytest_fitness.frameworks._reading import class_around, is_parameter
from pytest_fitness.frameworks._uses import stays, uses_of
from pytest_fitness.model.contents import FUNCTIONS, Contents, parameters
from pytest_fitness.model.syntax import Binding, Entity, Names, Scope

LARGE = 300
"""Parts of an expression that is put in place of a name."""

HANDED_ON = 3
"""Longest chain of functions that hand on what is put into a list."""

MANY = 2_000
"""Most turns of a loop that are followed."""

UNREAD = ast.Name("", ast.Load())
"""Stands for what a loop goes over beside all that can be read: what other callers of a function give it."""


def by_callers(element: Given, contents: Contents, opened: tuple[int, ...], depth: int = 0) -> list[Given]:
    """Return what a function has put into a list, once for each of its callers, where it is made of what these give."""
    names = contents.names
    value, scope = element
    around: Scope | None = scope
    while around is not None and isinstance(around.node, FUNCTIONS):  # rule = "/" + path
        given = {argument.arg for argument, _ in parameters(around.node, in_class=False)}
        value, scope = inlined(value, made_of(value, given, around, names), scope, names)
        around = around.parent
    function = scope.node
    if not isinstance(function, FUNCTIONS) or scope.parent is None or not _is_given(value, scope):
        return [Given(value, scope)]
    unread = Given(UNREAD, scope)
    if id(function) in opened or depth > HANDED_ON:
        return [unread]
    near = (there for there in contents.elsewhere(function.name) if there.scope.module == scope.module)
    there = contents if contents.scope.module == scope.module else next(near, contents)
    inside = names.function_scope(function, scope.parent)
    owner = class_around(scope.parent)
    if function.name == "__init_subclass__" and owner is not None:
        classes = classes_derived_from(owner, contents)
        return [Given(*inlined(value, {"cls": each}, scope, names)) for each in classes]
    used, complete = uses_of(function, inside, there)
    found: list[Given] = []
    for use in used:
        own = {argument.arg for argument, _ in parameters(function, in_class=False)}
        needed = [n for n in use.given if n in names_in(value) and (n not in own or stays(n, function, inside))]
        row = ast.Tuple([ast.Name(name, ast.Load()) for name in needed], ast.Load())
        handed = Given(*inlined(row, use.given, use.scope, names))
        for part, home in by_callers(handed, use.contents, (*opened, id(function)), depth + 1):
            parts = part.elts if isinstance(part, ast.Tuple) else []
            told = {name: Given(each, home) for name, each in zip(needed, parts, strict=False)}
            is_told = bool(told) and not _is_given(value, scope, told.keys())
            found.append(Given(*inlined(value, told, scope, names)) if is_told else unread)
        if len(found) > MANY:
            return [unread]
    return found if complete else [*found, unread]


def _is_given(value: ast.expr, scope: Scope, but: Set[str] = frozenset()) -> bool:
    """Whether an expression is made of parameters of the function that it is in, or of those around that."""
    wanted = [ast.Name(name, ast.Load()) for name in names_in(value) - but]
    around: Scope | None = scope
    while around is not None:
        if any(is_parameter(each, around) for each in wanted):
            return True
        around = around.parent
    return False


def classes_derived_from(base: Entity, contents: Contents) -> list[Given]:
    """Return the classes that are derived from another one."""
    every = ((each.node, each.scope) for each in derived_from(base, contents))
    named = ((node, scope) for node, scope in every if isinstance(node, ast.ClassDef) and scope is not None)
    return [Given(ast.copy_location(ast.Name(node.name, ast.Load()), node), scope) for node, scope in named]


def made_of(element: ast.expr, wanted: Set[str], scope: Scope, names: Names) -> dict[str, Given]:
    """Return what is kept under one name each, is made of something that is *wanted*, and is used in an element."""
    locals_ = {
        name: bindings[0].node
        for name, bindings in scope.symbols.items()
        if len(bindings) == 1 and bindings[0].kind == "value" and not is_turn(bindings[0]) and name not in wanted
    }
    used = names_in(element)
    todo = list(used)
    for name in todo:
        node = locals_.get(name)
        more = names_in(node) - used if isinstance(node, ast.expr) else set()
        used |= more
        todo += more
    found: dict[str, Given] = {}
    for name, node in locals_.items():
        if name in used and isinstance(node, ast.expr) and names_in(node) & {*wanted, *found}:
            made, home = inlined(node, found, scope, names)
            if sum(1 for _ in islice(ast.walk(made), LARGE)) < LARGE:
                found[name] = Given(made, home)
    return found


def is_turn(binding: Binding) -> bool:
    """Return whether a name is given what a loop goes over, which the symbols say as ``values[0]``, or do not say."""
    node = binding.node
    if node is None:
        return binding.kind == "value" and binding.annotation is None
    return (
        isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant) and not hasattr(node.slice, "lineno")
    )
