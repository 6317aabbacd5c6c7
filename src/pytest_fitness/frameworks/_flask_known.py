"""What Flask, Quart and their extensions call what they have."""

from __future__ import annotations

from pytest_fitness.frameworks import _flask_classful, _flask_jsonapi, _flask_rules
from pytest_fitness.frameworks._flask_annotated import PACKAGES

ROUTERS = ("Flask", "Quart", "Blueprint", "APIBlueprint", "APIFlask", "Namespace", "Api", "OpenAPI")
VIEWS = ("View", "MethodView", "Resource", "MethodResource", "APIView")
RESPONSES = "jsonify make_response redirect render_template render_template_string send_file send_from_directory Response abort stream_template stream_with_context".split()


ERRORS = (
    "BadRequest Unauthorized Forbidden NotFound MethodNotAllowed Conflict Gone UnprocessableEntity TooManyRequests "
    "InternalServerError NotImplemented ServiceUnavailable HTTPException"
).split()
"""Exceptions of Werkzeug, which a view may return as well."""


STATUSES = ("", "_400", "_401", "_403", "_404", "_422", "_500")
"""Methods of views of Flask-AppBuilder that make a response are called so, behind ``response``."""


def knowledge() -> dict[tuple[str, str], str]:
    """Return kinds by top-level package and last name."""
    table = {(package, name): "router:flask" for package in PACKAGES for name in ROUTERS}
    table |= {(package, name): "view:flask" for package in PACKAGES for name in VIEWS}
    table |= {(package, name): "response" for package in ("flask", "quart") for name in RESPONSES}
    table |= {("werkzeug", name): "response" for name in ("Response", "redirect", *ERRORS)}
    table |= {(package, "expose"): "verb:flask" for package in ("flask_appbuilder", "flask_admin")}
    table |= {(package, "FlaskView"): "view:classful" for package in _flask_classful.PACKAGES}
    table |= {(package, "response_class"): "response" for package in ("flask", "quart")}
    table |= {(package, "abort"): "response" for package in ("flask_restx", "flask_restful")}
    table |= {("apiflask", "FileSchema"): "file", ("apiflask", "EmptySchema"): "none"}
    table |= {("flask_appbuilder", f"response{status}"): "response" for status in STATUSES}
    table |= {("azure", name): "router:elsewhere" for name in ("Blueprint", "FunctionApp")}
    table |= {(package, "marshal"): "fields" for package in ("flask_restx", "flask_restplus", "flask_restful")}
    return (
        table
        | _flask_jsonapi.KNOWN
        | _flask_rules.KNOWN
        | {("werkzeug", "FileStorage"): "file", ("flask_json", "as_json"): "renders"}
    )
