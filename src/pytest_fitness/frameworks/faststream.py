"""FastStream: functions that subscribe to a topic. What is published has to be declared; what is only returned has not."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from pytest_fitness.frameworks._behind import functions_behind
from pytest_fitness.frameworks._module_reader import ModuleReader
from pytest_fitness.frameworks._reading import (
    called,
    declared_result,
    no_result,
    option,
    text,
)
from pytest_fitness.frameworks._roles import Roles
from pytest_fitness.model.contents import Contents, Found, last_name
from pytest_fitness.model.syntax import Endpoint, Part, Scope

TRANSPORTS = ("Kafka", "Rabbit", "Nats", "Redis", "Confluent", "MQTT")
MESSAGES = (
    "Message",
    "StreamMessage",
    "ListMessage",
    "BatchMessage",
    "BatchListMessage",
    "BatchStreamMessage",
    "ChannelMessage",
)
ROUTE = r"Route\("


def _knowledge() -> dict[tuple[str, str], str]:
    table: dict[tuple[str, str], str] = {}
    for transport in TRANSPORTS:
        table |= {
            ("faststream", f"{transport}{what}"): "router:faststream" for what in ("Broker", "Router", "RoutePublisher")
        }
        table |= {("faststream", f"{transport}{message}"): "special" for message in MESSAGES}
        table[("faststream", f"annotations.{transport}Broker")] = "special"
    table |= {
        ("faststream", name): "special"
        for name in ("Logger", "ContextRepo", "NoCast", "StreamMessage", "SerializerProto")
    }
    table |= {("faststream", name): "marker:dependency" for name in ("Context", "Depends", "Header", "Path")}
    table |= {("faststream", f"{transport}Route"): "route:faststream" for transport in TRANSPORTS}
    # RabbitRouter in faststream.rabbit.fastapi, which is a router of FastAPI's as well
    table |= {("faststream", f"fastapi.{transport}Router"): "router:fastapi" for transport in TRANSPORTS}
    table |= {("fast_depends", "Depends"): "marker:dependency"}
    return table | {("faststream", "FastStream"): "router:elsewhere"}


class FastStream:
    """The adapter."""

    name = "FastStream"
    hints: tuple[str, ...] = ("subscriber", ROUTE)
    registrations: tuple[str, ...] = (ROUTE, "subscriber")
    knowledge: Mapping[tuple[str, str], str] = _knowledge()

    def discover(self, contents: Contents) -> Iterator[Endpoint]:
        """Yield the subscribers of one module."""
        yield from _Subscribers(contents).each()


class _Subscribers(ModuleReader):
    framework = FastStream.name

    def each(self) -> Iterator[Endpoint]:
        for decorator, scope, found, target in self.decorated(self._subscribing, is_sure=self._is_sure, once=True):
            subscribing = self._subscribing(decorator, scope)
            assert subscribing is not None
            if found is None:
                yield self.missing(target, decorator, scope, ["MESSAGE"], _topic(subscribing), "message")
            else:
                yield self._subscriber(found, decorator, subscribing)
        for call, where in self.contents.calls if self.contents.mentions(ROUTE) else ():
            if last_name(call.func).endswith("Route") and call.args:  # KafkaRoute(handle, "topic")
                made = self.names.resolve(call.func, where)
                if made is not None and self.names.known(made.name) == "route:faststream":
                    yield from self._routed(call, where)

    def _routed(self, call: ast.Call, scope: Scope) -> Iterator[Endpoint]:
        """The subscriber of ``KafkaRoute(handle, "topic")``."""
        for made, target, where, calling, *_ in self.registrations(call, call.args[0], scope):
            subscribing = ast.Call(made.func, made.args[1:], made.keywords)
            behind = functions_behind(target, where, self.contents, ())
            for found, _ in behind:
                yield self._subscriber(found, made, subscribing)
            if not behind:
                yield self.missing(target, made, calling, ["MESSAGE"], _topic(subscribing), "message")

    def _is_sure(self, decorator: ast.expr, scope: Scope) -> bool:
        """Whether a call subscribes what it is applied to."""
        return "faststream" in self.contents.imported_anywhere and self._subscribing(decorator, scope) is not None

    def _subscribing(self, decorator: ast.expr, scope: Scope) -> ast.expr | None:
        """The call of ``subscriber`` behind a decorator: itself, or what a variable was made by."""
        function = called(decorator)
        if isinstance(function, ast.Name):
            entity = self.names.resolve(function, scope)
            if (
                entity is None
                or entity.kind != "value"
                or entity.scope is None
                or not isinstance(entity.node, ast.Call)
            ):
                return None
            decorator, function, scope = entity.node, entity.node.func, entity.scope
        if (
            isinstance(function, ast.Attribute)
            and function.attr == "subscriber"
            and self._is_broker(function.value, scope)
        ):
            return decorator
        return None

    def _is_broker(self, broker: ast.expr, scope: Scope) -> bool:
        """Nothing else has a decorator of that name: what cannot be followed is taken for a broker."""
        kinds = self.kinds(broker, scope)
        return bool({"router:faststream", "router:fastapi"} & set(kinds)) or not any(kinds)

    def _subscriber(self, found: Found, node: ast.AST, subscribing: ast.expr) -> Endpoint:
        decorators = (self.meant(decorator, found.scope)[0] for decorator in found.function.decorator_list)
        publishes = any(last_name(called(d)) == "publisher" for d in decorators) or option(subscribing, "publishers")
        output = declared_result(found)
        return self.endpoint(
            found,
            node,
            ["MESSAGE"],
            path=_topic(subscribing),
            inputs=self._inputs(found),
            output=output if publishes or output.annotation is not None else no_result(found),
            kind="message",
        )

    def _inputs(self, found: Found) -> Iterator[Part]:
        parts = (Roles(self.names).body(argument, default, found.scope) for argument, default in found.parameters)
        yield from (part for part in parts if part is not None)


def _topic(subscribing: ast.expr) -> str:
    return text(option(subscribing, "subject", "channel", "list", "stream", "queue", position=0))
