/* The pcapng capture format (draft-ietf-opsawg-pcapng): several sections and interfaces, each with its own
 * byte order, link type, snap length and time resolution. libpcap refuses captures whose interfaces differ in
 * that, so the blocks are read here. Blocks that hold no frame are stepped over, unknown ones too. */
#ifndef CPMSPEC_WIRE_PCAPNG_H
#define CPMSPEC_WIRE_PCAPNG_H

#include "base/error.h"
#include "wire/frame.h"

struct input;

enum { PCAPNG_INTERFACES_MAX = 4096 };

struct pcapng_interface {
    uint32_t linktype;
    uint32_t snaplen;      /* 0: no limit */
    uint64_t per_second;   /* ticks */
    int64_t offset;        /* seconds to add */
    uint64_t dropped;      /* by its latest statistics */
    uint64_t dropped_here; /* by the frames' own counts */
};

/* All zeros before the first frame. */
struct pcapng_reader {
    bool section; /* inside one */
    bool swap;
    bool secrets; /* a decryption secrets block was seen */
    uint32_t ninterfaces, room;
    struct pcapng_interface *interface; /* of this section */
    uint64_t dropped;                   /* in sections that are over */
    uint64_t skip;                      /* bytes of a block to step over */
    nsec_t last_time;                   /* for simple packet blocks, which have none */
};

bool pcapng_begins(struct slice head);

/* As pcap_reader_next. */
int pcapng_reader_next(struct pcapng_reader *r, struct input *in, uint64_t number, struct frame *ret,
                       struct error *err);
void pcapng_reader_done(struct pcapng_reader *r);

/* Frames that the capturing side says it lost. */
uint64_t pcapng_reader_dropped(const struct pcapng_reader *r);

#endif
