# Needs make, git and Python 3.11 or newer. Everything else goes into .venv/ of this checkout.

PYTHON ?= python3
VENV ?= .venv
PYTEST_FLAGS ?= -n auto --dist loadgroup
BENCH_FLAGS ?=

BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check install

# pip compiles what it copies, not what it links to; without this every start would compile the package anew wherever
# PYTHONDONTWRITEBYTECODE is set. Listing the rules keeps them parsed (auditor/language/kept.py).
COMPILE := $(BIN)/python -m compileall -q auditor && $(BIN)/auditor rules list > /dev/null

# Silences pip's advice to root users: in a container root is who we are, and .venv is a virtual environment.
export PIP_ROOT_USER_ACTION := ignore

.DEFAULT_GOAL := help
.PHONY: help demo test check lint types floors tests golden docs bench accuracy wheel clean

help:  ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(VENV)/installed  ## Check the sample logs; they hold one story for each classic mistake
	@status=0; $(BIN)/auditor check sample_logs/ || status=$$?; \
	if [ $$status -ne 1 ]; then \
	  echo "demo: auditor exited with $$status; expected 1, because the sample logs hold mistakes" >&2; exit 1; \
	fi

test: lint types floors tests  ## Set up and run everything: lint, types, floors, tests

check: test  ## The same as `make test`; what CI runs

lint: $(VENV)/developing  ## ruff
	$(BIN)/ruff check .

types: $(VENV)/developing  ## mypy, strict
	$(BIN)/mypy

floors: $(VENV)/developing  ## import-linter: who may import whom
	$(BIN)/lint-imports

tests: $(VENV)/developing  ## pytest alone
	$(BIN)/python -m pytest $(PYTEST_FLAGS)

golden: $(VENV)/developing  ## Write the expected outputs of the golden tests anew; read the diff before you commit it
	$(BIN)/python -m pytest --update-golden

docs: $(VENV)/developing  ## Write what of the documentation is generated anew: rules, quoted outputs, pictures
	$(BIN)/python -m documenting

bench: $(VENV)/benchmarking  ## Measure against hand-written SQL on the same file in the same run
	$(BIN)/python -m benchmarks $(BENCH_FLAGS)

accuracy: $(VENV)/developing  ## Simulate people, check their logs, and write the table of docs/accuracy.md anew
	$(BIN)/python -m benchmarks.simulate --document docs/accuracy.md

wheel: $(VENV)/developing  ## Build the wheel into dist/
	$(BIN)/python -m build --wheel --no-isolation --outdir dist

clean:  ## Remove the environment, caches and build results
	rm -rf $(VENV) dist build .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# --- The environment: stamps that are older than pyproject.toml make it anew -------------------------------

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Auditor needs Python 3.11 or newer; say which one: make PYTHON=python3.11" >&2; exit 1; }
	@echo "Setting up $(VENV) ..."
	@$(PYTHON) -m venv --clear $(VENV)

$(VENV)/installed: pyproject.toml | $(BIN)/python
	@$(PIP) --editable .
	@$(COMPILE)
	@touch $@

$(VENV)/developing: pyproject.toml | $(BIN)/python
	@$(PIP) --editable '.[dev]'
	@$(COMPILE)
	@touch $(VENV)/installed $@

$(VENV)/benchmarking: pyproject.toml | $(BIN)/python
	@$(PIP) --editable '.[bench]'
	@$(COMPILE)
	@touch $(VENV)/installed $@
