# Two targets do all the set-up on a fresh machine: `make up` and `make test`. The rest is for those who change Oko.
SHELL := /bin/bash
.DEFAULT_GOAL := help

UV_VERSION := 0.13.9
UV := $(shell command -v uv 2>/dev/null || echo .uv/bin/uv)
# the environments are made by `setup`; without --no-sync every call would compile them again
OKO := $(UV) run --no-sync oko
RUN := $(UV) run --no-sync
# two files or folders at a time, as tests/conftest.py shares them out
PYTEST := $(RUN) pytest -n 2 --dist loadfile --no-loadscope-reorder
OKO_HOME ?= $(CURDIR)/data
export OKO_HOME
# bytecode is compiled once at install: Python imports are the fixed cost of a night
export UV_COMPILE_BYTECODE := 1
export UV_PYTHON_DOWNLOADS := never
export DO_NOT_TRACK := 1

.PHONY: help up setup test test-full lint lint-quick generate superset-export acceptance audit bench bundle

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

up: setup ## everything: environments, sample data when landing/ is empty, refresh, Superset and Dagster until Ctrl-C
	@if [ -z "$$(find "$(OKO_HOME)/landing" -type f -print -quit 2>/dev/null)" ]; then $(OKO) sample; fi
	@$(OKO) refresh || [ $$? -eq 1 ]
	@exec $(OKO) serve

setup: .stamps/oko .stamps/superset ## the two locked environments and nothing else

.uv/bin/uv:
	@echo "· uv $(UV_VERSION)"
	@python3 -m venv .uv || { echo "Нужен пакет python3-venv (apt-get install python3-venv)"; exit 1; }
	@.uv/bin/pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)

.stamps/oko: pyproject.toml uv.lock | $(UV)
	@echo "· окружение Oko (Dagster, dbt, DuckDB, polars)"
	@$(UV) sync --frozen
	@mkdir -p .stamps && touch $@

.stamps/superset: superset/pyproject.toml superset/uv.lock | $(UV)
	@echo "· окружение Superset"
	@cd superset && $(abspath $(UV)) sync --frozen
	@mkdir -p .stamps && touch $@

test: setup lint-quick ## the whole suite: real Postgres, real Superset, real browser
	@$(PYTEST)

test-full: setup lint ## the same with the slow sweeps at full size, and the SQL linter
	@OKO_TEST_FULL=1 $(PYTEST)

lint: lint-quick ## ruff, mypy, yamllint, and sqlfluff, which takes longer than all of the others together
	@$(RUN) sqlfluff lint --processes 2 dbt_project/models dbt_project/tests dbt_project/macros

lint-quick: setup
	@$(RUN) ruff check .
	@$(RUN) ruff format --check .
	@$(RUN) mypy
	@$(RUN) yamllint --strict .

generate: setup ## files made from declarations: dbt sources, plain staging models, docs/sources, docs/indicators
	@$(RUN) python -m orchestration.dbt_sources
	@$(RUN) python -m orchestration.source_docs
	@$(RUN) python -m orchestration.indicator_docs

superset-export: setup ## SLUG=…: a dashboard edited in the browser back into superset/assets
	@superset/.venv/bin/python superset/tools/export.py $(SLUG)
	@superset/.venv/bin/python superset/tools/validate.py

acceptance: setup ## the region of ../shared/acceptance through an empty home, compared
	@$(RUN) python tests/acceptance.py

audit: setup ## known vulnerabilities of every locked package; needs the network, and fails where there is none
	@UV="$(abspath $(UV))" $(RUN) python .ci/audit.py

bundle: $(UV) ## dist/oko-….tar.gz: everything that a server without a network needs (docs/installing.md)
	@UV="$(abspath $(UV))" deploy/bundle/build.sh

bench: setup ## ratios in one run on this machine
	@$(RUN) python benchmarks/bench.py
