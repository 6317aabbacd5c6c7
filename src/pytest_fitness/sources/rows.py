"""Which table's rows an expression gives, where no annotation says it: queries name the class of their rows."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from pytest_fitness.model.contents import FUNCTIONS, class_seen, last_name, own_returns
from pytest_fitness.model.syntax import Binding, Entity, Function, Scope
from pytest_fitness.sources.bodies import given_by
from pytest_fitness.sources.flow import still_meant
from pytest_fitness.sources.injected import injected
from pytest_fitness.sources.shapes import Shapes
from pytest_fitness.sources.symbol_table import PART

GIVING = frozenset(
    "get get_one first one one_or_none all scalar scalars scalar_one scalar_one_or_none last latest earliest create aget afirst "
    "get_or_none find_one find_all find filter exclude order_by exec execute query fetchall merge refresh iterator unique "
    "get_or_404 first_or_404 one_or_404 limit offset where filter_by outerjoin options objects".split()
)
"""Methods of sessions, queries and managers that give rows, or queries for rows."""

COUNTING = frozenset("select_from count exists func aggregate values values_list sum".split())
"""Names in a query that gives something other than rows."""

AS_VALUES = ("dicts", "tuples", "namedtuples")
"""Methods by which a query of peewee gives no rows; SQLAlchemy's ``tuples`` have rows in them."""

SHOWING = frozenset("to_representation dump model_dump to_dict as_dict serialize from_orm model_validate".split())
"""Methods that make something else of a row, which has a ``get`` of its own."""

SAVING = {
    "beanie": ("save", "insert", "create", "replace"),
    "mongoengine": ("save",),
    "ormar": ("save", "update", "upsert"),
}
"""Methods of rows that give the row itself, by library."""

COLLECTING = frozenset(f"builtins.{name}" for name in ("list", "tuple", "set", "sorted", "reversed"))
SHORTCUTS = ("get_object_or_404", "get_list_or_404", "aget_object_or_404")
OF_VIEWS = ("get_object", "get_queryset", "filter_queryset", "paginate_queryset")
PASSING = ("filter_queryset", "paginate_queryset")
"""Methods of views that give rows of what they are given."""

AGGREGATES = ("count", "sum", "avg", "min", "max")
"""Functions of SQL that give one value; others make JSON, or lists."""

COLUMNS = ("Column", "mapped_column")
SCALARS = frozenset(
    "Integer BigInteger SmallInteger String Text Unicode UnicodeText Boolean Float Numeric Date DateTime Time Uuid UUID".split()
)
"""Types of columns that hold one value."""

MANAGERS = ("objects", "query")
"""What queries for rows begin with, by the names that everybody uses for it."""

DJANGO_KEYS = ("ForeignKey", "OneToOneField")
DJANGO_SCALARS = frozenset(
    f"{kind}Field"
    for kind in "Auto BigAuto BigInteger Boolean Char Date DateTime Decimal Duration Email Float GenericIPAddress Integer "
    "PositiveBigInteger PositiveInteger PositiveSmallInteger Slug SmallAuto SmallInteger Text Time URL UUID".split()
)
"""Fields of models of Django that hold one value."""

DEPTH = 4
BEHIND = 50
"""How many returned things are looked at for one row, at most."""


class Rows:
    """Looks at expressions."""

    def __init__(self, shapes: Shapes) -> None:
        self.shapes = shapes
        self.names = shapes.scopes
        self._open: set[int] = set()
        self._views: set[int] = set()
        self._left = BEHIND
        self._given: list[tuple[Function, dict[str, Entity]]] = []
        self._known: dict[tuple[object, ...], tuple[object, Entity | None]] = {}
        self._passed_over = 0

    def class_of(self, node: ast.AST | None, scope: Scope, depth: int = 0) -> Entity | None:
        """Return the ORM class of the row, or rows, that an expression gives; None where it cannot be told."""
        if isinstance(node, ast.Subscript) and self._is_column(node, scope):
            return None
        if isinstance(node, ast.Await | ast.Starred | ast.Subscript | ast.NamedExpr):
            node = node.value
        if depth > DEPTH or not isinstance(node, ast.expr):
            return None
        if isinstance(node, ast.List | ast.Tuple | ast.Set):
            return self._first(node.elts, scope, depth)
        if isinstance(node, ast.Dict | ast.BoolOp):
            return self._first(node.values, scope, depth)
        if isinstance(node, ast.IfExp):
            return self._first([node.body, node.orelse], scope, depth)
        if isinstance(node, ast.ListComp | ast.GeneratorExp | ast.DictComp):
            first, made = node.generators[0], node.value if isinstance(node, ast.DictComp) else node.elt
            is_item = isinstance(made, ast.Name) and last_name(first.target) == made.id
            return self.class_of(first.iter if is_item else made, scope, depth + 1)
        if isinstance(node, ast.Name):
            return self._variable(node, scope, depth)
        if isinstance(node, ast.Attribute):
            return self._related(node, scope, depth)
        return self._called(node, scope, depth) if isinstance(node, ast.Call) else None

    def class_behind(self, node: ast.expr, scope: Scope, depth: int = 0) -> Entity | None:
        """Return the class of the row that something is, also where functions of the project give it that say nothing of it."""
        self._left = self._left - 1 if depth else BEHIND
        found = self.class_of(node, scope, depth)
        bindings = scope.symbols.get(node.id, ()) if isinstance(node, ast.Name) else ()
        call: ast.AST | None = bindings[0].node if len(bindings) == 1 else node
        call = call.value if isinstance(call, ast.Await) else call
        if found is not None or depth > DEPTH or self._left < 0 or not isinstance(call, ast.Call):
            return found
        made_by = self.names.resolve(call.func, scope)
        if made_by is None or not made_by.is_own or not isinstance(made_by.node, FUNCTIONS) or made_by.scope is None:
            return None
        inside = self.names.function_scope(made_by.node, made_by.scope)
        rows = (self.class_behind(each, inside, depth + 1) for each in own_returns(made_by.node))
        return next((row for row in rows if row is not None), None)

    def _is_column(self, node: ast.Subscript, scope: Scope) -> bool:
        """Whether it is a part of what is called a row, ``order["number"]`` of ``order: Order``, which must be something else then."""
        key = node.slice.value if isinstance(node.slice, ast.Constant) else None
        bindings = scope.symbols.get(node.value.id, ()) if isinstance(node.value, ast.Name) else ()
        said = (each.annotation for each in bindings if isinstance(each.annotation, ast.Name | ast.Attribute))
        return isinstance(key, str) and any(self._row(self.names.resolve(each, scope)) is not None for each in said)

    def _related(self, node: ast.Attribute, scope: Scope, depth: int) -> Entity | None:
        """The rows that a row is related to: ``order.lines``, of ``lines = relationship("Line")``."""
        row = self.class_behind(node.value, scope, depth + 1)
        column = self.names.member(row, node.attr) if row is not None else None
        made = column.node if column is not None else None
        if column is None or column.scope is None or not isinstance(made, ast.Call) or not made.args:
            return None
        target = made.args[0] if last_name(made.func) == "relationship" else None
        named = ast.Name(str(target.value), ast.Load()) if isinstance(target, ast.Constant) else target
        return self._row(self.names.resolve(named, column.scope)) if named is not None else None

    def are_in(self, queried: ast.expr, scope: Scope) -> bool:
        """Return whether something is a query, or what one begins with, for rows: ``Order.objects``."""
        every = ast.Call(ast.Attribute(queried, "all", ast.Load()), [], [])
        return self.class_of(every, scope) is not None

    def _first(self, nodes: list[ast.expr], scope: Scope, depth: int) -> Entity | None:
        found = (self.class_of(each, scope, depth + 1) for each in nodes)
        return next((each for each in found if each is not None), None)

    def _variable(self, node: ast.Name, scope: Scope, depth: int) -> Entity | None:
        about, before = self._given[-1] if self._given else None, self._passed_over
        key = (id(node), id(scope), depth, id(about))
        if key in self._known:
            return self._known[key][1]
        found = self._class_of_variable(node, scope, depth)
        if self._passed_over == before:  # all are kept, or others could come to have their ids
            self._known[key] = (node, scope, about), found
        return found

    def _class_of_variable(self, node: ast.Name, scope: Scope, depth: int) -> Entity | None:
        around: Scope | None = scope
        while around is not None and node.id not in around.symbols:
            around = around.parent
        if around is None or depth > DEPTH:
            return None
        bindings = around.symbols[node.id]
        is_given = around is scope and len(bindings) == 1 and isinstance(bindings[0].node, ast.Constant | None)
        given = injected(node.id, scope, self.names) if is_given else None
        if given is not None:
            return self.class_of(*given, depth + 1)
        for binding in still_meant(bindings, node, scope) if around is scope else bindings:
            if id(binding) in self._open:  # query = query.where(...) must not go round for ever
                self._passed_over += 1
                continue
            self._open.add(id(binding))
            found = self._bound(binding, node.id, around, depth)
            self._open.discard(id(binding))
            if found is not None:
                return found
        return None

    def _bound(self, binding: Binding, name: str, scope: Scope, depth: int) -> Entity | None:
        if binding.kind != "value":
            return None
        value = Entity("value", name, binding.node, binding.annotation, scope)
        return self._row(self.names.instance_class(value)) or self.class_of(binding.node, scope, depth + 1)

    def is_scalar(self, node: ast.expr, scope: Scope) -> bool:
        """Return whether one value of a row, or of a query, is given: ``order.number``, ``Order.query.count()``."""
        if isinstance(node, ast.Attribute):
            row = self.class_of(node.value, scope) if self._is_one_thing(node.value, scope) else None
            return row is not None and not _is_set(node.attr, scope) and self._is_scalar_column(row, node.attr)
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            return False
        if node.func.attr in ("scalar", "scalar_one"):  # session.scalar(select(func.count(Order.number)))
            calls = (each for each in ast.walk(node) if isinstance(each, ast.Call) and last_name(each.func) == "select")
            first = next((each.args[0] for each in calls if each.args), None)
            made_by = first.func if isinstance(first, ast.Call) else None
            is_function = isinstance(made_by, ast.Attribute) and last_name(made_by.value) == "func"
            return is_function and last_name(made_by) in AGGREGATES  # type: ignore[arg-type]
        if node.func.attr == "to_json":  # a text, in mongoengine
            row = self.class_of(node.func.value, scope)
            own = self.names.member(row, "to_json") if row is not None else None
            is_own = own is not None and own.is_own
            return row is not None and not is_own and "mongoengine" in self._libraries(row)
        own = self.names.resolve(node.func, scope) if node.func.attr == "count" else None
        if node.func.attr != "count" or node.args or node.keywords or (own is not None and own.is_own):
            return False
        return self.are_in(node.func.value, scope) or self._begins_with_query(node.func.value, scope)

    def _begins_with_query(self, node: ast.expr, scope: Scope) -> bool:
        """Whether it is ``Order.objects.filter(...)``, of a class that need not be known, or a variable that is given such."""
        bindings = scope.symbols.get(node.id, ()) if isinstance(node, ast.Name) else ()
        begun = [each.node for each in bindings] or [node]
        chains = [list(_chain(each)) if isinstance(each, ast.expr) else [] for each in begun]
        asked = [{id(each.func) for each in chain if isinstance(each, ast.Call)} for chain in chains]
        return all(
            any(isinstance(n, ast.Attribute) and n.attr in MANAGERS and id(n) not in called for n in chain)
            for chain, called in zip(chains, asked, strict=True)
        )

    def _is_one_thing(self, node: ast.expr, scope: Scope) -> bool:
        """Whether something is made by one call for sure, rather than one of several things of which another one may be no row."""
        bindings = scope.symbols.get(node.id, ()) if isinstance(node, ast.Name) else ()
        made = bindings[0].node if len(bindings) == 1 and bindings[0].target != PART else node
        if isinstance(made, ast.Name) and made is node and not bindings and scope.parent is not None:
            return self._is_one_thing(node, scope.parent)  # of the function around, or the module
        if isinstance(made, ast.Attribute):
            return self._is_one_thing(made.value, scope)
        is_said = len(bindings) == 1 and isinstance(bindings[0].annotation, ast.Name | ast.Attribute)
        return is_said or isinstance(made.value if isinstance(made, ast.Await) else made, ast.Call)

    def _is_scalar_column(self, row: Entity, name: str) -> bool:
        """Whether a row has one value under a name: by the type of the column, the annotation, or the field of Django."""
        column = self.names.member(row, name)
        if column is None or column.kind in ("unknown", "external"):
            is_django = any(base.name.startswith("django.db.models.") for base in self.names.bases(row))
            key = self.names.member(row, name.removesuffix("_id")) if name.endswith("_id") else None
            made = key.node if key is not None else None
            is_key = isinstance(made, ast.Call) and last_name(made.func) in DJANGO_KEYS
            return is_django and (name in ("id", "pk") or is_key)
        said = column.annotation
        said = said.slice if isinstance(said, ast.Subscript) and last_name(said.value) == "Mapped" else said
        if said is not None and column.scope is not None:
            return {shape.kind for shape in self.shapes.of(said, column.scope)} <= {"scalar", "none"}
        made = column.node
        if not isinstance(made, ast.Call) or last_name(made.func) not in COLUMNS:
            field = self.names.resolve(made.func, column.scope) if isinstance(made, ast.Call) and column.scope else None
            is_own = field is not None and field.is_own  # class TextField(JSONField)
            return isinstance(made, ast.Call) and last_name(made.func) in DJANGO_SCALARS and not is_own
        return any(last_name(each.func if isinstance(each, ast.Call) else each) in SCALARS for each in made.args)

    def of_view(self, node: ast.Call, scope: Scope) -> Entity | None:
        """Return the class of the rows that ``self.get_object()`` of Django REST framework gives, and its like."""
        view = class_seen(scope)
        if view is None or last_name(node.func) not in OF_VIEWS or id(view.node) in self._views:
            return None
        own = self.names.resolve(node.func, scope)
        is_own = own is not None and own.is_own and own.last != "get_queryset"
        if is_own or not any(self.names.known(base.name) == "view:drf" for base in self.names.bases(view)):
            return None
        self._views.add(id(view.node))  # a queryset that is a property may ask get_queryset(), and this one that
        found = self._of_view(view, scope)
        self._views.discard(id(view.node))
        return found

    def _of_view(self, view: Entity, scope: Scope) -> Entity | None:
        for name in ("get_queryset", "queryset", "model"):
            said = self.names.member(view, name)
            if said is None or said.scope is None:
                continue
            if isinstance(said.node, FUNCTIONS) and said.scope.owned and said.node is not scope.node:
                inside = self.names.function_scope(said.node, said.scope)
                found = self._first(list(own_returns(said.node)), inside, 1)
            else:
                value = said.node if isinstance(said.node, ast.expr) else None
                found = self._row(self.names.resolve(value, said.scope)) if value is not None else None
                found = found or self.class_of(value, said.scope, 1)
            if found is not None:
                return found
        return None

    def _called(self, node: ast.Call, scope: Scope, depth: int) -> Entity | None:
        if isinstance(node.func, ast.Attribute) and last_name(node.func.value) == "self":
            given = node.args[0] if node.args and node.func.attr in PASSING else None
            row = self.class_of(given, scope, depth + 1) or self.of_view(node, scope)
            if row is not None:
                return row
        made_by = self._meant(node.func, scope)
        if made_by is not None and made_by.last in SHORTCUTS and node.args:
            return self._row(self.names.resolve(node.args[0], scope)) or self.class_of(node.args[0], scope, depth + 1)
        if made_by is not None and made_by.name in COLLECTING and node.args:
            return self.class_of(node.args[0], scope, depth + 1)
        if made_by is not None and made_by.kind == "class":
            return self._row(made_by)
        if made_by is not None and made_by.kind == "function":
            row = self._row(self.names.instance_class(Entity("value", "", node, None, scope)))
            return row or self._of_given(node, made_by, scope, depth)
        is_statement = made_by is not None and made_by.last == "select" and self.names.known(made_by.name) == "query"
        if is_statement or (isinstance(node.func, ast.Attribute) and node.func.attr in GIVING):
            return self._queried(node, scope, depth)
        return self._saved(node.func, scope, depth) if isinstance(node.func, ast.Attribute) else None

    def _saved(self, method: ast.Attribute, scope: Scope, depth: int) -> Entity | None:
        """The class of a row that gives itself once it is saved: ``await Order(...).insert()``."""
        if not any(method.attr in methods for methods in SAVING.values()):
            return None
        row = self.class_of(method.value, scope, depth + 1)
        libraries = self._libraries(row) if row is not None else []
        return row if any(method.attr in SAVING.get(library, ()) for library in libraries) else None

    def _libraries(self, row: Entity) -> list[str]:
        return [base.name.partition(".")[0] for base in self.names.bases(row)]

    def _meant(self, node: ast.expr, scope: Scope) -> Entity | None:
        """What a name stands for; a parameter of a function that is given the class of a row, for that."""
        function, given = self._given[-1] if self._given else (None, {})
        is_one = isinstance(node, ast.Name) and scope.node is function and len(scope.symbols.get(node.id, ())) == 1
        row = given.get(node.id) if isinstance(node, ast.Name) and is_one else None
        if row is None and isinstance(node, ast.Name) and node.id == "cls" and class_seen(scope) is not None:
            return class_seen(scope)  # cls.query.get(number)
        return row or self.names.resolve(node, scope)

    def _of_given(self, node: ast.Call, made_by: Entity, scope: Scope, depth: int) -> Entity | None:
        """What a function of the project gives that is told the class: ``def find(model, number): return model.query.get(number)``."""
        function, home = made_by.node, made_by.scope
        if not isinstance(function, FUNCTIONS) or home is None or not home.owned or len(self._given) > DEPTH:
            return None
        if any(function is each for each, _ in self._given):
            return None  # it calls itself
        classes = {
            k: self._row(self._meant(v, where)) for k, (v, where) in given_by(node, function, home, scope).items()
        }
        rows = {name: row for name, row in classes.items() if row is not None}
        if not rows:
            return None
        self._given.append((function, rows))
        found = self._first(list(own_returns(function)), self.names.function_scope(function, home), depth)
        self._given.pop()
        return found

    def _queried(self, node: ast.Call, scope: Scope, depth: int) -> Entity | None:
        """The class that a chain of calls is about: ``session.scalars(select(Order)).all()``, ``Order.objects.get(...)``."""
        every = list(ast.walk(node))
        names = {
            each.attr if isinstance(each, ast.Attribute) else each.id
            for each in every
            if isinstance(each, ast.Attribute | ast.Name)
        }
        chain = list(_chain(node))
        called = [last_name(each.func) for each in chain if isinstance(each, ast.Call)]
        is_as_values = any(name in AS_VALUES and ("select" in called or name == "dicts") for name in called)
        if (
            is_as_values
            or names & COUNTING
            or any(isinstance(each, ast.Attribute) and each.attr in SHOWING for each in chain)
        ):
            return None
        asked = {id(arg) for each in chain if last_name(getattr(each, "func", each)) == "get" for arg in _given(each)}
        plain = {id(each.value) for each in every if isinstance(each, ast.Attribute)}
        managers = {
            id(each.value)
            for each in every
            if isinstance(each, ast.Attribute) and each.attr in (*MANAGERS, "select", *GIVING)
        }
        for each in _innermost_first(node):
            is_whole = id(each) not in plain or id(each) in managers  # Order.number is a column
            if isinstance(each, ast.Name | ast.Attribute) and is_whole:
                found = self._row(self._meant(each, scope))
                if found is not None:
                    return found
                is_key = id(each) in asked  # prices.get(order)
                variable = self._variable(each, scope, depth + 1) if isinstance(each, ast.Name) and not is_key else None
                if variable is not None and self._is_query(each, scope):
                    return variable
        return None

    def _is_query(self, node: ast.expr, scope: Scope) -> bool:
        """Whether a variable holds a statement, as in ``statement = select(Order)``."""
        entity = self.names.resolve(node, scope)
        made = entity.node if entity is not None and entity.kind == "value" else None
        return isinstance(made.value if isinstance(made, ast.Await) else made, ast.Call)

    def _row(self, entity: Entity | None) -> Entity | None:
        if entity is None or entity.kind != "class" or self.shapes.of_class(entity).kind != "orm":
            return None
        return entity


def _is_set(attribute: str, scope: Scope) -> bool:
    """Whether a function sets an attribute of something, to whatever: ``order.number = {...}``, or any by ``setattr``."""
    nodes = list(ast.walk(scope.node)) if scope.node is not None else []
    is_one = (isinstance(n, ast.Attribute) and n.attr == attribute and isinstance(n.ctx, ast.Store) for n in nodes)
    return any(is_one) or any(isinstance(n, ast.Name) and n.id == "setattr" for n in nodes)


def _chain(node: ast.expr) -> Iterator[ast.expr]:
    """The calls and attributes of a chain, the last one first."""
    while isinstance(node, ast.Call | ast.Attribute | ast.Await):
        yield node
        node = node.func if isinstance(node, ast.Call) else node.value


def _given(node: ast.expr) -> list[ast.expr]:
    return [*node.args, *(keyword.value for keyword in node.keywords)] if isinstance(node, ast.Call) else []


def _innermost_first(node: ast.expr) -> Iterator[ast.AST]:
    """Everything in a chain of calls, what it begins with first: in ``select(Order).join(Line)`` the rows are orders."""
    links: list[list[ast.AST]] = []
    link: ast.expr = node
    while isinstance(link, ast.Call | ast.Attribute | ast.Await):
        if isinstance(link, ast.Call):
            links.append([each for argument in _given(link) for each in _innermost_first(argument)])
            link = link.func
        else:
            links.append([link])
            link = link.value
    yield from ast.walk(link)
    for each in reversed(links):
        yield from each
