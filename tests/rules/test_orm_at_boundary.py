"""Rows at the boundary, by themselves and inside of schemas."""

from __future__ import annotations

import pytest
from rules.handlers_of import said, shop

from pytest_fitness.rules import OrmAtBoundary

RULE = OrmAtBoundary("api")


@pytest.mark.parametrize(
    "text",
    [
        "@router.get('/')\ndef f() -> Order: ...",
        "@router.get('/')\ndef f() -> dict: ...",
        "@router.get('/')\ndef f(): return {}",
        "@router.post('/', response_model=Order)\ndef f() -> Row: ...",
    ],
)
def test_everything_else_is_allowed(text: str) -> None:
    """Raw data are for other rules."""
    assert said(RULE, text) == []


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("@router.get('/')\ndef f() -> Row: ...", "return the ORM class shop.api.Row"),
        ("@router.post('/')\ndef f(a: list[Row]) -> None: ...", "take the ORM class shop.api.Row"),
        ("@router.get('/')\ndef f(): return Row()", "return the ORM class `Row(...)`"),
        ("class Page(BaseModel):\n    items: list[Row]\n@router.get('/')\ndef f() -> Page: ...",
         "return the ORM class shop.api.Page, with shop.api.Row inside"),
        ("class Inner(BaseModel):\n    row: Row\nclass Page(BaseModel):\n    items: list[Inner]\n"
         "@router.get('/')\ndef f() -> Page: ...",
         "return the ORM class shop.api.Page, with shop.api.Inner, with shop.api.Row inside inside"),
    ],
)  # fmt: skip
def test_a_row_is_found_however_deep(text: str, what: str) -> None:
    """In fields of fields, and without a declaration."""
    (message,) = said(RULE, text)

    assert message.endswith(f"f must not {what}")


def test_what_is_unknown_is_noted() -> None:
    """It may be a row."""
    code = shop("from nowhere import X\n@router.post('/')\ndef f(a: X) -> X: ...")

    assert code.violations(RULE) == []
    assert len(code.evaluations[-1].notes) == 2


def test_the_signature_is_shown_and_the_annotation_underlined() -> None:
    """So that nobody has to look for it."""
    (violation,) = shop("@router.post('/')\ndef f(number: int, row: Row = None) -> None: ...").violations(RULE)

    assert violation.details == (
        "def f(number: int, row: Row = None) -> None",
        "                        ^^^",
    )


def test_a_file_that_cannot_be_parsed_fails() -> None:
    """By name."""
    assert "cannot be parsed" in said(RULE, "@router.get('/')\ndef f() -> None: ...", {"shop.api.x": "def (:"})[0]
