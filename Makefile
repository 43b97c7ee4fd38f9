# Everything a clone can do. The first use makes .venv; all one needs is Python 3.11 or newer.

CANDIDATES := python3 python3.13 python3.12 python3.11 python3.14 python
PYTHON ?= $(shell for name in $(CANDIDATES); do \
	if "$$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; \
	then command -v "$$name"; break; fi; done)
# A Python that was asked for gets an environment of its own, beside the one for every day.
ifeq ($(origin PYTHON),command line)
VENV := .venv-$(shell '$(PYTHON)' -c 'import sys; print(*sys.version_info[:2], sep=".")' 2>/dev/null)
else
VENV := .venv
endif
OURS := $(VENV)/bin/python

.DEFAULT_GOAL := help
.PHONY: help demo test test-long check bench format clean ready-demo ready-dev ready-bench

help:
	@echo 'make demo       start the demonstration site and open its two addresses (Ctrl-C ends it)'
	@echo 'make test       everything CI runs: format, lint, types, import contracts, all tests'
	@echo 'make check      the fast part of it, before every commit'
	@echo 'make test-long  the same as test, with the tests that take minutes or hours'
	@echo 'make bench      the measurements, beside APScheduler, Huey, PgQueuer and procrastinate'
	@echo '                (long; with QUICK=1 minutes, to see that they work)'
	@echo 'make format     put the code in the form that make test wants'
	@echo 'make clean      remove .venv and every cache'
	@echo
	@echo 'With another Python, in an environment of its own: make test PYTHON=python3.13'

ready-demo ready-dev ready-bench:
	@if [ -z '$(PYTHON)' ]; then \
		echo 'Rota needs Python 3.11 or newer, and none of these is: $(CANDIDATES).' >&2; \
		echo 'Install one (Debian: apt-get install python3 python3-venv), or say where it is:' >&2; \
		echo '    make PYTHON=/path/to/python3.12 …' >&2; exit 1; fi
	@'$(PYTHON)' tools/environment.py $(@:ready-%=%) $(VENV)

# `exec`, so that Ctrl-C reaches the site itself and not a shell before it.
demo: ready-demo
	@exec $(OURS) -m rota.demo

test test-long check: ready-dev
	@$(OURS) tools/gates.py $@

bench: ready-bench
	@$(OURS) bench/run.py $(if $(QUICK),--quick)

format: ready-dev
	@$(OURS) -m ruff check --fix --quiet . ; $(OURS) -m ruff format .

clean:
	@rm -rf .venv .venv-* .demo .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build dist
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
