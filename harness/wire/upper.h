/* Wireshark's form for exported data (LINKTYPE_WIRESHARK_UPPER_PDU): tags that say whose it is, then the
 * data. Zero-copy. */
#ifndef CPMSPEC_WIRE_UPPER_H
#define CPMSPEC_WIRE_UPPER_H

#include "base/buf.h"
#include "wire/hepreport.h"

/* Wireshark's numbers for kinds of ports. */
enum { UPPER_SCTP = 1, UPPER_TCP = 2, UPPER_UDP = 3 };

struct upper {
    struct slice protocol; /* the dissector that was given the data; p == NULL where it is not said */
    struct endpoint src, dst;
    uint32_t port_type;
    uint64_t frame; /* in the capture that it was exported from; 0 where it is not said */
    bool reported;  /* `report` holds what a HEP report said besides; its ends and bytes are these */
    struct report report;
    struct slice data;
};

/* False where the tags do not end, or one is longer than the frame. */
bool upper_decode(struct slice bytes, struct upper *ret);

/* Writes it into `out`, which is emptied first; `frame` is left out where it is 0. -ENOMEM, -ENOBUFS. */
int upper_encode(const struct upper *u, struct buf *out);

#endif
