"""The schemas by which the body of a Flask view reads the request: ``OrderSchema().load(request.get_json())``."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Set
from dataclasses import replace
from functools import cached_property
from types import MappingProxyType

from pytest_fitness.frameworks._behind import calls_given, wrappers_of
from pytest_fitness.frameworks._flask_annotated import CLIENTS
from pytest_fitness.frameworks._flask_written import LOADS, MAKES
from pytest_fitness.frameworks._reading import function_of, option, values_in
from pytest_fitness.frameworks._uses import arguments_of
from pytest_fitness.model.contents import FUNCTIONS, Found, class_seen, last_name, own_returns
from pytest_fitness.model.syntax import Entity, Function, Names, Scope

SENT = frozenset("json get_json form args values data get_data files".split())
"""Attributes of a request that hold what was sent."""

PATH = ("match_info", "view_args", "path_params")
"""Attributes of a request that hold the parts of its path, which are no input."""

ADAPTS = ("validate_python", "validate_json")
"""Methods of a ``TypeAdapter`` of Pydantic that are given data."""

KEEPING = ("dict", "str", "bytes", "get_json", "to_dict", "copy", "deepcopy", "loads", "decode", "get_data")
"""What gives back what it is given, in another form."""

CONVERTING = ("fromisoformat", "strptime", "join", "append", "format")
"""What is in what it gives, though that is only a part."""

FINDING = ("find", "find_one", "filter_by", "get_or_404", "first_or_404", "execute", "scalars")
"""What finds rows by what it is given, which is not in them."""

PLAIN = ("builtins.object", "abc.ABC", "typing.Generic", "typing.Protocol")
"""Bases that make no schema of a class."""

CHECKS = ("validate", "iter_errors", "is_valid")
"""What checks something by a JSON schema, in jsonschema."""

PARSES = "parse_args"
"""The method of a parser of Flask-RESTful, or of flask-restx, that reads the request."""

DEEP = 3
"""How many functions are looked through that a view calls."""


def handed_in(found: Found, names: Names) -> set[str]:
    """Return the parameters that decorators of the project fill with something of the request: ``f(*args, order=read(request.json))``."""
    named = [argument.arg for argument, _ in found.parameters]
    handed: set[str] = set()
    for wrapper in wrappers_of(found, names):
        nodes = list(ast.walk(wrapper.function))
        calls = [n for n in nodes if isinstance(n, ast.Call) and calls_given(n, wrapper)]
        pairs = [pair for call in calls for pair in zip(named, _by_position(call, found), strict=False)]
        pairs += [(k.arg, k.value) for call in calls for k in call.keywords if k.arg is not None]
        spread = {last_name(k.value) for call in calls for k in call.keywords if k.arg is None}
        put = [(n.targets[0], n.value) for n in nodes if isinstance(n, ast.Assign)]  # more["order"] = ...
        keys = [(t.slice, value) for t, value in put if isinstance(t, ast.Subscript) and last_name(t.value) in spread]
        pairs += [(str(key.value), value) for key, value in keys if isinstance(key, ast.Constant)]
        for n in nodes:
            if isinstance(n, ast.Call) and isinstance(n.func, ast.Attribute) and last_name(n.func.value) in spread:
                pairs += [(k.arg, k.value) for k in n.keywords if k.arg and n.func.attr == "update"]
        if pairs:
            reads = Reads(wrapper.function, names.function_scope(wrapper.function, wrapper.scope), names)
            handed |= {name for name, value in pairs if reads.asks(value)}
    return handed


def of_init(call: ast.Call) -> ast.Call:
    """Return the call of ``__init__`` that is in one of a class."""
    made = ast.Call(ast.Attribute(call.func, "__init__", ast.Load()), call.args, call.keywords)
    return ast.copy_location(made, call)


def _by_position(call: ast.Call, found: Found) -> list[ast.expr]:
    """What is given by position, up to what is spread; for a method, without its object."""
    plain = next((n for n, each in enumerate(call.args) if isinstance(each, ast.Starred)), len(call.args))
    is_bound = found.owner is not None and bool(call.args) and last_name(call.args[0]) in ("self", "cls")
    return call.args[int(is_bound) : plain]


class Reads:
    """What a function reads of the request.

    Args:
        function: the function.
        inside: the scope inside of it.
        names: resolves names.
        depth: how many functions have called each other up to this one.
        given: by parameter, what of the request it is given; an empty text for the request itself.
        known: what functions give back, for all that are looked through together.

    Attributes:
        requests: how the request is called in it.
        calls: all that it calls.
    """

    def __init__(  # noqa: PLR0913, PLR0917 - what is known of where it is called
        self,
        function: Function,
        inside: Scope,
        names: Names,
        depth: int = 0,
        given: Mapping[str, str] = MappingProxyType({}),
        known: dict[tuple[object, ...], str] | None = None,
    ) -> None:
        self.given = given
        self._known = known if known is not None else {}
        self.requests = {"request", "_request", *(name for name, read in given.items() if not read)}
        self._given_by: dict[int, str] = {}
        self._filled: dict[str, str] = {}
        self.inside = inside
        self.names = names
        self.depth = depth
        self._nodes = [node for statement in function.body for node in ast.walk(statement)]
        self.calls = [node for node in self._nodes if isinstance(node, ast.Call)]

    @cached_property
    def _values(self) -> Mapping[str, list[ast.expr]]:
        """What local names may be; the variable of a loop is in what that goes over."""
        values = values_in(self._nodes)
        for node in self._nodes:
            if isinstance(node, ast.For | ast.AsyncFor | ast.comprehension):
                for name in ast.walk(node.target):
                    if isinstance(name, ast.Name):
                        values.setdefault(name.id, []).append(node.iter)
        return values

    @cached_property
    def _put(self) -> Mapping[str, list[ast.expr]]:
        """What is put into local names under keys: ``data["number"] = ...``."""
        put: dict[str, list[ast.expr]] = {}
        for node in self._nodes:
            target = node.targets[0] if isinstance(node, ast.Assign) else None
            if (
                isinstance(node, ast.Assign)
                and isinstance(target, ast.Subscript)
                and isinstance(target.value, ast.Name)
            ):
                put.setdefault(target.value.id, []).append(node.value)
        return put

    @cached_property
    def any_sent(self) -> str:
        """The first thing of the request that is read, or that another function gives; an empty text for none."""
        return next(filter(None, (self._of_request(each) or self._given_back(each) for each in self._nodes)), "")

    def loads_path(self, schema: str) -> bool:
        """Return whether all that is done with the parameter of a *schema* is to load the parts of the path by it."""
        named = {id(n) for n in self._nodes if isinstance(n, ast.Name) and n.id == schema}
        loading: list[ast.expr | None] = []
        for call in self.calls:
            of = (
                call.func.value if isinstance(call.func, ast.Attribute) and call.func.attr in (*LOADS, *MAKES) else None
            )
            if id(of or call.func) in named:
                named.discard(id(of or call.func))
                spread = next((k.value for k in call.keywords if k.arg is None), None)
                loading.append(option(call, "data", "json_data", "obj", position=0) or spread)
        return bool(loading) and not named and all(map(self._is_of_path, loading))

    def _is_of_path(self, data: ast.expr | None) -> bool:
        """Whether there is nothing of the request in something but parts of its path."""
        todo: list[ast.AST] = [data] if data is not None else []
        seen, is_found = set[int](), False
        for node in todo:
            if isinstance(node, ast.Name) and node.id in self.requests:
                return False
            is_part = isinstance(node, ast.Attribute) and node.attr in PATH and last_name(node.value) in self.requests
            is_found = is_found or is_part
            if not is_part and id(node) not in seen:
                seen.add(id(node))
                todo += self._values.get(node.id, ()) if isinstance(node, ast.Name) else ast.iter_child_nodes(node)
        return is_found

    def asks(self, expression: ast.expr) -> bool:
        """Return whether something of the request is anywhere in an expression, or in what its names may be."""
        return any(self._of_request(node) or getattr(node, "id", "") in self._asking for node in ast.walk(expression))

    @cached_property
    def _asking(self) -> Set[str]:
        """The local names that may be made of something of the request, by way of others, too."""
        used: dict[str, set[str]] = {}  # by name, what is made of it
        found: list[str] = []
        for name, values in self._values.items():
            for node in (each for value in values for each in ast.walk(value)):
                if isinstance(node, ast.Name):
                    used.setdefault(node.id, set()).add(name)
                elif self._of_request(node):
                    found.append(name)
        for name in found:
            found += used.pop(name, ())
        return set(found)

    def every(self, seen: set[Function] | None = None) -> Iterator[Reads]:
        """Yield this, and the same of every function of the project that is called, which may read the request itself."""
        yield self
        known = seen if seen is not None else set[Function]()
        for call in self.calls if self.depth < DEEP else ():
            called = self._function(call)
            if called is not None and called[0] not in known:
                known.add(called[0])
                yield from self._behind(*called, call).every(known)

    def _behind(self, function: Function, scope: Scope, call: ast.Call) -> Reads:
        is_method = isinstance(scope.node, ast.ClassDef)
        if function.name == "__init__":
            call = of_init(call)
        arguments = arguments_of(call, function, self.inside, scope, is_method=is_method).items()
        own = ((name, each.value) for name, each in arguments if each.scope is self.inside)
        given = {n: read for n, value in own if self._is_whole(value) and (read := self.sent(value, is_strict=True))}
        inside = self.names.function_scope(function, scope)
        whole = {n for n, each in arguments if each.scope is self.inside and last_name(each.value) in self.requests}
        return Reads(function, inside, self.names, self.depth + 1, {**given, **dict.fromkeys(whole, "")}, self._known)

    def _function(self, call: ast.Call) -> tuple[Function, Scope] | None:
        """The function of the project that is called, a method as it is in the class of the object."""
        made = self.names.resolve(call.func, self.inside)
        kept = made.node if made is not None else None
        if made is not None and isinstance(kept, ast.Call) and last_name(kept.func) == "staticmethod" and kept.args:
            made = self.names.resolve(kept.args[0], made.scope or self.inside)  # create = staticmethod(Orders.create)
        if made is not None and made.kind == "class":  # a controller that reads what it is made with
            init = function_of(self.names.member(made, "__init__"))
            if init is None or not init[1].owned:
                return None
            return init[0], replace(init[1], seen_as=made) if init[1].node is not made.node else init[1]
        function, home = function_of(made) or (None, self.inside)
        if function is None or not home.owned:
            return None
        of = call.func.value if isinstance(call.func, ast.Attribute) else None
        if of is None or not isinstance(home.node, ast.ClassDef):
            return function, home
        view = class_seen(self.inside)
        is_super = isinstance(of, ast.Call) and last_name(of.func) == "super"
        if last_name(of) != "self" and not is_super:
            view = self.names.instance_class(Entity("value", "", of, None, self.inside))
        is_seen = view is not None and view.kind == "class" and view.node is not home.node
        return function, replace(home, seen_as=view) if is_seen else home

    def sent(self, expression: ast.expr, *, is_strict: bool = False) -> str:
        """Return what of the request is in an expression, such as ``request.json``; an empty text for nothing.

        With *is_strict*, not what was found by it: ``find(request.json["number"])``.
        """
        todo: list[ast.AST] = [expression]
        seen, filled = set[int](), set[str]()
        for node in todo:
            if name := self._of_request(node) or self._given_back(node) or self.given.get(getattr(node, "id", "")):
                return name
            if id(node) not in seen:
                seen.add(id(node))
                is_found = isinstance(node, ast.Call) and self._is_found(node, is_strict=is_strict)
                parts = [node.func] if is_found and isinstance(node, ast.Call) else ast.iter_child_nodes(node)
                todo += self._values.get(node.id, ()) if isinstance(node, ast.Name) else parts
                if isinstance(node, ast.Name) and not is_strict and node.id not in filled:
                    filled.add(node.id)
                    if found := self._filled_with(node.id):
                        return found
        return ""

    def _filled_with(self, name: str) -> str:
        """What of the request is put into a local name under keys."""
        if name not in self._filled:
            put = (self.sent(each, is_strict=True) for each in self._put.get(name, ()))
            self._filled[name] = next(filter(None, put), "")
        return self._filled[name]

    def _of_request(self, node: ast.AST) -> str:
        if not isinstance(node, ast.Attribute):
            return ""
        if node.attr == "payload" and self._is_namespace(node.value):
            return "request.json"
        return f"request.{node.attr}" if node.attr in SENT and last_name(node.value) in self.requests else ""

    def _is_namespace(self, node: ast.expr) -> bool:
        """Whether something is one of flask-restx, which has the body as well: ``api.payload``."""
        if last_name(node).lower() in ("api", "ns", "namespace"):
            return True
        made = self.names.instance_class(Entity("value", "", node, None, self.inside))
        return made is not None and made.last in ("Namespace", "Api") and made.name.startswith("flask_rest")

    def _is_found(self, call: ast.Call, *, is_strict: bool) -> bool:
        """Whether what a call gives is something else than what it is given; of the project's functions that is looked at."""
        called, name = self._function(call) if not is_strict else None, last_name(call.func)
        is_own = called is not None and called[0].name != "__init__"
        if is_own or name in FINDING or (is_strict and name not in KEEPING):
            return True
        # service.find(data["number"]): what is given a part of what was sent, and keeps nothing of the rest
        given = [*call.args, *(keyword.value for keyword in call.keywords)]
        of = call.func.value if isinstance(call.func, ast.Attribute) else None
        if of is None or name in (*KEEPING, *LOADS, *MAKES, *CONVERTING) or not given:
            return False
        made = self.names.resolve(of, self.inside) if isinstance(of, ast.Name | ast.Attribute) else None
        # humps.decamelize(data["order"]); what another service answers was not sent
        is_module = made is not None and made.kind in ("module", "external") and "." not in made.name
        is_library = is_module and made is not None and made.name not in CLIENTS
        return not is_library and not any(self._is_whole(each) for each in given if self.asks(each))

    def _given_back(self, node: ast.AST) -> str:
        """What of the request a function of the project returns: ``def payload(): return request.get_json() or {}``."""
        if not isinstance(node, ast.Call) or self.depth >= DEEP:
            return ""
        if id(node) not in self._given_by:
            self._given_by[id(node)] = ""  # meanwhile: order = framed(order)
            self._given_by[id(node)] = self._returned(node)
        return self._given_by[id(node)]

    def _returned(self, node: ast.Call) -> str:
        called = self._function(node)
        if called is None:
            of = node.func.value if isinstance(node.func, ast.Attribute) and node.func.attr == PARSES else None
            return "request" if of is not None and not self._is_of_command_line(of) else ""
        if called[0].name == "__init__":
            return ""
        reads = self._behind(*called, node)
        key = (called[0], reads.depth, *sorted(reads.given.items()))  # many may call each other, by many ways
        if key not in self._known:
            self._known[key] = ""  # meanwhile
            given = (reads.sent(each, is_strict=True) for each in own_returns(called[0]))
            self._known[key] = next(filter(None, given), "")
        return self._known[key]

    def _is_parser(self, call: ast.Call) -> bool:
        """Whether it is the parser of webargs: ``parser.parse(Order(), request)``, ``parser.parse(Order())``."""
        of = call.func.value if isinstance(call.func, ast.Attribute) else None
        is_named = of is not None and last_name(of) == "parser"
        return is_named or any(last_name(each) in self.requests for each in call.args[1:])

    def schemas(self) -> Iterator[tuple[str, ast.expr]]:
        """Yield what is read, and what may be a schema by which it is read."""
        for call in self.calls:
            spread = next((k.value for k in call.keywords if k.arg is None), None)
            of = call.func.value if isinstance(call.func, ast.Attribute) else None
            name = last_name(call.func)
            data = option(call, "data", "json_data", "obj", position=0)
            named = of is not None and last_name(of)[:1].isupper()  # Order.of(**request.get_json())
            checked = self._checked(call) if name in CHECKS or of is None else None
            if checked is not None:
                if read := self.sent(checked[0], is_strict=True):
                    yield read, ast.copy_location(ast.Call(self._parser(checked[1]), [], []), call)
            elif name in ADAPTS and data is not None and (adapted := self._adapted(of)) is not None:
                if read := self.sent(data):
                    yield read, adapted
            elif of is not None and data is not None and self._may_read(name, of, data):
                if read := self.sent(data, is_strict=name not in (*LOADS, *MAKES)):
                    yield read, self.meant(of, call)
            elif of is not None and name == PARSES and self._parses(call, of):
                yield "request", ast.copy_location(ast.Call(self._parser(of), [], []), call)
            elif name == "parse" and call.args and self._is_parser(call):
                yield "request", self.meant(call.args[0], call)
            elif spread is not None and (named or self._function(call) is None) and (read := self.sent(spread)):
                yield read, of if of is not None and named else call.func  # Order(**request.get_json())

    def _checked(self, call: ast.Call) -> tuple[ast.expr, ast.expr] | None:
        """What is checked by a JSON schema, or one of voluptuous, which is called, and the schema; None for any other call."""
        made = self.names.resolve(call.func, self.inside) if isinstance(call.func, ast.Name | ast.Attribute) else None
        if made is not None and made.name.startswith("jsonschema.") and made.last in CHECKS:
            # installed, it is the method of a class
            is_method = "()" in made.name or (made.scope is not None and isinstance(made.scope.node, ast.ClassDef))
            by_object = call.func.value if isinstance(call.func, ast.Attribute) and is_method else None
            data, schema = option(call, "instance", position=0), by_object or option(call, "schema", position=1)
            is_empty = isinstance(schema, ast.Constant) or (isinstance(schema, ast.Dict) and not schema.keys)
            return (data, schema) if data is not None and schema is not None and not is_empty else None
        if isinstance(call.func, ast.Call):  # Schema({...})(request.json)
            made = Entity("value", "", call.func, None, self.inside)
        of = self.names.instance_class(made) if made is not None and made.kind == "value" and call.args else None
        return (call.args[0], call.func) if of is not None and of.name.startswith("voluptuous.") else None

    def _adapted(self, adapter: ast.expr | None) -> ast.expr | None:
        """What a ``TypeAdapter`` is made for, here or under a name of the same module."""
        made: ast.AST | None = adapter
        if isinstance(adapter, ast.Name) and (entity := self.names.resolve(adapter, self.inside)) is not None:
            home = entity.scope
            if home is not None and home.module == self.inside.module and len(home.symbols.get(adapter.id, ())) == 1:
                made = entity.node
        if isinstance(made, ast.Call) and last_name(made.func) == "TypeAdapter" and made.args:
            return made.args[0]
        return None

    def _may_read(self, method: str, of: ast.expr, data: ast.expr) -> bool:
        named = last_name(of)  # of a class
        if method == "validate" and self._is_by_hand(method, of):
            return False
        return method in (*LOADS, *MAKES) or (named[:1].isupper() and not named.isupper() and self._is_whole(data))

    def _is_by_hand(self, method: str, of: ast.expr) -> bool:
        """Whether an object has a method of its own that is called as if it were one of a schema, of a class that is derived from none."""
        made = self.names.instance_class(Entity("value", "", of, None, self.inside))
        bases = self.names.bases(made) if made is not None and made.kind == "class" else ()
        own = self.names.member(made, method) if made is not None and bases else None
        is_method = own is not None and isinstance(own.node, FUNCTIONS) and not own.node.decorator_list
        return is_method and all(base.is_own or base.name in PLAIN for base in bases)

    def _is_whole(self, data: ast.expr) -> bool:
        """Whether nothing is taken out of what was sent: ``Order.from_json(request.get_json())``, as any class may be made."""
        seen: set[str] = set()
        parts = list(ast.walk(data))
        for each in parts:
            if isinstance(each, ast.Subscript) or (isinstance(each, ast.Attribute) and each.attr == "get"):
                return False
            if isinstance(each, ast.Name) and each.id not in seen:
                seen.add(each.id)
                parts += (node for value in self._values.get(each.id, ()) for node in ast.walk(value))
        return True

    def meant(self, schema: ast.expr, at: ast.expr) -> ast.expr:
        """What a name was given last above a place, of a name that is given several things."""
        values = self._values.get(schema.id, []) if isinstance(schema, ast.Name) else []
        above = [value for value in values if value.lineno < at.lineno]
        return above[-1] if len(values) > 1 and above else schema

    @staticmethod
    def _parser(of: ast.expr) -> ast.expr:
        """The method of a parser, a copy of which parses what the parser itself does."""
        is_copy = isinstance(of, ast.Call) and last_name(of.func) == "copy" and isinstance(of.func, ast.Attribute)
        made = of.func.value if is_copy else of  # type: ignore[attr-defined]
        return ast.copy_location(ast.Attribute(made, PARSES, ast.Load()), of)

    def _parses(self, call: ast.Call, parser: ast.expr) -> bool:
        """Whether a parser of a request parses it, also one of the project that does so in its own way."""
        if self._function(call) is None:
            return not self._is_of_command_line(parser)
        made = self.names.instance_class(Entity("value", "", parser, None, self.inside))
        bases = self.names.bases(made) if made is not None and made.kind == "class" else ()
        return any(base.node is None and base.last == "RequestParser" for base in bases)

    def _is_of_command_line(self, parser: ast.expr) -> bool:
        made = self.names.instance_class(Entity("value", "", parser, None, self.inside))
        return made is not None and made.name.startswith("argparse.")
