/* The answer's way: back over every passage of the request, from the far client to the one that closes. */
#include "oracle/rules.h"
#include "oracle/strand.h"

/* Digits from which on a delay that two tell is one delay. */
enum { EXACT_DIGITS = 4 };

static const char *reply_expected(struct judgement *j, const struct passage *p)
{
    return judgement_text(j, "%s sends the %s to %s", judgement_to(j, p), j->bound->flow->reply,
                          judgement_from(j, p));
}

/* The step where the answer is to be sent over a passage; for one that is no step, that of the next one on.
 */
static int reply_step(const struct judgement *j, unsigned i)
{
    for (; i < j->way->n; i++)
        if (j->way->passage[i].step >= 0)
            return judgement_step(j, &j->way->passage[i], true);
    return 0;
}

/* The passage nearest to the far end that has an answer, below or above place i; -1 where none has. */
static int answered_from(const struct judgement *j, unsigned i)
{
    for (; i < j->way->n; i++)
        if (j->way->passage[i].reply)
            return (int)i;
    return -1;
}

static bool answered_before(const struct judgement *j, unsigned i)
{
    while (i-- > 0)
        if (j->way->passage[i].reply)
            return true;
    return false;
}

/* The answer's fate at passage i, where none came back over it. */
enum fate { FATE_LOST, FATE_SKIPPED, FATE_MADE_UP };

static enum fate fate_of(const struct judgement *j, unsigned i)
{
    if (!answered_before(j, i))
        return FATE_LOST;
    return answered_from(j, i + 1) >= 0 ? FATE_SKIPPED : FATE_MADE_UP;
}

static const char *reply_doubt(struct judgement *j, const struct passage *p)
{
    if (!p->request)
        return judgement_text(j, "no capture shows the link between %s and %s; capture at one of them",
                              judgement_from(j, p), judgement_to(j, p));
    return judgement_doubt(j);
}

/* An answer of the same transactions that ran over no passage. */
static const struct hop *stray(const struct judgement *j)
{
    for (unsigned i = 0; i < j->way->naside; i++)
        if (j->way->aside[i]->msg.status >= 200)
            return j->way->aside[i];
    return NULL;
}

/* The passage upstream of i that the answer turned up on again. */
static const struct passage *turned_up(const struct judgement *j, unsigned i)
{
    while (i-- > 0)
        if (j->way->passage[i].reply)
            return &j->way->passage[i];
    return NULL;
}

/* What became of the answer at passage p, or why that is not known; the reason is told once. */
static const char *fate_observed(struct judgement *j, const struct passage *p, const struct passage *up,
                                 const char *doubt, const char **told)
{
    if (doubt && *told && slice_eq(slice_of(doubt), slice_of(*told)))
        return "that is not known for the same reason";
    if (doubt)
        return *told = doubt;
    if (!up)
        return judgement_text(j, "%s sent no final answer", judgement_to(j, p));
    return judgement_text(j, "%s sent the %s to %s", judgement_sender(j, up->reply), j->bound->flow->reply,
                          judgement_receiver(j, up->reply));
}

static void check_fate(struct judgement *j, const struct rule *self, enum fate fate)
{
    const char *told = NULL;

    for (unsigned i = j->way->n; i-- > 0;) {
        const struct passage *p = &j->way->passage[i];
        const struct passage *up;
        const char *doubt, *observed;
        struct finding *f;

        if (p->reply || p->inner || fate_of(j, i) != fate)
            continue;
        up = turned_up(j, i);
        doubt = reply_doubt(j, p);
        observed = fate_observed(j, p, up, doubt, &told);
        f = judgement_find_flow(j, self, GROUP_REPLY, reply_step(j, i), reply_expected(j, p), observed);
        if (!f)
            return;
        f->inconclusive = doubt != NULL;
        finding_show(f, p->proof);
        finding_show(f, up ? up->reply : NULL);
        if (!doubt && fate != FATE_MADE_UP)
            finding_show(f, stray(j));
    }
}

static void check_missing(struct judgement *j, const struct rule *self)
{
    check_fate(j, self, FATE_LOST);
}

static void check_reverse(struct judgement *j, const struct rule *self)
{
    check_fate(j, self, FATE_SKIPPED);
}

static void check_origin(struct judgement *j, const struct rule *self)
{
    check_fate(j, self, FATE_MADE_UP);
}

static int passage_of(const struct judgement *j, const struct hop *reply)
{
    for (unsigned i = 0; i < j->way->n; i++)
        if (slice_eq(j->way->passage[i].branch, hop_branch(reply)) &&
            j->way->passage[i].proof->cseq == reply->cseq)
            return (int)i;
    return -1;
}

/* Whether a final answer is to no request that was seen: another's Via is on top, or a branch that nobody
 * knows. */
static bool to_no_request(const struct judgement *j, const struct hop *reply)
{
    const struct session *s = j->session;

    if (reply->msg.status < 200 || !reply->nvias || passage_of(j, reply) >= 0)
        return false;
    for (unsigned i = 0; i < s->nhops; i++)
        for (unsigned v = 0; !hop_is_reply(s->hop[i]) && v < s->hop[i]->nvias; v++)
            if (slice_eq(s->hop[i]->via[v]->branch, hop_branch(reply)))
                return false;
    return true;
}

/* What the function of a pair had when it answered, and took for its own. */
static const struct hop *mistaken(const struct judgement *j, const struct pair *p)
{
    for (unsigned i = 0; i < j->way->naside; i++) {
        const struct hop *h = j->way->aside[i];

        if ((h->to & p->out->from) && (h->from & p->in->from) && hop_order(h, p->out) == HOP_BEFORE &&
            to_no_request(j, h))
            return h;
    }
    return NULL;
}

static bool too_near(const struct pair *p)
{
    const struct sighting *in = &p->in->first, *out = &p->out->first;

    return in->clock == out->clock && in->time - out->time < MIRRORED;
}

static const char *early_text(struct judgement *j, const struct pair *p, const struct hop *other)
{
    double early = (double)(p->in->first.time - p->out->first.time) / (double)NSEC_PER_MSEC;

    if (!other)
        return judgement_text(j, "it sent it %.3f ms before", early);
    return judgement_text(j, "it sent it %.3f ms before: it took one for its own whose topmost Via is %.*s",
                          early, SLICE_ARG(slice_head(other->via[0]->text, 120)));
}

static void check_causality(struct judgement *j, const struct rule *self)
{
    for (unsigned i = 0; i < j->npairs; i++) {
        const struct pair *p = &j->pair[i];
        const struct hop *other;
        const char *doubt;
        enum hop_order order;
        struct finding *f;

        if (!p->reply || (order = hop_order(p->in, p->out)) == HOP_BEFORE ||
            (order == HOP_AFTER && too_near(p)))
            continue;
        doubt = order == HOP_AFTER ? judgement_doubt(j) /* it may have come once before, unseen */
                                   : "no single capture shows both, and clocks of two are not compared; "
                                     "capture both at that function";
        other = doubt ? NULL : mistaken(j, p);
        f = judgement_find_flow(j, self, GROUP_REPLY, p->step,
                                judgement_text(j, "%s sends the %s on after it has received it",
                                               judgement_maker(j, p), j->bound->flow->reply),
                                doubt ? doubt : early_text(j, p, other));
        if (!f)
            return;
        if (other)
            f->clause = "RFC 3261 18.1.2";
        f->inconclusive = doubt != NULL;
        finding_show(f, other);
        finding_show(f, p->out);
        finding_show(f, p->in);
    }
}

/* The flow says what the answer is: 200, or what the far end is made to answer. Where it leaves that end the
 * choice, the others hand on what was chosen. */
static void check_status(struct judgement *j, const struct rule *self)
{
    const struct flow *flow = j->bound->flow;
    unsigned before = flow->status, chosen = flow->any_of_kind ? 0 : flow->status;

    for (unsigned i = j->way->n; i-- > 0;) {
        const struct passage *p = &j->way->passage[i];
        unsigned status = p->reply ? p->reply->msg.status : before;
        bool wanted = chosen ? status == chosen : flow_wants(flow, status);
        bool lost_race = status == 481 && (j->way->crossed || j->way->late); /* RFC 5407 3.2.1 */
        bool challenged = status == 401 || status == 407;                    /* it may have been sent again */
        bool softened = status == 500 && before == 503;                      /* RFC 3261 16.7(6) */
        struct finding *f;

        if (status != before && !wanted && !lost_race && !softened && !p->inner) {
            f = judgement_find(j, self, reply_step(j, i),
                               judgement_text(j, chosen ? "%s answers %u" : "%s refuses with %u or above",
                                              judgement_to(j, p), chosen ? chosen : flow->status),
                               judgement_text(j, "it answered %u %.*s", status,
                                              SLICE_ARG(slice_head(sip_uri(&p->reply->msg), 60))));
            judgement_hang(j, GROUP_REPLY);
            if (f && challenged && judgement_doubt(j))
                f->inconclusive = true;
            finding_show(f, p->request);
            finding_show(f, p->reply);
        }
        chosen = p->reply && !chosen && wanted ? status : chosen;
        before = status;
    }
}

/* 503 says that its sender alone is out of service: handed on, it would keep traffic from a whole network. */
static void check_unavailable(struct judgement *j, const struct rule *self)
{
    for (unsigned i = 0; i < j->npairs; i++) {
        const struct pair *p = &j->pair[i];

        if (p->reply && p->in->msg.status == 503 && p->out->msg.status == 503)
            judgement_find_pair(
                j, self, p,
                judgement_text(j, "%s hands a 503 on as 500, or answers 503 only where it is out of service",
                               judgement_maker(j, p)),
                "it sent 503 on");
    }
}

/* The place of a passage between the ends of an answer; -1 where no request was seen there. */
static int link_of(const struct judgement *j, const struct hop *reply)
{
    for (unsigned i = 0; i < j->way->n; i++) {
        const struct hop *r = j->way->passage[i].request;

        if (r && addr_eq(&reply->src.addr, &r->dst.addr) && addr_eq(&reply->dst.addr, &r->src.addr))
            return (int)i;
    }
    return -1;
}

/* What `out` was made of: the same with one Via more, and to no request either. */
static const struct hop *handed(const struct judgement *j, const struct hop *out)
{
    for (unsigned i = 0; i < j->way->naside; i++) {
        const struct hop *in = j->way->aside[i];

        if ((in->to & out->from) && strand_continues(out, in, 1) && hop_order(in, out) != HOP_AFTER &&
            link_of(j, in) >= 0 && to_no_request(j, in))
            return in;
    }
    return NULL;
}

/* An answer to a request that is over, or never was, ends where it arrives (RFC 4320 4.2). */
static void find_late(struct judgement *j, const struct rule *self, const struct hop *out)
{
    int link = to_no_request(j, out) ? link_of(j, out) : -1;
    const struct hop *in = link >= 0 ? handed(j, out) : NULL;
    const char *doubt = in ? judgement_doubt(j) : NULL;
    struct finding *f;

    if (!in)
        return;
    f = judgement_find_flow(
        j, self, GROUP_REPLY, reply_step(j, (unsigned)link),
        judgement_text(j, "%s sends on no answer but that to a request of its own which waits for one",
                       judgement_sender(j, out)),
        doubt ? doubt
              : judgement_text(j, "it sent %u on to %s; its topmost Via was of no such request: %.*s",
                               (unsigned)out->msg.status, judgement_receiver(j, out),
                               SLICE_ARG(slice_head(in->via[0]->text, 120))));
    if (!f)
        return;
    f->inconclusive = doubt != NULL;
    f->clause = "RFC 4320 4.2";
    finding_show(f, in);
    finding_show(f, out);
}

static void check_duplicate(struct judgement *j, const struct rule *self)
{
    for (unsigned i = 0; i < j->way->naside; i++) {
        const struct hop *h = j->way->aside[i];
        int at = h->msg.status >= 200 ? passage_of(j, h) : -1;
        const struct passage *p = at >= 0 ? &j->way->passage[at] : NULL;
        struct finding *f;

        find_late(j, self, h);
        if (!p || !p->reply)
            continue;
        f = judgement_find_flow(
            j, self, GROUP_REPLY, reply_step(j, (unsigned)at),
            judgement_text(j, "%s sends one final answer, and only that again", judgement_to(j, p)),
            judgement_text(j, "after %u it sent another one, %u, to %s", (unsigned)p->reply->msg.status,
                           (unsigned)h->msg.status, judgement_receiver(j, h)));
        finding_show(f, p->reply);
        finding_show(f, h);
    }
}

/* 100 may be sent over UDP only when Timer E has come up to T2: after T1 + 2*T1 + 4*T1 and so on. RFC
 * 4320 4.1. */
static bool too_early(const struct judgement *j, const struct passage *p, const struct hop *trying)
{
    nsec_t wait = 0, shorter, after;

    if (transport_reliable(trying->transport) || !p->request || hop_order(p->request, trying) != HOP_BEFORE ||
        p->request->first.clock != trying->first.clock)
        return false;
    for (nsec_t e = j->profile->t1; e < j->profile->t2; e *= 2)
        wait += e;
    sighting_gap(&p->request->first, &trying->first, &shorter, &after);
    return after < wait;
}

/* How long the one who made a 100 had the request, as its Timestamp tells: "3.612" of "54 3.612" (RFC 3261
 * 8.2.6.1, 20.38). Told so exactly, two have no such number by chance; told less so, p == NULL. */
static struct slice delay_told(const struct hop *trying)
{
    struct slice stamp = slice_trim(sip_value_named(&trying->msg, SLICE("Timestamp")));
    struct slice delay = slice_trim(slice_tail(stamp, slice_find(stamp, ' ')));
    unsigned digits = 0;

    for (size_t i = 0; i < delay.n; i++)
        digits += delay.p[i] >= (digits ? '0' : '1') && delay.p[i] <= '9';
    return digits >= EXACT_DIGITS ? delay : (struct slice){NULL, 0};
}

/* A 100 from below that a function has sent on as its own. */
static void find_sent_on(struct judgement *j, const struct rule *self, int at, const struct hop *trying)
{
    struct slice delay = delay_told(trying);
    struct finding *f;

    for (unsigned i = 0; delay.p && i < j->way->naside; i++) {
        const struct hop *h = j->way->aside[i];

        if (h->msg.status != 100 || passage_of(j, h) <= at || !(h->to & trying->from) ||
            hop_order(h, trying) == HOP_AFTER || !slice_eq(delay_told(h), delay))
            continue;
        f = judgement_find(
            j, self, reply_step(j, (unsigned)at),
            judgement_text(j, "%s sends on no 100 that it is sent", judgement_sender(j, trying)),
            judgement_text(j, "it sent on that of %s, with the same delay in Timestamp, %.*s",
                           judgement_sender(j, h), SLICE_ARG(slice_head(delay, 60))));
        if (f)
            f->clause = "RFC 3261 16.7(5)";
        finding_show(f, h);
        finding_show(f, trying);
    }
}

static void check_provisional(struct judgement *j, const struct rule *self)
{
    for (unsigned i = 0; i < j->way->naside; i++) {
        const struct hop *h = j->way->aside[i];
        unsigned status = h->msg.status;
        int at = status && status < 200 ? passage_of(j, h) : -1;
        const struct passage *p = at >= 0 ? &j->way->passage[at] : NULL;
        struct finding *f;

        if (!p)
            continue;
        if (status == 100 && !too_early(j, p, h)) {
            find_sent_on(j, self, at, h);
            continue;
        }
        f = judgement_find(
            j, self, reply_step(j, (unsigned)at),
            judgement_text(
                j, "%s sends no provisional answer but 100, and that over UDP not before Timer E is at T2",
                judgement_to(j, p)),
            status == 100
                ? judgement_text(j, "it sent 100 after %.3f s",
                                 (double)(h->first.time - p->request->first.time) / (double)NSEC_PER_SEC)
                : judgement_text(j, "it sent %u", status));
        finding_show(f, p->request);
        finding_show(f, h);
    }
}

const struct rule rule_reply_origin = {
    .id = "reply.origin",
    .severity = SEVERITY_MUST,
    .clause = "OMA CPM SD C.2.3.1 step 8",
    .required = "The far client answers the leaving request; nobody answers in its place.",
    .harm = "The one who leaves is told that the session is closed while the other end still holds it open.",
    .evidence = "The link to the far client, and the answer that came without it.",
    .check = check_origin,
};
const struct rule rule_reply_reverse = {
    .id = "reply.reverse",
    .severity = SEVERITY_MUST,
    .clause = "OMA CPM SD C.2.3.1 steps 9-14, RFC 3261 16.7, 18.2.2",
    .required = "The answer goes back over every function that the request passed, in reverse.",
    .harm =
        "A function that does not see the answer does not know that the session is closed: it retransmits, "
        "keeps charging, and never stores the end.",
    .evidence = "The answer on both sides of the function that was passed over, and its own links.",
    .check = check_reverse,
};
const struct rule rule_reply_missing = {
    .id = "reply.missing",
    .severity = SEVERITY_MUST,
    .clause = "OMA CPM SD C.2.3.1 steps 8-14, RFC 3261 17.2.2",
    .required =
        "The answer arrives: every function that was handed the request gets and gives a final answer.",
    .harm =
        "The client goes on sending for 32 seconds and then gives up without knowing how the session ended.",
    .evidence = "The request on that link, and a capture that goes on until 64*T1 is over.",
    .check = check_missing,
};
const struct rule rule_reply_causality = {
    .id = "reply.causality",
    .severity = SEVERITY_MUST,
    .clause = "OMA CPM SD C.2.3.1 steps 9-14, RFC 3261 16.7",
    .required = "A function sends the answer upstream only after it has received it from downstream.",
    .harm = "The session is reported closed before it is; where the far end then refuses, nobody is told.",
    .evidence = "Both answers of the function in one capture, by one clock.",
    .check = check_causality,
};
const struct rule rule_reply_status = {
    .id = "reply.status",
    .severity = SEVERITY_MUST,
    .clause = "OMA CPM SD C.2.3.1 step 8, RFC 3261 15.1.2, RFC 4320 4.2",
    .required = "The leaving request of an open session is answered 200, in a flow with another status with "
                "that (\"4xx\": whichever of these the far end chooses); 481 is allowed to the end that lost "
                "when both close at once.",
    .harm = "The session ends in an error that operators count as a failed call, and functions may keep "
            "state of it.",
    .evidence = "The final answers.",
    .check = check_status,
};
const struct rule rule_reply_unavailable = {
    .id = "reply.unavailable",
    .severity = SEVERITY_SHOULD,
    .clause = "RFC 3261 16.7(6)",
    .required = "A lone 503 from downstream is handed on as 500.",
    .harm =
        "Who gets the 503 takes the function that sent it for out of service, and sends it no more traffic.",
    .evidence = "The answer on both sides of the function.",
    .check = check_unavailable,
};
const struct rule rule_reply_duplicate = {
    .id = "reply.duplicate",
    .severity = SEVERITY_MUST,
    .clause = "RFC 3261 16.7(5), 17.2.2",
    .required = "A transaction has one final answer; a retransmitted request gets that same one again.",
    .harm = "Two different answers leave it to chance which of them the functions act upon.",
    .evidence = "Both final answers.",
    .check = check_duplicate,
};
const struct rule rule_reply_provisional = {
    .id = "reply.provisional",
    .severity = SEVERITY_MUST,
    .clause = "RFC 4320 4.1",
    .required = "The only provisional answer to a leaving request is 100, over UDP not before Timer E has "
                "come up to T2, "
                "and it is not sent on.",
    .harm = "A provisional answer stops no retransmission and delays the end of a transaction that is out of "
            "time.",
    .evidence = "The provisional answer, and for 100 over UDP the request in the same capture.",
    .check = check_provisional,
};
