"""Celery, dramatiq, taskiq, Huey: functions that are called through a queue."""

from __future__ import annotations

import pytest
from frameworks.handlers_in import handlers, slots, titles

from pytest_fitness.rules import BoundarySchemas
from pytest_fitness.testing import codebase

HEAD = """\
from typing import Any
import dramatiq
from celery import Celery, Task, shared_task
from huey import RedisHuey
from taskiq import Context, InMemoryBroker, TaskiqDepends
from pydantic import BaseModel
from sqlalchemy.orm import DeclarativeBase
class Base(DeclarativeBase): ...
class Row(Base): ...
class Order(BaseModel): ...
mine = Celery('x')
queue = InMemoryBroker()
jobs = RedisHuey('x')
"""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("@shared_task\ndef f(): ...", ["Celery: TASK f"]),
        ("@shared_task(bind=True)\ndef f(self): ...", ["Celery: TASK f"]),
        ("@mine.task\ndef f(): ...", ["Celery: TASK f"]),
        ("@queue.task(retry=1)\nasync def f(): ...", ["taskiq: TASK f"]),
        ("@jobs.periodic_task(1)\ndef f(): ...", ["Huey: TASK f"]),
        ("@dramatiq.actor\ndef f(): ...", ["dramatiq: TASK f"]),
        ("def actor(f):\n    return dramatiq.actor(f)\n@actor\ndef f(): ...", ["dramatiq: TASK f"]),
        ("class Mine(Task):\n    def run(self, a: int): ...", ["Celery: TASK Mine.run"]),
        ("class B(Task):\n    def run(self): ...\nclass Mine(B): ...", ["Celery: TASK B.run"]),
        ("class B(Task):\n    abstract = True\n    def run(self): ...\nclass Mine(B): ...", ["Celery: TASK B.run"]),
        (
            "class B(Task):\n    abstract = True\n    def run(self): ...\nclass Mine(B):\n    def run(self): ...",
            ["Celery: TASK Mine.run"],
        ),
        (
            "class Own:\n    def __init__(self): self.app = Celery('x')\n"
            "    def task(self, name, **options): return self.app.task(name=name, **options)\n"
            "celery = Own()\n@celery.task('a')\ndef f(): ...",
            ["Celery: TASK f"],
        ),
        (
            "from lib import Base\nclass Own(Base):\n    def task(self, *args, **more): return super().task(*args, **more)\n"
            "celery = Own('x')\n@celery.task(name='x')\ndef f(): ...",
            ["Celery: TASK f"],
        ),
        (
            "class B(Task):\n    abstract = True\n    def run(self): ...\nclass Mine(B): perform = None",
            ["Celery: TASK B.run"],
        ),
        ("class B(Task):\n    abstract = False\n    def run(self): ...", ["Celery: TASK B.run"]),
        (
            "class B(Task):\n    def __init__(self): self.abstract = True\n    def run(self): ...",
            ["Celery: TASK B.run"],
        ),
        ("from nowhere import celery_app\n@celery_app.task\ndef f(): ...", ["Celery: TASK f"]),
        ("from nowhere import broker\n@broker.task\ndef f(): ...", ["taskiq: TASK f"]),
        ("from huey.contrib.djhuey import db_task\n@db_task()\ndef f(): ...", ["Huey: TASK f"]),
        ("from taskiq import shared_task\n@shared_task\ndef f(): ...", ["taskiq: TASK f"]),
        ("mine_broker = InMemoryBroker().with_result_backend(x)\n@mine_broker.task\ndef f(): ...", ["taskiq: TASK f"]),
        (
            "class B(InMemoryBroker):\n    def ready(self) -> 'Self': ...\nb = B().ready()\n@b.task\ndef f(): ...",
            ["taskiq: TASK f"],
        ),
        ("celery = vendor.make()\n@celery.task\ndef f(): ...", ["Celery: TASK f"]),
        ("my_huey = vendor.make()\n@my_huey.task()\ndef f(): ...", ["Huey: TASK f"]),
        ("import celery\n@celery.current_app.task\ndef f(): ...", ["Celery: TASK f"]),
        ("from dramatiq import actor as job\n@job\ndef f(): ...", ["dramatiq: TASK f"]),
        ("retry = shared_task(max_retries=3)\n@retry\ndef f(): ...", ["Celery: TASK f"]),
        ("job = partial(dramatiq.actor, max_retries=3)\n@job(time_limit=1)\ndef f(): ...", ["dramatiq: TASK f"]),
        ("def job(*args, **options): return shared_task(*args, **options)\n@job\ndef f(): ...", ["Celery: TASK f"]),
        ("def job(f): return shared_task(bind=True)(f)\n@job\ndef f(): ...", ["Celery: TASK f"]),
        (
            "def job(f):\n    @shared_task\n    @wraps(f)\n    def inner(*args, **options): return f(*args, **options)\n    return inner\n"
            "@job\ndef f(): ...",
            ["Celery: TASK f"],
        ),
        ("def f(): ...\ng = mine.task(f)", ["Celery: TASK f"]),
        (
            "from dramatiq import actor as _actor\ndef actor(name):\n    def decorator(fn):\n        _actor(fn, actor_name=name)\n"
            "        return fn\n    return decorator\n@actor('x')\ndef f(): ...",
            ["dramatiq: TASK f"],
        ),
        ("class A(dramatiq.GenericActor):\n    def perform(self): ...", ["dramatiq: TASK A.perform"]),
    ],
)
def test_a_task_is_found(text: str, expected: list[str]) -> None:
    """By decorator or by class."""
    assert titles(HEAD + text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "from prefect import task\n@task\ndef f(): ...",
        "from nowhere import flow\n@flow.task\ndef f(): ...",
        "def actor(f): return f\n@actor\ndef f(): ...",
        "app = object()\n@app.task\ndef f(): ...",
        "@nowhere\ndef f(): ...",
        "class Mine:\n    def run(self): ...",
        "class Own:\n    def task(self, f): ...\nclass Base(Own): ...\nbroker = Base()\n@broker.task\ndef f(): ...",
        "class Own: ...\nbroker = Own()\n@broker.task\ndef f(): ...",
        "class broker:\n    def task(f): ...\n@broker.task\ndef f(): ...",
        "a = partial()\n@a\ndef f(): ...",
        "def a(): return 1\n@a()\ndef f(): ...",
        "a = b\nb = a\n@a\ndef f(): ...",
        "@(lambda f: f)\ndef f(): ...",
        "(lambda f: f)(1)\nmine.task(*all)",
        "class B(Task):\n    abstract = True\n    def run(self): ...",
    ],
)
def test_what_only_looks_like_a_task_is_none(text: str) -> None:
    """Flows, actors of another kind."""
    assert titles(HEAD + text) == []


@pytest.mark.parametrize(
    ("text", "inputs", "output"),
    [
        ("@shared_task(bind=True)\ndef f(me, n: int, o: Order): ...", ["n: scalar", "o: schema"], "none"),
        ("@shared_task\ndef f(self, d: dict, r: Row, x): ...", ["d: raw", "r: orm", "x: raw"], "none"),
        ("@queue.task\nasync def f(c: Context = TaskiqDepends(), c2: Context = None) -> Order: ...", [], "schema"),
        ("@mine.task\ndef f(a: Any) -> dict: ...", ["a: raw"], "raw"),
        ("@mine.task\ndef f(*args, **options: int): ...", ["args: raw", "options: scalar"], "none"),
        ("class C:\n    @shared_task(bind=True)\n    def f(self, task, n: int): ...", ["n: scalar"], "none"),
    ],
)
def test_arguments_cross(text: str, inputs: list[str], output: str) -> None:
    """A result only where it is declared; what the library gives does not."""
    assert slots(HEAD + text) == [(inputs, output)]


@pytest.mark.parametrize(
    ("body", "kind", "judged"),
    [
        ("return {'a': 1}", "raw", []),
        ("return [{}]", "raw", []),
        ("return 'a'", "scalar", []),
        ("return ''", "scalar", []),
        ("if x: return 1", "scalar", []),
        ("return nowhere()", "unknown", []),
        ("return Order(a=1)", "schema", []),
        ("return told()", "raw", []),
        ("return Row()", "orm", ["TASK f must declare its result: it returns rows of shop.api.Row"]),
        (
            "row = session.get(Row, 1)\n    return row",
            "orm",
            ["TASK f must declare its result: it returns rows of shop.api.Row"],
        ),
        ("return None", "none", []),
        ("...", "none", []),
    ],
)
def test_a_result_that_is_not_declared_is_what_is_returned(body: str, kind: str, judged: list[str]) -> None:
    """Which nobody may want, and need not declare; rows are none to return all the same."""
    text = f"{HEAD}def told() -> dict: ...\n@mine.task\ndef f(x: int):\n    {body}"
    (handler,) = handlers(text)

    assert handler.output.kind == kind
    assert [
        v.message for v in codebase({"shop.api": text}).violations(BoundarySchemas("shop", unknown="fail"))
    ] == judged


def test_a_task_is_a_task() -> None:
    """And no HTTP handler."""
    assert [h.kind for h in handlers(f"{HEAD}@shared_task\ndef f(): ...")] == ["task"]


def test_a_class_is_a_task_by_a_base_of_the_project() -> None:
    """In a module that says nothing of what runs it."""
    base = "from celery import Task\nclass Base(Task): ..."
    shop = codebase(
        {"shop.base": base, "shop.jobs": "from shop.base import Base\nclass Bill(Base):\n    def run(self): ..."}
    )

    assert [h.title for h in shop.handlers(shop.select("jobs")).found] == ["TASK Bill.run"]


def test_a_decorator_that_makes_tasks_is_followed_into_other_modules() -> None:
    """In which nothing else tells of tasks."""
    makers = (
        "import dramatiq\nfrom functools import partial\nfrom celery import shared_task\njob = partial(dramatiq.actor, max_retries=3)\n"
        "def work(*args, **options): return shared_task(*args, **options)\ndef help(): ...\nanswer = 1\n"
    )
    text = (
        "from shop.makers import help, job, work\n@job\ndef f(data: dict): ...\n@work(bind=True)\ndef g(self, n: int): ...\n"
        "@help\ndef h(): ...\n@other.job\ndef i(): ...\nfrom shop import makers\n@makers.job\ndef j(): ...\n"
        "from shop.makers import job as later\n@later\ndef k(): ..."
    )

    assert sorted(titles(text, {"shop.makers": makers})) == [
        "Celery: TASK g",
        "dramatiq: TASK f",
        "dramatiq: TASK j",
        "dramatiq: TASK k",
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("@db_periodic_task(crontab(minute='0'))\ndef f(): ...", ["Huey: TASK f"]),
        ("@on_commit_task()\n@lock_task('x')\ndef f(): ...", ["Huey: TASK f"]),
        ("@djhuey.db_periodic_task(crontab())\ndef f(): ...", ["Huey: TASK f"]),
        ("@djhuey.task()\ndef f(): ...", ["Huey: TASK f"]),
        ("@lock_task('x')\ndef f(): ...", []),
        ("broker = InMemoryBroker()\ndef f(a: int): ...\nbroker.register_task(f, task_name='x')", ["taskiq: TASK f"]),
        ("def f(a: int): ...\nnowhere.register_task(f)", []),
        ("app = Celery()\nfor task in tasks: app.register_task(task)", []),
    ],
)
def test_tasks_of_huey_for_django_and_those_that_are_registered(text: str, expected: list[str]) -> None:
    """By function, or by the module that they are in."""
    before = (
        "from huey.contrib import djhuey\nfrom huey.contrib.djhuey import db_periodic_task, lock_task, on_commit_task\n"
    )

    assert titles(before + HEAD + text) == expected


RETRIED = """
class Retried:
    def __init__(self, *args, **options):
        self.args, self.options = args, options
    def __call__(self, f):
        def inner(*args, **options): return f(*args, **options)
        made = shared_task(*self.args, **self.options)(inner)
        return made
"""


def test_objects_of_a_class_may_decorate_tasks() -> None:
    """In whatever module: what the class registers is what its objects are above of."""
    text = f"{HEAD}{RETRIED}@Retried('parse', times=3)\ndef parse(number, rows: dict): ...\n"
    there = "from shop.api import Retried as Again\n@Again()\ndef place(order: str): ...\n"

    shop = codebase({"shop.api": text, "shop.other": there})

    assert [h.title for h in shop.handlers(shop.select("shop")).found] == ["TASK parse", "TASK place"]
    assert slots(text) == [(["number: raw", "rows: raw"], "none")]


@pytest.mark.parametrize("use", ["again = Retried()\n@again\ndef f(): ...", "hand_on(Retried)"])
def test_an_object_that_is_kept_may_decorate_more(use: str) -> None:
    """Which is unknown, as far as it cannot be followed."""
    text = f"{HEAD}{RETRIED}@Retried()\ndef parse(): ...\n{use}\n"

    assert "Celery: TASK f" in titles(text)
    assert "Celery: TASK parse" in titles(text)


DECORATING = """
def other():
    task = 1
    return task
def task(retries=5):
    def decorate(f):
        def inner(*args, **options):
            {before}
            task.retries = retries
            return f(*args, **options)
        return jobs.task(retries=retries)(inner)
    return decorate
@task()
def place(order: str): ...
"""


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        ("task = options.pop('task')", ["Huey: TASK place"]),
        ("pass", ["Huey: TASK f", "Huey: TASK place"]),
        ("global task; task = options.pop('task')", ["Huey: TASK f", "Huey: TASK place"]),
        ("from shop.api import task", ["Huey: TASK f", "Huey: TASK place"]),
    ],
)
def test_a_local_name_is_no_use_of_a_decorator(before: str, expected: list[str]) -> None:
    """One that stands for the decorator may be handed to anybody."""
    assert sorted(titles(HEAD + DECORATING.format(before=before))) == expected


ROWS = """
from django.db import models
from sqlalchemy import Column, Integer, JSON
from sqlalchemy.orm import Mapped, mapped_column
class TextField(models.JSONField): ...
class Export(models.Model):
    uid = models.CharField()
    parent = models.ForeignKey("self")
    content = models.JSONField()
    owned = TextField()
    @property
    def shown(self): return {}
kept = Export()
class Orders:
    def count(self): return {"open": 1}
class Service: query = Orders()
class Line(Base):
    number = Column(Integer)
    more = Column(JSON)
    price: Mapped[int] = mapped_column(primary_key=True)
    rest: Mapped[dict] = mapped_column()
"""


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("return name", "scalar"),
        ("return again", "scalar"),
        ("return order", "unknown"),
        ("name = nowhere()\n    return name", "unknown"),
        ("name: str = nowhere()\n    return name", "unknown"),
        ("export = Export(a=1)\n    return export.id", "scalar"),
        ("return Export.objects.create(a=1).pk", "scalar"),
        ("export = Export.objects.get(a=1)\n    return export.uid", "scalar"),
        ("export = Export.objects.get(a=1)\n    return export.parent_id", "scalar"),
        ("export = Export.objects.get(a=1)\n    return export.other_id", "unknown"),
        ("export = Export.objects.get(a=1)\n    return export.parent", "unknown"),
        ("export = Export.objects.get(a=1)\n    return export.content", "unknown"),
        ("export = Export.objects.get(a=1)\n    return export.shown", "raw"),
        ("return Line().number", "scalar"),
        ("return Line().more", "unknown"),
        ("return Line().price", "scalar"),
        ("return Line().rest", "unknown"),
        ("return Line().id", "unknown"),
        ("found = Nowhere.objects.filter(a=1)\n    return found.count()", "scalar"),
        ("return Nowhere.objects.filter(a=1).count()", "scalar"),
        ("return nowhere.count()", "unknown"),
        ("found = [1]\n    return found.count(1)", "unknown"),
        ("return Service.query.count()", "raw"),
        ("return frame.query('total > 10').count()", "unknown"),
        ("export = Export.objects.get(a=1) or nowhere()\n    return export.uid", "unknown"),
        ("if x: export = Export.objects.get(a=1)\n    else: export = nowhere()\n    return export.uid", "unknown"),
        ("export = Export() if x else {}\n    return export.uid", "unknown"),
        ("for export in Export.objects.all(): pass\n    return export.uid", "unknown"),
        ("export = Export()\n    export.uid = {}\n    return export.uid", "unknown"),
        ("export = Export()\n    return export.owned", "unknown"),
        ("export = Export()\n    setattr(export, x, {})\n    return export.uid", "unknown"),
        ("async def g():\n        export = await find()\n    return row.number", "scalar"),
        ("return kept.uid", "scalar"),
        ("return late.uid", "scalar"),
        ("return rest", "unknown"),
        ("return more", "unknown"),
        ("match load():\n        case {'n': name}: return name", "unknown"),
        ("match load():\n        case name: return name", "unknown"),
        ("name += load()\n    return name", "unknown"),
        ("import nowhere as name\n    return name", "unknown"),
        ("def g():\n        nonlocal name\n        name = {}\n    g()\n    return name", "unknown"),
    ],
)
def test_one_value_is_a_scalar(body: str, expected: str) -> None:
    """What a parameter says of itself, a column, a field of Django, a number of rows."""
    text = f"{HEAD}{ROWS}@mine.task\ndef f(name: str, order, row: Line, again: int = 1, *rest: str, late: Export, **more: int):\n    {body}\n"

    assert handlers(text)[-1].output.kind == expected
