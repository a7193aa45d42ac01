# make setup   .venv with attune, attune-engine, attune-kb
# make demo    watch a recorded call being heard and assisted (CALL=1, 2 or 3)
# make test    all checks and tests; make lint: the checks alone; make bench: figures

CALL ?= 1
BIN := .venv/bin
QUIET := OMP_NUM_THREADS=1 HF_HUB_OFFLINE=1 QT_QPA_PLATFORM=offscreen

.DEFAULT_GOAL := help
.PHONY: help setup setup-dev demo lint test bench

help:
	@sed -n 's/^# //p' $(firstword $(MAKEFILE_LIST))

setup:
	@.ci/setup

setup-dev:
	@.ci/setup dev

demo: setup
	@$(BIN)/attune demo --call $(CALL)

lint: setup-dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/lint-imports
	$(BIN)/mypy

test: lint
	$(QUIET) $(BIN)/pytest -n 2

bench: setup-dev
	@for figures in benchmarks/[!_]*.py; do \
	  $(QUIET) $(BIN)/python -m benchmarks.$$(basename $$figures .py) || exit 1; done
