/* What leaves the room `wire/`: the bytes that one endpoint handed another over a transport, and the frame
 * that proves it. A datagram is one payload; of a byte stream the sink is shown what is contiguous and says
 * how much of it it took. */
#ifndef CPMSPEC_WIRE_PAYLOAD_H
#define CPMSPEC_WIRE_PAYLOAD_H

#include "base/addr.h"
#include "base/clock.h"

enum transport {
    TRANSPORT_UDP,
    TRANSPORT_TCP,
    TRANSPORT_SCTP,
    TRANSPORT_WS,  /* RFC 7118 over TCP; the frames of RFC 6455 are already off */
    TRANSPORT_TLS, /* read with keys, or reported by HEP */
    TRANSPORT_COUNT,
};

struct payload {
    struct slice bytes; /* borrowed: valid during the call only */
    struct endpoint src;
    struct endpoint dst;
    enum transport transport;
    bool stream;     /* bytes of a stream (TCP, TLS): a message may end anywhere in them or later */
    bool gap;        /* stream: bytes before these were lost, so they may start inside a message */
    bool cut;        /* what was sent behind these bytes is not in the capture: the snap length, a lost
                        segment, a bound, or its end. Of a stream, what is not taken now is not shown again */
    bool last;       /* stream: it ends here. What is not taken now is not shown again; where nothing is left
                        over, the end is not told */
    bool again;      /* a datagram that was handed on before, here as another capture point saw it */
    nsec_t time;     /* of the frame that completed it */
    uint64_t frame;  /* that frame's number, counted from 1 in its source */
    uint32_t source; /* index of the capture file or capture point it came from */
    uint32_t reporter; /* who reported it (HEP), as a number that is never 0; 0: the capture point saw it */
    nsec_t stamp;      /* of a report: when that was, by the reporter's clock; 0 where it does not say */
};

/* The consumer. Returns how many bytes of the stream it took: the rest is shown again, with more behind it,
 * when more has come (bounded by the wire's limits). For a datagram the answer is not looked at. A negative
 * errno stops the wire and is handed on to its caller. */
struct payload_sink {
    int64_t (*take)(void *ctx, const struct payload *p);
    void *ctx;
};

/* "UDP", "TCP", … as in a Via's sent-protocol. */
const char *transport_name(enum transport t);

/* Whether the transport delivers reliably, so that SIP does not retransmit on it (RFC 3261 17). */
bool transport_reliable(enum transport t);

#endif
