"""What a handler gives that declares no result."""

from __future__ import annotations

import ast

from pytest_fitness.model import NOTHING_DECLARED
from pytest_fitness.model.contents import last_name
from pytest_fitness.model.syntax import Function, Scope
from pytest_fitness.sources.as_written import dead_returns, is_empty_list, narrowed
from pytest_fitness.sources.bindings import own_nodes
from pytest_fitness.sources.dumps import DUMP, DUMPED, LISTED, NUMBER, TEXT, TEXTS, is_dumped
from pytest_fitness.sources.outcomes import only_fails, when_all_goes_well, without_failures
from pytest_fitness.sources.returned import Returned
from pytest_fitness.sources.shapes import Shape


class Results(Returned):
    """Looks at the functions of handlers."""

    def of(self, function: Function, scope: Scope, *, text_is_response: bool = False) -> list[Shape]:
        """Return the shapes of what an unannotated handler returns: only responses, or nothing, need no declaration."""
        inside = self.names.function_scope(function, scope)
        nodes = list(own_nodes(function))
        dead = set(dead_returns(function.body, lambda _: None))
        returns = [n for n in nodes if isinstance(n, ast.Return) and id(n) not in dead]
        self._errors_count = not text_is_response  # what is declared, if anything, has to be declared for them, too
        if text_is_response:  # what is returned when all goes well decides
            returns = when_all_goes_well(returns, nodes, function)
            returns = without_failures(returns, function, inside, self.names)
            parts = {at for at, each in narrowed(nodes) if [last_name(one) for one in each] == ["tuple"]}
            returns = [r for r in returns if id(r) not in parts or not self._is_refusal(r.value, inside)] or returns
            # an empty list beside others is one of none of them
            returns = [each for each in returns if not is_empty_list(each.value)] or returns
        if any(isinstance(n, ast.Yield | ast.YieldFrom) for n in nodes):
            return [Shape("raw", f"{NOTHING_DECLARED}: it yields its result")]
        shapes = self._of_each(returns, nodes, inside) or [Shape("none", "nothing")]
        # something makes JSON of an object of a schema, or the view would not work
        fine = ("response", "none", "scalar", "schema") if text_is_response else ("response", "none")
        if text_is_response:
            shapes = [s._replace(kind="schema", detail=DUMPED) if s.detail in (DUMP, LISTED) else s for s in shapes]
        bad = [s for s in shapes if s.kind not in fine or (s.kind == "schema" and self._is_container(s))]
        if not bad:
            is_text = (s.kind == "scalar" and s.detail not in (NUMBER, TEXTS) for s in shapes)
            shapes = [Shape("response", TEXT) if is_one else s for s, is_one in zip(shapes, is_text, strict=True)]
            is_dump = any(s.kind == "schema" for s in shapes)  # beside which a text says why there is none
            some = [s for s in shapes if s.detail != NUMBER and (not is_dump or s.detail != TEXT)]
            return some or shapes
        worst = next((s for kind in ("orm", "raw") for s in bad if s.kind == kind), bad[0])
        kind = "orm" if worst.kind == "orm" else "unknown" if text_is_response and worst.kind == "unknown" else "raw"
        return [Shape(kind, _returns(worst), worst.entity if kind == "orm" else None)]

    def _is_container(self, shape: Shape) -> bool:
        """Whether a schema is one for readers alone: Flask takes a row for a body and its status, and a dict as it is."""
        bases = self.names.bases(shape.entity) if shape.entity is not None and not is_dumped(shape) else ()
        return any(base.last == "NamedTuple" or base.name in ("builtins.dict", "builtins.tuple") for base in bases)

    def _is_refusal(self, node: ast.expr | None, scope: Scope) -> bool:
        """Whether the tuples that a function of the project gives for a variable are errors: ``if isinstance(found, tuple): return found``."""
        bindings = scope.symbols.get(node.id, ()) if isinstance(node, ast.Name) else ()
        with self.within(bindings[0].node if len(bindings) == 1 else None, scope) as found:
            nodes = list(own_nodes(found[0])) if found is not None else []
        tuples = [n for n in nodes if isinstance(n, ast.Return) and isinstance(n.value, ast.Tuple)]
        return only_fails(tuples, nodes)

    def told(self, function: Function, scope: Scope) -> list[Shape]:
        """Return the shapes of what a function returns that need not declare it."""
        nodes, self._errors_count = list(own_nodes(function)), True
        returns = [n for n in nodes if isinstance(n, ast.Return)]
        shapes = self._of_each(returns, nodes, self.names.function_scope(function, scope))
        some = [s._replace(detail=_returns(s)) for s in shapes if s.kind != "none"]
        return some or [Shape("none", "nothing")]


def _returns(shape: Shape) -> str:
    return f"{NOTHING_DECLARED}: it returns {shape.detail}"
