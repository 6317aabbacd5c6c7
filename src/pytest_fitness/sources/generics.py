"""Which type arguments are in what a generic class, or an alias, stands for."""

from __future__ import annotations

import ast
import re

from pytest_fitness.model.contents import last_name
from pytest_fitness.model.syntax import Entity
from pytest_fitness.sources.scopes import Scopes

OPEN_BASES = ("Generic", "Protocol")
TABLES = (ast.Dict, ast.DictComp, ast.List, ast.ListComp)
"""What is no generic but has something in it, which the code puts there: ``SCHEMAS[Order]``."""

WORD = re.compile(r"\w+")


class Generics:
    """What the variables of generic classes are used for; each class is looked through once."""

    def __init__(self, scopes: Scopes) -> None:
        self.scopes = scopes
        self._known: dict[int, tuple[ast.ClassDef, list[str], set[str]]] = {}

    def crossing(self, head: Entity, arguments: list[ast.expr]) -> list[ast.expr]:
        """Return those arguments of a generic class that are in its fields, as far as that can be told; all of them otherwise."""
        node = head.node
        if not isinstance(node, ast.ClassDef) or head.scope is None or not head.scope.owned:
            return arguments
        if "__class_getitem__" in self.scopes.class_scope(head).symbols:
            return []  # which makes of them what it likes
        if id(node) not in self._known:  # the class is kept, or another could come to have its id
            self._known[id(node)] = (node, *self._variables(head, node))
        _, named, used = self._known[id(node)]
        if len(named) != len(arguments):
            return arguments
        return [each for name, each in zip(named, arguments, strict=True) if name in used]

    def _variables(self, head: Entity, node: ast.ClassDef) -> tuple[list[str], set[str]]:
        """The type variables of a class in their order, and all names that are in it and in its bases."""
        named: list[str] = []
        own = (base.node for base in self.scopes.bases(head) if isinstance(base.node, ast.ClassDef))
        inside: list[ast.AST] = [statement for base in own for statement in base.body]
        for base in node.bases:
            if isinstance(base, ast.Subscript) and last_name(base.value) in OPEN_BASES:
                named = [each.id for each in ast.walk(base.slice) if isinstance(each, ast.Name)]
            else:
                inside.append(base)
        nodes = [each for part in inside for each in ast.walk(part)]
        used = {each.id for each in nodes if isinstance(each, ast.Name)}
        texts = (each.value for each in nodes if isinstance(each, ast.Constant) and isinstance(each.value, str))
        return named, used | {word for text in texts for word in WORD.findall(text)}  # annotations in quotes


def variables(scopes: Scopes, alias: Entity) -> dict[str, bool]:
    """Return the type variables of a generic alias, in their order, and whether each is in what it stands for."""
    node, scope = alias.node, alias.scope
    if isinstance(node, ast.Call) and last_name(node.func) == "TypeAliasType" and len(node.args) > 1:
        listed = next((k.value for k in node.keywords if k.arg == "type_params"), None)
        inside = {each.id for each in ast.walk(node.args[1]) if isinstance(each, ast.Name)}
        elements = listed.elts if isinstance(listed, ast.Tuple) else []
        return {each.id: each.id in inside for each in elements if isinstance(each, ast.Name)}
    if scope is None or not isinstance(node, ast.Subscript):
        return {}
    named = [each for each in ast.walk(node) if isinstance(each, ast.Name)]
    made = {each.id: scopes.resolve(each, scope) for each in named}
    calls = {name: found.node for name, found in made.items() if found is not None}
    return {n: True for n, call in calls.items() if isinstance(call, ast.Call) and last_name(call.func) == "TypeVar"}


def is_variable(scopes: Scopes, alias: Entity) -> bool:
    """Return whether an alias stands for ``Annotated[T, ...]``, and nothing but the type that it is given."""
    node = alias.node
    if alias.scope is None or not isinstance(node, ast.Subscript) or not isinstance(node.slice, ast.Tuple):
        return False
    head, variable = (scopes.resolve(each, alias.scope) for each in (node.value, node.slice.elts[0]))
    made = variable.node if variable is not None else None
    is_variable = isinstance(made, ast.Call) and last_name(made.func) == "TypeVar"
    return head is not None and head.last == "Annotated" and is_variable
