"""What rules about handlers plant to prove that they can fail."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from pytest_fitness.model import (
    Codebase,
    Conduct,
    Effect,
    EffectKind,
    Handler,
    Location,
    Plant,
    Slot,
    SlotKind,
)
from pytest_fitness.rules._handlers import HandlerRule

PLANTED = "fitness_planted"
NOWHERE = Location("", 0, f"def {PLANTED}(...): ...")
NOTHING = Slot("return", "none", "None", NOWHERE)


@dataclass(frozen=True, slots=True)
class Variant:
    """An invented handler: what is wrong with it, what crosses its boundary, and what it does."""

    what: str
    inputs: tuple[Slot, ...] = ()
    output: Slot = NOTHING
    conduct: Conduct = field(default_factory=Conduct)
    methods: tuple[str, ...] = ("POST",)
    is_async: bool = False


def planted_handlers(
    rule: HandlerRule,
    codebase: Codebase,
    variants: Sequence[Variant],
    only: Callable[[Handler], bool] = lambda _: True,
) -> Iterator[Plant]:
    """Yield every variant in one module of the scope, and the first one in each module that has handlers of the same kind.

    Args:
        rule: says what the scope is.
        codebase: the codebase.
        variants: what the rule should find.
        only: which handlers the rule is about at all.
    """
    scope = [module.name for module in codebase.select(rule.inside)]
    found = codebase.handlers(list(codebase.modules.values())).found
    examples: dict[str, Handler] = {}
    wanted = {h.kind for h in found if h.module in scope and only(h)}
    for handler in found:
        if handler.kind in wanted and only(handler):
            examples.setdefault(handler.module, handler)
    first = next((name for name in scope if name in examples), scope[0])
    for name in dict.fromkeys([first, *sorted(examples)]):
        for variant in variants if name == first else variants[:1]:
            yield _plant(codebase, name, examples.get(name), variant, beyond=name not in scope)


def _plant(codebase: Codebase, module: str, example: Handler | None, variant: Variant, *, beyond: bool) -> Plant:
    handler = Handler(
        framework=example.framework if example else "",
        module=module,
        qualname=PLANTED,
        location=NOWHERE,
        methods=variant.methods,
        path="/fitness-planted",
        inputs=variant.inputs,
        output=variant.output,
        kind=example.kind if example else "http",
        is_async=variant.is_async,
    ).moved(codebase.modules[module].path)
    conduct = _moved(variant.conduct, handler.location.path)
    return Plant(
        f"a handler in {module} {variant.what}",
        codebase.with_conduct({handler: conduct}),
        names=(handler.name,),
        beyond=beyond,
    )


def _moved(conduct: Conduct, path: str) -> Conduct:
    def slots(each: tuple[Slot, ...]) -> tuple[Slot, ...]:
        return tuple(slot._replace(location=slot.location._replace(path=path)) for slot in each)

    def places(each: tuple[Location, ...]) -> tuple[Location, ...]:
        return tuple(place._replace(path=path) for place in each)

    return conduct._replace(
        loops=places(conduct.loops),
        branches=places(conduct.branches),
        effects=tuple(e._replace(trail=places(e.trail)) for e in conduct.effects),
        raw_requests=slots(conduct.raw_requests),
        raw_responses=slots(conduct.raw_responses),
        sync_sessions=slots(conduct.sync_sessions),
    )


def planted_slot(name: str, kind: SlotKind, text: str, detail: str = "", raw_fields: tuple[str, ...] = ()) -> Slot:
    """Return something that crosses the boundary."""
    return Slot(name, kind, text, NOWHERE, detail or text, raw_fields=raw_fields)


def planted_effect(kind: EffectKind, call: str, steps: int = 1) -> Effect:
    """Return a call with an effect, so many calls of functions away."""
    return Effect(kind, call, (NOWHERE,) * steps)
