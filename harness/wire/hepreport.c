#include "wire/hepreport.h"

#include <errno.h>

#include "wire/bytes.h"
#include "wire/hash.h"
#include "wire/hep.h"
#include "wire/ip.h"
#include "wire/upper.h"

enum { UDP_HEAD = 8 };

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

static uint32_t reporter_of(const struct endpoint *sender, const struct hep *h)
{
    struct endpoint none = {.port = 0};

    return (uint32_t)hash_bytes(h->node, hash_way(sender, &none) ^ h->agent) | 1;
}

int report_read(const struct endpoint *sender, struct slice packet, struct buf *inflated, struct report *ret)
{
    struct hep h = {.kind = 0};
    struct report r = {.kind = REPORT_BAD, .bytes = packet};

    if (hep_decode(packet, &h)) {
        r = (struct report){.kind = h.kind == HEP_SIP && h.payload.p ? REPORT_SIP : REPORT_OTHER,
                            .src = h.src,
                            .dst = h.dst,
                            .transport = to_transport(h.ip_protocol),
                            .stamp = h.time,
                            .bytes = h.payload};
        if (r.kind == REPORT_SIP && h.compressed) {
            int e = hep_inflate(h.payload, inflated);
            if (e == -ENOMEM)
                return e;
            if (e < 0)
                r.kind = REPORT_BAD;
            else
                r.bytes = buf_slice(inflated);
        }
    }
    r.reporter = reporter_of(sender, &h);
    *ret = r;
    return 0;
}

int report_keep(const struct frame *f, struct buf *inflated, struct buf *out)
{
    struct upper u = {.port_type = UPPER_UDP, .reported = true};
    struct ip_packet ip = {.version = 0};
    struct endpoint sender = {.port = 0};
    int e;

    if (ip_decode(f->bytes, &ip) == IP_OK && ip.payload.n >= UDP_HEAD) {
        sender = (struct endpoint){ip.src, get_be16(ip.payload.p)};
        e = report_read(&sender, slice_tail(ip.payload, UDP_HEAD), inflated, &u.report);
    } else {
        e = report_read(&sender, f->bytes, inflated, &u.report);
    }
    if (e < 0)
        return e;
    u.protocol = u.report.kind == REPORT_SIP ? SLICE("sip") : SLICE("data");
    u.src = u.report.src;
    u.dst = u.report.dst;
    if (u.report.transport == TRANSPORT_SCTP)
        u.port_type = UPPER_SCTP;
    else if (u.report.transport != TRANSPORT_UDP)
        u.port_type = UPPER_TCP;
    u.data = u.report.bytes;
    return upper_encode(&u, out);
}
