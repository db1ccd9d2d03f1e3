# Every verb a person types and CI runs. `make help` lists them.
PYTHON ?= python3
BIN := .venv/bin
RECIPE ?= recipes/demo.yaml

.DEFAULT_GOAL := help
.PHONY: help setup demo test test-slow test-chart chart-score values monitoring-pages golden package test-cluster lint types imports protos proto-lint breaking landed format requirements images sbom bench wheel clean

help: ## show this
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sort | awk -F':.*## ' '{printf "  make %-17s %s\n", $$1, $$2}'

setup: ## make the virtual environment (also done by every other target)
	@$(PYTHON) tools/environment.py

demo: setup ## run the whole chain on this machine's own Python packages
	@$(BIN)/codekiln run $(RECIPE)

test: setup ## run the tests that take seconds each
	$(BIN)/python -m pytest -n 2 --dist loadfile

test-slow: setup ## run the tests with real kills, vLLM and the whole chain
	$(BIN)/python -m pytest -m slow

test-chart: setup ## run the tests that render the chart (helm on the PATH)
	$(BIN)/python -m pytest -m chart tests/chart

chart-score: setup ## judge the chart with checkov (helm on the PATH)
	@$(BIN)/python tools/chart_score.py

values: setup ## write the table of values into the chart's README
	$(BIN)/python -m tools.values_page

monitoring-pages: setup ## write the dashboards and the list of metrics from their tables
	$(BIN)/python -m tools.dashboards && $(BIN)/python -m tools.metrics_page

golden: setup ## take today's default rendering of the chart as the reviewed one (helm on the PATH)
	$(BIN)/python -m tests.chart.golden

package: setup ## package the chart, the same bytes each time (helm on the PATH)
	@$(BIN)/python tools/package_chart.py

test-cluster: setup ## run the tests on the cluster that KUBECONFIG names, with images that it has
	$(BIN)/python -m pytest -m cluster

lint: setup ## check style
	$(BIN)/ruff check . && $(BIN)/ruff format --check .

types: setup ## check types
	$(BIN)/mypy -p codekiln

imports: setup ## check the dependency rule
	$(BIN)/lint-imports

protos: setup ## regenerate the stubs
	cd protos && ../$(BIN)/python -m grpc_tools.protoc -I . --python_out=../services --pyi_out=../services --grpc_python_out=../services codekiln/v1/*.proto

proto-lint: setup ## check the contracts
	cd protos && ../$(BIN)/buf lint && ../$(BIN)/buf format --diff --exit-code

breaking: setup ## check that the contracts still fit those that landed last (protos/landed.binpb)
	cd protos && ../$(BIN)/buf breaking --against landed.binpb

landed: setup ## take today's contracts as those that landed (after a landing, in a commit of its own)
	cd protos && ../$(BIN)/buf build -o landed.binpb

format: setup ## mend style
	$(BIN)/ruff check --fix . ; $(BIN)/ruff format .

requirements: setup ## resolve requirements/*.in again
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate --override requirements/overrides.txt requirements/development.in -o requirements/development.txt
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate requirements/bootstrap.in -o requirements/bootstrap.txt
	for peer in bench/peers/*.in; do $(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate $$peer -o $${peer%.in}.txt || exit; done
	$(BIN)/python -m tools.image_requirements

images: setup ## build the images of all families, or of FAMILY="services data" (docker, podman, buildah or IMAGE_BUILD)
	@$(BIN)/python -m tools.images $(FAMILY)

sbom: setup ## write what is in each image to dist/sbom/, as CycloneDX
	@$(BIN)/python -m tools.sbom $(FAMILY)

bench: setup ## measure the chain stage by stage
	$(BIN)/python -m bench.chain --json

wheel: setup ## build the wheel, stubs inside
	$(BIN)/uv build --quiet --wheel --no-build-isolation --python $(BIN)/python -o dist .

clean: ## remove what was built and what was run; keeps .venv
	rm -rf .codekiln build dist *.egg-info services/*.egg-info
