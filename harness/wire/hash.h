/* A fast 64-bit hash of bytes for tables that live within one run: sixteen bytes a step, folded by a wide
 * multiplication. Not for storage (it depends on the byte order) and not for secrets. */
#ifndef CPMSPEC_WIRE_HASH_H
#define CPMSPEC_WIRE_HASH_H

#include "base/addr.h"

/* `seed` chains several pieces into one hash. */
uint64_t hash_bytes(struct slice s, uint64_t seed);

/* Of a pair of endpoints; the same for both directions. */
uint64_t hash_pair(const struct endpoint *a, const struct endpoint *b);

/* Of a pair of endpoints in this direction. */
uint64_t hash_way(const struct endpoint *src, const struct endpoint *dst);

#endif
