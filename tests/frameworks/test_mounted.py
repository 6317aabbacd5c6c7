"""What is put before the paths of a router, where routers are put together."""

from __future__ import annotations

import pytest
from frameworks.handlers_in import handlers

FASTAPI = (
    "from fastapi import APIRouter\nrouter = APIRouter(prefix='/orders')\n@router.get('/{number}')\ndef f(): ...\n"
)
MAIN = "from fastapi import APIRouter, FastAPI\nfrom shop.settings import API, settings\napp = FastAPI()\nroot = APIRouter()\nOPTIONS = {'tags': ['x'], 'prefix': '/o'}\n"
FLASK = "from flask import Blueprint\nrouter = Blueprint('orders', __name__, url_prefix='/orders')\n@router.get('/x')\ndef f(): return ''\n"
NINJA = "from ninja import Router\nrouter = Router()\n@router.get('/{number}')\ndef f(request) -> int: ...\n"
SETTINGS = "API = '/api'\nclass Settings:\n    v1: str = '/v1'\nsettings = Settings()\n"


def paths(text: str, main: str, **others: str) -> list[str]:
    """Return the paths in ``shop.api``, whose router another module puts into an application."""
    others = {f"shop.{name}".removesuffix("."): each for name, each in others.items()}
    others |= {"shop.main": main, "shop.settings": SETTINGS}
    return [handler.path for handler in handlers(text, others)]


@pytest.mark.parametrize(
    ("mounted", "expected"),
    [
        ("from shop.api import router\napp.include_router(router)", "/orders/{number}"),
        ("from shop.api import router\napp.include_router(router, prefix='/api')", "/api/orders/{number}"),
        ("from shop.api import router as orders\napp.include_router(orders, prefix=API)", "/api/orders/{number}"),
        ("from shop import api\napp.include_router(api.router, prefix=API + settings.v1)", "/api/v1/orders/{number}"),
        ("import shop.api\napp.include_router(router=shop.api.router, prefix='/api')", "/api/orders/{number}"),
        ("def create():\n    from .api import router\n    app.include_router(router, prefix='/api')", "/api/orders/{number}"),
        ("from shop.api import router\nroot.include_router(router, prefix='/a')\napp.include_router(root, prefix='/b')",
         "/b/a/orders/{number}"),
        ("from shop.api import router\nouter = APIRouter(prefix='/o')\nouter.include_router(router)", "/o/orders/{number}"),
        ("from shop.api import router\nclass A:\n    def add(self): self.app.include_router(router, prefix='/a')",
         "/a/orders/{number}"),
        ("from shop.facade import orders\napp.include_router(orders.router, prefix='/a')", "/orders/{number}"),
        ("from shop.facade import the_api\napp.include_router(the_api, prefix='/a')", "/orders/{number}"),
        ("from shop import the_api\napp.include_router(the_api, prefix='/a')", "/a/orders/{number}"),
        ("from shop.api import router\nouter = APIRouter(**OPTIONS)\nouter.include_router(router)", "/o/orders/{number}"),
        # what cannot be told
        ("from shop.api import router\nouter = APIRouter(**nowhere)\nouter.include_router(router)", "/orders/{number}"),
        ("from shop.api import router\napp.include_router(router, prefix=computed())", "/orders/{number}"),
        ("from shop.api import router\napp.include_router(router, prefix='/a')\napp.include_router(router, prefix='/b')",
         "/orders/{number}"),
        ("from shop.api import router\napp.include_router(router, prefix='/a')\napp.include_router(router, prefix='/a')",
         "/a/orders/{number}"),
        ("from shop.other import router\napp.include_router(router, prefix='/a')", "/orders/{number}"),
        ("from shop import router\napp.include_router(router, prefix='/a')", "/orders/{number}"),
        ("app.include_router(prefix='/a')\napp.include_router(nowhere, prefix='/a')\napp.include_router(made(), prefix='/a')",
         "/orders/{number}"),
        ("for each in routers:\n    app.include_router(each, prefix='/a')", "/orders/{number}"),
    ],
)  # fmt: skip
def test_fastapi_includes_routers(mounted: str, expected: str) -> None:
    """By name, module or re-export; with constants; in one another."""
    shared = "from shop.api import router as the_api"
    others = {"other": "from fastapi import APIRouter\nrouter = APIRouter()", "facade": shared, "": shared}

    assert paths(FASTAPI, MAIN + mounted, **others) == [expected]


def test_a_router_that_is_put_into_itself() -> None:
    """As routers in a circle are, which FastAPI would refuse."""
    text = f"{FASTAPI}other = APIRouter(prefix='/a')\nother.include_router(router)\nrouter.include_router(other)\n"

    assert paths(text, "") == ["/orders/a/orders/{number}"]


def test_routers_in_one_another_without_an_end() -> None:
    """As many as are looked through."""
    chain = "".join(
        f"r{n} = APIRouter(prefix='/{n}')\nr{n}.include_router({f'r{n - 1}' if n else 'router'})\n" for n in range(9)
    )

    assert paths(FASTAPI + chain, "") == ["/4/3/2/1/0/orders/{number}"]


@pytest.mark.parametrize(
    ("mounted", "expected"),
    [
        ("app.register_blueprint(router)", "/orders/x"),
        ("app.register_blueprint(router, url_prefix='/other/')", "/other/x"),
        ("app.register_blueprint(router, url_prefix=None)", "/orders/x"),
        (
            "v1 = Blueprint('v1', __name__, url_prefix='/v1')\nv1.register_blueprint(router)\napp.register_blueprint(v1)",
            "/v1/orders/x",
        ),
        (
            "v1 = Blueprint('v1', __name__)\nv1.register_blueprint(router)\napp.register_blueprint(v1, url_prefix='/v2')",
            "/v2/orders/x",
        ),
    ],
)
def test_flask_registers_blueprints(mounted: str, expected: str) -> None:
    """With another prefix than their own."""
    assert paths(
        FLASK, f"from flask import Blueprint, Flask\nfrom shop.api import router\napp = Flask(__name__)\n{mounted}"
    ) == [expected]


@pytest.mark.parametrize(
    ("mounted", "expected"),
    [
        ("from shop.api import router\napi.add_router('/orders', router)", "/orders/{number}"),
        ("api.add_router('/orders/', 'shop.api.router')", "/orders/{number}"),
        ("api.add_router('/orders/', 'shop.other.router')", "/{number}"),
    ],
)
def test_ninja_adds_routers(mounted: str, expected: str) -> None:
    """By object, or by where it is."""
    assert paths(NINJA, f"from ninja import NinjaAPI\napi = NinjaAPI()\n{mounted}") == [expected]


def test_ninja_puts_a_slash_between_a_prefix_and_a_path_that_have_none() -> None:
    """Also where routers are in one another."""
    router = "from ninja import Router\nrouter = Router()\n@router.get('lines')\ndef lines(request): ...\n"
    mounted = "from ninja import NinjaAPI, Router\nfrom shop.api import router\napi, inner = NinjaAPI(), Router()\n"
    added = "inner.add_router('orders', router)\napi.add_router('v1', inner)"
    assert paths(router, mounted + added) == ["v1/orders/lines"]
