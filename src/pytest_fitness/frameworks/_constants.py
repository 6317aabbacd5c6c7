"""Paths and methods that are written somewhere else: ``@router.get(LOGIN)``, ``methods=READING``."""

from __future__ import annotations

import ast
import contextlib
from string import Formatter

from pytest_fitness.frameworks._reading import says_no_content
from pytest_fitness.model.contents import last_name
from pytest_fitness.model.syntax import Names, Scope

DEEP = 5
"""Longest chain of constants that are made of others."""

ROWS = (ast.List, ast.Tuple, ast.Set)


def constant(node: ast.expr | None, scope: Scope, names: Names, depth: int = 0) -> ast.expr | None:
    """Return *node* with the constants that it names put in; what has several values, or none that is known, stays as it is."""
    if depth > DEEP or node is None:
        return node
    if isinstance(node, ast.Attribute) and last_name(node.value) == "HTTPMethod":
        return ast.copy_location(ast.Constant(node.attr), node)
    if isinstance(node, ast.Name | ast.Attribute):
        value = _only_value(node, scope, names)
        meant = constant(*value, names, depth + 1) if value is not None else None
        return meant if isinstance(meant, ast.Constant | ast.Tuple) else node
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return _joined(node, [constant(each, scope, names, depth + 1) for each in (node.left, node.right)])
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod):
        return _filled(node, scope, names, depth)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "format":
        return _formatted(node, node.func.value, scope, names, depth)
    if isinstance(node, ast.JoinedStr):
        return _joined(node, [constant(_value(each), scope, names, depth + 1) for each in node.values])
    if isinstance(node, ROWS):
        items = [item for each in node.elts for item in _items(each, scope, names, depth + 1)]
        return ast.copy_location(ast.Tuple(items, ast.Load()), node)
    return node


def is_no_content(status: ast.expr | None, scope: Scope, names: Names) -> bool:
    """Return whether a status says that there is nothing in a response, under whatever name: ``EMPTY = status.HTTP_204_NO_CONTENT``."""
    for _ in range(DEEP):
        value = _only_value(status, scope, names) if isinstance(status, ast.Name | ast.Attribute) else None
        if value is None or says_no_content(status):
            break
        status, scope = value
    return says_no_content(status)


def _only_value(node: ast.Name | ast.Attribute, scope: Scope, names: Names) -> tuple[ast.expr, Scope] | None:
    """What a name is given, and where; None where that is no expression, or one of several."""
    entity = names.resolve(node, scope)
    if entity is None or entity.kind != "value" or entity.scope is None or not isinstance(entity.node, ast.expr):
        return None
    return (entity.node, entity.scope) if len(entity.scope.symbols.get(entity.last, ())) <= 1 else None


def _filled(node: ast.BinOp, scope: Scope, names: Names, depth: int) -> ast.expr:
    """The text that ``"%s/%s" % (ORDERS, "open")`` is, if all of it is known."""
    left, right = (constant(each, scope, names, depth + 1) for each in (node.left, node.right))
    items = right.elts if isinstance(right, ast.Tuple) else [right]
    texts = tuple(each.value for each in items if isinstance(each, ast.Constant) and isinstance(each.value, str))
    is_known = isinstance(left, ast.Constant) and isinstance(left.value, str) and len(texts) == len(items)
    if not is_known or not isinstance(left, ast.Constant) or str(left.value).count("%") != str(left.value).count("%s"):
        return node
    is_even = str(left.value).count("%s") == len(texts)
    return ast.copy_location(ast.Constant(str(left.value) % texts), node) if is_even else node


def _formatted(node: ast.Call, text: ast.expr, scope: Scope, names: Names, depth: int) -> ast.expr:
    """The text that ``"{}/{}".format(ORDERS, "open")`` is, if all of it is known."""
    pairs = [*((None, each) for each in node.args), *((keyword.arg or "", keyword.value) for keyword in node.keywords)]
    known = [(name, constant(each, scope, names, depth + 1)) for name, each in pairs]
    texts = [each.value for name, each in known if name is None and isinstance(each, ast.Constant)]
    named = {name: each.value for name, each in known if name and isinstance(each, ast.Constant)}
    meant = constant(text, scope, names, depth + 1)
    if not isinstance(meant, ast.Constant) or len(texts) + len(named) < len(known) or not _is_simple(str(meant.value)):
        return node
    with contextlib.suppress(ValueError, LookupError):  # of a text that asks for more
        return ast.copy_location(ast.Constant(str(meant.value).format(*texts, **named)), node)
    return node


def _is_simple(form: str) -> bool:
    """Whether a text is formatted by nothing but values as they are: ``"{}/{version}"``, not ``"{order.number:>20}"``."""
    try:
        parts = list(Formatter().parse(form))
    except ValueError:
        return False
    return all(
        not spec and not conversion and (not field or field.isidentifier() or field.isdigit())
        for _, field, spec, conversion in parts
    )


def _items(item: ast.expr, scope: Scope, names: Names, depth: int) -> list[ast.expr]:
    """One item of a row, or those of a row that is spread into it."""
    meant = constant(item.value if isinstance(item, ast.Starred) else item, scope, names, depth)
    if isinstance(item, ast.Starred):
        return meant.elts if isinstance(meant, ast.Tuple) else [item]
    return [meant or item]


def _value(part: ast.expr) -> ast.expr:
    is_plain = isinstance(part, ast.FormattedValue) and part.format_spec is None and part.conversion == -1
    return part.value if is_plain and isinstance(part, ast.FormattedValue) else part


def _joined(node: ast.expr, parts: list[ast.expr | None]) -> ast.expr:
    """The text that several are together, if all of them are known."""
    texts = [part.value for part in parts if isinstance(part, ast.Constant) and isinstance(part.value, str)]
    return ast.copy_location(ast.Constant("".join(texts)), node) if len(texts) == len(parts) else node


def joined(prefix: str, path: str, *, parts: bool = False) -> str:
    """Return a path behind what is put before it, with one slash where both have one; with *parts*, where neither has, too."""
    if parts and prefix and path and not prefix.endswith("/") and not path.startswith("/"):
        return f"{prefix}/{path}"
    return (
        f"{prefix.rstrip('/')}/{path.lstrip('/')}" if prefix.endswith("/") and path.startswith("/") else prefix + path
    )
