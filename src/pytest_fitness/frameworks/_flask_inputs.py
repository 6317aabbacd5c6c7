"""The schemas by which the body of a Flask view reads the request: ``OrderSchema().load(request.get_json())``."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from functools import cached_property

from pytest_fitness.frameworks._reading import option, values_in
from pytest_fitness.model.contents import last_name
from pytest_fitness.model.syntax import Function

SENT = frozenset("json get_json form args values data get_data files".split())
"""Attributes of a request that hold what was sent."""

KEEPING = ("dict", "get_json", "to_dict", "copy", "deepcopy", "loads", "decode", "get_data")
"""What gives back what it is given, in another form."""

LOADS = ("load", "loads", "validate")
"""Methods of schemas of marshmallow that are given data."""

MAKES = ("model_validate", "model_validate_json", "parse_obj", "parse_raw", "from_dict")
"""Methods of classes that make an object of data."""


class Reads:
    """What a function reads of the request.

    Attributes:
        calls: all that it calls.
    """

    def __init__(self, function: Function) -> None:
        self._nodes = [node for statement in function.body for node in ast.walk(statement)]
        self.calls = [node for node in self._nodes if isinstance(node, ast.Call)]

    @cached_property
    def _values(self) -> Mapping[str, list[ast.expr]]:
        return values_in(self._nodes)

    @cached_property
    def any_sent(self) -> str:
        """The first thing of the request that is read; an empty text for none."""
        return next(filter(None, map(_of_request, self._nodes)), "")

    def sent(self, expression: ast.expr, *, is_strict: bool = False) -> str:
        """Return what of the request is in an expression, such as ``request.json``; an empty text for nothing.

        With *is_strict*, not what was found by it: ``find(request.json["number"])``.
        """
        todo: list[ast.AST] = [expression]
        seen: set[int] = set()
        for node in todo:
            if _of_request(node):
                return _of_request(node)
            if id(node) not in seen:
                seen.add(id(node))
                is_found = is_strict and isinstance(node, ast.Call) and last_name(node.func) not in KEEPING
                parts = [node.func] if is_found and isinstance(node, ast.Call) else ast.iter_child_nodes(node)
                todo += self._values.get(node.id, ()) if isinstance(node, ast.Name) else parts
        return ""

    @staticmethod
    def _is_parser(call: ast.Call) -> bool:
        """Whether it is the parser of webargs: ``parser.parse(Order(), request)``, ``parser.parse(Order())``."""
        of = call.func.value if isinstance(call.func, ast.Attribute) else None
        is_named = of is not None and last_name(of) == "parser"
        return is_named or any(last_name(each) == "request" for each in call.args[1:])

    def schemas(self) -> Iterator[tuple[str, ast.expr]]:
        """Yield what is read, and what may be a schema by which it is read."""
        for call in self.calls:
            spread = next((k.value for k in call.keywords if k.arg is None), None)
            if isinstance(call.func, ast.Attribute) and call.func.attr in (*LOADS, *MAKES):
                data = option(call, "data", "json_data", "obj", position=0)
                if data is not None and (name := self.sent(data)):
                    yield name, call.func.value
            elif last_name(call.func) == "parse" and call.args and self._is_parser(call):
                yield "request", call.args[0]
            elif spread is not None and (name := self.sent(spread)):
                yield name, call.func  # Order(**request.get_json())


def _of_request(node: ast.AST) -> str:
    is_one = isinstance(node, ast.Attribute) and node.attr in SENT and last_name(node.value) == "request"
    return f"request.{node.attr}" if is_one else ""  # type: ignore[attr-defined]
