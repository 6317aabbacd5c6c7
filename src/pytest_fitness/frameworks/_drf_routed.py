"""How a view set of Django REST framework is routed, where no router does it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence

from pytest_fitness.frameworks._behind import derived_from
from pytest_fitness.frameworks._derived import has_method, is_made, method_around
from pytest_fitness.frameworks._reading import TESTS, called, class_around, is_as_view, option, original, text
from pytest_fitness.model.contents import FUNCTIONS, Contents, last_name
from pytest_fitness.model.syntax import Entity, Names, Scope

AS_VIEW = r"\.as_view\(\s*(?:actions\s*=|\{|[A-Z_]+\b)"
OWN = ("cls", "self")
EXTRA = ("action", "detail_route", "list_route")
AS_SAID = "*"
"""Instead of verbs: those that the decorator of an action says."""


def routed(view: Entity, contents: Contents) -> tuple[Mapping[str, Sequence[str]], bool]:
    """Return by which verbs ``as_view({"get": "list"})`` has each action called, and whether that is all that is done with a view set.

    Where something else is done with it in the codebase, a router gives it all its actions.
    """
    there = [each for each in (contents, *contents.elsewhere(view.last)) if not TESTS.search(each.scope.module)]
    if not any(each.mentions(AS_VIEW) for each in there):
        return {}, False
    found: dict[str, list[str]] = {}
    is_all = True
    for each in there:
        if any(alias.name == view.last and alias.asname not in (None, view.last) for alias in each.imports):
            is_all = False
        tables = {**dict(_tables(each)), **dict(_by_helpers(each, view))}
        bases = {
            id(base) for entity in each.classes if isinstance(entity.node, ast.ClassDef) for base in entity.node.bases
        }
        bases |= {id(call.args[0]) for call, _ in each.calls_of("super") if call.args}
        for node in each.named(view.last):
            meant = each.names.resolve(node, each.scope)
            is_other = id(node) in bases or (meant is not None and meant.node is not view.node)
            if is_other or (id(node) in asked(each) and id(node) not in tables):
                continue  # what is derived from it is routed itself
            is_all = is_all and bool(tables.get(id(node)))
            for verb, action in tables.get(id(node), ()):
                found.setdefault(action, []).append(verb)
    return {action: sorted(set(verbs)) for action, verbs in found.items()}, is_all and bool(found)


def views_of(routed: ast.expr, scope: Scope, contents: Contents) -> list[Entity]:
    """Return the views that ``routed.as_view({...})`` routes; of ``cls`` in a method, those that have the method from its class as well.

    One that has another method instead is left out, unless that asks the one of its base.
    """
    method = method_around(scope)
    is_own = last_name(routed) in OWN or text(routed) in ("type(self)", "self.__class__")
    if method is None or not is_own:
        entity = original(routed, scope, contents.names)
        return [entity] if entity is not None and entity.kind == "class" else []
    around = class_around(method.parent) if method.parent is not None else None
    if around is None or not isinstance(method.node, FUNCTIONS):
        return []
    derived = [each for each in derived_from(around, contents) if has_method(each, method, contents)]
    is_base = bool(derived) and not is_made(around, contents, TESTS)
    return derived if is_base else [around, *derived]


def asked(contents: Contents) -> set[int]:
    """Return the ids of what has an attribute other than ``as_view``: ``OrderViewSet.clean(data)`` is no way to route it."""
    known = contents.memo
    if ("asked",) not in known:
        every = (node for statement in contents.body for node in ast.walk(statement))
        known["asked",] = {id(n.value) for n in every if isinstance(n, ast.Attribute) and n.attr != "as_view"}
    found: set[int] = known["asked",]
    return found


def table_of(call: ast.Call, scope: Scope, contents: Contents) -> ast.Dict | None:
    """Return the table that ``as_view`` is given, itself or by a name: ``as_view({"get": "list"})``, ``as_view(actions=LISTED)``."""
    actions = option(call, "actions", position=0) if is_as_view(call) else None
    if isinstance(actions, ast.Name | ast.Attribute):
        entity = contents.names.resolve(actions, scope)
        actions = entity.node if entity is not None and _is_left_alone(entity, contents) else None  # type: ignore[assignment]
    return actions if isinstance(actions, ast.Dict) else None


def _is_left_alone(table: Entity, contents: Contents) -> bool:
    """Whether a table has one value, and nothing is put into it, wherever it is mentioned."""
    change = re.compile(
        rf"\b{re.escape(table.last)}\s*(?:\[[^\]]*\]\s*=|\|=|\.(?:update|setdefault|pop|popitem|clear)\b)"
    )
    bindings = table.scope.symbols.get(table.last, ()) if table.scope is not None else ()
    there = (contents, *contents.elsewhere(table.last))
    return len(bindings) == 1 and not any(change.search(each.text) for each in there)


def _tables(contents: Contents) -> Iterator[tuple[int, list[tuple[str, str]]]]:
    """By the id of what is before ``.as_view({...})``, the verbs and actions; only tables that are written somewhere."""
    for call, scope in contents.calls:
        actions = table_of(call, scope, contents)
        if actions is not None and isinstance(call.func, ast.Attribute):
            if all(isinstance(each, ast.Constant) for each in (*actions.keys, *actions.values)):
                pairs = zip(actions.keys, actions.values, strict=True)
                yield id(call.func.value), [(text(verb).upper(), text(action)) for verb, action in pairs]


def _by_helpers(contents: Contents, view: Entity) -> Iterator[tuple[int, list[tuple[str, str]]]]:
    """By the id of what is before ``.as_action_view("archive")``, a method of the project that calls ``as_view``, the action.

    Nothing, where that is given no name of one: it may be anything.
    """
    for call, _ in contents.calls:
        of = call.func.value if isinstance(call.func, ast.Attribute) and not is_as_view(call) else None
        if of is None or last_name(of) != view.last or not isinstance(call.func, ast.Attribute):
            continue
        method = contents.names.member(view, call.func.attr)
        is_own = method is not None and method.is_own and isinstance(method.node, FUNCTIONS)
        nodes = ast.walk(method.node) if method is not None and method.node is not None and is_own else ()
        if any(isinstance(node, ast.Attribute) and node.attr == "as_view" for node in nodes):
            named = text(call.args[0]) if call.args and isinstance(call.args[0], ast.Constant) else ""
            yield id(of), [(AS_SAID, named)] if _is_action(named, view, contents.names) else []


def _is_action(name: str, view: Entity, names: Names) -> bool:
    """Whether a view has an action of that name, which says its verbs."""
    found = names.member(view, name) if name else None
    decorators = found.node.decorator_list if found is not None and isinstance(found.node, FUNCTIONS) else []
    return any(last_name(called(each)) in EXTRA for each in decorators)


def is_replaced(view: Entity, contents: Contents) -> bool:
    """Return whether another class takes the name of a view before anything uses that: nobody can route it."""
    node, scope = view.node, view.scope
    bindings = scope.symbols.get(view.last, ()) if scope is not None and isinstance(node, ast.ClassDef) else ()
    if not isinstance(node, ast.ClassDef) or node.decorator_list:
        return False
    later = [b.node.lineno for b in bindings if isinstance(b.node, ast.ClassDef) and not b.in_branch]
    after = [line for line in later if line > node.lineno]
    return bool(after) and not any(node.lineno < each.lineno < min(after) for each in contents.named(view.last))
