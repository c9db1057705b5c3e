/* From a captured frame to the IP packet in it: the link layers that captures come with, and what may lie
 * between them and IP (VLAN tags, MPLS labels, PPP). Zero-copy, bounded, never reads past the frame. */
#ifndef CPMSPEC_WIRE_LINK_H
#define CPMSPEC_WIRE_LINK_H

#include "base/slice.h"

enum link_result {
    LINK_IP,      /* *ret begins with an IP header */
    LINK_NOT_IP,  /* ARP, STP, …: whole, but no IP in it */
    LINK_SHORT,   /* ends before the IP header: cut by the snap length, or broken */
    LINK_UNKNOWN, /* a link type that is not read here */
    LINK_SECRET,  /* encrypted on the link (802.11) */
};

/* LINKTYPE_ values (https://www.tcpdump.org/linktypes.html) that are read; libpcap's own numbers for raw IP
 * too. */
enum linktype {
    LINKTYPE_NULL = 0,
    LINKTYPE_ETHERNET = 1,
    LINKTYPE_PPP = 9,
    LINKTYPE_RAW_BSD = 12,
    LINKTYPE_RAW_OPENBSD = 14,
    LINKTYPE_PPP_HDLC = 50,
    LINKTYPE_PPP_ETHER = 51,
    LINKTYPE_RAW = 101,
    LINKTYPE_C_HDLC = 104,
    LINKTYPE_IEEE802_11 = 105,
    LINKTYPE_LOOP = 108,
    LINKTYPE_LINUX_SLL = 113,
    LINKTYPE_IEEE802_11_RADIOTAP = 127,
    LINKTYPE_PPP_PPPD = 166,
    LINKTYPE_IPV4 = 228,
    LINKTYPE_IPV6 = 229,
    LINKTYPE_NFLOG = 239,
    LINKTYPE_UPPER_PDU = 252, /* not read here: see upper.h */
    LINKTYPE_LINUX_SLL2 = 276,
};

enum link_result link_find_ip(uint32_t linktype, struct slice frame, struct slice *ret);

/* The same from a point where an EtherType has just been read. */
enum link_result link_find_ip_after(uint16_t ethertype, struct slice rest, struct slice *ret);

/* And from one where PPP begins (RFC 1661). */
enum link_result link_find_ip_ppp(struct slice rest, struct slice *ret);

#endif
