"""Handlers out of tables and lists that are put together: looked up by a name, grown in loops, made by comprehensions and generators."""

from __future__ import annotations

import ast

import pytest
from frameworks.handlers_in import handlers

from pytest_fitness.frameworks._given import is_same
from pytest_fitness.model.syntax import Entity, Scope
from pytest_fitness.testing import codebase

HEAD = """\
from fastapi import APIRouter
from pydantic import BaseModel
router = APIRouter()
class Order(BaseModel): ...
def good(data: Order) -> Order: ...
def bad(data: dict) -> dict: ...
def missing() -> Order: ...
"""
TABLE = "H = {'g': good, 'b': bad}\n"
BOTH = ["bad raw/raw", "good schema/schema"]
ALL = [*BOTH, "missing schema"]


def shown(text: str, others: dict[str, str] | None = None) -> list[str]:
    """The names of the handlers with what they take and give."""
    found = handlers(HEAD + text, others)
    return sorted(
        f"{h.title.rpartition(' ')[2]} {'/'.join([*(s.kind for s in h.inputs), h.output.kind])}" for h in found
    )


def shown_with_paths(text: str) -> list[str]:
    """The paths of the handlers with their names."""
    return sorted(h.title.removeprefix("GET ") for h in handlers(HEAD + text))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{}H[k])", BOTH),
        ("{}H.get(k))", BOTH),
        ("{}H.get(k, missing))", ALL),
        ("{}H.get(k, None))", BOTH),
        ("{}H['g'])", ["good schema/schema"]),
        ("{}H.get('g'))", ["good schema/schema"]),
        ("{}log(H[k]))", BOTH),
        ("def of(k): return H.get(k, missing)\n{}of(k))", ALL),
        ("def of(): return H[KEY]\n{}of())", BOTH),
        ("def of(k):\n    if k in H: return H[k]\n    if k: return None\n    return missing\n{}of(k))", ALL),
        ("def of(k): return H[k]\ndef by(k): return of(k)\n{}by(k))", BOTH),
        ("def own(f): return H.get(f.__name__, f)\n{}own(missing))", ALL),
        ("def add(k):\n    f = H[k]\n    router.add_api_route('/x', f)\n{}good)", [*BOTH, "good schema/schema"]),
        ("{}H[k])\nif 'g' in H and 'b' not in H: ...", BOTH),
    ],
)  # fmt: skip
def test_all_that_is_in_a_table_may_be_registered(text: str, expected: list[str]) -> None:
    """Where only the running code knows which, and that it is one of them."""
    found = shown(TABLE + text.format("for k in load(): router.add_api_route('/' + k, "))

    assert found == expected


@pytest.mark.parametrize(
    "change",
    [
        "H.update(load())",
        "H.update(x=load())",
        "H |= load()",
        "H -= load()",
        "x = H.setdefault('x', load())",
        "fill(H)",
        "del H['g']",
        "def more():\n    global H\n    H = load()",
    ],
)
def test_a_table_to_which_something_is_done_says_nothing(change: str) -> None:
    """There may be others in it."""
    text = f"{TABLE}{change}\nfor k in load(): router.add_api_route('/x', H[k])"

    assert shown(text) == ["H[k] unknown"]
    assert shown(text.replace(f"{change}\n", ""), {"shop.b": f"from shop.api import H\n{change}"}) == ["H[k] unknown"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("H = {**load(), 'g': good}\nfor k in load(): router.add_api_route('/x', H[k])", ["H[k] unknown"]),
        ("H = {'g': good} | load()\nfor k in load(): router.add_api_route('/x', H[k])", ["H[k] unknown"]),
        ("H = {'g': [good]}\nfor k in load():\n    for f in H[k]: router.add_api_route('/x', f)", ["f unknown"]),
        ("H = {'g': good}\ndef of(k):\n    if k: return H[k]\n    return load(k)\nrouter.add_api_route('/x', of(1))",
         ["of(1) unknown"]),
        ("def of(k): return good\nrouter.add_api_route('/x', of(1))", ["of(1) unknown"]),
        ("class A:\n    H = {'g': good}\n    def add(self, k): router.add_api_route('/x', self.H[k])\nA.H['x'] = bad",
         ["self.H[k] unknown"]),
        ("def f1(k): return f2(k)\ndef f2(k): return f3(k)\ndef f3(k): return f4(k)\ndef f4(k): return f5(k)\n"
         "def f5(k): return f6(k)\ndef f6(k): return {'g': good}.get(k)\nrouter.add_api_route('/x', f1(1))", ["f1(1) unknown"]),
    ],
)  # fmt: skip
def test_a_table_that_is_not_all_there_says_nothing(text: str, expected: list[str]) -> None:
    """It is one handler, of which nothing is known."""
    assert shown(text) == expected


def test_a_table_of_another_module_is_looked_up_by_each_name() -> None:
    """One after the other, as a loop gives them."""
    views = {"shop.views": "from shop.api import good, bad\nVIEWS = {'g': good, 'b': bad}"}
    text = "from shop.views import VIEWS\nfor n in ('b', 'g'):\n    f = VIEWS[n]\n    router.add_api_route('/' + n, f)"

    assert shown(text, views) == BOTH


def test_classes_are_looked_up_as_well() -> None:
    """In a table of the module, or of the class that registers them; the view is made of what is looked up."""
    flask = (
        "from flask import Flask\nfrom flask.views import MethodView\napp = Flask(__name__)\n"
        "class A(MethodView):\n    def get(self): return {}\nclass B(MethodView):\n    def post(self): return ''\n"
    )
    by_name = (
        "V = {'a': A, 'b': B}\ndef add(k):\n    view = V[k]\n    app.add_url_rule('/x', view_func=view.as_view('x'))"
    )
    of_class = "class R:\n    V = {'a': A, 'b': B}\n    def add(self, k): app.add_url_rule('/x', view_func=self.V[k].as_view('x'))"

    for text in (by_name, of_class):
        assert sorted(h.title for h in handlers(flask + text)) == ["GET /x A.get", "POST /x B.post"]


def test_what_is_looked_up_for_other_routes_is_no_handler_of_these() -> None:
    """A function that lists routes is given what looks up their handlers: here one, elsewhere another."""
    text = (
        f"{TABLE}I = {{'m': missing}}\ndef a(k): return H[k]\ndef b(k): return I[k]\n"
        "def rows(of):\n    found = []\n    for path in load():\n        f = of(path)\n        found.append(('/x', f))\n    return found\n"
        "def every(of=a): return rows(of)\n"
    )

    assert shown(f"{text}for p, f in every(): router.add_api_route(p, f)\nfor p, f in every(b): print(p, f)") == BOTH
    assert shown(f"{text}for p, f in every(b): router.add_api_route(p, f)") == ["missing schema"]


def test_what_is_in_a_table_is_there_once_for_all_paths_that_cannot_be_told() -> None:
    """And for each path that can be."""
    unknown = "for n in (1, 2):\n    for p in load(n): router.add_api_route(p + str(n), H.get(load()))"
    known = "for p in ('/a', '/b'): router.add_api_route(p, H.get(load()))"

    assert shown_with_paths(TABLE + unknown) == ["p + str(1) bad", "p + str(1) good"]
    assert shown_with_paths(TABLE + known) == ["/a bad", "/a good", "/b bad", "/b good"]


@pytest.mark.parametrize(
    ("fills", "uses"),
    [
        ("R = []\ndef put(p, f): R.append((p, f))\nput('/g', good)\nput(f=bad, p='/b')", "R"),
        ("R = [('/g', good)]\ndef put(f):\n    R.insert(0, ('/b', f))\n    return f\nbad = put(bad)", "R"),
        ("R = set()\ndef put(f): R.add(('/' + f.__name__[0], f))\nput(good)\nput(bad)", "R"),
        ("R = []\ndef put(*rows): R.extend(rows)\nput(('/g', good), ('/b', bad))", "R"),
        ("R = []\ndef put(rows):\n    for p, f in rows: R.append((p, f))\nput([('/g', good), ('/b', bad)])", "R"),
        ("R = {}\nR['/g'] = good\nR.setdefault('/b', bad)", "R.items()"),
        ("R = dict()\nR.update({'/g': good})\nR |= {'/b': bad}", "R.items()"),
        ("R = {'/g': good}\ndef put(p, f): R[p] = f\nput('/b', bad)", "R.items()"),
        ("R = {}\nfor p, f in (('/g', good), ('/b', bad)):\n    R[p] = f", "R.items()"),
        ("R = {p: f for p, f in (('/g', good), ('/b', bad))}", "R.items()"),
        ("G = {'/g': good}\nR = {**G, '/b': bad}", "R.items()"),
        ("R = dict({'/g': good}, **{'/b': bad})", "R.items()"),
        ("R = dict([('/g', good), ('/b', bad)])", "R.items()"),
        ("R = {'/g': good} | {'/b': bad}", "R.items()"),
        ("def made(): return {'/g': good, '/b': bad}", "made().items()"),
        ("R = []\ndef put(p, f): R.append((p, f))\ndef get(name, f): put('/' + name, f)\nget('g', good)\nget('b', bad)", "R"),
        ("R = []\ndef put(p, f):\n    rule = '/' + p\n    R.append((rule, f))\nput('g', good)\nput('b', bad)", "R"),
    ],
)  # fmt: skip
def test_a_table_is_what_is_put_into_it_anywhere(fills: str, uses: str) -> None:
    """By statements of the module, by functions for each of their callers, in loops; in whatever way a dict is made."""
    names = [
        each.rpartition(" ")[2] for each in shown_with_paths(f"{fills}\nfor p, f in {uses}: router.add_api_route(p, f)")
    ]
    known = shown(f"{fills}\nfor p, f in {uses}: router.add_api_route('/x', f)")

    assert names == ["bad", "good"]
    assert known == BOTH


DECORATORS = {
    "plain": "R = []\ndef route(f):\n    R.append(('/' + f.__name__, f))\n    return f\n",
    "told": "R = []\ndef route(p):\n    def put(f):\n        R.append((p, f))\n        return f\n    return put\n",
    "named": "R = []\ndef route(p):\n    rule = '/' + p\n    def put(f):\n        R.append((rule, f))\n        return f\n    return put\n",
    "dict": "R = {}\ndef route(p):\n    def put(f):\n        R[p] = f\n        return f\n    return put\n",
}


@pytest.mark.parametrize(
    ("registry", "decorator", "uses"),
    [
        ("plain", "route", "R"),
        ("told", "route('/{}')", "R"),
        ("told", "registry.route(p='/{}')", "R"),
        ("named", "route('{}')", "R"),
        ("dict", "route('/{}')", "R.items()"),
        ("dict", "route('/{}')", "((k, R[k]) for k in load())"),
    ],
)
def test_a_registry_has_in_it_what_its_decorator_is_put_above(registry: str, decorator: str, uses: str) -> None:
    """In all modules, and nothing else; the loop that registers it is in a third one."""
    head = "from shop import registry\nfrom shop.registry import route\nfrom shop.models import Order\n"
    others = {
        "shop.models": "from pydantic import BaseModel\nclass Order(BaseModel): ...",
        "shop.registry": DECORATORS[registry],
        "shop.a": f"{head}@{decorator.format('a')}\ndef a(data: dict) -> Order: ...",
        "shop.b": f"{head}@{decorator.format('b')}\ndef b() -> dict: ...\ndef c() -> dict: ...",
    }
    text = f"from shop.registry import R\nimport shop.a, shop.b\nfor p, f in {uses}: router.add_api_route(p, f)"

    shop = codebase({"shop.api": HEAD + text, **others})
    found = sorted(
        h.title.rpartition(" ")[2] + " " + h.output.kind
        for part in "ab"
        for h in shop.handlers(shop.select(part)).found
    )
    assert found == ["a schema", "b raw"]


@pytest.mark.parametrize(
    ("fills", "expected"),
    [
        ("R = []\ndef put(f): R.append(f)\nput(good)\nfor g in load(): put(g)", ["good schema/schema", "g unknown"]),
        ("R = []\ndef put(f): R.append(f)\nput(good)\nload(put)", ["f unknown", "good schema/schema"]),
        ("R = []\ndef put(f): R.append(f)\nput(good)\ndef by(g): put(g)\nload(by)", ["f unknown", "good schema/schema"]),
        ("R = []\ndef put(f): R.append(f)\nput(good)\nput(*load())", ["f unknown", "good schema/schema"]),
        ("R = []\ndef put(f):\n    R.append(f)\n    put(load(f))\nput(good)", ["f unknown", "good schema/schema"]),
        ("R = {}\nR['g'] = [good]\nR['g'].append(bad)\nR = R.values()", ["f unknown"]),
        ("R = []\nclass A:\n    def __init_subclass__(cls): R.append(cls)\nclass B(A): ...", ["B unknown"]),
        ("R = []\nputs = R.append\nputs(good)", ["f unknown"]),
        ("def part(R):\n    R.append(good)\nR = [bad]\npart(R)", ["f unknown"]),
    ],
)  # fmt: skip
def test_what_may_be_put_into_a_table_in_another_way_is_unknown(fills: str, expected: list[str]) -> None:
    """Beside all that is known to be in it."""
    assert shown(f"{fills}\nfor f in R: router.add_api_route('/x', f)") == sorted(expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("T = []\nfor f in (good, bad):\n    T.append(('/x', f))\n{}T", ["/x bad", "/x good"]),
        ("T = []\nfor p in ('/a', '/b'):\n    for f in (good, bad):\n        if p: T += [(p, f)]\n{}T",
         ["/a bad", "/a good", "/b bad", "/b good"]),
        ("T = []\nfor row in [('/g', good), ('/b', bad)]:\n    p, f = row\n    T.append((p, f))\n{}T", ["/b bad", "/g good"]),
        ("T = []\nfor p, f in (('/g', good), ('/b', bad)):\n    g = log(f)\n    h = log(g)\n    T.append((p, h))\n{}T", ["/b bad", "/g good"]),
        ("T = [('/g', good)]\nwhile load():\n    T.append(('/b', bad))\n{}T", ["/b bad", "/g good"]),
        ("T = []\nfor rows in ([('/g', good)], [('/b', bad)]):\n    T.extend(rows)\n{}T", ["/b bad", "/g good"]),
        ("T = []\nfor g in (good, bad):\n    g = load(g)\n    T.append(('/x', g))\n{}T", ["/x g"]),
        ("T = []\nfor f in load():\n    T.append(('/x', f))\n{}T", ["/x f"]),
        ("T = []\nfor p in load():\n    T.append((p, good))\n{}T", ["p good"]),
        ("def rows(ps): return [(p, f) for p in ps for f in (good, bad)]\n{}rows(('/a', '/b'))",
         ["/a bad", "/a good", "/b bad", "/b good"]),
        ("{}[(p, good) for p in load()]", ["p good"]),
        ("{}[(q, good) for q in {r: 1 for r in ('/a', '/b')}]", ["/a good", "/b good"]),
        ("{}dict([(p, f) for p, f in (('/g', good), ('/b', bad))]).items()", ["/b bad", "/g good"]),
        ("{}{('/x', f) for f in (good, bad)}", ["/x bad", "/x good"]),
        ("{}(('/x', f) for f in (good, bad))", ["/x bad", "/x good"]),
        ("{}[('/x', f) for f in load()]", ["/x f"]),
        ("{}[('/x', f) for f in [" + "good, " * 2_001 + "]]", ["p f"]),
        ("def rows():\n    for f in (good, bad): yield '/x', f\n{}rows()", ["/x bad", "/x good"]),
        ("def rows():\n    yield '/g', good\n    yield from [('/b', bad)]\n{}rows()", ["/b bad", "/g good"]),
        ("def rows():\n    got = yield '/g', good\n    yield '/b', bad\n{}rows()", ["p f"]),
        ("def rows():\n    yield\n    yield '/b', bad\n{}rows()", ["p f"]),
        ("def rows(f): return [('/x', f)]\n{}[*rows(good), *rows(bad)]", ["/x bad", "/x good"]),
        ("def rows(good): return [('/x', good)]\n{}rows(bad)", ["/x bad"]),
        ("def rows(f):\n    f = load()\n    return [('/x', f)]\n{}rows(bad)", ["/x bad", "/x load()"]),
        ("class A:\n    def rows(self, f): return [('/x', f)]\na = A()\n{}[*a.rows(good), *A.rows(a, bad)]", ["/x bad", "/x good"]),
        ("class A:\n    def rows(self): return [('/g', good)]\nclass B(A):\n    def rows(self): return [*super().rows(), ('/b', bad)]\n"
         "{}B().rows()", ["/b bad", "/g good"]),
        ("def rows(n): return [r for r in rows(n - 1)]\n{}rows(3)", ["p f"]),
        ("{}[('/x', good), *load()]", ["/x good", "p f"]),
        ("{}[('/x', good)] + load()", ["/x good", "p f"]),
        ("{}[('/x', good), ('/y', bad, 1)]", ["/x good", "p f"]),
    ],
)  # fmt: skip
def test_what_loops_and_comprehensions_put_together(text: str, expected: list[str]) -> None:
    """Turn by turn, in any order; what cannot be told is one more handler, of which nothing is known."""
    assert shown_with_paths(text.replace("{}", "for p, f in ") + ": router.add_api_route(p, f)") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{}zip(['/g', '/b'], [good, bad])", ["/b bad", "/g good"]),
        ("{}zip(['/g', '/b'], load())", ["p f"]),
        ("{}zip(['/g', *load()], [good, bad])", ["p f"]),
        ("import itertools\n{}itertools.chain([('/g', good)], [('/b', bad)])", ["/b bad", "/g good"]),
        ("from itertools import chain\n{}chain([('/g', good)], load())", ["/g good", "p f"]),
        ("class A: ...\nclass B(A):\n    def f(self): ...\nclass C(B): ...\n{}[('/' + c.__name__, c().f) for c in A.__subclasses__()]",
         ["'/' + B.__name__ B.f", "'/' + C.__name__ B.f"]),
        ("{}[(c, c) for c in load().__subclasses__()]", ["c c"]),
        ("R = []\nclass A:\n    def __init_subclass__(cls): R.append(('/x', cls))\nclass B(A):\n    def f(self): ...\n"
         "{}[(p, c().f) for p, c in R]", ["/x B.f"]),
        ("{}[(r.get('p'), r.get('f')) for r in [{{'p': '/g', 'f': good}}]]", ["/g good"]),
        ("{}[(r.get('p'), r.get('g', bad)) for r in [{{'p': '/g', 'f': good}}]]", ["/g bad"]),
        ("{}[(r.get('q'), r.get('f')) for r in [{{'p': '/g', 'f': good}}]]", ["None good"]),
        ("{}[(r.get(P), r.get('f')) for r in [{{'p': '/g', 'f': good}}]]", ["{'p': '/g', 'f': good}.get(P) good"]),
        ("{}[(r.get(), r.get('f')) for r in [{{'f': good}}]]", ["{'f': good}.get() good"]),
    ],
)  # fmt: skip
def test_what_goes_over_several_lists_or_classes(text: str, expected: list[str]) -> None:
    """As Python does it."""
    assert shown_with_paths(text.format("for p, f in ") + ": router.add_api_route(p, f)") == expected


OBJECT = "class A:\n    def __init__(self):\n        self.rows = [('/g', good)]\n        self.table = {{'/g': good}}\n    def add(self):\n        {}\n"


@pytest.mark.parametrize(
    ("loop", "more", "expected"),
    [
        ("for p, f in self.rows: router.add_api_route(p, f)", "", ["/g good"]),
        ("for p, f in self.table.items(): router.add_api_route(p, f)", "", ["/g good"]),
        ("router.add_api_route('/x', self.table[load()])", "", ["/x good"]),
        ("for p, f in self.rows: router.add_api_route(p, f)", "    def put(self): self.rows.append(('/b', bad))", ["/b bad", "/g good"]),
        ("for p, f in self.rows: router.add_api_route(p, f)",
         "    def put(self, p, f): self.rows.append((p, f))\na = A()\na.put('/b', bad)", ["/b bad", "/g good"]),
        ("router.add_api_route('/x', self.table[load()])", "    def put(self): self.table['/b'] = bad", ["/x bad", "/x good"]),
        ("router.add_api_route('/x', self.table[load()])", "    def put(self): self.table['/b'] = [bad]", ["/x self.table[load()]"]),
        ("for p, f in self.rows: router.add_api_route(p, f)", "    def put(self): self.rows = load()", ["p f"]),
        ("for p, f in self.rows: router.add_api_route(p, f)", "    def put(self): fill(self.rows)", ["p f"]),
        ("for p, f in self.rows: router.add_api_route(p, f)", "load().rows.append(('/b', bad))", ["p f"]),
        ("for p, f in self.rows: router.add_api_route(p, f)", "def rows(): rows.x = [bad]", ["/g good"]),
        ("for p, f in self.rows: router.add_api_route(p, f)", "class B:\n    def __init__(self): self.rows = [bad]", ["/g good"]),
        ("for p, f in self.rows: router.add_api_route(p, f)",
         "class B(A):\n    def __init__(self): self.rows = [('/b', bad)]", ["/b bad", "/g good"]),
        ("for p, f in self.rows: router.add_api_route(p, f)", "class B(A):\n    def __init__(self): self.rows: list = [('/b', bad)]",
         ["/b bad", "/g good"]),
        ("for p, f in self.rows: router.add_api_route(p, f)", "class B(A):\n    def rows(self): ...", ["p f"]),
    ],
)  # fmt: skip
def test_a_table_of_an_object_is_what_its_class_puts_into_it(loop: str, more: str, expected: list[str]) -> None:
    """In any of its methods, and in those of derived classes; somebody else may do something else to it."""
    assert shown_with_paths(f"{OBJECT.format(loop)}{more}") == expected


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        ("def o(n): return {'tags': [n], 'summary': n}", "x raw"),
        ("def o(n): return {'tags': [n], 'response_model': None}", "x raw"),
        ("def o(n): return {'tags': [n], 'response_model': n}", "x unknown"),
        ("def o(n):\n    if n: return {}\n    return {'tags': [n]}", "x unknown"),
        ("def o(n): return {n: 1}", "x unknown"),
        ("def o(n): return load(n)", "x unknown"),
        ("@deco\ndef o(n): return {'tags': [n]}", "x unknown"),
    ],
)
def test_options_that_a_function_returns_matter_where_they_say_what_crosses(made: str, expected: str) -> None:
    """What it returns is written down, in one place."""
    assert shown(f"{made}\n@router.get('/x', **o('a'))\ndef x(): return {{}}") == [expected]


PUT = "T = []\ndef put(p, f):\n    {}T.append((p, f))\nput('/g', good)\n{{}}T"
OF_OBJECT = "class M:\n    def __init__(self): self.R = {}\n    def add(self):\n        {{}}self.R"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (PUT.format("if p: f = bad\n    "), ["p f"]),
        (PUT.format("p, f = '/b', bad\n    "), ["p f"]),
        (PUT.format("def f(): ...\n    "), ["p f"]),
        (PUT.format("def other():\n        nonlocal f\n        f = bad\n    other()\n    "), ["p f"]),
        (PUT.format("if (f := bad): "), ["p f"]),
        ("T = []\ndef put(f): T.append(('/x', f))\ndef outer(g):\n    put(g)\n    g = bad\n    put(g)\nouter(good)\n{}T", ["p f"]),
        ("T = []\ndef put(f): T.append(('/x', f))\ndef outer(g):\n    for g in (g, bad): put(g)\nouter(good)\n{}T", ["p f"]),
        ("def rows(fs=[good]):\n    gs = fs\n    gs.append(bad)\n    return [('/x', g) for g in fs]\n{}rows()", ["/x g"]),
        ("def rows(fs=[good]):\n    fill(fs)\n    return [('/x', g) for g in fs]\n{}rows()", ["/x g"]),
        ("def rows(fs):\n    if not fs or len(fs) < 1: return []\n    return [('/x', g) for g in fs]\n{}rows([good])", ["/x good"]),
        ("T = [('/b', bad)]\nfor U in (T,): U.append(('/g', good))\n{}T", ["p f"]),
        (OF_OBJECT.format("[('/b', bad)]") + ": router.add_api_route(p, f)\ngetattr(M(), 'R').append(('/g', good))\n{}[]", ["p f", "p f"]),
        (OF_OBJECT.format("[('/b', bad)]") + ": router.add_api_route(p, f)\nM().__dict__.update(R=[good])\n{}[]", ["p f", "p f"]),
        (OF_OBJECT.format("kept = [('/b', bad)]") + ": router.add_api_route(p, f)\n{}[]", ["p f", "p f"]),
        (OF_OBJECT.format("[('/b', bad)]") + ": router.add_api_route(p, f)\nm = M()\nfor x in (m.R,): fill(x)\n{}[]", ["p f", "p f"]),
        ("class Mix:\n    R: list = []\n    def fill(self): self.R.append(('/g', good))\n" + OF_OBJECT.format("[('/b', bad)]")
         + ": router.add_api_route(p, f)\nclass N(M, Mix): ...\n{}[]", ["/b bad", "/g good", "p f"]),
        ("class Z:\n    def zip(self, *a): return load()\nz = load(Z)\n{}z.zip(['/g'], [good])", ["p f"]),
        ("from itertools import zip_longest as zip\n{}zip(['/g'], [good, bad])", ["p f"]),
        ("class OrderedDict(dict): ...\nT = OrderedDict(a=good)\n{}T.items()", ["p f"]),
        ("class A:\n    def good(self): ...\n    T = [('/x', good) for _ in [1]]\n{}A.T", ["/x good"]),
        ("class A:\n    fs = [good]\n    T = [('/x', f) for f in fs]\n{}A.T", ["/x good"]),
    ],
)  # fmt: skip
def test_what_looks_like_something_else_is_not_taken_for_it(text: str, expected: list[str]) -> None:
    """Parameters with other values, lists with other names, what is called like a function of Python."""
    assert shown_with_paths(text.replace("{}", "for p, f in ") + ": router.add_api_route(p, f)") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("for k in list(H): H[k] = wrap(H[k])\nfor k in load(): router.add_api_route('/x', H[k])",
         [*BOTH, "wrap(H['b']) unknown", "wrap(H['g']) unknown", "wrap(H[k]) unknown"]),
        ("H['c'] = H.get(load())\nrouter.add_api_route('/x', H[load()])", [*BOTH, "H.get(load()) unknown"]),
        ("H.setdefault('g', missing)\nrouter.add_api_route('/x', H['g'])", ["good schema/schema", "missing schema"]),
        ("H[load()] = missing\nrouter.add_api_route('/x', H['g'])", ALL),
        ("@deco\ndef of(k): return H[k]\nrouter.add_api_route('/x', of(1))", ["of(1) unknown"]),
        ("class M:\n    def of(self, k): return H[k]\nclass N(M):\n    def of(self, k): return missing\n"
         "def add(m: M): router.add_api_route('/x', m.of(load()))", ["m.of(load()) unknown"]),
        ("class M:\n    def of(self, k): return H[k]\nclass N(M): ...\ndef add(m: M): router.add_api_route('/x', m.of(load()))", BOTH),
        ("def of(k, d):\n    if k: d = bad\n    return H.get(k, d)\nrouter.add_api_route('/x', of(load(), missing))",
         ["bad raw/raw", "bad raw/raw", "good schema/schema", "missing schema"]),
    ],
)  # fmt: skip
def test_a_table_may_have_more_in_it_than_is_looked_up_at_first(text: str, expected: list[str]) -> None:
    """What was looked up in it, what other statements put under a key; a function may be another one than it looks."""
    assert sorted(set(shown(TABLE + text))) == sorted(set(expected))


def test_tables_of_tables() -> None:
    """``ROUTES[path]["view"]``, where nobody changes one of them."""
    rows = "class S:\n    def __init__(self): self.rows = {'/g': {'f': good, 'm': []}, '/b': {'f': bad, 'm': []}}\ns = S()\n"
    loop = "for r in s.rows: router.add_api_route(r, s.rows[r]['f'])"

    assert shown_with_paths(rows + loop) == ["/b bad", "/g good"]
    assert shown_with_paths(f"{rows}s.rows['/g']['f'] = bad\n{loop}") == ["r s.rows[r]['f']"]
    assert shown_with_paths(f"{rows}s.rows['/g']['m'].append(1)\n{loop}") == ["r s.rows[r]['f']"]
    assert shown_with_paths(f"{rows}row = s.rows['/g']\n{loop}") == ["r s.rows[r]['f']"]
    lists = "T = {'g': [good], 'b': [bad]}\n"
    assert shown(f"{lists}for f in T['g']: router.add_api_route('/x', f)") == ["good schema/schema"]
    assert shown(f"{lists}for k in T:\n    for f in T[k]: router.add_api_route('/x', f)") == BOTH
    assert shown(f"{lists}for f in load()['g']: router.add_api_route('/x', f)") == ["f unknown"]


@pytest.mark.parametrize("doubles", ["    x{1} = x{0} + x{0}\n", "    x{1} = g(x{0}, x{0})\n"])
def test_what_doubles_with_each_line_does_not_take_twice_as_long(doubles: str) -> None:
    """Nor what is handed on by function after function, each of which calls the one before ten times."""
    lines = "".join(doubles.format(n, n + 1) for n in range(40))
    many = "".join(f"def p{n + 1}(f):\n" + f"    p{n}(f)\n" * 10 for n in range(6))

    put = f"T = []\ndef put(f, x0):\n{lines}    T.append((x40, f))\nput(good, '')\n"
    assert shown(f"{put}for p, f in T: router.add_api_route('/x', f)") == ["good schema/schema"]
    assert shown(f"T = []\ndef p0(f): T.append(f)\n{many}p6(good)\nfor f in T: router.add_api_route('/x', f)") == [
        "f unknown"
    ]


@pytest.mark.parametrize(
    ("before", "more"),
    [
        ("class Base:\n    def go(self): self.f = bad\n", "class Row(Base):"),
        ("class Mix:\n    def go(self): self.f = bad\n", "class Row:"),
    ],
)
def test_a_row_that_one_of_its_kin_may_change_is_unknown(before: str, more: str) -> None:
    """A base, a mixin of a class that is derived from it; no class that only has the attribute as well."""
    init = "    def __init__(self, p, f):\n        self.p = p\n        self.f = f\nclass R2(Row, Mix): ...\n"
    head = before if "Mix" in before else f"{before}class Mix: ...\n"
    other = "class Other:\n    def __init__(self, f): self.f = f\n"
    loop = "for r in [Row('/x', good)]: router.add_api_route(r.p, r.f)"

    assert [each.rpartition(" ")[2] for each in shown(f"{head}{more}\n{init}{loop}")] == ["unknown"]
    assert shown(f"class Mix: ...\nclass Row:\n{init}{other}{loop}") == ["good schema/schema"]


def test_names_that_mean_different_things_are_told_apart() -> None:
    """Those of the function that makes a list, of those that it calls, and of the module."""
    text = (
        "def inner(f, g): return [('/1', f), ('/2', g)]\n"
        "def outer(g, f): return [*inner(f, g), ('/3', g)]\n"
        "f = missing\n"
        "for p, h in [*outer(good, bad), ('/4', f)]: router.add_api_route(p, h)"
    )

    assert shown_with_paths(text) == ["/1 bad", "/2 good", "/3 good", "/4 missing"]


def test_one_name_that_means_two_things_stands_for_both() -> None:
    """What a function was given by one that has a name of its own for it, and its default, which the module calls so as well."""
    text = (
        "g = good\n"
        "def rows(a, b=g):\n    g = load()\n    return [('/1', a), ('/2', b), ('/3', g)]\n"
        "def outer():\n    g = bad\n    return rows(g)\n"
        "for p, h in outer(): router.add_api_route(p, h)"
    )

    assert shown_with_paths(text) == ["/1 bad", "/2 good", "/3 g"]


def test_scopes_may_have_one_another_in_them() -> None:
    """Two of one module, as of classes that are seen as derived ones: they are not compared, which would never end."""
    one, other = Scope("shop.api", "api.py"), Scope("shop.api", "api.py")
    value = ast.Constant(1)
    for scope in (one, other):
        scope.resolved["x"] = Entity("value", "shop.api.x", value, None, scope)

    assert is_same(one.resolved["x"], other.resolved["x"])
    assert not is_same(one.resolved["x"], None)
