#include "wire/ipfrag.h"

#include <errno.h>
#include <stdlib.h>

#include "wire/hash.h"
#include "wire/lru.h"

/* Fragments lie on multiples of eight bytes, so that one bit for each eight says what is there:
 *
 *   frame 1  [0 ........ 1480)             bits 0..184
 *   frame 3                  [2960 .. 3100)  bits 370..387, and with `end` known the last one counts
 *   frame 2        [1480 ... 2960)         the bits between: complete
 */
enum { UNIT = 8, PACKET_MAX = 65535, UNITS = (PACKET_MAX + UNIT) / UNIT, WORD = 64 };

struct entry {
    struct addr src, dst;
    uint32_t id;
    uint8_t version, protocol;
    bool end_known;
    uint32_t end;      /* length of the whole, once its last part has come */
    uint32_t reach;    /* end of what has come */
    uint32_t captured; /* bytes from here on were sent but not captured; else UINT32_MAX */
    uint32_t units;    /* how many are there */
    uint32_t frames;
    uint32_t size; /* of bytes */
    nsec_t first;
    char *bytes;
    uint64_t there[UNITS / WORD + 1];
};

struct ipfrag {
    struct ipfrag_limits limits;
    struct ipfrag_counts counts;
    struct lru lru; /* never touched: its order is that of arrival */
    struct entry **entry;
    size_t held;
    char *shown; /* bytes of the packet that was last handed out */
};

int ipfrag_new(const struct ipfrag_limits *limits, struct ipfrag **ret)
{
    struct ipfrag *f = calloc(1, sizeof *f);

    if (!f)
        return -ENOMEM;
    f->limits = *limits;
    f->entry = calloc(limits->packets, sizeof *f->entry);
    if (!f->entry || lru_init(&f->lru, limits->packets) < 0) {
        free(f->entry);
        free(f);
        return -ENOMEM;
    }
    *ret = f;
    return 0;
}

static void drop(struct ipfrag *f, uint32_t slot)
{
    struct entry *e = f->entry[slot];

    f->held -= sizeof *e + e->size;
    free(e->bytes);
    free(e);
    f->entry[slot] = NULL;
    lru_remove(&f->lru, slot);
}

void ipfrag_free(struct ipfrag *f)
{
    if (!f)
        return;
    while (f->lru.oldest != LRU_NONE)
        drop(f, f->lru.oldest);
    lru_done(&f->lru);
    free(f->entry);
    free(f->shown);
    free(f);
}

void ipfrag_expire(struct ipfrag *f, nsec_t now)
{
    while (f->lru.oldest != LRU_NONE) {
        struct entry *e = f->entry[f->lru.oldest];
        if (now != INT64_MAX && now - e->first <= IPFRAG_TIMEOUT)
            break;
        f->counts.incomplete += e->frames;
        drop(f, f->lru.oldest);
    }
}

static void drop_crowded(struct ipfrag *f)
{
    f->counts.crowded += f->entry[f->lru.oldest]->frames;
    f->counts.limit_met++;
    drop(f, f->lru.oldest);
}

/* IPv4 tells packets apart by protocol too (RFC 791); IPv6 does not (RFC 8200 4.5), and its parts may name
 * different ones. */
static bool same_packet(const struct entry *e, const struct ip_packet *p)
{
    return e->id == p->id && e->version == p->version && (p->version == 6 || e->protocol == p->protocol) &&
           addr_eq(&e->src, &p->src) && addr_eq(&e->dst, &p->dst);
}

static uint64_t hash_packet(const struct ip_packet *p)
{
    uint64_t h = hash_bytes((struct slice){(const char *)p->src.b, 16}, p->id);

    return hash_bytes((struct slice){(const char *)p->dst.b, 16}, h);
}

static int find_or_add(struct ipfrag *f, const struct ip_packet *p, nsec_t now, uint32_t *ret)
{
    uint64_t hash = hash_packet(p);
    uint32_t slot = lru_find(&f->lru, hash);
    struct entry *e;

    while (slot != LRU_NONE && !same_packet(f->entry[slot], p))
        slot = lru_find_next(&f->lru, slot);
    if (slot == LRU_NONE) {
        if (f->lru.used == f->lru.capacity)
            drop_crowded(f);
        e = calloc(1, sizeof *e);
        if (!e)
            return -ENOMEM;
        slot = lru_add(&f->lru, hash);
        f->entry[slot] = e;
        f->held += sizeof *e;
        e->src = p->src;
        e->dst = p->dst;
        e->id = p->id;
        e->version = p->version;
        e->protocol = p->protocol;
        e->captured = UINT32_MAX;
        e->first = now;
    }
    *ret = slot;
    return 0;
}

/* Room for `end` bytes, made by older packets where it must be. False where there is none even so. */
static int make_room(struct ipfrag *f, uint32_t slot, uint32_t end)
{
    struct entry *e = f->entry[slot];
    uint32_t size = e->size ? e->size : 4096;
    char *bytes;

    if (end <= e->size)
        return 0;
    while (size < end)
        size *= 2;
    while (f->held - e->size + size > f->limits.bytes && f->lru.oldest != slot)
        drop_crowded(f);
    bytes = realloc(e->bytes, size);
    if (!bytes)
        return -ENOMEM;
    f->held += size - e->size;
    e->bytes = bytes;
    e->size = size;
    return 0;
}

static bool is_there(const struct entry *e, uint32_t unit)
{
    return e->there[unit / WORD] >> unit % WORD & 1;
}

/* Takes in the bytes that are new. `n` is what was sent, of which part.n bytes were captured. */
static void take_in(struct ipfrag *f, struct entry *e, uint32_t offset, uint32_t n, struct slice part)
{
    bool conflict = false, news = false;

    for (uint32_t at = 0; at < n; at += UNIT) {
        uint32_t unit = (offset + at) / UNIT, step = n - at < UNIT ? n - at : UNIT;
        uint32_t have = at < part.n ? (uint32_t)part.n - at : 0;
        if (have > step)
            have = step;
        if (is_there(e, unit)) {
            conflict = conflict || (have && memcmp(e->bytes + offset + at, part.p + at, have) != 0);
            continue;
        }
        news = true;
        e->there[unit / WORD] |= UINT64_C(1) << unit % WORD;
        e->units++;
        if (have)
            memcpy(e->bytes + offset + at, part.p + at, have);
    }
    if (part.n < n && offset + part.n < e->captured)
        e->captured = offset + (uint32_t)part.n;
    if (offset + n > e->reach)
        e->reach = offset + n;
    f->counts.conflicts += conflict;
    f->counts.repeated += !news;
}

static bool is_complete(const struct entry *e)
{
    return e->end_known && e->units >= (e->end + UNIT - 1) / UNIT;
}

static void hand_out(struct ipfrag *f, uint32_t slot, struct ip_packet *p, uint32_t *ret_frames)
{
    struct entry *e = f->entry[slot];
    uint32_t captured = e->captured < e->end ? e->captured : e->end;

    free(f->shown);
    f->shown = e->bytes;
    p->payload = (struct slice){e->bytes, captured};
    p->missing = e->end - captured;
    p->protocol = e->protocol;
    p->fragment = p->more = false;
    p->offset = 0;
    *ret_frames = e->frames;
    f->held -= e->size;
    e->bytes = NULL;
    e->size = 0;
    drop(f, slot);
}

/* Whether the part can belong to a packet at all, and does not contradict what is known of its end. */
static bool is_sound(const struct ip_packet *p, uint32_t n)
{
    return n > 0 && p->offset + n <= PACKET_MAX && (!p->more || n % UNIT == 0);
}

static bool fits(const struct entry *e, const struct ip_packet *p, uint32_t end)
{
    if (p->more)
        return !e->end_known || end <= e->end;
    return e->end_known ? end == e->end : end >= e->reach;
}

int ipfrag_add(struct ipfrag *f, struct ip_packet *p, nsec_t now, uint32_t *frames)
{
    uint32_t n = (uint32_t)p->payload.n + p->missing, slot;
    struct entry *e;
    int r;

    ipfrag_expire(f, now);
    if (!is_sound(p, n)) {
        f->counts.bad += *frames;
        return 0;
    }
    r = find_or_add(f, p, now, &slot);
    if (r == 0 && !fits(f->entry[slot], p, p->offset + n)) {
        f->entry[slot]->frames += *frames;
        f->counts.conflicts++;
        return 0;
    }
    if (r == 0)
        r = make_room(f, slot, p->offset + n);
    if (r < 0)
        return r;
    e = f->entry[slot];
    if (p->offset == 0)
        e->protocol = p->protocol;
    e->frames += *frames;
    take_in(f, e, p->offset, n, p->payload);
    if (!p->more) {
        e->end_known = true;
        e->end = p->offset + n;
    }
    if (!is_complete(e))
        return 0;
    hand_out(f, slot, p, frames);
    return 1;
}

const struct ipfrag_counts *ipfrag_counts(const struct ipfrag *f)
{
    return &f->counts;
}
