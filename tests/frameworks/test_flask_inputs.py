"""The schemas by which a Flask view reads the request itself, and those that only the view knows."""

from __future__ import annotations

import pytest
from frameworks.handlers_in import classes_of, handlers

HEAD = """\
from flask import Blueprint, Flask, request
from flask.views import MethodView
from dataclasses import dataclass
from marshmallow import Schema, fields
from pydantic import BaseModel
app = Flask(__name__)
class Order(Schema): number = fields.Int()
class Line(Schema): sku = fields.Str()
class Model(BaseModel): number: int
class Plain: ...
ORDER = Order()
def load(data, schema): return schema.load(data)
def loaded(schema): return load(request.get_json(), schema)
def checked(model): return model(**request.get_json())
def shown(data, schema): return schema.dump(data)
def to_text(data): return str(data, encoding="utf-8")
@dataclass
class ByHand:
    pattern: str
    def validate(self, data): return data
    @classmethod
    def load(cls, data): return cls(**data)
class Overriding(Order):
    def load(self, data): return super().load(data)
class Service:
    def read(self, schema, data=None): return schema().load(data or request.json)
"""


def crossing(text: str) -> dict[str, tuple[list[str], str]]:
    """By handler, the names and classes of its inputs, and the kind and class of its output."""
    return {handler.qualname: classes_of(handler) for handler in handlers(HEAD + text)}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("Order().load(request.get_json())", ["request.get_json: Order"]),
        ("Order(many=True).loads(request.get_data())", ["request.get_data: Order"]),
        ("ORDER.load(request.args)", ["request.args: Order"]),
        ("ORDER.load(data=request.form, partial=True)", ["request.form: Order"]),
        ("ORDER.load({**request.values, 'a': 1})", ["request.values: Order"]),
        ("s = Order()\n    d = request.json\n    d['a'] = 1\n    s.load(d)", ["request.json: Order"]),
        ("d = {}\n    d['a'] = request.json['a']\n    Order().load(d)", ["request.json: Order"]),
        (
            "d = {}\n    d['a'] = request.json['a']\n    Order().load(d)\n    Line().load(d)",
            ["request.json: Order", "request.json: Line"],
        ),
        ("d = {}\n    for k, v in request.json.items(): d[k] = v\n    Order().load(d)", ["request.json: Order"]),
        ("d = {}\n    d['a'] = request.json['a']\n    Model(**d)", ["request.json: Model"]),
        ("d.a['a'] = request.json['a']\n    Order().load(d)", []),
        ("ByHand('x').validate(request.json)", []),
        ("ByHand('x').load(request.json)", ["request.json: ByHand"]),
        ("Order().loads(to_text(request.data))", ["request.data: Order"]),
        ("Model.of(**request.get_json())", ["request.get_json: Model"]),
        ("nowhere.of(**request.get_json())", []),
        ("ByHand.load(request.json)", ["request.json: ByHand"]),
        ("Overriding().load(request.json)", ["request.json: Overriding"]),
        ("d, o = {}, find(request.json['a'])\n    d['a'] = o.number\n    Order().load(d)", []),
        ("d = dict(d or request.json)\n    ORDER.load(d)", ["request.json: Order"]),
        ("if x: Order().load(request.json)\n    else: Line().load(request.json)", ["request.json: Order", "request.json: Line"]),
        ("Order().validate(request.json)\n    Order().load(request.json)", ["request.json: Order"]),
        ("Model.model_validate(request.json)", ["request.json: Model"]),
        ("Model(**request.get_json())", ["request.get_json: Model"]),
        ("parser.parse(Order, request)", ["request: Order"]),
        ("parser.parse(Order())", ["request: Order"]),
        ("other.parse(Order())", []),
        ("d = d or request.json\n    d = load(d, Order())", ["request.json: Order"]),
        ("d = d or nowhere\n    load(d, Order())", []),
        ("load(find(request.json['number']), Order())", []),
        ("load(dict(request.json), Order())", ["request.json: Order"]),
        ("load(request.json, Order())", ["request.json: Order"]),
        ("load(schema=Order(), data=request.json)", ["request.json: Order"]),
        ("loaded(Order())", ["request.get_json: Order"]),
        ("checked(Model)", ["request.get_json: Model"]),
        ("Service().read(Order)", ["request.json: Order"]),
        # what reads something else, or is no schema
        ("Order().load(find())", []),
        ("Order().load()", []),
        ("Order().dump(request.json)", []),
        ("json.load(request.files['a'])", []),
        ("Plain(**request.json)", []),
        ("Model(**find())", []),
        ("Model(number=request.json['number'])", []),
        ("shown(request.json, Order())", []),
        ("load(find(), Order())", []),
        ("checked(number)", []),
        ("nowhere(request.json, Order())", []),
        ("parser.parse(text)", []),
        ("(lambda: 1)()", []),
        ("make()(request.json)", []),
        ("other.json.load(session.json)", []),
    ],
)  # fmt: skip
def test_a_body_may_be_read_by_a_schema(body: str, expected: list[str]) -> None:
    """In place, or by a function of the project that is given the schema."""
    text = f"@app.post('/')\ndef f(number):\n    {body}\n    return 'x'\n"

    assert crossing(text)["f"] == (expected, "response")


@pytest.mark.parametrize(
    ("decorators", "expected"),
    [
        # a status that is no literal is none the less a status
        ("@ns.response(requests.codes.ok, 'fine')\n@ns.marshal_with(ns.model('M', {}))", ([], "schema")),
        ("@ns.response(requests.codes.ok, f'fine', Order)", ([], "schema Order")),
        # what flask-openapi3 is told
        ("@api.get('/', responses={'200': Model, 404: None})", ([], "schema Model")),
        ("@api.get('/', responses={404: Model})", ([], "response")),
        ("@api.get('/', responses={200: {'content': {}}})", ([], "response")),
        ("@api.get('/', responses={200: Plain})", ([], "response")),
        # names of the project for decorators
        ("@reads({'a': fields.Int()}, location='json')", (["use_kwargs: schema"], "response")),
        ("@reads(Order)", (["use_kwargs: Order"], "response")),
        # what a function makes of fields
        ("@use_args(sorted_by('a'))", (["use_args: schema"], "response")),
        ("@use_args(nowhere('a'))", (["use_args: unknown"], "response")),
        ("@use_args(Plain())", (["use_args: Plain"], "response")),
        ("@own_args(sorted_by('a'))", ([], "response")),
        ("@marshal_with(Page())", ([], "schema Order")),
        ("@marshal_with(Odd())", ([], "unknown")),
        ("@marshal_with(Nothing())", ([], "unknown")),
        ("@marshal_with(Ref('page'))", ([], "schema")),
        # what is in the path is no body, and what a class has from a decorator is told by its name
        ("@use_args(Order, location='path')", ([], "response")),
        ("@reads({'a': fields.Int()}, location='view_args')", ([], "response")),
        ("@ns.doc(expect=[Order])", (["doc: Order"], "response")),
        ("@ns.doc(parser=ns.parser())", ([], "response")),
        ("@ns.doc(description='x')", ([], "response")),
        ("@ns.expect(Plain.__write_fields__)\n@ns.marshal_with(Plain.__read_fields__)", (["expect: schema"], "schema")),
        ("@ns.marshal_with(Plain.other)", ([], "unknown")),
        ("@ns.marshal_with(read_fields)", ([], "unknown")),
    ],
)
def test_decorators_say_what_crosses(decorators: str, expected: tuple[list[str], str]) -> None:
    """Whatever they are called, and however the schema is made."""
    text = f"""
import requests
from flask_apispec import Ref, marshal_with, use_kwargs as reads
from flask_openapi3 import APIBlueprint
from flask_restx import Namespace
from webargs.flaskparser import use_args
ns, api = Namespace('x'), APIBlueprint('x', __name__)
def sorted_by(name):
    args = make(name)
    args['sort'] = fields.Str()
    return args
def page_of(schema, base=Order): return type('Page', (base, schema), {{}})
def odd_of(schema, base): return type('Odd', (base,), {{}})
def nothing_of(schema, base=None): return type('Nothing', (base,), {{}})
Page, Odd, Nothing = page_of(Line), odd_of(Line, find()), nothing_of(Line)
def own_args(given):
    def wrap(f): return f
    return wrap
@app.post('/')
{decorators}
def f(**options): return 'x'
"""

    assert crossing(text)["f"] == expected


def test_a_reference_is_to_the_view_that_answers() -> None:
    """``Ref`` of flask-apispec, above a method that views inherit."""
    text = """
from flask_apispec import MethodResource, Ref, marshal_with, use_kwargs
class Base(MethodView):
    page = Line
    args = {'a': fields.Int()}
    @use_kwargs(Ref('args'))
    @marshal_with(Ref('page'))
    def get(self, **options): ...
class Derived(Base):
    page = Order
    args = Model
app.add_url_rule('/a', view_func=Derived.as_view('a'))
"""

    found = {h.title: (h.inputs[0].classes, h.output.detail) for h in handlers(HEAD + text)}

    assert {title: ([c.name for c in classes], detail) for title, (classes, detail) in found.items()} == {
        "GET /a Base.get of Derived": (["shop.api.Model"], "shop.api.Order"),
    }


def test_a_view_that_a_function_is_given_is_found_by_itself() -> None:
    """``register(View)`` is no view of its own."""
    text = """
class V(MethodView):
    def get(self): return 'x'
def register(view, name, url):
    view_func = view.as_view(name)
    app.add_url_rule(url, view_func=view_func)
register(V, 'v', '/v')
class Unclear(nowhere.Base):
    def get(self): return 'x'
register(Unclear, 'u', '/u')
register(nowhere.View, 'w', '/w')
"""

    assert sorted(crossing(text)) == ["Unclear.get", "V.get", "nowhere.View"]


@pytest.mark.parametrize(
    ("returns", "expected"),
    [
        ("-> bool: return check()", "scalar"),
        ("-> int: return 1", "scalar"),
        ("-> list[str]: return names()", "scalar"),
        ("-> tuple[list[str], int]: return names(), 200", "scalar"),
        ("-> str: return name()", "response"),
        ("-> 'str | Response': return name()", "response"),
        ("-> dict: return Order().dump(1)", "schema Order"),
        ("-> Iterable[Union[Mapping, int, None]]: return Order().dump(1).data, 200", "schema Order"),
        ("-> Response: return jsonify(Order().dump(1))", "schema Order"),
        ("-> Response: return Response(status=201)", "none"),
        ("-> Response: return jsonify({})", "response"),
        ("-> str: return Model(number=1).json()", "schema Model"),
        ("-> dict: return {}", "raw"),
        ("-> dict: return nowhere()", "raw"),
        ("-> Union[dict, Response]: return Response('')", "response"),
        ("-> 'dict | Response': return {}", "raw"),
        ("-> Union[Response, tuple[str, int]]: return name(), 200", "response"),
        ("-> tuple[str, int]: return '', HTTPStatus.NO_CONTENT", "none"),
        ("-> 'tuple[dict, int] | tuple[str, int]': return name()", "raw"),
        ("-> Optional[Response]: return name()", "response"),
    ],
)
def test_what_is_no_text_is_json(returns: str, expected: str) -> None:
    """And what a schema dumped is a dict."""
    imports = "from flask import Response, jsonify\nfrom typing import Iterable, Mapping, Optional, Union\n"

    assert crossing(f"{imports}@app.get('/')\ndef f() {returns}")["f"] == ([], expected)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("if status != 200: return found\n    return jsonify(Order().dump(1))", "schema Order"),
        ("if status != HTTPStatus.OK: return found, status\n    return jsonify(Order().dump(1))", "schema Order"),
        ("if status != 3: return {}\n    return jsonify(Order().dump(1))", "raw"),
        ("if not isinstance(x, Plain): return x\n    return Order().dump(x)", "schema Order"),
        ("if not isinstance(x, Plain): return {}\n    return Order().dump(x)", "raw"),
        ("if not x: return {}\n    return Order().dump(x)", "raw"),
        ("if type(x) != Plain: return x, 400\n    return Order().dump(x)", "schema Order"),
        ("if str(x) != Plain: return x\n    return Order().dump(1)", "unknown"),
        ("if type() != Plain: return x\n    return Order().dump(1)", "unknown"),
        ("if x: return error_response\n    return Order().dump(1)", "schema Order"),
        ("if x: return errors\n    return Order().dump(1)", "unknown"),
        ("if x: return respond({}, status=422)\n    return Order().dump(1)", "schema Order"),
        ("if x: return problem('no such order', 422)\n    return Order().dump(1)", "schema Order"),
        ("if x: return page(nowhere(), 500)\n    return Order().dump(1)", "unknown"),
    ],
)
def test_what_refuses_is_no_result(body: str, expected: str) -> None:
    """By the status or the class that something has not, by its name, by the status that is told."""
    text = f"from flask import jsonify\nfrom http import HTTPStatus\n@app.get('/')\ndef f():\n    {body}"

    assert crossing(text)["f"] == ([], expected)


def test_a_dump_by_what_a_helper_is_given() -> None:
    """A schema in a parameter; a method that is called as if it made any dict."""
    text = """\
from flask import jsonify
def page(schema, x): return jsonify(schema.dump(x))
class Kept:
    def as_dict(self): return Order().dump(self)
    def to_dict(self): return {'number': self.number}
@app.get('/a')
def a(): return page(Order(), 1)
@app.get('/b')
def b(): return Kept().as_dict()
@app.get('/c')
def c(): return Kept().to_dict()
"""

    assert crossing(text) == {"a": ([], "schema Order"), "b": ([], "schema Order"), "c": ([], "raw")}


@pytest.mark.parametrize(
    ("expected_by", "parsed_by", "inputs"),
    [
        ("PAGES", "PAGES", ["expect: PAGES"]),
        ("shown", "self.shown", ["expect: shown"]),
        ("base", "self.base", ["expect: base"]),
        ("again", "self.again", ["expect: again"]),
        ("again", "self.shown", ["expect: again", "request: self.shown"]),
    ],
)
def test_a_copy_of_a_parser_is_one_of_its_own(expected_by: str, parsed_by: str, inputs: list[str]) -> None:
    """Which has other arguments than what was copied; what a method finds by its object is what the class calls it."""
    text = f"""
from flask_restx import Namespace, Resource, reqparse
api = Namespace("orders")
BASE = reqparse.RequestParser()
PAGES = BASE.copy()
@api.route("/")
class Orders(Resource):
    base = reqparse.RequestParser()
    shown = base.copy()
    again = shown.copy()
    @api.expect({expected_by})
    def get(self):
        args = {parsed_by}.parse_args()
        return ''
"""
    (handler,) = handlers(text)

    assert [f"{slot.name}: {slot.detail}" for slot in handler.inputs] == inputs


def test_a_model_of_schematics_checks_the_body() -> None:
    """In a decorator of the project that is given the class."""
    text = """
from functools import wraps
from flask import Flask, request
from schematics.models import Model
app = Flask(__name__)
class Order(Model): ...
def checked(model):
    def around(f):
        @wraps(f)
        def inner(*args, **more):
            model(getattr(request, 'json')).validate()
            return f(*args, **more)
        return inner
    return around
@app.post('/')
@checked(Order)
def place(): return ''
"""
    (handler,) = handlers(text)

    assert classes_of(handler)[0] == ["model: Order"]


def test_a_schema_with_rows_in_it_reads_the_request() -> None:
    """It is said of it that there are rows."""
    text = """
from flask import Flask, request
from flask_sqlalchemy import SQLAlchemy
from pydantic import BaseModel
app = Flask(__name__)
db = SQLAlchemy(app)
class User(db.Model): ...
class Change(BaseModel):
    user: User
    password: str
@app.put('/')
def change():
    data = Change(user=User.query.get(1), **request.get_json())
    return ''
"""
    ((slot,),) = [handler.inputs for handler in handlers(text)]

    assert (slot.name, slot.kind) == ("request.get_json", "orm")
    assert "Change, which has rows of shop.api.User in it" in slot.detail


def test_a_validator_that_is_installed_is_one() -> None:
    """Its class is read, then, and has the method."""
    text = (
        "from flask import Flask, request\nfrom jsonschema import Draft7Validator\napp = Flask(__name__)\n"
        "@app.post('/a')\ndef a():\n    Draft7Validator(ORDER).validate(request.get_json())\n    return {}"
    )
    installed = (
        "class Validator:\n    def validate(self, instance): ...\nDraft7Validator: type[Validator] = Validator\n"
    )

    for others in ({}, {"jsonschema": installed}):
        assert [slot.kind for h in handlers(text, others) for slot in h.inputs] == ["schema"]
