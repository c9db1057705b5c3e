/* The room's front door: frames in, payloads out (payload.h). Every frame is either used or counted by the
 * reason why it was not; all state is bounded, and a bound that was met is counted too.
 *
 * 1. wire_new; 2. wire_frame for each frame, in the order of capture; 3. wire_flush at the end; 4. wire_count
 * and wire_unreadable say what became of it all; 5. wire_free. */
#ifndef CPMSPEC_WIRE_WIRE_H
#define CPMSPEC_WIRE_WIRE_H

#include "wire/frame.h"
#include "wire/payload.h"
#include "wire/stream.h"

/* What became of frames, and what happened on the way. After wire_flush, the counts before
 * WIRE_OUTCOMES add up to the frames. */
enum wire_count {
    WIRE_USED,                /* its bytes were handed on */
    WIRE_DUPLICATE,           /* the same packet captured before */
    WIRE_NOT_SIP,             /* a datagram or stream of something else */
    WIRE_KEEPALIVE,           /* CRLFs (RFC 5626), or an empty datagram */
    WIRE_NOT_IP,              /* ARP, LLDP, … */
    WIRE_OTHER_PROTOCOL,      /* IP, but neither UDP, TCP nor SCTP: ICMP, … */
    WIRE_CONTROL,             /* TCP or SCTP without data: SYN, ACK, heartbeat */
    WIRE_RETRANSMITTED,       /* TCP or SCTP data that had come before */
    WIRE_AFTER_CLOSE,         /* TCP data behind the stream's end */
    WIRE_TLS_UNREADABLE,      /* encrypted: see wire_unreadable */
    WIRE_TLS_DECRYPTED,       /* encrypted, and read with keys by other means */
    WIRE_ENCRYPTED,           /* on the link (802.11) or by IPsec */
    WIRE_LINK_UNKNOWN,        /* a link type that is not read here */
    WIRE_SHORT,               /* cut by the snap length, or ending, before the transport's data */
    WIRE_BAD_IP,              /* no IP header where one should be */
    WIRE_BAD_TRANSPORT,       /* a UDP, TCP or SCTP header that contradicts itself */
    WIRE_NESTED,              /* too many tunnels in one another */
    WIRE_FRAGMENT_INCOMPLETE, /* the rest of the packet never came */
    WIRE_FRAGMENT_CROWDED,    /* too many incomplete packets at a time */
    WIRE_FRAGMENT_BAD,        /* no part of any packet */
    WIRE_HEP_BAD,             /* no HEP version 3 packet, or one that claims more than it has */
    WIRE_HEP_OTHER,           /* HEP about something else: RTCP, logs, keep-alives */
    WIRE_OUTCOMES,
    WIRE_FRAGMENT_CONFLICT = WIRE_OUTCOMES, /* fragments that contradict an earlier one */
    WIRE_TCP_MIDSTREAM,                     /* streams whose beginning was not captured */
    WIRE_TCP_GAP,                           /* holes in streams that were passed over */
    WIRE_TCP_CONFLICT,                      /* segments that contradict an earlier one */
    WIRE_TCP_LIMIT_STREAM,                  /* times that one stream had more to keep than it may */
    WIRE_TCP_LIMIT_BYTES,                   /* times that all streams together had */
    WIRE_TCP_LIMIT_CONNECTIONS,             /* connections that retired for others */
    WIRE_SCTP_GAP,                          /* parts of SCTP messages without the rest */
    WIRE_SCTP_LIMIT,                        /* times that a bound on SCTP was met */
    WIRE_TLS_KEYLESS,   /* directions of TLS that tls_read is set for, and nothing was read of */
    WIRE_WS_UNREADABLE, /* WebSocket messages that were compressed or too long */
    WIRE_WS_LOST,       /* times that a WebSocket stream could not be followed */
    WIRE_PAYLOAD_CUT,   /* payloads handed on that the snap length cut */
    WIRE_COUNTS,
};

enum { WIRE_SIP_PORTS_MAX = 16 };

/* Zeros stand for the defaults. */
struct wire_options {
    uint32_t connections;                  /* TCP connections at a time: 16384 */
    size_t stream_bytes;                   /* kept of one stream's direction: 1 MiB */
    size_t streams_bytes;                  /* kept of all of them: 24 MiB */
    uint32_t fragmented;                   /* incomplete IP packets at a time: 1024 */
    size_t fragmented_bytes;               /* of all of them: 4 MiB */
    size_t remembered;                     /* packets among which a duplicate is found: 8192 (16 times that
                                              from a second source on) */
    uint32_t associations;                 /* SCTP associations at a time, by direction: 1024 */
    bool tls_read;                         /* what TLS carries comes from another source (tshark.h) */
    bool hep_inside;                       /* datagrams that hold HEP are to be read, too */
    int nsip_ports;                        /* ports whose datagrams are handed on without a look at them */
    uint16_t sip_port[WIRE_SIP_PORTS_MAX]; /* 5060 where none is named */
};

struct wire;

/* `options` may be NULL; it is copied. -ENOMEM. */
int wire_new(const struct wire_options *options, struct payload_sink sink, struct wire **ret);
void wire_free(struct wire *w);

/* Takes a frame apart and shows the sink what it completes. 0; -ENOMEM, or the sink's own negative errno. */
int wire_frame(struct wire *w, const struct frame *f);

/* Live capture: it is `now` (since 1970), and what has waited too long waits no longer. */
int wire_tick(struct wire *w, nsec_t now);

/* The end: shows what streams hold, gives up what is incomplete. */
int wire_flush(struct wire *w);

/* How many frames were taken. */
uint64_t wire_frames(const struct wire *w);
uint64_t wire_count(const struct wire *w, enum wire_count which);
/* How often bytes that could have been SIP were not handed on, for whatever reason. */
uint64_t wire_holes(const struct wire *w);
/* "not_sip": for results; "a datagram or stream of something else than SIP": for people. */
const char *wire_count_name(enum wire_count which);
const char *wire_count_text(enum wire_count which);

/* Pairs of endpoints that spoke TLS, in the order of their first frames; NULL past the last. */
const struct unreadable *wire_unreadable(const struct wire *w, int i);

#endif
