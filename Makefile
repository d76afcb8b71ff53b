# Every command of the project. On a bare Debian with python3, pip, venv and make, `make demo` and `make test` are enough.

PYTHON ?= python3
PYTEST_ARGS ?=
VENV := .venv
BIN := $(VENV)/bin
STEP := @printf '==> %s\n'
FAULT_JOURNAL := out/faults.jsonl

# Set-up is done once for each lock, project description, place and Python; the stamp's name says for which, so a second
# run costs one checksum and a venv that was moved or belongs to another Python is made anew.
digest = $(shell { cat $(1); printf '%s' '$(CURDIR)'; $(PYTHON) -V; } 2>/dev/null | sha256sum | cut -c 1-16)
VENV_READY := $(VENV)/.made-$(call digest,/dev/null)
RUN_READY := $(VENV)/.run-$(call digest,requirements.lock pyproject.toml)
DEV_READY := $(VENV)/.dev-$(call digest,requirements-dev.lock pyproject.toml)

# --no-deps with hashes: exactly the locked files and nothing else. --no-compile: modules compile when first imported,
# which is quicker than compiling all of them now. What the analysis needs is imported at once, because its processes may
# not write and would compile it at each start.
ANALYSIS := service.app, service.sandbox.child, scipy.interpolate, scipy.ndimage, scipy.optimize
PIP_INSTALL := $(BIN)/python -m pip install --quiet --quiet --disable-pip-version-check --no-input --no-deps --no-compile

# Tests, faults and benchmarks start hundreds of processes. Where a machine forbids bytecode files each of them compiles
# everything anew, which makes the whole suite half as quick; an empty value permits them.
export PYTHONDONTWRITEBYTECODE :=

# One test more at once than there are processors: many tests wait for a service that starts or for a time that passes.
AT_ONCE := -n $(shell n=$$(nproc); echo $$(( n < 4 ? n + 1 : 4 ))) --dist worksteal

.DEFAULT_GOAL := help
.PHONY: help setup setup-dev demo test quick lint types format fuzz bench accuracy corpora faults docs texts pictures lock clean

help: ## List the commands
	@sed -n 's/^\([a-z-]*\):.*## /\1|/p' Makefile | while IFS='|' read -r name says; do printf '  make %-10s %s\n' "$$name" "$$says"; done

setup: $(RUN_READY) ## Make .venv with everything that running needs
	@:

setup-dev: $(DEV_READY) ## Make .venv with everything that developing needs
	@:

demo: setup ## Analyse the sample photos through the real service and serve the report (ONCE=1: write it to out/ and end)
	@$(BIN)/python -m service.demo $(if $(ONCE),--once)

test: setup-dev ## Run all tests (PYTEST_ARGS='-k name' for some)
	$(BIN)/python -m pytest $(AT_ONCE) $(PYTEST_ARGS)

quick: setup-dev ## Run the tests that take less than ten seconds and need no browser
	$(BIN)/python -m pytest -m 'not slow and not browser' $(AT_ONCE) $(PYTEST_ARGS)

lint: setup-dev ## Check style, format and the direction of imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

types: setup-dev ## Check types
	$(BIN)/mypy

format: setup-dev ## Format the code and mend what can be mended
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

fuzz: setup-dev ## Send every operation of the API hundreds of requests, each time others
	LIFTMARK_EXAMPLES=$(or $(EXAMPLES),100) $(BIN)/python -m pytest $(AT_ONCE) --timeout 3600 \
		tests/service/api/test_every_operation.py tests/service/api/test_naughty_strings.py $(PYTEST_ARGS)

bench: setup ## Measure accuracy and speed
	$(BIN)/liftmark bench accuracy
	$(BIN)/liftmark bench speed

accuracy: setup ## Measure accuracy in full and renew docs/accuracy.md (PAIRS='dir …': pairs of known truth, or photos)
	@mkdir -p out
	$(BIN)/liftmark bench accuracy $(PAIRS) --json out/accuracy.json --picture out/accuracy.svg --markdown docs/accuracy.md

faults: setup-dev ## Kill the real service at each write and message, and renew docs/reliability.md (POINTS=n: at so many)
	@mkdir -p out && rm -f $(FAULT_JOURNAL)
	LIFTMARK_FAULT_POINTS=$(or $(POINTS),all) LIFTMARK_FAULT_JOURNAL=$(CURDIR)/$(FAULT_JOURNAL) \
		$(BIN)/python -m pytest -n 2 --dist worksteal tests/faults $(PYTEST_ARGS); \
		judged=$$?; $(BIN)/python -m tests.faults.report $(FAULT_JOURNAL) && exit $$judged

corpora: setup-dev ## Send bombs, damaged pictures and Pillow's own bad images through the whole service (an hour or less)
	@mkdir -p out/corpora
	@sed -n '/^pillow==/,/[^\\]$$/p' requirements.lock > out/corpora/pillow.txt
	@test -d out/corpora/images || $(BIN)/python -m pip download --quiet --disable-pip-version-check --no-deps \
		--require-hashes --no-binary pillow --dest out/corpora --requirement out/corpora/pillow.txt
	@mkdir -p out/corpora/images
	@tar -xzf out/corpora/pillow-*.tar.gz -C out/corpora/images --strip-components 3 --wildcards '*/Tests/images/*'
	$(BIN)/python -m tests.hostile.long_run out/corpora/images

docs: setup ## Write the reference pages from the code's catalogues
	$(BIN)/python docs/write_reference.py

texts: setup ## Bring the catalogues of translations up to what the code says; what is new is then to be translated
	$(BIN)/python -m service.texts.collecting

pictures: setup-dev ## Take the pictures of the pages anew (needs chromium)
	$(BIN)/python -m tests.browser.take_pictures
	$(BIN)/python -m tests.browser.take_people_pictures

lock: ## Write the hash locks anew (needs uv; UPGRADE=1: with the newest versions)
	$(call compile,--group dev -o requirements-dev.lock)
	$(call compile,--constraint requirements-dev.lock -o requirements.lock)

clean: ## Remove what set-up, tests and the demo made
	rm -rf $(VENV) out dist .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache

compile = uv pip compile pyproject.toml --quiet --universal --python-version 3.11 --fork-strategy fewest \
	--generate-hashes --no-header --no-annotate --no-emit-index-url --group build $(if $(UPGRADE),--upgrade) $(1)

$(VENV_READY):
	$(STEP) "Checking this machine"
	@$(PYTHON) -I service/fresh_machine.py
	$(STEP) "Making $(VENV)"
	@$(PYTHON) -m venv --clear $(VENV)
	@touch $@

$(RUN_READY): $(VENV_READY)
	$(call install,requirements.lock)
	@touch $@

$(DEV_READY): $(VENV_READY)
	$(call install,requirements-dev.lock)
	@touch $@ $(RUN_READY)

define install
	$(STEP) "Installing $$(grep -c == $(1)) locked packages (a minute or two)"
	@$(PIP_INSTALL) --only-binary :all: --require-hashes --requirement $(1)
	@$(PIP_INSTALL) --no-build-isolation --editable .
	@$(BIN)/python -c 'import $(ANALYSIS)'
endef
