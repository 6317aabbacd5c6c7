"""The main job of pytest-fitness, twice: on a service that is built as it should be, and on the same service drifted.

Exits with 0 when the first comes out green and in the second exactly the fitness tests fail.
"""

import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
from pathlib import Path

HERE = Path(__file__).parent
FITNESS_TESTS = {
    "domain-knows-no-framework",
    "test_coverage",
    "test_handlers_speak_schemas",
    "test_layers",
}


def run(name: str, *options: str) -> tuple[int, set[str]]:
    """Run the tests of one example; return pytest's exit code and the names of the tests that failed."""
    print(f"\n$ cd examples/{name} && {' '.join(['pytest', *options])}\n", flush=True)
    with tempfile.TemporaryDirectory() as scratch:
        report = Path(scratch, "junit.xml")
        command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", f"--junitxml={report}", *options]
        code = subprocess.run(command, cwd=HERE / name, check=False).returncode
        cases = ET.parse(report).getroot().iter("testcase")
        return code, {str(case.get("name")) for case in cases if case.find("failure") is not None}


def main() -> int:
    green = run("shop", "--fitness-prove")
    red = run("drifted")
    as_it_should_be = green == (0, set()) and red == (1, FITNESS_TESTS)
    print()
    print("shop: green" if green == (0, set()) else f"shop: UNEXPECTED {green}")
    print(f"drifted: red in {len(red[1])} fitness tests, as it should be" if red[1] else f"drifted: UNEXPECTED {red}")
    return 0 if as_it_should_be else 1


if __name__ == "__main__":
    sys.exit(main())
