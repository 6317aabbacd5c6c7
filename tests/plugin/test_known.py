"""Known violations: frozen, matched, shrunk, anchored; waivers and permissions."""

from __future__ import annotations

import datetime as dt
import subprocess
from pathlib import Path

import pytest
from small_project import Project

LAYERS = "def test_layers(codebase):\n    assert codebase.violations(Layers('api', 'domain')) == []\n"
TAX = "from shop.api.routes import show\n\nRATE = 19\n\n\ndef tax(price):\n    return price * RATE / 100\n"
FILE = "fitness-baseline/layers.toml"
TODAY = dt.datetime.now().astimezone().date()


def git(project: Project, *arguments: str) -> str:
    """Run git in the project."""
    given = ["-c", "user.name=n", "-c", "user.email=e", "-c", "init.defaultBranch=main", "-c", "commit.gpgsign=false"]
    done = subprocess.run(
        ["git", *given, *arguments], cwd=project.pytester.path, capture_output=True, text=True, check=True
    )
    return done.stdout


def commit(project: Project, message: str = "work") -> None:
    """Commit everything."""
    git(project, "add", "-A")
    git(project, "commit", "-q", "-m", message)


def baseline(project: Project, rule: str = "layers") -> list[str]:
    """Return the entries of a rule's file."""
    file = project.pytester.path / f"fitness-baseline/{rule}.toml"
    return [line.strip() for line in file.read_text().splitlines() if line.startswith("  {")]


@pytest.fixture
def broken(project: Project) -> Project:
    """A project with one import that its layers forbid."""
    project.write({"src/shop/domain/tax.py": TAX, ".gitignore": "__pycache__\n"})
    project.fitness(LAYERS)
    return project


@pytest.fixture
def frozen(broken: Project) -> Project:
    """The same, its violation written down, everything committed."""
    broken.run("--fitness-freeze").assert_outcomes(passed=2)
    git(broken, "init", "-q")
    commit(broken)
    return broken


def test_freezing_writes_a_line_a_violation(broken: Project) -> None:
    """By key and count, with a sentence for people; the run that writes is green, and the one after it."""
    broken.run().assert_outcomes(passed=1, failed=1)

    result = broken.run("--fitness-freeze")

    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(
        [
            "fitness: 1 rule, 0 new violations, 1 known",
            f"  {FILE} has 1 known violation now",
        ]
    )
    text = (broken.pytester.path / FILE).read_text()
    assert text == (
        '# Known violations of "layers", a line each, by key and count; what `says` is for people alone.\n'
        "# `pytest --fitness-freeze layers` writes this file, `pytest --fitness-shrink` takes out what is mended. "
        "CI never writes it.\n"
        "version = 1\n"
        "known = [\n"
        '  { kind = "module", subject = "shop.domain.tax", target = "shop.api.routes", within = "", count = 1, '
        'says = "shop.domain.tax must not import shop.api.routes" },\n'
        "]\n"
    )
    again = broken.run()
    again.assert_outcomes(passed=2)
    again.stdout.fnmatch_lines(["fitness: 1 rule, 0 new violations, 1 known"])
    assert broken.run("--fitness-freeze").ret == 0
    assert (broken.pytester.path / FILE).read_text() == text


def test_a_moved_line_a_reworded_reason_and_a_reordered_file_change_nothing(frozen: Project) -> None:
    """The key has none of it."""
    frozen.write({"src/shop/domain/tax.py": '"""Taxes."""\n\nimport os\n\n' + TAX})
    frozen.fitness(LAYERS.replace("'domain')", "'domain', because='reworded')"))
    file = frozen.pytester.path / FILE
    file.write_text(file.read_text().replace("must not import", "may not know"))

    frozen.run().assert_outcomes(passed=2)


def test_a_new_violation_reads_as_if_nothing_were_frozen(frozen: Project) -> None:
    """Its text, and nothing of the known one."""
    frozen.write({"src/shop/domain/order.py": "def total(prices):\n    from shop.api import routes\n    return 3\n"})

    result = frozen.run()

    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(
        [
            '*assert "layers": shop.domain.order must not import shop.api.routes, inside a function',
            "*src/shop/domain/order.py:2: shop.domain.order must not import*",
            "fitness: 1 rule, 1 new violation, 1 known",
        ]
    )
    result.stdout.no_fnmatch_line("*shop.domain.tax*")


@pytest.mark.parametrize(
    "text",
    [
        TAX + "\n\nfrom shop.api.routes import show as again\n",
        TAX.replace("import show", "import show, total"),
        TAX.replace("RATE = 19", "def late():\n    from shop.api.routes import show\n    return show"),
        "import typing\nif typing.TYPE_CHECKING:\n    from shop.api.routes import show\nfrom shop.api.routes import show\n",
    ],
)
def test_one_more_on_a_known_edge_is_new(frozen: Project, text: str) -> None:
    """A second statement, a further name in the same statement, another function, another kind."""
    frozen.write({"src/shop/domain/tax.py": text})

    frozen.run().assert_outcomes(passed=1, failed=1)


def test_one_swapped_for_another_is_new(frozen: Project) -> None:
    """The file has no room for it."""
    frozen.write(
        {
            "src/shop/domain/tax.py": TAX.replace("from shop.api.routes import show", ""),
            "src/shop/domain/vat.py": TAX,
        }
    )

    result = frozen.run()

    result.stdout.fnmatch_lines(["*shop.domain.vat must not import shop.api.routes"])


def test_what_is_mended_must_leave(frozen: Project) -> None:
    """With the one command that does it; that command changes nothing else."""
    frozen.write({"src/shop/domain/tax.py": TAX.replace("from shop.api.routes import show", "")})

    result = frozen.run()

    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines(
        [
            f'"layers": 1 known violation is mended, and must leave {FILE}',
            "  shop.domain.tax -> shop.api.routes (module)",
            f"fix: `pytest --fitness-shrink` takes out what is mended; commit {FILE}",
            "FAILED fitness::known layers*",
        ]
    )
    shrunk = frozen.run("--fitness-shrink")
    shrunk.assert_outcomes(passed=2)
    shrunk.stdout.fnmatch_lines([f"  {FILE} is gone: nothing is left of it"])
    assert not (frozen.pytester.path / "fitness-baseline").exists()
    frozen.run().assert_outcomes(passed=2)


def test_shrinking_accepts_nothing_new(frozen: Project) -> None:
    """One of two that are known goes, one that is not known comes; and a part of a run takes nothing out."""
    frozen.write({"src/shop/domain/vat.py": TAX})
    frozen.run("--fitness-freeze", "layers").assert_outcomes(passed=2)
    assert len(baseline(frozen)) == 2
    frozen.write({"src/shop/domain/tax.py": ""})

    result = frozen.run("--fitness-shrink", "-k", "layers")

    result.assert_outcomes(passed=1, deselected=1)
    result.stdout.fnmatch_lines([f"  {FILE} is not shrunk: -k left out some tests"])
    (frozen.pytester.path / "tests/test_fitness.py").unlink()
    frozen.configure("\n[tool.pytest-fitness.contracts.house]\nrule = 'layers'\nlayers = ['api', 'domain']\n")
    frozen.write({"src/shop/domain/late.py": "from shop.api import routes\n"})
    result = frozen.run("--fitness-shrink", "tests", "pyproject.toml")
    result.assert_outcomes(passed=1, failed=1)
    (entry,) = baseline(frozen)
    assert "shop.domain.vat" in entry


@pytest.mark.parametrize(
    "arguments", [("-k", "layers"), ("tests/test_fitness.py",), ("tests/test_fitness.py::test_layers",), ("-x",)]
)
def test_a_part_of_a_run_reports_nothing_as_mended(frozen: Project, arguments: tuple[str, ...]) -> None:
    """It cannot know. With -x only a run that stops is a part of one, so a test fails first here."""
    frozen.write({"src/shop/domain/tax.py": ""})
    if "-x" in arguments:
        frozen.write({"tests/test_a.py": "def test_bad(): assert 0\n"})

    result = frozen.run(*arguments)

    result.stdout.no_fnmatch_line("*is mended, and*")
    assert result.ret == (1 if "-x" in arguments else 0)


def test_last_failed_reports_nothing_as_mended(frozen: Project) -> None:
    """Nor does a test whose other half was not reached."""
    frozen.write({"tests/test_a.py": "def test_bad(): assert 0\n"})
    frozen.run_apart("-q")
    frozen.write({"src/shop/domain/tax.py": ""})

    result = frozen.run_apart("--lf")

    result.assert_outcomes(failed=1)
    result.stdout.no_fnmatch_line("*is mended, and*")


def test_a_test_that_failed_first_hides_what_it_would_have_judged(frozen: Project) -> None:
    """Two rules of one name in one test, the first of which is red."""
    body = (
        "def test_layers(codebase):\n"
        "    assert codebase.violations(Layers('api', 'domain.order')) == []\n"
        "    assert codebase.violations(Layers('api', 'domain')) == []\n"
    )
    frozen.fitness(body)
    frozen.write({"src/shop/domain/order.py": "from shop.api import routes\ndef total(p): return 3\n"})

    result = frozen.run()

    result.assert_outcomes(passed=1, failed=1)
    result.stdout.no_fnmatch_line("*is mended, and*")


def test_with_xdist_the_whole_run_is_judged_once(frozen: Project) -> None:
    """Green where nothing has changed, and what is mended is told as ever."""
    frozen.run_apart("-n", "2", "-q").assert_outcomes(passed=2)
    frozen.write({"src/shop/domain/tax.py": ""})

    result = frozen.run_apart("-n", "2", "-q")

    result.stdout.fnmatch_lines(["*1 known violation is mended*"])
    result = frozen.run_apart("-n", "2", "-q", "-k", "layers")
    result.stdout.no_fnmatch_line("*is mended, and*")
    assert result.ret == 0


def test_a_renamed_file_carries_its_entries_over(frozen: Project) -> None:
    """Committed or not, and the next shrink writes the new name down."""
    domain = frozen.pytester.path / "src/shop/domain"
    (domain / "tax.py").rename(domain / "vat.py")

    result = frozen.run()

    result.assert_outcomes(passed=2)
    came = "  layers: known violations came along: shop.domain.tax -> shop.api.routes (module) is shop.domain.vat -> *"
    result.stdout.fnmatch_lines([came])
    commit(frozen)
    frozen.run().assert_outcomes(passed=2)
    assert git(frozen, "status", "--short") == ""
    frozen.run("--fitness-shrink").assert_outcomes(passed=2)
    assert "shop.domain.vat" in baseline(frozen)[0]
    assert len(baseline(frozen)) == 1
    result = frozen.run()
    result.assert_outcomes(passed=2)
    result.stdout.no_fnmatch_line("*came along*")


def test_a_renamed_package_carries_its_entries_over(frozen: Project) -> None:
    """Both sides of an import, small files and empty ones among them."""
    shop = frozen.pytester.path / "src/shop"
    (shop / "api").rename(shop / "web")
    (shop / "domain").rename(shop / "core")
    for file in [*shop.rglob("*.py"), frozen.pytester.path / "tests/test_unit.py"]:
        file.write_text(file.read_text().replace("shop.api", "shop.web").replace("shop.domain", "shop.core"))
    frozen.fitness(LAYERS.replace("api", "web").replace("domain", "core"))

    result = frozen.run()

    result.assert_outcomes(passed=2)
    frozen.run("--fitness-shrink").assert_outcomes(passed=2)
    assert "shop.core.tax" in baseline(frozen)[0]
    assert 'target = "shop.web.routes"' in baseline(frozen)[0]


def test_without_git_a_renamed_file_is_new(broken: Project) -> None:
    """And the summary says why it cannot be told."""
    broken.run("--fitness-freeze")
    domain = broken.pytester.path / "src/shop/domain"
    (domain / "tax.py").rename(domain / "vat.py")

    result = broken.run()

    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["*renamed files cannot be told*"])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "*layers.toml: version None of such files is unknown, this is 1*"),
        ("version = 2\nknown = []\n", "*version 2 of such files is unknown*"),
        ("version = 1\n", "*there is no list `known`*"),
        ("version = 1\nknown = []\nrules = 3\n", "*unknown key 'rules'*"),
        ("version = 1\nknown = [\n<<<<<<< HEAD\n=======\n>>>>>>> x\n]\n", "*layers.toml:3: a merge conflict*"),
        ("version = 1\nknown = [\n{ kind = \n]\n", "*layers.toml: not valid TOML: *line 3*"),
        ("version = 1\nknown = [3]\n", "*entry 1 of 'layers' is no known violation: 3*"),
        ("version = 1\nknown = [{ kind = '', subject = 'a', target = '', within = '', count = 0 }]\n", "*entry 1*"),
        ("version = 1\nknown = [{ kind = '', subject = 'a', target = '', within = 1 }]\n", "*entry 1*"),
        ("version = 1\nknown = [{ kind = '', subject = 'a', target = '', typo = '' }]\n", "*entry 1*"),
    ],
)
def test_a_damaged_file_is_never_empty(frozen: Project, text: str, message: str) -> None:
    """It fails whoever needs it, and is overwritten by nobody."""
    (frozen.pytester.path / FILE).write_text(text)

    for arguments in ((), ("--fitness-freeze",), ("--fitness-shrink",)):
        result = frozen.run(*arguments)

        result.assert_outcomes(passed=1, failed=1)
        result.stdout.fnmatch_lines([message])
    assert (frozen.pytester.path / FILE).read_text() == text


def test_bytes_that_are_no_text_fail(frozen: Project) -> None:
    """Whatever wrote them."""
    (frozen.pytester.path / FILE).write_bytes(b"\xff\xfe")

    frozen.run().stdout.fnmatch_lines(["*layers.toml cannot be read*"])


def test_an_entry_twice_counts_once(frozen: Project) -> None:
    """As two merged branches may leave it."""
    file = frozen.pytester.path / FILE
    line = next(text for text in file.read_text().splitlines() if "shop.domain.tax" in text)
    file.write_text(file.read_text().replace(line, f"{line}\n{line}"))
    frozen.run().assert_outcomes(passed=2)
    frozen.write({"src/shop/domain/tax.py": TAX + "from shop.api.routes import show as s\n"})

    frozen.run().assert_outcomes(passed=1, failed=1)


@pytest.mark.parametrize("name", ["layer.toml", "notes.txt"])
def test_a_file_of_nobody_fails(frozen: Project, name: str) -> None:
    """Where the whole run was judged; a part of it cannot know."""
    frozen.write({f"fitness-baseline/{name}": "version = 1\nknown = []\n"})

    result = frozen.run()

    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines([f"fitness-baseline/{name}*"])
    frozen.run("-k", "layers").assert_outcomes(passed=1, deselected=1)


def test_a_file_in_place_of_the_directory_fails(project: Project) -> None:
    """Nothing in it would be known."""
    project.fitness(LAYERS)
    project.write({"fitness-baseline": "layers\n"})

    project.run().stdout.fnmatch_lines(["*BaselineError: fitness-baseline is a file; *"])


@pytest.mark.parametrize("option", ["--fitness-freeze", "--fitness-shrink"])
def test_ci_never_writes(frozen: Project, option: str) -> None:
    """Nor does a run without fitness tests pretend to."""
    result = frozen.run(option, "-k", "show")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"*{option}: no fitness test is selected*"])
    frozen.monkeypatch.setenv("CI", "true")

    result = frozen.run(option)

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"*{option} does not write where CI is set*"])


def test_only_the_rules_that_are_named_are_frozen(broken: Project) -> None:
    """A name that is nobody's fails; rules that are not named are judged as ever."""
    broken.fitness(
        LAYERS + "def test_f(codebase):\n"
        "    assert codebase.violations(ForbiddenImports(of='shop.api', inside='domain')) == []\n"
    )

    result = broken.run("--fitness-freeze", "layers", "cyles")

    result.assert_outcomes(passed=2, failed=2)
    result.stdout.fnmatch_lines(["no rule called 'cyles' was judged, so nothing is frozen; judged were *"])
    assert [p.name for p in (broken.pytester.path / "fitness-baseline").iterdir()] == ["layers.toml"]


def test_freezing_a_part_keeps_the_rest(broken: Project) -> None:
    """What was not judged is not lost."""
    broken.write({"src/shop/domain/vat.py": TAX})
    body = "def test_{0}(codebase):\n    assert codebase.violations(Layers('api', 'domain.{0}')) == []\n"
    broken.fitness(body.format("tax") + body.format("vat"))
    broken.run("--fitness-freeze")
    before = baseline(broken)
    assert len(before) == 2

    result = broken.run("--fitness-freeze", "-k", "test_tax")

    result.stdout.fnmatch_lines(["*has 2 known violations now (-k left out some tests: the rest is kept as it was)"])
    assert baseline(broken) == before


def test_a_rule_without_violations_has_no_file(project: Project) -> None:
    """There is nothing to write."""
    project.fitness(LAYERS)

    project.run("--fitness-freeze").stdout.fnmatch_lines(["  layers: nothing to freeze"])

    assert not (project.pytester.path / "fitness-baseline").exists()


def test_shrinking_what_is_as_small_as_can_be_says_so(frozen: Project) -> None:
    """And writes nothing."""
    frozen.run("--fitness-shrink").stdout.fnmatch_lines([f"  {FILE} is as small as it can be"])


def test_a_file_that_cannot_be_read_is_not_frozen(broken: Project) -> None:
    """Whatever else is in it would be known for ever."""
    broken.write({"src/shop/domain/bad.py": "def (:\n"})

    result = broken.run("--fitness-freeze")

    result.assert_outcomes(passed=1, failed=1)
    assert len(baseline(broken)) == 1
    result.stdout.fnmatch_lines(["*shop.domain.bad cannot be read*", "*the rest is kept as it was*"])


def test_a_smaller_circle_is_known_and_must_be_written_down(broken: Project) -> None:
    """A circle that lost a module is no new one; one that gained a module is."""
    broken.write(
        {
            "src/shop/domain/a.py": "import shop.domain.b\n",
            "src/shop/domain/b.py": "import shop.domain.c\nimport shop.domain.a\n",
            "src/shop/domain/c.py": "import shop.domain.a\n",
        }
    )
    broken.fitness(
        "def test_c(codebase):\n    assert codebase.violations(Cycles(inside='domain', of='modules')) == []\n"
    )
    broken.run("--fitness-freeze").assert_outcomes(passed=2)
    git(broken, "init", "-q")
    commit(broken)
    broken.write({"src/shop/domain/b.py": "import shop.domain.a\n"})

    result = broken.run()

    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines(['"cycles": 1 known violation is mended*'])
    domain = broken.pytester.path / "src/shop/domain"
    (domain / "a.py").rename(domain / "z.py")
    broken.write({"src/shop/domain/b.py": "import shop.domain.z\n", "src/shop/domain/c.py": ""})
    broken.run().assert_outcomes(passed=2, failed=1)
    broken.run("--fitness-shrink").assert_outcomes(passed=2)
    assert 'subject = "shop.domain.b", target = "shop.domain.z"' in baseline(broken, "cycles")[0]
    broken.run().assert_outcomes(passed=2)
    broken.write({"src/shop/domain/b.py": "import shop.domain.c\n", "src/shop/domain/c.py": "import shop.domain.z\n"})
    broken.run().assert_outcomes(passed=1, failed=1)


def test_new_names_that_are_written_down_stay_known(frozen: Project) -> None:
    """Committed, on a branch, with the branch before it as the base, and when another line is edited by hand."""
    domain = frozen.pytester.path / "src/shop/domain"
    (domain / "tax.py").rename(domain / "vat.py")
    commit(frozen)
    frozen.write({FILE: (frozen.pytester.path / FILE).read_text().replace("# `pytest", "# By hand.\n# `pytest")})
    commit(frozen)
    frozen.run().assert_outcomes(passed=2)
    git(frozen, "checkout", "-q", "-b", "branch")
    frozen.run("--fitness-shrink").assert_outcomes(passed=2)
    commit(frozen)
    (domain / "vat.py").rename(domain / "duty.py")
    commit(frozen)

    frozen.run("--fitness-baseline-ref=main").assert_outcomes(passed=2)


def test_a_module_that_becomes_a_package_carries_its_entries_over(frozen: Project) -> None:
    """And so does one that leaves something behind; what is left behind may not break the rule as well."""
    domain = frozen.pytester.path / "src/shop/domain"
    (domain / "tax").mkdir()
    (domain / "tax.py").rename(domain / "tax/core.py")
    frozen.write({"src/shop/domain/tax/__init__.py": "from shop.domain.tax.core import tax\n"})
    frozen.run().assert_outcomes(passed=2)
    frozen.write({"src/shop/domain/tax/__init__.py": "from shop.api.routes import show\n"})
    frozen.run().assert_outcomes(passed=1, failed=1)


def test_a_moved_entry_is_not_allowed_twice_beside_a_new_detour(frozen: Project) -> None:
    """The old name breaks the rule as well, so the new one is not what is known, however the detour is told."""
    domain = frozen.pytester.path / "src/shop/domain"
    (domain / "tax").mkdir()
    (domain / "tax.py").rename(domain / "tax/core.py")
    frozen.write(
        {
            "src/shop/domain/tax/__init__.py": "from shop.api.routes import show\n",
            "src/shop/helper.py": "from shop.api import routes\n",
            "src/shop/domain/order.py": "from shop import helper\n\ndef total(p): return 3\n",
        }
    )

    result = frozen.run()

    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["*src/shop/domain/tax/core.py:1: *", "fitness: 1 rule, 2 new violations, 1 known"])


def test_a_shallow_clone_knows_no_old_names_and_says_so(frozen: Project, tmp_path: Path) -> None:
    """And takes nothing for mended."""
    domain = frozen.pytester.path / "src/shop/domain"
    (domain / "tax.py").rename(domain / "vat.py")
    commit(frozen)
    git(frozen, "clone", "-q", "--depth", "1", f"file://{frozen.pytester.path}", str(tmp_path / "clone"))
    frozen.monkeypatch.chdir(tmp_path / "clone")

    result = frozen.run("--fitness-shrink", "--rootdir", str(tmp_path / "clone"))

    result.stdout.fnmatch_lines(
        ["*this clone is shallow, so not all renamed files can be told; *", "*is not shrunk: *"]
    )
    assert (tmp_path / "clone" / FILE).exists()


@pytest.mark.parametrize(
    "how", ["--ignore=tests/test_two.py", "import pytest\npytest.importorskip('nowhere')\n", "def pytest_x(): ...\n"]
)
def test_files_that_are_left_out_are_no_full_run(frozen: Project, how: str) -> None:
    """On the command line, by a skip of the whole file, or by a conftest that says nothing of it."""
    body = "def test_{0}(codebase):\n    assert codebase.violations(Layers('api', 'domain.{0}')) == []\n"
    frozen.fitness(body.format("tax"), "test_two.py")
    frozen.fitness(body.format("order"))
    if "importorskip" in how:
        frozen.fitness(how + body.format("tax"), "test_two.py")
    elif not how.startswith("--"):
        frozen.write(
            {
                "conftest.py": "def pytest_collection_modifyitems(items):\n"
                "    items[:] = [i for i in items if 'two' not in i.nodeid]\n"
            }
        )

    result = frozen.run("--fitness-shrink", *([how] if how.startswith("--") else []))

    result.stdout.fnmatch_lines([f"  {FILE} is not shrunk: *"])


def test_what_one_test_could_not_judge_leaves_the_other_rules_sure(frozen: Project) -> None:
    """A floor without data is skipped; of what is not looked through, the summary says so."""
    frozen.write({"src/shop/domain/tax.py": "", "fitness-baseline/coverage-floor.toml": "version = 1\nknown = []\n"})
    frozen.fitness("def test_c(codebase):\n    assert codebase.violations(CoverageFloor(90)) == []\n", "test_c.py")

    result = frozen.run_apart("-p", "no:cacheprovider")

    result.assert_outcomes(passed=2, skipped=1, failed=1)
    result.stdout.fnmatch_lines(['"layers": 1 known violation is mended*'])
    frozen.fitness(
        "import pytest\n@pytest.fixture\ndef rules(): return [CoverageFloor(90)]\n"
        "def test_c(codebase, rules):\n    assert [codebase.violations(r) for r in rules] == []\n",
        "test_c.py",
    )
    result = frozen.run_apart("-p", "no:cacheprovider")
    result.assert_outcomes(passed=2, skipped=1)
    result.stdout.fnmatch_lines(
        [f"  {FILE} is not looked through for what is mended: tests/test_c.py::test_c did not pass*"]
    )


def test_contracts_that_are_not_collected_are_doubts(frozen: Project) -> None:
    """And the summary says so."""
    frozen.configure("\n[tool.pytest-fitness.contracts.house]\nrule = 'layers'\nlayers = ['api', 'domain']\n")

    result = frozen.run("tests")

    result.stdout.fnmatch_lines([f"  {FILE} is not looked through *: contracts in pyproject.toml are not collected"])


def test_a_contract_that_is_not_judged_is_a_doubt_about_its_rule(frozen: Project) -> None:
    """An empty selection is no verdict."""
    frozen.write({"src/shop/domain/tax.py": ""})
    frozen.configure("\n[tool.pytest-fitness.contracts.house]\nrule = 'layers'\nlayers = ['api', 'domian']\n")

    result = frozen.run("tests", "pyproject.toml")

    result.assert_outcomes(passed=2, failed=1)


def test_a_file_that_cannot_be_read_keeps_what_is_known_of_it(frozen: Project) -> None:
    """In a contract as in a test."""
    (frozen.pytester.path / "tests/test_fitness.py").unlink()
    frozen.configure("\n[tool.pytest-fitness.contracts.house]\nrule = 'layers'\nlayers = ['api', 'domain']\n")
    frozen.write({"src/shop/domain/tax.py": TAX + "\ndef f(:\n"})
    before = baseline(frozen)

    frozen.run("--fitness-shrink", "tests", "pyproject.toml").assert_outcomes(passed=1, failed=1)

    assert baseline(frozen) == before


def test_an_import_of_a_package_above_is_another_one(project: Project) -> None:
    """Known imports are thought away all the same."""
    project.write(
        {
            "src/shop/__init__.py": "__version__ = '1'\n",
            "src/shop/api/one.py": "",
            "src/shop/api/two.py": "",
            "src/shop/helper.py": "from shop import __version__\nimport shop.api.one\nimport shop.api.two\n",
            "src/shop/domain/order.py": "from shop import helper\n\ndef total(p): return 3\n",
            "src/shop/domain/tax.py": "from shop import helper\n",
            "src/shop/domain/vat.py": "from shop import helper\n",
        }
    )
    project.fitness(LAYERS)
    project.run("--fitness-freeze").assert_outcomes(passed=2)
    project.write({"src/shop/domain/tax.py": "", "src/shop/domain/vat.py": ""})

    project.run().assert_outcomes(passed=2)


@pytest.mark.parametrize(
    "text",
    [
        TAX.replace("import show", "import *"),
        TAX.replace("import show", "import show; from shop.api.routes import show"),
        TAX.replace("import show", "import show as a, show as b"),
    ],
)
def test_more_in_one_line_is_new(frozen: Project, text: str) -> None:
    """Everything, twice, or under two names."""
    frozen.write({"src/shop/domain/tax.py": text})

    frozen.run().assert_outcomes(passed=1, failed=1)


def test_a_star_import_may_be_known(broken: Project) -> None:
    """As a kind of its own."""
    broken.write({"src/shop/domain/tax.py": "from shop.api.routes import *\n"})
    broken.run("--fitness-freeze").assert_outcomes(passed=2)
    assert 'kind = "module, everything"' in baseline(broken)[0]

    broken.run().assert_outcomes(passed=2)


def test_uses_as_attributes_are_known_wherever_they_are(broken: Project) -> None:
    """The first one in a file is told."""
    use = "import shop\n\n\ndef b():\n    return shop.api.routes.show()\n"
    broken.write({"src/shop/domain/tax.py": use})
    broken.run("--fitness-freeze").assert_outcomes(passed=2)
    broken.write(
        {"src/shop/domain/tax.py": "import shop\n\n\ndef a():\n    return shop.api.routes.show()\n" + use[11:]}
    )

    broken.run().assert_outcomes(passed=2)


def test_one_more_of_a_known_key_says_how_many(frozen: Project) -> None:
    """All of them fail, since nobody can tell which is new."""
    frozen.write({"src/shop/domain/tax.py": TAX.replace("import show", "import show, total")})

    frozen.run().stdout.fnmatch_lines(
        ["  layers: shop.domain.tax -> shop.api.routes (module): there are 2, of which 1 are known"]
    )


def test_a_part_that_is_frozen_after_a_rename_has_the_new_name_alone(frozen: Project) -> None:
    """Or the old one would be allowed again."""
    domain = frozen.pytester.path / "src/shop/domain"
    (domain / "tax.py").rename(domain / "vat.py")

    frozen.run("--fitness-freeze", "-k", "layers").assert_outcomes(passed=1, deselected=1)

    (entry,) = baseline(frozen)
    assert "shop.domain.vat" in entry


def test_a_run_that_stops_early_writes_nothing(broken: Project) -> None:
    """And says so."""
    broken.fitness(
        "def test_a(codebase):\n    assert codebase.violations(Layers('api', 'domain')) == []\n    assert 0\n"
    )
    broken.fitness(LAYERS, "test_other.py")

    result = broken.run("--fitness-freeze", "-x")

    result.stdout.fnmatch_lines(["  --fitness-freeze: the run has stopped early, so nothing is written down"])
    assert not (broken.pytester.path / "fitness-baseline").exists()


def test_a_contract_is_frozen_by_its_name(broken: Project) -> None:
    """As its rule; a path in place of a name is told apart."""
    (broken.pytester.path / "tests/test_fitness.py").unlink()
    broken.configure("\n[tool.pytest-fitness.contracts.house]\nrule = 'layers'\nlayers = ['api', 'domain']\n")

    broken.run("tests", "pyproject.toml", "--fitness-freeze", "house").assert_outcomes(passed=2)

    assert len(baseline(broken)) == 1
    result = broken.run("pyproject.toml", "--fitness-freeze", "tests")
    result.stdout.fnmatch_lines(["*'tests' was judged, so nothing is frozen; paths come before the option"])


def test_a_directory_in_place_of_a_file_fails(project: Project) -> None:
    """It is the file of nobody."""
    project.fitness(LAYERS)
    project.write({"fitness-baseline/cycles.toml/x": ""})

    project.run().stdout.fnmatch_lines(["fitness-baseline/cycles.toml is no file of known violations*"])


def test_rules_that_workers_judge_by_themselves_are_not_missed(frozen: Project) -> None:
    """A test that asks for ``codebase`` when it runs is not held back."""
    frozen.fitness(
        "def test_f(request):\n    codebase = request.getfixturevalue('codebase')\n"
        "    assert codebase.violations(Cycles()) == []\n",
        "test_late.py",
    )
    frozen.write({"fitness-baseline/cycles.toml": "version = 1\nknown = []\n"})

    frozen.run_apart("-n", "2", "-q").stdout.no_fnmatch_line("*no rule called*")


def test_a_project_in_a_part_of_a_repository(frozen: Project) -> None:
    """Renames elsewhere in it are no concern; nor are those of files that were in no source root."""
    root = frozen.pytester.path
    git(frozen, "mv", "src", "code")
    (root / "other").mkdir()
    (root / "other/a.py").write_text("x = 1\n" * 9)
    (root / "pyproject.toml").write_text("[tool.pytest.ini_options]\npythonpath = ['code']\ntestpaths = ['tests']\n")
    for name in ("code", "tests", "pyproject.toml", "fitness-baseline"):
        (root / "part").mkdir(exist_ok=True)
        (root / name).rename(root / "part" / name)
    commit(frozen)
    (root / "other/a.py").rename(root / "other/b.py")
    (root / "part/code/shop/domain/tax.py").rename(root / "part/code/shop/domain/vat.py")
    commit(frozen)
    frozen.monkeypatch.chdir(root / "part")

    result = frozen.run("--rootdir", str(root / "part"))

    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(["*known violations came along*"])


def test_an_emptied_file_goes_and_others_stay(frozen: Project) -> None:
    """One rule has nothing left, the other one has."""
    frozen.fitness(LAYERS + "def test_c(codebase):\n    assert codebase.violations(Cycles()) == []\n")
    frozen.run("--fitness-freeze")
    frozen.fitness(
        "def test_layers(codebase):\n    assert codebase.violations(Layers('domain', 'api', except_kinds=('module',))) == []\n"
        "def test_c(codebase):\n    assert codebase.violations(Cycles()) == []\n"
    )

    frozen.run("--fitness-shrink").assert_outcomes(passed=3)

    assert [p.name for p in (frozen.pytester.path / "fitness-baseline").iterdir()] == ["cycles.toml"]


def test_known_imports_that_have_become_more_are_not_thought_away(project: Project) -> None:
    """Nor are others of the same names, in other functions; a rule that refuses to judge without them says nothing."""
    project.write(
        {
            "src/shop/helper.py": "from shop.api import routes\n",
            "src/shop/domain/order.py": "from shop import helper\n\ndef total(p): return 3\n",
            "src/shop/domain/tax.py": "def f():\n    from shop.api import routes\n",
        }
    )
    project.fitness(LAYERS)
    project.run("--fitness-freeze").assert_outcomes(passed=2)
    project.write(
        {
            "src/shop/helper.py": "from shop.api import routes\nfrom shop.api import routes as again\n",
            "src/shop/domain/tax.py": "def f():\n    from shop.api import routes\ndef g():\n    from shop.api import routes\n",
        }
    )
    project.run().assert_outcomes(passed=1, failed=1)
    project.write(
        {"src/shop/helper.py": "from shop.api import routes\nimport shop.api.more\n", "src/shop/api/more.py": ""}
    )
    project.fitness(
        "class Refusing(Layers):\n    def find(self, codebase):\n"
        "        from pytest_fitness import RuleError\n"
        "        if codebase.is_supposed: raise RuleError('no')\n        return Layers.find(self, codebase)\n"
        + LAYERS.replace("Layers(", "Refusing(")
    )

    project.run().stdout.fnmatch_lines(["*new violation*"])


# -- anchored ----------------------------------------------------------------------------------------------------------


def test_a_branch_cannot_enlarge_its_own_allowance(frozen: Project) -> None:
    """What it brings is new, whatever it writes down; what it mends is shown on green."""
    frozen.configure("fitness_baseline_ref = 'main'\n")
    commit(frozen)
    git(frozen, "checkout", "-q", "-b", "branch")
    frozen.write({"src/shop/domain/vat.py": TAX})
    frozen.run("--fitness-freeze").assert_outcomes(passed=2)
    commit(frozen)

    result = frozen.run()

    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(
        [
            '*"layers": shop.domain.vat must not import*',
            "*1 new violation, 1 known (+0 since main)",
            "  fitness-baseline/layers.toml has known violations that main does not have: a branch cannot accept what it brings",
        ]
    )
    frozen.run("--fitness-baseline-ref=").assert_outcomes(passed=2)
    frozen.write({"src/shop/domain/vat.py": "", "src/shop/domain/tax.py": ""})
    result = frozen.run("--fitness-shrink")
    result.assert_outcomes(passed=2)
    frozen.run().assert_outcomes(passed=2)


def test_the_delta_is_shown(frozen: Project) -> None:
    """Since the branch that is named."""
    frozen.write({"src/shop/domain/vat.py": TAX})
    frozen.run("--fitness-freeze")
    commit(frozen)
    git(frozen, "checkout", "-q", "-b", "branch")
    frozen.write({"src/shop/domain/vat.py": ""})
    frozen.run("--fitness-shrink")

    result = frozen.run("--fitness-baseline-ref=main")

    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(["fitness: 1 rule, 0 new violations, 1 known (-1 since main)"])


def test_a_renamed_module_counts_as_of_the_base_too(frozen: Project) -> None:
    """The file has the new name, the base the old one."""
    git(frozen, "checkout", "-q", "-b", "branch")
    domain = frozen.pytester.path / "src/shop/domain"
    (domain / "tax.py").rename(domain / "vat.py")
    frozen.run("--fitness-baseline-ref=main").assert_outcomes(passed=2)
    frozen.run("--fitness-shrink").assert_outcomes(passed=2)
    commit(frozen)

    frozen.run("--fitness-baseline-ref=main").assert_outcomes(passed=2)


def test_a_rule_that_the_branch_brings_counts_as_it_is_there(frozen: Project) -> None:
    """And the summary says so. A rule that was there already, without a file, has nothing known."""
    git(frozen, "checkout", "-q", "-b", "branch")
    frozen.fitness(
        LAYERS + "def test_i(codebase):\n    assert codebase.violations(Independence(of=('api', 'domain'))) == []\n"
    )
    frozen.run("--fitness-freeze")
    commit(frozen)

    result = frozen.run("--fitness-baseline-ref=main")

    result.assert_outcomes(passed=3)
    result.stdout.fnmatch_lines(
        ["  independence is new since main: its known violations count as this branch has them"]
    )
    git(frozen, "checkout", "-q", "-b", "third")
    git(frozen, "rm", "-q", "--cached", "fitness-baseline/independence.toml")
    git(frozen, "commit", "-q", "-m", "not known")
    result = frozen.run("--fitness-baseline-ref=third")
    result.assert_outcomes(passed=2, failed=1)


@pytest.mark.parametrize("ref", ["origin/nowhere", "main"])
def test_where_git_cannot_tell_the_file_counts(broken: Project, ref: str) -> None:
    """A branch that is nowhere, a directory without git: said, and the file is used."""
    broken.run("--fitness-freeze")
    if ref != "main":
        git(broken, "init", "-q")
        commit(broken)

    result = broken.run(f"--fitness-baseline-ref={ref}")

    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(
        [
            "fitness: 1 rule, 0 new violations, 1 known",
            f"  known violations as of {ref} cannot be told: *; the files of known violations count as they are",
        ]
    )
    strict = broken.run(f"--fitness-baseline-ref={ref}", "-o", "fitness_strict=true")
    strict.assert_outcomes(passed=2, failed=1)
    strict.stdout.fnmatch_lines(
        [
            "*the files of known violations count as they are",
            "fix: fetch that history *, or correct `fitness_baseline_ref`",
        ]
    )


def test_a_shallow_clone_says_so(frozen: Project, tmp_path: Path) -> None:
    """And which option of the pipeline mends it."""
    git(frozen, "commit", "-q", "--allow-empty", "-m", "more")
    git(frozen, "clone", "-q", "--depth", "1", f"file://{frozen.pytester.path}", str(tmp_path / "clone"))
    frozen.monkeypatch.chdir(tmp_path / "clone")

    result = frozen.run("--fitness-baseline-ref=HEAD~1", "--rootdir", str(tmp_path / "clone"))

    result.stdout.fnmatch_lines(["*this clone is shallow; fetch more history*"])


def test_a_rule_that_comes_from_elsewhere_is_not_new(frozen: Project) -> None:
    """What no file of the project names may have been judged before; words in other files name no rule."""
    frozen.write({"src/shop/domain/tax.py": "# the life cycles of things\n"})
    frozen.run("--fitness-shrink")
    frozen.write({"tests/conftest.py": "import pytest\nfrom pytest_fitness.packs import onion\n"})
    pack = "from pytest_fitness.packs import onion\nimport pytest\n"
    pack += "@pytest.mark.parametrize('rule', onion(outer='api', application='helper', domain='domain'))\n"
    pack += "def test_o(codebase, rule):\n    assert codebase.violations(rule) == []\n"
    frozen.write({"src/shop/helper.py": "", "tests/test_fitness.py": pack})
    commit(frozen)
    git(frozen, "checkout", "-q", "-b", "branch")
    frozen.write({"src/shop/domain/tax.py": TAX})
    frozen.run("--fitness-freeze")
    commit(frozen)

    result = frozen.run("--fitness-baseline-ref=main")

    assert result.ret == 1
    result.stdout.no_fnmatch_line("*is new since main*")
    git(frozen, "checkout", "-q", "main")
    git(frozen, "checkout", "-q", "-b", "cycles")
    frozen.fitness("def test_c(codebase):\n    assert codebase.violations(Cycles()) == []\n", "test_c.py")
    frozen.write({"src/shop/domain/tax.py": TAX})
    frozen.run("--fitness-freeze", "cycles")
    commit(frozen)
    frozen.run("--fitness-baseline-ref=main").stdout.fnmatch_lines(["*cycles is new since main*"])


def test_a_branch_may_mend_what_is_damaged_at_the_base(frozen: Project) -> None:
    """Its own file counts then, and that is said."""
    sound = (frozen.pytester.path / FILE).read_text()
    frozen.write({FILE: "<<<<<<< HEAD\n" + sound})
    commit(frozen)
    git(frozen, "checkout", "-q", "-b", "branch")
    frozen.write({FILE: sound})

    result = frozen.run("--fitness-baseline-ref=main")

    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(
        ["fitness: 1 rule, 0 new violations, 1 known", "*as of main:1: a merge conflict*as it is"]
    )


def test_a_part_of_a_run_has_no_delta(frozen: Project) -> None:
    """What was not judged is not gone."""
    frozen.run("--fitness-baseline-ref=main", "-k", "layers").stdout.fnmatch_lines(["*0 new violations, 1 known"])


# -- waivers -----------------------------------------------------------------------------------------------------------


def waive(project: Project, days: int, **changes: str) -> None:
    """Write a waiver that ends in so many days."""
    given = {"rule": "layers", "what": "domain.tax -> shop.api.*", "reason": "goes with SHOP-12", "owner": "billing"}
    lines = [f"{key} = '{value}'" for key, value in (given | changes).items()]
    until = TODAY + dt.timedelta(days=days)
    project.configure("\n[[tool.pytest-fitness.waivers]]\n" + "\n".join(lines) + f"\nuntil = {until}\n")


def test_a_waiver_holds_until_its_day(broken: Project) -> None:
    """And is counted, and listed where that is asked for."""
    waive(broken, 30)

    result = broken.run("--fitness-show-known")

    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(
        [
            "fitness: 1 rule, 0 new violations, 1 waived",
            "  waived: src/shop/domain/tax.py:1: * (goes with SHOP-12, pyproject.toml:*)",
        ]
    )
    result.stdout.no_fnmatch_line("*ends in*")


@pytest.mark.parametrize(("days", "says"), [(14, "in 14 days"), (1, "in 1 day"), (0, "today")])
def test_a_waiver_that_ends_soon_says_so(broken: Project, days: int, says: str) -> None:
    """Two weeks ahead."""
    waive(broken, days)

    result = broken.run()

    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines([f"  pyproject.toml:*: the waiver of billing for *ends {says}"])


def test_a_waiver_that_has_ended_fails(broken: Project) -> None:
    """With the violation, who answered for it, and until when."""
    waive(broken, -1)

    result = broken.run()

    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines([f"*the waiver of billing ended on {TODAY - dt.timedelta(days=1)} (pyproject.toml:*"])


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"what": "domain.order"}, "*of no use: nothing is found; remove it, or mend it"),
        ({"rule": "layer"}, "*no rule or contract is called 'layer'; did you mean 'layers'?"),
        ({"rule": "xyz"}, "*no rule or contract is called 'xyz'; remove it, or mend it"),
    ],
)
def test_a_waiver_of_no_use_fails(broken: Project, changes: dict[str, str], says: str) -> None:
    """Where the whole run was judged."""
    broken.write({"src/shop/domain/tax.py": ""})
    waive(broken, 30, **changes)

    result = broken.run()

    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines([says])
    broken.run("-k", "layers").assert_outcomes(passed=1, deselected=1)


def test_waivers_may_overlap(broken: Project) -> None:
    """Each is of use."""
    waive(broken, 30)
    waive(broken, 60, owner="somebody else")

    broken.run().assert_outcomes(passed=2)


def test_what_a_waiver_was_for_is_not_frozen(broken: Project) -> None:
    """When the day has passed, somebody has to act."""
    waive(broken, -1)

    broken.run("--fitness-freeze").assert_outcomes(passed=1, failed=1)

    assert not (broken.pytester.path / "fitness-baseline").exists()


def test_a_waiver_may_name_a_contract(broken: Project) -> None:
    """And then is for no other."""
    (broken.pytester.path / "tests/test_fitness.py").unlink()
    broken.configure("\n[tool.pytest-fitness.contracts.house]\nrule = 'layers'\nlayers = ['api', 'domain']\n")
    waive(broken, 30, rule="house", what="shop.domain.tax")

    broken.run("tests", "pyproject.toml").assert_outcomes(passed=2)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[tool.pytest-fitness]\nwaivers = 3\n", "*pyproject.toml:*: waivers are written as [[]*"),
        ("[[tool.pytest-fitness.waivers]]\nrul = 'x'\n", "*pyproject.toml:*unknown key 'rul' of a waiver; did you mean 'rule'?"),
        ("[[tool.pytest-fitness.waivers]]\nzzz = 'x'\n", "*unknown key 'zzz' of a waiver; there are 'rule', *"),
        ("[[tool.pytest-fitness.waivers]]\nrule = 'x'\n", "*a waiver lacks 'what', 'reason', 'owner', 'until'"),
        ("[tool.pytest-fitness]\nwaivers = [{rule = 'x'}]\n", "*pyproject.toml:*a waiver lacks*"),
        ("[tool.pytest-fitness]\nwaivers = [3]\n", "*must be a table*"),
    ],
)  # fmt: skip
def test_a_mistake_in_a_waiver_is_named(broken: Project, text: str, message: str) -> None:
    """With its line."""
    broken.configure("\n" + text)

    result = broken.run()

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([message])


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("until = '2027-01-31'", "*'until' takes a day without quotes, such as 2027-01-31, not '2027-01-31'"),
        ("until = 2027-01-31T00:00:00", "*'until' takes a day*"),
        ("until = 2027-01-31\nowner = ' '", "*a waiver lacks 'owner'"),
        ("until = 2027-01-31\nowner = 3", "*'owner' of a waiver must be a string, not 3"),
        ("until = 2027-01-31\nwhat = '**'", "*'what' names a subject*"),
        ("until = 2027-01-31\nwhat = 'a -> '", "*'what' names a subject*"),
        ("until = 2027-01-31\nwhat = 'a -> b -> c'", "*'what' names a subject*"),
        ("until = 2027-01-31\nwhat = '* -> *'", "*'what' names a subject*"),
    ],
)
def test_a_waiver_is_checked(broken: Project, line: str, message: str) -> None:
    """Everything about it."""
    given = {"rule": "'layers'", "what": "'a'", "reason": "'r'", "owner": "'o'"}
    lines = [f"{key} = {value}" for key, value in given.items() if f"\n{key} =" not in line]
    broken.configure("\n[[tool.pytest-fitness.waivers]]\n" + "\n".join(lines) + f"\n{line}\n")

    broken.run().stderr.fnmatch_lines([message])


# -- permissions -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "from shop.api.routes import show  # fitness: allow[layers] until SHOP-12\n",
        "from shop.api.routes import show  # noqa: F401  # fitness: allow[layers] until SHOP-12\n",
        "from shop.api.routes import (\n    show,  # fitness: allow[cycles, layers]: until SHOP-12\n)\n",
    ],
)
def test_a_permission_on_the_line_is_enough(broken: Project, text: str) -> None:
    """On any line of the statement."""
    broken.write({"src/shop/domain/tax.py": text.replace("cycles, ", "")})

    result = broken.run("--fitness-show-known")

    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(["*1 waived", "  waived: *(until SHOP-12, src/shop/domain/tax.py:*"])


@pytest.mark.parametrize(
    ("comment", "message", "failed"),
    [
        ("# fitness: allow[layers] # noqa: F401", "*tax.py:1: `# fitness:` needs a reason behind the bracket*", 2),
        ("# noqa  # Fitness: ignore[layers] why", "*needs `allow[[]rule-name] reason` behind it*", 2),
        ("# fitness: allow[layers]", "*tax.py:1: `# fitness:` needs a reason behind the bracket*", 2),
        ("# fitness: allow because", "*needs `allow[[]rule-name] reason` behind it*", 2),
        ("# fitness: allow[layer] why", "*`# fitness: allow[[]layer]` is of no use: *; did you mean 'layers'?", 2),
        ("# fitness: allow[layers, cycles] why", "*`# fitness: allow[[]cycles]` is of no use: *; remove it", 1),
    ],
)
def test_a_permission_without_use_or_reason_fails(broken: Project, comment: str, message: str, failed: int) -> None:
    """By place."""
    broken.write({"src/shop/domain/tax.py": f"from shop.api.routes import show  {comment}\n"})

    result = broken.run()

    if failed == 2:  # the violation itself is first
        result.stdout.fnmatch_lines(["*shop.domain.tax must not import*"])
        broken.fitness("def test_layers(codebase):\n    assert codebase.violations(Layers('domain', 'api')) == []\n")
        broken.write({"src/shop/api/routes.py": "def show(): return 3\n"})
        result = broken.run()
    result.stdout.fnmatch_lines([message])
    assert result.ret == 1


def test_a_permission_may_name_a_contract(broken: Project) -> None:
    """And is of use then."""
    (broken.pytester.path / "tests/test_fitness.py").unlink()
    broken.configure("\n[tool.pytest-fitness.contracts.house]\nrule = 'layers'\nlayers = ['api', 'domain']\n")
    broken.write({"src/shop/domain/tax.py": "from shop.api import routes  # fitness: allow[house] until SHOP-12\n"})

    broken.run("tests", "pyproject.toml").assert_outcomes(passed=2)


def test_a_permission_inside_of_a_block_is_not_for_its_first_line(broken: Project) -> None:
    """A statement ends where its block begins."""
    text = "import importlib\nmatch importlib.import_module('shop.api.routes'):\n    case _:\n        y = 2  {}\n"
    broken.write({"src/shop/domain/tax.py": text.format("# fitness: allow[layers] why")})

    broken.run().stdout.fnmatch_lines(["*shop.domain.tax must not import shop.api.routes, dynamically"])


def test_a_permission_in_a_text_is_none(broken: Project) -> None:
    """Only comments count; of a file that cannot be taken apart, whatever looks like one."""
    broken.write(
        {
            "src/shop/domain/tax.py": "NOTE = '# fitness: allow[layers] why'\n",
            "src/shop/domain/vat.py": "# fitness: something else\n",
        }
    )
    broken.run().assert_outcomes(passed=2)
    broken.fitness("def test_c(codebase):\n    assert codebase.violations(Cycles(inside='api')) == []\n")
    broken.write({"src/shop/domain/tax.py": "x = (\n# fitness: allow[layers] why\n"})

    broken.run().stdout.fnmatch_lines(["*tax.py:2: `# fitness: allow[[]layers]` is of no use*"])


def test_files_without_text_have_no_permissions(broken: Project) -> None:
    """Rules that need them say so themselves."""
    broken.fitness(
        "def test_c(codebase):\n    assert codebase.violations(FatHandlers('api', allow_empty='none')) == []\n"
    )
    (broken.pytester.path / "src/shop/domain/tax.py").write_bytes(b"# fitness: allow[layers] \xff\n")

    broken.run().assert_outcomes(passed=2)


def test_another_cut_of_known_paths_is_nothing_new(project: Project) -> None:
    """Two ways from the domain to the API are cut in a helper; with a third import in it, elsewhere."""
    project.write(
        {
            "src/shop/helper.py": "from shop.api import routes\n",
            "src/shop/domain/order.py": "from shop import helper\n\ndef total(p): return 3\n",
            "src/shop/domain/tax.py": "from shop import helper\n",
        }
    )
    project.fitness(LAYERS)
    project.run("--fitness-freeze").assert_outcomes(passed=2)
    (entry,) = baseline(project)
    assert 'subject = "shop.helper"' in entry
    project.write(
        {
            "src/shop/helper.py": "from shop.api import routes\nimport shop.api.more\nimport shop.api.other\n",
            "src/shop/api/more.py": "",
            "src/shop/api/other.py": "",
        }
    )

    result = project.run()

    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["fitness: 1 rule, * new violations, *known"])
    project.write({"src/shop/helper.py": "from shop.api import routes\n"})
    project.run().assert_outcomes(passed=2)
    project.write(
        {
            "src/shop/helper.py": "from shop import deeper\n",
            "src/shop/deeper.py": "from shop.api import routes\n",
        }
    )
    project.run("--fitness-freeze").assert_outcomes(passed=2)
    project.write(
        {"src/shop/domain/order.py": "def total(p): return 3\n", "src/shop/domain/tax.py": "from shop import deeper\n"}
    )
    project.run().assert_outcomes(passed=2)


def test_a_fix_that_moves_the_cut_brings_nothing_new(project: Project) -> None:
    """Three known imports cut what two would cut when one of the ways is gone."""
    project.write(
        {
            "src/shop/api/one.py": "",
            "src/shop/api/two.py": "",
            "src/shop/helper.py": "import shop.api.one\nimport shop.api.two\n",
            "src/shop/domain/order.py": "from shop import helper\n\ndef total(p): return 3\n",
            "src/shop/domain/tax.py": "from shop import helper\n",
            "src/shop/domain/vat.py": "from shop import helper\n",
        }
    )
    project.fitness(LAYERS)
    project.run("--fitness-freeze").assert_outcomes(passed=2)
    assert all('subject = "shop.helper"' in entry for entry in baseline(project))
    project.write({"src/shop/domain/tax.py": "", "src/shop/domain/vat.py": ""})  # now one import of helper is the cut

    result = project.run()

    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(["fitness: 1 rule, 0 new violations, 1 known"])
