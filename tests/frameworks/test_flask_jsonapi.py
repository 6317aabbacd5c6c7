"""Classes of Flask-REST-JSONAPI, whose actions are the library's."""

from __future__ import annotations

import pytest
from frameworks.handlers_in import classes_of, handlers

BEFORE = """
from flask import Blueprint, Flask, jsonify
from flask_rest_jsonapi import Api, ResourceDetail, ResourceList, ResourceRelationship
from flask_rest_jsonapi.resource import Resource
from flask.views import MethodView
from marshmallow_jsonapi.flask import Schema
v1 = Blueprint("v1", __name__, url_prefix="/v1")
app = Flask(__name__)
api = Api(app, v1)
class Order(Schema): ...
class Orders(ResourceList):
    schema = Order
class OneOrder(ResourceDetail):
    schema = Order
class Lines(ResourceRelationship):
    schema = Order
class Listed(ResourceList):
    schema = Order
    methods = ["GET"]
READING = ["GET"]
class Some(Orders):
    methods = READING
class Odd(Orders):
    methods = chosen()
class Unsaid(ResourceList):
    methods = ["GET", "POST"]
class Own(Orders):
    def get(self): return {"a": 1}
class Plain(Resource):
    def put(self): return {"a": 1}
class Both(MethodView, Resource):  # as the library's own is, where it is installed
    def get(self): return {"a": 1}
class Other:
    schema = Order
"""


def rows(text: str, others: dict[str, str] | None = None) -> list[tuple[str, list[str], str]]:
    """Return title, inputs and result of each handler."""
    return sorted((handler.title, *classes_of(handler)) for handler in handlers(text, others))


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        (
            "api.route(Orders, 'orders', '/orders', '/users/<int:id>/orders')",
            [
                ("GET /v1/orders Orders.get", [], "schema Order"),
                ("POST /v1/orders Orders.post", ["request.json: Order"], "schema Order"),
            ],
        ),
        (
            "api.route(OneOrder, 'order', '/orders/<int:id>')",
            [
                ("GET /v1/orders/<int:id> OneOrder.get", [], "schema Order"),
                ("PATCH /v1/orders/<int:id> OneOrder.patch", ["request.json: Order"], "schema Order"),
                ("DELETE /v1/orders/<int:id> OneOrder.delete", [], "response"),
            ],
        ),
        (
            "api.route(Lines, 'lines', '/l')",
            [(f"{verb.upper()} /v1/l Lines.{verb}", [], "response") for verb in ("get", "post", "patch", "delete")],
        ),
        ("api.route(Listed, 'listed', '/l')", [("GET /v1/l Listed.get", [], "schema Order")]),
        (
            "api.route(Unsaid, 'unsaid', '/l')",
            [
                ("GET /v1/l Unsaid.get", [], "unknown"),
                ("POST /v1/l Unsaid.post", ["request.json: unknown"], "unknown"),
            ],
        ),
        (
            "api.route(Own, 'own', '/l')",
            [
                ("GET /v1/l Own.get", [], "raw"),
                ("POST /v1/l Own.post", ["request.json: Order"], "schema Order"),
            ],
        ),
        ("api.route(Plain, 'plain', '/l')", [("PUT /v1/l Plain.put", [], "raw")]),
        ("api.route(Both, 'both', '/l')", [("GET /v1/l Both.get", [], "raw")]),
        ("api.route(Some, 'some', '/l')", [("GET /v1/l Some.get", [], "schema Order")]),
        (
            "api.route(Odd, 'odd', '/l')",
            [
                ("GET /v1/l Odd.get", [], "schema Order"),
                ("POST /v1/l Odd.post", ["request.json: Order"], "schema Order"),
            ],
        ),
        ("api.route(ResourceList, 'library', '/l')", []),
        ("api.route(Other, 'other', '/l')", []),
        ("api.route(Nowhere, 'other', '/l')", []),
        ("api.route(Orders, name, '/l')", []),
        ("api.route(Orders, 'orders')", []),
    ],
)
def test_actions_are_the_librarys(call: str, expected: list[tuple[str, list[str], str]]) -> None:
    """As far as the class does not say less, or has them of its own."""
    assert rows(BEFORE + call) == sorted(expected)


def test_routes_are_found_in_another_module() -> None:
    """Which has nothing else to do with Flask, and registers one class twice; what it has is told of its own module."""
    others = {
        "shop.routes": "from shop.api import Listed, api\napi.route(Listed, 'a', '/a')\napi.route(Listed, 'b', '/b')"
    }
    found = handlers(BEFORE, others)

    assert [handler.title for handler in found] == ["GET /v1/a Listed.get", "GET /v1/b Listed.get"]
    assert {handler.location.path for handler in found} == {"shop/api.py"}
    assert {handler.location.text for handler in found} == {"class Listed(ResourceList):"}


def test_a_schema_that_is_a_class_inside_is_found() -> None:
    """It is named by itself."""
    text = (
        BEFORE
        + "class Inner(ResourceList):\n    class schema(Schema): ...\n    methods = ['GET']\napi.route(Inner, 'i', '/i')"
    )

    assert rows(text) == [("GET /v1/i Inner.get", [], "schema schema")]


def test_a_class_of_another_module_is_registered_by_that() -> None:
    """With a dot in its name."""
    others = {"shop.routes": "from shop import api as views\nviews.api.route(views.Listed, 'a', '/a')"}

    assert [handler.title for handler in handlers(BEFORE, others)] == ["GET /v1/a Listed.get"]
