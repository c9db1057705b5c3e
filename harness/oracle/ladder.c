#include "oracle/ladder.h"

struct ladder {
    struct judgement *j;
    struct ladder_row *row;
    int n, size;
};

static struct ladder_row *add_row(struct ladder *l)
{
    return l->n < l->size ? &l->row[l->n++] : NULL;
}

static void show_hop(struct ladder *l, struct ladder_row *row, const struct hop *h)
{
    struct judgement *j = l->j;

    row->transport = transport_name(h->transport);
    row->frame = h->first.frame;
    row->source = h->first.source;
    row->time = h->first.time;
    row->repeats = h->nrepeats;
    if (h->msg.status && (h->msg.status != j->bound->flow->status || j->bound->flow->any_of_kind))
        row->message = judgement_text(j, "%u", (unsigned)h->msg.status);
}

static bool unclear_at(const struct judgement *j, int number)
{
    for (int i = 0; i < j->nfindings; i++)
        if (j->finding[i].step == number && j->finding[i].inconclusive)
            return true;
    return false;
}

/* Whether what a step lacks is known to be missing, or only was not seen: an answer no more than its request.
 */
static enum ladder_mark lack_of(const struct judgement *j, int i, bool reply)
{
    const struct flow_step *step = j->bound->flow->step;

    if (reply && unclear_at(j, step[judgement_reply_step(j, i)].number))
        return LADDER_UNSEEN;
    return j->passage[i] < 0 && unclear_at(j, step[i].number) ? LADDER_UNSEEN : LADDER_MISSING;
}

static bool wrong_at(const struct judgement *j, int number)
{
    for (int i = 0; i < j->nfindings; i++)
        if (j->finding[i].step == number && !j->finding[i].inconclusive &&
            j->finding[i].severity == SEVERITY_MUST)
            return true;
    return false;
}

static void add_step(struct ladder *l, int i, bool reply)
{
    struct judgement *j = l->j;
    const struct flow *f = j->bound->flow;
    const struct flow_step *s = &f->step[reply ? judgement_reply_step(j, i) : i];
    struct ladder_row *row = add_row(l);
    const struct passage *p = j->passage[i] >= 0 ? &j->way->passage[j->passage[i]] : NULL;
    const struct hop *h = p ? (reply ? p->reply : p->request) : NULL;

    if (!row)
        return;
    *row = (struct ladder_row){.step = s->number,
                               .from = judgement_function(j, s->from),
                               .to = judgement_function(j, s->to),
                               .message = reply ? f->reply : f->request,
                               .wrong = wrong_at(j, s->number)};
    if (j->inside[i])
        row->mark = LADDER_INSIDE;
    else if (h)
        row->mark = LADDER_SEEN;
    else if (p && !reply)
        row->mark = LADDER_INFERRED;
    else
        row->mark = lack_of(j, i, reply);
    if (h)
        show_hop(l, row, h);
}

static void add_extra(struct ladder *l, const struct passage *p, const struct hop *h, bool reply)
{
    struct judgement *j = l->j;
    struct ladder_row *row = h ? add_row(l) : NULL;

    if (!row)
        return;
    *row = (struct ladder_row){
        .mark = LADDER_EXTRA,
        .message = reply ? j->bound->flow->reply : j->bound->flow->request,
        .from = p ? (reply ? judgement_to(j, p) : judgement_from(j, p)) : judgement_sender(j, h),
        .to = p ? (reply ? judgement_from(j, p) : judgement_to(j, p)) : judgement_receiver(j, h)};
    show_hop(l, row, h);
}

static bool plain(const struct passage *p)
{
    return !p->inner && p->step < 0;
}

/* The passages that are no step, standing before passage `end` and not before `*at`. */
static void add_between(struct ladder *l, unsigned *at, unsigned end)
{
    for (; *at < end; (*at)++)
        if (plain(&l->j->way->passage[*at]))
            add_extra(l, &l->j->way->passage[*at], l->j->way->passage[*at].request, false);
}

static void add_requests(struct ladder *l)
{
    struct judgement *j = l->j;
    unsigned at = 0;

    for (int i = j->first_step; i < j->bound->flow->nrequests; i++) {
        if (j->passage[i] >= 0)
            add_between(l, &at, (unsigned)j->passage[i]);
        add_step(l, i, false);
    }
    add_between(l, &at, j->way->n);
}

static void add_replies(struct ladder *l)
{
    struct judgement *j = l->j;

    for (unsigned k = j->way->n; k-- > 0;)
        if (plain(&j->way->passage[k]) && j->way->passage[k].reply)
            add_extra(l, &j->way->passage[k], j->way->passage[k].reply, true);
    for (int i = j->bound->flow->nrequests; i-- > j->first_step;)
        add_step(l, i, true);
}

const struct ladder_row *ladder_make(struct judgement *j, int *ret_n)
{
    struct ladder l = {.j = j,
                       .size = 2 * (j->bound->flow->nrequests + (int)j->way->n) + (int)j->way->naside};

    if (l.size > LADDER_ROWS_MAX)
        l.size = LADDER_ROWS_MAX;
    l.row = arena_alloc(j->arena, (size_t)l.size * sizeof *l.row);
    if (!l.row)
        return NULL;
    add_requests(&l);
    add_replies(&l);
    for (unsigned i = 0; i < j->way->naside; i++)
        add_extra(&l, NULL, j->way->aside[i], hop_is_reply(j->way->aside[i]));
    *ret_n = l.n;
    return l.row;
}
