/* When, and how often (RFC 3261 17.1.2, 17.2.2; 15.1.1). */
#include "oracle/rules.h"

/* A retransmission may be this much early (clocks, batching in the capture) or late (a busy host): as a part
 * of the interval, and at least so much. */
enum { EARLY_PART = 4 };
#define TERMINAL_T1 (2 * NSEC_PER_SEC)
#define SLACK       (50 * NSEC_PER_MSEC)

static void check_transport(struct judgement *j, const struct rule *self)
{
    for (unsigned i = 0; i < j->way->n; i++) {
        const struct passage *p = &j->way->passage[i];
        struct finding *f;

        if (!p->request || !p->request->nrepeats || !transport_reliable(p->request->transport))
            continue;
        f = judgement_find(j, self, judgement_step(j, p, false),
                           judgement_text(j, "%s sends the request once over %s", judgement_from(j, p),
                                          transport_name(p->request->transport)),
                           judgement_text(j, "it sent it %u times", (unsigned)p->request->nrepeats + 1));
        finding_show(f, p->request);
        finding_show_at(f, &p->request->repeat[0]);
    }
}

/* The first interval that is too short for Timer E: T1, doubled each time up to T2. */
static int too_soon(const struct judgement *j, const struct hop *h, nsec_t *ret_was, nsec_t *ret_should)
{
    nsec_t e = j->profile->t1, shorter, gap;
    const struct sighting *before = &h->first;

    for (uint32_t i = 0; i < h->nrepeats && i < HOP_REPEATS_MAX; i++) {
        sighting_gap(before, &h->repeat[i], &shorter, &gap);
        if (gap < e - e / EARLY_PART - SLACK) {
            *ret_was = gap;
            *ret_should = e;
            return (int)i;
        }
        before = &h->repeat[i];
        e = 2 * e < j->profile->t2 ? 2 * e : j->profile->t2;
    }
    return -1;
}

/* The sender's T1: a terminal's may be 2 s (TS 24.229 7.7), whatever those of the network are. Its first
 * interval tells. */
static nsec_t own_t1(const struct judgement *j, const struct hop *h)
{
    nsec_t shorter, first;

    sighting_gap(&h->first, &h->repeat[0], &shorter, &first);
    first = first < TERMINAL_T1 ? first : TERMINAL_T1;
    return first > j->profile->t1 ? first : j->profile->t1;
}

static bool is_under_test(const struct profile *p, role_set functions)
{
    for (int i = 0; i < p->nfunctions; i++)
        if ((functions >> i & 1) && p->function[i].under_test)
            return true;
    return false;
}

/* Whether somebody who is under test waits for an answer without sending again: 64*T1 are not over, the next
 * interval is, and by 2*T1 more. What is played for the SUT ends when it has seen enough, so it is not held
 * to this; nor is anybody where a retransmission could have escaped the capture. */
static bool falls_silent(const struct judgement *j, const struct passage *p, nsec_t *ret_silence)
{
    const struct hop *h = p->request;
    const struct sighting *last = &h->first;
    const nsec_t until = j->evidence->until;
    uint32_t n = h->nrepeats < HOP_REPEATS_MAX ? h->nrepeats : HOP_REPEATS_MAX;
    nsec_t t1 = j->profile->t1 > TERMINAL_T1 ? j->profile->t1 : TERMINAL_T1, e = t1, t2;

    if (p->reply || j->way->naside || !judgement_own(p) || !is_under_test(j->profile, p->from) ||
        !j->evidence->sees_all || j->evidence->dropped)
        return false;
    if (n) {
        last = &h->repeat[n - 1];
        e = t1 = own_t1(j, h);
    }
    t2 = 8 * t1 > j->profile->t2 ? 8 * t1 : j->profile->t2; /* as the usual T2 is to T1 */
    for (uint32_t i = 0; i < n; i++)
        e = 2 * e < t2 ? 2 * e : t2;
    *ret_silence = until - last->time;
    return last->time + e<h->first.time + 64 * t1 && * ret_silence> e + 2 * j->profile->t1;
}

static void find_silence(struct judgement *j, const struct rule *self, const struct passage *p)
{
    struct finding *f;
    nsec_t silence;

    if (!falls_silent(j, p, &silence))
        return;
    f = judgement_find(
        j, self, judgement_step(j, p, false),
        judgement_text(j, "%s sends the request again until an answer comes, or 64*T1 are over",
                       judgement_from(j, p)),
        judgement_text(j, "it sent nothing for %.1f s after it had sent it %s",
                       (double)silence / NSEC_PER_SEC, p->request->nrepeats ? "again" : "once"));
    finding_show(f, p->request);
}

static void check_timing(struct judgement *j, const struct rule *self)
{
    for (unsigned i = 0; i < j->way->n; i++) {
        const struct passage *p = &j->way->passage[i];
        nsec_t was, should;
        struct finding *f;
        int at;

        if (!p->request || transport_reliable(p->request->transport))
            continue;
        find_silence(j, self, p);
        at = too_soon(j, p->request, &was, &should);
        if (at < 0)
            continue;
        f = judgement_find(j, self, judgement_step(j, p, false),
                           judgement_text(j, "%s waits %.3f s before retransmission %d", judgement_from(j, p),
                                          (double)should / (double)NSEC_PER_SEC, at + 1),
                           judgement_text(j, "it waited %.3f s", (double)was / (double)NSEC_PER_SEC));
        finding_show(f, p->request);
        finding_show_at(f, &p->request->repeat[at]);
    }
}

/* Timer F: nobody sends a request again after 64*T1. */
static void check_final(struct judgement *j, const struct rule *self)
{
    for (unsigned i = 0; i < j->way->n; i++) {
        const struct passage *p = &j->way->passage[i];
        const struct hop *h = p->request;
        uint32_t n = h && h->nrepeats < HOP_REPEATS_MAX ? h->nrepeats : HOP_REPEATS_MAX;
        nsec_t last, longer, limit;
        struct finding *f;

        if (!h || !h->nrepeats)
            continue;
        limit = 64 * own_t1(j, h);
        sighting_gap(&h->first, &h->repeat[n - 1], &last, &longer);
        if (last <= limit + limit / EARLY_PART)
            continue;
        f = judgement_find(
            j, self, judgement_step(j, p, false),
            judgement_text(j, "%s gives up %.1f s after it first sent the request", judgement_from(j, p),
                           (double)limit / (double)NSEC_PER_SEC),
            judgement_text(j, "it sent it again after %.1f s", (double)last / (double)NSEC_PER_SEC));
        finding_show(f, h);
        finding_show_at(f, &h->repeat[n - 1]);
    }
}

static void check_closed(struct judgement *j, const struct rule *self)
{
    const struct session *s = j->session;
    struct finding *f;

    if (j->way->again) {
        f = judgement_find(j, self, 0, "after its answer no further leaving request is sent in the dialog",
                           judgement_text(j, "%s sent another one", judgement_sender(j, j->way->again)));
        finding_show(f, j->way->again);
    }
    if (j->way->late && j->way->n) {
        f = judgement_find(j, self, judgement_step(j, &j->way->passage[0], false),
                           "an end that has answered a leaving request sends none of its own",
                           judgement_text(j, "%s did", judgement_from(j, &j->way->passage[0])));
        finding_show(f, j->way->passage[0].request);
    }
    if (!s->after)
        return;
    f = judgement_find(j, self, 0, "after the answer no further request is sent in the dialog",
                       judgement_text(j, "%u more were seen", (unsigned)s->after));
    finding_show_at(f, &s->after_first);
}

const struct rule rule_retransmit_timing = {
    .id = "retransmit.timing",
    .severity = SEVERITY_MUST,
    .clause = "RFC 3261 17.1.2.2",
    .required = "Over UDP the request is sent again after T1, then after twice that each time, up to T2.",
    .harm = "Sent again too soon it adds load where there is already too much.",
    .evidence = "The retransmissions, in one capture.",
    .check = check_timing,
};
const struct rule rule_retransmit_transport = {
    .id = "retransmit.transport",
    .severity = SEVERITY_MUST,
    .clause = "RFC 3261 17.1.2.2",
    .required = "Over a reliable transport the request is sent once.",
    .harm = "The next function does the work twice, for nothing.",
    .evidence = "The request and its repetition on one connection.",
    .check = check_transport,
};
const struct rule rule_timeout_final = {
    .id = "timeout.final",
    .severity = SEVERITY_MUST,
    .clause = "RFC 3261 17.1.2.2, 15.1.1",
    .required = "After 64*T1 without an answer the request is given up, and the session with it.",
    .harm = "A session that is over for the user still costs: signalling, state, in the worst case charging.",
    .evidence = "The retransmissions, in one capture that lasts for more than 64*T1.",
    .check = check_final,
};
const struct rule rule_session_closed = {
    .id = "session.closed",
    .severity = SEVERITY_MUST,
    .clause = "RFC 3261 15.1.1, 15.1.2, 17.1.2",
    .required =
        "With the answer the session is over: no further request is sent in its dialog, and no ACK of "
        "that answer.",
    .harm = "One end believes in a session that the other has closed.",
    .evidence = "What comes after the answer, for as long as the capture lasts.",
    .check = check_closed,
};
