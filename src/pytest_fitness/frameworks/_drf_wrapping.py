"""Responses of the project that put what they are given into something."""

from __future__ import annotations

import ast

from pytest_fitness.frameworks._reading import function_of, option, values_in
from pytest_fitness.model.contents import FUNCTIONS, last_name, own_returns
from pytest_fitness.model.syntax import Entity, Names


def wraps(response: Entity, names: Names) -> bool:
    """Return whether a class of responses of the codebase puts what it is given into something: ``super().__init__({"data": data})``."""
    init = names.member(response, "__init__")
    if init is None or init.scope is None or not init.scope.owned or not isinstance(init.node, FUNCTIONS):
        return False
    calls = (n for n in ast.walk(init.node) if isinstance(n, ast.Call) and last_name(n.func) == "__init__")
    values = values_in(ast.walk(init.node))
    data = [given for each in calls if (given := option(each, "data", position=0)) is not None]
    parts = [part for each in data for part in (each, *values.get(last_name(each), ()))]
    return any(isinstance(part, ast.Dict) or _makes_dict(part, response, names) for part in parts)


def _makes_dict(made: ast.expr, response: Entity, names: Names) -> bool:
    """Whether it is a dict that another method of the class makes: ``data = self.formatted(data)``."""
    method = made.func if isinstance(made, ast.Call) and isinstance(made.func, ast.Attribute) else None
    if method is None or last_name(method.value) != "self":
        return False
    function = function_of(names.member(response, method.attr))
    return function is not None and any(isinstance(each, ast.Dict) for each in own_returns(function[0]))
