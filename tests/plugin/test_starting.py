"""`--fitness-init`: what is proposed, what is written, and that it is green and proved."""

from __future__ import annotations

import os
import shutil
from itertools import pairwise

import pytest
from small_project import Project

from pytest_fitness.model import Evaluation
from pytest_fitness.plugin.starting import _not_today
from pytest_fitness.proposals import Proposal, Proposer, module_text
from pytest_fitness.prove import Prover
from pytest_fitness.rules import Cycles
from pytest_fitness.testing import codebase

ROUTES = (
    "from fastapi import APIRouter\nfrom pydantic import BaseModel\nfrom shop.domain.order import total\n"
    "router = APIRouter()\nclass Out(BaseModel):\n    number: int\n"
    "@router.get('/x')\nasync def show() -> Out:\n    return Out(number=total([]))\n"
)
TABLE = '\n[tool.pytest-fitness]\npackages = ["shop"]\n'


def test_nothing_is_written_unless_that_is_asked_for(project: Project) -> None:
    """Then it is green, and proved."""
    result = project.run("--fitness-init")

    assert result.ret == 0
    result.stdout.fnmatch_lines(
        [
            "fitness: 6 modules of shop",
            "# pyproject.toml (added)",
            "[[]tool.pytest-fitness[]]",
            'packages = [[]"shop"[]]',
            "# tests/test_architecture.py (new)",
            '    assert codebase.violations(Layers("api", "domain")) == [[][]]',
            "    assert codebase.violations(Cycles()) == [[][]]",
            "nothing was written; `pytest --fitness-init --fitness-write` does",
        ]
    )
    assert not (project.pytester.path / "tests/test_architecture.py").exists()
    written = project.run("--fitness-init", "--fitness-write")
    written.stdout.fnmatch_lines(["pyproject.toml was written", "tests/test_architecture.py was written"])
    assert (project.pytester.path / "pyproject.toml").read_text().endswith(TABLE)
    project.run_apart("-p", "no:cacheprovider", "--fitness-prove").assert_outcomes(passed=5)


def test_what_is_there_stays(project: Project) -> None:
    """The table, and the test file; what would be in it is shown."""
    project.configure(TABLE)
    project.write({"tests/test_architecture.py": "def test_mine(): ...\n"})
    before = (project.pytester.path / "pyproject.toml").read_text()

    result = project.run("--fitness-init", "--fitness-write")

    result.stdout.fnmatch_lines(
        ["tests/test_architecture.py is there already, and stays as it is; *", "def test_layers*"]
    )
    result.stdout.no_fnmatch_line("*was written*")
    assert (project.pytester.path / "pyproject.toml").read_text() == before
    assert (project.pytester.path / "tests/test_architecture.py").read_text() == "def test_mine(): ...\n"


def test_a_table_that_is_there_is_added_to(project: Project) -> None:
    """With the line ends of the file; where that cannot be done, it is shown and nothing is written."""
    file = project.pytester.path / "pyproject.toml"
    file.write_bytes(
        file.read_bytes().replace(b"\n", b"\r\n") + b"\r\n[tool.pytest-fitness]\r\nlayers = {web = 'api'}\r\n"
    )

    project.run("--fitness-init", "--fitness-write")

    assert file.read_bytes().endswith(
        b"\r\n[tool.pytest-fitness]\r\npackages = [\"shop\"]\r\nlayers = {web = 'api'}\r\n"
    )
    inline = b"[tool]\npytest-fitness = {layers = {web = 'api'}}\n"
    file.write_bytes(inline)
    result = project.run("--fitness-init", "--fitness-write")
    result.stdout.fnmatch_lines(
        ["# pyproject.toml has a table * that only you can add this to:", 'packages = [[]"shop"[]]']
    )
    assert file.read_bytes() == inline


@pytest.mark.parametrize("testpaths", ["['*/tests']", "['src']", "['unit', 'tests']"])
def test_the_test_goes_where_tests_are(project: Project, testpaths: str) -> None:
    """Not below a pattern, and not into the code."""
    file = project.pytester.path / "pyproject.toml"
    file.write_text(f"[tool.pytest.ini_options]\npythonpath = ['src']\ntestpaths = {testpaths}\n")

    project.run("--fitness-init").stdout.fnmatch_lines(["# tests/test_architecture.py (new)"])


def test_a_file_in_place_of_the_directory_of_tests_is_an_error(project: Project) -> None:
    """Before anything is written into it."""
    shutil.rmtree(project.pytester.path / "tests")
    project.write({"tests": ""})

    project.run("--fitness-init").stderr.fnmatch_lines(["ERROR: there is a file called 'tests' *"])


def test_where_nothing_can_be_promised_that_is_said(project: Project) -> None:
    """One module, no handlers."""
    shutil.rmtree(project.pytester.path / "src")
    project.write({"src/shop/__init__.py": ""})

    project.run("--fitness-init").stdout.fnmatch_lines(["no rule was found that holds and can be proved"])


def test_rules_that_cannot_be_judged_are_left_out(project: Project) -> None:
    """Tasks are handlers, and not fat."""
    task = "from celery import shared_task\n@shared_task\ndef work() -> None: ...\n"
    project.write({"src/shop/tasks.py": task})

    result = project.run("--fitness-init")

    result.stdout.no_fnmatch_line("*FatHandlers*")
    result.stdout.fnmatch_lines(['*BoundarySchemas("tasks")*'])


def test_what_cannot_be_proved_is_listed() -> None:
    """With what it would not notice."""
    unproved = [
        Proposal(Cycles(), "Cycles()", "x", plants=2, survivors=["a imports b"]),
        Proposal(Cycles(), "Other()", "x"),
    ]

    assert list(_not_today(unproved))[1:] == ["  Cycles(): a imports b", "  Other(): nothing could be planted"]


def test_flat_modules_are_parts_themselves(project: Project) -> None:
    """Where there is no package at all."""
    shutil.rmtree(project.pytester.path / "src")
    project.write({"app.py": "import models\n", "models.py": "", "conftest.py": "", "test_x.py": "", "setup.py": ""})

    project.run("--fitness-init").stdout.fnmatch_lines(['packages = [[]"app", "models"[]]', "*violations(Cycles())*"])


def test_what_does_not_hold_is_counted(project: Project) -> None:
    """With what freezing it would mean; a floor that is configured is mentioned."""
    project.write(
        {
            "src/shop/api/routes.py": ROUTES.replace("-> Out:", "-> dict:"),
            "src/shop/domain/tax.py": "from shop.api import routes\n",
        }
    )
    project.configure("\n[tool.coverage.report]\nfail_under = 70\n")

    result = project.run("--fitness-init")

    result.stdout.fnmatch_lines(
        [
            "fitness: 6 modules of shop: 1 handler of FastAPI",
            "does not hold today; *",
            '  Layers("api", "domain") *1 violation to freeze',
            "  Cycles() *1 violation to freeze",
            '  BoundarySchemas("api") *1 violation to freeze',
            "coverage: fail_under = 70 is CoverageFloor(70); *",
        ]
    )


def test_without_a_file_of_settings_one_is_made(project: Project) -> None:
    """And a directory for the tests."""
    (project.pytester.path / "pyproject.toml").unlink()
    shutil.rmtree(project.pytester.path / "tests")
    project.write({"pytest.ini": "[pytest]\n"})

    project.run("--fitness-init", "--fitness-write")

    assert (project.pytester.path / "pyproject.toml").read_text() == TABLE.lstrip()
    assert (project.pytester.path / "tests/test_architecture.py").exists()


def test_code_in_a_directory_of_its_own_is_found(project: Project) -> None:
    """Its root is written down."""
    root = project.pytester.path
    (root / "backend").mkdir()
    (root / "src/shop").rename(root / "backend/shop")
    (root / "src").rmdir()
    (root / "data").mkdir()

    result = project.run("--fitness-init")

    result.stdout.fnmatch_lines(['packages = [[]"shop"[]]', 'source = [[]"backend"[]]'])


def test_several_packages_are_parts_themselves(project: Project) -> None:
    """Where none is what the project is about; the biggest one where it is."""
    project.write(
        {
            "src/store/__init__.py": "from shop.domain import order\n",
            "src/store/a.py": "",
            "src/store/b.py": "",
            "src/store/c.py": "",
        }
    )

    result = project.run("--fitness-init")

    result.stdout.fnmatch_lines(['packages = [[]"shop", "store"[]]', '*Layers("store", "shop")*'])
    project.write({f"src/store/m{n}.py": "" for n in range(30)})
    project.run("--fitness-init").stdout.fnmatch_lines(['packages = [[]"store"[]]', "*violations(Cycles())*"])


@pytest.mark.parametrize(
    "text", ["[tool.pytest-fitness]\npackage = 3\n", "[tool.pytest-fitness]\npackages = ['shopp']\n"]
)
def test_wrong_settings_are_an_error(project: Project, text: str) -> None:
    """As in a run."""
    project.configure("\n" + text)

    result = project.run("--fitness-init")

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: *"])


def test_without_a_package_there_is_an_error(project: Project) -> None:
    """That says what was looked for."""
    shutil.rmtree(project.pytester.path / "src")

    project.run("--fitness-init").stderr.fnmatch_lines(["ERROR: found no package in *"])


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_directory_that_cannot_be_written_to_is_an_error(project: Project) -> None:
    """And half a file is nowhere."""
    (project.pytester.path / "tests").chmod(0o500)

    project.run("--fitness-init", "--fitness-write").stderr.fnmatch_lines(["ERROR: *cannot be written*"])


# -- what is proposed -------------------------------------------------------------------------------------------------


def proposed(texts: dict[str, str]) -> list[str]:
    """The code of what holds."""
    return [proposal.code for proposal in _proposals(texts) if proposal.holds]


def _proposals(texts: dict[str, str]) -> list[Proposal]:
    shop = codebase(texts)

    def prove(evaluation: Evaluation) -> tuple[int, list[str]]:
        proof = Prover([evaluation], {}).proof(evaluation)
        return len(proof.outcomes), [o.what for o in proof.survivors]

    return list(Proposer(shop, prove).proposals())


def test_layers_follow_the_imports() -> None:
    """Siblings that know nothing of each other are independent; what is in no relation is no layer."""
    found = proposed(
        {
            "shop.web.a": "from shop.orders import a\nfrom shop.billing import a\n",
            "shop.web.b": "",
            "shop.orders.a": "from shop.db import a\n",
            "shop.orders.b": "",
            "shop.billing.a": "from shop.db import b\n",
            "shop.billing.b": "",
            "shop.db.a": "",
            "shop.db.b": "",
            "shop.lonely.a": "",
            "shop.lonely.b": "",
            "shop.main": "from shop.web import a\n",
        }
    )

    assert found[0] == 'Layers("web", "billing | orders", "db")'


def test_a_way_through_a_helper_counts() -> None:
    """Though the helper is no layer."""
    found = proposed(
        {
            "shop.web.a": "from shop.orders import a\nfrom shop.billing import a\n",
            "shop.web.b": "",
            "shop.orders.a": "import shop.utils\n",
            "shop.orders.b": "",
            "shop.billing.a": "",
            "shop.billing.b": "",
            "shop.utils": "import shop.billing.a\n",
        }
    )

    assert found[0] == 'Layers("web", "orders", "billing")'


def test_two_that_import_each_other_may_share_a_layer_if_they_are_no_layers_by_name() -> None:
    """The rest goes on without what is one lump."""
    texts = {
        "shop.web.a": "from shop.orders import a\n",
        "shop.web.b": "from shop.db import a\n",
        "shop.orders.a": "from shop.billing import a\n",
        "shop.orders.b": "",
        "shop.billing.a": "from shop.orders import a\n",
        "shop.billing.b": "from shop.db import a\n",
        "shop.db.a": "",
        "shop.db.b": "",
    }

    assert proposed(texts)[0] == 'Layers("web", "billing : orders", "db")'
    texts["shop.db.b"] = "from shop.web import a\n"
    assert not any(code.startswith("Layers") for code in proposed(texts))


def test_layers_in_an_order_that_nobody_would_write_are_not_proposed() -> None:
    """What talks to the outside is not below the domain."""
    texts = {
        "shop.domain.a": "from shop.views import a\n",
        "shop.domain.b": "",
        "shop.views.a": "from shop.stuff import a\n",
        "shop.views.b": "",
        "shop.stuff.a": "",
        "shop.stuff.b": "",
    }

    assert not any(code.startswith("Layers") for code in proposed(texts))


def test_siblings_of_usual_names_are_independent_where_they_are() -> None:
    """Where the imports alone give no layers."""
    texts = {
        "shop.api.a": "from shop.utils import a\n",
        "shop.views.a": "from shop.utils import a\n",
        "shop.utils.a": "",
        "shop.db.a": "from shop.utils import a\n",
    }

    assert proposed(texts)[0] == 'Layers("api | views", "db")'
    texts["shop.utils.a"] = "from shop.views import a\n"
    assert 'Layers("api | views", "db")' not in proposed(texts)


def test_names_that_are_usual_come_before_many_that_are_not() -> None:
    """Of nine packages, the three that say what they are."""
    names = [f"part{n}" for n in range(6)]
    texts = {f"shop.{n}.a": f"from shop.{m} import a\n" for n, m in pairwise(["api", *names, "services", "db"])}
    texts |= {f"shop.{n}.b": "" for n in ["api", *names, "services", "db"]} | {"shop.db.a": ""}

    assert proposed(texts)[0] == 'Layers("api", "services", "db")'


def test_the_domain_is_kept_pure_of_what_it_does_not_know() -> None:
    """Of what the project uses elsewhere."""
    found = proposed(
        {
            "shop.api.a": "import fastapi\nfrom shop.domain import a\n",
            "shop.api.b": "import httpx\n",
            "shop.domain.a": "import sqlalchemy\n",
            "shop.domain.b": "",
        }
    )

    assert 'ForbiddenImports(of=("fastapi", "httpx"), inside="domain")' in found


def test_features_that_are_independent_stay_so() -> None:
    """Three packages of the same build."""
    texts = {f"shop.modules.{name}.{part}": "" for name in ("a", "b", "c") for part in ("models", "views")}

    found = proposed({**texts, "shop.main": "from shop.modules.a import views\n"})

    assert 'Independence(of="modules.*")' in found


def test_handlers_all_over_the_code_are_judged_all_over() -> None:
    """One place where there is one."""
    text = "from fastapi import APIRouter\nr = APIRouter()\n@r.post('/')\ndef f() -> int: ...\n"

    found = proposed({"shop.a.routes": text, "shop.b.routes": text, "shop.a.x": "", "shop.b.x": ""})

    assert 'BoundarySchemas("shop")' in found
    assert not any(code.startswith(("WritingReads", "BlockingAsync")) for code in found)


def test_what_holds_but_cannot_be_proved_is_not_proposed(project: Project) -> None:
    """And is said."""
    project.write(
        {
            "src/shop/domain/order.py": "def total(p): return 3\n",
            "src/shop/api/routes.py": ROUTES,
            "src/shop/web/__init__.py": "",
            "src/shop/web/late.py": ROUTES,
        }
    )
    project.configure("\n[tool.pytest-fitness]\npackages = ['shop']\nexclude = ['web.late']\n")

    result = project.run("--fitness-init")

    result.stdout.fnmatch_lines(["fitness: *"])


def test_long_lines_are_broken() -> None:
    """As most projects would."""
    names = [f"a_rather_long_name_for_a_layer_{n}" for n in range(4)]
    texts = {f"shop.{a}.x": f"from shop.{b} import x\n" for a, b in pairwise(names)}
    texts |= {f"shop.{name}.y": "" for name in names} | {f"shop.{names[-1]}.x": ""}

    text = module_text(_proposals(texts))

    assert max(map(len, text.splitlines())) <= 160
    assert '    rule = Layers(\n        "a_rather_long_name_for_a_layer_0"' in text
