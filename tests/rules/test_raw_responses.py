"""Dicts in responses."""

from __future__ import annotations

import pytest
from rules.handlers_of import said, shop

from pytest_fitness import RuleError
from pytest_fitness.rules import OrmAtBoundary, RawResponses
from pytest_fitness.testing import codebase

RULE = RawResponses("api")
MESSAGE = "GET / f must not answer with a dict that no schema has seen"


@pytest.mark.parametrize(
    "body",
    [
        "return JSONResponse({'a': 1})",
        "return JSONResponse(content={'a': 1})",
        "return JSONResponse([{'a': 1}])",
        "return JSONResponse([{'a': x} for x in range(3)])",
        "data = {'a': 1}\n    return JSONResponse(data)",
        "data = dict(a=1)\n    return JSONResponse(data)",
        "data = {}\n    data['a'] = 1\n    return JSONResponse(data if data else None)",
        "return flask.jsonify(a=1)",
        "return jsonify({'a': 1})",
        "return Response({'a': 1})",
        "from fastapi.responses import JSONResponse as J\n    return J({'a': 1})",
        "if 1:\n        return JSONResponse({'a': 1}, status_code=404)",
        "rows = [{'a': x} for x in y]\n    return jsonify(rows)",
        "items = [{'a': 1}]\n    return JSONResponse(items)",
        "items = []\n    items.append({'a': 1})\n    return JSONResponse(items)",
        "return JSONResponse(build())",
        "data: dict[str, Any] = service()\n    return JSONResponse(data)",
        "return JSONResponse(jsonable_encoder({'a': 1}))",
        "return Response(json.dumps({'a': 1}))",
        "return Mine({'a': 1})",
        "return ok({'a': 1})",
        "return JSONResponse({'a': 1} | other)",
        "return json.dumps({'a': 1})",
        "return json.dumps({'a': 1}), 200",
        "text = dumps({'a': 1})\n    return text",
    ],
)
def test_a_dict_in_a_response_is_found(body: str) -> None:
    """By literal, by variable, in lists."""
    before = "class Mine(JSONResponse): ...\ndef build() -> dict: ...\ndef ok(d): return JSONResponse(d)\n"
    assert said(RULE, f"{before}@router.get('/')\ndef f():\n    {body}") == [MESSAGE]


@pytest.mark.parametrize(
    "body",
    [
        "return JSONResponse(order.model_dump())",
        "return JSONResponse(jsonable_encoder(order))",
        "data = order.model_dump()\n    return JSONResponse(data)",
        "return JSONResponse(make())",
        "return JSONResponse([1, 2])",
        "return JSONResponse()",
        "return Response('text')",
        "return Order(**{'a': 1})",
        "return jsonify()",
        "(lambda: 1)({'a': 1})",
        "return helper({'a': 1})",
        "text = json.dumps({'a': 1})\n    return Response('text')",
        "return OrderSchema().dumps({'a': 1})",
        "return JSONResponse(json.loads(order.json()))",
        "return JSONResponse(order.json())",
        "return json.dumps([1])",
        "return json.dumps()",
        "return",
        "rows = [1]\n    return JSONResponse(rows)",
        "def inner():\n        return JSONResponse({'a': 1})",
    ],
)
def test_what_a_schema_was_dumped_to_is_allowed(body: str) -> None:
    """As is what cannot be told."""
    assert said(RULE, f"def helper(d): ...\n@router.get('/')\ndef f():\n    {body}") == []


def test_a_function_of_the_project_with_such_a_name_is_none() -> None:
    """It may do whatever it likes."""
    text = "def jsonify(x): ...\n@router.get('/')\ndef f():\n    return jsonify({'a': 1})"

    assert said(RULE, text) == []


def test_errors_can_be_left_out_as_far_as_they_can_be_told() -> None:
    """By their status."""
    text = (
        "@router.get('/')\ndef f():\n    JSONResponse({}, status_code=404)\n    JSONResponse({}, status_code=status.HTTP_409_CONFLICT)"
        "\n    JSONResponse({}, status_code=201)\n    JSONResponse({}, status_code=code)"
    )

    text += (
        "\n    JSONResponse({}, 404)\n    JSONResponse({}, status_code=HTTPStatus.NOT_FOUND)\n    return jsonify({}), 400"
        "\n    return jsonify({}), code"
    )
    found = shop(text).violations(RawResponses("api", errors=False))

    assert [v.location.text for v in found] == [
        "JSONResponse({}, status_code=201)",
        "JSONResponse({}, status_code=code)",
        "return jsonify({}), code",
    ]


def test_a_handler_that_is_not_in_the_source_has_no_body() -> None:
    """Nothing can be said of it."""
    code = shop("router.add_api_route('/', nowhere)")

    assert code.violations(RULE) == []
    assert code.evaluations[-1].notes == [
        "shop/api.py:20: GET / nowhere is not judged, as its code is not in the source"
    ]


def test_of_many_handlers_that_are_not_in_the_source_one_line_is_said() -> None:
    """As of the actions that views inherit."""
    code = shop("for path in ('/a', '/b', '/c', '/d'): router.add_api_route(path, nowhere)")

    assert code.violations(RULE) == []
    assert code.evaluations[-1].notes == [
        "4 handlers are not judged, as their code is not in the source: shop/api.py:20: GET /a nowhere, ..."
    ]


def test_options_that_make_no_sense_are_refused() -> None:
    """At construction."""
    with pytest.raises(RuleError, match="`errors` is true or false"):
        RawResponses("api", errors="no")  # type: ignore[arg-type]


def test_a_dict_for_a_function_that_returns_nothing_is_no_response() -> None:
    """By its annotation, or by what it returns."""
    for head in (
        "def notify(values) -> None: ...",
        "def notify(values):\n    if values:\n        return\n    return None",
    ):
        text = f"{head}\n@router.post('/')\nasync def f() -> None:\n    notify({{'a': 1}})\n"
        assert said(RawResponses("api"), text) == []


HELPERS = """
class Base:
    def answered(self, x): return JSONResponse({'a': x})
def ok(data=None, status=200): return jsonify({'data': data}), status
def plain(data): return JSONResponse(data)
def deep(data): return ok(data)
def deeper(data): return deep(data)
def deepest(data): return deeper(data)
def too_deep(data): return deepest(data)
def rendered(data): return app.response_class(json.dumps({'data': data}), mimetype='application/json')
def refuse(why, code=400): return jsonify({'error': why}), code
def local(why):
    code = 404
    return jsonify({'error': why}), code
def remember(x): cache.add(JSONResponse({'a': x}))
def not_found(why): return JSONResponse({'error': why}, 404)
def mixed(data):
    if not data: return jsonify({'error': 1}), 404
    return jsonify({'data': data})
def around(data): return around(data)
def dicts(): return [{'a': 1}]
def stats(): return {'a': 1}
def shown(x): return x.to_dict()
class Answer(JSONResponse):
    def __init__(self, d): super().__init__(content=d)
async def waited(data): return JSONResponse({'data': data})
"""


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("return ok(1)", ["ok(1)"]),
        ("return plain({'a': 1})", ["{'a': 1}"]),
        ("return plain(data={'a': 1})", ["plain(data={'a': 1})"]),
        ("return plain(stats())", ["plain(stats())"]),
        ("return plain(order.model_dump())", []),
        ("return plain(shown(order))", []),
        ("return deepest(1)", []),
        ("return deeper(1)", ["deeper(1)"]),
        ("return rendered(1)", ["rendered(1)"]),
        ("return refuse(1)", []),
        ("return refuse(1, 201)", ["refuse(1, 201)"]),
        ("return refuse(1, code=status.HTTP_201_CREATED)", ["refuse(1, code=status.HTTP_201_CREATED)"]),
        ("return refuse(1, code=code)", ["refuse(1, code=code)"]),
        ("return not_found(1)", []),
        ("return local(1)", []),
        ("remember(1)", []),
        ("made = ok(1)\n    return made", ["ok(1)"]),
        ("return await waited(1)", ["waited(1)"]),
        ("made = await waited(1)\n    return made, 200", ["waited(1)"]),
        ("return Answer(headers={'a': '1'}, cookies={'a': '1'})", []),
        ("return mixed(1)", ["mixed(1)"]),
        ("return ok(1), 404", []),
        ("return around(1)", []),
        ("return JSONResponse(stats())", ["stats()"]),
        ("return JSONResponse(shown(order))", []),
        ("return JSONResponse(Row.objects.values('a'))", ["Row.objects.values('a')"]),
        ("return JSONResponse(order.values())", []),
        ("return Answer(d={'a': 1})", ["{'a': 1}"]),
        ("return JSONResponse(list(Row.objects.values('a')))", ["list(Row.objects.values('a'))"]),
        ("return JSONResponse(sorted(order))", []),
        ("return JSONResponse(models.model_to_dict(order))", []),
        (
            "from django.forms.models import model_to_dict\n    return JSONResponse(model_to_dict(order))",
            ["model_to_dict(order)"],
        ),
        ("return JSONResponse(vars(order))", ["vars(order)"]),
    ],
)
def test_what_helpers_put_into_a_response_is_found(body: str, expected: list[str]) -> None:
    """Where the handler calls them, once for each call; what only refuses is an error."""
    text = (
        f"from django.db import models\nclass Row(models.Model): ...\n{HELPERS}@router.get('/')\ndef f():\n    {body}"
    )
    found = shop(text).violations(RawResponses("api", errors=False))

    assert [violation.target for violation in found] == expected


def test_what_a_base_puts_into_a_response_is_found() -> None:
    """It is one of the handler's own class."""
    text = f"{HELPERS}class V(Base):\n    @router.get('/')\n    def f(self): return self.answered(1)"

    assert [v.target for v in shop(text).violations(RULE)] == ["self.answered(1)"]


def test_no_more_functions_are_followed_than_a_reader_would() -> None:
    """However many call each other: work stays in proportion."""
    many = "".join(
        f"def a{i}(x):\n    if x: return a{i + 1}(x)\n    return b{i + 1}(x)\ndef b{i}(x): return a{i}(x)\n"
        for i in range(9)
    )
    calls = "\n".join(f"    if x == {i}: return a0({i})" for i in range(300))
    text = f"{many}@router.get('/')\ndef f(x):\n{calls}\n    return JSONResponse({{'a': 1}})"

    assert [v.location.text for v in shop(text).violations(RULE)] == ["return JSONResponse({'a': 1})"]


ROWS = "must not answer with rows that no schema has seen"
FLASK = """
import json
from functools import wraps
from flask import Flask, Response, jsonify, make_response, render_template, request
from flask_json import as_json
from flask_marshmallow import Marshmallow
from flask_sqlalchemy import SQLAlchemy
app = Flask(__name__)
db = SQLAlchemy(app)
ma = Marshmallow(app)
class User(db.Model): ...
class UserSchema(ma.Schema): ...
shown = UserSchema()
def ok(data): return jsonify(data)
def page(context): return render_template("x", **context)
def paged(context):
    html = page(context)
    return make_response(html)
def both(context):
    if wanted: return jsonify(context)
    return render_template("x", **context)
def around(context): return around(context)
def nothing(): return {}, 204
def every(): return User.query.all()
def framed(data): return jsonify({"data": data})
def csv(f):
    @wraps(f)
    def inner(*args, **more): return make_response(to_csv(f(*args, **more)))
    return inner
def dumped(f):
    @wraps(f)
    def inner(*args, **more): return jsonify(shown.dump(f(*args, **more)))
    return inner
def either(f):
    @wraps(f)
    def inner(*args, **more):
        body = f(*args, **more)
        if wanted: return jsonify({"data": body})
        return render_template("x", **body)
    return inner
def texted(f):
    @wraps(f)
    async def inner(*args, **more): return make_response(json.dumps(await f(*args, **more)))
    return inner
def spread(f):
    @wraps(f)
    def inner(*args, **more): return make_response(*f(*args, **more))
    return inner
def made(f):
    @wraps(f)
    def inner(*args, **more):
        body, status = f(*args, **more)
        answer = jsonify(body)
        return answer, status
    return inner
def templated(f):
    @wraps(f)
    def inner(*args, **more): return render_template("x", **f(*args, **more))
    return inner
"""


def told(text: str, rule: RawResponses | OrmAtBoundary) -> list[tuple[str, str]]:
    """Return what is said of handlers of Flask, and of what."""
    code = codebase({"shop.api": FLASK + text})
    return [(v.message.partition(" f ")[2], v.location.text[v.location.column :]) for v in code.violations(rule)]


@pytest.mark.parametrize(
    "body",
    [
        "return jsonify(User.query.all())",
        "rows = User.query.all()\n    return jsonify(rows)",
        "return jsonify({'users': User.query.all()})",
        "return json.dumps(User.query.all(), default=str)",
        "return make_response(json.dumps(User.query.all()))",
        "return ok(User.query.all())",
        "return jsonify([user for user in User.query.all()])",
        "return jsonify(User.query.filter_by(**request.args.to_dict()).all())",
        "return jsonify(User.query.first() if x else None)",
        "return jsonify(User.query.first() or {})",
        "return jsonify({user.id: user for user in User.query.all()})",
        "return jsonify(user=User.query.first())",
        "out = []\n    for user in User.query.all(): out.append(user)\n    return jsonify(out)",
        "return jsonify(every())",
        "return framed(User.query.all())",
    ],
)
def test_rows_in_a_response_are_found(body: str) -> None:
    """A JSON encoder of the project, or of Flask for dataclasses, writes out every column."""
    text = f"@app.get('/')\ndef f():\n    {body}"

    assert [message for message, _ in told(text, RULE)] == [ROWS]
    (message,) = [message for message, _ in told(text, OrmAtBoundary("api"))]
    assert message.startswith("must not put rows into a response: ")


@pytest.mark.parametrize(
    "body",
    [
        "return shown.jsonify(User.query.all())",
        "return jsonify(shown.dump(User.query.all()))",
        "return make_response(shown.dumps(User.query.all()))",
        "return jsonify(shown.to_representation(User.query.get(1)).get('notes'))",
        "before = jsonify(User.query.first()).json\n    return '', 204",
        "return jsonify([user.id for user in User.query.all()])",
        "return jsonify({}), 204",
        "return page({'users': User.query.all()})",
        "return paged({'users': User.query.all()})",
        "return render_template('x', users=User.query.all())",
        "user = User.query.first()\n    return jsonify(prices.get(user))",
        "dumps = shown.dumps\n    return make_response(dumps(User.query.first()))",
    ],
)
def test_what_is_not_sent_or_is_described_is_no_row_in_a_response(body: str) -> None:
    """As are pages, which people read."""
    text = f"@app.get('/')\ndef f():\n    {body}"

    assert told(text, RULE) == []
    assert told(text, OrmAtBoundary("api")) == []


@pytest.mark.parametrize(
    ("decorator", "body", "expected"),
    [
        ("made", "return User.query.all(), 200", [(ROWS, "User.query.all(), 200")]),
        ("made", "return {'a': 1}, 200", [(MESSAGE.partition(" f ")[2], "{'a': 1}, 200")]),
        ("made", "return {}, 204", []),
        ("made", "return nothing()", []),
        ("made", "if x: return {}, 204\n    return shown.dump(x), 200", []),
        ("made", "return shown.dump(User.query.all()), 200", []),
        ("made", "return 'x', 200", []),
        ("made", "return", []),
        ("as_json", "return User.query.all()", [(ROWS, "User.query.all()")]),
        ("as_json", "return {'a': 1}", [(MESSAGE.partition(" f ")[2], "{'a': 1}")]),
        ("templated", "return {'users': User.query.all()}", []),
        ("csv", "return User.query.all()", []),
        ("dumped", "return User.query.all()", []),
        ("either", "return {'a': 1}", [(MESSAGE.partition(" f ")[2], "{'a': 1}")]),
        ("texted", "return {'a': 1}", [(MESSAGE.partition(" f ")[2], "{'a': 1}")]),
        ("spread", "return {'a': 1}, 200", [(MESSAGE.partition(" f ")[2], "{'a': 1}, 200")]),
    ],
)
def test_what_a_decorator_makes_a_response_of_counts(
    decorator: str, body: str, expected: list[tuple[str, str]]
) -> None:
    """As if the view did so itself; a template is filled with whatever it needs."""
    text = f"@app.get('/')\n@{decorator}\ndef f():\n    {body}"

    assert told(text, RULE) == expected
    assert len(told(text, OrmAtBoundary("api"))) == sum(message == ROWS for message, _ in expected)


def test_a_dict_for_a_helper_that_may_answer_either_way_counts() -> None:
    """It is sent to whoever asks for it; a helper that calls itself is followed no further."""
    text = "@app.get('/')\ndef f():\n    return both({'a': 1})\n@app.get('/g')\ndef f2():\n    return around({'a': 1})"

    assert [where for _, where in told(text, RULE)] == ["both({'a': 1})"]


def test_the_status_of_what_a_decorator_answers_with_counts() -> None:
    """It is beside the body."""
    text = "@app.get('/')\n@made\ndef f():\n    if x: return {'error': 1}, 404\n    return shown.dump(x), 200"

    assert told(text, RawResponses("api", errors=False)) == []
    assert len(told(text, RULE)) == 1


BY_HAND = """
from pydantic import BaseModel
from flask import Flask, jsonify
from flask_sqlalchemy import SQLAlchemy
from nowhere import Foreign
app = Flask(__name__)
db = SQLAlchemy(app)
class Shown:
    def as_dict(self): return {c: getattr(self, c) for c in self.columns}
class User(Shown, db.Model):
    def to_dict(self): return {"id": self.id}
    def serialize(self):
        found = {"id": self.id}
        return found
    def short_dict(self): return self.to_dict()
    def text(self): return "x"
class Out(BaseModel):
    def to_dict(self): return {"id": 1}
class Service:
    def asdict(self): return Out().model_dump()
"""


@pytest.mark.parametrize(
    ("body", "is_raw"),
    [
        ("return jsonify(User.query.first().to_dict())", True),
        ("user = User.query.get(1)\n    return jsonify(user.serialize())", True),
        ("user = User.query.get(1)\n    return jsonify(user.short_dict())", True),
        ("user = User.query.get(1)\n    return jsonify(user.as_dict())", True),
        ("user = User.query.get(1)\n    data = user.to_dict()\n    return jsonify(data)", True),
        ("return jsonify([user.to_dict() for user in User.query.all()])", True),
        ("return jsonify([one.to_dict() for user in User.query.all()])", False),
        ("users = User.query.all()\n    return jsonify(list(user.to_dict() for user in users))", True),
        ("found = []\n    for user in User.query.all(): found.append(user.to_dict())\n    return jsonify(found)", True),
        (
            "user = User.query.first()\n    found = []\n    found.append(user.to_dict())\n    return jsonify(found)",
            True,
        ),
        ("found = []\n    found.append(1)\n    found.append(User.query.first().id)\n    return jsonify(found)", False),
        ("return jsonify(Out().to_dict())", False),
        ("return jsonify(Service().asdict())", False),
        ("return jsonify(Foreign().to_dict())", False),
        ("return jsonify(found().to_dict())", False),
        ("return jsonify(to_dict())", False),
    ],
)
def test_a_dict_that_a_method_makes_by_hand_is_one(body: str, is_raw: bool) -> None:
    """Unless it is one of a schema, or nobody knows what it is."""
    code = codebase({"shop.api": f"{BY_HAND}@app.get('/')\ndef f():\n    {body}"})

    assert bool(code.violations(RULE)) == is_raw


@pytest.mark.parametrize(
    ("body", "is_raw"),
    [
        ("return jsonify({'a': 1}), 204", False),
        ("return jsonify({'a': 1}), HTTPStatus.NO_CONTENT", False),
        ("return jsonify({'a': 1}), status.HTTP_204_NO_CONTENT", False),
        ("return jsonify({'a': 1}), 204 if x else 200", True),
        ("code = 204\n    return jsonify({'a': 1}), code", True),
        ("return jsonify({'a': 1}), {'X-Code': '204'}", True),
        ("return jsonify({'a': 1}), CODES[204]", True),
        ("kept = jsonify({'a': 1}).json\n    return '', 200", False),
        ("return Response(jsonify({'a': 1}).data)", True),
        ("return jsonify({'a': 1}).json, 200", True),
        ("data = jsonify({'a': 1}).json\n    return data", True),
        ("data = order.to_dict()\n    data = schema.dump(data)\n    return jsonify(data)", False),
        ("return jsonify([T(x).to_dict() for x, y in z])", False),
    ],
)
def test_a_status_and_what_is_read_again_count_as_they_are_written(body: str, is_raw: bool) -> None:
    """Nothing is sent with 204 alone; what a response is asked for may be sent after all."""
    text = f"from flask import Flask, Response, jsonify\napp = Flask(__name__)\n@app.get('/')\ndef f(x):\n    {body}"

    assert bool(codebase({"shop.api": text}).violations(RULE)) == is_raw


def test_a_dict_for_a_page_is_one_for_whoever_asks_for_json() -> None:
    """What a page shows of rows is no matter of theirs."""
    text = "@app.get('/')\ndef f():\n    return Response({'users': User.query.all()}, template_name='x.html')"

    assert [message for message, _ in told(text, RULE)] == [MESSAGE.partition(" f ")[2]]
    assert told(text, OrmAtBoundary("api")) == []
