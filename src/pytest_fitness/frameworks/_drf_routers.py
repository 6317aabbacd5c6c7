"""By which verbs a router of the project's own calls the actions of a view set of Django REST framework."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence

from pytest_fitness.frameworks._drf_names import ACTIONS
from pytest_fitness.frameworks._reading import TESTS, option, text, values_of
from pytest_fitness.model.contents import Contents, last_name
from pytest_fitness.model.syntax import Entity, Names, Scope

BY_CONVENTION = {action: (verb,) for action, verb in ACTIONS.items()}
"""What the routers of REST framework call, and those of packages for many objects at once."""


def verbs_of_actions(view: Entity, contents: Contents) -> Mapping[str, Sequence[str]] | None:
    """Return by which verbs each action of a view set is called, where a router of the project is given it that says so.

    None where no such router is given it by its name: it is called by convention.
    """
    there = [each for each in (contents, *contents.elsewhere(view.last)) if not TESTS.search(each.scope.module)]
    given = [table for each in there for table in _given_to(view, each)]
    if all(table is None for table in given):
        return None
    pairs = sorted({pair for table in given for pair in (table if table is not None else _pairs(BY_CONVENTION))})
    return {action: [verb for each, verb in pairs if each == action] for action, _ in pairs}


def _pairs(table: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, str]]:
    return ((action, verb) for action, verbs in table.items() for verb in verbs)


def _given_to(view: Entity, contents: Contents) -> Iterator[list[tuple[str, str]] | None]:
    """The actions and verbs of each router that a module gives a view set to; None for one that calls by convention."""
    for call, scope in contents.calls_of("register"):
        given = option(call, "viewset", position=1)
        if not isinstance(call.func, ast.Attribute) or given is None or last_name(given) != view.last:
            continue
        meant = contents.names.resolve(given, scope)
        if meant is not None and meant.node is view.node:
            yield _of_router(call.func.value, scope, contents.names)


def _of_router(router: ast.expr, scope: Scope, names: Names) -> list[tuple[str, str]] | None:
    made_of = (names.instance_class(value) for value in values_of(router, scope, names))
    bases = (base for each in made_of if each is not None for base in names.bases(each))
    own = [base.node for base in bases if base.is_own and isinstance(base.node, ast.ClassDef)]
    tables = [table for each in own for table in _tables(each)]
    if not tables:
        return None
    read = (table for table in tables if isinstance(table, ast.Dict))
    said = (pair for table in read for pair in zip(table.keys, table.values, strict=True))
    found = [(text(action), text(verb).upper()) for verb, action in said if _is_constant(verb) and _is_constant(action)]
    is_whole = all(map(_is_readable, tables)) and any(map(_says_all, own))
    return [*found, *(() if is_whole else _pairs(BY_CONVENTION))]


def _tables(router: ast.ClassDef) -> Iterator[ast.expr]:
    """What maps verbs to actions in a router: ``Route(mapping={...})``, ``route.mapping.update({...})``, ``mapping["delete"] = "clear"``."""
    for node in ast.walk(router):
        if isinstance(node, ast.Call) and last_name(node.func) == "Route":
            mapping = option(node, "mapping", position=1)
            yield mapping if mapping is not None else node
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "update":
            if last_name(node.func.value) == "mapping":
                yield from node.args
        elif isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Subscript) and last_name(target.value) == "mapping":
                    yield ast.Dict([target.slice], [node.value])


def _is_readable(table: ast.expr) -> bool:
    return isinstance(table, ast.Dict) and all(map(_is_constant, (*table.keys, *table.values)))


def _is_constant(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Constant)


def _says_all(router: ast.ClassDef) -> bool:
    """Whether a router lists its routes itself, rather than add to those that it has from its base."""
    said = [each for each in router.body if isinstance(each, ast.Assign | ast.AnnAssign) and each.value is not None]
    named = [each.value for each in said if last_name(_target(each)) == "routes"]
    routes = named[-1] if named else None
    every = routes.elts if isinstance(routes, ast.List | ast.Tuple) else [None]
    return all(isinstance(each, ast.Call) and last_name(each.func) in ("Route", "DynamicRoute") for each in every)


def _target(statement: ast.Assign | ast.AnnAssign) -> ast.expr:
    return statement.targets[0] if isinstance(statement, ast.Assign) else statement.target
