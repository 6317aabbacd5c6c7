"""What is returned whatever is declared, what checks a request by other libraries, and where views answer that are registered twice."""

from __future__ import annotations

import pytest
from frameworks.handlers_in import classes_of, handlers

HEAD = """\
from functools import wraps
from flask import Blueprint, jsonify, make_response, request
from flask.views import MethodView
from marshmallow import Schema
from pydantic import BaseModel
from sqlalchemy.orm import DeclarativeBase
import flask_apispec, flask_restx, flask_openapi3, flask_smorest
bp = Blueprint("bp", __name__)
blp = flask_smorest.Blueprint("blp", __name__)
ns = flask_restx.Namespace("ns")
api = flask_openapi3.APIBlueprint("api", __name__)
strict = flask_openapi3.APIBlueprint("strict", __name__, validate_response=True)
order = ns.model("Order", {})
class Order(Schema): ...
class Model(BaseModel): ...
class Base(DeclarativeBase): ...
class Row(Base): ...
def fine(data): return jsonify(data)
def framed(**more):
    data = {"code": 0}
    data.update(**more)
    return data
def documented(f): return ns.response(200, "ok", order)(f)
def jsoned(f):
    @wraps(f)
    def inner(*args, **kwargs): return jsonify(f(*args, **kwargs))
    return inner
def chosen(models):
    def decorate(f):
        @wraps(f)
        def inner(*args, **kwargs):
            found, code = f(*args, **kwargs)
            return flask_restx.marshal(found, models[code]), code
        return inner
    return decorate
def by(model):
    def decorate(f):
        @ns.response(200, "ok", model)
        def inner(*args, **kwargs): return f(*args, **kwargs)
        return inner
    return decorate
"""


def crossing(text: str, others: dict[str, str] | None = None) -> dict[str, tuple[list[str], str]]:
    """By title, what is read and by which classes, and the kind and class of its output."""
    return {handler.title: classes_of(handler) for handler in handlers(HEAD + text, others)}


@pytest.mark.parametrize(
    ("decorator", "body", "expected"),
    [
        # what flask-apispec and flask-smorest get, they hand on where it is a response
        ("flask_apispec.marshal_with(Order)", "return make_response('x')", "response"),
        ("flask_apispec.marshal_with(Order)", "return fine(1)", "response"),
        ("flask_apispec.marshal_with(Order)", "return fine(1), 201", "response"),
        ("flask_apispec.marshal_with(Order)", "if x: return notfound_response(1)\n    return fine(1)", "response"),
        ("flask_apispec.marshal_with(Order)", "return {}", "schema Order"),
        ("flask_apispec.marshal_with(Order)", "return 'x'", "schema Order"),
        ("flask_apispec.marshal_with(Order)", "return found()", "schema Order"),
        ("flask_apispec.marshal_with(Order)", "return fine(1) if x else found()", "schema Order"),
        ("blp.response(200, Order)", "return fine(1)", "response"),
        ("blp.response(200, Order)", "return {}", "schema Order"),
        ("blp.response(200, Order)", "try: return fine(1)\n    except ValueError as e: return str(e)", "response"),
        ("blp.response(200, Order)", "if x: return 'none'\n    return fine(1)", "response"),
        ("blp.response(200, Order)", "return jsonify(Order().dump(1))", "schema Order"),
        # flask-restx marshals whatever it gets
        ("ns.marshal_with(order)", "return fine(1)", "schema"),
        ("ns.marshal_with(fields=order, code=201)", "return {}", "schema"),
        # what is only documented says nothing against what is returned
        ("ns.response(200, 'ok', order)", "return {}", "raw"),
        ("ns.response(200, 'ok', order)", "return [Row()]", "orm Row"),
        ("ns.response(200, 'ok', order)", "return fine(1)", "response"),
        ("ns.response(200, 'ok', order)", "return 'fine'", "schema"),
        ("ns.response(200, 'ok', order)", "return found()", "schema"),
        ("ns.response(200, 'ok', order)", "if x: return {}, 404\n    return found()", "schema"),
        ("ns.response(200, 'ok', order)", "return Order().dump(1)", "schema"),
        ("ns.doc(model=order)", "return {}", "raw"),
        ("ns.response(200, description='ok', model=order)", "return {}", "raw"),
        ("ns.response(code=200, description='ok', model=order)", "return {}", "raw"),
        ("ns.response(200, OK, order)", "return {}", "raw"),
        ("ns.response(200, 'ok %s' % 1, order)", "return {}", "raw"),
        # but for what marshals, wherever that stands
        ("ns.doc(model=order)\n@ns.marshal_with(order)", "return {}", "schema"),
        ("ns.doc(responses={200: ('ok', order)})\n@ns.marshal_with(order)", "return Row()", "schema"),
        ("by(order)", "return {}", "raw"),
        ("by(order)", "return found()", "schema"),
        ("by(order)\n@chosen([order])", "return {}", "schema"),
        # which a decorator makes a response of
        ("jsoned\n@ns.response(200, 'ok', order)", "return {}", "response"),
        ("jsoned\n@ns.response(200, 'ok', order)", "return found()", "schema"),
    ],
)
def test_what_is_returned_may_count_more_than_what_is_declared(decorator: str, body: str, expected: str) -> None:
    """Else a decorator that does nothing makes a dict good."""
    assert crossing(f"@bp.get('/')\n@{decorator}\ndef f():\n    {body}") == {"GET / f": ([], expected)}


@pytest.mark.parametrize(
    ("route", "expected"),
    [
        ("api.get('/', responses={'200': Model})", "raw"),
        ("api.get('/', responses={'200': Model}, validate_response=True)", "schema Model"),
        ("api.get('/', responses={'200': Model}, validate_response=False)", "raw"),
        ("strict.get('/', responses={'200': Model})", "schema Model"),
    ],
)
def test_flask_openapi3_checks_what_is_returned_where_it_is_told_to(route: str, expected: str) -> None:
    """``validate_response``, of a route or of all of a blueprint's."""
    assert crossing(f"@{route}\ndef f(): return framed(data=1)") == {"GET / f": ([], expected)}


VALIDATORS = """
import jsonschema, schema, cerberus, voluptuous as vol
from flask_expects_json import expects_json
from jsonschema import Draft7Validator, validate
BY_JSON = {"type": "object"}
PLAIN = schema.Schema({"x": str})
VOL = vol.Schema({"x": str})
class Own(cerberus.Validator): ...
def checked(data, by):
    try: validate(data, by)
    except jsonschema.ValidationError: raise ValueError from None
def payload(by=None):
    def decorate(f):
        @wraps(f)
        def inner(*args, **kwargs):
            data = request.get_json()
            if by: by.validate(data)
            return f(*args, data=data, **kwargs)
        return inner
    return decorate
"""


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("validate(request.json, BY_JSON)", ["request.json: schema"]),
        ("validate(instance=request.json, schema=BY_JSON)", ["request.json: schema"]),
        ("jsonschema.validate(request.json, BY_JSON)", ["request.json: schema"]),
        ("d = request.get_json()\n    Draft7Validator(BY_JSON).validate(d)", ["request.get_json: schema"]),
        ("best_match(Draft7Validator(BY_JSON).iter_errors(request.json))", ["request.json: schema"]),
        ("checked(request.json, BY_JSON)", ["request.json: schema"]),
        ("PLAIN.validate(request.json)", ["request.json: schema"]),
        ("d = VOL(request.get_json())", ["request.get_json: schema"]),
        ("Own({}).validate(request.json)", ["request.json: Own"]),
        ("v = cerberus.Validator({})\n    v.validate(request.json)", ["request.json: schema"]),
        # something else is checked, or nothing by a schema
        ("validate(found(), BY_JSON)", []),
        ("validate(request.json['x'], BY_JSON)", ["request.json: schema"]),
        ("validate(request.json)", []),
        ("validate(request.json, {})", []),
        ("validate(request.json, True)", []),
        ("vol.Schema({'x': str})(request.json)", ["request.json: schema"]),
        ("find('x')(request.json)", []),
        ("jsonschema.RefResolver(request.json, BY_JSON)", []),
        ("VOL(found())", []),
        ("VOL()", []),
        ("other.validate(request.json)", []),
    ],
)
def test_validators_of_other_libraries_are_schemas(body: str, expected: list[str]) -> None:
    """JSON Schema, cerberus, voluptuous, schema."""
    assert crossing(f"{VALIDATORS}@bp.post('/')\ndef f():\n    {body}\n    return jsonify(1)") == {
        "POST / f": (expected, "response")
    }


@pytest.mark.parametrize(
    ("decorator", "expected"),
    [
        ("expects_json(BY_JSON)", ["expects_json: schema"]),
        ("expects_json({'type': 'object'})", ["expects_json: schema"]),
        ("payload(PLAIN)", ["by: schema"]),
        ("payload()", []),
        ("swag_from('order.yml', validation=True)", ["swag_from: schema"]),
        ("swag_from('order.yml')", []),
    ],
)
def test_decorators_may_check_by_them(decorator: str, expected: list[str]) -> None:
    """One of a library, and one of the project."""
    assert crossing(f"{VALIDATORS}@bp.post('/')\n@{decorator}\ndef f(data=1): return jsonify(1)") == {
        "POST / f": (expected, "response")
    }


def test_a_parser_may_parse_in_its_own_way() -> None:
    """Where it is one of flask-restx by its base."""
    text = """
from flask_restx.reqparse import RequestParser
class Own(RequestParser):
    def parse_args(self, req=None): return {each.name: each.parse(req) for each in self.args}
class Other:
    def parse_args(self): return {}
def own():
    parser = Own()
    return parser
@bp.get('/a')
def a():
    own().parse_args()
    return jsonify(1)
@bp.get('/b')
def b():
    Other().parse_args()
    return jsonify(1)
"""
    assert crossing(text) == {"GET /a a": (["request: schema"], "response"), "GET /b b": ([], "response")}


def test_a_module_of_the_project_may_be_called_like_one_of_them() -> None:
    """``schema.Schema`` is no library's then."""
    text = (
        "from schema import Schema as Own\n@bp.post('/')\ndef f():\n    Own().load(request.json)\n    return jsonify(1)"
    )

    assert crossing(text, {"schema": "class Schema:\n    def load(self, data): return data"}) == {
        "POST / f": ([], "response")
    }


LOADING = """
def loading(schema, permission=None, **options):
    def decorate(f):
        @wraps(f)
        def inner(*args, **kwargs):
            result = f(*args, **kwargs)
            if not result: return jsonify({})
            result = cleaned(result)
            return jsonify(schema(**options).load(result))
        return inner
    return decorate
def taking(schema, **options):
    def decorate(f):
        @wraps(f)
        def inner(*args, **kwargs):
            return f(schema(**options).load(request.json), *args, **kwargs)
        return inner
    return decorate
def both(schema):
    def decorate(f):
        @wraps(f)
        def inner(*args, **kwargs):
            data = schema().load(request.json)
            return schema().load(f(data, *args, **kwargs))
        return inner
    return decorate
def again(schema):
    def decorate(f):
        @wraps(f)
        def inner(*args, **kwargs):
            data = request.get_json()
            loaded = schema().load(
                data
            )
            data = f(loaded)
            return data
        return inner
    return decorate
def sourced(schema, source):
    def decorate(f):
        @wraps(f)
        def inner(*args, **kwargs): return f(schema().load(source()))
        return inner
    return decorate
def anew(schema):
    def decorate(f):
        @wraps(f)
        def inner(*args, **kwargs):
            data = f(*args)
            data = request.json
            return schema().load(data)
        return inner
    return decorate
Made = Schema.from_dict({})
"""


@pytest.mark.parametrize(
    ("decorator", "expected"),
    [
        ("loading(Order)", ([], "schema Order")),
        ("taking(Order)", (["schema: Order"], "raw")),
        ("both(Order)", (["schema: Order"], "schema Order")),
        ("taking(Made)", (["schema: schema"], "raw")),
        ("again(Order)", (["schema: Order"], "raw")),
        ("sourced(Order, request.get_json)", (["schema: Order"], "raw")),
        ("anew(Order)", (["schema: Order"], "raw")),
    ],
)
def test_what_a_decorator_loads_may_be_what_is_returned(decorator: str, expected: tuple[list[str], str]) -> None:
    """And no input then."""
    assert crossing(f"{LOADING}@bp.post('/')\n@{decorator}\ndef f(*data): return {{}}") == {"POST / f": expected}


def test_what_expect_is_given_is_a_model() -> None:
    """Where it cannot be read: there is nothing else that it takes."""
    text = """
class Models:
    def __init__(self): self.all = load()
    def find(self, key): return self.all[key]
models = Models()
@ns.route('/')
class V(flask_restx.Resource):
    @ns.expect(models.find('order'), validate=True)
    def post(self): return jsonify(1)
"""
    assert crossing(text) == {"POST /ns/ V.post": (["expect: schema"], "response")}


VIEWS = """
class V(MethodView):
    def get(self): return jsonify(1)
    def post(self): return jsonify(1)
    def put(self): return jsonify(1)
class Mixed(Unknown):
    def get(self): return jsonify(1)
    def post(self): return jsonify(1)
"""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "v = V.as_view('v')\nbp.add_url_rule('/vs', view_func=v, methods=['POST'])\n"
            "bp.add_url_rule('/vs/<id>', view_func=v, methods=['GET', 'PUT'])",
            ["GET /vs/<id> V.get", "POST /vs V.post", "PUT /vs/<id> V.put"],
        ),
        (
            "bp.add_url_rule('/vs', view_func=V.as_view('a'), methods=ALL)\n"
            "bp.add_url_rule('/vs/<id>', view_func=V.as_view('b'), methods=['GET', 'PUT'])",
            ["GET /vs V.get", "POST /vs V.post", "PUT /vs V.put"],
        ),
        ("bp.add_url_rule('/vs', view_func=V.as_view('a'))", ["GET /vs V.get", "POST /vs V.post", "PUT /vs V.put"]),
        (
            "bp.add_url_rule('/vs', view_func=V.as_view('a'), methods=['GET'])",
            ["GET /vs V.get", "POST /vs V.post", "PUT /vs V.put"],
        ),
        (
            "bp.add_url_rule('/m', view_func=Mixed.as_view('a'), methods=['POST'])\n"
            "bp.add_url_rule('/m/<id>', view_func=Mixed.as_view('b'), methods=['GET'])",
            ["GET /m/<id> Mixed.get", "POST /m Mixed.post", "GET  V.get", "POST  V.post", "PUT  V.put"],
        ),
    ],
)
def test_a_view_answers_where_its_verb_is_registered(text: str, expected: list[str]) -> None:
    """Of several paths, at the first that takes it; what no path takes is shown at the first one all the same."""
    found = [title for title in crossing(VIEWS + text) if "Mixed" in " ".join(expected) or "Mixed" not in title]

    assert sorted(" ".join(title.split()) for title in found) == sorted(" ".join(each.split()) for each in expected)


def test_namespaces_may_be_kept_in_classes_and_be_of_classes_of_the_project() -> None:
    """What they are put into, and what they are called, is before their paths all the same."""
    text = """
class Kept: ns = flask_restx.Namespace("kept")
class Named: ns = flask_restx.Namespace("named")
class Own(flask_restx.Namespace): ...
class Root(flask_restx.Api): ...
class Plain: ...
own, other = Own("own", path="/o"), Plain("other")
v1 = Blueprint("v1", __name__, url_prefix="/v1")
root = Root(v1)
root.add_namespace(Kept.ns)
root.add_namespace(Named.ns, path="/n")
root.add_namespace(own)
kept, named = Kept.ns, Named.ns
@kept.route("/a")
class A(flask_restx.Resource):
    def get(self): return jsonify(1)
@named.route("/b")
class B(flask_restx.Resource):
    def get(self): return jsonify(1)
@own.route("/c")
class C(flask_restx.Resource):
    def get(self): return jsonify(1)
@other.route("/d")
class D(flask_restx.Resource):
    def get(self): return jsonify(1)
"""
    assert sorted(crossing(text)) == ["GET /d D.get", "GET /v1/kept/a A.get", "GET /v1/n/b B.get", "GET /v1/o/c C.get"]


PARTS = """
@ns.route("/x")
@ns.route("/x/<int:number>")
class A(flask_restx.Resource):
    def get(self, number=None): return jsonify(1)
    def post(self): return jsonify(1)
    def put(self, number): return jsonify(1)
@ns.route("/y", "/y/<int:number>", "/y/<number>/<string:part>")
class B(flask_restx.Resource):
    def post(self): return jsonify(1)
    def put(self, number): return jsonify(1)
    def patch(self, number, part): return jsonify(1)
    def delete(self, **parts): return jsonify(1)
    def get(self, other): return jsonify(1)
class C(flask_restx.Resource):
    def post(self): return jsonify(1)
    def put(self, number): return jsonify(1)
flask_restx.Api().add_resource(C, "/z", "/z/<int:number>", endpoint="z")
"""


def test_a_method_answers_at_the_path_whose_parts_it_takes() -> None:
    """Of several; the first, where none fits."""
    assert sorted(crossing(PARTS)) == [
        "DELETE /ns/y B.delete",
        "GET /ns/x A.get",
        "GET /ns/y B.get",
        "PATCH /ns/y/<number>/<string:part> B.patch",
        "POST /ns/x A.post",
        "POST /ns/y B.post",
        "POST /z C.post",
        "PUT /ns/x/<int:number> A.put",
        "PUT /ns/y/<int:number> B.put",
        "PUT /z/<int:number> C.put",
    ]


INHERITING = """
class Base(flask_restx.Resource):
    def dispatch_request(self, *args, **kwargs): return super().dispatch_request(*args, **kwargs)
class Orders(Base):
    create = None
    def get(self): return jsonify(1)
    def post(self):
        data = request.get_json()
        return jsonify(self.create(data))
class Making:
    @staticmethod
    def make(data): return Model(**data)
class Open(Orders): ...
class Closed(Orders):
    create = staticmethod(Making.make)
class Checking(flask_restx.Resource):
    def dispatch_request(self, *args, **kwargs): return super().dispatch_request(*args, **kwargs)
api = flask_restx.Api()
api.add_resource(Orders, "/orders")
api.add_resource(Open, "/open")
api.add_resource(Closed, "/closed")
"""


def test_what_a_routed_view_inherits_of_another_one_answers_at_both() -> None:
    """Each with what its class has; what only hands on is no handler."""
    assert crossing(INHERITING) == {
        "GET /orders Orders.get": ([], "response"),
        "POST /orders Orders.post": ([], "response"),
        "GET /open Orders.get of Open": ([], "response"),
        "POST /open Orders.post of Open": ([], "response"),
        "GET /closed Orders.get of Closed": ([], "response"),
        "POST /closed Orders.post of Closed": (["request.get_json: Model"], "response"),
    }
