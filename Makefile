# Everything that is done with this repository. Only make and Python 3.11 or newer have to be there.
.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
LOCK := requirements/lock.txt
DEMO := demo-export
EMULATOR_PORT := 8765
# Hashes and pins only: no index, no host, no comment may end up in the lock.
COMPILE = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --no-header --no-annotate --no-strip-extras \
	--no-emit-index-url --no-emit-find-links --group dev pyproject.toml
# uv takes a third of pip's time, but does not read pip's configuration: the index chosen there is passed on to it.
INDEX = $${PIP_INDEX_URL:-$$($(BIN)/pip config get global.index-url 2>/dev/null)}
INSTALL = index=$(INDEX); $(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python $${index:+--default-index "$$index"}

# The many processes that the tests start would each compile everything anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help setup demo test coverage test-system test-slow check check-lock bench soak figures bench-large bench-peers ui lock clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(VENV)/installed ## make .venv with everything in it

$(VENV)/installed: pyproject.toml $(LOCK)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo "Python 3.11 or newer is needed; name it with: make setup PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "Python's venv module is missing; on Debian: apt-get install python3-venv" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	@sed -n '/^uv==/,/[^\\]$$/p' $(LOCK) >$(VENV)/uv.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r $(VENV)/uv.txt
	@$(INSTALL) --require-hashes -r $(LOCK) || { \
		echo "uv cannot install from here; pip does, in minutes" >&2; \
		$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r $(LOCK); }
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

demo: setup ## export the emulated workspace into demo-export, no token needed
	$(BIN)/notion-sync demo --output $(DEMO)

test: setup ## all tests that need nothing installed
	$(BIN)/pytest -n 2 -m "not system and not slow"

# Not part of test: measuring lines and branches on Python 3.11 takes as long again as the tests.
coverage: setup ## the same with coverage, which has to be at least 90 %
	$(BIN)/pytest -n 2 -m "not system and not slow" --cov --cov-report=term:skip-covered

# Three workers keep two cores busy: these tests wait a lot, for daemons, browsers and windows.
test-system: setup ## tests with Chromium and Node, and those of whole processes
	$(BIN)/pytest -n 3 --dist loadfile --no-loadscope-reorder -m "system and not slow"

test-slow: setup ## slow tests: large workspaces, faults, outages
	$(BIN)/pytest -m slow

check: setup check-lock ## lint, format, types, import rules, lock
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

# Only pins are compared: a release may get new files, and so new hashes, after it was locked.
check-lock: setup
	@cp $(LOCK) $(VENV)/lock.txt
	@if $(COMPILE) --output-file $(VENV)/lock.txt >/dev/null 2>$(VENV)/lock.log; then \
		diff <(grep -o '^[^ ]*==[^\\]*' $(LOCK) | sed 's/ *$$//') <(grep '==' $(VENV)/lock.txt) \
			&& echo "lock: current" || { echo "lock: does not match pyproject.toml; run: make lock" >&2; exit 1; }; \
	elif grep -qiE 'failed to fetch|error sending request|dns error|connect' $(VENV)/lock.log; then \
		echo "lock: NOT CHECKED, the package index cannot be reached" >&2; \
	else cat $(VENV)/lock.log >&2; exit 1; fi

bench: setup ## measure requests, speed, memory and sizes in less than 15 minutes
	$(BIN)/python -m benchmarks small


soak: setup ## half an hour of everything at once: daemon, webhooks, changes, outages, a kill
	$(BIN)/python -m benchmarks.soak

figures: setup ## expect of an export the requests, events, files and bytes that it has now
	$(BIN)/python -m notion_sync_assets_tests.figures

bench-large: setup ## the same up to 100,000 pages: hours, and goes on where it was interrupted
	$(BIN)/python -m benchmarks large

bench-peers: setup ## other exporters on the same emulated workspace (needs node and npm; about an hour)
	$(BIN)/python -m benchmarks.peers
	$(BIN)/python -m benchmarks.plots
	$(BIN)/python -m benchmarks.report > docs/benchmarks.md

ui: demo ## Dagster's UI and daemon on the demo export and its emulated workspace
	@export DAGSTER_HOME="$(CURDIR)/$(DEMO)/.dagster" NOTION_SYNC_OUTPUT__PATH="$(CURDIR)/$(DEMO)"; \
	export NOTION_BASE_URL=http://127.0.0.1:$(EMULATOR_PORT) NOTION_TOKEN=secret_demo; \
	trap 'kill $$(jobs -p)' EXIT; \
	$(BIN)/python -m notion_sync_assets.emulator --world demo --port $(EMULATOR_PORT) & \
	$(BIN)/dagster-daemon run -w workspace.yaml & \
	$(BIN)/dagster-webserver -h 127.0.0.1 -p 3000 -w workspace.yaml

lock: setup ## resolve the dependencies anew, keeping what still fits
	$(COMPILE) --generate-hashes $(LOCK_OPTIONS) --output-file $(LOCK)

clean: ## remove what the other targets made
	rm -rf $(VENV) $(DEMO) build dist .coverage .coverage.* .pytest_cache .mypy_cache .ruff_cache \
		.import_linter_cache .hypothesis
