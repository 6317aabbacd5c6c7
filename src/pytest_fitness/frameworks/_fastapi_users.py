"""The routers of FastAPI Users, which are told the schemas: ``app.include_router(users.get_users_router(UserRead, UserUpdate))``."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import NamedTuple

from pytest_fitness.frameworks._constants import constant, joined
from pytest_fitness.frameworks._mounted import Mounting, prefix_of
from pytest_fitness.frameworks._reading import option, text
from pytest_fitness.model.contents import Contents, last_name
from pytest_fitness.model.syntax import Endpoint, Entity, Part, Scope


class Route(NamedTuple):
    """One of the library's routes.

    Attributes:
        verb: by which it is called.
        path: behind the prefix.
        takes: what the body is: the position of the schema among what the router is told, or its names and kind.
        gives: the same of the result, or its kind.
    """

    verb: str
    path: str
    takes: int | tuple[str, str] | None
    gives: int | str


ROUTERS = {
    "get_auth_router": (Route("POST", "/login", None, "response"), Route("POST", "/logout", None, "response")),
    "get_register_router": (Route("POST", "/register", 1, 0),),
    "get_verify_router": (
        Route("POST", "/request-verify-token", ("email", "scalar"), "none"),
        Route("POST", "/verify", ("token", "scalar"), 0),
    ),
    "get_reset_password_router": (
        Route("POST", "/forgot-password", ("email", "scalar"), "none"),
        Route("POST", "/reset-password", ("token password", "scalar"), "none"),
    ),
    "get_users_router": (
        Route("GET", "/me", None, 0),
        Route("PATCH", "/me", 1, 0),
        Route("GET", "/{id}", None, 0),
        Route("PATCH", "/{id}", 1, 0),
        Route("DELETE", "/{id}", None, "none"),
    ),
    "get_oauth_router": (Route("GET", "/authorize", None, "schema"), Route("GET", "/callback", None, "response")),
    "get_oauth_associate_router": (Route("GET", "/authorize", None, "schema"), Route("GET", "/callback", None, 1)),
}
"""By the method that makes the router, what it registers."""

SCHEMAS = (("user_schema", 0), ("user_create_schema", 1), ("user_update_schema", 1))
"""What else the schemas are called."""


def routes(contents: Contents, mounting: Mounting, framework: str) -> Iterator[Endpoint]:
    """Yield the routes of the routers that a module includes."""
    for call, where in contents.calls:
        given = option(call, "router", position=0) if last_name(call.func) == "include_router" else None
        entity = contents.names.resolve(given, where) if isinstance(given, ast.Name | ast.Attribute) else None
        made, scope = (entity.node, entity.scope or where) if entity is not None else (given, where)
        if isinstance(made, ast.Call) and last_name(made.func) in ROUTERS and _is_of_users(made, scope, contents):
            router = contents.names.resolve(call.func.value, where) if isinstance(call.func, ast.Attribute) else None
            around = prefix_of(router, contents, mounting) if router is not None else ""
            prefix = joined(around, text(constant(option(call, "prefix"), where, contents.names)))
            for route in ROUTERS[last_name(made.func)]:
                yield _endpoint(route, made, scope, joined(prefix, route.path), framework)


def _is_of_users(made: ast.Call, scope: Scope, contents: Contents) -> bool:
    if not isinstance(made.func, ast.Attribute):
        return False
    of = contents.names.instance_class(Entity("value", "", made.func.value, None, scope))
    bases = contents.names.bases(of) if of is not None else []
    return any(base.name.startswith("fastapi_users.") for base in bases)


def _endpoint(route: Route, made: ast.Call, scope: Scope, path: str, framework: str) -> Endpoint:
    def part(name: str, said: int | str) -> Part:
        if isinstance(said, str):
            return Part(name, None, scope, made, scope, said, "what FastAPI Users says")
        keywords = [keyword for keyword, position in SCHEMAS if position == said]
        schema = option(made, *keywords, position=said)
        if schema is None:
            return Part(name, None, scope, made, scope, "unknown", f"`{last_name(made.func)}` is not told")
        return Part(name, schema, scope, schema, scope)

    inputs: tuple[Part, ...] = ()
    if isinstance(route.takes, tuple):
        inputs = tuple(part(name, route.takes[1]) for name in route.takes[0].split())
    elif route.takes is not None:
        inputs = (part("body", route.takes),)
    return Endpoint(
        framework=framework,
        function=None,
        scope=scope,
        registered_in=scope.module,
        qualname=last_name(made.func),
        node=made,
        methods=(route.verb,),
        path=path,
        inputs=inputs,
        output=part("return", route.gives),
    )
