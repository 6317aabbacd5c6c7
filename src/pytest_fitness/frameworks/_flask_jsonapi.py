"""Flask-REST-JSONAPI: ``api.route(OrderList, "order_list", "/orders")``, whose actions the library has, by the schema of the class."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from pytest_fitness.frameworks._constants import constant
from pytest_fitness.frameworks._flask_written import is_text
from pytest_fitness.frameworks._reading import listed, methods_of, qualname
from pytest_fitness.model.contents import Found, last_name
from pytest_fitness.model.syntax import Endpoint, Entity, Part, Scope

if TYPE_CHECKING:
    from pytest_fitness.frameworks._flask_paths import Paths
    from pytest_fitness.frameworks._module_reader import ModuleReader

PACKAGES = ("flask_rest_jsonapi", "combojsonapi")
ACTIONS: Mapping[str, tuple[str, ...]] = {
    "ResourceList": ("GET", "POST"),
    "ResourceDetail": ("GET", "PATCH", "DELETE"),
    "ResourceRelationship": ("GET", "POST", "PATCH", "DELETE"),
    "Resource": (),
}
"""What the classes of the library answer to by themselves, if they do not say less in ``methods``."""

DESCRIBED = ("ResourceList", "ResourceDetail")
"""The classes whose actions answer with what the schema describes; the others with links and numbers alone."""

VERBS = ("GET", "POST", "PUT", "PATCH", "DELETE")

HINT = r"\.route\(\s*(?:\w+\.)*[A-Z]\w*,\s*f?['\"]"
KNOWN = {(package, name): "view:jsonapi" for package in PACKAGES for name in ACTIONS}


def routes(reader: ModuleReader, paths: Paths) -> Iterator[Endpoint | tuple[Found, ast.Call, list[str], Scope]]:
    """Yield what a module registers: the actions of the library, and the methods that a class has of its own, to be looked at.

    Args:
        reader: reads the module.
        paths: tells where it answers.
    """
    for call, where in reader.calls(_may_be) if reader.contents.mentions(HINT) else ():
        entity = reader.names.resolve(call.args[0], where)
        bases = reader.names.bases(entity) if entity is not None else []
        known = [base.last for base in bases if reader.names.known(base.name) == "view:jsonapi"]
        if entity is None or not known or not isinstance(entity.node, ast.ClassDef) or not entity.is_own:
            continue
        said = reader.names.member(entity, "methods")
        node, there = (said.node, said.scope or where) if said is not None else (None, where)
        verbs = listed(constant(node, there, reader.names)) if isinstance(node, ast.expr) else []
        for verb in (each for each in VERBS if each in verbs or not verbs or "ANY" in verbs):
            own = [found for _, found in methods_of(entity, reader.names, [verb.lower()])]
            yield from ((found, call, [verb], where) for found in own)
            if not own and verb in ACTIONS[known[0]]:
                yield _inherited(reader, entity, verb, paths.of(call, where), is_link=known[0] not in DESCRIBED)


def _may_be(call: ast.Call) -> bool:
    is_one = last_name(call.func) == "route" and len(call.args) > 2 and not isinstance(call.args[0], ast.Constant)
    return is_one and is_text(call.args[1])


def _inherited(reader: ModuleReader, view: Entity, verb: str, path: str, *, is_link: bool) -> Endpoint:
    """An action whose code is the library's."""
    node, scope = view.node, view.scope or reader.module
    assert isinstance(node, ast.ClassDef)
    schema = reader.names.member(view, "schema")
    made = schema.node if schema is not None and isinstance(schema.node, ast.expr) else None
    if made is None and schema is not None and schema.kind == "class":
        made = ast.copy_location(ast.Name(schema.last, ast.Load()), node)
    home = (schema.scope if schema is not None else None) or scope
    described = Part("return", made, home, node, scope)
    if made is None:
        described = Part("return", None, scope, node, scope, "unknown", f"{node.name} has no `schema`")
    of_library = Part("return", None, scope, node, scope, "response", "what the library says of it")
    is_plain = is_link or verb == "DELETE"
    return Endpoint(
        framework=reader.framework,
        function=None,
        scope=scope,
        registered_in=reader.registered_in,
        qualname=qualname(f"{view.last}.{verb.lower()}", scope),
        node=node,
        methods=(verb,),
        path=path,
        inputs=(described._replace(name="request.json"),) if verb in ("POST", "PATCH") and not is_link else (),
        output=of_library if is_plain else described,
    )
