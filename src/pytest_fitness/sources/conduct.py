"""What the body of a handler does: how much of it there is, and what goes past the schemas."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from pytest_fitness.model import Conduct, Location, Slot
from pytest_fitness.model.syntax import Endpoint, Entity, Function, Scope
from pytest_fitness.sources.effects import Effects, own_nodes
from pytest_fitness.sources.places import location_of, signature_of
from pytest_fitness.sources.returned import Returned
from pytest_fitness.sources.shapes import Shapes

PAYLOADS = frozenset("json get_json body form data POST values text read get_data receive_json iter_json".split())
PARSERS = frozenset(
    "load loads model_validate model_validate_json model_validate_strings parse_obj parse_raw validate_python validate_json "
    "is_valid validate from_dict convert structure deserialize decode".split()
)
JSON_RESPONSES = frozenset(
    "JSONResponse ORJSONResponse UJSONResponse JsonResponse jsonify json_response make_response Response".split()
)


class Conducts:
    """Looks at the bodies of handlers."""

    def __init__(self, shapes: Shapes) -> None:
        self.shapes = shapes
        self.names = shapes.scopes
        self.effects = Effects(shapes)
        self.returned = Returned(shapes)

    def of(self, endpoint: Endpoint) -> Conduct:
        """Return what the function of *endpoint* does; nothing where there is none."""
        function, scope = endpoint.function, endpoint.scope
        if function is None:
            return Conduct()
        body = function.body[1:] if ast.get_docstring(function, clean=False) is not None else function.body
        inner = [node for statement in body for node in ast.walk(statement)]
        loops = [n for n in inner if isinstance(n, ast.For | ast.AsyncFor | ast.While)]
        branches = [n for n in inner if isinstance(n, ast.If | ast.Match) and not _is_guard(n)]
        branches = [n for n in branches if not _is_elif(n, inner)]
        return Conduct(
            statements=sum(isinstance(n, ast.stmt | ast.ExceptHandler) for n in inner),
            loops=self._places(loops, scope),
            branches=self._places(branches, scope),
            effects=self.effects.of(function, scope),
            raw_requests=tuple(self._raw_requests(function, scope)),
            raw_responses=tuple(self._raw_responses(function, scope)),
            sync_sessions=tuple(self._sync_sessions(function, scope)),
        )

    def _places(self, nodes: Sequence[ast.AST], scope: Scope) -> tuple[Location, ...]:
        return tuple(sorted(location_of(node, scope, self.names.tree) for node in nodes))

    # -- the request as it comes ---------------------------------------------------------------------------------------

    def _raw_requests(self, function: Function, scope: Scope) -> Iterator[Slot]:
        """Payloads that are read and given to no schema, by way of at most one variable."""
        inside = self.names.function_scope(function, scope)
        nodes = list(own_nodes(function))
        requests = self._requests(function, scope)
        parsed = self._parsed(nodes, inside)
        kept = {id(n) for n in parsed}
        names = {n.id for n in parsed if isinstance(n, ast.Name)}
        for node in nodes:
            if (
                not isinstance(node, ast.Attribute)
                or node.attr not in PAYLOADS
                or ast.unparse(node.value) not in requests
            ):
                continue
            if id(node) in kept or any(_gives(each, node) & names for each in nodes):
                continue
            location = location_of(node, scope, self.names.tree)
            yield Slot(ast.unparse(node), "raw", ast.unparse(node), location, "read as it comes")

    def _requests(self, function: Function, scope: Scope) -> set[str]:
        """How the request is called in a function."""
        found = {"request", "self.request"}
        for argument in [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]:
            if argument.annotation is not None and "special" in self._kinds(argument.annotation, scope):
                found.add(argument.arg)
        return found

    def _kinds(self, annotation: ast.expr, scope: Scope) -> set[str]:
        return {shape.kind for shape in self.shapes.of(annotation, scope)}

    def _parsed(self, nodes: list[ast.AST], inside: Scope) -> list[ast.AST]:
        """Everything that is an argument of a call that makes a schema of it."""
        found: list[ast.AST] = []
        for node in nodes:
            if isinstance(node, ast.Call) and self._parses(node, inside):
                arguments = [*node.args, *(k.value for k in node.keywords)]
                found += [each for argument in arguments for each in ast.walk(argument)]
        return found

    def _parses(self, call: ast.Call, inside: Scope) -> bool:
        if isinstance(call.func, ast.Attribute) and call.func.attr in PARSERS:
            return ast.unparse(call.func.value) not in ("json", "orjson", "ujson", "simplejson")
        entity = self.names.resolve(call.func, inside)
        return entity is not None and entity.kind == "class" and self.shapes.of_class(entity).kind == "schema"

    # -- responses that no schema has seen -----------------------------------------------------------------------------

    def _raw_responses(self, function: Function, scope: Scope) -> Iterator[Slot]:
        inside = self.names.function_scope(function, scope)
        for node in own_nodes(function):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name | ast.Attribute):
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id
            entity = self.names.resolve(node.func, inside)
            is_response = entity is not None and self._is_response(entity)
            if name not in JSON_RESPONSES and not (
                is_response and entity is not None and entity.last in JSON_RESPONSES
            ):
                continue
            if entity is not None and entity.kind not in ("external", "unknown") and not is_response:
                continue  # a function of the project that is called so
            content = self._content(node, name)
            if content is not None and self._is_raw(content, inside):
                location = location_of(content, scope, self.names.tree)
                yield Slot("return", "raw", ast.unparse(content), location, _status(node))

    def _is_response(self, entity: Entity) -> bool:
        return any(self.names.known(base.name) == "response" for base in self.names.bases(entity))

    def _content(self, call: ast.Call, name: str) -> ast.expr | None:
        if name == "jsonify" and call.keywords and not call.args:
            return ast.copy_location(ast.Dict([], []), call)
        given = next((k.value for k in call.keywords if k.arg in ("content", "data", "text", "body")), None)
        return call.args[0] if call.args else given

    def _is_raw(self, content: ast.expr, inside: Scope) -> bool:
        if isinstance(content, ast.List | ast.ListComp):
            items = content.elts if isinstance(content, ast.List) else [content.elt]
            return any(self._is_raw(item, inside) for item in items)
        return any(
            s.kind == "raw" and s.detail == "a dict" for s in self.returned.results(content, inside, dumps=False)
        )

    # -- sessions ------------------------------------------------------------------------------------------------------

    def _sync_sessions(self, function: Function, scope: Scope) -> Iterator[Slot]:
        """Parameters that are sessions for code that may wait, by annotation or by what a dependency is declared to give."""
        arguments = function.args
        positional = [*arguments.posonlyargs, *arguments.args]
        defaults: list[ast.expr | None] = [None] * (len(positional) - len(arguments.defaults))
        pairs = zip(
            [*positional, *arguments.kwonlyargs], [*defaults, *arguments.defaults, *arguments.kw_defaults], strict=True
        )
        for argument, default in pairs:
            if self._is_session(argument, default, scope):
                node = argument.annotation or argument
                text, column, width = signature_of(function, node)
                location = location_of(node, scope, self.names.tree)
                yield Slot(argument.arg, "unknown", ast.unparse(node), location, "session", (), (), text, column, width)

    def _is_session(self, argument: ast.arg, default: ast.expr | None, scope: Scope) -> bool:
        value = Entity("value", argument.arg, None, argument.annotation, scope)
        if argument.annotation is None and isinstance(default, ast.Call) and default.args:  # db=Depends(get_db)
            given = self.names.resolve(default.args[0], scope)
            node = given.node if given is not None else None
            if given is None or not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) or node.returns is None:
                return False
            value = Entity("value", given.name, None, node.returns, given.scope)
        if value.annotation is None:
            return False
        made = self.names.instance_class(value)
        bases = self.names.bases(made) if made is not None else []
        return any(self.names.known(base.name) == "session" for base in bases)


def _is_guard(node: ast.AST) -> bool:
    """Whether a branch only turns something away: ``if ...: raise`` or ``return``, with at most one line before it."""
    if (
        not isinstance(node, ast.If)
        or len(node.body) > 2
        or not isinstance(node.body[-1], ast.Raise | ast.Return | ast.Continue)
    ):
        return False
    return not node.orelse or (len(node.orelse) == 1 and _is_guard(node.orelse[0]))


def _is_elif(node: ast.AST, nodes: list[ast.AST]) -> bool:
    """``elif`` is one branch with its ``if``."""
    return any(isinstance(n, ast.If) and len(n.orelse) == 1 and n.orelse[0] is node and not _is_guard(n) for n in nodes)


def _gives(node: ast.AST, payload: ast.AST) -> set[str]:
    """The variables that an assignment gives *payload* to."""
    if not isinstance(node, ast.Assign | ast.AnnAssign | ast.NamedExpr) or node.value is None:
        return set()
    if not any(each is payload for each in ast.walk(node.value)):
        return set()
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    return {each.id for target in targets for each in ast.walk(target) if isinstance(each, ast.Name)}


def _status(call: ast.Call) -> str:
    """The status that a response is given, where it is written as a number or a name with one."""
    given = next((k.value for k in call.keywords if k.arg in ("status", "status_code")), None)
    return "".join(c for c in ast.unparse(given) if c.isdigit())[:3] if given is not None else ""
