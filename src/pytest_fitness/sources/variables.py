"""What the type variables of a generic class are in a class that is derived from it."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Protocol

from pytest_fitness.model.contents import FUNCTIONS, last_name, parameters
from pytest_fitness.model.syntax import Entity, Scope

Filled = Mapping[str, Entity]
"""What variables stand for, by name."""

NAMES = (ast.Name, ast.Attribute)
OPEN_BASES = ("Generic", "Protocol")
DEEP = 10
"""Longest chain of generic classes that is followed."""


class Resolves(Protocol):
    """Whoever knows what names stand for."""

    def resolve(self, expression: ast.expr, scope: Scope, depth: int = 0) -> Entity | None:
        """Return what a name or attribute expression stands for."""
        ...


def class_meant(value: Entity | None, names: Resolves, depth: int) -> Entity | None:
    """Return the class that a value is another name of: ``SERVICE = OrderService``; None for anything else."""
    if value is None or value.kind != "value" or value.annotation is not None or value.scope is None:
        return None
    if len(value.scope.symbols.get(value.last, ())) > 1:
        return None  # it may be another one
    named = value.node if isinstance(value.node, NAMES) else None
    meant = names.resolve(named, value.scope, depth) if named is not None else None
    return meant if meant is not None and meant.kind == "class" else class_meant(meant, names, depth + 1)


def filled(name: str, found: Entity | None, scope: Scope, names: Resolves) -> Entity | None:
    """Return what the derived class, as which *scope* is seen, fills a variable with; None for what is no variable, or stays open.

    Args:
        name: of the variable.
        found: what the name stands for by itself.
        scope: in which it is used.
        names: resolves names.
    """
    inside = scope.enclosing_class if found is None or found.kind in ("value", "external") else None
    if inside is None or inside.seen_as is None:
        return None
    stated = {each.name for each in getattr(inside.node, "type_params", [])}
    if found is not None and not _is_variable(found) and name not in stated:
        return None
    return next((known[name] for known in _fillings(inside.seen_as, inside.node, {}, names) if name in known), None)


def parameters_of(node: ast.ClassDef, scope: Scope, names: Resolves) -> list[str]:
    """Return the names of the type variables of a class, in their order."""
    stated = [each.name for each in getattr(node, "type_params", [])]  # Python 3.12
    bases = [base for base in node.bases if isinstance(base, ast.Subscript)]
    opened = [base for base in bases if last_name(base.value) in OPEN_BASES]
    used = (each for base in opened or bases for each in ast.walk(base.slice) if isinstance(each, ast.Name))
    variables = (each.id for each in used if _is_variable(names.resolve(each, scope)))
    return stated or list(dict.fromkeys(variables))


def _fillings(
    entity: Entity, wanted: ast.AST | None, known: Filled, names: Resolves, depth: int = 0
) -> Iterator[Filled]:
    """What the variables of the class *wanted* are in a class that is derived from it, of whose own some are *known*."""
    if entity.node is wanted:
        yield known
    assert isinstance(entity.node, ast.ClassDef)
    assert entity.scope is not None
    for base in entity.node.bases if depth <= DEEP else ():
        head = names.resolve(base.value if isinstance(base, ast.Subscript) else base, entity.scope)
        if head is None or not isinstance(head.node, ast.ClassDef) or head.scope is None:
            continue
        given = base.slice if isinstance(base, ast.Subscript) else ast.Tuple([])
        arguments = given.elts if isinstance(given, ast.Tuple) else [given]
        named = parameters_of(head.node, head.scope, names)
        inner = dict(zip(named, (_given(each, entity.scope, known) for each in arguments), strict=False))
        yield from _fillings(head, wanted, inner, names, depth + 1)


def _given(argument: ast.expr, scope: Scope, known: Filled) -> Entity:
    if isinstance(argument, ast.Name) and argument.id in known:
        return known[argument.id]
    home = replace(scope, resolved={**scope.resolved, **known}) if known else scope
    return Entity("value", ast.unparse(argument), argument, None, home)


def _is_variable(entity: Entity | None) -> bool:
    made = entity.node if entity is not None and entity.kind == "value" else None
    return isinstance(made, ast.Call) and last_name(made.func) == "TypeVar"


def where_annotated(entity: Entity, scope: Scope) -> Scope:
    """Return where the annotation of a value is written: of a parameter around the function, in which local names mean nothing."""
    function = scope.node if isinstance(scope.node, FUNCTIONS) else None
    if function is None or scope.parent is None or getattr(function, "type_params", None):
        return scope
    is_given = any(argument.annotation is entity.annotation for argument, _ in parameters(function, in_class=False))
    return scope.parent if is_given else scope
