"""Calling an application in this process: no server, no client library."""

from __future__ import annotations

import asyncio
import io
import json
import sys
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

SECONDS = 30
"""After which a request that gets no answer is given up."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. *status* is 0 where nothing did, and *error* says why."""

    status: int
    body: bytes
    error: str = ""

    @property
    def json(self) -> object:
        """The body as JSON; the text where it is none."""
        try:
            return json.loads(self.body)
        except ValueError:
            return self.body.decode(errors="replace")


def call(app: Any, method: str, path: str, *, body: bytes = b"", headers: Mapping[str, str] | None = None) -> Answer:
    """Send one request and return the answer, even where the application raises after it, as Starlette does for a 500.

    Args:
        app: an ASGI or WSGI application.
        method: ``GET`` and so on.
        path: without a query.
        body: sent as JSON.
        headers: in addition to ``host``, ``accept`` and ``content-type``.
    """
    given = {name.lower(): value for name, value in (headers or {}).items()}
    sent = {"host": "localhost", "accept": "application/json", "content-type": "application/json", **given}
    if hasattr(app, "wsgi_app"):
        return _wsgi(app, method, path, body, sent)
    with ThreadPoolExecutor(1) as thread:  # whether or not a loop runs in this one
        return thread.submit(asyncio.run, _asgi(app, method, path, body, sent)).result()


async def _asgi(app: Any, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> Answer:
    sent: list[MutableMapping[str, Any]] = []
    messages = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> MutableMapping[str, Any]:
        return messages.pop() if messages else {"type": "http.disconnect"}

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
        "client": ("127.0.0.1", 1),
        "server": ("localhost", 80),
        "state": {},
    }
    error = ""
    try:
        await asyncio.wait_for(_run(app, scope, receive, send), SECONDS)
    except Exception as raised:  # noqa: BLE001 - whatever the application raises, after its answer or instead of one
        error = f"{type(raised).__name__}: {raised}"
    status = next((m["status"] for m in sent if m["type"] == "http.response.start"), 0)
    return Answer(status, b"".join(m.get("body", b"") for m in sent if m["type"] == "http.response.body"), error)


async def _run(app: Callable[..., Awaitable[None]], scope: Mapping[str, Any], receive: object, send: object) -> None:
    await app(scope, receive, send)


def _wsgi(app: Any, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> Answer:
    statuses: list[int] = []

    def start(status: str, _headers: object, _raised: object = None) -> Callable[[bytes], None]:
        statuses.append(int(status[:3]))
        return lambda _: None

    environ = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "SCRIPT_NAME": "",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "CONTENT_TYPE": headers["content-type"],
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": False,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        **{f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()},
    }
    try:
        content = b"".join(app(environ, start))
    except Exception as raised:  # noqa: BLE001 - whatever the application raises
        return Answer(0, b"", f"{type(raised).__name__}: {raised}")
    return Answer(statuses[-1] if statuses else 0, content)
