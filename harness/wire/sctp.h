/* SCTP packets to user messages (RFC 9260): DATA and I-DATA chunks (RFC 8260), bundled, in parts, sent again.
 * SIP over SCTP puts each message in one user message (RFC 4168). Associations are told by ports and
 * verification tag, so that the paths of a multi-homed one come together. All is bounded. */
#ifndef CPMSPEC_WIRE_SCTP_H
#define CPMSPEC_WIRE_SCTP_H

#include "base/addr.h"
#include "wire/payload.h"

enum { SCTP_HEAD = 12 };

struct sctp_packet {
    struct endpoint src, dst; /* ports are read from the header */
    struct slice bytes;       /* at least SCTP_HEAD */
    uint32_t missing;         /* bytes behind them that were not captured */
    nsec_t time;
    uint64_t frame;
    uint32_t source;
};

/* Is shown every user message as a datagram (TRANSPORT_SCTP). A negative errno ends everything. */
struct sctp_sink {
    int (*take)(void *ctx, const struct payload *p);
    void *ctx;
};

struct sctp_limits {
    uint32_t associations; /* by direction */
    size_t message_bytes;  /* of one message in parts */
    size_t bytes;          /* of all parts that wait */
};

struct sctp_counts {
    uint64_t gaps;  /* parts that were given up: the rest of their message did not come */
    uint64_t limit; /* times that a bound was met */
};

enum sctp_outcome {
    SCTP_TAKEN,    /* it brought data */
    SCTP_CONTROL,  /* it has none */
    SCTP_REPEATED, /* all its data had come before */
    SCTP_SHORT,    /* the capture cut it before its data */
    SCTP_BAD,      /* it contradicts itself */
};

struct sctp;

/* -ENOMEM. */
int sctp_new(const struct sctp_limits *limits, struct sctp_sink sink, struct sctp **ret);
void sctp_free(struct sctp *s);

/* An enum sctp_outcome, or a negative errno: -ENOMEM, or the sink's. */
int sctp_take(struct sctp *s, const struct sctp_packet *p);

/* The end of the capture: gives up what is in parts. */
void sctp_flush(struct sctp *s);

const struct sctp_counts *sctp_counts(const struct sctp *s);

#endif
