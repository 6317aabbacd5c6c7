"""Django REST framework: views, view sets, functions, and what they inherit."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from frameworks.handlers_in import handlers, slots, titles

HEAD = """\
from rest_framework import generics, mixins, serializers, viewsets
from rest_framework.decorators import action, api_view
from rest_framework.response import Response
from rest_framework.views import APIView
from drf_spectacular.utils import extend_schema, OpenApiResponse
from django.views import View
INLINE = inline_serializer(name="Inline", fields={})
class OrderIn(serializers.Serializer): ...
class OrderOut(serializers.ModelSerializer): ...
from typing import TypedDict
class Typed(TypedDict): ...
"""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("@api_view(['GET', 'POST'])\ndef f(request): ...", ["GET,POST f"]),
        ("@api_view()\ndef f(request): ...", ["GET f"]),
        ("class Mixin:\n    def get(self, request): ...\nclass V(Mixin, APIView): ...", ["GET Mixin.get"]),
        ("class V(APIView):\n    def get(self, request): ...\n    def help(self): ...", ["GET V.get"]),
        ("class V(viewsets.ViewSet):\n    def list(self, request): ...\n    def get(self): ...",
         ["GET V.list", "GET V.get"]),
        ("class V(viewsets.ViewSet):\n    @action(detail=True, methods=['post'])\n    def pay(self, request): ...\n"
         "    @pay.mapping.delete\n    def unpay(self, request): ...\n    @action(True)\n    def show(self, request): ...",
         ["POST V.pay", "DELETE V.unpay", "GET V.show"]),
        ("class V(viewsets.ModelViewSet):\n    serializer_class = OrderOut\n    def create(self, request): ...",
         ["GET V.list", "POST V.create", "GET V.retrieve", "PUT V.update", "PATCH V.partial_update", "DELETE V.destroy"]),
        ("class V(viewsets.ReadOnlyModelViewSet):\n    queryset = 1", ["GET V.list", "GET V.retrieve"]),
        ("class V(generics.ListCreateAPIView):\n    serializer_class = OrderOut\n    http_method_names = ['get', 'head']",
         ["GET V.get"]),
        ("class Base(viewsets.ModelViewSet): ...", []),
        ("class V(viewsets.ViewSet):\n    def cancel(self, request): ...\npath('x', V.as_view({'post': 'cancel', 'get': 'list'}))",
         ["POST V.cancel"]),
        ("class V(View):\n    def get(self, request): ...\npath('x', V.as_view({'get': 'get'}))", []),
        ("path('x', nowhere.as_view({'get': 'get'}))", []),
        ("class V(viewsets.ViewSet):\n    @action\n    def pay(self, request): ...\npath('x', V.as_view({'put': 'pay'}))",
         ["PUT V.pay"]),
        ("class C:\n    @api_view(['GET'])\n    def f(request): ...", []),
        ("from rest_framework.decorators import action as extra, api_view as view\n@view(['POST'])\ndef f(request): ...\n"
         "class V(viewsets.ViewSet):\n    @extra(True, methods=['post'])\n    def pay(self, request): ...", ["POST f", "POST V.pay"]),
        ("class V(viewsets.ViewSet):\n    def cancel(self, request): ...\npath('x', V.as_view(\n    actions={'post': 'cancel'}))",
         ["POST V.cancel"]),
        ("class Create(mixins.CreateModelMixin):\n    def create(self, request): ...\n"
         "class V(Create, viewsets.GenericViewSet):\n    queryset = 1", ["POST Create.create"]),
        ("class Odd(mixins.CreateModelMixin, nowhere.View):\n    def get(self, request): ...", ["GET Odd.get"]),
        ("class V(generics.ListAPIView):\n    def list(self, request): ...", ["GET V.get"]),
        ("class B(generics.CreateAPIView):\n    def create(self, request): ...\nclass V(B):\n    queryset = 1",
         ["POST V.post"]),
        ("class V(viewsets.GenericViewSet):\n    def bulk_destroy(self, request): ...", ["DELETE V.bulk_destroy"]),
        ("class V(generics.ListCreateAPIView):\n    queryset = 1\n    def create(self, request): ...",
         ["POST V.post", "GET V.get"]),
        ("class V(generics.ListAPIView):\n    def list(self): ...\n    def get(self, request): ...", ["GET V.get"]),
        ("from company import Base\nclass V(mixins.ListModelMixin, Base):\n    queryset = 1", ["GET V.list"]),
        ("class V(APIView):\n    http_method_names = [GET]\n    def get(self, request): ...", ["GET V.get"]),
        ("class V(generics.ListCreateAPIView):\n    def create(self, request): ...\n    def get(self, request): ...",
         ["POST V.post", "GET V.get"]),
        ("from rest_framework.authtoken.views import ObtainAuthToken\nclass V(ObtainAuthToken):\n    serializer_class = OrderIn",
         ["POST V.post"]),
        ("class V(mixins.ListModelMixin, generics.GenericAPIView):\n    queryset = 1\n    def get(self, request): ...",
         ["GET V.get"]),
        ("class V(viewsets.GenericViewSet, mixins.UpdateModelMixin):\n    http_method_names = ['patch']\n"
         "    queryset = 1\n    def update(self, request): ...\n    @action(True)\n    def show(self, request): ...",
         ["PATCH V.partial_update"]),
        ("class V(viewsets.ModelViewSet):\n    http_method_names = ['put']\n    def update(self, request): ...", ["PUT V.update"]),
        ("class V(viewsets.ModelViewSet):\n    http_method_names = ['get']\n    def update(self, request): ...\n"
         "    def partial_update(self, request): ...", []),
    ],
)  # fmt: skip
def test_a_handler_is_found(text: str, expected: list[str]) -> None:
    """Own methods, extra actions, inherited ones, and those that only the routing names."""
    assert sorted(titles(HEAD + text)) == sorted(f"Django REST framework: {title}" for title in expected)


def test_what_is_derived_is_answered_for() -> None:
    """By methods of another view, where it has a serializer of its own."""
    text = "class Base(viewsets.ModelViewSet):\n    queryset = 1\n    serializer_class = OrderIn\n"
    text += "    http_method_names = ['get']\n    def list(self, request): return super().list(request)\n"
    text += "class Sub(Base):\n    serializer_class = OrderOut\nclass Same(Base):\n    permissions = 1\n"

    shown = sorted((h.qualname, *(c.name for c in h.output.classes)) for h in handlers(HEAD + text))
    assert shown == [
        ("Base.list", "shop.api.OrderIn"),
        ("Base.list", "shop.api.OrderOut"),
        ("Base.retrieve", "shop.api.OrderIn"),
        ("Same.retrieve", "shop.api.OrderIn"),
        ("Sub.retrieve", "shop.api.OrderOut"),
    ]


@pytest.mark.parametrize(
    ("body", "inputs", "output"),
    [
        ("def post(self, request):\n        s = OrderIn(data=request.data)\n        return Response(s.data)",
         ["request.data: schema"], "schema"),
        ("def post(self, request):\n        s = OrderIn(data=request.data)\n        return Response(OrderOut(1).data)",
         ["request.data: schema"], "schema"),
        ("def post(self, request):\n        return Response({'a': 1})", [], "response"),
        ("def post(self, request) -> dict: ...", [], "raw"),
        ("def get(self, request):\n        return Response(self.get_serializer(1).data)", [], "schema"),
        ("def post(self, request):\n        return self.create(request)", ["request.data: schema"], "schema"),
        ("def get(self, request):\n        return super().get(request)", [], "schema"),
        ("@extend_schema(responses={400: str, 200: OrderOut, **more})\n    def get(self, request): ...", [], "schema"),
        ("@extend_schema(responses={404: OrderOut})\n    def get(self, request): ...", [], "schema"),
        ("@action(['post'], detail=True)\n    def pay(self, request):\n        OrderIn(data=request.data)",
         ["request.data: schema"], "none"),
        ("@action(detail=True, methods=SOME)\n    def pay(self, request):\n        OrderIn(data=request.data)",
         ["request.data: schema"], "none"),
        ("def get(self, request, OrderIn):\n        return OrderIn(data=1)", [], "response"),
        ("@extend_schema(request=OrderIn, responses={200: OrderOut(many=True), 404: None})\n    def post(self, request): ...",
         ["request.data: schema"], "schema"),
        ("@extend_schema(responses=OpenApiResponse(response=OrderOut))\n    def post(self, request): ...", [], "schema"),
        ("@extend_schema(responses={})\n    def post(self, request): ...", [], "response"),
        ("@extend_schema(request=OpenApiRequest(OrderIn))\n    def post(self, request): return Response({})",
         ["request.data: schema"], "response"),
        ("@extend_schema(responses={200: INLINE})\n    def get(self, request): return Response({})", [], "schema"),
        ("@extend_schema(parameters=[OpenApiParameter('a'), OrderIn])\n    def get(self, request): ...",
         ["request.query_params: schema"], "response"),
        ("@extend_schema(parameters=[OpenApiParameter('a')])\n    def get(self, request): ...", [], "response"),
        ("@swagger_auto_schema(query_serializer=OrderIn())\n    def get(self, request): ...",
         ["request.query_params: schema"], "response"),
        ("@swagger_auto_schema(query_serializer=OrderOut())\n    def post(self, request): OrderIn(data=request.data)",
         ["request.data: schema", "request.query_params: schema"], "none"),
        ("@extend_schema(responses=PolymorphicProxySerializer('x', serializers=[OrderIn, OrderOut]))\n    def get(self, request): ...",
         [], "schema"),
        ("@extend_schema(responses=PolymorphicProxySerializer('x', serializers={'a': OrderIn, 'b': OrderOut}))\n"
         "    def get(self, request): ...", [], "schema"),
        ("@extend_schema(responses=PolymorphicProxySerializer('x', serializers=[OrderIn, made()]))\n    def get(self, request): ...",
         [], "response"),
        ("@extend_schema(responses=PolymorphicProxySerializer('x', serializers=found))\n    def get(self, request): ...",
         [], "response"),
        ("@extend_schema(responses=str)\n    def post(self, request): ...", [], "response"),
        ("class InputSerializer(serializers.Serializer): ...\n    def post(self, request):\n"
         "        self.InputSerializer(data=request.data)", ["request.data: schema"], "none"),
        ("def post(self, request):\n        OrderIn(data=request.data).is_valid()\n        return Response({'ok': 1})",
         ["request.data: schema"], "response"),
        ("def post(self, request):\n        return Response(OrderIn(data=request.data).data)", ["request.data: schema"],
         "schema"),
        ("def post(self, request):\n        if (s := OrderIn(data=request.data)).is_valid():\n            return Response(s.data)",
         ["request.data: schema"], "schema"),
        ("def get(self, request):\n        row = values(OrderOut(1).data['id'])\n        return Response(row)", [], "response"),
        ("def get(self, request):\n        log(OrderOut(1).data)\n        return Response({'ok': 1})", [], "response"),
        ("def get(self, request):\n        return Response({'rows': OrderOut(1).data})", [], "response"),
        ("def get(self, request):\n        return Response(OrderOut(1).data['id'])", [], "response"),
        ("def get(self, request):\n        page = render(OrderOut(1).data)\n        return XMLResponse(page)", [], "response"),
        ("def get(self, request):\n        rows = [OrderOut(one).data for one in found()]\n        return Response(rows)", [], "schema"),
        ("def get(self, request):\n        return Response((OrderOut(1).data,))", [], "schema"),
        ("def get(self, request):\n        return self.get_paginated_response(OrderOut(1).data)", [], "schema"),
        ("def get(self, request):\n        return self.paginate(show=lambda rows: OrderOut(rows).data)", [], "schema"),
        ("def get(self, request):\n        s = OrderOut(1) if request else None\n        return s and Response(s.data)", [], "schema"),
        ("def get(self, request):\n        self.s = s.x = OrderOut(1)\n        return Response(self.s.data)", [], "response"),
        ("def get(self, request):\n        s = s if s else s\n        return Response(s.data)", [], "response"),
        ("async def get(self, request):\n        return await respond(OrderOut(1))", [], "response"),
        ("async def get(self, request):\n        return await a_response(*OrderOut(1).data)", [], "schema"),
        ("def get(self, request):\n        return Response(OrderOut().to_representation(1))", [], "schema"),
        ("def get(self, request):\n        if request: return Response(OrderOut(1).data, status=HTTP_404_NOT_FOUND)\n        return Response({})",
         [], "response"),
        ("def get(self, request):\n        return Response(OrderOut(1).data, status.HTTP_400_BAD_REQUEST)", [], "schema"),
        ("def get(self, request):\n        serializer = registry.get_serializer(1)\n        return Response(serializer.data)", [], "unknown"),
        ("def get(self, request):\n        if request: return Response(OrderOut(1).data)\n        return Response(registry.serializer_for(1).data)",
         [], "unknown"),
        ("def get(self, request):\n        return Response(super().get_serializer(1).data)", [], "schema"),
        ("def get(self, request):\n        return Response(typed_response(Typed(a=1)))", [], "response"),
        ("def get(self, request):\n        return self.shown(request)\n    def shown(self, request):\n        return Response(OrderOut(1).data)",
         [], "schema"),
        ("def get(self, request):\n        return Response(self.shown())\n    def shown(self):\n        return OrderOut(1).data", [], "schema"),
        ("async def get(self, request):\n        return await self.shown()\n    async def shown(self):\n        return self.more()\n"
         "    def more(self):\n        return self.most()\n    def most(self):\n        return Response(OrderOut(1).data)", [], "response"),
        ("def get(self, request):\n        return self.get(self.more(), self.nothing())\n    def more(self): ...", [], "response"),
        ("def put(self, request):\n        return self.save(request)\n    def save(self, request):\n        return super().update(request)",
         ["request.data: schema"], "schema"),
        ("def post(self, request):\n        s = OrderIn(data=request.data)\n        return queue_response(s)",
         ["request.data: schema"], "response"),
        ("def post(self, request):\n        OrderIn(data=request.data)\n        return self.create(request)",
         ["request.data: schema"], "schema"),
    ],
)  # fmt: skip
def test_serializers_are_what_crosses(body: str, inputs: list[str], output: str) -> None:
    """Those that a method makes, those of the class, and what is documented."""
    text = f"{HEAD}class V(APIView):\n    serializer_class = OrderOut\n    {body}"

    assert slots(text) == [(inputs, output)]


@pytest.mark.parametrize(
    ("body", "kinds"),
    [
        ("serializer_class = OrderOut", {"schema"}),
        ("queryset = 1", {"unknown"}),
        ("queryset = 1\n    def get_serializer_class(self):\n        if 1:\n            return OrderIn\n        return OrderOut",
         {"schema"}),
        ("serializer_class = OrderOut\n    def get_serializer_class(self):\n        return self.serializer_class", {"schema"}),
        ("class serializer_class(OrderOut): ...", {"schema"}),
        ("serializer_class = mystery", {"schema"}),
        ("queryset = 1\n    serializer_class = None", {"unknown"}),
        ("queryset = 1\n    def get_serializer_class(self):\n        return OrderIn if 1 else OrderOut", {"schema"}),
        ("queryset = 1\n    def get_serializer_class(self):\n        return mystery if 1 else OrderOut", {"schema"}),
        ("queryset = 1\n    def get_serializer_class(self):\n        return None or OrderOut", {"schema"}),
        ("queryset = 1\n    def get_serializer_class(self):\n        return {'list': OrderIn}.get(self.action, OrderOut)",
         {"schema"}),
        ("queryset = 1\n    def get_serializer_class(self):\n        return {'list': OrderIn, 'get': mystery}[self.action]",
         {"schema"}),
        ("queryset = 1\n    by = {'list': OrderIn}\n    def get_serializer_class(self):\n        return self.by[self.action]",
         {"schema"}),
        ("queryset = 1\n    def get_serializer_class(self):\n        return self.nothing[self.action]", {"schema"}),
        ("queryset = 1\n    def get_serializer_class(self):\n        made = OrderIn\n        if 1:\n            made = mystery\n"
         "        return made", {"schema"}),
        ("serializer_class = OrderOut\n    def get_serializer_class(self):\n        small = getattr(self, 'small', None)\n"
         "        if small:\n            return small\n        return super().get_serializer_class()", {"schema"}),
        ("serializer_class = OrderOut\n    small = mystery\n    def get_serializer_class(self):\n"
         "        return getattr(self, 'small')", {"schema"}),
        ("queryset = 1\n    def get_serializer_class(self):\n        from x import made\n        if 1:\n            made = OrderIn\n"
         "        return made", {"schema"}),
        ("queryset = 1\n    def get_serializer_class(self, given):\n        return given", {"schema"}),
        ("queryset = 1\n    def get_serializer_class(self):\n        return self.chosen()\n    def chosen(self): return OrderIn", {"schema"}),
        ("queryset = 1\n    chosen = 1\n    def get_serializer_class(self):\n        return self.chosen()", {"schema"}),
        ("queryset = 1\n    def get_serializer_class(self):\n        by = {'list': OrderIn}\n        return by.get(self.action, OrderOut)",
         {"schema"}),
        ("queryset = 1\n    def get_serializer_class(self):\n        return nowhere['a']", {"schema"}),
        ("queryset = 1\n    def get_serializer_class(self):\n        a = b\n        b = a\n        return a", {"schema"}),
    ],
)  # fmt: skip
def test_inherited_actions_speak_the_serializer_of_the_class(body: str, kinds: set[str]) -> None:
    """Whatever cannot be told is some serializer; a view without any is unknown."""
    found = handlers(f"{HEAD}class V(generics.ListCreateAPIView):\n    {body}")

    assert {h.output.kind for h in found} == kinds
    assert [h.qualname for h in found] == ["V.get", "V.post"]


@pytest.mark.parametrize(
    ("base", "between", "returned", "kinds"),
    [
        ("def get_serializer_class(self): return mystery", "", "super().get_serializer_class()", {"schema"}),
        ("def get_serializer_class(self): return mystery", "get_serializer_class = None", "super().get_serializer_class()",
         {"schema"}),
        ("get_serializer_class = choose", "", "super().get_serializer_class()", {"schema"}),
        ("def get_serializer_class(self): return super().get_serializer_class()", "", "super().get_serializer_class()",
         {"schema"}),
        ("", "", "super().get_serializer_class()", {"schema"}),
        ("", "", "getattr(self, self.named)", {"schema"}),
    ],
)  # fmt: skip
def test_every_choice_of_a_serializer_counts(base: str, between: str, returned: str, kinds: set[str]) -> None:
    """Those of the base class, and what cannot be read."""
    text = (
        f"class A(generics.ListCreateAPIView):\n    {base or 'x = 1'}\nclass B(A):\n    {between or 'x = 1'}\n"
        "class V(B):\n    serializer_class = OrderOut\n    def get_serializer_class(self):\n        if self.small:\n"
        f"            return OrderIn\n        return {returned}"
    )
    found = handlers(HEAD + text)

    assert {h.output.kind for h in found if h.qualname.startswith("V.")} == kinds


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("class V(viewsets.ViewSet):\n    if DEBUG:\n        def list(self, request): ...\n        @action()\n"
         "        def pay(self, request): ...", ["GET V.list", "GET V.pay"]),
        ("class V(generics.GenericAPIView):\n    def _answer(self, request): ...\n    get = _answer\n    post = guard(_answer)",
         ["GET V._answer", "POST V._answer"]),
        ("class V(viewsets.ModelViewSet):\n    queryset = 1\n    create = destroy = update = partial_update = None",
         ["GET V.list", "GET V.retrieve"]),
    ],
)  # fmt: skip
def test_an_action_may_have_another_name_or_stand_in_a_block(text: str, expected: list[str]) -> None:
    """Or be taken away."""
    assert sorted(h.title for h in handlers(HEAD + text)) == expected


def test_the_serializer_of_a_mixin_is_that_of_the_view() -> None:
    """Which it does not know itself."""
    text = "class M:\n    def create(self, request):\n        return Response(self.get_serializer(data=request.data).data)\n"
    (handler,) = handlers(f"{HEAD}{text}class V(M, viewsets.GenericViewSet):\n    serializer_class = mystery")

    assert (handler.qualname, [s.kind for s in handler.inputs], handler.output.kind) == (
        "M.create",
        ["schema"],
        "schema",
    )


@pytest.mark.parametrize(
    ("named", "kinds"),
    [
        ("self.action + '_serializer_class'", {"list": "raw", "create": "schema"}),
        ("f'{self.action}_serializer_class'", {"list": "raw", "create": "schema"}),
        ("name", {"list": "raw", "create": "schema"}),
        ("twice", {"list": "schema", "create": "schema"}),
        ("self.kind + '_serializer_class'", {"list": "schema", "create": "schema"}),
        ("len(self.action)", {"list": "schema", "create": "schema"}),
    ],
)
def test_a_serializer_may_be_named_by_the_action(named: str, kinds: dict[str, str]) -> None:
    """And is the default, where the view has none by that name."""
    text = (
        "class V(mixins.ListModelMixin, mixins.CreateModelMixin, viewsets.GenericViewSet):\n"
        "    queryset = 1\n    serializer_class = OrderOut\n    list_serializer_class = dict\n"
        "    def get_serializer_class(self):\n        name = self.action + '_serializer_class'\n"
        "        twice = name\n        twice = other\n"
        f"        return getattr(self, {named}, super().get_serializer_class())\n"
    )

    found = {h.qualname.removeprefix("V."): h.output.kind for h in handlers(HEAD + text)}

    assert found == kinds


def test_a_method_of_an_installed_view_answers_for_the_one_that_is_derived_from_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Unless that has its own; it stands where the view does."""
    (tmp_path / "token_like.py").write_text(
        "from rest_framework import generics\nfrom rest_framework.response import Response\n"
        "class Base(generics.GenericAPIView):\n    def options(self, request): ...\n    def helper(self): ...\n"
        "    def post(self, request):\n        s = self.get_serializer(data=request.data)\n        return Response(s.data)\n"
        "class Login(Base):\n    def post(self, request): ...\n    def get(self, request): ...\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    text = "from token_like import Base, Login\nclass V(Base):\n    serializer_class = OrderIn\nclass W(Login):\n    def get(self, request): ...\n"
    text += "class X(Login):\n    http_method_names = ['get']\n"

    found = [(h.title, h.location.line, [s.kind for s in h.inputs], h.output.kind) for h in handlers(HEAD + text)]
    line = HEAD.count("\n") + 2

    assert found == [
        ("POST V.post", line, ["schema"], "schema"),
        ("POST W.post", line + 2, [], "response"),
        ("GET W.get", line + 3, [], "response"),
        ("GET X.get", line + 4, [], "response"),
    ]


def test_what_a_mixin_does_is_judged_for_each_view() -> None:
    """And is one, where that makes no difference."""
    body = "    def create(self, request):\n        return Response(self.get_serializer(data=request.data).data)\n"
    views = "".join(
        f"class {name}(M, viewsets.GenericViewSet):\n    serializer_class = {serializer}\n"
        for name, serializer in (("V", "OrderIn"), ("W", "dict"), ("X", "OrderIn"))
    )

    assert slots(f"{HEAD}class M:\n{body}{views}") == [
        (["request.data: schema"], "schema"),
        (["request.data: raw"], "raw"),
    ]


def test_a_view_set_that_is_about_nothing_is_a_mixin() -> None:
    """What it does is done by the serializers of those that are derived from it; with none, it is a view."""
    text = (
        "class Base(viewsets.ModelViewSet):\n    def update(self, request): return super().update(request)\n"
        "class V(Base):\n    queryset = 1\n    serializer_class = OrderIn\n"
        "class Alone(viewsets.ViewSet):\n    def list(self, request): ...\n"
    )

    found = {h.title: (len(h.inputs), h.output.kind) for h in handlers(HEAD + text)}

    assert found["PUT Base.update"] == found["PATCH V.partial_update"] == (1, "schema")
    assert found["GET Alone.list"] == (0, "response")


def test_an_action_of_an_installed_view_set_may_have_several_verbs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All of them are inherited."""
    (tmp_path / "users_like.py").write_text(
        "from rest_framework import viewsets\nfrom rest_framework.decorators import action\n"
        "class Users(viewsets.GenericViewSet):\n    @action(['get', 'put'], detail=False)\n    def me(self, request): ...\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    text = "from users_like import Users\nclass V(Users):\n    serializer_class = OrderIn\n    queryset = 1\n"

    assert [h.title for h in handlers(HEAD + text)] == ["GET V.me", "PUT V.me"]


def test_deleting_returns_nothing() -> None:
    """204."""
    (handler,) = handlers(f"{HEAD}class V(generics.DestroyAPIView):\n    queryset = 1")

    assert (handler.output.kind, handler.inputs) == ("none", ())


def test_classes_of_installed_packages_are_what_those_that_they_are_derived_from_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also of one in their own module, that is known by its name; their code is not ours, but the handler is."""
    (tmp_path / "djoser_like.py").write_text(
        "from rest_framework import viewsets\n"
        "class V(viewsets.GenericViewSet):\n    x = 1\n    def list(self): ...\n    def help(self): ...\n"
    )
    package = tmp_path / "marshmallow"
    package.mkdir()
    (package / "__init__.py").write_text("class Schema: ...\nclass Linked(Schema): ...\nclass Odd: ...\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "marshmallow", raising=False)
    text = "from djoser_like import V\nfrom marshmallow import Linked, Odd\n"
    text += "class W(V):\n    serializer_class = Linked\nclass X(V):\n    serializer_class = Odd"

    found = {h.title: h.output.kind for h in handlers(HEAD + text)}

    assert found == {"GET W.list": "schema", "GET X.list": "unknown"}


def test_the_model_that_a_serializer_is_made_for_is_not_in_it() -> None:
    """django-stubs has it as a type argument."""
    text = f"""{HEAD}
from django.db.models import Model
class Order(Model): ...
class OrderSerializer(serializers.ModelSerializer[Order]): ...
class V(generics.RetrieveAPIView):
    serializer_class = OrderSerializer
"""
    assert slots(text) == [([], "schema")]


def test_an_action_that_delegates_takes_and_gives_what_the_class_says() -> None:
    """As the one that it overrides; one that deletes does neither, and without a serializer nothing is known."""
    body = "    def {0}(self, request):\n        return super().{0}(request)\n"
    every = "".join(body.format(name) for name in ("list", "create", "destroy"))
    text = f"class V(viewsets.ModelViewSet):\n    serializer_class = OrderOut\n    queryset = 1\n{every}"
    text += "class W(viewsets.ModelViewSet):\n    queryset = 1\n" + body.format("create")

    found = {h.qualname: ([s.kind for s in h.inputs], h.output.kind) for h in handlers(HEAD + text)}

    assert found["V.list"] == ([], "schema")
    assert found["V.create"] == (["schema"], "schema")
    assert found["V.destroy"][0] == []
    assert found["W.create"][0] == []


def test_patch_is_answered_by_the_update_of_the_view() -> None:
    """REST framework's own answer to it calls that."""
    body = (
        "    serializer_class = OrderOut\n    queryset = 1\n    def update(self, request): return Response({'ok': 1})\n"
    )
    text = f"class V(generics.UpdateAPIView):\n{body}class W(viewsets.ModelViewSet):\n{body}"

    found = {h.title: h.output.kind for h in handlers(HEAD + text) if "PATCH" in h.methods}

    assert found == {"PATCH V.patch": "response", "PATCH W.partial_update": "response"}


def test_what_reads_the_request_is_not_what_is_shown() -> None:
    """Though both have one name."""
    text = "class V(APIView):\n    def post(self, request):\n        s = OrderIn(data=request.data)\n        s = OrderOut(1)\n"
    (handler,) = handlers(f"{HEAD}{text}        return Response(s.data)")

    assert next(c.name for c in handler.output.classes) == "shop.api.OrderOut"


def test_a_serializer_is_chosen_by_the_action() -> None:
    """Where it is known, and in a table; a mixin of REST framework that comes first does not hide it."""
    text = (
        "class B(viewsets.GenericViewSet):\n    queryset = 1\n    by = {'list': dict, 'create': OrderIn}\n"
        "    def get_serializer_class(self): return self.by[self.action]\n"
        "class V(mixins.ListModelMixin, mixins.CreateModelMixin, mixins.RetrieveModelMixin, B): queryset = 1\n"
    )

    assert {h.qualname: h.output.kind for h in handlers(HEAD + text)} == {
        "V.list": "raw",
        "V.create": "schema",
        "V.retrieve": "raw",
    }


def test_a_method_of_a_mixin_that_the_view_has_itself_is_no_handler() -> None:
    """Nobody calls it."""
    mixin = f"{HEAD}class M:\n    def list(self, request): ...\nclass V(M, viewsets.ViewSet):\n"

    assert [h.qualname for h in handlers(f"{mixin}    def list(self, request): ...")] == ["V.list"]
    assert [h.qualname for h in handlers(f"{mixin}    if X:\n        def list(self, request): ...")] == [
        "M.list",
        "V.list",
    ]
    assert [h.qualname for h in handlers(f"{mixin}    list: object")] == ["M.list"]


def test_what_is_documented_for_all_methods_of_a_class_counts() -> None:
    """Unless a method says more; a tag says nothing."""
    text = (
        "@extend_schema(request=OrderIn, responses={200: OrderOut})\nclass V(APIView):\n    def post(self, request): ...\n"
        "@extend_schema(tags=['x'])\nclass W(APIView):\n    @extend_schema(tags=['y'])\n    def post(self, request): ...\n"
    )

    assert slots(HEAD + text) == [(["request.data: schema"], "schema"), ([], "response")]


def test_what_is_documented_on_the_class_counts() -> None:
    """For the method that it names; a serializer that is written in place is one."""
    text = (
        "@extend_schema_view(meta=extend_schema(request=OrderIn, responses={200: OrderOut}), other=extend_schema())\n"
        "@register\n"
        "class V(viewsets.ViewSet):\n"
        "    @action(methods=['post'], detail=True)\n    def meta(self, request): return Response(made())\n"
        "    @action(methods=['post'], detail=True)\n"
        "    @extend_schema(responses=inline_serializer(name='M', fields={}))\n    def inline(self, request): ...\n"
        "    @action(methods=['post'], detail=True)\n    def other(self, request): return Response(made())\n"
    )

    found = {h.qualname: ([s.kind for s in h.inputs], h.output.kind) for h in handlers(HEAD + text)}

    assert found == {"V.meta": (["schema"], "schema"), "V.inline": ([], "schema"), "V.other": ([], "response")}


VIEWS = """
from rest_framework import serializers, viewsets
class Order(serializers.Serializer): ...
class Orders(viewsets.ModelViewSet):
    queryset = 1
    serializer_class = Order
    def list(self, request): ...
    def create(self, request): ...
    @action(detail=True)
    def pay(self, request): ...
    def get(self, request): ...
    @classmethod
    def as_action(cls, name): return cls.as_view(dict(getattr(cls, name).mapping))
    @classmethod
    def clean(cls, name): return name
"""
EVERY = [
    "DELETE Orders.destroy", "GET Orders.get", "GET Orders.list", "GET Orders.pay", "GET Orders.retrieve",
    "PATCH Orders.partial_update", "POST Orders.create", "PUT Orders.update",
]  # fmt: skip


@pytest.mark.parametrize(
    ("urls", "expected"),
    [
        ("path('x', views.Orders.as_view({'get': 'list', 'patch': 'update', 'put': 'update'}))\n"
         "path('y', views.Orders.as_view(actions={'post': 'pay'}))",
         ["GET Orders.get", "GET Orders.list", "POST Orders.pay", "PATCH Orders.update", "PUT Orders.update"]),
        ("from shop.api import Orders\npath('x', Orders.as_view({'get': 'list'}))", ["GET Orders.get", "GET Orders.list"]),
        ("from shop.api import Orders\nclass More(Orders): ...\npath('x', Orders.as_view({'get': 'list'}))",
         ["GET Orders.get", "GET Orders.list"]),
        ("class Orders: ...\nOrders()\npath('x', views.Orders.as_view({'get': 'list'}))", ["GET Orders.get", "GET Orders.list"]),
        ("from shop.api import Orders as O\nrouter.register('x', O)\npath('x', views.Orders.as_view({'get': 'list'}))", EVERY),
        ("path('x', views.Orders.as_view({'get': 'list'}))\nrouter.register('x', views.Orders)", EVERY),
        ("path('x', views.Orders.as_view({'patch': 'create', 'get': 'list'}))\nredirected(views.Orders)",
         [*(each for each in EVERY if "create" not in each), "POST,PATCH Orders.create"]),
        ("LISTED = {'get': 'list'}\npath('x', views.Orders.as_view(LISTED))", ["GET Orders.get", "GET Orders.list"]),
        ("from shop import tables\npath('x', views.Orders.as_view(actions=tables.CREATED))", ["GET Orders.get", "POST Orders.create"]),
        ("path('x', views.Orders.as_view({'get': 'list'}))\npath('y', views.Orders.as_action('pay'))",
         ["GET Orders.get", "GET Orders.list", "GET Orders.pay"]),
        ("path('x', views.Orders.as_view({'get': 'list'}))\npath('y', views.Orders.as_action(name))", EVERY),
        ("path('x', views.Orders.as_view({'get': 'list'}))\npath('y', views.Orders.as_action('create'))", EVERY),
        ("path('x', views.Orders.as_view({'get': 'list'}))\npath('y', views.Orders.as_action('Orders'))", EVERY),
        ("LISTED = {'get': 'list'}\nLISTED['post'] = 'create'\npath('x', views.Orders.as_view(LISTED))", EVERY),
        ("LISTED = {'get': 'list'}\nLISTED.update(post='create')\npath('x', views.Orders.as_view(LISTED))", EVERY),
        ("LISTED = {'get': 'list'}\nif x: LISTED = {'post': 'create'}\npath('x', views.Orders.as_view(LISTED))", EVERY),
        ("path('x', views.Orders.as_view({'get': 'list'}))\npath('y', views.Orders.as_action())", EVERY),
        ("path('x', views.Orders.as_view({'get': 'list'}))\nviews.Orders.clean('pay')\nOrders.clean('x')\nviews.Orders.queryset('pay')",
         ["GET Orders.get", "GET Orders.list"]),
        ("path('x', views.Orders.as_view({'get': LIST}))", EVERY),
        ("path('x', views.Orders.as_view(ACTIONS))", EVERY),
        ("path('x', views.Orders.as_view({}))", EVERY),
        ("router.register('x', views.Orders)", EVERY),
        ("", EVERY),
    ],
)  # fmt: skip
def test_a_view_set_that_no_router_has_answers_what_it_is_routed_to(urls: str, expected: list[str]) -> None:
    """``as_view({"get": "list"})``; where anything else is done with it, all it has."""
    tested = "from shop.api import Orders\nOrders.as_view({'get': 'retrieve'})\ncheck(Orders)"
    others = {
        "shop.urls": f"import shop.api as views\n{urls}",
        "shop.tests.test_views": tested,
        "shop.orders_test": tested,
        "shop.tables": "CREATED = {'post': 'create'}",
    }

    assert sorted(h.title for h in handlers(HEAD + VIEWS, others)) == sorted(expected)


MODEL = [each for each in EVERY if each not in ("GET Orders.get", "GET Orders.pay")]


@pytest.mark.parametrize(
    ("between", "expected"),
    [
        ("", ["GET Orders.list", "GET Orders.retrieve"]),
        ("register(Orders)", [*MODEL, "GET Orders.list", "GET Orders.retrieve"]),
        ("if DEBUG: ...", ["GET Orders.list", "GET Orders.retrieve"]),
    ],
)
def test_a_view_whose_name_another_one_takes_before_it_is_used_answers_nothing(
    between: str, expected: list[str]
) -> None:
    """The first of two classes with one name."""
    text = f"""
from rest_framework import viewsets
class Orders(viewsets.ModelViewSet):
    serializer_class = OrderSerializer
{between}
class Orders(viewsets.ReadOnlyModelViewSet):
    serializer_class = OrderSerializer
"""
    assert sorted(h.title for h in handlers(text)) == sorted(expected)
