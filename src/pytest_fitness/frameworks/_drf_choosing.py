"""Which serializer a view of Django REST framework chooses, by the action, the method, or neither."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from pytest_fitness.frameworks._drf_body import Body, Choice, Occasion, is_self
from pytest_fitness.frameworks._given import Given
from pytest_fitness.frameworks._reading import function_of, text
from pytest_fitness.frameworks._uses import arguments_of, stays
from pytest_fitness.model.contents import FUNCTIONS, is_property, last_name, own_returns
from pytest_fitness.model.syntax import Entity, Function, Names, Scope

CHOOSES = "get_serializer_class"
PLAINLY = ast.Call(ast.Attribute(ast.Name("self", ast.Load()), CHOOSES, ast.Load()), [], [])
"""How REST framework calls it."""

ANY_SERIALIZER: ast.expr = ast.Name("Serializer", ast.Load())
NAMED: dict[str, Entity | None] = {"Serializer": Entity("external", "rest_framework.serializers.Serializer")}
"""What the settings of a project name where a serializer is chosen, which is one of some sort."""

DEEP = 12
"""How many names and methods are looked through."""

GIVEN = ("action", "request", "args", "kwargs")
"""Attributes that every view has when it is called."""

Method = tuple[ast.FunctionDef, Scope]


def serializers_of(entity: Entity, names: Names, occasion: Occasion | None = None) -> list[Choice]:
    """Return the ``serializer_class`` of a view, or everything that ``get_serializer_class`` may return."""
    return Choosing(entity, names, occasion or Occasion()).all()


def any_serializers_of(entity: Entity, names: Names, occasion: Occasion | None = None) -> list[Choice]:
    """Return the same, and *some* serializer for whatever cannot be read: REST framework takes nothing else there."""
    choosing = Choosing(entity, names, occasion or Occasion())
    found = choosing.all()
    if not found and choosing.chooses():
        found = [(ast.Call(ast.Name(CHOOSES, ast.Load()), [], []), names.class_scope(entity))]
    return [_some(choice, scope) if is_unread(choice, scope, names) else (choice, scope) for choice, scope in found]


def other_view(values: Iterable[ast.expr], inside: Scope, names: Names) -> Entity | None:
    """Return the view that something is an object of: ``orders = OrderViewSet(request=request)``; None for anything else."""
    for value in values:
        made = names.resolve(value.func, inside) if isinstance(value, ast.Call) else None
        if (
            made is not None
            and made.kind == "class"
            and any(names.known(b.name) == "view:drf" for b in names.bases(made))
        ):
            return made
    return None


def _some(choice: ast.expr, scope: Scope) -> Choice:
    """Some serializer, by the name that it has."""
    name = last_name(choice) or last_name(ANY_SERIALIZER)
    return ast.copy_location(ast.Name(name, ast.Load()), choice), replace(scope, resolved={name: NAMED["Serializer"]})


def is_unread(choice: ast.expr, scope: Scope, names: Names) -> bool:
    """Return whether nothing is known of a serializer: of a class that is all there, and is none, enough is."""
    made = names.resolve(choice, scope) if isinstance(choice, ast.Name | ast.Attribute) else None
    bases = names.bases(made) if made is not None and made.kind == "class" else []
    is_read = bool(bases) and all(base.node is not None or base.name == "builtins.object" for base in bases)
    return not is_read and set(names.kinds(choice, scope)) <= {"unknown"}


def live_returns(function: Function, inside: Scope, occasion: Occasion) -> list[ast.expr]:
    """Return what a function may return on an occasion."""
    return Body(function, inside, occasion).returned


def flags_of(given: Mapping[str, Given], function: Function, inside: Scope, names: Names) -> dict[str, bool]:
    """Return which parameters of a function are true or false, and stay so."""
    truths = {name: _truth(each, names) for name, each in given.items() if stays(name, function, inside)}
    return {name: truth for name, truth in truths.items() if truth is not None}


def _truth(given: Given, names: Names) -> bool | None:
    if isinstance(given.value, ast.Constant):
        return bool(given.value.value)
    made = names.resolve(given.value, given.scope)
    return True if made is not None and made.kind == "class" else None


class Choosing:
    """What ``get_serializer_class`` of a view, or another method of it, may return."""

    def __init__(self, entity: Entity, names: Names, occasion: Occasion) -> None:
        self.entity = entity
        self.names = names
        self.occasion = occasion
        self._open: set[int] = set()
        self._set: dict[str, list[Choice]] = {}
        self._bodies: dict[tuple[int, int], tuple[ast.AST, Scope, Body]] = {}

    def all(self) -> list[Choice]:
        """Return every serializer that the view may choose."""
        makes = self.method("get_serializer")
        made = self._made(makes) if makes is not None else []
        return made or self._chosen_by_default()

    def chooses(self) -> bool:
        """Return whether a method of the codebase returns the serializer."""
        method = self.method(CHOOSES)
        returned = own_returns(method[0]) if method is not None else ()
        return any(not (isinstance(each, ast.Constant) and each.value is None) for each in returned)

    def is_set(self, name: str) -> bool | None:
        """Return whether a serializer of the view is there rather than None; None where that cannot be told."""
        if name in self.occasion.given:
            return True
        found = self.names.member(self.entity, name) if "serializer" in name else None
        if found is None or found.kind == "external":
            return None
        return not (isinstance(found.node, ast.Constant) and found.node.value is None)

    def _chosen_by_default(self) -> list[Choice]:
        chosen = self._method(CHOOSES)
        return self._returned(chosen) if chosen is not None else self.attribute("serializer_class")

    def _made(self, method: Method) -> list[Choice]:
        """The classes of what ``get_serializer`` of the view makes; none where that cannot be told."""
        inside = self.names.function_scope(*method)
        body = self._body(method[0], inside, self.occasion)
        found: list[Choice] = []
        todo = list(body.returned)
        for value in todo:
            sides = body.sides(value)
            if sides is not None:
                todo += [each for each in sides if each not in todo]
            elif isinstance(value, ast.Call) and last_name(value.func) == "get_serializer":  # of the base
                found += self._chosen_by_default()
            elif isinstance(value, ast.Call) and function_of(self.names.resolve(value.func, inside)) is None:
                found += self._choices(value.func, body, 0)
            else:
                return []
        return _distinct(iter(found))

    def method(self, name: str) -> Method | None:
        """Return a method of the view that is in the codebase, and where it is."""
        found = self._method(name)
        return found if found is not None and found[1].owned else None

    def _method(self, name: str) -> Method | None:
        found = self.names.member(self.entity, name)
        if found is None or not isinstance(found.node, ast.FunctionDef) or found.scope is None:
            return None
        return found.node, found.scope

    @staticmethod
    def _home(method: Method) -> str:
        """The class that a method is in, by its full name."""
        scope = method[1]
        return f"{scope.module}.{scope.node.name}" if isinstance(scope.node, ast.ClassDef) else scope.module

    def of(self, expression: ast.expr, inside: Scope) -> list[Choice]:
        """Return every serializer class that an expression in a method of the view may be."""
        return _distinct(self._choices(expression, self._body(expression, inside, self.occasion), 0))

    def set_by(self, function: Function, inside: Scope) -> dict[str, list[Choice]]:
        """Return what a method may set attributes of the view to, by name: ``self.serializer_class = Other``."""
        body = self._body(function, inside, self.occasion)
        return {name: self._set_to(name, values, body) for name, values in body.sets.items()}

    def _set_to(self, name: str, values: Iterable[ast.expr], body: Body) -> list[Choice]:
        """What an attribute is, and what it is declared as where it may not be set at all."""
        found = [choice for value in values for choice in self._choices(value, body, 0)]
        return found if name in body.always else [*found, *self.attribute(name)]

    def _body(
        self, node: ast.AST, inside: Scope, occasion: Occasion, passed: Mapping[str, Given] | None = None
    ) -> Body:
        function = node if isinstance(node, FUNCTIONS) else inside.node
        if passed or occasion is not self.occasion or function is None:
            return Body(node, inside, occasion, passed or {}, self)
        key = id(function), id(inside)
        if key not in self._bodies:  # both are kept, or others could come to have their ids
            self._bodies[key] = function, inside, Body(node, inside, occasion, {}, self)
        return self._bodies[key][2]

    def has(self, name: str) -> bool | None:
        """Return whether the view has an attribute; None where that cannot be told."""
        found = self.names.member(self.entity, name)
        if name in GIVEN or (found is not None and found.kind != "external"):
            return True
        if "serializer" not in name:  # it may be set anywhere
            return None
        bases = self.names.bases(self.entity)
        return None if any(base.kind == "unknown" or base.last == "object" for base in bases) else False

    def has_named(self, call: ast.Call, body: Body) -> bool | None:
        """Return whether ``getattr(self, f"{self.action}_serializer", None)`` gives anything; None where that cannot be told."""
        named = self._text(call.args[1], body) if last_name(call.args[0]) == "self" else ""
        default = call.args[2] if len(call.args) > 2 else None
        is_there = self.has(named) if "serializer" in named else None
        if is_there is False and not (isinstance(default, ast.Constant) and default.value is None):
            return None
        return bool(self.attribute(named)) if is_there else is_there

    def keys(self, node: ast.expr, body: Body) -> Sequence[str] | None:
        """Return the keys of a table, or of ``list(table.keys())``; None where they are not written there."""
        while isinstance(node, ast.Call):
            is_list = isinstance(node.func, ast.Name) and node.func.id in ("list", "set", "tuple") and node.args
            is_keys = isinstance(node.func, ast.Attribute) and node.func.attr == "keys"
            if not is_list and not is_keys:
                return None
            node = node.args[0] if is_list else node.func.value  # type: ignore[attr-defined]
        tables = self._tables(node, body, 0)
        keys = [key for table, _ in tables or () for key in table.keys]
        written = [key.value for key in keys if isinstance(key, ast.Constant) and isinstance(key.value, str)]
        return written if tables is not None and len(tables) < 2 and len(written) == len(keys) else None

    def _called(self, method: Method, call: ast.Call, where: Scope) -> Body:
        """The body of a method, with what its parameters are given by a call."""
        function, scope = method
        inside = self.names.function_scope(function, scope)
        given = arguments_of(call, function, where, scope, is_method=True)
        passed = {name: each for name, each in given.items() if stays(name, function, inside)}
        occasion = replace(self.occasion, flags=flags_of(given, function, inside, self.names))
        return self._body(function, inside, occasion, passed)

    def _returned(
        self, method: Method, depth: int = 0, call: ast.Call = PLAINLY, where: Scope | None = None
    ) -> list[Choice]:
        """Everything that a method of the view may return."""
        body = self._called(method, call, where or method[1])
        for name, set_to in body.sets.items():
            self._set[name] = self._set_to(name, set_to, body)
        values = (v for v in body.returned if not self._is_found(body.instead_of.get(id(v)), body, depth))
        return _distinct(choice for value in values for choice in self._choices(value, body, depth))

    def _is_found(self, lookup: ast.Subscript | None, body: Body, depth: int) -> bool:
        """Whether every table that is looked into has the action in it: what is returned otherwise is not."""
        tables = self._tables(lookup.value, body, depth) if lookup is not None else None
        asked = self._text(lookup.slice, body) if lookup is not None and body.asks_for(lookup.slice) else ""
        keys = [[k.value if isinstance(k, ast.Constant) else None for k in table.keys] for table, _ in tables or ()]
        return bool(asked and keys) and all(asked in written for written in keys)

    def _of_base(self, call: ast.Call, inside: Scope, depth: int) -> list[Choice]:
        """What ``super().get_serializer_class()`` may return: of the next base behind the class that says so."""
        around = inside.enclosing_class
        bases = self.names.bases(self.entity)
        at = next((n for n, base in enumerate(bases) if around is not None and base.node is around.node), len(bases))
        for base in bases[at + 1 :]:
            own = self.names.class_scope(base) if isinstance(base.node, ast.ClassDef) else None
            is_plain = own is not None and not own.owned and self.names.known(base.name) == "view:drf"
            for binding in reversed(own.symbols.get(CHOOSES, ())) if own is not None and not is_plain else ():
                if own is not None and isinstance(binding.node, ast.FunctionDef):
                    return self._returned((binding.node, own), depth + 1, call, inside)
        return self.attribute("serializer_class")

    def _choices(self, node: ast.expr, body: Body, depth: int) -> Iterator[Choice]:
        """Every serializer that an expression may be."""
        if depth > DEEP or id(node) in self._open:
            return
        self._open.add(id(node))
        yield from list(self._chosen(node, body, depth))
        self._open.discard(id(node))

    def _chosen(self, node: ast.expr, body: Body, depth: int) -> Iterator[Choice]:
        sides = body.sides(node)
        if sides is not None:
            for each in sides:
                yield from self._choices(each, body, depth + 1)
        elif isinstance(node, ast.Name) and node.id in body.passed:
            value, where = body.passed[node.id]
            yield from self._choices(value, self._body(value, where, self.occasion), depth + 1)
        elif isinstance(node, ast.Attribute) and last_name(node.value) == "self":
            yield from self.attribute(node.attr)
        elif isinstance(node, ast.Call) and last_name(node.func) == CHOOSES:
            yield from self._by_default(node, body, depth)
        elif (helper := self._own_method(node, body.inside)) is not None:
            assert isinstance(node, ast.Call)
            yield from self._returned(helper, depth + 1, node, body.inside)
        elif isinstance(node, ast.Call) and last_name(node.func) == "getattr" and len(node.args) > 1:
            yield from self._by_name(node, body, depth)
        elif (base := _base_made(node)) is not None:
            yield from self._choices(base, body, depth + 1)
        elif (several := self._several(node, body, depth)) is not None:
            for each, where in several:
                yield from self._choices(each, self._body(each, where, self.occasion), depth + 1)
        elif not (isinstance(node, ast.Constant) and node.value is None):
            yield node, body.inside

    def _by_default(self, call: ast.Call, body: Body, depth: int) -> Iterator[Choice]:
        """``self.get_serializer_class()``, which may be one of an installed package, or that of ``super()``."""
        chosen = self._method(CHOOSES) if is_self(call.func) else None
        if chosen is None or self.names.known(self._home(chosen)) == "view:drf":  # REST framework's own
            yield from self._of_base(call, body.inside, depth)
        else:
            yield from self._returned(chosen, depth + 1, call, body.inside)

    def _several(self, node: ast.expr, body: Body, depth: int) -> list[Choice] | None:
        """What is taken of options, of tables, or of objects in tables; None for anything else."""
        found = self._taken(node, body) or self._looked_up(node, body, depth)
        return found if found is not None else self._field_of(node, body, depth)

    def _field_of(self, node: ast.expr, body: Body, depth: int) -> list[Choice] | None:
        """What ``chosen.response`` is, of what is made by ``Serializers(request=OrderIn, response=OrderOut)``; None for anything else."""
        of = node.value if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) else None
        if of is None or of.id not in body.values or not isinstance(node, ast.Attribute):
            return None
        made = list(self._choices(of, body, depth + 1))  # nothing, where it is None for sure
        if not all(self._is_object(*each) for each in made):
            return None
        named = [(k, where) for each, where in made if isinstance(each, ast.Call) for k in each.keywords]
        return [(keyword.value, where) for keyword, where in named if keyword.arg == node.attr]

    def _is_object(self, made: ast.expr, where: Scope) -> bool:
        by = self.names.resolve(made.func, where) if isinstance(made, ast.Call) else None
        return by is not None and by.kind == "class"

    def _taken(self, node: ast.expr, body: Body) -> list[Choice] | None:
        """What ``kwargs.pop("serializer_class", None)`` is, of the options of the method, or ``import_string``; None for anything else."""
        if isinstance(node, ast.Call) and last_name(node.func) == "import_string":
            return [(ANY_SERIALIZER, replace(body.inside, resolved=NAMED))]
        function = body.inside.node
        rest = function.args.kwarg if isinstance(function, ast.FunctionDef) else None
        is_one = (
            isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ("pop", "get")
        )
        if rest is None or not is_one or last_name(node.func.value) != rest.arg or not node.args:  # type: ignore[attr-defined]
            return None
        assert isinstance(node, ast.Call)
        given = body.passed.get(rest.arg)
        pairs = (
            zip(given.value.keys, given.value.values, strict=True)
            if given and isinstance(given.value, ast.Dict)
            else ()
        )
        found = [
            (v, given.scope)
            for k, v in pairs
            if given and isinstance(k, ast.Constant) and k.value == text(node.args[0])
        ]
        return found or [(each, body.inside) for each in node.args[1:]]

    def _by_name(self, call: ast.Call, body: Body, depth: int) -> Iterator[Choice]:
        """``getattr(self, f"{self.action}_serializer_class", None)``."""
        named = self._text(call.args[1], body)
        there = self.names.member(self.entity, named) if named else None
        is_there = named in self.occasion.given or (there is not None and there.kind != "external")
        if is_there or (named and len(call.args) == 2):
            yield from self.attribute(named)
        elif not named:
            yield call, body.inside
        for default in call.args[2:] if not is_there else ():
            yield from self._choices(default, body, depth + 1)

    def _own_method(self, node: ast.expr, inside: Scope) -> Method | None:
        """The method that ``self.list_class()`` calls, or the function of the project that is called."""
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name | ast.Attribute):
            return None
        if isinstance(node.func, ast.Attribute) and is_self(node.func):
            return self.method(node.func.attr)
        found = function_of(self.names.resolve(node.func, inside))
        is_own = found is not None and found[1].owned and isinstance(found[0], ast.FunctionDef)
        return found if is_own else None  # type: ignore[return-value]

    def _text(self, node: ast.expr, body: Body) -> str:
        """The name that ``f"{self.action}_serializer_class"`` is, and its like; an empty text where that is not known."""
        if isinstance(node, ast.Constant):
            return str(node.value)
        if body.asks_for(node) == "action":
            return self.occasion.action
        if body.asks_for(node) == "method" and len(self.occasion.verbs) == 1:
            is_lower = isinstance(node, ast.Call) and last_name(node.func) == "lower"
            return self.occasion.verbs[0].lower() if is_lower else self.occasion.verbs[0]
        if isinstance(node, ast.Name):
            values = body.values.get(node.id, [])
            value = values[0] if len(values) == 1 else None
            return self._text(value, body) if isinstance(value, ast.BinOp | ast.JoinedStr) else ""
        parts: list[ast.expr] = []
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            parts = [node.left, node.right]
        elif isinstance(node, ast.JoinedStr):
            parts = [part.value if isinstance(part, ast.FormattedValue) else part for part in node.values]
        texts = [self._text(part, body) for part in parts]
        return "".join(texts) if all(texts) else ""

    def _looked_up(self, node: ast.expr, body: Body, depth: int) -> list[Choice] | None:
        """What ``by_action[self.action]`` or ``by_action.get(self.action, Default)`` may be; None for anything else."""
        is_get = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "get"
        expression = node.func.value if is_get else node.value if isinstance(node, ast.Subscript) else None  # type: ignore[attr-defined]
        tables = self._tables(expression, body, depth) if expression is not None else None
        if tables is None:
            return None
        defaults = [(argument, body.inside) for argument in node.args[1:]] if isinstance(node, ast.Call) else []
        key = node.args[0] if isinstance(node, ast.Call) and node.args else getattr(node, "slice", None)
        asked = (
            self._text(key, body) if key is not None and (body.asks_for(key) or isinstance(key, ast.Constant)) else ""
        )
        found: list[Choice] = [] if tables else defaults
        for table, where in tables:
            written = [k.value if isinstance(k, ast.Constant) else None for k in table.keys]
            chosen = [(v, where) for k, v in zip(written, table.values, strict=True) if k == asked]
            is_last = chosen and None not in written[written.index(asked) :]  # {**more, "list": Out}
            # or it would be an error
            if asked and (is_last or (None not in written and (chosen or is_get or id(node) in body.tried))):
                found += chosen or defaults
            else:
                found += [*((value, where) for value in table.values), *defaults]
        return found

    def _tables(self, node: ast.expr, body: Body, depth: int) -> list[tuple[ast.Dict, Scope]] | None:
        """The dicts that an expression may be, as far as they can be read, and which are not empty; None where none can."""
        if isinstance(node, ast.Dict):
            return [(node, body.inside)] if node.keys else []
        if depth > DEEP or id(node) in self._open:
            return None
        self._open.add(id(node))
        sides, where = body.sides(node), body
        if (helper := self._own_method(node, body.inside)) is not None:
            where = self._body(helper[0], self.names.function_scope(*helper), self.occasion)
            sides = where.returned
        if sides is None and isinstance(node, ast.Call) and last_name(node.func) in ("dict", "copy"):
            sides = [node.func.value] if isinstance(node.func, ast.Attribute) else node.args[:1]
        parts = [self._tables(each, where, depth + 1) for each in sides or ()]
        self._open.discard(id(node))
        if sides is not None:
            known = [part for part in parts if part is not None]
            return [table for part in known for table in part] if known else None
        return self._named_table(node, body)

    def _named_table(self, node: ast.expr, body: Body) -> list[tuple[ast.Dict, Scope]] | None:
        if isinstance(node, ast.Call) and last_name(node.func) == "getattr" and len(node.args) > 1:
            found = self.names.member(self.entity, text(node.args[1]))
        elif isinstance(node, ast.Attribute) and is_self(node):
            found = self.names.member(self.entity, node.attr)
        else:
            found = self.names.resolve(node, body.inside)
        if found is not None and isinstance(found.node, ast.Name) and found.scope is not None:  # by_action = BY_ACTION
            is_same = found.node.id == found.last and found.scope.parent is not None
            found = self.names.resolve(found.node, found.scope.parent if is_same else found.scope)  # type: ignore[arg-type]
        if found is not None and isinstance(found.node, ast.Constant) and found.node.value is None:
            return []
        return [(found.node, found.scope or body.inside)] if found and isinstance(found.node, ast.Dict) else None

    def attribute(self, name: str) -> list[Choice]:
        """Return the serializer that an attribute of the view is."""
        if name in self._set:
            return self._set[name]
        if name in self.occasion.given:
            return list(self.occasion.given[name])
        found = self.names.member(self.entity, name)
        if found is None or found.scope is None:
            return []
        if found.kind == "value":
            is_none = isinstance(found.node, ast.Constant) and found.node.value is None
            if isinstance(found.node, ast.Call | ast.Subscript):  # serializer_class = by_settings(), BY_KIND["order"]
                return _distinct(self._choices(found.node, self._body(found.node, found.scope, self.occasion), 0))
            return [(found.node, found.scope)] if isinstance(found.node, ast.expr) and not is_none else []
        if isinstance(found.node, ast.FunctionDef) and name == "serializer_class":  # which makes what it is called for
            method = (found.node, found.scope)
            return self._returned(method) if is_property(found.node) else self._made(method)
        return [(ast.Name(name), self.names.class_scope(self.entity))]


def _base_made(node: ast.expr) -> ast.expr | None:
    """The first base in ``type(name, (Serializer,), fields)``; None for anything else."""
    bases = (
        node.args[1] if isinstance(node, ast.Call) and last_name(node.func) == "type" and len(node.args) == 3 else None
    )
    return bases.elts[0] if isinstance(bases, ast.Tuple) and bases.elts else None


def _distinct(choices: Iterator[Choice]) -> list[Choice]:
    return list({id(choice[0]): choice for choice in choices}.values())
