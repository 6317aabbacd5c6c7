"""Looking into functions that are called, whose parameters are meanwhile what they are given."""

from __future__ import annotations

import ast
from collections.abc import Generator
from contextlib import contextmanager

from pytest_fitness.model.contents import FUNCTIONS, last_name
from pytest_fitness.model.syntax import Entity, Function, Scope
from pytest_fitness.sources.as_written import is_kept
from pytest_fitness.sources.bodies import given_by
from pytest_fitness.sources.handed_back import as_seen, handed_back
from pytest_fitness.sources.injected import class_injected
from pytest_fitness.sources.rows import Rows
from pytest_fitness.sources.shapes import Shapes


class GivenCalls:
    """Keeps what is given to the function that is looked into."""

    def __init__(self, shapes: Shapes) -> None:
        self.names = shapes.scopes
        self.rows = Rows(shapes)
        self._given: list[tuple[Function | None, dict[str, tuple[ast.expr, Scope]]]] = []

    @contextmanager
    def within(self, call: ast.AST | None, scope: Scope) -> Generator[tuple[Function, Scope] | None]:
        """Look into the function that is called, whose parameters are meanwhile what it is given; None where it is not in the source."""
        made_by = self._meant(call.func, scope) if isinstance(call, ast.Call) else None
        if made_by is None or not isinstance(made_by.node, FUNCTIONS) or made_by.scope is None:
            yield None
            return
        assert isinstance(call, ast.Call)
        home = as_seen(made_by.scope, call.func, scope, self.names)
        self._given.append((made_by.node, self._arguments(call, made_by.node, home, scope)))
        yield made_by.node, home
        self._given.pop()

    def _meant(self, node: ast.expr, scope: Scope) -> Entity | None:
        """What a name stands for; of a row that a query gives, what its class has: ``Order.query.get(1).format``."""
        meant = self.names.resolve(node, scope)
        if isinstance(node, ast.Name | ast.Subscript) and (meant is None or meant.kind == "value"):
            return handed_back(node, scope, self.names) or meant
        if not isinstance(node, ast.Attribute) or (meant is not None and meant.kind not in ("external", "unknown")):
            return meant
        row = self.rows.class_behind(node.value, scope) or class_injected(node.value, scope, self.names)
        own = self.names.member(row, node.attr) if row is not None else None
        return own if own is not None and isinstance(own.node, FUNCTIONS) else meant

    def _arguments(
        self, call: ast.Call, function: Function, home: Scope, scope: Scope
    ) -> dict[str, tuple[ast.expr, Scope]]:
        """What a call gives for the parameters of a function; of what the caller was given itself, that."""
        given = given_by(call, function, home, scope)
        return {k: self._kept(v, where) or (v, where) for k, (v, where) in given.items()}

    def _kept(self, node: ast.expr, scope: Scope) -> tuple[ast.expr, Scope] | None:
        """The same where the parameter stays what it is given."""
        given = self.passed(node, scope)
        return given if given is not None and is_kept(node, given[0], scope) else None

    def _in_part(self, call: ast.Call, scope: Scope) -> tuple[ast.Call, Scope] | None:
        """All of a call of what is given a part of its arguments before: ``empty = partial(make_response, "")``."""
        meant = self.names.resolve(call.func, scope)
        made, home = (meant.node, meant.scope) if meant is not None and meant.kind == "value" else (None, None)
        if not isinstance(made, ast.Call) or home is None or not made.args or last_name(made.func) != "partial":
            return None
        if meant is None or len(home.symbols.get(meant.last, ())) != 1:
            return None  # it may be something else
        by = self.names.resolve(made.func, home)
        own = {n.id for n in ast.walk(made) if isinstance(n, ast.Name)}
        given = [*call.args, *(keyword.value for keyword in call.keywords)]
        is_hidden = scope is not home and not own.isdisjoint(scope.symbols)
        is_there = home.module == scope.module or all(isinstance(each, ast.Constant) for each in given)
        if by is None or not by.name.endswith("functools.partial") or not is_there or is_hidden:
            return None  # names of another module say nothing here
        whole = ast.Call(made.args[0], [*made.args[1:], *call.args], [*made.keywords, *call.keywords])
        return ast.copy_location(whole, call), scope if home.module == scope.module else home

    def passed(self, node: ast.expr, scope: Scope) -> tuple[ast.expr, Scope] | None:
        """Return what a parameter of the function that is looked into is given, and where that is written; None for anything else."""
        function, given = self._given[-1] if self._given else (None, {})
        return given.get(node.id) if isinstance(node, ast.Name) and function is scope.node else None
