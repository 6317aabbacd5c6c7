"""Handlers of a module that consists of a text."""

from __future__ import annotations

from pytest_fitness.model import Handler
from pytest_fitness.testing import codebase


def handlers(text: str, others: dict[str, str] | None = None) -> tuple[Handler, ...]:
    """Return the handlers of ``shop.api``."""
    shop = codebase({"shop.api": text} | (others or {}))
    return shop.handlers(shop.select("api")).found


def titles(text: str, others: dict[str, str] | None = None) -> list[str]:
    """Return framework and title of each."""
    return [f"{handler.framework}: {handler.title}" for handler in handlers(text, others)]


def slots(text: str, others: dict[str, str] | None = None) -> list[tuple[list[str], str]]:
    """Return the kinds of the inputs, as ``"data: schema"``, and of the result of each."""
    found = handlers(text, others)
    return [([f"{slot.name}: {slot.kind}" for slot in h.inputs], h.output.kind) for h in found]


def classes_of(handler: Handler) -> tuple[list[str], str]:
    """Return the inputs of a handler, as ``"request.json: Order"``, and its result, as ``"schema Order"``."""
    inputs = [f"{s.name}: {'|'.join(c.name.rpartition('.')[2] for c in s.classes) or s.kind}" for s in handler.inputs]
    classes = "|".join(each.name.rpartition(".")[2] for each in handler.output.classes)
    return inputs, f"{handler.output.kind} {classes}".strip()
