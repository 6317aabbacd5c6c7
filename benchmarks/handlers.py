"""What it costs to find and classify handlers, held against parsing the same files: ``make bench-handlers``.

Made-up applications of 250 and 1,000 modules (FastAPI; schemas, services, tables and three handlers in every module), and public ones
that are downloaded, the second of 1,262 modules, where most of the code is none of the API. Each
number is the best of several runs of a process of its own; ratios are to `ast.parse` of the files in scope, in the same series.

cold: nothing is remembered. warm: nothing has changed. rules: seven rules, each of which asks for handlers, and four for what they do.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

BUILD = Path(__file__).parents[1] / "build" / "handlers"
RUNS = 5
PUBLIC = (("fief-server", "0.27.0", "fief"), ("zenml", "0.93.1", "zenml"))

MODULE = '''"""Orders of kind {n}."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException
from pydantic import BaseModel, Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.base import Base, Page, get_session
from app.m{previous} import Line{previous}

router = APIRouter(prefix="/m{n}")
SessionDep = Annotated[Session, Depends(get_session)]


class Row{n}(Base):
    """A row."""

    __tablename__ = "rows{n}"


class Line{n}(BaseModel):
    """A line."""

    sku: str = Field(min_length=1)
    quantity: int = 1
    previous: Line{previous} | None = None


class Order{n}(BaseModel):
    """An order."""

    number: int
    lines: list[Line{n}]
    totals: dict[str, int] = {{}}


class Service{n}:
    """What can be done."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def all(self, limit: int) -> list[Row{n}]:
        """Return some."""
        found = self.session.scalars(select(Row{n}).limit(limit)).all()
        return [row for row in found if row is not None]

    def place(self, order: Order{n}) -> Row{n}:
        """Place one."""
        row = Row{n}(number=order.number)
        for line in order.lines:
            if line.quantity < 1:
                raise ValueError(line.sku)
        self.session.add(row)
        return row


def service(session: SessionDep) -> Service{n}:
    """Make a service."""
    return Service{n}(session)


ServiceDep = Annotated[Service{n}, Depends(service)]


@router.get("")
def list_orders(service: ServiceDep, limit: int = 10) -> Page[Order{n}]:
    """Return orders."""
    return Page(items=[Order{n}.model_validate(row) for row in service.all(limit)])


@router.post("", response_model=Order{n}, status_code=201)
async def place_order(order: Order{n}, service: ServiceDep):
    """Place an order."""
    try:
        return service.place(order)
    except ValueError as error:
        raise HTTPException(422, str(error)) from error


@router.delete("/{{number}}", status_code=204)
def delete_order(number: int, session: SessionDep) -> None:
    """Delete an order."""
    session.delete(session.get(Row{n}, number))
'''
BASE = '''"""What all have in common."""

from collections.abc import Generator
from typing import Generic, TypeVar

from pydantic import BaseModel
from sqlalchemy.orm import DeclarativeBase, Session

T = TypeVar("T")


class Base(DeclarativeBase):
    """Rows."""


class Page(BaseModel, Generic[T]):
    """Some of many."""

    items: list[T]


def get_session() -> Generator[Session]:
    """One session a request."""
    yield Session()
'''
MEASURE = """
import ast, json, sys, time
from pathlib import Path
root, package, cache, what = sys.argv[1:5]
files = sorted(Path(root, package).rglob("*.py"))
def parsed():
    for file in files:
        try:
            ast.parse(file.read_bytes())
        except SyntaxError:
            pass
def judged():
    from pytest_fitness.frameworks import builtin
    from pytest_fitness.model.contents import Frameworks
    from pytest_fitness.sources import Project, read
    frameworks = Frameworks(builtin())
    start = time.perf_counter()
    codebase = read(Project(Path(root), packages=(package,)), frameworks=frameworks, cache=Path(cache))
    tree = time.perf_counter() - start
    codebase.handlers(list(codebase.modules.values()))
    return tree
def ruled():
    from pytest_fitness import rules
    from pytest_fitness.frameworks import builtin
    from pytest_fitness.model.contents import Frameworks
    from pytest_fitness.sources import Project, read
    codebase = read(Project(Path(root), packages=(package,)), frameworks=Frameworks(builtin()), cache=Path(cache))
    for rule in ("BoundarySchemas", "OrmAtBoundary", "RawResponses", "FatHandlers", "BlockingAsyncHandlers", "WritingReads"):
        codebase.violations(getattr(rules, rule)(package))
    codebase.violations(rules.BoundarySchemas(package, level="deep"))
if what != "parse":
    import pytest_fitness.sources.syntax, pytest_fitness.rules.fat_handlers
start = time.perf_counter()
tree = {"parse": parsed, "handlers": judged, "rules": ruled}[what]()
print(json.dumps([time.perf_counter() - start, len(files)]))
"""


def made_up(count: int) -> Path:
    """Write an application of *count* modules; return the directory that it is in."""
    root = BUILD / f"made-up-{count}"
    if not root.exists():
        package = root / "app"
        package.mkdir(parents=True)
        (package / "__init__.py").touch()
        (package / "base.py").write_text(BASE)
        for n in range(count):
            previous = n - 1 if n % 10 else n  # ten modules a group
            text = MODULE.format(n=n, previous=previous)
            own = f"from app.m{n} import Line{n}\n"
            (package / f"m{n}.py").write_text(text.replace(own, ""))
    return root


def public(name: str, version: str) -> Path:
    """Download a public application; return the directory that it is in."""
    root = BUILD / f"{name}-{version}"
    if not root.exists():
        command = [
            sys.executable,
            "-m",
            "pip",
            "download",
            "--quiet",
            "--no-deps",
            f"{name}=={version}",
            "--dest",
            str(BUILD),
        ]
        subprocess.run(command, check=True)
        wheel = next(BUILD.glob(f"{name.replace('-', '_')}-{version}*.whl"))
        shutil.unpack_archive(wheel, root, "zip")
    return root


def measured(root: Path, package: str, what: str, *, warm: bool) -> float:
    """Return the best time of several processes, in seconds."""
    times: list[float] = []
    with tempfile.TemporaryDirectory() as kept:
        for number in range(RUNS + warm):
            with tempfile.TemporaryDirectory() as fresh:
                command = [sys.executable, "-c", MEASURE, str(root), package, kept if warm else fresh, what]
                result = subprocess.run(command, capture_output=True, text=True, check=True)
                if number or not warm:
                    times.append(json.loads(result.stdout)[0])
    return min(times)


def main() -> None:
    """Measure, print, and write ``build/handlers.json``."""
    BUILD.mkdir(parents=True, exist_ok=True)
    found: dict[str, dict[str, float]] = {}
    projects = [(made_up(count), "app", f"{count} modules") for count in (250, 1000)]
    projects += [(public(name, version), package, f"{name} {version}") for name, version, package in PUBLIC]
    for root, package, title in projects:
        parse = measured(root, package, "parse", warm=False)
        row = {"ast.parse, s": parse}
        for what in ("handlers", "rules"):
            for warm in (False, True):
                row[f"{what} {'warm' if warm else 'cold'}"] = measured(root, package, what, warm=warm) / parse
        found[title] = row
        print(f"{title:20}", "  ".join(f"{name} {value:.2f}" for name, value in row.items()), flush=True)
    (BUILD.parent / "handlers.json").write_text(json.dumps(found, indent=2) + "\n")


if __name__ == "__main__":
    main()
