# SPDX-License-Identifier: GPL-2.0-or-later
# The everyday commands. The build itself is Meson's (meson.build).

BUILD ?= build
PREFIX ?= /usr/local
DESTDIR ?=
NINJA = ninja -C $(BUILD)

.PHONY: help build hello check check-all install bench fuzz lint format clean

help:
	@echo 'make build     install what is missing and build (in $(BUILD)/)'
	@echo 'make hello     build, say hello, then trace this machine (as root)'
	@echo 'make check     run the tests'
	@echo 'make check-all run every test, longer'
	@echo 'make bench     measure, beside bpftrace where it is installed'
	@echo 'make fuzz      fuzz each target; SECONDS=60'
	@echo 'make lint      check sizes, layers, globals, headers, words'
	@echo 'make format    format the lines that differ from main'
	@echo 'make install   install below PREFIX=$(PREFIX) (and DESTDIR)'

# Meson says what is wrong on its standard output.
$(BUILD)/build.ninja:
	@mkdir -p $(BUILD)
	@meson setup $(BUILD) --prefix '$(PREFIX)' $(MESON_OPTIONS) \
		>$(BUILD)/setup.log || { cat $(BUILD)/setup.log; exit 1; }

# A folder that was set up before the test library came does not know it.
$(BUILD)/with-tests: $(BUILD)/build.ninja
	@meson setup --reconfigure $(BUILD) >$(BUILD)/setup.log || \
		{ cat $(BUILD)/setup.log; exit 1; }
	@touch $@

build:
	@scripts/deps build
	@$(MAKE) --no-print-directory $(BUILD)/build.ninja
	@$(NINJA) --quiet

hello: build
	@scripts/hello $(BUILD)

check:
	@scripts/deps check
	@$(MAKE) --no-print-directory $(BUILD)/with-tests build
	@tests/suites $(BUILD)

check-all:
	@scripts/deps check
	@$(MAKE) --no-print-directory $(BUILD)/with-tests build
	@FUZZ_SECONDS=300 FUZZ_SEED=0 VM_ALL=1 tests/suites $(BUILD)

bench: build
	@scripts/deps bench
	@tests/bench/run $(BUILD)

fuzz:
	@scripts/deps check
	@tests/fuzz/run $(or $(SECONDS),60)

lint:
	@scripts/deps check
	@tests/lint/run

format:
	@git diff -U0 --no-color main -- '*.c' '*.h' | clang-format-diff -p1 -i

install: build
	@meson configure $(BUILD) -Dprefix='$(PREFIX)'
	@DESTDIR='$(DESTDIR)' meson install -C $(BUILD) --quiet

clean:
	rm -rf $(BUILD)
