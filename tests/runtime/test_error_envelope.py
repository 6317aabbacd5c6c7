"""The shape of errors."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Annotated, Any

import pytest
from fastapi import Depends, FastAPI, File, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware

from pytest_fitness import EmptySelectionError, RuleError
from pytest_fitness.prove import Prover
from pytest_fitness.runtime import ErrorEnvelope
from pytest_fitness.runtime.calling import call
from pytest_fitness.testing import codebase


class Order(BaseModel):
    number: int


class Detail(BaseModel):
    detail: str


class Problem(BaseModel):
    error: dict[str, Any]


def application(leak: bool = False, body: bool = True) -> FastAPI:
    """Return an application whose errors are all alike."""
    app = FastAPI()

    @app.get("/orders")
    def orders() -> None: ...

    @app.get("/orders/{number}")
    def order(number: int) -> None: ...

    if body:

        @app.post("/orders")
        def create(data: Order) -> None:
            raise AssertionError("no handler is reached")

    async def envelope(_: Request, error: Exception) -> JSONResponse:
        status = getattr(error, "status_code", 422 if isinstance(error, RequestValidationError) else 500)
        message = str(error) if leak else "went wrong"
        return JSONResponse({"error": {"code": "x", "message": message, "details": None}}, status)

    for kind in (HTTPException, RequestValidationError, Exception):
        app.add_exception_handler(kind, envelope)
    return app


def said(app: object, **options: Any) -> list[str]:
    return [v.message for v in codebase({"shop": ""}).violations(ErrorEnvelope(app, **options), place="tests/x.py:3")]


@pytest.mark.parametrize("body", [True, False])
def test_errors_that_are_all_alike_are_fine(body: bool) -> None:
    """With a body to get wrong, or a number in the path."""
    assert said(lambda: application(body=body)) == []


def test_an_application_without_handlers_of_exceptions_fails_each() -> None:
    """FastAPI's own shapes."""
    app = FastAPI()
    app.get("/orders/{number}")(lambda number: number)
    app.post("/orders")(create)

    found = codebase({"shop": ""}).violations(ErrorEnvelope(app), place="tests/x.py:3")

    assert [v.message for v in found] == [
        "404 (GET /fitness-no-such-path) must not answer in another shape",
        "405 (PATCH /orders) must not answer in another shape",
        "422 (POST /orders) must not answer in another shape",
        "500 (GET /fitness-no-such-path-raising) must not answer in another shape",
    ]
    assert str(found[0]).startswith("tests/x.py:3: 404")
    assert found[0].details == ('got 404: {"detail": "Not Found"}',)


def create(data: Order) -> None: ...


def test_the_route_that_raises_is_gone_afterwards() -> None:
    """The application is as it was."""
    app = application()
    before = list(app.router.routes)

    said(app)

    assert app.router.routes == before


def test_an_error_does_not_tell_what_went_wrong_inside() -> None:
    """The message of an exception may be anything."""
    assert said(application(leak=True)) == [
        "500 (GET /fitness-no-such-path-raising) must not answer with the exception itself"
    ]
    debug = application()
    debug.debug = True
    assert "500 (GET /fitness-no-such-path-raising) must not answer with internals" in said(debug)[0]


def test_another_shape_can_be_asked_for() -> None:
    """As a model."""
    assert said(application(), shape=Problem) == []
    assert said(application(), shape=Detail, statuses=(404,)) == [
        "404 (GET /fitness-no-such-path) must not answer in another shape than Detail: field required"
    ]


def test_another_status_is_no_such_error() -> None:
    """A page for everything answers 200."""
    app = Starlette(exception_handlers={404: lambda *_: JSONResponse("x" * 300)})

    (first, *_) = codebase({"shop": ""}).violations(ErrorEnvelope(app, statuses=(404,)))

    assert first.message == "404 (GET /fitness-no-such-path) must not answer with status 200"
    assert first.details[0].endswith("xxx...")


def test_what_cannot_be_provoked_is_said() -> None:
    """An application without the opportunity."""
    shop = codebase({"shop": ""})
    app = FastAPI()
    app.get("/{name:path}")(lambda name: name)

    with pytest.raises(EmptySelectionError, match="none of them could be provoked"):
        shop.violations(ErrorEnvelope(app, statuses=(404, 405, 422)))

    assert shop._current.notes == [
        "404 is not judged: some route answers every path",
        "405 is not judged: no route without parameters leaves a method out",
        "422 is not judged: no route takes JSON, or a number in its path, without another that could answer",
    ]


class Wsgi:
    """What of Flask is used: a map of URLs, functions by name, and a call."""

    def __init__(self, rules: list[Any], *, propagate: bool = False) -> None:
        self.url_map = SimpleNamespace(iter_rules=lambda: iter(rules), bind=lambda _: self)
        self.view_functions = {"home": lambda: "home"}
        self.propagate = propagate
        self.wsgi_app = self
        self.config: dict[str, Any] = {}

    def match(self, path: str, method: str) -> None:
        if (path, method) != ("/", "GET"):
            error = ValueError(path)
            error.code = 405 if path == "/" else 404  # type: ignore[attr-defined]
            raise error

    def __call__(self, environ: dict[str, Any], start: Any) -> list[bytes]:
        assert environ["HTTP_AUTHORIZATION"] == "Bearer x"
        status, body = "404 Not Found", b'{"error": {"code": 1, "message": "", "details": null}}'
        if environ["PATH_INFO"] == "/" and environ["REQUEST_METHOD"] == "GET":
            try:
                self.view_functions["home"]()
            except RuntimeError:
                if self.propagate:
                    raise
                status = "500 Internal Server Error"
        elif environ["PATH_INFO"] == "/":
            status = "405 Method Not Allowed"
        start(status, [])
        return [body]


RULES = [SimpleNamespace(rule="/", endpoint="home", methods={"GET", "HEAD"}, arguments=set())]


def test_a_wsgi_application_is_judged_too() -> None:
    """By what Flask has."""
    app = Wsgi(RULES)
    home = app.view_functions["home"]

    assert said(app, headers={"Authorization": "Bearer x"}) == []
    assert app.view_functions["home"] is home
    everything = Wsgi(RULES)
    everything.match = lambda *_, **__: None  # type: ignore[method-assign]
    with pytest.raises(EmptySelectionError):
        said(everything, statuses=(404, 405))
    found = said(Wsgi(RULES, propagate=True), headers={"Authorization": "Bearer x"}, statuses=(500,))
    assert found == ["500 (GET /) must not answer by raising RuntimeError: fitness-secret-5b1c"]
    with pytest.raises(EmptySelectionError, match="none of them could be provoked"):
        said(Wsgi([]), headers={"Authorization": "Bearer x"}, statuses=(500,))


def test_a_running_loop_does_not_matter() -> None:
    """Async tests judge, too."""

    async def judged() -> list[str]:
        return said(application())

    assert asyncio.run(judged()) == []


def test_an_application_that_says_nothing_has_no_status() -> None:
    """Neither by ASGI nor by WSGI."""

    async def silent(scope: object, receive: Any, send: object) -> None:
        assert (await receive())["type"] == "http.request"
        assert (await receive())["type"] == "http.disconnect"

    def mute(environ: object, start: object) -> list[bytes]:
        return []

    mute.wsgi_app = True  # type: ignore[attr-defined]
    assert call(silent, "GET", "/").status == call(mute, "GET", "/").status == 0


@pytest.mark.parametrize("options", [{"statuses": (403,)}, {"statuses": ()}, {"shape": "Problem"}])
def test_options_that_make_no_sense_are_refused(options: dict[str, Any]) -> None:
    """At construction."""
    with pytest.raises(RuleError):
        ErrorEnvelope(application, **options)


def busy() -> FastAPI:
    """Return an application in which careless requests would reach handlers."""
    app = FastAPI()

    def refuse(**_: object) -> None:
        raise AssertionError("a handler was reached")

    app.get("/orders")(refuse)
    app.post("/orders")(refuse)
    app.patch("/orders")(refuse)
    app.delete("/{name}")(lambda name: refuse())
    app.put("/{rest:path}")(lambda rest: refuse())
    app.get("/users/{name}")(lambda name: refuse())

    @app.get("/users/{number}")
    def user(number: int) -> None: ...

    @app.post("/upload")
    def upload(data: Annotated[bytes | None, File()] = None) -> None:
        raise AssertionError("a handler was reached")

    return app


def test_no_handler_is_reached() -> None:
    """The router is asked first, with the routes that have parameters."""
    shop = codebase({"shop": ""})

    found = shop.violations(ErrorEnvelope(busy()))

    assert [v.target for v in found] == ["405", "500"]
    assert [note.partition(":")[0] for note in shop.evaluations[-1].notes] == ["404 is not judged", "422 is not judged"]
    assert shop.evaluations[-1].counts == ["2 errors"]


def test_middleware_can_be_added_afterwards() -> None:
    """The application is as it was, and one that is wrapped is looked into."""
    app = application()
    wrapped = CORSMiddleware(app)

    assert said(wrapped) == []
    app.add_middleware(CORSMiddleware)


def test_a_number_behind_a_login_is_not_judged() -> None:
    """Unless somebody is logged in."""
    app = FastAPI()

    def deny() -> None:
        raise HTTPException(401)

    @app.get("/orders/{number}", dependencies=[Depends(deny)])
    def order(number: int) -> None: ...

    shop = codebase({"shop": ""})
    shop.violations(ErrorEnvelope(app, statuses=(404, 422)))

    assert shop.evaluations[-1].notes == [
        "422 is not judged: GET /orders/fitness-no-number asks for credentials; give `headers`"
    ]


def test_what_an_application_raises_is_shown() -> None:
    """A database that a lifespan would have opened, as a rule."""
    app = application()

    @app.middleware("http")
    async def needs_state(request: Request, call_next: Any) -> Any:
        return await call_next(request.state.db)

    (violation,) = codebase({"shop": ""}).violations(ErrorEnvelope(app, statuses=(404,)))

    assert "the application raised AttributeError" in violation.details[1]


def test_an_application_that_takes_no_route_says_so() -> None:
    """Its router is of another kind."""

    class Odd(SimpleNamespace):
        async def __call__(self, *_: object) -> None: ...

    app = Odd(routes=[], router=SimpleNamespace(), middleware_stack=None)
    shop = codebase({"shop": ""})
    with pytest.raises(EmptySelectionError):
        shop.violations(ErrorEnvelope(app, statuses=(500,)))
    assert shop._current.notes[0].startswith("500 is not judged: no route can be put in")


def test_a_code_is_a_text_or_a_number() -> None:
    """And true is neither."""
    app = FastAPI()

    @app.exception_handler(404)
    def wrong(*_: object) -> JSONResponse:
        return JSONResponse({"error": {"code": True, "message": "", "details": None}}, 404)

    assert said(app, statuses=(404,)) == ["404 (GET /fitness-no-such-path) must not answer in another shape"]


def test_another_shape_is_found() -> None:
    """When it is planted; a shape that anything fits would hide it."""
    shop = codebase({"shop": ""})
    shop.violations(ErrorEnvelope(application(), statuses=(404, 405)))
    shop.violations(ErrorEnvelope(application(), shape=BaseModel, statuses=(404,)))
    prover = Prover(shop.evaluations, {})
    sound, weak = [prover.proof(evaluation) for evaluation in prover.evaluations]

    assert (sound.killed, sound.survivors) == (2, [])
    assert [outcome.what for outcome in weak.survivors] == ["404 is answered by a detail alone"]


def test_a_flask_application_in_a_test_answers_as_outside_of_one() -> None:
    """`TESTING` would let the exception through; everything is as before afterwards."""

    class Configured(Wsgi):
        def __call__(self, environ: dict[str, Any], start: Any) -> list[bytes]:
            self.propagate = self.config["PROPAGATE_EXCEPTIONS"] is None  # as where TESTING is set
            return super().__call__(environ, start)

    app = Configured(RULES)
    app.config = {"TESTING": True, "PROPAGATE_EXCEPTIONS": None}

    assert said(app, headers={"Authorization": "Bearer x"}, statuses=(500,)) == []
    assert app.config == {"TESTING": True, "PROPAGATE_EXCEPTIONS": None}


@pytest.mark.parametrize(
    ("app", "message"),
    [
        (
            SimpleNamespace(app=FastAPI()),
            r"no application that can be called; it is given the application, `client\.app`",
        ),
        (SimpleNamespace(routes=[]), "no application that can be called$"),
    ],
)
def test_what_cannot_be_called_is_no_application(app: object, message: str) -> None:
    """Such as a client for tests."""
    with pytest.raises(RuleError, match=message):
        codebase({"shop": ""}).violations(ErrorEnvelope(app))
