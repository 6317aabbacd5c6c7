"""What two extensions of Flask register in ways of their own: rules of Flask-Resources, handlers of flask-rebar.

Of Flask-Resources, ``route("GET", "/orders", self.search)`` is what ``create_url_rules`` of a resource returns. Of flask-rebar,
``registry.add_handler(f, rule="/orders", ...)`` is another way to write ``@registry.handles(rule="/orders", ...)``.
"""

from __future__ import annotations

import ast
import copy
import re

from pytest_fitness.frameworks._constants import constant
from pytest_fitness.frameworks._reading import (
    is_parameter,
    kinds_of_object,
    listed,
    option,
    original,
    spreads,
    text,
)
from pytest_fitness.model.contents import Contents, Found, last_name
from pytest_fitness.model.syntax import Names, Scope

KNOWN = {("flask_resources", "route"): "verb:resources", ("flask_rebar", "HandlerRegistry"): "router:flask"}
HINTS = ("create_url_rules", "add_handler")
CALLED = re.compile(r"registry|rebar")


def may_register(call: ast.Call) -> bool:
    """Return whether a call may register something, by what it is given."""
    return len(call.args) + len(call.keywords) > 2 or last_name(call.func) == "add_handler"


def registered(call: ast.Call, where: Scope, contents: Contents) -> ast.expr | None:
    """Return what a call registers; None for a call that registers nothing."""
    names = contents.names
    if last_name(call.func) == "add_handler":
        is_one = isinstance(call.func, ast.Attribute) and is_registry(call.func.value, where, contents)
        return option(call, "func", position=0) or spreads(call) if is_one else None
    made = names.resolve(call.func, where) if isinstance(call.func, ast.Name | ast.Attribute) else None
    is_route = made is not None and names.known(made.name) == "verb:resources"
    return option(call, "view_meth", position=2) if is_route else None


def verbs_and_path(call: ast.Call, where: Scope, names: Names) -> tuple[list[str], str]:
    """Return the verbs and the path that a call names."""
    if last_name(call.func) == "add_handler":
        return verbs_of(call, where, names, position=2), ""
    verb, path = option(call, "method", position=0), option(call, "rule", position=1)
    return listed(constant(verb, where, names)) or ["ANY"], text(constant(path, where, names))


def verbs_of(call: ast.Call, where: Scope, names: Names, position: int) -> list[str]:
    """Return the verb of a handler of flask-rebar."""
    return listed(constant(option(call, "method", position=position), where, names)) or ["GET"]


def is_registry(node: ast.expr, scope: Scope, contents: Contents) -> bool:
    """Return whether something is a registry of flask-rebar or, where that cannot be told, is called so, and there is any."""
    known = _is_known(node, scope, contents.names)
    if known is not None:
        return known
    is_used = "flask_rebar" in contents.imported_anywhere or any(True for _ in contents.elsewhere("flask_rebar"))
    return is_used and bool(CALLED.search(last_name(node).lower()))


def is_called_registry(function: ast.expr, scope: Scope, names: Names) -> bool:
    """Return whether ``registry.handles`` may be of flask-rebar."""
    made = names.resolve(function, scope) if isinstance(function, ast.Name) else None
    if made is not None and made.scope is not None and isinstance(made.node, ast.Attribute):
        function, scope = made.node, made.scope  # handles = registry.handles
    of = function.value if isinstance(function, ast.Attribute) else function
    known = _is_known(of, scope, names)
    return bool(CALLED.search(last_name(of).lower())) if known is None else known


def _is_known(node: ast.expr, scope: Scope, names: Names) -> bool | None:
    """Whether something is made by ``rebar.create_handler_registry()``, or said to be one; None where that cannot be told."""
    made = original(node, scope, names)
    if made is not None and isinstance(made.node, ast.Call) and last_name(made.node.func) == "create_handler_registry":
        return True
    if "router:flask" in kinds_of_object(names, node, scope):
        return True
    is_open = made is None or made.kind in ("external", "unknown") or is_parameter(node, scope)
    return None if is_open else False


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


def as_registered(found: Found, route: ast.expr) -> Found:
    """Return a function without the decorators above its route: what they make of it, nobody gets who asks for the path."""
    decorators = found.function.decorator_list
    at = next((n for n, each in enumerate(decorators) if each is route), 0)
    if not at:
        return found
    registered = copy.copy(found.function)
    registered.decorator_list = decorators[at:]
    return found._replace(function=registered)
