"""Background tasks: Celery, dramatiq, taskiq and Huey. Their arguments go through a queue as data.

A result is judged where it is declared; most tasks have none.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping

from pytest_fitness.frameworks._behind import derived_from
from pytest_fitness.frameworks._module_reader import NAMING, ModuleReader
from pytest_fitness.frameworks._reading import (
    ANSWERS,
    called,
    declared_result,
    kinds_of_class,
    methods_of,
    option,
    text,
)
from pytest_fitness.frameworks._roles import Roles
from pytest_fitness.model.contents import FUNCTIONS, Contents, Found, last_name, own_returns
from pytest_fitness.model.syntax import Endpoint, Entity, Part, Scope

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
    **{("huey", name): "Huey" for name in ("task", "periodic_task", "db_periodic_task", "on_commit_task")},
}
"""By the function that makes a task."""

BROKER_LIBRARIES = {"celery": "Celery", "huey": "Huey", "procrastinate": "Procrastinate"}
"""By the package of the broker's class; all others are taskiq's."""

NAMED = {
    re.compile(r"(?i)celery|^app$"): "Celery",
    re.compile(r"(?i)broker"): "taskiq",
    re.compile(r"(?i)huey"): "Huey",
}
"""By the name of a broker that cannot be followed."""

METHODS = ("task", "periodic_task", "register_task")
MAKERS = (*METHODS, *(name for _, name in LIBRARIES))
"""Of brokers, and all that makes tasks."""

DEEP = 4
"""Longest chain of names behind which a decorator is looked for."""

CALLS = (r"\.(?:register_)?task\(", r"shared_task\(", r"actor\(")
"""Tasks made by calls: ``app.task(f)``, ``app.task(bind=True)(f)``."""


class Tasks:
    """The adapter."""

    name = "Celery, dramatiq, taskiq"
    hints: tuple[str, ...] = (r"@[\w.]*(?:task|actor)\b", "celery", "dramatiq", "taskiq", ANSWERS, *CALLS)
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
        bare = self._may_make if self.contents.mentions(*CALLS) else None
        for decorator, scope, found, target in self.decorated(self._library, once=True, bare=bare):
            self.framework = self._library(decorator, scope)
            if found is None:
                yield self.missing(target, target, scope, ["TASK"], "", "task")
            else:
                yield self._task(found, decorator)
        for entity in self.contents.classes:
            if "task" in kinds_of_class(self.names, entity) and not self._is_only_base(entity):
                for _, found in methods_of(entity, self.names, ("run", "perform")):
                    if found.owner is not None and found.owner.node is entity.node:
                        tops = {base.name.partition(".")[0] for base in self.names.bases(entity)}
                        self.framework = "dramatiq" if "dramatiq" in tops else "Celery"
                        yield self._task(found, found.function)
        for decorator, found in self._elsewhere():
            yield self._task(found, decorator)._replace(registered_in=found.scope.module)

    def _is_only_base(self, entity: Entity) -> bool:
        """Whether a class is no task by itself, ``abstract = True``, and none of those derived from it answers by its methods."""
        said = self.names.member(entity, "abstract")
        is_own = said is not None and said.scope is not None and said.scope.node is entity.node
        if said is None or not is_own or not isinstance(said.node, ast.expr) or text(said.node) != "True":
            return False
        inside = (self.names.class_scope(each).symbols for each in derived_from(entity, self.contents))
        return all(
            any(isinstance(b.node, FUNCTIONS) for name in ("run", "perform") for b in each.get(name, ()))
            for each in inside
        )

    def _elsewhere(self) -> Iterator[tuple[ast.expr, Found]]:
        """Functions of other modules with a decorator of this one: ``job = partial(dramatiq.actor, max_retries=3)``."""
        for name, bindings in self.module.symbols.items():
            node = bindings[-1].node
            last = node.body[-1] if isinstance(node, ast.FunctionDef) else None
            if not isinstance(node, ast.Call | ast.Attribute) and not isinstance(last, ast.Return):
                continue
            library = self._library(ast.Name(name, ast.Load()), self.module)
            for there in self.contents.elsewhere(name) if library else ():
                bound = there.scope.symbols.items()
                names = {name, *(other for other, b in bound if b[-1].kind == "from" and b[-1].target[-1] == name)}
                for found in there.functions:
                    for decorator in found.function.decorator_list:
                        function = called(decorator)
                        made = self.names.resolve(function, found.scope) if last_name(function) in names else None
                        if made is not None and made.node is node:
                            self.framework = library
                            yield decorator, found

    def _library(self, decorator: ast.expr, scope: Scope, depth: int = 0) -> str:
        """The library whose task *decorator* makes; empty for everything else."""
        function = called(decorator)
        name = last_name(function)
        if name in METHODS and isinstance(function, ast.Attribute) and not self._is_of_module(function.value, scope):
            library = self._of_method(function, scope, depth)
            return "" if name == "register_task" and library == "Celery" else library  # which is given objects
        base = function.value if isinstance(function, ast.Attribute) else function
        is_clear = name in MAKERS or (isinstance(base, ast.Name) and self._may_be_named(base.id, scope))
        made = self.names.resolve(function, scope) if is_clear else None
        if made is None:
            return ""
        if made.kind in ("external", "class", "function") and self.names.known(made.name) == "verb:task":
            return LIBRARIES.get((made.name.partition(".")[0], made.last), "a task")
        return self._behind(made, depth + 1) if depth < DEEP else ""

    def _is_of_module(self, of: ast.expr, scope: Scope) -> bool:
        """Whether a function of a module is called, ``djhuey.db_task()``, rather than a method of a broker."""
        made = self.names.resolve(of, scope) if isinstance(of, ast.Name | ast.Attribute) else None
        return made is not None and made.name.endswith("djhuey")

    def _may_make(self, call: ast.Call) -> bool:
        """Whether a call has the name of one that makes a task, or of a variable."""
        name = last_name(call.func)
        bindings = self.module.symbols.get(name, ()) if isinstance(call.func, ast.Name) else ()
        others = (b.kind == "value" or (b.kind == "from" and b.target[-1] in MAKERS) for b in bindings)
        return name in MAKERS or any(others)

    def _may_be_named(self, name: str, scope: Scope) -> bool:
        """Whether a name may be another one for what makes tasks: one of the project's, or imported by another name."""
        bindings = self.module.symbols.get(name, ())
        return self.is_own(name, scope) or any(b.kind == "from" and b.target[-1] in MAKERS for b in bindings)

    def _behind(self, made: Entity, depth: int) -> str:
        """The library of a decorator by another name: ``retry = shared_task(max_retries=3)``, a function that returns one."""
        node, scope = made.node, made.scope
        if scope is None or not scope.owned or made.kind not in ("value", "function"):
            return ""
        if isinstance(node, ast.FunctionDef):
            inside = self.names.function_scope(node, scope)
            calls = [value for value in own_returns(node) if isinstance(value, ast.Call)]
            makers = (call.func if isinstance(call.func, ast.Call) else call for call in calls)
            return next((found for each in makers if (found := self._library(each, inside, depth))), "")
        if isinstance(node, ast.Call) and node.args:
            if last_name(node.func) == "partial":
                node = node.args[0]
            elif isinstance(node.args[0], NAMING) and last_name(node.func) != "periodic_task":
                return ""  # it makes a task, and no decorator
        return self._library(node, scope, depth) if isinstance(node, ast.expr) else ""

    def _of_method(self, method: ast.Attribute, scope: Scope, depth: int) -> str:
        """The library whose broker has the method ``task``, by its class, or by its name where that cannot be followed."""
        broker = method.value
        kinds = self.kinds(broker, scope)
        if "broker" in kinds:
            return self._of_broker(broker, scope)
        entity = self.names.resolve(broker, scope)
        if any(kinds) or (entity is not None and entity.kind in ("class", "function")):
            return ""
        if entity is not None and entity.name.startswith("celery."):
            return "Celery"  # celery.current_app
        made = self.names.instance_class(entity) if entity is not None and entity.kind == "value" else None
        own = self.names.member(made, method.attr) if made is not None else None
        is_followed = own is not None and isinstance(own.node, ast.FunctionDef) and depth < DEEP
        if own is not None and is_followed and (behind := self._behind(own, depth + 1)):
            return behind  # that of a broker, which it hands on to
        if made is not None and all(base.kind == "class" for base in self.names.bases(made)):
            return ""  # nothing is unknown of it
        return next((library for meant, library in NAMED.items() if meant.search(last_name(broker))), "")

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
            output=output._replace(is_optional=True),
            kind="task",
        )

    def _inputs(self, found: Found, *, bound: bool) -> Iterator[Part]:
        for number, (argument, default) in enumerate(found.parameters):
            is_self = number == 0 and (bound or (found.owner is None and argument.arg == "self"))
            part = Roles(self.names).body(argument, default, found.scope)
            if not is_self and part is not None:
                yield part
        for rest in (found.function.args.vararg, found.function.args.kwarg):
            if rest is not None:
                yield Part(rest.arg, rest.annotation, found.scope, rest, found.scope)
