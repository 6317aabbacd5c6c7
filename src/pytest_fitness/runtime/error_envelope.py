"""The ``error-envelope`` rule."""

from __future__ import annotations

import json
import re
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, ClassVar

from pytest_fitness.errors import EmptySelectionError, RuleError
from pytest_fitness.model import Codebase, Plant, Violation
from pytest_fitness.runtime.calling import Answer, call
from pytest_fitness.runtime.listing import inner, live_routes, load

SECRET = "fitness-secret-5b1c"  # noqa: S105 - it protects nothing
"""The message of the exception that is raised; an answer that has it tells everybody."""

NOWHERE = "/fitness-no-such-path"
WANTED = (404, 405, 422, 500)
LEAKS = ("Traceback (most recent call last)", SECRET, "runtime/error_envelope.py")
PARTIAL, FULL = 1, 2
"""Values of starlette.routing.Match: another method, all of it."""

KEYS = {"code", "message", "details"}


@dataclass(frozen=True, slots=True)
class ErrorEnvelope:
    """
    Every error of a running application has the same shape: ``{"error": {"code": ..., "message": ..., "details": ...}}``.

    The application is called in this process: a path that does not exist (404), a method that a path does not have (405), a body
    that is no JSON, or a number that is none (422, or 400), and a route, put in for a moment, that raises (500). The router is
    asked first, so none of these reaches a handler of the application; where that cannot be known, a status is not judged, and
    the report says why. An answer to the last that shows the exception or a traceback fails, too.

    Why:
        A client can handle errors in one place only if they look alike; FastAPI alone has two shapes, and Starlette a third.

    Violates::

        # shop/main.py
        app = FastAPI()

    Instead::

        # shop/main.py
        app = FastAPI()
        app.add_exception_handler(StarletteHTTPException, as_envelope)
        app.add_exception_handler(RequestValidationError, as_envelope)
        app.add_exception_handler(Exception, as_envelope)

    Options:
        app: the application (ASGI, or Flask's), a function that makes it, or ``"package.module:name"`` of either.
        shape: a Pydantic model, dataclass or TypedDict that errors have to fit instead.
        statuses: of 404, 405, 422 and 500 those that are provoked.
        headers: sent with every request, such as ``{"Authorization": "Bearer ..."}``.
        because: the reason, shown on failure.

    versionadded: 0.4.0
    """

    name: ClassVar[str] = "error-envelope"

    app: object
    shape: type | None = None
    statuses: tuple[int, ...] = WANTED
    headers: Mapping[str, str] = field(default_factory=dict)
    because: str = ""

    def __post_init__(self) -> None:
        unknown = [status for status in self.statuses if status not in WANTED]
        if unknown or not self.statuses:
            raise RuleError(f"`statuses` takes some of {', '.join(map(str, WANTED))}; got {self.statuses!r}")
        if self.shape is not None and not isinstance(self.shape, type):
            raise RuleError(f"`shape` takes a class; got {self.shape!r}")

    def find(self, codebase: Codebase) -> Iterator[Violation]:
        """Yield one violation per error that has another shape."""
        app = load(self.app)
        if not callable(app):  # a client for tests
            hint = "; it is given the application, `client.app`" if hasattr(app, "app") else ""
            raise RuleError(f"{app!r} is no application that can be called{hint}")
        judged = 0
        with _as_it_was(inner(app)):
            for status in self.statuses:
                answer, request = self._provoke(app, status)
                if answer is None or (status == 422 and answer.status in (401, 403)):
                    why = request if answer is None else f"{request} asks for credentials; give `headers`"
                    codebase.note(f"{status} is not judged: {why}")
                    continue
                judged += 1
                problem = self._problem(status, answer)
                if problem:
                    yield self._violation(codebase, status, problem, request, answer)
        if not judged:
            raise EmptySelectionError("error", str(self.statuses), hint="none of them could be provoked")
        codebase.note_count(f"{judged} error{'s' * (judged != 1)}")

    def plants(self, codebase: Codebase) -> Iterator[Plant]:
        """Yield, for each status, an answer of another shape."""
        for status in self.statuses:
            rule = _AnsweringOtherwise(self.app, self.shape, (status,), self.headers, self.because)
            yield Plant(f"{status} is answered by a detail alone", codebase, names=(str(status),), rule=rule)

    def _violation(self, codebase: Codebase, status: int, problem: str, request: str, answer: Answer) -> Violation:
        raised = (f"the application raised {answer.error}",) if answer.error and status != 500 else ()
        return Violation(
            rule=self.name,
            subject=f"{status}",
            message=f"{status} ({request}) must not answer {problem}",
            location=codebase.rule_location,
            target=str(status),
            details=(f"got {answer.status}: {_short(answer.json)}", *raised),
            fix="answer all exceptions in one handler that makes the envelope",
            because=self.because,
        )

    def _provoke(self, app: Any, status: int) -> tuple[Answer | None, str]:
        """The answer, and what was asked; None where the application gives no opportunity, and why."""
        if status == 404:
            free = [path for path in (NOWHERE, f"{NOWHERE}/at/all") if not any(_matches(inner(app), "GET", path))]
            return self._ask(app, "GET", free[0]) if free else (None, "some route answers every path")
        if status == 405:
            return self._other_method(app)
        if status == 422:
            return self._bad_input(app)
        with raising_route(inner(app)) as path:
            if not path:
                return None, "no route can be put in, and no view without parameters replaced"
            return self._ask(app, "GET", path)

    def _ask(self, app: Any, method: str, path: str, body: bytes = b"") -> tuple[Answer, str]:
        return call(app, method, path, body=body, headers=self.headers), f"{method} {path}"

    def _other_method(self, app: Any) -> tuple[Answer | None, str]:
        for path in dict.fromkeys(_paths(inner(app))):
            for method in ("PATCH", "DELETE", "PUT", "POST"):
                full, partial = _matches(inner(app), method, path)
                if "{" not in path and "<" not in path and partial and not full:
                    return self._ask(app, method, path)
        return None, "no route without parameters leaves a method out"

    def _bad_input(self, app: Any) -> tuple[Answer | None, str]:
        if not hasattr(inner(app), "routes"):
            return None, "only FastAPI validates by itself"
        every = [route for route in live_routes(app) if route.methods[0] not in ("WEBSOCKET", "MOUNT")]
        for route in every:
            alone = _matches(inner(app), route.methods[0], route.path)[0] == 1
            if route.takes_json and "{" not in route.path and alone:
                return self._ask(app, route.methods[0], route.path, b'{"not json')
        for route in every:
            path = re.sub(r"\{[^}]*\}", "fitness-no-number", route.path)
            if route.numbers and "GET" in route.methods and _matches(inner(app), "GET", path)[0] == 1:
                return self._ask(app, "GET", path)
        return None, "no route takes JSON, or a number in its path, without another that could answer"

    def _problem(self, status: int, answer: Answer) -> str:
        allowed = (status, 400) if status == 422 else (status,)
        if answer.status not in allowed:
            return f"with status {answer.status}" if answer.status else f"by raising {answer.error}"
        leak = next((text for text in LEAKS if text.encode() in answer.body), "")
        if leak:
            return "with the exception itself" if leak == SECRET else f"with internals: {leak}"
        return "in another shape" if self.shape is None and not _is_envelope(answer.json) else self._misfit(answer)

    def _misfit(self, answer: Answer) -> str:
        if self.shape is None:
            return ""
        from pydantic import TypeAdapter, ValidationError

        adapter: TypeAdapter[object] = TypeAdapter(self.shape)
        try:
            adapter.validate_json(answer.body)
        except ValidationError as error:
            return f"in another shape than {self.shape.__name__}: {error.errors()[0]['msg'].lower()}"
        return ""


@dataclass(frozen=True, slots=True)
class _AnsweringOtherwise(ErrorEnvelope):
    """The same rule, where the application answers every error as FastAPI alone would."""

    def _provoke(self, app: Any, status: int) -> tuple[Answer | None, str]:  # noqa: ARG002 - nobody is asked
        return Answer(status, b'{"detail": "planted"}'), "planted"


@contextmanager
def _as_it_was(app: Any) -> Generator[None]:
    """Take back what the first request does to an application: after it no middleware can be added."""
    stack = getattr(app, "middleware_stack", None)
    try:
        yield
    finally:
        if hasattr(app, "middleware_stack"):
            app.middleware_stack = stack


@contextmanager
def raising_route(app: Any) -> Generator[str]:
    """Give *app* a route that raises, for as long as this lasts; yield its path, or an empty string where that cannot be done."""

    def raising(*_: object, **__: object) -> None:
        raise RuntimeError(SECRET)

    if hasattr(app, "url_map"):  # Flask
        rules = [rule for rule in app.url_map.iter_rules() if "GET" in rule.methods and not rule.arguments]
        if not rules:
            yield ""
            return
        view = app.view_functions[rules[0].endpoint]
        app.view_functions[rules[0].endpoint] = raising
        config = getattr(app, "config", {})
        propagating = config.get("PROPAGATE_EXCEPTIONS")
        config["PROPAGATE_EXCEPTIONS"] = False  # tests set TESTING, and then nothing is answered at all
        try:
            yield rules[0].rule
        finally:
            app.view_functions[rules[0].endpoint] = view
            config["PROPAGATE_EXCEPTIONS"] = propagating
        return
    if not isinstance(getattr(getattr(app, "router", None), "routes", None), list):
        yield ""
        return
    from starlette.routing import Route as StarletteRoute

    async def endpoint(_request: object) -> None:
        raising()

    route = StarletteRoute(f"{NOWHERE}-raising", endpoint)
    app.router.routes.insert(0, route)
    try:
        yield route.path
    finally:
        app.router.routes.remove(route)


def _matches(app: Any, method: str, path: str) -> tuple[int, int]:
    """How many routes would answer a request, and how many would but for its method: the router itself is asked."""
    if hasattr(app, "url_map"):
        try:
            app.url_map.bind("localhost").match(path, method=method)
        except Exception as error:  # noqa: BLE001 - werkzeug's own, which is not imported here
            return 0, int(getattr(error, "code", 0) == 405)
        return 1, 0
    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "root_path": "",
        "headers": [],
        "query_string": b"",
        "app": app,
    }
    found = [route.matches(dict(scope))[0].value for route in app.routes if hasattr(route, "matches")]
    return found.count(FULL), found.count(PARTIAL)


def _paths(app: Any) -> Iterator[str]:
    if hasattr(app, "url_map"):
        yield from (rule.rule for rule in app.url_map.iter_rules())
    else:
        yield from (route.path for route in live_routes(app) if route.methods[0] not in ("MOUNT", "WEBSOCKET"))


def _is_envelope(body: object) -> bool:
    if not isinstance(body, dict) or set(body) != {"error"} or not isinstance(body["error"], dict):
        return False
    error = body["error"]
    return set(error) >= KEYS and isinstance(error["message"], str) and type(error["code"]) in (str, int)


def _short(body: object) -> str:
    shown = body if isinstance(body, str) else json.dumps(body)
    return shown if len(shown) <= 200 else f"{shown[:197]}..."
