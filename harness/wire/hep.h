/* HEP version 3 (Homer Encapsulation Protocol, HEP3 rev. 37): what a SIP server reports of the messages it
 * sent and received. Zero-copy; a length that lies makes the whole packet bad. */
#ifndef CPMSPEC_WIRE_HEP_H
#define CPMSPEC_WIRE_HEP_H

#include "base/addr.h"
#include "base/buf.h"
#include "base/clock.h"

enum { HEP_HEAD = 6, HEP_SIP = 1, HEP_TLS = 22 /* IDP: how Kamailio says TLS, and WebSocket too */ };

struct hep {
    struct endpoint src, dst; /* of the message; ports 0 where none is given */
    uint8_t ip_protocol;      /* 17, 6, 132, or HEP_TLS */
    uint8_t kind;             /* what the payload is: HEP_SIP, 5 RTCP, 100 a log line */
    uint32_t agent;           /* the reporter's number; 0 where none is given */
    struct slice node;        /* and its name; p == NULL where none is given */
    nsec_t time;              /* as the reporter stamped it; 0 where it did not */
    struct slice payload;     /* p == NULL where there is none (a keep-alive) */
    bool compressed;          /* the payload is zlib's or gzip's: see hep_inflate */
};

/* Length of the packet that begins here, by its own word; 0 where the first HEP_HEAD bytes are not there, -1
 * where they begin no packet. */
int hep_length(struct slice bytes);

/* False where the packet contradicts itself or lacks what places it: addresses and kind. Chunks that are not
 * generic (a vendor's) or not known are passed over. Chunk 16 is a compressed payload by the book and a
 * correlation id by some senders: beside a payload (15) it is the latter. */
bool hep_decode(struct slice packet, struct hep *ret);

/* Inflates a payload into `out` (which is emptied first) up to its limit. 0, -EBADMSG, -ENOBUFS, -ENOMEM. */
int hep_inflate(struct slice payload, struct buf *out);

#endif
