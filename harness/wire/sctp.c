#include "wire/sctp.h"

#include <errno.h>
#include <stdlib.h>

#include "base/buf.h"
#include "wire/bytes.h"
#include "wire/hash.h"
#include "wire/lru.h"

enum { CHUNK_HEAD = 4, CHUNK_DATA = 0, CHUNK_I_DATA = 64, DATA_HEAD = 16, I_DATA_HEAD = 20 };
enum { FLAG_END = 1, FLAG_BEGIN = 2 };
enum { TSN_WINDOW = 1024, PARTS_MAX = 256, WORD = 64 };

/* A part of a message that is not whole yet. */
struct part {
    struct part *next; /* in the order of TSNs */
    uint32_t tsn;
    uint32_t n;
    uint8_t flags;
    char bytes[];
};

/* One direction of an association, as one capture point saw it. */
struct association {
    uint32_t source;
    uint32_t tag;
    uint16_t src_port, dst_port;
    bool known;                       /* `highest` is */
    uint32_t highest;                 /* TSN that was seen */
    uint64_t seen[TSN_WINDOW / WORD]; /* a bit for each of the TSNs up to it, by its lowest bits */
    uint32_t nparts;
    size_t bytes; /* of the parts */
    struct part *parts;
};

struct sctp {
    struct sctp_limits limits;
    struct sctp_sink sink;
    struct sctp_counts counts;
    struct lru lru;
    struct association *association;
    size_t held;
    struct buf message; /* put together from its parts */
};

int sctp_new(const struct sctp_limits *limits, struct sctp_sink sink, struct sctp **ret)
{
    struct sctp *s = calloc(1, sizeof *s);

    if (!s)
        return -ENOMEM;
    s->limits = *limits;
    s->sink = sink;
    buf_init(&s->message, limits->message_bytes);
    s->association = malloc(limits->associations * sizeof *s->association);
    if (!s->association || lru_init(&s->lru, limits->associations) < 0) {
        free(s->association);
        free(s);
        return -ENOMEM;
    }
    *ret = s;
    return 0;
}

static void drop_part(struct sctp *s, struct association *a, struct part **where)
{
    struct part *p = *where;
    size_t size = sizeof *p + p->n;

    *where = p->next;
    a->nparts--;
    a->bytes -= size;
    s->held -= size;
    free(p);
}

static void give_up_parts(struct sctp *s, struct association *a)
{
    s->counts.gaps += a->nparts;
    while (a->parts)
        drop_part(s, a, &a->parts);
}

static void forget(struct sctp *s, uint32_t slot)
{
    give_up_parts(s, &s->association[slot]);
    lru_remove(&s->lru, slot);
}

void sctp_flush(struct sctp *s)
{
    while (s->lru.oldest != LRU_NONE)
        forget(s, s->lru.oldest);
}

void sctp_free(struct sctp *s)
{
    if (!s)
        return;
    sctp_flush(s);
    lru_done(&s->lru);
    buf_done(&s->message);
    free(s->association);
    free(s);
}

static struct association *find(struct sctp *s, const struct sctp_packet *p)
{
    uint32_t tag = get_be32(p->bytes.p + 4);
    uint64_t hash = hash_bytes(slice_head(p->bytes, 8), p->source); /* ports and tag */
    uint32_t slot = lru_find(&s->lru, hash);

    for (; slot != LRU_NONE; slot = lru_find_next(&s->lru, slot)) {
        struct association *a = &s->association[slot];
        if (a->source == p->source && a->tag == tag && a->src_port == p->src.port &&
            a->dst_port == p->dst.port) {
            lru_touch(&s->lru, slot);
            return a;
        }
    }
    if (s->lru.used == s->lru.capacity) {
        s->counts.limit++;
        forget(s, s->lru.oldest);
    }
    slot = lru_add(&s->lru, hash);
    s->association[slot] = (struct association){
        .source = p->source, .tag = tag, .src_port = p->src.port, .dst_port = p->dst.port};
    return &s->association[slot];
}

static bool test_and_set(struct association *a, uint32_t tsn)
{
    uint64_t bit = UINT64_C(1) << tsn % WORD, *word = &a->seen[tsn % TSN_WINDOW / WORD];
    bool was = *word & bit;

    *word |= bit;
    return was;
}

/* Whether the TSN comes for the first time. One that is far below the highest is taken for an old one. */
static bool is_new(struct association *a, uint32_t tsn)
{
    int32_t ahead = (int32_t)(tsn - a->highest);

    if (!a->known || ahead >= TSN_WINDOW) {
        memset(a->seen, 0, sizeof a->seen);
    } else if (ahead > 0) {
        for (uint32_t t = a->highest + 1; t != tsn; t++)
            a->seen[t % TSN_WINDOW / WORD] &= ~(UINT64_C(1) << t % WORD);
        a->seen[tsn % TSN_WINDOW / WORD] &= ~(UINT64_C(1) << tsn % WORD);
    } else if (ahead <= -TSN_WINDOW) {
        return false;
    }
    if (!a->known || ahead > 0)
        a->highest = tsn;
    a->known = true;
    return !test_and_set(a, tsn);
}

static int show(struct sctp *s, const struct sctp_packet *p, struct slice bytes, bool cut)
{
    struct payload out = {.bytes = bytes,
                          .src = p->src,
                          .dst = p->dst,
                          .transport = TRANSPORT_SCTP,
                          .cut = cut,
                          .time = p->time,
                          .frame = p->frame,
                          .source = p->source};

    return s->sink.take(s->sink.ctx, &out);
}

static int add_part(struct sctp *s, struct association *a, uint32_t tsn, uint8_t flags, struct slice bytes)
{
    size_t size = sizeof(struct part) + bytes.n;
    struct part **where = &a->parts, *part;

    while (a->nparts && (a->nparts >= PARTS_MAX || a->bytes + size > s->limits.message_bytes)) {
        s->counts.limit++;
        give_up_parts(s, a);
    }
    while (s->held + size > s->limits.bytes && s->lru.oldest != LRU_NONE &&
           &s->association[s->lru.oldest] != a) {
        s->counts.limit++;
        forget(s, s->lru.oldest);
    }
    part = malloc(size);
    if (!part)
        return -ENOMEM;
    while (*where && (int32_t)((*where)->tsn - tsn) < 0)
        where = &(*where)->next;
    *part = (struct part){.next = *where, .tsn = tsn, .n = (uint32_t)bytes.n, .flags = flags};
    if (bytes.n)
        memcpy(part->bytes, bytes.p, bytes.n);
    *where = part;
    a->nparts++;
    a->bytes += size;
    s->held += size;
    return 0;
}

/* The first part of the message that the TSN belongs to, where all of it is there. */
static struct part **find_whole(struct association *a, uint32_t tsn)
{
    struct part **begin = NULL;
    uint32_t expect = 0;

    for (struct part **at = &a->parts; *at; at = &(*at)->next) {
        if ((*at)->flags & FLAG_BEGIN)
            begin = at;
        else if (begin && (*at)->tsn != expect)
            begin = NULL;
        expect = (*at)->tsn + 1;
        if (begin && (*at)->flags & FLAG_END && (int32_t)((*at)->tsn - tsn) >= 0 &&
            (int32_t)((*begin)->tsn - tsn) <= 0)
            return begin;
    }
    return NULL;
}

static int show_whole(struct sctp *s, struct association *a, uint32_t tsn, const struct sctp_packet *p)
{
    struct part **at = find_whole(a, tsn);
    bool end = false;
    int r = 0;

    if (!at)
        return 0;
    buf_drop(&s->message, s->message.n);
    while (!end) {
        if (r == 0)
            r = buf_add(&s->message, (struct slice){(*at)->bytes, (*at)->n});
        end = (*at)->flags & FLAG_END;
        drop_part(s, a, at);
    }
    return r < 0 ? r : show(s, p, buf_slice(&s->message), false);
}

/* A DATA or I-DATA chunk. Whole messages go on without a copy. */
static int data_chunk(struct sctp *s, const struct sctp_packet *p, struct slice chunk, bool cut)
{
    size_t head = byte_at(chunk, 0) == CHUNK_DATA ? DATA_HEAD : I_DATA_HEAD;
    uint8_t flags = byte_at(chunk, 1) & (FLAG_BEGIN | FLAG_END);
    struct association *a;
    uint32_t tsn;
    int r;

    if (chunk.n < head)
        return cut ? SCTP_SHORT : SCTP_BAD;
    tsn = get_be32(chunk.p + 4);
    a = find(s, p);
    if (!is_new(a, tsn))
        return SCTP_REPEATED;
    chunk = slice_tail(chunk, head);
    if (flags == (FLAG_BEGIN | FLAG_END)) {
        r = show(s, p, chunk, cut);
    } else if (cut) {
        s->counts.gaps++;
        r = 0;
    } else {
        r = add_part(s, a, tsn, flags, chunk);
        if (r == 0)
            r = show_whole(s, a, tsn, p);
    }
    return r < 0 ? r : SCTP_TAKEN;
}

/* What is to be said of a packet by its chunks: data before repetition before control. */
static int worthier(int a, int b)
{
    return a == SCTP_TAKEN || b == SCTP_TAKEN ? SCTP_TAKEN : b == SCTP_CONTROL ? a : b;
}

int sctp_take(struct sctp *s, const struct sctp_packet *packet)
{
    struct sctp_packet p = *packet;
    struct slice rest = slice_tail(p.bytes, SCTP_HEAD);
    int outcome = SCTP_CONTROL;

    p.src.port = get_be16(p.bytes.p);
    p.dst.port = get_be16(p.bytes.p + 2);
    while (rest.n >= CHUNK_HEAD) {
        size_t n = get_be16(rest.p + 2);
        uint8_t type = byte_at(rest, 0);
        bool cut = n > rest.n && n <= rest.n + p.missing;
        int r = SCTP_CONTROL;
        if (n < CHUNK_HEAD || (n > rest.n && !cut))
            return outcome == SCTP_TAKEN ? outcome : SCTP_BAD;
        if (type == CHUNK_DATA || type == CHUNK_I_DATA)
            r = data_chunk(s, &p, slice_head(rest, n), cut);
        if (r < 0)
            return r;
        outcome = worthier(outcome, r);
        rest = slice_tail(rest, (n + 3) / 4 * 4);
    }
    if (rest.n || p.missing)
        outcome = outcome == SCTP_CONTROL ? (p.missing ? SCTP_SHORT : SCTP_BAD) : outcome;
    return outcome;
}

const struct sctp_counts *sctp_counts(const struct sctp *s)
{
    return &s->counts;
}
