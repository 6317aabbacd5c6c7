"""Which files need a closer look: never too few, and not many too many."""

from __future__ import annotations

import pytest

from pytest_fitness.model import Module, Row
from pytest_fitness.sources.calls import NOTHING
from pytest_fitness.sources.gate import Gate
from pytest_fitness.sources.known import Known, submodules
from pytest_fitness.sources.statements import read_imports
from pytest_fitness.sources.tree import Source

MODULES = {
    "app",
    "app.a",
    "app.b",
    "app.pkg",
    "app.pkg.x",
    "app.pkg.y",
    "app.schemas",
    "app.schemas.x",
    "app.space",
    "app.space.pkg",
    "app.space.pkg.z",
    "app.space.x",
    "app.space.y",
}
GATE = Gate(MODULES, ("app",), {"app.space"})


def missed(text: str, *rows: tuple[str, int]) -> list[object] | None:
    """Return what is added to *rows*, which grimp found in module app.a with *text*; None where that is read closely."""
    lines = text.split("\n")
    found: list[Row] = [(imported, line, lines[line - 1].strip(), "module") for imported, line in rows]
    added = GATE.missed(source(text), found)
    return added if added is None else [*added.rows, *added.computed]


def source(text: str) -> Source:
    """Return module app.a with *text*."""
    return Source(Module("app.a", "app/a.py"), data=text.encode())


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("import app.b", [("app.b", 1)]),
        ("import json", [("json", 1)]),
        ("import app.pkg\nprint(app.b_x, 'app.pkg.x')  # app.pkg.x\n", [("app.pkg", 1)]),
        ("from app.pkg import f\nf.x\nself.pkg.x\n", [("app.pkg", 1)]),
        ("from app import pkg\npkg.f(), apkg.x, pkg_.x, o.pkg.x\n", [("app.pkg", 1)]),
        ("import app.pkg.x as y\ny.x", [("app.pkg.x", 1)]),
        ("def eval(self): self.eval(1); executor; o.exec(2)\nevaluate()", []),
        ("import builtins  # see /ref/builtins/", [("builtins", 1)]),
        ("relocate, allocated = located, translocates", []),
        ("from importlib.metadata import version", [("importlib", 1)]),
        ("import importlib.metadata\n# import it", [("importlib", 1)]),
        ('"""import app.none is what the text says"""\nimport json', [("json", 2)]),
        ("from app.pkg import (\n    f,\n    g,\n)\nf.x", [("app.pkg", 1)]),
        ("from app.pkg import f, g as h, \\\n    g\nf.x", [("app.pkg", 1)]),
        ("from app import b, \\\n    pkg\npkg.f", [("app.pkg", 1), ("app.b", 1)]),
        ("from app import (\n    pkg,\n    b,\n)\npkg.f; o.x", [("app.pkg", 1), ("app.b", 1)]),
        ("from app import pkg\n'''\npkg.x\n'''", [("app.pkg", 1)]),
        ("from app.pkg import f as pkg\npkg.x", [("app.pkg", 1)]),
        ("import app.pkg as p\np.f", [("app.pkg", 1)]),
        ("import app.b, app.pkg", [("app.b", 1), ("app.pkg", 1)]),
        ('from app import pkg\nif "pkg.x": f"pkg.x {x} pkg.x", F\'{{pkg}}\' "pkg.x"', [("app.pkg", 1)]),
        ("from app import pkg\ndef pkg(self): ...\nclass pkg: x", [("app.pkg", 1)]),
        ("import app.pkg.x\napp.pkg.x.f(app . pkg . x . f)\n", [("app.pkg.x", 1)]),
        ("import app.b\nx = app.b", [("app.b", 1)]),
        ("from app import pkg\nimport app.pkg.x\npkg.x.f", [("app.pkg", 1), ("app.pkg.x", 2)]),
        (
            "from json import (\n    loads as l,\n)\nimport app.pkg as x_pkg\nx_pkg.f; log('exec (x)', \"locate\")  # eval",
            [("json", 1), ("app.pkg", 4)],
        ),
        (
            "from app import pkg\ndef f(\n    pkg: int, *pkg: x): f.x\npkg: int = f(pkg=1)\no.\\\n  pkg.x",
            [("app.pkg", 1)],
        ),
    ],
)
def test_what_grimp_sees_whole_is_left_to_it(text: str, rows: list[tuple[str, int]]) -> None:
    """Imports alone, names of something else, comments and texts."""
    assert missed(text, *rows) == []


def test_a_module_without_submodules_has_no_attributes_that_matter() -> None:
    """Also where it is judged by itself."""
    gate = Gate({"app", "solo"}, ("app", "solo"), set())

    solo = Source(Module("app", "app.py"), data=b"import solo\nsolo.x")
    assert gate.missed(solo, [("solo", 1, "import solo", "module")]) == NOTHING


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("import importlib as i", [("importlib", 1)]),
        ("from importlib import metadata, import_module\nimport_module('app.b')", [("importlib", 1)]),
        ("import importlib.metadata\nimportlib.reload(m)", [("importlib", 1)]),
        ("import importlib.metadata\nimport pkgutil", [("importlib", 1), ("pkgutil", 2)]),
        ("load = __import__", []),
        ("exec ('import app.b')", []),
        ("x = eval(text)", []),
        ("from pydoc import locate\nlocate('app.b')", [("pydoc", 1)]),
        ("from django.utils.module_loading import import_string\nimport_string('app.b')", [("django", 1)]),
        ("import builtins\nbuiltins.exec('import app.b')", [("builtins", 1)]),
        ("import app\napp.pkg.x", [("app", 1)]),
        ("import app.b\napp.pkg", [("app.b", 1)]),
        ("from app import pkg\npkg.x", [("app.pkg", 1)]),
        ("from app import pkg\npkg \\\n  . x", [("app.pkg", 1)]),
        ("from app import pkg\n(pkg).x", [("app.pkg", 1)]),
        ("from app import pkg\nf'{pkg.x}'", [("app.pkg", 1)]),
        ("from app import pkg as p\np.x", [("app.pkg", 1)]),
        ("import app.pkg as p\np.x", [("app.pkg", 1)]),
        ("import app.pkg as p, json\np.x", [("app.pkg", 1), ("json", 1)]),
        ("from . import pkg\nm = pkg\nm.x", [("app.pkg", 1)]),
        ("import app.pkg\nimport app.pkg.x\ny = app.pkg\ny.x", [("app.pkg", 1), ("app.pkg.x", 2)]),
        ("def f():\n    import app.pkg.x\nimport app.b\napp.pkg.x.f", [("app.pkg.x", 2), ("app.b", 3)]),
        ("from app import pkg\nf'{d[{1: 2}[pkg.x]]}'", [("app.pkg", 1)]),
        ("from app import pkg\nf'{a}' t'{pkg.x} b {c}'", [("app.pkg", 1)]),
        ('from app import pkg\nf"{d["}"]} {pkg.x}"', [("app.pkg", 1)]),
        ('from app import pkg\nf"{g("""x""")}"\npkg.x\n"""more"""', [("app.pkg", 1)]),
        (
            "def f():\n    from app import pkg\n    pkg.x\n\ndef g():\n    from app.space import pkg",
            [("app.pkg", 2), ("app.space.pkg", 6)],
        ),
        ("from app import pkg as b\nfrom app import b as c\nb.x", [("app.pkg", 1), ("app.b", 2)]),
        ("from app import pkg\ngetattr(pkg, name)", [("app.pkg", 1)]),
        ("from app import schemas as s\ns.x.F", [("app.schemas", 1)]),
        ("from app import (\n    schemas as s,\n)\ns.x.F", [("app.schemas", 1)]),
        (
            "import app.pkg as m\nimport app.pkg.x\ndef f():\n    from app import space as m\n    m.x.f()",
            [("app.pkg", 1), ("app.pkg.x", 2), ("app.space", 4)],
        ),
        ("class A:\n    from app import pkg as q\n    v = q.x.f\nimport app as q", [("app.pkg", 2), ("app", 4)]),
        (
            "from app import space as pkg\nfrom app.space import pkg as q\npkg.x.f",
            [("app.space", 1), ("app.space.pkg", 2)],
        ),
        (
            "import app.pkg as p, app.b\nfrom app import space as pkg\npkg.x.f",
            [("app.pkg", 1), ("app.b", 1), ("app.space", 2)],
        ),
        ("from app import pkg\ny = f\"{'}'.join(pkg.x.f('{'))}\"", [("app.pkg", 1)]),
        ("from app import pkg\ny = f'''{d[\"}\"] + pkg.x.f + d[\"{\"]}'''", [("app.pkg", 1)]),
        ("y = f\"{'}'+str(exec('import app.b'))+'{'}\"", []),
        ('y = f"{\n1}" + str(exec("import app.b")) + "{}"', []),
        ('from app import pkg\ny = f"{\n1}" + pkg.x.f + ""', [("app.pkg", 1)]),
        ('from app import pkg\nf"}}{ {1: "x"}[pkg.x] } "', [("app.pkg", 1)]),
        ("from app import pkg\nf'}}{ {'a' + pkg.x.f} }'", [("app.pkg", 1)]),
        ("import app\nif x: \\\nimport app.pkg.x\napp.pkg.x.f", [("app", 1), ("app.pkg.x", 3)]),
        ("import app . none", [("app", 1)]),
        ("from app . none import x", [("app", 1)]),
        ("from . . none import x", [("app", 1)]),
        ("from app import pkg\npkg. \\\n  x.f", [("app.pkg", 1)]),
        ("from app import pkg\ny = (pkg.\n  # c\n  x)", [("app.pkg", 1)]),
        ("from app import pkg\ny = (pkg.\f# c\n  x)", [("app.pkg", 1)]),
        ("from app import pkg\nf = (lambda m=\n    pkg: m.x.f)", [("app.pkg", 1)]),
        ("from app import pkg\nf = (lambda m=b or\n    pkg: m.x.f)", [("app.pkg", 1)]),
        ("from app import pkg\nif m := b or \\\n    pkg:\n    m.x.f()", [("app.pkg", 1)]),
        ("from app import pkg\nf = lambda m=" + " " * 300 + "pkg: m.x.f", [("app.pkg", 1)]),
        ("from app import pkg\ndef f():\n    y = (yield\nfrom pkg.x.f())", [("app.pkg", 1)]),
        ("from app import pkg\ndef f():\n    raise A \\\nfrom pkg.x.E", [("app.pkg", 1)]),
        ("from app import pkg\ndef f():\n    y = (yield\nfrom pkg.x.f(' import '))", [("app.pkg", 1)]),
        ("import app.pkg as \uff50\np.x.f", [("app.pkg", 1)]),
        ("\uff45xec('import app.b')", []),
        ("from app import pkg" + " " * 250 + "as p\np.x", [("app.pkg", 1)]),
        ("from app import pkg\nm = pkg\n.5\nm.x", [("app.pkg", 1)]),
        ("import pydoc\ngetattr(pydoc, 'locate')('app.b')", [("pydoc", 1)]),
        ("import pydoc\nf'{pydoc.locate(name)}'", [("pydoc", 1)]),
        ("from . import pkg\ndef f(m=pkg): m.x", [("app.pkg", 1)]),
        ("from . import pkg\na, b = (\n    pkg,\n    1,\n)\na.x", [("app.pkg", 1)]),
        ("from . import pkg\ngetattr(pkg, 'x')", [("app.pkg", 1)]),
        ("from app import *", [("app", 1)]),
        ("from app import space\nspace.y", [("app", 1)]),
        ("import app.none", [("app", 1)]),
        ("from app.none import x", [("app", 1)]),
        ("import app.b; import app.none", [("app.b", 1)]),
        ("import app.b, app.none", [("app.b", 1)]),
        ("import json\nif 1: from app.none import x", [("json", 1)]),
        ("import json\nfrom app.none import x", [("json", 1)]),
        ("lazy from app import pkg\npkg.x", [("app.pkg", 1)]),
        ("if 1: from app import pkg\npkg.x", [("app.pkg", 1)]),
        ("import app\ndef f(): ...\napp.pkg.x", [("app", 1)]),
        ("import app\n# Read it all.\napp.pkg.x", [("app", 1)]),
        ("import app\nx = 1.\napp.pkg.x", [("app", 1)]),
        ("from . import pkg\nf = lambda m=pkg: m.x", [("app.pkg", 1)]),
        ("from . import pkg\nf = lambda m=None or pkg: m.x", [("app.pkg", 1)]),
        ("import app  # used as it is\napp.pkg.x", [("app", 1)]),
        ("import app; import os as o\napp.pkg.x", [("app", 1), ("os", 1)]),
        ("import app \\\n  as a\na.pkg.x", [("app", 1)]),
        ("from app import (pkg  # x\n as p)\np.x", [("app.pkg", 1)]),
        ("from app import pkg\tas\tp\np.x", [("app.pkg", 1)]),
        ("import app\nx = getattr(\n    app, 'pkg'\n)", [("app", 1)]),
        ("import app\na, b = (\n    1, app,\n)\nb.pkg", [("app", 1)]),
        ("import app\nfrom os import (path); x = app.pkg.x", [("app", 1), ("os", 2)]),
        ("import app\nx = (app.  # here\n    pkg.x)", [("app", 1)]),
        ("import app\nx = app.\\\n    pkg.x", [("app", 1)]),
        ("import app\nx = app.\uff50kg.x", [("app", 1)]),
        ("def g():\n    '''Like\n\n    from a import b'''\nimport app\napp.pkg\ndef h(): '''x'''", [("app", 5)]),
        ('"""Use\nfrom app import (\n"""\nimport app\nx = app.pkg.x()', [("app", 4)]),
        ("import pydoc\npydoc.locate('app.pkg.x')", [("pydoc", 1)]),
        ("from django.utils import module_loading\nmodule_loading.import_string('app.b')", [("django", 1)]),
        ("exec \\\n('import app.b')", []),
        ("(exec)('import app.b')", []),
        ("import os\nif 1: from.none import S", [("os", 1)]),
        ("import os\ny = 1; from . none import S", [("os", 1)]),
        ("import os\nfrom \\\n    app.none import S", [("os", 1)]),
        ("from app import \\\n    pkg\npkg.f", [("app.pkg", 1)]),
        ("from app import b, \\\n    pkg\npkg.x", [("app.pkg", 1), ("app.b", 1)]),
        ("from app import b, \\\n    pkg as p\np.x", [("app.pkg", 1), ("app.b", 1)]),
        ("from app import b, \\\n    pkg; import app.none", [("app.pkg", 1), ("app.b", 1), ("app", 2)]),
        ("from app import b, pkg as \\\n    p\np.x", [("app.pkg", 1), ("app.b", 1)]),
        ("import \\\n    app.none", [("app", 1)]),
    ],
)
def test_what_grimp_may_have_dropped_is_looked_at(text: str, rows: list[tuple[str, int]]) -> None:
    """Calls, uses through a package, modules without a file, several statements on a line."""
    assert missed(text, *rows) != []


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("import app.b\nimport app.pkg\nprint(app.pkg.x.f, app.pkg . x)", [("app.b", 1), ("app.pkg", 2)]),
        ("from app import pkg\n'''\n\n'''\ndef f(a):\n    return pkg.x.g(pkg.f)", [("app.pkg", 1)]),
        ("import app.pkg as p\nimport json\nclass A(p.x.A): y: p.x.Y = o.p", [("app.pkg", 1), ("json", 2)]),
        (
            "from app import (\n    pkg,\n    b,\n)\nfrom app.pkg import f  # pkg\npkg.x.f = 'pkg'",
            [("app.pkg", 1), ("app.b", 1), ("app.pkg", 5)],
        ),
        (
            "import app.pkg.x\nimport app.space\nf(app.pkg.x, app.space.pkg.z.f, app.a.f)",
            [("app.pkg.x", 1), ("app.space", 2)],
        ),
        ("from app import pkg\n\ndef f():\n    import app.pkg.x\n    pkg.x.f", [("app.pkg", 1), ("app.pkg.x", 4)]),
        ("from app import pkg\ngetattr(pkg.x.f, 'x')", [("app.pkg", 1)]),
        (
            "from typing import (\n    TYPE_CHECKING,\n)\nfrom app import pkg\nif TYPE_CHECKING:\n    import json\n\n"
            "    x = '''\ny'''\nelse:\n    z\nif b:\n    pkg.x.f",
            [("typing", 1), ("app.pkg", 4), ("json", 6)],
        ),
    ],
)
def test_uses_of_submodules_are_told_as_by_a_syntax_tree(text: str, rows: list[tuple[str, int]]) -> None:
    """Where a name is bound once, and followed by an attribute wherever else it stands."""
    added = missed(text, *rows)
    known = Known(frozenset(MODULES), submodules(MODULES), ("app",))
    expected = [i for i in read_imports(source(text), known).imports if i.kind == "attribute"]

    assert expected
    assert added == [(i.imported, i.location.line, i.location.text, i.kind) for i in expected]


@pytest.mark.parametrize(
    "text",
    [
        "if TYPE_CHECKING: pkg.x",
        "if TYPE_CHECKING:\n    y\n\nelif z:\n    y\nelse:\n    pkg.x",
        "if not TYPE_CHECKING:\n    pkg.x",
        "def f():\n    if TYPE_CHECKING:\n        y\n    pkg.x",
        "import typing\nif typing.TYPE_CHECKING:\n    y\npkg.x",
        "from typing import TYPE_CHECKING as t\nif t:\n    pkg.x",
        "m = pkg; m.x",
        "m = pkg.x; pkg.x.f(pkg=1)",
        "pkg.x.f; pkg = None",
        "pkg.x.f\ndef f(pkg): pkg.x",
        "pkg.x.f\nfor pkg in pkgs: pkg.x",
        "pkg.x.f\nwith a as pkg: pkg.x",
        "pkg.x.f\nfrom json import loads as pkg",
        "pkg.x.f\ndef f():\n    from json import pkg",
        "pkg.x.f\nfrom app import pkg as p\np.x",
        "pkg.x.f; f'{pkg.x}'",
        "pkg.x.f, getattr(pkg, 'x')",
        "(pkg\n.x)",
        "...\npkg.x",
        "a = 1 + \\\n  2\npkg.x",
        "\u00e4 = pkg.x",
        "o.\\\npkg.x; pkg.x",
    ],
)
def test_what_a_text_does_not_tell_for_sure_takes_a_syntax_tree(text: str) -> None:
    """Names that are bound again or handed on, strings with code, lines that go on."""
    assert missed(f"from app import pkg\n{text}", ("app.pkg", 1)) is None


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("def f():\n    from app import pkg\n    pkg.x.f", [("app.pkg", 2)]),
        ("from app import pkg\nfrom app.space import pkg\npkg.x.f", [("app.pkg", 1), ("app.space.pkg", 2)]),
        ("from app import space\nspace.pkg.g(space.pkg)", [("app.space", 1)]),
        ("import app.b as b, app.pkg\napp.pkg.x.f", [("app.pkg", 1), ("app.b", 1)]),
    ],
)
def test_nor_does_one_of_another_sort(text: str, rows: list[tuple[str, int]]) -> None:
    """A name that is bound in a function, or to two packages; a package that is handed on; a statement that binds two names."""
    assert missed(text, *rows) is None


@pytest.mark.parametrize(
    "ending", ["x = '" + "a" * 200, "x = '''" + "ab\n" * 200, "# ....\\" + "#" * 200 + "\n...\\\n"]
)
def test_what_does_not_end_is_read_in_no_time(ending: str) -> None:
    """An expression that tries every way to take a text apart would take for ever."""
    assert missed(f"from app import pkg\nm = pkg; m.x\n{ending}", ("app.pkg", 1)) is None
