#include "wire/merge.h"

#include <errno.h>
#include <stdlib.h>

/* A source with its next frame read ahead. Sources with a frame lie in a heap, the earliest on top; equal
 * times keep the order in which the sources were added. */
struct entry {
    struct source *source;
    struct frame frame;
    uint32_t order;
};

struct merge {
    struct entry **all; /* by order */
    uint32_t n, room;
    struct entry **heap; /* those with a frame */
    uint32_t nheap;
    struct entry **empty; /* those to be asked for one */
    uint32_t nempty;
};

int merge_new(struct merge **ret)
{
    struct merge *m = calloc(1, sizeof *m);

    if (!m)
        return -ENOMEM;
    *ret = m;
    return 0;
}

void merge_free(struct merge *m)
{
    if (!m)
        return;
    for (uint32_t i = 0; i < m->n; i++)
        free(m->all[i]);
    free(m->all);
    free(m->heap);
    free(m->empty);
    free(m);
}

static int resize(struct entry ***array, uint32_t room)
{
    struct entry **more = realloc(*array, room * sizeof **array);

    if (!more)
        return -ENOMEM;
    *array = more;
    return 0;
}

static int grow(struct merge *m)
{
    uint32_t room = m->room ? m->room * 2 : 8;

    if (m->n < m->room)
        return 0;
    if (resize(&m->all, room) < 0 || resize(&m->heap, room) < 0 || resize(&m->empty, room) < 0)
        return -ENOMEM;
    m->room = room;
    return 0;
}

int merge_add(struct merge *m, struct source *s)
{
    struct entry *e;

    if (grow(m) < 0)
        return -ENOMEM;
    e = calloc(1, sizeof *e);
    if (!e)
        return -ENOMEM;
    e->source = s;
    e->order = m->n;
    m->all[m->n++] = e;
    m->empty[m->nempty++] = e;
    return 0;
}

static bool before(const struct entry *a, const struct entry *b)
{
    return a->frame.time != b->frame.time ? a->frame.time < b->frame.time : a->order < b->order;
}

static void push(struct merge *m, struct entry *e)
{
    uint32_t at = m->nheap++;

    while (at > 0 && before(e, m->heap[(at - 1) / 2])) {
        m->heap[at] = m->heap[(at - 1) / 2];
        at = (at - 1) / 2;
    }
    m->heap[at] = e;
}

static struct entry *pop(struct merge *m)
{
    struct entry *top = m->heap[0], *last = m->heap[--m->nheap];
    uint32_t at = 0, child;

    while ((child = at * 2 + 1) < m->nheap) {
        if (child + 1 < m->nheap && before(m->heap[child + 1], m->heap[child]))
            child++;
        if (!before(m->heap[child], last))
            break;
        m->heap[at] = m->heap[child];
        at = child;
    }
    m->heap[at] = last;
    return top;
}

/* Asks the sources without a frame for one. Those that have none now stay; those that end leave. */
static int fill(struct merge *m, struct error *err)
{
    uint32_t i = 0;

    while (i < m->nempty) {
        struct entry *e = m->empty[i];
        int r = source_next(e->source, &e->frame, err);
        if (r == -EINTR)
            return r;
        if (r == -EAGAIN) {
            i++;
            continue;
        }
        m->empty[i] = m->empty[--m->nempty];
        if (r == 1)
            push(m, e);
        else if (r < 0)
            return r;
    }
    return 0;
}

/* The next frame of the only source that may have one. */
static int only_next(struct merge *m, struct frame *ret, struct error *err)
{
    int r = source_next(m->empty[0]->source, ret, err);

    if (r != 1 && r != -EINTR && r != -EAGAIN)
        m->nempty = 0;
    return r;
}

int merge_next(struct merge *m, struct frame *ret, struct error *err)
{
    struct entry *e;
    int r;

    if (m->nheap == 0 && m->nempty == 1) /* nothing to be merged with */
        return only_next(m, ret, err);
    r = fill(m, err);
    if (r < 0)
        return r;
    if (m->nheap == 0)
        return m->nempty ? -EAGAIN : 0;
    e = pop(m);
    m->empty[m->nempty++] = e;
    *ret = e->frame;
    return 1;
}
