"""What names are for sure: constants of the project, and flags that a function is given."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping

from pytest_fitness.model.contents import last_name, parameters
from pytest_fitness.model.syntax import Function, Scope
from pytest_fitness.sources.as_written import SPREAD, is_text
from pytest_fitness.sources.scopes import Scopes

CONSTANTS = (ast.Constant, ast.Tuple, ast.Dict)


def constants(node: ast.Name | ast.Attribute, scope: Scope, names: Scopes) -> list[tuple[ast.expr, Scope]]:
    """Return what a name in capitals stands for, such as ``NO_CONTENT = ("", 204)``; nothing where that may be anything else."""
    named = names.resolve(node, scope) if last_name(node).isupper() else None
    if named is None or named.scope is None or named.kind != "value":
        return []
    bindings = named.scope.symbols.get(named.last, ())
    source = names.tree.sources.get(named.scope.module)
    if source is None or re.search(rf"^\s*global\b.*\b{named.last}\b", source.text, re.MULTILINE):
        return []  # a function gives it another value
    values: list[tuple[ast.expr, Scope]]
    nodes = [b.node for b in bindings if isinstance(b.node, ast.expr)]
    values = [(node, named.scope) for node in nodes if isinstance(node, CONSTANTS) or is_text(node)]
    return values if len(values) == len(bindings) else []


def flags(function: Function, inside: Scope, given: Mapping[str, tuple[ast.expr, Scope]]) -> dict[str, bool]:
    """Return the parameters that are a constant where a function is called, and stay so."""
    found: dict[str, bool] = {}
    for argument, default in parameters(function, in_class=False):
        value = given[argument.arg][0] if argument.arg in given else default if SPREAD not in given else None
        if isinstance(value, ast.Constant) and len(inside.symbols.get(argument.arg, ())) == 1:
            found[argument.arg] = bool(value.value)
    return found
