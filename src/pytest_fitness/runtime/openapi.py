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
from urllib.parse import unquote

METHODS = ("get", "put", "post", "delete", "patch", "head", "options", "trace")
FORMATS = frozenset("uuid date date-time time duration email uri ipv4 ipv6".split())
"""Formats that values are held to; the others are hints."""

PLAIN = frozenset("string integer number boolean array object null ?".split())
"""Labels that are no names."""

DATA = ("example", "examples", "default", "const", "enum")
"""What is no part of a schema, whatever is in it."""

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
        self.paths = "", ""
        self._clean: set[tuple[str, str, str]] = set()

    def run(self) -> Iterator[Change]:
        before, now = ({(path, method): op for path, method, op in operations(each)} for each in (self.old, self.new))
        renamed = {(_shape(path), method): (path, method) for path, method in now if (path, method) not in before}
        matched = set[tuple[str, str]]()
        for (path, method), operation in before.items():
            self.where = f"{method.upper()} {path}"
            key = (path, method) if (path, method) in now else renamed.pop((_shape(path), method), None)
            if key is None:
                yield self._gone("operation-removed", "the operation", operation)
                continue
            matched.add(key)
            self.paths = path, key[0]
            yield from self._operation(operation, now[key])
        for path, method in now:
            if (path, method) not in matched:
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
        yield from self._responses(old.get("responses") or {}, new.get("responses") or {})
        if old.get("operationId") != new.get("operationId"):
            text = f"operationId {old.get('operationId')} -> {new.get('operationId')}"
            yield self._change("operation-id-changed", text, breaks=False)

    def _security(self, old: Schema, new: Schema) -> Iterator[Change]:
        before = _alternatives(old.get("security", self.old.get("security")))
        now = _alternatives(new.get("security", self.new.get("security")))
        if not all(any(wanted <= given for wanted in now) for given in before):
            yield self._change("security-added", " or ".join(sorted("+".join(sorted(each)) for each in now)))

    # -- requests ------------------------------------------------------------------------------------------------------

    def _parameters(self, old: Schema, new: Schema) -> Iterator[Change]:
        before = _by_name(self.old, old, self.paths[0])
        now = _by_name(self.new, new, self.paths[1])
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
        self, old: Json, new: Json, at: str, direction: Direction, around: tuple[tuple[str, str], ...] = ()
    ) -> Iterator[Change]:
        """Compare two schemas; *around* are the pairs of named schemas that this is inside of."""
        if len(around) > DEPTH:
            return
        before, now = _variants(self.old, _schema_of(old)), _variants(self.new, _schema_of(new))
        yield from self._types(before, now, at, direction)
        pairs = _paired(before, now)
        for one, other in pairs:
            if other is not None:
                yield from self._pair(one, other, at, direction, around)
            elif direction == "request":
                yield self._change("request-variant-removed", f"{at}: {_label(one)}")
        matched = {id(other) for _, other in pairs}
        known = {t for each in before for t in _types_of(each)}
        for extra in now if direction == "response" else ():
            if id(extra) not in matched and _types_of(extra) & known:
                yield self._change("response-variant-added", f"{at}: {_label(extra)}")

    def _pair(
        self, one: Schema, other: Schema, at: str, direction: Direction, around: tuple[tuple[str, str], ...]
    ) -> Iterator[Change]:
        """Compare two alternatives. A pair of named schemas in which nothing has changed is not looked at again."""
        pair = (str(one.get("x-name", "")), str(other.get("x-name", "")))
        if all(pair) and (pair in around or (*pair, direction) in self._clean):
            return
        found = list(self._contents(one, other, at, direction, (*around, pair)))
        if all(pair) and not found:
            self._clean.add((*pair, direction))
        yield from found

    def _contents(
        self, one: Schema, other: Schema, at: str, direction: Direction, inside: tuple[tuple[str, str], ...]
    ) -> Iterator[Change]:
        yield from self._values(one, other, at, direction)
        yield from self._object(one, other, at, direction, inside)
        if "array" in _types_of(one) & _types_of(other):
            yield from self._schema(one.get("items", {}), other.get("items", {}), f"{at}[]", direction, inside)
            if one.get("prefixItems") != other.get("prefixItems"):
                yield self._change(f"{direction}-tuple-changed", at)

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
        formats = tuple(each.get("format") if each.get("format") in FORMATS else None for each in (old, new))
        if formats[0] != formats[1] and formats[direction == "request"] is not None:
            yield self._change(f"{direction}-format-changed", f"{at}: {formats[0]} -> {formats[1]}")
        before, now = _enum(old), _enum(new)
        if direction == "request":
            if now is not None and (before is None or before - now):
                gone = sorted(before - now) if before is not None else ["anything else"]
                yield self._change("request-enum-value-removed", f"{at}: {', '.join(gone)}")
            yield from self._limits(old, new, at)
        elif before is not None and (now is None or now - before):
            more = sorted(now - before) if now is not None else ["anything"]
            replaced = now is not None and not now & before
            kind = "response-enum-replaced" if replaced else "response-enum-value-added"
            yield self._change(kind, f"{at}: {', '.join(more)}", breaks=replaced)

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
        before, now = old.get("properties") or {}, new.get("properties") or {}
        needed, needs = set(old.get("required") or []), set(new.get("required") or [])
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
        if "object" in _types_of(old) & _types_of(new):
            yield from self._rest(old, new, at, direction, around)

    def _rest(
        self, old: Schema, new: Schema, at: str, direction: Direction, around: tuple[tuple[str, str], ...]
    ) -> Iterator[Change]:
        """Properties that have no name: none said is anything."""
        before, now = old.get("additionalProperties", True), new.get("additionalProperties", True)
        if direction == "request" and now is False and before is not False:
            yield self._change("request-additional-properties-forbidden", at)
        elif now is not False and before is not False and (isinstance(before, dict) or isinstance(now, dict)):
            yield from self._schema(before, now, f"{at}{{}}", direction, around)


def _schema_of(value: Json) -> Schema:
    """A schema, or what ``true`` means: anything."""
    return value if isinstance(value, dict) else {}


def operations(document: Mapping[str, Json]) -> Iterator[tuple[str, str, Schema]]:
    """Yield path, method and operation, with the parameters of the path before those of the operation."""
    for path, given in (document.get("paths") or {}).items():
        item = _follow(document, given)
        for method in METHODS:
            if isinstance(item.get(method), dict):
                parameters = [*(item.get("parameters") or []), *(item[method].get("parameters") or [])]
                yield path, method, {**item[method], "parameters": parameters}


def damages(document: Mapping[str, Json]) -> Iterator[str]:
    """Yield what is wrong with a document that somebody has edited: what is no operation, references that lead nowhere."""
    for path, given in document["paths"].items() if isinstance(document["paths"], dict) else [("paths", None)]:
        if not isinstance(given, dict) and not path.startswith("x-"):
            yield f"{path} has no operations"
        for method in METHODS:
            if isinstance(given, dict) and method in given and not isinstance(given[method], dict):
                yield f"{method.upper()} {path} is no operation"
    todo: list[Json] = [document]
    for each in todo:
        if isinstance(each, dict):
            todo += [value for key, value in each.items() if key not in DATA]
            reference = each.get("$ref")
            if isinstance(reference, str) and reference.startswith("#/") and not _leads_somewhere(document, reference):
                yield f"{reference} leads nowhere"
        elif isinstance(each, list):
            todo += each


def _leads_somewhere(document: Mapping[str, Json], reference: str) -> bool:
    for _ in range(DEPTH):
        target = _target(document, reference)
        if not isinstance(target, dict) or "$ref" not in target:
            return target is not None
        reference = str(target["$ref"])
    return False  # it goes round


def _target(document: Mapping[str, Json], reference: str) -> Json:
    """What a JSON pointer leads to; None for nothing."""
    target: Json = document
    for part in unquote(reference).removeprefix("#/").split("/"):
        name = part.replace("~1", "/").replace("~0", "~")
        if isinstance(target, list) and name.isdigit() and int(name) < len(target):
            target = target[int(name)]
        else:
            target = target.get(name) if isinstance(target, dict) else None
    return target


def _shape(path: str) -> str:
    """The path without the names of its parameters, which no client knows."""
    return re.sub(r"\{[^}]*\}", "{}", path)


def _alternatives(security: Sequence[Mapping[str, Json]] | None) -> list[frozenset[str]]:
    if not security:
        return [frozenset()]
    return [frozenset(f"{name} {scope}".strip() for name in each for scope in ("", *each[name])) for each in security]


def _by_name(document: Mapping[str, Json], operation: Schema, path: str) -> dict[tuple[str, str], Schema]:
    """Parameters by place and name; those in the path by place and position. What an operation says goes over its path's."""
    found: dict[tuple[str, str], Schema] = {}
    positions = re.findall(r"\{([^}:]*)", path)
    for each in operation.get("parameters") or []:
        parameter = _follow(document, each)
        place, name = str(parameter.get("in")), str(parameter.get("name"))
        if place == "path":
            name = str(positions.index(name)) if name in positions else name
        found[place, name.lower() if place == "header" else name] = parameter
    return found


def _follow(document: Mapping[str, Json], schema: Json) -> Schema:
    """What a reference refers to; what is written beside it counts, too."""
    for _ in range(DEPTH):  # pragma: no branch - nobody has longer chains; one that goes round ends there
        if not isinstance(schema, dict) or "$ref" not in schema:
            break
        target = _target(document, str(schema["$ref"]))
        beside = {key: value for key, value in schema.items() if key != "$ref"}
        found: Schema = target if isinstance(target, dict) else {}
        schema = {"x-name": str(schema["$ref"]).rpartition("/")[2], **found, **beside}
    return schema if isinstance(schema, dict) else {}


def _variants(document: Mapping[str, Json], schema: Json, inside: frozenset[str] = frozenset()) -> list[Schema]:
    """The alternatives of a schema, each without references; ``allOf`` put together.

    *inside* are the named schemas that this is an alternative of: one of itself is none.
    """
    resolved = _follow(document, schema)
    name = str(resolved.get("x-name", ""))
    if name and name in inside:
        return []
    inside = inside | {name}
    for key in ("anyOf", "oneOf"):
        if resolved.get(key):
            beside = {k: v for k, v in resolved.items() if k not in (key, "title", "description", "default", "x-name")}
            found = [variant for each in resolved[key] for variant in _variants(document, each, inside)]
            return [{**beside, **variant} for variant in found] or [beside]
    if resolved.get("allOf"):
        merged: list[Schema] = [{k: v for k, v in resolved.items() if k != "allOf"}]
        for each in resolved["allOf"]:
            parts = _variants(document, each, inside) or [{}]
            merged = [_merged(one, part) for one in merged for part in parts]
        return merged
    types = resolved.get("type")
    if isinstance(types, list):  # JSON Schema
        return [{**resolved, "type": each} for each in types]
    if resolved.get("nullable"):  # OpenAPI 3.0
        return [{**resolved, "nullable": False}, {"type": "null"}]
    return [resolved]


def _merged(one: Schema, part: Schema) -> Schema:
    """Both at once: properties of both, and of limits the narrower."""
    properties = {**(part.get("properties") or {}), **(one.get("properties") or {})}
    required = [*(part.get("required") or []), *(one.get("required") or [])]
    found = {**part, **one}
    if properties:
        found |= {"properties": properties, "required": required}
    for names, narrower in ((CEILINGS, min), (FLOORS, max)):
        found |= {name: narrower(one[name], part[name]) for name in names if name in one and name in part}
    return found


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
    """The alternatives that belong together: by type where that is enough, else by name, by what is in them, or by order."""
    pairs: list[tuple[Schema, Schema | None]] = []
    free = list(new)
    left: list[Schema] = []
    for one in old:
        same = [each for each in free if _types_of(each) & _types_of(one)]
        rivals = [each for each in (*old, *new) if _types_of(each) & _types_of(one)]
        if len(rivals) > 2:
            named = [each for each in same if _label(each) == _label(one) and _label(one) not in PLAIN]
            same = named or [each for each in same if _character(each) == _character(one)]
            if not same:
                left.append(one)
        if same:
            free = [each for each in free if each is not same[0]]
            pairs.append((one, same[0]))
    for types in dict.fromkeys(frozenset(_types_of(one)) for one in left):
        gone = [one for one in left if frozenset(_types_of(one)) == types]
        come = [each for each in free if frozenset(_types_of(each)) == types]
        # as many as before: the same under other names, as far as what is in them does not differ
        pairs += zip(gone, come if len(come) == len(gone) else [None] * len(gone), strict=True)
    return pairs


def _character(schema: Schema) -> str:
    """What tells an alternative from others of its type, less what says nothing."""
    parts = {k: v for k, v in schema.items() if k not in ("title", "description", "x-name", "default", "examples")}
    if "properties" in parts:
        return ",".join(sorted(parts["properties"]))
    return json.dumps(parts, sort_keys=True)


def _label(schema: Schema) -> str:
    return str(schema.get("x-name") or schema.get("title") or schema.get("type") or "?")
