"""The statements of a method of a view of Django REST framework that may run on an occasion."""

from __future__ import annotations

import ast
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Protocol

from pytest_fitness.frameworks._given import Given
from pytest_fitness.frameworks._reading import text
from pytest_fitness.model.contents import FUNCTIONS, last_name, walked
from pytest_fitness.model.syntax import Scope

SAFE = ("GET", "HEAD", "OPTIONS")

Choice = tuple[ast.expr, Scope]
"""A serializer, and where it is written."""


@dataclass(frozen=True)
class Occasion:
    """What is known when a serializer is chosen.

    Attributes:
        action: of a view set; an empty text where it is not known.
        verbs: methods of the request; empty where they are not known.
        given: what ``@action(serializer_class=...)`` says about the attributes of the view, or the method itself.
        flags: local names that are known to be true or false.
    """

    action: str = ""
    verbs: tuple[str, ...] = ()
    given: Mapping[str, Sequence[Choice]] = field(default_factory=dict)
    flags: Mapping[str, bool] = field(default_factory=dict)


class Knows(Protocol):
    """What is known of the view."""

    def keys(self, node: ast.expr, body: Body) -> Sequence[str] | None:
        """Return the keys of a table; None where they cannot be told."""
        ...

    def has(self, name: str) -> bool | None:
        """Return whether the view has an attribute; None where that cannot be told."""
        ...

    def is_set(self, name: str) -> bool | None:
        """Return whether a serializer of the view is there rather than None; None where that cannot be told."""
        ...

    def has_named(self, call: ast.Call, body: Body) -> bool | None:
        """Return whether ``getattr(self, f"{self.action}_serializer", None)`` gives anything; None where that cannot be told."""
        ...


class Body:
    """The statements of a method that may run on an occasion, or one expression of it.

    Attributes:
        inside: the scope of the method.
        returned: what it may return.
        values: what local names may be, by name.
        instead_of: by the id of what is returned, what is looked up first, and returned where it is there.
        tried: the ids of what is looked up so.
        passed: what parameters are given, by name.
        sets: what attributes of the view may be set to, by name.
        always: those that are set for sure.
        dead: the statements that do not run on the occasion.
    """

    def __init__(
        self,
        node: ast.AST,
        inside: Scope,
        occasion: Occasion,
        passed: Mapping[str, Given] | None = None,
        view: Knows | None = None,
    ) -> None:
        self.inside = inside
        self.occasion = occasion
        self.passed = passed or {}
        self._view = view
        self.sets: dict[str, list[ast.expr]] = {}
        self.always: set[str] = set()
        self.dead: list[ast.stmt] = []
        self.instead_of: dict[int, ast.Subscript] = {}
        self.tried: set[int] = set()
        self.returned: list[ast.expr] = []
        self.values: dict[str, list[ast.expr]] = {}
        self._sure: set[int] = set()
        around = inside.node
        function = node if isinstance(node, FUNCTIONS) else around if isinstance(around, FUNCTIONS) else None
        self._from_tables(function)
        used = set(self.values)  # by a loop
        for each in self._live(function.body) if function is not None else ():
            if isinstance(each, ast.Return) and each.value is not None:
                self.returned.append(each.value)
            loaded, giving = _names_in(each)
            used |= loaded
            if id(each) in self._sure and isinstance(each, ast.Assign):  # what nobody has used is gone
                for name in {last_name(target) for target in each.targets if isinstance(target, ast.Name)} - used:
                    self.values.pop(name, None)
            for target, value in giving:
                if isinstance(target, ast.Name):
                    self.values.setdefault(target.id, []).append(value)
                elif is_self(target) and isinstance(target, ast.Attribute):
                    self.sets.setdefault(target.attr, []).append(value)
                    self.always |= {target.attr} if function is not None and each in function.body else set()

    def _from_tables(self, function: ast.AST | None) -> None:
        """``for methods, serializer in self.by_methods.items()``: one of what is in the table."""
        for node in walked(function) if function is not None else ():
            of = node.iter.func if isinstance(node, ast.For) and isinstance(node.iter, ast.Call) else None
            if isinstance(of, ast.Attribute) and of.attr in ("items", "values") and isinstance(node, ast.For):
                target = node.target.elts[-1] if isinstance(node.target, ast.Tuple) else node.target
                any_of_them = ast.Subscript(of.value, ast.Name("?", ast.Load()), ast.Load())
                self.values.setdefault(last_name(target), []).append(any_of_them)

    def sides(self, node: ast.expr) -> list[ast.expr] | None:
        """What an expression chooses from, as far as it may be that; None for one that does not choose."""
        if isinstance(node, ast.IfExp):
            is_so = self.holds(node.test)
            return [*([node.body] if is_so is not False else []), *([node.orelse] if is_so is not True else [])]
        if isinstance(node, ast.BoolOp) and isinstance(node.op, ast.Or):
            return self._or(node.values)
        if isinstance(node, ast.BoolOp):
            return node.values
        if isinstance(node, ast.NamedExpr):
            return [node.value]
        return self.values.get(node.id) if isinstance(node, ast.Name) else None

    def _or(self, values: Sequence[ast.expr]) -> list[ast.expr]:
        """What a choice between values may be: the first that is something."""
        found: list[ast.expr] = []
        for each in values:
            is_so = self.holds(each)
            found += [each] if is_so is not False else []
            if is_so:
                break
        return found

    def asks_for(self, node: ast.expr) -> str:
        """Return ``action`` for ``self.action``, ``method`` for ``self.request.method``; an empty text for anything else."""
        if isinstance(node, ast.Name):
            values = self.values.get(node.id, [])
            return self.asks_for(values[0]) if len(values) == 1 and not isinstance(values[0], ast.Name) else ""
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ("lower", "upper"):
            return self.asks_for(node.func.value)
        if isinstance(node, ast.Call) and last_name(node.func) == "getattr" and len(node.args) > 1:
            return "action" if last_name(node.args[0]) == "self" and text(node.args[1]) == "action" else ""
        if isinstance(node, ast.Attribute) and node.attr == "action":
            return "action" if is_self(node) else ""
        is_method = isinstance(node, ast.Attribute) and node.attr == "method" and last_name(node.value) == "request"
        return "method" if is_method else ""

    def holds(self, test: ast.expr) -> bool | None:
        """Return whether a condition is true, as far as the occasion says it; None where it does not."""
        if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
            inner = self.holds(test.operand)
            return None if inner is None else not inner
        if isinstance(test, ast.BoolOp):
            parts = [self.holds(value) for value in test.values]
            decides = isinstance(test.op, ast.Or)
            return decides if decides in parts else None if None in parts else not decides
        if isinstance(test, ast.NamedExpr):
            return self.holds(test.value)
        if isinstance(test, ast.Name):
            values = self.values.get(test.id, [])
            is_found = len(values) == 1 and isinstance(values[0], ast.Call) and test.id not in self.passed
            return self.holds(values[0]) if is_found else self.occasion.flags.get(test.id)
        if isinstance(test, ast.Call) and last_name(test.func) == "getattr" and len(test.args) > 1:
            if text(test.args[1]) == "swagger_fake_view":  # which only what documents the view sets
                return False
            return self._view.has_named(test, self) if self._view is not None else None
        if isinstance(test, ast.Call) and last_name(test.func) == "hasattr" and len(test.args) == 2:
            is_own = last_name(test.args[0]) == "self" and self._view is not None
            return self._view.has(text(test.args[1])) if is_own and self._view is not None else None
        if not isinstance(test, ast.Compare) or len(test.ops) != 1:
            return None
        left, right = test.left, test.comparators[0]
        if isinstance(test.ops[0], ast.Is | ast.IsNot) and last_name(left) == "request" and text(right) == "None":
            return isinstance(test.ops[0], ast.IsNot)  # there is one when anything crosses
        if (
            isinstance(test.ops[0], ast.Is | ast.IsNot)
            and is_self(left)
            and text(right) == "None"
            and self._view is not None
        ):
            is_set = self._view.is_set(last_name(left))
            return None if is_set is None else is_set is isinstance(test.ops[0], ast.IsNot)
        asked, other = (self.asks_for(left), right) if self.asks_for(left) else (self.asks_for(right), left)
        wanted = _texts(other)
        if asked and wanted is None and isinstance(test.ops[0], ast.In | ast.NotIn):
            wanted = self._view.keys(other, self) if self._view is not None else None
        if not asked or wanted is None or not isinstance(test.ops[0], ast.Eq | ast.NotEq | ast.In | ast.NotIn):
            return None
        known = [self.occasion.action] if asked == "action" and self.occasion.action else []
        known += self.occasion.verbs if asked == "method" else ()
        wanted = [each.upper() for each in wanted] if asked == "method" else wanted
        answers = {(each in wanted) is isinstance(test.ops[0], ast.Eq | ast.In) for each in known}
        return answers.pop() if len(answers) == 1 else None

    def _live(self, statements: Sequence[ast.stmt], *, is_sure: bool = True) -> Generator[ast.AST, None, bool]:
        """Yield statements without others in them, and conditions, that may run; return whether nothing behind them does.

        Those that run for sure if it comes to them, in branches that the occasion decides for, are kept in mind.
        """
        for at, each in enumerate(statements):
            if isinstance(each, ast.Try):
                self._note_tried(each, statements[at + 1 :])
            if isinstance(each, ast.If):
                is_so = self.holds(each.test)
                yield each.test
                self.dead += each.body if is_so is False else each.orelse if is_so else []
                bodies = [*([each.body] if is_so is not False else []), *([each.orelse] if is_so is not True else [])]
                if (yield from self._all_end(bodies, is_sure=is_sure and is_so is not None)):
                    self.dead += statements[at + 1 :]
                    return True
            elif isinstance(each, ast.Match):
                cases, is_one_of_them = self._cases(each)
                if (yield from self._all_end([case.body for case in cases])) and is_one_of_them:
                    return True
            elif isinstance(each, ast.Return | ast.Raise):
                yield each
                return True
            elif hasattr(each, "body") and not isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                bodies = [getattr(each, name, []) for name in ("body", "orelse", "finalbody")]
                yield from self._all_end([*bodies, *(handler.body for handler in getattr(each, "handlers", []))])
            else:
                self._sure |= {id(each)} if is_sure else set()
                yield each
        return False

    def _note_tried(self, each: ast.Try, behind: Sequence[ast.stmt]) -> None:
        """``try: return by_action[self.action]``: what is returned when that fails, and behind it, is returned only then."""
        last = each.body[-1]
        if isinstance(last, ast.Return) and isinstance(last.value, ast.Subscript) and len(each.body) == 1:
            self.tried.add(id(last.value))
            for node in (n for part in (*each.handlers, *behind) for n in ast.walk(part)):
                if isinstance(node, ast.Return):
                    self.instead_of.setdefault(id(node.value), last.value)

    def _all_end(
        self, bodies: Sequence[Sequence[ast.stmt]], *, is_sure: bool = False
    ) -> Generator[ast.AST, None, bool]:
        ended = True
        for body in bodies:
            ended = (yield from self._live(body, is_sure=is_sure)) and ended
        return ended

    def _cases(self, match: ast.Match) -> tuple[list[ast.match_case], bool]:
        """The cases that it may come to, and whether it comes to one of them for sure."""
        asked = self.asks_for(match.subject)
        known = [self.occasion.action] if asked == "action" else list(self.occasion.verbs) if asked == "method" else []
        if len(known) != 1 or not known[0]:
            return match.cases, False
        possible: list[ast.match_case] = []
        for case in match.cases:
            patterns = case.pattern.patterns if isinstance(case.pattern, ast.MatchOr) else [case.pattern]
            wanted = [
                p.value.value for p in patterns if isinstance(p, ast.MatchValue) and isinstance(p.value, ast.Constant)
            ]
            is_rest = isinstance(case.pattern, ast.MatchAs) and case.pattern.pattern is None
            if len(wanted) < len(patterns) or known[0] in wanted:
                possible.append(case)
                if case.guard is None and (is_rest or known[0] in wanted):
                    return possible, True
        return possible, False


@lru_cache(maxsize=4096)
def _names_in(node: ast.AST) -> tuple[frozenset[str], tuple[tuple[ast.expr, ast.expr], ...]]:
    """The names that a statement asks for, and what it gives to what; a method may be looked at for many views."""
    loaded: set[str] = set()
    giving: list[tuple[ast.expr, ast.expr]] = []
    for part in ast.walk(node):
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Load):
            loaded.add(part.id)
        elif isinstance(part, ast.Assign | ast.AnnAssign | ast.NamedExpr) and part.value is not None:
            targets = part.targets if isinstance(part, ast.Assign) else [part.target]
            giving += ((target, part.value) for target in targets)
    return frozenset(loaded), tuple(giving)


def _texts(node: ast.expr) -> Sequence[str] | None:
    """The texts that something is compared with; None where they are not written there."""
    if last_name(node) == "SAFE_METHODS":
        return SAFE
    items = node.elts if isinstance(node, ast.List | ast.Tuple | ast.Set) else [node]
    found = [each.value for each in items if isinstance(each, ast.Constant) and isinstance(each.value, str)]
    return found if len(found) == len(items) else None


def is_self(node: ast.expr) -> bool:
    """Return whether something is an attribute of the view."""
    return isinstance(node, ast.Attribute) and last_name(node.value) == "self"
