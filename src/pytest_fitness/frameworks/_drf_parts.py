"""Parts of what crosses in views of Django REST framework: what decorators say, what other views and bases have."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import replace

from pytest_fitness.frameworks._drf_body import Choice, Occasion
from pytest_fitness.frameworks._drf_choosing import ANY_SERIALIZER, NAMED, any_serializers_of, other_view
from pytest_fitness.frameworks._drf_logins import of_login
from pytest_fitness.frameworks._drf_returned import Returned
from pytest_fitness.frameworks._drf_routed import EXTRA
from pytest_fitness.frameworks._reading import function_of
from pytest_fitness.model.contents import FUNCTIONS, Found, last_name, own_returns
from pytest_fitness.model.syntax import Entity, Function, Names, Part, Scope

ACTIONS = ("list", "create", "retrieve", "update", "partial_update", "destroy")
"""What a view set takes over from REST framework."""


def part_of(name: str, choices: Sequence[Choice], node: ast.AST, home: Scope) -> Part | None:
    """Return what crosses, which is one of some serializers; None where there are none."""
    if not choices:
        return None
    return Part(name, *choices[0], node, home, alternatives=tuple(choices[1:]))


def of_action(found: Found) -> Iterator[tuple[str, Choice]]:
    """Yield what ``@action(serializer_class=...)`` says about the view's attributes, and for ``@pay.mapping.delete`` that of ``pay``."""
    for decorator in found.function.decorator_list:
        if isinstance(decorator, ast.Call) and last_name(decorator.func) in EXTRA:
            yield from ((each.arg, (each.value, found.scope)) for each in decorator.keywords if each.arg)
        elif isinstance(decorator, ast.Attribute) and last_name(decorator.value) == "mapping":
            first = decorator.value.value if isinstance(decorator.value, ast.Attribute) else None
            for binding in found.scope.symbols.get(last_name(first), ()) if first is not None else ():
                if isinstance(binding.node, FUNCTIONS) and binding.node is not found.function:
                    yield from of_action(Found(binding.node, found.scope, found.owner))


def of_other_view(calls: Sequence[ast.Call], answer: Returned, inside: Scope, names: Names) -> Part | None:
    """Return what ``OrderViewSet(request=request).list(request)`` gives, of the calls that are returned; None for all others."""
    for call in calls:
        action = last_name(call.func)
        other = None
        if isinstance(call.func, ast.Attribute) and action in ACTIONS:
            other = other_view(answer.meant(call.func.value), inside, names)
        if other is not None:
            return part_of("return", any_serializers_of(other, names, Occasion(action)), call, inside)
    return None


def next_method(name: str, of: ast.expr, view: Entity, inside: Scope, names: Names) -> tuple[Function, Scope] | None:
    """Return the method of the codebase that ``super()`` leads to, or ``Mixin`` of ``Mixin.create(self)``; None where it is none.

    Args:
        name: of the method.
        of: what it is called on.
        view: whose method calls it.
        inside: the scope of that method.
        names: resolves names.
    """
    bases = names.bases(view)
    if not isinstance(of, ast.Call):
        named = names.resolve(of, inside)
        found = function_of(names.member(named, name) if named is not None and named.kind == "class" else None)
        return found if found is not None and found[1].owned else None
    said = names.resolve(of.args[0], inside) if of.args else None
    behind = said.name if said is not None else None  # super(Other, self)
    around = inside.parent.node if inside.parent is not None else None
    is_here = (base.name == behind if behind else base.node is around for base in bases)
    at = next((n for n, here in enumerate(is_here) if here), len(bases))
    for base in bases[at + 1 :]:
        own = names.class_scope(base) if isinstance(base.node, ast.ClassDef) else None
        for binding in reversed(own.symbols.get(name, ())) if own is not None else ():
            if own is not None and own.owned and isinstance(binding.node, FUNCTIONS):
                return binding.node, own
            return None
    return None


def chosen_by(view: Entity, names: Names, occasion: Occasion) -> list[Choice]:
    """Return what a view serializes; one of a library that has serializers of its own by some of these."""
    found = any_serializers_of(view, names, occasion)
    is_told = not found and any(map(of_login, names.bases(view)))
    return [(ANY_SERIALIZER, replace(names.class_scope(view), resolved=NAMED))] if is_told else found


def makes_dict(call: ast.Call, inside: Scope, names: Names) -> bool:
    """Return whether a function of the project returns dicts, by its annotation or what is written there, or a text of one."""
    made = function_of(names.resolve(call.func, inside))
    if made is None or not made[1].owned:
        return last_name(call.func) == "dumps" and bool(call.args) and isinstance(call.args[0], ast.Dict)
    returned = list(own_returns(made[0]))
    if any(isinstance(node, ast.Attribute) and node.attr == "data" for node in ast.walk(made[0])):
        return False  # -> dict, that a serializer made
    is_said = made[0].returns is not None and set(names.kinds(made[0].returns, made[1])) == {"raw"}
    return is_said or (bool(returned) and all(isinstance(each, ast.Dict) and each.keys for each in returned))


def given_to(call: ast.Call) -> list[ast.expr]:
    """Return all that a call is given."""
    return [*call.args, *(keyword.value for keyword in call.keywords)]


def sets_serializer(node: ast.AST) -> bool:
    """Return whether ``self.serializer_class`` is set."""
    is_set = isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store)
    return is_set and node.attr.endswith("serializer_class")  # type: ignore[attr-defined]
