#include "wire/tcphalf.h"

#include <errno.h>
#include <stdlib.h>

/* Bytes ahead of a hole, as one segment (or what is new of it) brought them. */
struct tcp_piece {
    struct tcp_piece *next;
    struct tcp_place at;
    uint32_t seq;
    uint32_t n;
    uint32_t missing; /* sent behind them, not captured */
    char bytes[];
};

void tcp_half_init(struct tcp_half *h, const struct endpoint *src, struct tcp_half *peer)
{
    *h = (struct tcp_half){.src = *src, .peer = peer};
    list_init(&h->holder);
    list_init(&h->hole);
}

/* Distance from what comes next to `seq`, across the wrap. */
static int32_t distance(const struct tcp_half *h, uint32_t seq)
{
    return (int32_t)(seq - h->next);
}

/* Keeps the rings in step with what the half holds. */
static void note_holding(struct tcp_engine *e, struct tcp_half *h)
{
    if (h->waiting.p || h->ahead)
        list_append(&e->holders, &h->holder);
    else
        list_remove(&h->holder);
    if (!h->ahead)
        list_remove(&h->hole);
}

static void empty_waiting(struct tcp_engine *e, struct tcp_half *h)
{
    if (!h->waiting.p)
        return;
    e->held -= h->waiting.size;
    h->waiting.n = 0;
    if (e->nspare < TCP_SPARE_BUFFERS && h->waiting.size <= TCP_SPARE_SIZE)
        e->spare[e->nspare++] = h->waiting;
    else
        buf_done(&h->waiting);
    h->waiting = (struct buf){0};
    note_holding(e, h);
}

static void free_piece(struct tcp_engine *e, struct tcp_half *h, struct tcp_piece *p)
{
    size_t size = sizeof *p + p->n;

    e->held -= size;
    h->ahead_bytes -= size;
    h->npieces--;
    free(p);
}

void tcp_half_drop(struct tcp_engine *e, struct tcp_half *h)
{
    while (h->ahead) {
        struct tcp_piece *p = h->ahead;
        h->ahead = p->next;
        free_piece(e, h, p);
    }
    empty_waiting(e, h);
    note_holding(e, h);
}

/* Shows bytes to the sink; returns how many it took. */
static int64_t show(struct tcp_engine *e, struct tcp_half *h, struct slice bytes, bool cut, bool last)
{
    struct tcp_chunk c = {.bytes = bytes,
                          .src = &h->src,
                          .dst = &h->peer->src,
                          .gap = h->gap,
                          .cut = cut,
                          .last = last,
                          .time = h->last.time,
                          .frame = h->last.frame,
                          .source = h->last.source,
                          .kind = &h->kind,
                          .peer_kind = &h->peer->kind};
    int64_t took = e->sink.take(e->sink.ctx, &c);

    if (took > (int64_t)bytes.n)
        took = (int64_t)bytes.n;
    if (took > 0)
        h->gap = false;
    return took;
}

/* Shows what waits; what is not taken now is lost. */
static int show_for_good(struct tcp_engine *e, struct tcp_half *h, bool cut, bool last)
{
    int64_t took = 0;

    if (h->waiting.n)
        took = show(e, h, buf_slice(&h->waiting), cut, last);
    empty_waiting(e, h);
    return took < 0 ? (int)took : 0;
}

/* Takes from a half all that it keeps; the sink gets a last look at it. */
static int reclaim(struct tcp_engine *e, struct tcp_half *h)
{
    int r = 0;

    e->counts.buffer_limit++;
    while (r == 0 && h->ahead)
        r = tcp_half_pass_hole(e, h);
    if (r == 0 && h->waiting.n) {
        r = show_for_good(e, h, true, false);
        h->gap = true;
    }
    tcp_half_drop(e, h);
    return r;
}

/* Lets others go until `n` more bytes fit the bound of all. What they show for the last time may make them
 * keep something again: that is not counted against anyone, and dropped with the rest. */
static int make_room(struct tcp_engine *e, struct tcp_half *h, size_t n)
{
    int r = 0;

    if (e->reclaiming)
        return 0;
    list_append(&e->holders, &h->holder);
    e->reclaiming = true;
    while (r == 0 && e->held + n > e->limits.bytes && e->holders.next != &h->holder)
        r = reclaim(e, LIST_ENTRY(e->holders.next, struct tcp_half, holder));
    e->reclaiming = false;
    return r;
}

/* Adds to what waits. -ENOBUFS where the direction would keep too much. */
static int keep(struct tcp_engine *e, struct tcp_half *h, struct slice bytes)
{
    size_t before = h->waiting.size;
    int r = 0;

    if (bytes.n > e->limits.stream_bytes || h->waiting.n > e->limits.stream_bytes - bytes.n)
        return -ENOBUFS;
    if (!h->waiting.p && e->nspare) {
        h->waiting = e->spare[--e->nspare];
        e->held += h->waiting.size;
        before = h->waiting.size;
    }
    h->waiting.limit = e->limits.stream_bytes;
    if (h->waiting.size - h->waiting.n < bytes.n)
        r = make_room(e, h, bytes.n);
    if (r == 0)
        r = buf_add(&h->waiting, bytes);
    e->held += h->waiting.size - before;
    note_holding(e, h);
    return r;
}

/* Too much waits: the sink gets a last look at it, and goes on behind it. */
static int give_up_waiting(struct tcp_engine *e, struct tcp_half *h)
{
    int r = show_for_good(e, h, true, false);

    e->counts.stream_limit++;
    h->gap = true;
    return r;
}

/* Shows the bytes that come next, behind what waits if anything does. Zero-copy where nothing waits. */
static int deliver(struct tcp_engine *e, struct tcp_half *h, struct slice data, uint32_t missing,
                   const struct tcp_place *at)
{
    bool cut = missing > 0, last;
    int64_t took;
    int r;

    h->next += (uint32_t)data.n + missing;
    last = h->fin_known && h->next == h->fin;
    h->closed = h->closed || last;
    if (h->waiting.n) {
        r = keep(e, h, data);
        if (r == -ENOBUFS)
            r = give_up_waiting(e, h);
        if (r < 0)
            return r;
    }
    h->last = *at;
    if (h->waiting.n) {
        took = show(e, h, buf_slice(&h->waiting), cut, last);
        if (took > 0)
            buf_drop(&h->waiting, (size_t)took);
        if (h->waiting.n == 0 || cut || last)
            empty_waiting(e, h);
    } else {
        took = data.n ? show(e, h, data, cut, last) : 0;
        if (took >= 0 && (size_t)took < data.n && !cut && !last) {
            r = keep(e, h, slice_tail(data, (size_t)took));
            if (r == -ENOBUFS)
                r = give_up_waiting(e, h);
            took = r;
        }
    }
    h->gap = h->gap || cut;
    return took < 0 ? (int)took : 0;
}

/* Delivers the pieces that have become next; they count as seen at `at`, or where they came where it is
 * NULL. */
static int absorb(struct tcp_engine *e, struct tcp_half *h, const struct tcp_place *at)
{
    int r = 0;

    while (r == 0 && h->ahead && distance(h, h->ahead->seq) <= 0) {
        struct tcp_piece *p = h->ahead;
        uint32_t old = (uint32_t)-distance(h, p->seq);
        h->ahead = p->next;
        if (old < p->n)
            r = deliver(e, h, (struct slice){p->bytes + old, p->n - old}, p->missing, at ? at : &p->at);
        else if (old < p->n + p->missing)
            r = deliver(e, h, (struct slice){NULL, 0}, p->n + p->missing - old, at ? at : &p->at);
        free_piece(e, h, p);
    }
    if (h->ahead) {
        h->hole_since = h->ahead->at.time;
        list_append(&e->holes, &h->hole);
    }
    note_holding(e, h);
    return r;
}

int tcp_half_pass_hole(struct tcp_engine *e, struct tcp_half *h)
{
    int r = 0;

    if (h->waiting.n)
        r = show_for_good(e, h, true, false);
    e->counts.gaps++;
    h->gap = true;
    h->next = h->ahead->seq;
    if (r == 0)
        r = absorb(e, h, NULL);
    return r;
}

static int add_piece(struct tcp_engine *e, struct tcp_half *h, struct tcp_piece **where, uint32_t seq,
                     struct slice data, uint32_t missing, const struct tcp_place *at)
{
    size_t size = sizeof(struct tcp_piece) + data.n;
    struct tcp_piece *p = malloc(size);

    if (!p)
        return -ENOMEM;
    *p = (struct tcp_piece){.next = *where, .at = *at, .seq = seq, .n = (uint32_t)data.n, .missing = missing};
    if (data.n)
        memcpy(p->bytes, data.p, data.n);
    *where = p;
    e->held += size;
    h->ahead_bytes += size;
    h->npieces++;
    return 0;
}

/* Whether bytes that were sent twice differ; `off` is where the piece's begin, counted from the data's. */
static bool differs(const struct tcp_piece *p, int64_t off, struct slice data)
{
    int64_t from = off > 0 ? off : 0;
    int64_t to = off + p->n < (int64_t)data.n ? off + p->n : (int64_t)data.n;

    return from < to && memcmp(data.p + from, p->bytes + (from - off), (size_t)(to - from)) != 0;
}

/* Puts what is new of the data between the pieces that are there; the first copy of a byte wins.
 *
 *   there      [pppppp)        [pppp)
 *   data    [dddddddddddddd)
 *   added   [d)        [dddd)
 */
static int add_ahead(struct tcp_engine *e, struct tcp_half *h, uint32_t seq, struct slice data,
                     uint32_t missing, const struct tcp_place *at)
{
    struct tcp_piece **where = &h->ahead;
    bool conflict = false;
    int r = 0;

    for (;;) {
        struct tcp_piece *p = *where;
        int64_t off = p ? (int64_t)(int32_t)(p->seq - seq) : INT64_MAX;
        if (off >= (int64_t)data.n) {
            if (data.n)
                r = add_piece(e, h, where, seq, data, missing, at);
            break;
        }
        conflict = conflict || differs(p, off, data);
        if (off > 0) {
            r = add_piece(e, h, where, seq, slice_head(data, (size_t)off), 0, at);
            if (r < 0)
                break;
        }
        off += (int64_t)p->n + p->missing;
        if (off > 0) {
            seq += (uint32_t)off;
            data = slice_tail(data, (size_t)off);
        }
        where = &p->next;
    }
    e->counts.conflicts += conflict;
    return r;
}

static int wait_for_hole(struct tcp_engine *e, struct tcp_half *h, uint32_t seq, struct slice data,
                         uint32_t missing, const struct tcp_place *at)
{
    int r = make_room(e, h, sizeof(struct tcp_piece) + data.n);

    if (r == 0)
        r = add_ahead(e, h, seq, data, missing, at);
    if (h->ahead && list_empty(&h->hole)) {
        h->hole_since = at->time;
        list_append(&e->holes, &h->hole);
    }
    note_holding(e, h);
    while (r == 0 && (h->ahead_bytes > e->limits.stream_bytes || h->npieces > TCP_PIECES_MAX)) {
        e->counts.stream_limit++;
        r = tcp_half_pass_hole(e, h);
    }
    return r;
}

int tcp_half_add(struct tcp_engine *e, struct tcp_half *h, uint32_t seq, struct slice data, uint32_t missing,
                 const struct tcp_place *at)
{
    int r;

    if (seq != h->next)
        return wait_for_hole(e, h, seq, data, missing, at);
    r = deliver(e, h, data, missing, at);
    if (r == 0 && h->ahead)
        r = absorb(e, h, at);
    return r;
}

int tcp_half_show_early(struct tcp_engine *e, struct tcp_half *h, struct slice data,
                        const struct tcp_place *at)
{
    struct tcp_place last = h->last;
    int64_t took;

    h->last = *at;
    h->gap = true;
    took = data.n ? show(e, h, data, true, false) : 0;
    h->last = last;
    h->gap = true; /* what comes next does not follow these */
    return took < 0 ? (int)took : 0;
}

int tcp_half_end(struct tcp_engine *e, struct tcp_half *h)
{
    h->closed = true;
    return show_for_good(e, h, false, true);
}

int tcp_half_finish(struct tcp_engine *e, struct tcp_half *h)
{
    int r = 0;

    while (r == 0 && h->ahead)
        r = tcp_half_pass_hole(e, h);
    if (r == 0)
        r = show_for_good(e, h, true, true);
    tcp_half_drop(e, h);
    return r;
}
