/* Whether bytes can be SIP at all, cheaply: what is plainly something else (RTP, DNS, HTTP, MSRP) need not be
 * scanned. In doubt it is SIP: the scanner has the last word. */
#ifndef CPMSPEC_WIRE_SNIFF_H
#define CPMSPEC_WIRE_SNIFF_H

#include "base/slice.h"

enum sniff {
    SNIFF_SIP,
    SNIFF_KEEPALIVE, /* CRLFs (RFC 5626 3.5.1, 4.4.1), NULs, or nothing */
    SNIFF_OTHER,
    SNIFF_MORE, /* a stream's first bytes: too few to tell */
};

/* Of a datagram. */
enum sniff sniff_datagram(struct slice d);

/* Of the first bytes of a stream. */
enum sniff sniff_stream(struct slice bytes);

/* Whether the bytes begin with a SIP start line (RFC 3261 7.1, 7.2), by its version. */
bool sniff_start_line(struct slice bytes);

/* Offset of the first line that is one, or bytes.n where there is none. */
size_t sniff_find_start(struct slice bytes);

/* Whether the bytes begin with a record of TLS (RFC 8446 5.1). False for fewer than five. */
bool sniff_tls(struct slice bytes);

#endif
