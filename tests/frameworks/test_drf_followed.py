"""What a view of Django REST framework answers beside its serializers, and what decides on them from further away."""

from __future__ import annotations

import pytest
from frameworks.test_drf_serializers import SET, crossing


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("if x: return HttpResponseRedirect('/x')\n        return Response(A(1).data)", "> A"),
        ("if x: return HttpResponseRedirect('/x')\n        return Response(status=204)", "> none"),
        ("return HttpResponseRedirect('/x')", "> response"),
        ("return Response({'gone': 1}, status=status.HTTP_204_NO_CONTENT)", "> none"),
        ("return Response(A(1).data, 204)", "> none"),
        ("if x: return Response({'gone': 1}, status=204)\n        return Response(A(1).data)", "> A"),
        ("if x: return ErrorMessage('no', 404).to_response()\n        return Response(status=200)", "> none"),
        ("if x: return Message('no', 404).to_response()\n        return Response(status=200)", "> response"),
        ("if x: return error('no', 404)\n        return Response(status=204)", "> none"),
        ("if x: return error('no')\n        return Response(status=204)", "> none"),
        ("if x: return error('no', 201)\n        return Response(status=204)", "> response"),
        ("data = None\n        if x:\n            data = {'a': 1}\n            return Response(data)\n        data = A(1).data\n"
         "        return Response(data)", "> response A"),
        ("data = None\n        if x:\n            data = {'a': 1}\n            data = more(data)\n            return Response(data)\n"
         "        data = A(1).data\n        return Response(data)", "> A"),
        ("return Response(self.shown())", "> response A"),
        ("if x: return super().update(request)\n        return Wrapping(A(1).data)", "> response A"),
        ("if x: return super().update(request)\n        return wrapped(A(1).data)", "> response A"),
        ("if x: return super().update(request)\n        return shown(A(1).data)", "> A"),
        ("response = super().update(request)\n        return wrapped(response.data)", "> response A"),
        ("response = super().update(request)\n        return shown(response.data)", "> A"),
        ("return Formatting(A(1).data)", "> response"),
        ("return PlainFormattingResponse(A(1).data)", "> A"),
        ("if x: return wrapped(1, code=404)\n        return Response(A(1).data)", "> A"),
        ("if x: return wrapped(1, code=error.status_code)\n        return Response(A(1).data)", "> A"),
        ("page = Pages().get_paginated_response(A(1).data)\n        if x: return page\n        return Response(A(1).data)", "> A"),
        ("response = Response()\n        response.data = {'a': 1}\n        return response", "> response"),
        ("s = B(1)\n        s = A(1)\n        return Response(s.data)", "> A"),
        ("s = B(data=request.data)\n        data = s.data\n        data = {'a': data}\n        return Response(data)", "B > response"),
        ("if x: s = B(1)\n        else: s = C(1)\n        return Response(s.data)", "> B|C"),
        ("response = super().update(request)\n        response.data = B(1).data\n        return response", "> B"),
        ("response = super().update(request)\n        response.data = B(1).data\n        response.data['a'] = 1\n"
         "        return response", "> response"),
        ("data = super().update(request)\n        data = data.data\n        data['a'] = 1\n        return Response(data)", "> response"),
    ],
)  # fmt: skip
def test_what_is_answered_beside_serializers(body: str, expected: str) -> None:
    """Redirects, empty answers and errors do not count; dicts do, wherever they come from."""
    text = f"""
from django.http import HttpResponseRedirect
from rest_framework import status
class ErrorMessage:
    def to_response(self): return Response({{}}, status=self.status)
class Message(ErrorMessage): ...
def error(title, code=400): return Response({{'title': title}}, status=code)
def wrapped(data, code=200): return Response({{'data': data}}, status=code)
def shown(data): return Response(data)
class Wrapping(Response):
    def __init__(self, data): super().__init__({{'data': data}})
class PlainFormattingResponse(Response):
    def __init__(self, data):
        data = self.formatted(data)
        data = other.formatted(data)
        super().__init__(data)
    def formatted(self, data): return data
class Formatting(PlainFormattingResponse):
    def formatted(self, data): return {{'data': data}}
class Pages:
    def get_paginated_response(self, data): return Response({{'rows': data}})
class V(viewsets.ModelViewSet):
    queryset = 1
    serializer_class = A
    def shown(self):
        rows = A(1).data
        if x: data = {{'rows': rows}}
        else: data = rows
        return data
    def delete(self, request):
        {body}
"""

    assert crossing(text)["V.delete"] == expected


@pytest.mark.parametrize(
    ("decorator", "expected"),
    [
        ("@swagger_auto_schema(responses={200: openapi.Response('x', A)})", "> A"),
        ("@swagger_auto_schema(responses={200: openapi.Response(description='x', schema=A(many=True))})", "> A"),
        ("@swagger_auto_schema(responses={200: openapi.Response('x')})", "> response"),
        ("@extend_schema(responses={204: OpenApiResponse(description='x')})", "> none"),
        ("@extend_schema(responses={200: OpenApiResponse(description='x')})", "> response"),
        ("@extend_schema(responses={204: OpenApiResponse(A)})", "> A"),
        ("@extend_schema(responses=Made)", ">"),
        ("@shown", "> A"),
        ("@docs.shown", "> B"),
        ("@extend_schema(responses=ANSWERS)", "> A"),
        ("@nowhere", "> response"),
        ("@extend_schema(responses=Typed)", ">"),
    ],
)
def test_what_is_documented_in_other_ways(decorator: str, expected: str) -> None:
    """Responses of drf-yasg, descriptions, serializers that are made by calls."""
    text = f"""
from drf_spectacular.utils import OpenApiResponse, extend_schema
from drf_yasg import openapi
from drf_yasg.utils import swagger_auto_schema
def make(name): return type(name, (serializers.Serializer,), {{}})
Made = make('Made')
Typed = type('Typed', (serializers.Serializer,), {{}})
shown = extend_schema(responses={{200: A}})
class docs: shown = extend_schema(responses=B)
ANSWERS = {{200: A, 404: B}}
class V(APIView):
    {decorator}
    def get(self, request): return Response({{'a': 1}})
"""

    assert crossing(text)["V.get"] == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("rows = found(request.data['date'], [])\n        s = B(data=rows)\n        return Response(s.data)", "> B"),
        ("rows = found(request.data.get('date'))\n        s = B(data=rows)\n        return Response(s.data)", "> B"),
        ("s = B(data=found(request.data))\n        return Response(s.data)", "B > B"),
        ("s = B(data=found(request))\n        return Response(s.data)", "B > B"),
        ("s = B(data=self.parsed(1))\n        return Response(s.data)", "B > B"),
        ("s = B(data=nowhere(request.data['a']))\n        return Response(s.data)", "B > B"),
        ("s = B(data={'a': found(request.data['a'])})\n        return Response(s.data)", "B > B"),
        ("s = B(data=dict(request.data['a']))\n        return Response(s.data)", "B > B"),
        ("a = request.data['a']\n        s = B(data=found(a))\n        return Response(s.data)", "> B"),
    ],
)
def test_what_was_found_by_what_was_sent_is_no_input(body: str, expected: str) -> None:
    """Something that a function of the project finds by one thing in the body."""
    text = f"def found(date, more=None): return 1\n{SET}    def parsed(self, n): return 1\n    def post(self, request):\n        {body}\n"

    assert crossing(text)["V.post"] == expected


def test_a_decorator_may_read_the_body() -> None:
    """By the serializer that it is given; what else it is given, and other decorators, read nothing."""
    text = """
def validated(serializer, other=None):
    def decorator(f):
        def wrapper(self, request):
            s = serializer(data=request.data)
            s.is_valid()
            return f(self, request)
        return wrapper
    return decorator
def noted(serializer): return lambda f: f
def plain(f): return f
class V(APIView):
    @plain
    @noted(B)
    @validated(A, other=B)
    def post(self, request): return Response({})
    @validated(1)
    @nowhere(A)
    def put(self, request): return Response({})
    @validated(A)
    def patch(self, request):
        s = B(data=request.data)
        return Response({})
"""

    assert crossing(text) == {"V.post": "A > response", "V.put": "> response", "V.patch": "B > response"}


def test_objects_in_tables_choose() -> None:
    """By their fields, for the action; of what a function makes nothing is known."""
    text = """
class Chosen:
    def __init__(self, request=None, response=None): ...
BY_ACTION = {**more(1), 'list': Chosen(response=A), 'create': Chosen(request=B, response=A)}
class Up(viewsets.ModelViewSet):
    queryset = 1
    by_action = {}
    serializer_class = C
    def get_serializer_class(self):
        chosen = self.by_action.get(self.action)
        if chosen and chosen.response is not None: return chosen.response
        return self.serializer_class
    def reads(self):
        chosen = self.by_action.get(self.action) if self.action else None
        return chosen.request
    def create(self, request):
        s = self.reads()(data=request.data)
        return Response(self.get_serializer_class()(1).data)
class V(Up):
    by_action = BY_ACTION
class W(Up):
    BY_ACTION = {'list': Chosen(response=B)}
    by_action = BY_ACTION
class X(Up):
    by_action = {'list': make(response=B), 'retrieve': Chosen(response=B)}
"""
    found = crossing(text)

    assert (found["V.list"], found["W.list"], found["W.retrieve"]) == ("> A|C", "> B|C", "> C")
    assert found["V.retrieve"] == "> C"
    assert (found["X.list"], found["X.retrieve"]) == ("> C", "> B|C")


def test_the_first_base_of_a_view_chooses() -> None:
    """Whatever calls ``get_serializer_class``, the first one of the view counts."""
    text = """
class Permitted:
    def get_serializer(self, *args): return self.get_serializer_class()(*args)
class Chooses:
    def get_serializer_class(self): return self.by[self.action]
class V(Chooses, Permitted, mixins.ListModelMixin, viewsets.GenericViewSet):
    queryset = 1
    serializer_class = A
    by = {'list': C}
class W(Permitted, mixins.ListModelMixin, viewsets.GenericViewSet):
    queryset = 1
    serializer_class = A
"""

    assert crossing(text) == {"V.list": "> C", "W.list": "> A"}


def test_what_is_said_of_a_view_may_have_a_name() -> None:
    """Of one action, or of all."""
    text = """
from drf_spectacular.utils import extend_schema, extend_schema_view
of_some = extend_schema_view(list=extend_schema(responses=B))
of_all = extend_schema(responses=C)
@of_some
class V(viewsets.ReadOnlyModelViewSet):
    queryset = 1
    serializer_class = nowhere.Serializer
@of_all
class W(APIView):
    def get(self, request): return Response({})
"""

    assert crossing(text) == {"V.list": "> B", "V.retrieve": ">", "W.get": "> C"}


def test_a_table_by_the_method_chooses() -> None:
    """``self.request.method``, in capitals or not."""
    text = """
class V(generics.ListCreateAPIView):
    queryset = 1
    def get_serializer_class(self): return {'GET': A, 'POST': B}[self.request.method]
class W(generics.ListCreateAPIView):
    queryset = 1
    serializer_class = C
    by = {'get': A}
    def get_serializer_class(self): return self.by.get(self.request.method.lower(), self.serializer_class)
"""

    assert crossing(text) == {"V.get": "> A", "V.post": "B > B", "W.get": "> A", "W.post": "C > C"}


def test_a_base_for_type_checkers_makes_no_view() -> None:
    """``Base = ModelViewSet if TYPE_CHECKING else object``."""
    text = """
Base = viewsets.ModelViewSet if TYPE_CHECKING else object
class Mixin(Base):
    def list(self, request): return Response(self.get_serializer(1).data)
class V(Mixin, viewsets.GenericViewSet):
    queryset = 1
    serializer_class = A
"""

    assert crossing(text) == {"Mixin.list": "> A"}


def test_an_action_of_a_mixin_answers_for_the_view_that_routes_it() -> None:
    """``as_view({"get": "missing"})``."""
    text = """
class Mixin:
    def missing(self, request): return Response(self.get_serializer(1).data)
class V(Mixin, viewsets.GenericViewSet):
    serializer_class = C
urls = [path('x', V.as_view({'get': 'missing'}))]
"""

    assert crossing(text)["Mixin.missing"] == "> C"
