#include "wire/dedup.h"

#include <errno.h>
#include <stdlib.h>

/* A packet lies in one of the WAYS places of its set; the one that was seen the longest ago makes way. */
enum { WAYS = 4, SOURCES = 3 };

/* How often one capture point has seen the packet. */
struct sighting {
    uint32_t source;
    uint32_t count;
    nsec_t last;
};

struct packet {
    uint64_t hash;
    uint32_t sent;     /* as often as the packet was on the wire, as far as is known; 0: a free place */
    uint32_t nsources; /* in `by` */
    struct sighting by[SOURCES];
};

_Static_assert(sizeof(struct packet) == 64, "a packet fills a cache line");

struct dedup {
    size_t mask; /* of sets */
    struct packet *packet;
};

int dedup_new(size_t packets, struct dedup **ret)
{
    struct dedup *d = malloc(sizeof *d);
    size_t sets = 1;

    while (sets * WAYS < packets)
        sets *= 2;
    if (d) {
        d->mask = sets - 1;
        d->packet = aligned_alloc(64, sets * WAYS * sizeof *d->packet);
    }
    if (!d || !d->packet) {
        free(d);
        return -ENOMEM;
    }
    memset(d->packet, 0, sets * WAYS * sizeof *d->packet);
    *ret = d;
    return 0;
}

void dedup_free(struct dedup *d)
{
    if (d)
        free(d->packet);
    free(d);
}

static nsec_t last_seen(const struct packet *p)
{
    nsec_t last = 0;

    for (uint32_t i = 0; i < p->nsources; i++)
        if (p->by[i].last > last)
            last = p->by[i].last;
    return last;
}

static bool within(nsec_t a, nsec_t b, nsec_t distance)
{
    return a - b <= distance && b - a <= distance;
}

/* The packet's place, or the one that it is to take. */
static struct packet *find(struct dedup *d, uint64_t hash, nsec_t time)
{
    struct packet *set = d->packet + (hash & d->mask) * WAYS, *oldest = set;

    for (int i = 0; i < WAYS; i++) {
        if (set[i].hash == hash && set[i].sent && within(time, last_seen(&set[i]), DEDUP_HORIZON))
            return &set[i];
        if (oldest->sent && (!set[i].sent || last_seen(&set[i]) < last_seen(oldest)))
            oldest = &set[i];
    }
    oldest->sent = 0;
    return oldest;
}

static bool seen_by_another(struct packet *p, nsec_t time, uint32_t source)
{
    if (p->nsources < SOURCES)
        p->by[p->nsources++] = (struct sighting){source, 1, time};
    return true;
}

static bool seen_by_same(struct packet *p, struct sighting *s, bool strong, nsec_t time)
{
    bool copy = within(time, s->last, strong ? DEDUP_STRONG : DEDUP_WEAK);

    if (copy)
        return true;
    s->last = time;
    s->count++;
    if (s->count <= p->sent)
        return true;
    p->sent = s->count;
    return false;
}

bool dedup_seen(struct dedup *d, uint64_t hash, bool strong, nsec_t time, uint32_t source)
{
    struct packet *p = find(d, hash, time);

    if (p->sent == 0) {
        *p = (struct packet){.hash = hash, .sent = 1, .nsources = 1, .by = {{source, 1, time}}};
        return false;
    }
    for (uint32_t i = 0; i < p->nsources; i++)
        if (p->by[i].source == source)
            return seen_by_same(p, &p->by[i], strong, time);
    return seen_by_another(p, time, source);
}
