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
    TAG_REPORT = 0x4370, /* ours */
};

/* reporter 4, stamp 8, transport 1, kind 1 */
enum { REPORT_BYTES = 14 };

static void take_report(struct upper *u, struct slice v)
{
    uint8_t transport, kind;
    uint64_t stamp;

    if (v.n != REPORT_BYTES)
        return;
    stamp = (uint64_t)get_be32(v.p + 4) << 32 | get_be32(v.p + 8);
    transport = byte_at(v, 12);
    kind = byte_at(v, 13);
    u->reported = transport < TRANSPORT_COUNT && kind <= REPORT_BAD;
    u->report = (struct report){.reporter = get_be32(v.p) | 1,
                                .stamp = stamp <= FRAME_TIME_MAX ? (nsec_t)stamp : 0,
                                .transport = (enum transport)transport,
                                .kind = (enum report_kind)kind};
}

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
    case TAG_REPORT:
        take_report(u, v);
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
    u.report.src = u.src;
    u.report.dst = u.dst;
    u.report.bytes = u.data;
    *ret = u;
    return true;
}

static void put_be(char *p, uint64_t v, int bytes)
{
    for (int i = 0; i < bytes; i++)
        p[i] = (char)(uint8_t)(v >> 8 * (bytes - 1 - i));
}

static int add(struct buf *out, uint16_t type, struct slice v)
{
    char head[4];
    int r;

    put_be(head, type, 2);
    put_be(head + 2, v.n, 2);
    r = buf_add(out, (struct slice){head, sizeof head});
    return r == 0 ? buf_add(out, v) : r;
}

static int add_number(struct buf *out, uint16_t type, uint32_t n)
{
    char v[4];

    put_be(v, n, 4);
    return add(out, type, (struct slice){v, sizeof v});
}

static int add_address(struct buf *out, const struct addr *a, uint16_t v4, uint16_t v6)
{
    const char *b = (const char *)a->b;

    return addr_is_v4(a) ? add(out, v4, (struct slice){b + 12, 4}) : add(out, v6, (struct slice){b, 16});
}

static int add_report(struct buf *out, const struct report *r)
{
    char v[REPORT_BYTES];

    put_be(v, r->reporter, 4);
    put_be(v + 4, (uint64_t)r->stamp, 8);
    put_be(v + 12, r->transport, 1);
    put_be(v + 13, r->kind, 1);
    return add(out, TAG_REPORT, (struct slice){v, sizeof v});
}

int upper_encode(const struct upper *u, struct buf *out)
{
    int r;

    buf_drop(out, out->n);
    if ((r = add(out, TAG_PROTOCOL, u->protocol)) < 0 ||
        (r = add_address(out, &u->src.addr, TAG_SRC_V4, TAG_SRC_V6)) < 0 ||
        (r = add_address(out, &u->dst.addr, TAG_DST_V4, TAG_DST_V6)) < 0 ||
        (r = add_number(out, TAG_PORT_TYPE, u->port_type)) < 0 ||
        (r = add_number(out, TAG_SRC_PORT, u->src.port)) < 0 ||
        (r = add_number(out, TAG_DST_PORT, u->dst.port)) < 0 ||
        (u->frame && (r = add_number(out, TAG_FRAME, (uint32_t)u->frame)) < 0) ||
        (u->reported && (r = add_report(out, &u->report)) < 0) ||
        (r = add(out, TAG_END, (struct slice){NULL, 0})) < 0)
        return r;
    return buf_add(out, u->data);
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
    if (u.reported)
        return report_take(w, f, &u.report);
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
    stream_was_read(&w->stream, &u.src, &u.dst);
    r = tcp_append(w->tls, &s);
    return r < 0 ? r : 0;
}
