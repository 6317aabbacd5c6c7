"""Flask-Classful: every public method of a view answers, by its name or by ``@route``."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from pytest_fitness.frameworks._reading import called, listed, methods_of, option
from pytest_fitness.model.contents import Found, last_name
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
