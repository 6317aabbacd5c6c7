"""What adapters of frameworks are given, and what they are: the contents of a module, each with its scope."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from typing import Any, NamedTuple, Protocol

from pytest_fitness.model.syntax import Declaration, Endpoint, Entity, Function, Names, Scope

NO_NODES = frozenset(
    "ctx op ops lineno col_offset end_lineno end_col_offset type_comment kind id attr arg name value_kind".split()
)
"""Fields of a node that hold no node that could be a call."""


BLOCK_FIELDS = ("body", "handlers", "cases", "orelse", "finalbody")
_BLOCKS_OF: dict[type[ast.AST], list[str]] = {}
"""By kind of node, those that it has; filled when first asked for."""

SPECIAL = re.compile(r"\\[a-zA-Z]|(?<!\\)[\[\](){}.*+?|^$]")
"""What makes an expression more than a word."""

IMPORTED = re.compile(r"^[ \t]*(?:from[ \t]+(?=\w)|import[ \t]+)([\w., \t]+)", re.MULTILINE)

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
DEFINED = (*FUNCTIONS, ast.ClassDef)
DEFINITIONS = frozenset(DEFINED)
LOOPS = (ast.For, ast.AsyncFor, ast.ListComp, ast.SetComp, ast.GeneratorExp, ast.DictComp)
BLOCKS = frozenset(
    {
        *DEFINITIONS, ast.If, ast.For, ast.AsyncFor, ast.While, ast.With, ast.AsyncWith,
        ast.Try, ast.TryStar, ast.Match, ast.ExceptHandler, ast.match_case,
    }
)  # fmt: skip
"""Statements with others in them."""


class Found(NamedTuple):
    """A function, and where it stands. *owner* is the class that it is a method of."""

    function: Function
    scope: Scope
    owner: Entity | None = None

    @property
    def parameters(self) -> list[tuple[ast.arg, ast.expr | None]]:
        """Parameters and their defaults, ``self`` and ``cls`` left out."""
        return list(parameters(self.function, in_class=self.owner is not None))

    @property
    def scope_above(self) -> Scope:
        """Where the function's own name still means what it means above it, as in its decorators."""
        return self.scope.above(self.function.name, self.function)


class Text:
    """A text, and what is known to be in it, or not."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._known: dict[str, bool] = {}
        self._searched: dict[str, bool] = {}

    def mentions(self, patterns: tuple[str, ...]) -> bool:
        """Whether one of some regular expressions is found: words first, which is far quicker; each is looked for once."""
        words, expressions = _split(patterns)
        known = self._known
        for word in words:  # a loop is quicker than `any`
            if word not in known:
                known[word] = word in self.text
            if known[word]:
                return True
        for each in expressions:
            if each.pattern not in self._searched:  # the hash of a text is kept, that of an expression is not
                self._searched[each.pattern] = each.search(self.text) is not None
            if self._searched[each.pattern]:
                return True
        return False


class Contents:
    """The functions, classes and calls of one module, those in blocks, classes and functions included.

    Each is looked for once, when first asked for, whichever adapter asks.

    Attributes:
        body: the statements of the module.
        scope: of the module.
        names: resolves names.
        text: of the module.
        elsewhere: yields the contents of the other modules in whose text a word is found.
        memo: what adapters have found out, for others to find it.
    """

    def __init__(
        self,
        body: Sequence[ast.stmt],
        scope: Scope,
        names: Names,
        text: Text | None = None,
        elsewhere: Callable[[str], Iterable[Contents]] = lambda _: (),
    ) -> None:
        self.scope = scope
        self.names = names
        self.text = text.text if text is not None else ""
        self.elsewhere = elsewhere
        self.memo: dict[tuple[object, ...], Any] = {}
        self._text = text if text is not None else Text("")
        self.body = body

    def nodes(self) -> Iterator[ast.AST]:
        """Yield everything, outer nodes first."""
        for statement in self.body:
            yield from ast.walk(statement)

    @cached_property
    def imports(self) -> Sequence[ast.alias]:
        """What is imported from something, inside of functions as well."""
        return [alias for node in self.nodes() if isinstance(node, ast.ImportFrom) for alias in node.names]

    def named(self, name: str) -> Sequence[ast.Name | ast.Attribute]:
        """Return the names and attributes of one name."""
        return self._named.get(name, [])

    @cached_property
    def _named(self) -> Mapping[str, list[ast.Name | ast.Attribute]]:
        found: dict[str, list[ast.Name | ast.Attribute]] = {}
        for node in self.nodes():
            if isinstance(node, ast.Name | ast.Attribute):
                found.setdefault(last_name(node), []).append(node)
        return found

    def calls_of(self, name: str, *, of_result: bool = False) -> Sequence[tuple[ast.Call, Scope]]:
        """Return the calls of something by its last name or, with *of_result*, of what such a call returns."""
        return self._calls_by_name.get((name, of_result), [])

    @cached_property
    def _calls_by_name(self) -> Mapping[tuple[str, bool], list[tuple[ast.Call, Scope]]]:
        found: dict[tuple[str, bool], list[tuple[ast.Call, Scope]]] = {}
        for call, scope in self.calls:
            is_of_result = isinstance(call.func, ast.Call)
            named = call.func.func if isinstance(call.func, ast.Call) else call.func
            found.setdefault((last_name(named), is_of_result), []).append((call, scope))
        return found

    @cached_property
    def loop_names(self) -> frozenset[str]:
        """The variables of all loops."""
        targets = (target for loop in self.loops for target, _ in taken_by(loop))
        return frozenset(n.id for target in targets for n in ast.walk(target) if isinstance(n, ast.Name))

    def mentions(self, *patterns: str) -> bool:
        """Whether one of some regular expressions is found in the text: much is not worth looking for without."""
        return self._text.mentions(patterns)

    @cached_property
    def imported(self) -> frozenset[str]:
        """Top-level names that are imported at module level."""
        bound = (b for bindings in self.scope.symbols.values() for b in bindings if b.kind in ("module", "from"))
        return frozenset(binding.target[0].partition(".")[0] for binding in bound)

    @cached_property
    def imported_anywhere(self) -> frozenset[str]:
        """Top-level names that are imported, inside of functions as well; rather too many."""
        names = (name for statement in IMPORTED.findall(self.text) for name in statement.split(","))
        return self.imported | {name.strip().partition(".")[0].partition(" ")[0] for name in names}

    @property
    def functions(self) -> Sequence[Found]:
        """Every function."""
        return self._defined[0]

    @property
    def classes(self) -> Sequence[Entity]:
        """Every class."""
        return self._defined[1]

    @property
    def calls(self) -> Sequence[tuple[ast.Call, Scope]]:
        """Every call with the scope that it is in; decorators are none. Looks at every expression: ask `mentions` first."""
        return self._expressions[0]

    @property
    def loops(self) -> Sequence[ast.AST]:
        """Every loop and comprehension, outer ones first."""
        return self._expressions[1]

    @cached_property
    def _expressions(self) -> tuple[list[tuple[ast.Call, Scope]], list[ast.AST]]:
        calls: list[tuple[ast.Call, Scope]] = []
        loops: list[ast.AST] = []
        todo: list[tuple[ast.AST, Scope]] = [(each, self.scope) for each in reversed(self.body)]
        while todo:
            node, scope = todo.pop()
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                inside = self.names.function_scope(node, scope)
                todo += [(each, inside) for each in reversed(node.body)]
            elif isinstance(node, ast.ClassDef):
                inside = self.names.class_scope(class_entity(node, scope))
                todo += [(each, inside) for each in reversed(node.body)]
            else:
                if isinstance(node, ast.Call):
                    calls.append((node, scope))
                elif isinstance(node, LOOPS):
                    loops.append(node)
                todo += [(each, scope) for each in reversed(list(_children(node)))]
        return calls, loops

    @cached_property
    def _defined(self) -> tuple[list[Found], list[Entity]]:
        functions: list[Found] = []
        classes: list[Entity] = []
        todo: list[tuple[ast.AST, Scope, Entity | None]] = [(each, self.scope, None) for each in reversed(self.body)]
        while todo:
            node, scope, owner = todo.pop()
            if type(node) not in BLOCKS:
                continue
            if isinstance(node, FUNCTIONS):
                functions.append(Found(node, scope, owner))
                if _defines(node):
                    inside = self.names.function_scope(node, scope)
                    todo += [(each, inside, None) for each in reversed(node.body)]
            elif isinstance(node, ast.ClassDef):
                entity = class_entity(node, scope)
                classes.append(entity)
                if _defines(node):
                    inside = self.names.class_scope(entity)
                    todo += [(each, inside, entity) for each in reversed(node.body)]
            else:
                todo += [(each, scope, owner) for each in reversed(statements_of(node))]
        return functions, classes


class Adapter(Protocol):
    """Finds the handlers of one framework. It discovers; it never judges.

    Attributes:
        name: of the framework, as shown to users.
        hints: regular expressions of which at least one is found in any module that defines handlers in the usual way.
        registrations: those of which one is found in any module that registers a function defined elsewhere.
        knowledge: kinds by ``(top-level package, last name)``.
    """

    name: str
    hints: tuple[str, ...]
    registrations: tuple[str, ...]
    knowledge: Mapping[tuple[str, str], str]

    def discover(self, contents: Contents) -> Iterator[Endpoint]:
        """Yield the endpoints in the module whose *contents* are given."""
        ...


@dataclass(frozen=True, slots=True)
class Frameworks:
    """What is known of frameworks: their adapters, in the order in which they are believed, and what the settings say."""

    adapters: Sequence[Adapter] = ()
    declared: Sequence[Declaration] = ()


@cache
def _split(patterns: tuple[str, ...]) -> tuple[list[str], list[re.Pattern[str]]]:
    """Words, those left out that have another one in them, and expressions, each by itself: what it begins with is quickly found."""
    words = [re.sub(r"\\(.)", r"\1", pattern) for pattern in patterns if not SPECIAL.search(pattern)]
    shortest = [word for word in words if not any(other != word and other in word for other in words)]
    return shortest, [re.compile(pattern, re.MULTILINE) for pattern in patterns if SPECIAL.search(pattern)]


def class_entity(node: ast.ClassDef, scope: Scope) -> Entity:
    """Return the class that *node* defines."""
    return Entity("class", f"{scope.module}.{node.name}", node, scope=scope)


class KnowsScopes(Protocol):
    """What makes the scopes of functions."""

    def function_scope(self, function: Function, parent: Scope) -> Scope:
        """Return the scope inside *function*."""
        ...


def functions_inside(function: Function, scope: Scope, names: KnowsScopes) -> Iterator[Found]:
    """Yield the functions that are defined in a function, those in them included: of a decorator, what it puts around others."""
    todo = [Found(function, scope)]
    for each in todo:
        inside = names.function_scope(each.function, each.scope)
        bound = (binding.node for bindings in inside.symbols.values() for binding in bindings)
        found = [Found(node, inside) for node in bound if isinstance(node, FUNCTIONS)]
        todo += found
        yield from found


def class_seen(scope: Scope) -> Entity | None:
    """Return the class around a scope, as it is seen from where that is looked at: a view whose base has the method."""
    around = scope.enclosing_class
    if around is None or around.parent is None or not isinstance(around.node, ast.ClassDef):
        return None
    return around.seen_as or class_entity(around.node, around.parent)


def view_of(scope: Scope | None) -> str:
    """Return the name of the class as which the inside of a method is seen; an empty text for the method's own."""
    around = scope.enclosing_class if scope is not None else None
    return around.seen_as.name if around is not None and around.seen_as is not None else ""


def parameters(function: Function, *, in_class: bool) -> Iterator[tuple[ast.arg, ast.expr | None]]:
    """Yield parameters and their defaults; of a method without ``self`` and ``cls``."""
    arguments = function.args
    positional = [*arguments.posonlyargs, *arguments.args]
    defaults: list[ast.expr | None] = [None] * (len(positional) - len(arguments.defaults))
    pairs = list(zip(positional, [*defaults, *arguments.defaults], strict=True))
    if in_class and pairs and pairs[0][0].arg in ("self", "cls"):
        del pairs[0]
    yield from pairs
    yield from zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)


def is_property(function: Function) -> bool:
    """Return whether a method is asked for like an attribute."""
    return any(last_name(decorator) in ("property", "cached_property") for decorator in function.decorator_list)


class Apart(ast.Tuple):
    """Several ways to take a row apart, of which its length decides: ``if len(row) == 2: path, view = row``."""


def taken_by(loop: Any) -> Iterator[tuple[ast.expr, ast.expr]]:
    """Yield what a loop, or comprehension, gives values to, and what it goes over.

    What it takes apart is as if another loop went over it: ``for row in ROUTES: path, view = row``.
    """
    for each in getattr(loop, "generators", [loop]):
        yield each.target, each.iter
        row = each.target.id if isinstance(each.target, ast.Name) else ""
        apart = list(_taken_apart(getattr(each, "body", ()), row)) if row else []
        lengths = {len(getattr(target, "elts", ())) for target in apart} - {0}
        if apart and len(lengths) == len(apart):
            target = apart[0] if len(apart) == 1 else Apart(apart, ast.Store())
            yield target, ast.Tuple([ast.Name(row, ast.Load())], ast.Load())


def _taken_apart(body: Iterable[ast.AST], row: str) -> Iterator[ast.expr]:
    """What a row is given to, at once or in branches."""
    for node in body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Name) and node.value.id == row:
            yield node.targets[0] if len(node.targets) == 1 else node.value
        elif isinstance(node, ast.If):
            yield from _taken_apart([*node.body, *node.orelse], row)


def last_name(expression: ast.expr) -> str:
    """Return the last name of a name or attribute, ``task`` of ``app.task``; an empty text for everything else."""
    if isinstance(expression, ast.Attribute):
        return expression.attr
    return expression.id if isinstance(expression, ast.Name) else ""


def _defines(node: ast.AST) -> bool:
    """Whether there is a function or a class inside of *node*: most functions need no scope of their own."""
    for each in node.body if isinstance(node, DEFINED) else statements_of(node):
        kind = type(each)
        if kind in BLOCKS and (kind in DEFINITIONS or _defines(each)):
            return True
    return False


def statements_of(node: ast.AST) -> list[ast.AST]:
    """Return the statements in the blocks of a statement, and what is between: handlers of exceptions, cases."""
    kind = type(node)
    if kind not in _BLOCKS_OF:
        _BLOCKS_OF[kind] = [name for name in BLOCK_FIELDS if name in kind._fields]
    found: list[ast.AST] = []
    for name in _BLOCKS_OF[kind]:
        found += getattr(node, name)
    return found


def own_statements(function: Function) -> Iterator[ast.AST]:
    """Yield the statements of a function, those in blocks included, functions and classes inside of it left out."""
    todo: list[ast.AST] = list(function.body)
    for node in todo:
        yield node
        if type(node) not in DEFINITIONS:
            todo += statements_of(node)


def does_something(statement: ast.stmt) -> bool:
    """Whether a statement is more than a text that says what a function is about, ``...`` or ``pass``."""
    is_text = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    return not is_text and not isinstance(statement, ast.Pass)


@lru_cache(maxsize=1024)
def walked(node: ast.AST) -> tuple[ast.AST, ...]:
    """Return what `ast.walk` yields; the last ones are kept, as a method is looked at once for each view that inherits it."""
    return tuple(ast.walk(node))


def own_returns(function: Function) -> Iterator[ast.expr]:
    """Yield what a function itself returns."""
    for node in own_statements(function):
        if isinstance(node, ast.Return) and node.value is not None:
            yield node.value


def _children(node: ast.AST) -> Iterator[ast.AST]:
    """`ast.iter_child_nodes` in less time."""
    for name in node._fields:
        if name not in NO_NODES:
            value = getattr(node, name, None)
            if isinstance(value, list):
                for each in value:
                    if isinstance(each, ast.AST) and not isinstance(each, ast.Name | ast.Constant):
                        yield each
            elif isinstance(value, ast.AST) and not isinstance(value, ast.Name | ast.Constant):
                yield value
