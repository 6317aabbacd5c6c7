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
