"""What a project says of names of its own, in its settings."""

from __future__ import annotations

import pytest

from pytest_fitness.errors import SettingsError
from pytest_fitness.model import Handler
from pytest_fitness.testing import codebase

LIB = """\
class Payload: ...
class Record: ...
class Router: ...
class Inject: ...
class BodyParam: ...
class Group:
    @staticmethod
    def method(path): ...
def rpc(path): ...
"""
HEAD = """\
from typing import Annotated, Generic
from shop.lib import BodyParam, Group, Inject, Payload, Record, Router, rpc
import shop.handed as handed
class Order(Payload): ...
class Row(Record): ...
router = Router()
"""


def handlers(text: str, **frameworks: list[str]) -> tuple[Handler, ...]:
    """Return the handlers of ``shop.api``."""
    texts = {"shop.api": HEAD + text, "shop.lib": LIB, "shop.handed": "from shop.lib import Payload, rpc"}
    shop = codebase(texts, frameworks=frameworks)
    return shop.handlers(shop.select("api")).found


def test_nothing_is_known_of_them_by_itself() -> None:
    """A class without a base is no schema."""
    (handler,) = handlers("@router.post('/')\ndef f(a: Order) -> Row: ...", router_classes=["shop.lib.Router"])

    assert ([slot.kind for slot in handler.inputs], handler.output.kind) == (["unknown"], "unknown")
    assert handlers("@router.post('/')\ndef f(a: Order) -> Row: ...") == ()


@pytest.mark.parametrize("base", ["shop.lib.Payload", "shop.handed.Payload"])
def test_bases_are_schemas_or_rows(base: str) -> None:
    """Under the name where they are defined, and where they are handed on."""
    (handler,) = handlers(
        "@router.post('/')\ndef f(a: Order, b: Payload) -> Row: ...",
        router_classes=["shop.lib.Router"],
        schema_bases=[base],
        orm_bases=["shop.lib.Record"],
    )

    assert [slot.kind for slot in handler.inputs] == ["schema", "schema"]
    assert handler.output.kind == "orm"


def test_other_decorators_make_none() -> None:
    """Whatever else there is."""
    text = "@functools.cache\n@rpc('/')\ndef f() -> None: ...\n@nowhere\ndef g(): ...\n@HEAD\ndef h(): ..."

    assert [h.qualname for h in handlers(text, handler_decorators=["shop.lib.rpc"])] == ["f"]


@pytest.mark.parametrize(
    ("text", "decorator"),
    [
        ("@rpc('/x')\ndef f(a: int, b) -> dict: ...", "shop.lib.rpc"),
        ("@handed.rpc('/x')\ndef f(a: int, b) -> dict: ...", "shop.handed.rpc"),
        ("@Group.method('/x')\ndef f(a: int, b) -> dict: ...", "shop.lib.Group.method"),
    ],
)
def test_a_decorator_makes_handlers(text: str, decorator: str) -> None:
    """All parameters are the body."""
    (handler,) = handlers(text, handler_decorators=[decorator])

    assert (handler.framework, handler.title) == ("`handler_decorators`", "CALL /x f")
    assert [(slot.name, slot.kind) for slot in handler.inputs] == [("a", "scalar"), ("b", "raw")]
    assert handler.output.kind == "raw"


def test_parameters_in_the_path_and_dependencies_are_no_body() -> None:
    """By default or by annotation."""
    text = "@rpc('/{number}')\ndef f(number: int, a: Annotated[dict, Inject()], b: dict = Inject()) -> None: ..."
    (handler,) = handlers(text, handler_decorators=["shop.lib.rpc"], dependency_markers=["shop.lib.Inject"])

    assert handler.inputs == ()


def test_objects_of_a_class_that_the_framework_gives_are_no_body() -> None:
    """What is declared may be the class itself, or one that it is derived from, in the codebase or not."""
    text = "from nowhere.db import Db\nclass Mine(Inject): ...\n@rpc('/')\ndef f(a: Mine, b: Inject | None, c: Db, d: Order) -> None: ..."
    (handler,) = handlers(
        text, handler_decorators=["shop.lib.rpc"], dependency_markers=["shop.lib.Inject", "nowhere.db.Db"]
    )

    assert [slot.name for slot in handler.inputs] == ["d"]


def test_a_wrapper_is_looked_through() -> None:
    """What is in it crosses."""
    (handler,) = handlers(
        "@rpc('/')\ndef f(a: BodyParam[Order], b: BodyParam[dict]) -> None: ...",
        handler_decorators=["shop.lib.rpc"],
        schema_bases=["shop.lib.Payload"],
        transparent_wrappers=["shop.lib.BodyParam"],
    )

    assert [slot.kind for slot in handler.inputs] == ["schema", "raw"]


def test_names_of_packages_that_are_not_installed_are_taken_as_they_are() -> None:
    """Nobody can look."""
    text = "from nowhere.at_all import Base\nclass X(Base): ...\n@rpc('/')\ndef f() -> X: ..."
    (handler,) = handlers(text, handler_decorators=["shop.lib.rpc"], schema_bases=["nowhere.at_all.Base"])

    assert handler.output.kind == "schema"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        (
            "shop.lib.Paylod",
            "'schema_bases': there is nothing called 'shop.lib.Paylod'; did you mean 'shop.lib.Payload'?",
        ),
        ("shop.lbi.Payload", "there is nothing called 'shop.lbi.Payload'; a full dotted name is wanted"),
        ("shop.lib.Group.methd", "there is nothing called 'shop.lib.Group.methd'"),
        ("pydantic.main.BaseMdel", "there is nothing called 'pydantic.main.BaseMdel'"),
    ],
)
def test_a_name_that_means_nothing_is_an_error(name: str, message: str) -> None:
    """It would make nothing a schema, in silence."""
    with pytest.raises(SettingsError, match=message.replace("?", r"\?")):
        handlers("", schema_bases=[name])


def test_a_name_of_an_installed_package_is_looked_up() -> None:
    """In its source."""
    assert handlers("", schema_bases=["pydantic.main.BaseModel"]) == ()


def test_a_declared_decorator_may_be_applied_by_a_call() -> None:
    """To a function, or to something that cannot be found."""
    text = "def f(a: Order) -> Order: ...\nrpc('/x')(f)\nrpc('/y')(nowhere)\n"
    known, unknown = handlers(text, handler_decorators=["shop.lib.rpc"], schema_bases=["shop.lib.Payload"])

    assert (known.title, known.output.kind) == ("CALL /x f", "schema")
    assert (unknown.title, unknown.output.kind) == ("CALL /y nowhere", "unknown")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("shpo.lib.Router", "'router_classes': no package 'shpo' is installed, and nothing imports one; did you mean 'shop.lib.Router'?"),
        ("nowhere.Router", "'router_classes': no package 'nowhere' is installed, and nothing imports one$"),
        ("shop.lib", "'router_classes': 'shop.lib' is a module; a class or a function of it is wanted"),
        ("shop.handed", "'router_classes': 'shop.handed' is a module"),
    ],
)  # fmt: skip
def test_a_name_of_no_known_package_is_an_error(name: str, message: str) -> None:
    """Of a package that is not installed, somebody has to have heard."""
    with pytest.raises(SettingsError, match=message.replace("?", r"\?")):
        handlers("@router.post('/')\ndef f(a: Order) -> Row: ...", router_classes=[name])


def test_a_package_that_is_not_installed_may_be_known_by_its_imports() -> None:
    """As in a pipeline that only judges."""
    text = "from elsewhere.web import Routing\nown = Routing()\n@own.post('/')\ndef f(): ..."
    texts = {"shop.api": text, "shop.bad": "x = '\\udcff'"}
    shop = codebase(texts, frameworks={"router_classes": ["elsewhere.web.Routing"]})

    assert [h.title for h in shop.handlers(shop.select("api")).found] == ["POST / f"]


def test_a_package_without_source_may_have_anything() -> None:
    """Nobody can look."""
    assert handlers("", router_classes=["itertools.Router"]) == ()
