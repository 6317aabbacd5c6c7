"""The one place that talks to import-linter: its contracts are judged by its own code, one at a time.

Reading the options, the registry of contract types and the console that texts are printed on are not promised by
import-linter; the test suite pins their shapes.
"""

from __future__ import annotations

import importlib.util
import os
import re
import sys
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pytest_fitness.errors import FitnessError, SettingsError

if TYPE_CHECKING:
    from grimp import ImportGraph
    from importlinter.domain.contract import Contract

HOP = re.compile(r"(?P<importer>[\w.]+) -> (?P<imported>[\w.]+) \(l\.(?P<lines>\d+(?:, l\.\d+)*)\)")


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
        with self._as_at_home():
            options = self._options
            contract = self._contract(options.contracts_options[position], options.session_options)
            try:
                check = contract.check(deepcopy(self._graph), verbose=False)
            except Exception as error:  # noqa: BLE001 - whatever a contract objects to is its owner's to read
                raise FitnessError(f"import-linter cannot judge {contract.name!r}: {error}") from None
            warnings = tuple(_plain(str(warning)) for warning in check.warnings)
            if check.kept:
                return Verdict(kept=True, warnings=warnings)
            with self._captured() as texts:
                contract.render_broken_contract(check)
            return Verdict(kept=False, text="\n".join(self._with_places("".join(texts))), warnings=warnings)

    # -- import-linter -----------------------------------------------------------------------------------------------

    @cached_property
    def _options(self) -> Any:  # UserOptions, which are dicts of what the user wrote
        from importlinter import configuration
        from importlinter.application import use_cases

        configuration.configure()
        try:
            return use_cases.read_user_options(self.file)
        except Exception as error:  # noqa: BLE001 - of several parsers
            raise SettingsError(f"import-linter cannot read it: {error}", file=self.file) from None

    def _contract(self, options: Mapping[str, Any], session: Mapping[str, Any]) -> Contract:
        from importlinter.application import use_cases
        from importlinter.domain.contract import InvalidContractOptions, registry

        name = str(options.get("name", ""))
        for type_name, cls in use_cases._get_built_in_contract_types():  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
            registry.register(cls, type_name)
        wanted = str(options.get("type", ""))
        try:
            for entry in _listed(session.get("contract_types", ())):
                if entry.partition(":")[0].strip() == wanted:
                    type_name, cls = use_cases._parse_contract_type_string(entry)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
                    registry.register(cls, type_name)
            contract_class: type[Contract] = registry.get_contract_class(wanted)
            return contract_class(name=name, session_options=dict(session), contract_options=dict(options))
        except InvalidContractOptions as error:
            told = "; ".join(f"{option}: {problem}" for option, problem in error.errors.items())
            raise FitnessError(f"the contract {name!r} is invalid: {told}") from None
        except Exception as error:  # noqa: BLE001 - a contract type of the user's that cannot be imported
            raise FitnessError(
                f"the contract {name!r} has no usable type {wanted!r}: {type(error).__name__}: {error}"
            ) from None

    @cached_property
    def _graph(self) -> ImportGraph:
        import grimp

        session = self._options.session_options
        roots = [str(name) for name in _listed(session.get("root_packages", ()))]
        for root in roots:
            spec = importlib.util.find_spec(root.partition(".")[0])
            if spec is not None and "." not in root and spec.submodule_search_locations is None:
                raise FitnessError(f"{root!r} is a module, not a package; `root_packages` takes packages")
        try:
            return grimp.build_graph(
                *roots,
                include_external_packages=_is_true(session.get("include_external_packages")),
                exclude_type_checking_imports=_is_true(session.get("exclude_type_checking_imports")),
                cache_dir=None,
            )
        except Exception as error:  # noqa: BLE001 - of grimp: a package that is not there, a file that is no Python
            raise FitnessError(f"import-linter cannot read the code of {', '.join(roots)}: {error}") from None

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
        for line in text.strip("\n").splitlines():
            yield line.rstrip()
            for hop in HOP.finditer(line):
                path = self._path(hop["importer"])
                details = self._graph.get_import_details(importer=hop["importer"], imported=hop["imported"])
                texts = {str(d["line_number"]): d["line_contents"].strip() for d in details}
                indent = " " * (len(line) - len(line.lstrip()) + 4)
                for number in re.findall(r"\d+", hop["lines"]):
                    yield f"{indent}{path}:{number}   {texts.get(number, '')}".rstrip()

    def _path(self, module: str) -> str:
        """The file of *module*, relative to rootdir; its name where it has none."""
        top, *below = module.split(".")
        spec = importlib.util.find_spec(top)
        for place in spec.submodule_search_locations or () if spec else ():
            for file in (Path(place, *below, "__init__.py"), Path(place, *below).with_suffix(".py")):
                if file.is_file():
                    return os.path.relpath(file, self.rootdir).replace(os.sep, "/")
        return module


def _listed(value: object) -> list[str]:
    return (
        [value] if isinstance(value, str) else [str(each) for each in value] if isinstance(value, list | tuple) else []
    )


def _is_true(value: object) -> bool:
    """As import-linter reads its session options."""
    return str(value) in ("True", "true")


def _plain(text: str) -> str:
    """Return *text* without colours."""
    from rich.text import Text

    return Text.from_ansi(text).plain
