"""What has changed between two OpenAPI documents, and what of it breaks a client.

A request may be taken more widely and a response given more narrowly; everything else breaks. Titles, descriptions, examples, the
names of components and of path parameters say nothing to a client, and differ from one version of a framework to the next.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

METHODS = ("get", "put", "post", "delete", "patch", "head", "options", "trace")
DEPTH = 24
"""How deep schemas are compared; real ones are not deeper than ten."""

CEILINGS = ("maxLength", "maximum", "exclusiveMaximum", "maxItems", "maxProperties")
FLOORS = ("minLength", "minimum", "exclusiveMinimum", "minItems", "minProperties")

Direction = Literal["request", "response"]
Json: TypeAlias = Any  # what json returns; checked where it is used
Schema: TypeAlias = dict[str, Json]


@dataclass(frozen=True, slots=True)
class Change:
    """One change.

    Attributes:
        kind: what happened, such as ``"response-property-removed"``.
        where: the operation, ``"GET /orders"``.
        what: what it happened to, and how.
        breaks: whether a client that follows the old document can fail.
        sunset: the day after which what is gone may be gone, if it was deprecated; empty otherwise.
        deprecated: whether it was.
    """

    kind: str
    where: str
    what: str
    breaks: bool
    deprecated: bool = False
    sunset: str = ""


def changes(old: Mapping[str, Json], new: Mapping[str, Json]) -> list[Change]:
    """Return what has changed from *old* to *new*, each once, in the order of the old document."""
    return list(dict.fromkeys(_Comparison(old, new).run()))


class _Comparison:
    def __init__(self, old: Mapping[str, Json], new: Mapping[str, Json]) -> None:
        self.old = old
        self.new = new
        self.where = ""

    def run(self) -> Iterator[Change]:
        now = {(_shape(path), method): op for path, method, op in _operations(self.new)}
        before = {(_shape(path), method): op for path, method, op in _operations(self.old)}
        for path, method, operation in _operations(self.old):
            self.where = f"{method.upper()} {path}"
            other = now.get((_shape(path), method))
            if other is None:
                yield self._gone("operation-removed", "the operation", operation)
                continue
            yield from self._operation(operation, other)
        for path, method, _ in _operations(self.new):
            if (_shape(path), method) not in before:
                self.where = f"{method.upper()} {path}"
                yield self._change("operation-added", "the operation", breaks=False)

    def _change(self, kind: str, what: str, *, breaks: bool = True) -> Change:
        return Change(kind, self.where, what, breaks)

    def _gone(self, kind: str, what: str, gone: Mapping[str, Json], *, breaks: bool = True) -> Change:
        """Something that was removed; whether it was deprecated decides later whether that was allowed."""
        sunset = gone.get("x-sunset", "")
        return Change(kind, self.where, what, breaks, bool(gone.get("deprecated")), str(sunset))

    def _operation(self, old: Schema, new: Schema) -> Iterator[Change]:
        yield from self._security(old, new)
        yield from self._parameters(old, new)
        yield from self._body(_follow(self.old, old.get("requestBody")), _follow(self.new, new.get("requestBody")))
        yield from self._responses(old.get("responses", {}), new.get("responses", {}))
        if old.get("operationId") != new.get("operationId"):
            text = f"operationId {old.get('operationId')} -> {new.get('operationId')}"
            yield self._change("operation-id-changed", text, breaks=False)

    def _security(self, old: Schema, new: Schema) -> Iterator[Change]:
        before = _alternatives(old.get("security", self.old.get("security")))
        now = _alternatives(new.get("security", self.new.get("security")))
        if not any(wanted <= given for given in before for wanted in now):
            yield self._change("security-added", " or ".join(sorted("+".join(sorted(each)) for each in now)))

    # -- requests ------------------------------------------------------------------------------------------------------

    def _parameters(self, old: Schema, new: Schema) -> Iterator[Change]:
        before = _by_name(self.old, old)
        now = _by_name(self.new, new)
        for key, parameter in before.items():
            shown = f"{key[0]} parameter {parameter.get('name')!r}"
            if key not in now:
                yield self._gone("parameter-removed", shown, parameter, breaks=False)
                continue
            if now[key].get("required") and not parameter.get("required"):
                yield self._change("parameter-became-required", shown)
            yield from self._schema(parameter.get("schema", {}), now[key].get("schema", {}), shown, "request")
        for key, parameter in now.items():
            if key not in before and parameter.get("required") and key[0] != "path":
                yield self._change("required-parameter-added", f"{key[0]} parameter {parameter.get('name')!r}")

    def _body(self, old: Schema, new: Schema) -> Iterator[Change]:
        if new.get("required") and not old.get("required"):
            yield self._change("request-body-became-required", "the body")
        for media, content in old.get("content", {}).items():
            other = new.get("content", {}).get(media)
            if other is None:
                yield self._change("request-media-type-removed", media)
            else:
                yield from self._schema(content.get("schema", {}), other.get("schema", {}), "body", "request")

    # -- responses -----------------------------------------------------------------------------------------------------

    def _responses(self, old: Mapping[str, Json], new: Mapping[str, Json]) -> Iterator[Change]:
        for status, response in old.items():
            if not str(status).startswith("2"):
                continue
            if status not in new:
                yield self._change("success-status-removed", f"status {status}")
                continue
            now = _follow(self.new, new[status]).get("content", {})
            for media, content in _follow(self.old, response).get("content", {}).items():
                if media not in now:
                    yield self._change("response-media-type-removed", f"{media} of status {status}")
                else:
                    schemas = content.get("schema", {}), now[media].get("schema", {})
                    yield from self._schema(*schemas, f"response {status}", "response")
        for status in new:
            if status not in old and str(status).startswith("2"):
                yield self._change("success-status-added", f"status {status}", breaks=False)

    # -- schemas -------------------------------------------------------------------------------------------------------

    def _schema(
        self, old: Schema, new: Schema, at: str, direction: Direction, around: tuple[tuple[str, str], ...] = ()
    ) -> Iterator[Change]:
        """Compare two schemas; *around* are the pairs of named schemas that this is inside of."""
        if len(around) > DEPTH:
            return
        before, now = _variants(self.old, old), _variants(self.new, new)
        yield from self._types(before, now, at, direction)
        for one, other in _paired(before, now):
            if other is None:
                if direction == "request":
                    yield self._change("request-variant-removed", f"{at}: {_label(one)}")
                continue
            pair = (str(one.get("x-name", "")), str(other.get("x-name", "")))
            if all(pair) and pair in around:
                continue
            inside = (*around, pair)
            yield from self._values(one, other, at, direction)
            yield from self._object(one, other, at, direction, inside)
            if "items" in one and "items" in other:
                yield from self._schema(one["items"], other["items"], f"{at}[]", direction, inside)
        if direction == "response":
            matched = [id(other) for _, other in _paired(before, now)]
            for extra in now:
                if id(extra) not in matched and _types_of(extra) & {"object"}:
                    yield self._change("response-variant-added", f"{at}: {_label(extra)}")

    def _types(self, old: Sequence[Schema], new: Sequence[Schema], at: str, direction: Direction) -> Iterator[Change]:
        before = set[str]().union(*(_types_of(each) for each in old))
        now = set[str]().union(*(_types_of(each) for each in new))
        shown = f"{at}: {' | '.join(sorted(before))} -> {' | '.join(sorted(now))}"
        if direction == "request" and "any" not in now:
            lost = {t for t in before - now if not (t == "integer" and "number" in now)}
            if lost:
                yield self._change("request-type-narrowed", shown)
        if direction == "response" and "any" not in before:
            gained = {t for t in now - before if not (t == "integer" and "number" in before)}
            if gained:
                yield self._change("response-type-widened", shown)

    def _values(self, old: Schema, new: Schema, at: str, direction: Direction) -> Iterator[Change]:
        before, now = _enum(old), _enum(new)
        if direction == "request":
            if now is not None and (before is None or before - now):
                gone = sorted(before - now) if before is not None else ["anything else"]
                yield self._change("request-enum-value-removed", f"{at}: {', '.join(gone)}")
            yield from self._limits(old, new, at)
        elif before is not None and (now is None or now - before):
            more = sorted(now - before) if now is not None else ["anything"]
            yield self._change("response-enum-value-added", f"{at}: {', '.join(more)}", breaks=False)

    def _limits(self, old: Schema, new: Schema, at: str) -> Iterator[Change]:
        for names, sign in ((CEILINGS, 1), (FLOORS, -1)):
            for name in names:
                before, now = old.get(name), new.get(name)
                is_number = isinstance(now, int | float) and not isinstance(now, bool)
                if is_number and (before is None or sign * (now - before) < 0):
                    if not (before is None and sign < 0 and now == 0 and name in ("minLength", "minItems")):
                        yield self._change("request-constraint-tightened", f"{at}: {name} {before} -> {now}")
        if "pattern" in new and new["pattern"] != old.get("pattern"):
            shown = f"{at}: pattern {old.get('pattern')} -> {new['pattern']}"
            yield self._change("request-pattern-changed", shown, breaks="pattern" not in old)

    def _object(
        self, old: Schema, new: Schema, at: str, direction: Direction, around: tuple[tuple[str, str], ...]
    ) -> Iterator[Change]:
        before, now = old.get("properties", {}), new.get("properties", {})
        needed, needs = set(old.get("required", [])), set(new.get("required", []))
        for name, schema in before.items():
            if name in now:
                yield from self._schema(schema, now[name], f"{at}.{name}", direction, around)
            elif direction == "response":
                yield self._gone("response-property-removed", f"{at}.{name}", _follow(self.old, schema))
            else:
                forbidden = new.get("additionalProperties") is False
                gone = _follow(self.old, schema)
                yield self._gone("request-property-removed", f"{at}.{name}", gone, breaks=forbidden)
        if direction == "request":
            for name in sorted(needs - needed):
                kind = "became-required" if name in before else "added-and-required"
                yield self._change(f"request-property-{kind}", f"{at}.{name}")
        else:
            for name in sorted((needed - needs) & set(now)):
                yield self._change("response-property-became-optional", f"{at}.{name}")
        rest = old.get("additionalProperties"), new.get("additionalProperties")
        if isinstance(rest[0], dict) and isinstance(rest[1], dict):
            yield from self._schema(rest[0], rest[1], f"{at}{{}}", direction, around)


def _operations(document: Mapping[str, Json]) -> Iterator[tuple[str, str, Schema]]:
    """Path, method and operation, with the parameters of the path among those of the operation."""
    for path, item in document.get("paths", {}).items():
        for method in METHODS:
            if method in item:
                shared = item.get("parameters", [])
                yield path, method, {**item[method], "parameters": [*shared, *item[method].get("parameters", [])]}


def _shape(path: str) -> str:
    """The path without the names of its parameters, which no client knows."""
    return re.sub(r"\{[^}]*\}", "{}", path)


def _alternatives(security: Sequence[Mapping[str, Json]] | None) -> list[frozenset[str]]:
    return [frozenset(each) for each in security] if security else [frozenset()]


def _by_name(document: Mapping[str, Json], operation: Schema) -> dict[tuple[str, str], Schema]:
    """Parameters by place and name; those in the path by place and position."""
    found: dict[tuple[str, str], Schema] = {}
    for each in operation.get("parameters", []):
        parameter = _follow(document, each)
        place = str(parameter.get("in"))
        position = str(sum(key[0] == "path" for key in found))
        found[place, position if place == "path" else str(parameter.get("name")).lower()] = parameter
    return found


def _follow(document: Mapping[str, Json], schema: Json) -> Schema:
    """What a reference refers to; what is written beside it counts, too."""
    for _ in range(DEPTH):  # pragma: no branch - nobody has longer chains; one that goes round ends there
        if not isinstance(schema, dict) or "$ref" not in schema:
            break
        target: Json = document
        for part in str(schema["$ref"]).removeprefix("#/").split("/"):
            target = target.get(part.replace("~1", "/").replace("~0", "~"), {}) if isinstance(target, dict) else {}
        beside = {key: value for key, value in schema.items() if key != "$ref"}
        found: Schema = target if isinstance(target, dict) else {}
        schema = {"x-name": str(schema["$ref"]).rpartition("/")[2], **found, **beside}
    return schema if isinstance(schema, dict) else {}


def _variants(document: Mapping[str, Json], schema: Schema) -> list[Schema]:
    """The alternatives of a schema, each without references; ``allOf`` put together."""
    resolved = _follow(document, schema)
    for key in ("anyOf", "oneOf"):
        if key in resolved:
            beside = {k: v for k, v in resolved.items() if k not in (key, "title", "description", "default", "x-name")}
            inner = [variant for each in resolved[key] for variant in _variants(document, each)]
            return [{**beside, **variant} for variant in inner]
    if "allOf" in resolved:
        merged = {k: v for k, v in resolved.items() if k != "allOf"}
        for each in resolved["allOf"]:
            part = _variants(document, each)[0]
            properties: Schema = dict(part.get("properties", {}))
            properties.update(merged.get("properties", {}))
            required = [*part.get("required", []), *merged.get("required", [])]
            merged = {**part, **merged, "properties": properties, "required": required}
        return [merged]
    types = resolved.get("type")
    if isinstance(types, list):  # JSON Schema
        return [{**resolved, "type": each} for each in types]
    if resolved.get("nullable"):  # OpenAPI 3.0
        return [{**resolved, "nullable": False}, {"type": "null"}]
    return [resolved]


def _types_of(schema: Schema) -> set[str]:
    if "type" in schema:
        return {str(schema["type"])}
    if "properties" in schema:
        return {"object"}
    values = _enum(schema)
    if values is None:
        return {"any"}
    names = {"str": "string", "int": "integer", "float": "number", "bool": "boolean", "NoneType": "null"}
    return {names.get(type(json.loads(value)).__name__, "any") for value in values}


def _enum(schema: Schema) -> set[str] | None:
    if "const" in schema:
        return {json.dumps(schema["const"])}
    return {json.dumps(value) for value in schema["enum"]} if "enum" in schema else None


def _paired(old: Sequence[Schema], new: Sequence[Schema]) -> list[tuple[Schema, Schema | None]]:
    """The alternatives that belong together: by type where that is enough, else by name, else by what is in them."""
    pairs: list[tuple[Schema, Schema | None]] = []
    free = list(new)
    for one in old:
        same = [each for each in free if _types_of(each) & _types_of(one)]
        rivals = [each for each in old if _types_of(each) & _types_of(one)]
        if len(same) > 1 or len(rivals) > 1:
            named = [each for each in same if _label(each) == _label(one)]
            alike = [each for each in same if each.get("properties", {}).keys() == one.get("properties", {}).keys()]
            same = named or alike
            if not same and "object" in _types_of(one):
                pairs.append((one, None))
                continue
        other = same[0] if same else None
        if other is not None:
            free = [each for each in free if each is not other]
            pairs.append((one, other))
    return pairs


def _label(schema: Schema) -> str:
    return str(schema.get("x-name") or schema.get("title") or schema.get("type") or "?")
