"""Async handlers that hold up everybody."""

from __future__ import annotations

import pytest
from rules.handlers_of import said, shop

from pytest_fitness import EmptySelectionError, RuleError
from pytest_fitness.rules import BlockingAsyncHandlers

RULE = BlockingAsyncHandlers("api")


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("async def f(db: Db): ...", 'the database through "db", a sync session'),
        ("async def f(db: Session = Depends(get_db)): ...", 'the database through "db", a sync session'),
        ("async def f(db=Depends(get_db)): ...", 'the database through "db", a sync session'),
        ("async def f(db: Db): db.execute(1)", 'the database through "db", a sync session'),
        ("async def f(): requests.get('x')", "requests.get"),
        ("async def f(): time.sleep(1)", "time.sleep"),
        ("async def f(): subprocess.run([])", "subprocess.run"),
        ("async def f():\n    with open('x') as g: ...", "open"),
        ("async def f():\n    with SessionLocal() as s: s.execute(1)", "s.execute"),
        ("async def f(db=Depends(untyped_db)): db.execute(1)", 'the database through "db", a sync session'),
        ("async def f(db: None | Session = None): ...", 'the database through "db", a sync session'),
        ("async def f():\n    p = Path('a') / 'x'\n    p.read_text()", "p.read_text"),
        ("async def f():\n    for line in lines(): ...", "open"),
        ("async def f():\n    r = requests.get('x')\n    return r.json()", "requests.get"),
        ("async def f():\n    client = httpx.Client()\n    client.get('x')", "client.get"),
        ("async def f():\n    p = subprocess.Popen([])\n    p.wait()", "p.wait"),
    ],
)
def test_what_blocks_is_found(text: str, what: str) -> None:
    """Sessions and calls."""
    found = said(RULE, f"def lines():\n    yield open('x')\n@router.get('/')\n{text}")

    assert f"GET / f must not wait for {what}" in found
    assert len(found) <= 2  # a client is made, and used


@pytest.mark.parametrize(
    "text",
    [
        "async def f(db: AsyncSession): await db.execute(1)",
        "async def f(db=Depends(untyped)): ...\ndef untyped(): ...",
        "async def f(db=Depends(nowhere)): ...",
        "async def f(db=Depends()): ...",
        "async def f(a): ...",
        "async def f(): await run_in_threadpool(requests.get, 'x')",
        "async def f(): await asyncio.to_thread(lambda: time.sleep(1))",
        "async def f(): await asyncio.sleep(1)",
        "async def f():\n    async with httpx.AsyncClient() as c:\n        r = await c.get('x')\n        r.raise_for_status()\n    return r.json()",
        "async def f(): return StreamingResponse(lines())",
        "async def f(): await threaded()",
        "async def f(): await aioredis.Redis().get('x')",
        "async def f(): page.text('Update available')",
        "async def f(db: AsyncSession): db.add(1)",
        "async def f(): await run(made())\nasync def run(db: Session): return await db.execute(1)",
        "async def f():\n    def inner(): time.sleep(1)\n    await asyncio.to_thread(inner)",
        "async def f(): Worker().is_running()\nclass Worker:\n    process: subprocess.Popen\n    def is_running(self): return self.process.poll()",
    ],
)
def test_what_does_not_block_is_fine(text: str) -> None:
    """Awaited, or handed to a thread."""
    before = """
import redis.asyncio as aioredis
def lines():
    with open('x') as f:
        yield from f
@sync_to_async
def threaded(): time.sleep(1)
"""
    assert said(RULE, f"{before}@router.get('/')\n{text}") == []


def test_calls_are_followed_through_functions_of_the_project() -> None:
    """As deep as is asked for, with every call on the way."""
    text = """
def sleep(): time.sleep(1)
class Service:
    async def work(self): sleep()
@router.get('/')
async def f(service: Annotated[Service, Depends()]): await service.work()
"""
    (violation,) = shop(text).violations(RULE)

    assert violation.message == "GET / f must not wait for time.sleep"
    assert [hop.line for hop in violation.trail] == [25, 23, 21]
    assert said(BlockingAsyncHandlers("api", depth=1), text) == []


def test_plain_handlers_are_not_judged() -> None:
    """They run in threads."""
    with pytest.raises(EmptySelectionError, match="no async handler matches 'api'"):
        said(RULE, "@router.get('/')\ndef f(): time.sleep(1)")


def test_functions_that_call_each_other_come_to_an_end() -> None:
    """Each is looked at once."""
    text = "def a(): b()\ndef b():\n    a()\n    time.sleep(1)\n@router.get('/')\nasync def f(): a()"

    assert said(RULE, text) == ["GET / f must not wait for time.sleep"]


@pytest.mark.parametrize("depth", [4, -1, "1"])
def test_depths_that_make_no_sense_are_refused(depth: object) -> None:
    """At construction."""
    with pytest.raises(RuleError, match="`depth`"):
        BlockingAsyncHandlers("api", depth=depth)  # type: ignore[arg-type]


def test_one_call_that_leads_to_several_is_one_thing_to_mend() -> None:
    """With how many there are."""
    text = "def g():\n    time.sleep(1)\n    open('x')\n    requests.get('y')\n"
    text += "@router.post('/')\nasync def f() -> None:\n    g()\n    time.sleep(2)\n"
    assert [m.partition("wait for ")[2] for m in said(BlockingAsyncHandlers("api"), text)] == [
        "time.sleep, and 2 more behind the same call",
        "time.sleep",
    ]
