"""The ``boundary-schemas`` rule."""

from __future__ import annotations

import sys

import pytest

from pytest_fitness import EmptySelectionError, FitnessError, RuleError
from pytest_fitness.model import Codebase
from pytest_fitness.rules import BoundarySchemas
from pytest_fitness.testing import codebase

HEAD = """\
from typing import Any
from fastapi import APIRouter, Body, Request, Response
from pydantic import BaseModel
from sqlalchemy.orm import DeclarativeBase
router = APIRouter(prefix="/orders")
class Base(DeclarativeBase): ...
class Row(Base): __tablename__ = "orders"
class Order(BaseModel): number: int
"""


def shop(handler: str) -> Codebase:
    """Return a codebase with one handler."""
    return codebase({"shop.api.routes": HEAD + handler, "shop.domain.order": ""})


def found(handler: str, rule: BoundarySchemas | None = None) -> list[str]:
    """Return the messages of the violations that *handler* makes."""
    return [v.message for v in shop(handler).violations(rule or BoundarySchemas(inside="api"))]


@pytest.mark.parametrize(
    "handler",
    [
        '@router.post("/")\ndef place(order: Order) -> Order: ...',
        '@router.get("/")\ndef all() -> list[Order]: ...',
        '@router.get("/", response_model=Order)\ndef one(): return Row()',
        '@router.get("/", response_model=Order)\ndef one() -> Any: ...',
        '@router.get("/")\ndef count() -> int: ...',
        '@router.get("/")\ndef counts() -> dict[str, int]: ...',
        '@router.get("/")\ndef nothing() -> None: ...',
        '@router.get("/")\ndef page() -> Response: ...',
        '@router.get("/")\ndef page(): return Response()',
        '@router.delete("/{n}", status_code=204)\ndef drop(n: int): ...',
        '@router.post("/")\nasync def hook(request: Request) -> None: await request.json()',
        '@router.post("/")\ndef reindex(): ...',
    ],
)
def test_declared_boundaries_are_green(handler: str) -> None:
    """Schemas, scalars, maps of scalars, responses and nothing."""
    assert found(handler) == []


@pytest.mark.parametrize(
    ("handler", "message"),
    [
        ('@router.post("/")\ndef f(data: dict) -> None: ...', 'POST /orders/ f must not take raw dict as "data"'),
        ('@router.post("/")\ndef f(data: Any = Body()) -> None: ...', 'POST /orders/ f must not take raw Any as "data"'),
        ('@router.post("/")\ndef f(data: dict[str, Any]) -> None: ...',
         'POST /orders/ f must not take raw dict[str, Any] as "data"'),
        ('@router.get("/")\ndef f() -> dict: ...', "GET /orders/ f must not return raw dict"),
        ('@router.get("/")\ndef f() -> list[dict]: ...', "GET /orders/ f must not return raw list[dict]"),
        ('@router.get("/")\ndef f() -> Any: ...', "GET /orders/ f must not return raw Any"),
        ('@router.get("/")\ndef f() -> Order | dict: ...', "GET /orders/ f must not return raw Order | dict"),
        ('@router.get("/")\ndef f(): return {"a": 1}', "GET /orders/ f must declare its result: it returns a dict"),
        ('@router.get("/")\ndef f(): return Order(number=1)',
         "GET /orders/ f must declare its result: it returns `Order(...)`"),
        ('@router.get("/", response_model=None)\ndef f() -> list[Row]: ...',
         "GET /orders/ f must not return the ORM class shop.api.routes.Row"),
    ],
)  # fmt: skip
def test_undeclared_boundaries_are_violations(handler: str, message: str) -> None:
    """Raw data, ORM rows, and results that are not declared at all."""
    assert found(handler) == [message]


def test_the_offending_annotation_is_pointed_at() -> None:
    """Line, text and column are those of the annotation."""
    (violation,) = shop('@router.post("/")\ndef größe(data: dict) -> None: ...').violations(BoundarySchemas("api"))

    assert violation.location.line == 10
    assert violation.location.text[violation.location.column :][: violation.location.width] == "dict"
    assert violation.fix == "class GrößeIn(BaseModel): ...  and  data: GrößeIn"
    assert violation.key == ("raw", "shop.api.routes.größe", "data", "")


def test_a_result_comes_with_a_fix() -> None:
    """The schema to write is named after the handler."""
    (violation,) = shop('@router.get("/")\ndef list_all() -> dict: ...').violations(BoundarySchemas("api"))

    assert (
        violation.fix
        == "declare it: class ListAllOut(BaseModel): ...  and  -> ListAllOut  or  response_model=ListAllOut"
    )


def test_what_is_unknown_is_listed_and_not_called_good() -> None:
    """A class that cannot be found may be anything."""
    code = shop('from nowhere_at_all import Thing\n@router.post("/")\ndef f(a: Thing) -> Thing: ...')

    assert code.violations(BoundarySchemas("api")) == []
    assert code.evaluations[-1].notes == [
        'shop/api/routes.py:11: body parameter "a" of POST /orders/ f is unknown: nowhere_at_all.Thing',
        "shop/api/routes.py:11: the result of POST /orders/ f is unknown: nowhere_at_all.Thing",
    ]
    assert code.evaluations[-1].counts == ["1 handler"]


def test_what_is_unknown_can_be_made_to_fail() -> None:
    """For teams that want to know."""
    handler = 'from nowhere_at_all import Thing\n@router.post("/")\ndef f(a: Thing) -> None: ...'

    (violation,) = shop(handler).violations(BoundarySchemas("api", unknown="fail"))

    assert violation.message == 'POST /orders/ f must not take unknown Thing as "a"'
    assert "annotate it with a class that can be found" in violation.fix


def test_a_scope_without_handlers_is_an_error_that_says_what_was_looked_for() -> None:
    """No handler is not the same as no bad handler."""
    with pytest.raises(
        EmptySelectionError,
        match=r"no handler matches 'domain'; looked for FastAPI, .*; teach it others by `handler_decorators`",
    ):
        found("", BoundarySchemas("domain"))


def test_a_reason_allows_a_scope_without_handlers_and_is_shown() -> None:
    """Explicitly."""
    code = shop("")

    assert code.violations(BoundarySchemas("domain", allow_empty="handlers come next week")) == []
    assert code.evaluations[-1].notes == ["allowed to be empty (handlers come next week): no handler in domain"]


def test_a_file_that_does_not_parse_fails_by_name() -> None:
    """Whatever handlers it has, nobody has seen them."""
    code = codebase(
        {"shop.api.routes": HEAD + '@router.get("/")\ndef f() -> None: ...', "shop.api.new": "x = 1\ndef (:"}
    )

    (violation,) = code.violations(BoundarySchemas("api"))

    assert str(violation).startswith(
        "shop/api/new.py:2: shop.api.new cannot be parsed, so its handlers are not analysed"
    )


def test_a_scope_in_which_nothing_parses_fails_too() -> None:
    """Rather than complain that there is no handler."""
    (violation,) = codebase({"shop.api": "def (:"}).violations(BoundarySchemas("api"))

    assert violation.subject == "shop.api"


@pytest.mark.parametrize("options", [{"unknown": "pass"}, {"allow_empty": True}, {"inside": ["api"]}])
def test_options_that_make_no_sense_are_refused(options: dict[str, object]) -> None:
    """At construction, not at the first handler."""
    with pytest.raises(RuleError):
        BoundarySchemas(**{"inside": "api", **options})  # type: ignore[arg-type]


# -- levels ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("return await request.json()", "request.json"),
        ("data = (await request.json())['order']\n    json.loads(data)", "request.json"),
        ("return json.loads(await request.body())", "request.body"),
        ("if (data := await request.form()):\n        return data", "request.form"),
    ],
)
def test_a_body_that_is_read_as_it_comes_fails_a_strict_rule(body: str, text: str) -> None:
    """It is in no schema; the default leaves it alone."""
    code = f'@router.post("/")\nasync def f(request: Request) -> None:\n    {body}'

    assert found(code) == []
    assert found(code, BoundarySchemas("api", level="strict")) == [f"POST /orders/ f must not read {text} as it comes"]


@pytest.mark.parametrize(
    "body",
    [
        "return Order(**await request.json())",
        "data = await request.json()\n    return Order(number=data['number'])",
        "data = await request.json()\n    return Order(**data)",
        "data: dict = await request.json()\n    return Order.model_validate(data)",
        "x = 1\n    data = await request.json()\n    return Order(**data)",
        "return schema.load(request.json)",
        "return request.headers",
        "return other.json()",
    ],
)
def test_a_body_that_is_given_to_a_schema_is_fine(body: str) -> None:
    """Directly, or by way of a variable."""
    code = f'@router.post("/")\nasync def f(request: Request) -> None:\n    {body}'

    assert found(code, BoundarySchemas("api", level="strict")) == []


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("s = self.get_serializer(data=request.data)", 0),
        ("s = self.get_serializer_class()(data=request.data)", 0),
        ("s = self.serializer_class(data=request.data, many=True)", 0),
        ("s = Out(order, request.data)", 0),
        ("order = Out(data=request.data)", 0),
        ("order = Out(order, data=request.data)", 0),
        ("order = Row(number=request.data['number'])\n        Out(order)", 1),
        ("self.find(data=request.data)", 1),
    ],
)
def test_serializers_read_what_they_are_given_as_data(body: str, expected: int) -> None:
    """What they are given first is what they show."""
    before = "from rest_framework import serializers, views\nclass Out(serializers.Serializer): ...\n"
    text = f"{before}class V(views.APIView):\n    def post(self, request):\n        {body}\n        return Response(status=204)"
    found = codebase({"shop.api": text}).violations(BoundarySchemas("api", level="strict"))

    assert len([v for v in found if "as it comes" in v.message]) == expected


@pytest.mark.parametrize(
    ("head", "body", "fix"),
    [
        ("async def f(request: Request)", "await request.json()", "FIn.model_validate(await request.json())"),
        ("async def f(request: Request)", "await request.body()", "FIn.model_validate_json(await request.body())"),
        ("def f(request: Request)", "request.json", "FIn.model_validate(request.json)"),
        ("def f(request: Request)", "request.get_json()", "FIn.model_validate(request.get_json())"),
        ("def f(request: Request)", "request.get_data()", "FIn.model_validate_json(request.get_data())"),
        ("def f(request: Request)", "request.body", "FIn.model_validate_json(request.body)"),
    ],
)
def test_the_fix_reads_the_request_as_it_has_to_be_read(head: str, body: str, fix: str) -> None:
    """A method is called, and waited for."""
    (violation,) = shop(f'@router.post("/")\n{head} -> None:\n    {body}').violations(
        BoundarySchemas("api", level="strict")
    )

    assert violation.fix == f"class FIn(BaseModel): ...  and  {fix}"


def test_a_route_is_excluded_by_its_full_path() -> None:
    """A pattern is one of names."""
    with pytest.raises(EmptySelectionError, match=r"it is in `exclude`; a route is written in full, without `\*`"):
        found(HEALTH, BoundarySchemas("api", exclude={"GET /orders/*": "later"}))


def test_nothing_is_left_to_judge_where_everything_is_excluded() -> None:
    """Unless there is a reason for that."""
    with pytest.raises(RuleError, match="`exclude` leaves out every handler there is"):
        found(HEALTH, BoundarySchemas("api", exclude={"*": "later"}))
    assert found(HEALTH, BoundarySchemas("api", exclude={"**": "later"}, allow_empty="a new service")) == []


def test_a_request_is_known_by_its_type_whatever_it_is_called() -> None:
    """As is the one of a class."""
    code = '@router.post("/")\nasync def f(r: Request) -> None:\n    await r.json()'

    (violation,) = shop(code).violations(BoundarySchemas("api", level="strict"))

    assert violation.fix == "class FIn(BaseModel): ...  and  FIn.model_validate(await r.json())"


def test_a_body_that_is_called_request_is_none() -> None:
    """Its fields may be called as the parts of a request are."""
    code = '@router.post("/")\ndef f(request: Order) -> None:\n    return request.text'

    assert found(code, BoundarySchemas("api", level="strict")) == []


def test_maps_of_scalars_fail_a_strict_rule() -> None:
    """They are typed, and say nothing."""
    code = '@router.post("/")\ndef f(a: dict[str, int]) -> None: ...'

    assert found(code) == []
    assert found(code, BoundarySchemas("api", level="strict")) == [
        'POST /orders/ f must not take the untyped map dict[str, int] as "a"'
    ]


def test_raw_fields_fail_a_deep_rule() -> None:
    """In schemas, and in schemas in these."""
    code = """
class Inner(BaseModel):
    extra: dict
    again: "Outer | None" = None
class Outer(BaseModel):
    inner: list[Inner]
    fine: int
@router.post("/")
def f(a: Outer) -> None: ...
"""
    assert found(code) == []
    (message,) = found(code, BoundarySchemas("api", level="deep"))
    assert message == "POST /orders/ f must not let raw data through in Inner.extra: dict"
    (violation,) = shop(code).violations(BoundarySchemas("api", level="deep"))
    assert violation.fix == "declare what is in it, field by field"


# -- exclusions --------------------------------------------------------------------------------------------------------

HEALTH = '@router.get("/health")\ndef health(): return {}\n@router.get("/x")\ndef f() -> None: ...'


@pytest.mark.parametrize(
    "pattern",
    ["health", "routes.health", "shop.api.routes.health", "shop.**.health", "/orders/health", "GET /orders/health"],
)
def test_a_handler_is_left_out_with_a_reason(pattern: str) -> None:
    """By name, pattern or route; and that is shown."""
    code = shop(HEALTH)

    assert code.violations(BoundarySchemas("api", exclude={pattern: "a probe"})) == []
    assert code.evaluations[-1].notes == [f"1 left out by {pattern!r}: a probe"]


@pytest.mark.parametrize("pattern", ["Orders.show", "routes.Orders.show", "shop.api.routes.Orders.show"])
def test_what_a_class_has_from_its_base_is_left_out_by_the_name_of_either(pattern: str) -> None:
    """That of the one class leaves out no other; the message names both."""
    base = (
        "class Up:\n    def add(self): router.add_api_route(f'/{self.name}', self.show)\n"
        "    def show(self): return {'a': self.name}\n"
        "class Orders(Up): name = 'orders'\nclass Lines(Up): name = 'lines'\n"
    )
    (message,) = found(base, BoundarySchemas("api", exclude={pattern: "a probe"}))

    assert message.startswith("GET /orders/lines Up.show of Lines ")
    with pytest.raises(RuleError, match="leaves out every handler"):
        found(base, BoundarySchemas("api", exclude={pattern.replace("Orders", "Up"): "a probe"}))


def test_an_exclusion_that_matches_nothing_is_an_error() -> None:
    """With the nearest name."""
    with pytest.raises(
        EmptySelectionError, match="no handler matches 'GET /orders/helth'; did you mean 'GET /orders/health'"
    ):
        found(HEALTH, BoundarySchemas("api", exclude={"GET /orders/helth": "a probe"}))
    with pytest.raises(RuleError, match="needs a reason"):
        BoundarySchemas("api", exclude={"health": ""})


def test_what_is_missing_is_shown_in_the_signature() -> None:
    """A question mark where the declaration should be; long signatures without what is not in question."""
    (violation,) = shop('@router.get("/")\ndef f(): return {}').violations(BoundarySchemas("api"))
    assert violation.details == ("def f() -> ?", "           ^")

    many = ", ".join(f"parameter_{n}: int" for n in range(9))
    code = f'@router.post("/")\ndef f({many}, payload: dict, *, last: int = 1) -> None: ...'
    (violation,) = shop(code).violations(BoundarySchemas("api"))
    assert violation.details == ("def f(..., payload: dict, ...) -> None", "                    ^^^^")


def test_a_serializer_is_what_rest_framework_takes() -> None:
    """The fix speaks its language."""
    text = "from rest_framework.views import APIView\nclass V(APIView):\n    def post(self, request) -> dict: ..."
    (violation,) = codebase({"shop.api": text}).violations(BoundarySchemas("api"))

    assert violation.fix == "class PostSerializer(serializers.Serializer): ...  and use it for the result"


def test_scopes_may_overlap() -> None:
    """What was looked at for one is not looked at again for the other."""
    code = shop('@router.get("/")\ndef f(): return {}')

    assert len(code.violations(BoundarySchemas("api"))) == len(code.violations(BoundarySchemas("shop"))) == 1


def test_schemas_as_arguments_of_schemas_count() -> None:
    """Of a page, what it is a page of."""
    code = """
class Out(BaseModel):
    model_info: dict
    __root__: list[Row]
class Page(BaseModel, Generic[T]): items: list[T]
@router.get("/")
def f() -> Page[Out]: ...
"""
    assert found(code, BoundarySchemas("api", level="deep")) == [
        "GET /orders/ f must not return shop.api.routes.Out, which has rows of shop.api.routes.Row in it"
    ]
    code = code.replace("    __root__: list[Row]\n", "")
    assert found(code, BoundarySchemas("api", level="deep")) == [
        "GET /orders/ f must not let raw data through in Out.model_info: dict"
    ]


def test_a_route_that_several_handlers_have_excludes_none() -> None:
    """Prefixes are not known; a name is."""
    code = '@router.get("/")\ndef f(): return {}\n@router.get("/")\ndef g(): return {}'

    with pytest.raises(
        RuleError, match=r"is the route of 2 handlers: shop\.api\.routes\.f, shop\.api\.routes\.g; name one"
    ):
        found(code, BoundarySchemas("api", exclude={"GET /orders/": "a probe"}))


@pytest.mark.parametrize("read", ["flask.request.get_json()", "req.json", "jwt.decode(req.json['token'])"])
def test_the_request_of_flask_is_known_by_whatever_name(read: str) -> None:
    """And a token is no schema."""
    text = f"import flask, jwt\nfrom flask import Flask, request as req\napp = Flask('x')\n@app.post('/')\ndef f():\n    {read}"
    code = codebase({"shop.api": text})

    assert len(code.violations(BoundarySchemas("api", level="strict"))) == 1


def test_code_that_is_nested_too_deeply_is_an_error_of_ours() -> None:
    """Rather than a crash."""
    branches = "if x: pass\n" + "elif x: pass\n" * 700

    with pytest.raises(FitnessError, match="nested too deeply"):
        found(branches)


@pytest.mark.parametrize("first", ["UserIn", "OrderIn"])
def test_classes_in_classes_may_have_one_name(first: str) -> None:
    """Whichever is looked at first."""
    text = (
        "class UserIn(BaseModel):\n    class Item(BaseModel):\n        name: str\n    items: list[Item]\n"
        "class OrderIn(BaseModel):\n    class Item(BaseModel):\n        extra: dict\n    items: list[Item]\n"
    )
    other = {"UserIn": "OrderIn", "OrderIn": "UserIn"}[first]
    text += "".join(
        f'@router.post("/{n}")\ndef f{n}(x: {name}) -> None: ...\n' for n, name in enumerate((first, other))
    )
    (message,) = found(text, BoundarySchemas(inside="api", level="deep"))
    number = int(first == "UserIn")
    assert message == f"POST /orders/{number} f{number} must not let raw data through in Item.extra: dict"


def test_a_star_of_typing_extensions_means_the_same_wherever_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether or not anybody has imported it; and it does not stand for what it has not."""
    monkeypatch.setitem(sys.modules, "typing_extensions", None)
    stars = "from typing_extensions import *\n"
    assert found(f'{stars}@router.post("/")\ndef f(x: deprecated[Order]) -> Optional[Order]: ...') == []
    (message,) = found(f"{stars}@router.get('/')\ndef f() -> Any: ...")
    assert "Any" in message
    assert found(f"from app.nowhere import *\n{stars}@router.get('/')\ndef f() -> Order: ...") == []
