"""By which verbs a router of the project's own calls the actions of a view set of Django REST framework."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence

from pytest_fitness.frameworks._drf_names import ACTIONS
from pytest_fitness.frameworks._drf_routed import asked
from pytest_fitness.frameworks._reading import TESTS, option, text, values_of
from pytest_fitness.model.contents import FUNCTIONS, Contents, last_name
from pytest_fitness.model.syntax import Entity, Names, Scope

BY_CONVENTION = {action: (verb,) for action, verb in ACTIONS.items()}
"""What the routers of REST framework call, and those of packages for many objects at once."""

FRAMEWORK = "rest_framework."
MAKING = ("get_routes", "get_method_map", "get_urls", "register", "urls")
"""Methods by which a router makes of its routes what it likes."""


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
    """The actions and verbs of each router that a module gives a view set to.

    None for one that calls by convention, and for anything else that is done with it, by which it may get to such a router.
    """
    if any(alias.name == view.last and alias.asname not in (None, view.last) for alias in contents.imports):
        yield None
    calls = ((option(c, "viewset", position=1), c.func, scope) for c, scope in contents.calls_of("register"))
    registering = {id(given): (func.value, scope) for given, func, scope in calls if isinstance(func, ast.Attribute)}
    for node in contents.named(view.last):
        router, scope = registering.get(id(node), (None, contents.scope))
        meant = contents.names.resolve(node, scope)
        is_other = meant is not None and meant.node is not None and meant.node is not view.node
        if not is_other and id(node) not in asked(contents):
            is_given = router is not None and meant is not None and meant.node is view.node
            yield _of_routers(router, scope, contents) if is_given and router is not None else None


def _of_routers(router: ast.expr, scope: Scope, contents: Contents) -> list[tuple[str, str]] | None:
    """What a router calls or, where a name may be one of several, what any of them does."""
    names = contents.names
    values = [(value, names.instance_class(value)) for value in values_of(router, scope, names)]
    tables = [(_of_class(made, names), _is_plain(value, made)) for value, made in values]
    is_changed = bool(contents.named("routes"))  # from outside
    if is_changed:  # router.routes.append(Route(mapping={"head": "head"}))
        added = [option(call, "mapping", position=1) for call, _ in contents.calls_of("Route")]
        tables.append((list(_said([each for each in added if each is not None])), False))
    if all(table is None for table, _ in tables):
        return None
    is_whole = not is_changed and all(table is not None and is_plain for table, is_plain in tables)
    return [*(pair for table, _ in tables for pair in table or ()), *(() if is_whole else _pairs(BY_CONVENTION))]


def _is_plain(value: Entity, made: Entity | None) -> bool:
    """Whether an object is made by the one class of a name, rather than one that is chosen: ``if DEBUG: Router = Own``."""
    is_named = isinstance(value.node, ast.Call) and made is not None and last_name(value.node.func) == made.last
    return is_named and made is not None and made.scope is not None and len(made.scope.symbols.get(made.last, ())) == 1


def _of_class(router: Entity | None, names: Names) -> list[tuple[str, str]] | None:
    bases = names.bases(router) if router is not None else ()
    own = [base.node for base in bases if isinstance(base.node, ast.ClassDef) and not base.name.startswith(FRAMEWORK)]
    tables = [table for each in own for table in _tables(each)]
    if not tables:
        return None
    is_whole = all(map(_is_readable, tables)) and _say_all(own)
    return [*_said(tables), *(() if is_whole else _pairs(BY_CONVENTION))]


def _said(tables: Sequence[ast.expr]) -> Iterator[tuple[str, str]]:
    """The actions and verbs in some tables, as far as they are written down."""
    read = (table for table in tables if isinstance(table, ast.Dict))
    said = (pair for table in read for pair in zip(table.keys, table.values, strict=True))
    yield from (
        (text(action), text(verb).upper()) for verb, action in said if _is_constant(verb) and _is_constant(action)
    )


def _tables(router: ast.ClassDef) -> Iterator[ast.expr]:
    """What maps verbs to actions in a router.

    As in ``Route(mapping={...})``, ``route._replace(mapping={...})``, ``route.mapping.update({...})``, ``mapping["delete"] = "clear"``.
    """
    for node in ast.walk(router):
        if isinstance(node, ast.Call):
            mapping = option(node, "mapping", position=1 if last_name(node.func) == "Route" else -1)
            if mapping is not None or last_name(node.func) == "Route":
                yield mapping if mapping is not None else node
            elif isinstance(node.func, ast.Attribute) and node.func.attr == "update" and _is_mapping(node.func.value):
                yield from (*node.args, *(ast.Dict([ast.Constant(k.arg)], [k.value]) for k in node.keywords))
        elif isinstance(node, ast.AugAssign) and _is_mapping(node.target):
            yield node.value
        elif isinstance(node, ast.Assign):
            subscripts = (target for target in node.targets if isinstance(target, ast.Subscript))
            yield from (ast.Dict([each.slice], [node.value]) for each in subscripts if _is_mapping(each.value))


def _is_mapping(node: ast.expr) -> bool:
    return last_name(node) == "mapping"


def _is_readable(table: ast.expr) -> bool:
    return isinstance(table, ast.Dict) and all(map(_is_constant, (*table.keys, *table.values)))


def _is_constant(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Constant)


def _say_all(routers: Sequence[ast.ClassDef]) -> bool:
    """Whether one of some classes lists all routes, and nothing adds to them or goes another way."""
    statements = [each for router in routers for each in router.body]
    assigned = [
        s for s in statements if isinstance(s, ast.Assign | ast.AnnAssign) and last_name(_target(s)) == "routes"
    ]
    named = (node for each in statements for node in ast.walk(each) if isinstance(node, ast.Name | ast.Attribute))
    is_once = sum(last_name(node) == "routes" for node in named) == 1
    overrides = any(isinstance(each, FUNCTIONS) and each.name in MAKING for each in statements)
    routes = assigned[0].value if len(assigned) == 1 and is_once and not overrides else None
    every = routes.elts if isinstance(routes, ast.List | ast.Tuple) else [None]
    return all(isinstance(each, ast.Call) and last_name(each.func) in ("Route", "DynamicRoute") for each in every)


def _target(statement: ast.Assign | ast.AnnAssign) -> ast.expr:
    return statement.targets[0] if isinstance(statement, ast.Assign) else statement.target
