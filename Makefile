# Needs make and Python 3.11 or newer; everything else goes into .venv and instance/, which `make clean` removes.

PORT ?= 8000
QUICK = --quick
PYTHON := .venv/bin/python
CATALOGUES := $(wildcard briefings/translations/*/LC_MESSAGES/messages.po)
COMPILED := $(CATALOGUES:.po=.mo)
FLASK := $(PYTHON) -m flask --app wsgi
INSTALL := $(PYTHON) -m pip install --quiet --quiet --require-hashes -r
LOCK := .venv/bin/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-header

# pip's and Python's own remarks would bury ours.
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PYTHONUTF8 := 1
# Compiling the program and the tests anew in each process takes longer than running many a test.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run demo test check lint format validate bench pictures translations wheel lock clean assets database

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: database ## Set everything up and run the demonstration on http://127.0.0.1:8000 (other port: make run PORT=8001)
	@echo "Starting the web server and the worker ..."
	@$(FLASK) serve --port $(PORT)

test: .venv/.test assets $(COMPILED) ## Run the tests, on SQLite and PostgreSQL by turns, but slow ones (some, in full: make test ARGS="tests/schedule -k seat")
	@$(PYTHON) -m pytest -n auto --dist worksteal $(QUICK) $(ARGS)

check: lint ## Check style, imports and types, and run every test on both databases, as before every release
	@$(MAKE) --no-print-directory test QUICK=

lint: .venv/.test ## Check style, import rules and types
	@echo "Checking style, import rules and types ..."
	@$(PYTHON) -m ruff check .
	@$(PYTHON) -m ruff format --check .
	@.venv/bin/lint-imports --no-logo
	@$(PYTHON) -m mypy

format: .venv/.test ## Put the code into the common form
	@$(PYTHON) -m ruff check --fix-only .
	@$(PYTHON) -m ruff format .

validate: .venv/.test .venv/.npm $(COMPILED) ## Judge every page in every state by the Nu HTML checker (a minute; needs Java)
	@$(PYTHON) -m tests.journeys.validating

bench: .venv/.test assets $(COMPILED) ## Measure speed and memory next to the bare limits; prints tables
	@$(PYTHON) -m tests.load $(ARGS)

demo: ## Throw the local database away and load the demonstration anew
	@rm -f instance/briefings.db*
	@$(MAKE) --no-print-directory database

pictures: .venv/.test assets $(COMPILED) ## Take the pictures of README anew from the running example
	@$(PYTHON) -m tests.journeys.screenshots

translations: .venv/.test ## Collect the texts into the catalogues and compile them
	@mkdir -p build
	@.venv/bin/pybabel --quiet extract -F pyproject.toml -k _l -k lazy_gettext --no-location --sort-output \
		--no-wrap -o build/messages.pot .
	@for catalogue in $(CATALOGUES); do \
		.venv/bin/pybabel --quiet update --no-fuzzy-matching --ignore-obsolete --no-wrap --ignore-pot-creation-date \
			-i build/messages.pot -o $$catalogue -l $$(basename $$(dirname $$(dirname $$catalogue))); done
	@$(MAKE) --no-print-directory $(COMPILED)

wheel: .venv/.test ## Build the package for production in dist/
	@$(PYTHON) -m build --wheel --no-isolation

lock: .venv/.test ## Look for newer versions and write all lock files
	@$(LOCK) pyproject.toml -o requirements.lock
	@$(LOCK) pyproject.toml --extra test -c requirements.lock -o tests/requirements.lock
	@$(LOCK) --group npm -o .ci/npm.lock

clean: ## Remove everything that was made, the local database too
	@rm -rf .venv instance build dist briefings/static/vendor $(COMPILED)
	@find . -name __pycache__ -prune -exec rm -rf {} +

# --- What the targets above stand on; each step leaves a mark and is skipped the next time ---

# The distribution's Python comes first: version managers build theirs without optimizations, which takes a seventh longer.
.venv/bin/python:
	@for candidate in /usr/bin/python3 python3.11 python3 python3.12 python3.13 python3.14; do \
		if $$candidate -c 'import sys, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
			echo "Creating .venv with $$($$candidate --version) ..."; exec $$candidate -m venv .venv; fi; done; \
	echo "This needs Python 3.11 or newer with venv (Debian: python3-venv). Install it and try again." >&2; exit 1

.venv/.run: requirements.lock | .venv/bin/python
	@echo "Installing what the program needs into .venv (a minute the first time) ..."
	@$(INSTALL) requirements.lock
	@touch $@

.venv/.test: tests/requirements.lock .venv/.run
	@echo "Installing the test tools into .venv ..."
	@$(INSTALL) tests/requirements.lock
	@touch $@

%.mo: %.po .venv/.run
	@echo "Compiling the English texts ..."
	@.venv/bin/pybabel --quiet compile -i $< -o $@

# Fonts and icons are a nicety: without network the program runs on system fonts, and the next run tries again.
.venv/.npm: .ci/npm.lock .venv/.run
	@command -v npm >/dev/null || { echo "Installing npm into .venv to fetch fonts and icons ..."; $(INSTALL) .ci/npm.lock; }
	@touch $@

assets: .venv/.run
	@$(MAKE) --silent .venv/.npm && $(PYTHON) -m briefings.assets || true

database run: export IEUM_ENV ?= development
database run: export LOG_LEVEL ?= WARNING
database run: export PUBLIC_URL ?= http://127.0.0.1:$(PORT)
database: .venv/.run assets $(COMPILED)
	@mkdir -p instance
	@echo "Bringing the database up to date ..."
	@$(FLASK) db upgrade
	@$(FLASK) demo
