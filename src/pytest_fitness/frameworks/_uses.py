"""How a function of the codebase is used: what calls it, and with what."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from pytest_fitness.frameworks._given import Given
from pytest_fitness.frameworks._reading import spreads
from pytest_fitness.model.contents import FUNCTIONS, Contents, last_name, own_returns, parameters, walked
from pytest_fitness.model.syntax import Function, Names, Scope

CALLED_BY_OTHERS = ("__init__", "__call__", "__new__")
"""Methods that are called without their names."""

CHANGING = frozenset("append extend insert add update setdefault pop popitem remove clear sort reverse".split())


HARMLESS = ("strict_slashes", "endpoint", "name", "tags", "summary", "include_in_schema")
"""Options of routes that say neither where they are nor what crosses."""


class Use(NamedTuple):
    """One way in which a function is called: the call, where it stands, and what it gives for each parameter."""

    call: ast.Call
    scope: Scope
    contents: Contents
    given: dict[str, Given]


class Uses(NamedTuple):
    """How a function is called or decorates in the codebase, and whether it seems to be used in no other way."""

    found: list[Use]
    complete: bool


def uses_of(function: Function, inside: Scope, contents: Contents) -> Uses:
    """Return the uses of a function, each time the same; *inside* is its inner scope.

    One that another function returns is called by way of that: ``@route("/x")``.
    """
    key = ("uses", id(function))
    if key not in contents.memo:  # the function is kept, or another one could come to have its id
        contents.memo[key] = (function, _uses(function, inside, contents))
    found: Uses = contents.memo[key][1]
    return found


def _uses(function: Function, inside: Scope, contents: Contents) -> Uses:
    maker = _maker(function, inside)
    meant, within = (maker, inside.parent) if maker is not None else (function, inside)
    around = within.parent if within is not None else None
    is_method = around is not None and isinstance(around.node, ast.ClassDef)
    found: list[Use] = []
    complete = function.name not in CALLED_BY_OTHERS or isinstance(maker, ast.ClassDef)
    for there, names in _mentioning(meant, contents):
        own: list[Use] = []
        unclear: list[ast.Call] = []
        others: list[ast.Call] = []  # of a method of another class that has the name as well
        for call, where in _calls(names, there, is_made=maker is not None):
            outer = call.func if maker is not None else call
            assert isinstance(outer, ast.Call)
            entity = there.names.resolve(outer.func, where)
            if entity is not None and entity.node is meant:
                is_bound = is_method and not _is_of_class(outer.func, where, there.names, meant)
                told = _told(outer, maker, where, within, is_method=is_bound)
                is_of_object = isinstance(maker, ast.ClassDef) or (is_bound and maker is None)
                given = arguments_of(call, function, where, around, is_method=is_of_object)
                own.append(Use(call, where, there, {**told, **given}))
            elif is_method and isinstance(outer.func, ast.Attribute):
                is_unknown = entity is None or entity.kind == "unknown"
                (unclear if is_unknown else others).append(outer)
        expected = {id(_named(use.call, maker)) for use in own} | {id(call.func) for call in (*unclear, *others)}
        if maker is None and (again := _kept_open(function)):
            completed = list(_used_in_two_steps(function, again, around, there, names))
            own += completed
            expected |= {*(id(call.args[0]) for call in again), *(id(use.call.func) for use in completed)}
        if isinstance(maker, FUNCTIONS):
            at_once = list(_used_at_once(function, maker, within, there, names))
            own += at_once
            expected |= {id(use.call.func) for use in at_once}
            for kept in _kept_results(maker, there, names):
                own += _used_by_name(kept, function, maker, within, there)
                expected |= {id(kept.made.func)} if kept.is_only_called else set()
        found += own
        is_here = there is contents
        complete = (
            complete
            and not any(_fits(call, meant) for call in unclear)
            and not _is_used_otherwise(meant, names, expected, there, is_method=is_method, is_here=is_here)
        )
    return Uses(found, complete and bool(found))


def _used_by_name(
    kept: _Kept, function: Function, maker: Function, within: Scope | None, contents: Contents
) -> Iterator[Use]:
    """Uses of a function that another one returned, by the name that it is kept under."""
    around = within.parent if within is not None else None
    is_method = around is not None and isinstance(around.node, ast.ClassDef)
    is_bound = is_method and not _is_of_class(kept.made.func, kept.scope, contents.names, maker)
    told = _told(kept.made, maker, kept.scope, within, is_method=is_bound)
    for call, where in kept.calls:
        yield Use(call, where, contents, {**told, **arguments_of(call, function, where, around)})


def _told(
    call: ast.Call, maker: Function | ast.ClassDef | None, where: Scope, within: Scope | None, *, is_method: bool
) -> dict[str, Given]:
    """What the function that another one returns knows of what its maker was given."""
    if not isinstance(maker, FUNCTIONS) or within is None:
        return {}
    given = arguments_of(call, maker, where, within.parent, is_method=is_method)
    return {name: value for name, value in given.items() if stays(name, maker, within)}


class _Kept(NamedTuple):
    """What a call returned, under a name of its own: ``add = adder("/orders")``, and the calls of that, ``add("/", f)``."""

    made: ast.Call
    scope: Scope
    calls: list[tuple[ast.Call, Scope]]
    is_only_called: bool


def _kept_results(maker: Function, contents: Contents, names: set[str]) -> Iterator[_Kept]:
    """What a module keeps of what a function returns, and calls."""
    for made, scope in _calls(names, contents, is_made=False):
        entity = contents.names.resolve(made.func, scope)
        if entity is None or entity.node is not maker:
            continue
        kept = [name for name, bindings in scope.symbols.items() if any(each.node is made for each in bindings)]
        for name in kept:
            if len(scope.symbols[name]) == 1:
                every = [*contents.calls_of(name), *_decorating(contents, name, called=False)]
                calls = [each for each in every if _is_kept(each, made, contents)]
                known = {id(call.func) for call, _ in calls}
                others = (n for n in _meaning(name, scope, contents) if id(n) not in known)
                is_only = len(kept) == 1 and all(isinstance(n.ctx, ast.Store) for n in others)
                yield _Kept(made, scope, calls, is_only and not _is_renamed(name, scope, contents))


def _meaning(name: str, scope: Scope, contents: Contents) -> Iterator[ast.Name | ast.Attribute]:
    """Where a name may be that of what is kept in *scope*: in its function or, of a module, wherever no function has its own."""
    if isinstance(scope.node, FUNCTIONS):
        yield from (n for n in walked(scope.node) if isinstance(n, ast.Name) and n.id == name)
        return
    for node in contents.named(name):
        near = (found for found in contents.functions if isinstance(node, ast.Name) and spans(found.function, node))
        near = (found for found in near if any(inner is node for inner in _inside(found.function)))
        if not any(name in contents.names.function_scope(found.function, found.scope).symbols for found in near):
            yield node
    yield from (node for there in contents.elsewhere(name) for node in there.named(name))


def _is_renamed(name: str, scope: Scope, contents: Contents) -> bool:
    """Whether another module has what a module keeps under another name."""
    there = contents.elsewhere(name) if scope.node is None else ()
    return any(alias.name == name and alias.asname not in (None, name) for each in there for alias in each.imports)


def _is_kept(call: tuple[ast.Call, Scope], made: ast.Call, contents: Contents) -> bool:
    """Whether what is called is what *made* returned."""
    entity = contents.names.resolve(call[0].func, call[1])
    return entity is not None and entity.node is made


def _used_at_once(
    function: Function, maker: Function, within: Scope | None, contents: Contents, names: set[str]
) -> Iterator[Use]:
    """Uses of a function by way of one that may call it itself instead of returning it.

    As ``@task`` without arguments, where ``def task(f=None, **options)`` has ``return decorate(f)`` beside ``return decorate``.
    """
    named = next((argument.arg for argument, _ in parameters(function, in_class=False)), "")
    calls = [n for n in walked(maker) if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)]
    handed = [call.args[0] for call in calls if last_name(call.func) == function.name and len(call.args) == 1]
    for call, where in _calls(names, contents, is_made=False) if handed and named else ():
        entity = contents.names.resolve(call.func, where)
        if entity is not None and entity.node is maker:
            around = within.parent if within is not None else None
            given = arguments_of(
                call, maker, where, around, is_method=around is not None and isinstance(around.node, ast.ClassDef)
            )
            values = {ast.dump(each): _handed(each, given) for each in handed}.values()
            yield from (Use(call, where, contents, {**given, named: each}) for each in values if each is not None)


def _used_in_two_steps(
    function: Function, kept: Sequence[ast.Call], around: Scope | None, contents: Contents, names: set[str]
) -> Iterator[Use]:
    """Uses of a function that is given some arguments first: ``@task(name="x")``, where that returns ``partial(task, name=name)``."""
    known = {k.arg for call in kept for k in call.keywords}
    is_plain = all(len(call.args) == 1 and all(map(_is_same, call.keywords)) for call in kept)
    for call, where in _calls(names, contents, is_made=True) if is_plain else ():
        first = call.func
        assert isinstance(first, ast.Call)
        entity = contents.names.resolve(first.func, where)
        if entity is not None and entity.node is function and not first.args:
            keywords = [k for k in first.keywords if None in known or k.arg in known]
            whole = ast.copy_location(ast.Call(first.func, call.args, [*keywords, *call.keywords]), call)
            is_method = around is not None and isinstance(around.node, ast.ClassDef)
            yield Use(whole, where, contents, arguments_of(whole, function, where, around, is_method=is_method))


def _is_same(keyword: ast.keyword) -> bool:
    """Whether an argument is handed on under its own name: ``path=path``, ``**options``."""
    return keyword.arg is None or (isinstance(keyword.value, ast.Name) and keyword.value.id == keyword.arg)


def _handed(value: ast.expr, given: dict[str, Given]) -> Given | None:
    """What is handed on, ``f`` or ``args[0]``, as the function around it was given it; None for nothing."""
    of = value.value if isinstance(value, ast.Subscript) else value
    known = given.get(of.id) if isinstance(of, ast.Name) else None
    if known is not None and isinstance(value, ast.Subscript):
        at = value.slice.value if isinstance(value.slice, ast.Constant) else None
        items = known.value.elts if isinstance(known.value, ast.Tuple) else []
        known = Given(items[at], known.scope) if isinstance(at, int) and 0 <= at < len(items) else None
    return known if known is None or not isinstance(known.value, ast.Constant) else None


def _mentioning(meant: Function | ast.ClassDef, contents: Contents) -> list[tuple[Contents, set[str]]]:
    """The modules that mention a function, and the names that it has anywhere: it may be handed on under another one."""
    names = {meant.name}
    found: dict[int, Contents] = {id(contents): contents}
    todo = [meant.name]
    for name in todo:
        for there in contents.elsewhere(name):
            found.setdefault(id(there), there)
        for there in found.values():
            others = [other for other in _other_names(meant, names, there) if other not in names]
            names.update(others)
            todo += others
    return [(there, names) for there in found.values()]


def _is_of_class(function: ast.expr, scope: Scope, names: Names, meant: Function | ast.ClassDef) -> bool:
    """Whether a method is called by way of the class, with the object as its first argument."""
    if any(last_name(decorator) == "classmethod" for decorator in meant.decorator_list):
        return False
    entity = names.resolve(function.value, scope) if isinstance(function, ast.Attribute) else None
    return entity is not None and entity.kind == "class"


def _calls(names: set[str], contents: Contents, *, is_made: bool) -> Iterator[tuple[ast.Call, Scope]]:
    """The calls of something by one of some names and, where it makes a function, those of what it makes."""
    for name in sorted(names):
        yield from contents.calls_of(name, of_result=is_made)
        yield from _decorating(contents, name, called=is_made)


def _other_names(meant: Function | ast.ClassDef, names: set[str], contents: Contents) -> list[str]:
    """What a module calls something that it imports by one of some names."""
    others = [
        name
        for name, bindings in contents.scope.symbols.items()
        if bindings[-1].kind == "from" and bindings[-1].target[-1] in names and bindings[-1].target[-1] != name
    ]
    found = ((name, contents.names.resolve(ast.Name(name, ast.Load()), contents.scope)) for name in others)
    return [name for name, entity in found if entity is not None and entity.node is meant]


def _named(call: ast.Call, maker: Function | ast.ClassDef | None) -> ast.expr:
    return call.func.func if maker is not None and isinstance(call.func, ast.Call) else call.func


def _is_used_otherwise(  # noqa: PLR0913 - what is looked for, and where
    meant: Function | ast.ClassDef,
    names: set[str],
    expected: set[int],
    contents: Contents,
    *,
    is_method: bool,
    is_here: bool,
) -> bool:
    """Whether something is mentioned that is neither called nor decorates: it may be called by whoever gets it."""
    imported = {alias.name: alias.asname for alias in contents.imports if alias.name in names}
    if any(other is not None and other not in names for other in imported.values()):
        return True  # under another name, inside of a function
    for node in (node for name in names for node in contents.named(name)):
        if id(node) in expected or isinstance(node.ctx, ast.Store):
            continue
        entity = contents.names.resolve(node, contents.scope)
        if entity is not None and entity.node is meant:
            if _is_another(node, meant, contents):
                continue
            return True
        is_unknown = entity is None or entity.kind == "unknown"
        if isinstance(node, ast.Attribute):
            if is_method and is_unknown:
                return True
        elif is_unknown and not is_method and (is_here or imported):
            return True  # a local name
    return False


def _is_another(node: ast.AST, meant: Function | ast.ClassDef, contents: Contents) -> bool:
    """Whether a name is that of something else, in a function that gives it a value: ``task = options.pop("task")``."""
    if not isinstance(node, ast.Name):
        return False
    near = (found for found in contents.functions if spans(found.function, node))
    around = [found for found in near if any(inner is node for inner in _inside(found.function))]
    for found in reversed(around):  # the innermost one first
        bindings = contents.names.function_scope(found.function, found.scope).symbols.get(node.id, ())
        if any(
            isinstance(each, ast.Global | ast.Nonlocal) and node.id in each.names for each in _inside(found.function)
        ):
            return False
        if bindings:
            return all(binding.kind == "value" and binding.node is not meant for binding in bindings)
    return False


def spans(function: Function, name: ast.Name | ast.Attribute) -> bool:
    """Return whether a name is on the lines of a function: to look only into those is not to walk a module for each name."""
    return function.lineno <= name.lineno <= (function.end_lineno or name.lineno)


def _inside(function: Function) -> Iterator[ast.AST]:
    return (inner for statement in function.body for inner in ast.walk(statement))


def _fits(call: ast.Call, function: Function | ast.ClassDef) -> bool:
    """Whether a call may be one of *function*, by what it gives: there is nothing to register in constants alone."""
    if spreads(call) is not None or isinstance(function, ast.ClassDef):
        return True
    known = [(argument.arg, default) for argument, default in parameters(function, in_class=True)]
    wanted = [name for name, default in known if default is None]
    named = {k.arg for k in call.keywords}
    given = [*call.args, *(k.value for k in call.keywords)]
    enough = len(wanted) <= len(given) and (len(call.args) <= len(known) or bool(function.args.vararg))
    return enough and bool(named or call.args) and not all(isinstance(each, ast.Constant) for each in given)


def _maker(function: Function, inside: Scope) -> Function | ast.ClassDef | None:
    """The function around another one that returns it; the class whose objects are called: ``@Retried(3)``."""
    around = inside.parent.node if inside.parent is not None else None
    if isinstance(around, ast.ClassDef) and function.name == "__call__":
        return around
    if not isinstance(around, FUNCTIONS):
        return None
    returned = (each for value in own_returns(around) for each in _sides(value))
    return around if any(isinstance(v, ast.Name) and v.id == function.name for v in returned) else None


def _sides(value: ast.expr) -> Iterator[ast.expr]:
    """What a value may be: ``decorate(f) if f else decorate``."""
    if isinstance(value, ast.IfExp):
        yield from (*_sides(value.body), *_sides(value.orelse))
    else:
        yield value


def _kept_open(function: Function) -> list[ast.Call]:
    """Where a function returns itself with some arguments, to be called with the others: ``return partial(task, name=name)``."""
    returned = (each for value in own_returns(function) for each in _sides(value))
    calls = [
        each for each in returned if isinstance(each, ast.Call) and last_name(each.func) == "partial" and each.args
    ]
    return [call for call in calls if isinstance(call.args[0], ast.Name) and call.args[0].id == function.name]


def _decorating(contents: Contents, name: str, *, called: bool) -> Iterator[tuple[ast.Call, Scope]]:
    """Decorators of a name as the calls that they are: ``@register`` above ``f`` is ``register(f)``."""
    classes = ((entity.node, entity.scope or contents.scope) for entity in contents.classes)
    functions = ((found.function, found.scope) for found in contents.functions)
    for node, scope in (*functions, *classes):
        assert isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        for decorator in node.decorator_list:
            named = decorator.func if isinstance(decorator, ast.Call) else decorator
            if last_name(named) == name and isinstance(decorator, ast.Call) is called:
                given = ast.copy_location(ast.Name(node.name, ast.Load()), node)
                yield ast.copy_location(ast.Call(decorator, [given], []), decorator), as_of(node, scope)


def as_of(node: Function | ast.ClassDef, scope: Scope) -> Scope:
    """Return the scope as it is when a function is decorated: another one may have its name later, such as ``_``."""
    bindings = scope.symbols.get(node.name, [])
    at = next((n for n, binding in enumerate(bindings) if binding.node is node), len(bindings))
    if at + 1 >= len(bindings):
        return scope
    return scope.where(node.name, bindings[at : at + 1])


def arguments_of(
    call: ast.Call, function: Function, scope: Scope, around: Scope | None = None, *, is_method: bool = False
) -> dict[str, Given]:
    """Return what a call gives for the parameters of a function, by name; for ``*rest`` a row, for ``**options`` a dict.

    Args:
        call: of the function.
        function: whose parameters are asked for.
        scope: where the call stands.
        around: where the function stands, and its defaults are written; *scope*, where that is not known.
        is_method: whether the first parameter is the object, where the call is one of an attribute, or of what a call makes.
    """
    names = [a.arg for a in (*function.args.posonlyargs, *function.args.args)]
    is_static = any(last_name(decorator) == "staticmethod" for decorator in function.decorator_list)
    if is_method and not is_static and isinstance(call.func, ast.Attribute | ast.Call):
        names = names[1:]
    spread = next((n for n, each in enumerate(call.args) if isinstance(each, ast.Starred)), len(call.args))
    known = list(parameters(function, in_class=False))
    is_all = spreads(call) is None  # or there may be anything in what is spread
    given = {a.arg: Given(default, around or scope) for a, default in known if default is not None and is_all}
    given |= {name: Given(value, scope) for name, value in zip(names, call.args[:spread], strict=False)}
    given |= {k.arg: Given(k.value, scope) for k in call.keywords if k.arg}
    if function.args.vararg is not None and spread == len(call.args):
        given[function.args.vararg.arg] = Given(ast.Tuple(call.args[len(names) :], ast.Load()), scope)
    if function.args.kwarg is not None:
        rest = [k for k in call.keywords if k.arg not in {argument.arg for argument, _ in known}]
        keys: list[ast.expr | None] = [ast.Constant(k.arg) if k.arg else None for k in rest]
        given[function.args.kwarg.arg] = Given(ast.Dict(keys, [k.value for k in rest]), scope)
    return given


def stays(name: str, function: Function, inside: Scope, given: ast.expr | None = None) -> bool:
    """Return whether a parameter stays what it was *given*: it gets no other value, and what is in it does not change.

    Something that is written out is not replaced by ``if methods is None: methods = ["GET"]``.
    """
    others = len(inside.symbols.get(name, ())) - 1
    stored = sum(isinstance(n, ast.Name) and n.id == name and isinstance(n.ctx, ast.Store) for n in walked(function))
    inner = (n for n in ast.walk(function) if isinstance(n, ast.Nonlocal) and name in n.names)
    if stored > max(others, 0) or any(True for _ in inner):
        return False
    if others > 0 and isinstance(given, ast.List | ast.Tuple) and given.elts:
        others -= sum(_gives_instead(node, name) for node in walked(function))
    if others > 0 or any(changes(node, name) for node in walked(function)):
        return False
    rest = function.args.kwarg
    if rest is None or rest.arg != name:
        return True
    handed = sum(_hands_on(node, name) for node in walked(function))
    return sum(isinstance(n, ast.Name) and n.id == name for n in walked(function)) == handed


def _hands_on(node: ast.AST, name: str) -> bool:
    """Whether options are handed on, ``f(**options)``, or get one that says nothing of what crosses."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "setdefault":
        key = node.args[0] if node.args else None
        return last_name(node.func.value) == name and isinstance(key, ast.Constant) and key.value in HARMLESS
    return (
        isinstance(node, ast.keyword)
        and node.arg is None
        and isinstance(node.value, ast.Name)
        and node.value.id == name
    )


def _gives_instead(node: ast.AST, name: str) -> int:
    """How often a parameter is given a value where it has none: ``if methods is None: ...``, ``if not methods: ...``."""
    test = node.test if isinstance(node, ast.If) else None
    if isinstance(test, ast.Compare) and len(test.ops) == 1 and isinstance(test.ops[0], ast.Is):
        is_one = last_name(test.left) == name and getattr(test.comparators[0], "value", "") is None
    else:
        is_one = isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not) and last_name(test.operand) == name
    put = node.body if isinstance(node, ast.If) and is_one else []
    return sum(isinstance(each, ast.Assign) and last_name(each.targets[0]) == name for each in put)


def changes(node: ast.AST, name: str) -> bool:
    """Return whether something is done to what has a name: ``row["x"] = 1``, ``rows.append(x)``, ``rows += x``."""
    if isinstance(node, ast.Subscript):
        return isinstance(node.ctx, ast.Store | ast.Del) and last_name(node.value) == name
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and not _hands_on(node, name):
        return node.func.attr in CHANGING and last_name(node.func.value) == name
    return isinstance(node, ast.AugAssign) and last_name(node.target) == name
