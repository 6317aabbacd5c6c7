"""What is seen of schemas and decorators of Flask's extensions as they are written."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Set

from pytest_fitness.frameworks._given import Given
from pytest_fitness.frameworks._reading import called, function_of, is_parameter, option, unquoted
from pytest_fitness.frameworks._uses import arguments_of
from pytest_fitness.model.contents import FUNCTIONS, Found, last_name, own_returns, parameters
from pytest_fitness.model.syntax import Entity, Function, Names, Part, Scope

TAKES = frozenset(
    "arguments input use_args use_kwargs validate_request validate_form validate_querystring expect expects_json json_in accepts".split()
)
GIVES = frozenset("response output marshal_with marshal_list_with validate_response json_out responds".split())

LOADS = ("load", "loads", "validate")
"""Methods of schemas of marshmallow that are given data."""

MAKES = ("model_validate", "model_validate_json", "parse_obj", "parse_raw", "from_dict")
"""Methods of classes that make an object of data."""

READS = {**dict.fromkeys((*LOADS, *MAKES), "takes"), "dump": "gives", "dumps": "gives"}
"""What methods of a schema are for."""

BY_OTHERS = {**dict.fromkeys((*TAKES, "parse", "from_dict"), "takes"), **dict.fromkeys(GIVES, "gives")}
"""What decorators of extensions do with a schema that one of the project hands on to them."""

DEEP = 3
"""How many functions a schema is followed through."""

IN_SPITE = ("raw", "orm", "response", "file")
"""What is known to be returned, in spite of what is documented."""

NO_SCHEMAS = (ast.Constant, ast.Dict, ast.JoinedStr, ast.BinOp)
"""What a status is, or a text about it."""

OPEN_FIELDS = ("Dict", "Mapping", "Raw", "Field", "Method", "Function")
"""Fields in which there may be anything."""


def handed_to(
    decorator: ast.Call, scope: Scope, names: Names
) -> Iterator[tuple[str, str, Given, tuple[Function, Scope]]]:
    """Yield what a decorator of the project is given: the parameter, its name in the function that uses it, and that function.

    Of a class, that is ``__call__``, for which the constructor keeps it.
    """
    made = names.resolve(decorator.func, scope)
    is_class = made is not None and made.kind == "class"
    taking = function_of(names.member(made, "__init__") if made is not None and is_class else made)
    using = function_of(names.member(made, "__call__")) if made is not None and is_class else taking
    if taking is None or using is None or not taking[1].owned or not using[1].owned:
        return
    call = ast.Call(ast.Attribute(decorator.func, "__init__", ast.Load()), decorator.args, decorator.keywords)
    is_method = isinstance(taking[1].node, ast.ClassDef)
    arguments = arguments_of(call if is_class else decorator, taking[0], scope, taking[1], is_method=is_method)
    for parameter, given in arguments.items():
        yield parameter, _kept_as(parameter, taking[0]) if is_class else parameter, given, using


def _kept_as(parameter: str, init: Function) -> str:
    """The attribute of its object in which a constructor keeps a parameter; its own name where it keeps it in none."""
    for node in ast.walk(init):
        target = node.targets[0] if isinstance(node, ast.Assign) else None
        if isinstance(node, ast.Assign) and isinstance(target, ast.Attribute) and last_name(node.value) == parameter:
            return target.attr
    return parameter


def is_own_class(node: ast.expr, inside: Scope) -> bool:
    """Return whether a function has a class of its own of that name."""
    return isinstance(node, ast.Name) and any(binding.kind == "class" for binding in inside.symbols.get(node.id, ()))


def made_anew(function: Function) -> list[ast.expr]:
    """Return what a function returns, but for what it has kept of an earlier call: ``if name in KNOWN: return KNOWN[name]``."""
    nodes = list(ast.walk(function))
    kept = [each for each in nodes if isinstance(each, ast.Assign) and isinstance(each.targets[0], ast.Subscript)]
    returned = list(own_returns(function))
    anew = [each for each in returned if not isinstance(each, ast.Subscript)]
    tables = {
        ast.unparse(each.targets[0].value)
        for each in kept
        if isinstance(each.targets[0], ast.Subscript) and ast.unparse(each.value) in map(ast.unparse, anew)
    }
    return [each for each in returned if not isinstance(each, ast.Subscript) or ast.unparse(each.value) not in tables]


def takes_any_class(schema: ast.expr, inside: Scope) -> bool:
    """Return whether a schema is a parameter that takes any class, or is made of fields in one: ``Schema.from_dict(fields)``."""
    bindings = inside.symbols.get(schema.id, ()) if isinstance(schema, ast.Name) else ()
    named = called(schema)  # made = Schema.from_dict(fields); made().load(data)
    made = inside.symbols.get(named.id, ()) if isinstance(named, ast.Name) else ()
    makers = [b.node for b in made if isinstance(b.node, ast.Call) and last_name(b.node.func) == "from_dict"]
    if any(is_parameter(each, inside) for call in makers for each in call.args):
        return True
    said = [unquoted(binding.annotation) for binding in bindings if binding.annotation is not None]
    return any(isinstance(each, ast.Subscript) and last_name(each.value).lower() == "type" for each in said)


def kind_of_field(entity: Entity | None) -> str:
    """Return what is in a field of flask-restx, by its class; an empty text for what is none."""
    is_elsewhere = entity is not None and not entity.is_own
    if entity is None or not is_elsewhere or ".fields." not in entity.name:
        return ""
    return "raw" if entity.last in OPEN_FIELDS else "scalar"


def written_as(part: Part) -> set[str]:
    """Return what a part is written as; what a method finds by its object as the class calls it: ``self.parser``, ``parser``."""
    written = [each for each in (part.annotation, part.node) if isinstance(each, ast.expr)]
    return {
        ast.dump(ast.Name(each.attr, ast.Load()) if isinstance(each, ast.Attribute) and _is_self(each.value) else each)
        for each in written
    }


def each_once(parts: Iterable[Part], known: Set[str] = frozenset()) -> Iterator[Part]:
    """Yield parts of which none is written as one before it, or as something *known*."""
    seen = set(known)
    for part in parts:
        if seen.isdisjoint(written_as(part)):
            yield part
        seen |= written_as(part)


def _is_self(node: ast.expr) -> bool:
    return last_name(node) in ("self", "cls")


def is_text(node: ast.expr) -> bool:
    """Return whether something is a text as it is written."""
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


def is_doc(decorator: ast.Call) -> bool:
    """Return whether a response is one of flask-restx, which says what it is for, ``(200, "OK", order)``, and only documents it."""
    described = option(decorator, position=1)
    is_model = any(keyword.arg == "model" for keyword in decorator.keywords)
    return is_model or len(decorator.args) > 2 or (described is not None and is_text(described))


def above(found: Found) -> Scope:
    """Return the scope as it is above a view with the name of a schema in its decorators: ``@use_kwargs(order) def order(): ...``."""
    named = (node for each in found.function.decorator_list for node in ast.walk(each))
    is_named = any(isinstance(node, ast.Name) and node.id == found.function.name for node in named)
    return found.scope_above if is_named else found.scope


def scope_above(made: ast.Call, of: ast.expr, scope: Scope) -> Scope:
    """Return the scope as it is above ``order = order.copy()``."""
    return scope.above(of.id, made) if isinstance(of, ast.Name) and of.id in scope.symbols else scope


def calls_in(decorators: Iterable[ast.expr]) -> Iterator[ast.Call]:
    """Yield the decorators that are calls, and those that others are given: ``@typed(ns.marshal_with(order))``."""
    for each in decorators:
        if isinstance(each, ast.Call):
            yield each
            yield from (arg for arg in each.args if isinstance(arg, ast.Call) and last_name(arg.func) in TAKES | GIVES)


def bases_made(function: Function) -> Iterator[ast.expr]:
    """Yield the bases of the class that a function makes: ``return type("Answer", (Base,), {...})``."""
    values = {
        n.targets[0].id: n.value
        for n in ast.walk(function)
        if isinstance(n, ast.Assign) and isinstance(n.targets[0], ast.Name)
    }
    for value in own_returns(function):
        made = values.get(value.id) if isinstance(value, ast.Name) else value
        bases = (
            made.args[1]
            if isinstance(made, ast.Call) and last_name(made.func) == "type" and len(made.args) > 1
            else None
        )
        defaults = {argument.arg: default for argument, default in parameters(function, in_class=False)}
        for base in bases.elts if isinstance(bases, ast.Tuple) else ():
            given = defaults.get(last_name(base), base)
            if given is not None and not isinstance(given, ast.Constant):
                yield given


Told = dict[tuple[Function, str, int], set[str]]
"""What functions do with their parameters, so many calls deep: many helpers may call each other, by many ways."""


def uses_of_schema(  # noqa: PLR0913, PLR0917
    function: Function, scope: Scope, parameter: str, names: Names, told: Told, depth: int = 0
) -> set[str]:
    """Return what a function does with the schema in a parameter, or one that it makes of the class in it.

    It ``takes`` something by it, ``gives`` something, or only ``says`` so. A decorator that loads what the function in it returns gives that.
    """
    key = (function, parameter, depth)
    if key not in told:
        told[key] = _uses_of_schema(function, scope, parameter, names, told, depth)
    return told[key]


def _uses_of_schema(  # noqa: PLR0913, PLR0917
    function: Function, scope: Scope, parameter: str, names: Names, told: Told, depth: int
) -> set[str]:
    known = {parameter}
    nodes = list(ast.walk(function))
    methods = [n.func for n in nodes if isinstance(n, ast.Call) and isinstance(n.func, ast.Attribute)]
    reading = {id(each.value) for each in methods if each.attr in READS}  # schema(**options).load(data)
    for node in nodes:
        if isinstance(node, ast.Assign) and _is_one_of(known, node.value):  # schema = schema_class()
            known |= {last_name(target) for target in node.targets}
    found, answers = set[str](), set(_answers(function))
    for node in nodes:
        if isinstance(node, ast.Call):
            of = node.func.value if isinstance(node.func, ast.Attribute) else None
            if isinstance(node.func, ast.Attribute) and of is not None and _is_one_of(known, of):
                if _is_given_anew(of, known, nodes):
                    continue
                is_answer = node.func.attr in LOADS and id(node) in answers
                found |= {"gives" if is_answer else READS[node.func.attr]} if node.func.attr in READS else set()
            elif last_name(node.func) in known and any(k.arg is None for k in node.keywords):
                found |= {"takes"} if id(node) not in reading else set()  # Order(**data)
            elif any(last_name(called(each)) in known for each in node.args) and last_name(node.func) in BY_OTHERS:
                found.add("says" if is_doc(node) else BY_OTHERS[last_name(node.func)])  # parser.use_args(schema)
            elif depth < DEEP and any(
                _is_one_of(known, each, is_called=False) for each in (*node.args, *(k.value for k in node.keywords))
            ):
                helper, where = function_of(names.resolve(node.func, scope)) or (None, scope)
                for name, given in arguments_of(node, helper, where).items() if helper is not None else ():
                    if helper is not None and _is_one_of(known, given.value, is_called=False):
                        found |= uses_of_schema(helper, where, name, names, told, depth + 1)
    return found


def _is_given_anew(schema: ast.expr, known: Set[str], nodes: Iterable[ast.AST]) -> bool:
    """Whether a name was given something else last above its use: ``schema = order_in(); ...; schema = order_out()``."""
    name = schema.id if isinstance(schema, ast.Name) else ""
    given = [n for n in nodes if isinstance(n, ast.Assign) and name in map(last_name, n.targets)]
    above = [each for each in given if each.lineno < schema.lineno]
    last = max(above, key=lambda each: each.lineno, default=None)
    return len(given) > 1 and last is not None and not _is_one_of(known - {name}, last.value)


def _is_one_of(known: Set[str], node: ast.expr, *, is_called: bool = True) -> bool:
    """Whether it is one of these, or is so at times: ``paged(schema) if is_paged else schema``; not ``None if is_raw else schema``."""
    sides = (node.body, node.orelse) if isinstance(node, ast.IfExp) else (node,)
    return not any(isinstance(side, ast.Constant) for side in sides) and any(
        last_name(called(side) if is_called else side) in known for side in sides
    )


def _answers(decorator: Function) -> Iterator[int]:
    """The calls in a decorator that are given what the function in it returns, by their ids, as far as it is written above them."""
    for around in ast.walk(decorator):
        given = (
            {argument.arg for argument, _ in parameters(around, in_class=False)}
            if isinstance(around, FUNCTIONS)
            else set()
        )
        for wrapper in around.body if isinstance(around, FUNCTIONS) else ():
            # what is around a decorator is given other things
            if isinstance(wrapper, FUNCTIONS) and not any(isinstance(each, FUNCTIONS) for each in wrapper.body):
                yield from _given_answers(wrapper, given)


def _given_answers(wrapper: Function, given: Set[str]) -> Iterator[int]:
    made: set[str] = set()

    def mentions(value: ast.AST) -> bool:
        every = list(ast.walk(value))
        is_called = any(isinstance(n, ast.Call) and last_name(n.func) in given for n in every)
        return is_called or any(isinstance(n, ast.Name) and n.id in made for n in every)

    inner = [n for n in ast.walk(wrapper) if isinstance(n, ast.Assign | ast.Call)]
    for node in sorted(inner, key=lambda n: (n.end_lineno, isinstance(n, ast.Assign))):  # a value before what it is for
        if isinstance(node, ast.Assign):
            targets = {last_name(target) for target in node.targets}
            made = made | targets if mentions(node.value) else made - targets
        elif any(map(mentions, node.args)):
            yield id(node)
