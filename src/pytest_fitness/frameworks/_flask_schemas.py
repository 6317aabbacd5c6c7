"""The schemas that decorators of Flask's extensions, and of the project, declare for a view."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Set
from functools import partial
from typing import Any

from pytest_fitness.frameworks._behind import wrappers_of
from pytest_fitness.frameworks._constants import constant
from pytest_fitness.frameworks._flask_described import Described
from pytest_fitness.frameworks._flask_inputs import PARSES, Reads, handed_in, of_init
from pytest_fitness.frameworks._flask_rules import is_called_registry
from pytest_fitness.frameworks._flask_written import (
    GIVES,
    IN_SPITE,
    NO_SCHEMAS,
    TAKES,
    above,
    calls_in,
    each_once,
    handed_to,
    is_doc,
    is_text,
    takes_any_class,
    uses_of_schema,
    written_as,
)
from pytest_fitness.frameworks._reading import (
    called,
    function_of,
    is_success,
    option,
    original,
    original_name,
    text,
)
from pytest_fitness.frameworks._uses import arguments_of
from pytest_fitness.model.contents import FUNCTIONS, Found, last_name
from pytest_fitness.model.syntax import Entity, Names, Part, Scope

INLINE = frozenset("input output use_args use_kwargs arguments expects_json marshal_with marshal_list_with".split())
"""What may be given a dict of fields."""

BODIES = ("json", "form", "files", "json_or_form")
VALIDATED = ("request", "querystring", "headers", "cookies", "json", "form", "query")
"""Options of ``@validate`` that are schemas, in quart-schema and spectree."""

ACCEPTED = ("schema", "query_params_schema", "form_schema", "headers_schema")
"""Options of flask_accepts that are schemas."""

PATHS = ("path", "view_args", "match_info")
"""Where there are no more than parameters of the path."""

BODY_PARAMETERS = ("body", "form")
QUERY_PARAMETERS = ("query", "header", "cookie", "json")
"""Of flask-openapi3, and of spectree; what else is called so has no type of a schema."""

ROUTES = ("get", "post", "put", "patch", "delete", "doc")
"""Decorators of flask-openapi3 that may say ``responses={200: Order}``."""

ONLY_SCHEMAS = ("use_args", "use_kwargs", "arguments", "expects_json", "marshal_with", "marshal_list_with")
"""Decorators that take nothing but schemas, and what describes fields: a function that is called there makes one."""

OF_FIELDS = ("marshal_with", "marshal_list_with", "expect")
DESCRIBES = re.compile(r"fields|schema|model|parser")
"""What is in the name of something that describes fields, which these decorators are given."""

SAID_BY = ("schema", "model_class", "model", "fields", "argmap")
"""Options of decorators that are schemas."""

REBAR_TAKES = {"request_body_schema": 5, "query_string_schema": 4}
REBAR_GIVES = ("response_body_schema", "marshal_schema")
"""Options of ``@registry.handles`` of flask-rebar and where they stand, the last one in its first version."""

KNOWN = TAKES | GIVES | {"validate", "body", "handles", *ROUTES}

OF_CLASSES = ("marshal_with", "use_kwargs", "expect")
"""Decorators of flask-apispec, and one of flask-restx, which may stand above a class, or above a base of it."""


def read_by_hand(found: Found, names: Names, memo: dict[Any, Any], known: Set[str] = frozenset()) -> Iterator[Part]:
    """Yield the schemas by which a handler reads the request itself, each once: ``Order(**await request.json())``."""
    return each_once(Declared(found, names, memo).read(), known)


class Declared(Described):
    """What the decorators of one view say; *memo* keeps what is known of functions of the project, for all views of a module."""

    def __init__(self, found: Found, names: Names, memo: dict[Any, Any], view: Entity | None = None) -> None:
        self.memo = memo
        self.found = found._replace(scope=above(found))
        self.names = names
        self.view = view or found.owner
        classes = names.bases(self.view) if self.view is not None else ()
        own = (each.node for each in classes if each.is_own)
        of_class = [call for node in own if isinstance(node, ast.ClassDef) for call in calls_in(node.decorator_list)]
        self.decorators = list(calls_in(found.function.decorator_list))
        self.decorators += [each for each in of_class if self._name(each) in OF_CLASSES]

    def _name(self, decorator: ast.Call) -> str:
        name = original_name(decorator.func, self.found.scope, self.names, KNOWN)
        if name == "handles" and not is_called_registry(decorator.func, self.found.scope, self.names):
            return ""
        made = self.names.resolve(decorator.func, self.found.scope) if name.startswith("validate") else None
        return "" if made is not None and made.is_own and made.kind == "function" else name  # of the project's own

    def inputs(self) -> Iterator[Part]:
        """Yield the bodies, and queries that are a schema; what decorators say is read once more by the view, or has a name there."""
        declared = list(self._declared())
        yield from declared
        known = {each for part in declared for each in written_as(part)}
        yield from each_once((*self.read(), *self._annotated()), known)

    def _declared(self) -> Iterator[Part]:
        """What decorators say."""
        for decorator in self.decorators:
            name = self._name(decorator)
            if name == "validate":
                given = ((key, option(decorator, key)) for key in VALIDATED)
                yield from (self._said(key, schema, self.found.scope) for key, schema in given if schema is not None)
            elif name == "handles":
                given = ((key, option(decorator, key, position=at)) for key, at in REBAR_TAKES.items())
                yield from (
                    self._said(k, v, self.found.scope) for k, v in given if v is not None and not self._is_none(v)
                )
            elif name == "accepts":  # of flask_accepts
                accepted = [keyword for keyword in decorator.keywords if keyword.arg in ACCEPTED]
                yield from (self._said(k.arg or "", k.value, self.found.scope) for k in accepted)
            elif name in TAKES or (name == "body" and isinstance(decorator.func, ast.Name)):  # of apifairy
                where = text(option(decorator, "location")) or "json"
                schemas = list(self._schemas(decorator))
                for schema in schemas if name == "expect" else schemas[:1]:
                    part = self._by(decorator, name, schema)
                    is_body = where in BODIES and name != "validate_querystring"
                    if where not in PATHS and (is_body or self._is_schema(part)):
                        yield part
            elif name == "doc" and (expected := option(decorator, "expect", "body")) is not None:  # of flask-restx
                first = expected.elts[0] if isinstance(expected, ast.List) and expected.elts else expected
                part = self._said("doc", first, self.found.scope)
                if option(decorator, "body") is None or self._is_schema(part):  # which may be no more than a text
                    yield part
            elif name == "swag_from" and text(option(decorator, "validation")) == "True":  # by JSON Schema, of flasgger
                specs = text(option(decorator, "specs", position=0))
                yield Part(name, None, self.found.scope, decorator, self.found.scope, "schema", specs)
            elif name not in GIVES:
                yield from self._used(decorator, "takes")

    def _annotated(self) -> Iterator[Part]:
        """What the parameters of a view say, in flask-openapi3, or where a decorator of the project fills them."""
        is_typed = any(argument.annotation is not None for argument, _ in self.found.parameters)
        handed = handed_in(self.found, self.names) if is_typed else set()
        for argument, _ in self.found.parameters:
            if argument.annotation is not None and argument.arg in (*BODY_PARAMETERS, *QUERY_PARAMETERS, *handed):
                part = Part(argument.arg, argument.annotation, self.found.scope, argument.annotation, self.found.scope)
                is_value = set(self.names.kinds(argument.annotation, self.found.scope)) <= {"scalar", "none"}
                if (
                    argument.arg in BODY_PARAMETERS
                    or (argument.arg in handed and not is_value)
                    or self._is_schema(part)
                ):
                    yield part

    def output(self) -> Part | None:
        """Return the result; None where no decorator says it."""
        scope = self.found.scope
        # what restx says of a response is documentation, and marshals nothing
        for decorator in sorted(self.decorators, key=self._only_says):
            name = self._name(decorator)
            if name == "validate" and isinstance(responses := option(decorator, "responses"), ast.Dict):
                pairs = [(k, v) for k, v in zip(responses.keys, responses.values, strict=True) if k is not None]
                # {201: (Order, None)}: the headers beside it
                bodies = [v.elts[0] if isinstance(v, ast.Tuple) and v.elts else v for k, v in pairs if is_success(k)]
                parts = [self._said("return", body, scope) for body in bodies]
                if parts:
                    return next((part for part in parts if not self._is_schema(part)), parts[0])
            elif (
                name == "handles"
                and (rebar := self._of_statuses(option(decorator, *REBAR_GIVES, position=3))) is not None
            ):
                return rebar
            elif name == "validate" and (resp := self._of_status(option(decorator, "resp"))) is not None:
                return resp
            elif name in GIVES:
                said = [text(option(decorator, position=0)), text(option(decorator, "status_code"))]
                if not {"204", "NO_CONTENT"}.isdisjoint(said) and not is_doc(decorator):
                    return Part("return", None, scope, decorator, scope, "none", "204")
                schema = self._schema(decorator)
                status = option(decorator, "code", position=0)
                is_error = name == "response" and status is not None and not is_success(status)
                said_so = self._by(decorator, "return", schema) if schema is not None and not is_error else None
                # alone it may be an error, of which the project says more elsewhere
                if said_so is not None and (len(decorator.args) != 1 or name != "response" or self._is_schema(said_so)):
                    return said_so._replace(unless=self._unless(decorator))
            elif name in ROUTES and (known := self._of_route(decorator)) is not None:
                return known._replace(unless=self._unless(decorator))
            elif name not in TAKES and (used := next(self._used(decorator, "gives"), None)) is not None:
                return used
            elif name not in TAKES and (applied := next(self._applied(decorator), None)) is not None:
                return applied
        return None

    def _of_statuses(self, given: ast.expr | None) -> Part | None:
        """What ``{200: Order(), 404: Error()}`` says, or a schema alone; for ``{204: None}`` anything may be returned."""
        scope = self.found.scope
        meant = original(given, scope, self.names) if isinstance(given, ast.Name | ast.Attribute) else None
        if meant is not None and isinstance(meant.node, ast.Dict) and meant.scope is not None:
            given, scope = meant.node, meant.scope
        pairs = zip(given.keys, given.values, strict=True) if isinstance(given, ast.Dict) else [(None, given)]
        good = [v for status, v in pairs if v is not None and (status is None or is_success(status))]
        said = [self._said("return", each, scope) for each in good if not self._is_none(each)]
        if len(said) != len(good) or not said:
            return None
        return next((part for part in said if not self._is_schema(part)), said[0])

    def _is_none(self, value: ast.expr) -> bool:
        """Whether there is no schema: ``None``, or a name for it."""
        return text(constant(value, self.found.scope, self.names)) == "None"

    def _only_says(self, decorator: ast.Call) -> bool:
        name = self._name(decorator)
        return name in ROUTES or (name == "response" and is_doc(decorator))

    def _of_route(self, decorator: ast.Call) -> Part | None:
        """What ``@app.get(responses={200: Order})`` says, or ``@api.doc(model=order, responses={200: ("what it is", order)})``."""
        responses, model = option(decorator, "responses"), option(decorator, "model")
        pairs = zip(responses.keys, responses.values, strict=True) if isinstance(responses, ast.Dict) else ()
        said = [v for k, v in pairs if k is not None and is_success(k) and not isinstance(v, ast.Dict)]
        said = [each for v in said for each in (v.elts if isinstance(v, ast.Tuple) else [v]) if not is_text(each)]
        parts = (self._said("return", each, self.found.scope) for each in (*said, *([model] if model else [])))
        return next((part for part in parts if self._is_schema(part)), None)

    def _unless(self, decorator: ast.Call) -> tuple[str, ...]:
        """What is returned all the same: anything, by what is only documentation, or what is a response already."""
        name, of = self._name(decorator), decorator.func
        if name in ROUTES or is_doc(decorator):
            router = self.names.resolve(of.value, self.found.scope) if isinstance(of, ast.Attribute) else None
            said = [
                each for each in (decorator, router.node if router is not None else None) if isinstance(each, ast.Call)
            ]
            is_checked = any(text(option(each, "validate_response")) == "True" for each in said)  # by flask-openapi3
            return () if is_checked else IN_SPITE
        made = self.names.resolve(of, self.found.scope) if name == "marshal_with" else None
        hands_on = name in ("response", "output") or (made is not None and made.name.startswith("flask_apispec."))
        return ("response", "file") if hands_on else ()

    def _of_status(self, response: ast.expr | None) -> Part | None:
        """What ``Response(HTTP_200=Order)`` of spectree says, or one of the project that is derived from it."""
        keywords = response.keywords if isinstance(response, ast.Call) else []
        good = (k.value for k in keywords if k.arg and (k.arg.startswith("HTTP_2") or not k.arg.startswith("HTTP_")))
        parts = (
            self._said("return", each, self.found.scope) for each in good if isinstance(each, ast.Name | ast.Attribute)
        )
        return next((part for part in parts if self._is_schema(part)), None)

    def _applied(self, decorator: ast.Call) -> Iterator[Part]:
        """What a decorator of the project says by one of an extension, which it applies: ``return response(Page())(f)``."""
        function, where = function_of(self.names.resolve(decorator.func, self.found.scope)) or (None, self.found.scope)
        if function is None or not where.owned:
            return
        inside = self.names.function_scope(function, where)
        nodes = list(ast.walk(function))
        applied = [node.func for node in nodes if isinstance(node, ast.Call)]
        applied += [each for node in nodes if isinstance(node, FUNCTIONS) for each in node.decorator_list]
        calls = [each for each in applied if isinstance(each, ast.Call) and last_name(each.func) in GIVES]
        for made in sorted(calls, key=is_doc):
            for schema in list(self._schemas(made))[:1]:
                part = self._said("return", schema, inside)
                if self._is_schema(part):
                    yield part._replace(unless=self._unless(made))

    def read(self) -> Iterator[Part]:
        """Yield the schemas by which the view itself, a decorator of the project, or a function that they call, reads the request."""
        first = self.names.function_scope(self.found.function, self.found.scope)
        every = [Reads(self.found.function, first, self.names)]
        for f in wrappers_of(self.found, self.names):
            every += [Reads(f.function, self.names.function_scope(f.function, f.scope), self.names, depth=1)]
        for reads in (each for one in every for each in one.every()):
            handed_on = (each for call in reads.calls for each in self._handed_on(call, reads))
            for name, schema in (*reads.schemas(), *handed_on):
                if reads.depth and takes_any_class(schema, reads.inside):
                    continue  # def parse(schema: type[BaseModel]), of which callers say more
                part = self._read_by(name, schema, reads.inside)
                part = self._by_name(part) if part is not None and not self._is_schema(part) else part
                if part is not None and self._is_schema(part):
                    yield part._replace(home=reads.inside if reads.depth else self.found.scope)

    def _by_name(self, part: Part) -> Part:
        """A schema whose name is all there is: of a base that is not installed, or one that an object was given, ``self.schema()``."""
        made = self.names.resolve(part.annotation, part.scope) if part.annotation is not None else None
        bases = self.names.bases(made) if made is not None and made.kind == "class" else ()
        is_one = any(base.node is None and base.last.endswith("Schema") for base in bases)
        kept = part.annotation if isinstance(part.annotation, ast.Attribute) and not bases else None
        is_one = is_one or (kept is not None and last_name(kept.value) == "self" and "schema" in kept.attr.lower())
        return part._replace(annotation=None, kind="schema", detail=text(part.annotation)) if is_one else part

    def _read_by(self, name: str, schema: ast.expr, inside: Scope) -> Part | None:
        if isinstance(schema, ast.Call) and isinstance(schema.func, ast.Attribute) and schema.func.attr == PARSES:
            parser = schema.func.value
            return Part(name, None, inside, parser, inside, "schema", ast.unparse(parser))
        if isinstance(schema, ast.Subscript | ast.BinOp):  # list[Order], Order | Line
            return Part(name, schema, inside, schema, inside)
        return self._said(name, schema, inside) if isinstance(schema, ast.Name | ast.Attribute | ast.Call) else None

    def _handed_on(self, call: ast.Call, reads: Reads) -> Iterator[tuple[str, ast.expr]]:
        """The schemas that a function of the project is given, by which it reads what it is given, too, or the request."""
        arguments = [*call.args, *(keyword.value for keyword in call.keywords)]
        inside = reads.inside
        made = self.names.resolve(call.func, inside)
        if made is not None and made.kind == "class":  # sent = Sent(OrderIn)
            made, call = self.names.member(made, "__init__"), of_init(call)
        function, where = function_of(made) or (None, inside)
        if function is None or not where.owned or not arguments:
            return
        sent = (reads.sent(each, is_strict=True) for each in arguments)
        whole = "request" if any(last_name(each) in reads.requests for each in arguments) else ""
        own = partial(Reads, function, self.names.function_scope(function, where), self.names)
        name = next(filter(None, sent), whole) or self._known(("any sent", id(function)), lambda: own().any_sent)
        is_method = isinstance(where.node, ast.ClassDef)
        for parameter, given in (
            arguments_of(call, function, inside, where, is_method=is_method).items() if name else ()
        ):
            uses = partial(uses_of_schema, function, where, parameter, self.names, self._known(("told",), dict))
            loads_path = partial(_loads_path, own, parameter)
            if given.scope is inside and "takes" in self._known(("uses", id(function), parameter), uses):
                if self._known(("loads path", id(function), parameter), loads_path):
                    continue
                yield name, reads.meant(given.value, call)

    def _known(self, key: tuple[object, ...], make: Callable[[], Any]) -> Any:
        """What is made of a function of the project, once for all views of a module."""
        if key not in self.memo:
            self.memo[key] = make()
        return self.memo[key]

    def _by(self, decorator: ast.Call, name: str, schema: ast.expr) -> Part:
        """What a decorator is given; something that cannot be told is a schema, where nothing else may be given."""
        scope = self.found.scope
        part = self._said(name, schema, scope)
        is_open = part.annotation is not None and set(self.names.kinds(part.annotation, part.scope)) <= {"unknown"}
        is_named = bool(DESCRIBES.search(last_name(schema)))  # order.__read_fields__
        is_kept = isinstance(schema, ast.Subscript)  # models["order"]
        is_kept = is_kept or (is_named and self._is_elsewhere(schema))
        if is_open and is_kept and self._name(decorator) in OF_FIELDS:
            return Part(name, None, scope, schema, scope, "schema", ast.unparse(schema))
        of = called(schema)
        is_made = isinstance(of, ast.Attribute) and "schema" in self.names.kinds(of.value, scope)
        if (
            is_open and is_made and self._name(decorator) in (*ONLY_SCHEMAS, "response")
        ):  # OrderSchema.short, a property
            return Part(name, None, scope, schema, scope, "schema", ast.unparse(schema))
        if is_open and self._name(decorator) in (*ONLY_SCHEMAS, "expect") and isinstance(schema, ast.Call):
            made_by = (function_of(self.names.resolve(called(each), scope)) for each in (schema, decorator))
            makes, takes = (made is not None and made[1].owned for made in made_by)
            if not takes and (makes or last_name(schema.func) == "Ref"):  # of flask-apispec
                return Part(name, None, scope, schema, scope, "schema", ast.unparse(schema))
        return self._by_name(part) if is_open else part

    def _is_elsewhere(self, schema: ast.expr) -> bool:
        """Whether something is an attribute that a class has from somebody else, such as a decorator."""
        made = self.names.resolve(schema, self.found.scope)
        return isinstance(schema, ast.Attribute) and (made is None or made.kind in ("external", "unknown"))

    def _used(self, decorator: ast.Call, wanted: str) -> Iterator[Part]:
        """The schemas that a decorator of the project is given, and by which it loads the request or dumps the result."""
        for parameter, name, given, (function, where) in handed_to(decorator, self.found.scope, self.names):
            is_fields = isinstance(given.value, ast.Dict) and bool(given.value.keys)
            if is_fields or isinstance(given.value, ast.Name | ast.Attribute | ast.Call):
                part = self._said("return" if wanted == "gives" else parameter, given.value, given.scope)
                made = partial(uses_of_schema, function, where, name, self.names, self._known(("told",), dict))
                uses = self._known(("uses", id(function), name), made) if self._is_schema(part) else ()
                if wanted in uses:
                    yield part
                elif wanted == "gives" and "says" in uses:
                    yield part._replace(unless=IN_SPITE)

    def _schema(self, decorator: ast.Call) -> ast.expr | None:
        return next(self._schemas(decorator), None)

    def _schemas(self, decorator: ast.Call) -> Iterator[ast.expr]:
        """The schema in ``@blp.arguments(OrderIn)``, ``@blp.response(201, OrderOut(many=True))``, ``@validate_response(Out, 201)``."""
        given = (k.value for k in decorator.keywords if k.arg in SAID_BY)
        is_described = len(decorator.args) > 1 and is_text(decorator.args[1])
        # @ns.response(codes.ok, "what it is", Order): whatever is before a text is a status
        arguments = decorator.args[2:] if is_described and self._name(decorator) == "response" else decorator.args
        for argument in (*arguments, *given):
            is_inline = isinstance(argument, ast.Dict) and argument.keys and self._name(decorator) in INLINE
            is_other = isinstance(argument, NO_SCHEMAS) or ast.unparse(argument).startswith("HTTPStatus")
            if is_inline or not (is_other or self._is_constant(argument, decorator)):
                yield argument

    def _is_constant(self, argument: ast.expr, decorator: ast.Call) -> bool:
        """Whether it is a text, or a dict that is no schema, by its name: what a response is said to be for."""
        made = (
            original(argument, self.found.scope, self.names) if isinstance(argument, ast.Name | ast.Attribute) else None
        )
        is_dict = made is not None and isinstance(made.node, ast.Dict) and self._name(decorator) not in INLINE
        return is_dict or (made is not None and isinstance(made.node, ast.Constant | ast.JoinedStr))


def _loads_path(own: Callable[[], Reads], parameter: str) -> bool:
    return own().loads_path(parameter)
