"""What the annotation of a view of Flask says of its result, which Flask itself does not look at."""

from __future__ import annotations

import ast

from pytest_fitness.frameworks._reading import kinds_of_class, original, says_no_content, text, unquoted
from pytest_fitness.model.contents import Found, last_name, own_returns
from pytest_fitness.model.syntax import Names, Part, Scope

PACKAGES = (
    "flask",
    "quart",
    "apiflask",
    "flask_smorest",
    "flask_rest_api",
    "flask_restx",
    "flask_restful",
    "flask_openapi3",
    "flask_restplus",
)
ANYTHING = ("ResponseReturnValue", "ResponseValue", "Any", "object", "tuple", "Tuple")
"""Whatever a view may return, which says nothing."""

CLIENTS = ("requests", "httpx", "urllib3", "aiohttp")
"""Packages whose responses are those of other services: a view that says that it returns one returns something else."""

LISTS = ("list", "List", "Sequence", "tuple", "Tuple", "set", "Set", "Iterable")


class Annotated:
    """Reads annotations."""

    def __init__(self, names: Names) -> None:
        self.names = names

    def result(self, part: Part, found: Found) -> Part:
        """Return what the annotation says or, where it says nothing, what is returned."""
        if part.annotation is None:
            return part
        annotation, scope = self._behind_alias(unquoted(part.annotation), part.scope)
        part = part._replace(annotation=_body(annotation), scope=scope, text_is_response=True)
        assert part.annotation is not None
        returned = any(map(_says_more, own_returns(found.function)))
        if returned or self._says_nothing(part.annotation, found._replace(scope=scope)):
            return Part("return", None, found.scope, found.function, part.home, text_is_response=True)
        kinds = set(self.names.kinds(part.annotation, part.scope)) - {"none"}
        if not kinds <= {"scalar", "response"} or kinds <= {"response"}:
            return part
        if "scalar" in kinds and not self._is_text(part.annotation, found._replace(scope=scope)):
            return part  # a number, or a list, is JSON
        return Part(
            "return", None, part.scope, part.node, part.home, "response", "text" if "scalar" in kinds else "a response"
        )

    def _behind_alias(self, annotation: ast.expr, scope: Scope) -> tuple[ast.expr, Scope]:
        """What a name for several types stands for, in which a status may be beside the body; anything else as it is."""
        alias = self.names.resolve(annotation, scope) if isinstance(annotation, ast.Name | ast.Attribute) else None
        if alias is None or alias.scope is None or not isinstance(alias.node, ast.Subscript | ast.BinOp):
            return annotation, scope
        if alias.last in ANYTHING and alias.name.partition(".")[0] in PACKAGES:  # installed, and read
            return annotation, scope
        return alias.node, alias.scope

    def _is_text(self, annotation: ast.expr, found: Found) -> bool:
        named = (node for node in ast.walk(annotation) if isinstance(node, ast.Name | ast.Attribute))
        said = [original(each, found.scope, self.names) for each in named]
        names = {entity.last for entity in said if entity is not None and "scalar" in self.names.known(entity.name)}
        return names <= {"str", "bytes", "LiteralString", "AnyStr"} and not any(e and e.last in LISTS for e in said)

    def _says_nothing(self, annotation: ast.expr, found: Found) -> bool:
        """Whether what a view returns has to be looked at: ``ResponseReturnValue``, ``Any``, a body with its status, a view."""
        if isinstance(annotation, ast.BinOp):
            sides = (side for side in (annotation.left, annotation.right) if not isinstance(side, ast.Constant))
            return any(self._says_nothing(side, found) for side in sides)
        annotation = _body(annotation)
        if isinstance(annotation, ast.Subscript) and last_name(annotation.value) in ("Union", "Optional"):
            given = annotation.slice.elts if isinstance(annotation.slice, ast.Tuple) else [annotation.slice]
            said_of = [unquoted(each) for each in given if text(each) != "None"]
            open_ = [each for each in said_of if self._says_nothing(each, found)]
            others = (kind for each in said_of if each not in open_ for kind in self.names.kinds(each, found.scope))
            return bool(open_) and {"response", "scalar", "none"}.issuperset(others)  # a dict that is named counts
        said_value = getattr(annotation, "value", "") if isinstance(annotation, ast.Constant) else ""
        if isinstance(annotation, ast.BoolOp) or not isinstance(said_value, str | None):
            return True  # -> "200" or "404", which is no type
        if isinstance(annotation, ast.Constant) and annotation.value is None:
            return next(own_returns(found.function), None) is not None
        said = original(annotation, found.scope, self.names)
        if said is None:
            return False
        if isinstance(said.node, ast.Call) and last_name(said.node.func) == "NewType" and len(said.node.args) > 1:
            return last_name(said.node.args[1]) in ANYTHING
        if said.kind in ("function", "module") or said.name.partition(".")[0] in CLIENTS:
            return True
        is_any = said.last in ANYTHING and said.name.partition(".")[0] in (*PACKAGES, "typing", "builtins")
        return is_any or "view:flask" in kinds_of_class(self.names, said)


def _body(annotation: ast.expr) -> ast.expr:
    """What an annotation says of the body, a status and headers beside it left out: ``tuple[Order, int]``."""
    if isinstance(annotation, ast.BinOp):
        return ast.copy_location(ast.BinOp(_body(annotation.left), annotation.op, _body(annotation.right)), annotation)
    head = last_name(annotation.value) if isinstance(annotation, ast.Subscript) else ""
    if isinstance(annotation, ast.Subscript) and head in ("tuple", "Tuple"):
        items = annotation.slice.elts if isinstance(annotation.slice, ast.Tuple) else [annotation.slice]
        second = items[1] if len(items) > 1 else None  # a list is no status
        is_row = isinstance(second, ast.Subscript) and last_name(second.value) in LISTS
        return annotation if is_row else items[0]
    if isinstance(annotation, ast.Subscript) and head in ("Union", "Optional"):
        given = annotation.slice.elts if isinstance(annotation.slice, ast.Tuple) else [annotation.slice]
        inside = ast.copy_location(ast.Tuple([_body(each) for each in given], ast.Load()), annotation)
        return ast.copy_location(ast.Subscript(annotation.value, inside, ast.Load()), annotation)
    return annotation


def _says_more(value: ast.expr) -> bool:
    """Whether ``OrderSchema().dump(order), 200`` is returned, by a schema that says more than an annotation may, or ``"", 204``."""
    if is_empty(value):
        return True
    body = value.elts[0] if isinstance(value, ast.Tuple) and value.elts else value
    return isinstance(body, ast.Call) and last_name(body.func) in (
        "dump",
        "dumps",
        "model_dump",
        "model_dump_json",
        "json",
    )


def is_empty(value: ast.expr) -> bool:
    """Return whether ``"", 204`` is returned."""
    status = value.elts[1] if isinstance(value, ast.Tuple) and len(value.elts) > 1 else None
    return status is not None and says_no_content(status)
