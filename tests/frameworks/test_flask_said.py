"""What annotations, decorators and statuses say of a Flask view, and what it reads in loops and by other names."""

from __future__ import annotations

import pytest
from frameworks.handlers_in import classes_of, handlers
from frameworks.test_flask_followed import crossing

BEFORE = """
import csv, flask, markupsafe
from typing import *
from flask import Response, make_response
from functools import wraps
Short = Union[str, Tuple[str, int, Dict[str, str]]]
Pair = Tuple[str, int, Dict[str, str]]
Data = Union[Response, None, Dict[str, Any], str, Tuple[None, int, Dict[str, str]]]
class Location:
    @classmethod
    def from_row(cls, row): return cls(row)
def as_json(f):
    @wraps(f)
    def inner(*args, **more): return jsonify(f(*args, **more))
    return inner
def pair():
    if x: return {'a': 1}, 200
    return inner()
def inner(): return dict(a=1), 200
def nothing(): return
def error_to_response(error): return jsonify({'code': error.code}), error.status
class OrderError(Exception): ...
"""


@pytest.mark.parametrize(
    ("signature", "body", "expected"),
    [
        ("-> Short", "return 'x', 200, {'X': 'y'}", "response"),
        ("-> Pair", "return 'x', 200, {'X': 'y'}", "response"),
        ("-> Data", "return None, 201, {'Location': 'x'}", "none"),
        ("-> Data", "return '', 200", "none"),
        ("-> Data", "return 'x'", "response"),
        ("-> Data", "return nowhere()", "raw"),
        ("-> Data", "return {'a': 1}", "raw"),
        ("-> Order", "return None", "schema Order"),
        ("", "return Response(None, 204, content_type='application/json')", "none"),
        ("", "return Response(None, 200)", "none"),
        ("", "return Response(response='', status=204)", "none"),
        ("", "return Response('x', 204)", "response"),
        ("", "return make_response('', 204)", "none"),
        ("", "return make_response('x', 204)", "response"),
        ("", "return make_response({}, HTTPStatus.NO_CONTENT)", "none"),
        ("", "return make_response({'a': 1}, 204)", "response"),
        ("", "return make_response({}, 200)", "response"),
        ("", "return markupsafe.escape(x)", "response"),
        ("", "return Markup(x)", "unknown"),
        ("", "a, b = pair()\n    return a, b", "raw"),
        ("", "a, b = inner()\n    return a", "raw"),
        ("", "a, b = nothing()\n    return a", "unknown"),
        ("", "if x: return []\n    return Order().dump(x)", "schema Order"),
        ("", "return []", "raw"),
        ("", "if x: return error_to_response(e)\n    return jsonify(Order().dump(x))", "schema Order"),
        ("", "try: return jsonify(1)\n    except E: return OrderError('x')", "response"),
        ("-> Iterable[Union[Mapping, int, None]]", "return None, 200", "none"),
        ("-> Mapping", "return None, 200", "raw"),
    ],
)  # fmt: skip
def test_what_is_returned_and_what_is_said_of_it(signature: str, body: str, expected: str) -> None:
    """An alias of several types has a status and headers in it as well; one of all there is says nothing."""
    found = crossing(f"{BEFORE}@app.get('/')\ndef f() {signature}:\n    {body}\n")

    assert found["GET / f"][1] == expected


def test_a_name_of_types_means_what_it_means_where_it_is_written() -> None:
    """What is returned means what it means in the view's module."""
    text = "from shop.types import Answer\ndef made(): return {'a': 1}\n@app.get('/')\ndef f() -> Answer: return made()"
    types = "from typing import Any\nfrom flask import Response\nAnswer = Response | dict[str, Any] | str\n"
    types += "from marshmallow import Schema\nclass Out(Schema): ...\ndef made(): return Out().dump(1)"

    assert crossing(text, {"shop.types": types})["GET / f"][1] == "raw"


def test_a_decorator_makes_nothing_of_an_empty_answer() -> None:
    """Of one that is not empty it makes a response."""
    text = "@app.delete('/')\n@as_json\ndef f(): return {}, 204\n@app.get('/')\n@as_json\ndef g(): return {}"
    found = crossing(BEFORE + text)

    assert [output for _, output in found.values()] == ["none", "response"]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("for row in request.get_json()['rows']: Order().load(row)", ["request.get_json: Order"]),
        ("[Order().load(row) for row in request.json]", ["request.json: Order"]),
        ("for row in csv.DictReader(request.files['x']): Order().load(row)", ["request.files: Order"]),
        ("for row in found: Order().load(row)", []),
        ("for a, b in request.json: Order().load(b)", ["request.json: Order"]),
        ("name = request.json['name']\n    Location.from_row({'en': name})", []),
        ("name = request.json\n    name = name\n    Model.from_json({'en': name})", ["request.json: Model"]),
        ("rows = Row.query('x', page=request.args.get('page'))\n    Model.from_json(list(rows))", []),
        ("rows = Row.query('x', page=request.args)\n    Model.from_json(list(rows))", []),
        ("Model.from_json(dict(request.args))", ["request.args: Model"]),
    ],
)
def test_what_is_read_in_parts(body: str, expected: list[str]) -> None:
    """Each of several is read by a schema; what is made of a part of the request is not."""
    found = crossing(f"{BEFORE}@app.post('/')\ndef f():\n    {body}\n    return ''\n")

    assert found["POST / f"][0] == expected


@pytest.mark.parametrize(
    ("base", "expected"),
    [("BaseSchema", ["request.json: schema"]), ("mallow.Schema", ["request.json: schema"]), ("Base", [])],
)
def test_a_schema_of_a_package_that_is_not_installed_is_known_by_its_name(base: str, expected: list[str]) -> None:
    """As it is where it dumps."""
    before = "from nowhere.schemas import BaseSchema, Base\nfrom nowhere import mallow\n"
    text = f"{before}class In({base}): ...\n@app.post('/')\ndef f():\n    In().load(request.json)\n    return ''"

    assert crossing(text)["POST / f"][0] == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("return jsonify(token='x')", "response"),
        ("return make_response('x'), 201", "response"),
        ("if x: return jsonify(1)\n        return row", "schema Order"),
        ("return row", "schema Order"),
        ("pass", "schema Order"),
    ],
)
def test_a_response_that_is_ready_is_in_no_schema(body: str, expected: str) -> None:
    """Whatever the decorator of flask-smorest declares: it hands that on."""
    text = f"@blp.route('/x')\nclass V(MethodView):\n    @blp.response(200, Order)\n    def get(self):\n        {body}"

    assert crossing(BEFORE + text)["GET /x V.get"][1] == expected


def test_what_a_package_exports_that_is_not_installed_is_known_by_its_name() -> None:
    """The base of rows, here."""
    text = "from shop.db import Order as Kept\n@app.get('/')\ndef f():\n    kept = Kept.objects(id=1).first()\n    return kept.shown()"
    db = "from mongoengine import *\nclass Order(Document):\n    def shown(self): return {'id': 1}\nclass Other(Nothing): ..."

    assert crossing(text, {"shop.db": db})["GET / f"][1] == "raw"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("if bad: return []\n    return Order().dump(x)", "schema Order"),
        ("if bad: return [], 200\n    return Order().dump(x)", "schema Order"),
        ("found = []\n    if bad: return Order().dump(x)\n    found.extend(rows())\n    return found", "raw"),
        ("found = []\n    if bad: return Order().dump(x)\n    found += [{'a': 1}]\n    return found", "raw"),
        ("found = []\n    if bad: return Order().dump(x)\n    found[0:] = [{'a': 1}]\n    return found", "raw"),
        ("return []", "raw"),
        ("if bad: return Failed(x)\n    return Order().dump(x)", "schema Order"),
        ("if bad: return Missing(x)\n    return Order().dump(x)", "schema Order"),
        ("if bad: return NotFoundResponse(x)\n    return '', 204", "none"),
        ("if bad: return FoundResponse(x)\n    return '', 204", "response FoundResponse"),
        ("if bad: return SyncError(x)\n    return Order().dump(x)", "orm SyncError"),
        ("return make_response(status=201)", "raw"),
        ("return make_response(None, status=200)", "raw"),
    ],
)
def test_only_what_is_empty_and_fails_says_nothing(body: str, expected: str) -> None:
    """A list that is filled later is not, nor a row that is called an error, nor what a function of the project makes."""
    before = """
import flask
class Failed(Exception): ...
class Missing(KeyError): ...
class NotFoundResponse(flask.Response): ...
class FoundResponse(flask.Response): ...
class SyncError(Base): ...
def make_response(data=None, status=200): return {"data": data, "ok": True}, status
"""
    found = crossing(f"{before}@app.get('/')\ndef f(x, bad):\n    {body}")

    assert found["GET / f"][1] == expected


@pytest.mark.parametrize(
    ("imports", "expected"),
    [
        ("from flask import make_response", "response"),
        ("def make_response(order): return {'order': order}", "schema Order"),
    ],
)
def test_a_response_is_made_by_flask(imports: str, expected: str) -> None:
    """A function of the project that is called like one may make anything, which the schema then has to say."""
    text = f"{imports}\n@blp.route('/')\n@blp.response(200, Order)\ndef f(): return make_response({{'a': 1}})"

    assert crossing(text)["GET / f"][1] == expected


@pytest.mark.parametrize(
    ("base", "expected"),
    [("Schema", "schema"), ("nowhere.Schema", "schema"), ("Shared", "unknown")],
)
def test_decorators_of_apiflask_take_schemas(base: str, expected: str) -> None:
    """One of APIFlask itself, or with a base that is called so."""
    text = f"""
import nowhere
from nowhere import Shared
from apiflask import APIBlueprint, Schema
bp = APIBlueprint('x', __name__)
class In({base}): ...
@bp.post('/body')
@bp.input(In)
@bp.output(In)
def body(json_data): return {{}}
@bp.get('/query')
@bp.input(In(partial=True), location='query')
def query(query_data): return ''
"""
    found = [(h.title, [s.kind for s in h.inputs], h.output.kind) for h in handlers(text)]

    assert found[0] == ("POST /body body", [expected], expected)
    assert found[1][1] == ([] if expected == "unknown" else ["schema"])


@pytest.mark.parametrize(
    ("read", "expected"),
    [
        ("Order().load(API.payload)", ["request.json: Order"]),
        ("Order().load(other.payload)", []),
        ("Order().load(Nobody.payload)", []),
        ("taken(Order(), request)", ["request: Order"]),
        ("checked(request, Pages)", ["request: Pages"]),
        ("spread(request, Pages)", ["request: Pages"]),
        ("Order().validate(Row.query.filter_by(number=request.args.get('number')))", []),
        ("Order().validate(Row.query.get_or_404(request.args['number']))", []),
        ("[Pages(**row) for row in connection.execute(text, {'limit': limit()})]", []),
    ],
)
def test_the_request_by_another_name(read: str, expected: list[str]) -> None:
    """That of a helper's parameter, or of a namespace; rows that are found by it are not in it."""
    before = """
from flask import Flask, request
from flask_restx import Namespace
from marshmallow import Schema
from pydantic import BaseModel
from webargs.flaskparser import FlaskParser
from nowhere import Nobody
app, API, other = Flask(__name__), Namespace('x'), Flask(__name__)
class Order(Schema): ...
class Pages(BaseModel): page: int
def taken(schema, req): return FlaskParser().parse(schema, req, location='json')
def limit():
    value = request.args.get('limit')
    return value
def checked(req, validator: type[BaseModel]): return validator(**req.args.to_dict())
def spread(request, validator: type[BaseModel]): return validator(**request.args)
"""
    (handler,) = handlers(f"{before}@app.post('/')\ndef f():\n    {read}\n    return ''")

    assert classes_of(handler)[0] == expected


@pytest.mark.parametrize(
    ("parser", "expected"),
    [
        ("api.pages()", "schema"),
        ("with_more(api.parser())", "schema"),
        ("with_more(parser=api.parser())", "schema"),
        ("with_more(nowhere())", "unknown"),
        ("either(api.parser())", "unknown"),
        ("chosen(api.parser())", "unknown"),
    ],
)
def test_parsers_that_others_make(parser: str, expected: str) -> None:
    """By what they are said to return, or given back."""
    text = f"""
from flask_restx import Api, Resource
from flask_restx.reqparse import RequestParser
from nowhere import nowhere
class API(Api):
    def pages(self, parser=None) -> RequestParser:
        made = parser.copy() if parser else self.parser()
        return made
def with_more(parser):
    parser.add_argument('x', location='args')
    return parser
def chosen(parser):
    if parser: return parser
    return nowhere()
def either(parser):
    if parser: return parser
    return nowhere
api = API()
made = {parser}
@api.route('/x')
class X(Resource):
    @api.expect(made)
    def get(self): return {{}}
"""
    assert [[s.kind for s in h.inputs] for h in handlers(text)] == [[expected]]


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("given(WEB)", "response"),
        ("given(src=2)", "response"),
        ("given(API)", "raw"),
        ("given(CHANGED)", "raw"),
        ("given(nowhere)", "raw"),
        ("given(*x)", "raw"),
        ("refused(API)", "response"),
        ("set_here(WEB)", "raw"),
        ("Up().of_class(2)", "raw"),
        ("by_constant()", "raw"),
        ("in_context()", "response"),
        ("not_in_context()", "response"),
        ("own_context()", "raw"),
        ("emptied(x)", "schema"),
        ("emptied_only()", "raw"),
        ("VERSION", "response"),
        ("ROUND", "unknown"),
        ("gettext('x')", "response"),
    ],
)
def test_conditions_that_hold_where_a_helper_is_called(call: str, expected: str) -> None:
    """By constants that it is given; what else they may be counts."""
    text = f"""
from flask import Flask, has_app_context, has_request_context, jsonify, render_template
from flask_babel import gettext
from marshmallow import Schema
app = Flask(__name__)
API, WEB = 1, 2
CHANGED = 2
MODE = 'a'
COMMIT = 'x'
VERSION = COMMIT
ROUND = AROUND
AROUND = ROUND
def change():
    global CHANGED
    CHANGED = 1
class Order(Schema): ...
def given(src):
    if src == API:
        return {{'a': 1}}
    return render_template('x.html')
def refused(src):
    if src != API:
        return {{'a': 1}}
    return render_template('x.html')
def set_here(src):
    src = nowhere(src)
    if src == API: return {{'a': 1}}
    return render_template('x.html')
def by_constant():
    if MODE == 'b': return {{'a': 1}}
    return render_template('x.html')
def in_context():
    if has_app_context(): return jsonify(1)
    return {{'a': 1}}
def not_in_context():
    if not has_request_context(): return {{'a': 1}}
    return jsonify(1)
def own_context():
    if helper.has_app_context(): return jsonify(1)
    return {{'a': 1}}
class Up:
    KIND = 1
    def of_class(self, kind):
        if kind == self.KIND: return {{'a': 1}}
        return render_template('x.html')
class helper:
    @staticmethod
    def has_app_context(): return False
def emptied(x):
    try: return Order().dump(x)
    except KeyError: return []
def emptied_only(): return []
@app.get('/')
def f(x): return {call}
"""
    assert [h.output.kind for h in handlers(text)] == [expected]


@pytest.mark.parametrize(
    ("signature", "body", "expected"),
    [
        ("", "return Line.query.count()", "response"),
        ("", "return session.scalar(select(func.count(Line.number)))", "response"),
        ("", "return session.execute(select(func.sum(Line.number))).scalar_one()", "response"),
        ("", "return session.execute(select(Line)).scalar_one()", "orm"),
        ("", "return session.scalar(select(func.json_agg(Line.more)))", "unknown"),
        ("", "return session.scalar(select(Line.more, func.count(Line.number)))", "unknown"),
        ("", "return session.scalar(nowhere)", "unknown"),
        ("", "return names.count()", "unknown"),
        ("", "line = Line.query.get(1)\n    return line.number", "response"),
        ("", "line = Line.query.get(1)\n    return line.name", "response"),
        ("", "line = Line.query.get(1)\n    return line.more", "unknown"),
        ("", "line = Line.query.get(1)\n    return line.others", "orm"),
        ("", "line, more = nowhere.pair()\n    line = jsonify(1)\n    return line", "response"),
        ("", "line, more = nowhere.pair()\n    if more: line = jsonify(1)\n    return line", "unknown"),
        ("", "return render_theme_template('x', 'y')", "response"),
        ("", "return upload_success('x')", "response"),
        ("", "if x: return upload_fail('x')\n    return upload_success('x')", "response"),
        ("", "return jwt.encode({}, 'x')", "response"),
        ("", "return server.create_endpoint_response('x')", "response"),
        ("", "return jsonify(**Order(a=1).model_dump())", "schema"),
        ("", "return jsonify(**nowhere)", "response"),
        ("", "return jsonify(a=1, **Order(a=1).model_dump())", "response"),
        (" -> str | None", "return 'x'", "response"),
        (" -> None", "pass", "none"),
        (" -> int | None", "return 1", "scalar"),
        (" -> list[str] | None", "return ['x']", "scalar"),
    ],
)
def test_single_values(signature: str, body: str, expected: str) -> None:
    """Counts, columns and texts, by query, table or library; a name that gets another value is that."""
    text = f"""
import jwt
from flask import Flask, jsonify
from flask_ckeditor import upload_fail, upload_success
from flask_themes2 import render_theme_template
from flask_sqlalchemy import SQLAlchemy
from pydantic import BaseModel
from sqlalchemy import func, select
from nowhere import nowhere, server
app, db = Flask(__name__), SQLAlchemy()
class Order(BaseModel): a: int
class Line(db.Model):
    number = db.Column('no', db.Integer, primary_key=True)
    name = db.Column(db.String(20))
    more = db.Column(db.JSON)
    others = db.relationship('Line')
@app.get('/')
def f(names){signature}:
    {body}
"""
    assert [h.output.kind for h in handlers(text)] == [expected]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("return {'json': as_json, 'csv': as_csv}[kind]()", "response"),
        ("table = {'json': as_json, 'csv': as_csv}\n    return table[kind]()", "response"),
        ("answer = {'json': as_json, 'csv': as_csv}[kind]\n    return answer()", "response"),
        ("answer = as_json if kind else as_csv\n    return answer()", "response"),
        ("return (as_json if kind else as_dict)()", "raw"),
        ("return {'json': as_json, 'dict': as_dict}[kind]()", "raw"),
        ("return {'json': as_json, **others}[kind]()", "unknown"),
        ("return {'json': lambda: jsonify(1)}[kind]()", "unknown"),
        ("return {}[kind]()", "unknown"),
        ("return others[kind]()", "unknown"),
        ("answer = as_json\n    if kind: answer = nowhere\n    return answer()", "unknown"),
        ("return json.loads(kind).get('a', [])", "raw"),
        ("found = {}\n    if kind: found = json.loads(kind)\n    return found.get('a')", "raw"),
        ("return others.get('a')", "unknown"),
    ],
)
def test_one_of_several_functions_is_called(body: str, expected: str) -> None:
    """By a table or a condition; what else may be in it counts. A part of what was parsed is anything."""
    text = f"""
import json
from flask import Flask, Response, jsonify
from nowhere import nowhere, others
app = Flask(__name__)
def as_json(): return jsonify(1)
def as_csv(): return Response('a')
def as_dict(): return {{'a': 1}}
@app.get('/')
def f(kind):
    {body}
"""
    assert [h.output.kind for h in handlers(text)] == [expected]


@pytest.mark.parametrize(
    ("view", "inputs", "output"),
    [
        ("@Unmarshal(Order)\ndef f(): return 'ok'", ["schema: Order"], "response"),
        ("@Unmarshal(schema=Order)\ndef f(): return 'ok'", ["schema: Order"], "response"),
        ("@Other(Order)\ndef f(): return 'ok'", [], "response"),
        ("@Plain()\ndef f(): return 'ok'", [], "response"),
        ("def f(): return Wrapped().dump(1)", [], "schema"),
        ("def f(): return jsonify(Wrapped().dump(1))", [], "schema"),
        ("def f(): return Either().dump(1)", [], "unknown"),
        ("def f(): return Called().dump(1)", [], "unknown"),
        ("def f():\n    Toggle().load(request.json)\n    return 'ok'", ["request.json: schema"], "response"),
        ("def f(): return controller.show(1)", [], "response"),
        ("def f(): return find(1)", [], "raw"),
        ("def f(): return Row(), 204", [], "none"),
        ("def f() -> '200' or '404': return {'a': 1}", [], "raw"),
        ("def f() -> 201: return jsonify(1)", [], "response"),
    ],
)
def test_what_classes_and_functions_make_for_a_view(view: str, inputs: list[str], output: str) -> None:
    """Decorators that are classes, classes that functions make, methods under another name, what ``isinstance`` makes sure of."""
    text = f"""
import marshmallow_dataclass
from dataclasses import dataclass
from flask import Flask, Response, jsonify, request
from marshmallow import Schema, fields
from sqlalchemy.orm import DeclarativeBase
app = Flask(__name__)
class Base(DeclarativeBase): ...
class Row(Base): ...
class Order(Schema): ...
class Problem(Response): ...
class Unmarshal:
    def __init__(self, schema):
        self.kept = schema
    def __call__(self, view):
        def inner(*args): return view(self.kept().load(request.get_json()))
        return inner
class Other:
    def __init__(self, schema): print(schema)
    def __call__(self, view): return view
class Plain:
    def __call__(self, view): return view
def wrap(inner):
    class Data(Schema):
        data = fields.Nested(inner)
    return Data
def either(x):
    class One(Schema): ...
    if x: return One
    return nowhere
def called(x):
    class One(Schema): ...
    if x: return One
    return nowhere()
Wrapped = wrap(Order())
Called = called(1)
Either = either(1)
@dataclass
class State: on: bool
Toggle = marshmallow_dataclass.class_schema(State)
class Controller:
    def load(self, number) -> Row | Problem: ...
    def show(self, number):
        row = self.load(number)
        if isinstance(row, Problem): return row
        return Response('feed')
    def find(self, number): return {{'a': number}}
controller = Controller()
find = controller.find
@app.post('/')
{view}
"""
    (handler,) = handlers(text)

    assert classes_of(handler)[0] == inputs
    assert handler.output.kind == output


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("failure(1)", "none"),
        ("failure(1, 422)", "none"),
        ("failure(1, status_code=409)", "none"),
        ("failure(1, 200)", "response"),
        ("failure(1, nowhere)", "response"),
        ("answer(1)", "response"),
        ("answer(1, 404)", "none"),
        ("failure(1, BAD)", "none"),
        ("failure(*bad)", "response"),
        ("failure(1, **bad)", "response"),
        ("chosen(1)", "response"),
    ],
)
def test_a_status_may_be_a_parameter(call: str, expected: str) -> None:
    """With a default, or what the call gives."""
    text = f"""
from flask import Flask, jsonify
from nowhere import nowhere
app = Flask(__name__)
def failure(errors, status_code=400): return jsonify({{'errors': errors}}), status_code
BAD = 422
def answer(data, status=200): return jsonify(data), status
def chosen(data, status=400):
    status = nowhere(status)
    return jsonify(data), status
@app.post('/')
def f(bad):
    if bad: return {call}
    return '', 200
"""
    assert [h.output.kind for h in handlers(text)] == [expected]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("return nothing(), 200", "response"),
        ("return gone()", "none"),
        ("return None, 204", "none"),
        ("return None, 200", "response"),
        ("if x: return gone()\n    return {'a': 1}, 200", "response"),
    ],
)
def test_an_empty_answer_is_one_whatever_a_decorator_makes_of_it(body: str, expected: str) -> None:
    """By its status, also where a helper gives that; nothing at all is ``null`` in JSON."""
    text = f"""
from functools import wraps
from flask import Flask, jsonify
app = Flask(__name__)
def nothing(): return None
def gone(): return {{}}, 204
def made(f):
    @wraps(f)
    def inner(*args, **more):
        body, status = f(*args, **more)
        return jsonify(body), status
    return inner
@app.get('/')
@made
def f():
    {body}
"""
    (handler,) = handlers(text)

    assert handler.output.kind == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("return Paths().shown()", "raw"),
        ("return kept.shown()", "raw"),
        ("return Paths().later", "raw"),
        ("return Paths().either", "unknown"),
        ("return Paths().given", "unknown"),
        ("return collection.find_one({'number': 1})", "raw"),
        ("found = database['orders'].find_one_and_delete({'number': 1})\n    return found", "raw"),
        ("return ORDERS.find_one({'number': 1})", "raw"),
        ("return Order.find_one({'number': 1})", "unknown"),
        ("return find_one({'number': 1})", "unknown"),
        ("return columns.to_list()", "raw"),
        ("return to_list()", "unknown"),
        ("args = parser.parse_args()\n    del args['x']\n    return args, 201", "raw"),
    ],
)
def test_dicts_and_lists_by_who_gives_them(body: str, expected: str) -> None:
    """Objects that keep a dict, collections of MongoDB, parsers and columns."""
    text = f"""
from flask import Flask
from flask_restful.reqparse import RequestParser
from nowhere import ORDERS, Order, collection, columns, database, find_one, given, to_list
app, parser = Flask(__name__), RequestParser()
class Paths:
    def __init__(self):
        self.paths = {{'version': 1}}
        self.later: dict = {{n: 1 for n in 'ab'}}
        self.either = {{}}
        self.given = given
    def shown(self):
        self.paths['more'] = 1
        return self.paths
    def change(self): self.either = given
kept = Paths()
@app.get('/')
def f():
    {body}
"""
    assert [h.output.kind for h in handlers(text)] == [expected]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("return 'success'\n    return {'a': 1}", "response"),
        ("raise ValueError\n    return {'a': 1}", "none"),
        ("if x: return 'a'\n    else: return 'b'\n    return {'a': 1}", "response"),
        ("if x:\n        return 'a'\n        return {'a': 1}\n    return 'b'", "response"),
        ("if x: return 'a'\n    return {'a': 1}", "raw"),
        ("try: return 'a'\n    finally: print()\n    return {'a': 1}", "response"),
        ("return said()", "response"),
        ("return said_of_both()", "raw"),
        ("return dead()", "response"),
    ],
)
def test_what_stands_behind_a_return_is_not_returned(body: str, expected: str) -> None:
    """In views and helpers; a helper that says ``-> dict`` and gives nothing but responses gives these."""
    text = f"""
from flask import Flask, jsonify
app = Flask(__name__)
def said() -> dict: return jsonify(1)
def said_of_both() -> dict: return jsonify(1) if x else nowhere()
def dead():
    return jsonify(1)
    return {{'a': 1}}
@app.get('/')
def f():
    {body}
"""
    assert [h.output.kind for h in handlers(text)] == [expected]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("return logged(lambda: place(request.json))", "response"),
        ("return logged(lambda: plain())", "raw"),
        ("return logged(lambda: 1)", "unknown"),
        ("return logged(lambda order: place(order))", "unknown"),
        ("return logged(plain)", "raw"),
        ("session['user'] = {'id': 1}\n    return session['user']", "raw"),
        ("session['user'] = {'id': 1}\n    return session['other']", "unknown"),
        ("session['user'] = user\n    return session['user']", "unknown"),
        ("session[key] = {'id': 1}\n    return session['user']", "unknown"),
        ("found = Order.query.all()\n    found = [OrderOut().dump(each) for each in found]\n"
         "    answer = jsonify(found)\n    return answer, 200", "schema"),
    ],
)  # fmt: skip
def test_what_is_handed_on_and_kept_for_a_moment(body: str, expected: str) -> None:
    """A ``lambda`` for a helper to call, a dict in the session, a list under a name that meant something else before."""
    text = f"""
from flask import Flask, jsonify, request, session
from flask_sqlalchemy import SQLAlchemy
from marshmallow import Schema
from nowhere import key, user
app = Flask(__name__)
db = SQLAlchemy(app)
class Order(db.Model): ...
class OrderOut(Schema): ...
def place(order): return jsonify(order), 200
def plain(): return {{'a': 1}}
def logged(work):
    answer = work()
    return answer
@app.get('/')
def f():
    {body}
"""
    assert [h.output.kind for h in handlers(text)] == [expected]


@pytest.mark.parametrize(
    ("others", "expected"),
    [
        ({"shop.start": "import sys\nsys.path.append('shop/web/parts')"}, "response"),
        ({"shop.start": "import sys\nsys.path.insert(0, str(HERE / 'parts'))"}, "response"),
        ({"shop.start": "import sys\nsys.path += ['shop/web/parts']"}, "response"),
        ({"shop.web.parts.start": "import sys, os\nsys.path.append(os.path.dirname(__file__))"}, "response"),
        ({"shop.web.start": "import sys, os\nsys.path.append(os.path.dirname(__file__))"}, "unknown"),
        ({"shop.web.parts.start": "if __name__ == '__main__': ..."}, "unknown"),
        ({"shop.web.parts.start": "import sys, os\nHERE = os.path.dirname(__file__)\nsys.path.append(HERE)"}, "response"),
        ({"shop.web.parts.lib.start": "import sys\nsys.path.append(str(Path(__file__).parents[1]))"}, "response"),
        ({"shop.web.parts.lib.start": "import sys\nsys.path.append(os.path.join(dirname(__file__), '..'))"}, "response"),
        ({"shop.web.parts.lib.start": "import sys\nsys.path.append(str(Path(__file__).parent))"}, "unknown"),
        ({"shop.web.start": "import sys\nsys.path.append(os.path.join(dirname(__file__), 'other'))"}, "unknown"),
        ({"shop.start": "import sys\nsys.path.append('/opt/here/web/parts')"}, "unknown"),
        ({"shop.start": "import sys\nsys.path.append(parts)"}, "unknown"),
        ({"shop.start": "import sys\nA = B\nB = C\nC = D\nD = 'parts'\nsys.path.append(A)"}, "unknown"),
        ({"shop.tests.start": "import sys\nsys.path.append('shop/web/parts')"}, "unknown"),
        ({"start": "import sys\nsys.path.append(os.path.dirname(__file__))"}, "unknown"),
        ({"shop.start": "import sys\nsys.path.append('elsewhere')"}, "unknown"),
        ({"shop.start": "PATH = 'shop/web/parts'"}, "unknown"),
        ({"shop.start": "import sys\nsys.path.append('parts')", "shop.other.parts.answers": "def answer(x): ..."}, "unknown"),
        ({"shop.start": "import sys\nsys.path.append('parts')", "shop.broken": "def f(:"}, "response"),
    ],
)  # fmt: skip
def test_a_module_is_found_in_a_directory_that_the_code_adds_to_the_path(others: dict[str, str], expected: str) -> None:
    """If there is one of that name, in a directory that is named there, or is near the file that says so."""
    answers = {"shop.web.parts.answers": "from flask import jsonify\ndef answer(x): return jsonify(x)"}
    text = "from flask import Flask\nimport answers\napp = Flask(__name__)\n@app.get('/')\ndef f(): return answers.answer(1)"

    assert [h.output.kind for h in handlers(text, answers | others)] == [expected]


def test_what_flask_says_of_any_result_says_nothing_where_it_is_installed() -> None:
    """Its own alias for several types, whose source is read."""
    typing = (
        "import typing as t\nValue = t.Union[str, list[t.Any]]\nResponseReturnValue = t.Union[Value, tuple[Value, int]]"
    )
    text = (
        "from flask import Flask\nfrom flask.typing import ResponseReturnValue\napp = Flask(__name__)\n"
        "@app.get('/a')\ndef a() -> 'ResponseReturnValue': return 'text', 200\n"
        "@app.get('/b')\ndef b() -> ResponseReturnValue: return {'b': 1}\n"
        "@app.get('/c')\ndef c() -> ResponseReturnValue: return '', 204\n"
    )
    found = {h.path: h.output.kind for h in handlers(text, {"flask.typing": typing})}

    assert found == {"/a": "response", "/b": "raw", "/c": "none"}
