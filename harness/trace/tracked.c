#include "trace/tracked.h"

#include <stdlib.h>

#include "trace/trace.h"

struct tracked *tracked_new(size_t bytes_max, struct pool *pool)
{
    struct tracked *t = calloc(1, sizeof *t);

    if (t)
        arena_init_from(&t->session.arena, bytes_max, pool);
    return t;
}

void session_free(struct session *s)
{
    struct tracked *t = (struct tracked *)s;

    if (!t)
        return;
    arena_done(&t->session.arena);
    free(t);
}

void tracked_list_add(struct tracked_list *list, struct tracked *t)
{
    t->older = list->newest;
    t->newer = NULL;
    if (list->newest)
        list->newest->newer = t;
    else
        list->oldest = t;
    list->newest = t;
}

void tracked_list_remove(struct tracked_list *list, struct tracked *t)
{
    if (t->older)
        t->older->newer = t->newer;
    else
        list->oldest = t->newer;
    if (t->newer)
        t->newer->older = t->older;
    else
        list->newest = t->older;
    t->older = t->newer = NULL;
}

struct tracked_leg *tracked_leg_find(struct tracked_leg *legs, struct slice call_id, uint64_t hash)
{
    struct tracked_leg *leg = NULL;

    if (call_id.n)
        HASH_FIND_BYHASHVALUE(hh, legs, call_id.p, call_id.n, (unsigned)hash, leg);
    return leg;
}

struct tracked_leg *tracked_leg_add(struct tracked_leg **legs, struct tracked *t, struct slice call_id,
                                    uint64_t hash)
{
    struct session *s = &t->session;
    struct tracked_leg *leg = s->nlegs < SESSION_LEGS_MAX ? arena_alloc(&s->arena, sizeof *leg) : NULL;

    if (!leg)
        return NULL;
    leg->leg.call_id = arena_copy(&s->arena, call_id);
    if (!leg->leg.call_id.p)
        return NULL;
    leg->leg.session = s;
    leg->leg.arena = &s->arena;
    leg->owner = t;
    leg->hash = hash;
    HASH_ADD_KEYPTR_BYHASHVALUE(hh, *legs, leg->leg.call_id.p, leg->leg.call_id.n, (unsigned)hash, leg);
    if (!leg->hh.tbl) /* uthash found no memory */
        return NULL;
    s->leg[s->nlegs++] = &leg->leg;
    return leg;
}

void tracked_leg_remove(struct tracked_leg **legs, struct tracked_leg *leg)
{
    HASH_DEL(*legs, leg);
}
