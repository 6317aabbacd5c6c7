"""What a local name was given last."""

from __future__ import annotations

import ast

from pytest_fitness.model.syntax import Scope
from pytest_fitness.sources.flow import elements_replaced, still_meant
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
    assert meanings("    x = 1\n    for x in a(x): pass") == ["1", "a(x)[0]"]
    assert meanings("    x = 1\n    for y in a: print(x)\n    x = 2") == ["1", "2"]


def replaced(text: str) -> str:
    """Return what the elements of ``x`` are in the last statement of a function."""
    function = ast.parse(f"def f():\n{text}").body[0]
    assert isinstance(function, ast.FunctionDef)
    uses = [node for node in ast.walk(function.body[-1]) if isinstance(node, ast.Name) and node.id == "x"]
    found = elements_replaced(uses[-1], Scope("m", "m.py", node=function))
    return ast.unparse(found) if found is not None else ""


def test_a_loop_may_replace_what_is_in_a_list() -> None:
    """All of it; if nothing has taken the place of the list since."""
    assert replaced("    for n, y in enumerate(x): x[n] = y.id\n    return x") == "y.id"
    assert replaced("    for n in range(len(x)):\n        x[n] = dump(x[n])\n    return x") == "dump(x[n])"
    assert replaced("    for n, y in enumerate(x): x[n] = y.id\n    x = rows()\n    return x") == ""
    assert replaced("    for n, y in enumerate(x):\n        if y: x[n] = y.id\n    return x") == ""
    assert replaced("    for n, y in enumerate(x): y[n] = x\n    return x") == ""
    assert replaced("    for n, y in enumerate(x): x, y = y\n    return x") == ""
    assert replaced("    for n, y in enumerate(z): x[n] = y.id\n    return x") == ""
    assert replaced("    for n in x: x[n] = 1\n    return x") == ""
    assert replaced("    for n in range(1, len(x)): x[n] = 1\n    return x") == ""
    assert replaced("    for n in range(len(x.y)): x[n] = 1\n    return x") == ""

    scope = Scope("m", "m.py", node=ast.parse("def f(): x").body[0])
    elsewhere = ast.parse("\n\n\nx").body[0]
    assert isinstance(elsewhere, ast.Expr)
    assert isinstance(elsewhere.value, ast.Name)
    assert elements_replaced(ast.Name("x"), scope) is None
    assert elements_replaced(elsewhere.value, scope) is None
