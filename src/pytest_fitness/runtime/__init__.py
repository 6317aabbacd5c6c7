"""For what the source cannot know: a running application, where a test hands it over.

Nothing here is used unless a test does so, and nothing is imported before that. The rules are judged like all others:
``codebase.violations(UnprotectedRoutes(app, by=current_user))``.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from pytest_fitness.errors import hide

if TYPE_CHECKING:
    from pytest_fitness.runtime.counting import Statements, statements
    from pytest_fitness.runtime.error_envelope import ErrorEnvelope
    from pytest_fitness.runtime.listing import routes
    from pytest_fitness.runtime.openapi_compatibility import OpenApiCompatibility
    from pytest_fitness.runtime.unprotected_routes import UnprotectedRoutes

MODULES = {
    "ErrorEnvelope": "error_envelope",
    "OpenApiCompatibility": "openapi_compatibility",
    "Statements": "counting",
    "UnprotectedRoutes": "unprotected_routes",
    "routes": "listing",
    "statements": "counting",
}
"""Where each name is defined."""

RULES = ("ErrorEnvelope", "OpenApiCompatibility", "UnprotectedRoutes")

__all__ = ["ErrorEnvelope", "OpenApiCompatibility", "Statements", "UnprotectedRoutes", "routes", "statements"]


def __getattr__(name: str) -> object:
    if name in MODULES:
        module = import_module(f"{__name__}.{MODULES[name]}")
        hide(module)
        found: object = getattr(module, name)
        return found
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
