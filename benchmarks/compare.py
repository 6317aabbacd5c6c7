"""Holds imports and layer violations of real packages against grimp's, which import-linter reports.

The packages are the ones installed here and Django, which is downloaded. Printed: imports that only one side sees, and
for several orders of layers the verdicts, the direct imports that only one side reports, and the chains that grimp reports
and that none of our entries would cut.
"""

import random
import subprocess
import sys
import tempfile
import time
import zipfile
from itertools import pairwise
from pathlib import Path

import grimp

from pytest_fitness import sources
from pytest_fitness.model import Codebase
from pytest_fitness.rules import Layers

PACKAGES = {
    "django": ["contrib", "views", "forms", "template", "http", "utils"],
    "sqlalchemy": ["ext", "orm", "sql", "engine", "util"],
    "starlette": ["applications", "routing", "responses", "requests"],
    "fastapi": ["applications", "routing", "dependencies", "openapi"],
    "pydantic": ["main", "fields", "_internal"],
}
ORDERS = 4
OWN_KINDS = {"attribute", "dynamic", "implicit"}


def location(package: str, scratch: str) -> Path:
    """Return the directory that holds *package*, downloading Django into *scratch*."""
    if package == "django":
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", scratch, "django==5.2.*"]
        subprocess.run(pip, check=True)
        zipfile.ZipFile(next(Path(scratch).glob("*.whl"))).extractall(scratch)
        return Path(scratch)
    return Path(__import__(package).__file__).parent.parent


def grimp_edges(graph: grimp.ImportGraph) -> set[tuple[str, str]]:
    """Return who imports whom."""
    return {(m, i) for m in graph.modules for i in graph.find_modules_directly_imported_by(m) if m != i}


def our_edges(codebase: Codebase) -> set[tuple[str, str]]:
    """Return the same of ours, kinds that grimp does not know left out."""
    (package,) = codebase.packages
    edges = {(i.importer, i.imported) for i in codebase.imports() if i.kind not in OWN_KINDS}
    return {(a, b if b.partition(".")[0] == package else b.partition(".")[0]) for a, b in edges}


def chains(graph: grimp.ImportGraph, layers: list[str]) -> list[set[tuple[str, str]]]:
    """Return the illegal chains that grimp finds, each as a set of imports."""
    found: list[set[tuple[str, str]]] = []
    for dependency in graph.find_illegal_dependencies_for_layers(layers):
        for route in dependency.routes:
            for head in route.heads:
                for tail in route.tails:
                    path = [head, *route.middle, tail]
                    found.append(set(pairwise(path)))
    return found


def main() -> None:
    """Compare and print."""
    with tempfile.TemporaryDirectory() as scratch:
        for package, names in PACKAGES.items():
            root = location(package, scratch)
            sys.path.insert(0, str(root))
            begin = time.perf_counter()
            codebase = sources.read(sources.Project(root, packages=(package,), roots=(".",)))
            ours = our_edges(codebase)
            middle = time.perf_counter()
            graph = grimp.build_graph(package, include_external_packages=True, cache_dir=None)
            theirs = grimp_edges(graph)
            ratio = (middle - begin) / (time.perf_counter() - middle)
            print(
                f"{package}: {len(codebase.modules)} modules, {len(theirs)} imports; reading takes {ratio:.1f} x grimp's"
            )
            print(
                f"  only grimp sees {len(theirs - ours)}, only we see {len(ours - theirs)} {sorted(ours - theirs)[:2]}"
            )
            layers = [f"{package}.{name}" for name in names]
            for number in range(ORDERS):
                violations = codebase.violations(Layers(*layers))
                mine, theirs = {(v.subject, v.target) for v in violations}, chains(graph, layers)
                direct = {edge for chain in theirs if len(chain) == 1 for edge in chain}
                ours = {(v.subject, v.target) for v in violations if not v.trail}
                print(
                    f"  order {number}: verdict {'the same' if bool(mine) == bool(theirs) else 'DIFFERENT'}; direct imports: "
                    f"{len(direct)} theirs, {len(ours)} ours, {len(direct ^ ours)} different; chains: {len(theirs)} theirs, "
                    f"{sum(1 for chain in theirs if not chain & mine)} without an import that we report; "
                    f"{len(mine - ours)} further entries of ours"
                )
                random.Random(number).shuffle(layers)  # noqa: S311 - any order will do


if __name__ == "__main__":
    main()
