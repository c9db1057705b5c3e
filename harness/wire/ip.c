#include "wire/ip.h"

#include "wire/bytes.h"

/* A chain of extension headers longer than this is an attack, not a packet. */
enum { EXTENSIONS_MAX = 16, IPV4_HEAD = 20, IPV6_HEAD = 40 };

static enum ip_result decode_v4(struct slice bytes, struct ip_packet *p)
{
    size_t head, total;
    uint16_t fragment;

    if (bytes.n < IPV4_HEAD)
        return IP_SHORT;
    head = (size_t)(byte_at(bytes, 0) & 0x0f) * 4;
    total = get_be16(bytes.p + 2);
    if (total == 0) /* segmentation offload: longer than the field can say */
        total = bytes.n;
    if (head < IPV4_HEAD || total < head)
        return IP_BAD;
    if (bytes.n < head)
        return IP_SHORT;
    fragment = get_be16(bytes.p + 6);
    p->version = 4;
    p->protocol = byte_at(bytes, 9);
    p->id = get_be16(bytes.p + 4);
    p->more = fragment & 0x2000;
    p->offset = (uint32_t)(fragment & 0x1fff) * 8;
    p->fragment = fragment & 0x3fff;
    p->src = addr_v4((const uint8_t *)bytes.p + 12);
    p->dst = addr_v4((const uint8_t *)bytes.p + 16);
    p->payload = slice_tail(slice_head(bytes, total), head);
    p->missing = total > bytes.n ? (uint32_t)(total - bytes.n) : 0;
    return p->protocol == IP_AH && !p->fragment ? ip_pass_extensions(p) : IP_OK;
}

/* RFC 8200 4.5: a part of the rest of the packet. */
static void fragment_header(struct ip_packet *p)
{
    uint16_t field = get_be16(p->payload.p + 2);

    p->more = field & 1;
    p->offset = field & 0xfff8u;
    p->fragment = p->more || p->offset; /* else "atomic" (RFC 6946): a whole packet */
    p->id = get_be32(p->payload.p + 4);
    p->protocol = byte_at(p->payload, 0);
    p->payload = slice_tail(p->payload, 8);
}

static bool is_extension(uint8_t protocol)
{
    return protocol == IP_HOPOPTS || protocol == IP_ROUTING || protocol == IP_DSTOPTS || protocol == IP_AH ||
           protocol == IP_MOBILITY || protocol == IP_HIP || protocol == IP_SHIM6;
}

enum ip_result ip_pass_extensions(struct ip_packet *p)
{
    for (int i = 0; i < EXTENSIONS_MAX; i++) {
        size_t n;
        if (p->version == 6 && p->protocol == IP_FRAGMENT) {
            if (p->payload.n < 8)
                return IP_SHORT;
            fragment_header(p);
            if (p->fragment)
                return IP_OK;
            continue;
        }
        if (p->version == 6 ? !is_extension(p->protocol) : p->protocol != IP_AH)
            return IP_OK;
        if (p->payload.n < 8)
            return IP_SHORT;
        n = byte_at(p->payload, 1);
        n = p->protocol == IP_AH ? (n + 2) * 4 : (n + 1) * 8; /* RFC 4302 2.2, RFC 8200 4.2 */
        if (p->payload.n < n)
            return IP_SHORT;
        p->protocol = byte_at(p->payload, 0);
        p->payload = slice_tail(p->payload, n);
    }
    return IP_BAD;
}

static enum ip_result decode_v6(struct slice bytes, struct ip_packet *p)
{
    size_t total;

    if (bytes.n < IPV6_HEAD)
        return IP_SHORT;
    total = IPV6_HEAD + (size_t)get_be16(bytes.p + 4);
    if (total == IPV6_HEAD && byte_at(bytes, 6) != IP_NONE) /* offload, or a jumbogram (RFC 2675) */
        total = bytes.n;
    *p = (struct ip_packet){.version = 6, .protocol = byte_at(bytes, 6)};
    p->src = addr_v6((const uint8_t *)bytes.p + 8);
    p->dst = addr_v6((const uint8_t *)bytes.p + 24);
    p->payload = slice_tail(slice_head(bytes, total), IPV6_HEAD);
    p->missing = total > bytes.n ? (uint32_t)(total - bytes.n) : 0;
    return ip_pass_extensions(p);
}

enum ip_result ip_decode(struct slice bytes, struct ip_packet *ret)
{
    if (bytes.n == 0)
        return IP_SHORT;
    if (byte_at(bytes, 0) >> 4 == 4)
        return decode_v4(bytes, ret);
    if (byte_at(bytes, 0) >> 4 == 6)
        return decode_v6(bytes, ret);
    return IP_BAD;
}
