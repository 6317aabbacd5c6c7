"""Flask-Classful: every public method of a view answers, by its name or by ``@route``, for each class that has it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from pytest_fitness.frameworks._behind import derived_from
from pytest_fitness.frameworks._constants import constant, joined
from pytest_fitness.frameworks._derived import is_made
from pytest_fitness.frameworks._flask_paths import PARTS
from pytest_fitness.frameworks._reading import called, listed, methods_of, option, original, text
from pytest_fitness.model.contents import Contents, Found, last_name
from pytest_fitness.model.syntax import Entity, Names

PACKAGES = ("flask_classful", "flask_classy")
VERBS = {"index": "GET", "get": "GET", "post": "POST", "put": "PUT", "patch": "PATCH", "delete": "DELETE"}
HIDDEN = ("_", "before_", "after_")
NO_ROUTES = ("property", "cached_property", "classmethod")


def routes_of(entity: Entity, names: Names) -> Iterator[tuple[Found, ast.AST, list[str]]]:
    """Yield the methods of a view that answer, each with what says so and its verbs; several where it has several routes.

    Args:
        entity: a class that is derived from ``FlaskView``.
        names: resolves names.
    """
    bases = [base for base in names.bases(entity) if isinstance(base.node, ast.ClassDef)]
    own = [base for base in bases if base.scope is not None and base.scope.owned]
    every = {name for base in own for name in names.class_scope(base).symbols if not name.startswith(HIDDEN)}
    excluded = names.member(entity, "excluded_methods")
    rows = excluded.node if excluded is not None else None
    left_out = {str(e.value) for e in rows.elts if isinstance(e, ast.Constant)} if isinstance(rows, ast.List) else set()
    for name, found in methods_of(entity, names, sorted(every - left_out)):
        decorators = found.function.decorator_list
        if any(last_name(decorator) in NO_ROUTES for decorator in decorators):
            continue
        said = [d for d in decorators if isinstance(d, ast.Call) and last_name(called(d)) == "route"]
        verbs = [text for d in decorators if last_name(called(d)) == "method" for text in listed(option(d, position=0))]
        for route in said:
            yield found, route, listed(option(route, "methods")) or ["GET"]
        if not said:
            yield found, found.function, [VERBS[name]] if name in VERBS else sorted(verbs) or ["GET"]


def is_served(entity: Entity, contents: Contents) -> bool:
    """Return whether a view answers by all that it inherits: any that is no base of others, or is more than that."""
    is_base = any(True for _ in derived_from(entity, contents))
    return not is_base or is_made(entity, contents) or any(map(_is_open, (contents, *contents.elsewhere("register"))))


def _is_open(contents: Contents) -> bool:
    """Whether a module registers a class that is looked up, which may be any: ``getattr(views, name).register(app)``."""
    calls = contents.calls_of("register") if contents.mentions("register") else ()
    for call, where in calls:
        of: ast.AST | None = call.func.value if isinstance(call.func, ast.Attribute) else None
        if isinstance(of, ast.Name) and of.id in contents.loop_names:
            return True
        made = contents.names.resolve(of, where) if isinstance(of, ast.Name) else None
        of = made.node if made is not None and made.kind == "value" else of
        if isinstance(of, ast.Subscript) or (isinstance(of, ast.Call) and last_name(of.func) == "getattr"):
            return True
    return False


def around_of(entity: Entity, contents: Contents) -> str:
    """Return what is put before the paths of a view: its ``route_base``, or its name, and what is before that."""
    given = dict(_registered(entity, contents))
    name = re.sub(r"(?<!^)(?=[A-Z])", "-", entity.last.removesuffix("View")).lower()
    base, prefix = (
        given.get(option, _said(entity, option, contents.names)) for option in ("route_base", "route_prefix")
    )
    return joined(f"/{prefix.strip('/')}" if prefix else "", f"/{(name if base is None else base).strip('/')}").rstrip(
        "/"
    )


def _registered(entity: Entity, contents: Contents) -> Iterator[tuple[str, str]]:
    """What is said where a view is registered: ``OrdersView.register(app, route_base="/orders")``."""
    for there in (contents, *contents.elsewhere(entity.last)):
        for call, where in there.calls_of("register") if there.mentions("register") else ():
            of = original(call.func.value, where, there.names) if isinstance(call.func, ast.Attribute) else None
            if of is not None and of.node is entity.node:
                yield from ((k.arg, text(constant(k.value, where, there.names))) for k in call.keywords if k.arg)


def path_of(around: str, found: Found, node: ast.AST, names: Names) -> str:
    """Return where a method of a view answers.

    Args:
        around: what is put before the paths of the view.
        found: the method.
        node: the ``@route`` above it, or the function.
        names: resolves names.
    """
    if isinstance(node, ast.Call):
        rule = text(constant(option(node, "rule", position=0), found.scope, names))
        return joined(around, f"/{rule.lstrip('/')}")
    own = found.function.name
    parts = [own] if own not in VERBS else []
    known = PARTS.findall(around)
    parts += [f"<{a.arg}>" for a, default in found.parameters if default is None and a.arg not in known]
    return joined(around, f"/{'/'.join(parts)}")


def _said(entity: Entity, name: str, names: Names) -> str | None:
    """The text that a class, or one of its bases, has for an option; None where there is none."""
    member = names.member(entity, name)
    if member is None or not isinstance(member.node, ast.expr) or member.scope is None:
        return None
    value = constant(member.node, member.scope, names)
    return None if isinstance(value, ast.Constant) and value.value is None else text(value)
