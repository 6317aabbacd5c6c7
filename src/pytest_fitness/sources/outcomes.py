"""Which of what a function returns it returns when all goes well."""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from http import HTTPStatus

from pytest_fitness.model.contents import FUNCTIONS, last_name, own_returns
from pytest_fitness.model.straight import blocks_of
from pytest_fitness.model.syntax import Function, Scope
from pytest_fitness.sources.bindings import own_nodes
from pytest_fitness.sources.bodies import ends, given_by
from pytest_fitness.sources.scopes import Scopes
from pytest_fitness.sources.sure_values import constants, parameter_values

REFUSES = re.compile(
    r"(?!get_|list_|find_|load_|read_)(?:\w+_)?(?:error|not_?found|not_?exists?|not_?allowed|forbidden|unauthorized|bad_request|denied)(?:_to)?(?:_response)?$"
    r"|(?:generate|make|build|return|raise|create|send)_(?:\w+_)?error(?:_response|_flask|_json|_answer)$",
    re.IGNORECASE,
)
"""How functions are called that make errors."""


TELLS = re.compile(r"(?i)err|exception|message|msg|detail|reason|fail|description")
"""Under which keys it is told what went wrong."""

IS_ERROR = re.compile(r"(?:\w+_)?err(?:or)?(?:_response|_answer)?$")
"""How variables are called that hold one."""

NUMBERED = re.compile(r"HTTP_(\d{3})_")
"""What statuses are called in Starlette, REST framework and Flask-API."""

GOOD, OTHER, BAD = HTTPStatus.OK, HTTPStatus.MULTIPLE_CHOICES, HTTPStatus.BAD_REQUEST
"""Where statuses of success, of other places and of errors begin."""

TURNED: tuple[tuple[type[ast.cmpop], type[ast.cmpop]], ...] = (
    (ast.LtE, ast.GtE),
    (ast.Lt, ast.Gt),
    (ast.GtE, ast.LtE),
    (ast.Gt, ast.Lt),
)
"""What a comparison is that is read from right to left."""

DEEP = 3
"""How many functions that make errors are looked through."""

TOLD = ("status", "status_code", "code")
"""Options that say the status, whatever they are given to."""

OF_ERRORS = re.compile(
    r"(?:[A-Z]\w*)?(?:Error|Exception|NotFound|BadRequest|Forbidden|Unauthorized|Conflict|Denied)(?:Response)?$"
)
"""How classes of errors are called."""


STATUSES = frozenset(
    int(each) for each in HTTPStatus if each >= HTTPStatus.BAD_REQUEST and each != HTTPStatus.INTERNAL_SERVER_ERROR
)
"""Numbers that are hardly anything but the status of an error."""


EXCEPTIONS = frozenset(
    f"builtins.{name}"
    for name, made in vars(builtins).items()
    if isinstance(made, type) and issubclass(made, Exception)
)
"""Classes of which an object is an error wherever it is returned."""


def when_all_goes_well(
    returns: list[ast.Return], nodes: Iterable[ast.AST], function: Function | None = None
) -> list[ast.Return]:
    """Leave out errors; of a function that only fails, nothing, unless it may as well return nothing."""
    handlers = [each for each in nodes if isinstance(each, ast.ExceptHandler)]
    caught = {id(n): each.name or "" for each in handlers for n in ast.walk(each)}
    every = [pair for each in returns for one in _sides(each) for pair in _given_together(one, nodes)]
    good = [each for each, where in every if not _is_error(each.value, caught.get(id(where)))]
    inside = [each for each in (*nodes, function) if isinstance(each, ast.stmt)]
    refusing = {*_refusing(nodes), *refused_by_status(block for each in inside for block in blocks_of(each))}
    good = [each for each in good if not _is_refusal(each.value) and id(each) not in refusing] or good
    if not good and every and function is not None and not ends(function.body):
        return [ast.Return(None)]
    return good or [each for each, _ in every]


def only_fails(returns: list[ast.Return], nodes: Iterable[ast.AST]) -> bool:
    """Return whether a function returns errors, each by its status, and nothing else."""
    values = [pair for each in returns for pair in _given_together(each, list(nodes))]
    return bool(values) and all(_is_error(each.value, None) for each, _ in values)


def without_failures(returns: list[ast.Return], function: Function, inside: Scope, names: Scopes) -> list[ast.Return]:
    """Leave out what helpers make of errors; of a function that returns nothing else, nothing, where it may come to its end."""
    fine = [each for each in returns if not fails(each.value, inside, names)]
    return fine or (returns if ends(function.body) or not returns else [ast.Return(None)])


def fails(node: ast.expr | None, scope: Scope, names: Scopes, depth: int = 0) -> bool:
    """Return whether a value is an error: what a function returns that makes nothing else, a constant, an exception."""
    if isinstance(node, ast.Tuple | ast.Name) and _is_failure_of_helper(node, scope, names):
        return True
    if isinstance(node, ast.Name | ast.Attribute):
        values = [ast.Return(value) for value, _ in constants(node, scope, names)]
        return bool(values) and only_fails(values, ())
    made_by = names.resolve(node.func, scope) if isinstance(node, ast.Call) else None
    if made_by is not None and made_by.kind == "class":  # return OrderError("no such order")
        bases = names.bases(made_by)
        is_response = bool(OF_ERRORS.match(made_by.last)) and any(
            names.known(base.name) == "response" for base in bases
        )
        return is_response or any(base.name in EXCEPTIONS for base in bases)
    if made_by is None or not isinstance(made_by.node, FUNCTIONS) or made_by.scope is None:
        return False
    assert isinstance(node, ast.Call)
    inside = names.function_scope(made_by.node, made_by.scope)
    given = parameter_values(made_by.node, inside, given_by(node, made_by.node, made_by.scope, scope), names)
    nodes = list(own_nodes(made_by.node))
    returned = [_with_status(each, given) for each in nodes if isinstance(each, ast.Return)]
    if only_fails(returned, nodes):
        return True
    handed = [_told(each.value, given) for each in returned]  # def refuse(why, code=400): return answer(why, code)
    is_one = bool(handed) and all(isinstance(each, ast.Call) for each in handed) and depth < DEEP
    return is_one and all(fails(each, inside, names, depth + 1) for each in handed)


def _is_failure_of_helper(node: ast.Tuple | ast.Name, scope: Scope, names: Scopes) -> bool:
    """Whether ``error, status`` are parts of what a helper returns, which is an error wherever it is anything.

    ``error, status = check(number)``, and ``order, error = find(number)`` with ``return None, ({"error": "no"}, 404)`` in it.
    """
    wanted = [last_name(each) for each in node.elts[:2]] if isinstance(node, ast.Tuple) else [node.id]
    unpacked: list[bool] = []
    for each in own_nodes(scope.node) if isinstance(scope.node, FUNCTIONS) else ():
        target = each.targets[0] if isinstance(each, ast.Assign) else None
        given = [last_name(item) for item in target.elts] if isinstance(target, ast.Tuple) else []
        if isinstance(each, ast.Assign) and isinstance(each.value, ast.Call) and set(wanted) <= set(given):
            unpacked.append(_always_fails(each.value, [given.index(name) for name in wanted], len(given), scope, names))
    # and nothing else gives one of them another value
    is_all = all(len(scope.symbols.get(name, ())) == len(unpacked) for name in wanted)
    return bool(unpacked) and is_all and all(unpacked)


def _always_fails(call: ast.Call, places: list[int], count: int, scope: Scope, names: Scopes) -> bool:
    """Whether what a helper returns at some places of so many is an error wherever it is not None."""
    made_by = names.resolve(call.func, scope)
    if made_by is None or not isinstance(made_by.node, FUNCTIONS):
        return False
    returned = list(own_returns(made_by.node))
    rows = [value.elts for value in returned if isinstance(value, ast.Tuple) and len(value.elts) == count]
    parts = [[row[place] for place in places] for row in rows]
    said = [part for part in parts if not (isinstance(part[0], ast.Constant) and part[0].value is None)]
    values = [ast.Tuple(part, ast.Load()) if len(part) > 1 else part[0] for part in said]
    return bool(values) and len(rows) == len(returned) and all(_is_error(value, None) for value in values)


def _told(value: ast.expr | None, given: Mapping[str, list[object]]) -> ast.expr | None:
    """A call with the constants that parameters are."""
    if not isinstance(value, ast.Call):
        return value

    def told(node: ast.expr) -> ast.expr:
        known = given.get(node.id, []) if isinstance(node, ast.Name) else []
        return ast.Constant(known[0]) if known else node  # type: ignore[arg-type]

    keywords = [ast.keyword(each.arg, told(each.value)) for each in value.keywords]
    return ast.copy_location(ast.Call(value.func, [told(each) for each in value.args], keywords), value)


def _with_status(returned: ast.Return, given: Mapping[str, list[object]]) -> ast.Return:
    """The same with the status that a parameter is: ``def refuse(why, status=400): return jsonify(why), status``."""
    value = returned.value
    if not isinstance(value, ast.Tuple) or len(value.elts) < 2 or not isinstance(value.elts[1], ast.Name):
        return returned
    statuses = [each for each in given.get(value.elts[1].id, []) if isinstance(each, int)]
    told = ast.Tuple([value.elts[0], ast.Constant(statuses[0])], ast.Load()) if statuses else value
    return ast.copy_location(ast.Return(told), returned)


def _sides(returned: ast.Return) -> list[ast.Return]:
    """Both sides of ``return order if order else ({"error": "no such order"}, 404)``, where one of them is an error."""
    value = returned.value
    sides = [value.body, value.orelse] if isinstance(value, ast.IfExp) else []
    split = [ast.copy_location(ast.Return(each), returned) for each in sides]
    return split if any(_is_error(each, None) for each in sides) else [returned]


def _given_together(returned: ast.Return, nodes: Iterable[ast.AST]) -> list[tuple[ast.Return, ast.stmt]]:
    """What ``return body, status`` is after ``body, status = {...}, 404``, if both are always given together; and where."""
    value = returned.value
    names = [last_name(each) for each in value.elts[:2]] if isinstance(value, ast.Tuple) else []
    given = [each for each in nodes if isinstance(each, ast.Assign)]
    pairs = [
        (ast.copy_location(ast.Return(each.value), each), each)
        for each in given
        if isinstance(each.targets[0], ast.Tuple)
        and isinstance(each.value, ast.Tuple)
        and [last_name(target) for target in each.targets[0].elts] == names
        and len(each.value.elts) == len(names)
    ]
    stored = [
        each for each in nodes if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store) and each.id in names
    ]
    is_always = len(stored) == len(names) * len(pairs)  # and nothing else gives one of them
    return list(pairs) if len(names) > 1 and all(names) and pairs and is_always else [(returned, returned)]


def _refusing(nodes: Iterable[ast.AST]) -> Iterator[int]:
    """What is returned where something is not what was asked for: ``if status != 200: return found``."""
    for node in nodes:
        test = node.test if isinstance(node, ast.If) else None
        inner = test.operand if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not) else None
        is_unequal = isinstance(test, ast.Compare) and isinstance(test.ops[0], ast.NotEq)
        asked = ""  # of what the class is not as it should be
        if isinstance(inner, ast.Call) and last_name(inner.func) == "isinstance":
            asked = last_name(inner.args[0])
        elif isinstance(test, ast.Compare) and is_unequal and isinstance(test.left, ast.Call) and test.left.args:
            asked = last_name(test.left.args[0]) if last_name(test.left.func) == "type" else ""
        is_status = isinstance(test, ast.Compare) and is_unequal and _is_fine(test.comparators[0])
        for each in node.body if isinstance(node, ast.If) and (asked or is_status) else ():
            if isinstance(each, ast.Return) and (is_status or last_name(_body_of(each)) == asked):
                yield id(each)


def refused_by_status(blocks: Iterable[Sequence[ast.stmt]]) -> Iterator[int]:
    """What is returned with a status that was asked about, and is none of success: ``if got.status == 404: return {}, got.status``."""
    for block in blocks:
        for at, node in enumerate(block):
            asked = asked_status(node.test) if isinstance(node, ast.If) else None
            if not isinstance(node, ast.If) or asked is None:
                continue
            status, of_errors = asked
            after = block[at + 1 :] if ends(node.body, is_sure=True) else []
            for each in node.body if of_errors else [*node.orelse, *after]:
                for returned in (n for n in ast.walk(each) if isinstance(n, ast.Return)):
                    said = status_of(returned.value)
                    is_same = isinstance(said, ast.expr) and ast.unparse(said) == status
                    if is_same and not _is_given_between(status.partition(".")[0], block[at:], node.test, returned):
                        yield id(returned)


def _is_given_between(name: str, block: Iterable[ast.stmt], test: ast.expr, returned: ast.Return) -> bool:
    """Whether a name is given another value between a condition and what is returned."""
    names = (n for statement in block for n in ast.walk(statement) if isinstance(n, ast.Name) and n.id == name)
    return any(isinstance(n.ctx, ast.Store) and test.lineno < n.lineno <= returned.lineno for n in names)


def asked_status(test: ast.expr) -> tuple[str, bool] | None:
    """Return the status that a condition asks about; and whether it holds for errors alone, or else for whatever is none.

    None where it asks about something else.
    """
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        inner = asked_status(test.operand)
        return (inner[0], not inner[1]) if inner is not None else None
    if isinstance(test, ast.Attribute) and test.attr == "ok":  # of requests
        return f"{ast.unparse(test.value)}.status_code", False
    parts: list[tuple[str, bool] | None] = []
    if isinstance(test, ast.BoolOp):
        parts = [asked_status(each) for each in test.values]
    elif isinstance(test, ast.Compare):
        sides = [test.left, *test.comparators]
        parts = [_compared(left, op, right) for left, op, right in zip(sides, test.ops, sides[1:], strict=False)]
    return parts[0] if len(set(parts)) == 1 else None


def _compared(left: ast.expr, op: ast.cmpop, right: ast.expr) -> tuple[str, bool] | None:
    """The same of one comparison."""
    numbers = [_number(each) for each in right.elts] if isinstance(right, ast.List | ast.Tuple) else [_number(right)]
    if numbers and isinstance(_number(left), int):  # 200 <= status
        turned = next((there for here, there in TURNED if isinstance(op, here)), type(op))
        return _compared(right, turned(), left) if not isinstance(numbers[0], int) else None
    known = [each for each in numbers if isinstance(each, int)]
    if not known or len(known) != len(numbers):
        return None
    of_errors: bool | None = None
    if isinstance(op, ast.Eq | ast.In):  # of success there are others: 200, 201
        of_errors = True if min(known) >= BAD else None
    elif isinstance(op, ast.Gt | ast.GtE):
        of_errors = {int(BAD): True, int(GOOD): False}.get(known[0] + isinstance(op, ast.Gt))
    elif isinstance(op, ast.Lt | ast.LtE):
        of_errors = False if known[0] + isinstance(op, ast.LtE) in (OTHER, BAD) else None
    return (ast.unparse(left), of_errors) if of_errors is not None else None


def _is_fine(node: ast.expr) -> bool:
    return (isinstance(node, ast.Constant) and node.value == HTTPStatus.OK) or last_name(node) == "OK"


def _body_of(returned: ast.Return) -> ast.expr:
    value = returned.value
    return value.elts[0] if isinstance(value, ast.Tuple) and value.elts else value or ast.Constant(None)


def _is_refusal(node: ast.expr | None) -> bool:
    """Whether something is made by what makes errors, by its name: ``return not_found("no such order")``."""
    if isinstance(node, ast.Name):
        return IS_ERROR.match(node.id) is not None
    node = node.value if isinstance(node, ast.Await) else node
    made = node.func.value if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) else None
    named = made.func if isinstance(made, ast.Call) else made
    if isinstance(named, ast.Name | ast.Attribute) and OF_ERRORS.match(last_name(named)):
        return True  # ErrorResponse("no such order", 422).respond(), NotFound.respond()
    return isinstance(node, ast.Call) and (
        last_name(node.func) == "abort" or REFUSES.match(last_name(node.func)) is not None
    )


def status_of(node: ast.expr | None) -> int | ast.expr | None:
    """The status in ``{"error": "no such order"}, 404``, or what it is written as; None where there is none."""
    node = node.value if isinstance(node, ast.Await) else node
    status = node.elts[1] if isinstance(node, ast.Tuple) and len(node.elts) > 1 else None
    if isinstance(node, ast.Call) and (
        last_name(node.func) == "make_response" or last_name(node.func).endswith("Response")
    ):
        at = node.args[1:2] if last_name(node.func) == "make_response" else []
        status = next(iter([*at, *(k.value for k in node.keywords if k.arg in TOLD)]), None)
    elif isinstance(node, ast.Call):  # respond(status=422), problem("no such order", 422)
        given = [k.value for k in node.keywords if k.arg in TOLD] + node.args
        status = next((each for each in given if isinstance(each, ast.Constant) and each.value in STATUSES), None)
    return _number(status)


def _number(status: ast.expr | None) -> int | ast.expr | None:
    """What a status is by its number or name; itself where that is not known."""
    if isinstance(status, ast.Constant):
        return status.value if isinstance(status.value, int) else None
    is_value = isinstance(status, ast.Attribute) and status.attr == "value"  # Status.NOT_FOUND.value
    named = status.value if is_value and isinstance(status, ast.Attribute) else status
    name = last_name(named) if named is not None else ""  # HTTPStatus.NOT_FOUND, status.HTTP_404_NOT_FOUND
    numbered = NUMBERED.match(name)
    return int(numbered[1]) if numbered else HTTPStatus[name].value if name in HTTPStatus.__members__ else status


def _is_error(node: ast.expr | None, caught: str | None) -> bool:
    """Whether an error is returned.

    Where an exception is caught, a status that is not known is one (``error.code``), and whatever is made of the exception.
    """
    status = status_of(node)
    if isinstance(status, int):
        return status >= HTTPStatus.BAD_REQUEST
    if caught is None:
        return False
    made = node.func.value if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) else None
    is_own = any(isinstance(each, ast.Name) and each.id == caught for each in (node, made))  # return error
    return status is not None or is_own or (node is not None and caught != "" and _tells_of(node, caught))


def _tells_of(node: ast.expr, caught: str) -> bool:
    """Whether something tells what went wrong: ``str(error)``, ``{"error": str(error)}``, ``jsonify(message=f"{error}")``."""

    def is_made(value: ast.expr) -> bool:
        return any(isinstance(each, ast.Name) and each.id == caught for each in ast.walk(value))

    if isinstance(node, ast.Tuple):
        return bool(node.elts) and _tells_of(node.elts[0], caught)
    if isinstance(node, ast.Dict):
        pairs = zip(node.keys, node.values, strict=True)
        return any(isinstance(k, ast.Constant) and TELLS.search(str(k.value)) and is_made(v) for k, v in pairs)
    if isinstance(node, ast.JoinedStr):
        return is_made(node)
    if not isinstance(node, ast.Call):
        return False
    is_text = last_name(node.func) in ("str", "repr") and any(map(is_made, node.args))
    named = any(k.arg is not None and TELLS.search(k.arg) and is_made(k.value) for k in node.keywords)
    return is_text or named or any(_tells_of(each, caught) for each in node.args)
