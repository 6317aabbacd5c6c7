"""What a function does beside computing: database, other processes and hosts, waiting. Calls are followed into the project.

What a name does, the knowledge tables say: ``query``, ``write``, ``outbound``, ``blocking`` for functions and for classes whose
methods do it, ``session`` and ``async-session`` for connections to a database.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

from pytest_fitness.model import Effect, EffectKind, Location
from pytest_fitness.model.contents import last_name, parameters, view_of
from pytest_fitness.model.syntax import Entity, Function, Scope
from pytest_fitness.sources.bindings import own_nodes
from pytest_fitness.sources.places import location_of
from pytest_fitness.sources.rows import Rows
from pytest_fitness.sources.shapes import Shapes
from pytest_fitness.sources.told import Asked, Calling, dead_nodes, may_tell, told

DEPTH = 3
"""How many functions of the project a call is followed through."""

SESSION_WRITES = frozenset(
    "add add_all delete merge commit bulk_save_objects bulk_insert_mappings bulk_update_mappings".split()
)
SESSION_READS = frozenset("execute exec query scalar scalars get get_one stream stream_scalars refresh".split())
ROW_WRITES = frozenset("save asave delete adelete insert replace save_changes create acreate bulk_create get_or_create".split()) | {
    "update_or_create", "bulk_update", "insert_many", "insert_one", "delete_all", "update",
}  # fmt: skip
ROW_READS = frozenset(
    "get filter filter_by all find find_one find_all find_many first get_or_none get_or_404 first_or_404 one_or_404 one one_or_none "
    "select exists count aggregate query objects order_by join paginate with_entities".split()
)
RAW_SQL = frozenset(
    "execute executemany exec_driver_sql fetch fetch_all fetch_one fetch_val fetchrow fetchval text iterate".split()
)
WRITING_SQL = re.compile(
    r"\s*(insert\s+(or\s+\w+\s+)?into|update\s+[\w.\"`]+\s+set|delete\s+from|merge\s+into|replace\s+into|truncate|"
    r"(alter|create|drop)\s+(table|index|view|schema))\b",
    re.IGNORECASE,
)
KINDS: Mapping[str, EffectKind] = {"query": "query", "write": "write", "outbound": "outbound", "blocking": "blocking"}
READING_SQL = re.compile(
    r"\s*(select\b.*\S|with\s+\w+.*\bas\b|values\s*\(|show\s+\w|explain\s+\w)", re.IGNORECASE | re.DOTALL
)
RESULTS = frozenset("requests.session boto3.client boto3.resource redis.from_url".split())
"""Functions that make an object whose methods do what is known of the function."""

AT_ONCE = frozenset(
    "poll terminate kill send_signal close mount generate_presigned_url generate_presigned_post".split()
)
"""Methods of processes and connections that wait for nobody."""

FILES = frozenset("read_text read_bytes write_text write_bytes open unlink mkdir".split())
THREADED = frozenset({"sync_to_async", "run_in_thread", "in_thread", "to_thread", "threaded"})
"""Decorators that make a function run in a thread."""

ONE_ROW = ("save", "delete", "asave", "adelete")
QUERY_WRITES = ("update", "delete", "insert")


_Given = tuple[tuple[str, Entity, str], ...]
"""Parameters without a type that are given a connection or a row: the name, what is given, and its class."""


class _Called(NamedTuple):
    """A function of the project, and what is known of what it is given."""

    function: Function
    home: Scope
    given: _Given = ()
    told: Mapping[str, object] = {}

    @property
    def key(self) -> tuple[object, ...]:
        given = ((name, made) for name, _, made in self.given)
        return (id(self.function), view_of(self.home), tuple(given), tuple(self.told.items()))


_Path = tuple[tuple[Function, tuple[Location, ...]], ...]
"""The functions that lead to one, itself the last, each with the places of the calls."""


@dataclass(frozen=True, slots=True)
class _Body:
    """Effects of one function by itself, and the functions of the project that it calls."""

    effects: tuple[tuple[EffectKind, str, Location], ...]
    calls: tuple[tuple[Location, _Called], ...]


class Effects:
    """Looks at functions, each once."""

    def __init__(self, shapes: Shapes) -> None:
        self.shapes = shapes
        self.names = shapes.scopes
        self.rows = Rows(shapes)
        self._bodies: dict[tuple[object, ...], _Body] = {}
        self._asked: dict[int, tuple[Function, Asked]] = {}

    def of(self, function: Function, scope: Scope) -> tuple[Effect, ...]:
        """Return the effects of *function*, those of functions that it calls included; nearest first."""
        return tuple(self._follow(function, scope))

    def _follow(self, function: Function, scope: Scope) -> Iterator[Effect]:
        start = _Called(function, scope)
        seen = {start.key}
        queue: list[tuple[_Called, _Path]] = [(start, ((function, ()),))]
        for each, path in queue:
            body, trail = self._body(each), path[-1][1]
            for kind, call, location in body.effects:
                yield Effect(kind, call, (*trail, location))
            for location, called in body.calls:
                # what is called again, in another way, is no further down
                again = next((place for above, place in path if above is called.function), None)
                if called.key not in seen and (again is not None or len(trail) < DEPTH):
                    seen.add(called.key)
                    place = again if again is not None else (*trail, location)
                    queue.append((called, (*path, (called.function, place))))

    def _body(self, called: _Called) -> _Body:
        if called.key not in self._bodies:
            inside = self.names.function_scope(called.function, called.home)
            if called.given:
                known = {name: entity for name, entity, _ in called.given}
                inside = replace(inside, resolved={**inside.resolved, **known})
            self._bodies[called.key] = self._read(called.function, inside, called.told)
        return self._bodies[called.key]

    def _told(self, call: ast.Call, callee: Entity, inside: Scope, own: Mapping[str, object]) -> dict[str, object]:
        """The constants by which a function is told what to do."""
        function = callee.node
        assert isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        calling = Calling(call, inside, own)
        if not may_tell(calling, function):
            return {}
        if id(function) not in self._asked:
            self._asked[id(function)] = function, Asked(function)  # kept, or another one could come to have its id
        return told(calling, callee, self._asked[id(function)][1], self.names)

    def _given(self, call: ast.Call, callee: Function, home: Scope, inside: Scope) -> _Given:
        """Which parameters without a type are given a connection to the database, or a row."""
        named = [argument for argument, _ in parameters(callee, in_class=isinstance(home.node, ast.ClassDef))]
        pairs = [(argument, value) for argument, value in zip(named, call.args, strict=False)]
        pairs += [(argument, k.value) for k in call.keywords for argument in named if argument.arg == k.arg]
        found: list[tuple[str, Entity, str]] = []
        for argument, value in pairs:
            stays = len(self.names.function_scope(callee, home).symbols.get(argument.arg, ())) == 1
            if argument.annotation is None and stays and isinstance(value, ast.Name | ast.Attribute):
                entity = Entity("value", argument.arg, value, None, inside)
                made = self.names.instance_class(entity)
                kinds = {self.names.known(base.name) for base in self.names.bases(made)} if made is not None else set()
                is_row = made is not None and made.kind == "class" and self.shapes.of_class(made).kind == "orm"
                if made is not None and (is_row or kinds & {"session", "async-session"}):
                    found.append((argument.arg, entity, made.name))
        return tuple(found)

    def _read(self, function: Function, inside: Scope, own: Mapping[str, object]) -> _Body:
        effects: dict[tuple[str, int], tuple[EffectKind, str, Location]] = {}
        calls: list[tuple[Location, _Called]] = []
        nodes = list(own_nodes(function))
        if own:
            dead = dead_nodes(function, own)
            nodes = [node for node in nodes if id(node) not in dead]
        handed_on = {id(argument) for node in nodes if isinstance(node, ast.Call) for argument in node.args}
        awaited = {id(node.value) for node in nodes if isinstance(node, ast.Await)}
        for node in nodes:
            if not isinstance(node, ast.Call):
                continue
            entity = self.names.resolve(node.func, inside)
            if entity is None or (entity.kind == "external" and "()." in entity.name):
                entity = self._of_row(node.func, inside) or entity
            callee = entity.node if entity is not None else None
            if (
                isinstance(callee, ast.FunctionDef | ast.AsyncFunctionDef)
                and entity is not None
                and entity.scope is not None
            ):
                if entity.scope.owned:
                    if not _runs_elsewhere(callee, is_handed_on=id(node) in handed_on):
                        given = self._given(node, callee, entity.scope, inside)
                        called = _Called(callee, entity.scope, given, self._told(node, entity, inside, own))
                        calls.append((location_of(node, inside, self.names.tree), called))
                    continue
            for kind in self._kinds(node, entity, inside):
                if kind == "blocking" and id(node) in awaited:
                    continue  # whatever its type is said to be, it is one that can be waited for
                location = location_of(node, inside, self.names.tree)
                effects.setdefault((kind, location.line), (kind, ast.unparse(node.func), location))
        return _Body(tuple(effects.values()), tuple(calls))

    def _of_row(self, function: ast.expr, inside: Scope) -> Entity | None:
        """The method of the project that is called on a row: ``Order.objects.get(...).pay()``."""
        if not isinstance(function, ast.Attribute):
            return None
        row = self.rows.class_of(function.value, inside)
        member = self.names.member(row, function.attr) if row is not None else None
        return member if member is not None and member.kind == "function" else None

    def _kinds(self, node: ast.Call, entity: Entity | None, scope: Scope) -> Iterator[EffectKind]:
        sql = self._sql(node, scope)
        if sql:
            yield "write" if WRITING_SQL.match(sql) else "query"
        if entity is not None and entity.kind in ("external", "function"):
            yield from self._external(entity.name)
        if isinstance(node.func, ast.Attribute):
            yield from self._method(node.func, entity, scope)

    def _external(self, name: str) -> Iterator[EffectKind]:
        """Of ``requests.get``, ``sqlalchemy.orm.Session().add``, ``flask_sqlalchemy.SQLAlchemy().session.add``."""
        made, _, method = name.rpartition("().")
        kind = self.names.known(name)
        waits = ".asyncio." not in f"{name}."
        if not made:
            if kind in KINDS and waits:
                yield KINDS[kind]
            return
        kind = self.names.known(made)
        if kind == "schema" and made.startswith("rest_framework.") and method == "save":
            yield "save"
        if kind == "maker" and method.startswith("session."):
            kind, method = "session", method.rpartition(".")[2]
        if kind in ("outbound", "blocking"):
            if not waits:
                return
            last = made.rpartition(".")[2]
            if (
                "()." not in made
                and method not in AT_ONCE
                and "." not in method
                and (last[:1].isupper() or made in RESULTS)
            ):
                yield KINDS[kind]  # what a method returns is data
        elif kind in ("session", "async-session") and method in SESSION_WRITES | SESSION_READS:
            yield "write" if method in SESSION_WRITES else "query"
            if kind == "session" and method not in ("add", "add_all"):
                yield "blocking"
        elif made.partition(".")[0] == "pathlib" and method in FILES:
            yield "blocking"

    def _method(self, function: ast.Attribute, entity: Entity | None, scope: Scope) -> Iterator[EffectKind]:
        """Of ``Order.objects.filter``, ``order.save``, ``Order.query.get``: rows, their classes, and queries for them."""
        chain = _chain(function.value)
        method = function.attr
        if "objects" in chain or "_default_manager" in chain:
            if method in ROW_WRITES:
                yield "write"
            elif chain[0] in ("objects", "_default_manager"):
                yield "query"
        elif (method in QUERY_WRITES and "query" in chain) or (
            entity is not None and "().objects" in entity.name and entity.kind == "external" and method in ONE_ROW
        ):  # session.query(Order).filter(...).update(...)
            yield "write"
        elif method == "save" and self._is_serializer(function.value, scope):
            yield "save"
        elif method in ROW_WRITES | ROW_READS:
            of = self.names.resolve(function.value, scope)
            if chain[:1] == ["query"] and isinstance(function.value, ast.Attribute):
                of = self.names.resolve(function.value.value, scope)
            if of is not None and of.kind == "class" and self.shapes.of_class(of).kind == "orm":
                yield "write" if method in ROW_WRITES else "query"
            elif method in (*ONE_ROW, *QUERY_WRITES) and self._is_row(function.value, of, scope):
                yield "write"

    def _is_serializer(self, node: ast.expr, scope: Scope) -> bool:
        """Whether something is what a view of Django REST framework gets its serializer by."""
        values = [b.node for b in scope.symbols.get(node.id, ())] if isinstance(node, ast.Name) else [node]
        calls = (value.func for value in values if isinstance(value, ast.Call))
        return any(last_name(each) == "get_serializer" for each in calls if isinstance(each, ast.Attribute))

    def _is_row(self, node: ast.expr, entity: Entity | None, scope: Scope) -> bool:
        """Whether an expression is a row, a query for rows, or a table."""
        if self.rows.class_of(node, scope) is not None:
            return True
        made = self.names.instance_class(entity) if entity is not None and entity.kind == "value" else None
        if made is not None and made.kind == "class":  # of a parameter, which a caller gives
            return self.shapes.of_class(made).kind == "orm"
        return made is not None and made.kind == "external" and self.names.known(made.name) == "orm"

    def _sql(self, node: ast.Call, scope: Scope) -> str:
        """The SQL text that a call is given, as far as it is written there, or in a constant."""
        function = node.func
        name = last_name(function)
        if name not in RAW_SQL or not node.args:
            return ""
        first: ast.AST | None = node.args[0]
        if isinstance(first, ast.Name):
            constant = self.names.resolve(first, scope)
            first = constant.node if constant is not None and constant.kind == "value" else None
        is_built = isinstance(first, ast.JoinedStr)
        if isinstance(first, ast.JoinedStr) and first.values:
            first = first.values[0]
        text = first.value if isinstance(first, ast.Constant) and isinstance(first.value, str) else ""
        text += "x set" if is_built and text else ""  # what is put in there is a name
        return text if WRITING_SQL.match(text) or READING_SQL.match(text) else ""


def _runs_elsewhere(callee: Function, *, is_handed_on: bool) -> bool:
    """Whether a call of *callee* only makes a generator that somebody else runs, or hands it to a thread."""
    decorators = [d.func if isinstance(d, ast.Call) else d for d in callee.decorator_list]
    if any(last_name(d) in THREADED for d in decorators):
        return True
    return is_handed_on and any(isinstance(node, ast.Yield | ast.YieldFrom) for node in own_nodes(callee))


def _chain(node: ast.expr) -> list[str]:
    """The attributes before a method, nearest first: ``["objects"]`` of ``Order.objects``; calls are looked through."""
    found: list[str] = []
    while isinstance(node, ast.Attribute | ast.Call):
        if isinstance(node, ast.Call):
            found.append("()")
            node = node.func
        if isinstance(node, ast.Attribute):
            found.append(node.attr)
            node = node.value
    return found
