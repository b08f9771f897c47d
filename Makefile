# Each target is one command on a fresh machine with Python 3.11+, venv and make. `make demo PORT=8080` where 8000 is taken.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin

.PHONY: env demo dev test check assets migration soak bench words pictures judges lighthouse

env: $(VENV)/.up-to-date

$(VENV)/.up-to-date: requirements.lock pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

demo: env
	$(BIN)/mainstay demo $(if $(PORT),--port $(PORT))

dev: env
	$(BIN)/mainstay serve --reload

test: env
	$(BIN)/python -m pytest -n 2

# The judges in full: twenty kills instead of four, five times the questions to the API.
soak: env
	MAINSTAY_TEST_SCALE=5 $(BIN)/python -m pytest tests/crash tests/security/test_description.py

# Everything that is measured, in small; docs/figures.md has the large.
bench: env
	$(BIN)/python -m bench

# A picture of every page, wide and on a phone, light and dark: screenshots/index.html. make pictures ONLY=plan
pictures: env
	$(BIN)/python -m tests.browser.pictures $(if $(ONLY),--only $(ONLY))

# The Nu HTML checker for `make test` (with Java) needs npm. Lighthouse and the Node that it wants are its optional part.
judges:
	cd tests/browser/judges && npm ci --omit=optional --no-audit --no-fund

# What Lighthouse says of the main pages on a phone. npm leaves it out where its own Node is too old: then the Node that it fetched asks again.
lighthouse: env
	cd tests/browser/judges && npm ci --no-audit --no-fund && PATH="$$PWD/node_modules/node/bin:$$PATH" npm install --no-save --no-audit --no-fund
	$(BIN)/python -m tests.browser.lighthouse

check: env
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# The words of the code into the catalogues of translators; docs/translating.md.
words: env
	$(BIN)/python -m portal.locale.gather

assets:
	cd static && npm ci && node build.mjs

# The next revision from what the models say: make migration NAME="what changes". Read it before you commit it.
migration: env
	$(BIN)/python -m migrations.write $(NAME)
