"""What is seen of functions, annotations and expressions as they are written."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Iterator, Sequence

from pytest_fitness.model.contents import FUNCTIONS, does_something, last_name, parameters
from pytest_fitness.model.syntax import Function, Scope
from pytest_fitness.sources.bindings import own_nodes
from pytest_fitness.sources.bodies import ends
from pytest_fitness.sources.symbol_table import string_annotation

TEXTS = frozenset("encode decode getvalue isoformat strftime hexdigest read_text".split())
GOOD = re.compile(r"\b2\d\d\b|_2\d\d_|\.(?:OK|CREATED|ACCEPTED|NO_CONTENT)$")
"""A status of success: ``HTTPStatus.OK``."""

HEADERS = frozenset({"headers", "background", "media_type", "content_type", "mimetype"})
"""What else a response may be given with nothing in it."""

THREADS = {"to_thread": 0, "run_in_threadpool": 0, "run_sync": 0, "run_in_executor": 1}
"""What calls a function in another thread, and which argument it is."""

STATIC = ("staticmethod", "classmethod")

OF_TEXTS = frozenset("join format strip lstrip rstrip lower upper title replace".split())
"""Methods that give a text, or bytes, unless they are given more than constants, as ``jwt.decode`` is."""


def narrowed(nodes: Iterable[ast.AST]) -> Iterator[tuple[int, list[ast.expr]]]:
    """The classes that ``if isinstance(found, Response): return found`` makes sure of, by the return; not if it changes in between."""
    for node in nodes:
        test = node.test if isinstance(node, ast.If) else None
        if isinstance(test, ast.Call) and last_name(test.func) == "isinstance" and len(test.args) == 2:
            asked, classes = last_name(test.args[0]), test.args[1]
            inner = [each for statement in node.body for each in ast.walk(statement)]  # type: ignore[attr-defined]
            named = [each for each in inner if isinstance(each, ast.Name) and each.id == asked]
            for each in inner if all(isinstance(name.ctx, ast.Load) for name in named) else ():
                if isinstance(each, ast.Return) and each.value in named:
                    yield id(each), classes.elts if isinstance(classes, ast.Tuple) else [classes]


def returns_nothing(
    function: Function, scope: Scope, *, is_meant: bool = False, hands_on: Callable[[ast.expr], bool] = lambda _: False
) -> bool:
    """``def refuse(code): abort(code)``: not a generator, nor what a decorator or a derived class may give a result.

    With *is_meant*, it is this very method that is called, whatever a derived class has; a decorator that *hands_on* gives none.
    """
    is_plain = all(is_meant and (last_name(each) in STATIC or hands_on(each)) for each in function.decorator_list)
    is_plain = is_plain and (is_meant or not isinstance(scope.node, ast.ClassDef))
    gives = any(isinstance(node, ast.Return | ast.Yield | ast.YieldFrom) for node in own_nodes(function))
    does = [statement for statement in function.body if does_something(statement)]
    is_left = is_meant and bool(does) and isinstance(does[-1], ast.Raise)  # to derived classes
    return is_plain and not gives and bool(does) and not is_left


def is_given(name: str, function: ast.AST | None) -> bool:
    """Whether a parameter, but no ``*rest``, is what it was given to the end: nothing else gives its name a value."""
    given = function.args if isinstance(function, FUNCTIONS) else ast.arguments([], [], None, [], [], None, [])
    if all(each.arg != name for each in (*given.posonlyargs, *given.args, *given.kwonlyargs)):
        return False
    body = getattr(function, "body", ())
    for node in (each for statement in body for each in ast.walk(statement)):
        if isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Store | ast.Del):
            return False
        if name in {getattr(node, each, "") for each in ("name", "rest", "asname")} or name in getattr(
            node, "names", ()
        ):
            return False  # of a pattern, an inner function, an exception, an import; nonlocal
    return True


def set_to(attribute: str, function: Function) -> list[ast.expr]:
    """What a method sets an attribute of its object to, if it does for sure: ``self.response = {...}``."""
    found = [node for node in own_nodes(function) if isinstance(node, ast.Assign) and _is_of_self(node, attribute)]
    return [node.value for node in found] if any(node in function.body for node in found) else []


def is_dict_of_self(attribute: str, view: ast.AST | None) -> bool:
    """Whether a class sets an attribute of its objects to a dict wherever it does: ``self.paths = {"version": 1}``."""
    nodes = ast.walk(view) if isinstance(view, ast.ClassDef) else ()
    set_there = [n for n in nodes if isinstance(n, ast.Assign | ast.AnnAssign) and _is_of_self(n, attribute)]
    return bool(set_there) and all(isinstance(each.value, ast.Dict | ast.DictComp) for each in set_there)


def _is_of_self(node: ast.Assign | ast.AnnAssign, attribute: str) -> bool:
    given = node.targets if isinstance(node, ast.Assign) else [node.target]
    targets = (target for target in given if isinstance(target, ast.Attribute))
    return any(target.attr == attribute and last_name(target.value) == "self" for target in targets)


def is_put_there(node: ast.Subscript, scope: Scope) -> bool:
    """Whether a function puts a dict where it takes something from: ``session["user"] = {...}; return session["user"]``."""
    nodes = own_nodes(scope.node) if isinstance(scope.node, FUNCTIONS) else ()
    put = [n for n in nodes if isinstance(n, ast.Assign) and isinstance(n.value, ast.Dict)]
    given = (target for each in put for target in each.targets if isinstance(target, ast.Subscript))
    return any(ast.dump(each.value) == ast.dump(node.value) and _is_key(each, node) for each in given)


def _is_key(one: ast.Subscript, other: ast.Subscript) -> bool:
    return isinstance(one.slice, ast.Constant) and ast.dump(one.slice) == ast.dump(other.slice)


def called_instead(given: ast.expr) -> ast.Call | None:
    """The call that is made where a parameter is called that is given a function, or a ``lambda`` that makes one."""
    if isinstance(given, ast.Lambda):
        takes = [*given.args.posonlyargs, *given.args.args, *given.args.kwonlyargs]
        return given.body if isinstance(given.body, ast.Call) and not takes else None
    return ast.Call(given, [], []) if isinstance(given, ast.Name | ast.Attribute) else None


def grows(name: str, scope: Scope) -> bool:
    """Whether something is added to a variable: ``text += "x"``."""
    nodes = own_nodes(scope.node) if isinstance(scope.node, FUNCTIONS) else ()
    return any(isinstance(n, ast.AugAssign) and last_name(n.target) == name for n in nodes)


def gives_text(node: ast.expr, scope: Scope, depth: int = 0) -> bool:
    """Whether something is a text for sure, so that what is added to it makes another one."""
    if isinstance(node, ast.Name) and depth < 3:
        values = [binding.node for binding in scope.symbols.get(node.id, ())]
        return bool(values) and all(isinstance(v, ast.expr) and gives_text(v, scope, depth + 1) for v in values)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return any(gives_text(side, scope, depth + 1) for side in (node.left, node.right))
    is_made = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "str"
    return is_made or is_text(node)


def is_filled(name: str, scope: Scope) -> bool:
    """Whether something is put under a key into what has a name, as into a dict, or into its parts: ``order["number"] = 1``."""
    nodes = list(own_nodes(scope.node)) if isinstance(scope.node, FUNCTIONS) else []
    loops = [each for each in nodes if isinstance(each, ast.For) and last_name(each.iter) == name]
    names = {name, *(last_name(loop.target) for loop in loops)}
    stored = (each for each in nodes if isinstance(each, ast.Subscript) and isinstance(each.ctx, ast.Store))
    keys = (each.slice for each in stored if isinstance(each.value, ast.Name) and each.value.id in names)
    if any(isinstance(each, ast.Call) and _puts_into(each, name) for each in nodes):
        return True
    return any(isinstance(key, ast.Constant) and isinstance(key.value, str) for key in keys)


def put_into(empty: ast.expr, scope: Scope) -> Iterator[ast.expr]:
    """Yield what is appended to a list that has nothing in it at first: ``found = []; found.append(order)``."""
    names = [name for name, bindings in scope.symbols.items() if any(b.node is empty for b in bindings)]
    for node in own_nodes(scope.node) if names and isinstance(scope.node, FUNCTIONS) else ():
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "append":
            if last_name(node.func.value) in names and node.args:
                yield node.args[0]


def changes(name: str, scope: Scope) -> bool:
    """Return whether a local list gets other things in its place, or more of them: ``found[0] = order``, ``found.insert(0, order)``."""
    for node in own_nodes(scope.node) if isinstance(scope.node, FUNCTIONS) else ():
        is_put = (
            isinstance(node, ast.Subscript) and not isinstance(node.ctx, ast.Load) and last_name(node.value) == name
        )
        of = node.func.value if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) else None
        if is_put or (of is not None and last_name(of) == name):
            return True
    return grows(name, scope)


def _puts_into(call: ast.Call, name: str) -> bool:
    """``order.update({"number": 1})``, ``order.update(number=1)``: what has no keys has no such method."""
    is_update = (
        isinstance(call.func, ast.Attribute) and call.func.attr == "update" and last_name(call.func.value) == name
    )
    is_dict = len(call.args) == 1 and isinstance(call.args[0], ast.Dict) and not call.keywords
    return is_update and is_dict


def unpacked(name: str, function: Function) -> Iterator[tuple[ast.expr, int | None]]:
    """Yield what is unpacked into a name, and which part of it; None where the parts are not counted alike: ``a, *b = find()``."""
    for node in own_nodes(function):
        targets = node.targets[0] if isinstance(node, ast.Assign) else None
        items = targets.elts if isinstance(targets, ast.Tuple) else []
        is_plain = not any(isinstance(item, ast.Starred) for item in items)
        for at, item in enumerate(items):
            value = (
                node.value if isinstance(node, ast.Assign) and isinstance(item, ast.Name) and item.id == name else None
            )
            by_part = isinstance(value, ast.Tuple) and len(value.elts) == len(items)  # of which each is bound by itself
            if value is not None and not by_part:
                yield value, at if is_plain else None


def given_to(call: ast.Call) -> ast.expr | None:
    """What a response is made of: ``jsonify(OrderOut().dump(order))``, ``jsonify(**order.model_dump())``."""
    spread = call.keywords[0] if len(call.keywords) == 1 and call.keywords[0].arg is None else None
    return call.args[0] if call.args else spread.value if spread is not None else None


def is_kept(node: ast.expr, given: ast.expr, scope: Scope) -> bool:
    """Whether a parameter is what it was given, of which ``if data is None: data = {}`` makes something else where that is None."""
    bindings = scope.symbols.get(node.id, ()) if isinstance(node, ast.Name) else ()
    nodes = list(own_nodes(scope.node)) if isinstance(scope.node, FUNCTIONS) else []
    is_nothing = isinstance(given, ast.Constant) and given.value is None
    instead = (each for n in nodes if not is_nothing for each in _given_instead(n, last_name(node)))
    left_out = {id(value) for value in instead}
    if not isinstance(node, ast.Name) or sum(id(each.node) not in left_out for each in bindings) != 1:
        return False
    asked = (n.args[0] for n in nodes if isinstance(n, ast.Call) and last_name(n.func) == "isinstance" and n.args)
    return all(last_name(each) != node.id for each in asked)  # or it is returned only where it is something else


def _given_instead(node: ast.AST, name: str) -> Iterator[ast.expr]:
    """What a parameter is where it is given nothing: ``if data is None: data = {...}``."""
    test = node.test if isinstance(node, ast.If) else None
    is_nothing = isinstance(test, ast.Compare) and isinstance(test.ops[0], ast.Is) and last_name(test.left) == name
    if is_nothing and isinstance(test, ast.Compare) and getattr(test.comparators[0], "value", "") is None:
        for each in node.body:  # type: ignore[attr-defined]
            if isinstance(each, ast.Assign) and name in map(last_name, each.targets):
                yield each.value


def is_told(function: Function) -> bool:
    """Whether a flag, of which callers may say something else, decides on what a function returns."""
    flags = {a.arg for a, default in parameters(function, in_class=False) if isinstance(default, ast.Constant)}
    tests = (node.test for node in ast.walk(function) if isinstance(node, ast.If | ast.IfExp))
    return any(isinstance(n, ast.Name) and n.id in flags for test in tests for n in ast.walk(test))


def dead_returns(block: Sequence[ast.stmt], is_so: Callable[[ast.expr], bool | None]) -> Iterator[int]:
    """What is not returned, by the ids of the statements, as far as it can be told which conditions hold."""
    nodes = (node for dead in dead_blocks(block, is_so) for statement in dead for node in ast.walk(statement))
    return (id(node) for node in nodes if isinstance(node, ast.Return))


def dead_blocks(block: Sequence[ast.stmt], is_so: Callable[[ast.expr], bool | None]) -> Iterator[Sequence[ast.stmt]]:
    """What does not run, as far as it can be told which conditions hold.

    An example is ``if as_response: return jsonify(order)``; so is whatever stands behind a ``return``.
    """
    for number, statement in enumerate(block):
        if ends([statement], is_sure=True):
            yield block[number + 1 :]
        holds = is_so(statement.test) if isinstance(statement, ast.If) else None
        if isinstance(statement, ast.If) and holds is not None:
            taken, left = (statement.body, statement.orelse) if holds else (statement.orelse, statement.body)
            yield [*left, *(block[number + 1 :] if ends(taken, is_sure=True) else ())]
            yield from dead_blocks(taken, is_so)
        else:
            inner = (getattr(statement, name, []) for name in ("body", "orelse", "finalbody"))
            for each in (*inner, *(handler.body for handler in getattr(statement, "handlers", []))):
                yield from dead_blocks(each, is_so)


def elsewhere(call: ast.Call) -> ast.Call | None:
    """The call that ``asyncio.to_thread(place, order)`` has made in another thread; None for any other."""
    at = THREADS.get(last_name(call.func))
    if at is None or len(call.args) <= at or not isinstance(call.args[at], ast.Name | ast.Attribute):
        return None
    return ast.copy_location(ast.Call(call.args[at], call.args[at + 1 :], call.keywords), call)


def part_of(value: ast.expr | None, part: int) -> ast.expr:
    """One part of the tuple that is returned; where it is none, something of which nothing is known."""
    is_row = isinstance(value, ast.Tuple | ast.List) and len(value.elts) > part >= 0
    return value.elts[part] if is_row else ast.Name("?")  # type: ignore[union-attr]


def bodies_of(annotation: ast.expr | None, part: int | None = None) -> list[ast.expr]:
    """What a helper is said to return, a status beside it left out: ``tuple[Response, int] | None``; or one part of that."""
    annotation = string_annotation(annotation)
    if annotation is None:
        return []
    if isinstance(annotation, ast.BinOp):
        return [each for side in (annotation.left, annotation.right) for each in bodies_of(side, part)]
    if isinstance(annotation, ast.Subscript):
        items = annotation.slice.elts if isinstance(annotation.slice, ast.Tuple) else [annotation.slice]
        head = last_name(annotation.value).lower()
        if head in ("optional", "union"):
            nothing = [ast.Constant(None)] if head == "optional" else []
            return [each for item in (*items, *nothing) for each in bodies_of(item, part)]
        if head == "tuple" and len(items) > (part or 0):
            return bodies_of(items[part or 0])
    return [annotation] if part is None else []


def is_empty_response(node: ast.Call) -> bool:
    """Whether ``Response(status_code=204)`` is made: with a status, and nothing else in it, headers left out."""
    named = {keyword.arg: keyword.value for keyword in node.keywords}
    given = dict(zip(("content", "status_code"), node.args, strict=False)) | named
    status = given.pop("status_code", None) or given.pop("status", None)
    content = given.pop("content", None) or given.pop("response", None)
    is_none = content is None or (isinstance(content, ast.Constant) and not content.value)
    said = ast.unparse(status) if status is not None else ""
    if isinstance(content, ast.Dict) and not content.keys:  # make_response({}, 204)
        is_none = "204" in said or "NO_CONTENT" in said
    return GOOD.search(said) is not None and is_none and given.keys() <= HEADERS


def is_empty_list(value: ast.expr | None) -> bool:
    """Return whether ``[]`` is returned, a status beside it left out."""
    body = value.elts[0] if isinstance(value, ast.Tuple) and value.elts else value
    return isinstance(body, ast.List) and not body.elts


def is_new_list(node: ast.expr) -> bool:
    """Return whether it is ``list()``."""
    return isinstance(node, ast.Call) and not node.args and isinstance(node.func, ast.Name) and node.func.id == "list"


def is_text(node: ast.expr) -> bool:
    """Whether an expression is a text, or another constant, as it is written."""
    if isinstance(node, ast.Compare) or (isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not)):
        return True  # a truth value
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod | ast.Add):  # "%s" % x, "x" + y
        return is_text(node.left) or (isinstance(node.op, ast.Add) and is_text(node.right))
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):  # "".join(x), "{}".format(x)
        is_plain = all(isinstance(each, ast.Constant) for each in node.args)
        of = node.func.value
        is_made = isinstance(of, ast.Call) and isinstance(of.func, ast.Name) and of.func.id == "str"  # str(x).lower()
        return (node.func.attr in TEXTS and is_plain) or (node.func.attr in OF_TEXTS and (is_made or is_text(of)))
    return isinstance(node, ast.Constant | ast.JoinedStr)
