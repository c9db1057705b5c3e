# What judging costs, beside others. Included by the Makefile, whose words it uses.

BENCH := $(BUILD)/tests/bench/bench $(BUILD)/tests/bench/talk_capture

.PHONY: bench

$(BENCH): %: %.o $(TEST_LIB) $(call room_chain,wire base)
	$(V)$(CC) $(ALL_CFLAGS) -fno-lto -o $@ $^ $(LIBS) -lcunit

## make bench     time and memory of judge beside tcpdump, tshark and sngrep, medians of five (takes minutes, 8 GB of disk)
bench: $(BUILD)/cpmspec $(BENCH)
	@$(BUILD)/tests/bench/bench $(BUILD)/cpmspec $(BUILD)/tests/bench/talk_capture $(BUILD)/tests/bench
