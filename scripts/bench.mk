# What judging costs, beside others. Included by the Makefile, whose words it uses.

BENCH := $(BUILD)/tests/bench/bench $(BUILD)/tests/bench/talk_capture

.PHONY: bench

$(BENCH): %: %.o $(TEST_LIB) $(call room_chain,wire base)
	$(V)$(CC) $(ALL_CFLAGS) -fno-lto -o $@ $^ $(LIBS) -lcunit

# What gcc learns from captures that are judged: which way branches go, what is worth inlining. The first build counts, the
# second one uses the counts; what was not reached is optimised as ever. Having counted, gcc would copy messages by string
# instructions, which begin slowly: the C library copies faster.
RELEASE  := build-release
TRAINING := $(wildcard harness/tests/captures/*.pcap harness/tests/captures/shapes/*.pcap)

LIBC_COPIES = $(if $(filter x86_64-%,$(shell $(CC) -dumpmachine)),\
	-mmemcpy-strategy=libcall:-1:noalign -mmemset-strategy=libcall:-1:noalign)

.PHONY: release
## make release   the fastest build, trained on captures (gcc): build-release/cpmspec; BUILD=build-release installs it
release:
	@rm -rf $(RELEASE)
	@$(MAKE) --no-print-directory -j$$(nproc) BUILD=$(RELEASE) LTO= CFLAGS='$(CFLAGS) -fprofile-generate -fprofile-update=atomic' \
		$(RELEASE)/cpmspec $(RELEASE)/tests/bench/talk_capture
	@$(RELEASE)/tests/bench/talk_capture $(RELEASE)/training.pcap 35000 50
	@for f in $(RELEASE)/training.pcap $(TRAINING); do \
		$(RELEASE)/cpmspec judge --json $(RELEASE)/training.json --quiet "$$f" >/dev/null 2>&1; \
		done; rm -f $(RELEASE)/training.*
	@find $(RELEASE) -name '*.[oa]' -delete; rm -f $(RELEASE)/cpmspec $(RELEASE)/tests/bench/talk_capture
	@$(MAKE) --no-print-directory -j$$(nproc) BUILD=$(RELEASE) CFLAGS='$(CFLAGS) -fprofile-use -fprofile-partial-training $(LIBC_COPIES) \
		-Wno-missing-profile -Wno-maybe-uninitialized -Wno-restrict' $(RELEASE)/cpmspec

## make bench     time and memory of the release beside tcpdump, tshark and sngrep, medians of five (minutes, 8 GB of disk)
bench: release $(BENCH)
	@$(BUILD)/tests/bench/bench $(RELEASE)/cpmspec $(BUILD)/tests/bench/talk_capture $(BUILD)/tests/bench
