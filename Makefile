# `make` lists what there is. Every target first makes sure of the packages and tools it needs (see Scripts/setup.sh).
.DEFAULT_GOAL := help
.PHONY: help setup demo test test-long fuzz coverage corpus check vectors bench bench-full bench-image bench-rpc build-time docs

stamp := .venv/setup.stamp
hypha := .venv/hypha/setup.stamp
browser := .venv/browser/setup.stamp
peers := .venv/peers/setup.stamp

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## /  make \1@/p' Makefile | awk -F@ '{ printf "%-18s %s\n", $$1, $$2 }'

setup: $(stamp) ## install Debian packages (with sudo when not root) and the Python test environment

$(stamp): Scripts/setup.sh Scripts/packages.sh Tests/Python/requirements.txt
	@Scripts/setup.sh $@

# A real server of Hypha, for tests and the benchmarks of calls.
$(hypha): $(stamp) Scripts/setup-environment.sh Tests/Python/hypha-requirements.txt
	@Scripts/setup-environment.sh $(@D) Tests/Python/hypha-requirements.txt && touch $@

# Chromium and the clients in JavaScript, for tests alone; one of them comes with Hypha's server.
$(browser): $(hypha) Scripts/setup-browser.sh Scripts/setup-environment.sh Scripts/packages.sh Tests/Python/browser-requirements.txt
	@Scripts/setup-browser.sh $@

# The peers of the array benchmarks.
$(peers): $(stamp) Scripts/setup-environment.sh Benchmarks/peers/requirements.txt
	@Scripts/setup-environment.sh $(@D) Benchmarks/peers/requirements.txt && touch $@

demo: $(stamp) ## segment a real micrograph with a Python plugin; results go to demo-output/
	@Scripts/demo.sh

test: $(hypha) $(browser) ## all tests; address and thread sanitizer over the lower layers
	@Scripts/test.sh

test-long: $(hypha) $(browser) ## the same with long runs: more random inputs and histories, and without vectors of the processor
	@IMJOY_TEST_LONG=1 Scripts/test.sh

fuzz: $(stamp) ## parsers under mutated input; IMJOY_FUZZ_SECONDS for each (6)
	@Scripts/fuzz.sh

coverage: $(stamp) ## lines of ImJoyCore and ImJoyRPC that tests reach; fails below 90 %
	@Scripts/coverage.sh

corpus: $(stamp) ## images that others publish, read by us; images that we wrote, read by tifffile, Bio-Formats and ImageJ
	@Scripts/corpus.sh

check: $(stamp) ## format, imports, warnings, documentation, linkage, API breakage
	@Scripts/soundness.sh

vectors: $(stamp) ## the golden vectors alone, in release; IMJOY_VECTORS names another folder of them
	@Scripts/vectors.sh

bench: $(peers) ## measure against the peers; results go to Benchmarks/results/
	@Scripts/bench.sh

bench-full: $(peers) ## the same with large arrays, on one thread and on two (about an hour)
	@Scripts/bench.sh --size s,m,l --threads 1,2

bench-image: $(peers) ## the same for filters, morphology, segmentation and geometry
	@Scripts/bench.sh --rows images

bench-rpc: $(hypha) ## measure calls beside hypha-rpc and its server
	@Scripts/bench-rpc.sh

build-time: $(stamp) ## how long a clean release build of ImJoyCore takes, and a start
	@Scripts/build-time.sh

docs: $(stamp) ## build the documentation into docs-output/
	@Scripts/docs.sh docs-output
