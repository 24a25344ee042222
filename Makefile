# The commands of the project; each sets up what it needs.
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
CHECKED := build/typecheck
LOWEST := .venv-lowest
SOURCES = $(shell find datasets features models experiments -name '*.py' -o -name '*.csv' -o -name '*.yaml')
EXECUTED = $(patsubst experiments/%,build/%,$(wildcard experiments/notebooks/*.ipynb))
TESTS := -m pytest -n 2 --dist loadfile
PACKAGES := anolyte.datasets anolyte.features anolyte.models anolyte.experiments

.PHONY: help setup screen tables properties test test-robustness test-ui test-lowest constraints lint format fuzz bench ui images notebooks docs wheel clean

help: ## show this help
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

setup: $(READY) ## make .venv with anolyte and the developer tools

$(READY): pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit("anolyte needs Python 3.11 or newer") if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	touch $(READY)

screen: $(READY) ## train on the shipped lithium table and rank candidates
	$(BIN)/anolyte train --metal Li
	$(BIN)/anolyte screen --metal Li

test: export OMP_NUM_THREADS = 1
test: $(READY) ## run all tests but the slow ones of test-robustness
	$(BIN)/python $(TESTS) -m "not slow"

test-ui: $(VENV)/.ui-test ## look at the MLflow page and the documentation in a headless Chromium
	$(BIN)/python -m pytest tests/ui -rs

images: $(VENV)/.ui-test ## take the pictures in docs/images anew, from real runs
	$(BIN)/python tests/ui/pictures.py

# Playwright drives the Chromium of the system; pip installs no browser.
$(VENV)/.ui-test: $(READY)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[ui-test,docs]'
	touch $@

# What is tried at random is of the project's own grammar and sums, whatever the versions.
test-lowest: $(LOWEST)/.ready ## run the tests with the lowest versions that are allowed
	$(LOWEST)/bin/python $(TESTS) -m "not slow and not hypothesis" tests/datasets tests/features tests/models tests/experiments

$(LOWEST)/.ready: pyproject.toml .ci/lowest.py
	$(PYTHON) -m venv $(LOWEST)
	$(PYTHON) .ci/lowest.py > $(LOWEST)/pins.txt
	$(LOWEST)/bin/python -m pip install --quiet --disable-pip-version-check --constraint $(LOWEST)/pins.txt --editable '.[test]'
	touch $@

constraints: ## pin the newest versions that pyproject.toml allows; run the tests afterwards
	rm -rf build/newest
	$(PYTHON) -m venv build/newest
	build/newest/bin/python -m pip install --quiet --disable-pip-version-check '.[quantum,cluster,notebooks,docs,ui-test,dev]'
	echo '# Versions that the project was tested with; pip install --constraint constraints.txt' > constraints.txt
	build/newest/bin/python -m pip freeze --exclude anolyte >> constraints.txt
	rm -rf build/newest

tables: $(READY) ## write what is counted and described of the shipped tables anew
	$(BIN)/python docs/build/table_counts.py
	$(BIN)/python -m anolyte.datasets.measurements.croissant

properties: $(READY) ## fit the models of further properties to their tables anew
	$(BIN)/python -m anolyte.models.properties.shipped

# With MOMENTS=0 each is killed two or three times, and nothing is tried at random.
test-robustness: MOMENTS ?= 50
test-robustness: $(READY) ## kill and interrupt at fifty moments, fill the disk, try a thousand of all at random
	ANOLYTE_MOMENTS=$(MOMENTS) $(BIN)/python $(TESTS) -m slow
	test $(MOMENTS) = 0 || ANOLYTE_MOMENTS=$(MOMENTS) $(BIN)/python $(TESTS) -m hypothesis

lint: $(READY) ## ruff, the contracts between the packages, then mypy on the built package
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-cache --no-logo
	rm -rf build
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --target $(CHECKED) .
	cd $(CHECKED) && $(CURDIR)/$(BIN)/mypy --config-file $(CURDIR)/pyproject.toml --cache-dir $(CURDIR)/.mypy_cache $(PACKAGES:%=-p %)

fuzz: $(READY) ## try odd formulations for eight minutes; atheris guides it if installed
	$(BIN)/python tests/fuzz/fuzz_formulations.py --seconds 480

format: $(READY) ## rewrite the code in the project's style
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(READY) ## measure the speed, as ratios in one run
	$(BIN)/python -m anolyte.experiments.benchmarks.featurize
	$(BIN)/python -m anolyte.experiments.benchmarks.speed
	$(BIN)/python -m anolyte.experiments.benchmarks.libraries

ui: $(READY) ## open the MLflow page on 127.0.0.1
	$(BIN)/anolyte ui

notebooks: $(READY) ## run the notebooks in place
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[notebooks]'
	$(BIN)/python -m jupyter nbconvert --to notebook --execute --inplace experiments/notebooks/*.ipynb

docs: $(VENV)/.docs $(EXECUTED) ## build the documentation into site/, strictly
	NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --strict --quiet

$(VENV)/.docs: $(READY)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[docs]'
	touch $@

# The notebooks with their results, made anew when they or the code have changed.
build/notebooks/%.ipynb: experiments/notebooks/%.ipynb $(SOURCES) | $(VENV)/.docs
	$(BIN)/python -m nbconvert --log-level ERROR --to notebook --execute --output-dir build/notebooks $<

wheel: $(READY) ## build the wheel into dist/
	rm -rf build dist
	$(BIN)/python -m build --wheel --outdir dist .

clean: ## remove what the other commands made, but no models and no tracking store
	rm -rf $(VENV) build dist site *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
