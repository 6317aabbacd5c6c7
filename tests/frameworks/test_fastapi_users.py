"""Routes that libraries have for FastAPI, and handlers that functions of the project make of what they are given."""

from __future__ import annotations

import pytest
from frameworks.handlers_in import classes_of, handlers

USERS = """
from fastapi import APIRouter, FastAPI
from fastapi_users import FastAPIUsers, schemas
class UserRead(schemas.BaseUser[int]): ...
class UserCreate(schemas.BaseUserCreate): ...
class UserUpdate(schemas.BaseUserUpdate): ...
users = FastAPIUsers(None, [])
class Own:
    def get_register_router(self, a, b): ...
app = FastAPI()
"""


def rows(text: str) -> list[tuple[str, list[str], str]]:
    """Return title, inputs and result of each handler."""
    return sorted((handler.title, *classes_of(handler)) for handler in handlers(text))


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        ("get_register_router(UserRead, UserCreate)", [("POST /u/register", ["body: UserCreate"], "schema UserRead")]),
        (
            "get_register_router(user_create_schema=UserCreate, user_schema=UserRead)",
            [("POST /u/register", ["body: UserCreate"], "schema UserRead")],
        ),
        ("get_register_router(UserRead)", [("POST /u/register", ["body: unknown"], "schema UserRead")]),
        (
            "get_users_router(UserRead, UserUpdate)",
            [
                ("DELETE /u/{id}", [], "none"),
                ("GET /u/me", [], "schema UserRead"),
                ("GET /u/{id}", [], "schema UserRead"),
                ("PATCH /u/me", ["body: UserUpdate"], "schema UserRead"),
                ("PATCH /u/{id}", ["body: UserUpdate"], "schema UserRead"),
            ],
        ),
        ("get_auth_router(backend)", [("POST /u/login", [], "response"), ("POST /u/logout", [], "response")]),
        (
            "get_verify_router(UserRead)",
            [
                ("POST /u/request-verify-token", ["email: scalar"], "none"),
                ("POST /u/verify", ["token: scalar"], "schema UserRead"),
            ],
        ),
        ("get_odd_router(UserRead)", []),
    ],
)
def test_routers_of_fastapi_users_speak_the_schemas_that_they_are_told(
    made: str, expected: list[tuple[str, list[str], str]]
) -> None:
    """Where they are included, by whatever name."""
    method = made.partition("(")[0]
    wanted = [(f"{title} {method}", *rest) for title, *rest in expected]

    assert rows(f"{USERS}app.include_router(users.{made}, prefix='/u')") == wanted
    assert rows(f"{USERS}r = users.{made}\napp.include_router(r, prefix='/u')") == wanted


def test_prefixes_count_and_other_routers_are_none() -> None:
    """A method of the project that is called so may be anything."""
    text = "api = APIRouter(prefix='/api')\napi.include_router(users.get_register_router(UserRead, UserCreate))\n"
    text += "api.include_router(Own().get_register_router(UserRead, UserCreate))\nget_register_router(1)\n"
    text += "api.include_router(get_register_router(1))\napi.include_router(nowhere)\n"
    text += "def include_router(router): ...\ninclude_router(users.get_auth_router(1))\n"

    assert [title for title, _, _ in rows(USERS + text)] == [
        "POST /api/register get_register_router",
        "POST /login get_auth_router",
        "POST /logout get_auth_router",
    ]


BRANCHES = """
from collections.abc import Mapping
from fastapi import APIRouter, Depends
from pydantic import BaseModel
from nowhere import Odd
class Query: ...
class Short(Query): ...
class Search(BaseModel): ...
class Out(BaseModel): ...
class Strange(Odd): ...
router = APIRouter()
def endpoint(func, model: type[Query] | type[BaseModel] | dict):
    if isinstance(model, dict):
        async def inner(data: dict): ...
    elif issubclass(model, Query):
        async def inner(data=Depends(model)): ...
    else:
        async def inner(data: list[model]): ...
    return inner
"""


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        ("Search", [["data: Search"]]),
        ("Query", [[]]),
        ("Short", [[]]),
        ("Strange", [[], ["data: Strange"]]),
        ("SCHEMA", [[], ["data: Query"], ["data: raw"]]),
    ],
)
def test_a_handler_that_is_made_in_a_branch_is_there_for_what_takes_that(model: str, expected: list[list[str]]) -> None:
    """Each with what the function is given for it; what cannot be told may take either."""
    found = rows(f"{BRANCHES}router.add_api_route('/x', endpoint(f, {model}), response_model=Out, methods=['POST'])")

    assert sorted(inputs for _, inputs, _ in found) == expected
    assert {output for _, _, output in found} == {"schema Out"}


@pytest.mark.parametrize(
    ("test", "inputs"),
    [
        ("isinstance(model, type)", ["data: Search"]),
        ("isinstance(model, Meta)", ["data: Search", "data: raw"]),
        ("issubclass(model, (Query, Short))", ["data: Search", "data: raw"]),
        ("model", ["data: Search", "data: raw"]),
        ("issubclass(model, nowhere.X)", ["data: Search", "data: raw"]),
        ("issubclass(model, Mapping)", ["data: Search", "data: raw"]),
        ("issubclass(model, BaseModel)", ["data: Search"]),
        ("issubclass(model, object)", ["data: Search"]),
        ("isinstance(model, object)", ["data: Search"]),
        ("issubclass(model, Abstract)", ["data: Search", "data: raw"]),
        ("issubclass(model, Registry)", ["data: Search", "data: raw"]),
    ],
)
def test_what_cannot_be_decided_is_not(test: str, inputs: list[str]) -> None:
    """Both branches are there, then."""
    text = "from abc import ABC\nclass Abstract(ABC): ...\nclass Registry(metaclass=Meta): ...\n"
    text += f"class Meta(type): ...\ndef make(model):\n    if {test}:\n        async def inner(data: model): ...\n"
    text += "    else:\n        async def inner(data: dict): ...\n    return inner\n"
    found = rows(f"{BRANCHES}{text}router.add_api_route('/x', make(Search), response_model=Out, methods=['POST'])")

    assert sorted(i for _, each, _ in found for i in each) == inputs


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("type[Search]", [[], ["data: Search"]]),
        ("Type[Search] | None", [[], ["data: Search"]]),
        ("type[Query]", [[]]),
        ("type[BaseModel]", [[], ["data: schema"]]),
        ("type[Search] | type[Query]", [[], ["data: Query"], ["data: raw"]]),
        ("type[nowhere]", [[], ["data: Query"], ["data: raw"]]),
        ("list[Search]", [[], ["data: Query"], ["data: raw"]]),
        ("type[dict[str, int]]", [[], ["data: Query"], ["data: raw"]]),
        ("object", [[], ["data: Query"], ["data: raw"]]),
    ],
)
def test_an_annotation_may_say_which_class_a_handler_is_made_for(said: str, expected: list[list[str]]) -> None:
    """That, or one that is derived from it: such a one may be derived from others as well."""
    text = f"""
class App:
    model: {said} = made()
    def add(self):
        router.add_api_route('/x', endpoint(f, self.model), response_model=Out, methods=['POST'])
"""

    assert sorted(inputs for _, inputs, _ in rows(f"{BRANCHES}{text}")) == expected


def test_two_calls_of_a_function_that_makes_handlers_are_two_routes() -> None:
    """Each with what it is given; a parameter that is changed is none of them."""
    text = """
def make(model):
    async def inner(data: model) -> model: ...
    return inner
def change(model):
    model = dict
    async def inner(data: model) -> model: ...
    return inner
router.add_api_route('/a', make(Search), methods=['POST'])
router.add_api_route('/b', make(dict), methods=['POST'])
router.add_api_route('/c', change(Search), methods=['POST'])
"""
    found = {title.split()[1]: (inputs, output) for title, inputs, output in rows(BRANCHES + text)}

    assert found == {
        "/a": (["data: Search"], "schema Search"),
        "/b": (["data: raw"], "raw"),
        "/c": (["data: raw"], "raw"),
    }


def test_the_model_of_a_response_counts_though_the_handler_cannot_be_found() -> None:
    """It is what is sent."""
    text = "router.add_api_route('/a', nowhere, response_model=Out)\nrouter.add_api_route('/b', nowhere, response_model=None)"

    assert [output for _, _, output in rows(BRANCHES + text)] == ["schema Out", "unknown"]


def test_a_class_of_a_websocket_receives() -> None:
    """As in Starlette."""
    text = "from starlette.endpoints import WebSocketEndpoint\nclass Feed(WebSocketEndpoint):\n"
    text += "    async def on_receive(self, websocket, data): ...\nrouter.add_websocket_route('/ws', Feed)"

    assert rows(BRANCHES + text) == [("WEBSOCKET /ws Feed.on_receive", [], "none")]


@pytest.mark.parametrize(
    ("method", "decorator", "expected"),
    [
        ("on_connect(self, websocket)", "websocket_route", "WEBSOCKET /ws Feed.on_connect"),
        ("dispatch(self)", "websocket_route", "WEBSOCKET /ws Feed.dispatch"),
        ("get(self, request)", "route", "GET /ws Feed.get"),
        ("decode(self, websocket, data)", "websocket_route", "WEBSOCKET /ws Feed"),
    ],
)
def test_a_class_under_a_decorator_of_starlette_is_an_endpoint(method: str, decorator: str, expected: str) -> None:
    """A websocket that only sends has nothing but the method that connects."""
    text = f"class Base(WebSocketEndpoint):\n    async def {method}: ...\n@router.{decorator}('/ws')\nclass Feed(Base): ...\n"

    found = [title for title, _, _ in rows(BRANCHES + text + "@other.route('/no')\nclass Other: ...\n")]

    assert [title.replace("Base.", "Feed.") for title in found] == [expected]


@pytest.mark.parametrize(
    ("test", "given", "expected"),
    [
        ("if default: return first\n    return nth", "True", ["first"]),
        ("if default: return first\n    return nth", "False", ["nth"]),
        ("if not default: return first\n    return nth", "False", ["first"]),
        ("if default: return first\n    else: return nth", "0", ["nth"]),
        ("if default:\n        x = 1\n    return first", "True", ["first"]),
        ("if default: return first\n    return nth", "SOME", ["first", "nth"]),
        ("if not default.x: return first\n    return nth", "True", ["first", "nth"]),
        ("if x:\n        if default: return first\n    return nth", "False", ["nth"]),
        ("default = SOME\n    if default: return first\n    return nth", "True", ["first", "nth"]),
    ],
)
def test_a_constant_decides_which_of_several_handlers_is_made(test: str, given: str, expected: list[str]) -> None:
    """Where nothing else gives the parameter a value."""
    text = f"def make(default):\n    def first(): ...\n    def nth(): ...\n    {test}\nrouter.add_api_route('/x', make({given}))"

    assert [title.rpartition(".")[2] for title, _, _ in rows(BRANCHES + text)] == expected


def test_a_decorator_may_be_given_the_method_of_a_router_by_name() -> None:
    """And register what it decorates twice."""
    text = """
@deprecated('/old', new='/new', method=router.get, response_model=Out)
def f(): ...
@deprecated('/p', method=router.put, old=router.post)
def g(): ...
@deprecated('/q', method=other.put)
def h(): ...
"""

    assert [(title, output) for title, _, output in rows(BRANCHES + text)] == [
        ("GET /old f", "schema Out"),
        ("POST /p g", "none"),
        ("PUT /p g", "none"),
    ]
