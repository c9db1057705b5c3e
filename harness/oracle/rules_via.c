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
    return judgement_text(j, "%.*s;branch=%.*s", SLICE_ARG(slice_head(h->via[i]->host, 60)),
                          SLICE_ARG(slice_head(h->via[i]->branch, 80)));
}

/* The entry of a message that is number `at` of the shorter stack of its pair, from the host on. */
static struct slice via_slice(const struct hop *h, const struct pair *p, unsigned at)
{
    unsigned shorter = p->in->nvias < p->out->nvias ? p->in->nvias : p->out->nvias;
    unsigned i = h->nvias - shorter + at;
    const struct sip_via *via = h->via[i];
    const char *end = via->params.p ? via->params.p + via->params.n : via->host.p + via->host.n;

    return slice_head((struct slice){via->host.p, (size_t)(end - via->host.p)}, 160);
}

/* Whether its own is on top, and others are gone from below it. */
static bool lost_others(const struct pair *p)
{
    for (unsigned i = 0; i < p->in->nvias; i++)
        if (strand_same_via(p->out->via[0], p->in->via[i]))
            return false;
    return p->out->nvias > 1 && p->out->nvias <= p->in->nvias;
}

static void check_pushed(struct judgement *j, const struct rule *self)
{
    for (unsigned i = 0; i < j->npairs; i++) {
        const struct pair *p = &j->pair[i];

        if (!one_proxy(p, false) || p->out->nvias > p->in->nvias)
            continue;
        if (lost_others(p))
            continue; /* via.preserved */
        judgement_find_pair(j, self, p,
                            judgement_text(j, "%s puts a Via of its own on top", judgement_maker(j, p)),
                            judgement_text(j, "it was handed %u and sent %u, the top one %s", p->in->nvias,
                                           p->out->nvias, via_text(j, p->out, 0)));
    }
}

/* What the receiver writes into the topmost entry of a request (18.2.1, RFC 3581), and into that of the
 * answer it sends there: RFC 6223 (keep), RFC 7339 (oc). */
static bool receivers_own(struct slice name)
{
    return slice_ieq(name, SLICE("received")) || slice_ieq(name, SLICE("rport")) ||
           slice_ieq(name, SLICE("keep")) || slice_ieq(name, SLICE("oc")) ||
           slice_istarts(name, SLICE("oc-"));
}

/* Whether every parameter of `a` stands in `b` with its value, those that are the `receiver`'s to write
 * apart. */
static bool params_in(struct slice a, struct slice b, bool receiver)
{
    struct sip_params walk = {.rest = a};
    struct slice name, value, other;

    while (sip_params_next(&walk, &name, &value)) {
        if (receiver && receivers_own(name))
            continue;
        other = sip_param(b, name);
        if (!other.p || !slice_eq(other, value))
            return false;
    }
    return true;
}

/* "SIP/2.0/UDP", with white space as may be (RFC 3261 20.42). */
static bool same_protocol(const struct sip_via *a, const struct sip_via *b)
{
    struct slice x = slice_head(a->text, slice_find(a->text, '/')),
                 y = slice_head(b->text, slice_find(b->text, '/'));

    return slice_ieq(slice_trim(x), slice_trim(y)) && slice_ieq(a->transport, b->transport);
}

static bool same_entry(const struct sip_via *a, const struct sip_via *b, bool receiver)
{
    if (a == b)
        return true;
    if (!strand_same_via(a, b) || !same_protocol(a, b))
        return false;
    return slice_eq(a->params, b->params) ||
           (params_in(a->params, b->params, receiver) && params_in(b->params, a->params, receiver));
}

/* The first entry that stands otherwise in the longer stack than in the shorter one, which is its lower end;
 * the number of entries of the shorter one where there is none. */
static unsigned first_changed(const struct hop *shorter, const struct hop *longer)
{
    unsigned more = longer->nvias > shorter->nvias ? longer->nvias - shorter->nvias : 0;

    for (unsigned i = 0; i < shorter->nvias; i++)
        if (i + more >= longer->nvias || !same_entry(shorter->via[i], longer->via[i + more], i == 0))
            return i;
    return shorter->nvias;
}

/* Only where each side has its own part right; otherwise via.pushed or via.popped says what is wrong. */
static bool comparable(const struct pair *p)
{
    const struct hop *shorter = p->reply ? p->out : p->in, *longer = p->reply ? p->in : p->out;

    if (!shorter->nvias || longer->nvias <= shorter->nvias || p->b2bua)
        return false;
    return !p->reply || strand_continues(shorter, longer, longer->nvias - shorter->nvias);
}

static void check_preserved(struct judgement *j, const struct rule *self)
{
    for (unsigned i = 0; i < j->npairs; i++) {
        const struct pair *p = &j->pair[i];
        const struct hop *shorter = p->reply ? p->out : p->in, *longer = p->reply ? p->in : p->out;
        unsigned at;

        if (one_proxy(p, false) && lost_others(p))
            judgement_find_pair(
                j, self, p,
                judgement_text(j, "%s leaves the Vias below its own as they were", judgement_maker(j, p)),
                judgement_text(j, "it was handed %u and sent %u with its own", p->in->nvias, p->out->nvias));
        if (!comparable(p) || (at = first_changed(shorter, longer)) == shorter->nvias)
            continue;
        judgement_find_pair(j, self, p,
                            judgement_text(j, "%s leaves the Vias below its own as they were: %.*s",
                                           judgement_maker(j, p), SLICE_ARG(via_slice(p->in, p, at))),
                            judgement_text(j, "it sent %.*s", SLICE_ARG(via_slice(p->out, p, at))));
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

/* The client's own transactions are told apart by their branches as well. */
static bool of_invite(const struct judgement *j, const struct passage *p)
{
    const struct leg *leg = p->depth == 1 ? session_leg(j->session, p->request->call_id) : NULL;

    return leg && leg->invite_branch.n && slice_eq(leg->invite_branch, p->branch) &&
           slice_eq(leg->caller_tag, p->request->from_tag);
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
        if (has_cookie(p->branch) && !twin && !of_invite(j, p))
            continue;
        if (twin && twin->nvias == p->request->nvias)
            continue; /* the very same Via: via.pushed */
        f = judgement_find(
            j, self, judgement_step(j, p, false),
            judgement_text(j,
                           "%s makes a branch that begins with z9hG4bK and is used for no other transaction",
                           judgement_from(j, p)),
            twin || of_invite(j, p)
                ? judgement_text(j, "it used %.*s again", SLICE_ARG(slice_head(p->branch, 80)))
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
