"""Routes that a decorator of the project only notes on a function, for somebody who registers it later."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from pytest_fitness.frameworks._constants import constant
from pytest_fitness.frameworks._reading import HTTP_METHODS, function_of, listed, option, text
from pytest_fitness.model.contents import FUNCTIONS, Contents, last_name, own_returns
from pytest_fitness.model.syntax import Function, Scope


def verbs_noted(decorator: ast.expr, scope: Scope, contents: Contents, adders: Iterable[str]) -> list[str]:
    """Return the verbs in ``@handler("/orders", methods=["GET"])`` or ``@handler("/orders", "GET")``; nothing for what notes no route.

    Args:
        decorator: as it is written.
        scope: where it stands.
        contents: of the module.
        adders: what registers such functions is called; one of these is somewhere in the codebase.
    """
    if not isinstance(decorator, ast.Call) or not isinstance(decorator.func, ast.Name | ast.Attribute):
        return []
    given = option(decorator, "methods")
    if given is None and len(decorator.args) < 2:  # as most are
        return []
    path = option(decorator, "path", "rule", position=0)
    if path is None or not text(constant(path, scope, contents.names)).startswith("/"):
        return []
    rest = [constant(each, scope, contents.names) or each for each in decorator.args[1:]]
    verbs = listed(constant(given, scope, contents.names) if given is not None else ast.List(rest))
    is_said = bool(verbs) and all(verb.lower() in HTTP_METHODS for verb in verbs)
    if not is_said or not _is_noting(decorator.func, scope, contents):
        return []
    is_registered = any(contents.mentions(word) or any(True for _ in contents.elsewhere(word)) for word in adders)
    return verbs if is_registered else []


def _is_noting(named: ast.expr, scope: Scope, contents: Contents) -> bool:
    """Whether a decorator of the project is a function that takes arguments, or a class, and notes something on what it decorates."""
    made = contents.names.resolve(named, scope)
    if made is not None and made.kind == "class":
        called = function_of(contents.names.member(made, "__call__"))
        return called is not None and called[1].owned and _notes(called[0], at=1)
    definition = function_of(made)
    inner = [each for each in definition[0].body if isinstance(each, FUNCTIONS)] if definition is not None else []
    return definition is not None and definition[1].owned and any(_notes(each, at=0) for each in inner)


def _notes(function: Function, at: int) -> bool:
    """Whether a function gives back a parameter with a note on it: ``f.route = path; return f``."""
    given = function.args.args[at].arg if len(function.args.args) > at else ""
    if not given or given not in {last_name(value) for value in own_returns(function)}:
        return False
    for node in ast.walk(function):
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store) and last_name(node.value) == given:
            return True
        if isinstance(node, ast.Call) and last_name(node.func) == "setattr" and last_name(node.args[0]) == given:
            return True
    return False
