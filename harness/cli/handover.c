#include "cli/handover.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

#include "base/ring.h"

/* Some milliseconds of work, so that neither side waits for the other's moods; the largest datagram fits a
 * quarter of it many times. */
enum { RING_BYTES = 4 << 20 };

/* A message on its way: behind it lie the ends of the sources, the field table and the text. */
struct parcel {
    struct news news;
    struct payload payload;
    struct sip_msg msg;
};

struct handover {
    struct handover_taker taker;
    struct ring *ring;
    pthread_t thread;
    bool running;
    bool whole;       /* handover_end was called: `last` is set */
    struct news last; /* what was known at the end */
    int answer;       /* of the taker, once the thread is gone */
};

static int take_all(struct handover *h)
{
    struct slice record;

    while (ring_next(h->ring, &record)) {
        const struct parcel *p = (const void *)record.p;
        int e = h->taker.take(h->taker.ctx, &p->news, &p->msg, &p->payload);
        if (e < 0)
            return e;
    }
    return h->whole ? h->taker.end(h->taker.ctx, &h->last) : 0;
}

static void *run(void *arg)
{
    struct handover *h = arg;

    h->answer = take_all(h);
    if (h->answer < 0)
        ring_stop(h->ring);
    return NULL;
}

static int start(struct handover *h)
{
    sigset_t all, before;
    int e;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    e = pthread_create(&h->thread, NULL, run, h);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    h->running = e == 0;
    return -e;
}

int handover_new(struct handover_taker taker, struct handover **ret)
{
    struct handover *h = calloc(1, sizeof *h);
    int e = h ? ring_new(RING_BYTES, &h->ring) : -ENOMEM;

    if (e == 0) {
        h->taker = taker;
        e = start(h);
    }
    if (e < 0) {
        handover_free(h);
        return e;
    }
    *ret = h;
    return 0;
}

int handover_stop(struct handover *h)
{
    if (h->running) {
        ring_end(h->ring);
        pthread_join(h->thread, NULL);
    }
    h->running = false;
    return h->answer;
}

int handover_end(struct handover *h, const struct news *news)
{
    h->last = *news;
    h->whole = true;
    return handover_stop(h);
}

void handover_free(struct handover *h)
{
    if (!h)
        return;
    handover_stop(h);
    ring_free(h->ring);
    free(h);
}

/* Lays a message out in one piece; every pointer in it points into that piece. */
static void pack(struct parcel *to, const struct news *news, const struct sip_msg *m, const struct payload *p)
{
    nsec_t *ends = (nsec_t *)(to + 1);
    struct sip_field *field = (struct sip_field *)(ends + news->evidence.nends);
    char *text = (char *)(field + m->nfields);

    to->news = *news;
    to->payload = *p;
    to->payload.bytes = (struct slice){NULL, 0};
    to->msg = *m;
    to->news.evidence.ends = ends;
    to->msg.field = field;
    to->msg.base = text;
    if (news->evidence.nends)
        memcpy(ends, news->evidence.ends, news->evidence.nends * sizeof *ends);
    if (m->nfields)
        memcpy(field, m->field, m->nfields * sizeof *field);
    memcpy(text, m->base, m->len);
}

int handover_put(struct handover *h, const struct news *news, const struct sip_msg *m,
                 const struct payload *p)
{
    size_t n = sizeof(struct parcel) + news->evidence.nends * sizeof(nsec_t) +
               m->nfields * sizeof(struct sip_field) + m->len;
    void *room;
    int e = ring_reserve(h->ring, n, &room);

    if (e < 0)
        return e;
    pack(room, news, m, p);
    ring_commit(h->ring);
    return 0;
}
