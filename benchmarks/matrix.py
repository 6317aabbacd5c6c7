"""Makes an environment for each Python from 3.11 to 3.13 that there is, and runs the matrix of coverage runners in all of them.

    python benchmarks/matrix.py

Pythons are looked for on ``PATH`` (``python3.12``) and below ``~/.pyenv/versions``; one that is not there is said, and left out.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
BUILD = ROOT / "build" / "matrix"
VERSIONS = ["3.11", "3.12", "3.13"]
PLUGINS = ["pytest-cov", "pytest-xdist", "pytest-randomly", "pytest-rerunfailures", "pytest-split"]


def interpreter(version: str) -> Path | None:
    """Return an interpreter of *version*."""
    if sys.version.startswith(f"{version}."):
        return Path(sys.executable)
    known = sorted(Path.home().glob(f".pyenv/versions/{version}.*/bin/python"))
    found = shutil.which(f"python{version}")
    works = [
        p for p in [*known, *([Path(found)] if found else [])] if not subprocess.run([p, "-V"], check=False).returncode
    ]
    return works[0] if works else None


def main() -> int:
    """Run the matrix; return its exit code."""
    pythons: list[str] = []
    for version in VERSIONS:
        python = interpreter(version)
        if python is None:
            print(f"there is no Python {version} here")
            continue
        venv = BUILD / version
        if not (venv / "bin" / "pytest").exists():
            subprocess.run([python, "-m", "venv", venv], check=True)
            pip = [venv / "bin" / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
            subprocess.run([*pip, "--editable", ROOT, *PLUGINS], check=True)
        pythons.append(str(venv / "bin" / "python"))
    environment = os.environ | {"FITNESS_MATRIX": "1", "FITNESS_PYTHONS": os.pathsep.join(pythons)}
    command = [sys.executable, "-m", "pytest", "-q", "-n", str(os.cpu_count()), "tests/plugin/test_coverage_matrix.py"]
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
