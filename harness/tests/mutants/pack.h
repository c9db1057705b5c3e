/* A script put into frames: UDP, TCP, SCTP or WebSocket over IPv4 or IPv6 over the link layer of each line's
 * style. */
#ifndef CPMSPEC_TESTS_MUTANTS_PACK_H
#define CPMSPEC_TESTS_MUTANTS_PACK_H

#include "tests/mutants/script.h"

struct packed {
    nsec_t time;
    int order; /* of what has the same time */
    uint32_t linktype;
    size_t snap; /* only so much of it was captured; 0: all */
    struct buf bytes;
};

struct frames {
    int n, size;
    struct packed *frame;
};

/* Packs the lines that are not gone, in the order of time. Lines over TCP between the same endpoints share a
 * connection. */
void pack_script(struct script *s, struct frames *ret);
/* A frame that is no SIP, to show that the capture goes on. */
void pack_tail(struct frames *f, nsec_t time);
void frames_done(struct frames *f);

/* One IP packet on the link layer of that name; the type of the link in *ret_linktype. */
struct slice pack_link(const char *link, bool v6, struct slice ip, uint32_t *ret_linktype);

#endif
