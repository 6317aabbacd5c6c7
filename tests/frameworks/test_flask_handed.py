"""What decorators of the project hand to views of Flask, and what is found by the request rather than in it."""

from __future__ import annotations

import pytest
from frameworks.handlers_in import classes_of, handlers

BEFORE = """
import humps, json
from functools import wraps
from flask import Flask, jsonify, request
from pydantic import BaseModel
from webargs.flaskparser import use_kwargs
from typing import Any
app = Flask(__name__)
class Order(BaseModel): ...
class Query(BaseModel): ...
class User(BaseModel): ...
def read(data, kind): ...
def make_order(request) -> Any: return Order
def named(f):
    @wraps(f)
    def inner(*args, **more):
        return f(*args, order=f.__annotations__["order"](**request.get_json()), **more)
    return inner
def serialized():
    def around(f):
        types = f.__annotations__
        @wraps(f)
        def inner(*args, **more):
            if "order" in types: more["order"] = read(request.data, types["order"])
            data = request.args.to_dict()
            more["query"] = types["query"](**data)
            more["user"] = current_user()
            return f(*args, **more)
        return inner
    return around
def spread(f):
    @wraps(f)
    def inner(*args, **more): return f(*values(request), **more)
    return inner
def updated(f):
    @wraps(f)
    def inner(*args, **more):
        more.update(order=read(request.json, Order))
        session["other"] = request.args.get("other")
        return f(*args, **more)
    return inner
def first(f):
    @wraps(f)
    def inner(*args, **more): return f(request.get_json(), *args, **more)
    return inner
def plain(f):
    @wraps(f)
    def inner(*args, **more): return f(*args, **more)
    return inner
"""


@pytest.mark.parametrize(
    ("decorator", "parameters", "expected"),
    [
        ("named", "order: Order", ["order: Order"]),
        ("named", "order: dict", ["order: raw"]),
        ("named", "order", []),
        ("named", "number: int, order: Order", ["order: Order"]),
        ("serialized()", "order: Order, query: Query, user: User", ["order: Order", "query: Query"]),
        ("serialized()", "user: User", []),
        ("plain", "order: Order", []),
        ("updated", "order: Order, other: Query", ["order: Order"]),
        ("updated", "order: int | None", []),
        ("updated", "order: dict | None", ["order: raw"]),
        ("first", "order: Order, other: Query", ["order: Order"]),
        ("spread", "order: Order", []),
    ],
)
def test_what_a_decorator_fills_is_an_input(decorator: str, parameters: str, expected: list[str]) -> None:
    """By its annotation, where it is made of something that was sent."""
    (handler,) = handlers(f"{BEFORE}@app.post('/')\n@{decorator}\ndef f({parameters}): return jsonify(1)")

    assert classes_of(handler)[0] == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("return Order.model_validate(service.find(data['id']))", []),
        ("return Order.model_validate(service.find(number=data.get('id')))", []),
        ("return Order(**db.query(Row).filter(Row.id == data['id']).first().as_dict())", []),
        ("return Order.model_validate(data)", ["request.get_json: Order"]),
        ("return Order.model_validate(data['order'])", ["request.get_json: Order"]),
        ("return Order.model_validate(service.cleaned(data))", ["request.get_json: Order"]),
        ("return Order.model_validate(humps.decamelize(data['order']))", ["request.get_json: Order"]),
        ("return Order.model_validate(json.loads(request.form['order']))", ["request.form: Order"]),
        ("return Order.model_validate({'a': ','.join(data['a'])})", ["request.get_json: Order"]),
        ("return Order.model_validate(service.all())", []),
    ],
)
def test_what_is_found_by_a_part_of_the_request_is_not_in_it(body: str, expected: list[str]) -> None:
    """What a library converts is, and what anything makes of the whole of it may be."""
    (handler,) = handlers(f"{BEFORE}@app.post('/')\ndef f():\n    data = request.get_json()\n    {body}")

    assert classes_of(handler)[0] == expected


def test_a_function_that_may_return_anything_is_read_for_the_schema_that_it_makes() -> None:
    """``Any`` says nothing."""
    (handler,) = handlers(f"{BEFORE}@app.post('/')\n@use_kwargs(make_order)\ndef f(): return jsonify(1)")

    assert classes_of(handler)[0] == ["use_kwargs: Order"]


WRAPPED = """
import functools, inspect
from flask import Blueprint, Flask, jsonify, request
from pydantic import BaseModel
bp = Blueprint("x", __name__)
class In(BaseModel): ...
class Out(BaseModel): ...
def json_api(blueprint, rule):
    def decorator(implementation):
        kind = inspect.get_annotations(implementation)["data"]
        def wrapper():
            result: BaseModel = implementation(kind.model_validate(request.get_json()))
            return result.model_dump()
        functools.update_wrapper(wrapper, implementation)
        functools.update_wrapper(other)
        blueprint.add_url_rule(rule, view_func=wrapper, methods=["POST"])
        return implementation
    return decorator
"""


def test_what_a_decorator_registers_around_a_view_is_the_view() -> None:
    """Once for each that is decorated, with what the wrapper hands to it."""
    text = "@json_api(bp, '/a')\ndef a(data: In) -> Out: ...\n@json_api(bp, '/b')\ndef b(data: dict): return {'a': 1}\n"

    assert sorted((h.title, *classes_of(h)) for h in handlers(WRAPPED + text)) == [
        ("POST /a a", ["data: In"], "schema Out"),
        ("POST /b b", ["data: raw"], "raw"),
    ]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("doc = mongo.db.orders.find_one({'_id': data['id']})\n    return Order(**doc).model_dump()", []),
        ("doc = mongo.db.orders.find_one(data)\n    return Order(**doc).model_dump()", []),
        (
            "found = requests.get('http://x', params={'q': data['q']}).json()\n    return Order(**found).model_dump()",
            [],
        ),
        ("return Order(**humps.camelize(data['order'])).model_dump()", ["request.get_json: Order"]),
    ],
)
def test_what_another_service_answers_was_not_sent(body: str, expected: list[str]) -> None:
    """Whatever it was asked with."""
    (handler,) = handlers(
        f"from nowhere import mongo\nimport requests\n{BEFORE}@app.post('/')\ndef f():\n    data = request.get_json()\n    {body}"
    )
    assert classes_of(handler)[0] == expected


def test_a_schema_that_an_object_was_given_reads_the_request() -> None:
    """Which one it is nobody can tell; another attribute may be anything."""
    text = """
from marshmallow import Schema
class OrderSchema(Schema): ...
class Manager:
    def __init__(self, schema): self.schema = schema
    def save(self, data): return self.schema().load(data)
    def other(self, data): return self.store().load(data)
orders = Manager(OrderSchema)
@app.post('/a')
def a(): return jsonify(orders.save(request.json))
@app.post('/b')
def b(): return jsonify(orders.other(request.json))
"""
    found = {h.qualname: [s.kind for s in h.inputs] for h in handlers(BEFORE + text)}

    assert found == {"a": ["schema"], "b": []}


INJECTING = """
from functools import wraps
from flask import Flask, jsonify
from flask_sqlalchemy import SQLAlchemy
from nowhere import guarded
app = Flask(__name__)
db = SQLAlchemy(app)
class User(db.Model):
    def view(self): return {"id": self.id}
class Item:
    @classmethod
    def find(cls, number): return cls(number)
    def view(self): return {"a": 1}
    def text(self): return "x"
def with_item(f):
    def inner(*args, **more):
        more["item"] = Item.find(more.pop("number"))
        other["item"] = 1
        return f(*args, **more)
    return inner
def with_user(role):
    def around(f):
        @wraps(f)
        def inner(*args, **more):
            user = User.query.get_or_404(1)
            return f(*args, **more, user=user)
        return inner
    return around
def closed(f):
    def inner(): return f(user=User.query.first())
    return inner
"""


@pytest.mark.parametrize(
    ("decorator", "parameters", "returned", "expected"),
    [
        ("with_item", "item", "item.view()", "raw"),
        ("with_item", "item=None", "item.text()", "response"),
        ("with_item", "item", "item", "unknown"),
        ("with_item", "other", "other.view()", "unknown"),
        ("with_item", "item: Foreign", "item.view()", "unknown"),
        ("with_user('x')", "user", "user", "orm User"),
        ("with_user('x')", "user", "[user]", "orm User"),
        ("with_user('x')", "user", "user.view()", "raw"),
        ("closed", "user", "user", "unknown"),
        ("guarded", "user", "user", "unknown"),
    ],
)
def test_what_a_decorator_puts_into_a_parameter_is_what_that_is(
    decorator: str, parameters: str, returned: str, expected: str
) -> None:
    """Where the parameter has no type of its own."""
    (handler,) = handlers(f"{INJECTING}@app.get('/')\n@{decorator}\ndef f({parameters}): return {returned}")

    assert classes_of(handler)[1] == expected


def test_what_a_decorator_of_methods_hands_over_is_behind_the_object() -> None:
    """Which is given as well."""
    text = """
from flask.views import MethodView
def bound(f):
    @wraps(f)
    def inner(self, *args): return f(self, request.get_json(), *args)
    return inner
class V(MethodView):
    @bound
    def post(self, order: Order, other: Query): return jsonify(1)
app.add_url_rule("/", view_func=V.as_view("v"))
"""
    (handler,) = handlers(BEFORE + text)
    assert classes_of(handler)[0] == ["order: Order"]


SERVICES = """
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Dict, Optional, Union
from flask import Flask, Response, jsonify, make_response, request
from flask.views import MethodView
from marshmallow import Schema
from sqlalchemy import select
from sqlalchemy.orm import DeclarativeBase
import celery, requests
app = Flask(__name__)
class Order(Schema): ...
def pair(): return {}, 200
class Status(Enum):
    OK = 200
    NOT_FOUND = 404
class Orders:
    def all(self): return {"all": 1}
    def make(self, data): return Order().load(data)
class Others:
    def all(self): return jsonify(1)
class Base(MethodView):
    def __init__(self, name, service, clock: Others, spare=None):
        self.name = name
        self.service = service
        self.clock = clock
        self.spare = spare
class Typed(Base):
    def __init__(self, *args, service: Orders = given()):
        super().__init__("typed", service, Others())
class Kept(Typed): ...
class Between(Base):
    def __init__(self, service):
        log(service)
        super().__init__("between", service=service, clock=1)
class Low(Between):
    def __init__(self): super().__init__(Orders())
class Made(Base):
    def __init__(self): super().__init__("made", Orders(), 1)
class Silent(Base):
    def __init__(self): self.more = 1
class Elsewhere(Base):
    def __init__(self): super().__init__("elsewhere", clock=1)
class Shown:
    def __new__(cls, data=None, **more): return jsonify(data)
class Once:
    def __new__(cls): return super().__new__(cls)
@dataclass
class Factories:
    orders: Callable[[int], Orders]
    quoted: "Callable[..., Orders]"
    perhaps: Callable[[int], Orders] | None
    bare: Callable
    other: int
def factories() -> Factories: return app.extensions["x"]
def either(x) -> Union[Dict[str, str], make_response]:
    if x: return {}, Status.NOT_FOUND.value
    return make_response({}, Status.OK.value)
def unclear(x) -> dict[str, str] | Response: return nowhere()
def really(x) -> dict | Response:
    if x: return {}
    return jsonify(1)
def perhaps(x) -> Optional[Response]: return None
kept = {}
listed = []
kept_text = "a"
rebound = {}
twice = {}
twice = find()
def rebinds():
    global rebound
    rebound = find()
class Line(Rows): ...
class Taken(Rows):
    lines = db.relationship("Line")
    others = db.relationship(Line)
    nowhere = db.relationship("Nowhere")
    untold = db.relationship()
    def shown(self): return {"a": 1}
def taken(): return session.query(Taken).get(1)
def given():
    found = taken()
    if not found: abort(404)
    return found
def again(): return again()
class Filled:
    kept = {}
    set_later = {}
    def all(self): return self.kept
    def change(self): self.set_later = find()
    def changed(self): return self.set_later
KEPT = Filled()
FILED = {"list": [1], "dict": {"a": 1}, "number": 1}
filed = {"list": [1], "dict": {"a": 1}, "number": 1}
def pair_or_said(number):
    if not number: return {"error": 1}, 404
    return {"number": 1}, 200
def rebinding(model, number):
    model = dict
    return model.get(number)
def by_turns(model, number):
    if number: return by_turns(model, number)
    if not number: return by_turns(model, 1)
    return None
class Either(Base):
    def __init__(self):
        if app.debug: super().__init__("a", Orders(), 1)
        else: super().__init__("a", Others(), 1)
class Single:
    ONE = None
    def __new__(cls):
        if not cls.ONE: cls.ONE = find()
        return cls.ONE
class Answers:
    @staticmethod
    def order_not_exist(): return {"code": 1}, 200
def found_or_said(number):
    if not number: return jsonify("no"), 404
    return session.query(Product).get(number)
def told_text() -> str: return requests.get("x").json()
def told_number() -> int: return {} if x else None
def told_either() -> str: return {} if x else "x"
def told_nothing() -> str: return nowhere()
def told_dump() -> str: return Order().dump(1)
def told_dict() -> dict:
    found = row()
    return found
def row() -> Product: return session.query(Product).get(1)
def anything(x) -> nowhere | int: return jsonify(1)
class Rows(DeclarativeBase): ...
class Product(Rows):
    def shown(self): return {"a": 1}
class Service: ...
def find(model, number): return model.query.filter_by(id=number).first_or_404()
def selected(model, number):
    found = session.scalars(select(model)).first()
    return found
def made(model, number): return model(number=number)
def through(model, number): return find(model, number)
def round(model, number): return round(model, number)
def counted(session, now): return 202 if now else 200
def worded(): return 202 if x else "accepted"
def flagged(number, serialize=True):
    found = Product.query.get(number)
    if serialize: return Order().dump(found)
    return found
"""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # what a class hands to the one that it is derived from
        ("class V(Typed):\n    def get(self): return self.service.all()", "raw"),
        ("class V(Typed):\n    def get(self): return self.clock.all()", "response"),
        ("class V(Typed):\n    def get(self): return self.spare.all()", "unknown"),
        ("class V(Kept):\n    def get(self): return self.service.all(), 200", "raw"),
        ("class V(Low):\n    def get(self): return self.service.all()", "raw"),
        ("class V(Made):\n    def get(self): return self.service.all()", "raw"),
        ("class V(Between):\n    def get(self): return self.service.all()", "unknown"),
        ("class V(Silent):\n    def get(self): return self.service.all()", "unknown"),
        ("class V(Elsewhere):\n    def get(self): return self.service.all()", "unknown"),
        # what a class gives instead of an object
        ("@app.get('/')\ndef f(): return Shown(data=1)", "response"),
        ("@app.get('/')\ndef f(): return Shown(1), 201", "response"),
        ("@app.get('/')\ndef f(): return Once()", "unknown"),
        # what is said to be one of several, of which it is one
        ("@app.get('/')\ndef f(): return either(find())", "response"),
        ("@app.get('/')\ndef f(): return unclear(1)", "unknown"),
        ("@app.get('/')\ndef f(): return really(find())", "raw"),
        ("@app.get('/')\ndef f(): return perhaps(1)", "response"),
        ("@app.get('/')\ndef f(): return anything(1)", "response"),
        # what a helper is told the class of
        ("@app.get('/')\ndef f(): return find(Product, 1)", "orm"),
        ("@app.get('/')\ndef f(): return find(Product, 1).shown()", "raw"),
        ("@app.get('/')\ndef f():\n    found = selected(number=1, model=Product)\n    return found.shown()", "raw"),
        ("@app.get('/')\ndef f(): return made(Product, 1)", "orm"),
        ("@app.get('/')\ndef f(): return through(Product, 1)", "orm"),
        ("@app.get('/')\ndef f(): return round(Product, 1)", "unknown"),
        ("@app.get('/')\ndef f(): return find(Service, 1)", "unknown"),
        ("@app.get('/')\ndef f(): return find(nowhere, 1)", "unknown"),
        # a flag says what is made of rows
        ("@app.get('/')\ndef f():\n    found = flagged(1)\n    return found, 200", "schema"),
        ("@app.get('/')\ndef f(): return flagged(1, serialize=False)", "orm"),
        # numbers are no texts, which a dump is beside for want of anything to dump
        ("@app.get('/')\ndef f(): return 1", "scalar"),
        ("@app.get('/')\ndef f(): return counted(1, 2)", "scalar"),
        ("@app.get('/')\ndef f(): return worded()", "response"),
        ("@app.get('/')\ndef f():\n    if x: return 'nothing'\n    return Order().dump(1)", "schema"),
        # what is made of an exception is an error
        (
            "@app.get('/')\ndef f():\n    try: return jsonify(1)\n    except E as e: return {'error': str(e)}",
            "response",
        ),
        (
            "@app.get('/')\ndef f():\n    try: return jsonify(1)\n    except E as e: return {'msg': [e.args]}, None",
            "response",
        ),
        (
            "@app.get('/')\ndef f():\n    try: return Order().dump(1)\n    except E as e: return jsonify(msg=f'{e}')",
            "schema",
        ),
        (
            "@app.get('/')\ndef f():\n    try: return Order().dump(1)\n    except E as e: return jsonify(f'no {e}')",
            "schema",
        ),
        (
            "@app.get('/')\ndef f():\n    try: return Order().dump(1)\n    except E as e: return jsonify(str(e))",
            "schema",
        ),
        ("@app.get('/')\ndef f():\n    try: return jsonify(1)\n    except E as e: return e.order", "unknown"),
        ("@app.get('/')\ndef f():\n    try: return jsonify(1)\n    except E as e: return {'value': e.value}", "raw"),
        ("@app.get('/')\ndef f():\n    try: return jsonify(1)\n    except E as e: return {'e': str(e)}", "raw"),
        ("@app.get('/')\ndef f():\n    try: return jsonify(1)\n    except E: return {'e': 1}", "raw"),
        ("@app.get('/')\ndef f():\n    try: return jsonify(1)\n    except E as e: return {'e': 1}", "raw"),
        # parts of what is one of several
        ("@app.get('/')\ndef f():\n    if x: a = [{'e': 1}, 400]\n    else: a = pair()\n    return a[0], a[1]", "raw"),
        ("@app.get('/')\ndef f():\n    if x: a = [1]\n    else: a = nowhere()\n    return a[0]", "unknown"),
        ("@app.get('/')\ndef f():\n    a = [jsonify(1)]\n    return a[0]", "response"),
        ("@app.get('/')\ndef f():\n    a = [1]\n    return a[2]", "unknown"),
        # what is filled later, and what is read
        ("@app.get('/')\ndef f(): return kept, 200", "raw"),
        ("@app.get('/')\ndef f(): return listed", "raw"),
        ("@app.get('/')\ndef f(): return kept_text", "unknown"),
        ("@app.get('/')\ndef f(): return rebound", "unknown"),
        ("@app.get('/')\ndef f(): return twice", "unknown"),
        (
            "@app.get('/')\ndef f():\n    with open('x', 'rb') as file: found = file.read()\n    return found",
            "response",
        ),
        ("@app.get('/')\ndef f(): return open('x').read()", "response"),
        ("@app.get('/')\ndef f(): return nowhere('x').read()", "unknown"),
        ("import markdown\n@app.get('/')\ndef f(): return markdown.markdown('# x')", "response"),
        ("@app.get('/')\ndef f(): return Filled().all()", "raw"),
        ("@app.get('/')\ndef f(): return KEPT.kept", "raw"),
        ("@app.get('/')\ndef f(): return KEPT.changed()", "unknown"),
        ("@app.get('/')\ndef f():\n    a = list()\n    for each in find(): a.append(each)\n    return a", "raw"),
        ("@app.get('/')\ndef f():\n    a = list()\n    a.append(Order().dump(1))\n    return a", "schema"),
        ("@app.get('/')\ndef f(): return Order.dump(1)", "schema"),
        # rows that others give
        ("@app.get('/')\ndef f():\n    a = given()\n    return a.lines", "orm"),
        ("@app.get('/')\ndef f(): return given().others", "orm"),
        ("@app.get('/')\ndef f(): return given().nowhere", "unknown"),
        ("@app.get('/')\ndef f(): return given().untold", "unknown"),
        ("@app.get('/')\ndef f(): return given().shown()", "raw"),
        ("@app.get('/')\nasync def f():\n    a = await given()\n    return a.shown()", "raw"),
        ("@app.get('/')\ndef f(): return again().shown()", "unknown"),
        # what a helper says of itself, and statuses alone
        (
            "@app.get('/')\ndef f():\n    a = found_or_said(1)\n    if isinstance(a, tuple): return a\n    return jsonify(1)",
            "response",
        ),
        ("@app.get('/')\ndef f():\n    if x: return Answers.order_not_exist()\n    return jsonify(1)", "response"),
        ("@app.get('/')\ndef f():\n    if x: return 204\n    return jsonify(1)", "response"),
        # lists that change
        ("@app.get('/')\ndef f():\n    a = ['a', 404]\n    a = [a[1], a[0]]\n    return a[0]", "unknown"),
        ("@app.get('/')\ndef f():\n    a = [b[0], 1]\n    b = [a[0], 2]\n    return b[0]", "unknown"),
        ("@app.get('/')\ndef f():\n    a = [None]\n    a[0] = {}\n    return a[0]", "unknown"),
        ("@app.get('/')\ndef f():\n    a = ['x']\n    a.insert(0, {})\n    return a[0]", "unknown"),
        ("@app.get('/')\ndef f():\n    a = ['x', 200]\n    a += load()\n    return a[1]", "unknown"),
        ("queue = ['x']\n@app.get('/')\ndef f(): return queue", "unknown"),
        # tuples that are no errors
        (
            "@app.get('/')\ndef f():\n    a = pair_or_said(1)\n    if isinstance(a, tuple): return a\n    return jsonify(1)",
            "raw",
        ),
        ("@app.get('/')\ndef f(a=1):\n    if isinstance(a, tuple): return a\n    return jsonify(1)", "raw"),
        # helpers that call themselves, and that mean something else by what they are given
        ("@app.get('/')\ndef f(): return rebinding(Product, 1)", "unknown"),
        ("@app.get('/')\ndef f(): return by_turns(Product, 1)", "none"),
        # what is handed to a base by two calls
        ("class V(Either):\n    def get(self): return self.service.all()", "unknown"),
        ("@app.get('/')\ndef f(): return Single()", "unknown"),
        # what is said, and done otherwise
        ("@app.get('/')\ndef f(): return told_text()", "raw"),
        ("@app.get('/')\ndef f(): return told_number()", "raw"),
        ("@app.get('/')\ndef f(): return told_either()", "response"),
        ("@app.get('/')\ndef f(): return told_nothing()", "response"),
        ("@app.get('/')\ndef f(): return told_dump()", "schema"),
        ("@app.get('/')\ndef f(): return told_dict()", "orm"),
        # what makes something by what is said of it
        ("@app.get('/')\ndef f(): return factories().orders(1).all()", "raw"),
        ("@app.get('/')\ndef f():\n    made = factories().quoted(1)\n    return made.all()", "raw"),
        ("@app.get('/')\ndef f(): return factories().perhaps(1).all()", "raw"),
        ("@app.get('/')\ndef f(): return factories().bare(1).all()", "unknown"),
        ("@app.get('/')\ndef f(): return factories().other(1).all()", "unknown"),
        # an error on one side
        ("@app.get('/')\ndef f(): return jsonify(1) if x else ({'error': 1}, 404)", "response"),
        ("@app.get('/')\ndef f(): return Order().dump(1) if x else ({'error': 1}, 404)", "schema"),
        ("@app.get('/')\ndef f(): return ({'a': 1}, 200) if x else ({'e': 1}, 404)", "raw"),
        # what a dict keeps under a key
        ("@app.get('/')\ndef f(): return FILED['list']", "raw"),
        ("@app.get('/')\ndef f(): return filed['dict']", "raw"),
        ("@app.get('/')\ndef f(): return filed['number']", "unknown"),
        ("@app.get('/')\ndef f(): return filed['nowhere']", "unknown"),
        ("@app.get('/')\ndef f(): return nowhere['list']", "unknown"),
        (
            "@app.get('/')\ndef f():\n    a = {'list': []}\n    a['list'] = Order().dump(1)\n    return a['list']",
            "unknown",
        ),
    ],
)
def test_objects_are_known_by_what_hands_them_over(text: str, expected: str) -> None:
    """And so are the methods that answer."""
    (handler,) = handlers(SERVICES + text)

    assert handler.output.kind == expected


def test_what_a_factory_is_said_to_give_reads_the_request() -> None:
    """By the schema in its method."""
    (handler,) = handlers(
        f"{SERVICES}@app.post('/')\ndef f(): return jsonify(factories().orders(1).make(request.json))"
    )

    assert [(slot.name, slot.detail) for slot in handler.inputs] == [("request.json", "shop.api.Order")]


READS = """
from functools import wraps
from flask import Flask, Blueprint, jsonify, request
from flask.views import MethodView
from marshmallow import Schema
from nowhere import nowhere
app = Flask(__name__)
class Order(Schema): ...
def made_once(f):
    schema = Order()
    def inner(*args, **more):
        more["data"] = schema.load(request.get_json())
        return f(*args, **more)
    return inner
def made_each_time(f):
    @wraps(f)
    def inner(*args, **more):
        return f(load(request.json), *args, **more)
    return inner
def load(data): return Order().load(data)
def with_options(strict=True):
    def around(f):
        @wraps(f)
        def inner(*args, **more):
            return f(Order().load(request.form), *args, **more)
        return inner
    return around
def of_the_result(f):
    @wraps(f)
    def inner(*args, **more): return Order().load(f(*args, **more))
    return inner
def of_nothing_sent(f):
    @wraps(f)
    def inner(*args, **more): return f(Order().load(nowhere()), *args, **more)
    return inner
"""


@pytest.mark.parametrize(
    ("decorator", "expected"),
    [
        ("made_once", ["request.get_json: Order"]),
        ("made_each_time", ["request.json: Order"]),
        ("with_options()", ["request.form: Order"]),
        ("of_the_result", []),
        ("of_nothing_sent", []),
        ("nowhere", []),
    ],
)
def test_what_a_decorator_reads_by_a_schema_of_its_own_is_an_input(decorator: str, expected: list[str]) -> None:
    """Whatever the view calls what it is handed."""
    (handler,) = handlers(f"{READS}@app.post('/')\n@{decorator}\ndef place(data): return ''")

    assert classes_of(handler)[0] == expected


@pytest.mark.parametrize(
    ("attribute", "expected"),
    [
        ("decorators = [answered]", "response"),
        ("decorators = (nowhere, answered)", "response"),
        ("method_decorators = [answered]", "raw"),
        ("decorators = [nowhere]", "raw"),
        ("decorators = nowhere", "raw"),
        ("others = [answered]", "raw"),
    ],
)
def test_what_a_class_puts_around_its_methods_answers(attribute: str, expected: str) -> None:
    """A list of decorators, also of the base that has it."""
    text = f"""
def answered(f):
    def inner(*args, **more): return jsonify(f(*args, **more))
    return inner
class Base(MethodView):
    {attribute}
class Orders(Base):
    def get(self): return {{'a': 1}}
"""
    (handler,) = handlers(READS + text)

    assert handler.output.kind == expected


def test_a_decorator_of_the_project_hands_on_whatever_it_is_given() -> None:
    """Path and methods among it."""
    text = """
def route(router, *args, **options):
    options.setdefault('strict_slashes', False)
    def around(f):
        @router.route(*args, **options)
        @wraps(f)
        def inner(*args, **more): return jsonify(f(*args, **more))
        return f
    return around
def other(router, *args, **options):
    options.setdefault('methods', ['PUT'])
    def around(f):
        @router.route(*args, **options)
        @wraps(f)
        def inner(*args, **more): return jsonify(f(*args, **more))
        return f
    return around
@route(app, '/a', methods=['POST'])
def a(): return {}
@other(app, '/b')
def b(): return {}
"""
    assert [h.title for h in handlers(READS + text)] == ["POST /a a", "GET /b b"]


def test_a_class_of_the_project_says_by_a_table_which_method_answers() -> None:
    """As view sets do elsewhere; a view of Flask takes no table."""
    text = """
class Made:
    @classmethod
    def as_view(cls, actions): ...
class Orders(Made):
    def place(self): return jsonify(1)
    def drop(self): return jsonify(1)
    def delete(self): return jsonify(1)
class View(MethodView):
    def get(self): return jsonify(1)
    def place(self): return jsonify(1)
app.add_url_rule("/place", view_func=Orders.as_view({"POST": "place"}))
app.add_url_rule("/both", view_func=Orders.as_view({"PUT": "place", "DELETE": "drop"}))
app.add_url_rule("/none", view_func=Orders.as_view({"PUT": "nowhere"}))
app.add_url_rule("/view", view_func=View.as_view({"POST": "place"}))
"""
    found = [h.title for h in handlers(READS + text)]

    assert [title for title in found if "/none" not in title] == [
        "POST /place Orders.place",
        "PUT /both Orders.place",
        "DELETE /both Orders.drop",
        "GET /view View.get",
    ]


def test_a_class_method_finds_rows_of_its_class() -> None:
    """``cls.query``, whose methods are those of the row."""
    text = """
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
app, db = Flask(__name__), SQLAlchemy()
class Order(db.Model):
    @classmethod
    def find(cls, number): return cls.query.filter_by(number=number).first()
    def shown(self, more): return {'a': more}
@app.get('/a')
def a():
    order = Order.find(1)
    return order.shown(2)
@app.get('/b')
def b(): return Order.find(1)
"""
    assert [h.output.kind for h in handlers(text)] == ["raw", "orm"]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("found = Order.find(1)\n    return found.serialize('x', 200)", "response"),
        ("return Order(number=1).serialize('x', 200)", "response"),
        ("return Order(number=1).to_dict()", "raw"),
        ("found = made_perhaps(1)\n    return found.serialize('x', 200)", "response"),
        ("found = made_or(1)\n    return found.serialize('x', 200)", "response"),
    ],
)
def test_a_method_that_is_called_like_a_dump_may_make_a_response(body: str, expected: str) -> None:
    """Of rows and of objects, which a function may give that gives nothing else but ``None``."""
    text = f"""
from flask import Flask, jsonify
from flask_sqlalchemy import SQLAlchemy
app, db = Flask(__name__), SQLAlchemy()
class Order(db.Model):
    @staticmethod
    def find(number): return Order.query.filter_by(number=number).first()
    def serialize(self, message, status): return jsonify({{'message': message}}), status
    def to_dict(self): return {{'a': 1}}
class Plain:
    def serialize(self, message, status): return jsonify({{'message': message}}), status
def made_perhaps(x): return Plain() if x else None
def made_or(x): return None if not x else x or Plain()
@app.get('/')
def f():
    {body}
"""
    assert [h.output.kind for h in handlers(text)] == [expected]


@pytest.mark.parametrize(
    ("decorator", "expected"),
    [
        ("strict", "response"),
        ("modes.closed", "response"),
        ("open_to_all", "raw"),
        ("either", "raw"),
        ("of_another", "raw"),
        ("of_nobody", "raw"),
    ],
)
def test_a_decorator_may_be_made_by_another_one(decorator: str, expected: str) -> None:
    """Which is given what is decorated, and a mode."""
    text = f"""
from flask import Flask, jsonify
from functools import wraps
from nowhere import nowhere
app = Flask(__name__)
def decorate(f, mode):
    @wraps(f)
    def inner(*args, **more): return jsonify(f(*args, **more))
    return inner
def strict(f): return decorate(f, mode='strict')
def open_to_all(f): return f
def either(f):
    if x: return decorate(f, mode='strict')
    return f
def of_another(f): return decorate(other, mode='strict')
def of_nobody(f): return nowhere(f)
class modes: closed = strict
@app.get('/')
@{decorator}
def f(): return {{'a': 1}}
"""
    assert [h.output.kind for h in handlers(text)] == [expected]


def test_an_object_that_is_made_with_a_schema_reads_the_request_by_it() -> None:
    """A class of the project, in its ``__init__``."""
    text = """
from flask import Flask, request
from pydantic import BaseModel
app = Flask(__name__)
class Order(BaseModel): ...
class Sent:
    def __init__(self, model=None):
        self.json = request.get_json() or {}
        self.body = model.model_validate(self.json) if model else None
class Kept:
    def __init__(self, model=None): self.model = model
@app.post('/a')
def a():
    sent = Sent(Order)
    return ''
@app.post('/b')
def b():
    kept = Kept(Order)
    return ''
"""
    assert [classes_of(h)[0] for h in handlers(text)] == [["request.get_json: Order"], []]


def test_names_that_may_be_many_things_by_many_ways_are_looked_at_once() -> None:
    """Eight names that are each given the one before in twelve places: as many ways as the eighth power of twelve."""
    lines = [f"    if x{n}: a = make{n}()" for n in range(12)]
    for before, name in zip("abcdefg", "bcdefgh", strict=True):
        lines += [f"    if x{n}: {name} = {before}" for n in range(12)]
    text = "\n".join(
        ["from flask import Flask", "app = Flask(__name__)", "@app.get('/')", "def f():", *lines, "    return h"]
    )

    (handler,) = handlers(text)
    assert handler.output.kind == "unknown"
