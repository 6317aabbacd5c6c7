"""The serializers that a view of Django REST framework takes and gives."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence

from pytest_fitness.frameworks._reading import HTTP_METHODS, called, is_parameter, is_success, option, original_name
from pytest_fitness.model.contents import Found, last_name, own_returns
from pytest_fitness.model.syntax import Entity, Function, Names, Part, Scope

DOCUMENTED = {"extend_schema": ("request", "responses"), "swagger_auto_schema": ("request_body", "responses")}
ACTIONS = ("list", "create", "retrieve", "update", "partial_update")
"""What takes and gives the same as the action that it overrides."""

CHOOSES = "get_serializer_class"

HANDS_ON = re.compile(r"(?i)response|paginat|^list$")
"""What answers with what it is given, by its name: ``Response``, ``self.get_paginated_response``."""

Choice = tuple[ast.expr, Scope]
"""A serializer, and where it is written."""


class Serializers:
    """The serializers of one method of a view, which may come from a mixin, or of a function."""

    def __init__(self, found: Found, names: Names, view: Entity | None, depth: int = 0) -> None:
        self.found = found
        self.depth = depth
        self.view = view
        self.names = names
        self.inside = names.function_scope(found.function, found.scope)

    def parts(self) -> tuple[Part | None, Part | None]:
        """Return what the request and the response are made of; what is documented decides over what is made."""
        takes, gives = self._made()
        request, response = self._documented()
        return request or takes, response or gives

    def _documented(self) -> tuple[Part | None, Part | None]:
        """What ``@extend_schema(request=..., responses=...)`` says, on the method or for it on the class."""
        for decorator in (*self.found.function.decorator_list, *self._on_the_class()):
            keywords = DOCUMENTED.get(original_name(called(decorator), self.found.scope, self.names, DOCUMENTED))
            request, responses = (option(decorator, keyword) for keyword in keywords) if keywords else (None, None)
            if request is not None or responses is not None:
                return self._part("request.data", request), self._part("return", responses)
        return None, None

    def _on_the_class(self) -> Iterator[ast.expr]:
        """``@extend_schema_view(create=extend_schema(...))``, and ``@extend_schema(...)`` for all methods."""
        owner = self.found.owner.node if self.found.owner is not None else None
        for decorator in owner.decorator_list if isinstance(owner, ast.ClassDef) else ():
            name = last_name(called(decorator))
            if name == "extend_schema_view":
                said = option(decorator, self.found.function.name)
                if said is not None:
                    yield said
            elif name in DOCUMENTED:
                yield decorator

    def _part(self, name: str, expression: ast.expr | None) -> Part | None:
        if isinstance(expression, ast.Dict):  # {200: Out, 404: Problem}
            pairs = [(k, v) for k, v in zip(expression.keys, expression.values, strict=True) if k is not None]
            expression = next((v for k, v in pairs if is_success(k)), pairs[0][1] if pairs else None)
        if isinstance(expression, ast.Call) and last_name(expression.func) == "inline_serializer":
            return Part(name, None, self.found.scope, expression, self.found.scope, "schema", "inline_serializer")
        if isinstance(expression, ast.Call):  # Out(many=True); OpenApiResponse(response=Out)
            expression = option(expression, "response") or expression.func
        if not isinstance(expression, ast.Name | ast.Attribute) or "schema" not in self.names.kinds(
            expression, self.found.scope
        ):
            return None
        return Part(name, expression, self.found.scope, expression, self.found.scope)

    def _made(self) -> tuple[Part | None, Part | None]:
        """The serializers that the function makes: with ``data=`` for the request, and those of which it returns what they show."""
        made: dict[int, list[Choice]] = {}
        takes: Part | None = None
        nodes = list(ast.walk(self.found.function))
        for node in nodes:
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
                choices = made[id(node)] = self._serializers(node.func)
                if option(node, "data") is not None:
                    takes = takes or part_of("request.data", choices, node, self.found.scope)
        answer = _Returned(self.found.function, nodes, made)
        # a name may have been given what reads the request, and then what is shown
        returned = sorted(answer.serializers(), key=lambda call: option(call, "data") is not None)
        every = {id(choice[0]): choice for call in returned for choice in made[id(call)]}
        if returned and answer.unclear is not None:
            every[id(answer.unclear)] = answer.unclear, self.inside
        gives = part_of("return", list(every.values()), returned[0], self.found.scope) if returned else None
        gives = gives or self._of_helpers(answer)
        if gives is None and answer.unclear is not None:
            why = f"`{ast.unparse(answer.unclear)}(...)` cannot be told"
            gives = Part("return", None, self.found.scope, answer.unclear, self.found.scope, "unknown", why)
        if (takes is None or gives is None) and self._delegates():
            assert self.view is not None
            choices = serializers_of(self.view, self.names, self.found.function.name)
            own = [part_of(name, choices, self.found.function, self.found.scope) for name in ("request.data", "return")]
            takes, gives = takes or own[0], gives or own[1]
        return takes, gives

    def _of_helpers(self, answer: _Returned) -> Part | None:
        """What ``return self.place(order)`` and ``Response(self.place(order))`` give, where that is a method of the codebase."""
        for call in answer.helpers() if self.view is not None and self.depth < 2 else ():
            assert isinstance(call.func, ast.Attribute)
            helper = self.names.member(self.view, call.func.attr) if self.view is not None else None
            node, scope = (helper.node, helper.scope) if helper is not None else (None, None)
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and scope is not None and scope.owned:
                if node is not self.found.function and node.name not in ACTIONS:
                    found = Found(node, scope, self.found.owner)
                    gives = Serializers(found, self.names, self.view, self.depth + 1).parts()[1]
                    if gives is not None:
                        return gives
        return None

    def _delegates(self) -> bool:
        """Whether an action hands over to the one that it overrides, which takes and gives what the class says."""
        name = self.found.function.name
        return (
            self.view is not None
            and name not in ("destroy", "delete")
            and any(
                isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and _hands_over(node.func, name)
                for node in ast.walk(self.found.function)
            )
        )

    def _serializers(self, function: ast.expr) -> list[Choice]:
        of = function.value if isinstance(function, ast.Attribute) else None
        is_own = of is None or last_name(of.func if isinstance(of, ast.Call) else of) in ("self", "super")
        if is_own and last_name(function) in ("get_serializer", "serializer_class") and self.view is not None:
            return serializers_of(self.view, self.names, self.found.function.name)
        is_local = isinstance(function, ast.Name) and is_parameter(function, self.inside)
        made = self.names.resolve(function, self.inside) if not is_local else None
        if made is not None and "schema" in self.names.kinds(function, self.inside):
            # of other schemas, such as typed dicts, nobody makes what is sent
            bases = self.names.bases(made) if made.kind == "class" else [made]
            return [(function, self.inside)] if any("erializer" in base.name for base in bases) else []
        return []


def _hands_over(function: ast.Attribute, name: str) -> bool:
    """``super().create`` in ``create``, or ``self.list`` in ``get``."""
    is_super = isinstance(function.value, ast.Call) and last_name(function.value.func) == "super"
    if is_super and function.attr == name:
        return True
    return function.attr in ACTIONS and (is_super or last_name(function.value) == "self")


def part_of(name: str, choices: Sequence[Choice], node: ast.AST, home: Scope) -> Part | None:
    """Return what crosses, which is one of some serializers; None where there are none."""
    if not choices:
        return None
    return Part(name, *choices[0], node, home, alternatives=tuple(choices[1:]))


def serializers_of(entity: Entity, names: Names, action: str = "") -> list[Choice]:
    """Return the ``serializer_class`` of a view, or everything that ``get_serializer_class`` may return for an action."""
    return _Choosing(entity, names, "" if action in HTTP_METHODS else action).all()


class _Choosing:
    """What ``get_serializer_class`` of a view may return.

    Args:
        entity: the view.
        names: resolves names.
        action: of a view set; an empty text where it is not known.
    """

    def __init__(self, entity: Entity, names: Names, action: str) -> None:
        self.entity = entity
        self.names = names
        self.action = action

    def _member(self, name: str) -> Entity | None:
        """An attribute of the view, by the codebase where an installed base comes first, whose attributes are not known."""
        found = self.names.member(self.entity, name)
        if found is not None and found.kind == "external":
            own = (b for b in self.names.bases(self.entity) if b.scope is not None and b.scope.owned)
            says_so = (b for b in own if isinstance(b.node, ast.ClassDef) and name in self.names.class_scope(b).symbols)
            base = next(says_so, None)
            return self.names.member(base, name) if base is not None else found
        return found

    def all(self) -> list[Choice]:
        chosen = self._member(CHOOSES)
        if chosen is None or not isinstance(chosen.node, ast.FunctionDef) or chosen.scope is None:
            return self._attribute("serializer_class")
        return self._returned(chosen.node, chosen.scope)

    def _returned(self, function: ast.FunctionDef, scope: Scope, depth: int = 0) -> list[Choice]:
        """Everything that a ``get_serializer_class`` of the view, or of one of its bases, may return."""
        inside = self.names.function_scope(function, scope)
        returned = [n.value for n in ast.walk(function) if isinstance(n, ast.Return) and n.value is not None]
        found = [choice for value in returned for choice in self._choices(value, inside, depth)]
        return list({id(choice[0]): choice for choice in found}.values())

    def _of_base(self, inside: Scope, depth: int) -> list[Choice]:
        """What ``super().get_serializer_class()`` may return: of the next base behind the class that says so."""
        around = inside.enclosing_class
        bases = self.names.bases(self.entity)
        at = next((n for n, base in enumerate(bases) if around is not None and base.node is around.node), len(bases))
        for base in bases[at + 1 :]:
            own = self.names.class_scope(base) if isinstance(base.node, ast.ClassDef) else None
            for binding in reversed(own.symbols.get(CHOOSES, ())) if own is not None and own.owned else ():
                if own is not None and isinstance(binding.node, ast.FunctionDef):
                    return self._returned(binding.node, own, depth + 1)
        return self._attribute("serializer_class")

    def _choices(self, node: ast.expr, inside: Scope, depth: int = 0) -> Iterator[Choice]:
        """Every serializer that an expression in ``get_serializer_class`` may be."""
        nodes = self._branches(node, inside) if depth < 5 else None
        if nodes is not None:
            for each, where in nodes:
                yield from self._choices(each, where, depth + 1)
        elif isinstance(node, ast.Attribute) and last_name(node.value) == "self":
            yield from self._attribute(node.attr)
        elif isinstance(node, ast.Call) and last_name(node.func) == CHOOSES:
            yield from self._of_base(inside, depth) if depth < 5 else ()
        elif (helper := self._own_method(node)) is not None and depth < 5:
            yield from self._returned(*helper, depth + 1)
        elif isinstance(node, ast.Call) and last_name(node.func) == "getattr" and len(node.args) > 1:
            named = self._text(node.args[1], inside)
            yield from self._attribute(named) if named else [(node, inside)]
            there = self._member(named) if named else None
            for default in node.args[2:] if there is None or there.kind == "external" else ():
                yield from self._choices(default, inside, depth + 1)
        elif not (isinstance(node, ast.Constant) and node.value is None):
            yield node, inside

    def _own_method(self, node: ast.expr) -> tuple[ast.FunctionDef, Scope] | None:
        """The method that ``self.list_class()`` calls."""
        if not (
            isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and last_name(node.func.value) == "self"
        ):
            return None
        found = self._member(node.func.attr)
        if found is None or not isinstance(found.node, ast.FunctionDef) or found.scope is None or not found.scope.owned:
            return None
        return found.node, found.scope

    def _text(self, node: ast.expr, inside: Scope) -> str:
        """The name that ``f"{self.action}_serializer_class"`` is, and its like; an empty text where that is not known."""
        if isinstance(node, ast.Constant):
            return str(node.value)
        if isinstance(node, ast.Attribute) and node.attr == "action" and last_name(node.value) == "self":
            return self.action
        if isinstance(node, ast.Name):
            values = [b.node for b in inside.symbols.get(node.id, ())]
            value = values[0] if len(values) == 1 else None
            return self._text(value, inside) if isinstance(value, ast.BinOp | ast.JoinedStr) else ""
        parts: list[ast.expr] = []
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            parts = [node.left, node.right]
        elif isinstance(node, ast.JoinedStr):
            parts = [part.value if isinstance(part, ast.FormattedValue) else part for part in node.values]
        texts = [self._text(part, inside) for part in parts]
        return "".join(texts) if all(texts) else ""

    def _branches(self, node: ast.expr, inside: Scope) -> list[Choice] | None:
        """What an expression chooses from; None for one that does not."""
        if isinstance(node, ast.IfExp):
            return [(node.body, inside), (node.orelse, inside)]
        if isinstance(node, ast.BoolOp):
            return [(value, inside) for value in node.values]
        if isinstance(node, ast.Name) and node.id in inside.symbols:
            values = [(b.node, inside) for b in inside.symbols[node.id] if isinstance(b.node, ast.expr)]
            return values if len(values) == len(inside.symbols[node.id]) else None
        is_get = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "get"
        table = node.func.value if is_get else node.value if isinstance(node, ast.Subscript) else None  # type: ignore[attr-defined]
        where = inside
        if isinstance(table, ast.Name) or (isinstance(table, ast.Attribute) and last_name(table.value) == "self"):
            is_own = isinstance(table, ast.Attribute)
            found = self._member(table.attr) if is_own else self.names.resolve(table, inside)  # type: ignore[union-attr]
            table, where = (found.node, found.scope or inside) if found is not None else (None, inside)
        if not isinstance(table, ast.Dict):
            return None
        defaults = [(argument, inside) for argument in node.args[1:]] if isinstance(node, ast.Call) else []
        key = node.args[0] if isinstance(node, ast.Call) and node.args else getattr(node, "slice", None)
        action = self._text(key, inside) if isinstance(key, ast.Attribute) else ""
        written = [k.value if isinstance(k, ast.Constant) else None for k in table.keys]
        if action and None not in written:  # by_action[self.action]
            chosen = [(v, where) for k, v in zip(written, table.values, strict=True) if k == action]
            if chosen or isinstance(node, ast.Call):
                return chosen or defaults
        return [*((value, where) for value in table.values), *defaults]

    def _attribute(self, name: str) -> list[Choice]:
        """The serializer that an attribute of the view is."""
        found = self._member(name)
        if found is None or found.scope is None:
            return []
        if found.kind == "value":
            is_none = isinstance(found.node, ast.Constant) and found.node.value is None
            return [(found.node, found.scope)] if isinstance(found.node, ast.expr) and not is_none else []
        return [(ast.Name(name), self.names.class_scope(self.entity))]


class _Returned:
    """What a method returns, as far as it is made of serializers: a dict with one in it is a dict, and what is only read is not returned.

    Args:
        function: the method.
        nodes: all there is in it.
        made: what the calls in it make, by their ids; an empty list for what is no serializer.

    Attributes:
        unclear: what makes something that is called a serializer, and of which nothing is known; once `serializers` is done.
    """

    def __init__(self, function: Function, nodes: Sequence[ast.AST], made: Mapping[int, list[Choice]]) -> None:
        self.function = function
        self.made = made
        self.unclear: ast.expr | None = None
        self.values: dict[str, list[ast.expr]] = {}
        for node in nodes:
            if isinstance(node, ast.Assign | ast.AnnAssign | ast.NamedExpr) and node.value is not None:
                for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                    if isinstance(target, ast.Name):
                        self.values.setdefault(target.id, []).append(node.value)

    def serializers(self) -> Iterator[ast.Call]:
        """Yield the calls that make what is returned when all goes well; of a method that only fails, what it returns then."""
        values = list(own_returns(self.function))
        good = [value for value in values if not self._is_error(value)]
        for value in good or values:
            yield from self._shown(value)

    def helpers(self) -> Iterator[ast.Call]:
        """Yield the calls of other methods by which something is returned."""
        for value in own_returns(self.function):
            parts = [value, *(value.args if isinstance(value, ast.Call) else ())]
            for part in (each.value if isinstance(each, ast.Await) else each for each in parts):
                if isinstance(part, ast.Call) and isinstance(part.func, ast.Attribute):
                    if last_name(part.func.value) == "self":
                        yield part

    def _is_error(self, value: ast.expr) -> bool:
        status = option(value, "status", position=1) if last_name(called(value)) == "Response" else None
        return status is not None and not is_success(status)

    def _shown(self, value: ast.expr) -> Iterator[ast.Call]:
        """The serializers in a value, those that read the request only where their ``data`` is in it."""
        todo = [(value, False)]
        seen: set[tuple[int, bool]] = set()
        for each, is_data in todo:
            if (id(each), is_data) in seen:
                continue
            seen.add((id(each), is_data))
            if not isinstance(each, ast.Call) or not self.made.get(id(each)):
                if isinstance(each, ast.Call) and is_data and "serializer" in last_name(each.func).lower():
                    self.unclear = each.func
                still = isinstance(each, ast.Attribute) or (is_data and not isinstance(each, ast.Call))
                todo += [(part, still) for part in self._parts(each)]
            elif is_data or option(each, "data") is None:
                yield each

    def _parts(self, value: ast.expr) -> Sequence[ast.expr]:
        """What an expression hands on as it is."""
        if isinstance(value, ast.Call):
            if isinstance(value.func, ast.Attribute) and value.func.attr == "to_representation":
                return [value.func.value]
            is_handed_on = HANDS_ON.search(last_name(value.func)) is not None
            return [*value.args, *(keyword.value for keyword in value.keywords)] if is_handed_on else []
        if isinstance(value, ast.Name):
            return self.values.get(value.id, [])
        if isinstance(value, ast.IfExp):
            return [value.body, value.orelse]
        if isinstance(value, ast.BoolOp):
            return value.values
        if isinstance(value, ast.Lambda):  # self.paginate(rows, on_results=lambda rows: Out(rows, many=True).data)
            return [value.body]
        if isinstance(value, ast.List | ast.Tuple):
            return value.elts
        if isinstance(value, ast.ListComp | ast.GeneratorExp):
            return [value.elt]
        is_data = isinstance(value, ast.Attribute) and value.attr == "data"
        return [value.value] if is_data or isinstance(value, ast.Await | ast.Starred) else []  # type: ignore[attr-defined]
