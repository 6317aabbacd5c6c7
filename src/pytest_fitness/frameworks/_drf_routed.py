"""How a view set of Django REST framework is routed, where no router does it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence

from pytest_fitness.frameworks._reading import is_as_view, option, text
from pytest_fitness.model.contents import Contents
from pytest_fitness.model.syntax import Entity

TESTS = re.compile(r"(?:^|\.)(?:tests?|conftest)(?:\.|$|_)|_tests?(?:\.|$)")
"""Modules of tests, which call a view set as they like, wherever it is routed."""

AS_VIEW = r"\.as_view\(\s*(?:actions\s*=\s*)?\{"


def routed(view: Entity, contents: Contents) -> Mapping[str, Sequence[str]] | None:
    """Return by which verbs each action is called, where ``as_view({"get": "list"})`` is all that is done with a view set.

    None where something else is done with it in the codebase: a router gives it all its actions.
    """
    there = [each for each in (contents, *contents.elsewhere(view.last)) if not TESTS.search(each.scope.module)]
    if not any(each.mentions(AS_VIEW) for each in there):
        return None
    found: dict[str, list[str]] = {}
    for each in there:
        if any(alias.name == view.last and alias.asname not in (None, view.last) for alias in each.imports):
            return None
        tables = dict(_tables(each))
        bases = {
            id(base) for entity in each.classes if isinstance(entity.node, ast.ClassDef) for base in entity.node.bases
        }
        bases |= {id(call.args[0]) for call, _ in each.calls_of("super") if call.args}
        for node in each.named(view.last):
            meant = each.names.resolve(node, each.scope)
            if id(node) in bases or id(node) in _asked(each) or (meant is not None and meant.node is not view.node):
                continue  # what is derived from it is routed itself
            if id(node) not in tables:
                return None
            for verb, action in tables[id(node)]:
                found.setdefault(action, []).append(verb)
    return {action: sorted(set(verbs)) for action, verbs in found.items()} or None


def _asked(contents: Contents) -> set[int]:
    """The ids of what has an attribute other than ``as_view``: ``OrderViewSet.clean(data)`` is no way to route it."""
    known = contents.memo
    if ("asked",) not in known:
        every = (node for statement in contents.body for node in ast.walk(statement))
        known["asked",] = {id(n.value) for n in every if isinstance(n, ast.Attribute) and n.attr != "as_view"}
    found: set[int] = known["asked",]
    return found


def _tables(contents: Contents) -> Iterator[tuple[int, list[tuple[str, str]]]]:
    """By the id of what is before ``.as_view({...})``, the verbs and actions; only tables that are written there."""
    for call, _ in contents.calls:
        actions = option(call, "actions", position=0)
        if is_as_view(call) and isinstance(call.func, ast.Attribute) and isinstance(actions, ast.Dict):
            if all(isinstance(each, ast.Constant) for each in (*actions.keys, *actions.values)):
                pairs = zip(actions.keys, actions.values, strict=True)
                yield id(call.func.value), [(text(verb).upper(), text(action)) for verb, action in pairs]


def is_replaced(view: Entity, contents: Contents) -> bool:
    """Return whether another class takes the name of a view before anything uses that: nobody can route it."""
    node, scope = view.node, view.scope
    bindings = scope.symbols.get(view.last, ()) if scope is not None and isinstance(node, ast.ClassDef) else ()
    if not isinstance(node, ast.ClassDef) or node.decorator_list:
        return False
    later = [b.node.lineno for b in bindings if isinstance(b.node, ast.ClassDef) and not b.in_branch]
    after = [line for line in later if line > node.lineno]
    return bool(after) and not any(node.lineno < each.lineno < min(after) for each in contents.named(view.last))
