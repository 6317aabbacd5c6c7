"""Where import-linter keeps its contracts, and what they are called: read without import-linter, which is slow to load."""

from __future__ import annotations

import configparser
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

FILES = ("setup.cfg", ".importlinter", "pyproject.toml")
"""In the order in which import-linter looks for them; the first one with a section of its own counts."""


LOST = re.compile(
    r"^[ \t]*(\[(?!importlinter:)(?=\w*(?:import|lint))\w*:contracts?\b[^\n]*|\[importlinter:[^\]\n]*$"
    r"|\[?\[ *tool\.(?=\w*(?:import|lint))\w+\.contract *\]\]?)",
    re.MULTILINE,
)
"""``[importliner:contract:x]``, ``[importlinter:contract:x`` and ``[[tool.importlinter.contract]]``."""


@dataclass(frozen=True, slots=True)
class LinterContract:
    """A contract of import-linter: its name, its position among the others, and the line where it begins."""

    name: str
    position: int
    line: int


@dataclass(frozen=True, slots=True)
class LinterFile:
    """The file that import-linter would read, and its contracts.

    Attributes:
        problem: why they cannot be told.
        lost: headings that look like contracts, and that import-linter passes over.
    """

    name: str
    contracts: tuple[LinterContract, ...] = ()
    problem: str = ""
    lost: tuple[str, ...] = ()


def find(rootdir: Path, file: str = "") -> LinterFile | None:
    """Return the file that `lint-imports` would read in rootdir, or *file* there; None where there is none."""
    for name in [file] if file else FILES:
        try:
            data = (rootdir / name).read_bytes()
        except OSError:
            continue
        try:
            text = data.decode()
        except UnicodeDecodeError as error:
            if b"[importlinter" in data or b"[tool.importlinter" in data:
                return LinterFile(name, problem=f"{name} cannot be read: it is not UTF-8 at byte {error.start}")
            continue
        if "importlinter" in text:
            try:
                found = _from_toml(text) if name.endswith(".toml") else _from_ini(text)
            except (configparser.Error, ValueError) as error:  # of TOML, too
                return LinterFile(name, problem=f"{name} cannot be read: {error}")
            if found is not None:
                problem = "" if found else f"{name}: import-linter has no contracts there"
                return LinterFile(name, tuple(found), problem, tuple(LOST.findall(text)))
    return None


def _from_ini(text: str) -> list[LinterContract] | None:
    parser = configparser.ConfigParser()
    parser.read_string(text)
    if "importlinter" not in parser.sections():
        return None
    sections = [s for s in parser.sections() if s.startswith("importlinter:")]
    lines = {line.partition("]")[0].strip(): number for number, line in enumerate(text.splitlines(), start=1)}
    return [LinterContract(_name(parser[s]), n, lines.get(f"[{s}", 1)) for n, s in enumerate(sections)]


def _name(section: configparser.SectionProxy) -> str:
    try:
        return " ".join(section.get("name", section.name.rpartition(":")[2]).split())
    except configparser.InterpolationError:  # import-linter will say so
        return str(section.get("name", raw=True))


def _from_toml(text: str) -> list[LinterContract] | None:
    table = tomllib.loads(text).get("tool", {}).get("importlinter")
    if not isinstance(table, dict):
        return None
    header = re.compile(r"\s*\[\[\s*tool\s*\.\s*importlinter\s*\.\s*contracts\s*\]\]")
    lines = [number for number, line in enumerate(text.splitlines(), start=1) if header.match(line)]
    contracts = table.get("contracts")
    if not isinstance(contracts, list):
        return []
    if not all(isinstance(contract, dict) for contract in contracts):
        raise ValueError("`contracts` takes tables, [[tool.importlinter.contracts]]")
    names = [str(contract.get("name", f"contract {n + 1}")) for n, contract in enumerate(contracts)]
    return [LinterContract(name, n, lines[n] if n < len(lines) else 1) for n, name in enumerate(names)]
