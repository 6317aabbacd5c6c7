"""What a parameter is for: the body, or a dependency, a query, a header; said by ``Annotated`` or by its default."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

from pytest_fitness.frameworks._reading import is_parameter, unquoted
from pytest_fitness.model.contents import last_name, parameters
from pytest_fitness.model.syntax import Names, Part, Scope

NOT_BODY = ("dependency", "query", "path", "header", "cookie")


@dataclass(frozen=True, slots=True)
class Roles:
    """Reads markers such as ``Depends(...)``; which names are markers, the knowledge tables say: ``marker:ROLE``."""

    names: Names
    _roles: dict[int, str] = field(default_factory=dict)

    def body(self, argument: ast.arg, default: ast.expr | None, scope: Scope, path: str = "") -> Part | None:
        """Return a parameter as part of the body; None for dependencies and for what the framework gives."""
        annotation, where, role = self.unwrapped(argument.annotation, scope)
        if (self.marker(default, scope) or role) in NOT_BODY or f"{{{argument.arg}}}" in path:
            return None
        kinds = set(self.names.kinds(annotation, where)) if annotation is not None else set[str]()
        if kinds & {"special", "dependency"}:
            return None
        return Part(argument.arg, annotation, where, argument.annotation or argument, scope)

    def unwrapped(
        self, annotation: ast.expr | None, scope: Scope, depth: int = 0
    ) -> tuple[ast.expr | None, Scope, str]:
        """Look through ``Annotated`` and aliases of it: the type, where it is written, and the marker's role."""
        if depth > 8 or annotation is None:
            return annotation, scope, ""
        annotation = unquoted(annotation)
        if isinstance(annotation, ast.Subscript):
            head = self.names.resolve(annotation.value, scope)
            if head is not None and head.last == "Annotated" and isinstance(annotation.slice, ast.Tuple):
                inner, where, role = self.unwrapped(annotation.slice.elts[0], scope, depth + 1)
                for extra in annotation.slice.elts[1:]:
                    role = self.marker(extra, scope) or role
                return inner, where, role
            marker = self.names.known(head.name) if head is not None else ""
            if marker.startswith("marker:"):  # Django Ninja: Query[Filters]
                return annotation.slice, scope, marker.partition(":")[2]
        alias = annotation.value if isinstance(annotation, ast.Subscript) else annotation
        entity = self.names.resolve(alias, scope)
        if (
            entity is not None
            and entity.kind == "value"
            and isinstance(entity.node, ast.expr)
            and entity.scope is not None
        ):
            inner, where, role = self.unwrapped(_aliased(entity.node), entity.scope, depth + 1)
            if role and isinstance(annotation, ast.Subscript):
                return annotation.slice, scope, role  # Payload[Order], with Payload = Annotated[T, Body()]
            return (inner, where, role) if role else (annotation, scope, "")
        return annotation, scope, ""

    def marker(self, expression: ast.expr | None, scope: Scope, depth: int = 0) -> str:
        """Return the role that ``Depends(...)``, ``Body(...)`` and so on give to a parameter."""
        if expression is None or depth > 6:
            return ""
        if isinstance(expression, ast.IfExp | ast.BoolOp):  # Security(auth) if auth else Depends(nobody)
            sides = expression.values if isinstance(expression, ast.BoolOp) else [expression.body, expression.orelse]
            return _deciding([self.marker(side, scope, depth + 1) for side in sides])
        if isinstance(expression, ast.Call) and last_name(expression.func) == "cast" and len(expression.args) == 2:
            return self.marker(expression.args[1], scope, depth + 1)
        is_called = isinstance(expression, ast.Call)
        name = expression.func if isinstance(expression, ast.Call) else expression
        if isinstance(name, ast.Subscript):  # Provide[Container.service], Body[Order](...)
            name = name.value
        entity = self.names.resolve(name, scope)
        if entity is None:
            return ""
        if isinstance(entity.node, ast.Dict) and entity.scope is not None and isinstance(expression, ast.Subscript):
            pairs = zip(entity.node.keys, entity.node.values, strict=True)
            meant = [v for k, v in pairs if k is not None and ast.dump(k) == ast.dump(expression.slice)]
            where = entity.scope
            return _deciding([self.marker(value, where, depth + 1) for value in meant or entity.node.values])
        if entity.scope is not None and is_parameter(name, entity.scope):
            return self._given(name, entity.scope, depth)
        if entity.kind == "value" and isinstance(entity.node, ast.expr) and entity.scope is not None:
            return self.marker(entity.node, entity.scope, depth + 1)
        if entity.kind == "function" and not self.names.known(entity.name):
            if not is_called or entity.scope is None or entity.node is None:
                return ""
            return self._returned(entity.node, entity.scope, depth)
        known = (self.names.known(base.name) for base in self.names.bases(entity))
        return next((kind.partition(":")[2] for kind in known if kind.startswith("marker:")), "")

    def _returned(self, function: ast.AST, scope: Scope, depth: int) -> str:
        """The role that what a function returns gives; asked once, since functions may call each other."""
        if id(function) not in self._roles:
            self._roles[id(function)] = ""  # meanwhile
            returned = (n.value for n in ast.walk(function) if isinstance(n, ast.Return))
            roles = (self.marker(value, scope, depth + 1) for value in returned)
            self._roles[id(function)] = next(filter(None, roles), "")
        return self._roles[id(function)]

    def _given(self, name: ast.expr, scope: Scope, depth: int) -> str:
        """The role that a parameter of the function around the handler has, by its default or its annotation."""
        assert isinstance(scope.node, ast.FunctionDef | ast.AsyncFunctionDef)
        assert isinstance(name, ast.Name)
        around = scope.parent or scope
        argument, default = next(each for each in parameters(scope.node, in_class=False) if each[0].arg == name.id)
        return self.marker(default, around, depth + 1) or self.marker(argument.annotation, around, depth + 1)


def _deciding(roles: list[str]) -> str:
    """Of several roles that a parameter may have: the body, if it may be that."""
    return next((role for role in roles if role and role not in NOT_BODY), "") or next(filter(None, roles), "")


def _aliased(node: ast.expr) -> ast.expr:
    """``TypeAliasType("X", Annotated[...])`` is an alias too."""
    is_call = isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] == "TypeAliasType"
    return node.args[1] if is_call and isinstance(node, ast.Call) and len(node.args) > 1 else node
