#include "report/annotations.h"

#include "report/text.h"

#include <errno.h>
#include <stdlib.h>

#define HASH_NONFATAL_OOM            1
#define uthash_nonfatal_oom(element) ((element)->lost = true)
#include <uthash.h>

struct key {
    uint64_t frame, source; /* of one size, so that there is no padding to hash */
};

struct annotation {
    UT_hash_handle hh;
    struct key key;
    struct buf text;
    bool lost; /* the table could not take it */
};

struct annotations {
    struct annotation *table;
    size_t n;
};

int annotations_new(struct annotations **ret)
{
    struct annotations *a = calloc(1, sizeof *a);

    if (!a)
        return -ENOMEM;
    *ret = a;
    return 0;
}

static void annotation_free(struct annotation *e)
{
    buf_done(&e->text);
    free(e);
}

void annotations_free(struct annotations *a)
{
    struct annotation *e, *next;

    if (!a)
        return;
    HASH_ITER(hh, a->table, e, next)
    {
        HASH_DEL(a->table, e);
        annotation_free(e);
    }
    free(a);
}

static struct annotation *find(const struct annotations *a, uint32_t source, uint64_t frame)
{
    struct key key = {frame, source};
    struct annotation *e;

    HASH_FIND(hh, a->table, &key, sizeof key, e);
    return e;
}

static int append(struct annotation *e, const char *line)
{
    size_t before = e->text.n;
    int r = before ? buf_add(&e->text, SLICE("\n")) : 0;

    if (r == 0)
        r = text_add(&e->text, line, TEXT_LINE);
    if (r < 0)
        e->text.n = before;
    return r == -ENOBUFS ? -ENOSPC : r;
}

static int add_new(struct annotations *a, uint32_t source, uint64_t frame, const char *line)
{
    struct annotation *e;
    int r;

    if (a->n == ANNOTATIONS_MAX)
        return -ENOSPC;
    e = calloc(1, sizeof *e);
    if (!e)
        return -ENOMEM;
    e->key = (struct key){frame, source};
    buf_init(&e->text, ANNOTATION_BYTES);
    r = append(e, line);
    if (r == 0) {
        HASH_ADD(hh, a->table, key, sizeof e->key, e);
        r = e->lost ? -ENOMEM : 0;
    }
    if (r < 0) {
        annotation_free(e);
        return r;
    }
    a->n++;
    return 0;
}

int annotations_add(struct annotations *a, uint32_t source, uint64_t frame, const char *line)
{
    struct annotation *e = find(a, source, frame);

    return e ? append(e, line) : add_new(a, source, frame, line);
}

/* The line in `line`, for each frame of the finding. */
static int add_finding(struct annotations *a, const struct result *r, const struct finding *f,
                       struct buf *line)
{
    int n;

    line->n = 0;
    n = buf_printf(line, "%s: %s", r->id, f->rule);
    if (n == 0 && f->step > 0)
        n = buf_printf(line, " at step %d", f->step);
    if (n == 0)
        n = buf_printf(line, " (%s): expected: %s; observed: %s; %s", severity_name(f->severity),
                       f->expected ? f->expected : "", f->observed ? f->observed : "",
                       f->clause ? f->clause : "");
    if (n == 0)
        n = buf_add(line, (struct slice){"", 1});
    for (int i = 0; i < f->nframes && i < FINDING_FRAMES_MAX && n == 0; i++)
        n = annotations_add(a, f->frame_source[i], f->frame[i], line->p);
    return n;
}

static int add_row(struct annotations *a, const struct result *r, const struct ladder_row *row,
                   struct buf *line)
{
    int n;

    if (row->frame == 0)
        return 0;
    line->n = 0;
    n = row->step > 0 ? buf_printf(line, "%s, step %d: ", r->id, row->step)
                      : buf_printf(line, "%s, no step of the flow: ", r->id);
    if (n == 0)
        n = buf_printf(line, "%s -> %s %s", row->from ? row->from : "", row->to ? row->to : "",
                       row->message ? row->message : "");
    if (n == 0)
        n = buf_add(line, (struct slice){"", 1});
    return n == 0 ? annotations_add(a, row->source, row->frame, line->p) : n;
}

int annotations_add_result(struct annotations *a, const struct result *r)
{
    struct buf line;
    int n = 0;

    buf_init(&line, ANNOTATION_BYTES);
    for (int i = 0; i < r->nrows && n != -ENOMEM; i++)
        n = add_row(a, r, &r->row[i], &line);
    for (int i = 0; i < r->nfindings && n != -ENOMEM; i++)
        n = add_finding(a, r, &r->finding[i], &line);
    buf_done(&line);
    return n == -ENOMEM ? n : 0;
}

struct slice annotations_of(const struct annotations *a, uint32_t source, uint64_t frame)
{
    const struct annotation *e = find(a, source, frame);

    return e ? buf_slice(&e->text) : (struct slice){NULL, 0};
}

size_t annotations_count(const struct annotations *a)
{
    return a->n;
}
