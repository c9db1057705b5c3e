/* Payloads that come without a packet around them: reported by a SIP server (HEP), or exported by Wireshark.
 * See wire_state.h. */
#include <errno.h>

#include "wire/bytes.h"
#include "wire/hash.h"
#include "wire/hep.h"
#include "wire/ip.h"
#include "wire/sniff.h"
#include "wire/wire_state.h"

static bool is_sip_port(const struct wire *w, uint16_t port)
{
    for (int i = 0; i < w->options.nsip_ports; i++)
        if (w->options.sip_port[i] == port)
            return true;
    return false;
}

/* Reported ports are not compared: of a connection that it opened itself, a server reports the port that it
 * listens at. */
static uint64_t hash_ends(const struct payload *p)
{
    struct endpoint src = p->src, dst = p->dst;

    if (p->reporter)
        src.port = dst.port = 0;
    return hash_way(&src, &dst);
}

int payload_take(struct wire *w, const struct payload *p, uint32_t id)
{
    enum sniff what = sniff_datagram(p->bytes);
    struct payload again;
    enum dedup_result known;
    int r;

    if (what == SNIFF_KEEPALIVE && !p->cut)
        return WIRE_KEEPALIVE;
    if (what != SNIFF_SIP && !is_sip_port(w, p->dst.port) && !is_sip_port(w, p->src.port))
        return WIRE_NOT_SIP;
    known = dedup_seen(w->dedup, hash_bytes(p->bytes, hash_ends(p)), id, p->time, p->source ^ p->reporter);
    if (known == DEDUP_COPY)
        return WIRE_DUPLICATE;
    if (known == DEDUP_ELSEWHERE) {
        again = *p;
        again.again = true;
        p = &again;
    }
    r = wire_hand_on(w, p);
    return r < 0 ? r : known == DEDUP_NEW ? WIRE_USED : WIRE_DUPLICATE;
}

static enum transport to_transport(uint8_t ip_protocol)
{
    switch (ip_protocol) {
    case IP_TCP:
        return TRANSPORT_TCP;
    case IP_SCTP:
        return TRANSPORT_SCTP;
    case HEP_TLS:
        return TRANSPORT_TLS;
    default:
        return TRANSPORT_UDP;
    }
}

/* Who reports, and by whose clock: behind one sender (a proxy for HEP) there may be several. */
static uint32_t reporter_of(const struct endpoint *sender, const struct hep *h)
{
    struct endpoint none = {.port = 0};

    return (uint32_t)hash_bytes(h->node, hash_way(sender, &none) ^ h->agent) | 1;
}

/* The same report twice within this time is one: a message is not sent again that soon. It is measured by our
 * clock, so what the reporters' clocks say does not matter. */
enum { ONE_REPORT = 1 };

int hep_take(struct wire *w, const struct frame *f, const struct endpoint *sender, struct slice packet)
{
    struct payload p = {.time = f->time, .frame = f->number, .source = f->source};
    struct hep h;

    if (!hep_decode(packet, &h))
        return WIRE_HEP_BAD;
    if (h.kind != HEP_SIP || !h.payload.p)
        return WIRE_HEP_OTHER;
    if (h.compressed) {
        int r = hep_inflate(h.payload, &w->inflated);
        if (r < 0)
            return r == -ENOMEM ? r : WIRE_HEP_BAD;
        h.payload = buf_slice(&w->inflated);
    }
    p.bytes = h.payload;
    p.src = h.src;
    p.dst = h.dst;
    p.transport = to_transport(h.ip_protocol);
    p.stamp = h.time;
    p.reporter = reporter_of(sender, &h);
    return payload_take(w, &p, ONE_REPORT);
}

/* Tags of Wireshark's exported data (epan/exported_pdu): type and length, both in network order. */
enum tag {
    TAG_END = 0,
    TAG_PROTOCOL = 12,
    TAG_SRC_V4 = 20,
    TAG_DST_V4 = 21,
    TAG_SRC_V6 = 22,
    TAG_DST_V6 = 23,
    TAG_PORT_TYPE = 24,
    TAG_SRC_PORT = 25,
    TAG_DST_PORT = 26,
    TAG_FRAME = 30,
};

/* Wireshark's numbers for kinds of ports. */
enum port_type { PORT_SCTP = 1, PORT_TCP = 2, PORT_UDP = 3 };

struct upper {
    struct payload p;
    bool sip;
};

static enum transport from_port_type(uint32_t type)
{
    return type == PORT_TCP ? TRANSPORT_TCP : type == PORT_SCTP ? TRANSPORT_SCTP : TRANSPORT_UDP;
}

static void take_tag(struct upper *u, uint16_t type, struct slice v)
{
    const uint8_t *bytes = (const uint8_t *)v.p;
    uint32_t number = v.n == 4 ? get_be32(v.p) : 0;

    switch (type) {
    case TAG_PROTOCOL:
        while (v.n && v.p[v.n - 1] == '\0')
            v.n--;
        u->sip = slice_eq(v, SLICE("sip")) || slice_eq(v, SLICE("sip.tcp"));
        return;
    case TAG_SRC_V4:
        if (v.n == 4)
            u->p.src.addr = addr_v4(bytes);
        return;
    case TAG_DST_V4:
        if (v.n == 4)
            u->p.dst.addr = addr_v4(bytes);
        return;
    case TAG_SRC_V6:
        if (v.n == 16)
            u->p.src.addr = addr_v6(bytes);
        return;
    case TAG_DST_V6:
        if (v.n == 16)
            u->p.dst.addr = addr_v6(bytes);
        return;
    case TAG_PORT_TYPE:
        u->p.transport = from_port_type(number);
        return;
    case TAG_SRC_PORT:
        u->p.src.port = (uint16_t)number;
        return;
    case TAG_DST_PORT:
        u->p.dst.port = (uint16_t)number;
        return;
    case TAG_FRAME:
        if (number)
            u->p.frame = number;
        return;
    default:
        return;
    }
}

int upper_take(struct wire *w, const struct frame *f)
{
    struct upper u = {.p = {.time = f->time, .frame = f->number, .source = f->source}};
    struct slice rest = f->bytes;

    for (;;) {
        uint16_t type, n;
        if (rest.n < 4)
            return WIRE_SHORT;
        type = get_be16(rest.p);
        n = get_be16(rest.p + 2);
        rest = slice_tail(rest, 4);
        if (n > rest.n)
            return WIRE_SHORT;
        if (type == TAG_END)
            break;
        take_tag(&u, type, slice_head(rest, n));
        rest = slice_tail(rest, n);
    }
    if (!u.sip)
        return WIRE_NOT_SIP;
    u.p.bytes = rest;
    u.p.cut = f->wire_len > f->bytes.n;
    if (f->linktype == LINK_DECRYPTED)
        u.p.transport = TRANSPORT_TLS;
    return payload_take(w, &u.p, 0);
}
