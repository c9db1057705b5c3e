/* Packets in packets: what carries IP over IP. Each function answers whether the bytes are such a tunnel's
 * and, where *ret is filled, which IP packet lies in it. IP directly in IP (RFC 2003, 4213, 2473) needs no
 * help from here. */
#ifndef CPMSPEC_WIRE_TUNNEL_H
#define CPMSPEC_WIRE_TUNNEL_H

#include "wire/link.h"

/* GRE (RFC 2784, 2890, 2637) with anything that link.h reads, and mirrored traffic in it (ERSPAN types I to
 * III). `bytes` begin with the GRE header. */
enum link_result tunnel_gre(struct slice bytes, struct slice *ret);

/* The tunnels over UDP, told by port and shape: GTP-U (3GPP TS 29.281), VXLAN (RFC 7348), Geneve (RFC 8926).
 * LINK_UNKNOWN where the datagram is no tunnel's. */
enum link_result tunnel_udp(uint16_t src_port, uint16_t dst_port, struct slice datagram, struct slice *ret);

#endif
