"""What an expression gives, where no annotation says it."""

from __future__ import annotations

import ast
from http import HTTPStatus

from pytest_fitness.model.contents import FUNCTIONS, is_property, last_name, own_returns
from pytest_fitness.model.syntax import Binding, Entity, Function, Scope
from pytest_fitness.sources.as_written import (
    bodies_of,
    called_instead,
    changes,
    dead_returns,
    elsewhere,
    given_to,
    gives_text,
    grows,
    is_dict_of_self,
    is_empty_list,
    is_empty_response,
    is_filled,
    is_given,
    is_new_list,
    is_put_there,
    is_text,
    narrowed,
    part_of,
    put_into,
    returns_nothing,
    set_to,
    unpacked,
)
from pytest_fitness.sources.bindings import own_nodes
from pytest_fitness.sources.dumps import (
    AGAIN,
    DUMPED,
    LISTED,
    NO_CONTENT,
    NUMBER,
    TEXTS,
    Dumps,
    is_dumped,
    is_empty,
    is_open,
    merged,
)
from pytest_fitness.sources.flow import still_meant
from pytest_fitness.sources.given_calls import GivenCalls
from pytest_fitness.sources.handed_back import as_seen, either, hands_on, is_seen
from pytest_fitness.sources.named_calls import (
    COUNTING,
    DICTS,
    DUMPERS,
    ENCODERS,
    LISTS,
    PARSED,
    PARSING,
    RESPONDERS,
    WRAPPERS,
    gives_dict,
    says_nothing,
)
from pytest_fitness.sources.outcomes import status_of, when_all_goes_well, without_failures
from pytest_fitness.sources.rows import COLLECTING
from pytest_fitness.sources.shapes import Shape, Shapes
from pytest_fitness.sources.sure_values import constants, sure
from pytest_fitness.sources.symbol_table import PART

PLAIN = ("marshmallow.Schema", "marshmallow.schema.Schema", "flask_marshmallow.Schema", "builtins.object")
"""Classes whose ``load`` gives a dict."""

NESTED, HELPERS, MANY = 5, 4, 500
"""How many names, calls and conditions in each other; functions that return each other's results, in a row, and in all for one handler."""


class Returned(GivenCalls):
    """Looks at what is returned."""

    def __init__(self, shapes: Shapes) -> None:
        super().__init__(shapes)
        self.shapes = shapes
        self.dumps = Dumps(shapes)
        self._open: list[Function] = []
        self.left = MANY
        self._errors_count = False
        self._named_before: dict[tuple[object, ...], tuple[object, list[Shape]]] = {}

    def _of_each(
        self, returns: list[ast.Return], nodes: list[ast.AST], inside: Scope, *, dumps: bool = True
    ) -> list[Shape]:
        """The same of several statements; where ``isinstance`` makes sure of the class, by that."""
        sure_of = {n: [s for one in each for s in self.shapes.of(one, inside)] for n, each in narrowed(nodes)}
        found = (sure_of.get(id(each)) or self._returned(each.value, inside, dumps=dumps) for each in returns)
        return [shape for each in found for shape in each]

    def _returned(self, node: ast.expr | None, inside: Scope, depth: int = 0, *, dumps: bool = True) -> list[Shape]:
        is_empty = isinstance(node, ast.Tuple) and status_of(node) == HTTPStatus.NO_CONTENT
        row = self.rows.class_of(node, inside) if not is_empty else None
        made = self.results(node, inside, depth, dumps=dumps)
        if row is None or node is None or (made and all(map(is_dumped, made))):  # where a flag says what to do with it
            return made
        return [Shape("orm", f"rows of {row.name}", row)]

    def results(self, node: ast.expr | None, scope: Scope, depth: int = 0, *, dumps: bool = True) -> list[Shape]:
        """Return everything that an expression may be: both sides of a condition, every value that a variable is given.

        Args:
            node: the expression.
            scope: where it stands.
            depth: how many variables and conditions lie behind.
            dumps: whether the dict that a schema is dumped to counts as a dict.
        """
        node = node.value if isinstance(node, ast.Await) else node
        is_gone = isinstance(node, ast.Tuple) and status_of(node) == HTTPStatus.NO_CONTENT
        if isinstance(node, ast.Tuple) and node.elts:  # Flask: body, status
            node = node.elts[0]
        nothing = (None,) if self._errors_count else (None, "")  # where text is a response, "" is an empty one
        if is_gone or node is None or (isinstance(node, ast.Constant) and node.value in nothing):
            return [Shape("none", NO_CONTENT if is_gone else "None")]
        if is_text(node):
            is_number = (
                isinstance(node, ast.Constant) and isinstance(node.value, int | float) and not self._errors_count
            )
            return [Shape("scalar", NUMBER if is_number else f"`{ast.unparse(node)[:40]}`")]
        if isinstance(node, ast.Dict | ast.DictComp | ast.Set | ast.SetComp):
            return [Shape("raw", "a dict" if isinstance(node, ast.Dict | ast.DictComp) else "a set")]
        if isinstance(node, ast.List | ast.ListComp | ast.GeneratorExp) or is_new_list(node):
            return self._of_list(node, scope, depth, dumps=dumps)
        if isinstance(node, ast.Attribute):
            return self._of_attribute(node, scope, depth, dumps=dumps)
        if isinstance(node, ast.Subscript) and (part := self._element(node, scope, depth)):
            return part
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr | ast.Add | ast.Mult):
            sides = [node.left] if isinstance(node.op, ast.Mult) else [node.left, node.right]
            made = [self.results(side, scope, depth + 1, dumps=dumps) for side in sides]
            is_text_too = isinstance(node.op, ast.Add) and any(gives_text(side, scope) for side in sides)
            return [Shape("scalar", "a text")] if is_text_too else [s for each in made for s in each]
        if isinstance(node, ast.Call):
            return self._of_call(node, scope, depth, dumps=dumps)
        if isinstance(node, ast.IfExp | ast.BoolOp) and depth < NESTED:
            sides = [node.body, node.orelse] if isinstance(node, ast.IfExp) else node.values
            return [s for side in sides for s in self.results(side, scope, depth + 1, dumps=dumps)]
        if isinstance(node, ast.Name):
            about = self._given[-1] if self._given else None  # many names may be many things, by many ways
            key = (id(node), id(scope), depth, dumps, id(about), len(self._open))
            if key not in self._named_before:  # all are kept, or others could come to have their ids
                self._named_before[key] = (node, scope, about), self._of_name(node, scope, depth, dumps=dumps)
            return self._named_before[key][1]
        return [Shape("unknown", f"`{ast.unparse(node)[:40]}`")]

    def _element(self, node: ast.Subscript, scope: Scope, depth: int) -> list[Shape]:
        """What ``found[0]`` is, of the row that a helper returns; nothing where that cannot be told."""
        at = node.slice.value if isinstance(node.slice, ast.Constant) else None
        if isinstance(at, str) and isinstance(node.value, ast.Name | ast.Attribute):  # ORDERS["all"]
            return [Shape("raw", "a dict")] if is_put_there(node, scope) else self._under(at, node.value, scope)
        bindings = scope.symbols.get(node.value.id, ()) if isinstance(node.value, ast.Name) else ()
        if isinstance(node.value, ast.Name) and changes(node.value.id, scope):
            return []
        values = [each.node for each in bindings] or [node.value]
        parts = [self._part(each, scope, at, depth + 1) for each in values] if isinstance(at, int) else []
        return [shape for part in parts for shape in part] if all(parts) else []

    def _under(self, key: str, node: ast.Name | ast.Attribute, scope: Scope) -> list[Shape]:
        """What a dict that a module or a class keeps has under a key, a list or a dict in which other things may be later."""
        known = constants(node, scope, self.names, is_kept=True)
        kept = [v for v, where in known if isinstance(v, ast.Dict) and not isinstance(where.node, FUNCTIONS)]
        keys = zip(kept[0].keys, kept[0].values, strict=True) if len(kept) == 1 else ()
        found = [value for name, value in keys if isinstance(name, ast.Constant) and name.value == key]
        is_one = bool(found) and isinstance(found[0], ast.Dict | ast.List)
        return [Shape("raw", "a dict" if isinstance(found[0], ast.Dict) else "a list")] if is_one else []

    def _part(self, call: ast.AST | None, scope: Scope, at: int, depth: int = 0) -> list[Shape]:
        """One part of the row that a function of the project returns; nothing for any other call, or none."""
        call = call.value if isinstance(call, ast.Await) else call
        part = call.elts[at] if isinstance(call, ast.List) and at < len(call.elts) else None
        if part is not None:  # found = [{"error": "no such order"}, 404]; return found[0]
            is_clear = not any(isinstance(each, ast.Subscript) for each in ast.walk(part))
            return self._returned(part, scope, depth) if is_clear and depth < NESTED else []
        with self.within(call, scope) as function:
            return self._shapes_of(*function, at) if function is not None else []

    def _of_list(self, node: ast.expr, scope: Scope, depth: int, *, dumps: bool) -> list[Shape]:
        made = [node.elt] if isinstance(node, ast.ListComp | ast.GeneratorExp) else []
        items = node.elts if isinstance(node, ast.List) else made
        if items and all(map(is_text, items)):
            return [Shape("scalar", TEXTS)]
        if not items:
            items = list(put_into(node, scope))
        shapes = (
            [s for each in items for s in self.results(each, scope, depth + 1, dumps=dumps)] if depth < NESTED else []
        )
        if shapes and all(s.kind == "schema" and s.entity is not None for s in shapes):
            shapes = [s if is_dumped(s) else Shape("raw", LISTED, s.entity) for s in shapes]
        return shapes if shapes and all(map(is_dumped, shapes)) else [Shape("raw", "a list")]

    def _of_name(self, node: ast.Name, scope: Scope, depth: int, *, dumps: bool) -> list[Shape]:
        given = self._kept(node, scope)
        if given is not None:  # def framed(response): ...; return response
            self._given.append((None, {}))
            named = self._returned(*given, depth, dumps=dumps)
            self._given.pop()
        else:
            named = self._named(node, scope, depth, dumps=dumps) if depth < NESTED else []
        if all(s.kind == "unknown" or is_dumped(s) for s in named) and is_filled(node.id, scope):
            return [Shape("raw", "a dict")]
        if named and all(s.kind == "none" for s in named) and grows(node.id, scope):  # text = ""; text += "x"
            return [Shape("scalar", f"`{node.id}`")]
        return named or [Shape("unknown", f"`{node.id}`")]

    def _of_attribute(self, node: ast.Attribute, scope: Scope, depth: int, *, dumps: bool) -> list[Shape]:
        text = f"`{ast.unparse(node)[:40]}`"
        if node.attr == "__dict__":
            return [Shape("raw", "a dict")]
        if node.attr in ("text", "content") and self.dumps.is_of_client(node.value, scope):
            return [Shape("scalar", text)]
        if last_name(node.value) == "self" and isinstance(scope.node, FUNCTIONS) and depth < NESTED:
            values = list(set_to(node.attr, scope.node))
            if values:
                return [s for value in values for s in self.results(value, scope, depth + 1, dumps=dumps)]
        if (
            node.attr == "data" and isinstance(node.value, ast.Call | ast.Name) and depth < NESTED
        ):  # of marshmallow 2: OrderSchema().dump(order).data
            inner = self.results(node.value, scope, depth + 1, dumps=dumps)
            return inner if all(map(is_dumped, inner)) else [Shape("unknown", text)]
        known = constants(node, scope, self.names, is_kept=True) if depth < NESTED else []
        found = [s for value, where in known for s in self.results(value, where, depth + 1, dumps=dumps)]
        made = self._meant(node, scope) if not found else None
        if made is not None and isinstance(made.node, FUNCTIONS) and made.scope is not None and is_property(made.node):
            found = [self._helped(made.node, made.scope, text, dumps=dumps)]
        if not found and self.rows.is_scalar(node, scope):
            return [Shape("scalar", text)]
        around = made.scope.parent if made is not None and made.kind == "value" and made.scope is not None else None
        if around is not None and is_dict_of_self(node.attr, around.node):
            return [Shape("raw", "a dict")]
        return found or [Shape("unknown", text)]

    def _named(self, node: ast.Name, scope: Scope, depth: int, *, dumps: bool) -> list[Shape]:
        """Everything that a name may be; nothing where that cannot be told."""
        bindings = still_meant(scope.symbols.get(node.id, []), node, scope)
        if any(b.kind not in ("module", "from") for b in bindings):
            # parts of a tuple are told below
            whole = [binding for binding in bindings if binding.target != PART]
            values = [b.node if isinstance(b.node, ast.expr) else None for b in whole]
            unknown = Shape("unknown", f"`{node.id}`")
            if len(bindings) == 1 and (kind := self._said(bindings[0], scope)):  # def f(response: Response)
                if kind == "response" or is_given(node.id, scope.node):
                    return [Shape(kind, node.id if kind == "response" else f"`{node.id}`")]
            found = [s for v in values for s in (self.results(v, scope, depth + 1, dumps=dumps) if v else [unknown])]
            declared = (b.annotation for b in bindings if isinstance(b.annotation, ast.Name | ast.Subscript))
            raw = any(s.kind == "raw" for annotation in declared for s in self.shapes.of(annotation, scope))
            found += self._unpacked(node.id, scope) if len(whole) < len(bindings) else []
            is_dump = bool(found) and all(map(is_dumped, found))  # found: dict = order.model_dump()
            return (
                [Shape("raw", "a dict")]
                if raw and not is_dump
                else [unknown if s.kind == "unknown" and s.detail != AGAIN else s for s in found]
            )
        known = constants(node, scope, self.names, is_kept=True)
        found = [s for v, where in known for s in self.results(v, where, depth + 1, dumps=dumps)]
        return found or self._unpacked(node.id, scope)

    def _said(self, binding: Binding, scope: Scope) -> str:
        """What an annotation says of a name, if that is a response, or one value that is given to a parameter."""
        kinds = {s.kind for s in self.shapes.of(binding.annotation, scope)} if binding.annotation is not None else set()
        is_given = not isinstance(binding.node, ast.expr) or isinstance(binding.node, ast.Constant)
        return "response" if kinds == {"response"} else "scalar" if kinds == {"scalar"} and is_given else ""

    def _of_call(self, node: ast.Call, scope: Scope, depth: int, *, dumps: bool) -> list[Shape]:
        whole = self._in_part(node, scope) if depth < NESTED else None
        if whole is not None:
            return self.results(*whole, depth + 1, dumps=dumps)
        loaded = self._loaded(node, scope) if dumps and last_name(node.func) == "load" else None
        if loaded is not None:
            return [loaded]
        calls = [ast.Call(each, node.args, node.keywords) for each in either(node.func, scope)] or [node]
        return [self._called(each, scope, depth, dumps=dumps) for each in calls]

    def _called(self, node: ast.Call, scope: Scope, depth: int, *, dumps: bool) -> Shape:
        text = f"`{ast.unparse(node.func)}(...)`"
        handed = elsewhere(node)
        if handed is not None:  # asyncio.to_thread(place, order)
            return self._called(handed, scope, depth, dumps=dumps)
        # def place(form, show): return show(form); what it is called with has other names there
        given = self._kept(node.func, scope)
        made = called_instead(given[0]) if given is not None else None
        if given is not None and made is not None:
            return self._called(made, given[1], depth, dumps=dumps)
        told = self._told_by_name(node, scope, depth, text, dumps=dumps)
        if told is not None:
            return told
        name = last_name(node.func)
        made_by = self._meant(node.func, scope)
        if dumps and (made_by is None or not made_by.is_own):
            if name == "render" and isinstance(node.func, ast.Attribute):  # of a template, a form, a view
                return Shape("scalar", text)
            if (name in PARSED and not node.args) or gives_dict(node) or self.dumps.is_parsed(node, scope):
                return Shape("raw", "a dict")
            if name in LISTS and isinstance(node.func, ast.Attribute):
                return Shape("raw", "a list")
        if is_empty_response(node) and all(s.kind == "response" for s in self.shapes.of(node.func, scope)):
            return Shape("none", text)
        if made_by is not None and made_by.kind == "class":
            return self._object(node, made_by, scope, text, dumps=dumps)
        if made_by is not None and made_by.kind == "external":
            return self._by_library(node, made_by, scope, depth, dumps=dumps)
        if made_by is not None and made_by.kind == "value":  # answer = Answer(); return answer(order)
            object_of = self.names.instance_class(Entity("value", "", node.func, None, scope))
            made_by = self.names.member(object_of, "__call__") if object_of is not None else None
        if made_by is not None and isinstance(made_by.node, ast.FunctionDef | ast.AsyncFunctionDef) and made_by.scope:
            return self._by_function(node, made_by, scope, text, dumps=dumps)
        return Shape("unknown", text)

    def _object(self, node: ast.Call, made_by: Entity, scope: Scope, text: str, *, dumps: bool) -> Shape:
        """An object of a class, or what its ``__new__`` gives instead: ``return jsonify(data)``."""
        shape = Shape(self.shapes.of_class(made_by).kind, text, made_by)
        maker = self.names.member(made_by, "__new__") if shape.kind in ("raw", "unknown") else None
        if maker is None or not maker.is_own or not isinstance(maker.node, FUNCTIONS):
            return shape
        found = self._by_function(node, maker, scope, text, dumps=dumps)
        return found if found.kind != "unknown" else shape

    def _by_function(self, node: ast.Call, made_by: Entity, scope: Scope, text: str, *, dumps: bool) -> Shape:
        """What a function of the project gives."""
        function, around = made_by.node, made_by.scope
        assert isinstance(function, FUNCTIONS)
        assert around is not None
        home = as_seen(around, node.func, scope, self.names)
        of = node.func.value if isinstance(node.func, ast.Attribute) else None
        is_sure = of is not None and (last_name(of) not in ("self", "cls") or is_seen(scope))
        if is_sure and isinstance(home.node, ast.ClassDef):  # super().place(), service.place()
            if returns_nothing(function, home, is_meant=True, hands_on=lambda each: hands_on(each, home, self.names)):
                return Shape("none", text)
        self._given.append((function, self._arguments(node, function, home, scope)))
        found = self._helped(function, home, text, dumps=dumps)
        self._given.pop()
        return found

    def _by_library(self, node: ast.Call, made_by: Entity, scope: Scope, depth: int, *, dumps: bool) -> Shape:
        """What something gives that is not in the source."""
        kind, text = self.names.known(made_by.name), f"`{ast.unparse(node.func)}(...)`"
        if kind == "fields":  # marshal(order, {...}) of flask-restful
            return Shape("schema", DUMPED)
        is_list = made_by.name in COLLECTING and bool(node.args)  # of rows it is told before
        if is_list:
            items = self.results(node.args[0], scope, depth + 1, dumps=dumps)
            if all(map(is_dumped, items)) or all(shape.kind == "scalar" for shape in items):
                return items[0]
        if made_by.name.startswith("builtins.") and made_by.last in COUNTING:
            return Shape("scalar", text)
        if is_list or made_by.name in DICTS:
            return Shape("raw", "a list" if is_list else "a dict")
        return Shape(kind or "unknown", text)

    def _told_by_name(self, node: ast.Call, scope: Scope, depth: int, text: str, *, dumps: bool) -> Shape | None:
        """What a call gives that is known by the name of what is called; None for any other."""
        name, is_method = last_name(node.func), isinstance(node.func, ast.Attribute)
        if name == "make_response" and is_empty_response(node):
            made_by = self.names.resolve(node.func, scope)
            if made_by is None or not made_by.is_own:
                return Shape("none", text)
        if is_method and name in RESPONDERS:
            return Shape("response", text)
        by = node.func.value if isinstance(node.func, ast.Attribute) else None
        is_dump = by is not None and name in ("dump", "dumps", "jsonify")
        dumped = self.dumps.by(*(self._kept(by, scope) or (by, scope))) if by is not None and is_dump else None
        if dumped is not None:
            return dumped
        if name in ENCODERS and node.args:
            inner = self.results(node.args[0], scope, depth + 1, dumps=dumps)[0]
            is_text = name == "dumps" and (dumps or inner.kind == "unknown") and not is_dumped(inner)
            return Shape("scalar", text) if is_text else inner
        if name in PARSING and node.args:  # json.loads(OrderOut().dumps(order))
            inner = self.results(node.args[0], scope, depth + 1, dumps=dumps)[0]
            return inner if is_dumped(inner) else None
        if name in ("json", "model_dump_json") and isinstance(node.func, ast.Attribute) and dumps:
            return self.dumps.as_text(node.func, scope)
        data = given_to(node)
        if name in WRAPPERS and data is not None and dumps and (not is_method or name == "make_response"):
            items = self.results(data, scope, depth + 1, dumps=dumps)
            is_written_out = name == "jsonify" and self.dumps.is_written_out(data, scope)
            other = Shape("response", text) if is_method else None
            return Shape("schema", DUMPED) if is_written_out else items[0] if all(map(is_dumped, items)) else other
        if self.rows.is_scalar(node, scope) or (by is not None and name == "read" and self.dumps.is_file(by, scope)):
            return Shape("scalar", text)
        if is_method and name == "values" and self.rows.are_in(node.func.value, scope):  # type: ignore[attr-defined]
            return Shape("raw", "a dict")
        if name == "asdict" and len(node.args) == 1 and dumps:
            return self.dumps.of(ast.Attribute(node.args[0], "asdict", ast.Load()), scope)
        if isinstance(node.func, ast.Attribute) and (name in DUMPERS or name.endswith("_dict")):
            own = self._own_dump(node, scope, text) if dumps else None
            return own or (self.dumps.of(node.func, scope) if dumps else Shape("raw", "a dump"))
        return None

    def _loaded(self, node: ast.Call, scope: Scope) -> Shape | None:
        """What a schema of marshmallow makes of what is sent: what its ``@post_load`` returns, or a dict; None for any other ``load``."""
        by = node.func.value if isinstance(node.func, ast.Attribute) else None
        schema = self.names.instance_class(Entity("value", "", by, None, scope))
        if schema is None or self.dumps.of_marshmallow(schema) is None:
            return None
        bases = self.names.bases(schema)
        for each in (item for base in bases if isinstance(base.node, ast.ClassDef) for item in base.node.body):
            if isinstance(each, FUNCTIONS) and _is_for_loaded(each):
                made_by = self.names.member(schema, each.name)
                home = made_by.scope if made_by is not None else None
                return (
                    self._helped(each, home, f"`{ast.unparse(node.func)}(...)`", dumps=True)
                    if home is not None
                    else None
                )
        is_plain = all(b.is_own or b.name in PLAIN for b in bases)
        return Shape("raw", "a dict") if is_plain else None

    def _own_dump(self, node: ast.Call, scope: Scope, text: str) -> Shape | None:
        """What a method of the project makes that is called as if it made any dict: a response, or what a schema makes of it."""
        made_by = self._meant(node.func, scope)
        is_own = made_by is not None and made_by.is_own
        if made_by is None or made_by.scope is None or not is_own or not isinstance(made_by.node, FUNCTIONS):
            return None
        if any(isinstance(each, ast.Yield | ast.YieldFrom) for each in own_nodes(made_by.node)):
            return None  # dict(order.to_dict())
        found = self._helped(made_by.node, made_by.scope, text, dumps=True)
        return found if is_dumped(found) or found.kind == "response" else None

    def _helped(self, function: Function, scope: Scope, text: str, *, dumps: bool) -> Shape:
        """What a helper returns: by its annotation or, some helpers deep, by what it returns."""
        if any(isinstance(node, ast.Yield | ast.YieldFrom) for node in own_nodes(function)):
            return Shape("raw" if self._errors_count else "response", text)  # a stream
        return merged(self._shapes_of(function, scope, dumps=dumps), function, text, dumps=dumps)

    def _shapes_of(
        self, function: Function, scope: Scope, part: int | None = None, *, dumps: bool = True
    ) -> list[Shape]:
        """What a function returns, or one part of it: by its annotation, if that says anything, or what is returned."""
        bodies = [each for each in bodies_of(function.returns, part) if not says_nothing(each, scope, self.names)]
        said = [self.dumps.of_marshmallow(s.entity) or s for each in bodies for s in self.shapes.of(each, scope)]
        kinds = {shape.kind for shape in said}
        if kinds in ({"response"}, {"scalar"}):  # not said: what was dumped into it, or whether there is anything
            made = self._made(function, scope, part, dumps=dumps)
            others = ("none", "raw", "orm") if "scalar" in kinds else ()  # a dict is no text, whatever is said
            return made if made and all(is_empty(s) or is_dumped(s) or s.kind in others for s in made) else said
        if kinds == {"none"} and any(True for _ in own_returns(function)):  # which it says, and does otherwise
            return self._made(function, scope, part, dumps=dumps) or said
        is_either = len(kinds - {"none"}) > 1 and not kinds.isdisjoint(("response", "unknown"))  # dict | Response
        if kinds and kinds != {"unknown"} and not is_open(kinds) and not is_either:  # or what it returns may say it
            return said
        made = self._made(function, scope, part, dumps=dumps)
        if is_either and made and all(shape.kind != "unknown" for shape in made):
            return made
        if rows := [shape for shape in made if shape.kind == "orm" and is_open(kinds)]:  # -> dict, they say
            return rows
        if is_open(kinds) and {shape.kind for shape in made} == {"response"}:
            return made
        return said if kinds - {"unknown"} and not (made and all(map(is_dumped, made))) else made

    def _made(
        self, function: Function, scope: Scope, part: int | None, *, dumps: bool, is_first: bool = True
    ) -> list[Shape]:
        """The same by what is returned."""
        self.left -= 1
        if function in self._open or len(self._open) > HELPERS or self.left < 0:
            return [Shape("unknown", AGAIN)] if function in self._open else []
        self._open.append(function)
        inside, nodes = self.names.function_scope(function, scope), list(own_nodes(function))
        called, given = self._given[-1] if self._given else (None, {})
        told = sure(function, inside, given if called is function and is_first else None, self.names)
        dead = set(dead_returns(function.body, told))
        returns = [n for n in nodes if isinstance(n, ast.Return) and id(n) not in dead]
        if part is None:
            good = returns if self._errors_count else when_all_goes_well(returns, nodes, function)
            fine = good if self._errors_count else without_failures(good, function, inside, self.names)
            fine = [each for each in fine if self._errors_count or not is_empty_list(each.value)] or fine
            shapes = self._of_each(fine or good, nodes, inside, dumps=dumps)
        else:
            every = ((each.value, part_of(each.value, part)) for each in returns)
            shapes = [s for v, told in every for s in self._part(v, inside, part) or self._returned(told, inside)]
        if returns_nothing(function, scope):
            shapes = [Shape("none", "None")]
        self._open.pop()
        known = [s for s in shapes if s.detail != AGAIN]  # what calls itself returns what else it returns
        return known if known or not dead else self._made(function, scope, part, dumps=dumps, is_first=False)

    def _unpacked(self, name: str, scope: Scope) -> list[Shape]:
        """What ``order, error = find()`` gives to one of the names."""
        shapes: list[Shape] = []
        for value, at in unpacked(name, scope.node) if isinstance(scope.node, FUNCTIONS) else ():
            found = self._part(value, scope, at) if at is not None else []
            if not found:
                return [Shape("unknown", f"`{name}`")]
            shapes += found
        return shapes


def _is_for_loaded(function: Function) -> bool:
    """Whether a method of a schema of marshmallow makes something of what was loaded."""
    decorators = (each.func if isinstance(each, ast.Call) else each for each in function.decorator_list)
    return any(last_name(each) == "post_load" for each in decorators)
