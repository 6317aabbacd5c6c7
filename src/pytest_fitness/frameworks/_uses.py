"""How a function of the codebase is used: what calls it, and with what."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import NamedTuple

from pytest_fitness.model.contents import FUNCTIONS, Contents, last_name, parameters
from pytest_fitness.model.syntax import Function, Scope


class Use(NamedTuple):
    """One way in which a function is called: the call, where it stands, and what it gives for each parameter."""

    call: ast.Call
    scope: Scope
    contents: Contents
    given: dict[str, ast.expr]


def uses(function: Function, inside: Scope, contents: Contents) -> tuple[list[Use], bool]:
    """How a function is called or decorates in the codebase, and whether it seems to be used in no other way.

    One that another function returns is called by way of that: ``@route("/x")``.
    """
    maker = _maker(function, inside)
    meant = maker or function
    around = inside.parent if maker is None else inside.parent.parent if inside.parent is not None else None
    is_method = around is not None and isinstance(around.node, ast.ClassDef)
    found: list[Use] = []
    complete = True
    for there in (contents, *contents.elsewhere(meant.name)):
        own: list[Use] = []
        for call, where in (*there.calls, *_decorating(there, meant.name, called=maker is not None)):
            outer = call.func if maker is not None else call
            if not isinstance(outer, ast.Call) or last_name(outer.func) != meant.name:
                continue
            entity = there.names.resolve(outer.func, where)
            if entity is not None and entity.node is meant:
                told = arguments_of(outer, maker) if maker is not None else {}
                own.append(Use(call, where, there, {**told, **arguments_of(call, function)}))
            elif is_method and isinstance(outer.func, ast.Attribute) and (entity is None or entity.kind == "unknown"):
                complete &= not _fits(outer, meant)
        found += own
        plain = [use for use in own if isinstance(_named(use.call, maker), ast.Name)]
        mentioned = len(re.findall(rf"(?<![.\w]){meant.name}\b", there.text))
        complete &= mentioned <= len(plain) + 1 or (not own and there is not contents)  # and its definition or import
    return found, complete and bool(found)


def _named(call: ast.Call, maker: Function | None) -> ast.expr:
    return call.func.func if maker is not None and isinstance(call.func, ast.Call) else call.func


def _fits(call: ast.Call, function: Function) -> bool:
    """Whether a call may be one of *function*, by what it gives."""
    known = [(argument.arg, default) for argument, default in parameters(function, in_class=True)]
    wanted = [name for name, default in known if default is None]
    named = {k.arg for k in call.keywords}
    return len(wanted) <= len(call.args) + len(named) and (len(call.args) <= len(known) or bool(function.args.vararg))


def _maker(function: Function, inside: Scope) -> Function | None:
    """The function around another one that returns it."""
    around = inside.parent.node if inside.parent is not None else None
    if not isinstance(around, FUNCTIONS):
        return None
    returned = (n.value for n in ast.walk(around) if isinstance(n, ast.Return))
    return around if any(isinstance(v, ast.Name) and v.id == function.name for v in returned) else None


def _decorating(contents: Contents, name: str, *, called: bool) -> Iterator[tuple[ast.Call, Scope]]:
    """Decorators of a name as the calls that they are: ``@register`` above ``f`` is ``register(f)``."""
    for function, scope, _ in contents.functions:
        for decorator in function.decorator_list:
            named = decorator.func if isinstance(decorator, ast.Call) else decorator
            if last_name(named) == name and isinstance(decorator, ast.Call) is called:
                given = ast.copy_location(ast.Name(function.name, ast.Load()), function)
                yield ast.copy_location(ast.Call(decorator, [given], []), decorator), scope


def arguments_of(call: ast.Call, function: Function) -> dict[str, ast.expr]:
    """What a call gives for the parameters of a function, by name; for ``**options`` a dict."""
    names = [a.arg for a in (*function.args.posonlyargs, *function.args.args)]
    if names[:1] in (["self"], ["cls"]) and isinstance(call.func, ast.Attribute):
        del names[0]
    positional = dict(zip(names, call.args, strict=False))
    known = list(parameters(function, in_class=False))
    defaults = {argument.arg: default for argument, default in known if default is not None}
    given = {**defaults, **positional, **{k.arg: k.value for k in call.keywords if k.arg}}
    if function.args.kwarg is not None:
        rest = [k for k in call.keywords if k.arg not in {argument.arg for argument, _ in known}]
        keys: list[ast.expr | None] = [ast.Constant(k.arg) if k.arg else None for k in rest]
        given[function.args.kwarg.arg] = ast.Dict(keys, [k.value for k in rest])
    return given
