"""Django Ninja: operations, with the request first."""

from __future__ import annotations

import pytest
from frameworks.handlers_in import slots, titles

HEAD = """\
from typing import Any
from http import HTTPStatus
from ninja.responses import codes_4xx
from ninja import Body, File, Form, NinjaAPI, Query, Router, Schema, UploadedFile
from ninja_extra import api_controller, http_get, http_generic, ControllerBase
from django.http import HttpResponse
from django.template.response import TemplateResponse
class OrderIn(Schema): ...
class OrderOut(Schema): ...
api = NinjaAPI()
router = Router()
"""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("@api.get('/x')\ndef f(request): ...", ["GET /x f"]),
        ("@router.post('/x')\ndef f(request): ...", ["POST /x f"]),
        ("@router.api_operation(['GET', 'POST'], '/x')\ndef f(request): ...", ["GET,POST /x f"]),
        ("def f(request): ...\nrouter.add_api_operation('/x', ['PUT'], f)", ["PUT /x f"]),
        ("store.add_api_operation('/x', ['PUT'], print)\n@store.api_operation(['PUT'], '/x')\ndef f(request): ...", []),
        ("class API(NinjaAPI): ...\ndef make():\n    return API()\nmine = make()\n@mine.put('/x')\ndef f(request): ...",
         ["PUT /x f"]),
        ("@api_controller('/x')\nclass C(ControllerBase):\n    @http_get('/y')\n    def f(self): ...\n"
         "    @http_generic('/z', methods=['put'])\n    def g(self): ...", ["GET /x/y C.f", "PUT /x/z C.g"]),
        ("from ninja_extra import route\n@api_controller('/x')\nclass C:\n    @route.post('/y')\n    def f(self): ...\n"
         "    @route.generic('/z', methods=['put'])\n    def g(self): ...", ["POST /x/y C.f", "PUT /x/z C.g"]),
        ("from ninja_extra import ModelControllerBase\nclass C(ModelControllerBase): ...", ["ANY C"]),
        ("@(api.get)\n@(lambda f: f)\ndef f(request): ...", []),
        ("def http_get(x): ...\n@http_get('/y')\ndef f(): ...", []),
        ("@store.get('/x')\ndef f(request): ...", []),
        ("def register(r):\n    @r.get('/x')\n    def f(request): ...", ["GET /x register.<locals>.f"]),
        ("def register(r: str):\n    @r.get('/x')\n    def f(request): ...", []),
        ("found_router = load()\n@found_router.get('/x')\ndef f(request): ...", ["GET /x f"]),
    ],
)  # fmt: skip
def test_an_operation_is_found(text: str, expected: list[str]) -> None:
    """What a function is given, or what is called like a router, is taken for one where that cannot be told."""
    assert titles(HEAD + text) == [f"Django Ninja: {title}" for title in expected]


def test_a_router_may_come_from_another_module() -> None:
    """In one that says nothing of Ninja; what belongs to FastAPI is FastAPI's."""
    text = "from shop.routers import router\n@router.get('/x')\ndef f(request): ...\ndef g(request): ...\n"
    text += "router.add_api_operation('/y', ['PUT'], g)"
    others = {"shop.routers": "from ninja import Router\nrouter = Router()"}

    assert titles(text, others) == ["Django Ninja: GET /x f", "Django Ninja: PUT /y g"]
    assert titles(f"import fastapi\n{text}", others) == []


@pytest.mark.parametrize(
    ("text", "inputs", "output"),
    [
        ("@api.post('/')\ndef f(request, data: OrderIn): return {}", ["data: schema"], "raw"),
        ("@api.post('/', response=OrderOut)\ndef f(request: dict, data: OrderIn): ...", ["data: schema"], "schema"),
        ("@api.post('/', response=list[OrderOut])\ndef f(request, n: int, q: Query[OrderIn], f: Form[OrderIn]): ...",
         ["q: schema", "f: schema"], "schema"),
        ("@api.post('/', response={200: OrderOut, 202: dict, 400: str})\ndef f(request): ...", [], "raw"),
        ("@api.post('/', response={201: OrderOut, 404: dict})\ndef f(request): ...", [], "schema"),
        ("@api.post('/', response={404: OrderOut})\ndef f(request): ...", [], "schema"),
        ("@api.post('/', response={HTTPStatus.OK: OrderOut, HTTPStatus.BAD_REQUEST: dict})\ndef f(request): ...", [], "schema"),
        ("@api.post('/', response={200: OrderOut, codes_4xx: dict, ...: dict, 302: dict})\ndef f(request): ...", [], "schema"),
        ("@api.post('/', response={200: OrderOut, (400, 401): dict, frozenset([402]): str})\ndef f(request): ...", [], "schema"),
        ("@api.post('/', response={frozenset({200, 400}): dict})\ndef f(request): ...", [], "raw"),
        ("BROKEN = {400}\n@api.post('/', response={200: OrderOut, BROKEN: dict})\ndef f(request): ...", [], "schema"),
        ("FINE = {200}\n@api.post('/', response={201: OrderOut, FINE: dict})\ndef f(request): ...", [], "raw"),
        ("BROKEN = {400}\n@api.post('/', response={200: OrderOut, frozenset(BROKEN): dict})\ndef f(request): ...", [], "schema"),
        ("@api.post('/', response={200: OrderOut, unknown: dict})\ndef f(request): ...", [], "raw"),
        ("R = {200: OrderOut, **{400: dict}}\n@api.post('/', response=R | {401: dict})\ndef f(request): ...", [], "schema"),
        ("@api.post('/', response={200: OrderOut, **unknown})\ndef f(request): ...", [], "unknown"),
        ("R = R | R\n@api.post('/', response=R)\ndef f(request): ...", [], "unknown"),
        ("@api.post('/', response=OrderIn | OrderOut)\ndef f(request): ...", [], "schema"),
        ("@api.post('/', response={204: None})\ndef f(request): ...", [], "none"),
        ("@api.post('/', response=None)\ndef f(request): ...", [], "none"),
        ("@api.post('/', response={})\ndef f(request): return HttpResponse()", [], "response"),
        ("@api.post('/')\ndef f(request, file: UploadedFile = File(...)) -> OrderOut: ...", ["file: file"], "schema"),
        ("@api.post('/')\ndef f(request, data: dict = Body(...)): return HttpResponse('')", ["data: raw"], "response"),
        ("@api.post('/')\ndef f(request, data: Body[dict], q: dict, r: dict[str, str], s: dict | None): return HttpResponse('')",
         ["data: raw", "s: raw"], "response"),
        ("from ninja import PatchDict\n@api.patch('/')\ndef f(request, data: PatchDict[OrderIn]) -> OrderOut: ...",
         ["data: schema"], "schema"),
        ("@api_controller('/x')\nclass C:\n    @http_get('/y', response=dict)\n    def f(self, data: OrderIn): ...",
         ["data: schema"], "raw"),
        ("@api_controller('/x')\nclass C:\n    @http_get('/y', response=dict)\n    def f(self, request, data: OrderIn): ...",
         ["data: schema"], "raw"),
        ("@api.delete('/', response={200: Any, 204: Any})\ndef f(request): return HttpResponse(status=204)", [], "none"),
        ("@api.get('/', response=OrderOut)\ndef f(request): return HttpResponse('x')", [], "response"),
        ("@api.get('/')\ndef f(request): return TemplateResponse(request, 'x.html')", [], "response"),
        ("@api.get('/', response=OrderOut)\ndef f(request): return HttpResponse('x') if request else OrderOut()", [], "schema"),
        ("@api.get('/', response=OrderOut)\ndef f(request): return nowhere()", [], "schema"),
    ],
)  # fmt: skip
def test_what_crosses(text: str, inputs: list[str], output: str) -> None:
    """Schemas are the body; ``response=`` decides, the statuses of errors left out, unless a response is ready."""
    assert slots(HEAD + text) == [(inputs, output)]


def test_routes_of_ninja_extra_are_not_taken_for_others() -> None:
    """Where nothing of Ninja itself is imported."""
    text = "from ninja_extra import api_controller, route\n@api_controller('/x')\nclass C:\n    @route.get('/y')\n    def f(self): ..."

    assert titles(text) == ["Django Ninja: GET /x/y C.f"]


@pytest.mark.parametrize(
    ("decorator", "expected"),
    [
        ('api_operation(["GET"], "/x", response=int)', ["Django Ninja: GET /x f"]),
        ('api_operation(["GET"], path="/x", response=int)', ["Django Ninja: GET /x f"]),
        ('api_operation(methods=["GET"], path="/x")', ["Django Ninja: GET /x f"]),
        ('api_operation(["GET"])', []),
        ("api_operation", []),
    ],
)
def test_operations_by_name(decorator: str, expected: list[str]) -> None:
    """What lacks a path is none."""
    text = f"from ninja import Router\nrouter = Router()\n@router.{decorator}\ndef f(request): ..."
    assert titles(text) == expected


def test_the_dict_of_ninja_is_raw() -> None:
    """Whatever is in it."""
    text = "from ninja.types import DictStrAny\napi = NinjaAPI()\n@api.get('/')\ndef f(request) -> DictStrAny: ..."

    assert slots(HEAD + text) == [([], "raw")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("@api.get('/', response={201: OrderOut})\ndef f(request): return Status(201, {'a': 1})", "schema"),
        ("@api.get('/')\ndef f(request): return Status(201, {'a': 1})", "raw"),
        ("Made = cast(type[Schema], made())\n@api.get('/', response=Made)\ndef f(request): ...", "schema"),
        ("Made = cast(type[Schema] | type[dict], made())\n@api.get('/', response=Made)\ndef f(request): ...", "raw"),
        ("Made = cast(Any, made())\n@api.get('/', response=Made)\ndef f(request): ...", "unknown"),
    ],
)
def test_a_status_is_no_response_that_is_ready(text: str, expected: str) -> None:
    """What is in it is what the schema of its status makes of it; a class that is made by a call may be said to be one."""
    head = f"{HEAD}from ninja import Schema, Status\nfrom typing import Any, cast\n"
    assert slots(head + text) == [([], expected)]


def test_an_operation_whose_signature_is_made_takes_something_unknown() -> None:
    """Beside what is written."""
    text = "def f(request, order: OrderIn): ...\nf.__signature__ = made(f)\napi.post('/')(f)"

    assert slots(HEAD + text) == [(["signature: unknown", "order: schema"], "none")]
