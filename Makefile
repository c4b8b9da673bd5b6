# mailgate: `make demo` to play, `make test` to check everything. All targets work in a fresh clone.
PYTHON ?= python3
BIN := .venv/bin
# Tests at a time: one more than the build server has cores, since much of their time is waiting.
WORKERS ?= 3
TESTS ?= not alone
# Where mails and cases lie that are not ours to give away, with what scores them.
SHARED ?= ../shared
# Only files with the word in them: to look for the mark in all of them takes longer than many of its tests.
ALONE = $(BIN)/pytest -q $$(grep -rlw alone tests --include='test_*.py')
# Static checks and tests at the same time: what fails ends the target when both are through.
BOTH := $(MAKE) --no-print-directory -j 2 static side-by-side

.PHONY: bench demo fuzz real-billing real-input score shots venv dev static side-by-side check test words lock clean

demo: venv ## a seeded gate on loopback, nothing leaves the machine
	@$(BIN)/mailgate demo

venv: .venv/runtime.stamp ## .venv from the lock

dev: .venv/dev.stamp ## .venv with what the checks need

.venv/python.stamp:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "mailgate needs Python 3.11 or newer; name one: make PYTHON=/path/to/python3")'
	$(PYTHON) -m venv .venv
	@touch $@

.venv/runtime.stamp: .venv/python.stamp requirements.lock pyproject.toml
	$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

.venv/dev.stamp: .venv/runtime.stamp requirements-dev.lock
	$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

static: dev ## format, lint, types, import contracts
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

side-by-side: dev ## tests at the same time (TESTS="not alone" names which)
	$(BIN)/pytest -q -n $(WORKERS) --dist worksteal -m "$(TESTS)"

check: dev ## static checks, and the tests that need no server
	$(BOTH) TESTS="not alone and not server"
	$(ALONE) -m "alone and not server"

test: dev ## everything, real servers included; installs them when root on Debian
	sh tests/servers/install.sh
	$(BOTH) TESTS="not alone"
	$(ALONE) -m alone

bench: dev ## measure: rates, memory and pages, as ratios within one run (ARGS="--quick", "--only accept")
	$(BIN)/python -m bench $(ARGS)

fuzz: dev ## ten minutes of broken mails by chance; what raises or is slow is kept in var/fuzz (ARGS="--seconds 60")
	$(BIN)/python -m tests.fuzz $(ARGS)

real-billing: dev ## a year of a hosting company, and whether each invoice of it was right (ARGS="--customers 40 --seed 7")
	$(BIN)/python -m tests.real_billing $(ARGS)

real-input: dev ## real mails through one program, and through several that are killed (ARGS="--twice --mails FOLDER --seed 7")
	$(BIN)/python -m tests.real_input $(ARGS)

score: dev ## how many of the mails and cases in SHARED are read right; the last 18 need a running gate
	@test -d $(SHARED)/mail-samples || { echo "no mails to score in $(SHARED): name their place, make score SHARED=/path" >&2; exit 1; }
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python $(SHARED)/score/score.py
	-PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python $(SHARED)/mail-cases/score_small.py $(SHARED)/mail-cases
	-PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python $(SHARED)/bug-cases/check.py $(SHARED)/bug-cases
	-PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python $(SHARED)/bug-cases/gate_cases.py

shots: dev ## a picture of each page, light and dark, at a desk, on a phone and on paper, in var/shots (ARGS="--only /staff")
	$(BIN)/python -m tests.shots $(ARGS)

words: dev ## bring the catalogues of pages, templates/web/*.po, up to what templates and code say
	$(BIN)/python -m tests.webview.page_words

lock: ## resolve the locks anew (needs uv); hashes, no addresses
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --group build pyproject.toml -o requirements.lock
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --group dev -c requirements.lock pyproject.toml -o requirements-dev.lock
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate bench/django-helpdesk.in -o bench/django-helpdesk.lock
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate bench/reportlab.in -o bench/reportlab.lock

clean:
	rm -rf .venv .venv-peers
