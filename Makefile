# cpmspec: build, run, test. `make help` lists the targets.

BUILD  ?= build
CC     ?= gcc
ROOMS  := base wire sip suite trace oracle drive report cli
PKGS   := libxml-2.0 zlib jansson

# SAN=address,undefined builds with sanitizers, in a folder of its own; WERROR=1 turns warnings into errors.
ifdef SAN
BUILD  := $(BUILD)-san
SANFLAGS := -fsanitize=$(SAN) -fno-sanitize-recover=all -fno-omit-frame-pointer
endif
WARN   := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith -Wcast-qual \
          -Wwrite-strings -Wformat=2 -Wundef -Wvla $(if $(WERROR),-Werror)
# Loops are short here, so that unrolling costs more than it brings.
CFLAGS ?= -O3 -g -fno-tree-vectorize
ALL_CFLAGS = -std=c11 -D_GNU_SOURCE -Iharness $(shell pkg-config --cflags $(PKGS)) $(WARN) $(CFLAGS) $(SANFLAGS)
# The program is optimised as a whole, across its rooms; tests link the same objects as they are. Where the compiler is
# gcc and may optimise; LTO= switches it off. (What gcc guesses to be uninitialised there is -errno taken for 0.)
LTO    ?= $(if $(or $(SAN),$(findstring -O0,$(CFLAGS)),$(findstring clang,$(CC))),,-flto=auto)
# Where each message goes through functions are small, and inlining them pays.
HOT    := base wire sip trace oracle
INLINE := --param inline-unit-growth=300 --param max-inline-insns-auto=120
LIBS   = $(shell pkg-config --libs $(PKGS)) -lpcap -lpthread
V      ?= @

room_objs  = $(patsubst harness/%.c,$(BUILD)/%.o,$(filter-out harness/cli/main.c,$(sort $(wildcard harness/$(1)/*.c))))
room_lib   = $(BUILD)/lib$(1).a
# A room may use itself and the rooms before it; linking in this order holds it to that.
room_chain = $(foreach r,$(1),$(call room_lib,$(r)))
rooms_upto = $(if $(filter $(firstword $(2)),$(1)),$(1),$(firstword $(2)) $(call rooms_upto,$(1),$(wordlist 2,99,$(2))))
reverse    = $(if $(1),$(call reverse,$(wordlist 2,99,$(1))) $(firstword $(1)))

UNIT_TESTS := $(sort $(filter-out %_e2e_test.c,$(wildcard harness/tests/*_test.c)))
E2E_TESTS  := $(sort $(wildcard harness/tests/*_e2e_test.c))
test_prog   = $(patsubst harness/tests/%.c,$(BUILD)/tests/%,$(1))

.PHONY: docs all help run test self-test unit e2e clean deps

all: $(BUILD)/cpmspec

help:
	@sed -n 's/^## //p' $(filter-out %.d,$(MAKEFILE_LIST))

$(BUILD)/%.o: harness/%.c
	@mkdir -p $(@D)
	$(V)$(CC) $(ALL_CFLAGS) $(LTO:%=% -ffat-lto-objects $(if $(filter $(foreach r,$(HOT),$(BUILD)/$(r)/%),$@),$(INLINE))) -MMD -MP -c -o $@ $<

define room_rule
$(call room_lib,$(1)): $(call room_objs,$(1))
	@rm -f $$@
	$(V)$(AR) rcs $$@ $$^
endef
$(foreach r,$(ROOMS),$(eval $(call room_rule,$(r))))

$(BUILD)/cpmspec: $(BUILD)/cli/main.o $(call room_chain,$(call reverse,$(ROOMS)))
	$(V)$(CC) $(ALL_CFLAGS) $(LTO:%=% $(INLINE) -Wno-maybe-uninitialized) -o $@ $^ $(LIBS)

# What tests share (test.c, oom.c, …): every file there that is no test program itself.
TEST_LIB  := $(BUILD)/tests/libtest.a
$(TEST_LIB): $(patsubst harness/%.c,$(BUILD)/%.o,$(filter-out %_test.c,$(wildcard harness/tests/*.c)))
	@rm -f $@
	$(V)$(AR) rcs $@ $^

# One program per <module>_test.c, linked with the module's room and those before it, nothing else.
define test_rule
$(call test_prog,$(1)): $(patsubst harness/%.c,$(BUILD)/%.o,$(1)) $(TEST_LIB) \
	$(call room_chain,$(call reverse,$(call rooms_upto,$(or $(2),cli),$(ROOMS))))
	$(V)$(CC) $(ALL_CFLAGS) -fno-lto -o $$@ $$^ $(LIBS) -lcunit $(3)
endef
# The room of a test's module; what tests share knows base alone.
module_room = $(patsubst tests,base,$(notdir $(patsubst %/,%,$(dir $(firstword $(wildcard harness/*/$(patsubst %_test.c,%.c,$(notdir $(1)))))))))
# What a test that is not named after a module belongs to, and what it links besides: ROOM_x and LIBS_x for x_test.c.
ROOM_sip_diff := sip
ROOM_wire_oom := wire
ROOM_profile_start := suite
ROOM_tshark_count := wire
LIBS_sip_diff := -losipparser2
test_name   = $(patsubst %_test.c,%,$(notdir $(1)))
$(foreach t,$(UNIT_TESTS) $(E2E_TESTS),$(eval $(call test_rule,$(t),$(or $(ROOM_$(call test_name,$(t))),$(call module_room,$(t))),$(LIBS_$(call test_name,$(t))))))

# A client of somebody else's making, for the tests of clients: the SIP stack of baresip.
RE_CLIENT := $(BUILD)/tests/clients/re_client
$(RE_CLIENT): $(BUILD)/tests/clients/re_client.o
	$(V)$(CC) $(ALL_CFLAGS) -o $@ $^ -lre
$(call test_prog,harness/tests/client_e2e_test.c): | $(RE_CLIENT)

## make bench-sip what scanning a message costs, beside libosip2
$(eval $(call test_rule,harness/tests/bench/sip_bench.c,sip,-losipparser2))
.PHONY: bench-sip
bench-sip: $(BUILD)/tests/bench/sip_bench
	@$<

## make run       install what is missing, build, run every test case on the reference network (ARGS=…)
# The compiler may be among what is missing, so the rest is another make's work.
run:
	@scripts/install-deps run
	@$(MAKE) --no-print-directory -j$$(nproc) $(BUILD)/cpmspec
	@$(BUILD)/cpmspec run $(ARGS)

## make test      install what is missing, build, run every self-test; the last line says how many passed
test:
	@scripts/install-deps run test
	@$(MAKE) --no-print-directory -j$$(nproc) self-test

self-test: $(BUILD)/cpmspec $(call test_prog,$(UNIT_TESTS) $(E2E_TESTS))
	@scripts/run-tests $(filter-out $<,$^)

## make deps      install everything that any target here needs
deps:
	@scripts/install-deps run test lint

## make unit      the unit tests alone
unit: $(call test_prog,$(UNIT_TESTS))
	@scripts/run-tests $^

## make e2e       the tests that drive the whole program, on real traffic
e2e: $(BUILD)/cpmspec $(call test_prog,$(E2E_TESTS))
	@scripts/run-tests $(filter-out $<,$^)

## make docs      writes the parts of docs/ that are made from the code
docs: $(BUILD)/cpmspec
	@$< explain rules >docs/rules.md.new && mv docs/rules.md.new docs/rules.md

clean:
	rm -rf build build-*

include scripts/bench.mk
include scripts/install.mk
include scripts/mutants.mk
include scripts/quality.mk
-include $(wildcard $(BUILD)/*/*.d)
