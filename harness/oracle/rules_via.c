/* Via: how each hop proves the last one (RFC 3261 16.6(8), 16.7(3), 18.2.1). */
#include "oracle/rules.h"
#include "oracle/strand.h"

/* Both messages of one proxy, seen, nothing in between. */
static bool one_proxy(const struct pair *p, bool reply)
{
    return p->reply == reply && !p->b2bua && p->in->nvias && p->out->nvias;
}

static const char *via_text(struct judgement *j, const struct hop *h, unsigned i)
{
    if (i >= h->nvias)
        return "none";
    return judgement_text(j, "%.*s;branch=%.*s", SLICE_ARG(slice_head(h->via[i].host, 60)),
                          SLICE_ARG(slice_head(h->via[i].branch, 80)));
}

/* Whether stack `in` stands unchanged under the top of `out`. */
static bool on_top(const struct hop *in, const struct hop *out)
{
    return strand_continues(in, out, 1);
}

static void check_pushed(struct judgement *j, const struct rule *self)
{
    for (unsigned i = 0; i < j->npairs; i++) {
        const struct pair *p = &j->pair[i];

        if (!one_proxy(p, false) || p->out->nvias > p->in->nvias)
            continue;
        if (p->out->nvias < p->in->nvias && !strand_same_via(&p->out->via[0], &p->in->via[0]) &&
            p->out->nvias > 1)
            continue; /* its own is there, others are gone: via.preserved */
        judgement_find_pair(j, self, p,
                            judgement_text(j, "%s puts a Via of its own on top", judgement_maker(j, p)),
                            judgement_text(j, "it was handed %u and sent %u, the top one %s", p->in->nvias,
                                           p->out->nvias, via_text(j, p->out, 0)));
    }
}

static void check_preserved(struct judgement *j, const struct rule *self)
{
    for (unsigned i = 0; i < j->npairs; i++) {
        const struct pair *p = &j->pair[i];
        unsigned own;

        if (!one_proxy(p, false) || p->after->joint == JOINT_PROXY || p->after->joint == JOINT_GAP)
            continue; /* the joint was made by comparing them */
        own = p->out->nvias > p->in->nvias ? p->out->nvias - p->in->nvias : 1;
        if (on_top(p->in, p->out) || p->out->nvias == p->in->nvias)
            continue;
        judgement_find_pair(j, self, p,
                            judgement_text(j, "%s leaves the Vias below its own as they were: %s",
                                           judgement_maker(j, p), via_text(j, p->in, 0)),
                            judgement_text(j, "below its own it sent %s, in all %u for %u",
                                           via_text(j, p->out, own), p->out->nvias, p->in->nvias));
    }
}

/* In an answer each proxy takes off its own entry and nothing else. */
static void check_popped(struct judgement *j, const struct rule *self)
{
    for (unsigned i = 0; i < j->npairs; i++) {
        const struct pair *p = &j->pair[i];

        if (!one_proxy(p, true))
            continue;
        if (p->hops && strand_continues(p->out, p->in, p->hops))
            continue;
        judgement_find_pair(j, self, p,
                            judgement_text(j, "%s takes its own Via off and sends the others on unchanged",
                                           judgement_maker(j, p)),
                            judgement_text(j, "it was handed %u and sent %u, the top one %s", p->in->nvias,
                                           p->out->nvias, via_text(j, p->out, 0)));
    }
}

static bool has_cookie(struct slice branch)
{
    return slice_istarts(branch, SLICE("z9hG4bK"));
}

/* The earlier request of the way with the same branch from another transaction; NULL where there is none. */
static const struct hop *used_before(const struct judgement *j, unsigned at)
{
    for (unsigned i = 0; i < at; i++) {
        const struct passage *p = &j->way->passage[i];
        if (p->request && slice_eq(p->branch, j->way->passage[at].branch))
            return p->request;
    }
    return NULL;
}

static void check_branch(struct judgement *j, const struct rule *self)
{
    for (unsigned i = 0; i < j->way->n; i++) {
        const struct passage *p = &j->way->passage[i];
        const struct hop *twin;
        struct finding *f;

        if (!p->request || !p->request->nvias || p->inner)
            continue;
        twin = p->branch.n ? used_before(j, i) : NULL;
        if (has_cookie(p->branch) && !twin)
            continue;
        if (twin && twin->nvias == p->request->nvias)
            continue; /* the very same Via: via.pushed */
        f = judgement_find(
            j, self, judgement_step(j, p, false),
            judgement_text(j,
                           "%s makes a branch that begins with z9hG4bK and is used for no other transaction",
                           judgement_from(j, p)),
            twin ? judgement_text(j, "it used %.*s again", SLICE_ARG(slice_head(p->branch, 80)))
                 : judgement_text(j, "its branch is \"%.*s\"", SLICE_ARG(slice_head(p->branch, 80))));
        finding_show(f, p->request);
        finding_show(f, twin);
    }
}

const struct rule rule_via_pushed = {
    .id = "via.pushed",
    .severity = SEVERITY_MUST,
    .clause = "RFC 3261 16.6(8)",
    .required = "A proxy puts a Via of its own on top of those it was handed.",
    .harm = "The answer passes over the function: it never learns that the session is closed.",
    .evidence = "The request on both sides of the function.",
    .check = check_pushed,
};
const struct rule rule_via_preserved = {
    .id = "via.preserved",
    .severity = SEVERITY_MUST,
    .clause = "RFC 3261 16.6(1), 18.2.1, RFC 3581 4",
    .required =
        "The Vias below a proxy's own are sent on unchanged, received and rport on the topmost apart.",
    .harm = "The answer cannot find its way back and is lost or goes to the wrong function.",
    .evidence = "The request on both sides of the function.",
    .check = check_preserved,
};
const struct rule rule_via_popped = {
    .id = "via.popped",
    .severity = SEVERITY_MUST,
    .clause = "RFC 3261 16.7(3)",
    .required = "A proxy takes exactly its own Via off the answer.",
    .harm = "The next function drops the answer as not its own, and the closing client waits in vain.",
    .evidence = "The answer on both sides of the function.",
    .check = check_popped,
};
const struct rule rule_via_branch = {
    .id = "via.branch",
    .severity = SEVERITY_MUST,
    .clause = "RFC 3261 8.1.1.7, 16.6(8)",
    .required =
        "Every branch begins with z9hG4bK and is unique, for each hop and for each visit of a function.",
    .harm = "Two transactions are taken for one: a request that passes the core twice is absorbed as a "
            "retransmission.",
    .evidence = "The requests.",
    .check = check_branch,
};
