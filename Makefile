# Huafang 画坊. `make help` lists what there is.
PORT ?= 8000
DATA ?= .huafang
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
COMPILE := $(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-header --no-annotate -q

.DEFAULT_GOAL := help
.PHONY: help run test check audit format bench migrate env lock events

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

$(VENV)/.local: locks/local.lock
	@echo "Making the environment (once) ..."
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r locks/local.lock
	@touch $@

$(VENV)/.dev: locks/dev.lock $(VENV)/.local
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r locks/dev.lock
	@touch $@

run: $(VENV)/.local ## the whole shop on this machine: PORT=8000 DATA=.huafang
	@$(BIN)/python -m deploy.local --port $(PORT) --data $(DATA)

test: $(VENV)/.dev ## the whole suite; says which tests could not run here and why
	@$(BIN)/python -m pytest -n 2 --dist loadfile

check: $(VENV)/.dev ## style, types, walls between services, deployment files
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python -m deploy.checks

audit: $(VENV)/.dev ## known vulnerabilities of the locked packages (asks the advisory databases)
	@$(BIN)/pip-audit --disable-pip --no-deps -r locks/runtime.lock

format: $(VENV)/.dev ## put the code in form
	@$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format .

bench: $(VENV)/.dev ## measure, each figure as a ratio to a floor of the same run
	@$(BIN)/python -m bench

migrate: $(VENV)/.local ## bring every service's database up to date: <SERVICE>_DATABASE_URL
	@$(BIN)/python -m shared.migrations all

env: $(VENV)/.local ## print a production .env with fresh secrets
	@$(BIN)/python -m deploy.environment

events: $(VENV)/.dev ## write docs/events.md anew from the contracts
	@$(BIN)/python -m deploy.events > docs/events.md

lock: ## resolve the dependencies anew into locks/
	@test -x $(BIN)/uv || { $(PYTHON) -m venv $(VENV) && $(BIN)/python -m pip install --quiet uv; }
	@$(COMPILE) -o locks/runtime.lock
	@$(COMPILE) --extra local -c locks/runtime.lock -o locks/local.lock
	@$(COMPILE) --extra local --extra dev -c locks/local.lock -o locks/dev.lock
