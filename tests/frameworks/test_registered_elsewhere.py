"""Handlers in lists that grow, or that functions return, and what hands on all that it is given."""

from __future__ import annotations

import pytest
from frameworks.test_registered import AIOHTTP, FASTAPI, FLASK, found

from pytest_fitness.testing import codebase

ADD = "\nfor p, f in TABLE: router.add_api_route(p, f)"


def shown(text: str, others: dict[str, str] | None = None) -> list[str]:
    """Title and output of each."""
    shop = codebase({"shop.api": text, **(others or {})})
    return sorted(f"{h.title} {h.output.kind}" for h in shop.handlers(shop.select("shop")).found)


@pytest.mark.parametrize(
    "table",
    [
        "TABLE = []\nTABLE.append(('/g', good))\nTABLE.append(('/b', bad))",
        "TABLE = list()\nTABLE.extend([('/g', good)])\nTABLE += [('/b', bad)]",
        "TABLE = [('/g', good)]\nMORE = [('/b', bad)]\nTABLE.extend(MORE)",
        "TABLE = [('/g', good)]\nif DEBUG:\n    TABLE.append(('/b', bad))",
        "TABLE = [('/g', good)]\ntry:\n    TABLE.append(('/b', bad))\nexcept ValueError:\n    pass",
        "TABLE = [('/g', good)]\nwith given():\n    TABLE += (('/b', bad),)",
        "def table(): return [('/g', good), ('/b', bad)]\nTABLE = table()",
    ],
)
@pytest.mark.parametrize("is_local", [False, True])
def test_a_list_is_what_is_put_into_it(table: str, is_local: bool) -> None:
    """One after the other, in a module or in a function; whatever is put in only sometimes is in it."""
    text = f"{table}{ADD}"
    text = f"def add():\n    {text.replace(chr(10), chr(10) + '    ')}" if is_local else text

    assert found(FASTAPI + text) == ["GET /b bad", "GET /g good"]


def test_a_list_of_another_module_is_what_that_puts_into_it() -> None:
    """And what others put into it; a list that is put into another one stays as it is."""
    table = f"{AIOHTTP}ROUTES = []\nROUTES.append(['GET', '/g', good])\nROUTES.append(['POST', '/b', bad])\n"
    use = (
        "from aiohttp import web\nfrom shop import api\ndef setup(app):\n    routes = list()\n    routes.extend(api.ROUTES)\n"
        "    for route in routes:\n        method, path, handler = route\n        app.router.add_route(method, path, handler)\n"
    )

    assert shown(table, {"shop.use": use}) == ["GET /g good response", "POST /b bad response"]
    both = ["GET /g good response", "POST /b bad response"]
    assert shown(table, {"shop.use": f"{use}    api.ROUTES.append(1)"}) == ["ANY path handler unknown", *both]
    assert shown(f"{table}def more(): ROUTES.append(1)", {"shop.use": use}) == ["ANY path handler unknown", *both]
    assert shown(table, {"shop.use": f"{use}    api.ROUTES.pop()"}) == ["ANY path handler unknown"]


@pytest.mark.parametrize(
    ("taken", "expected"),
    [
        ("path, f = row", ["GET /b bad", "GET /g good"]),
        ("[path, f] = row", ["GET /b bad", "GET /g good"]),
        ("path, f, more = row", ["GET path f"]),
        ("path, f = turn(row)", ["GET path f"]),
        ("path, f = x = row", ["GET path f"]),
        ("path, f = row\n    f = other", ["GET path f"]),
        ("if row:\n        path, f = row", ["GET /b bad", "GET /g good"]),
        (
            "if len(row) == 2:\n        path, f = row\n    else:\n        path, f, more = row",
            ["GET /b bad", "GET /g good"],
        ),
        ("if row[1]:\n        path, f = row\n    else:\n        f, path = row", ["GET path f"]),
    ],
)
def test_a_row_is_taken_apart_in_the_loop(taken: str, expected: list[str]) -> None:
    """At once, and in no other way."""
    rows = "[('/g', good), ('/b', bad)]"

    assert found(f"{FASTAPI}for row in {rows}:\n    {taken}\n    router.add_api_route(path, f)") == expected


AUTH = """
class Auth:
    def router(self):
        made = APIRouter()
        for path, verb, f in self.routes():
            getattr(made, verb)(path)(f)
        return made
    def routes(self):
        {}
    def show(self) -> int: ...
    def enter(self) -> int: ...
class Other(Auth):
    def routes(self):
        {}
Auth()
"""
LISTED = "return [('/show', 'get', self.show), ('/enter', 'post', self.enter)]"
CALLED = "return [('/back', 'get', self.enter)]"


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (LISTED, CALLED, ["GET /back Auth.enter of Other", "GET /show Auth.show", "POST /enter Auth.enter"]),
        ("raise NotImplementedError", CALLED, ["ANY path f", "GET /back Auth.enter of Other"]),
        (LISTED.replace("return", "rows ="), CALLED, ["ANY path f", "GET /back Auth.enter of Other"]),
        (
            f"rows = []\n        rows.append(('/show', 'get', self.show))\n        {CALLED} + rows",
            LISTED,
            ["GET /back Auth.enter", "GET /show Auth.show", "POST /enter Auth.enter of Other"],
        ),
        (LISTED, "return made()", ["ANY path f", "GET /show Auth.show", "POST /enter Auth.enter"]),
        (LISTED.replace("return", "yield"), CALLED, ["ANY path f", "GET /back Auth.enter of Other"]),
        ("return self.routes()", CALLED, ["ANY path f", "GET /back Auth.enter of Other"]),
    ],
)
@pytest.mark.parametrize("is_property", [False, True])
def test_a_method_returns_the_routes_of_a_class(
    first: str,
    second: str,
    expected: list[str],
    is_property: bool,
) -> None:
    """Or a property; so do those of the classes that are derived from it."""
    text = AUTH.format(first, second)
    if is_property:
        text = text.replace("    def routes", "    @property\n    def routes").replace("self.routes()", "self.routes")

    assert found(FASTAPI + text) == expected


def test_a_function_is_no_list() -> None:
    """Nor is a method that is not called, an attribute that something else has instead, or what a coroutine returns."""
    for taken in ("table", "Auth().routes", "table()"):
        made = f"{'async ' * (taken == 'table()')}def table(): return [('/g', good)]"
        text = f"{FASTAPI}{made}\nclass Auth:\n    def routes(self): return [('/g', good)]\n"
        assert found(f"{text}for p, f in {taken}: router.add_api_route(p, f)") == ["GET p f"]
    text = f"{FASTAPI}class Auth:\n    def routes(self): return []\n    def add(self):\n        for p, f in self.routes(): "
    more = "class More(Auth):\n    routes = given"
    assert found(f"{text}router.add_api_route(p, f)\n{more}") == ["GET p f"]


MAKER = """
def relative(base, app):
    def add(route, *args, **kwargs):
        app.add_url_rule(f'{base}{route}', *args, **kwargs)
    return add
"""
LOADING = "def load(app):\n    add = relative('/s', app)\n    add('/g', None, good)\n    add('/b', view_func=bad, methods=['POST'])\n"


def test_a_function_that_was_made_for_it_hands_on_all_that_it_is_given() -> None:
    """By the name that it is kept under, in a function or in a module, which may be another one."""
    every = ["GET /s/g good", "POST /s/b bad"]

    assert found(FLASK + MAKER + LOADING) == every
    assert (
        found(f"{FLASK}from shop.more import relative\n{LOADING}", {"shop.more": f"from flask import Flask{MAKER}"})
        == every
    )
    here = LOADING.replace("def load(app):\n", "").replace("    ", "")
    assert found(f"{FLASK}{MAKER}{here}") == every


@pytest.mark.parametrize(
    "more", ["    use(add)", "    add(*row)", "    add = other", "    app.load = relative('/t', app)", "use(relative)"]
)
def test_what_cannot_be_followed_is_not_left_out(more: str) -> None:
    """The rest may be given by somebody else."""
    assert "GET f'{base}{route}' *args" in found(f"{FLASK}{MAKER}{LOADING}{more}")


def test_a_function_that_was_made_is_called_by_others() -> None:
    """Whatever another module does with it by its name."""
    here = f"{FLASK}{MAKER}add = relative('/s', app)\nadd('/g', None, good)\n"

    assert found(here) == ["GET /s/g good"]
    assert "GET f'{base}{route}' *args" in found(here, {"shop.more": "from shop.api import add\nadd('/b', None, 1)"})


@pytest.mark.parametrize(
    ("function", "calls", "expected"),
    [
        ("def add(rule, **more): app.add_url_rule(rule, **more)", "add('/g', view_func=good)", ["GET /g good"]),
        ("def add(*args): app.add_url_rule(*args)", "add('/g', None, good)\nadd('/b', 'b', bad)", ["GET /b bad", "GET /g good"]),
        ("def add(rule, f, **more): app.add_url_rule(rule, view_func=f, **more)", "add('/g', good, methods=['PUT'])", ["PUT /g good"]),
        (
            "def add(rule, *args):\n    rule = tidy(rule)\n    app.add_url_rule(rule, *args)",
            "add('/g', None, good)",
            ["GET rule *args"],
        ),
        ("def add(**more): app.add_url_rule('/x', **options)", "add(view_func=good)", ["GET /x options"]),
    ],
)  # fmt: skip
def test_what_a_function_is_given_beside_its_parameters_is_handed_on(
    function: str, calls: str, expected: list[str]
) -> None:
    """To what registers it."""
    assert found(f"{FLASK}{function}\n{calls}") == expected


def test_what_is_handed_on_may_be_a_parameter_in_its_turn() -> None:
    """Of a function of another module."""
    more = "from shop.api import add\ndef both(path, f):\n    add(path, None, f)\nfrom shop.api import good\nboth('/g', good)"

    assert found(f"{FLASK}def add(rule, *args): app.add_url_rule(rule, *args)", {"shop.more": more}) == ["GET /g good"]


@pytest.mark.parametrize("spread", ["methods=row['options']['methods']", "**row['options']"])
def test_a_view_of_a_class_that_a_row_names_has_the_path_of_the_row(spread: str) -> None:
    """Kept under a name, and with options that are spread."""
    text = (
        f"{FLASK}class A(MethodView):\n    def get(self): ...\n    def put(self): ...\ndef add():\n"
        "    table = {'a': {'rule': '/a', 'options': {'methods': ['PUT']}, 'view': A}}\n    for key, row in table.items():\n"
        f"        view = row['view'].as_view(key)\n        app.add_url_rule(row['rule'], view_func=view, {spread})\n        note(view)\n"
    )

    assert found(text) == ["GET /a A.get", "PUT /a A.put"]


@pytest.mark.parametrize(
    ("head", "use", "expected"),
    [
        ("from flask import Flask\napp = Flask(__name__)\nroute, get = app.route, app.get", "@route('/a')\ndef f(): return {}", "GET /a f raw"),
        ("from flask import Flask\napp = Flask(__name__)\nget = app.get", "@get('/a')\ndef f(): return {}", "GET /a f raw"),
        ("from fastapi import FastAPI\nget = FastAPI().get", "@get('/a')\ndef f(): return {}", "GET /a f raw"),
        ("from fastapi import FastAPI\napp = FastAPI()\nget = app.get", "@get('/a')\ndef f() -> int: ...", "GET /a f scalar"),
        ("from ninja import Router\nr = Router()\nget = r.get", "@get('/a')\ndef f(request): return {}", "GET /a f raw"),
        ("from aiohttp import web\nr = web.RouteTableDef()\nget = r.get", "@get('/a')\nasync def f(r): ...", "GET /a f response"),
        ("from aiohttp import web\nget = web.RouteTableDef()", "@get.get('/a')\nasync def f(r): ...", "GET /a f response"),
        ("from litestar import get", "@get('/a')\nasync def f() -> dict: ...", "GET /a f raw"),
    ],
)  # fmt: skip
def test_what_another_module_calls_the_method_of_a_router_decorates(head: str, use: str, expected: str) -> None:
    """Nothing else in the module need have to do with the framework."""
    use = f"from shop.api import get\n{use}" if "@route" not in use else f"from shop.api import route\n{use}"

    assert shown(head, {"shop.more": use}) == [expected]


def test_a_method_of_a_router_is_that_of_the_framework_where_it_is() -> None:
    """Whatever the module that decorates by it imports."""
    for head, framework in (
        ("from flask import Flask\nget = Flask(__name__).get", "Flask"),
        ("from aiohttp import web\nget = web.RouteTableDef().get", "aiohttp"),
        ("from nowhere import app\nget = app.get", "FastAPI"),
        ("import fastapi\nfrom nowhere import app\nget = app.get", "FastAPI"),
    ):
        shop = codebase({"shop.api": head, "shop.more": "from shop.api import get\n@get('/a')\nasync def f(r): ..."})
        assert [h.framework for h in shop.handlers(shop.select("shop")).found] == [framework]


REGISTERING = "\nfor p, f in {}: app.add_url_rule(p, view_func=f)"
UNKNOWN = ["GET p f"]
BOTH = ["GET /b bad", "GET /g good"]
BASE = (
    "class Base:\n    def routes(self): return [('/g', good)]\n"
    "    def register(self):\n        for p, f in self.routes(): app.add_url_rule(p, view_func=f)\n"
)


@pytest.mark.parametrize(
    ("text", "taken", "expected"),
    [
        ("def table(more): return [('/g', good), *more]", "table([('/b', bad)])", BOTH),
        ("def table(more): return [('/g', good)] + more", "table([('/b', bad)])", BOTH),
        ("def table(more):\n    rows = [('/g', good)]\n    rows.extend(more)\n    return rows", "table([('/b', bad)])", BOTH),
        ("def table(more):\n    if more: return more\n    return [('/g', good)]", "table([('/b', bad)])", BOTH),
        ("def table(more): return [('/g', good), *more]", "table(load())", ["GET /g good", "GET p f"]),
        ("@more\ndef table(): return [('/g', good)]", "table()", UNKNOWN),
        ("@cache\ndef table(): return [('/g', good)]\ntable().append(('/b', bad))", "table()", UNKNOWN),
        ("if X:\n    def table(): return [('/g', good)]\nelse:\n    def table(): return [('/b', bad)]", "table()", UNKNOWN),
        ("A = B = []\nA.append(('/g', good))\nB.append(('/b', bad))", "A", UNKNOWN),
        (f"{BASE}class More:\n    def routes(self): return [('/b', bad)]\nclass Orders(More, Base): ...", "()", BOTH),
        (f"{BASE}Base.routes = other", "()", UNKNOWN),
        (f"{BASE}class More(Base):\n    routes = given", "()", UNKNOWN),
        (f"{BASE}setattr(Base, 'routes', other)", "()", UNKNOWN),
        (f"{BASE.replace('def routes', '@cached_property@    def routes').replace('@    ', chr(10) + '    ')}", "()", UNKNOWN),
        (
            "def outer():\n    rows = [('/g', good)]\n    def give(): return rows\n    give().append(('/b', bad))\n"
            "    for p, f in rows: app.add_url_rule(p, view_func=f)",
            "()",
            UNKNOWN,
        ),
        (
            "for row in [('/g', good, bad)]:\n    p, f, _ = row\n    app.add_url_rule(p, None, f)\n    p, _, f = row\n"
            "    app.add_url_rule(p, None, f)",
            "()",
            UNKNOWN * 2,
        ),
    ],
)  # fmt: skip
def test_a_list_may_be_another_one_than_it_looks(text: str, taken: str, expected: list[str]) -> None:
    """By what its function is given, by a mixin, a decorator, a cache, another name: nothing is left out."""
    register = REGISTERING.format(taken) if taken != "()" else ""

    assert found(f"{FLASK}{text}{register}") == expected


def test_of_another_object_any_class_may_be_asked() -> None:
    """Though the method is looked at for each class that has it."""
    text = (
        f"{FASTAPI}class Base:\n    def routes(self): return [('/g', good)]\n"
        "class Other(Base):\n    def routes(self): return [('/b', bad)]\n"
        "class Adding:\n    def go(self, of: Base):\n        for p, f in of.routes(): router.add_api_route(p, f)\n"
        "class More(Adding): ...\nAdding(), More()"
    )

    assert found(text) == BOTH


ADDING = "\ndef relative(base, app):\n    def add(route, f): app.add_url_rule(route, view_func=f)\n    return add\n"


@pytest.mark.parametrize(
    ("text", "more"),
    [
        ("add = relative('/x', app)\nadd('/g', good)", "from shop.api import add as put, bad\nput('/b', bad)"),
        (
            "add = relative('/x', app)\nadd('/g', good)",
            "def f():\n    from shop.api import add as put, bad\n    put('/b', bad)",
        ),
        ("a = b = relative('/x', app)\na('/g', good)\nfor e in (b,): e('/b', bad)", ""),
        ("add = relative('/x', app)\nadd('/g', good)\ndef h(add=add): add('/b', bad)", ""),
    ],
)
def test_what_is_kept_may_have_another_name(text: str, more: str) -> None:
    """And be called by that."""
    assert found(f"{FLASK}{ADDING}{text}", {"shop.more": more}) == ["GET /g good", "GET route f"]


def test_what_hands_on_may_be_asked_for_by_its_name() -> None:
    """So there may be more; a function that is called like what it calls is another one."""
    text = f"{FLASK}def add(path, *args): app.add_url_rule(path, *args)\nadd('/g', None, good)\n"

    assert found(f"{text}globals()['add']('/b', None, bad)") == ["GET /g good", "GET path *args"]
    own = "def add_url_rule(*args, **options): app.add_url_rule(*args, **options)\nadd_url_rule('/b', None, bad)"
    assert found(f"{FLASK}{own}") == ["GET /b bad"]
