# Needs git, make and Python 3.11 or newer. Everything else lands in .venv and node_modules.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules

PYTHON ?= python3
BIN := $(CURDIR)/.venv/bin
READY := .venv/ready
# The rehearsal's stand-in for AWS has an environment of its own: it pins another botocore.
WORLD := .venv/world
# So have the scanners that others wrote, which only those install who run them.
SCANNERS := .venv/scanners

# Where `make scan` looks: all of it, or in the rehearsal's builds what a release is made of.
SCANNED ?= .
# Whose packages `make audit` looks up: all that a pipeline installs, or in the rehearsal's builds
# what runs in an account.
AUDITED ?= requirements/all.txt requirements/uv.txt $(wildcard services/*/requirements*.txt)

# Which delivery file to read; app.py, the tests and the CDK CLI all see it.
export DELIVERY ?= delivery.toml
export PATH := $(BIN):$(PATH)
export CDK_DISABLE_CLI_TELEMETRY := true
export CDK_DISABLE_VERSION_CHECK := 1
# Where this is set, every synth compiles aws_cdk anew: 2.7 s.
unexport PYTHONDONTWRITEBYTECODE

CDK := $(BIN)/node node_modules/aws-cdk/bin/cdk

# Each is part of the root of a package on Lambda, so each is checked by itself, and the gate's
# folders beside each other.
LAMBDA_ROOTS := $(wildcard lambda/* services/*/src)
empty :=
GATE_PATH := $(subst $(empty) $(empty),:,$(addprefix $(CURDIR)/,$(wildcard lambda/*)))

# For the recipes of operations: an option where its variable is set. The shell takes the value
# from the environment, where make puts it, so that nothing in it is ever run.
given = $(if $($1),--$2 "$$$1")
asked = $(if $(filter yes,$($1)),--$2)

.PHONY: help setup demo rehearse prove-permissions overview synth diff deploy plan execution-policy bootstrap freeze thaw frozen rollback test test-all lint scan audit format docs iam-report bench-synth bench-canary seeded scanners mutate-judge mutate-gate lock clean

help: ## Print what there is
	@$(PYTHON) -c 'import re; [print(f"make {m[1]:<17} {m[2]}") for m in re.finditer(r"^([a-z-]+):.*?## (.+)$$", open("Makefile").read(), re.M)]'

setup: $(READY) ## Install the toolchain: Python packages, Node, the CDK CLI

$(READY): requirements/uv.txt requirements/all.txt requirements/world.txt package-lock.json pyproject.toml
	@$(PYTHON) -c 'import sys; sys.version_info < (3, 11) and sys.exit("Lockgate needs Python 3.11 or newer, and this is " + sys.version.split()[0] + ". Say which: make PYTHON=/path/to/python3.11")'
	@echo "Setting up: Python packages, Node, the CDK CLI …"
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements/uv.txt
	@$(BIN)/uv pip sync --quiet --require-hashes --python $(BIN)/python requirements/all.txt
	@$(BIN)/uv pip install --quiet --no-deps --no-build-isolation --python $(BIN)/python --editable .
	@$(PYTHON) -m venv --without-pip $(WORLD)
	@$(BIN)/uv pip sync --quiet --require-hashes --python $(WORLD)/bin/python requirements/world.txt
	@$(BIN)/npm ci --ignore-scripts --silent
	@$(BIN)/python -c 'import pathlib; pathlib.Path("$(READY)").touch()'

demo: $(READY) ## Deploy on this laptop, push a good and a bad release, watch the gate
	@$(BIN)/python -m rehearsal run demo $(ARGS)

rehearse: $(READY) ## Play scenarios: make rehearse ARGS=--list
	@$(BIN)/python -m rehearsal run $(ARGS)

prove-permissions: $(READY) ## Show what each statement of our own roles is needed for
	@$(BIN)/python -m rehearsal permissions $(ARGS)

overview: $(READY) ## Synthesize, judge and show what would be deployed, and what it costs
	@$(BIN)/python -m rehearsal overview $(ARGS)

synth: $(READY) ## Write the cloud assembly to cdk.out, or say what is wrong
	@$(BIN)/python -c 'import shutil; shutil.rmtree("cdk.out", ignore_errors=True)'
	@$(CDK) synth --quiet $(ARGS)

diff: $(READY) ## Compare the assembly with what is deployed
	@$(CDK) diff $(ARGS)

deploy: $(READY) ## Deploy what is deployed by hand; the pipelines deploy the rest
	@$(CDK) deploy $(if $(ARGS),$(ARGS),'*-foundation' '*-landing-*-*-*' '*-artifacts-*-*-*' '*-audit' '*-access' '*-pipeline')

plan: $(READY) ## Show what a deployment would take away: make plan ARGS=--exit-code
	@$(MAKE) --no-print-directory synth ARGS=
	@$(BIN)/python -m operations plan $(call given,ACCOUNT,account) $(ARGS)

execution-policy: $(READY) ## Write the policies for CloudFormation in a bootstrapped account
	@$(BIN)/python -m stacks.execution_policy $(DELIVERY) build/execution-policy

bootstrap: execution-policy ## Bootstrap the delivery's accounts, or print how: PRINT=yes
	@$(BIN)/python -m operations bootstrap $(call given,ACCOUNT,account) $(call given,REGION,region) $(call asked,PRINT,print) $(call asked,YES,yes) $(ARGS)

freeze: $(READY) ## Hold releases: make freeze REASON="…" ENVIRONMENTS="prod"
	@$(BIN)/python -m operations freeze $(call given,REASON,reason) $(call given,ENVIRONMENTS,environments) $(call asked,AGAIN,again) $(ARGS)

thaw: $(READY) ## Hold releases no longer: make thaw RETRY=yes lets those that waited go on
	@$(BIN)/python -m operations thaw $(call asked,RETRY,retry) $(ARGS)

frozen: $(READY) ## Show whether releases are held, and which ones wait
	@$(BIN)/python -m operations frozen $(ARGS)

rollback: $(READY) ## Bring an earlier release back: make rollback SERVICE=… ENVIRONMENT=… RUN=yes
	@$(BIN)/python -m operations rollback --service "$$SERVICE" --environment "$$ENVIRONMENT" $(call given,TO,to) $(call asked,RUN,run) $(ARGS)

test: $(READY) ## Run the tests, with the essential rehearsals
	@$(BIN)/python -m pytest $(ARGS)

test-all: $(READY) ## Run every test, with every rehearsal
	@$(BIN)/python -m pytest -m "" $(ARGS)

lint: scan ## Check style, types, buildspecs and generated files
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy app.py constructs delivery docs operations rehearsal stacks supply tests
	@$(foreach root,$(LAMBDA_ROOTS),cd $(CURDIR)/$(root) && MYPYPATH=.:$(GATE_PATH) $(BIN)/mypy --config-file $(CURDIR)/pyproject.toml . &&) true
	@$(BIN)/yamllint --strict constructs services
	@$(BIN)/python -m docs.generate --check

scan: $(READY) ## Look for secrets in what is or would be committed
	@mkdir -p build
	@git ls-files --cached --others --exclude-standard -z -- $(SCANNED) > build/scanned && test -s build/scanned
	@xargs -0 $(BIN)/detect-secrets-hook --no-verify --baseline .secrets.baseline < build/scanned

audit: $(READY) ## Look for what a release should not be made of: advisories, licences
	@$(BIN)/python -m supply $(AUDITED)

format: $(READY) ## Put every file into the project's style
	@$(BIN)/ruff check --fix --quiet .
	@$(BIN)/ruff format .

docs: $(READY) ## Write the generated documents and the schema of delivery.toml
	@$(BIN)/python -m docs.generate

iam-report: $(READY) ## Measure what the roles may do, and attack with each
	@$(BIN)/python -m tests.iam $(ARGS)

bench-synth: $(READY) ## Time a synth of 1, 10 and 50 services, phase by phase
	@$(BIN)/python -m tests.bench_synth

bench-canary: $(READY) ## Compare the judge with the field's on simulated canaries
	@$(BIN)/python -m tests.bench_canary $(ARGS)

seeded: $(READY) ## Seed defects into the templates and show what catches each
	@$(BIN)/python -m tests.mutations

scanners: $(SCANNERS)/ready ## Look through it all with others' scanners, in an environment of their own
	@$(BIN)/python -m tests.scanners --environment $(SCANNERS) $(ARGS)

$(SCANNERS)/ready: $(READY) requirements/scanners.txt
	@$(PYTHON) -m venv --without-pip $(SCANNERS)
	@$(BIN)/uv pip sync --quiet --require-hashes --python $(SCANNERS)/bin/python requirements/scanners.txt
	@$(BIN)/python -c 'import pathlib; pathlib.Path("$@").touch()'

mutate-judge: $(READY) ## Mutate the judge and see what its tests notice
	@$(BIN)/python -m tests.mutation judge

mutate-gate: $(READY) ## Mutate hooks and watch and see what their tests notice
	@$(BIN)/python -m tests.mutation gate

lock: $(READY) ## Resolve the locks anew from pyproject.toml and package.json
	@$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" --output-file requirements/uv.txt requirements/uv.in
	@$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" --output-file requirements/world.txt requirements/world.in
	@$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" --output-file requirements/scanners.txt requirements/scanners.in
	@$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" --all-extras --output-file requirements/all.txt pyproject.toml
	@$(BIN)/npm install --package-lock-only --ignore-scripts --silent

clean: ## Remove what was built and installed
	@$(PYTHON) -c 'import shutil; [shutil.rmtree(p, ignore_errors=True) for p in (".venv", "node_modules", "cdk.out", "build")]'
