# make run, make test: nothing has to be installed by hand but Python 3.13 and make.
# PORT and DEBTFLOW_DATA may differ per copy, so that two copies run side by side.

SHELL := /bin/bash
.DEFAULT_GOAL := help

export PORT ?= 8000
export DEBTFLOW_DATA ?= $(CURDIR)/.data
# Development unless said otherwise: .env.example tells what production needs.
export DEBUG ?= 1

# Start-up is mostly imports: compiled once, they take a tenth of the time.
unexport PYTHONDONTWRITEBYTECODE

VENV := .venv
PYTHON := $(VENV)/bin/python
INSTALLED := $(VENV)/.installed
# uv installs in seconds and finds interpreters; without one on PATH it comes from PyPI into the environment itself.
UV := $(or $(shell command -v uv 2>/dev/null),$(VENV)/bin/uv)

.PHONY: help
help: ## what there is
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/\1\t\2/' | expand -t 12

.PHONY: install
install: $(INSTALLED) ## the environment, in .venv

.PHONY: run
run: $(INSTALLED) ## everything: database, demo data, SFTP, Stripe stand-in, web, worker
	@exec $(PYTHON) manage.py run --with-parent

.PHONY: test
test: $(INSTALLED) ## all tests (T="-k word" to choose)
	@$(PYTHON) -m pytest -n auto --dist worksteal $(T)

.PHONY: check
check: $(INSTALLED) ## style, types, layers, migrations, templates, deployment settings
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports
	$(PYTHON) manage.py makemigrations --check --dry-run
	$(PYTHON) manage.py check_templates
	$(PYTHON) manage.py check_deploy

.PHONY: bench
bench: $(INSTALLED) ## speed beside its limit (QUICK=1: small sizes only)
	@$(PYTHON) -m tests.bench $(if $(QUICK),--quick)

.PHONY: fmt
fmt: $(INSTALLED) ## sort imports, fix, format
	$(VENV)/bin/ruff check --fix .
	$(VENV)/bin/ruff format .

.PHONY: shell
shell: $(INSTALLED) ## a Django shell on the demo data
	@$(PYTHON) manage.py shell

.PHONY: reset
reset: $(INSTALLED) ## stop, and forget all data of this copy
	@$(PYTHON) manage.py reset

.PHONY: lock
lock: $(UV) ## compile the requirements from pyproject.toml (U=package to upgrade one)
	$(call compile,requirements.txt,)
	$(call compile,requirements-dev.txt,--group dev)

compile = $(UV) pip compile -q --universal --python-version 3.13 --generate-hashes --no-emit-index-url \
	--no-annotate --custom-compile-command "make lock" $(addprefix --upgrade-package ,$(U)) \
	pyproject.toml $(2) -o $(1)

# The stamp makes a second start skip the install.
$(INSTALLED): requirements-dev.txt .python-version | $(UV)
	@test -x $(PYTHON) || $(UV) venv -q --python "$(find_python)" $(VENV)
	@$(UV) pip sync -q --python $(PYTHON) --require-hashes requirements-dev.txt
	@touch $@

# A version manager may answer to either name; else a uv on PATH searches by itself.
find_python = $(or $(shell for name in python3.13 python3; do \
	$$name -c 'import sys; sys.version_info[:2] == (3, 13) or sys.exit(1); print(sys.executable)' \
	2>/dev/null && break; done),3.13)

$(VENV)/bin/uv:
	@$(find_python) -m venv $(VENV) && $(PYTHON) -m pip install -q uv || { rm -rf $(VENV); echo "The environment \
	could not be made: check that Python 3.13 with venv is on PATH and that PyPI is reached." >&2; exit 1; }
