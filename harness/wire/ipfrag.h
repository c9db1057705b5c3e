/* Puts IP packets together from their fragments (RFC 791 3.2, RFC 8200 4.5), which may come in any order,
 * more than once and overlapping: the first copy of a byte wins, and a second that differs is counted
 * (RFC 5722 would have a host drop the packet; a witness keeps it and says so). Bounded in packets and bytes;
 * what stays incomplete is given up after IPFRAG_TIMEOUT of capture time. */
#ifndef CPMSPEC_WIRE_IPFRAG_H
#define CPMSPEC_WIRE_IPFRAG_H

#include "base/clock.h"
#include "wire/ip.h"

/* As long as a host waits (RFC 8200 4.5; Linux waits 30 s). */
#define IPFRAG_TIMEOUT (60 * NSEC_PER_SEC)

struct ipfrag_limits {
    uint32_t packets; /* incomplete at a time */
    size_t bytes;     /* of all buffers */
};

struct ipfrag_counts {
    /* frames that came to nothing */
    uint64_t incomplete; /* the time was over, or the capture */
    uint64_t crowded;    /* a limit was met */
    uint64_t bad;        /* no part of any packet: empty, past 64 KiB, length not in eights */
    /* what happened besides */
    uint64_t repeated;  /* parts that brought nothing new */
    uint64_t conflicts; /* parts that contradict an earlier one */
    uint64_t limit_met; /* times that a packet had to go for another */
};

struct ipfrag;

/* -ENOMEM. */
int ipfrag_new(const struct ipfrag_limits *limits, struct ipfrag **ret);
void ipfrag_free(struct ipfrag *f);

/* Takes in a fragment that came in *frames frames (more than one where it was itself in fragments, inside a
 * tunnel). 1: the packet is complete; *p becomes it (payload borrowed until the next call, its `missing` the
 * bytes at its end that were not captured) and *frames the number of frames it came in, all told. 0: taken
 * in, or counted. -ENOMEM. */
int ipfrag_add(struct ipfrag *f, struct ip_packet *p, nsec_t now, uint32_t *frames);

/* Gives up what has waited too long at `now`; what waits at all where `now` is INT64_MAX. */
void ipfrag_expire(struct ipfrag *f, nsec_t now);

const struct ipfrag_counts *ipfrag_counts(const struct ipfrag *f);

#endif
