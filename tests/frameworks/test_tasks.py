"""Celery, dramatiq, taskiq, Huey: functions that are called through a queue."""

from __future__ import annotations

import pytest
from frameworks.handlers_in import handlers, slots, titles

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
        ("from nowhere import celery_app\n@celery_app.task\ndef f(): ...", ["Celery: TASK f"]),
        ("from nowhere import broker\n@broker.task\ndef f(): ...", ["taskiq: TASK f"]),
        ("from huey.contrib.djhuey import db_task\n@db_task()\ndef f(): ...", ["Huey: TASK f"]),
        ("from taskiq import shared_task\n@shared_task\ndef f(): ...", ["taskiq: TASK f"]),
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
    ],
)
def test_arguments_cross(text: str, inputs: list[str], output: str) -> None:
    """A result only where it is declared; what the library gives does not."""
    assert slots(HEAD + text) == [(inputs, output)]


def test_a_task_is_a_task() -> None:
    """And no HTTP handler."""
    assert [h.kind for h in handlers(f"{HEAD}@shared_task\ndef f(): ...")] == ["task"]
