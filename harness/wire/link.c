#include "wire/link.h"

#include "wire/bytes.h"

/* Tags, labels and pseudowires may lie in one another; deeper than this is nonsense. */
enum { NESTING_MAX = 16 };

enum ethertype {
    ETHERTYPE_LENGTH_MAX = 0x05dc, /* up to here it is a length (IEEE 802.3) */
    ETHERTYPE_IPV4 = 0x0800,
    ETHERTYPE_BRIDGED = 0x6558, /* a whole Ethernet frame */
    ETHERTYPE_VLAN = 0x8100,
    ETHERTYPE_IPV6 = 0x86dd,
    ETHERTYPE_MPLS = 0x8847,
    ETHERTYPE_MPLS_MULTICAST = 0x8848,
    ETHERTYPE_PPPOE = 0x8864,
    ETHERTYPE_QINQ = 0x88a8,
    ETHERTYPE_QINQ_OLD = 0x9100,
    ETHERTYPE_QINQ_OLDER = 0x9200,
};

/* What comes next, while layers are taken off. */
enum layer { LAYER_ETHERTYPE, LAYER_ETHERNET, LAYER_LLC, LAYER_PPP, LAYER_DONE };

struct walk {
    enum layer layer;
    uint16_t type;
    struct slice rest;
    enum link_result result;
};

static void done(struct walk *w, enum link_result result)
{
    w->layer = LAYER_DONE;
    w->result = result;
}

/* Takes `n` bytes off; false, and done, where they are not there. */
static bool pass(struct walk *w, size_t n)
{
    if (w->rest.n < n) {
        done(w, LINK_SHORT);
        return false;
    }
    w->rest = slice_tail(w->rest, n);
    return true;
}

static void raw_ip(struct walk *w)
{
    if (w->rest.n == 0)
        done(w, LINK_SHORT);
    else if (byte_at(w->rest, 0) >> 4 == 4 || byte_at(w->rest, 0) >> 4 == 6)
        done(w, LINK_IP);
    else
        done(w, LINK_NOT_IP);
}

/* MPLS says nothing of what it carries (RFC 4928): IP by its version, or a pseudowire with Ethernet, with or
 * without control word (RFC 4448). */
static void mpls(struct walk *w)
{
    for (int i = 0; i < NESTING_MAX; i++) {
        bool bottom;
        if (w->rest.n < 4)
            return done(w, LINK_SHORT);
        bottom = byte_at(w->rest, 2) & 1;
        w->rest = slice_tail(w->rest, 4);
        if (!bottom)
            continue;
        if (w->rest.n == 0)
            return done(w, LINK_SHORT);
        if (byte_at(w->rest, 0) >> 4 == 4 || byte_at(w->rest, 0) >> 4 == 6)
            return done(w, LINK_IP);
        if (byte_at(w->rest, 0) >> 4 == 0)
            pass(w, 4);
        if (w->layer != LAYER_DONE)
            w->layer = LAYER_ETHERNET;
        return;
    }
    done(w, LINK_NOT_IP);
}

static void ethertype(struct walk *w)
{
    switch (w->type) {
    case ETHERTYPE_IPV4:
    case ETHERTYPE_IPV6:
        return raw_ip(w);
    case ETHERTYPE_VLAN:
    case ETHERTYPE_QINQ:
    case ETHERTYPE_QINQ_OLD:
    case ETHERTYPE_QINQ_OLDER:
        if (pass(w, 4))
            w->type = get_be16(w->rest.p - 2);
        return;
    case ETHERTYPE_MPLS:
    case ETHERTYPE_MPLS_MULTICAST:
        return mpls(w);
    case ETHERTYPE_PPPOE: /* RFC 2516 4: six bytes, the last two a length */
        if (pass(w, 6))
            w->layer = LAYER_PPP;
        return;
    case ETHERTYPE_BRIDGED:
        w->layer = LAYER_ETHERNET;
        return;
    default:
        if (w->type > ETHERTYPE_LENGTH_MAX)
            return done(w, LINK_NOT_IP);
        w->rest = slice_head(w->rest, w->type);
        w->layer = LAYER_LLC;
    }
}

/* IEEE 802.2 with SNAP (RFC 1042); everything else on LLC is no IP. */
static void llc(struct walk *w)
{
    if (w->rest.n < 8)
        return done(w, w->rest.n < 3 ? LINK_SHORT : LINK_NOT_IP);
    if (memcmp(w->rest.p, "\xaa\xaa\x03", 3) != 0)
        return done(w, LINK_NOT_IP);
    w->type = get_be16(w->rest.p + 6);
    w->rest = slice_tail(w->rest, 8);
    w->layer = LAYER_ETHERTYPE;
}

/* Address and control may be left out, and the protocol be one byte (RFC 1661 6.5, 6.6). */
static void ppp(struct walk *w)
{
    uint16_t protocol;

    if (slice_starts(w->rest, SLICE("\xff\x03")))
        w->rest = slice_tail(w->rest, 2);
    if (w->rest.n < 2)
        return done(w, LINK_SHORT);
    if (byte_at(w->rest, 0) & 1) {
        protocol = byte_at(w->rest, 0);
        w->rest = slice_tail(w->rest, 1);
    } else {
        protocol = get_be16(w->rest.p);
        w->rest = slice_tail(w->rest, 2);
    }
    if (protocol == 0x0021 || protocol == 0x0057)
        return raw_ip(w);
    if (protocol == 0x0281 || protocol == 0x0283)
        return mpls(w);
    done(w, LINK_NOT_IP);
}

static enum link_result walk_on(struct walk *w, struct slice *ret)
{
    for (int i = 0; w->layer != LAYER_DONE; i++) {
        if (i == NESTING_MAX) {
            done(w, LINK_NOT_IP);
        } else if (w->layer == LAYER_ETHERTYPE) {
            ethertype(w);
        } else if (w->layer == LAYER_LLC) {
            llc(w);
        } else if (w->layer == LAYER_PPP) {
            ppp(w);
        } else if (pass(w, 14)) {
            w->type = get_be16(w->rest.p - 2);
            w->layer = LAYER_ETHERTYPE;
        }
    }
    if (w->result == LINK_IP)
        *ret = w->rest;
    return w->result;
}

/* Linux cooked capture: the protocol is an EtherType, or one of Linux' own numbers below 0x600. */
static void cooked(struct walk *w, size_t head, size_t protocol_at)
{
    struct slice all = w->rest;

    if (!pass(w, head))
        return;
    w->type = get_be16(all.p + protocol_at);
    if (w->type == 0x0004) /* 802.2 */
        w->layer = LAYER_LLC;
    else if (w->type <= ETHERTYPE_LENGTH_MAX)
        done(w, LINK_NOT_IP);
}

/* BSD loopback: an address family, whose number for IPv6 differs from system to system, in the byte order of
 * the machine that captured. */
static void bsd_null(struct walk *w)
{
    uint32_t family;

    if (!pass(w, 4))
        return;
    family = get_be32(w->rest.p - 4);
    if (family > 0xffff)
        family = __builtin_bswap32(family);
    if (family == 2 || family == 10 || family == 24 || family == 28 || family == 30)
        raw_ip(w);
    else
        done(w, LINK_NOT_IP);
}

/* IEEE 802.11: only data frames in the clear carry anything for us. */
static void wlan(struct walk *w)
{
    uint8_t control, flags;
    size_t head = 24;

    if (w->rest.n < 2)
        return done(w, LINK_SHORT);
    control = byte_at(w->rest, 0);
    flags = byte_at(w->rest, 1);
    if ((control & 0x0c) != 0x08 || (control & 0x40)) /* not data, or data without a body */
        return done(w, LINK_NOT_IP);
    if (flags & 0x40)
        return done(w, LINK_SECRET);
    if ((flags & 3) == 3)
        head += 6;
    if (control & 0x80)
        head += flags & 0x80 ? 6 : 2;
    if (pass(w, head))
        w->layer = LAYER_LLC;
}

static void radiotap(struct walk *w)
{
    size_t head;

    if (w->rest.n < 4)
        return done(w, LINK_SHORT);
    head = byte_at(w->rest, 2) | (size_t)byte_at(w->rest, 3) << 8;
    if (pass(w, head))
        wlan(w);
}

/* Linux' netfilter log: attributes in the byte order of the machine that captured; one is the packet. */
static void nflog(struct walk *w)
{
    if (!pass(w, 4))
        return;
    while (w->rest.n >= 4) {
        size_t n = get16(w->rest.p), type = get16(w->rest.p + 2);
        if (n < 4 || n > w->rest.n) {
            n = __builtin_bswap16((uint16_t)n);
            type = __builtin_bswap16((uint16_t)type);
        }
        if (n < 4 || n > w->rest.n)
            break;
        if (type == 9) {
            w->rest = slice_tail(slice_head(w->rest, n), 4);
            return raw_ip(w);
        }
        w->rest = slice_tail(w->rest, (n + 3) / 4 * 4);
    }
    done(w, LINK_SHORT);
}

/* Address, control, EtherType. */
static void cisco_hdlc(struct walk *w)
{
    if (pass(w, 4))
        w->type = get_be16(w->rest.p - 2);
}

static void first_layer(struct walk *w, uint32_t linktype)
{
    switch (linktype) {
    case LINKTYPE_ETHERNET:
        w->layer = LAYER_ETHERNET;
        return;
    case LINKTYPE_LINUX_SLL:
        return cooked(w, 16, 14);
    case LINKTYPE_LINUX_SLL2:
        return cooked(w, 20, 0);
    case LINKTYPE_RAW:
    case LINKTYPE_RAW_BSD:
    case LINKTYPE_RAW_OPENBSD:
    case LINKTYPE_IPV4:
    case LINKTYPE_IPV6:
        return raw_ip(w);
    case LINKTYPE_NULL:
    case LINKTYPE_LOOP:
        return bsd_null(w);
    case LINKTYPE_PPP:
        w->layer = LAYER_PPP;
        return;
    case LINKTYPE_PPP_HDLC: /* PPP, or Cisco's HDLC by its first byte (RFC 1547 4.3.1) */
        if (w->rest.n && (byte_at(w->rest, 0) & 0x7f) == 0x0f)
            return cisco_hdlc(w);
        w->layer = LAYER_PPP;
        return;
    case LINKTYPE_PPP_PPPD: /* a direction byte stands where the address would */
        if (pass(w, 2))
            w->layer = LAYER_PPP;
        return;
    case LINKTYPE_PPP_ETHER:
        w->type = ETHERTYPE_PPPOE;
        return;
    case LINKTYPE_C_HDLC:
        return cisco_hdlc(w);
    case LINKTYPE_IEEE802_11:
        return wlan(w);
    case LINKTYPE_IEEE802_11_RADIOTAP:
        return radiotap(w);
    case LINKTYPE_NFLOG:
        return nflog(w);
    default:
        done(w, LINK_UNKNOWN);
    }
}

enum link_result link_find_ip(uint32_t linktype, struct slice frame, struct slice *ret)
{
    struct walk w = {.layer = LAYER_ETHERTYPE, .rest = frame};

    /* nearly every frame is this one */
    if (linktype == LINKTYPE_ETHERNET && frame.n > 14 && get_be16(frame.p + 12) == ETHERTYPE_IPV4) {
        *ret = slice_tail(frame, 14);
        return LINK_IP;
    }
    first_layer(&w, linktype);
    return walk_on(&w, ret);
}

enum link_result link_find_ip_after(uint16_t type, struct slice rest, struct slice *ret)
{
    struct walk w = {.layer = LAYER_ETHERTYPE, .type = type, .rest = rest};

    return walk_on(&w, ret);
}

enum link_result link_find_ip_ppp(struct slice rest, struct slice *ret)
{
    struct walk w = {.layer = LAYER_PPP, .rest = rest};

    return walk_on(&w, ret);
}
