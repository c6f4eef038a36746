# Every target makes its own virtual environment when it is missing: Python 3.11+ and make suffice.
PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin
WORKERS ?= 3

.PHONY: run test soak check lint types contracts bench quality exam restore-drill migrate-database \
	provision deploy format clean

run: $(VENV)/.runtime
	$(BIN)/python app.py

# Real servers and browsers share a machine's cores: what fails is tried once more and reported as
# a rerun; what fails twice is broken.
test: $(VENV)/.development
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --reruns 1 -rR

# The long versions of tests that `make test` runs in short.
soak: $(VENV)/.development
	$(BIN)/python -m pytest -n 0 -s -m soak --timeout 3600

check: lint types contracts test

lint: $(VENV)/.development
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.development
	$(BIN)/mypy

contracts: $(VENV)/.development
	$(BIN)/lint-imports

# ARGS name parts of it, for example ARGS="steady --minutes 1".
bench: $(VENV)/.development
	$(BIN)/python -m benchmarks $(ARGS)

quality: $(VENV)/.development
	@$(BIN)/python -m benchmarks.quality $(DATA)

exam: $(VENV)/.runtime
	$(BIN)/python -m chatbot.exam

restore-drill: $(VENV)/.runtime
	$(BIN)/python -m chatbot.restore_drill

# FROM and TO are addresses as in DATABASE_URL. They may hold passwords, so the line is not printed.
migrate-database: $(VENV)/.runtime
	@$(BIN)/python -m chatbot.move_database '$(FROM)' '$(TO)'

# REPO is the Space, OWNER/NAME; ARGS are further options, for example ARGS=--dry-run.
provision: $(VENV)/.runtime
	$(BIN)/python deploy_to_hf.py provision --repo $(REPO) $(ARGS)

deploy: $(VENV)/.runtime
	$(BIN)/python deploy_to_hf.py release --repo $(REPO) $(ARGS)

format: $(VENV)/.development
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:
	rm -rf $(VENV)

$(VENV)/.runtime: requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed; $(PYTHON) is older. Run: make $(MAKECMDGOALS) PYTHON=python3.12"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || \
	  { echo "Python cannot make a virtual environment. On Debian and Ubuntu: apt install python3-venv"; exit 1; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

$(VENV)/.development: requirements-dev.txt $(VENV)/.runtime
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@
