"""What the body of a handler does: how much of it there is, and what goes past the schemas."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from http import HTTPStatus

from pytest_fitness.model import Conduct, Location, Slot, SlotKind
from pytest_fitness.model.contents import class_entity, last_name, parameters
from pytest_fitness.model.syntax import Endpoint, Entity, Function, Scope
from pytest_fitness.sources.bindings import every_node, own_nodes
from pytest_fitness.sources.dumps import is_dumped
from pytest_fitness.sources.effects import Effects
from pytest_fitness.sources.flow import still_meant
from pytest_fitness.sources.named_calls import DUMPERS
from pytest_fitness.sources.places import location_of, signature_of
from pytest_fitness.sources.returned import MANY as MANY_HELPERS
from pytest_fitness.sources.returned import Returned
from pytest_fitness.sources.shapes import Shapes

PAYLOADS = frozenset(
    "json get_json body form data POST post stream values text read get_data receive_json iter_json".split()
)
PARSERS = frozenset(
    "load loads model_validate model_validate_json model_validate_strings parse_obj parse_raw validate_python validate_json "
    "is_valid validate from_dict convert structure deserialize decode".split()
)
NO_SCHEMAS = ("json", "orjson", "ujson", "simplejson", "jwt", "pickle", "yaml", "toml", "tomllib", "marshal", "base64")
JSON_RESPONSES = frozenset(
    "JSONResponse ORJSONResponse UJSONResponse JsonResponse jsonify json_response make_response Response response_class".split()
)


LISTS = (ast.List, ast.ListComp)
COLLECTED = ("list", "tuple", "sorted")
DEEP = 3
"""How many functions of the project a response is followed through."""

MANY = 200
"""How many functions of the project are looked into for the responses of one handler."""

NO_CONTENT = ("204", "NO_CONTENT", "HTTP_204_NO_CONTENT")
"""How a status is written with which nothing is sent, whatever there is."""

READING = ("json", "get_json", "data", "get_data")
"""What a response is asked for that is not sent: ``jsonify(order).json``."""

BESIDE = ("headers", "cookies")
"""What a response is given beside its content."""


class Conducts:
    """Looks at the bodies of handlers."""

    def __init__(self, shapes: Shapes) -> None:
        self.shapes = shapes
        self.names = shapes.scopes
        self.effects = Effects(shapes)
        self.returned = Returned(shapes)
        self._followed = 0

    def of(self, endpoint: Endpoint) -> Conduct:
        """Return what the function of *endpoint* does; nothing where there is none."""
        function, scope = endpoint.function, endpoint.scope
        if function is None:
            return Conduct(is_seen=False)
        self._followed, self.returned.left = 0, MANY_HELPERS
        body = function.body[1:] if ast.get_docstring(function, clean=False) is not None else function.body
        inner = [node for statement in body for node in every_node(statement)]
        loops = [n for n in inner if isinstance(n, ast.For | ast.AsyncFor | ast.While)]
        branches = [n for n in inner if isinstance(n, ast.If | ast.Match) and not _is_guard(n)]
        continued = {id(n.orelse[0]) for n in branches if isinstance(n, ast.If) and len(n.orelse) == 1}
        branches = [n for n in branches if id(n) not in continued]  # `elif` is one branch with its `if`
        nodes, inside = list(own_nodes(function)), self.names.function_scope(function, scope)
        returned = self._returned_raw(nodes, inside, scope) if endpoint.output.wrapped == "json" else ()
        return Conduct(
            statements=sum(isinstance(n, ast.stmt | ast.ExceptHandler) for n in inner),
            loops=self._places(loops, scope),
            branches=self._places(branches, scope),
            effects=self.effects.of(function, scope),
            raw_requests=tuple(self._raw_requests(function, nodes, scope)),
            raw_responses=(*self._raw_responses(nodes, inside, scope), *returned),
            sync_sessions=tuple(self._sync_sessions(function, scope)),
            has_conditions=any(isinstance(node, ast.If | ast.IfExp | ast.Match | ast.BoolOp) for node in nodes),
        )

    def _places(self, nodes: Sequence[ast.AST], scope: Scope) -> tuple[Location, ...]:
        return tuple(sorted(location_of(node, scope, self.names.tree) for node in nodes))

    # -- the request as it comes ---------------------------------------------------------------------------------------

    def _raw_requests(self, function: Function, nodes: list[ast.AST], scope: Scope) -> Iterator[Slot]:
        """Payloads that are read and given to no schema, by way of at most one variable."""
        inside = self.names.function_scope(function, scope)
        requests = self._requests(function, scope)
        parsed = self._parsed(nodes, inside)
        kept = {id(n) for n in parsed}
        names = {n.id for n in parsed if isinstance(n, ast.Name)}
        given = _given(nodes)
        for node in nodes:
            if not isinstance(node, ast.Attribute) or node.attr not in PAYLOADS:
                continue
            if ast.unparse(node.value) not in requests and not self._is_global(node.value, inside):
                continue
            if id(node) in kept or given.get(id(node), frozenset()) & names:
                continue
            location = location_of(node, scope, self.names.tree)
            yield Slot(ast.unparse(node), "raw", ast.unparse(node), location, "read as it comes")

    def _is_global(self, node: ast.expr, inside: Scope) -> bool:
        """Whether *node* is Flask's request, whatever it is called here."""
        entity = self.names.resolve(node, inside)
        return entity is not None and entity.name in ("flask.request", "quart.request", "flask.globals.request")

    def _requests(self, function: Function, scope: Scope) -> set[str]:
        """How the request is called in a function."""
        found = {"request", "self.request"}
        for argument in [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]:
            kinds = self._kinds(argument.annotation, scope) if argument.annotation is not None else set()
            if "special" in kinds:
                found.add(argument.arg)
            elif "schema" in kinds:  # a body that is called `request`
                found.discard(argument.arg)
        return found

    def _kinds(self, annotation: ast.expr, scope: Scope) -> set[str]:
        return {shape.kind for shape in self.shapes.of(annotation, scope)}

    def _parsed(self, nodes: list[ast.AST], inside: Scope) -> list[ast.AST]:
        """Everything that is an argument of a call that makes a schema of it."""
        found: list[ast.AST] = []
        for node in nodes:
            if isinstance(node, ast.Call) and self._parses(node, inside):
                arguments = [*node.args, *(k.value for k in node.keywords)]
                found += [each for argument in arguments for each in every_node(argument)]
        return found

    def _parses(self, call: ast.Call, inside: Scope) -> bool:
        function = call.func.func if isinstance(call.func, ast.Call) else call.func
        if any(k.arg == "data" for k in call.keywords) and "serializer" in last_name(function).lower():
            return True  # self.get_serializer(data=request.data), self.get_serializer_class()(data=request.data)
        if isinstance(call.func, ast.Attribute) and call.func.attr in PARSERS:
            return ast.unparse(call.func.value).rpartition(".")[2] not in NO_SCHEMAS
        entity = self.names.resolve(call.func, inside)
        if entity is None or entity.kind != "class" or self.shapes.of_class(entity).kind != "schema":
            return False
        is_serializer = any("rest_framework" in base.name for base in self.names.bases(entity))
        # of one argument, it is what is shown
        return not is_serializer or len(call.args) > 1 or any(keyword.arg == "data" for keyword in call.keywords)

    # -- responses that no schema has seen -----------------------------------------------------------------------------

    def _raw_responses(self, nodes: list[ast.AST], inside: Scope, scope: Scope, depth: int = 0) -> Iterator[Slot]:
        pairs = [n.value.elts for n in nodes if isinstance(n, ast.Return) and isinstance(n.value, ast.Tuple)]
        statuses = {id(pair[0]): pair[1] for pair in pairs if len(pair) > 1}
        filled = _filled(nodes)
        used = set(_used(nodes))
        texts = {id(each) for n in nodes if isinstance(n, ast.Return) for each in _meant(n.value, inside)}
        for node in nodes:
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute) and id(node) not in used:
                is_text = id(node) in texts and bool(node.args) and self._writes_json(node.func, inside)
                content = node.args[0] if is_text else self._content(node, inside)
                kind = self._raw_kind(content, inside, filled)
                if kind == "orm" and any(keyword.arg == "template_name" for keyword in node.keywords):
                    kind = "raw"  # rows for a page, of which others may be sent all that is in the dict
                if content is not None and kind is not None:
                    location = location_of(content, scope, self.names.tree)
                    status = self._status(node, statuses.get(id(node)), inside)
                    if not _is_gone(node, statuses.get(id(node))):
                        yield Slot("return", kind, ast.unparse(content), location, status)
                elif (
                    content is None and id(node) in texts and (made := self._by_helper(node, inside, depth)) is not None
                ):
                    status = self._status(node, statuses.get(id(node)), inside) or made.detail
                    location = location_of(node, scope, self.names.tree)
                    yield Slot("return", made.kind, ast.unparse(node), location, status)

    def _returned_raw(self, nodes: list[ast.AST], inside: Scope, scope: Scope) -> Iterator[Slot]:
        """The same of what is returned where a decorator makes the response."""
        filled = _filled(nodes)
        for node in nodes:
            pair = node.value if isinstance(node, ast.Return) else None
            body, *beside = pair.elts if isinstance(pair, ast.Tuple) and pair.elts else [pair]
            kind = self._raw_kind(body, inside, filled)
            if body is not None and kind is not None:
                call = ast.Call(ast.Name("jsonify", ast.Load()), [body], [])
                status = self._status(call, beside[0] if beside else None, inside)
                if not _is_gone(call, beside[0] if beside else None):
                    yield Slot("return", kind, ast.unparse(body), location_of(body, scope, self.names.tree), status)

    def _status(self, call: ast.Call, beside: ast.expr | None, inside: Scope) -> str:
        """The status that a response is given, where it is written as a number or a name with one; *beside* as Flask has it."""
        given = next((k.value for k in call.keywords if k.arg in ("status", "status_code")), None)
        given = given or beside or (call.args[1] if len(call.args) > 1 else None)
        if isinstance(given, ast.Name):  # def refuse(why, code=400): return jsonify(why), code
            told = self.returned.passed(given, inside)
            defaults = {a.arg: d for a, d in parameters(inside.node, in_class=False)}  # type: ignore[arg-type]
            local = [b.node for b in inside.symbols.get(given.id, ()) if isinstance(b.node, ast.Constant)]
            given = told[0] if told is not None else defaults.get(given.id) or (local[0] if len(local) == 1 else None)
        if given is None:
            return ""
        text = ast.unparse(given)
        last = text.rpartition(".")[2]
        if last in HTTPStatus.__members__:
            return str(HTTPStatus[last].value)
        return "".join(c for c in text if c.isdigit())[:3]

    def _by_helper(self, call: ast.Call, inside: Scope, depth: int) -> Slot | None:
        """What a function of the project makes a response of, with the least status; None where it makes none, or of schemas."""
        with self.returned.within(call, inside) as helper:
            self._followed += 1
            if helper is None or depth >= DEEP or not helper[1].owned or self._followed > MANY:
                return None
            function, home = helper
            within = self.names.function_scope(function, home)
            made = list(self._raw_responses(list(own_nodes(function)), within, home, depth + 1))
        return min(made, key=lambda slot: (slot.kind != "orm", slot.detail), default=None)

    def _content(self, call: ast.Call, inside: Scope) -> ast.expr | None:
        """What a call puts into a response; None for calls that make none."""
        name = last_name(call.func)
        entity = self.names.resolve(call.func, inside)
        bases = self.names.bases(entity) if entity is not None else []
        is_response = any(self.names.known(base.name) == "response" for base in bases)
        if entity is not None and entity.kind == "function" and entity.scope is not None and entity.scope.owned:
            given = next((a for a in call.args if isinstance(a, ast.Dict)), None)
            makes = given is not None and self.returned.results(call, inside)[0].kind == "response"
            return given if makes and not self._makes_page(call, inside) else None
        known = name in JSON_RESPONSES or (is_response and any(base.last in JSON_RESPONSES for base in bases))
        if not known or (entity is not None and entity.kind not in ("external", "unknown") and not is_response):
            return None  # something of the project that is called so
        if (
            name == "jsonify"
            and isinstance(call.func, ast.Attribute)
            and is_dumped(self.returned.results(call, inside)[0])
        ):
            return None  # of a schema
        if name == "jsonify" and call.keywords and not call.args:
            keys: list[ast.expr | None] = [ast.Constant(k.arg) if k.arg else None for k in call.keywords]
            return ast.copy_location(ast.Dict(keys, [k.value for k in call.keywords]), call)
        is_own = entity is not None and entity.kind == "class"
        named = [k.value for k in call.keywords if k.arg in ("content", "data", "text", "body", "response")]
        named += [k.value for k in call.keywords if is_own and isinstance(k.value, ast.Dict) and k.arg not in BESIDE]
        return call.args[0] if call.args else next(iter(named), None)

    def _encodes(self, function: ast.expr, inside: Scope) -> bool:
        return last_name(function) == "jsonable_encoder" or self._writes_json(function, inside)

    def _writes_json(self, function: ast.expr, inside: Scope) -> bool:
        """Whether it is ``json.dumps``, or that of a package like it; not that of a schema, whatever it is called here."""
        if isinstance(function, ast.Attribute):
            return function.attr == "dumps" and last_name(function.value).endswith("json")
        made = self.names.resolve(function, inside)
        return last_name(function) == "dumps" and (made is None or made.kind in ("external", "unknown", "function"))

    def _makes_page(self, call: ast.Call, inside: Scope, depth: int = 0) -> bool:
        """Whether a function of the project fills a template with what it is given."""
        with self.returned.within(call, inside) as helper:
            self._followed += 1
            if helper is None or not helper[1].owned or self._followed > MANY:
                return False
            within = self.names.function_scope(*helper)
            calls = [node for node in own_nodes(helper[0]) if isinstance(node, ast.Call)]
            if any(last_name(each.func).startswith(("render", "get_template", "TemplateResponse")) for each in calls):
                return True
            return depth < DEEP and any(self._makes_page(each, within, depth + 1) for each in calls)

    def _raw_kind(
        self, content: ast.expr | None, inside: Scope, filled: Mapping[str, list[ast.expr]]
    ) -> SlotKind | None:
        """Whether content has rows of the database in it, or is a dict; None for anything else."""
        while isinstance(content, ast.Call) and self._encodes(content.func, inside) and content.args:
            content = content.args[0]  # json.dumps(rows, default=str)
        if content is None:
            return None
        put = filled.get(content.id, []) if isinstance(content, ast.Name) else []
        put = content.values if isinstance(content, ast.Dict) else put  # {"data": rows}
        given = [self.returned.passed(each, inside) or (each, inside) for each in (content, *put)]
        if any(self.returned.rows.class_of(*each) is not None for each in given) or self._gives_rows(content, inside):
            return "orm"
        return "raw" if self._is_raw(content, inside, filled) else None

    def _gives_rows(self, content: ast.expr, inside: Scope) -> bool:
        """Whether a function of the project returns rows."""
        is_call = isinstance(content, ast.Call)
        return is_call and any(s.kind == "orm" for s in self.returned.results(content, inside, dumps=False))

    def _is_raw(self, content: ast.expr, inside: Scope, filled: Mapping[str, list[ast.expr]], depth: int = 0) -> bool:
        if isinstance(content, ast.List | ast.ListComp | ast.GeneratorExp):
            items = content.elts if isinstance(content, ast.List) else [_each_of(content)]
            return any(self._is_raw(item, inside, filled, depth) for item in items)
        if isinstance(content, ast.Call) and last_name(content.func) in COLLECTED and content.args:
            return self._is_raw(content.args[0], inside, filled, depth)
        if isinstance(content, ast.Name) and depth < 3:
            bindings = still_meant(inside.symbols.get(content.id, ()), content, inside)
            bound = [b.node for b in bindings if isinstance(b.node, ast.expr)]
            values = [node for node in bound if isinstance(node, LISTS) or _is_dump(node)]
            values += filled.get(content.id, [])
            if any(self._is_raw(value, inside, filled, depth + 1) for value in values):
                return True
        if isinstance(content, ast.Call) and _is_dump(content) and depth < 3:
            return self._is_dumped_by_hand(content, inside, depth)
        return any(
            s.kind == "raw" and s.detail == "a dict" for s in self.returned.results(content, inside, dumps=False)
        )

    def _is_dumped_by_hand(self, call: ast.Call, inside: Scope, depth: int) -> bool:
        """Whether ``order.to_dict()`` is a method that makes a dict, of a class of the project that is no schema."""
        assert isinstance(call.func, ast.Attribute)
        of = self.names.instance_class(Entity("value", "", call.func.value, None, inside))
        with self.returned.within(call, inside) as helper:
            if helper is None or not helper[1].owned:
                return False
            function, home = helper
            if of is None and isinstance(home.node, ast.ClassDef) and home.parent is not None:
                of = class_entity(home.node, home.parent)
            if of is not None and of.kind == "class" and self.shapes.of_class(of).kind == "schema":
                return False
            within, nodes = self.names.function_scope(function, home), list(own_nodes(function))
            values = [node.value for node in nodes if isinstance(node, ast.Return) and node.value is not None]
            return any(self._is_raw(value, within, _filled(nodes), depth + 1) for value in values)

    # -- sessions ------------------------------------------------------------------------------------------------------

    def _sync_sessions(self, function: Function, scope: Scope) -> Iterator[Slot]:
        """Parameters that are sessions for code that may wait, by annotation or by what a dependency is declared to give."""
        for argument, default in parameters(function, in_class=False):
            if self._is_session(argument, default, scope):
                node = argument.annotation or argument
                text, column, width = signature_of(function, node)
                location = location_of(node, scope, self.names.tree)
                yield Slot(argument.arg, "unknown", ast.unparse(node), location, "session", (), (), text, column, width)

    def _is_session(self, argument: ast.arg, default: ast.expr | None, scope: Scope) -> bool:
        value = Entity("value", argument.arg, None, argument.annotation, scope)
        if argument.annotation is None:  # db=Depends(get_db)
            if not isinstance(default, ast.Call) or not default.args:
                return False
            value = Entity("value", argument.arg, ast.Call(default.args[0], [], []), None, scope)
        made = self.names.instance_class(value)
        bases = self.names.bases(made) if made is not None else []
        return any(self.names.known(base.name) == "session" for base in bases)


def _is_guard(node: ast.AST) -> bool:
    """Whether a branch only turns something away: ``if ...: raise`` or ``return``, with little more than logging before it."""
    if not isinstance(node, ast.If) or not isinstance(node.body[-1], ast.Raise | ast.Return | ast.Continue):
        return False
    if len(node.body) > 3 or (len(node.body) == 3 and not all(isinstance(each, ast.Expr) for each in node.body[:-1])):
        return False
    return not node.orelse or (len(node.orelse) == 1 and _is_guard(node.orelse[0]))


def _given(nodes: list[ast.AST]) -> dict[int, frozenset[str]]:
    """The variables that each part of an assigned expression is given to."""
    found: dict[int, frozenset[str]] = {}
    for node in nodes:
        if isinstance(node, ast.Assign | ast.AnnAssign | ast.NamedExpr) and node.value is not None:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names = frozenset(e.id for target in targets for e in every_node(target) if isinstance(e, ast.Name))
            found.update((id(each), names) for each in every_node(node.value))
    return found


def _is_gone(call: ast.Call, beside: ast.expr | None) -> bool:
    """Whether a response is sent with nothing in it, by a status that is written there."""
    given = beside or next((k.value for k in call.keywords if k.arg in ("status", "status_code")), None)
    return given is not None and ast.unparse(given).rpartition(".")[2] in NO_CONTENT


def _used(nodes: Sequence[ast.AST]) -> Iterator[int]:
    """The responses that are made to be read by the code itself, as far as what is read is not sent after all."""
    sent = [n.value for n in nodes if isinstance(n, ast.Return) and n.value is not None]
    sent += [
        a
        for n in nodes
        if isinstance(n, ast.Call) and last_name(n.func) in JSON_RESPONSES
        for a in (*n.args, *(k.value for k in n.keywords))
    ]
    inside = [node for each in sent for node in ast.walk(each)]
    kept = {node.id for node in inside if isinstance(node, ast.Name)}
    stored = (n for n in nodes if isinstance(n, ast.Assign) and {last_name(t) for t in n.targets} & kept)
    back = {id(node) for node in (*inside, *(part for each in stored for part in ast.walk(each)))}
    for n in nodes:
        if isinstance(n, ast.Attribute) and n.attr in READING and id(n) not in back:
            yield id(n.value)


def _filled(nodes: Sequence[ast.AST]) -> dict[str, list[ast.expr]]:
    """What is appended to variables: dicts, and what is made like them."""
    found: dict[str, list[ast.expr]] = {}
    for n in nodes:
        if isinstance(n, ast.Call) and isinstance(n.func, ast.Attribute) and n.func.attr == "append" and n.args:
            if isinstance(n.func.value, ast.Name) and (
                isinstance(n.args[0], ast.Dict | ast.Name) or _is_dump(n.args[0])
            ):
                found.setdefault(n.func.value.id, []).append(n.args[0])
    return found


def _each_of(items: ast.ListComp | ast.GeneratorExp) -> ast.expr:
    """What is made of each item: of ``order.to_dict()`` for orders, that of what gives the orders, which stands for each."""
    each, first = items.elt, items.generators[0]
    of = each.func if isinstance(each, ast.Call) and _is_dump(each) else None
    if not isinstance(each, ast.Call) or not isinstance(of, ast.Attribute) or not _is_that(of.value, first.target):
        return each
    return ast.copy_location(ast.Call(ast.Attribute(first.iter, of.attr, of.ctx), each.args, each.keywords), each)


def _is_that(named: ast.expr, target: ast.expr) -> bool:
    return isinstance(named, ast.Name) and isinstance(target, ast.Name) and named.id == target.id


def _is_dump(node: ast.AST | None) -> bool:
    """Whether ``order.to_dict()`` or its like is called."""
    name = node.func.attr if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) else ""
    return name in DUMPERS or name.endswith("_dict")


def _meant(returned: ast.expr | None, inside: Scope) -> list[ast.AST | None]:
    """What is returned, a status beside it left out, or what its name was given."""
    body = returned.elts[0] if isinstance(returned, ast.Tuple) and returned.elts else returned
    found = [b.node for b in inside.symbols.get(body.id, ())] if isinstance(body, ast.Name) else [body]
    return [each.value if isinstance(each, ast.Await) else each for each in found]
