"""What a Flask view reads and returns by way of helpers, base classes, parsers, and decorators of the project."""

from __future__ import annotations

import pytest
from frameworks.handlers_in import classes_of, handlers

HEAD = """\
from argparse import ArgumentParser
from dataclasses import dataclass
from flask import Blueprint, Flask, jsonify, request
from flask.views import MethodView
from flask_restx import Namespace, Resource, fields, reqparse
from flask_smorest import Blueprint as Smorest
from marshmallow import Schema
from pydantic import BaseModel
from sqlalchemy.orm import DeclarativeBase
app, blp, ns = Flask(__name__), Smorest('x', __name__), Namespace('x')
class Order(Schema): ...
class Line(Schema): ...
class Model(BaseModel):
    @classmethod
    def from_json(cls, data): return cls(**data)
@dataclass
class Folder: name: str
class Base(DeclarativeBase): ...
class Row(Base):
    def format(self): return {'a': 1}
    @property
    def shown(self): return {'a': 1}
    number = 1
parser = reqparse.RequestParser()
"""


def crossing(text: str, others: dict[str, str] | None = None) -> dict[str, tuple[list[str], str]]:
    """By title, what is read and by which classes, and the kind and class of its output."""
    return {handler.title: classes_of(handler) for handler in handlers(HEAD + text, others)}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("parser.parse_args()", ["request: schema"]),
        ("parser.copy().parse_args(strict=True)", ["request: schema"]),
        ("PARSERS['a'].parse_args()", ["request: schema"]),
        ("parser.parse_args()\n    parser.parse_args()", ["request: schema"]),
        ("ArgumentParser().parse_args()", []),
        ("parse_args()", []),
        ("return of_parser()", ["request: schema"]),
        ("return loaded()", ["request.json: Order"]),
        ("return again()", []),
        ("d = payload()\n    Order().load(d)", ["request.json: Order"]),
        ("Order().load(found())", []),
        ("Order().load(deep(1))", []),
        ("return one()", ["request.json: Order"]),
        ("return four()", []),
        ("Model.from_json(request.get_json())", ["request.get_json: Model"]),
        ("d = request.get_json()\n    Model.from_json(d)", ["request.get_json: Model"]),
        ("d = request.json['model']\n    Model.from_json(d)", []),
        ("Model.from_json(request.args.get('model'))", []),
        ("Model.from_json(read)", []),
        ("Row.from_json(request.json)", []),
        ("s = Order()\n    s.load(request.json)\n    s = Line()\n    return s.dump(1)", ["request.json: Order"]),
        ("s = Order()\n    s = Line()\n    s.load(request.json)", ["request.json: Line"]),
        ("s = Order()\n    load(request.json, s)\n    s = Line()", ["request.json: Order"]),
        ("[Model(**each) for each in request.json]", ["request.json: Model"]),
        ("Order().load(api.payload)", ["request.json: Order"]),
        ("Order().load(other.payload)", []),
        ("Order().load(parser.parse_args())", ["request: Order", "request: schema"]),
        ("Order().load(ArgumentParser().parse_args())", []),
        ("Own.parse_args(1)", []),
        ("Order().load(Own.parse_args(1))", []),
        ("Reading(1, request.json)", ["request.json: Order"]),
        ("Reading(1, dict(request.json))", ["request.json: Order"]),
        ("Derived(1, request.json)", ["request.json: Line"]),
        ("Reading(1, request.json['order'])", []),
        ("Order().load(Reading(1, 2))", []),
        ("Model(1)", []),
        ("edit(1, **request.json)", []),
        ("d = request.json\n    d = framed(d)\n    Order().load(d)", ["request.json: Order"]),
        ("save(request.json)", ["request.json: Order"]),
        ("save(request.json.get('order'))", []),
        ("SIZES.get(request.json)", []),
        ("row = kept(request.json)\n    Model.model_validate(row)", []),
        ("Order().load(cleaned(request.json))", ["request.json: Order"]),
        ("Order().load(str(request.json))", ["request.json: Order"]),
    ],
)
def test_what_is_read_somewhere_else(body: str, expected: list[str]) -> None:
    """By a parser, by functions that read the request themselves or hand it back, by methods of the class."""
    text = f"""
def of_parser():
    own = reqparse.RequestParser()
    return own.parse_args()
def loaded(): return Order().load(request.json)
def again(): return again()
def payload(): return request.json or {{}}
def found(): return find(request.json['a'])
def deep(n): return deep(n)
def one(): return two()
def two(): return three()
def three(): return Order().load(request.json)
def four(): return one()
def load(data, schema): return schema.load(data)
class Own:
    @classmethod
    def parse_args(cls, args): return args
class Reading:
    schema = Order
    def __init__(self, user, data): self.data = self.schema().load(data)
class Derived(Reading):
    schema = Line
def edit(number, **values): return {{'a': 1}}
def framed(data): return data
def save(data): return Order().load(data)
def kept(data):
    row = Row(**data)
    return row
def cleaned(data): return {{k: v for k, v in data.items()}}
SIZES = {{'a': 1}}
@app.post('/')
def f():
    {body}
"""

    assert crossing(text)["POST / f"][0] == expected


def test_what_methods_read_that_a_view_calls() -> None:
    """Of its own, of its base, as they are in the view; a view that is called answers for itself."""
    text = """
class Up(MethodView):
    schema = Line
    def post(self): return self.read()
    def read(self): return self.schema().load(request.json)
class Whole(Up):
    schema = Order
    def post(self): return super().post()
    def put(self): return self.read()
class Plain:
    schema = Order
    def read(self): return self.schema().load(request.json)
class Derived(Plain):
    schema = Line
app.add_url_rule('/a', view_func=Whole.as_view('a'))
@app.get('/b')
def b(): return Derived().read()
@app.get('/c')
def c(): return Whole().post()
"""

    assert {title: inputs for title, (inputs, _) in crossing(text).items()} == {
        "POST /a Whole.post": ["request.json: Order"],
        "PUT /a Whole.put": ["request.json: Order"],
        "GET /b b": ["request.json: Line"],
        "GET /c c": ["request.json: Order"],
    }


@pytest.mark.parametrize(
    ("decorators", "expected"),
    [
        ("@ns.expect(parser, order)", (["expect: schema", "expect: schema"], "raw")),
        ("@ns.expect(Row.__index_parser__)", (["expect: schema"], "raw")),
        ("@ns.expect(made(ns))", (["expect: schema"], "raw")),
        ("@ns.marshal_with(made(ns))", ([], "schema")),
        ("@ns.marshal_with(round_about(ns))", ([], "schema")),
        ("@ns.marshal_with(fields.Raw)", ([], "raw")),
        ("@ns.marshal_with(fields.String)", ([], "scalar")),
        ("@ns.response(200, 'is there', nowhere)\n    @ns.marshal_with(order)", ([], "schema")),
        ("@ns.response(200, 'ok', [str])", ([], "raw")),
        ("@response(Order(), 201)", ([], "schema Order")),
        ("@shown(Order())", ([], "schema Line")),
        ("@hidden(Order())", ([], "raw")),
        ("@by(chosen)", ([], "schema Line|Order")),
        ("@by(mixed)", ([], "raw")),
        (
            "@accepts(schema=Order, query_params_schema=Line, api=ns)",
            (["schema: Order", "query_params_schema: Line"], "raw"),
        ),
        ("@accepts('Name', dict(name='x', type=str))", ([], "raw")),
        ("@responds(schema=Order(many=True), api=ns)", ([], "schema Order")),
        ("@response(Described.Schema)", ([], "schema Described")),
        ("@response(Described.Schema(many=True))", ([], "schema Described")),
        ("@response(Kept.Schema)", ([], "schema Order")),
        ("@response(made_class(1))", ([], "schema Made")),
        ("@response(MADE)", ([], "schema Made")),
        ("@response(REBOUND)", ([], "schema Order")),
        ("@ns.expect(MODELS['a'])", (["expect: schema"], "raw")),
        ("@ns.expect(parser.copy().replace_argument('a').add_argument('b'))", (["expect: schema"], "raw")),
        ("@parsed({'a': fields.Int()})", (["fields: schema"], "raw")),
        ("@parsed({})", ([], "raw")),
        ("@own.parameters(Order())", (["given: Order"], "raw")),
        ("@own.validate(json=Order, resp=Answer(HTTP_200=Line, HTTP_404=Order))", (["json: Order"], "schema Line")),
        ("@own.validate(query=Order, resp=Answer(r=Line))", (["query: Order"], "schema Line")),
        ("@own.validate(resp=Answer(HTTP_404=Order))", ([], "raw")),
        ("@own.validate(resp=Answer(HTTP_200=None))", ([], "raw")),
        ("@own.validate(resp=Line)", ([], "raw")),
        ("@own.shown(order)", ([], "schema")),
    ],
)
def test_what_decorators_say(decorators: str, expected: tuple[list[str], str]) -> None:
    """Each thing that is expected, models by helpers, documentation, decorators that the project applies, factories."""
    text = f"""
from apifairy import response
from flask_accepts import accepts, responds
from marshmallow_dataclass import dataclass as described
@described
class Described: name: str
class Kept:
    Schema = Order
def made_class(schema):
    class Made(Order): inner = schema
    return Made
MADE = made_class(1)
REBOUND = Order
REBOUND = REBOUND()
MODELS = load_models(ns)
def parsed(fields, **more): return parser.use_args(fields, **more)
class Own(Namespace):
    def parameters(self, given):
        def decorator(f): return self.doc(1)(self.parser.use_args(given)(f))
        return decorator
    def shown(self, model):
        made = self.model('Made', {{}})
        def wrapper(f):
            @self.response(200, 'x', model=made)
            @self.marshal_with(made)
            def wrapped(*args): return f(*args)
            return wrapped
        return wrapper
own = Own('own')
def added(ns, model): return ns.clone('more', model, {{}})
def made(ns): return added(ns, ns.model('a', {{}}))
def round_about(ns): return round_about(ns)
order = ns.model('Order', {{}})
def shown(schema):
    def inner(f):
        def page(*args): return {{'data': f(*args)}}
        return response(Line())(page)
    return inner
def hidden(schema):
    def inner(f): return response(nowhere)(other(f))
    return inner
def chosen():
    if request.args: return Order(many=True)
    return Line()
def mixed(): return Order() if x else None
def by(schema):
    def inner(f):
        def wrapper(*args):
            use = schema()
            return use.dump(f(*args))
        return wrapper
    return inner
@ns.route('/')
class V(Resource):
    {decorators}
    def get(self): return {{'a': 1}}
"""

    assert crossing(text) == {"GET /x/ V.get": expected}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("if x: return DENIED\n    return Order().dump(1)", "schema Order"),
        ("if x: return FINE\n    return Order().dump(1)", "raw"),
        ("return denied()", "schema Order"),
        ("return {1, x}", "raw"),
        ("return {each for each in x}", "raw"),
        ("return Model.parse_obj(x).model_dump_json(), 200, {}", "schema"),
        ("return rows()", "orm Row"),
        ("return rows_of_query()", "orm Row"),
        ("row = Row.query.filter_by(a=1).first()\n    return row.format()", "raw"),
        ("row = session.get(Row, 1)\n    return row.shown", "raw"),
        ("row = session.get(Row, 1)\n    return row.number", "unknown"),
        ("folder: Folder | None = found()\n    return jsonify(folder)", "schema"),
        ("return jsonify(folder())", "schema"),
        ("folders: list[Folder] = []\n    return jsonify(folders)", "schema"),
        ("return jsonify(Folder(name='a'))", "schema"),
        ("one = Folder(name='a')\n    return jsonify(one)", "schema"),
        ("return jsonify([Folder(name='a') for a in x])", "schema"),
        ("if x: return api.abort(HTTPStatus.BAD_REQUEST, 'no')\n    return Order().dump(1)", "schema Order"),
        ("return Model(a=1).__dict__", "raw"),
        ("return [{'a': 1}] * 3", "raw"),
        ("found = pair()\n    return found[0], found[1]", "raw"),
        ("found = pair()\n    return found[1]", "response"),
        ("return listed()[0]", "raw"),
        ("return listed()[x]", "unknown"),
        ("return nowhere()[0]", "unknown"),
        ("found = pair()\n    found = pair()\n    return found[0]", "raw"),
        ("return flagged(1)", "response"),
        ("return flagged(1, as_response=False)", "raw"),
        ("return flagged(1, as_response=x)", "unknown"),
        ("return flagged(1, **x)", "unknown"),
        ("return flagged(*x)", "unknown"),
        ("return unflagged(1)", "raw"),
        ("return unflagged(1, plain=False)", "response"),
        ("return branches()", "schema Order"),
        ("return in_loop()", "schema Order"),
        ("return tried()", "orm Row"),
        ("pair, n = nowhere()\n    return pair()", "unknown"),
        ("(x, pair), n = nowhere()\n    return pair()", "unknown"),
        ("rows.first, pair = nowhere()\n    return rows()", "orm Row"),
        ("found = Order().dump(1)\n    return jsonify(found.data)", "schema Order"),
        ("found = Order().dump(1)\n    return found.data", "schema Order"),
        ("found = {'data': 1}\n    return found.data", "unknown"),
        ("if x: return NotFound.answer()\n    return Order().dump(1)", "schema Order"),
        ("if x: return Found.answer()\n    return Order().dump(1)", "raw"),
        (
            "if x: return await make_response(jsonify({}), 400)\n    return await make_response(jsonify(Order().dump(1)))",
            "schema Order",
        ),
        ("return api.make_response({'a': 1}, 200)", "response"),
        ("return api.make_response(Order().dump(1), 200)", "schema Order"),
        ("return stream(), {'Content-Type': 'text/event-stream'}", "response"),
        ("return framed()", "response"),
        ("return framed(Order().dump(1))", "schema Order"),
        ("return unframed(Order().dump(1))", "response"),
        ("return suppressed()", "orm Row"),
        ("return broken()", "orm Row"),
        ("return locked()", "schema Order"),
        ("return Made.of().shown()", "raw"),
        ("return Made.of().other.shown()", "raw"),
        ("return jsonify(Row())", "response"),
        ("return jsonify(x)", "response"),
        ("a = b\n    b = a\n    return jsonify(a)", "response"),
        ("one = [x]\n    return jsonify(one)", "response"),
        ("rows: list[Row] = found()\n    return jsonify(rows)", "response"),
        ("return jsonify(app)", "response"),
        ("return jsonify(x.y)", "response"),
        ("return jsonify(1)", "response"),
    ],
)
def test_what_is_returned_by_others(body: str, expected: str) -> None:
    """Constants that are errors, rows of helpers, methods of rows, and what ``jsonify`` writes out by itself."""
    text = f"""
DENIED = {{'error': 'no'}}, 403
FINE = {{'a': 1}}, 200
def denied():
    if x: return DENIED
    return Order().dump(1)
def rows():
    found = Row.query.filter_by(a=1)
    found = found.all()
    return found
def rows_of_query(): return list(session.scalars(select(Row)).all())
def folder() -> Folder: ...
def pair(): return {{'a': 1}}, 'text'
def listed(): return [{{'a': 1}}, 200]
def flagged(n, as_response=True):
    if n > 1:
        if as_response: return jsonify(n)
        return None
    try:
        if as_response: return jsonify(n)
        return {{'a': 1}}
    except E:
        if not as_response: raise
        return jsonify(n), 200
def unflagged(n, plain=True):
    if not plain: return jsonify(n)
    else: return {{'a': 1}}
def branches():
    if x:
        found = session.get(Row, 1)
        found = Order().dump(found)
    else:
        found = session.query(Row).all()
        found = Order().dump(found, many=True)
    return found
def in_loop():
    for n in x:
        found = session.get(Row, n)
        found = Order().dump(found)
    return found
def tried():
    try:
        found = session.get(Row, 1)
        found = Order().dump(found)
    except E: pass
    return found
class NotFound(Error):
    @classmethod
    def answer(cls): return {{'error': 1}}, cls.status
class Found:
    @classmethod
    def answer(cls): return {{'error': 1}}, cls.status
def stream(): yield 'x'
def framed(data=None):
    if data is None:
        more = 1
        data = {{'message': 'ok'}}
    return jsonify(data)
def unframed(data=None):
    if data is x: data = {{'message': 'ok'}}
    return jsonify(data)
def suppressed():
    with suppress(E):
        found = session.get(Row, 1)
        found = Order().dump(found)
    return found
def locked():
    with lock, open('x'):
        found = session.get(Row, 1)
        found = Order().dump(found)
    return found
def broken():
    for n in x:
        found = session.get(Row, n)
        if found.number: break
        found = Order().dump(found)
    return found
class Made:
    @classmethod
    def of(cls):
        made = cls()
        return made
    def shown(self): return {{'a': 1}}
    @property
    def other(self) -> Made: ...
@app.get('/')
def f():
    {body}
"""

    assert crossing(text)["GET / f"][1] == expected


def test_a_method_of_the_base_that_returns_nothing() -> None:
    """It is this one that is called, whatever derived classes have; a hook may be one that returns something there."""
    text = """
class Up(MethodView):
    def delete(self): remove()
    def hook(self): remove()
class V(Up):
    def delete(self): return super().delete()
    def put(self): return self.hook()
app.add_url_rule('/a', view_func=V.as_view('a'))
"""

    assert {title: kind for title, (_, kind) in crossing(text).items()} == {
        "DELETE /a V.delete": "none",
        "PUT /a V.put": "unknown",
    }


def test_what_a_decorator_makes_of_the_view_first() -> None:
    """It is the view that a wrapper calls, by way of a cache."""
    text = """
from flask_caching import Cache
once = Cache().cached(timeout=5)
def kept(f):
    cached = once(f)
    name = str(1)
    def wrapper(*args):
        value = cached(*args)
        return value
    return wrapper
def replaced(f):
    def wrapper(*args): return {'a': 1}
    return wrapper
@blp.route('/a')
class A(MethodView):
    @blp.response(200, Order)
    @kept
    def get(self): return nowhere()
    @kept
    def put(self): return jsonify(1)
    @replaced
    def post(self): return jsonify(1)
"""

    assert {title: kind for title, (_, kind) in crossing(text).items()} == {
        "GET /a A.get": "schema Order",
        "PUT /a A.put": "response",
        "POST /a A.post": "raw",
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("class Up(MethodView):\n    def get(self): ...\nclass V(Up): ...\napp.add_url_rule('/a', view_func=V.as_view('a'))", ["GET /a Up.get of V"]),
        ("class Up(MethodView):\n    def get(self): ...\nclass V(Up): ...", ["GET Up.get"]),
        ("class V(MethodView):\n    def get(self): ...\ndef configure(bp, routes):\n    views = {}\n    for path, resource in routes:\n"
         "        view = views.get(resource)\n        if view is None: view = resource.as_view('x')\n"
         "        bp.add_url_rule(path, view_func=view)\nconfigure(app, [('/a', V)])", ["GET /a V.get"]),
        ("class V(MethodView):\n    def get(self): ...\ndef add(resource: MethodView, url):\n    view = resource.as_view('x')\n"
         "    app.add_url_rule(url, view_func=view)\nclass Other:\n    def register(self, resource, url): add(resource, url)", ["GET V.get"]),
        ("def add(rule, find):\n    app.add_url_rule(rule, view_func=find(rule))\nadd('/a', nowhere)", ["GET /a nowhere('/a')"]),
    ],
)  # fmt: skip
def test_what_is_no_handler(text: str, expected: list[str]) -> None:
    """Bases of views that answer at their paths; names for views that are made of classes, which are found by themselves."""
    assert list(crossing(text)) == expected


LOOKED_UP = """
from nowhere import Up
from os import path as paths
class View(MethodView):
    def get(self): ...
class Open(Up):
    def get(self): ...
def make(): return Open
ROUTES = [('/a', View)]
def configure(bp, routes, *more):
    views = {}
    for path, resource in routes:
        view = views.get(resource)
        if view is None: view = resource.as_view('x')
        bp.add_url_rule('/a', view_func=view)
"""


@pytest.mark.parametrize(
    ("text", "is_known"),
    [
        ("configure(app, ROUTES)", True),
        ("configure(app, ROUTES, paths.sep)", True),
        ("def mount(app, routes): configure(app, routes)\nmount(Flask('x'), ROUTES)", True),
        ("configure(app, [('/a', Open)])", False),
        ("MORE = [*ROUTES, ('/b', Open)]\nconfigure(app, MORE)", False),
        ("configure(app, [('/a', make())])", False),
        ("def mount(app, routes): configure(app, routes)\nmount(app, [('/a', Open)])", False),
        ("def mount(app, routes): configure(app, routes)", False),
        ("A = ROUTES\nB = A\nC = B\nD = C\nE = D\nconfigure(app, E)", False),
        ("print(configure)", False),
    ],
)
def test_classes_that_views_are_made_of(text: str, *, is_known: bool) -> None:
    """They are found by themselves only if all of them are views for sure; otherwise what is registered is unknown, not lost."""
    found = crossing(LOOKED_UP + text)

    assert found.pop("GET View.get") == ([], "none")
    assert {kind for _, kind in found.values()} == (set() if is_known else {"unknown"})


def test_views_in_a_table_of_which_not_all_are_known() -> None:
    """Whatever is looked up there is unknown."""
    text = LOOKED_UP.partition("def make")[0]
    text += "def register():\n    made = {'v': {}.as_view('v')}\n    app.add_url_rule('/a', view_func=made.get('v'))"

    assert list(crossing(text.replace("{}", "View", 1))) == ["GET View.get"]
    assert crossing(text.replace("{}", "Open", 1))["GET /a made.get('v')"] == ([], "unknown")


@pytest.mark.parametrize(
    ("call", "expected"),
    [("ok(None)", "unknown"), ("wrapped(None)", "unknown"), ("ok(Order().dump(x))", "schema Order")],
)
def test_what_is_put_in_where_nothing_is_given(call: str, expected: str) -> None:
    """``None`` is not what such a function returns."""
    text = "def ok(data=None):\n    if data is None: data = {'a': 1}\n    return data\n"
    text += "def wrapped(data=None):\n    if data is None: data = {'a': 1}\n    return ok(data)\n"

    assert crossing(f"{text}@app.get('/x')\ndef f(): return {call}")["GET /x f"] == ([], expected)


@pytest.mark.parametrize(
    ("body", "expected"), [("raise X()", "unknown"), ("log(x)\n        raise X()", "unknown"), ("log(x)", "none")]
)
def test_a_method_that_is_left_to_derived_classes(body: str, expected: str) -> None:
    """What theirs return is not known, whatever the one does before it fails."""
    text = f"class Service:\n    def place(self):\n        {body}\n@app.get('/x')\ndef f(service: Service): return service.place()"

    assert crossing(text)["GET /x f"] == ([], expected)


def test_a_view_without_an_answer_may_be_said_to_give_a_text() -> None:
    """Status 204 says more; a blueprint of what flask-smorest was before is one as well."""
    text = """
from flask_rest_api import Blueprint as Older
old = Older('old', __name__)
@old.post('/a')
def a() -> str: return '', 204
@old.post('/b')
def b() -> str: return '', 201
"""

    assert {title: kind for title, (_, kind) in crossing(text).items()} == {
        "POST /a a": "none",
        "POST /b b": "response",
    }


def test_what_is_read_is_written_where_that_is() -> None:
    """In another module, too."""
    text = "from shop.reads import read\nfrom flask import Flask\napp = Flask(__name__)\n@app.post('/')\ndef f(): return read()"
    reads = "from flask import request\nfrom marshmallow import Schema\nclass Order(Schema): ...\ndef read():\n    return Order().load(request.json)"
    (handler,) = handlers(text, {"shop.reads": reads})

    assert [f"{slot.location.path}:{slot.location.line} {slot.text}" for slot in handler.inputs] == [
        "shop/reads.py:5 Order"
    ]
