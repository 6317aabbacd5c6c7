"""Where a node of a syntax tree stands, in words for users."""

from __future__ import annotations

import ast

from pytest_fitness.model import Location
from pytest_fitness.model.syntax import Function, Scope
from pytest_fitness.sources.tree import Tree

WIDTH = 96
"""Characters after which a signature is shown without the parameters that nobody complains of."""


def location_of(node: ast.AST, scope: Scope, tree: Tree) -> Location:
    """Return the place of *node*, with its source line, and the part to underline where *node* is an expression."""
    line = getattr(node, "lineno", 1)
    source = tree.sources.get(scope.module)
    if source is None or line > len(source.lines):
        return Location(scope.path, line)
    raw = source.lines[line - 1]
    text = raw.strip()
    indent = raw.find(text)
    start, end = getattr(node, "col_offset", 0), getattr(node, "end_col_offset", 0)
    if isinstance(node, ast.stmt) or getattr(node, "end_lineno", line) != line:
        return Location(scope.path, line, text)
    if raw.isascii():
        return Location(scope.path, line, text, start - indent, len(raw[start:end]))
    before = raw.encode()[:start].decode(errors="replace")  # offsets count UTF-8 bytes
    width = len(raw.encode()[start:end].decode(errors="replace"))
    return Location(scope.path, line, text, len(before) - indent, width)


def signature_of(function: Function, node: ast.AST) -> tuple[str, int, int]:
    """Return a signature in one line, and where in it *node* is: an annotation, a parameter, or the missing result.

    The text is empty where *node* is nowhere in it, such as an option of a decorator.
    """
    arguments = function.args
    defaults = [*arguments.defaults, *arguments.kw_defaults]
    positional = [*arguments.posonlyargs, *arguments.args]
    padded = [*([None] * (len(positional) - len(arguments.defaults))), *defaults]
    pairs = list(zip([*positional, *arguments.kwonlyargs], padded, strict=True))
    texts = [_parameter(argument, default) for argument, default in pairs]
    marked = next((n for n, (argument, _) in enumerate(pairs) if node in (argument, argument.annotation)), -1)
    is_result = node is function or (function.returns is not None and node is function.returns)
    if marked < 0 and not is_result:
        return "", 0, 0
    head = f"{'async ' if isinstance(function, ast.AsyncFunctionDef) else ''}def {function.name}("
    result = f" -> {ast.unparse(function.returns)}" if function.returns is not None else " -> ?" if is_result else ""
    if len(head) + len(", ".join(texts)) + len(result) > WIDTH:
        texts = [text if n == marked else "..." for n, text in enumerate(texts)]
        texts = [text for n, text in enumerate(texts) if text != "..." or n == 0 or texts[n - 1] != "..."]
        marked = next((n for n, text in enumerate(texts) if text != "..."), -1)
    inside = ", ".join(texts)
    if is_result:
        return f"{head}{inside}){result}", len(head) + len(inside) + 1 + len(" -> "), len(result) - len(" -> ")
    argument = next(a for a, _ in pairs if node in (a, a.annotation))
    before = len(head) + sum(len(text) + 2 for text in texts[:marked])
    if argument.annotation is None:
        return f"{head}{inside}){result}", before, len(argument.arg)
    return f"{head}{inside}){result}", before + len(argument.arg) + 2, len(ast.unparse(argument.annotation))


def _parameter(argument: ast.arg, default: ast.expr | None) -> str:
    text = f"{argument.arg}: {ast.unparse(argument.annotation)}" if argument.annotation else argument.arg
    equals = " = " if argument.annotation else "="
    return f"{text}{equals}{ast.unparse(default)}" if default is not None else text
