"""GET handlers that write."""

from __future__ import annotations

import pytest
from rules.handlers_of import said, shop

from pytest_fitness import EmptySelectionError
from pytest_fitness.rules import WritingReads

RULE = WritingReads("api")


@pytest.mark.parametrize(
    ("body", "call"),
    [
        ("db.add(1)", "db.add"),
        ("db.add(1)\n    db.commit()", "db.add, and 1 more"),
        ("db.execute(insert(Row))", "insert"),
        ("db.execute(text('UPDATE x SET a = 1'))", "text"),
        ("Order2.objects.create(a=1)", "Order2.objects.create"),
        ("Order2.objects.get(a=1).delete()", "Order2.objects.get(a=1).delete"),
        ("order = Order2.objects.get(a=1)\n    order.save()", "order.save"),
        ("Row.delete()", "Row.delete"),
        ("db.query(Row).filter(1).update({})", "db.query(Row).filter(1).update"),
        ("Row.query.filter_by(id=1).delete()", "Row.query.filter_by(id=1).delete"),
        ("row = db.get(Row, 1)\n    row.pay()", "db.add"),
        ("for row in Order2.objects.all():\n        row.save()", "row.save"),
        ("o = get_object_or_404(Order2, pk=1)\n    o.save()", "o.save"),
        ("Order2(a=1).save()", "Order2(a=1).save"),
        ("query = Order2.objects.filter(a=1)\n    query.update(a=2)", "query.update"),
        ("table = Table('x')\n    db.execute(table.insert())", "table.insert"),
        ("db.execute(text(STATEMENT))", "text"),
        ("with SessionLocal.begin() as s:\n        s.add(1)", "s.add"),
        ("other.add(1)", "other.add"),
        ("with scope() as s:\n        s.add(1)", "s.add"),
    ],
)
def test_a_write_is_found(body: str, call: str) -> None:
    """In the dialects of sessions, statements and rows."""
    before = """
from django.db.models import Model
from django.shortcuts import get_object_or_404
from sqlalchemy import Table
STATEMENT = "DELETE FROM x"
class Order2(Model): ...
class Row(Base):
    def pay(self): Svc().work()
class Svc:
    def work(self, db: Session): db.add(self)
def scope():
    session = SessionLocal()
    yield session
"""
    text = f"{before}@router.get('/')\ndef f(db: Db, other=Depends(untyped_db)):\n    {body}"
    assert said(RULE, text) == [f"GET / f must not write: {call}"]


@pytest.mark.parametrize(
    "body",
    [
        "db.get(Row, 1)",
        "db.execute(select(1))",
        "cache.add(1)",
        "Row.get(1)",
        "x.save()",
        "Order.update(1)",
        "o = Order()\n    o.save()",
    ],
)
def test_reading_is_fine(body: str) -> None:
    """As is what cannot be told."""
    assert said(RULE, f"@router.get('/')\ndef f(db: Db):\n    {body}") == []


def test_a_write_is_found_through_functions_of_the_project() -> None:
    """Two deep, unless more is asked for."""
    text = (
        "def three(db: Session): db.add(1)\ndef two(db: Session): three(db)\ndef one(db: Session): two(db)\n"
        "@router.get('/')\ndef f(db: Db): two(db)\n@router.get('/g')\ndef g(db: Db): one(db)"
    )

    assert said(RULE, text) == ["GET / f must not write: db.add"]
    assert len(said(WritingReads("api", depth=3), text)) == 2
    (violation,) = shop(text).violations(RULE)
    assert [hop.line for hop in violation.trail] == [24, 21, 20]


def test_other_methods_may_write() -> None:
    """That is what they are for."""
    with pytest.raises(EmptySelectionError, match="no GET handler matches 'api'"):
        said(RULE, "@router.post('/')\ndef f(db: Db): db.add(1)")
    assert (
        said(
            RULE,
            "@router.get('/')\ndef g(): ...\n@router.api_route('/', methods=['GET', 'POST'])\ndef f(db: Db):\n    if x: db.add(1)",
        )
        == []
    )


def test_sessions_that_do_not_wait_write_as_well() -> None:
    """SQLAlchemy's and SQLModel's."""
    for home in ("sqlalchemy.ext.asyncio", "sqlalchemy.ext.asyncio.session", "sqlmodel.ext.asyncio.session"):
        text = (
            f"from {home} import AsyncSession as S\n@router.get('/')\nasync def f(s: S) -> int:\n    await s.commit()\n"
        )
        assert len(said(WritingReads("api"), text)) == 1, home


DRF = """
from django.db import models
from rest_framework import serializers, viewsets
from rest_framework.decorators import action, api_view
class Note(models.Model): ...
class Other(models.Model): ...
class Out(serializers.ModelSerializer): ...
class Own(Out):
    def save(self): return 1
class Base(viewsets.ModelViewSet): ...
class Asked(Base):
    def get_queryset(self): return Note.objects.filter(a=1)
class Odd(Base):
    def get_queryset(self): return self.get_queryset()
class Typed(Base): model = Note
class Plain(Base): queryset = Note.objects.all()
class Local(Base): queryset = NOTES
NOTES = Note.objects.all()
"""


@pytest.mark.parametrize(
    ("base", "body", "call"),
    [
        ("Plain", "note = self.get_object()\n        note.save()", "note.save"),
        ("Plain", "self.get_queryset().update(a=1)", "self.get_queryset().update"),
        ("Plain", "for note in self.filter_queryset(self.get_queryset()): note.delete()", "note.delete"),
        ("Local", "self.get_object().delete()", "self.get_object().delete"),
        ("Asked", "self.get_object().delete()", "self.get_object().delete"),
        ("Typed", "self.get_object().delete()", "self.get_object().delete"),
        ("Odd", "self.get_object().delete()", ""),
        ("Base", "self.get_object().delete()", ""),
        ("Plain", "self.get_other().delete()", ""),
        ("Plain", "self.get_object()", ""),
        ("Plain", "out = self.get_serializer(1)\n        out.save()", "out.save"),
        ("Plain", "self.get_serializer(1).save()", "self.get_serializer(1).save"),
        ("Plain", "out = Out(1)\n        out.save()", "out.save"),
        ("Plain", "out = Own(1)\n        out.save()", ""),
        ("Plain", "out = 1\n        out.save()", ""),
    ],
)
def test_a_view_of_rest_framework_writes_what_it_is_about(base: str, body: str, call: str) -> None:
    """By its rows, or by its serializer."""
    text = f"{DRF}class V({base}):\n    @action(detail=True)\n    def look(self, request):\n        {body}\n"

    assert said(RULE, text) == ([f"GET V.look must not write: {call}"] if call else [])


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("Order2.objects.create(a=1)", ["GET,POST / f must not write: Order2.objects.create"]),
        ("if request.method == 'POST': Order2.objects.create(a=1)", []),
        ("form.validate_on_submit() and Order2.objects.create(a=1)", []),
        ("return 1", []),
        ("dispatch(request)", []),
    ],
)
def test_a_handler_for_several_methods_that_asks_for_nothing_does_the_same_for_get(
    body: str, expected: list[str]
) -> None:
    """One that asks for anything may do so for POST alone, as may what it calls."""
    head = "from django.db import models\nclass Order2(models.Model): ...\n"
    head += "def dispatch(request):\n    if request.method == 'POST': Order2.objects.create(a=1)\n"
    text = f"{head}@router.api_route('/', methods=['GET', 'POST'])\ndef f(request: Request):\n    {body}\n@router.get('/g')\ndef g(): ..."

    assert said(RULE, text) == expected


@pytest.mark.parametrize(
    ("call", "is_found"),
    [
        ("touch(db)", True),
        ("touch(connection=db)", True),
        ("deep(1, db)", True),
        ("Helper().touch(db)", True),
        ("pay(Row2())", False),
        ("row = Row2()\n    pay(row)", True),
        ("touch(other)", False),
        ("touch(other)\n    touch(db)", True),
        ("typed(db)", False),
        ("row = Row2()\n    draw(row)", False),
    ],
)
def test_a_helper_without_types_is_given_what_its_caller_has(call: str, *, is_found: bool) -> None:
    """A session, or a row; what its own types say goes before that."""
    text = f"""
from django.db import models
class Row2(models.Model): ...
def touch(connection): connection.execute(insert(Row)); connection.merge(1)
def deep(x, session): touch(session)
def pay(row): row.save()
def draw(row):
    row = Image.open(row.path)
    row.save("x.png")
def typed(connection: Cache): connection.merge(1)
class Cache:
    def merge(self, x): ...
class Helper:
    def touch(self, connection): connection.merge(1)
@router.get('/')
def f(db: Session, other: Cache):
    {call}
"""
    found = said(RULE, text.replace("connection.execute(insert(Row)); ", ""))

    assert bool(found) is is_found


@pytest.mark.parametrize(
    "queryset", ["return self.get_queryset()", "return self.paginate_queryset(self.get_queryset())"]
)
def test_querysets_that_ask_each_other_end(queryset: str) -> None:
    """The one that says what the rows are is found all the same."""
    text = f"""
from django.db import models
from rest_framework import generics
class Order2(models.Model): ...
class V(generics.GenericAPIView):
    @property
    def queryset(self): {queryset}
    def get_queryset(self): return self.filter_queryset(Order2.objects.all())
    def get(self, request):
        order = self.get_object()
        order.delete()
class W(generics.GenericAPIView):
    @property
    def queryset(self): {queryset}
    def get_queryset(self): return self.queryset
    def get(self, request):
        order = self.get_object()
        order.delete()
"""
    assert said(RULE, text) == ["GET V.get must not write: order.delete"]


DOES = ["GET / f must not write: db.add"]
MATCHED = "match db:\n        case {}: ...\n    if create: db.add(1)"


@pytest.mark.parametrize(
    ("head", "body", "reads", "writes"),
    [
        ("create=False", "if create: db.add(1)", ["db", "db, False"], ["db, True", "db, how", "db, **options", "db, *options", "db, NO"]),
        ("create=True", "if not create: return 1\n    db.add(1)", ["db, False"], ["db", "db, create=how"]),
        ("create=False", "if create and db: db.add(1)", ["db"], ["db, create=True"]),
        ("create=True", "if not (create or db is None): db.add(1)", ["db"], ["db, False"]),
        ("*, create: bool = False", "while db:\n        if create: db.add(1)", ["db"], ["db, create=True", "db, **options"]),
        ("kind=None", "if kind is not None: db.add(1)", ["db"], ["db, 'new'", "db, how"]),
        ("kind=None", "if kind is None: pass\n    else: db.add(1)", ["db", "db, None"], ["db, ''"]),
        ("kind=None", "if kind == 'new': db.add(1)", ["db, 'old'", "db"], ["db, kind='new'"]),
        ("kind=''", "if kind != 'new': return 1\n    db.add(1)", ["db, 'a'", "db, 'b'", "db"], ["db, 'new'"]),
        ("kind=''", "if kind == NEW: db.add(1)", [], ["db", "db, 'old'"]),
        ("kind=''", "if 'a' < kind: db.add(1)", [], ["db"]),
        ("kind=''", "if kind is 'a': db.add(1)", [], ["db"]),
        ("kind=''", "if 'new' == kind: db.add(1)", [], ["db"]),
        ("create=False", "again(db, create)", ["db", "db, create=False"], ["db, True", "db, how"]),
        ("create=False", "again(db, create=create)", ["db"], ["db, create=True"]),
        ("kind=None", "again(db, kind)", ["db"], ["db, 'a'"]),
        ("create=False", "again(db, other)", [], ["db"]),
        ("*names, create=True", "if create: db.add(1)", ["db, 'a', create=False"], ["db, False", "db, 'a'"]),
        ("create=False, other=True", "if not other: db.add(1)", ["db, False, True"], ["*[db, False], False"]),
        ("create=False, /, **more", "if create: db.add(1)", ["db, False"], ["db, True"]),
        ("create=False", "create |= bool(db)\n    if create: db.add(1)", [], ["db", "db, False"]),
        ("create=False", "if (create := 1): pass\n    if create: db.add(1)", [], ["db"]),
        ("create=False", "def turn():\n        nonlocal create\n        create = 1\n    if create: db.add(1)", [], ["db"]),
        ("create=None", "try: go()\n    except E as create:\n        if create: db.add(1)", [], ["db"]),
        ("create=None", "import a.b as create\n    if create: db.add(1)", [], ["db"]),
        ("create=None", "import create.b\n    if create: db.add(1)", [], ["db"]),
        ("create=None", "def create(): ...\n    if create: db.add(1)", [], ["db"]),
        ("create=None", "async def create(): ...\n    if create: db.add(1)", [], ["db"]),
        ("create=None", MATCHED.format("{'a': create}"), [], ["db"]),
        ("create=None", MATCHED.format("{'a': 1, **create}"), [], ["db"]),
        ("create=None", MATCHED.format("[_, *create]"), [], ["db"]),
        ("many=0", "if many: db.add(1)", [], ["db"]),
    ],
)  # fmt: skip
def test_what_a_call_says_decides_what_is_done(head: str, body: str, reads: list[str], writes: list[str]) -> None:
    """And the default, where it says nothing; what is not for sure, may be done: names may have another value by then."""
    again = "NO, NEW = False, 'new'\ndef again(db: Session, create):\n    if create: db.add(1)\n"
    text = (
        f"{again}def find(db: Session, {head}):\n    {body}\n@router.get('/')\ndef f(db: Db, how, options):\n    find("
    )

    assert [given for given in (*reads, *writes) if said(RULE, f"{text}{given})") != DOES] == reads


def test_one_call_may_do_what_another_does_not() -> None:
    """The same function, as often as it is called in another way, by itself as well."""
    find = "def find(db: Session, create=False):\n    if create: db.add(1)\n"
    deep = "def a(db: Session): b(db)\ndef b(db: Session, create=False):\n"
    deep += "    if not create: return b(db, True)\n    db.add(1)\n"

    assert said(RULE, f"{find}@router.get('/')\ndef f(db: Db): return find(db) or find(db, True)") == DOES
    assert said(RULE, f"{find}@router.get('/')\ndef f(db: Db): return find(db) or find(db, False)") == []
    assert said(RULE, f"{deep}@router.get('/')\ndef f(db: Db): return a(db)") == DOES
    turns = (
        "def a(db: Session, x=False):\n    if x: db.add(1)\n    else: b(db, not x)\ndef b(db: Session, y): a(db, y)\n"
    )
    assert said(RULE, f"{turns}@router.get('/')\ndef f(db: Db): return a(db)") == DOES


@pytest.mark.parametrize(
    ("decorator", "call", "writes"),
    [
        ("provided", "find(db)", True),
        ("provided('x')", "find(db)", True),
        ("provided", "find(db, False)", True),
        ("lru_cache(maxsize=1)", "find(db)", False),
        ("functools.cache", "find(db)", False),
        ("cache", "find(db)", True),
    ],
)
def test_a_decorator_may_give_what_nobody_else_does(decorator: str, call: str, writes: bool) -> None:
    """As ``@provide_session`` does; not one that only keeps what was found."""
    head = "import functools\nfrom functools import lru_cache\nfrom shop.kept import cache\n"
    find = f"{head}@{decorator}\ndef find(db: Session, create=None):\n    if create: db.add(1)\n"

    assert said(RULE, f"{find}@router.get('/')\ndef f(db: Db): return {call}") == (DOES if writes else [])


@pytest.mark.parametrize(
    ("call", "writes"),
    [
        ("Repo().find(db, False)", False),
        ("repo.find(db, False)", False),
        ("repo.find(db, True)", True),
        ("repo.find(db)", True),  # what is derived from it may have another default
        ("repo.turn(db)", False),
        ("Repo.find(repo, db, False)", True),
        ("Repo.load(db, False)", False),
        ("Repo.keep(db, False)", False),
        ("repo.keep(db, False)", False),
        ("Repo.keep(db, True)", True),
        ("either(db)", True),
    ],
)
def test_it_has_to_be_sure_which_parameter_is_given(call: str, writes: bool) -> None:
    """Methods may be called on the class, and functions may have several definitions."""
    head = """
class Repo:
    def find(self, db: Session, create=False, other=True):
        if create: db.add(1)
    def turn(this, db: Session): this.find(db, create=False)
    @classmethod
    def load(klass, db: Session, create=True):
        if create: db.add(1)
    @staticmethod
    def keep(db: Session, create=True):
        if create: db.add(1)
repo = Repo()
if repo:
    def either(db: Session, create=False):
        if create: db.add(1)
else:
    def either(db: Session, create=True):
        if create: db.add(1)
"""
    text = f"{head}@router.get('/')\ndef f(db: Db): return {call}"

    assert said(RULE, text) == (DOES if writes else [])
