"""Handlers: adapters find them, this module classifies what crosses the boundary in each."""

from __future__ import annotations

import ast
import contextlib
import pickle
import re
import weakref
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from functools import cached_property, partial
from pathlib import Path
from typing import Any, NamedTuple

from pytest_fitness.errors import FitnessError, SettingsError
from pytest_fitness.model import Class, Conduct, Handler, Handlers, Location, Slot, SlotKind, Unread
from pytest_fitness.model.code import WORST_FIRST
from pytest_fitness.model.contents import FUNCTIONS, Adapter, Contents, Frameworks, Text, view_of
from pytest_fitness.model.syntax import BY_DECORATOR, Declaration, Endpoint, Entity, Part, Scope
from pytest_fitness.names import did_you_mean
from pytest_fitness.sources.conduct import Conducts
from pytest_fitness.sources.dumps import NO_CONTENT, TEXT, is_empty, is_made_empty, is_open
from pytest_fitness.sources.environment import find_top_level, import_path, look_in
from pytest_fitness.sources.libraries import knowledge
from pytest_fitness.sources.places import location_of, signature_of
from pytest_fitness.sources.processes import Ready, Team
from pytest_fitness.sources.remembered import Remembered, installed, load_values
from pytest_fitness.sources.results import Results
from pytest_fitness.sources.scopes import Scopes
from pytest_fitness.sources.shapes import HAS_ROWS, Shape, Shapes
from pytest_fitness.sources.tree import Tree, unread

AHEAD = 75
"""Modules that are looked through in the time in which another process can be started."""

SLOT_KINDS: Mapping[str, SlotKind] = {kind: kind for kind in WORST_FIRST}

OWN = "pytest_fitness.frameworks"
"""Adapters that another process can import; others may be in a ``conftest.py``."""


class Resolver(Scopes):
    """`Names` for adapters, over one tree."""

    def __init__(self, tree: Tree, frameworks: Frameworks) -> None:
        super().__init__(tree, knowledge({k: kind for a in frameworks.adapters for k, kind in a.knowledge.items()}))
        self.shapes = Shapes(self)
        self._classes: dict[tuple[str, int], tuple[Class, ...]] = {}
        self._declare(frameworks.declared)

    def kinds(self, annotation: ast.expr, scope: Scope) -> Sequence[str]:
        """Return the kinds of everything that an annotation mentions; a schema with rows in it is one."""
        return ["schema" if HAS_ROWS in shape.detail else shape.kind for shape in self.shapes.of(annotation, scope)]

    def classes(self, entity: Entity) -> tuple[Class, ...]:
        """Return a class of the codebase as a value, the same one each time: there is less to be remembered; nothing for others."""
        key = (entity.name, id(entity.node))
        if key not in self._classes:
            self._classes[key] = tuple(self._class(entity))
        return self._classes[key]

    def _class(self, entity: Entity) -> Iterator[Class]:
        if entity.scope is not None and entity.scope.owned and entity.node is not None:
            kind = _slot_kind(self.shapes.of_class(entity).kind)
            yield Class(entity.name, entity.scope.module, kind, location_of(entity.node, entity.scope, self.tree))

    def _declare(self, declared: Sequence[Declaration]) -> None:
        """Take in what the project says of names of its own, under the name where each is defined, too."""
        for each in declared:
            found = self._dotted(each.name)
            top = each.name.partition(".")[0]
            if found is None and (top in self.tree.packages or self.module(top) is not None):
                module, _, last = each.name.rpartition(".")
                scope = self.module(module) if module else None
                near = did_you_mean(last, scope.symbols) if scope is not None else []
                hint = f"did you mean {f'{module}.{near[0]}'!r}?" if near else "a full dotted name is wanted"
                message = f"{each.option!r}: there is nothing called {each.name!r}; {hint}"
                raise SettingsError(message, file=each.file, line=each.line)
            if found is not None and found.kind == "module":
                message = f"{each.option!r}: {each.name!r} is a module; a class or a function of it is wanted"
                raise SettingsError(message, file=each.file, line=each.line)
            if found is None and not self._is_mentioned(top):
                near = did_you_mean(top, self.tree.packages)
                hint = f"; did you mean {near[0] + each.name[len(top) :]!r}?" if near else ""
                message = f"{each.option!r}: no package {top!r} is installed, and nothing imports one{hint}"
                raise SettingsError(message, file=each.file, line=each.line)
            self.declared[each.name] = each.kind
            if found is not None:
                self.declared[found.name] = each.kind

    def _is_mentioned(self, top: str) -> bool:
        """Whether a package is installed, or has its name somewhere in the code."""
        if find_top_level(top) is not None:  # without source, or `_declare` would have looked there
            return True
        for source in self.tree.sources.values():
            with contextlib.suppress(SyntaxError):
                if top in source.text:
                    return True
        return False

    def _dotted(self, name: str) -> Entity | None:
        module, _, last = name.rpartition(".")
        if not module:
            return None
        found = self.lookup(module, last) if self._is_module(module) else None
        if found is None or found.kind == "unknown":
            around = self._dotted(module)
            return self.member(around, last) if around is not None and around.kind == "class" else None
        if found.kind == "external" and self.module(module) is not None and not self.known(name):
            return None
        return found


class Findings(NamedTuple):
    """What is found in some modules: handlers, files that cannot be read, and what the handlers do if that was asked.

    Handlers are by place of registration, function and route: a function may be registered from several modules.
    """

    handlers: dict[tuple[object, ...], Handler]
    failed: list[Unread]
    conducts: dict[Handler, Conduct]


class Finder:
    """The handlers of a codebase: each module is looked through once, each handler classified once.

    Args:
        tree: the files.
        frameworks: those whose handlers are looked for, in the order in which they are believed.
        cache: a directory to remember handlers in between runs.
        ready: processes that are ready to help.
    """

    def __init__(self, tree: Tree, frameworks: Frameworks, cache: Path | None, ready: Ready | None = None) -> None:
        self.tree = tree
        self.ready = ready
        self.frameworks = frameworks
        self._remembered = Remembered(cache, tree, frameworks)
        self._remembered.load()
        self._endpoints: dict[tuple[int, str], list[Endpoint]] = {}
        self._contents: dict[str, Contents] = {}
        self._handlers: dict[int, Handler] = {}
        self._behind: dict[Handler, Endpoint] = {}
        self._looked: dict[tuple[tuple[str, ...], frozenset[str]], Findings] = {}
        self._looked_up: set[str] = set()
        self._mentioned: dict[str, list[str]] = {}
        self._texts: dict[str, Text | None] = {}

    @cached_property
    def resolver(self) -> Resolver:
        """Made when something is not remembered."""
        return Resolver(self.tree, self.frameworks)

    def handlers(self, modules: Sequence[str]) -> Handlers:
        """Return the handlers that are defined or registered in *modules*, sorted by place."""
        key = tuple(modules)
        if key not in self._remembered.handlers:
            self._remembered.handlers[key] = self._find(modules)
            self._save()
        return self._remembered.handlers[key]

    def conduct(self, handler: Handler) -> Conduct:
        """Return what the body of a handler does that `handlers` has returned; looks at all of them, the first time."""
        conducts = self._remembered.conducts
        if handler not in conducts:
            for modules in self._remembered.handlers:  # which may be remembered, or found by another process
                for part in self._look_everywhere(modules, with_conduct=True):
                    conducts.update(part.conducts)
            if handler not in conducts:
                self._remembered.forget()
                raise FitnessError(
                    f"{handler.location}: {handler.qualname} is not found again as it was: the code, or what is installed, "
                    "has changed meanwhile; run again"
                )
            self._save()
        return conducts[handler]

    def _save(self) -> None:
        self._remembered.save({*self.resolver.looked_up, *self._looked_up})

    def _find(self, modules: Sequence[str]) -> Handlers:
        parts = self._look_everywhere(modules)
        found = {key: handler for part in reversed(parts) for key, handler in part.handlers.items()}
        # without a path, what a mixin does for several views alike is one
        every = {key if handler.path else handler: handler for key, handler in found.items()}.values()
        handlers = sorted(every, key=lambda h: (h.location, h.methods, h.path, h.framework))
        failed = {unread.module: unread for part in parts for unread in part.failed}
        unreadable = tuple(failed[name] for name in sorted(failed))
        return Handlers(tuple(handlers), unreadable, tuple(adapter.name for adapter in self.frameworks.adapters))

    def _look_everywhere(self, modules: Sequence[str], *, with_conduct: bool = False) -> list[Findings]:
        """What there is in the code, in as many parts as there are processes to look."""
        scope = frozenset(modules)

        def here(names: Sequence[str]) -> Findings:
            return self.look_through(names, scope, with_conduct=with_conduct)

        def back(answered: bytes) -> Findings | None:
            parts, places, digests = load_values(answered)
            findings = Findings(*parts)
            if any(installed(name) != place for name, place in places.items()):
                return None  # it has looked elsewhere than we would
            if any(self.tree.sources[name].digest != digest for name, digest in digests.items()):
                return None  # a file was edited meanwhile
            if any(self.resolver.module(unread.module) is not None for unread in findings.failed):
                return None  # this process has more room for what is nested deeply
            self._looked_up |= places.keys()
            return findings

        if self.tree.rootdir is None or not all(type(a).__module__.startswith(OWN) for a in self.frameworks.adapters):
            return [here(list(self.tree.sources))]
        return self._team.ask((list(modules), with_conduct), here, back)

    @cached_property
    def _team(self) -> Team[str]:
        def argument(names: Sequence[str]) -> tuple[Any, ...]:
            return (import_path(), self.tree.outline(), pickle.dumps(self.frameworks), list(names))

        return Team(list(self.tree.sources), f"{__name__}:{looker.__name__}", argument, AHEAD, self.ready)

    def look_through(self, names: Sequence[str], scope: Set[str], *, with_conduct: bool) -> Findings:
        """Return what is found in the modules *names*: handlers that are defined or registered in those of *scope*.

        *with_conduct*, what they do, rather than the handlers themselves.
        """
        key = (tuple(names), frozenset(scope))
        if key not in self._looked:
            self._looked[key] = self._look_through(names, scope)
        found = self._looked[key]
        return Findings({}, [], self._conducts(found.handlers.values())) if with_conduct else found

    def _look_through(self, names: Sequence[str], scope: Set[str]) -> Findings:
        failed = {name: self._unread(name) for name in names if name in scope and self.resolver.module(name) is None}
        found: dict[tuple[object, ...], Handler] = {}
        first: dict[tuple[object, ...], Adapter] = {}
        adapters = [(each, tuple(each.hints), tuple(each.registrations)) for each in self.frameworks.adapters]
        for name in names:
            text = self._text_of(name)
            for adapter, hints, registrations in adapters:
                if text is None or not text.mentions(hints if name in scope else registrations):
                    continue
                if self.resolver.module(name) is None:
                    if text.mentions(tuple(t for t in registrations if t.isidentifier())):
                        failed[name] = self._unread(name)  # it may register handlers of this scope
                    continue
                for endpoint in self._discover(adapter, name):
                    if endpoint.registered_in in scope or endpoint.scope.module in scope:
                        place = (
                            endpoint.registered_in,
                            getattr(endpoint.node, "lineno", 0),
                            getattr(endpoint.node, "col_offset", 0),
                        )
                        made_by = (endpoint.scope.module, getattr(endpoint.function, "lineno", 0), endpoint.qualname)
                        key = (*place, *made_by, endpoint.view, endpoint.path)
                        if first.setdefault(key, adapter) is adapter:
                            found.setdefault((*key, endpoint.methods), self._handler(endpoint))
        return Findings(found, list(failed.values()), {})

    def _conducts(self, handlers: Iterable[Handler]) -> dict[Handler, Conduct]:
        """What *handlers* do, which this process has found."""
        looking, known = Conducts(self.resolver.shapes), self._remembered.conducts
        known.update({each: looking.of(self._behind[each]) for each in handlers if each not in known})
        return {each: known[each] for each in handlers}

    def _unread(self, name: str) -> Unread:
        return unread(self.tree.sources[name], self.resolver.failures[name])

    def _discover(self, adapter: Adapter, module: str) -> list[Endpoint]:
        key = (id(adapter), module)
        if key not in self._endpoints:
            self._endpoints[key] = list(adapter.discover(self._contents_of(module)))
        return self._endpoints[key]

    def _contents_of(self, module: str) -> Contents:
        if module not in self._contents:
            scope = self.resolver.module(module)
            assert scope is not None
            elsewhere = partial(_others, weakref.ref(self), module)  # or both would keep each other
            body, text = self.resolver.body(module), self._text_of(module)
            self._contents[module] = Contents(body, scope, self.resolver, text, elsewhere)
        return self._contents[module]

    def _text_of(self, module: str) -> Text | None:
        """The text of a module, each time the same object; None where it cannot be decoded."""
        if module not in self._texts:
            try:
                self._texts[module] = Text(self.tree.sources[module].text)
            except SyntaxError:
                self._texts[module] = None
        return self._texts[module]

    @cached_property
    def _all_texts(self) -> list[tuple[str, str]]:
        """What can be decoded of the whole codebase."""
        texts = ((name, self._text_of(name)) for name in self.tree.sources)
        return [(name, text.text) for name, text in texts if text is not None]

    def mentioning(self, word: str, but: str) -> Iterator[Contents]:
        """Yield the contents of the modules in whose text there is a word, one of them left out."""
        if word not in self._mentioned:
            meant = re.compile(rf"\b{re.escape(word)}\b")
            self._mentioned[word] = [name for name, text in self._all_texts if word in text and meant.search(text)]
        for name in self._mentioned[word]:
            if name != but and self.resolver.module(name) is not None:
                yield self._contents_of(name)

    def _handler(self, endpoint: Endpoint) -> Handler:
        if id(endpoint) not in self._handlers:
            handler = self._handlers[id(endpoint)] = _Classifier(self.resolver, endpoint).handler()
            self._behind.setdefault(handler, endpoint)
        return self._handlers[id(endpoint)]


def looker(
    path: list[str], outline: tuple[Any, ...], frameworks: bytes, names: list[str]
) -> Callable[[list[str], bool], bytes]:
    """Return what looks through some modules of a codebase for another process, with installed packages from *path*."""
    look_in(path)
    finder = Finder(Tree.from_outline(outline), pickle.loads(frameworks), None)  # noqa: S301 - from our own process

    def answer(modules: list[str], with_conduct: bool) -> bytes:  # noqa: FBT001
        findings = finder.look_through(names, frozenset(modules), with_conduct=with_conduct)
        places = {name: installed(name) for name in finder.resolver.looked_up}
        digests = {name: source.digest for name, source in finder.tree.sources.items() if source.is_read}
        return pickle.dumps((tuple(findings), places, digests), protocol=5)

    return answer


def _others(finder: weakref.ref[Finder], module: str, word: str) -> Iterable[Contents]:
    alive = finder()
    return alive.mentioning(word, module) if alive is not None else ()


class _Classifier:
    """Turns one endpoint into a handler."""

    def __init__(self, resolver: Resolver, endpoint: Endpoint) -> None:
        self.resolver = resolver
        self.endpoint = endpoint

    def handler(self) -> Handler:
        end = self.endpoint
        view = view_of(end.scope).rpartition(".")[2] if end.function is not None else ""
        return Handler(
            framework=end.framework,
            module=end.scope.module,
            qualname=end.qualname,
            location=location_of(end.function or end.node, end.scope, self.resolver.tree),
            methods=end.methods,
            path=end.path,
            inputs=tuple(self._slot(part) for part in end.inputs),
            output=self._slot(end.output),
            kind=end.kind,
            is_async=isinstance(end.function, ast.AsyncFunctionDef),
            view="" if view in end.qualname.split(".") else view,
        )

    def _slot(self, part: Part) -> Slot:
        shapes = self._shapes(part) or [Shape("unknown", "nothing that can be told")]
        worst = min(shapes, key=_rank) if len(shapes) > 1 else shapes[0]
        kind = _slot_kind(worst.kind)
        classes = [shape.entity for shape in shapes if shape.entity is not None]
        raw_fields = tuple(dict.fromkeys(f for entity in classes for f in self.resolver.shapes.raw_fields(entity)))
        function = self.endpoint.function
        shown = ("", 0, 0)  # only what may be complained of is worth writing out
        if function is not None and (raw_fields or kind not in ("schema", "scalar", "response", "none", "file")):
            shown = signature_of(function, part.node)
        location = location_of(part.node, part.home, self.resolver.tree)
        return Slot(
            name=part.name,
            kind=kind,
            text=_text(part, location) if part.annotation is not None else worst.detail,
            location=location,
            detail=worst.detail,
            classes=tuple(dict.fromkeys(each for entity in classes for each in self.resolver.classes(entity))),
            raw_fields=raw_fields,
            signature=shown[0],
            column=shown[1],
            width=shown[2],
        )

    def _shapes(self, part: Part) -> list[Shape]:
        if part.unless and not part.wrapped and isinstance(self.endpoint.function, FUNCTIONS):
            returned = Results(self.resolver.shapes)
            made = returned.of(self.endpoint.function, self.endpoint.scope, text_is_response=True)
            kinds = {"response" if is_made_empty(shape) else shape.kind for shape in made}
            is_other = kinds <= set(part.unless) and any(shape.detail != TEXT for shape in made)
            return made if is_other else self._shapes(part._replace(unless=()))
        if part.wrapped:
            shapes = self._shapes(part._replace(wrapped=""))
            is_kept = all(shape.kind == "schema" or shape.detail == NO_CONTENT for shape in shapes)
            return shapes if is_kept else [Shape("response", BY_DECORATOR)]
        if part.kind:
            return [Shape(part.kind, part.detail)]
        if part.name == "return" and part.annotation is None:
            # what is wrapped around the handler, where an adapter points at that
            is_said = isinstance(part.node, ast.FunctionDef | ast.AsyncFunctionDef)
            function, scope = (part.node, part.scope) if is_said else (self.endpoint.function, self.endpoint.scope)
            assert isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)  # or an adapter gives the part its kind
            returned = Results(self.resolver.shapes)
            if part.is_optional:
                return returned.told(function, scope)
            return returned.of(function, scope, text_is_response=part.text_is_response)
        shapes = self.resolver.shapes.of(part.annotation, part.scope)
        kinds = {shape.kind for shape in shapes}
        is_said = part.name == "return" and isinstance(self.endpoint.function, ast.FunctionDef | ast.AsyncFunctionDef)
        if is_said and ((part.text_is_response and is_open(kinds)) or kinds == {"response"}):
            # `-> dict`, where a schema made the dict; `-> Response`, where there is nothing in it
            function, scope = self.endpoint.function or part.node, self.endpoint.scope
            made = self._shapes(part._replace(annotation=None, node=function, scope=scope))
            known = ["schema", *(["response"] if is_open(kinds) else [])]
            if (
                part.text_is_response and is_open(kinds) and len(kinds) > 1
            ):  # whatever may be returned, by an alias perhaps
                known += ["none", "scalar", "scalar-map"]
            is_told = all(shape.kind in known for shape in made) or (kinds == {"response"} and all(map(is_empty, made)))
            shapes = made if is_told else shapes
        return [*shapes, *(shape for each in part.alternatives for shape in self.resolver.shapes.of(*each))]


def _text(part: Part, location: Location) -> str:
    """An annotation as it is written, where it is written in one line."""
    assert part.annotation is not None
    if part.node is part.annotation and location.column >= 0:
        written = location.text[location.column : location.column + location.width]
        if "'" not in written and '"' not in written:
            return written
    return ast.unparse(part.annotation)


def _rank(shape: Shape) -> int:
    return WORST_FIRST.index(_slot_kind(shape.kind))


def _slot_kind(kind: str) -> SlotKind:
    """Kinds that only adapters know, such as ``special``, mean nothing in a slot."""
    return SLOT_KINDS.get(kind, "unknown")
