"""What names mean in code that uses FastAPI."""

from __future__ import annotations

import re

VERBS = frozenset({"get", "post", "put", "delete", "patch", "head", "options", "trace"})
ROUTE_DECORATORS = VERBS | {"api_route", "websocket", "websocket_route", "route"}
ADDERS = {
    "add_api_route": "api_route",
    "add_api_websocket_route": "websocket",
    "add_websocket_route": "websocket",
    "add_route": "route",
}
_VERBS = "|".join(sorted(ROUTE_DECORATORS))
ROUTER_DECORATOR = rf"@[\w.\[\]'\"]+(?:\.(?:{_VERBS})\b|\([\w.]+\.(?:{_VERBS})\b)"
"""``@router.get``, and a decorator that is given it: ``@documented(router.get)``."""

CONTROLLERS = ("Controller", "api_controller")
"""Decorators of classes that say the prefix of the paths in them."""

CLASSY = ("classy_fastapi", "nest")
"""Packages whose decorators of routes are functions, for methods of classes."""

MARKERS = {"Query": "query", "Path": "path", "Header": "header", "Cookie": "cookie", "Body": "body", "Form": "body"}
SPECIAL = "Request WebSocket HTTPConnection BackgroundTasks SecurityScopes".split()
RESPONSES = (
    "Response JSONResponse HTMLResponse PlainTextResponse RedirectResponse StreamingResponse FileResponse ORJSONResponse "
    "UJSONResponse EventSourceResponse TemplateResponse _TemplateResponse"
).split()
CONTAINERS = frozenset("list List set Set frozenset FrozenSet tuple Tuple Sequence deque".split())
NOT_JSON = frozenset(
    "Response HTMLResponse PlainTextResponse RedirectResponse StreamingResponse FileResponse EventSourceResponse".split()
)


ELSEWHERE = frozenset("flask quart aiohttp sanic bottle litestar ninja ninja_extra rest_framework django".split())
"""Frameworks whose routers look alike: in a module that imports one of them, and not FastAPI, nothing is taken on trust."""

ROUTER = re.compile(r"route|app\b|api\b|^r$")
"""What a router is called; only where its path is no constant, and the module has nothing to do with FastAPI, does it matter."""

OTHER_ROUTERS = (
    ("bottle", "Bottle"),
    ("sanic", "Sanic"),
    ("sanic", "Blueprint"),
    ("slack_bolt", "App"),
    ("slack_bolt", "AsyncApp"),
)


def knowledge() -> dict[tuple[str, str], str]:
    """Return kinds by top-level package and name."""
    table = {("fastapi", name): "router:fastapi" for name in ("FastAPI", "APIRouter", "FastAPI().router")}
    table |= {("fastapi", name): f"marker:{role}" for name, role in MARKERS.items()}
    table |= {("fastapi", "File"): "marker:file"}
    table |= {("fastapi", name): "marker:dependency" for name in ("Depends", "Security")}
    table |= {("classy_fastapi", name): "verb:fastapi" for name in ROUTE_DECORATORS}
    table |= {("nest", verb.capitalize()): "verb:fastapi" for verb in VERBS}
    table |= {("fastapi", "UploadFile"): "file", ("starlette", "UploadFile"): "file"}
    table |= {("fastapi", "APIRoute"): "route", ("fastapi", "APIWebSocketRoute"): "websocket-route"}
    table |= dict.fromkeys(OTHER_ROUTERS, "router:elsewhere")
    table |= {("fastapi_filter", "FilterDepends"): "marker:dependency", ("dishka", "FromDishka"): "dependency"}
    table |= {("dependency_injector", "Provide"): "marker:dependency"}
    for package in ("fastapi", "starlette", "sse_starlette"):
        table |= {(package, name): "response" for name in RESPONSES}
        table |= {(package, name): "special" for name in SPECIAL}
    return table
