"""``[tool.pytest-fitness]`` in ``pyproject.toml``: read, checked, and turned into rules.

Every mistake is a `SettingsError` that names the file, the line, the key and the nearest valid one.
"""

from __future__ import annotations

import datetime as dt
import inspect
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType, NoneType, UnionType
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias, Union, get_args, get_origin, get_type_hints

from pytest_fitness.errors import RuleError, SettingsError
from pytest_fitness.model import Rule, Waiver
from pytest_fitness.names import did_you_mean
from pytest_fitness.rules import CATALOGUE, rule_class

if TYPE_CHECKING:
    from pytest_fitness.model.syntax import Declaration

FILE = "pyproject.toml"
TABLE = "pytest-fitness"

DECLARATIONS: Mapping[str, str] = {
    "schema_bases": "schema",
    "orm_bases": "orm",
    "router_classes": "router:fastapi",
    "handler_decorators": "handler-decorator",
    "dependency_markers": "marker:dependency",
    "transparent_wrappers": "transparent",
}
"""Keys of ``[tool.pytest-fitness.frameworks]``, and what each says of a name."""

WAIVER_KEYS = ("rule", "what", "reason", "owner", "until")
WAIVER_HEADER = re.compile(rf"\s*\[\[\s*tool\s*\.\s*[\"']?{TABLE}[\"']?\s*\.\s*waivers\s*\]\]")

PLAIN_KEY = re.compile(r"[A-Za-z0-9_-]+(?:\s*\.\s*[A-Za-z0-9_-]+)*")
"""A key without quotes, as most are."""

Toml: TypeAlias = dict[str, Any]  # what tomllib returns


class Contract(NamedTuple):
    """A rule from the settings; *line* is where its table begins."""

    name: str
    rule: Rule
    line: int


class Settings(NamedTuple):
    """The checked content of ``[tool.pytest-fitness]``.

    Attributes:
        rootdir: the directory of the file.
        packages: dotted names of the packages that are judged; empty to find the only one.
        source: directories that packages are looked for in, relative to *rootdir*.
        layers: what each named layer stands for.
        exclude: names or path patterns of files that are not judged.
        contracts: rules that are collected as tests.
        declared: distributions that the project says it depends on.
        declarations: what ``[tool.pytest-fitness.frameworks]`` says of names.
        waivers: violations that somebody answers for until a day.
        survivors: patterns for plants that rules need not find, each with the reason.
    """

    rootdir: Path
    packages: tuple[str, ...] = ()
    source: tuple[str, ...] = ()
    layers: Mapping[str, tuple[str, ...]] = MappingProxyType({})
    exclude: tuple[str, ...] = ()
    contracts: tuple[Contract, ...] = ()
    declared: tuple[str, ...] = ()
    declarations: tuple[Declaration, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    survivors: Mapping[str, str] = MappingProxyType({})


def load(rootdir: Path, rules: Mapping[str, type[Rule]] | None = None) -> Settings:
    """Read the settings of the project in *rootdir*; without a file or a table, the defaults.

    Args:
        rootdir: where the file is.
        rules: further rules that contracts can name.

    Raises:
        SettingsError: whatever is wrong, one mistake at a time.
    """
    file = rootdir / FILE
    if not file.is_file():
        return Settings(rootdir)
    try:
        text = file.read_text(encoding="utf-8")
        document = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"not valid TOML: {error}", file=FILE) from None
    return _Reader(rootdir, text, document, rules or {}).settings()


class _Reader:
    def __init__(self, rootdir: Path, text: str, document: Toml, rules: Mapping[str, type[Rule]]) -> None:
        self.rootdir = rootdir
        self.rules = rules
        self.names = (*CATALOGUE, *rules)
        self.text = text
        self.lines = key_lines(text)
        self.document = document
        self.parameters: dict[type[Rule], tuple[dict[str, inspect.Parameter], dict[str, Any]]] = {}

    def settings(self) -> Settings:
        at = ("tool", TABLE)
        tool = self._table(self.document.get("tool", {}), at[:1])
        table = tool.get(TABLE, {})
        self._check_neighbours(tool, at)
        self._table(table, at)
        known = ["packages", "source", "layers", "exclude", "contracts", "frameworks", "waivers", "survivors"]
        for key in table:
            if key not in known:
                raise self._unknown("key", key, known, (*at, key))
        layers = self._sub(table, "layers", at)
        return Settings(
            rootdir=self.rootdir,
            packages=self._names(table, "packages", at),
            source=self._names(table, "source", at),
            layers={k: self._names(layers, k, (*at, "layers")) for k in layers},
            exclude=self._names(table, "exclude", at),
            contracts=tuple(self._contract(name, at) for name in self._sub(table, "contracts", at)),
            declared=_declared(self.document),
            declarations=tuple(self._declarations(self._sub(table, "frameworks", at), (*at, "frameworks"))),
            survivors=self._survivors(self._sub(table, "survivors", at), (*at, "survivors")),
            waivers=tuple(self._waivers(table.get("waivers", []), (*at, "waivers"))),
        )

    def _survivors(self, table: Toml, at: tuple[str, ...]) -> dict[str, str]:
        for pattern, reason in table.items():
            if not isinstance(reason, str) or not reason.strip():
                raise SettingsError(f"survivor {pattern!r} needs a reason", **self._place((*at, pattern)))
            if (
                ":" not in pattern
                or not pattern.partition(":")[0].strip("*. ")
                or not pattern.partition(":")[2].strip()
            ):
                message = f"a survivor is written as 'rule: what is planted', with * for any text, not {pattern!r}"
                raise SettingsError(message, **self._place((*at, pattern)))
        return table

    def _waivers(self, tables: object, at: tuple[str, ...]) -> Iterator[Waiver]:
        """Every field is needed: a waiver without an owner or an end is what a baseline is for."""
        if not isinstance(tables, list):
            raise SettingsError(f"waivers are written as [[tool.{TABLE}.waivers]], one table each", **self._place(at))
        headers = [n for n, line in enumerate(self.text.splitlines(), start=1) if WAIVER_HEADER.match(line)]
        for position, item in enumerate(tables):
            place: Any = {"file": FILE, "line": headers[position]} if position < len(headers) else self._place(at)
            table = self._table(item, at)
            for key in table:
                if key not in WAIVER_KEYS:
                    near = did_you_mean(key, WAIVER_KEYS)
                    hint = f"did you mean {near[0]!r}?" if near else f"there are {_listed(WAIVER_KEYS)}"
                    raise SettingsError(f"unknown key {key!r} of a waiver; {hint}", **place)
            if lacking := [key for key in WAIVER_KEYS if not str(table.get(key, "")).strip()]:
                raise SettingsError(f"a waiver lacks {_listed(lacking)}", **place)
            until = table.pop("until")
            if type(until) is not dt.date:
                raise SettingsError(f"'until' takes a day without quotes, such as 2027-01-31, not {until!r}", **place)
            for key, value in table.items():
                if not isinstance(value, str):
                    raise SettingsError(f"{key!r} of a waiver must be a string, not {value!r}", **place)
            sides = [side.strip() for side in table["what"].split("->")]
            if len(sides) > 2 or not all(sides) or all(not side.strip("*.") for side in sides):
                message = f"'what' names a subject, or 'subject -> target', and not everything; got {table['what']!r}"
                raise SettingsError(message, **place)
            yield Waiver(**table, until=until, place=f"{place['file']}:{place['line']}")

    def _declarations(self, table: Toml, at: tuple[str, ...]) -> Iterator[Declaration]:
        for key in table:
            from pytest_fitness.model.syntax import Declaration  # which import rules do without

            if key not in DECLARATIONS:
                raise self._unknown("key", key, list(DECLARATIONS), (*at, key))
            for name in self._names(table, key, at):
                if not all(part.isidentifier() for part in name.split(".")) or "." not in name:
                    message = f"{key!r} takes full dotted names, such as 'shop.lib.Base', not {name!r}"
                    raise SettingsError(message, **self._place((*at, key)))
                yield Declaration(key, name, DECLARATIONS[key], **self._place((*at, key)))

    def _check_neighbours(self, tool: Toml, at: tuple[str, ...]) -> None:
        """``[tool.pytest_fitness]`` or ``[tool.fitness]`` would be ignored in silence."""
        inner = {f"tool.{key}": tables for key, tables in tool.items()}
        for top, tables in self.document.items():
            if top != "tool" and isinstance(tables, dict) and _means_ours(top, tables):
                raise SettingsError(f"the table is called [tool.{TABLE}], not [{top}]", **self._place((top,)))
        for top, tables in {**self.document, **inner, "tool": tool}.items():
            for key in tables if isinstance(tables, dict) else ():
                if (top, key) != at and TABLE not in tool and _means_ours(key, tables[key]):
                    message = f"the table is called [tool.{TABLE}], not [{top}.{key}]"
                    raise SettingsError(message, **self._place((top, key)))

    def _contract(self, name: str, at: tuple[str, ...]) -> Contract:
        path = (*at, "contracts", name)
        table = dict(self._table(self.document["tool"][TABLE]["contracts"][name], path))
        if "rule" not in table:
            raise SettingsError(
                f"contract {name!r} has no `rule`; there are {_listed(self.names)}", **self._place(path)
            )
        rule_name = table.pop("rule")
        if not isinstance(rule_name, str) or rule_name not in self.names:
            raise self._unknown("rule", str(rule_name), self.names, (*path, "rule"))
        rule = self._rule(self.rules.get(rule_name) or rule_class(rule_name), table, path)
        return Contract(name, rule, self._place(path)["line"])

    def _rule(self, cls: type[Rule], table: Toml, path: tuple[str, ...]) -> Rule:
        if cls not in self.parameters:
            parameters = {n: p for n, p in inspect.signature(cls).parameters.items() if n != "self"}
            self.parameters[cls] = parameters, get_type_hints(cls.__init__)
        parameters, hints = self.parameters[cls]
        arguments: list[Any] = []
        options: Toml = {}
        for key, value in table.items():
            if key not in parameters:
                raise self._unknown(f"option of {cls.name!r}", key, list(parameters), (*path, key))
            several = parameters[key].kind is inspect.Parameter.VAR_POSITIONAL
            hint = tuple[str, ...] if several else hints[key]
            checked = self._checked(value, hint, (*path, key))
            if several:
                arguments.extend(checked)
            else:
                options[key] = checked
        required = [n for n, p in parameters.items() if p.default is p.empty and n not in table]
        if required:
            raise SettingsError(f"contract {path[-1]!r} lacks {_listed(required)}", **self._place(path))
        try:
            return cls(*arguments, **options)
        except RuleError as error:
            raise SettingsError(f"contract {path[-1]!r}: {error}", **self._place(path)) from None

    # -- checking --------------------------------------------------------------------------------------------------

    def _checked(self, value: object, hint: object, path: tuple[str, ...]) -> Any:
        """Return *value* as the type *hint*, lists as tuples."""
        options = [o for o in _alternatives(hint) if o is not NoneType]
        for option in options:
            if get_origin(option) is tuple and isinstance(value, list) and all(isinstance(v, str) for v in value):
                return tuple(value)
            if (
                get_origin(option) is Mapping
                and isinstance(value, dict)
                and all(isinstance(v, str) for v in value.values())
            ):
                return value
            if get_origin(option) is Literal and value in get_args(option):
                return value
            if option is float and isinstance(value, int | float) and not isinstance(value, bool):
                return value
            if option in (str, bool, int) and type(value) is option:
                return value
        expected = " or ".join(dict.fromkeys(_spelt(option) for option in options))
        raise SettingsError(f"{path[-1]!r} must be {expected}, not {value!r}", **self._place(path))

    def _names(self, table: Toml, key: str, path: tuple[str, ...]) -> tuple[str, ...]:
        value = table.get(key, [])
        value = [value] if isinstance(value, str) and path[-1] == "layers" else value
        names: tuple[str, ...] = self._checked(value, tuple[str, ...], (*path, key))
        if key in table and (not names or not all(names)):
            raise SettingsError(f"{key!r} is empty", **self._place((*path, key)))
        return names

    def _sub(self, table: Toml, key: str, path: tuple[str, ...]) -> Toml:
        return self._table(table.get(key, {}), (*path, key))

    def _table(self, value: object, path: tuple[str, ...]) -> Toml:
        if not isinstance(value, dict):
            raise SettingsError(f"{path[-1]!r} must be a table, not {value!r}", **self._place(path))
        return value

    def _unknown(self, what: str, name: str, known: Sequence[str], path: tuple[str, ...]) -> SettingsError:
        near = did_you_mean(name, known)
        hint = f"did you mean {near[0]!r}?" if near else f"there are {_listed(known)}"
        return SettingsError(f"unknown {what} {name!r}; {hint}", **self._place(path))

    def _place(self, path: tuple[str, ...]) -> Any:
        """Arguments of a `SettingsError`: the line of *path*, or of the nearest table around it."""
        lines = (self.lines.get(path[:length], 0) for length in range(len(path), 0, -1))
        return {"file": FILE, "line": next(filter(None, lines), 1)}


def _means_ours(key: str, value: object) -> bool:
    """Whether a table is ours but for its name: ``pytest_fitness``, ``pytest-fitnes``, or ``fitness`` with our keys."""
    letters = re.sub("[^a-z]", "", key.lower())
    if letters == "fitness":
        return isinstance(value, dict) and bool(value.keys() & {"packages", "contracts", "layers"})
    return letters == "pytestfitness" or ("fitnes" in letters and bool(did_you_mean(letters, ["pytestfitness"])))


def key_lines(text: str) -> dict[tuple[str, ...], int]:
    """Return the line of every table header and every key in *text*; tomllib keeps none.

    Keys of inline tables have no line of their own.
    """
    lines: dict[tuple[str, ...], int] = {}
    table: tuple[str, ...] = ()
    for number, line in enumerate(text.splitlines(), start=1):
        header = re.match(r"\s*\[+\s*(?P<key>[^\[\]=]+?)\s*\]+\s*(#.*)?$", line)
        key = re.match(r"\s*(?P<key>(?:[\w-]+|\"[^\"]*\"|'[^']*')(?:\s*\.\s*(?:[\w-]+|\"[^\"]*\"|'[^']*'))*)\s*=", line)
        found = _key_path(header["key"]) if header else table + _key_path(key["key"]) if key else ()
        if header and found:
            table = found
        for length in range(1, len(found) + 1):
            lines.setdefault(found[:length], number)
        if header and found:
            lines[found] = number  # rather than the line of a sub-table above it
    return lines


def _key_path(key: str) -> tuple[str, ...]:
    """Split a dotted key as TOML does."""
    if PLAIN_KEY.fullmatch(key):
        return tuple(part.strip() for part in key.split("."))
    try:
        value: object = tomllib.loads(f"{key} = 0")
    except tomllib.TOMLDecodeError:
        return ()  # a line inside a multi-line string or list that looks like a key
    path: tuple[str, ...] = ()
    while isinstance(value, dict):
        name = next(iter(value))
        path += (name,)
        value = value[name]
    return path


def _alternatives(hint: object) -> Sequence[object]:
    return get_args(hint) if isinstance(hint, UnionType) or get_origin(hint) is Union else (hint,)


def _spelt(option: object) -> str:
    if get_origin(option) is Literal:
        return " or ".join(map(repr, get_args(option)))
    if get_origin(option) in (tuple, list):
        return "a list of strings"
    if get_origin(option) is Mapping:
        return "a table of strings"
    names: dict[object, str] = {str: "a string", bool: "true or false", float: "a number", int: "a whole number"}
    return names.get(option, str(option))


def _listed(names: Sequence[str] | Mapping[str, str]) -> str:
    return ", ".join(map(repr, names))


def _declared(document: Toml) -> tuple[str, ...]:
    """Distribution names that the project depends on: in ``[project]``, in dependency groups (PEP 735), in tables of Poetry, PDM, uv."""
    project, tool = _table_in(document, "project"), _table_in(document, "tool")
    poetry, pdm = _table_in(tool, "poetry"), _table_in(tool, "pdm")
    tables = [_table_in(project, "optional-dependencies"), _table_in(document, "dependency-groups")]
    tables += [_table_in(pdm, "dev-dependencies")]
    lists = [project.get("dependencies"), _table_in(tool, "uv").get("dev-dependencies")]
    lists += [requirements for table in tables for requirements in table.values()]
    written = [r for requirements in lists if isinstance(requirements, list) for r in requirements]
    groups = [poetry, *(_table_in(_table_in(poetry, "group"), name) for name in _table_in(poetry, "group"))]
    for group in groups:
        written += [*_table_in(group, "dependencies"), *_table_in(group, "dev-dependencies")]
    names = (re.match(r"[\w.-]+", r.strip()) for r in written if isinstance(r, str))
    return tuple(dict.fromkeys(n[0] for n in names if n and n[0] != "python"))


def _table_in(table: Toml, key: str) -> Toml:
    """The table under *key*; an empty one where there is something else, which is for others to complain about."""
    found = table.get(key)
    return found if isinstance(found, dict) else {}
