"""What a local name was given last."""

from __future__ import annotations

import ast

from pytest_fitness.model.syntax import Scope
from pytest_fitness.sources.flow import still_meant
from pytest_fitness.sources.symbol_table import collect


def meanings(text: str, use: ast.Name | None = None) -> list[str]:
    """Return what ``x`` may be in the last statement of a function."""
    function = ast.parse(f"def f():\n{text}").body[0]
    assert isinstance(function, ast.FunctionDef)
    scope = collect(Scope("m", "m.py", node=function), function.body)
    found = (
        use
        or [n for n in ast.walk(function) if isinstance(n, ast.Name) and n.id == "x" and isinstance(n.ctx, ast.Load)][
            -1
        ]
    )
    return [ast.unparse(b.node) for b in still_meant(scope.symbols["x"], found, scope) if b.node is not None]


def test_what_is_surely_given_last_counts() -> None:
    """And what may be given behind that."""
    assert meanings("    x = 1\n    x = 2\n    return x") == ["2"]
    assert meanings("    x = 1\n    x = y = 2\n    if z: x = 3\n    return x") == ["2", "3"]
    assert meanings("    x = 1\n    x = 2\n    y = 3\n    print()\n    return x") == ["2"]
    assert meanings("    x = 1\n    x: int\n    x.y = 2\n    return x") == ["1"]
    assert meanings("    x = 1\n    if z:\n        x = 2\n    else:\n        return x") == ["1", "2"]
    assert meanings("    x = 1\n    if not (x := 2): return\n    return x") == ["2"]
    assert meanings("    x = 1\n    if (x := 2) is None:\n        return x") == ["2"]
    assert meanings("    x = 1\n    if (y := 2): print(x)") == ["1"]
    assert meanings("    x = 1\n    while (x := 2): pass\n    return x") == ["1", "2"]
    assert meanings("    x = 1\n    with z:\n        x = 2\n        return x") == ["2"]
    assert meanings("    x = 1\n    try: x = 2\n    finally: return x") == ["1", "2"]


def test_what_stands_somewhere_else_may_be_anything() -> None:
    """Nothing is left out."""
    elsewhere = ast.parse("\n\n\n\n\n\n\nx").body[0]
    assert isinstance(elsewhere, ast.Expr)
    assert isinstance(elsewhere.value, ast.Name)

    assert meanings("    x = 1\n    x = 2", elsewhere.value) == ["1", "2"]
    assert meanings("    x = 1\n    x = 2", ast.Name("x")) == ["1", "2"]


def test_the_variable_of_a_loop_is_nothing_else_in_it() -> None:
    """Whatever it was before, and is in another loop; what it is given in the loop counts as well."""
    assert meanings("    x = 1\n    for x in a: print(x)") == ["a[0]"]
    assert meanings("    for x in a: pass\n    for x in b:\n        if x: y.append(x)") == ["b[0]"]
    assert meanings("    for x in a:\n        for y in b: print(x)\n        x = 2") == ["a[0]", "2"]
    assert meanings("    for x in a:\n        for x in b: print(x)") == ["b[0]"]
    assert meanings("    x = 1\n    for x in a: pass\n    return x") == ["1", "a[0]"]
    assert meanings("    x = 1\n    for x in a: pass\n    else: return x") == ["1", "a[0]"]
    assert meanings("    x = 1\n    for x in a(x): pass") == ["1"]
    assert meanings("    for y in a:\n        for x in b(x): pass\n        x = 1") == ["b(x)[0]", "1"]
    assert meanings("    for x in a: print([x for x in b])\n    x = 1") == ["a[0]", "1"]
    assert meanings("    x = 1\n    for y in a: print(x)\n    x = 2") == ["1", "2"]
