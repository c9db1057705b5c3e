/* IP headers: version 4 (RFC 791) and version 6 with its extension headers (RFC 8200). Zero-copy. */
#ifndef CPMSPEC_WIRE_IP_H
#define CPMSPEC_WIRE_IP_H

#include "base/addr.h"

/* Protocol numbers (IANA) that the wire tells apart. */
enum ip_protocol {
    IP_HOPOPTS = 0,
    IP_IPV4 = 4,
    IP_TCP = 6,
    IP_UDP = 17,
    IP_IPV6 = 41,
    IP_ROUTING = 43,
    IP_FRAGMENT = 44,
    IP_GRE = 47,
    IP_ESP = 50,
    IP_AH = 51,
    IP_NONE = 59,
    IP_DSTOPTS = 60,
    IP_SCTP = 132,
    IP_MOBILITY = 135,
    IP_UDPLITE = 136,
    IP_HIP = 139,
    IP_SHIM6 = 140,
};

struct ip_packet {
    struct addr src, dst;
    uint8_t version;      /* 4 or 6 */
    uint8_t protocol;     /* of the payload, extension headers passed over */
    bool fragment;        /* a part: payload is not to be looked into */
    bool more;            /* a part, and not the last one */
    uint32_t offset;      /* of a part, in bytes */
    uint32_t id;          /* of IPv4, and of IPv6 where it is a part; else 0 */
    struct slice payload; /* as far as it was captured */
    uint32_t missing;     /* bytes of the payload that were not captured */
};

enum ip_result {
    IP_OK,
    IP_SHORT, /* the capture holds only a part of the header */
    IP_BAD,   /* not an IP header */
};

/* `bytes` may go on behind the packet (link-layer padding) or end inside it. */
enum ip_result ip_decode(struct slice bytes, struct ip_packet *ret);

/* Passes over the extension headers that a reassembled payload may begin with. `protocol` and `payload` are
 * moved on. */
enum ip_result ip_pass_extensions(struct ip_packet *p);

#endif
