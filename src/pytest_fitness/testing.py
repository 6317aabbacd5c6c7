"""For people who write their own rules: codebases from texts, without a disk.

from pytest_fitness.testing import codebase

def test_star_imports_are_found() -> None:
    shop = codebase({"shop.domain.order": "from decimal import *"})

    assert [str(v) for v in shop.violations(StarImports(inside="domain"))] == [
        "shop/domain/order.py:1: shop.domain.order must not import *"
    ]
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pytest_fitness.frameworks import builtin
from pytest_fitness.frameworks.declared import Declared
from pytest_fitness.model import Codebase, CoverageReport, FileCoverage
from pytest_fitness.model.contents import Adapter, Frameworks
from pytest_fitness.model.syntax import Declaration
from pytest_fitness.settings import DECLARATIONS
from pytest_fitness.sources import from_texts

__all__ = ["codebase"]


def codebase(
    texts: Mapping[str, str],
    *,
    layers: Mapping[str, tuple[str, ...]] | None = None,
    missing: Mapping[str, tuple[int, ...]] | None = None,
    adapters: Sequence[Adapter] = (),
    frameworks: Mapping[str, Sequence[str]] | None = None,
) -> Codebase:
    """Return a codebase of the modules in *texts*.

    Args:
        texts: source text by full module name. A module with submodules is a package; packages that are not named have no
            ``__init__``.
        layers: names for parts of the code, as in ``[tool.pytest-fitness.layers]``.
        missing: line numbers by module that no test runs; every non-blank line counts as a statement. Without it, the
            codebase has no coverage data.
        adapters: of frameworks, believed before those that come with pytest-fitness.
        frameworks: what ``[tool.pytest-fitness.frameworks]`` would say.
    """
    declared = [Declaration(k, name, DECLARATIONS[k]) for k, names in (frameworks or {}).items() for name in names]
    decorators = [d.name for d in declared if d.option == "handler_decorators"]
    own = [Declared(decorators)] if decorators else []
    known = Frameworks((*adapters, *own, *builtin()), declared)
    coverage = None if missing is None else CoverageReport(_counted(texts, missing), origin="a test")
    return from_texts(texts, layers=layers, frameworks=known, coverage=coverage)


def _counted(texts: Mapping[str, str], missing: Mapping[str, tuple[int, ...]]) -> dict[str, FileCoverage]:
    return {
        name: FileCoverage(sum(1 for line in text.splitlines() if line.strip()), tuple(missing.get(name, ())))
        for name, text in texts.items()
    }
