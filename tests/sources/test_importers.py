"""Lines on which a package's name imports nothing are not looked at.

Ways in which one could be passed over wrongly: the attribute is a module after all, stands on another line or is not all that it
seems; the name is handed on, bound anew or one that functions share; the module of an importer goes by it.
"""

from collections.abc import Callable

import pytest

from pytest_fitness.model import Module
from pytest_fitness.sources.importers import ImportingLines
from pytest_fitness.sources.known import Known, submodules
from pytest_fitness.sources.statements import read_imports
from pytest_fitness.sources.tree import Source

MODULES = frozenset({"app", "app.main", "app.db", "app.db.models", "app.web"})
KNOWN = Known(MODULES, submodules(MODULES), ("app",))


def lines_of(text: str, name: str, dotted: str, known: Known = KNOWN) -> list[int]:
    """The lines that are marked for *name* that stands for *dotted*."""
    lines = ImportingLines(text, known)
    lines.mark_name(name, dotted)
    return [line for line in range(1, text.count("\n") + 2) if lines.any_between(line, line)]


@pytest.mark.parametrize(
    "use", ["db.Session", "db . Session()", "db.\tnames.models", "other.db.f", "db.MODELS", "mydb"]
)
def test_an_attribute_that_is_no_module_is_of_no_interest(use: str) -> None:
    """Wherever it stands."""
    assert lines_of(f"\nx = {use}\n", "db", "app.db") == []


USES = [
    "db.models.X",
    "db . models",
    "db.\\\nmodels",
    "(db\n.models)",
    "(db.\nmodels)",
    "(db)",
    "f(db)",
    "getattr(db, 'models')",
    "db",
    "db = 1",
    "db: object",
    "db.TYPE_CHECKING",
    "f'{db.models}'",
    "x.db.models",
    "db.mod\u0901",
]


@pytest.mark.parametrize("use", USES)
def test_everything_else_is_looked_at(use: str) -> None:
    """A name that is handed on may be used anywhere; another alphabet may go on where letters seem to end."""
    assert lines_of(f"\n{use}\n", "db", "app.db")[0] == 2


@pytest.mark.parametrize(
    ("text", "name", "dotted", "known"),
    [
        ("db.Session", "db", "app.db", KNOWN._replace(watched=frozenset({"app.db"}))),
        ("orm.Session", "orm", "sqlalchemy.orm", KNOWN._replace(precise=frozenset({"sqlalchemy"}))),
        ("db.Session\ndb.locate(x)", "db", "app.db", KNOWN),
        ("os.path\nos.\\\n  # here\n run_module(x)", "os", "os", KNOWN),
        ("util.find_spec", "util", "importlib.util", KNOWN),
        ("f", "f", "pydoc.locate", KNOWN),
        ("handlers.models", "handlers", "handlers", KNOWN._replace(real_name=lambda _: "app.db")),
    ],
)
def test_where_more_is_wanted_every_line_is_looked_at(text: str, name: str, dotted: str, known: Known) -> None:
    """All uses of a module, third-party names, functions that import."""
    assert lines_of(text, name, dotted, known)[0] == 1


@pytest.mark.parametrize("text", ["locate(x)", "other.relocate(x)", "import_string(x)"])
def test_functions_that_import_by_their_own_name_say_nothing_of_others(text: str) -> None:
    """They were imported by that name, or import nothing."""
    assert 2 not in lines_of(f"{text}\ndb.Session\n", "db", "app.db")


def test_one_name_may_stand_for_several_packages() -> None:
    """Of each, other attributes are modules; once every line is of interest, that is how it stays."""
    lines = ImportingLines("x.db\nx.models\nx.f\n", KNOWN)
    marked: Callable[[], bytes] = lambda: bytes(lines.marked[1:4])  # noqa: E731 - short

    for dotted in ("app.db", "app.db"):
        lines.mark_name("x", dotted)
        assert marked() == bytes([0, 1, 0])
    lines.mark_name("x", "app")
    assert marked() == bytes([1, 1, 0])
    lines.mark_name("x", "importlib")
    assert marked() == bytes([1, 1, 1])
    lines.mark_name("x", "app.db")
    assert marked() == bytes([1, 1, 1])


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("def f():\n    app.Settings()\n    return app.db.x\n", {"app", "app.db"}),
        ("def f():\n    return app.Settings()\n", {"app"}),
        ("def f():\n    x = app\n    return x.db\n", {"app", "app.db"}),
        ("def f():\n    return (app\n        # comment\n        .db)\n", {"app", "app.db"}),
        ("def f(a=app): return a.db\n", {"app", "app.db"}),
        ("def f():\n    from app import db as app\n    app.connect()\n    return app.models\n", {"app", "app.db", "app.db.models"}),
        ("import pydoc\np = app.tools\nfind = pydoc\nfind.locate('app.web')\n", {"app", "pydoc", "app.web"}),
        ("p = app.tools\ndef f():\n    return p.locate('app.web')\n", {"app", "app.web"}),
        ("TC = app.TYPE_CHECKING\nif TC:\n    import app.web\n", {"app", "app.web"}),
    ],
)  # fmt: skip
@pytest.mark.parametrize("is_valid", [True, False])
def test_what_is_imported_is_the_same(text: str, found: set[str], is_valid: bool) -> None:
    """Of a part of a file as of all of it."""
    source = Source(Module("app.main", "app/main.py"), data=f"import app\n{text}".encode())

    imports = read_imports(source, KNOWN, is_valid=is_valid, names=[("app", "app")]).imports

    assert {each.imported for each in imports} == found
    assert "TC" not in text or [each.kind for each in imports] == ["module", "type-checking"]


def test_names_of_one_package_are_looked_for_once() -> None:
    """A module may import hundreds of them."""
    text = "import app\n" * 3_000

    assert lines_of(text, "app", "app") == list(range(1, 3_001))
    lines = ImportingLines(text, KNOWN)
    for _ in range(3_000):
        lines.mark_name("app", "app")
    assert lines._uses == {("app", "app")}
