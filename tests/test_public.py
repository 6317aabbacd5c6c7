"""The public surface."""

from __future__ import annotations

import ast
import inspect
from pathlib import Path

import pytest

import pytest_fitness
from pytest_fitness import errors, rules

SRC = Path(pytest_fitness.__file__).parent


def test_the_public_names_are_sorted_and_all_there() -> None:
    """What ``__all__`` promises can be had."""
    assert pytest_fitness.__all__ == sorted(pytest_fitness.__all__) == dir(pytest_fitness)
    assert all(getattr(pytest_fitness, name) is not None for name in pytest_fitness.__all__)
    with pytest.raises(AttributeError, match="has no attribute 'Nothing'"):
        _ = pytest_fitness.Nothing


def test_every_exception_is_drawn_and_public() -> None:
    """The tree in the docstring is complete."""
    classes = [c for c in vars(errors).values() if inspect.isclass(c) and issubclass(c, Exception)]

    assert all(c.__name__ in str(errors.__doc__) and c.__name__ in pytest_fitness.__all__ for c in classes)


def test_rules_can_be_had_by_class_and_by_name() -> None:
    """One catalogue for Python and TOML."""
    assert sorted(rules.CATALOGUE.values()) == rules.__all__ == dir(rules)
    for name, class_name in rules.CATALOGUE.items():
        assert getattr(rules, class_name) is rules.rule_class(name)
        assert rules.rule_class(name).name == name
    with pytest.raises(AttributeError, match="has no attribute 'Layer'"):
        _ = rules.Layer


@pytest.mark.parametrize("name", rules.CATALOGUE)
def test_a_rule_documents_itself(name: str) -> None:
    """One line, then why, violates, instead, options, and since when."""
    text = inspect.getdoc(rules.rule_class(name)) or ""
    sections = ["Why:", "Violates::", "Instead::", "Options:", "versionadded: "]

    assert text.splitlines()[0].endswith(".")
    positions = [text.index(section) for section in sections]
    assert positions == sorted(positions)
    options = text[positions[3] : positions[4]]
    parameters = [p for p in inspect.signature(rules.rule_class(name)).parameters if p != "self"]
    assert all(f"{parameter}:" in options for parameter in parameters), parameters


@pytest.mark.parametrize("name", rules.CATALOGUE)
def test_a_rule_has_a_test_file(name: str) -> None:
    """One rule, one file, one test file, of one name."""
    assert (SRC / "rules" / f"{name.replace('-', '_')}.py").is_file()
    assert (Path(__file__).parent / "rules" / f"test_{name.replace('-', '_')}.py").is_file()


@pytest.mark.parametrize("file", sorted(Path(__file__).parent.rglob("test_*.py")), ids=lambda p: p.name)
def test_every_test_says_in_a_sentence_what_holds(file: Path) -> None:
    """Who reads a failure reads the sentence first."""
    tree = ast.parse(file.read_text())
    tests = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef) and n.name.startswith("test_")]
    own = [t for t in tests if t in tree.body]

    assert own
    assert [t.name for t in own if not ast.get_docstring(t)] == []
