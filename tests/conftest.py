"""Shared by all tests."""

from __future__ import annotations

import pytest
from small_project import Project

pytest_plugins = ["pytester"]


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A green project without fitness tests."""
    return Project(pytester, monkeypatch)
