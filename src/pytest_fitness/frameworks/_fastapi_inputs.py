"""What a handler of FastAPI takes: bodies, forms, and queries that are a schema."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

from pytest_fitness.frameworks._fastapi_names import CONTAINERS
from pytest_fitness.frameworks._reading import is_parameter
from pytest_fitness.frameworks._roles import NOT_BODY, Roles
from pytest_fitness.model.contents import Contents, parameters
from pytest_fitness.model.syntax import Entity, Function, Names, Part, Scope

BODIES = ("schema", "scalar", "raw", "scalar-map", "file")
"""What may be a body of FastAPI's."""


ANYTHING = ("typing.Any", "typing_extensions.Any", "builtins.object")
ADAPTED = ("__get_validators__", "__get_pydantic_core_schema__")
"""What makes any class a type of a field for Pydantic."""

CHANGED = ("__annotations__", "__signature__")
"""Attributes of a function by which its parameters are declared when the code runs."""

PLAIN = ("object", "Generic", "Protocol", "ABC")
"""Bases that make no schema of a class."""


SIGNATURE = "*"
"""Stands for all parameters of a function."""

NOTHING: Mapping[str, ast.expr | None] = MappingProxyType({})


def annotated_later(
    function: Function, scope: Scope, call: ast.AST, contents: Contents
) -> Mapping[str, ast.expr | None]:
    """Return the annotations that code beside a function gives to it before *call* registers it, by parameter; None for what cannot be told.

    As in ``place.__annotations__["order"] = Order``. A decorator has read the function by then.
    """
    if any(node is call for node in function.decorator_list):
        return NOTHING
    if scope.module != contents.scope.module:
        contents = next((t for t in contents.elsewhere(function.name) if t.scope.module == scope.module), contents)
    if not contents.mentions(*CHANGED):  # as most
        return NOTHING
    from pytest_fitness.frameworks._listed import own_nodes

    found: dict[str, ast.expr | None] = {}
    is_one = len(scope.symbols.get(function.name, ())) == 1
    for node in own_nodes(scope, contents):
        for target in node.targets if isinstance(node, ast.Assign) else ():
            of = target.value if isinstance(target, ast.Subscript) else target
            if not isinstance(of, ast.Attribute) or of.attr not in CHANGED or not isinstance(of.value, ast.Name):
                continue
            if of.value.id == function.name:
                key = target.slice if isinstance(target, ast.Subscript) else None
                name = str(key.value) if isinstance(key, ast.Constant) and is_one else SIGNATURE
                is_sure = name not in found and node in getattr(scope.node, "body", contents.body)
                is_sure = is_sure and node.lineno < getattr(call, "lineno", 0)  # type: ignore[attr-defined]
                found[name] = node.value if is_sure and name != SIGNATURE else None  # type: ignore[attr-defined]
    return found


class Inputs:
    """Looks at parameters."""

    def __init__(self, names: Names, roles: Roles) -> None:
        self.names = names
        self.roles = roles
        self._known: dict[tuple[str | int, int], tuple[ast.expr, Scope, bool]] = {}

    def by_itself(self, parts: Iterable[Part], call: ast.Call, calling: Scope) -> tuple[Part, ...]:
        """Leave out what a router of the project may put in, which registers routes itself: settings, services."""
        router = call.func.value if isinstance(call.func, ast.Attribute) else None
        if router is None or not self._registers(router, calling):
            return tuple(parts)
        return tuple(
            each for each in parts if each.annotation is None or not self._is_given(each.annotation, each.scope)
        )

    def _registers(self, router: ast.expr, scope: Scope) -> bool:
        """Whether a router is of a class of the project that registers routes itself; of a name, asked once."""
        key = (router.id if isinstance(router, ast.Name) else id(router), id(scope))
        if key not in self._known:  # both are kept, or others could come to have their ids
            made_by = self.names.instance_class(Entity("value", "", router, None, scope))
            adds = self.names.member(made_by, "add_api_route") if made_by and is_own_class(made_by) else None
            is_own = adds is not None and adds.is_own
            self._known[key] = (router, scope, is_own)
        return self._known[key][2]

    def each(
        self, function: Function, scope: Scope, path: str, later: Mapping[str, ast.expr | None] = NOTHING
    ) -> Iterator[Part]:
        """Yield what crosses by the rules of FastAPI; *later* are annotations that the code itself gives to the function."""
        in_path = set(re.findall(r"\{(\w+)(?::\w+)?\}", path))
        if SIGNATURE in later:
            yield Part("signature", None, scope, function, scope, "unknown", "its signature is made when the code runs")
        for argument, default in parameters(function, in_class=isinstance(scope.node, ast.ClassDef)):
            declared = later.get(argument.arg, argument.annotation)
            if declared is None and default is None and argument.arg not in later:
                continue  # a query parameter of type Any
            if argument.arg in later and not isinstance(declared, ast.Name | ast.Attribute | ast.Subscript):
                unknown = "its annotation is made when the code runs"
                yield Part(argument.arg, declared, scope, argument, scope, "unknown", unknown)
                declared = argument.annotation  # what is written says what it may be as well
                if declared is None:
                    continue
            annotation, where, role = self.roles.unwrapped(declared, scope)
            role = self.roles.marker(default, scope) or role
            if role == "dependency" or (not role and argument.arg in in_path):
                continue
            kinds = set(self.names.kinds(annotation, where)) if annotation is not None else set()
            if kinds & {"special", "dependency"} or (not role and "response" in kinds):
                continue
            if role in NOT_BODY and "schema" not in kinds:  # a query may be a model as well
                continue
            if not role and kinds <= {"scalar", "none"} and not self._is_container(annotation, where):
                continue
            if not role and self._may_be_marker(default, scope):
                if self._is_no_body(annotation, where, kinds):
                    continue
                unknown = "its default, which may be a dependency, cannot be read"
                yield Part(argument.arg, annotation, where, argument.annotation or argument, scope, "unknown", unknown)
            elif role or not (annotation is None or self._is_anything(annotation, where)):
                yield Part(argument.arg, annotation, where, argument.annotation or argument, scope)

    def _may_be_marker(self, default: ast.expr | None, scope: Scope) -> bool:
        """Whether a default comes from a container, or from whoever calls the function around the handler."""
        if isinstance(default, ast.Subscript):
            return True
        if isinstance(default, ast.Attribute):  # dependencies.session
            made = self.names.resolve(default.value, scope)
            return made is not None and made.scope is not None and is_parameter(default.value, made.scope)
        entity = self.names.resolve(default, scope) if isinstance(default, ast.Name) else None
        return isinstance(default, ast.Name) and (
            entity is None or (entity.scope is not None and is_parameter(default, entity.scope))
        )

    def _is_given(self, annotation: ast.expr, scope: Scope) -> bool:
        """Whether a class of the project is no body by itself."""
        made = self.names.resolve(annotation, scope)
        if made is None or not is_own_class(made):
            return False
        kinds = set(self.names.kinds(annotation, scope))
        is_settings = any(base.last == "BaseSettings" for base in self.names.bases(made))
        is_adapted = any(self.names.member(made, name) is not None for name in ADAPTED)
        return is_settings or ("orm" not in kinds and not is_adapted and self._is_no_body(annotation, scope, kinds))

    def _is_no_body(self, annotation: ast.expr | None, scope: Scope, kinds: set[str]) -> bool:
        """Whether FastAPI would refuse a type as a body: a row, a session, a class of the project that is no schema."""
        made = self.names.resolve(annotation, scope) if annotation is not None else None
        if made is not None and made.kind == "class" and "orm" not in kinds:
            own = [base.kind == "class" or base.last in PLAIN for base in self.names.bases(made)]
            return kinds.isdisjoint(BODIES) and all(own)
        return bool(kinds) and kinds.isdisjoint({*BODIES, "unknown"})

    def _is_container(self, annotation: ast.expr | None, scope: Scope, depth: int = 0) -> bool:
        """Without a marker, a list of scalars is the body, where a scalar is a query parameter."""
        if isinstance(annotation, ast.BinOp):
            return any(self._is_container(side, scope, depth) for side in (annotation.left, annotation.right))
        if not isinstance(annotation, ast.Subscript):  # Ids = list[int]
            alias = self.names.resolve(annotation, scope) if annotation is not None and depth < 5 else None
            if alias is None or alias.scope is None or not isinstance(alias.node, ast.expr):
                return False
            return self._is_container(alias.node, alias.scope, depth + 1)
        head = self.names.resolve(annotation.value, scope)
        if head is not None and head.last == "Annotated" and isinstance(annotation.slice, ast.Tuple):
            return self._is_container(annotation.slice.elts[0], scope, depth)
        if head is not None and head.last in ("Optional", "Union"):
            members = annotation.slice.elts if isinstance(annotation.slice, ast.Tuple) else [annotation.slice]
            return any(self._is_container(member, scope, depth) for member in members)
        return head is not None and head.last in CONTAINERS

    def _is_anything(self, annotation: ast.expr, scope: Scope) -> bool:
        """Without a marker, a parameter of type ``Any`` or ``object`` is a query parameter."""
        entity = self.names.resolve(annotation, scope)
        return entity is not None and entity.name in ANYTHING


def is_own_class(entity: Entity) -> bool:
    """Return whether something is a class of the codebase."""
    return entity.kind == "class" and entity.is_own
