"""Handlers: adapters find them, this module classifies what crosses the boundary in each."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from pytest_fitness.model import Handler, Handlers, Location, Slot, SlotKind, Unread
from pytest_fitness.model.syntax import Adapter, Endpoint, Function, Part, Scope
from pytest_fitness.sources.scopes import Scopes
from pytest_fitness.sources.shapes import Shape, Shapes, knowledge
from pytest_fitness.sources.tree import Source, Tree, unread

WORST_FIRST: tuple[SlotKind, ...] = (
    "orm", "raw", "unknown", "scalar-map", "file", "scalar", "response", "schema", "none",
)  # fmt: skip

DUMPERS = frozenset({"dict", "model_dump", "to_dict", "as_dict", "asdict", "dump", "jsonable_encoder"})


class Resolver(Scopes):
    """`Names` for adapters, over one tree."""

    def __init__(self, tree: Tree, adapters: Sequence[Adapter] = ()) -> None:
        super().__init__(
            tree, knowledge({key: kind for adapter in adapters for key, kind in adapter.knowledge.items()})
        )
        self.shapes = Shapes(self)

    def kinds(self, annotation: ast.expr, scope: Scope) -> Sequence[str]:
        """Return the kinds of everything that an annotation mentions."""
        return [shape.kind for shape in self.shapes.of(annotation, scope)]


def find_handlers(resolver: Resolver, modules: Sequence[str], adapters: Sequence[Adapter]) -> Handlers:
    """Return the handlers that are defined or registered in *modules*, sorted by place."""
    scope = frozenset(modules)
    found: dict[tuple[object, ...], Handler] = {}
    failed = {name: failure for name in modules if (failure := _unread(resolver.tree.sources[name])) is not None}
    for adapter in adapters:
        for name, source in resolver.tree.sources.items():
            if not _mentions(source, adapter.hints if name in scope else adapter.registrations):
                continue
            module = resolver.module(name)
            if module is None:
                failure = _unread(source)
                if failure is not None and _mentions(source, [t for t in adapter.registrations if t.isidentifier()]):
                    failed[name] = failure  # it may register handlers of this scope
                continue
            for endpoint in adapter.discover(resolver.body(name), module, resolver):
                if endpoint.registered_in in scope or endpoint.scope.module in scope:
                    place = (name, getattr(endpoint.node, "lineno", 0), getattr(endpoint.node, "col_offset", 0))
                    found.setdefault((*place, endpoint.path), _Classifier(resolver, endpoint).handler())
    handlers = sorted(found.values(), key=lambda h: (h.location, h.methods, h.path))
    return Handlers(
        tuple(handlers), tuple(failed[name] for name in sorted(failed)), tuple(adapter.name for adapter in adapters)
    )


def _unread(source: Source) -> Unread | None:
    try:
        _ = source.tree
    except SyntaxError as error:
        return unread(source, error)
    return None


def _mentions(source: Source, texts: Sequence[str]) -> bool:
    try:
        return any(text in source.text for text in texts)
    except SyntaxError:
        return False


class _Classifier:
    """Turns one endpoint into a handler."""

    def __init__(self, resolver: Resolver, endpoint: Endpoint) -> None:
        self.resolver = resolver
        self.endpoint = endpoint

    def handler(self) -> Handler:
        end = self.endpoint
        return Handler(
            framework=end.framework,
            module=end.scope.module,
            qualname=end.qualname,
            location=self._location(end.function or end.node, end.scope),
            methods=end.methods,
            path=end.path,
            inputs=tuple(self._slot(part) for part in end.inputs),
            output=self._slot(end.output),
        )

    def _slot(self, part: Part) -> Slot:
        shapes = [Shape(part.kind, part.detail)] if part.kind else self.resolver.shapes.of(part.annotation, part.scope)
        if not part.kind and part.name == "return" and part.annotation is None:
            shapes = self._returned()
        shapes = shapes or [Shape("unknown", "nothing that can be told")]
        worst = min(shapes, key=lambda shape: WORST_FIRST.index(_slot_kind(shape.kind)))
        text = ast.unparse(part.annotation) if part.annotation is not None else worst.detail
        return Slot(part.name, _slot_kind(worst.kind), text, self._location(part.node, part.home), worst.detail)

    def _location(self, node: ast.AST, scope: Scope) -> Location:
        line = getattr(node, "lineno", 1)
        source = self.resolver.tree.sources.get(scope.module)
        if source is None or line > len(source.lines):
            return Location(scope.path, line)
        raw = source.lines[line - 1]
        indent = len(raw) - len(raw.lstrip())
        start, end = getattr(node, "col_offset", 0), getattr(node, "end_col_offset", 0)
        if isinstance(node, ast.stmt) or getattr(node, "end_lineno", line) != line:
            return Location(scope.path, line, raw.strip())
        before = raw.encode()[:start].decode(errors="replace")  # offsets count UTF-8 bytes
        width = len(raw.encode()[start:end].decode(errors="replace"))
        return Location(scope.path, line, raw.strip(), len(before) - indent, width)

    # -- undeclared results ------------------------------------------------------------------------------------------

    def _returned(self) -> list[Shape]:
        """Look at what an unannotated handler returns: only responses, or nothing, need no declaration."""
        function = self.endpoint.function
        assert function is not None  # an adapter gives a part without a function its kind
        inside = self.resolver.function_scope(function, self.endpoint.scope)
        nodes = list(_own_statements(function))
        returns = [n for n in nodes if isinstance(n, ast.Return)]
        if any(isinstance(n, ast.Yield | ast.YieldFrom) for n in nodes):
            return [Shape("raw", "nothing declared: it yields its result")]
        shapes = [s for r in returns for s in self._results(r.value, inside, 0)] or [Shape("none", "nothing")]
        if all(shape.kind in ("response", "none") for shape in shapes):
            return shapes
        worst = next(shape for shape in shapes if shape.kind not in ("response", "none"))
        return [Shape("raw", f"nothing declared: it returns {worst.detail}")]

    def _results(self, node: ast.expr | None, scope: Scope, depth: int) -> list[Shape]:
        """Everything that an expression may be: both sides of a condition, every value that a variable is given."""
        if isinstance(node, ast.Await):
            node = node.value
        if node is None or (isinstance(node, ast.Constant) and node.value is None):
            return [Shape("none", "None")]
        if isinstance(node, ast.Dict | ast.DictComp):
            return [Shape("raw", "a dict")]
        if isinstance(node, ast.Call):
            return [self._called(node, scope, depth)]
        if isinstance(node, ast.IfExp) and depth < 3:
            return [s for side in (node.body, node.orelse) for s in self._results(side, scope, depth + 1)]
        if isinstance(node, ast.Name) and depth < 3 and node.id in scope.symbols:
            values = [b.node if isinstance(b.node, ast.expr) else ast.Constant(...) for b in scope.symbols[node.id]]
            return [s for value in values for s in self._results(value, scope, depth + 1)]
        return [Shape("unknown", f"`{ast.unparse(node)[:40]}`")]

    def _called(self, node: ast.Call, scope: Scope, depth: int) -> Shape:
        text = f"`{ast.unparse(node.func)}(...)`"
        if isinstance(node.func, ast.Attribute) and node.func.attr == "TemplateResponse":
            return Shape("response", text)
        if isinstance(node.func, ast.Attribute) and node.func.attr in DUMPERS:
            return Shape("raw", "a dict")
        made_by = self.resolver.resolve(node.func, scope)
        if made_by is not None and made_by.kind == "class":
            return Shape(self.resolver.shapes.of_class(made_by).kind, text)
        if made_by is not None and made_by.kind == "external":
            return Shape(self.resolver.known(made_by.name) or "unknown", text)
        if made_by is not None and isinstance(made_by.node, ast.FunctionDef | ast.AsyncFunctionDef) and made_by.scope:
            kinds = self._function_kinds(made_by.node, made_by.scope, depth)
            return Shape("response" if kinds and kinds <= {"response", "none"} else "unknown", text)
        return Shape("unknown", text)

    def _function_kinds(self, function: Function, scope: Scope, depth: int) -> set[str]:
        """What a helper returns, by its annotation or, three helpers deep, by what it returns."""
        if function.returns is not None:
            return set(self.resolver.kinds(function.returns, scope))
        inside = self.resolver.function_scope(function, scope)
        returns = [n for n in _own_statements(function) if isinstance(n, ast.Return)] if depth < 3 else []
        return {s.kind for r in returns for s in self._results(r.value, inside, depth + 1)}


def _slot_kind(kind: str) -> SlotKind:
    """Kinds that only adapters know, such as ``special``, mean nothing in a slot."""
    known: dict[str, SlotKind] = {slot_kind: slot_kind for slot_kind in WORST_FIRST}
    return known.get(kind, "unknown")


def _own_statements(function: Function) -> Iterator[ast.AST]:
    """Nodes of a function without those of the functions and classes inside it."""
    queue: list[ast.AST] = list(function.body)
    for node in queue:
        yield node
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef):
            queue.extend(ast.iter_child_nodes(node))
