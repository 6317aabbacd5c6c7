"""The OpenAPI document of today against the one that was committed."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from fastapi import FastAPI
from pydantic import BaseModel
from runtime.test_openapi import I, S, document, obj

from pytest_fitness import EmptySelectionError, NotJudgedError, RuleError
from pytest_fitness.errors import FitnessError
from pytest_fitness.model import Codebase
from pytest_fitness.prove import Prover
from pytest_fitness.runtime import OpenApiCompatibility
from pytest_fitness.sources import Project, Run, read


class Order(BaseModel):
    number: int


def application() -> FastAPI:
    app = FastAPI()

    @app.get("/orders")
    def orders() -> list[Order]: ...

    return app


def project(tmp_path: Path, snapshot: object = None, *, updating: bool = False) -> Codebase:
    """Return a codebase on disk, with a snapshot."""
    (tmp_path / "shop.py").touch()
    if snapshot is not None:
        text = snapshot if isinstance(snapshot, str) else json.dumps(snapshot, indent=2)
        (tmp_path / "openapi.json").write_text(text)
    updates = frozenset({"--fitness-update-openapi"} if updating else ())
    return read(Project(tmp_path, packages=("shop",)), run=Run(lambda *_: pytest.fail("not asked"), updates=updates))


def test_the_snapshot_is_written_and_fits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sorted, so that it merges; where CI is set it is not written."""
    monkeypatch.delenv("CI", raising=False)
    written = project(tmp_path, updating=True)
    assert written.violations(OpenApiCompatibility(application)) == []
    assert written.evaluations[-1].notes == ["openapi.json was written"]
    before = (tmp_path / "openapi.json").read_text()
    assert json.loads(before) == application().openapi()

    judged = project(tmp_path)
    assert judged.violations(OpenApiCompatibility(application)) == []
    assert judged.evaluations[-1].counts == ["1 operations"]

    monkeypatch.setenv("CI", "true")
    with pytest.raises(RuleError, match="does not write where CI is set"):
        project(tmp_path, updating=True).violations(OpenApiCompatibility(application))
    assert (tmp_path / "openapi.json").read_text() == before


def test_a_snapshot_is_written_where_there_is_a_place_for_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Or the error names it."""
    monkeypatch.delenv("CI", raising=False)
    rule = OpenApiCompatibility(application, snapshot="docs/openapi.json")

    with pytest.raises(FitnessError, match=r"^docs/openapi\.json cannot be written: there is no such directory"):
        project(tmp_path, updating=True).violations(rule)
    (tmp_path / "docs").mkdir()
    assert project(tmp_path, updating=True).violations(rule) == []


def test_a_break_is_a_violation_with_a_place(tmp_path: Path) -> None:
    """In the snapshot, where the path is."""
    shop = project(tmp_path, document(response=obj(a=S)))

    (violation,) = shop.violations(OpenApiCompatibility(document(response=obj(a=I))))

    assert str(violation) == (
        "openapi.json:3: POST /orders must not break its clients: response-type-widened: response 200.a: string -> integer"
    )


def test_what_only_adds_is_counted_and_what_is_careless_is_listed(tmp_path: Path) -> None:
    """Unless a warning is to fail."""
    old = document(response={"enum": ["a"]})
    new = document(response={"enum": ["a", "b"]})
    new["paths"]["/more"] = {"get": {}}
    shop = project(tmp_path, old)

    assert shop.violations(OpenApiCompatibility(new)) == []
    assert shop.evaluations[-1].notes == [
        'POST /orders: response-enum-value-added: response 200: "b"',
        "1 additions that openapi.json does not have; `pytest --fitness-update-openapi` writes them",
    ]
    (violation,) = shop.violations(OpenApiCompatibility(new, warnings="fail"))
    assert violation.message.startswith("POST /orders should not break its clients")


@pytest.mark.parametrize(
    ("deprecated", "sunset", "option", "text"),
    [
        (True, "2020-01-01", {}, None),
        (True, None, {"POST /orders": "2020-01-01"}, None),
        (True, "2999-01-01", {}, "(deprecated, before 2999-01-01)"),
        (True, None, {}, "(deprecated, without a day)"),
        (False, "2020-01-01", {}, "the operation"),
        (True, "some day", {}, "before some day)"),
    ],
)
def test_what_was_deprecated_may_go_when_its_day_has_come(
    tmp_path: Path, deprecated: bool, sunset: str | None, option: dict[str, str], text: str | None
) -> None:
    """The snapshot says that it was."""
    old = document(deprecated=deprecated, **({"x-sunset": sunset} if sunset else {}))

    found = project(tmp_path, old).violations(OpenApiCompatibility({"paths": {"/x": {"get": {}}}}, sunset=option))

    assert [v.message.endswith(text or "") for v in found] == ([True] if text else [])


def test_a_sunset_of_what_is_still_there_is_noted(tmp_path: Path) -> None:
    """One of what was never promised is a misspelling."""
    shop = project(tmp_path, document())

    shop.violations(OpenApiCompatibility(document(), sunset={"POST /orders": "2020-01-01"}))

    assert shop.evaluations[-1].notes == ["'POST /orders' in `sunset` is still there"]
    with pytest.raises(EmptySelectionError, match=r"did you mean 'POST /orders'.*it is in `sunset`"):
        shop.violations(OpenApiCompatibility(document(), sunset={"POST /ordres": "2020-01-01"}))


@pytest.mark.parametrize(
    ("snapshot", "message"),
    [
        ("<<<<<<< HEAD\n{}", "not valid JSON: .*it has conflict markers"),
        ("{", "openapi.json: not valid JSON"),
        ("[]", "it has no paths"),
        ("{}", "it has no paths"),
        ('{"paths": {"/x": {"get": []}}}', "openapi.json is damaged: GET /x is no operation"),
        ('{"paths": {"/x": null}}', "openapi.json is damaged: /x has no operations"),
        ('{"paths": [1]}', "openapi.json is damaged: paths has no operations"),
        ('{"paths": {"/x": {"get": {"a": [{"$ref": "#/a/b"}]}}}}', "openapi.json is damaged: #/a/b leads nowhere"),
        ('{"paths": {"/x": {"$ref": "#/a"}}, "a": {"$ref": "#/a"}}', "openapi.json is damaged: #/a leads nowhere"),
    ],
)
def test_a_snapshot_that_is_none_is_an_error(tmp_path: Path, snapshot: str, message: str) -> None:
    """Never "nothing has changed"."""
    with pytest.raises(RuleError, match=message):
        project(tmp_path, snapshot).violations(OpenApiCompatibility(application))


def test_without_a_snapshot_nothing_can_be_said(tmp_path: Path) -> None:
    """Skipped here, failed in CI."""
    with pytest.raises(NotJudgedError, match=r"there is no openapi\.json"):
        project(tmp_path).violations(OpenApiCompatibility(application))


def test_a_document_without_operations_is_an_error(tmp_path: Path) -> None:
    """It would break everything, or nothing."""
    with pytest.raises(EmptySelectionError, match="has no paths"):
        project(tmp_path, document()).violations(OpenApiCompatibility(FastAPI(openapi_url=None)))


def test_documents_come_from_several_frameworks(tmp_path: Path) -> None:
    """Django Ninja's method, Litestar's object."""
    ninja = SimpleNamespace(get_openapi_schema=document, routes=[])
    litestar = SimpleNamespace(openapi_schema=SimpleNamespace(to_schema=document), routes=[])

    for app in (ninja, litestar):
        assert project(tmp_path, document()).violations(OpenApiCompatibility(app)) == []
    with pytest.raises(RuleError, match="has no OpenAPI document"):
        project(tmp_path, document()).violations(OpenApiCompatibility(SimpleNamespace(routes=[])))


def test_a_place_that_cannot_be_written_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By name."""
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(FitnessError, match=r"openapi\.json cannot be written"):
        project(tmp_path, updating=True).violations(OpenApiCompatibility(document(), "no/such/openapi.json"))


@pytest.mark.parametrize(
    "options", [{"snapshot": "openapi.yaml"}, {"snapshot": 3}, {"warnings": "no"}, {"sunset": {"GET /x": "soon"}}]
)
def test_options_that_make_no_sense_are_refused(options: dict[str, Any]) -> None:
    """At construction."""
    with pytest.raises(RuleError):
        OpenApiCompatibility(application, **options)


def test_an_operation_that_is_gone_is_found(tmp_path: Path) -> None:
    """When it is taken away; one that the snapshot does not have is nobody's promise."""
    app = application()
    judged = project(tmp_path, json.loads(json.dumps(app.openapi())))
    app.get("/later")(lambda: None)
    app.openapi_schema = None
    judged.violations(OpenApiCompatibility(app))
    prover = Prover(judged.evaluations, {})

    proof = prover.proof(prover.evaluations[0])

    assert [(o.what, o.killed) for o in proof.outcomes] == [("GET /orders is gone", True)]
    (tmp_path / "openapi.json").unlink()
    assert prover.proof(prover.evaluations[0]).unproved == "there is nothing that could be planted here"


def test_a_snapshot_may_have_references_that_lead_on(tmp_path: Path) -> None:
    """To another one, to another document, or escaped."""
    links = {"a/b": {"$ref": "#/c"}, "c": {"type": "string"}, "d": {"$ref": "other.json#/x"}, "e": {"$ref": "#/a~1b"}}
    kept = json.dumps({**document(), **links})

    assert project(tmp_path, kept).violations(OpenApiCompatibility(document())) == []


def test_a_snapshot_that_is_no_text_is_an_error(tmp_path: Path) -> None:
    """It names the file."""
    shop = project(tmp_path, "")
    (tmp_path / "openapi.json").write_bytes(b"\xff\xfe")

    with pytest.raises(FitnessError, match=r"openapi\.json cannot be read: it is not UTF-8 at byte 0"):
        shop.violations(OpenApiCompatibility(application))


@pytest.mark.parametrize(
    "more",
    [
        {"x-internal": "yes"},
        {"/y": {"get": {"parameters": [{"$ref": "#/paths/~1x/get/parameters/0"}]}}},
        {"/y": {"get": {"a": {"$ref": "#/paths/~1z~1%7Bid%7D/get"}}}},
        {"/y": {"get": {"a": {"$ref": "#/components/schemas/Any"}}}},
        {"/y": {"get": {"a": {"$ref": "#/components/schemas/One/oneOf/0"}}}},
        {"/y": {"get": {"example": {"$ref": "#/nowhere"}, "schema": {"default": {"$ref": "#/nowhere"}}}}},
    ],
)
def test_what_openapi_allows_is_not_damaged(tmp_path: Path, more: dict[str, Any]) -> None:
    """Extensions, references into lists and escaped ones, schemas that are true or false, data that looks like a reference."""
    paths = {"/x": {"get": {"parameters": [{"name": "a", "in": "query"}]}}, "/z/{id}": {"get": {}}}
    kept = {
        "paths": {**paths, **more},
        "components": {"schemas": {"Any": True, "One": {"oneOf": [{"type": "string"}]}}},
    }

    assert project(tmp_path, kept).violations(OpenApiCompatibility(kept)) == []


@pytest.mark.parametrize("reference", ["#/paths/~1x/get/parameters/1", "#/paths/~1x/get/parameters/a"])
def test_a_reference_past_the_end_of_a_list_leads_nowhere(tmp_path: Path, reference: str) -> None:
    """As does a name where there is a list."""
    kept = {"paths": {"/x": {"get": {"parameters": [{}], "a": {"$ref": reference}}}}}

    with pytest.raises(RuleError, match="leads nowhere"):
        project(tmp_path, kept).violations(OpenApiCompatibility(kept))
