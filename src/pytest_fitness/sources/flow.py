"""What a local name was given last, for sure, before it is used."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from pytest_fitness.model.contents import FUNCTIONS
from pytest_fitness.model.straight import blocks_of, contains, given_by, left_behind, replaced
from pytest_fitness.model.syntax import Binding, Scope
from pytest_fitness.sources.symbol_table import walrus_of

COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def still_meant(bindings: Sequence[Binding], use: ast.Name, scope: Scope) -> Sequence[Binding]:
    """Leave out the meanings of a name that another one has taken the place of where it is used.

    Args:
        bindings: all meanings that the name has in the function, in the order of its statements.
        use: the name as it stands there.
        scope: the inside of the function.
    """
    if len(bindings) < 2 or not isinstance(scope.node, FUNCTIONS) or not hasattr(use, "lineno"):
        return bindings
    loop = _turn_of(use, scope.node.body)
    if loop is not None:  # whatever it was before, or will be in another loop
        bindings = [each for each in bindings if each.node is None or _is_in(each.node, loop)]
    is_inside = scope.node.lineno <= use.lineno <= (scope.node.end_lineno or 0)
    gone = {*replaced(use, scope.node.body), *left_behind(use, scope.node.body)} if is_inside else set[int]()
    bindings = [each for each in bindings if id(each.node) not in gone]
    last, is_repeated = _last_given(use, scope.node.body)
    at = next((n for n, binding in enumerate(bindings) if binding.node is last), 0) if last is not None else 0
    if is_repeated:
        return bindings[at:]
    # what is given later, or by the very statement, has not been given yet
    return [each for each in bindings[at:] if each.node is None or not _is_later(each.node, use)]


def _turn_of(use: ast.Name, body: Sequence[ast.stmt]) -> ast.For | ast.AsyncFor | None:
    """The innermost loop in whose body its own variable is used."""
    found = None
    block: Sequence[ast.stmt] = body
    while (statement := next((each for each in block if contains(each, use)), None)) is not None:
        block = next((each for each in blocks_of(statement) if any(contains(s, use) for s in each)), ())
        if isinstance(statement, ast.For | ast.AsyncFor) and block is statement.body:
            is_its = isinstance(statement.target, ast.Name) and statement.target.id == use.id
            found = statement if is_its else found
    inner = [node for node in ast.walk(found) if isinstance(node, COMPREHENSIONS)] if found is not None else []
    is_other = any(contains(each, use) and use.id in _targets(each) for each in inner)  # [x for x in found]
    return None if is_other else found


def _targets(node: ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp) -> set[str]:
    targets = (each for generator in node.generators for each in ast.walk(generator.target))
    return {each.id for each in targets if isinstance(each, ast.Name)}


def _is_in(value: ast.AST, loop: ast.For | ast.AsyncFor) -> bool:
    return loop.lineno <= getattr(value, "lineno", loop.lineno) <= (loop.end_lineno or 0)


def _is_later(value: ast.AST, use: ast.Name) -> bool:
    start = (getattr(value, "lineno", 0), getattr(value, "col_offset", 0))
    return start > (use.lineno, use.col_offset) or (isinstance(value, ast.expr) and contains(value, use))


def _last_given(use: ast.Name, body: Sequence[ast.stmt]) -> tuple[ast.expr | None, bool]:
    """The last value on the way to *use* that no condition, loop or exception can leave out, and whether *use* may run again."""
    found: ast.expr | None = None
    is_repeated = False
    block: Sequence[ast.stmt] | None = body
    while block is not None:
        for statement in block:
            if contains(statement, use):
                tested = getattr(statement, "test", None)
                if tested is not None and not contains(tested, use):
                    found = _bound(statement, use.id) or found
                is_turned = isinstance(statement, ast.For | ast.AsyncFor) and not contains(statement.iter, use)
                is_repeated = is_repeated or is_turned or isinstance(statement, ast.While)
                block = next((each for each in blocks_of(statement) if any(contains(s, use) for s in each)), None)
                break
            found = given_by(statement, use.id) or _bound(statement, use.id) or found
        else:
            return None, True  # it stands somewhere else
    return found, is_repeated


def _bound(statement: ast.stmt, name: str) -> ast.expr | None:
    """What a condition gives to a name, whether it holds or not: ``if not (order := find())``."""
    walrus = walrus_of(statement.test) if isinstance(statement, ast.If) else None
    return walrus.value if walrus is not None and walrus.target.id == name else None
