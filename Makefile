# Needs Python 3.11 or later, and nothing else: everything is installed into .venv from the lock.
#   make demo    the main job from end to end, offline      make lint types    what CI checks too
#   make test    all tests (ARGS="-k window" for some)      make lock          after a change in pyproject.toml
#   make bench   speed and quality (CORPORA=folder)      make clean         back to a fresh checkout
.PHONY: demo test bench lint types lock clean
.SUFFIXES:
MAKEFLAGS += --no-print-directory --no-builtin-rules

PYTHON ?=
BIN := .venv/bin
STAMP := .venv/installed-from-lock
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check
LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--custom-compile-command "make lock" pyproject.toml --extra postgres --extra keyring

demo: $(STAMP)
	@$(BIN)/outreach demo $(ARGS)

test: $(STAMP)
	@echo "test     on SQLite and PostgreSQL"
	@$(BIN)/pytest -n 2 $(ARGS)

bench: $(STAMP)
	@$(BIN)/python -m tests.bench $(if $(CORPORA),--corpora $(CORPORA)) $(ARGS)

lint: $(STAMP)
	@echo "lint     ruff"
	@$(BIN)/ruff check --quiet
	@$(BIN)/ruff format --quiet --check

types: $(STAMP)
	@echo "types    mypy --strict"
	@$(BIN)/mypy --no-error-summary

lock: $(STAMP)
	@$(PIP) install uv==0.13.9
	@$(LOCK) --output-file requirements.lock $(ARGS)
	@$(LOCK) --extra demo --group dev --output-file requirements-dev.lock $(ARGS)

clean:
	rm -rf .venv dist .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find outreach tests -name __pycache__ -type d -prune -exec rm -rf {} +

# A half-made environment has no stamp and is completed by the next make.
$(STAMP): requirements-dev.lock pyproject.toml
	@test -x $(BIN)/python || { $(FIND_PYTHON); echo "python   $$($$python -V) in .venv"; $$python -m venv .venv; } || { \
		echo "make: Python could not make .venv; on Debian or Ubuntu: apt install python3-venv" >&2; \
		rm -rf .venv; exit 1; }
	@echo "install  from requirements-dev.lock (a minute, once)"
	@$(PIP) install --require-hashes -r requirements-dev.lock
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

# The first Python that is new enough; one of a name that only exists as a pyenv shim does not run, and is passed over.
define FIND_PYTHON
for python in $(or $(PYTHON),python3.11 python3 python3.13 python3.12); do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && break; python=; \
done; \
test -n "$$python" || { \
	echo "make: outreach needs Python 3.11 or later; $(or $(PYTHON),python3) is: $$($(or $(PYTHON),python3) -V 2>&1)" >&2; \
	echo "      Install one from https://www.python.org/downloads/ or name it: make PYTHON=/path/to/python3.12" >&2; \
	exit 1; }
endef
