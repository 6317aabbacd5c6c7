"""Which files need a closer look: never too few, and not many too many."""

from __future__ import annotations

import pytest

from pytest_fitness.model import Module
from pytest_fitness.sources.gate import Gate
from pytest_fitness.sources.tree import Source

MODULES = {"app", "app.a", "app.b", "app.pkg", "app.pkg.x", "app.space", "app.space.y"}
GATE = Gate(MODULES, ("app",), {"app.space"})


def looks_closer(text: str, *rows: tuple[str, int]) -> bool:
    """Whether module app.a with *text*, in which grimp found *rows*, is read closely."""
    lines = text.split("\n")
    found = [(imported, line, lines[line - 1].strip(), "module") for imported, line in rows]
    return GATE.needs_closer_look(Source(Module("app.a", "app/a.py"), data=text.encode()), found)  # type: ignore[arg-type]


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
        ('"""import app.none is what the text says"""\nimport json', [("json", 2)]),
        ("from app.pkg import (\n    f,\n    g,\n)\nf.x", [("app.pkg", 1)]),
        ("from app import (\n    pkg,\n    b,\n)\npkg.f; o.x", [("app.pkg", 1), ("app.b", 1)]),
        ("from app import pkg\n'''\npkg.x\n'''", [("app.pkg", 1)]),
        ("from app.pkg import f as pkg\npkg.x", [("app.pkg", 1)]),
        ("import app.pkg as p\np.f", [("app.pkg", 1)]),
        ("import app.b, app.pkg", [("app.b", 1), ("app.pkg", 1)]),
        (
            "from app import pkg\ndef f(\n    pkg: int, *pkg: x): f.x\npkg: int = f(pkg=1)\no.\\\n  pkg.x",
            [("app.pkg", 1)],
        ),
    ],
)
def test_what_grimp_sees_whole_is_left_to_it(text: str, rows: list[tuple[str, int]]) -> None:
    """Imports alone, names of something else, comments and texts."""
    assert not looks_closer(text, *rows)


def test_a_module_without_submodules_has_no_attributes_that_matter() -> None:
    """Also where it is judged by itself."""
    gate = Gate({"app", "solo"}, ("app", "solo"), set())

    assert not gate.needs_closer_look(
        Source(Module("app", "app.py"), data=b"import solo\nsolo.x"), [("solo", 1, "import solo", "module")]
    )


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("import importlib", [("importlib", 1)]),
        ("load = __import__", []),
        ("exec ('import app.b')", []),
        ("x = eval(text)", []),
        ("from pydoc import locate", [("pydoc", 1)]),
        ("from django.utils.module_loading import import_string", [("django", 1)]),
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
        ("import \\\n    app.none", [("app", 1)]),
    ],
)
def test_what_grimp_may_have_dropped_is_looked_at(text: str, rows: list[tuple[str, int]]) -> None:
    """Calls, uses through a package, modules without a file, several statements on a line."""
    assert looks_closer(text, *rows)
