"""What is put before the paths of a router where routers are put together: ``app.include_router(orders, prefix="/orders")``."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import NamedTuple

from pytest_fitness.frameworks._constants import constant, joined
from pytest_fitness.frameworks._reading import is_parameter, option, options_of
from pytest_fitness.frameworks._uses import uses_of
from pytest_fitness.model.contents import FUNCTIONS, Contents, last_name
from pytest_fitness.model.syntax import Entity, Names, Scope
from pytest_fitness.names import is_under

DEEP = 5
"""How many routers may be in one another."""


class Mounting(NamedTuple):
    """How a framework puts routers together.

    Attributes:
        method: what does it.
        router: keyword and position of what is put in.
        prefix: keyword and position of what is put before its paths.
        own: keyword of what a router itself puts before them.
        replaces: whether the prefix is put there instead of the router's own.
        parts: whether there is a slash between a prefix and a path that have none.
    """

    method: str
    router: tuple[str, int]
    prefix: tuple[str, int]
    own: str
    replaces: bool = False
    parts: bool = False


def prefix_of(router: Entity, contents: Contents, how: Mounting, depth: int = 0) -> str:
    """Return what is put before all paths of a router; where that cannot be told, or is not always the same, its own prefix.

    Args:
        router: what the name of the router stands for.
        contents: of a module that uses it.
        how: how routers are put together.
        depth: how many are around.
    """
    if not isinstance(router.node, ast.Call) or router.scope is None:
        return ""
    key = ("prefix", id(router.node), id(router.scope), how.method)
    if key not in contents.memo:
        own = (
            _text(options_of(router.node, router.scope, contents.names)[0].get(how.own), router.scope, contents.names)
            or ""
        )
        contents.memo[key] = own  # meanwhile, and for one that is put into itself
        ways = {_way(each, own, how, depth) for each in _mounts(router, contents, how)} if depth < DEEP else set()
        contents.memo[key] = next(iter(ways)) or own if len(ways) == 1 else own
    found: str = contents.memo[key]
    return found


class _Mount(NamedTuple):
    """A call by which a router is put into another one, and where it stands."""

    call: ast.Call
    scope: Scope
    contents: Contents


def _way(mount: _Mount, own: str, how: Mounting, depth: int) -> str | None:
    """All that one call puts before the paths; None where that cannot be told."""
    names = mount.contents.names
    given = option(mount.call, how.prefix[0], position=how.prefix[1])
    prefix = _text(given, mount.scope, names)
    if prefix is None:
        return None
    into = mount.call.func.value if isinstance(mount.call.func, ast.Attribute) else None
    routers = routers_meant(into, mount.scope, mount.contents) if into is not None else []
    ways = {prefix_of(each, there, how, depth + 1) for each, there in routers}
    around = next(iter(ways)) if len(ways) == 1 else ""
    if how.replaces:
        is_own = given is None or (isinstance(given, ast.Constant) and given.value is None)
        return joined(around, own if is_own else prefix)
    return joined(around, joined(prefix, own), parts=how.parts)


def routers_meant(node: ast.expr, scope: Scope, contents: Contents) -> list[tuple[Entity, Contents]]:
    """Return what the name of a router stands for, with a module that uses it; of a parameter, what the function is given."""
    router = contents.names.resolve(node, scope)
    if not isinstance(scope.node, FUNCTIONS) or not is_parameter(node, scope):
        return [(router, contents)] if router is not None else []
    found = []
    for use in uses_of(scope.node, scope, contents).found:
        given = use.given.get(last_name(node))
        meant = use.contents.names.resolve(given.value, given.scope) if given is not None else None
        found += [(meant, use.contents)] if meant is not None else []
    return found


def _mounts(router: Entity, contents: Contents, how: Mounting) -> Iterator[_Mount]:
    assert router.scope is not None
    for there in (contents, *contents.elsewhere(how.method)):
        for call, scope in there.calls_of(how.method) if there.mentions(how.method) else ():
            given = option(call, how.router[0], position=how.router[1])
            if isinstance(given, ast.Constant):  # api.add_router("/orders", "shop.orders.router")
                if given.value == router.name:
                    yield _Mount(call, scope, there)
            elif given is not None and _may_mean(given, scope, router):
                meant = there.names.resolve(given, scope)
                if meant is not None and meant.node is router.node:
                    yield _Mount(call, scope, there)


def _may_mean(given: ast.expr, scope: Scope, router: Entity) -> bool:
    """Whether something may be a router, by what is imported under its name: most modules need not be read for it."""
    assert router.scope is not None
    module, last = router.scope.module, router.scope.module.rpartition(".")[2]
    path: list[str] = []
    while isinstance(given, ast.Attribute):
        path.insert(0, given.attr)
        given = given.value
    around: Scope | None = scope
    while isinstance(given, ast.Name) and around is not None and given.id not in around.symbols:
        around = around.parent
    for binding in around.symbols[given.id] if isinstance(given, ast.Name) and around is not None else ():
        if binding.kind not in ("module", "from") or around is None or around.module == module:
            return True
        package, _, name = ".".join((*binding.target, *path)).rpartition(".")
        if is_under(module, package) and (name == router.last or last in name):
            return True
    return False


def _text(node: ast.expr | None, scope: Scope, names: Names) -> str | None:
    """A prefix as it is; an empty text for none, and None for one that is not known."""
    meant = constant(node, scope, names)
    if meant is None or (isinstance(meant, ast.Constant) and meant.value is None):
        return ""
    return meant.value if isinstance(meant, ast.Constant) and isinstance(meant.value, str) else None
