/* The classic capture format of libpcap (draft-ietf-opsawg-pcap): either byte order, micro- and nanoseconds,
 * and the two modified forms with longer records. Reads from an input without a copy. */
#ifndef CPMSPEC_WIRE_PCAP_H
#define CPMSPEC_WIRE_PCAP_H

#include "base/error.h"
#include "wire/frame.h"

struct input;

/* All zeros before the first frame. */
struct pcap_reader {
    bool started;
    bool swap; /* written in the other byte order */
    bool nano;
    bool lengths_swapped;  /* versions before 2.3 had the two lengths the other way round */
    bool lengths_doubtful; /* version 2.3 had both */
    uint32_t record_head;  /* bytes before a frame's own */
    uint32_t linktype;
};

/* Whether these (at least four) bytes are a magic number of the format. */
bool pcap_begins(struct slice head);

/* The next frame: 1, 0 at the end, -EAGAIN, -EINTR; -ENODATA where the file ends too early and -EBADMSG where
 * it contradicts itself, both with the sentence in *err; other errnos of reading. `number` is the frame's,
 * for the sentence. */
int pcap_reader_next(struct pcap_reader *r, struct input *in, uint64_t number, struct frame *ret,
                     struct error *err);

#endif
