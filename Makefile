# The commands of the project; each sets up what it needs.
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
CHECKED := build/typecheck
PACKAGES := anolyte.datasets anolyte.features anolyte.models anolyte.experiments

.PHONY: help setup screen test lint format bench ui notebooks wheel clean

help: ## show this help
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

setup: $(READY) ## make .venv with anolyte and the developer tools

$(READY): pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit("anolyte needs Python 3.11 or newer") if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	touch $(READY)

screen: $(READY) ## train on the shipped lithium table and rank candidates
	$(BIN)/anolyte train --metal Li
	$(BIN)/anolyte screen --metal Li

test: $(READY) ## run all tests
	$(BIN)/python -m pytest -n 2 --dist loadfile

lint: $(READY) ## ruff, then mypy on the built package
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	rm -rf build
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --target $(CHECKED) .
	cd $(CHECKED) && $(CURDIR)/$(BIN)/mypy --config-file $(CURDIR)/pyproject.toml --cache-dir $(CURDIR)/.mypy_cache $(PACKAGES:%=-p %)

format: $(READY) ## rewrite the code in the project's style
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(READY) ## measure the speed, as ratios in one run
	$(BIN)/python -m anolyte.experiments.benchmarks.featurize
	$(BIN)/python -m anolyte.experiments.benchmarks.speed

ui: $(READY) ## open the MLflow page on 127.0.0.1
	$(BIN)/anolyte ui

notebooks: $(READY) ## run the notebooks in place
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[notebooks]'
	$(BIN)/python -m jupyter nbconvert --to notebook --execute --inplace experiments/notebooks/*.ipynb

wheel: $(READY) ## build the wheel into dist/
	rm -rf build dist
	$(BIN)/python -m build --wheel --outdir dist .

clean: ## remove what the other commands made, but no models and no tracking store
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
