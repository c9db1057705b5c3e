/* One direction of a TCP connection: what is next, what waits for the sink, what is ahead of a hole. A part
 * of tcp.h, which owns the connections and decides what a segment means for them. */
#ifndef CPMSPEC_WIRE_TCPHALF_H
#define CPMSPEC_WIRE_TCPHALF_H

#include "base/buf.h"
#include "wire/list.h"
#include "wire/tcp.h"

enum { TCP_SPARE_BUFFERS = 32, TCP_SPARE_SIZE = 32 << 10, TCP_PIECES_MAX = 1024 };

/* What all directions share. */
struct tcp_engine {
    struct tcp_limits limits;
    struct tcp_sink sink;
    struct tcp_counts counts;
    size_t held;         /* bytes in buffers and pieces */
    bool reclaiming;     /* memory is being taken from others just now */
    struct list holders; /* halves that hold any, the longest untouched first */
    struct list holes;   /* halves that wait for a hole to fill, the longest waiting first */
    unsigned nspare;     /* buffers that were used and are empty */
    struct buf spare[TCP_SPARE_BUFFERS];
};

/* Where bytes were seen. */
struct tcp_place {
    nsec_t time;
    uint64_t frame;
    uint32_t source;
};

struct tcp_piece;

struct tcp_half {
    struct list holder, hole; /* in the engine's rings */
    struct endpoint src;
    uint8_t kind;   /* the sink's note */
    bool known;     /* `next` is */
    bool synced;    /* its beginning was seen: `start` follows a SYN */
    bool gap;       /* bytes before those that come next, or that wait, are missing */
    bool fin_known; /* `fin` is */
    bool closed;    /* the end was reached */
    bool ack_known;
    uint32_t start; /* first sequence number of data that was seen */
    uint32_t next;  /* the one after all that is in order */
    uint32_t fin;   /* the one after the last byte of the stream */
    uint32_t acked; /* the receiver has everything before it */
    uint32_t npieces;
    size_t ahead_bytes;
    struct tcp_piece *ahead; /* in order, without overlap, beyond a hole */
    struct buf waiting;      /* in order, shown, not taken */
    struct tcp_place last;   /* of the last bytes in order */
    struct tcp_half *peer;
    nsec_t hole_since;
};

void tcp_half_init(struct tcp_half *h, const struct endpoint *src, struct tcp_half *peer);

/* Takes in bytes that begin at `seq`, which is `next` or beyond it by less than half the sequence space;
 * `missing` more were sent behind them. */
int tcp_half_add(struct tcp_engine *e, struct tcp_half *h, uint32_t seq, struct slice data, uint32_t missing,
                 const struct tcp_place *at);

/* Shows bytes from before `start` on their own; they are not kept. */
int tcp_half_show_early(struct tcp_engine *e, struct tcp_half *h, struct slice data,
                        const struct tcp_place *at);

/* The end of the stream is where `next` is now: shows what waits for the last time. */
int tcp_half_end(struct tcp_engine *e, struct tcp_half *h);

/* Passes over the first hole. */
int tcp_half_pass_hole(struct tcp_engine *e, struct tcp_half *h);

/* Passes over all holes, shows what waits for the last time and lets go of everything; the connection is
 * forgotten, or the capture is over. */
int tcp_half_finish(struct tcp_engine *e, struct tcp_half *h);

/* Lets go of everything without showing it. */
void tcp_half_drop(struct tcp_engine *e, struct tcp_half *h);

#endif
