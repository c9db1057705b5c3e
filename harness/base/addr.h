/* IP addresses and endpoints. Both families live in 16 bytes (IPv4 as ::ffff:a.b.c.d, RFC 4291 2.5.5.2), so
 * that comparing and hashing know no family. */
#ifndef CPMSPEC_BASE_ADDR_H
#define CPMSPEC_BASE_ADDR_H

#include "base/slice.h"

struct addr {
    uint8_t b[16];
};

struct endpoint {
    struct addr addr;
    uint16_t port; /* host order; 0 where there is none */
};

struct addr addr_v4(const uint8_t bytes[4]);
struct addr addr_v6(const uint8_t bytes[16]);

static inline bool addr_eq(const struct addr *a, const struct addr *b)
{
    return memcmp(a->b, b->b, sizeof a->b) == 0;
}

bool addr_is_v4(const struct addr *a);

/* "192.0.2.1", "2001:db8::1" or "[2001:db8::1]". False, and *ret untouched, for anything else. */
bool addr_parse(struct slice text, struct addr *ret);

/* An address with an optional "/len" (in the bits of its own family); *ret_bits counts in the 128 of
 * struct addr, and is 128 where no length is given. */
bool addr_parse_net(struct slice text, struct addr *ret, unsigned *ret_bits);

/* Whether the first `bits` of the 128 agree. */
bool addr_in_net(const struct addr *a, const struct addr *net, unsigned bits);

enum { ADDR_TEXT = 48, ENDPOINT_TEXT = 56 };

/* "192.0.2.1" or "2001:db8::1"; "192.0.2.1:5060" or "[2001:db8::1]:5060". Return `out`. */
const char *addr_format(const struct addr *a, char out[ADDR_TEXT]);
const char *endpoint_format(const struct endpoint *e, char out[ENDPOINT_TEXT]);

#endif
