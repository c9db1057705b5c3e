/* What a TCP direction speaks, and what of it is handed on: SIP as a stream, SIP over WebSocket message by
 * message, TLS and everything else not at all. The sink of tcp.h. */
#ifndef CPMSPEC_WIRE_STREAM_H
#define CPMSPEC_WIRE_STREAM_H

#include "base/buf.h"
#include "wire/payload.h"
#include "wire/tcp.h"

/* The note that is kept for each direction. */
enum stream_kind {
    STREAM_NEW, /* nothing is known yet */
    STREAM_SIP,
    STREAM_HTTP, /* an HTTP header part that may turn out to be a WebSocket handshake */
    STREAM_WS,
    STREAM_WS_LOST, /* frames cannot be told apart until a segment begins with one */
    STREAM_TLS,
    STREAM_OTHER,
};

/* A pair of endpoints between which nothing could be read. */
struct unreadable {
    struct endpoint src, dst;
    uint64_t streams; /* connections, by this direction */
    uint64_t frame;   /* the first one that shows it */
    uint32_t source;  /* and its capture */
    nsec_t first, latest;
};

enum { UNREADABLE_MAX = 256 };

struct stream_counts {
    uint64_t ws_unreadable;   /* WebSocket messages that were compressed (RFC 7692), or too long */
    uint64_t ws_lost;         /* times that a WebSocket stream could not be followed */
    uint64_t skipped_bytes;   /* of SIP streams: passed over to find a start line */
    uint64_t unreadable_more; /* unreadable pairs beyond UNREADABLE_MAX */
};

struct stream_reader {
    struct payload_sink sink;
    enum transport transport; /* of SIP as a stream: TCP, or TLS where that has been taken off */
    struct stream_counts counts;
    struct buf message; /* a WebSocket message without its masks */
    int shown;          /* the kind that the latest chunk turned out to be; the caller may reset it */
    bool keepalive;     /* the latest chunk was nothing but CRLFs */
    int nunreadable;
    struct unreadable unreadable[UNREADABLE_MAX];
};

void stream_init(struct stream_reader *r, enum transport transport, struct payload_sink sink,
                 size_t message_bytes);
void stream_done(struct stream_reader *r);

/* The ends of a connection whose TLS was read after all: it is unreadable no more. */
void stream_was_read(struct stream_reader *r, const struct endpoint *a, const struct endpoint *b);

/* How many directions are unreadable that have been there since before `since`. */
uint64_t stream_unread(const struct stream_reader *r, nsec_t since);

/* For struct tcp_sink: `ctx` is the reader. */
int64_t stream_take(void *ctx, const struct tcp_chunk *c);

#endif
