/* IP packets: fragments, tunnels, transports. See wire_state.h. */
#include <errno.h>

#include "wire/bytes.h"
#include "wire/esp.h"
#include "wire/hash.h"
#include "wire/hep.h"
#include "wire/link.h"
#include "wire/tunnel.h"
#include "wire/wire_state.h"

enum { TUNNELS_MAX = 8, UDP_HEAD = 8, TCP_HEAD = 20 };

/* A packet on its way: what is left to look at, and whose it is. */
struct walk {
    struct wire *w;
    const struct frame *frame;
    struct ip_packet ip;
    uint32_t frames;
    int tunnels;
    bool hep; /* it holds a report */
};

static int ip_layer(struct walk *k, struct slice bytes);

/* What a tunnel holds, as an IP packet of its own. */
static int inside(struct walk *k, enum link_result found, struct slice bytes)
{
    if (found != LINK_IP)
        return wire_no_packet(found);
    if (++k->tunnels > TUNNELS_MAX)
        return WIRE_NESTED;
    return ip_layer(k, bytes);
}

/* Whether this capture point has shown the packet before; what another one shows of it is a sighting of its
 * own. The time to live and the checksums change on the way and are left out; the tunnel around the packet,
 * too. */
static bool is_duplicate(struct walk *k, uint64_t way, uint64_t what, struct slice data)
{
    uint64_t hash = hash_bytes(data, way ^ what * UINT64_C(0x9e3779b97f4a7c15));

    return dedup_seen(k->w->dedup, hash, k->ip.id, k->frame->time, k->frame->source) == DEDUP_COPY;
}

/* A HEP packet tells itself by its first word and its length. */
static bool is_report(const struct payload *p)
{
    return p->bytes.n >= HEP_HEAD && p->bytes.p[0] == 'H' && hep_length(p->bytes) > 0;
}

/* A datagram of `n` bytes, as many of which as `all` has were captured. Of what is handed on nothing is
 * copied once more: this is done for each frame. */
static int datagram(struct walk *k, struct slice all, size_t n)
{
    struct payload p = {.bytes = slice_tail(slice_head(all, n), UDP_HEAD),
                        .src = {k->ip.src, get_be16(all.p)},
                        .dst = {k->ip.dst, get_be16(all.p + 2)},
                        .transport = TRANSPORT_UDP,
                        .cut = n > all.n,
                        .time = k->frame->time,
                        .frame = k->frame->number,
                        .source = k->frame->source};
    enum link_result tunnel;
    struct slice in;

    if (k->hep || (k->w->options.hep_inside && is_report(&p)))
        return hep_take(k->w, k->frame, &p.src, p.bytes);
    tunnel = tunnel_udp(p.src.port, p.dst.port, p.bytes, &in);
    if (tunnel != LINK_UNKNOWN)
        return inside(k, tunnel, in);
    return payload_take(k->w, &p, k->ip.id);
}

/* RFC 768. A length of 0 is a jumbogram's or an offload's. */
static int udp(struct walk *k)
{
    struct slice all = k->ip.payload;
    size_t sent = all.n + k->ip.missing, n;

    if (all.n < UDP_HEAD)
        return sent < UDP_HEAD ? WIRE_BAD_TRANSPORT : WIRE_SHORT;
    n = get_be16(all.p + 4);
    if (n == 0)
        n = sent;
    if (n < UDP_HEAD || n > sent)
        return WIRE_BAD_TRANSPORT;
    return datagram(k, all, n);
}

/* What the stream that a segment went into turned out to be. */
static int from_stream(const struct wire *w)
{
    switch (w->stream.shown) {
    case STREAM_TLS:
        return w->options.tls_read ? WIRE_TLS_DECRYPTED : WIRE_TLS_UNREADABLE;
    case STREAM_OTHER:
        return WIRE_NOT_SIP;
    default:
        return w->stream.keepalive ? WIRE_KEEPALIVE : WIRE_USED;
    }
}

static int from_tcp(const struct wire *w, int outcome)
{
    switch (outcome) {
    case TCP_TAKEN:
        return from_stream(w);
    case TCP_CONTROL:
        return WIRE_CONTROL;
    case TCP_REPEATED:
        return WIRE_RETRANSMITTED;
    default:
        return outcome < 0 ? outcome : WIRE_AFTER_CLOSE;
    }
}

/* RFC 9293 3.1 */
static int tcp(struct walk *k)
{
    struct slice all = k->ip.payload;
    struct tcp_segment s = {.src.addr = k->ip.src,
                            .dst.addr = k->ip.dst,
                            .missing = k->ip.missing,
                            .time = k->frame->time,
                            .frame = k->frame->number,
                            .source = k->frame->source};
    size_t head;

    if (all.n < TCP_HEAD)
        return k->ip.missing ? WIRE_SHORT : WIRE_BAD_TRANSPORT;
    head = (size_t)(byte_at(all, 12) >> 4) * 4;
    if (head < TCP_HEAD || head > all.n + k->ip.missing)
        return WIRE_BAD_TRANSPORT;
    if (head > all.n)
        return WIRE_SHORT;
    s.src.port = get_be16(all.p);
    s.dst.port = get_be16(all.p + 2);
    s.seq = get_be32(all.p + 4);
    s.ack = get_be32(all.p + 8);
    s.flags = byte_at(all, 13);
    s.data = slice_tail(all, head);
    if (s.data.n && is_duplicate(k, hash_way(&s.src, &s.dst), s.seq, s.data))
        return WIRE_DUPLICATE;
    k->w->stream.shown = STREAM_NEW;
    k->w->stream.keepalive = false;
    return from_tcp(k->w, tcp_segment(k->w->tcp, &s));
}

static int from_sctp(const struct wire *w, int outcome)
{
    switch (outcome) {
    case SCTP_TAKEN:
        return w->sctp_shown == WIRE_OUTCOMES ? WIRE_USED : w->sctp_shown; /* a part shows nothing yet */
    case SCTP_CONTROL:
        return WIRE_CONTROL;
    case SCTP_REPEATED:
        return WIRE_RETRANSMITTED;
    case SCTP_SHORT:
        return WIRE_SHORT;
    default:
        return outcome < 0 ? outcome : WIRE_BAD_TRANSPORT;
    }
}

static int sctp(struct walk *k)
{
    struct sctp_packet p = {.src.addr = k->ip.src,
                            .dst.addr = k->ip.dst,
                            .bytes = k->ip.payload,
                            .missing = k->ip.missing,
                            .time = k->frame->time,
                            .frame = k->frame->number,
                            .source = k->frame->source};
    struct endpoint src = {.addr = k->ip.src}, dst = {.addr = k->ip.dst};

    if (p.bytes.n < SCTP_HEAD)
        return p.missing ? WIRE_SHORT : WIRE_BAD_TRANSPORT;
    if (is_duplicate(k, hash_way(&src, &dst), get32(p.bytes.p), slice_tail(p.bytes, SCTP_HEAD)))
        return WIRE_DUPLICATE;
    k->w->sctp_frame = k->frame;
    k->w->sctp_shown = WIRE_OUTCOMES;
    return from_sctp(k->w, sctp_take(k->w->sctp, &p));
}

static int transport(struct walk *k)
{
    struct slice in = k->ip.payload;

    switch (k->ip.protocol) {
    case IP_UDP:
        return udp(k);
    case IP_TCP:
        return tcp(k);
    case IP_SCTP:
        return sctp(k);
    case IP_IPV4:
    case IP_IPV6:
        return inside(k, LINK_IP, in);
    case IP_GRE:
        return inside(k, tunnel_gre(k->ip.payload, &in), in);
    case IP_ESP:
        if (!esp_open(&k->ip))
            return WIRE_ENCRYPTED;
        return ++k->tunnels > TUNNELS_MAX ? WIRE_NESTED : transport(k);
    default:
        return WIRE_OTHER_PROTOCOL;
    }
}

static int from_ip(enum ip_result r)
{
    return r == IP_SHORT ? WIRE_SHORT : WIRE_BAD_IP;
}

static int fragment(struct walk *k)
{
    struct endpoint src = {.addr = k->ip.src}, dst = {.addr = k->ip.dst};
    uint64_t what = (uint64_t)k->ip.offset << 40 | (uint64_t)k->ip.protocol << 32 | k->ip.id;
    enum ip_result r;
    int got;

    if (is_duplicate(k, hash_way(&src, &dst), what, k->ip.payload))
        return WIRE_DUPLICATE;
    got = ipfrag_add(k->w->ipfrag, &k->ip, k->frame->time, &k->frames);
    if (got <= 0)
        return got < 0 ? got : WIRE_PENDING;
    r = ip_pass_extensions(&k->ip);
    return r == IP_OK ? transport(k) : from_ip(r);
}

static int ip_layer(struct walk *k, struct slice bytes)
{
    enum ip_result r = ip_decode(bytes, &k->ip);

    if (r != IP_OK)
        return from_ip(r);
    return k->ip.fragment ? fragment(k) : transport(k);
}

int packet_take(struct wire *w, const struct frame *f, struct slice ip, uint32_t *frames)
{
    struct walk k;
    int outcome;

    k.w = w; /* k.ip is ip_decode's to fill: clearing it for each frame costs as much as that */
    k.frame = f;
    k.frames = 1;
    k.tunnels = 0;
    k.hep = f->linktype == LINK_HEP3;
    outcome = ip_layer(&k, ip);
    *frames = k.frames;
    return outcome;
}
