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
SILENT = (
    "activation resend_activation set_password reset_password reset_password_confirm set_username reset_username "
    "reset_username_confirm"
).split()
"""Extra actions of djoser's users that answer nothing."""

USERS = (
    ("list", "GET"),
    ("create", "POST"),
    ("retrieve", "GET"),
    ("update", "PUT"),
    ("partial_update", "PATCH"),
    ("destroy", "DELETE"),
    *(("me", verb) for verb in ("GET", "PUT", "PATCH", "DELETE")),
    *((action, "POST") for action in SILENT),
)
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
    "djoser": {
        "ProviderAuthView": (POST,),
        "TokenCreateView": (POST,),
        "TokenDestroyView": (POST,),
        "UserViewSet": USERS,
    },
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


def extras_of(base: Entity) -> Sequence[str]:
    """Return the actions of a view set of such a library that say their verbs themselves."""
    return ("me", *SILENT) if base.last == "UserViewSet" and of_login(base) else ()


def told_by(bases: Sequence[Entity], result: Part, action: str) -> tuple[Part | None, Part]:
    """Return what such a view takes and gives, by the library: a schema, no more than a message, or nothing."""
    told = [name for name in DETAILS if any(base.last == name and of_login(base) for base in bases)]
    said = result._replace(kind="schema", detail="what the library of the view says")
    if action in SILENT and any(map(extras_of, bases)):
        return said._replace(name="request.data"), result._replace(kind="none", detail="204")
    takes = said._replace(name="request.data") if told not in (["LogoutView"], ["TokenDestroyView"]) else None
    return takes, result._replace(kind="response", detail="a message") if told else said
