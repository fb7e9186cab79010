# The whole set-up on a machine with Python 3.11+ and make:
#   make serve      the app with the practice school, in your browser
#   make test       every check
#   make test-long  what takes minutes
#   make lab        the notebooks
#   make lint       style, types, import contracts
#   make bench      measurements, as ratios
#   make pictures   the pictures of README and guide, made anew
#   make pins       what everybody tests with, after a dependency changed
#   make clean      remove what make made (never a store)

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STORE ?= demo.care
PORT ?= 8866
JOBS ?= $(shell $(PYTHON) -c 'import os; print(min((os.cpu_count() or 1) + 1, 8))')

export PIP_DISABLE_PIP_VERSION_CHECK = 1

help:
	@sed -n 's/^#   //p' Makefile

.PHONY: help serve test test-long lab lint bench pictures clean pins
.DEFAULT_GOAL := help

# One stamp for the whole set-up: remade when a dependency changes.
$(VENV)/ready: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "carekit needs Python 3.11 or newer; try: make PYTHON=python3.12"; exit 2; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null \
	  || { echo "Python's venv is incomplete here. On Debian or Ubuntu install it with: sudo apt install python3-venv (or the package of your version: $$($(PYTHON) -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])'))"; exit 2; }
	@echo "Setting up $(VENV) (once; a minute or two) ..."
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[dev]'
	@touch $@

serve: $(VENV)/ready
	@$(BIN)/carekit serve --demo --port $(PORT) $(STORE)

# One process more than there are cores: while one waits for a browser, the others work.
test: lint
	@$(BIN)/python -m pytest -n $(JOBS) --dist worksteal

test-long: $(VENV)/ready
	@$(BIN)/python -m pytest -m long --durations=5

lab: $(VENV)/ready
	@$(BIN)/jupyter lab --notebook-dir=notebooks

lint: $(VENV)/ready
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

bench: $(VENV)/ready
	@$(BIN)/python -m benchmarks

# The pictures of README and guide, from the tour of the browser tests.
pictures: $(VENV)/ready
	@CAREKIT_PICTURES=docs/pictures $(BIN)/python -m pytest -q tests/browser/test_views.py

# After changing a dependency: what pip resolves becomes what everybody tests with.
pins: $(VENV)/ready
	@$(BIN)/python -m pip install --quiet --upgrade --upgrade-strategy eager --editable '.[dev]'
	@{ echo "# The versions carekit is tested with. \`make pins\` writes this file anew."; \
	   $(BIN)/python -m pip freeze --exclude-editable; } > constraints.txt

clean:
	@rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
