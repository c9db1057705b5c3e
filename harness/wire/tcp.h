/* TCP segments to byte streams, one for each direction (RFC 9293): out of order, overlapping, sent again,
 * wrapped around, begun before the capture. Each capture point's view is put together by itself, so that what
 * two of them saw comes twice, each time with its own frame and time. What is in order goes to the sink
 * without a copy; only what the sink does not take yet, and what is ahead of a hole, is kept.
 *
 * A hole that stays (the capture lost a segment) is passed over when the receiver has acknowledged beyond it
 * and TCP_HOLE_ACKED has gone by, when TCP_HOLE_SILENT has gone by in any case, when too much waits behind
 * it, and when the stream ends; the next bytes are marked `gap`. The table of connections is bounded: the
 * least recently used one retires. */
#ifndef CPMSPEC_WIRE_TCP_H
#define CPMSPEC_WIRE_TCP_H

#include "base/addr.h"
#include "base/clock.h"

#define TCP_HOLE_ACKED  NSEC_PER_SEC
#define TCP_HOLE_SILENT (5 * NSEC_PER_SEC)

enum { TCP_FIN = 0x01, TCP_SYN = 0x02, TCP_RST = 0x04, TCP_ACK = 0x10 };

struct tcp_segment {
    struct endpoint src, dst;
    uint32_t seq, ack;
    uint8_t flags;
    struct slice data;
    uint32_t missing; /* bytes behind `data` that were sent but not captured */
    nsec_t time;
    uint64_t frame;
    uint32_t source;
};

/* What the sink is shown of one direction. */
struct tcp_chunk {
    struct slice bytes; /* borrowed for the call */
    const struct endpoint *src, *dst;
    bool gap;  /* bytes before these are missing */
    bool cut;  /* bytes behind these are missing: what is not taken now is lost */
    bool last; /* no more will follow */
    nsec_t time;
    uint64_t frame;
    uint32_t source;
    uint8_t *kind, *peer_kind; /* a note of the sink's about each direction; 0 at first */
};

/* Answers how many bytes were taken (the rest is shown again with more behind it), or a negative errno that
 * ends everything. */
struct tcp_sink {
    int64_t (*take)(void *ctx, const struct tcp_chunk *c);
    void *ctx;
};

struct tcp_limits {
    uint32_t connections;
    size_t stream_bytes; /* kept for one direction: what the sink leaves, and what is ahead of a hole */
    size_t bytes;        /* kept for all */
};

struct tcp_counts {
    uint64_t midstream;        /* directions whose beginning was not captured */
    uint64_t gaps;             /* holes passed over */
    uint64_t conflicts;        /* segments that contradict bytes that wait */
    uint64_t stream_limit;     /* times that a direction had more to keep than it may */
    uint64_t buffer_limit;     /* times that all together had */
    uint64_t connection_limit; /* connections that retired for others */
};

/* What became of a segment. */
enum tcp_outcome {
    TCP_TAKEN,    /* its bytes are in the stream */
    TCP_CONTROL,  /* it has none */
    TCP_REPEATED, /* all of them were there before */
    TCP_CLOSED,   /* they come after the end of the stream */
};

struct tcp;

/* -ENOMEM. */
int tcp_new(const struct tcp_limits *limits, struct tcp_sink sink, struct tcp **ret);
void tcp_free(struct tcp *t);

/* An enum tcp_outcome, or a negative errno: -ENOMEM, or the sink's. */
int tcp_segment(struct tcp *t, const struct tcp_segment *s);

/* Bytes of a stream that somebody else has put in order: they come next, whatever `seq` and `flags` say. */
int tcp_append(struct tcp *t, const struct tcp_segment *s);

/* Passes over the holes that have waited too long at `now`. Called by tcp_segment too. */
int tcp_expire(struct tcp *t, nsec_t now);

/* The end of the capture: shows all that is left, and forgets everything. */
int tcp_flush(struct tcp *t);

const struct tcp_counts *tcp_counts(const struct tcp *t);

#endif
