"""What decorators of the project make of what a handler returns."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from pytest_fitness.frameworks._behind import calls_given, meant_by, wrappers_made
from pytest_fitness.frameworks._reading import called, function_of
from pytest_fitness.model.contents import Found, last_name, own_returns
from pytest_fitness.model.syntax import Function, Names, Scope

ENCODING = ("dumps", "jsonify", "make_response", "dict")
"""What puts what it is given into another form of the same."""

DEEP = 3
"""How many decorators of decorators are looked at."""


def renders(found: Found, names: Names, more: Sequence[tuple[ast.expr, Scope]] = (), depth: int = 0) -> str:
    """Return what a decorator of the project makes of what a function returns, one above it or one *more*, that its class has.

    A ``page`` of a dict, everything else left as it is, or a ``page`` or ``json`` of everything. What fields choose: ``fields``.
    An empty text where it makes nothing of it, as far as that can be told.
    """
    above = (one for each in _decorators(found.function) for one in (each, *_composed(each, found.scope, names)))
    for decorator, scope in (*((each, found.scope) for each in above), *more):
        library = names.resolve(called(decorator), scope)
        if library is not None and names.known(library.name) == "renders":
            return "json"
        wrappers = wrappers_made(decorator, scope, names)
        for wrapper in wrappers:
            nodes = list(ast.walk(wrapper.function))
            asking = [each for each in nodes if isinstance(each, ast.If)]
            no_dicts = [each for each in asking if _asks_for_no_dict(each.test)]
            left = [*no_dicts, *(each for each in asking if _asks_for_response(each.test))]
            kept = {id(part) for each in left for statement in each.body for part in ast.walk(statement)}
            values = [each.value for each in nodes if isinstance(each, ast.Return) and id(each) not in kept]
            if no_dicts and values and all(map(_is_page, values)):
                return "page"
            made = {name for each in asking for name in _made_responses(each)}
            meant = [(value, each) for value in values for each in meant_by(value, nodes)]
            left_over = [m for value, m in meant if not (_named(value) in made and calls_given(m, wrapper))]
            inside, known = names.function_scope(wrapper.function, wrapper.scope), dict[int, str]()
            told = [(each, _answer(each, inside, names, known)) for each in left_over]
            answers = {answer for _, answer in told}
            if answers <= {"json", "page"} and answers:
                is_whole = any(answer == "json" and _puts_given(each, wrapper, nodes) for each, answer in told)
                return "json" if is_whole else "page"
            if answers == {"fields"}:
                return "fields"
            hands_on = bool(left_over) and all(calls_given(each, wrapper) for each in left_over)
            is_one = hands_on and len(wrappers) == 1 and depth < DEEP
            around = renders(wrapper, names, depth=depth + 1) if is_one else ""
            if around:  # it is decorated itself: @wraps(f) @as_json def inner(*args): return f(*args)
                return around
    return ""


def _is_page(value: ast.expr | None) -> bool:
    return isinstance(value, ast.Call) and "render" in last_name(value.func)


def _puts_given(value: ast.expr | None, wrapper: Found, nodes: Sequence[ast.AST]) -> bool:
    """Whether what the function in a wrapper returns is put into a response as it is: not what something else makes of it."""
    given = {
        last_name(item)
        for node in nodes
        if isinstance(node, ast.Assign) and calls_given(node.value, wrapper)
        for target in node.targets
        for item in (target.elts if isinstance(target, ast.Tuple) else [target])
    }
    todo = [*value.args, *(keyword.value for keyword in value.keywords)] if isinstance(value, ast.Call) else []
    for each in todo:
        if calls_given(each, wrapper) or (isinstance(each, ast.Name) and each.id in given):
            return True
        if isinstance(each, ast.Call) and last_name(each.func) in ENCODING:
            todo += each.args
        if isinstance(each, ast.Starred | ast.Await):
            todo.append(each.value)
        todo += each.values if isinstance(each, ast.Dict) else []
    return False


def _answer(value: ast.expr | None, inside: Scope, names: Names, known: dict[int, str]) -> str:
    """What a wrapper makes of what the function in it returns, ``return jsonify(f(*args))``, itself or by a function of the project."""
    made = names.resolve(value.func, inside) if isinstance(value, ast.Call) else None
    if made is None or not made.is_own:
        kind = names.known(made.name) if made is not None else ""
        return kind if kind != "response" else "page" if _is_page(value) else "json"
    function, home = function_of(made) or (None, inside)
    if function is None or not home.owned:
        return ""
    if id(function) not in known:
        known[id(function)] = ""  # meanwhile
        nodes, within = list(ast.walk(function)), names.function_scope(function, home)
        meant = [each for one in own_returns(function) for each in meant_by(one, nodes)]
        answers = {_answer(each, within, names, known) for each in meant}
        known[id(function)] = answers.pop() if len(answers) == 1 else ""
    return known[id(function)]


def _decorators(function: Function) -> Iterator[ast.expr]:
    """The decorators of a function, those that Django's ``method_decorator([...])`` is given among them."""
    for decorator in function.decorator_list:
        if isinstance(decorator, ast.Call) and last_name(decorator.func) == "method_decorator" and decorator.args:
            given = decorator.args[0]
            yield from given.elts if isinstance(given, ast.List | ast.Tuple) else [given]
        else:
            yield decorator


def _composed(decorator: ast.expr, scope: Scope, names: Names) -> Sequence[ast.expr]:
    """The decorators in ``@composed(login, as_json)``, of a function of the project that applies them: ``for each in all: f = each(f)``."""
    function, home = function_of(names.resolve(called(decorator), scope)) or (None, scope)
    given = function.args.vararg if function is not None and home.owned else None
    for node in ast.walk(function) if function is not None and given is not None else ():
        loop = node if isinstance(node, ast.For) else None
        over = [loop.iter, *(loop.iter.args if isinstance(loop.iter, ast.Call) else [])] if loop is not None else []
        if loop is None or given is None or not any(isinstance(n, ast.Name) and n.id == given.arg for n in over):
            continue
        applied = ast.unparse(loop.target)
        kept = (n for n in loop.body if isinstance(n, ast.Assign) and isinstance(n.targets[0], ast.Name))
        is_kept = any(ast.unparse(n.value) == f"{applied}({ast.unparse(n.targets[0])})" for n in kept)
        if isinstance(decorator, ast.Call) and is_kept:
            return decorator.args
    return ()


def _asks_for_no_dict(test: ast.expr) -> bool:
    return isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not) and _asks_for(test.operand, "dict")


def _asks_for_response(test: ast.AST) -> bool:
    is_one = isinstance(test, ast.Call) and last_name(test.func) == "isinstance" and len(test.args) == 2
    return is_one and isinstance(test, ast.Call) and last_name(test.args[1]).endswith("Response")


def _made_responses(asking: ast.If) -> Iterator[str]:
    """The name in ``if not isinstance(answer, Response): answer = Response(dumps(answer))``."""
    test = asking.test.operand if isinstance(asking.test, ast.UnaryOp) and isinstance(asking.test.op, ast.Not) else None
    if isinstance(test, ast.Call) and _asks_for_response(test):
        inside = [node for statement in asking.body for node in ast.walk(statement)]
        stored = {node.id for node in inside if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
        yield from stored & {last_name(test.args[0])}


def _named(value: ast.expr | None) -> str:
    return (
        last_name(value.elts[0] if isinstance(value, ast.Tuple) and value.elts else value) if value is not None else ""
    )


def _asks_for(test: ast.expr, name: str) -> bool:
    is_one = isinstance(test, ast.Call) and last_name(test.func) == "isinstance" and len(test.args) == 2
    return is_one and isinstance(test, ast.Call) and last_name(test.args[1]) == name
