"""Routes that a method of a base class registers, once for each class that is derived from it: each with its own path and types."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Iterator

from pytest_fitness.frameworks._behind import derived_from
from pytest_fitness.frameworks._reading import class_around, unquoted
from pytest_fitness.model.contents import FUNCTIONS, Contents, does_something, last_name
from pytest_fitness.model.syntax import Endpoint, Entity, Names, Scope

ABSTRACT = ("ABC", "Protocol")

NOWHERE = re.compile(r"(?!)")
"""Finds nothing."""

ASKING = ("super", "isinstance", "issubclass")
"""Functions that make no object of a class that they are given."""


def method_around(scope: Scope) -> Scope | None:
    """Return the inside of the method that something is in."""
    around: Scope | None = scope
    while around is not None and not (around.parent is not None and isinstance(around.parent.node, ast.ClassDef)):
        around = around.parent
    return around


def by_classes(
    scope: Scope, contents: Contents, find: Callable[[Scope], Iterable[Endpoint]]
) -> Iterator[tuple[Scope, Endpoint]]:
    """Yield what *find* finds in *scope*, for the objects of each class that has the method around it, and as what it is seen.

    Of a class of which there seem to be no objects, such as a base, only what no other one has.
    """
    method = method_around(scope)
    around = class_around(method.parent) if method is not None and method.parent is not None else None
    if method is None or around is None:
        yield from ((scope, endpoint) for endpoint in find(scope))
        return
    key = ("by classes", id(method.node))
    if key not in contents.memo:  # the method is kept, or another one could come to have its id
        contents.memo[key] = (method.node, _views(method, around, contents))
    views: dict[int, tuple[Entity, bool]] = contents.memo[key][1]
    found: set[int] = set()
    known: set[object] = set()
    for view, is_sure in views.values():
        seen = contents.names.seen(scope, view)
        every = [each for each in find(seen) if is_sure or not found or _is_only_here(each.function, found)]
        found |= {id(each.function) for each in every}
        assert view.scope is not None
        for each in every:
            of_self = _of_self(each.function, view, contents.names)
            same = (id(each.function), each.methods, each.path, *_types_of(each, contents.names), *of_self)
            if same not in known:  # what several classes have alike is one
                known.add(same)
                yield seen, each._replace(registered_in=view.scope.module, view=view.name)
    if not views:
        yield from ((scope, endpoint) for endpoint in find(scope))


def _types_of(endpoint: Endpoint, names: Names) -> Iterator[int]:
    """What the names in the types of what crosses stand for."""
    for part in (*endpoint.inputs, endpoint.output):
        for node in ast.walk(unquoted(part.annotation)) if part.annotation is not None else ():
            made = names.resolve(node, part.scope) if isinstance(node, ast.Name | ast.Attribute) else None
            yield id(made.node) if made is not None else 0


def _of_self(function: ast.AST | None, view: Entity, names: Names) -> Iterator[tuple[str, int]]:
    """What a handler, and the methods that it calls, ask of their object, as the class has it that is seen."""
    todo, seen = [function], set[str]()
    for each in todo:
        for node in ast.walk(each) if each is not None else ():
            is_own = isinstance(node, ast.Attribute) and last_name(node.value) in ("self", "cls")
            if isinstance(node, ast.Attribute) and is_own and node.attr not in seen:
                seen.add(node.attr)
                found = names.member(view, node.attr)
                yield node.attr, id(found.node) if found is not None else 0
                todo += [found.node] if found is not None and isinstance(found.node, FUNCTIONS) else []


def _is_only_here(function: ast.AST | None, found: set[int]) -> bool:
    """Whether a function is one that no other class has, and is not left to them."""
    if not isinstance(function, FUNCTIONS) or id(function) in found:
        return False
    does = [statement for statement in function.body if does_something(statement)]
    return not (len(does) == 1 and isinstance(does[0], ast.Raise))


def _views(method: Scope, around: Entity, contents: Contents) -> dict[int, tuple[Entity, bool]]:
    """The classes that have a method of their base's, or call it from their own, and whether there are objects of each."""
    derived = list(derived_from(around, contents))
    found: dict[int, tuple[Entity, bool]] = {}
    for each in (around, *derived) if derived else ():
        assert isinstance(each.node, ast.ClassDef)
        if has_method(each, method, contents):
            is_last = not any(_is_derived(other, each, contents) for other in derived if other is not each)
            is_abstract = any(last_name(base) in ABSTRACT for base in each.node.bases)
            if is_last or not is_abstract:
                found[id(each.node)] = (each, is_last or is_made(each, contents))
    return dict(sorted(found.items(), key=lambda item: not item[1][1]))


def _is_derived(entity: Entity, base: Entity, contents: Contents) -> bool:
    return any(each.node is base.node for each in contents.names.bases(entity))


def has_method(entity: Entity, method: Scope, contents: Contents) -> bool:
    """Return whether a class has a method from its base, or one that asks it: *method* is the inside of that."""
    assert isinstance(method.node, FUNCTIONS)
    name = method.node.name
    found = contents.names.member(entity, name)
    if found is None or found.node is method.node or not isinstance(found.node, FUNCTIONS):
        return found is not None and found.node is method.node
    named = (node for node in ast.walk(found.node) if isinstance(node, ast.Attribute) and node.attr == name)
    return any(isinstance(each.value, ast.Call) or last_name(each.value) != "self" for each in named)


def is_made(entity: Entity, contents: Contents, but: re.Pattern[str] = NOWHERE) -> bool:
    """Return whether a class is named anywhere but as a base or a type, so that there may be objects of its own.

    What is done in modules with a name that is found by *but* does not count.
    """
    for there in (contents, *contents.elsewhere(entity.last)):
        if but.search(there.scope.module):
            continue
        if ("types",) not in there.memo:
            there.memo["types",] = {id(node) for part in _types(there) for node in ast.walk(part)}
        elsewhere = there.memo["types",]
        others = (alias.asname for alias in there.imports if alias.name == entity.last and alias.asname)
        for name in (entity.last, *others):
            if any(id(node) not in elsewhere and isinstance(node.ctx, ast.Load) for node in there.named(name)):
                return True
    return False


def _types(contents: Contents) -> Iterator[ast.AST]:
    """Where a class is named without an object being made of it: bases, annotations, ``Base.__init__(self)``, ``super(Base, self)``."""
    for entity in contents.classes:
        assert isinstance(entity.node, ast.ClassDef)
        yield from entity.node.bases
    for node in contents.nodes():
        said = getattr(node, "returns" if isinstance(node, FUNCTIONS) else "annotation", None)
        if isinstance(said, ast.AST):
            yield said
        if isinstance(node, ast.Call) and node.args and last_name(node.args[0]) == "self":
            yield node.func
        if isinstance(node, ast.Call) and last_name(node.func) in ASKING:
            yield from node.args
