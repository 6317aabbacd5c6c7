"""Flask and Quart: views and the schemas that extensions declare."""

from __future__ import annotations

import pytest
from frameworks.handlers_in import handlers, slots, titles

from pytest_fitness.testing import codebase

HEAD = """\
from http import HTTPStatus
from flask import Blueprint, Flask, jsonify, redirect, render_template, request
from flask.views import MethodView, View
from flask_restx import Namespace, Resource
from flask_smorest import Blueprint as Smorest
from werkzeug.wrappers import Response
from pydantic import BaseModel
from marshmallow import Schema
from sqlalchemy.orm import DeclarativeBase
class OrderIn(BaseModel): ...
class OrderOut(Schema): ...
class Base(DeclarativeBase): ...
class Row(Base): ...
app = Flask(__name__)
bp = Blueprint('x', __name__)
blp = Smorest('x', __name__)
ns = Namespace('x')
def login_required(f): return f
def view(): ...
"""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("@app.route('/x')\ndef f(): ...", ["GET /x f"]),
        ("@bp.route('/x', methods=['GET', 'POST'])\ndef f(): ...", ["GET,POST /x f"]),
        ("@bp.post('/x')\n@login_required\ndef f(): ...", ["POST /x f"]),
        ("app.add_url_rule('/x', 'x', view)", ["GET /x view"]),
        ("from http import HTTPMethod\n@app.route('/x', methods=[HTTPMethod.GET, HTTPMethod.PUT])\ndef f(): ...", ["GET,PUT /x f"]),
        ("class B(MethodView):\n    def get(self): ...\nclass V(B): x = 1\napp.add_url_rule('/x', view_func=V.as_view('x'))",
         ["GET /x B.get of V"]),
        ("from azure.functions import Blueprint\nb = Blueprint()\n@b.route('/x')\ndef f(): ...", []),
        ("app.add_url_rule('/x', view_func=login_required(view), methods=['PUT'])", ["PUT /x view"]),
        ("app.add_url_rule('/x', view_func=nowhere)", ["GET /x nowhere"]),
        ("class V(MethodView):\n    def get(self): ...\napp.add_url_rule('/x', view_func=login_required(V.as_view('x')))",
         ["GET /x V.get"]),
        ("class V(MethodView):\n    def get(self): ...\n    def post(self): ...\n    def help(self): ...",
         ["GET V.get", "POST V.post"]),
        ("class V(View):\n    def dispatch_request(self): ...\napp.add_url_rule('/x', view_func=V.as_view('x'))",
         ["GET /x V.dispatch_request"]),
        ("class V(View):\n    methods = ['GET', 'POST']\n    def dispatch_request(self): ...\n"
         "app.add_url_rule('/x', view_func=V.as_view('x'))", ["GET,POST /x V.dispatch_request"]),
        ("class V(MethodView):\n    def get(self): ...\nv = V.as_view('x')\napp.add_url_rule('/x', view_func=v)",
         ["GET /x V.get"]),
        ("class B(MethodView):\n    def get(self): ...\n@blp.route('/x')\nclass V(B):\n    def put(self): ...",
         ["PUT /x V.put", "GET /x B.get of V"]),
        ("class B(MethodView):\n    def get(self): ...\nclass V(B):\n    def put(self): ...", ["GET B.get", "PUT V.put"]),
        ("@ns.route('/x')\nclass V(Resource):\n    def get(self): ...", ["GET /x/x V.get"]),
        ("n = Namespace('x', path='/y/')\n@n.route('/x')\nclass V(Resource):\n    def get(self): ...", ["GET /y/x V.get"]),
        ("n = Namespace(NAME)\n@n.route('/x')\nclass V(Resource):\n    def get(self): ...", ["GET /x V.get"]),
        ("b = Blueprint('b', __name__, url_prefix='/b')\n@b.get('/x')\ndef f(): ...", ["GET /b/x f"]),
        ("b = Blueprint('b', __name__, url_prefix=PREFIX)\n@b.get('/x')\ndef f(): ...", ["GET /x f"]),
        ("from flask_restx import Api\napi = Api(app, prefix='/v1')\n@api.route('/x')\nclass V(Resource):\n    def get(self): ...",
         ["GET /v1/x V.get"]),
        ("from flask_restx import Api\nb = Blueprint('b', __name__, url_prefix='/b')\napi = Api(b)\nns = Namespace('n')\n"
         "api.add_namespace(ns)\n@ns.route('/x')\nclass V(Resource):\n    def get(self): ...", ["GET /b/n/x V.get"]),
        ("from flask_restx import Api\napi = Api(prefix=PREFIX)\nns = api.namespace('n', path='/m')\n@ns.route('/x')\n"
         "class V(Resource):\n    def get(self): ...", ["GET /m/x V.get"]),
        ("class V(Resource):\n    def head(self): return 'x'", ["HEAD V.head"]),
        ("def add_namespace(x): ...\nns = Namespace('n')\nadd_namespace(ns)\n@ns.route('/x')\nclass V(Resource):\n    def get(self): ...",
         ["GET /n/x V.get"]),
        ("from flask_restx import Api\napp = Api(app, prefix='/v1')\n@app.route('/x')\nclass V(Resource):\n    def get(self): ...",
         ["GET /v1/x V.get"]),
        ("from flask_restx import Api\na = Api(b)\nb = Api(a, prefix='/b')\n@a.route('/x')\nclass V(Resource):\n    def get(self): ...",
         ["GET /b/x V.get"]),
        ("from flask_restx import Api\napi = Api(app)\napi = api.namespace('v')\n@api.route('/x')\n@api.route('/y')\nclass V(Resource):\n"
         "    def get(self): ...", ["GET /v/x V.get"]),
        ("ns = Namespace('n')\nns.add_namespace(ns)\n@ns.route('/x')\nclass V(Resource):\n    def get(self): ...", ["GET /n/x V.get"]),
        ("A = '/a'\n@app.get('%s/%s' % (A, 'b'))\ndef f(): ...", ["GET /a/b f"]),
        ("@app.get('/%s' % 'b')\ndef f(): ...", ["GET /b f"]),
        ("@app.get('/%d' % 1)\ndef f(): ...", ["GET '/%d' % 1 f"]),
        ("@app.get('/%s' % A)\ndef f(): ...", ["GET '/%s' % A f"]),
        ("@app.get('/%s%s' % 'b')\ndef f(): ...", ["GET '/%s%s' % 'b' f"]),
        ("class R(Resource): ...\nR = use_kwargs({})(R)\nclass V(R):\n    def get(self): ...", ["GET V.get"]),
        ("b = Blueprint('b', __name__, url_prefix=None)\n@b.get('/x')\ndef f(): ...", ["GET /x f"]),
        ("b = Blueprint('b', __name__, url_prefix='/b')\nb.add_url_rule('/x', view_func=view)", ["GET /b/x view"]),
        ("from quart import Quart\nq = Quart(__name__)\n@q.websocket('/x')\nasync def f(): ...", ["WEBSOCKET /x f"]),
        ("def make():\n    app = Flask(__name__)\n    @app.route('/x')\n    def f(): ...", ["GET /x make.<locals>.f"]),
        ("def register(app):\n    @app.get('/x')\n    def f(): ...", ["GET /x register.<locals>.f"]),
        ("def api(path): return bp.route('/api' + path)\n@api('/x')\ndef f(): ...", ["GET /api/x f"]),
        ("one = partial(bp.route, '/x')\n@one(methods=['PUT'])\ndef f(): ...", ["PUT /x f"]),
        ("from flask_appbuilder import BaseView, expose\nclass V(BaseView):\n    @expose('/x', methods=['POST'])\n    def f(self): ...",
         ["POST /x V.f"]),
        ("class V(vendor.View):\n    def get(self): ...\napp.add_url_rule('/x', view_func=V.as_view('v'))", ["GET /x V.get"]),
        ("class V(vendor.View):\n    def dispatch_request(self): ...\nv = V.as_view('v')\napp.add_url_rule('/x', view_func=v)",
         ["GET /x V.dispatch_request"]),
        ("from vendor import V\napp.add_url_rule('/x', view_func=V.as_view('v'))", ["GET /x V"]),
        ("class V(vendor.View): ...\napp.add_url_rule('/x', view_func=V.as_view('v'), methods=['PUT'])", ["PUT /x V"]),
        ("def add(rule, f): app.add_url_rule(rule, view_func=login_required(f))\nadd('/x', view)", ["GET /x view"]),
        ("class V(MethodView):\n    def get(self): ...\ndef add(rule, v): blp.add_url_rule(rule, view_func=v)\nadd('/x', V)",
         ["GET /x V.get"]),
        ("class V(Nowhere):\n    def get(self): ...\nblp.add_url_rule('/x', view_func=V)", ["GET /x V"]),
        ("route = bp.route\n@route('/x')\ndef f(): ...\n@login_required()\ndef g(): ...", ["GET /x f"]),
        ("def make(loader):\n    def f(): ...\n    return f\napp.add_url_rule('/x', view_func=make(view))",
         ["GET /x make.<locals>.f"]),
        ("class Mixin:\n    def get(self): ...\nclass V(Mixin, MethodView): ...\nclass W(MethodView, Mixin):\n    def post(self): ...",
         ["POST W.post", "GET Mixin.get of W"]),
        ("@app.route('/x', methods=[HTTPMethod.POST, other])\ndef f(): ...", ["ANY,POST /x f"]),
        ("from nowhere import other\n@other.route('/x')\ndef f(): ...", ["GET /x f"]),
        ("A = '/a'\nVERBS = ('PUT',)\n@app.route(A + '/b', methods=VERBS)\ndef f(): ...\napp.add_url_rule(A, view_func=view, methods=VERBS)",
         ["PUT /a view", "PUT /a/b f"]),
        ("app = wrap(app)\n@app.route('/x')\ndef f(): ...", ["GET /x f"]),
        ("class My(Flask):\n    def route(self, rule, **o): return super().route(rule, **o)\nclass Other: ...\ndef mk(app) -> Other: ...\n"
         "def build():\n    app = My()\n    @app.route('/x')\n    def f(): ...\n    app = mk(app)", ["GET /x build.<locals>.f"]),
        ("class Own(Blueprint):\n    def route(self, rule, **o):\n        def wrapper(f):\n            if f: self.add_url_rule(rule, view_func=f, **o)\n"
         "            else: self.add_url_rule(rule, view_func=f.as_view('f'), **o)\n            return f\n        return wrapper\n"
         "    def special(self, rule):\n        def wrapper(f): self.add_url_rule(rule, view_func=f)\n        return wrapper\n"
         "own = Own()\n@own.route('/x', methods=['PUT'])\ndef f(): ...\n@own.special('/y')\ndef g(): ...", ["GET /y g", "PUT /x f"]),
        ("class S:\n    def add_url_rule(self, path, view_func, methods): app.add_url_rule(path, view_func=view_func, methods=methods)\n"
         "def go(s: S): s.add_url_rule('/x', view, ['PUT'])", ["PUT /x view"]),
        ("class S:\n    def add_url_rule(self, path, view_func, methods):\n        def f(): return view_func()\n        app.other(path, f)\n"
         "def go(s: S): s.add_url_rule('/x', view, methods=['PUT'])", ["PUT /x view"]),
        ("class My(Flask):\n    def add_url_rule(self, rule, endpoint=None, view_func=None): ...\nMy().add_url_rule('/x', None, view)",
         ["GET /x view"]),
        ("class V(Nowhere):\n    def get(self): ...\ndef add(rule, v): app.add_url_rule(rule, view_func=v.as_view('v'))\nadd('/x', V)",
         ["GET /x V.get"]),
        ("class V(MethodView):\n    def get(self): ...\ndef add(rule, v: V):\n    view = v.as_view('v')\n    app.add_url_rule(rule, view_func=view)",
         ["GET V.get"]),
    ],
)  # fmt: skip
def test_a_view_is_found(text: str, expected: list[str]) -> None:
    """However it is registered; a method once for its own class, and for each class that has a route."""
    assert sorted(titles(HEAD + text)) == sorted(f"Flask: {title}" for title in expected)


def test_a_decorator_may_put_something_else_in_the_place_of_a_view() -> None:
    """Of its own function it makes no use; one that calls it, whatever it does then, changes nothing that is known."""
    text = """
def gone(message):
    def deco(f):
        @wraps(f)
        def wrapper(*args): return jsonify(message)
        return wrapper
    return deco
def plain(f):
    def wrapper(): return {}
    return wrapper
def checked(f):
    def wrapper(*args):
        result = f(*args)
        return result
    return wrapper
@app.route('/a')
@gone('x')
def a(): ...
@app.route('/b')
@checked
@plain
def b(): return 'x'
@app.route('/c')
@checked
@app.cache.cached(1)
def c(): return 'x'
def switched(f):
    if ENABLED: return f
    def wrapper(): return 'x'
    return wrapper
def switch(name):
    def deco(f):
        def wrapper(): return 'x'
        return f if ENABLED else wrapper
    return deco
@app.route('/d')
@switched
@switch('x')
def d(): return {}
"""

    assert [(h.title, h.output.kind) for h in handlers(HEAD + text)] == [
        ("GET /a a", "response"),
        ("GET /b b", "raw"),
        ("GET /c c", "response"),
        ("GET /d d", "raw"),
    ]


def test_a_namespace_is_added_where_it_is_said() -> None:
    """And by its own name elsewhere."""
    text = """
from flask_restx import Api
one, two = Namespace('One'), Namespace('two')
@one.route('one')
class V(Resource):
    def get(self): ...
@two.route('/two')
class W(Resource):
    def get(self): ...
api = Api()
api.add_namespace(two)
"""
    shop = codebase({"shop.api": HEAD + text, "shop.app": "from shop.api import api, one\napi.add_namespace(one, '/')"})

    assert sorted(h.title for h in shop.handlers(shop.select("api")).found) == ["GET /one V.get", "GET /two/two W.get"]


@pytest.mark.parametrize(("others", "framework"), [("import quart", "Flask"), ("import quart, fastapi", "FastAPI")])
def test_a_module_that_imports_no_framework_is_like_those_around_it(others: str, framework: str) -> None:
    """``@manager.route``, whatever puts the manager there."""
    shop = codebase(
        {"shop.api": "@manager.route('/x', methods=['POST'])\nasync def f(): return {}", "shop.app": others}
    )

    assert [h.framework for h in shop.handlers(shop.select("api")).found] == [framework]


def test_models_of_flask_restx_are_schemas() -> None:
    """And dicts of fields; what is said of errors does not count."""
    text = """
api = Namespace('x')
order = api.model('Order', {})
page = api.inherit('Page', order, {})
parser = api.parser()
FIELDS = {'a': 1}
class V(Resource):
    @api.expect(order)
    @api.marshal_with(page, code=201)
    def post(self): ...
    @api.expect([order], validate=True)
    @api.response(404, 'no', nowhere)
    @api.response(200, 'yes', order)
    def put(self): ...
    @api.marshal_list_with(FIELDS)
    def get(self): ...
    @api.expect(parser)
    @api.marshal_with(nowhere)
    def patch(self): ...
    @api.response(204, 'deleted')
    def delete(self): return {}
"""

    assert slots(HEAD + text) == [
        (["expect: schema"], "schema"),
        (["expect: schema"], "schema"),
        ([], "schema"),
        (["expect: schema"], "unknown"),
        ([], "raw"),
    ]


def test_every_public_method_of_a_classful_view_answers() -> None:
    """By its name, or by what is above it; those of mixins as well."""
    text = """
from flask_classful import FlaskView, method, route
class Mixin:
    def index(self): ...
class Start(FlaskView):
    excluded_methods = ['helper', other]
    def helper(self): ...
    def before_request(self): ...
    def _own(self): ...
    def get(self, id): ...
    @property
    def here(self): ...
class V(Mixin, Start):
    def post(self): ...
    @route('/ping', methods=['PUT'])
    @route('/pong')
    def ping(self): ...
    def plain(self): ...
    @method('delete')
    def other(self): ...
"""

    assert sorted(titles(HEAD + text)) == [
        "Flask: DELETE /v/other V.other",
        "Flask: GET /start/<id> Start.get",
        "Flask: GET /v/ Mixin.index of V",
        "Flask: GET /v/<id> Start.get of V",
        "Flask: GET /v/plain V.plain",
        "Flask: GET /v/pong V.ping",
        "Flask: POST /v/ V.post",
        "Flask: PUT /v/ping V.ping",
    ]


def test_a_method_that_classful_views_inherit_answers_for_each_of_them() -> None:
    """With what each of them chooses; a base answers for itself only where it is registered."""
    text = """
from flask_classful import FlaskView
from shop.views import later
KIND = 'parts'
class Listed:
    def index(self, shop): return self._shown(self.rows())
    def _shown(self, rows): return self.schema().dump(rows)
class Start(Listed, FlaskView):
    route_prefix = '/v1/<shop>/'
class OrdersView(Start):
    schema = OrderOut
class PartsView(Start):
    route_base = f'all/{KIND}'
    def _shown(self, rows): return {'rows': rows}
class MoreView(PartsView):
    route_base = None
    route_prefix = later
class Kept(OrdersView):
    route_base = '/'
PartsView.register(app)
register(OrdersView)
"""

    assert sorted((h.title, h.output.kind) for h in handlers(HEAD + text)) == [
        ("GET /later/more/<shop> Listed.index of MoreView", "raw"),
        ("GET /v1/<shop>/ Listed.index of Kept", "schema"),
        ("GET /v1/<shop>/all/parts/ Listed.index of PartsView", "raw"),
        ("GET /v1/<shop>/orders/ Listed.index of OrdersView", "schema"),
    ]


@pytest.mark.parametrize(
    ("use", "expected"),
    [
        ("from shop.api import LinesView, Special\nSpecial.register(app)", ["GET /special/ Listed.index of Special"]),
        (
            "def make():\n    from shop.api import LinesView\n    LinesView.register(app, route_prefix='/v2')",
            ["GET /v2/lines/ Listed.index of LinesView"],
        ),
        ("from shop import api\ngetattr(api, name).register(app)", ["GET /lines/ Listed.index of LinesView"]),
        ("import shop.api\nVIEWS[0].register(app)", ["GET /lines/ Listed.index of LinesView"]),
        (
            "from shop import api\nfor v in vars(api).values(): v.register(app)",
            ["GET /lines/ Listed.index of LinesView"],
        ),
        (
            "from shop import api\nview = getattr(api, name)\nview.register(app)",
            ["GET /lines/ Listed.index of LinesView"],
        ),
        ("class V:\n    @classmethod\n    def register(cls, app): super().register(app)", []),
    ],
)
def test_a_classful_base_that_may_be_registered_answers_for_itself(use: str, expected: list[str]) -> None:
    """By its name, wherever it is imported, or by a class that is looked up, which may be any."""
    text = """
from flask_classful import FlaskView
class Listed:
    def index(self): return {}
class LinesView(Listed, FlaskView): ...
class Special(LinesView): ...
"""
    shown = [h.title for h in handlers(HEAD + text, {"shop.app": use})]

    assert sorted(shown) == sorted({*expected, "GET /special/ Listed.index of Special"})


def test_what_is_wrapped_around_a_view_may_answer_with_something_else() -> None:
    """The view is the function; what crosses is what the wrapper makes of it, unless that is the same."""
    text = (
        "def plain(f):\n    @app.get('/a')\n    @wraps(f)\n    def wrapper(): return f()\n    return wrapper\n"
        "def made(f):\n    @app.get('/b')\n    @wraps(f)\n    def wrapper(*args): return jsonify(f(*args))\n    return wrapper\n"
        "@plain\ndef x(): return {}\n@made\ndef y(): return {}\nmade(x)"
    )

    assert sorted((h.title, h.output.kind) for h in handlers(HEAD + text)) == [
        ("GET /a x", "raw"),
        ("GET /b x", "response"),
        ("GET /b y", "response"),
    ]


def test_a_base_of_views_that_hands_over_to_methods_is_no_view() -> None:
    """``dispatch_request`` answers where there are no methods by verb."""
    text = "".join(
        f"class {name}({base}):\n    def {method}(self): ...\n"
        for name, base, method in (
            ("Base", "MethodView", "dispatch_request"),
            ("U", "Base", "get"),
            ("V", "View", "dispatch_request"),
            ("W", "MethodView", "dispatch_request"),
        )
    )

    assert titles(HEAD + text) == ["Flask: GET U.get", "Flask: GET V.dispatch_request", "Flask: GET W.dispatch_request"]


@pytest.mark.parametrize(
    "text",
    [
        "@app.errorhandler(404)\ndef f(e): ...",
        "@app.before_request\ndef f(): ...",
        "cache = dict()\n@cache.get('/x')\ndef f(): ...",
        "app.add_url_rule('/x')",
        "class V(Nowhere):\n    def get(self): ...",
        "@app.cli.command('x')\ndef f(): ...",
    ],
)
def test_what_only_looks_like_a_view_is_none(text: str) -> None:
    """Other decorators, other classes."""
    assert titles(HEAD + text) == []


def test_a_module_that_has_to_do_with_fastapi_is_not_taken_for_flask() -> None:
    """A router that cannot be followed is FastAPI's there."""
    text = "import flask\nfrom fastapi import APIRouter\nfrom nowhere import other\n@other.route('/x')\ndef f(): ..."

    assert titles(text) == ["FastAPI: GET /x f"]


@pytest.mark.parametrize(
    ("text", "inputs", "output"),
    [
        ("@app.post('/')\ndef f(): return jsonify(a=1)", [], "response"),
        ("@app.post('/')\ndef f(): return 'text'", [], "response"),
        ("@app.post('/')\ndef f(): return f'{1}', 201", [], "response"),
        ("@app.post('/')\ndef f() -> str: ...", [], "response"),
        ("@app.post('/')\ndef f() -> tuple[Response, int]: ...", [], "response"),
        ("@app.post('/')\ndef f(): return render_template('x')", [], "response"),
        ("from flask_restx import marshal\n@app.post('/')\ndef f(): return marshal(rows(), fields)", [], "schema"),
        ("@app.post('/')\ndef f() -> None: return jsonify(1)", [], "response"),
        ("@app.post('/')\ndef f() -> None: ...", [], "none"),
        ("from typing import Any\n@app.post('/')\ndef f() -> Any: return jsonify(1)", [], "response"),
        ("@app.post('/')\ndef f() -> tuple: return 'x', 200", [], "response"),
        ("from flask.typing import ResponseReturnValue\n@app.post('/')\ndef f() -> 'ResponseReturnValue': return 'x', 200", [],
         "response"),
        ("@app.post('/')\ndef f() -> '???': return 'x'", [], "unknown"),
        ("@app.post('/')\ndef f(): return {'a': 1}", [], "raw"),
        ("@app.post('/')\ndef f(): return {'a': 1}, 201", [], "raw"),
        ("@app.post('/')\ndef f(): return dict(a=1)", [], "raw"),
        ("@app.post('/')\ndef f(): return helper()", [], "unknown"),
        ("@app.post('/')\ndef f(): return Row()", [], "orm"),
        ("@app.post('/')\ndef f() -> dict: ...", [], "raw"),
        ("@app.post('/')\ndef f() -> OrderIn: ...", [], "schema"),
        ("@app.post('/')\ndef f(body: OrderIn, number: int): return 'x'", ["body: schema"], "response"),
        ("@app.post('/')\ndef f(body): return 'x'", [], "response"),
        ("@blp.route('/')\nclass V(MethodView):\n    @blp.arguments(OrderIn)\n    @blp.response(201, OrderOut(many=True))\n"
         "    def post(self, data): ...", ["arguments: schema"], "schema"),
        ("@app.post('/')\n@app.input(OrderIn)\n@app.output(OrderOut, 201)\ndef f(data): ...", ["input: schema"], "schema"),
        ("@app.post('/')\n@app.input(OrderIn, location='query')\n@app.output({}, 204)\ndef f(data): return 'x'",
         ["input: schema"], "response"),
        ("@app.post('/')\n@app.input(dict, location='query')\ndef f(data): return 'x'", [], "response"),
        ("@app.post('/')\n@validate_querystring(OrderIn)\ndef f(data): return 'x'", ["validate_querystring: schema"], "response"),
        ("@app.post('/')\n@app.input({'a': 1}, location='query')\n@app.output({'a': 1})\ndef f(data): ...", ["input: schema"], "schema"),
        ("@app.post('/')\n@app.output(204)\ndef f(data): ...", [], "none"),
        ("@app.post('/')\n@blp.response(HTTPStatus.CREATED, schema=OrderOut)\ndef f(data): ...", [], "schema"),
        ("@app.post('/')\n@validate_request(OrderIn)\n@validate_response(OrderOut, 201)\ndef f(data): ...",
         ["validate_request: schema"], "schema"),
        ("from flask.typing import ResponseReturnValue as R\n@app.post('/')\ndef f() -> R: return redirect('/')", [], "response"),
        ("import flask.typing as ft\n@app.post('/')\ndef f() -> ft.ResponseReturnValue: return {'a': 1}", [], "raw"),
        ("from typing import Any, Union\n@app.post('/')\ndef f() -> Union[Response, Any]: return redirect('/')", [], "response"),
        ("from typing import Any, Optional\n@app.post('/')\ndef f() -> Optional[Any]: return {'a': 1}", [], "raw"),
        ("from typing import Any, Union\n@app.post('/')\ndef f() -> Union[dict, Any]: return nowhere()", [], "raw"),
        ("from typing import Any, Union\n@app.post('/')\ndef f() -> Union[Any, 'Row']: return nowhere()", [], "orm"),
        ("import flask.typing as ft\nR = ft.ResponseReturnValue\n@app.post('/')\ndef f() -> R: return redirect('/')", [], "response"),
        ("SOME = {'a': 1}\n@app.post('/')\ndef f(): return SOME", [], "raw"),
        ("NOTHING = ('', 204)\n@app.post('/')\ndef f():\n    from shop.api import NOTHING\n    return NOTHING", [], "none"),
        ("NOTHING = ('', 204)\n@app.post('/')\ndef f(): return NOTHING", [], "none"),
        ("@app.post('/')\ndef f(): return NOWHERE", [], "unknown"),
        ("cache = ''\n@app.post('/')\ndef f(): return cache", [], "unknown"),
        ("@app.post('/')\ndef f(): return '%s' % 1", [], "response"),
        ("@app.post('/')\ndef f(): return x + 'a' + y", [], "response"),
        ("@app.post('/')\ndef f(): return ', '.join(x)", [], "response"),
        ("@app.post('/')\ndef f(): return x % 'a'", [], "unknown"),
        ("@app.post('/')\ndef f(): return app.response_class('x')", [], "response"),
        ("@app.post('/')\n@use_args({'a': 1})\ndef f(data): return 'x'", ["use_args: schema"], "response"),
        ("ONE = OrderOut()\n@app.post('/')\n@blp.arguments(ONE)\n@blp.response(200, ONE)\ndef f(data): ...",
         ["arguments: schema"], "schema"),
        ("class V(MethodView):\n    one = OrderOut(many=True)\n    def make(self) -> OrderOut: ...\n"
         "    @use_kwargs(one)\n    @use_args(make, location='query')\n    def get(self): return 'x'",
         ["use_kwargs: schema", "use_args: schema"], "response"),
        ("@app.post('/')\n@validate(request=OrderIn, querystring=OrderIn, responses={201: (OrderOut, None), 400: (dict, None)})\n"
         "def f(data): ...", ["request: schema", "querystring: schema"], "schema"),
        ("@app.post('/')\n@validate(responses={200: OrderOut})\ndef f(): ...", [], "schema"),
        ("@app.post('/')\n@validate(responses={200: OrderOut, 202: dict})\ndef f(): ...", [], "raw"),
        ("@app.post('/')\n@validate(responses={400: OrderOut})\ndef f(): return 'x'", [], "response"),
        ("@app.post('/')\n@validate(responses=many)\ndef f(): return 'x'", [], "response"),
        ("@app.post('/')\n@typed(ns.expect(OrderIn), ns.marshal_with(OrderOut))\ndef f(): ...", ["expect: schema"], "schema"),
        ("from apifairy import body, response\n@app.post('/')\n@body(OrderIn)\n@response(OrderOut)\ndef f(data): ...",
         ["body: schema"], "schema"),
        ("from apifairy import response\n@app.post('/')\n@response(OrderOut, status_code=204)\ndef f(data): return {}", [], "none"),
        ("from flask.typing import ResponseReturnValue\nLater = NewType('Later', ResponseReturnValue)\n@app.post('/')\n"
         "def f() -> Later: return jsonify(1)", [], "response"),
        ("from flask.typing import ResponseReturnValue\ndef g() -> ResponseReturnValue: return jsonify(1)\n@app.post('/')\n"
         "def f(): return g()", [], "response"),
        ("@app.post('/')\ndef f(): return x is not None, 200", [], "response"),
        ("@app.post('/')\ndef f(): return not x", [], "response"),
        ("@app.post('/')\n@blp.response(OrderOut)\ndef f(): return {}", [], "schema"),
        ("@app.post('/')\n@ns.response(NotFound)\ndef f(): return 'x'", [], "response"),
        ("@app.post('/')\n@ns.response(200, model=OrderOut)\ndef f(): return 'x'", [], "schema"),
        ("P = ns.parser()\n@app.post('/')\n@ns.expect(P.copy())\ndef f(): return 'x'", ["expect: schema"], "response"),
        ("def made(of): return type('M', (OrderOut,), {})\n@app.post('/')\n@blp.response(200, made(OrderIn))\ndef f(): ...",
         [], "schema"),
        ("def made(of):\n    m = type('M', (OrderOut,), {})\n    return m\n@app.post('/')\n@blp.response(200, made(OrderIn))\ndef f(): ...",
         [], "schema"),
        ("def made(of):\n    other.m = 1\n    return type('M', (), {}) if x else 1\n@app.post('/')\n@blp.response(200, made(1))\ndef f(): ...",
         [], "unknown"),
        ("@app.post('/')\ndef f() -> tuple[OrderOut, int]: ...", [], "schema"),
        ("from flask_restx import abort\n@app.post('/')\ndef f(): return abort(404)", [], "response"),
        ("@app.post('/')\n@blp.response(200, OrderOut.from_dict({}))\ndef f(): ...", [], "schema"),
        ("@app.post('/')\n@ns.marshal_with(ns.model('M', {}))\ndef f(): ...", [], "schema"),
        ("def guard(f):\n    @wraps(f)\n    def inner(*a, **k): return f(*a, **k)\n    @wraps(inner)\n    def outer(*a, **k): return inner(*a, **k)\n"
         "    return outer\n@app.post('/')\n@guard\ndef f(): return jsonify({})", [], "response"),
        ("M = ns.model('M', {})\nM = M.copy()\n@app.post('/')\n@ns.marshal_with(M)\ndef f(): return {}", [], "schema"),
        ("A = B.copy()\nB = A.copy()\n@app.post('/')\n@ns.marshal_with(B)\ndef f(): return {}", [], "unknown"),
        ("TEXT = 'done'\n@app.post('/')\n@ns.response(200, TEXT)\n@ns.marshal_with(OrderOut)\ndef f(): ...", [], "schema"),
        ("DONE = {}\n@app.post('/')\n@ns.response(200, DONE)\ndef f(): return {}", [], "raw"),
        ("FIELDS = {'a': 1}\n@app.post('/')\n@app.output(FIELDS)\ndef f(): return {}", [], "schema"),
        ("@app.post('/')\n@ns.response(200, f'{x}')\ndef f(): return {}", [], "raw"),
        ("@app.post('/')\n@ns.response(200, 'all %s' % x, OrderOut)\ndef f(): return found()", [], "schema"),
        ("@marshal_with(OrderOut)\n@ns.response(200, OrderIn)\nclass V(MethodView):\n    def get(self): return {}", [], "schema"),
        ("class B(Schema):\n    @classmethod\n    @property\n    def Out(cls): return type('Out', (OrderOut,), {})\n"
         "@app.post('/')\n@blp.response(200, B.Out)\ndef f(): ...", [], "schema"),
        ("class B(Schema):\n    @property\n    def Out(cls): return made()\n@app.post('/')\n@blp.response(200, B.Out)\ndef f(): ...",
         [], "schema"),  # what else would it be
        ("from flask_restx import marshal\ndef chosen(f):\n    @wraps(f)\n    def wrapper(*a): return marshal(f(*a), M)\n    return wrapper\n"
         "@app.post('/')\n@chosen\ndef f(): return {'a': 1}", [], "schema"),
        ("class Own:\n    resource_fields = {}\n@app.post('/')\n@marshal_with(Own)\ndef f(): return {}", [], "schema"),
        ("class Own: ...\n@app.post('/')\n@marshal_with(Own)\ndef f(): return {}", [], "unknown"),
        ("from absent import Odd\nclass Own(Odd): ...\n@app.post('/')\n@marshal_with(Own)\ndef f(): return {}", [], "unknown"),
        ("F = dict(a=1)\n@app.post('/')\n@marshal_with(F)\ndef f(): return {}", [], "schema"),
        ("F = {k: 1 for k in x}\n@app.post('/')\n@marshal_with(F)\ndef f(): return {}", [], "schema"),
        ("def plain(f):\n    @wraps(f)\n    def wrapper(*a): return jsonify(f(*a))\n    return wrapper\n"
         "@app.post('/')\n@plain\ndef f(): return {'a': 1}", [], "response"),
        ("def plain(f):\n    @wraps(f)\n    def wrapper(*a): return shown(f(*a))\n    return wrapper\n"
         "@app.post('/')\n@plain\ndef f(): return {'a': 1}", [], "raw"),
        ("def made():\n    return ns.model('M', {})\nM = made()\n@app.post('/')\n@ns.marshal_with(M)\ndef f(): ...", [], "schema"),
        ("from apiflask import fields\n@app.post('/')\n@app.output(fields.String(metadata={}))\ndef f(): ...", [], "scalar"),
        ("from apiflask import fields\n@app.post('/')\n@app.output(fields.Dict())\ndef f(): ...", [], "raw"),
        ("def answer(): return jsonify(1)\n@app.post('/')\ndef f() -> answer: return answer()", [], "response"),
        ("@app.post('/')\n@ns.marshal_with(M := ns.model('M', {}))\ndef f(): ...", [], "schema"),
        ("@app.post('/')\n@ns.response(200, 'x', fields.List(fields.Nested(ns.model('M', {}))))\ndef f(): ...", [], "schema"),
        ("def class_schema(of) -> type[Schema]: ...\nS = class_schema(OrderIn)\n@app.post('/')\n@blp.arguments(S)\n"
         "@blp.response(200, S(many=True))\ndef f(data): ...", ["arguments: schema"], "schema"),
        ("@app.post('/')\n@ns.response(200, 'x', fields.List(fields.String))\ndef f(): ...", [], "scalar"),
        ("@app.post('/')\ndef f() -> tuple[Resource, int] | Response: return {}", [], "raw"),
        ("@app.post('/')\ndef f() -> tuple[Resource]: return jsonify(1)", [], "response"),
        ("@app.post('/')\ndef f() -> str | None: return {}", [], "response"),
    ],
)  # fmt: skip
def test_what_crosses_is_in_decorators_and_annotations(text: str, inputs: list[str], output: str) -> None:
    """A text is a response; a dict is undeclared; what a helper makes is unknown."""
    assert slots(HEAD + text) == [(inputs, output)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "def make(bp):\n    import os, flask\n    @bp.route('/x')\n    def f(): ...",
            ["Flask: GET /x make.<locals>.f"],
        ),
        ("from x import bp\n@bp.route('/x')\ndef f():\n    from flask import g", ["Flask: GET /x f"]),
        ("from x import r\n@r.get('/x')\ndef f():\n    from django.conf import settings", ["FastAPI: GET /x f"]),
        ("def make(bp):\n    @bp.route('/<x>')\n    def f(x): ...", ["Flask: GET /<x> make.<locals>.f"]),
        (
            '"""\nimport .env, and\nimport ,\n"""\ndef make(bp):\n    @bp.route(\'/<x>\')\n    def f(x): ...',
            ["Flask: GET /<x> make.<locals>.f"],
        ),
        (
            "import os; import flask\ndef make(bp):\n    @bp.route('/x')\n    def f(x): ...",
            ["Flask: GET /x make.<locals>.f"],
        ),
        ("import bottle\ndef make(bp):\n    @bp.route('/<x>')\n    def f(x): ...", []),
    ],
)
def test_a_blueprint_that_is_handed_over_is_known_by_what_is_around_it(text: str, expected: list[str]) -> None:
    """Imports in functions, and parameters in the path that are not written as FastAPI has them."""
    assert titles(text) == expected


def test_a_websocket_returns_nothing() -> None:
    """Whatever it does."""
    (handler,) = handlers(
        "from quart import Blueprint\nbp = Blueprint('x')\n@bp.websocket('/x')\nasync def f(): return {}"
    )

    assert (handler.kind, handler.output.kind, handler.is_async) == ("websocket", "none", True)


@pytest.mark.parametrize(
    ("constants", "kind"),
    [
        ("NOTHING = '', 204", "none"),
        ("NOTHING = {}", "raw"),
        ("NOTHING = ''\nif DEBUG:\n    NOTHING = {}", "raw"),
        ("NOTHING = load()\nif DEBUG:\n    NOTHING = ''", "unknown"),
        ("NOTHING = ''\ndef change():\n    global OTHER, NOTHING\n    NOTHING = {}", "unknown"),
        ("def NOTHING(): ...", "unknown"),
    ],
)
def test_a_constant_is_what_it_is_written_as(constants: str, kind: str) -> None:
    """Unless something else may give it another value."""
    (handler,) = handlers(f"{HEAD}{constants}\n@app.route('/x')\ndef f(): return NOTHING")

    assert handler.output.kind == kind


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("if bad: return {'error': 1}, 404\n    return '', 204", "none"),
        ("if bad: return {'error': 1}, 404\n    return {}, HTTPStatus.NO_CONTENT", "none"),
        ("try: return jsonify(1)\n    except E as e: return {'error': 1}, e.status", "response"),
        ("if bad: return {'error': 1}, e.status\n    return jsonify(1)", "raw"),
        ("try: return jsonify(1)\n    except E as e: return {'error': 1}", "raw"),
        ("return {'a': 1}, 'x'", "raw"),
        ("try: r, s = jsonify(1), 200\n    except E as e: r, s = {}, e.code\n    return r, s", "response"),
        ("r, s = jsonify(1), 200\n    if x: r, s = {}, HTTPStatus.NOT_FOUND\n    return r, s", "response"),
        ("r, s = {}, 204\n    return r, s", "none"),
        ("r, s = jsonify(1), 200\n    if x: r, s = {}, 201\n    return r, s", "raw"),
        ("r, s = jsonify(1), 200\n    if x: r = {}\n    return r, s", "raw"),
        ("r, s = {}, 404\n    return r, s", "raw"),
        ("r, s = {}, 404\n    return r, 404", "raw"),
        ("r, s = jsonify(1), 200\n    if x: r, s = nowhere()\n    return r, s", "unknown"),
        ("r, s = jsonify(1), 200\n    for r, s in y: pass\n    return r, s", "unknown"),
        ("r, s = jsonify(1), 200\n    if x: s = 201\n    return r, s", "response"),
        ("if bad: return {'error': 1}, HTTPStatus.NOT_FOUND\n    return 'x'", "response"),
        ("if bad: return {'made': 1}, 201\n    return 'x'", "raw"),
        ("if bad: return {'made': 1}, status\n    return 'x'", "raw"),
        ("if bad: return {'made': 1}, make()\n    return 'x'", "raw"),
        ("return {'error': 1}, 404", "raw"),
    ],
)
def test_what_is_returned_when_all_goes_well_decides(body: str, kind: str) -> None:
    """Unless there is nothing but errors."""
    (handler,) = handlers(f"{HEAD}@app.route('/x')\ndef f():\n    {body}")

    assert handler.output.kind == kind


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("return OrderOut().dump(1)", "schema"),
        ("return OrderOut(many=True).dump(1), 200", "schema"),
        ("s = OrderOut()\n    d = s.dump(1)\n    return d", "schema"),
        ("return ONE.dump(1)", "schema"),
        ("return [OrderOut().dump(x) for x in y]", "schema"),
        ("return [OrderOut().dump(1), OrderOut().dump(2)]", "schema"),
        ("return [OrderOut().dump(1), {}]", "raw"),
        ("return {'items': OrderOut().dump(1)}", "raw"),
        ("if x: return jsonify(1)\n    return OrderOut().dump(1)", "response"),
        ("return OrderIn().dump(1)", "raw"),
        ("return nowhere.dump(1)", "unknown"),
        ("return OrderOut().dumps(1)", "schema"),
        ("return json.dumps(nowhere())", "response"),
        ("return json.dumps({})", "response"),
        ("return Service().own()", "schema"),
        ("return Service().other()", "unknown"),
        ("return again()", "raw"),
        ("return to_and_fro()", "unknown"),
        ("return anything()", "response"),
        ("return anything_else()", "response"),
        ("value, error = found()\n    if error: return error\n    return jsonify(value)", "response"),
        ("value, error = found()\n    return value", "raw"),
        ("value, error = said()\n    return error", "response"),
        ("value, error, more = said()\n    return more", "unknown"),
        ("value, error = await said()\n    return error", "response"),
        ("value, error = nowhere()\n    return error", "unknown"),
        ("error = None\n    value, error = nowhere()\n    return error", "unknown"),
        ("error = None\n    value, error = found()\n    return error", "response"),
        ("value = None\n    value, error = found()\n    return value", "raw"),
        ("value, error = 1, jsonify(1)\n    return error", "response"),
        ("(value, other.error) = found()\n    return error", "unknown"),
        ("*value, error = found()\n    return error", "unknown"),
        ("value, error = whole()\n    return error", "response"),
        ("if x: return BadRequest('')\n    return jsonify(1)", "response"),
        ("return Service.dumped(1)", "schema"),
        ("return Service().said()", "schema"),
        ("return fields()", "raw"),
        ("return listed()", "raw"),
        ("return noted()", "raw"),
        ("return counted()", "raw"),
        ("return text()", "response"),
        ("return silent()", "none"),
        ("return answered()", "response"),
        ("return either()", "response"),
        ("return quoted()", "response"),
        ("return maybe()", "response"),
        ("return unclear()", "unknown"),
        ("return mixed()", "raw"),
        ("return of_two_minds()", "raw"),
        ("return told()", "unknown"),
        ("return streamed()", "response"),
        ("return given_by_decorator()", "unknown"),
        ("if x: return refuse(404)\n    return render_template('x')", "response"),
        ("if x: return planned(404)\n    return render_template('x')", "response"),
        ("return Service().as_text, 200", "response"),
        ("return Service().shown, 200", "unknown"),
        ("self.answer = {'a': 1}\n    return self.answer", "raw"),
        ("self.other = {'a': 1}\n    x.answer = 1\n    return self.answer", "unknown"),
        ("if x: self.answer = jsonify(1)\n    return self.answer", "unknown"),
        ("return [Model(a=1) for x in y]", "schema"),
        ("return [Model(a=1), {}]", "raw"),
        ("return Model(a=1)", "schema"),
        ("return asdict(Model(a=1))", "schema"),
        ("return asdict(found)", "raw"),
        ("return Absent().dump(1)", "schema"),
        ("return NoSchema().dump(1)", "raw"),
        ("return aliased()", "response"),
        ("found = refused()\n    if found: return found\n    return render_template('x')", "response"),
        ("return refused()", "none"),
        ("return always_refused()", "raw"),
        ("return refused_by(1)", "none"),
        ("return ['a', 'b']", "scalar"),
        ("return ['a', {}]", "raw"),
        ("found = OrderOut(many=True).dump(x)\n    for each in found: each['x'] = 1\n    return found", "raw"),
        ("return settings.DONE, 200", "raw"),
        ("return settings.done, 200", "raw"),
        ("return settings.TWICE", "unknown"),
        ("return OrderOut().dump(1).data", "schema"),
        ("return find(1).data", "unknown"),
        ("try: x = find()\n    except E as e: return e.answer()\n    return jsonify(x)", "response"),
        ("try: x = find()\n    except E: return other.answer()\n    return jsonify(x)", "unknown"),
        ("return framed(jsonify(1))", "response"),
        ("r = jsonify(1)\n    r = framed(r)\n    return r", "response"),
        ("return framed({})", "raw"),
        ("return framed(session.get(Row, 1))", "orm"),
        ("return framed(find())", "unknown"),
        ("return reframed(jsonify(1))", "unknown"),
        ("return current_app.make_default_options_response()", "response"),
        ("if x: return not_found('x')\n    return OrderOut().dump(1)", "schema"),
        ("return not_found('x')", "response"),
        ("if x: return get_last_error('x')\n    return OrderOut().dump(1)", "raw"),
        ("if x: return error_counts('x')\n    return OrderOut().dump(1)", "raw"),
        ("for x in y:\n        r = framed(r) if x else {}\n    return r", "raw"),
        ("return requests.get('x').text, 200", "response"),
        ("r = requests.get('x')\n    return r.content", "response"),
        ("r = find()\n    return r.content", "unknown"),
        ("return requests.get('x').json()", "raw"),
        ("return request.get_json()", "raw"),
        ("return request.get_json(True)", "unknown"),
        ("return json.loads(x)", "raw"),
        ("return found.model_dump_json()", "schema"),
        ("return find() + [{}]", "raw"),
        ("return self.render('x.html')", "response"),
        ("return Service.of().shown()", "response"),
        ("return Service.made().shown()", "response"),
        ("return Service.itself().shown()", "response"),
        ("return Service.another().shown()", "unknown"),
        ("return Service.by_name('x').shown()", "unknown"),
        ("return handed(answered_deeply, 1)", "response"),
        ("return handed(x=1, call=fields)", "raw"),
        ("return handed(nowhere, 1)", "unknown"),
        ("return handed(lambda x: x, 1)", "unknown"),
        ("return Service().hand(answered_deeply)", "response"),
        ("return classed()", "response"),
        ("return by_function()", "response"),
        ("return Model().model_dump()", "schema"),
        ("return Model().dict(), 201", "schema"),
        ("return [m.model_dump() for m in found]", "schema"),
        ("return found.model_dump()", "schema"),
        ("return found.dict()", "raw"),
        ("return OrderOut().to_dict()", "raw"),
        ("if x: return {'a': 1}\n    return Model().model_dump()", "raw"),
        ("return dumped_too()", "schema"),
        ("return out.getvalue().encode('utf-8')", "response"),
        ("return jwt.decode(token)", "unknown"),
        ("data = find()\n    data['x'] = 1\n    return data", "raw"),
        ("data = find()\n    data[0] = 1\n    return data", "unknown"),
        ("data = OrderOut().dump(1)\n    data['x'] = 1\n    return data", "raw"),
        ("return list(find())", "raw"),
        ("return list(OrderOut().dump(x, many=True))", "schema"),
        ("return sorted()", "unknown"),
        ("return found.to_json_dict()", "raw"),
        ("if x: return nowhere()\n    return {}", "raw"),
        ("return failing()", "response"),
        ("return deep(5)", "response"),
        ("return too_deep()", "unknown"),
        ("return around()", "unknown"),
        ("out = []\n    out.append({})\n    return out", "raw"),
        ("return [[[[[[OrderOut().dump(1)]]]]]]", "raw"),
        ("return named(data=1)", "raw"),
        ("return narrowed(session.get(Row, 1))", "raw"),
        ("return jsonify(OrderOut().dump(1))", "schema"),
        ("return make_response(jsonify(OrderOut().dump(1)), 201)", "schema"),
        ("return jsonify({'a': OrderOut().dump(1)})", "response"),
        ("return ONE.jsonify(x)", "schema"),
        ("return said_to_be_a_dict()", "schema"),
        ("return said_to_be_anything()", "schema"),
        ("return a_dict_indeed()", "raw"),
        ("return list(letters())", "response"),
        ("return sorted(letters())", "response"),
        ("return '', 202", "none"),
        ("return both_ways()", "response"),
        ("return TEXT", "response"),
        ("found = find()\n    found.update({'a': 1})\n    return found", "raw"),
        ("found = find()\n    found.update(other)\n    return found", "unknown"),
        ("return found.serialize()", "raw"),
        ("return 'a,b'.strip().lower()", "response"),
        ("return ANSWERS(jsonify(1))", "response"),
        ("return ANSWERS({})", "raw"),
        ("return ONE(1)", "unknown"),
        ("return framed_by_others(jsonify(1))", "response"),
        ("return framed_by_others({})", "raw"),
        ("return framed_by_others(session.get(Row, 1))", "orm"),
        ("return reframed_by_others({})", "unknown"),
        ("value, status = with_status({})\n    return value, status", "raw"),
        ("value, status = with_status(jsonify(1))\n    return value, status", "response"),
        ("value, status = with_status(OrderOut().dump(1))\n    return value, status", "schema"),
    ],
)
def test_what_helpers_return_counts(body: str, kind: str) -> None:
    """What a schema of marshmallow makes is of that schema; a status beside it, and errors, do not matter."""
    text = """
ONE = OrderOut()
class Answers:
    def __call__(self, value): return value
ANSWERS = Answers()
def named(code=0, **kwargs):
    data = {'code': code}
    data.update(**kwargs)
    return data
def narrowed(value):
    if isinstance(value, list): return [{}]
    return value
def said_to_be_a_dict() -> dict: return OrderOut().dump(1)
def said_to_be_anything() -> Iterable[Union[Mapping, int, None]]:
    if x: return {}, 404
    return OrderOut().dump(1), 200
def a_dict_indeed() -> dict:
    if x: return {}
    return OrderOut().dump(1)
def letters() -> list[str]: return nowhere()
def both_ways():
    if x: return OrderOut().dump(1)
    return Response(nowhere())
TEXT = nowhere().read_text().strip()
def framed_by_others(value): return framed(value)
def reframed_by_others(value):
    value = nowhere(value)
    return framed(value)
def with_status(value, status=200): return value, status
class Service:
    @classmethod
    def dumped(cls, x): return OrderOut().dump(x)
    def said(self) -> OrderOut: return OrderOut().dump(1)
    def hand(self, call): return call(1)
    def shown(self): return jsonify(1)
    @property
    def as_text(self) -> str: return find()
    @classmethod
    def of(cls: type[T]) -> T: return cls()
    @classmethod
    def made(cls): return cls()
    @classmethod
    def itself(cls) -> 'Self': return cls()
    @classmethod
    def another(cls): return odd()
    @classmethod
    def by_name(cls, name) -> 'list[T]': return odd()
    def own(self): return self.schema().dump(1)
    def other(self): return self.odd().dump(1)
def fields(): return {'a': 1}
def listed(): return [{}]
def noted() -> dict: return {}
def counted() -> 'dict[str, int]': return {}
def text() -> str: return 'x'
def silent(): return None
def answered() -> tuple[Response, int] | None: return jsonify(1), 200
def either() -> Union[Response, str]: return 'x'
def quoted() -> 'Optional[Response]': return None
def maybe() -> Tuple[Response, int]: return jsonify(1), 200
def unclear(): return nowhere()
def mixed(): return {} if x else nowhere()
def of_two_minds(): return jsonify(1) if x else {}
import json, requests
from flask import make_response
import shop.settings as settings
from flask.typing import ResponseReturnValue
View = ResponseReturnValue
def aliased() -> View: return jsonify(1)
def refused():
    if x: return {'error': 1}, 403
def always_refused():
    try: return {'error': 1}, 403
    except E: return {}, 400
def refused_by(x):
    with y:
        if x: return {'error': 1}, 403
        else: log()
def framed(response):
    if x: response.headers['a'] = 'b'
    return response
def reframed(response):
    response = other(response)
    return response
def get_last_error(x): return {'a': 1}
def error_counts(x): return {'a': 1}
def not_found(text): return jsonify(text), 404
from absent import AutoSchema, Odd
class Absent(AutoSchema): ...
class NoSchema(Odd): ...
def refuse(code): quit(code)
def streamed():
    yield {}
@made
def given_by_decorator():
    refuse(1)
def planned(code): ...
T = TypeVar('T')
def handed(call, x): return call(x)
class Model(BaseModel): ...
def classed() -> Flask.response_class: return odd()
def by_function() -> answered: return jsonify(1)
def dumped_too(): return Model().model_dump()
def told(*, plain=False): return {} if plain else jsonify(1)
def failing():
    if x: return {'error': 1}, 404
    return jsonify(1)
def deep(n): return answered_deeply(n)
def answered_deeply(n): return jsonify(n)
def too_deep(): return a()
def a(): return b()
def b(): return c()
def c(): return d()
def d(): return e()
def e(): return jsonify(1)
def around(): return around()
def anything() -> Any: return jsonify(1)
def anything_else() -> tuple[Any, int]: return jsonify(1), 200
def found():
    if x: return {}, None
    return None, (jsonify(1), 400)
def said() -> tuple[dict, Response | None]: return {}, None
def whole(): return found()
def again(): return {} if x else again()
def to_and_fro(): return fro_and_to()
def fro_and_to(): return to_and_fro()
"""
    before = "import json\nfrom typing import Any, Optional, Tuple, Union\nfrom werkzeug.exceptions import BadRequest\n"

    others = {"shop.settings": "DONE = {'message': 'done'}\ndone = {}\nTWICE = {}\nTWICE = []\n"}
    assert slots(f"{before}{HEAD}{text}@app.get('/')\ndef f():\n    {body}", others) == [([], kind)]


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("r = Row.query.all()\n    r = OrderOut().dump(r)\n    return r", "schema"),
        ("r = Row.query.all()\n    r = {}\n    return r", "raw"),
        ("r = Row.query.all()\n    r: dict = {}\n    return r", "raw"),
        ("r = Row.query.all()\n    if x: r = {}\n    return r", "orm"),
        ("r = Row.query.all()\n    for x in y: r = {}\n    return r", "orm"),
        ("r = Row.query.all()\n    try: r = {}\n    except E: return r\n    return r", "orm"),
        ("r = Row.query.all()\n    if x:\n        r = {}\n        return r", "raw"),
        ("r = {}\n    if x:\n        r = Row.query.all()\n    else:\n        return r\n    return 'x'", "orm"),
        ("r = Row.query.all()\n    match x:\n        case 1:\n            r = {}\n            return r", "raw"),
        ("r = Row.query.all()\n    self.r = {}\n    return r", "orm"),
        ("r = Row.query.all()\n    r = jsonify(1)\n    return r", "response"),
        ("r = Row.query.all()\n    def g():\n        return r\n    r = {}\n    return r", "raw"),
    ],
)
def test_the_last_value_of_a_name_counts(body: str, kind: str) -> None:
    """As far as nothing can leave it out."""
    assert slots(f"{HEAD}@app.get('/')\ndef f():\n    {body}") == [([], kind)]


def test_a_decorator_of_the_project_may_load_and_dump() -> None:
    """By the schema that it is given, or one that it makes of the class; what it does not use says nothing."""
    text = """
def loads(schema_class):
    def wrap(f):
        def inner(*a): return f(schema_class().load(request.json))
        return inner
    return wrap
def both(taken, given, *, name=None, unused=None):
    def wrap(f):
        def inner(*a):
            shown = given() if callable(given) else given
            if callable(given): shown = given()
            else: shown = given
            return show(f(taken.loads(1)), shown)
        return inner
    return wrap
def show(value, schema): return [schema.dump(value), schema.odd(), nowhere(schema)]
ONE = OrderOut()
@app.post('/a')
@loads(OrderOut)
def a(data): return 'x'
@app.post('/b')
@both(ONE, OrderOut, name='x', unused=OrderIn)
def b(data): return nowhere()
@app.post('/c')
@both(None, OrderOut)
def c(data): return nowhere()
@app.post('/d')
@nowhere(OrderOut)
def d(data): return 'x'
def taking(schema, **options): return parser.use_args(schema, location='json', **options)
def shown(schema):
    def wrap(f):
        @blp.response(200, schema())
        def inner(*a): return f(*a)
        return inner
    return wrap
@app.post('/e')
@taking(OrderOut)
@shown(OrderOut)
def e(data): return nowhere()
"""

    assert slots(HEAD + text) == [
        (["schema_class: schema"], "response"),
        (["taken: schema"], "schema"),
        ([], "schema"),
        ([], "response"),
        (["schema: schema"], "schema"),
    ]


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("shown = paged(given) if is_paged else given\n            return show(a, shown)", "schema"),
        ("shown = paged(given) if is_paged else given\n            return shown.dump(a)", "schema"),
        ("return (given if not is_paged else paged(given)).dump(a)", "schema"),
        ("return show(a, given if not is_paged else paged(given))", "schema"),
        ("shown = paged(1) if is_paged else another\n            return show(a, shown)", "orm"),
        ("shown = paged(given) if given else another\n            return show(a, shown)", "orm"),
        ("shown = given if is_paged else None\n            return a", "orm"),
        ("shown = None if is_paged else given\n            return show(a, shown)", "orm"),
    ],
)
def test_a_decorator_of_the_project_may_dump_by_one_of_two_schemas(body: str, kind: str) -> None:
    """One of them what it is given."""
    text = f"""
def paged(schema): return Paged()
def show(value, schema): return value if isinstance(value, dict) else schema.dump(value)
def shows(given, is_paged=False):
    def wrap(f):
        def inner(*a):
            a = f(*a)
            {body}
        return inner
    return wrap
@app.post('/')
@shows(OrderOut())
def f(): return Row.query.all()
"""

    assert slots(HEAD + text) == [([], kind)]


def test_the_path_of_a_class_is_where_it_is_registered() -> None:
    """In any module; the first of several counts, and a class that is no view has none."""
    text = """
from flask_restful import Api
from shop.more import Elsewhere
api = Api(bp)
class A(Resource):
    def get(self): ...
class B(MethodView):
    def get(self): ...
class C(Resource):
    def get(self): ...
class D(MethodView):
    def get(self): ...
api.add_resource(A, '/a', '/b')
api.add_resource(A, '/c')
api.add_resource()
b = B.as_view('b')
pre = Blueprint('pre', __name__, url_prefix='/pre')
pre.add_url_rule('/b', view_func=login_required(b))
pre.add_url_rule('/f', view_func=view)
more = api.namespace('more')
@more.route('/r')
class E(Resource):
    def get(self): ...
"""
    others = {
        "shop.urls": "from shop.api import api, C\napi.add_resource(C, '/c')",
        "shop.more": "class Elsewhere: ...",
    }

    assert titles(HEAD + text, others) == [
        "Flask: GET /pre/f view",
        "Flask: GET /a A.get",
        "Flask: GET /pre/b B.get",
        "Flask: GET /c C.get",
        "Flask: GET D.get",
        "Flask: GET /more/r E.get",
    ]


def test_a_schema_that_dumps_says_more_than_an_annotation() -> None:
    """Which Flask does not look at."""
    text = "@app.get('/')\ndef f() -> list[dict]: return OrderOut().dump(1), 200\n@app.get('/')\ndef g() -> dict: return {}"

    assert slots(HEAD + text) == [([], "schema"), ([], "raw")]


def test_queries_of_openapi3_are_inputs() -> None:
    """Where they are models."""
    text = "@app.get('/')\ndef f(path: OrderIn, query: OrderIn, header: dict, body: dict): return 'x'"

    assert slots(HEAD + text) == [(["query: schema", "body: raw"], "response")]


@pytest.mark.parametrize(
    "registers",
    [
        "self.app.route('/own' + rule)(f)",
        "self.app.add_url_rule('/own' + rule, view_func=f)",
        "@self.app.get('/own' + rule)\n            def g(*args, **kwargs): return f(*args, **kwargs)",
    ],
)
def test_a_route_of_the_project_is_followed(registers: str) -> None:
    """And not taken for one of Flask as well; functions of one name are each what they are."""
    text = f"""
class Group:
    def __init__(self, app: Flask): self.app = app
    def route(self, rule):
        def decorator(f):
            {registers}
            return f
        return decorator
class Things(Group):
    def initialize(self):
        @self.route('/one')
        def _(): return {{}}
        @self.route('/two')
        def _(): return jsonify(1)
"""

    found = [(h.path, h.output.kind) for h in handlers(HEAD + text) if h.output.kind != "unknown"]
    assert found == [("/own/one", "raw"), ("/own/two", "response")]


@pytest.mark.parametrize(
    ("returns", "kind"),
    [
        ("if not isinstance(found, dict): return found\n            return render_template('x', **found)", "response"),
        ("if found is None: found = {}\n            elif not isinstance(found, dict): return found\n"
         "            return render_template('x', **found)", "response"),
        ("return found", "raw"),
        ("if not isinstance(found, list): return found\n            return render_template('x', **found)", "raw"),
        ("if not isinstance(found, dict): return found\n            return show(found)", "raw"),
        ("if isinstance(found, dict): return found\n            return render_template('x', **found)", "raw"),
        ("if not isinstance(found, dict): return found", "raw"),
    ],
)  # fmt: skip
def test_a_decorator_may_make_a_page_of_a_dict(returns: str, kind: str) -> None:
    """And leave all else as it is."""
    text = f"""
def templated(template=None):
    def decorator(f):
        @wraps(f)
        def inner(*args, **kwargs):
            found = f(*args, **kwargs)
            {returns}
        return inner
    return decorator
@app.get('/')
@templated('x')
def f(): return {{}}
"""

    assert slots(HEAD + text) == [([], kind)]


def test_what_a_view_inherits_is_what_it_is_for_the_view() -> None:
    """Attributes and methods that a base, or a mixin, leaves to the view, or that the view has itself."""
    text = """
class Creates:
    schema = None
    def create(self, x):
        made = self.schema()
        return made.dump(x)
    def twice(self): return self.create(1)
    def shown(self): return self.wrapped({})
    def wrapped(self, x): return x
class V(MethodView, Creates):
    schema = OrderOut
    def put(self): return self.create(1)
    def patch(self): return self.twice()
    def get(self): return self.shown()
    def wrapped(self, x): return jsonify(x)
class W(MethodView, Creates):
    schema = OrderIn
    def put(self): return self.create(1)
    def get(self): return self.shown()
class Base(MethodView):
    def get(self): return self.build()
    def post(self): return self.build()
class Derived(Base):
    def build(self): return jsonify(1)
    def post(self): return super().post()
app.add_url_rule('/d', view_func=Derived.as_view('d'))
def show(self): return self.build()
class Odd(MethodView):
    def get(self): return show(self)
"""

    assert {h.title: h.output.kind for h in handlers(HEAD + text)} == {
        "PUT V.put": "schema",
        "PATCH V.patch": "schema",
        "GET V.get": "response",
        "PUT W.put": "raw",
        "GET W.get": "raw",
        "GET /d Base.get of Derived": "response",
        "POST /d Derived.post": "response",
        "GET Odd.get": "unknown",
    }


def test_a_decorator_that_makes_responses_is_seen() -> None:
    """However it does, if nothing but responses come out of it; what a schema dumps is of that still."""
    text = """
from functools import wraps
from flask_json import as_json
from flask import make_response
def json_endpoint(f):
    @wraps(f)
    def wrapper(*args, **kwargs):
        try:
            body, status = f(*args, **kwargs)
            answer = jsonify(body)
            return answer, status
        except Exception as e:
            answer = jsonify(message=str(e))
            return answer
    return wrapper
def serialization():
    def decorate(fn):
        @wraps(fn)
        async def wrapper(*args, **kwargs):
            found = await fn(*args, **kwargs)
            if isinstance(found, Response):
                return found
            return make_response(serialize(found))
        return wrapper
    return decorate
def once_more(fn):
    @wraps(fn)
    def wrapper(request, *args, **kwargs):
        answer = fn(request, *args, **kwargs)
        if not isinstance(answer, Response):
            answer = Response(dumps(answer))
        return answer
    return wrapper
def logged(fn):
    @wraps(fn)
    def wrapper(*args, **kwargs):
        if x: return jsonify(1), 401
        answer = fn(*args, **kwargs)
        if isinstance(answer, Response): log(answer)
        if not isinstance(answer, Response): log(answer)
        return answer
    return wrapper
@app.get('/a')
@json_endpoint
def a(): return {'a': 1}, 200
@app.get('/b')
@serialization()
def b(): return {'a': 1}
@app.get('/c')
@serialization()
def c() -> dict[str, int]: return {'a': 1}
@app.get('/d')
@as_json
def d(): return OrderOut().dump(1)
@app.get('/e')
@once_more
def e(): return {'a': 1}
@app.get('/f')
@logged
def f(): return {'a': 1}
@app.get('/g')
@serialization()
def g() -> tuple[OrderIn, list[int]]: return make()
@app.get('/h')
@serialization()
def h() -> tuple[OrderIn, int]: return make()
"""
    kinds = {h.qualname: h.output.kind for h in handlers(HEAD + text)}

    assert kinds == {
        "a": "response", "b": "response", "c": "response", "d": "schema", "e": "response", "f": "raw", "g": "response", "h": "schema",
    }  # fmt: skip


def test_a_decorator_may_note_a_route_for_flask_as_well() -> None:
    """A class of the project, or a function, where anybody adds rules."""
    text = """
GET = "GET"
class AppRoute:
    def __init__(self, rule, *methods): self.route = rule, methods
    def __call__(self, view):
        setattr(view, 'routes', self.route)
        return view
class Counts:
    def __init__(self, rule, *methods): ...
    def __call__(self, view): return count(view)
class Odd:
    def __init__(self, rule, *methods): ...
class Views:
    def register(self, app):
        for view in self.all(): app.add_url_rule(view.rule, view_func=view)
    @AppRoute('/a/<x>', GET)
    def a(self, x): return 'x'
    @AppRoute('/b', 'GET', 'POST')
    def b(self): return {}
    @AppRoute('/c', 'verbs')
    def c(self): return {}
    @AppRoute('/d')
    def d(self): return {}
    @Counts('/e', GET)
    def e(self): return {}
    @Odd('/f', GET)
    def f(self): return {}
    @AppRoute(rule, GET)
    def g(self): return {}
"""

    assert titles(HEAD + text)[1:] == ["Flask: GET /a/<x> Views.a", "Flask: GET,POST /b Views.b"]


def test_a_guarded_wrapper_stands_for_what_it_is_around() -> None:
    """Whatever it does to what that returns, and types that say nothing."""
    text = """
from typing import Any
def committer(path: str):
    def decorator(func):
        async def wrapper(*args: Any, **kwargs: Any) -> Any:
            session = await read()
            response = await func(session, *args, **kwargs)
            return response
        wrapper.__name__ = func.__name__
        guarded = auth.require(1)(wrapper)
        app.add_url_rule(path, view_func=guarded, methods=['PUT'])
        return guarded
    return decorator
@committer('/a/<x>')
async def a(session, x) -> str: return 'x'
def maker(template): return lambda: render(template)
for rule in ['/b', '/c']:
    app.add_url_rule(rule, view_func=maker(rule))
"""

    assert titles(HEAD + text) == [
        "Flask: PUT /a/<x> a",
        "Flask: GET /b maker.<locals>.<lambda>",
        "Flask: GET /c maker.<locals>.<lambda>",
    ]


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("if x: return generate_http_error_flask(404, x)\n    return '', 200", "none"),
        ("if x: return make_response(jsonify(1), 404)\n    return OrderOut().dump(1)", "schema"),
        ("if x: return Response('x', status=404)\n    return OrderOut().dump(1)", "schema"),
        ("if x: return refused('x')\n    return OrderOut().dump(1)", "schema"),
        ("if x: return refused('x')\n    return refused('y')", "raw"),
        ("if x: return {'a': 1}, 404", "none"),
        ("found: dict = Model().model_dump()\n    return found", "schema"),
        ("found: dict = find()\n    return found", "raw"),
        ("found = []\n    for x in y: found.append(OrderOut().dump(x))\n    return found", "schema"),
        ("found = []\n    found.append(OrderOut().dump(x))\n    found.append({})\n    return found", "raw"),
        ("found = []\n    other.append({})\n    found.append(OrderOut().dump(x))\n    return found", "schema"),
        ("found = []\n    return found", "raw"),
        ("return []", "raw"),
        ("return len(found)", "response"),
        ("return client.authorize_redirect('x')", "response"),
        ("if x: return OrderError('x', 422).respond()\n    return OrderOut().dump(1)", "schema"),
        ("if x: return Problem('x', 422).respond()\n    return OrderOut().dump(1)", "unknown"),
        ("return Response(json.dumps(OrderOut().dump(1)), 200)", "schema"),
        ("return Response(json.dumps({}), 200)", "response"),
        ("return json.loads(OrderOut().dumps(1))", "schema"),
        ("return json.loads(text)", "raw"),
        ("return Model().json()", "schema"),
        ("return Model().model_dump_json()", "schema"),
        ("return found.json(1)", "unknown"),
        ("return with_schema(OrderOut(), 1)", "schema"),
        ("return with_schema(nowhere, 1)", "schema"),
        ("return emptied()", "none"),
        ("return either()", "response"),
        ("return orders_pb2.Order()", "unknown"),
    ],
)
def test_what_an_error_is_and_what_is_collected(body: str, kind: str) -> None:
    """A status may be given to what makes the response, and a list may be filled."""
    text = (
        "from flask import make_response\nfrom flask_restx import marshal\nclass Model(BaseModel): ...\n"
        "def refused(message): return dict(message=message), 422\n"
        "import json\ndef respond(context={}, status=200) -> Response:\n    made = jsonify(context)\n    made.status_code = status\n    return made\n"
        "def with_schema(schema: Schema, value) -> Response:\n    if x: return respond({'a': 1}), 404\n    result = schema.dump(value)\n"
        "    return respond(result)\ndef emptied() -> Response: return Response(status=HTTPStatus.OK)\n"
        "def either() -> Response: return Response('x') if x else Response(status=HTTPStatus.OK)\n"
        f"def generate_http_error_flask(code, why) -> Response: return Response(why, code)\n@app.post('/')\ndef f():\n    {body}\n"
    )

    assert slots(HEAD + text) == [([], kind)]


def test_a_class_above_may_say_it_for_those_that_are_derived() -> None:
    """As flask-apispec takes it; a parser that flask-restx expects above a class is an input of its methods."""
    text = """
from flask_apispec import MethodResource, marshal_with
parser = ns.parser()
@marshal_with(OrderOut)
class Base(MethodResource): ...
class V(MethodView, Base):
    def get(self): return find()
@ns.route('/w')
@ns.expect(parser)
class W(Resource):
    def get(self): return 'x'
"""

    assert slots(HEAD + text) == [([], "schema"), (["expect: schema"], "response")]


def test_messages_of_protobuf_are_schemas_wherever_they_come_from() -> None:
    """Their modules are made by a compiler; and either side of a choice is what it is."""
    text = """
from shop.made import orders_pb2
from shop.made.lines_pb2 import Line
Chosen = OrderIn if STORES else OrderOut
@app.get('/a')
def a() -> orders_pb2.Order: ...
@app.get('/b')
def b() -> Line: ...
@app.get('/c')
def c() -> orders_pb2.order: ...
@app.get('/d')
def d() -> Chosen: ...
@app.get('/e')
def e(): return jsonify(Chosen2().dump(1))
Chosen2 = OrderOut if STORES else OrderOut
"""

    assert [kind for _, kind in slots(HEAD + text)] == ["schema", "schema", "unknown", "schema", "schema"]
