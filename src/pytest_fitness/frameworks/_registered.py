"""Functions that are registered rather than decorated: by name, in a loop, by way of a function.

What registers them may be called for several: ``for path, f in TABLE: app.add_url_rule(path, view_func=f)``, or
``def register(path, f): app.add_api_route(path, f)``. Each turn and each caller counts as a call of its own. Where one cannot be
read, the call is given as it is written, for a handler of which nothing is known.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, NamedTuple, TypeGuard

from pytest_fitness.frameworks._behind import choices, is_nothing, made_not_wrapped, uses_given, wrapped
from pytest_fitness.frameworks._derived import method_around
from pytest_fitness.frameworks._given import Given, home_of, inlined, moved, names_in, substituted, with_names, without
from pytest_fitness.frameworks._handed_on import is_turn
from pytest_fitness.frameworks._loops import Turn, turns
from pytest_fitness.frameworks._reading import (
    HTTP_METHODS,
    called,
    class_around,
    function_of,
    innermost,
    is_as_view,
    is_parameter,
    kinds_of_class,
    named_function,
    spreads,
)
from pytest_fitness.frameworks._tables import out_of_table
from pytest_fitness.frameworks._uses import Use, stays, uses_of
from pytest_fitness.model.contents import FUNCTIONS, Contents, Found, last_name, own_returns
from pytest_fitness.model.syntax import Binding, Function, Names, Scope

DEEP = 4
"""Longest chain of functions that hand on what they were given to register."""

DECORATORS = (*HTTP_METHODS, "route", "api_route", "websocket", "websocket_route")
"""Methods of routers that decorate, in some framework or other."""

SAME = ("list", "tuple", "reversed", "sorted", "iter")
"""Functions that give what is in a list, and nothing else."""

KEEPING = ("append", "add")
"""Methods by which a list or a set keeps something."""

DEEP_TABLES = 2
"""How often something is looked up in what was looked up, as in a table that has in it what was looked up there."""

IN_TURN = "in a turn"
"""Among the names of which one meaning has been chosen: the turn of a loop has been, too."""

LOOKED_UP = "looked up"
"""Stands for what is looked up in a table, until it is put there."""

BY_NAME = {"add_api_route": ("endpoint", 1), "add_url_rule": ("view_func", 2)}
"""Methods that register whatever they are called on, since nothing else has any of that name; and which argument that is."""


class Registration(NamedTuple):
    """A call that registers something.

    Attributes:
        call: as it is written or, of one that stands for several, as it is for one of them.
        target: what is registered.
        scope: where names in *target* are looked up.
        calling: where names in the other arguments are looked up.
        place: where it is registered, by the call itself or by one of a function that has it.
        is_looked_up: whether the target is one of those in a table, of which the running code knows which it is.
    """

    call: ast.Call
    target: ast.expr
    scope: Scope
    calling: Scope
    place: Scope
    is_looked_up: bool = False


def registrations(call: ast.Call, target: ast.expr, scope: Scope, contents: Contents) -> list[Registration]:
    """Return the registrations that a call which registers *target* stands for: itself, or one for each turn and caller."""
    found = list(_followed(Registration(call, target, scope, scope, scope), contents, ()))
    return list({_looks(each): each for each in reversed(found)}.values())[::-1]


def _looks(registered: Registration) -> object:
    """What tells a registration from others: of one out of a table, which may be it for any turn of a loop, what can be told."""
    if not registered.is_looked_up:
        return id(registered)
    arguments = (*registered.call.args, *(keyword.value for keyword in registered.call.keywords))
    is_told = (all(isinstance(n, ast.Constant | ast.List | ast.Load) for n in ast.walk(each)) for each in arguments)
    told = [ast.dump(each) if is_one else "" for each, is_one in zip(arguments, is_told, strict=True)]
    return id(registered.target), *told


def _followed(
    registered: Registration, contents: Contents, opened: tuple[int, ...], chosen: frozenset[object] = frozenset()
) -> Iterator[Registration]:
    if _is_made(registered.target, registered.scope, contents.names):
        for given, _ in turns(registered.call, registered.place, contents):
            is_near = all(each.scope.path == registered.place.path for each in given.values())
            yield registered._replace(call=substituted(registered.call, given)) if given and is_near else registered
        yield from _returned_instead(registered, contents, opened, chosen)
        return
    registered = _unwrapped(_looked_up(registered, contents), contents.names)
    call, target, scope, calling, place, *_ = registered
    in_turn: list[Turn] = [({}, frozenset())]  # what a choice is made from is that of a turn already
    for given, hidden in in_turn if IN_TURN in chosen else turns(call, place, contents):
        turn = registered
        if given:
            home = home_of(target, given, scope)
            if home is not scope:  # what else there is in the target means what it means here
                here = {
                    n: contents.names.resolve(ast.Name(n, ast.Load()), scope)
                    for n in names_in(target)
                    if n not in given
                }
                home = replace(home, resolved={**home.resolved, **here})
            is_near = all(each.scope.path == place.path for each in given.values())
            made = substituted(call, given) if is_near else moved(call, given, call)
            told = with_names(calling, call, given, home if not is_near else place, contents.names)
            turn = Registration(made, substituted(target, given), home, told, place)
        if hidden:
            turn = turn._replace(scope=without(turn.scope, hidden), calling=without(turn.calling, hidden))
        inner = innermost(turn.target)
        name = inner.id if isinstance(inner, ast.Name) else ""
        several = choices(inner, turn.scope, contents.names) if not names_in(inner) & (hidden | chosen) else []
        subject = _subject(turn.target, turn.scope)
        if is_parameter(subject, turn.scope) and last_name(subject) not in {"self", "cls", *hidden}:
            yield from _by_callers(turn, contents, opened)
        elif (nested := sum(isinstance(each, tuple) for each in chosen)) < DEEP_TABLES and (
            looked_up := _out_of_table(turn, contents)
        ):
            known = chosen | {IN_TURN, ("looked up", nested)}
            for one in looked_up:
                yield from _followed(one, contents, opened, known)
        elif several:
            known = chosen | {name, *([IN_TURN] if given or hidden else [])}
            for each, home in several:
                yield from _followed(turn._replace(target=each, scope=home), contents, opened, known)
        elif not _is_wrapper(turn, contents):
            yield turn


def _out_of_table(registered: Registration, contents: Contents) -> list[Registration]:
    """A registration for everything in the table in which what is registered, or the class of a view, is looked up."""
    target, scope = registered.target, registered.scope
    for each in _with_inner(target):
        if whole := out_of_table(each, scope, contents):
            return [registered._replace(target=value, scope=home, is_looked_up=True) for value, home in whole]
    subject = _subject(target, scope)
    named = _with(target, subject, ast.copy_location(ast.Name(LOOKED_UP, ast.Load()), target))
    found = out_of_table(subject, scope, contents)
    made = (inlined(named, {LOOKED_UP: each}, scope, contents.names) for each in found)
    return [registered._replace(target=each, scope=home, is_looked_up=True) for each, home in made]


def _with(target: Any, old: ast.expr, new: ast.expr) -> Any:
    """What is registered with something else at its heart: ``views[name].as_view("x")``."""
    if target is old or not isinstance(target, ast.Call | ast.Attribute):
        return new if target is old else target
    if isinstance(target, ast.Attribute):
        return ast.copy_location(ast.Attribute(_with(target.value, old, new), target.attr, ast.Load()), target)
    arguments = [_with(each, old, new) for each in target.args]
    return ast.copy_location(ast.Call(_with(target.func, old, new), arguments, target.keywords), target)


def _with_inner(target: ast.expr) -> Iterator[ast.expr]:
    """What is registered, and what the calls around it are given: ``guard(TABLE[name])``, ``TABLE[name]``."""
    yield target
    while isinstance(target, ast.Call) and target.args and not is_as_view(target):
        target = target.args[0]
        yield target


def _looked_up(registered: Registration, contents: Contents) -> Registration:
    """What a loop looks up by a name, put in place of the variable that it is kept in: ``view = getattr(views, name)``."""
    subject = _subject(registered.target, registered.scope)
    bindings = registered.scope.symbols.get(subject.id, ()) if isinstance(subject, ast.Name) else ()
    made = _made_first(last_name(subject), bindings, registered.scope, contents)
    if made is not None:
        target = substituted(registered.target, {last_name(subject): Given(made, registered.scope)})
        return registered._replace(target=target)
    value = of_turn(subject, registered.scope, contents)
    if value is None:
        return registered
    if isinstance(value, ast.Subscript):
        table = contents.names.resolve(value.value, registered.scope)
        is_here = table is not None and table.scope is not None and table.scope.module == registered.scope.module
        if is_here and table is not None and isinstance(table.node, ast.Dict):
            value = ast.copy_location(ast.Subscript(table.node, value.slice, value.ctx), value)
    given = {last_name(subject): Given(value, registered.scope)}
    made = substituted(registered.call, given)
    return registered._replace(call=made, target=substituted(registered.target, given))


def of_turn(node: ast.expr, scope: Scope, contents: Contents) -> ast.expr | None:
    """Return what a local name is in one turn of a loop: ``row.view``, with what is put around it, or one of several; else None.

    As in ``view = row.view if row.view else make(row)``, ``guarded = guard(view)``.
    """
    every = _parts_of_turn(node, scope, contents, 0)
    different = list({ast.dump(each): each for each in reversed(every)}.values())
    whole = different[0] if different else None
    for each in different[1:]:
        assert whole is not None
        whole = ast.copy_location(ast.IfExp(ast.Constant(value=True), each, whole), node)
    return whole


def _parts_of_turn(node: ast.expr, scope: Scope, contents: Contents, depth: int) -> list[ast.expr]:
    """All that a local name is given, if every one of these is a part of what a loop takes, or something around one."""
    bindings = scope.symbols.get(node.id, ()) if isinstance(node, ast.Name) and depth < DEEP else ()
    found: list[ast.expr] = []
    for binding in bindings:
        given = binding.node
        value = innermost(given) if isinstance(given, ast.Call) else given
        if isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute) and is_as_view(value):
            value = value.func.value
        is_part = isinstance(value, ast.Subscript | ast.Attribute)
        is_part = is_part or (isinstance(value, ast.Call) and last_name(value.func) == "getattr")
        inner: list[ast.expr] = []
        if isinstance(given, ast.expr) and is_part and _is_of_loop(given, scope, contents):
            inner = [given]
        elif isinstance(given, ast.expr) and isinstance(value, ast.Name):
            parts = _parts_of_turn(value, scope, contents, depth + 1)
            inner = [substituted(given, {value.id: Given(each, scope)}) for each in parts]
        if not inner or is_turn(binding):
            return []
        found += inner
    return found


def _is_of_loop(node: ast.expr, scope: Scope, contents: Contents) -> bool:
    """Whether there is the variable of a loop in an expression, which no parameter is."""
    known = names_in(node) & contents.loop_names
    return any(not is_parameter(ast.Name(name, ast.Load()), scope) for name in known)


def _made_first(name: str, bindings: Sequence[Binding], scope: Scope, contents: Contents) -> ast.Call | None:
    """What a loop makes a view of, where a name is given that, what was kept of an earlier turn, and what is put around it.

    As in ``view = views.get(resource)``, ``view = resource.as_view("x")``, ``view = decorator(view)``. A function of the project
    that is put around it may answer itself.
    """
    calls = [each.node for each in bindings if isinstance(each.node, ast.Call)]
    nothing = [b for b in bindings if isinstance(b.node, ast.Constant) and b.node.value is None]
    made = [each for each in calls if is_as_view(each) and not contents.loop_names.isdisjoint(names_in(each))]
    if len(made) != 1 or not len(calls) + len(nothing) == len(bindings) > 1:
        return None
    for call in (each for each in calls if each is not made[0]):
        is_around = any(name in names_in(argument) for argument in call.args)
        of = contents.names.resolve(call.func, scope)
        kept = contents.names.resolve(call.func.value, scope) if isinstance(call.func, ast.Attribute) else None
        is_kept = last_name(call.func) == "get" and kept is not None and _is_empty(kept.node)
        is_own = of is not None and of.is_own and of.kind in ("function", "class")
        if is_own or not (is_around or is_kept):
            return None
    return made[0]


def _is_empty(table: ast.AST | None) -> bool:
    """Whether a dict has nothing in it, as it is written."""
    return isinstance(table, ast.Dict) and not table.keys


def _is_wrapper(registered: Registration, contents: Contents) -> bool:
    """Whether a decorator of the project's own router registers what it makes around a function: that is found where it is decorated."""
    inner, scope = innermost(registered.target), registered.scope
    definition = function_of(named_function(inner, scope, contents.names)) if isinstance(inner, ast.Name) else None
    if definition is None or definition[1].node is not scope.node or not isinstance(scope.node, FUNCTIONS):
        return False
    return uses_given(Found(*definition)) and _is_in_decorator(scope, contents)


def _subject(target: ast.expr, scope: Scope) -> ast.expr:
    """What is registered, behind the calls around it: ``f``, the class ``V`` of ``V.as_view("v")``, the object of ``orders.place``."""
    inner = innermost(target)
    if isinstance(inner, ast.Call) and isinstance(inner.func, ast.Attribute) and is_as_view(inner):
        return inner.func.value
    is_of_given = isinstance(inner, ast.Attribute) and is_parameter(inner.value, scope)
    return inner.value if isinstance(inner, ast.Attribute) and is_of_given else inner


def _unwrapped(registered: Registration, names: Names) -> Registration:
    """Of a function that takes anything and hands it on, what it was made for: a parameter of the function around it."""
    entity = named_function(innermost(registered.target), registered.scope, names)
    if entity is not None and entity.scope is not None and isinstance(entity.node, ast.Call):
        if isinstance(entity.scope.node, FUNCTIONS) and not is_as_view(entity.node):  # guarded = guard(wrapper)
            entity = named_function(innermost(entity.node), entity.scope, names)
    definition = function_of(entity)
    inner = wrapped(Found(*definition)) if definition is not None else None
    if definition is None or inner is None:
        return registered
    return registered._replace(target=inner, scope=definition[1])


def _is_made(target: ast.expr, scope: Scope, names: Names) -> bool:
    """Whether a handler is made by a function that was only told something, as by ``make(service)``."""
    return isinstance(target, ast.Call) and not is_as_view(target) and bool(made_not_wrapped(target, scope, names))


def _returned_instead(
    registered: Registration, contents: Contents, opened: tuple[int, ...], chosen: frozenset[object]
) -> Iterator[Registration]:
    """What a function that makes a handler returns in other branches: another one, or something unknown."""
    names = contents.names
    assert isinstance(registered.target, ast.Call)
    maker = function_of(names.resolve(registered.target.func, registered.scope))
    assert maker is not None
    inside = names.function_scope(*maker)
    returned = own_returns(maker[0]) if id(maker[0]) not in chosen else ()
    for value, home in (each for one in returned for each in choices(one, inside, names) or [(one, inside)]):
        made = function_of(names.resolve(value, home))
        is_own = isinstance(value, ast.Lambda) or (made is not None and made[1].node is maker[0])
        if not is_own and not is_nothing(value):
            instead = registered._replace(target=value, scope=home)
            yield from _followed(instead, contents, opened, chosen | {id(maker[0])})


def _by_callers(registered: Registration, contents: Contents, opened: tuple[int, ...]) -> Iterator[Registration]:
    """What the callers of the function around a call give it to register; the call itself where there may be more."""
    call, target, scope, *_ = registered
    function = scope.node
    assert isinstance(function, FUNCTIONS)
    subject = _subject(target, scope)
    name = last_name(subject)
    if id(function) in opened or _overrides(call.func, name, function) or _is_in_decorator(scope, contents):
        return  # its other callers say; calls of it are registrations by themselves; what it decorates is found by that
    is_object = subject is not innermost(target) and not isinstance(innermost(target), ast.Call)
    # what its annotation says of an object is all there is to know
    hidden = registered if is_object else registered._replace(scope=without(scope, [name]))
    if len(opened) >= DEEP:
        yield hidden
        return
    if scope.module != contents.scope.module:  # a call by which another module hands on all that it is given
        contents = next((t for t in contents.elsewhere(function.name) if t.scope.module == scope.module), contents)
    used, complete = uses_of(function, scope, contents)
    for use in used:
        given = use.given.get(name)
        if given is None and spreads(use.call) is not None:
            complete = False
        for each in _alternatives(registered, use, contents.names):
            yield from _followed(each, use.contents, (*opened, id(function)))
    if not complete:
        yield hidden


def _is_in_decorator(scope: Scope, contents: Contents) -> bool:
    """Whether a function is inside of a method such as ``route`` of a router of the project, or of one that only these call."""
    method = method_around(scope)
    if method is None or method.node is scope.node or method.parent is None:
        return False
    around = class_around(method.parent)
    if around is None or not any(k.startswith("router:") for k in kinds_of_class(contents.names, around)):
        return False
    if _decorates(method):
        return True
    assert isinstance(method.node, FUNCTIONS)
    used, complete = uses_of(method.node, method, contents)
    return complete and all(_decorates(method_around(use.scope)) for use in used)


def is_kept_by_decorator(target: ast.expr, scope: Scope, contents: Contents) -> bool:
    """Return whether a loop takes *target* from what a decorator of the same class has kept: those are found where they are decorated.

    As in ``for f, rule in self.routes: bp.add_url_rule(rule, view_func=f)``, where nothing else is ever put into ``self.routes``.
    """
    method = method_around(scope)
    if method is None or method.node is not scope.node or method.parent is None or not isinstance(target, ast.Name):
        return False
    assert isinstance(method.node, FUNCTIONS)
    loops = (node for node in ast.walk(method.node) if isinstance(node, ast.For | ast.comprehension))
    lists = [_gone_over(loop.iter) for loop in loops if target.id in names_in(loop.target)]
    around = method.parent.node
    if not isinstance(around, ast.ClassDef) or len(lists) != 1 or not _is_of_self(lists[0]):
        return False
    name = lists[0].attr
    others = [node for node in around.body if isinstance(node, FUNCTIONS) and node.name in DECORATORS]
    keeping = [each for each in others if any(node.attr == name for node in _kept_by(each))]
    known = {id(node) for each in keeping for node in _kept_by(each)} | {id(each) for each in _harmless(around)}
    every = (node for node in ast.walk(around) if isinstance(node, ast.Attribute) and node.attr == name)
    return (
        bool(keeping)
        and all(id(each) in known for each in every)
        and not _is_known_elsewhere(name, around, contents)
        and all(_is_found(each, contents.names.function_scope(each, method.parent), contents) for each in keeping)
    )


def _is_known_elsewhere(name: str, around: ast.ClassDef, contents: Contents) -> bool:
    """Whether anything but a class itself has to do with something that its objects keep: it may put more into it."""
    own = {id(node) for node in ast.walk(around)}
    named = (node for there in (contents, *contents.elsewhere(name)) for node in there.named(name))
    return any(isinstance(node, ast.Attribute) and id(node) not in own for node in named)


def _harmless(around: ast.ClassDef) -> Iterator[ast.AST]:
    """What is gone over in a class, and what has nothing in it at first: ``self.routes = []``."""
    for node in ast.walk(around):
        if isinstance(node, ast.For | ast.comprehension):
            yield _gone_over(node.iter)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                parts: list[ast.expr] = getattr(target, "elts", None) or [target]
                values: list[object] = getattr(node.value, "elts", None) or [node.value]
                yield from (
                    part for part, value in zip(parts, values, strict=False) if not getattr(value, "elts", True)
                )


def _gone_over(iterated: ast.expr) -> ast.expr:
    """What a loop goes over, in whatever order."""
    is_same = isinstance(iterated, ast.Call) and last_name(iterated.func) in SAME and len(iterated.args) == 1
    return iterated.args[0] if is_same and isinstance(iterated, ast.Call) else iterated


def _is_found(decorator: Function, inside: Scope, contents: Contents) -> bool:
    """Whether all that a method decorates is a route by its looks: ``@orders.route("/x")``."""
    inner = {node.name: node for node in decorator.body if isinstance(node, FUNCTIONS)}
    made = [inner.get(last_name(each)) for each in own_returns(decorator)]
    if len(made) != 1 or made[0] is None:
        return False
    used, complete = uses_of(made[0], contents.names.function_scope(made[0], inside), contents)
    decorators = [called(use.call.func) for use in used]
    is_plain = all(isinstance(each, ast.Attribute) and each.attr == decorator.name for each in decorators)
    is_looked_at = (decorator.name == "route" or "flask" in use.contents.imported for use in used)
    return complete and is_plain and all(is_looked_at)


def _is_of_self(node: ast.AST) -> TypeGuard[ast.Attribute]:
    return isinstance(node, ast.Attribute) and last_name(node.value) == "self"


def _kept_by(method: Function) -> Iterator[ast.Attribute]:
    """The lists of its object in which a method that decorates keeps what it decorates: ``self.routes.append((f, rule))``."""
    for inner in (node for node in ast.walk(method) if isinstance(node, FUNCTIONS) and node is not method):
        given = {argument.arg for argument in inner.args.args}
        for node in ast.walk(inner):
            if (
                not isinstance(node, ast.Call)
                or not isinstance(node.func, ast.Attribute)
                or node.func.attr not in KEEPING
            ):
                continue
            if _is_of_self(node.func.value) and any(given & names_in(each) for each in node.args):
                yield node.func.value


def _decorates(method: Scope | None) -> bool:
    return method is not None and isinstance(method.node, FUNCTIONS) and method.node.name in DECORATORS


def _alternatives(registered: Registration, use: Use, names: Names) -> Iterator[Registration]:
    """What a caller gives, and what the function makes of it, or puts in its place: ``if f is None: f = home``."""
    call, target, scope, calling, place, *_ = registered
    assert isinstance(scope.node, FUNCTIONS)
    name = last_name(_subject(target, scope))
    fixed = {key: value for key, value in use.given.items() if stays(key, scope.node, scope, value.value)}
    is_here = scope.node is place.node  # or it is another function's parameter that came into the call
    made = moved(call, fixed, use.call) if is_here else call
    told = with_names(calling, call, fixed, use.scope, names) if is_here else calling
    changes = [b.node for b in scope.symbols.get(name, ())[1:] if b.kind == "value" and isinstance(b.node, ast.expr)]
    for change in (None, *changes):
        meant = target if change is None else substituted(target, {name: Given(change, scope)})
        written = use.given if name in use.given or change is not None else {}
        if change is None and (name not in written or is_nothing(written[name].value)):
            continue  # it is left out
        here = {n: names.resolve(ast.Name(n, ast.Load()), scope) for n in names_in(meant) if n not in written}
        home = home_of(meant, written, scope)
        home = replace(home, resolved={**home.resolved, **here}) if home is not scope and here else home
        yield Registration(made, substituted(meant, written), home, told, use.scope)


def _overrides(called: ast.expr, name: str, function: Function) -> bool:
    """Whether a method hands a parameter to the one of the same name that it overrides, in the same place."""
    if not isinstance(called, ast.Attribute) or called.attr != function.name:
        return False
    if isinstance(called.value, ast.Call) and last_name(called.value.func) == "super":
        return True
    named = [a.arg for a in (*function.args.posonlyargs, *function.args.args) if a.arg not in ("self", "cls")]
    return BY_NAME.get(function.name) == (name, named.index(name) if name in named else -1)
