"""What a project declares in its settings: functions with a decorator of its own are handlers, too."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence

from pytest_fitness.frameworks._module_reader import ModuleReader
from pytest_fitness.frameworks._reading import called, declared_result, option, text
from pytest_fitness.frameworks._roles import Roles
from pytest_fitness.model.contents import Contents
from pytest_fitness.model.syntax import Endpoint, Scope


class Declared:
    """The adapter.

    Every parameter of such a function counts as its body, but for dependencies and parameters in the path.

    Args:
        decorators: full names, as in ``handler_decorators``.
    """

    name = "`handler_decorators`"
    registrations: tuple[str, ...] = ()
    knowledge: Mapping[tuple[str, str], str] = {}

    def __init__(self, decorators: Sequence[str]) -> None:
        self.decorators = frozenset(decorators)
        self.hints: tuple[str, ...] = tuple(sorted(name.rpartition(".")[2] for name in decorators))

    def discover(self, contents: Contents) -> Iterator[Endpoint]:
        """Yield the functions of one module that have one of the decorators."""
        yield from _Functions(contents).each()


class _Functions(ModuleReader):
    framework = Declared.name

    def each(self) -> Iterator[Endpoint]:
        roles = Roles(self.names)
        for decorator, scope, found, target in self.decorated(self._is_one, once=True):
            path = text(option(decorator, "path", position=0))
            if found is None:
                yield self.missing(target, target, scope, ["CALL"], path)
                continue
            parts = (roles.body(argument, default, found.scope, path) for argument, default in found.parameters)
            inputs = [part for part in parts if part is not None]
            yield self.endpoint(found, decorator, ["CALL"], path=path, inputs=inputs, output=declared_result(found))

    def _is_one(self, decorator: ast.expr, scope: Scope) -> bool:
        entity = self.names.resolve(called(decorator), scope)
        return entity is not None and self.names.known(entity.name) == "handler-decorator"
