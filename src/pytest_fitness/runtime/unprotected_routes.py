"""The ``unprotected-routes`` rule."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import ClassVar

from pytest_fitness.errors import EmptySelectionError, RuleError
from pytest_fitness.model import Codebase, Plant, Violation
from pytest_fitness.runtime.listing import LIFESPAN, Route, live_routes

Dependency = Callable[..., object] | type


@dataclass(frozen=True, slots=True)
class UnprotectedRoutes:
    """
    Every route of a running FastAPI application depends on the function that checks who is asking, but for a list of public ones.

    The dependency tree is FastAPI's own: dependencies of dependencies count, and so do those of routers and of the application. A
    security scheme with ``auto_error=False`` does not count by its class. What a middleware checks is not seen, and neither is what is
    inside of a mounted application that lists no routes, which is one open route.

    Why:
        A route that was forgotten works for everybody, and no test notices, because all tests log in first.

    Violates::

        # shop/api/orders.py
        @router.delete("/orders/{number}")
        def delete_order(number: int) -> None: ...

    Instead::

        # shop/api/orders.py
        @router.delete("/orders/{number}")
        def delete_order(number: int, user: Annotated[User, Depends(current_user)]) -> None: ...

    Options:
        app: the application, a function that makes it, or ``"package.module:name"`` of either.
        by: the function, or class of a security scheme, that a route has to depend on; of several, one.
        public: routes that need none, each with the reason: ``"/health"``, ``"POST /login"``, ``"/docs/*"``. One that is no route, or
            that is protected all the same, fails.
        because: the reason, shown on failure.

    versionadded: 0.4.0
    """

    name: ClassVar[str] = "unprotected-routes"

    app: object
    by: Dependency | tuple[Dependency, ...]
    public: Mapping[str, str] = field(default_factory=dict)
    because: str = ""

    def __post_init__(self) -> None:
        wanted = self.by if isinstance(self.by, tuple) else (self.by,)
        if not wanted or not all(callable(each) for each in wanted):
            raise RuleError(f"`by` takes the function that a route has to depend on; got {self.by!r}")
        object.__setattr__(self, "by", wanted)
        if not isinstance(self.public, Mapping):
            raise RuleError(f"`public` takes routes with a reason each, {{'/health': 'reason'}}; got {self.public!r}")
        for route, reason in self.public.items():
            if not isinstance(reason, str) or not reason.strip():
                raise RuleError(f"`public`: {route!r} needs a reason")

    def find(self, codebase: Codebase) -> Iterator[Violation]:
        """Yield one violation per route that nobody watches, and one per public route that somebody does."""
        found = live_routes(self.app)
        if not found:
            raise EmptySelectionError("route", str(self.app), hint=f"the application has none of its own; {LIFESPAN}")
        yield from self.judge(codebase, found)

    def plants(self, codebase: Codebase) -> Iterator[Plant]:
        """Yield a route that depends on nothing."""
        route = Route("/fitness-planted", ("GET",), fitness_planted, None)
        name = f"{route.module}.{route.name}"
        yield Plant("an open route GET /fitness-planted", codebase, names=(name,), rule=_WithRoute(self, route))

    def judge(self, codebase: Codebase, found: Sequence[Route]) -> Iterator[Violation]:
        """Yield what is wrong with some routes."""
        protected = [route for route in found if self._is_protected(route)]
        if not protected:
            names = ", ".join(getattr(each, "__name__", str(each)) for each in _several(self.by))
            raise EmptySelectionError(
                "route", names, hint="no route depends on it; is it the function that routes use?"
            )
        codebase.note_count(f"{len(found)} route{'s' * (len(found) != 1)}")
        for pattern, reason in self.public.items():
            meant = [route for route in found if _is_meant(route, pattern)]
            if not meant:
                raise EmptySelectionError("route", pattern, [r.path for r in found], "it is in `public`")
            codebase.note(f"{len(meant)} public by {pattern!r}: {reason}")
            for route in meant:
                if route in protected:
                    yield self._violation(codebase, route, "is in `public`, but must not be: it is protected")
        for route in found:
            if route not in protected and not any(_is_meant(route, pattern) for pattern in self.public):
                yield self._violation(codebase, route, "must not be open to everybody")

    def _is_protected(self, route: Route) -> bool:
        wanted = _several(self.by)
        classes = tuple(each for each in wanted if isinstance(each, type))
        return any(
            any(each is one or each == one for one in wanted)
            # a scheme that lets everybody through protects nothing
            or (isinstance(each, classes) and getattr(each, "auto_error", True))
            for each in route.dependencies
        )

    def _violation(self, codebase: Codebase, route: Route, complaint: str) -> Violation:
        names = " or ".join(getattr(each, "__name__", str(each)) for each in _several(self.by))
        return Violation(
            rule=self.name,
            subject=f"{route.module}.{route.name}",
            message=f"{route.title} {route.name} {complaint}",
            location=codebase.relative(route.location),
            target=route.title,
            fix=f"let it depend on {names}, or list it in `public` with the reason",
            because=self.because,
            kind="open" if complaint.startswith("must not be open") else "protected",
        )


def fitness_planted() -> None:
    """Answer a route that is planted."""


@dataclass(frozen=True, slots=True)
class _WithRoute:
    """The same rule, where the application has one more route."""

    name: ClassVar[str] = "unprotected-routes"

    rule: UnprotectedRoutes
    route: Route

    def find(self, codebase: Codebase) -> Iterator[Violation]:
        yield from self.rule.judge(codebase, [*live_routes(self.rule.app), self.route])


def _several(by: object) -> tuple[Dependency, ...]:
    return by if isinstance(by, tuple) else ()


def _is_meant(route: Route, pattern: str) -> bool:
    titles = [route.path, route.title, *(f"{method} {route.path}" for method in route.methods)]
    return pattern in titles or any(fnmatchcase(title, pattern) for title in titles)
