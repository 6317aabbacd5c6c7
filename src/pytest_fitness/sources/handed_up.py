"""What a class hands to the one that it is derived from: ``super().__init__(service)``."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import Protocol

from pytest_fitness.model.contents import FUNCTIONS, parameters
from pytest_fitness.model.syntax import Entity, Function, Scope
from pytest_fitness.sources.bodies import given_by, is_super


class HasScopes(Protocol):
    """What knows the insides of classes and functions."""

    def class_scope(self, entity: Entity) -> Scope:
        """Return the inside of a class."""
        ...

    def function_scope(self, function: Function, parent: Scope) -> Scope:
        """Return the inside of a function."""
        ...


def handed_up(attribute: Entity, derived: Sequence[Entity], names: HasScopes) -> Entity:
    """Return what an attribute is that a base sets to what its ``__init__`` is given; any other attribute as it is.

    Args:
        attribute: as the base sets it.
        derived: the classes below that base, lowest first.
        names: knows the insides of classes.
    """
    for entity in reversed(derived):
        inside = attribute.scope
        assert inside is not None
        assert inside.parent is not None
        assert isinstance(inside.node, FUNCTIONS)  # it is set in a method
        if not isinstance(attribute.node, ast.Name) or attribute.node.id not in _open(inside.node):
            return attribute
        own = _init(entity.node)
        calls = [n for n in ast.walk(own) if isinstance(n, ast.Call) and _makes_base(n)] if own is not None else []
        if own is not None and len(calls) == 1:  # or it depends
            where = names.function_scope(own, names.class_scope(entity))
            given = given_by(calls[0], inside.node, inside.parent, where).get(attribute.node.id)
            if given is not None:
                attribute = attribute._replace(node=given[0], annotation=None, scope=given[1])
    return attribute


def _open(function: Function) -> set[str]:
    """The parameters of which nothing is said."""
    return {argument.arg for argument, _ in parameters(function, in_class=True) if argument.annotation is None}


def _init(node: ast.AST | None) -> ast.FunctionDef | None:
    body = node.body if isinstance(node, ast.ClassDef) else []
    return next((each for each in body if isinstance(each, ast.FunctionDef) and each.name == "__init__"), None)


def _makes_base(call: ast.Call) -> bool:
    of = call.func.value if isinstance(call.func, ast.Attribute) and call.func.attr == "__init__" else None
    return isinstance(of, ast.Call) and is_super(of)
