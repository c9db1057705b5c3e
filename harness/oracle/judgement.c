#include "oracle/judgement.h"

#include <stdarg.h>
#include <stdio.h>

#include "oracle/align.h"

int judgement_reply_step(const struct judgement *j, int i)
{
    return 2 * j->bound->flow->nrequests - 1 - i;
}

int judgement_step(const struct judgement *j, const struct passage *p, bool reply)
{
    if (p->step < 0)
        return 0;
    return j->bound->flow->step[reply ? judgement_reply_step(j, p->step) : p->step].number;
}

bool judgement_own(const struct passage *p)
{
    return p->request && p->depth <= 1 && (p->joint == JOINT_FIRST || p->joint == JOINT_B2BUA);
}

int judgement_own_step(const struct judgement *j, const struct passage *p)
{
    return p == j->way->passage ? j->bound->flow->step[j->first_step].number : judgement_step(j, p, false);
}

static void find_inside(struct judgement *j)
{
    for (int i = 0; i < j->bound->flow->nrequests; i++) {
        const struct flow_step *s = &j->bound->flow->step[i];
        j->inside[i] = profile_same_nodes(j->profile, j->bound->function[s->from], j->bound->function[s->to]);
    }
}

/* Where the network closes the session itself, the flow is entered where the closer is at its turn: at the
 * place that explains most of what was seen. */
static void find_start(struct judgement *j)
{
    const struct passage *root = &j->way->passage[0];
    int best = 0, most = -1;

    j->first_step = 0;
    if (!j->way->n || root->joint != JOINT_FIRST || root->depth > 1 || (root->from & j->bound->clients) ||
        !root->from)
        return;
    for (int i = 0; i < j->bound->flow->nrequests; i++) {
        int found;
        if (!(root->from >> j->bound->function[j->bound->flow->step[i].from] & 1))
            continue;
        j->first_step = i;
        found = align(j) - (j->bound->flow->nrequests - i); /* fewest steps left over */
        if (most == -1 || found > most) {
            most = found;
            best = i;
        }
    }
    j->first_step = best;
}

static struct pair *add_pair(struct judgement *j)
{
    return j->npairs < PAIRS_MAX ? &j->pair[j->npairs++] : NULL;
}

/* Whether a B2BUA lies between two passages of the way, the second one's sender included. */
static bool cut_between(const struct passage *first, const struct passage *second)
{
    for (const struct passage *p = first + 1; p <= second; p++)
        if (p->joint == JOINT_B2BUA)
            return true;
    return false;
}

static void pair_requests(struct judgement *j)
{
    const struct passage *before = NULL;

    for (unsigned i = 0; i < j->way->n; i++) {
        const struct passage *p = &j->way->passage[i];
        struct pair *pair;

        if (p->inner || !p->request)
            continue;
        if (before && (pair = add_pair(j)))
            *pair = (struct pair){.in = before->request,
                                  .out = p->request,
                                  .before = before,
                                  .after = p,
                                  .b2bua = cut_between(before, p),
                                  .hops = p->depth > before->depth ? p->depth - before->depth : 0,
                                  .step = judgement_step(j, p, false)};
        before = p;
    }
}

static void pair_replies(struct judgement *j)
{
    const struct passage *before = NULL;

    for (unsigned i = j->way->n; i-- > 0;) {
        const struct passage *p = &j->way->passage[i];
        struct pair *pair;

        if (p->inner || !p->reply)
            continue;
        if (before && (pair = add_pair(j)))
            *pair = (struct pair){.in = before->reply,
                                  .out = p->reply,
                                  .before = before,
                                  .after = p,
                                  .reply = true,
                                  .b2bua = cut_between(p, before),
                                  .hops = before->depth > p->depth ? before->depth - p->depth : 0,
                                  .step = judgement_step(j, p, true)};
        before = p;
    }
}

/* The last steps of the flow that were not taken: from there on nobody could answer either. */
static void find_undelivered(struct judgement *j)
{
    j->undelivered = 0;
    for (int i = j->bound->flow->nrequests; i-- > j->first_step && (j->passage[i] < 0 || j->inside[i]);)
        if (!j->inside[i])
            j->undelivered = j->bound->flow->step[i].number;
}

void judgement_prepare(struct judgement *j)
{
    find_inside(j);
    find_start(j);
    align(j);
    j->disorder = 0;
    find_undelivered(j);
    j->npairs = 0;
    pair_requests(j);
    pair_replies(j);
}

bool judgement_visible(const struct judgement *j, int from_function, int to_function)
{
    uint32_t there = j->session->links[from_function] | j->evidence->links[from_function];
    uint32_t back = j->session->links[to_function] | j->evidence->links[to_function];

    return j->evidence->sees_all || (there >> to_function & 1) || (back >> from_function & 1);
}

static const char unread[] = "parts of what was captured could not be read (see what became of the frames)";

bool judgement_cut_short(const struct judgement *j)
{
    for (unsigned i = 0; i < j->session->nhops; i++)
        if (sip_head_cut(&j->session->hop[i]->msg))
            return true;
    return false;
}

const char *judgement_hole(const struct judgement *j)
{
    if (j->evidence->doubt)
        return j->evidence->doubt;
    if (j->evidence->dropped)
        return "the capture lost frames; capture again with a larger buffer";
    if (judgement_cut_short(j))
        return "the capture cut messages off (snap length); capture whole frames (tcpdump -s 0)";
    if (j->way->crowded)
        return "there are more messages and transactions in this session than can be judged";
    if (j->session->hops_lost)
        return "not all messages of this session could be kept";
    if (j->session->evicted)
        return "the session was given up before its end, because too many were open at once";
    if (j->evidence->cut && !session_answered(j->session))
        return j->evidence->cut;
    return NULL;
}

static nsec_t end_of(const struct evidence *e, uint32_t source)
{
    return source < e->nends && e->ends[source] ? e->ends[source] : e->until;
}

static bool soon_over(const struct judgement *j, const struct sighting *at, nsec_t time)
{
    return end_of(j->evidence, at->source) - at->time < time;
}

/* Each has a clock and an end of its own. */
bool judgement_ends_within(const struct judgement *j, nsec_t time)
{
    const struct session *s = j->session;

    for (unsigned i = 0; i < s->nhops; i++) {
        const struct hop *h = s->hop[i];
        if (soon_over(j, &h->first, time))
            return true;
        for (uint32_t k = 0; k < h->nelsewhere && k < HOP_ELSEWHERE_MAX; k++)
            if (soon_over(j, &h->elsewhere[k], time))
                return true;
    }
    return soon_over(j, &s->last, time);
}

const char *judgement_doubt(const struct judgement *j)
{
    const struct session *s = j->session;
    const char *hole = judgement_hole(j);

    if (hole)
        return hole;
    if (j->evidence->last_hole >= s->begin.time)
        return unread;
    if (j->evidence->sees_all || session_answered(s))
        return NULL;
    if (judgement_ends_within(j, 64 * j->profile->t1))
        return "the capture ends before the closing could; capture for 64*T1 (32 s) after the last BYE";
    return NULL;
}

const char *judgement_text(struct judgement *j, const char *fmt, ...)
{
    char text[1024];
    struct slice copy;
    va_list args;
    int n;

    va_start(args, fmt);
    n = vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    if (n < 0)
        return "";
    copy = arena_copy(j->arena, (struct slice){text, (size_t)n < sizeof text ? (size_t)n : sizeof text - 1});
    return copy.p ? copy.p : "";
}

const char *judgement_function(const struct judgement *j, int role)
{
    return j->profile->function[j->bound->function[role]].role;
}

static const char *name_of(struct judgement *j, role_set set, const struct endpoint *e)
{
    char text[ENDPOINT_TEXT];

    for (int f = 0; f < j->profile->nfunctions; f++)
        if (set >> f & 1)
            return j->profile->function[f].role;
    return e ? judgement_text(j, "%s", endpoint_format(e, text)) : "a node that no capture shows";
}

const char *judgement_sender(struct judgement *j, const struct hop *h)
{
    return name_of(j, h->from, &h->src);
}

const char *judgement_receiver(struct judgement *j, const struct hop *h)
{
    return name_of(j, h->to, &h->dst);
}

const char *judgement_from(struct judgement *j, const struct passage *p)
{
    if (p->step >= 0)
        return judgement_function(j, j->bound->flow->step[p->step].from);
    return name_of(j, p->from, p->request ? &p->request->src : NULL);
}

const char *judgement_to(struct judgement *j, const struct passage *p)
{
    if (p->step >= 0)
        return judgement_function(j, j->bound->flow->step[p->step].to);
    return name_of(j, p->to, p->request ? &p->request->dst : NULL);
}

const char *judgement_maker(struct judgement *j, const struct pair *p)
{
    return p->reply ? judgement_to(j, p->after) : judgement_from(j, p->after);
}

/* How far along the way a step is; what belongs to no step is judged as a whole, last. */
static int rank_of(int step)
{
    return step ? step : FLOW_STEPS_MAX;
}

/* A break that fails is never lost for the many that do not: the newest of these makes room. */
static bool drop_lighter(struct judgement *j)
{
    for (int i = j->nfindings; i-- > 0;) {
        size_t behind = (size_t)(j->nfindings - 1 - i);
        if (j->finding[i].severity == SEVERITY_MUST)
            continue;
        memmove(&j->finding[i], &j->finding[i + 1], behind * sizeof j->finding[0]);
        memmove(&j->rank[i], &j->rank[i + 1], behind * sizeof j->rank[0]);
        memmove(&j->group[i], &j->group[i + 1], behind * sizeof j->group[0]);
        j->nfindings--;
        return true;
    }
    return false;
}

static struct finding *add(struct judgement *j, const struct rule *rule, int group, int step,
                           const char *clause, const char *expected, const char *observed)
{
    struct finding *f;

    if (j->nfindings == FINDINGS_MAX && !(rule->severity == SEVERITY_MUST && drop_lighter(j)))
        return NULL;
    j->rank[j->nfindings] = rank_of(step);
    j->group[j->nfindings] = group;
    f = &j->finding[j->nfindings++];
    *f = (struct finding){.rule = rule->id,
                          .severity = rule->severity,
                          .step = step,
                          .cause = -1,
                          .clause = clause,
                          .expected = expected,
                          .observed = observed};
    return f;
}

struct finding *judgement_find(struct judgement *j, const struct rule *rule, int step, const char *expected,
                               const char *observed)
{
    return add(j, rule, GROUP_NONE, step, rule->clause, expected, observed);
}

struct finding *judgement_find_flow(struct judgement *j, const struct rule *rule, int group, int step,
                                    const char *expected, const char *observed)
{
    const struct flow *f = j->bound->flow;
    const char *clause = step ? judgement_text(j, "%s %s step %d", f->document, f->clause, step)
                              : judgement_text(j, "%s %s", f->document, f->clause);

    return add(j, rule, group, step, clause, expected, observed);
}

/* The group of the gap that lies between the two requests of a pair: what a function does to a request in
 * order to pass another one over belongs to that. */
static int gap_between(const struct judgement *j, const struct pair *p)
{
    if (p->reply || p->before->step < 0)
        return GROUP_NONE;
    for (int i = p->before->step + 1; i < p->after->step; i++)
        if (!j->inside[i])
            return judgement_gap_group(j, j->bound->flow->step[i].number);
    return GROUP_NONE;
}

void judgement_find_pair(struct judgement *j, const struct rule *rule, const struct pair *p,
                         const char *expected, const char *observed)
{
    struct finding *f = add(j, rule, gap_between(j, p), p->step, rule->clause, expected, observed);

    finding_show(f, p->in);
    finding_show(f, p->out);
}

int judgement_gap_group(const struct judgement *j, int step)
{
    return step && j->disorder && step > j->disorder ? j->disorder : step;
}

void judgement_hang(struct judgement *j, int group)
{
    if (j->nfindings)
        j->group[j->nfindings - 1] = group;
}

void judgement_weigh(struct judgement *j, struct finding *f)
{
    const char *hole = judgement_hole(j);

    if (!hole && j->evidence->last_hole >= j->session->begin.time)
        hole = unread;
    if (!f || !hole)
        return;
    f->inconclusive = true;
    f->observed = judgement_text(j, "%s; %s", f->observed, hole);
}

void finding_show_at(struct finding *f, const struct sighting *at)
{
    if (!f)
        return;
    for (int i = 0; i < f->nframes; i++)
        if (f->frame[i] == at->frame && f->frame_source[i] == at->source)
            return;
    if (f->nframes == FINDING_FRAMES_MAX)
        return;
    f->frame[f->nframes] = at->frame;
    f->frame_source[f->nframes++] = at->source;
}

void finding_show(struct finding *f, const struct hop *h)
{
    if (h)
        finding_show_at(f, &h->first);
}
