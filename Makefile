# Targets for people; the work is in scripts/.
DEMO_TEXT = 桂林是世界闻名的旅游城市,它有[MASK]江。

# What `make bench` takes on the command line, each an option of tools/bench/bench_inference.py: SIZES=97m is --sizes 97m.
BENCH_OPTIONS = SIZES SHAPES LONG PRECISIONS PARTS TEXTS REPEATS
bench_flag = --$(shell echo $(1) | tr A-Z a-z)

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-6s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

deps: ## install oneDNN, jieba's dictionary, zlib and libzstd if that is possible here; goes on without them otherwise
	@scripts/install-deps

demo: deps ## build the release binary and fill the mask of the model card's sentence
	swift build -c release --product erlangshen
	@"$$(swift build -c release --show-bin-path)/erlangshen" fill-mask '$(DEMO_TEXT)'

test: deps ## run every test; the last line counts them
	@scripts/test

check: ## format, layout, imports, warnings, documentation, README
	@scripts/check

bench: ## time this package beside other engines and write docs/benchmarks.md; SIZES=97m and the like for less
	@scripts/bench $(foreach name,$(BENCH_OPTIONS),$(if $($(name)),$(call bench_flag,$(name)) '$($(name))'))

clean: ## remove what was built
	swift package clean
	rm -rf .build/check-docs .build/test-results

.PHONY: help deps demo test check bench clean
