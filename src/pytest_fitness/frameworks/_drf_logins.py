"""Views of libraries by which users of Django REST framework's applications log in, each with serializers of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pytest_fitness.model.syntax import Entity, Part

GET, POST, PUT, PATCH = (("get", "GET"), ("post", "POST"), ("put", "PUT"), ("patch", "PATCH"))
OF_REST_AUTH: Mapping[str, tuple[tuple[str, str], ...]] = {
    **dict.fromkeys(
        (
            "LoginView PasswordChangeView PasswordResetView PasswordResetConfirmView RegisterView VerifyEmailView "
            "SocialLoginView SocialConnectView"
        ).split(),
        (POST,),
    ),
    "UserDetailsView": (GET, PUT, PATCH),
    "LogoutView": (GET, POST),
}
LOGINS: Mapping[str, Mapping[str, tuple[tuple[str, str], ...]]] = {
    "rest_framework_simplejwt": dict.fromkeys(
        (
            "TokenViewBase TokenObtainPairView TokenRefreshView TokenVerifyView TokenBlacklistView TokenObtainSlidingView "
            "TokenRefreshSlidingView"
        ).split(),
        (POST,),
    ),
    "rest_framework": {"ObtainAuthToken": (POST,)},
    "dj_rest_auth": OF_REST_AUTH,
    "rest_auth": OF_REST_AUTH,  # as it was called before
    "djoser": {"ProviderAuthView": (POST,), "TokenCreateView": (POST,), "TokenDestroyView": (POST,)},
}
"""Views of libraries by which users log in, each with serializers of its own."""

DETAILS = (
    "LogoutView",
    "TokenDestroyView",
    "PasswordChangeView",
    "PasswordResetView",
    "PasswordResetConfirmView",
    "VerifyEmailView",
)
"""Of these, what answers with no more than a message; the first two take nothing."""


def of_login(base: Entity) -> tuple[tuple[str, str], ...]:
    """Return the methods that a view of a library for logging in answers, each with its verb."""
    return LOGINS.get(base.name.partition(".")[0], {}).get(base.last, ())


def serializes(base: Entity) -> bool:
    """Return whether a view of a library has serializers of its own."""
    return bool(of_login(base)) or (base.name.partition(".")[0] == "djoser" and base.last == "UserViewSet")


def told_by(bases: Sequence[Entity], result: Part) -> tuple[Part | None, Part]:
    """Return what such a view takes and gives, by the library: a schema, or no more than a message."""
    told = [name for name in DETAILS if any(base.last == name and of_login(base) for base in bases)]
    said = result._replace(kind="schema", detail="what the library of the view says")
    takes = said._replace(name="request.data") if told not in (["LogoutView"], ["TokenDestroyView"]) else None
    return takes, result._replace(kind="response", detail="a message") if told else said
