"""What the statements of a module, class or function bind."""

from __future__ import annotations

import ast
import sys
from collections.abc import Sequence

from pytest_fitness.model.contents import FUNCTIONS
from pytest_fitness.model.syntax import Binding, Scope

NOTHING_BOUND = frozenset(
    {
        ast.Expr, ast.Return, ast.Raise, ast.Pass, ast.Assert, ast.Delete, ast.AugAssign, ast.Break, ast.Continue, ast.Global,
    }
)  # fmt: skip
"""Statements without a name that gets a meaning, and without others in them."""


PART = ("*",)
"""The target of a name that is a part of something of which no more is written."""

STANDARD = frozenset({"builtins", "typing", "typing_extensions", "collections", "types"})
"""Modules whose names mean what the language says; their source says nothing."""

EXTENSIONS = frozenset(
    "Buffer CapsuleType Doc NoDefault NoExtraItems ReadOnly Sentinel TypeAliasType TypeForm TypeIs deprecated override "
    "get_protocol_members is_protocol".split()
)
"""What ``typing_extensions`` has that ``typing`` may not have."""


def string_annotation(node: ast.expr | None) -> ast.expr | None:
    """Return the expression inside a string annotation, or *node* itself."""
    while isinstance(node, ast.Constant) and isinstance(node.value, str):
        try:
            node = ast.parse(node.value.strip(), mode="eval").body
        except SyntaxError:
            return node
    return node


def collect(scope: Scope, body: Sequence[ast.stmt]) -> Scope:
    """Enter what the statements of *body* bind into *scope*; branches all count, the last binding wins."""
    for statement in body:
        kind = type(statement)
        if kind in NOTHING_BOUND:
            continue
        if isinstance(statement, (ast.Import, ast.ImportFrom)):
            _collect_import(scope, statement)
        elif isinstance(statement, ast.ClassDef):
            bind(scope, statement.name, Binding("class", node=statement))
        elif isinstance(statement, FUNCTIONS):
            bind(scope, statement.name, Binding("function", node=statement))
        elif isinstance(statement, ast.Assign):
            for target in statement.targets:
                _collect_target(scope, target, statement.value)
        elif isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            bind(scope, statement.target.id, Binding("value", node=statement.value, annotation=statement.annotation))
        elif kind.__name__ == "TypeAlias":  # pragma: no cover - syntax of Python 3.12, tested there
            _collect_target(scope, *(getattr(statement, part) for part in ("name", "value")))
        else:
            _collect_block(scope, statement)
    return scope


def _collect_block(scope: Scope, statement: ast.stmt) -> None:
    around, scope.in_branch = scope.in_branch, scope.in_branch or not isinstance(statement, ast.With | ast.AsyncWith)
    test = getattr(statement, "test", None)
    if test is not None and (found := walrus_of(test)) is not None:
        bind(scope, found.target.id, Binding("value", node=found.value))
    for item in getattr(statement, "items", []):  # with
        if isinstance(item.optional_vars, ast.Name):
            bind(scope, item.optional_vars.id, Binding("value", node=item.context_expr))
    if isinstance(statement, ast.For | ast.AsyncFor):
        _collect_turn(scope, statement)
    for handler in getattr(statement, "handlers", []):
        collect(scope, handler.body)
    for case in getattr(statement, "cases", []):
        collect(scope, case.body)
    for name in ("orelse", "finalbody", "body"):
        block = getattr(statement, name, None)
        if isinstance(block, list):
            collect(scope, block)
    scope.in_branch = around


def walrus_of(test: ast.expr) -> ast.NamedExpr | None:
    """Return what a condition binds: ``if (order := find()) is None``, ``if not (order := find())``."""
    if isinstance(test, ast.UnaryOp):
        test = test.operand
    if isinstance(test, ast.Compare):
        test = test.left
    return test if isinstance(test, ast.NamedExpr) else None


def _collect_turn(scope: Scope, loop: ast.For | ast.AsyncFor) -> None:
    """The variable of a loop is the first of what it goes over; of several variables nothing is known but that they are."""
    if isinstance(loop.target, ast.Name):
        one = ast.copy_location(ast.Subscript(loop.iter, ast.Constant(0), ast.Load()), loop)
        bind(scope, loop.target.id, Binding("value", node=one))
        return
    for each in ast.walk(loop.target):
        if isinstance(each, ast.Name):
            bind(scope, each.id, Binding("value"))


def _collect_import(scope: Scope, statement: ast.Import | ast.ImportFrom) -> None:
    if isinstance(statement, ast.Import):
        for alias in statement.names:
            top = alias.name.partition(".")[0]
            bind(scope, alias.asname or top, Binding("module", (alias.name if alias.asname else top,)))
        return
    base = _absolute(scope, statement.module, statement.level)
    for alias in statement.names:
        if alias.name == "*":
            scope.stars.append(base)
        else:
            bind(scope, alias.asname or alias.name, Binding("from", (base, alias.name)))


def _collect_target(scope: Scope, target: ast.expr, value: ast.expr) -> None:
    if isinstance(target, ast.Name):
        bind(scope, target.id, Binding("value", node=value))
    elif isinstance(target, ast.Tuple | ast.List) and isinstance(value, ast.Tuple | ast.List):
        if len(target.elts) == len(value.elts):
            for each, part in zip(target.elts, value.elts, strict=True):
                _collect_target(scope, each, part)
    elif isinstance(target, ast.Tuple | ast.List):  # order, error = place()
        parts = (each for each in ast.walk(target) if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store))
        for each in parts:
            bind(scope, each.id, Binding("value", PART))


def bind(scope: Scope, name: str, binding: Binding) -> None:
    """Enter one more meaning of *name*; the last one is looked at first."""
    binding.in_branch = scope.in_branch
    scope.symbols.setdefault(name, []).append(binding)


def _absolute(scope: Scope, module: str | None, level: int) -> str:
    if not level:
        return module or ""
    parts = scope.module.split(".")
    parts = parts[: len(parts) - level + scope.is_package]
    return ".".join([*parts, *([module] if module else [])])


def is_rebuilt(name: str, binding: Binding, bindings: Sequence[Binding]) -> bool:
    """Return whether a class is made of the one that had its name before: ``Order = Order.without("notes")``, ``Order = decorate(Order)``."""
    call = binding.node if isinstance(binding.node, ast.Call) else None
    of = [*([call.func.value] if isinstance(call.func, ast.Attribute) else []), *call.args] if call is not None else []
    is_of_itself = any(isinstance(each, ast.Name) and each.id == name for each in of)
    return is_of_itself and any(
        each.kind == "class" or (each.kind == "from" and name[:1].isupper()) for each in bindings
    )


def before(node: ast.ClassDef, scope: Scope) -> Scope:
    """Return the scope as it is above a class that is derived from one of its own name: ``class Model(Own, Model)``."""
    if not any(isinstance(base, ast.Name) and base.id == node.name for base in node.bases):
        return scope
    return scope.above(node.name, node)


def is_standard(module: str, name: str) -> bool:
    """Return whether one of these modules has a name; of ``typing_extensions``, not what happens to be imported."""
    return name in EXTENSIONS or hasattr(sys.modules.get(module.removesuffix("_extensions")), name)
