/* Data that Wireshark exported ("export PDUs"): tags that say whose it is, then the data. See wire_state.h.
 */
#include <errno.h>

#include "wire/bytes.h"
#include "wire/upper.h"
#include "wire/wire_state.h"

/* Tags (epan/exported_pdu): type and length, both in network order. */
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

static void take_tag(struct upper *u, uint16_t type, struct slice v)
{
    const uint8_t *bytes = (const uint8_t *)v.p;
    uint32_t number = v.n == 4 ? get_be32(v.p) : 0;

    switch (type) {
    case TAG_PROTOCOL:
        while (v.n && v.p[v.n - 1] == '\0')
            v.n--;
        u->protocol = v;
        return;
    case TAG_SRC_V4:
        if (v.n == 4)
            u->src.addr = addr_v4(bytes);
        return;
    case TAG_DST_V4:
        if (v.n == 4)
            u->dst.addr = addr_v4(bytes);
        return;
    case TAG_SRC_V6:
        if (v.n == 16)
            u->src.addr = addr_v6(bytes);
        return;
    case TAG_DST_V6:
        if (v.n == 16)
            u->dst.addr = addr_v6(bytes);
        return;
    case TAG_PORT_TYPE:
        u->port_type = number;
        return;
    case TAG_SRC_PORT:
        u->src.port = (uint16_t)number;
        return;
    case TAG_DST_PORT:
        u->dst.port = (uint16_t)number;
        return;
    case TAG_FRAME:
        u->frame = number;
        return;
    default:
        return;
    }
}

bool upper_decode(struct slice bytes, struct upper *ret)
{
    struct upper u = {.frame = 0};

    for (;;) {
        uint16_t type, n;
        if (bytes.n < 4)
            return false;
        type = get_be16(bytes.p);
        n = get_be16(bytes.p + 2);
        bytes = slice_tail(bytes, 4);
        if (n > bytes.n)
            return false;
        if (type == TAG_END)
            break;
        take_tag(&u, type, slice_head(bytes, n));
        bytes = slice_tail(bytes, n);
    }
    u.data = bytes;
    *ret = u;
    return true;
}

static enum transport to_transport(uint32_t port_type)
{
    switch (port_type) {
    case UPPER_TCP:
        return TRANSPORT_TCP;
    case UPPER_SCTP:
        return TRANSPORT_SCTP;
    default:
        return TRANSPORT_UDP;
    }
}

/* What a dissector for SIP was given. Of a stream that may be several messages, whole ones. */
int upper_take(struct wire *w, const struct frame *f)
{
    struct payload p = {.time = f->time, .source = f->source};
    struct upper u;

    if (!upper_decode(f->bytes, &u))
        return WIRE_SHORT;
    if (!slice_eq(u.protocol, SLICE("sip")) && !slice_eq(u.protocol, SLICE("sip.tcp")))
        return WIRE_NOT_SIP;
    p.bytes = u.data;
    p.src = u.src;
    p.dst = u.dst;
    p.transport = to_transport(u.port_type);
    p.stream = p.last = p.transport == TRANSPORT_TCP;
    p.cut = f->wire_len > f->bytes.n;
    p.frame = u.frame ? u.frame : f->number;
    return payload_take(w, &p, 0);
}

/* What TLS carried: the next bytes of a stream that Wireshark has put in order. */
int decrypted_take(struct wire *w, const struct frame *f)
{
    struct tcp_segment s = {.time = f->time, .frame = f->number, .source = f->source};
    struct upper u;
    int r;

    if (!upper_decode(f->bytes, &u))
        return 0;
    s.src = u.src;
    s.dst = u.dst;
    s.data = u.data;
    r = tcp_append(w->tls, &s);
    return r < 0 ? r : 0;
}
