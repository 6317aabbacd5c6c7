"""What is meant by an expression that stands for a schema in Flask: a class, an object, a model of flask-restx, a parser."""

from __future__ import annotations

import ast

from pytest_fitness.frameworks._flask_written import (
    DEEP,
    bases_made,
    is_own_class,
    kind_of_field,
    made_anew,
    scope_above,
)
from pytest_fitness.frameworks._reading import function_of, original, text, unquoted
from pytest_fitness.frameworks._uses import arguments_of
from pytest_fitness.model.contents import last_name, own_returns
from pytest_fitness.model.syntax import Entity, Function, Names, Part, Scope

MODELS = frozenset(
    "model inherit clone extend schema_model Model OrderedModel SchemaModel parser RequestParser".split()
)
"""What makes a model of flask-restx, or a parser, which says and checks what a request has."""

FIELDS = ("List", "Nested")  # of flask-restx, that are made of others
DEEPER = 9

PARSER_PARTS = ("add_argument", "replace_argument", "remove_argument")
"""Methods of a parser of flask-restx that give it back."""


class Described:
    """Tells it for one view."""

    names: Names
    view: Entity | None

    def _is_schema(self, part: Part) -> bool:
        """Whether it is a schema that describes a query: of anything else in one, nothing is said."""
        return part.kind == "schema" or (
            part.annotation is not None and "schema" in self.names.kinds(part.annotation, part.scope)
        )

    def _made_of(self, function: Function, scope: Scope) -> ast.expr | None:
        """The base of the class that a function makes, a schema where there is one."""
        bases = list(bases_made(function))
        inside = self.names.function_scope(function, scope)
        known = (base for base in bases if "schema" in self.names.kinds(base, inside))
        return next(known, bases[0] if bases else None)

    def _makes_model(self, function: Function, scope: Scope, depth: int = 0) -> bool:
        """Whether a function makes a model of flask-restx, itself or by another one."""
        for each in own_returns(function):
            if isinstance(each, ast.Call) and last_name(each.func) in MODELS:
                return True
            made_by = function_of(self.names.resolve(each.func, scope)) if isinstance(each, ast.Call) else None
            if made_by is not None and depth < DEEP and self._makes_model(*made_by, depth + 1):
                return True
        return False

    def _of_view(self, item: ast.expr, scope: Scope) -> tuple[ast.expr, Scope]:
        """What ``Ref("page_schema")`` of flask-apispec is in the view; anything else as it is."""
        is_one = isinstance(item, ast.Call) and last_name(item.func) == "Ref" and bool(item.args)
        said = self.names.member(self.view, text(item.args[0])) if is_one and self.view is not None else None  # type: ignore[attr-defined]
        if said is None or said.scope is None or isinstance(said.node, ast.Constant):
            return item, scope  # a base that leaves it to others
        named = ast.copy_location(ast.Name(said.last, ast.Load()), item)
        return said.node if isinstance(said.node, ast.expr) else named, said.scope

    def _said(self, name: str, schema: ast.expr, scope: Scope, depth: int = 0) -> Part:
        """What is declared: a class, or an object of one, or a model of flask-restx: ``api.model("Order", {...})``."""
        schema, scope = self._of_view(schema, scope)
        item = schema.value if isinstance(schema, ast.NamedExpr) else schema
        item = item.elts[0] if isinstance(item, ast.List) and item.elts else item
        if isinstance(item, ast.Attribute) and item.attr == "Schema" and self._is_described(item.value, scope):
            return Part(name, item.value, scope, schema, scope)  # of marshmallow_dataclass
        entity = original(item, scope, self.names) if isinstance(item, ast.Name | ast.Attribute) else None
        made, where = (entity.node, entity.scope or scope) if entity is not None else (item, scope)
        part = self._by_factory(name, made, where, depth) if isinstance(made, ast.FunctionDef) else None
        if part is not None:
            return part._replace(node=schema, home=scope)
        is_marshalled = entity is not None and entity.kind == "class" and self._has_fields(entity)
        is_fields = isinstance(made, ast.Dict | ast.DictComp) or is_marshalled
        if is_fields or (isinstance(made, ast.Call) and last_name(made.func) in (*MODELS, "dict")):
            named = made.args[0] if isinstance(made, ast.Call) and made.args else None  # api.model("Order", {...})
            told = text(named) if isinstance(named, ast.Constant) else "fields"
            return Part(name, None, scope, schema, scope, "schema", told if made is item else text(item))
        if isinstance(made, ast.Call):
            part = self._by_call(name, made, where, depth)._replace(node=schema, home=scope)
            return part._replace(detail=text(item)) if made is not item and part.kind == "schema" else part
        kind = kind_of_field(entity)  # fields.Raw
        return Part(name, None if kind else item, scope, schema, scope, kind, text(item) if kind else "")

    def _is_described(self, of: ast.expr, scope: Scope) -> bool:
        made = self.names.resolve(of, scope)
        own = self.names.member(made, "Schema") if made is not None and made.kind == "class" else made
        return made is not None and made.kind == "class" and (own is None or own.kind in ("unknown", "external"))

    def _passed(
        self, name: str, made: ast.Call, maker: tuple[Function, Scope], where: Scope, depth: int
    ) -> Part | None:
        """What a function is given that gives it back: ``with_pages(api.parser())``; None where that is no schema."""
        function, home = maker
        given = arguments_of(made, function, where, home, is_method=isinstance(home.node, ast.ClassDef))
        back = list(own_returns(function))
        first = (
            given.get(last_name(back[0])) if len(back) == 1 and isinstance(back[0], ast.Name) and depth < DEEP else None
        )
        part = self._said(name, first.value, first.scope, depth + 1) if first is not None else None
        return part if part is not None and self._is_schema(part) else None

    def _by_factory(self, name: str, function: ast.FunctionDef, where: Scope, depth: int) -> Part | None:
        """What a function, or a property, makes that stands for a schema; None where that cannot be told."""
        is_told = function.returns is not None and last_name(unquoted(function.returns)) not in ("Any", "object")
        if function.returns is not None and is_told:  # def make_schema(self) -> OrderSchema
            return Part(name, function.returns, where, function, where)
        inside = self.names.function_scope(function, where)
        base = self._made_of(function, where)
        returned = made_anew(function)
        if base is None and returned and all(is_own_class(each, inside) for each in returned):
            base = returned[0]
        if base is not None:  # it makes a class
            return Part(name, base, inside, function, where)
        every = [self._said(name, each, inside, depth + 1) for each in returned if depth < DEEP]
        if not every or not all(map(self._is_schema, every)):
            return None
        more = ((each.annotation, each.scope) for each in every[1:] if each.annotation is not None)
        return every[0]._replace(alternatives=tuple(more))

    def _by_call(self, name: str, made: ast.Call, where: Scope, depth: int) -> Part:
        """What a call makes of a schema, or a function of the project."""
        told = Part(name, None, where, made, where, "schema", text(made.func))
        if isinstance(made.func, ast.Name):  # Order = Order()
            where = scope_above(made, made.func, where)
        if last_name(made.func) == "Schema" and isinstance(made.func, ast.Attribute) and depth < DEEP:
            return self._said(name, made.func, where, depth + 1)
        if last_name(made.func) in PARSER_PARTS and isinstance(made.func, ast.Attribute) and depth < DEEPER:
            return self._said(name, made.func.value, where, depth + 1)
        if last_name(made.func) == "copy" and isinstance(made.func, ast.Attribute) and depth < DEEP:
            return self._said(name, made.func.value, scope_above(made, made.func.value, where), depth + 1)
        if last_name(made.func) in FIELDS and made.args:
            is_one = self._said(name, made.args[0], where).kind == "schema"
            return told._replace(kind="schema" if is_one else "scalar")
        maker = self.names.resolve(made.func, where)
        maker_call = maker.node if maker is not None and isinstance(maker.node, ast.Call) else made
        if last_name(maker_call.func) == "from_dict":  # Order = Schema.from_dict({...})
            return told
        if maker is not None and isinstance(maker.node, ast.Call):  # Order = class_schema(OrderModel); Order(many=True)
            maker = self.names.resolve(maker.node.func, maker.scope or where)
        function, home = function_of(maker) or (None, where)
        returns = unquoted(function.returns) if function is not None and function.returns is not None else None
        if isinstance(returns, ast.Subscript) and last_name(returns.value).lower() == "type":
            return Part(name, returns.slice, home, made, where)
        is_made = maker is not None and maker.last == "class_schema"  # of marshmallow_dataclass
        if is_made or (
            function is not None
            and (self._makes_model(function, home) or (returns is not None and last_name(returns) in MODELS))
        ):
            return told
        passed = self._passed(name, made, (function, home), where, depth) if function is not None else None
        if passed is not None:
            return passed
        if kind := kind_of_field(maker):  # fields.String()
            return told._replace(kind=kind)
        by = self._by_factory(name, function, home, depth) if isinstance(function, ast.FunctionDef) else None
        if by is not None and self._is_schema(by):
            return by
        return Part(name, made.func, where, made, where)  # OrderSchema(many=True)

    def _has_fields(self, entity: Entity) -> bool:
        """Whether a class says by which fields it is marshalled, as is the custom in Flask-RESTful."""
        found = (self.names.member(entity, name) for name in ("resource_fields", "response_fields"))
        return any(each is not None and each.kind not in ("external", "unknown") for each in found)
