"""What helpers of a Flask application answer with: by statuses, by parts of calls, by what they load."""

from __future__ import annotations

import pytest
from frameworks.handlers_in import classes_of, handlers, titles

APP = "from flask import Flask, jsonify, make_response, request\napp = Flask(__name__)\n"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (
            "    if got.status >= 200 and got.status <= 299: return jsonify(1), got.status\n    return {}, got.status",
            "response",
        ),
        ("    if 200 <= got.status < 300: return jsonify(1), got.status\n    return {}, got.status", "response"),
        ("    if got.status < 400: return jsonify(1)\n    return {}, got.status", "response"),
        ("    if got.status in (200, 201): return jsonify(1)\n    else: return {}, got.status", "raw"),
        ("    if got.status == HTTPStatus.OK: return jsonify(1)\n    return {}, got.status", "raw"),
        ("    if not got.ok: return {}, got.status_code\n    return jsonify(1)", "response"),
        ("    if got.status == 403 or got.status == 401: return {}, got.status\n    return jsonify(1)", "response"),
        ("    if got.status > 399: return {}, got.status\n    return jsonify(1)", "response"),
        ("    if 400 <= got.status: return {}, got.status\n    return jsonify(1)", "response"),
        # it may be fine all the same
        ("    if got.status == 204: return jsonify(1), 204\n    return {}, got.status", "raw"),
        ("    if got.ok: return jsonify(1)\n    got = again()\n    return {}, got.status_code", "raw"),
        ("    if not got.ok:\n        got = again()\n        return {}, got.status_code\n    return jsonify(1)", "raw"),
        ("    if 404 in []: return jsonify(1)\n    return {}, got.status", "raw"),
        ("    if got.status >= 200 and ready: return jsonify(1), got.status\n    return {}, got.status", "raw"),
        ("    if got.status >= 200: log(1)\n    return {}, got.status", "raw"),
        ("    if got.status == 404: return jsonify(1)\n    return {}, got.status", "raw"),
        ("    if got.status == 302: return jsonify(1)\n    return {}, got.status", "raw"),
        ("    if got.status == LIMIT: return jsonify(1)\n    return {}, got.status", "raw"),
        ("    if got.status != 404: return {}, got.status\n    return jsonify(1)", "raw"),
        ("    if 200 == 200: return jsonify(1)\n    return {}, got.status", "raw"),
        ("    if got.status == 403: return {}, other.status\n    return jsonify(1)", "raw"),
        ("    if got.ok: return {}, got.status_code\n    return jsonify(1)", "raw"),
        ("    if x:\n        if got.status == 200: return jsonify(1)\n    return {}, got.status", "raw"),
    ],
)
def test_what_is_returned_with_a_status_that_is_none_of_success_is_an_error(body: str, expected: str) -> None:
    """As far as the condition around it, or a return above it, says so of the same status."""
    text = f"from http import HTTPStatus\n{APP}LIMIT = 1\n@app.get('/')\ndef f():\n    got = find()\n{body}"
    (handler,) = handlers(text)
    assert handler.output.kind == expected


@pytest.mark.parametrize(
    ("made", "call", "expected"),
    [
        ("partial(jsonify, ok=True)", "answer(1)", "response"),
        ("functools.partial(make_response, '')", "answer(200)", "none"),
        ("partial(find, 1)", "answer(2)", "raw"),
        ("partial()", "answer(2)", "unknown"),
        ("partial(jsonify, 1) if x else give", "answer({})", "unknown"),
        ("partial(jsonify, 1)\nif x: answer = give", "answer({})", "unknown"),
        ("give\nif x: answer = partial(jsonify, 1)", "answer({})", "unknown"),
        ("partial(give, row)", "answer()", "unknown"),
        ("others.partial(jsonify)", "answer(2)", "unknown"),
        ("partial(give)", "answer({})", "raw"),
    ],
)
def test_a_part_of_a_call_is_made_before(made: str, call: str, expected: str) -> None:
    """``partial``."""
    text = f"""
import functools, others
from functools import partial
{APP}
def find(a, b): return {{'a': a}}
def give(a): return a
row = {{}}
answer = {made}
@app.get('/')
def f():
    row = jsonify(1)
    return {call}
"""
    assert [h.output.kind for h in handlers(text)] == [expected]


def test_of_a_part_in_another_module_constants_alone_are_handed_on() -> None:
    """Names mean something else there."""
    helpers = "from functools import partial\ndef give(a): return a\nanswer = partial(give)\norder = {}"
    text = f"from shop.helpers import answer\n{APP}order = jsonify(1)\n"
    views = "@app.get('/a')\ndef a(): return answer('a')\n@app.get('/b')\ndef b(): return answer(order)"
    found = handlers(text + views, {"shop.helpers": helpers})
    assert [h.output.kind for h in found] == ["response", "unknown"]


def test_a_list_of_what_helpers_make_is_written_out_item_by_item() -> None:
    """Where that are dataclasses, and nothing else."""
    text = f"""
from dataclasses import dataclass
{APP}
@dataclass
class Order:
    number: int
def make(row):
    order = Order(row)
    return order
def either(row):
    if row: return Order(row)
    return row
def endless(row): return endless(row)
def as_dict(f):
    def inner(*args): return asdict(f(*args))
    return inner
@as_dict
def dumped(row): return Order(row)
@app.get('/a')
def a():
    orders = []
    for row in rows(): orders.append(make(row))
    return orders
@app.get('/b')
def b(): return [either(row) for row in rows()]
@app.get('/c')
def c(): return [endless(row) for row in rows()]
@app.get('/d')
def d(): return [dumped(row) for row in rows()]
@app.get('/e')
def e(): return dumped(1)
"""
    assert [h.output.kind for h in handlers(text)] == ["schema", "raw", "raw", "raw", "unknown"]


def test_to_json_of_rows_of_mongoengine_is_a_text() -> None:
    """Unless the class has one of its own."""
    text = f"""
from mongoengine import Document
{APP}
class Order(Document): ...
class Own(Document):
    def to_json(self): return {{'a': 1}}
@app.get('/a')
def a(): return Order.objects(number=1).skip(2).limit(3).to_json(), 200
@app.get('/b')
def b(): return Own.objects.get(number=1).to_json()
@app.get('/c')
def c(): return nowhere.to_json()
"""
    assert [h.output.kind for h in handlers(text)] == ["response", "raw", "unknown"]


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ("class In(Schema): ...", "raw"),
        ("class In(Schema):\n    @post_load\n    def make(self, data, **more): return jsonify(data)", "response"),
        ("class In(Schema):\n    @post_load()\n    def make(self, data, **more): return str(data)", "response"),
        ("class In(SQLAlchemyAutoSchema): ...", "unknown"),
        ("class In:\n    def load(self, data): return jsonify(data)", "response"),
        ("In = nowhere", "unknown"),
    ],
)
def test_what_a_schema_of_marshmallow_loads_is_a_dict_or_what_it_makes_of_it(schema: str, expected: str) -> None:
    """``@post_load``."""
    text = f"""
from marshmallow import Schema, post_load
from marshmallow_sqlalchemy import SQLAlchemyAutoSchema
{APP}
{schema}
@app.post('/')
def f():
    found = In().load(request.json)
    return found, 201
"""
    assert [h.output.kind for h in handlers(text)] == [expected]


@pytest.mark.parametrize(
    ("above", "expected"),
    [
        ("@as_json", "response"),
        ("@composed(login, as_json)", "response"),
        ("@composed(login, login)", "unknown"),
        ("@listed(login, as_json)", "unknown"),
        ("@nowhere.composed(login, as_json)", "unknown"),
        ("@plain(as_json)", "unknown"),
        ("@lost(login, as_json)", "unknown"),
        ("@either", "unknown"),
    ],
)
def test_decorators_of_decorators_are_looked_at(above: str, expected: str) -> None:
    """What stands above the function in a decorator, and what one that takes several applies in turn."""
    text = f"""
from functools import wraps
{APP}
def headers(more=None):
    def around(f):
        @wraps(f)
        def inner(*args, **kwargs):
            answer = make_response(f(*args, **kwargs))
            return answer
        return inner
    return around
def as_json(f):
    @wraps(f)
    @headers({{'a': 1}})
    def inner(*args, **kwargs): return f(*args, **kwargs)
    return inner
def login(f):
    @wraps(f)
    def inner(*args, **kwargs): return f(*args, **kwargs)
    return inner
def composed(*every):
    def around(f):
        for each in reversed(every):
            f = each(f)
        return f
    return around
def listed(*every):
    def around(f):
        for each in others:
            f = each(f)
        for each in every: print(each)
        return f
    return around
def lost(*every):
    def around(f):
        for each in every:
            g = each(f)
        return f
    return around
def either(f):
    def bare(*args): return f(*args)
    @headers()
    def inner(*args): return f(*args)
    if x: return bare
    return inner
def plain(one):
    def around(f): return f
    return around
@app.get('/')
{above}
def f(): return nowhere()
"""
    assert [h.output.kind for h in handlers(text)] == [expected]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("check(FIELDS, request.json)", ["request.json: schema"]),
        ("check(schema=FIELDS, data=request.json)", ["request.json: schema"]),
        ("read(OrderIn)", ["request.get_json: OrderIn"]),
        ("Sent(request).read(OrderIn)", ["request.get_json: OrderIn"]),
    ],
)
def test_helpers_read_the_request_by_what_they_are_given(body: str, expected: list[str]) -> None:
    """Fields, by ``Schema.from_dict``, and schemas, where another helper gives what was sent."""
    text = f"""
from marshmallow import Schema, fields
{APP}
FIELDS = {{'number': fields.Int()}}
class OrderIn(Schema):
    number = fields.Int()
def check(schema, data):
    made = Schema.from_dict(schema)
    return made().load(data)
def own(): return request.get_json()
def read(schema):
    data = own()
    return schema().load(data)
class Sent:
    def __init__(self, request): self._request = request
    def own(self): return self._request.get_json()
    def read(self, schema): return schema().load(self.own())
@app.post('/')
def f():
    {body}
    return ''
"""
    assert [classes_of(h)[0] for h in handlers(text)] == [expected]


def test_routers_that_functions_are_given_have_the_prefix_of_what_they_are_given() -> None:
    """Where all that call it give the same."""
    text = """
from flask import Flask, Blueprint
from flask_restful import Api, Resource
orders = Blueprint('orders', __name__, url_prefix='/orders')
lines = Blueprint('lines', __name__, url_prefix='/lines')
@orders.get('/x')
def x(): return ''
@lines.get('/y')
def y(): return ''
def put(app): app.register_blueprint(orders)
def twice(app): app.register_blueprint(lines)
class Item(Resource):
    def get(self): return ''
class Other(Resource):
    def get(self): return ''
def routes(api): api.add_resource(Item, '/a')
def other(api): api.add_resource(Other, '/b')
def nobody(api): api.add_resource(nowhere.Item, '/c')
def create():
    app = Flask(__name__)
    v1 = Blueprint('v1', __name__, url_prefix='/v1')
    put(v1)
    twice(v1)
    twice(app)
    app.register_blueprint(v1)
    api, more = Api(app, prefix='/api'), Api(app, prefix='/more')
    routes(api)
    other(api)
    other(more)
"""
    assert titles(text) == [
        "Flask: GET /v1/orders/x x",
        "Flask: GET /lines/y y",
        "Flask: GET /api/a Item.get",
        "Flask: GET /b Other.get",
        "Flask: GET /c nowhere.Item",
    ]


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        ("Mem() if testing else Sql()", "unknown"),
        ("Mem() if testing else None", "response"),
        ("None if testing else Sql()", "raw"),
        ("Mem(1) if testing else Mem(2)", "response"),
        ("given or Mem()", "response"),
        ("find() or Sql()", "unknown"),
        ("testing and Sql()", "raw"),
        ("Mem() or Sql()", "unknown"),
    ],
)
def test_an_object_that_may_be_of_either_of_two_classes_is_of_none(made: str, expected: str) -> None:
    """So both may answer, where only one would be looked at."""
    text = f"""
{APP}
class Mem:
    def get(self, n): return jsonify(1)
class Sql:
    def get(self, n): return {{'a': n}}
repo = {made}
@app.get('/')
def f(): return repo.get(1)
"""
    assert [h.output.kind for h in handlers(text)] == [expected]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("with suppress(KeyError):\n        return jsonify(1)\n    return {}", "raw"),
        ("if x:\n        with own(): return jsonify(1)\n    else: return jsonify(2)\n    return {}", "raw"),
        ("async with own():\n        return jsonify(1)\n    return {}", "raw"),
        ("if x: return jsonify(1)\n    else: return jsonify(2)\n    return {}", "response"),
        ("try: return jsonify(1)\n    except KeyError: return jsonify(2)\n    return {}", "response"),
    ],
)
def test_what_stands_behind_a_with_may_run(body: str, expected: str) -> None:
    """Where that keeps an exception to itself."""
    assert [h.output.kind for h in handlers(f"{APP}@app.get('/')\nasync def f():\n    {body}")] == [expected]


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ("", "response"),
        ("if fallback: make = fallback", "unknown"),
        ("if x: return make()\n    make = load", "unknown"),
    ],
)
def test_a_parameter_that_is_given_another_value_is_not_what_is_handed_in(more: str, expected: str) -> None:
    """A function that is called later."""
    text = f"""
{APP}
def load(): return {{'a': 1}}
def respond(make, fallback=None):
    {more or "pass"}
    return make()
@app.get('/')
def f(): return respond(lambda: jsonify(1), load)
"""
    assert [h.output.kind for h in handlers(text)] == [expected]


def test_a_generator_that_is_called_like_a_dump_is_no_response() -> None:
    """``dict(order.to_dict())`` makes a dict of it."""
    text = f"""
{APP}
class Order:
    def to_dict(self):
        yield 'number', 1
@app.get('/')
def f(): return Order().to_dict()
"""
    assert [h.output.kind for h in handlers(text)] == ["raw"]


@pytest.mark.parametrize("attribute", ["method_decorators", "decorators"])
def test_decorators_of_the_methods_of_a_class_are_those_of_flask_restful(attribute: str) -> None:
    """Only there is ``method_decorators`` known."""
    text = f"""
from flask_restful import Api, Resource
{APP}
def answered(f):
    def inner(*args, **more): return jsonify(f(*args, **more))
    return inner
class Orders(Resource):
    {attribute} = [answered]
    def get(self): return nowhere()
"""
    assert [h.output.kind for h in handlers(text)] == ["response"]


def test_methods_in_a_table_that_cannot_be_found_are_unknown() -> None:
    """Beside those that can."""
    text = f"""
{APP}
class Views: ...
class Orders(Views):
    def place(self): return jsonify(1)
app.add_url_rule('/a', view_func=Orders.as_view({{'POST': 'place', 'GET': NAME}}))
app.add_url_rule('/b', view_func=Orders.as_view({{'PUT': 'place', **MORE}}))
"""
    found = sorted((h.title, h.output.kind) for h in handlers(text))
    assert found == [
        ("ANY /b MORE", "unknown"),
        ("GET /a NAME", "unknown"),
        ("POST /a Orders.place", "response"),
        ("PUT /b Orders.place", "response"),
    ]


def test_a_view_that_two_modules_register_answers_for_the_verbs_of_both() -> None:
    """Each at its own path."""
    text = f"""
from flask_restful import Api, Resource
{APP}
api = Api(app)
class Crud(Resource):
    def get(self): return jsonify(1)
    def post(self): return {{'a': 1}}
class Orders(Crud):
    model = 1
api.add_resource(Orders, '/o', methods=['GET'])
"""
    again = "from shop.api import Orders, api\napi.add_resource(Orders, '/v2/o')"
    assert [h.title for h in handlers(text)] == ["GET /o Crud.get of Orders"]
    assert sorted(h.title for h in handlers(text, {"shop.v2": again})) == [
        "GET /o Crud.get of Orders",
        "POST /v2/o Crud.post of Orders",
    ]


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("'/{}/{b}'.format('a', b='b')", "/a/b"),
        ("'/{0}'.format('a')", "/a"),
        ("'/{v.value}/x'.format(v=V.ONE)", "'/{v.value}/x'.format(v=V.ONE)"),
        ("'/{:>5}/x'.format('a')", "'/{:>5}/x'.format('a')"),
        ("'/{!r}/x'.format('a')", "'/{!r}/x'.format('a')"),
        ("'/{0[x]}/x'.format('a')", "'/{0[x]}/x'.format('a')"),
        ("'/{/x'.format('a')", "'/{/x'.format('a')"),
        ("'/{}/{}'.format('a')", "'/{}/{}'.format('a')"),
    ],
)
def test_paths_are_formatted_by_values_as_they_are(path: str, shown: str) -> None:
    """Anything else is shown as it is written."""
    text = f"from enum import Enum\n{APP}class V(Enum): ONE = 'v1'\n@app.get({path})\ndef f(): return ''"
    assert titles(text) == [f"Flask: GET {shown} f"]


def test_what_finds_a_document_is_a_collection_and_no_repository() -> None:
    """``find_one`` of either."""
    text = f"""
{APP}
@app.get('/a')
def a(): return db.reports.find_one(1)
@app.get('/b')
def b(): return g.repo.find_one(1)
@app.get('/c')
def c(): return container.orders().find_one(1)
@app.get('/d')
def d(): return db.get_collection('orders').find_one(1)
"""
    assert [h.output.kind for h in handlers(text)] == ["raw", "unknown", "unknown", "raw"]


def test_helpers_that_hand_a_schema_on_to_each_other_by_many_ways_are_looked_at_once() -> None:
    """Five rows of twenty-five, each of which calls all of the next."""
    every = range(25)
    calls = ("{" + ", ".join(f"'k{k}': g{n + 1}_{k}(x, y)" for k in every) + "}" for n in range(5))
    helpers = "".join(f"def g{n}_{k}(x, y): return {call}\n" for n, call in enumerate(calls) for k in every)
    view = "@app.post('/')\ndef f():\n    data = request.get_json()\n    return jsonify(Order(**g0_0(data, request)))\n"

    (handler,) = handlers(APP + helpers + view)
    assert handler.output.kind == "response"


@pytest.mark.parametrize(
    ("later", "expected"),
    [
        ("api.init_app(bp)", "/api/auth/login"),
        ("api.init_app(app)", "/auth/login"),
        ("other.init_app(bp)\ndb.init_app(bp)\ninit_app(bp)\napi.init_app()", "/auth/login"),
        ("def add(app): api.init_app(app)\nadd(bp)", "/api/auth/login"),
        ("def add(app): api.init_app(app)\nadd(api)", "/auth/login"),
    ],
)
def test_an_api_that_a_blueprint_is_given_later_has_its_prefix(later: str, expected: str) -> None:
    """``init_app``."""
    text = f"""
from flask import Flask, Blueprint
from flask_restx import Api, Namespace, Resource
app = Flask(__name__)
api, other = Api(), Api()
ns = Namespace('auth', path='/auth')
api.add_namespace(ns)
@ns.route('/login')
class Login(Resource):
    def get(self): return ''
bp = Blueprint('api', __name__, url_prefix='/api')
app.register_blueprint(bp)
{later}
"""
    assert [h.path for h in handlers(text)] == [expected]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("return Order(number=1)", "schema Order"),
        ("return await orders.find(1)", "schema Order"),
        (
            "found = await orders.find(1)\n    if not found: return Response('no', status=400)\n    return found",
            "schema Order",
        ),
        ("return either(1)", "raw"),
        ("return row(1)", "orm Row"),
        ("return Pair({'a': 1}, 200)", "raw"),
        ("return Own(a=1)", "raw"),
    ],
)
def test_an_object_of_a_schema_is_one(body: str, expected: str) -> None:
    """It crosses as that, whatever makes JSON of it: rows of a table do not."""
    text = f"""
from dataclasses import dataclass
from typing import NamedTuple
from pydantic import BaseModel
from quart import Quart, Response
from sqlmodel import SQLModel
app = Quart(__name__)
class Order(BaseModel): ...
class Row(SQLModel, table=True): ...
class Pair(NamedTuple):
    body: dict
    status: int
@dataclass
class Own(dict):
    a: int
class Orders:
    async def find(self, number) -> Order: ...
orders = Orders()
def either(number): return Order(number=1) if number else {{'a': 1}}
def row(number): return Row(number=1)
@app.get('/')
async def f():
    {body}
"""
    assert [classes_of(h)[1] for h in handlers(text)] == [expected]


@pytest.mark.parametrize(
    ("service", "expected"),
    [
        ("SERVICE = Orders", "raw"),
        ("ALIAS = Orders\nSERVICE = ALIAS", "raw"),
        ("from shop.orders import Orders as SERVICE", "raw"),
        ("if DEBUG: SERVICE = Fake\nelse: SERVICE = Orders", "unknown"),
        ("SERVICE: object = Orders", "unknown"),
        ("SERVICE = nowhere", "unknown"),
        ("SERVICE = SERVICE.inner", "unknown"),
        ("SERVICE = OTHER\nOTHER = SERVICE", "unknown"),
    ],
)
def test_a_class_by_another_name_is_that_class(service: str, expected: str) -> None:
    """Its class methods are followed."""
    orders = "class Orders:\n    @classmethod\n    def find(cls, n): return {'n': n}\n"
    fake = "from flask import jsonify\nclass Fake:\n    @classmethod\n    def find(cls, n): return jsonify(n)\n"
    text = f"from shop.services import SERVICE as service\n{APP}@app.get('/')\ndef f(): return service.find(1)"
    services = f"from shop.orders import Orders, Fake\n{service}"
    found = handlers(text, {"shop.orders": fake + orders, "shop.services": services})
    assert [h.output.kind for h in found] == [expected]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (
            "if found:\n        answer = Out().dump(found)\n        return jsonify(answer.data)\n    answer = {}\n    return answer, 404",
            "schema",
        ),
        (
            "if found:\n        answer = Out().dump(found)\n        return answer\n    else:\n        answer = {}\n        return answer, 404",
            "schema",
        ),
        (
            "if not found:\n        answer = {}\n        return answer, 404\n    else: answer = Out().dump(found)\n    return answer",
            "schema",
        ),
        (
            "if not found:\n        answer = {}\n        log(1)\n    else: answer = Out().dump(found)\n    return answer",
            "raw",
        ),
        (
            "try:\n        if not found:\n            answer = {}\n            raise KeyError\n        answer = Out().dump(found)\n"
            "    except KeyError: pass\n    return answer",
            "raw",
        ),
        (
            "try:\n        if not found:\n            answer = {}\n            return answer, 404\n        answer = Out().dump(found)\n"
            "        return answer\n    except KeyError as e: return e",
            "schema",
        ),
        (
            "with suppress(KeyError):\n        if not found:\n            answer = {}\n            raise KeyError\n"
            "        answer = Out().dump(found)\n    return answer",
            "raw",
        ),
        (
            "answer = Out().dump(1)\n    for n in rows():\n        if n:\n            answer = {}\n            if x: break\n"
            "            return jsonify(2), 502\n    return answer",
            "raw",
        ),
        (
            "answer = None\n    while True:\n        try:\n            if answer is not None: return answer\n            if x:\n"
            "                answer = {}\n                raise KeyError\n            answer = Out().dump(1)\n        except KeyError: continue",
            "raw",
        ),
        (
            "answer = Out().dump(1)\n    with own():\n        if x:\n            answer = {}\n            raise KeyError\n    return answer",
            "raw",
        ),
        (
            "with own():\n        if x:\n            answer = {}\n            return answer, 404\n        answer = Out().dump(1)\n        return answer",
            "schema",
        ),
        (
            "def later():\n        if not found:\n            answer = {}\n            return answer\n    answer = Out().dump(1)\n    return answer",
            "schema",
        ),
    ],
)
def test_what_a_branch_that_ends_gives_to_a_name_is_gone(body: str, expected: str) -> None:
    """Unless what is behind it runs all the same, as where something fails in a ``try``."""
    text = f"""
from contextlib import suppress
from marshmallow import Schema
{APP}
class Out(Schema): ...
@app.get('/')
def f():
    found = find()
    {body}
"""
    assert [h.output.kind for h in handlers(text)] == [expected]


def test_a_name_that_is_a_schema_and_another_one_later_reads_by_the_first() -> None:
    """A decorator that loads what is sent by one, and what the view gives by the other."""
    text = f"""
from marshmallow import Schema
{APP}
class In(Schema): ...
class Out(Schema): ...
def crossing(taken, given):
    def around(f):
        def inner(*args, **kwargs):
            schema = taken()
            data = schema.load(request.get_json())
            found = f(data, *args, **kwargs)
            schema = given(many=True)
            rows = schema.load(found)
            return jsonify(schema.dump(rows))
        return inner
    return around
@app.post('/')
@crossing(In, Out)
def f(data): return nowhere(data)
"""
    assert [classes_of(h) for h in handlers(text)] == [(["taken: In"], "schema Out")]


@pytest.mark.parametrize(
    ("kept", "expected"),
    [
        ("    if schema in KEPT: return KEPT[schema]\n", "schema Page"),
        ("    if schema in OTHERS: return OTHERS[schema]\n", "unknown"),
        ("", "schema Page"),
    ],
)
def test_a_class_of_schemas_that_was_kept_is_like_the_one_that_is_made(kept: str, expected: str) -> None:
    """Where the same function has put it there; a decorator of the project answers with such a page."""
    text = f"""
from apifairy import arguments, response
from marshmallow import Schema, fields
KEPT = {{}}
class Asked(Schema): ...
class Order(Schema): ...
def paged(schema):
{kept}    class Page(Schema):
        data = fields.Nested(schema, many=True)
    KEPT[schema] = Page
    return Page
def answered(schema, asked=Asked):
    def inner(f):
        def give(*args, **more):
            return {{"data": f(*args, **more)}}
        return arguments(asked)(response(paged(schema))(give))
    return inner
@app.route("/orders")
@answered(Order(many=True))
def orders(): return Nowhere.select()
"""
    (found,) = handlers(APP + text)

    assert classes_of(found) == (["asked: Asked"], expected)


@pytest.mark.parametrize(
    ("decorator", "expected"),
    [
        ("checked", "none"),
        ("allowed('a')", "none"),
        ("checked\n    @allowed('a')", "none"),
        ("staticmethod", "none"),
        ("wrapped", "unknown"),
        ("nowhere", "unknown"),
        ("nowhere()", "unknown"),
        ("either", "unknown"),
        ("lost()", "unknown"),
        ("jsoned", "unknown"),
        ("replaced", "unknown"),
        ("remade", "unknown"),
        ("decorated", "unknown"),
        ("streamed", "unknown"),
        ("of_object", "unknown"),
        ("noted", "none"),
        ("short", "unknown"),
    ],
)
def test_a_decorated_method_gives_nothing_where_its_decorators_only_hand_on(decorator: str, expected: str) -> None:
    """What a base does may be decorated like what its views do."""
    text = f"""
from flask_restful import Api, Resource
api = Api(app)
def checked(f):
    def inner(*args, **more):
        if not args: raise ValueError
        return f(*args, **more)
    return inner
def allowed(*names):
    def decorate(f):
        async def inner(*args): return await f(*args)
        return inner
    return decorate
def wrapped(f):
    def inner(*args): return {{"a": f(*args)}}
    return inner
def either(f):
    def inner(*args): return f(*args)
    def other(*args): return 1
    if f: return inner
    return other
def lost(): return nowhere
def jsoned(f):
    @wrapped
    def inner(*args): return f(*args)
    return inner
def replaced(f):
    f = wrapped(f)
    def inner(*args): return f(*args)
    return inner
def remade(f):
    def inner(*args): return f(*args)
    inner = wrapped(inner)
    return inner
@wrapped
def decorated(f):
    def inner(*args): return f(*args)
    return inner
def streamed(f):
    def inner(*args):
        yield 1
        return f(*args)
    return inner
def of_object(f):
    def inner(self, *args): return self.f(*args)
    return inner
def noted(f):
    @functools.wraps(f)
    def inner(*args): return f(*args)
    return inner
def short(): return nowhere
class Base(Resource):
    @{decorator}
    def delete(self, number): log(number)
class Order(Base):
    def delete(self, number): return super().delete(number)
api.add_resource(Order, "/orders")
"""
    (found,) = handlers(APP + text)

    assert found.output.kind == expected


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        ("provider = Flask()\n    return provider.give()", "response"),
        ("return Flask().give()", "response"),
        ("provider = Flask() if 1 else Provider()\n    return provider.give()", "unknown"),
        ("return kept.give()", "unknown"),
        ("with Flask() as provider:\n        return provider.give()", "unknown"),
        ("return Other().give()", "unknown"),
        ("return Own().give()", "response"),
        ("return told.give()", "response"),
        ("return said.give()", "response"),
        ("return either.give()", "unknown"),
    ],
)
def test_an_object_answers_by_its_own_methods(made: str, expected: str) -> None:
    """Those that a method of its base calls."""
    text = f"""
import typing
class Provider:
    def respond(self, body): return nowhere(body)
    def give(self): return self.respond(1)
class Flask(Provider):
    def respond(self, body): return make_response(body, 200)
class Other(Flask):
    def __new__(cls): return nowhere()
class Own(Flask): ...
def find() -> Provider: ...
kept = find()
told = typing.cast(Told, nowhere)
said = typing.cast("Told", nowhere)
either = typing.cast("Told | Provider", nowhere)
class Told:
    def give(self): return make_response(1)
@app.route("/orders")
def orders():
    {made}
"""
    (found,) = handlers(APP + text)

    assert found.output.kind == expected


MAPPED = """
from dataclasses import dataclass
@dataclass
class Order:
    number: int
class Plain: ...
class Late(Order): ...
@app.route("/orders")
def orders() -> {result}: ...
"""


@pytest.mark.parametrize(
    ("mapping", "result", "expected"),
    [
        ("from shop.api import Order\nfrom sqlalchemy.orm import registry\nregistry().map_imperatively(Order, T)", "Order", "orm"),
        ("from shop.api import Order\ndef start(mapping):\n    mapping.map_imperatively(class_=Order)", "list[Order]", "orm"),
        ("from shop.api import Order\nclass Start:\n    def go(self): self.r.map_imperatively(Order, T)", "Late", "orm"),
        ("from sqlalchemy.orm import mapper\nimport shop.api as model\ndef start():\n    mapper(model.Plain, T)", "Plain", "orm"),
        ("from sqlalchemy.orm import mapper\nfrom shop.api import Plain\nmapper(Plain, T)", "Order", "schema"),
        ("import sqlalchemy\nfrom shop.own import mapper\nfrom shop.api import Order\nmapper(Order, T)", "Order", "schema"),
        ("from shop.api import Order\nregistry.map_imperatively()\nregistry.map_imperatively(nowhere, T)", "Order", "schema"),
        ("from shop.api import Order, Plain\nfor c, t in ((Order, 1), (Plain, 2)): registry.map_imperatively(c, t)", "Order", "orm"),
        ("from shop.api import Order, Plain\ndef start():\n    for x in y: ...\n    for c, t in ((Order, 1), (Plain, 2)): registry.map_imperatively(c, t)",
         "Order", "orm"),
        ("map_imperatively(", "Order", "schema"),
    ],
)  # fmt: skip
def test_a_class_that_is_mapped_by_a_call_is_a_row(mapping: str, result: str, expected: str) -> None:
    """Whatever it would be without that, and wherever it is done."""
    (found,) = handlers(APP + MAPPED.format(result=result), {"shop.orm": mapping, "shop.own": "def mapper(*a): ..."})

    assert found.output.kind == expected


@pytest.mark.parametrize(
    ("above", "expected"),
    [
        ("@as_json\n@app.route('/a')", [([], "raw")]),
        ("@app.route('/a')\n@as_json", [([], "response")]),
        ("@blp.arguments(Order)\n@blp.response(200, Order)\n@app.route('/a')", [([], "raw")]),
        ("@blp.arguments(Order)\n@app.route('/a')\n@blp.response(200, Order)", [([], "schema Order")]),
        ("@app.route('/a')\n@as_json\n@app.route('/b')", [([], "response"), ([], "raw")]),
    ],
)
def test_what_stands_above_a_route_is_not_what_answers(above: str, expected: list[tuple[list[str], str]]) -> None:
    """Flask has registered what is below."""
    text = f"""
import flask_smorest
from marshmallow import Schema
blp = flask_smorest.Blueprint("b", __name__)
class Order(Schema): ...
def as_json(f):
    def inner(*args): return jsonify(f(*args))
    return inner
{above}
def f(order=None): return {{"a": 1}}
"""

    assert [classes_of(each) for each in handlers(APP + text)] == expected


@pytest.mark.parametrize(
    ("attribute", "expected"),
    [("method_decorators", "orm"), ("decorators", "orm"), ("other", "unknown"), ("decorators: list", "orm")],
)
def test_decorators_of_a_class_give_what_its_methods_take(attribute: str, expected: str) -> None:
    """A row that they have found."""
    text = f"""
from flask_restful import Api, Resource
from sqlalchemy.orm import DeclarativeBase
api = Api(app)
class Base(DeclarativeBase): ...
class Order(Base): ...
def found(f):
    def inner(*args, **more): return f(*args, order=Order.query.get(more.pop("number")), **more)
    return inner
class Orders(Resource):
    {attribute} = [found]
    def get(self, order): return order
api.add_resource(Orders, "/orders/<number>")
"""
    (handler,) = handlers(APP + text)

    assert handler.output.kind == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("str(found).lower()", "response"),
        ("'{}'.format(found).strip()", "response"),
        ("strings(found).lower()", "unknown"),
        ("str(found).send()", "unknown"),
        ("found.lower()", "unknown"),
    ],
)
def test_what_methods_of_texts_give_is_a_text(value: str, expected: str) -> None:
    """Of what is one for sure."""
    (handler,) = handlers(f"{APP}@app.get('/')\ndef f(): return {value}")

    assert handler.output.kind == expected
