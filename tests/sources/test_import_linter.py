"""Contracts of import-linter: its verdict, its shapes, and what it does not promise."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from pytest_fitness import FitnessError, SettingsError, linter_settings
from pytest_fitness.sources.contracts import ImportLinter

SHOP = {
    "shop/__init__.py": "",
    "shop/api.py": "from typing import TYPE_CHECKING\nimport shop.domain\nif TYPE_CHECKING:\n    import shop.infra\n",
    "shop/domain.py": "import json\nimport shop.infra\n",
    "shop/infra/__init__.py": "\n\nfrom shop import api\n",
}

INI = """\
[importlinter]
root_package = shop
include_external_packages = True
contract_types =
    odd: odd_contracts.OddContract
    gone: nowhere.GoneContract

[importlinter:contract:layers]
name = the layers
type = layers
layers =
    shop.api
    shop.domain
    shop.infra

[importlinter:contract:forbidden]
name = no socket
type = forbidden
source_modules = shop
forbidden_modules = socket

[importlinter:contract:invalid]
name = invalid
type = layers
layer = shop.api

[importlinter:contract:stale]
name = stale
type = independence
modules =
    shop.gone
    shop.api

[importlinter:contract:unknown]
name = unknown
type = layres

[importlinter:contract:odd]
name = odd
type = odd

[importlinter:contract:gone]
name = gone
type = gone

[importlinter:contract:unmatched]
name = unmatched
type = forbidden
source_modules = shop.domain
forbidden_modules = socket
ignore_imports = shop.api -> shop.gone
unmatched_ignore_imports_alerting = warn
"""

ODD = """\
from importlinter import Contract, ContractCheck, fields, output

class OddContract(Contract):
    def check(self, graph, verbose):
        return ContractCheck(kept=len(graph.modules) % 2 == 0, metadata={"count": len(graph.modules)})

    def render_broken_contract(self, check):
        output.print_error(f"{check.metadata['count']} modules are odd")
"""


def project(root: Path, files: dict[str, str]) -> Path:
    """Write *files* with SHOP."""
    for name, text in (SHOP | files).items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    return root


@pytest.fixture
def linter(tmp_path: Path) -> ImportLinter:
    """Contracts of all sorts."""
    return ImportLinter(project(tmp_path, {".importlinter": INI, "odd_contracts.py": ODD}), ".importlinter")


def test_a_broken_contract_has_places_and_lines(linter: ImportLinter) -> None:
    """Added to import-linter's own text."""
    verdict = linter.check(0)

    assert not verdict.kept
    assert "shop.infra -> shop.api (l.3)" in verdict.text
    assert "shop/infra/__init__.py:3   from shop import api" in verdict.text


def test_each_contract_stands_alone(linter: ImportLinter) -> None:
    """Whatever is wrong with the others."""
    assert linter.check(1).kept
    for position, problem in {
        2: "the contract 'invalid' is invalid: layers: This is a required field.; layer: Unrecognized option",
        3: "import-linter cannot judge 'stale': Module 'shop.gone' does not exist",
        4: "the contract 'unknown' has no usable type 'layres'",
        6: "the contract 'gone' has no usable type 'gone': ModuleNotFoundError: No module named 'nowhere'",
    }.items():
        with pytest.raises(FitnessError) as error:
            linter.check(position)
        assert problem in str(error.value)
    assert "7 modules are odd" in linter.check(5).text or linter.check(5).kept
    unmatched = linter.check(7)
    assert unmatched.kept
    assert "shop.api -> shop.gone" in unmatched.warnings[0]


def test_nothing_is_left_behind(linter: ImportLinter) -> None:
    """Neither the directory nor the path."""
    before = (os.getcwd(), list(sys.path))
    linter.check(0)
    with pytest.raises(FitnessError):
        linter.check(3)

    assert (os.getcwd(), list(sys.path)) == before


def test_the_verdict_is_that_of_the_command(linter: ImportLinter) -> None:
    """One contract at a time, as long as the command can be had to judge it."""
    for position, contract in enumerate(["layers", "forbidden"]):
        command = "from importlinter.cli import lint_imports_command; lint_imports_command()"
        ini = INI.replace("    gone: nowhere.GoneContract\n", "")
        (linter.rootdir / "alone.ini").write_text(ini)
        result = subprocess.run(
            [sys.executable, "-c", command, "--no-cache", "--config", "alone.ini", "--contract", contract],
            cwd=linter.rootdir, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert linter.check(position).kept == (result.returncode == 0), result.stdout


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("root_package = nowhere", "cannot read the code of nowhere"),
        ("root_package = module_x", "'module_x' is a module, not a package"),
        ("root_packages = shop", "`root_packages` takes a list"),
        ("", "there is no `root_package`"),
        ("root_package =", "`root_package` is empty"),
        ("root_package = shop.infra", "one of them lies in another package"),
        ("root_package = shop.none", "Could not find package 'shop.none'"),
        (
            "root_package = shop\ncontract_types = odd: nowhere.Odd",
            "'odd: nowhere.Odd', which is of no use: ModuleNotFound",
        ),
    ],
)
def test_code_that_is_not_there_fails_every_contract(tmp_path: Path, options: str, message: str) -> None:
    """With the reason."""
    text = f"[importlinter]\n{options}\n[importlinter:contract:a]\nname = a\ntype = independence\nmodules = shop.api\n"
    root = project(tmp_path, {".importlinter": text, "module_x.py": ""})

    with pytest.raises(FitnessError) as error:
        ImportLinter(root, ".importlinter").check(0)
    assert message in str(error.value)


def test_type_checking_imports_are_left_out_where_that_is_set(tmp_path: Path) -> None:
    """And code is found below further places."""
    text = (
        "[importlinter]\nroot_package = shop\nexclude_type_checking_imports = True\n[importlinter:contract:a]\n"
        "name = a\ntype = forbidden\nsource_modules = shop.api\nforbidden_modules = shop.infra\nallow_indirect_imports = True\n"
    )
    root = project(tmp_path / "x", {})
    (tmp_path / ".importlinter").write_text(text)

    assert ImportLinter(tmp_path, ".importlinter", (root,)).check(0).kept


def test_a_module_without_a_file_goes_by_its_name(linter: ImportLinter) -> None:
    """Compiled ones, say; of a module and a package of one name, the file with the import."""
    (linter.rootdir / "shop/infra.py").write_text("import twin")
    with linter._as_at_home():
        assert linter._path("shop.none", 1, "") == "shop.none"
        assert linter._path("shop.infra", 3, "from shop import api") == "shop/infra/__init__.py"
        assert linter._path("shop.infra", 1, "import twin") == "shop/infra.py"
        assert linter._path("nowhere_at_all.x", 1, "") == "nowhere_at_all.x"


@pytest.mark.parametrize(
    ("contracts", "problem"),
    [
        (
            "[importlinter:a:same]\nname = a\n[importlinter:b:same]\nname = b\n",
            "has the id 'same', and so has another one",
        ),
        ("[importlinter:a]\ntype = independence\n", "the contract 'a' has no `name`"),
    ],
)
def test_what_the_command_would_refuse_is_refused(tmp_path: Path, contracts: str, problem: str) -> None:
    """Two contracts of one id; one without a name."""
    root = project(tmp_path, {".importlinter": f"[importlinter]\nroot_package = shop\n{contracts}"})

    with pytest.raises(FitnessError, match=problem):
        ImportLinter(root, ".importlinter").check(0)


@pytest.mark.parametrize(
    ("own", "problem"), [("id=5\nname='x'", "has an id that is no text, 5"), ("", "at position 1 has no `name`")]
)
def test_an_id_is_a_text(tmp_path: Path, own: str, problem: str) -> None:
    """In TOML it could be a number, or be left out with the name."""
    toml = f"[tool.importlinter]\nroot_package='shop'\n[[tool.importlinter.contracts]]\n{own}\n"
    root = project(tmp_path, {"pyproject.toml": toml})

    with pytest.raises(FitnessError, match=problem):
        ImportLinter(root, "pyproject.toml").check(0)


def test_an_id_has_no_colon(tmp_path: Path) -> None:
    """In TOML it could."""
    toml = "[tool.importlinter]\nroot_package='shop'\n[[tool.importlinter.contracts]]\nid='a:b'\nname='x'\n"
    root = project(tmp_path, {"pyproject.toml": toml})

    with pytest.raises(FitnessError, match="has a colon in its id, 'a:b'"):
        ImportLinter(root, "pyproject.toml").check(0)


def test_lines_that_only_look_like_imports_have_no_place(linter: ImportLinter) -> None:
    """A list of names, modules that are nowhere, the beginning of something that does not come."""
    text = "- shop.api (l.1)\n& shop.domain (l.2)\nmore\n& shop.domain (l.2)\n- shop.none -> shop.nowhere (l.3)\n- shop.api (l.1)"
    with linter._as_at_home():
        found = list(linter._with_places(text))

    assert [line for line in found if not line.startswith("    ")] == text.splitlines()
    assert [line for line in found if line.startswith("    ")] == ["    shop.none:3"]


def test_every_import_that_is_named_has_a_place(tmp_path: Path) -> None:
    """Several importers of one module, several modules that it imports, lines without an l, and cycles."""
    files = {
        "m/__init__.py": "",
        "m/low/__init__.py": "",
        "m/low/a.py": "from m import mid",
        "m/low/b.py": "x = 1\nfrom m import mid",
        "m/low/c.py": "from m import mid",
        "m/mid.py": "from m.high import p, q\nimport m.high.r",
        "m/high/__init__.py": "",
        "m/high/p.py": "import m.low.a\nimport m.mid\nimport m.low.a as again",
        "m/high/q.py": "",
        "m/high/r.py": "",
    }
    layers = "[importlinter:contract:a]\nname = a\ntype = layers\nlayers =\n    m.high\n    m.low\n"
    cycles = "[importlinter:contract:b]\nname = b\ntype = acyclic_siblings\nancestors =\n    m\n"
    protected = (
        "[importlinter:contract:c]\nname = c\ntype = protected\nprotected_modules =\n    m.low.a\n"
        "allowed_importers =\n    m.mid\n"
    )
    root = project(
        tmp_path, {".importlinter": f"[importlinter]\nroot_package = m\n{layers}{cycles}{protected}", **files}
    )
    linter = ImportLinter(root, ".importlinter")

    chains = linter.check(0).text.splitlines()
    for name, line in {"a": 1, "b": 2, "c": 1}.items():
        (place,) = (n for n, text in enumerate(chains) if f"m/low/{name}.py:{line}   from m import mid" in text)
        assert f"m.low.{name}" in chains[place - 1]
    for name, line in {"p": 1, "q": 1, "r": 2}.items():
        (hop,) = (n for n, text in enumerate(chains) if f"m.high.{name} (l.{line})" in text)
        assert f"m/mid.py:{line}   " in chains[hop + 1]
    circle = linter.check(1).text
    assert "m/mid.py:1   from m.high import p, q" in circle or "m/high/p.py:" in circle
    assert "m/high/p.py:3   import m.low.a as again" in linter.check(2).text


def test_a_file_that_is_no_options_is_refused(tmp_path: Path) -> None:
    """By name."""
    (tmp_path / ".importlinter").write_text("[x]\n")

    with pytest.raises(SettingsError, match=r"\.importlinter: import-linter cannot read it"):
        ImportLinter(tmp_path, ".importlinter").check(0)


# -- names and lines, without import-linter --------------------------------------------------------------------------


def test_the_file_that_import_linter_would_read_is_found(tmp_path: Path) -> None:
    """setup.cfg before .importlinter before pyproject.toml; one without a section of its own does not count."""
    toml = "[tool.importlinter]\nroot_package = 'a'\n[[tool.importlinter.contracts]]\nname = 'x'\n[[ tool.importlinter.contracts ]]\n"
    assert linter_settings.find(tmp_path) is None
    (tmp_path / "pyproject.toml").write_text(toml)
    found = linter_settings.find(tmp_path)
    assert found is not None
    assert [(c.name, c.line) for c in found.contracts] == [("x", 3), ("contract 2", 5)]
    (tmp_path / ".importlinter").write_text(INI)
    found = linter_settings.find(tmp_path)
    assert found is not None
    assert (found.name, found.contracts[1].name, found.contracts[1].line) == (".importlinter", "no socket", 16)
    (tmp_path / "setup.cfg").write_text("[metadata]\nkeywords = importlinter\n")
    found = linter_settings.find(tmp_path)
    assert found is not None
    assert found.name == ".importlinter"


@pytest.mark.parametrize(
    ("name", "text", "problem"),
    [
        ("setup.cfg", "[importlinter", "setup.cfg cannot be read: "),
        ("pyproject.toml", "[tool.importlinter", "pyproject.toml cannot be read: "),
        (".importlinter", "[importlinter]\nroot_package = a\n", "import-linter has no contracts there"),
        ("pyproject.toml", "[tool.importlinter]\ncontracts = 5\n", "import-linter has no contracts there"),
    ],
)
def test_a_file_without_contracts_is_a_problem(tmp_path: Path, name: str, text: str, problem: str) -> None:
    """Nothing to check is nearly always a mistake."""
    (tmp_path / name).write_text(text)

    found = linter_settings.find(tmp_path)

    assert found is not None
    assert problem in found.problem


def test_names_and_lines_are_those_that_import_linter_uses(tmp_path: Path) -> None:
    """Interpolated where that can be done; the line of a section with a comment."""
    (tmp_path / ".importlinter").write_text(
        "[importlinter]\n[importlinter:contract:a]  ; first\nname = 100%% %(type)s\ntype = x\n[importlinter:b]\nname = 5 %\n"
    )

    found = linter_settings.find(tmp_path)

    assert found is not None
    assert [(c.name, c.line) for c in found.contracts] == [("100% x", 2), ("5 %", 5)]


def test_files_of_others_are_none_of_ours(tmp_path: Path) -> None:
    """A pyproject that only mentions the tool; bytes that are no text."""
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'importlinter-x'\n")
    (tmp_path / "setup.cfg").write_bytes(b"\xff\xfe importlinter")

    assert linter_settings.find(tmp_path) is None


def test_a_file_that_is_no_text_is_a_problem(tmp_path: Path) -> None:
    """Its contracts would be passed over for those in another file."""
    (tmp_path / ".importlinter").write_bytes(b"# caf\xe9\n[importlinter]\n")
    (tmp_path / "pyproject.toml").write_text("[tool.importlinter]\nroot_package = 'shop'\ncontracts = []\n")

    found = linter_settings.find(tmp_path)

    assert found is not None
    assert found.problem == ".importlinter cannot be read: it is not UTF-8 at byte 5"


@pytest.mark.parametrize(
    ("text", "lost"),
    [
        ("[importliner:contract:x]\nname = a", ["[importliner:contract:x]"]),
        ("[other:section]\nname = a", []),
        ("[pact:contract:x]\nname = a", []),
    ],
)
def test_a_heading_that_looks_like_a_contract_is_noticed(tmp_path: Path, text: str, lost: list[str]) -> None:
    """import-linter passes over it."""
    (tmp_path / ".importlinter").write_text(f"[importlinter]\n[importlinter:contract:a]\nname = the\n  a\n{text}\n")

    found = linter_settings.find(tmp_path)

    assert found is not None
    assert ([c.name for c in found.contracts], list(found.lost)) == (["the a"], lost)


def test_a_table_that_looks_like_a_contract_is_noticed(tmp_path: Path) -> None:
    """In TOML; what is no table at all is a problem."""
    lost = "[[tool.importlinter.contract]]\nname = 'y'\n"
    (tmp_path / "pyproject.toml").write_text(f"[[tool.importlinter.contracts]]\nname = 'x'\n{lost}")
    found = linter_settings.find(tmp_path)
    assert found is not None
    assert ([c.name for c in found.contracts], list(found.lost)) == (["x"], ["[[tool.importlinter.contract]]"])

    (tmp_path / "pyproject.toml").write_text("[tool.importlinter]\ncontracts = ['x']\n")
    found = linter_settings.find(tmp_path)
    assert found is not None
    assert found.problem == "pyproject.toml cannot be read: `contracts` takes tables, [[tool.importlinter.contracts]]"


def test_code_is_found_by_the_path_whatever_is_loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests may have loaded another copy, or put something in its place; and the package above a dotted root is not imported."""
    text = (
        "[importlinter]\nroot_packages =\n    shop\n    space.inner\n[importlinter:contract:a]\nname = a\ntype = forbidden\n"
        "source_modules = shop.domain\nforbidden_modules = shop.infra\n"
    )
    files = {".importlinter": text, "space/inner/__init__.py": "", "space/inner/a.py": ""}
    monkeypatch.setitem(sys.modules, "shop", type(sys)("shop"))

    verdict = ImportLinter(project(tmp_path, files), ".importlinter").check(0)

    assert "shop/domain.py:2   import shop.infra" in verdict.text
    assert "space" not in sys.modules


def test_files_that_are_called_like_what_judges_are_not_imported(tmp_path: Path) -> None:
    """The directory of the project comes first on the path."""
    files = {
        ".importlinter": INI,
        "odd_contracts.py": ODD,
        "rich.py": "1 / 0",
        "colorsys.py": "1 / 0",
        "grimp.py": "1 / 0",
    }
    root = project(tmp_path, files)
    script = "import sys; from pathlib import Path; from pytest_fitness.sources.contracts import ImportLinter; "
    script += "sys.exit(not ImportLinter(Path(sys.argv[1]), '.importlinter').check(0).text)"

    subprocess.run([sys.executable, "-c", script, str(root)], check=True, cwd=tmp_path.parent)


@pytest.mark.parametrize(
    ("contract", "notes"),
    [
        ("type = layers\nlayers = (shop.none)", ["of the layers there is none"]),
        ("type = layers\nlayers =\n  (shop.none)\n  shop.api", ["of the layers there is shop.api"]),
        ("type = layers\nlayers =\n  (api)\n  none\ncontainers = shop.none.*", ["`containers`: no module matches shop.none.*"]),
        ("type = layers\nlayers =\n  infra\n  api\ncontainers =\n  shop\nignore_imports =\n  shop.infra -> shop.api\n"
         "  shop.api -> shop.domain", []),
        ("type = independence\nmodules = shop.api", ["`modules` is one module: it is independent of itself"]),
        ("type = independence\nmodules = shop.*", []),
        ("type = forbidden\nsource_modules = shop.infra\nforbidden_modules =\n  json\n  nowhere_at_all\n  shop.*.*",
         ["`forbidden_modules`: nothing imports nowhere_at_all, and nothing of that name is installed",
          "`forbidden_modules`: no module matches shop.*.*"]),
    ],
)  # fmt: skip
def test_a_contract_that_checks_nothing_is_kept_with_a_word(tmp_path: Path, contract: str, notes: list[str]) -> None:
    """As import-linter keeps it, which says nothing."""
    head = (
        "[importlinter]\nroot_package = shop\ninclude_external_packages = True\n[importlinter:contract:a]\nname = a\n"
    )
    root = project(tmp_path, {".importlinter": f"{head}{contract}\n"})

    verdict = ImportLinter(root, ".importlinter").check(0)

    assert list(verdict.warnings) == notes


@pytest.mark.parametrize("option", ["type='layers'\nlayers=[]", "type='independence'\nmodules=[]"])
def test_an_empty_list_is_told(tmp_path: Path, option: str) -> None:
    """In TOML."""
    toml = f"[tool.importlinter]\nroot_package='shop'\n[[tool.importlinter.contracts]]\nname='x'\n{option}\n"
    root = project(tmp_path, {"pyproject.toml": toml})

    (note,) = ImportLinter(root, "pyproject.toml").check(0).warnings
    assert note.endswith("is empty")


def test_a_root_may_lie_below_several_namespace_packages(tmp_path: Path) -> None:
    """None of which is imported."""
    text = "[importlinter]\nroot_package = outer.inner.pkg\n[importlinter:contract:a]\nname = a\ntype = forbidden\n"
    text += "source_modules = outer.inner.pkg.a\nforbidden_modules = outer.inner.pkg.b\n"
    files = {
        "outer/inner/pkg/__init__.py": "",
        "outer/inner/pkg/a.py": "import outer.inner.pkg.b",
        "outer/inner/pkg/b.py": "",
    }

    assert not ImportLinter(project(tmp_path, {".importlinter": text, **files}), ".importlinter").check(0).kept


def test_options_of_other_types_are_their_own(tmp_path: Path) -> None:
    """They may be called like those of import-linter."""
    own = (
        "from importlinter import Contract, ContractCheck, fields\nclass Own(Contract):\n    modules = fields.StringField()\n"
        "    def check(self, graph, verbose): return ContractCheck(kept=True)\n    def render_broken_contract(self, check): ...\n"
    )
    text = "[importlinter]\nroot_package = shop\ncontract_types =\n  own: own_contracts_x.Own\n"
    text += "[importlinter:contract:a]\nname = a\ntype = own\nmodules = *_test\n"
    root = project(tmp_path, {".importlinter": text, "own_contracts_x.py": own})

    assert ImportLinter(root, ".importlinter").check(0).warnings == ()
