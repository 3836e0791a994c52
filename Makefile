# make run: the app on this machine; make test: all checks and tests. See README.md.
PORT ?= 8501
PYTHON ?= python3
BIN = .venv/bin

.PHONY: run test check browser

run: .venv/run
	$(BIN)/streamlit run app.py --server.port $(PORT)

# Two workers: one process leaves the second core idle. A file's tests stay together, as they share servers.
test: .venv/test browser check
	$(BIN)/python -m pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder

check: .venv/test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# Debian's Chromium where it can be had, else the browser tests' own
browser: .venv/test
	@command -v chromium > /dev/null \
	|| { apt-get update -qq && apt-get install -y -qq chromium; } \
	|| $(BIN)/playwright install --with-deps chromium

.venv/run: requirements.txt
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet -r requirements.txt
	touch $@

.venv/test: .venv/run requirements-dev.txt
	$(BIN)/pip install --quiet -r requirements-dev.txt
	touch $@
