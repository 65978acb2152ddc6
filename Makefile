# make demo and make test are all a newcomer needs; both do the set-up.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export GATE_DEMO_OUT ?= build/demo

.PHONY: help setup setup-dev models demo lint test check bench quality soak samples generated lock clean

help:
	@echo "make demo     check the bundled sample delivery"
	@echo "make test     run the test suite"
	@echo "make setup    the set-up alone; then $(BIN)/gate works"
	@echo "make lint     format, lint, types, import contracts, generated files"
	@echo "make check    lint and test"
	@echo "make soak     2,000 damaged files"
	@echo "make bench    benchmarks, as ratios"
	@echo "make quality  how well material is known again, against the last release"

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' \
	  || { echo "Check the Gate needs Python 3.11 to 3.13: make PYTHON=python3.12 …" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.run: requirements/run.txt pyproject.toml | $(VENV)/bin/python
	@echo "Setting up (once): hash-pinned libraries into $(VENV) …" >&2
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes \
	  -r requirements/run.txt >&2
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps \
	  --no-build-isolation --editable . >&2
	@touch $@

$(VENV)/.dev: requirements/dev.txt $(VENV)/.run
	@echo "Setting up the tools for tests (once) …" >&2
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes \
	  -r requirements/dev.txt >&2
	@touch $@

# The weights of networks for matching, into the account's own folder; set-up goes on without.
models: $(VENV)/.run
	@$(BIN)/python -m checkthegate.app.models fetch

setup: $(VENV)/.run models
setup-dev: $(VENV)/.dev models

# The report's path is the last line; the verdict does not fail the demo.
demo: setup
	@$(BIN)/python samples/story.py $(GATE_DEMO_OUT)-records
	@echo
	@echo "And everything that is delivered with the reel, judged by these records:"
	@echo
	@$(BIN)/gate check samples/delivery --home $(GATE_DEMO_OUT)-records --out $(GATE_DEMO_OUT); \
	  status=$$?; if [ $$status -gt 1 ]; then exit $$status; fi

lint: setup-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m tests.drift

test: setup-dev
	$(BIN)/python -m pytest

check: lint test

soak: setup-dev
	$(BIN)/python -m tests.soak.soak --count 2000 --seed 1
	$(BIN)/python -m tests.soak.killing --points 200
	$(BIN)/python -m tests.soak.tampering --count 300

bench: setup-dev
	$(BIN)/python bench/observers.py
	$(BIN)/python bench/rerun.py
	$(BIN)/python bench/ask.py
	$(BIN)/python bench/ledger.py
	$(BIN)/python bench/lineage.py
	$(BIN)/python bench/lookups.py
	$(BIN)/python bench/images.py
	$(BIN)/python bench/screening.py
	$(BIN)/python bench/words.py
	$(BIN)/python bench/sound.py
	$(BIN)/python bench/timelines.py

# Corpora are made once, into build/quality. See quality/README.md.
quality: setup-dev
	$(BIN)/python -m quality

samples: setup-dev
	$(BIN)/python samples/make_delivery.py

# What is made from code and checked for drift: schemas, rule pages, the manual of declarations.
generated: setup-dev
	$(BIN)/python -m checkthegate.report.schemas schemas
	$(BIN)/python -m checkthegate.app.schemas schemas
	$(BIN)/python -m checkthegate.app.rules_pages docs/rules

# Needs pip-tools. The files name no index: installers use the one they are configured with.
lock:
	cd requirements && for name in run dev; do \
	  CUSTOM_COMPILE_COMMAND="make lock" pip-compile --quiet --generate-hashes --allow-unsafe \
	    --strip-extras --no-emit-index-url --no-emit-find-links --no-emit-trusted-host \
	    --output-file=$$name.txt $$name.in || exit 1; done

clean:
	rm -rf $(VENV) build .mypy_cache .ruff_cache .hypothesis .import_linter_cache
