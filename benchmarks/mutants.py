"""Plants forbidden imports in real packages, in every form that Python has, and innocent look-alikes; counts what is found.

    python benchmarks/mutants.py [--only django] [--each 2] [--json build/mutants.json]

Packages are downloaded below ``build/mutants``. In each, a rule is taken that holds: one part of the code never reaches
another. Then, one at a time, an import is written into a module of that part, or of a neutral module that it reaches, and the
rule is judged again, with the facts about all other files remembered from before. Found means: exactly one violation, at the
path and line of the plant. Of the innocent changes none may give any.
"""

from __future__ import annotations

import argparse
import ast
import json
import random
import shutil
import subprocess
import sys
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from textwrap import indent
from typing import NamedTuple

from pytest_fitness import FitnessError, sources
from pytest_fitness.model import Codebase, Search, Violation
from pytest_fitness.rules import ForbiddenImports

BUILD = Path(__file__).parents[1] / "build" / "mutants"
PACKAGES = {
    "django": "Django==5.2.19",
    "sqlalchemy": "SQLAlchemy==2.0.45",
    "celery": "celery==5.5.3",
    "sphinx": "Sphinx==8.2.3",
    "scrapy": "Scrapy==2.13.4",
    "starlette": "starlette==0.50.0",
    "pydantic": "pydantic==2.12.5",
    "werkzeug": "Werkzeug==3.1.4",
    "networkx": "networkx==3.5",
    "docutils": "docutils==0.22.3",
    "jinja2": "Jinja2==3.1.6",
}

# {t}: the target module; {p}, {l}: its package and last name; {r}: its package, relative; {top}: the top-level package;
# MARK stands on the line that must be named
STATIC = {
    "import": "import {t}",
    "import as": "import {t} as planted",
    "from package": "from {p} import {l}",
    "from package as": "from {p} import {l} as planted",
    "from module": "from {t} import planted",
    "star": "from {t} import *",
    "relative": "from {r} import {l}",
    "relative module": "from {r}.{l} import planted",
    "parentheses": "from {t} import (  # MARK\n    planted,\n    other,\n)",
    "backslash": "from {t} \\\n    import planted",
    "after a semicolon": "planted = 1; import {t}",
    "in a list": "import os, {t}, sys",
    "in a list, as": "import os as o, {t} as planted",
    "one line": "if planted: import {t}",
    "if": "if planted:\n    import {t}  # MARK",
    "elif": "if planted:\n    pass\nelif other:\n    from {p} import {l}  # MARK",
    "try": "try:\n    import {t}  # MARK\nexcept ImportError:\n    pass",
    "except": "try:\n    pass\nexcept ImportError:\n    from {t} import planted  # MARK",
    "finally": "try:\n    pass\nfinally:\n    from {p} import {l}  # MARK",
    "with": "with planted():\n    import {t}  # MARK",
    "for": "for planted in ():\n    import {t}  # MARK",
    "while else": "while planted:\n    pass\nelse:\n    import {t}  # MARK",
    "match": "match planted:\n    case 1:\n        import {t}  # MARK",
    "function": "def planted():\n    import {t}  # MARK",
    "async function": "async def planted():\n    from {p} import {l}  # MARK",
    "method": "class Planted:\n    def planted(self):\n        from {r}.{l} import other  # MARK",
    "class": "class Planted:\n    from {t} import other  # MARK",
    "nested function": "def planted():\n    def other():\n        if planted:\n            import {t}  # MARK\n    return other",
    "function, one line": "def planted(): from {t} import other",
    "tab": "def planted():\n\timport {t}  # MARK",
    "comment inside": "from {t} import (  # MARK\n    # {t}\n    planted  # other\n)",
    "not type checking": "from typing import TYPE_CHECKING\nif not TYPE_CHECKING:\n    import {t}  # MARK",
    "else of type checking": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    pass\nelse:\n    import {t}  # MARK",
    "version": "import sys\nif sys.version_info >= (3, 8):\n    from {p} import {l}  # MARK",
}
TYPE_ONLY = {
    "type checking": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from {t} import planted  # MARK",
    "type checking, dotted": "import typing\nif typing.TYPE_CHECKING:\n    import {t}  # MARK",
    "type checking, alias": "from typing import TYPE_CHECKING as TC\nif TC:\n    from {p} import {l}  # MARK",
}
NO_FILE = {
    "no file": "import {t}.planted_pb2",
    "no file, from": "from {t}.planted_pb2 import Planted",
    "no file, relative": "from {r}.{l}.planted_pb2 import Planted",
    "no file, in a function": "def planted():\n    from {t}.planted import Planted  # MARK",
}
DYNAMIC = {
    "import_module": "import importlib\nimportlib.import_module('{t}')  # MARK",
    "import_module, alias": "from importlib import import_module as load\nload('{t}')  # MARK",
    "import_module, module alias": "import importlib as i\ni.import_module('{t}')  # MARK",
    "import_module, relative": "import importlib\nimportlib.import_module('{r}.{l}', __package__)  # MARK",
    "__import__": "planted = __import__('{t}')",
    "__import__, list": "planted = __import__('{p}', fromlist=['{l}'])",
    "resolve_name": "import pkgutil\npkgutil.resolve_name('{t}:planted')  # MARK",
    "constant": "import importlib\nPLANTED = '{t}'\nimportlib.import_module(PLANTED)  # MARK",
    "f-string": "import importlib\nimportlib.import_module(f'{p}.{l}')  # MARK",
    "in a function": "def planted():\n    import importlib\n    return importlib.import_module('{t}').other  # MARK",
    "exec": "exec('import {t}')",
    "attribute": "import {top}\n{t}.planted()  # MARK",
    "attribute, alias": "import {top} as planted\nplanted.{below}.other()  # MARK",
}
INNOCENT = {
    "comment": "# import {t}",
    "text": "PLANTED = 'import {t}'",
    "long text": 'PLANTED = """\nimport {t}\nfrom {p} import {l}\n"""',
    "docstring": 'def planted():\n    """Example:\n\n    >>> import {t}\n    """',
    "f-string": "planted = 1\nPLANTED = f'import {t} {{planted}}'",
    "look-alike": "import {top}_planted.{l}",
    "look-alike, from": "from planted.{l} import {l}",
    "look-alike, longer": "import planted_{t}",
    "own attribute": "class planted: pass\nplanted.{below}",
    "own name": "def planted({l}):\n    return {l}.{l}",
    "shadowed": "def planted({top}):\n    return {t}",
    "third party": "import os.path, json.decoder",
    "name of another": "{l} = None",
    "bytes": "PLANTED = b'import {t}'",
}


class Form(NamedTuple):
    """A way to write an import."""

    group: str
    name: str
    text: str


@dataclass(frozen=True)
class Plant:
    """Texts to write into files, and where the one violation must be; no place where there must be none."""

    group: str
    form: str
    files: dict[str, str]
    place: str


def code_of(package: str) -> Path:
    """Download *package*; return the directory that holds it."""
    target = BUILD / package
    if not target.exists():
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:"]
        subprocess.run([*pip, "--python-version", "3.11", "--dest", BUILD / "wheels", PACKAGES[package]], check=True)
        wheel = next(w for w in (BUILD / "wheels").glob("*.whl") if w.name.lower().startswith(f"{package}-"))
        zipfile.ZipFile(wheel).extractall(target)
    return target


class Garden:
    """One package, a rule that holds in it, and the plants that break the rule."""

    def __init__(self, package: str, chance: random.Random) -> None:
        self.package = package
        self.root = code_of(package)
        sys.path.insert(0, str(self.root))  # it is what would be imported, whatever is installed
        self.chance = chance
        self.cache = BUILD / "cache" / package
        shutil.rmtree(self.cache, ignore_errors=True)
        self.cache.mkdir(parents=True)
        codebase = self.read()
        self.pairs = list(self._kept_pairs(codebase))
        self.paths = {m.name: m.path for m in codebase.modules.values()}
        self.codebase = codebase

    def read(self) -> Codebase:
        """Read the package as it now is."""
        project = sources.Project(self.root, packages=(self.package,), roots=(".",))
        return sources.read(project, cache=self.cache)

    def _kept_pairs(self, codebase: Codebase) -> Iterator[tuple[str, str]]:
        """Parts of the code of which the first does not reach the second; with neutral modules on its way, if there are."""
        graph = codebase.imports()
        parts = sorted({n for m in codebase.modules for n in (m, m.rpartition(".")[0]) if "." in n})
        self.chance.shuffle(parts)
        found = 0
        for one in parts[:200]:
            own = frozenset(m.name for m in codebase.modules_of(one))
            reached = graph.reachable(Search(own, frozenset()))
            # some forms import the top-level package, too, and with it whatever that imports
            every = reached | graph.reachable(Search(frozenset(codebase.packages), frozenset()))
            others = [p for p in parts if not any(n == p or n.startswith(f"{p}.") for n in every)]
            others = [p for p in others if all(map(str.isidentifier, p.split(".")))]  # or no statement could name it
            others = [p for p in others if p in codebase.modules and p.count(".") > 1 - ("." in one)]
            if others and reached & codebase.modules.keys() - own:
                found += 1
                yield one, self.chance.choice(others)
            if found == 6:
                return

    # -- plants ------------------------------------------------------------------------------------------------------

    def plants(self, each: int) -> Iterator[tuple[ForbiddenImports, Plant]]:
        """Yield every form *each* times, and the rule that it breaks."""
        groups = {
            "static": STATIC,
            "type only": TYPE_ONLY,
            "no file": NO_FILE,
            "dynamic": DYNAMIC,
            "innocent": INNOCENT,
        }
        for group, forms in groups.items():
            for name, text in forms.items():
                for _ in range(each):
                    one, other = self.chance.choice(self.pairs)
                    yield ForbiddenImports(of=other, inside=one), self._plant(Form(group, name, text), one, other)
        for number in range(8 * each):
            one, other = self.chance.choice(self.pairs)
            name, text = self.chance.choice([f for f in STATIC.items() if "{r}" not in f[1]])
            plant = (self._in_neutral_module, self._in_new_modules)[number % 3 > 0]
            yield ForbiddenImports(of=other, inside=one), plant(Form("indirect", name, text), one, other)

    def _plant(self, form: Form, part: str, target: str) -> Plant:
        """In a module of *part*, an import of *target*."""
        return self._written(form, self.chance.choice([m.name for m in self.codebase.modules_of(part)]), target)

    def _in_neutral_module(self, form: Form, part: str, target: str) -> Plant:
        """In a module outside of *part* that it reaches already."""
        own = frozenset(m.name for m in self.codebase.modules_of(part))
        reached = self.codebase.imports().reachable(Search(own, frozenset())) & self.codebase.modules.keys()
        return self._written(form, self.chance.choice(sorted(reached - own)), target)

    def _in_new_modules(self, form: Form, part: str, target: str) -> Plant:
        """In a module that is new and that *part* reaches through one more, or on the way to a submodule."""
        new = f"{self.package}.planted"
        chain = self.chance.choice([[f"{new}_1"], [f"{new}_1", f"{new}_2"], [f"{new}_package"]])
        first = f"{chain[0]}.inner" if chain[0].endswith("package") else chain[0]
        plant = self._plant(Form(form.group, f"{len(chain)} on the way, {form.name}", f"import {first}"), part, target)
        files = dict(plant.files)
        for name, following in pairwise(chain):
            files[f"{name.replace('.', '/')}.py"] = f"import {following}\n"
        path = f"{chain[-1].replace('.', '/')}.py"
        if first != chain[0]:
            files[path.replace(".py", "/inner.py")] = "x = 1\n"
            path = path.replace(".py", "/__init__.py")
        package, _, last = target.rpartition(".")
        text = form.text.format(t=target, p=package, l=last)
        files[path] = f"{text.replace('  # MARK', '')}\n"
        return Plant(form.group, f"{form.name} in {path}", files, f"{path}:{_marked(text) + 1}")

    def _written(self, form: Form, into: str, target: str) -> Plant:
        planted = self._text(form.text, into, target)
        path = self.paths[into]
        before = (self.root / path).read_text(encoding="utf-8")
        lines = before.splitlines(keepends=True)
        start = self._gap(before)
        lines.insert(start, f"{planted.replace('  # MARK', '')}\n")
        place = "" if form.group == "innocent" else f"{path}:{start + _marked(planted) + 1}"
        return Plant(form.group, form.name, {path: "".join(lines)}, place)

    def _text(self, text: str, into: str, target: str) -> str:
        package, _, last = target.rpartition(".")
        base = into if self.codebase.modules[into].is_package else into.rpartition(".")[0]
        up, ancestor = 1, base
        while package != ancestor and not package.startswith(f"{ancestor}."):
            up, ancestor = up + 1, ancestor.rpartition(".")[0]
        relative = "." * up + package[len(ancestor) + 1 :]
        if relative.endswith("."):
            text = text.replace("{r}.{l}", "{r}{l}").replace("{r}.planted", "{r}planted")
        below = target.partition(".")[2]
        return text.format(t=target, p=package, l=last, r=relative, top=self.package, below=below)

    def _gap(self, text: str) -> int:
        """The line before a random statement of the module, after its docstring and ``__future__``; else its end."""
        body = ast.parse(text).body
        lines = text.splitlines()
        starts = [min([s.lineno, *(d.lineno for d in getattr(s, "decorator_list", []))]) - 1 for s in body]
        after = next((n + 1 for n, s in reversed(list(enumerate(body))) if _comes_first(s)), 0)
        good = [s for s in starts[after:] if not lines[s].startswith((" ", "\t")) and starts.count(s) == 1]
        good = [s for s in good if s == 0 or not lines[s - 1].rstrip().endswith("\\")]
        return self.chance.choice(good) if good else len(lines)

    # -- judging -----------------------------------------------------------------------------------------------------

    def judge(self, rule: ForbiddenImports, plant: Plant) -> str:
        """Return what is wrong with the verdict; nothing if it is right."""
        before = {
            path: (self.root / path).read_bytes() if (self.root / path).exists() else None for path in plant.files
        }
        try:
            for path, text in plant.files.items():
                (self.root / path).parent.mkdir(exist_ok=True)
                (self.root / path).write_text(text, encoding="utf-8")
            found: list[Violation] | str = self.read().violations(rule)
        except FitnessError as error:
            found = str(error)
        finally:
            for path, data in before.items():
                if data is None:
                    (self.root / path).unlink()
                else:
                    (self.root / path).write_bytes(data)
            shutil.rmtree(self.root / self.package / "planted_package", ignore_errors=True)  # where there is one
        if isinstance(found, str):
            return found
        places = [str(v.location) for v in found]
        if places == ([plant.place] if plant.place else []):
            return ""
        return f"{len(places)} found at {', '.join(places[:3])}; planted at {plant.place or 'nowhere'}"


def _marked(text: str) -> int:
    return next((n for n, line in enumerate(text.splitlines()) if "# MARK" in line), 0)


def _comes_first(statement: ast.stmt) -> bool:
    is_text = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    return is_text or (isinstance(statement, ast.ImportFrom) and statement.module == "__future__")


def main() -> None:
    """Plant everything everywhere, and say what was not judged as it should be."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", action="append", choices=PACKAGES)
    parser.add_argument("--each", type=int, default=2, help="how often every form is planted in each package")
    parser.add_argument("--json", type=Path, default=BUILD.parent / "mutants.json")
    arguments = parser.parse_args()
    planted, wrong = Counter[str](), Counter[str]()
    report: list[dict[str, str]] = []
    for package in arguments.only or PACKAGES:
        garden = Garden(package, random.Random(package))  # noqa: S311 - the same plants every time
        for rule, plant in garden.plants(arguments.each):
            planted[plant.group] += 1
            problem = garden.judge(rule, plant)
            report.append({"package": package, "group": plant.group, "form": plant.form, "problem": problem})
            if problem:
                wrong[plant.group] += 1
                print(f"{package}: {plant.group}, {plant.form}, {rule.inside} -> {rule.of}: {problem}")
                print(indent("\n".join(plant.files), "    "))
        print(f"{package}: {sum(planted.values())} so far, {sum(wrong.values())} wrong")
    arguments.json.parent.mkdir(exist_ok=True)
    arguments.json.write_text(json.dumps(report, indent=1))
    for group, count in planted.items():
        print(f"{group:10} {count - wrong[group]} of {count} judged as they should be")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
