"""What extensions of Flask say in ways of their own, and views whose base nothing is known of."""

from __future__ import annotations

import ast

import pytest
from frameworks.handlers_in import classes_of, handlers


def rows(text: str) -> list[tuple[str, list[str], str]]:
    """Return title, inputs and result of each handler."""
    return sorted((handler.title, *classes_of(handler)) for handler in handlers(text))


MADE = """
import marshmallow as ma
from flask.views import MethodView
from flask_smorest import Blueprint
blp = Blueprint("x", __name__)
class Base(ma.Schema):
    @classmethod
    @property
    def Short(cls):
        def make(schema): return schema.load_fields()
        return make(cls())
class Order(Base): ...
class Plain:
    @property
    def Short(self): return nowhere()
"""


@pytest.mark.parametrize(
    ("decorators", "inputs", "output"),
    [
        ("@blp.arguments(Order.Short)", ["arguments: schema"], "raw"),
        ("@blp.arguments(Order.Short, location='query')", ["arguments: schema"], "raw"),
        ("@blp.response(200, Order.Short)", [], "schema"),
        ("@blp.response(200, Order.Short(many=True))", [], "schema"),
        ("@blp.arguments(Plain.Short, location='query')\n@blp.response(200, Plain.Short)", [], "unknown"),
    ],
)
def test_what_a_schema_makes_of_itself_is_one(decorators: str, inputs: list[str], output: str) -> None:
    """Where nothing else may be given."""
    (row,) = rows(f"{MADE}@blp.post('/')\n{decorators}\ndef f(): return {{}}")

    assert row == ("POST / f", inputs, output)


@pytest.mark.parametrize(
    ("documented", "expected"),
    [
        ("responses={200: 'OK', 400: 'bad'}, model=order", "schema"),
        ("responses={200: ('OK', order), 400: 'bad'}", "schema"),
        ("model=[order]", "schema"),
        ("responses={400: ('bad', order)}", "unknown"),
        ("responses=RESPONSES", "unknown"),
        ("description='x'", "unknown"),
    ],
)
def test_documentation_of_restx_says_what_is_returned(documented: str, expected: str) -> None:
    """As ``@api.response(200, "OK", order)`` does, where nothing else can be told."""
    text = f"""
from flask_restx import Api, Resource, fields
api = Api()
order = api.model("Order", {{"id": fields.Integer()}})
@api.route("/")
class V(Resource):
    @api.doc({documented})
    def get(self): return found()
"""
    assert rows(text) == [("GET / V.get", [], expected)]


@pytest.mark.parametrize(
    ("option", "expected"),
    [
        ("expect=order", ["doc: schema"]),
        ("body=order", ["doc: schema"]),
        ("body=MODELS['order']", []),
        ("body='an order'", []),
    ],
)
def test_documentation_of_restx_says_what_is_expected(option: str, expected: list[str]) -> None:
    """By its name of before as well, which may be given anything."""
    text = f"""
from flask_restx import Api, Resource, fields
api = Api()
order = api.model("Order", {{"id": fields.Integer()}})
@api.route("/")
class V(Resource):
    @api.doc({option})
    def post(self): return found()
"""
    assert rows(text) == [("POST / V.post", expected, "unknown")]


def test_what_is_registered_is_found_whatever_its_base() -> None:
    """A resource of a package that is not installed has methods, which are here, or has not."""
    text = """
from flask import Flask, jsonify
from flask_restful import Api
from nowhere import Resource, Other
app = Flask(__name__)
api = Api(app)
class A(Resource):
    def get(self): return jsonify(1)
@api.route("/b")
class B(Other):
    def post(self): return {"a": 1}
class C(Other): ...
api.add_resource(A, "/a")
api.add_resource(C, "/c")
api.add_resource(*ROW)
api.add_resource("/d", name="d")
api.add_resource("/d", "e")
"""
    assert rows(text) == [
        ("GET /a A.get", [], "response"),
        ("GET /c C", [], "unknown"),
        ("POST /b B.post", [], "raw"),
    ]


def test_other_resources_are_none() -> None:
    """Without a path, in a module that has nothing to do with Flask."""
    text = "class Store:\n    def get(self): return 1\nregistry.add_resource(Store, 'store')\nscene.add_resource(nowhere, key)\n"

    assert rows(text) == []
    assert rows(text + "api.add_resource(Store, '/store')") == [("GET /store Store.get", [], "scalar")]


def test_something_else_with_a_path_is_no_resource() -> None:
    """Unless it is added to something that routes, by its name."""
    text = "class Store:\n    def get(self, key): return {}\ncontainer.add_resource(Store, '/x')\nregistry.add_resource(nowhere, '/y')\n"

    assert rows(text) == []


@pytest.mark.parametrize(
    ("schema", "expected"), [("FileSchema", "file"), ("FileSchema(type='string')", "file"), ("EmptySchema", "none")]
)
def test_files_and_nothing_of_apiflask_are_known(schema: str, expected: str) -> None:
    """By name."""
    text = f"""
from apiflask import APIFlask, EmptySchema, FileSchema
app = APIFlask(__name__)
@app.get("/")
@app.output({schema})
def f(): return made()
"""
    assert rows(text) == [("GET / f", [], expected)]


@pytest.mark.parametrize(
    ("returned", "expected"),
    [
        ("self.response(200, message='x')", "response"),
        ("self.response_404()", "response"),
        ("self.answer()", "unknown"),
        ("self.own()", "raw"),
    ],
)
def test_responses_of_appbuilder_are_known(returned: str, expected: str) -> None:
    """By the names of its methods."""
    text = f"""
from flask_appbuilder.api import BaseApi, expose
class Orders(BaseApi):
    @expose("/run", methods=["POST"])
    def run(self): return {returned}
    def own(self): return {{"a": 1}}
"""
    assert rows(text) == [("POST /run Orders.run", [], expected)]


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        ("from_dict(f(*a))", "response"),
        ("page(f(*a))", "response"),
        ("odd(f(*a))", "raw"),
        ("around(f(*a))", "raw"),
        ("f(*a)", "raw"),
    ],
)
def test_a_decorator_may_make_the_response_by_a_function(made: str, expected: str) -> None:
    """Of the project, which makes one of whatever it is given."""
    text = f"""
from functools import wraps
from flask import Flask, jsonify, make_response, render_template
app = Flask(__name__)
def from_dict(x): return make_response(jsonify(x))
def page(x): return render_template("x", **x)
def around(x): return around(x)
def odd(x):
    if x: return jsonify(x)
    return x
def one(f):
    @wraps(f)
    def inner(*a): return {made}
    return inner
@app.get("/")
@one
def v(): return {{"a": 1}}
"""
    assert rows(text) == [("GET / v", [], expected)]


@pytest.mark.parametrize(
    ("annotation", "body", "expected"),
    [
        ("requests.Response", "return {'a': 1}", "raw"),
        ("httpx.Response", "return jsonify(1)", "response"),
        ("Response", "return {'a': 1}", "response"),
    ],
)
def test_the_response_of_another_service_says_nothing(annotation: str, body: str, expected: str) -> None:
    """No view returns one, whatever it says."""
    text = "import httpx, requests\nfrom flask import Flask, Response, jsonify\napp = Flask(__name__)\n"
    text += f"@app.get('/')\ndef f() -> {annotation}:\n    {body}"

    assert rows(text) == [("GET / f", [], expected)]


@pytest.mark.parametrize(
    ("body", "expected"),
    [("return '', 204", "none"), ("return '', 200", "none"), ("return 'x', 200", "response"), ("return x", "response")],
)
def test_a_helper_that_says_that_it_returns_text_may_return_none(body: str, expected: str) -> None:
    """The type of an empty text is that of a text."""
    text = f"from flask import Flask\napp = Flask(__name__)\ndef gone(x) -> tuple[str, int]:\n    {body}\n"
    text += "@app.get('/')\ndef f(): return gone(1)"

    assert rows(text) == [("GET / f", [], expected)]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("text = ''\n    for i in x: text += f'{i}'\n    return text", "response"),
        ("text = ''\n    for i in x: text = text + str(i)\n    return text", "response"),
        ("head = f'<{x}>'\n    return head + markdown(x)", "response"),
        ("return create_access_token(identity=x), 200", "response"),
        ("text = ''\n    return text", "none"),
        ("return {'a': 1} | x", "raw"),
        ("return [] + x", "raw"),
        ("return ['a'] + [{'a': 1}]", "raw"),
        ("return [{'a': 1}] + ['a']", "raw"),
        ("return ['a'] + load()", "unknown"),
        ("a = b = x\n    return a + b", "unknown"),
        ("if x: return err('m')\n    return Order().dump(x)", "schema"),
        ("if x: return err('m', 200)\n    return Order().dump(x)", "raw"),
        ("if x: return deep('m')\n    return Order().dump(x)", "unknown"),
        ("if x: return {'m': 1}, status.HTTP_404_NOT_FOUND\n    return Order().dump(x)", "schema"),
        ("if x: return {'m': 1}, status.HTTP_200_OK\n    return Order().dump(x)", "raw"),
        ("if x: return mixed(x)\n    return Order().dump(x)", "raw"),
    ],
)
def test_texts_that_are_built_up_and_statuses_that_are_handed_on(body: str, expected: str) -> None:
    """A text to which something is added is one; an error is one by whatever gives its status, some functions deep."""
    text = f"""
from flask import Flask
from flask_api import status
from flask_jwt_extended import create_access_token
from marshmallow import Schema
app = Flask(__name__)
class Order(Schema): ...
def answer(msg, code=200): return {{"m": msg}}, code
def err(msg, code=400): return answer(msg, code=code)
def one(msg): return two(msg)
def two(msg): return three(msg)
def three(msg): return four(msg)
def four(msg): return five(msg)
def five(msg): return err(msg)
def deep(msg): return one(msg)
def mixed(msg):
    if msg: return err(msg)
    return {{"a": 1}}
@app.get("/")
def f(x):
    {body}
"""
    assert [output for _, _, output in rows(text)] == ["schema Order" if expected == "schema" else expected]


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        ("from nowhere import offer", ["use_kwargs: unknown"]),
        ("offer = {'id': fields.String()}", ["use_kwargs: schema"]),
        ("class offer(Schema): ...", ["use_kwargs: offer"]),
    ],
)
def test_a_schema_with_the_name_of_the_view_is_what_it_is_above_it(before: str, expected: list[str]) -> None:
    """Decorators are read before the name is bound anew."""
    text = f"""
from flask import Flask, jsonify
from marshmallow import Schema, fields
from webargs.flaskparser import use_kwargs
app = Flask(__name__)
{before}
@app.post("/")
@use_kwargs(offer)
def offer(**more): return jsonify(1)
"""
    assert rows(text) == [("POST / offer", expected, "response")]


@pytest.mark.parametrize(
    ("made", "title"), [("make(bp, 'x')", "GET / make.<locals>.inner"), ("make(guard, 'x')", "GET / guard")]
)
def test_a_function_that_makes_a_view_of_a_blueprint_makes_it(made: str, title: str) -> None:
    """Rather than around the blueprint, as around a view."""
    text = f"""
from flask import Blueprint, redirect, url_for
bp = Blueprint("x", __name__)
def guard(): return redirect("x")
def make(of, endpoint):
    def inner(**more): return redirect(url_for(of, endpoint, **more))
    return inner
bp.add_url_rule("/", "x", {made})
"""
    assert [row[0] for row in rows(text)] == [title]


@pytest.mark.parametrize(
    ("adds", "expected"),
    [
        ("for each in [(A, '/a'), (B, '/b')]: api.add_resource(each[0], each[1])", ["/a", "/b"]),
        ("[api.add_resource(*each) for each in [(A, '/a'), (B, '/b')]]", ["/a", "/b"]),
        ("ROUTES = [(A, '/a'), (B, '/b')]\nfor each in ROUTES: api.add_resource(*each)", ["/a", "/b"]),
        ("OF_A, OF_B = [(A, '/a')], [(B, '/b')]\nLOOP", ["/x/a", "/y/b"]),
        ("OF_A = [(A, '/a')]\nOF_B = [(B, '/b')]\nLOOP", ["/x/a", "/y/b"]),
        ("OF_A = [(A, '/a')]\nOF_B = [(B, '/b')]\nLOOP\n        routes.append((A, '/c'))", ["", ""]),
        ("OF_A = [(A, '/a')]\nOF_B = [(B, '/b')]\nLOOP\n        routes += [(A, '/c')]", ["", ""]),
        ("OF_A = [(A, '/a')]\nOF_B = [(B, '/b')]\nLOOP\n        routes[0] = (A, '/c')", ["", ""]),
        ("def add(view, path): api.add_resource(view, '/v1' + path)\nadd(A, '/a')\nadd(B, '/b')", ["/v1/a", "/v1/b"]),
        ("def add(view, path): api.add_resource(view, '/{}{}'.format('v1', path))\nadd(A, '/a')\nadd(B, '/b')", ["/v1/a", "/v1/b"]),
        ("def add(view, path): api.add_resource(view, '/{}{}{}'.format('v1', path))\nadd(A, '/a')\nadd(B, '/b')", ["'/{}{}{}'.format('v1', '/a')", "'/{}{}{}'.format('v1', '/b')"]),
        ("def add(view, path): api.add_resource(view, '/{v}{}'.format(path, v='v1'))\nadd(A, '/a')", ["/v1/a", ""]),
        ("def add(view, path): api.add_resource(view, f'/{path}'.format(**options))\nadd(A, 'a')", [ast.unparse(ast.parse("f\"/{'a'}\".format(**options)")), ""]),
        ("api.add_resource(nowhere, '/n')\napi.add_resource()", ["", ""]),
    ],
)  # fmt: skip
def test_resources_that_others_add_have_their_paths(adds: str, expected: list[str]) -> None:
    """Loops, loops in loops, and functions; each resource its own, unless a table may be changed."""
    loop = "for routes, prefix in [(OF_A, '/x'), (OF_B, '/y')]:\n    for view, path in routes:\n        api.add_resource(view, prefix + path)"
    text = f"""
from flask import Flask
from flask_restful import Api, Resource
from nowhere import nowhere
api = Api(Flask(__name__))
class A(Resource):
    def get(self): return "a"
class B(Resource):
    def get(self): return "b"
{adds.replace("LOOP", loop)}
"""
    shown = [f"GET {path} {name}.get".replace("  ", " ") for path, name in zip(expected, "AB", strict=True)]
    assert sorted(row[0] for row in rows(text) if "nowhere" not in row[0]) == sorted(shown)


REGISTERS = """
from flask import Blueprint
from flask.views import MethodView
orders = Blueprint("orders", __name__, url_prefix="/orders")
class Base(MethodView):
    def get(self, number=None): return ''
    def post(self): return ''
    def delete(self, number): return ''
class Orders(Base):
    def post(self): return ''
def register(view, name, url, methods=None):
    HOW
    shown = view.as_view(name)
    orders.add_url_rule(url, view_func=shown, methods=methods)
"""


@pytest.mark.parametrize(
    ("how", "use", "expected"),
    [
        (
            "if methods is None: methods = ['GET']",
            "register(Orders, 'orders', '/all', methods=['GET', 'POST'])",
            ["GET /orders/all Base.get of Orders", "POST /orders/all Orders.post"],
        ),
        (
            "if not methods: methods = ['GET']",
            "register(Orders, 'orders', '/all', ['DELETE'])",
            ["DELETE /orders/all Base.delete of Orders", "POST /orders/all Orders.post"],
        ),
        (
            "if methods is not None: methods = ['GET']",
            "register(Orders, 'orders', '/all', ['GET'])",
            [
                "DELETE /orders/all Base.delete of Orders",
                "GET /orders/all Base.get of Orders",
                "POST /orders/all Orders.post",
            ],
        ),
        (
            "if methods is None: methods = ['GET']",
            "register(Orders, 'orders', '/all')",
            [
                "DELETE /orders/all Base.delete of Orders",
                "GET /orders/all Base.get of Orders",
                "POST /orders/all Orders.post",
            ],
        ),
    ],
)
def test_views_that_a_function_registers_answer_where_and_what_it_is_told(
    how: str, use: str, expected: list[str]
) -> None:
    """What a view inherits counts where it is asked for, or where that cannot be told; its own methods always."""
    text = REGISTERS.replace("HOW", how) + use

    assert sorted(row[0] for row in rows(text)) == expected


@pytest.mark.parametrize(
    ("helper", "body", "expected"),
    [
        (
            "if x: return {'m': 1}, 404\n    return None, None",
            "error, status = check(x)\n    if error: return error, status",
            "schema",
        ),
        (
            "if x: return {'m': 1}, 200\n    return None, None",
            "error, status = check(x)\n    if error: return error, status",
            "raw",
        ),
        (
            "if x: return None, ({'m': 1}, 404)\n    return x, None",
            "order, error = check(x)\n    if error: return error",
            "schema",
        ),
        (
            "if x: return None, {'m': 1}\n    return x, None",
            "order, wrong = check(x)\n    if wrong: return wrong",
            "raw",
        ),
        ("return {'m': 1}", "order, wrong = check(x)\n    if wrong: return wrong", "unknown"),
        ("return None, None, None", "order, wrong = check(x)\n    if wrong: return wrong", "schema"),
        (
            "if x: return {'m': 1}, 404\n    return None, None",
            "error, status = check(x)\n    if error: return error, status\n    error, status = {'a': 1}, 200\n    return error, status",
            "raw",
        ),
        (
            "if x: return {'m': 1}, 404\n    return None, None",
            "error, status = check(x)\n    if error: return error, status\n    error, status = check(1)\n    if error: return error, status",
            "schema",
        ),
        ("return None, None", "order, wrong = nowhere(x)\n    if wrong: return wrong", "unknown"),
        ("return None, None", "order = check(x)\n    if order: return order", "schema"),
    ],
)
def test_an_error_that_a_helper_hands_over_beside_something_is_one(helper: str, body: str, expected: str) -> None:
    """Where it is an error whenever it is there."""
    text = f"""
from flask import Flask
from marshmallow import Schema
app = Flask(__name__)
class Order(Schema): ...
def check(x):
    {helper}
@app.get("/")
def f(x):
    {body}
    return Order().dump(x)
"""
    assert [output for _, _, output in rows(text)] == ["schema Order" if expected == "schema" else expected]


def test_a_view_that_returns_nothing_but_errors_answers_nothing_else() -> None:
    """It comes to its end."""
    text = """
from flask import Flask
app = Flask(__name__)
def find(x):
    if not x: return None, ({"error": "no"}, 404)
    return x, None
@app.post("/")
def f(x):
    order, wrong = find(x)
    if wrong: return wrong
    queue(order)
"""
    assert rows(text) == [("POST / f", [], "none")]


def test_helpers_that_call_each_other_are_followed_once() -> None:
    """However often each is called."""
    many = "".join(
        f"def h{i}(x):\n    if x: return h{i + 1}(x)\n    if y: return h{i + 1}(y)\n    return h{i}(x)\n"
        for i in range(40)
    )
    text = f"from functools import wraps\nfrom flask import Flask, jsonify\napp = Flask(__name__)\n{many}def h40(x): return jsonify(x)\n"
    text += "def one(f):\n    @wraps(f)\n    def inner(*a): return h0(f(*a))\n    return inner\n@app.get('/')\n@one\ndef v(): return {'a': 1}\n"

    assert [row[0] for row in rows(text)] == ["GET / v"]


def test_a_decorator_of_the_project_is_none_of_a_library_by_its_name() -> None:
    """What it is given reads the request, here; what a library's would make of it is no matter."""
    text = """
from functools import wraps
from flask import Flask, jsonify, request
from pydantic import BaseModel
app = Flask(__name__)
class Delete(BaseModel): ...
def validate_response(model):
    def decorator(f):
        @wraps(f)
        def wrapper(*args, **more):
            more["payload"] = model(**request.get_json())
            return f(*args, **more)
        return wrapper
    return decorator
@app.post("/")
@validate_response(Delete)
def f(payload=None): return {"a": 1}
"""
    assert rows(text) == [("POST / f", ["model: Delete"], "raw")]


REBAR = """
from marshmallow import Schema
class Order(Schema): ...
class Asked(Schema): ...
NO = None
BOTH = {200: Order(), 404: Asked()}
NOTHING = {204: None}
registry = rebar.create_handler_registry(prefix='/v1')
"""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "@registry.handles(rule='/a', method='POST', request_body_schema=Order(), query_string_schema=Asked(),\n"
            "    response_body_schema={201: Order(many=True), 400: Asked()})\ndef f(): ...",
            ("POST /v1/a f", ["schema", "schema"], "schema"),
        ),
        ("@registry.handles('/a', 'PUT', marshal_schema=Order)\ndef f(): ...", ("PUT /v1/a f", [], "schema")),
        ("@registry.handles('/a', response_body_schema=BOTH)\ndef f(): ...", ("GET /v1/a f", [], "schema")),
        (
            "handles = registry.handles\n@handles('/a', method='POST', request_body_schema=Order(), response_body_schema=Order())\n"
            "def f(): ...",
            ("POST /v1/a f", ["schema"], "schema"),
        ),
        ("@registry.handles('/a', response_body_schema=NOTHING)\ndef f(): return {}", ("GET /v1/a f", [], "raw")),
        ("@registry.handles('/a', response_body_schema={201: NO})\ndef f(): return {}", ("GET /v1/a f", [], "raw")),
        (
            "@registry.handles('/a', response_body_schema={200: Order(), 201: nowhere()})\ndef f(): return {}",
            ("GET /v1/a f", [], "unknown"),
        ),
        (
            "@registry.handles('/a', response_body_schema={204: None})\ndef f(): return '', 204",
            ("GET /v1/a f", [], "none"),
        ),
        (
            "@registry.handles('/a', response_body_schema={200: Order(), 202: None})\ndef f(): return {}",
            ("GET /v1/a f", [], "raw"),
        ),
        ("@registry.handles('/a', request_body_schema=NO)\ndef f(): return {}", ("GET /v1/a f", [], "raw")),
        (
            "@registry.handles('/a', 'POST', None, Order(), Asked(), Order())\ndef f(): return {}",
            ("POST /v1/a f", ["schema", "schema"], "schema"),
        ),
        ("registry.handles('/a')(f)\ndef f(): return {}", ("GET /v1/a f", [], "raw")),
        (
            "def f(): ...\nregistry.add_handler(f, rule='/a', method='PATCH', response_body_schema={200: Order()})",
            ("PATCH /v1/a f", [], "schema"),
        ),
        ("registry.add_handler(nowhere, '/a')", ("GET /v1/a nowhere", [], "unknown")),
        (
            "def add(f, rule): registry.add_handler(f, rule=rule)\ndef f(): return {}\nadd(f, '/a')",
            ("GET /v1/a f", [], "raw"),
        ),
        ("for rule, f in [('/a', nowhere)]: registry.add_handler(f, rule=rule)", ("GET /v1/a nowhere", [], "unknown")),
        ("logging.add_handler(nowhere)", None),
        ("add_handler(nowhere, '/a')", None),
        ("bot.add_handler(nowhere, '/a')", None),
        ("from flask import Flask\n@bus.handles('/a')\ndef f(): ...", None),
        (
            "from flask import Flask\napp = Flask(__name__)\n@app.get('/a')\n"
            "@bus.handles('orders', 'placed', 1, Order)\ndef f(): return {}",
            ("GET /a f", [], "raw"),
        ),
    ],
)
def test_handlers_of_flask_rebar_say_what_crosses(text: str, expected: tuple[str, list[str], str] | None) -> None:
    """By options of what registers them; what has no schema in all good cases may be anything."""
    found = [(h.title, [s.kind for s in h.inputs], h.output.kind) for h in handlers(REBAR + text)]

    assert found == ([expected] if expected else [])


def test_a_registry_of_flask_rebar_may_be_out_of_sight() -> None:
    """It is known by its name, then, where there is anything of flask-rebar."""
    text = "from nowhere import registry\n@registry.handles('/a')\ndef f(): return {}\n@bus.handles('/b')\ndef g(): ..."

    assert handlers(text) == ()
    assert [h.title for h in handlers(text, {"shop.app": "import flask_rebar"})] == ["GET /a f"]
    typed = "from flask_rebar import HandlerRegistry\ndef make(r: HandlerRegistry):\n    @r.handles('/a')\n    def f(): return {}"
    assert [h.title for h in handlers(typed)] == ["GET /a make.<locals>.f"]
    added = "from flask_rebar import HandlerRegistry\ndef f(): return {}\ndef make(r: HandlerRegistry): r.add_handler(f, '/a')"
    assert [h.title for h in handlers(added)] == ["GET /a f"]


def test_rules_of_flask_resources_are_found_in_methods_that_return_them() -> None:
    """Those of a base answer in what is derived from it as well."""
    text = """
from flask import jsonify
from flask_resources import Resource, response_handler, route, route as again
from shop.other import route as other
class Orders(Resource):
    def create_url_rules(self):
        return [
            route("GET", "/orders", self.search),
            route("DELETE", self.config.routes["item"], self.delete),
            route("PUT", "/orders", view_meth=self.nowhere),
            again(VERB, "/orders/more", self.delete),
            other("PUT", "/orders", self.delete),
        ]
    @response_handler(many=True)
    def search(self): return {"orders": self.service.search()}, 200
    def delete(self): return "", 204
class More(Orders):
    def search(self): return jsonify(1)
"""
    assert sorted((h.title, h.output.kind) for h in handlers(text)) == [
        ("ANY /orders/more Orders.delete", "none"),
        ("DELETE self.config.routes['item'] Orders.delete", "none"),
        ("GET /orders More.search", "response"),
        ("GET /orders Orders.search", "raw"),
        ("PUT /orders self.nowhere", "unknown"),
    ]
