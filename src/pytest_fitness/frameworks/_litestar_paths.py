"""What routers of Litestar put before the paths of what is in them: ``Router("/orders", route_handlers=[list_orders])``."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from pytest_fitness.frameworks._constants import constant, joined
from pytest_fitness.frameworks._reading import TESTS, option
from pytest_fitness.model.contents import Contents, last_name
from pytest_fitness.model.syntax import Entity, Scope

LISTING = "route_handlers"
ADDING = "register"
APPLICATION = "Litestar"
DEEP = 5
"""How many lists may be in one another."""


class Mount(NamedTuple):
    """A router, or an application, in which something is: what makes it, and where that stands."""

    router: ast.Call
    scope: Scope
    contents: Contents


def prefix_of(handler: ast.AST | None, contents: Contents, around: tuple[int, ...] = ()) -> str:
    """Return what is put before the path of a handler, a controller or a router; nothing where that is not always the same."""
    ways = set[str]()
    for router, scope, there in (mount for each in _modules(contents) for mount in _mounts(each).get(id(handler), ())):
        given = option(router, "path", position=-1 if last_name(router.func) == APPLICATION else 0)
        path = constant(given, scope, there.names)
        if given is not None and not (isinstance(path, ast.Constant) and isinstance(path.value, str)):
            return ""  # made at run time
        if id(router) not in around:  # one that is put into itself
            outer = prefix_of(router, contents, (*around, id(router)))
            ways.add(joined(outer, str(path.value) if isinstance(path, ast.Constant) else ""))
    return ways.pop() if len(ways) == 1 else ""


def _modules(contents: Contents) -> Sequence[Contents]:
    """The modules in which something may be put into a router, but for tests, which do so for themselves."""
    key = ("routers of litestar",)
    if key not in contents.memo:
        there = {id(e): e for word in (LISTING, ADDING, APPLICATION) for e in (contents, *contents.elsewhere(word))}
        contents.memo[key] = [each for each in there.values() if not TESTS.search(each.scope.module)]
    modules: Sequence[Contents] = contents.memo[key]
    return modules


def _mounts(contents: Contents) -> Mapping[int, Sequence[Mount]]:
    """By the id of a function, a class, or the call that makes a router, where a module puts it; read once for all that ask."""
    key = ("put into routers of litestar",)
    if key not in contents.memo:
        found: dict[int, list[Mount]] = {}
        for node, mount in (*_listed(contents), *_added(contents)):
            found.setdefault(id(node), []).append(mount)
        contents.memo[key] = found
    mounts: Mapping[int, Sequence[Mount]] = contents.memo[key]
    return mounts


def _listed(contents: Contents) -> Iterator[tuple[ast.AST, Mount]]:
    """What stands in lists: ``Litestar(route_handlers=[orders, *LINES])``."""
    for call, scope in contents.calls if contents.mentions(LISTING, APPLICATION) else ():
        given = option(call, LISTING, position=0 if last_name(call.func) == APPLICATION else -1)
        for node in _elements(given, scope, contents) if given is not None else ():
            yield node, Mount(call, scope, contents)


def _added(contents: Contents) -> Iterator[tuple[ast.AST, Mount]]:
    """What is put in later: ``router.register(orders)``."""
    for call, scope in contents.calls_of(ADDING) if "litestar" in contents.imported_anywhere else ():
        into = contents.names.resolve(call.func.value, scope) if isinstance(call.func, ast.Attribute) else None
        if into is not None and isinstance(into.node, ast.Call) and into.scope is not None and call.args:
            for node in _elements(ast.List([call.args[0]]), scope, contents):
                yield node, Mount(into.node, into.scope, contents)


def _elements(node: ast.expr, scope: Scope, contents: Contents, depth: int = 0) -> Iterator[ast.AST]:
    """What is in a list, or in one that has a name; for a name in it, what that stands for."""
    if isinstance(node, ast.List | ast.Tuple):
        for each in node.elts:
            if isinstance(each, ast.Starred):
                yield from _elements(each.value, scope, contents, depth)
            elif isinstance(each, ast.Call):
                yield each
            elif (meant := _meant(each, scope, contents)) is not None and meant.node is not None:
                yield meant.node
    elif (meant := _meant(node, scope, contents)) is not None and isinstance(meant.node, ast.expr) and depth < DEEP:
        yield from _elements(meant.node, meant.scope or scope, contents, depth + 1)


def _meant(node: ast.expr, scope: Scope, contents: Contents) -> Entity | None:
    return contents.names.resolve(node, scope) if isinstance(node, ast.Name | ast.Attribute) else None
