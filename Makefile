# Each target makes .venv on first use, and brings it up to date when a requirement has changed.
# Needs Python >= 3.11 with pip, and nothing else from the system.

PYTHON ?= python3
WORKERS ?= 2
OUT ?= demo-out

VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/installed.stamp
REQUIREMENTS := requirements-dev.txt pyproject.toml $(wildcard plugins/*/pyproject.toml examples/*/pyproject.toml)
PACKAGES := prodgen_sdk $(wildcard plugins/*/prodgen_*)
PIP := $(BIN)/python -m pip --disable-pip-version-check
say = @printf '\n==> %s\n' "$(1)"

.PHONY: help install assets test test-slow demo check check-packaging docs format clean
.DEFAULT_GOAL := help

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: $(INSTALLED) ## Install the whole workspace, editable, into .venv

$(BIN)/python:
	$(call say,Making $(VENV))
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed: make PYTHON=python3.11 ...")'
	@# A system Python without ensurepip can still fill the environment with its own pip.
	@$(PYTHON) -m venv $(VENV) || { $(PYTHON) -m venv --clear --without-pip $(VENV) && $(PYTHON) -m pip --python $(VENV) install pip; }

$(INSTALLED): $(REQUIREMENTS) | $(BIN)/python
	$(call say,Installing the workspace into $(VENV): a few minutes the first time)
	@$(PIP) install --quiet "hatchling>=1.26" "editables>=0.5" "setuptools>=77"
	@$(PIP) install --no-build-isolation -r requirements-dev.txt
	@touch $@

# Both are kept once fetched. Without a network the tests of the real pose model and photos skip.
assets: install
	$(call say,Fetching the pose models and the photos of the demo)
	@$(PIP) install --quiet --no-deps openvto==0.1.7 || echo "WARNING: the photos could not be fetched."
	@$(BIN)/prodgen models pull pose || echo "WARNING: the pose models could not be fetched."

test: assets ## Run all tests
	$(call say,Running the tests with $(WORKERS) workers)
	@$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile $(ARGS)
	$(call say,All passed. One part: make test ARGS=tests/unit. The linters: make check)

test-slow: assets ## Run the tests that take long: hub models' larger schemes, whole trainings
	$(call say,Running the slow tests with $(WORKERS) workers)
	@$(BIN)/python -m pytest -m slow -n $(WORKERS) --dist loadfile $(ARGS)

demo: assets ## Run the main job on real photos and write a report
	$(call say,Running the demo)
	@$(BIN)/prodgen demo --out $(OUT)
	$(call say,Open $(OUT)/index.html in a browser)

check: install ## Run the linters, the type checker, the import contracts and the docs build
	$(call say,ruff)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	$(call say,mypy --strict)
	@$(BIN)/mypy $(PACKAGES)
	$(call say,import contracts)
	@$(BIN)/lint-imports
	$(call say,dependencies of each distribution)
	@set -e; for package in $(PACKAGES); do \
		case $$package in plugins/*) root=$$(dirname $$package) ;; *) root=. ;; esac; \
		echo "$$package"; $(BIN)/deptry $$package --known-first-party $$(basename $$package) --config $$root/pyproject.toml; done
	@$(MAKE) --no-print-directory docs
	$(call say,All checks passed)

docs: install ## Build the documentation into site/, strictly
	$(call say,Building the documentation)
	@$(BIN)/python docs/generate.py --check
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet
	$(call say,Open site/index.html in a browser)

check-packaging: install ## Build every wheel into dist/ and try them in a clean environment
	$(call say,Building and trying the wheels)
	@$(BIN)/python -m pytest -m packaging tests/packaging
	$(call say,The wheels lie in dist/)

format: install ## Rewrite the code in the project's format
	@$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format .

clean: ## Remove all that was made here
	rm -rf $(VENV) dist build site $(OUT) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
