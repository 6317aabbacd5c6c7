"""Views of Django REST framework that are handed to functions, tables of serializers, and bases that nobody routes."""

from __future__ import annotations

from itertools import pairwise

import pytest
from frameworks.handlers_in import handlers
from frameworks.test_drf_serializers import HEAD, crossing

HELPERS = """
def respond(view, order): return Response(view.get_serializer(order).data)
def dump(view, order): return view.get_serializer(order).data
def read(view, request):
    s = view.get_serializer(data=request.data)
    s.is_valid(raise_exception=True)
    return s
def logged(response):
    print(response.status_code)
    return response
def other(view, order): return Response(order.get_serializer(view).data)
"""


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("return respond(self, 1)", "> A"),
        ("return respond(order=1, view=self)", "> A"),
        ("return Response(dump(self, 1))", "> A"),
        ("response = respond(self, 1)\n        return logged(response)", "> A"),
        ("s = read(self, request)\n        return Response(s.data)", "A > A"),
        ("return other(self, 1)", "> unknown"),
        ("return respond(order, 1)", "> unknown"),
    ],
)
def test_a_function_that_is_given_the_view_asks_it(body: str, expected: str) -> None:
    """For its serializer, as a method of it would."""
    text = f"{HELPERS}class V(generics.GenericAPIView):\n    serializer_class = A\n    def post(self, request):\n        {body}"

    (found,) = crossing(text).values()
    assert found == expected


@pytest.mark.parametrize(
    ("table", "expected"),
    [("BY['order']", "> A"), ("BY['line']", "> B"), ("BY[KIND]", "> A|B"), ("NOWHERE['order']", ">")],
)
def test_the_serializer_of_a_class_may_be_in_a_table(table: str, expected: str) -> None:
    """By a key that is written there, or any of them."""
    text = f"BY = {{'order': A, 'line': B}}\nclass V(generics.RetrieveAPIView):\n    queryset = 1\n    serializer_class = {table}"

    assert crossing(text) == {"V.get": expected}


def test_a_table_that_is_filled_elsewhere_has_some_serializer() -> None:
    """An empty one has not none."""
    text = """
REGISTRY = {}
class M:
    def get_serializer_class(self): return REGISTRY[self.serializer_class.__name__]
class V(M, viewsets.ModelViewSet):
    queryset = 1
    serializer_class = A
    def list(self, request):
        s = self.get_serializer(data=request.data)
        return Response(s.data)
"""
    found = handlers(HEAD + text)

    assert {h.qualname: (len(h.inputs), h.output.kind) for h in found} == {
        "V.list": (0, "schema"),
        "V.create": (1, "schema"),
        "V.retrieve": (0, "schema"),
        "V.update": (1, "schema"),
        "V.partial_update": (1, "schema"),
        "V.destroy": (0, "none"),
    }


def test_a_class_of_something_that_is_loaded_is_unknown() -> None:
    """Where it reads the body, as where it shows the result."""
    text = """
import importlib
backend = importlib.import_module(settings.BACKEND)
Loaded = backend.Serializer
class V(APIView):
    def post(self, request):
        s = Loaded(data=request.data)
        s.is_valid()
        return Response(A(1).data)
"""
    assert crossing(text) == {"V.post": "unknown > A"}


def test_a_base_that_nobody_routes_answers_by_what_is_derived_from_it() -> None:
    """Its own inherited actions are none; without a word of routes it keeps them."""
    text = """
class Base(mixins.ListModelMixin, mixins.CreateModelMixin, viewsets.GenericViewSet):
    serializer_class = A
class V(Base):
    queryset = 1
"""
    routed = "router = SimpleRouter()\nrouter.register('orders', V)\n"
    both = routed + "router.register('bases', Base)\n"

    assert crossing(text + routed) == {"V.list": "> A", "V.create": "A > A"}
    assert set(crossing(text)) == {"Base.list", "Base.create", "V.list", "V.create"}
    assert set(crossing(text + both)) == {"Base.list", "Base.create", "V.list", "V.create"}


@pytest.mark.parametrize("package", ["drf_rw_serializers", "adrf", "rest_framework_json_api"])
def test_view_sets_of_libraries_have_the_actions_of_their_names(package: str) -> None:
    """Though they are not installed."""
    text = f"from {package}.viewsets import ReadOnlyModelViewSet as R\nclass V(R):\n    queryset = 1\n    serializer_class = A"

    assert crossing(text) == {"V.list": "> A", "V.retrieve": "> A"}


@pytest.mark.parametrize(
    ("given", "said", "test", "expected"),
    [
        ("serializer_class=B", "", "is None", "> B"),
        ("", "", "is None", "> A|B"),
        ("", "serializer_class = C", "is None", "> C"),
        ("", "serializer_class = None", "is None", "> A"),
        ("serializer_class=B", "", "is not None", "> A"),
        ("", "odd = C", "is None", "> A|B"),
    ],
)
def test_a_serializer_that_the_action_says_is_not_none(given: str, said: str, test: str, expected: str) -> None:
    """Nor is that of the class, unless it says so."""
    text = f"""
class V(viewsets.GenericViewSet):
    {said or "queryset = 1"}
    def get_serializer_class(self):
        if self.serializer_class {test}: return A
        return {"B if self.x else B" if not given and "serializer" not in said else "self.serializer_class"}
    @action(detail=True, methods=["get"], {given})
    def parts(self, request, pk): return Response(self.get_serializer(1).data)
"""
    assert crossing(text) == {"V.parts": expected}


@pytest.mark.parametrize(
    ("responses", "expected"),
    [
        ("{204: inline_serializer('nothing', {})}", "none"),
        ("{'204': inline_serializer('nothing', fields={}), 404: None}", "none"),
        ("{200: inline_serializer('nothing', {})}", "schema"),
        ("{204: inline_serializer('nothing', {'a': 1})}", "schema"),
        ("{204: NOTHING}", "none"),
        ("{204: None, 200: A}", "schema"),
        ("{200: A, 204: None}", "schema"),
    ],
)
def test_no_content_that_is_documented_with_no_fields_is_none(responses: str, expected: str) -> None:
    """By the status; a response without anything in it is none, whatever is said of it."""
    text = "from drf_spectacular.utils import extend_schema, inline_serializer\n"
    text += "NOTHING = inline_serializer('nothing', {})\nclass V(APIView):\n"
    for name, returned in (("get", "Response(nowhere())"), ("delete", "Response(status=204)")):
        text += f"    @extend_schema(responses={responses})\n    def {name}(self, request): return {returned}\n"

    assert [handler.output.kind for handler in handlers(HEAD + text)] == [expected, "none"]


OTHER = """
class Runs(viewsets.ReadOnlyModelViewSet):
    queryset = 1
    serializer_class = B
class Plain:
    def list(self, request): return Response({"a": 1})
class V(viewsets.GenericViewSet):
    queryset = 1
    serializer_class = A
    @action(detail=True)
    def runs(self, request, pk):
        {body}
"""


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("v = Runs(request=request)\n        s = v.get_serializer_class()(v.get_queryset(), many=True)\n"
         "        return self.get_paginated_response(s.data)", "> B"),
        ("v = Runs(request=request)\n        return Response(v.get_serializer(v.get_queryset(), many=True).data)", "> B"),
        ("v = Runs(request=request)\n        return v.list(request)", "> B"),
        ("return Runs(request=request).list(request)", "> B"),
        ("return Plain().list(request)", "> response"),
        ("return v.list(request)", "> response"),
    ],
)  # fmt: skip
def test_the_serializer_of_another_view_is_what_an_object_of_it_shows(body: str, expected: str) -> None:
    """As if it answered itself."""
    assert crossing(OTHER.replace("{body}", body))["V.runs"] == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("read(A, request.GET)\n        return Response(status=204)", "A > none"),
        ("options = dict(data=request.data)\n        s = A(**options)\n        s.is_valid()\n        return Response(status=204)",
         "A > none"),
        ("options = {'data': request.data}\n        s = A(**options)\n        s.is_valid()\n        return Response(status=204)",
         "A > none"),
        ("options = {'data': request.data}\n        s = A(**other)\n        return Response(status=204)", "> none"),
        ("data = InfoSerializer(1).data\n        return Response(data)", "> unknown"),
    ],
)  # fmt: skip
def test_what_reads_the_request_by_way_of_helpers_and_options(body: str, expected: str) -> None:
    """A class that is only called like a serializer is none."""
    text = f"""
class InfoSerializer:
    def __init__(self, uid): self.data = {{"uid": uid}}
def read(serializer_class, query):
    params = serializer_class(data=query)
    params.is_valid(raise_exception=True)
    return params.data
class V(APIView):
    def post(self, request):
        {body}
"""
    assert crossing(text) == {"V.post": expected}


def test_views_that_answer_with_a_message_show_no_serializer() -> None:
    """Those of dj-rest-auth that change something."""
    text = "from dj_rest_auth.views import LoginView, LogoutView, PasswordChangeView\n"
    text += "class I(LoginView): ...\nclass O(LogoutView): ...\nclass P(PasswordChangeView): ...\n"

    found = {h.title.split()[-1]: ([s.kind for s in h.inputs], h.output.kind) for h in handlers(HEAD + text)}
    assert found == {
        "I.post": (["schema"], "schema"),
        "O.get": ([], "response"),
        "O.post": ([], "response"),
        "P.post": (["schema"], "response"),
    }


def test_a_base_that_only_tests_name_is_routed_by_nobody() -> None:
    """They may call what they like of it."""
    base = "from rest_framework import serializers, viewsets\nclass A(serializers.Serializer): ...\n"
    base += (
        "class Base(viewsets.ModelViewSet):\n    queryset = 1\n    @staticmethod\n    def helper(user): return user\n"
    )
    base += "class V(Base):\n    serializer_class = A\nrouter.register('v', V)\n"
    found = handlers(base, {"shop.tests.test_api": "from shop.api import Base\nassert Base.helper(1)"})

    assert {h.qualname.partition(".")[0] for h in found} == {"V"}


def test_verbs_that_an_object_may_set_are_all_of_them() -> None:
    """A condition decides; what the class says counts."""
    text = """
class Base(viewsets.ReadOnlyModelViewSet):
    def __init__(self, **more):
        if self.small: self.http_method_names = ["head"]
class V(Base):
    queryset = 1
    serializer_class = A
class W(Base):
    http_method_names = ["put"]
    queryset = 1
    serializer_class = A
"""
    assert set(crossing(text)) == {"V.list", "V.retrieve"}


def test_what_is_asked_of_a_class_is_no_way_to_route_it() -> None:
    """Its map of actions is."""
    text = """
class V(viewsets.ModelViewSet):
    queryset = 1
    serializer_class = A
    @staticmethod
    def clean(data): return data
    def perform_create(self, serializer): V.clean(serializer)
urlpatterns = [path("v/", V.as_view({"post": "create"})), path("w/", V.as_view({"get": "retrieve"}))]
"""
    assert set(crossing(text)) == {"V.create", "V.retrieve"}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("if x: return Response(typed(1))\n        return Response(A(1).data)", "response A"),
        ("if x: return Response(written(1))\n        return Response(A(1).data)", "response A"),
        ("if x: return Response(json.dumps({'a': 1}))\n        return Response(A(1).data)", "response A"),
        ("data = typed(1)\n        return Response(A(1).data if x else data)", "response A"),
        ("if x: return Response(shown(1))\n        return Response(A(1).data)", "A"),
        ("if x: return Response(dumped(1))\n        return Response(A(1).data)", "A"),
        ("if x: return Response(json.dumps(1))\n        return Response(A(1).data)", "A"),
        ("if x: return Response(cache.get(1))\n        return Response(A(1).data)", "A"),
        ("return Response(A(1).data + B(1).data)", "A|B"),
    ],
)
def test_a_dict_that_a_function_makes_is_none_of_a_serializer(body: str, expected: str) -> None:
    """Of what cannot be told, it may be one."""
    text = f"""
import json
def typed(user) -> dict: return user.x
def written(user): return {{"id": user.id}}
def shown(user): return A(user).data
def dumped(user) -> dict: return A(user).data
class V(APIView):
    def get(self, request):
        {body}
"""
    found = crossing(text)["V.get"]
    assert found == f"> {expected}"


def test_a_body_that_a_method_reads_counts_when_something_is_deleted() -> None:
    """As if it were read in place."""
    text = """
class V(APIView):
    def delete(self, request, pk):
        s = A(data=self.sent(request, pk))
        s.is_valid(raise_exception=True)
        return Response({"message": "gone"})
    def sent(self, request, pk):
        data = request.data.copy()
        data["pk"] = pk
        return data
class W(APIView):
    def delete(self, request, pk):
        s = A(data=self.own(pk))
        s.is_valid(raise_exception=True)
        return Response({"message": "gone"})
    def own(self, pk): return {"pk": pk}
"""
    assert crossing(text) == {"V.delete": "A > response", "W.delete": "> response"}


@pytest.mark.parametrize(
    ("body", "kinds"),
    [
        ("return super().post(request)", (["schema"], "schema")),
        ("s = self.serializer_class(data=request.data)\n        s.is_valid()\n        return Response({'a': 1})",
         (["schema"], "response")),
        ("s = self.get_serializer(data=request.data)\n        s.is_valid()\n        return Response({'a': 1})",
         (["schema"], "response")),
        ("return Response({'a': 1})", ([], "response")),
    ],
)  # fmt: skip
def test_a_login_that_is_written_anew_speaks_the_serializer_of_its_library(
    body: str, kinds: tuple[list[str], str]
) -> None:
    """Whichever that is."""
    text = f"from rest_framework_simplejwt.views import TokenRefreshView\nclass V(TokenRefreshView):\n    def post(self, request):\n        {body}"
    (handler,) = handlers(HEAD + text)

    assert ([s.kind for s in handler.inputs], handler.output.kind) == kinds


def test_a_base_that_a_decorator_may_route_keeps_its_rows() -> None:
    """As does one that serializes something else than those that are derived from it."""
    text = """
@register("a")
class Base(viewsets.ReadOnlyModelViewSet):
    queryset = 1
    serializer_class = A
class V(Base): queryset = 2
class Other(viewsets.ReadOnlyModelViewSet):
    queryset = 1
    serializer_class = B
class W(Other): serializer_class = C
router.register("v", V)
router.register("w", W)
"""
    assert {name.partition(".")[0] for name in crossing(text)} == {"Base", "V", "Other", "W"}


def test_a_view_of_ones_own_that_is_called_like_one_of_a_library_is_that_of_its_base() -> None:
    """By what that answers."""
    text = "from dj_rest_auth.views import LoginView\nclass LogoutView(LoginView): ..."
    (handler,) = handlers(HEAD + text)

    assert ([s.kind for s in handler.inputs], handler.output.kind) == (["schema"], "schema")


def test_a_method_that_is_not_allowed_is_an_error() -> None:
    """By the method of REST framework that raises it."""
    text = """
class V(APIView):
    def post(self, request):
        if request.user: return Response(status=202)
        return self.http_method_not_allowed(request)
"""
    assert crossing(text) == {"V.post": "> none"}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (
            "s = self.serializer_class\n        if self.action == 'retrieve': s = B\n        return s",
            {"V.list": "> A", "V.retrieve": "> B"},
        ),
        (
            "s = self.serializer_class\n        if self.action == 'list': pass\n        else:\n            s = B\n        return s",
            {"V.list": "> A", "V.retrieve": "> B"},
        ),
        (
            "s = self.serializer_class\n        if order: s = B\n        return s",
            {"V.list": "> A|B", "V.retrieve": "> A|B"},
        ),
        (
            "s = self.serializer_class\n        for x in y: s = B\n        return s",
            {"V.list": "> A|B", "V.retrieve": "> A|B"},
        ),
        (
            "s = A\n        s = B if order else s\n        return s",
            {"V.list": "> A|B", "V.retrieve": "> A|B"},
        ),
        (
            "s = A\n        for names, s in self.tables.items():\n            if self.action in names: break\n        return s",
            {"V.list": "> B|A", "V.retrieve": "> B|A"},
        ),
        (
            "s = self.serializer_class\n        print(s)\n        s = B\n        return s",
            {"V.list": "> A|B", "V.retrieve": "> A|B"},
        ),
    ],
)
def test_what_a_name_was_before_is_gone_where_it_is_given_something_else_for_sure(
    body: str, expected: dict[str, str]
) -> None:
    """On the occasion; not what somebody has used meanwhile."""
    tables = "    tables = {('list', 'retrieve'): B}\n"
    text = f"class V(viewsets.ReadOnlyModelViewSet):\n    serializer_class = A\n{tables}    def get_serializer_class(self):\n        {body}\n"

    assert crossing(text) == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("return Response(dict(A(order).data))", "> A"),
        ("return Response(dict(order=A(order).data))", "> response"),
        # what is shown, and then read again, was not sent
        ("data = A(Order.objects.get(n=request.data['n'])).data\n        s = B(data=data)\n        s.is_valid()\n        return Response(status=204)", "> none"),
        ("data = A(find(request.data['n'])).data\n        s = B(data=data)\n        s.is_valid()\n        return Response(status=204)", "B > none"),
        ("data = A(1).data\n        data['x'] = request.data['x']\n        s = B(data=data)\n        s.is_valid()\n        return Response(status=204)",
         "B > none"),
        ("data = A(1).data\n        for key, value in request.data.items(): data[key] = value\n        s = B(data=data)\n        s.is_valid()\n"
         "        return Response(status=204)", "B > none"),
        ("data = A(1).data\n        merge(data, request.data)\n        s = B(data=data)\n        s.is_valid()\n        return Response(status=204)",
         "B > none"),
        ("data = A(1).data\n        data.update(self.cleaned())\n        s = B(data=data)\n        s.is_valid()\n        return Response(status=204)",
         "B > none"),
        ("data = A(1).data\n        n, m = request.data['n'], request.data['m']\n        data['n'] = n\n        s = B(data=data)\n        s.is_valid()\n"
         "        return Response(status=204)", "B > none"),
        ("data = A(1).data\n        data['n'] = not data['n']\n        s = B(data=data)\n        s.is_valid()\n        return Response(status=204)",
         "> none"),
        ("s = B(data=A(request.data).data)\n        s.is_valid()\n        return Response(status=204)", "B > none"),
        ("flat = A(request.data).data\n        s = B(data=flat)\n        s.is_valid()\n        return Response(status=204)", "B > none"),
        ("o = Order(**request.data)\n        s = B(data=A(o).data)\n        s.is_valid()\n        return Response(status=204)", "B > none"),
        ("o = Order.objects.filter(n=request.data.get('n')).first()\n        s = B(data=A(o).data)\n        s.is_valid()\n        return Response(status=204)", "> none"),
        ("s = B(data=A(instance=request.data).data)\n        s.is_valid()\n        return Response(status=204)", "B > none"),
        ("s = B(data=A(request.data['order']).data)\n        s.is_valid()\n        return Response(status=204)", "B > none"),
        ("o = find(x)\n        o.name = request.data['name']\n        s = B(data=A(o).data)\n        s.is_valid()\n        return Response(status=204)", "B > none"),
        ("o = find(x)\n        for k, v in request.data.items(): setattr(o, k, v)\n        s = B(data=A(o).data)\n        s.is_valid()\n        return Response(status=204)", "B > none"),
        ("o = find(x)\n        o.n = request.data\n        s = B(data=A(o).data)\n        s.is_valid()\n        return Response(status=204)", "B > none"),
        ("o = find(x)\n        s = B(data=A(o).data)\n        s.is_valid()\n        o.is_open = True\n        return Response(status=204)", "> none"),
        ("data = A(1).data\n        data['lines'].append(request.data['a'])\n        s = B(data=data)\n        s.is_valid()\n        return Response(status=204)", "B > none"),
        ("data = A(1).data\n        data['x']['y'] = request.data\n        s = B(data=data)\n        s.is_valid()\n        return Response(status=204)", "B > none"),
        ("data = A(1).data\n        data['x'], data['y'] = request.data['x'], 1\n        s = B(data=data)\n        s.is_valid()\n        return Response(status=204)", "B > none"),
        ("data = A(1).data\n        data['x'] = len(data['y'])\n        s = B(data=data)\n        s.is_valid()\n        return Response(status=204)", "B > none"),
        ("data = A(1).data\n        data['x'] = x\n        s = B(data=data)\n        s.is_valid()\n        return Response(status=204)", "B > none"),
        ("o = find(x)\n        o = wrap(o)\n        s = B(data=A(o).data)\n        s.is_valid()\n        return Response(status=204)", "> none"),
        ("data = dict(A(1).data)\n        data['x'] = 1\n        return Response(data)", "> response"),
        ("return Response(dict([('order', A(1).data), ('x', 1)]))", "> response"),
        ("return Response(dict((o.id, A(o).data) for o in os))", "> response"),
        ("data = A(data=request.data).data\n        s = B(data=data)\n        s.is_valid()\n        return Response(status=204)",
         "B|A > none"),
    ],
)  # fmt: skip
def test_the_data_of_a_serializer_is_its_own(body: str, expected: str) -> None:
    """Also in a copy of it."""
    text = f"class V(generics.GenericAPIView):\n    def post(self, request):\n        {body}\n"

    assert crossing(text) == {"V.post": expected}


def test_bases_are_looked_through_in_the_order_of_python() -> None:
    """What a class of the second base is derived from comes after both."""
    text = """
class Base(generics.GenericAPIView):
    serializer_class = A
    queryset = 1
class Mixin(Base):
    serializer_class = B
class List(generics.ListAPIView, Base): ...
class V(List, Mixin): ...
class Odd(generics.GenericAPIView, Odd): ...
"""

    assert crossing(text)["V.get"] == "> B"


def test_generic_views_for_many_objects_at_once_are_views() -> None:
    """Though the library is not installed."""
    text = """
from rest_framework_bulk import generics as bulk
class Base(bulk.ListBulkCreateAPIView): ...
class V(Base, bulk.BulkDestroyAPIView):
    serializer_class = A
    queryset = 1
"""

    assert crossing(text) == {"V.get": "> A", "V.post": "A > A", "V.delete": "> none"}


def test_the_serializer_of_a_view_may_be_a_property() -> None:
    """One of several."""
    text = """
class V(generics.ListAPIView):
    queryset = 1
    @property
    def serializer_class(self):
        if self.kwargs['x']: return A
        return B
"""

    assert crossing(text) == {"V.get": "> A|B"}


def test_view_sets_for_many_objects_at_once_have_their_actions() -> None:
    """Those of any view set, and what a router for many gives them besides."""
    text = """
from rest_framework_bulk.generics import BulkModelViewSet
class Base(BulkModelViewSet): ...
class V(Base):
    serializer_class = A
    queryset = 1
    http_method_names = ['get', 'put']
"""

    assert crossing(text) == {"V.list": "> A", "V.retrieve": "> A", "V.update": "A > A", "V.bulk_update": "A > A"}


def test_what_a_base_answers_that_nobody_can_read_is_unknown() -> None:
    """Once for each view, and not for bases of others, nor for mixins."""
    text = """
from nowhere.views import OnlyReadViewSet, Mixin, Something
class Base(OnlyReadViewSet):
    serializer_class = A
class V(Base):
    queryset = 1
class M(Mixin, viewsets.GenericViewSet):
    queryset = 1
    serializer_class = A
class N(Something):
    serializer_class = A
"""

    assert crossing(text) == {"V": "> unknown"}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (
            "made = self.by_kind.get(kind)\n        s = made(data=request.data)\n        s.is_valid()\n        return Response(status=204)",
            "A|B > none",
        ),
        (
            "made = self.others.get(kind)\n        s = made(data=request.data)\n        s.is_valid()\n        return Response(status=204)",
            "> none",
        ),
        (
            "made = type('X', (A,), {})\n        s = made(data=request.data)\n        s.is_valid()\n        return Response(status=204)",
            "> none",
        ),
        (
            "s = self.made_serializer_class()(data=request.data)\n        s.is_valid()\n        return Response(status=204)",
            "A > none",
        ),
        (
            "s = self.odd_serializer_class()(data=request.data)\n        s.is_valid()\n        return Response(status=204)",
            "unknown > none",
        ),
        ("data = self.get_serializer(data=request.data).to_representation(1)\n        return Response(data)", "C > C"),
    ],
)
def test_serializers_in_tables_and_those_that_are_made(body: str, expected: str) -> None:
    """Any of a table; for one that is made, its base."""
    text = f"""
class V(generics.GenericAPIView):
    serializer_class = C
    by_kind = {{'a': A, 'b': B}}
    others = {{'a': 1}}
    def made_serializer_class(self): return type('X', (A,), {{}})
    def odd_serializer_class(self): return type('X', (), {{}})
    def post(self, request, kind):
        {body}
"""

    assert crossing(text) == {"V.post": expected}


def test_a_serializer_of_a_base_that_is_not_installed_may_inherit_what_it_says() -> None:
    """Of which model it is."""
    text = """
from nowhere import BaseSerializer
class Detail(BaseSerializer):
    class Meta:
        model = 1
        fields = ['a']
class Renew(Detail):
    class Meta(Detail.Meta):
        read_only_fields = ['a']
class V(generics.GenericAPIView):
    def get(self, request): return Response(Renew(1).data)
"""

    assert crossing(text) == {"V.get": "> Renew"}


def test_tables_of_several_modules_are_looked_up_where_they_are() -> None:
    """Whichever is asked for first."""
    text = """
from shop.ins import INS
from shop.outs import OUTS
class V(views.APIView):
    def post(self, request):
        out = OUTS["post"](self.order)
        s = INS["post"](data=request.data)
        s.is_valid(raise_exception=True)
        return Response(out.data)
"""
    made = "from rest_framework import serializers\nclass {0}(serializers.Serializer): ...\n{1} = {{'post': {0}}}"
    (handler,) = handlers(HEAD + text, {"shop.ins": made.format("In", "INS"), "shop.outs": made.format("Out", "OUTS")})

    assert [s.detail for s in handler.inputs] == ["shop.ins.In"]
    assert handler.output.detail == "shop.outs.Out"


def test_helpers_are_followed_some_calls_deep() -> None:
    """What is further away is not known."""
    names = "abcdefgh"
    helpers = "".join(f"    def {n}(self, request): return self.{m}(request)\n" for n, m in pairwise(names))
    text = f"class V(APIView):\n    def post(self, request): return Response(self.{{}}(request))\n{helpers}    def h(self, request): return A(1).data\n"

    assert crossing(text.format("g")) == {"V.post": "> A"}
    assert crossing(text.format("a")) != {"V.post": "> A"}
