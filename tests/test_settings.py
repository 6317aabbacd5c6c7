"""``[tool.pytest-fitness]``: every mistake is named with file, line, key and the nearest valid one."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_fitness import SettingsError
from pytest_fitness.rules import CATALOGUE, BoundarySchemas, CoverageFloor, ForbiddenImports, Layers
from pytest_fitness.settings import Settings, key_lines, load


def settings(root: Path, text: str) -> Settings:
    """Load *text* as the ``pyproject.toml`` of *root*."""
    (root / "pyproject.toml").write_text(text, encoding="utf-8")
    return load(root)


def test_everything_can_be_set(tmp_path: Path) -> None:
    """The whole table, with every rule."""
    text = """\
[project]
dependencies = ["sqlalchemy>=2", "fastapi[standard]"]
optional-dependencies.test = ["pytest"]

[tool.pytest-fitness]
packages = ["shop", "billing"]
source = ["src"]
exclude = ["shop.migrations"]

[tool.pytest-fitness.layers]
web = ["api", "schemas"]
storage = "infra"

[tool.pytest-fitness.contracts.layers]
rule = "layers"
layers = ["web", "domain", "storage"]
because = "ADR 3"

[tool.pytest-fitness.contracts."no frameworks"]
rule = "forbidden-imports"
of = ["sqlalchemy"]
inside = "domain"
transitive = false

[tool.pytest-fitness.contracts.coverage]
rule = "coverage-floor"
percent = 80
inside = "domain"

[tool.pytest-fitness.contracts.schemas]
rule = "boundary-schemas"
inside = "web"
unknown = "fail"
"""
    found = settings(tmp_path, text)

    assert (found.packages, found.source, found.exclude) == (("shop", "billing"), ("src",), ("shop.migrations",))
    assert found.layers == {"web": ("api", "schemas"), "storage": ("infra",)}
    assert found.declared == ("sqlalchemy", "fastapi", "pytest")
    assert [(c.name, c.line, c.rule) for c in found.contracts] == [
        ("layers", 14, Layers("web", "domain", "storage", because="ADR 3")),
        ("no frameworks", 19, ForbiddenImports(of=("sqlalchemy",), inside="domain", transitive=False)),
        ("coverage", 25, CoverageFloor(80, inside="domain")),
        ("schemas", 30, BoundarySchemas("web", unknown="fail")),
    ]


@pytest.mark.parametrize("text", ["", "[tool.other]\nx = 1", "[project]\nname = 'x'", "[tool.pytest-fitness]"])
def test_without_settings_the_defaults_hold(tmp_path: Path, text: str) -> None:
    """Nothing has to be configured."""
    assert settings(tmp_path, text) == Settings(tmp_path)


def test_without_a_file_the_defaults_hold(tmp_path: Path) -> None:
    """Nor has there to be a file."""
    assert load(tmp_path) == Settings(tmp_path)


T = "[tool.pytest-fitness]\n"
C = "[tool.pytest-fitness.contracts.x]\n"
RULES = ", ".join(map(repr, CATALOGUE))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (T + "pakages = ['a']", "pyproject.toml:2: unknown key 'pakages'; did you mean 'packages'?"),
        (T + "\n# note\nzzz = 1", "pyproject.toml:4: unknown key 'zzz'; there are 'packages', 'source', 'layers', "
         "'exclude', 'contracts', 'frameworks', 'waivers', "
         "'survivors'"),
        (T + "[tool.pytest-fitness.frameworks]\nschema_base = ['a.B']",
         "pyproject.toml:3: unknown key 'schema_base'; did you mean 'schema_bases'?"),
        (T + "[tool.pytest-fitness.frameworks]\nschema_bases = ['B']",
         "pyproject.toml:3: 'schema_bases' takes full dotted names, such as 'shop.lib.Base', not 'B'"),
        (T + "packages = 'shop'", "pyproject.toml:2: 'packages' must be a list of strings, not 'shop'"),
        (T + "packages = ['shop', 1]", "pyproject.toml:2: 'packages' must be a list of strings, not ['shop', 1]"),
        (T + "packages = []", "pyproject.toml:2: 'packages' is empty"),
        (T + "source = ['']", "pyproject.toml:2: 'source' is empty"),
        (T + "exclude = {a = 1}", "pyproject.toml:2: 'exclude' must be a list of strings, not {'a': 1}"),
        (T + "layers = ['a']", "pyproject.toml:2: 'layers' must be a table, not ['a']"),
        (T + "layers.api = 3", "pyproject.toml:2: 'api' must be a list of strings, not 3"),
        (T + "layers.api = []", "pyproject.toml:2: 'api' is empty"),
        (T + "contracts = 1", "pyproject.toml:2: 'contracts' must be a table, not 1"),
        (T + "contracts.x = 1", "pyproject.toml:2: 'x' must be a table, not 1"),
        ("[tool]\npytest-fitness = 1", "pyproject.toml:2: 'pytest-fitness' must be a table, not 1"),
        ("tool = 1", "pyproject.toml:1: 'tool' must be a table, not 1"),
        ("\n[tool.pytest_fitness]\nx = 1", "pyproject.toml:2: the table is called [tool.pytest-fitness], not "
         "[tool.pytest_fitness]"),
        ("[tool.fitness.contracts.x]\nrule = 'layers'", "pyproject.toml:1: the table is called [tool.pytest-fitness], "
         "not [tool.fitness]"),
        ("[tool.pytest-fitnes]\nx = 1", "pyproject.toml:1: the table is called [tool.pytest-fitness], not "
         "[tool.pytest-fitnes]"),
        ("[tool.Pytest-Fitness]\nx = 1", "pyproject.toml:1: the table is called [tool.pytest-fitness], not "
         "[tool.Pytest-Fitness]"),
        ("[tools.pytest-fitness]\nx = 1", "pyproject.toml:1: the table is called [tool.pytest-fitness], not "
         "[tools.pytest-fitness]"),
        ("[pytest-fitness.contracts.x]\nrule = 'layers'", "pyproject.toml:1: the table is called [tool.pytest-fitness], not "
         "[pytest-fitness]"),
        (T + "packages = ['shop']\n[pytest-fitness.contracts.x]\nrule = 'layers'", "pyproject.toml:3: the table is called "
         "[tool.pytest-fitness], not [pytest-fitness]"),
        ("[tool.pytest.fitness]\npackages = ['shop']", "pyproject.toml:1: the table is called [tool.pytest-fitness], not "
         "[tool.pytest.fitness]"),
        (T + "layers = true", "pyproject.toml:2: 'layers' must be a table, not True"),
        (T + "layers = 5", "pyproject.toml:2: 'layers' must be a table, not 5"),
        (C + "layers = ['a', 'b']", f"pyproject.toml:1: contract 'x' has no `rule`; there are {RULES}"),
        (C + "rule = 'layer'", "pyproject.toml:2: unknown rule 'layer'; did you mean 'layers'?"),
        (C + "rule = 3", f"pyproject.toml:2: unknown rule '3'; there are {RULES}"),
        (C + "rule = ['layers']", "pyproject.toml:2: unknown rule \"['layers']\"; did you mean 'layers'?"),
        (C + "rule = 'layers'", "pyproject.toml:1: contract 'x' lacks 'layers'"),
        (C + "rule = 'layers'\nlayers = ['a', 'b']\nbecuase = 'x'",
         "pyproject.toml:4: unknown option of 'layers' 'becuase'; did you mean 'because'?"),
        (C + "rule = 'layers'\nlayers = 'a'", "pyproject.toml:3: 'layers' must be a list of strings, not 'a'"),
        (C + "rule = 'layers'\nlayers = ['a']",
         "pyproject.toml:1: contract 'x': Layers needs at least two different layers; got ('a',)"),
        (C + "rule = 'layers'\nlayers = ['a', 'b']\noptional = ['a']",
         "pyproject.toml:4: 'optional' must be a table of strings, not ['a']"),
        (C + "rule = 'layers'\nlayers = ['a', 'b']\noptional = {c = 'why'}",
         "pyproject.toml:1: contract 'x': `optional` names 'c', which is none of the layers a, b"),
        (C + "rule = 'cycles'\nof = 'files'", "pyproject.toml:3: 'of' must be 'packages' or 'modules', not 'files'"),
        (C + "rule = 'coverage-floor'\npercent = '80'", "pyproject.toml:3: 'percent' must be a number, not '80'"),
        (C + "rule = 'coverage-floor'\npercent = true", "pyproject.toml:3: 'percent' must be a number, not True"),
        (C + "rule = 'coverage-floor'\npercent = 180",
         "pyproject.toml:1: contract 'x': CoverageFloor takes a percentage above 0 and up to 100; got 180"),
        (C + "rule = 'coverage-floor'\npercent = 80\ninside = ['a']",
         "pyproject.toml:4: 'inside' must be a string, not ['a']"),
        (C + "rule = 'forbidden-imports'\nof = ['a']\ninside = 'b'\ntransitive = 'no'",
         "pyproject.toml:5: 'transitive' must be true or false, not 'no'"),
        (C + "rule = 'forbidden-imports'\nof = 1\ninside = 'b'",
         "pyproject.toml:3: 'of' must be a string or a list of strings, not 1"),
        (C + "rule = 'forbidden-imports'\ninside = 'b'", "pyproject.toml:1: contract 'x' lacks 'of'"),
        (C + "rule = 'boundary-schemas'\ninside = 'b'\nunknown = 'pass'",
         "pyproject.toml:4: 'unknown' must be 'list' or 'fail', not 'pass'"),
    ],
)  # fmt: skip
def test_a_mistake_is_named(tmp_path: Path, text: str, message: str) -> None:
    """File, line, key, and what would be right."""
    with pytest.raises(SettingsError) as error:
        settings(tmp_path, text)

    assert str(error.value) == message


def test_broken_toml_is_named(tmp_path: Path) -> None:
    """As tomllib says it."""
    with pytest.raises(SettingsError, match=r"pyproject\.toml: not valid TOML: .*line 1"):
        settings(tmp_path, "[tool.pytest-fitness\n")
    (tmp_path / "pyproject.toml").write_bytes(b"x = '\xff'")
    with pytest.raises(SettingsError, match="not valid TOML"):
        load(tmp_path)


def test_odd_project_tables_are_nobodys_business(tmp_path: Path) -> None:
    """Whoever builds the project will complain about them."""
    assert settings(tmp_path, "project = 1").declared == ()
    assert settings(tmp_path, "[project]\ndependencies = [1, '']").declared == ()


def test_lines_are_those_of_headers_and_keys() -> None:
    """Quoted, dotted, nested, after multi-line texts; a header wins over what is below it."""
    text = '''\
a.b = 1
[x.y]
"k l" = """
not.a.key = 3
[x.fake] ..
[not a header]
"""
z = [
  1,
]
[x]
['q'."r s"]
[[list]]
'''
    lines = key_lines(text)

    assert lines["a", "b"] == 1
    assert lines["x", "y"] == 2
    assert lines["x", "y", "k l"] == 3
    assert lines["x", "y", "z"] == 8
    assert lines["x",] == 11
    assert lines["q", "r s"] == 12
    assert lines["list",] == 13


@pytest.mark.parametrize(
    "text",
    [
        '[tool."pytest-fitness".contracts.x]\n',
        "[ tool . pytest-fitness . contracts . x ]\n",
        "[tool]\npytest-fitness.contracts.x = {rule = 'layers', layers = ['a', 'b']}\n",
        "tool.pytest-fitness.contracts.x = {rule = 'layers', layers = ['a', 'b']}\n",
    ],
)
def test_every_spelling_of_toml_is_understood(tmp_path: Path, text: str) -> None:
    """Quotes, blanks, dotted keys, inline tables."""
    rest = "" if "{" in text else "rule = 'layers'\nlayers = ['a', 'b']\n"

    assert [c.name for c in settings(tmp_path, text + rest).contracts] == ["x"]


@pytest.mark.parametrize("text", ["[tool.fitness]\nx = 1", "[tool.fitness]", "tool.fitness = 3", "[tool.witness]"])
def test_somebody_elses_table_is_left_alone(tmp_path: Path, text: str) -> None:
    """Another tool may be called fitness."""
    assert settings(tmp_path, text) == Settings(tmp_path)


def test_dependencies_are_found_where_tools_have_them(tmp_path: Path) -> None:
    """Dependency groups, and the tables of Poetry, PDM and uv, beside those of the project."""
    text = """\
[project]
dependencies = ["sqlalchemy>=2"]
[dependency-groups]
dev = ["psycopg2 >= 2", {include-group = "test"}]
[tool.poetry.dependencies]
python = "^3.11"
celery = "^5"
flask = {version = "^3", extras = ["async"]}
[tool.poetry.dev-dependencies]
tox = "*"
[tool.poetry.group.docs.dependencies]
sphinx = "^8"
[tool.pdm.dev-dependencies]
lint = ["ruff"]
[tool.uv]
dev-dependencies = ["mypy>=1"]
"""
    declared = ("sqlalchemy", "mypy", "psycopg2", "ruff", "celery", "flask", "tox", "sphinx")

    assert settings(tmp_path, text).declared == declared


@pytest.mark.parametrize("text", ["dependencies = 5", "optional-dependencies = []", "optional-dependencies = {a = 5}"])
def test_odd_dependencies_are_nobodys_business(tmp_path: Path, text: str) -> None:
    """Whoever builds the project will complain."""
    assert settings(tmp_path, f"[project]\n{text}").declared == ()
