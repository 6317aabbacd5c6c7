"""Routes that nobody watches."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Annotated, Any

import pytest
from fastapi import APIRouter, Depends, FastAPI
from fastapi.security import HTTPBearer
from starlette.responses import Response

from pytest_fitness import EmptySelectionError, RuleError
from pytest_fitness.model import Codebase
from pytest_fitness.prove import Prover
from pytest_fitness.runtime import UnprotectedRoutes
from pytest_fitness.runtime.unprotected_routes import fitness_planted
from pytest_fitness.testing import codebase

bearer = HTTPBearer()


def user(token: Annotated[Any, Depends(bearer)]) -> str: ...


def admin(name: Annotated[str, Depends(user)]) -> str: ...


def _plain(request: object) -> Response:
    return Response()


def application() -> FastAPI:
    app = FastAPI()
    safe = APIRouter(prefix="/safe", dependencies=[Depends(user)])

    @safe.get("/a")
    def a() -> None: ...

    @app.delete("/b")
    def b(who: Annotated[str, Depends(admin)]) -> None: ...

    @app.get("/health")
    def health() -> None: ...

    @app.post("/open")
    def opened() -> None: ...

    app.include_router(safe)
    app.add_route("/plain", _plain)
    return app


def said(**options: Any) -> tuple[list[str], Codebase]:
    shop = codebase({"shop": ""})
    rule = UnprotectedRoutes(**{"app": application, "by": user, **options})
    return [violation.message for violation in shop.violations(rule)], shop


def test_what_does_not_depend_on_it_is_open() -> None:
    """Dependencies of dependencies and of routers count."""
    found, shop = said()

    assert found == [
        "GET /plain _plain must not be open to everybody",
        "GET /health application.<locals>.health must not be open to everybody",
        "POST /open application.<locals>.opened must not be open to everybody",
    ]
    assert shop.evaluations[-1].counts == ["5 routes"]


@pytest.mark.parametrize(
    "public",
    [
        {"/health": "a probe", "/open": "on purpose", "/plain": "nothing in it"},
        {"GET /health": "a probe", "POST /*": "on purpose", "/plain": "nothing in it"},
    ],
)
def test_public_routes_are_listed_with_a_reason(public: Mapping[str, str]) -> None:
    """By path, by method and path, by pattern; and shown."""
    found, shop = said(public=public)

    assert found == []
    assert len(shop.evaluations[-1].notes) == 3


def test_places_are_relative_to_rootdir() -> None:
    """Where they lie in it."""
    shop = codebase({"shop": ""})
    shop._rootdir = str(Path(__file__).parent)

    places = {v.location.path for v in shop.violations(UnprotectedRoutes(application, by=user))}

    assert places == {Path(__file__).name}


def test_a_list_that_is_out_of_date_fails() -> None:
    """Protected all the same, or no route at all."""
    found, _ = said(public={"/*": "all of them"})

    assert [message.partition(" is in")[2] for message in found] == [" `public`, but must not be: it is protected"] * 2
    with pytest.raises(EmptySelectionError, match="no route matches '/helth'; did you mean '/health'"):
        said(public={"/helth": "a probe"})


def test_a_security_scheme_counts_by_its_class() -> None:
    """Any object of it."""
    assert said(by=HTTPBearer)[0] == said(by=(user, admin))[0]


def test_a_function_that_no_route_depends_on_is_an_error() -> None:
    """Rather than a list of all routes."""
    with pytest.raises(EmptySelectionError, match=r"no route matches 'said'; no route depends on it"):
        said(by=said)
    with pytest.raises(EmptySelectionError, match="has none of its own"):
        said(app=FastAPI())


@pytest.mark.parametrize("options", [{"by": 3}, {"by": ()}, {"public": {"/x": ""}}])
def test_options_that_make_no_sense_are_refused(options: dict[str, Any]) -> None:
    """At construction."""
    with pytest.raises(RuleError):
        said(**options)


def test_a_scheme_that_lets_everybody_through_protects_nothing() -> None:
    """By its class; the very object may be meant."""
    optional = HTTPBearer(auto_error=False)
    app = FastAPI()
    app.get("/a", dependencies=[Depends(optional)])(_plain)
    app.get("/b", dependencies=[Depends(bearer)])(_plain)

    assert said(app=app, by=HTTPBearer)[0] == ["GET /a _plain must not be open to everybody"]
    assert said(app=app, by=(HTTPBearer, optional))[0] == []


def test_a_mount_that_lists_no_routes_is_open() -> None:
    """Nobody can look into it."""
    app = application()
    app.mount("/files", _plain)  # type: ignore[arg-type]  # it is only looked at

    found, _ = said(app=app)

    assert "MOUNT /files _plain must not be open to everybody" in found


def test_a_dependency_needs_no_hash() -> None:
    """Dataclasses have none."""

    @dataclass
    class Check:
        name: str

        def __call__(self) -> None: ...

    check = Check("a")
    app = FastAPI()
    app.get("/a", dependencies=[Depends(check)])(_plain)

    assert said(app=app, by=check)[0] == []


def test_an_open_route_is_found() -> None:
    """When it is planted; a pattern that makes everything public would hide it."""
    shop = codebase({"shop": ""})
    shop.violations(UnprotectedRoutes(application(), by=user, public={"*": "all of it"}))
    prover = Prover(shop.evaluations, {})
    (proof,) = [prover.proof(evaluation) for evaluation in prover.evaluations]
    assert [outcome.what for outcome in proof.survivors] == ["an open route GET /fitness-planted"]
    app = FastAPI(dependencies=[Depends(user)])
    app.get("/x")(lambda: None)
    shop.violations(UnprotectedRoutes(app, by=user))
    prover = Prover(shop.evaluations, {})

    assert prover.proof(prover.evaluations[-1]).killed == 1
    fitness_planted()


def test_public_routes_without_reasons_are_refused() -> None:
    """At construction, in words; the code that refuses them is not shown."""
    with pytest.raises(RuleError, match="`public` takes routes with a reason each") as error:
        UnprotectedRoutes(FastAPI(), by=str, public=["/"])  # type: ignore[arg-type]

    hidden = error.traceback[-1].frame.f_globals["__tracebackhide__"]
    assert hidden(error)
    assert not hidden(SimpleNamespace(value=ZeroDivisionError()))
