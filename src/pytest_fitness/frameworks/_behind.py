"""The functions behind what is registered: named, made by a function, methods of a class or an object, lambdas."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence

from pytest_fitness.frameworks._reading import (
    HTTP_METHODS,
    called,
    class_around,
    function_of,
    innermost,
    is_as_view,
    methods_called,
    methods_of,
    named_function,
    original,
    spreads,
    where_bound,
)
from pytest_fitness.model.contents import (
    FUNCTIONS,
    Contents,
    Found,
    functions_inside,
    is_property,
    last_name,
    own_returns,
    parameters,
)
from pytest_fitness.model.syntax import Binding, Entity, Function, Names, Scope

DEEP = 5
"""Longest chain of names behind which a function is looked for."""

ANY = ("Any", "object", "T", "R", "RT")
"""Annotations, and what type variables of results are called, that say nothing of a wrapper."""

LAMBDA = "<lambda>"


CLASS_METHODS: Mapping[str, Sequence[Sequence[str]]] = {
    "route": (HTTP_METHODS,),
    "websocket": (("on_receive",), ("on_connect",), ("dispatch",)),
}
"""Methods of an endpoint that is a class: the first of these that it has stand for it."""


def functions_behind(
    target: ast.expr, scope: Scope, contents: Contents, wanted: Iterable[str], depth: int = 0
) -> list[tuple[Found, str]]:
    """Return the functions that answer for a registered *target*: itself, or methods of a class, each with its name.

    The name is empty for a function; nothing is returned where *target* cannot be found.
    """
    names = contents.names
    inner = innermost(target)
    for call in (target,) if inner is target else (target, inner):
        if isinstance(call, ast.Call) and not is_as_view(call):
            made = made_not_wrapped(call, scope, names) or _made_by_overriding(call, scope, contents)
            if made:
                return [(found, "") for found in made]
    if isinstance(inner, ast.Lambda):
        return [(Found(_as_function(inner), scope), "")]
    entity = named_function(inner, scope, names)
    definition = function_of(entity)
    if definition is not None:
        found = Found(*definition, class_around(definition[1]))
        every = [found, *_overriding(inner, scope, contents)]
        return [(each, "") for one in every for each in _given_by(one, names)]
    if entity is not None and isinstance(entity.node, ast.ClassDef):
        return [(found, name) for name, found in methods_of(entity, names, wanted)]
    if entity is not None and isinstance(entity.node, ast.Call | ast.Lambda) and entity.scope and depth < DEEP:
        return functions_behind(entity.node, entity.scope, contents, wanted, depth + 1)
    return [(found, "") for found in _called_object(target, scope, names)]


def endpoints_behind(target: ast.expr, scope: Scope, contents: Contents, kind: str) -> list[tuple[Found, str]]:
    """Return the functions that answer for an endpoint of Starlette, a class perhaps: a *kind* of ``route`` or ``websocket``."""
    for wanted in CLASS_METHODS.get(kind, ((),)):
        if behind := functions_behind(target, scope, contents, wanted):
            return behind
    return []


def choices(target: ast.expr, scope: Scope, names: Names) -> list[tuple[ast.expr, Scope]]:
    """Return what ``a if x else b`` may be, or a name with several meanings, each with where it is written; else nothing.

    A value that is made of the name itself, as in ``f = guard(f)``, is no other one, unless it has types of its own.
    """
    if isinstance(target, ast.IfExp):
        return [(target.body, scope), (target.orelse, scope)]
    home = where_bound(target.id, scope) if isinstance(target, ast.Name) else None
    if home is None or not isinstance(target, ast.Name):
        return []
    bindings = home.symbols[target.id]
    only = bindings[0].node if len(bindings) == 1 else None
    if isinstance(only, ast.IfExp):  # show = short if small else full
        return [(each, home) for each in (only.body, only.orelse) if not is_nothing(each)]
    sure = len(bindings) - len(_possible(bindings))
    found: list[tuple[ast.expr, Scope]] = []
    for number, binding in enumerate(bindings) if len(bindings) > 1 else ():
        if binding.kind != "value" and number >= sure:
            found.append((target, home.where(target.id, [binding])))
        elif binding.kind == "value" and isinstance(binding.node, ast.expr) and not is_nothing(binding.node):
            is_itself = last_name(innermost(binding.node)) == target.id
            if (
                not is_itself
                or made_not_wrapped(binding.node, home, names)
                or (number == len(bindings) - 1 and not found)
            ):
                found.append((binding.node, home))
    return found


def is_nothing(node: ast.expr) -> bool:
    """Whether an expression is ``None``."""
    return isinstance(node, ast.Constant) and node.value is None


def _given_by(found: Found, names: Names) -> list[Found]:
    """A function, or those that it returns where it is a property."""
    if is_property(found.function):
        return list(_returned((found.function, found.scope), names))
    return [found]


def _overriding(target: ast.expr, scope: Scope, contents: Contents) -> list[Found]:
    """The methods that override ``self.target`` in classes that are derived from the one around it."""
    if not isinstance(target, ast.Attribute) or last_name(target.value) not in ("self", "cls"):
        return []
    inside = scope.enclosing_class
    around = class_around(inside) if inside is not None and inside.seen_as is None else None
    found: list[Found] = []
    for entity in derived_from(around, contents) if around is not None else ():
        is_own = target.attr in contents.names.class_scope(entity).symbols
        found += methods_called(target.attr, entity, contents.names) if is_own else ()
    return found


def _made_by_overriding(call: ast.Call, scope: Scope, contents: Contents) -> list[Found]:
    """The functions that ``self.make()`` returns in derived classes, where the method is one of the class around it."""
    methods = _overriding(call.func, scope, contents)
    made = (each for found in methods for each in _returned((found.function, found.scope), contents.names))
    return [found for found in made if not _is_wrapper(found, contents.names)]


def derived_from(base: Entity, contents: Contents) -> Iterator[Entity]:
    """Yield the classes of the codebase that are derived from another one, nearest first."""
    todo, seen = [base], {id(base.node)}
    for each in todo:
        for there in (contents, *contents.elsewhere(each.last)):
            for entity in _by_base(there).get(id(each.node), ()):
                if id(entity.node) not in seen:
                    seen.add(id(entity.node))
                    todo.append(entity)
                    yield entity


def _by_base(contents: Contents) -> dict[int, list[Entity]]:
    """The classes of a module, by the ids of all that they are derived from; read once."""
    key = ("by base",)
    if key not in contents.memo:
        found: dict[int, list[Entity]] = {}
        for entity in contents.classes:
            for base in contents.names.bases(entity):
                if base.node is not entity.node:
                    found.setdefault(id(base.node), []).append(entity)
        contents.memo[key] = found
    table: dict[int, list[Entity]] = contents.memo[key]
    return table


def _as_function(node: ast.Lambda) -> Function:
    """A lambda as a function that returns what it does."""
    body: list[ast.stmt] = [ast.copy_location(ast.Return(node.body), node.body)]
    made = ast.FunctionDef(name=LAMBDA, args=node.args, body=body, decorator_list=[], returns=None)
    return ast.copy_location(made, node)


def _called_object(target: ast.expr, scope: Scope, names: Names) -> list[Found]:
    """The ``__call__`` of an object."""
    made_by = names.instance_class(Entity("value", "", target, None, scope))
    return [found for _, found in methods_of(made_by, names, ("__call__",))] if made_by is not None else []


def functions_made(target: ast.expr, scope: Scope, names: Names) -> Iterator[Found]:
    """Yield the inner functions that a function returns: ``add_api_route("/x", make_handler())``."""
    definition = function_of(names.resolve(target.func, scope)) if isinstance(target, ast.Call) else None
    if definition is not None and definition[1].owned:
        yield from _returned(definition, names)


def _returned(definition: tuple[Function, Scope], names: Names) -> Iterator[Found]:
    """Yield the functions inside of another one that it returns, each of several with one name in branches."""
    inside = names.function_scope(*definition)
    returned = [n.value for n in ast.walk(definition[0]) if isinstance(n, ast.Return)]
    yield from (Found(_as_function(value), inside) for value in returned if isinstance(value, ast.Lambda))
    for name in dict.fromkeys(value.id for value in returned if isinstance(value, ast.Name)):
        known = [
            Entity(b.kind, name, b.node, scope=inside)
            for b in _possible(inside.symbols.get(name, ()))
            if b.kind == "function"
        ]
        last = names.resolve(ast.Name(name, ast.Load()), inside)
        for entity in known if len(known) > 1 else [last]:
            made = function_of(entity)
            if made is not None and made[1] is inside:
                yield Found(*made)


def _possible(bindings: Sequence[Binding]) -> Sequence[Binding]:
    """The meanings of a name from the last one on that it has for sure."""
    return bindings[max((n for n, binding in enumerate(bindings) if not binding.in_branch), default=0) :]


def made_not_wrapped(target: ast.expr, scope: Scope, names: Names) -> list[Found]:
    """The functions made by one that was only told something: ``make(service)``."""
    given = [*target.args, *(k.value for k in target.keywords)] if isinstance(target, ast.Call) else []
    is_told = not any(_may_be_function(each, scope, names) for each in given)
    return [found for found in functions_made(target, scope, names) if is_told or not _is_wrapper(found, names)]


def _may_be_function(argument: ast.expr, scope: Scope, names: Names) -> bool:
    """Whether what a function is given may be one that it wraps another one around: no text, path or number."""
    if not isinstance(argument, ast.Name | ast.Attribute):
        return not isinstance(argument, ast.Constant | ast.JoinedStr | ast.BinOp | ast.Compare | ast.Dict)
    made = names.resolve(argument, scope)
    of = made.node if made is not None and made.kind == "value" else None
    by = names.resolve(of.func, made.scope or scope) if made is not None and isinstance(of, ast.Call) else None
    if by is not None and names.known(by.name).startswith("router:"):
        return False  # make(bp, "orders.index"): what routes is no view
    return not isinstance(of, ast.Constant | ast.JoinedStr | ast.BinOp)


def wrapped(found: Found) -> ast.Name | None:
    """Return what a function is wrapped around: a parameter of the function around it, to which it hands all that it is given.

    It says so (``@wraps``), or has no types of its own, and returns what that returns.
    """
    if not isinstance(found.scope.node, FUNCTIONS):
        return None
    function = found.function
    wraps = [
        d.args[0]
        for d in function.decorator_list
        if isinstance(d, ast.Call) and last_name(d.func) == "wraps" and d.args
    ]
    is_open = _takes_anything(function) and not _is_typed(found)
    hands_on = [call.func for call in _calls_returned(function) if spreads(call) is not None] if is_open else []
    given = _parameters_around(found)
    wraps += _updated(found)
    names = [each.id for each in (*wraps, *hands_on) if isinstance(each, ast.Name)]
    known = next((name for name in names if name in given), None)
    return ast.copy_location(ast.Name(known, ast.Load()), function) if known is not None else None


def _updated(found: Found) -> list[ast.expr]:
    """What ``update_wrapper(inner, f)`` says that a function is wrapped around."""
    assert isinstance(found.scope.node, FUNCTIONS)
    statements = (each.value for each in found.scope.node.body if isinstance(each, ast.Expr))
    calls = (each for each in statements if isinstance(each, ast.Call) and last_name(each.func) == "update_wrapper")
    return [each.args[1] for each in calls if len(each.args) > 1 and last_name(each.args[0]) == found.function.name]


def returns_that(found: Found) -> bool:
    """Whether a function that is wrapped around another one returns what that does."""
    nodes = list(ast.walk(found.function))
    every = (meant_by(value, nodes) for value in own_returns(found.function))
    return any(all(calls_given(each, found) for each in meant) for meant in every)


def instead_of(found: Found, names: Names) -> Found:
    """Return what answers for a function whose decorator, of the project, puts another one in its place without a use for it."""
    for decorator in found.function.decorator_list:
        wrappers = wrappers_made(decorator, found.scope, names)
        if wrappers and not any(uses_given(wrapper) for wrapper in wrappers):
            return wrappers[0]
    return found


def wrappers_of(found: Found, names: Names) -> Iterator[Found]:
    """Yield the functions in decorators of the project that call the one that is decorated, whatever they do with that."""
    for decorator in found.function.decorator_list:
        definition = function_of(original(called(decorator), found.scope, names))
        if definition is not None and definition[1].owned:
            yield from functions_inside(*definition, names)
            yield from _made_by_another(definition, names)


def meant_by(value: ast.expr | None, nodes: Sequence[ast.AST]) -> list[ast.expr | None]:
    """Return what is returned, a status beside it left out; of a name, everything that it is given."""
    body = value.elts[0] if isinstance(value, ast.Tuple) and value.elts else value
    if not isinstance(body, ast.Name):
        return [body]
    given = [node for node in nodes if isinstance(node, ast.Assign) and body.id in map(last_name, node.targets)]
    return [node.value for node in given] or [body]


def calls_given(value: ast.expr | None, wrapper: Found) -> bool:
    """Return whether what a wrapper is around is called."""
    value = value.value if isinstance(value, ast.Await) else value
    return isinstance(value, ast.Call) and last_name(value.func) in _parameters_around(wrapper)


def wrappers_made(decorator: ast.expr, scope: Scope, names: Names) -> list[Found]:
    """Return the functions that a decorator of the project, with or without arguments, makes; none where it may return something else."""
    definition = function_of(original(called(decorator), scope, names))
    if definition is None or not definition[1].owned:
        return []
    made = _all_made(definition, names) or _made_by_another(definition, names)
    if not isinstance(decorator, ast.Call):
        return made
    every = [_all_made((each.function, each.scope), names) for each in made]
    return [wrapper for one in every for wrapper in one] if all(every) else []


def _all_made(definition: tuple[Function, Scope], names: Names) -> list[Found]:
    """The functions inside of another one that it returns; none where that is not all that it returns."""
    made = list(_returned(definition, names))
    own = {found.function.name for found in made}
    return made if all(isinstance(v, ast.Name) and v.id in own for v in own_returns(definition[0])) else []


def _made_by_another(definition: tuple[Function, Scope], names: Names) -> list[Found]:
    """The functions that another one makes of what is decorated: ``def strict(f): return decorate(f, mode="strict")``."""
    function, scope = definition
    returned = list(own_returns(function))
    call = returned[0] if len(returned) == 1 else None
    given = {argument.arg for argument, _ in parameters(function, in_class=False)}
    if not isinstance(call, ast.Call) or not call.args or last_name(call.args[0]) not in given:
        return []
    another = function_of(names.resolve(call.func, names.function_scope(function, scope)))
    return _all_made(another, names) if another is not None and another[1].owned else []


def uses_given(wrapper: Found) -> bool:
    """Whether a wrapper uses what the function around it is given, or another wrapper of that."""
    given = _parameters_around(wrapper)
    todo, seen = [wrapper.function], set[str]()
    for function in todo:
        for node in (node for statement in function.body for node in ast.walk(statement)):
            if isinstance(node, ast.Name) and node.id in given:
                return True
            if isinstance(node, ast.Name) and node.id not in seen:
                seen.add(node.id)
                others = (binding.node for binding in wrapper.scope.symbols.get(node.id, ()))
                todo += [each for each in others if isinstance(each, FUNCTIONS)]
    return False


def _calls_returned(function: Function) -> list[ast.Call]:
    nodes = list(ast.walk(function))
    meant = [each for value in own_returns(function) for each in meant_by(value, nodes)]
    values = (value.value if isinstance(value, ast.Await) else value for value in meant)
    return [value for value in values if isinstance(value, ast.Call)]


def _parameters_around(found: Found) -> set[str]:
    """What the function around another one is given, and what it makes of that: ``cached = cache.cached()(f)``."""
    around = found.scope.node
    assert isinstance(around, FUNCTIONS)
    given = {argument.arg for argument, _ in parameters(around, in_class=False)}
    for statement in around.body:
        value = statement.value if isinstance(statement, ast.Assign) else None
        if isinstance(statement, ast.Assign) and isinstance(value, ast.Call) and value.args:
            if isinstance(value.args[0], ast.Name) and value.args[0].id in given:
                given |= {last_name(target) for target in statement.targets}
    return given


def _is_typed(found: Found) -> bool:
    types = [argument.annotation for argument, _ in parameters(found.function, in_class=False)]
    return any(each is not None and last_name(each) not in ANY for each in (*types, found.function.returns))


def _is_wrapper(found: Found, names: Names) -> bool:
    """Whether an inner function stands for what the function around it was given.

    It says so (``@wraps``), or hands on whatever it is given, or calls it, or hands it on, and has no types of its own.
    """
    says_so = any(last_name(called(decorator)) == "wraps" for decorator in found.function.decorator_list)
    if says_so or wrapped(found) is not None:
        return True
    defaults = [default for _, default in parameters(found.function, in_class=False)]
    if any(isinstance(each, ast.Call) for each in defaults):
        return False  # data=Depends(model): it has inputs of its own
    types = (argument.annotation for argument, _ in parameters(found.function, in_class=False))
    kinds = [names.kinds(annotation, found.scope) for annotation in types if annotation is not None]
    return all("special" in each for each in kinds) and bool(_of_the_maker(found))


def _of_the_maker(found: Found) -> list[str]:
    """The parameters of the function around another one that this one is decorated with, calls, or hands on."""
    maker, function = found.scope.node, found.function
    assert isinstance(maker, FUNCTIONS)
    given = {argument.arg for argument, _ in parameters(maker, in_class=False)}
    wraps = (node.id for each in function.decorator_list for node in ast.walk(each) if isinstance(node, ast.Name))
    calls = [node for node in ast.walk(function) if isinstance(node, ast.Call)]
    is_short = function.name == LAMBDA  # which hands on what it tells, rather than a handler
    parts = (each for call in calls for each in (call.func, *(() if is_short else call.args)))
    used = [last_name(each) for each in parts if isinstance(each, ast.Name)]
    return [name for name in (*wraps, *used) if name in given]


def _takes_anything(function: Function) -> bool:
    return function.args.vararg is not None or function.args.kwarg is not None
