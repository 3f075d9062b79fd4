# Thin on purpose: what the targets do stands in govsocial/local/. Paths are relative and tools are
# run as `python -m`, because both absolute paths and console scripts break on a space.
ifeq ($(origin PYTHON),undefined)
PYTHON := python3
# Nobody named one: a quicker one may be taken.
ANY_PYTHON := any
endif
VENV_PYTHON := .venv/bin/python
ARGS ?=

define prepare
@command -v "$(PYTHON)" >/dev/null || { echo "Python is missing: install python3 (3.11 or newer), or name one: make $@ PYTHON=/path/to/python3"; exit 1; }
@"$(PYTHON)" -c 'import sys; sys.version_info >= (3, 11) or sys.exit("%s is Python %s; govsocial needs 3.11 or newer. Name another one: make $@ PYTHON=python3.12" % (sys.executable, sys.version.split()[0]))'
@"$(PYTHON)" -I govsocial/local/bootstrap.py $(1) $(ANY_PYTHON)
endef

.PHONY: help demo test test-live lint types check manage run lock reset
.DEFAULT_GOAL := help

help:
	@echo "make demo       run everything with a demo agency on http://127.0.0.1:8000 (PORT=8001 moves it)"
	@echo "make test       run the test suite (ARGS='-k approve' chooses)"
	@echo "make test-live  run the tests that need a real platform network"
	@echo "make lint       check style of code and templates"
	@echo "make types      check types"
	@echo "make check      all static checks, import contracts, migrations, deployment settings"
	@echo "make manage     run a management command on the demo's data: make manage ARGS=shell"
	@echo "make lock       compile requirements/*.txt anew (ARGS=--upgrade takes newer versions)"
	@echo "make reset      forget the demo's data"

demo:
	$(call prepare,demo)
	@exec $(VENV_PYTHON) -m govsocial.local demo

test:
	$(call prepare,test)
	@exec $(VENV_PYTHON) -m govsocial.local test -- $(ARGS)

test-live:
	$(call prepare,test)
	@exec $(VENV_PYTHON) -m govsocial.local test -- tests/live $(ARGS)

lint types check:
	$(call prepare,test)
	@exec $(VENV_PYTHON) -m govsocial.local $@

manage:
	$(call prepare,demo)
	@exec $(VENV_PYTHON) manage.py $(ARGS)

lock:
	$(call prepare,test)
	@exec $(VENV_PYTHON) -m govsocial.local lock $(ARGS)

reset:
	$(call prepare,demo)
	@exec $(VENV_PYTHON) -m govsocial.local reset
