"""The serializers that a view of Django REST framework takes and gives."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import replace

from pytest_fitness.frameworks._drf_body import Body, Choice, Occasion, is_self
from pytest_fitness.frameworks._drf_choosing import (
    Choosing,
    any_serializers_of,
    flags_of,
    other_view,
)
from pytest_fitness.frameworks._drf_crossing import Crossing, Passed
from pytest_fitness.frameworks._drf_documented import Documented, documented, made_or_said, on_the_class
from pytest_fitness.frameworks._drf_parts import (
    ACTIONS,
    chosen_by,
    given_to,
    makes_dict,
    next_method,
    of_action,
    of_other_view,
    part_of,
    sets_serializer,
)
from pytest_fitness.frameworks._drf_plain import Plain
from pytest_fitness.frameworks._drf_returned import BODY, QUERY, Returned
from pytest_fitness.frameworks._drf_wrapping import wraps
from pytest_fitness.frameworks._reading import (
    function_of,
    is_parameter,
    option,
)
from pytest_fitness.frameworks._uses import arguments_of
from pytest_fitness.model.contents import Found, last_name, own_returns, walked
from pytest_fitness.model.syntax import Entity, Function, Names, Part, Scope

READING = ("list", "retrieve", "destroy", "get", "delete")
"""Of these, and of methods by verb, what takes no body."""

WRITING = ("post", "put", "patch")

ASKING = ("get_serializer", "get_serializer_class")
"""Methods by which a view says what it serializes."""

PAGINATES = ("get_paginated_response", "list")
"""Methods of a view that hand on to the paginator, and the action."""

DEEP = 2
DEEPER = 4
"""How many methods are looked through that hand on to each other: in general, and where one returns what the next does."""


RESPONSE: ast.expr = ast.Name("Response", ast.Load())
NAMED: dict[str, Entity | None] = {"Response": Entity("external", "rest_framework.response.Response")}
"""A response that is given beside a serializer, whatever makes it, and what its name means."""


class Serializers:
    """The serializers of one method of a view, which may come from a mixin, or of a function.

    Args:
        found: the method.
        names: resolves names.
        view: whose method it is.
        occasion: when it is called.
        generic: the actions that methods of a generic view call, by verb in small letters.
        passed: for a helper, what it is called with.
        depth: how many methods have handed on to this one.
    """

    def __init__(  # noqa: PLR0913, PLR0917 - a helper needs all that its caller knows
        self,
        found: Found,
        names: Names,
        view: Entity | None,
        occasion: Occasion,
        generic: Mapping[str, str],
        passed: Passed | None = None,
        depth: int = 0,
    ) -> None:
        self.found = found
        self.names = names
        self.view = view
        self.occasion = replace(occasion, given={**occasion.given, **{k: [c] for k, c in of_action(found)}})
        self.generic = generic
        self.depth = depth
        self.inside = names.function_scope(found.function, found.scope)
        self.nodes: Sequence[ast.AST] = walked(found.function)
        if view is not None and any(sets_serializer(node) for node in self.nodes):
            set_by = Choosing(view, names, self.occasion).set_by(found.function, self.inside)
            self.occasion = replace(self.occasion, given={**self.occasion.given, **set_by})
        self.choosing = Choosing(view, names, self.occasion) if view is not None else None
        self.passed = passed or Passed()
        self.made: dict[int, list[Choice]] = dict(self.passed.made)
        dead = {id(node) for node in self._dead()}
        self.nodes = [node for node in self.nodes if id(node) not in dead]
        self.calls = [node for node in self.nodes if isinstance(node, ast.Call)]
        returned = (value for value in own_returns(found.function) if id(value) not in dead)
        self.answer = Returned(returned, self.nodes, self.made, self.passed.values, self._is_own_function)
        self.answer.is_dict = lambda call: makes_dict(call, self.inside, names)
        self.answer.body = found.function.body
        self.plain = Plain(found, names, self.answer, self.inside)

    def _dead(self) -> Iterator[ast.AST]:
        """All that does not run on the occasion."""
        if any(isinstance(node, ast.If) for node in self.nodes):
            body = Body(self.found.function, self.inside, self.occasion, view=self.choosing)
            yield from (node for statement in body.dead for node in ast.walk(statement))

    def _is_own_function(self, call: ast.Call) -> bool:
        """Whether a function of the codebase is called, which is followed, whatever its name promises, or a class that wraps."""
        name, of = last_name(call.func), call.func.value if isinstance(call.func, ast.Attribute) else None
        if of is not None and last_name(of) == "self" and name not in PAGINATES and self.choosing is not None:
            method = self.choosing.method(name)
            return method is not None and method[1].owned
        made = self.names.resolve(call.func, self.inside) if of is None else None
        if made is not None and made.kind == "class":
            return wraps(made, self.names)
        found = function_of(made)
        return found is not None and found[1].owned

    def _is_wrapping(self, value: ast.expr) -> bool:
        """Whether a class of responses of the codebase wraps what it is given."""
        made = self.names.resolve(value.func, self.inside) if isinstance(value, ast.Call) else None
        return made is not None and made.kind == "class" and wraps(made, self.names)

    def crossing(self) -> Crossing:
        """Return what the request and the response are made of; what is documented counts where that cannot be told."""
        made = self._crossing()
        said = self._documented()
        result, given = said.result, made.gives
        if result is not None and result.detail == "nothing":  # {200: None}: what is returned says whether that is so
            result = None
        if given is not None and given.annotation is not None and made.others:
            given = result or given._replace(alternatives=(*given.alternatives, *made.others[:1]))
        pairs = ((made.takes, said.body), (made.asks, said.query), (given, result))
        takes, asks, gives = (made_or_said(*pair, self.names) for pair in pairs)
        return Crossing(takes, asks, gives, made.reads_body, made.others[:1])

    def _documented(self) -> Documented:
        """What is said above the method, or above the class; of what is derived, the view itself says more than its base."""
        function, owner, view = self.found.function, self.found.owner, self.view
        actions = [function.name, *(verb for verb, action in self.generic.items() if action == function.name)]
        if view is not None and view.scope is not None and (owner is None or view.node is not owner.node):
            said = documented(on_the_class(view.node, view.scope, self.names, *actions), self.names)
            if any(part is not None for part in said):
                return said
        own = on_the_class(owner.node if owner is not None else None, self.found.scope, self.names, *actions)
        above = ((each, self.found.scope) for each in function.decorator_list)
        return documented((*above, *own), self.names)

    def _crossing(self) -> Crossing:
        """The serializers that the function makes: with ``data=`` for the request, and those of which it returns what they show."""
        found, answer = Crossing(), self.answer
        self._make()
        self._read(found)
        # a name may have been given what reads the request, and then what is shown
        returned = sorted(answer.serializers(), key=lambda call: answer.given(call) is not None)
        every = {id(choice[0]): choice for call in returned for choice in self.made[id(call)]}
        is_mixed = any(True for _ in answer.plain()) or (self.depth > 0 and answer.may_be_dict())
        is_mixed = is_mixed or any(self._is_wrapping(each) for value in answer.good for each in answer.meant(value))
        found.others = [(RESPONSE, replace(self.inside, resolved=NAMED))] if is_mixed else []
        if returned and answer.unclear is not None:
            every[id(answer.unclear)] = answer.unclear, self.inside
        found.gives = part_of("return", list(every.values()), returned[0], self.found.scope) if returned else None
        self._by_helpers(found, answer.calls())
        unclear = next((call for call in self.calls if call.func is answer.unclear), None)
        is_followed = unclear is not None and self._helper(unclear, is_returned=True) is not None
        if unclear is not None and not returned and (found.gives is None or not is_followed):
            why = f"`{ast.unparse(unclear.func)}(...)` cannot be told"
            found.gives = Part("return", None, self.found.scope, unclear.func, self.found.scope, "unknown", why)
        self._by_others(found, answer.handed_on() if found.gives is None else answer.calls())
        if found.takes is None:
            self._by_helpers(found, None)
        if found.gives is None:
            handed = answer.calls()
            calls = [call for call in self.calls if id(call) in handed]
            found.gives = of_other_view(calls, answer, self.inside, self.names)
        if self.depth == 0:  # what a helper returns may be put into a response
            found.gives = found.gives or self.plain.part()
        return found

    def _read(self, found: Crossing) -> None:
        """What is given ``data=``: all that is given the body, or else all that is given the query, or else the first."""
        given = [(call, self.answer.given(call)) for call in self.calls if self.made[id(call)]]
        read = [(call, data) for call, data in given if data is not None and not self._is_own_data(data)]
        bodies = [call for call, data in read if self.answer.is_sent(data, BODY) or self._is_read(data)]
        # a query is no list, though what it asks for may be read into one
        queries = [c for c, data in read if option(c, "many") is None and self.answer.is_sent(data, QUERY)]
        found.reads_body = bool(bodies)
        by_decorator = next(self._by_decorators(), None) if not bodies else None
        found.takes = by_decorator or self._made_by("request.data", bodies or [call for call, _ in read[: not queries]])
        found.asks = self._made_by("request.query_params", queries)

    def _is_read(self, data: ast.expr) -> bool:
        """Whether a method of the view gives the body: ``self.sent(request)``."""
        of = data.func if isinstance(data, ast.Call) and isinstance(data.func, ast.Attribute) else None
        is_own = of is not None and last_name(of.value) == "self" and self.choosing is not None
        method = self.choosing.method(of.attr) if is_own and self.choosing is not None and of is not None else None
        nodes = ast.walk(method[0]) if method is not None else ()
        return any(isinstance(n, ast.Attribute) and n.attr in BODY and last_name(n.value) == "request" for n in nodes)

    def _is_own_data(self, data: ast.expr) -> bool:
        """Whether a serializer is given what the code made itself, or found by something that was sent, to write it out."""
        if self.answer.is_own(data):
            return True
        values = self.answer.meant(data)
        made_by = [self.names.resolve(v.func, self.inside) if isinstance(v, ast.Call) else None for v in values]
        if not all(made is not None and made.scope is not None and made.scope.owned for made in made_by):
            return False
        calls = [value for value in values if isinstance(value, ast.Call)]
        asked = [each for call in calls for each in call.args]
        asked += [call.func.value for call in calls if isinstance(call.func, ast.Attribute)]
        is_given = any(last_name(each) in ("request", "self") for each in asked)
        return not is_given and not any(self.answer.is_sent(value) for value in values)

    def _by_decorators(self) -> Iterator[Part]:
        """The serializer that a decorator of the project is given, and by which it reads the request: ``@validated(OrderIn)``."""
        for decorator in self.found.function.decorator_list if self.depth == 0 else ():
            function = (
                function_of(self.names.resolve(decorator.func, self.found.scope))
                if isinstance(decorator, ast.Call)
                else None
            )
            if function is None or not function[1].owned or not isinstance(decorator, ast.Call):
                continue
            calls = [node for node in ast.walk(function[0]) if isinstance(node, ast.Call) and option(node, "data")]
            for name, given in arguments_of(decorator, function[0], self.found.scope, function[1]).items():
                if any(last_name(call.func) == name for call in calls) and self._is_serializer(
                    given.value, given.scope
                ):
                    yield Part("request.data", given.value, given.scope, given.value, self.found.scope)

    def _made_by(self, name: str, calls: Sequence[ast.Call]) -> Part | None:
        choices = {id(choice[0]): choice for call in calls for choice in self.made[id(call)]}
        return part_of(name, list(choices.values()), calls[0], self.found.scope) if calls else None

    def _make(self) -> None:
        for call in self.calls:
            self.made[id(call)] = self._of_another(call) or self._serializers(call)

    def _of_another(self, call: ast.Call) -> list[Choice]:
        """What ``OrderViewSet(request=request).get_serializer(order)`` makes, and ``get_serializer_class()(order)`` of the same."""
        asked = call.func.func if isinstance(call.func, ast.Call) else call.func
        of = asked.value if isinstance(asked, ast.Attribute) and asked.attr in ASKING else None
        other = other_view(self.answer.meant(of), self.inside, self.names) if of is not None else None
        return any_serializers_of(other, self.names) if other is not None else []

    # -- by others ---------------------------------------------------------------------------------------------------

    def _by_helpers(self, found: Crossing, returned: Set[int] | None) -> None:
        """What ``return self.place(order)`` and ``Response(self.place(order))`` give; of all other helpers, what they read."""
        for call in self.calls:
            is_asked = (returned is None or id(call) in returned) and not self._hands_over(call)
            helper = self._helper(call, is_returned=returned is not None) if is_asked else None
            if helper is not None:
                there = helper.crossing()
                if there.reads_body or there.asks is not None or returned is not None:
                    found.take(there)
                if returned is not None:
                    found.give(there.gives)
                    is_page = last_name(call.func) in PAGINATES  # of an own paginator
                    found.others += there.others if not is_page else []

    def _helper(self, call: ast.Call, *, is_returned: bool = False) -> Serializers | None:
        """The method of the codebase that ``self.place(order)`` calls, or the function that is given the request or returned.

        Not one that REST framework calls as well.
        """
        if self.depth >= (DEEPER if is_returned else DEEP):
            return None
        called = self.answer.meant(call.func)[0]  # def run(self, action): return action(request)
        is_method = isinstance(called, ast.Attribute) and last_name(called.value) == "self"
        method: tuple[Function, Scope] | None = None
        if is_method and self.choosing is not None and last_name(called) not in ACTIONS:
            method = self.choosing.method(last_name(called))
        elif not is_method and (is_returned or any(map(self._is_of_request, given_to(call)))):
            method = function_of(self.names.resolve(call.func, self.inside))
        if method is None or method[0] is self.found.function or not method[1].owned:
            return None
        is_bound = is_method or (isinstance(method[1].node, ast.ClassDef) and not self._is_of_class(call.func))
        arguments = arguments_of(call, method[0], self.inside, method[1], is_method=is_bound)
        values = {k: self._handed(given.value) for k, given in arguments.items()}
        of = call.func.value if isinstance(call.func, ast.Attribute) else call.func
        is_super = isinstance(of, ast.Call) and last_name(of.func) == "super"
        is_of_view = is_method or is_super or (bool(call.args) and last_name(call.args[0]) == "self")
        is_foreign = isinstance(method[1].node, ast.ClassDef) and not is_of_view  # whose super() is none of the view
        classes = {k: [choice for value in each for choice in self._classes(value)] for k, each in values.items()}
        flags = flags_of(arguments, method[0], self.names.function_scope(*method), self.names)
        occasion = replace(self.occasion, flags=flags)
        return self._there(method, Passed(values, classes, self.made), None if is_foreign else self.view, occasion)

    def _is_of_class(self, called: ast.expr) -> bool:
        """Whether a method is called by way of its class, with the object as the first argument."""
        of = self.names.resolve(called.value, self.inside) if isinstance(called, ast.Attribute) else None
        return of is not None and of.kind == "class"

    def _is_of_request(self, argument: ast.expr) -> bool:
        name = last_name(argument)
        return name in ("request", "self") or (name in (*BODY, *QUERY) and self.answer.is_sent(argument))

    def _handed(self, value: ast.expr) -> list[ast.expr]:
        """What a helper is given: of ``response.data``, that of whatever the response may be."""
        if isinstance(value, ast.Attribute) and value.attr == "data" and isinstance(value.value, ast.Name):
            return [ast.Attribute(each, "data", ast.Load()) for each in self.answer.meant(value.value)]
        return self.answer.meant(value)

    def _there(
        self, method: tuple[Function, Scope], passed: Passed | None, view: Entity | None, occasion: Occasion
    ) -> Serializers:
        found = Found(*method, self.found.owner)
        return Serializers(found, self.names, view, occasion, self.generic, passed, self.depth + 1)

    def _by_others(self, found: Crossing, returned: Set[int]) -> None:
        """What an action takes and gives that hands over to the one that it overrides, or to another one."""
        for call in self.calls:
            name = self._hands_over(call)
            if not name or self.choosing is None or self.depth > DEEPER:
                continue
            there = self._overridden(name, call)
            found.take(there)
            if id(call) in returned:
                found.give(there.gives)

    def _hands_over(self, call: ast.Call) -> str:
        """``super().create`` in ``create``, or ``self.list`` in ``get``; ``CreateModelMixin.create(self, ...)`` as well."""
        if not isinstance(call.func, ast.Attribute):
            return ""
        of, name = call.func.value, call.func.attr
        is_super = isinstance(of, ast.Call) and last_name(of.func) == "super"
        is_super = is_super or (bool(call.args) and last_name(call.args[0]) == "self")
        if is_super and name == self.found.function.name:
            return name
        if name in self.generic and (is_super or (last_name(of) == "self" and not self._has_own(name))):
            return name
        return name if name in ACTIONS and (is_super or last_name(of) == "self") else ""

    def _has_own(self, name: str) -> bool:
        return self.choosing is not None and self.choosing.method(name) is not None

    def _overridden(self, name: str, call: ast.Call) -> Crossing:
        """What crosses in an action that is called by another: its own serializers, or else those of the view."""
        assert self.choosing is not None
        assert self.view is not None
        assert isinstance(call.func, ast.Attribute)
        is_own = last_name(call.func.value) == "self"
        method = (
            self.choosing.method(name)
            if is_own
            else next_method(name, call.func.value, self.view, self.inside, self.names)
        )
        if method is None and name in self.generic:  # REST framework's own, which calls this one
            name = self.generic[name]
            method = self.choosing.method(name)
        if method is not None and method[0] is not self.found.function:
            there = self._there(method, None, self.view, replace(self.occasion, flags={}))
            found, plain = there.crossing(), there.plain.part()
            found.gives = found.gives or (plain if plain is not None and plain.kind == "none" else None)
            return found
        if name in ("destroy", "delete"):
            return Crossing(gives=self.plain.nothing())
        if name not in (*ACTIONS, *READING, *WRITING) and not name.startswith("bulk_"):
            return Crossing()  # of somebody else, who knows what it does
        choices = chosen_by(self.view, self.names, self.occasion)
        takes, gives = (
            part_of(part, choices, self.found.function, self.found.scope) for part in ("request.data", "return")
        )
        if gives is None and name in ACTIONS:
            why = f"{self.view.last} has no `serializer_class`"
            gives = Part("return", None, self.found.scope, call, self.found.scope, "unknown", why)
        return Crossing(takes if name not in READING else None, gives=gives)

    # -- what is made ------------------------------------------------------------------------------------------------

    def _serializers(self, call: ast.Call) -> list[Choice]:
        """The serializers, if any, that a call makes one of."""
        function = call.func
        if isinstance(function, ast.Call | ast.IfExp | ast.Subscript):
            found = self._classes(function)
            is_generic = not found and isinstance(function, ast.Subscript)  # Out[Order](order)
            is_generic = is_generic and self._is_serializer(function.value, self.inside)  # type: ignore[union-attr]
            return [(function.value, self.inside)] if is_generic else found  # type: ignore[union-attr]
        if not isinstance(function, ast.Name | ast.Attribute):
            return []
        of = function.value if isinstance(function, ast.Attribute) else None
        is_own = of is None or last_name(of.func if isinstance(of, ast.Call) else of) in ("self", "super")
        is_own = is_own or self._is_view(of)
        if isinstance(function, ast.Name) and function.id in self.passed.classes and self.passed.classes[function.id]:
            return self.passed.classes[function.id]  # whatever it is called
        local = self.answer.values.get(function.id, ()) if isinstance(function, ast.Name) else ()
        chosen = [choice for value in local for choice in self._classes(value)]
        if (
            is_own
            and last_name(function) in ("get_serializer", "serializer_class")
            and self.view is not None
            and not chosen
        ):
            if isinstance(function, ast.Attribute) and function.attr == "serializer_class":
                told = chosen_by(self.view, self.names, self.occasion)
                return self._of_view(function) or told or self._unread(call, self.names.resolve(function, self.inside))
            own = self._objects(call) if last_name(of or function) == "self" else []
            return own or chosen_by(self.view, self.names, self.occasion)
        if last_name(of or call) == "self" and "serializer" not in last_name(function).lower():
            return []
        if isinstance(function, ast.Name) and function.id in self.answer.values:
            return chosen
        if isinstance(function, ast.Name) and is_parameter(function, self.inside):
            return []
        own = self._of_view(function) if isinstance(function, ast.Attribute) and last_name(of or call) == "self" else []
        if own:
            return own
        if self._is_serializer(function, self.inside):
            return [(function, self.inside)]
        made = self.names.resolve(function, self.inside)
        base = made.node.func if made is not None and isinstance(made.node, ast.Call) else None
        if made is not None and made.scope is not None and isinstance(base, ast.Attribute):
            if self._is_serializer(base.value, made.scope):  # Card = Order.only("number"); Card(order)
                return [(base.value, made.scope)]
        return self._objects(call) or self._unread(call, made)

    def _unread(self, call: ast.Call, made: Entity | None) -> list[Choice]:
        """A class of which nothing is known but that it is given what was sent, and checks it."""
        data, name = option(call, "data"), last_name(call.func)
        is_unread = made is not None and made.kind in ("external", "unknown") and not self.names.known(made.name)
        is_unread = is_unread or (
            made is not None and isinstance(made.node, ast.Name | ast.Attribute | ast.Call)
        )  # In = get_class("In")
        is_unread = is_unread and (name[:1].isupper() or "serializer" in name.lower())
        if data is None or not is_unread or not self.answer.is_sent(data, BODY):
            return []
        is_checked = any(isinstance(node, ast.Attribute) and node.attr == "is_valid" for node in self.nodes)
        return [(call.func, self.inside)] if is_checked else []

    def _is_view(self, node: ast.expr | None) -> bool:
        """Whether a parameter is given the view: ``respond(self, order)``."""
        given = self.passed.values.get(node.id, ()) if isinstance(node, ast.Name) else ()
        return [last_name(value) for value in given] == ["self"]

    def _of_view(self, attribute: ast.Attribute) -> list[Choice]:
        """The serializers that an attribute of the view is one of, which the view may have from a class of its own."""
        choices = self.choosing.attribute(attribute.attr) if self.choosing is not None else []
        return [choice for choice in choices if self._is_serializer(*choice)]

    def _objects(self, call: ast.Call) -> list[Choice]:
        """The serializers of the one that a method of the view makes and returns."""
        helper = self._helper(call)
        if helper is None or not helper.answer.good:
            return []
        helper._make()
        returned = helper.answer.objects()
        return list({id(choice[0]): choice for each in returned for choice in helper.made[id(each)]}.values())

    def _classes(self, value: ast.expr) -> list[Choice]:
        """The serializers that the value of a local name is one of."""
        if isinstance(value, ast.Call):
            function = value.func
            if isinstance(function, ast.Attribute) and function.attr == "get" and is_self(function.value):
                found = self.choosing.of(value, self.inside) if self.choosing is not None else []
                return found if all(self._is_serializer(*choice) for choice in found) else []  # self.by_kind.get(kind)
            is_own = isinstance(function, ast.Attribute) and last_name(function.value) == "self"
            makes = last_name(function) in ("serializer_class", "get_serializer")  # an object rather than a class
            if not is_own or makes or "serializer" not in last_name(function).lower() or self.choosing is None:
                return []
            return self.choosing.of(value, self.inside)
        if not isinstance(value, ast.Name | ast.Attribute | ast.IfExp | ast.BoolOp | ast.Subscript):
            return []
        choices = self.choosing.of(value, self.inside) if self.choosing is not None else [(value, self.inside)]
        return [choice for choice in choices if self._is_serializer(*choice)]

    def _is_serializer(self, expression: ast.expr, scope: Scope) -> bool:
        """Of other schemas, such as typed dicts, nobody makes what is sent."""
        made = self.names.resolve(expression, scope) if isinstance(expression, ast.Name | ast.Attribute) else None
        if made is None:
            return False
        bases = self.names.bases(made) if made.kind == "class" else [made]
        if "schema" in self.names.kinds(expression, scope):
            return any("erializer" in base.last for base in bases)
        # of a package that is not installed, whose name is all there is
        return made.kind == "class" and any(b.kind == "external" and b.last.endswith("Serializer") for b in bases)
