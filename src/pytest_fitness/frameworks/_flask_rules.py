"""What two extensions of Flask register in ways of their own: rules of Flask-Resources, handlers of flask-rebar.

Of Flask-Resources, ``route("GET", "/orders", self.search)`` is what ``create_url_rules`` of a resource returns. Of flask-rebar,
``registry.add_handler(f, rule="/orders", ...)`` is another way to write ``@registry.handles(rule="/orders", ...)``.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator

from pytest_fitness.frameworks._constants import constant
from pytest_fitness.frameworks._reading import listed, option, original, text
from pytest_fitness.model.contents import Found, last_name
from pytest_fitness.model.syntax import Names, Scope

KNOWN = {("flask_resources", "route"): "verb:resources", ("flask_rebar", "HandlerRegistry"): "router:flask"}
HINTS = ("create_url_rules", "add_handler")


def may_register(call: ast.Call) -> bool:
    """Return whether a call may register something, by its name."""
    return last_name(call.func) in ("route", "add_handler")


def rule_of(call: ast.Call, where: Scope, names: Names) -> tuple[ast.expr, list[str], str] | None:
    """Return what a call registers, its verbs and its path; None for a call that registers nothing."""
    name = last_name(call.func)
    if name == "route" and len(call.args) > 2:
        made = names.resolve(call.func, where)
        if made is None or names.known(made.name) != "verb:resources":
            return None
        verb, path, view = call.args[:3]
        return view, listed(constant(verb, where, names)), text(constant(path, where, names))
    view_, rule = option(call, "func", position=0), option(call, "rule", position=1)
    path_ = text(constant(rule, where, names))
    if name != "add_handler" or view_ is None or not path_.startswith("/"):
        return None
    return view_, verbs_of(call, where, names, position=2), path_


def verbs_of(call: ast.Call, where: Scope, names: Names, position: int) -> list[str]:
    """Return the verb of a handler of flask-rebar."""
    return listed(constant(option(call, "method", position=position), where, names)) or ["GET"]


def is_registry(node: ast.expr, scope: Scope, names: Names) -> bool:
    """Return whether something is made by ``rebar.create_handler_registry()``."""
    made = original(node, scope, names)
    return (
        made is not None and isinstance(made.node, ast.Call) and last_name(made.node.func) == "create_handler_registry"
    )


def as_decorated(found: Found, call: ast.Call) -> Found:
    """Return a function as if what a call of ``add_handler`` says of it were written above it."""
    if last_name(call.func) != "add_handler" or not isinstance(call.func, ast.Attribute):
        return found
    decorator = ast.copy_location(
        ast.Call(ast.Attribute(call.func.value, "handles", ast.Load()), call.args[1:], call.keywords), call
    )
    function = copy.copy(found.function)
    function.decorator_list = [decorator, *function.decorator_list]
    return found._replace(function=function)


def calls_of(
    calls: Iterator[tuple[ast.Call, Scope]], names: Names
) -> Iterator[tuple[ast.Call, Scope, ast.expr, list[str], str]]:
    """Yield the calls that register something, where they stand, what, by which verbs, and at which path."""
    for call, where in calls:
        known = rule_of(call, where, names)
        if known is not None:
            yield call, where, *known
