"""Flask and Quart: view functions and class-based views, with the schemas that extensions declare in decorators.

Flask itself knows no schemas. They come from flask-smorest and APIFlask (``@blp.arguments``, ``@app.input``,
``@blp.response``, ``@app.output``), webargs (``@use_args``), flask-restx (``@ns.expect``, ``@ns.marshal_with``), quart-schema
(``@validate_request``, ``@validate_response``) and flask-pydantic (``@validate()`` with a parameter ``body``).
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from pytest_fitness.frameworks import _flask_classful, _flask_jsonapi, _flask_rules
from pytest_fitness.frameworks._behind import derived_from, functions_behind, instead_of
from pytest_fitness.frameworks._constants import constant
from pytest_fitness.frameworks._flask_annotated import PACKAGES, Annotated, is_empty
from pytest_fitness.frameworks._flask_known import knowledge
from pytest_fitness.frameworks._flask_paths import Paths, fitting
from pytest_fitness.frameworks._flask_schemas import Declared
from pytest_fitness.frameworks._module_reader import DECORATES, ModuleReader
from pytest_fitness.frameworks._noted import verbs_noted
from pytest_fitness.frameworks._reading import (
    HTTP_METHODS,
    METHOD_HINTS,
    called,
    declared_result,
    function_of,
    innermost,
    is_as_view,
    is_parameter,
    kinds_of_class,
    listed,
    methods_of,
    no_result,
    option,
    original,
    speaks_flask,
    spreads,
    text,
)
from pytest_fitness.frameworks._registered import is_kept_by_decorator
from pytest_fitness.frameworks._rendering import renders
from pytest_fitness.frameworks._uses import uses_of
from pytest_fitness.model.contents import FUNCTIONS, Contents, Found, last_name, own_returns, parameters
from pytest_fitness.model.syntax import BY_DECORATOR, Endpoint, Entity, Part, Scope

if TYPE_CHECKING:
    from pytest_fitness.frameworks._registered import Registration

VERBS = ("route", "get", "post", "put", "patch", "delete", "websocket", "handles")
CLASSES = (
    *PACKAGES,
    "FlaskView",
    "add_url_rule",
    "add_resource",
    "MethodView",
    *METHOD_HINTS,
    "dispatch_request",
    r"@[\w.]+\.route\b",
)
"""One of these is in any module with a class-based view."""

DEEP = 3
"""How many names and functions are looked through for the classes that views are made of."""

ROUTER = re.compile(r"app\b|bp\b|blueprint|route|api\b")
OTHERS = frozenset({"bottle", "sanic", "fastapi"})
"""Frameworks with routers that look alike, in the first two of which parameters do, too."""


class Flask:
    """The adapter."""

    name = "Flask"
    hints: tuple[str, ...] = (
        *CLASSES,
        "expose",
        DECORATES,
        _flask_jsonapi.HINT,
        *_flask_rules.HINTS,
        rf"@(?:[\w.]+\.)?(?:{'|'.join(VERBS)})\b",  # or another module has ``get = app.get``
    )
    registrations: tuple[str, ...] = (
        "add_url_rule",
        "add_resource",
        DECORATES,
        _flask_jsonapi.HINT,
        *_flask_rules.HINTS,
    )
    knowledge: Mapping[tuple[str, str], str] = knowledge()

    def discover(self, contents: Contents) -> Iterator[Endpoint]:
        """Yield the views of one module."""
        yield from _Views(contents).each()


class _Views(ModuleReader):
    framework = Flask.name

    def __init__(self, contents: Contents) -> None:
        super().__init__(contents)
        self.paths = Paths(contents)
        self.annotated = Annotated(contents.names)

    def each(self) -> Iterator[Endpoint]:
        for decorator, scope, found, target in self.decorated(self._route, is_sure=self._is_sure):
            route, where = self._route(decorator, scope) or (decorator, scope)
            assert isinstance(route, ast.Call)
            if found is None:
                yield self.missing(target, route, scope, self._verbs(route, where), self.paths.of(route, where))
            else:
                yield self._view(_flask_rules.as_registered(found, decorator), route, self._verbs(route, where), where)
        is_others = "fastapi" in self.contents.imported and not self.contents.mentions(*CLASSES)
        for entity in self.contents.classes if not is_others else ():
            kinds = kinds_of_class(self.names, entity)
            is_view = "view:flask" in kinds or (not any(kinds) and self._is_decorated(entity))
            if is_view and "view:jsonapi" not in kinds:
                yield from self._class(entity)
            elif "view:classful" in kinds:
                is_served = _flask_classful.is_served(entity, self.contents)
                around = _flask_classful.around_of(entity, self.contents)
                for found, node, verbs in _flask_classful.routes_of(entity, self.names):
                    if is_served or found.owner is None or found.owner.node is entity.node:
                        path = _flask_classful.path_of(around, found, node, self.names)
                        yield self._view(found, node, verbs, entity.scope, path, entity)._replace(path=path)
        yield from self._by_calls()

    def _by_calls(self) -> Iterator[Endpoint]:
        """What calls register, rather than decorators."""
        for item in _flask_jsonapi.routes(self, self.paths):
            yield item if isinstance(item, Endpoint) else self._view(*item)
        for call, where in self.calls(_adds_class) if self.contents.mentions("add_resource") else ():
            for each in self.registrations(call, call.args[0], where) if self._has_path(call, where) else ():
                yield from self._class_registered(each.target, each.scope, each)
        yield from self._by_rules() if self.contents.mentions(*_flask_rules.HINTS) else ()
        for call, where in self.calls(_adds, self._is_kept) if self.contents.mentions("add_url_rule") else ():
            given = self._given(call, where)
            for each in self.registrations(call, given, where) if given is not None else ():
                yield from self._registered(each)

    def _given(self, call: ast.Call, where: Scope) -> ast.expr | None:
        position = self._position(call, where)
        return option(call, "view_func", position=position) or spreads(call) if position is not None else None

    def _is_kept(self, call: ast.Call, where: Scope) -> bool:
        """Whether what a call registers is found where it is decorated."""
        given = self._given(call, where)
        return given is not None and is_kept_by_decorator(given, where, self.contents)

    def _by_rules(self) -> Iterator[Endpoint]:
        """What Flask-Resources and flask-rebar register."""
        for call, where in self.calls(_flask_rules.may_register):
            view = _flask_rules.registered(call, where, self.contents)
            for each in self.registrations(call, view, where) if view is not None else ():
                behind = functions_behind(each.target, each.scope, self.contents, ())
                verbs, path = _flask_rules.verbs_and_path(each.call, each.calling, self.names)
                path = path or self.paths.of(each.call, each.calling)
                for found, _ in behind:
                    decorated = _flask_rules.as_decorated(found, each.call)
                    yield self._view(decorated, each.call, verbs, each.calling)._replace(path=path)
                if not behind:
                    yield self.missing(each.target, each.call, each.calling, verbs, path)

    def _has_path(self, call: ast.Call, where: Scope) -> bool:
        """Whether a resource is added at a path, or in a module that has to do with Flask: much else has resources."""
        if self.contents.imported_anywhere & set(PACKAGES):
            return True
        router = call.func.value if isinstance(call.func, ast.Attribute) else call.func
        return self._path(call, where).startswith("/") and bool(ROUTER.search(last_name(router).lower()))

    def _path(self, call: ast.Call, where: Scope) -> str:
        return text(constant(call.args[1], where, self.names)) if len(call.args) > 1 else ""

    def _position(self, call: ast.Call, scope: Scope) -> int | None:
        """Which argument is the view; None for a method of the project that hands it on itself, in another place: it is followed."""
        definition = function_of(self.names.resolve(call.func, scope))
        if definition is None or not definition[1].owned:
            return 2
        names = [argument.arg for argument, _ in parameters(definition[0], in_class=True)]
        if "view_func" not in names or names.index("view_func") == 2:
            return 2
        calls = (node for node in ast.walk(definition[0]) if isinstance(node, ast.Call) and _adds(node))
        given = (each for inner in calls for each in (*inner.args, *(k.value for k in inner.keywords)))
        is_handed_on = any(isinstance(each, ast.Name) and each.id == "view_func" for each in given)
        return None if is_handed_on else names.index("view_func")

    def _route(self, decorator: ast.expr, scope: Scope) -> tuple[ast.expr, Scope] | None:
        """The call ``bp.route(...)`` behind a decorator, and where it is written; None for any other decorator."""
        if verbs_noted(decorator, scope, self.contents, ("add_url_rule",)):
            return decorator, scope
        route, where = self.meant(decorator, scope)
        if isinstance(route, ast.Call) and self._is_route(route, where):
            is_derived = route is not decorator and isinstance(route.func, ast.Attribute)
            return (route, where) if not is_derived or self._is_named(route, where) else None
        is_named = isinstance(route, ast.Call) and last_name(route.func) == "expose"
        made = original(called(route), where, self.names) if is_named else None
        is_exposed = made is not None and self.names.known(made.name) == "verb:flask"
        return (route, where) if is_exposed else None

    def _is_sure(self, decorator: ast.expr, scope: Scope) -> bool:
        """Whether a call is a route that may be applied to something: much else that is called ``get`` returns a function."""
        route = self._route(decorator, scope)
        if route is None or not isinstance(route[0], ast.Call) or not isinstance(route[0].func, ast.Attribute):
            return route is not None
        return self._is_named(*route)

    def _is_named(self, route: ast.expr, scope: Scope) -> bool:
        """Whether a call is one of a router that is known, or called like one."""
        assert isinstance(route, ast.Call)
        assert isinstance(route.func, ast.Attribute)
        router = route.func.value
        if route.func.attr == "handles":
            return _flask_rules.is_registry(router, scope, self.contents)
        is_named = bool(ROUTER.search(last_name(router).lower()))
        return is_named or route.func.attr == "route" or "router:flask" in self.kinds(router, scope)

    def _is_route(self, decorator: ast.Call, scope: Scope) -> bool:
        function = called(decorator)
        if not isinstance(function, ast.Attribute) or function.attr not in VERBS:
            return False
        kinds = self.kinds(function.value, scope)
        if "router:flask" in kinds or function.attr == "handles":
            return "router:flask" in kinds or _flask_rules.is_registry(function.value, scope, self.contents)
        # a blueprint that cannot be followed, in a module that has to do with Flask and not with FastAPI
        path = text(option(decorator, "rule", position=0))
        is_path = function.attr == "route" or path.startswith("/")
        if any(kinds) or not is_path:
            return False
        is_one = self._uses_flask(function.attr) or ("<" in path and not self._uses_others)
        return is_one and not self._is_followed(function, scope)

    def _is_followed(self, function: ast.expr, scope: Scope) -> bool:
        """Whether it is a method of the project called ``route`` that registers what it decorates itself."""
        definition, where = function_of(self.names.resolve(function, scope)) or (None, scope)
        nodes = list(ast.walk(definition)) if definition is not None and where.owned else []
        # a wrapper is followed if it takes whatever the function in it takes
        wrappers = [node for node in nodes if isinstance(node, FUNCTIONS) and node.args.kwarg is not None]
        decorators = [each for node in wrappers for each in node.decorator_list]
        decorators += [n.func for n in nodes if isinstance(n, ast.Call) and [type(a) for a in n.args] == [ast.Name]]
        is_applied = any(isinstance(each, ast.Call) and last_name(each.func) in VERBS for each in decorators)
        return is_applied or any(isinstance(node, ast.Call) and _adds(node) for node in nodes)

    def _uses_flask(self, verb: str) -> bool:
        """Whether what cannot be followed is taken for a blueprint; ``@x.route`` even in a module that does not say so."""
        imported = self.contents.imported_anywhere
        says_so = bool(imported & set(PACKAGES)) and "fastapi" not in imported
        return says_so or (verb == "route" and not imported & OTHERS and speaks_flask(self.contents))

    @property
    def _uses_others(self) -> bool:
        return bool(self.contents.imported_anywhere & OTHERS)

    def _class(self, entity: Entity) -> Iterator[Endpoint]:
        """The methods of a class-based view, each with the class that defines it, or that has a route."""
        assert isinstance(entity.node, ast.ClassDef)
        routes = _routes(entity.node)
        own = self.names.class_scope(entity).symbols.keys()
        is_base = any(self.names.known(b.name) and b.last != "View" for b in self.names.bases(entity)) and any(
            derived_from(entity, self.contents)  # which have methods by verb, that this one calls
        )
        path = self.paths.of_view(entity.node) if not routes else ""
        wanted: Sequence[str] = HTTP_METHODS if routes or own & set(HTTP_METHODS) or is_base else ("dispatch_request",)
        if path and not own & {*HTTP_METHODS, "dispatch_request"}:  # it answers by what it inherits
            wanted = (*HTTP_METHODS, "dispatch_request")
        if not routes and not path and any(map(self._is_routed, derived_from(entity, self.contents))):
            return  # a base of others, which answer at their paths
        methods = list(methods_of(entity, self.names, wanted))
        by_verb = any(name in HTTP_METHODS for name, _ in methods)
        for name, found in methods:
            is_handing_on = name == "dispatch_request" and (by_verb or _hands_on(found)) and not routes
            is_own = found.owner is None or found.owner.node is entity.node
            if path and not is_own and by_verb and not self.paths.answers(entity.node, name.upper()):
                continue
            # at a path of its own, it answers by what another view has as well
            if not is_handing_on and (routes or path or self._answers_for(found, entity)):
                verbs = self._dispatched(entity) if name == "dispatch_request" else [name.upper()]
                at = self.paths.of_view(entity.node, name.upper(), found) if path else ""
                route = self._route_to(found, routes, entity.scope or self.module) if routes else found.function
                yield self._view(found, route, verbs, entity.scope, at, entity)

    def _route_to(self, found: Found, routes: Sequence[ast.expr], where: Scope) -> ast.expr:
        """Of several routes above a class, the first at which a method answers, by what it takes."""
        paths = {self.paths.of(each, where, found): each for each in reversed(routes) if isinstance(each, ast.Call)}
        return paths.get(fitting([*reversed(paths)], found), routes[0])

    def _is_decorated(self, entity: Entity) -> bool:
        """Whether ``@ns.route("/orders")`` is above a class of which nothing is known."""
        routes = _routes(entity.node) if isinstance(entity.node, ast.ClassDef) else []
        return any(isinstance(each, ast.Call) and self._is_route(each, entity.scope or self.module) for each in routes)

    def _is_routed(self, entity: Entity) -> bool:
        return isinstance(entity.node, ast.ClassDef) and bool(_routes(entity.node) or self.paths.of_view(entity.node))

    def _dispatched(self, entity: Entity) -> list[str]:
        """The ``methods`` of a view that answers all of them by ``dispatch_request``."""
        said = self.names.member(entity, "methods")
        return (listed(said.node) if said is not None and isinstance(said.node, ast.expr) else []) or ["GET"]

    def _answers_for(self, found: Found, entity: Entity) -> bool:
        """Whether a method is the class's own, or a mixin's: those of another view answer for that one."""
        return found.owner is None or found.owner.node is entity.node or not self._is_view(found.owner)

    def _is_view(self, entity: Entity) -> bool:
        """A class that is none is a mixin, whose methods answer for the views that it is mixed into."""
        return not {"view:flask", "view:classful"}.isdisjoint(kinds_of_class(self.names, entity))

    def _registered(self, registered: Registration) -> Iterator[Endpoint]:
        """``app.add_url_rule("/x", view_func=f)``; classes are found by themselves."""
        call, given, where, calling, *_ = registered
        verbs = self._listed(call, calling)
        target = innermost(given)
        entity = original(target, where, self.names)
        if entity is not None and isinstance(entity.node, ast.Call) and entity.scope is not None:
            target, where = innermost(entity.node), entity.scope
        if isinstance(target, ast.Call) and is_as_view(target):
            assert isinstance(target.func, ast.Attribute)
            table = target.args[0] if target.args else None
            by_table = list(self._by_table(table, target.func.value, where, registered))
            yield from by_table or self._class_registered(target.func.value, where, registered)
            return
        behind = functions_behind(given, registered.scope, self.contents, ())
        for found, _ in behind:
            yield self._view(found, call, verbs, calling)
        is_view = not behind and entity is not None and self._is_view(entity)  # which flask-smorest takes as it is
        if not behind and not is_view and not self._is_of_class(given, registered):
            yield self.missing(given, call, calling, verbs, self.paths.of(call, calling))

    def _by_table(
        self, table: ast.expr | None, view: ast.expr, where: Scope, registered: Registration
    ) -> Iterator[Endpoint]:
        """``Orders.as_view({"POST": "place"})``, of a class of the project's own making."""
        entity = original(view, where, self.names)
        if entity is None or self._is_view(entity) or not isinstance(table, ast.Dict):
            return
        pairs = list(zip(table.keys, table.values, strict=True))
        behind = [list(methods_of(entity, self.names, [text(name)])) for _, name in pairs]
        for (verb, name), methods in zip(pairs, behind, strict=True) if any(behind) else ():
            verbs = [text(verb).upper()] if verb is not None else ["ANY"]
            for _, found in methods:
                yield self._view(found, registered.call, verbs, registered.calling)
            if not methods:
                path = self.paths.of(registered.call, registered.calling)
                yield self.missing(name, registered.call, registered.calling, verbs, path)

    def _is_of_class(self, target: ast.expr, registered: Registration) -> bool:
        """Whether it is looked up among views that are made of classes nearby, which are found by themselves."""
        if not isinstance(target, ast.Call):
            return False
        around = {id(s.node): s for s in (registered.scope, registered.calling) if isinstance(s.node, FUNCTIONS)}
        made = [
            (call.func.value, scope)
            for scope in around.values()
            for call in ast.walk(scope.node)  # type: ignore[arg-type]
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and is_as_view(call)
        ]
        return bool(made) and all(self._is_found_by_itself(*each) for each in made)

    def _is_found_by_itself(self, view: ast.expr, where: Scope, depth: int = 0) -> bool:
        """Whether something is a view class for sure, or a local name in a function that is given no other classes."""
        if not isinstance(view, ast.Name) or not isinstance(where.node, FUNCTIONS) or view.id not in where.symbols:
            made = self.names.resolve(view, where)
            return made is not None and self._is_view(made)
        used, complete = uses_of(where.node, where, self.contents)
        more = where.node.args.vararg.arg if where.node.args.vararg is not None else ""
        given = (each for use in used for name, each in use.given.items() if name != more)
        return complete and all(self._has_only_views(each.value, each.scope, depth) for each in given)

    def _has_only_views(self, value: ast.expr, where: Scope, depth: int) -> bool:
        """Whether all classes in something that a function is given are views for sure, some names deep."""
        made_by = {id(node.func) for node in ast.walk(value) if isinstance(node, ast.Call)}
        for node in ast.walk(value):
            named = self.names.resolve(node, where) if isinstance(node, ast.Name | ast.Attribute) else None
            if named is None or named.kind == "module" or named.name.startswith("builtins."):
                continue
            there = named.scope or where
            if isinstance(node, ast.Name) and is_parameter(node, there):
                is_fine = depth < DEEP and self._is_found_by_itself(node, there, depth + 1)
            elif isinstance(named.node, ast.expr):
                is_fine = depth < DEEP and self._has_only_views(named.node, there, depth + 1)
            else:
                is_fine = named.kind != "function" if id(node) in made_by else self._is_view(named)
            if not is_fine:
                return False
        return True

    def _class_registered(self, view: ast.expr, where: Scope, registered: Registration) -> Iterator[Endpoint]:
        """``V.as_view("v")``, of a class that is no view by what is known of its bases; one that is is found by itself."""
        call, calling = registered.call, registered.calling
        if is_parameter(view, where):  # def add(view): app.add_url_rule("/x", view_func=view.as_view("x"))
            known = [each for each in self.registrations(call, view, where) if each.target is not view]
            said = self.names.resolve(view, where)
            of = self.names.instance_class(said) if said is not None else None  # def add(resource: type[MethodView])
            is_said = of is not None and self._is_view(of)
            for each in known if not is_said else [k for k in known if not is_parameter(k.target, k.scope)]:
                yield from self._class_registered(each.target, each.scope, each)
            if known:
                return
        is_named = isinstance(view, ast.Name | ast.Attribute)
        entity = original(view, where, self.names) if is_named else self.names.resolve(view, where)
        if entity is not None and entity.kind == "value":  # def add(resource: Resource): ... resource.as_view("x")
            entity = self.names.instance_class(entity)
        if entity is not None and self._is_view(entity):
            return
        methods = (
            list(methods_of(entity, self.names, (*HTTP_METHODS, "dispatch_request"))) if entity is not None else []
        )
        answered = listed(constant(option(call, "methods"), calling, self.names))
        for name, found in methods:
            verbs = ["GET"] if name == "dispatch_request" else [name.upper()]
            if not answered or name == "dispatch_request" or not {verbs[0], "ANY"}.isdisjoint(answered):
                yield self._view(found, call, verbs, calling)
        is_sure = last_name(call.func) != "add_resource" or self._path(call, calling).startswith("/")
        if not methods and is_sure and not self._is_found_by_itself(view, where):
            verbs = self._listed(call, calling)
            yield self.missing(view, call, calling, verbs, self.paths.of(call, calling))

    def _view(  # noqa: PLR0913, PLR0917 - where it stands, and what it is called by
        self,
        found: Found,
        node: ast.AST,
        verbs: Sequence[str],
        where: Scope | None = None,
        path: str = "",
        view: Entity | None = None,
    ) -> Endpoint:
        """The view that *node*, which stands in *where*, makes of a function."""
        is_socket = "WEBSOCKET" in verbs
        if view is not None and found.owner is not None and found.owner.node is not view.node:
            found = found._replace(scope=replace(found.scope, seen_as=view))
        return self.endpoint(
            found,
            node,
            verbs,
            path=self.paths.of(node, where or found.scope, found) if isinstance(node, ast.Call) else path,
            inputs=Declared(found, self.names, self.contents.memo, view).inputs(),
            output=no_result(found) if is_socket else self._output(self.wrapper or instead_of(found, self.names), view),
            kind="websocket" if is_socket else "http",
        )

    def _verbs(self, decorator: ast.Call, where: Scope) -> list[str]:
        verb = last_name(called(decorator))
        if verb == "websocket":
            return ["WEBSOCKET"]
        if verb == "handles":
            return _flask_rules.verbs_of(decorator, where, self.names, position=1)
        noted = verbs_noted(decorator, where, self.contents, ("add_url_rule",))
        if noted:
            return noted
        return [verb.upper()] if verb in HTTP_METHODS else self._listed(decorator, where)

    def _listed(self, call: ast.Call, where: Scope) -> list[str]:
        return listed(constant(option(call, "methods"), where, self.names)) or ["GET"]

    def _around(self, view: Entity | None) -> Iterator[tuple[ast.expr, Scope]]:
        """The decorators that a class puts around its methods: ``decorators = [answered]``, ``method_decorators`` of Flask-RESTful."""
        bases = {base.last for base in self.names.bases(view)} if view is not None else set[str]()
        kept = ["decorators", *(["method_decorators"] if "Resource" in bases else [])]
        for entity in (self.names.member(view, name) for name in kept if view is not None):
            if entity is not None and isinstance(entity.node, ast.List | ast.Tuple) and entity.scope is not None:
                yield from ((each, entity.scope) for each in entity.node.elts)

    def _output(self, found: Found, view: Entity | None = None) -> Part:
        """A decorator decides over the annotation, the annotation over what is returned."""
        declared = Declared(found, self.names, self.contents.memo, view).output()
        if declared is not None and not declared.unless:
            return declared
        made = renders(found, self.names, list(self._around(view or found.owner)))
        if declared is not None:
            return declared._replace(unless=()) if made == "fields" else declared._replace(wrapped=made)
        part = declared_result(found, text_is_response=True)
        if made == "fields":
            return part._replace(annotation=None, kind="schema", detail=BY_DECORATOR)
        returned = list(own_returns(found.function))
        is_gone = bool(returned) and all(map(is_empty, returned))
        return self.annotated.result(part, found)._replace(wrapped="" if is_gone else made)


def _routes(view: ast.ClassDef) -> list[ast.expr]:
    """The decorators of a class that say where it answers."""
    return [each for each in view.decorator_list if last_name(called(each)) == "route"]


def _hands_on(found: Found) -> bool:
    """Whether a view checks something, and does whatever its base does: ``return super().dispatch_request(*args)``."""
    returned = [each.func for each in own_returns(found.function) if isinstance(each, ast.Call)]
    return any(last_name(each) == "dispatch_request" for each in returned)


def _adds_class(call: ast.Call) -> bool:
    """Whether it is ``api.add_resource(Orders, "/orders")``: a path alone is something of another framework."""
    is_one = last_name(call.func) == "add_resource" and len(call.args) > 1
    return is_one and isinstance(call.args[0], ast.Name | ast.Attribute)


def _adds(call: ast.Call) -> bool:
    return last_name(call.func) == "add_url_rule"
