"""Two OpenAPI documents, and what breaks clients."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from pytest_fitness.runtime.openapi import changes

Json = Any


def document(request: Json = None, response: Json = None, *, schemas: Json = None, **operation: Json) -> Json:
    """Return a document with ``POST /orders``, what it takes, and what it gives."""
    given: Json = {
        "operationId": "create",
        "requestBody": {
            "content": {"application/json": {"schema": {"type": "object"} if request is None else request}}
        },
        "responses": {
            "200": {"content": {"application/json": {"schema": {"type": "object"} if response is None else response}}},
            "404": {},
        },
        **operation,
    }
    return {"paths": {"/orders": {"post": given}}, "components": {"schemas": schemas or {}}}


def said(old: Json, new: Json, *, breaks: bool | None = True) -> list[str]:
    """Return kind and subject of each change."""
    found = changes(old, new)
    return [f"{each.kind}: {each.what}" for each in found if breaks is None or each.breaks == breaks]


def obj(required: tuple[str, ...] = (), **properties: Json) -> Json:
    return {"type": "object", "properties": properties, "required": list(required)}


S: Json = {"type": "string"}
I: Json = {"type": "integer"}  # noqa: E741
N: Json = {"type": "null"}


def ref(name: str) -> Json:
    return {"$ref": f"#/components/schemas/{name}"}


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (S, I, ["request-type-narrowed: body: string -> integer"]),
        (I, {"type": "number"}, []),
        ({"type": "number"}, I, ["request-type-narrowed: body: number -> integer"]),
        ({"anyOf": [S, N]}, S, ["request-type-narrowed: body: null | string -> string"]),
        ({"type": ["string", "null"]}, {"type": "string", "nullable": True}, []),
        ({}, S, ["request-type-narrowed: body: any -> string"]),
        (S, {}, []),
        (obj(a=S), obj(("a",), a=S), ["request-property-became-required: body.a"]),
        (obj(a=S), obj(("b",), a=S, b=S), ["request-property-added-and-required: body.b"]),
        (obj(a=S), obj(a=S, b=S), []),
        (obj(a=S), {**obj(), "additionalProperties": False},
         ["request-property-removed: body.a", "request-additional-properties-forbidden: body"]),
        (obj(a=obj(b=S)), obj(a=obj(b=I)), ["request-type-narrowed: body.a.b: string -> integer"]),
        ({"type": "array", "items": S}, {"type": "array", "items": I}, ["request-type-narrowed: body[]: string -> integer"]),
        ({"type": "object", "additionalProperties": S}, {"type": "object", "additionalProperties": I},
         ["request-type-narrowed: body{}: string -> integer"]),
        ({"enum": ["a", "b"]}, {"enum": ["a"]}, ['request-enum-value-removed: body: "b"']),
        ({"enum": ["a"]}, {"enum": ["a", "b"]}, []),
        ({"const": "a"}, {"enum": ["a"]}, []),
        (S, {**S, "enum": ["a"]}, ["request-enum-value-removed: body: anything else"]),
        ({**S, "maxLength": 9}, {**S, "maxLength": 5}, ["request-constraint-tightened: body: maxLength 9 -> 5"]),
        ({**S, "maxLength": 5}, {**S, "maxLength": 9}, []),
        (S, {**S, "minLength": 1}, ["request-constraint-tightened: body: minLength None -> 1"]),
        (S, {**S, "minLength": 0}, []),
        ({**I, "minimum": 3}, {**I, "minimum": 1}, []),
        (S, {**S, "pattern": "a"}, ["request-pattern-changed: body: pattern None -> a"]),
        ({**S, "pattern": "a"}, {**S, "pattern": "b"}, []),
        ({"allOf": [obj(a=S)]}, obj(a=S), []),
        ({"allOf": [{"anyOf": [obj(a=S), obj(b=S)]}]}, obj(a=S), ["request-variant-removed: body: object"]),
        ({"allOf": [S, {**S, "maxLength": 9}]}, {"allOf": [{**S, "maxLength": 255}, {**S, "maxLength": 5}]},
         ["request-constraint-tightened: body: maxLength 9 -> 5"]),
        ({"anyOf": []}, {}, []),
        ({"type": "array"}, {"type": "array", "items": I}, ["request-type-narrowed: body[]: any -> integer"]),
        ({"type": "array", "prefixItems": [S]}, {"type": "array", "prefixItems": [I]}, ["request-tuple-changed: body"]),
        ({"type": "object"}, {"type": "object", "additionalProperties": I}, ["request-type-narrowed: body{}: any -> integer"]),
        (obj(a=S), {**obj(a=S), "additionalProperties": False}, ["request-additional-properties-forbidden: body"]),
        ({**obj(), "additionalProperties": False}, {**obj(), "additionalProperties": False}, []),
        (S, {**S, "format": "uuid"}, ["request-format-changed: body: None -> uuid"]),
        ({**S, "format": "uuid"}, S, []),
        (S, {**S, "format": "password"}, []),
        ({"anyOf": [{"type": "array", "items": S}, {"type": "array", "items": I}]}, {"type": "array", "items": S},
         ["request-variant-removed: body: array"]),
        ({"anyOf": [{**S, "format": "uuid"}, {**S, "format": "date"}]}, {**S, "format": "uuid"},
         ["request-variant-removed: body: string"]),
        ({"allOf": [obj(a=S), obj(("b",), b=S)]}, obj(("b",), a=S, b=S), []),
        ({"oneOf": [obj(a=S), obj(b=S)]}, obj(a=S), ["request-variant-removed: body: object"]),
        ({"anyOf": [obj(a=S), obj(b=S)]}, {"anyOf": [obj(b=S), obj(a=S)]}, []),
        ({"title": "A", **obj(a=S)}, {"title": "B", **obj(a=S)}, []),
        ({"properties": {"a": S}}, obj(a=S), []),
    ],
)  # fmt: skip
def test_a_request_may_be_taken_more_widely(old: Json, new: Json, expected: list[str]) -> None:
    """And not more narrowly."""
    assert said(document(request=old), document(request=new)) == expected


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (S, I, ["response-type-widened: response 200: string -> integer"]),
        ({"type": "number"}, I, []),
        (I, {"type": "number"}, ["response-type-widened: response 200: integer -> number"]),
        (S, {"anyOf": [S, N]}, ["response-type-widened: response 200: string -> null | string"]),
        ({}, S, []),
        (S, {}, ["response-type-widened: response 200: string -> any"]),
        (obj(a=S), obj(), ["response-property-removed: response 200.a"]),
        (obj(), obj(a=S), []),
        (obj(("a",), a=S), obj(a=S), ["response-property-became-optional: response 200.a"]),
        (obj(("a",), a=S), obj(), ["response-property-removed: response 200.a"]),
        ({"type": "array", "items": obj(a=S)}, {"type": "array", "items": obj()},
         ["response-property-removed: response 200[].a"]),
        (obj(a=S), {"anyOf": [obj(a=S), obj(b=S)]}, ["response-variant-added: response 200: object"]),
        ({"anyOf": [obj(a=S), obj(b=S)]}, obj(a=S), []),
        ({"enum": ["a"]}, {"enum": ["a", "b"]}, []),
        ({"const": "a"}, {"const": "z"}, ['response-enum-replaced: response 200: "z"']),
        ({**S, "format": "date-time"}, {**S, "format": "date"}, ["response-format-changed: response 200: date-time -> date"]),
        ({"type": "array", "items": S}, {"type": "array"}, ["response-type-widened: response 200[]: string -> any"]),
        ({"type": "object", "additionalProperties": I}, {"type": "object"},
         ["response-type-widened: response 200{}: integer -> any"]),
        ({"type": "array", "items": S}, {"anyOf": [{"type": "array", "items": S}, {"type": "array", "items": I}]},
         ["response-variant-added: response 200: array"]),
        ({**S, "maxLength": 9}, {**S, "maxLength": 5}, []),
        ({"enum": [1, None]}, {"enum": ["a"]}, ["response-type-widened: response 200: integer | null -> string"]),
    ],
)  # fmt: skip
def test_a_response_may_be_given_more_narrowly(old: Json, new: Json, expected: list[str]) -> None:
    """And not more widely."""
    assert said(document(response=old), document(response=new)) == expected


def test_references_are_followed_and_their_names_do_not_count() -> None:
    """Schemas that contain themselves come to an end."""
    old = document(response=ref("Tree"), schemas={"Tree": obj(child={"anyOf": [ref("Tree"), N]}, a=S)})
    new = document(response=ref("Node"), schemas={"Node": obj(child={"anyOf": [ref("Node"), N]}, a=S)})
    worse = document(response=ref("Node"), schemas={"Node": obj(child={"anyOf": [ref("Node"), N]}, a=I)})

    assert said(old, new, breaks=None) == []
    assert said(old, worse) == ["response-type-widened: response 200.a: string -> integer"]
    assert said(document(response=ref("Missing")), document(response=ref("a/b"))) == []
    assert said(document(response={"$ref": "#/paths/x/y"}), document(response={"$ref": "#/openapi/x"})) == []


def test_alternatives_of_the_same_name_belong_together() -> None:
    """Whatever their order."""
    both = {"A": obj(a=S), "B": obj(a=S, b=S)}
    old = document(response={"anyOf": [ref("A"), ref("B")]}, schemas=both)
    new = document(response={"anyOf": [ref("B"), ref("A")]}, schemas={**both, "B": obj(a=S)})

    assert said(old, new) == ["response-property-removed: response 200.b"]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"requestBody": {"required": True, "content": {"application/json": {}}}}, ["request-body-became-required: the body"]),
        ({"requestBody": {}}, ["request-media-type-removed: application/json"]),
        ({"responses": {"201": {}}}, ["success-status-removed: status 200"]),
        ({"responses": {"200": {}}}, ["response-media-type-removed: application/json of status 200"]),
        ({"security": [{"oauth": []}]}, ["security-added: oauth"]),
        ({"security": [{"oauth": []}, {}]}, []),
        ({"responses": None, "parameters": None}, ["success-status-removed: status 200"]),
        ({"parameters": [{"name": "q", "in": "query"}]}, []),
        ({"parameters": [{"name": "q", "in": "query", "required": True}]}, ["required-parameter-added: query parameter 'q'"]),
        ({"operationId": "other"}, []),
    ],
)  # fmt: skip
def test_an_operation_changes(change: Json, expected: list[str]) -> None:
    """Bodies, statuses, media, security, parameters."""
    assert said(document(), document(**change)) == expected


def test_parameters_are_known_by_place_and_name_and_those_of_a_path_by_position() -> None:
    """Names in a path say nothing to a client, and letters of headers are small or large."""
    number = {"name": "number", "in": "path", "required": True, "schema": I}
    old = {
        "paths": {
            "/orders/{number}": {
                "parameters": [number],
                "get": {"parameters": [{"name": "Q", "in": "header", "schema": S}, {"name": "gone", "in": "query"}]},
            }
        }
    }
    new = {"paths": {"/orders/{id}": {"get": {"parameters": [
        {**number, "name": "id"}, {"name": "q", "in": "header", "schema": I, "required": True}]}}}}  # fmt: skip

    assert said(old, new) == [
        "parameter-became-required: header parameter 'Q'",
        "request-type-narrowed: header parameter 'Q': string -> integer",
    ]
    assert said(old, new, breaks=False) == ["parameter-removed: query parameter 'gone'"]


def test_operations_come_and_go() -> None:
    """Gone ones say whether they were deprecated."""
    old = document(deprecated=True, **{"x-sunset": "2026-01-01"})
    new: Json = {"paths": {"/other": {"get": {}}}}

    gone, added = changes(old, new)

    assert (gone.kind, gone.where, gone.breaks, gone.deprecated, gone.sunset) == (
        "operation-removed", "POST /orders", True, True, "2026-01-01",
    )  # fmt: skip
    assert (added.kind, added.where, added.breaks) == ("operation-added", "GET /other", False)


def test_a_document_is_compatible_with_itself() -> None:
    """Whatever is in it."""
    schema = {"anyOf": [obj(("a",), a=ref("A")), {"type": "array", "items": {}}, N, {"allOf": [ref("A"), obj(b=S)]}]}
    same = document(schema, schema, schemas={"A": obj(a=S, again=ref("A"))})

    assert changes(same, copy.deepcopy(same)) == []


def test_what_is_too_deep_is_left() -> None:
    """Rather than run for ever."""
    schema: Json = S
    for _ in range(40):
        schema = obj(a=schema)

    assert changes(document(schema), document(schema)) == []


def test_parameters_of_a_path_are_known_by_their_place_in_it() -> None:
    """Whatever the order in which they are listed; an operation goes over its path."""
    x = {"name": "x", "in": "path", "required": True, "schema": I}
    y = {"name": "y", "in": "path", "required": True, "schema": S}

    def paths(*parameters: Json) -> Json:
        return {"paths": {"/a/{x}/b/{y}": {"get": {"parameters": list(parameters)}}}}

    assert said(paths(x, y), paths(y, x)) == []
    assert len(said(paths(x, y), paths({**y, "schema": I}, {**x, "schema": S}))) == 2
    shared = {"paths": {"/a/{x}": {"parameters": [{**x, "schema": S}], "get": {"parameters": [x]}}}}
    assert said(shared, {"paths": {"/a/{x}": {"get": {"parameters": [x]}}}}) == []
    assert said({"paths": {"/a": {"get": {"parameters": [x]}}}}, {"paths": {"/a": {"get": {"parameters": [x]}}}}) == []


def test_paths_of_the_same_shape_are_told_apart() -> None:
    """By their names, as far as these are there still."""
    one, two = ({"name": n, "in": "path", "required": True, "schema": t} for n, t in (("a", I), ("b", S)))
    both = {"paths": {"/x/{a}": {"get": {"parameters": [one]}}, "/x/{b}": {"get": {"parameters": [two]}}}}

    assert said(both, both, breaks=None) == []
    assert said(both, {"paths": {"/x/{a}": {"get": {"parameters": [one]}}}}) == ["operation-removed: the operation"]


def test_each_way_to_log_in_has_to_go_on_working() -> None:
    """With the scopes that it had."""
    either = document(security=[{"key": []}, {"oauth": ["read"]}])

    assert said(either, document(security=[{"oauth": ["read"]}])) == ["security-added: oauth+oauth read"]
    assert said(either, document(security=[{"key": []}, {"oauth": ["admin"]}])) == [
        "security-added: key or oauth+oauth admin"
    ]
    assert said(either, document(security=[{"key": []}, {"oauth": []}])) == []


def test_a_schema_may_be_an_alternative_of_itself() -> None:
    """As JSON values are."""
    schemas = {"Value": {"anyOf": [ref("Value"), I, {"type": "array", "items": ref("Value")}]}}
    same = document(ref("Value"), ref("Value"), schemas=schemas)

    assert said(same, same, breaks=None) == []


def test_many_uses_of_a_schema_are_one_comparison() -> None:
    """Or two documents of some size would take for ever."""
    schemas = {f"S{n}": obj(a=ref(f"S{n + 1}"), b=ref(f"S{n + 1}")) for n in range(20)} | {"S20": obj(a=S)}
    same = document(ref("S0"), ref("S0"), schemas=schemas)

    assert said(same, same, breaks=None) == []
