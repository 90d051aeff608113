# make run | test | check | bench. Nothing else is needed than Python ≥ 3.11 with python3-venv, and make.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
FLASK := $(BIN)/flask --app app
PIP := $(BIN)/pip --quiet --disable-pip-version-check install --require-hashes --requirement

# What is installed is known by the hash of what was asked for, so that a second call does nothing.
hash = $(shell sha256sum $(1) | cut -c 1-16)
RUN := $(VENV)/run-$(call hash,requirements/run.txt)
DEV := $(VENV)/dev-$(call hash,requirements/dev.txt)

# `make run PORT=8080` and `PORT=8080 make run` are meant for this program.
ifdef PORT
export MOTCUA_PORT ?= $(PORT)
endif

.PHONY: run test check bench browser translations

run: $(RUN)
	@exec $(FLASK) serve

test: $(DEV) browser
	@$(BIN)/pytest -n 2 --dist loadfile

check: $(DEV)
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(FLASK) definitions check
	$(BIN)/python -m tests.translations check

bench: $(DEV)
	@$(BIN)/python -m tests.bench

translations: $(DEV)
	@$(BIN)/python -m tests.translations update

$(BIN)/pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Python 3.11 or newer is needed; say where it is: make PYTHON=/path/to/python3"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo "Install python3-venv first."; exit 1; }

$(RUN): | $(BIN)/pip
	@echo "Installing what the program needs …"
	@$(PIP) requirements/run.txt
	@rm -f $(VENV)/run-* && touch $@

$(DEV): | $(BIN)/pip
	@echo "Installing what the tests need …"
	@$(PIP) requirements/dev.txt
	@rm -f $(VENV)/run-* $(VENV)/dev-* && touch $@ $(RUN)

# A browser for the tests: Debian's where that can be installed, else Playwright's. Without one, the tests that
# need it say so in the last lines.
browser: $(DEV)
	@if [ -x /usr/bin/chromium ] || ls $${PLAYWRIGHT_BROWSERS_PATH:-$$HOME/.cache/ms-playwright}/chromium* >/dev/null 2>&1; \
	then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null \
		&& apt-get -qq update && apt-get -qq install --yes --no-install-recommends chromium >/dev/null \
		&& [ -x /usr/bin/chromium ]; then :; \
	else $(BIN)/playwright install chromium || true; fi
