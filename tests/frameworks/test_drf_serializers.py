"""Which serializers cross in a view of Django REST framework, and what else is returned."""

from __future__ import annotations

import pytest
from frameworks.handlers_in import handlers

from pytest_fitness.model import Slot

HEAD = """\
from django.http import HttpResponse, StreamingHttpResponse
from rest_framework import generics, mixins, serializers, viewsets
from rest_framework.decorators import action, api_view
from rest_framework.permissions import SAFE_METHODS
from rest_framework.response import Response
from rest_framework.views import APIView
class A(serializers.Serializer): ...
class B(serializers.Serializer): ...
class C(serializers.Serializer): ...
"""
SET = "class V(viewsets.GenericViewSet):\n    queryset = 1\n    serializer_class = A\n"
CHOOSES = "class V(viewsets.ModelViewSet):\n    def get_serializer_class(self):\n"


def crossing(text: str) -> dict[str, str]:
    """By handler, the classes of its inputs and of its output, or the kind of what is of none: ``"A > B"``."""

    def shown(slot: Slot) -> str:
        names = "|".join(c.name.rpartition(".")[2] for c in slot.classes)
        return names if slot.kind == "schema" else f"{slot.kind} {names}".strip()

    return {
        handler.qualname: f"{' '.join(shown(slot) for slot in handler.inputs)} > {shown(handler.output)}".strip()
        for handler in handlers(HEAD + text)
    }


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("if self.action == 'create': return B\n        return A", "B > B"),
        ("if 'create' == self.action: return B\n        return A", "B > B"),
        ("if self.action != 'create': return B\n        return A", "A > A"),
        ("if self.action in ('list', 'create'): return B\n        return A", "B > B"),
        ("if self.action not in {'list', 'create'}: return B\n        return A", "A > A"),
        ("if self.action == 'list': return B\n        elif self.action == 'create': return C\n        return A", "C > C"),
        ("if self.action == 'list' or self.action == 'create': return B\n        return A", "B > B"),
        ("if self.action == 'create' and self.request.user: return B\n        return A", "B|A > B|A"),
        ("if self.action == 'list' and self.request.user: return B\n        return A", "A > A"),
        ("if not self.action == 'create': return B\n        return A", "A > A"),
        ("if not self.request.user: return B\n        return A", "B|A > B|A"),
        ("if self.action == self.other: return B\n        return A", "B|A > B|A"),
        ("if self.action > 'create': return B\n        return A", "B|A > B|A"),
        ("if 'a' < self.action < 'z': return B\n        return A", "B|A > B|A"),
        ("if getattr(self, 'action', '') == 'create': return B\n        return A", "B > B"),
        ("if getattr(self, 'other', '') == 'create': return B\n        return A", "B|A > B|A"),
        ("action = self.action\n        if action == 'create': return B\n        return A", "B > B"),
        ("if self.request.method == 'POST': return B\n        return A", "B > B"),
        ("if self.request.method in SAFE_METHODS: return B\n        return A", "A > A"),
        ("if self.kwargs.method == 'POST': return B\n        return A", "B|A > B|A"),
        ("if self.view.action == 'create': return B\n        return A", "B|A > B|A"),
        ("return B if self.action == 'create' else A", "B > B"),
        ("return B if self.action == 'list' else A", "A > A"),
        ("return B if self.odd else A", "B|A > B|A"),
        ("match self.action:\n            case 'list' | 'create': return B\n            case _: return A", "B > B"),
        ("match self.action:\n            case 'list': return B\n            case _: return A", "A > A"),
        ("match self.action:\n            case 'create' if self.odd: return B\n            case _: return A", "B|A > B|A"),
        ("match self.action:\n            case Names.create: return B\n            case _: return A", "B|A > B|A"),
        ("match self.action:\n            case 'list': return B\n        return A", "A > A"),
        ("match self.request.method:\n            case 'POST': return B\n            case _: return A", "B > B"),
        ("match self.other:\n            case 'create': return B\n            case _: return A", "B|A > B|A"),
        ("with self.lock:\n            if self.action == 'create': return B\n        return A", "B|A > B|A"),
        ("try: return B\n        except KeyError: return A", "B|A > B|A"),
        ("try: return self.by[self.action]\n        except KeyError: return A\n    by = {'create': B}", "B > B"),
        ("try: return self.by[self.action]\n        except KeyError: return A\n    by = {'list': B}", "A > A"),
        ("try: return self.by[self.action]\n        except KeyError: pass\n        return A\n    by = {'create': B}", "B > B"),
        ("try: return self.by[self.action]\n        except KeyError: return A\n    by = {'list': B, **more}", "B|A > B|A"),
        ("try: return self.by[self.odd]\n        except KeyError: return A\n    by = {'create': B}", "B|A > B|A"),
        ("try: return self.by[self.action]\n        except KeyError: return A\n    by = {}", "A > A"),
        ("try:\n            if self.odd: return C\n            return self.by[self.action]\n        except KeyError: return A\n"
         "    by = {'create': B}", "C|B|A > C|B|A"),
        ("cls = A\n        if self.action == 'list': cls = C\n        return cls", "A > A"),
        ("if cls := self.create_class(): return cls\n        raise ValueError\n    def create_class(self): return B", "B > B"),
        ("return (found := B)", "B > B"),
        ("self.found = C\n        return B", "B > B"),
        ("return {'create': B}.get(self.action, A)", "B > B"),
        ("return {'create': B, **self.more}.get(self.action, A)", "B|A > B|A"),
        ("return {'create': B, 'list': A}['create']", "B > B"),
        ("return {'list': B}.get(self.action) or {'list': B}.get('other', A)", "A > A"),
        ("return self.by.get(self.action, A)\n    by = {}", "A > A"),
        ("return self.by.get(self.action, A)\n    by = None", "A > A"),
        ("return dict(self.by).get(self.action, A)\n    by = {'create': B}", "B > B"),
        ("by = self.by.copy()\n        return by[self.action]\n    by = {'create': B}", "B > B"),
        ("by = dict()\n        return by.get(self.action, A)", ">"),
        ("return self.table().get(self.action)\n    def table(self): return getattr(self, 'by', None) or {}\n"
         "    by = {'create': B}", "B > B"),
        ("return TABLE.get(self.action)", ">"),
        ("by = by or {'create': B}\n        return by[self.action]", "B > B"),
        ("cls = cls or B\n        return cls", "B > B"),
        ("return getattr(self, self.action + '_class', None) or A\n    create_class = B", "B|A > B|A"),
        ("return getattr(self, f'{self.action}_class', A)\n    create_class = B", "B > B"),
        ("return getattr(self, f'{self.action}_class', A)", "A > A"),
        ("return getattr(self, f'{self.odd}_class', A)", "A > A"),
        ("return self.get_serializer_class()", ">"),
        ("if hasattr(self, 'by_serializers'): return B\n        return A\n    by_serializers = {}", "B > B"),
        ("if hasattr(self, 'by_serializers'): return B\n        return A", "A > A"),
        ("if hasattr(self, 'other'): return B\n        return A", "B|A > B|A"),
        ("if hasattr(self, 'action') and self.action == 'list': return B\n        return A", "A > A"),
        ("if hasattr(self.request, 'by_serializers'): return B\n        return A", "B|A > B|A"),
        ("return getattr(self, 'other_serializer', A)", "A > A"),
        ("if c := getattr(self, f'{self.action}_serializer', None): return c\n        return A\n    create_serializer = B", "B > B"),
        ("c = getattr(self, f'{self.action}_serializer', None)\n        if c: return c\n        return A\n    create_serializer = B", "B > B"),
        ("c = getattr(self, f'{self.action}_serializer', None)\n        if c: return c\n        return A\n    list_serializer = B", "A > A"),
        ("c = getattr(self, f'{self.action}_serializer', None)\n        if c: return c\n        return A\n    create_serializer = None",
         "A > A"),
        ("return getattr(self, f'{self.action}_serializer', None) or A\n    create_serializer = B", "B > B"),
        ("return getattr(self, f'{self.action}_serializer', odd) or A\n    list_serializer = B", "A > A"),
        ("return getattr(self.x, f'{self.action}_serializer', None) or A\n    create_serializer = B", "B|A > B|A"),
        ("return self.odd and A", "A > A"),
        ("if self.request.method.lower() == 'post': return B\n        return A", "B > B"),
        ("if self.request.method.upper() in ('GET', 'HEAD'): return B\n        return A", "A > A"),
        ("if self.action in self.by: return self.by[self.action]\n        return A\n    by = {'create': B}", "B > B"),
        ("if self.action in self.by: return self.by[self.action]\n        return A\n    by = {'list': B}", "A > A"),
        ("if self.action in list(self.by.keys()): return self.by[self.action]\n        return A\n    by = {'create': B}", "B > B"),
        ("if self.action in odd(self.by): return self.by[self.action]\n        return A\n    by = {'create': B}", "B|A > B|A"),
        ("if self.action in self.by: return B\n        return A\n    by = {'create': B, **more}", "B|A > B|A"),
        ("if self.action in self.by: return B\n        return A", "B|A > B|A"),
        ("for verbs, cls in self.by.items():\n            if self.request.method in verbs: return cls\n    by = {('GET',): A, ('POST',): B}",
         "A|B > A|B"),
        ("for cls in self.by.values(): return cls\n    by = {'x': B}", "B > B"),
        ("for cls in found: return cls\n    by = {'x': B}", ">"),
        ("self.serializer_class = B\n        return super().get_serializer_class()\n    serializer_class = A", "B > B"),
        ("if self.odd: self.serializer_class = B\n        return super().get_serializer_class()\n    serializer_class = A", "B|A > B|A"),
        ("if self.action == 'list': self.serializer_class = B\n        return super().get_serializer_class()\n    serializer_class = A",
         "A > A"),
        ("return self.pick(B)\n    def pick(self, given=None):\n        if given: return given\n        return A", "B > B"),
        ("return self.pick()\n    def pick(self, given=None):\n        if given: return given\n        return A", "A > A"),
        ("return self.pick(odd)\n    def pick(self, given=None):\n        if given: return given\n        return A", "A > A"),
        ("return self.pick(B)\n    def pick(self, given):\n        given = given or C\n        return given", "C > C"),
    ],
)  # fmt: skip
def test_a_serializer_is_chosen_on_an_occasion(condition: str, expected: str) -> None:
    """The action and the method of the request decide, as far as they are known."""
    found = crossing(f"{CHOOSES}        {condition}\n")

    assert found["V.create"] == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        # what is made of many
        ("out = []\n        for x in y:\n            out.append(A(x).data)\n        return Response(out)", "> A"),
        ("out = []\n        out.extend(A(y, many=True).data)\n        return Response(out)", "> A"),
        ("out = []\n        out += A(y, many=True).data\n        return Response(out)", "> A"),
        ("out.append(A(x).data, 1)\n        return Response(out)", "> response"),
        # classes in local names
        ("return Response(self.get_serializer_class()(1).data)", "> A"),
        ("cls = self.get_serializer_class()\n        return Response(cls(1).data)", "> A"),
        ("cls = B if x else C\n        return Response(cls(1).data)", "> B|C"),
        ("cls = TABLE[x]\n        return Response(cls(1).data)", "> response"),
        ("cls = made()\n        return Response(cls(1).data)", "> response"),
        ("cls = lambda: 1\n        return Response(cls(1).data)", "> response"),
        ("return Response(self.pick_serializer()(1).data)\n    def pick_serializer(self): return B", "> B"),
        ("return Response(make()(1).data)", "> response"),
        # helpers
        ("s = self.serializer_for('x')\n        return Response(s.data)\n"
         "    def serializer_for(self, x):\n        try: return C(1)\n        finally: pass", "> C"),
        ("return Response(self.get_serializer(1).data)\n    def get_serializer(self, *args): return C(*args)", "> C"),
        ("return self.answer(B(1))\n    def answer(self, s): return Response(s.data)", "> B"),
        ("s = B(1)\n        answer = self.answer(s)\n        return answer\n    def answer(self, s): return Response(s.data)", "> B"),
        ("return Response(self.fields())\n    def fields(self): return {}", "> response"),
        ("return Response({'n': self.check(request)})\n    def check(self, r):\n        s = B(data=self.request.data)\n        return 1",
         "B > response"),
        ("return Response({'n': self.check()})\n    def check(self):\n        s = B(data=self.request.query_params)\n        return 1",
         "B > response"),
        ("return self.check()\n    def check(self):\n        s = B(data=self.request.query_params)\n        return Response(s.data)",
         "B > B"),
        # data of the code's own
        ("B(data={'a': 1})\n        return Response({})", "> response"),
        ("d = {'a': pk}\n        d['b'] = 2\n        d.update(x=1)\n        B(data=d)\n        return Response({})", "> response"),
        ("d = {'a': 1}\n        d['b'] = request.data['b']\n        B(data=d)\n        return Response({})", "B > response"),
        ("d = {'a': 1}\n        d.update(request.POST)\n        B(data=d)\n        return Response({})", "B > response"),
        ("x = request.data['x']\n        B(data={'a': x})\n        return Response({})", "B > response"),
        ("B(data=made())\n        return Response({})", "B > response"),
        ("self.serializer_class = B\n        return Response(self.get_serializer(1).data)", "> B"),
        ("if x: self.serializer_class = B\n        return self.list(request)", "> B|A"),
        ("x.serializer_class = B\n        return Response(self.get_serializer(1).data)", "> A"),
        ("return Response(self.serializer_class(1).data)\n    def get_serializer_class(self): return B", "> A"),
        ("return Response(self.other_serializer(1).data)\n    other_serializer = C", "> C"),
        # what is handed on
        ("return self.run(self.really, request)\n    def run(self, call, request): return self.twice(call, request)\n"
         "    def twice(self, call, request): return call(request)\n    def really(self, request): return self.create(request)",
         "A > A"),
        ("return self.run(self.other, request)\n    def run(self, call, request): return call(request)", "> response"),
        ("return self.page(B)\n    def page(self, shown):\n        shown = shown(1)\n        return Response(shown.data)", "> B"),
        ("return Other.act(self, request)", "> none"),
        ("return Odd.act(self, request)", "> response"),
        ("return Response(Service().act())", "> response"),
        ("return Response(B[int](1).data)", "> B"),
        ("return Response(serializers_by['x'](1).data)", "> response"),
        ("from rest_framework.response import Response as R\n        return R(status=204)", "> none"),
        ("return self.run()\n    def run(self, full=False):\n        if full: return Response(B(1).data)\n        return Response(C(1).data)",
         "> C"),
        ("return self.run(full=True)\n    def run(self, full=False):\n        if full: s = B(1)\n        else: s = C(1)\n"
         "        return Response(s.data)", "> B"),
        ("return self.run(full=x)\n    def run(self, full=False):\n        if full: return Response(B(1).data)\n        return Response(C(1).data)",
         "> C|B"),
        ("if self.action == 'other': s = B(1)\n        else: s = C(1)\n        return Response(s.data)", "> C"),
        # several
        ("s = (A if x else B)(data=request.data)\n        return Response({})", "A|B > response"),
        ("s = A(data=request.data) if x else B(data=request.data)\n        return Response({})", "A|B > response"),
        ("B(data=made())\n        C(data=made())\n        return Response({})", "B > response"),
        ("B(data=made())\n        C(data=request.data)\n        return Response({})", "C > response"),
        ("B(data=request.GET)\n        C(data=request.data)\n        return Response({})", "C B > response"),
        ("A(data=request.data)\n        for each in request.data['x']: B(data=each)\n        return Response({})", "A|B > response"),
        ("A(data=request.data)\n        for each in found: B(data=each)\n        return Response({})", "A > response"),
        # one thing or another
        ("if x: return Response(B(1).data)\n        return self.list(request)", "> B|A"),
        ("if x: return Response(B(1).data)\n        return self.shown()\n    def shown(self): return Response(C(1).data)", "> B|C"),
        ("if x: return Response(B(1).data)\n        return self.shown()\n    def shown(self): return Response(B(2).data)", "> B"),
        ("if x: return Response(B(1).data)\n        return self.shown()\n    def shown(self): return Response(1)", "> response B"),
        ("if x: return Response(B(1).data)\n        return self.shown()\n"
         "    def shown(self): return Response(registry.serializer_for(1).data)", "> unknown"),
        ("if x: return Response(B(1).data)\n        return self.destroy(request)", "> B"),
        ("r = self.list(request)\n        return Response(B(r.rows).data)", "> B"),
        ("if x: return Response(registry.serializer_for(1).data)\n        return self.shown()\n"
         "    def shown(self): return Response(B(1).data)", "> unknown"),
        ("if x: return Response(self.made_serializer().data)\n        return Response(1)\n    def made_serializer(self): return B(1)", "> response B"),
        ("if x: return self.list(request)\n        return self.shown()\n    def shown(self): return self.destroy(1)", "> A"),
        ("if x: return Response({'a': 1})\n        return Response(B(1).data)", "> response B"),
        ("if x: return Response({'a': 1}, status=400)\n        return Response(B(1).data)", "> B"),
        ("if x: return Response(None)\n        return Response(B(1).data)", "> B"),
        ("if x: return Response(cache.get('x'))\n        return Response(B(1).data)", "> B"),
        ("if x: return Response(B(1).data)\n        return self.shown()\n"
         "    def shown(self):\n        if x: return Response(C(1).data)\n        return Response([1])", "> response B|C"),
        # what is made of data
        ("r = self.list(request)\n        r.data.update(x=1)\n        return r", "> response"),
        ("r = Response(B(1).data)\n        r.data.pop('x')\n        return r", "> response"),
        ("data = B(1).data\n        data['x'] = 1\n        return Response(data)", "> response"),
        ("data = B(1).data\n        data.update(x=1)\n        return Response(data)", "> response"),
        ("r = Response(B(1).data)\n        r['X-Header'] = 1\n        return r", "> B"),
        ("return own_response(B(1).data)", "> response"),
        ("return plain_response(B(1).data)", "> B"),
        ("return other_response(B(1).data)", "> B"),
        ("return HttpResponse()", "> none"),
        ("r = HttpResponse()\n        r.write(x)\n        return r", "> response"),
        ("note = Note(data=request.data)\n        return Response({})", "> response"),
        # errors
        ("if x: return refused()\n        return Response(status=204)", "> none"),
        ("found = refused() or None\n        if found: return found\n        return Response(status=204)", "> response"),
        ("found = refused()\n        if found: return found\n        return Response(status=204)", "> none"),
        ("return refused()", "> response"),
        ("try: x()\n        except X as e: return Response({}, status=e.status_code)\n        return Response(status=204)", "> none"),
        ("if x: return Response({}, status=other.status_code)\n        return Response(status=204)", "> response"),
        # a refusal
        ("raise NotAllowed", "> none"),
        ("if x: raise NotAllowed\n        return Response({})", "> response"),
        ("print()", "> none"),
        ("'what it is about'\n        pass", "> response"),
        # what is no response, or an empty one
        ("return {'a': 1}", "> raw"),
        ("return [1]", "> raw"),
        ("return f'{x}'", "> raw"),
        ("if x: return Response({}, status=400)\n        return {'a': 1}", "> raw"),
        ("return await made()", "> response"),
        ("return x.y", "> response"),
        ("self.a = (lambda: 1)()\n        return Response(self.a.data)", "> response"),
        ("d = {'a': 1}\n        other['b'] = request.data\n        other.update(request.data)\n        B(data=d)\n"
         "        return Response({})", "> response"),
        ("return {} if x else Response(1)", "> raw"),
        ("d = {}\n        d = Response(1)\n        return d", "> response"),
        ("d = {}\n        d = []\n        return d", "> raw"),
        ("a = b = c = d = {}\n        a = b\n        b = c\n        c = d\n        return a", "> response"),
        ("return rows()", "> raw"),
        ("return answered()", "> response"),
        ("return typed()", "> raw"),
        ("return silent()", "> response"),
        ("return Response(status=204)", "> none"),
        ("return Response()", "> none"),
        ("return Response(None, status=204)", "> none"),
        ("return HttpResponse(status=204)", "> none"),
        ("return Response(**made)", "> response"),
        ("if x: return HttpResponseBadRequest('x')\n        return Response(status=204)", "> none"),
        ("if x: return HttpResponse('x', status=400)\n        return Response(status=204)", "> none"),
        ("if x: return HttpResponse('x', 'text')\n        return Response(status=204)", "> response"),
        ("r = HttpResponse(content_type='x')\n        r.write('x')\n        return r", "> response"),
        ("return Response(shown())", "> B"),
        ("return Response(rows())", "> response"),
        ("return Response(Meta(1).data)", "> Meta"),
        ("return StreamingHttpResponse(streaming_content=x)", "> response"),
        ("if x: return Response(status=204)\n        return Response(1)", "> response"),
        # others
        ("return self.list(request)", "> A"),
        ("return self.create(request)", "A > A"),
        ("self.create(request)\n        return Response({'a': 1})", "A > response"),
        ("return Response({'a': self.list(request).data})", "> response"),
        ("r = self.list(request)\n        r.data['x'] = 1\n        return Response(r.data)", "> response"),
        ("return log(self.list(request))", "> A"),
        ("return self.destroy(request)", "> none"),
    ],
)  # fmt: skip
def test_what_is_returned_decides(body: str, expected: str) -> None:
    """However it comes there."""
    functions = (
        "class Meta(six.with_metaclass(type, serializers.Serializer)): ...\ndef shown(): return B(1).data\n"
        "class Other:\n    def act(self, request): return Response(status=204)\n"
        "class Service(Base):\n    def act(self): return super().act()\n"
        "@dataclass\nclass Note: data: int\n"
        "def own_response(d): return Response({'m': d})\ndef plain_response(d): return Response(d)\n"
        "def refused():\n    if x: return Response({}, status=400)\n"
        "def rows(): return {}\ndef answered(): return Response(1)\ndef typed() -> dict: return {}\ndef silent(): print()\n"
    )
    text = f"{functions}{SET}    @action(detail=True, methods=['post'])\n    async def act(self, request, pk):\n        {body}\n"

    assert crossing(text)["V.act"] == expected


def test_what_overrides_and_what_is_overridden() -> None:
    """The next class in line answers, which may be one of the codebase."""
    text = """
class Mixin:
    def list(self, request): return Response({'a': 1})
    def update(self, request): return mixins.UpdateModelMixin.update(self, request)
    def destroy(self, request): return super().destroy(request)
class Made:
    create = made()
class V(Mixin, Made, viewsets.ModelViewSet):
    queryset = 1
    serializer_class = A
    def list(self, request): return super().list(request)
    def create(self, request): return super().create(request)
    def retrieve(self, request): return super().retrieve(request)
class W(generics.ListAPIView):
    serializer_class = A
    def list(self, request): return Response({'a': 1})
    def get(self, request): return super().get(request)
class X(generics.ListCreateAPIView):
    serializer_class = A
    def get(self, request): return super().get(request)
    def post(self, request): return super().post(request)
"""

    assert crossing(text) == {
        "V.list": "> response",
        "V.create": "A > A",
        "V.retrieve": "> A",
        "Mixin.update": "A > A",
        "V.partial_update": "A > A",
        "Mixin.destroy": "> none",
        "W.get": "> response",
        "X.get": "> A",
        "X.post": "A > A",
    }


def test_an_action_may_have_a_serializer_of_its_own() -> None:
    """So has what else is mapped to it."""
    text = f"""{SET}
    @action(detail=True, methods=['post'], serializer_class=B)
    def pay(self, request): return Response(self.get_serializer(data=request.data).data)
    @pay.mapping.delete
    def unpay(self, request): return Response(self.get_serializer(1).data)
    @other.mapping.put
    def odd(self, request): return Response(self.get_serializer(1).data)
    if x:
        extra = 1
    @extra.mapping.put
    def extra(self, request): return Response(self.get_serializer(1).data)
    @made().mapping.put
    def even(self, request): return Response(self.get_serializer(1).data)
"""

    assert crossing(text) == {"V.pay": "B > B", "V.unpay": "> B", "V.odd": "> A", "V.extra": "> A", "V.even": "> A"}


def test_a_request_to_delete_may_have_a_body() -> None:
    """Where that is read; any may have a query."""
    text = f"""{SET}
    @action(detail=True, methods=['delete'])
    def drop(self, request): B(data=request.data)
    @action(detail=True, methods=['delete'])
    def filtered(self, request): B(data=request.GET)
"""

    assert crossing(text) == {"V.drop": "B > none", "V.filtered": "B > none"}


def test_verbs_of_a_view_set_are_reached() -> None:
    """At URLs that have no action for them."""
    text = "class V(viewsets.ViewSet):\n    def list(self, r): ...\n    def delete(self, r): ...\n    def options(self, r): ...\n"

    assert list(crossing(text)) == ["V.list", "V.delete"]


def test_a_base_of_views_that_says_nothing_does_not_answer() -> None:
    """Where others are derived from it, which do."""
    base = "class Base(generics.ListAPIView):\n    def get_queryset(self): ...\n"

    assert crossing(base) == {"Base.get": "> unknown"}
    assert crossing(f"{base}class V(Base): serializer_class = A") == {"V.get": "> A"}


@pytest.mark.parametrize(
    ("declared", "expected"),
    [
        ("responses={200: OpenApiResponse(B)}", "> B"),
        ("responses=OpenApiResponse(response=B)", "> B"),
        ("responses={200: B(many=True)}", "> B"),
        ("responses={200: serializers.ListSerializer(child=B())}", "> B"),
        ("responses={204: None}", "> none"),
        ("responses={GONE: OpenApiResponse(description='x')}", "> none"),
        ("responses={200: OpenApiResponse(description='x')}", ">"),
        ("responses={200: OpenApiTypes.OBJECT}", ">"),
        ("responses={**COMMON, 200: B}", "> B"),
        ("responses=inline_serializer('x', {})", ">"),
        ("request=B", ">"),
        ("tags=['x']", ">"),
    ],
)
def test_what_is_documented_counts_where_nothing_else_is_known(declared: str, expected: str) -> None:
    """On the method, and on the class for one that it inherits; a serializer that the class has, or makes, is what it is."""
    imports = (
        "from drf_spectacular.utils import extend_schema, extend_schema_view, OpenApiResponse, inline_serializer\n"
    )
    own = (
        f"GONE = 204\nclass V(viewsets.GenericViewSet):\n    serializer_class = {{}}\n    @extend_schema({declared})\n"
    )
    own += "    def list(self, request): return super().list(request)\n"
    inherited = f"@extend_schema_view(list=extend_schema({declared}))\n@other\n"
    inherited += "class W(mixins.ListModelMixin, viewsets.GenericViewSet): serializer_class = {}\n"
    text = imports + own + inherited

    assert list(crossing(text.replace("{}", "nowhere.Serializer")).values()) == [expected] * 2
    assert list(crossing(text.replace("{}", "A")).values()) == ["> A"] * 2


def test_an_inherited_action_takes_what_is_documented() -> None:
    """For it on the class, where that says it by something that is not known."""
    text = """
from drf_spectacular.utils import extend_schema, extend_schema_view
@extend_schema_view(create=extend_schema(request=B, responses=C))
class V(mixins.CreateModelMixin, viewsets.GenericViewSet): serializer_class = nowhere.Serializer
"""

    assert crossing(text) == {"V.create": "B > C"}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("return Response(A(1).data)", "> A"),
        ("if x: return Response(status=204)\n        return Response(A(1).data)", "> A"),
        ("if x: return Response({'a': 1})\n        return Response(A(1).data)", "> B"),
        ("return Response({'a': 1})", "> B"),
        ("return Response(nowhere.Serializer(1).data)", "> B"),
        ("return Response(status=204)", "> none"),
    ],
)
def test_what_is_made_counts_before_what_is_documented(body: str, expected: str) -> None:
    """Where that is clear: one serializer, or nothing."""
    text = f"""
from drf_spectacular.utils import extend_schema
class V(APIView):
    @extend_schema(responses=B)
    def get(self, request):
        {body}
"""

    assert crossing(text) == {"V.get": expected}


def test_what_the_project_makes_of_a_decorator_documents_as_well() -> None:
    """If it hands on all that it is given; above the class by ``method_decorator``, too."""
    text = """
def documented(*args, **kwargs):
    def wrap(f):
        if DEBUG: return swagger_auto_schema(*args, auto_schema=x, **kwargs)(f)
        return swagger_auto_schema(*args, **kwargs)(f)
    return wrap
def other(**kwargs):
    def wrap(f): return swagger_auto_schema(responses={200: B})(f)
    return wrap
@method_decorator(documented(query_serializer=C, responses={200: B()}), name="get")
class L(generics.ListAPIView):
    serializer_class = nowhere.Serializer
@method_decorator([never_cache, swagger_auto_schema(responses={200: C()})], "get")
class M(generics.ListAPIView):
    serializer_class = A
    def list(self, request): return Response(nowhere(1))
@method_decorator(never_cache, name="get")
class N(generics.ListAPIView):
    serializer_class = A
@method_decorator(name="get")
class O(generics.ListAPIView):
    serializer_class = A
class V(APIView):
    @documented(request_body=A, responses={200: B})
    def post(self, request): return Response({})
    @other(responses={200: A})
    def put(self, request): return Response({})
    @swagger_auto_schema(responses={200: None, 301: "elsewhere"})
    def get(self, request): return HttpResponseRedirect("x")
"""

    assert crossing(text) == {
        "L.get": "C > B",
        "M.get": "> C",
        "N.get": "> A",
        "O.get": "> A",
        "V.post": "A > B",
        "V.put": "> response",
        "V.get": "> response",
    }


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("answer([])", "> response"),
        ("answer([], True)", "> raw"),
        ("answer([], as_dict=True)", "> raw"),
        ("answer([], as_dict=flag)", "> raw"),
        ("self._answer()", "> response"),
        ("later([])", "> raw"),
        ("self._early()", "> none"),
    ],
)
def test_what_a_flag_says_counts(call: str, expected: str) -> None:
    """Where it is written in the call, or is the default."""
    text = f"""
def answer(rows, as_dict=False):
    if as_dict: return {{}}
    return Response(rows)
def later(rows, as_dict=False):
    if rows: as_dict = True
    if as_dict: return {{}}
    return Response(rows)
class V(APIView):
    def _answer(self, as_dict=False) -> Response:
        if as_dict: return {{}}
        return Response(1)
    def _early(self):
        if x: return None
        if y: return Response({{'error': 1}}, status=400)
        return Response(status=204)
    def get(self, request): return {call}
"""

    assert crossing(text) == {"V.get": expected}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("s = body(request)\n        return Response(s.data)", "B > B"),
        ("return done(request)", "B > response"),
        ("return done(1)", "B > response"),
        ("return int(request)", "> response"),
        ("self.look()\n        return self.create(request)", "A > A"),
        ("return Response(Rebuilt(1).data)", "> Rebuilt"),
        ("return Response(Less(1).data)", "> A"),
        ("return Response(Other(1).data)", "> response"),
        ("q = B(data=request.query_params)\n        return Response({})", "B > response"),
        ("return Response(self.pick()(1).data)\n    def pick(self): return V.static()\n    @staticmethod\n"
         "    def static(): return C", "> response"),
        ("return Response(self.get_serializer_class()(1).data)\n    def get_serializer_class(self): return V.static()\n"
         "    @staticmethod\n    def static(): return C", "> C"),
        ("return Response(self.get_serializer_class()(1).data)\n    def get_serializer_class(self): return made()",
         "> unknown"),
    ],
)  # fmt: skip
def test_functions_of_the_project_are_followed(body: str, expected: str) -> None:
    """If they are given the request; what a helper reads by the way counts only where nothing else is said."""
    text = f"""
def body(request):
    s = B(data=request.data)
    return s
def done(request):
    body(request)
    return Response(1)
class Rebuilt(serializers.Serializer): ...
Rebuilt = Rebuilt.without('x')
Less = A.without('x')
Other = nowhere.without('x')
{SET}    def look(self): C(data=self.request.data)
    @action(detail=True, methods=['post'])
    def act(self, request):
        {body}
"""

    assert crossing(text)["V.act"] == expected


def test_methods_may_be_constants() -> None:
    """Of functions and of actions."""
    text = "POST = 'POST'\n@api_view([POST])\ndef f(request): ...\nclass V(viewsets.ViewSet):\n"
    text += "    @action(detail=True, methods=[POST])\n    def act(self, request): ...\n"

    assert [handler.methods for handler in handlers(HEAD + text)] == [("POST",), ("POST",)]


def test_views_that_are_derived_from_one_without_a_serializer_answer_for_it() -> None:
    """Each by its own."""
    text = """
class Base(generics.GenericAPIView):
    def get(self, request): return Response(self.get_serializer(1).data)
class V(Base): serializer_class = A
class W(Base): serializer_class = B
"""

    assert sorted(h.output.classes[0].name for h in handlers(HEAD + text)) == ["shop.api.A", "shop.api.B"]


def test_a_view_that_others_are_derived_from_may_answer_itself() -> None:
    """Where it needs no serializer."""
    text = "class V(APIView):\n    def get(self, request): return Response(1)\nclass W(V):\n    def get(self, request): return Response(2)\n"

    assert list(crossing(text)) == ["V.get", "W.get"]
    assert list(crossing(text.replace("APIView", "viewsets.ViewSet").replace("get(", "list("))) == ["V.list", "W.list"]


def test_super_of_another_class_leads_behind_that() -> None:
    """And not to the next one."""
    text = """
class Report(viewsets.ModelViewSet):
    queryset = 1
    def update(self, request): return Response({'error': 1})
class V(Report):
    serializer_class = A
    def update(self, request): return super(viewsets.ModelViewSet, self).update(request)
class W(Report):
    serializer_class = A
    def update(self, request): return super(W, self).update(request)
"""

    found = crossing(text)
    assert (found["V.update"], found["W.update"]) == ("A > A", "> response")


def test_a_view_that_is_derived_says_more() -> None:
    """Of a method that another one has, which hands over to the next in line."""
    text = """
class Base(viewsets.ModelViewSet):
    def create(self, request): return super().create(request)
    @extend_schema(responses=A)
    def list(self, request): return super().list(request)
@extend_schema_view(create=extend_schema(request=B, responses={201: C}))
class V(Base):
    queryset = 1
    serializer_class = A
    http_method_names = ['get', 'post']
class W(Base):
    queryset = 1
    serializer_class = B
    http_method_names = ['post']
    def create(self, request): return super().create(request)
"""

    assert crossing(text) == {"V.retrieve": "> A", "Base.list": "> A", "Base.create": "A > A", "W.create": "B > B"}


def test_what_a_view_documents_is_written_where_the_view_is() -> None:
    """Names of the module of its base mean something else."""
    base = "class C(serializers.Serializer): ...\nclass Base(viewsets.GenericViewSet):\n    def create(self, request): return Response({})\n"
    text = f"{HEAD}from shop.base import Base\n@extend_schema_view(create=extend_schema(request=B, responses=C))\n"
    text += "class V(Base):\n    queryset = 1\n    serializer_class = A\n"

    (handler,) = handlers(text, {"shop.base": HEAD + base})
    assert [c.name for slot in (*handler.inputs, handler.output) for c in slot.classes] == ["shop.api.B", "shop.api.C"]


def test_what_a_helper_is_given_is_written_where_it_is_called() -> None:
    """Names of the module of the helper mean something else."""
    base = "class Mixin:\n    def page(self, shown):\n        shown = shown(1, many=True)\n        return self.get_paginated_response(shown.data)\n"
    text = f"{HEAD}from shop.base import Mixin\nclass Own(serializers.Serializer): ...\n"
    text += "class V(Mixin, viewsets.GenericViewSet):\n    queryset = 1\n    def list(self, request): return self.page(Own)\n"

    (handler,) = handlers(text, {"shop.base": base})
    assert [c.name for c in handler.output.classes] == ["shop.api.Own"]


def test_a_base_is_no_handler_of_its_own() -> None:
    """Where what is derived from it says what it serializes."""
    text = """
class Base(viewsets.GenericViewSet):
    queryset = 1
    def list(self, request):
        r = other(super().list(request))
        return r
class V(Base): serializer_class = A
"""

    assert [handler.output.kind for handler in handlers(HEAD + text)] == ["schema"]


def test_an_empty_response_comes_through_generic_views() -> None:
    """From the action that REST framework calls."""
    text = """
class V(generics.CreateAPIView):
    serializer_class = A
    def post(self, request): return super().post(request)
    def create(self, request): return Response(None)
"""

    assert crossing(text) == {"V.post": "> none"}


def test_a_base_with_rows_but_no_serializer_is_answered_for() -> None:
    """By the view sets that are derived from it, each by its own."""
    text = """
class Owned(viewsets.GenericViewSet):
    def get_queryset(self): return super().get_queryset()
    def list(self, request): return Response(self.get_serializer(1).data)
    @action(detail=True)
    def plain(self, request): return Response(1)
class V(Owned): serializer_class = A
class W(Owned): serializer_class = B
"""

    shown = sorted((h.qualname, h.output.kind, *(c.name for c in h.output.classes)) for h in handlers(HEAD + text))
    assert shown == [
        ("Owned.list", "schema", "shop.api.A"),
        ("Owned.list", "schema", "shop.api.B"),
        ("Owned.plain", "response"),
    ]


def test_a_class_may_be_called_like_its_base() -> None:
    """Which is the one that had the name before."""
    text = "class Mixin: ...\nfrom rest_framework.serializers import ModelSerializer\nclass ModelSerializer(Mixin, ModelSerializer): ...\n"
    text += "class Own(ModelSerializer): ...\nclass Odd(Odd): ...\nclass V(APIView):\n    def get(self, request): return Response(Own(1).data)\n"

    assert crossing(text) == {"V.get": "> Own"}


@pytest.mark.parametrize(
    ("body", "listed", "created"),
    [
        ("if self.action == 'list': return B(*args, **kwargs)\n        return C(*args, **kwargs)", "> B", "C > C"),
        ("made = B\n        shown = made(*args)\n        return shown", "> B", "B > B"),
        ("kwargs['many'] = True\n        return super().get_serializer(*args, **kwargs)", "> A", "A > A"),
        ("of = self.get_serializer_class()\n        return of(*args, **kwargs)", "> A", "A > A"),
        ("return wrapped(super().get_serializer(*args))", "> A", "A > A"),
        ("return self.kept", "> A", "A > A"),
    ],
)
def test_a_view_may_make_its_serializer(body: str, listed: str, created: str) -> None:
    """``get_serializer`` of its own is called by what is inherited; where it cannot be told, the class says it."""
    text = (
        f"def wrapped(s): return s\nclass V(viewsets.ModelViewSet):\n    serializer_class = A\n"
        f"    def get_serializer(self, *args, **kwargs):\n        {body}\n"
    )
    found = crossing(text)

    assert found["V.list"] == listed
    assert found["V.create"] == created


def test_a_method_may_answer_as_another_verb() -> None:
    """That of the generic view, or the view's own."""
    text = (
        "class V(generics.CreateAPIView):\n    serializer_class = A\n    def put(self, request): return self.post(request)\n"
        "class W(generics.ListAPIView):\n    serializer_class = B\n    def post(self, request): return super().get(request)\n"
        "class X(generics.CreateAPIView):\n    serializer_class = B\n    def put(self, request): return self.post(request)\n"
        "    def post(self, request): return Response(C(1).data)\n"
    )
    found = crossing(text)

    assert (found["V.put"], found["W.post"], found["X.put"]) == ("A > A", "> B", "> C")


def test_what_was_collected_is_no_query() -> None:
    """A list, whatever was asked for."""
    text = """
class V(generics.ListAPIView):
    serializer_class = A
    def get(self, request):
        found = []
        for each in request.query_params.getlist("x"): found.append({"x": each})
        shown = B(data=found, many=True)
        return Response(shown.data)
"""

    assert crossing(text) == {"V.get": "> B"}


def test_the_query_that_a_queryset_is_filtered_by_is_taken() -> None:
    """Where a serializer reads it."""
    text = f"{SET}    def get_queryset(self): return B(data=self.request.query_params).rows\n"
    found = {h.qualname: [s.name for s in h.inputs] for h in handlers(HEAD + text.replace("Generic", "Model"))}

    assert found["V.list"] == ["request.query_params"]
    assert found["V.create"] == ["request.data"]
    found = {
        h.qualname: [s.name for s in h.inputs]
        for h in handlers(HEAD + text.replace("Generic", "Model").replace("query_params", "data"))
    }
    assert found["V.list"] == []


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("page = self.page()\n        if page: return self.get_paginated_response({'a': B(1).data})\n        return Response(B(1).data)",
         "> response B"),
        ("page = self.page()\n        if page: return self.get_paginated_response(B(1).data)\n        return Response(B(1).data)", "> B"),
        ("return Response(B(1).data if x else {})", "> response B"),
        ("return Response(B(1).data if x else None)", "> B"),
        ("if x: return FileResponse(open('x'))\n        return Response(B(1).data)", "> response B"),
        ("if x:\n            code = status.HTTP_400_BAD_REQUEST\n            return Response(data={}, status=code)\n"
         "        return Response(B(1).data)", "> B"),
        ("code = 400 if x else 200\n        code = 200\n        if y: return Response({}, status=code)\n        return Response(B(1).data)",
         "> response B"),
        ("s = self.serializer_class(data=request.data)\n        s = found['x']\n        return Response(s(1).data)", "A > response"),
        ("return self.page(serializer_class=B)\n    def page(self, serializer_class=None):\n"
         "        serializer_class = serializer_class or self.serializer_class\n        return Response(serializer_class(1).data)", "> B"),
        ("return self.page()\n    def page(self, serializer_class=None):\n"
         "        serializer_class = serializer_class or self.serializer_class\n        return Response(serializer_class(1).data)", "> A"),
    ],
)  # fmt: skip
def test_every_good_answer_counts(body: str, expected: str) -> None:
    """A response without a serializer beside one with one; errors, by a status that has a name, do not."""
    text = f"from rest_framework import status\n{SET}    @action(detail=True, methods=['post'])\n    def act(self, request):\n        {body}\n"

    assert crossing(text)["V.act"] == expected


def test_a_serializer_may_be_among_the_options_of_the_method_that_makes_it() -> None:
    """``kwargs.pop("serializer_class", None) or self.get_serializer_class()``."""
    text = """
class V(viewsets.ModelViewSet):
    queryset = 1
    serializer_class = A
    edit = B
    def get_serializer(self, *args, **kwargs):
        serializer_class = kwargs.pop("serializer_class", None) or self.get_serializer_class()
        return serializer_class(*args, **kwargs)
    def create(self, request):
        made = self.get_serializer(serializer_class=self.edit, data=request.data)
        return Response(made.data)
    def update(self, request):
        return Response(self.get_serializer(data=request.data).data)
class W(viewsets.ModelViewSet):
    queryset = 1
    def get_serializer_class(self, **options):
        return options.pop("shown", C)
"""
    found = crossing(text)

    assert (found["V.list"], found["V.create"], found["V.update"]) == ("> A", "B > B", "A > A")
    assert found["W.list"] == "> C"


def test_a_base_without_a_serializer_says_nothing() -> None:
    """And what an installed package chooses is read there."""
    text = """
class Up(viewsets.ModelViewSet):
    def update(self, request): return super().update(request)
class Alone(viewsets.ModelViewSet):
    queryset = 1
    def update(self, request): return super().update(request)
class Derived(Up):
    queryset = 1
    serializer_class = A
"""
    found = crossing(text)

    assert found["Alone.update"] == "> unknown"
    assert found["Up.update"] == "A > A"


def test_a_decorator_that_makes_responses_is_seen_above_a_view() -> None:
    """In ``method_decorator``, too."""
    text = """
def ajax(fn):
    def wrapper(request, *args, **kwargs):
        answer = fn(request, *args, **kwargs)
        if not isinstance(answer, HttpResponse):
            answer = HttpResponse(dumps(answer))
        return answer
    return wrapper
class V(viewsets.GenericViewSet):
    @method_decorator([other, ajax])
    def list(self, request): return {'a': 1}
    @method_decorator(ajax)
    def create(self, request): return {'a': 1}
    @method_decorator(other)
    def retrieve(self, request): return {'a': 1}
"""

    assert crossing(text) == {"V.list": "> response", "V.create": "> response", "V.retrieve": "> raw"}


def test_a_serializer_may_be_named_in_the_settings() -> None:
    """Which one it is nobody knows; that it is one, where one is chosen, is sure."""
    text = """
def by_settings():
    if settings.SERIALIZER: return import_string(settings.SERIALIZER)
    return A
class V(viewsets.ReadOnlyModelViewSet):
    queryset = 1
    serializer_class = by_settings()
class W(viewsets.ReadOnlyModelViewSet):
    queryset = 1
    def serializer_class(self, *args, **kwargs):
        if kwargs.get("many"): return A(*args, **kwargs)
        return B(*args, **kwargs)
class X(viewsets.ReadOnlyModelViewSet):
    queryset = 1
    def get_serializer_class(self): return import_string(self.named)
class Y(viewsets.ReadOnlyModelViewSet):
    queryset = 1
    serializer_class = nowhere()
"""
    found = crossing(text)

    assert (found["V.list"], found["W.list"], found["X.list"], found["Y.list"]) == ("> A", "> A|B", ">", ">")


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("return shown(A(1).data)", "> A"),
        ("return Wrapped(A(1).data)", "> response"),
        ("return Named(A(1).data)", "> response"),
        ("return KeptResponse(A(1).data)", "> A"),
        ("return PlainResponse(A(1).data)", "> A"),
        ("return self.wrapped(A(1).data)", "> response"),
        ("return self.handed(A(1).data)", "> A"),
        ("return self.nowhere_response(A(1).data)", "> A"),
        ("response = super().list(request)\n        response.data = {'rows': 1}\n        return response", "> response"),
        ("response = super().list(request)\n        response.status = 1\n        return response", "> A"),
        ("if bad: return Response(form.errors)\n        return Response(A(1).data)", "> A"),
        ("return Response(A(1).data, status=200 if found else 404)", "> A"),
        ("if bad: return Response({}, status=409 if found else 404)\n        return Response(A(1).data)", "> A"),
        ("made = self.get_serializer(self.get_object(), request.data)\n        return Response(made.data)", "A > A"),
        ("made = B(found, request.data)\n        return Response(A(1).data)", "B > A"),
        ("made = B(found, {'a': 1})\n        return Response(A(1).data)", "> A"),
        ("found, err = self.find(1)\n        if err: return err\n        return Response(A(1).data)", "> A"),
        ("found, err = self.find(1)\n        if err: return err\n        return Response(status=204)", "> none"),
    ],
)  # fmt: skip
def test_what_wraps_is_told_from_what_hands_on(body: str, expected: str) -> None:
    """Functions, methods and classes of the project that make responses; errors by their status and by what is in them."""
    text = f"""
def shown(data): return Response(data)
class Wrapped(Response):
    def __init__(self, data, **more):
        super().__init__({{'data': data}}, **more)
class Named(Response):
    def __init__(self, data=None, **more):
        content = {{'data': data}}
        super().__init__(data=content, **more)
class KeptResponse(Response):
    def __init__(self, data):
        more.__init__()
        super().__init__(data)
class PlainResponse(Response): ...
class V(viewsets.ModelViewSet):
    queryset = 1
    serializer_class = A
    def wrapped(self, data): return Response({{'data': data}})
    def handed(self, data): return Response(data)
    def post(self, request):
        {body}
"""

    assert crossing(text)["V.post"] == expected
