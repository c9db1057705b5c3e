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

/* All of a text that is shorter than two words: its beginning and its end, which overlap or meet. */
static uint64_t hash_short(const char *p, size_t n, uint64_t h)
{
    uint64_t a = 0, b = 0;

    if (n >= 8) {
        a = get64(p);
        b = get64(p + n - 8);
    } else if (n >= 4) {
        a = get32(p);
        b = get32(p + n - 4);
    } else if (n) {
        a = (uint64_t)(unsigned char)p[0] << 16 | (uint64_t)(unsigned char)p[n / 2] << 8 |
            (unsigned char)p[n - 1];
    }
    return fold(a ^ K1, b ^ h);
}

/* Blocks of 64 bytes in four chains, so that the multiplications overlap. */
static uint64_t hash_blocks(const char **p, size_t *n, uint64_t seed)
{
    uint64_t a = seed, b = seed ^ K1, c = seed ^ K2, d = seed ^ K1 ^ K2; /* none of them 0 */
    const char *at = *p;
    size_t left = *n;

    for (; left >= 64; left -= 64, at += 64) {
        a += fold(get64(at) ^ K1, get64(at + 8) ^ a);
        b += fold(get64(at + 16) ^ K0, get64(at + 24) ^ b);
        c += fold(get64(at + 32) ^ K2, get64(at + 40) ^ c);
        d += fold(get64(at + 48) ^ K1, get64(at + 56) ^ d);
    }
    *p = at;
    *n = left;
    return fold(a ^ K0, b ^ K1) + fold(c ^ K1, d ^ K2);
}

uint64_t hash_bytes(struct slice s, uint64_t seed)
{
    uint64_t h = seed ^ K0;
    const char *p = s.p;
    size_t n = s.n;

    if (n < 16)
        return fold(hash_short(p, n, h) ^ n, h ^ K1);
    if (n >= 64)
        h = hash_blocks(&p, &n, h);
    for (; n >= 16; n -= 16, p += 16)
        h += fold(get64(p) ^ K1, get64(p + 8) ^ h);
    if (n) { /* with bytes before them that were looked at already, so that none are copied */
        p -= 16 - n;
        h += fold(get64(p) ^ K2, get64(p + 8) ^ h);
    }
    return fold(h ^ s.n, h ^ K1);
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
