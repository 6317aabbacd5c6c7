"""Handlers, and what they do, remembered between runs for as long as nothing that they were read from has changed.

Names lead anywhere, so everything counts: every file of the codebase by its content, every installed module that was looked
into by place, size and time, every one that was looked for in vain, the adapters, the settings, and our own code.
"""

from __future__ import annotations

import copyreg
import io
import os
import pickle
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pytest_fitness import model
from pytest_fitness.model import Conduct, Handler, Handlers
from pytest_fitness.model.contents import Adapter, Frameworks
from pytest_fitness.sources.snapshot import SETTLED, Store, own_code
from pytest_fitness.sources.tree import Source, Stamp, Tree

Outside = tuple[str, int, int] | None
"""Path, size and time of an installed module; None for one that is not there."""

VALUES = frozenset({"Class", "Conduct", "Effect", "Handler", "Handlers", "Location", "Slot", "Unread"})
"""What may be in such a file."""


def _reduced(value: tuple[Any, ...]) -> tuple[type, tuple[Any, ...]]:
    return type(value), tuple(value)


for _name in VALUES:  # in less time than by what named tuples come with
    copyreg.pickle(getattr(model, _name), _reduced)


class Remembered:
    """What is remembered of one codebase.

    Attributes:
        handlers: by the modules of a scope.
        conducts: by handler.
    """

    def __init__(self, directory: Path | None, tree: Tree, frameworks: Frameworks) -> None:
        self.tree = tree
        self.handlers: dict[tuple[str, ...], Handlers] = {}
        self.conducts: dict[Handler, Conduct] = {}
        self._start = time.time_ns()
        self._files: dict[str, tuple[bytes, Stamp | None]] = {}
        self._store = Store(
            directory if _can_be_told(frameworks.adapters) else None, "handlers", _key(tree, frameworks)
        )

    def load(self) -> None:
        """Take in what was remembered, if all of it still holds."""
        content = self._store.load()
        if content is None:
            return
        files, modules, handlers, conducts = load_values(content)
        if all(self._is_same(source, files[name]) for name, source in self.tree.sources.items()):
            if all(installed(name) == place for name, place in modules.items()):
                self._files, self.handlers, self.conducts = files, handlers, conducts

    def save(self, modules: Iterable[str]) -> None:
        """Remember all there is.

        Args:
            modules: names outside of the codebase that were looked up.
        """
        if self._store.file is None:
            return
        if not self._files:
            self._files = {name: (source.digest, self._settled(source)) for name, source in self.tree.sources.items()}
        places = {name: installed(name) for name in modules}
        self._store.save(pickle.dumps((self._files, places, self.handlers, self.conducts), protocol=5))

    def forget(self) -> None:
        """Let go of everything, in the next run as well."""
        self.handlers, self.conducts, self._files = {}, {}, {}
        if self._store.file is not None:
            self._store.file.unlink(missing_ok=True)

    def _is_same(self, source: Source, before: tuple[bytes, Stamp | None]) -> bool:
        digest, stamp = before
        return bool(stamp and stamp == source.stamp) or digest == source.digest

    def _settled(self, source: Source) -> Stamp | None:
        """The stamp of a file that has been left alone for so long that another change would show in it."""
        stamp = source.stamp
        return stamp if stamp and max(stamp[1:3]) < self._start - SETTLED else None


class _Values(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> type:
        """Return one of our values; nothing else is made."""
        if module.startswith("pytest_fitness.model") and name in VALUES:
            found: type = getattr(model, name)
            return found
        raise pickle.UnpicklingError(f"{module}.{name} is no value")


def load_values(content: bytes | memoryview) -> Any:
    """Return what was pickled, if it is made of our values."""
    return _Values(io.BytesIO(content)).load()


def installed(name: str) -> Outside:
    """Return where an installed module is, and what tells it from another version; None where there is none."""
    from pytest_fitness.sources.installed import installed_source

    source = installed_source(name)
    if source is None or not source.filename:
        return None
    status = os.stat(source.filename)
    return source.filename, status.st_size, status.st_mtime_ns


def _key(tree: Tree, frameworks: Frameworks) -> object:
    modules = [(s.module.name, s.module.path, s.module.is_package) for s in tree.sources.values()]
    adapters = [_identity(adapter) for adapter in frameworks.adapters]
    return (
        own_code("names.py", "model/*.py", "sources/*.py", "frameworks/*.py"),
        tree.packages,
        sorted(tree.namespaces),
        modules,
        adapters,
        list(frameworks.declared),
    )


def _identity(adapter: Adapter) -> object:
    """What tells an adapter from another version of it: where it is defined, and when that was changed."""
    cls = type(adapter)
    file = getattr(sys.modules.get(cls.__module__), "__file__", None)
    changed = os.stat(file).st_mtime_ns if file and os.path.exists(file) else 0
    return cls.__module__, cls.__qualname__, file, changed, adapter.hints, adapter.registrations


def _can_be_told(adapters: Iterable[Adapter]) -> bool:
    return all(getattr(sys.modules.get(type(adapter).__module__), "__file__", None) for adapter in adapters)
