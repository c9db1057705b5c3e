/* The request's way: the flow itself. */
#include "oracle/rules.h"

/* The steps that no passage fulfils and the passages that fulfil no step, between two that match. */
struct gap {
    int first, last; /* indices of the absent steps, those within one server left out; first > last: none */
    unsigned begin, end;        /* indices of the passages between */
    const struct passage *prev; /* the passages that match on either side; NULL at the ends of the way */
    const struct passage *next;
    int step; /* number of the step where it went wrong */
};

static bool next_gap(const struct judgement *j, int *at, unsigned *passage, struct gap *ret)
{
    const struct flow *f = j->bound->flow;
    int i = *at;

    if (i > f->nrequests)
        return false;
    *ret = (struct gap){.first = i, .last = i - 1, .begin = *passage, .end = j->way->n};
    if (*passage)
        ret->prev = &j->way->passage[*passage - 1];
    for (; i < f->nrequests && (j->passage[i] < 0 || j->inside[i]); i++)
        ret->last = i;
    while (ret->first <= ret->last && j->inside[ret->first])
        ret->first++;
    while (ret->last >= ret->first && j->inside[ret->last])
        ret->last--;
    if (i < f->nrequests) {
        ret->end = (unsigned)j->passage[i];
        ret->next = &j->way->passage[ret->end];
        *passage = ret->end + 1;
    }
    ret->step = ret->first < f->nrequests ? f->step[ret->first].number : f->step[f->nrequests - 1].number;
    *at = i + 1;
    return true;
}

/* Walks all gaps of a way. */
#define EACH_GAP(j, gap)                                                                                     \
    int gap_at_ = (j)->first_step, gap_more_ = 1;                                                            \
    for (unsigned gap_passage_ = 0; gap_more_ && next_gap(j, &gap_at_, &gap_passage_, &(gap));)

static const char *step_expected(struct judgement *j, int i)
{
    const struct flow_step *s = &j->bound->flow->step[i];

    return judgement_text(j, "%s sends the %s to %s", judgement_function(j, s->from), j->bound->flow->request,
                          judgement_function(j, s->to));
}

static bool stranger(const struct passage *p)
{
    return p->request && (!p->from || !p->to);
}

static void check_foreign(struct judgement *j, const struct rule *self)
{
    struct gap gap;

    EACH_GAP(j, gap)
    {
        struct finding *f = NULL;
        for (unsigned i = gap.begin; i < gap.end; i++) {
            const struct passage *p = &j->way->passage[i];
            char text[ENDPOINT_TEXT];
            if (!stranger(p))
                continue;
            if (!f)
                f = judgement_find_flow(
                    j, self, judgement_gap_group(j, gap.step), gap.step,
                    "only functions of the profile handle the request",
                    judgement_text(j, "%s took part; if it belongs to a function, add it to the profile",
                                   endpoint_format(p->from ? &p->request->dst : &p->request->src, text)));
            finding_show(f, p->request);
        }
    }
}

/* A passage of the gap's or any other that does just what the step asks for, at the wrong time. */
static const struct passage *misplaced(const struct judgement *j, int i)
{
    const struct flow_step *s = &j->bound->flow->step[i];

    for (unsigned k = 0; k < j->way->n; k++) {
        const struct passage *p = &j->way->passage[k];
        if (!p->inner && p->step < 0 && (p->from >> j->bound->function[s->from] & 1) &&
            (p->to >> j->bound->function[s->to] & 1))
            return p;
    }
    return NULL;
}

static void check_order(struct judgement *j, const struct rule *self)
{
    struct gap gap;

    EACH_GAP(j, gap)
    {
        for (int i = gap.first; i <= gap.last; i++) {
            const struct passage *p = j->inside[i] ? NULL : misplaced(j, i);
            struct finding *f;
            if (!p)
                continue;
            f = judgement_find_flow(j, self, judgement_gap_group(j, gap.step), j->bound->flow->step[i].number,
                                    step_expected(j, i), "it did, but at another place of the way");
            finding_show(f, p->request);
            finding_show(f, gap.prev ? gap.prev->request : NULL);
            finding_show(f, gap.next ? gap.next->request : NULL);
            if (!j->disorder)
                j->disorder = gap.step;
        }
    }
}

/* What the function did that should have taken the step: said with the passage that comes next in the way. */
static const char *did_instead(struct judgement *j, const struct gap *gap, int i)
{
    const struct passage *p = gap->begin < gap->end ? &j->way->passage[gap->begin] : gap->next;

    while (p && p->inner && p < gap->next)
        p++;
    if (!p && gap->prev && gap->prev->reply)
        return judgement_text(j, "%s answered it itself, %u", judgement_to(j, gap->prev),
                              (unsigned)gap->prev->reply->msg.status);
    if (!p)
        return judgement_text(j, "%s did not send it on",
                              judgement_function(j, j->bound->flow->step[i].from));
    return judgement_text(j, "%s sent it to %s", judgement_from(j, p), judgement_to(j, p));
}

static bool gap_unknown(const struct judgement *j, const struct gap *gap)
{
    for (unsigned i = gap->begin; i <= gap->end && i < j->way->n; i++)
        if (j->way->passage[i].joint == JOINT_GAP)
            return true;
    return false;
}

/* Why the request may have gone on in another leg that was not found to be one of this session; NULL where
 * not. A B2BUA's legs are joined by their INVITEs. */
static const char *other_leg(struct judgement *j, const struct gap *gap)
{
    const struct leg *leg = gap->prev->proof ? session_leg(j->session, gap->prev->proof->call_id) : NULL;
    role_set here = gap->prev->to, passed = 0;
    bool declared = false;

    for (int f = 0; f < j->profile->nfunctions; f++)
        declared |= (here >> f & 1) && j->profile->function[f].b2bua;
    for (const struct passage *p = j->way->passage; p <= gap->prev; p++)
        passed |= p->from | p->to;
    if (!leg || j->session->nlegs > 1)
        return NULL;
    if (!leg->invite_seen)
        return declared || gap->prev->reply
                   ? judgement_text(j,
                                    "the INVITE was not captured: if %s is a B2BUA, its other leg cannot be "
                                    "told; capture the setup, too",
                                    judgement_to(j, gap->prev))
                   : NULL;
    if ((leg->reached | leg->root) & ~passed)
        return NULL; /* the INVITE went that way, or came from there, in this leg */
    return judgement_text(j,
                          "the INVITE ended at %s: no other leg of the session was found; name a header that "
                          "its INVITEs share in the profile",
                          judgement_to(j, gap->prev));
}

/* Both ends closed at once, and their requests met in a B2BUA: it answers both, and has nobody left to send
 * them on to (RFC 5407 3.2.1). NULL where that is not so. */
static const char *met(struct judgement *j, const struct gap *gap)
{
    const struct hop *in = gap->prev ? gap->prev->request : NULL;

    for (unsigned i = 0; j->way->crossed && in && gap->prev->reply && i < j->session->nhops; i++) {
        const struct hop *h = j->session->hop[i];
        if (!hop_is_reply(h) && (h->to & gap->prev->to) && !slice_eq(h->call_id, in->call_id))
            return judgement_text(
                j,
                "the other end's request met it at %s, which answered both; capture a session "
                "that one end closes",
                judgement_to(j, gap->prev));
    }
    return NULL;
}

/* Why it is not certain that the steps of a gap did not happen; NULL where it is. */
static const char *gap_doubt(struct judgement *j, const struct gap *gap, int i)
{
    const struct flow_step *s = &j->bound->flow->step[i];
    const char *doubt;

    if (gap->next && gap->prev)
        return gap_unknown(j, gap)
                   ? "a Via names a host that the profile does not; capture at every function, or "
                     "name it in the profile"
                   : NULL;
    if (gap->next) { /* before the first passage: its Via stack shows that there was none, unless a B2BUA cut
                        it */
        bool cut = gap->next->joint == JOINT_FIRST && gap->next->depth <= 1 &&
                   !(gap->next->from & j->bound->clients);
        return cut ? judgement_text(j, "no capture shows what %s was handed; capture there too",
                                    judgement_from(j, gap->next))
                   : NULL;
    }
    doubt = judgement_doubt(j);
    if (!doubt)
        doubt = met(j, gap);
    if (doubt)
        return doubt;
    if (!judgement_visible(j, j->bound->function[s->from], j->bound->function[s->to]))
        return judgement_text(j, "no capture shows the link from %s to %s; capture at one of them",
                              judgement_function(j, s->from), judgement_function(j, s->to));
    return gap->prev ? other_leg(j, gap) : NULL;
}

/* Where the way begins in the middle: why it is not certain that whoever sent the first request was handed
 * none. NULL where it is: the link would have shown it, or this leg's INVITE came over it, so that a BYE
 * would have too. */
static const char *begin_doubt(struct judgement *j)
{
    const struct flow_step *s = &j->bound->flow->step[j->first_step - 1];
    const struct leg *leg = j->way->leg;
    role_set before = (role_set)1 << j->bound->function[s->from];

    if (judgement_visible(j, j->bound->function[s->from], j->bound->function[s->to]) ||
        (leg && leg->invite_seen && ((leg->root | leg->reached) & before || leg->root_vias > 1)))
        return NULL;
    return judgement_text(j, "no capture shows what %s was handed; capture there too",
                          judgement_function(j, s->to));
}

static void check_begin(struct judgement *j, const struct rule *self)
{
    const char *doubt = j->first_step ? begin_doubt(j) : NULL;
    struct finding *f =
        doubt ? judgement_find_flow(j, self, GROUP_NONE, j->bound->flow->step[j->first_step - 1].number,
                                    step_expected(j, j->first_step - 1), doubt)
              : NULL;

    if (f)
        f->inconclusive = true;
}

static void check_missing(struct judgement *j, const struct rule *self)
{
    struct gap gap;

    check_begin(j, self);

    EACH_GAP(j, gap)
    {
        for (int i = gap.first; i <= gap.last; i++) {
            const char *doubt, *observed;
            struct finding *f;
            if (j->inside[i] || misplaced(j, i))
                continue;
            doubt = gap_doubt(j, &gap, i);
            if (i == gap.first)
                observed = doubt ? doubt : did_instead(j, &gap, i);
            else
                observed = doubt ? "that is not known either" : "it did not happen either";
            f = judgement_find_flow(j, self, judgement_gap_group(j, gap.step), j->bound->flow->step[i].number,
                                    step_expected(j, i), observed);
            if (!f)
                return;
            f->inconclusive = doubt != NULL;
            finding_show(f, gap.prev ? gap.prev->proof : NULL);
            finding_show(f, gap.begin < gap.end ? j->way->passage[gap.begin].proof : NULL);
            finding_show(f, gap.next ? gap.next->proof : NULL);
        }
    }
}

static bool fulfils_some(const struct judgement *j, const struct passage *p)
{
    for (int i = j->first_step; i < j->bound->flow->nrequests; i++)
        if (j->passage[i] < 0 && !j->inside[i] && misplaced(j, i) == p)
            return true;
    return false;
}

static void check_extra(struct judgement *j, const struct rule *self)
{
    struct gap gap;

    EACH_GAP(j, gap)
    {
        struct finding *f = NULL;
        for (unsigned i = gap.begin; i < gap.end; i++) {
            const struct passage *p = &j->way->passage[i];
            if (p->inner || p->step >= 0 || stranger(p) || !p->from || !p->to || fulfils_some(j, p))
                continue;
            if (!f)
                f = judgement_find_flow(j, self, judgement_gap_group(j, gap.step), gap.step,
                                        "each function is visited as often as the flow has it, not more",
                                        judgement_text(j, "%s sent the %s to %s as well",
                                                       judgement_from(j, p), j->bound->flow->request,
                                                       judgement_to(j, p)));
            finding_show(f, p->proof);
        }
    }
}

/* The passage whose request a second forwarding was made from. */
static const struct passage *made_from(const struct judgement *j, const struct hop *h)
{
    for (unsigned i = 0; i < j->way->n; i++) {
        const struct passage *p = &j->way->passage[i];
        if (p->request && h->nvias == p->request->nvias + 1 && slice_eq(h->via[1]->branch, p->branch))
            return p;
    }
    return NULL;
}

static bool has_answer(const struct judgement *j, const struct hop *request)
{
    for (unsigned i = 0; i < j->session->nhops; i++) {
        const struct hop *h = j->session->hop[i];
        if (h->msg.status >= 200 && h->msg.status != 503 && slice_eq(hop_branch(h), hop_branch(request)))
            return true;
    }
    return false;
}

/* A node that does not answer, or is out of service: the request goes to another node of that function, or
 * there over another transport, as a transaction of its own (RFC 3263 4.3). */
static bool went_elsewhere(const struct judgement *j, const struct passage *made_from, const struct hop *h)
{
    const struct passage *next = made_from + 1;

    return next < j->way->passage + j->way->n && next->request && (next->to & h->to) &&
           (!addr_eq(&next->request->dst.addr, &h->dst.addr) || next->request->transport != h->transport) &&
           !has_answer(j, h);
}

/* The passage that has the request which a second forwarding repeats; NULL where there is none. */
static const struct passage *sibling(const struct judgement *j, const struct passage *made_from,
                                     const struct hop *h)
{
    const struct passage *end = j->way->passage + j->way->n;

    if (made_from)
        return made_from + 1 < end ? made_from + 1 : NULL;
    for (const struct passage *p = j->way->passage; h->nvias == 1 && p < end; p++)
        if (judgement_own(p) && (p->from & h->from) && slice_eq(p->request->call_id, h->call_id))
            return p;
    return NULL;
}

static void check_duplicate(struct judgement *j, const struct rule *self)
{
    for (unsigned i = 0; i < j->way->naside; i++) {
        const struct hop *h = j->way->aside[i];
        const struct passage *p, *twin;
        struct finding *f;

        p = made_from(j, h);
        if (hop_is_reply(h) || (p && went_elsewhere(j, p, h)))
            continue;
        twin = sibling(j, p, h);
        f = judgement_find_flow(
            j, self, GROUP_DUPLICATE, twin ? judgement_step(j, twin, false) : 0,
            judgement_text(j, "%s sends the %s on once", judgement_sender(j, h), j->bound->flow->request),
            judgement_text(j, "it sent it to %s as a further transaction, branch %.*s",
                           judgement_receiver(j, h), SLICE_ARG(slice_head(hop_branch(h), 80))));
        finding_show(f, p ? p->request : NULL);
        finding_show(f, twin ? twin->request : NULL);
        finding_show(f, h);
    }
}

const struct rule rule_path_foreign = {
    .id = "path.foreign",
    .severity = SEVERITY_MUST,
    .clause = "OMA CPM SD C.2.3.1",
    .required = "Only the functions of the flow handle the leaving request.",
    .harm = "An unknown node between the functions sees the user's signalling and can change or lose it.",
    .evidence = "The messages to or from the unknown address.",
    .check = check_foreign,
};
const struct rule rule_path_order = {
    .id = "path.order",
    .severity = SEVERITY_MUST,
    .clause = "OMA CPM SD C.2.3.1",
    .required = "The leaving request passes the functions in the order of the flow.",
    .harm =
        "A function that is asked too late has no say: service control, charging or storage act on a session "
        "that is already gone.",
    .evidence = "The Via stack of any request behind the misplaced step.",
    .check = check_order,
};
const struct rule rule_path_missing = {
    .id = "path.missing",
    .severity = SEVERITY_MUST,
    .clause = "OMA CPM SD C.2.3.1",
    .required = "The leaving request takes every step of the flow.",
    .harm = "A function that is passed over keeps the session open: it charges on, stores nothing and "
            "controls nothing.",
    .evidence =
        "The request behind the step (its Via stack shows who was passed over), or a capture of the link.",
    .check = check_missing,
};
const struct rule rule_path_extra = {
    .id = "path.extra",
    .severity = SEVERITY_MUST,
    .clause = "OMA CPM SD C.2.3.1",
    .required = "No function is visited more often than the flow has it.",
    .harm = "A function that sees the same request twice counts, charges or stores it twice, and the request "
            "may loop.",
    .evidence = "The request of the further visit, or a Via stack that names it.",
    .check = check_extra,
};
const struct rule rule_request_duplicate = {
    .id = "request.duplicate",
    .severity = SEVERITY_MUST,
    .clause = "RFC 3261 16.6, 17.2.2",
    .required = "A function sends the leaving request on in one transaction; a retransmission is absorbed.",
    .harm = "The next function is asked to close the same session twice and answers the second time with an "
            "error.",
    .evidence = "Both forwarded requests.",
    .check = check_duplicate,
};
