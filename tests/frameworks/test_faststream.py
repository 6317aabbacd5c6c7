"""FastStream: subscribers."""

from __future__ import annotations

import pytest
from frameworks.handlers_in import slots, titles

HEAD = """\
from typing import Annotated
from faststream import Context, Depends, FastStream, Logger
from faststream.kafka import KafkaBroker, KafkaMessage, KafkaRoute, KafkaRouter
from pydantic import BaseModel
class Order(BaseModel): ...
broker = KafkaBroker('x')
app = FastStream(broker)
"""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("@broker.subscriber('t')\nasync def f(m): ...", ["MESSAGE t f"]),
        ("s = broker.subscriber('t')\n@s(filter=1)\nasync def f(m): ...\n@s\nasync def g(m): ...",
         ["MESSAGE t f", "MESSAGE t g"]),
        ("async def f(m): ...\nr = KafkaRouter(handlers=(KafkaRoute(f, 't'),))", ["MESSAGE t f"]),
        ("@nowhere.subscriber(subject='t')\nasync def f(m): ...", ["MESSAGE t f"]),
        ("def s(x): ...\n@s('t')\nasync def f(m): ...", []),
        ("@app.subscriber('t')\nasync def f(m): ...", []),
        ("subscriber = 1\n@subscriber\nasync def f(m): ...", []),
        ("subscriber = make()\n@subscriber\nasync def f(m): ...", []),
        ("from starlette.routing import Route\ndef f(m): ...\nx = BusRoute(f, 't')", []),
        ("KafkaRoute(nowhere, 't')", ["MESSAGE t nowhere"]),
        ("@broker.publisher('t')\nasync def f(m): ...", []),
        ("from faststream.rabbit.fastapi import RabbitRouter\nr = RabbitRouter('x')\n@r.subscriber('t')\nasync def f(m): ...\n"
         "@r.get('/x')\nasync def g(body: dict) -> dict: ...", ["MESSAGE t f"]),
    ],
)  # fmt: skip
def test_a_subscriber_is_found(text: str, expected: list[str]) -> None:
    """Decorators, variables of them, routes."""
    found = [title for title in titles(HEAD + text) if not title.startswith("FastAPI: GET /x g")]
    assert found == [f"FastStream: {title}" for title in expected]


@pytest.mark.parametrize(
    ("text", "inputs", "output"),
    [
        ("@broker.subscriber('t')\nasync def f(m: Order, logger: Logger, raw: KafkaMessage): return {}", ["m: schema"], "none"),
        ("@broker.subscriber('t')\nasync def f(m: dict, c=Context(), d: Annotated[dict, Depends(len)] = 1): ...", ["m: raw"], "none"),
        ("@broker.subscriber('t')\n@broker.publisher('u')\nasync def f(m: list[Order]): return {}", ["m: schema"], "raw"),
        ("@broker.subscriber('t')\nasync def f(m: str) -> Order: ...", ["m: scalar"], "schema"),
        ("p = broker.publisher('u')\n@p\n@broker.subscriber('t')\nasync def f(m: str): return {}", ["m: scalar"], "raw"),
        ("async def f(m: str): return {}\nKafkaRoute(f, 't', publishers=(p,))", ["m: scalar"], "raw"),
        ("from faststream.kafka.annotations import KafkaBroker as B\n@broker.subscriber('t')\nasync def f(m: str, b: B): ...",
         ["m: scalar"], "none"),
    ],
)  # fmt: skip
def test_what_crosses(text: str, inputs: list[str], output: str) -> None:
    """The message; and the result where it is published or declared."""
    assert slots(HEAD + text) == [(inputs, output)]


def test_a_router_for_fastapi_has_routes_as_well() -> None:
    """What it answers is judged as FastAPI's."""
    text = "from faststream.rabbit.fastapi import RabbitRouter\nr = RabbitRouter('x')\n@r.get('/x')\nasync def g(body: dict) -> dict: ..."

    assert titles(text) == ["FastAPI: GET /x g"]
    assert slots(text) == [(["body: raw"], "raw")]
