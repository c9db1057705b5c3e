# What keeps the tree in order. Included by the Makefile, whose words it uses.

SECONDS   ?= 30
C_FILES   := $(sort $(wildcard harness/*/*.c harness/tests/*/*.c))
H_FILES   := $(sort $(wildcard harness/*/*.h harness/tests/*/*.h))
FUZZERS   := $(sort $(wildcard harness/tests/fuzz/*_fuzz.c))
FUZZ_BUILD := build-fuzz
COVERAGE_BUILD := build-coverage
FUZZ_SAN  := fuzzer-no-link,address,undefined
fuzz_prog  = $(patsubst harness/tests/fuzz/%.c,$(BUILD)/fuzz/%,$(1))

.PHONY: check lint coverage rooms format format-check tidy cppcheck programs fuzz fuzz-programs

## make check     all that .ci/run does, on a machine that has what it needs
check:
	@.ci/run --no-install

## make lint      the rules of the house, the format, clang-tidy, cppcheck
lint: rooms format-check cppcheck tidy

rooms:
	@scripts/check-rooms

## make format    gives every C file its form
format:
	@clang-format -i $(C_FILES) $(H_FILES)

format-check:
	@clang-format --dry-run -Werror $(C_FILES) $(H_FILES)

# One mark per file, so that only what changed is looked at again. The analyzer's long walks, and functions that
# fit on a screen, are for what ships.
TIDY_TESTS := --checks='-clang-analyzer-*,-readability-function-size'
TIDY_MARKS := $(patsubst harness/%.c,$(BUILD)/tidy/%.ok,$(C_FILES))
tidy: $(TIDY_MARKS)
$(BUILD)/tidy/%.ok: harness/%.c $(H_FILES) .clang-tidy
	@mkdir -p $(@D)
	$(V)clang-tidy --quiet $(if $(filter harness/tests/%,$<),$(TIDY_TESTS)) $< -- $(ALL_CFLAGS) >$@.log 2>&1 || { cat $@.log; rm -f $@.log; exit 1; }
	@rm -f $@.log; touch $@

cppcheck:
	@mkdir -p $(BUILD)/cppcheck
	$(V)cppcheck --quiet --std=c11 --enable=warning,performance,portability --inline-suppr --error-exitcode=1 \
		'-Djson_array_foreach(a,i,v)=while (v)' '-Djson_object_foreach(o,k,v)=while (v)' \
		--suppress=missingIncludeSystem --suppress=uninitvar --suppress=legacyUninitvar \
		--cppcheck-build-dir=$(BUILD)/cppcheck -j 2 -D_GNU_SOURCE -Iharness harness

## make coverage  how much of each file the self-tests run
coverage:
	@find $(COVERAGE_BUILD) -name '*.gcda' -delete 2>/dev/null || true
	@mkdir -p $(COVERAGE_BUILD)
	@gcc -c -o $(COVERAGE_BUILD)/exit.o scripts/coverage-exit.c
	@$(MAKE) --no-print-directory BUILD=$(COVERAGE_BUILD) CC=gcc \
		CFLAGS='-O0 -g --coverage -Wl,--wrap=_exit,$(COVERAGE_BUILD)/exit.o' self-test
	@scripts/coverage $(COVERAGE_BUILD) 50

# The tool and every test program, without running any.
programs: all $(call test_prog,$(UNIT_TESTS) $(E2E_TESTS))

define fuzz_rule
$(call fuzz_prog,$(1)): $(patsubst harness/%.c,$(BUILD)/%.o,$(1)) $(BUILD)/tests/talk.o $(call room_chain,$(call reverse,$(ROOMS)))
	@mkdir -p $$(@D)
	$(V)$(CC) $(ALL_CFLAGS) -fsanitize=fuzzer -o $$@ $$^ $(LIBS)
endef
$(foreach f,$(FUZZERS),$(eval $(call fuzz_rule,$(f))))

fuzz-programs: $(call fuzz_prog,$(FUZZERS))

## make fuzz SECONDS=30   every fuzz target for so long
fuzz:
	@$(MAKE) --no-print-directory CC=clang SAN=$(FUZZ_SAN) BUILD=$(FUZZ_BUILD) fuzz-programs
	@scripts/run-fuzz $(SECONDS) $(patsubst harness/tests/fuzz/%.c,$(FUZZ_BUILD)/fuzz/%,$(FUZZERS))

-include $(wildcard $(BUILD)/tests/*/*.d)
