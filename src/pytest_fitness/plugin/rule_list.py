"""All rules that this project can name: ours, those for running applications, and those of plugins; and their pages."""

from __future__ import annotations

import inspect
import re
from collections.abc import Collection, Iterator, Mapping

import pytest

from pytest_fitness import packs, runtime
from pytest_fitness.model import Rule
from pytest_fitness.names import did_you_mean
from pytest_fitness.plugin.custom_rules import custom_rules
from pytest_fitness.rules import CATALOGUE, rule_class
from pytest_fitness.settings import Settings


def every_rule(config: pytest.Config) -> dict[str, tuple[str, type[Rule]]]:
    """Return where each rule comes from, and its class, by name."""
    found = {name: ("built in", rule_class(name)) for name in CATALOGUE}
    for name in runtime.RULES:
        cls: type[Rule] = getattr(runtime, name)
        found[cls.name] = ("for a running application, in tests", cls)
    found |= {name: (f"from {cls.__module__}", cls) for name, cls in custom_rules(config).items()}
    return dict(sorted(found.items()))


def listing(config: pytest.Config) -> Iterator[str]:
    """Yield a line a rule, and a line a pack."""
    every = every_rule(config)
    width = max(map(len, every))
    for name, (origin, cls) in every.items():
        note = "" if origin == "built in" else f"  [{origin}]"
        yield f"{name:<{width}}  {_first_line(cls)}{note}"
    yield ""
    yield "packs, lists of rules (pytest_fitness.packs):"
    for name in packs.__all__:
        yield f"{name:<{width}}  {_first_line(getattr(packs, name))}"
    yield ""
    yield "pytest --fitness-explain RULE prints the page of one"


def page(config: pytest.Config, settings: Settings, asked: str) -> str:
    """Return the page of a rule: by its name, the name of its class, of a contract, or a line of a failure.

    Raises:
        pytest.UsageError: there is no such rule.
    """
    every = every_rule(config)
    contracts: Mapping[str, Rule] = {contract.name: contract.rule for contract in settings.contracts}
    by_class = {cls.__name__: rule for rule, (_, cls) in every.items()}
    name = _name_in(asked, (*every, *by_class, *contracts, *packs.__all__))
    rule = by_class.get(name, name)
    if name in contracts and name not in every:
        rule = contracts[name].name
    if rule in packs.__all__:
        return f"{rule}  (pytest_fitness.packs.{rule})\n\n{inspect.getdoc(getattr(packs, rule))}"
    if rule not in every:
        near = (
            [name.lower()]
            if name.lower() in every
            else did_you_mean(name.lower(), [*every, *contracts, *packs.__all__])
        )
        hint = f"did you mean {' or '.join(map(repr, near))}?" if near else "`pytest --fitness-rules` lists them"
        raise pytest.UsageError(f"no rule or contract is called {name!r}; {hint}")
    cls = every[rule][1]
    home = cls.__module__.rpartition(".")[0] or cls.__module__
    title = f"{rule}  ({home}.{cls.__name__})"
    text = f"{title}\n{'=' * len(title)}\n\n{inspect.getdoc(cls) or 'It has no docstring.'}"
    if name in contracts:
        text += f"\n\nThe contract {name!r} in pyproject.toml:\n    {contracts[name]!r}"
    return text


def _name_in(asked: str, known: Collection[str]) -> str:
    """The name in a line that was copied from a failure, or what was asked."""
    asked = asked.strip()
    if asked in known:
        return asked
    quoted = re.search(r'"([^"]+)":', asked)
    item = re.search(r"::(?:prove |known )?([\w -]+?)(?: -|$| \()", asked)
    first = re.match(r"([\w-]+) \(", asked)
    found = [match[1] for match in (quoted, item, first) if match and match[1] in known]
    return found[0] if found else asked


def _first_line(documented: object) -> str:
    return (inspect.getdoc(documented) or "no docstring").strip().splitlines()[0]
