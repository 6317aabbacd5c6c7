"""What a codebase asks of whoever reads the code."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, Protocol

from pytest_fitness.model.acceptance import Permission
from pytest_fitness.model.code import (
    Bindings,
    Conduct,
    CoverageReport,
    Handler,
    Handlers,
    Import,
    Module,
    Recorded,
    Unread,
)
from pytest_fitness.model.graph import ImportGraph


class Sources(Protocol):
    """What a codebase asks of whoever reads the code; answered by `pytest_fitness.sources`, lazily."""

    def graph(self, precise: frozenset[str]) -> ImportGraph:
        """Return all imports; those of the third-party packages in *precise* down to the imported name."""
        ...

    def detail(self, each: Import) -> Import:
        """Return *each* with its kind, read from the syntax tree of the one file that it is in."""
        ...

    def symbols(self, each: Import) -> Sequence[str]:
        """Return the dotted names that the statement of *each* imports, such as ``shop.infra.db.Session``."""
        ...

    def bindings(self, module: str) -> Bindings:
        """Return what *module* imports and defines at module level."""
        ...

    def unparsed(self, module: str) -> Unread | None:
        """Say why the names that *module* imports and binds cannot be told; None where they can."""
        ...

    def uses(self, module: str, of: frozenset[str]) -> Sequence[Import]:
        """Return what *module* uses of the modules in *of* as attributes, by full name: ``shop.repository.Session``."""
        ...

    def statement(self, module: str, line: int) -> tuple[str, Sequence[str]]:
        """Return the qualified name of what *line* of *module* is within, and the dotted names imported by its statement."""
        ...

    def remember(self) -> None:
        """Keep what was worked out, where anything is kept between runs."""
        ...

    def permissions(self, module: str | None) -> Sequence[Permission]:
        """Return the permissions that are written in *module*, or in all modules."""
        ...

    def third_party(self, name: str) -> tuple[Literal["installed", "declared", ""], Sequence[str]]:
        """Whether the third-party module *name* exists here, or may be what a dependency provides, and names that do."""
        ...

    def handlers(self, modules: Sequence[Module]) -> Handlers:
        """Return the request handlers in *modules*."""
        ...

    def conduct(self, handler: Handler) -> Conduct:
        """Return what the body of *handler* does, which `handlers` has returned."""
        ...

    def coverage(self, *, contexts: bool) -> CoverageReport:
        """Return the coverage of this run; raise `NotJudgedError` or `CoverageDataError`."""
        ...

    def changed_lines(self, against: str) -> Mapping[str, frozenset[int]]:
        """Return the lines that have changed since *against*, by module; raise `NotJudgedError`."""
        ...

    def function_lines(self, module: str) -> frozenset[int]:
        """Return the lines of *module* that are inside of functions."""
        ...

    def recorded(self, scope: str) -> Recorded | None:
        """Return the coverage of *scope* that is written down."""
        ...

    def record(self, scope: str, found: Recorded) -> None:
        """Write down *found*."""
        ...

    @property
    def is_recording(self) -> bool:
        """Whether this run was asked to write coverage down."""
        ...

    @property
    def updates(self) -> frozenset[str]:
        """Return the options by which this run was asked to write files."""
        ...

    @property
    def partial_run(self) -> str:
        """Say why not every rule may be judged in this run; an empty string where all are."""
        ...

    def read_text(self, path: str) -> str | None:
        """Return the text of a file in rootdir; None where there is none."""
        ...

    def write_text(self, path: str, text: str) -> None:
        """Write a file in rootdir."""
        ...
