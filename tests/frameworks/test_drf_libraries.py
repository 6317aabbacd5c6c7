"""Views and serializers of Django REST framework whose bases come from libraries, and bases that leave the choice to others."""

from __future__ import annotations

import pytest
from frameworks.test_drf_serializers import SET, crossing

LOGIN = "from rest_framework_simplejwt.views import TokenObtainPairView, TokenRefreshView\n"
LIBRARY = "from nowhere.viewsets import ReadAndDeleteViewSet, Things\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"{LOGIN}class V(TokenObtainPairView): serializer_class = A", {"V.post": "A > A"}),
        (f"{LOGIN}class V(TokenObtainPairView): ...", {"V.post": ">"}),
        (
            f"{LOGIN}class V(TokenRefreshView):\n    def post(self, request): return Response(A(1).data)\n"
            "    def get(self, request): return Response(1)",
            {"V.post": "> A", "V.get": "> response"},
        ),
        (
            "from dj_rest_auth.views import UserDetailsView\nclass V(UserDetailsView): serializer_class = B",
            {"V.get": "> B", "V.put": "B > B", "V.patch": "B > B"},
        ),
        (
            "from dj_rest_auth.registration.views import SocialLoginView\nclass V(SocialLoginView): serializer_class = B",
            {"V.post": "B > B"},
        ),
        (
            "from rest_auth.views import PasswordResetView\nclass V(PasswordResetView): serializer_class = B",
            {"V.post": "B > B"},
        ),
        (
            "from djoser.social.views import ProviderAuthView\nclass V(ProviderAuthView):\n"
            "    def post(self, request): return super().post(request)",
            {"V.post": ">"},
        ),
        ("from djoser.views import TokenDestroyView\nclass V(TokenDestroyView): permission_classes = []", {"V.post": "> response"}),
        (
            "from djoser.views import UserViewSet\nclass V(UserViewSet):\n    http_method_names = ['get', 'post']\n"
            "    def list(self, request): return Response(self.get_serializer(1).data)\n"
            "    def activation(self, request): return Response(A(1).data)",
            {
                "V.list": ">", "V.create": ">", "V.retrieve": ">", "V.me": ">",
                **dict.fromkeys(
                    ("V.resend_activation", "V.set_password", "V.reset_password", "V.reset_password_confirm", "V.set_username",
                     "V.reset_username", "V.reset_username_confirm"), "> none"),
            },
        ),
        (  # a router puts its actions into the place of methods by the verb
            "class V(viewsets.ModelViewSet, generics.ListAPIView): serializer_class = A",
            {"V.list": "> A", "V.create": "A > A", "V.retrieve": "> A", "V.update": "A > A", "V.partial_update": "A > A", "V.destroy": "> none"},
        ),
        (
            f"{LOGIN}class V(TokenRefreshView):\n    def get(self, request): return Response(A(1).data)\n"
            "    def get(self, request): return Response(1)\n    def post(self, request): return Response(1)",
            {"V.get": "> response", "V.post": "> response"},
        ),
        (
            f"{LIBRARY}class V(ReadAndDeleteViewSet):\n    serializer_class = A\n    def list(self, request): return Response(B(1).data)",
            {"V.list": "> B", "V": "> unknown"},
        ),
        (
            f"{LIBRARY}class V(Things):\n    serializer_class = A\n    @action(detail=True, methods=['patch'])\n"
            "    def retry(self, request): return Response(status=204)\n    def other(self, request): ...",
            {"V.retry": "> none"},
        ),
        (f"{LIBRARY}class V(Things):\n    def list(self, request): return Response(B(1).data)", {}),
        ("class V:\n    @action(detail=True)\n    def retry(self, request): ...", {}),
        ("from django.contrib import admin\nclass V(admin.ModelAdmin):\n    @admin.action\n    def retry(self, request, rows): ...", {}),
        (
            f"{LIBRARY}class V(Things, ABC):\n    @action(detail=True)\n    def retry(self, request): return Response(A(1).data)",
            {"V.retry": "> A"},
        ),
    ],
)  # fmt: skip
def test_views_of_libraries(text: str, expected: dict[str, str]) -> None:
    """Those by which users log in are known; of others, what is written in the project is not lost."""
    assert crossing(text) == expected


@pytest.mark.parametrize(
    ("serializer", "expected"),
    [
        ("class S(APIAccessTokenSerializer): ...", "unknown S > none"),
        ("class S(APIAccessTokenSerializer):\n    class Meta:\n        model = Order\n        fields = '__all__'", "S > none"),
        ("class S(APIAccessTokenSerializer):\n    class Meta:\n        other = Order", "unknown S > none"),
        ("class S(Thing):\n    class Meta:\n        model = Order\n        fields = '__all__'", "> none"),
        ("from rest_framework.authtoken.serializers import AuthTokenSerializer\nclass S(AuthTokenSerializer): ...", "S > none"),
    ],
)  # fmt: skip
def test_serializers_of_libraries(serializer: str, expected: str) -> None:
    """What reads the request and cannot be told is unknown rather than nothing."""
    before = "from nowhere.serializers import APIAccessTokenSerializer, Thing\n"
    text = f"{before}{serializer}\nclass V(APIView):\n    def post(self, request):\n        S(data=request.data)\n        return Response(status=204)"

    assert crossing(text) == {"V.post": expected}


@pytest.mark.parametrize(
    "chooses",
    [
        "chosen = getattr(self, f'{self.action}_serializer_class', None)\n        return chosen or super().get_serializer_class()",
        "return super(Base, self).get_serializer_class()",
    ],
)
def test_a_base_that_leaves_the_choice_to_others_answers_nothing(chooses: str) -> None:
    """One with a serializer of its own does."""
    base = f"class Base(viewsets.ReadOnlyModelViewSet):\n    def get_serializer_class(self):\n        {chooses}\n"
    base += "    def list(self, request): return Response(self.get_serializer(1).data)\n"
    derived = "class V(Base): serializer_class = A\n"
    own = base.replace("    def get_", "    serializer_class = None\n    def get_", 1)
    said = base.replace("    def get_", "    serializer_class = C\n    def get_", 1)

    assert crossing(base + derived) == {"Base.list": "> A", "V.retrieve": "> A"}
    assert crossing(own + derived) == {"Base.list": "> A", "V.retrieve": "> A"}
    assert crossing(said + derived)["Base.retrieve"] == "> C"


@pytest.mark.parametrize(
    ("condition", "created", "listed"),
    [
        ("self.request is None", "B > B", "> A"),
        ("self.request is not None", "C > C", "> C"),
        ("getattr(self, 'swagger_fake_view', False)", "B > B", "> A"),
        ("self.kwargs is None", "C|B > C|B", "> C|A"),
    ],
)
def test_there_is_a_request_when_anything_crosses(condition: str, created: str, listed: str) -> None:
    """What documents a view asks it without one."""
    text = "class V(viewsets.ModelViewSet):\n    queryset = 1\n    def get_serializer_class(self):\n"
    text += f"        if {condition}: return C\n        return A if self.request.method in SAFE_METHODS else B"
    found = crossing(text)

    assert (found["V.create"], found["V.list"]) == (created, listed)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("save(request.data)\n        return Response(status=204)", "A > none"),
        ("x = save(data=request.data)\n        return Response({'id': x})", "A > response"),
        ("save(1)\n        return Response(status=204)", "> none"),
        ("return answered(Service(1).vote(request.data))", "A > response"),
        ("if x: out = B(1).data\n        else: out = {'a': 1}\n        return Response(out)", "> response B"),
        ("out = B(1).data if x else {'a': 1}\n        return Response(out)", "> response B"),
        ("out = {}\n        if x: out = B(1).data\n        return Response(out)", "> response B"),
        (
            "if x:\n            out = {'error': 1}\n            return Response(out, status=406)\n        out = B(1).data\n        return Response(out)",
            "> B",
        ),
        (
            "try: out = B(1).data\n        except E:\n            out = {'a': 1}\n            raise\n        return Response(out)",
            "> B",
        ),
        (
            "try:\n            out = {'a': 1}\n            raise E\n        except E: return Response(out)\n"
            "        out = B(1).data\n        return Response(out)",
            "> response B",
        ),
        ("if x: return Response([])\n        return Response(B(1).data)", "> B"),
        ("if x: return Response(())\n        return Response(B(1).data)", "> B"),
        ("out = []\n        if x: out = B(1).data\n        return Response(out)", "> B"),
    ],
)
def test_what_is_handed_on_and_what_is_mixed(body: str, expected: str) -> None:
    """The body, to functions and to methods of other objects; a serializer in one branch, something else in another."""
    text = f"{SET}    @action(detail=True, methods=['post'])\n    def pay(self, request):\n        {body}\n"
    text += "def save(data):\n    s = A(data=data)\n    s.is_valid()\n    return s.save()\ndef answered(x): return Response({'a': x})\n"
    text += "class Service:\n    def vote(self, given):\n        s = A(data=given)\n        return s.is_valid()\n"

    assert crossing(text)["V.pay"] == expected


def test_a_generic_view_may_inherit_what_its_method_calls() -> None:
    """The base answers for it."""
    text = "class Base(generics.ListAPIView):\n    serializer_class = A\n    def list(self, request): return Response({'a': 1})\n"

    assert crossing(f"{text}class V(Base): ...") == {"Base.get": "> response"}


def test_a_view_set_may_name_itself() -> None:
    """Where it calls what it is derived from: it is routed all the same."""
    text = f"{SET.replace('GenericViewSet', 'ModelViewSet')}    def get_permissions(self): return super(V, self).get_permissions()\n"

    assert crossing(f"{text}path('x', V.as_view({{'get': 'list'}}))") == {"V.list": "> A"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "from nowhere import Gone\nclass V(APIView):\n    def post(self, request):\n        s = Gone(data=request.data)\n"
            "        s.is_valid()\n        return Response({'a': 1})",
            "unknown > response",
        ),
        (
            "from nowhere import Gone\nclass V(APIView):\n    def post(self, request):\n        s = Gone(data=request.data)\n"
            "        return Response({'a': 1})",
            "> response",
        ),
        (
            "from nowhere import Gone\nclass V(APIView):\n    def post(self, request):\n        s = Gone(data=1)\n        s.is_valid()\n"
            "        return Response({'a': 1})",
            "> response",
        ),
        ("class V(APIView):\n    def post(self, request): return Response(A(1, many=True).data[0])", "> A"),
        ("class V(APIView):\n    def post(self, request): return Response(A(1, many=True).data[:3])", "> A"),
        ("class V(APIView):\n    def post(self, request): return Response(A(1).data['a'])", "> response"),
        ("class V(APIView):\n    def post(self, request) -> HttpResponseNotAllowed: return HttpResponseNotAllowed(1)", "> response"),
        (
            "def make(model):\n    Meta = type('Meta', (object,), {'model': model})\n"
            "    New = type('New', (serializers.ModelSerializer,), {'Meta': Meta})\n    return New\nS = make(1)\n"
            "class V(generics.CreateAPIView): serializer_class = S",
            ">",
        ),
        ("from rest_framework.authtoken.views import ObtainAuthToken\nclass V(ObtainAuthToken): ...", ">"),
    ],
)  # fmt: skip
def test_what_is_made_elsewhere_or_taken_apart(text: str, expected: str) -> None:
    """Classes that cannot be read, or that a function makes; one or some of many."""
    before = "from django.http import HttpResponseNotAllowed\n"

    assert crossing(before + text)["V.post"].replace("unknown S", "S") == expected


CHOOSING = """
class V(viewsets.ModelViewSet):
    queryset = 1
    def get_serializer_class(self):
        {}
        return super().get_serializer_class()
"""


@pytest.mark.parametrize(
    ("chooses", "others"),
    [
        ("if self.action == 'create': return A", ""),
        ("if self.action == 'create': return A", "class W(V): serializer_class = B"),
        ("if self.action == 'create': return dict", "class W(V): serializer_class = B"),
        ("if 1: return getattr(self, 'x', None) or super().get_serializer_class()", ""),
        (
            "if 1: return getattr(self, 'x', None) or super().get_serializer_class()",
            "class W(V): serializer_class = B\nrouter.register('x', V)",
        ),
    ],
)
def test_a_view_that_may_be_asked_itself_keeps_its_rows(chooses: str, others: str) -> None:
    """It chooses something, no other view is derived from it, or it is registered."""
    found = crossing(CHOOSING.format(chooses) + others)

    assert {name for name in found if name.startswith("V.")} >= {"V.list", "V.create", "V.retrieve"}


def test_a_login_that_makes_its_answer_itself_is_unknown() -> None:
    """Its library's serializer is not what is sent."""
    before = "from dj_rest_auth.views import LoginView\nclass V(LoginView):\n"

    assert crossing(f"{before}    ...") == {"V.post": ">"}
    assert crossing(f"{before}    def get_response(self): return Response({{'token': 1}})")["V.post"] != ">"


def test_a_base_that_answers_for_a_generic_view_answers_for_each() -> None:
    """What it calls is theirs."""
    text = """
class Base(generics.ListAPIView):
    serializer_class = A
    def list(self, request): return Response(self.shown().data)
    def shown(self): return A(1)
class V(Base):
    def shown(self): return B(1)
class W(Base):
    queryset = 1
"""
    found = crossing(text)

    assert found == {"Base.get": "> A", "V.get": "> B"}


LOADED = """
from nowhere import get_class, Base
Loaded = get_class('orders', 'Loaded')
class History(models.Model): data = models.TextField()
class V(APIView):
    loaded_serializer_class = Loaded
    serializer_class = Loaded
    def post(self, request):
        {}
        found.is_valid(raise_exception=True)
        return Response(status=204)
"""


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        ("found = Loaded(data=request.data)", "unknown > none"),
        ("found = self.loaded_serializer_class(data=request.data)", "unknown > none"),
        ("found = self.serializer_class(data=request.data)", "> none"),  # some serializer
        ("found = A(data=request.data); History.objects.create(data=found.validated_data['x'])", "A > none"),
        ("found = nowhere; log(data=request.data)", "> none"),
    ],
)
def test_a_class_that_is_loaded_is_unknown_rather_than_nothing(made: str, expected: str) -> None:
    """It reads the body; what makes a row of what was read does not."""
    assert crossing("from django.db import models\n" + LOADED.format(made))["V.post"] == expected


def test_a_name_that_a_method_gives_its_class_is_not_the_one_of_the_view() -> None:
    """Even if it is called so."""
    text = """
class Detailed:
    detail_serializer_class = None
    @action(detail=False)
    def details(self, request): return Response(self.get_detailed(1).data)
    def get_detailed(self, *args, **kwargs):
        serializer_class = self.get_detail_serializer_class()
        return serializer_class(*args, **kwargs)
    def get_detail_serializer_class(self): return self.detail_serializer_class
class V(Detailed, viewsets.ReadOnlyModelViewSet):
    serializer_class = A
    detail_serializer_class = C
"""
    assert crossing(text)["Detailed.details"] == "> C"


def test_annotations_of_a_serializer_are_no_fields() -> None:
    """Whatever library it is derived from."""
    text = """
from django.db import models
from nowhere.serializers import NestedSerializer
class Step(models.Model): ...
class S(NestedSerializer):
    instance: Step
    class Meta:
        model = Step
        fields = ('name',)
class V(generics.RetrieveAPIView):
    queryset = 1
    serializer_class = S
"""
    assert crossing(text)["V.get"] == "> S"


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("{202: TaskSerializer}", "> unknown"),
        ("TaskSerializer(many=True)", "> unknown"),
        ("{202: Task}", "> response"),
    ],
)
def test_a_serializer_that_is_documented_may_be_of_a_library(said: str, expected: str) -> None:
    """Of one that is not installed nothing is known, rather than that a response is made."""
    text = f"""
from nowhere import TaskSerializer, Task
class V(APIView):
    @extend_schema(responses={said})
    def post(self, request): return Response({{'task': 1}})
"""
    assert crossing(text)["V.post"] == expected
    assert crossing(text.replace("Response({'task': 1})", "Response(A(1).data)"))["V.post"] == "> A"
