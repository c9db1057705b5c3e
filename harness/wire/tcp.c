#include "wire/tcp.h"

#include <errno.h>
#include <stdlib.h>

#include "wire/hash.h"
#include "wire/lru.h"
#include "wire/tcphalf.h"

/* A sequence number further from what is next than any window reaches belongs to another connection, whose
 * beginning was not captured. */
enum { WINDOW = 32 << 20 };

/* As one capture point saw it: each has its own view of the streams, with its own holes and its own clock. */
struct connection {
    uint32_t source;
    struct tcp_half half[2];
};

struct tcp {
    struct tcp_engine engine;
    struct lru lru;
    struct connection *connection;
};

int tcp_new(const struct tcp_limits *limits, struct tcp_sink sink, struct tcp **ret)
{
    struct tcp *t = calloc(1, sizeof *t);

    if (!t)
        return -ENOMEM;
    t->engine.limits = *limits;
    t->engine.sink = sink;
    list_init(&t->engine.holders);
    list_init(&t->engine.holes);
    /* malloc: connections that are never used take no memory */
    t->connection = malloc(limits->connections * sizeof *t->connection);
    if (!t->connection || lru_init(&t->lru, limits->connections) < 0) {
        free(t->connection);
        free(t);
        return -ENOMEM;
    }
    *ret = t;
    return 0;
}

static void forget(struct tcp *t, uint32_t slot)
{
    tcp_half_drop(&t->engine, &t->connection[slot].half[0]);
    tcp_half_drop(&t->engine, &t->connection[slot].half[1]);
    lru_remove(&t->lru, slot);
}

void tcp_free(struct tcp *t)
{
    if (!t)
        return;
    while (t->lru.oldest != LRU_NONE)
        forget(t, t->lru.oldest);
    for (unsigned i = 0; i < t->engine.nspare; i++)
        buf_done(&t->engine.spare[i]);
    lru_done(&t->lru);
    free(t->connection);
    free(t);
}

/* Shows what is left of a connection and forgets it. */
static int retire(struct tcp *t, uint32_t slot)
{
    struct connection *c = &t->connection[slot];
    int r = tcp_half_finish(&t->engine, &c->half[0]);

    if (r == 0)
        r = tcp_half_finish(&t->engine, &c->half[1]);
    forget(t, slot);
    return r;
}

int tcp_flush(struct tcp *t)
{
    int r = 0;

    while (t->lru.oldest != LRU_NONE && r == 0)
        r = retire(t, t->lru.oldest);
    return r;
}

int tcp_expire(struct tcp *t, nsec_t now)
{
    int r = 0;

    while (r == 0 && !list_empty(&t->engine.holes)) {
        struct tcp_half *h = LIST_ENTRY(t->engine.holes.next, struct tcp_half, hole);
        bool acked = h->ack_known && (int32_t)(h->acked - h->next) > 0;
        if (now - h->hole_since <= (acked ? TCP_HOLE_ACKED : TCP_HOLE_SILENT))
            break;
        r = tcp_half_pass_hole(&t->engine, h);
    }
    return r;
}

static bool endpoint_eq(const struct endpoint *a, const struct endpoint *b)
{
    return a->port == b->port && addr_eq(&a->addr, &b->addr);
}

/* Which of the two directions the segment belongs to; -1 where it is another connection's. */
static int direction(const struct connection *c, const struct tcp_segment *s)
{
    for (int d = 0; d < 2 && c->source == s->source; d++)
        if (endpoint_eq(&c->half[d].src, &s->src) && endpoint_eq(&c->half[!d].src, &s->dst))
            return d;
    return -1;
}

static void init_connection(struct connection *c, const struct tcp_segment *s)
{
    c->source = s->source;
    tcp_half_init(&c->half[0], &s->src, &c->half[1]);
    tcp_half_init(&c->half[1], &s->dst, &c->half[0]);
}

/* The half that the segment was sent in; NULL in *ret where there is no connection and none begins here. */
static int find_half(struct tcp *t, const struct tcp_segment *s, struct tcp_half **ret)
{
    uint64_t hash = hash_pair(&s->src, &s->dst) + s->source * UINT64_C(0x9e3779b97f4a7c15);
    uint32_t slot = lru_find(&t->lru, hash);
    int d = -1, r;

    *ret = NULL;
    while (slot != LRU_NONE && (d = direction(&t->connection[slot], s)) < 0)
        slot = lru_find_next(&t->lru, slot);
    if (slot != LRU_NONE) {
        lru_touch(&t->lru, slot);
        *ret = &t->connection[slot].half[d];
        return 0;
    }
    if (!(s->flags & TCP_SYN) && s->data.n + s->missing == 0)
        return 0;
    if (t->lru.used == t->lru.capacity) {
        t->engine.counts.connection_limit++;
        r = retire(t, t->lru.oldest);
        if (r < 0)
            return r;
    }
    slot = lru_add(&t->lru, hash);
    init_connection(&t->connection[slot], s);
    *ret = &t->connection[slot].half[0];
    return 0;
}

/* Ends a direction of which a new life begins on the same ports. */
static int restart(struct tcp *t, struct tcp_half *h)
{
    struct endpoint src = h->src;
    struct tcp_half *peer = h->peer;
    int r = tcp_half_finish(&t->engine, h);

    tcp_half_init(h, &src, peer);
    return r;
}

static void begin(struct tcp_half *h, uint32_t first, bool synced)
{
    h->known = true;
    h->synced = synced;
    h->gap = !synced;
    h->start = h->next = first;
}

/* A SYN with another number than the last one's is a new connection on the ports of an old one. */
static int take_syn(struct tcp *t, struct tcp_half *h, const struct tcp_segment *s)
{
    uint32_t first = s->seq + 1;
    int r = 0;

    if (h->known && h->synced && h->start == first)
        return 0;
    if (h->known || (!(s->flags & TCP_ACK) && h->peer->known)) {
        r = restart(t, h);
        if (r == 0)
            r = restart(t, h->peer);
    }
    begin(h, first, true);
    if (s->flags & TCP_ACK && !h->peer->known) /* its SYN was not captured, but this answers it */
        begin(h->peer, s->ack, true);
    return r;
}

static void take_ack(struct tcp_half *peer, uint32_t ack)
{
    if (!peer->ack_known || (int32_t)(ack - peer->acked) > 0)
        peer->acked = ack;
    peer->ack_known = true;
}

/* A capture that begins in mid-stream may see the bytes before its first ones later. */
static int take_early(struct tcp *t, struct tcp_half *h, uint32_t seq, const struct tcp_segment *s,
                      const struct tcp_place *at)
{
    uint32_t n = (uint32_t)s->data.n + s->missing;
    int r;

    if (h->synced || (int32_t)(seq + n - h->start) > 0)
        return TCP_REPEATED;
    h->start = seq;
    r = tcp_half_show_early(&t->engine, h, s->data, at);
    return r < 0 ? r : TCP_TAKEN;
}

static int take_data(struct tcp *t, struct tcp_half *h, uint32_t seq, const struct tcp_segment *s)
{
    struct tcp_place at = {s->time, s->frame, s->source};
    uint32_t n = (uint32_t)s->data.n + s->missing, old;
    struct slice data = s->data;
    int32_t ahead;
    int r = 0;

    if (h->known && ((int32_t)(seq - h->next) > WINDOW || (int32_t)(seq - h->next) < -WINDOW))
        r = restart(t, h);
    if (r < 0)
        return r;
    if (!h->known) {
        t->engine.counts.midstream++;
        begin(h, seq, false);
    }
    ahead = (int32_t)(seq - h->next);
    if (ahead < 0 && (int32_t)(seq + n - h->next) <= 0)
        return take_early(t, h, seq, s, &at);
    if (h->closed || (h->fin_known && (int32_t)(seq - h->fin) >= 0))
        return TCP_CLOSED;
    old = ahead < 0 ? (uint32_t)-ahead : 0;
    data = slice_tail(data, old);
    r = tcp_half_add(&t->engine, h, seq + old, data, n - old - (uint32_t)data.n, &at);
    return r < 0 ? r : TCP_TAKEN;
}

/* The end of a direction: of both in order (FIN), or of the sender's at once (RST). */
static int take_end(struct tcp *t, struct tcp_half *h, uint32_t end, uint8_t flags)
{
    int r = 0;

    if (!h->known || h->closed || (int32_t)(end - h->next) > WINDOW || (int32_t)(end - h->next) < -WINDOW)
        return 0;
    if (flags & TCP_RST) {
        while (r == 0 && h->ahead)
            r = tcp_half_pass_hole(&t->engine, h);
        return r < 0 ? r : tcp_half_end(&t->engine, h);
    }
    if (!h->fin_known) {
        h->fin_known = true;
        h->fin = end;
    }
    return h->next == h->fin ? tcp_half_end(&t->engine, h) : 0;
}

int tcp_segment(struct tcp *t, const struct tcp_segment *s)
{
    uint32_t seq = s->seq + (s->flags & TCP_SYN ? 1 : 0);
    uint32_t n = (uint32_t)s->data.n + s->missing;
    int outcome = TCP_CONTROL, r;
    struct tcp_half *h = NULL;

    r = tcp_expire(t, s->time);
    if (r == 0)
        r = find_half(t, s, &h);
    if (r < 0 || !h)
        return r < 0 ? r : TCP_CONTROL;
    if (s->flags & TCP_SYN)
        r = take_syn(t, h, s);
    else if (s->flags & TCP_ACK)
        take_ack(h->peer, s->ack);
    if (r == 0 && s->flags & TCP_FIN && !(s->flags & TCP_RST) && n && h->known && !h->fin_known) {
        h->fin_known = true; /* before the bytes, so that they are shown as the last ones */
        h->fin = seq + n;
    }
    if (r == 0 && n)
        r = outcome = take_data(t, h, seq, s);
    if (r >= 0 && s->flags & (TCP_FIN | TCP_RST))
        r = take_end(t, h, seq + n, s->flags);
    return r < 0 ? r : outcome;
}

int tcp_append(struct tcp *t, const struct tcp_segment *s)
{
    struct tcp_half *h = NULL;
    int r = find_half(t, s, &h);

    if (r < 0 || !h)
        return r < 0 ? r : TCP_CONTROL;
    if (!h->known)
        begin(h, 0, true);
    return take_data(t, h, h->next, s);
}

const struct tcp_counts *tcp_counts(const struct tcp *t)
{
    return &t->engine.counts;
}
