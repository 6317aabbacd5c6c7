"""Calls, attributes and annotations that are known by their names."""

from __future__ import annotations

import ast
import re

from pytest_fitness.model.contents import last_name
from pytest_fitness.model.syntax import Scope
from pytest_fitness.sources.scopes import Scopes

DUMPERS = frozenset({"dict", "model_dump", "to_dict", "as_dict", "asdict", "dump", "serialize"})
"""Calls that make a dict of a schema."""

OF_SCHEMAS = frozenset({"dict", "model_dump", "asdict"})
"""Of these, methods that schemas have, whose fields are those of the schema."""

ENCODERS = frozenset({"jsonable_encoder", "dumps"})
"""Calls that make of a dict what a dict was."""

RESPONDERS = frozenset(
    "TemplateResponse response_class send_static_file send_from_directory make_default_options_response "
    "authorize_redirect create_token_response create_authorization_response create_revocation_response "
    "create_endpoint_response render_template".split()
)
"""Methods of applications, and of what renders templates, that return a response."""

ANYTHING = ("typing.Any", "typing_extensions.Any", "builtins.object", "builtins.tuple", "typing.Tuple")
OF_FLASK = ("ResponseReturnValue", "ResponseValue")
"""Annotations that say nothing of what is returned."""

CLIENTS = ("requests", "httpx", "urllib3")
"""Packages whose responses have a text and JSON in them."""

PARSERS = frozenset({"json.loads", "json.load", "orjson.loads", "ujson.loads", "simplejson.loads", "yaml.safe_load"})
"""What gives anything that was in a text."""

DICTS = frozenset({"builtins.dict", "builtins.vars", "django.forms.model_to_dict", "django.forms.models.model_to_dict"})
"""What makes a dict of anything."""

PARSED = ("json", "get_json")
"""The same of what another service has answered, or what was sent."""

DOCUMENTS = ("find_one", "find_one_and_update", "find_one_and_replace", "find_one_and_delete")
"""Methods of collections of MongoDB that give a document, which is a dict."""

ARGUMENTS = "parse_args"
"""The method of parsers of Flask-RESTful, and of flask-restx, that gives a dict of what was sent."""

LISTS = ("to_list", "tolist")
"""Methods that make a list, of cursors, and of columns and arrays."""

COUNTING = frozenset("len int str bool float round repr any all isinstance hasattr hash ord abs".split())
"""Builtin functions that give one value."""

PARSING = ("loads", "load")

WRAPPERS = ("jsonify", "make_response", "Response")
"""What makes a response of data, or of another response."""


OF_PROJECTS = re.compile(r"repo(?:sitory)?$|(?:^|_)(?:service|manager|gateway|dao|store)$")
"""How objects of a project are called, whose methods may give anything."""


def gives_dict(call: ast.Call) -> bool:
    """Return whether something is called that gives a dict: ``orders.find_one({...})``, but not ``Order.find_one(...)``."""
    if not isinstance(call.func, ast.Attribute) or call.func.attr not in (*DOCUMENTS, ARGUMENTS):
        return False
    named = last_name(call.func.value)  # of a class
    by = call.func.value.func if isinstance(call.func.value, ast.Call) else None
    is_collection = not OF_PROJECTS.search(named.lower()) if by is None else last_name(by) == "get_collection"
    return call.func.attr == ARGUMENTS or named.isupper() or (not named[:1].isupper() and is_collection)


def says_nothing(annotation: ast.expr, scope: Scope, names: Scopes) -> bool:
    """Return whether an annotation allows anything: ``Any``, ``ResponseReturnValue``."""
    meant = names.resolve(annotation, scope)
    if meant is not None and isinstance(meant.node, ast.Name | ast.Attribute) and meant.scope is not None:
        meant = names.resolve(meant.node, meant.scope)  # ReturnView = ResponseReturnValue
    return meant is not None and (meant.name in ANYTHING or meant.last in OF_FLASK)
