/* What a SIP server reports (HEP): as a payload, and in the form in which it is kept in a capture file, which
 * Wireshark shows as the SIP message that it is. */
#ifndef CPMSPEC_WIRE_HEPREPORT_H
#define CPMSPEC_WIRE_HEPREPORT_H

#include "base/buf.h"
#include "wire/frame.h"
#include "wire/payload.h"

enum report_kind {
    REPORT_SIP,
    REPORT_OTHER, /* RTCP, log lines, keep-alives */
    REPORT_BAD,   /* no HEP version 3 packet, or one that claims more than it has */
};

struct report {
    enum report_kind kind;
    struct endpoint src, dst;
    enum transport transport;
    uint32_t reporter; /* never 0: who reports, by whose clock */
    nsec_t stamp;      /* by that clock; 0 where it is not said */
    struct slice bytes;
};

/* Reads a HEP packet that came from `sender`. Behind one sender (a proxy for HEP) there may be several
 * reporters; the capture id or the node name tells them apart. `inflated` holds what came compressed, up to
 * its limit. 0 or -ENOMEM. */
int report_read(const struct endpoint *sender, struct slice packet, struct buf *inflated, struct report *ret);

/* Writes a frame with link type LINK_HEP3 into `out` (which is emptied first) as data that Wireshark
 * exported, link type LINKTYPE_UPPER_PDU. One tag of its own holds what Wireshark has no tag for and passes
 * over; by it upper_decode knows the report again. 0, -ENOMEM, -ENOBUFS. */
int report_keep(const struct frame *f, struct buf *inflated, struct buf *out);

#endif
