# The proof that the oracle knows a fault when it sees one, and a good network too. Included by the Makefile, whose
# words it uses.

MUTANTS      := $(BUILD)/tests/mutants/mutants
MUTANTS_OBJS := $(patsubst harness/%.c,$(BUILD)/%.o,$(sort $(wildcard harness/tests/mutants/*.c)))
MUTANTS_JOBS ?= 4
RUNS         ?= 1000

.PHONY: mutants mutants-table thousand

$(MUTANTS): $(MUTANTS_OBJS) $(call room_chain,$(call reverse,$(call rooms_upto,drive,$(ROOMS))))
	$(V)$(CC) $(ALL_CFLAGS) -fno-lto -o $@ $^ $(LIBS)

## make mutants   every mutant must fail, and say why; every benign variant must pass
mutants: $(BUILD)/cpmspec $(MUTANTS)
	@rm -rf $(BUILD)/mutants
	@$(MUTANTS) --cpmspec $(BUILD)/cpmspec --work $(BUILD)/mutants --jobs $(MUTANTS_JOBS) --table $(BUILD)/mutants.md $(MUTANTS_ARGS)
	@cmp -s $(BUILD)/mutants.md docs/mutants.md || \
		echo "docs/mutants.md is of other runs: make mutants-table"

mutants-table:
	@cp $(BUILD)/mutants.md docs/mutants.md

## make thousand  a thousand runs of the plain flow must give a thousand passes (RUNS=1000)
thousand: $(BUILD)/cpmspec
	@scripts/run-thousand $(BUILD)/cpmspec $(RUNS)
