#include "wire/tunnel.h"

#include "wire/bytes.h"

enum { PORT_GTPU = 2152, PORT_VXLAN = 4789, PORT_VXLAN_LINUX = 8472, PORT_GENEVE = 6081 };
enum { GRE_PPP = 0x880b, GRE_ERSPAN = 0x88be, GRE_ERSPAN_III = 0x22eb, ETHERNET_IN_GRE = 0x6558 };

static enum link_result ethernet_after(struct slice bytes, size_t head, struct slice *ret)
{
    if (bytes.n < head)
        return LINK_SHORT;
    return link_find_ip(LINKTYPE_ETHERNET, slice_tail(bytes, head), ret);
}

/* Type I has no header of its own; type II has one where GRE counts its packets; type III may have a
 * platform's header behind its own. */
static enum link_result erspan(uint16_t type, bool sequenced, struct slice rest, struct slice *ret)
{
    size_t head = 8;

    if (type == GRE_ERSPAN)
        return ethernet_after(rest, sequenced ? 8 : 0, ret);
    if (rest.n < 12)
        return LINK_SHORT;
    head = byte_at(rest, 11) & 1 ? 20 : 12;
    return ethernet_after(rest, head, ret);
}

enum link_result tunnel_gre(struct slice bytes, struct slice *ret)
{
    uint16_t flags, type;
    size_t head = 4;

    if (bytes.n < 4)
        return LINK_SHORT;
    flags = get_be16(bytes.p);
    type = get_be16(bytes.p + 2);
    if ((flags & 7) > 1)
        return LINK_NOT_IP;
    if (flags & 0xc000) /* checksum or routing: both fields are there */
        head += 4;
    if (flags & 0x2000)
        head += 4;
    if (flags & 0x1000)
        head += 4;
    if ((flags & 7) == 1 && flags & 0x0080) /* PPTP's acknowledgment */
        head += 4;
    if (bytes.n < head)
        return LINK_SHORT;
    bytes = slice_tail(bytes, head);
    if (type == GRE_PPP)
        return bytes.n ? link_find_ip_ppp(bytes, ret) : LINK_NOT_IP;
    if (type == GRE_ERSPAN || type == GRE_ERSPAN_III)
        return erspan(type, flags & 0x1000, bytes, ret);
    return link_find_ip_after(type, bytes, ret);
}

/* A G-PDU of version 1; its optional fields and extension headers are stepped over. */
static enum link_result gtpu(struct slice d, struct slice *ret)
{
    uint8_t flags, next;

    if (d.n < 8 || (byte_at(d, 0) & 0xf0) != 0x30 || byte_at(d, 1) != 0xff)
        return LINK_UNKNOWN;
    flags = byte_at(d, 0);
    d = slice_tail(slice_head(d, 8 + (size_t)get_be16(d.p + 2)), 8);
    if (flags & 7) {
        if (d.n < 4)
            return LINK_SHORT;
        next = flags & 4 ? byte_at(d, 3) : 0;
        d = slice_tail(d, 4);
        while (next) {
            size_t n = d.n ? (size_t)byte_at(d, 0) * 4 : 0;
            if (n == 0 || n > d.n)
                return LINK_SHORT;
            next = byte_at(d, n - 1);
            d = slice_tail(d, n);
        }
    }
    return link_find_ip(LINKTYPE_RAW, d, ret);
}

static enum link_result vxlan(struct slice d, struct slice *ret)
{
    if (d.n < 8 || byte_at(d, 0) != 0x08 || byte_at(d, 7) != 0)
        return LINK_UNKNOWN;
    return ethernet_after(d, 8, ret);
}

static enum link_result geneve(struct slice d, struct slice *ret)
{
    uint16_t type;
    size_t head;

    if (d.n < 8 || byte_at(d, 0) >> 6 != 0 || byte_at(d, 7) != 0)
        return LINK_UNKNOWN;
    head = 8 + (size_t)(byte_at(d, 0) & 0x3f) * 4;
    type = get_be16(d.p + 2);
    if (type == ETHERNET_IN_GRE)
        return ethernet_after(d, head, ret);
    if (d.n < head)
        return LINK_SHORT;
    return link_find_ip_after(type, slice_tail(d, head), ret);
}

enum link_result tunnel_udp(uint16_t src_port, uint16_t dst_port, struct slice datagram, struct slice *ret)
{
    if (dst_port == PORT_GTPU || src_port == PORT_GTPU)
        return gtpu(datagram, ret);
    if (dst_port == PORT_VXLAN || dst_port == PORT_VXLAN_LINUX)
        return vxlan(datagram, ret);
    if (dst_port == PORT_GENEVE)
        return geneve(datagram, ret);
    return LINK_UNKNOWN;
}
