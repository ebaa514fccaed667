# Two commands: `make run` and `make test`. `make help` names the others.

PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)
BIN := .venv/bin
PIP := $(BIN)/python -m pip install -qq --disable-pip-version-check --no-input --root-user-action=ignore --no-compile
# Compiles what pip installed, but not compound-split's tables: those took 3.5 GB of memory and are read as text.
COMPILE := $(BIN)/python -m compileall -qq -j 0 -x _ngram_probs .venv/lib || true
SOURCES := manage.py portal partners networks offers tests
NPM := PATH="$$PATH:$(CURDIR)/$(BIN)" npm
PRODUCTION := PORTAL_BASE_URL=https://portal.example.org PORTAL_EMAIL_URL=smtp://127.0.0.1 \
	PORTAL_SECRET_KEY=only-for-this-check-0123456789-abcdefghijklmnopqrstuvwxyz

# What the browser gets: KERN's rules that a page uses, and the letters that a page uses.
STYLES := node_modules/.portal/kern/kern.min.css node_modules/.portal/fira/.stamp node_modules/.portal/htmx/htmx.min.js node_modules/.portal/leaflet/leaflet.js
PAGES := $(shell find templates static portal partners networks offers -name '*.html' -o -name '*.py' -o -name '*.css' -o -name '*.js')
LATIN := U+20-7E,U+A0-FF,U+131,U+152-153,U+2010-2014,U+2018-201E,U+2020-2026,U+2030,U+2039-203A,U+20AC,U+2122,U+2190-2193,U+2212
LATIN_EXT := U+100-130,U+132-151,U+154-17F,U+218-21B,U+1E9E

.DEFAULT_GOAL := help
.PHONY: help run test check lint types browser bench lighthouse lock
MAKEFLAGS += --no-print-directory

help: ## diese Übersicht
	@sed -n 's/^\([a-z]*\):.*## /\1|/p' Makefile | while IFS='|' read -r n t; do printf 'make %-10s %s\n' "$$n" "$$t"; done

run: .venv/base.stamp node_modules/.stamp $(STYLES) ## richtet alles ein und startet das Portal (PORT=8123 make run: anderer Port)
	@exec $(BIN)/python manage.py serve

test: .venv/dev.stamp node_modules/.dev.stamp $(STYLES) browser lint types ## prüft alles: Stil, Typen, Schichten, alle Tests
	@$(BIN)/python -m pytest -n 2 -q

check: .venv/dev.stamp node_modules/.dev.stamp $(STYLES) lint types ## der schnelle Teil davon, unter zwei Minuten
	@$(BIN)/python -m pytest -n 2 -q -m 'not browser and not slow'

lint: .venv/dev.stamp
	@$(BIN)/python -m ruff check --quiet $(SOURCES)
	@$(BIN)/python -m ruff format --check --quiet $(SOURCES)
	@git ls-files -z '*.html' | xargs -0 -r $(BIN)/djade --check --target-version 5.2
	@$(BIN)/lint-imports --no-logo > .venv/imports.log || { cat .venv/imports.log; exit 1; }
	@$(BIN)/python manage.py makemigrations --check --dry-run -v 1 > .venv/migrations.log || { cat .venv/migrations.log; exit 1; }
	@$(PRODUCTION) $(BIN)/python manage.py check --deploy --fail-level WARNING

types: .venv/dev.stamp
	@$(BIN)/python -m mypy --no-error-summary $(SOURCES)

browser: .venv/dev.stamp
	@sh tests/browser/install-chromium.sh $(BIN)

bench: .venv/dev.stamp node_modules/.dev.stamp $(STYLES) ## misst Seiten je Sekunde mit 1.000, 50.000 und 200.000 Angeboten (SIZE=--million: auch mit einer Million)
	@command -v wrk >/dev/null || { [ "$$(id -u)" = 0 ] && apt-get -qq update && apt-get -qq install -y wrk; } >/dev/null 2>&1 || true
	@$(BIN)/python -m tests.bench $(SIZE)
	@exec $(BIN)/python -m tests.bench.papers

lighthouse: .venv/dev.stamp node_modules/.dev.stamp $(STYLES) browser ## misst Start, Ergebnisse, Angebot, Kette und Merkliste wie auf einem Handy
	@exec $(BIN)/python -m tests.lighthouse

lock: .venv/dev.stamp ## schreibt die Sperrdateien in requirements/ neu (UPGRADE=--upgrade: mit neuen Fassungen)
	@cd requirements && UV=../$(BIN)/uv; export UV_NO_CONFIG=1 && \
	for part in base "dev --extra dev"; do set -- $$part; out=$$1; shift; \
		$$UV pip compile ../pyproject.toml "$$@" --python-version 3.11 --universal --generate-hashes \
			--no-annotate --no-header --quiet $(UPGRADE) -o $$out.txt; done

# A stamp is newer than the lock file it was made from; a second run does nothing.

.venv/bin/python:
	@if [ -z "$(PYTHON)" ]; then echo 'Gebraucht wird Python 3.11 oder neuer; „python3“ ist älter oder fehlt.' >&2; exit 1; fi
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo 'Dem Python fehlt „venv“: Unter Debian hilft „apt-get install python3-venv“.' >&2; exit 1; }
	@echo 'Richte .venv ein …'
	@$(PYTHON) -m venv .venv || { rm -rf .venv; exit 1; }

.venv/base.stamp: requirements/base.txt | .venv/bin/python
	@echo 'Installiere Python-Pakete …'
	@$(PIP) --require-hashes -r $<
	@$(COMPILE)
	@touch $@

.venv/dev.stamp: requirements/dev.txt .venv/base.stamp
	@echo 'Installiere Werkzeuge zum Prüfen …'
	@$(PIP) --require-hashes -r $<
	@$(COMPILE)
	@touch $@

node_modules/.stamp: package-lock.json package.json | .venv/base.stamp
	@echo 'Hole Stile und Schriften …'
	@$(NPM) ci --silent --ignore-scripts --omit=dev
	@touch $@

node_modules/.dev.stamp: node_modules/.stamp
	@echo 'Hole Werkzeuge zum Prüfen der Seiten …'
	@$(NPM) install --no-save --silent --ignore-scripts
	@touch $@

node_modules/.portal/kern/kern.min.css: node_modules/.stamp .purgecss.cjs $(PAGES)
	@mkdir -p $(@D)
	@PATH="$$PATH:$(CURDIR)/$(BIN)" node node_modules/purgecss/bin/purgecss.js --config .purgecss.cjs --output $(@D)/new.css > $(@D)/log
	@sed 's|url("fira/|url("../fira/|g' static/fonts.css >> $(@D)/new.css
	@mv $(@D)/new.css $@

node_modules/.portal/fira/.stamp: node_modules/.stamp .venv/base.stamp Makefile
	@mkdir -p $(@D)
	@for weight in 400 600; do for part in latin=$(LATIN) latin-ext=$(LATIN_EXT); do name=$${part%%=*}; \
		$(BIN)/pyftsubset node_modules/@fontsource/fira-sans/files/fira-sans-$$name-$$weight-normal.woff2 --flavor=woff2 --no-hinting \
			--layout-features=kern,mark,mkmk,ccmp,locl,liga --unicodes=$${part#*=} --output-file=$(@D)/$$name-$$weight.woff2 || exit 1; done; done
	@touch $@

node_modules/.portal/htmx/htmx.min.js: node_modules/.stamp
	@mkdir -p $(@D)
	@cp node_modules/htmx.org/dist/htmx.min.js $@

node_modules/.portal/leaflet/leaflet.js: node_modules/.stamp
	@mkdir -p $(@D)/images
	@cp node_modules/leaflet/dist/images/*.png $(@D)/images/
	@cp node_modules/leaflet/dist/leaflet.css $(@D)/
	@sed '/sourceMappingURL/d' node_modules/leaflet/dist/leaflet.js > $@
