"""By which verbs a router of the project's own calls the actions of view sets of Django REST framework."""

from __future__ import annotations

from pathlib import Path

import pytest
from frameworks.handlers_in import handlers

VIEWS = """
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.response import Response
from rest_framework.viewsets import ModelViewSet, ViewSet

class Clearing:
    def clear(self, request): return Response(status=204)

class Orders(Clearing, ViewSet):
    def list(self, request): return Response([])
    def create(self, request): return Response({})
    def helper(self, request): return Response({})
    @action(detail=True, methods=["post"])
    def pay(self, request, pk): return Response({})
"""
ROUTERS = """
from rest_framework.routers import DefaultRouter, DynamicRoute, Route, SimpleRouter
from rest_framework_bulk.routes import BulkRouter
"""
URLS = """
from shop.api import Orders
from shop.routers import Router
from rest_framework.routers import SimpleRouter
router = Router()
router.register("orders", Orders)
"""
LIST = "Route(url='a', mapping={'get': 'list', 'delete': 'clear'}, name='n', detail=False, initkwargs={})"
FORM = "Route('^new/$', {'get': 'create', 'post': 'create'}, 'n', True, {})"
EXTRA = "DynamicRoute(url='b', name='n', detail=False, initkwargs={})"
CONVENTION = "list GET, create POST, pay POST"
ADDED = "list GET, create POST, clear DELETE, pay POST"


def called(router: str, urls: str = URLS, more: str = "", views: str = VIEWS) -> str:
    """Return the actions of the view set, each with its verbs."""
    found = handlers(views, {"shop.routers": ROUTERS + router + more, "shop.urls": urls})
    by_name = {each.qualname.partition(".")[2]: "/".join(each.methods) for each in found}
    order = ("list", "create", "retrieve", "update", "partial_update", "destroy", "clear", "helper", "pay")
    return ", ".join(f"{name} {by_name[name]}" for name in order if name in by_name)


@pytest.mark.parametrize(
    ("router", "expected"),
    [
        (f"class Router(SimpleRouter):\n    routes = [{LIST}, {FORM}, {EXTRA}]", "list GET, create GET/POST, clear DELETE, pay POST"),
        (f"class Router(SimpleRouter):\n    routes: list = ({LIST},)", "list GET, clear DELETE, pay POST"),
        (f"class Router(SimpleRouter):\n    limit = 3\n    routes = [{LIST}]", "list GET, clear DELETE, pay POST"),
        (f"class Base(SimpleRouter):\n    routes = [{LIST}]\nclass Router(Base): pass", "list GET, clear DELETE, pay POST"),
        (f"class Router(SimpleRouter):\n    routes = [{LIST}, *SimpleRouter.routes]", ADDED),
        (f"class Router(SimpleRouter):\n    routes = [{LIST}] + SimpleRouter.routes", ADDED),
        ("class Router(SimpleRouter):\n    routes = [Route('a', MAPPING, 'n', False, {})]", CONVENTION),
        ("class Router(SimpleRouter):\n    routes = [Route(**SAID)]", CONVENTION),
        ("class Router(SimpleRouter):\n    routes = [Route('a', {'get': 'list', **MORE, 'put': NAME}, 'n', False, {})]", CONVENTION),
        ("class Router(DefaultRouter):\n    def __init__(self):\n        super().__init__()\n"
         "        self.routes[0].mapping.update({'delete': 'clear'})", ADDED),
        ("class Router(DefaultRouter):\n    def __init__(self):\n        super().__init__()\n"
         "        self.routes[0].mapping['delete'] = 'clear'", ADDED),
        ("class Router(DefaultRouter):\n    def __init__(self):\n        self.seen = {}\n        self.seen['delete'] = 'clear'\n"
         "        self.seen.update({'put': 'clear'})\n        update({})", CONVENTION),
        ("class Router(DefaultRouter):\n    def __init__(self):\n        super().__init__()\n"
         "        self.routes[0].mapping.update(delete='clear')", ADDED),
        ("class Router(DefaultRouter):\n    def __init__(self):\n        self.routes[0].mapping |= {'delete': 'clear'}", ADDED),
        ("class Router(SimpleRouter):\n    routes = [SimpleRouter.routes[0]._replace(mapping={'get': 'list', 'delete': 'clear'})]", ADDED),
        (f"class Base(SimpleRouter):\n    routes = [{LIST}]\nclass Router(Base):\n    routes = SimpleRouter.routes", ADDED),
        (f"class Router(SimpleRouter):\n    routes = [{LIST}]\n    def get_routes(self, viewset): return MORE", ADDED),
        (f"class Router(SimpleRouter):\n    routes = [{LIST}]\n    def __init__(self): self.routes.extend(MORE)", ADDED),
        (f"class Own(SimpleRouter):\n    routes = [{LIST}]\nif DEBUG:\n    Router = Own\nelse:\n    Router = SimpleRouter", ADDED),
        (f"if DEBUG:\n    class Router(SimpleRouter):\n        routes = [{LIST}]\nelse:\n    class Router(SimpleRouter): pass", ADDED),
        ("class Router(DefaultRouter): pass", CONVENTION),
        ("Router = SimpleRouter", CONVENTION),
        ("Router = BulkRouter", CONVENTION),
    ],
)  # fmt: skip
def test_a_router_says_which_methods_it_calls(router: str, expected: str) -> None:
    """What it lists is all, what it adds is added, and what cannot be read leaves the convention."""
    assert called(router) == expected


@pytest.mark.parametrize(
    ("urls", "expected"),
    [
        (URLS.replace('"orders", Orders', '"orders", viewset=Orders'), "list GET, clear DELETE, pay POST"),
        (URLS + "other = SimpleRouter()\nother.register('o', Orders)", ADDED),
        (
            URLS.replace("router = Router()", "if DEBUG:\n    router = Router()\nelse:\n    router = SimpleRouter()"),
            ADDED,
        ),
        (URLS + "router.routes.append(MORE)", ADDED),
        (URLS + "other = SimpleRouter()\nfor path, view in [('o', Orders)]: other.register(path, view)", ADDED),
        (URLS + "from shop.api import Orders as Same\nSimpleRouter().register('o', Same)", ADDED),
        (URLS + "class Others(Orders): pass\nother = SimpleRouter()\nother.register('o', Others)", ADDED),
        (URLS + "def more():\n    from shop.api import Orders\n    SimpleRouter().register('o', Orders)", ADDED),
        (URLS + "assert Orders.queryset is None", "list GET, clear DELETE, pay POST"),
        (URLS.replace("router.register", "made().register"), CONVENTION),
        (URLS.replace('"orders", Orders', '"orders"'), CONVENTION),
        (URLS.replace("router.register", "register"), CONVENTION),
        (URLS.replace("from shop.api import Orders", "class Orders: pass"), CONVENTION),
        (URLS.replace("from shop.api import Orders", ""), CONVENTION),
        (URLS.replace("Orders)", "Others)"), CONVENTION),
    ],
)
def test_a_router_says_it_of_what_it_is_given(urls: str, expected: str) -> None:
    """Another router that is given the view set calls it by convention, as does what is no router that is known."""
    assert called(f"class Router(SimpleRouter):\n    routes = [{LIST}]", urls) == expected


def test_a_router_may_be_given_more_routes() -> None:
    """Of one of REST framework's as well: ``router.routes.append(Route(...))``."""
    views = VIEWS.replace("    def list(", "    def clear(self, request): return Response({})\n    def list(")
    urls = "from rest_framework.routers import Route\n" + URLS.replace("Router()", "SimpleRouter()")
    route = "Route('a', mapping={'head': 'clear', VERB: 'helper'}, name='n', detail=True)"

    assert called("", f"{urls}router.routes.append({route})", views=views) == ADDED.replace("DELETE", "HEAD")
    assert called("", f"{urls}router.routes.append(Route(**OPTIONS))", views=views) == CONVENTION


def test_what_is_inherited_is_called_as_the_router_says() -> None:
    """``GET /delete/`` shows a page that asks first."""
    table = "{'get': 'list', 'post': 'destroy'}"
    views = VIEWS.replace(
        "class Orders(Clearing, ViewSet):", "class Orders(Clearing, ModelViewSet):\n    queryset = None"
    )
    router = f"class Router(SimpleRouter):\n    routes = [Route('a', {table}, 'n', False, {{}})]"
    assert called(router, views=views) == "list GET, destroy POST, pay POST"


def test_a_test_gives_no_view_to_a_router() -> None:
    """What only a test registers is no route of the application."""
    routers = f"{ROUTERS}\nclass Router(SimpleRouter):\n    routes = [{LIST}]"
    found = handlers(VIEWS, {"shop.tests.test_urls": URLS, "shop.routers": routers})
    assert [each.qualname for each in found if "clear" in each.qualname] == []


ITSELF = """
from django.urls import path
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

class Base(GenericViewSet):
    def listing(self, request): return Response([])
    @classmethod
    def patterns(cls): return [path("", {routed}.as_view({{"get": "listing"}}))]
"""


@pytest.mark.parametrize("routed", ["cls", "type(self)", "self.__class__"])
@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ("", ["GET Base.listing"]),
        ("class A(Base): ...\nclass B(Base):\n    def listing(self, request): ...", ["GET A.listing", "GET B.listing"]),
        ("class A(Base): ...\nBase.patterns()", ["GET A.listing", "GET Base.listing"]),
        ("class A(Base):\n    @classmethod\n    def patterns(cls): return []", ["GET Base.listing"]),
        ("class A(Base):\n    @classmethod\n    def patterns(cls): return [*super().patterns()]", ["GET A.listing"]),
    ],
)
def test_views_that_route_themselves_do_so_for_those_that_are_derived_from_them(
    routed: str, more: str, expected: list[str]
) -> None:
    """Each under its own name, wherever it is; a base only where it is used itself."""
    base = ITSELF.format(routed=routed)

    assert sorted(h.title for h in handlers(f"{base}{more}")) == expected
    if "class A" in more:
        found = handlers(f"from shop.base import Base\n{more}", {"shop.base": base})
        assert sorted(h.title for h in found) == [title for title in expected if "Base" not in title]


@pytest.mark.parametrize(
    ("urls", "expected"),
    [
        (
            "router = Router()\nrouter.register('orders', Orders)",
            [
                "DELETE Orders.purge",
                "GET Orders.bulk_create",
                "GET Orders.list",
                "PATCH Orders.clean",
                "POST Orders.bulk_create",
                "POST Orders.pay",
                "PUT Orders.bulk_destroy",
            ],
        ),
        (
            "router = SimpleRouter()\nrouter.register('orders', Orders)",
            [
                "GET Orders.list",
                "PATCH Orders.clean",
                "POST Orders.bulk_create",
                "POST Orders.create",
                "POST Orders.pay",
                "PUT Orders.bulk_destroy",
            ],
        ),
        ("path('x', Orders.as_view({'get': 'purge', 'post': 'create'}))", ["GET Orders.purge", "POST Orders.create"]),
        ("path('x', Orders.as_view({'put': 'pay'}))", ["PUT Orders.pay"]),
        ("path('x', Orders.page('pay'))", ["POST Orders.pay"]),
        (
            "path('x', Orders.page('pay'))\npath('y', Orders.as_view({'put': 'pay'}))",
            ["POST Orders.pay", "PUT Orders.pay"],
        ),
    ],
)
def test_a_router_and_a_view_set_may_come_with_an_installed_package(
    urls: str, expected: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The router says the verbs of what the view set has, and an extra action its own; code that is not ours has no name of its own."""
    forms = "Route('new/', {'get': 'bulk_create', 'post': 'bulk_create'}, 'n', False, {}), Route('p/', {'delete': 'purge'}, 'n', False, {})"
    (tmp_path / "forms_like.py").write_text(
        "from rest_framework import viewsets\nfrom rest_framework.decorators import action\n"
        "from rest_framework.routers import DynamicRoute, Route, SimpleRouter\n"
        "class Forms(viewsets.GenericViewSet):\n    def bulk_create(self, request): ...\n    def purge(self, request): ...\n"
        "    def list(self, request): ...\n    def create(self, request): ...\n"
        "    @action(['post'], detail=True)\n    def pay(self, request): ...\n"
        "    @action(['put'], detail=True)\n    def bulk_destroy(self, request): ...\n"
        "    @bulk_destroy.mapping.patch\n    def clean(self, request): ...\n"
        f"class Router(SimpleRouter):\n    routes = [Route('', {{'get': 'list'}}, 'n', False, {{}}), {forms}]\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    views = "from forms_like import Forms\nclass Orders(Forms):\n    serializer_class = OrderIn\n    queryset = 1\n"
    views += "    @classmethod\n    def page(cls, name): return cls.as_view(actions=actions_of(cls, name))\n"
    head = (
        "from django.urls import path\nfrom forms_like import Router\nfrom rest_framework.routers import SimpleRouter\n"
    )

    found = handlers(views, {"shop.urls": f"{head}from shop.api import Orders\n{urls}"})

    assert sorted(f"{verb} {h.qualname}" for h in found for verb in h.methods) == expected


def test_what_routes_itself_is_a_view() -> None:
    """And stands in a class; whatever else has a method of that name is no view."""
    head = "from rest_framework import views\n"
    assert handlers(f"{head}class V:\n    def f(cls): cls.as_view({{'get': 'g'}})\n    def g(self): ...") == ()
    assert handlers(f"{head}def f(cls): cls.as_view({{'get': 'g'}})\ndef g(self): ...") == ()
    assert handlers(f"{head}made().as_view({{'get': 'g'}})\ndef g(self): ...") == ()
    assert handlers(f"{head}class V:\n    class Inner:\n        urls = cls.as_view({{'get': 'g'}})") == ()
    view = f"{head}class V(views.APIView):\n    def g(self, request): ...\n"
    assert [h.title for h in handlers(f"{view}cls = V\ncls.as_view({{'get': 'g'}})")] == ["GET V.g"]
