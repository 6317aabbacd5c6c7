"""Classes that SQLAlchemy maps to tables by a call, rather than by a base: ``registry.map_imperatively(Order, orders)``."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from functools import cached_property

from pytest_fitness.model.contents import FUNCTIONS, class_entity, last_name
from pytest_fitness.model.syntax import Scope
from pytest_fitness.sources.scopes import Scopes

BY_METHOD = "map_imperatively"
BY_FUNCTION = "mapper"
"""Of SQLAlchemy before 2.0."""


class Mapped:
    """Knows them, wherever in the codebase it is done; most modules are not even parsed for it."""

    def __init__(self, scopes: Scopes) -> None:
        self.scopes = scopes

    def has(self, node: ast.AST | None) -> bool:
        """Return whether a class is mapped so."""
        return node in self._classes

    @cached_property
    def _classes(self) -> frozenset[ast.AST]:
        return frozenset(self._found())

    def _found(self) -> Iterator[ast.AST]:
        for name, source in self.scopes.tree.sources.items():
            is_one = BY_METHOD.encode() in source.data or (
                f"{BY_FUNCTION}(".encode() in source.data and b"sqlalchemy" in source.data
            )
            scope = self.scopes.module(name) if is_one else None
            for call, where in _calls(self.scopes.body(name), scope, self.scopes) if scope is not None else ():
                given = [*call.args, *(keyword.value for keyword in call.keywords if keyword.arg == "class_")]
                within = [where.node] if where.node is not None else self.scopes.body(name)
                for each in _meant(given[0], within) if given and _maps(call, where, self.scopes) else ():
                    entity = self.scopes.resolve(each, where)
                    if entity is not None and isinstance(entity.node, ast.ClassDef):
                        yield entity.node


def _meant(given: ast.expr, within: Sequence[ast.AST]) -> Iterator[ast.expr]:
    """What is mapped, and where that is the variable of a loop, all that the loop goes over: ``for c, t in ((Order, orders), ...):``."""
    yield given
    for loop in (node for each in within for node in ast.walk(each) if isinstance(node, ast.For)):
        if any(node.id == last_name(given) for node in ast.walk(loop.target) if isinstance(node, ast.Name)):
            yield from (node for node in ast.walk(loop.iter) if isinstance(node, ast.Name | ast.Attribute))


def _maps(call: ast.Call, where: Scope, scopes: Scopes) -> bool:
    if last_name(call.func) == BY_METHOD:
        return True
    made_by = scopes.resolve(call.func, where) if last_name(call.func) == BY_FUNCTION else None
    return made_by is not None and made_by.name.startswith("sqlalchemy.")


def _calls(body: list[ast.stmt], scope: Scope, scopes: Scopes) -> Iterator[tuple[ast.Call, Scope]]:
    """Every call in a module, with the scope that it is in."""
    todo: list[tuple[ast.AST, Scope]] = [(statement, scope) for statement in body]
    for node, around in todo:
        inside = around
        if isinstance(node, FUNCTIONS):
            inside = scopes.function_scope(node, around)
        elif isinstance(node, ast.ClassDef):
            inside = scopes.class_scope(class_entity(node, around))
        elif isinstance(node, ast.Call):
            yield node, around
        todo += [(child, inside) for child in ast.iter_child_nodes(node)]
