"""What a view of Django REST framework returns where there is no serializer in it."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from pytest_fitness.frameworks._drf_body import Occasion
from pytest_fitness.frameworks._drf_choosing import flags_of, live_returns
from pytest_fitness.frameworks._drf_returned import Returned, is_error, when_all_goes_well
from pytest_fitness.frameworks._drf_returned import is_empty as has_no_content
from pytest_fitness.frameworks._reading import function_of, option, original_name, spreads, values_in
from pytest_fitness.frameworks._rendering import renders
from pytest_fitness.frameworks._uses import arguments_of
from pytest_fitness.model import NOTHING_DECLARED
from pytest_fitness.model.contents import Found, does_something, parameters
from pytest_fitness.model.syntax import Names, Part, Scope

RAW = (ast.Dict, ast.DictComp, ast.List, ast.ListComp, ast.JoinedStr)
DEEP = 2

EMPTY = ("Response", "HttpResponse")
"""What is a response with nothing in it, if it is given nothing."""


class Plain:
    """What is in the responses of a method, or whether there is any.

    Args:
        found: the method.
        names: resolves names.
        answer: what it returns.
        inside: its scope.
    """

    def __init__(self, found: Found, names: Names, answer: Returned, inside: Scope) -> None:
        self.found = found
        self.names = names
        self.answer = answer
        self.inside = inside

    def nothing(self) -> Part:
        """Return what an empty response gives."""
        return Part("return", None, self.found.scope, self.found.function, self.found.scope, "none", "nothing")

    def part(self) -> Part | None:
        """Return what is returned that is no response at all, or an empty one; None for any other response."""
        if not self.answer.good and any(map(does_something, self.found.function.body)):
            return self.nothing()
        answers = {kind for value in self.answer.good for kind in self._kinds(value, self.inside, self.answer.values)}
        answers = answers - {"error"} or answers
        raw = sorted(each for each in answers if each.startswith("a "))
        if raw and not renders(self.found, self.names):
            detail = f"{NOTHING_DECLARED}: it returns {raw[0]}"
            return Part("return", None, self.found.scope, self.found.function, self.found.scope, "raw", detail)
        return self.nothing() if answers == {"nothing"} else None

    def _kinds(
        self, value: ast.expr, scope: Scope, values: Mapping[str, list[ast.expr]], depth: int = 0
    ) -> Iterator[str]:
        """What an expression is: ``nothing`` for an empty response, an article and a noun for what is none."""
        parts: list[ast.expr] = []
        if isinstance(value, ast.Await):
            parts = [value.value]
        elif isinstance(value, ast.IfExp):
            parts = [value.body, value.orelse]
        elif isinstance(value, ast.Name) and not (values is self.answer.values and self.answer.is_changed(value.id)):
            parts = values.get(value.id, [])
        if depth > DEEP:
            yield "response"
        elif parts:
            found = {kind for part in parts for kind in self._kinds(part, scope, values, depth + 1)}
            # a name may have been something else before
            yield from ["response"] if isinstance(value, ast.Name) and "response" in found else sorted(found)
        elif isinstance(value, ast.Call):
            yield from self._kinds_of_call(value, scope, depth)
        elif isinstance(value, ast.Constant) and value.value is None:
            yield "nothing"
        elif isinstance(value, RAW):
            yield "a text" if isinstance(value, ast.JoinedStr) else f"a {type(value).__name__[:4].lower()}"
        else:
            yield "response"

    def _kinds_of_call(self, call: ast.Call, scope: Scope, depth: int) -> Iterator[str]:
        name = original_name(call.func, scope, self.names, EMPTY)
        if name in EMPTY:
            data = option(call, "data", "content", position=0)
            is_empty = has_no_content(call) or data is None or (isinstance(data, ast.Constant) and data.value is None)
            # of Django's, something may be written into it later
            is_sure = name == "Response" or option(call, "status") is not None or depth == 0
            yield "nothing" if is_empty and is_sure and spreads(call) is None else "response"
            return
        function = function_of(self.names.resolve(call.func, scope))
        helper, where = function or (None, scope)
        if helper is None or not where.owned or helper is self.found.function:
            yield "response"
            return
        given = arguments_of(call, helper, scope, where, is_method=isinstance(call.func, ast.Attribute))
        inside = self.names.function_scope(helper, where)
        values = values_in(ast.walk(helper))
        returned = live_returns(helper, inside, Occasion(flags=flags_of(given, helper, inside, self.names)))
        defaults = {a.arg: [d] for a, d in parameters(helper, in_class=False) if d is not None}
        told = {**defaults, **{name: [each.value] for name, each in given.items()}}
        if returned and all(is_error(each, told) for each in returned):
            yield "error"  # which is no answer when all goes well, even if it returns nothing then
            return
        returned = when_all_goes_well(returned)
        found = {kind for value in returned for kind in self._kinds(value, inside, values, depth + 1)}
        yield from sorted(found) or ["response"]
