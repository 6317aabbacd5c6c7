"""The kind of an import, told from the statement around it: as the whole file says, or not at all."""

from __future__ import annotations

import pytest

from pytest_fitness.model import Import, Location, Module
from pytest_fitness.sources import kinds
from pytest_fitness.sources.kinds import Kinds, first_line_around, statement_at
from pytest_fitness.sources.known import Known
from pytest_fitness.sources.statements import read_imports
from pytest_fitness.sources.tree import Source

KNOWN = Known(frozenset({"app", "app.a", "app.b"}), {"app": {"a", "b"}}, ("app",))


def source_of(text: str) -> Source:
    """Return module app.a with *text*, in which ``HERE`` imports app.b."""
    return Source(Module("app.a", "app/a.py"), data=text.replace("HERE", "import app.b").encode())


def line_of(text: str) -> int:
    """Return the line with ``HERE``."""
    return text[: text.index("HERE")].count("\n") + 1


def import_in(text: str) -> Import:
    """Return the import on that line."""
    return Import("app.a", "app.b", Location("app/a.py", line_of(text)))


def kind_of(text: str) -> str:
    """Return its kind."""
    _, (kind,) = Kinds(KNOWN).of(source_of(text), import_in(text))
    return kind


def is_told(text: str) -> bool:
    """Whether the statement around it tells that."""
    return Kinds(KNOWN)._in_excerpt(source_of(text), import_in(text)) is not None


def kind_in_whole(text: str) -> str:
    """Return what the syntax tree of the whole file says."""
    found = read_imports(source_of(text), KNOWN, only_statements=True).imports
    return next(each.kind for each in found if each.location.line == line_of(text) and each.imported == "app.b")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("import json\n\ndef f():\n    HERE\n\nx = 1\n", "function"),
        ("@d(\n    1,\n)\nasync def f(\n    a,\n):\n    HERE", "function"),
        ("class A:\n    HERE\n    def f(self): ...", "module"),
        ("class A:\n    def f(self):\n        try:\n            HERE\n        finally:\n            ...", "function"),
        ("try:\n    HERE\nexcept ImportError:\n    app = None", "conditional"),
        ("try:\n    import json\nexcept ImportError:\n    HERE\nelse:\n    ...\nfinally:\n    ...\n", "conditional"),
        ("if a:\n    ...\nelif b:\n    HERE\nelse:\n    ...", "conditional"),
        ("from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    HERE\n", "type-checking"),
        ("from typing import (\n    Any,\n    TYPE_CHECKING,\n)\nif TYPE_CHECKING:\n    HERE\n", "type-checking"),
        ("from typing import TYPE_CHECKING\nif not TYPE_CHECKING:\n    ...\nelse:\n    HERE", "type-checking"),
        ("from typing import TYPE_CHECKING\nif a:\n    HERE\n", "conditional"),
        ("# '''\nx = 'no comment: # \\''\ndef f():\n    '''\n    text\n    '''\n    HERE", "function"),
        ("with a: HERE", "conditional"),
    ],
)
def test_the_statement_around_an_import_tells_its_kind(text: str, kind: str) -> None:
    """Without the rest of the file, which need not even be Python."""
    assert is_told(text)
    assert kind_of(text) == kind_in_whole(text) == kind
    assert kind_of(f"{text}\n\ndef (:\n") == kind


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("def f():\n    '''\nclass A:\n    '''\n    HERE", "function"),
        ("def f():\n    x = 1 + \\\ny\n    HERE", "function"),
        ("from typing import TYPE_CHECKING as TC\nif TC:\n    HERE", "type-checking"),
        ("import typing as t\nif t.TYPE_CHECKING:\n    HERE", "type-checking"),
        ("from typing import TYPE_CHECKING\nTC = TYPE_CHECKING\nif TC:\n    HERE", "conditional"),
        ("import typing\nif typing.TYPE_CHECKING: HERE", "type-checking"),
        ("if TYPE_CHECKING: TC = TYPE_CHECKING\nif TC:\n    HERE", "conditional"),
        ("from typing import (TYPE_CHECKING  # c\n  as TC)\nif TC:\n    HERE", "type-checking"),
        ("from typing import TYPE_CHECKING \\\n  as TC\nif TC:\n    HERE", "type-checking"),
        ("from typing import \uff34YPE_CHECKING as TC\nif TC:\n    HERE", "type-checking"),
        ("x = f\"{'a'!r:'}\"\ndef f():\n    HERE", "function"),
    ],
)
def test_where_more_of_the_file_has_a_say_nothing_is_told(text: str, kind: str) -> None:
    """A text, a line that goes on, another name for what type checkers know."""
    assert not is_told(text)
    assert kind_of(text) == kind_in_whole(text) == kind


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("def f():\n    x = [\ny,\n    ]\n    HERE", "function"),
        ("def f():\n    HERE\n    x = [\ny,\n    ]\n", "function"),
        ("def f():\n    HERE\n    '''\nx = 1\n    '''\n", "function"),
    ],
)
def test_a_statement_that_is_cut_off_is_no_python(text: str, kind: str) -> None:
    """Then the whole file is read."""
    first = first_line_around(source_of(text), line_of(text))
    assert first is not None
    with pytest.raises(SyntaxError):
        read_imports(statement_at(source_of(text), first), KNOWN, only_statements=True)
    assert kind_of(text) == kind_in_whole(text) == kind


def test_a_line_that_goes_on_from_the_one_above_has_that_around_it() -> None:
    """Where it begins does not tell."""
    for text, kind in (("if TYPE_CHECKING: \\\nHERE", "type-checking"), ("def f(): \\\nHERE", "function")):
        assert kind_of(text) == kind_in_whole(text) == kind


def test_what_was_read_is_not_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many imports there are in a statement."""
    read: list[int] = []

    def noted(source: Source, known: Known, *, only_statements: bool, is_valid: bool) -> object:
        read.append(len(source.text))
        return read_imports(source, known, only_statements=only_statements, is_valid=is_valid)

    monkeypatch.setattr(kinds, "read_imports", noted)
    known = Kinds(KNOWN)
    source = source_of("class A:\n" + "    def f(self):\n        HERE\n" * 9)
    for line in range(3, 20, 2):
        each = Import("app.a", "app.b", Location("app/a.py", line))
        assert known.of(source, each) == ("app.b", ("function",))
    assert len(read) == 1


def test_what_nothing_is_around_is_not_looked_for() -> None:
    """Nor is an import on a line that is not there, or above all statements."""
    assert kind_of("def (:\nHERE") == "module"
    assert first_line_around(source_of("    HERE"), 1) is None
    assert first_line_around(source_of("def f():\n    HERE"), 70) == 1
    each = Import("app.a", "app.b", Location("app/a.py", 70))
    assert Kinds(KNOWN).of(source_of("def f():\n    HERE"), each) == ("app.b", ("module",))
