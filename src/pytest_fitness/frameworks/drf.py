"""Django REST framework: API views, view sets, and functions with ``@api_view``.

What crosses is in serializers: those that a method makes, the class's ``serializer_class``, or what drf-spectacular or drf-yasg
is told. Actions that a view set inherits from REST framework itself are handlers without a function of their own.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence

from pytest_fitness.frameworks._behind import derived_from
from pytest_fitness.frameworks._constants import constant
from pytest_fitness.frameworks._derived import is_made
from pytest_fitness.frameworks._drf_body import Occasion
from pytest_fitness.frameworks._drf_choosing import any_serializers_of, serializers_of
from pytest_fitness.frameworks._drf_documented import documented, made_or_said, on_the_class
from pytest_fitness.frameworks._drf_logins import LOGINS, extras_of, of_login, told_by
from pytest_fitness.frameworks._drf_names import (
    ACTIONS,
    CONCRETE,
    GENERIC,
    INHERITED,
    KINDS,
    NO_BASES,
    OTHERS,
    PACKAGES,
    PLAIN,
    VIEW_SET_BASES,
    WRITES,
)
from pytest_fitness.frameworks._drf_parts import part_of
from pytest_fitness.frameworks._drf_routed import AS_SAID, AS_VIEW, EXTRA, is_replaced, routed, table_of, views_of
from pytest_fitness.frameworks._drf_routers import BY_CONVENTION, verbs_of_actions
from pytest_fitness.frameworks._drf_serializers import Serializers
from pytest_fitness.frameworks._module_reader import DECORATES, ModuleReader
from pytest_fitness.frameworks._reading import (
    HTTP_METHODS,
    METHOD_HINTS,
    TESTS,
    called,
    is_taken_away,
    kinds_of_class,
    listed,
    methods_called,
    methods_of,
    option,
    original_name,
    qualname,
    response_result,
    text,
)
from pytest_fitness.model.contents import FUNCTIONS, Contents, Found, last_name
from pytest_fitness.model.syntax import Binding, Endpoint, Entity, Function, Part, Scope


class RestFramework:
    """The adapter."""

    name = "Django REST framework"
    hints: tuple[str, ...] = (
        AS_VIEW,
        "rest_framework",
        *METHOD_HINTS,
        DECORATES,
        "View",
        "APIView",
        "api_view",
        "serializer_class",
    )
    registrations: tuple[str, ...] = (AS_VIEW, DECORATES)
    knowledge: Mapping[tuple[str, str], str] = {
        **{(package, name): "view:drf" for package in PACKAGES for name in (*INHERITED, *PLAIN)},
        **{(package, name): "view:drf" for package, views in LOGINS.items() for name in views},
        ("rest_framework", "Response"): "response",
        ("rest_framework", "Request"): "special",
        ("django", "HttpRequest"): "special",
        **{("django", name): "response" for name in OTHERS},
        **{("django", f"{kind}Response"): "response" for kind in ("Http", "Json", "File", "StreamingHttp")},
        **{("django", f"HttpResponse{kind}"): "response" for kind in KINDS},
    }

    def discover(self, contents: Contents) -> Iterator[Endpoint]:
        """Yield the handlers of one module."""
        yield from _Views(contents).each()


class _Views(ModuleReader):
    framework = RestFramework.name

    def __init__(self, contents: Contents) -> None:
        super().__init__(contents)
        self._said: dict[int, tuple[tuple[str, int], ...]] = {}
        self._derived: dict[int, list[Entity]] = {}

    def each(self) -> Iterator[Endpoint]:
        for decorator, scope, found, target in self.decorated(self._is_api_view):
            verbs = self._listed(option(decorator, "http_method_names", position=0), scope) or ["GET"]
            if found is None:
                yield self.missing(target, decorator, scope, verbs, "")
            elif found.owner is None:
                yield self._method(found, verbs)
        for entity in (each for each in self.contents.classes if not is_replaced(each, self.contents)):
            if "view:drf" in kinds_of_class(self.names, entity) or self._may_be_view(entity):
                yield from self._class(entity)
        for call, where in self.contents.calls if self.contents.mentions(AS_VIEW) else ():
            actions = table_of(call, where, self.contents)
            if actions is not None:
                yield from self._routed(call, actions, where)

    def _listed(self, methods: ast.expr | None, scope: Scope) -> list[str]:
        return listed(constant(methods, scope, self.names))

    def _is_api_view(self, decorator: ast.expr, scope: Scope) -> bool:
        return self._is_called(decorator, scope, ("api_view",))

    def _is_called(self, decorator: ast.expr, scope: Scope, wanted: tuple[str, ...]) -> bool:
        return original_name(called(decorator), scope, self.names, wanted) in wanted

    def _routed(self, call: ast.Call, actions: ast.Dict, where: Scope) -> Iterator[Endpoint]:
        """``OrderViewSet.as_view({"post": "cancel"})``: actions that have a name of their own."""
        assert isinstance(call.func, ast.Attribute)
        for entity in views_of(call.func.value, where, self.contents):
            if "view:drf" not in kinds_of_class(self.names, entity):
                continue
            for verb, action in zip(actions.keys, actions.values, strict=True):
                if verb is not None and text(action) not in ACTIONS:
                    for _, found in methods_of(entity, self.names, [text(action)]):
                        if not self._verbs(found.function.name, found, is_set=True):
                            made = self._method(found, [text(verb).upper()], call, entity)
                            if entity.last != last_name(call.func.value):  # of cls
                                home = entity.scope or self.module
                                shown = qualname(f"{entity.last}.{found.function.name}", home)
                                made = made._replace(qualname=shown, registered_in=home.module)
                            yield made

    def _class(self, entity: Entity) -> Iterator[Endpoint]:
        bases = self.names.bases(entity)
        if not self._is_view(entity) and all(self.names.known(b.name) or b.is_own for b in bases):
            return  # a mixin: what it answers, it answers for the views that it is mixed into
        is_set = any(_is_set(base) for base in bases) or self._has_actions(entity)
        pairs = (pair for base in bases if not is_set for pair in GENERIC.get(base.last, {}).items())
        # a method of its own calls what it likes
        generic = {action: verb for action, verb in pairs if not self._writes(bases, [verb.lower()])}
        known: set[str] = set()
        said, is_all = routed(entity, self.contents) if is_set else ({}, False)
        only = said if is_all else None
        by_router = verbs_of_actions(entity, self.contents) if is_set and only is None else None
        for each in self._own(entity):
            symbols = self._symbols(each)
            own = [name for name in symbols if name not in known]
            # a mixin's is not called where the view has its own for sure
            known.update(name for name in own if any(b.node is not None and not b.in_branch for b in symbols[name]))
            for name in own:
                yield from self._unfollowed(name, each, entity, is_set=is_set)
                verb = generic.get(name)
                for found in methods_called(name, each, self.names):
                    verbs = [verb] if verb else self._verbs(name, found, by_router, is_set=is_set)
                    if only is not None and verbs and name not in HTTP_METHODS and AS_SAID not in only.get(name, ()):
                        verbs = list(only.get(name, ()))
                    elif only is None and verbs:
                        verbs = [*verbs, *(verb for verb in said.get(name, ()) if verb not in verbs)]
                    verbs = self._allowed(entity, bases, name, verbs)
                    if not verbs:
                        continue
                    # what a mixin answers may be made by another serializer in each view
                    node = entity.node if each is not entity else None
                    handler = self._method(found, verbs, node, view=entity)
                    if verb:  # it is REST framework's method that answers, and calls this one
                        shown = qualname(f"{entity.last}.{verb.lower()}", entity.scope or self.module)
                        handler = handler._replace(qualname=shown)
                    is_left = {"unknown": "", "response": name}.get(handler.output.kind)
                    if is_left is None or not self._is_answered_for(entity, is_left):
                        yield handler
        yield from self._inherited(entity, generic, only, by_router, is_set=is_set)
        yield from self._unread(entity, bases)
        if not is_set:
            yield from self._installed(entity, bases)

    def _may_be_view(self, entity: Entity) -> bool:
        """Whether a class that has a base which cannot be read has extra actions, or a base that is a view set by its name."""
        bases = self.names.bases(entity)
        unread = [base for base in bases if base.kind in ("external", "unknown") and not self.names.known(base.name)]
        if all(base.name in NO_BASES for base in unread) or "rest_framework" not in self.contents.imported:
            return False
        return any(base.last.endswith(("ViewSet", "APIView")) for base in unread) or self._has_actions(entity)

    def _has_actions(self, entity: Entity) -> bool:
        body = entity.node.body if isinstance(entity.node, ast.ClassDef) else []
        decorators = (d for each in body if isinstance(each, ast.FunctionDef) for d in each.decorator_list)
        named = (self.names.resolve(called(each), self.names.class_scope(entity)) for each in decorators)
        # Django's administration has actions, too
        return any(e is not None and e.last in EXTRA and e.name.startswith("rest_framework.") for e in named)

    def _symbols(self, entity: Entity) -> Mapping[str, Sequence[Binding]]:
        return self.names.class_scope(entity).symbols if isinstance(entity.node, ast.ClassDef) else {}

    def _installed(self, entity: Entity, bases: Sequence[Entity]) -> Iterator[Endpoint]:
        """What a view answers by methods of an installed package, which is read: ``class Login(knox.views.LoginView): ...``."""
        found: dict[str, Found] = {}
        for base in bases:
            for function, *_ in self._actions_of_others(base, is_set=False):
                if function.name in HTTP_METHODS[:5] and not self._writes(bases, [function.name]):
                    found.setdefault(function.name, Found(function, self.names.class_scope(base), base))
        for name, each in found.items():
            verbs = self._allowed(entity, bases, name, [name.upper()])
            if verbs:
                shown = qualname(f"{entity.last}.{name}", entity.scope or self.module)
                made = self._method(each, verbs, entity.node, entity)
                yield made._replace(qualname=shown, function=None, scope=entity.scope or self.module)

    def _unread(self, entity: Entity, bases: Sequence[Entity]) -> Iterator[Endpoint]:
        """What a view answers by a base that is called like one of REST framework's, of a package that is not installed: anything."""
        outside = (each for each in bases if each.node is None and not self.names.known(each.name))
        unread = next((each.last for each in outside if each.last.endswith(("ViewSet", "APIView"))), "")
        is_base = self._is_abstract(entity) or self._is_only_base(entity) or bool(self._derived_from(entity))
        if unread and not is_base and isinstance(entity.node, ast.ClassDef) and entity.scope is not None:
            made = self.missing(ast.Name(unread, ast.Load()), ast.Name(unread), entity.scope, ["ANY"], "")
            yield made._replace(qualname=qualname(entity.last, entity.scope), node=entity.node)

    def _unfollowed(self, name: str, owner: Entity, view: Entity, *, is_set: bool) -> Iterator[Endpoint]:
        """``get = mixins.ListModelMixin.list``: an action that is made of something installed, and that no base has."""
        node = self.names.class_scope(owner).symbols[name][-1].node
        verb = ACTIONS.get(name, "") if is_set else name.upper() if name in HTTP_METHODS else ""
        if not verb or not isinstance(node, ast.Name | ast.Attribute | ast.Call):
            return
        inherited = {action for base in self.names.bases(view) for action, _ in INHERITED.get(base.last, ())}
        if name not in inherited and next(methods_called(name, owner, self.names), None) is None:
            yield self.missing(node, node, self.names.class_scope(owner), [verb], "")

    def _own(self, entity: Entity) -> list[Entity]:
        """A view, and the mixins of the codebase that it is made of; other views answer for themselves.

        A view that does not say what it serializes is a mixin, too, and what another serializes that it is derived from
        says nothing of this one.
        """
        bases = (b for b in self.names.bases(entity)[1:] if b.is_own)
        said = self._serialized(entity)
        return [entity, *(b for b in bases if not self._is_view(b) or self._serialized(b) != said or not said)]

    def _serialized(self, view: Entity) -> tuple[tuple[str, int], ...]:
        if id(view.node) not in self._said:
            said = serializers_of(view, self.names) if not self._is_left_open(view) else []
            self._said[id(view.node)] = tuple((ast.dump(choice), id(scope)) for choice, scope in said)
        return self._said[id(view.node)]

    def _is_answered_for(self, entity: Entity, name: str = "") -> bool:
        """Whether a view that nobody routes does not say what it serializes, and others are derived from it, with a method."""
        if self._serialized(entity):
            return False
        return any(not name or name not in self._symbols(each) for each in self._derived_from(entity))

    def _derived_from(self, entity: Entity) -> list[Entity]:
        """The classes that answer for a view that nobody routes, as they are derived from it."""
        if id(entity.node) not in self._derived:  # which is looked for in all modules
            derived = derived_from(entity, self.contents) if not is_made(entity, self.contents, TESTS) else ()
            self._derived[id(entity.node)] = list(derived)
        return self._derived[id(entity.node)]

    def _is_only_base(self, entity: Entity) -> bool:
        """Whether others answer for a view, which are routed, and serialize the same: what registers it may be a decorator."""
        is_plain = isinstance(entity.node, ast.ClassDef) and not entity.node.decorator_list
        derived = self._derived_from(entity) if is_plain else []
        same = (each for each in derived if self._serialized(each) == self._serialized(entity))
        return any(is_made(each, self.contents, TESTS) for each in same)

    def _is_abstract(self, entity: Entity) -> bool:
        """Whether a view is a base class for others: nothing is known that it would be about."""
        said = (self.names.member(entity, name) for name in CONCRETE)
        has_none = all(found is None or found.kind == "external" for found in said) or self._is_left_open(entity)
        is_login = any(map(of_login, self.names.bases(entity)))
        return has_none and not is_login and not self._serialized(entity)

    def _is_left_open(self, entity: Entity) -> bool:
        """Whether a base that nobody routes has no serializer, and a ``get_serializer_class`` that leaves the choice to others."""
        chooses, said = (self.names.member(entity, name) for name in ("get_serializer_class", "serializer_class"))
        has_none = (
            said is None or said.kind == "external" or (isinstance(said.node, ast.Constant) and not said.node.value)
        )
        if chooses is None or not has_none or not _asks_base(chooses):
            return False
        named = (choice for choice, _ in serializers_of(entity, self.names))
        chosen = [each for each in named if not (isinstance(each, ast.Call) and last_name(each.func) == "getattr")]
        is_base = next(derived_from(entity, self.contents), None) is not None
        return not chosen and is_base and not is_made(entity, self.contents, TESTS)

    def _is_view(self, entity: Entity) -> bool:
        """Whether a class is more than a mixin of actions."""
        bases = self.names.bases(entity)
        return any(self.names.known(b.name) == "view:drf" and not b.last.endswith("ModelMixin") for b in bases)

    def _allowed(self, entity: Entity, bases: Sequence[Entity], name: str, verbs: list[str]) -> list[str]:
        """The methods that ``http_method_names`` leaves; what is called for PUT is called for PATCH as well."""
        only = self._only(entity)
        if only and verbs == ["PUT"] and name == "update" and not self._writes(bases, ["partial_update"]):
            is_inherited = any(("partial_update", "PATCH") in INHERITED.get(base.last, ()) for base in bases)
            verbs = ["PUT"] if "PUT" in only or is_inherited else ["PUT", "PATCH"]
        return [verb for verb in verbs if not only or verb in only or verb == "ANY"]

    def _only(self, entity: Entity) -> list[str]:
        allowed = self.names.member(entity, "http_method_names")
        if allowed is None or (allowed.scope is not None and isinstance(allowed.scope.node, FUNCTIONS)):
            return []  # an object sets it, on some condition
        found = listed(allowed.node) if isinstance(allowed.node, ast.List | ast.Tuple) else []
        return [] if "ANY" in found else found  # what cannot be read may be any

    def _writes(self, bases: Sequence[Entity], methods: Sequence[str]) -> bool:
        """Whether one of *methods* is written in the codebase, or taken away there."""
        own = (b for b in bases if b.is_own and isinstance(b.node, ast.ClassDef))
        named = ((m, b) for b in own for m in methods if m in self.names.class_scope(b).symbols)
        return any(next(methods_called(*each, self.names), None) or is_taken_away(*each, self.names) for each in named)

    def _method(
        self,
        found: Found,
        verbs: Sequence[str],
        node: ast.AST | None = None,
        view: Entity | None = None,
        action: str = "",
    ) -> Endpoint:
        view = view or found.owner
        bases = self.names.bases(view) if view is not None else []
        generic = {verb.lower(): name for base in bases for name, verb in GENERIC.get(base.last, {}).items()}
        occasion = self._occasion(action or found.function.name, verbs)
        crossing = Serializers(found, self.names, view, occasion, generic).crossing()
        is_body = set(verbs) & set(WRITES) or ("DELETE" in verbs and crossing.reads_body)
        inputs = [part for part in (crossing.takes if is_body else None, crossing.asks) if part is not None]
        output = crossing.gives or response_result(found)
        return self.endpoint(found, node or found.function, verbs, inputs=inputs, output=output)

    def _occasion(self, action: str, verbs: Sequence[str]) -> Occasion:
        return Occasion("" if action in HTTP_METHODS else action, () if "ANY" in verbs else tuple(verbs))

    def _inherited(
        self,
        entity: Entity,
        generic: Mapping[str, str],
        only: Mapping[str, Sequence[str]] | None,
        by_router: Mapping[str, Sequence[str]] | None,
        *,
        is_set: bool,
    ) -> Iterator[Endpoint]:
        """Actions whose code is REST framework's, of a class that says what it serializes."""
        node, scope = entity.node, entity.scope
        assert isinstance(node, ast.ClassDef)
        assert scope is not None
        bases = self.names.bases(entity)
        pairs = self._answered(bases, only, by_router, is_set=is_set)
        allowed = self._only(entity)
        is_left = {verb for _, verb in pairs} - {"DELETE"} and self._is_answered_for(entity)
        if is_left or self._is_abstract(entity) or self._is_only_base(entity):
            return
        own = self._own(entity)
        for action, verb in pairs:
            called_for = [name for name, other in generic.items() if other == verb]
            is_own = self._writes(bases, [action]) or self._writes(own, called_for)
            if is_own or (allowed and verb not in allowed):
                continue
            if self._writes(bases, called_for):  # of another view, which answers for this one unless that says more
                yield from self._called_by_base(entity, called_for, action, verb)
                continue
            updated = self._updates(entity, bases) if action in ("partial_update", "patch") else None
            if updated is not None:
                shown = qualname(f"{node.name}.{action}", scope)
                made = self._method(updated, [verb], node, entity, action)
                is_shown = not allowed or "PUT" in allowed  # that what it calls is a handler of its own
                yield (
                    made._replace(qualname=shown, function=None, scope=scope)
                    if is_shown
                    else made._replace(qualname=shown)
                )
            else:
                yield self._taken_over(entity, action, verb)

    def _answered(
        self,
        bases: Sequence[Entity],
        only: Mapping[str, Sequence[str]] | None,
        by_router: Mapping[str, Sequence[str]] | None,
        *,
        is_set: bool,
    ) -> Sequence[tuple[str, str]]:
        """The actions that code from elsewhere answers, or methods of views, each with its verbs."""
        may_be_set = is_set or not all(self.names.known(b.name) or b.scope is not None for b in bases)
        views = [
            b for b in bases if self.names.known(b.name) == "view:drf" and (may_be_set or not b.last.endswith("Mixin"))
        ]
        pairs = dict.fromkeys(p for b in views for p in (*INHERITED.get(b.last, ()), *of_login(b)))
        routes = only if only is not None else by_router
        others = [each for b in bases if may_be_set for each in self._actions_of_others(b, routes, is_set=True)]
        named = {
            *(function.name for function, _, is_extra in others if is_extra),
            *(a for b in views for a in extras_of(b)),
        }
        extra = named if only is None else ()
        pairs |= dict.fromkeys((function.name, verb) for function, verbs, _ in others for verb in verbs)
        by_name = {verb for action, verb in pairs if is_set and action not in HTTP_METHODS}  # not by the verb
        pairs = {pair: None for pair in pairs if pair[0] not in HTTP_METHODS or pair[1] not in by_name}
        if routes is not None:
            own = [(a, verb) for a, verb in pairs if a in extra or AS_SAID in routes.get(a, ())]
            said = [(a, verb) for a, _ in pairs if a not in extra for verb in routes.get(a, ()) if verb != AS_SAID]
            pairs = dict.fromkeys((*own, *said))
        return list(pairs)

    def _called_by_base(self, entity: Entity, names: Sequence[str], action: str, verb: str) -> Iterator[Endpoint]:
        """What a generic view answers by a method of another one, where it has methods of its own that this may call."""
        assert isinstance(entity.node, ast.ClassDef)
        found = next((found for _, found in methods_of(entity, self.names, names)), None)
        if found is not None and any(isinstance(each, FUNCTIONS) for each in entity.node.body):
            shown = qualname(f"{entity.last}.{action}", entity.scope or self.module)
            yield self._method(found, [verb], entity.node, entity)._replace(qualname=shown)

    def _taken_over(self, entity: Entity, action: str, verb: str) -> Endpoint:
        """An action whose code is REST framework's."""
        node, scope = entity.node, entity.scope
        assert isinstance(node, ast.ClassDef)
        assert scope is not None
        choices = any_serializers_of(entity, self.names, self._occasion(action, [verb]))
        said = documented(on_the_class(node, scope, self.names, action), self.names)
        output = made_or_said(part_of("return", choices, node, scope), said.result, self.names)
        if verb == "DELETE":
            output = Part("return", None, scope, node, scope, "none")
        unknown = Part("return", None, scope, node, scope, "unknown", f"{node.name} has no `serializer_class`")
        bases = self.names.bases(entity)
        is_plain = not self._writes(bases, ["get_response", "get_response_data"])
        own = None
        if any(map(of_login, bases)) and not choices and is_plain:
            own, unknown = told_by(bases, unknown, action)
        takes = made_or_said(part_of("request.data", choices, node, scope), said.body, self.names) or own
        inputs = [takes if verb in WRITES else None, said.query or (self._asked_of(entity) if verb == "GET" else None)]
        return Endpoint(
            framework=self.framework,
            function=None,
            scope=scope,
            registered_in=self.module.module,
            qualname=qualname(f"{node.name}.{action}", scope),
            node=node,
            methods=(verb,),
            path="",
            inputs=tuple(part for part in inputs if part is not None),
            output=output or unknown,
        )

    def _asked_of(self, entity: Entity) -> Part | None:
        """The serializer by which ``get_queryset`` reads the query, whatever action it is called for."""
        found = next((found for _, found in methods_of(entity, self.names, ["get_queryset"])), None)
        crossing = Serializers(found, self.names, entity, Occasion(), {}).crossing() if found is not None else None
        return crossing.asks if crossing is not None else None

    def _updates(self, entity: Entity, bases: Sequence[Entity]) -> Found | None:
        """The method of the codebase that REST framework's own answer to PATCH calls."""
        if not self._writes(bases, ["update"]):
            return None
        return next((found for _, found in methods_of(entity, self.names, ["update"])), None)

    def _verbs(
        self, name: str, found: Found, actions: Mapping[str, Sequence[str]] | None = None, *, is_set: bool
    ) -> list[str]:
        """The methods that a function of a view answers under a name; none where it is a helper."""
        for decorator in found.function.decorator_list:
            if self._is_called(decorator, found.scope, EXTRA):
                given = option(decorator, "methods", position=0)
                given = given if isinstance(given, ast.List | ast.Tuple) else option(decorator, "methods")
                return self._listed(given, found.scope) or ["GET"]
            if (
                isinstance(decorator, ast.Attribute)
                and decorator.attr in HTTP_METHODS
                and last_name(decorator.value) == "mapping"
            ):
                return [decorator.attr.upper()]
        if name in (HTTP_METHODS[:5] if is_set else HTTP_METHODS):  # of a view set, at URLs that have no action for it
            return [name.upper()]
        return list((BY_CONVENTION if actions is None else actions).get(name, ())) if is_set else []

    def _actions_of_others(
        self, entity: Entity, by_router: Mapping[str, Sequence[str]] | None = None, *, is_set: bool
    ) -> Iterator[tuple[Function, list[str], bool]]:
        """The actions, or methods, of a view that comes with an installed package; an extra one says its verbs itself."""
        if isinstance(entity.node, ast.ClassDef) and entity.scope is not None and not entity.scope.owned:
            for statement in entity.node.body:
                if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
                    found = Found(statement, entity.scope)
                    marks = [d.value if isinstance(d, ast.Attribute) else d for d in statement.decorator_list]
                    is_extra = any(last_name(d) == "mapping" or self._is_called(d, found.scope, EXTRA) for d in marks)
                    yield statement, self._verbs(statement.name, found, by_router, is_set=is_set), is_extra


def _is_set(base: Entity) -> bool:
    return base.last in VIEW_SET_BASES or (base.kind == "external" and base.last.endswith("ViewSet"))


def _asks_base(method: Entity) -> bool:
    """Whether a method chooses nothing itself in the end: ``return chosen or super().get_serializer_class()``."""
    nodes = ast.walk(method.node) if isinstance(method.node, ast.FunctionDef) else ()
    calls = (node.func for node in nodes if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute))
    return any(
        each.attr == "get_serializer_class" == method.last
        for each in calls
        if isinstance(each.value, ast.Call) and last_name(each.value.func) == "super"
    )
