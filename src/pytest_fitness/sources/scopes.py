"""Symbol tables, and what a name stands for across modules. Installed packages are read as source, never imported."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Mapping
from dataclasses import replace

from pytest_fitness.model.contents import FUNCTIONS, class_entity, class_seen, last_name, view_of
from pytest_fitness.model.syntax import Binding, Entity, Function, Scope
from pytest_fitness.sources.added_directories import PathOfTree
from pytest_fitness.sources.bodies import (
    attributes_of_self,
    chosen,
    given_by_callable,
    given_by_default,
    given_by_property,
    held_by,
    is_super,
    returns_of,
)
from pytest_fitness.sources.handed_up import handed_up
from pytest_fitness.sources.installed import installed_source
from pytest_fitness.sources.linear import linear
from pytest_fitness.sources.symbol_table import (
    STANDARD,
    before,
    bind,
    collect,
    is_rebuilt,
    is_standard,
    string_annotation,
)
from pytest_fitness.sources.symbols import cached_tree
from pytest_fitness.sources.tree import Tree
from pytest_fitness.sources.variables import NAMES, class_meant, filled

DEPTH = 25
"""Longest chain of re-exports and aliases that is followed; real code stays below ten."""

CALLERS = 8
"""Longest chain of functions without annotations that return what the next one does."""


class Scopes:
    """Resolves names in the codebase, and in the source of installed packages where a name leads there."""

    def __init__(
        self, tree: Tree, table: Mapping[tuple[str, str], str], declared: Mapping[str, str] | None = None
    ) -> None:
        self.tree = tree
        self.changed_path = PathOfTree(tree)
        self.table = table
        self.declared: dict[str, str] = dict(declared or {})
        self._inner: dict[tuple[int, int], Scope] = {}
        self._seen: dict[tuple[int, int], tuple[Scope, Entity, Scope]] = {}
        self._own_attributes: dict[int, dict[str, tuple[ast.Assign | ast.AnnAssign, Function]]] = {}
        self._modules: dict[str, Scope | None] = {}
        self._bodies: dict[str, list[ast.stmt]] = {}
        self._returned: dict[tuple[int, str], Entity | None] = {}
        self._open: set[int] = set()
        self._cut = 0
        self.failures: dict[str, SyntaxError] = {}
        self._evaluating: set[tuple[int, int]] = set()
        self._known: dict[tuple[int, int], tuple[ast.expr, Scope, Entity | None]] = {}
        self._kinds: dict[str, str] = {}
        self._bases: dict[tuple[str, str, int, int], tuple[Entity, list[Entity]]] = {}
        self._instances: dict[tuple[int, int, int], tuple[Entity, Entity | None]] = {}

    def known(self, name: str) -> str:
        """Return what the project or the table says of a full dotted name, or an empty string."""
        if name in self.declared:
            return self.declared[name]
        if name not in self._kinds:
            top, _, rest = name.partition(".")
            last_two = ".".join(rest.split(".")[-2:])
            self._kinds[name] = self.table.get((top, last_two)) or self.table.get((top, name.rpartition(".")[2]), "")
        return self._kinds[name]

    # -- modules ---------------------------------------------------------------------------------------------------

    def module(self, name: str) -> Scope | None:
        """Return the scope of module *name*, or None where it has no readable source."""
        name = self.tree.real_name(name)
        if name not in self._modules:
            self._modules[name] = None  # for the time being: imports in a circle
            self._modules[name] = self._load(name)
        return self._modules[name]

    @property
    def looked_up(self) -> list[str]:
        """The names outside of the codebase that were taken for modules, found or not."""
        return [name for name in self._modules if name not in self.tree.sources]

    def body(self, name: str) -> list[ast.stmt]:
        """Return the statements of a module that `module` returned a scope for."""
        return self._bodies[self.tree.real_name(name)]

    def _load(self, name: str) -> Scope | None:
        owned = name in self.tree.sources
        source = self.tree.sources[name] if owned else installed_source(name)
        if source is None:
            other = self.changed_path.name_of(name)
            return self.module(other) if other is not None else None
        try:
            body = cached_tree(source).body
        except SyntaxError as error:
            self.failures[name] = error
            return None
        scope = Scope(name, source.module.path, source.module.is_package, owned=owned)
        self._bodies[name] = body
        return collect(scope, body)

    def _is_module(self, name: str) -> bool:
        real = self.tree.real_name(name)
        return real in self.tree.sources or real in self.tree.namespaces or self.module(real) is not None

    # -- names -----------------------------------------------------------------------------------------------------

    def resolve(self, expression: ast.expr, scope: Scope, depth: int = 0) -> Entity | None:
        """Return what a name or attribute expression stands for; None where nothing can be said."""
        if depth > DEPTH:
            return None
        if isinstance(expression, ast.Name):
            name = expression.id
            if name not in scope.resolved:
                found = self._in_scope(scope, name, 0)
                scope.resolved[name] = filled(name, found, scope, self) or found
            return scope.resolved[name]
        if not isinstance(expression, ast.Attribute):
            return None
        if self._evaluating:  # what is asked meanwhile may have another answer later
            return self._attribute(expression, scope, depth)
        key = (id(expression), id(scope))
        if key not in self._known:  # both are kept, or others could come to have their ids
            self._known[key] = (expression, scope, self._attribute(expression, scope, depth))
        return self._known[key][2]

    def _attribute(self, expression: ast.Attribute, scope: Scope, depth: int) -> Entity | None:
        if isinstance(expression.value, ast.Name) and expression.value.id in ("self", "cls"):
            around = class_seen(scope)
            if around is not None:
                return self._of_self(expression.attr, around, scope)
        if isinstance(expression.value, ast.Call) and is_super(expression.value):
            return self._of_super(expression.attr, scope)
        if isinstance(expression.value, ast.Call):  # Service(db).place
            base: Entity | None = Entity("value", "", expression.value, None, scope)
        else:
            base = given_by_property(self.resolve(expression.value, scope, depth + 1))
            base = class_meant(base, self, depth + 1) or base
        if base is None:
            return None
        if base.kind == "module":
            return self.lookup(base.name, expression.attr, depth + 1)
        if base.kind == "external":
            return Entity("external", f"{base.name}.{expression.attr}")
        if base.kind == "class":
            return self.member(base, expression.attr)
        if base.kind == "value":
            made_by = self.instance_class(base, depth + 1)
            if made_by is not None and made_by.kind == "external":
                return Entity("external", f"{made_by.name}().{expression.attr}")
            if made_by is not None and made_by.kind == "class":
                return self.member(made_by, expression.attr)
        return None

    def _of_self(self, name: str, around: Entity, scope: Scope) -> Entity | None:
        """What ``self.name`` stands for: what a base has of a class that is derived from it is that of this class."""
        found = self.member(around, name)
        inside = scope.enclosing_class
        if found is None or found.scope is None or inside is None or inside.seen_as is None:
            return found
        home = found.scope.enclosing_class
        is_of_base = home is not None and any(base.node is home.node for base in self.bases(around))
        return found._replace(scope=self.seen(found.scope, around)) if is_of_base else found

    def _of_super(self, name: str, scope: Scope) -> Entity | None:
        """What ``super().name`` stands for in a method: the next base may be another one in a class that derives from this one."""
        around = scope.enclosing_class
        if around is None or around.parent is None:
            return None
        assert isinstance(around.node, ast.ClassDef)
        bases = (self._base(base, around.parent) for base in around.node.bases)
        return next((found for base in bases if (found := self.member(base, name)) is not None), None)

    def lookup(self, module: str, name: str, depth: int = 0) -> Entity | None:
        """Return what *name* stands for in *module*: something bound there, or a submodule."""
        if depth > DEPTH:
            return None
        full = f"{module}.{name}"
        top = module.partition(".")[0]
        if top not in self.tree.packages and (top in STANDARD or self.known(full)):
            return Entity("external", full)
        scope = self.module(module)
        if scope is not None:
            found = self._in_scope(scope, name, depth, climb=False)
            if found is not None:
                return found
        if self._is_module(full):
            return Entity("module", full)
        owned = scope.owned if scope is not None else module in self.tree.namespaces
        return Entity("unknown" if owned else "external", full)

    def _in_scope(self, scope: Scope, name: str, depth: int, *, climb: bool = True) -> Entity | None:
        inner: Scope | None = scope
        while inner is not None:
            # a class body's names are not seen from the functions in it
            if inner is scope or not isinstance(inner.node, ast.ClassDef):
                bindings = inner.symbols.get(name, ())
                for binding in reversed(bindings):
                    if len(bindings) > 1 and is_rebuilt(name, binding, bindings):
                        continue
                    found = self._entity(inner, name, binding, depth)
                    if found is not None:
                        return found
                unsure: Entity | None = None
                for star in reversed(inner.stars):
                    found = self._from_star(star, name, depth)
                    if found is not None and found.kind != "unknown":
                        return found
                    unsure = unsure or found  # of two modules that import each other, one does not know
                if unsure is not None:
                    return unsure
            inner = inner.parent if climb else None
        if climb and hasattr(builtins, name):
            return Entity("external", f"builtins.{name}")
        return None

    def _from_star(self, module: str, name: str, depth: int) -> Entity | None:
        if module in STANDARD:
            return Entity("external", f"{module}.{name}") if is_standard(module, name) else None
        scope = self.module(module) if depth < DEPTH else None
        if scope is None and module not in self.tree.sources and self.known(f"{module}.{name}"):  # it is not installed
            return Entity("external", f"{module}.{name}")
        return self._in_scope(scope, name, depth + 1, climb=False) if scope is not None else None

    def _entity(self, scope: Scope, name: str, binding: Binding, depth: int) -> Entity | None:
        full = f"{scope.module}.{name}"
        if binding.kind == "module":
            return Entity("module" if self._is_module(binding.target[0]) else "external", binding.target[0])
        if binding.kind == "from":
            base, attribute = binding.target
            if (base, attribute) == (scope.module, name):  # from . import submodule
                return Entity("module", full) if self._is_module(full) else None
            return self.lookup(base, attribute, depth + 1)
        return Entity(binding.kind, full, binding.node, binding.annotation, scope)

    def class_scope(self, entity: Entity) -> Scope:
        """Return the scope inside a class."""
        assert isinstance(entity.node, ast.ClassDef)
        assert entity.scope is not None
        around = entity.scope
        key = (id(entity.node), id(around))
        if key not in self._inner:
            inside = Scope(around.module, around.path, around.is_package, around, entity.node, around.owned)
            self._inner[key] = collect(inside, entity.node.body)
        return self._inner[key]

    def seen(self, scope: Scope, view: Entity) -> Scope:
        """Return the inside of a class, or of a function in one, as it is for an object of the derived class *view*."""
        key = (id(scope), id(view.node))
        if key not in self._seen:  # all are kept, or others could come to have their ids
            if any(scope.node is base.node for base in self.bases(view)):
                inside = replace(scope, seen_as=view, resolved={})
            else:
                assert scope.parent is not None
                around = self.seen(scope.parent, view)
                if isinstance(scope.node, ast.ClassDef):  # inside of a method
                    inside = self.class_scope(class_entity(scope.node, around))
                else:
                    assert isinstance(scope.node, FUNCTIONS)
                    inside = self.function_scope(scope.node, around)
            self._seen[key] = (scope, view, inside)
        return self._seen[key][2]

    def function_scope(self, function: Function, parent: Scope) -> Scope:
        """Return the scope inside *function*: its parameters, and what it assigns."""
        key = (id(function), id(parent))
        if key not in self._inner:
            self._inner[key] = self._function_scope(function, parent)
        return self._inner[key]

    def _function_scope(self, function: Function, parent: Scope) -> Scope:
        scope = Scope(parent.module, parent.path, parent.is_package, parent, function, parent.owned)
        arguments = function.args
        every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
        given_by = given_by_default(arguments)
        for argument in filter(None, every):
            given = None if argument.annotation is not None else given_by.get(argument.arg)
            annotation = argument.annotation or (ast.Constant(...) if given is None else None)
            bind(scope, argument.arg, Binding("value", node=given, annotation=annotation))
        for parameter in getattr(function, "type_params", []):  # pragma: no cover - syntax of Python 3.12, tested there
            if getattr(parameter, "bound", None) is not None:
                bind(scope, parameter.name, Binding("value", node=parameter.bound))
        return collect(scope, function.body)

    def bases(self, entity: Entity) -> list[Entity]:
        """Return a class and all its bases, in the order of Python; an unresolved base is an entity of kind ``unknown``."""
        if entity.node is None:
            return [entity]
        if self._evaluating:  # see `resolve`
            return self._all_bases(entity)
        key = (entity.kind, entity.name, id(entity.node), id(entity.scope))
        if key not in self._bases:
            self._bases[key] = (entity, self._all_bases(entity))
        return self._bases[key][1]

    def _all_bases(self, entity: Entity) -> list[Entity]:
        return linear(entity, self._direct_bases)

    def _direct_bases(self, entity: Entity) -> list[Entity]:
        if not isinstance(entity.node, ast.ClassDef) or entity.scope is None:
            return []
        around = before(entity.node, entity.scope)
        return [self._base(base, around) for base in entity.node.bases]

    def _base(self, base: ast.expr, scope: Scope) -> Entity:
        if isinstance(base, ast.Subscript):
            base = base.value
        if isinstance(base, ast.Call) and last_name(base.func) == "with_metaclass" and len(base.args) > 1:
            base = base.args[1]
        if isinstance(base, ast.Call):
            made_by = self.resolve(base.func, scope)
            made = self._returned_type(made_by) if made_by is not None and made_by.kind == "function" else None
            return made or (
                Entity("external", f"{made_by.name}()") if made_by else Entity("unknown", ast.unparse(base))
            )
        entity = self.resolve(base, scope)
        for _ in range(DEPTH):
            if entity is None or entity.kind != "value":
                break
            entity = self._class_of_value(entity)
        return entity or Entity("unknown", ast.unparse(base))

    def _class_of_value(self, entity: Entity) -> Entity | None:
        """A value that is a class: ``Base = declarative_base()``, ``Page = Paginated[Item]``, ``X = Y``."""
        node, scope = entity.node, entity.scope
        if isinstance(node, ast.Subscript | ast.IfExp):
            is_typing = isinstance(node, ast.IfExp) and last_name(node.test) == "TYPE_CHECKING"
            node = node.value if isinstance(node, ast.Subscript) else node.orelse if is_typing else node.body
        assert scope is not None
        if isinstance(node, ast.Name | ast.Attribute):
            return self.resolve(node, scope, 1)
        if isinstance(node, ast.Call):
            made_by = self.resolve(node.func, scope, 1)
            if made_by is not None and made_by.kind == "function":
                return self._returned_type(made_by)
            return Entity("external", f"{made_by.name}()") if made_by is not None else None
        return None

    def _returned_type(self, function: Entity) -> Entity | None:
        """The class that a function annotated ``-> type[C]`` returns."""
        node, scope = function.node, function.scope
        assert isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        assert scope is not None
        returns = string_annotation(node.returns)
        if isinstance(returns, ast.Subscript) and ast.unparse(returns.value).rpartition(".")[2].lower() == "type":
            return self.resolve(returns.slice, scope, 1)
        inside = self.function_scope(node, scope)
        made = list(returns_of(node))
        only = made[0] if len(made) == 1 and isinstance(made[0], ast.Name) and returns is None else None
        first = self.resolve(only, inside, 1) if only is not None else None
        is_own = (
            first is not None and first.kind == "class" and first.scope is inside
        )  # class Page(Schema): ...; return Page
        return first if is_own else Entity("external", f"{function.name}()")

    def member(self, entity: Entity, name: str) -> Entity | None:
        """Return a class attribute, or an attribute that a method sets on ``self``; None where there is none.

        Of a base that cannot be read nothing is known but that it may have one, too.
        """
        unread: Entity | None = None
        for at, each in enumerate(bases := self.bases(entity)):
            if not isinstance(each.node, ast.ClassDef):
                if each.kind == "external" and each.name != "builtins.object" and unread is None:
                    unread = Entity("external", f"{each.name}().{name}")
                continue
            inside = self.class_scope(each)
            found = self._in_scope(inside, name, 1, climb=False)
            if found is not None:
                return Entity(found.kind, f"{each.name}.{name}", found.node, found.annotation, found.scope)
            found = self._set_on_self(each, inside, name)
            if found is not None:
                return handed_up(found, bases[:at], self)
        return unread

    def _set_on_self(self, entity: Entity, inside: Scope, name: str) -> Entity | None:
        assert isinstance(entity.node, ast.ClassDef)
        if id(entity.node) not in self._own_attributes:
            self._own_attributes[id(entity.node)] = attributes_of_self(entity.node)
        found = self._own_attributes[id(entity.node)].get(name)
        if found is None:
            return None
        node, function = found
        annotation = node.annotation if isinstance(node, ast.AnnAssign) else None
        return Entity("value", f"{entity.name}.{name}", node.value, annotation, self.function_scope(function, inside))

    def instance_class(self, entity: Entity, depth: int = 0) -> Entity | None:
        """Return the class of the object that a value is: by annotation, else by the call that made it."""
        key = (id(entity.node), id(entity.annotation))
        if depth > DEPTH or entity.scope is None or key in self._evaluating:
            self._cut += 1
            return None
        if self._evaluating:
            return self._instance_class(key, entity, depth)
        known = (*key, id(entity.scope))
        if known not in self._instances:
            self._instances[known] = (entity, self._instance_class(key, entity, depth))
        return self._instances[known][1]

    def _instance_class(self, key: tuple[int, int], entity: Entity, depth: int) -> Entity | None:
        self._evaluating.add(key)  # qs = qs.filter() must not go round for ever
        try:
            return self._annotated_class(entity, depth) or self._made_class(entity, depth)
        finally:
            self._evaluating.discard(key)

    def _returned_instance(self, function: Entity, depth: int) -> Entity | None:
        """The class of what a function without an annotation returns, where that can be told."""
        node, scope = function.node, function.scope
        assert isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        assert scope is not None
        key = (id(node), view_of(scope))
        if key in self._returned:
            return self._returned[key]
        if id(node) in self._open or len(self._open) >= CALLERS:  # functions that call each other
            self._cut += 1
            return None
        before = self._cut
        self._open.add(id(node))
        try:
            inside = self.function_scope(node, scope)
            values = (Entity("value", function.name, value, None, inside) for value in returns_of(node))
            found = (self.instance_class(value, depth + 1) for value in values)
            result = next((each for each in found if each is not None), None)
        finally:
            self._open.discard(id(node))
        if self._cut == before or not self._open:  # or it may be another one when asked by itself
            self._returned[key] = result
        return result

    def _annotated_class(self, entity: Entity, depth: int) -> Entity | None:
        assert entity.scope is not None
        annotation = held_by(entity.annotation)
        if not isinstance(annotation, ast.Name | ast.Attribute):
            return None
        found = self.resolve(annotation, entity.scope, depth + 1)
        if found is not None and found.kind == "value":  # Current = Annotated[User, ...]
            alias = found.node if isinstance(found.node, ast.expr) else None
            return self.instance_class(Entity("value", found.name, None, alias, found.scope), depth + 1)
        return found if found is not None and found.kind in ("class", "external") else None

    def _made_class(self, entity: Entity, depth: int) -> Entity | None:
        node, scope = entity.node, entity.scope
        assert scope is not None
        if isinstance(node, ast.Await):
            node = node.value
        node = chosen(node)
        while isinstance(node, ast.BinOp):  # BASE / "name"
            node = node.left
        if isinstance(node, ast.Name | ast.Attribute):
            found = given_by_property(self.resolve(node, scope, depth + 1))
            return self.instance_class(found, depth + 1) if found is not None and found.kind == "value" else None
        if not isinstance(node, ast.Call):
            return None
        function = node.func.value if isinstance(node.func, ast.Subscript) else node.func
        around = class_seen(scope) if isinstance(function, ast.Name) and function.id == "cls" else None
        if around is not None:  # view = cls()
            return around
        found = self.resolve(function, scope, depth + 1)
        if found is not None and found.name == "typing.cast" and node.args:
            said = Entity("value", found.name, None, string_annotation(node.args[0]), scope)
            return self.instance_class(said, depth + 1) if isinstance(said.annotation, NAMES) else None
        if found is None or found.kind in ("class", "external"):
            return found
        if found.kind == "function" and isinstance(found.node, ast.FunctionDef | ast.AsyncFunctionDef):
            returns = string_annotation(found.node.returns)
            if isinstance(function, ast.Attribute) and self._gives_own(found.node, returns, found.scope or scope):
                of = self.resolve(function.value, scope, depth + 1)
                value = Entity("value", found.name, function.value, None, scope)
                return of if of is not None and of.kind == "class" else self.instance_class(value, depth + 1)
            if returns is not None:
                return self.instance_class(Entity("value", found.name, None, returns, found.scope), depth + 1)
            return self._returned_instance(found, depth)
        made = given_by_callable(found.annotation) if found.kind == "value" else None
        if made is not None:
            return self.instance_class(Entity("value", found.name, None, made, found.scope), depth + 1)
        return self._class_of_value(found) if found.kind == "value" else None

    def _gives_own(self, function: Function, returns: ast.expr | None, scope: Scope) -> bool:
        """Whether a method gives an object of the class that it is called by: ``def of(cls: type[T], ...) -> T``."""
        if not any(last_name(decorator) == "classmethod" for decorator in function.decorator_list):
            return isinstance(returns, NAMES) and last_name(returns) == "Self"
        if returns is None:
            return any(isinstance(each, ast.Call) and last_name(each.func) == "cls" for each in returns_of(function))
        made = self.resolve(returns, scope) if isinstance(returns, NAMES) else None
        is_variable = made is not None and isinstance(made.node, ast.Call) and last_name(made.node.func) == "TypeVar"
        return is_variable or last_name(returns) == "Self"
