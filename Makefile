# Everything goes through bootstrap.py, which needs Python 3.11 and nothing else.
PYTHON ?= python3
.PHONY: help run run-production test check bench fmt lock canvas clean
.DEFAULT_GOAL := help

help:            ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 24

run:             ## the site in one process: no server, no key; honours PORT and KAIZEN_DATA
	@$(PYTHON) bootstrap.py run

run-production:  ## web, two workers and beat against local PostgreSQL and Redis
	@$(PYTHON) bootstrap.py run-production

test:            ## all checks and all tests, with a real browser
	@$(PYTHON) bootstrap.py test

check:           ## lint, format, types, contracts, templates, migrations, fast tests
	@$(PYTHON) bootstrap.py check

bench:           ## the benchmarks; each prints a ratio
	@$(PYTHON) bootstrap.py bench

fmt:             ## format and fix what can be fixed
	@$(PYTHON) bootstrap.py fmt

lock:            ## resolve pyproject.toml again and write requirements*.txt (needs uv)
	@$(PYTHON) bootstrap.py lock

canvas:          ## build the builder's canvas again from static/builder/src (needs node)
	@node static/builder/build.mjs

clean:           ## remove the environment and caches; data stays
	@$(PYTHON) bootstrap.py clean
