"""Imports of one module from its syntax tree: statements, calls that import, and submodules used through a package."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from dataclasses import dataclass, field
from functools import cached_property

from pytest_fitness.model import Import, ImportKind, Location
from pytest_fitness.names import is_under, parents
from pytest_fitness.sources.tree import Source

IMPORTERS = frozenset(
    {"import_module", "__import__", "resolve_name", "run_module", "import_string", "import_from_string", "locate"}
)
"""Last names of functions that import the module, or the module of the object, named by their first argument."""

EVALUATORS = frozenset({"exec", "eval"})

LEAVES = frozenset({ast.Name, ast.Constant, ast.Load, ast.Store, ast.alias, ast.Pass})
"""Most nodes of a tree, and nothing to see in any of them."""

Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


@dataclass(frozen=True, slots=True)
class Known:
    """What the reader of one module needs to know of the others.

    Attributes:
        modules: every module and namespace package of the codebase.
        roots: the top-level packages.
        real_name: follows symbolic links in a name.
        exports: the submodules that a package's literal ``__all__`` names, for star imports.
        precise: top-level third-party packages whose submodules are wanted when used as attributes.
    """

    modules: frozenset[str]
    roots: tuple[str, ...]
    real_name: Callable[[str], str] = str
    exports: Callable[[str], Iterable[str]] = lambda _: ()
    precise: frozenset[str] = frozenset()

    def internal(self, name: str) -> bool:
        """Whether *name* lies in the codebase, there or not."""
        return any(is_under(name, root) for root in self.roots)

    def nearest(self, name: str) -> str:
        """Return *name* or the nearest package above it that exists."""
        return next((n for n in (name, *parents(name)) if n in self.modules), "")


@dataclass
class _Scope:
    """Names bound in a function or at module level; the value is a dotted name, or None for anything else.

    What a function binds by itself is worked out when a name is first looked up: most functions are never asked.
    """

    function: Function | None = None
    bound: dict[str, str | None] = field(default_factory=dict)
    local: frozenset[str] | None = None

    def get(self, name: str, rebound: Set[str]) -> tuple[bool, str | None]:
        """Whether *name* is bound here, and to what; only names in *rebound* may be bound to something else."""
        if name in self.bound or name not in rebound:
            return name in self.bound, self.bound.get(name)
        if self.local is None:
            self.local = frozenset(_local_names(self.function)) if self.function is not None else frozenset()
        return name in self.local, None


@dataclass(frozen=True, slots=True)
class Reading:
    """The imports of one module in the order of lines, and the calls that import something only known at run time."""

    imports: list[Import]
    computed: list[Location] = field(default_factory=list)


def read_imports(source: Source, known: Known) -> Reading:
    """Read the imports of *source*.

    Raises:
        SyntaxError: the file cannot be parsed by this interpreter.
    """
    tree = source.parse()
    reader = _Reader(source, known, tree)
    try:
        reader.visit_body(tree.body)
    except RecursionError:
        raise SyntaxError("nested too deeply", (source.module.path, 1, 0, None)) from None
    stated = {i.imported for i in reader.found if i.kind != "attribute"}
    imports: dict[object, Import] = {}
    for each in reader.found:
        if each.kind != "attribute":
            imports.setdefault(each, each)
        elif each.imported not in stated:
            imports.setdefault(each.imported, each)  # only the first use of several
    return Reading(list(imports.values()), reader.computed)


def absolute(source: Source, module: str | None, level: int) -> str:
    """Resolve the module of a ``from`` import; an empty string where it leads above the top-level package."""
    if not level:
        return module or ""
    parts = source.module.name.split(".")
    keep = len(parts) - level + source.module.is_package
    if keep <= 0:
        return ""
    return ".".join([*parts[:keep], *([module] if module else [])])


class _Reader:
    """A walk over one syntax tree that keeps scopes and the circumstances of a statement."""

    def __init__(self, source: Source, known: Known, tree: ast.Module) -> None:
        self.source = source
        self.tree = tree
        self.known = known
        self.found: list[Import] = []
        self.computed: list[Location] = []
        self.scopes: list[_Scope] = [_Scope()]
        self.bound: set[str] = set()
        self.kind: ImportKind = "module"
        self.type_checking = {"TYPE_CHECKING"}
        self._constants: dict[str, list[str]] | None = None
        self.line: int | None = None

    # -- statements ------------------------------------------------------------------------------------------------

    def visit_body(self, body: Sequence[ast.stmt]) -> None:
        for statement in body:
            self.visit(statement)

    def visit(self, node: ast.AST) -> None:
        if isinstance(node, ast.Import):
            self._import(node)
        elif isinstance(node, ast.ImportFrom):
            self._import_from(node)
        elif isinstance(node, ast.If):
            self._if(node)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            self._function(node)
        elif isinstance(node, ast.stmt) and _is_block(node):
            self._children(node, "conditional")
        elif isinstance(node, ast.Attribute):
            self._expression(node)
            self.visit(_base(node))  # of a.b.c only the whole is of interest
        else:
            self._expression(node)
            self._children(node)

    def _children(self, node: ast.AST, kind: ImportKind | None = None) -> None:
        before = self.kind
        if kind and before == "module":
            self.kind = kind
        for name in node._fields:
            value = getattr(node, name, None)
            for child in value if isinstance(value, list) else (value,):
                if isinstance(child, ast.AST) and type(child) not in LEAVES:
                    self.visit(child)
        self.kind = before

    def _if(self, node: ast.If) -> None:
        self.visit(node.test)
        when_true, when_false = self._type_checking(node.test)
        for body, only_types in ((node.body, when_true), (node.orelse, when_false)):
            before = self.kind
            if only_types:
                self.kind = "type-checking"
            elif before == "module":
                self.kind = "conditional"
            self.visit_body(body)
            self.kind = before

    def _type_checking(self, test: ast.expr) -> tuple[bool, bool]:
        """Whether the body, and the ``else`` branch, are for type checkers only."""
        if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
            when_true, when_false = self._type_checking(test.operand)
            return when_false, when_true
        if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And):
            return (any(self._type_checking(value)[0] for value in test.values), False)
        dotted = self._dotted(test) or ""
        name = test.id if isinstance(test, ast.Name) else ""
        return (dotted.endswith(".TYPE_CHECKING") or name in self.type_checking, False)

    def _function(self, node: Function) -> None:
        for outside in _evaluated_outside(node):
            self.visit(outside)
        before = self.kind
        if before in ("module", "conditional"):
            self.kind = "function"
        self.scopes.append(_Scope(node))
        if isinstance(node, ast.Lambda):
            self.visit(node.body)
        else:
            self.visit_body(node.body)
        self.scopes.pop()
        self.kind = before

    def _import(self, node: ast.Import) -> None:
        for alias in node.names:
            top = alias.name.partition(".")[0]
            self._bind(alias.asname or top, alias.name if alias.asname else top)
            self._add(alias.name, node)

    def _import_from(self, node: ast.ImportFrom) -> None:
        base = absolute(self.source, node.module, node.level)
        if not base:
            return
        for alias in node.names:
            full = f"{base}.{alias.name}"
            if alias.name == "*":
                self._add(base, node)
                for name in self.known.exports(self.known.real_name(base)):
                    self._add(name, node)
                continue
            if full.endswith(".TYPE_CHECKING"):
                self.type_checking.add(alias.asname or alias.name)
            self._bind(alias.asname or alias.name, full)
            self._add(full if self._names_module(full) else base, node)

    def _names_module(self, full: str) -> bool:
        """Third-party names are kept whole: whether they are modules cannot matter to a prefix."""
        return not self.known.internal(full) or self.known.real_name(full) in self.known.modules

    # -- expressions -----------------------------------------------------------------------------------------------

    def _expression(self, node: ast.AST) -> None:
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            dotted = self._dotted(node.value)
            if dotted:
                self._bind(node.targets[0].id, dotted)
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
            self._attribute(node)
        elif isinstance(node, ast.Call):
            self._call(node)

    def _attribute(self, node: ast.Attribute) -> None:
        """``app.infra.db`` after ``import app`` uses a submodule that somebody else has to have imported."""
        dotted = self._dotted(node)
        if not dotted:
            return
        if self.known.internal(dotted):
            target = self.known.nearest(self.known.real_name(dotted))
            bound = self.known.nearest(self.known.real_name(self._dotted(_base(node)) or ""))
            if target and target != bound and not is_under(self.source.module.name, target):
                self._add(target, node, "attribute")
        elif dotted.partition(".")[0] in self.known.precise:
            self._add(dotted, node, "attribute")

    def _call(self, node: ast.Call) -> None:
        name = _last_name(node.func) or (self._dotted(node.func) or "").rpartition(".")[2]
        dotted = self._dotted(node.func) or name
        if isinstance(node.func, ast.Call) and _is_getattr(node.func):
            dotted = name = str(ast.literal_eval(node.func.args[1]))
        last = dotted.rpartition(".")[2]
        if name in EVALUATORS and isinstance(node.func, ast.Name):
            self._evaluate(node)
        elif last in IMPORTERS or name in IMPORTERS:
            self._dynamic(node, last if last in IMPORTERS else name)

    def _evaluate(self, node: ast.Call) -> None:
        for text, complete in self._texts(node.args[0]) if node.args else ():
            try:
                tree = ast.parse(text.strip() if complete else "")
            except (SyntaxError, ValueError):
                continue
            if not complete and "import" in text:
                self.computed.append(self._location(node))
            before, self.kind, self.line = self.kind, "dynamic", node.lineno
            self.visit_body(tree.body)
            self.kind, self.line = before, None

    def _dynamic(self, node: ast.Call, function: str) -> None:
        arguments = {k.arg: k.value for k in node.keywords if k.arg}
        first = node.args[0] if node.args else arguments.get("name") or arguments.get("mod_name")
        if first is None:
            return
        package = node.args[1] if len(node.args) > 1 else arguments.get("package")
        level = node.args[4] if len(node.args) > 4 else arguments.get("level")
        from_list = node.args[3] if len(node.args) > 3 else arguments.get("fromlist")
        texts = [(text, complete) for text, complete in self._texts(first) if text]
        if not texts:
            self.computed.append(self._location(node))
        for text, complete in texts:
            name = text.replace(":", ".")
            if function == "__import__" and isinstance(level, ast.Constant) and isinstance(level.value, int):
                name = absolute(self.source, name, level.value)
            elif name.startswith("."):
                name = self._relative(name, package)
            if not name:
                continue
            if complete:
                self._add(name, node, "dynamic")
                if function == "__import__" and isinstance(from_list, ast.List | ast.Tuple):
                    for item in from_list.elts:
                        self._submodule(name, item, node)
            else:
                self._add_prefix(name, node)

    def _submodule(self, package: str, item: ast.expr, node: ast.Call) -> None:
        for text, _ in self._texts(item):
            if self.known.real_name(f"{package}.{text}") in self.known.modules:
                self._add(f"{package}.{text}", node, "dynamic")

    def _relative(self, name: str, package: ast.expr | None) -> str:
        """``("..infra.db", __package__)``; without a readable package, relative to this module's."""
        level = len(name) - len(name.lstrip("."))
        own = self.source.module
        base = own.name if own.is_package else own.name.rpartition(".")[0]
        for text, complete in self._texts(package) if package is not None else ():
            if complete and text:
                base = text
        parts = base.split(".")
        kept = parts[: len(parts) - level + 1]
        return ".".join([*kept, name[level:]]) if kept else ""

    def _add_prefix(self, prefix: str, node: ast.Call) -> None:
        """A name of which only the beginning can be read stands for every module that begins so."""
        package, _, beginning = prefix.rpartition(".")
        if not beginning:
            self._add(package, node, "dynamic")
            return
        depth = prefix.count(".")
        for module in sorted(self.known.modules):
            if module.startswith(prefix) and module.count(".") == depth:
                self._add(module, node, "dynamic")

    # -- helpers ---------------------------------------------------------------------------------------------------

    def _add(self, name: str, node: ast.stmt | ast.expr, kind: ImportKind | None = None) -> None:
        name = self.known.real_name(name)
        if kind == "dynamic" and self.known.internal(name) and name not in self.known.modules:
            name = self.known.nearest(name) or name
        if name and name != self.source.module.name:
            location = self._location(node)
            used = "type-checking" if self.kind == "type-checking" else "dynamic" if self.line else kind or self.kind
            self.found.append(Import(self.source.module.name, name, location, used))

    def _location(self, node: ast.stmt | ast.expr) -> Location:
        line = self.line or node.lineno
        return Location(self.source.module.path, line, self.source.line(line))

    def _bind(self, name: str, dotted: str) -> None:
        self.scopes[-1].bound[name] = dotted
        self.bound.add(name)

    def _dotted(self, node: ast.expr) -> str | None:
        """The dotted name that a name or attribute expression stands for, through the imports in scope."""
        if isinstance(node, ast.Attribute):
            base = self._dotted(node.value)
            return f"{base}.{node.attr}" if base else None
        if isinstance(node, ast.Name) and node.id in self.bound:
            found = (scope.get(node.id, self._rebound) for scope in reversed(self.scopes))
            return next((dotted for is_bound, dotted in found if is_bound), None)
        return None

    @cached_property
    def _rebound(self) -> frozenset[str]:
        """Names that are a parameter or assigned to anywhere: all others mean the same in every function."""
        nodes = list(ast.walk(self.tree))
        assigned = {n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
        return frozenset(assigned | {n.arg for n in nodes if isinstance(n, ast.arg)})

    def _texts(self, node: ast.expr | None) -> Iterator[tuple[str, bool]]:
        """Yield what a text expression may be, and whether that is all of it or only its beginning."""
        text = _text(node)
        if text is not None:
            yield text, True
        elif isinstance(node, ast.Name):
            yield from ((text, True) for text in self._named_texts(node.id))
        elif isinstance(node, ast.IfExp):
            yield from self._texts(node.body)
            yield from self._texts(node.orelse)
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            yield from self._joined([node.left, node.right])
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod):
            yield from ((text.partition("%")[0], False) for text, _ in self._texts(node.left))
        elif isinstance(node, ast.JoinedStr):
            yield from self._joined(node.values)
        elif isinstance(node, ast.FormattedValue):
            yield from self._texts(node.value)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "format":
            yield from ((text.partition("{")[0], False) for text, _ in self._texts(node.func.value))

    def _named_texts(self, name: str) -> list[str]:
        own = self.source.module
        if name == "__name__":
            return [own.name]
        if name == "__package__":
            return [own.name if own.is_package else own.name.rpartition(".")[0]]
        if self._constants is None:
            self._constants = {}
            for node in ast.walk(self.tree):
                _collect_constants(node, self._constants)
        return self._constants.get(name, [])

    def _joined(self, parts: Sequence[ast.expr]) -> Iterator[tuple[str, bool]]:
        beginnings: list[tuple[str, bool]] = [("", True)]
        for part in parts:
            following = list(self._texts(part)) or [("", False)]
            beginnings = [
                (text + more, whole) if complete else (text, False)
                for text, complete in beginnings
                for more, whole in following
            ]
        yield from ((text, complete) for text, complete in dict.fromkeys(beginnings) if text)


def _collect_constants(node: ast.AST, constants: dict[str, list[str]]) -> None:
    """Note which texts a name may stand for: ``NAME = "app.x"``, ``for name in ("app.x", "app.y")``."""
    if isinstance(node, ast.Assign | ast.AnnAssign | ast.NamedExpr):
        text = _text(node.value)
        for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
            if isinstance(target, ast.Name) and text is not None:
                constants.setdefault(target.id, []).append(text)
    elif isinstance(node, ast.For | ast.AsyncFor | ast.comprehension) and isinstance(node.target, ast.Name):
        if isinstance(node.iter, ast.List | ast.Tuple | ast.Set):
            texts = [_text(item) for item in node.iter.elts]
            constants.setdefault(node.target.id, []).extend(t for t in texts if t is not None)


def _text(node: ast.AST | None) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _is_block(node: ast.stmt) -> bool:
    return isinstance(
        node,
        ast.Try | ast.TryStar | ast.With | ast.AsyncWith | ast.For | ast.AsyncFor | ast.While | ast.Match,
    )


def _is_getattr(node: ast.Call) -> bool:
    return (
        isinstance(node.func, ast.Name)
        and node.func.id == "getattr"
        and len(node.args) > 1
        and bool(_text(node.args[1]))
    )


def _last_name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _base(node: ast.expr) -> ast.expr:
    while isinstance(node, ast.Attribute):
        node = node.value
    return node


def _evaluated_outside(node: Function) -> Iterator[ast.AST]:
    """Decorators, defaults and annotations run in the scope around the function."""
    if not isinstance(node, ast.Lambda):
        yield from node.decorator_list
        if node.returns:
            yield node.returns
    yield node.args


def _local_names(node: Function) -> Iterator[str]:
    """Names that the function itself binds to something other than a module."""
    arguments = node.args
    every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
    yield from (a.arg for a in every if a)
    if isinstance(node, ast.Lambda):
        return
    own = list(_own_nodes(node))
    shared = {n for s in own if isinstance(s, ast.Global | ast.Nonlocal) for n in s.names}
    for each in own:
        if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store) and each.id not in shared:
            yield each.id


def _own_nodes(node: ast.AST) -> Iterator[ast.AST]:
    """Everything in a function's body but the bodies of functions and classes inside it."""
    for child in ast.iter_child_nodes(node):
        yield child
        if not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef):
            yield from _own_nodes(child)
