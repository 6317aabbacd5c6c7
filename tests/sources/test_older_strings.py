"""F-strings of Python 3.12 in the words of 3.11."""

from __future__ import annotations

import ast

import pytest

from pytest_fitness.sources.older_strings import in_older_words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('x = f"{a["b"]}"', "x = f\"{a['b']}\""),
        ("x = f'{a['b']} {c}'", "x = f'{a[\"b\"]} {c}'"),
        ('x = f"{a["b\'s"]}"', "x = f\"{a['']}\""),
        ('x = rf"{a["b"]}\\""', 'x = rf"{a[\'b\']}\\""'),
        ("x = f\"{'\\n'.join(a)}\"", "x = f\"{''.join(a)}\""),
        ('x = f"{a[f"{b["c"]} {d!r} {e=}"]}"', "x = f\"{a[(b['c'], d, e,)]}\""),
        ('x = f"{a[f"{b == c}"]} {f"{d}"}"', 'x = f"{a[(b == c,)]} {(d,)}"'),
        ('x = f"{a["b"]}\\N{EN DASH}{c}"', "x = f\"{a['b']}\\N{EN DASH}{c}\""),
        ('x = rf"\\{a["b"]}"', "x = rf\"\\{a['b']}\""),
        ('x = f"{a["b"]!r:>{w["x"]}}"', "x = f\"{a['b']!r:>{w['x']}}\""),
        ('x = f"{{}} {d["x"]:%Y-%m}}}"', "x = f\"{{}} {d['x']:%Y-%m}}}\""),
        ('x = f"{ {"a": 1}["a"] } {f(lambda q: q)}"', "x = f\"{ {'a': 1}['a'] } {f(lambda q: q)}\""),
        ('x = f"{\n    a\n}"\ny = 1', 'x = f"{ a }"\\\n\\\n\ny = 1'),
        ('x = (f"{a["b"]}"\n     f"{c}")', 'x = (f"{a[\'b\']}"\n     f"{c}")'),
        ('x = f"""{a} {\n    b  # it is "so"\n}"""\ny', 'x = f"""{a} { b   }"""\\\n\\\n\ny'),
        ("x = f\"{f(f'{a['b']}', c)}\"", "x = f\"{f((a['b'],), c)}\""),
        ("x = f\"{f('a') + f(f'{a}')}\" + f'{b['c']}'", "x = f\"{f('a') + f(f'{a}')}\" + f'{b[\"c\"]}'"),
        ('x = f"{a["b"]}" + "c"', 'x = f"{a[\'b\']}" + "c"'),
    ],
)
def test_it_is_put_so_that_it_can_be_parsed(text: str, expected: str) -> None:
    """On the same lines."""
    older = in_older_words(text)

    assert older == expected
    assert ast.parse(older)
    assert older.count("\n") == text.count("\n")


@pytest.mark.parametrize(
    "text",
    [
        'x = f"{a[\'b\']} {c:>{w}}"  # f"{a["b"]}"',
        'x = "{a["',
        'x = """f"{a["b"]}" """',
        'x = "it is \\" so" + \'f"{a["\'',
        'x = f"""{a["b"]} {\n    b\n}"""',
        # what has no end
        'x = f"{a["b"]',
        'x = f"{a["b"',
        'x = "a',
        'x = f"{a:"',
        'x = f"{a:>{b"',
        'x = f"{a:',
        'f"{' * 3000,
    ],
)
def test_anything_else_stays_as_it_is(text: str) -> None:
    """Comments, other texts, and what has no end."""
    assert in_older_words(text) == text
