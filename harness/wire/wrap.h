/* A datagram as it looks on the wire: bytes that came over a socket get the IP and UDP headers back that the
 * kernel took off, so that they can be kept in a capture file and read from it again. */
#ifndef CPMSPEC_WIRE_WRAP_H
#define CPMSPEC_WIRE_WRAP_H

#include "base/addr.h"

/* The longest header: IPv6 and UDP. */
enum { WRAP_HEAD_MAX = 48 };

/* Writes the header of a datagram (RFC 791 or RFC 8200, and RFC 768) right before `data`, where
 * WRAP_HEAD_MAX bytes must be free. Returns header and data as one. Both ends are of the same family; the
 * checksums are right. What is too long for a datagram (65,507 bytes, as TCP can bring it) has the lengths 0,
 * as captures of offloaded packets have. */
struct slice wrap_udp(const struct endpoint *src, const struct endpoint *dst, char *data, size_t n);

#endif
