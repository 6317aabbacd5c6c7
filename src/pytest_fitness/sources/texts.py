"""What a text expression may be: literals, constants of the module, f-strings as far as they are fixed."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence

from pytest_fitness.model import Module
from pytest_fitness.model.contents import last_name
from pytest_fitness.sources.bindings import every_node
from pytest_fitness.sources.marked_lines import MarkedLines


class Texts:
    """Evaluates text expressions of one module without running anything.

    Args:
        module: whose they are.
        tree: its syntax tree.
        text: its source text.
        need: is told every name whose texts are looked for in the tree.
    """

    def __init__(self, module: Module, tree: ast.Module, text: str, need: Callable[[str], None]) -> None:
        self.module = module
        self.tree = tree
        self.text = text
        self.need = need
        self._known: dict[str, tuple[list[str], bool]] = {}

    def of(self, node: ast.expr | None) -> Iterator[tuple[str, bool]]:
        """Yield what a text expression may be, and whether that is all of it or only its beginning."""
        text = text_of(node)
        if text is not None:
            yield text, True
        elif isinstance(node, ast.Name):
            texts, is_sure = self._named_texts(node.id)
            yield from ((text, True) for text in texts)
            if not is_sure:
                yield "", False
        elif isinstance(node, ast.Call) and last_name(node.func) in ("compile", "dedent") and node.args:
            yield from self.of(node.args[0])
        elif isinstance(node, ast.IfExp):
            yield from self.of(node.body)
            yield from self.of(node.orelse)
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            yield from self._joined([node.left, node.right])
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod):
            yield from ((text.partition("%")[0], False) for text, _ in self.of(node.left))
        elif isinstance(node, ast.JoinedStr):
            yield from self._joined(node.values)
        elif isinstance(node, ast.FormattedValue):
            yield from self.of(node.value)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "format":
            yield from ((text.partition("{")[0], False) for text, _ in self.of(node.func.value))

    def _named_texts(self, name: str) -> tuple[list[str], bool]:
        """The texts that a name stands for, and whether it stands for nothing else."""
        own = self.module
        if name == "__name__":
            return [own.name], True
        if name == "__package__":
            return [own.name if own.is_package else own.name.rpartition(".")[0]], True
        if name not in self._known:
            self._known[name] = self._look_up(name)
        return self._known[name]

    def _look_up(self, name: str) -> tuple[list[str], bool]:
        self.need(name)
        lines = MarkedLines(self.text, names=[name])
        constants: dict[str, list[str]] = {}
        literal: set[int] = set()
        nodes = every_node(self.tree, lambda statement: not lines.any_within(statement))
        for node in nodes:
            _collect_constants(node, constants, literal)
        others = (
            (
                isinstance(node, ast.Name)
                and node.id == name
                and isinstance(node.ctx, ast.Store)
                and id(node) not in literal
            )
            or (isinstance(node, ast.arg) and node.arg == name)
            for node in nodes
        )
        return constants.get(name, []), not any(others)

    def _joined(self, parts: Sequence[ast.expr]) -> Iterator[tuple[str, bool]]:
        beginnings: list[tuple[str, bool]] = [("", True)]
        for part in parts:
            following = list(self.of(part)) or [("", False)]
            beginnings = [
                (text + more, whole) if complete else (text, False)
                for text, complete in beginnings
                for more, whole in following
            ]
        yield from ((text, complete) for text, complete in dict.fromkeys(beginnings) if text)


def _collect_constants(node: ast.AST, constants: dict[str, list[str]], literal: set[int]) -> None:
    """Note which texts a name may stand for, and where: ``NAME = "app.x"``, ``for name in ("app.x", "app.y")``."""
    if isinstance(node, ast.Assign | ast.AnnAssign | ast.NamedExpr):
        text = text_of(node.value)
        for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
            if isinstance(target, ast.Name) and text is not None:
                constants.setdefault(target.id, []).append(text)
                literal.add(id(target))
    elif isinstance(node, ast.For | ast.AsyncFor | ast.comprehension) and isinstance(node.target, ast.Name):
        items = node.iter.elts if isinstance(node.iter, ast.List | ast.Tuple | ast.Set) else [node.iter]
        texts = [text_of(item) for item in items]
        constants.setdefault(node.target.id, []).extend(t for t in texts if t is not None)
        if None not in texts:
            literal.add(id(node.target))


def text_of(node: ast.AST | None) -> str | None:
    """Return the text of a constant; None for every other node."""
    if isinstance(node, ast.Constant) and isinstance(node.value, bytes):
        return node.value.decode("utf-8", "replace")
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def is_getattr(node: ast.Call) -> bool:
    """Whether *node* is ``getattr(..., "name")``."""
    return (
        isinstance(node.func, ast.Name)
        and node.func.id == "getattr"
        and len(node.args) > 1
        and bool(text_of(node.args[1]))
    )
