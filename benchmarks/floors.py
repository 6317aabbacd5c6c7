"""Times twenty coverage floors over many files against one ``coverage report`` of the same data, side by side in one run.

    python benchmarks/floors.py [--files 5000] [--rounds 3] [--json build/floors.json]

The code is made up, half of its lines have run. Printed: the best wall time of some rounds, and the ratio.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

BUILD = Path(__file__).parents[1] / "build" / "floors"
ENVIRONMENT = {k: v for k, v in os.environ.items() if k not in ("PYTHONDONTWRITEBYTECODE", "CI")}
PARTS = 19

BODY = "\n".join(f"def f{n}(x):\n    if x:\n        return {n}\n    return x\n" for n in range(12))


def write(files: int) -> Path:
    """Write a package of *files* modules in parts, a script that runs half of it, floors, and the data."""
    root = BUILD / str(files)
    if (root / ".coverage").exists():
        return root
    shutil.rmtree(root, ignore_errors=True)
    names = [f"p{n % PARTS:02}.m{n:05}" for n in range(files)]
    for name in names:
        file = root / "made" / f"{name.replace('.', '/')}.py"
        file.parent.mkdir(parents=True, exist_ok=True)
        (file.parent / "__init__.py").touch()
        file.write_text(BODY)
    (root / "made" / "__init__.py").touch()
    (root / "run.py").write_text(
        "\n".join(f"import made.{n} as m; [getattr(m, f'f{{i}}')(1) for i in range(6)]" for n in names)
    )
    (root / "pyproject.toml").write_text(
        "[tool.pytest.ini_options]\n[tool.coverage.run]\nbranch = true\nsource = ['made']\n[tool.pytest-fitness]\npackages = ['made']\n"
        "[tool.pytest-fitness.contracts.overall]\nrule = 'coverage-floor'\npercent = 10\n"
        + "".join(
            f"[tool.pytest-fitness.contracts.p{n:02}]\nrule = 'coverage-floor'\npercent = 10\ninside = 'p{n:02}'\n"
            for n in range(PARTS)
        )
    )
    subprocess.run([sys.executable, "-m", "coverage", "run", "run.py"], cwd=root, env=ENVIRONMENT, check=True)
    return root


def main() -> None:
    """Run both, several times in turn."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=5_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", type=Path, default=BUILD.parent / "floors.json")
    arguments = parser.parse_args()
    root = write(arguments.files)
    commands = {
        "coverage report": ["-m", "coverage", "report"],
        "20 floors": ["-m", "pytest", "-q", "-p", "no:cov", "--fitness-coverage=.coverage", "pyproject.toml"],
    }
    best: dict[str, float] = {}
    for _ in range(arguments.rounds):
        for name, command in commands.items():
            start = time.perf_counter()
            subprocess.run([sys.executable, *command], cwd=root, env=ENVIRONMENT, stdout=subprocess.DEVNULL, check=True)
            best[name] = min(best.get(name, 1e9), time.perf_counter() - start)
    for name, seconds in best.items():
        print(f"{seconds:7.2f} s  {name}, {arguments.files} files")
    ratio = best["20 floors"] / best["coverage report"]
    print(f"{ratio:7.2f}    20 floors / coverage report")
    arguments.json.parent.mkdir(exist_ok=True)
    arguments.json.write_text(json.dumps({"files": arguments.files, **best, "ratio": ratio}, indent=1))


if __name__ == "__main__":
    main()
