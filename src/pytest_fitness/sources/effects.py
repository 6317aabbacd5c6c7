"""What a function does beside computing: database, other processes and hosts, waiting. Calls are followed into the project.

What a name does, the knowledge tables say: ``query``, ``write``, ``outbound``, ``blocking`` for functions and for classes whose
methods do it, ``session`` and ``async-session`` for connections to a database.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pytest_fitness.model import Effect, EffectKind, Location
from pytest_fitness.model.syntax import Entity, Function, Scope
from pytest_fitness.sources.places import location_of
from pytest_fitness.sources.shapes import Shapes

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
    "get filter all find find_one find_all find_many first get_or_none select exists count aggregate query objects order_by".split()
)
RAW_SQL = frozenset(
    "execute executemany exec_driver_sql fetch fetch_all fetch_one fetch_val fetchrow fetchval text iterate".split()
)
WRITING_SQL = re.compile(r"\s*(insert|update|delete|merge|replace|truncate|alter|create|drop)\b", re.IGNORECASE)
KINDS: Mapping[str, EffectKind] = {"query": "query", "write": "write", "outbound": "outbound", "blocking": "blocking"}
READING_SQL = re.compile(r"\s*(select|with|values|show|explain)\b", re.IGNORECASE)
FILES = frozenset("read_text read_bytes write_text write_bytes".split())


@dataclass(frozen=True, slots=True)
class _Body:
    """Effects of one function by itself, and the functions of the project that it calls."""

    effects: tuple[tuple[EffectKind, str, Location], ...]
    calls: tuple[tuple[Location, Function, Scope], ...]


class Effects:
    """Looks at functions, each once."""

    def __init__(self, shapes: Shapes) -> None:
        self.shapes = shapes
        self.names = shapes.scopes
        self._bodies: dict[int, _Body] = {}

    def of(self, function: Function, scope: Scope) -> tuple[Effect, ...]:
        """Return the effects of *function*, those of functions that it calls included; nearest first."""
        return tuple(self._follow(function, scope))

    def _follow(self, function: Function, scope: Scope) -> Iterator[Effect]:
        seen = {id(function)}
        queue: list[tuple[Function, Scope, tuple[Location, ...]]] = [(function, scope, ())]
        for each, where, trail in queue:
            body = self._body(each, where)
            for kind, call, location in body.effects:
                yield Effect(kind, call, (*trail, location))
            if len(trail) < DEPTH:
                for location, callee, home in body.calls:
                    if id(callee) not in seen:
                        seen.add(id(callee))
                        queue.append((callee, home, (*trail, location)))

    def _body(self, function: Function, scope: Scope) -> _Body:
        if id(function) not in self._bodies:
            self._bodies[id(function)] = self._read(function, self.names.function_scope(function, scope))
        return self._bodies[id(function)]

    def _read(self, function: Function, inside: Scope) -> _Body:
        effects: dict[tuple[str, int], tuple[EffectKind, str, Location]] = {}
        calls: list[tuple[Location, Function, Scope]] = []
        for node in own_nodes(function):
            if not isinstance(node, ast.Call):
                continue
            entity = self.names.resolve(node.func, inside)
            callee = entity.node if entity is not None else None
            if (
                isinstance(callee, ast.FunctionDef | ast.AsyncFunctionDef)
                and entity is not None
                and entity.scope is not None
            ):
                if entity.scope.owned:
                    calls.append((location_of(node, inside, self.names.tree), callee, entity.scope))
                    continue
            for kind in self._kinds(node, entity, inside):
                location = location_of(node, inside, self.names.tree)
                effects.setdefault((kind, location.line), (kind, ast.unparse(node.func), location))
        return _Body(tuple(effects.values()), tuple(calls))

    def _kinds(self, node: ast.Call, entity: Entity | None, scope: Scope) -> Iterator[EffectKind]:
        sql = _sql(node)
        if sql:
            yield "write" if WRITING_SQL.match(sql) else "query"
        if (entity is not None and entity.kind == "external") or (entity is not None and entity.kind == "function"):
            yield from self._external(entity.name)
        if isinstance(node.func, ast.Attribute):
            yield from self._method(node.func, entity, scope)

    def _external(self, name: str) -> Iterator[EffectKind]:
        """Of ``requests.get``, ``sqlalchemy.orm.Session().add``, ``flask_sqlalchemy.SQLAlchemy().session.add``."""
        made, _, method = name.rpartition("().")
        kind = self.names.known(name)
        if not made:
            if kind in KINDS:
                yield KINDS[kind]
            return
        kind = self.names.known(made)
        if kind == "maker" and method.startswith("session."):
            kind, method = "session", method.rpartition(".")[2]
        if kind in ("outbound", "blocking"):
            yield KINDS[kind]
        elif kind in ("session", "async-session") and method in SESSION_WRITES | SESSION_READS:
            yield "write" if method in SESSION_WRITES else "query"
            if kind == "session" and method not in ("add", "add_all"):
                yield "blocking"
        elif made.partition(".")[0] == "pathlib" and method in FILES:
            yield "blocking"

    def _method(self, function: ast.Attribute, entity: Entity | None, scope: Scope) -> Iterator[EffectKind]:
        """Of ``Order.objects.filter``, ``order.save``, ``Order.query.get``: rows and their classes."""
        chain = _chain(function.value)
        method = function.attr
        if "objects" in chain or "_default_manager" in chain:
            if method in ROW_WRITES:
                yield "write"
            elif chain[0] in ("objects", "_default_manager"):
                yield "query"
        elif (
            entity is not None
            and entity.kind == "external"
            and "().objects" in entity.name
            and method in ("save", "delete")
        ):
            yield "write"
        elif method in ROW_WRITES | ROW_READS:
            of = self.names.resolve(function.value, scope)
            if chain[:1] == ["query"] and isinstance(function.value, ast.Attribute):
                of = self.names.resolve(function.value.value, scope)
            if of is not None and of.kind == "value":
                made = self.names.instance_class(of)
                if (
                    made is not None
                    and made.kind == "class"
                    and method in ("save", "delete", "asave", "adelete", "insert", "update")
                ):
                    if self.shapes.of_class(made).kind == "orm":
                        yield "write"
            elif of is not None and of.kind == "class" and self.shapes.of_class(of).kind == "orm":
                yield "write" if method in ROW_WRITES else "query"


def own_nodes(function: Function) -> Iterator[ast.AST]:
    """Yield the nodes of a function without those of the functions and classes inside it."""
    queue: list[ast.AST] = list(function.body)
    for node in queue:
        yield node
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef):
            queue.extend(ast.iter_child_nodes(node))


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


def _sql(node: ast.Call) -> str:
    """The SQL text that a call is given, as far as it is written there."""
    function = node.func
    name = (
        function.attr if isinstance(function, ast.Attribute) else function.id if isinstance(function, ast.Name) else ""
    )
    if name not in RAW_SQL or not node.args:
        return ""
    first = node.args[0]
    if isinstance(first, ast.JoinedStr) and first.values:
        first = first.values[0] if isinstance(first.values[0], ast.expr) else first
    text = first.value if isinstance(first, ast.Constant) and isinstance(first.value, str) else ""
    return text if WRITING_SQL.match(text) or READING_SQL.match(text) else ""
