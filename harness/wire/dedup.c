#include "wire/dedup.h"

#include <errno.h>
#include <stdlib.h>

/* A packet lies in one of the WAYS places of its set; a new one takes the place of the one that came first.
 * A part of the hash is kept apart from the rest, so that a look-up that finds nothing stays in the cache. */
enum { WAYS = 8, SOURCES = 3 };

/* How often one capture point has seen the packet. */
struct sighting {
    uint32_t source;
    uint16_t count;
    uint16_t id; /* of the latest */
    nsec_t last;
};

/* As long as a line of the cache, and lies in one. */
struct packet {
    uint64_t hash;
    uint32_t sent;     /* as often as the packet was on the wire, as far as is known */
    uint32_t nsources; /* in `by` */
    struct sighting by[SOURCES];
};

struct set {
    uint32_t tag[WAYS]; /* upper half of the hash */
    uint32_t next;      /* place of the next new packet */
};

enum { CACHE_LINE = 64 };

_Static_assert(sizeof(struct packet) == CACHE_LINE, "a look-up touches one line");

struct dedup {
    size_t mask; /* of sets */
    struct set *set;
    struct packet *packet; /* in `memory` */
    char *memory;
};

static int make_tables(struct dedup *d, size_t packets)
{
    size_t sets = 1;

    while (sets * WAYS < packets)
        sets *= 2;
    d->mask = sets - 1;
    d->set = calloc(sets, sizeof *d->set);
    d->memory = calloc(sets * WAYS + 1, CACHE_LINE);
    if (d->set && d->memory) {
        d->packet = (struct packet *)(d->memory + CACHE_LINE - (uintptr_t)d->memory % CACHE_LINE);
        return 0;
    }
    free(d->set);
    free(d->memory);
    return -ENOMEM;
}

int dedup_new(size_t packets, struct dedup **ret)
{
    struct dedup *d = malloc(sizeof *d);

    if (!d || make_tables(d, packets) < 0) {
        free(d);
        return -ENOMEM;
    }
    *ret = d;
    return 0;
}

/* The place of a packet that is new. */
static struct packet *place(struct dedup *d, uint64_t hash)
{
    struct set *set = &d->set[hash & d->mask];
    struct packet *packet = d->packet + (hash & d->mask) * WAYS + set->next;

    set->tag[set->next] = (uint32_t)(hash >> 32);
    set->next = (set->next + 1) % WAYS;
    return packet;
}

int dedup_grow(struct dedup *d, size_t packets)
{
    struct dedup bigger;

    if (make_tables(&bigger, packets) < 0)
        return -ENOMEM;
    for (size_t i = 0; i < (d->mask + 1) * WAYS; i++)
        if (d->packet[i].sent)
            *place(&bigger, d->packet[i].hash) = d->packet[i];
    free(d->set);
    free(d->memory);
    *d = bigger;
    return 0;
}

void dedup_free(struct dedup *d)
{
    if (!d)
        return;
    free(d->set);
    free(d->memory);
    free(d);
}

static bool within(nsec_t a, nsec_t b, nsec_t distance)
{
    return a - b <= distance && b - a <= distance;
}

static bool is_recent(const struct packet *p, nsec_t time)
{
    for (uint32_t i = 0; i < p->nsources; i++)
        if (within(time, p->by[i].last, DEDUP_HORIZON))
            return true;
    return false;
}

/* The packet's place, with *ret_known; or a free one. */
static struct packet *find(struct dedup *d, uint64_t hash, nsec_t time, bool *ret_known)
{
    const struct set *set = &d->set[hash & d->mask];
    struct packet *packet = d->packet + (hash & d->mask) * WAYS;
    uint32_t tag = (uint32_t)(hash >> 32);

    *ret_known = true;
    for (int i = 0; i < WAYS; i++)
        if (set->tag[i] == tag && packet[i].hash == hash && is_recent(&packet[i], time))
            return &packet[i];
    *ret_known = false;
    return place(d, hash);
}

static enum dedup_result seen_by_another(struct packet *p, uint16_t id, nsec_t time, uint32_t source)
{
    if (p->nsources < SOURCES)
        p->by[p->nsources++] = (struct sighting){source, 1, id, time};
    return DEDUP_ELSEWHERE;
}

static enum dedup_result seen_by_same(struct packet *p, struct sighting *s, uint16_t id, nsec_t time)
{
    bool told_apart = id && s->id;
    bool copy =
        told_apart ? id == s->id && within(time, s->last, DEDUP_STRONG) : within(time, s->last, DEDUP_WEAK);

    if (copy)
        return DEDUP_COPY;
    s->last = time;
    s->id = id;
    if (s->count < UINT16_MAX)
        s->count++;
    if (s->count <= p->sent)
        return DEDUP_ELSEWHERE;
    p->sent = s->count;
    return DEDUP_NEW;
}

enum dedup_result dedup_seen(struct dedup *d, uint64_t hash, uint32_t id, nsec_t time, uint32_t source)
{
    uint16_t short_id = (uint16_t)(id ^ id >> 16);
    bool known;
    struct packet *p = find(d, hash, time, &known);

    if (!known) {
        *p = (struct packet){.hash = hash, .sent = 1, .nsources = 1, .by = {{source, 1, short_id, time}}};
        return DEDUP_NEW;
    }
    for (uint32_t i = 0; i < p->nsources; i++)
        if (p->by[i].source == source)
            return seen_by_same(p, &p->by[i], short_id, time);
    return seen_by_another(p, short_id, time, source);
}
