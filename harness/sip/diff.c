#include "sip/diff.h"

#include "sip/value.h"

/* All values of one header, wherever they stand in `m`. */
struct group {
    const struct sip_msg *m;
    enum sip_header id;
    struct slice name; /* of an unknown header, in its long form */
    uint32_t next;
    struct sip_list list;
};

static struct slice long_name(const struct sip_msg *m, const struct sip_field *f)
{
    return f->id == SIP_OTHER ? sip_name_long(sip_field_name(m, f))
                              : slice_of(sip_header_name((enum sip_header)f->id));
}

static struct group group_of(const struct sip_msg *m, enum sip_header id, struct slice name)
{
    return (struct group){.m = m, .id = id, .name = name};
}

static bool group_has(const struct group *g, const struct sip_field *f)
{
    return f->id == g->id &&
           (g->id != SIP_OTHER || slice_ieq(sip_name_long(sip_field_name(g->m, f)), g->name));
}

/* Whether the field at `i` is the first of its name. */
static bool is_first(const struct sip_msg *m, uint32_t i)
{
    const struct sip_field *f = &m->field[i];
    struct group g;

    if (f->id != SIP_OTHER)
        return m->first[f->id] == (int)i;
    g = group_of(m, SIP_OTHER, long_name(m, f));
    for (uint32_t k = (uint32_t)m->first[SIP_OTHER]; k < i; k++)
        if (group_has(&g, &m->field[k]))
            return false;
    return true;
}

/* The next value; an unknown header may be a list, and comparing its parts is the same as comparing it whole
 * where it is none. */
static bool group_next(struct group *g, struct slice *ret)
{
    const struct sip_msg *m = g->m;

    if (sip_list_next(&g->list, ret))
        return true;
    for (; g->next < m->nfields; g->next++)
        if (group_has(g, &m->field[g->next])) {
            struct slice value = sip_field_value(m, &m->field[g->next++]);
            if (g->id != SIP_OTHER && !sip_header_is_list(g->id)) {
                *ret = value;
                return true;
            }
            g->list = (struct sip_list){.rest = value};
            return sip_list_next(&g->list, ret);
        }
    return false;
}

static unsigned group_count(struct group g)
{
    struct slice value;
    unsigned n = 0;

    while (group_next(&g, &value))
        n++;
    return n;
}

/* Compares the values of one name. */
static bool group_diff(struct group before, struct group after, struct sip_diff *ret)
{
    const struct group all_before = before, all_after = after;
    struct slice x = {NULL, 0}, y = {NULL, 0};
    bool have_x, have_y;
    unsigned nx, ny;

    do {
        have_x = group_next(&before, &x);
        have_y = group_next(&after, &y);
        if (!have_x && !have_y)
            return false;
    } while (have_x && have_y && sip_value_eq(x, y));
    nx = group_count(all_before);
    ny = group_count(all_after);
    *ret = (struct sip_diff){.kind = nx > ny ? SIP_DROPPED : nx < ny ? SIP_ADDED : SIP_CHANGED};
    if (nx >= ny)
        ret->before = x;
    if (nx <= ny)
        ret->after = y;
    return true;
}

/* The kinds of which a message's table does not hold every field. */
static sip_header_set not_whole(const struct sip_msg *m)
{
    uint32_t have[SIP_HEADER_COUNT] = {0};
    sip_header_set set = 0;

    if (!m->fields_lost)
        return 0;
    for (uint32_t i = 0; i < m->nfields; i++)
        have[m->field[i].id]++;
    for (int id = 0; id < SIP_HEADER_COUNT; id++)
        if (have[id] != m->count[id])
            set |= SIP_SET(id);
    return set;
}

static uint32_t skip_ignored(const struct sip_msg *m, uint32_t i, sip_header_set ignore)
{
    while (i < m->nfields && (ignore >> m->field[i].id & 1))
        i++;
    return i;
}

/* Whether both messages have the very same fields in the same order: what a hop usually leaves behind. */
static bool same_bytes(const struct sip_diff_walk *w)
{
    const struct sip_msg *a = w->before, *b = w->after;
    uint32_t i = 0, k = 0;

    for (;; i++, k++) {
        i = skip_ignored(a, i, w->ignore);
        k = skip_ignored(b, k, w->ignore);
        if (i == a->nfields || k == b->nfields)
            return i == a->nfields && k == b->nfields;
        if (a->field[i].id != b->field[k].id ||
            !slice_eq(sip_field_value(a, &a->field[i]), sip_field_value(b, &b->field[k])) ||
            (a->field[i].id == SIP_OTHER &&
             !slice_eq(sip_field_name(a, &a->field[i]), sip_field_name(b, &b->field[k]))))
            return false;
    }
}

void sip_diff_start(struct sip_diff_walk *w, const struct sip_msg *before, const struct sip_msg *after,
                    sip_header_set ignore)
{
    sip_header_set partial = (not_whole(before) | not_whole(after)) & ~ignore;

    *w = (struct sip_diff_walk){
        .before = before, .after = after, .ignore = ignore | partial, .incomplete = partial != 0};
    if (same_bytes(w)) {
        w->next_before = before->nfields;
        w->next_after = after->nfields;
    }
}

/* Compares the names of `in` from *next on, as far as they are to be looked at there. */
static bool next_in(struct sip_diff_walk *w, const struct sip_msg *in, uint32_t *next, struct sip_diff *ret)
{
    while ((*next = skip_ignored(in, *next, w->ignore)) < in->nfields) {
        const struct sip_field *f = &in->field[*next];
        enum sip_header id = (enum sip_header)f->id;
        struct slice name = long_name(in, f), value;
        struct group x = group_of(w->before, id, name), y = group_of(w->after, id, name);
        struct group in_before = x;
        bool mine = is_first(in, (*next)++) && (in == w->before || !group_next(&in_before, &value));
        if (mine && group_diff(x, y, ret)) {
            ret->name = name;
            return true;
        }
    }
    return false;
}

bool sip_diff_next(struct sip_diff_walk *w, struct sip_diff *ret)
{
    return next_in(w, w->before, &w->next_before, ret) || next_in(w, w->after, &w->next_after, ret);
}

enum sip_diff_kind sip_diff_first(const struct sip_msg *before, const struct sip_msg *after,
                                  sip_header_set ignore, struct sip_diff *ret)
{
    struct sip_diff_walk w;
    struct sip_diff d;

    sip_diff_start(&w, before, after, ignore);
    if (!sip_diff_next(&w, &d))
        return SIP_SAME;
    *ret = d;
    return d.kind;
}

bool sip_header_eq(const struct sip_msg *a, const struct sip_msg *b, enum sip_header id)
{
    struct sip_diff d;
    return !group_diff(group_of(a, id, SLICE("")), group_of(b, id, SLICE("")), &d);
}
