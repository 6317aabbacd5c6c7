"""The paths at which views of Flask answer: as they are written, behind what a blueprint or a namespace puts before them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain

from pytest_fitness.frameworks._constants import constant, joined
from pytest_fitness.frameworks._mounted import Mounting, prefix_of, routers_meant
from pytest_fitness.frameworks._reading import innermost, is_as_view, is_parameter, listed, option, original, text
from pytest_fitness.model.contents import Contents, Found, last_name
from pytest_fitness.model.syntax import Entity, Names, Scope

NAMESPACES = ("Namespace", "namespace")
MOUNTING = Mounting("register_blueprint", ("blueprint", 0), ("url_prefix", -1), "url_prefix", replaces=True)
PARTS = re.compile(r"<(?:[^:<>]+:)?(\w+)>")
"""The variable parts of a path."""

ADDING = ("add_resource", "add_url_rule")
"""What says where a class-based view answers."""


class Paths:
    """Reads the paths of one module, and of views that another one registers."""

    def __init__(self, contents: Contents, around: set[int] | None = None) -> None:
        self.contents = contents
        self.names = contents.names
        self._open = around if around is not None else set[int]()

    def of(self, call: ast.Call, where: Scope, found: Found | None = None) -> str:
        """Return the path of ``@bp.route("/orders")``, ``app.add_url_rule("/orders", ...)``, ``api.add_resource(Orders, "/orders")``.

        Of several, the first whose parts the method *found* takes: ``@ns.route("/orders", "/orders/<int:number>")``.
        """
        return fitting(self.all_of(call, where), found)

    def all_of(self, call: ast.Call, where: Scope) -> list[str]:
        """Return the paths that a call names, at least one, which may be empty."""
        name = last_name(call.func)
        is_named = name == "route" and len(call.args) > 2 and not _is_path(call.args[0])  # of Flask-REST-JSONAPI
        position = 2 if is_named else 1 if name in ("add_resource", "add_handler") else 0
        rules = [option(call, "rule", position=position)]
        rules += [each for each in call.args[position + 1 :] if name in ("route", "add_resource") and _is_path(each)]
        prefix = self._before(call.func.value, where) if isinstance(call.func, ast.Attribute) else ""
        paths = [text(constant(rule, where, self.names)) for rule in rules]
        return [joined(prefix, f"/{path}" if prefix and path and not path.startswith("/") else path) for path in paths]

    def of_view(self, view: ast.AST, verb: str = "", found: Found | None = None) -> str:
        """Return the path of a class-based view, which may be registered in another module; an empty text if it is not.

        Of several, the first that answers to *verb*, and whose parts the method *found* takes.
        """
        known = self._known_of(view)
        answering = [path for path, verbs in known if not verb or not verbs or not {verb, "ANY"}.isdisjoint(verbs)]
        return fitting(answering or [path for path, _ in known], found)

    def answers(self, view: ast.AST, verb: str) -> bool:
        """Return whether a class-based view is registered for *verb*, or in a way that does not say for what."""
        known = self._known_of(view)
        return not known or any(not verbs or not {verb, "ANY"}.isdisjoint(verbs) for _, verbs in known)

    def _known_of(self, view: ast.AST) -> Sequence[tuple[str, Sequence[str]]]:
        """The paths at which a class-based view is registered, each with what is asked there."""
        others = (each for word in ADDING for each in self.contents.elsewhere(word))
        there = chain((self.contents,), others)
        return [known for each in there for known in _of_views(each).get(id(view), ())]

    def _before(self, router: ast.expr, where: Scope) -> str:
        """What is put before every path of what has a name; of a parameter, where that is the same for all that call the function."""
        if not is_parameter(router, where):
            return self._prefix(original(router, where, self.names))
        ways = {Paths(there, self._open)._prefix(each) for each, there in routers_meant(router, where, self.contents)}  # noqa: SLF001 - of this class
        return ways.pop() if len(ways) == 1 else ""

    def _prefix(self, router: Entity | None) -> str:
        """What ``Blueprint("orders", __name__, url_prefix="/orders")`` and ``Namespace("orders")`` put before every path."""
        made, scope = (router.node, router.scope) if router is not None else (None, None)
        if router is None or scope is None or not isinstance(made, ast.Call) or id(made) in self._open:
            return ""  # app = Api(app): a name may mean what was made of it
        name = self._class_of(made, scope)
        if name == "create_handler_registry":  # of flask-rebar
            given = text(constant(option(made, "prefix", position=0), scope, self.names)).strip("/")
            return f"/{given}" if given and given != "None" else ""
        if name not in ("Api", *NAMESPACES):
            return prefix_of(router, self.contents, MOUNTING).rstrip("/")
        key = ("prefix of", id(made))
        if key not in self.contents.memo:  # which each of its routes asks for
            self._open.add(id(made))
            prefix = self._of_api(made, scope) if name == "Api" else self._of_namespace(made, scope)
            self._open.discard(id(made))
            if self._open:
                return prefix  # it may be another one for whoever asks from further out
            self.contents.memo[key] = prefix
        found: str = self.contents.memo[key]
        return found

    def _class_of(self, made: ast.Call, scope: Scope) -> str:
        """What makes a router, of a class of the project the class of flask-restx that it is derived from."""
        name = last_name(made.func)
        entity = self.names.resolve(made.func, scope) if name not in ("Api", *NAMESPACES) else None
        bases = self.names.bases(entity) if entity is not None and entity.kind == "class" else ()
        return next((base.last for base in bases if base.node is None and base.last in ("Api", "Namespace")), name)

    def _of_api(self, api: ast.Call, scope: Scope) -> str:
        """What ``Api(blueprint, prefix="/api")`` puts before every path."""
        given = constant(option(api, "prefix"), scope, self.names)
        # Flask-REST-JSONAPI takes both
        within = [option(api, "app", position=0), option(api, "blueprint", position=1)]
        known = "".join(self._prefix(self.names.resolve(each, scope)) for each in within if each is not None)
        around = known or self._of_init(api)
        return joined(around, text(given).rstrip("/") if isinstance(given, ast.Constant) else "")

    def _of_init(self, api: ast.Call) -> str:
        """What a blueprint puts before every path that an Api is given later: ``api.init_app(blueprint)``."""
        for there in (self.contents, *self.contents.elsewhere("init_app")):
            for call, where in there.calls_of("init_app") if there.mentions("init_app") else ():
                of = call.func.value if isinstance(call.func, ast.Attribute) and call.args else None
                entity = there.names.resolve(of, where) if of is not None else None
                if entity is not None and entity.node is api:
                    return Paths(there, self._open)._before(call.args[0], where)  # noqa: SLF001 - of this class
        return ""

    def _of_namespace(self, made: ast.Call, scope: Scope) -> str:
        """What a namespace puts before every path, and the Api that it is added to, or made by: ``api.namespace("orders")``."""
        added, around = self._added(made)
        if isinstance(made.func, ast.Attribute) and not around:
            around = self._prefix(self.names.resolve(made.func.value, scope))
        return joined(around, text(added) if added is not None else _own_path(made))

    def _added(self, namespace: ast.Call) -> tuple[ast.expr | None, str]:
        """The path in ``api.add_namespace(orders, "/orders")``, which stands for that of a namespace, and what is put before it."""
        for there in (self.contents, *self.contents.elsewhere("add_namespace")):
            for call, where in there.calls if there.mentions("add_namespace") else ():
                if last_name(call.func) == "add_namespace" and call.args:
                    entity = original(call.args[0], where, there.names)
                    if entity is not None and entity.node is namespace:
                        api = call.func.value if isinstance(call.func, ast.Attribute) else None
                        meant = there.names.resolve(api, where) if api is not None else None
                        around = Paths(there, self._open)._prefix(meant)  # noqa: SLF001 - of this class
                        return option(call, "path", position=1), around
        return None, ""


def _is_path(node: ast.expr) -> bool:
    """Whether something is a path as it is written."""
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value[:1] in ("", "/")


def fitting(paths: Sequence[str], found: Found | None) -> str:
    """Return the first path whose parts a method takes; the first one where that is true of none."""
    takes = found.parameters if found is not None and len(paths) > 1 else []
    needed = {argument.arg for argument, default in takes if default is None}
    names = {argument.arg for argument, _ in takes}
    is_open = found is not None and found.function.args.kwarg is not None
    for path in paths if found is not None else ():
        parts = set(PARTS.findall(path))
        if needed <= parts and (parts <= names or is_open):
            return path
    return paths[0] if paths else ""


def _own_path(namespace: ast.Call) -> str:
    given = option(namespace, "path")
    if given is None:
        given = option(namespace, "name", position=0)
        return f"/{text(given)}" if isinstance(given, ast.Constant) else ""
    return text(given).rstrip("/") if isinstance(given, ast.Constant) and given.value is not None else ""


def _of_views(contents: Contents) -> Mapping[int, Sequence[tuple[str, Sequence[str]]]]:
    """The paths of the class-based views that a module registers, and what is asked there, by the ids of the classes."""
    found: dict[int, list[tuple[str, Sequence[str]]]] | None = contents.memo.get(("paths of views",))
    if found is None:  # read once for all frameworks
        found = contents.memo[("paths of views",)] = {}
        for view, path, verbs in _registered(contents) if contents.mentions(*ADDING) else ():
            found.setdefault(view, []).append((path, verbs))
    return found


def _registered(contents: Contents) -> Iterator[tuple[int, str, Sequence[str]]]:
    from pytest_fitness.frameworks._expanded import expanded
    from pytest_fitness.frameworks._registered import registrations

    paths = Paths(contents)
    written = [(call, where) for call, where in contents.calls if last_name(call.func) in ADDING]
    for call, where in (each for one in written for each in expanded(*one, contents)):
        given = _given(call, where, contents.names)
        for each in registrations(call, given, where, contents) if given is not None else ():
            view = _view_in(each.target, each.scope, contents.names)
            if view is not None:
                verbs = listed(constant(option(each.call, "methods"), each.calling, contents.names))
                yield from ((id(view), path, verbs) for path in paths.all_of(each.call, each.calling))


def _given(call: ast.Call, where: Scope, names: Names) -> ast.expr | None:
    """What a call registers; of a name that a function gives to it, that."""
    if last_name(call.func) == "add_resource":
        return option(call, "resource", position=0)
    given = option(call, "view_func", position=2)
    entity = names.resolve(given, where) if isinstance(given, ast.Name) else None
    is_own = entity is not None and entity.scope is not None and entity.scope.node is where.node is not None
    made = entity.node if entity is not None and is_own else None
    return made if isinstance(made, ast.Call) and is_as_view(made) else given  # view = orders.as_view("orders")


def _view_in(target: ast.expr, where: Scope, names: Names) -> ast.ClassDef | None:
    """The class that is registered, itself or as ``Orders.as_view("orders")``."""
    target = innermost(target)
    entity = names.resolve(target, where)
    if entity is not None and isinstance(entity.node, ast.Call):  # orders = Orders.as_view("orders")
        target, where = innermost(entity.node), entity.scope or where
    if isinstance(target, ast.Call) and isinstance(target.func, ast.Attribute) and is_as_view(target):
        target = target.func.value
    entity = names.resolve(target, where)
    return entity.node if entity is not None and isinstance(entity.node, ast.ClassDef) else None
