"""Background tasks: Celery, dramatiq, taskiq and Huey. Their arguments go through a queue as data.

A result is judged where it is declared; most tasks have none.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from pytest_fitness.frameworks._module_reader import ModuleReader
from pytest_fitness.frameworks._reading import (
    called,
    declared_result,
    kinds_of_class,
    methods_of,
    no_result,
    option,
    text,
)
from pytest_fitness.frameworks._roles import Roles
from pytest_fitness.model.contents import Contents, Found, last_name
from pytest_fitness.model.syntax import Endpoint, Part, Scope

BROKERS = (
    ("celery", "Celery"), ("huey", "Huey"), ("huey", "RedisHuey"), ("huey", "SqliteHuey"), ("procrastinate", "App"),
    ("taskiq", "AsyncBroker"), ("taskiq", "InMemoryBroker"), ("taskiq", "ZeroMQBroker"),
    ("taskiq_redis", "ListQueueBroker"), ("taskiq_redis", "PubSubBroker"), ("taskiq_redis", "RedisStreamBroker"),
    ("taskiq_aio_pika", "AioPikaBroker"), ("taskiq_nats", "NatsBroker"), ("taskiq_nats", "PullBasedJetStreamBroker"),
)  # fmt: skip
LIBRARIES = {
    ("celery", "shared_task"): "Celery",
    ("dramatiq", "actor"): "dramatiq",
    ("taskiq", "shared_task"): "taskiq",
    ("huey", "db_task"): "Huey",
    ("huey", "task"): "Huey",
}
"""By the function that makes a task."""

BROKER_LIBRARIES = {"celery": "Celery", "huey": "Huey", "procrastinate": "Procrastinate"}
"""By the package of the broker's class; all others are taskiq's."""

NAMED = {"celery": "Celery", "celery_app": "Celery", "app": "Celery", "broker": "taskiq", "huey": "Huey"}
"""By the name of a broker that cannot be followed."""
CALLS = (r"\.task\(", r"shared_task\(", r"actor\(")
"""Tasks made by calls: ``app.task(f)``, ``app.task(bind=True)(f)``."""


class Tasks:
    """The adapter."""

    name = "Celery, dramatiq, taskiq"
    hints: tuple[str, ...] = (r"@[\w.]*(?:task|actor)\b", "celery", "dramatiq", *CALLS)
    registrations: tuple[str, ...] = CALLS
    knowledge: Mapping[tuple[str, str], str] = {
        **dict.fromkeys(BROKERS, "broker"),
        **dict.fromkeys(LIBRARIES, "verb:task"),
        ("celery", "Task"): "task",
        ("dramatiq", "GenericActor"): "task",
        ("taskiq", "TaskiqDepends"): "marker:dependency",
        ("taskiq_dependencies", "Depends"): "marker:dependency",
        ("taskiq", "Context"): "special",
    }

    def discover(self, contents: Contents) -> Iterator[Endpoint]:
        """Yield the tasks of one module."""
        yield from _Tasks(contents).each()


class _Tasks(ModuleReader):
    def each(self) -> Iterator[Endpoint]:
        bare = self.contents.mentions(*CALLS)
        for decorator, scope, found, target in self.decorated(self._library, once=True, bare=bare):
            self.framework = self._library(decorator, scope)
            if found is None:
                yield self.missing(target, target, scope, ["TASK"], "", "task")
            else:
                yield self._task(found, decorator)
        for entity in self.contents.classes:
            if "task" in kinds_of_class(self.names, entity):
                for _, found in methods_of(entity, self.names, ("run", "perform")):
                    if found.owner is not None and found.owner.node is entity.node:
                        self.framework = "Celery"
                        yield self._task(found, found.function)

    def _library(self, decorator: ast.expr, scope: Scope) -> str:
        """The library whose task *decorator* makes; empty for everything else."""
        function = called(decorator)
        name = last_name(function)
        if name in ("task", "periodic_task") and isinstance(function, ast.Attribute):
            broker = function.value
            kinds = self.kinds(broker, scope)
            if "broker" in kinds:
                return self._of_broker(broker, scope)
            # what cannot be followed but has a name that says it
            entity = self.names.resolve(broker, scope)
            unclear = entity is None or entity.kind in ("unknown", "external", "module")
            return NAMED.get(last_name(broker), "") if unclear and not any(kinds) else ""
        if name in ("shared_task", "actor", "db_task", "task"):
            made = self.names.resolve(function, scope)
            if made is not None and self.names.known(made.name) == "verb:task":
                return LIBRARIES.get((made.name.partition(".")[0], made.last), "a task")
            if made is not None and made.kind == "function" and made.node is not None and name == "actor":
                return "dramatiq" if "dramatiq" in ast.unparse(made.node) else ""  # a decorator around it
        return ""

    def _of_broker(self, broker: ast.expr, scope: Scope) -> str:
        entity = self.names.resolve(broker, scope)
        made = self.names.instance_class(entity) if entity is not None else None
        tops = [base.name.partition(".")[0] for base in self.names.bases(made)] if made is not None else []
        return next((BROKER_LIBRARIES[top] for top in tops if top in BROKER_LIBRARIES), "taskiq")

    def _task(self, found: Found, decorator: ast.AST) -> Endpoint:
        output = declared_result(found)
        bound = isinstance(decorator, ast.Call) and text(option(decorator, "bind")) == "True"
        return self.endpoint(
            found,
            decorator,
            ["TASK"],
            inputs=self._inputs(found, bound=bound),
            output=output if output.annotation is not None else no_result(found),
            kind="task",
        )

    def _inputs(self, found: Found, *, bound: bool) -> Iterator[Part]:
        for number, (argument, default) in enumerate(found.parameters):
            is_self = number == 0 and found.owner is None and (bound or argument.arg == "self")
            part = Roles(self.names).body(argument, default, found.scope)
            if not is_self and part is not None:
                yield part
