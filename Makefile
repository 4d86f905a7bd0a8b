.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:
MAKEFLAGS += --no-print-directory

bin := .venv/bin
report := build/cancer-pain.html

# A pip configuration of the user's own may choose where packages come from, not where they go:
# what is installed is fixed by the hashes in the locks.
export PIP_USER := 0
export PIP_NO_INPUT := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# Python compiles what it imports; compiling all that is installed would take as long again.
pip_install := $(bin)/python -m pip install --no-compile

.PHONY: help
help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' Makefile

.PHONY: run
run: .venv/thecal.stamp ## simulate the first example and open its report
	@mkdir -p build
	@$(bin)/thecal simulate examples/cancer-pain.toml --report $(report) --open

.PHONY: studies
studies: .venv/studies.stamp .venv/thecal.stamp ## add what virtual trials need (thecal study)

.PHONY: test
test: check ## run every check and every test
	@chromium=$$(scripts/find-chromium) || exit 1; \
	echo "Tests"; \
	CHROMIUM="$$chromium" $(bin)/python -m pytest --no-header
	@scripts/quietly "Proofs" $(bin)/thecal trace --check

.PHONY: check
check: .venv/test.stamp .venv/thecal.stamp ## run the linter, the formatter, the types and the floors
	@scripts/quietly "Lint" $(bin)/ruff check
	@scripts/quietly "Format" $(bin)/ruff format --diff
	@scripts/quietly "Types" $(bin)/mypy
	@scripts/quietly "Floors" $(bin)/lint-imports --no-logo

MINUTES ?= 10
.PHONY: soak
soak: .venv/thecal.stamp ## try the pump for MINUTES=n and write docs/evidence.md
	@$(bin)/thecal pump soak --minutes $(MINUTES) --record .

.PHONY: coverage
coverage: .venv/test.stamp .venv/thecal.stamp ## measure the branches of the implant that its tests take
	@mkdir -p build
	@$(bin)/python -m pytest --no-header --quiet tests/pump --cov=thecal.pump.implant --cov-branch \
		--cov-config=pyproject.toml --cov-report=term-missing --cov-report=json:build/coverage.json

.PHONY: bench
bench: .venv/test.stamp .venv/thecal.stamp ## run every benchmark, the peers included
	@set -e; for program in benchmarks/[a-z]*.py; do \
		$(bin)/python -m "benchmarks.$$(basename "$$program" .py)"; done

.PHONY: format
format: .venv/test.stamp ## format the code and mend what the linter can
	@$(bin)/ruff format
	@$(bin)/ruff check --fix

# The locks hold for every system and Python version that thecal supports. Each takes the versions
# of the one before it, so that one environment can hold them all.
compile := $(bin)/uv pip compile --quiet --universal --fork-strategy fewest --python-version 3.11 \
	--generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate --no-header \
	--upgrade pyproject.toml

.PHONY: lock
lock: .venv/test.stamp ## write the locks anew, with the newest versions
	@scripts/quietly "locks/run.txt" $(compile) --group build --output-file locks/run.txt
	@scripts/quietly "locks/studies.txt" $(compile) --group build --extra studies \
		--constraint locks/run.txt --output-file locks/studies.txt
	@scripts/quietly "locks/test.txt" $(compile) --group build --group lock --extra studies \
		--extra test --constraint locks/studies.txt --output-file locks/test.txt

.PHONY: clean
clean: ## remove all that was made here, the virtual environment too
	@rm -rf .venv build dist .coverage .hypothesis .import_linter_cache .mypy_cache .pytest_cache \
		.ruff_cache
	@find src tests benchmarks -name __pycache__ -prune -exec rm -rf {} +

# What is installed. A stamp is as old as the last installation from its sources.
.venv/run.stamp: locks/run.txt scripts/make-venv
	@scripts/make-venv
	@scripts/quietly "Installing what thecal needs" $(pip_install) --require-hashes -r $<
	@touch $@

.venv/studies.stamp: locks/studies.txt .venv/run.stamp
	@scripts/quietly "Installing what studies need" $(pip_install) --require-hashes -r $<
	@touch $@

.venv/test.stamp: locks/test.txt .venv/run.stamp
	@scripts/quietly "Installing what the tests need" $(pip_install) --require-hashes -r $<
	@touch $@

.venv/thecal.stamp: pyproject.toml src/thecal/__init__.py .venv/run.stamp
	@scripts/quietly "Installing thecal" $(pip_install) --no-deps --no-build-isolation --editable .
	@touch $@
