"""Writes ``docs/rules/*.md`` from the docstrings of the rules: ``make pages``. A test holds the pages to the docstrings."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

from pytest_fitness.rules import CATALOGUE, rule_class

PAGES = Path(__file__).parent / "rules"


def page(name: str) -> str:
    """Return the page of the rule called *name*, as Markdown."""
    cls = rule_class(name)
    head, *sections = re.split(
        r"^(Why|Violates|Instead|Options|versionadded):+", inspect.getdoc(cls) or "", flags=re.MULTILINE
    )
    text = f"# {name}\n\n`pytest_fitness.rules.{cls.__name__}`\n\n{_prose(head)}\n"
    for title, body in zip(sections[::2], sections[1::2], strict=True):
        if title == "versionadded":
            text += f"\n*Since {body.strip()}*\n"
        elif title in ("Violates", "Instead"):
            text += f"\n## {title}\n\n```py\n{inspect.cleandoc(body)}\n```\n"
        elif title == "Options":
            lines = body.split("\n")
            end = next((n for n, line in enumerate(lines) if line and not line.startswith(" ")), len(lines))
            options = _options(inspect.cleandoc("\n".join(lines[:end])))
            text += f"\n## Options\n\n{options}\n"
            rest = _prose("\n".join(lines[end:]))
            text += f"\n{rest}\n" if rest else ""
        else:
            text += f"\n## {title}\n\n{_prose(body)}\n"
    return text


def index() -> str:
    """Return the list of all rules."""
    lines = [f"- [{name}]({name}.md): {(inspect.getdoc(rule_class(name)) or '').splitlines()[0]}" for name in CATALOGUE]
    listing = "\n".join(lines)
    return f"# Rules\n\n{listing}\n\n```{{toctree}}\n:hidden:\n\n" + "\n".join(CATALOGUE) + "\n```\n"


def _prose(text: str) -> str:
    return inspect.cleandoc(text).strip().replace("``", "`")


def _options(text: str) -> str:
    joined = re.sub(r"\n +", " ", text)
    return "\n".join(re.sub(r"^(\w+):", r"- **\1**:", line) for line in joined.splitlines()).replace("``", "`")


def main() -> None:
    """Write all pages."""
    (PAGES / "index.md").write_text(index(), encoding="utf-8")
    for name in CATALOGUE:
        (PAGES / f"{name}.md").write_text(page(name), encoding="utf-8")


if __name__ == "__main__":
    main()
