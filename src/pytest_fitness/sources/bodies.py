"""What the bodies of functions and classes say of values, as far as it can be told without resolving a name."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from functools import partial

from pytest_fitness.model.contents import FUNCTIONS, is_property, last_name, own_statements, statements_of
from pytest_fitness.model.syntax import Entity, Function, Scope
from pytest_fitness.sources.symbol_table import string_annotation

LOOKED_THROUGH = frozenset(
    "Annotated Optional Union Final ClassVar Generator Iterator AsyncGenerator AsyncIterator ContextManager AsyncContextManager "
    "AbstractContextManager AbstractAsyncContextManager".split()
)
"""Generics whose first argument is the class of the object that one gets, such as from a dependency that yields."""


SPREAD = "**"
"""Stands for the parameters that are given something which is spread into a call."""


def is_super(call: ast.Call) -> bool:
    """Whether *call* is ``super()``, or ``super(Order, self)``."""
    is_plain = not call.args or (
        len(call.args) == 2 and isinstance(call.args[1], ast.Name) and call.args[1].id == "self"
    )
    return isinstance(call.func, ast.Name) and call.func.id == "super" and is_plain


def ends(body: Sequence[ast.stmt], *, is_sure: bool = False) -> bool:
    """Whether nothing runs behind some statements: each way through them returns, or fails.

    What is behind a ``with`` may run all the same, where that keeps exceptions to itself; so it does with *is_sure*.
    """
    last = body[-1] if body else None
    over = partial(ends, is_sure=is_sure)
    if isinstance(last, ast.If):
        return over(last.body) and over(last.orelse)
    if isinstance(last, ast.Try | ast.TryStar):
        return (over(last.orelse or last.body) and all(over(h.body) for h in last.handlers)) or over(last.finalbody)
    if isinstance(last, ast.With | ast.AsyncWith):
        return not is_sure and over(last.body)
    return isinstance(last, ast.Return | ast.Raise)


def given_by_default(arguments: ast.arguments) -> dict[str, ast.expr]:
    """What a dependency gives: of ``db=Depends(get_db)`` a call of ``get_db``."""
    positional = [*arguments.posonlyargs, *arguments.args]
    pairs = list(zip(reversed(positional), reversed(arguments.defaults), strict=False))
    found: dict[str, ast.expr] = {}
    for argument, default in [*pairs, *zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)]:
        if (
            isinstance(default, ast.Call)
            and len(default.args) == 1
            and isinstance(default.args[0], ast.Name | ast.Attribute)
        ):
            found[argument.arg] = ast.copy_location(ast.Call(default.args[0], [], []), default)
    return found


def returns_of(function: Function) -> Iterator[ast.expr]:
    """What a function returns or yields, functions inside of it left out."""
    for node in own_statements(function):
        if isinstance(node, ast.Return) and node.value is not None:
            yield node.value
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Yield) and node.value.value is not None:
            yield node.value.value


def chosen(node: ast.AST | None) -> ast.AST | None:
    """What an expression is, where there is anything: of ``Order() if found else None``, and of ``given or Order()``, the order.

    None where it may be one of several things: ``Order() if found else Line()``.
    """
    while isinstance(node, ast.BoolOp | ast.IfExp):
        sides = node.values if isinstance(node, ast.BoolOp) else [node.body, node.orelse]
        is_given = isinstance(node, ast.BoolOp)
        some = [each for each in sides if not (isinstance(each, ast.Name) and is_given and each is not sides[-1])]
        some = [each for each in some if not (isinstance(each, ast.Constant) and each.value is None)]
        node = some[-1] if len({_made_by(each) for each in some}) == 1 else None
    return node


def _made_by(node: ast.expr) -> str:
    return ast.dump(node.func if isinstance(node, ast.Call) else node)


def attributes_of_self(node: ast.ClassDef) -> dict[str, tuple[ast.Assign | ast.AnnAssign, Function]]:
    """The first assignment to each attribute of ``self``, and the method that it is in."""
    found: dict[str, tuple[ast.Assign | ast.AnnAssign, Function]] = {}
    for function in node.body:
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            statements: list[ast.AST] = [function]
            for each in statements:
                if isinstance(each, ast.Assign | ast.AnnAssign):
                    for name in _self_targets(each):
                        found.setdefault(name, (each, function))
                statements += statements_of(each)
    return found


def _self_targets(node: ast.Assign | ast.AnnAssign) -> Iterator[str]:
    for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
        if isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name) and target.value.id == "self":
            yield target.attr


def first_of(inner: ast.expr) -> ast.expr:
    """Return the first argument of a generic that is not None."""
    items = inner.elts if isinstance(inner, ast.Tuple) else [inner]
    return next((each for each in items if not (isinstance(each, ast.Constant) and each.value is None)), inner)


def given_by_property(found: Entity | None) -> Entity | None:
    """Return what a property gives, by its annotation; anything else as it is."""
    if found is None or not isinstance(found.node, FUNCTIONS) or not is_property(found.node):
        return found
    return Entity("value", found.name, None, found.node.returns, found.scope)


def given_by(call: ast.Call, function: Function, home: Scope, scope: Scope) -> dict[str, tuple[ast.expr, Scope]]:
    """What a call gives for the parameters of a function, by name, and where that is written."""
    is_method = isinstance(home.node, ast.ClassDef) and (
        isinstance(call.func, ast.Attribute) or function.name == "__call__"
    )
    arguments = function.args
    only_named = {argument.arg for argument in arguments.kwonlyargs}
    names = [a.arg for a in (*arguments.posonlyargs, *arguments.args)]
    is_of_class = any(last_name(each) == "classmethod" for each in function.decorator_list)
    names = names[1:] if is_method and names and (is_of_class or names[0] in ("self", "cls")) else names
    stars = [at for at, each in enumerate(call.args) if isinstance(each, ast.Starred)]
    by_name = only_named | {argument.arg for argument in arguments.args}
    pairs = [*zip(names, call.args[: stars[0] if stars else None], strict=False)]
    pairs += [(k.arg, k.value) for k in call.keywords if k.arg in by_name]
    spread = [k.value for k in call.keywords if k.arg is None]
    spread += [each for each in call.args if isinstance(each, ast.Starred)]
    return {name: (value, scope) for name, value in (*pairs, *((SPREAD, each) for each in spread[:1]))}


def given_by_callable(annotation: ast.expr | None) -> ast.expr | None:
    """Return what something gives that is annotated ``Callable[[...], C]``; None where it is annotated otherwise."""
    held = string_annotation(annotation)
    while isinstance(held, ast.BinOp):  # Callable[[int], C] | None
        held = string_annotation(held.left)
    is_one = isinstance(held, ast.Subscript) and last_name(held.value) == "Callable"
    said = held.slice if is_one and isinstance(held, ast.Subscript) else None
    return said.elts[1] if isinstance(said, ast.Tuple) and len(said.elts) == 2 else None


def held_by(annotation: ast.expr | None) -> ast.expr | None:
    """Return what an annotation says of the object: ``C`` for ``C | None``, ``Annotated[C, ...]`` and ``C[int]``."""
    annotation = string_annotation(annotation)
    while isinstance(annotation, ast.BinOp):
        is_none = isinstance(annotation.left, ast.Constant) and annotation.left.value is None
        annotation = string_annotation(annotation.right if is_none else annotation.left)
    if isinstance(annotation, ast.Subscript):
        head = ast.unparse(annotation.value).rpartition(".")[2]
        return string_annotation(first_of(annotation.slice)) if head in LOOKED_THROUGH else annotation.value
    return annotation
