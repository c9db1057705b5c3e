/* The insides of wire.h, for the files that share them. */
#ifndef CPMSPEC_WIRE_WIRE_STATE_H
#define CPMSPEC_WIRE_WIRE_STATE_H

#include "wire/dedup.h"
#include "wire/hepreport.h"
#include "wire/ipfrag.h"
#include "wire/link.h"
#include "wire/sctp.h"
#include "wire/tcp.h"
#include "wire/wire.h"

struct wire {
    struct wire_options options;
    struct payload_sink sink;
    struct ipfrag *ipfrag;
    struct tcp *tcp;
    struct tcp *tls; /* streams that TLS carried; NULL where none is read */
    struct dedup *dedup;
    struct stream_reader stream, tls_stream;
    struct sctp *sctp;
    const struct frame *sctp_frame; /* that is being taken */
    int sctp_shown;                 /* what became of the messages in it */
    struct buf inflated;            /* a HEP payload that came compressed */
    uint64_t frames;
    uint32_t first_source;
    bool several_sources;
    nsec_t latest;               /* time of the newest frame */
    uint64_t count[WIRE_COUNTS]; /* those that no part keeps for itself */
};

/* Counted later: a fragment whose packet is not complete. */
enum { WIRE_PENDING = WIRE_COUNTS };

/* Takes an IP packet apart. Returns what became of it (enum wire_count, or WIRE_PENDING) or a negative errno;
 * *frames is how many frames that is said of. */
int packet_take(struct wire *w, const struct frame *f, struct slice ip, uint32_t *frames);

/* What becomes of a frame that holds no IP packet, or of a packet whose tunnel holds none. */
int wire_no_packet(enum link_result found);

/* A HEP packet that came from `sender`, and data that Wireshark exported: payloads without a packet of their
 * own around them. As packet_take. */
int hep_take(struct wire *w, const struct frame *f, const struct endpoint *sender, struct slice packet);
int report_take(struct wire *w, const struct frame *f, const struct report *r);
int upper_take(struct wire *w, const struct frame *f);

/* What TLS carried in a frame that was counted as it came. 0, or a negative errno. */
int decrypted_take(struct wire *w, const struct frame *f);

/* Looks whether a payload can be SIP and is not a copy of one before, and hands it on. `id` tells the
 * sender's packets apart, or is 0. As packet_take. */
int payload_take(struct wire *w, const struct payload *p, uint32_t id);

/* Hands a payload to the sink. 0, or its negative errno. */
int wire_hand_on(struct wire *w, const struct payload *p);

#endif
