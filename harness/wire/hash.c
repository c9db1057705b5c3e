#include "wire/hash.h"

#include "wire/bytes.h"

/* Odd constants with about half of their bits set: digits of pi, e and the golden ratio. */
#define K0 UINT64_C(0x243f6a8885a308d3)
#define K1 UINT64_C(0xadf85458a2bb4a9b)
#define K2 UINT64_C(0x9e3779b97f4a7c15)

static inline uint64_t fold(uint64_t a, uint64_t b)
{
    __extension__ unsigned __int128 product = (unsigned __int128)a * b;

    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/* The last 0 to 15 bytes, as two words. */
static inline uint64_t tail(const char *p, size_t n, uint64_t h)
{
    char last[16] = {0};

    memcpy(last, p, n);
    return fold(get64(last) ^ K1, get64(last + 8) ^ h);
}

uint64_t hash_bytes(struct slice s, uint64_t seed)
{
    uint64_t h = seed ^ K0, g = seed ^ K2;
    const char *p = s.p;
    size_t n = s.n;

    while (n >= 32) { /* two chains, so that the multiplications overlap */
        h += fold(get64(p) ^ K1, get64(p + 8) ^ h);
        g += fold(get64(p + 16) ^ K0, get64(p + 24) ^ g);
        p += 32;
        n -= 32;
    }
    if (n >= 16) {
        h += fold(get64(p) ^ K1, get64(p + 8) ^ h);
        p += 16;
        n -= 16;
    }
    if (n)
        g += tail(p, n, g);
    return fold(h ^ s.n, g ^ K1);
}

static inline uint64_t hash_endpoint(const struct endpoint *e)
{
    const char *p = (const char *)e->addr.b;

    return fold(get64(p) ^ K0 ^ e->port, get64(p + 8) ^ K1);
}

uint64_t hash_pair(const struct endpoint *a, const struct endpoint *b)
{
    return fold(hash_endpoint(a) + hash_endpoint(b), K2);
}

uint64_t hash_way(const struct endpoint *src, const struct endpoint *dst)
{
    return fold(hash_endpoint(src) ^ K2, hash_endpoint(dst) ^ K0);
}
