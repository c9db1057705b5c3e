/* Numbers out of bytes in either order, without regard to alignment. The caller has checked that the bytes
 * are there. */
#ifndef CPMSPEC_WIRE_BYTES_H
#define CPMSPEC_WIRE_BYTES_H

#include "base/slice.h"

static inline uint8_t byte_at(struct slice s, size_t i)
{
    return (uint8_t)s.p[i];
}

static inline uint16_t get16(const char *p)
{
    uint16_t v;

    memcpy(&v, p, sizeof v);
    return v;
}

static inline uint32_t get32(const char *p)
{
    uint32_t v;

    memcpy(&v, p, sizeof v);
    return v;
}

static inline uint64_t get64(const char *p)
{
    uint64_t v;

    memcpy(&v, p, sizeof v);
    return v;
}

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
static inline uint16_t get_be16(const char *p)
{
    return __builtin_bswap16(get16(p));
}

static inline uint32_t get_be32(const char *p)
{
    return __builtin_bswap32(get32(p));
}
#else
static inline uint16_t get_be16(const char *p)
{
    return get16(p);
}

static inline uint32_t get_be32(const char *p)
{
    return get32(p);
}
#endif

/* In the order of this machine, or in the other one where `swap`. */
static inline uint16_t get16_in(const char *p, bool swap)
{
    return swap ? __builtin_bswap16(get16(p)) : get16(p);
}

static inline uint32_t get32_in(const char *p, bool swap)
{
    return swap ? __builtin_bswap32(get32(p)) : get32(p);
}

static inline uint64_t get64_in(const char *p, bool swap)
{
    return swap ? __builtin_bswap64(get64(p)) : get64(p);
}

#endif
