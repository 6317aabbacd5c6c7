"""What a type annotation is made of, seen from an API boundary: schemas, ORM rows, raw data, scalars."""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from pytest_fitness.model.contents import FUNCTIONS, is_property, last_name, own_returns
from pytest_fitness.model.syntax import Entity, Scope
from pytest_fitness.sources.generics import OPEN_BASES, TABLES, Generics, is_variable, variables
from pytest_fitness.sources.mapped import Mapped
from pytest_fitness.sources.scopes import Scopes
from pytest_fitness.sources.symbol_table import STANDARD, string_annotation
from pytest_fitness.sources.variables import NAMES, where_annotated

CONTAINERS = frozenset(
    "list set frozenset tuple List Set FrozenSet Tuple Sequence MutableSequence Iterable Iterator AsyncIterator AsyncIterable "
    "AsyncGenerator Generator Collection Awaitable Coroutine Optional Union ClassVar Final Required NotRequired ReadOnly "
    "Unpack Annotated deque Deque AbstractSet".split()
)
MAPPINGS = frozenset("dict Dict Mapping MutableMapping OrderedDict DefaultDict defaultdict".split())

SCHEMA_DECORATORS = {
    ("dataclasses", "dataclass"),
    ("marshmallow_dataclass", "dataclass"),
    ("pydantic", "dataclass"),
    ("attr", "s"),
    ("attr", "define"),
    ("attr", "frozen"),
    ("attr", "attrs"),
    ("attr", "dataclass"),
    ("attrs", "define"),
    ("attrs", "frozen"),
    ("attrs", "mutable"),
}

SCHEMA_FACTORIES = frozenset({"create_model", "create_schema", "namedtuple", "NamedTuple", "TypedDict"})

NO_INFORMATION = frozenset(
    "builtins.object typing.Generic typing.Protocol typing_extensions.Generic typing_extensions.Protocol abc.ABC".split()
)
"""Bases that say nothing about what a class is."""

GENERATED = re.compile(r"_pb2\.[A-Z]\w*$")
"""Messages of protobuf, whose modules are made by a compiler, and seldom kept."""

NAMING_MODELS = ("rest_framework", "litestar", "advanced_alchemy", "marshmallow_sqlalchemy")
"""Packages of schemas whose types say what they are made for, not what is in them: ``ModelSerializer[Order]``."""

HAS_ROWS = ", which has rows of "

DEEPEST = 60
"""How many schemas may be in one another."""

DEPENDENCY = "marker:dependency"
"""What the settings say of a class whose objects are given by the framework: ``db: OrdersDB``."""

TRANSPARENT = "transparent"
"""What the settings say of a generic that only wraps what crosses: ``BodyParam[Order]`` is an ``Order``."""


class Shape(NamedTuple):
    """One thing that an annotation mentions: its kind, its name or what is known of it, and the class if it is one."""

    kind: str
    detail: str
    entity: Entity | None = None


class Shapes:
    """Classifies annotations. Whatever cannot be resolved is ``unknown``, never good."""

    def __init__(self, scopes: Scopes) -> None:
        self.scopes = scopes
        self._generics = Generics(scopes)
        self._mapped = Mapped(scopes)
        self._classes: dict[tuple[str, int], Shape] = {}
        self._unfinished: set[tuple[str, int]] = set()
        self._open: set[int] = set()
        self._of_fields: dict[tuple[str, int], tuple[list[str], list[Entity]]] = {}
        self._raw_fields: dict[tuple[str, int], tuple[str, ...]] = {}
        self._depth = 0
        self._provisional = 0
        self._known: dict[tuple[int, int], tuple[ast.expr, Scope, list[Shape]]] = {}

    def of(self, annotation: ast.expr | None, scope: Scope, depth: int = 0) -> list[Shape]:
        """Return the shapes of everything that *annotation* mentions, containers looked through."""
        if depth or annotation is None:
            return self._of(annotation, scope, depth)
        key = (id(annotation), id(scope))
        if key in self._known:
            return self._known[key][2]
        before = self._provisional
        found = self._of(annotation, scope, depth)
        if self._provisional == before:  # both are kept, or others could come to have their ids
            self._known[key] = (annotation, scope, found)
        return found

    def _of(self, annotation: ast.expr | None, scope: Scope, depth: int) -> list[Shape]:
        node = string_annotation(annotation)
        if depth > 40:
            return [Shape("unknown", "nested too deeply")]
        if isinstance(node, NAMES):  # most are
            return self._named(node, scope, depth)
        if node is None or (isinstance(node, ast.Constant) and node.value is ...):
            return [Shape("raw", "nothing declared")]
        if isinstance(node, ast.Constant):
            return [Shape("none", "None")] if node.value is None else [Shape("unknown", repr(node.value))]
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
            return [shape for member in _members(node) for shape in self.of(member, scope, depth + 1)]
        if isinstance(node, ast.Subscript):
            return list(self._generic(node, scope, depth))
        if isinstance(node, ast.Call):
            return self._call(node, scope, depth)
        if isinstance(node, ast.IfExp):  # Order = OrderWithStorage if STORES else OrderWithout
            return [shape for side in (node.body, node.orelse) for shape in self.of(side, scope, depth + 1)]
        return [Shape("unknown", ast.unparse(node))]

    def _generic(self, node: ast.Subscript, scope: Scope, depth: int) -> Iterator[Shape]:
        head = self._resolve(node.value, scope)
        arguments = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        if head is None or (head.kind == "value" and isinstance(head.node, TABLES)):
            yield Shape("unknown", ast.unparse(node))
        elif head.kind == "external" and head.name.partition(".")[0] in STANDARD:
            yield from self._standard_generic(head.last, node, scope, depth)
        elif (head.kind == "external" and head.name == "pydantic.Json") or self.scopes.known(head.name) == TRANSPARENT:
            yield from (shape for argument in arguments for shape in self.of(argument, scope, depth + 1))
        elif head.kind == "value" and is_variable(self.scopes, head):  # Form[User], with Form = Annotated[T, Body()]
            yield from self.of(arguments[0], scope, depth + 1)
        elif head.kind == "value" and (
            named := variables(self.scopes, head)
        ):  # Found[User], with Found = Page[list[T]]
            used = [each for name, each in zip(named, arguments, strict=False) if named[name]]
            outer = self.of(node.value, scope, depth + 1)
            inner = [s for each in used if not _is_callable(outer) for s in self.of(each, scope, depth + 1)]
            known = [shape for shape in outer if shape.kind != "unknown" or shape.detail not in named]
            yield from [*known, *inner] or [Shape("unknown", ast.unparse(node))]
        else:  # Page[Item]: the head decides, but a row inside a schema is a row
            outer = self.of(node.value, scope, depth + 1)
            if outer[0].kind == "response":  # Litestar: Response[Order]
                yield from (shape for argument in arguments for shape in self.of(argument, scope, depth + 1))
                return
            yield from outer
            if _is_callable(outer):
                return  # what it takes and gives does not cross here
            for argument in self._generics.crossing(head, arguments):
                for shape in self.of(argument, scope, depth + 1):
                    if shape.kind in ("orm", "raw", "schema") or (
                        outer[0].kind == "unknown" and shape.kind != "scalar"
                    ):
                        yield shape

    def _standard_generic(self, head: str, node: ast.Subscript, scope: Scope, depth: int) -> Iterator[Shape]:
        arguments = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        if head == "Literal":
            yield Shape("scalar", ast.unparse(node))
        elif head in MAPPINGS:
            values = self.of(arguments[-1], scope, depth + 1) if arguments else []
            if not values:  # a map of itself
                yield Shape("raw", ast.unparse(node))
            for value in [each for each in values if each.kind != "none"] or values:
                plain = {"scalar": "scalar-map", "none": "scalar-map", "raw": "raw"}.get(value.kind)
                yield Shape(plain, ast.unparse(node)) if plain else value
        elif head in CONTAINERS:
            if head in ("Annotated", "Generator", "AsyncGenerator"):
                arguments = arguments[:1]
            if head == "Coroutine":
                arguments = arguments[-1:]
            for argument in arguments:
                if not (isinstance(argument, ast.Constant) and argument.value is ...):
                    yield from self.of(argument, scope, depth + 1)
        else:
            yield Shape("unknown", ast.unparse(node))

    def _named(self, node: ast.Name | ast.Attribute, scope: Scope, depth: int) -> list[Shape]:
        entity = self._resolve(node, scope)
        text = node.id if isinstance(node, ast.Name) else ast.unparse(node)
        if (entity is None or entity.kind in ("unknown", "external")) and GENERATED.search(
            entity.name if entity else text
        ):
            return [Shape("schema", text)]
        if entity is not None and isinstance(entity.node, FUNCTIONS) and entity.scope is not None:
            # a property that gives a class
            given = list(self._given(entity.node.returns, entity.scope, depth)) if is_property(entity.node) else []
            return given or [Shape("unknown", entity.name)]
        if entity is None or entity.kind in ("unknown", "module", "function"):
            return [Shape("unknown", entity.name if entity else text)]
        if entity.kind == "class":
            return [self.of_class(entity)]
        if entity.kind == "external":
            return [self._external(entity, text)]
        return self._value(entity, text, depth)

    def _resolve(self, node: ast.expr, scope: Scope) -> Entity | None:
        """A handler called ``list`` does not change what ``list`` means in annotations."""
        entity = self.scopes.resolve(node, scope)
        if (
            entity is not None
            and entity.kind == "function"
            and isinstance(node, ast.Name)
            and hasattr(builtins, node.id)
        ):
            return Entity("external", f"builtins.{node.id}")
        return entity

    def _external(self, entity: Entity, text: str) -> Shape:
        kind = self.scopes.known(entity.name)
        if kind:
            return Shape("dependency" if kind == DEPENDENCY else kind, text)
        if entity.name.partition(".")[0] in STANDARD and entity.last in CONTAINERS:
            return Shape("raw", f"{text} of anything")
        return Shape("unknown", entity.name)

    def _value(self, entity: Entity, text: str, depth: int) -> list[Shape]:
        """An alias, a TypeVar, a NewType, a class made by a call."""
        node, scope = entity.node, entity.scope
        given = list(self._given(entity.annotation, where_annotated(entity, scope), depth)) if scope is not None else []
        if given:
            return given
        if scope is None or not isinstance(node, ast.expr):
            return [Shape("unknown", text)]
        if not isinstance(node, ast.Call):
            return self._alias(node, scope, depth)
        made_by = self.scopes.resolve(node.func, scope)
        last = made_by.last if made_by else ast.unparse(node.func).rpartition(".")[2]
        if last in SCHEMA_FACTORIES:
            return [Shape("schema", text)]
        if last in ("NewType", "TypeAliasType") and len(node.args) > 1:
            return self.of(node.args[1], scope, depth + 1)
        if last == "TypeVar":
            bounds = [k.value for k in node.keywords if k.arg == "bound"] or node.args[1:]
            return [shape for b in bounds for shape in self.of(b, scope, depth + 1)] or [Shape("unknown", text)]
        if made_by is not None and self.scopes.known(made_by.name) == "scalar":
            return [Shape("scalar", text)]
        if last == "cast" and node.args and (said := list(self._given(node.args[0], scope, depth))):
            return said  # OrderOut = cast(type[BaseModel], schema_of(Order))
        return self._made(node, scope, depth) or [Shape("unknown", f"{text} = {last}(...)")]

    def _made(self, node: ast.AST | None, scope: Scope, depth: int) -> list[Shape]:
        """The class that ``type("Order", (Base,), {...})`` makes, or a function of the project; nothing where that cannot be told."""
        if isinstance(node, ast.Name) and isinstance(scope.node, FUNCTIONS):  # New = type(...); return New
            bindings = scope.symbols.get(node.id, ())
            node = bindings[0].node if len(bindings) == 1 else None
        if not isinstance(node, ast.Call) or depth > DEEPEST:
            return []
        made_by = self.scopes.resolve(node.func, scope)
        last = made_by.last if made_by is not None else ""
        if last in SCHEMA_FACTORIES:
            return [Shape("schema", last)]
        if last == "type" and len(node.args) > 1 and isinstance(node.args[1], ast.Tuple):
            bases = [shape for base in node.args[1].elts for shape in self.of(base, scope, depth + 1)]
            return [shape for kind in ("orm", "schema") for shape in bases if shape.kind == kind][:1]
        if made_by is None or not isinstance(made_by.node, FUNCTIONS) or made_by.scope is None:
            return []
        given = list(self._given(made_by.node.returns, made_by.scope, depth))
        if given or id(made_by.node) in self._open:
            return given
        self._open.add(id(made_by.node))
        inside = self.scopes.function_scope(made_by.node, made_by.scope)
        every = [self._made(each, inside, depth + 1) for each in own_returns(made_by.node)]
        self._open.discard(id(made_by.node))
        return [shape for each in every for shape in each] if all(every) else []

    def _given(self, annotation: ast.expr | None, scope: Scope, depth: int) -> Iterator[Shape]:
        """The classes that a function may be given: ``def make_router(model: type[Order] | type[Line] | None)``."""
        said = string_annotation(annotation)
        if isinstance(said, ast.BinOp):
            for side in (said.left, said.right):
                yield from self._given(side, scope, depth + 1)
        elif isinstance(said, ast.Subscript) and last_name(said.value).lower() == "type":
            yield from self.of(said.slice, scope, depth + 1)
        elif isinstance(said, ast.Subscript) and last_name(said.value) in ("Union", "Optional"):
            for each in said.slice.elts if isinstance(said.slice, ast.Tuple) else [said.slice]:
                yield from self._given(each, scope, depth + 1)
        elif isinstance(said, ast.Name | ast.Attribute):
            alias = self.scopes.resolve(said, scope)
            if (
                alias is None
                or not isinstance(alias.node, ast.expr)
                or alias.scope is None
                or id(alias.node) in self._open
            ):
                return
            self._open.add(id(alias.node))
            yield from self._given(alias.node, alias.scope, depth + 1)
            self._open.discard(id(alias.node))

    def _alias(self, node: ast.expr, scope: Scope, depth: int) -> list[Shape]:
        """What an alias stands for; nothing more where it stands for itself, as in ``JSON = dict[str, "JSON"] | str``."""
        if id(node) in self._open:
            self._provisional += 1
            return []
        self._open.add(id(node))
        try:
            return self.of(node, scope, depth + 1)
        finally:
            self._open.discard(id(node))

    def _call(self, node: ast.Call, scope: Scope, depth: int) -> list[Shape]:
        made_by = self.scopes.resolve(node.func, scope)
        last = made_by.last if made_by else ""
        if last in SCHEMA_FACTORIES:
            return [Shape("schema", last)]
        if last == "conlist":
            items = [*node.args[:1], *(k.value for k in node.keywords if k.arg == "item_type")]
            return [shape for item in items for shape in self.of(item, scope, depth + 1)]
        kind = self.scopes.known(made_by.name) if made_by else ""
        return [Shape(kind if kind == "scalar" else "unknown", ast.unparse(node))]

    def of_class(self, entity: Entity) -> Shape:
        """Classify a class by its bases, its decorators and its ``__tablename__``."""
        key = (entity.name, id(entity.node))
        if key in self._unfinished or self._depth >= DEEPEST:  # bases, or fields, in a circle
            self._provisional += 1
            return Shape("unknown", entity.name if key in self._unfinished else f"{entity.name}, nested too deeply")
        if key not in self._classes:
            before = self._provisional
            self._unfinished.add(key)
            self._depth += 1
            shape = self._class(entity)
            self._depth -= 1
            self._unfinished.discard(key)
            if self._depth and self._provisional != before:
                return shape  # it may look different from further out
            self._classes[key] = shape
        return self._classes[key]

    def _class(self, entity: Entity) -> Shape:
        kind = self._class_kind(entity)
        inner = next(self._inside_schema(entity), None) if kind == "schema" else None
        if inner is not None:
            if inner.kind == "orm":
                row = inner.detail.rpartition(HAS_ROWS)[2].removesuffix(" in it")
                return Shape("orm", f"{entity.name}{HAS_ROWS}{row} in it", entity)
            return Shape(inner.kind, f"{entity.name}, with {inner.detail} inside", entity)
        return Shape(kind, entity.name, entity)

    def raw_fields(self, entity: Entity) -> Sequence[str]:
        """Return the fields of a schema, and of the schemas in it, that hold raw data: ``"OrderIn.extra: dict"``."""
        key = (entity.name, id(entity.node))
        if key not in self._raw_fields:
            self._raw_fields[key] = self._all_raw_fields(entity)
        return self._raw_fields[key]

    def _all_raw_fields(self, entity: Entity) -> tuple[str, ...]:
        found: dict[str, None] = {}
        todo, seen = [entity], {id(entity.node)}  # classes in classes may have one name
        for each in todo:
            own, inner = self._fields_of(each)
            found.update(dict.fromkeys(own))
            for other in inner:
                if id(other.node) not in seen:
                    seen.add(id(other.node))
                    todo.append(other)
        return tuple(found)

    def _fields_of(self, entity: Entity) -> tuple[list[str], list[Entity]]:
        """The raw fields of one class, and the classes in its fields."""
        key = (entity.name, id(entity.node))
        if key not in self._of_fields:
            raw: list[str] = []
            inner: list[Entity] = []
            for base in self.scopes.bases(entity):
                if not isinstance(base.node, ast.ClassDef) or base.scope is None or not base.scope.owned:
                    continue
                inside = self.scopes.class_scope(base)
                for name, annotation in _fields(base.node):
                    shapes = self.of(annotation, inside)
                    if any(shape.kind == "raw" for shape in shapes):
                        raw.append(f"{base.last}.{name}: {ast.unparse(annotation)}")
                    inner += [shape.entity for shape in shapes if shape.entity is not None]
            self._of_fields[key] = raw, inner
        return self._of_fields[key]

    def _inside_schema(self, entity: Entity) -> Iterator[Shape]:
        """What makes a schema none: rows or raw data as type arguments or as root, rows in fields."""
        bases = self.scopes.bases(entity)
        is_root = any(base.last == "RootModel" for base in bases)
        unread = (base.last for base in bases if base.node is None)
        if any(b.name.partition(".")[0] in NAMING_MODELS for b in bases) or any(
            n.endswith("Serializer") for n in unread
        ):
            return
        for base in bases:
            if not isinstance(base.node, ast.ClassDef) or base.scope is None or not base.scope.owned:
                continue
            for each in base.node.bases:
                given = each.slice if isinstance(each, ast.Subscript) else ast.Tuple([])
                arguments = given.elts if isinstance(given, ast.Tuple) else [given]
                head = self.scopes.resolve(each.value, base.scope) if isinstance(each, ast.Subscript) else None
                if isinstance(each, ast.Subscript) and last_name(each.value) in OPEN_BASES:
                    continue  # what its variables may be says nothing of its fields
                for argument in self._generics.crossing(head, arguments) if head is not None else arguments:
                    yield from (s for s in self.of(argument, base.scope) if s.kind in ("orm", "raw"))
            inside = self.scopes.class_scope(base)
            for name, annotation in _fields(base.node):
                wanted = ("orm", "raw") if is_root and name == "root" else ("orm",)
                yield from (s for s in self.of(annotation, inside) if s.kind in wanted)

    def _class_kind(self, entity: Entity) -> str:
        bases = self.scopes.bases(entity)
        said = {self.scopes.declared.get(base.name, "") for base in bases}
        if DEPENDENCY in said:
            return "dependency"
        if said & {"orm", "schema"}:
            return "orm" if "orm" in said else "schema"
        outside = [b for b in bases if b.kind in ("external", "unknown") and b.name not in NO_INFORMATION]
        kinds = [self.scopes.known(base.name) for base in outside]
        # a class of an installed module, reached from within that module, is no external name
        inside = (b for b in bases if b.kind == "class" and b.scope is not None and not b.scope.owned)
        kinds += [kind for base in inside if (kind := self.scopes.known(base.name))]
        by_name = not any(
            base.name == "sqlmodel.SQLModel" or self.scopes.known(base.name) == "schema" for base in bases
        )
        if any(self._mapped.has(base.node) for base in bases):
            return "orm"
        if _is_table(entity) or (by_name and any(_has_table_name(base) for base in bases)):
            return "orm"
        for kind in ("orm", "schema"):
            if kind in kinds:
                return kind
        if any(self._has_schema_decorator(base) or _is_model_serializer(base, outside) for base in bases):
            return "schema"
        return kinds[0] if kinds and all(kinds) else "unknown"  # str and something unknown is unknown

    def _has_schema_decorator(self, entity: Entity) -> bool:
        if not isinstance(entity.node, ast.ClassDef) or entity.scope is None:
            return False
        for decorator in entity.node.decorator_list:
            function = decorator.func if isinstance(decorator, ast.Call) else decorator
            found = self.scopes.resolve(function, entity.scope)
            if found is not None and (found.name.partition(".")[0], found.last) in SCHEMA_DECORATORS:
                return True
        return False


def _members(union: ast.expr) -> list[ast.expr]:
    """The members of ``A | B | C``, of which there may be hundreds."""
    members: list[ast.expr] = []
    while isinstance(union, ast.BinOp) and isinstance(union.op, ast.BitOr):
        members.append(union.right)
        union = union.left
    return [union, *reversed(members)]


def _is_callable(shapes: Sequence[Shape]) -> bool:
    first = shapes[0] if shapes else None
    is_open = first is not None and first.kind == "unknown"
    return is_open and first is not None and first.detail.partition("[")[0].rpartition(".")[2] == "Callable"


def _fields(node: ast.ClassDef) -> Iterator[tuple[str, ast.expr]]:
    """Public annotated fields. ``ClassVar`` is none, but holds no row either in practice."""
    for statement in node.body:
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            name = statement.target.id
            if _is_excluded(statement):
                continue
            if name == "__root__" or not (name.startswith("_") or name == "model_config"):
                yield statement.target.id, statement.annotation


def _is_excluded(field: ast.AnnAssign) -> bool:
    """``rows: list[Row] = Field(exclude=True)`` and ``rows: Annotated[list[Row], Field(exclude=True)]`` are in no answer."""
    made: list[ast.expr] = [field.value] if field.value is not None else []
    if isinstance(field.annotation, ast.Subscript) and isinstance(field.annotation.slice, ast.Tuple):
        made += field.annotation.slice.elts[1:]
    if not made:  # as most
        return False
    keywords = (
        k for each in made if isinstance(each, ast.Call) and last_name(each.func) == "Field" for k in each.keywords
    )
    return any(k.arg == "exclude" and isinstance(k.value, ast.Constant) and k.value.value is True for k in keywords)


def _is_model_serializer(entity: Entity, outside: Sequence[Entity]) -> bool:
    """Whether a class says of which model it is the serializer, for a base that is called so, of a package that is not installed."""
    body = entity.node.body if isinstance(entity.node, ast.ClassDef) else []
    inner = (each.body for each in body if isinstance(each, ast.ClassDef) and each.name == "Meta")
    named = {last_name(target) for each in inner for s in each if isinstance(s, ast.Assign) for target in s.targets}
    return {"model", "fields"} <= named and any(base.last.endswith("Serializer") for base in outside)


def _is_table(entity: Entity) -> bool:
    """SQLModel: ``class User(SQLModel, table=True)``. Not inherited: its schemas often share bases with tables."""
    return isinstance(entity.node, ast.ClassDef) and any(
        k.arg == "table" and not (isinstance(k.value, ast.Constant) and k.value.value is False)
        for k in entity.node.keywords
    )


def _has_table_name(entity: Entity) -> bool:
    body = entity.node.body if isinstance(entity.node, ast.ClassDef) else []
    targets = [t for s in body if isinstance(s, ast.Assign) for t in s.targets]
    targets += [s.target for s in body if isinstance(s, ast.AnnAssign) and s.value is not None]
    return any(isinstance(t, ast.Name) and t.id in ("__tablename__", "__table__") for t in targets)
