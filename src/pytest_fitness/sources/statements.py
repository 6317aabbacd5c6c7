"""Imports of one module from its syntax tree: statements, calls that import, and submodules used through a package."""

from __future__ import annotations

import ast
from collections import deque
from collections.abc import Iterable, Sequence
from typing import cast

from pytest_fitness.model import Import, ImportKind, Location
from pytest_fitness.model.contents import last_name
from pytest_fitness.names import is_under
from pytest_fitness.sources.bindings import (
    BLOCKS,
    LEAVES,
    PLAIN_NODES,
    STATEMENTS,
    Function,
    Scope,
    children,
    evaluated_outside,
    every_node,
)
from pytest_fitness.sources.excerpt import Excerpt
from pytest_fitness.sources.importers import (
    EVALUATORS,
    IMPORT_FUNCTIONS,
    IMPORTERS,
    IMPORTING_PACKAGES,
    METADATA,
    OTHER_IMPORTERS,
    ImportingLines,
)
from pytest_fitness.sources.known import Known, Reading
from pytest_fitness.sources.marked_lines import MarkedLines
from pytest_fitness.sources.texts import Texts, is_getattr, text_of
from pytest_fitness.sources.tree import Source


def read_imports(
    source: Source,
    known: Known,
    *,
    only_statements: bool = False,
    is_valid: bool = False,
    names: Iterable[tuple[str, str]] = (),
) -> Reading:
    """Read the imports of *source*; *only_statements* leaves out what calls and attributes import.

    Where its syntax is known to be right, no more of it is parsed than is needed, as *names* of packages will be.

    Raises:
        SyntaxError: the file cannot be parsed by this interpreter.
    """
    lines = ImportingLines(source.text, known)
    for name, package in names:
        lines.mark_name(name, package)
    excerpt = Excerpt(source, lines, is_valid=is_valid)
    try:
        reader = _read(_Reader(source, known, excerpt, lines, only_statements=only_statements))
        while excerpt.grows():
            reader = _read(_Reader(source, known, excerpt, lines, only_statements=only_statements))
    except RecursionError:
        raise SyntaxError("nested too deeply", (source.module.path, 1, 0, None)) from None
    stated = {i.imported for i in reader.found if i.kind == "module"}  # of other kinds, a rule may leave some out
    imports: dict[object, Import] = {}
    for each in reader.found:
        if each.kind != "attribute":
            imports.setdefault(each, each)
        elif each.imported not in stated:
            imports.setdefault(each.imported, each)  # only the first use of several
    return Reading(list(imports.values()), reader.computed, reader.uses)


def _read(reader: _Reader) -> _Reader:
    """Read until nothing was passed over that has a name in it that turned out to matter."""
    reader.read()
    while reader.has_passed_over_too_much:
        reader = reader.again()
    if "global " in reader.source.text and not reader.only_statements:  # what one function binds, others may have used
        known = set[str]()
        while not reader.names <= known or reader.has_passed_over_too_much:
            known |= reader.names
            reader = reader.again(reader.scopes)
    return reader


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

    def __init__(
        self, source: Source, known: Known, excerpt: Excerpt, lines: ImportingLines, *, only_statements: bool
    ) -> None:
        self.source = source
        self.excerpt = excerpt
        self.tree = excerpt.tree
        self.known = known
        self.only_statements = only_statements
        self.found: list[Import] = []
        self.computed: list[Location] = []
        self.uses: list[Import] = []
        self.scopes: list[Scope] = [Scope()]
        self.bound: set[str] = set()
        self.kind: ImportKind = "module"
        self.type_checking = {"TYPE_CHECKING"}
        self.texts = Texts(source.module, self.tree, source.text, excerpt.need)
        self.line: int | None = None
        self.later: deque[tuple[Function, list[Scope], ImportKind, int | None]] = deque()
        self.called: set[int] = set()
        self.lines = lines
        self.passed_over: list[ast.stmt | ast.Lambda] = []

    def again(self, scopes: Sequence[Scope] = ()) -> _Reader:
        """Read once more, knowing which names matter; with *scopes*, also what they stand for in the end."""
        again = _Reader(self.source, self.known, self.excerpt, self.lines, only_statements=self.only_statements)
        if scopes:
            again.scopes, again.bound = list(scopes), self.bound
        again.read()
        return again

    def read(self) -> None:
        """Read the module, then the bodies of its functions: they run when everything around them is bound."""
        self.visit_body(self.tree.body)
        while self.later:
            function, scopes, self.kind, self.line = self.later.popleft()
            if self._is_dull(function):
                continue
            self.scopes = [*scopes, self._function_scope(function)]
            if isinstance(function, ast.Lambda):
                self.visit(function.body)
            else:
                self.visit_body(function.body)
        self.scopes, self.kind, self.line = self.scopes[:1], "module", None
        if not self.only_statements and any(name in self.source.text for name in IMPORT_FUNCTIONS):
            self._note_importers_handed_on()

    # -- statements ------------------------------------------------------------------------------------------------

    def visit_body(self, body: Sequence[ast.stmt]) -> None:
        for statement in body:
            self.visit(statement)

    def visit(self, node: ast.AST) -> None:
        kind = type(node)
        if isinstance(node, ast.stmt):
            if self._is_dull(node):
                return
        elif self.only_statements and not isinstance(node, STATEMENTS):
            return
        if kind in PLAIN_NODES:
            self._children(node)
        elif kind is ast.Call:
            self._call(cast("ast.Call", node))
            self._children(node)
        elif kind is ast.Attribute:
            self._attribute(cast("ast.Attribute", node))
            self.visit(_base(cast("ast.expr", node)))  # of a.b.c only the whole is of interest
        elif isinstance(node, ast.Import):
            self._import(node)
        elif isinstance(node, ast.ImportFrom):
            self._import_from(node)
        elif isinstance(node, ast.If):
            self._if(node)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            self._function(node)
        elif isinstance(node, BLOCKS):
            self._children(node, "conditional")
        else:
            self._expression(node)
            self._children(node)

    def _is_dull(self, node: ast.stmt | ast.Lambda) -> bool:
        """Whether nothing on the lines of *node* can import anything: most of a file is not even looked at."""
        if self.line is not None or self.lines.any_within(node):
            return False
        self.passed_over.append(node)
        return True

    @property
    def names(self) -> set[str]:
        """What stands for a module, or something of one, at module level in the end."""
        return {name for name, dotted in self.scopes[0].bound.items() if dotted}

    @property
    def has_passed_over_too_much(self) -> bool:
        """Whether a name was bound only later that what was not looked at uses."""
        return any(self.lines.any_within(node) for node in self.passed_over)

    def _children(self, node: ast.AST, kind: ImportKind | None = None) -> None:
        before = self.kind
        if kind and before == "module":
            self.kind = kind
        for child in children(node):
            if type(child) not in LEAVES:
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
        for outside in evaluated_outside(node):
            self.visit(outside)
        kind = "function" if self.kind in ("module", "conditional") else self.kind
        self.later.append((node, list(self.scopes), kind, self.line))

    def _function_scope(self, node: Function) -> Scope:
        """The scope inside a function, with defaults that are modules bound to their parameters."""
        scope = Scope(node, self._is_dull)
        arguments = node.args
        positional = [*arguments.posonlyargs, *arguments.args]
        defaults = zip(reversed(positional), reversed(arguments.defaults), strict=False)
        for argument, default in (*defaults, *zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)):
            dotted = self._dotted(default) if default is not None else None
            if dotted:
                scope.bound[argument.arg] = dotted
                self._note_bound(argument.arg, dotted)
        return scope

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
                is_precise = base.partition(".")[0] in self.known.precise and not self.known.internal(base)
                self._add(f"{base}.*" if is_precise else base, node)
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
        if isinstance(node, ast.Assign):
            for target in node.targets:
                self._assign(target, node.value)
        elif isinstance(node, ast.AnnAssign | ast.NamedExpr):
            self._assign(node.target, node.value)
        elif isinstance(node, ast.ClassDef):
            self._unbind(node.name)

    def _assign(self, target: ast.expr, value: ast.expr | None) -> None:
        if isinstance(target, ast.Tuple | ast.List) and isinstance(value, ast.Tuple | ast.List):
            for each, part in zip(target.elts, value.elts, strict=False):
                self._assign(each, part)
        elif isinstance(target, ast.Name) and value is not None:
            dotted = self._dotted(value)
            if dotted:
                self._bind(target.id, dotted)
            else:
                self._unbind(target.id)

    def _unbind(self, name: str) -> None:
        """``import app.x`` and then ``app = FastAPI()``: from here on the name is no module, if this line runs for sure."""
        if self.kind == "module" and len(self.scopes) == 1 and name in self.scopes[0].bound:
            self.scopes[0].bound[name] = None

    def _attribute(self, node: ast.Attribute | ast.Call) -> None:
        """``app.infra.db`` after ``import app`` uses a submodule that somebody else has to have imported."""
        dotted = self._dotted(node)
        if not dotted:
            return
        if self.known.internal(dotted):
            named = self.known.real_name(dotted)
            target = self.known.nearest(named)
            if target in self.known.watched and named != target:
                self.uses.append(Import(self.source.module.name, named, self._location(node), "attribute"))
            base = node.args[0] if isinstance(node, ast.Call) else _base(node)
            bound = self.known.nearest(self.known.real_name(self._dotted(base) or ""))
            if target and target != bound and not is_under(self.source.module.name, target):
                self._add(target, node, "attribute")
        elif dotted.partition(".")[0] in self.known.precise:
            self._add(dotted, node, "attribute")

    def _call(self, node: ast.Call) -> None:
        if is_getattr(node):
            self._attribute(node)
        name = last_name(node.func) or (self._dotted(node.func) or "").rpartition(".")[2]
        dotted = self._dotted(node.func) or name
        if isinstance(node.func, ast.Call) and is_getattr(node.func):
            name = dotted = text_of(node.func.args[1]) or ""
        last = dotted.rpartition(".")[2]
        if (name in EVALUATORS and isinstance(node.func, ast.Name)) or dotted in ("builtins.exec", "builtins.eval"):
            self._evaluate(node)
        elif last in IMPORT_FUNCTIONS or name in IMPORT_FUNCTIONS or (last in OTHER_IMPORTERS and dotted != name):
            self.called.add(id(node.func))
            self._dynamic(node, last if last in IMPORTERS else name)
        elif dotted.startswith(IMPORTING_PACKAGES) and not dotted.startswith(METADATA) and node.args:
            for text, complete in self.texts.of(node.args[0]):
                if complete and self.known.internal(text):
                    self._add(text.rpartition(".")[0] if last == "find_spec" else text, node, "dynamic")

    def _evaluate(self, node: ast.Call) -> None:
        texts = list(self.texts.of(node.args[0])) if node.args else []
        if not texts or any(not complete and "import" in text for text, complete in texts):
            self.computed.append(self._location(node))
        for text, complete in texts:
            try:
                tree = Source(self.source.module, data=(text.strip() if complete else "").encode()).parse()
            except SyntaxError:
                continue
            before, self.kind, self.line = self.kind, "dynamic", node.lineno
            self.visit_body(tree.body)
            self.kind, self.line = before, None

    def _dynamic(self, node: ast.Call, function: str) -> None:
        arguments = {k.arg: k.value for k in node.keywords if k.arg}
        first = node.args[0] if node.args else arguments.get("name") or arguments.get("mod_name")
        if first is None:
            self.computed.append(self._location(node))
            return
        package = node.args[1] if len(node.args) > 1 else arguments.get("package")
        level = node.args[4] if len(node.args) > 4 else arguments.get("level")
        from_list = node.args[3] if len(node.args) > 3 else arguments.get("fromlist")
        texts = list(self.texts.of(first))
        if not all(text for text, _ in texts) or not texts:
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
                if function == "__import__" and from_list is not None:
                    for item in from_list.elts if isinstance(from_list, ast.List | ast.Tuple) else [from_list]:
                        self._submodule(name, item, node)
            else:
                self._add_prefix(name, node)

    def _submodule(self, package: str, item: ast.expr, node: ast.Call) -> None:
        texts = list(self.texts.of(item))
        if not texts or not all(text for text, _ in texts):
            self.computed.append(self._location(node))
        for text, _ in texts:
            if self.known.real_name(f"{package}.{text}") in self.known.modules:
                self._add(f"{package}.{text}", node, "dynamic")

    def _relative(self, name: str, package: ast.expr | None) -> str:
        """``("..infra.db", __package__)``; without a readable package, relative to this module's."""
        level = len(name) - len(name.lstrip("."))
        own = self.source.module
        base = own.name if own.is_package else own.name.rpartition(".")[0]
        for text, complete in self.texts.of(package) if package is not None else ():
            if complete and text:
                base = text
        parts = base.split(".")
        kept = parts[: len(parts) - level + 1]
        return ".".join([*kept, name[level:]]) if kept else ""

    def _add_prefix(self, prefix: str, node: ast.Call) -> None:
        """A name of which only the beginning can be read stands for every module that begins so."""
        package, _, beginning = prefix.rpartition(".")
        own = self.source.module.name
        if package and not beginning:
            self._add(package, node, "dynamic")
        if not self.known.internal(package):
            self.computed.append(self._location(node))
        elif beginning or is_under(own, package):  # within the own package "anything below" would say nothing
            below = sorted(last for last in self.known.below.get(package, ()) if last.startswith(beginning))
            for module in (f"{package}.{last}" for last in below):
                if not is_under(own, module):
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
        scope = self.scopes[-1]
        if scope.function is not None and name in scope.shared:
            scope = self.scopes[0]
        before = scope.bound.get(name)
        if self.kind == "module" or not (before and self.known.internal(before)):
            scope.bound[name] = dotted  # of two branches, the one that leads into the codebase counts
        self._note_bound(name, dotted)

    def _note_bound(self, name: str, dotted: str) -> None:
        self.bound.add(name)
        if not self.only_statements:
            self.lines.mark_name(name, dotted)

    def _note_importers_handed_on(self) -> None:
        """``map(import_module, names)`` imports what nobody can read here."""
        lines = MarkedLines(self.source.text, IMPORT_FUNCTIONS)
        for node in every_node(self.tree, lambda statement: not lines.any_within(statement)):
            name = node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
            if isinstance(node, ast.Attribute | ast.Name) and id(node) not in self.called:
                if name in IMPORT_FUNCTIONS and isinstance(node.ctx, ast.Load):
                    self.computed.append(self._location(node))

    def _dotted(self, node: ast.expr) -> str | None:
        """The dotted name that a name or attribute expression stands for, through the imports in scope."""
        if isinstance(node, ast.Attribute):
            base = self._dotted(node.value)
            return f"{base}.{node.attr}" if base else None
        if isinstance(node, ast.Call):
            return self._dotted_call(node)
        if isinstance(node, ast.IfExp):
            return self._dotted(node.body) or self._dotted(node.orelse)
        if isinstance(node, ast.BoolOp):
            return next((dotted for value in node.values if (dotted := self._dotted(value))), None)
        if isinstance(node, ast.Name) and node.id in self.bound:
            found = (scope.get(node.id) for scope in reversed(self.scopes))
            return next((dotted for is_bound, dotted in found if is_bound), None)
        return None

    def _dotted_call(self, node: ast.Call) -> str | None:
        """``getattr(app, "infra")``, ``__import__("app.x")`` and ``import_module("app")`` are names, too."""
        if is_getattr(node):
            base = self._dotted(node.args[0])
            return f"{base}.{text_of(node.args[1])}" if base else None
        text = text_of(node.args[0]) if node.args else None
        last = last_name(node.func)
        if text and last in IMPORT_FUNCTIONS:
            return text.partition(".")[0] if last == "__import__" else text
        return None


def _base(node: ast.expr) -> ast.expr:
    while isinstance(node, ast.Attribute):
        node = node.value
    return node
