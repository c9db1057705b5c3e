#include "wire/merge.h"

#include <errno.h>
#include <stdlib.h>

struct input {
    struct source *source;
    struct frame head; /* the next frame, where `ready` */
    bool ready;
    bool over;
};

struct merge {
    int n;
    struct input input[MERGE_SOURCES_MAX];
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
    for (int i = 0; i < m->n; i++)
        source_free(m->input[i].source);
    free(m);
}

int merge_add(struct merge *m, struct source *s)
{
    if (m->n == MERGE_SOURCES_MAX) {
        source_free(s);
        return -ENOSPC;
    }
    m->input[m->n++] = (struct input){.source = s};
    return 0;
}

/* Sees to it that every source that is not over has its next frame at hand. */
static int fill(struct merge *m, struct error *err)
{
    for (int i = 0; i < m->n; i++) {
        struct input *in = &m->input[i];
        int r;

        if (in->ready || in->over)
            continue;
        r = source_next(in->source, &in->head, err);
        if (r == -EAGAIN || r == -EINTR)
            return r;
        in->ready = r == 1;
        in->over = r <= 0;
        if (r < 0)
            return r;
    }
    return 0;
}

int merge_next(struct merge *m, struct frame *ret, struct error *err)
{
    struct input *first = NULL;
    int r = fill(m, err);

    if (r < 0)
        return r;
    for (int i = 0; i < m->n; i++) {
        struct input *in = &m->input[i];
        if (in->ready && (!first || in->head.time < first->head.time))
            first = in;
    }
    if (!first)
        return 0;
    *ret = first->head;
    first->ready = false;
    return 1;
}

uint64_t merge_dropped(const struct merge *m)
{
    uint64_t n = 0;

    for (int i = 0; i < m->n; i++)
        n += source_dropped(m->input[i].source);
    return n;
}
