"""What an expression gives, where no annotation says it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from http import HTTPStatus

from pytest_fitness.model.contents import last_name
from pytest_fitness.model.syntax import Function, Scope
from pytest_fitness.sources.effects import own_nodes
from pytest_fitness.sources.rows import Rows
from pytest_fitness.sources.shapes import Shape, Shapes

DUMPERS = frozenset({"dict", "model_dump", "to_dict", "as_dict", "asdict", "dump"})
"""Calls that make a dict of a schema."""

ENCODERS = frozenset({"jsonable_encoder", "dumps"})
"""Calls that make of a dict what a dict was."""


RESPONDERS = frozenset({"TemplateResponse", "response_class", "send_static_file", "send_from_directory"})
"""Methods of applications, and of what renders templates, that return a response."""


CONSTANTS = (ast.Constant, ast.Tuple, ast.Dict)


class Returned:
    """Looks at what is returned."""

    def __init__(self, shapes: Shapes) -> None:
        self.shapes = shapes
        self.names = shapes.scopes
        self.rows = Rows(shapes)

    def of(self, function: Function, scope: Scope, *, text_is_response: bool = False) -> list[Shape]:
        """Return the shapes of what an unannotated handler returns: only responses, or nothing, need no declaration."""
        inside = self.names.function_scope(function, scope)
        nodes = list(own_nodes(function))
        returns = [n for n in nodes if isinstance(n, ast.Return)]
        if text_is_response:  # what is returned when all goes well decides
            returns = [n for n in returns if not _is_error(n.value)] or returns
        if any(isinstance(n, ast.Yield | ast.YieldFrom) for n in nodes):
            return [Shape("raw", "nothing declared: it yields its result")]
        narrowed = dict(_narrowed(nodes))
        shapes: list[Shape] = []
        for each in returns:
            if id(each) in narrowed:
                shapes += [shape for one in narrowed[id(each)] for shape in self.shapes.of(one, inside)]
            else:
                shapes += self._returned(each.value, inside)
        shapes = shapes or [Shape("none", "nothing")]
        fine = ("response", "none", "scalar") if text_is_response else ("response", "none")
        if all(shape.kind in fine for shape in shapes):
            return [Shape("response", "text") if s.kind == "scalar" else s for s in shapes]
        rows = [shape for shape in shapes if shape.kind == "orm"]
        worst = next(shape for shape in [*rows, *shapes] if shape.kind not in fine)
        if rows:
            return [Shape("orm", f"nothing declared: it returns {worst.detail}", worst.entity)]
        if text_is_response and worst.kind == "unknown":
            return [Shape("unknown", f"nothing declared: it returns {worst.detail}")]
        return [Shape("raw", f"nothing declared: it returns {worst.detail}")]

    def _returned(self, node: ast.expr | None, inside: Scope) -> list[Shape]:
        row = self.rows.class_of(node, inside)
        if row is not None and node is not None:
            return [Shape("orm", f"rows of {row.name}", row)]
        return self.results(node, inside)

    def results(self, node: ast.expr | None, scope: Scope, depth: int = 0, *, dumps: bool = True) -> list[Shape]:
        """Return everything that an expression may be: both sides of a condition, every value that a variable is given.

        Args:
            node: the expression.
            scope: where it stands.
            depth: how many variables and conditions lie behind.
            dumps: whether the dict that a schema is dumped to counts as a dict.
        """
        if isinstance(node, ast.Await):
            node = node.value
        if isinstance(node, ast.Tuple) and node.elts:  # Flask: body, status
            node = node.elts[0]
        if node is None or (isinstance(node, ast.Constant) and node.value is None):
            return [Shape("none", "None")]
        if _is_text(node):
            return [Shape("scalar", f"`{ast.unparse(node)[:40]}`")]
        if isinstance(node, ast.Dict | ast.DictComp):
            return [Shape("raw", "a dict")]
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
            return [s for side in (node.left, node.right) for s in self.results(side, scope, depth + 1, dumps=dumps)]
        if isinstance(node, ast.Call):
            return [self._called(node, scope, depth, dumps=dumps)]
        if isinstance(node, ast.IfExp | ast.BoolOp) and depth < 3:
            sides = [node.body, node.orelse] if isinstance(node, ast.IfExp) else node.values
            return [s for side in sides for s in self.results(side, scope, depth + 1, dumps=dumps)]
        bindings = scope.symbols.get(node.id, []) if isinstance(node, ast.Name) and depth < 3 else []
        if isinstance(node, ast.Name) and any(b.kind not in ("module", "from") for b in bindings):
            values = [b.node if isinstance(b.node, ast.expr) else None for b in bindings]
            unknown = Shape("unknown", f"`{node.id}`")
            found = [s for v in values for s in (self.results(v, scope, depth + 1, dumps=dumps) if v else [unknown])]
            declared = (b.annotation for b in bindings if isinstance(b.annotation, ast.Name | ast.Subscript))
            raw = any(s.kind == "raw" for annotation in declared for s in self.shapes.of(annotation, scope))
            return [Shape("raw", "a dict")] if raw else [unknown if s.kind == "unknown" else s for s in found]
        if isinstance(node, ast.Name) and depth < 3:
            constants = self._constant(node, scope)
            if constants:
                return [s for v, where in constants for s in self.results(v, where, depth + 1, dumps=dumps)]
        return [Shape("unknown", f"`{ast.unparse(node)[:40]}`")]

    def _constant(self, node: ast.Name, scope: Scope) -> list[tuple[ast.expr, Scope]]:
        """What a name in capitals stands for, such as ``NO_CONTENT = ("", 204)``; nothing where that may be anything else."""
        named = self.names.resolve(node, scope) if node.id.isupper() else None
        if named is None or named.scope is None or named.kind != "value":
            return []
        bindings = named.scope.symbols.get(named.last, ())
        source = self.names.tree.sources.get(named.scope.module)
        if source is None or re.search(rf"^\s*global\b.*\b{named.last}\b", source.text, re.MULTILINE):
            return []  # a function gives it another value
        values: list[tuple[ast.expr, Scope]]
        values = [(b.node, named.scope) for b in bindings if isinstance(b.node, CONSTANTS)]
        return values if len(values) == len(bindings) else []

    def _called(self, node: ast.Call, scope: Scope, depth: int, *, dumps: bool) -> Shape:
        text = f"`{ast.unparse(node.func)}(...)`"
        if isinstance(node.func, ast.Attribute) and node.func.attr in RESPONDERS:
            return Shape("response", text)
        name = last_name(node.func)
        if name in ENCODERS and node.args:
            return self.results(node.args[0], scope, depth + 1, dumps=dumps)[0]
        if isinstance(node.func, ast.Attribute) and name in DUMPERS:
            return Shape("raw", "a dict" if dumps else "a dump")
        made_by = self.names.resolve(node.func, scope)
        if made_by is not None and made_by.kind == "class":
            return Shape(self.shapes.of_class(made_by).kind, text, made_by)
        if made_by is not None and made_by.kind == "external":
            kind = self.names.known(made_by.name)
            return Shape("raw", "a dict") if made_by.name == "builtins.dict" else Shape(kind or "unknown", text)
        if made_by is not None and isinstance(made_by.node, ast.FunctionDef | ast.AsyncFunctionDef) and made_by.scope:
            kinds = self._function_kinds(made_by.node, made_by.scope, depth)
            if "raw" in kinds and made_by.node.returns is not None:
                return Shape("raw", "a dict")
            if kinds == {"none"}:
                return Shape("none", text)
            return Shape("response" if kinds and kinds <= {"response", "none"} else "unknown", text)
        return Shape("unknown", text)

    def _function_kinds(self, function: Function, scope: Scope, depth: int) -> set[str]:
        """What a helper returns, by its annotation or, three helpers deep, by what it returns."""
        if function.returns is not None:
            return {shape.kind for shape in self.shapes.of(function.returns, scope)}
        inside = self.names.function_scope(function, scope)
        returns = [n for n in own_nodes(function) if isinstance(n, ast.Return)] if depth < 3 else []
        return {s.kind for r in returns for s in self.results(r.value, inside, depth + 1)}


def _narrowed(nodes: Iterable[ast.AST]) -> Iterator[tuple[int, list[ast.expr]]]:
    """The classes that ``if isinstance(found, Response): return found`` makes sure of, by the return; not if it changes in between."""
    for node in nodes:
        test = node.test if isinstance(node, ast.If) else None
        if isinstance(test, ast.Call) and last_name(test.func) == "isinstance" and len(test.args) == 2:
            asked, classes = last_name(test.args[0]), test.args[1]
            inner = [each for statement in node.body for each in ast.walk(statement)]  # type: ignore[attr-defined]
            named = [each for each in inner if isinstance(each, ast.Name) and each.id == asked]
            for each in inner if all(isinstance(name.ctx, ast.Load) for name in named) else ():
                if isinstance(each, ast.Return) and each.value in named:
                    yield id(each), classes.elts if isinstance(classes, ast.Tuple) else [classes]


def _is_error(node: ast.expr | None) -> bool:
    """Whether ``{"error": "no such order"}, 404`` is returned."""
    status = node.elts[1] if isinstance(node, ast.Tuple) and len(node.elts) > 1 else None
    if isinstance(status, ast.Constant):
        return isinstance(status.value, int) and status.value >= HTTPStatus.BAD_REQUEST
    name = last_name(status) if status is not None else ""  # HTTPStatus.NOT_FOUND
    return name in HTTPStatus.__members__ and HTTPStatus[name] >= HTTPStatus.BAD_REQUEST


def _is_text(node: ast.expr) -> bool:
    """Whether an expression is a text, or another constant, as it is written."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod | ast.Add):  # "%s" % x, "x" + y
        return _is_text(node.left) or (isinstance(node.op, ast.Add) and _is_text(node.right))
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):  # "".join(x), "{}".format(x)
        return node.func.attr in ("join", "format") and _is_text(node.func.value)
    return isinstance(node, ast.Constant | ast.JoinedStr)
