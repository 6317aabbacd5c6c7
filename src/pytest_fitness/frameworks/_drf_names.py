"""What views of Django REST framework answer by their names, and what its names mean."""

from __future__ import annotations

import re
from collections.abc import Mapping

from pytest_fitness.frameworks._reading import HTTP_METHODS

LIST, CREATE, RETRIEVE, DESTROY = (
    (("list", "GET"),),
    (("create", "POST"),),
    (("retrieve", "GET"),),
    (("destroy", "DELETE"),),
)
UPDATE = (("update", "PUT"), ("partial_update", "PATCH"))
BULK_UPDATE = (("bulk_update", "PUT"), ("partial_bulk_update", "PATCH"))
BULK_DESTROY = (("bulk_destroy", "DELETE"),)
"""Of rest_framework_bulk."""

GET, POST, PUT, PATCH, DELETE = ((verb, verb.upper()) for verb in ("get", "post", "put", "patch", "delete"))
INHERITED: Mapping[str, tuple[tuple[str, str], ...]] = {
    "ListModelMixin": LIST,
    "CreateModelMixin": CREATE,
    "RetrieveModelMixin": RETRIEVE,
    "UpdateModelMixin": UPDATE,
    "DestroyModelMixin": DESTROY,
    "ModelViewSet": (*LIST, *CREATE, *RETRIEVE, *UPDATE, *DESTROY),
    "ReadOnlyModelViewSet": (*LIST, *RETRIEVE),
    "CreateAPIView": (POST,),
    "ListAPIView": (GET,),
    "RetrieveAPIView": (GET,),
    "DestroyAPIView": (DELETE,),
    "UpdateAPIView": (PUT, PATCH),
    "ListCreateAPIView": (GET, POST),
    "RetrieveUpdateAPIView": (GET, PUT, PATCH),
    "RetrieveDestroyAPIView": (GET, DELETE),
    "RetrieveUpdateDestroyAPIView": (GET, PUT, PATCH, DELETE),
    "ObtainAuthToken": (POST,),
    "BulkCreateModelMixin": CREATE,
    "BulkUpdateModelMixin": (*UPDATE, *BULK_UPDATE),
    "BulkDestroyModelMixin": BULK_DESTROY,
    "BulkModelViewSet": (*LIST, *CREATE, *RETRIEVE, *UPDATE, *DESTROY, *BULK_UPDATE, *BULK_DESTROY),
    "BulkCreateAPIView": (POST,),
    "BulkUpdateAPIView": (PUT, PATCH),
    "BulkDestroyAPIView": (DELETE,),
    "ListBulkCreateAPIView": (GET, POST),
    "ListCreateBulkUpdateAPIView": (GET, POST, PUT, PATCH),
    "ListBulkCreateUpdateAPIView": (GET, POST, PUT, PATCH),
    "ListCreateBulkUpdateDestroyAPIView": (GET, POST, PUT, PATCH, DELETE),
    "ListBulkCreateUpdateDestroyAPIView": (GET, POST, PUT, PATCH, DELETE),
}
PACKAGES = (
    "rest_framework",
    "rest_framework_bulk",
    "adrf",
    "drf_rw_serializers",
    "rest_framework_json_api",
    "rest_framework_mongoengine",
)
"""REST framework, and what has views of the same names that are derived from its own."""

PLAIN = ("APIView", "GenericAPIView", "ViewSet", "GenericViewSet", "ViewSetMixin")
BULK = {"bulk_create": "POST", "bulk_update": "PUT", "bulk_partial_update": "PATCH", "bulk_destroy": "DELETE"}
"""What routers for many objects at once call by convention; REST framework has no such router itself."""

ACTIONS = {name: verb for pairs in INHERITED.values() for name, verb in pairs if name not in HTTP_METHODS} | BULK
PARTS = {"List": LIST, "Create": CREATE, "Retrieve": RETRIEVE, "Update": UPDATE, "Destroy": DESTROY}
GENERIC = {
    name: {action: verb for part in re.findall("|".join(PARTS), name) for action, verb in PARTS[part]}
    for name in INHERITED
    if name.endswith("APIView")
}
"""The actions that the methods of generic views call, and the verbs that they do it for."""

VIEW_SET_BASES = frozenset("ViewSet GenericViewSet ViewSetMixin ModelViewSet ReadOnlyModelViewSet".split())
CONCRETE = ("queryset", "get_queryset", "model", "get_serializer_class", "get_object")
"""What a view set says that is no mere base class for others."""

KINDS = "Redirect PermanentRedirect NotModified BadRequest NotFound Forbidden NotAllowed Gone ServerError".split()
"""Of Django's responses."""

OTHERS = ("HttpResponseBase", "TemplateResponse", "SimpleTemplateResponse", "render", "redirect")
"""What else of Django makes one, or is one."""

NO_BASES = ("builtins.object", "abc.ABC", "typing.Generic")
WRITES = ("POST", "PUT", "PATCH", "ANY")
