/* Writes frames as a capture file that Wireshark and cpmspec open. */
#ifndef CPMSPEC_TESTS_MUTANTS_OUTCAP_H
#define CPMSPEC_TESTS_MUTANTS_OUTCAP_H

#include "base/error.h"
#include "tests/mutants/pack.h"

/* `format`: "pcap" (nanoseconds), "usec", "swapped" (the other byte order), "pcapng"; with ".gz" behind it
 * compressed. "dropped": a pcapng that says that frames were lost; "cut": it ends in the middle of its last
 * frame. Frames on several link layers are written as pcapng, whatever is asked for. -EINVAL, or what
 * writing said. */
int outcap_write(const char *path, const char *format, const struct frames *f, struct error *err);

#endif
