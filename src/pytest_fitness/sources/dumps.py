"""What schemas make of objects, and how that is told."""

from __future__ import annotations

import ast
from collections.abc import Sequence, Set

from pytest_fitness.model.contents import FUNCTIONS, last_name, own_returns
from pytest_fitness.model.syntax import Entity, Function, Scope
from pytest_fitness.sources.as_written import is_told
from pytest_fitness.sources.flow import still_meant
from pytest_fitness.sources.named_calls import CLIENTS, OF_SCHEMAS, PARSERS
from pytest_fitness.sources.shapes import Shape, Shapes

AGAIN = "what it returns anyway"
"""The detail of what a function returns by calling itself."""

TEXT, TEXTS = "text", "a list of texts"
"""The detail of a text that is a response by itself."""

NUMBER = "a number"
"""The same of a number, which is no text."""

DUMPED = "fields that a schema chooses"
"""The detail of what is no schema itself, but made by one."""

DUMP = "a dict that a schema is dumped to"
"""The same of what is made by a schema of itself, which counts where the framework takes no schemas."""

LISTED = "a list of what is described by a schema"
"""The same of what Flask writes out item by item, as it does with dataclasses."""

NO_CONTENT = "204 No Content"
"""The same of an empty answer, which stays one whatever is made of it."""

HARMLESS = frozenset(
    "staticmethod classmethod property cached_property cache lru_cache abstractmethod override".split()
)
"""Decorators that make nothing else of a result."""

DEPTH = 3
"""How many names are looked through."""


class Dumps:
    """Looks at objects, and at what they are dumped to."""

    def __init__(self, shapes: Shapes) -> None:
        self.shapes = shapes
        self.names = shapes.scopes

    def is_of_client(self, node: ast.expr, scope: Scope) -> bool:
        """Whether something is what ``requests.get(...)`` returns."""
        made = self.names.instance_class(Entity("value", "", node, None, scope))
        return made is not None and made.kind == "external" and made.name.partition(".")[0] in CLIENTS

    def is_file(self, node: ast.expr, scope: Scope) -> bool:
        """Whether something is an open file."""
        made = self.names.instance_class(Entity("value", "", node, None, scope))
        return made is not None and made.name == "builtins.open"

    def is_parsed(self, node: ast.expr, scope: Scope) -> bool:
        """Whether something is what was in a text, or a part of that: ``json.loads(text)``, ``json.loads(text).get("orders")``."""
        is_part = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "get"
        node = node.func.value if is_part else node  # type: ignore[attr-defined]
        values = [b.node for b in scope.symbols.get(node.id, ())] if isinstance(node, ast.Name) else [node]
        calls = (self.names.resolve(each.func, scope) for each in values if isinstance(each, ast.Call))
        return any(made_by is not None and made_by.name in PARSERS for made_by in calls)

    def of(self, method: ast.Attribute, scope: Scope) -> Shape:
        """What ``order.model_dump()`` gives, or ``order.dict()`` of what is known to be a schema; any other is a dict."""
        made = self.names.instance_class(Entity("value", "", method.value, None, scope))
        shape = self.shapes.of_class(made) if made is not None and made.kind == "class" else None
        if method.attr == "dump" and (made is None or made.kind != "class"):  # of a schema that is looked up, as a rule
            return Shape("unknown", f"`{ast.unparse(method)}(...)`")
        is_schema = shape is not None and shape.kind == "schema" and method.attr in OF_SCHEMAS
        is_dump = is_schema or (method.attr == "model_dump" and (shape is None or shape.kind == "unknown"))
        return Shape("raw", DUMP, made if is_schema else None) if is_dump else Shape("raw", "a dict")

    def as_text(self, method: ast.Attribute, scope: Scope) -> Shape | None:
        """What ``order.model_dump_json()`` gives, or ``order.json()`` of what is known to be a schema; None for any other."""
        made = self.names.instance_class(Entity("value", "", method.value, None, scope))
        shape = self.shapes.of_class(made) if made is not None and made.kind == "class" else None
        is_one = shape is not None and shape.kind == "schema"
        is_dump = is_one or (method.attr != "json" and (shape is None or shape.kind == "unknown"))
        return Shape("raw", DUMP, made if is_one else None) if is_dump else None

    def of_marshmallow(self, schema: Entity | None) -> Shape | None:
        """Return what a schema of marshmallow makes; None for anything else."""
        bases = self.names.bases(schema) if schema is not None else []
        # of a package that is not installed, the name is all there is
        is_one = any("marshmallow" in b.name or (b.node is None and b.last.endswith("Schema")) for b in bases)
        return Shape("schema", DUMPED, schema) if is_one else None

    def by(self, node: ast.expr, scope: Scope) -> Shape | None:
        """Return what ``OrderSchema().dump(order)`` makes, by the object of a schema of marshmallow; None for any other ``dump``."""
        meant = self.names.resolve(node, scope)
        is_class = meant is not None and meant.kind == "class"  # OrderSchema.dump(order)
        schema = meant if is_class else self.names.instance_class(Entity("value", "", node, None, scope))
        named = node.func if isinstance(node, ast.Call) else node
        is_own = isinstance(named, ast.Attribute) and last_name(named.value) == "self"
        found = self.of_marshmallow(schema)
        is_open = found is None and (schema is None or schema.kind == "external")
        if is_open and is_own and "schema" in last_name(named).lower():
            found = Shape("schema", DUMPED)  # of self.schema(), which classes that are derived from this one say
        return found

    def is_written_out(self, node: ast.expr, scope: Scope, depth: int = 0) -> bool:
        """Whether something is an object of a schema, or a list of such: Flask's ``jsonify`` takes dataclasses as they are."""
        if isinstance(node, ast.ListComp | ast.GeneratorExp):
            return self.is_written_out(node.elt, scope, depth)
        annotation: ast.expr | None = None
        made = self.names.resolve(node.func if isinstance(node, ast.Call) else node, scope)
        if isinstance(node, ast.Call) and made is not None:
            if made.kind == "class":
                return self.shapes.of_class(made).kind == "schema"
            if (
                isinstance(made.node, FUNCTIONS)
                and made.node.returns is None
                and is_as_written(made.node)
                and made.scope is not None
                and depth < DEPTH
            ):
                inside, returned = self.names.function_scope(made.node, made.scope), list(own_returns(made.node))
                return bool(returned) and all(self.is_written_out(each, inside, depth + 1) for each in returned)
            annotation = made.node.returns if isinstance(made.node, FUNCTIONS) else None
        elif isinstance(node, ast.Name) and made is not None and made.kind == "value":
            annotation = next((b.annotation for b in scope.symbols.get(node.id, ()) if b.annotation is not None), None)
            values = [b.node for b in still_meant(scope.symbols.get(node.id, ()), node, scope)]
            if annotation is None and len(values) == 1 and isinstance(values[0], ast.expr) and depth < DEPTH:
                return self.is_written_out(values[0], scope, depth + 1)
        shapes = self.shapes.of(annotation, made.scope) if annotation is not None and made and made.scope else []
        return any(s.kind == "schema" for s in shapes) and all(s.kind in ("schema", "none") for s in shapes)


def is_dumped(shape: Shape) -> bool:
    """Return whether something is what a schema made of an object."""
    return shape.detail in (DUMPED, DUMP, LISTED)


def is_empty(shape: Shape) -> bool:
    """Return whether a response is made with nothing in it: more than nothing at all."""
    return is_made_empty(shape) or (shape.kind == "none" and shape.detail == NO_CONTENT)


def is_made_empty(shape: Shape) -> bool:
    """Return whether something is called that makes such a response: ``HttpResponse(status=204)``."""
    return shape.kind == "none" and shape.detail.startswith("`")


def is_open(kinds: Set[str]) -> bool:
    """Return whether an annotation allows anything that JSON has: ``dict``, ``Mapping | int | None``, ``dict | Response``."""
    return "raw" in kinds and kinds <= {"raw", "scalar", "scalar-map", "none", "response"}


def is_as_written(function: Function) -> bool:
    """Return whether a function gives what it returns: no decorator makes something else of it, as far as that is known."""
    named = (each.func if isinstance(each, ast.Call) else each for each in function.decorator_list)
    return all(last_name(each) in HARMLESS for each in named)


def merged(shapes: Sequence[Shape], function: Function, text: str, *, dumps: bool) -> Shape:
    """Return what a helper gives that may return several things; *text* is how it is called.

    With *dumps*, the dict that a schema is dumped to counts as a dict.
    """
    if any(shape.detail == AGAIN for shape in shapes):
        return shapes[0]
    kinds = {"dumped" if is_dumped(shape) else shape.kind for shape in shapes}
    is_sure = kinds.isdisjoint(("unknown", "response")) or not is_told(function)
    if "raw" in kinds and (function.returns is not None or is_sure):
        is_dump = not dumps and function.returns is None and all(shape.detail != "a dict" for shape in shapes)
        return Shape("raw", "a dump" if is_dump else "a dict")
    if "orm" in kinds:
        return next(shape for shape in shapes if shape.kind == "orm")
    if kinds == {"none"}:
        return shapes[0] if {shape.detail for shape in shapes} == {NO_CONTENT} else Shape("none", text)
    if "dumped" in kinds and kinds <= {"dumped", "none"}:
        return next(shape for shape in shapes if is_dumped(shape))
    if "schema" in kinds and kinds <= {"schema", "none"} and is_as_written(function):
        return next(shape for shape in shapes if shape.kind == "schema")._replace(detail=text)
    kinds -= {"dumped"} if "response" in kinds else set()
    if kinds == {"scalar-map"} or ("scalar" in kinds and kinds <= {"response", "scalar", "none", "file"}):
        is_number = all(shape.detail == NUMBER for shape in shapes)
        return Shape("scalar-map" if kinds == {"scalar-map"} else "scalar", NUMBER if is_number else text)
    return Shape("response" if kinds and kinds <= {"response", "none", "file"} else "unknown", text)
