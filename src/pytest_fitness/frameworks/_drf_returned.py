"""What a method of a view of Django REST framework returns, as far as it is made of serializers."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property

from pytest_fitness.frameworks._drf_body import Choice
from pytest_fitness.frameworks._reading import called, is_success, option, says_no_content, text, values_in
from pytest_fitness.model.contents import last_name
from pytest_fitness.model.straight import replaced

BODY = ("data", "POST", "FILES", "body", "DATA")
QUERY = ("GET", "query_params")
SENT = (*BODY, *QUERY)
"""Attributes of a request that hold what was sent."""

ERRORS = frozenset(
    f"HttpResponse{kind}"
    for kind in "BadRequest Forbidden NotFound NotAllowed Gone ServerError Redirect PermanentRedirect NotModified".split()
)
"""Django's responses that say by their names that something went wrong, or is somewhere else."""

OF_ERRORS = re.compile(r"\w*Error(?:Message|Response)?$|\w*Exception$")
"""What classes of errors are called: ``ErrorMessage("no such order", 404).to_response()``."""

CHANGES = ("update", "pop", "setdefault")
"""Methods of a dict that change what is in it."""

FAILED = re.compile(r"(?:\w+_)?err(?:or)?(?:_response)?$")
"""What variables are called that hold an error: ``order, error = self.find(number)``."""

CAUGHT = frozenset("e err error ex exc exception".split())
"""What exceptions are called, where their status is that of the response."""

RESPONSES = (
    "Response", "JsonResponse", "HttpResponse", "FileResponse", "StreamingHttpResponse", "get_paginated_response",
)  # fmt: skip
"""What a view answers with, by its name."""

OF_FILES = ("FileResponse", "StreamingHttpResponse")
"""Of these, what no serializer is ever put into."""

LOOKUPS = ("filter", "get", "exclude", "first", "last", "latest", "get_object_or_404", "get_or_404")
"""What finds rows by what it is given, which is not in them."""

HANDS_ON = re.compile(r"(?i)response|paginat|^list$")
"""What answers with what it is given, by its name: ``Response``, ``self.get_paginated_response``."""


def when_all_goes_well(values: list[ast.expr], names: Mapping[str, list[ast.expr]] | None = None) -> list[ast.expr]:
    """Leave out errors; of a method that only fails, nothing."""
    return [value for value in values if not is_error(value, names)] or values


def is_error(value: ast.expr, names: Mapping[str, list[ast.expr]] | None = None) -> bool:
    """Return whether a response says that something went wrong, as far as it is written there, or in local *names*."""
    if isinstance(value, ast.Name) and FAILED.match(value.id):
        return True
    name = last_name(called(value))
    status = option(value, "status", position=1 if name == "Response" else -1) if name.endswith("Response") else None
    if isinstance(status, ast.Name) and (given := (names or {}).get(status.id)):
        return not any(is_success(each) and not _is_of_caught(each) for each in given)
    is_caught = _is_of_caught(status)
    made = value.func.value if isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute) else None
    is_caught = is_caught or (isinstance(made, ast.Call) and OF_ERRORS.match(last_name(made.func)) is not None)
    data = option(value, "data", position=0) if name.endswith("Response") else None
    is_caught = is_caught or (isinstance(data, ast.Attribute) and data.attr == "errors")  # Response(serializer.errors)
    return name in (*ERRORS, "http_method_not_allowed") or is_caught or (status is not None and not is_success(status))


def _is_of_caught(status: ast.expr | None) -> bool:
    """Whether a status is one of an exception: ``error.status_code``."""
    return isinstance(status, ast.Attribute) and last_name(status.value) in CAUGHT


def is_empty(response: ast.expr) -> bool:
    """Return whether a response has the status of one with nothing in it, whatever is put into it."""
    is_one = isinstance(response, ast.Call) and last_name(response.func).endswith("Response")
    status = option(response, "status", position=1 if last_name(called(response)) == "Response" else -1)
    return is_one and says_no_content(status)


def _is_position(index: ast.expr) -> bool:
    return isinstance(index, ast.Slice) or (isinstance(index, ast.Constant) and isinstance(index.value, int))


def _sides(data: ast.expr) -> list[ast.expr]:
    return [data.body, data.orelse] if isinstance(data, ast.IfExp) else [data]


def _has_nothing(data: ast.expr) -> bool:
    return isinstance(data, ast.List | ast.Tuple) and not data.elts


def _represents(value: ast.expr) -> bool:
    """Whether it is what a serializer shows: ``self.get_serializer().to_representation(order)``."""
    return (
        isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute) and value.func.attr == "to_representation"
    )


def _is_copy(value: ast.expr) -> bool:
    """Whether it is the data of something once more: ``dict(out.data)``."""
    given = value.args[0] if isinstance(value, ast.Call) and len(value.args) == 1 and not value.keywords else None
    is_data = isinstance(given, ast.Attribute) and given.attr == "data"
    return is_data and isinstance(value, ast.Call) and last_name(value.func) == "dict"


def _is_of_request(node: ast.AST, attributes: Sequence[str]) -> bool:
    return isinstance(node, ast.Attribute) and node.attr in attributes and last_name(node.value) == "request"


def is_type(function: ast.expr) -> bool:
    """Return whether what is called is a class, by its name, or makes no more than another form of what it is given."""
    name = last_name(function)
    return name[:1].isupper() or name in ("dict", "list", "loads", "deepcopy", "copy", "update")


class Returned:
    """What a method returns, as far as it is made of serializers: a dict with one in it is a dict, and what is only read is not returned.

    Args:
        returned: what the method returns.
        nodes: all there is in it.
        made: what the calls in it make, by their ids; an empty list for what is no serializer.
        passed: what parameters may be, by name.
        is_followed: whether what a call leads to is looked into.

    Attributes:
        is_dict: whether a call makes a dict for sure.
        body: the statements of the method, to tell what a name was given last.
        values: what local names may be, by name.
        good: what is returned when all goes well; of a method that only fails, what it returns then.
        unclear: what makes something that is called a serializer, and of which nothing is known; once `serializers` is done.
    """

    def __init__(
        self,
        returned: Iterable[ast.expr],
        nodes: Sequence[ast.AST],
        made: Mapping[int, list[Choice]],
        passed: Mapping[str, list[ast.expr]],
        is_followed: Callable[[ast.Call], bool] = lambda _: False,
    ) -> None:
        self.body: Sequence[ast.stmt] = ()
        self.is_followed = is_followed
        self.is_dict: Callable[[ast.Call], bool] = lambda _: False
        self.nodes = nodes
        self.made = made
        self.unclear: ast.expr | None = None
        own = values_in(nodes)
        self.values = {**own, **{name: [*values, *own.get(name, ())] for name, values in passed.items()}}
        self.good = when_all_goes_well(list(returned), self.values)
        loops = [node for node in nodes if isinstance(node, ast.For)]
        self._parts_of = {last_name(loop.target): loop.iter for loop in loops}

    def meant(self, expression: ast.expr) -> list[ast.expr]:
        """Return what a local name may be; of everything else itself."""
        return self._given(expression, [expression]) if isinstance(expression, ast.Name) else [expression]

    def _given(self, name: ast.Name, default: Sequence[ast.expr] = ()) -> list[ast.expr]:
        """What a name may be where it stands, as far as no later value has taken the place of an earlier one."""
        values = self.values.get(name.id, list(default))
        if len(values) < 2 or not hasattr(name, "lineno"):
            return values
        gone = set(replaced(name, self.body))
        return [v for v in values if id(v) not in gone and not self._has_left(v, name)]

    def _has_left(self, value: ast.expr, name: ast.Name) -> bool:
        """Whether a name was given something in a branch that is left before it comes to where the name stands."""
        return any(
            start <= value.lineno <= end and not start <= name.lineno <= end
            for start, end in self._left
            if hasattr(value, "lineno")
        )

    @cached_property
    def _left(self) -> list[tuple[int, int]]:
        """The first and last lines of branches that end in returning or raising something."""
        found: list[tuple[int, int]] = []
        for node in self.nodes:
            for name in ("body", "orelse") if isinstance(node, ast.If | ast.ExceptHandler) else ():
                block = getattr(node, name, [])
                if block and isinstance(block[-1], ast.Return | ast.Raise):
                    found.append((block[0].lineno, block[-1].end_lineno or 0))
        return found

    def is_changed(self, name: str) -> bool:
        """Whether something is put into the ``data`` of what has a name."""
        return f"{name}.data" in self._changed

    def serializers(self) -> Iterator[ast.Call]:
        """Yield the calls that make what is returned."""
        for value in self.good:
            yield from self._shown(value)

    def plain(self) -> Iterator[ast.Call]:
        """Yield the responses that are returned with something in them that no serializer shows."""
        for value in self.good:
            for each in self.meant(value):
                data = option(each, "data", "content", position=0) if last_name(called(each)) in RESPONSES else None
                if isinstance(each, ast.Call) and data is not None and not is_error(each, self.values):
                    sides = [side for each in self.meant(data) for side in _sides(each)]
                    sides = sides if len(sides) > 1 else [data]
                    is_dict = isinstance(data, ast.Name) and id(data) in self._dicts
                    if not is_empty(each) and (
                        last_name(each.func) in OF_FILES or is_dict or any(map(self._is_plain, sides))
                    ):
                        yield each

    @cached_property
    def _dicts(self) -> set[int]:
        """The names, by their ids, that are a dict for sure where they stand, whatever they are elsewhere: ``data = {...}; return Response(data)``."""
        found: set[int] = set()
        blocks = (getattr(node, name, None) for node in self.nodes for name in ("body", "orelse"))
        for block in (each for each in blocks if isinstance(each, list)):
            sure: set[str] = set()
            for statement in block:
                if isinstance(statement, ast.Return):
                    inside = (node for node in ast.walk(statement) if isinstance(node, ast.Name))
                    found |= {id(node) for node in inside if node.id in sure}
                stored = (n for n in ast.walk(statement) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store))
                sure -= {node.id for node in stored}
                if isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Dict) and statement.value.keys:
                    sure |= {last_name(target) for target in statement.targets if isinstance(target, ast.Name)}
        return found

    def may_be_dict(self) -> bool:
        """Whether what is returned, which is no response, is a dict beside something else: ``found = {...} if x else out.data``."""
        for value in self.good:
            several = self.meant(value)
            dicts = [each for each in several if isinstance(each, ast.Dict) and each.keys]
            if dicts and len(dicts) < len(several):
                return True
        return False

    def _is_plain(self, data: ast.expr) -> bool:
        """Whether there is something in a response that no serializer shows; what is called may make anything, of a serializer as well."""
        is_empty = (isinstance(data, ast.Constant) and data.value is None) or _has_nothing(data)
        calls = [part for part, _ in self._seen(data) if isinstance(part, ast.Call)]
        return not is_empty and all(map(self.is_dict, calls))

    def objects(self) -> Iterator[ast.Call]:
        """Yield the calls that make a serializer that is itself returned."""
        for value in self.good:
            yield from self._shown(value, is_data=True)

    def calls(self) -> set[int]:
        """Return the ids of the calls by which something is returned."""
        return {id(each) for value in self.good for each, _ in self._seen(value) if isinstance(each, ast.Call)}

    def handed_on(self) -> set[int]:
        """Return the ids of all that is in what is returned, but for what is put into a dict."""
        todo: list[ast.AST] = list(self.good)
        found: set[int] = set()
        for node in todo:
            is_changed = isinstance(node, ast.Name) and (f"{node.id}.data" in self._changed or self._is_filled(node))
            if id(node) in found or is_changed or isinstance(node, ast.Dict):
                continue
            found.add(id(node))
            todo += self._given(node) if isinstance(node, ast.Name) else ast.iter_child_nodes(node)
        return found

    def is_own(self, data: ast.expr) -> bool:
        """Whether what a serializer is given is a dict of the code's own, in which there is nothing that was sent.

        What another serializer shows of something that was found is one, as long as nothing but parts of itself is put into it.
        """
        values = self.meant(data)
        if all(map(self._is_shown, values)):
            return not isinstance(data, ast.Name) or self._is_left_alone(data.id)
        if not all(isinstance(value, ast.Dict) for value in values):
            return False
        return not any(self.is_sent(value) for value in (*values, *self._put_into(data)))

    def _is_shown(self, data: ast.expr) -> bool:
        """Whether it is the ``data`` of a serializer of something that was not sent: ``self.get_serializer(order).data``."""
        of = data.value if isinstance(data, ast.Attribute) and data.attr == "data" else None
        if not isinstance(of, ast.Call) or not self.made.get(id(of)) or self.given(of) is not None:
            return False
        given = [*of.args, *(keyword.value for keyword in of.keywords if keyword.arg != "context")]
        return not any(self._may_hold_sent(each) for each in given)

    def _may_hold_sent(self, expression: ast.expr) -> bool:
        """Whether what was sent may be in something, rather than find it: ``Order.objects.get(number=request.data["number"])``."""

        def parts(node: ast.AST) -> Iterable[ast.AST]:
            is_lookup = isinstance(node, ast.Call) and last_name(node.func) in LOOKUPS
            return [node.func] if is_lookup and isinstance(node, ast.Call) else ast.iter_child_nodes(node)

        nodes = self._behind(expression, parts)
        return any(_is_of_request(node, SENT) or getattr(node, "id", "") in self._set_on for node in nodes)

    @cached_property
    def _set_on(self) -> set[str]:
        """The names of what has attributes set, but to constants: ``order.number = ...``, ``setattr(order, key, value)``."""
        given = [n for n in self.nodes if isinstance(n, ast.Assign) and isinstance(n.value, ast.Constant)]
        constant = {id(target) for node in given for target in node.targets}
        stored = (n for n in self.nodes if isinstance(n, ast.Attribute) and isinstance(n.ctx, ast.Store))
        found = {last_name(n.value) for n in stored if id(n) not in constant}
        calls = (n for n in self.nodes if isinstance(n, ast.Call) and last_name(n.func) == "setattr" and n.args)
        return found | {last_name(call.args[0]) for call in calls}

    def _is_left_alone(self, name: str) -> bool:
        """Whether a dict is but written out, and only parts of itself are put into it: ``data["is_open"] = not data["is_open"]``."""
        harmless = set[int]()
        for node in self.nodes:
            target = node.targets[0] if isinstance(node, ast.Assign) and len(node.targets) == 1 else None
            if isinstance(node, ast.Assign) and isinstance(target, ast.Subscript) and last_name(target.value) == name:
                parts = list(ast.walk(node.value))
                if any(isinstance(part, ast.Call | ast.Lambda) for part in parts):
                    return False
                own = {id(part.value) for part in parts if isinstance(part, ast.Subscript)}
                if any(isinstance(part, ast.Name) and (part.id != name or id(part) not in own) for part in parts):
                    return False
                harmless |= {id(target.value), *own}
            elif isinstance(node, ast.Call) and self.made.get(id(node)):
                harmless |= {id(keyword.value) for keyword in node.keywords if keyword.arg == "data"}
        named = [n for n in self.nodes if isinstance(n, ast.Name) and n.id == name and isinstance(n.ctx, ast.Load)]
        return all(id(node) in harmless for node in named)

    def _put_into(self, data: ast.expr) -> Iterator[ast.expr]:
        yield from self._changed.get(last_name(data), ())

    @cached_property
    def _changed(self) -> Mapping[str, list[ast.expr]]:
        """What is put into a dict under a key, by the name of the dict; of a response, ``name.data``."""
        found: dict[str, list[ast.expr]] = {}
        for node in self.nodes:
            of: ast.expr | None = None
            value: ast.AST = node
            target = node.targets[0] if isinstance(node, ast.Assign) else None
            if isinstance(node, ast.Assign) and isinstance(target, ast.Subscript):
                of, value = target.value, node.value
            elif isinstance(node, ast.Assign) and isinstance(target, ast.Attribute) and target.attr == "data":
                of, value = target, node.value  # response.data = {...}
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CHANGES:
                of = node.func.value
            if of is not None and isinstance(value, ast.expr):
                is_data = isinstance(of, ast.Attribute) and of.attr == "data" and isinstance(of.value, ast.Name)
                name = f"{of.value.id}.data" if is_data else last_name(of)  # type: ignore[attr-defined]
                found.setdefault(name, []).append(value)
        return found

    def given(self, call: ast.Call) -> ast.expr | None:
        """Return the data that a serializer is given to read: by name, or as what was sent behind the object."""
        second = call.args[1] if len(call.args) > 1 else None
        spread = (value for k in call.keywords if k.arg is None for value in self.meant(k.value))
        for each in spread:  # OrderIn(**options), with options = dict(data=request.data)
            written = dict(zip(map(text, each.keys), each.values, strict=True)) if isinstance(each, ast.Dict) else {}
            data = written.get("data") or (option(each, "data") if last_name(called(each)) == "dict" else None)
            if data is not None:
                return data
        return option(call, "data") or (second if second is not None and self.is_sent(second) else None)

    def is_sent(self, expression: ast.expr, attributes: Sequence[str] = SENT) -> bool:
        """Whether there is something in an expression that was sent with the request, in one of some attributes of it."""
        whole = {id(each) for each in (expression, *self.meant(expression))}  # rather than something in a dict

        def parts(node: ast.AST) -> Iterable[ast.AST]:
            every = ast.iter_child_nodes(node)
            return (each for each in every if id(node) not in whole or not self._is_looked_up(node, each))

        return any(_is_of_request(node, attributes) for node in self._behind(expression, parts))

    def _behind(self, expression: ast.expr, parts: Callable[[ast.AST], Iterable[ast.AST]]) -> Iterator[ast.AST]:
        """Yield what is in an expression, as far as it has *parts*, and in what its names may be."""
        todo: list[ast.AST] = [expression]
        seen = set[int]()
        for node in todo:
            if id(node) in seen:
                continue
            seen.add(id(node))
            yield node
            if isinstance(node, ast.Name):
                todo += [*self.values.get(node.id, ()), *filter(None, [self._parts_of.get(node.id)])]
            else:
                todo += parts(node)

    def _is_looked_up(self, call: ast.AST, argument: ast.AST) -> bool:
        """Whether a function is given no more than one thing that was sent, to find something by: ``find(request.data["number"])``."""
        if not isinstance(call, ast.Call) or argument is call.func or is_type(call.func):
            return False
        values = self.values.get(argument.id, []) if isinstance(argument, ast.Name) else [argument]
        return any(
            isinstance(each, ast.Subscript) or (isinstance(each, ast.Call) and last_name(each.func) == "get")
            for each in values
        )

    def _shown(self, value: ast.expr, *, is_data: bool = False) -> Iterator[ast.Call]:
        """The serializers in a value, those that read the request only where their ``data`` is in it."""
        for each, shows in self._seen(value, is_data=is_data):
            if isinstance(each, ast.Call) and self.made.get(id(each)):
                if shows or self.given(each) is None:
                    yield each
            elif isinstance(each, ast.Call) and shows and "serializer" in last_name(each.func).lower():
                self.unclear = each.func

    def _seen(self, value: ast.expr, *, is_data: bool = False) -> list[tuple[ast.expr, bool]]:
        """Everything that a value may be, and whether the ``data`` of that is meant."""
        todo = [(value, is_data)]
        seen: set[tuple[int, bool]] = set()
        found: list[tuple[ast.expr, bool]] = []
        for each, shows in todo:
            if (id(each), shows) not in seen:
                seen.add((id(each), shows))
                found.append((each, shows))
                if not isinstance(each, ast.Call) or not self.made.get(id(each)):
                    is_call = isinstance(each, ast.Call)
                    still = isinstance(each, ast.Attribute) or (shows and not is_call) or _represents(each)
                    todo += [(part, still) for part in self._parts(each)]
        return found

    def _is_filled(self, name: ast.Name) -> bool:
        """Whether something is put under a key into what a name is, and was the data of something before."""
        values = self.values.get(name.id, ())
        return name.id in self._changed and any(isinstance(v, ast.Attribute) or _is_copy(v) for v in values)

    def _is_replaced(self, name: str) -> bool:
        """Whether ``response.data = Out(order).data`` is all that is done to a response."""
        puts = [
            n.targets[0] for n in self.nodes if isinstance(n, ast.Assign) and isinstance(n.targets[0], ast.Attribute)
        ]
        own = [each for each in puts if each.attr == "data" and last_name(each.value) == name]
        return len(own) == len(self._changed[f"{name}.data"])

    def _parts(self, value: ast.expr) -> Sequence[ast.expr]:
        """What an expression hands on as it is."""
        if isinstance(value, ast.Call):
            if _represents(value) and isinstance(value.func, ast.Attribute):
                return [value.func.value]
            is_handed_on = HANDS_ON.search(last_name(value.func)) is not None and not self.is_followed(value)
            is_handed_on = (is_handed_on and not is_empty(value)) or _is_copy(value)
            return [*value.args, *(keyword.value for keyword in value.keywords)] if is_handed_on else []
        if isinstance(value, ast.Name):
            # data of a serializer into which something else was put is none any more
            if f"{value.id}.data" in self._changed:
                return self._changed[f"{value.id}.data"] if self._is_replaced(value.id) else []
            return [] if self._is_filled(value) else self._given(value)
        if isinstance(value, ast.IfExp):
            return [value.body, value.orelse]
        if isinstance(value, ast.BoolOp):
            return value.values
        if isinstance(value, ast.BinOp) and isinstance(value.op, ast.Add):
            return [value.left, value.right]
        if isinstance(value, ast.Lambda):  # self.paginate(rows, on_results=lambda rows: Out(rows, many=True).data)
            return [value.body]
        if isinstance(value, ast.List | ast.Tuple):
            return value.elts
        if isinstance(value, ast.ListComp | ast.GeneratorExp):
            return [value.elt]
        if isinstance(value, ast.Subscript) and _is_position(value.slice):  # some of many
            return [value.value]
        is_data = isinstance(value, ast.Attribute) and value.attr == "data"
        return [value.value] if is_data or isinstance(value, ast.Await | ast.Starred) else []  # type: ignore[attr-defined]
