# `make demo` runs the main job on the example application; `make test` runs everything that CI runs.
# Both set themselves up: python3 and make are all they need.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: demo test lint types unit pages docs startup compare bench bench-handlers bench-boundary bench-adoption mutants test-matrix clean

$(READY): pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	touch $@

demo: $(READY)
	$(BIN)/python examples/demo.py

test: lint types unit

lint: $(READY)
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/lint-imports --no-cache

types: $(READY)
	$(BIN)/mypy
	$(BIN)/basedpyright

unit: $(READY)
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest --fitness-prove
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report

pages: $(READY)
	$(BIN)/python docs/rule_pages.py

docs: pages
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[docs]'
	$(BIN)/sphinx-build -q -W -b html docs docs/_build

startup: $(READY)
	$(BIN)/python benchmarks/startup.py

compare: $(READY)
	$(BIN)/python benchmarks/compare.py

bench: $(READY)
	$(BIN)/python benchmarks/speed.py

bench-handlers: $(READY)
	$(BIN)/python benchmarks/handlers.py

bench-boundary: $(READY)
	$(BIN)/python benchmarks/boundary.py

bench-adoption: $(READY)
	$(BIN)/python benchmarks/adoption.py

test-matrix: $(READY)
	$(BIN)/python benchmarks/matrix.py

mutants: $(READY)
	$(BIN)/python benchmarks/mutants.py --each 1

clean:
	rm -rf $(VENV) .coverage .coverage.* .mypy_cache .pytest_cache .ruff_cache build dist docs/_build
