"""Frameworks that others add, by a hook or by the settings."""

from __future__ import annotations

import pytest

APP = """
from shop.bus import command

@command("orders.place")
def place(order: dict): ...
"""
CONFTEST = """
from pytest_fitness.model.contents import Contents
from pytest_fitness.model.syntax import Endpoint, Part


class Bus:
    name = "our bus"
    hints = ("command",)
    registrations = ()
    knowledge = {}

    def discover(self, contents):
        for found in contents.functions:
            for decorator in found.function.decorator_list:
                entity = contents.names.resolve(decorator.func, found.scope)
                if entity is not None and entity.name == "shop.bus.command":
                    inputs = [Part(a.arg, a.annotation, found.scope, a, found.scope) for a, _ in found.parameters]
                    yield Endpoint(
                        framework=self.name,
                        function=found.function,
                        scope=found.scope,
                        registered_in=contents.scope.module,
                        qualname=found.function.name,
                        node=decorator,
                        methods=("COMMAND",),
                        path=decorator.args[0].value,
                        inputs=tuple(inputs),
                        output=Part("return", None, found.scope, found.function, found.scope, "none"),
                        kind="message",
                    )


def pytest_fitness_adapters(config):
    return [Bus()]
"""
TEST = """
from pytest_fitness.rules import BoundarySchemas

def test_schemas(codebase):
    assert codebase.violations(BoundarySchemas(inside="api")) == []
"""


@pytest.fixture(name="project")
def project_(pytester: pytest.Pytester) -> pytest.Pytester:
    pytester.makepyfile(**{"shop/api": APP, "shop/bus": "def command(name): ...", "test_it": TEST})
    return pytester


def test_an_adapter_in_a_conftest_is_asked(project: pytest.Pytester) -> None:
    """What it finds is judged like everything else."""
    project.makeconftest(CONFTEST)

    result = project.runpytest_subprocess()

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(['*COMMAND orders.place place must not take raw dict as "order"*'])


def test_without_it_the_error_says_what_it_would_take(project: pytest.Pytester) -> None:
    """The frameworks that were looked for, and the ways to teach another."""
    result = project.runpytest_subprocess()

    result.stdout.fnmatch_lines(
        ["*no handler matches 'api'; looked for FastAPI, *; teach it others by*docs/frameworks.md*"]
    )


@pytest.mark.parametrize(
    ("returned", "message"),
    [("[object()]", "returned object, which lacks name, hints, *"), ("[Bus]", "returned Bus, which is a class; *")],
)
def test_an_adapter_that_is_none_is_an_error(project: pytest.Pytester, returned: str, message: str) -> None:
    """Rather than no handler found."""
    project.makeconftest(CONFTEST.replace("[Bus()]", returned))

    project.runpytest_subprocess().stdout.fnmatch_lines([f"*pytest_fitness_adapters {message}"])


def test_the_settings_teach_a_decorator(project: pytest.Pytester) -> None:
    """Without code."""
    project.makepyprojecttoml('[tool.pytest-fitness.frameworks]\nhandler_decorators = ["shop.bus.command"]')

    result = project.runpytest_subprocess()

    result.stdout.fnmatch_lines(['*CALL orders.place place must not take raw dict as "order"*'])


def test_a_misspelt_name_in_the_settings_is_an_error_with_a_line(project: pytest.Pytester) -> None:
    """Where it is written."""
    project.makepyprojecttoml('[tool.pytest-fitness.frameworks]\nhandler_decorators = ["shop.bus.comand"]')

    result = project.runpytest_subprocess()

    result.stdout.fnmatch_lines(
        [
            "*pyproject.toml:2: 'handler_decorators': there is nothing called 'shop.bus.comand'; did you mean 'shop.bus.command'*"
        ]
    )
