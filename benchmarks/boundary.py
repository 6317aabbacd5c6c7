"""Compares the handlers that are read in public applications with those that their frameworks know when they run.

    python benchmarks/boundary.py [--only galaxy] [--json build/boundary.json]

Each application goes into an environment of its own below ``build/boundary``, and is imported there (`truth.py`). Printed and written, by
application: handlers that a framework has registered, how many of them are read by one of their names (their own, and that of the
class which inherits them), and how many of these with their verb; where the framework was told what a request and a response are made
of, how often the same is read, and where it was told nothing, how often something that is known and declared by nobody. What only the
running code can tell, such as what a view of Flask returns, is not compared, nor are modules that cannot be imported. Handlers that
are read and not registered here are no errors: most stand in functions that nobody calls in this run.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
BUILD = ROOT / "build" / "boundary"
TRUTH = Path(__file__).with_name("truth.py")
SECONDS = 900
"""An application may take; one is ended, and said to be, that takes longer."""

WORST_FIRST = ("orm", "raw", "unknown", "scalar-map", "file", "scalar", "response", "schema", "none")
UNDECLARED = ("raw", "response", "none", "file", "orm")
"""What a handler may be read as for which the framework has been told nothing."""

READ = """
import json, sys
from pathlib import Path
root, out, ours, *packages = sys.argv[1:]
sys.path.insert(0, root)
sys.path.append(ours)
from pytest_fitness import sources
from pytest_fitness.frameworks import builtin
from pytest_fitness.model.contents import Frameworks
known = Frameworks(tuple(builtin()), ())
code = sources.read(sources.Project(Path(root), packages=tuple(packages), roots=(".",)), frameworks=known)
found = code.handlers(list(code.modules.values()))
rows = [
    [h.framework, h.name, list(h.methods), h.path, {s.name: s.kind for s in h.inputs}, h.output.kind, h.output.detail]
    for h in found.found
]
Path(out).write_text(json.dumps({"rows": rows, "unread": [f"{u.location}: {u.reason}" for u in found.unread]}))
"""


@dataclass(frozen=True)
class App:
    """An application.

    Attributes:
        requirements: for pip.
        packages: that are judged.
        start: Python that makes what importing alone does not make.
        settings: of Django.
        imports: whether all modules are imported; *start* does it all, otherwise.
        env: variables that it wants to be there.
        path: directories below the code that it puts on the path itself.
    """

    requirements: Sequence[str]
    packages: Sequence[str]
    start: str = ""
    settings: str = ""
    imports: bool = True
    env: Mapping[str, str] = field(default_factory=dict)
    path: Sequence[str] = ()


LONG = "a-text-that-is-long-enough-to-be-a-secret-0123456789-XyZ"
APPS = {
    "phoenix": App(
        ["arize-phoenix==20.26.1"],
        ["phoenix"],
        "from phoenix.server import app\nfor make in (app.create_v1_router, app.create_client_errors_router, "
        "app.create_legacy_agents_router, app.create_agents_router): make(True)\napp.create_auth_router(ldap_enabled=True)",
    ),
    "skypilot": App(["skypilot[server]==0.14.1"], ["sky"]),
    "dstack": App(["dstack[server]==0.22.5"], ["dstack"]),
    "litellm": App(["litellm[proxy]==1.108.7"], ["litellm"]),
    "prefect": App(["prefect==3.9.1"], ["prefect"]),
    "airflow": App(["apache-airflow-core==3.3.2"], ["airflow"]),
    "lnbits": App(["lnbits==1.6.2", "bitstring==4.2.3"], ["lnbits"]),
    "autogenstudio": App(["autogenstudio==0.4.2.2"], ["autogenstudio"]),
    "titiler": App(["titiler.application==2.4.0"], ["titiler"]),
    "diracx": App(["diracx-routers==0.7.0", "diracx-db==0.7.0"], ["diracx"]),
    "mcp-context-forge": App(
        ["mcp-contextforge-gateway==1.0.7.post20260921"],
        ["mcpgateway"],
        env={
            "JWT_SECRET_KEY": LONG,
            "AUTH_ENCRYPTION_SECRET": LONG,
            "BASIC_AUTH_PASSWORD": LONG,
            "PLATFORM_ADMIN_PASSWORD": LONG,
            "ENVIRONMENT": "development",
        },
    ),
    "galaxy": App(["galaxy-web-apps==26.1.2"], ["galaxy"]),
    "zou": App(["zou==1.0.97"], ["zou"], env={"SECRET_KEY": LONG}),
    "rucio": App(
        ["rucio==41.5.1"],
        ["rucio"],
        "import importlib, inspect, pkgutil\nimport rucio.web.rest.flaskapi.v1 as v1\n"
        "for each in pkgutil.iter_modules(v1.__path__):\n    try:\n"
        "        made = importlib.import_module(f'{v1.__name__}.{each.name}')\n"
        "        made.blueprint(*[True] * len(inspect.signature(made.blueprint).parameters))\n"
        "    except Exception: pass",
        imports=False,
        env={"RUCIO_CONFIG": "rucio.cfg"},
    ),
    "faraday": App(
        ["faradaysec==5.25.2"],
        ["faraday"],
        "from faraday.server.app import create_app\ncreate_app(db_connection_string='postgresql://a:b@localhost/x')",
        imports=False,
    ),
    "superset": App(
        ["apache-superset==6.1.0", "cachelib==0.11.0", "flask-caching==2.3.1", "setuptools<80"],
        ["superset"],
        "from superset.app import create_app\ncreate_app()",
        imports=False,
        env={"SUPERSET_SECRET_KEY": LONG},
    ),
    "octoprint": App(["octoprint==1.11.8"], ["octoprint"]),
    "ara": App(["ara[server]==1.8.0"], ["ara"], settings="ara.server.settings"),
    "nautobot": App(["nautobot==3.2.7"], ["nautobot"], settings="nautobot_config"),
    "label-studio": App(
        ["label-studio==1.23.2"],
        ["label_studio"],
        settings="label_studio.core.settings.label_studio",
        path=["label_studio"],
    ),
    "pretix": App(
        ["pretix==2026.8.0"], ["pretix"], settings="pretix.settings", env={"PRETIX_CONFIG_FILE": "pretix.cfg"}
    ),
    "maubot": App(["maubot==0.6.0"], ["maubot"]),
    "backend.ai": App(
        ["backend.ai-manager==23.9.10"],
        ["ai"],
        "import importlib, pkgutil\nimport ai.backend.manager.api as api\n"
        "for each in pkgutil.iter_modules(api.__path__):\n    try:\n"
        "        importlib.import_module(f'{api.__name__}.{each.name}').create_app({})\n"
        "    except (AttributeError, RuntimeError): pass",
        imports=False,
    ),
    "marimo": App(["marimo==0.25.2"], ["marimo"]),
    "evidently": App(["evidently==0.7.23", "pandas==2.2.3", "numpy==1.26.4"], ["evidently"]),
    "gns3": App(["gns3-server==3.0.6"], ["gns3server"]),
    "open-cravat": App(["open-cravat==3.2.4"], ["cravat"]),
    "wagtail": App(
        ["wagtail[testing]==8.0.1", "django-ninja==1.7.1"],
        ["wagtail"],
        settings="wagtail.test.settings",
        env={"DATABASE_NAME": ":memory:"},
    ),
    "pretalx": App(["pretalx==2025.2.2"], ["pretalx"], settings="pretalx.settings"),
    "aim": App(["aim==3.29.1"], ["aim"]),
    "qcfractal": App(["qcfractal==0.71"], ["qcfractal"]),
    "mlflow": App(["mlflow==3.17.2"], ["mlflow"]),
    "argilla": App(["argilla-server==2.8.0"], ["argilla_server"]),
    "supysonic": App(["supysonic==0.7.9"], ["supysonic"]),
    "gpustack": App(["gpustack==2.3.0"], ["gpustack"]),
    "datajunction": App(["datajunction-server==0.0.272", "greenlet"], ["datajunction_server"]),
    "potato": App(["potato-annotation==2.12.1"], ["potato"]),
    "jesse": App(["jesse==3.5.3"], ["jesse"]),
    "nautobot-firewall-models": App(
        ["nautobot-firewall-models==3.0.1"],
        ["nautobot_firewall_models"],
        "from pathlib import Path\nfrom nautobot import setup\nsetup(Path('nautobot_firewall.py').resolve())",
        settings="nautobot_config",
    ),
}

NAUTOBOT = (
    f"from nautobot.core.settings import *\nSECRET_KEY = {LONG!r}\n"
    "DATABASES = {'default': {'ENGINE': 'django.db.backends.sqlite3', 'NAME': ':memory:'}}\n"
    "CACHES = {'default': {'BACKEND': 'django.core.cache.backends.locmem.LocMemCache'}}\n"
)
FILES = {
    "pretix.cfg": f"[pretix]\ndatadir=.\n[django]\nsecret={LONG}\n",
    "rucio.cfg": "[common]\nlogdir=.\n[database]\ndefault=sqlite://\n[client]\nrucio_host=http://localhost\n"
    "auth_host=http://localhost\nauth_type=userpass\naccount=root\n[policy]\npermission=generic\nschema=generic\n",
    "nautobot_config.py": NAUTOBOT,
    "nautobot_firewall.py": f"{NAUTOBOT}PLUGINS = ['nautobot_firewall_models']\n",
}
"""What applications look for where they run."""

Row = dict[str, object]


def prepared(name: str, app: App) -> tuple[Path, Path]:
    """Return the Python of an application's environment, and a directory with a copy of its packages."""
    home = BUILD / name
    python = home / "env" / "bin" / "python"
    if not (home / "ready").exists():
        shutil.rmtree(home, ignore_errors=True)
        subprocess.run([sys.executable, "-m", "venv", home / "env"], check=True)
        pip = [python, "-m", "pip", "install", "-qq", "--disable-pip-version-check", *app.requirements]
        subprocess.run(pip, check=True)
        (site,) = (home / "env" / "lib").glob("python*/site-packages")
        for package in app.packages:
            shutil.copytree(site / package, home / "code" / package)
        for file, text in FILES.items():
            (home / file).write_text(text)
        (home / "ready").touch()
    return python, home / "code"


def collected(name: str, app: App) -> tuple[dict[str, list], dict[str, list]]:
    """Return what the frameworks know, and what is read."""
    python, code = prepared(name, app)
    home, spec = code.parent, {k: getattr(app, k) for k in ("packages", "start", "settings", "imports", "path")}
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "VIRTUAL"))}
    env = {**kept, **app.env, "HOME": str(home), "PYTHONPATH": str(home), "ARA_BASE_DIR": str(home)}
    for command in (
        [python, TRUTH, code, home / "truth.json", json.dumps(spec)],
        [python, "-c", READ, code, home / "read.json", ROOT / "src", *app.packages],
    ):
        done = subprocess.run(command, cwd=home, env=env, capture_output=True, text=True, timeout=SECONDS, check=False)
        if done.returncode:
            raise SystemExit(f"{name}: {command[1]} ended with {done.returncode}:\n{done.stderr[-2000:]}")
    truth, read = (json.loads((home / file).read_text()) for file in ("truth.json", "read.json"))
    return truth, read


def worst(kinds: Iterable[str]) -> str:
    """Return the kind that says most about something that is of several."""
    return min(kinds, key=WORST_FIRST.index)


def compared(app: App, truth: Mapping[str, list], read: Mapping[str, list]) -> tuple[Counter[str], list[str]]:
    """Return how many handlers and classes there are and are read alike, and what is different.

    ``handlers`` counts what a framework has registered, ``found`` what is read under a name that it has, ``verbs`` what is read there
    with one of its verbs as well; ``classes`` the inputs and outputs that the framework was told, ``same`` those that are read so;
    ``untold`` outputs that it was told nothing of, ``open`` those that are read as declared by nobody, and are known.
    """
    ours: dict[str, list[list]] = {}
    for row in read["rows"]:
        ours.setdefault(row[1], []).append(row)
    counts: Counter[str] = Counter(read=len(read["rows"]))
    differences: dict[str, None] = {}
    seen: set[str] = set()
    for row in truth["rows"]:
        key = json.dumps([row["names"][0], row["methods"], row["path"]])
        if key in seen or not any(name.split(".")[0] in app.packages for name in row["names"]):
            continue
        seen.add(key)
        counts["handlers"] += 1
        called = f"{row['names'][0]} {','.join(row['methods'])} {row['path']}"
        found = [each for name in row["names"] for each in ours.get(name, ())]
        if not found:
            differences[f"missing: {called}"] = None
            continue
        counts["found"] += 1
        same = [each for each in found if {*row["methods"], "ANY"} & {*each[2], *(["ANY"] * ("ANY" in row["methods"]))}]
        counts["verbs"] += bool(same)
        if not same:
            differences[f"other verbs: {called}, read as {found[0][2]}"] = None
        for wanted, given, what in _pairs(row, same or found):
            whole, part = ("untold", "open") if wanted is UNDECLARED else ("classes", "same")
            counts[whole] += 1
            if given in wanted:
                counts[part] += 1
            else:
                differences[f"{what} of {called}: {' or '.join(wanted)}, read as {given}"] = None
    return counts, list(differences)


def _pairs(row: Mapping[str, Any], same: Sequence[list]) -> Iterable[tuple[Sequence[str], str | None, str]]:
    """What the framework was told, as one of some kinds, and what is read, of each input and of the output."""
    ends = [each for each in same if each[3] and (row["path"].endswith(each[3]) or each[3].endswith(row["path"]))]
    # a prefix may be known on one side alone; of two at one path, the one that is alike
    declared = row.get("output") or UNDECLARED
    at = sorted(ends, key=lambda each: (abs(len(each[3]) - len(row["path"])), each[5] not in declared)) or same
    told = row.get("inputs")
    for name, kinds in (told or {}).items():
        # unknown, as of a type that says in quotes what it is made of; nothing, of no type at all
        if kinds and "unknown" not in kinds:
            yield [worst(kinds)], next((each[4].get(name) for each in at if name in each[4]), None), f"input {name}"
    if told is not None:  # what is read beside, and no schema of a query
        known = {*told, *row.get("others", ())}
        yield from ((["nothing"], kind, f"input {name}") for name, kind in at[0][4].items() if name not in known)
    kinds = row.get("output", ["unknown"])
    if "unknown" in kinds:
        return
    if row.get("class"):  # a serializer, by its name
        names = [row["class"].rpartition(".")[2]]
        yield names, next((n for n in names if n in at[0][6]), f"{at[0][5]} {at[0][6]}"), "output"
    elif not kinds:
        yield UNDECLARED, at[0][5], "output"
    else:  # a text that a response of another kind is made of
        yield [worst(kinds), *(["response"] * (not row.get("is_json")))], at[0][5], "output"


def main() -> None:
    """Compare, print, and write the JSON file."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("--only", choices=APPS, action="append")
    parser.add_argument("--json", type=Path, default=BUILD.with_suffix(".json"))
    chosen = parser.parse_args()
    BUILD.mkdir(parents=True, exist_ok=True)
    total: Counter[str] = Counter()
    written: dict[str, object] = {}
    for name in chosen.only or APPS:
        truth, read = collected(name, APPS[name])
        counts, differences = compared(APPS[name], truth, read)
        total += counts
        written[name] = {
            **counts,
            "differences": differences,
            "not imported": truth["unread"],
            "unread": read["unread"],
        }
        print(_line(name, counts), flush=True)
        for each in differences[:20]:
            print(f"    {each}")
    print(_line("together", total))
    chosen.json.write_text(json.dumps(written, indent=2) + "\n")


def _line(name: str, counts: Mapping[str, int]) -> str:
    def share(part: str, whole: str) -> str:
        return (
            f"{counts[part]:5} of {counts[whole]:5} ({counts[part] / counts[whole]:7.2%})"
            if counts[whole]
            else f"{'-':>24}"
        )

    return (
        f"{name:18} handlers {share('found', 'handlers')}, by verb {share('verbs', 'handlers')}   "
        f"classes {share('same', 'classes')}, told nothing {share('open', 'untold')}   read {counts['read']:5}"
    )


if __name__ == "__main__":
    main()
