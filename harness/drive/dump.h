/* What a test case captured, written to disk as it comes: one pcap file (nanoseconds) per capture point. */
#ifndef CPMSPEC_DRIVE_DUMP_H
#define CPMSPEC_DRIVE_DUMP_H

#include "base/error.h"
#include "wire/frame.h"

enum { DUMP_SOURCES_MAX = 16, DUMP_NAME_MAX = 32 };

struct dump;

/* Files go into the folder `dir`. -ENOMEM. */
int dump_new(const char *dir, struct dump **ret, struct error *err);

/* "capture.pcap" for source 0, "capture-2.pcap" for source 1, and so on; into `out`, which it returns. */
const char *dump_name(uint32_t source, char out[DUMP_NAME_MAX]);

/* Adds a frame to its source's file, which begins with the first one. HEP reports are kept as SIP messages
 * that Wireshark shows (hepreport.h). -ENOSPC and the like, with the words;
 * after that nothing more is written. */
int dump_frame(struct dump *d, const struct frame *f, struct error *err);

/* Puts all that was written so far where others can read it. */
int dump_flush(struct dump *d, struct error *err);

/* Does not say whether the last bytes arrived: dump_flush does. */
void dump_free(struct dump *d);

#endif
