"""The one place that talks to import-linter: its contracts are judged by its own code, one at a time.

Reading the options, the registry of contract types and the console that texts are printed on are not promised by
import-linter; the test suite pins their shapes.
"""

from __future__ import annotations

import importlib.util
import linecache
import os
import re
import sys
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pytest_fitness.errors import FitnessError, SettingsError
from pytest_fitness.names import parents
from pytest_fitness.sources.idle_contracts import listed, notes

if TYPE_CHECKING:
    from importlib.machinery import ModuleSpec

    from grimp import ImportGraph
    from importlinter.domain.contract import Contract

LINES = r"\(l\.(?P<lines>\d+(?:, (?:l\.)?\d+)*)\)"
HOP = re.compile(rf"(?P<importer>[\w.]+) -> (?P<imported>[\w.]+) {LINES}")
HALF_HOP = re.compile(rf"\s*[-&]\s+(?P<name>[\w.]+) {LINES}\s*")
"""One of several modules that import the same, before the import that is written out, or that are imported, after it."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a contract came to: *text* is import-linter's, with the places and lines of the imports that it names."""

    kept: bool
    text: str = ""
    warnings: tuple[str, ...] = ()


class ImportLinter:
    """Judges the contracts in one file of import-linter's, as `lint-imports` in *rootdir* would.

    Args:
        rootdir: where `lint-imports` would be run.
        file: the name of the file in it.
        places: further directories that packages are looked for in, such as ``src``.
    """

    def __init__(self, rootdir: Path, file: str, places: tuple[Path, ...] = ()) -> None:
        self.rootdir = rootdir
        self.file = file
        self.places = places

    def check(self, position: int) -> Verdict:
        """Judge the contract at *position*.

        Raises:
            FitnessError: it is invalid, or names what is not there.
        """
        _load()
        with self._as_at_home():
            options = self._options
            self._refuse_bad_id(options.contracts_options, position)
            self._refuse_bad_types(options.contracts_options, options.session_options)
            contract = self._contract(options.contracts_options[position], options.session_options)
            graph = deepcopy(self._graph)
            try:
                check = contract.check(graph, verbose=False)
            except Exception as error:  # noqa: BLE001 - whatever a contract objects to is its owner's to read
                raise FitnessError(f"import-linter cannot judge {contract.name!r}: {_told(error)}") from None
            warnings = tuple(_plain(str(warning)) for warning in check.warnings)
            if type(contract).__module__.startswith("importlinter."):  # what others' options mean, nobody knows
                warnings += tuple(notes(options.contracts_options[position], self._graph, _is_there))
            if check.kept:
                return Verdict(kept=True, warnings=warnings)
            with self._captured() as texts:
                contract.render_broken_contract(check)
            cycles = getattr(check, "metadata", {}).get("cycle_breakers_by_package", {})
            breakers = [f"- {a} -> {b}" for found in cycles.values() for a, b in sorted(found)]
            text = "".join([*texts, *(f"\n{self._with_lines(each)}" for each in breakers)])
            return Verdict(kept=False, text="\n".join(self._with_places(text)), warnings=warnings)

    # -- import-linter -----------------------------------------------------------------------------------------------

    @cached_property
    def _options(self) -> Any:  # UserOptions, which are dicts of what the user wrote
        from importlinter.application import use_cases

        try:
            return use_cases.read_user_options(self.file)
        except KeyError as error:
            raise SettingsError(
                f"import-linter cannot read it: there is no `{error.args[0]}`", file=self.file
            ) from None
        except Exception as error:  # noqa: BLE001 - of several parsers
            raise SettingsError(f"import-linter cannot read it: {_told(error)}", file=self.file) from None

    @staticmethod
    def _refuse_bad_id(contracts: Sequence[Mapping[str, Any]], position: int) -> None:
        """As `lint-imports` does, which then judges none of the contracts; here the others are judged."""
        from importlinter.application import use_cases

        own = contracts[position]
        if "name" not in own:
            which = f"contract {own['id']!r}" if "id" in own else f"contract at position {position + 1}"
            raise FitnessError(f"the {which} has no `name`")
        if not hasattr(use_cases, "_validate_contract_ids"):
            return  # pragma: no cover - older than 2.17
        if not isinstance(own.get("id", ""), str):
            raise FitnessError(f"the contract {own['name']!r} has an id that is no text, {own['id']!r}")
        if ":" in own.get("id", ""):
            raise FitnessError(f"the contract {own['name']!r} has a colon in its id, {own['id']!r}")
        if "id" in own and [c.get("id") for c in contracts].count(own["id"]) > 1:
            raise FitnessError(f"the contract {own['name']!r} has the id {own['id']!r}, and so has another one")

    @staticmethod
    def _refuse_bad_types(contracts: Sequence[Mapping[str, Any]], session: Mapping[str, Any]) -> None:
        """A type that cannot be imported fails the contracts of it; where there are none, it would go unnoticed."""
        from importlinter.application import use_cases

        wanted = {str(options.get("type", "")) for options in contracts}
        for entry in listed(session.get("contract_types", ())):
            if entry.partition(":")[0].strip() in wanted:
                continue
            try:
                use_cases._parse_contract_type_string(entry)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
            except Exception as error:  # noqa: BLE001 - of the user's code
                raise FitnessError(f"`contract_types` has {entry!r}, which is of no use: {_told(error)}") from None

    def _contract(self, options: Mapping[str, Any], session: Mapping[str, Any]) -> Contract:
        from importlinter.application import use_cases
        from importlinter.domain.contract import InvalidContractOptions, registry

        name = str(options.get("name", ""))
        for type_name, cls in use_cases._get_built_in_contract_types():  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
            registry.register(cls, type_name)
        wanted = str(options.get("type", ""))
        try:
            for entry in listed(session.get("contract_types", ())):
                if entry.partition(":")[0].strip() == wanted:
                    type_name, cls = use_cases._parse_contract_type_string(entry)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
                    registry.register(cls, type_name)
            contract_class: type[Contract] = registry.get_contract_class(wanted)
            return contract_class(name=name, session_options=dict(session), contract_options=dict(options))
        except InvalidContractOptions as error:
            told = "; ".join(f"{option}: {problem}" for option, problem in error.errors.items())
            raise FitnessError(f"the contract {name!r} is invalid: {told}") from None
        except Exception as error:  # noqa: BLE001 - a contract type of the user's that cannot be imported
            raise FitnessError(f"the contract {name!r} has no usable type {wanted!r}: {_told(error)}") from None

    @cached_property
    def _graph(self) -> ImportGraph:
        import grimp
        from grimp.exceptions import NotATopLevelModule

        session = self._options.session_options
        if isinstance(session.get("root_packages"), str):
            raise FitnessError(
                "`root_packages` takes a list; one package is a `root_package`, or stands on a line of its own"
            )
        roots = [str(name) for name in session.get("root_packages", ())]
        for root in roots:
            if not root:
                raise FitnessError("`root_package` is empty")
            spec = _spec(root)
            if spec is not None and spec.submodule_search_locations is None:
                raise FitnessError(f"{root!r} is a module, not a package; `root_packages` takes packages")
        try:
            with _on_the_path():
                return grimp.build_graph(
                    *roots,
                    include_external_packages=_is_true(session.get("include_external_packages")),
                    exclude_type_checking_imports=_is_true(session.get("exclude_type_checking_imports")),
                    cache_dir=None,
                )
        except NotATopLevelModule:
            raise FitnessError(
                f"import-linter cannot read the code of {', '.join(roots)}: one of them lies in another package"
            ) from None
        except Exception as error:  # noqa: BLE001 - of grimp: a package that is not there, a file that is no Python
            raise FitnessError(f"import-linter cannot read the code of {', '.join(roots)}: {_told(error)}") from None

    @contextmanager
    def _captured(self) -> Generator[list[str]]:
        """Take what import-linter prints, in lines as long as they are."""
        from importlinter.application.output import console

        texts: list[str] = []
        width = console.width
        console.width = 10_000
        try:
            with console.capture() as capture:
                yield texts
            texts.append(_plain(capture.get()))
        finally:
            console.width = width

    @contextmanager
    def _as_at_home(self) -> Generator[None]:
        """In the directory where `lint-imports` would be run, which it puts first on the path."""
        before, path = os.getcwd(), list(sys.path)
        os.chdir(self.rootdir)
        sys.path[:0] = [str(self.rootdir), *map(str, self.places)]
        importlib.invalidate_caches()
        try:
            yield
        finally:
            os.chdir(before)
            sys.path[:] = path

    # -- places ------------------------------------------------------------------------------------------------------

    def _with_places(self, text: str) -> Iterator[str]:
        """Yield the lines of *text*, each import followed by its places."""
        waiting: list[tuple[str, re.Match[str]]] = []
        importer = ""
        for line in text.strip("\n").splitlines():
            hop, half = HOP.search(line), HALF_HOP.fullmatch(line)
            if half and (line.lstrip().startswith("-") or waiting):
                waiting.append((line, half))  # what it imports is written out further down
                continue
            if hop:
                importer = hop["importer"]
                for before, earlier in waiting:
                    yield before.rstrip()
                    yield from self._places(before, earlier["name"], hop["imported"], earlier["lines"])
            else:
                yield from (before.rstrip() for before, _ in waiting)
            waiting.clear()
            yield line.rstrip()
            if hop:
                yield from self._places(line, importer, hop["imported"], hop["lines"])
            elif half and importer:
                yield from self._places(line, importer, half["name"], half["lines"])
            elif not half:
                importer = ""
        yield from (before.rstrip() for before, _ in waiting)

    def _places(self, line: str, importer: str, imported: str, numbers: str) -> Iterator[str]:
        texts = self._texts(importer, imported)
        indent = " " * (len(line) - len(line.lstrip()) + 4)
        for number in map(int, re.findall(r"\d+", numbers)):
            path = self._path(importer, number, texts.get(number, ""))
            yield f"{indent}{path}:{number}   {texts.get(number, '')}".rstrip()

    def _with_lines(self, edge: str) -> str:
        """``- a -> b`` as import-linter writes it elsewhere, with the lines."""
        importer, _, imported = edge[2:].partition(" -> ")
        lines = ", ".join(f"l.{number}" for number in sorted(self._texts(importer, imported)))
        return f"{edge} ({lines})"

    def _texts(self, importer: str, imported: str) -> dict[int, str]:
        """The source text by line of an import."""
        if not {importer, imported} <= self._graph.modules:
            return {}
        details = self._graph.get_import_details(importer=importer, imported=imported)
        return {d["line_number"]: d["line_contents"].strip() for d in details}

    def _path(self, module: str, line: int, text: str) -> str:
        """The file of *module* that has *text* on *line*, relative to rootdir; the module's name where there is none."""
        top, *below = module.split(".")
        spec = _spec(top)
        places = spec.submodule_search_locations or () if spec else ()
        files = [f for p in places for f in (Path(p, *below, "__init__.py"), Path(p, *below).with_suffix(".py"))]
        found = [file for file in files if file.is_file()]
        found.sort(key=lambda file: linecache.getline(str(file), line).strip() != text)  # x.py beside x/
        return os.path.relpath(found[0], self.rootdir).replace(os.sep, "/") if found else module


def _load() -> None:
    """Import what judges, before directories of the project come first on the path: a ``rich.py`` there is something else."""
    importlib.import_module("rich.live")  # and text, and console
    from importlinter import configuration
    from importlinter.application import use_cases

    configuration.configure()
    use_cases._get_built_in_contract_types()  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]


def _spec(name: str) -> ModuleSpec | None:
    """Where ``import name`` would load from, were nothing loaded yet.

    What is in `sys.modules` may be another copy: one that is installed, or that a test has put there.
    """
    path: Sequence[str] | None = None
    spec: ModuleSpec | None = None
    for full in reversed([name, *parents(name)]):
        finders = (getattr(finder, "find_spec", None) for finder in sys.meta_path)
        found = (find(full, path, None) for find in finders if find is not None)
        try:
            spec = next((each for each in found if each is not None), None)
        except KeyError:
            # a namespace package in another one asks for that among the loaded ones; no code is run for either
            return importlib.util.find_spec(name)
        if spec is None:
            return None
        path = spec.submodule_search_locations or ()
    return spec


def _is_there(name: str) -> bool:
    return _spec(name.partition(".")[0]) is not None


@contextmanager
def _on_the_path() -> Generator[None]:
    """Make grimp find packages by the path alone, and import none of those above them."""
    from grimp.application.config import settings

    before = settings.PACKAGE_FINDER
    settings.configure(PACKAGE_FINDER=_PackageFinder())
    try:
        yield
    finally:
        settings.configure(PACKAGE_FINDER=before)


class _PackageFinder:
    """What grimp asks for the directories of a package."""

    def determine_package_directories(self, package_name: str, file_system: object) -> set[str]:  # noqa: ARG002 - grimp's signature
        """Return the directories; as grimp's own does, refuse a package within another one that has an ``__init__``."""
        from grimp.exceptions import NotATopLevelModule

        spec = _spec(package_name)
        if spec is None:
            raise ValueError(f"Could not find package '{package_name}' in your Python path.")
        above = _spec(package_name.rpartition(".")[0]) if "." in package_name else None
        if spec.has_location and above is not None and above.has_location:
            raise NotATopLevelModule
        return set(spec.submodule_search_locations or ())


def _told(error: Exception) -> str:
    """What an error says, with its kind where that says more."""
    if isinstance(error, ValueError) and str(error):
        return str(error)
    return f"{type(error).__name__}: {error}".removesuffix(": ")


def _is_true(value: object) -> bool:
    """As import-linter reads its session options."""
    return str(value) in ("True", "true")


def _plain(text: str) -> str:
    """Return *text* without colours."""
    from rich.text import Text

    return Text.from_ansi(text).plain
