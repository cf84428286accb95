# make demo · make test · make generate · make install-procs URL=… · make schedule DIALECT=…
SHELL := /bin/bash
.DEFAULT_GOAL := help

DEEPCLEAN  := node dist/cli/main.js
VITEST     := npx vitest run --config test/vitest.config.ts
DIALECT    ?= postgresql
EVERY      ?= 1d

.PHONY: help install build check demo test test-fast test-slow test-clusters grammar prove engines generate check-generated install-procs schedule bench bench-traffic test-containers clean

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' Makefile | sed -E 's/:.*## /\t/' | expand -t 20

node_modules/.package-lock.json: package.json package-lock.json
	# Not "npm ci": it refuses a lock file without the linter's binaries for other systems, which some mirrors lack
	npm install --no-audit --no-fund --no-save
	@touch $@

install: node_modules/.package-lock.json ## install the npm packages

build: install ## compile to dist/
	@rm -rf dist && npx tsc -p tsconfig.json && chmod +x dist/cli/main.js

check: install ## linter, formatter and type checker
	npx biome check . && npx tsc -p test/tsconfig.json --noEmit

demo: build ## the main job, end to end, on an embedded PostgreSQL
	@npx tsx test/demo/demo.ts

engines: ## provide the database servers for the tests, where this machine allows it
	@bash test/support/engines/provision.sh

test: build engines check ## everything that can run here; says what could not
	@$(VITEST)

test-slow: build engines ## what `make test` leaves out as it takes minutes: more random databases and kills, planted faults, rehearsals, pages
	@DEEPCLEAN_SLOW=1 $(VITEST) test/conformance/variants-m test/conformance/mariadb test/fault/look test/fault/planted test/fault/rest test/pages test/rehearsal
	@DEEPCLEAN_RANDOM_DATABASES=$${DEEPCLEAN_RANDOM_DATABASES:-100} $(VITEST) test/conformance --testNamePattern='random databases'
	@DEEPCLEAN_WHY_ROWS=$${DEEPCLEAN_WHY_ROWS:-1200} $(VITEST) test/conformance/why.test.ts
	@DEEPCLEAN_KILL_POINTS=$${DEEPCLEAN_KILL_POINTS:-100} $(VITEST) test/fault/kill-points.test.ts

test-clusters: build engines ## Galera, Group Replication, PostgreSQL with failover, a MariaDB replica: half an hour [DEEPCLEAN_CLUSTER_ROUNDS=2]
	@npx vitest run --config test/clusters/vitest.config.ts

test-fast: build ## without a database: about two minutes
	@$(VITEST) test/unit test/golden test/cli

grammar: install ## public grammars read what is generated for SQL Server and Oracle, as far as it is new; up to an hour
	@npx tsx test/support/read-grammar.ts

prove: install ## the solver proves that no dead row is live; says which rows if one is
	@$(VITEST) test/proof

test-containers: build ## all suites on the vendors' own servers, one after the other, by Docker Compose [SERVERS="mssql-2022 oracle-23"]
	@bash test/containers.sh $(SERVERS)

generate: build ## SQL for review, in generated/, the configuration's schema, in docs/, README's list of cleanups and docs/tables.md
	@$(DEEPCLEAN) generate --dialect postgresql --profile identity-5.14 --out generated
	@$(DEEPCLEAN) generate --dialect mysql --profile apim-4.5 --out generated
	@$(DEEPCLEAN) generate --dialect mssql --profile identity-5.14 --out generated
	@$(DEEPCLEAN) generate --dialect oracle --profile identity-5.14 --out generated
	@node --input-type=module -e 'import { jsonSchema } from "./dist/index.js"; console.log(JSON.stringify(jsonSchema(), null, 2))' > docs/deepclean.config.schema.json
	@npx tsx test/support/write-docs.ts

check-generated: build ## fails when generated/ is not what the sources make
	@$(DEEPCLEAN) generate --dialect postgresql --profile identity-5.14 --out generated --check
	@$(DEEPCLEAN) generate --dialect mysql --profile apim-4.5 --out generated --check
	@$(DEEPCLEAN) generate --dialect mssql --profile identity-5.14 --out generated --check
	@$(DEEPCLEAN) generate --dialect oracle --profile identity-5.14 --out generated --check

install-procs: build ## install into URL=…
	@$(DEEPCLEAN) install-procs --url "$(URL)" $(ARGS)

schedule: build ## scheduler script for DIALECT=… EVERY=1d [AT=01:00] [CLEANUP=tokens]
	@$(DEEPCLEAN) schedule --cleanup $(or $(CLEANUP),tokens) --dialect $(DIALECT) --every $(EVERY) $(if $(AT),--at $(AT)) $(ARGS)

bench: build engines ## side by side with the one-statement DELETE and the chunk-table algorithm
	@npx tsx test/bench/bench.ts $(ARGS)

bench-traffic: build engines ## what a run costs the product's sessions, for several settings [ARGS="--settings 50x250,25x50 --json"]
	@npx tsx test/bench/traffic.ts $(ARGS)

clean: ## remove what was built
	rm -rf dist node_modules .engines
